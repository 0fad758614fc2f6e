/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_redhat_repositories.c - what Red Hat's repositories (content sets of images) belong to.
 *
 * Format: {"data": {"rhel-9-for-x86_64-baseos-rpms": {"cpes": ["cpe:/o:redhat:..."],
 * "repo_relative_urls": [...]}}}.  Source: security.access.redhat.com/data/meta/v1,
 * repository-to-cpe.json; Red Hat's "Technical Guidance for Vulnerability Scanning Vendors".
 * Gives: record REDHAT_CPE_ID per repository, its refs the namespaces of its CPEs.
 */
#include "advise/feed.h"

#include "advise/redhat.h"

static int recognise(const struct feed_doc *doc)
{
	return feed_first(doc) == '{' && feed_has(doc, "\"data\"") && feed_has(doc, "\"cpes\"") &&
	                       (feed_has(doc, "\"repo_relative_urls\"") || feed_has(doc, "\"cpe:/"))
	               ? 90
	               : 0;
}

static bool has_ref(const struct advisory *a, struct bytes ns)
{
	for (size_t i = 0; i < a->n_refs; i++) {
		if (bytes_eq(a->refs[i], ns))
			return true;
	}
	return false;
}

static int repository(void *arg, const struct feed_value *v, struct err *e)
{
	struct feed_sink *s = arg;
	struct bytes name = v->n_keys ? v->keys[v->n_keys - 1] : (struct bytes){NULL, 0};
	struct advisory a = {.ns = B(REDHAT_SETS_NS),
	                     .package = name,
	                     .id = B(REDHAT_CPE_ID),
	                     .status = STATUS_NOT_AFFECTED};
	const json_t *cpes = json_list(v->tree, "cpes");
	if (!cpes) {
		feed_broken(s, "repository %.*s has no list of CPEs",
		            BYTES_FMT(bytes_slice(name, 0, 80)));
		return 0;
	}
	for (size_t i = 0; i < json_array_size(cpes); i++) {
		struct bytes ns = redhat_cpe_ns(json_bytes(json_array_get(cpes, i)), feed_arena(s));
		if (!ns.n || has_ref(&a, ns))
			continue;
		if (a.n_refs == ADVISORY_REFS_MAX) {
			feed_broken(s, "repository %.*s belongs to more than %d products",
			            BYTES_FMT(bytes_slice(name, 0, 80)), (int)ADVISORY_REFS_MAX);
			return 0;
		}
		a.refs[a.n_refs++] = ns;
	}
	return feed_put(s, &a, e);
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	static const char *const paths[] = {"data.*", NULL};
	return feed_json(doc, paths, repository, s, e);
}

static const struct feed_url urls[] = {
	{"https://security.access.redhat.com/data/meta/v1/repository-to-cpe.json", NULL},
	{NULL,								     NULL},
};

const struct feed feed_redhat_repositories = {
	.id = "redhat-repositories",
	.title = "Red Hat repositories",
	.is_side = true,
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
