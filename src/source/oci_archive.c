/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci_archive.c - oci-archive:FILE[:TAG|@DIGEST], an OCI image layout in a tar.
 *
 * Format: index.c in a tar, plain, gzip or zstd.  Links inside the tar are followed.
 */
#include "source/parts.h"

#include <stdlib.h>

extern const struct source_kind source_oci_archive;

static int collect(struct source *s, struct err *e)
{
	if (has_name(s, B("manifest.json"))) {
		if (index_collect(s, true, e) || saved_agree(s, s->found, s->n_found, e))
			return -1;
		s->n_found = 0;
	}
	return index_collect(s, false, e);
}

const struct source_kind source_oci_archive = {
	.prefix = "oci-archive",
	.open = archive_open,
	.collect = collect,
	.fill = index_fill,
	.layer = archive_layer,
	.trust = "unchanged since it was hashed",
	.may_cache = true,
};
