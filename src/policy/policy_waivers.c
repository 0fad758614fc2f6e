/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_waivers.c - what a policy says of waivers: where they come from, who must have looked, how
 * long they may hold.
 */
#include "policy/policy_parts.h"

#include <string.h>

enum { DAY = 86400 };

/* Whether one thing is named that it is about, without a pattern: CVE-*, pkg:*, or "**" with a
 * slash are names of nothing. */
static bool names_one(const struct waiver *v)
{
	return v->fingerprint.n || (v->is_exact && v->id.n) || waivers_is_literal(v->id) ||
	       waivers_is_literal(v->package) || waivers_is_literal(v->path);
}

/* One waiver against the bounds.  by is "FILE:LINE". */
static int hold(const struct policy *p, const struct waiver *v, int64_t now_s, struct err *e)
{
	if (p->waivers.no_wildcards && !names_one(v))
		return err_set(e, ERR_FORMAT,
		               "%.*s:%d: the policy wants waivers that name what they waive",
		               BYTES_FMT(v->by), v->column);
	if (p->waivers.four_eyes && !v->approver.n)
		return err_set(e, ERR_FORMAT,
		               "%.*s:%d: the policy wants four eyes: approved_by is missing",
		               BYTES_FMT(v->by), v->column);
	if (p->waivers.four_eyes && (!v->owner.n || bytes_eq_nocase(v->approver, v->owner)))
		return err_set(
			e, ERR_FORMAT,
			"%.*s:%d: the policy wants four eyes: %.*s approved a waiver of their own",
			BYTES_FMT(v->by), v->column, BYTES_FMT(v->approver));
	if (p->waivers.max_days &&
	    (!v->until_s || v->until_s - now_s > (p->waivers.max_days + 1) * DAY))
		return err_set(e, ERR_FORMAT,
		               "%.*s:%d: the policy lets a waiver hold for %lld days at most",
		               BYTES_FMT(v->by), v->column, (long long)p->waivers.max_days);
	return 0;
}

static int load_files(const struct policy *p, struct waivers *w, struct err *e)
{
	struct bytes folder = path_dir(p->file);
	for (size_t i = 0; i < p->waivers.files.n; i++) {
		struct bytes name = p->waivers.files.v[i];
		bool is_whole = name.p[0] == '/' || !folder.n;
		const char *path =
			arena_printf(w->arena, "%.*s%s%.*s", BYTES_FMT(is_whole ? B("") : folder),
		                     is_whole ? "" : "/", BYTES_FMT(name));
		if (policy_file(path, e) < 0 || waivers_load(w, path, e) < 0)
			return err_wrap(e, "%.*s:%d:%d", BYTES_FMT(p->file),
			                p->waivers.files_at.line, p->waivers.files_at.column);
	}
	return 0;
}

int policy_waivers(const struct policy *p, struct waivers *w, int64_t now_s, struct err *e)
{
	if (p->waivers.is_sealed && w->n)
		return err_set(e, ERR_FORMAT, "%.*s:%d: the policy takes no waivers but its own",
		               BYTES_FMT(w->v[0].by), w->v[0].column);
	for (const struct policy *up = p; up; up = up->extends)
		if (load_files(up, w, e) < 0)
			return -1;
	for (size_t i = 0; i < w->n; i++)
		if (hold(p, &w->v[i], now_s, e) < 0)
			return -1;
	return 0;
}
