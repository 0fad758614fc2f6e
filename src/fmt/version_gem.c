/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_gem.c - the order of Ruby gem versions.
 *
 * Format: numbers and words parted by dots; a word makes a pre-release, and '-' stands for ".pre.".
 * Source: RubyGems' guides, "Patterns"; the documentation of Gem::Version.
 *
 * Zeros at the end of the numbers before the first word, and at the very end, do not count; what is
 * missing is zero, and a word is below any number.
 */
#include "fmt/version.h"

/* A version in two halves: its numbers without zeros at the end, and the first word with all that
 * follows. */
struct cursor {
	struct bytes numbers, rest;
};

static size_t run_length(struct bytes b)
{
	size_t i = 0;
	while (i < b.n && is_alnum(b.p[i]) && is_digit(b.p[i]) == is_digit(b.p[0]))
		i++;
	return i;
}

/* The next number or word; "0" at the end. */
static struct bytes take(struct bytes *rest)
{
	for (; rest->n; *rest = bytes_skip(*rest, 1)) {
		size_t n = run_length(*rest);
		struct bytes segment = bytes_slice(*rest, 0, n);
		if (rest->p[0] == '-') {
			*rest = bytes_skip(*rest, 1);
			return B("pre");
		}
		if (n) {
			*rest = bytes_skip(*rest, n);
			return segment;
		}
	}
	return B("0");
}

static bool is_number(struct bytes segment) { return is_digit(segment.p[0]); }

static struct cursor split(struct bytes v)
{
	struct bytes rest = v;
	size_t numbers_end = 0;
	while (rest.n) {
		struct bytes at = rest, segment = take(&rest);
		if (!is_number(segment))
			return (struct cursor){bytes_slice(v, 0, numbers_end), at};
		if (version_cmp_digits(segment, B("")))
			numbers_end = v.n - rest.n;
	}
	return (struct cursor){bytes_slice(v, 0, numbers_end), B("")};
}

static struct bytes next(struct cursor *c) { return take(c->numbers.n ? &c->numbers : &c->rest); }

static bool is_over(const struct cursor *c) { return !c->numbers.n && !c->rest.n; }

int version_gem_cmp(struct bytes a, struct bytes b)
{
	struct cursor ca = split(a), cb = split(b);
	while (!is_over(&ca) || !is_over(&cb)) {
		struct bytes sa = next(&ca), sb = next(&cb);
		if (is_number(sa) != is_number(sb))
			return is_number(sa) ? 1 : -1;
		int c = is_number(sa) ? version_cmp_digits(sa, sb) : bytes_cmp(sa, sb);
		if (c)
			return c;
	}
	return 0;
}

/* N{.ID}[-ID{.ID}], the ones behind the '-' with '-' in them. */
bool version_gem_valid(struct bytes v)
{
	v = bytes_trim(v);
	bool is_parted = true, is_pre = false, is_first = true;
	for (size_t i = 0; i < v.n; i++) {
		bool is_dash = v.p[i] == '-';
		if (v.p[i] == '.' || (is_dash && !is_pre)) {
			if (is_parted)
				return false;
			is_parted = true;
			is_first = false;
			is_pre |= is_dash;
			continue;
		}
		if (!is_dash && !(is_first ? is_digit(v.p[i]) : is_alnum(v.p[i])))
			return false;
		is_parted = false;
	}
	return !is_parted;
}
