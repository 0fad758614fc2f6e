/* SPDX-License-Identifier: Apache-2.0 */
/* index_export.c - the advisory index as an artifact, signed.  Format: flow/artifact.h. */
#include "flow/artifact.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

enum { LEVEL = 9, PARTS_MAX = 6 };

struct export
{
	const struct flow_index_options *o;
	struct arena *a;
	const char *folder; /* of the parts, ours alone */
	struct artifact_part parts[PARTS_MAX];
	size_t n;
	struct index_claim claim;
	struct index *index;
};

static const char *part_name(struct export *x, const struct digest *d)
{
	char hex[2 * 64 + 1];
	hex_encode(d->b, digest_size(d->algo), hex);
	return arena_printf(x->a, "%s/sha256/%s", x->folder, hex);
}

/* A part whose bytes are in memory. */
static int add_text(struct export *x, struct bytes text, struct artifact_part part, struct err *e)
{
	part.digest = digest_of(text);
	part.size = text.n;
	x->parts[x->n++] = part;
	return file_write(part_name(x, &part.digest), text, 0600, e);
}

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
	const char *path = arena_printf(x->a, "%s/packed", x->folder);
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
	x->parts[x->n++] = part;
	rc = rc ? rc : file_commit(&f, e);
	if (rc == 0 && rename(path, part_name(x, &part.digest)))
		return err_set(e, ERR_IO, "rename %s: %m", path);
	return rc;
}

/* ---- documents ---- */

static void put_descriptor(struct json_out *j, const char *type, const struct artifact_part *p)
{
	char text[DIGEST_TEXT_MAX];
	jout_object(j);
	jout_kstr(j, "mediaType", type);
	jout_kstr(j, "digest", digest_text(&p->digest, text));
	jout_kint(j, "size", (int64_t)p->size);
}

static void begin_manifest(struct json_out *j, struct buf *to, const char *type)
{
	buf_init(to, (size_t)OCI_MANIFEST_MAX);
	jout_init(j, jout_to_buf, to, false);
	jout_object(j);
	jout_kint(j, "schemaVersion", 2);
	jout_kstr(j, "mediaType", OCI_MANIFEST);
	jout_kstr(j, "artifactType", type);
	jout_key(j, "config");
}

static void put_annotation(struct json_out *j, const char *key, const char *value)
{
	jout_key(j, "annotations");
	jout_object(j);
	jout_kstr(j, key, value);
	jout_object_end(j);
}

/* The manifest of the index; the parts before it are the packed index and the empty config. */
static int add_manifest(struct export *x, struct err *e)
{
	AUTO_BUF struct buf text;
	struct json_out j;
	char built[21];
	clock_format(x->claim.identity.built_s, built);
	if (add_text(x, B("{}"), (struct artifact_part){.media_type = NULL}, e))
		return -1;
	begin_manifest(&j, &text, INDEX_ARTIFACT);
	put_descriptor(&j, OCI_EMPTY, &x->parts[1]);
	jout_object_end(&j);
	jout_key(&j, "layers");
	jout_array(&j);
	put_descriptor(&j, INDEX_BLOB, &x->parts[0]);
	put_annotation(&j, "org.opencontainers.image.title", "index.mdb.zst");
	jout_object_end(&j);
	jout_array_end(&j);
	put_annotation(&j, "org.opencontainers.image.created", built);
	jout_object_end(&j);
	if (jout_end(&j))
		return err_set(e, ERR_INTERNAL, "manifest");
	const struct artifact_part part = {
		.media_type = OCI_MANIFEST, .artifact_type = INDEX_ARTIFACT, .tag = ""};
	return add_text(x, buf_bytes(&text), part, e);
}

static int add_envelope(struct export *x, const struct artifact_part *about, struct err *e)
{
	AUTO_BUF struct buf statement, envelope;
	struct json_out j;
	buf_init(&statement, (size_t)OCI_MANIFEST_MAX);
	buf_init(&envelope, 2 * (size_t)OCI_MANIFEST_MAX);
	jout_init(&j, jout_to_buf, &statement, false);
	statement_begin(&j, B("assay-index"), &about->digest, INDEX_PREDICATE);
	flow_claim_write(&j, &x->claim, x->index);
	jout_object_end(&j);
	if (jout_end(&j))
		return err_set(e, ERR_INTERNAL, "statement");
	if (trust_seal(x->o->keys, B(INTOTO_MEDIA_TYPE), buf_bytes(&statement), &envelope, e))
		return err_wrap(e, "signing");
	return add_text(x, buf_bytes(&envelope), (struct artifact_part){.media_type = NULL}, e);
}

/* As cosign has it: an image config whose diff_ids are the envelopes. */
static int add_config(struct export *x, const struct artifact_part *envelope, struct err *e)
{
	char text[DIGEST_TEXT_MAX];
	const char *config = arena_printf(
		x->a,
		"{\"architecture\":\"\",\"created\":\"0001-01-01T00:00:00Z\",\"history\":"
		"[{\"created\":\"0001-01-01T00:00:00Z\"}],\"os\":\"\",\"rootfs\":{\"type\":"
		"\"layers\",\"diff_ids\":[\"%s\"]},\"config\":{}}",
		digest_text(&envelope->digest, text));
	return add_text(x, bytes_str(config), (struct artifact_part){.media_type = NULL}, e);
}

static int sign(struct export *x, struct err *e)
{
	AUTO_BUF struct buf text;
	struct json_out j;
	const struct artifact_part *about = &x->parts[2];
	if (add_envelope(x, about, e) || add_config(x, &x->parts[3], e))
		return -1;
	begin_manifest(&j, &text, DSSE_MEDIA_TYPE);
	put_descriptor(&j, OCI_CONFIG, &x->parts[4]);
	jout_object_end(&j);
	jout_key(&j, "layers");
	jout_array(&j);
	put_descriptor(&j, DSSE_MEDIA_TYPE, &x->parts[3]);
	jout_key(&j, "annotations");
	jout_object(&j);
	jout_kstr(&j, "dev.cosignproject.cosign/signature", "");
	jout_kstr(&j, "predicateType", INDEX_PREDICATE);
	jout_object_end(&j);
	jout_object_end(&j);
	jout_array_end(&j);
	jout_key(&j, "subject");
	put_descriptor(&j, OCI_MANIFEST, about);
	jout_object_end(&j);
	jout_object_end(&j);
	if (jout_end(&j))
		return err_set(e, ERR_INTERNAL, "manifest");
	const struct artifact_part part = {.media_type = OCI_MANIFEST,
	                                   .artifact_type = DSSE_MEDIA_TYPE,
	                                   .tag = flow_attestation_tag(x->a, &about->digest)};
	return add_text(x, buf_bytes(&text), part, e);
}

/* ---- the whole ---- */

static int make(struct export *x, struct err *e)
{
	AUTO_FD int fd = -1;
	uint64_t size;
	if (dir_make(arena_printf(x->a, "%s/sha256", x->folder), e) ||
	    index_open(x->o->db, &x->index, e) || index_identify(x->o->db, &x->claim.identity, e) ||
	    index_open_file(x->o->db, &fd, &size, e))
		return -1;
	x->claim.schema = INDEX_SCHEMA;
	if (pack(x, fd, size, e) || add_manifest(x, e))
		return -1;
	return x->o->keys.n ? sign(x, e) : 0;
}

static void remove_parts(struct export *x)
{
	for (size_t i = 0; i < x->n; i++)
		unlink(part_name(x, &x->parts[i].digest));
	unlink(arena_printf(x->a, "%s/packed", x->folder));
	rmdir(arena_printf(x->a, "%s/sha256", x->folder));
	rmdir(x->folder);
}

int flow_index_export(const struct flow_index_options *o, struct flow_index_result *ret,
                      struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	const char *tmp = getenv("TMPDIR");
	struct export x = {.o = o, .a = a};
	AUTO_FREE char *folder =
		mem_strdup(arena_printf(a, "%s/assay-XXXXXX", tmp && *tmp ? tmp : "/tmp"));
	const struct source_options so = {.registry = o->registry, .is_offline = o->is_offline};
	if (!mkdtemp(folder))
		return err_set(e, ERR_IO, "a folder in %s: %m", tmp && *tmp ? tmp : "/tmp");
	x.folder = folder;
	int rc = make(&x, e);
	if (rc == 0)
		rc = artifact_put(o->ref, x.folder, x.parts, x.n, &so, e);
	if (rc == 0)
		*ret = (struct flow_index_result){.manifest = x.parts[2].digest,
		                                  .built_s = x.claim.identity.built_s,
		                                  .bytes = x.parts[0].size,
		                                  .plain = x.claim.identity.size};
	index_close(x.index);
	remove_parts(&x);
	return rc;
}
