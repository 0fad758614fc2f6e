/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os.c - which distribution the image is.
 *
 * Several files may say so; each carries a rank (os-release(5): /etc comes before /usr/lib; the
 * older release files stand in where neither is there).  What the strongest leaves out, the others
 * may fill in when they speak of the same distribution.
 */
#include "judge/judge.h"

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

int judge_os(const struct judge_input *in, struct report *r, struct fact_os *ret, struct err *e)
{
	(void)e;
	struct fact_os best = {.rank = 0}, other;
	int64_t above = -1;
	while (next_os(in, above, &other)) {
		above = (int64_t)other.rank;
		if (!best.id.n)
			best = other;
		merge(&best, &other);
	}
	*ret = best;
	r->os.id = arena_dup(r->arena, best.id);
	r->os.version = arena_dup(r->arena, best.version_id);
	r->os.name = arena_dup(r->arena, best.pretty.n ? best.pretty : best.name);
	return 0;
}
