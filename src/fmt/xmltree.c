/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xmltree.c - small XML documents as a bounded tree.
 *
 * Source: XML 1.0, as much of it as project files have: elements, attributes, text, CDATA,
 * comments, processing instructions, the five entities that need no declaration, numeric
 * references; UTF-8, UTF-16 and Latin-1.  Of our own because the program that reads images is
 * linked with few libraries, and a document type declaration is refused anyway.
 */
#include "fmt/xmltree.h"

#include "fmt/utf16.h"

struct reader {
	struct bytes text;
	size_t at;
	const char *name;
	struct arena *a;
	struct level {
		struct xml_node *node;
		const struct xml_node **end; /* where its next child goes */
		struct buf text;
	} stack[XML_DEPTH_MAX];
	size_t depth, nodes;
	const struct xml_node *root;
	size_t lines, counted; /* lines ended before `counted` */
	struct err *e;
};

static unsigned line_of(struct reader *r)
{
	for (; r->counted < r->at && r->counted < r->text.n; r->counted++)
		r->lines += r->text.p[r->counted] == '\n';
	return (unsigned)r->lines + 1;
}

static int fail(struct reader *r, enum err_kind kind, const char *what)
{
	return err_set(r->e, kind, "%s: line %u: %s", r->name, line_of(r), what);
}

static struct bytes rest(const struct reader *r) { return bytes_skip(r->text, r->at); }
static int peek(const struct reader *r) { return r->at < r->text.n ? r->text.p[r->at] : -1; }

static bool take(struct reader *r, struct bytes word)
{
	if (!bytes_starts(rest(r), word))
		return false;
	r->at += word.n;
	return true;
}

static void blanks(struct reader *r)
{
	while (peek(r) >= 0 && is_blank((uint8_t)peek(r)))
		r->at++;
}

static bool is_name_char(int c)
{
	return c >= 0x80 || (c >= 0 && is_alnum((uint8_t)c)) || c == '_' || c == '-' || c == '.' ||
	       c == ':';
}

static bool name(struct reader *r, struct bytes *ret)
{
	size_t from = r->at;
	while (is_name_char(peek(r)))
		r->at++;
	*ret = bytes_slice(r->text, from, r->at);
	return ret->n && !is_digit(ret->p[0]) && ret->p[0] != '-' && ret->p[0] != '.';
}

static struct bytes local(struct reader *r, struct bytes qualified)
{
	return arena_dup(r->a, bytes_skip(qualified, (size_t)(bytes_rfind(qualified, ':') + 1)));
}

static int put_code(struct reader *r, struct buf *b, uint64_t c)
{
	bool is_char = c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) ||
	               (c >= 0xe000 && c <= 0x10ffff);
	if (!is_char)
		return fail(r, ERR_FORMAT, "a reference to what is no character");
	if (c < 0x80)
		return buf_addc(b, (uint8_t)c);
	size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
	buf_addc(b, (uint8_t)(lead[more] | c >> (6 * more)));
	while (more--)
		buf_addc(b, (uint8_t)(0x80 | (c >> (6 * more) & 0x3f)));
	return 0;
}

/* Behind "&": what it stands for goes to b. */
static int reference(struct reader *r, struct buf *b)
{
	static const struct {
		const char *name;
		uint8_t is;
	} known[] = {
		{"amp",  '&' },
                {"apos", '\''},
                {"gt",   '>' },
                {"lt",   '<' },
                {"quot", '"' }
        };
	struct bytes ref, tail;
	uint64_t code;
	if (!bytes_cut(bytes_slice(rest(r), 0, 16), ';', &ref, &tail))
		return fail(r, ERR_FORMAT, "\"&\" that begins no reference");
	r->at += ref.n + 1;
	if (bytes_starts(ref, B("#x")) && bytes_hex(bytes_skip(ref, 2), UINT32_MAX, &code))
		return put_code(r, b, code);
	if (bytes_starts(ref, B("#")) && bytes_u64(bytes_skip(ref, 1), UINT32_MAX, &code))
		return put_code(r, b, code);
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (bytes_eq(ref, bytes_str(known[i].name)))
			return buf_addc(b, known[i].is);
	}
	return fail(r, ERR_FORMAT, "an entity that nothing declares");
}

/* Text up to a stop byte (not included); references replaced. */
static int text_until(struct reader *r, uint8_t stop, struct buf *b)
{
	for (int c; (c = peek(r)) != stop;) {
		if (c < 0)
			return fail(r, ERR_FORMAT, "the document ends too early");
		r->at++;
		if (c == '&') {
			if (reference(r, b) < 0)
				return -1;
		} else if ((c < 0x20 && !is_blank((uint8_t)c)) || (stop != '<' && c == '<')) {
			return fail(r, ERR_FORMAT, "a character that may not stand here");
		} else {
			buf_addc(b, (uint8_t)c);
		}
	}
	return 0;
}

static int attribute(struct reader *r, const struct xml_pair ***end)
{
	struct bytes key;
	struct xml_pair *p = arena_alloc(r->a, sizeof *p);
	AUTO_BUF struct buf value;
	buf_init(&value, 2 * r->text.n + 8);
	if (!name(r, &key))
		return fail(r, ERR_FORMAT, "a tag that does not end");
	blanks(r);
	if (!take(r, B("=")))
		return fail(r, ERR_FORMAT, "an attribute without a value");
	blanks(r);
	int quote = peek(r);
	if (quote != '"' && quote != '\'')
		return fail(r, ERR_FORMAT, "the value of an attribute is not in quotes");
	r->at++;
	if (text_until(r, (uint8_t)quote, &value) < 0)
		return -1;
	r->at++;
	p->name = local(r, key);
	p->value = arena_dup(r->a, buf_bytes(&value));
	**end = p;
	*end = &p->next;
	return 0;
}

static void close_level(struct reader *r)
{
	struct level *top = &r->stack[--r->depth];
	top->node->text = arena_dup(r->a, bytes_trim(buf_bytes(&top->text)));
}

static int open_tag(struct reader *r)
{
	struct xml_node *n = arena_alloc(r->a, sizeof *n);
	const struct xml_pair **attrs = &n->attrs;
	struct bytes qualified;
	if (r->depth >= (size_t)XML_DEPTH_MAX || ++r->nodes > (size_t)XML_NODES_MAX)
		return fail(r, ERR_LIMIT,
		            r->depth >= (size_t)XML_DEPTH_MAX ? "nested too deep"
		                                              : "too many elements");
	if (!name(r, &qualified))
		return fail(r, ERR_FORMAT, "\"<\" that begins no tag");
	if (!r->depth && r->root)
		return fail(r, ERR_FORMAT, "more than one root");
	n->name = local(r, qualified);
	n->line = line_of(r);
	for (blanks(r); peek(r) != '>' && peek(r) != '/'; blanks(r)) {
		if (attribute(r, &attrs) < 0)
			return -1;
	}
	if (r->depth) {
		*r->stack[r->depth - 1].end = n;
		r->stack[r->depth - 1].end = &n->next;
	} else {
		r->root = n;
	}
	bool is_empty = take(r, B("/"));
	if (!take(r, B(">")))
		return fail(r, ERR_FORMAT, "a tag that does not end");
	struct level *top = &r->stack[r->depth++];
	top->node = n;
	top->end = &n->child;
	buf_reset(&top->text);
	if (is_empty)
		close_level(r);
	return 0;
}

static int close_tag(struct reader *r)
{
	struct bytes qualified;
	if (!name(r, &qualified) || !r->depth ||
	    !bytes_eq(bytes_skip(qualified, (size_t)(bytes_rfind(qualified, ':') + 1)),
	              r->stack[r->depth - 1].node->name))
		return fail(r, ERR_FORMAT, "the end of an element that is not open");
	blanks(r);
	if (!take(r, B(">")))
		return fail(r, ERR_FORMAT, "a tag that does not end");
	close_level(r);
	return 0;
}

/* Skips to what ends a comment or an instruction; keep: adds what was skipped to the text. */
static int skip_to(struct reader *r, struct bytes end, bool keep)
{
	ssize_t n = bytes_search(rest(r), end);
	if (n < 0)
		return fail(r, ERR_FORMAT, "the document ends too early");
	if (keep)
		buf_add(&r->stack[r->depth - 1].text, bytes_slice(rest(r), 0, (size_t)n));
	r->at += (size_t)n + end.n;
	return 0;
}

static int markup(struct reader *r)
{
	if (take(r, B("!--")))
		return skip_to(r, B("-->"), false);
	if (take(r, B("?")))
		return skip_to(r, B("?>"), false);
	if (r->depth && take(r, B("![CDATA[")))
		return skip_to(r, B("]]>"), true);
	if (bytes_starts(rest(r), B("!")))
		return fail(r, ERR_FORMAT, "document type declarations are not read");
	return take(r, B("/")) ? close_tag(r) : open_tag(r);
}

static int document(struct reader *r)
{
	take(r, B("\xef\xbb\xbf"));
	for (;;) {
		if (!r->depth)
			blanks(r);
		if (peek(r) < 0)
			break;
		if (take(r, B("<"))) {
			if (markup(r) < 0)
				return -1;
		} else if (!r->depth) {
			return fail(r, ERR_FORMAT, "text outside of the root");
		} else if (text_until(r, '<', &r->stack[r->depth - 1].text) < 0) {
			return -1;
		}
	}
	return r->root && !r->depth ? 0 : fail(r, ERR_FORMAT, "the document ends too early");
}

/* ---- encodings ---- */

/* Does the declaration name this encoding? */
static bool declares(struct bytes text, struct bytes encoding)
{
	struct bytes head = bytes_slice(text, 0, 200);
	ssize_t end = bytes_search(head, B("?>")), at = bytes_search(head, B("encoding="));
	return bytes_starts(head, B("<?xml")) && at > 0 && at < end &&
	       bytes_eq_nocase(bytes_slice(head, (size_t)at + 10, (size_t)at + 10 + encoding.n),
	                       encoding);
}

static void put_wide(struct buf *b, uint32_t c)
{
	struct reader ignored = {
		.text = {NULL, 0}
        };
	if (c < 0x80)
		buf_addc(b, (uint8_t)c);
	else
		put_code(&ignored, b, c);
}

/* The text as UTF-8: itself, or converted into b. */
static struct bytes as_utf8(struct bytes text, struct buf *b)
{
	if (bytes_starts(text, B("\xff\xfe")) || bytes_starts(text, B("\xfe\xff")))
		return text_unmarked(text, b);
	if (!declares(text, B("iso-8859-1")) && !declares(text, B("windows-1252")))
		return text;
	for (size_t i = 0; i < text.n; i++)
		put_wide(b, text.p[i]);
	return buf_bytes(b);
}

int xml_load(struct bytes text, const char *what, size_t max, struct arena *a,
             const struct xml_node **ret, struct err *e)
{
	AUTO_BUF struct buf utf8;
	struct reader r = {.a = a, .name = what, .e = e};
	if (text.n > max)
		return err_set(e, ERR_LIMIT, "%s: %zu bytes, at most %zu", what, text.n, max);
	buf_init(&utf8, 2 * text.n + 8);
	r.text = as_utf8(text, &utf8);
	if (!bytes_is_utf8(r.text))
		return err_set(e, ERR_FORMAT, "%s: not UTF-8", what);
	for (size_t i = 0; i < XML_DEPTH_MAX; i++)
		buf_init(&r.stack[i].text, 2 * r.text.n + 8);
	int rc = document(&r);
	for (size_t i = 0; i < XML_DEPTH_MAX; i++)
		buf_fini(&r.stack[i].text);
	if (rc == 0)
		*ret = r.root;
	return rc;
}

const struct xml_node *xml_named(const struct xml_node *n, const char *wanted)
{
	while (n && !bytes_eq(n->name, bytes_str(wanted)))
		n = n->next;
	return n;
}

const struct xml_node *xml_child(const struct xml_node *n, const char *wanted)
{
	return n ? xml_named(n->child, wanted) : NULL;
}

struct bytes xml_text(const struct xml_node *n, const char *wanted)
{
	const struct xml_node *c = xml_child(n, wanted);
	return c ? c->text : (struct bytes){NULL, 0};
}

struct bytes xml_value(const struct xml_node *n, const char *attr)
{
	for (const struct xml_pair *p = n ? n->attrs : NULL; p; p = p->next) {
		if (bytes_eq_nocase(p->name, bytes_str(attr)))
			return p->value;
	}
	return (struct bytes){NULL, 0};
}
