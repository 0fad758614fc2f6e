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

/* What the image shows at the path of the fact. */
static void look_at(struct seen *s)
{
	size_t at;
	bool is = view_find(s->in->view, s->head.path, &s->en, &at);
	if (!is)
		s->en = (struct entry){.size = 0};
	s->is_shown = s->is_look || (is && at == s->layer);
}

bool seen_next(struct seen *s, struct bytes *ret_cbor)
{
	while (s->it.fs || next_set(s)) {
		while (fact_next(&s->it, ret_cbor)) {
			struct bytes last = s->head.path;
			if (!fact_decode_head(s->kind, *ret_cbor, &s->head) ||
			    (s->only.n && !bytes_eq(s->only, s->head.inspector))) {
				s->head.path = last;
				continue;
			}
			if (!last.p || !bytes_eq(last, s->head.path))
				look_at(s);
			if (s->is_shown)
				return true;
		}
		s->it.fs = NULL;
	}
	return false;
}

void seen_links(const struct judge_input *in, struct arena *a, struct seen_links *ret)
{
	static const char *const folders[] = {"bin", "lib", "lib32", "lib64", "libx32", "sbin"};
	_Static_assert(ARRAY_LEN(folders) == ARRAY_LEN(ret->v), "each may be a link");
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)PATH_LEN_MAX);
	*ret = (struct seen_links){.n = 0};
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		struct bytes from = bytes_str(folders[i]);
		struct entry en;
		struct err ignored;
		size_t layer;
		if (!view_find(in->view, from, &en, &layer) || en.type != ENTRY_SYMLINK ||
		    view_resolve(in->view, from, &b, &en, &layer, &ignored) < 0)
			continue;
		ret->v[ret->n].from = from;
		ret->v[ret->n++].to = arena_dup(a, buf_bytes(&b));
	}
}

struct bytes seen_real(const struct seen_links *links, struct bytes path, struct buf *b)
{
	for (size_t i = 0; i < links->n; i++) {
		struct bytes from = links->v[i].from;
		if (path.n <= from.n || path.p[from.n] != '/' || !bytes_starts(path, from))
			continue;
		buf_reset(b);
		buf_add(b, links->v[i].to);
		buf_add(b, bytes_skip(path, from.n));
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
