/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_ruby_advisory_db.c - rubysec's advisories for gems and for Ruby itself.
 *
 * Format: a YAML mapping per advisory: "gem" or "engine", "cve", "ghsa", "osvdb",
 * "patched_versions" and "unaffected_versions" as lists of requirements; every other version is
 * affected. Source: rubysec/ruby-advisory-db, README and spec.
 */
#include "advise/language.h"

#include "advise/feed.h"
#include "advise/osv.h"
#include "advise/spans.h"

static int ruby_recognise(const struct feed_doc *doc)
{
	bool is_ours = feed_has(doc, "\ngem:") || feed_has(doc, "\nengine:") ||
	               bytes_starts(doc->head, B("gem:"));
	bool has_ids = feed_has(doc, "\ncve:") || feed_has(doc, "\nghsa:") ||
	               feed_has(doc, "\nosvdb:") || feed_has(doc, "patched_versions:");
	return is_ours && has_ids && feed_has(doc, "\ndate:") && feed_has(doc, "\ntitle:") ? 70 : 0;
}

struct spans {
	struct arena *a;
	struct span v[RUBY_REQUIREMENTS_MAX];
	size_t n;
};

static int add_spans(struct spans *s, const json_t *list, bool is_fix, struct err *e)
{
	size_t i;
	const json_t *at;
	json_array_foreach(list, i, at)
	{
		if (s->n == RUBY_REQUIREMENTS_MAX)
			return err_set(e, ERR_LIMIT, "more than %d requirements",
			               RUBY_REQUIREMENTS_MAX);
		if (span_parse(json_bytes(at), VERSION_GEM, s->a, &s->v[s->n], e) < 0)
			return -1;
		s->v[s->n++].is_fix = is_fix;
	}
	return 0;
}

static struct bytes prefixed(struct arena *a, const char *prefix, struct bytes v)
{
	return v.n ? bytes_str(arena_printf(a, "%s%.*s", prefix, BYTES_FMT(v))) : v;
}

/* The id it is best known by, and the others behind it. */
static void read_ids(const json_t *y, struct arena *a, struct advisory *v)
{
	const struct bytes ids[] = {
		prefixed(a, "CVE-", json_text(y, "cve")),
		prefixed(a, "GHSA-", json_text(y, "ghsa")),
		prefixed(a, "OSVDB-", json_text(y, "osvdb")),
	};
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		if (ids[i].n && !v->id.n)
			v->id = ids[i];
		else if (ids[i].n)
			v->refs[v->n_refs++] = ids[i];
	}
}

/* "cvss_v3: 7.5": the base score without its vector. */
static enum severity severity_of(const json_t *y)
{
	static const struct {
		const char *key;
		enum cvss_version version;
	} scores[] = {
		{"cvss_v3", CVSS_3_1},
                {"cvss_v4", CVSS_4_0},
                {"cvss_v2", CVSS_2_0}
        };
	enum severity ret = SEV_UNKNOWN;
	for (size_t i = 0; i < ARRAY_LEN(scores); i++) {
		struct bytes text = json_text(y, scores[i].key), whole, part;
		uint64_t n, tenth = 0;
		bytes_cut(text, '.', &whole, &part);
		if (bytes_u64(whole, 10, &n) && (!part.n || bytes_u64(part, 9, &tenth))) {
			severity_parse(
				bytes_str(cvss_rating(scores[i].version, (int)(n * 10 + tenth))),
				&ret);
			return ret;
		}
	}
	return ret;
}

static int read_advisory(struct feed_doc *doc, const json_t *y, struct feed_sink *s, struct err *e)
{
	struct arena *a = feed_arena(s);
	struct advisory v = {.ns = B("gem"), .package = json_text(y, "gem")};
	struct spans *spans = arena_alloc(a, sizeof *spans);
	spans->a = a;
	if (!v.package.n) { /* Ruby itself, JRuby, ...: programs that no gem brings */
		v.ns = B("generic");
		v.package = json_text(y, "engine");
	}
	read_ids(y, a, &v);
	if (!v.package.n || !v.id.n)
		return err_set(e, ERR_FORMAT, "an advisory without gem or without id");
	v.ref = bytes_str(arena_printf(a, "rubysec/%.*s/%.*s", BYTES_FMT(v.package),
	                               BYTES_FMT(path_base(doc->name))));
	v.severity = severity_of(y);
	v.systems = json_text(y, "platform");
	if (bytes_find(v.systems, ' ') >= 0)
		v.systems = (struct bytes){NULL, 0};
	if (add_spans(spans, json_list(y, "patched_versions"), true, e) < 0 ||
	    add_spans(spans, json_list(y, "unaffected_versions"), false, e) < 0 ||
	    spans_between(spans->v, spans->n, VERSION_GEM, &v, e) < 0)
		return -1;
	struct vuln about = {.id = v.id, .severity = v.severity, .title = json_text(y, "title")};
	if (!v.n_ranges)
		return 0;
	return feed_put(s, &v, e) < 0 || feed_put_vuln(s, &about, e) < 0 ? -1 : 0;
}

static int ruby_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *y = NULL;
	int64_t day_s;
	if (feed_load(doc, (size_t)FEED_LINE_MAX, &text, e) < 0 ||
	    yaml_load(buf_bytes(&text), "advisory", YAML_FEED, &y, e) < 0)
		return -1;
	if (clock_parse(json_text(y, "date"), &day_s))
		feed_dated(s, day_s);
	return read_advisory(doc, y, s, e);
}

static const struct feed_url urls[] = {
	{"https://codeload.github.com/rubysec/ruby-advisory-db/tar.gz/refs/heads/master", NULL},
	{NULL,									    NULL},
};

const struct feed feed_ruby_advisory_db = {
	.id = "ruby-advisory-db",
	.title = "rubysec's advisories for gems",
	.urls = urls,
	.recognise = ruby_recognise,
	.import = ruby_import,
};
