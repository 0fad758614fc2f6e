/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen.h - going through the facts of one kind that the merged image shows.  Private to judge/.
 */
#ifndef JUDGE_SEEN_H
#define JUDGE_SEEN_H

#include "judge/judge.h"

struct seen {
	const struct judge_input *in;
	enum fact_kind kind;
	size_t next; /* set to read after this one: layers and looks in turns */
	struct fact_iter it;
	size_t layer;          /* of the fact that was given last */
	struct fact_head head; /* its head */
	bool is_look;
	bool is_shown; /* head.path: facts of one file stand together, so it is asked for once */
};

struct seen seen_begin(const struct judge_input *in, enum fact_kind kind);
/* The next fact whose file is what the image shows; what a second look stated was asked for because
 * it is visible.  false at the end. */
bool seen_next(struct seen *s, struct bytes *ret_cbor);
/* The same, decoded; false at the end. */
bool seen_setting(struct seen *s, struct fact_setting *ret);
bool seen_account(struct seen *s, struct fact_account *ret);

/* Folders of the root that are links into /usr (merged /usr): databases name files by the old
 * path.  Returns path, or the real one written to b. */
struct bytes seen_merged(const struct judge_input *in, struct bytes path, struct buf *b);

#endif
