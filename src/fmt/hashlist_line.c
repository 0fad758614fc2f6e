/* SPDX-License-Identifier: Apache-2.0 */
/* hashlist_line.c - one line of a list of digests. */
#include "fmt/hashlist_parts.h"

static bool is_hex(uint8_t c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

static bool read_digest(struct bytes text, struct digest *ret)
{
	static const enum digest_algo algos[] = {DIGEST_SHA256, DIGEST_SHA1, DIGEST_MD5};
	uint8_t lower[64];
	for (size_t i = 0; i < ARRAY_LEN(algos); i++) {
		struct digest d = {.algo = algos[i]};
		size_t size = digest_size(algos[i]);
		if (text.n != 2 * size)
			continue;
		for (size_t k = 0; k < text.n; k++)
			lower[k] = to_lower(text.p[k]);
		if (!hex_decode(bytes_of(lower, text.n), d.b, size))
			return false;
		*ret = d;
		return true;
	}
	return false;
}

/* ---- DIGEST NAME ---- */

static void plain(struct bytes rest, struct hash_line *ret)
{
	rest = bytes_trim(rest);
	if (rest.n && rest.p[0] == '*') /* sha256sum --binary */
		rest = bytes_skip(rest, 1);
	if (rest.n)
		ret->name = rest;
}

/* ---- DIGEST:SIZE:NAME ---- */

static int clam(struct bytes rest, struct hash_line *ret, struct err *e)
{
	struct bytes size, name;
	uint64_t n;
	bytes_split(&rest, ':', &size);
	if (!bytes_eq(size, B("*")) && !bytes_u64(size, UINT64_MAX, &n))
		return err_set(e, ERR_FORMAT,
		               "after the digest and \":\" a size is wanted, or \"*\"");
	if (!bytes_split(&rest, ':', &name) || !name.n)
		return err_set(e, ERR_FORMAT, "after the size a name is wanted");
	ret->name = name;
	return 0;
}

/* ---- fields parted by commas ---- */

/* A quote within quotes stays doubled: digests have none, names are shown only. */
static bool next_field(struct bytes *rest, struct bytes *ret)
{
	if (!rest->p)
		return false;
	struct bytes b = bytes_trim(*rest);
	size_t i = 0;
	if (b.n && b.p[0] == '"') {
		for (i = 1; i < b.n; i++) {
			if (b.p[i] == '"' && !(i + 1 < b.n && b.p[i + 1] == '"' && i++))
				break;
		}
		if (i >= b.n)
			return false; /* a quote that does not end: what is left is seen */
		*ret = bytes_slice(b, 1, i);
		b = bytes_trim(bytes_skip(b, i + 1));
	} else {
		ssize_t comma = bytes_find(b, ',');
		i = comma < 0 ? b.n : (size_t)comma;
		*ret = bytes_trim(bytes_slice(b, 0, i));
		b = bytes_skip(b, i);
	}
	*rest = b.n ? bytes_skip(b, 1) : (struct bytes){NULL, 0};
	return true;
}

/* How many fields; 0: a quote does not end. */
static size_t split(struct bytes line, struct bytes fields[HASH_COLUMNS_MAX])
{
	size_t n = 0;
	while (n < HASH_COLUMNS_MAX && next_field(&line, &fields[n]))
		n++;
	return n < HASH_COLUMNS_MAX && line.p ? 0 : n;
}

/* Names of columns that say what a file is called by, the best first. */
static const char *const naming[] = {
	"signature", "malware_printable", "malware", "malware_alias", "name", "threat",
	"family",    "file_name"};

static bool is_named(struct bytes field, const char *prefix)
{
	struct bytes p = bytes_str(prefix);
	return field.n >= p.n && bytes_eq_nocase(bytes_slice(field, 0, p.n), p);
}

/* What a column is, by what its name begins with; NULL: none that matters. */
static int *column(struct hash_columns *c, struct bytes name)
{
	const struct {
		const char *prefix;
		int *to;
	} kinds[] = {
		{"sha256",    &c->sha256},
                {"sha1",      &c->sha1  },
                {"md5",       &c->md5   },
		{"ioc_type",  &c->kind  },
                {"ioc_value", &c->value },
                {"hash",      &c->value },
	};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (is_named(name, kinds[i].prefix))
			return kinds[i].to;
	}
	return NULL;
}

/* true: the fields are names of columns, of which one holds digests. */
static bool read_names(const struct bytes *fields, size_t n, struct hash_columns *ret)
{
	struct hash_columns c = {true, -1, -1, -1, -1, -1, -1};
	size_t best = ARRAY_LEN(naming);
	for (size_t i = 0; i < n; i++) {
		int *to = column(&c, fields[i]);
		if (to && *to < 0)
			*to = (int)i;
		for (size_t k = 0; k < best; k++) {
			if (bytes_eq_nocase(fields[i], bytes_str(naming[k]))) {
				c.name = (int)i;
				best = k;
			}
		}
	}
	if (c.sha256 < 0 && c.sha1 < 0 && c.md5 < 0 && c.value < 0)
		return false;
	*ret = c;
	return true;
}

static struct bytes field_at(const struct bytes *fields, size_t n, int at)
{
	return at >= 0 && (size_t)at < n ? fields[at] : (struct bytes){NULL, 0};
}

static bool is_blank_name(struct bytes b)
{
	return !b.n || bytes_eq_nocase(b, B("n/a")) || bytes_eq_nocase(b, B("none"));
}

static int by_columns(const struct hash_columns *c, const struct bytes *fields, size_t n,
                      struct hash_line *ret, struct err *e)
{
	const int strongest[] = {c->sha256, c->sha1, c->md5, c->value};
	struct bytes kind = field_at(fields, n, c->kind), name = field_at(fields, n, c->name);
	bool is_blank = true;
	if (c->kind >= 0 && bytes_search(kind, B("hash")) < 0)
		return 0; /* an address or a name of a host: what speaks of no file */
	for (size_t i = 0; i < ARRAY_LEN(strongest); i++) {
		struct bytes text = field_at(fields, n, strongest[i]);
		if (!read_digest(text, &ret->digest)) {
			is_blank = is_blank && is_blank_name(text);
			continue;
		}
		if (!is_blank_name(name))
			ret->name = name;
		return 0;
	}
	if (is_blank && n > 1)
		return 0; /* nobody knows the digest */
	return err_set(e, ERR_FORMAT, "no digest where the names of columns promise one");
}

static int comma_separated(struct bytes line, struct hash_columns *columns, struct hash_line *ret,
                           struct err *e)
{
	struct bytes fields[HASH_COLUMNS_MAX];
	size_t n = split(line, fields);
	if (!n)
		return err_set(e, ERR_FORMAT, "a quote does not end");
	if (columns->is_known)
		return by_columns(columns, fields, n, ret, e);
	for (size_t i = 0; i < n; i++) {
		if (!read_digest(fields[i], &ret->digest))
			continue;
		if (i + 1 < n && !is_blank_name(fields[i + 1]))
			ret->name = fields[i + 1];
		return 0;
	}
	if (read_names(fields, n, columns))
		return 0;
	return err_set(e, ERR_FORMAT, "no digest among the fields (MD5, SHA-1 or SHA-256 in hex)");
}

/* ---- any line ---- */

static bool comment(struct bytes line, struct hash_columns *columns)
{
	struct bytes fields[HASH_COLUMNS_MAX];
	struct hash_columns c;
	if (line.p[0] != '#' && line.p[0] != ';' && !bytes_starts(line, B("//")))
		return false;
	while (line.n && (line.p[0] == '#' || is_blank(line.p[0])))
		line = bytes_skip(line, 1);
	if (bytes_find(line, ',') >= 0 && read_names(fields, split(line, fields), &c))
		*columns = c;
	return true;
}

static int strange(struct bytes line, struct err *e)
{
	size_t n = 0;
	while (n < line.n && is_digit(line.p[n]))
		n++;
	struct bytes rest = bytes_skip(line, n + 1), next;
	struct digest d;
	if (n && n < line.n && line.p[n] == ':' && bytes_split(&rest, ':', &next) &&
	    read_digest(next, &d))
		return err_set(e, ERR_FORMAT,
		               "a digest of a part of a program (.mdb, .msb): only whole files are "
		               "compared");
	return err_set(e, ERR_FORMAT, "no digest begins the line (MD5, SHA-1 or SHA-256 in hex)");
}

int hash_line_read(struct bytes line, struct hash_columns *columns, struct hash_line *ret,
                   struct err *e)
{
	size_t n = 0;
	if (!line.n || comment(line, columns))
		return 0;
	if (bytes_find(line, 0) >= 0)
		return err_set(e, ERR_FORMAT, "not a text");
	while (n < line.n && is_hex(line.p[n]))
		n++;
	struct bytes rest = bytes_skip(line, n);
	bool is_digest = read_digest(bytes_slice(line, 0, n), &ret->digest);
	if (is_digest && (!rest.n || is_blank(rest.p[0]))) {
		plain(rest, ret);
		return 0;
	}
	if (is_digest && rest.p[0] == ':')
		return clam(bytes_skip(rest, 1), ret, e);
	ret->digest.algo = DIGEST_NONE;
	if (bytes_find(line, ',') >= 0 || line.p[0] == '"')
		return comma_separated(line, columns, ret, e);
	return strange(line, e);
}
