/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_rpm.c - the order of rpm package versions.
 *
 * Format: [epoch:]version[-release].
 * Source: rpm-version(7), "Version comparison"; rpm's manual, "Dependencies", "Versions".
 */
#include "fmt/version.h"

static bool is_mark(uint8_t c) { return c == '~' || c == '^'; }

/* What is neither letter, digit nor mark only parts segments. */
static struct bytes skip_separators(struct bytes b)
{
	size_t i = 0;
	while (i < b.n && !is_alnum(b.p[i]) && !is_mark(b.p[i]))
		i++;
	return bytes_skip(b, i);
}

static struct bytes take_segment(struct bytes b, bool is_number)
{
	size_t i = 0;
	while (i < b.n && (is_number ? is_digit(b.p[i]) : is_alpha(b.p[i])))
		i++;
	return bytes_slice(b, 0, i);
}

static uint8_t first(struct bytes b) { return b.n ? b.p[0] : 0; }

/* Where the rest of a version may stand against another rest: a tilde is older than the end, the
 * end older than a caret, a caret older than any segment, letters older than numbers. */
enum rank { RANK_TILDE, RANK_END, RANK_CARET, RANK_LETTERS, RANK_NUMBER };

static enum rank rank_of(struct bytes b)
{
	if (b.n == 0)
		return RANK_END;
	if (is_mark(b.p[0]))
		return b.p[0] == '~' ? RANK_TILDE : RANK_CARET;
	return is_digit(b.p[0]) ? RANK_NUMBER : RANK_LETTERS;
}

int version_rpm_cmp_part(struct bytes a, struct bytes b)
{
	for (;;) {
		a = skip_separators(a);
		b = skip_separators(b);
		enum rank ra = rank_of(a), rb = rank_of(b);
		if (ra != rb)
			return ra < rb ? -1 : 1;
		if (ra == RANK_END)
			return 0;
		if (is_mark(first(a))) {
			a = bytes_skip(a, 1);
			b = bytes_skip(b, 1);
			continue;
		}
		struct bytes sa = take_segment(a, ra == RANK_NUMBER);
		struct bytes sb = take_segment(b, ra == RANK_NUMBER);
		int c = ra == RANK_NUMBER ? version_cmp_digits(sa, sb) : bytes_cmp(sa, sb);
		if (c)
			return c < 0 ? -1 : 1;
		a = bytes_skip(a, sa.n);
		b = bytes_skip(b, sb.n);
	}
}

struct rpm_evr version_rpm_parse(struct bytes v)
{
	struct rpm_evr r = {.version = v};
	size_t i = 0;
	while (i < v.n && is_digit(v.p[i]))
		i++;
	if (i < v.n && v.p[i] == ':') {
		if (i > 0 && !bytes_u64(bytes_slice(v, 0, i), UINT64_MAX, &r.epoch))
			r.epoch = UINT64_MAX;
		r.version = bytes_skip(v, i + 1);
	}
	ssize_t dash = bytes_rfind(r.version, '-');
	if (dash >= 0) {
		r.release = bytes_skip(r.version, (size_t)dash + 1);
		r.version = bytes_slice(r.version, 0, (size_t)dash);
	}
	return r;
}

static int cmp_epoch_version(struct rpm_evr a, struct rpm_evr b)
{
	if (a.epoch != b.epoch)
		return a.epoch < b.epoch ? -1 : 1;
	return version_rpm_cmp_part(a.version, b.version);
}

int version_rpm_cmp_evr(struct rpm_evr a, struct rpm_evr b)
{
	int c = cmp_epoch_version(a, b);
	if (c || a.release.n == 0 || b.release.n == 0)
		return c;
	return version_rpm_cmp_part(a.release, b.release);
}

int version_rpm_cmp(struct bytes a, struct bytes b)
{
	struct rpm_evr ea = version_rpm_parse(a), eb = version_rpm_parse(b);
	int c = cmp_epoch_version(ea, eb);
	if (c)
		return c;
	/* No release is older than any, be it empty or a tilde. */
	if (!ea.release.p != !eb.release.p)
		return ea.release.p ? 1 : -1;
	return version_rpm_cmp_part(ea.release, eb.release);
}

/* A release of a module, "47.module_el8.6.0+1111+ce6f4ceb.1", without the number and the digest of
 * its build: the head before, the tail behind.  style is '+' at Red Hat, '_' at those who rebuild.
 */
struct built {
	struct bytes head, tail;
	uint8_t style;
};

static bool cut_build(struct bytes release, struct built *ret)
{
	static const struct bytes word = {(const uint8_t *)".module", 7};
	ssize_t at = bytes_search(release, word);
	size_t i = at < 0 ? release.n : (size_t)at + word.n, plus;
	if (i + 1 >= release.n || (release.p[i] != '+' && release.p[i] != '_'))
		return false;
	ret->style = release.p[i];
	ssize_t next = bytes_find(bytes_skip(release, i + 1), '+');
	plus = i + 1 + (size_t)next;
	if (next < 0)
		return false;
	ret->head = bytes_slice(release, 0, plus);
	for (i = plus + 1; i < release.n && is_digit(release.p[i]);)
		i++;
	if (i == plus + 1 || i == release.n || release.p[i] != '+')
		return false;
	for (i++; i < release.n && is_alnum(release.p[i]);)
		i++;
	ret->tail = bytes_skip(release, i);
	return true;
}

int version_rpm_cmp_rebuilt(struct bytes a, struct bytes b)
{
	struct rpm_evr ea = version_rpm_parse(a), eb = version_rpm_parse(b);
	struct built x, y;
	if (!cut_build(ea.release, &x) || !cut_build(eb.release, &y) || x.style == y.style)
		return version_rpm_cmp(a, b);
	int c = cmp_epoch_version(ea, eb);
	if (!c)
		c = version_rpm_cmp_part(x.head, y.head);
	return c ? c : version_rpm_cmp_part(x.tail, y.tail);
}

static bool is_part(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (!is_alnum(b.p[i]) && bytes_find(B("._+~^"), b.p[i]) < 0)
			return false;
	}
	return b.n > 0 && bytes_search(b, B("..")) < 0;
}

/* rpm-version(7): letters, digits and "~ ^ . _ +"; rpmbuild refuses ".." as well.  The epoch is a
 * 32-bit number. */
bool version_rpm_valid(struct bytes v)
{
	struct rpm_evr r = version_rpm_parse(v);
	return v.n && v.p[0] != ':' && r.epoch <= UINT32_MAX && is_part(r.version) &&
	       (!r.release.p || is_part(r.release));
}
