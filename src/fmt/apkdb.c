/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apkdb.c - what apk knows about packages and their files.
 *
 * Format: apk-tools 2 installed database, world and repositories files.
 */
#include "fmt/apkdb.h"

#include <string.h>

/* What goes into messages of a text that may be anything. */
static struct bytes shown(struct bytes b) { return bytes_slice(b, 0, 60); }

void apkdb_open(struct apkdb *r, struct bytes text)
{
	*r = (struct apkdb){.rest = text, .line = 1};
}

/* apk-tools 3 adb.h: "ADB." plain, "ADBc" and "ADBd" compressed. */
bool apkdb_is_v3(struct bytes text)
{
	return text.n >= 4 && bytes_starts(text, B("ADB")) && memchr(".cd", text.p[3], 3);
}

static const struct {
	char letter;
	size_t offset;
} fields[] = {
	{'A', offsetof(struct apk_package, arch)      },
	{'C', offsetof(struct apk_package, checksum)  },
	{'D', offsetof(struct apk_package, depends)   },
	{'L', offsetof(struct apk_package, license)   },
	{'P', offsetof(struct apk_package, package)   },
	{'U', offsetof(struct apk_package, url)       },
	{'V', offsetof(struct apk_package, version)   },
	{'c', offsetof(struct apk_package, commit)    },
	{'m', offsetof(struct apk_package, maintainer)},
	{'o', offsetof(struct apk_package, origin)    },
	{'p', offsetof(struct apk_package, provides)  },
	{'s', offsetof(struct apk_package, tag)       },
};

static struct bytes *slot_of(struct apk_package *p, uint8_t letter)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if ((uint8_t)fields[i].letter == letter)
			return (struct bytes *)(void *)((char *)p + fields[i].offset);
	}
	return NULL;
}

static void defect(struct apk_package *p, const char *why, size_t line)
{
	if (p->defect)
		return;
	p->defect = why;
	p->defect_line = line;
}

static bool is_file_letter(uint8_t c) { return memchr("FMRZa", c, 5) != NULL; }

static int built_read(struct apk_package *p, struct bytes value, size_t line)
{
	uint64_t t;
	if (bytes_u64(value, INT64_MAX, &t))
		p->built_s = (int64_t)t;
	else
		defect(p, "a build time that is no number", line);
	return 0;
}

/* One line that is not empty. */
static int line_read(struct apk_package *p, struct bytes line, size_t at, struct err *e)
{
	if (line.n < 2 || line.p[1] != ':' || !is_alpha(line.p[0])) {
		defect(p, "a line that is no field", at);
		return 0;
	}
	struct bytes value = bytes_skip(line, 2);
	if (line.p[0] == 't')
		return built_read(p, value, at);
	struct bytes *slot = slot_of(p, line.p[0]);
	if (!slot)
		return 0;
	bool is_identity = slot == &p->package || slot == &p->version;
	if (value.n > (size_t)APK_LINE_MAX) {
		if (is_identity)
			return err_set(e, ERR_LIMIT, "line %zu: longer than %lld bytes", at,
			               (long long)APK_LINE_MAX);
		defect(p, "a line longer than APK_LINE_MAX", at);
		return 0;
	}
	if (!slot->p) {
		*slot = value;
		return 0;
	}
	if (is_identity && !bytes_eq(*slot, value))
		return err_set(e, ERR_FORMAT, "line %zu: %c is given twice: %.*s and %.*s", at,
		               line.p[0], BYTES_FMT(shown(*slot)), BYTES_FMT(shown(value)));
	defect(p, "a field is given twice", at);
	return 0;
}

/* One printable word. */
static bool is_word(struct bytes b)
{
	if (b.n == 0 || b.n > (size_t)VERSION_LEN_MAX)
		return false;
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] <= ' ' || b.p[i] == 127)
			return false;
	}
	return true;
}

static int identity_check(struct apk_package *p, struct err *e)
{
	if (!p->package.p && !p->version.p)
		return err_set(e, ERR_FORMAT, "line %zu: not a record of a package", p->line);
	if (!is_word(p->package))
		return err_set(e, ERR_FORMAT, "line %zu: %s name (P)", p->line,
		               p->package.n ? "not a package" : "no package");
	if (!is_word(p->version))
		return err_set(e, ERR_FORMAT, "line %zu: package %.*s: %s version (V)", p->line,
		               BYTES_FMT(shown(p->package)), p->version.n ? "not a" : "no");
	return 0;
}

/* Reads up to the empty line behind the record, whatever is wrong with it. */
static int record_read(struct apkdb *r, struct apk_package *p, struct err *e)
{
	int rc = 0;
	const uint8_t *end = NULL;
	for (struct bytes line; bytes_line(&r->rest, &line) && (r->line++, line.n > 0);) {
		size_t at = r->line - 1;
		if (!p->files.p && line.n >= 2 && line.p[1] == ':' && is_file_letter(line.p[0])) {
			p->files = line;
			p->files_line = at;
		}
		end = line.p + line.n;
		if (rc == 0)
			rc = line_read(p, line, at, e);
	}
	if (p->files.p)
		p->files.n = (size_t)(end - p->files.p);
	return rc;
}

int apkdb_next(struct apkdb *r, struct apk_package *ret, struct err *e)
{
	if (r->line == 1 && apkdb_is_v3(r->rest)) {
		r->rest = (struct bytes){NULL, 0};
		return err_set(e, ERR_UNSUPPORTED, "a binary database of apk-tools 3 (ADB)");
	}
	while (r->rest.n && (r->rest.p[0] == '\n' || bytes_starts(r->rest, B("\r\n")))) {
		r->line++;
		r->rest = bytes_skip(r->rest, r->rest.p[0] == '\n' ? 1 : 2);
	}
	if (r->rest.n == 0)
		return 0;
	struct apk_package p = {.line = r->line};
	if (record_read(r, &p, e) < 0 || identity_check(&p, e) < 0)
		return -1;
	if (p.origin.n == 0)
		p.origin = p.package;
	*ret = p;
	return 1;
}

static int base64_value(uint8_t c)
{
	if (is_upper(c))
		return c - 'A';
	if (is_lower(c))
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648 section 4, exactly n bytes, with padding and with zero bits left over. */
static bool base64_read(struct bytes text, uint8_t *to, size_t n)
{
	size_t digits = (n * 8 + 5) / 6;
	if (text.n != (n + 2) / 3 * 4)
		return false;
	uint32_t acc = 0;
	unsigned bits = 0;
	size_t out = 0;
	for (size_t i = 0; i < text.n; i++) {
		int v = base64_value(text.p[i]);
		if (i >= digits) {
			if (text.p[i] != '=')
				return false;
			continue;
		}
		if (v < 0)
			return false;
		acc = (acc << 6 | (uint32_t)v) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			to[out++] = (uint8_t)(acc >> bits);
		}
	}
	return (acc & ((1U << bits) - 1)) == 0;
}

static bool hex_read(struct bytes text, uint8_t *to, size_t n)
{
	if (text.n != n * 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		uint64_t v;
		if (!bytes_hex(bytes_slice(text, i * 2, i * 2 + 2), 255, &v))
			return false;
		to[i] = (uint8_t)v;
	}
	return true;
}

bool apk_digest_parse(struct bytes text, struct apk_digest *ret)
{
	static const struct {
		const char *prefix;
		size_t n;
		bool (*read)(struct bytes, uint8_t *, size_t);
	} rows[] = {
		{"Q1", 20, base64_read},
                {"Q2", 32, base64_read},
                {"X1", 20, hex_read   },
		{"X2", 32, hex_read   },
                {"",   16, hex_read   },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes prefix = bytes_str(rows[i].prefix);
		if (!bytes_starts(text, prefix))
			continue;
		struct apk_digest d = {.n = rows[i].n};
		if (!rows[i].read(bytes_skip(text, prefix.n), d.bytes, d.n))
			return false;
		*ret = d;
		return true;
	}
	return false;
}

void apk_files_open(struct apk_files *it, const struct apk_package *p)
{
	*it = (struct apk_files){.rest = p->files, .line = p->files_line};
}

/* "UID:GID:MODE[:CHECKSUM OF XATTRS]" */
static bool acl_read(struct bytes text, struct apk_file *f)
{
	struct bytes uid, gid, mode;
	uint64_t u, g, m;
	if (!bytes_split(&text, ':', &uid) || !bytes_split(&text, ':', &gid) ||
	    !bytes_split(&text, ':', &mode))
		return false;
	if (!bytes_u64(uid, UINT32_MAX, &u) || !bytes_u64(gid, UINT32_MAX, &g) ||
	    !bytes_octal(mode, 07777, &m))
		return false;
	f->uid = (uint32_t)u;
	f->gid = (uint32_t)g;
	f->mode = (uint32_t)m;
	return true;
}

static bool path_ok(struct bytes b)
{
	return b.n <= (size_t)PATH_LEN_MAX && !(b.n && memchr(b.p, 0, b.n));
}

/* Takes the lines that say more about f: "M:" or "a:", and "Z:". */
static int details_read(struct apk_files *it, struct apk_file *f, struct err *e)
{
	uint8_t acl = f->name.p ? 'a' : 'M';
	while (it->rest.n >= 2 && it->rest.p[1] == ':') {
		uint8_t c = it->rest.p[0];
		if (c == 'F' || c == 'R' || (is_file_letter(c) && c != acl && c != 'Z'))
			return 0;
		struct bytes line;
		bytes_line(&it->rest, &line);
		size_t at = it->line++;
		struct bytes value = bytes_skip(line, 2);
		if (c == acl ? !acl_read(value, f)
		             : c == 'Z' && !apk_digest_parse(value, &f->digest))
			return err_set(e, ERR_FORMAT, "line %zu: not a %s: \"%.*s\"", at,
			               c == 'Z' ? "digest" : "mode", BYTES_FMT(shown(line)));
	}
	return 0;
}

static int entry_read(struct apk_files *it, struct bytes line, struct apk_file *f, struct err *e)
{
	size_t at = it->line - 1;
	struct bytes value = bytes_skip(line, 2);
	while (value.n && value.p[0] == '/')
		value = bytes_skip(value, 1);
	if (!path_ok(value) || (line.p[0] == 'R' && value.n == 0))
		return err_set(e, ERR_FORMAT, "line %zu: not a path: \"%.*s\"", at,
		               BYTES_FMT(shown(line)));
	if (line.p[0] == 'F') {
		it->dir = value;
		*f = (struct apk_file){.dir = value, .mode = 0755};
		return 0;
	}
	if (line.p[0] != 'R' || !it->dir.p)
		return err_set(e, ERR_FORMAT, "line %zu: belongs to no %s: \"%.*s\"", at,
		               line.p[0] == 'R' || line.p[0] == 'M' ? "folder" : "file",
		               BYTES_FMT(shown(line)));
	*f = (struct apk_file){.dir = it->dir, .name = value, .mode = 0644};
	return 0;
}

int apk_file(struct apk_files *it, struct apk_file *ret, struct err *e)
{
	struct bytes line;
	do {
		if (!bytes_line(&it->rest, &line))
			return 0;
		it->line++;
	} while (line.n < 2 || line.p[1] != ':' || !is_file_letter(line.p[0]));
	struct apk_file f = {.mode = 0};
	if (entry_read(it, line, &f, e) < 0 || details_read(it, &f, e) < 0)
		return -1;
	*ret = f;
	return 1;
}

/* ".../alpine/v3.20/main": a branch and a section, if the URL has at least these two parts behind
 * its host. */
static void layout_read(struct apk_repository *repo)
{
	struct bytes path = repo->url;
	ssize_t host = bytes_search(path, B("://"));
	if (host >= 0) {
		path = bytes_skip(path, (size_t)host + 3);
		ssize_t slash = bytes_find(path, '/');
		if (slash < 0)
			return;
		path = bytes_skip(path, (size_t)slash);
	}
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	ssize_t last = bytes_rfind(path, '/');
	if (last <= 0)
		return;
	struct bytes head = bytes_slice(path, 0, (size_t)last);
	ssize_t before = bytes_rfind(head, '/');
	if (before < 0 || (size_t)before + 1 == head.n)
		return;
	repo->section = bytes_skip(path, (size_t)last + 1);
	repo->branch = bytes_skip(head, (size_t)before + 1);
}

bool apk_repository(struct bytes *rest, struct apk_repository *ret)
{
	for (struct bytes line, word; bytes_line(rest, &line);) {
		if (!bytes_word(&line, &word) || word.p[0] == '#')
			continue;
		struct apk_repository repo = {
			.tag = {NULL, 0}
                };
		if (word.p[0] == '@') {
			repo.tag = bytes_skip(word, 1);
			if (!bytes_word(&line, &word))
				continue;
		}
		bool is_typed = bytes_eq(word, B("v2")) || bytes_eq(word, B("v3")) ||
		                bytes_eq(word, B("ndx"));
		if (is_typed && !bytes_word(&line, &word))
			continue;
		repo.url = word;
		line = bytes_trim(line);
		if (line.n)
			repo.components = line;
		else
			layout_read(&repo);
		*ret = repo;
		return true;
	}
	return false;
}

static size_t name_len(struct bytes b)
{
	size_t i = 0;
	while (i < b.n && !memchr("@<>=~", b.p[i], 5))
		i++;
	return i;
}

bool apk_world(struct bytes *rest, struct apk_world *ret)
{
	struct bytes word;
	if (!bytes_word(rest, &word))
		return false;
	struct apk_world w = {.is_conflict = word.p[0] == '!'};
	if (w.is_conflict)
		word = bytes_skip(word, 1);
	size_t n = name_len(word);
	w.name = bytes_slice(word, 0, n);
	word = bytes_skip(word, n);
	if (word.n && word.p[0] == '@') {
		n = name_len(bytes_skip(word, 1));
		w.tag = bytes_slice(word, 1, n + 1);
		word = bytes_skip(word, n + 1);
	}
	/* the tag may also stand behind the version: "name=1@edge" */
	struct bytes tag;
	if (bytes_cut(word, '@', &word, &tag))
		w.tag = tag;
	if (word.n)
		w.constraint = word;
	*ret = w;
	return true;
}
