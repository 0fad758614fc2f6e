/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template.c - a form of the user's own: a mustache-like template over the report as `-f json`
 * writes it.  Logic-less: it can repeat, leave out and name, nothing else.
 *
 *   {{name}} {{a.b}} {{.}}   a value, escaped for HTML and XML
 *   {{{name}}}               a value with control characters escaped only
 *   {{#name}}...{{/name}}    for each in a list, within an object, or when true or not empty
 *   {{^name}}...{{/name}}    when absent, false, empty or null
 *   {{! comment}}
 *
 * A name is looked for in the innermost object, then outwards.  The whole is "reports", a list.
 * Source: mustache(5).
 */
#include "render/parts.h"

#include <stdlib.h>
#include <string.h>

#include "render/markup.h"

struct filling {
	FILE *out;
	struct arena *a;
	uint64_t work; /* tags that were filled */
	const json_t *stack[TEMPLATE_DEPTH_MAX];
	size_t depth;
};

static const json_t *look_up(const struct filling *f, struct bytes name)
{
	struct bytes first, rest;
	char key[128];
	if (bytes_eq(name, B(".")))
		return f->stack[f->depth - 1];
	bool is_path = bytes_cut(name, '.', &first, &rest);
	const json_t *v = NULL;
	if (first.n >= sizeof key)
		return NULL;
	memcpy(key, first.p, first.n);
	key[first.n] = 0;
	for (size_t i = f->depth; i > 0 && !v; i--)
		v = json_object_get(f->stack[i - 1], key);
	while (v && is_path) {
		is_path = bytes_cut(rest, '.', &first, &rest);
		if (first.n >= sizeof key)
			return NULL;
		memcpy(key, first.p, first.n);
		key[first.n] = 0;
		v = json_object_get(v, key);
	}
	return v;
}

static bool is_true(const json_t *v)
{
	if (json_is_array(v))
		return json_array_size(v) > 0;
	if (json_is_string(v))
		return json_string_length(v) > 0;
	return v && !json_is_null(v) && !json_is_false(v);
}

static void put_value(struct filling *f, const json_t *v, bool is_raw)
{
	struct bytes text = json_bytes(v);
	if (json_is_integer(v))
		text = bytes_str(arena_printf(f->a, "%lld", (long long)json_integer_value(v)));
	else if (json_is_real(v))
		text = bytes_str(arena_printf(f->a, "%.10g", json_real_value(v)));
	else if (json_is_boolean(v))
		text = json_is_true(v) ? B("true") : B("false");
	if (!is_raw) {
		markup_text(f->out, f->a, text);
		return;
	}
	text = render_escape(f->a, text);
	bytes_put(text, f->out);
}

/* The next tag of rest: what stands before it, its inside, and rest behind it.  1, 0 none, -1. */
static int next_tag(struct bytes *rest, struct bytes *ret_before, struct bytes *ret_tag,
                    struct err *e)
{
	ssize_t at = bytes_search(*rest, B("{{"));
	if (at < 0) {
		*ret_before = *rest;
		*rest = (struct bytes){NULL, 0};
		return 0;
	}
	*ret_before = bytes_slice(*rest, 0, (size_t)at);
	struct bytes tail = bytes_skip(*rest, (size_t)at + 2);
	bool is_triple = tail.n && tail.p[0] == '{';
	ssize_t end = bytes_search(tail, is_triple ? B("}}}") : B("}}"));
	if (end < 0)
		return err_set(e, ERR_USAGE, "template: a tag is not closed: {{%.*s",
		               (int)MIN_OF(tail.n, (size_t)40), (const char *)tail.p);
	*ret_tag = bytes_trim(bytes_slice(tail, 0, (size_t)end));
	*rest = bytes_skip(tail, (size_t)end + (is_triple ? 3 : 2));
	return 1;
}

/* What stands up to the end of section `name`, rest behind it. */
static int section_body(struct bytes *rest, struct bytes name, struct bytes *ret, struct err *e)
{
	struct bytes start = *rest, before, tag;
	size_t depth = 1;
	for (int more; (more = next_tag(rest, &before, &tag, e)) != 0;) {
		if (more < 0)
			return -1;
		if (!tag.n || !bytes_eq(bytes_trim(bytes_skip(tag, 1)), name))
			continue;
		depth += tag.p[0] == '#' || tag.p[0] == '^' ? 1U : 0U;
		if (tag.p[0] == '/' && --depth == 0) {
			*ret = bytes_slice(start, 0, (size_t)(before.p + before.n - start.p));
			return 0;
		}
	}
	return err_set(e, ERR_USAGE, "template: section {{#%.*s}} is not closed", BYTES_FMT(name));
}

static int fill(struct filling *f, struct bytes text, struct err *e);

static int fill_with(struct filling *f, struct bytes body, const json_t *v, struct err *e)
{
	if (f->depth == MIN_OF((size_t)TEMPLATE_DEPTH_MAX, ARRAY_LEN(f->stack)))
		return err_set(e, ERR_LIMIT, "template: sections more than %d deep",
		               (int)TEMPLATE_DEPTH_MAX);
	f->stack[f->depth++] = v;
	int rc = fill(f, body, e);
	f->depth--;
	return rc;
}

static int fill_section(struct filling *f, struct bytes tag, struct bytes body, struct err *e)
{
	const json_t *v = look_up(f, bytes_trim(bytes_skip(tag, 1)));
	if (tag.p[0] == '^')
		return is_true(v) ? 0 : fill(f, body, e);
	if (!is_true(v))
		return 0;
	if (!json_is_array(v))
		return fill_with(f, body, v, e);
	for (size_t i = 0; i < json_array_size(v); i++) {
		if (fill_with(f, body, json_array_get(v, i), e) < 0)
			return -1;
	}
	return 0;
}

static int fill(struct filling *f, struct bytes text, struct err *e)
{
	struct bytes rest = text, before, tag, body;
	for (int more = 1; more > 0;) {
		more = next_tag(&rest, &before, &tag, e);
		if (more < 0)
			return -1;
		bytes_put(before, f->out);
		if (!more || !tag.n || tag.p[0] == '!')
			continue;
		if (++f->work > (uint64_t)TEMPLATE_TAGS_MAX)
			return err_set(e, ERR_LIMIT, "template: more than %d tags were filled",
			               (int)TEMPLATE_TAGS_MAX);
		if (tag.p[0] == '#' || tag.p[0] == '^') {
			if (section_body(&rest, bytes_trim(bytes_skip(tag, 1)), &body, e) < 0 ||
			    fill_section(f, tag, body, e) < 0)
				return -1;
		} else if (tag.p[0] == '/') {
			return err_set(e, ERR_USAGE, "template: {{%.*s}} closes no section",
			               BYTES_FMT(tag));
		} else {
			bool is_raw = tag.p[0] == '{' || tag.p[0] == '&';
			struct bytes name = is_raw ? bytes_trim(bytes_skip(tag, 1)) : tag;
			put_value(f, look_up(f, name), is_raw);
		}
	}
	return 0;
}

/* A key of an image may hold NUL, which the tree of JSON cannot: "\\u0000" becomes "\\ufffd". */
static void without_nul(char *text, size_t n)
{
	for (size_t i = 0; i + 5 < n; i++) {
		if (text[i] != '\\')
			continue;
		if (memcmp(text + i, "\\u0000", 6) == 0)
			memcpy(text + i, "\\ufffd", 6);
		i++; /* what is escaped, a backslash too */
	}
}

static int fill_reports(const struct report *const *r, size_t n, const struct render_options *o,
                        FILE *out, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_JSON json_t *root = NULL;
	struct render_options as_list = *o;
	char *text = NULL;
	size_t size = 0;
	as_list.many = true;
	FILE *to = open_memstream(&text, &size);
	int rc = render_form_json.write(r, n, &as_list, to, e);
	fclose(to);
	without_nul(text, size);
	if (rc == 0)
		rc = json_load_data(bytes_of(text, size), "report", size, &root, e);
	free(text);
	if (rc < 0)
		return -1;
	struct filling f = {.out = out, .a = a, .depth = 1};
	f.stack[0] = root;
	if (fill(&f, o->template, e) < 0)
		return -1;
	if (fflush(out) == EOF || ferror(out))
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

/* Without a template: what a line of each finding looks like. */
static int template_write(const struct report *const *r, size_t n, const struct render_options *o,
                          FILE *out, struct err *e)
{
	struct render_options with = *o;
	if (!with.template.p)
		with.template = B("{{#reports}}{{#findings}}{{{severity}}} {{{id}}} {{{package}}}\n"
		                  "{{/findings}}{{/reports}}\n");
	return fill_reports(r, n, &with, out, e);
}

const struct render_form render_form_template = {
	.name = "template",
	.title = "a mustache-like template of yours: --template FILE",
	.suffix = ".txt",
	.write = template_write,
};
