/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_nodejs_wg.c - the advisories of Node.js' security working group: for packages of npm (to
 * 2020), and for Node.js itself.
 *
 * Format: a JSON object per advisory, or an object of them by number (index.json).  Of npm: "id",
 * "module_name", "cves", "vulnerable_versions", "patched_versions", "cvss_vector"; of Node.js:
 * "cve", "vulnerable", "patched", "affectedEnvironments", "severity".  Versions are ranges of npm;
 * what is in both is patched.  Objects with a "reason" say why a dependency's CVE is none of
 * Node.js: nothing is matched by those.
 * Source: nodejs/security-wg, vuln/, README.
 */
#include "advise/language.h"

#include "advise/feed.h"
#include "advise/osv.h"
#include "advise/spans.h"

static int nodejs_recognise(const struct feed_doc *doc)
{
	bool is_npm = feed_has(doc, "\"module_name\"") && feed_has(doc, "\"vulnerable_versions\"");
	bool is_core = feed_has(doc, "\"vulnerable\"") && feed_has(doc, "\"patched\"") &&
	               feed_has(doc, "\"affectedEnvironments\"");
	bool is_reason = feed_has(doc, "\"reason\"") &&
	                 feed_has(doc, "/nodejs-dependency-vuln-assessments/");
	return feed_first(doc) == '{' && (is_npm || is_core || is_reason) ? 80 : 0;
}

static enum severity severity_of(const json_t *one, struct bytes vector)
{
	enum severity ret = SEV_UNKNOWN;
	const json_t *score = json_object_get(one, "cvss_score");
	double n = json_is_number(score) ? json_number_value(score) : -1;
	if (severity_parse(json_text(one, "severity"), &ret))
		return ret;
	ret = osv_cvss_severity(vector);
	if (ret == SEV_UNKNOWN && n >= 0 && n <= 10)
		severity_parse(bytes_str(cvss_rating(CVSS_3_1, (int)(n * 10 + 0.5))), &ret);
	return ret;
}

/* "win32": only there; "all", or several, say nothing. */
static struct bytes system_of(const json_t *one)
{
	const json_t *list = json_list(one, "affectedEnvironments");
	struct bytes name = json_bytes(json_array_get(list, 0));
	if (json_array_size(list) != 1 || bytes_eq(name, B("all")))
		return (struct bytes){NULL, 0};
	return bytes_eq(name, B("win32")) ? B("windows") : name;
}

/* Under each of its CVEs, else under the number of the working group. */
static int put(struct feed_sink *s, const json_t *cves, struct bytes own, struct advisory *v,
               struct bytes title, struct err *e)
{
	size_t n = json_array_size(cves);
	if (n > (size_t)ADVISORY_REFS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d CVEs", ADVISORY_REFS_MAX);
	for (size_t i = 0; i < n || (i == 0 && !n); i++) {
		struct bytes cve = json_bytes(json_array_get(cves, i));
		v->id = osv_is_cve(cve) ? cve : own;
		v->ref = osv_is_cve(cve) ? own : (struct bytes){NULL, 0};
		struct vuln about = {
			.id = v->id, .severity = v->severity, .cvss = v->cvss, .title = title};
		if (feed_put(s, v, e) < 0 || feed_put_vuln(s, &about, e) < 0)
			return -1;
	}
	return 0;
}

/* Names of members: of packages of npm, of Node.js. */
static const struct {
	const char *affected, *patched, *cves, *title, *ns, *mark;
} kinds[] = {
	{"vulnerable_versions", "patched_versions", "cves", "title",       "npm",     "ECO"},
	{"vulnerable",          "patched",          "cve",  "description", "generic", "COR"},
};

static void read_about(struct feed_sink *s, const json_t *one, struct advisory *v)
{
	struct bytes vector = json_text(one, "cvss_vector");
	int64_t at_s;
	if (osv_cvss_severity(vector) != SEV_UNKNOWN)
		v->cvss = vector;
	v->severity = severity_of(one, v->cvss);
	v->systems = system_of(one);
	if (clock_parse(json_text(one, "updated_at"), &at_s) && at_s > 0) {
		v->modified_s = at_s;
		feed_dated(s, at_s);
	}
}

static int read_one(struct feed_sink *s, const json_t *one, struct bytes number, struct err *e)
{
	struct arena *a = feed_arena(s);
	struct bytes module = json_text(one, "module_name");
	size_t k = module.n ? 0 : 1;
	const json_t *id = json_object_get(one, "id");
	struct native_range n = {.affected = json_text(one, kinds[k].affected),
	                         .patched = json_text(one, kinds[k].patched)};
	struct advisory v = {.ns = bytes_str(kinds[k].ns),
	                     .package = module.n ? module : B("node")};
	if (json_text(one, "reason").n)
		return 0;
	if (module.n && json_is_integer(id))
		number = bytes_str(arena_printf(a, "%lld", (long long)json_integer_value(id)));
	struct bytes own =
		bytes_str(arena_printf(a, "NSWG-%s-%.*s", kinds[k].mark, BYTES_FMT(number)));
	read_about(s, one, &v);
	if (native_ranges(language_by_type(B("npm")), n, a, &v, e) < 0)
		return err_wrap(e, "%.*s", BYTES_FMT(own));
	return v.n_ranges ? put(s, json_list(one, kinds[k].cves), own, &v,
	                        json_text(one, kinds[k].title), e)
	                  : 0;
}

static bool is_one(const json_t *doc)
{
	return json_object_get(doc, "vulnerable_versions") || json_object_get(doc, "vulnerable") ||
	       json_object_get(doc, "reason");
}

static int nodejs_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *root = NULL;
	struct bytes number, tail;
	const char *key;
	json_t *one;
	struct err why;
	bytes_cut(path_base(doc->name), '.', &number, &tail);
	if (feed_load(doc, (size_t)FEED_RECORD_MAX, &text, e) < 0 ||
	    json_load_data(buf_bytes(&text), "advisory", (size_t)FEED_RECORD_MAX, &root, e) < 0)
		return -1;
	if (is_one(root))
		return read_one(s, root, number, e);
	json_object_foreach(root, key, one)
	{
		if (!json_is_object(one) || read_one(s, one, bytes_str(key), &why) == 0)
			continue;
		if (why.kind != ERR_FORMAT && why.kind != ERR_LIMIT) {
			*e = why;
			return -1;
		}
		feed_broken(s, "%s", why.msg);
	}
	return 0;
}

static const struct feed_url urls[] = {
	{"https://codeload.github.com/nodejs/security-wg/tar.gz/refs/heads/main", NULL},
	{NULL,								    NULL},
};

const struct feed feed_nodejs_wg = {
	.id = "nodejs-wg",
	.title = "advisories of Node.js' security working group",
	.urls = urls,
	.is_on_demand = true, /* of npm nothing since 2020, and GitHub's has those */
	.recognise = nodejs_recognise,
	.import = nodejs_import,
};
