/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docker_archive.c - docker-archive:FILE[:TAG], what `docker save`, podman and skopeo write.
 *
 * Format: a tar of documents and layers (saved.c), plain, gzip or zstd.
 */
#include "source/parts.h"

extern const struct source_kind source_oci_archive;

/* A tar of images that was not named by a prefix may be an OCI layout. */
static int collect(struct source *s, struct err *e)
{
	if (!s->ref.is_guessed || has_name(s, B("manifest.json")) || !has_name(s, B("index.json")))
		return saved_collect(s, e);
	s->ref.kind = &source_oci_archive;
	return s->ref.kind->collect(s, e);
}

const struct source_kind source_docker_archive = {
	.prefix = "docker-archive",
	.open = archive_open,
	.collect = collect,
	.fill = saved_fill,
	.layer = archive_layer,
	.trust = "unchanged since it was hashed",
	.may_cache = true,
};
