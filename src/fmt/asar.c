/* SPDX-License-Identifier: Apache-2.0 */
/* asar.c - the archives that applications of Electron lie in. */
#include "fmt/asar.h"

#include <stdlib.h>

#include "fmt/ints.h"

enum { HEAD = 16, PICKLE = 8 }; /* bytes before the text; of the first pickle */

struct walk {
	struct bytes content; /* behind the header */
	struct bytes glob;
	asar_fn *fn;
	void *arg;
	struct buf path;
	struct err *e;
};

/* Offsets are texts, for numbers of JavaScript would round them. */
static bool offset_of(const struct jnode *file, uint64_t *ret)
{
	struct bytes text = jnode_text(file, "offset");
	*ret = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (!is_digit(text.p[i]) || __builtin_mul_overflow(*ret, 10, ret) ||
		    __builtin_add_overflow(*ret, (uint64_t)(text.p[i] - '0'), ret))
			return false;
	}
	return text.n > 0;
}

static int give(struct walk *w, const struct jnode *file)
{
	uint64_t size, at;
	if (jnode_is_true(file, "unpacked") || jnode_get(file, "link") ||
	    !bytes_glob(w->glob, buf_bytes(&w->path)))
		return 0;
	if (!jnode_u64(file, "size", UINT64_MAX, &size) || !offset_of(file, &at) ||
	    at > w->content.n || size > w->content.n - at)
		return err_set(w->e, ERR_FORMAT, "%.*s lies outside of the archive",
		               BYTES_FMT(bytes_slice(buf_bytes(&w->path), 0, 100)));
	w->fn(w->arg, buf_bytes(&w->path),
	      bytes_slice(w->content, (size_t)at, (size_t)(at + size)));
	return 0;
}

/* As deep as JSON may nest. */
static int folder(struct walk *w, const struct jnode *files)
{
	size_t n = w->path.n;
	for (size_t i = 0; i < jnode_count(files); i++) {
		const struct jnode *one = &files->v[i], *inner = jnode_obj(one, "files");
		w->path.n = n;
		if (n)
			buf_addc(&w->path, '/');
		buf_add(&w->path, one->key);
		if (w->path.overflow)
			return err_set(w->e, ERR_LIMIT, "a path of more than %lld bytes",
			               (long long)PATH_LEN_MAX);
		if ((inner ? folder(w, inner) : give(w, one)) < 0)
			return -1;
	}
	w->path.n = n;
	return 0;
}

int asar_walk(struct bytes file, struct bytes glob, asar_fn *fn, void *arg, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct jnode *root;
	if (file.n < HEAD || get_le32(file.p) != 4)
		return err_set(e, ERR_FORMAT, "not an asar archive");
	uint64_t header = get_le32(file.p + 4), text = get_le32(file.p + 12);
	if (header > file.n - PICKLE || header < PICKLE || text > header - PICKLE)
		return err_set(e, ERR_FORMAT, "the header of %llu bytes is not all there",
		               (unsigned long long)header);
	if (jdoc_load_loose(a, bytes_slice(file, HEAD, HEAD + (size_t)text), "header",
	                    (size_t)LANG_LIST_MAX, &root, e) < 0)
		return -1;
	struct walk w = {.content = bytes_skip(file, PICKLE + (size_t)header),
	                 .glob = glob,
	                 .fn = fn,
	                 .arg = arg,
	                 .e = e};
	buf_init(&w.path, (size_t)PATH_LEN_MAX);
	int rc = folder(&w, jnode_obj(root, "files"));
	buf_fini(&w.path);
	return rc;
}
