/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret_allow.c - allow lists of a rule: what they meet is no secret.
 *
 * Source: gitleaks' README.md, "Configuration": a list holds when any of its conditions does, or
 * with "AND" when all do.
 */
#include "inspect/secret_parts.h"

#include <stdlib.h>

static const struct allow *prepare(struct secret_scan *s, size_t at)
{
	struct allow *c = &s->allows[at];
	const struct rule_allow *a = &s->rules->allows[at];
	if (!c->is_ready)
		*c = (struct allow){
			.regex = secret_compile(s->rules, a->regex, RULE_IS_GITLEAKS),
			.path = secret_compile(s->rules, a->path, RULE_IS_GITLEAKS),
			.is_ready = true,
		};
	return c;
}

void secret_allows_free(struct secret_scan *s)
{
	for (size_t i = 0; s->allows && i < s->rules->head->n_allows; i++) {
		pcre2_code_free(s->allows[i].regex);
		pcre2_code_free(s->allows[i].path);
	}
	free(s->allows);
}

/* The lines that the match stands on, as far as they are at hand. */
static struct bytes line_of(const struct secret_match *m)
{
	size_t from = (size_t)(m->whole.p - m->around.p), to = from + m->whole.n;
	if (!m->whole.p)
		return m->whole;
	while (from && m->around.p[from - 1] != '\n')
		from--;
	while (to < m->around.n && m->around.p[to] != '\n')
		to++;
	return bytes_slice(m->around, from, to);
}

static bool holds(struct secret_stream *st, size_t at, const struct secret_match *m)
{
	struct secret_scan *s = st->scan;
	const struct rule_allow *a = &s->rules->allows[at];
	const struct allow *c = prepare(s, at);
	const struct bytes targets[TARGET__MAX] = {
		[TARGET_VALUE] = m->value, [TARGET_MATCH] = m->whole, [TARGET_LINE] = line_of(m)};
	struct bytes target = targets[a->target];
	bool has[] = {c->path != NULL, c->regex != NULL, a->stop != 0};
	bool is[] = {c->path && secret_matches(s, c->path, st->path),
	             c->regex && target.n && secret_matches(s, c->regex, target),
	             a->stop &&
	                     secret_has_word(bytes_str(rules_text(s->rules, a->stop)), m->value)};
	bool is_any = false, is_all = true;
	for (size_t i = 0; i < ARRAY_LEN(has); i++) {
		is_any |= is[i];
		is_all &= is[i] || !has[i];
	}
	return a->is_and ? is_all : is_any;
}

bool secret_allowed(struct secret_stream *st, const struct rule_record *r,
                    const struct secret_match *m)
{
	if (r->flags & RULE_IS_GITLEAKS && bytes_search(line_of(m), B("gitleaks:allow")) >= 0)
		return true;
	for (size_t i = 0; i < r->n_allows; i++) {
		if (holds(st, r->allows + i, m))
			return true;
	}
	return false;
}
