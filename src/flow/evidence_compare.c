/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_compare.c - does a bill of materials that came with an image agree with what was found?
 *
 * Packages are compared by type, namespace, name and version; qualifiers and case of encoding do
 * not count.  Neither side is believed: the counts stand in the report.
 */
#include "flow/scan.h"

#include <string.h>

struct flow_compare {
	struct arena *a;
	struct map *found;  /* key → number of the list that had it last, 0: none */
	struct map *listed; /* keys of this list */
	const struct report *r;
	struct bytes *keys;        /* of r->packages, absent: not compared; NULL: not filled */
	uint64_t list;             /* number of this list, from 1 */
	uint64_t missing, matched; /* of this list */
	uint64_t n_found;
	struct bytes first_missing;
};

/* "type/ns/name@version", all decoded; absent for what is no package. */
static struct bytes key_of(struct arena *a, struct bytes purl)
{
	struct purl u;
	struct err ignored;
	if (purl_parse_lenient(purl, a, &u, &ignored) < 0 || bytes_eq(u.type, B("oci")) ||
	    bytes_eq(u.type, B("docker")))
		return (struct bytes){NULL, 0};
	return bytes_str(arena_printf(a, "%.*s/%.*s/%.*s@%.*s", BYTES_FMT(u.type), BYTES_FMT(u.ns),
	                              BYTES_FMT(u.name), BYTES_FMT(u.version)));
}

struct flow_compare *flow_compare_new(const struct report *r)
{
	struct flow_compare *c = mem_zalloc(sizeof *c);
	c->a = arena_new();
	c->found = map_new();
	c->listed = map_new();
	c->r = r;
	c->list = 1;
	return c;
}

/* Most images have nothing to compare with: what was found is only gone through for a list. */
static void fill(struct flow_compare *c)
{
	const struct report *r = c->r;
	if (c->keys)
		return;
	c->keys = arena_alloc(c->a, (r->n_packages + 1) * sizeof *c->keys);
	for (size_t i = 0; i < r->n_packages; i++) {
		bool is_new = false;
		struct bytes key = key_of(c->a, r->packages[i].purl);
		if (r->packages[i].is_absent || !key.n)
			continue;
		map_put(c->found, key, &is_new);
		if (is_new)
			c->keys[i] = key;
		c->n_found += is_new;
	}
}

void flow_compare_free(struct flow_compare *c)
{
	if (!c)
		return;
	map_free(c->found);
	map_free(c->listed);
	arena_free(c->a);
	free(c);
}

void flow_compare_purl(struct flow_compare *c, struct bytes purl)
{
	struct bytes key = key_of(c->a, purl);
	bool is_new = false;
	if (!key.n)
		return;
	fill(c);
	map_put(c->listed, key, &is_new);
	if (!is_new)
		return;
	union map_value *v = map_get(c->found, key);
	if (!v) {
		if (!c->missing++)
			c->first_missing = key;
		return;
	}
	v->u = c->list;
	c->matched++;
}

static struct bytes first_unlisted(const struct flow_compare *c)
{
	for (size_t i = 0; i < c->r->n_packages; i++) {
		union map_value *v = c->keys[i].n ? map_get(c->found, c->keys[i]) : NULL;
		if (v && v->u != c->list)
			return c->keys[i];
	}
	return (struct bytes){NULL, 0};
}

static void say(struct report *r, const struct report_evidence *x, const char *code,
                const char *text)
{
	report_cover(r,
	             (struct coverage){
			     .check = CHECK_LINEAGE,
			     .status = COVERAGE_COMPLETE,
			     .code = code,
			     .layer = x ? x->layer : -1,
			     .path = x && x->layer >= 0 ? x->name : (struct bytes){NULL, 0}
        },
	             "%s", text);
}

static const char *example(struct arena *a, struct bytes first)
{
	return first.n ? arena_printf(a, " (%.*s first)", BYTES_FMT(first)) : "";
}

void flow_compare_end(struct flow_compare *c, struct report *r, struct report_evidence *x,
                      uint64_t packages)
{
	bool is_file = x->layer >= 0;
	fill(c);
	x->counts.is_present = true;
	x->counts.packages = packages;
	x->counts.missing = c->missing;
	x->counts.unlisted = is_file ? 0 : c->n_found - c->matched;
	const char *missing = example(r->arena, c->first_missing);
	if (!is_file)
		say(r, x, "evidence.sbom",
		    arena_printf(r->arena,
		                 "the bill of materials %s %.*s lists %llu packages: %llu of them "
		                 "were not found in the image%s, %llu that were found are not "
		                 "listed%s",
		                 x->name.n ? "under" : "in",
		                 BYTES_FMT(x->name.n ? x->name : x->document),
		                 (unsigned long long)packages, (unsigned long long)c->missing,
		                 missing, (unsigned long long)x->counts.unlisted,
		                 example(r->arena, first_unlisted(c))));
	else if (c->missing)
		say(r, x, "evidence.sbom",
		    arena_printf(r->arena, "it lists %llu packages: %llu were not found%s",
		                 (unsigned long long)packages, (unsigned long long)c->missing,
		                 missing));
	c->missing = 0;
	if (!is_file) { /* files go on together */
		c->matched = 0;
		c->list++;
		map_free(c->listed);
		c->listed = map_new();
	}
}

void flow_compare_files(struct flow_compare *c, struct report *r, size_t n_files)
{
	if (!n_files)
		return;
	fill(c);
	uint64_t unlisted = c->n_found - c->matched;
	say(r, NULL, "evidence.files",
	    arena_printf(r->arena,
	                 "%zu bills of materials lie in the image; %llu packages that were "
	                 "found stand in none of them%s",
	                 n_files, (unsigned long long)unlisted,
	                 example(r->arena, first_unlisted(c))));
}
