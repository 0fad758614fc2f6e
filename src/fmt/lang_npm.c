/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_npm.c - package.json of npm packages.
 *
 * Format: docs.npmjs.com, "package.json"; of a key that comes twice the last counts, as for
 * Node.js.  "license" is a text, or in old packages an object with "type"; "licenses" a list of
 * those.
 */
#include "fmt/lang.h"

static struct bytes license_of(const struct jnode *v)
{
	return v && v->kind == JNODE_OBJECT ? jnode_text(v, "type") : jnode_bytes(v);
}

static struct bytes join(const struct jnode *list, struct arena *a)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	for (size_t i = 0; i < list->n; i++) {
		struct bytes one = bytes_trim(license_of(&list->v[i]));
		if (one.n && b.n)
			buf_adds(&b, " OR ");
		buf_add(&b, one);
	}
	return b.n && !b.overflow ? arena_dup(a, buf_bytes(&b)) : (struct bytes){NULL, 0};
}

static struct bytes licenses_of(const struct jnode *root, struct arena *a)
{
	const struct jnode *v = jnode_get(root, "license");
	if (!v)
		v = jnode_get(root, "licenses");
	return v && v->kind == JNODE_LIST ? join(v, a) : license_of(v);
}

/* Names alone: which version each got, the folders tell. */
static struct bytes needs_of(const struct jnode *root, struct arena *a)
{
	static const char *const kinds[] = {"dependencies", "optionalDependencies",
	                                    "peerDependencies"};
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LOCK_DEPENDS_MAX);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct jnode *needs = jnode_obj(root, kinds[i]);
		for (size_t k = 0; k < jnode_count(needs); k++) {
			struct bytes name = needs->v[k].key;
			size_t n = b.n;
			if (n)
				buf_addc(&b, '\n');
			if (bytes_find(name, '\n') >= 0 || buf_add(&b, name) < 0)
				b.n = n;
		}
	}
	return b.n ? arena_dup(a, buf_bytes(&b)) : (struct bytes){NULL, 0};
}

int lang_npm(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	const struct jnode *root;
	if (jdoc_load_loose(a, text, "package.json", (size_t)LANG_MANIFEST_MAX, &root, e) < 0)
		return -1;
	if (root->kind != JNODE_OBJECT)
		return err_set(e, ERR_FORMAT, "package.json: not an object");
	struct lang_package p = {.name = jnode_text(root, "name"),
	                         .version = jnode_text(root, "version")};
	if (bytes_trim(p.name).n == 0 || bytes_trim(p.version).n == 0)
		return 0; /* npm asks for both of what it publishes */
	p.license = licenses_of(root, a);
	p.depends = needs_of(root, a);
	if (lang_check(&p, e) < 0)
		return -1;
	*ret = p;
	return 1;
}
