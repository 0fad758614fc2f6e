/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gomod.c - go.mod, and go.sum where it says more.
 *
 * Format: fmt/lock_go.c.  Source: go.dev/ref/mod: since "go 1.17" go.mod names every module that a
 * build needs; before, those that other modules ask for stand in go.sum alone.
 * Emits: package (golang, evidence "lock"); a note for a file that cannot be read to its end.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"
#include "inspect/owned.h"

struct at {
	struct inspect *in;
	struct map *seen; /* modules that go.mod names */
	bool is_sum;
};

static void package(void *arg, const struct lang_package *p)
{
	struct at *at = arg;
	bool is_known = map_get(at->seen, p->name) != NULL;
	if (!at->is_sum && !is_known)
		map_put(at->seen, arena_dup(inspect_arena(at->in), p->name), NULL);
	if (!at->is_sum || !is_known)
		lang_state_as(at->in, "golang", p, EVIDENCE_LOCK);
}

/* "go 1.17" or later: the list is whole. */
static bool is_whole(struct bytes text)
{
	struct bytes line, word, version, minor, rest;
	uint64_t n;
	while (bytes_line(&text, &line)) {
		if (!bytes_word(&line, &word) || !bytes_eq(word, B("go")) ||
		    !bytes_word(&line, &version) || !bytes_starts(version, B("1.")))
			continue;
		bytes_cut(bytes_skip(version, 2), '.', &minor, &rest);
		return bytes_u64(minor, 9999, &n) && n >= 17;
	}
	return false;
}

static void read_one(struct at *at, const struct inspect_file *f, lock_reader *read)
{
	struct notes notes = {.in = at->in, .code = "db.broken"};
	struct err e = {.kind = ERR_NONE};
	struct lock_out o;
	lock_out_init(&o, package, at);
	if (read(f->content, &o, &e) < 0)
		notes_add(&notes, at->is_sum ? "go.sum" : "go.mod", &e);
	notes_end(&notes);
	lock_out_fini(&o);
}

static int gomod_group(struct inspect *in, const struct inspect_file *files, size_t n,
                       struct err *e)
{
	AUTO_MAP struct map *seen = map_new();
	struct at at = {.in = in, .seen = seen};
	bool is_done = n && lang_is_in_tree(files->en.path);
	(void)e;
	for (size_t i = 0; i < n && !is_done; i++) {
		if (!bytes_eq(path_base(files[i].en.path), B("go.mod")))
			continue;
		read_one(&at, &files[i], lock_gomod);
		is_done = is_whole(files[i].content);
	}
	for (size_t i = 0; i < n && !is_done; i++) {
		if (!bytes_eq(path_base(files[i].en.path), B("go.sum")))
			continue;
		at.is_sum = true;
		read_one(&at, &files[i], lock_gosum);
	}
	return 0;
}

static const char *const paths[] = {"**/go.mod", "**/go.sum", NULL};

const struct inspector inspector_gomod = {
	.id = "gomod",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Go modules that are asked for",
	.paths = paths,
	.want = INSPECT_GROUP,
	.max = LANG_MANIFEST_MAX,
	.group = gomod_group,
};
