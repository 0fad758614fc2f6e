/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret.c - keys, tokens, passwords and malware in files of any kind.
 *
 * Format: rules/secrets/, compiled (rules.h); YARA rules, compiled (yara.h).
 * Source: the bytes of every regular file as they go by, text and binary, UTF-16 and Base64 too;
 * of archives the files within.
 * Emits: secret (rule, line, mask: never the value), malware (rule, where), sums of files within
 * archives; a note for what was cut.
 */
#include "inspect/content.h"
#include "inspect/yara_file.h"

struct secret_state {
	struct content *c;
};

static bool secret_piece(struct inspect *in, void *state, struct bytes piece)
{
	struct secret_state *s = state;
	if (!s->c) {
		struct secret_scan *scan =
			inspect_is_asked(in, CHECK_SECRET) ? inspect_scan(in) : NULL;
		struct yara_scan *yara =
			inspect_is_asked(in, CHECK_MALWARE) ? inspect_yara(in) : NULL;
		if (!scan && !yara && !inspect_sums_within(in))
			return false;
		s->c = content_open(in, scan, yara, inspect_path(in));
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
	struct yara_scan *yara = inspect_yara(in);
	(void)e;
	if (yara) /* a second look: it was too large to be held while it went by */
		yara_file_whole(yara, in, en->path, content);
	return 0;
}

static const char *const paths[] = {NULL};

const struct inspector inspector_secret = {
	.id = "secret",
	.version = 9, /* bump when output changes: it is part of the cache key */
	.title = "Keys, tokens, passwords; malware",
	.paths = paths,
	.want = INSPECT_STREAM,
	.checks = 1U << CHECK_SECRET | 1U << CHECK_MALWARE,
	.min = 8, /* no secret is shorter */
	.max = INSPECT_FILE_MAX,
	.file = secret_file,
	.state_size = sizeof(struct secret_state),
	.piece = secret_piece,
	.end = secret_end,
};
