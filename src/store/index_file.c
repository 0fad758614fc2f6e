/* SPDX-License-Identifier: Apache-2.0 */
/* index_file.c - the index's file: its footer, its sum, and the note that it was found right. */
#include "store/index_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static const char magic[8] = "assayI1\n";
enum { NOTE_LEN = 256, PAGE_MIN = 4096 };

struct footer {
	char magic[8];
	uint64_t size;
	uint8_t sum[16];
};
_Static_assert(sizeof(struct footer) == INDEX_FOOTER, "written as it lies in memory");

char *index_path(const char *path)
{
	struct stat st;
	bool is_there = stat(path, &st) == 0;
	bool is_file = is_there ? !S_ISDIR(st.st_mode) : bytes_ends(bytes_str(path), B(".mdb"));
	return is_file ? mem_strdup(path) : path_join(path, "index.mdb");
}

int index_fail(int rc, const char *doing, const char *path, struct err *e)
{
	enum err_kind kind = rc == MDB_MAP_FULL ? ERR_LIMIT : rc > 0 ? ERR_IO : ERR_FORMAT;
	return err_set(e, kind, "%s %s: %s", doing, path, mdb_strerror(rc));
}

static int sum_file(int fd, uint64_t size, uint8_t ret[16])
{
	XXH128_canonical_t canonical;
	void *p = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -1;
	madvise(p, (size_t)size, MADV_SEQUENTIAL);
	XXH128_canonicalFromHash(&canonical, XXH3_128bits(p, (size_t)size));
	munmap(p, (size_t)size);
	memcpy(ret, canonical.digest, 16);
	return 0;
}

int index_seal(int fd, const char *path, struct err *e)
{
	struct stat st;
	struct footer f;
	memcpy(f.magic, magic, sizeof magic);
	if (fstat(fd, &st) || sum_file(fd, (uint64_t)st.st_size, f.sum))
		return err_set(e, ERR_IO, "read %s: %m", path);
	f.size = (uint64_t)st.st_size;
	if (lseek(fd, 0, SEEK_END) < 0 || fd_write_full(fd, &f, sizeof f))
		return err_set(e, ERR_IO, "write %s: %m", path);
	return 0;
}

static char *note_path(const char *path)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 16);
	buf_addf(&b, "%s.checked", path);
	return mem_strdup(buf_cstr(&b));
}

static void note_text(const struct stat *st, char ret[NOTE_LEN])
{
	snprintf(ret, NOTE_LEN,
	         "assay-index-checked/1 dev %" PRIu64 " ino %" PRIu64 " size %" PRIu64
	         " mtime %lld.%09ld ctime %lld.%09ld\n",
	         (uint64_t)st->st_dev, (uint64_t)st->st_ino, (uint64_t)st->st_size,
	         (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec, (long long)st->st_ctim.tv_sec,
	         st->st_ctim.tv_nsec);
}

static bool is_noted(const char *path, const struct stat *st)
{
	char want[NOTE_LEN], got[NOTE_LEN];
	AUTO_FREE char *name = note_path(path);
	AUTO_FD int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : fd_read_full(fd, got, sizeof got);
	note_text(st, want);
	return n > 0 && bytes_eq(bytes_of(got, (size_t)n), bytes_str(want));
}

/* A file that was changed in the clock tick before its note might change again in the same tick. */
static bool is_settled(const struct stat *st)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec - st->st_ctim.tv_sec >= 2;
}

/* Half a note is none, so it is written in place: whoever is killed leaves no other file behind. */
static void write_note(const char *path, const struct stat *st)
{
	char text[NOTE_LEN];
	AUTO_FREE char *name = note_path(path);
	note_text(st, text);
	unlink(name);
	AUTO_FD int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return; /* a read-only place: summed each time; or another is at it */
	if (fd_write_full(fd, text, strlen(text)))
		unlink(name);
}

void index_note(const char *path)
{
	struct stat st;
	if (stat(path, &st) == 0)
		write_note(path, &st);
}

int index_verify(int fd, const char *path, uint64_t *ret_size, struct err *e)
{
	struct stat st;
	struct footer f;
	uint8_t sum[16];
	if (fstat(fd, &st))
		return err_set(e, ERR_IO, "read %s: %m", path);
	uint64_t size = (uint64_t)st.st_size;
	if (!S_ISREG(st.st_mode) || size < 2 * PAGE_MIN + INDEX_FOOTER)
		return err_set(e, ERR_FORMAT, "%s: not an advisory index", path);
	if (fd_pread_exact(fd, path, &f, sizeof f, size - INDEX_FOOTER, e))
		return -1;
	if (memcmp(f.magic, magic, sizeof magic) != 0 || f.size != size - INDEX_FOOTER ||
	    f.size % PAGE_MIN)
		return err_set(e, ERR_FORMAT, "%s: not an advisory index, or cut short", path);
	if (!is_noted(path, &st)) {
		if (sum_file(fd, f.size, sum))
			return err_set(e, ERR_IO, "read %s: %m", path);
		if (memcmp(sum, f.sum, sizeof sum) != 0)
			return err_set(e, ERR_FORMAT, "%s: damaged (its checksum is wrong)", path);
		if (is_settled(&st))
			write_note(path, &st);
	}
	*ret_size = f.size;
	return 0;
}

int index_footer_sum(int fd, const char *path, uint8_t ret[16], struct err *e)
{
	struct stat st;
	struct footer f;
	if (fstat(fd, &st) || st.st_size < INDEX_FOOTER)
		return err_set(e, ERR_IO, "read %s: %m", path);
	if (fd_pread_exact(fd, path, &f, sizeof f, (uint64_t)st.st_size - INDEX_FOOTER, e))
		return -1;
	memcpy(ret, f.sum, sizeof f.sum);
	return 0;
}

void index_feed_encode(struct buf *b, const struct index_feed *f)
{
	struct cbor_map m;
	cbor_open(&m, b);
	cbor_put_int(&m, FEED_IMPORTED, f->imported_s);
	cbor_put_int(&m, FEED_DATA, f->data_s);
	cbor_put_uint(&m, FEED_RECORDS, f->records);
	cbor_put_bytes(&m, FEED_NAMESPACES, f->namespaces);
	cbor_put_bytes(&m, FEED_PARTIAL, f->partial);
	cbor_put_bytes(&m, FEED_SOURCE, f->source);
	if (f->is_starter) {
		cbor_put_key(&m, FEED_IS_STARTER);
		cbor_bool(b, true);
	}
	if (f->checked_s)
		cbor_put_int(&m, FEED_CHECKED, f->checked_s);
	cbor_close(&m);
}

static bool get_member(struct cbor *r, uint64_t key, struct index_feed *f)
{
	switch (key) {
	case FEED_IMPORTED:
		return cbor_get_int(r, &f->imported_s);
	case FEED_DATA:
		return cbor_get_int(r, &f->data_s);
	case FEED_RECORDS:
		return cbor_get_uint(r, &f->records);
	case FEED_NAMESPACES:
		return cbor_get_bytes(r, &f->namespaces);
	case FEED_PARTIAL:
		return cbor_get_bytes(r, &f->partial);
	case FEED_SOURCE:
		return cbor_get_bytes(r, &f->source);
	case FEED_IS_STARTER:
		return cbor_get_bool(r, &f->is_starter);
	case FEED_CHECKED:
		return cbor_get_int(r, &f->checked_s);
	default:
		return cbor_skip(r);
	}
}

bool index_feed_decode(struct bytes cbor, struct index_feed *ret)
{
	struct cbor r = cbor_of(cbor);
	struct index_feed f = {.records = 0};
	uint64_t n, key;
	if (!cbor_get_map(&r, &n))
		return false;
	for (uint64_t i = 0; i < n; i++) {
		if (!cbor_get_uint(&r, &key) || !get_member(&r, key, &f))
			return false;
	}
	if (r.rest.n)
		return false;
	*ret = f;
	return true;
}
