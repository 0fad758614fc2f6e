/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vers_native.c - fuzz: a native range that is read can be written and read as VERS, and is the
 * same set: a version is in one of its intervals or in none, as the VERS text says.
 *
 * Input: a type, behind LF a range, behind LF a version.
 */
#include "fmt/vers.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool is_in(const struct vers_type *t, const struct vers_span *s, struct bytes v)
{
	int from = s->from.v.p ? vers_cmp(t, s->from.v, v) : -1;
	int to = s->to.v.p ? vers_cmp(t, v, s->to.v) : -1;
	return (from < 0 || (!from && !s->from.is_after)) && (to < 0 || (!to && s->to.is_after));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	struct bytes type, rest, range, version;
	struct vers_set s;
	struct vers v;
	size_t n_in = 0;
	buf_init(&b, (size_t)MIB(1));
	bytes_cut((struct bytes){p, n}, '\n', &type, &rest);
	bytes_cut(rest, '\n', &range, &version);
	if (vers_native_set(type, range, a, &s, NULL) < 0)
		return 0;
	for (size_t i = 0; i < s.n; i++)
		n_in += is_in(vers_type_find(type), &s.v[i], version);
	v = vers_of_set(type, s, a);
	/* Conan compares a number and a word as texts: its order has cycles ("10" "1a" "2") */
	if (!bytes_eq(type, B("conan")) && (n_in > 1 || vers_contains(&v, version) != n_in))
		abort();
	vers_build(&v, &b);
	if (vers_parse(buf_bytes(&b), a, &v, NULL) < 0 && !bytes_eq(type, B("conan")))
		abort();
	return 0;
}
