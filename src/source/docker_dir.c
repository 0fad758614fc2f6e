/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docker_dir.c - docker-dir:FOLDER[:TAG], an image whose files lie loose in a folder: what skopeo
 * writes to dir:FOLDER, or what `docker save` wrote, unpacked.
 *
 * Format: manifest.json, which is a manifest (or an index) beside blobs that are called by the hex
 * digits of their digests and manifests called HEX.manifest.json; or the list of `docker save`
 * (saved.c).  Source: containers/image docs/containers-transports.5.md, "dir:path".
 */
#include "source/parts.h"

static int open_docker_dir(struct source *s, struct err *e)
{
	if (!S_ISDIR(s->st.st_mode))
		return err_set(e, ERR_USAGE,
		               "%s: a file, not a folder; write docker-archive:", s->ref.path);
	return folder_open(s, e);
}

static int collect(struct source *s, struct err *e)
{
	struct bytes text;
	if (!has_name(s, B("manifest.json")))
		return err_set(e, ERR_FORMAT, "no manifest.json");
	if (shelf_load(s, B("manifest.json"), (size_t)OCI_MANIFEST_MAX, &text, e))
		return -1;
	if (bytes_starts(bytes_trim(text), B("[")))
		return saved_collect(s, e);
	if (s->ref.which.n || s->ref.digest.algo)
		return err_set(e, ERR_USAGE, "one image without a name lies there");
	s->flat_root = digest_of(text);
	return index_collect_root(s, text, (struct bytes){NULL, 0}, &s->flat_root, e);
}

static int fill(struct source *s, const struct candidate *c, struct source_image *ret,
                struct err *e)
{
	return c->saved ? saved_fill(s, c, ret, e) : index_fill(s, c, ret, e);
}

static int layer(struct source *s, const struct source_layer *l, struct source_stream *ret,
                 struct err *e)
{
	return s->shelf.open(s->shelf.arg, l->name, ret, e);
}

extern const struct source_kind source_docker_dir;

const struct source_kind source_docker_dir = {
	.prefix = "docker-dir",
	.open = open_docker_dir,
	.collect = collect,
	.fill = fill,
	.layer = layer,
	.trust = "judged by digest",
	.may_cache = true,
};
