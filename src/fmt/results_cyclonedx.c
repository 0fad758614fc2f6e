/* SPDX-License-Identifier: Apache-2.0 */
/*
 * results_cyclonedx.c - the vulnerabilities that a CycloneDX document names.
 *
 * Source: CycloneDX 1.4 to 1.7, "vulnerabilities".  What an analysis in the document settles is
 * settled for its tool (waved), and shown as that.
 */
#include "fmt/results_parts.h"

enum { COMPONENTS_DEPTH = JSON_DEPTH_MAX / 2 }; /* each is an object in a list */

struct cdx {
	struct results_reader *r;
	struct results *to;
	struct map *refs; /* bom-ref → component */
};

static void collect(struct cdx *c, const json_t *component, int depth)
{
	const json_t *list = json_list(component, "components");
	struct bytes ref = json_text(component, "bom-ref");
	if (ref.n)
		map_put(c->refs, ref, NULL)->p = (void *)(uintptr_t)component;
	for (size_t i = 0; i < json_array_size(list) && depth < COMPONENTS_DEPTH; i++) {
		c->to->n_rules++;
		collect(c, json_array_get(list, i), depth + 1);
	}
}

/* Until 1.4 a list of tools, since 1.5 components. */
static void read_tool(struct cdx *c, const json_t *metadata)
{
	const json_t *old = json_list(metadata, "tools");
	const json_t *new = json_list(json_obj(metadata, "tools"), "components");
	const json_t *tool = json_array_get(old ? old : new, 0);
	c->to->tool = results_text(c->r, json_text(tool, "name"));
	c->to->version = results_text(c->r, json_text(tool, "version"));
	results_time(json_text(metadata, "timestamp"), &c->to->created_s);
}

static void read_subject(struct cdx *c, const json_t *subject)
{
	const json_t *properties = json_list(subject, "properties");
	struct bytes version = json_text(subject, "version");
	results_property(c->r, c->to, B("digest"), version);
	for (size_t i = 0; i < json_array_size(properties); i++) {
		const json_t *p = json_array_get(properties, i);
		results_property(c->r, c->to, json_text(p, "name"), json_text(p, "value"));
	}
	/* pkg:oci/NAME@sha256%3AHEX */
	struct bytes head, tail;
	if (bytes_starts(json_text(subject, "purl"), B("pkg:oci/")) &&
	    bytes_cut(json_text(subject, "purl"), '@', &head, &tail)) {
		bool is_escaped = bytes_starts(tail, B("sha256%3"));
		struct bytes hex = bytes_skip(tail, is_escaped ? 9 : 7);
		results_property(c->r, c->to, B("digest"),
		                 bytes_str(arena_printf(c->r->a, "sha256:%.*s",
		                                        BYTES_FMT(bytes_slice(hex, 0, 64)))));
	}
}

/* The worst of all ratings, and the vector that comes with it. */
static void read_ratings(struct cdx *c, struct result *to, const json_t *list)
{
	static const char *const words[] = {"none", "info", "low", "medium", "high", "critical"};
	size_t worst = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *rating = json_array_get(list, i);
		const json_t *score = json_object_get(rating, "score");
		struct bytes word = json_text(rating, "severity"),
			     vector = json_text(rating, "vector");
		for (size_t k = 0; k < ARRAY_LEN(words); k++)
			if (bytes_eq(word, bytes_str(words[k])) && k + 1 > worst)
				worst = k + 1;
		bool is_base = bytes_starts(json_text(rating, "method"), B("CVSSv"));
		if (is_base && json_is_number(score) && json_number_value(score) > to->score &&
		    json_number_value(score) <= 10) {
			to->score = json_number_value(score);
			to->vector = results_text(c->r, bytes_slice(vector, 0, 128));
		}
	}
	if (worst)
		to->severity = worst < 3 ? B("negligible") : bytes_str(words[worst - 1]);
}

static struct bytes settled(struct cdx *c, const json_t *v)
{
	static const char *const states[] = {"false_positive", "not_affected", "resolved",
	                                     "resolved_with_pedigree"};
	const json_t *analysis = json_obj(v, "analysis");
	struct bytes state = json_text(analysis, "state"), why = json_text(analysis, "detail");
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (bytes_eq(state, bytes_str(states[i])))
			return bytes_str(arena_printf(c->r->a, "its analysis says %s%s%.*s",
			                              states[i], why.n ? ": " : "",
			                              BYTES_FMT(bytes_slice(why, 0, 1024))));
	return (struct bytes){NULL, 0};
}

static int read_affected(struct cdx *c, const json_t *v, struct bytes ref, struct err *e)
{
	struct bytes own = ref;
	ssize_t hash = bytes_starts(ref, B("urn:cdx:")) ? bytes_find(ref, '#') : -1;
	const json_t *cwes = json_list(v, "cwes");
	struct result *to;
	if (hash >= 0)
		own = bytes_skip(ref, (size_t)hash + 1);
	if (results_add(c->r, c->to, &to, e) < 0)
		return -1;
	const union map_value *slot = map_get(c->refs, own);
	const json_t *component = slot ? slot->p : NULL;
	to->id = results_text(c->r, json_text(v, "id"));
	to->title = results_text(c->r, bytes_slice(json_text(v, "description"), 0, 200));
	to->repair = results_text(c->r, json_text(v, "recommendation"));
	to->package = results_text(c->r, component ? json_text(component, "purl") : own);
	to->installed = results_text(c->r, json_text(component, "version"));
	to->waved = settled(c, v);
	read_ratings(c, to, json_list(v, "ratings"));
	results_list(c->r, &to->refs, &to->n_refs, json_text(json_obj(v, "source"), "url"),
	             RESULT_REFS_MAX);
	for (size_t i = 0; i < json_array_size(cwes); i++) {
		const json_t *n = json_array_get(cwes, i);
		if (json_is_integer(n))
			results_list(c->r, &to->refs, &to->n_refs,
			             bytes_str(arena_printf(c->r->a, "CWE-%lld",
			                                    (long long)json_integer_value(n))),
			             RESULT_REFS_MAX);
	}
	return 0;
}

static int read_one(struct cdx *c, const json_t *v, struct err *e)
{
	const json_t *affects = json_list(v, "affects");
	size_t n = json_array_size(affects);
	if (!json_text(v, "id").n) {
		results_fault(c->r, c->to, "a vulnerability has no id");
		return 0;
	}
	if (!n)
		return read_affected(c, v, (struct bytes){NULL, 0}, e);
	for (size_t i = 0; i < n; i++)
		if (read_affected(c, v, json_text(json_array_get(affects, i), "ref"), e) < 0)
			return -1;
	return 0;
}

int results_cyclonedx(struct results_reader *r, const json_t *doc, struct err *e)
{
	AUTO_MAP struct map *refs = map_new();
	struct cdx c = {.r = r, .refs = refs};
	const json_t *metadata = json_obj(doc, "metadata"), *list;
	list = json_list(doc, "vulnerabilities");
	if (results_run(r, "cyclonedx", &c.to, e) < 0)
		return -1;
	read_tool(&c, metadata);
	read_subject(&c, json_obj(metadata, "component"));
	collect(&c, json_obj(metadata, "component"), 0);
	collect(&c, doc, 0);
	if (!c.to->tool.n)
		c.to->tool = B("cyclonedx");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_one(&c, json_array_get(list, i), e) < 0)
			return -1;
	return 0;
}
