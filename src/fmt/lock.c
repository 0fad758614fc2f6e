/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c - what readers of lock files share. */
#include "fmt/lock.h"

#include "fmt/toml.h"

void lock_out_init(struct lock_out *o, lang_fn *fn, void *arg)
{
	*o = (struct lock_out){.fn = fn, .arg = arg};
	buf_init(&o->depends, (size_t)LOCK_DEPENDS_MAX);
	buf_init(&o->text, (size_t)LANG_FIELD_MAX);
}

void lock_out_fini(struct lock_out *o)
{
	buf_fini(&o->depends);
	buf_fini(&o->text);
}

static bool is_field(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] <= 0x20 || b.p[i] == 0x7f)
			return false;
	}
	return b.n > 0 && b.n <= (size_t)LANG_FIELD_MAX;
}

void lock_need(struct lock_out *o, struct bytes name, struct bytes version)
{
	size_t n = o->depends.n;
	if (!is_field(name))
		return;
	if (n)
		buf_addc(&o->depends, '\n');
	buf_add(&o->depends, name);
	if (is_field(version)) {
		buf_addc(&o->depends, ' ');
		buf_add(&o->depends, version);
	}
	if (o->depends.overflow)
		o->depends.n = n; /* said when the package is put */
}

void lock_odd(struct lock_out *o, struct bytes entry, const char *what)
{
	if (o->broken++ == 0)
		err_set(&o->first, ERR_FORMAT, "entry \"%.*s\": %s",
		        BYTES_FMT(bytes_slice(entry, 0, 80)), what);
}

int lock_put(struct lock_out *o, struct lang_package *p, struct err *e)
{
	struct err why;
	struct bytes name = p->name;
	p->depends = buf_bytes(&o->depends);
	if (o->depends.overflow)
		lock_odd(o, name, "its list of dependencies is longer than LOCK_DEPENDS_MAX");
	if (bytes_trim(p->version).n == 0) {
		o->unpinned += p->scope != LANG_OWN;
	} else if (lang_check(p, &why) < 0) {
		lock_odd(o, name, why.msg);
	} else {
		if (o->n >= (size_t)LOCK_PACKAGES_MAX)
			return err_set(e, ERR_LIMIT, "more than %jd packages",
			               (intmax_t)LOCK_PACKAGES_MAX);
		o->fn(o->arg, p);
		o->n++;
	}
	buf_reset(&o->depends);
	return 0;
}

int lock_end(struct lock_out *o, struct err *e)
{
	if (o->broken == 0)
		return 1;
	if (o->broken == 1)
		return err_set(e, o->first.kind, "%s", o->first.msg);
	return err_set(e, o->first.kind, "%s (and %zu more)", o->first.msg, o->broken - 1);
}

static int want_object(json_t *j, const char *name, json_t **ret, struct err *e)
{
	if (!json_is_object(j)) {
		json_decref(j);
		return err_set(e, ERR_FORMAT, "%s: not an object", name);
	}
	*ret = j;
	return 0;
}

const json_t *lock_part(struct lock_out *o, const json_t *root, const char *key, json_type kind)
{
	const json_t *at = json_object_get(root, key);
	if (!at || json_typeof(at) == kind)
		return at;
	bool is_value = json_is_string(at) ? json_string_length(at) > 0 : !json_is_null(at);
	bool is_many = json_is_array(at) || json_is_object(at);
	if (is_many ? json_array_size(at) + json_object_size(at) > 0 : is_value)
		lock_odd(o, bytes_str(key), "of another kind than it must be");
	return NULL;
}

int lock_json(struct bytes text, const char *name, json_t **ret, struct err *e)
{
	json_t *j;
	if (json_load_loose(text, name, (size_t)LANG_LIST_MAX, &j, e) < 0)
		return -1;
	return want_object(j, name, ret, e);
}

int lock_yaml(struct bytes text, const char *name, json_t **ret, struct err *e)
{
	json_t *j;
	if (yaml_load(text, name, YAML_LOCK, &j, e) < 0)
		return -1;
	return want_object(j, name, ret, e);
}

int lock_toml(struct bytes text, const char *name, json_t **ret, struct err *e)
{
	return toml_load(text, name, (size_t)LANG_LIST_MAX, 0, ret, e);
}

bool lock_at(struct bytes spec, struct bytes *ret_name, struct bytes *ret_version)
{
	ssize_t at = bytes_rfind(spec, '@');
	if (at <= 0)
		return false;
	*ret_name = bytes_slice(spec, 0, (size_t)at);
	*ret_version = bytes_skip(spec, (size_t)at + 1);
	return true;
}

struct lock_members lock_members(const json_t *obj)
{
	/* jansson's iterators take no const; nothing is changed */
	return (struct lock_members){
		.obj = (json_t *)(uintptr_t)(json_is_object(obj) ? obj : NULL)};
}

bool lock_next(struct lock_members *m)
{
	if (!m->obj)
		return false;
	m->iter = m->iter ? json_object_iter_next(m->obj, m->iter) : json_object_iter(m->obj);
	if (!m->iter)
		return false;
	m->key = bytes_of(json_object_iter_key(m->iter), json_object_iter_key_len(m->iter));
	m->value = json_object_iter_value(m->iter);
	return true;
}
