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
	struct bytes only; /* the inspector whose facts are wanted; absent: of all */
	size_t next;       /* set to read after this one: layers and looks in turns */
	struct fact_iter it;
	size_t layer;          /* of the fact that was given last */
	struct fact_head head; /* its head */
	bool is_look;
	bool is_shown;   /* head.path: facts of one file stand together, so it is asked for once */
	struct entry en; /* what the image shows at head.path; zero: nothing */
};

struct seen seen_begin(const struct judge_input *in, enum fact_kind kind);
/* The next fact whose file is what the image shows; what a second look stated was asked for because
 * it is visible.  false at the end. */
bool seen_next(struct seen *s, struct bytes *ret_cbor);
/* The same, decoded; false at the end. */
bool seen_setting(struct seen *s, struct fact_setting *ret);
bool seen_account(struct seen *s, struct fact_account *ret);

/* Folders of the root that are links (merged /usr): databases name files by the old path. */
struct seen_links {
	struct {
		struct bytes from, to; /* clean */
	} v[6];
	size_t n;
};
void seen_links(const struct judge_input *in, struct arena *a, struct seen_links *ret);
/* path, or where the links lead it, written to b. */
struct bytes seen_real(const struct seen_links *links, struct bytes path, struct buf *b);

#endif
