/* SPDX-License-Identifier: Apache-2.0 */
/* index_export.c - the advisory index as an artifact, signed.  Format: flow/artifact.h. */
#include "flow/artifact.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

enum { LEVEL = 9 };

struct export
{
	const struct flow_index_options *o;
	struct arena *a;
	struct artifact_draft draft;
	struct index_claim claim;
	struct index *index;
};

/* ---- the index, packed ---- */

struct packing {
	ZSTD_CCtx *z;
	struct digester *plain, *packed;
	uint64_t size;
	int from, to;
	uint8_t *in, *out;
	size_t in_size, out_size;
};

static int pack_piece(struct packing *p, size_t n, bool is_last, struct err *e)
{
	ZSTD_inBuffer in = {p->in, n, 0};
	size_t left;
	do {
		ZSTD_outBuffer out = {p->out, p->out_size, 0};
		left = ZSTD_compressStream2(p->z, &out, &in,
		                            is_last ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return err_set(e, ERR_INTERNAL, "zstd: %s", ZSTD_getErrorName(left));
		digester_add(p->packed, bytes_of(p->out, out.pos));
		p->size += out.pos;
		if (fd_write_full(p->to, p->out, out.pos))
			return err_set(e, ERR_IO, "write: %m");
	} while (is_last ? left > 0 : in.pos < in.size);
	return 0;
}

static int pack_all(struct packing *p, struct err *e)
{
	ssize_t n;
	do {
		n = fd_read_full(p->from, p->in, p->in_size);
		if (n < 0)
			return err_set(e, ERR_IO, "read: %m");
		digester_add(p->plain, bytes_of(p->in, (size_t)n));
		progress_add((uint64_t)n);
		if (pack_piece(p, (size_t)n, (size_t)n < p->in_size, e))
			return -1;
	} while ((size_t)n == p->in_size);
	return 0;
}

static int pack(struct export *x, int fd, uint64_t size, struct err *e)
{
	struct file_new f;
	const char *path = arena_printf(x->a, "%s/packed", x->draft.folder);
	struct packing p = {.from = fd,
	                    .z = ZSTD_createCCtx(),
	                    .plain = digester_new(DIGEST_SHA256),
	                    .packed = digester_new(DIGEST_SHA256),
	                    .in_size = ZSTD_CStreamInSize(),
	                    .out_size = ZSTD_CStreamOutSize()};
	if (!p.z)
		die_nomem(0);
	p.in = mem_alloc(p.in_size);
	p.out = mem_alloc(p.out_size);
	ZSTD_CCtx_setParameter(p.z, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setPledgedSrcSize(p.z, size);
	int rc = file_create(path, 0600, &f, e);
	p.to = rc ? -1 : f.fd;
	progress_begin("packing", size);
	rc = rc ? rc : pack_all(&p, e);
	progress_end();
	struct artifact_part part = {.digest = digester_end(p.packed), .size = p.size};
	x->claim.plain = digester_end(p.plain);
	digester_free(p.plain);
	digester_free(p.packed);
	ZSTD_freeCCtx(p.z);
	free(p.in);
	free(p.out);
	x->draft.parts[x->draft.n++] = part;
	rc = rc ? rc : file_commit(&f, e);
	if (rc == 0 && rename(path, draft_path(&x->draft, &part.digest)))
		rc = err_set(e, ERR_IO, "rename %s: %m", path);
	if (rc)
		unlink(path);
	return rc;
}

/* ---- the whole ---- */

static int sign(struct export *x, struct err *e)
{
	AUTO_BUF struct buf statement;
	struct json_out j;
	buf_init(&statement, (size_t)OCI_MANIFEST_MAX);
	jout_init(&j, jout_to_buf, &statement, false);
	statement_begin(&j, B("assay-index"), &x->draft.parts[x->draft.about].digest,
	                INDEX_PREDICATE);
	flow_claim_write(&j, &x->claim, x->index);
	jout_object_end(&j);
	if (jout_end(&j))
		return err_set(e, ERR_INTERNAL, "statement");
	return draft_sign(&x->draft, buf_bytes(&statement), INDEX_PREDICATE, x->o->keys, e);
}

static int make(struct export *x, struct err *e)
{
	AUTO_FD int fd = -1;
	uint64_t size;
	char built[21];
	if (index_open(x->o->db, &x->index, e) || index_identify(x->o->db, &x->claim.identity, e) ||
	    index_open_file(x->o->db, &fd, &size, e))
		return -1;
	x->claim.schema = INDEX_SCHEMA;
	clock_format(x->claim.identity.built_s, built);
	const struct artifact_words words = {
		.type = INDEX_ARTIFACT,
		.blob_type = INDEX_BLOB,
		.title = "index.mdb.zst",
		.key = "org.opencontainers.image.created",
		.value = built,
	};
	if (pack(x, fd, size, e) || draft_manifest(&x->draft, &words, e))
		return -1;
	return x->o->keys.n ? sign(x, e) : 0;
}

int flow_index_export(const struct flow_index_options *o, struct flow_index_result *ret,
                      struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct export x = {.o = o, .a = a};
	const struct source_options so = {.registry = o->registry, .is_offline = o->is_offline};
	int rc = draft_open(&x.draft, a, e);
	if (rc == 0)
		rc = make(&x, e);
	if (rc == 0)
		rc = artifact_put(o->ref, x.draft.folder, x.draft.parts, x.draft.n, &so, e);
	if (rc == 0)
		*ret = (struct flow_index_result){.manifest = x.draft.parts[x.draft.about].digest,
		                                  .built_s = x.claim.identity.built_s,
		                                  .bytes = x.draft.parts[0].size,
		                                  .plain = x.claim.identity.size};
	index_close(x.index);
	draft_close(&x.draft);
	return rc;
}
