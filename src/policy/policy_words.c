/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_words.c - words in expressions that mean nothing: a severity that there is not, a list
 * that the policy does not have.
 *
 * finding.severity == "hihg" is never true: a rule that refuses by it refuses nothing.  So it is an
 * error when the policy is loaded, as a misspelt field is.
 */
#include "policy/policy_parts.h"

#include <string.h>

static const char *severity_word(int i) { return severity_name((enum severity)i); }
static const char *check_word(int i) { return check_name((enum check)i); }
static const char *status_word(int i) { return status_name((enum status)i); }
static const char *coverage_word(int i) { return coverage_status_name((enum coverage_status)i); }
static const char *by_word(int i)
{
	static const char *const words[] = {"label", "provenance", "layers", "dockerfile"};
	return words[i];
}
static const char *admitted_word(int i)
{
	static const char *const words[] = {"signature", "digest"};
	return words[i];
}
static const char *origin_word(int i)
{
	static const char *const words[] = {"base", "app", "unknown"};
	return words[i];
}

/* Fields with a closed set of words, by what they are of. */
static const struct closed {
	const char *object, *field;
	const char *(*word)(int i);
	int n;
} closed[] = {
	{"finding",  "severity", severity_word, SEV__MAX     },
	{"finding",  "check",    check_word,    CHECK__MAX   },
	{"finding",  "status",   status_word,   STATUS__MAX  },
	{"coverage", "check",    check_word,    CHECK__MAX   },
	{"coverage", "status",   coverage_word, COVERAGE__MAX},
	{"base",     "admitted", admitted_word, 2            },
	{"base",     "by",       by_word,       4            },
	{"layer",    "origin",   origin_word,   3            },
	{"package",  "origin",   origin_word,   3            },
};

static const struct closed *closed_of(const struct cel_node *n)
{
	for (size_t i = 0; n->kind == CEL_N_FIELD && n->bound && i < ARRAY_LEN(closed); i++) {
		const struct cel_object *const *o = policy_env.objects;
		while (*o && strcmp((*o)->name, closed[i].object) != 0)
			o++;
		const struct cel_field *f = *o ? (*o)->fields : NULL;
		for (; f && f->name; f++)
			if (f == n->bound && strcmp(f->name, closed[i].field) == 0)
				return &closed[i];
	}
	return NULL;
}

/* Whether the field never holds the text; "" is one that is absent. */
static bool is_strange(const struct closed *c, const struct cel_value *v)
{
	if (v->kind != CEL_STRING || !v->s.n)
		return false;
	for (int k = 0; k < c->n; k++)
		if (bytes_eq(v->s, bytes_str(c->word(k))))
			return false;
	return true;
}

static const char *never(const struct closed *c, struct bytes word, struct arena *a)
{
	const char **words = arena_alloc(a, ((size_t)c->n + 1) * sizeof *words);
	for (int k = 0; k < c->n; k++)
		words[k] = c->word(k);
	const char *near = bytes_nearest(word, words);
	return arena_printf(a, "%s is never \"%.*s\"%s%s%s", c->field, BYTES_FMT(word),
	                    near ? ": is \"" : "", near ? near : "", near ? "\" meant?" : "");
}

/* A comparison of a field with a word, or with a list of some. */
static const char *compared(const struct cel_node *field, const struct cel_node *with,
                            struct arena *a)
{
	const struct closed *c = closed_of(field);
	if (!c || with->kind != CEL_N_LITERAL)
		return NULL;
	if (is_strange(c, &with->value))
		return never(c, with->value.s, a);
	const struct cel_list *l = with->value.kind == CEL_LIST ? with->value.list : NULL;
	for (size_t i = 0; l && i < l->n; i++)
		if (is_strange(c, &l->v[i]))
			return never(c, l->v[i].s, a);
	return NULL;
}

static bool is_comparison(struct bytes name)
{
	return bytes_eq(name, B("_==_")) || bytes_eq(name, B("_!=_")) || bytes_eq(name, B("@in"));
}

/* values.NAME, of a list that there is not. */
static const char *missing(const struct policy *p, const struct cel_node *n, struct arena *a)
{
	const struct cel_node *of = n->kind == CEL_N_SELECT && !n->is_test ? n->target : NULL;
	if (!of || of->kind != CEL_N_GLOBAL || !bytes_eq(of->name, B("values")) || n->is_optional)
		return NULL;
	const char **words = arena_alloc(a, (p->n_values + 1) * sizeof *words);
	for (size_t i = 0; i < p->n_values; i++) {
		if (bytes_eq(p->values[i].key, n->name))
			return NULL;
		words[i] = arena_printf(a, "%.*s", BYTES_FMT(p->values[i].key));
	}
	const char *near = bytes_nearest(n->name, words);
	return arena_printf(a, "the policy has no list %.*s%s%s%s", BYTES_FMT(n->name),
	                    near ? ": is " : "", near ? near : "", near ? " meant?" : "");
}

const char *policy_strange(const struct policy *p, const struct cel_node *n, size_t *ret_at)
{
	struct arena *a = p->arena;
	const char *what = missing(p, n, a);
	bool is_pair = n->kind == CEL_N_CALL && n->n == 2 && is_comparison(n->name);
	if (!what && is_pair)
		what = compared(n->args[0], n->args[1], a);
	if (!what && is_pair)
		what = compared(n->args[1], n->args[0], a);
	if (what) {
		*ret_at = n->at;
		return what;
	}
	if (n->target && (what = policy_strange(p, n->target, ret_at)))
		return what;
	for (size_t i = 0; i < n->n; i++)
		if ((what = policy_strange(p, n->args[i], ret_at)))
			return what;
	return NULL;
}
