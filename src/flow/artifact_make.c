/* SPDX-License-Identifier: Apache-2.0 */
/* artifact_make.c - an artifact of one blob, and the statement about it.  Format: flow/artifact.h.
 */
#include "flow/artifact.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *flow_attestation_tag(struct arena *a, const struct digest *manifest)
{
	char hex[2 * 64 + 1];
	hex_encode(manifest->b, digest_size(manifest->algo), hex);
	return arena_printf(a, "%s-%s.att", digest_algo_name(manifest->algo), hex);
}

int draft_open(struct artifact_draft *d, struct arena *a, struct err *e)
{
	AUTO_FREE char *folder = mem_strdup(arena_printf(a, "%s/assay-XXXXXX", dir_temp()));
	*d = (struct artifact_draft){.a = a};
	if (!mkdtemp(folder))
		return err_set(e, ERR_IO, "a folder in %s: %m", dir_temp());
	d->folder = arena_str(a, bytes_str(folder));
	return dir_make(arena_printf(a, "%s/sha256", d->folder), e);
}

void draft_close(struct artifact_draft *d)
{
	if (!d->folder)
		return;
	for (size_t i = 0; i < d->n; i++)
		unlink(draft_path(d, &d->parts[i].digest));
	rmdir(arena_printf(d->a, "%s/sha256", d->folder));
	rmdir(d->folder);
}

const char *draft_path(const struct artifact_draft *d, const struct digest *digest)
{
	char hex[2 * 64 + 1];
	hex_encode(digest->b, digest_size(digest->algo), hex);
	return arena_printf(d->a, "%s/sha256/%s", d->folder, hex);
}

int draft_text(struct artifact_draft *d, struct bytes text, struct artifact_part part,
               struct err *e)
{
	part.digest = digest_of(text);
	part.size = text.n;
	d->parts[d->n++] = part;
	return file_write(draft_path(d, &part.digest), text, 0600, e);
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

int draft_manifest(struct artifact_draft *d, const struct artifact_words *w, struct err *e)
{
	AUTO_BUF struct buf text;
	struct json_out j;
	const struct artifact_part *blob = &d->parts[d->n - 1];
	if (draft_text(d, B("{}"), (struct artifact_part){.media_type = NULL}, e))
		return -1;
	begin_manifest(&j, &text, w->type);
	put_descriptor(&j, OCI_EMPTY, &d->parts[d->n - 1]);
	jout_object_end(&j);
	jout_key(&j, "layers");
	jout_array(&j);
	put_descriptor(&j, w->blob_type, blob);
	put_annotation(&j, "org.opencontainers.image.title", w->title);
	jout_object_end(&j);
	jout_array_end(&j);
	put_annotation(&j, w->key, w->value);
	jout_object_end(&j);
	if (jout_end(&j))
		return err_set(e, ERR_INTERNAL, "manifest");
	const struct artifact_part part = {
		.media_type = OCI_MANIFEST, .artifact_type = w->type, .tag = ""};
	d->about = d->n;
	return draft_text(d, buf_bytes(&text), part, e);
}

/* As cosign has it: an image config whose diff_ids are the envelopes. */
static int add_config(struct artifact_draft *d, const struct artifact_part *envelope, struct err *e)
{
	char text[DIGEST_TEXT_MAX];
	const char *config = arena_printf(
		d->a,
		"{\"architecture\":\"\",\"created\":\"0001-01-01T00:00:00Z\",\"history\":"
		"[{\"created\":\"0001-01-01T00:00:00Z\"}],\"os\":\"\",\"rootfs\":{\"type\":"
		"\"layers\",\"diff_ids\":[\"%s\"]},\"config\":{}}",
		digest_text(&envelope->digest, text));
	return draft_text(d, bytes_str(config), (struct artifact_part){.media_type = NULL}, e);
}

int draft_sign(struct artifact_draft *d, struct bytes statement, const char *predicate_type,
               struct key_ring keys, struct err *e)
{
	AUTO_BUF struct buf text, envelope;
	struct json_out j;
	const struct artifact_part *about = &d->parts[d->about];
	buf_init(&text, 0);
	buf_init(&envelope, 2 * (size_t)OCI_MANIFEST_MAX);
	if (trust_seal(keys, B(INTOTO_MEDIA_TYPE), statement, &envelope, e))
		return err_wrap(e, "signing");
	const struct artifact_part *sealed = &d->parts[d->n], *config = sealed + 1;
	if (draft_text(d, buf_bytes(&envelope), (struct artifact_part){.media_type = NULL}, e) ||
	    add_config(d, sealed, e))
		return -1;
	begin_manifest(&j, &text, DSSE_MEDIA_TYPE);
	put_descriptor(&j, OCI_CONFIG, config);
	jout_object_end(&j);
	jout_key(&j, "layers");
	jout_array(&j);
	put_descriptor(&j, DSSE_MEDIA_TYPE, sealed);
	jout_key(&j, "annotations");
	jout_object(&j);
	jout_kstr(&j, "dev.cosignproject.cosign/signature", "");
	jout_kstr(&j, "predicateType", predicate_type);
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
	                                   .tag = flow_attestation_tag(d->a, &about->digest)};
	return draft_text(d, buf_bytes(&text), part, e);
}
