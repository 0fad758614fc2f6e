/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index_fetch.c - an index that somebody else built: verified before anything of it is used.
 *
 * The order matters: the name gives a manifest; the signed statement must be about its digest, by
 * one of the keys; what it says of age and schema is checked before the index is fetched; the
 * fetched bytes must have the manifest's digest before they are unpacked, and the statement's
 * after; the index is then opened, and takes its place only if it is not the older one.
 * Format: flow/artifact.h.
 */
#include "flow/artifact.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

enum { AHEAD_S = 3600 }; /* clocks differ; a statement from tomorrow is none */

struct intake {
	const struct flow_index_options *o;
	struct artifact_taking t;
	struct index_claim claim;
	const char *folder; /* of the index */
};

static int verify(struct intake *t, struct err *e)
{
	struct statement s;
	if (taking_verify(&t->t, INDEX_PREDICATE, &s, e))
		return -1;
	int rc = flow_claim_read(s.predicate, &t->claim, e);
	statement_free(&s);
	return rc ? err_wrap(e, "%.100s", t->o->ref) : 0;
}

/* ---- what it says ---- */

static int check_claim(const struct intake *t, struct err *e)
{
	const struct index_claim *c = &t->claim;
	char built[21];
	int64_t age_s = t->o->now_s - c->identity.built_s;
	clock_format(c->identity.built_s, built);
	if (c->schema != INDEX_SCHEMA)
		return err_set(e, ERR_UNSUPPORTED, "%.100s: schema %llu, this assay reads %d",
		               t->o->ref, (unsigned long long)c->schema, INDEX_SCHEMA);
	if (age_s < -AHEAD_S)
		return err_set(e, ERR_FORMAT, "%.100s: is of %s, which has not come yet", t->o->ref,
		               built);
	if (t->o->max_age_s && age_s > t->o->max_age_s)
		return err_set(e, ERR_FORMAT,
		               "%.100s: is of %s, %lld days old (--db-max-age allows %lld)",
		               t->o->ref, built, (long long)age_s / 86400,
		               (long long)t->o->max_age_s / 86400);
	return 0;
}

/* 1: the present index is that one; 0; -1: the present one is newer. */
static int compare(const struct intake *t, struct flow_index_result *ret, struct err *e)
{
	struct index_identity have;
	struct err ignored;
	const struct index_identity *want = &t->claim.identity;
	char ours[21], theirs[21];
	if (index_identify(t->o->db, &have, &ignored))
		return 0;
	ret->old_built_s = have.built_s;
	if (have.built_s == want->built_s && have.size == want->size &&
	    strcmp(have.sum, want->sum) == 0)
		return 1;
	if (have.built_s <= want->built_s)
		return 0;
	clock_format(have.built_s, ours);
	clock_format(want->built_s, theirs);
	return err_set(e, ERR_FORMAT, "%.100s: is of %s, older than the present index of %s",
	               t->o->ref, theirs, ours);
}

/* ---- its bytes ---- */

/* Into a nameless file, whose digest is the manifest's. */
static int fetch(struct intake *t, int *ret_fd, struct err *e)
{
	struct source_stream s;
	AUTO_FREE uint8_t *p = mem_alloc(1 << 17);
	AUTO_FD int fd = open(t->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, ERR_IO, "a file in %s: %m", t->folder);
	if (artifact_blob(t->t.from, &t->t.blob, &s, e))
		return -1;
	struct digester *h = digester_new(t->t.blob.digest.algo);
	uint64_t got = 0;
	ssize_t n;
	progress_begin("fetching", t->t.blob.size);
	while ((n = s.read(s.arg, p, 1 << 17, e)) > 0) {
		got += (uint64_t)n;
		progress_add((uint64_t)n);
		digester_add(h, bytes_of(p, (size_t)n));
		if (got > t->t.blob.size || fd_write_full(fd, p, (size_t)n)) {
			n = err_set(e, ERR_IO, "%s",
			            got > t->t.blob.size ? "longer than promised" : "write failed");
			break;
		}
	}
	progress_end();
	s.close(s.arg);
	struct digest have = digester_end(h);
	digester_free(h);
	if (n < 0)
		return err_wrap(e, "%.100s", t->o->ref);
	if (got != t->t.blob.size || !digest_eq(&have, &t->t.blob.digest))
		return err_set(e, ERR_DIGEST, "%.100s: the index has another digest", t->o->ref);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

struct unpacking {
	ZSTD_DStream *z;
	struct digester *h;
	uint64_t size, max;
	int to;
	uint8_t *out;
	size_t out_size;
};

static int unpack_piece(struct unpacking *u, const uint8_t *p, size_t n, size_t *ret_left,
                        struct err *e)
{
	ZSTD_inBuffer in = {p, n, 0};
	while (in.pos < in.size) {
		ZSTD_outBuffer out = {u->out, u->out_size, 0};
		*ret_left = ZSTD_decompressStream(u->z, &out, &in);
		if (ZSTD_isError(*ret_left))
			return err_set(e, ERR_FORMAT, "zstd: %s", ZSTD_getErrorName(*ret_left));
		u->size += out.pos;
		if (u->size > u->max)
			return err_set(e, ERR_DIGEST, "is longer than its statement says");
		digester_add(u->h, bytes_of(u->out, out.pos));
		if (fd_write_full(u->to, u->out, out.pos))
			return err_set(e, ERR_IO, "write: %m");
	}
	return 0;
}

static int unpack_all(struct unpacking *u, int from, struct err *e)
{
	AUTO_FREE uint8_t *p = mem_alloc(1 << 17);
	size_t left = 1;
	ssize_t n;
	if (lseek(from, 0, SEEK_SET) < 0)
		return err_set(e, ERR_IO, "seek: %m");
	while ((n = fd_read_full(from, p, 1 << 17)) > 0) {
		if (unpack_piece(u, p, (size_t)n, &left, e))
			return -1;
	}
	if (n < 0)
		return err_set(e, ERR_IO, "read: %m");
	return left ? err_set(e, ERR_FORMAT, "zstd: cut short") : 0;
}

static int unpack(const struct intake *t, int from, const struct file_new *to, struct err *e)
{
	struct unpacking u = {.z = ZSTD_createDStream(),
	                      .h = digester_new(DIGEST_SHA256),
	                      .max = t->claim.identity.size,
	                      .to = to->fd,
	                      .out_size = ZSTD_DStreamOutSize()};
	if (!u.z)
		die_nomem(0);
	u.out = mem_alloc(u.out_size);
	int rc = unpack_all(&u, from, e);
	struct digest have = digester_end(u.h);
	digester_free(u.h);
	ZSTD_freeDStream(u.z);
	free(u.out);
	if (rc == 0 && !digest_eq(&have, &t->claim.plain))
		rc = err_set(e, ERR_DIGEST, "is not the index that its statement speaks of");
	return rc ? err_wrap(e, "%.100s", t->o->ref) : 0;
}

/* ---- the whole ---- */

static int replace(struct intake *t, struct flow_index_result *ret, struct err *e)
{
	struct file_new staged;
	AUTO_FD int packed = -1;
	if (fetch(t, &packed, e) || index_stage_file(t->o->db, &staged, e))
		return -1;
	if (unpack(t, packed, &staged, e)) {
		file_abort(&staged);
		return -1;
	}
	ret->bytes = t->t.blob.size;
	ret->plain = t->claim.identity.size;
	if (index_install(t->o->db, &staged, &t->claim.identity, &ret->is_unchanged, e))
		return err_wrap(e, "%.100s", t->o->ref);
	return 0;
}

static int take(struct intake *t, struct flow_index_result *ret, struct err *e)
{
	if (taking_open(&t->t, INDEX_ARTIFACT, INDEX_BLOB, e) || verify(t, e) || check_claim(t, e))
		return -1;
	ret->manifest = t->t.manifest.digest;
	ret->built_s = t->claim.identity.built_s;
	memcpy(ret->signer, key_id(t->t.signer), sizeof ret->signer);
	ret->where = artifact_where(t->t.from);
	int rc = compare(t, ret, e);
	ret->is_unchanged = rc > 0;
	return rc ? MIN_OF(rc, 0) : replace(t, ret, e);
}

int flow_index_fetch(const struct flow_index_options *o, struct flow_index_result *ret,
                     struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct source_options so = {.registry = o->registry, .is_offline = o->is_offline};
	bool is_file = bytes_ends(bytes_str(o->db), B(".mdb"));
	struct bytes folder = is_file ? path_dir(bytes_str(o->db)) : bytes_str(o->db);
	struct intake t = {.o = o, .folder = folder.n ? arena_str(a, folder) : "."};
	t.t = (struct artifact_taking){
		.a = a, .ref = o->ref, .what = "an advisory index", .keys = o->keys};
	*ret = (struct flow_index_result){.built_s = 0};
	if (dir_make(t.folder, e) ||
	    artifact_open(o->ref, &so, t.folder, (uint64_t)INDEX_MAP_MAX, &t.t.from, e))
		return -1;
	int rc = take(&t, ret, e);
	artifact_close(t.t.from);
	return rc;
}
