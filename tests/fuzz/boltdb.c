/* SPDX-License-Identifier: Apache-2.0 */
/* boltdb.c - fuzz: any bytes as a database; two levels of buckets are walked, every slice is read.
 */
#include "fmt/boltdb.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct walk {
	struct boltdb *db;
	struct arena *a;
	unsigned depth, sum, n;
};

static int read_bytes(void *arg, uint64_t offset, void *p, size_t n, struct err *e)
{
	const struct bytes *b = arg;
	if (offset > b->n || n > b->n - offset)
		return err_set(e, ERR_FORMAT, "the file ended");
	memcpy(p, b->p + offset, n);
	return 0;
}

static int visit(void *arg, const struct boltdb_item *item, struct err *e)
{
	struct walk *w = arg;
	struct boltdb_item found;
	for (size_t i = 0; i < item->key.n; i++)
		w->sum += item->key.p[i];
	for (size_t i = 0; i < item->value.n; i++)
		w->sum += item->value.p[i];
	if (++w->n > 1000)
		return -1;
	if (!item->is_bucket || w->depth == 2)
		return 0;
	w->depth++;
	int rc = boltdb_get(w->db, w->a, &item->bucket, B("images"), &found, e) < 0 ||
	         boltdb_each(w->db, w->a, &item->bucket, visit, w, e) < 0;
	w->depth--;
	return rc ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct bytes all = bytes_of(p, n);
	struct boltdb db = {.read = read_bytes, .arg = &all};
	struct walk w = {.db = &db, .a = a};
	struct err e;
	if (boltdb_open(&db, &e))
		return 0;
	struct boltdb_bucket root = boltdb_root(&db);
	if (boltdb_each(&db, a, &root, visit, &w, &e) < 0 && w.n == 0 && e.kind == ERR_NONE)
		abort();
	return 0;
}
