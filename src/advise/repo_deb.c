/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repo_deb.c - repositories of Debian: InRelease → Packages → .deb → files.
 *
 * Sources: DebianRepository/Format; deb(5); dpkg's names of scripts in its database
 * (dpkg-query(1), --control-path).
 */
#include "advise/repo.h"

#include <string.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

/* ---- Release ---- */

/* In the list that is replaced, by the same origin and suite, and newer? */
static bool is_older(const struct repo *r, struct bytes who, int64_t date_s)
{
	struct bytes rest = r->o->before, line;
	int64_t had_s;
	while (bytes_line(&rest, &line)) {
		if (!bytes_starts(line, B(KNOWN_FILES_SOURCE)))
			continue;
		line = bytes_skip(line, sizeof KNOWN_FILES_SOURCE - 1);
		if (bytes_starts(line, who) &&
		    clock_parse(bytes_slice(line, who.n, who.n + 20), &had_s) && had_s > date_s)
			return true;
	}
	return false;
}

/* One word each, so that nothing of it can stand for another line. */
static void add_word(struct buf *b, struct bytes text)
{
	struct bytes word;
	if (!bytes_word(&text, &word))
		word = B("?");
	buf_add(b, bytes_slice(word, 0, 64));
	buf_addc(b, ' ');
}

static int judge_dates(struct repo *r, const struct release *f, struct bytes who, struct err *e)
{
	char day[21];
	if (f->date_s > r->o->now_s + 86400) {
		clock_format(f->date_s, day);
		return err_set(e, ERR_DIGEST, "it is of %s, which is yet to come", day);
	}
	if (f->valid_until_s && f->valid_until_s < r->o->now_s && !r->o->takes_expired) {
		clock_format(f->valid_until_s, day);
		return err_set(e, ERR_DIGEST,
		               "it was valid until %s (--expired takes it all the same)", day);
	}
	if (is_older(r, who, f->date_s)) {
		clock_format(f->date_s, day);
		return err_set(e, ERR_DIGEST, "of %s, is older than the one the list was made of",
		               day);
	}
	return 0;
}

static int vouch(struct repo *r, struct bytes text, const char *signer, struct err *e)
{
	AUTO_BUF struct buf who;
	struct release f;
	struct release_file file;
	char day[21];
	int more;
	if (release_parse(text, &f, e) < 0)
		return -1;
	buf_init(&who, 256);
	add_word(&who, f.origin);
	add_word(&who, f.codename.n ? f.codename : f.suite);
	if (judge_dates(r, &f, buf_bytes(&who), e) < 0)
		return -1;
	clock_format(f.date_s, day);
	const struct repo_source *s =
		repo_source(r, arena_printf(r->a, "%.*s%s, signed by %s",
	                                    BYTES_FMT(buf_bytes(&who)), day, signer));
	for (struct bytes rest = f.files; (more = release_file(&rest, &file, e)) > 0;) {
		if (bytes_starts(path_base(file.name), B("Packages")))
			map_put(r->vouched, arena_dup(r->a, bytes_of(file.sha256, 32)), NULL)->p =
				(void *)(uintptr_t)s;
	}
	return more;
}

int repo_release(struct repo *r, const struct repo_file *f, struct err *e)
{
	AUTO_BUF struct buf data = {.p = NULL}, sig = {.p = NULL}, text;
	char signer[KNOWN_SIGNER_MAX];
	const struct known_trust *t = &r->o->trust;
	bool is_clear = f->kind == REPO_INRELEASE;
	buf_init(&text, (size_t)REPO_INDEX_MAX);
	if (repo_read(f->path, &data, e) < 0)
		return -1;
	if (!is_clear && repo_read(arena_printf(r->a, "%s.gpg", f->path), &sig, e) < 0)
		return -1;
	if (t->openpgp(t->arg, buf_bytes(&data),
	               is_clear ? (struct bytes){NULL, 0} : buf_bytes(&sig),
	               is_clear ? &text : NULL, signer, e) < 0)
		return -1;
	r->res.indexes++;
	return vouch(r, buf_bytes(is_clear ? &text : &data), signer, e);
}

/* ---- Packages ---- */

static int list_paragraph(struct repo *r, struct bytes p, const struct repo_source *s,
                          struct err *e)
{
	uint8_t sum[32];
	struct bytes hex = deb822_get(p, B("SHA256"));
	const struct repo_package of = {
		.name = deb822_get(p, B("Package")),
		.version = deb822_get(p, B("Version")),
		.arch = deb822_get(p, B("Architecture")),
		.is_per_arch = bytes_eq(deb822_get(p, B("Multi-Arch")), B("same")),
		.source = s,
	};
	if (!of.name.n || !of.version.n || hex.n != 64 || !hex_decode(hex, sum, 32))
		return 0; /* what is not said by SHA-256 is not vouched for */
	return repo_list(r, bytes_of(sum, 32), path_base(deb822_get(p, B("Filename"))), &of, e);
}

/* Whole paragraphs off the front of b; the rest stays. */
static int list_whole(struct repo *r, struct buf *b, bool is_end, const struct repo_source *s,
                      struct err *e)
{
	size_t end = b->n;
	while (!is_end && end > 1 && !(b->p[end - 1] == '\n' && b->p[end - 2] == '\n'))
		end--;
	if (!is_end && end <= 1)
		return 0;
	struct bytes rest = bytes_of(b->p, end), p;
	while (deb822_paragraph(&rest, &p)) {
		if (list_paragraph(r, p, s, e) < 0)
			return -1;
	}
	memmove(b->p, b->p + end, b->n - end);
	b->n -= end;
	return 0;
}

static int list_all(struct repo *r, struct repo_stream *in, const struct repo_source *s,
                    struct err *e)
{
	AUTO_BUF struct buf b;
	ssize_t n;
	buf_init(&b, (size_t)DPKG_FIELD_MAX * 4);
	do {
		uint8_t *room = buf_room(&b, PIECE);
		if (!room)
			return err_set(e, ERR_LIMIT, "a paragraph is longer than %zu bytes", b.max);
		n = repo_stream_read(in, room, PIECE, e);
		if (n < 0)
			return -1;
		b.n += (size_t)n;
		if (list_whole(r, &b, n == 0, s, e) < 0)
			return -1;
	} while (n > 0);
	return 0;
}

int repo_packages(struct repo *r, const struct repo_file *f, struct err *e)
{
	return repo_vouched(r, f, list_all, e);
}

/* ---- .deb ---- */

struct deb {
	struct repo *r;
	const struct repo_package *p;
	int fd;
	uint64_t done; /* bytes that came out of both members */
	bool has_data;
};

static int pour(struct deb *d, struct repo_stream *s, struct repo_tar *t, struct err *e)
{
	AUTO_FREE uint8_t *piece = mem_alloc(PIECE);
	ssize_t n;
	while ((n = repo_stream_read(s, piece, PIECE, e)) > 0) {
		d->done += (uint64_t)n;
		if (repo_tar_push(t, bytes_of(piece, (size_t)n), e) < 0)
			return -1;
	}
	return n < 0 ? -1 : repo_tar_end(t, e);
}

static int read_tar(struct deb *d, uint64_t from, uint64_t to, bool is_control, struct err *e)
{
	struct repo_stream *s;
	const char *within = "";
	if (is_control)
		within = arena_printf(d->r->a, "var/lib/dpkg/info/%.*s%s%.*s.",
		                      BYTES_FMT(d->p->name), d->p->is_per_arch ? ":" : "",
		                      BYTES_FMT(d->p->is_per_arch ? d->p->arch : B("")));
	const struct repo_tar_how how = {bytes_str(within), is_control};
	if (repo_stream_open(d->fd, from, to, d->done, &s, e) < 0)
		return -1;
	struct repo_tar *t = repo_tar_new(d->r, d->p, &how);
	int rc = pour(d, s, t, e);
	repo_tar_free(t);
	repo_stream_close(s);
	return rc;
}

static int read_members(struct deb *d, const char *path, uint64_t size, struct err *e)
{
	uint8_t head[AR_HEADER];
	struct ar_member m;
	if (fd_pread_exact(d->fd, path, head, AR_MARK, 0, e) < 0)
		return -1;
	if (!ar_looks(bytes_of(head, AR_MARK)))
		return err_set(e, ERR_FORMAT, "it is no Debian package");
	for (uint64_t at = AR_MARK; at + AR_HEADER <= size;) {
		if (fd_pread_exact(d->fd, path, head, AR_HEADER, at, e) < 0 ||
		    ar_member(bytes_of(head, AR_HEADER), &m, e) < 0)
			return -1;
		at += AR_HEADER;
		if (m.size > size - at)
			return err_set(e, ERR_FORMAT, "a member is cut short");
		bool is_control = bytes_starts(m.name, B("control.tar"));
		bool is_data = bytes_starts(m.name, B("data.tar"));
		if ((is_control || is_data) && read_tar(d, at, at + m.size, is_control, e) < 0)
			return err_wrap(e, "%.*s", BYTES_FMT(m.name));
		d->has_data |= is_data;
		at += m.size + m.size % 2;
	}
	return d->has_data ? 0 : err_set(e, ERR_FORMAT, "it holds no data.tar");
}

int repo_deb(struct repo *r, const struct repo_file *f, struct err *e)
{
	struct deb d = {.r = r, .p = repo_listed(r, &f->digest)};
	AUTO_FD int fd = repo_open(f, e);
	if (fd < 0)
		return -1;
	d.fd = fd;
	if (read_members(&d, f->path, (uint64_t)f->size, e) < 0)
		return -1;
	return repo_unchanged(f, fd, e);
}
