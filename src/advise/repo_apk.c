/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repo_apk.c - repositories of apk: APKINDEX.tar.gz → .apk → files.
 *
 * Index and package are gzip members one behind the other, each with a tar: the signature over all
 * bytes behind it, then (of a package) the control part, whose SHA-1 the index states, then the
 * files, whose SHA-256 the control part states.  That the chain rests on SHA-1 is how apk-tools 2
 * has it; the digests in the list are SHA-256 of the files.
 *
 * Source: apk-tools 2, apk-package(5), apk-repositories(5); abuild-sign(1).
 */
#include "advise/repo.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 64 << 10, GZIP = 16 + MAX_WBITS };

/* ---- gzip members ---- */

struct members {
	z_stream z;
	uint64_t done; /* bytes that came out */
	/* Of the member at work: what of it is stored, and what came out. */
	int (*stored)(void *arg, struct bytes piece, struct err *e);
	int (*plain)(void *arg, struct bytes piece, struct err *e);
	int (*end)(void *arg, struct err *e);
	void *arg;
	bool is_open;
	uint8_t out[PIECE];
};

static struct members *members_new(void)
{
	struct members *m = mem_zalloc(sizeof *m);
	if (inflateInit2(&m->z, GZIP) != Z_OK)
		die_nomem(0);
	return m;
}

static void members_free(struct members *m)
{
	inflateEnd(&m->z);
	free(m);
}

/* One call of zlib: false in *ret_more at the end of the piece. */
static int members_step(struct members *m, bool *ret_more, struct err *e)
{
	const uint8_t *from = m->z.next_in;
	m->z.next_out = m->out;
	m->z.avail_out = PIECE;
	m->is_open = true;
	int st = inflate(&m->z, Z_NO_FLUSH);
	if (st != Z_OK && st != Z_STREAM_END && st != Z_BUF_ERROR)
		return err_set(e, ERR_FORMAT, "it is not gzip: %s", m->z.msg ? m->z.msg : "broken");
	size_t n = PIECE - m->z.avail_out;
	m->done += n;
	if (m->done > (uint64_t)REPO_PACKAGE_MAX)
		return err_set(e, ERR_LIMIT, "it holds more than %lld bytes",
		               (long long)REPO_PACKAGE_MAX);
	if (m->stored(m->arg, bytes_of(from, (size_t)(m->z.next_in - from)), e) < 0 ||
	    m->plain(m->arg, bytes_of(m->out, n), e) < 0)
		return -1;
	*ret_more = m->z.avail_in || !m->z.avail_out;
	if (st != Z_STREAM_END)
		return 0;
	m->is_open = false;
	*ret_more = m->z.avail_in;
	inflateReset(&m->z);
	return m->end(m->arg, e);
}

static int members_push(struct members *m, struct bytes piece, struct err *e)
{
	bool more = piece.n > 0;
	m->z.next_in = (uint8_t *)(uintptr_t)piece.p;
	m->z.avail_in = (uInt)piece.n;
	while (more) {
		if (members_step(m, &more, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- small tars in memory ---- */

struct unpacked {
	struct bytes want; /* a name, or what it begins with */
	bool is_prefix;
	struct buf name, content;
	bool is_it, is_found;
};

static int on_member(void *arg, const struct tar_member *m, struct err *e)
{
	struct unpacked *u = arg;
	(void)e;
	u->is_it = !u->is_found && m->type == TAR_FILE &&
	           (u->is_prefix ? bytes_starts(m->name, u->want) : bytes_eq(m->name, u->want));
	if (u->is_it)
		buf_add(&u->name, m->name);
	u->is_found |= u->is_it;
	return 0;
}

static int on_data(void *arg, struct bytes piece, struct err *e)
{
	struct unpacked *u = arg;
	if (u->is_it && buf_add(&u->content, piece) < 0)
		return err_set(e, ERR_LIMIT, "%.*s is longer than %zu bytes", BYTES_FMT(u->want),
		               u->content.max);
	return 0;
}

/* The first file of tar that is called so.  ERR_FORMAT when there is none. */
static int unpack(struct bytes tar, struct unpacked *u, struct err *e)
{
	const struct tar_events ev = {.arg = u, .member = on_member, .data = on_data};
	struct tar *t = tar_new(&ev);
	int rc = tar_push(t, tar, e);
	if (rc == 0)
		rc = tar_finish(t, e);
	tar_free(t);
	if (rc == 0 && !u->is_found)
		rc = err_set(e, ERR_FORMAT, "it holds no %.*s", BYTES_FMT(u->want));
	return rc;
}

static void unpacked_init(struct unpacked *u, struct bytes want, bool is_prefix, size_t max)
{
	*u = (struct unpacked){.want = want, .is_prefix = is_prefix};
	buf_init(&u->name, (size_t)PATH_LEN_MAX);
	buf_init(&u->content, max);
}

static void unpacked_fini(struct unpacked *u)
{
	buf_fini(&u->name);
	buf_fini(&u->content);
}

/* ---- the index ---- */

/* All gzip members of a text in memory, the first apart. */
struct opened {
	struct buf first, rest;
	uint64_t first_size; /* bytes stored */
	bool is_rest;
};

static int opened_stored(void *arg, struct bytes piece, struct err *e)
{
	struct opened *o = arg;
	(void)e;
	if (!o->is_rest)
		o->first_size += piece.n;
	return 0;
}

static int opened_plain(void *arg, struct bytes piece, struct err *e)
{
	struct opened *o = arg;
	struct buf *to = o->is_rest ? &o->rest : &o->first;
	return buf_add(to, piece) < 0
	               ? err_set(e, ERR_LIMIT, "it holds more than %zu bytes", to->max)
	               : 0;
}

static int opened_end(void *arg, struct err *e)
{
	struct opened *o = arg;
	(void)e;
	o->is_rest = true;
	return 0;
}

static int open_members(struct bytes packed, struct opened *o, struct err *e)
{
	struct members *m = members_new();
	m->stored = opened_stored;
	m->plain = opened_plain;
	m->end = opened_end;
	m->arg = o;
	int rc = members_push(m, packed, e);
	if (rc == 0 && (m->is_open || !o->is_rest))
		rc = err_set(e, ERR_FORMAT, "it is cut short");
	members_free(m);
	return rc;
}

/* ".SIGN.RSA.alpine-devel@lists.alpinelinux.org-6165ee59.rsa.pub" */
static int verify(struct repo *r, const struct opened *o, struct bytes packed,
                  char signer[KNOWN_SIGNER_MAX], struct err *e)
{
	static const struct {
		const char *prefix;
		enum digest_algo algo;
	} kinds[] = {
		{".SIGN.RSA.",    DIGEST_SHA1  },
		{".SIGN.RSA256.", DIGEST_SHA256},
		{".SIGN.RSA512.", DIGEST_SHA512},
	};
	struct unpacked u;
	const struct known_trust *t = &r->o->trust;
	int rc = -1;
	unpacked_init(&u, B(".SIGN."), true, REPO_SIGNATURE_MAX);
	if (unpack(buf_bytes(&o->first), &u, e) < 0) {
		unpacked_fini(&u);
		return err_set(e, ERR_DIGEST, "it is not signed");
	}
	struct bytes name = buf_bytes(&u.name);
	err_set(e, ERR_UNSUPPORTED, "it is signed in a way that is not known: %.*s",
	        BYTES_FMT(name));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (bytes_starts(name, bytes_str(kinds[i].prefix)))
			rc = t->rsa(t->arg,
			            &(struct known_rsa){
					    .key_name = bytes_skip(name, strlen(kinds[i].prefix)),
					    .algo = kinds[i].algo,
					    .data = bytes_skip(packed, o->first_size),
					    .signature = buf_bytes(&u.content)},
			            signer, e);
	}
	unpacked_fini(&u);
	return rc;
}

static int list_packages(struct repo *r, struct bytes text, const struct repo_source *s,
                         struct err *e)
{
	struct apkdb db;
	struct apk_package p;
	struct apk_digest sum;
	struct err broken;
	int more;
	apkdb_open(&db, text);
	while ((more = apkdb_next(&db, &p, &broken)) != 0) {
		if (more < 0 || !apk_digest_parse(p.checksum, &sum) || sum.n != 20)
			continue; /* what is not said in full is not vouched for */
		const struct repo_package of = {
			.name = p.package, .version = p.version, .arch = p.arch, .source = s};
		const char *file = arena_printf(r->a, "%.*s-%.*s.apk", BYTES_FMT(p.package),
		                                BYTES_FMT(p.version));
		if (repo_list(r, bytes_of(sum.bytes, sum.n), bytes_str(file), &of, e) < 0)
			return -1;
	}
	return 0;
}

static int read_index(struct repo *r, struct opened *o, struct bytes packed, struct err *e)
{
	char signer[KNOWN_SIGNER_MAX];
	struct unpacked u, about;
	if (open_members(packed, o, e) < 0 || verify(r, o, packed, signer, e) < 0)
		return -1;
	unpacked_init(&u, B("APKINDEX"), false, 4 * (size_t)REPO_INDEX_MAX);
	unpacked_init(&about, B("DESCRIPTION"), false, REPO_SIGNATURE_MAX);
	struct err ignored;
	unpack(buf_bytes(&o->rest), &about, &ignored);
	struct bytes title = bytes_trim(buf_bytes(&about.content)), word;
	if (!bytes_word(&title, &word))
		word = B("?");
	int rc = unpack(buf_bytes(&o->rest), &u, e);
	if (rc == 0)
		rc = list_packages(
			r, buf_bytes(&u.content),
			repo_source(r, arena_printf(r->a, "apk %.*s, signed by %s",
		                                    BYTES_FMT(bytes_slice(word, 0, 64)), signer)),
			e);
	unpacked_fini(&u);
	unpacked_fini(&about);
	r->res.indexes++;
	return rc;
}

int repo_apk_index(struct repo *r, const struct repo_file *f, struct err *e)
{
	AUTO_BUF struct buf packed = {.p = NULL};
	struct opened o = {.is_rest = false};
	if (repo_read(f->path, &packed, e) < 0)
		return -1;
	buf_init(&o.first, REPO_SIGNATURE_MAX);
	buf_init(&o.rest, 4 * (size_t)REPO_INDEX_MAX);
	int rc = read_index(r, &o, buf_bytes(&packed), e);
	buf_fini(&o.first);
	buf_fini(&o.rest);
	return rc;
}

/* ---- a package ---- */

enum part { PART_SIGNATURE, PART_CONTROL, PART_DATA };

struct apk {
	enum part part;
	struct buf plain;          /* of signature or control */
	struct digester *sum;      /* of what is stored of the control part */
	struct digester *data_sum; /* of all that is stored behind it */
	struct digest control;
	struct buf info;      /* .PKGINFO */
	struct repo_tar *tar; /* of the files; NULL: only digests are wanted */
};

static int apk_stored(void *arg, struct bytes piece, struct err *e)
{
	struct apk *a = arg;
	(void)e;
	digester_add(a->part == PART_DATA ? a->data_sum : a->sum, piece);
	return 0;
}

static int apk_plain(void *arg, struct bytes piece, struct err *e)
{
	struct apk *a = arg;
	if (a->part == PART_DATA)
		return a->tar ? repo_tar_push(a->tar, piece, e) : 0;
	if (buf_add(&a->plain, piece) < 0)
		return err_set(e, ERR_LIMIT, "its control part is longer than %lld bytes",
		               (long long)REPO_CONTROL_MAX);
	return 0;
}

/* The first member is the signature, unless it is the control part of a package without one. */
static int apk_end(void *arg, struct err *e)
{
	struct apk *a = arg;
	struct unpacked u;
	if (a->part == PART_DATA)
		return 0;
	struct digest d = digester_end(a->sum);
	if (a->part == PART_SIGNATURE && bytes_starts(buf_bytes(&a->plain), B(".SIGN."))) {
		a->part = PART_CONTROL;
		buf_reset(&a->plain);
		return 0;
	}
	a->control = d;
	a->part = PART_DATA;
	unpacked_init(&u, B(".PKGINFO"), false, (size_t)REPO_CONTROL_MAX);
	int rc = unpack(buf_bytes(&a->plain), &u, e);
	if (rc == 0)
		buf_add(&a->info, buf_bytes(&u.content));
	unpacked_fini(&u);
	return rc;
}

static int pour(int fd, struct apk *a, struct err *e)
{
	AUTO_FREE uint8_t *piece = mem_alloc(PIECE);
	struct members *m = members_new();
	ssize_t n = 0;
	int rc = 0;
	m->stored = apk_stored;
	m->plain = apk_plain;
	m->end = apk_end;
	m->arg = a;
	/* the digest of the control part is there before the files */
	while (rc == 0 && (a->tar || a->part != PART_DATA) &&
	       (n = fd_read_full(fd, piece, PIECE)) > 0)
		rc = members_push(m, bytes_of(piece, (size_t)n), e);
	if (rc == 0 && n < 0)
		rc = err_set(e, ERR_IO, "read: %m");
	if (rc == 0 && ((a->tar && m->is_open) || a->part != PART_DATA))
		rc = err_set(e, ERR_FORMAT, "it is cut short");
	members_free(m);
	return rc;
}

/* "datahash = HEX" of .PKGINFO */
static struct bytes datahash(struct bytes info)
{
	struct bytes line, key, value;
	while (bytes_line(&info, &line)) {
		if (bytes_cut(line, '=', &key, &value) && bytes_eq(bytes_trim(key), B("datahash")))
			return bytes_trim(value);
	}
	return (struct bytes){NULL, 0};
}

static int check_data(struct apk *a, struct err *e)
{
	struct digest have = digester_end(a->data_sum);
	char hex[65];
	hex_encode(have.b, 32, hex);
	if (!bytes_eq(datahash(buf_bytes(&a->info)), bytes_str(hex)))
		return err_set(e, ERR_DIGEST,
		               "its files are not those that its control part states");
	return 0;
}

/* With t: its files go there. */
static int read_package(int fd, struct repo_tar *t, struct digest *ret, struct err *e)
{
	struct apk a = {.tar = t};
	buf_init(&a.plain, (size_t)REPO_CONTROL_MAX);
	buf_init(&a.info, (size_t)REPO_CONTROL_MAX);
	a.sum = digester_new(DIGEST_SHA1);
	a.data_sum = digester_new(DIGEST_SHA256);
	int rc = pour(fd, &a, e);
	if (rc == 0 && t)
		rc = check_data(&a, e);
	if (rc == 0 && t)
		rc = repo_tar_end(t, e);
	*ret = a.control;
	digester_free(a.sum);
	digester_free(a.data_sum);
	buf_fini(&a.plain);
	buf_fini(&a.info);
	return rc;
}

int repo_apk_digest(struct repo *r, struct repo_file *f, struct err *e)
{
	(void)r;
	AUTO_FD int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_IO, "%m");
	return read_package(fd, NULL, &f->digest, e);
}

int repo_apk(struct repo *r, const struct repo_file *f, struct err *e)
{
	const struct repo_tar_how how = {.within = B("")};
	struct digest again;
	AUTO_FD int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_IO, "%m");
	struct repo_tar *t = repo_tar_new(r, repo_listed(r, &f->digest), &how);
	int rc = read_package(fd, t, &again, e);
	repo_tar_free(t);
	if (rc == 0 && !digest_eq(&again, &f->digest))
		rc = err_set(e, ERR_IO, "it changed while it was read");
	return rc;
}
