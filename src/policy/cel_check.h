/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_check.h - what the files of the checker share.  Private to policy/.
 */
#ifndef POLICY_CEL_CHECK_H
#define POLICY_CEL_CHECK_H

#include "policy/cel_parts.h"

struct cel_scope {
	const struct cel_scope *up;
	struct bytes name;
	int32_t slot;
	const struct cel_type *type;
};

struct cel_checker {
	struct cel_types t;
	struct cel_program *program;
	struct err *e;
	const struct cel_scope *scope;
};

/* Each gives the type of the node, NULL on an error; nodes become what is evaluated. */
const struct cel_type *cel_check(struct cel_checker *c, struct cel_node *n);
const struct cel_type *cel_check_call(struct cel_checker *c, struct cel_node *n);
const struct cel_type *cel_check_macro(struct cel_checker *c, struct cel_node *n);
/* err_set at a node; NULL.  Where the environment is loose the node fails when it is reached
 * instead, and dyn is given. */
const struct cel_type *cel_check_fail(struct cel_checker *c, struct cel_node *n, const char *fmt,
                                      ...) __attribute__((format(printf, 3, 4)));
/* The chain a.b.c as "a.b.c" into b; false when it is none, or begins with a variable of a macro.
 */
bool cel_check_chain(const struct cel_checker *c, const struct cel_node *n, struct buf *b);
const struct cel_scope *cel_check_local(const struct cel_checker *c, struct bytes name);
bool cel_check_is(struct cel_checker *c, const struct cel_type *a, uint8_t kind);
/* The type as people read it; memory of the program. */
const char *cel_check_type_text(struct cel_checker *c, const struct cel_type *a);

#endif
