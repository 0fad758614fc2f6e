/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_ruby.c - Gemfile.lock.
 *
 * Format: bundler's lockfile parser: sections in capitals; below "specs:" a gem is indented by four
 * ("name (version-platform)"), what it needs by six.  GEM is an index, GIT an address, PATH this
 * very tree.
 */
#include "fmt/lock.h"

enum section { SECTION_OTHER, SECTION_GEM, SECTION_GIT, SECTION_PATH };

struct gemfile {
	struct lock_out *o;
	enum section section;
	struct bytes remote;
	struct lang_package p; /* waits for what it needs */
	struct bytes copy;
	bool is_open;
};

static size_t indent(struct bytes line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static int finish(struct gemfile *g, struct err *e)
{
	if (!g->is_open)
		return 0;
	g->is_open = false;
	return lock_put(g->o, &g->p, e);
}

/* "1.10.1-x86_64-linux": the platform is no part of the version. */
static struct bytes without_platform(struct bytes v)
{
	ssize_t dash = bytes_find(v, '-');
	return bytes_slice(v, 0, dash < 0 ? v.n : (size_t)dash);
}

static void gem(struct gemfile *g, struct bytes line)
{
	struct bytes name, version;
	line = bytes_trim(line);
	if (!bytes_cut(line, '(', &name, &version) || !bytes_ends(version, B(")"))) {
		if (g->section != SECTION_PATH)
			lock_odd(g->o, line, "no version");
		return;
	}
	g->is_open = true;
	g->p = (struct lang_package){
		.name = bytes_trim(name),
		.version = without_platform(bytes_slice(version, 0, version.n - 1)),
		.source = g->section == SECTION_GIT ? g->remote : (struct bytes){NULL, 0},
		.scope = g->section == SECTION_PATH ? LANG_OWN : LANG_RUN,
	};
}

static void section(struct gemfile *g, struct bytes line)
{
	g->section = bytes_eq(line, B("GEM"))    ? SECTION_GEM
	             : bytes_eq(line, B("GIT"))  ? SECTION_GIT
	             : bytes_eq(line, B("PATH")) ? SECTION_PATH
	                                         : SECTION_OTHER;
	g->remote = (struct bytes){NULL, 0};
}

static void gem_line(struct gemfile *g, struct bytes line, size_t n)
{
	struct bytes rest = line, name;
	if (n == 0)
		section(g, bytes_trim(line));
	else if (n == 2 && bytes_starts(bytes_skip(line, 2), B("remote: ")))
		g->remote = bytes_trim(bytes_skip(line, 10));
	else if (n == 4 && g->section != SECTION_OTHER)
		gem(g, line);
	else if (n == 6 && g->is_open && bytes_word(&rest, &name))
		lock_need(g->o, name, (struct bytes){NULL, 0});
}

int lock_gemfile(struct bytes text, struct lock_out *o, struct err *e)
{
	struct gemfile g = {.o = o};
	struct bytes line;
	if (bytes_find(text, 0) >= 0)
		return err_set(e, ERR_FORMAT, "Gemfile.lock: NUL at byte %zd", bytes_find(text, 0));
	while (bytes_line(&text, &line)) {
		size_t n = indent(line);
		if (!bytes_trim(line).n)
			continue;
		if (n <= 4 && finish(&g, e) < 0)
			return -1;
		gem_line(&g, line, n);
	}
	return finish(&g, e) < 0 ? -1 : lock_end(o, e);
}
