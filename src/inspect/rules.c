/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - reading a bundle of compiled rules where it lies. */
#include "inspect/rules_text.h"

#include <string.h>

static const char *const suffixes[] = {".yaml", ".yml", ".toml", NULL};

const struct compile_kind rules_kind = {
	.name = "rules",
	.what = "rules for secrets",
	.magic = RULES_MAGIC,
	.suffixes = suffixes,
	.text_max = YAML_DOC_MAX * 4,
	.bundle_max = RULES_MAX,
};

/* [at, at + n * size) lies within the bundle, aligned. */
static bool fits(struct bytes b, uint64_t at, uint64_t n, uint64_t size)
{
	return at % 4 == 0 && at <= b.n && n <= (b.n - at) / size;
}

static bool is_whole(struct bytes b, const struct rules_head *h)
{
	for (size_t i = 0; i < RULES_CPU__MAX; i++) {
		if (!fits(b, h->db[i].at, h->db[i].len, 1))
			return false;
	}
	return fits(b, h->rules, h->n_rules, sizeof(struct rule_record)) &&
	       fits(b, h->literals, h->n_literals, sizeof(uint32_t)) &&
	       fits(b, h->allows, h->n_allows, sizeof(struct rule_allow)) &&
	       h->encoded < h->strings_len && fits(b, h->strings, h->strings_len, 1) &&
	       h->strings_len && b.p[h->strings + h->strings_len - 1] == '\0' &&
	       b.p[h->strings] == '\0';
}

static bool is_sound(const struct rules_head *h, const struct rule_record *r)
{
	const uint32_t texts[] = {r->id,    r->title,   r->why,     r->repair, r->source,
	                          r->regex, r->allow,   r->context, r->path,   r->names,
	                          r->stop,  r->trigger, r->keywords};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (texts[i] >= h->strings_len)
			return false;
	}
	return r->severity < SEV__MAX && r->check < TOKEN_CHECK__MAX && r->allows <= h->n_allows &&
	       r->n_allows <= h->n_allows - r->allows;
}

static bool is_sound_allow(const struct rules_head *h, const struct rule_allow *a)
{
	return a->regex < h->strings_len && a->path < h->strings_len && a->stop < h->strings_len &&
	       a->target < TARGET__MAX;
}

int rules_open(struct bytes b, struct rules *ret, struct err *e)
{
	const void *p = b.p;
	const struct rules_head *h = p;
	if (b.n < sizeof *h || memcmp(h->magic, RULES_MAGIC, RULES_MAGIC_LEN) != 0 ||
	    h->format != RULES_FORMAT)
		return err_set(e, ERR_FORMAT, "not compiled rules of this version");
	if (!is_whole(b, h))
		return err_set(e, ERR_FORMAT, "compiled rules are cut short");
	const void *rules = b.p + h->rules, *literals = b.p + h->literals;
	const void *allows = b.p + h->allows;
	struct rules r = {.head = h,
	                  .v = rules,
	                  .literals = literals,
	                  .allows = allows,
	                  .strings = (const char *)b.p + h->strings,
	                  .whole = b,
	                  .n = h->n_rules};
	for (size_t i = 0; i < r.n; i++) {
		if (!is_sound(h, &r.v[i]))
			return err_set(e, ERR_FORMAT, "compiled rule %zu is broken", i);
	}
	for (size_t i = 0; i < h->n_allows; i++) {
		if (!is_sound_allow(h, &r.allows[i]))
			return err_set(e, ERR_FORMAT, "compiled allow list %zu is broken", i);
	}
	*ret = r;
	return 0;
}

const char *rules_text(const struct rules *r, uint32_t at) { return r->strings + at; }

const struct rule_record *rules_find(const struct rules *r, struct bytes id)
{
	for (size_t i = 0; i < r->n; i++) {
		if (bytes_eq(bytes_str(rules_text(r, r->v[i].id)), id))
			return &r->v[i];
	}
	return NULL;
}

static enum rules_cpu this_cpu(void)
{
#ifdef __x86_64__
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2"))
		return RULES_CPU_AVX2;
#endif
	return RULES_CPU_ANY;
}

struct bytes rules_database(const struct rules *r)
{
	enum rules_cpu cpu = this_cpu();
	if (r->head->db[cpu].len == 0)
		cpu = RULES_CPU_ANY;
	return bytes_slice(r->whole, r->head->db[cpu].at,
	                   (size_t)r->head->db[cpu].at + r->head->db[cpu].len);
}
