/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang_fields.c - manifests whose name and version stand on lines of their own.
 *
 * Format: DESCRIPTION of R ("Package: x", "Version: 1"; "Built" is there once it is installed);
 * package.conf.d/NAME.conf of GHC ("name: x", "version: 1"); release of a JDK
 * (JAVA_VERSION="17.0.6"; of what NVD calls it see its entries for oracle:openjdk and oracle:jdk);
 * NAME.app of Erlang ({application, x, [..., {vsn, "1"}, ...]}); meta/snap.yaml ("name: x",
 * "version: '1'").
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
	ret->vendor = arena_dup(a, bytes_slice(p->vendor, 0, (size_t)LANG_FIELD_MAX));
	ret->cpe = p->cpe;
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

/* What NVD calls a version: 8 update 302 of OpenJDK for "1.8.0_302", 1.8.0 update302 of Oracle's
 * own; of others "17.0.6" as it stands.  Absent: it is neither. */
static struct bytes jdk_cpe(struct bytes v, const char *product, bool is_open, struct arena *a)
{
	struct bytes head = v, update, digit;
	uint64_t n;
	bool is_old = bytes_cut(v, '_', &head, &update);
	for (size_t i = 0; i < head.n; i++) {
		if (!is_digit(head.p[i]) && head.p[i] != '.')
			return (struct bytes){NULL, 0};
	}
	if (!is_old)
		return bytes_str(arena_printf(a, "cpe:2.3:a:oracle:%s:%.*s:*:*:*:*:*:*:*", product,
		                              BYTES_FMT(v)));
	if (!bytes_u64(update, 99999, &n))
		return (struct bytes){NULL, 0};
	if (is_open && bytes_starts(head, B("1.")) &&
	    bytes_cut(bytes_skip(head, 2), '.', &digit, &head))
		head = digit;
	return bytes_str(arena_printf(a, "cpe:2.3:a:oracle:%s:%.*s:update%ju:*:*:*:*:*:*", product,
	                              BYTES_FMT(head), (uintmax_t)n));
}

/* Oracle's own builds are OpenJDK too, unless they say that they are sold. */
int lang_jdk(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	static const char *const longer[] = {"JAVA_RUNTIME_VERSION=", "FULL_VERSION="};
	struct bytes version = quoted(text, B("JAVA_VERSION="));
	struct bytes type = quoted(text, B("IMAGE_TYPE="));
	bool is_sold = bytes_eq(quoted(text, B("BUILD_TYPE=")), B("commercial"));
	if (!version.n)
		return 0;
	const char *name = !is_sold ? "openjdk" : bytes_eq_nocase(type, B("JRE")) ? "jre" : "jdk";
	struct lang_package p = {.name = bytes_str(name),
	                         .version = version,
	                         .vendor = quoted(text, B("IMPLEMENTOR=")),
	                         .cpe = jdk_cpe(version, name, !is_sold, a)};
	for (size_t i = 0; i < ARRAY_LEN(longer) && p.version.n == version.n; i++) {
		struct bytes all = quoted(text, bytes_str(longer[i]));
		if (bytes_starts(all, version) && all.n > version.n && !is_digit(all.p[version.n]))
			p.version = all;
	}
	return done(&p, a, ret, e);
}

/* A value of YAML without the quotes around it. */
static struct bytes bare(struct bytes v)
{
	bool is_quoted = v.n > 1 && (v.p[0] == '\'' || v.p[0] == '"') && v.p[v.n - 1] == v.p[0];
	return is_quoted ? bytes_slice(v, 1, v.n - 1) : v;
}

int lang_snap(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e)
{
	struct lang_package p = {.name = bare(field(text, B("name"))),
	                         .version = bare(field(text, B("version"))),
	                         .license = bare(field(text, B("license")))};
	if (!p.version.n) /* "adopt-info": it is said where the snap is built */
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
