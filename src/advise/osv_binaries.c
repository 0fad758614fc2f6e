/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv_binaries.c - which binary packages a source package of Ubuntu has, as its records list them:
 * kept beside the advisories, for packages that do not say what they were built from.
 *
 * Format: "ecosystem_specific": {"binaries": [{"binary_name": "libc6", "binary_version":
 * "2.35-0"}]}, formerly [{"libc6": "2.35-0"}].  The source's own version stands in the package URL.
 * Source: Canonical's OSV records; OSV schema, "affected[].ecosystem_specific field".
 */
#include "advise/osv.h"

#include "advise/match.h"

/* The version of the source, in its purl; absent: not said. */
static struct bytes source_version(const json_t *affected, struct arena *a)
{
	struct purl p;
	struct err ignored;
	struct bytes text = json_text(json_obj(affected, "package"), "purl");
	return text.n && purl_parse_lenient(text, a, &p, &ignored) == 0 ? p.version
	                                                                : (struct bytes){NULL, 0};
}

/* Once each. */
static int put(struct feed_sink *s, const struct advisory *v, struct bytes key, struct err *e)
{
	int rc = feed_remember(s, key, (uint64_t)OSV_BINARIES_MAX);
	if (rc < 0)
		feed_partial(s, "more binary packages than are kept (OSV_BINARIES_MAX): those "
		                "that do not name their source are not all judged");
	return rc > 0 ? feed_put(s, v, e) : 0;
}

/* Built with a version of its own, a package's version says nothing of its source's. */
static int put_binary(struct feed_sink *s, const struct osv_binary *b, struct err *e)
{
	struct arena *a = feed_arena(s);
	bool is_same = !b->source_version.n || !b->version.n ||
	               bytes_eq(version_dpkg_strip_binnmu(b->version), b->source_version);
	struct advisory v = {
		.ns = b->ns,
		.package = bytes_str(arena_printf(a, ADVISORY_BINARY "%.*s", BYTES_FMT(b->name))),
		.id = is_same ? B(ADVISORY_SOURCE) : B(ADVISORY_OTHER_VERSION),
		.ref = b->source,
	};
	struct bytes key =
		bytes_str(arena_printf(a, "%.*s %.*s %.*s%s", BYTES_FMT(b->ns), BYTES_FMT(b->name),
	                               BYTES_FMT(b->source), is_same ? "" : " other"));
	return put(s, &v, key, e);
}

int osv_binaries(struct feed_sink *s, struct bytes ns, struct bytes source, const json_t *affected,
                 struct err *e)
{
	const json_t *list = json_list(json_obj(affected, "ecosystem_specific"), "binaries"), *at;
	size_t i;
	/* kernels have a name for each build, and run in no image */
	if (!json_array_size(list) || bytes_eq(source, B("linux")) ||
	    bytes_starts(source, B("linux-")))
		return 0;
	const struct advisory mark = {
		.ns = ns, .package = B(ADVISORY_BINARY), .id = B(ADVISORY_SOURCE)};
	if (put(s, &mark, ns, e) < 0)
		return -1;
	struct osv_binary b = {.ns = ns,
	                       .source = source,
	                       .source_version = source_version(affected, feed_arena(s))};
	json_array_foreach(list, i, at)
	{
		const char *key = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)at));
		b.name = json_text(at, "binary_name");
		b.version = json_text(at, "binary_version");
		if (!b.name.n && json_object_size(at) == 1) {
			b.version = json_text(at, key);
			b.name = b.version.n ? bytes_str(key) : b.name;
		}
		if (b.name.n && b.name.n <= (size_t)VERSION_LEN_MAX && put_binary(s, &b, e) < 0)
			return -1;
	}
	return 0;
}
