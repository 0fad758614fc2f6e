/* SPDX-License-Identifier: Apache-2.0 */
/*
 * license.c - licences of packages against those that are allowed and denied.
 *
 * What a database says is read as an SPDX expression.  Of "A OR B" the user may choose: it is
 * denied when both are, and allowed when one is; "A AND B" binds to both.  A package that states no
 * licence is counted, never passed over.
 */
#include "judge/judge.h"

struct judging {
	const struct judge_license *l;
	struct report *r;
	size_t n_silent, n_odd;
	const struct package *silent, *odd; /* the first of each */
};

/* An entry names a licence alone, or one with its exception; "*" stands for any letters. */
static bool is_listed(const struct judging *j, const struct bytes *list, size_t n,
                      const struct spdx_license *t)
{
	struct bytes text = spdx_license_text(t, j->r->arena);
	for (size_t i = 0; i < n; i++) {
		if (bytes_eq_nocase(list[i], text) || bytes_eq_nocase(list[i], t->id) ||
		    (t->text.n && bytes_eq_nocase(list[i], t->text)) || bytes_glob(list[i], t->id))
			return true;
	}
	return false;
}

static bool is_denied(const struct judging *j, const struct spdx_license *l)
{
	if (l->kind == SPDX_TERM)
		return is_listed(j, j->l->deny, j->l->n_deny, l);
	bool a = is_denied(j, l->a), b = is_denied(j, l->b);
	return l->kind == SPDX_AND ? a || b : a && b;
}

static bool is_allowed(const struct judging *j, const struct spdx_license *l)
{
	if (l->kind == SPDX_TERM)
		return !is_listed(j, j->l->deny, j->l->n_deny, l) &&
		       is_listed(j, j->l->allow, j->l->n_allow, l);
	bool a = is_allowed(j, l->a), b = is_allowed(j, l->b);
	return l->kind == SPDX_AND ? a && b : a || b;
}

static void find(struct judging *j, const struct package *p, const struct spdx_license *l,
                 bool denied)
{
	struct report *r = j->r;
	struct bytes text = spdx_license_text(l, r->arena);
	struct finding *f = report_finding(r);
	f->check = CHECK_LICENSE;
	f->id = denied ? B("license.denied") : B("license.not-allowed");
	f->severity = denied ? SEV_HIGH : SEV_MEDIUM;
	f->severity_source = B("assay");
	f->title = bytes_str(arena_printf(r->arena, "%.*s is %s", BYTES_FMT(text),
	                                  denied ? "denied" : "not allowed"));
	f->package = p->purl;
	f->package_name = p->name;
	f->installed = p->version;
	f->location.layer = p->layer;
	if (p->paths.n)
		f->location.path = p->paths.v[0];
	struct bytes said = p->licenses.v[0];
	f->reason = bytes_str(arena_printf(
		r->arena, "%.*s %.*s says its licence is \"%.*s\"%s, which is %.*s: %s",
		BYTES_FMT(p->name), BYTES_FMT(p->version), BYTES_FMT(said),
		p->licenses.n > 1 ? " and more" : "", BYTES_FMT(text),
		denied ? "every choice that it leaves is denied"
		       : "no choice that it leaves is in the list of allowed ones"));
}

static void has_unknown(void *arg, const struct spdx_license *t)
{
	bool *any = arg;
	*any |= t->text.n > 0;
}

static void judge_package(struct judging *j, const struct package *p)
{
	const struct spdx_license *l = NULL;
	for (size_t i = 0; i < p->licenses.n; i++)
		l = spdx_license_and(l, spdx_license_normalize(p->licenses.v[i], j->r->arena),
		                     j->r->arena);
	if (!l) {
		if (!j->n_silent++)
			j->silent = p;
		return;
	}
	if (j->l->n_deny && is_denied(j, l)) {
		find(j, p, l, true);
	} else if (j->l->n_allow && !is_allowed(j, l)) {
		find(j, p, l, false);
	} else {
		bool any = false;
		spdx_license_each(l, has_unknown, &any);
		if (any && !j->l->n_allow && !j->n_odd++)
			j->odd = p;
	}
}

static void row(struct report *r, enum coverage_status status, const char *code, const char *text)
{
	report_cover(r,
	             (struct coverage){
			     .check = CHECK_LICENSE, .status = status, .code = code, .layer = -1},
	             "%s", text);
}

void judge_license(const struct judge_license *l, struct report *r)
{
	struct judging j = {.l = l, .r = r};
	if (!l->n_allow && !l->n_deny) {
		row(r, COVERAGE_INCOMPLETE, "license.no-list",
		    "neither --license-allow nor --license-deny says what is wanted");
		return;
	}
	for (size_t i = 0; i < r->n_packages; i++)
		judge_package(&j, &r->packages[i]);
	if (j.n_silent)
		row(r, COVERAGE_INCOMPLETE, "license.unknown",
		    arena_printf(r->arena, "%zu packages state no licence (%.*s first)", j.n_silent,
		                 BYTES_FMT(j.silent->name)));
	if (j.n_odd)
		row(r, COVERAGE_INCOMPLETE, "license.not-listed",
		    arena_printf(r->arena,
		                 "%zu packages have a licence that is not in the SPDX list (%.*s "
		                 "first), which no list of denied ones can name",
		                 j.n_odd, BYTES_FMT(j.odd->name)));
	row(r, COVERAGE_COMPLETE, "license.judged",
	    arena_printf(r->arena, "licences of %zu packages", r->n_packages - j.n_silent));
}
