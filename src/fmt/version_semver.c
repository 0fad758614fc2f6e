/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_semver.c - the order of Semantic Versioning, as npm applies it.
 *
 * Format: major.minor.patch[-id{.id}][+build], with "v" or "=" before it; as many numbers as there
 * are, for those missing are zero (the "1.0" and "0" of advisories).
 * Source: Semantic Versioning 2.0.0, 9 to 11; node-semver's README, "Versions".
 */
#include "fmt/version.h"

#include "fmt/version_semver.h"

static bool is_lead(uint8_t c) { return is_blank(c) || c == 'v' || c == 'V' || c == '='; }

struct version_semver version_semver_split(struct bytes v)
{
	v = bytes_trim(v);
	size_t i = 0;
	while (i < v.n && is_lead(v.p[i]))
		i++;
	v = bytes_skip(v, i);
	i = 0;
	while (i < v.n && (is_digit(v.p[i]) || v.p[i] == '.'))
		i++;
	struct version_semver r = {.numbers = bytes_slice(v, 0, i)};
	v = bytes_skip(v, i);
	if (!v.n)
		return r;
	struct bytes head, tail;
	if (bytes_cut(v, '+', &head, &tail))
		r.build = tail;
	if (head.n)
		r.pre = bytes_skip(head, head.p[0] == '-');
	return r;
}

static bool is_number(struct bytes b)
{
	size_t i = 0;
	while (i < b.n && is_digit(b.p[i]))
		i++;
	return b.n && i == b.n;
}

static int numbers_cmp(struct bytes a, struct bytes b)
{
	while (a.n || b.n) {
		struct bytes na = B(""), nb = B("");
		bytes_split(&a, '.', &na);
		bytes_split(&b, '.', &nb);
		int c = version_cmp_digits(na, nb);
		if (c)
			return c;
	}
	return 0;
}

/* 11.4: "Identifiers consisting of only digits are compared numerically. ... Numeric identifiers
 * always have lower precedence than non-numeric identifiers." */
static int id_cmp(struct bytes a, struct bytes b, enum version_semver_way way)
{
	bool is_a_number = is_number(a), is_b_number = is_number(b);
	if (is_a_number != is_b_number)
		return is_a_number ? -1 : 1;
	if (is_a_number)
		return version_cmp_digits(a, b);
	return way == VERSION_SEMVER_NOCASE ? version_cmp_nocase(a, b) : bytes_cmp(a, b);
}

/* 11.4.4: "A larger set of pre-release fields has a higher precedence than a smaller set, if all
 * of the preceding identifiers are equal." */
static int ids_cmp(struct bytes a, struct bytes b, enum version_semver_way way)
{
	for (;;) {
		struct bytes ia, ib;
		bool has_a = bytes_split(&a, '.', &ia), has_b = bytes_split(&b, '.', &ib);
		if (!has_a || !has_b)
			return (int)has_a - (int)has_b;
		int c = id_cmp(ia, ib, way);
		if (c)
			return c;
	}
}

int version_semver_cmp_as(struct bytes a, struct bytes b, enum version_semver_way way)
{
	struct version_semver va = version_semver_split(a), vb = version_semver_split(b);
	int c = numbers_cmp(va.numbers, vb.numbers);
	if (c)
		return c;
	/* 11.3: "a pre-release version has lower precedence than a normal version" */
	if (!va.pre.p != !vb.pre.p)
		return va.pre.p ? -1 : 1;
	c = ids_cmp(va.pre, vb.pre, way);
	if (c || way != VERSION_SEMVER_BY_BUILD)
		return c;
	return ids_cmp(va.build, vb.build, way);
}

int version_semver_cmp(struct bytes a, struct bytes b)
{
	return version_semver_cmp_as(a, b, VERSION_SEMVER_PLAIN);
}

static bool id_valid(struct bytes id, bool is_strict)
{
	for (size_t i = 0; i < id.n; i++) {
		if (!is_alnum(id.p[i]) && id.p[i] != '-')
			return false;
	}
	return id.n && !(is_strict && id.n > 1 && id.p[0] == '0' && is_number(id));
}

bool version_semver_ids_valid(struct bytes ids, bool is_strict)
{
	struct bytes id, tail;
	while (bytes_cut(ids, '.', &id, &tail)) {
		if (!id_valid(id, is_strict))
			return false;
		ids = tail;
	}
	return id_valid(ids, is_strict);
}

/* npm holds numbers in a double, and refuses what a double would round. */
#define NUMBER_MAX ((UINT64_C(1) << 53) - 1)
enum { NPM_LEN_MAX = 256 }; /* bytes */

bool version_semver_valid(struct bytes v)
{
	struct version_semver r = version_semver_split(v);
	unsigned n = 0;
	for (struct bytes rest = r.numbers, one; bytes_split(&rest, '.', &one); n++) {
		uint64_t value;
		if (!bytes_u64(one, NUMBER_MAX, &value) || (one.n > 1 && one.p[0] == '0'))
			return false;
	}
	/* a dot at the end, or text that only a loose reading takes for a pre-release */
	bool is_cut =
		n == 3 && r.numbers.p[r.numbers.n - 1] != '.' && (!r.pre.p || r.pre.p[-1] == '-');
	return v.n <= NPM_LEN_MAX && is_cut &&
	       (!r.pre.p || version_semver_ids_valid(r.pre, true)) &&
	       (!r.build.p || version_semver_ids_valid(r.build, false));
}
