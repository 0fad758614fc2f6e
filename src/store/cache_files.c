/* SPDX-License-Identifier: Apache-2.0 */
/* cache_files.c - names of the cache's files, their list, and the removal of old ones. */
#include "store/cache_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DIGEST_HEX = 64, SET_HEX = 16 };
enum { NS_PER_S = 1000000000 };

static bool is_hex(struct bytes b, size_t n)
{
	if (b.n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_digit(b.p[i]) && !(b.p[i] >= 'a' && b.p[i] <= 'f'))
			return false;
	}
	return true;
}

/* "AB/<64 hex>-<16 hex>.facts" */
static bool is_set_name(struct bytes b)
{
	struct bytes ext = B(".facts");
	if (b.n != 3 + DIGEST_HEX + 1 + SET_HEX + ext.n || b.p[2] != '/')
		return false;
	struct bytes hex = bytes_slice(b, 3, 3 + DIGEST_HEX);
	size_t at = 3 + DIGEST_HEX;
	return is_hex(hex, DIGEST_HEX) && bytes_eq(bytes_slice(b, 0, 2), bytes_slice(hex, 0, 2)) &&
	       b.p[at] == '-' && is_hex(bytes_slice(b, at + 1, at + 1 + SET_HEX), SET_HEX) &&
	       bytes_ends(b, ext);
}

static bool is_half_name(struct bytes b)
{
	struct bytes prefix = B(".assay-");
	return bytes_starts(b, prefix) && is_hex(bytes_skip(b, prefix.n), 16);
}

enum cache_class cache_classify(struct bytes name)
{
	struct bytes facts = B(CACHE_FACTS "/"), archives = B(CACHE_ARCHIVES "/");
	struct bytes rest = bytes_skip(name, facts.n);
	if (bytes_starts(name, facts)) {
		bool is_half = rest.n > 3 && is_hex(bytes_slice(rest, 0, 2), 2) &&
		               rest.p[2] == '/' && is_half_name(bytes_skip(rest, 3));
		return is_set_name(rest) ? CACHE_SET : is_half ? CACHE_HALF : CACHE_FOREIGN;
	}
	if (!bytes_starts(name, archives))
		return CACHE_FOREIGN;
	rest = bytes_skip(name, archives.n);
	return is_hex(rest, DIGEST_HEX) ? CACHE_BLOB
	       : is_half_name(rest)     ? CACHE_HALF
	                                : CACHE_FOREIGN;
}

void cache_set_name(const struct digest *layer, const struct digest *set, char ret[CACHE_NAME_MAX])
{
	char hex[DIGEST_HEX + 1], id[SET_HEX + 1];
	hex_encode(layer->b, DIGEST_HEX / 2, hex);
	hex_encode(set->b, SET_HEX / 2, id);
	snprintf(ret, CACHE_NAME_MAX, CACHE_FACTS "/%.2s/%s-%s.facts", hex, hex, id);
}

void cache_blob_name(struct bytes key, char ret[CACHE_NAME_MAX])
{
	char hex[DIGEST_HEX + 1];
	struct digest d = digest_of(key);
	hex_encode(d.b, DIGEST_HEX / 2, hex);
	snprintf(ret, CACHE_NAME_MAX, CACHE_ARCHIVES "/%s", hex);
}

bool cache_fits(const struct factset *fs, struct bytes name)
{
	const struct factset_meta *m = factset_meta(fs);
	const struct digest *const either[] = {&m->digest, &m->diff_id};
	size_t at = sizeof CACHE_FACTS - 1 + 4;
	struct bytes want = bytes_slice(name, at, at + DIGEST_HEX);
	for (size_t i = 0; i < ARRAY_LEN(either); i++) {
		char hex[DIGEST_HEX + 1];
		hex_encode(either[i]->b, DIGEST_HEX / 2, hex);
		if (bytes_eq(want, bytes_str(hex)))
			return true;
	}
	return false;
}

int cache_open_file(const struct cache *c, const char *name, struct stat *ret_st)
{
	if (!c->dir)
		return -1;
	AUTO_FREE char *path = path_join(c->dir, name);
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, ret_st) || !S_ISREG(ret_st->st_mode))
		return -1;
	return TAKE_FD(fd);
}

static void add_file(int fd, const char *folder, const char *name, struct cache_list *l)
{
	struct stat st;
	struct cache_file f = {.class = CACHE_FOREIGN};
	int n = snprintf(f.name, sizeof f.name, "%s/%s", folder, name);
	if (n < 0 || (size_t)n >= sizeof f.name)
		return;
	f.class = cache_classify(bytes_str(f.name));
	if (f.class == CACHE_FOREIGN || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(st.st_mode))
		return;
	f.size = (uint64_t)st.st_size;
	f.used_ns = (int64_t)st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof *l->v);
	l->v[l->n++] = f;
}

/* Calls fn for each name in dir/folder. */
static void each_name(const char *dir, const char *folder,
                      void (*fn)(int fd, const char *folder, const char *name,
                                 struct cache_list *l),
                      struct cache_list *l)
{
	AUTO_FREE char *path = path_join(dir, folder);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *de; (de = readdir(d));)
		fn(fd, folder, de->d_name, l);
	closedir(d);
}

static void add_folder(int fd, const char *folder, const char *name, struct cache_list *l)
{
	(void)fd;
	struct cache_file f = {.class = CACHE_FOREIGN};
	if (!is_hex(bytes_str(name), 2))
		return;
	snprintf(f.name, sizeof f.name, "%s/%.2s", folder, name);
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof *l->v);
	l->v[l->n++] = f;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct cache_file *)a)->name, ((const struct cache_file *)b)->name);
}

static int by_use(const void *pa, const void *pb)
{
	const struct cache_file *a = pa, *b = pb;
	return a->used_ns == b->used_ns ? by_name(pa, pb) : a->used_ns < b->used_ns ? -1 : 1;
}

static void sort(struct cache_list *l, int (*cmp)(const void *, const void *))
{
	if (l->n > 1)
		qsort(l->v, l->n, sizeof *l->v, cmp);
}

void cache_list(const struct cache *c, struct cache_list *ret)
{
	struct cache_list folders = {NULL, 0, 0};
	*ret = (struct cache_list){NULL, 0, 0};
	if (!c->dir)
		return;
	each_name(c->dir, CACHE_FACTS, add_folder, &folders);
	for (size_t i = 0; i < folders.n; i++)
		each_name(c->dir, folders.v[i].name, add_file, ret);
	each_name(c->dir, CACHE_ARCHIVES, add_file, ret);
	free(folders.v);
	sort(ret, by_name);
}

static bool drop(const struct cache *c, const struct cache_file *f)
{
	AUTO_FREE char *path = path_join(c->dir, f->name);
	return unlink(path) == 0 || errno == ENOENT;
}

void cache_prune(const struct cache *c, int64_t now_s)
{
	struct cache_list l;
	uint64_t total = 0;
	cache_list(c, &l);
	sort(&l, by_use);
	for (size_t i = 0; i < l.n; i++) {
		bool is_stale = l.v[i].used_ns / NS_PER_S < now_s - CACHE_STALE_S;
		if (l.v[i].class == CACHE_HALF && is_stale)
			drop(c, &l.v[i]);
		if (l.v[i].class != CACHE_HALF)
			total += l.v[i].size;
	}
	for (size_t i = 0; i < l.n && c->max_bytes && total > c->max_bytes; i++) {
		if (l.v[i].class != CACHE_HALF && drop(c, &l.v[i]))
			total -= l.v[i].size;
	}
	free(l.v);
}

int cache_status(struct cache *c, struct cache_status *ret, struct err *e)
{
	(void)e;
	struct cache_list l;
	struct cache_status s = {.max_bytes = c->max_bytes};
	cache_list(c, &l);
	for (size_t i = 0; i < l.n; i++) {
		s.files += l.v[i].class != CACHE_HALF;
		s.bytes += l.v[i].size;
	}
	free(l.v);
	*ret = s;
	return 0;
}

/* Folders stay, for another process may be writing into them; and so does a file under a passing
 * name that is young: it is about to get its own. */
int cache_clean(struct cache *c, struct err *e)
{
	struct cache_list l;
	int64_t young_ns = (clock_now_s() - CACHE_YOUNG_S) * NS_PER_S;
	int rc = 0;
	cache_list(c, &l);
	for (size_t i = 0; i < l.n; i++) {
		if (l.v[i].class == CACHE_HALF && l.v[i].used_ns > young_ns)
			continue;
		if (!drop(c, &l.v[i]) && rc == 0)
			rc = err_set(e, ERR_IO, "remove %s/%s: %m", c->dir, l.v[i].name);
	}
	free(l.v);
	return rc;
}
