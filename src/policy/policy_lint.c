/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_lint.c - what is wrong with a policy that can be seen without an image.
 *
 * A rule whose answer is the same whatever it is asked, two rules that say the same, a rule that
 * holds nowhere, waivers that are past their end or let nothing pass that a rule refuses.
 */
#include "policy/policy_parts.h"

static void say(struct buf *out, const struct policy_rule *r, const char *what)
{
	buf_addf(out, "%.*s:%d: %.*s: %s\n", BYTES_FMT(r->of->file), r->line, BYTES_FMT(r->id),
	         what);
}

/* Whether the expression reads no variable, and what it gives then. */
static bool is_constant(const struct policy_rule *r, bool *ret)
{
	struct cel_run run;
	if (r->program->globals)
		return false;
	cel_run_init(&run, &policy_env, NULL);
	struct cel_value v = cel_evaluate(&run, r->program);
	*ret = v.kind == CEL_BOOL && v.b;
	bool is_good = v.kind == CEL_BOOL;
	cel_run_fini(&run);
	return is_good;
}

/* Alternatives that shut each other out: x == "a" && x == "b". */
static bool same_left(const struct cel_node *a, const struct cel_node *b)
{
	if (a->kind != b->kind || !bytes_eq(a->name, b->name) || a->slot != b->slot)
		return false;
	if (!a->target || !b->target)
		return a->target == b->target && a->kind != CEL_N_CALL;
	return same_left(a->target, b->target);
}

static bool is_equality(const struct cel_node *n)
{
	return n->kind == CEL_N_CALL && bytes_eq(n->name, B("_==_")) &&
	       n->args[1]->kind == CEL_N_LITERAL;
}

static bool contradicts(const struct cel_node *n)
{
	for (size_t i = 0; n->kind == CEL_N_AND && i < n->n; i++)
		for (size_t k = 0; k < i; k++)
			if (is_equality(n->args[i]) && is_equality(n->args[k]) &&
			    same_left(n->args[i]->args[0], n->args[k]->args[0]) &&
			    !cel_equal(NULL, &n->args[i]->args[1]->value,
			               &n->args[k]->args[1]->value))
				return true;
	return false;
}

static const char *severity_word(int i) { return severity_name((enum severity)i); }
static const char *check_word(int i) { return check_name((enum check)i); }
static const char *status_word(int i) { return status_name((enum status)i); }
static const char *by_word(int i)
{
	static const char *const words[] = {"label", "provenance", "layers", "dockerfile"};
	return words[i];
}
static const char *origin_word(int i)
{
	static const char *const words[] = {"base", "app", "unknown"};
	return words[i];
}

/* Fields with a closed set of words: finding.severity is never "hihg". */
static const struct {
	const char *field;
	const char *(*word)(int i);
	int n;
} closed[] = {
	{"severity", severity_word, SEV__MAX   },
	{"check",    check_word,    CHECK__MAX },
	{"status",   status_word,   STATUS__MAX},
	{"by",       by_word,       4          },
	{"origin",   origin_word,   3          },
};

/* The word that is none of the closed set of the field it is compared with; NULL: there is none. */
static bool is_strange(const struct cel_node *field, const struct cel_value *word)
{
	if (field->kind != CEL_N_FIELD || word->kind != CEL_STRING || !word->s.n)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(closed); i++) {
		if (!bytes_eq(field->name, bytes_str(closed[i].field)))
			continue;
		for (int k = 0; k < closed[i].n; k++)
			if (bytes_eq(word->s, bytes_str(closed[i].word(k))))
				return false;
		return true;
	}
	return false;
}

static void strange_words(struct buf *out, const struct policy_rule *r, const struct cel_node *n)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 200);
	bool is_pair = n->kind == CEL_N_CALL && n->n == 2 && n->args[1]->kind == CEL_N_LITERAL;
	if (is_pair && is_strange(n->args[0], &n->args[1]->value)) {
		buf_addf(&b, "%.*s is never \"%.*s\"", BYTES_FMT(n->args[0]->name),
		         BYTES_FMT(n->args[1]->value.s));
		say(out, r, buf_cstr(&b));
	}
	bool is_in = is_pair && n->args[1]->value.kind == CEL_LIST;
	for (size_t i = 0; is_in && i < n->args[1]->value.list->n; i++)
		if (is_strange(n->args[0], &n->args[1]->value.list->v[i])) {
			buf_reset(&b);
			buf_addf(&b, "%.*s is never \"%.*s\"", BYTES_FMT(n->args[0]->name),
			         BYTES_FMT(n->args[1]->value.list->v[i].s));
			say(out, r, buf_cstr(&b));
		}
	if (n->target)
		strange_words(out, r, n->target);
	for (size_t i = 0; i < n->n; i++)
		strange_words(out, r, n->args[i]);
}

static void one(const struct policy *p, size_t i, struct buf *out)
{
	const struct policy_rule *r = &p->rules[i];
	bool value;
	if (is_constant(r, &value)) {
		bool never = value == (r->kind == POLICY_REQUIRE);
		say(out, r,
		    never ? "can never refuse or warn: its expression reads nothing of the report"
		          : "refuses or warns always: its expression reads nothing of the report");
	}
	if (contradicts(r->program->root))
		say(out, r,
		    r->kind == POLICY_REQUIRE
		            ? "can never be met: one thing equals two values"
		            : "can never refuse or warn: one thing equals two values");
	strange_words(out, r, r->program->root);
	for (size_t k = 0; k < i; k++)
		if (p->rules[k].kind == r->kind && bytes_eq(p->rules[k].expression, r->expression))
			say(out, r, "says what a rule above says");
	for (size_t c = 0; c < r->where.classes.n; c++) {
		bool is_known = false;
		for (size_t k = 0; k < p->n_classes; k++)
			is_known |= bytes_eq(p->classes[k].name, r->where.classes.v[c]);
		if (!is_known)
			say(out, r,
			    "names a class that the policy does not have: it holds nowhere");
	}
}

size_t policy_lint(const struct policy *p, const struct waivers *w, int64_t now_s, struct buf *out)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n_rules; i++)
		one(p, i, out);
	for (size_t i = 0; w && i < w->n; i++)
		if (w->v[i].until_s && w->v[i].until_s < now_s)
			buf_addf(out, "%.*s: the waiver has ended: it has no effect\n",
			         BYTES_FMT(w->v[i].by));
	for (size_t i = 0; i < out->n; i++)
		n += out->p[i] == '\n';
	return n;
}
