/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repo_stream.c - a part of a file, decompressed by libarchive (its own decoders only, never a
 * program), with the digests of what is stored and of what comes out.
 */
#include "advise/repo.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

struct repo_stream {
	int fd;
	uint64_t at, to;
	uint64_t done; /* bytes that came out */
	struct archive *ar;
	struct digester *packed, *plain;
	struct digester *packed_512, *plain_512; /* NULL: not asked for */
	bool is_empty;
	uint8_t piece[PIECE];
};

/* pread, so that a part of a file is read however often. */
static ssize_t next_piece(struct repo_stream *s)
{
	size_t n = (size_t)MIN_OF(s->to - s->at, (uint64_t)PIECE);
	ssize_t got;
	do
		got = n ? pread(s->fd, s->piece, n, (off_t)s->at) : 0;
	while (got < 0 && errno == EINTR);
	if (got > 0) {
		s->at += (uint64_t)got;
		digester_add(s->packed, bytes_of(s->piece, (size_t)got));
		if (s->packed_512)
			digester_add(s->packed_512, bytes_of(s->piece, (size_t)got));
	}
	return got;
}

static la_ssize_t on_read(struct archive *a, void *arg, const void **ret)
{
	struct repo_stream *s = arg;
	ssize_t n = next_piece(s);
	if (n < 0)
		archive_set_error(a, errno, "read: %s", strerror(errno));
	*ret = s->piece;
	return n;
}

static int fail(struct repo_stream *s, struct err *e)
{
	const char *why = archive_error_string(s->ar);
	return err_set(e, ERR_FORMAT, "%s", why ? why : "it cannot be decompressed");
}

struct span {
	uint64_t from, to, done;
	bool is_index; /* which may be vouched for by SHA-512 */
};

static int open_stream(int fd, struct span at, struct repo_stream **ret, struct err *e)
{
	struct repo_stream *s = mem_zalloc(sizeof *s);
	struct archive_entry *en;
	*s = (struct repo_stream){.fd = fd, .at = at.from, .to = at.to, .done = at.done};
	s->packed = digester_new(DIGEST_SHA256);
	s->plain = digester_new(DIGEST_SHA256);
	s->packed_512 = at.is_index ? digester_new(DIGEST_SHA512) : NULL;
	s->plain_512 = at.is_index ? digester_new(DIGEST_SHA512) : NULL;
	s->ar = archive_read_new();
	if (!s->ar)
		die_nomem(0);
	archive_read_support_filter_bzip2(s->ar);
	archive_read_support_filter_gzip(s->ar);
	archive_read_support_filter_lz4(s->ar);
	archive_read_support_filter_lzma(s->ar);
	archive_read_support_filter_xz(s->ar);
	archive_read_support_filter_zstd(s->ar);
	archive_read_support_format_empty(s->ar);
	archive_read_support_format_raw(s->ar);
	int st = archive_read_open(s->ar, s, NULL, on_read, NULL);
	if (st >= ARCHIVE_WARN)
		st = archive_read_next_header(s->ar, &en);
	s->is_empty = st == ARCHIVE_EOF;
	if (st < ARCHIVE_WARN) {
		fail(s, e);
		repo_stream_close(s);
		return -1;
	}
	*ret = s;
	return 0;
}

int repo_stream_open(int fd, uint64_t from, uint64_t to, uint64_t done, struct repo_stream **ret,
                     struct err *e)
{
	return open_stream(fd, (struct span){from, to, done, false}, ret, e);
}

ssize_t repo_stream_read(struct repo_stream *s, void *p, size_t n, struct err *e)
{
	la_ssize_t got = s->is_empty ? 0 : archive_read_data(s->ar, p, n);
	if (got < 0)
		return fail(s, e);
	s->done += (uint64_t)got;
	if (s->done > (uint64_t)REPO_PACKAGE_MAX)
		return err_set(e, ERR_LIMIT, "it holds more than %lld bytes",
		               (long long)REPO_PACKAGE_MAX);
	digester_add(s->plain, bytes_of(p, (size_t)got));
	if (s->plain_512)
		digester_add(s->plain_512, bytes_of(p, (size_t)got));
	return got;
}

void repo_stream_close(struct repo_stream *s)
{
	if (!s)
		return;
	archive_read_free(s->ar);
	digester_free(s->packed);
	digester_free(s->plain);
	digester_free(s->packed_512);
	digester_free(s->plain_512);
	free(s);
}

/* ---- indexes that another one vouches for ---- */

static int stream_of(int fd, const char *path, struct repo_stream **ret, struct err *e)
{
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(e, ERR_IO, "%s: %m", path);
	return open_stream(fd, (struct span){0, (uint64_t)st.st_size, 0, true}, ret, e);
}

static int drain(struct repo_stream *s, struct err *e)
{
	uint8_t piece[8 << 10];
	ssize_t n;
	while ((n = repo_stream_read(s, piece, sizeof piece, e)) > 0)
		;
	return (int)n;
}

static const struct repo_source *voucher_of(const struct repo *r, struct digester *d)
{
	struct digest sum = digester_end(d);
	const union map_value *slot = map_get(r->vouched, bytes_of(sum.b, digest_size(sum.algo)));
	return slot ? slot->p : NULL;
}

/* Who vouches for what was read: for the file as it is, or for what it was compressed from. */
static const struct repo_source *voucher(const struct repo *r, struct repo_stream *s)
{
	struct digester *d[] = {s->packed, s->plain, s->packed_512, s->plain_512};
	const struct repo_source *by = NULL;
	while (next_piece(s) > 0)
		; /* what stands behind the end */
	for (size_t i = 0; i < ARRAY_LEN(d) && !by; i++)
		by = voucher_of(r, d[i]);
	return by;
}

int repo_vouched(struct repo *r, const struct repo_file *f, repo_list_fn *list, struct err *e)
{
	AUTO_FD int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	struct repo_stream *s = NULL;
	const struct repo_source *by = NULL;
	int rc = stream_of(fd, f->path, &s, e);
	if (rc == 0)
		rc = drain(s, e);
	if (rc == 0 && !(by = voucher(r, s)))
		rc = err_set(e, ERR_DIGEST,
		             "no signed index at hand lists it as it is: it was changed, or "
		             "is older or newer than the index");
	repo_stream_close(s);
	s = NULL;
	if (rc == 0)
		rc = stream_of(fd, f->path, &s, e);
	if (rc == 0)
		rc = list(r, s, by, e);
	if (rc == 0 && voucher(r, s) != by)
		rc = err_set(e, ERR_IO, "it changed while it was read");
	repo_stream_close(s);
	return rc;
}
