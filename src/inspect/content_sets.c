/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content_sets.c - which repositories a Red Hat image was built from.
 *
 * Format: content manifest (fmt/contentsets.h).
 * Source: root/buildinfo/content_manifests of every image; usr/share/buildinfo beside it since
 * 2025, for containers that lock /root.
 * Emits: fact repository per content set.
 */
#include "inspect/inspect.h"

static void state(void *arg, struct bytes name)
{
	inspect_repository(arg, &(struct fact_repository){.name = name});
}

static int content_sets_file(struct inspect *in, const struct entry *en, struct bytes content,
                             struct err *e)
{
	(void)en;
	return content_sets_read(content, state, in, e);
}

static const char *const paths[] = {
	"root/buildinfo/content_manifests/*.json",
	"usr/share/buildinfo/*.json",
	NULL,
};

const struct inspector inspector_content_sets = {
	.id = "content_sets",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Repositories of Red Hat images",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = CONTENT_MANIFEST_MAX,
	.file = content_sets_file,
};
