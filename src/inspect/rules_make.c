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

static int read_file(struct rules_text *t, const char *path, struct err *e)
{
	AUTO_BUF struct buf b = {0};
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	if (file_read(path, (size_t)YAML_DOC_MAX, &b, e) < 0)
		return -1;
	struct digest d = digest_of(buf_bytes(&b));
	buf_addf(&t->digested, "%s\n", name);
	buf_add(&t->digested, bytes_of(d.b, 32));
	return rules_read_yaml(t, buf_bytes(&b), arena_str(t->arena, bytes_str(name)), false, e);
}

static int is_rules(const struct dirent *d)
{
	return bytes_ends(bytes_str(d->d_name), B(".yaml")) ||
	       bytes_ends(bytes_str(d->d_name), B(".yml"));
}

/* All files of a folder, by name; or the one file. */
static int read_path(struct rules_text *t, const char *path, struct err *e)
{
	struct dirent **list = NULL;
	struct stat st;
	if (stat(path, &st))
		return err_set(e, ERR_NOTFOUND, "%s: %m", path);
	if (!S_ISDIR(st.st_mode))
		return read_file(t, path, e);
	int n = scandir(path, &list, is_rules, alphasort), rc = 0;
	if (n < 0)
		return err_set(e, ERR_IO, "%s: %m", path);
	for (int i = 0; i < n; i++) {
		AUTO_FREE char *file = path_join(path, list[i]->d_name);
		if (rc == 0)
			rc = read_file(t, file, e);
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

void rules_allow_add(struct rules_text *t, struct rule_text *r, const struct rule_allow *a)
{
	struct rule_allow *v = arena_alloc(t->arena, (r->n_allows + 1) * sizeof *v);
	if (r->n_allows)
		memcpy(v, r->allows, r->n_allows * sizeof *v);
	v[r->n_allows++] = *a;
	r->allows = v;
}

static uint32_t pool_encoded(struct rules_text *t)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(1));
	for (size_t i = 0; i < t->encoded.n; i++) {
		buf_add(&b, t->encoded.v[i]);
		buf_addc(&b, '\n');
	}
	return rules_pool(t, buf_bytes(&b));
}

/* The lists of all rules, one after the other. */
static void put_allows(struct rules_text *t, struct buf *b)
{
	for (size_t i = 0, at = 0; i < t->n; i++) {
		t->v[i].r.allows = (uint32_t)at;
		t->v[i].r.n_allows = (uint16_t)MIN_OF(t->v[i].n_allows, (size_t)UINT16_MAX);
		at += t->v[i].r.n_allows;
		buf_add(b, bytes_of(t->v[i].allows, t->v[i].r.n_allows * sizeof *t->v[i].allows));
	}
}

static bool is_wanted(const struct rules_text *t, unsigned cpu)
{
#ifdef __x86_64__
	__builtin_cpu_init();
	bool has_avx2 = __builtin_cpu_supports("avx2");
	return !t->is_for_here || cpu == (has_avx2 ? RULES_CPU_AVX2 : RULES_CPU_ANY);
#else
	(void)t;
	return cpu == RULES_CPU_ANY;
#endif
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
	AUTO_BUF struct buf db, records, allows;
	buf_init(&allows, (size_t)RULES_MAX);
	buf_init(&db, (size_t)RULES_MAX);
	buf_init(&records, (size_t)RULES_MAX);
	buf_init(ret, (size_t)RULES_MAX);
	buf_add(ret, bytes_of(&h, sizeof h));
	for (unsigned cpu = 0; cpu < RULES_CPU__MAX; cpu++) {
		buf_reset(&db);
		if (!is_wanted(t, cpu))
			continue;
		if (rules_compile(t, (enum rules_cpu)cpu, &db, e))
			return -1;
		h.db[cpu].at = place(ret, buf_bytes(&db));
		h.db[cpu].len = (uint32_t)db.n;
	}
	put_allows(t, &allows);
	h.encoded = pool_encoded(t);
	for (size_t i = 0; i < t->n; i++)
		buf_add(&records, bytes_of(&t->v[i].r, sizeof t->v[i].r));
	h.n_rules = (uint32_t)t->n;
	h.rules = place(ret, buf_bytes(&records));
	h.literals = place(ret, B(""));
	h.n_allows = (uint32_t)(allows.n / sizeof(struct rule_allow));
	h.allows = place(ret, buf_bytes(&allows));
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

int rules_finish(struct rules_text *t, struct buf *ret, struct err *e)
{
	for (size_t i = 0; i < t->n; i++)
		if (!t->v[i].r.trigger)
			t->v[i].r.trigger = rules_pool(t, bytes_str(t->v[i].trigger));
	return only_once(t, e) < 0 ? -1 : assemble(t, ret, e);
}

int rules_make(const char *const *paths, size_t n, struct buf *ret, struct err *e)
{
	AUTO_ARENA struct arena *arena = arena_new();
	struct rules_text t = {.arena = arena};
	int rc = 0;
	buf_init(&t.strings, (size_t)RULES_MAX);
	buf_init(&t.digested, (size_t)RULES_MAX);
	buf_addc(&t.strings, 0);
	buf_addf(&t.digested, "format %d\nHyperscan %s\n", RULES_FORMAT, hs_version());
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = read_path(&t, paths[i], e);
	if (rc == 0)
		rc = rules_finish(&t, ret, e);
	buf_fini(&t.strings);
	buf_fini(&t.digested);
	free(t.encoded.v);
	free(t.v);
	return rc;
}
