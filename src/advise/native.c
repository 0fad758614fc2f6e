/* SPDX-License-Identifier: Apache-2.0 */
/* native.c - ranges in the grammar of their ecosystem as ranges of an advisory. */
#include "advise/spans.h"

#include "advise/osv.h"

/* The first fixed version past the span; absent: none. */
static struct bytes fix_past(const struct native_range *n, const struct vers_type *how,
                             const struct vers_end *to)
{
	struct bytes ret = {NULL, 0};
	for (size_t i = 0; i < n->n_fixed && to->v.n; i++) {
		int past = vers_cmp(how, n->fixed[i], to->v);
		if (past >= to->is_after && (!ret.n || vers_cmp(how, n->fixed[i], ret) < 0))
			ret = n->fixed[i];
	}
	return ret;
}

/* The lower ends of what is patched are fixed versions too. */
static void take_patched(struct native_range *n, struct vers_set patched, struct arena *a)
{
	struct bytes *all = arena_alloc(a, (n->n_fixed + patched.n + 1) * sizeof *all);
	size_t k = 0;
	for (size_t i = 0; i < n->n_fixed; i++)
		all[k++] = n->fixed[i];
	for (size_t i = 0; i < patched.n; i++) {
		if (patched.v[i].from.v.n && !patched.v[i].from.is_after)
			all[k++] = patched.v[i].from.v;
	}
	n->fixed = all;
	n->n_fixed = k;
}

static struct advisory_range range_of(const struct native_range *n, const struct vers_type *how,
                                      const struct vers_span *s)
{
	struct advisory_range r = {.introduced = s->from.v, .is_after = s->from.is_after};
	r.fixed = fix_past(n, how, &s->to);
	if (s->to.is_after)
		r.last_affected = s->to.v;
	else if (!r.fixed.n || vers_cmp(how, r.fixed, s->to.v))
		r.limit = s->to.v;
	return r;
}

int native_ranges(const struct language *l, struct native_range n, struct arena *a,
                  struct advisory *v, struct err *e)
{
	struct bytes type = bytes_str(l->d.ns);
	struct vers_set s, patched = {NULL, 0};
	if (!bytes_trim(n.affected).n)
		return err_set(e, ERR_FORMAT, "the affected versions are not named");
	if (vers_native_set(type, n.affected, a, &s, e) < 0)
		return -1;
	if (!s.n)
		return err_set(e, ERR_FORMAT, "no version is in \"%.*s\"",
		               BYTES_FMT(bytes_slice(n.affected, 0, 100)));
	if (n.patched.n && vers_native_set(type, n.patched, a, &patched, e) < 0)
		return err_wrap(e, "what is patched");
	take_patched(&n, patched, a);
	s = vers_set_without(type, s, patched, a);
	for (size_t i = 0; i < s.n; i++) {
		if (osv_add_range(v, range_of(&n, vers_type_find(type), &s.v[i]), e) < 0)
			return -1;
	}
	return 0;
}
