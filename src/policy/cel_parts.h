/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_parts.h - what the files of the CEL checker and evaluator share.  Private to policy/.
 */
#ifndef POLICY_CEL_PARTS_H
#define POLICY_CEL_PARTS_H

#include "policy/cel.h"

typedef struct cel_value (*cel_fn)(struct cel_run *r, const struct cel_value *v, size_t n);

/* A function: all its overloads, "RESULT ARGUMENTS" as signatures of fields, parted by blanks; with
 * "." in front the first argument is the receiver; A and B stand for any type.  fn picks by the
 * kinds it is given: the checker may not have known them. */
struct cel_function {
	const char *name;
	cel_fn fn;
	const char *overloads;
	bool is_lazy; /* called with its first argument alone where that is an optional with a value
	               */
};
/* Each chapter's table, ended by a row without name. */
extern const struct cel_function cel_functions_operators[], cel_functions_convert[],
	cel_functions_strings[], cel_functions_format[], cel_functions_time[], cel_functions_math[],
	cel_functions_lists[], cel_functions_optional[], cel_functions_net[], cel_functions_regex[];
const struct cel_function *cel_function_find(struct bytes name);
/* The name of a function that may have been meant, or NULL. */
const char *cel_function_nearest(struct bytes name);

/* Types and what is known of their parameters. */
struct cel_types {
	struct arena *arena;
	const struct cel_env *env;
	const struct cel_type **found; /* by id */
	size_t n, cap;
	struct cel_undo {
		uint32_t id;
		const struct cel_type *was;
	} * trail;
	size_t n_trail, cap_trail;
	unsigned level;
	bool is_too_deep;
};
extern const struct cel_type cel_types_simple[CEL_PARAM]; /* by kind; lists and the like of dyn */
#define CEL_TYPE_OF(kind) (&cel_types_simple[kind])
const struct cel_type *cel_type_param(struct cel_types *t);
const struct cel_type *cel_type_make(struct cel_types *t, uint8_t kind, size_t n,
                                     const struct cel_type *const *p);
const struct cel_type *cel_type_list(struct cel_types *t, const struct cel_type *of);
/* What a parameter stands for by now. */
const struct cel_type *cel_type_resolve(const struct cel_types *t, const struct cel_type *a);
/* Whether a can be given where b is wanted; what that says of parameters is kept if so. */
bool cel_type_fits(struct cel_types *t, const struct cel_type *a, const struct cel_type *b);
size_t cel_types_mark(const struct cel_types *t);
void cel_types_undo(struct cel_types *t, size_t mark);
const struct cel_type *cel_type_join(struct cel_types *t, const struct cel_type *a,
                                     const struct cel_type *b);
/* Parameters replaced; those unknown by dyn where is_last. */
const struct cel_type *cel_type_final(struct cel_types *t, const struct cel_type *a, bool is_last);
bool cel_type_same(const struct cel_type *a, const struct cel_type *b);
/* Reads one type of a signature, moving *at behind it; params hold A to D. */
const struct cel_type *cel_type_read(struct cel_types *t, const char **at,
                                     const struct cel_type *params[4]);

/* Evaluation. */
/* == and !=, which the walk over the tree knows: most of what a policy asks. */
struct cel_value cel_fn_equal(struct cel_run *r, const struct cel_value *v, size_t n);
struct cel_value cel_fn_unequal(struct cel_run *r, const struct cel_value *v, size_t n);
void cel_regexes_free(struct cel_regexes *x);
void cel_run_begin(struct cel_run *r);
struct cel_value cel_node_value(struct cel_run *r, const struct cel_node *n);
/* A part of an expression as text, at most max bytes of it. */
void cel_node_text(struct buf *b, const struct cel_node *n, size_t max);
struct cel_value cel_macro_value(struct cel_run *r, const struct cel_node *n);
struct cel_value cel_select(struct cel_run *r, const struct cel_value *of, struct bytes name,
                            bool is_optional);
struct cel_value cel_index(struct cel_run *r, const struct cel_value *of,
                           const struct cel_value *at, bool is_optional);
bool cel_hash(const struct cel_value *key, uint64_t *ret);
/* Stable; keys are sorted, values move with them (NULL: none).  An error value when the keys have
 * no order. */
struct cel_value cel_sort(struct cel_run *r, struct cel_value *keys, struct cel_value *values,
                          size_t n);
/* A buffer's content as a value; the error of a memory limit where it overflowed. */
struct cel_value cel_take(struct cel_run *r, enum cel_value_kind kind, struct buf *b);
void cel_buf(struct cel_run *r, struct buf *b);
/* Shortest text that reads back as d: digits "123456" and the place of the point, for 'f' and 'g'
 * as Go's strconv writes them. */
void cel_double_text(struct buf *b, double d, char form);
/* A duration as "1.5s". */
void cel_duration_text(struct buf *b, int64_t ns);
void cel_time_text(struct buf *b, int64_t s, int64_t ns);
bool cel_time_in_range(int64_t s);
bool cel_duration_parse(struct bytes text, int64_t *ret_ns);
bool cel_time_parse(struct bytes text, int64_t *ret_s, int64_t *ret_ns);
void cel_net_text(struct buf *b, const struct cel_value *v);
/* The offset of a zone from UTC at a time, in seconds; false: there is no such zone. */
bool cel_zone_offset(struct bytes zone, int64_t s, int64_t *ret);
size_t cel_runes(struct bytes s);
struct cel_value cel_size_error(struct cel_run *r);

#endif
