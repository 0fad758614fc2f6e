/* SPDX-License-Identifier: Apache-2.0 */
/* entry.c - the coding of entries: round trips, and paths that no worker may state. */
#include "model/model.h"

#include <string.h>

#include "test.h"

/* clang-format off */
static const struct entry rows[] = {
	{.path = B(""), .type = ENTRY_DIR, .mode = 0755},
	{.path = B("usr"), .type = ENTRY_DIR, .mode = 0755},
	{.path = B("usr/bin/passwd"), .mode = 04755, .size = UINT64_MAX, .caps = B("\1\0\0")},
	{.path = B("usr/bin/passwd2"), .type = ENTRY_HARDLINK, .link = B("usr/bin/passwd")},
	{.path = B("usr/bin/pass"), .type = ENTRY_SYMLINK, .link = B("../../../x")},
	{.path = B("usr/bin"), .type = ENTRY_OPAQUE},
	{.path = B("usr/binary"), .type = ENTRY_WHITEOUT},
	{.path = B("dev/sda"), .type = ENTRY_BLOCK, .dev_major = 8, .dev_minor = UINT32_MAX},
	{.path = B("...\xff\n"), .uid = UINT32_MAX, .gid = 7, .oddities = ENTRY_ODD_NOT_UTF8},
	{.path = B("e"), .type = ENTRY_HARDLINK, .link = B("../x"), .oddities = ENTRY_ODD_LINK_OUT},
};
/* clang-format on */

static bool same(const struct entry *a, const struct entry *b)
{
	return bytes_eq(a->path, b->path) && a->type == b->type && a->mode == b->mode &&
	       a->uid == b->uid && a->gid == b->gid && a->size == b->size &&
	       bytes_eq(a->link, b->link) && a->dev_major == b->dev_major &&
	       a->dev_minor == b->dev_minor && bytes_eq(a->caps, b->caps) &&
	       a->oddities == b->oddities;
}

static void test_round(void)
{
	struct entry_coder out, in;
	entry_coder_init(&out);
	entry_coder_init(&in);
	AUTO_BUF struct buf b;
	buf_init(&b, 4096);
	for (size_t i = 0; i < 40; i++) {
		const struct entry *en = &rows[i % ARRAY_LEN(rows)];
		struct entry got;
		buf_reset(&b);
		bool is_good = entry_encode(&out, &b, en) == 0 &&
		               entry_decode(&in, buf_bytes(&b), &got) && same(en, &got);
		test_case(is_good, "round trip %zu: %.*s", i, BYTES_FMT(en->path));
	}
	entry_coder_fini(&out);
	entry_coder_fini(&in);
}

/* Entry n of those, after all before it were passed over. */
static bool passes(size_t n)
{
	struct entry_coder out, in;
	struct entry got;
	entry_coder_init(&out);
	entry_coder_init(&in);
	AUTO_BUF struct buf b;
	buf_init(&b, 4096);
	bool is_good = true;
	for (size_t i = 0; i <= n; i++)
		is_good &= entry_encode(&out, &b, &rows[i % ARRAY_LEN(rows)]) == 0;
	struct cbor r = cbor_of(buf_bytes(&b));
	for (size_t i = 0; i < n; i++)
		is_good &= entry_pass(&in, &r);
	is_good &= entry_decode_next(&in, &r, &got) && same(&rows[n % ARRAY_LEN(rows)], &got);
	entry_coder_fini(&out);
	entry_coder_fini(&in);
	return is_good && !r.rest.n;
}

/* Two entries: a path that need not be clean, passed over or not, and one coded against it. */
static bool follows(struct bytes first, bool is_passed)
{
	struct entry_coder c;
	struct entry en;
	AUTO_BUF struct buf b;
	buf_init(&b, 64);
	struct cbor_map m;
	cbor_open(&m, &b);
	cbor_put_bytes(&m, 2, first);
	cbor_close(&m);
	cbor_open(&m, &b);
	cbor_put_uint(&m, 1, first.n);
	cbor_put_bytes(&m, 2, B("c"));
	cbor_close(&m);
	struct cbor r = cbor_of(buf_bytes(&b));
	entry_coder_init(&c);
	bool is = (is_passed ? entry_pass(&c, &r) : entry_decode_next(&c, &r, &en)) &&
	          entry_decode_next(&c, &r, &en);
	entry_coder_fini(&c);
	return is;
}

static void test_pass(void)
{
	struct entry_coder c;
	for (size_t n = 0; n < 2 * ENTRY_BLOCK_LEN + 1; n++)
		test_case(passes(n), "entry %zu behind passed ones", n);
	CHECK(follows(B("a/b"), true) && follows(B("a/b"), false));
	CHECK(!follows(B("a//b"), true) && !follows(B("../b"), true) && !follows(B("a//b"), false));
	entry_coder_init(&c);
	struct cbor r = cbor_of(B("\xa1\x01\x01"));
	CHECK(!entry_pass(&c, &r)); /* shares with nothing */
	r = cbor_of(B("\xa1\x02\x45x"));
	CHECK(!entry_pass(&c, &r)); /* cut short */
	entry_coder_fini(&c);
}

/* One entry that stands alone. */
static bool decodes(struct bytes cbor)
{
	struct entry_coder c;
	struct entry en;
	entry_coder_init(&c);
	bool is = entry_decode(&c, cbor, &en);
	entry_coder_fini(&c);
	return is;
}

static bool path_decodes(struct bytes path)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 65536);
	struct cbor_map m;
	cbor_open(&m, &b);
	cbor_put_bytes(&m, 2, path);
	cbor_close(&m);
	return decodes(buf_bytes(&b));
}

static const struct {
	struct bytes path;
	bool is_good;
} paths[] = {
	{B("a"),                true },
        {B("a/b.c/..d/.e/..."), true },
	{B("/a"),               false},
        {B("a/"),               false},
	{B("a//b"),             false},
        {B("."),                false},
	{B(".."),               false},
        {B("a/../b"),           false},
	{B("a/./b"),            false},
        {B("a/.."),             false},
	{B("a\0b"),             false},
        {B("/"),                false},
};

static void test_long(void)
{
	static uint8_t p[4096 + 1];
	memset(p, 'a', sizeof p);
	CHECK(path_decodes(bytes_of(p, PATH_LEN_MAX)));
	CHECK(!path_decodes(bytes_of(p, PATH_LEN_MAX + 1)));
	for (size_t i = 1; i < sizeof p; i += 2)
		p[i] = '/';
	CHECK(path_decodes(bytes_of(p, (size_t)PATH_DEPTH_MAX * 2 - 1)));
	CHECK(!path_decodes(bytes_of(p, (size_t)PATH_DEPTH_MAX * 2 + 1)));
}

int main(void)
{
	test_round();
	test_pass();
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		test_case(path_decodes(paths[i].path) == paths[i].is_good, "path %zu: %.*s", i,
		          BYTES_FMT(paths[i].path));
	test_long();
	CHECK(decodes(B("\xa0")));
	CHECK(!decodes(B("\xa1\x01\x01")));                          /* shares with nothing */
	CHECK(decodes(B("\xa2\x02\x41p\x03\x08")));                  /* the last type */
	CHECK(!decodes(B("\xa2\x02\x41p\x03\x09")));                 /* one past it */
	CHECK(decodes(B("\xa2\x02\x41p\x04\x19\x0f\xff")));          /* mode 07777 */
	CHECK(!decodes(B("\xa2\x02\x41p\x04\x19\x10\x00")));         /* mode 010000 */
	CHECK(!decodes(B("\xa3\x02\x41p\x03\x03\x08\x42..")));       /* hard link that climbs */
	CHECK(!decodes(B("\xa2\x02\x41p\x05\x1b\0\0\0\1\0\0\0\0"))); /* uid of 33 bits */
	for (int i = 0; i < ENTRY__MAX; i++)
		CHECK(entry_type_name((enum entry_type)i) != NULL);
	return TEST_END();
}
