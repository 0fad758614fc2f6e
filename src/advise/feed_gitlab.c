/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_gitlab.c - GitLab's advisory database, in its open edition.
 *
 * Format: a YAML mapping per advisory: "package_slug: maven/GROUP/ARTIFACT", "identifiers",
 * "affected_range" in the grammar of the ecosystem, "fixed_versions", "cvss_v3".
 * Source: gitlab-org/advisories-community, README and ci/schema.
 */
#include "advise/language.h"

#include "advise/feed.h"
#include "advise/osv.h"
#include "advise/spans.h"

enum { FIXED_VERSIONS_MAX = 1024 };

static const struct {
	const char *slug, *osv;
	uint8_t slash; /* of the package's name */
} ecosystems[] = {
	{"cargo",     "crates.io",   '/'},
        {"conan",     "ConanCenter", '/'},
        {"gem",       "RubyGems",    '/'},
	{"go",        "Go",          '/'},
        {"maven",     "Maven",       ':'},
        {"npm",       "npm",         '/'},
	{"nuget",     "NuGet",       '/'},
        {"packagist", "Packagist",   '/'},
        {"pub",       "Pub",         '/'},
	{"pypi",      "PyPI",        '/'},
        {"swift",     "SwiftURL",    '/'},
};

static int gitlab_recognise(const struct feed_doc *doc)
{
	return feed_has(doc, "package_slug:") && feed_has(doc, "\naffected_range:") ? 80 : 0;
}

/* "maven/GROUP/ARTIFACT"; NULL: an ecosystem that assay has no packages of. */
static const struct language *read_slug(struct bytes slug, struct arena *a, struct bytes *ret_name)
{
	struct bytes type, name;
	bytes_cut(slug, '/', &type, &name);
	for (size_t i = 0; i < ARRAY_LEN(ecosystems) && name.n; i++) {
		if (!bytes_eq(type, bytes_str(ecosystems[i].slug)))
			continue;
		struct bytes copy = arena_dup(a, name);
		ssize_t slash = bytes_rfind(copy, '/');
		if (slash > 0)
			((uint8_t *)(uintptr_t)copy.p)[slash] = ecosystems[i].slash;
		const struct language *l = language_by_osv(bytes_str(ecosystems[i].osv));
		*ret_name = language_name(l, copy, a);
		return l;
	}
	return NULL;
}

/* A CVE, else GitHub's id, else GitLab's own. */
static void read_ids(const json_t *y, struct bytes own, struct advisory *v)
{
	const json_t *list = json_list(y, "identifiers");
	size_t i;
	const json_t *at;
	v->id = own;
	json_array_foreach(list, i, at)
	{
		struct bytes id = json_bytes(at);
		bool is_better = osv_is_cve(id)
		                         ? !osv_is_cve(v->id)
		                         : bytes_starts(id, B("GHSA-")) && bytes_eq(v->id, own);
		if (is_better)
			v->id = id;
	}
	json_array_foreach(list, i, at)
	{
		struct bytes id = json_bytes(at);
		bool is_id = osv_is_cve(id) || bytes_starts(id, B("GHSA-")) ||
		             bytes_starts(id, B("GMS-"));
		if (is_id && !bytes_eq(id, v->id) && v->n_refs < ADVISORY_REFS_MAX)
			v->refs[v->n_refs++] = id;
	}
	v->ref = bytes_eq(v->id, own) ? (struct bytes){NULL, 0} : own;
}

static int read_ranges(const json_t *y, const struct language *l, struct arena *a,
                       struct advisory *v, struct err *e)
{
	const json_t *list = json_list(y, "fixed_versions");
	size_t n = json_array_size(list);
	struct bytes *fixed = arena_alloc(a, (n + 1) * sizeof *fixed);
	if (n > FIXED_VERSIONS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d fixed versions", FIXED_VERSIONS_MAX);
	for (size_t i = 0; i < n; i++)
		fixed[i] = json_bytes(json_array_get(list, i));
	struct native_range range = {
		.affected = json_text(y, "affected_range"), .fixed = fixed, .n_fixed = n};
	return native_ranges(l, range, a, v, e);
}

static int read_advisory(const json_t *y, struct feed_sink *s, struct err *e)
{
	struct arena *a = feed_arena(s);
	struct bytes slug = json_text(y, "package_slug"), name;
	struct bytes vector = json_text(y, "cvss_v3");
	struct advisory v = {.n_ranges = 0};
	int64_t at_s;
	const struct language *l = read_slug(slug, a, &name);
	if (!slug.n || !json_text(y, "identifier").n)
		return err_set(e, ERR_FORMAT, "an advisory without package or without identifier");
	if (!l)
		return 0;
	if (clock_parse(json_text(y, "date"), &at_s) && at_s > 0) {
		v.modified_s = at_s;
		feed_dated(s, at_s);
	}
	v.ns = bytes_str(l->d.ns);
	v.package = name;
	if (osv_cvss_severity(vector) != SEV_UNKNOWN)
		v.cvss = vector;
	v.severity = osv_cvss_severity(v.cvss);
	read_ids(y,
	         bytes_str(arena_printf(a, "gitlab/%.*s/%.*s", BYTES_FMT(slug),
	                                BYTES_FMT(json_text(y, "identifier")))),
	         &v);
	if (read_ranges(y, l, a, &v, e) < 0)
		return -1;
	struct vuln about = {.id = v.id,
	                     .severity = v.severity,
	                     .cvss = v.cvss,
	                     .title = json_text(y, "title"),
	                     .modified_s = v.modified_s};
	return feed_put(s, &v, e) < 0 || feed_put_vuln(s, &about, e) < 0 ? -1 : 0;
}

static int gitlab_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *y = NULL;
	if (feed_load(doc, (size_t)FEED_LINE_MAX, &text, e) < 0 ||
	    yaml_load(buf_bytes(&text), "advisory", YAML_FEED, &y, e) < 0)
		return -1;
	return read_advisory(y, s, e);
}

static const struct feed_url urls[] = {
	{"https://gitlab.com/gitlab-org/advisories-community/-/archive/main/"
         "advisories-community-main.tar.gz", NULL},
	{NULL,					NULL},
};

const struct feed feed_gitlab = {
	.id = "gitlab",
	.title = "GitLab's advisory database, open edition",
	.urls = urls,
	.is_on_demand = true, /* large, and most of it is GitHub's and NVD's */
	.recognise = gitlab_recognise,
	.import = gitlab_import,
};
