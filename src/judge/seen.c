/* SPDX-License-Identifier: Apache-2.0 */
/* seen.c - going through the facts of one kind that the merged image shows. */
#include "judge/seen.h"

struct seen seen_begin(const struct judge_input *in, enum fact_kind kind)
{
	return (struct seen){.in = in, .kind = kind};
}

/* The next set, layers and looks in turns. */
static bool next_set(struct seen *s)
{
	while (s->next < 2 * s->in->n_layers) {
		s->layer = s->next / 2;
		s->is_look = s->next % 2;
		s->next++;
		const struct factset *fs =
			s->is_look ? s->in->looks[s->layer] : s->in->layers[s->layer];
		if (!fs)
			continue;
		s->it = fact_iter(fs, s->kind);
		s->head.path = (struct bytes){NULL, 0};
		return true;
	}
	return false;
}

bool seen_next(struct seen *s, struct bytes *ret_cbor)
{
	while (s->it.fs || next_set(s)) {
		while (fact_next(&s->it, ret_cbor)) {
			struct bytes last = s->head.path;
			if (!fact_decode_head(s->kind, *ret_cbor, &s->head))
				continue;
			if (!last.p || !bytes_eq(last, s->head.path))
				s->is_shown = s->is_look ||
				              view_shows(s->in->view, s->layer, s->head.path);
			if (s->is_shown)
				return true;
		}
		s->it.fs = NULL;
	}
	return false;
}

bool seen_setting(struct seen *s, struct fact_setting *ret)
{
	for (struct bytes cbor; seen_next(s, &cbor);) {
		if (fact_decode_setting(cbor, ret))
			return true;
	}
	return false;
}

bool seen_account(struct seen *s, struct fact_account *ret)
{
	for (struct bytes cbor; seen_next(s, &cbor);) {
		if (fact_decode_account(cbor, ret))
			return true;
	}
	return false;
}
