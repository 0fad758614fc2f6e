/* SPDX-License-Identifier: Apache-2.0 */
/* boltdb.c - databases made here as the format says: found, nested, cut short, in rings, too deep.
 */
#include "fmt/boltdb.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

enum { PAGE = 1024, BRANCH = 1, LEAF = 2 };

static struct buf file;
static uint64_t past_end; /* of a sparse file: bytes that read as zeros */

static void put(size_t at, uint64_t v, size_t n)
{
	while (file.n < at + n)
		buf_addc(&file, 0);
	for (size_t i = 0; i < n; i++)
		file.p[at + i] = (uint8_t)(v >> (8 * i));
}

static void meta(unsigned no, uint64_t root, uint64_t pages, uint64_t commit)
{
	size_t at = (size_t)no * PAGE;
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	put(at, no, 8);
	put(at + 8, 4, 2);
	put(at + 16, 0xED0CDAED, 4);
	put(at + 20, 2, 4);
	put(at + 24, PAGE, 4);
	put(at + 28, 0, 4);
	put(at + 32, root, 8);
	put(at + 40, 0, 8);
	put(at + 48, 0, 8);
	put(at + 56, pages, 8);
	put(at + 64, commit, 8);
	for (size_t i = at + 16; i < at + 72; i++)
		h = (h ^ file.p[i]) * UINT64_C(0x100000001b3);
	put(at + 72, h, 8);
}

static void page(uint64_t no, unsigned flags, unsigned count, unsigned overflow)
{
	size_t at = (size_t)no * PAGE;
	put(at + PAGE * (overflow + 1) - 1, 0, 1);
	put(at, no, 8);
	put(at + 8, flags, 2);
	put(at + 10, count, 2);
	put(at + 12, overflow, 4);
}

static void text(size_t at, const char *s)
{
	for (size_t i = 0; i < strlen(s); i++)
		put(at + i, (uint8_t)s[i], 1);
}

/* Element i; its key and value lie at `data` of the page. */
static void leaf(uint64_t no, unsigned i, const char *key, const char *value, size_t data)
{
	size_t at = (size_t)no * PAGE, el = 16 + 16 * i;
	put(at + el, 0, 4);
	put(at + el + 4, data - el, 4);
	put(at + el + 8, strlen(key), 4);
	put(at + el + 12, strlen(value), 4);
	text(at + data, key);
	text(at + data + strlen(key), value);
}

static void bucket(uint64_t no, unsigned i, const char *key, uint64_t root, size_t data)
{
	leaf(no, i, key, "0123456789abcdef", data);
	size_t at = (size_t)no * PAGE;
	put(at + 16 + 16 * i, 1, 4);
	put(at + data + strlen(key), root, 8);
	put(at + data + strlen(key) + 8, 0, 8);
}

static void branch(uint64_t no, unsigned i, const char *key, uint64_t child, size_t data)
{
	size_t at = (size_t)no * PAGE, el = 16 + 16 * i;
	put(at + el, data - el, 4);
	put(at + el + 4, strlen(key), 4);
	put(at + el + 8, child, 8);
	text(at + data, key);
}

static int read_file(void *arg, uint64_t offset, void *p, size_t n, struct err *e)
{
	(void)arg;
	if (offset > file.n + past_end || n > file.n + past_end - offset)
		return err_set(e, ERR_FORMAT, "the file ended");
	memset(p, 0, n);
	if (offset < file.n)
		memcpy(p, file.p + offset, MIN_OF(n, (size_t)(file.n - offset)));
	return 0;
}

static void make(void)
{
	buf_reset(&file);
	past_end = 0;
	page(2, LEAF, 2, 0);
	bucket(2, 0, "a", 3, 200);
	bucket(2, 1, "b", 0, 300); /* its page follows in the value */
	put(2 * PAGE + 16 + 16 + 12, 16 + 16 + 16 + 3, 4);
	put(2 * PAGE + 317 + 8, LEAF, 2);
	put(2 * PAGE + 317 + 10, 1, 2);
	put(2 * PAGE + 317 + 16 + 4, 16, 4);
	put(2 * PAGE + 317 + 16 + 8, 1, 4);
	put(2 * PAGE + 317 + 16 + 12, 2, 4);
	text(2 * PAGE + 317 + 32, "xyz");
	page(3, BRANCH, 2, 0);
	branch(3, 0, "k1", 4, 100);
	branch(3, 1, "k3", 5, 110);
	page(4, LEAF, 2, 0);
	leaf(4, 0, "k1", "one", 100);
	leaf(4, 1, "k2", "two", 120);
	page(5, LEAF, 1, 1);
	leaf(5, 0, "k3", "three", 1100); /* in the page that overflows */
	meta(0, 2, 7, 8);
	meta(1, 2, 7, 9);
}

static int get(const char *in, const char *key, struct bytes *ret, struct err *e)
{
	static struct arena *a;
	struct boltdb db = {.read = read_file};
	struct boltdb_item it;
	if (!a)
		a = arena_new();
	if (boltdb_open(&db, e))
		return -1;
	struct boltdb_bucket at = boltdb_root(&db);
	int rc = boltdb_get(&db, a, &at, bytes_str(in), &it, e);
	if (rc <= 0)
		return rc;
	at = it.bucket;
	rc = boltdb_get(&db, a, &at, bytes_str(key), &it, e);
	if (rc > 0)
		*ret = it.value;
	return rc;
}

static bool has(const char *in, const char *key, const char *want)
{
	struct err e;
	struct bytes v;
	return get(in, key, &v, &e) == 1 && bytes_eq(v, bytes_str(want));
}

static bool fails(const char *word)
{
	struct err e = {.kind = ERR_NONE};
	struct bytes v;
	return get("a", "k3", &v, &e) < 0 && strstr(e.msg, word);
}

static int count(void *arg, const struct boltdb_item *item, struct err *e)
{
	(void)e;
	(void)item;
	++*(int *)arg;
	return 0;
}

static int all(const char *in, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct boltdb db = {.read = read_file};
	struct boltdb_item it;
	int n = 0;
	if (boltdb_open(&db, e))
		return -1;
	struct boltdb_bucket at = boltdb_root(&db);
	if (boltdb_get(&db, a, &at, bytes_str(in), &it, e) <= 0 ||
	    boltdb_each(&db, a, &it.bucket, count, &n, e))
		return -1;
	return n;
}

static void whole(void)
{
	struct err e;
	struct bytes v;
	make();
	CHECK(has("a", "k1", "one") && has("a", "k2", "two") && has("a", "k3", "three"));
	CHECK(has("b", "x", "yz"));
	CHECK(get("a", "k0", &v, &e) == 0 && get("a", "k25", &v, &e) == 0 &&
	      get("a", "k9", &v, &e) == 0);
	CHECK(get("nobody", "x", &v, &e) == 0);
	CHECK(all("a", &e) == 3 && all("b", &e) == 1);
}

static void metas(void)
{
	make();
	put(PAGE + 64, 77, 8); /* the second was not written whole */
	CHECK(has("a", "k1", "one"));
	make();
	put(64, 77, 8); /* the first */
	CHECK(has("a", "k1", "one"));
	put(PAGE + 64, 77, 8);
	CHECK(fails("meta page"));
	make();
	meta(0, 3, 7, 10); /* the newer one counts: its root is a branch */
	CHECK(!has("a", "k1", "one"));
	make();
	put(16, 1, 4);
	put(PAGE + 16, 1, 4);
	CHECK(fails("no bbolt"));
	buf_reset(&file);
	CHECK(fails("ended"));
	make();
	file.n = 3 * PAGE;
	CHECK(fails("ended"));
}

static void lies(void)
{
	make();
	branch(3, 1, "k3", 99, 110);
	CHECK(fails("not in the file"));
	make();
	branch(3, 1, "k3", 0, 110);
	CHECK(fails("no page"));
	make();
	put(5 * PAGE, 6, 8);
	CHECK(fails("another one"));
	make();
	put(5 * PAGE + 8, 16, 2);
	CHECK(fails("none of a tree"));
	make();
	put(4 * PAGE + 10, 65535, 2);
	branch(3, 1, "k3", 4, 110);
	CHECK(fails("more elements than fit"));
	make();
	put(5 * PAGE + 20, UINT32_MAX, 4);
	CHECK(fails("leads out of it"));
	make();
	put(5 * PAGE + 24, UINT32_MAX, 4);
	CHECK(fails("leads out of it"));
	make();
	put(3 * PAGE + 10, 0, 2);
	CHECK(fails("without children"));
	make();
	put(2 * PAGE + 16 + 12, 8, 4);
	CHECK(fails("without a root"));
}

/* A chain of branches, the last of them a leaf. */
static void make_deep(int depth)
{
	buf_reset(&file);
	page(2, LEAF, 1, 0);
	bucket(2, 0, "a", 3, 200);
	for (int i = 0; i < depth - 1; i++) {
		page(3 + (uint64_t)i, BRANCH, 1, 0);
		branch(3 + (uint64_t)i, 0, "k3", 4 + (uint64_t)i, 100);
	}
	page(2 + (uint64_t)depth, LEAF, 1, 0);
	leaf(2 + (uint64_t)depth, 0, "k3", "deep", 100);
	meta(0, 2, 3 + (uint64_t)depth, 1);
	meta(1, 2, 3 + (uint64_t)depth, 0);
}

static void bounds(void)
{
	struct err e = {.kind = ERR_NONE};
	make_deep((int)BOLT_DEPTH_MAX);
	CHECK(has("a", "k3", "deep") && all("a", &e) == 1);
	make_deep((int)BOLT_DEPTH_MAX + 1);
	CHECK(fails("deeper") && all("a", &e) < 0 && strstr(e.msg, "deeper"));
	make();
	branch(3, 1, "k3", 3, 110); /* a ring */
	CHECK(fails("deeper") && all("a", &e) < 0);
	/* one page that overflows: the root bucket's page has been read before it */
	const uint32_t most = (uint32_t)(BOLT_WORK_MAX / PAGE) - 1;
	make();
	past_end = (uint64_t)BOLT_WORK_MAX;
	put(2 * PAGE + 201, 5, 8);
	put(5 * PAGE + 12, most - 1, 4);
	CHECK(has("a", "k3", "three"));
	put(5 * PAGE + 12, most, 4);
	CHECK(fails("to read"));
}

int main(void)
{
	buf_init(&file, 1 << 20);
	whole();
	metas();
	lies();
	bounds();
	if (getenv("WRITE_SEED")) {
		struct err e;
		make();
		return file_write(getenv("WRITE_SEED"), buf_bytes(&file), 0644, &e);
	}
	buf_fini(&file);
	return TEST_END();
}
