/* SPDX-License-Identifier: Apache-2.0 */
/* factset.c - sets of facts: built, saved, opened, asked; damaged ones are refused. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

struct maker {
	struct factset *fs;
	struct entry_coder coder;
	struct buf b;
};

static void make(struct maker *m, struct factset *fs)
{
	*m = (struct maker){.fs = fs};
	entry_coder_init(&m->coder);
	buf_init(&m->b, 1 << 20);
}

static void unmake(struct maker *m)
{
	entry_coder_fini(&m->coder);
	buf_fini(&m->b);
}

static int put_entry(struct maker *m, const char *path, enum entry_type type, uint64_t size)
{
	struct entry en = {.path = bytes_str(path), .type = type, .size = size, .mode = 0644};
	struct err e;
	buf_reset(&m->b);
	entry_encode(&m->coder, &m->b, &en);
	return factset_put(m->fs, FACT_ENTRY, buf_bytes(&m->b), &e);
}

static void put_package(struct maker *m, const char *name)
{
	struct fact_package f = {
		.head = {B("dpkg"), B("s")},
                  .name = bytes_str(name)
        };
	buf_reset(&m->b);
	fact_encode_package(&m->b, &f);
	CHECK(factset_put(m->fs, FACT_PACKAGE, buf_bytes(&m->b), NULL) == 0);
}

static void put_owned(struct maker *m, const char *file, const char *package)
{
	struct fact_owned f = {
		.head = {B("dpkg"), B("s")},
		.package = bytes_str(package),
		.file = bytes_str(file)
        };
	buf_reset(&m->b);
	fact_encode_owned(&m->b, &f);
	CHECK(factset_put(m->fs, FACT_OWNED, buf_bytes(&m->b), NULL) == 0);
}

static void put_carry(struct maker *m)
{
	struct fact_carry f = {
		.head = {B("rpm"), B("wal")},
                  .content = B("bytes")
        };
	buf_reset(&m->b);
	fact_encode_carry(&m->b, &f);
	CHECK(factset_put(m->fs, FACT_CARRY, buf_bytes(&m->b), NULL) == 0);
}

static struct factset_meta meta_of(const struct factset *fs)
{
	(void)fs;
	return (struct factset_meta){.digest = digest_of(B("layer")),
	                             .diff_id = digest_of(B("plain")),
	                             .size = 5,
	                             .plain_size = UINT64_MAX,
	                             .entries = 103,
	                             .confinement = 15};
}

/* 100 files in ten folders, and what whiteouts do. */
static struct factset *sample(void)
{
	struct factset *fs = factset_new();
	struct maker m;
	make(&m, fs);
	int rc = 0;
	put_package(&m, "one");
	for (unsigned i = 0; i < 100; i++) {
		char path[64];
		snprintf(path, sizeof path, "dir%u/file%u", i / 10, i);
		rc |= put_entry(&m, path, ENTRY_FILE, i);
	}
	put_owned(&m, "shared", "first");
	put_owned(&m, "dir0/file1", "second");
	put_owned(&m, "shared", "second");
	put_carry(&m);
	put_owned(&m, "shared", "third");
	rc |= put_entry(&m, "dir1/file11", ENTRY_FILE, 1111);
	rc |= put_entry(&m, "gone", ENTRY_WHITEOUT, 0);
	rc |= put_entry(&m, "both", ENTRY_FILE, 9);
	rc |= put_entry(&m, "both", ENTRY_WHITEOUT, 0);
	rc |= put_entry(&m, "opaque", ENTRY_DIR, 0);
	rc |= put_entry(&m, "opaque", ENTRY_OPAQUE, 0);
	rc |= put_entry(&m, "mark", ENTRY_OPAQUE, 0);
	put_package(&m, "two");
	CHECK(rc == 0);
	struct factset_meta meta = meta_of(fs);
	factset_seal(fs, &meta);
	unmake(&m);
	return fs;
}

static void save(const struct factset *fs, struct buf *ret)
{
	struct bytes piece;
	buf_init(ret, 1 << 24);
	for (size_t i = 0; factset_piece(fs, i, &piece); i++)
		buf_add(ret, piece);
}

static bool count_one(void *arg, const struct entry *en)
{
	(void)en;
	++*(size_t *)arg;
	return *(size_t *)arg != 7;
}

static bool count_all(void *arg, const struct entry *en)
{
	(void)en;
	++*(size_t *)arg;
	return true;
}

static size_t count_facts(const struct factset *fs, enum fact_kind kind)
{
	struct fact_iter it = fact_iter(fs, kind);
	struct bytes cbor;
	size_t n = 0;
	while (fact_next(&it, &cbor))
		n += fact_check(kind, cbor);
	return n;
}

static size_t count_owners(const struct factset *fs, struct bytes file)
{
	struct owned_iter it = owned_iter(fs, file);
	struct fact_owned f;
	size_t n = 0;
	while (owned_next(&it, &f))
		n += bytes_eq(f.file, file);
	return n;
}

/* Of three owners of one file, in the order they were put. */
static bool is_in_order(const struct factset *fs)
{
	static const char *const want[] = {"first", "second", "third"};
	struct owned_iter it = owned_iter(fs, B("shared"));
	struct fact_owned f;
	size_t n = 0;
	for (; owned_next(&it, &f) && n < 3; n++) {
		if (!bytes_eq(f.package, bytes_str(want[n])))
			return false;
	}
	return n == 3;
}

static void ask(const struct factset *fs, const char *which)
{
	struct entry en;
	size_t found = 0, n = 0, seven = 0;
	for (unsigned i = 0; i < 100; i++) {
		char path[64];
		snprintf(path, sizeof path, "dir%u/file%u", i / 10, i);
		uint64_t want = i == 11 ? 1111 : i;
		found += factset_find(fs, bytes_str(path), &en) && en.size == want &&
		         en.mode == 0644 && en.path.p == (const uint8_t *)path;
	}
	test_case(found == 100, "%s: every file is found", which);
	test_case(!factset_find(fs, B("dir1"), &en) && !factset_find(fs, B(""), &en) &&
	                  !factset_find(fs, B("dir1/file11x"), &en),
	          "%s: others are not", which);
	test_case(factset_find(fs, B("gone"), &en) && en.type == ENTRY_WHITEOUT &&
	                  factset_opaque(fs, B("gone")),
	          "%s: a whiteout is found and hides what is below", which);
	test_case(factset_find(fs, B("both"), &en) && en.type == ENTRY_FILE && en.size == 9 &&
	                  factset_opaque(fs, B("both")),
	          "%s: an entry comes before a whiteout of its layer", which);
	test_case(factset_find(fs, B("opaque"), &en) && en.type == ENTRY_DIR &&
	                  factset_opaque(fs, B("opaque")) && !factset_opaque(fs, B("dir1")),
	          "%s: an opaque folder", which);
	test_case(!factset_find(fs, B("mark"), &en) && factset_opaque(fs, B("mark")),
	          "%s: a lone opaque mark is no entry", which);
	factset_entries(fs, count_all, &n);
	factset_entries(fs, count_one, &seven);
	test_case(n == 107 && seven == 7, "%s: iteration, and its early end", which);
	test_case(count_facts(fs, FACT_PACKAGE) == 2 && count_facts(fs, FACT_OWNED) == 4 &&
	                  count_facts(fs, FACT_CARRY) == 1 && count_facts(fs, FACT_OS) == 0,
	          "%s: facts by kind", which);
	test_case(count_owners(fs, B("dir0/file1")) == 1 && count_owners(fs, B("dir0")) == 0 &&
	                  count_owners(fs, B("dir0/file2")) == 0 && is_in_order(fs),
	          "%s: who owns a file", which);
	test_case(factset_may_have(fs, B("dir0")) && factset_may_have(fs, B("gone")) &&
	                  !factset_may_have(fs, B("dir")) && !factset_may_have(fs, B("file1")),
	          "%s: what lies in the root", which);
	const struct factset_meta *meta = factset_meta(fs);
	struct factset_meta want = meta_of(fs);
	test_case(digest_eq(&meta->digest, &want.digest) &&
	                  digest_eq(&meta->diff_id, &want.diff_id) && meta->size == 5 &&
	                  meta->plain_size == UINT64_MAX && meta->confinement == 15,
	          "%s: meta", which);
	CHECK(factset_is_sound(fs) && factset_check(fs, true, NULL) == 0);
}

/* Opens and asks everything: true when some check refused the image. */
static bool is_refused(struct bytes image)
{
	struct factset *fs;
	struct entry en;
	size_t n = 0;
	if (factset_open(image, &fs, NULL))
		return true;
	factset_find(fs, B("dir1/file11"), &en);
	factset_opaque(fs, B("mark"));
	factset_entries(fs, count_all, &n);
	count_facts(fs, FACT_OWNED);
	count_facts(fs, FACT_CARRY);
	count_owners(fs, B("dir0/file1"));
	bool is = !factset_is_sound(fs) && factset_check(fs, true, NULL);
	factset_free(fs);
	return is;
}

static void test_damage(const struct buf *image)
{
	AUTO_FREE uint8_t *copy = mem_alloc(image->n + 8);
	size_t flips = 0, cuts = 0, steps = 0;
	for (size_t i = 0; i < image->n; i++, steps++) {
		memcpy(copy, image->p, image->n);
		copy[i] ^= (uint8_t)(1u << i % 8);
		flips += is_refused(bytes_of(copy, image->n));
		cuts += is_refused(bytes_of(image->p, i));
	}
	test_case(flips == steps, "a flipped bit anywhere is refused (%zu of %zu)", flips, steps);
	test_case(cuts == steps, "a cut anywhere is refused (%zu of %zu)", cuts, steps);
	memcpy(copy, image->p, image->n);
	memset(copy + image->n, 0, 8);
	CHECK(is_refused(bytes_of(copy, image->n + 8)));
}

static void test_schema(const struct buf *image)
{
	static const struct {
		uint32_t schema;
		enum err_kind want;
	} rows[] = {
		{0,               ERR_FORMAT     },
                {FACT_SCHEMA + 1, ERR_UNSUPPORTED},
                {UINT32_MAX,      ERR_UNSUPPORTED}
        };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct factset *fs;
		struct err e = {.kind = ERR_NONE};
		AUTO_FREE uint8_t *copy = mem_alloc(image->n);
		memcpy(copy, image->p, image->n);
		memcpy(copy + 8, &rows[i].schema, 4);
		int rc = factset_open(bytes_of(copy, image->n), &fs, &e);
		test_case(rc == -1 && e.kind == rows[i].want, "schema %u", rows[i].schema);
	}
}

static void test_limits(void)
{
	struct maker m;
	make(&m, factset_new_limited(1 << 20, 3));
	CHECK(!put_entry(&m, "a", ENTRY_FILE, 0) && !put_entry(&m, "b", ENTRY_FILE, 0) &&
	      !put_entry(&m, "c", ENTRY_FILE, 0));
	CHECK(put_entry(&m, "d", ENTRY_FILE, 0) == -1);
	factset_free(m.fs);
	unmake(&m);
	make(&m, factset_new_limited(30, 30));
	CHECK(put_entry(&m, "a", ENTRY_FILE, 0) == 0);
	CHECK(put_entry(&m, "b", ENTRY_FILE, 0) == -1);
	factset_free(m.fs);
	unmake(&m);

	struct err e;
	struct factset *fs = factset_new();
	AUTO_BUF struct buf big;
	buf_init(&big, (size_t)FACT_MAX + 64);
	struct fact_carry f = {
		.head = {B("i"), B("p")}
        };
	AUTO_FREE uint8_t *zeros = mem_zalloc((size_t)FACT_MAX);
	f.content = bytes_of(zeros, (size_t)FACT_MAX - 13);
	CHECK(fact_encode_carry(&big, &f) == 0 && big.n == (size_t)FACT_MAX);
	CHECK(factset_put(fs, FACT_CARRY, buf_bytes(&big), &e) == 0);
	buf_reset(&big);
	f.content.n++;
	CHECK(fact_encode_carry(&big, &f) == 0 && big.n == (size_t)FACT_MAX + 1);
	CHECK(factset_put(fs, FACT_CARRY, buf_bytes(&big), &e) == -1 && e.kind == ERR_LIMIT);
	factset_free(fs);
}

/* The same folder over and over: an entry of a block begins with its path or shares all of it. */
static void test_entries_max(void)
{
	struct factset *fs = factset_new();
	struct bytes alone = B("\xa1\x02\x41p"), same = B("\xa1\x01\x01");
	struct err e = {.kind = ERR_NONE};
	int rc = 0;
	for (int64_t i = 0; i < ENTRIES_MAX && !rc; i++)
		rc = factset_put(fs, FACT_ENTRY, i % ENTRY_BLOCK_LEN ? same : alone, &e);
	test_case(rc == 0, "ENTRIES_MAX entries are taken");
	rc = factset_put(fs, FACT_ENTRY, alone, &e);
	test_case(rc == -1 && e.kind == ERR_LIMIT, "one more is refused");
	factset_free(fs);
}

static void test_liar(void)
{
	static const struct {
		const char *name;
		enum fact_kind kind;
		struct bytes cbor;
	} rows[] = {
		{"kind 0",               (enum fact_kind)0, B("\xa0")             },
		{"kind past the last",   FACT__MAX,         B("\xa0")             },
		{"an empty package",     FACT_PACKAGE,      B("\xa0")             },
		{"no map",               FACT_NOTE,         B("\x01")             },
		{"an entry that climbs", FACT_ENTRY,        B("\xa1\x02\x42..")   },
		{"an entry and more",    FACT_ENTRY,        B("\xa1\x02\x41p\x00")},
		{"nothing",              FACT_OS,           {NULL, 0}             },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct factset *fs = factset_new();
		struct err e = {.kind = ERR_NONE};
		int rc = factset_put(fs, rows[i].kind, rows[i].cbor, &e);
		test_case(rc == -1 && e.kind == ERR_FORMAT, "refused: %s", rows[i].name);
		CHECK(factset_put(fs, FACT_ENTRY, B("\xa1\x02\x41p"), &e) == -1);
		factset_free(fs);
	}
}

static void test_empty(void)
{
	struct factset *fs = factset_new(), *again;
	struct factset_meta meta = {.size = 1};
	factset_seal(fs, &meta);
	AUTO_BUF struct buf image;
	save(fs, &image);
	struct entry en;
	CHECK(!factset_find(fs, B(""), &en) && !factset_opaque(fs, B("")));
	CHECK(factset_open(buf_bytes(&image), &again, NULL) == 0);
	CHECK(!factset_find(again, B("x"), &en) && factset_check(again, true, NULL) == 0);
	CHECK(factset_meta(again)->digest.algo == DIGEST_NONE);
	factset_free(again);
	factset_free(fs);
	factset_free(NULL);
}

static bool count_pair(void *arg, const struct entry *later)
{
	(void)later;
	++*(int64_t *)arg;
	return true;
}

/* Files stated twice; folders and whiteouts beside them do not count. */
/* Asked of the set's image, which is found sound. */
static int64_t duplicates_again(const struct factset *fs)
{
	AUTO_BUF struct buf image;
	struct factset *again;
	struct err e;
	int64_t n = 0;
	save(fs, &image);
	if (factset_open(buf_bytes(&image), &again, &e))
		return -1;
	bool is_good = factset_duplicates(again, count_pair, &n) && !factset_check(again, true, &e);
	factset_free(again);
	return is_good ? n : -1;
}

static void duplicates(void)
{
	static const struct {
		const char *name;
		struct {
			const char *path;
			enum entry_type type;
		} v[4];
		int64_t want;
	} cases[] = {
		{"none",                  {{"a", ENTRY_FILE}, {"b", ENTRY_FILE}},                       0},
		{"a file twice",          {{"a", ENTRY_FILE}, {"b", ENTRY_FILE}, {"a", ENTRY_FILE}},    1},
		{"three times",           {{"a", ENTRY_FILE}, {"a", ENTRY_SYMLINK}, {"a", ENTRY_FILE}}, 2},
		{"folders",               {{"a", ENTRY_DIR}, {"a", ENTRY_DIR}},                         0},
		{"a link, then a folder", {{"a", ENTRY_SYMLINK}, {"a", ENTRY_DIR}},                     1},
		{"a whiteout beside it",  {{"a", ENTRY_WHITEOUT}, {"a", ENTRY_FILE}},                   0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct maker m;
		make(&m, factset_new());
		for (size_t k = 0; k < 4 && cases[i].v[k].path; k++)
			put_entry(&m, cases[i].v[k].path, cases[i].v[k].type, 0);
		factset_seal(m.fs, &(struct factset_meta){.size = 0});
		int64_t n = 0;
		bool is_all = factset_duplicates(m.fs, count_pair, &n);
		test_case(is_all && n == cases[i].want, "duplicates: %s", cases[i].name);
		test_case(duplicates_again(m.fs) == n, "duplicates, read again: %s", cases[i].name);
		factset_free(m.fs);
		unmake(&m);
	}
	for (int64_t more = 0; more < 2; more++) {
		struct maker m;
		int64_t n = 0;
		make(&m, factset_new());
		for (int64_t k = 0; k < DUPLICATES_MAX + 1 + more; k++)
			put_entry(&m, "a", ENTRY_FILE, 0);
		factset_seal(m.fs, &(struct factset_meta){.size = 0});
		CHECK(factset_duplicates(m.fs, count_pair, &n) == (more == 0));
		CHECK(n == DUPLICATES_MAX);
		factset_free(m.fs);
		unmake(&m);
	}
}

/* Names of the root are kept as far as there is room; past that any may be there. */
static void tops(void)
{
	for (unsigned n = 63; n <= 65; n++) { /* four bytes each, of 256 */
		struct maker m;
		make(&m, factset_new());
		for (unsigned i = 0; i < n; i++) {
			char path[16];
			snprintf(path, sizeof path, "t%02u/x", i);
			CHECK(put_entry(&m, path, ENTRY_FILE, 0) == 0);
		}
		factset_seal(m.fs, &(struct factset_meta){.size = 0});
		test_case(factset_may_have(m.fs, B("t00")) &&
		                  factset_may_have(m.fs, B("other")) == (n == 65),
		          "%u folders in the root", n);
		factset_free(m.fs);
		unmake(&m);
	}
}

/* Facts of a path are taken back; notes, entries and facts of other paths stay. */
static void forget(void)
{
	struct factset *fs = factset_new();
	struct maker m;
	make(&m, fs);
	CHECK(put_entry(&m, "s", ENTRY_FILE, 1) == 0);
	put_package(&m, "old");
	put_owned(&m, "file", "p");
	const struct fact_note note = {
		.head = {B("dpkg"), B("s")},
                  .code = B("c"), .text = B("t")
        };
	buf_reset(&m.b);
	fact_encode_note(&m.b, &note);
	CHECK(factset_put(fs, FACT_NOTE, buf_bytes(&m.b), NULL) == 0);
	factset_forget(fs, B("other"));
	factset_forget(fs, B("s"));
	put_package(&m, "new");
	struct factset_meta meta = meta_of(fs);
	factset_seal(fs, &meta);
	struct fact_iter it = fact_iter(fs, FACT_PACKAGE);
	struct fact_package p;
	struct bytes cbor;
	CHECK(fact_next(&it, &cbor) && fact_decode_package(cbor, &p) && bytes_eq(p.name, B("new")));
	CHECK(!fact_next(&it, &cbor));
	it = fact_iter(fs, FACT_OWNED);
	CHECK(!fact_next(&it, &cbor));
	it = fact_iter(fs, FACT_NOTE);
	CHECK(fact_next(&it, &cbor) && !fact_next(&it, &cbor));
	struct entry en;
	CHECK(factset_find(fs, B("s"), &en));
	unmake(&m);
	factset_free(fs);
}

int main(void)
{
	struct factset *fs = sample(), *twin = sample(), *opened;
	AUTO_BUF struct buf image, second, third;
	save(fs, &image);
	save(twin, &second);
	ask(fs, "sealed");
	CHECK(bytes_eq(buf_bytes(&image), buf_bytes(&second)));
	CHECK(image.n % 8 == 0);
	CHECK(factset_open(buf_bytes(&image), &opened, NULL) == 0);
	ask(opened, "opened");
	save(opened, &third);
	CHECK(bytes_eq(buf_bytes(&image), buf_bytes(&third)));
	factset_free(opened);
	factset_free(fs);
	factset_free(twin);
	test_damage(&image);
	test_schema(&image);
	test_limits();
	test_entries_max();
	test_liar();
	test_empty();
	duplicates();
	tops();
	forget();
	return TEST_END();
}
