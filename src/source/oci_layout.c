/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci_layout.c - oci:FOLDER[:TAG|@DIGEST], an OCI image layout.
 *
 * Format: index.c in a folder.  Source: OCI image-spec image-layout.md.
 */
#include "source/parts.h"

static int open_layout(struct source *s, struct err *e)
{
	if (!S_ISDIR(s->st.st_mode))
		return err_set(e, ERR_USAGE,
		               "%s: a file, not a layout; write oci-archive:", s->ref.path);
	return folder_open(s, e);
}

static int collect(struct source *s, struct err *e) { return index_collect(s, false, e); }

static int layer(struct source *s, const struct source_layer *l, struct source_stream *ret,
                 struct err *e)
{
	return s->shelf.open(s->shelf.arg, l->name, ret, e);
}

extern const struct source_kind source_oci_layout;

const struct source_kind source_oci_layout = {
	.prefix = "oci",
	.open = open_layout,
	.collect = collect,
	.fill = index_fill,
	.layer = layer,
	.trust = "judged by digest",
	.may_cache = true,
};
