/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vers_native.h - what the grammars of native ranges share.  Private to fmt/.
 *
 * A range is alternatives of which one must hold; an alternative is conditions that must all hold.
 * Each condition cuts the interval `now`, or takes something out of it.
 */
#ifndef FMT_VERS_NATIVE_H
#define FMT_VERS_NATIVE_H

#include "fmt/vers.h"

struct vers_spans {
	struct vers_span *v;
	size_t n, cap;
};

struct native {
	const struct vers_type *how;
	struct arena *a;
	struct vers_spans all; /* the alternatives read so far, in no order */
	struct vers_span now;  /* the alternative that is being read, */
	struct vers_spans out; /* and what is taken out of it */
	bool is_empty;         /* one of its conditions holds for no version */
	size_t n_conditions;
};

enum native_op {
	NATIVE_NONE, /* a version without a sign */
	NATIVE_EQ,
	NATIVE_NE,
	NATIVE_LT,
	NATIVE_LE,
	NATIVE_GT,
	NATIVE_GE,
	NATIVE_NEAR,  /* "~", "~>", "~=" */
	NATIVE_CARET, /* "^" */
	NATIVE__MAX
};

/* A condition on versions v; ERR_FORMAT when the grammar has no such condition. */
typedef int native_apply_fn(struct native *t, enum native_op op, struct bytes v, struct err *e);

/* The dotted numbers that a version begins with; further ones are not read. */
enum { NATIVE_NUMBERS_MAX = 8 };
struct native_numbers {
	uint64_t n[NATIVE_NUMBERS_MAX];
	size_t count;
	struct bytes rest; /* what stands behind them */
};

/* ---- vers_set.c ---- */
/* From v on (is_after: but not v itself), up to v (is_after: and v itself), v alone. */
void native_from(struct native *t, struct bytes v, bool is_after);
void native_to(struct native *t, struct bytes v, bool is_after);
void native_only(struct native *t, struct bytes v);
void native_without(struct native *t, struct vers_end from, struct vers_end to);
/* Ends an alternative, and begins another. */
void native_or(struct native *t);
/* Sorts and joins what was read. */
void native_join(struct native *t);

/* ---- vers_native.c ---- */
/* The six plain comparisons. */
int native_compare(struct native *t, enum native_op op, struct bytes v, struct err *e);
int native_refuse(enum native_op op, struct bytes v, struct err *e);
struct native_numbers native_numbers(struct bytes v);
/* The first at + 1 numbers, the last of them raised, and tail behind. */
struct bytes native_next(struct native *t, const struct native_numbers *n, size_t at,
                         const char *tail);
/* Index of the number that "^" raises: the first that is not 0, else the last. */
size_t native_caret(const struct native_numbers *n);

/* ---- vers_native_semver.c ---- */
native_apply_fn native_apply_npm, native_apply_cargo;

#endif
