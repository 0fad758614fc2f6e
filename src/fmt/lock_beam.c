/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock_beam.c - mix.lock of Elixir, rebar.lock of Erlang.
 *
 * Format: mix writes one line for each: "name": {:hex, :package, "version", ...} or {:git, address,
 * commit, ...}; the names of what it needs stand in the list of the sixth place.  rebar3 writes
 * Erlang terms: {<<"name">>,{pkg,<<"package">>,<<"version">>},level}.
 */
#include "fmt/lock.h"

/* The text of the next string ("..." with escapes left in) from b on. */
static bool next_string(struct bytes *b, struct bytes *ret)
{
	ssize_t from = bytes_find(*b, '"');
	if (from < 0)
		return false;
	*b = bytes_skip(*b, (size_t)from + 1);
	ssize_t end = bytes_find(*b, '"');
	if (end < 0)
		return false;
	*ret = bytes_slice(*b, 0, (size_t)end);
	*b = bytes_skip(*b, (size_t)end + 1);
	return true;
}

/* "[{:a, "~> 1.0", [...]}, ...]": each atom behind "{:" at the first level of the list. */
static void needs(struct lock_out *o, struct bytes list)
{
	int depth = 0;
	for (size_t i = 0; i < list.n; i++) {
		uint8_t c = list.p[i];
		depth += (c == '[' || c == '{') - (c == ']' || c == '}');
		if (depth == 0)
			return;
		if (depth != 2 || c != '{' || i + 1 >= list.n || list.p[i + 1] != ':')
			continue;
		size_t end = i + 2;
		while (end < list.n && (is_alnum(list.p[end]) || list.p[end] == '_'))
			end++;
		lock_need(o, bytes_slice(list, i + 2, end), (struct bytes){NULL, 0});
	}
}

/* Behind "{:hex, :package" the version and, in the sixth place, what it needs. */
static void mix_hex(struct lock_out *o, struct bytes atom, struct bytes rest,
                    struct lang_package *p)
{
	size_t n = 0;
	while (n < atom.n && (is_alnum(atom.p[n]) || atom.p[n] == '_'))
		n++;
	if (n) /* the package may have another name than the application */
		p->name = bytes_slice(atom, 0, n);
	ssize_t managers = bytes_find(rest, ']');
	struct bytes list = bytes_skip(rest, managers < 0 ? rest.n : (size_t)managers + 1);
	ssize_t open = bytes_find(list, '[');
	needs(o, bytes_skip(list, open < 0 ? list.n : (size_t)open));
}

static int mix_line(struct lock_out *o, struct bytes line, struct err *e)
{
	struct lang_package p = {.scope = LANG_RUN};
	struct bytes rest = line, first, second;
	if (!next_string(&rest, &p.name) || bytes_search(rest, B("{:path, ")) >= 0)
		return 0; /* of this very tree */
	ssize_t hex = bytes_search(rest, B("{:hex, :"));
	bool is_git = bytes_search(rest, B("{:git, ")) >= 0;
	struct bytes atom = bytes_skip(rest, hex < 0 ? 0 : (size_t)hex + B("{:hex, :").n);
	if ((hex < 0 && !is_git) || !next_string(&rest, &first) || !next_string(&rest, &second)) {
		lock_odd(o, p.name, "neither of hex nor of git");
		return 0;
	}
	if (hex >= 0) {
		p.version = first;
		mix_hex(o, atom, rest, &p);
	} else {
		p.source = first;
		p.version = second;
	}
	return lock_put(o, &p, e);
}

int lock_mix(struct bytes text, struct lock_out *o, struct err *e)
{
	struct bytes line, head = bytes_trim(text);
	if (head.n && !bytes_starts(head, B("%{")))
		return err_set(e, ERR_FORMAT, "mix.lock: line 1: not a map");
	while (bytes_line(&text, &line)) {
		if (mix_line(o, line, e) < 0)
			return -1;
	}
	return lock_end(o, e);
}

/* ---- rebar ---- */

static bool binary(struct bytes *b, struct bytes *ret)
{
	if (!bytes_starts(*b, B("<<\"")))
		return false;
	*b = bytes_skip(*b, 2);
	if (!next_string(b, ret) || !bytes_starts(*b, B(">>")))
		return false;
	*b = bytes_skip(*b, 2);
	return true;
}

static bool skip(struct bytes *b, struct bytes what)
{
	while (b->n && is_blank(b->p[0]))
		*b = bytes_skip(*b, 1);
	if (!bytes_starts(*b, what))
		return false;
	*b = bytes_skip(*b, what.n);
	while (b->n && is_blank(b->p[0]))
		*b = bytes_skip(*b, 1);
	return true;
}

/* One element of the list; false when it is none that we know. */
static bool rebar_one(struct bytes *b, struct lang_package *p)
{
	struct bytes app;
	if (!skip(b, B("{")) || !binary(b, &app) || !skip(b, B(",")))
		return false;
	if (skip(b, B("{pkg,")))
		return binary(b, &p->name) && skip(b, B(",")) && binary(b, &p->version);
	if (!skip(b, B("{git,")) || !next_string(b, &p->source) || !skip(b, B(",")) ||
	    !skip(b, B("{")))
		return false;
	ssize_t comma = bytes_find(*b, ',');
	*b = bytes_skip(*b, comma < 0 ? b->n : (size_t)comma + 1);
	p->name = app;
	return next_string(b, &p->version);
}

/* Behind the closing bracket that is due: "{...},level}". */
static void leave(struct bytes *b)
{
	ssize_t end = bytes_search(*b, B("{<<\""));
	ssize_t list = bytes_find(*b, ']');
	if (end < 0 || (list >= 0 && list < end))
		*b = bytes_skip(*b, list < 0 ? b->n : (size_t)list);
	else
		*b = bytes_skip(*b, (size_t)end);
}

int lock_rebar(struct bytes text, struct lock_out *o, struct err *e)
{
	struct bytes b = text, version;
	bool is_old = bytes_starts(bytes_trim(b), B("["));
	if (!is_old && (!skip(&b, B("{")) || !next_string(&b, &version) || !skip(&b, B(","))))
		return err_set(e, ERR_FORMAT, "rebar.lock: line 1: not a list of packages");
	if (!skip(&b, B("[")))
		return err_set(e, ERR_FORMAT, "rebar.lock: line 1: not a list of packages");
	while (b.n && b.p[0] != ']') {
		struct lang_package p = {.scope = LANG_RUN};
		struct bytes at = b;
		if (!rebar_one(&b, &p))
			lock_odd(o, bytes_slice(at, 0, 40), "not a package");
		else if (lock_put(o, &p, e) < 0)
			return -1;
		if (b.n == at.n)
			b = bytes_skip(b, 1);
		leave(&b);
	}
	if (!b.n)
		lock_odd(o, B("list"), "it does not end");
	return lock_end(o, e);
}
