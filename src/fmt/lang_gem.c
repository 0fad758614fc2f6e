/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_gem.c - gemspecs of installed gems.
 *
 * Format: Ruby source that RubyGems' Gem::Specification#to_ruby writes: a line
 * "# stub: NAME VERSION PLATFORM PATHS", then assignments, each a line of its own:
 * s.name = "NAME".freeze, s.version = "1.0", s.licenses = ["MIT".freeze].
 */
#include "fmt/lang.h"

/* Takes the next quoted text off *rest; absent when there is none. */
static struct bytes quoted(struct bytes *rest)
{
	for (size_t i = 0; i < rest->n; i++) {
		uint8_t q = rest->p[i];
		if (q != '"' && q != '\'')
			continue;
		struct bytes text = bytes_skip(*rest, i + 1);
		ssize_t end = bytes_find(text, q);
		if (end < 0)
			break;
		*rest = bytes_skip(text, (size_t)end + 1);
		return bytes_slice(text, 0, (size_t)end);
	}
	return (struct bytes){NULL, 0};
}

static struct bytes licenses(struct bytes list, struct arena *a)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LANG_FIELD_MAX);
	for (struct bytes one; (one = quoted(&list)).p;) {
		if (one.n && b.n)
			buf_adds(&b, ", ");
		buf_add(&b, one);
	}
	return b.overflow ? (struct bytes){NULL, 0} : arena_dup(a, buf_bytes(&b));
}

/* "s.name = VALUE": the word behind the dot, and the value. */
static bool assignment(struct bytes line, struct bytes *ret_name, struct bytes *ret_value)
{
	struct bytes left, name, object;
	if (!bytes_cut(line, '=', &left, ret_value))
		return false;
	if (!bytes_cut(bytes_trim(left), '.', &object, &name))
		return false;
	*ret_name = bytes_trim(name);
	return true;
}

static void assign(struct lang_package *p, struct bytes line, struct arena *a)
{
	struct bytes name, value;
	if (!assignment(line, &name, &value))
		return;
	if (bytes_eq(name, B("name")) && !p->name.p)
		p->name = quoted(&value);
	if (bytes_eq(name, B("version")) && !p->version.p)
		p->version = quoted(&value);
	if ((bytes_eq(name, B("licenses")) || bytes_eq(name, B("license"))) && !p->license.p)
		p->license = licenses(value, a);
}

int lang_gem(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	struct lang_package p = {
		.name = {NULL, 0}
        };
	for (struct bytes line; bytes_line(&text, &line);) {
		struct bytes rest = bytes_trim(line);
		if (bytes_starts(rest, B("# stub: ")) && !p.name.p) {
			rest = bytes_skip(rest, B("# stub: ").n);
			bytes_word(&rest, &p.name);
			bytes_word(&rest, &p.version);
		} else if (!bytes_starts(rest, B("#"))) {
			assign(&p, rest, a);
		}
	}
	if (lang_check(&p, e) < 0)
		return -1;
	ret->name = arena_dup(a, p.name);
	ret->version = arena_dup(a, p.version);
	ret->license = p.license;
	return 1;
}
