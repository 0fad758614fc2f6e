/* SPDX-License-Identifier: Apache-2.0 */
/* repo_tar.c - the tar of a package: the digest of each file in it becomes a line of the list. */
#include "advise/repo.h"

#include <stdlib.h>

struct repo_tar {
	struct repo *r;
	const struct repo_package *p;
	struct repo_tar_how how;
	struct tar *tar;
	struct arena *a;
	struct map *hex;      /* path → its digest in hex, for hard links */
	struct digester *sum; /* of the file that goes by */
	struct buf path;      /* of it; empty: it is left out */
	bool is_file;
};

/* Paths that no file of a system can have are left out, and so explain nothing. */
static void set_path(struct repo_tar *t, struct bytes name, struct buf *to)
{
	AUTO_BUF struct buf clean;
	struct err ignored;
	buf_init(&clean, (size_t)PATH_LEN_MAX);
	buf_reset(to);
	if (image_path(name, &clean, &ignored) < 0 || !clean.n)
		return;
	if (t->how.is_flat && bytes_find(buf_bytes(&clean), '/') >= 0)
		return;
	buf_add(to, t->how.within);
	buf_add(to, buf_bytes(&clean));
}

static void put(struct repo_tar *t, struct bytes path, struct bytes hex)
{
	map_put(t->hex, arena_dup(t->a, path), NULL)->p = (void *)(uintptr_t)arena_dup(t->a, hex).p;
	repo_put(t->r, t->p, hex, path);
}

static void put_link(struct repo_tar *t, struct bytes target)
{
	AUTO_BUF struct buf to;
	buf_init(&to, 2 * (size_t)PATH_LEN_MAX);
	set_path(t, target, &to);
	const union map_value *slot = map_get(t->hex, buf_bytes(&to));
	if (slot)
		put(t, buf_bytes(&t->path), bytes_str(slot->p));
}

static int on_member(void *arg, const struct tar_member *m, struct err *e)
{
	struct repo_tar *t = arg;
	(void)e;
	set_path(t, m->name, &t->path);
	t->is_file = m->type == TAR_FILE && t->path.n;
	if (m->type == TAR_HARDLINK && t->path.n)
		put_link(t, m->link);
	return 0;
}

static int on_data(void *arg, struct bytes piece, struct err *e)
{
	struct repo_tar *t = arg;
	(void)e;
	if (t->is_file)
		digester_add(t->sum, piece);
	return 0;
}

static int on_hole(void *arg, uint64_t n, struct err *e)
{
	static const uint8_t zeros[4096];
	for (; n; n -= MIN_OF(n, sizeof zeros))
		on_data(arg, bytes_of(zeros, (size_t)MIN_OF(n, sizeof zeros)), e);
	return 0;
}

static int on_end(void *arg, struct err *e)
{
	struct repo_tar *t = arg;
	char hex[65];
	(void)e;
	if (!t->is_file)
		return 0;
	struct digest d = digester_end(t->sum);
	hex_encode(d.b, 32, hex);
	put(t, buf_bytes(&t->path), bytes_str(hex));
	t->is_file = false;
	return 0;
}

struct repo_tar *repo_tar_new(struct repo *r, const struct repo_package *p,
                              const struct repo_tar_how *how)
{
	struct repo_tar *t = mem_zalloc(sizeof *t);
	const struct tar_events ev = {
		.arg = t, .member = on_member, .data = on_data, .hole = on_hole, .end = on_end};
	t->r = r;
	t->p = p;
	t->how = *how;
	t->a = arena_new();
	t->hex = map_new();
	t->sum = digester_new(DIGEST_SHA256);
	buf_init(&t->path, 2 * (size_t)PATH_LEN_MAX);
	t->tar = tar_new(&ev);
	return t;
}

int repo_tar_push(struct repo_tar *t, struct bytes piece, struct err *e)
{
	return tar_push(t->tar, piece, e);
}

int repo_tar_end(struct repo_tar *t, struct err *e) { return tar_finish(t->tar, e); }

void repo_tar_free(struct repo_tar *t)
{
	if (!t)
		return;
	tar_free(t->tar);
	buf_fini(&t->path);
	digester_free(t->sum);
	map_free(t->hex);
	arena_free(t->a);
	free(t);
}
