/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache_tar.c - the fact sets of a cache as one tar, out and in.
 *
 * Format: ustar (POSIX.1-2017, pax, "ustar Interchange Format"), members sorted by name.  What is
 * known of local archives stays at home: it speaks of files by device and inode.
 *
 * Import takes members of our naming scheme alone, with or without "./" before them; folders and
 * what is known of archives (a tar that somebody made of the whole cache) are passed over, any
 * other name refuses the file.  Each set is opened and checked to the last record before it gets
 * its name.  What it states of a layer is believed as the maker of the tar is believed.
 */
#include "store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/cache_files.h"

enum { BLOCK = 512, COPY = 1 << 16 };

struct ustar {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100],
		magic[6], version[2], uname[32], gname[32], major[8], minor[8], prefix[155],
		pad[12];
};
_Static_assert(sizeof(struct ustar) == BLOCK, "a header is one block");

static unsigned header_sum(const struct ustar *h)
{
	struct ustar copy = *h;
	unsigned sum = 0;
	memset(copy.sum, ' ', sizeof copy.sum);
	for (size_t i = 0; i < sizeof copy; i++)
		sum += ((const uint8_t *)&copy)[i];
	return sum;
}

static int write_member(int out, int in, const struct cache_file *f, const struct stat *st)
{
	struct ustar h = {
		.type = '0', .magic = "ustar", .version = {'0', '0'}
        };
	char text[24];
	memcpy(h.name, f->name, strnlen(f->name, sizeof h.name));
	memcpy(h.mode, "0000600", sizeof h.mode);
	memcpy(h.uid, "0000000", sizeof h.uid);
	memcpy(h.gid, "0000000", sizeof h.gid);
	snprintf(text, sizeof text, "%011llo", (unsigned long long)st->st_size);
	memcpy(h.size, text, sizeof h.size);
	snprintf(text, sizeof text, "%011llo", (unsigned long long)st->st_mtim.tv_sec);
	memcpy(h.mtime, text, sizeof h.mtime);
	snprintf(text, sizeof text, "%06o", header_sum(&h));
	memcpy(h.sum, text, 7);
	h.sum[7] = ' ';
	AUTO_FREE uint8_t *piece = mem_alloc(COPY);
	uint64_t left = (uint64_t)st->st_size;
	if (fd_write_full(out, &h, sizeof h))
		return -1;
	while (left) {
		size_t n = (size_t)MIN_OF(left, (uint64_t)COPY);
		size_t padded = (n + BLOCK - 1) / BLOCK * BLOCK;
		memset(piece, 0, padded);
		if (fd_read_full(in, piece, n) != (ssize_t)n || fd_write_full(out, piece, padded))
			return -1;
		left -= n;
	}
	return 0;
}

static int write_all(struct cache *c, int out, const char *path, struct err *e)
{
	static const uint8_t end[2 * BLOCK];
	struct cache_list l;
	int rc = 0;
	cache_list(c, &l);
	for (size_t i = 0; i < l.n && rc == 0; i++) {
		struct stat st;
		AUTO_FD int in =
			l.v[i].class == CACHE_SET ? cache_open_file(c, l.v[i].name, &st) : -1;
		if (in >= 0) /* another process may have removed it meanwhile */
			rc = write_member(out, in, &l.v[i], &st);
	}
	free(l.v);
	if (rc || fd_write_full(out, end, sizeof end))
		return err_set(e, ERR_IO, "write %s: %m", path);
	return 0;
}

int cache_export(struct cache *c, const char *path, struct err *e)
{
	struct file_new f;
	if (file_create(path, 0600, &f, e))
		return -1;
	if (write_all(c, f.fd, path, e)) {
		file_abort(&f);
		return -1;
	}
	return file_commit(&f, e);
}

struct import {
	struct cache *c;
	int fd;
	const char *path;
	uint64_t files;
};

static struct bytes text_field(const char *p, size_t n) { return bytes_of(p, strnlen(p, n)); }

static bool octal_field(const char *p, size_t n, uint64_t max, uint64_t *ret)
{
	return bytes_octal(bytes_trim(text_field(p, n)), max, ret);
}

/* Copies the member's bytes, with the padding read behind them. */
static int copy_in(struct import *im, int out, uint64_t size, struct err *e)
{
	AUTO_FREE uint8_t *piece = mem_alloc(COPY);
	uint64_t left = (size + BLOCK - 1) / BLOCK * BLOCK;
	for (; left; left -= MIN_OF(left, (uint64_t)COPY)) {
		size_t n = (size_t)MIN_OF(left, (uint64_t)COPY);
		size_t keep = (size_t)MIN_OF(size, (uint64_t)n);
		if (fd_read_full(im->fd, piece, n) != (ssize_t)n)
			return err_set(e, ERR_FORMAT, "%s: cut short", im->path);
		if (out >= 0 && fd_write_full(out, piece, keep))
			return err_set(e, ERR_IO, "cache: write: %m");
		size -= keep;
	}
	return 0;
}

static int check_set(int fd, uint64_t size, struct bytes name, struct err *e)
{
	void *p = size ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	struct factset *fs = NULL;
	if (p == MAP_FAILED)
		return err_set(e, ERR_FORMAT, "is empty");
	int rc = factset_open(bytes_of(p, (size_t)size), &fs, e);
	if (rc == 0)
		rc = factset_check(fs, true, e);
	if (rc == 0 && !cache_fits(fs, name))
		rc = err_set(e, ERR_FORMAT, "holds the facts of another layer");
	factset_free(fs);
	munmap(p, (size_t)size);
	return rc;
}

static int import_set(struct import *im, struct bytes name, uint64_t size, struct err *e)
{
	char text[CACHE_NAME_MAX];
	snprintf(text, sizeof text, "%.*s", BYTES_FMT(name));
	AUTO_FREE char *path = path_join(im->c->dir, text);
	AUTO_FREE char *folder = mem_strdup(path);
	struct file_new f;
	*strrchr(folder, '/') = 0;
	if (dir_make(folder, e) || file_create(path, 0600, &f, e))
		return -1;
	f.is_cheap = true;
	int rc = copy_in(im, f.fd, size, e);
	if (rc == 0 && (rc = check_set(f.fd, size, name, e)))
		err_wrap(e, "%s: %s", im->path, text);
	if (rc) {
		file_abort(&f);
		return -1;
	}
	im->files++;
	im->c->has_put = true;
	return file_commit(&f, e);
}

static int import_member(struct import *im, const struct ustar *h, struct err *e)
{
	uint64_t sum, size;
	struct bytes name = text_field(h->name, sizeof h->name);
	if (!octal_field(h->sum, sizeof h->sum, UINT32_MAX, &sum) || sum != header_sum(h) ||
	    !octal_field(h->size, sizeof h->size, (uint64_t)CACHE_SET_MAX, &size))
		return err_set(e, ERR_FORMAT, "%s: a header that is none", im->path);
	while (bytes_starts(name, B("./")))
		name = bytes_skip(name, 2);
	enum cache_class class = h->prefix[0] ? CACHE_FOREIGN : cache_classify(name);
	bool is_file = h->type == '0' || h->type == 0;
	if (h->type == '5' || (is_file && class == CACHE_BLOB))
		return copy_in(im, -1, h->type == '5' ? 0 : size, e);
	if (!is_file || class != CACHE_SET)
		return err_set(e, ERR_FORMAT, "%s: \"%.*s\" is not a file of a facts cache",
		               im->path, BYTES_FMT(name));
	return import_set(im, name, size, e);
}

static int import_all(struct import *im, struct err *e)
{
	static const struct ustar zero;
	for (struct ustar h;;) {
		ssize_t n = fd_read_full(im->fd, &h, sizeof h);
		if (n != (ssize_t)sizeof h)
			return err_set(e, ERR_FORMAT, "%s: cut short", im->path);
		if (memcmp(&h, &zero, sizeof h) == 0)
			return 0;
		if (import_member(im, &h, e))
			return -1;
	}
}

int cache_import(struct cache *c, const char *path, uint64_t *ret_files, struct err *e)
{
	if (!c->can_write)
		return err_set(e, ERR_IO, "cache: cannot be written");
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set(e, ERR_IO, "open %s: %m", path);
	struct import im = {.c = c, .fd = fd, .path = path};
	int rc = import_all(&im, e);
	if (rc == 0)
		*ret_files = im.files;
	return rc;
}
