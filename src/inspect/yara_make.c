/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yara_make.c - YARA rules become a bundle, in a process that has given everything up.
 *
 * Modules that would read files or reports from elsewhere (magic, cuckoo) are refused, and so are
 * includes: all files of a folder are read anyway.
 */
#include "inspect/yara_parts.h"

#include <hs/hs.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yara.h>

#include "fmt/fmt.h"

const char *const yara_externals[] = {"filename", "filepath", "extension", "filetype",
                                      "owner",    "md5",      NULL};

struct make {
	struct arena *a;
	YR_COMPILER *compiler;
	YR_RULES *rules;
	struct yara_text text;
	struct bytes file; /* at hand */
	struct err *e;
};

/* ---- libyara ---- */

static void on_message(int level, const char *file, int line, const YR_RULE *rule,
                       const char *message, void *arg)
{
	struct make *m = arg;
	(void)file, (void)rule;
	if (level == YARA_ERROR_LEVEL_ERROR && m->e->kind == ERR_NONE)
		err_set(m->e, ERR_FORMAT, "%.*s:%d: %s", BYTES_FMT(m->file), line, message);
}

static int add_file(struct make *m, struct bytes name, struct bytes text)
{
	m->file = name;
	if (bytes_find(text, 0) >= 0)
		return err_set(m->e, ERR_FORMAT, "%.*s: not a text", BYTES_FMT(name));
	if (yr_compiler_add_string(m->compiler, arena_str(m->a, text), arena_str(m->a, name)) == 0)
		return yara_text_add(&m->text, text, m->e);
	if (m->e->kind == ERR_NONE)
		err_set(m->e, ERR_FORMAT, "%.*s: not YARA rules", BYTES_FMT(name));
	return -1;
}

static int on_import(YR_SCAN_CONTEXT *context, int message, void *data, void *arg)
{
	struct make *m = arg;
	(void)context;
	if (message != CALLBACK_MSG_IMPORT_MODULE)
		return CALLBACK_CONTINUE;
	const char *name = ((YR_MODULE_IMPORT *)data)->module_name;
	if (strcmp(name, "magic") != 0 && strcmp(name, "cuckoo") != 0)
		return CALLBACK_CONTINUE;
	err_set(m->e, ERR_FORMAT, "a rule imports \"%s\", which reads more than the file at hand",
	        name);
	return CALLBACK_ERROR;
}

static int finish_rules(struct make *m)
{
	int rc = yr_compiler_get_rules(m->compiler, &m->rules);
	if (rc != ERROR_SUCCESS)
		return err_set(m->e, ERR_LIMIT, "libyara cannot hold these rules (error %d)", rc);
	rc = yr_rules_scan_mem(m->rules, (const uint8_t *)"", 0, SCAN_FLAGS_NO_TRYCATCH, on_import,
	                       m, (int)YARA_SECONDS_MAX);
	if (rc != ERROR_SUCCESS && m->e->kind == ERR_NONE)
		return err_set(m->e, ERR_FORMAT, "libyara cannot run these rules (error %d)", rc);
	return m->e->kind == ERR_NONE ? 0 : -1;
}

static size_t write_some(const void *p, size_t size, size_t count, void *arg)
{
	return buf_add(arg, bytes_of(p, size * count)) < 0 ? 0 : count;
}

/* ---- literals ---- */

struct literals {
	const char **v;
	size_t *lens;
	unsigned *flags, *ids;
	size_t n, cap, cap_lens, cap_flags, cap_ids;
};

/* As the literal's id: KiB of the largest file that its rule can match, 0: of any size. */
static unsigned size_id(const struct yara_literal *from)
{
	uint64_t kib = from->size_max / KIB(1) + 1;
	return kib > YARA_KIB_MOST ? 0 : (unsigned)kib;
}

static void literal_add(struct literals *l, struct arena *a, struct bytes text,
                        const struct yara_literal *from)
{
	struct bytes copy = arena_dup(a, text);
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof *l->v);
	l->lens = mem_grow(l->lens, &l->cap_lens, l->n + 1, sizeof *l->lens);
	l->flags = mem_grow(l->flags, &l->cap_flags, l->n + 1, sizeof *l->flags);
	l->ids = mem_grow(l->ids, &l->cap_ids, l->n + 1, sizeof *l->ids);
	l->v[l->n] = (const char *)copy.p;
	l->lens[l->n] = copy.n;
	l->flags[l->n] = HS_FLAG_SINGLEMATCH | (from->flags & YARA_NOCASE ? HS_FLAG_CASELESS : 0);
	l->ids[l->n++] = size_id(from);
}

static void spell(struct literals *l, struct arena *a, const struct yara_literal *from, uint8_t key)
{
	uint8_t wide[2 * YARA_LITERAL_LEN] = {0}, plain[YARA_LITERAL_LEN];
	size_t n = from->text.n;
	for (size_t i = 0; i < n; i++) {
		plain[i] = from->text.p[i] ^ key;
		wide[2 * i] = plain[i];
		wide[2 * i + 1] = key; /* what stands between is coded too */
	}
	if (from->flags & YARA_ASCII)
		literal_add(l, a, bytes_of(plain, n), from);
	if (from->flags & YARA_WIDE)
		literal_add(l, a, bytes_of(wide, 2 * n - 1), from);
}

static int compile_literals(struct make *m, struct buf *ret)
{
	struct literals l = {.n = 0};
	for (size_t i = 0; i < m->text.n_literals; i++) {
		const struct yara_literal *one = &m->text.literals[i];
		unsigned from = one->flags & YARA_XOR ? one->xor_from : 0;
		unsigned to = one->flags & YARA_XOR ? one->xor_to : 0;
		for (unsigned key = from; key <= to; key++)
			spell(&l, m->a, one, (uint8_t)key);
	}
	hs_database_t *db = NULL;
	hs_compile_error_t *why = NULL;
	char *p = NULL;
	size_t n = 0;
	int rc = 0;
	if (l.n && (hs_compile_lit_multi(l.v, l.flags, l.ids, l.lens, (unsigned)l.n, HS_MODE_STREAM,
	                                 NULL, &db, &why) != HS_SUCCESS ||
	            hs_serialize_database(db, &p, &n) != HS_SUCCESS))
		rc = err_set(m->e, ERR_LIMIT, "literals of the rules: %s",
		             why ? why->message : "no database");
	if (rc == 0)
		buf_add(ret, bytes_of(p, n));
	hs_free_compile_error(why);
	hs_free_database(db);
	free(p);
	free(l.v);
	free(l.lens);
	free(l.flags);
	free(l.ids);
	return rc;
}

/* ---- what rules say of themselves ---- */

struct described {
	struct bytes name, title, why, repair, source;
	enum severity severity;
};

static struct bytes text_of(const YR_META *meta)
{
	return meta->type == META_TYPE_STRING ? bytes_str(meta->string) : (struct bytes){NULL, 0};
}

/* Public collections grade by a score of 0 to 100, or in words. */
static enum severity severity_of(const YR_META *meta, enum severity usual)
{
	enum severity s;
	if (meta->type == META_TYPE_STRING && severity_parse(text_of(meta), &s))
		return s;
	if (meta->type != META_TYPE_INTEGER || strcmp(meta->identifier, "score") != 0)
		return usual;
	return meta->integer >= 90   ? SEV_CRITICAL
	       : meta->integer >= 70 ? SEV_HIGH
	       : meta->integer >= 50 ? SEV_MEDIUM
	                             : SEV_LOW;
}

static struct described describe(struct make *m, const YR_RULE *rule)
{
	struct described d = {.severity = SEV_HIGH};
	const struct {
		const char *key;
		struct bytes *to;
	} texts[] = {
		{"title",       &d.title },
                {"description", &d.title },
                {"why",         &d.why   },
		{"repair",      &d.repair},
                {"source",      &d.source},
                {"reference",   &d.source},
	};
	const YR_META *meta;
	d.name = bytes_str(arena_printf(m->a, "%s:%s", rule->ns->name, rule->identifier));
	yr_rule_metas_foreach(rule, meta)
	{
		if (!strcmp(meta->identifier, "severity") || !strcmp(meta->identifier, "score"))
			d.severity = severity_of(meta, d.severity);
		for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
			if (!strcmp(meta->identifier, texts[i].key) && !texts[i].to->n)
				*texts[i].to = bytes_slice(text_of(meta), 0, 2000);
		}
	}
	return d;
}

static int by_name(const void *a, const void *b)
{
	const struct described *x = a, *y = b;
	return bytes_cmp(x->name, y->name);
}

static void put_rules(struct make *m, struct buf *out)
{
	AUTO_FREE struct described *v = mem_alloc((m->rules->num_rules + 1) * sizeof *v);
	size_t n = 0;
	YR_RULE *rule;
	yr_rules_foreach(m->rules, rule)
	{
		if (!RULE_IS_PRIVATE(rule))
			v[n++] = describe(m, rule);
	}
	qsort(v, n, sizeof *v, by_name);
	cbor_array(out, n);
	for (size_t i = 0; i < n; i++) {
		cbor_array(out, YARA_RULE_FIELDS);
		cbor_uint(out, (uint64_t)v[i].severity);
		cbor_bytes(out, v[i].name);
		cbor_bytes(out, v[i].title);
		cbor_bytes(out, v[i].why);
		cbor_bytes(out, v[i].repair);
		cbor_bytes(out, v[i].source);
	}
}

/* ---- the whole ---- */

static int read_files(struct make *m, struct bytes in)
{
	struct cbor r = cbor_of(in);
	uint64_t n = 0;
	struct bytes name, text;
	if (!cbor_get_array(&r, &n) || n % 2)
		return err_set(m->e, ERR_FORMAT, "no rules");
	for (; n; n -= 2) {
		if (!cbor_get_bytes(&r, &name) || !cbor_get_bytes(&r, &text))
			return err_set(m->e, ERR_FORMAT, "no rules");
		if (add_file(m, name, text) < 0)
			return -1;
	}
	return 0;
}

static int bundle(struct make *m, struct buf *out)
{
	AUTO_BUF struct buf literals, compiled;
	buf_init(&literals, (size_t)YARA_BUNDLE_MAX);
	buf_init(&compiled, (size_t)YARA_BUNDLE_MAX);
	YR_STREAM to = {.user_data = &compiled, .write = write_some};
	if (finish_rules(m) < 0 || compile_literals(m, &literals) < 0)
		return -1;
	bool is_written = yr_rules_save_stream(m->rules, &to) == ERROR_SUCCESS;
	buf_adds(out, YARA_MAGIC);
	cbor_bool(out, m->text.n_always > 0);
	cbor_bytes(out, buf_bytes(&literals));
	cbor_bytes(out, buf_bytes(&compiled));
	put_rules(m, out);
	if (!is_written || literals.overflow || compiled.overflow || out->overflow)
		return err_set(m->e, ERR_LIMIT, "compiled YARA rules exceed %lld bytes",
		               (long long)YARA_BUNDLE_MAX);
	return 0;
}

static int make(struct bytes in, struct buf *out, struct err *e)
{
	struct make m = {.a = arena_new(), .e = e};
	int rc = yr_compiler_create(&m.compiler) == ERROR_SUCCESS
	                 ? 0
	                 : err_set(e, ERR_LIMIT, "libyara has no memory");
	m.text.a = m.a;
	if (rc == 0) {
		yr_compiler_set_callback(m.compiler, on_message, &m);
		yr_compiler_set_include_callback(m.compiler, NULL, NULL, NULL);
		for (size_t i = 0; yara_externals[i]; i++)
			yr_compiler_define_string_variable(m.compiler, yara_externals[i], "");
		rc = read_files(&m, in);
	}
	if (rc == 0)
		rc = bundle(&m, out);
	if (m.rules)
		yr_rules_destroy(m.rules);
	if (m.compiler)
		yr_compiler_destroy(m.compiler);
	yara_text_fini(&m.text);
	arena_free(m.a);
	return rc;
}

static int prepare(struct err *e)
{
	return yr_initialize() == ERROR_SUCCESS ? 0
	                                        : err_set(e, ERR_CONFINE, "libyara does not start");
}

int yara_make_main(void) { return compile_main(&yara_kind, prepare, make); }
