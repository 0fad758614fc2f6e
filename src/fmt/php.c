/* SPDX-License-Identifier: Apache-2.0 */
/*
 * php.c - literals and serialized values of PHP.
 *
 * Source: PHP manual, "Arrays", "Strings" (single and double quoted), "Comments", serialize(); the
 * form is what Composer's InstalledVersions and PEAR's registry write.
 */
#include "fmt/php.h"

#include <string.h>

struct reader {
	struct bytes rest;
	const char *name;
	struct bytes all;
	size_t depth, n_values;
	struct err *e;
	/* one value at the front of rest; NULL with e */
	json_t *(*value)(struct reader *r);
};

static json_t *fail(struct reader *r, const char *why)
{
	err_set(r->e, ERR_FORMAT, "%s: byte %zu: %s", r->name, r->all.n - r->rest.n, why);
	return NULL;
}

/* Counts one more value, one level further down. */
static bool enter(struct reader *r)
{
	if (++r->n_values > (size_t)PHP_VALUES_MAX) {
		err_set(r->e, ERR_LIMIT, "%s: more than %lld values", r->name,
		        (long long)PHP_VALUES_MAX);
		return false;
	}
	if (++r->depth > (size_t)JSON_DEPTH_MAX) {
		err_set(r->e, ERR_LIMIT, "%s: more than %lld levels", r->name,
		        (long long)JSON_DEPTH_MAX);
		return false;
	}
	return true;
}

static json_t *read_value(struct reader *r)
{
	json_t *v = enter(r) ? r->value(r) : NULL;
	r->depth--;
	return v;
}

/* Takes key and value over; a key with a NUL names nothing that is asked for. */
static bool put(json_t *object, struct bytes key, json_t *v)
{
	return !v || json_object_setn_new_nocheck(object, (const char *)key.p, key.n, v) == 0;
}

/* ---- literals ---- */

/* Blanks and comments. */
static void pass(struct reader *r)
{
	for (;;) {
		size_t n = 0;
		while (n < r->rest.n && is_blank(r->rest.p[n]))
			n++;
		r->rest = bytes_skip(r->rest, n);
		bool is_line = bytes_starts(r->rest, B("//")) || bytes_starts(r->rest, B("#"));
		if (!is_line && !bytes_starts(r->rest, B("/*")))
			return;
		ssize_t end = is_line ? bytes_find(r->rest, '\n') : bytes_search(r->rest, B("*/"));
		r->rest = end < 0 ? bytes_skip(r->rest, r->rest.n)
		                  : bytes_skip(r->rest, (size_t)end + (is_line ? 1 : 2));
	}
}

static bool take(struct reader *r, const char *sign)
{
	pass(r);
	if (!bytes_starts(r->rest, bytes_str(sign)))
		return false;
	r->rest = bytes_skip(r->rest, strlen(sign));
	return true;
}

/* '...' knows \\ and \'; "..." others too, which are left as they stand. */
static bool quoted(struct reader *r, struct buf *to)
{
	uint8_t quote = r->rest.p[0];
	size_t i = 1;
	for (; i < r->rest.n && r->rest.p[i] != quote; i++) {
		bool is_escape = r->rest.p[i] == '\\' && i + 1 < r->rest.n &&
		                 (r->rest.p[i + 1] == '\\' || r->rest.p[i + 1] == quote);
		i += is_escape;
		buf_addc(to, r->rest.p[i]);
	}
	bool is_whole = i < r->rest.n && !to->overflow;
	r->rest = bytes_skip(r->rest, i + 1);
	return is_whole;
}

static bool is_word_byte(uint8_t c) { return is_alnum(c) || c == '_' || c == '\\' || c == ':'; }

static struct bytes word(struct reader *r)
{
	size_t n = 0;
	while (n < r->rest.n && is_word_byte(r->rest.p[n]))
		n++;
	struct bytes ret = bytes_slice(r->rest, 0, n);
	r->rest = bytes_skip(r->rest, n);
	return ret;
}

/* Texts and constants joined by dots. */
static json_t *joined(struct reader *r)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)LANG_LIST_MAX);
	do {
		pass(r);
		bool is_quoted = r->rest.n && (r->rest.p[0] == '\'' || r->rest.p[0] == '"');
		if (is_quoted ? !quoted(r, &b) : !word(r).n)
			return fail(r, "a text is not ended");
	} while (take(r, "."));
	return json_stringn_nocheck((const char *)(b.n ? b.p : (const uint8_t *)""), b.n);
}

static json_t *number(struct reader *r)
{
	size_t n = r->rest.p[0] == '-' || r->rest.p[0] == '+', from = n;
	uint64_t v;
	while (n < r->rest.n && (is_digit(r->rest.p[n]) || r->rest.p[n] == '.'))
		n++;
	struct bytes text = bytes_slice(r->rest, from, n);
	bool is_negative = from && r->rest.p[0] == '-';
	r->rest = bytes_skip(r->rest, n);
	if (bytes_u64(text, INT64_MAX, &v))
		return json_integer(is_negative ? -(int64_t)v : (int64_t)v);
	return text.n ? json_stringn_nocheck((const char *)text.p, text.n)
	              : fail(r, "a number has no digits");
}

/* A key that is a text or a number, as text. */
static bool key_of(const json_t *v, struct buf *ret)
{
	buf_reset(ret);
	if (json_is_integer(v))
		buf_addf(ret, "%lld", (long long)json_integer_value(v));
	else if (json_is_string(v))
		buf_add(ret, json_bytes(v));
	return (json_is_integer(v) || json_is_string(v)) && !ret->overflow;
}

static json_t *array_literal(struct reader *r, const char *end)
{
	json_t *object = json_object();
	AUTO_BUF struct buf key;
	int64_t next = 0;
	buf_init(&key, (size_t)LANG_LIST_MAX);
	while (!take(r, end)) {
		AUTO_JSON json_t *first = read_value(r);
		json_t *v = NULL;
		buf_reset(&key);
		if (first && take(r, "=>")) {
			v = key_of(first, &key) ? read_value(r) : fail(r, "a key is no text");
		} else if (first) {
			buf_addf(&key, "%lld", (long long)next++);
			v = json_incref(first);
		}
		if (!v || !put(object, buf_bytes(&key), v) ||
		    (!take(r, ",") && (pass(r), !bytes_starts(r->rest, bytes_str(end))))) {
			json_decref(object);
			return v ? fail(r, "an array is not ended") : NULL;
		}
	}
	return object;
}

static json_t *literal(struct reader *r)
{
	static const struct {
		const char *word;
		json_type type;
	} constants[] = {
		{"true",  JSON_TRUE },
                {"false", JSON_FALSE},
                {"null",  JSON_NULL }
        };
	if (take(r, "["))
		return array_literal(r, "]");
	if (!r->rest.n)
		return fail(r, "a value is missing");
	if (is_digit(r->rest.p[0]) || r->rest.p[0] == '-' || r->rest.p[0] == '+')
		return number(r);
	struct bytes before = r->rest, name = word(r);
	if (bytes_eq_nocase(name, B("array")) && take(r, "("))
		return array_literal(r, ")");
	for (size_t i = 0; i < ARRAY_LEN(constants); i++) {
		if (bytes_eq_nocase(name, bytes_str(constants[i].word)))
			return constants[i].type == JSON_NULL
			               ? json_null()
			               : json_boolean(constants[i].type == JSON_TRUE);
	}
	r->rest = before;
	return joined(r);
}

static int load(struct reader *r, bool is_literal, json_t **ret)
{
	if (r->rest.n > (size_t)LANG_LIST_MAX)
		return err_set(r->e, ERR_LIMIT, "%s: more than %lld bytes", r->name,
		               (long long)LANG_LIST_MAX);
	if (is_literal && !(take(r, "<?php") && take(r, "return"))) {
		fail(r, "no \"<?php return\"");
		return -1;
	}
	json_t *v = read_value(r);
	if (!v)
		return -1;
	if (is_literal && !take(r, ";")) {
		json_decref(v);
		fail(r, "more than a value is returned");
		return -1;
	}
	*ret = v;
	return 0;
}

int php_load_literal(struct bytes text, const char *name, json_t **ret, struct err *e)
{
	struct err unused;
	struct reader r = {
		.rest = text, .name = name, .all = text, .e = e ? e : &unused, .value = literal};
	return load(&r, true, ret);
}

/* ---- serialized values ---- */

/* The number before `end`, which is taken too. */
static bool count(struct reader *r, uint8_t end, uint64_t max, uint64_t *ret)
{
	struct bytes head, tail;
	if (!bytes_cut(bytes_slice(r->rest, 0, 24), end, &head, &tail) ||
	    !bytes_u64(head, max, ret))
		return false;
	r->rest = bytes_skip(r->rest, head.n + 1);
	return true;
}

/* 3:"abc"; */
static json_t *counted_text(struct reader *r)
{
	uint64_t n;
	if (!count(r, ':', r->rest.n, &n) || r->rest.n < n + 3 || r->rest.p[0] != '"' ||
	    r->rest.p[n + 1] != '"' || r->rest.p[n + 2] != ';')
		return fail(r, "a text is not as long as it says");
	struct bytes text = bytes_slice(r->rest, 1, n + 1);
	r->rest = bytes_skip(r->rest, n + 3);
	return json_stringn_nocheck((const char *)text.p, text.n);
}

/* 2:{KEY VALUE KEY VALUE} */
static json_t *counted_array(struct reader *r)
{
	json_t *object = json_object();
	AUTO_BUF struct buf key;
	uint64_t n;
	bool is_right =
		count(r, ':', (uint64_t)PHP_VALUES_MAX, &n) && bytes_starts(r->rest, B("{"));
	buf_init(&key, (size_t)LANG_LIST_MAX);
	r->rest = bytes_skip(r->rest, 1);
	for (uint64_t i = 0; i < n && is_right; i++) {
		AUTO_JSON json_t *k = read_value(r);
		json_t *v = k && key_of(k, &key) ? read_value(r) : NULL;
		is_right = v && put(object, buf_bytes(&key), v);
	}
	if (is_right && bytes_starts(r->rest, B("}"))) {
		r->rest = bytes_skip(r->rest, 1);
		return object;
	}
	json_decref(object);
	return r->e->kind == ERR_NONE ? fail(r, "an array is not as long as it says") : NULL;
}

/* 7; of i, b and d. */
static json_t *counted_number(struct reader *r, uint8_t kind)
{
	struct bytes value, tail;
	bool is_kind = kind == 'i' || kind == 'b' || kind == 'd';
	if (!is_kind || !bytes_cut(bytes_slice(r->rest, 0, 64), ';', &value, &tail))
		return fail(r, "a kind of value that is not read");
	json_t *v = value.n ? number(r) : fail(r, "a number has no digits");
	if (v && kind == 'd') /* "1.0E+25": its exponent */
		r->rest = bytes_skip(r->rest, (size_t)(value.p + value.n - r->rest.p));
	if (v && !bytes_starts(r->rest, B(";"))) {
		json_decref(v);
		return fail(r, "a number is not ended");
	}
	r->rest = bytes_skip(r->rest, 1);
	return v;
}

static json_t *serialized(struct reader *r)
{
	uint8_t kind = r->rest.n > 1 ? r->rest.p[0] : 0;
	if (bytes_starts(r->rest, B("N;"))) {
		r->rest = bytes_skip(r->rest, 2);
		return json_null();
	}
	if (!kind || r->rest.p[1] != ':')
		return fail(r, "no serialized value");
	r->rest = bytes_skip(r->rest, 2);
	if (kind == 's')
		return counted_text(r);
	return kind == 'a' ? counted_array(r) : counted_number(r, kind);
}

int php_load_serialized(struct bytes text, const char *name, json_t **ret, struct err *e)
{
	struct err unused = {.kind = ERR_NONE};
	struct reader r = {
		.rest = text, .name = name, .all = text, .e = e ? e : &unused, .value = serialized};
	r.e->kind = ERR_NONE;
	return load(&r, false, ret);
}
