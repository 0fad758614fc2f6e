/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel.h - the Common Expression Language: text to a tree.
 *
 * Only the syntax is known here: precedence, literals, macros.  What names mean, which types they
 * have and what an expression gives is the business of policy/, which finds room for its answers in
 * the nodes.  Source: google/cel-spec doc/langdef.md, "Syntax"; the macros of its extensions.
 *
 * Bounds: CEL_TEXT_MAX bytes, CEL_NODES_MAX nodes, CEL_DEPTH_MAX levels; with these, whatever walks
 * a tree may recurse.
 */
#ifndef FMT_CEL_H
#define FMT_CEL_H

#include "base/base.h"

/* A value.  Lists, maps and what comes from the host are policy/'s; the parser makes literals. */
enum cel_value_kind {
	CEL_ERROR, /* .s: the message */
	CEL_NULL,
	CEL_BOOL,
	CEL_INT,
	CEL_UINT,
	CEL_DOUBLE,
	CEL_STRING, /* UTF-8 */
	CEL_BYTES,
	CEL_TIMESTAMP, /* .time: seconds since 1970, nanoseconds from 0 */
	CEL_DURATION,  /* .i: nanoseconds */
	CEL_TYPE,
	CEL_LIST,
	CEL_MAP,
	CEL_OPTIONAL, /* .opt, NULL: none */
	CEL_OBJECT,   /* a struct of the host */
	CEL_IP,
	CEL_CIDR,
	CEL_VALUE__MAX
};

struct cel_list;
struct cel_map;
struct cel_type;
struct cel_net;
struct cel_object;

struct cel_value {
	enum cel_value_kind kind;
	uint32_t hint; /* of an object: which one, to its host */
	union {
		bool b;
		int64_t i;
		uint64_t u;
		double d;
		struct bytes s;
		struct {
			int64_t s;
			int64_t ns;
		} time;
		const struct cel_list *list;
		const struct cel_map *map;
		const struct cel_value *opt;
		const struct cel_type *type;
		const struct cel_net *net;
		struct {
			const struct cel_object *type;
			const void *p;
		} obj;
	};
};

enum cel_node_kind {
	CEL_N_LITERAL, /* value */
	CEL_N_IDENT,   /* name; is_root: written with a leading dot */
	CEL_N_SELECT,  /* target.name; is_optional: .?; is_test: has() */
	CEL_N_CALL,    /* name(args); target.name(args) where target is not NULL */
	CEL_N_AND,     /* args, two or more */
	CEL_N_OR,
	CEL_N_COND,   /* args[0] ? args[1] : args[2] */
	CEL_N_LIST,   /* args; optional[i]: ?element */
	CEL_N_MAP,    /* args: key, value, key, value, ...; optional[i]: ?key of pair i */
	CEL_N_STRUCT, /* name{...}: args the values, their field names in fields */
	CEL_N_MACRO,  /* macro over target with vars and args */
	/* what the checker turns nodes into */
	CEL_N_GLOBAL, /* slot: a variable of the environment */
	CEL_N_LOCAL,  /* slot: a variable of a macro */
	CEL_N_FIELD,  /* target.field, both known when checked: bound */
	CEL_N_FAIL,   /* value: the error, when it is reached */
	CEL_N__MAX
};

enum cel_macro {
	CEL_ALL,    /* target.all(v, p), .all(k, v, p) */
	CEL_EXISTS, /* the same */
	CEL_EXISTS_ONE,
	CEL_FILTER,         /* target.filter(v, p) */
	CEL_MAPPED,         /* target.map(v, t), .map(v, p, t) */
	CEL_TRANSFORM_LIST, /* target.transformList(k, v, [p,] t) */
	CEL_TRANSFORM_MAP,
	CEL_TRANSFORM_ENTRY,
	CEL_SORT_BY, /* target.sortBy(v, key) */
	CEL_BIND,    /* cel.bind(v, init, e): target is init */
	CEL_BLOCK,   /* cel.block([a, b, ...], e): args are a, b, ..., e */
	CEL_OPT_MAP, /* target.optMap(v, e) */
	CEL_OPT_FLAT_MAP,
	CEL_MACRO__MAX
};

struct cel_node {
	enum cel_node_kind kind;
	uint32_t at;    /* byte of the text it begins at */
	uint16_t depth; /* levels below it, itself included */
	uint8_t macro;
	bool is_root, is_optional, is_test;
	uint32_t n;
	int32_t slot;
	struct bytes name;
	struct cel_node *target;
	struct cel_node **args;
	union {
		bool *optional;       /* of lists and maps; NULL: none is */
		struct bytes *fields; /* of structs */
		struct bytes vars[2]; /* of macros; the second absent where there is one */
	};
	struct cel_value value;
	const void *bound; /* the checker's: function or field */
};

struct cel_ast {
	struct bytes text;
	struct cel_node *root;
	size_t n_nodes;
};

/* Parses text into nodes in the arena; literals and names may point into text, which must live as
 * long.  An error reads "LINE:COLUMN: what". */
int cel_parse(struct bytes text, struct arena *a, struct cel_ast *ret, struct err *e);
/* The line and column (both from 1, columns in characters) of a byte of the text. */
void cel_position(struct bytes text, size_t at, int *ret_line, int *ret_column);
/* err_set with "LINE:COLUMN: " before the message. */
int cel_fail(struct bytes text, size_t at, struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The name that a value of the kind has as a type ("int", "google.protobuf.Timestamp", ...). */
const char *cel_kind_name(enum cel_value_kind kind);

#endif
