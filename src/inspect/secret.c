/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret.c - keys, tokens and passwords in files of any kind.
 *
 * Format: rules/secrets/, compiled (rules.h).
 * Source: the bytes of every regular file as they go by, text and binary, UTF-16 and Base64 too;
 * of archives the files within.
 * Emits: secret (rule, line, mask: never the value); a note for what was cut.
 */
#include "inspect/content.h"

struct secret_state {
	struct content *c;
};

static bool secret_piece(struct inspect *in, void *state, struct bytes piece)
{
	struct secret_state *s = state;
	if (!s->c) {
		struct secret_scan *scan = inspect_scan(in);
		if (!scan)
			return false;
		s->c = content_open(in, scan, inspect_path(in));
	}
	content_feed(s->c, piece);
	return true;
}

static void secret_end(struct inspect *in, void *state)
{
	struct secret_state *s = state;
	(void)in;
	if (s->c)
		content_close(s->c);
}

static int secret_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	struct secret_state s = {.c = NULL};
	(void)en, (void)e;
	if (secret_piece(in, &s, content))
		secret_end(in, &s);
	return 0;
}

static const char *const paths[] = {NULL};

const struct inspector inspector_secret = {
	.id = "secret",
	.version = 2, /* bump when output changes: it is part of the cache key */
	.title = "Keys, tokens and passwords",
	.paths = paths,
	.want = INSPECT_STREAM,
	.checks = 1U << CHECK_SECRET,
	.min = 8, /* no secret is shorter */
	.max = MIB(512),
	.file = secret_file,
	.state_size = sizeof(struct secret_state),
	.piece = secret_piece,
	.end = secret_end,
};
