/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_retirejs.c - Retire.js' repositories of vulnerable JavaScript libraries.
 *
 * Format: an object of libraries, each with "vulnerabilities": versions from "atOrAbove" on that
 * are "below" another, without those of "excludes"; "identifiers" name CVEs and GitHub's advisory.
 * The names are Retire.js' own where a library has "extractors": only what has an "npmname" is a
 * package; in the repository of npm packages each name is one.
 * Source: RetireJS/retire.js, repository/jsrepository-v*.json and npmrepository.json.
 */
#include "advise/feed.h"
#include "advise/language.h"
#include "advise/osv.h"
#include "advise/spans.h"

struct retire {
	struct feed_sink *s;
	const struct language *npm;
	struct bytes package;
	const json_t *list; /* its vulnerabilities */
};

static int retire_recognise(const struct feed_doc *doc)
{
	bool is_ours = feed_has(doc, "\"retire-example\"") && feed_has(doc, "\"vulnerabilities\"");
	return is_ours && feed_first(doc) == '{' ? 80 : 0;
}

/* Its ids: CVEs, else GitHub's, else one made of where it ends. */
static struct bytes id_of(const struct retire *r, const json_t *one, size_t n)
{
	const json_t *ids = json_obj(one, "identifiers"), *cves = json_list(ids, "CVE");
	struct bytes cve = json_text(ids, "CVE"), ghsa = json_text(ids, "githubID");
	if (json_array_size(cves))
		return json_bytes(json_array_get(cves, n));
	if (n)
		return (struct bytes){NULL, 0};
	if (cve.n || ghsa.n)
		return cve.n ? cve : ghsa;
	return bytes_str(arena_printf(feed_arena(r->s), "retirejs/%.*s/%.*s", BYTES_FMT(r->package),
	                              BYTES_FMT(json_text(one, "below"))));
}

static bool has_id(const struct retire *r, const json_t *one, struct bytes id)
{
	for (size_t n = 0; n < (size_t)OSV_CVES_MAX; n++) {
		struct bytes have = id_of(r, one, n);
		if (!have.n || bytes_eq(have, id))
			return have.n > 0;
	}
	return false;
}

/* Bytes of the numbers that text begins with, three at most; how many these are. */
static size_t numbers_of(struct bytes text, size_t *ret_n)
{
	size_t at = 0;
	*ret_n = 0;
	while (at < text.n && is_digit(text.p[at])) {
		while (at < text.n && is_digit(text.p[at]))
			at++;
		if (++*ret_n == 3 || at + 1 >= text.n || text.p[at] != '.' ||
		    !is_digit(text.p[at + 1]))
			break;
		at++;
	}
	return at;
}

/* "4.5" is 4.5.0, "1.9.0b1" is 1.9.0-b1: Retire.js compares what is there.  Absent: no version. */
static struct bytes version_of(const struct retire *r, struct bytes text)
{
	static const char *const missing[] = {"", ".0.0", ".0", ""};
	size_t n, at = numbers_of(text, &n);
	struct bytes rest = bytes_skip(text, at), full;
	bool is_bare = rest.n && rest.p[0] != '-' && rest.p[0] != '+';
	if (version_valid(r->npm->d.order, text))
		return text;
	full = bytes_str(arena_printf(feed_arena(r->s), "%.*s%s%s%.*s", (int)at,
	                              (const char *)text.p, missing[n], is_bare ? "-" : "",
	                              BYTES_FMT(rest)));
	return n && version_valid(r->npm->d.order, full) ? full : (struct bytes){NULL, 0};
}

/* The span without its excluded versions. */
static int add_spans(const struct retire *r, const json_t *one, struct advisory *v, struct err *e)
{
	struct bytes from = json_text(one, "atOrAbove"), below = json_text(one, "below");
	struct span s = {
		.from.v = version_of(r, from), .to.v = version_of(r, below), .is_fix = true};
	size_t i;
	const json_t *at;
	if (!s.to.v.n || (from.n && !s.from.v.n))
		return err_set(e, ERR_FORMAT, "\"%.*s\" to \"%.*s\" are no versions of npm",
		               BYTES_FMT(from), BYTES_FMT(below));
	json_array_foreach(json_list(one, "excludes"), i, at)
	{
		struct span head = s;
		head.to = (struct span_end){.v = version_of(r, json_bytes(at))};
		head.is_fix = false;
		if (!head.to.v.n)
			return err_set(e, ERR_FORMAT, "\"%.*s\" is no version of npm",
			               BYTES_FMT(json_bytes(at)));
		if (osv_add_range(v, span_range(&head), e) < 0)
			return -1;
		s.from = (struct span_end){.v = head.to.v, .is_after = true};
	}
	return osv_add_range(v, span_range(&s), e);
}

/* One id, with the spans of all entries that name it. */
static int put(const struct retire *r, size_t from, struct bytes id, struct err *e)
{
	const json_t *first = json_array_get(r->list, from), *ids = json_obj(first, "identifiers");
	struct advisory v = {.ns = bytes_str(r->npm->d.ns), .package = r->package, .id = id};
	struct bytes ghsa = json_text(ids, "githubID");
	severity_parse(json_text(first, "severity"), &v.severity);
	if (ghsa.n && !bytes_eq(ghsa, id))
		v.refs[v.n_refs++] = ghsa;
	for (size_t i = from; i < json_array_size(r->list); i++) {
		const json_t *one = json_array_get(r->list, i);
		if (has_id(r, one, id) && add_spans(r, one, &v, e) < 0)
			return -1;
	}
	struct vuln about = {.id = id, .severity = v.severity, .title = json_text(ids, "summary")};
	return feed_put(r->s, &v, e) < 0 || feed_put_vuln(r->s, &about, e) < 0 ? -1 : 0;
}

static int put_entry(const struct retire *r, size_t i, struct err *e)
{
	const json_t *one = json_array_get(r->list, i);
	for (size_t n = 0; n < (size_t)OSV_CVES_MAX; n++) {
		struct bytes id = id_of(r, one, n);
		bool is_first = true;
		if (!id.n)
			return 0;
		for (size_t k = 0; k < i && is_first; k++)
			is_first = !has_id(r, json_array_get(r->list, k), id);
		if (is_first && put(r, i, id, e) < 0)
			return -1;
	}
	return err_set(e, ERR_LIMIT, "more than %lld ids", (long long)OSV_CVES_MAX);
}

static int read_library(void *arg, const struct feed_value *value, struct err *e)
{
	struct retire r = {.s = arg,
	                   .npm = language_by_osv(B("npm")),
	                   .list = json_list(value->tree, "vulnerabilities")};
	struct bytes name = value->keys[0], npm = json_text(value->tree, "npmname");
	bool is_own = json_is_object(json_object_get(value->tree, "extractors"));
	if (bytes_eq(name, B("retire-example")) || (is_own && !npm.n))
		return 0;
	r.package = language_name(r.npm, npm.n ? npm : name, feed_arena(r.s));
	for (size_t i = 0; i < json_array_size(r.list); i++) {
		struct err one;
		if (put_entry(&r, i, &one) == 0)
			continue;
		if (one.kind != ERR_FORMAT && one.kind != ERR_LIMIT) {
			*e = one;
			return -1;
		}
		feed_broken(r.s, "%.*s, vulnerability %zu: %s",
		            BYTES_FMT(bytes_slice(name, 0, 100)), i + 1, one.msg);
	}
	return 0;
}

static int retire_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	static const char *const paths[] = {"*", NULL};
	return feed_json(doc, paths, read_library, s, e);
}

const struct feed feed_retirejs = {
	.id = "retirejs",
	.title = "Retire.js' vulnerable JavaScript libraries",
	.recognise = retire_recognise,
	.import = retire_import,
};
