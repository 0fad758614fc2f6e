/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_go.c - go.mod and go.sum.
 *
 * Format: go.dev/ref/mod, "go.mod files": directives, alone or in blocks; "replace" puts another
 * module, or a folder, in the place of one.  The version of "go" is the least that will do: which
 * toolchain built a program only the program tells.  go.sum: "module version hash".
 */
#include "fmt/lock.h"

#include <stdlib.h>

struct module {
	struct bytes path, version;
	bool is_gone; /* replaced by a folder */
};

struct gomod {
	struct module *v;
	size_t n, cap;
	struct replace {
		struct bytes old, old_version, to, to_version;
	} * r;
	size_t n_replaces, cap_replaces;
};

static struct bytes word(struct bytes *line)
{
	struct bytes w = {NULL, 0};
	bytes_word(line, &w);
	if (w.n > 1 && (w.p[0] == '"' || w.p[0] == '`') && w.p[w.n - 1] == w.p[0])
		w = bytes_slice(w, 1, w.n - 1);
	return w;
}

static int require(struct gomod *g, struct bytes line)
{
	struct module m = {.path = word(&line)};
	m.version = word(&line);
	if (!m.version.n)
		return -1;
	if (g->n >= (size_t)LOCK_PACKAGES_MAX)
		return -1;
	g->v = mem_grow(g->v, &g->cap, g->n + 1, sizeof *g->v);
	g->v[g->n++] = m;
	return 0;
}

static int replace(struct gomod *g, struct bytes line)
{
	struct replace r = {.old = word(&line)};
	struct bytes w = word(&line);
	if (!bytes_eq(w, B("=>"))) {
		r.old_version = w;
		w = word(&line);
	}
	r.to = word(&line);
	r.to_version = word(&line);
	if (!bytes_eq(w, B("=>")) || !r.to.n || g->n_replaces >= (size_t)LOCK_PACKAGES_MAX)
		return -1;
	g->r = mem_grow(g->r, &g->cap_replaces, g->n_replaces + 1, sizeof *g->r);
	g->r[g->n_replaces++] = r;
	return 0;
}

static int other(struct gomod *g, struct bytes line)
{
	(void)g, (void)line;
	return 0;
}

static const struct directive {
	const char *name;
	int (*read)(struct gomod *g, struct bytes line);
} directives[] = {
	{"require",   require},
        {"replace",   replace},
        {"exclude",   other  },
        {"retract",   other  },
	{"module",    other  },
        {"go",        other  },
        {"toolchain", other  },
        {"godebug",   other  },
	{"tool",      other  },
        {"ignore",    other  },
};

static const struct directive *directive_named(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
		if (bytes_eq(name, bytes_str(directives[i].name)))
			return &directives[i];
	}
	return NULL;
}

static struct bytes without_comment(struct bytes line)
{
	ssize_t at = bytes_search(line, B("//"));
	/* an address has "//" too, but no blank before it */
	if (at > 0 && !is_blank(line.p[at - 1]))
		return line;
	return bytes_slice(line, 0, at < 0 ? line.n : (size_t)at);
}

static int read_mod(struct gomod *g, struct bytes text, struct err *e)
{
	const struct directive *block = NULL;
	struct bytes line;
	for (size_t n = 1; bytes_line(&text, &line); n++) {
		line = bytes_trim(without_comment(line));
		if (!line.n)
			continue;
		if (block && bytes_eq(line, B(")"))) {
			block = NULL;
			continue;
		}
		struct bytes rest = line;
		const struct directive *d = block ? block : directive_named(word(&rest));
		if (d && !block && bytes_eq(bytes_trim(rest), B("("))) {
			block = d;
			continue;
		}
		if (!d || d->read(g, block ? line : rest) < 0)
			return err_set(e, ERR_FORMAT, "go.mod: line %zu: %s", n,
			               d ? "not a module and its version" : "an unknown directive");
	}
	return 0;
}

static void apply(struct module *m, const struct replace *r)
{
	if (!bytes_eq(m->path, r->old) ||
	    (r->old_version.n && !bytes_eq(m->version, r->old_version)))
		return;
	m->is_gone = bytes_starts(r->to, B("./")) || bytes_starts(r->to, B("../")) ||
	             bytes_starts(r->to, B("/")) || !r->to_version.n;
	m->path = r->to;
	m->version = r->to_version;
}

int lock_gomod(struct bytes text, struct lock_out *o, struct err *e)
{
	struct gomod g = {.n = 0};
	int rc = read_mod(&g, text, e);
	for (size_t i = 0; rc == 0 && i < g.n; i++) {
		struct module m = g.v[i];
		for (size_t k = 0; k < g.n_replaces; k++) {
			apply(&m, &g.r[k]);
			if (m.path.p != g.v[i].path.p)
				break;
		}
		struct lang_package p = {.name = m.path, .version = m.version};
		if (!m.is_gone)
			rc = lock_put(o, &p, e);
	}
	free(g.v);
	free(g.r);
	return rc < 0 ? -1 : lock_end(o, e);
}

int lock_gosum(struct bytes text, struct lock_out *o, struct err *e)
{
	struct bytes line;
	for (size_t n = 1; bytes_line(&text, &line); n++) {
		struct bytes rest = line;
		struct lang_package p = {.name = word(&rest)};
		p.version = word(&rest);
		if (!p.name.n || bytes_ends(p.version, B("/go.mod")))
			continue;
		if (!word(&rest).n)
			return err_set(e, ERR_FORMAT, "go.sum: line %zu: three words are wanted",
			               n);
		if (lock_put(o, &p, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}
