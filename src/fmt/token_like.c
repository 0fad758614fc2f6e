/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token_like.c - does a value look like a password or a key that somebody uses, or like a variable,
 * a word, or what manuals write in its place?
 */
#include "fmt/token.h"

#include <string.h>

struct shape {
	unsigned lower, upper, digit, other;
	unsigned changes; /* between kinds of characters */
	unsigned distinct;
	unsigned longest; /* run of one character */
	unsigned word;    /* longest run of letters of one case */
};

static int kind_of(uint8_t c) { return is_lower(c) ? 0 : is_upper(c) ? 1 : is_digit(c) ? 2 : 3; }

static struct shape shape_of(struct bytes v)
{
	struct shape s = {0};
	bool seen[256] = {false};
	unsigned run = 0, word = 0;
	for (size_t i = 0; i < v.n; i++) {
		int kind = kind_of(v.p[i]);
		unsigned *const counts[] = {&s.lower, &s.upper, &s.digit, &s.other};
		(*counts[kind])++;
		s.distinct += !seen[v.p[i]];
		seen[v.p[i]] = true;
		bool is_same = i && kind_of(v.p[i - 1]) == kind;
		s.changes += i && !is_same;
		run = i && v.p[i] == v.p[i - 1] ? run + 1 : 1;
		word = kind > 1 ? 0 : is_same ? word + 1 : 1;
		s.longest = MAX_OF(s.longest, run);
		s.word = MAX_OF(s.word, word);
	}
	return s;
}

/* Anywhere in the value, whatever its case: nobody's real key says so. */
static const char *const stand_ins[] = {
	"example",    "changeme",   "change_me", "change-me", "placeholder", "your_",
	"your-",      "yourpass",   "yourtoken", "yourkey",   "yoursecret",  "redacted",
	"xxxx",       "insert_",    "replace_",  "replace-",  "replaceme",   "dummy",
	"fake",       "lorem",      "<token",    "<your",     "_here",       "-here",
	"abcdefgh",   "notreal",    "not_real",  "enter_",    "my_secret",   "my-secret",
	"mysecret",   "sample",     "put_your",  "undefined", "....",        "****",
	"0123456789", "1234567890", "user:pass", "test_test", "deadbeef0",   "foobar",
};

/* The whole value, digits and marks at its ends aside. */
static const char *const words[] = {
	"password",
	"passwd",
	"passphrase",
	"secret",
	"token",
	"none",
	"null",
	"nil",
	"true",
	"false",
	"string",
	"test",
	"testing",
	"admin",
	"root",
	"user",
	"username",
	"default",
	"todo",
	"unknown",
	"empty",
	"optional",
	"required",
	"value",
	"hidden",
	"key",
	"apikey",
	"api_key",
	"pass",
	"pwd",
	"xxx",
	"yyy",
	"abc",
	"foo",
	"bar",
	"baz",
	"text",
	"file",
	"str",
	"bytes",
	"int",
	"bool",
	"object",
	"function",
	"return",
	"self",
	"this",
	"prompt",
	"env",
	"plain",
	"plaintext",
	"encrypted",
	"clear",
	"public",
	"private",
	"disabled",
	"enabled",
	"login",
	"login_password",
	"incorrect",
	"input",
	"invalid",
	"md5",
	"sha256",
};

static char *lowered(struct bytes v, char *p, size_t n)
{
	size_t len = MIN_OF(v.n, n - 1);
	for (size_t i = 0; i < len; i++)
		p[i] = (char)(v.p[i] ? to_lower(v.p[i]) : ' ');
	p[len] = '\0';
	return p;
}

static bool is_word(struct bytes v)
{
	char text[64];
	while (v.n && !is_alpha(v.p[0]))
		v = bytes_skip(v, 1);
	while (v.n && !is_alpha(v.p[v.n - 1]))
		v.n--;
	if (v.n == 0 || v.n >= sizeof text)
		return false;
	lowered(v, text, sizeof text);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

/* $VAR, ${VAR}, $(command), %VAR%, {{ template }}, <placeholder>, [placeholder], @VAR@. */
static bool is_reference(struct bytes v)
{
	static const char *const within[] = {"${", "$(", "{{", "<%", "%(", "#{", "]]", "$!"};
	static const char *const pairs[] = {"<>", "[]", "{}", "()", "%%", "@@", "``", "__"};
	for (size_t i = 0; i < ARRAY_LEN(within); i++) {
		if (bytes_search(v, bytes_str(within[i])) >= 0)
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(pairs) && v.n > 1; i++) {
		if (v.p[0] == (uint8_t)pairs[i][0] && v.p[v.n - 1] == (uint8_t)pairs[i][1])
			return true;
	}
	size_t n = v.n && v.p[0] == '$' ? 1 : 0;
	while (n && n < v.n && (is_alnum(v.p[n]) || v.p[n] == '_'))
		n++;
	return n && n == v.n;
}

/* Digits, or letters, that count up: 12345678, abcdefgh. */
static bool is_sequence(struct bytes v)
{
	unsigned steps = 0;
	for (size_t i = 1; i < v.n; i++)
		steps += v.p[i] == v.p[i - 1] + 1 || v.p[i] == v.p[i - 1];
	return v.n > 3 && steps + 2 >= v.n;
}

bool token_is_stand_in(struct bytes v)
{
	char text[512];
	struct shape s = shape_of(bytes_slice(v, 0, (size_t)TOKEN_LEN_MAX));
	if (v.n == 0 || is_reference(v) || is_word(v) || is_sequence(v) || s.distinct < 3 ||
	    s.longest * 3 > v.n * 2)
		return true;
	lowered(v, text, sizeof text);
	for (size_t i = 0; i < ARRAY_LEN(stand_ins); i++) {
		if (strstr(text, stand_ins[i]))
			return true;
	}
	return false;
}

bool token_is_example(struct bytes v)
{
	static const char *const signs[] = {"example", "xxxx",    "placeholder", "redacted",
	                                    "****",    "....",    "your",        "insert",
	                                    "dummy",   "changeme"};
	char text[512];
	struct shape s = shape_of(bytes_slice(v, 0, (size_t)TOKEN_LEN_MAX));
	if (v.n == 0 || s.distinct < 4 || s.longest * 3 > v.n * 2 || is_reference(v))
		return true;
	lowered(v, text, sizeof text);
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		if (strstr(text, signs[i]))
			return true;
	}
	return false;
}

/* A name of a program: parts of letters joined by dots, slashes, dashes or underscores, at the most
 * with a number at the end of a part. */
static bool is_name(struct bytes v)
{
	unsigned parts = 0, letters = 0, digits = 0, late = 0;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		parts += c == '.' || c == '/' || c == '_' || c == '-' || c == ':' || c == '\\';
		letters += is_alpha(c);
		digits += is_digit(c);
		late += i && is_digit(c) && is_alpha(v.p[i - 1]);
		if (!is_alnum(c) && !strchr("./_-:\\", c))
			return false;
	}
	return parts && letters > 2 * digits && late <= parts;
}

static bool is_location(struct bytes v)
{
	static const char *const signs[] = {"://",   "::",    "()",    "->",
	                                    "/usr/", "/etc/", "/var/", "/run/"};
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		if (bytes_search(v, bytes_str(signs[i])) >= 0)
			return true;
	}
	return v.n && (v.p[0] == '/' || v.p[0] == '~') && bytes_find(bytes_skip(v, 1), '/') > 0;
}

static bool is_call(struct bytes v)
{
	ssize_t open = bytes_find(v, '(');
	return open > 2 && (is_alnum(v.p[open - 1]) || v.p[open - 1] == '_') &&
	       (bytes_find(v, ')') > open || v.p[v.n - 1] == '(');
}

/* Words beyond ASCII, also as \u escapes: those of a translated text, such as a message that asks
 * for the password.  With digits among them it may be one. */
static bool is_translated(struct bytes v)
{
	bool is_foreign = false, has_digit = false;
	for (size_t i = 0; i < v.n; i++) {
		is_foreign |= v.p[i] >= 0x80;
		has_digit |= is_digit(v.p[i]);
	}
	return (is_foreign && !has_digit) || bytes_search(v, B("\\u")) >= 0;
}

static bool is_other_word(struct bytes v)
{
	return token_is_stand_in(v) || is_location(v) || is_call(v) || is_name(v) ||
	       is_translated(v);
}

bool token_is_password(struct bytes v)
{
	v = bytes_slice(v, 0, (size_t)TOKEN_LEN_MAX);
	if (v.n < 5 || is_other_word(v))
		return false;
	struct shape s = shape_of(v);
	unsigned letters = s.lower + s.upper;
	if (bytes_starts(v, B("0x")) || letters == 0 || bytes_find(v, ' ') >= 0)
		return false;
	if (s.digit == 0 && s.other == 0) /* one word; two in camel case are a name */
		return s.changes > 4 && s.word < 6;
	/* marks that only code has at the end of a word */
	if (s.digit == 0 && s.other == 1 && strchr(".,:;=-_?)([]{}", v.p[v.n - 1]))
		return false;
	return s.distinct > 4;
}

bool token_is_random(struct bytes v)
{
	v = bytes_slice(v, 0, (size_t)TOKEN_LEN_MAX);
	if (v.n < 10 || token_is_stand_in(v) || is_location(v) || is_name(v) ||
	    bytes_find(v, ' ') >= 0)
		return false;
	struct shape s = shape_of(v);
	if (s.digit == 0 || s.lower + s.upper == 0)
		return s.digit == 0 && v.n >= 20 && s.changes * 3 > v.n;
	if (s.other * 3 > v.n || s.word > 12 + v.n / 12)
		return false;
	double least = v.n >= 32 ? 3.2 : v.n >= 20 ? 3.0 : 2.7;
	return token_entropy(v) >= least && s.changes * 6 >= v.n;
}
