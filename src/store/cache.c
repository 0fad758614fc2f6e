/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.c - facts of layers that were inspected before, one immutable file each.
 *
 * A file is made beside its place and renamed into it, whole; two writers of one key write the same
 * bytes, so the last may win.  Nothing is synced: what a power cut leaves of a file fails its
 * checksum, is removed, and the layer is inspected again.  When a file was used is its modification
 * time, renewed at most once an hour.
 */
#include "store/store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/cache_files.h"

enum { TOUCH_S = 3600 };
enum { KEY_BLOB_KEY = 1, KEY_BLOB_VALUE = 2 };
static const char blob_magic[8] = "assayA1\n";
enum { SUM = 8, BLOB_OVERHEAD = 64 };

int cache_open(const char *dir, uint64_t max_bytes, struct cache **ret, struct err *e)
{
	(void)e;
	struct cache *c = mem_zalloc(sizeof *c);
	c->max_bytes = max_bytes;
	if (dir) {
		c->dir = mem_strdup(dir);
		AUTO_FREE char *facts = path_join(dir, CACHE_FACTS);
		AUTO_FREE char *archives = path_join(dir, CACHE_ARCHIVES);
		c->can_write = dir_make(facts, NULL) == 0 && dir_make(archives, NULL) == 0 &&
		               faccessat(AT_FDCWD, facts, W_OK | X_OK, AT_EACCESS) == 0;
	}
	*ret = c;
	return 0;
}

void cache_release(struct cache *c)
{
	for (size_t i = 0; i < c->n_maps; i++)
		munmap(c->maps[i].p, c->maps[i].n);
	c->n_maps = 0;
}

void cache_close(struct cache *c)
{
	if (!c)
		return;
	if (c->has_put)
		cache_prune(c, clock_now_s());
	cache_release(c);
	free(c->maps);
	free(c->dir);
	free(c);
}

static void remember_use(const struct cache *c, int fd, const struct stat *st)
{
	if (c->can_write && st->st_mtim.tv_sec < clock_now_s() - TOUCH_S)
		futimens(fd, NULL);
}

static void remove_damaged(const struct cache *c, const char *name)
{
	AUTO_FREE char *path = path_join(c->dir, name);
	if (c->can_write)
		unlink(path);
}

/* Is it a set of this layer?  A layer may be asked for by either of its digests. */
static bool is_of(const struct factset *fs, const struct digest *layer)
{
	const struct factset_meta *m = factset_meta(fs);
	return digest_eq(&m->digest, layer) || digest_eq(&m->diff_id, layer);
}

bool cache_get(struct cache *c, const struct digest *layer, const struct digest *set,
               struct factset **ret)
{
	char name[CACHE_NAME_MAX];
	struct stat st;
	struct err e = {.kind = ERR_NONE};
	cache_set_name(layer, set, name);
	AUTO_FD int fd = cache_open_file(c, name, &st);
	if (fd < 0)
		return false;
	size_t n = (size_t)st.st_size;
	void *p = n && n <= (size_t)CACHE_SET_MAX ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0)
	                                          : MAP_FAILED;
	struct factset *fs = NULL;
	bool is_good = p != MAP_FAILED && factset_open(bytes_of(p, n), &fs, &e) == 0 &&
	               factset_check(fs, false, &e) == 0 && is_of(fs, layer);
	if (!is_good) {
		if (p != MAP_FAILED)
			munmap(p, n);
		factset_free(fs);
		if (e.kind != ERR_UNSUPPORTED) /* a newer program's: leave it to that */
			remove_damaged(c, name);
		return false;
	}
	c->maps = mem_grow(c->maps, &c->cap_maps, c->n_maps + 1, sizeof *c->maps);
	c->maps[c->n_maps++] = (struct cache_map){p, n};
	remember_use(c, fd, &st);
	*ret = fs;
	return true;
}

static int begin(struct cache *c, const char *name, struct file_new *ret, struct err *e)
{
	AUTO_FREE char *path = path_join(c->dir, name);
	AUTO_FREE char *folder = mem_strdup(path);
	*strrchr(folder, '/') = 0;
	if (dir_make(folder, e) || file_create(path, 0600, ret, e))
		return err_wrap(e, "cache");
	ret->is_cheap = true;
	return 0;
}

int cache_put(struct cache *c, const struct digest *layer, const struct digest *set,
              const struct factset *fs, struct err *e)
{
	char name[CACHE_NAME_MAX];
	struct file_new f;
	struct bytes piece;
	if (!c->can_write)
		return 0;
	cache_set_name(layer, set, name);
	if (begin(c, name, &f, e))
		return -1;
	c->has_put = true;
	for (size_t i = 0; factset_piece(fs, i, &piece); i++) {
		if (fd_write_full(f.fd, piece.p, piece.n)) {
			err_set(e, ERR_IO, "cache: write %s: %m", f.path);
			file_abort(&f);
			return -1;
		}
	}
	return file_commit(&f, e);
}

/* Opens the envelope of a small value: magic, map of key and value, XXH3-64 of both. */
static bool unwrap(struct bytes b, struct bytes key, struct bytes *ret)
{
	uint64_t n, k, sum;
	struct bytes got, value;
	if (b.n < sizeof blob_magic + SUM || memcmp(b.p, blob_magic, sizeof blob_magic) != 0)
		return false;
	memcpy(&sum, b.p + b.n - SUM, sizeof sum);
	struct bytes body = bytes_slice(b, 0, b.n - SUM);
	struct cbor r = cbor_of(bytes_skip(body, sizeof blob_magic));
	bool is_good = hash64(body, 0) == sum && cbor_get_map(&r, &n) && n == 2 &&
	               cbor_get_uint(&r, &k) && k == KEY_BLOB_KEY && cbor_get_bytes(&r, &got) &&
	               cbor_get_uint(&r, &k) && k == KEY_BLOB_VALUE && cbor_get_bytes(&r, &value) &&
	               !r.rest.n && bytes_eq(got, key);
	if (is_good)
		*ret = value;
	return is_good;
}

bool cache_get_blob(struct cache *c, struct bytes key, struct buf *ret)
{
	char name[CACHE_NAME_MAX];
	struct stat st;
	struct bytes value;
	AUTO_BUF struct buf b;
	buf_init(&b, 0);
	cache_blob_name(key, name);
	AUTO_FD int fd = cache_open_file(c, name, &st);
	if (fd < 0)
		return false;
	buf_init(&b, (size_t)CACHE_BLOB_MAX + BLOB_OVERHEAD);
	if (fd_read_all(fd, name, b.max, &b, NULL) || !unwrap(buf_bytes(&b), key, &value)) {
		remove_damaged(c, name);
		return false;
	}
	remember_use(c, fd, &st);
	return buf_add(ret, value) == 0;
}

int cache_put_blob(struct cache *c, struct bytes key, struct bytes value, struct err *e)
{
	char name[CACHE_NAME_MAX];
	struct file_new f;
	if (!c->can_write)
		return 0;
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)CACHE_BLOB_MAX + BLOB_OVERHEAD);
	if (key.n > (size_t)CACHE_BLOB_MAX || value.n > (size_t)CACHE_BLOB_MAX - key.n)
		return err_set(e, ERR_LIMIT, "cache: a value of %zu bytes, at most %lld",
		               key.n + value.n, (long long)CACHE_BLOB_MAX);
	buf_add(&b, bytes_of(blob_magic, sizeof blob_magic));
	cbor_map(&b, 2);
	cbor_uint(&b, KEY_BLOB_KEY);
	cbor_bytes(&b, key);
	cbor_uint(&b, KEY_BLOB_VALUE);
	cbor_bytes(&b, value);
	uint64_t sum = hash64(buf_bytes(&b), 0);
	buf_add(&b, bytes_of(&sum, sizeof sum));
	cache_blob_name(key, name);
	if (begin(c, name, &f, e))
		return -1;
	c->has_put = true;
	if (fd_write_full(f.fd, b.p, b.n)) {
		err_set(e, ERR_IO, "cache: write %s: %m", f.path);
		file_abort(&f);
		return -1;
	}
	return file_commit(&f, e);
}
