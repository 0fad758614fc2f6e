/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel.h - the Common Expression Language: types, checking, evaluation.  A chapter of policy.h.
 *
 * An environment names the variables and their types.  cel_compile parses and checks an expression
 * against it: a misspelt name or field is an error then, with its place and the nearest name.
 * cel_run evaluates; it always ends, within CEL_COST_MAX steps and CEL_MEMORY_MAX bytes, and what
 * it gives may be an error.  Expressions touch no file and no clock.
 */
#ifndef POLICY_CEL_H
#define POLICY_CEL_H

#include "base/base.h"
#include "fmt/fmt.h"

struct cel_run;

/* Types.  The kinds of values are kinds of types; these are types only. */
enum {
	CEL_DYN = CEL_VALUE__MAX, /* any; checked when evaluated */
	CEL_PARAM,                /* a type still to be found */
	CEL_ABSTRACT,             /* known by its name only */
};

struct cel_type {
	uint8_t kind; /* enum cel_value_kind, or one of the above */
	uint8_t n;    /* parameters */
	uint16_t depth;
	uint32_t id;                     /* of CEL_PARAM */
	struct bytes name;               /* of CEL_ABSTRACT */
	const struct cel_object *object; /* of CEL_OBJECT */
	const struct cel_type *p[3]; /* list: element; map: key, value; optional, type: of what */
};

/* A field of the host's structs.  The signature of its type: a letter, b bool, i int, u uint,
 * d double, s string, y bytes, t timestamp, W duration, n null, * dyn, L element list, M key value
 * map, O element optional, and {name} for the object of that name. */
struct cel_field {
	const char *name, *type;
	/* The value; *ret is null before.  An error value where a number is not known. */
	void (*get)(struct cel_run *r, const struct cel_value *of, struct cel_value *ret);
	const char *doc;
};
struct cel_object {
	const char *name;
	const struct cel_field *fields; /* ended by a row without name */
};
struct cel_var {
	const char *name, *type;
	/* NULL: the value is given with each evaluation. */
	void (*get)(struct cel_run *r, const struct cel_value *of, struct cel_value *ret);
	const char *doc;
};

struct cel_env {
	const struct cel_var *vars;              /* ended by a row without name */
	const struct cel_object *const *objects; /* ended by NULL */
	const char *container; /* names are looked for in this first; NULL: none */
	bool is_loose;         /* what the checker would refuse fails when it is reached instead */
	/* more functions: signature "sLs" as of fields, the result first; "." before it: of a
	 * receiver.  Parameters A to D stand for any type.  Declared only: calling them fails. */
	const struct cel_declared {
		const char *name, *signature;
	} * declared;
};

struct cel_program {
	struct arena *arena; /* owns everything */
	const struct cel_env *env;
	struct bytes text;
	const struct cel_node *root;
	const struct cel_type *type;
	size_t n_locals;
	uint64_t globals; /* a bit for each of the first 64 variables that it reads */
};
/* Errors read "LINE:COLUMN: what". */
int cel_compile(const struct cel_env *env, struct bytes text, struct cel_program **ret,
                struct err *e);
void cel_program_free(struct cel_program *p);

/* Memory of an evaluation: handed out, given back at once. */
struct cel_heap {
	struct cel_chunk *chunks, *spare;
	uint8_t *p, *end;
	size_t used, max;
	bool is_spent;
};

struct cel_run {
	struct cel_heap heap;
	uint64_t cost, cost_max;
	uint64_t total, total_max; /* of the evaluations before this one; total_max 0: no bound */
	bool is_spent;             /* cost or memory: the result is an error whatever absorbed it */
	const struct cel_env *env;
	const void *host; /* for the getters */
	int64_t now_s;
	struct cel_regexes *regexes; /* patterns met so far */
	struct cel_value *globals;   /* by slot; given, or kept of getters */
	bool *has_global;
	size_t n_globals;
	struct cel_value *locals;
	struct arena *keep; /* of the kept globals */
};
/* A run serves any number of evaluations, of programs of one environment. */
void cel_run_init(struct cel_run *r, const struct cel_env *env, const void *host);
void cel_run_fini(struct cel_run *r);
/* Gives a variable its value. */
void cel_run_set(struct cel_run *r, size_t slot, struct cel_value v);
/* Forgets what getters gave: for another host. */
void cel_run_forget(struct cel_run *r, const void *host);
/* The value lives until the next cel_evaluate (or cel_run_fini). */
struct cel_value cel_evaluate(struct cel_run *r, const struct cel_program *p);

/* Making values.  These take memory of the run; past its bound they give an error value. */
void *cel_alloc(struct cel_run *r, size_t n); /* NULL past the bound; not zeroed */
/* Costs n steps more; false when there are none left. */
bool cel_spend(struct cel_run *r, size_t n);
struct cel_value cel_error(struct cel_run *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
struct cel_value cel_no_overload(struct cel_run *r, const char *function, const struct cel_value *v,
                                 size_t n);

struct cel_list {
	size_t n;
	unsigned depth;
	const struct cel_value *v;
};
struct cel_map {
	size_t n;
	unsigned depth;
	const struct cel_value *keys, *values;
	const uint32_t *index; /* open addressing, number + 1; NULL for small maps */
	size_t mask;
};
struct cel_net {
	uint8_t b[16];
	bool is_v6;
	uint8_t prefix; /* of CIDR */
};

static inline struct cel_value cel_bool(bool b)
{
	return (struct cel_value){.kind = CEL_BOOL, .b = b};
}
static inline struct cel_value cel_int(int64_t i)
{
	return (struct cel_value){.kind = CEL_INT, .i = i};
}
static inline struct cel_value cel_uint(uint64_t u)
{
	return (struct cel_value){.kind = CEL_UINT, .u = u};
}
static inline struct cel_value cel_double(double d)
{
	return (struct cel_value){.kind = CEL_DOUBLE, .d = d};
}
static inline struct cel_value cel_string(struct bytes s)
{
	return (struct cel_value){.kind = CEL_STRING, .s = s.p ? s : B("")};
}
static inline struct cel_value cel_bytes(struct bytes s)
{
	return (struct cel_value){.kind = CEL_BYTES, .s = s.p ? s : B("")};
}
static inline struct cel_value cel_null(void) { return (struct cel_value){.kind = CEL_NULL}; }
/* v lives as long as the list; depths are bounded by CEL_DEPTH_MAX. */
struct cel_value cel_list_of(struct cel_run *r, const struct cel_value *v, size_t n);
/* Duplicate or unfit keys give an error. */
struct cel_value cel_map_of(struct cel_run *r, const struct cel_value *keys,
                            const struct cel_value *values, size_t n);
struct cel_value cel_some(struct cel_run *r, struct cel_value v);
/* The value of a key; NULL where there is none. */
const struct cel_value *cel_map_get(const struct cel_map *m, const struct cel_value *key);
bool cel_equal(struct cel_run *r, const struct cel_value *a, const struct cel_value *b);
/* <0, 0, >0; false when they have no order. */
bool cel_compare(const struct cel_value *a, const struct cel_value *b, int *ret);
/* A value as text for people: 1, "x", [1, 2]; at most max bytes, cut with "...". */
void cel_show(struct buf *b, const struct cel_value *v, size_t max);
/* The type of a value, and its name as text. */
const struct cel_type *cel_type_of(const struct cel_value *v);
struct bytes cel_type_name(const struct cel_type *t);
/* list(string), map(int, dyn), ... into b. */
void cel_type_show(struct buf *b, const struct cel_type *t);

#endif
