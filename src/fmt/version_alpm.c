/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_alpm.c - the order of pacman's package versions.
 *
 * Format: [epoch:]pkgver[-pkgrel].  Segments of digits and of letters are compared one by one; of
 * two that stand behind more or fewer separators the latter is older; letters that follow directly
 * are older than the end ("1.0rc < 1.0 < 1.0.a < 1.0.1").
 * Source: vercmp(8); PKGBUILD(5), "pkgver", "epoch".
 */
#include "fmt/version.h"

/* What may stand behind a common beginning, the oldest first. */
enum rank { RANK_LETTERS_NEXT, RANK_END, RANK_REST };
enum kind { KIND_LETTERS, KIND_SEPARATORS, KIND_NUMBER };

struct step {
	enum rank rank;
	size_t separators;
	enum kind kind;
	struct bytes segment;
};

/* The next step of *rest, which is left behind it. */
static struct step next(struct bytes *rest)
{
	struct step s = {.rank = RANK_REST, .kind = KIND_SEPARATORS};
	if (!rest->n) {
		s.rank = RANK_END;
		return s;
	}
	while (s.separators < rest->n && !is_alnum(rest->p[s.separators]))
		s.separators++;
	struct bytes at = bytes_skip(*rest, s.separators);
	size_t n = 0;
	if (!at.n) { /* separators at the end: as many as they are, they are one */
		s.separators = 1;
		*rest = at;
		return s;
	}
	bool is_number = is_digit(at.p[0]);
	while (n < at.n && (is_number ? is_digit(at.p[n]) : is_alpha(at.p[n])))
		n++;
	s.kind = is_number ? KIND_NUMBER : KIND_LETTERS;
	s.segment = bytes_slice(at, 0, n);
	if (!is_number && !s.separators)
		s.rank = RANK_LETTERS_NEXT;
	*rest = bytes_skip(at, n);
	return s;
}

static int step_cmp(const struct step *a, const struct step *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->separators != b->separators)
		return a->separators < b->separators ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->kind == KIND_NUMBER ? version_cmp_digits(a->segment, b->segment)
	                              : bytes_cmp(a->segment, b->segment);
}

int version_alpm_cmp_part(struct bytes a, struct bytes b)
{
	while (a.n || b.n) {
		struct step x = next(&a), y = next(&b);
		int c = step_cmp(&x, &y);
		if (c)
			return c;
	}
	return 0;
}

int version_alpm_cmp(struct bytes a, struct bytes b)
{
	struct rpm_evr x = version_rpm_parse(a), y = version_rpm_parse(b);
	if (x.epoch != y.epoch)
		return x.epoch < y.epoch ? -1 : 1;
	int c = version_alpm_cmp_part(x.version, y.version);
	if (c || (!x.release.n && !y.release.n))
		return c;
	if (!x.release.n || !y.release.n)
		return x.release.n ? 1 : -1;
	return version_alpm_cmp_part(x.release, y.release);
}

/* "alphanumeric characters and any of: period, underscore, plus"; others occur and are taken. */
bool version_alpm_valid(struct bytes v)
{
	struct rpm_evr r = version_rpm_parse(v);
	bool has_alnum = false;
	for (size_t i = 0; i < r.version.n; i++) {
		uint8_t c = r.version.p[i];
		if (c <= ' ' || c >= 0x7f || c == ':' || c == '/' || c == '-')
			return false;
		has_alnum |= is_alnum(c);
	}
	for (size_t i = 0; i < r.release.n; i++) {
		if (!is_digit(r.release.p[i]) && r.release.p[i] != '.')
			return false;
	}
	return has_alnum;
}
