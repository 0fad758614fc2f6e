/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oval_read.c - an OVAL document as tables.
 *
 * Format: oval_definitions/{generator, definitions, tests, objects, states}; a criterion names a
 * test, a test an object and a state.  Only the last part of an id ("oval:org:tst:1234") tells
 * tests of a document apart.  Source: the OVAL language, version 5.
 * Memory: about 60 bytes per test, 4 per criterion; OVAL_MEMORY_MAX for all.
 */
#include "advise/oval.h"

#include <stdlib.h>

#include "advise/updateinfo.h"
#include "advise/xml.h"

struct reading {
	struct oval *o;
	struct oval_definition *d;  /* at hand, or NULL */
	size_t test, object, state; /* at hand, index + 1; 0: none */
	enum oval_op op;            /* of the member of a state that is open */
	struct bytes impact, cvss3; /* of the <cve> that is open, in the arena */
	size_t depth, negated;      /* criteria open; the depth at which a negated one began */
};

static enum oval_op op_of(struct bytes word)
{
	static const struct {
		const char *word;
		enum oval_op op;
	} ops[] = {
		{"equals",                OVAL_EQUALS},
		{"less than",             OVAL_BELOW },
		{"less than or equal",    OVAL_UPTO  },
		{"greater than",          OVAL_ABOVE },
		{"greater than or equal", OVAL_FROM  },
		{"pattern match",         OVAL_LIKE  },
		{"6",                     OVAL_BELOW }, /* SUSE once wrote the numbers of its enum */
	};
	if (!word.n)
		return OVAL_EQUALS; /* the default of the schema */
	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		if (bytes_eq(word, bytes_str(ops[i].word)))
			return ops[i].op;
	}
	return OVAL_NONE;
}

/* Index of the thing with that id, made where it is new. */
static int index_of(struct reading *r, struct map *m, struct bytes id, size_t *n, struct err *e)
{
	ssize_t colon = bytes_rfind(id, ':');
	struct bytes key = bytes_skip(id, (size_t)(colon + 1));
	if (!key.n)
		return err_set(e, ERR_FORMAT, "an element without id");
	union map_value *slot = map_get(m, key);
	if (slot)
		return (int)slot->u;
	if (*n >= 0x3fffffff || arena_size(r->o->arena) > r->o->memory_max)
		return err_set(e, ERR_LIMIT, "more than %zu bytes of tests", r->o->memory_max);
	map_put(m, arena_dup(r->o->arena, key), NULL)->u = *n;
	return (int)(*n)++;
}

static int test_index(struct reading *r, struct bytes id, struct err *e)
{
	struct oval *o = r->o;
	size_t before = o->n_tests;
	int i = index_of(r, o->test_ids, id, &o->n_tests, e);
	if (i < 0)
		return -1;
	o->tests = mem_grow(o->tests, &o->cap_tests, o->n_tests, sizeof *o->tests);
	if (o->n_tests > before)
		o->tests[before] = (struct oval_link){0};
	return i;
}

static int object_index(struct reading *r, struct bytes id, struct err *e)
{
	struct oval *o = r->o;
	size_t before = o->n_objects;
	int i = index_of(r, o->object_ids, id, &o->n_objects, e);
	if (i < 0)
		return -1;
	o->objects = mem_grow(o->objects, &o->cap_objects, o->n_objects, sizeof *o->objects);
	if (o->n_objects > before)
		o->objects[before] = (struct bytes){NULL, 0};
	return i;
}

static int state_index(struct reading *r, struct bytes id, struct err *e)
{
	struct oval *o = r->o;
	size_t before = o->n_states;
	int i = index_of(r, o->state_ids, id, &o->n_states, e);
	if (i < 0)
		return -1;
	o->states = mem_grow(o->states, &o->cap_states, o->n_states, sizeof *o->states);
	if (o->n_states > before)
		o->states[before] = (struct oval_state){0};
	return i;
}

static int add_token(struct reading *r, enum oval_kind kind, size_t i, struct err *e)
{
	struct oval *o = r->o;
	if (o->n_tokens >= o->memory_max / sizeof *o->tokens)
		return err_set(e, ERR_LIMIT, "more than %zu criteria", o->n_tokens);
	o->tokens = mem_grow(o->tokens, &o->cap_tokens, o->n_tokens + 1, sizeof *o->tokens);
	o->tokens[o->n_tokens++] = OVAL_TOKEN(kind, i);
	return 0;
}

/* ---- definitions ---- */

static int begin_definition(struct reading *r, const char *const *attrs, struct err *e)
{
	struct oval *o = r->o;
	if (arena_size(o->arena) > o->memory_max ||
	    o->n_definitions >= o->memory_max / sizeof *o->definitions)
		return err_set(e, ERR_LIMIT, "more than %zu bytes of definitions", o->memory_max);
	o->definitions = mem_grow(o->definitions, &o->cap_definitions, o->n_definitions + 1,
	                          sizeof *o->definitions);
	r->d = &o->definitions[o->n_definitions++];
	*r->d = (struct oval_definition){
		.id = arena_dup(o->arena, xml_attr(attrs, "id")),
		.class = arena_dup(o->arena, xml_attr(attrs, "class")),
		.from = o->n_tokens,
		.to = o->n_tokens,
	};
	r->depth = r->negated = 0;
	return 0;
}

static void add_cve(struct reading *r, struct bytes id, enum severity severity, struct bytes cvss)
{
	struct oval_definition *d = r->d;
	for (size_t i = 0; i < d->n_cves; i++) {
		struct oval_cve *c = &d->cves[i];
		if (!bytes_eq(c->id, id))
			continue;
		if (c->severity == SEV_UNKNOWN)
			c->severity = severity;
		if (!c->cvss.n)
			c->cvss = cvss;
		return;
	}
	d->is_cut = d->n_cves >= OVAL_CVES_MAX;
	if (d->is_cut)
		return;
	d->cves = mem_grow(d->cves, &d->cap_cves, d->n_cves + 1, sizeof *d->cves);
	d->cves[d->n_cves++] = (struct oval_cve){arena_dup(r->o->arena, id), cvss, severity};
}

static void add_reference(struct reading *r, const char *const *attrs)
{
	struct bytes source = xml_attr(attrs, "source"), id = xml_attr(attrs, "ref_id"), cve;
	if (bytes_search(source, B("CVE")) >= 0) {
		if (cve_next(&id, &cve))
			add_cve(r, cve, SEV_UNKNOWN, (struct bytes){NULL, 0});
	} else if (!r->d->ref.n) {
		r->d->ref = arena_dup(r->o->arena, bytes_trim(id));
	}
}

/* <cve impact="moderate" cvss3="7.1/CVSS:3.1/AV:N/...">CVE-2015-20107</cve> */
static void end_cve(struct reading *r, struct bytes text)
{
	struct bytes id, rest = text;
	ssize_t slash = bytes_search(r->cvss3, B("/CVSS:"));
	struct bytes vector = slash < 0 ? r->cvss3 : bytes_skip(r->cvss3, (size_t)slash + 1);
	if (bytes_ends(text, B(" at NVD")) || !cve_next(&rest, &id))
		return;
	add_cve(r, id, feed_severity(r->impact), vector);
}

static int begin_criteria(struct reading *r, const char *const *attrs, struct err *e)
{
	r->depth++;
	if (!r->negated && bytes_eq(xml_attr(attrs, "negate"), B("true")))
		r->negated = r->depth;
	if (r->negated)
		return 0;
	bool is_or = bytes_eq(xml_attr(attrs, "operator"), B("OR"));
	return add_token(r, is_or ? OVAL_OR : OVAL_AND, 0, e);
}

static int end_criteria(struct reading *r, struct err *e)
{
	bool was_negated = r->negated != 0;
	if (r->negated == r->depth)
		r->negated = 0;
	if (r->depth)
		r->depth--;
	return was_negated ? 0 : add_token(r, OVAL_CLOSE, 0, e);
}

static int add_criterion(struct reading *r, const char *const *attrs, struct err *e)
{
	struct bytes comment = xml_attr(attrs, "comment");
	if (r->negated || bytes_eq(xml_attr(attrs, "negate"), B("true")))
		return 0;
	int i = test_index(r, xml_attr(attrs, "test_ref"), e);
	if (i < 0)
		return -1;
	struct oval_link *t = &r->o->tests[i];
	if (!t->module.n && bytes_starts(comment, B("Module ")) &&
	    bytes_ends(comment, B(" is enabled")))
		t->module = arena_dup(r->o->arena, bytes_slice(comment, 7, comment.n - 11));
	return add_token(r, OVAL_TEST, (size_t)i, e);
}

static int open_in_definition(struct reading *r, struct bytes name, const char *const *attrs,
                              struct err *e)
{
	struct oval_definition *d = r->d;
	if (bytes_eq(name, B("criteria")))
		return begin_criteria(r, attrs, e);
	if (bytes_eq(name, B("criterion")))
		return add_criterion(r, attrs, e);
	if (bytes_eq(name, B("reference"))) {
		add_reference(r, attrs);
	} else if (bytes_eq(name, B("issued"))) {
		d->issued_s = feed_date(xml_attr(attrs, "date"));
	} else if (bytes_eq(name, B("updated"))) {
		d->updated_s = feed_date(xml_attr(attrs, "date"));
	} else if (bytes_eq(name, B("cve"))) {
		r->impact = arena_dup(r->o->arena, xml_attr(attrs, "impact"));
		r->cvss3 = arena_dup(r->o->arena, xml_attr(attrs, "cvss3"));
	}
	return 0;
}

static int close_in_definition(struct reading *r, struct bytes name, struct bytes text,
                               struct err *e)
{
	struct oval_definition *d = r->d;
	struct arena *a = r->o->arena;
	if (bytes_eq(name, B("criteria")))
		return end_criteria(r, e);
	if (bytes_eq(name, B("definition"))) {
		d->to = r->o->n_tokens;
		r->d = NULL;
	} else if (bytes_eq(name, B("title")) && !d->title.n) {
		d->title = arena_dup(a, bytes_slice(text, 0, 256));
	} else if (bytes_eq(name, B("severity"))) {
		d->severity = feed_severity(text);
	} else if (bytes_eq(name, B("patchable"))) {
		d->patchable = arena_dup(a, text);
	} else if (bytes_eq(name, B("advisory_id"))) {
		d->advisory_id = arena_dup(a, text);
	} else if (bytes_eq(name, B("advisory_date"))) {
		d->updated_s = feed_date(text);
	} else if (bytes_eq(name, B("cve"))) {
		end_cve(r, text);
	}
	return 0;
}

/* ---- tests, objects, states ---- */

static int open_outside(struct reading *r, struct bytes name, const char *const *attrs,
                        struct err *e)
{
	int i = 0;
	if (bytes_eq(name, B("definition"))) {
		return begin_definition(r, attrs, e);
	} else if (bytes_ends(name, B("_test"))) {
		i = test_index(r, xml_attr(attrs, "id"), e);
		r->test = (size_t)(i + 1);
		if (r->test)
			r->o->tests[i].is_said = true;
	} else if (bytes_ends(name, B("_object"))) {
		i = object_index(r, xml_attr(attrs, "id"), e);
		r->object = (size_t)(i + 1);
	} else if (bytes_ends(name, B("_state"))) {
		i = state_index(r, xml_attr(attrs, "id"), e);
		r->state = (size_t)(i + 1);
	} else if (r->test && bytes_eq(name, B("object"))) {
		i = object_index(r, xml_attr(attrs, "object_ref"), e);
		r->o->tests[r->test - 1].object = (uint32_t)(i + 1);
	} else if (r->test && bytes_eq(name, B("state"))) {
		i = state_index(r, xml_attr(attrs, "state_ref"), e);
		r->o->tests[r->test - 1].state = (uint32_t)(i + 1);
	} else if (r->state) {
		r->op = op_of(xml_attr(attrs, "operation"));
	}
	return i < 0 ? -1 : 0;
}

static void close_in_state(struct reading *r, struct bytes name, struct bytes text)
{
	struct oval_state *st = &r->o->states[r->state - 1];
	struct arena *a = r->o->arena;
	if (bytes_eq(name, B("evr"))) {
		st->evr = arena_dup(a, text);
		st->evr_op = r->op;
	} else if (bytes_eq(name, B("version"))) {
		st->version = arena_dup(a, text);
		st->version_op = r->op;
	} else if (bytes_eq(name, B("arch"))) {
		st->arch = arena_dup(a, text);
	} else if (bytes_eq(name, B("signature_keyid"))) {
		st->is_signature = true;
	} else if (bytes_ends(name, B("_state"))) {
		r->state = 0;
	}
}

static void close_outside(struct reading *r, struct bytes name, struct bytes text)
{
	if (r->state) {
		close_in_state(r, name, text);
	} else if (r->object && bytes_eq(name, B("name"))) {
		r->o->objects[r->object - 1] = arena_dup(r->o->arena, text);
	} else if (bytes_ends(name, B("_object"))) {
		r->object = 0;
	} else if (bytes_ends(name, B("_test"))) {
		r->test = 0;
	} else if (bytes_eq(name, B("timestamp"))) {
		r->o->stamp_s = feed_date(text);
	}
}

static int on_open(void *arg, struct bytes name, const char *const *attrs, struct err *e)
{
	struct reading *r = arg;
	return r->d ? open_in_definition(r, name, attrs, e) : open_outside(r, name, attrs, e);
}

static int on_close(void *arg, struct bytes name, struct bytes text, struct err *e)
{
	struct reading *r = arg;
	if (r->d)
		return close_in_definition(r, name, text, e);
	close_outside(r, name, text);
	return 0;
}

int oval_read(struct feed_doc *doc, struct arena *a, struct oval *ret, struct err *e)
{
	ret->arena = a;
	ret->test_ids = map_new();
	ret->object_ids = map_new();
	ret->state_ids = map_new();
	struct reading r = {.o = ret};
	struct feed_xml h = {.open = on_open, .close = on_close, .arg = &r};
	return feed_xml(doc, &h, e);
}

void oval_free(struct oval *o)
{
	for (size_t i = 0; i < o->n_definitions; i++)
		free(o->definitions[i].cves);
	free(o->definitions);
	free(o->tokens);
	free(o->tests);
	free(o->objects);
	free(o->states);
	map_free(o->test_ids);
	map_free(o->object_ids);
	map_free(o->state_ids);
}
