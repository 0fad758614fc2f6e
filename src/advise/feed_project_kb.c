/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_project_kb.c - SAP's project "KB": which artifacts of Maven have the code of a
 * vulnerability.
 *
 * Format: a YAML mapping per vulnerability: "vulnerability_id", and "artifacts" with a package URL
 * that has a version, and "affected".  Versions that nobody assessed are not listed: nothing is
 * said of them. Source: SAP/project-kb, branch vulnerability-data, statements/ID/statement.yaml.
 */
#include "advise/language.h"

#include <stdlib.h>

#include "advise/feed.h"

struct artifact {
	struct bytes package, version;
};

static int kb_recognise(const struct feed_doc *doc)
{
	bool is_first = bytes_starts(doc->head, B("vulnerability_id:"));
	return is_first || feed_has(doc, "\nvulnerability_id:") ? 70 : 0;
}

static int by_package(const void *a, const void *b)
{
	const struct artifact *x = a, *y = b;
	int d = bytes_cmp(x->package, y->package);
	return d ? d : bytes_cmp(x->version, y->version);
}

static bool is_same(const struct artifact *a, const struct artifact *b)
{
	return bytes_eq(a->package, b->package);
}

/* Those that are affected, sorted; *ret_n of them. */
static struct artifact *read_artifacts(struct feed_sink *s, const json_t *list, size_t *ret_n)
{
	const struct language *maven = language_by_osv(B("Maven"));
	struct arena *a = feed_arena(s);
	struct artifact *v = arena_alloc(a, (json_array_size(list) + 1) * sizeof *v);
	size_t n = 0, i;
	const json_t *at;
	json_array_foreach(list, i, at)
	{
		struct purl u;
		struct err e;
		if (!json_is_true(json_object_get(at, "affected")) &&
		    !bytes_eq(json_text(at, "affected"), B("true")))
			continue;
		if (purl_parse_lenient(json_text(at, "id"), a, &u, &e) < 0) {
			feed_broken(s, "artifact %zu: %s", i + 1, e.msg);
			continue;
		}
		if (!bytes_eq(u.type, B("maven")) || !u.version.n)
			continue; /* no other type is there */
		v[n++] = (struct artifact){
			language_name(maven, ecosystem_join(u.type, u.ns, u.name, a), a),
			u.version};
	}
	if (n)
		qsort(v, n, sizeof *v, by_package);
	*ret_n = n;
	return v;
}

/* n artifacts of one package. */
static int put_package(struct feed_sink *s, const struct artifact *v, size_t n, struct bytes id,
                       struct err *e)
{
	AUTO_BUF struct buf versions, all;
	struct advisory a = {.ns = B("maven"), .package = v->package, .id = id};
	uint64_t count = 0;
	buf_init(&versions, (size_t)FEED_LINE_MAX);
	buf_init(&all, (size_t)FEED_LINE_MAX + 16);
	for (size_t i = 0; i < n; i++) {
		if (i && bytes_eq(v[i].version, v[i - 1].version))
			continue;
		cbor_bytes(&versions, v[i].version);
		count++;
	}
	cbor_array(&all, count);
	if (versions.overflow || buf_add(&all, buf_bytes(&versions)) < 0)
		return err_set(e, ERR_LIMIT, "versions of %.*s: more than %lld bytes",
		               BYTES_FMT(v->package), (long long)FEED_LINE_MAX);
	a.versions = buf_bytes(&all);
	return feed_put(s, &a, e);
}

static int kb_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *y = NULL;
	if (feed_load(doc, (size_t)FEED_LINE_MAX, &text, e) < 0 ||
	    yaml_load(buf_bytes(&text), "statement", YAML_FEED, &y, e) < 0)
		return -1;
	struct bytes id = json_text(y, "vulnerability_id");
	if (!id.n)
		return err_set(e, ERR_FORMAT, "no vulnerability_id");
	size_t n;
	const struct artifact *v = read_artifacts(s, json_list(y, "artifacts"), &n);
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && is_same(&v[from], &v[to]);)
			to++;
		if (put_package(s, &v[from], to - from, id, e) < 0)
			return -1;
	}
	return 0;
}

const struct feed feed_project_kb = {
	.id = "project-kb",
	.title = "SAP's project \"KB\", artifacts of Maven",
	.recognise = kb_recognise,
	.import = kb_import,
};
