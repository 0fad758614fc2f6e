/* SPDX-License-Identifier: Apache-2.0 */
/*
 * boltdb.c - values of a bbolt database by their keys.
 *
 * Format: little-endian (the byte order of the machine that wrote it).  A page begins with its
 * number u64, flags u16, count u16, overflow u32 (pages that follow and belong to it); then come
 * count elements of 16 bytes.  A branch has {pos u32, key size u32, page u64}, a leaf {flags u32,
 * pos u32, key size u32, value size u32}, pos counted from the element.  The value of a bucket is
 * {root page u64, sequence u64}; where the root is 0 its only page follows.  A meta page has {magic
 * u32, version u32, page size u32, flags u32, root u64, sequence u64, free list u64, pages u64,
 * commit u64, FNV-1a u64 of what precedes it}.
 */
#include "fmt/boltdb.h"

#include <string.h>

#include "fmt/ints.h"

enum {
	HEAD = 16,
	ELEMENT = 16,
	META = 64,
	IS_BRANCH = 1,
	IS_LEAF = 2,
	IS_BUCKET = 1,
	MAGIC = 0xED0CDAED,
	VERSION = 2,
	PAGE_MIN = 1024,
	PAGE_MAX = 65536,
};

static uint64_t fnv(const uint8_t *p, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* ---- metas ---- */

/* 1: whole, and newer than what is held. */
static int take_meta(struct boltdb *db, uint64_t offset, struct err *e)
{
	uint8_t m[HEAD + META];
	const uint8_t *p = m + HEAD;
	if (db->read(db->arg, offset, m, sizeof m, e))
		return -1;
	if (get_le32(p) != (uint32_t)MAGIC)
		return err_set(e, ERR_FORMAT, "no bbolt database");
	if (get_le32(p + 4) != VERSION)
		return err_set(e, ERR_UNSUPPORTED, "a bbolt database of version %u",
		               get_le32(p + 4));
	uint32_t size = get_le32(p + 8);
	if (fnv(p, META - 8) != get_le64(p + META - 8) || size < PAGE_MIN || size > PAGE_MAX ||
	    size & (size - 1))
		return err_set(e, ERR_FORMAT, "a meta page of the bbolt database is broken");
	if (db->page_size && get_le64(p + 48) <= db->commit)
		return 0;
	db->page_size = size;
	db->root = get_le64(p + 16);
	db->pages = get_le64(p + 40);
	db->commit = get_le64(p + 48);
	return 1;
}

int boltdb_open(struct boltdb *db, struct err *e)
{
	struct err first = {.kind = ERR_NONE}, ignored;
	db->page_size = 0;
	db->work = 0;
	if (take_meta(db, 0, &first) >= 0) {
		take_meta(db, db->page_size, &ignored);
		return 0;
	}
	/* the first was being written when the machine stopped: the second tells its own size */
	for (uint32_t size = PAGE_MIN; size <= PAGE_MAX; size *= 2) {
		if (take_meta(db, size, &ignored) > 0 && db->page_size == size)
			return 0;
		db->page_size = 0;
	}
	if (e)
		*e = first;
	return -1;
}

struct boltdb_bucket boltdb_root(const struct boltdb *db)
{
	return (struct boltdb_bucket){
		.root = db->root, .page = {NULL, 0}
        };
}

/* ---- pages ---- */

static int broken(uint64_t no, const char *what, struct err *e)
{
	return err_set(e, ERR_FORMAT, "page %llu of the bbolt database %s", (unsigned long long)no,
	               what);
}

/* A page with all that overflows from it, in a. */
static int load(struct boltdb *db, struct arena *a, uint64_t no, struct bytes *ret, struct err *e)
{
	uint8_t head[HEAD];
	if (no < 2 || no >= db->pages || no > INT64_MAX / PAGE_MAX)
		return broken(no, "is not in the file", e);
	uint64_t at = no * db->page_size;
	if (db->read(db->arg, at, head, sizeof head, e))
		return -1;
	uint64_t n = (UINT64_C(1) + get_le32(head + 12)) * db->page_size;
	if (get_le64(head) != no)
		return broken(no, "is another one", e);
	if (n > (uint64_t)BOLT_WORK_MAX - MIN_OF(db->work, (uint64_t)BOLT_WORK_MAX))
		return err_set(e, ERR_LIMIT, "more than %lld bytes of the bbolt database to read",
		               (long long)BOLT_WORK_MAX);
	db->work += n;
	uint8_t *p = arena_alloc(a, (size_t)n);
	if (db->read(db->arg, at, p, (size_t)n, e))
		return -1;
	*ret = bytes_of(p, (size_t)n);
	return 0;
}

struct page {
	struct bytes b;
	uint64_t no;
	size_t n;
	bool is_leaf;
};

static int open_page(struct boltdb *db, struct arena *a, const struct boltdb_bucket *in,
                     struct page *ret, struct err *e)
{
	struct page p = {.b = in->page, .no = in->root};
	if (in->root && load(db, a, in->root, &p.b, e))
		return -1;
	if (p.b.n < HEAD)
		return broken(p.no, "is cut short", e);
	unsigned flags = get_le16(p.b.p + 8);
	p.n = get_le16(p.b.p + 10);
	p.is_leaf = flags & IS_LEAF;
	if (!(flags & (IS_LEAF | IS_BRANCH)))
		return broken(p.no, "is none of a tree", e);
	if (p.n > (p.b.n - HEAD) / ELEMENT)
		return broken(p.no, "has more elements than fit", e);
	*ret = p;
	return 0;
}

static int part(const struct page *p, uint64_t from, uint64_t n, struct bytes *ret, struct err *e)
{
	if (from > p->b.n || n > p->b.n - from)
		return broken(p->no, "has an element that leads out of it", e);
	*ret = bytes_slice(p->b, (size_t)from, (size_t)(from + n));
	return 0;
}

static int item_at(const struct page *p, size_t i, struct boltdb_item *ret, struct err *e)
{
	uint64_t at = HEAD + i * ELEMENT;
	const uint8_t *el = p->b.p + at;
	struct boltdb_item it = {.is_bucket = false};
	uint64_t from = at + get_le32(el + 4), n_key = get_le32(el + 8),
		 n_value = get_le32(el + 12);
	if (part(p, from, n_key, &it.key, e) || part(p, from + n_key, n_value, &it.value, e))
		return -1;
	if (get_le32(el) & IS_BUCKET) {
		if (it.value.n < HEAD)
			return broken(p->no, "has a bucket without a root", e);
		it.is_bucket = true;
		it.bucket.root = get_le64(it.value.p);
		it.bucket.page = bytes_skip(it.value, HEAD);
		it.value = (struct bytes){NULL, 0};
	}
	*ret = it;
	return 0;
}

static int child_at(const struct page *p, size_t i, struct bytes *ret_key, uint64_t *ret_page,
                    struct err *e)
{
	uint64_t at = HEAD + i * ELEMENT;
	const uint8_t *el = p->b.p + at;
	*ret_page = get_le64(el + 8);
	return part(p, at + get_le32(el), get_le32(el + 4), ret_key, e);
}

/* ---- one key ---- */

static int find_in_leaf(const struct page *p, struct bytes key, struct boltdb_item *ret,
                        struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		struct boltdb_item it;
		if (item_at(p, i, &it, e))
			return -1;
		if (bytes_eq(it.key, key)) {
			*ret = it;
			return 1;
		}
	}
	return 0;
}

/* The last child whose first key is not past the one that is looked for. */
static int find_child(const struct page *p, struct bytes key, uint64_t *ret, struct err *e)
{
	if (!p->n)
		return broken(p->no, "is a branch without children", e);
	for (size_t i = 0; i < p->n; i++) {
		struct bytes first;
		uint64_t page;
		if (child_at(p, i, &first, &page, e))
			return -1;
		if (i && bytes_cmp(first, key) > 0)
			break;
		*ret = page;
	}
	return 0;
}

int boltdb_get(struct boltdb *db, struct arena *a, const struct boltdb_bucket *in, struct bytes key,
               struct boltdb_item *ret, struct err *e)
{
	struct boltdb_bucket at = *in;
	for (int depth = 0; depth < (int)BOLT_DEPTH_MAX; depth++) {
		struct page p;
		if (open_page(db, a, &at, &p, e))
			return -1;
		if (p.is_leaf)
			return find_in_leaf(&p, key, ret, e);
		if (find_child(&p, key, &at.root, e))
			return -1;
		if (!at.root)
			return broken(p.no, "has a child that is no page", e);
	}
	return err_set(e, ERR_LIMIT, "the bbolt database nests deeper than %d pages",
	               (int)BOLT_DEPTH_MAX);
}

/* ---- all ---- */

struct level {
	struct page p;
	size_t i;
};

int boltdb_each(struct boltdb *db, struct arena *a, const struct boltdb_bucket *in,
                int (*fn)(void *arg, const struct boltdb_item *item, struct err *e), void *arg,
                struct err *e)
{
	struct level *v = arena_alloc(a, (size_t)BOLT_DEPTH_MAX * sizeof *v);
	size_t n = 1;
	v[0].i = 0;
	if (open_page(db, a, in, &v[0].p, e))
		return -1;
	while (n) {
		struct level *l = &v[n - 1];
		struct boltdb_item it;
		struct bytes key;
		if (l->i == l->p.n) {
			n--;
			continue;
		}
		if (l->p.is_leaf) {
			if (item_at(&l->p, l->i++, &it, e) || fn(arg, &it, e))
				return -1;
			continue;
		}
		struct boltdb_bucket below = {.root = 0};
		if (n == (size_t)BOLT_DEPTH_MAX)
			return err_set(e, ERR_LIMIT,
			               "the bbolt database nests deeper than %d pages",
			               (int)BOLT_DEPTH_MAX);
		if (child_at(&l->p, l->i++, &key, &below.root, e))
			return -1;
		if (!below.root)
			return broken(l->p.no, "has a child that is no page", e);
		v[n].i = 0;
		if (open_page(db, a, &below, &v[n].p, e))
			return -1;
		n++;
	}
	return 0;
}
