/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oval.c - criteria of OVAL definitions as records.
 *
 * Criteria say "one of these products is installed, and one of these packages is older than that".
 * What stands in an AND beside other criteria (products, an architecture, a module) is the scope of
 * what lies deeper; each test of a package that is met gives a record for each namespace in scope.
 * Tests of signatures are passed over: a package of another origin is not matched at all.
 */
#include "advise/oval.h"

#include <stdlib.h>
#include <string.h>

#include "advise/updateinfo.h"

struct scope {
	struct bytes ns[OVAL_SCOPE_MAX]; /* in the arena */
	size_t n_ns;
	bool has_product; /* a product was named, ours or not */
	bool is_cut;      /* more than OVAL_SCOPE_MAX namespaces */
	struct bytes arch, module;
};

struct evaluation {
	const struct oval *o;
	const struct oval_publisher *p;
	struct bytes default_ns; /* absent: none */
	struct feed_sink *sink;
	const struct oval_definition *d;
	struct arena *arena; /* of the definition */
	struct map *by_key;  /* package in a scope → index into found + 1 */
	struct advisory_part {
		struct bytes ns, package, arch, module;
		struct advisory_range range;
		enum status status;
		bool has_range;
	} * found;
	size_t n, cap;
	bool is_cut; /* a scope of the definition was */
};

enum leaf { LEAF_NONE, LEAF_PRODUCT, LEAF_ARCH, LEAF_MODULE, LEAF_PACKAGE };

/* "i386" but not "(aarch64|x86_64)": packages of several architectures are alike. */
static struct bytes one_arch(struct bytes pattern)
{
	for (size_t i = 0; i < pattern.n; i++) {
		if (!is_alnum(pattern.p[i]) && pattern.p[i] != '_')
			return (struct bytes){NULL, 0};
	}
	return pattern;
}

static struct oval_test test_of(const struct evaluation *ev, size_t i)
{
	const struct oval_link *l = &ev->o->tests[i];
	struct oval_test t = {0};
	if (l->object)
		t.object = ev->o->objects[l->object - 1];
	if (l->state)
		t.state = ev->o->states[l->state - 1];
	return t;
}

static enum leaf leaf_of(const struct evaluation *ev, size_t i, struct oval_test *ret,
                         struct buf *ns, int *ret_product)
{
	*ret = test_of(ev, i);
	*ret_product = -1;
	if (ev->o->tests[i].module.n)
		return LEAF_MODULE;
	if (!ret->object.n)
		return LEAF_NONE;
	if (ev->p->product)
		*ret_product = ev->p->product(ret, ns);
	if (*ret_product >= 0)
		return ret->state.arch.n && !ret->state.version.n ? LEAF_ARCH : LEAF_PRODUCT;
	enum oval_op op = ret->state.evr.n ? ret->state.evr_op : ret->state.version_op;
	bool is_package = op != OVAL_NONE && op != OVAL_LIKE;
	return is_package && !ret->state.is_signature ? LEAF_PACKAGE : LEAF_NONE;
}

static void add_ns(const struct evaluation *ev, struct scope *sc, struct bytes ns)
{
	for (size_t i = 0; i < sc->n_ns; i++) {
		if (bytes_eq(sc->ns[i], ns))
			return;
	}
	sc->is_cut = sc->n_ns >= OVAL_SCOPE_MAX;
	if (!sc->is_cut)
		sc->ns[sc->n_ns++] = arena_dup(ev->arena, ns);
}

/* Takes up what a test says of the scope; true when it does. */
static bool widen(const struct evaluation *ev, size_t i, struct scope *sc)
{
	AUTO_BUF struct buf ns;
	struct oval_test t;
	int product;
	buf_init(&ns, (size_t)VERSION_LEN_MAX);
	switch (leaf_of(ev, i, &t, &ns, &product)) {
	case LEAF_PRODUCT:
		sc->has_product = true;
		if (product == 1)
			add_ns(ev, sc, buf_bytes(&ns));
		return true;
	case LEAF_ARCH:
		sc->arch = one_arch(t.state.arch);
		return true;
	case LEAF_MODULE:
		sc->module = ev->o->tests[i].module;
		return true;
	default:
		return false;
	}
}

/* One past the CLOSE that ends the criteria whose first token is at `at`. */
static size_t skip(const struct oval *o, size_t at, size_t to)
{
	size_t depth = 0;
	for (; at < to; at++) {
		enum oval_kind k = OVAL_TOKEN_KIND(o->tokens[at]);
		if (k == OVAL_AND || k == OVAL_OR)
			depth++;
		if (k == OVAL_CLOSE && --depth == 0)
			return at + 1;
	}
	return to;
}

/* ---- records of a definition ---- */

static struct advisory_part *part_for(struct evaluation *ev, struct bytes ns,
                                      const struct scope *sc, struct bytes package,
                                      struct bytes arch)
{
	bool is_new;
	const char *key = arena_printf(ev->arena, "%.*s %.*s %.*s %.*s", BYTES_FMT(ns),
	                               BYTES_FMT(package), BYTES_FMT(arch), BYTES_FMT(sc->module));
	union map_value *slot = map_put(ev->by_key, bytes_str(key), &is_new);
	if (!is_new)
		return &ev->found[slot->u];
	slot->u = ev->n;
	ev->found = mem_grow(ev->found, &ev->cap, ev->n + 1, sizeof *ev->found);
	ev->found[ev->n] = (struct advisory_part){.ns = ns,
	                                          .package = package,
	                                          .arch = arch,
	                                          .module = sc->module,
	                                          .status = STATUS_NOT_AFFECTED};
	return &ev->found[ev->n++];
}

/* Of several fixes of one package the highest counts: who is below it lacks one of them. */
static void add_range(struct advisory_part *part, const struct advisory_range *r)
{
	bool is_open = !r->fixed.n && !r->last_affected.n;
	part->status = STATUS_AFFECTED;
	if (part->has_range &&
	    (is_open || !bytes_eq(rpm_fix(part->range.fixed, r->fixed), r->fixed)))
		return;
	part->range = *r;
	part->has_range = true;
}

/* "0:1.2-3" is "1.2-3": epoch 0 is not written. */
static struct bytes bare_evr(struct bytes v)
{
	return bytes_starts(v, B("0:")) && v.n > 2 ? bytes_skip(v, 2) : v;
}

/* The version that SUSE compares with where a package is not affected. */
static bool is_zero(struct bytes v) { return bytes_eq(v, B("0")) || bytes_eq(v, B("0-0")); }

/* Narrows r by what the test says; false: the publisher says that no version is affected. */
static bool narrow(const struct evaluation *ev, const struct oval_test *t, struct advisory_range *r)
{
	struct bytes v = bare_evr(t->state.evr.n ? t->state.evr : t->state.version);
	enum oval_op op = t->state.evr.n ? t->state.evr_op : t->state.version_op;
	switch (op) {
	case OVAL_BELOW:
		r->fixed = v;
		return true;
	case OVAL_UPTO:
		r->last_affected = v;
		return true;
	case OVAL_FROM:
		r->introduced = v;
		return true;
	case OVAL_ABOVE:
		/* the caret sorts behind its release and before all others */
		r->introduced = bytes_find(v, '-') < 0
		                        ? v
		                        : bytes_str(arena_printf(ev->arena, "%.*s^", BYTES_FMT(v)));
		return true;
	default:
		r->introduced = r->last_affected = v;
		return !is_zero(v);
	}
}

static void found(struct evaluation *ev, const struct scope *sc, const struct oval_test *t,
                  const struct advisory_range *r, bool is_affected)
{
	struct scope own = *sc;
	if (ev->p->wants_test && !ev->p->wants_test(t))
		return;
	if (!sc->has_product && ev->default_ns.n)
		add_ns(ev, &own, ev->default_ns);
	ev->is_cut |= own.is_cut;
	struct bytes arch = t->state.arch.n ? one_arch(t->state.arch) : sc->arch;
	for (size_t i = 0; i < own.n_ns; i++) {
		struct advisory_part *part = part_for(ev, own.ns[i], sc, t->object, arch);
		if (is_affected)
			add_range(part, r);
	}
}

/* ---- criteria ---- */

static void evaluate(struct evaluation *ev, size_t from, size_t to, const struct scope *outer);

/* Products in an OR of their own: "one of these is installed". */
static bool widen_by_or(struct evaluation *ev, size_t from, size_t to, struct scope *sc)
{
	struct scope inner = *sc;
	for (size_t i = from + 1; i + 1 < to; i++) {
		if (OVAL_TOKEN_KIND(ev->o->tokens[i]) != OVAL_TEST ||
		    !widen(ev, OVAL_TOKEN_INDEX(ev->o->tokens[i]), &inner))
			return false;
	}
	if (from + 2 >= to)
		return false;
	*sc = inner;
	return true;
}

static void widen_by_all(struct evaluation *ev, size_t from, size_t to, struct scope *sc)
{
	const uint32_t *tokens = ev->o->tokens;
	for (size_t i = from + 1, next; i + 1 < to; i = next) {
		enum oval_kind k = OVAL_TOKEN_KIND(tokens[i]);
		next = k == OVAL_TEST ? i + 1 : skip(ev->o, i, to);
		if (k == OVAL_TEST)
			widen(ev, OVAL_TOKEN_INDEX(tokens[i]), sc);
		else
			widen_by_or(ev, i, next, sc);
	}
}

/* Tests of packages that stand side by side.  In an AND two of the same package make one range. */
static void packages(struct evaluation *ev, size_t from, size_t to, const struct scope *sc)
{
	const uint32_t *tokens = ev->o->tokens;
	bool is_and = OVAL_TOKEN_KIND(tokens[from]) == OVAL_AND, is_affected = true;
	struct oval_test last = {0};
	struct advisory_range r = {0};
	AUTO_BUF struct buf ns;
	buf_init(&ns, (size_t)VERSION_LEN_MAX);
	for (size_t i = from + 1, next; i + 1 < to; i = next) {
		struct oval_test t;
		int product;
		bool is_test = OVAL_TOKEN_KIND(tokens[i]) == OVAL_TEST;
		next = is_test ? i + 1 : skip(ev->o, i, to);
		if (!is_test ||
		    leaf_of(ev, OVAL_TOKEN_INDEX(tokens[i]), &t, &ns, &product) != LEAF_PACKAGE)
			continue;
		if (last.object.n && !(is_and && bytes_eq(last.object, t.object))) {
			found(ev, sc, &last, &r, is_affected);
			r = (struct advisory_range){0};
			is_affected = true;
		}
		last = t;
		is_affected = narrow(ev, &t, &r) && is_affected;
	}
	if (last.object.n)
		found(ev, sc, &last, &r, is_affected);
}

/* Criteria whose first token is at from and whose CLOSE is before to.  As deep as XML_DEPTH_MAX. */
static void evaluate(struct evaluation *ev, size_t from, size_t to, const struct scope *outer)
{
	struct scope sc = *outer;
	const uint32_t *tokens = ev->o->tokens;
	if (OVAL_TOKEN_KIND(tokens[from]) == OVAL_AND)
		widen_by_all(ev, from, to, &sc);
	packages(ev, from, to, &sc);
	for (size_t i = from + 1, next; i + 1 < to; i = next) {
		bool is_test = OVAL_TOKEN_KIND(tokens[i]) == OVAL_TEST;
		next = is_test ? i + 1 : skip(ev->o, i, to);
		if (!is_test)
			evaluate(ev, i, next, &sc);
	}
}

/* ---- a document ---- */

static int put_part(struct evaluation *ev, const struct advisory_part *part, struct err *e)
{
	const struct oval_definition *d = ev->d;
	bool is_patch = bytes_eq(d->class, B("patch"));
	struct advisory a = {
		.ns = part->ns,
		.package = part->package,
		.ref = d->advisory_id.n ? d->advisory_id
	                                : (is_patch ? d->ref : (struct bytes){NULL, 0}),
		.by_binary = ev->p->by_binary,
		.status = part->status,
		.n_ranges = part->has_range ? 1 : 0,
		.arch = part->arch,
		.module = part->module,
		.modified_s = MAX_OF(d->issued_s, d->updated_s),
	};
	a.ranges[0] = part->range;
	if (!is_patch && d->ref.n && !bytes_eq(d->ref, a.ref))
		a.refs[a.n_refs++] = d->ref;
	for (size_t i = 0; i < d->n_cves; i++) {
		a.id = d->cves[i].id;
		a.cvss = d->cves[i].cvss;
		a.severity = d->cves[i].severity == SEV_UNKNOWN ? d->severity : d->cves[i].severity;
		if (feed_put(ev->sink, &a, e) < 0)
			return -1;
	}
	if (d->n_cves || !a.ref.n)
		return 0;
	a.id = a.ref;
	a.severity = d->severity;
	return feed_put(ev->sink, &a, e);
}

static int definition(struct evaluation *ev, const struct oval_definition *d, struct err *e)
{
	struct scope none = {0};
	ev->d = d;
	ev->n = 0;
	ev->is_cut = false;
	ev->arena = arena_new();
	ev->by_key = map_new();
	if (d->from < d->to && !(ev->p->wants && !ev->p->wants(d)))
		evaluate(ev, d->from, d->to, &none);
	if (d->is_cut || ev->is_cut)
		feed_broken(ev->sink, "%.*s: more than %d CVEs or %d products", BYTES_FMT(d->id),
		            OVAL_CVES_MAX, OVAL_SCOPE_MAX);
	int res = 0;
	for (size_t i = 0; i < ev->n && res == 0; i++)
		res = put_part(ev, &ev->found[i], e);
	map_free(ev->by_key);
	arena_free(ev->arena);
	return res;
}

/* A criterion that names a test which the document does not hold: cut out of a larger one. */
static void report_unsaid(const struct oval *o, struct feed_sink *s)
{
	size_t n = 0;
	for (size_t i = 0; i < o->n_tests; i++)
		n += !o->tests[i].is_said;
	if (n)
		feed_broken(s, "%zu tests are named, but not in the document", n);
}

int oval_import(struct feed_doc *doc, struct feed_sink *s, const struct oval_publisher *p,
                struct err *e)
{
	struct oval o = {.memory_max = (size_t)OVAL_MEMORY_MAX};
	struct evaluation ev = {.o = &o, .p = p, .sink = s};
	AUTO_BUF struct buf ns;
	buf_init(&ns, (size_t)VERSION_LEN_MAX);
	int res = oval_read(doc, feed_arena(s), &o, e);
	if (res == 0) {
		if (p->default_ns && p->default_ns(doc, &o, &ns) == 1)
			ev.default_ns = buf_bytes(&ns);
		report_unsaid(&o, s);
		feed_dated(s, o.stamp_s);
	}
	for (size_t i = 0; i < o.n_definitions && res == 0; i++)
		res = definition(&ev, &o.definitions[i], e);
	free(ev.found);
	oval_free(&o);
	return res;
}
