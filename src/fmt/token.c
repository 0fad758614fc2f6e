/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - entropy, Base64, masks, and the checks that tokens of some kinds carry within. */
#include "fmt/token.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

double token_entropy(struct bytes v)
{
	unsigned counts[256] = {0};
	double sum = 0;
	v = bytes_slice(v, 0, (size_t)TOKEN_LEN_MAX);
	for (size_t i = 0; i < v.n; i++)
		counts[v.p[i]]++;
	for (size_t i = 0; i < ARRAY_LEN(counts) && v.n; i++) {
		double p = (double)counts[i] / (double)v.n;
		if (counts[i])
			sum -= p * log2(p);
	}
	return sum > 0 ? sum : 0;
}

static int base64_value(uint8_t c)
{
	if (is_upper(c))
		return c - 'A';
	if (is_lower(c))
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/* Blanks, and "\n" as strings of programs have it. */
static size_t skip_blank(struct bytes v, size_t at)
{
	if (is_blank(v.p[at]))
		return 1;
	bool is_escaped =
		v.p[at] == '\\' && at + 1 < v.n && (v.p[at + 1] == 'n' || v.p[at + 1] == 'r');
	return is_escaped ? 2 : 0;
}

size_t token_base64(struct bytes v, struct buf *ret)
{
	uint32_t bits = 0;
	unsigned n = 0;
	size_t i = 0;
	while (i < v.n) {
		size_t skip = skip_blank(v, i);
		int value = base64_value(v.p[i]);
		if (skip) {
			i += skip;
			continue;
		}
		if (value < 0)
			break;
		bits = bits << 6 | (uint32_t)value;
		i++;
		if (++n % 4 == 0 || n % 4 == 3 || n % 4 == 2) {
			unsigned shift = n % 4 == 0 ? 0 : n % 4 == 3 ? 2 : 4;
			if (buf_addc(ret, (uint8_t)(bits >> shift)))
				break;
		}
	}
	return i;
}

void token_mask(struct bytes v, size_t shown, struct buf *ret)
{
	enum { TAIL = 4, LONG = 20 };
	shown = MIN_OF(shown, v.n / 2);
	bool has_tail = v.n >= shown + LONG && token_is_random(bytes_skip(v, shown));
	buf_add(ret, bytes_slice(v, 0, shown));
	buf_adds(ret, "********");
	if (has_tail)
		buf_add(ret, bytes_skip(v, v.n - TAIL));
}

/* ---- checks ---- */

static uint32_t crc_of(struct bytes v) { return (uint32_t)crc32(0, v.p, (unsigned)v.n); }

/* GitHub: "a 32 bit checksum in the last 6 digits ... Base62, with leading zeros". */
static enum token_verdict check_base62(struct bytes v)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	ssize_t at = bytes_find(v, '_');
	struct bytes body = bytes_skip(v, (size_t)(at + 1));
	if (body.n <= 6)
		return TOKEN_DOUBT;
	uint32_t crc = crc_of(bytes_slice(body, 0, body.n - 6));
	for (size_t i = 0; i < 6; i++, crc /= 62) {
		if (body.p[body.n - 1 - i] != (uint8_t)digits[crc % 62])
			return TOKEN_DOUBT;
	}
	return TOKEN_PROVEN;
}

static enum token_verdict check_atlassian(struct bytes v)
{
	uint64_t stated;
	if (v.n <= 8 || !bytes_hex(bytes_skip(v, v.n - 8), UINT32_MAX, &stated))
		return TOKEN_DOUBT;
	return crc_of(bytes_slice(v, 0, v.n - 8)) == stated ? TOKEN_PROVEN : TOKEN_FALSE;
}

/* BIP 173, "Checksum": the human-readable part is "age-secret-key-". */
static enum token_verdict check_age(struct bytes v)
{
	static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	static const uint32_t gen[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	ssize_t sep = bytes_rfind(v, '1');
	uint32_t chk = 1;
	size_t hrp = sep < 0 ? 0 : (size_t)sep;
	for (size_t i = 0, n = 2 * hrp + 1 + (v.n - hrp - 1); sep > 0 && i < n; i++) {
		uint32_t value = 0, top = chk >> 25;
		if (i < hrp)
			value = to_lower(v.p[i]) >> 5;
		else if (i > hrp && i < 2 * hrp + 1)
			value = to_lower(v.p[i - hrp - 1]) & 31;
		else if (i >= 2 * hrp + 1) {
			const char *at = strchr(alphabet, to_lower(v.p[i - hrp]));
			value = at && *at ? (uint32_t)(at - alphabet) : 32;
		}
		chk = (chk & 0x1ffffff) << 5 ^ value;
		for (size_t k = 0; k < ARRAY_LEN(gen); k++)
			chk ^= top >> k & 1 ? gen[k] : 0;
	}
	return sep > 0 && chk == 1 ? TOKEN_PROVEN : TOKEN_FALSE;
}

static bool is_text(struct bytes v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < 0x20 || v.p[i] == 0x7f)
			return false;
	}
	return v.n > 0;
}

static enum token_verdict check_credential(struct bytes v)
{
	struct bytes user, password;
	if (!bytes_cut(v, ':', &user, &password))
		return TOKEN_FALSE;
	if (password.n < 2 && user.n > 6)
		password = user; /* "key:" is how some services take a key */
	if (password.n < 2 || token_is_stand_in(password) ||
	    (bytes_eq(user, password) && user.n < 8))
		return TOKEN_FALSE;
	return TOKEN_LIKELY;
}

static enum token_verdict check_basic(struct bytes v)
{
	AUTO_BUF struct buf b;
	struct bytes user, password;
	buf_init(&b, (size_t)TOKEN_LEN_MAX);
	token_base64(v, &b);
	if (!is_text(buf_bytes(&b)) || !bytes_cut(buf_bytes(&b), ':', &user, &password) ||
	    user.n + password.n < 4 || !bytes_is_utf8(buf_bytes(&b)))
		return TOKEN_FALSE;
	return token_is_stand_in(password) ? TOKEN_FALSE : TOKEN_PROVEN;
}

static enum token_verdict check_colon(struct bytes v)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)TOKEN_LEN_MAX);
	token_base64(v, &b);
	size_t n = 0;
	while (n < b.n && is_digit(b.p[n]))
		n++;
	bool is_real = n >= 9 && n + 20 <= b.n && b.p[n] == ':';
	return is_real ? TOKEN_PROVEN : TOKEN_FALSE;
}

static enum token_verdict check_reftkn(struct bytes v)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)TOKEN_LEN_MAX);
	token_base64(v, &b);
	bool is_real = b.n > 10 && bytes_starts(buf_bytes(&b), B("reftkn:")) && is_digit(b.p[7]);
	return is_real && token_entropy(v) > 3.0 ? TOKEN_PROVEN : TOKEN_FALSE;
}

/* RFC 7519 3.1: the first part is Base64url of a JSON object. */
static enum token_verdict check_jwt(struct bytes v)
{
	AUTO_BUF struct buf b;
	struct bytes head, rest;
	buf_init(&b, (size_t)TOKEN_LEN_MAX);
	bytes_cut(v, '.', &head, &rest);
	token_base64(head, &b);
	bool is_real = b.n > 2 && b.p[0] == '{' && bytes_search(buf_bytes(&b), B("\"alg\"")) > 0;
	return is_real ? TOKEN_PROVEN : TOKEN_FALSE;
}

/* RFC 8017 A.1.2 and RFC 5958 2: a version, then an integer (PKCS #1) or an algorithm (PKCS #8);
 * RFC 5915 3: version 1, then the key. */
static enum token_verdict check_der(struct bytes v)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 64);
	token_base64(bytes_slice(v, 0, 80), &b);
	struct bytes d = buf_bytes(&b);
	if (d.n < 12 || d.p[0] != 0x30)
		return TOKEN_FALSE;
	d = bytes_skip(d, d.p[1] & 0x80 ? 2 + (size_t)(d.p[1] & 0x7f) : 2);
	if (bytes_starts(d, B("\x02\x01\x00\x02")) || bytes_starts(d, B("\x02\x01\x00\x30")) ||
	    bytes_starts(d, B("\x02\x01\x01\x04")))
		return TOKEN_PROVEN;
	return TOKEN_FALSE;
}

/* What may stand between the pieces of a key: ends of lines, also as programs and pages spell them,
 * what source code has around its texts, and logs before each line.  Bytes of it, 0: it is
 * something else. */
static size_t pem_filler(struct bytes v)
{
	static const char *const spelled[] = {"&#10;",   "&#13;",   "&#xA;", "&#xD;",
	                                      "\\u000a", "\\u000d", "%0A",   "%0D",
	                                      "%0a",     "%0d",     "<br>",  "<br/>"};
	for (size_t i = 0; i < ARRAY_LEN(spelled); i++) {
		if (bytes_starts(v, bytes_str(spelled[i])))
			return strlen(spelled[i]);
	}
	if (!v.n || v.p[0] == 0)
		return 0;
	if (v.p[0] == '\\')
		return v.n > 1 && strchr("nrt", v.p[1]) && v.p[1] ? 2 : 1;
	/* '+' joins texts, and is a digit of base64: the caller has looked whether a digit may
	 * stand */
	/* not what programs compute a key with, nor what no text has */
	return !strchr("<(){}$", v.p[0]) && (v.p[0] >= ' ' || strchr("\t\r\n", v.p[0])) ? 1 : 0;
}

/* "Comment: of the key", up to the end of its line; 0: none. */
static size_t pem_header(struct bytes v)
{
	size_t n = 0;
	while (n < v.n && n < 20 && (is_alnum(v.p[n]) || v.p[n] == '-'))
		n++;
	if (n < 3 || !bytes_starts(bytes_skip(v, n), B(": ")))
		return 0;
	while (n < v.n && v.p[n] != '\n' && v.p[n] != '\r' && v.p[n] != '\\')
		n++;
	return n;
}

/* Bytes at the start of v that are no digits of the key; '+' may be one, behind the first. */
static size_t pem_between(struct bytes v, bool is_begun)
{
	size_t n = is_begun ? 0 : pem_header(v);
	bool is_digit = base64_value(v.p[0]) >= 0 && (is_begun || v.p[0] != '+');
	return n || is_digit ? n : pem_filler(v);
}

/* v begins behind the dashes of BEGIN: Base64 follows, longer than words are, with nothing else in
 * between.  Programs that read and write keys have the frame, too, and manuals tell of it. */
static enum token_verdict check_pem(struct bytes v)
{
	enum { WORD = 32 };
	AUTO_BUF struct buf b;
	size_t run = 0, longest = 0;
	if (bytes_search(bytes_slice(v, 0, 200), B("ENCRYPTED")) >= 0)
		return TOKEN_FALSE;
	buf_init(&b, (size_t)TOKEN_LEN_MAX);
	while (v.n && !bytes_starts(v, B("-----"))) {
		size_t filler = pem_between(v, b.n > 0);
		if (!filler && (base64_value(v.p[0]) < 0 || buf_addc(&b, v.p[0]) < 0))
			break;
		run = filler ? 0 : run + 1;
		longest = MAX_OF(longest, run);
		v = bytes_skip(v, MAX_OF(filler, (size_t)1));
	}
	return b.n >= 24 && longest >= WORD && token_entropy(buf_bytes(&b)) > 3.2 ? TOKEN_LIKELY
	                                                                          : TOKEN_FALSE;
}

static enum token_verdict check_password(struct bytes v)
{
	return token_is_password(v) ? TOKEN_LIKELY : TOKEN_FALSE;
}

static enum token_verdict check_random(struct bytes v)
{
	return token_is_random(v) ? TOKEN_LIKELY : TOKEN_FALSE;
}

static enum token_verdict check_none(struct bytes v)
{
	(void)v;
	return TOKEN_LIKELY;
}

static const struct {
	const char *name;
	enum token_verdict (*check)(struct bytes v);
} checks[TOKEN_CHECK__MAX] = {
	[TOKEN_CHECK_NONE] = {"none",         check_none      },
	[TOKEN_CHECK_AGE] = {"age",          check_age       },
	[TOKEN_CHECK_ATLASSIAN] = {"crc32-hex",    check_atlassian },
	[TOKEN_CHECK_BASE62] = {"crc32-base62", check_base62    },
	[TOKEN_CHECK_BASIC] = {"basic",        check_basic     },
	[TOKEN_CHECK_COLON] = {"digits-colon", check_colon     },
	[TOKEN_CHECK_CREDENTIAL] = {"credential",   check_credential},
	[TOKEN_CHECK_DER] = {"der-key",      check_der       },
	[TOKEN_CHECK_JWT] = {"jwt",          check_jwt       },
	[TOKEN_CHECK_PASSWORD] = {"password",     check_password  },
	[TOKEN_CHECK_PEM] = {"pem",          check_pem       },
	[TOKEN_CHECK_RANDOM] = {"random",       check_random    },
	[TOKEN_CHECK_REFTKN] = {"reftkn",       check_reftkn    },
};

enum token_verdict token_check(enum token_check check, struct bytes v)
{
	return checks[check].check(bytes_slice(v, 0, (size_t)TOKEN_LEN_MAX));
}

const char *token_check_name(enum token_check check) { return checks[check].name; }

bool token_check_parse(struct bytes name, enum token_check *ret)
{
	for (unsigned i = 0; i < TOKEN_CHECK__MAX; i++) {
		if (bytes_eq(name, bytes_str(checks[i].name))) {
			*ret = (enum token_check)i;
			return true;
		}
	}
	return false;
}
