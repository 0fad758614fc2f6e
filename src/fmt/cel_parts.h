/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_parts.h - what the files of the CEL parser share.  Private to fmt/.
 */
#ifndef FMT_CEL_PARTS_H
#define FMT_CEL_PARTS_H

#include "fmt/cel.h"

enum cel_token {
	CEL_T_END,
	CEL_T_IDENT,  /* text; also `quoted` names: is_quoted */
	CEL_T_VALUE,  /* a literal: value */
	CEL_T_NUMBER, /* text, still without its sign */
	CEL_T_PUNCT,  /* op */
	CEL_T__MAX
};

struct cel_lexer {
	struct bytes text;
	struct arena *arena;
	struct err *e;
	size_t at; /* where the next token is looked for */
	/* the token */
	enum cel_token kind;
	size_t start;
	struct bytes word;
	bool is_quoted;
	char op[3];
	struct cel_value value;
};

/* Moves to the next token. */
int cel_lex(struct cel_lexer *l);
/* The value of a number's text; ERR_FORMAT when it does not fit. */
int cel_number(struct cel_lexer *l, bool is_negative, struct cel_value *ret);

struct cel_parser {
	struct cel_lexer l;
	size_t n_nodes;
	unsigned level; /* of the descent: parentheses make no node */
};

struct cel_node *cel_node_new(struct cel_parser *p, enum cel_node_kind kind, size_t at);
/* Takes the levels of a child into account; -1 when there are too many. */
int cel_node_over(struct cel_parser *p, struct cel_node *n, const struct cel_node *child);
/* Turns a call that is a macro into what it stands for; 0 too when it is none. */
int cel_expand(struct cel_parser *p, struct cel_node *call);

#endif
