/* SPDX-License-Identifier: Apache-2.0 */
/* loader.c - libraries by the search of glibc's and musl's loaders. */
#include "judge/loader.h"

#include <stdlib.h>

static const char *const usual[] = {
	"lib",
	"usr/lib",
	"lib64",
	"usr/lib64",
	"usr/local/lib",
	"usr/local/lib64",
	"lib32",
	"usr/lib32",
	"libx32",
	"usr/libx32",
	"lib/x86_64-linux-gnu",
	"usr/lib/x86_64-linux-gnu",
	"lib/aarch64-linux-gnu",
	"usr/lib/aarch64-linux-gnu",
	"lib/i386-linux-gnu",
	"usr/lib/i386-linux-gnu",
	"lib/arm-linux-gnueabihf",
	"usr/lib/arm-linux-gnueabihf",
	"lib/riscv64-linux-gnu",
	"usr/lib/riscv64-linux-gnu",
	"lib/powerpc64le-linux-gnu",
	"usr/lib/powerpc64le-linux-gnu",
	"lib/s390x-linux-gnu",
	"usr/lib/s390x-linux-gnu",
};

/* musl's loader is these; a graphics driver comes with the host's container runtime. */
static const char *const given[] = {
	"libc.so",    "libpthread.so", "librt.so",     "libm.so",         "libdl.so",
	"libutil.so", "libxnet.so",    "libcuda.so.1", "libnvcuvid.so.1", "libnvidia-ml.so.1"};

static void folder_add(struct loader *l, struct bytes folder)
{
	if (!folder.n || folder.p[0] != '/')
		return;
	l->folders = mem_grow(l->folders, &l->cap, l->n + 1, sizeof *l->folders);
	l->folders[l->n++] = arena_dup(l->a, folder);
}

void loader_init(struct loader *l, const struct judge_input *in, struct arena *a)
{
	*l = (struct loader){.in = in, .a = a, .names = map_new(), .files = map_new()};
	struct seen s = seen_begin(in, FACT_SETTING);
	for (struct fact_setting f; seen_setting(&s, &f);) {
		if (bytes_eq(f.what, B("library-folder")))
			folder_add(l, f.value);
	}
	for (size_t i = 0; in->config && i < in->config->env.n; i++) {
		struct bytes key, rest, folder;
		if (!bytes_cut(in->config->env.v[i], '=', &key, &rest) ||
		    !bytes_eq(key, B("LD_LIBRARY_PATH")))
			continue;
		while (bytes_split(&rest, ':', &folder))
			folder_add(l, folder);
	}
}

void loader_fini(struct loader *l)
{
	free(l->folders);
	map_free(l->names);
	map_free(l->files);
}

void loader_add(struct loader *l, const struct fact_binary *f)
{
	map_put(l->files, arena_dup(l->a, path_base(f->head.path)), NULL);
	if (f->soname.n)
		map_put(l->files, arena_dup(l->a, f->soname), NULL);
}

/* The real path of folder/name, in the arena; absent: nothing is there. */
static struct bytes look(struct loader *l, struct bytes folder, struct bytes name)
{
	AUTO_BUF struct buf raw, clean, real;
	struct entry en;
	size_t layer;
	struct err ignored;
	buf_init(&raw, 4 * (size_t)PATH_LEN_MAX);
	buf_init(&clean, (size_t)PATH_LEN_MAX);
	buf_init(&real, (size_t)PATH_LEN_MAX);
	buf_add(&raw, folder);
	if (folder.n)
		buf_addc(&raw, '/');
	buf_add(&raw, name);
	if (raw.overflow || image_path(buf_bytes(&raw), &clean, &ignored) < 0 ||
	    !actor_look(l->in, buf_bytes(&clean), &real, &en, &layer) || en.type == ENTRY_DIR)
		return (struct bytes){NULL, 0};
	return arena_dup(l->a, buf_bytes(real.n ? &real : &clean));
}

/* A folder of the file's own search path; one with a word that only the loader knows ($LIB) may
 * hold anything. */
static struct bytes look_own(struct loader *l, const struct fact_binary *f, struct bytes folder,
                             struct bytes name)
{
	static const struct bytes spelt[] = {
		{(const uint8_t *)"$ORIGIN",   7},
                {(const uint8_t *)"${ORIGIN}", 9}
        };
	AUTO_BUF struct buf b;
	buf_init(&b, 3 * (size_t)PATH_LEN_MAX);
	for (size_t i = 0; i < ARRAY_LEN(spelt); i++) {
		if (!bytes_starts(folder, spelt[i]))
			continue;
		buf_addc(&b, '/');
		buf_add(&b, path_dir(f->head.path));
		buf_add(&b, bytes_skip(folder, spelt[i].n));
		return look(l, buf_bytes(&b), name);
	}
	if (bytes_find(folder, '$') >= 0)
		return B("");
	return folder.n && folder.p[0] == '/' ? look(l, folder, name) : (struct bytes){NULL, 0};
}

static struct bytes look_usual(struct loader *l, struct bytes name)
{
	const union map_value *known = map_get(l->names, name);
	if (known)
		return *(const struct bytes *)known->p;
	struct bytes *at = arena_alloc(l->a, sizeof *at);
	for (size_t i = 0; !at->p && i < l->n; i++)
		*at = look(l, l->folders[i], name);
	for (size_t i = 0; !at->p && i < ARRAY_LEN(usual); i++)
		*at = look(l, bytes_str(usual[i]), name);
	for (size_t i = 0; !at->p && i < ARRAY_LEN(given); i++) {
		if (bytes_eq(name, bytes_str(given[i])))
			*at = B("");
	}
	map_put(l->names, arena_dup(l->a, name), NULL)->p = at;
	return *at;
}

struct bytes loader_find(struct loader *l, const struct fact_binary *f, struct bytes name)
{
	struct bytes lists[] = {f->rpath, f->runpath}, at = {NULL, 0};
	if (bytes_find(name, '/') >= 0)
		return look(l, B(""), name);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		for (struct bytes folder;
		     !at.p && lists[i].n && bytes_split(&lists[i], ':', &folder);)
			at = look_own(l, f, folder, name);
	}
	return at.p ? at : look_usual(l, name);
}

bool loader_has(struct loader *l, const struct fact_binary *f, struct bytes name)
{
	if (loader_find(l, f, name).p)
		return true;
	return f->kind == ELF_LIBRARY && map_get(l->files, path_base(name));
}
