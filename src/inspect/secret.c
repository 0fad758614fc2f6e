/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret.c - keys, tokens and passwords in files of any kind.
 *
 * Format: rules/secrets/, compiled (rules.h).
 * Source: the bytes of every regular file as they go by, text and binary, UTF-16 and Base64 too.
 * Emits: secret (rule, line, mask: never the value); a note for what was cut.
 */
#include "inspect/inspect.h"
#include "inspect/secret_scan.h"

struct secret_state {
	struct secret_stream *st;
};

static void found(void *arg, const struct secret_found *f)
{
	struct inspect *in = arg;
	struct secret_scan *s = inspect_scan(in);
	inspect_secret(in, &(struct fact_secret){
				   .rule = secret_rule_id(s, f),
				   .mask = f->mask,
				   .line = f->line,
				   .at = f->at,
				   .how = f->how,
			   });
}

static void cut(void *arg, const char *code, const char *text)
{
	inspect_note(arg, code, "%s", text);
}

static bool secret_piece(struct inspect *in, void *state, struct bytes piece)
{
	struct secret_state *s = state;
	if (!s->st) {
		struct secret_scan *scan = inspect_scan(in);
		if (!scan)
			return false;
		s->st = secret_open(scan, inspect_path(in));
	}
	secret_feed(s->st, piece);
	return true;
}

static void secret_end(struct inspect *in, void *state)
{
	struct secret_state *s = state;
	if (s->st)
		secret_close(s->st, &(struct secret_sink){in, found, cut});
}

static int secret_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	struct secret_state s = {.st = NULL};
	(void)en, (void)e;
	if (secret_piece(in, &s, content))
		secret_end(in, &s);
	return 0;
}

static const char *const paths[] = {NULL};

const struct inspector inspector_secret = {
	.id = "secret",
	.version = 1, /* bump when output changes: it is part of the cache key */
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
