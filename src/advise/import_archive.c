/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_archive.c - documents in files, folders, archives and archives within archives.
 *
 * What begins like a compressed file or an archive is unpacked by libarchive (its own decoders
 * only, never a program); all else is a document.  Members are named "outer!inner".
 */
#include "advise/sink.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

/* A document that is read from a file or from a member of an archive. */
struct stream {
	struct feed_doc doc;
	struct import_walk *w;
	int fd;             /* of a file, else -1 */
	struct archive *ar; /* of a member, else NULL */
	struct buf head;
	size_t head_at; /* bytes of head given again so far */
	uint64_t n;     /* bytes pulled so far */
	int depth;
	/* while it is unpacked */
	uint8_t *piece;
	struct err fault;
};

static ssize_t pull(struct stream *s, void *p, size_t n, struct err *e)
{
	ssize_t got = s->ar ? archive_read_data(s->ar, p, n) : fd_read_full(s->fd, p, n);
	if (got < 0 && s->ar)
		return err_set(e, ERR_FORMAT, "%s", archive_error_string(s->ar));
	if (got < 0)
		return err_set(e, ERR_IO, "read: %m");
	s->n += (uint64_t)got;
	s->w->bytes += (uint64_t)got;
	if (s->n > (uint64_t)FEED_DOC_MAX)
		return err_set(e, ERR_LIMIT, "longer than %lld bytes", (long long)FEED_DOC_MAX);
	if (s->w->bytes > (uint64_t)FEED_IMPORT_MAX)
		return err_set(e, ERR_LIMIT, "the import holds more than %lld bytes",
		               (long long)FEED_IMPORT_MAX);
	return got;
}

static ssize_t stream_read(struct feed_doc *doc, void *p, size_t n, struct err *e)
{
	struct stream *s = doc->arg;
	size_t left = s->head.n - s->head_at;
	if (!left)
		return pull(s, p, n, e);
	n = MIN_OF(n, left);
	memcpy(p, s->head.p + s->head_at, n);
	s->head_at += n;
	return (ssize_t)n;
}

static int read_head(struct stream *s, struct err *e)
{
	buf_init(&s->head, (size_t)FEED_HEAD_MAX);
	while (s->head.n < (size_t)FEED_HEAD_MAX) {
		size_t room = (size_t)FEED_HEAD_MAX - s->head.n;
		ssize_t n = pull(s, buf_room(&s->head, room), room, e);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		s->head.n += (size_t)n;
	}
	s->doc.head = buf_bytes(&s->head);
	return 0;
}

static bool is_packed(struct bytes head)
{
	static const struct {
		size_t at, n;
		const char *magic;
	} magics[] = {
		{0,   2, "\x1f\x8b"        }, /* gzip */
		{0,   3, "BZh"             },
		{0,   6,
	         "\xfd"
	         "7zXZ\0"                  },
		{0,   4, "\x28\xb5\x2f\xfd"}, /* zstd */
		{0,   4, "PK\3\4"          },
		{0,   4, "PK\5\6"          }, /* an empty zip */
		{257, 5, "ustar"           },
	};
	for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
		if (bytes_eq(bytes_slice(head, magics[i].at, magics[i].at + magics[i].n),
		             bytes_of(magics[i].magic, magics[i].n)))
			return true;
	}
	return false;
}

static void say_broken(struct import_walk *w, struct bytes name, const char *why)
{
	w->broken(w->arg, name, why);
}

/* ---- libarchive on a stream ---- */

static la_ssize_t on_read(struct archive *a, void *arg, const void **ret)
{
	struct stream *s = arg;
	ssize_t n = stream_read(&s->doc, s->piece, PIECE, &s->fault);
	if (n < 0)
		archive_set_error(a, EIO, "%s", s->fault.msg);
	*ret = s->piece;
	return n;
}

/* Only files can be sought; then nothing of the head is given again. */
static la_int64_t on_seek(struct archive *a, void *arg, la_int64_t offset, int whence)
{
	(void)a;
	struct stream *s = arg;
	s->head_at = s->head.n;
	return lseek(s->fd, offset, whence);
}

static struct archive *unpack(struct stream *s)
{
	struct archive *a = archive_read_new();
	if (!a)
		die_nomem(0);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_empty(a);
	archive_read_support_format_raw(a);
	archive_read_support_format_tar(a);
	/* a file must have the directory at its end: without it, it was cut short */
	if (s->fd >= 0)
		archive_read_support_format_zip_seekable(a);
	else
		archive_read_support_format_zip_streamable(a);
	archive_read_set_read_callback(a, on_read);
	if (s->fd >= 0 && lseek(s->fd, 0, SEEK_SET) == 0) {
		s->head_at = s->head.n;
		archive_read_set_seek_callback(a, on_seek);
	}
	archive_read_set_callback_data(a, s);
	s->piece = mem_alloc(PIECE);
	return a;
}

static int walk_stream(struct stream *s, struct err *e);

/* "feed.json.gz" holds "feed.json": the name of what was only compressed. */
static struct bytes plain_name(struct bytes name)
{
	static const char *const ends[] = {".gz", ".bz2", ".xz", ".zst"};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct bytes end = bytes_str(ends[i]);
		if (bytes_ends(name, end))
			return bytes_slice(name, 0, name.n - end.n);
	}
	return name;
}

static void member_name(const struct stream *outer, struct archive *a, struct archive_entry *en,
                        struct buf *ret)
{
	const char *path = archive_entry_pathname(en);
	if (archive_format(a) == ARCHIVE_FORMAT_RAW) {
		buf_add(ret, plain_name(outer->doc.name));
		return;
	}
	buf_addf(ret, "%.*s!%s", BYTES_FMT(outer->doc.name), path ? path : "(no name)");
}

static int walk_member(struct stream *outer, struct archive *a, struct archive_entry *en,
                       struct err *e)
{
	AUTO_BUF struct buf name;
	if (archive_entry_filetype(en) != AE_IFREG || archive_entry_hardlink(en))
		return 0;
	buf_init(&name, (size_t)PATH_LEN_MAX * 4);
	member_name(outer, a, en, &name);
	struct stream s = {.w = outer->w, .fd = -1, .ar = a, .depth = outer->depth + 1};
	s.doc.name = buf_bytes(&name);
	s.doc.mtime_s =
		archive_entry_mtime_is_set(en) ? archive_entry_mtime(en) : outer->doc.mtime_s;
	return walk_stream(&s, e);
}

/* Begins like an archive, but is none: the directory at the end of a zip is missing. */
static bool is_nothing(struct archive *a)
{
	return archive_format(a) == ARCHIVE_FORMAT_RAW &&
	       archive_filter_code(a, 0) == ARCHIVE_FILTER_NONE;
}

static int walk_archive(struct stream *outer, struct err *e)
{
	struct import_walk *w = outer->w;
	struct archive *a = unpack(outer);
	struct archive_entry *en;
	int res = 0, st = archive_read_open1(a);
	while (st >= ARCHIVE_WARN && res == 0) {
		st = archive_read_next_header(a, &en);
		if (st == ARCHIVE_RETRY)
			st = ARCHIVE_WARN;
		else if (st >= ARCHIVE_WARN && is_nothing(a))
			st = ARCHIVE_FATAL;
		else if (st == ARCHIVE_EOF || st < ARCHIVE_WARN)
			break;
		else if (++w->members > (uint64_t)FEED_MEMBERS_MAX)
			res = err_set(e, ERR_LIMIT, "%.*s: more than %lld members in one import",
			              BYTES_FMT(outer->doc.name), (long long)FEED_MEMBERS_MAX);
		else
			res = walk_member(outer, a, en, e);
	}
	if (st != ARCHIVE_EOF && res == 0) {
		const char *why = archive_error_string(a);
		say_broken(w, outer->doc.name,
		           why ? why : "the archive cannot be read, or is cut short");
	}
	archive_read_free(a);
	free(outer->piece);
	return res;
}

/* A document, or an archive of some.  -1: the walk was ended. */
static int walk_stream(struct stream *s, struct err *e)
{
	struct err fault;
	int res = 0;
	s->doc.read = stream_read;
	s->doc.arg = s;
	if (read_head(s, &fault) < 0)
		say_broken(s->w, s->doc.name, fault.msg);
	else if (!is_packed(s->doc.head))
		res = s->w->document(s->w->arg, &s->doc, e);
	else if (s->depth >= FEED_NESTING_MAX)
		say_broken(s->w, s->doc.name, "archives are nested too deeply");
	else
		res = walk_archive(s, e);
	buf_fini(&s->head);
	return res;
}

static int walk_file(struct import_walk *w, const char *path, struct err *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0) {
		char why[100];
		snprintf(why, sizeof why, "%m");
		say_broken(w, bytes_str(path), why);
		return 0;
	}
	struct stream s = {.w = w, .fd = fd};
	s.doc.name = bytes_str(path);
	s.doc.mtime_s = st.st_mtim.tv_sec;
	return walk_stream(&s, e);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int walk_entry(struct import_walk *w, FTS *fts, FTSENT *en, struct err *e)
{
	bool is_hidden = en->fts_level > 0 && en->fts_name[0] == '.';
	switch (en->fts_info) {
	case FTS_D:
		if (is_hidden) /* .git and the like */
			fts_set(fts, en, FTS_SKIP);
		return 0;
	case FTS_F:
	case FTS_DEFAULT: /* a pipe that was named */
		return is_hidden || (en->fts_info == FTS_DEFAULT && en->fts_level)
		               ? 0
		               : walk_file(w, en->fts_path, e);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		say_broken(w, bytes_str(en->fts_path), strerror(en->fts_errno));
		return 0;
	default:
		return 0;
	}
}

int import_walk(struct import_walk *w, const char *path, struct err *e)
{
	AUTO_FREE char *name = mem_strdup(path);
	char *const roots[] = {name, NULL};
	if (access(path, R_OK) < 0)
		return err_set(e, ERR_IO, "%s: %m", path);
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	if (!fts)
		return err_set(e, ERR_IO, "%s: %m", path);
	int res = 0;
	for (FTSENT *en; res == 0 && (en = fts_read(fts));)
		res = walk_entry(w, fts, en, e);
	fts_close(fts);
	return res;
}
