/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waivers.c - findings that somebody took responsibility for.
 */
#include "policy/parts.h"

#include <stdlib.h>
#include <string.h>

struct waivers *waivers_new(void)
{
	struct waivers *w = mem_zalloc(sizeof *w);
	w->arena = arena_new();
	return w;
}

void waivers_free(struct waivers *w)
{
	if (!w)
		return;
	arena_free(w->arena);
	free(w->v);
	free(w);
}

bool waivers_is_literal(struct bytes glob)
{
	return glob.n && bytes_find(glob, '*') < 0 && bytes_find(glob, '?') < 0;
}

/* What finds the waiver without asking all of them; absent: nothing does. */
static struct bytes key_of(const struct waiver *v)
{
	if (v->fingerprint.n)
		return v->fingerprint;
	return v->is_exact || waivers_is_literal(v->id) ? v->id : (struct bytes){0};
}

int waivers_add(struct waivers *w, struct waiver v, const char *name, struct yaml_at at,
                struct err *e)
{
	bool is_open = !key_of(&v).n;
	if (w->n >= (size_t)WAIVERS_MAX)
		return err_set(e, ERR_LIMIT, "%s:%d:%d: more than %d waivers (WAIVERS_MAX)", name,
		               at.line, at.column, (int)WAIVERS_MAX);
	if (is_open && w->n_open >= (size_t)WAIVERS_OPEN_MAX)
		return err_set(
			e, ERR_LIMIT,
			"%s:%d:%d: more than %d waivers without an id or fingerprint, or with "
			"patterns for it (WAIVERS_OPEN_MAX)",
			name, at.line, at.column, (int)WAIVERS_OPEN_MAX);
	v.by = bytes_str(arena_printf(w->arena, "%s:%d", name, at.line));
	v.column = at.column;
	w->v = mem_grow(w->v, &w->cap, w->n + 1, sizeof *w->v);
	w->v[w->n++] = v;
	w->n_open += is_open;
	return 0;
}

const char *waivers_place(struct waivers *w, const char *name, const json_t *o, const char *key)
{
	struct yaml_at at = yaml_place((struct bytes){0}, o, key ? key : "", 0);
	return arena_printf(w->arena, "%s:%d:%d", name, at.line, at.column);
}

int waivers_until(struct bytes text, const char *where, int64_t *ret, struct err *e)
{
	int64_t s;
	if (!clock_parse(text, &s))
		return err_set(e, ERR_FORMAT, "%s: \"%.*s\" is not a date (want 2027-01-31)", where,
		               BYTES_FMT(text));
	/* DESIGN section 5: `until` includes its day */
	*ret = text.n <= 10 ? clock_day_end(s) : s;
	return 0;
}

/* A pattern over a purl: the whole, the whole without qualifiers, or without version too. */
static bool purl_matches(struct bytes pattern, const struct finding *f)
{
	struct bytes p = f->package, tail;
	if (bytes_glob(pattern, p) || bytes_glob(pattern, f->package_name))
		return true;
	bytes_cut(p, '?', &p, &tail);
	if (bytes_glob(pattern, p))
		return true;
	bytes_cut(p, '@', &p, &tail);
	return bytes_glob(pattern, p);
}

/* Other names of what was found.  A bulletin names many CVEs: those beside the finding's own are
 * other vulnerabilities, and letting one of them pass says nothing of this one. */
static bool is_alias(const struct finding *f, struct bytes reference)
{
	return !(bytes_starts(reference, B("CVE-")) && bytes_starts(f->id, B("CVE-")));
}

static bool is_of_id(const struct waiver *v, struct bytes id)
{
	return v->is_exact ? bytes_eq(v->id, id) : bytes_glob(v->id, id);
}

static bool id_matches(const struct waiver *v, const struct finding *f)
{
	if (is_of_id(v, f->id))
		return true;
	for (size_t i = 0; i < f->references.n; i++) {
		struct bytes reference = f->references.v[i];
		if (is_alias(f, reference) && is_of_id(v, reference))
			return true;
	}
	return false;
}

/* Grype's words for the state of a fix. */
static bool state_matches(struct bytes word, const struct finding *f)
{
	static const struct {
		const char *word;
		unsigned statuses;
	} rows[] = {
		{"fixed",     1U << STATUS_FIXED						   },
		{"not-fixed", 1U << STATUS_AFFECTED | 1U << STATUS_FIX_DEFERRED |
	                              1U << STATUS_UNDER_INVESTIGATION},
		{"unknown",   1U << STATUS_UNDER_INVESTIGATION                                     },
		{"wont-fix",  1U << STATUS_WILL_NOT_FIX | 1U << STATUS_END_OF_LIFE                 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (bytes_eq(word, bytes_str(rows[i].word)))
			return f->has_status && rows[i].statuses & 1U << f->status;
	}
	return false;
}

static struct bytes purl_type(struct bytes purl)
{
	struct bytes type, tail;
	bytes_cut(bytes_skip(purl, 4), '/', &type, &tail);
	return type;
}

static bool package_matches(const struct waiver *v, const struct finding *f)
{
	if (v->package.n && (!f->package.n || !purl_matches(v->package, f)))
		return false;
	if (v->version.n && !bytes_eq(v->version, f->installed))
		return false;
	return !v->type.n || (f->package.n && bytes_eq(v->type, purl_type(f->package)));
}

/* Every condition that is given must hold; one that is given and that a finding has not, fails. */
static bool matches(const struct waiver *v, const struct finding *f)
{
	if (v->id.n && !id_matches(v, f))
		return false;
	if (v->fingerprint.n && !bytes_eq(v->fingerprint, bytes_str(f->fingerprint)))
		return false;
	if (v->check.n && !bytes_glob(v->check, bytes_str(check_name(f->check))))
		return false;
	/* paths of reports have no leading slash; those of other tools' rules may */
	struct bytes path = bytes_skip(v->path, bytes_starts(v->path, B("/")));
	if (v->path.n && !bytes_glob(path, f->location.path))
		return false;
	if (!package_matches(v, f))
		return false;
	return !v->fix_state.n || state_matches(v->fix_state, f);
}

static void ended(struct report *r, struct finding *f, const struct waiver *v)
{
	char day[11];
	clock_format_day(v->until_s, day);
	f->reason = bytes_str(arena_printf(r->arena, "%.*s; the waiver %.*s ended on %s",
	                                   BYTES_FMT(f->reason), BYTES_FMT(v->by), day));
}

static void waive(struct report *r, struct finding *f, const struct waiver *v)
{
	char day[11];
	struct waived *to = arena_alloc(r->arena, sizeof *to);
	to->by = arena_dup(r->arena, v->by);
	to->owner = arena_dup(r->arena, v->owner);
	to->reason = arena_dup(r->arena, v->reason);
	if (v->until_s) {
		clock_format_day(v->until_s, day);
		to->until = arena_dup(r->arena, bytes_str(day));
	}
	f->waived = to;
}

/* Waivers by their id or fingerprint, so that ten thousand of them cost a finding no more than a
 * few: chains of those where it is literal, and one of all others; each in the order they were
 * written. */
struct by_id {
	struct map *heads; /* id or fingerprint → number + 1 of the first */
	size_t *next;      /* number + 1 of the next of the same chain; 0: the last */
	size_t others;
};

static struct by_id by_id_make(const struct waivers *w)
{
	struct by_id b = {.heads = map_new(), .next = mem_zalloc((w->n + 1) * sizeof *b.next)};
	for (size_t i = w->n; i-- > 0;) {
		struct bytes key = key_of(&w->v[i]);
		union map_value *slot = key.n ? map_put(b.heads, key, NULL) : NULL;
		b.next[i] = slot ? (size_t)slot->u : b.others;
		if (slot)
			slot->u = i + 1;
		else
			b.others = i + 1;
	}
	return b;
}

/* What the waivers say of one finding so far. */
struct asking {
	struct waivers *w;
	const struct by_id *b;
	int64_t now_s;
	const struct finding *f;
	struct waiver *best;       /* the first, as written, that lets it pass */
	const struct waiver *gone; /* one that would, but has ended */
};

static void ask(struct asking *a, size_t at)
{
	for (; at && (!a->best || &a->w->v[at - 1] < a->best); at = a->b->next[at - 1]) {
		struct waiver *v = &a->w->v[at - 1];
		if (!matches(v, a->f))
			continue;
		if (!v->until_s || a->now_s <= v->until_s) {
			a->best = v;
			return;
		}
		a->gone = v;
	}
}

static void ask_key(struct asking *a, struct bytes key)
{
	const union map_value *slot = map_get(a->b->heads, key);
	if (slot)
		ask(a, (size_t)slot->u);
}

static void apply_one(struct asking *a, struct report *r, struct finding *f)
{
	a->f = f;
	a->best = NULL;
	a->gone = NULL;
	ask(a, a->b->others);
	ask_key(a, bytes_str(f->fingerprint));
	ask_key(a, f->id);
	for (size_t i = 0; i < f->references.n; i++)
		ask_key(a, f->references.v[i]);
	if (a->best) {
		a->best->used++;
		waive(r, f, a->best);
	} else if (a->gone) {
		ended(r, f, a->gone);
	}
}

void waivers_apply(struct waivers *w, struct report *r, int64_t now_s)
{
	struct by_id b = by_id_make(w);
	struct asking a = {.w = w, .b = &b, .now_s = now_s};
	for (size_t i = 0; i < r->n_findings; i++) {
		if (!r->findings[i].waived)
			apply_one(&a, r, &r->findings[i]);
	}
	map_free(b.heads);
	free(b.next);
}
