/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_db.c - the Hyperscan database of a bundle: streaming mode, one per kind of processor.
 *
 * Source: Hyperscan developer's reference, "Compiling Patterns" and "Serialization".
 */
#include "inspect/rules_text.h"

#include <hs/hs.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A value behind a name that says what it is: what the rules with names share as their trigger. */
#define ASSIGNMENT                                                                                 \
	"(?i:key|token|secret|pat|auth|pass|pwd|login|psk|credential)[\\w\"'`)\\].-]{0,14}"        \
	"[ \\t]{0,4}[=:>,][ \\t\"'`=>]{0,6}[A-Za-z0-9_+/=.~-]{14}"

enum {
	SPAN_FREE = 1024, /* of a rule whose match has no greatest length */
	ASSIGNED_SPAN = 320,
};

struct expressions {
	const char **v;
	unsigned *flags, *ids;
	unsigned *owner; /* index of the rule; for messages */
	size_t n, cap, cap_flags, cap_ids, cap_owner;
};

static void add(struct expressions *x, const char *expression, unsigned flags, unsigned id,
                unsigned owner)
{
	x->v = mem_grow(x->v, &x->cap, x->n + 1, sizeof *x->v);
	x->flags = mem_grow(x->flags, &x->cap_flags, x->n + 1, sizeof *x->flags);
	x->ids = mem_grow(x->ids, &x->cap_ids, x->n + 1, sizeof *x->ids);
	x->owner = mem_grow(x->owner, &x->cap_owner, x->n + 1, sizeof *x->owner);
	x->v[x->n] = expression;
	x->flags[x->n] = flags;
	x->ids[x->n] = id;
	x->owner[x->n] = owner;
	x->n++;
}

/* A text as an expression that matches it and nothing else. */
static const char *quoted(struct arena *a, struct bytes text)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(1));
	for (size_t i = 0; i < text.n; i++) {
		if (is_alnum(text.p[i]))
			buf_addc(&b, text.p[i]);
		else
			buf_addf(&b, "\\x%02x", text.p[i]);
	}
	return arena_str(a, buf_bytes(&b));
}

/* Somewhere in the file, once: where a keyword stands says nothing. */
static void add_keywords(struct rules_text *t, struct expressions *x, unsigned i)
{
	struct bytes words = bytes_str((const char *)t->strings.p + t->v[i].r.keywords), word;
	while (bytes_line(&words, &word)) {
		if (word.n)
			add(x, quoted(t->arena, word), HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH,
			    (unsigned)t->n + RULES_EXTRA + i, i);
	}
}

/* The expression, how far back its match can reach, and what to do where Hyperscan has no use for
 * it: its keywords, or a wider expression. */
static int add_rule(struct rules_text *t, struct expressions *x, unsigned i, struct err *e)
{
	add_keywords(t, x, i);
	if (!t->v[i].trigger) /* a rule about paths alone */
		return 0;
	struct rule_text *r = &t->v[i];
	hs_expr_info_t *info = NULL;
	hs_compile_error_t *why = NULL;
	unsigned flags = 0;
	if (r->r.flags & RULE_IS_ASSIGNED) {
		r->r.span = ASSIGNED_SPAN;
		return 0;
	}
	bool is_good =
		r->trigger && hs_expression_info(r->trigger, flags, &info, &why) == HS_SUCCESS;
	if (!is_good && r->n_keywords == 0) {
		hs_free_compile_error(why);
		flags = HS_FLAG_PREFILTER;
		why = NULL;
		if (hs_expression_info(r->trigger, flags, &info, &why) != HS_SUCCESS) {
			err_set(e, ERR_FORMAT, "%s: rule %s: %s", r->name, r->id, why->message);
			hs_free_compile_error(why);
			return -1;
		}
		is_good = true;
	}
	unsigned width = is_good && info->max_width != UINT_MAX ? info->max_width : SPAN_FREE;
	if (r->r.span == 0)
		r->r.span = (uint16_t)MIN_OF(width + r->wrap, (unsigned)SECRET_SPAN_MAX);
	free(info);
	hs_free_compile_error(why);
	if (is_good)
		add(x, r->trigger, flags, i, i);
	for (size_t k = 0; !is_good && k < r->n_keywords; k++) {
		add(x, quoted(t->arena, bytes_str(r->keywords[k])), HS_FLAG_CASELESS, i, i);
		r->r.span = (uint16_t)SECRET_SPAN_MAX;
		r->r.flags |= RULE_IS_AHEAD;
	}
	return 0;
}

/* What text looks like within Base64, `shift` bytes into a group of three. */
static struct bytes encoded_at(struct arena *a, struct bytes text, unsigned shift)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(4));
	size_t n_bits = 8 * (shift + text.n);
	for (size_t bit = shift ? 6 * (shift + 1) : 0; bit + 6 <= n_bits; bit += 6) {
		unsigned v = 0;
		for (size_t k = bit; k < bit + 6; k++) {
			size_t byte = k / 8 - shift;
			v = v << 1 | (text.p[byte] >> (7 - k % 8) & 1U);
		}
		buf_addc(&b, (uint8_t)digits[v]);
	}
	return arena_dup(a, buf_bytes(&b));
}

static void add_encoded(struct rules_text *t, struct expressions *x)
{
	for (size_t i = 0; i < t->encoded.n; i++) {
		for (unsigned shift = 0; shift < 3; shift++) {
			struct bytes lit = encoded_at(t->arena, t->encoded.v[i], shift);
			if (lit.n >= 4)
				add(x, quoted(t->arena, lit), 0, (unsigned)t->n + RULES_BASE64,
				    UINT_MAX);
		}
	}
}

static int serialise(struct rules_text *t, struct expressions *x, enum rules_cpu cpu,
                     struct buf *ret, struct err *e)
{
	static const hs_platform_info_t platforms[RULES_CPU__MAX] = {
		[RULES_CPU_ANY] = {.tune = HS_TUNE_FAMILY_GENERIC      },
		[RULES_CPU_AVX2] = { .tune = HS_TUNE_FAMILY_GENERIC,
                                   .cpu_features = HS_CPU_FEATURES_AVX2},
	};
	hs_database_t *db = NULL;
	hs_compile_error_t *why = NULL;
	if (hs_compile_multi(x->v, x->flags, x->ids, (unsigned)x->n, HS_MODE_STREAM,
	                     &platforms[cpu], &db, &why) != HS_SUCCESS) {
		unsigned at = why->expression >= 0 ? x->owner[why->expression] : UINT_MAX;
		err_set(e, ERR_FORMAT, "rule %s: %s", at < t->n ? t->v[at].id : "?", why->message);
		hs_free_compile_error(why);
		return -1;
	}
	char *p = NULL;
	size_t n = 0;
	int rc = hs_serialize_database(db, &p, &n);
	if (rc == HS_SUCCESS)
		buf_add(ret, bytes_of(p, n));
	free(p);
	hs_free_database(db);
	return rc == HS_SUCCESS ? 0 : err_set(e, ERR_INTERNAL, "Hyperscan: serialising: %d", rc);
}

int rules_compile(struct rules_text *t, enum rules_cpu cpu, struct buf *ret, struct err *e)
{
	struct expressions x = {.n = 0};
	int rc = 0;
	for (unsigned i = 0; i < t->n && rc == 0; i++)
		rc = add_rule(t, &x, i, e);
	add_encoded(t, &x);
	add(&x, ASSIGNMENT, 0, (unsigned)t->n + RULES_ASSIGNMENT, UINT_MAX);
	if (rc == 0)
		rc = serialise(t, &x, cpu, ret, e);
	free(x.v);
	free(x.flags);
	free(x.ids);
	free(x.owner);
	return rc;
}
