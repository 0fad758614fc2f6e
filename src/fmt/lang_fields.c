/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_fields.c - manifests whose name and version stand on lines of their own.
 *
 * Format: DESCRIPTION of R ("Package: x", "Version: 1"; "Built" is there once it is installed);
 * package.conf.d/NAME.conf of GHC ("name: x", "version: 1"); release of a JDK
 * (JAVA_VERSION="17.0.6"); NAME.app of Erlang ({application, x, [..., {vsn, "1"}, ...]}).
 */
#include "fmt/lang.h"

/* The value of "key: value"; absent when no line has it. */
static struct bytes field(struct bytes text, struct bytes key)
{
	struct bytes line, head, tail;
	while (bytes_line(&text, &line)) {
		if (bytes_cut(line, ':', &head, &tail) && bytes_eq(head, key))
			return bytes_trim(tail);
	}
	return (struct bytes){NULL, 0};
}

static int done(struct lang_package *p, struct arena *a, struct lang_package *ret, struct err *e)
{
	if (lang_check(p, e) < 0)
		return -1;
	ret->name = arena_dup(a, p->name);
	ret->version = arena_dup(a, p->version);
	ret->license = arena_dup(a, p->license);
	ret->depends = ret->source = (struct bytes){NULL, 0};
	ret->scope = LANG_RUN;
	return 1;
}

int lang_r(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	struct lang_package p = {.name = field(text, B("Package")),
	                         .version = field(text, B("Version")),
	                         .license = field(text, B("License"))};
	if (!field(text, B("Built")).n)
		return 0; /* sources */
	return done(&p, a, ret, e);
}

int lang_ghc(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	struct lang_package p = {.name = field(text, B("name")),
	                         .version = field(text, B("version")),
	                         .license = field(text, B("license"))};
	return done(&p, a, ret, e);
}

/* The text between quotes behind `key`. */
static struct bytes quoted(struct bytes text, struct bytes key)
{
	struct bytes tail, value;
	ssize_t at = bytes_search(text, key);
	if (at < 0 || !bytes_cut(bytes_skip(text, (size_t)at + key.n), '"', &value, &tail) ||
	    bytes_trim(value).n || !bytes_cut(tail, '"', &value, &tail))
		return (struct bytes){NULL, 0};
	return value;
}

int lang_jdk(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	struct lang_package p = {.name = B("openjdk"), .version = quoted(text, B("JAVA_VERSION="))};
	if (!p.version.n)
		return 0;
	return done(&p, a, ret, e);
}

int lang_erlang(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	struct lang_package p = {.version = quoted(text, B("{vsn,"))};
	ssize_t at = bytes_search(text, B("{application,"));
	struct bytes name, tail;
	if (at < 0 || !p.version.n)
		return 0;
	bytes_cut(bytes_skip(text, (size_t)at + B("{application,").n), ',', &name, &tail);
	name = bytes_trim(name);
	if (name.n > 1 && name.p[0] == '\'' && name.p[name.n - 1] == '\'')
		name = bytes_slice(name, 1, name.n - 1);
	p.name = name;
	return done(&p, a, ret, e);
}
