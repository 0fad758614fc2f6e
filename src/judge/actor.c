/* SPDX-License-Identifier: Apache-2.0 */
/* actor.c - what the modes of files let a user do. */
#include "judge/actor.h"

static void add_group(struct actor *a, uint32_t gid, struct bytes name)
{
	if (a->n_groups == ACTOR_GROUPS_MAX) {
		a->is_cut = true;
		return;
	}
	a->groups[a->n_groups].gid = gid;
	a->groups[a->n_groups++].name = name;
}

static void add_groups_of(const struct judge_input *in, struct actor *a)
{
	struct seen members = seen_begin(in, FACT_SETTING);
	for (struct fact_setting m; a->name.n && seen_setting(&members, &m);) {
		if (!bytes_eq(m.what, B("member")) || !bytes_eq(m.name, a->name))
			continue;
		struct seen groups = seen_begin(in, FACT_ACCOUNT);
		for (struct fact_account g; seen_account(&groups, &g);) {
			if (g.is_group && bytes_eq(g.name, m.value))
				add_group(a, (uint32_t)g.gid, g.name);
		}
	}
}

void actor_init(const struct judge_input *in, uint32_t uid, uint32_t gid, struct actor *ret)
{
	*ret = (struct actor){.uid = uid, .gid = gid};
	struct bytes primary = {NULL, 0};
	struct seen s = seen_begin(in, FACT_ACCOUNT);
	for (struct fact_account x; seen_account(&s, &x);) {
		if (!x.is_group && x.uid == uid && !ret->name.p)
			ret->name = x.name;
		if (x.is_group && x.gid == gid && !primary.p)
			primary = x.name;
	}
	add_group(ret, gid, primary);
	add_groups_of(in, ret);
}

bool actor_is_in(const struct actor *a, struct bytes group)
{
	for (size_t i = 0; i < a->n_groups; i++) {
		if (bytes_eq(a->groups[i].name, group))
			return true;
	}
	return false;
}

static bool may(const struct actor *a, const struct entry *en, uint32_t other_bit)
{
	if (a->uid == 0)
		return true;
	if (en->uid == a->uid)
		return en->mode & other_bit << 6;
	for (size_t i = 0; i < a->n_groups; i++) {
		if (a->groups[i].gid == en->gid)
			return en->mode & other_bit << 3;
	}
	return en->mode & other_bit;
}

bool actor_may_write(const struct actor *a, const struct entry *en) { return may(a, en, 02); }

bool actor_may_run(const struct actor *a, const struct entry *en) { return may(a, en, 01); }

bool actor_look(const struct judge_input *in, struct bytes path, struct buf *real,
                struct entry *ret, size_t *ret_layer)
{
	struct err e = {.kind = ERR_NONE};
	return view_resolve(in->view, path, real, ret, ret_layer, &e) == 0;
}

/* Folders from the top down to that of path. */
bool actor_may_replace(const struct judge_input *in, const struct actor *a, struct bytes path,
                       struct buf *ret_where)
{
	AUTO_BUF struct buf real;
	struct entry en, below;
	size_t layer;
	buf_init(&real, (size_t)PATH_LEN_MAX);
	for (size_t i = 0; i <= path.n; i++) {
		if (i < path.n && path.p[i] != '/')
			continue;
		struct bytes part = bytes_slice(path, 0, i);
		bool is_last = i == path.n;
		if (!actor_look(in, part, &real, &en, &layer)) {
			if (is_last)
				return false;
			continue; /* a folder that no layer states is root's: runtimes make it */
		}
		if (!is_last && (en.mode & 01000)) { /* sticky: only what is one's own */
			size_t end = i + 1;
			while (end < path.n && path.p[end] != '/')
				end++;
			if (!view_find(in->view, bytes_slice(path, 0, end), &below, &layer) ||
			    below.uid != a->uid)
				continue;
		}
		if (!actor_may_write(a, &en))
			continue;
		buf_reset(ret_where);
		buf_add(ret_where, buf_bytes(&real));
		return true;
	}
	return false;
}
