/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_fn_strings.c - functions of texts: size, contains, indexOf, replace, split, ...
 *
 * Places in a text are counted in characters, not bytes.
 * Source: cel-spec langdef.md, "String Functions"; cel-go ext/README.md, "Strings", "Encoders".
 */
#include "policy/cel_parts.h"

#include <string.h>

size_t cel_runes(struct bytes s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

/* The byte that the n-th character begins at; false past the end (the end itself is a place). */
static bool place(struct bytes s, int64_t n, size_t *ret)
{
	size_t i = 0;
	if (n < 0)
		return false;
	while (n && i < s.n) {
		for (i++; i < s.n && (s.p[i] & 0xc0) == 0x80; i++)
			;
		n--;
	}
	*ret = i;
	return !n;
}

static struct cel_value bad_place(struct cel_run *r, int64_t n)
{
	return cel_error(r, "index out of range: %lld", (long long)n);
}

/* Whether the arguments have the kinds of the letters (s, i, L); their time is spent. */
static bool are(struct cel_run *r, const struct cel_value *v, size_t n, const char *letters)
{
	if (strlen(letters) < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		enum cel_value_kind k = letters[i] == 's'   ? CEL_STRING
		                        : letters[i] == 'i' ? CEL_INT
		                                            : CEL_LIST;
		if (v[i].kind != k)
			return false;
		if (k == CEL_STRING && !cel_spend(r, v[i].s.n / 16))
			return false;
	}
	return true;
}

static struct cel_value unfit(struct cel_run *r, const char *name, const struct cel_value *v,
                              size_t n)
{
	return r->is_spent ? cel_size_error(r) : cel_no_overload(r, name, v, n);
}

static struct cel_value fn_size(struct cel_run *r, const struct cel_value *v, size_t n)
{
	switch (v->kind) {
	case CEL_STRING:
		cel_spend(r, v->s.n / 32);
		return cel_int((int64_t)cel_runes(v->s));
	case CEL_BYTES:
		return cel_int((int64_t)v->s.n);
	case CEL_LIST:
		return cel_int((int64_t)v->list->n);
	case CEL_MAP:
		return cel_int((int64_t)v->map->n);
	default:
		return cel_no_overload(r, "size", v, n);
	}
}

static struct cel_value fn_starts(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return are(r, v, n, "ss") ? cel_bool(bytes_starts(v[0].s, v[1].s))
	                          : unfit(r, "startsWith", v, n);
}

static struct cel_value fn_ends(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return are(r, v, n, "ss") ? cel_bool(bytes_ends(v[0].s, v[1].s))
	                          : unfit(r, "endsWith", v, n);
}

/* memmem of glibc is linear. */
static const uint8_t *search(struct bytes s, struct bytes for_what)
{
	return for_what.n ? memmem(s.p, s.n, for_what.p, for_what.n) : s.p;
}

static struct cel_value fn_contains(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return are(r, v, n, "ss") ? cel_bool(search(v[0].s, v[1].s) != NULL)
	                          : unfit(r, "contains", v, n);
}

static struct cel_value fn_char_at(struct cel_run *r, const struct cel_value *v, size_t n)
{
	size_t from, to;
	if (!are(r, v, n, "si"))
		return unfit(r, "charAt", v, n);
	if (!place(v[0].s, v[1].i, &from))
		return bad_place(r, v[1].i);
	for (to = MIN_OF(from + 1, v[0].s.n); to < v[0].s.n && (v[0].s.p[to] & 0xc0) == 0x80; to++)
		;
	return cel_string(bytes_slice(v[0].s, from, to));
}

static struct cel_value fn_index_of(struct cel_run *r, const struct cel_value *v, size_t n)
{
	size_t from = 0;
	if (!are(r, v, n, "ssi"))
		return unfit(r, "indexOf", v, n);
	if (n > 2 && v[2].i < 0)
		return bad_place(r, v[2].i);
	if (n > 2 && !v[1].s.n)
		return cel_int(MIN_OF(v[2].i, (int64_t)cel_runes(v[0].s)));
	if (n > 2 && !place(v[0].s, v[2].i, &from))
		return cel_int(-1);
	const uint8_t *at = search(bytes_skip(v[0].s, from), v[1].s);
	return cel_int(at ? (int64_t)cel_runes(bytes_of(v[0].s.p, (size_t)(at - v[0].s.p))) : -1);
}

static struct cel_value fn_last_index_of(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct bytes s = v[0].s, what = v[1].s;
	size_t from;
	if (!are(r, v, n, "ssi"))
		return unfit(r, "lastIndexOf", v, n);
	from = s.n;
	if (n > 2 && v[2].i < 0)
		return bad_place(r, v[2].i);
	if (n > 2 && !what.n)
		return cel_int(MIN_OF(v[2].i, (int64_t)cel_runes(s)));
	if (n > 2 && (!place(s, v[2].i, &from) || from == s.n))
		return cel_int(-1);
	if (what.n > s.n || !cel_spend(r, s.n))
		return cel_int(-1);
	for (size_t i = MIN_OF(from, s.n - what.n) + 1; i-- > 0;)
		if (cel_spend(r, 1) && !memcmp(s.p + i, what.p, what.n))
			return cel_int((int64_t)cel_runes(bytes_slice(s, 0, i)));
	return cel_int(-1);
}

static struct cel_value change_case(struct cel_run *r, const struct cel_value *v,
                                    bool is_upper_wanted)
{
	uint8_t *p = cel_alloc(r, v->s.n + 1);
	if (!p)
		return cel_size_error(r);
	for (size_t i = 0; i < v->s.n; i++) {
		uint8_t c = v->s.p[i];
		p[i] = !is_upper_wanted ? to_lower(c) : is_lower(c) ? (uint8_t)(c - 32) : c;
	}
	return cel_string(bytes_of(p, v->s.n));
}

static struct cel_value fn_lower(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return are(r, v, n, "s") ? change_case(r, v, false) : unfit(r, "lowerAscii", v, n);
}

static struct cel_value fn_upper(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return are(r, v, n, "s") ? change_case(r, v, true) : unfit(r, "upperAscii", v, n);
}

static struct cel_value fn_replace(struct cel_run *r, const struct cel_value *v, size_t n)
{
	AUTO_BUF struct buf b;
	if (!are(r, v, n, "sssi"))
		return unfit(r, "replace", v, n);
	struct bytes s = v[0].s, what = v[1].s;
	int64_t left = n > 3 && v[3].i >= 0 ? v[3].i : INT64_MAX;
	cel_buf(r, &b);
	while (left-- > 0 && cel_spend(r, 1)) {
		const uint8_t *at = search(s, what);
		if (!at)
			break;
		buf_add(&b, bytes_of(s.p, (size_t)(at - s.p)));
		buf_add(&b, v[2].s);
		s = bytes_skip(s, (size_t)(at - s.p) + what.n);
		if (what.n)
			continue;
		/* nothing stands before each character and at the end */
		size_t one = 0;
		if (!s.n)
			break;
		place(s, 1, &one);
		buf_add(&b, bytes_slice(s, 0, one));
		s = bytes_skip(s, one);
	}
	buf_add(&b, s);
	return cel_take(r, CEL_STRING, &b);
}

/* The next piece of s, up to the separator: false where it is the last. */
static bool piece(struct bytes *s, struct bytes by, struct bytes *ret)
{
	size_t n = 0;
	if (!by.n) {
		place(*s, 1, &n);
		*ret = bytes_slice(*s, 0, n);
		*s = bytes_skip(*s, n);
		return s->n > 0;
	}
	const uint8_t *at = search(*s, by);
	*ret = at ? bytes_of(s->p, (size_t)(at - s->p)) : *s;
	*s = at ? bytes_skip(*s, ret->n + by.n) : bytes_skip(*s, s->n);
	return at != NULL;
}

static size_t count_pieces(struct bytes s, struct bytes by)
{
	size_t n = 1;
	struct bytes one;
	if (!by.n)
		return cel_runes(s);
	while (piece(&s, by, &one))
		n++;
	return n;
}

static struct cel_value fn_split(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (!are(r, v, n, "ssi"))
		return unfit(r, "split", v, n);
	struct bytes s = v[0].s, one = {0};
	size_t k = 0, most = count_pieces(s, v[1].s);
	if (n > 2 && v[2].i >= 0)
		most = MIN_OF(most, (uint64_t)v[2].i);
	struct cel_value *list =
		cel_spend(r, most) ? cel_alloc(r, (most + 1) * sizeof *list) : NULL;
	if (!list)
		return cel_size_error(r);
	for (bool more = most > 0; more && k + 1 < most;) {
		more = piece(&s, v[1].s, &one);
		list[k++] = cel_string(one);
	}
	if (most && k < most)
		list[k++] = cel_string(s);
	return cel_list_of(r, list, k);
}

static struct cel_value fn_join(struct cel_run *r, const struct cel_value *v, size_t n)
{
	AUTO_BUF struct buf b;
	if (!are(r, v, n, "Ls"))
		return unfit(r, "join", v, n);
	cel_buf(r, &b);
	for (size_t i = 0; i < v[0].list->n; i++) {
		const struct cel_value *one = &v[0].list->v[i];
		if (one->kind != CEL_STRING)
			return cel_no_overload(r, "join", one, 1);
		if (i && n > 1)
			buf_add(&b, v[1].s);
		buf_add(&b, one->s);
	}
	return cel_take(r, CEL_STRING, &b);
}

static struct cel_value fn_substring(struct cel_run *r, const struct cel_value *v, size_t n)
{
	size_t from, to = v[0].s.n;
	if (!are(r, v, n, "sii"))
		return unfit(r, "substring", v, n);
	if (!place(v[0].s, v[1].i, &from))
		return bad_place(r, v[1].i);
	if (n > 2 && (!place(v[0].s, v[2].i, &to) || to < from))
		return bad_place(r, v[2].i);
	return cel_string(bytes_slice(v[0].s, from, n > 2 ? to : v[0].s.n));
}

/* White space as Unicode has it (property White_Space). */
static bool is_space(uint32_t c)
{
	return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

static struct cel_value fn_trim(struct cel_run *r, const struct cel_value *v, size_t n)
{
	uint32_t c;
	if (!are(r, v, n, "s"))
		return unfit(r, "trim", v, n);
	struct bytes s = v[0].s;
	for (size_t w; s.n && (w = utf8_next(s, &c)) && is_space(c);)
		s = bytes_skip(s, w);
	while (s.n) {
		size_t at = s.n - 1;
		while (at && (s.p[at] & 0xc0) == 0x80)
			at--;
		if (!utf8_next(bytes_skip(s, at), &c) || !is_space(c))
			break;
		s.n = at;
	}
	return cel_string(s.n ? s : B(""));
}

static struct cel_value fn_reverse_text(struct cel_run *r, const struct cel_value *v)
{
	struct bytes s = v[0].s;
	uint8_t *p = cel_spend(r, s.n / 8) ? cel_alloc(r, s.n + 1) : NULL;
	if (!p)
		return cel_size_error(r);
	for (size_t end = s.n, to = 0; end;) {
		size_t at = end - 1;
		while (at && (s.p[at] & 0xc0) == 0x80)
			at--;
		memcpy(p + to, s.p + at, end - at);
		to += end - at;
		end = at;
	}
	return cel_string(bytes_of(p, s.n));
}

static struct cel_value fn_reverse(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v[0].kind == CEL_STRING)
		return fn_reverse_text(r, v);
	if (v[0].kind != CEL_LIST)
		return cel_no_overload(r, "reverse", v, n);
	size_t size = v[0].list->n;
	struct cel_value *list =
		cel_spend(r, size) ? cel_alloc(r, (size + 1) * sizeof *list) : NULL;
	if (!list)
		return cel_size_error(r);
	for (size_t i = 0; i < size; i++)
		list[i] = v[0].list->v[size - 1 - i];
	return cel_list_of(r, list, size);
}

/* What people put between " and ": escapes of \a \b \f \n \r \t \v \\ \". */
static struct cel_value fn_quote(struct cel_run *r, const struct cel_value *v, size_t n)
{
	static const char from[] = "\a\b\f\n\r\t\v\\\"", to[] = "abfnrtv\\\"";
	AUTO_BUF struct buf b;
	if (!are(r, v, n, "s"))
		return unfit(r, "strings.quote", v, n);
	cel_buf(r, &b);
	buf_addc(&b, '"');
	for (size_t i = 0; i < v[0].s.n; i++) {
		uint8_t c = v[0].s.p[i];
		const char *at = c ? strchr(from, c) : NULL;
		if (at)
			buf_addc(&b, '\\');
		buf_addc(&b, at ? (uint8_t)to[at - from] : c);
	}
	buf_addc(&b, '"');
	return cel_take(r, CEL_STRING, &b);
}

static const char base64_letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct cel_value fn_encode(struct cel_run *r, const struct cel_value *v, size_t n)
{
	AUTO_BUF struct buf b;
	if (v[0].kind != CEL_BYTES)
		return cel_no_overload(r, "base64.encode", v, n);
	cel_buf(r, &b);
	for (size_t i = 0; i < v[0].s.n; i += 3) {
		size_t left = MIN_OF((size_t)3, v[0].s.n - i);
		uint32_t w = 0;
		for (size_t k = 0; k < 3; k++)
			w = w << 8 | (k < left ? v[0].s.p[i + k] : 0U);
		for (size_t k = 0; k < 4; k++)
			buf_addc(&b,
			         k <= left ? (uint8_t)base64_letters[w >> (18 - 6 * k) & 63] : '=');
	}
	return cel_take(r, CEL_STRING, &b);
}

static struct cel_value fn_decode(struct cel_run *r, const struct cel_value *v, size_t n)
{
	AUTO_BUF struct buf b;
	uint32_t w = 0;
	unsigned bits = 0;
	if (v[0].kind != CEL_STRING)
		return cel_no_overload(r, "base64.decode", v, n);
	struct bytes s = v[0].s;
	/* with its padding or without any */
	size_t n_pads = bytes_ends(s, B("==")) ? 2 : bytes_ends(s, B("="));
	if (n_pads && s.n % 4)
		return cel_error(r, "base64.decode: the padding is wrong");
	s.n -= n_pads;
	cel_buf(r, &b);
	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(base64_letters, s.p[i]) : NULL;
		if (!at)
			return cel_error(r, "base64.decode: a letter that is none");
		w = w << 6 | (uint32_t)(at - base64_letters);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_addc(&b, (uint8_t)(w >> bits));
		}
	}
	if (s.n % 4 == 1 || (n_pads && (s.n + n_pads) % 4))
		return cel_error(r, "base64.decode: the text is cut short");
	return cel_take(r, CEL_BYTES, &b);
}

static struct cel_value fn_glob(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (!are(r, v, n, "ss"))
		return unfit(r, "glob", v, n);
	if (!cel_spend(r, v[0].s.n * (v[1].s.n + 1) / 8))
		return cel_size_error(r);
	return cel_bool(bytes_glob(v[1].s, v[0].s));
}

/* clang-format off */
const struct cel_function cel_functions_strings[] = {
	{"base64.decode", fn_decode,        "ys", false},
	{"base64.encode", fn_encode,        "sy", false},
	{"charAt",        fn_char_at,       ".ssi", false},
	{"contains",      fn_contains,      ".bss", false},
	{"endsWith",      fn_ends,          ".bss", false},
	{"glob",          fn_glob,          ".bss", false},
	{"indexOf",       fn_index_of,      ".iss .issi", false},
	{"join",          fn_join,          ".sLs .sLss", false},
	{"lastIndexOf",   fn_last_index_of, ".iss .issi", false},
	{"lowerAscii",    fn_lower,         ".ss", false},
	{"replace",       fn_replace,       ".ssss .ssssi", false},
	{"reverse",       fn_reverse,       ".ss .LALA", false},
	{"size",          fn_size,          "is iy iLA iMAB .is .iy .iLA .iMAB", false},
	{"split",         fn_split,         ".Lsss .Lsssi", false},
	{"startsWith",    fn_starts,        ".bss", false},
	{"strings.quote", fn_quote,         "ss", false},
	{"substring",     fn_substring,     ".ssi .ssii", false},
	{"trim",          fn_trim,          ".ss", false},
	{"upperAscii",    fn_upper,         ".ss", false},
	{NULL, NULL, NULL, false},
};
/* clang-format on */
