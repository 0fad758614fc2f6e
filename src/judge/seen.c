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

struct bytes seen_merged(const struct judge_input *in, struct bytes path, struct buf *b)
{
	static const char *const folders[] = {"bin", "lib", "lib32", "lib64", "libx32", "sbin"};
	struct bytes top, rest;
	struct entry en;
	size_t layer;
	if (!bytes_cut(path, '/', &top, &rest))
		return path;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		if (!bytes_eq(top, bytes_str(folders[i])))
			continue;
		struct err ignored;
		if (!view_find(in->view, top, &en, &layer) || en.type != ENTRY_SYMLINK ||
		    view_resolve(in->view, top, b, &en, &layer, &ignored) < 0)
			return path;
		buf_adds(b, "/");
		buf_add(b, rest);
		return buf_bytes(b);
	}
	return path;
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
