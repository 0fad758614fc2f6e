/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - names of files: ours, joined as strings, and those of an image, cleaned as bytes. */
#include "base/base.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SELF_LEN = 4096 }; /* PATH_MAX: what the kernel can answer */

char *path_join(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	bool needs_slash = n && a[n - 1] != '/';
	char *p = mem_alloc(n + needs_slash + m + 1);
	memcpy(p, a, n);
	if (needs_slash)
		p[n] = '/';
	memcpy(p + n + needs_slash, b, m + 1);
	return p;
}

char *self_dir(void)
{
	AUTO_FREE char *p = mem_alloc(SELF_LEN + 1);
	ssize_t n = readlink("/proc/self/exe", p, SELF_LEN);
	if (n <= 0)
		return NULL;
	ssize_t at = bytes_rfind(bytes_of(p, (size_t)n), '/');
	if (at < 0)
		return NULL;
	p[at ? at : 1] = 0;
	return TAKE(p);
}

/* A path that is being cleaned; depth counts its components. */
struct cleaning {
	struct buf *out;
	int64_t depth;
	bool is_clamped; /* ".." at the root stays there; else it is a fault */
};

static int go_up(struct cleaning *c, struct err *e)
{
	if (c->depth == 0)
		return c->is_clamped ? 0 : err_set(e, ERR_FORMAT, "path climbs out by \"..\"");
	c->out->n = path_dir(buf_bytes(c->out)).n;
	c->depth--;
	return 0;
}

static int go_down(struct cleaning *c, struct bytes part, struct err *e)
{
	if (c->depth >= PATH_DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "path deeper than %d components", (int)PATH_DEPTH_MAX);
	if (part.n + (c->depth > 0) > (uint64_t)PATH_LEN_MAX - c->out->n)
		return err_set(e, ERR_LIMIT, "path longer than %d bytes", (int)PATH_LEN_MAX);
	if ((c->depth && buf_addc(c->out, '/')) || buf_add(c->out, part))
		return err_set(e, ERR_LIMIT, "path longer than %zu bytes", c->out->max);
	c->depth++;
	return 0;
}

static int follow(struct cleaning *c, struct bytes path, struct err *e)
{
	if (bytes_find(path, 0) >= 0)
		return err_set(e, ERR_FORMAT, "path holds a NUL");
	for (struct bytes part; bytes_split(&path, '/', &part);) {
		if (part.n == 0 || bytes_eq(part, B(".")))
			continue;
		if (bytes_eq(part, B("..")) ? go_up(c, e) : go_down(c, part, e))
			return -1;
	}
	return 0;
}

int image_path(struct bytes raw, struct buf *ret, struct err *e)
{
	buf_reset(ret);
	struct cleaning c = {.out = ret};
	return follow(&c, raw, e);
}

int image_path_link(struct bytes link, struct bytes target, struct buf *ret, struct err *e)
{
	buf_reset(ret);
	struct cleaning c = {.out = ret, .is_clamped = true};
	if (!bytes_starts(target, B("/")) && follow(&c, path_dir(link), e))
		return -1;
	return follow(&c, target, e);
}

struct bytes path_dir(struct bytes path)
{
	ssize_t at = bytes_rfind(path, '/');
	return bytes_slice(path, 0, at < 0 ? 0 : (size_t)at);
}

struct bytes path_base(struct bytes path)
{
	return bytes_skip(path, (size_t)(bytes_rfind(path, '/') + 1));
}
