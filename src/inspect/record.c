/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c - lock files that came as files of a Python package.
 *
 * Format: RECORD of wheels, installed-files.txt of eggs (fmt/lang_python.c).
 * Source: NAME.dist-info/RECORD, NAME.egg-info/installed-files.txt; paths are relative to the
 * folder above, or to the egg's own.
 * Emits: owned (package "pypi/NAME") for each path that the inspector of lock files would read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"
#include "inspect/owned.h"

static void own(struct notes *n, struct bytes dir, struct bytes name, struct bytes file)
{
	AUTO_BUF struct buf joined, path;
	struct err e = {.kind = ERR_NONE};
	buf_init(&joined, (size_t)PATH_LEN_MAX * 2);
	buf_init(&path, (size_t)PATH_LEN_MAX);
	if (!bytes_starts(file, B("/"))) {
		buf_add(&joined, dir);
		buf_addc(&joined, '/');
	}
	buf_add(&joined, file);
	if (image_path(buf_bytes(&joined), &path, &e) < 0)
		return; /* names nothing of the image */
	buf_reset(&joined);
	buf_addf(&joined, "pypi/%.*s", BYTES_FMT(name));
	owned_add(n, &(struct fact_owned){.package = buf_bytes(&joined), .file = buf_bytes(&path)});
}

static int record_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	(void)e;
	struct notes notes = {.in = in, .code = "owned.broken"};
	struct bytes info = path_dir(en->path), name, rest;
	struct bytes from = bytes_ends(info, B(".dist-info")) ? path_dir(info) : info;
	AUTO_BUF struct buf file;
	buf_init(&file, (size_t)PATH_LEN_MAX);
	bytes_cut(path_base(info), '-', &name, &rest);
	while (lang_python_record(&content, &file)) {
		if (lang_is_lock(buf_bytes(&file)))
			own(&notes, from, name, buf_bytes(&file));
	}
	notes_end(&notes);
	return 0;
}

static const char *const paths[] = {"**.dist-info/RECORD", "**.egg-info/installed-files.txt", NULL};

const struct inspector inspector_record = {
	.id = "record",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Files of Python packages",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = LANG_LIST_MAX,
	.file = record_file,
};
