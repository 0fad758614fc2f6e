/* SPDX-License-Identifier: Apache-2.0 */
/* hashlist.c - lists of digests of malware, kept sorted: digest and place of its name. */
#include "fmt/hashlist.h"

#include <stdlib.h>
#include <string.h>

#include "fmt/hashlist_parts.h"

enum { PLACE_LEN = 4, WIDEST = 32 };

struct rows { /* of one kind: digest, then the place of the name, in the machine's order */
	uint8_t *v;
	size_t n, cap, width;
};

struct hash_list {
	struct rows rows[DIGEST__MAX];
	size_t n;
	struct buf names; /* each ended by NUL; the first is empty */
	struct list_file {
		char *name;
		size_t at; /* where its names begin */
	} * files;
	size_t n_files, cap_files;
	uint32_t last; /* place of the name that was put last */
	/* the file at hand */
	struct buf rest; /* a line that is not at its end */
	uint64_t line;
	struct hash_columns columns;
};

struct hash_list *hash_list_new(void)
{
	struct hash_list *l = mem_zalloc(sizeof *l);
	for (enum digest_algo a = 0; a < DIGEST__MAX; a++)
		l->rows[a].width = digest_size(a) + PLACE_LEN;
	buf_init(&l->names, (size_t)HASHES_MAX * ((size_t)HASH_NAME_MAX + 1) + 1);
	buf_init(&l->rest, (size_t)HASH_LINE_MAX);
	buf_addc(&l->names, 0);
	return l;
}

void hash_list_free(struct hash_list *l)
{
	if (!l)
		return;
	for (enum digest_algo a = 0; a < DIGEST__MAX; a++)
		free(l->rows[a].v);
	for (size_t i = 0; i < l->n_files; i++)
		free(l->files[i].name);
	free(l->files);
	buf_fini(&l->names);
	buf_fini(&l->rest);
	free(l);
}

void hash_list_begin(struct hash_list *l, const char *file)
{
	l->files = mem_grow(l->files, &l->cap_files, l->n_files + 1, sizeof *l->files);
	buf_addc(&l->names, 0); /* its own empty name: places tell files apart */
	l->last = (uint32_t)l->names.n - 1;
	l->files[l->n_files++] = (struct list_file){mem_strdup(file), l->last};
	buf_reset(&l->rest);
	l->line = 0;
	l->columns = (struct hash_columns){.is_known = false};
}

static uint32_t name_place(struct hash_list *l, struct bytes name)
{
	name = bytes_slice(name, 0, (size_t)HASH_NAME_MAX);
	struct bytes last = bytes_str((const char *)l->names.p + l->last);
	if (bytes_eq(name, last))
		return l->last;
	if (!name.n)
		return (uint32_t)l->files[l->n_files - 1].at;
	l->last = (uint32_t)l->names.n;
	buf_add(&l->names, name);
	buf_addc(&l->names, 0);
	return l->last;
}

static int put(struct hash_list *l, const struct hash_line *at, struct err *e)
{
	struct rows *to = &l->rows[at->digest.algo];
	if (l->n >= (size_t)HASHES_MAX)
		return err_set(e, ERR_LIMIT, "more than %lld digests", (long long)HASHES_MAX);
	uint32_t place = name_place(l, at->name);
	to->v = mem_grow(to->v, &to->cap, to->n + 1, to->width);
	uint8_t *row = to->v + to->n++ * to->width;
	memcpy(row, at->digest.b, to->width - PLACE_LEN);
	memcpy(row + to->width - PLACE_LEN, &place, PLACE_LEN);
	l->n++;
	return 0;
}

static int take_line(struct hash_list *l, struct bytes line, struct err *e)
{
	struct hash_line at = {.digest.algo = DIGEST_NONE};
	const char *file = l->files[l->n_files - 1].name;
	if (++l->line == 1 && bytes_starts(line, B("\xef\xbb\xbf")))
		line = bytes_skip(line, 3);
	if (hash_line_read(bytes_trim(line), &l->columns, &at, e) < 0 ||
	    (at.digest.algo != DIGEST_NONE && put(l, &at, e) < 0))
		return err_wrap(e, "%s:%llu", file, (unsigned long long)l->line);
	return 0;
}

static int too_long(const struct hash_list *l, struct err *e)
{
	return err_set(e, ERR_LIMIT, "%s:%llu: a line of more than %lld bytes",
	               l->files[l->n_files - 1].name, (unsigned long long)l->line + 1,
	               (long long)HASH_LINE_MAX);
}

int hash_list_push(struct hash_list *l, struct bytes piece, struct err *e)
{
	for (ssize_t end; (end = bytes_find(piece, '\n')) >= 0;) {
		struct bytes line = bytes_slice(piece, 0, (size_t)end);
		piece = bytes_skip(piece, (size_t)end + 1);
		if (l->rest.n && buf_add(&l->rest, line) < 0)
			return too_long(l, e);
		if (l->rest.n)
			line = buf_bytes(&l->rest);
		if (line.n > (size_t)HASH_LINE_MAX)
			return too_long(l, e);
		if (take_line(l, line, e) < 0)
			return -1;
		buf_reset(&l->rest);
	}
	return piece.n && buf_add(&l->rest, piece) < 0 ? too_long(l, e) : 0;
}

int hash_list_end(struct hash_list *l, struct err *e)
{
	if (l->rest.n && take_line(l, buf_bytes(&l->rest), e) < 0)
		return -1;
	buf_reset(&l->rest);
	return 0;
}

static uint32_t place_of(const uint8_t *row, size_t width)
{
	uint32_t place;
	memcpy(&place, row + width - PLACE_LEN, sizeof place);
	return place;
}

static int compare(const void *a, const void *b, void *arg)
{
	size_t width = *(const size_t *)arg;
	int c = memcmp(a, b, width - PLACE_LEN);
	uint32_t x = place_of(a, width), y = place_of(b, width);
	return c ? c : (x > y) - (x < y);
}

void hash_list_sort(struct hash_list *l)
{
	for (enum digest_algo a = 0; a < DIGEST__MAX; a++) {
		struct rows *r = &l->rows[a];
		if (r->n)
			qsort_r(r->v, r->n, r->width, compare, &r->width);
	}
}

size_t hash_list_size(const struct hash_list *l) { return l->n; }

unsigned hash_list_kinds(const struct hash_list *l)
{
	unsigned kinds = 0;
	for (enum digest_algo a = 0; a < DIGEST__MAX; a++)
		kinds |= l->rows[a].n ? 1U << a : 0;
	return kinds;
}

static const char *file_of(const struct hash_list *l, uint32_t place)
{
	size_t from = 0, to = l->n_files;
	while (to - from > 1) {
		size_t mid = from + (to - from) / 2;
		if (l->files[mid].at <= place)
			from = mid;
		else
			to = mid;
	}
	return l->files[from].name;
}

bool hash_list_find(const struct hash_list *l, enum digest_algo algo, struct bytes digest,
                    struct hash_hit *ret)
{
	const struct rows *r = &l->rows[algo];
	size_t from = 0, to = r->n, size = r->width - PLACE_LEN;
	if (!r->n || digest.n != size)
		return false;
	while (from < to) { /* the first that is not less */
		size_t mid = from + (to - from) / 2;
		if (memcmp(r->v + mid * r->width, digest.p, size) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	if (from == r->n || memcmp(r->v + from * r->width, digest.p, size) != 0)
		return false;
	uint32_t place = place_of(r->v + from * r->width, r->width);
	ret->name = bytes_str((const char *)l->names.p + place);
	if (!ret->name.n)
		ret->name = (struct bytes){NULL, 0};
	ret->file = file_of(l, place);
	return true;
}
