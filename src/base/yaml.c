/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml.c - libyaml's events as a bounded tree.
 */
#include "base/base.h"

#include <string.h>
#include <yaml.h>

struct level {
	json_t *node; /* object or array, owned by its parent (or by the root) */
	char *key;    /* of an object: the key whose value is due; owned */
	yaml_mark_t key_end;
};

struct loader {
	yaml_parser_t parser;
	const char *name;
	unsigned flags;
	json_t *root;
	struct level stack[65];
	size_t depth, values;
	struct err *e;
};

static int fail(struct loader *l, const yaml_mark_t *at, const char *what)
{
	return err_set(l->e, ERR_FORMAT, "%s:%zu:%zu: %s", l->name, at->line + 1, at->column + 1,
	               what);
}

/* Puts a value where it belongs; takes over v. */
static int place(struct loader *l, json_t *v, const yaml_mark_t *at)
{
	if (++l->values > (size_t)JSON_VALUES_MAX) {
		json_decref(v);
		return fail(l, at, "too many values");
	}
	if (l->depth == 0) {
		l->root = v;
		return 0;
	}
	struct level *top = &l->stack[l->depth - 1];
	if (json_is_array(top->node)) {
		json_array_append_new(top->node, v);
		return 0;
	}
	if (!top->key) {
		json_decref(v);
		return fail(l, at, "a key must be a plain word");
	}
	int rc = json_object_set_new(top->node, top->key, v);
	free(TAKE(top->key));
	return rc ? fail(l, at, "text is not UTF-8") : 0;
}

static int take_key(struct loader *l, struct bytes text, const yaml_mark_t *at,
                    const yaml_mark_t *end)
{
	struct level *top = &l->stack[l->depth - 1];
	if (memchr(text.p, 0, text.n))
		return fail(l, at, "a key holds a NUL");
	char *key = strndup((const char *)text.p, text.n);
	if (!key)
		die_nomem(text.n);
	bool is_again = !(l->flags & YAML_TWICE) && json_object_get(top->node, key);
	if (strcmp(key, "<<") == 0 || is_again) {
		int rc = fail(l, at,
		              strcmp(key, "<<") == 0 ? "merge keys are not read"
		                                     : "the key stands here twice");
		free(key);
		return rc;
	}
	top->key = key;
	top->key_end = *end;
	return 0;
}

static void mark(json_t *mapping, const char *key, uint64_t line, uint64_t column)
{
	json_t *marks = json_object_get(mapping, YAML_MARKS_KEY);
	if (!marks) {
		marks = json_object();
		json_object_set_new(mapping, YAML_MARKS_KEY, marks);
	}
	json_object_set_new(
		marks, key,
		json_integer((json_int_t)(line << 32 | MIN_OF(column, UINT64_C(0xffffffff)))));
}

/* Notes where the text of the key that is due begins. */
static void mark_text(struct level *top, const yaml_event_t *ev)
{
	bool is_quoted = ev->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
	                 ev->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	bool is_block = ev->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
	                ev->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
	/* a block's text begins on the line below its sign */
	uint64_t line = ev->start_mark.line + 1 + is_block;
	uint64_t column = is_block ? 1 : ev->start_mark.column + 1 + is_quoted;
	/* libyaml has a value that is not there begin at whatever comes next */
	bool is_nothing =
		ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !ev->data.scalar.length;
	if (is_nothing)
		mark(top->node, top->key, top->key_end.line + 1, top->key_end.column + 1);
	else
		mark(top->node, top->key, line, column);
}

static int check_marks(struct loader *l, const yaml_event_t *ev)
{
	if (ev->data.scalar.anchor)
		return fail(l, &ev->start_mark, "anchors are not read");
	bool is_tagged = ev->data.scalar.tag && l->flags & YAML_MARKS;
	return is_tagged ? fail(l, &ev->start_mark, "tags are not read") : 0;
}

static int scalar(struct loader *l, const yaml_event_t *ev)
{
	struct bytes text = bytes_of(ev->data.scalar.value, ev->data.scalar.length);
	if (check_marks(l, ev) < 0)
		return -1;
	struct level *top = l->depth ? &l->stack[l->depth - 1] : NULL;
	if (top && json_is_object(top->node) && !top->key)
		return take_key(l, text, &ev->start_mark, &ev->end_mark);
	bool is_plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	json_t *v = is_plain && (text.n == 0 || bytes_eq(text, B("~")) || bytes_eq(text, B("null")))
	                    ? json_null()
	                    : json_stringn((const char *)text.p, text.n);
	if (v && l->flags & YAML_MARKS && top && json_is_object(top->node))
		mark_text(top, ev);
	return v ? place(l, v, &ev->start_mark) : fail(l, &ev->start_mark, "text is not UTF-8");
}

static int open_level(struct loader *l, json_t *node, const yaml_char_t *anchor,
                      const yaml_mark_t *at)
{
	if (anchor || l->depth >= (size_t)JSON_DEPTH_MAX) {
		json_decref(node);
		return anchor ? fail(l, at, "anchors are not read") : fail(l, at, "nests too deep");
	}
	if (json_is_object(node) && l->flags & YAML_LINES)
		json_object_set_new(node, YAML_LINE_KEY, json_integer((json_int_t)at->line + 1));
	struct level *top = l->depth ? &l->stack[l->depth - 1] : NULL;
	if (l->flags & YAML_MARKS && top && top->key)
		mark(top->node, top->key, at->line + 1, at->column + 1);
	if (l->flags & YAML_MARKS && json_is_object(node))
		mark(node, YAML_MARKS_KEY, at->line + 1, at->column + 1);
	if (place(l, node, at) < 0)
		return -1;
	l->stack[l->depth++] = (struct level){.node = node};
	return 0;
}

static int close_level(struct loader *l)
{
	free(l->stack[--l->depth].key);
	return 0;
}

static int next_document(struct loader *l, const yaml_mark_t *at)
{
	if (!(l->flags & YAML_LOCK))
		return fail(l, at, "holds more than one document");
	json_decref(TAKE(l->root));
	return 0;
}

/* 1: go on, 0: end of the document, -1: error. */
static int event(struct loader *l, const yaml_event_t *ev)
{
	const yaml_mark_t *at = &ev->start_mark;
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return scalar(l, ev) < 0 ? -1 : 1;
	case YAML_SEQUENCE_START_EVENT:
		return open_level(l, json_array(), ev->data.sequence_start.anchor, at) < 0 ? -1 : 1;
	case YAML_MAPPING_START_EVENT:
		return open_level(l, json_object(), ev->data.mapping_start.anchor, at) < 0 ? -1 : 1;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_level(l) < 0 ? -1 : 1;
	case YAML_ALIAS_EVENT:
		return fail(l, at, "aliases are not read");
	case YAML_DOCUMENT_START_EVENT:
		return l->root && next_document(l, at) < 0 ? -1 : 1;
	case YAML_STREAM_END_EVENT:
		return 0;
	default:
		return 1;
	}
}

static int run(struct loader *l)
{
	for (int more = 1; more;) {
		yaml_event_t ev;
		if (!yaml_parser_parse(&l->parser, &ev))
			return fail(l, &l->parser.problem_mark,
			            l->parser.problem ? l->parser.problem : "not YAML");
		more = event(l, &ev);
		yaml_event_delete(&ev);
		if (more < 0)
			return -1;
	}
	return 0;
}

int yaml_load(struct bytes text, const char *name, unsigned flags, json_t **ret, struct err *e)
{
	int64_t max = flags & (YAML_FEED | YAML_LOCK) ? JSON_DOC_MAX : YAML_DOC_MAX;
	if (text.n > (uint64_t)max)
		return err_set(e, ERR_LIMIT, "%s: %zu bytes, at most %jd are read", name, text.n,
		               (intmax_t)max);
	json_seed();
	struct loader l = {.name = name, .flags = flags, .e = e};
	if (!yaml_parser_initialize(&l.parser))
		die_nomem(sizeof l.parser);
	yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&l.parser, text.n ? text.p : (const uint8_t *)"", text.n);
	int rc = run(&l);
	yaml_parser_delete(&l.parser);
	while (l.depth)
		close_level(&l);
	if (rc < 0) {
		json_decref(l.root);
		return -1;
	}
	*ret = l.root ? l.root : json_null();
	return 0;
}

int yaml_line(const json_t *mapping)
{
	return (int)json_integer_value(json_object_get(mapping, YAML_LINE_KEY));
}

struct yaml_at yaml_place(struct bytes document, const json_t *mapping, const char *key, size_t at)
{
	const json_t *marks = json_object_get(mapping, YAML_MARKS_KEY);
	const json_t *own = json_object_get(marks, YAML_MARKS_KEY);
	uint64_t mark = (uint64_t)json_integer_value(marks ? json_object_get(marks, key) : NULL);
	if (!mark && own)
		mark = (uint64_t)json_integer_value(own);
	struct bytes text = json_text(mapping, key);
	struct yaml_at ret = {(int)(mark >> 32), (int)(mark & 0xffffffff)};
	size_t wanted = 0, i = 0;
	if (!mark)
		return (struct yaml_at){yaml_line(mapping), 1};
	/* folding and indenting change blanks only: the same number of other characters */
	for (size_t k = 0; k < at && k < text.n; k++)
		wanted += !is_blank(text.p[k]);
	for (int line = 1; line < ret.line && i < document.n; i++)
		line += document.p[i] == '\n';
	for (int column = 1; column < ret.column && i < document.n; i++)
		column += (document.p[i] & 0xc0) != 0x80;
	while (i < document.n && (wanted || is_blank(document.p[i]))) {
		uint8_t c = document.p[i++];
		wanted -= !is_blank(c);
		ret.column = c == '\n' ? 1 : ret.column + ((c & 0xc0) != 0x80);
		ret.line += c == '\n';
	}
	return ret;
}
