/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar.c - tar:FILE, a root file system in a tar: one layer, the file itself.
 *
 * Format: what a layer may be; the worker inflates it (plain, gzip, zstd).
 */
#include "source/parts.h"

extern const struct source_kind source_tar;

static int open_tar(struct source *s, struct err *e)
{
	if (!S_ISREG(s->st.st_mode))
		return err_set(e, ERR_USAGE, "%s: a folder; write dir:", s->ref.path);
	if (s->ref.which.n || s->ref.digest.algo)
		return err_set(e, ERR_USAGE, "%.*s: a root file system has no tags",
		               BYTES_FMT(s->reference));
	if (s->compression == XZ || s->compression == BZIP2)
		return err_set(e, ERR_UNSUPPORTED,
		               "%s: compressed with %s, which is not read: decompress it first",
		               s->ref.path, compression_name(s->compression));
	const struct member *m = archive_whole_file(s);
	struct source_layer *l = arena_alloc(s->a, sizeof *l);
	*l = (struct source_layer){.name = m->name,
	                           .size = (int64_t)s->st.st_size,
	                           .digest = m->digest,
	                           .is_known = m->digest.algo != DIGEST_NONE};
	s->images = arena_alloc(s->a, sizeof *s->images);
	s->images[0] = (struct source_image){.reference = s->reference, .layers = l, .n_layers = 1};
	s->n_images = 1;
	return 0;
}

static int layer(struct source *s, const struct source_layer *l, struct source_stream *ret,
                 struct err *e)
{
	(void)l;
	(void)e;
	stream_file(s->fd, false, 0, (uint64_t)s->st.st_size, ret);
	return 0;
}

const struct source_kind source_tar = {
	.prefix = "tar",
	.open = open_tar,
	.layer = layer,
	.trust = "unchanged since it was hashed",
	.may_cache = true,
};
