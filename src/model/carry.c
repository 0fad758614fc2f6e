/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carry.c - pairs of a key and text that stand for what a package or an image has.
 */
#include "model/carry.h"

enum carry_kind { CARRY_TEXT, CARRY_LIST, CARRY_FLAG, CARRY_NUMBER, CARRY_WORD };

struct carry_field {
	const char *key;
	enum carry_kind kind;
	size_t offset;
	const char *(*name)(int); /* of CARRY_WORD: an enum whose 0 is what is usual */
	int n;
};

static const char *evidence_word(int i) { return evidence_name((enum evidence)i); }
static const char *scope_word(int i) { return scope_name((enum package_scope)i); }

#define P(key, kind, member)                                                                       \
	{                                                                                          \
		key, CARRY_##kind, offsetof(struct package, member)                                \
	}
#define FILE_FIELD(key, kind, member)                                                              \
	{                                                                                          \
		key, CARRY_##kind, offsetof(struct report_file, member)                            \
	}
#define R(key, member)                                                                             \
	{                                                                                          \
		key, CARRY_TEXT, offsetof(struct report, member)                                   \
	}

static const struct carry_field package_fields[] = {
	P("arch", TEXT, arch),
	P("source:name", TEXT, source_name),
	P("source:version", TEXT, source_version),
	P("vendor", TEXT, vendor),
	P("maintainer", TEXT, maintainer),
	P("repository", TEXT, repository),
	P("module", TEXT, module),
	P("third-party", FLAG, is_third_party),
	P("layer", NUMBER, layer),
	{"evidence", CARRY_WORD, offsetof(struct package, evidence), evidence_word, EVIDENCE__MAX},
	{"scope",    CARRY_WORD, offsetof(struct package, scope),    scope_word,    SCOPE__MAX   },
	P("absent", FLAG, is_absent),
	P("proof", TEXT, proof),
	P("digest", TEXT, digest),
	P("license", LIST, licenses),
	P("path", LIST, paths),
};

static const struct carry_field file_fields[] = {
	FILE_FIELD("layer", NUMBER, layer),
	FILE_FIELD("package", TEXT, package),
};

static const struct carry_field report_fields[] = {
	R("image:digest", image.digest),
	R("image:config-digest", image.config_digest),
	R("image:platform", image.platform),
	R("os:advisories", os.ns),
};

static void carry_field(const struct carry_field *f, const void *base, struct arena *a,
                        carry_fn *put, void *arg)
{
	const void *at = (const char *)base + f->offset;
	const struct bytes_list *list = at;
	switch (f->kind) {
	case CARRY_TEXT:
		if (((const struct bytes *)at)->n)
			put(arg, f->key, *(const struct bytes *)at);
		return;
	case CARRY_LIST:
		for (size_t i = 0; i < list->n; i++)
			put(arg, f->key, list->v[i]);
		return;
	case CARRY_FLAG:
		if (*(const bool *)at)
			put(arg, f->key, B("true"));
		return;
	case CARRY_WORD:
		if (*(const int *)at)
			put(arg, f->key, bytes_str(f->name(*(const int *)at)));
		return;
	case CARRY_NUMBER:
		if (*(const int32_t *)at >= 0)
			put(arg, f->key,
			    bytes_str(arena_printf(a, "%d", (int)*(const int32_t *)at)));
		return;
	}
}

void carry_package(const struct package *p, struct arena *a, carry_fn *put, void *arg)
{
	for (size_t i = 0; i < ARRAY_LEN(package_fields); i++)
		carry_field(&package_fields[i], p, a, put, arg);
}

void carry_file(const struct report_file *f, struct arena *a, carry_fn *put, void *arg)
{
	for (size_t i = 0; i < ARRAY_LEN(file_fields); i++)
		carry_field(&file_fields[i], f, a, put, arg);
}

static bool set_field(struct report *r, const struct carry_field *f, void *base, struct bytes value)
{
	void *at = (char *)base + f->offset;
	uint64_t n;
	switch (f->kind) {
	case CARRY_TEXT:
		*(struct bytes *)at = arena_dup(r->arena, value);
		return true;
	case CARRY_LIST:
		list_add(r, at, value);
		return true;
	case CARRY_FLAG:
		*(bool *)at = bytes_eq(value, B("true"));
		return *(bool *)at;
	case CARRY_WORD:
		for (int i = 0; i < f->n; i++) {
			if (bytes_eq(value, bytes_str(f->name(i)))) {
				*(int *)at = i;
				return true;
			}
		}
		return false;
	case CARRY_NUMBER:
		if (!bytes_u64(value, INT32_MAX, &n))
			return false;
		*(int32_t *)at = (int32_t)n;
		return true;
	}
	return false;
}

bool carry_set_package(struct report *r, struct package *p, struct bytes key, struct bytes value)
{
	for (size_t i = 0; i < ARRAY_LEN(package_fields); i++) {
		if (bytes_eq(key, bytes_str(package_fields[i].key)))
			return set_field(r, &package_fields[i], p, value);
	}
	return false;
}

bool carry_set_file(struct report *r, struct report_file *f, struct bytes key, struct bytes value)
{
	for (size_t i = 0; i < ARRAY_LEN(file_fields); i++) {
		if (bytes_eq(key, bytes_str(file_fields[i].key)))
			return set_field(r, &file_fields[i], f, value);
	}
	return false;
}

/* ---- layers and coverage ---- */

/* The parts of one value are parted by "|", which is written as an escape within a part. */
static struct bytes part(struct arena *a, struct bytes text)
{
	AUTO_BUF struct buf b;
	if (bytes_find(text, '|') < 0)
		return text;
	buf_init(&b, 4 * text.n);
	for (size_t i = 0; i < text.n; i++)
		text.p[i] == '|' ? buf_adds(&b, "\\x7c") : buf_addc(&b, text.p[i]);
	return arena_dup(a, buf_bytes(&b));
}

void carry_report(const struct report *r, struct arena *a, carry_fn *put, void *arg)
{
	for (size_t i = 0; i < ARRAY_LEN(report_fields); i++)
		carry_field(&report_fields[i], r, a, put, arg);
	for (size_t i = 0; i < r->os.n_sets; i++)
		put(arg, "os:content-set",
		    bytes_str(arena_printf(a, "%d %.*s", (int)r->os.sets[i].layer,
		                           BYTES_FMT(r->os.sets[i].name))));
	for (size_t i = 0; i < r->image.n_layers; i++) {
		const struct report_layer *l = &r->image.layers[i];
		put(arg, "image:layer",
		    bytes_str(arena_printf(a, "%.*s %.*s", BYTES_FMT(l->digest),
		                           BYTES_FMT(l->diff_id))));
	}
	for (size_t i = 0; i < r->n_coverage; i++) {
		const struct coverage *c = &r->coverage[i];
		if (!c->is_inventory || c->status == COVERAGE_COMPLETE)
			continue;
		put(arg, "coverage",
		    bytes_str(arena_printf(a, "%s|%s|%s|%d|%.*s|%.*s", check_name(c->check),
		                           coverage_status_name(c->status), c->code, (int)c->layer,
		                           BYTES_FMT(part(a, c->path)),
		                           BYTES_FMT(part(a, c->detail)))));
	}
}

static bool set_layer(struct report *r, struct bytes value)
{
	struct report_image *im = &r->image;
	struct report_layer l = {.origin = "unknown"};
	if (!bytes_cut(value, ' ', &l.digest, &l.diff_id) || im->n_layers >= (size_t)OCI_LAYERS_MAX)
		return false;
	if (!im->layers) /* once, for as many as there may be */
		im->layers = arena_alloc(r->arena, (size_t)OCI_LAYERS_MAX * sizeof *im->layers);
	l.digest = arena_dup(r->arena, l.digest);
	l.diff_id = arena_dup(r->arena, l.diff_id);
	im->layers[im->n_layers++] = l;
	return true;
}

static bool set_coverage(struct report *r, struct bytes value)
{
	struct bytes check, status, code, layer, path;
	struct coverage c = {.layer = -1, .is_inventory = true};
	uint64_t n;
	if (!bytes_split(&value, '|', &check) || !bytes_split(&value, '|', &status) ||
	    !bytes_split(&value, '|', &code) || !bytes_split(&value, '|', &layer) ||
	    !bytes_cut(value, '|', &path, &value) || !check_parse(check, &c.check))
		return false;
	if (bytes_eq(status, B("incomplete")))
		c.status = COVERAGE_INCOMPLETE;
	else if (bytes_eq(status, B("skipped")))
		c.status = COVERAGE_SKIPPED;
	else
		return false;
	if (bytes_u64(layer, INT32_MAX, &n))
		c.layer = (int32_t)n;
	c.code = arena_str(r->arena, code);
	c.path = path.n ? path : (struct bytes){NULL, 0};
	report_cover(r, c, "%.*s", BYTES_FMT(value));
	return true;
}

static bool set_content_set(struct report *r, struct bytes value)
{
	struct bytes layer, name;
	uint64_t n;
	if (!bytes_cut(value, ' ', &layer, &name))
		return false;
	bool has_layer = bytes_u64(layer, INT32_MAX, &n);
	return report_add_set(r, has_layer ? (int32_t)n : -1, name);
}

bool carry_set_report(struct report *r, struct bytes key, struct bytes value)
{
	for (size_t i = 0; i < ARRAY_LEN(report_fields); i++) {
		if (bytes_eq(key, bytes_str(report_fields[i].key)))
			return set_field(r, &report_fields[i], r, value);
	}
	if (bytes_eq(key, B("os:content-set")))
		return set_content_set(r, value);
	if (bytes_eq(key, B("image:layer")))
		return set_layer(r, value);
	return bytes_eq(key, B("coverage")) && set_coverage(r, value);
}
