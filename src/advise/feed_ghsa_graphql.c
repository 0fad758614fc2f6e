/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_ghsa_graphql.c - GitHub's advisories as its GraphQL interface answers.
 *
 * Format: one SecurityAdvisory (ghsaId, identifiers, vulnerabilities.nodes), a list of them, or the
 * answer around such a list ("data": {"securityAdvisories": {"nodes": [...]}}).  A node of
 * "vulnerabilities" has one span of a package's versions as comparisons that must all hold, and the
 * first version that is patched.
 * Source: GitHub GraphQL API, objects SecurityAdvisory and SecurityVulnerability.
 */
#include "advise/feed.h"
#include "advise/language.h"
#include "advise/osv.h"
#include "advise/spans.h"

/* SecurityAdvisoryEcosystem, as OSV calls them; GitHub's actions are no packages of an image. */
static const struct {
	const char *theirs, *osv;
} ecosystems[] = {
	{"COMPOSER", "Packagist"},
        {"ERLANG",   "Hex"      },
        {"GO",       "Go"       },
	{"MAVEN",    "Maven"    },
        {"NPM",      "npm"      },
        {"NUGET",    "NuGet"    },
	{"PIP",      "PyPI"     },
        {"PUB",      "Pub"      },
        {"RUBYGEMS", "RubyGems" },
	{"RUST",     "crates.io"},
        {"SWIFT",    "SwiftURL" },
};

static int graphql_recognise(const struct feed_doc *doc)
{
	return feed_has(doc, "\"ghsaId\"") && feed_has(doc, "\"identifiers\"") ? 80 : 0;
}

static const struct language *language_of(struct bytes theirs)
{
	for (size_t i = 0; i < ARRAY_LEN(ecosystems); i++) {
		if (bytes_eq(theirs, bytes_str(ecosystems[i].theirs)))
			return language_by_osv(bytes_str(ecosystems[i].osv));
	}
	return NULL;
}

/* A patched version past the end of the span ends it in its place: "<= 1.10.2" is the last one that
 * somebody looked at. */
static int add_span(const json_t *node, const struct language *l, struct arena *a,
                    struct advisory *v, struct err *e)
{
	struct span s;
	struct bytes fixed = json_text(json_obj(node, "firstPatchedVersion"), "identifier");
	if (span_parse(json_text(node, "vulnerableVersionRange"), l->d.order, a, &s, e) < 0)
		return -1;
	int c = fixed.n && s.to.v.n ? version_cmp(l->d.order, fixed, s.to.v) : -1;
	if (fixed.n && (!s.to.v.n || (s.to.is_after && c > 0)))
		s.to = (struct span_end){.v = fixed};
	s.is_fix = !s.to.is_after && fixed.n && bytes_eq(s.to.v, fixed);
	return osv_add_range(v, span_range(&s), e);
}

static bool is_same(const json_t *a, const json_t *b)
{
	const json_t *x = json_obj(a, "package"), *y = json_obj(b, "package");
	return bytes_eq(json_text(x, "ecosystem"), json_text(y, "ecosystem")) &&
	       bytes_eq(json_text(x, "name"), json_text(y, "name"));
}

/* All nodes of the package that node i is the first of. */
static int put_package(struct feed_sink *s, const json_t *nodes, size_t i,
                       const struct advisory *base, struct err *e)
{
	const json_t *first = json_array_get(nodes, i), *package = json_obj(first, "package");
	const struct language *l = language_of(json_text(package, "ecosystem"));
	struct advisory v = *base;
	if (!l)
		return 0;
	if (!json_text(package, "name").n)
		return err_set(e, ERR_FORMAT, "a package of %s without a name", l->osv);
	v.ns = bytes_str(l->d.ns);
	v.package = language_name(l, json_text(package, "name"), feed_arena(s));
	for (; i < json_array_size(nodes); i++) {
		const json_t *node = json_array_get(nodes, i);
		if (is_same(node, first) && add_span(node, l, feed_arena(s), &v, e) < 0)
			return -1;
	}
	return feed_speaks(s, v.ns, e) < 0 || feed_put(s, &v, e) < 0 ? -1 : 0;
}

static int put_packages(struct feed_sink *s, const json_t *nodes, const struct advisory *base,
                        struct err *e)
{
	for (size_t i = 0; i < json_array_size(nodes); i++) {
		bool is_first = true;
		for (size_t k = 0; k < i && is_first; k++)
			is_first = !is_same(json_array_get(nodes, k), json_array_get(nodes, i));
		if (is_first && put_package(s, nodes, i, base, e) < 0)
			return -1;
	}
	return 0;
}

static void read_ids(const json_t *doc, struct bytes own, struct advisory *v)
{
	size_t i;
	const json_t *at;
	v->id = own;
	json_array_foreach(json_list(doc, "identifiers"), i, at)
	{
		struct bytes id = json_text(at, "value");
		if (!id.n || bytes_eq(id, own))
			continue;
		if (osv_is_cve(id) && bytes_eq(v->id, own)) {
			v->id = id;
			v->ref = own;
		} else if (v->n_refs < ADVISORY_REFS_MAX) {
			v->refs[v->n_refs++] = id;
		}
	}
}

static int read_advisory(struct feed_sink *s, const json_t *doc, struct err *e)
{
	struct bytes own = json_text(doc, "ghsaId");
	const json_t *nodes = json_list(json_obj(doc, "vulnerabilities"), "nodes");
	struct bytes vector = json_text(json_obj(doc, "cvss"), "vectorString");
	struct advisory v = {.n_ranges = 0};
	int64_t at_s;
	if (!own.n)
		return err_set(e, ERR_FORMAT, "an advisory without ghsaId");
	if (clock_parse(json_text(doc, "updatedAt"), &at_s) && at_s > 0) {
		v.modified_s = at_s;
		feed_dated(s, at_s);
	}
	if (json_text(doc, "withdrawnAt").n)
		return 0;
	if (json_array_size(nodes) > (size_t)OSV_CVES_MAX)
		return err_set(e, ERR_LIMIT, "%.*s: more than %lld spans of versions",
		               BYTES_FMT(own), (long long)OSV_CVES_MAX);
	read_ids(doc, own, &v);
	if (osv_cvss_severity(vector) != SEV_UNKNOWN)
		v.cvss = vector;
	if (!severity_parse(json_text(doc, "severity"), &v.severity))
		v.severity = osv_cvss_severity(v.cvss);
	struct vuln about = {.id = v.id,
	                     .severity = v.severity,
	                     .cvss = v.cvss,
	                     .title = json_text(doc, "summary"),
	                     .modified_s = v.modified_s};
	if (put_packages(s, nodes, &v, e) < 0 || feed_put_vuln(s, &about, e) < 0)
		return err_wrap(e, "%.*s", BYTES_FMT(bytes_slice(own, 0, 60)));
	return 0;
}

/* The list in an answer; the document itself when it is one, NULL when it is an advisory. */
static const json_t *list_of(const json_t *doc)
{
	const json_t *answer = json_obj(json_obj(doc, "data"), "securityAdvisories");
	return json_is_array(doc) ? doc : json_list(answer, "nodes");
}

static int graphql_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *root = NULL;
	struct err one;
	if (feed_load(doc, (size_t)FEED_RECORD_MAX, &text, e) < 0 ||
	    json_load_data(buf_bytes(&text), "advisory", (size_t)FEED_RECORD_MAX, &root, e) < 0)
		return -1;
	const json_t *list = list_of(root);
	if (!list)
		return read_advisory(s, root, e);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (read_advisory(s, json_array_get(list, i), &one) == 0)
			continue;
		if (one.kind != ERR_FORMAT && one.kind != ERR_LIMIT) {
			*e = one;
			return -1;
		}
		feed_broken(s, "advisory %zu: %s", i + 1, one.msg);
	}
	return 0;
}

const struct feed feed_ghsa_graphql = {
	.id = "ghsa-graphql",
	.title = "GitHub advisory database, as its GraphQL interface answers",
	.recognise = graphql_recognise,
	.import = graphql_import,
};
