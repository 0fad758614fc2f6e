/* SPDX-License-Identifier: Apache-2.0 */
/* start.c - the program that the image starts, where PATH finds it. */
#include "judge/actor.h"

struct bytes start_path(const struct report *r)
{
	for (size_t i = 0; i < r->image.config.env.n; i++) {
		struct bytes key, value;
		if (bytes_cut(r->image.config.env.v[i], '=', &key, &value) &&
		    bytes_eq(key, B("PATH")))
			return value;
	}
	/* what runc takes where none is set */
	return B("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
}

static bool clean(struct bytes raw, struct buf *b)
{
	struct err e = {.kind = ERR_NONE};
	return image_path(raw, b, &e) == 0;
}

bool start_find(const struct judge_input *in, const struct report *r, struct bytes name,
                struct buf *ret)
{
	AUTO_BUF struct buf real;
	AUTO_BUF struct buf raw;
	struct entry en;
	size_t layer;
	buf_init(&real, (size_t)PATH_LEN_MAX);
	buf_init(&raw, 3 * (size_t)PATH_LEN_MAX);
	if (bytes_find(name, '/') >= 0) {
		if (name.p[0] != '/') {
			buf_add(&raw, in->config->working_dir);
			buf_adds(&raw, "/");
		}
		buf_add(&raw, name);
		return clean(buf_bytes(&raw), ret) &&
		       actor_look(in, buf_bytes(ret), &real, &en, &layer) && en.type == ENTRY_FILE;
	}
	struct bytes rest = start_path(r);
	for (struct bytes folder; bytes_split(&rest, ':', &folder);) {
		buf_reset(&raw);
		buf_add(&raw, folder);
		buf_adds(&raw, "/");
		buf_add(&raw, name);
		if (clean(buf_bytes(&raw), ret) &&
		    actor_look(in, buf_bytes(ret), &real, &en, &layer) && en.type == ENTRY_FILE)
			return true;
	}
	return false;
}
