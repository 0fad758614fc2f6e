/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toml.c - TOML documents as a bounded tree.
 *
 * What a table may still take depends on how it came to be: "You cannot define a table more than
 * once", dotted keys open tables that no header may open again, inline tables and arrays of values
 * are closed for ever.  That is kept beside the tree, per table.
 */
#include "fmt/toml.h"

#include <string.h>

enum made {
	MADE_IMPLIED, /* on the way to another: a header may still define it */
	MADE_HEADER,
	MADE_DOTTED,
	MADE_CLOSED, /* inline */
	MADE_LIST,   /* an array of tables */
};

struct key {
	struct bytes parts[TOML_DEPTH_MAX];
	size_t n;
};

struct toml {
	struct bytes text;
	size_t at;
	const char *name;
	unsigned flags;
	json_t *table; /* that keys go to now */
	size_t depth;  /* levels that are open */
	size_t base;   /* of them, those of the header at work */
	size_t values;
	struct map *made; /* table → enum made; keyed by address */
	struct arena *a;
	struct err *e;
};

static int fail_kind(struct toml *t, enum err_kind kind, const char *what)
{
	size_t line = 1;
	for (size_t i = 0; i < MIN_OF(t->at, t->text.n); i++)
		line += t->text.p[i] == '\n';
	return err_set(t->e, kind, "%s: line %zu: %s", t->name, line, what);
}

static int fail(struct toml *t, const char *what) { return fail_kind(t, ERR_FORMAT, what); }

static struct bytes rest(const struct toml *t) { return bytes_skip(t->text, t->at); }
static int peek(const struct toml *t) { return t->at < t->text.n ? t->text.p[t->at] : -1; }

static bool take(struct toml *t, struct bytes word)
{
	if (!bytes_starts(rest(t), word))
		return false;
	t->at += word.n;
	return true;
}

static void blanks(struct toml *t)
{
	while (peek(t) == ' ' || peek(t) == '\t')
		t->at++;
}

static bool is_control(uint8_t c) { return (c < 0x20 && c != '\t') || c == 0x7f; }

/* A comment, if there is one; then a line end or the end of the text, where is_due. */
static int line_end(struct toml *t, bool is_due)
{
	blanks(t);
	if (peek(t) == '#') {
		while (peek(t) >= 0 && peek(t) != '\n' && !bytes_starts(rest(t), B("\r\n"))) {
			if (is_control((uint8_t)peek(t)))
				return fail(t, "a control character in a comment");
			t->at++;
		}
	}
	if (take(t, B("\n")) || take(t, B("\r\n")) || peek(t) < 0)
		return 0;
	return is_due ? fail(t, "more on the line than its value") : 0;
}

/* Blanks, comments and line ends between the parts of an array. */
static int gaps(struct toml *t)
{
	for (;;) {
		size_t from = t->at;
		if (line_end(t, false) < 0)
			return -1;
		if (t->at == from)
			return 0;
	}
}

/* ---- strings ---- */

static int put_code(struct toml *t, struct buf *b, uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return fail(t, "an escape that is no character");
	if (c < 0x80)
		return buf_addc(b, (uint8_t)c);
	size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
	buf_addc(b, (uint8_t)(lead[more] | c >> (6 * more)));
	while (more--)
		buf_addc(b, (uint8_t)(0x80 | (c >> (6 * more) & 0x3f)));
	return 0;
}

static int escape(struct toml *t, struct buf *b)
{
	static const char from[] = "btnfr\"\\e", to[] = "\b\t\n\f\r\"\\\x1b";
	int c = peek(t);
	const char *at = c > 0 ? strchr(from, c) : NULL;
	t->at++;
	if (at && !(c == 'e' && t->flags & TOML_STRICT))
		return buf_addc(b, (uint8_t)to[at - from]);
	size_t n = c == 'u' ? 4 : c == 'U' ? 8 : c == 'x' && !(t->flags & TOML_STRICT) ? 2 : 0;
	uint64_t code;
	if (n == 0 || !bytes_hex(bytes_slice(rest(t), 0, n), UINT32_MAX, &code) || rest(t).n < n)
		return fail(t, "an escape that does not exist");
	t->at += n;
	return put_code(t, b, (uint32_t)code);
}

/* "\" at the end of a line of a long string takes the blanks and line ends behind it away. */
static bool folded(struct toml *t)
{
	size_t at = t->at;
	blanks(t);
	if (!take(t, B("\n")) && !take(t, B("\r\n"))) {
		t->at = at;
		return false;
	}
	do
		blanks(t);
	while (take(t, B("\n")) || take(t, B("\r\n")));
	return true;
}

/* Up to two quotes may stand right before the three that end a long string. */
static bool ends_long(struct toml *t, struct bytes quotes, struct buf *b)
{
	if (!take(t, quotes))
		return false;
	for (int i = 0; i < 2 && peek(t) == quotes.p[0]; i++) {
		buf_addc(b, quotes.p[0]);
		t->at++;
	}
	return true;
}

static int long_string(struct toml *t, struct bytes quotes, struct buf *b)
{
	bool is_basic = quotes.p[0] == '"';
	if (!take(t, B("\n")))
		take(t, B("\r\n"));
	while (!ends_long(t, quotes, b)) {
		int c = peek(t);
		if (c < 0)
			return fail(t, "a string does not end");
		if (is_basic && c == '\\') {
			t->at++;
			if (!folded(t) && escape(t, b) < 0)
				return -1;
			continue;
		}
		if (c == '\r' && bytes_starts(rest(t), B("\r\n")))
			t->at++;
		c = peek(t);
		if (is_control((uint8_t)c) && c != '\n')
			return fail(t, "a control character in a string");
		buf_addc(b, (uint8_t)c);
		t->at++;
	}
	return 0;
}

static int short_string(struct toml *t, uint8_t quote, struct buf *b)
{
	for (int c; (c = peek(t)) != quote;) {
		if (c < 0 || is_control((uint8_t)c))
			return fail(t, c == '\n' || c < 0 ? "a string does not end"
			                                  : "a control character in a string");
		t->at++;
		if (quote == '"' && c == '\\') {
			if (escape(t, b) < 0)
				return -1;
		} else {
			buf_addc(b, (uint8_t)c);
		}
	}
	t->at++;
	return 0;
}

static int string(struct toml *t, bool may_be_long, struct bytes *ret)
{
	AUTO_BUF struct buf b;
	uint8_t quote = (uint8_t)peek(t);
	struct bytes quotes = quote == '"' ? B("\"\"\"") : B("'''");
	buf_init(&b, t->text.n + 8);
	int rc;
	if (may_be_long && take(t, quotes)) {
		rc = long_string(t, quotes, &b);
	} else {
		t->at++;
		rc = short_string(t, quote, &b);
	}
	if (rc < 0)
		return -1;
	*ret = arena_dup(t->a, buf_bytes(&b));
	return 0;
}

/* ---- keys and tables ---- */

static int key_part(struct toml *t, struct bytes *ret)
{
	if (peek(t) == '"' || peek(t) == '\'')
		return string(t, false, ret);
	size_t from = t->at;
	while (peek(t) >= 0 && (is_alnum((uint8_t)peek(t)) || peek(t) == '_' || peek(t) == '-'))
		t->at++;
	*ret = bytes_slice(t->text, from, t->at);
	return ret->n ? 0 : fail(t, "a key is missing");
}

static int key(struct toml *t, struct key *k)
{
	k->n = 0;
	for (;;) {
		if (k->n >= (size_t)TOML_DEPTH_MAX)
			return fail_kind(t, ERR_LIMIT, "a key of too many parts");
		blanks(t);
		if (key_part(t, &k->parts[k->n++]) < 0)
			return -1;
		blanks(t);
		if (!take(t, B(".")))
			return 0;
	}
}

static uint64_t made(const struct toml *t, const json_t *j)
{
	const union map_value *v = map_get(t->made, bytes_of(&j, sizeof j));
	return v ? v->u : MADE_CLOSED;
}

static void mark(struct toml *t, json_t *j, enum made how)
{
	map_put(t->made, arena_dup(t->a, bytes_of(&j, sizeof j)), NULL)->u = how;
}

static json_t *child(const json_t *table, struct bytes name)
{
	return json_object_getn(table, (const char *)name.p, name.n);
}

static void set(json_t *table, struct bytes name, json_t *value)
{
	json_object_setn_new(table, (const char *)name.p, name.n, value);
}

static json_t *new_table(struct toml *t, json_t *in, struct bytes name, enum made how)
{
	json_t *j = json_object();
	if (name.p)
		set(in, name, j);
	else
		json_array_append_new(in, j);
	mark(t, j, how);
	t->values++;
	return j;
}

static int deeper(struct toml *t, size_t n)
{
	t->depth += n;
	if (t->depth > (size_t)TOML_DEPTH_MAX)
		return fail_kind(t, ERR_LIMIT, "nested too deep");
	if (t->values > (size_t)TOML_VALUES_MAX)
		return fail_kind(t, ERR_LIMIT, "too many values");
	return 0;
}

/* [a.b.c]: the table that the parts but the last lead to. */
static json_t *walk_header(struct toml *t, json_t *root, const struct key *k)
{
	json_t *at = root;
	for (size_t i = 0; i + 1 < k->n; i++) {
		json_t *next = child(at, k->parts[i]);
		if (!next)
			next = new_table(t, at, k->parts[i], MADE_IMPLIED);
		if (made(t, next) == MADE_CLOSED)
			return NULL;
		at = json_is_array(next) ? json_array_get(next, json_array_size(next) - 1) : next;
	}
	return at;
}

static int open_table(struct toml *t, json_t *in, struct bytes name)
{
	json_t *j = child(in, name);
	if (!j)
		j = new_table(t, in, name, MADE_IMPLIED);
	if (!json_is_object(j) || made(t, j) != MADE_IMPLIED)
		return fail(t, "the table stands here twice");
	mark(t, j, MADE_HEADER);
	t->table = j;
	return 0;
}

static int open_element(struct toml *t, json_t *in, struct bytes name)
{
	json_t *j = child(in, name);
	if (!j) {
		j = json_array();
		set(in, name, j);
		mark(t, j, MADE_LIST);
	}
	if (made(t, j) != MADE_LIST)
		return fail(t, "the key is no array of tables");
	t->table = new_table(t, j, (struct bytes){NULL, 0}, MADE_HEADER);
	return 0;
}

static int header(struct toml *t, json_t *root)
{
	struct key k;
	bool is_element = take(t, B("[["));
	t->depth = 0;
	if (!is_element)
		t->at++;
	if (key(t, &k) < 0)
		return -1;
	if (!take(t, is_element ? B("]]") : B("]")))
		return fail(t, "the header of a table does not end");
	if (deeper(t, k.n) < 0)
		return -1;
	t->base = k.n;
	json_t *in = walk_header(t, root, &k);
	if (!in)
		return fail(t, "the header goes through what is no table, or closed");
	struct bytes last = k.parts[k.n - 1];
	if ((is_element ? open_element(t, in, last) : open_table(t, in, last)) < 0)
		return -1;
	return line_end(t, true);
}

static int value(struct toml *t, json_t **ret);

static int key_value(struct toml *t, json_t *table)
{
	struct key k;
	size_t depth = t->depth;
	if (key(t, &k) < 0)
		return -1;
	if (!take(t, B("=")))
		return fail(t, "a key without \"=\"");
	for (size_t i = 0; i + 1 < k.n; i++) {
		json_t *next = child(table, k.parts[i]);
		if (!next)
			next = new_table(t, table, k.parts[i], MADE_DOTTED);
		if (made(t, next) != MADE_DOTTED)
			return fail(t, "the key goes through what is no table, or closed");
		table = next;
	}
	if (child(table, k.parts[k.n - 1]))
		return fail(t, "the key stands here twice");
	json_t *v;
	blanks(t);
	if (deeper(t, k.n) < 0 || value(t, &v) < 0)
		return -1;
	set(table, k.parts[k.n - 1], v);
	t->depth = depth;
	return 0;
}

/* ---- values ---- */

static int list(struct toml *t, json_t *j)
{
	for (t->at++;;) {
		json_t *v;
		if (gaps(t) < 0)
			return -1;
		if (take(t, B("]")))
			return 0;
		if (value(t, &v) < 0)
			return -1;
		json_array_append_new(j, v);
		if (gaps(t) < 0)
			return -1;
		if (!take(t, B(",")) && peek(t) != ']')
			return fail(t, "an array does not end");
	}
}

static int inline_gaps(struct toml *t)
{
	if (!(t->flags & TOML_STRICT))
		return gaps(t);
	blanks(t);
	return 0;
}

static int inline_table(struct toml *t, json_t *j)
{
	bool is_due = false;
	for (t->at++;;) {
		if (inline_gaps(t) < 0)
			return -1;
		/* v1.0.0: "A terminating comma is not permitted after the last pair" */
		if (!(is_due && t->flags & TOML_STRICT) && take(t, B("}")))
			return 0;
		if (key_value(t, j) < 0 || inline_gaps(t) < 0)
			return -1;
		if (take(t, B("}")))
			return 0;
		if (!take(t, B(",")))
			return fail(t, "an inline table does not end");
		is_due = true;
	}
}

static int nested(struct toml *t, json_t *j, int (*read)(struct toml *, json_t *), json_t **ret)
{
	AUTO_JSON json_t *held = j;
	size_t depth = t->depth;
	if (deeper(t, 1) < 0 || read(t, held) < 0)
		return -1;
	t->depth = depth;
	mark(t, held, MADE_CLOSED);
	*ret = TAKE(held);
	return 0;
}

static int scalar(struct toml *t, json_t **ret)
{
	const char *why = "a value is missing";
	struct bytes token = bytes_slice(rest(t), 0, toml_token(rest(t)));
	json_t *v = token.n ? toml_scalar(token, t->flags, &why) : NULL;
	if (!v)
		return fail(t, why);
	t->at += token.n;
	*ret = v;
	return 0;
}

static int text_value(struct toml *t, json_t **ret)
{
	struct bytes s;
	if (string(t, true, &s) < 0)
		return -1;
	*ret = toml_tagged(json_stringn((const char *)s.p, s.n), "string", s, t->flags);
	return 0;
}

static int value(struct toml *t, json_t **ret)
{
	if (++t->values > (size_t)TOML_VALUES_MAX)
		return fail_kind(t, ERR_LIMIT, "too many values");
	switch (peek(t)) {
	case '"':
	case '\'':
		return text_value(t, ret);
	case '[':
		return nested(t, json_array(), list, ret);
	case '{':
		return nested(t, json_object(), inline_table, ret);
	default:
		return scalar(t, ret);
	}
}

static int document(struct toml *t, json_t *root)
{
	t->table = root;
	take(t, B("\xef\xbb\xbf"));
	for (;;) {
		if (gaps(t) < 0)
			return -1;
		if (peek(t) < 0)
			return 0;
		t->depth = t->base;
		if (peek(t) == '[') {
			if (header(t, root) < 0)
				return -1;
			continue;
		}
		if (key_value(t, t->table) < 0 || line_end(t, true) < 0)
			return -1;
	}
}

int toml_load(struct bytes text, const char *name, size_t max, unsigned flags, json_t **ret,
              struct err *e)
{
	_Static_assert(TOML_DEPTH_MAX == 64, "TOML_DEPTH_MAX");
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_MAP struct map *m = map_new();
	struct toml t = {.text = text, .name = name, .flags = flags, .made = m, .a = a, .e = e};
	if (text.n > max)
		return err_set(e, ERR_LIMIT, "%s: %zu bytes, at most %zu", name, text.n, max);
	if (!bytes_is_utf8(text))
		return err_set(e, ERR_FORMAT, "%s: not UTF-8", name);
	json_seed();
	AUTO_JSON json_t *root = json_object();
	if (document(&t, root) < 0)
		return -1;
	*ret = TAKE(root);
	return 0;
}
