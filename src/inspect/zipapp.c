/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zipapp.c - Python programs that are archives with their packages within: zipapp, shiv, pex.
 *
 * Format: ZIP (fmt/zip.h) behind a line that starts an interpreter; core metadata
 * (fmt/lang_python.c).
 * Source: PEP 441: every file that begins with "#!", and the archive right behind that line;
 * without such a line, by its name.  Which has one is seen as the bytes go by; it is asked for,
 * whole. Emits: package (pypi), its path "outer!/inner"; a note for an archive that cannot be read.
 */
#include "inspect/inspect.h"
#include "inspect/lang.h"

struct zipapp_state {
	bool is_begun;
};

/* A member of an archive, or its end record where it has none. */
static bool is_zip(struct bytes b)
{
	return bytes_starts(b, B("PK\003\004")) || bytes_starts(b, B("PK\005\006"));
}

static bool zipapp_piece(struct inspect *in, void *state, struct bytes piece)
{
	static const char *const ends[] = {".pex", ".pyz", ".pyzw", ".shiv"};
	struct zipapp_state *s = state;
	struct bytes line, rest = piece;
	bool is_app = false;
	if (s->is_begun)
		return false;
	s->is_begun = true;
	if (bytes_starts(piece, B("#!")))
		is_app = bytes_line(&rest, &line) && is_zip(rest);
	else if (is_zip(piece))
		for (size_t i = 0; i < ARRAY_LEN(ends); i++)
			is_app |= bytes_ends(inspect_path(in), bytes_str(ends[i]));
	if (is_app)
		inspect_ask(in);
	return false;
}

static void zipapp_end(struct inspect *in, void *state)
{
	(void)in;
	(void)state;
}

static bool is_metadata(struct bytes name)
{
	return bytes_glob(B("**.dist-info/METADATA"), name) ||
	       bytes_glob(B("**.egg-info/PKG-INFO"), name);
}

static int take(void *arg, struct bytes name, struct bytes content, struct err *e)
{
	struct inspect *in = arg;
	struct lang_package p;
	struct err why = {.kind = ERR_NONE};
	(void)e; /* one that is broken leaves the others */
	if (lang_python(content, inspect_arena(in), &p, &why) < 0)
		inspect_note(in, "db.broken", "%.*s: %s", BYTES_FMT(bytes_slice(name, 0, 100)),
		             why.msg);
	else
		lang_state_within(in, "pypi", &p, inspect_path(in), name);
	return 0;
}

static int zipapp_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	(void)en;
	return zip_pick(content,
	                &(struct zip_pick){.wants = is_metadata,
	                                   .max = (size_t)LANG_MANIFEST_MAX,
	                                   .take = take,
	                                   .arg = in},
	                e);
}

static const char *const paths[] = {NULL};

const struct inspector inspector_zipapp = {
	.id = "zipapp",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Python programs in archives",
	.paths = paths,
	.want = INSPECT_STREAM,
	.min = 22,             /* an end record */
	.max = JAR_NESTED_MAX, /* of a second look; a whole application */
	.file = zipapp_file,
	.state_size = sizeof(struct zipapp_state),
	.piece = zipapp_piece,
	.end = zipapp_end,
};
