/* SPDX-License-Identifier: Apache-2.0 */
/* knownfiles.c - lists of digests of the files of packages. */
#include "fmt/knownfiles.h"

#include <stdlib.h>

struct known_files {
	struct arena *a;
	struct map *digests[KNOWN__MAX]; /* the line behind its digest → struct known_digest */
	struct map *
		packages[KNOWN__MAX]; /* that line without the path → the same, of its first file */
	unsigned kinds;               /* of signed ones */
	size_t bytes;
};

struct known_files *known_files_new(void)
{
	struct known_files *k = mem_zalloc(sizeof *k);
	k->a = arena_new();
	for (size_t i = 0; i < KNOWN__MAX; i++) {
		k->digests[i] = map_new();
		k->packages[i] = map_new();
	}
	return k;
}

void known_files_free(struct known_files *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < KNOWN__MAX; i++) {
		map_free(k->digests[i]);
		map_free(k->packages[i]);
	}
	arena_free(k->a);
	free(k);
}

static bool is_digest(struct bytes hex)
{
	if (hex.n != 32 && hex.n != 40 && hex.n != 64)
		return false;
	for (size_t i = 0; i < hex.n; i++) {
		if (!is_digit(hex.p[i]) && (hex.p[i] < 'a' || hex.p[i] > 'f'))
			return false;
	}
	return true;
}

/* Package, version, architecture (which may be empty), path. */
static bool is_place(struct bytes rest)
{
	struct bytes field[4];
	for (size_t i = 0; i < ARRAY_LEN(field); i++) {
		if (!bytes_split(&rest, '\t', &field[i]) || (i != 2 && !field[i].n))
			return false;
	}
	return !rest.n;
}

/* What the lines above say of those that follow. */
struct known_list {
	enum known_grade grade;
	struct bytes source;
};

/* Package, version and architecture, with the tab behind them: paths hold none. */
static struct bytes package_part(struct bytes place)
{
	return bytes_slice(place, 0, (size_t)bytes_rfind(place, '\t') + 1);
}

static unsigned kind_of(struct bytes hex)
{
	return 1U << (hex.n == 32 ? DIGEST_MD5 : hex.n == 40 ? DIGEST_SHA1 : DIGEST_SHA256);
}

static const char *add_line(struct known_files *k, const struct known_list *l, struct bytes line)
{
	struct bytes hex, rest;
	bool is_new;
	if (!bytes_cut(line, '\t', &hex, &rest) || !is_digest(hex) || !is_place(rest))
		return "is no digest, package, version, architecture and path";
	union map_value *slot = map_put(k->digests[l->grade], rest, &is_new);
	if (l->grade == KNOWN_SIGNED)
		k->kinds |= kind_of(hex);
	if (is_new) {
		struct known_digest *to = arena_alloc(k->a, sizeof *to);
		*to = (struct known_digest){hex, l->source};
		slot->p = to;
		slot = map_put(k->packages[l->grade], package_part(rest), &is_new);
		slot->p = is_new ? to : slot->p;
		return NULL;
	}
	const struct known_digest *have = slot->p;
	if (have->hex.n == hex.n && !bytes_eq(have->hex, hex))
		return "states another digest than a line before it";
	return NULL;
}

int known_files_add(struct known_files *k, struct bytes text, const char *name, struct err *e)
{
	struct known_list l = {.grade = bytes_starts(text, B(KNOWN_FILES_SIGNED)) ? KNOWN_SIGNED
	                                                                          : KNOWN_LEARNED};
	size_t n = 0;
	if (text.n > (size_t)KNOWN_FILES_MAX - k->bytes)
		return err_set(e, ERR_LIMIT, "%s: lists of known files exceed %lld bytes", name,
		               (long long)KNOWN_FILES_MAX);
	k->bytes += text.n;
	struct bytes rest = arena_dup(k->a, text);
	for (struct bytes line; bytes_line(&rest, &line);) {
		n++;
		if (bytes_starts(line, B(KNOWN_FILES_SOURCE)))
			l.source = bytes_skip(line, sizeof KNOWN_FILES_SOURCE - 1);
		if (!line.n || line.p[0] == '#')
			continue;
		const char *why = add_line(k, &l, line);
		if (why)
			return err_set(e, ERR_FORMAT, "%s: line %zu %s", name, n, why);
	}
	return 0;
}

size_t known_files_count(const struct known_files *k)
{
	return map_count(k->digests[KNOWN_LEARNED]) + map_count(k->digests[KNOWN_SIGNED]);
}

unsigned known_files_kinds(const struct known_files *k) { return k->kinds; }

/* The part of a line behind its digest; false: it cannot be one. */
static bool put_place(struct buf *b, const struct known_place *f)
{
	const struct bytes fields[] = {f->package, f->version, f->arch, f->path};
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (bytes_find(fields[i], '\t') >= 0 || bytes_find(fields[i], '\n') >= 0 ||
		    bytes_ends(fields[i], B("\r")) || (i != 2 && !fields[i].n))
			return false;
		if (i)
			buf_addc(b, '\t');
		buf_add(b, fields[i]);
	}
	return !b->overflow;
}

const struct known_digest *known_files_find(const struct known_files *k, enum known_grade grade,
                                            const struct known_place *f)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 4 * (size_t)PATH_LEN_MAX);
	if (!put_place(&b, f))
		return NULL;
	const union map_value *slot = map_get(k->digests[grade], buf_bytes(&b));
	return slot ? slot->p : NULL;
}

const struct known_digest *known_files_package(const struct known_files *k, enum known_grade grade,
                                               const struct known_place *f)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 4 * (size_t)PATH_LEN_MAX);
	if (!put_place(&b, f))
		return NULL;
	const union map_value *slot = map_get(k->packages[grade], package_part(buf_bytes(&b)));
	return slot ? slot->p : NULL;
}

void known_files_put(struct buf *b, struct bytes hex, const struct known_place *f)
{
	AUTO_BUF struct buf place;
	buf_init(&place, 4 * (size_t)PATH_LEN_MAX);
	if (!put_place(&place, f))
		return;
	buf_add(b, hex);
	buf_addc(b, '\t');
	buf_add(b, buf_bytes(&place));
	buf_addc(b, '\n');
}
