/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_waivers.c - what a policy says of waivers: where they come from, who must have looked, how
 * long they may hold.
 */
#include "policy/policy_parts.h"

#include <string.h>

enum { DAY = 86400 };

static bool is_open(struct bytes glob)
{
	for (size_t i = 0; i < glob.n; i++)
		if (glob.p[i] != '*' && glob.p[i] != '?')
			return false;
	return true;
}

/* One waiver against the bounds.  by is "FILE:LINE". */
static int hold(const struct policy *p, const struct waiver *v, int64_t now_s, struct err *e)
{
	bool is_wild = is_open(v->id) && is_open(v->fingerprint) && is_open(v->package) &&
	               is_open(v->path);
	if (p->waivers.no_wildcards && is_wild)
		return err_set(e, ERR_FORMAT,
		               "%.*s: the policy wants waivers that name what they waive",
		               BYTES_FMT(v->by));
	if (p->waivers.four_eyes && !v->approver.n)
		return err_set(e, ERR_FORMAT,
		               "%.*s: the policy wants four eyes: approved_by is missing",
		               BYTES_FMT(v->by));
	if (p->waivers.four_eyes && (!v->owner.n || bytes_eq_nocase(v->approver, v->owner)))
		return err_set(
			e, ERR_FORMAT,
			"%.*s: the policy wants four eyes: %.*s approved a waiver of their own",
			BYTES_FMT(v->by), BYTES_FMT(v->approver));
	if (p->waivers.max_days &&
	    (!v->until_s || v->until_s - now_s > (p->waivers.max_days + 1) * DAY))
		return err_set(e, ERR_FORMAT,
		               "%.*s: the policy lets a waiver hold for %lld days at most",
		               BYTES_FMT(v->by), (long long)p->waivers.max_days);
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
		if (waivers_load(w, path, e) < 0)
			return err_wrap(e, "%.*s", BYTES_FMT(p->file));
	}
	return 0;
}

int policy_waivers(const struct policy *p, struct waivers *w, int64_t now_s, struct err *e)
{
	if (p->waivers.is_sealed && w->n)
		return err_set(e, ERR_FORMAT, "%.*s: the policy takes no waivers but its own",
		               BYTES_FMT(w->v[0].by));
	for (const struct policy *up = p; up; up = up->extends)
		if (load_files(up, w, e) < 0)
			return -1;
	for (size_t i = 0; i < w->n; i++)
		if (hold(p, &w->v[i], now_s, e) < 0)
			return -1;
	return 0;
}
