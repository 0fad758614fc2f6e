/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storage_conf.c - where containers/storage keeps its images, as storage.conf says it.
 *
 * Format: TOML, [storage] with graphroot and rootless_storage_path, [storage.options] with
 * additionalimagestores.  Source: containers-storage.conf(5).
 */
#include "fmt/storage.h"

#include "fmt/toml.h"

/* $HOME, $UID and $USER stand for what they say; others for nothing. */
static struct bytes expand(struct arena *a, struct bytes text, const struct storage_who *who)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)PATH_LEN_MAX);
	while (text.n) {
		static const char *const names[] = {"$HOME", "$UID", "$USER"};
		const char *const values[] = {who->home, who->uid, who->user};
		size_t i = 0;
		while (i < ARRAY_LEN(names) && !bytes_starts(text, bytes_str(names[i])))
			i++;
		if (i < ARRAY_LEN(names)) {
			buf_adds(&b, values[i] ? values[i] : "");
			text = bytes_skip(text, bytes_str(names[i]).n);
			continue;
		}
		buf_addc(&b, text.p[0]);
		text = bytes_skip(text, 1);
	}
	return b.overflow ? (struct bytes){NULL, 0} : arena_dup(a, buf_bytes(&b));
}

static void add(struct arena *a, struct bytes path, const struct storage_who *who,
                struct storage_roots *to)
{
	if (bytes_find(path, 0) >= 0 || to->n == ARRAY_LEN(to->v))
		return;
	path = expand(a, path, who);
	if (bytes_starts(path, B("/")))
		to->v[to->n++] = path;
}

int storage_conf_read(struct arena *a, struct bytes text, const char *name,
                      const struct storage_who *who, struct storage_roots *ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (toml_load(text, name, (size_t)REGISTRIES_CONF_MAX, 0, &root, e) < 0)
		return -1;
	const json_t *storage = json_obj(root, "storage");
	const char *key =
		who->is_rootless && who->is_systems ? "rootless_storage_path" : "graphroot";
	add(a, json_text(storage, key), who, ret);
	const json_t *more = json_list(json_obj(storage, "options"), "additionalimagestores");
	for (size_t i = 0; i < json_array_size(more); i++)
		add(a, json_bytes(json_array_get(more, i)), who, ret);
	return 0;
}
