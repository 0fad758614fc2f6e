/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_dpkg.c - the order of Debian package versions.
 *
 * Format: [epoch:]upstream[-revision].
 * Source: deb-version(7), "Sorting algorithm"; Debian Policy 5.6.12.
 */
#include "fmt/version.h"

struct parts {
	struct bytes epoch; /* digits */
	struct bytes upstream, revision;
};

static struct bytes take_digits(struct bytes b)
{
	size_t i = 0;
	while (i < b.n && is_digit(b.p[i]))
		i++;
	return bytes_slice(b, 0, i);
}

/* An epoch that is no number is left in the upstream version: dpkg rejects such a version, here it
 * only needs a place. */
static struct parts split(struct bytes v)
{
	struct parts r = {.epoch = take_digits(v), .upstream = v, .revision = B("")};
	if (r.epoch.n < v.n && v.p[r.epoch.n] == ':' && r.epoch.n > 0)
		r.upstream = bytes_skip(v, r.epoch.n + 1);
	else
		r.epoch = B("");
	ssize_t dash = bytes_rfind(r.upstream, '-');
	if (dash >= 0) {
		r.revision = bytes_skip(r.upstream, (size_t)dash + 1);
		r.upstream = bytes_slice(r.upstream, 0, (size_t)dash);
	}
	return r;
}

/* "the letters sort earlier than all the non-letters and so that a tilde sorts before anything,
 * even the end of a part": a digit ends the part too. */
static int weight(struct bytes b, size_t i)
{
	if (i >= b.n || is_digit(b.p[i]))
		return 0;
	if (b.p[i] == '~')
		return -1;
	return is_alpha(b.p[i]) ? b.p[i] : b.p[i] + 256;
}

static int part_cmp(struct bytes a, struct bytes b)
{
	while (a.n || b.n) {
		size_t i = 0;
		for (int wa, wb; (wa = weight(a, i)) | (wb = weight(b, i)); i++) {
			if (wa != wb)
				return wa < wb ? -1 : 1;
		}
		a = bytes_skip(a, i);
		b = bytes_skip(b, i);
		struct bytes da = take_digits(a), db = take_digits(b);
		int c = version_cmp_digits(da, db);
		if (c)
			return c;
		a = bytes_skip(a, da.n);
		b = bytes_skip(b, db.n);
	}
	return 0;
}

int version_dpkg_cmp(struct bytes a, struct bytes b)
{
	struct parts pa = split(a), pb = split(b);
	int c = version_cmp_digits(pa.epoch, pb.epoch);
	if (!c)
		c = part_cmp(pa.upstream, pb.upstream);
	return c ? c : part_cmp(pa.revision, pb.revision);
}

static bool all_of(struct bytes b, struct bytes marks)
{
	for (size_t i = 0; i < b.n; i++) {
		if (!is_alnum(b.p[i]) && bytes_find(marks, b.p[i]) < 0)
			return false;
	}
	return true;
}

/* Policy 5.6.12: the epoch is "a single (generally small) unsigned integer" (dpkg keeps it in an
 * int); the upstream version "must start with a digit" and holds alphanumerics and ". + - ~", and
 * ":" where there is an epoch; the revision alphanumerics and "+ . ~". */
bool version_dpkg_valid(struct bytes v)
{
	struct parts r = split(v);
	uint64_t epoch;
	if (r.epoch.n && !bytes_u64(r.epoch, INT32_MAX, &epoch))
		return false;
	bool is_revised = bytes_find(bytes_skip(v, r.epoch.n), '-') >= 0;
	if (r.upstream.n == 0 || !is_digit(r.upstream.p[0]) || (is_revised && r.revision.n == 0))
		return false;
	return all_of(r.upstream, r.epoch.n ? B(".+-~:") : B(".+-~")) &&
	       all_of(r.revision, B("+.~"));
}

struct bytes version_dpkg_strip_binnmu(struct bytes v)
{
	size_t n = v.n;
	while (n && is_digit(v.p[n - 1]))
		n--;
	bool is_rebuilt = n < v.n && n > 2 && v.p[n - 1] == 'b' && v.p[n - 2] == '+';
	return is_rebuilt ? bytes_slice(v, 0, n - 2) : v;
}
