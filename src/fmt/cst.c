/* SPDX-License-Identifier: Apache-2.0 */
/* cst.c - tests of an image as container-structure-test writes them. */
#include "fmt/cst.h"

#include <string.h>

#include "fmt/regex.h"

struct reader {
	struct arena *a;
	const char *name;
	struct cst *to;
	size_t n_values; /* expectations, regular expressions, files of licences */
};

static const char *const kind_names[CST__MAX] = {
	[CST_COMMAND] = "Command Test",       [CST_CONTENT] = "File Content Test",
	[CST_EXISTS] = "File Existence Test", [CST_LICENSE] = "License Test",
	[CST_METADATA] = "Metadata Test",     [CST_ATTACK] = "Attack Test",
};

const char *cst_kind_name(enum cst_kind kind) { return kind_names[kind]; }

static int add(struct reader *r, const struct cst_test *t, struct err *e)
{
	struct cst *c = r->to;
	if (c->n == (size_t)CST_TESTS_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %lld tests", r->name,
		               (long long)CST_TESTS_MAX);
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 16;
		struct cst_test *v = arena_alloc(r->a, cap * sizeof *v);
		if (c->n)
			memcpy(v, c->v, c->n * sizeof *v);
		c->v = v;
		c->cap = cap;
	}
	c->v[c->n++] = *t;
	return 0;
}

/* ---- values ---- */

static int count_value(struct reader *r, struct err *e)
{
	return ++r->n_values <= (size_t)CST_TESTS_MAX
	               ? 0
	               : err_set(e, ERR_LIMIT, "%s: more than %lld expectations", r->name,
	                         (long long)CST_TESTS_MAX);
}

/* Scalars of JSON stand for their text: a port may be written 8080. */
static bool scalar(struct reader *r, const json_t *v, struct bytes *ret)
{
	if (json_is_string(v))
		*ret = arena_dup(r->a, json_bytes(v));
	else if (json_is_integer(v))
		*ret = bytes_str(arena_printf(r->a, "%lld", (long long)json_integer_value(v)));
	else if (json_is_boolean(v))
		*ret = bytes_str(json_is_true(v) ? "true" : "false");
	else if (!v || json_is_null(v))
		*ret = (struct bytes){NULL, 0};
	else
		return false;
	return true;
}

static int text(struct reader *r, const json_t *o, const char *key, struct bytes *ret,
                struct err *e)
{
	return scalar(r, json_object_get(o, key), ret)
	               ? 0
	               : err_set(e, ERR_FORMAT, "%s: line %d: %s is no text", r->name, yaml_line(o),
	                         key);
}

/* YAML 1.1 has several words for each. */
static int truth(struct reader *r, const json_t *o, const char *key, bool *ret, struct err *e)
{
	static const struct {
		const char *word;
		bool is_true;
	} words[] = {
		{"true",  true },
                {"yes",   true },
                {"on",    true },
                {"y",     true },
		{"false", false},
                {"no",    false},
                {"off",   false},
                {"n",     false},
	};
	struct bytes t;
	if (text(r, o, key, &t, e) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (t.n && bytes_eq_nocase(t, bytes_str(words[i].word))) {
			*ret = words[i].is_true;
			return 0;
		}
	}
	return t.n ? err_set(e, ERR_FORMAT, "%s: line %d: %s is neither true nor false", r->name,
	                     yaml_line(o), key)
	           : 0;
}

/* -1 and absence ask for nothing. */
static int number(struct reader *r, const json_t *o, const char *key, int64_t *ret, struct err *e)
{
	struct bytes t;
	uint64_t n;
	*ret = -1;
	if (text(r, o, key, &t, e) < 0)
		return -1;
	if (!t.n || bytes_eq(t, B("-1")))
		return 0;
	if (!bytes_u64(t, UINT32_MAX, &n))
		return err_set(e, ERR_FORMAT, "%s: line %d: %s is no number", r->name, yaml_line(o),
		               key);
	*ret = (int64_t)n;
	return 0;
}

static int texts(struct reader *r, const json_t *o, const char *key, struct oci_texts *ret,
                 struct err *e)
{
	const json_t *list = json_object_get(o, key);
	*ret = (struct oci_texts){.n = 0};
	if (!list || json_is_null(list))
		return 0;
	if (!json_is_array(list))
		return err_set(e, ERR_FORMAT, "%s: line %d: %s is no list", r->name, yaml_line(o),
		               key);
	ret->v = arena_alloc(r->a, (json_array_size(list) + 1) * sizeof *ret->v);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (count_value(r, e) < 0)
			return -1;
		if (!scalar(r, json_array_get(list, i), &ret->v[ret->n]))
			return err_set(e, ERR_FORMAT, "%s: line %d: entry %zu of %s is no text",
			               r->name, yaml_line(o), i + 1, key);
		ret->n++;
	}
	return 0;
}

static int check_regex(struct reader *r, struct bytes pattern, struct err *e)
{
	struct regex *re;
	if (regex_compile(pattern, &re, e) < 0)
		return err_wrap(e, "%s: \"%.*s\"", r->name, BYTES_FMT(bytes_slice(pattern, 0, 80)));
	regex_free(re);
	return 0;
}

static int regexes(struct reader *r, const json_t *o, const char *key, struct oci_texts *ret,
                   struct err *e)
{
	if (texts(r, o, key, ret, e) < 0)
		return -1;
	for (size_t i = 0; i < ret->n; i++) {
		if (check_regex(r, ret->v[i], e) < 0)
			return -1;
	}
	return 0;
}

/* Every member must be one of known (ended by NULL). */
static int check_members(struct reader *r, const json_t *o, const char *const *known, struct err *e)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		size_t i = 0;
		while (known[i] && strcmp(known[i], key) != 0)
			i++;
		if (!known[i] && strcmp(key, YAML_LINE_KEY) != 0)
			return err_set(e, ERR_FORMAT, "%s: line %d: \"%.80s\" is not known",
			               r->name, yaml_line(o), key);
	}
	return 0;
}

/* ---- metadataTest ---- */

static int expect(struct reader *r, struct cst_test *t, const struct cst_expect *x, struct err *e)
{
	if (count_value(r, e) < 0)
		return -1;
	if (t->n_expects == t->cap_expects) {
		size_t cap = t->cap_expects ? 2 * t->cap_expects : 8;
		struct cst_expect *v = arena_alloc(r->a, cap * sizeof *v);
		if (t->n_expects)
			memcpy(v, t->expects, t->n_expects * sizeof *v);
		t->expects = v;
		t->cap_expects = cap;
	}
	t->expects[t->n_expects++] = *x;
	return 0;
}

enum form { PAIRS, VALUES, WHOLE, ONE };

static const struct member {
	const char *key;
	enum cst_member member;
	enum form form;
} members[] = {
	{"envVars",          CST_ENV,        PAIRS },
        {"env",              CST_ENV,        PAIRS },
	{"unboundEnvVars",   CST_NO_ENV,     PAIRS },
        {"labels",           CST_LABEL,      PAIRS },
	{"exposedPorts",     CST_PORT,       VALUES},
        {"unexposedPorts",   CST_NO_PORT,    VALUES},
	{"volumes",          CST_VOLUME,     VALUES},
        {"unmountedVolumes", CST_NO_VOLUME,  VALUES},
	{"entrypoint",       CST_ENTRYPOINT, WHOLE },
        {"cmd",              CST_CMD,        WHOLE },
	{"workdir",          CST_WORKDIR,    ONE   },
        {"user",             CST_USER,       ONE   },
};

static int read_pair(struct reader *r, const json_t *o, struct cst_expect *x, struct err *e)
{
	static const char *const known[] = {"key", "value", "isRegex", NULL};
	if (!json_is_object(o))
		return err_set(e, ERR_FORMAT, "%s: metadataTest: a pair is no mapping", r->name);
	if (check_members(r, o, known, e) < 0 || text(r, o, "key", &x->key, e) < 0 ||
	    text(r, o, "value", &x->value, e) < 0 || truth(r, o, "isRegex", &x->is_regex, e) < 0)
		return -1;
	if (!x->key.n)
		return err_set(e, ERR_FORMAT, "%s: line %d: a pair has no key", r->name,
		               yaml_line(o));
	return x->is_regex ? check_regex(r, x->value, e) : 0;
}

static int read_pairs(struct reader *r, const json_t *o, const struct member *m, struct cst_test *t,
                      struct err *e)
{
	const json_t *list = json_object_get(o, m->key);
	if (!json_is_array(list))
		return err_set(e, ERR_FORMAT, "%s: metadataTest: %s is no list", r->name, m->key);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct cst_expect x = {.member = m->member};
		if (read_pair(r, json_array_get(list, i), &x, e) < 0 || expect(r, t, &x, e) < 0)
			return -1;
	}
	return 0;
}

static int read_values(struct reader *r, const json_t *o, const struct member *m,
                       struct cst_test *t, struct err *e)
{
	struct oci_texts list;
	if (texts(r, o, m->key, &list, e) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		struct cst_expect x = {.member = m->member, .value = list.v[i]};
		if (!x.value.n)
			return err_set(e, ERR_FORMAT, "%s: metadataTest: entry %zu of %s is empty",
			               r->name, i + 1, m->key);
		if (expect(r, t, &x, e) < 0)
			return -1;
	}
	return 0;
}

static int read_member(struct reader *r, const json_t *o, const struct member *m,
                       struct cst_test *t, struct err *e)
{
	struct cst_expect x = {.member = m->member};
	switch (m->form) {
	case PAIRS:
		return read_pairs(r, o, m, t, e);
	case VALUES:
		return read_values(r, o, m, t, e);
	case WHOLE:
		return texts(r, o, m->key, &x.list, e) < 0 ? -1 : expect(r, t, &x, e);
	case ONE:
		break;
	}
	if (text(r, o, m->key, &x.value, e) < 0)
		return -1;
	return x.value.n ? expect(r, t, &x, e) : 0; /* "" asks for nothing */
}

static int read_metadata(struct reader *r, const json_t *o, struct err *e)
{
	const char *known[ARRAY_LEN(members) + 2] = {"containerRunOptions"};
	struct cst_test t = {.kind = CST_METADATA, .uid = -1, .gid = -1};
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		known[i + 1] = members[i].key;
	if (json_is_null(o))
		return 0;
	if (!json_is_object(o))
		return err_set(e, ERR_FORMAT, "%s: metadataTest is no mapping", r->name);
	if (check_members(r, o, known, e) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const json_t *v = json_object_get(o, members[i].key);
		if (v && !json_is_null(v) && read_member(r, o, &members[i], &t, e) < 0)
			return -1;
	}
	return t.n_expects ? add(r, &t, e) : 0;
}

/* ---- lists of tests ---- */

static int need(struct reader *r, const json_t *o, struct bytes v, const char *what, struct err *e)
{
	return v.n ? 0
	           : err_set(e, ERR_FORMAT, "%s: line %d: a test has no %s", r->name, yaml_line(o),
	                     what);
}

static int read_path(struct reader *r, const json_t *o, struct cst_test *t, struct err *e)
{
	if (text(r, o, "path", &t->path, e) < 0 || need(r, o, t->path, "path", e) < 0)
		return -1;
	return t->path.n <= (size_t)PATH_LEN_MAX
	               ? 0
	               : err_set(e, ERR_LIMIT, "%s: line %d: a path is longer than %lld bytes",
	                         r->name, yaml_line(o), (long long)PATH_LEN_MAX);
}

static int read_exists(struct reader *r, const json_t *o, struct cst_test *t, struct err *e)
{
	static const char *const whom[] = {"", "any", "owner", "group", "other", NULL};
	size_t i = 0;
	t->should_exist = true;
	if (read_path(r, o, t, e) < 0 || truth(r, o, "shouldExist", &t->should_exist, e) < 0 ||
	    text(r, o, "permissions", &t->permissions, e) < 0 ||
	    text(r, o, "isExecutableBy", &t->executable_by, e) < 0)
		return -1;
	while (whom[i] && !bytes_eq(t->executable_by, bytes_str(whom[i])))
		i++;
	if (!whom[i])
		return err_set(e, ERR_FORMAT,
		               "%s: line %d: isExecutableBy is \"%.*s\", not any, owner, group or "
		               "other",
		               r->name, yaml_line(o), BYTES_FMT(t->executable_by));
	return number(r, o, "uid", &t->uid, e) < 0 ? -1 : number(r, o, "gid", &t->gid, e);
}

static int read_content(struct reader *r, const json_t *o, struct cst_test *t, struct err *e)
{
	return read_path(r, o, t, e) < 0 ||
	                       regexes(r, o, "expectedContents", &t->expected, e) < 0 ||
	                       regexes(r, o, "excludedContents", &t->excluded, e) < 0
	               ? -1
	               : 0;
}

static int read_license(struct reader *r, const json_t *o, struct cst_test *t, struct err *e)
{
	return truth(r, o, "debian", &t->is_debian, e) < 0 ? -1
	                                                   : texts(r, o, "files", &t->files, e);
}

static int read_nothing(struct reader *r, const json_t *o, struct cst_test *t, struct err *e)
{
	(void)r, (void)o, (void)t, (void)e;
	return 0;
}

static const char *const content_members[] = {"name", "path", "expectedContents",
                                              "excludedContents", NULL};
static const char *const exists_members[] = {"name", "path", "shouldExist",    "permissions",
                                             "uid",  "gid",  "isExecutableBy", NULL};
static const char *const license_members[] = {"debian", "files", NULL};

static const struct section {
	const char *key;
	enum cst_kind kind;
	const char *const *members; /* NULL: any */
	int (*read)(struct reader *r, const json_t *o, struct cst_test *t, struct err *e);
} sections[] = {
	{"commandTests",       CST_COMMAND, NULL,            read_nothing},
	{"fileContentTests",   CST_CONTENT, content_members, read_content},
	{"fileExistenceTests", CST_EXISTS,  exists_members,  read_exists },
	{"licenseTests",       CST_LICENSE, license_members, read_license},
	{"attackTests",        CST_ATTACK,  NULL,            read_nothing},
};

static int read_test(struct reader *r, const struct section *s, const json_t *o, struct err *e)
{
	struct cst_test t = {.kind = s->kind, .uid = -1, .gid = -1};
	if (!json_is_object(o))
		return err_set(e, ERR_FORMAT, "%s: an entry of %s is no mapping", r->name, s->key);
	if ((s->members && check_members(r, o, s->members, e) < 0) ||
	    text(r, o, "name", &t.name, e) < 0 ||
	    (s->kind != CST_LICENSE && need(r, o, t.name, "name", e) < 0))
		return -1;
	return s->read(r, o, &t, e) < 0 ? -1 : add(r, &t, e);
}

static int read_tests(struct reader *r, const struct section *s, const json_t *list, struct err *e)
{
	if (json_is_null(list))
		return 0;
	if (!json_is_array(list))
		return err_set(e, ERR_FORMAT, "%s: %s is no list", r->name, s->key);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (read_test(r, s, json_array_get(list, i), e) < 0)
			return -1;
	}
	return 0;
}

static int read_env(struct reader *r, const json_t *doc, struct err *e)
{
	const json_t *list = json_object_get(doc, "globalEnvVars");
	size_t n = json_array_size(list);
	struct cst *c = r->to;
	if (list && !json_is_null(list) && !json_is_array(list))
		return err_set(e, ERR_FORMAT, "%s: globalEnvVars is no list", r->name);
	c->env = arena_alloc(r->a, (n + 1) * sizeof *c->env);
	for (size_t i = 0; i < n; i++) {
		struct cst_expect x = {.is_regex = false};
		if (count_value(r, e) < 0 || read_pair(r, json_array_get(list, i), &x, e) < 0)
			return -1;
		c->env[c->n_env++] = (struct oci_label){x.key, x.value};
	}
	return 0;
}

static int read_document(struct reader *r, const json_t *doc, struct err *e)
{
	static const char *const known[] = {"schemaVersion",       "globalEnvVars",
	                                    "commandTests",        "fileContentTests",
	                                    "fileExistenceTests",  "licenseTests",
	                                    "attackTests",         "metadataTest",
	                                    "containerRunOptions", NULL};
	struct bytes version;
	if (!json_is_object(doc))
		return err_set(e, ERR_FORMAT, "%s: holds no test", r->name);
	if (text(r, doc, "schemaVersion", &version, e) < 0)
		return -1;
	if (!bytes_eq(version, B("2.0.0")) && !bytes_eq(version, B("1.0.0")))
		return err_set(e, version.n ? ERR_UNSUPPORTED : ERR_FORMAT,
		               "%s: schemaVersion is \"%.*s\"; 2.0.0 and 1.0.0 are read", r->name,
		               BYTES_FMT(bytes_slice(version, 0, 40)));
	if (check_members(r, doc, known, e) < 0 || read_env(r, doc, e) < 0)
		return -1;
	/* in the order in which that tool runs them */
	for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
		const json_t *list = json_object_get(doc, sections[i].key);
		if (list && read_tests(r, &sections[i], list, e) < 0)
			return -1;
	}
	const json_t *metadata = json_object_get(doc, "metadataTest");
	if (metadata && read_metadata(r, metadata, e) < 0)
		return -1;
	return r->to->n ? 0 : err_set(e, ERR_FORMAT, "%s: holds no test", r->name);
}

int cst_parse(struct bytes content, const char *name, struct arena *a, struct cst *ret,
              struct err *e)
{
	AUTO_JSON json_t *doc = NULL;
	struct cst to = {.file = arena_dup(a, bytes_str(name))};
	struct reader r = {.a = a, .name = name, .to = &to};
	struct bytes head = bytes_trim(bytes_slice(content, 0, 64));
	bool is_json = head.n && head.p[0] == '{';
	if ((is_json ? json_load_data(content, name, (size_t)YAML_DOC_MAX, &doc, e)
	             : yaml_load(content, name, YAML_LINES, &doc, e)) < 0 ||
	    read_document(&r, doc, e) < 0)
		return -1;
	*ret = to;
	return 0;
}
