/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os.c - which distribution the image is.
 *
 * Several files may say so; each carries a rank (os-release(5): /etc comes before /usr/lib; the
 * older release files stand in where neither is there).  What the strongest leaves out, the others
 * may fill in when they speak of the same distribution.
 */
#include "judge/judge.h"

/* os-release itself has the ranks 0 (/etc) and 1 (/usr/lib): fmt/osrelease.c. */
enum { OS_RANK_RELEASE = 1 };

static void fill(struct bytes *to, struct bytes from)
{
	if (!to->n)
		*to = from;
}

static void merge(struct fact_os *best, const struct fact_os *other)
{
	if (!bytes_eq(best->id, other->id))
		return;
	fill(&best->version_id, other->version_id);
	fill(&best->version, other->version);
	fill(&best->codename, other->codename);
	fill(&best->name, other->name);
	fill(&best->pretty, other->pretty);
	fill(&best->cpe, other->cpe);
	fill(&best->id_like, other->id_like);
	fill(&best->variant, other->variant);
}

/* The strongest visible statement whose rank is above `above` (so that callers can go through them
 * in order); false when there is none. */
static bool next_os(const struct judge_input *in, int64_t above, struct fact_os *ret)
{
	bool is_found = false;
	for (size_t i = 0; i < 2 * in->n_layers; i++) {
		size_t layer = i / 2;
		const struct factset *fs = i % 2 ? in->looks[layer] : in->layers[layer];
		if (!fs)
			continue;
		struct fact_iter it = fact_iter(fs, FACT_OS);
		for (struct bytes cbor; fact_next(&it, &cbor);) {
			struct fact_os os;
			if (!fact_decode_os(cbor, &os) || (int64_t)os.rank <= above)
				continue;
			if (is_found && os.rank >= ret->rank)
				continue;
			/* a second look names the link, not the file: it was asked for because
			 * visible */
			if (i % 2 == 0 && !view_shows(in->view, layer, os.head.path))
				continue;
			*ret = os;
			is_found = true;
		}
	}
	return is_found;
}

static struct bytes two_parts(struct bytes v)
{
	size_t dots = 0, i = 0;
	while (i < v.n && !(v.p[i] == '.' && ++dots == 2))
		i++;
	return bytes_slice(v, 0, i);
}

/* "12" and "12.5" agree, as far as both say; "12" and "13" do not. */
static bool versions_agree(struct bytes a, struct bytes b)
{
	a = two_parts(a);
	b = two_parts(b);
	size_t n = MIN_OF(a.n, b.n);
	const struct bytes longer = a.n > b.n ? a : b;
	return bytes_eq(bytes_slice(a, 0, n), bytes_slice(b, 0, n)) &&
	       (longer.n == n || n == 0 || longer.p[n] == '.');
}

/* os-release(5): what /usr/lib says counts only where /etc says nothing; both are one file in every
 * distribution.  Where they are not, or where another release file of the same distribution tells
 * another release, packages may be older or newer than the advisories that are asked. */
static bool disagree(const struct fact_os *best, const struct fact_os *other)
{
	bool is_release = other->rank <= OS_RANK_RELEASE;
	if (!bytes_eq(best->id, other->id))
		return is_release && best->id.n && other->id.n;
	return best->version_id.n && other->version_id.n &&
	       !versions_agree(best->version_id, other->version_id);
}

static void doubt(struct report *r, const char *code, const char *text)
{
	report_cover(r,
	             (struct coverage){.check = CHECK_VULNERABILITY,
	                               .status = COVERAGE_INCOMPLETE,
	                               .code = code,
	                               .layer = -1},
	             "%s", text);
}

static void doubt_disagreement(struct report *r, const struct fact_os *a, const struct fact_os *b)
{
	doubt(r, "os.conflict",
	      arena_printf(r->arena, "%.*s says %.*s %.*s, %.*s says %.*s %.*s",
	                   BYTES_FMT(a->head.path), BYTES_FMT(a->id), BYTES_FMT(a->version_id),
	                   BYTES_FMT(b->head.path), BYTES_FMT(b->id), BYTES_FMT(b->version_id)));
}

int judge_os(const struct judge_input *in, struct report *r, struct fact_os *ret, struct err *e)
{
	(void)e;
	struct fact_os best = {.rank = 0}, other;
	struct bytes nameless = {NULL, 0}; /* an os-release without ID */
	bool is_in_doubt = false;
	int64_t above = -1;
	while (next_os(in, above, &other)) {
		above = (int64_t)other.rank;
		if (!best.id.n)
			best = other;
		if (!other.id.n && other.rank <= OS_RANK_RELEASE)
			nameless = other.head.path;
		if (!is_in_doubt && disagree(&best, &other)) {
			doubt_disagreement(r, &best, &other);
			is_in_doubt = true;
		}
		merge(&best, &other);
	}
	/* a derivative keeps the release files of what it was made from */
	if (nameless.n && best.id.n && best.rank > OS_RANK_RELEASE)
		doubt(r, "os.guessed",
		      arena_printf(r->arena, "%.*s has no ID; %.*s is what %.*s says",
		                   BYTES_FMT(nameless), BYTES_FMT(best.id),
		                   BYTES_FMT(best.head.path)));
	*ret = best;
	r->os.id = arena_dup(r->arena, best.id);
	r->os.version = arena_dup(r->arena, best.version_id);
	r->os.cpe = arena_dup(r->arena, best.cpe);
	r->os.name = arena_dup(r->arena, best.pretty.n ? best.pretty : best.name);
	return 0;
}
