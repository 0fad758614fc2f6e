/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purl.c - package URLs: parsed, normalised, built.
 *
 * Source: ECMA-427 and its guides "How to parse a PURL" and "How to build a PURL", which work from
 * the right to the left and back.
 */
#include "fmt/purl.h"

#include <stdlib.h>
#include <string.h>

#include "fmt/purl_types.h"

struct bytes purl_qualifier(const struct purl *p, const char *key)
{
	for (size_t i = 0; i < p->nq; i++) {
		if (bytes_eq(p->q[i].key, bytes_str(key)))
			return p->q[i].value;
	}
	return (struct bytes){NULL, 0};
}

static int fault(struct err *e, const char *what)
{
	return err_set(e, ERR_FORMAT, "package URL: %s", what);
}

/* "composed only of ASCII letters and numbers, period and dash", "shall start with a letter" */
static bool is_type(struct bytes t)
{
	for (size_t i = 0; i < t.n; i++) {
		if (!is_alnum(t.p[i]) && t.p[i] != '.' && t.p[i] != '-')
			return false;
	}
	return t.n > 0 && is_alpha(t.p[0]);
}

/* "composed only of lowercase ASCII letters and numbers, period, dash and underscore", "shall start
 * with an ASCII letter" */
static bool is_key(struct bytes k)
{
	for (size_t i = 0; i < k.n; i++) {
		if (!is_lower(k.p[i]) && !is_digit(k.p[i]) && bytes_find(B(".-_"), k.p[i]) < 0)
			return false;
	}
	return k.n > 0 && is_lower(k.p[0]);
}

static struct bytes strip_slashes(struct bytes b)
{
	while (b.n && b.p[0] == '/')
		b = bytes_skip(b, 1);
	while (b.n && b.p[b.n - 1] == '/')
		b.n--;
	return b;
}

static struct bytes fold(struct arena *a, struct bytes b, uint8_t (*map)(uint8_t c))
{
	if (!map || !b.n)
		return b;
	uint8_t *p = arena_alloc(a, b.n);
	for (size_t i = 0; i < b.n; i++)
		p[i] = map(b.p[i]);
	return (struct bytes){p, b.n};
}

static uint8_t lower(uint8_t c) { return to_lower(c); }

/* What the type's definition asks for; is_strict: what it requires and forbids too. */
static int normalise(struct purl *p, struct arena *a, bool is_strict, struct err *e)
{
	const struct purl_type *t = purl_type_of(p);
	p->ns = fold(a, p->ns, t->ns_fold);
	p->name = fold(a, strip_slashes(p->name), t->name_fold);
	p->version = fold(a, p->version, t->version_fold);
	if (t->has_folded_subpath)
		p->subpath = fold(a, p->subpath, lower);
	if (!p->name.n)
		return fault(e, "no name");
	if (!is_strict)
		return 0;
	if (t->ns == PURL_REQUIRED && !p->ns.n)
		return err_set(e, ERR_FORMAT, "package URL: type %s needs a namespace", t->type);
	if (t->ns == PURL_PROHIBITED && p->ns.n)
		return err_set(e, ERR_FORMAT, "package URL: type %s has no namespace", t->type);
	if (t->qualifier && !purl_qualifier(p, t->qualifier).n)
		return err_set(e, ERR_FORMAT, "package URL: type %s needs the qualifier %s",
		               t->type, t->qualifier);
	/* "Use of this key is mutually exclusive with the version component." */
	if (p->version.n && purl_qualifier(p, "vers").n)
		return fault(e, "both a version and a range of versions");
	const char *what = t->fault ? t->fault(p) : NULL;
	return what ? err_set(e, ERR_FORMAT, "package URL: type %s: %s", t->type, what) : 0;
}

static int by_key(const void *x, const void *y)
{
	const struct purl_qualifier *a = x, *b = y;
	return bytes_cmp(a->key, b->key);
}

/* Sorts, and refuses what cannot be a list of qualifiers. */
static int order_qualifiers(struct purl *p, struct err *e)
{
	qsort(p->q, p->nq, sizeof *p->q, by_key);
	for (size_t i = 0; i < p->nq; i++) {
		if (!is_key(p->q[i].key))
			return fault(e, "malformed key of a qualifier");
		if (i && bytes_eq(p->q[i].key, p->q[i - 1].key))
			return fault(e, "the same qualifier twice");
	}
	return 0;
}

/* Percent-decodes b; refuses a '%' without two hex digits and what is not UTF-8. */
static int decode(struct bytes b, struct arena *a, struct bytes *ret, struct err *e)
{
	uint8_t *p = arena_alloc(a, b.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < b.n; i++) {
		uint64_t c = b.p[i];
		if (c == '%') {
			struct bytes hex = bytes_slice(b, i + 1, i + 3);
			if (hex.n != 2 || !bytes_hex(hex, 255, &c))
				return fault(e, "malformed percent encoding");
			i += 2;
		}
		p[n++] = (uint8_t)c;
	}
	struct bytes r = {p, n};
	if (!bytes_is_utf8(r))
		return fault(e, "not UTF-8");
	*ret = r;
	return 0;
}

static bool is_dots(struct bytes b) { return bytes_eq(b, B(".")) || bytes_eq(b, B("..")); }

/* Decodes a path segment by segment, without empty ones and, in a subpath, without "." and "..".
 * The decoded path is never longer than b. */
static int decode_path(struct bytes b, bool is_subpath, struct arena *a, struct bytes *ret,
                       struct err *e)
{
	uint8_t *p = arena_alloc(a, b.n + 1);
	size_t n = 0;
	for (struct bytes rest = b, raw, seg; bytes_split(&rest, '/', &raw);) {
		if (decode(raw, a, &seg, e))
			return -1;
		if (bytes_find(seg, '/') >= 0)
			return fault(e, "a segment with a slash in it");
		if (!seg.n || (is_subpath && is_dots(seg)))
			continue;
		if (n)
			p[n++] = '/';
		memcpy(p + n, seg.p, seg.n);
		n += seg.n;
	}
	if (n)
		*ret = (struct bytes){p, n};
	return 0;
}

static int parse_qualifiers(struct bytes text, struct arena *a, struct purl *p, bool is_strict,
                            struct err *e)
{
	for (struct bytes pair, key, raw, value; bytes_split(&text, '&', &pair);) {
		if (!pair.n)
			continue;
		bytes_cut(pair, '=', &key, &raw);
		if (decode(raw, a, &value, e))
			return -1;
		if (!is_strict)
			key = fold(a, key, lower);
		if (!is_key(key))
			return fault(e, "malformed key of a qualifier");
		if (!value.n)
			continue;
		if (p->nq == PURL_QUALIFIERS_MAX)
			return err_set(e, ERR_LIMIT, "package URL: more than %d qualifiers",
			               PURL_QUALIFIERS_MAX);
		p->q[p->nq++] = (struct purl_qualifier){key, value};
	}
	return order_qualifiers(p, e);
}

/* Cuts at the last c, as the guide says ("once from right"). */
static struct bytes cut_last(struct bytes *b, uint8_t c)
{
	ssize_t at = bytes_rfind(*b, c);
	if (at < 0)
		return (struct bytes){NULL, 0};
	struct bytes tail = bytes_skip(*b, (size_t)at + 1);
	*b = bytes_slice(*b, 0, (size_t)at);
	return tail;
}

/* The last '@' parts the version off.  One that begins a segment with others behind it is the mark
 * of an npm scope that was not encoded. */
static struct bytes cut_version(struct bytes *path)
{
	ssize_t at = bytes_rfind(*path, '@');
	bool leads = at == 0 || (at > 0 && path->p[at - 1] == '/');
	if (leads && bytes_find(bytes_skip(*path, (size_t)at + 1), '/') >= 0)
		return (struct bytes){NULL, 0};
	return cut_last(path, '@');
}

/* The names of a path: all segments but the last are the namespace; where the name is a path, all
 * but the first are the name. */
static int parse_names(struct bytes path, struct arena *a, struct purl *p, struct err *e)
{
	path = strip_slashes(path);
	if (purl_type_of(p)->has_path_name) {
		struct bytes head, tail;
		bytes_cut(path, '/', &head, &tail);
		if (decode_path(head, false, a, &p->ns, e))
			return -1;
		return decode_path(tail, false, a, &p->name, e);
	}
	ssize_t slash = bytes_rfind(path, '/');
	struct bytes name = bytes_skip(path, (size_t)(slash + 1));
	if (decode(name, a, &p->name, e))
		return -1;
	return slash < 0 ? 0
	                 : decode_path(bytes_slice(path, 0, (size_t)slash), false, a, &p->ns, e);
}

static int parse_path(struct bytes text, struct arena *a, struct purl *p, struct err *e)
{
	struct bytes scheme, rest, path;
	if (!bytes_cut(text, ':', &scheme, &rest) || !bytes_eq_nocase(scheme, B("pkg")))
		return fault(e, "does not begin with 'pkg:'");
	while (rest.n && rest.p[0] == '/')
		rest = bytes_skip(rest, 1);
	bytes_cut(rest, '/', &p->type, &path);
	if (!is_type(p->type))
		return fault(e, "malformed type");
	p->type = fold(a, p->type, lower);
	struct bytes version = cut_version(&path);
	if (version.n && decode(version, a, &p->version, e))
		return -1;
	return parse_names(path, a, p, e);
}

static int parse(struct bytes text, struct arena *a, struct purl *ret, bool is_strict,
                 struct err *e)
{
	if (text.n > (size_t)PURL_LEN_MAX)
		return err_set(e, ERR_LIMIT, "package URL: %zu bytes, at most %lld", text.n,
		               (long long)PURL_LEN_MAX);
	struct purl p = {.nq = 0};
	struct bytes subpath = cut_last(&text, '#');
	struct bytes qualifiers = cut_last(&text, '?');
	if (decode_path(subpath, true, a, &p.subpath, e) ||
	    parse_qualifiers(qualifiers, a, &p, is_strict, e) || parse_path(text, a, &p, e) ||
	    normalise(&p, a, is_strict, e))
		return -1;
	*ret = p;
	return 0;
}

int purl_parse(struct bytes text, struct arena *a, struct purl *ret, struct err *e)
{
	return parse(text, a, ret, true, e);
}

int purl_parse_lenient(struct bytes text, struct arena *a, struct purl *ret, struct err *e)
{
	return parse(text, a, ret, false, e);
}

/* "Alphanumeric Characters", "Punctuation Characters" and the colon "shall not be
 * percent-encoded"; the caller writes the slashes that part segments. */
static void encode(struct buf *to, struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		uint8_t c = b.p[i];
		if (is_alnum(c) || bytes_find(B(".-_~:"), c) >= 0)
			buf_addc(to, c);
		else
			buf_addf(to, "%%%02X", c);
	}
}

/* Appends the segments of a path, parted by single slashes, behind lead if there are any. */
static void encode_path(struct buf *to, const char *lead, struct bytes path, bool is_subpath)
{
	bool is_first = true;
	for (struct bytes seg; bytes_split(&path, '/', &seg);) {
		if (!seg.n || (is_subpath && is_dots(seg)))
			continue;
		buf_adds(to, is_first ? lead : "/");
		encode(to, seg);
		is_first = false;
	}
}

static void encode_purl(struct buf *to, const struct purl *p)
{
	buf_adds(to, "pkg:");
	buf_add(to, p->type);
	encode_path(to, "/", p->ns, false);
	if (purl_type_of(p)->has_path_name) {
		encode_path(to, "/", p->name, false);
	} else {
		buf_addc(to, '/');
		encode(to, p->name);
	}
	if (p->version.n) {
		buf_addc(to, '@');
		encode(to, p->version);
	}
	const char *lead = "?";
	for (size_t i = 0; i < p->nq; i++, lead = "&") {
		buf_adds(to, lead);
		buf_add(to, p->q[i].key);
		buf_addc(to, '=');
		encode(to, p->q[i].value);
	}
	encode_path(to, "#", p->subpath, true);
}

/* A copy of p with lower-case type and keys, sorted, without empty qualifiers. */
static int tidy(const struct purl *p, struct arena *a, struct purl *ret, struct err *e)
{
	const struct bytes parts[] = {p->type, p->ns, p->name, p->version, p->subpath};
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!bytes_is_utf8(parts[i]))
			return fault(e, "not UTF-8");
	}
	if (!is_type(p->type))
		return fault(e, "malformed type");
	if (p->nq > PURL_QUALIFIERS_MAX)
		return err_set(e, ERR_LIMIT, "package URL: more than %d qualifiers",
		               PURL_QUALIFIERS_MAX);
	struct purl r = *p;
	r.type = fold(a, p->type, lower);
	r.ns = strip_slashes(p->ns);
	r.nq = 0;
	for (size_t i = 0; i < p->nq; i++) {
		if (!bytes_is_utf8(p->q[i].value))
			return fault(e, "not UTF-8");
		struct bytes key = fold(a, p->q[i].key, lower);
		if (p->q[i].value.n)
			r.q[r.nq++] = (struct purl_qualifier){key, p->q[i].value};
	}
	if (order_qualifiers(&r, e))
		return -1;
	*ret = r;
	return 0;
}

static int build(const struct purl *p, bool is_strict, struct buf *ret, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct purl r;
	if (tidy(p, a, &r, e) || normalise(&r, a, is_strict, e))
		return -1;
	bool was_overflow = ret->overflow;
	size_t start = ret->n;
	ret->overflow = false;
	encode_purl(ret, &r);
	if (ret->overflow) {
		ret->n = start;
		ret->overflow = was_overflow;
		return err_set(e, ERR_LIMIT, "package URL: longer than its buffer of %zu bytes",
		               ret->max);
	}
	ret->overflow = was_overflow;
	return 0;
}

int purl_build(const struct purl *p, struct buf *ret, struct err *e)
{
	return build(p, true, ret, e);
}

int purl_build_lenient(const struct purl *p, struct buf *ret, struct err *e)
{
	return build(p, false, ret, e);
}
