/* SPDX-License-Identifier: Apache-2.0 */
/* classes.c - classes of container. */
#include "fmt/classes.h"

#include <string.h>

#include "fmt/caps.h"

const char *const class_privileges[] = {"confined", "exposed", "can-become-root", "root", NULL};

struct reader {
	struct arena *a;
	const char *name;
	size_t n_values;
	const struct class *at; /* the class that is read */
	int line;               /* where it begins */
};

/* Says of which class and where; -1. */
static int fail(const struct reader *r, const char *what, struct bytes word, struct err *e)
{
	return err_set(e, ERR_FORMAT, "%s: line %d: class \"%.*s\": %s%s%.*s%s", r->name, r->line,
	               BYTES_FMT(bytes_slice(r->at->name, 0, 60)), what, word.n ? " \"" : "",
	               BYTES_FMT(bytes_slice(word, 0, 60)), word.n ? "\"" : "");
}

static int count_value(struct reader *r, struct err *e)
{
	return ++r->n_values <= (size_t)CLASS_VALUES_MAX
	               ? 0
	               : err_set(e, ERR_LIMIT, "%s: more than %lld values", r->name,
	                         (long long)CLASS_VALUES_MAX);
}

/* Whole numbers of JSON stand for their text. */
static bool scalar(struct reader *r, const json_t *v, struct bytes *ret)
{
	if (json_is_integer(v))
		*ret = bytes_str(arena_printf(r->a, "%lld", (long long)json_integer_value(v)));
	else if (json_is_string(v))
		*ret = arena_dup(r->a, json_bytes(v));
	else
		return false;
	return ret->n > 0;
}

/* A list of texts, or one text alone; none where the member is not there. */
static int texts(struct reader *r, const json_t *o, const char *key, struct oci_texts *ret,
                 struct err *e)
{
	json_t *v = json_object_get(o, key);
	size_t n = json_is_array(v) ? json_array_size(v) : 1;
	*ret = (struct oci_texts){.n = 0};
	if (!v)
		return 0;
	ret->v = arena_alloc(r->a, (n + 1) * sizeof *ret->v);
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
		if (count_value(r, e) < 0)
			return -1;
		if (!scalar(r, one, &ret->v[ret->n++]))
			return fail(r, "a value that is no text, or empty, in", bytes_str(key), e);
	}
	return 0;
}

bool class_range_parse(struct bytes text, bool is_port, struct class_range *ret)
{
	struct class_range x = {
		.protocol = {NULL, 0}
        };
	struct bytes numbers = text, from, to;
	uint64_t max = is_port ? 65535 : UINT32_MAX;
	if (is_port && bytes_cut(text, '/', &numbers, &x.protocol) && !x.protocol.n)
		return false;
	bool is_range = bytes_cut(numbers, '-', &from, &to);
	if (!bytes_u64(from, max, &x.from))
		return false;
	x.to = x.from;
	if (is_range && (!bytes_u64(to, max, &x.to) || x.to < x.from))
		return false;
	*ret = x;
	return true;
}

bool class_range_in(const struct class_ranges *r, const struct class_range *x)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct class_range *y = &r->v[i];
		if (y->from <= x->from && x->to <= y->to &&
		    (!y->protocol.n || bytes_eq_nocase(y->protocol, x->protocol)))
			return true;
	}
	return false;
}

bool class_path_in(const struct oci_texts *globs, struct bytes path)
{
	for (size_t i = 0; i < globs->n; i++) {
		for (struct bytes p = path; p.n;) {
			if (bytes_glob(globs->v[i], p))
				return true;
			ssize_t slash = bytes_rfind(p, '/');
			p.n = slash < 0 ? 0 : (size_t)slash;
		}
	}
	return false;
}

/* ---- members of a class ---- */

static int read_ranges(struct reader *r, const json_t *o, const char *key, struct class_ranges *ret,
                       struct err *e)
{
	struct oci_texts list;
	if (texts(r, o, key, &list, e) < 0)
		return -1;
	ret->v = arena_alloc(r->a, (list.n + 1) * sizeof *ret->v);
	for (ret->n = 0; ret->n < list.n; ret->n++) {
		if (!class_range_parse(list.v[ret->n], strcmp(key, "ports") == 0, &ret->v[ret->n]))
			return fail(r, "no number, or range of numbers:", list.v[ret->n], e);
	}
	return 0;
}

static int read_uid(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	return read_ranges(r, o, "uid", &c->uid, e);
}

static int read_gid(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	return read_ranges(r, o, "gid", &c->gid, e);
}

static int read_ports(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	return read_ranges(r, o, "ports", &c->ports, e);
}

static int read_privilege(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	struct bytes word = {NULL, 0};
	scalar(r, json_object_get(o, "privilege"), &word);
	for (c->privilege = 0; class_privileges[c->privilege]; c->privilege++) {
		if (bytes_eq(word, bytes_str(class_privileges[c->privilege])))
			return 0;
	}
	return fail(r, "privilege is confined, exposed, can-become-root or root, and not", word, e);
}

static int read_capabilities(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	struct oci_texts list;
	if (texts(r, o, "capabilities", &list, e) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		unsigned bit;
		if (!caps_name(list.v[i], &bit))
			return fail(r, "no capability:", list.v[i], e);
		c->capabilities |= UINT64_C(1) << bit;
	}
	return 0;
}

/* Globs, without the slashes at either end, which paths of images do not have. */
static int read_paths(struct reader *r, const json_t *o, const char *key, struct oci_texts *ret,
                      struct err *e)
{
	if (texts(r, o, key, ret, e) < 0)
		return -1;
	for (size_t i = 0; i < ret->n; i++) {
		struct bytes *p = &ret->v[i], whole = *p;
		while (p->n && p->p[0] == '/')
			*p = bytes_skip(*p, 1);
		while (p->n && p->p[p->n - 1] == '/')
			p->n--;
		if (!p->n || p->n > (size_t)PATH_LEN_MAX)
			return fail(r, "no path, or one that is too long:", whole, e);
	}
	return 0;
}

static int read_writable(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	return read_paths(r, o, "writable", &c->writable, e);
}

static int read_setuid(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	return read_paths(r, o, "setuid", &c->setuid, e);
}

static int read_images(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	return texts(r, o, "images", &c->images, e);
}

static int read_labels(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	json_t *labels = json_object_get(o, "labels"), *v;
	const char *key;
	if (!json_is_object(labels))
		return fail(r, "no mapping of names to values:", B("labels"), e);
	c->labels = arena_alloc(r->a, (json_object_size(labels) + 1) * sizeof *c->labels);
	json_object_foreach(labels, key, v)
	{
		struct oci_label *l = &c->labels[c->n_labels];
		if (strcmp(key, YAML_LINE_KEY) == 0)
			continue;
		if (count_value(r, e) < 0)
			return -1;
		l->key = arena_dup(r->a, bytes_str(key));
		if (!scalar(r, v, &l->value))
			return fail(r, "a label whose value is no text, or empty:", l->key, e);
		c->n_labels++;
	}
	return 0;
}

static int read_description(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	return scalar(r, json_object_get(o, "description"), &c->description)
	               ? 0
	               : fail(r, "no text:", B("description"), e);
}

static int read_name(struct reader *r, const json_t *o, struct class *c, struct err *e)
{
	(void)r, (void)o, (void)c, (void)e;
	return 0; /* read before all others, which name it in what they say */
}

static const struct member {
	const char *key;
	unsigned has;
	int (*read)(struct reader *r, const json_t *o, struct class *c, struct err *e);
} members[] = {
	{"capabilities", CLASS_CAPABILITIES, read_capabilities},
	{"description",  0,                  read_description },
	{"gid",          CLASS_GID,          read_gid         },
	{"images",       0,                  read_images      },
	{"labels",       0,                  read_labels      },
	{"name",         0,                  read_name        },
	{"ports",        CLASS_PORTS,        read_ports       },
	{"privilege",    CLASS_PRIVILEGE,    read_privilege   },
	{"setuid",       CLASS_SETUID,       read_setuid      },
	{"uid",          CLASS_UID,          read_uid         },
	{"writable",     CLASS_WRITABLE,     read_writable    },
};

static int read_member(struct reader *r, const json_t *o, const char *key, struct class *c,
                       struct err *e)
{
	const char *known[ARRAY_LEN(members) + 1] = {NULL};
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		known[i] = members[i].key;
		if (strcmp(members[i].key, key) == 0) {
			c->has |= members[i].has;
			return members[i].read(r, o, c, e);
		}
	}
	const char *near = bytes_nearest(bytes_str(key), known);
	return fail(r,
	            near ? arena_printf(r->a, "there is no member; did you mean %s?", near)
	                 : "there is no member",
	            bytes_str(key), e);
}

static int read_class(struct reader *r, const json_t *o, struct classes *to, struct err *e)
{
	struct class *c = &to->v[to->n];
	const char *key;
	json_t *v;
	*c = (struct class){.has = 0};
	if (!json_is_object(o) || !scalar(r, json_object_get(o, "name"), &c->name))
		return err_set(e, ERR_FORMAT, "%s: line %d: a class has no name", r->name,
		               json_is_object(o) ? yaml_line(o) : 0);
	r->at = c;
	r->line = yaml_line(o);
	if (classes_named(to, c->name))
		return fail(r, "there is one of this name already", B(""), e);
	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		if (strcmp(key, YAML_LINE_KEY) != 0 && read_member(r, o, key, c, e) < 0)
			return -1;
	}
	to->n++;
	return 0;
}

static int read_document(struct reader *r, const json_t *doc, struct classes *ret, struct err *e)
{
	struct bytes version = {NULL, 0};
	const json_t *list = json_object_get(doc, "classes");
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)(uintptr_t)doc, key, v)
	{
		if (strcmp(key, "version") != 0 && strcmp(key, "classes") != 0 &&
		    strcmp(key, YAML_LINE_KEY) != 0)
			return err_set(e, ERR_FORMAT,
			               "%s: \"%.60s\" is neither version nor classes", r->name,
			               key);
	}
	scalar(r, json_object_get(doc, "version"), &version);
	if (!bytes_eq(version, B("1")))
		return err_set(e, ERR_UNSUPPORTED, "%s: version is \"%.*s\"; 1 is read", r->name,
		               BYTES_FMT(bytes_slice(version, 0, 40)));
	size_t n = json_array_size(list);
	if (n == 0)
		return err_set(e, ERR_FORMAT, "%s: has no list of classes", r->name);
	if (n > (size_t)CLASSES_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %lld classes", r->name,
		               (long long)CLASSES_MAX);
	ret->v = arena_alloc(r->a, n * sizeof *ret->v);
	for (size_t i = 0; i < n; i++) {
		if (read_class(r, json_array_get(list, i), ret, e) < 0)
			return -1;
	}
	return 0;
}

int classes_parse(struct bytes text, const char *name, struct arena *a, struct classes *ret,
                  struct err *e)
{
	AUTO_JSON json_t *doc = NULL;
	struct reader r = {.a = a, .name = name};
	struct classes c = {.n = 0};
	struct bytes head = bytes_trim(bytes_slice(text, 0, 64));
	bool is_json = head.n && head.p[0] == '{';
	if ((is_json ? json_load_data(text, name, (size_t)YAML_DOC_MAX, &doc, e)
	             : yaml_load(text, name, YAML_LINES, &doc, e)) < 0 ||
	    read_document(&r, doc, &c, e) < 0)
		return -1;
	*ret = c;
	return 0;
}

/* ---- whose class ---- */

const struct class *classes_named(const struct classes *c, struct bytes name)
{
	for (size_t i = 0; i < c->n; i++) {
		if (bytes_eq(c->v[i].name, name))
			return &c->v[i];
	}
	return NULL;
}

static bool has_label(const struct oci_label *want, const struct oci_label *have, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes_eq(want->key, have[i].key))
			return bytes_glob(want->value, have[i].value);
	}
	return false;
}

const struct class *classes_find(const struct classes *c, struct bytes repository,
                                 const struct oci_label *labels, size_t n_labels)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct class *k = &c->v[i];
		bool is_in = k->images.n == 0;
		for (size_t j = 0; j < k->images.n && repository.n; j++)
			is_in |= bytes_glob(k->images.v[j], repository);
		for (size_t j = 0; j < k->n_labels; j++)
			is_in &= has_label(&k->labels[j], labels, n_labels);
		if (is_in && (k->images.n || k->n_labels))
			return k;
	}
	return NULL;
}
