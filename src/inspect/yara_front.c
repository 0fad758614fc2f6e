/* SPDX-License-Identifier: Apache-2.0 */
/* yara_front.c - YARA rules of files and folders, as a bundle. */
#include "inspect/yara_parts.h"

static const char *const suffixes[] = {".yar", ".yara", NULL};

const struct compile_kind yara_kind = {
	.name = "yara",
	.what = "YARA rules",
	.magic = YARA_MAGIC,
	.suffixes = suffixes,
	.text_max = YARA_TEXT_MAX,
	.bundle_max = YARA_BUNDLE_MAX,
};

int yara_compile(const struct yara_sources *s, struct arena *a, struct buf *hold,
                 struct yara_bundle *ret, struct err *e)
{
	const struct compile_sources from = {
		s->paths, s->n, s->cache_dir, {NULL, 0}
        };
	struct digest id;
	if (compile_rules(&yara_kind, &from, hold, &id, e) < 0 ||
	    yara_bundle_open(buf_bytes(hold), a, ret, e) < 0)
		return -1;
	ret->id = id;
	return 0;
}
