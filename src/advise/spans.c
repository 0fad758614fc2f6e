/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spans.c - comparisons of versions as spans.
 *
 * Source: RubyGems, Gem::Requirement ("~>"); FriendsOfPHP/security-advisories, README, "versions".
 */
#include "advise/spans.h"

#include <stdlib.h>

#include "advise/language.h"
#include "advise/osv.h"

static int end_cmp(enum version_order o, const struct span_end *a, const struct span_end *b)
{
	int d = version_cmp(o, a->v, b->v);
	return d ? d : a->is_after - b->is_after;
}

/* "1.2.3" → "1.3": the last but one number, raised; letters and what follows them do not count. */
static struct bytes next_of(struct bytes v, struct arena *a)
{
	struct bytes parts[16], rest = v, one;
	size_t n = 0;
	uint64_t last;
	while (n < ARRAY_LEN(parts) && bytes_split(&rest, '.', &one) && one.n && is_digit(one.p[0]))
		parts[n++] = one;
	if (n > 1)
		n--;
	if (n == 0 || !bytes_u64(parts[n - 1], UINT64_MAX - 1, &last))
		return (struct bytes){NULL, 0};
	const char *head =
		n > 1 ? arena_printf(a, "%.*s.", (int)(parts[n - 2].p + parts[n - 2].n - v.p),
	                             (const char *)v.p)
		      : "";
	return bytes_str(arena_printf(a, "%s%llu", head, (unsigned long long)last + 1));
}

enum op { OP_EQ, OP_LT, OP_LE, OP_GT, OP_GE, OP_NEAR, OP__MAX };

static bool op_of(struct bytes text, enum op *ret)
{
	static const struct {
		const char *text;
		enum op op;
	} ops[] = {
		{"",   OP_EQ  },
                {"=",  OP_EQ  },
                {"==", OP_EQ  },
                {"<",  OP_LT  },
		{"<=", OP_LE  },
                {">",  OP_GT  },
                {">=", OP_GE  },
                {"~>", OP_NEAR}
        };
	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		if (bytes_eq(text, bytes_str(ops[i].text))) {
			*ret = ops[i].op;
			return true;
		}
	}
	return false;
}

static void begin_at(struct span *s, struct span_end from, enum version_order o)
{
	if (!s->from.v.n || end_cmp(o, &from, &s->from) > 0)
		s->from = from;
}

static void end_at(struct span *s, struct span_end to, enum version_order o)
{
	if (to.v.n && (!s->to.v.n || end_cmp(o, &to, &s->to) < 0))
		s->to = to;
}

static int one_of(struct bytes text, enum version_order o, struct arena *a, struct span *s,
                  struct err *e)
{
	size_t n = 0;
	enum op op;
	text = bytes_trim(text);
	while (n < text.n && bytes_find(B("<>=~"), text.p[n]) >= 0)
		n++;
	struct bytes v = bytes_trim(bytes_skip(text, n));
	if (!language_version_is_known(v) || !op_of(bytes_slice(text, 0, n), &op))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is no comparison of versions",
		               BYTES_FMT(bytes_slice(text, 0, 60)));
	if (op == OP_EQ || op == OP_GE || op == OP_NEAR || op == OP_GT)
		begin_at(s, (struct span_end){v, op == OP_GT}, o);
	if (op == OP_NEAR)
		end_at(s, (struct span_end){next_of(v, a), false}, o);
	else if (op != OP_GE && op != OP_GT)
		end_at(s, (struct span_end){v, op != OP_LT}, o);
	return 0;
}

int span_parse(struct bytes text, enum version_order o, struct arena *a, struct span *ret,
               struct err *e)
{
	struct span s = {.is_fix = false};
	for (struct bytes rest = text, one; bytes_split(&rest, ',', &one);) {
		if (one_of(one, o, a, &s, e) < 0)
			return -1;
	}
	*ret = s;
	return 0;
}

struct advisory_range span_range(const struct span *s)
{
	struct advisory_range r = {.introduced = s->from.v, .is_after = s->from.is_after};
	if (s->to.is_after)
		r.last_affected = s->to.v;
	else if (s->is_fix)
		r.fixed = s->to.v;
	else
		r.limit = s->to.v;
	return r;
}

/* Insertion sort by where they begin: there are a handful. */
static void sort(struct span *s, size_t n, enum version_order o)
{
	for (size_t i = 1; i < n; i++) {
		struct span one = s[i];
		size_t j = i;
		for (; j > 0 && s[j - 1].from.v.n &&
		       (!one.from.v.n || end_cmp(o, &one.from, &s[j - 1].from) < 0);
		     j--)
			s[j] = s[j - 1];
		s[j] = one;
	}
}

int spans_between(struct span *s, size_t n, enum version_order o, struct advisory *v, struct err *e)
{
	struct span_end at = {
		{NULL, 0},
                false
        }; /* up to here all is told */
	sort(s, n, o);
	for (size_t i = 0; i < n; i++) {
		bool is_gap = s[i].from.v.n && (!at.v.n || end_cmp(o, &at, &s[i].from) < 0);
		struct span gap = {at, s[i].from, s[i].is_fix};
		if (is_gap && osv_add_range(v, span_range(&gap), e) < 0)
			return -1;
		if (!s[i].to.v.n)
			return 0;
		if (!at.v.n || end_cmp(o, &s[i].to, &at) > 0)
			at = s[i].to;
	}
	struct advisory_range rest = {.introduced = at.v, .is_after = at.is_after};
	return osv_add_range(v, rest, e);
}
