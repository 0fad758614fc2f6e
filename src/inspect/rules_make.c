/* SPDX-License-Identifier: Apache-2.0 */
/* rules_make.c - readable rules become a bundle. */
#include "inspect/rules_text.h"

#include <dirent.h>
#include <hs/hs.h>
#include <stdlib.h>
#include <string.h>

uint32_t rules_pool(struct rules_text *t, struct bytes text)
{
	if (text.n == 0)
		return 0;
	uint32_t at = (uint32_t)t->strings.n;
	buf_add(&t->strings, text);
	buf_addc(&t->strings, 0);
	return at;
}

struct rule_text *rules_text_add(struct rules_text *t)
{
	t->v = mem_grow(t->v, &t->cap, t->n + 1, sizeof *t->v);
	t->v[t->n] = (struct rule_text){.id = ""};
	return &t->v[t->n++];
}

static int read_file(struct rules_text *t, const char *path, bool is_user, struct err *e)
{
	AUTO_BUF struct buf b = {0};
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	if (file_read(path, (size_t)YAML_DOC_MAX, &b, e) < 0)
		return -1;
	struct digest d = digest_of(buf_bytes(&b));
	buf_addf(&t->digested, "%s %d\n", name, is_user);
	buf_add(&t->digested, bytes_of(d.b, 32));
	return rules_read_yaml(t, buf_bytes(&b), arena_str(t->arena, bytes_str(name)), is_user, e);
}

static int is_rules(const struct dirent *d)
{
	return bytes_ends(bytes_str(d->d_name), B(".yaml")) ||
	       bytes_ends(bytes_str(d->d_name), B(".yml"));
}

/* All files of a folder, by name; or the one file. */
static int read_path(struct rules_text *t, const char *path, bool is_user, struct err *e)
{
	struct dirent **list = NULL;
	struct stat st;
	if (stat(path, &st))
		return err_set(e, ERR_NOTFOUND, "%s: %m", path);
	if (!S_ISDIR(st.st_mode))
		return read_file(t, path, is_user, e);
	int n = scandir(path, &list, is_rules, alphasort), rc = 0;
	if (n < 0)
		return err_set(e, ERR_IO, "%s: %m", path);
	for (int i = 0; i < n; i++) {
		AUTO_FREE char *file = path_join(path, list[i]->d_name);
		if (rc == 0)
			rc = read_file(t, file, is_user, e);
		free(list[i]);
	}
	free(list);
	return rc;
}

/* A later rule of the same id takes the place of an earlier one: a user's, of ours. */
static int only_once(struct rules_text *t, struct err *e)
{
	for (size_t i = 0; i < t->n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (strcmp(t->v[i].id, t->v[k].id) != 0)
				continue;
			if ((t->v[i].r.flags & RULE_IS_USER) == (t->v[k].r.flags & RULE_IS_USER))
				return err_set(e, ERR_FORMAT, "%s: rule %s is there twice",
				               t->v[i].name, t->v[i].id);
			t->v[k] = t->v[i];
			memmove(t->v + i, t->v + i + 1, (t->n - i - 1) * sizeof *t->v);
			t->n--;
			i--;
			break;
		}
	}
	return 0;
}

static uint32_t place(struct buf *b, struct bytes part)
{
	while (b->n % 64)
		buf_addc(b, 0);
	uint32_t at = (uint32_t)b->n;
	buf_add(b, part);
	return at;
}

static int assemble(struct rules_text *t, struct buf *ret, struct err *e)
{
	struct rules_head h = {.magic = RULES_MAGIC, .format = RULES_FORMAT};
	AUTO_BUF struct buf db, records;
	buf_init(&db, (size_t)RULES_MAX);
	buf_init(&records, (size_t)RULES_MAX);
	buf_init(ret, (size_t)RULES_MAX);
	buf_add(ret, bytes_of(&h, sizeof h));
	for (unsigned cpu = 0; cpu < RULES_CPU__MAX; cpu++) {
		buf_reset(&db);
#ifndef __x86_64__
		if (cpu != RULES_CPU_ANY)
			continue;
#endif
		if (rules_compile(t, (enum rules_cpu)cpu, &db, e))
			return -1;
		h.db[cpu].at = place(ret, buf_bytes(&db));
		h.db[cpu].len = (uint32_t)db.n;
	}
	for (size_t i = 0; i < t->n; i++)
		buf_add(&records, bytes_of(&t->v[i].r, sizeof t->v[i].r));
	h.n_rules = (uint32_t)t->n;
	h.rules = place(ret, buf_bytes(&records));
	h.literals = place(ret, B(""));
	h.strings = place(ret, buf_bytes(&t->strings));
	h.strings_len = (uint32_t)t->strings.n;
	struct digest d = digest_of(buf_bytes(&t->digested));
	memcpy(h.digest, d.b, sizeof h.digest);
	if (ret->overflow)
		return err_set(e, ERR_LIMIT, "compiled rules exceed %lld bytes",
		               (long long)RULES_MAX);
	memcpy(ret->p, &h, sizeof h);
	return 0;
}

int rules_make(const struct rules_source *s, size_t n, struct buf *ret, struct err *e)
{
	AUTO_ARENA struct arena *arena = arena_new();
	struct rules_text t = {.arena = arena};
	int rc = 0;
	buf_init(&t.strings, (size_t)RULES_MAX);
	buf_init(&t.digested, (size_t)RULES_MAX);
	buf_addc(&t.strings, 0);
	buf_addf(&t.digested, "format %d\nHyperscan %s\n", RULES_FORMAT, hs_version());
	for (size_t i = 0; i < n && rc == 0; i++) {
		for (size_t k = 0; k < s[i].n && rc == 0; k++)
			rc = read_path(&t, s[i].paths[k], s[i].is_user, e);
	}
	if (rc == 0)
		rc = only_once(&t, e);
	if (rc == 0)
		rc = assemble(&t, ret, e);
	buf_fini(&t.strings);
	buf_fini(&t.digested);
	free(t.encoded.v);
	free(t.v);
	return rc;
}
