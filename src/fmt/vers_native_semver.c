/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vers_native_semver.c - conditions of npm and Cargo: three numbers, of which the last may be
 * missing or a wildcard.
 *
 * That npm and Cargo let pre-releases in only where they are named is not a matter of order, and
 * no part of a range here; "^1.2" ends before 2.0.0, as VERS has it, not before its pre-releases.
 *
 * Source: node-semver's README, "Ranges"; the Cargo Book, "Version requirement syntax".
 */
#include "fmt/vers_native.h"

#include "fmt/version_semver.h"

/* npm's greatest number: what a double holds whole. */
#define NUMBER_MAX ((UINT64_C(1) << 53) - 1)
enum { NUMBERS = 3 };

/* "1", "1.2", "1.x", "1.2.3-rc.1+b"; n_set numbers before a missing one or a wildcard. */
struct partial {
	uint64_t n[NUMBERS];
	size_t n_set;
	bool is_wild;
	struct bytes pre; /* absent in a release */
};

static bool is_wildcard(struct bytes b)
{
	return bytes_eq(b, B("x")) || bytes_eq(b, B("X")) || bytes_eq(b, B("*"));
}

/* The numbers and wildcards that v begins with. */
static size_t numbers_len(struct bytes v)
{
	size_t i = 0;
	for (size_t dots = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		dots += c == '.';
		if (dots == NUMBERS ||
		    !(is_digit(c) || c == '.' || c == '*' || c == 'x' || c == 'X'))
			break;
	}
	return i;
}

/* "-rc.1+b", "+b", and loosely "rc.1"; a pre-release of a wildcard is none. */
static bool read_pre(struct bytes rest, bool has_all, struct partial *p)
{
	struct bytes pre, build;
	bool has_build = bytes_cut(rest, '+', &pre, &build);
	if (has_build && !version_semver_ids_valid(build, false))
		return false;
	if (!pre.n)
		return true;
	pre = bytes_skip(pre, pre.p[0] == '-');
	if (!p->is_wild)
		p->pre = pre;
	return has_all && version_semver_ids_valid(pre, false);
}

static bool read_partial(struct bytes v, struct partial *ret)
{
	struct partial p = {0};
	size_t i = 0;
	while (i < v.n && (v.p[i] == 'v' || v.p[i] == 'V' || v.p[i] == '=' || is_blank(v.p[i])))
		i++;
	v = bytes_skip(v, i);
	size_t len = numbers_len(v), n = 0;
	struct bytes numbers = bytes_slice(v, 0, len), rest = bytes_skip(v, len), one;
	if (!len || numbers.p[len - 1] == '.')
		return false;
	for (; bytes_split(&numbers, '.', &one); n++) {
		if (is_wildcard(one))
			p.is_wild = true;
		else if (p.is_wild || !bytes_u64(one, NUMBER_MAX, &p.n[p.n_set++]))
			return false;
	}
	if (!read_pre(rest, n == NUMBERS, &p))
		return false;
	*ret = p;
	return true;
}

static struct bytes lowest(struct native *t, const struct partial *p)
{
	const char *dash = p->pre.n ? "-" : "";
	return bytes_str(arena_printf(t->a, "%llu.%llu.%llu%s%.*s", (unsigned long long)p->n[0],
	                              (unsigned long long)p->n[1], (unsigned long long)p->n[2],
	                              dash, BYTES_FMT(p->pre)));
}

/* The number at `at` raised, those behind it 0. */
static struct bytes next(struct native *t, const struct partial *p, size_t at)
{
	struct partial q = {.n_set = NUMBERS};
	for (size_t i = 0; i <= at; i++)
		q.n[i] = p->n[i] + (i == at);
	return lowest(t, &q);
}

static size_t caret(const struct partial *p)
{
	size_t i = 0;
	while (i + 1 < p->n_set && !p->n[i])
		i++;
	return i;
}

/* Up to the next of the last number that is named, or of the one at `at`. */
static int between(struct native *t, const struct partial *p, size_t at)
{
	if (p->n_set) {
		native_from(t, lowest(t, p), false);
		native_to(t, next(t, p, at), false);
	}
	return 0;
}

/* "<1.2" is below all of 1.2, ">1.2" above all of it, "<=1.2" to the end of it. */
static int compare(struct native *t, enum native_op op, const struct partial *p)
{
	bool is_whole = p->n_set == NUMBERS, is_any = !p->n_set;
	switch (op) {
	case NATIVE_LT:
		t->is_empty |= is_any;
		native_to(t, lowest(t, p), false);
		break;
	case NATIVE_GE:
		if (!is_any)
			native_from(t, lowest(t, p), false);
		break;
	case NATIVE_GT:
		t->is_empty |= is_any;
		if (is_any)
			break;
		native_from(t, is_whole ? lowest(t, p) : next(t, p, p->n_set - 1), is_whole);
		break;
	case NATIVE_LE:
		if (!is_any)
			native_to(t, is_whole ? lowest(t, p) : next(t, p, p->n_set - 1), is_whole);
		break;
	default:
		return -1;
	}
	return 0;
}

static int apply(struct native *t, enum native_op op, const struct partial *p)
{
	switch (op) {
	case NATIVE_NONE:
	case NATIVE_EQ:
		if (p->n_set < NUMBERS)
			return between(t, p, p->n_set - 1);
		native_only(t, lowest(t, p));
		return 0;
	case NATIVE_NEAR:
		return between(t, p, p->n_set > 1);
	case NATIVE_CARET:
		return between(t, p, caret(p));
	default:
		return compare(t, op, p);
	}
}

int native_apply_npm(struct native *t, enum native_op op, struct bytes v, struct err *e)
{
	struct partial p;
	return read_partial(v, &p) && apply(t, op, &p) == 0 ? 0 : native_refuse(op, v, e);
}

/* "1.2.3" is "^1.2.3"; a wildcard says itself what it stands for. */
int native_apply_cargo(struct native *t, enum native_op op, struct bytes v, struct err *e)
{
	struct partial p;
	if (!read_partial(v, &p))
		return native_refuse(op, v, e);
	if (op == NATIVE_NONE && !p.is_wild)
		op = NATIVE_CARET;
	return apply(t, op, &p) == 0 ? 0 : native_refuse(op, v, e);
}
