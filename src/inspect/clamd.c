/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clamd.c - what clamd knows, which looks into archives by itself.
 *
 * Format: any.  Source: the bytes of every regular file of the layer, however large; they leave by
 * the descriptor of a relay (clam.h).
 * Emits: malware (signature); a note "malware.clamd" for a file that clamd did not look at to the
 * end, and for clamd's end.
 */
#include "inspect/clam.h"

#include <string.h>
#include <unistd.h>

struct clamd_state {
	bool is_begun;
};

enum { IS_GONE = 1U << 31 }; /* in inspect_memory: the relay does not answer; below it, errors */

static void gone(struct inspect *in)
{
	*inspect_memory(in) |= IS_GONE;
	inspect_note(in, "malware.clamd",
	             "the process that talks to clamd ended: what follows in this layer was not "
	             "looked at");
}

static bool clamd_piece(struct inspect *in, void *state, struct bytes piece)
{
	struct clamd_state *s = state;
	uint32_t n = (uint32_t)piece.n;
	if (!inspect_has_clamd(in) || *inspect_memory(in) & IS_GONE)
		return false;
	s->is_begun = true;
	if (!n || (fd_write_full(CLAM_FD, &n, sizeof n) == 0 &&
	           fd_write_full(CLAM_FD, piece.p, piece.n) == 0))
		return true;
	s->is_begun = false;
	gone(in);
	return false;
}

static bool ask(struct clam_answer *ret)
{
	uint32_t end = 0;
	uint8_t word, head[5];
	if (fd_write_full(CLAM_FD, &end, sizeof end) ||
	    fd_read_full(CLAM_FD, head, sizeof head) != sizeof head)
		return false;
	word = head[0];
	memcpy(&end, head + 1, sizeof end);
	if (word >= CLAM_WORD__MAX || end > (uint32_t)CLAMD_REPLY_MAX ||
	    fd_read_full(CLAM_FD, ret->text, end) != (ssize_t)end)
		return false;
	ret->word = (enum clam_word)word;
	ret->text[end] = '\0';
	return true;
}

static void clamd_end(struct inspect *in, void *state)
{
	struct clamd_state *s = state;
	struct clam_answer a;
	uint64_t *errors = inspect_memory(in);
	if (!s->is_begun)
		return;
	if (!ask(&a)) {
		gone(in);
		return;
	}
	if (a.word == CLAM_FOUND)
		inspect_malware(in, &(struct fact_malware){.engine = B("clamd"),
		                                           .name = bytes_str(a.text)});
	if (a.word != CLAM_ERROR)
		return;
	inspect_note(in, "malware.clamd", "clamd: %s", a.text);
	if (++*errors == (uint64_t)CLAMD_ERRORS_MAX) {
		*errors |= IS_GONE;
		inspect_note(in, "malware.clamd",
		             "clamd failed at %lld files: what follows in this layer was not sent",
		             (long long)CLAMD_ERRORS_MAX);
	}
}

static int clamd_file(struct inspect *in, const struct entry *en, struct bytes content,
                      struct err *e)
{
	(void)in, (void)en, (void)content, (void)e;
	return 0; /* nothing is asked for twice */
}

static const char *const paths[] = {NULL};

const struct inspector inspector_clamd = {
	.id = "clamd",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "What clamd knows",
	.paths = paths,
	.want = INSPECT_STREAM,
	.checks = 1U << CHECK_MALWARE,
	.min = 1,
	.max = INSPECT_FILE_MAX,
	.file = clamd_file,
	.state_size = sizeof(struct clamd_state),
	.piece = clamd_piece,
	.end = clamd_end,
};
