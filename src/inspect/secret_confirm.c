/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret_confirm.c - is a hit a secret?  The rule's expression finds the value in the bytes around
 * it; then checksum, entropy, stop words and allow lists speak.
 *
 * PCRE2 interprets (a confined worker may not make code), with bounds on steps and memory; a rule
 * that exceeds them has no match there, and the file says so.
 */
#include "inspect/secret_parts.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRS = 32, LOOK_BEHIND = 16 };

pcre2_code *secret_compile(const struct rules *r, uint32_t at, unsigned flags)
{
	int error;
	PCRE2_SIZE where;
	const char *text = rules_text(r, at);
	if (!*text)
		return NULL;
	return pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
	                     PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C |
	                             PCRE2_USE_OFFSET_LIMIT |
	                             (flags & RULE_IS_GITLEAKS ? PCRE2_DOLLAR_ENDONLY : 0U),
	                     &error, &where, NULL);
}

static struct confirm *prepare(struct secret_scan *s, uint32_t rule)
{
	struct confirm *c = &s->confirms[rule];
	const struct rule_record *r = &s->rules->v[rule];
	if (!s->match) {
		s->match = pcre2_match_data_create(PAIRS, NULL);
		s->limits = pcre2_match_context_create(NULL);
		pcre2_set_match_limit(s->limits, SECRET_STEPS_MAX);
		pcre2_set_heap_limit(s->limits, SECRET_HEAP_MAX);
	}
	if (!c->is_ready) {
		*c = (struct confirm){
			.regex = secret_compile(s->rules, r->regex, r->flags),
			.allow = secret_compile(s->rules, r->allow, r->flags),
			.context = secret_compile(s->rules, r->context, r->flags),
			.path = secret_compile(s->rules, r->path, r->flags),
			.is_ready = true,
		};
	}
	return c;
}

void secret_confirms_free(struct secret_scan *s)
{
	for (size_t i = 0; s->confirms && i < s->rules->n; i++) {
		struct confirm *c = &s->confirms[i];
		pcre2_code_free(c->regex);
		pcre2_code_free(c->allow);
		pcre2_code_free(c->context);
		pcre2_code_free(c->path);
	}
	pcre2_match_data_free(s->match);
	pcre2_match_context_free(s->limits);
}

bool secret_matches(struct secret_scan *s, const pcre2_code *code, struct bytes text)
{
	pcre2_match_data *own = pcre2_match_data_create(PAIRS, NULL);
	pcre2_set_offset_limit(s->limits, PCRE2_UNSET);
	int rc = pcre2_match(code, text.p, text.n, 0, 0, own, s->limits);
	pcre2_match_data_free(own);
	return rc >= 0;
}

bool secret_has_word(struct bytes words, struct bytes v)
{
	char text[512];
	struct bytes word;
	size_t n = MIN_OF(v.n, sizeof text);
	for (size_t i = 0; i < n; i++)
		text[i] = (char)to_lower(v.p[i]);
	while (bytes_line(&words, &word)) {
		if (word.n && bytes_search(bytes_of(text, n), word) >= 0)
			return true;
	}
	return false;
}

/* Do lists say that it is none? */
static bool is_allowed(struct secret_stream *st, const struct rule_record *r,
                       const struct confirm *c, const struct secret_match *m)
{
	struct secret_scan *s = st->scan;
	return (c->allow && secret_matches(s, c->allow, m->value)) ||
	       (c->context && secret_matches(s, c->context, m->whole)) ||
	       secret_has_word(bytes_str(rules_text(s->rules, r->stop)), m->value) ||
	       secret_allowed(st, r, m);
}

static bool is_dull(const struct rule_record *r, struct bytes v)
{
	double entropy = r->entropy ? token_entropy(v) * 100 : 0;
	bool is_above = r->flags & RULE_IS_GITLEAKS;
	return r->entropy && (is_above ? entropy <= r->entropy : entropy < r->entropy);
}

/* What the rule says of the value; TOKEN_FALSE: no secret. */
static enum token_verdict judge(struct secret_stream *st, const struct rule_record *r,
                                const struct confirm *c, const struct secret_match *m)
{
	struct bytes v = m->value, own = bytes_skip(v, MIN_OF((size_t)r->shown, v.n / 2));
	enum token_verdict verdict = token_check((enum token_check)r->check, v);
	if (verdict == TOKEN_FALSE || v.n == 0 || is_allowed(st, r, c, m))
		return TOKEN_FALSE;
	if (verdict == TOKEN_PROVEN)
		return verdict;
	bool is_free = r->flags & RULE_IS_TEXT || r->flags & RULE_IS_WEAK;
	if (!(r->flags & RULE_IS_STAND_INS) &&
	    (is_free ? token_is_stand_in(own) : token_is_example(own)))
		return TOKEN_FALSE;
	return is_dull(r, own) ? TOKEN_FALSE : verdict;
}

static int strength(const struct secret_stream *st, const struct secret_found *f)
{
	const struct rule_record *r = &st->scan->rules->v[f->rule];
	/* what may be dropped for want of a keyword must not have driven out another */
	bool is_sure = !r->keywords || st->keyword[f->rule];
	return (r->flags & RULE_IS_WEAK || !is_sure ? 0 : 100) + (r->path ? 50 : 0) +
	       (r->flags & RULE_IS_USER && is_sure ? 200 : 0) +
	       (f->how & SECRET_UNPROVEN ? 0 : 10) + r->severity;
}

/* Of what overlaps, the strongest stays; of two alike, the rule that comes first. */
void secret_keep(struct secret_stream *st, const struct secret_found *f)
{
	for (size_t i = st->n_found; i-- > 0;) {
		struct secret_found *old = &st->found[i];
		if (old->at >= f->end || old->end <= f->at)
			continue;
		int a = strength(st, f), b = strength(st, old);
		if (a < b || (a == b && f->rule >= old->rule))
			return;
		st->found[i] = st->found[--st->n_found];
	}
	if (st->n_found >= (size_t)SECRETS_FILE_MAX) {
		st->n_more++;
		return;
	}
	st->found = mem_grow(st->found, &st->cap_found, st->n_found + 1, sizeof *st->found);
	st->found[st->n_found++] = *f;
}

static void found(struct secret_stream *st, uint32_t rule, struct bytes v, uint64_t at)
{
	const struct rule_record *r = &st->scan->rules->v[rule];
	AUTO_BUF struct buf mask;
	buf_init(&mask, KIB(1));
	/* of a private key nothing is shown: what is captured is only its start */
	token_mask(r->check == TOKEN_CHECK_PEM ? B("") : v, r->shown, &mask);
	enum token_verdict verdict = token_check((enum token_check)r->check, v);
	struct secret_found f = {.rule = rule, .at = at, .end = at + v.n};
	f.how = (st->wide ? SECRET_UTF16 : 0U) | (verdict == TOKEN_DOUBT ? SECRET_UNPROVEN : 0U) |
	        (verdict == TOKEN_PROVEN ? SECRET_PROVEN : 0U);
	f.line = secret_line(st, at);
	f.mask = arena_dup(st->arena, buf_bytes(&mask));
	secret_keep(st, &f);
}

static unsigned group_of(const struct rule_record *r, const PCRE2_SIZE *o, int n)
{
	unsigned g = (int)r->group < n && o[2 * r->group] != PCRE2_UNSET ? r->group : 0;
	bool is_first = r->flags & RULE_IS_GITLEAKS && r->group == 0;
	for (unsigned i = 1; is_first && (int)i < n; i++) {
		if (o[2 * i] != PCRE2_UNSET && o[2 * i + 1] > o[2 * i])
			return i;
	}
	return g;
}

/* Where the next match lies in the window, in s->match: its count of pairs, 0 where they are more
 * than are kept; -1: there is none. */
static int match_next(struct secret_stream *st, const struct hit *h, const struct confirm *c,
                      struct bytes w, uint64_t w_at)
{
	struct secret_scan *s = st->scan;
	size_t from = st->done[h->rule] > w_at ? (size_t)(st->done[h->rule] - w_at) : 0;
	if (from >= w.n)
		return -1;
	/* no match begins behind the hit */
	pcre2_set_offset_limit(s->limits, (PCRE2_SIZE)(h->last - w_at));
	int rc = pcre2_match(c->regex, w.p, w.n, from, 0, s->match, s->limits);
	if (rc < 0) {
		st->is_cut |= rc != PCRE2_ERROR_NOMATCH;
		return -1;
	}
	return w_at + pcre2_get_ovector_pointer(s->match)[0] > h->last ? -1 : rc;
}

/* A file may begin as text and go on as something else: an archive behind the script that starts
 * it. Of what is none, one byte in ten is such a one. */
static bool is_garbled(struct bytes w, size_t from, size_t to)
{
	enum { AROUND = 32 };
	struct bytes near = bytes_slice(w, from - MIN_OF(from, (size_t)AROUND), to + AROUND);
	for (size_t i = 0; i < near.n; i++) {
		uint8_t c = near.p[i];
		if (c < ' ' && (c < '\b' || c > '\r') && c != '\033')
			return true;
	}
	return false;
}

/* One match; false: no more are to be looked for. */
static bool next(struct secret_stream *st, const struct hit *h, const struct confirm *c,
                 struct bytes w, uint64_t w_at)
{
	struct secret_scan *s = st->scan;
	const struct rule_record *r = &s->rules->v[h->rule];
	int rc = match_next(st, h, c, w, w_at);
	if (rc < 0)
		return false;
	const PCRE2_SIZE *o = pcre2_get_ovector_pointer(s->match);
	unsigned g = group_of(r, o, rc);
	size_t start = o[2 * g], end = o[2 * g + 1], m0 = o[0], m1 = o[1];
	struct bytes v = bytes_slice(w, start, end);
	const struct secret_match m = {bytes_slice(w, m0, m1), v, w};
	st->done[h->rule] = w_at + MAX_OF(end, m0 + 1);
	if ((r->flags & RULE_IS_TEXT && is_garbled(w, m0, m1)) ||
	    judge(st, r, c, &m) == TOKEN_FALSE) {
		/* what was taken for a value may hide the real one */
		st->done[h->rule] = w_at + MAX_OF(start, m0 + 1);
		return true;
	}
	uint64_t at = r->check == TOKEN_CHECK_PEM ? w_at + m0 : w_at + start;
	found(st, h->rule, v, at);
	return true;
}

void secret_confirm_path(struct secret_stream *st, uint32_t rule)
{
	const struct rule_record *r = &st->scan->rules->v[rule];
	const struct secret_match m = {
		.whole = {NULL, 0}
        };
	struct confirm *c = prepare(st->scan, rule);
	if (!c->path || !secret_matches(st->scan, c->path, st->path) || secret_allowed(st, r, &m))
		return;
	secret_keep(st, &(struct secret_found){.rule = rule, .mask = B("********")});
}

static bool is_meant(struct secret_stream *st, const struct confirm *c, uint32_t rule)
{
	uint8_t *place = &st->place[rule];
	if (!c->path)
		return true;
	if (*place == PLACE_UNKNOWN)
		*place = secret_matches(st->scan, c->path, st->path) ? PLACE_MEANT : PLACE_OTHER;
	return *place == PLACE_MEANT;
}

void secret_confirm(struct secret_stream *st, const struct hit *h, struct bytes w, uint64_t w_at)
{
	const struct rule_record *r = &st->scan->rules->v[h->rule];
	if (r->flags & RULE_IS_TEXT && !st->is_text)
		return;
	struct confirm *c = prepare(st->scan, h->rule);
	if (!c->regex || !is_meant(st, c, h->rule))
		return;
	unsigned tries = 0;
	while (tries < SECRET_TRIES_MAX && next(st, h, c, w, w_at))
		tries++;
	st->is_cut |= tries == SECRET_TRIES_MAX && match_next(st, h, c, w, w_at) >= 0;
	st->done[h->rule] = MAX_OF(st->done[h->rule], h->last);
}

/* ---- assignments ---- */

enum { PAIR_SLOTS = 1024 };

/* Two bytes that stand side by side; several share a number. */
static uint16_t near_pair(const uint8_t *p) { return (p[0] * 37U + p[1]) % PAIR_SLOTS; }

void secret_nears_make(struct secret_scan *s)
{
	for (uint32_t i = 0; i < s->rules->n; i++) {
		const struct rule_record *r = &s->rules->v[i];
		struct bytes names = bytes_str(rules_text(s->rules, r->names)), name;
		while (r->flags & RULE_IS_ASSIGNED && bytes_line(&names, &name)) {
			if (!name.n)
				continue;
			s->nears =
				mem_grow(s->nears, &s->cap_nears, s->n_nears + 1, sizeof *s->nears);
			struct near *x = &s->nears[s->n_nears++];
			*x = (struct near){.rule = i, .name = name};
			if (name.n > 1) {
				x->pairs[0] = near_pair(name.p);
				x->pairs[1] = near_pair(name.p + name.n - 2);
			}
		}
	}
}

/* Which pairs stand in a text: a name whose pairs do not is not there, which most are not. */
struct pairs {
	uint64_t bits[PAIR_SLOTS / 64];
};

static bool has_pair(const struct pairs *p, uint16_t pair)
{
	return p->bits[pair / 64] >> pair % 64 & 1;
}

static bool is_near(const struct near *x, const struct pairs *p, struct bytes text)
{
	bool may = x->name.n < 2 || (has_pair(p, x->pairs[0]) && has_pair(p, x->pairs[1]));
	return may && bytes_search(text, x->name) >= 0;
}

void secret_assignment(struct secret_stream *st, const struct hit *h, struct bytes w, uint64_t w_at)
{
	enum { BEFORE = 160 };
	const struct secret_scan *s = st->scan;
	struct pairs pairs = {{0}};
	uint8_t text[BEFORE + SCAN_MERGE];
	size_t end = (size_t)(h->last - w_at), first = (size_t)(h->first - w_at);
	size_t from = first > BEFORE ? first - BEFORE : 0, n = MIN_OF(end - from, sizeof text);
	if (!st->is_text)
		return;
	for (size_t i = 0; i < n; i++)
		text[i] = to_lower(w.p[from + i]);
	for (size_t i = 0; i + 1 < n; i++) {
		uint16_t pair = near_pair(text + i);
		pairs.bits[pair / 64] |= UINT64_C(1) << pair % 64;
	}
	uint32_t last = UINT32_MAX; /* a rule is looked at once, whichever of its names is there */
	for (size_t i = 0; i < s->n_nears; i++) {
		const struct near *x = &s->nears[i];
		if (x->rule == last || !is_near(x, &pairs, bytes_of(text, n)))
			continue;
		last = x->rule;
		struct hit own = {x->rule, h->first, h->last};
		secret_confirm(st, &own, bytes_skip(w, from), w_at + from);
	}
}
