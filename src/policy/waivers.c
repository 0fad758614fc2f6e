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

struct waiver *waivers_add(struct waivers *w, const char *name, int line)
{
	w->v = mem_grow(w->v, &w->cap, w->n + 1, sizeof *w->v);
	struct waiver *v = &w->v[w->n++];
	*v = (struct waiver){.by = bytes_str(arena_printf(w->arena, "%s:%d", name, line))};
	return v;
}

int waivers_until(struct bytes text, const char *name, int line, int64_t *ret, struct err *e)
{
	int64_t s;
	if (!clock_parse(text, &s))
		return err_set(e, ERR_FORMAT, "%s:%d: \"%.*s\" is not a date (want 2027-01-31)",
		               name, line, BYTES_FMT(text));
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

static bool id_matches(struct bytes pattern, const struct finding *f)
{
	if (bytes_glob(pattern, f->id))
		return true;
	for (size_t i = 0; i < f->references.n; i++) {
		if (bytes_glob(pattern, f->references.v[i]))
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
	if (v->id.n && !id_matches(v->id, f))
		return false;
	if (v->fingerprint.n && !bytes_eq(v->fingerprint, bytes_str(f->fingerprint)))
		return false;
	if (v->check.n && !bytes_glob(v->check, bytes_str(check_name(f->check))))
		return false;
	if (v->path.n && !bytes_glob(v->path, f->location.path))
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

void waivers_apply(struct waivers *w, struct report *r, int64_t now_s)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		struct finding *f = &r->findings[i];
		const struct waiver *gone = NULL;
		for (size_t j = 0; j < w->n && !f->waived; j++) {
			struct waiver *v = &w->v[j];
			if (!matches(v, f))
				continue;
			if (v->until_s && now_s > v->until_s) {
				gone = v;
				continue;
			}
			v->used++;
			waive(r, f, v);
		}
		if (!f->waived && gone)
			ended(r, f, gone);
	}
}
