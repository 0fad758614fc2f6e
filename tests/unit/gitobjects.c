/* SPDX-License-Identifier: Apache-2.0 */
/* Packs and loose objects of git: what is given of them, and each way to be broken. */
#include "fmt/fmt.h"

#include <string.h>
#include <zlib.h>

#include "test.h"

struct seen {
	struct buf text; /* "KIND@AT{DATA}" of each object */
	bool is_stopped; /* at the first byte */
};

static int on_object(void *arg, const char *kind, uint64_t at, struct err *e)
{
	struct seen *s = arg;
	(void)e;
	buf_addf(&s->text, "%s@%llu{", kind, (unsigned long long)at);
	return 0;
}

static int on_data(void *arg, struct bytes piece, struct err *e)
{
	struct seen *s = arg;
	buf_add(&s->text, piece);
	return s->is_stopped ? err_set(e, ERR_LIMIT, "enough") : 0;
}

static int on_end(void *arg, struct err *e)
{
	struct seen *s = arg;
	(void)e;
	buf_addc(&s->text, '}');
	return 0;
}

static void pack(struct buf *b, struct bytes plain)
{
	uint8_t out[4096];
	uLongf n = sizeof out;
	CHECK(compress(out, &n, plain.p ? plain.p : out, (uLong)plain.n) == Z_OK);
	buf_add(b, bytes_of(out, n));
}

/* What there is in it, or "- WHY"; once in a piece and once byte by byte. */
static const char *read_all(struct seen *s, enum git_form form, struct bytes in, size_t step,
                            uint64_t max)
{
	const struct git_events ev = {s, on_object, on_data, on_end};
	struct git_objects *g = git_objects_new(form, &ev, max);
	struct err e;
	int rc = 0;
	buf_reset(&s->text);
	while (in.n && rc == 0) {
		rc = git_objects_push(g, bytes_slice(in, 0, MIN_OF(step, in.n)), &e);
		in = bytes_skip(in, MIN_OF(step, in.n));
	}
	if (rc == 0)
		rc = git_objects_end(g, &e);
	git_objects_free(g);
	if (rc < 0) {
		buf_reset(&s->text);
		buf_addf(&s->text, "- %s", e.msg);
	}
	return buf_cstr(&s->text);
}

/* An object of a pack: head, and what is packed behind it. */
struct object {
	struct bytes head, plain;
};
#define DIGEST "12345678901234567890"
#define ONE    B("PACK\0\0\0\2\0\0\0\1")
#define OBJ(h, p)                                                                                  \
	{                                                                                          \
		{                                                                                  \
			B(h), B(p)                                                                 \
		}                                                                                  \
	}

/* clang-format off */
static const struct {
	const char *name;
	struct bytes head;
	struct object v[2];
	const char *want; /* or how it begins */
} packs[] = {
	{"nothing", B("PACK\0\0\0\2\0\0\0\0"), {{.head = {NULL, 0}}}, ""},
	{"a blob", ONE, OBJ("\x33", "abc"), "blob@12{abc}"},
	{"a tree is gone over", B("PACK\0\0\0\3\0\0\0\2"), {{B("\x21"), B("t")}, {B("\x13"), B("abc")}}, "commit@22{abc}"},
	{"a size of two bytes", ONE, OBJ("\xb4\x01", "abcdefghijklmnopqrst"), "blob@12{abcdefghijklmnopqrst}"},
	{"a tag that is empty", ONE, OBJ("\x40", ""), "tag@12{}"},
	{"a delta by offset: copies part what it inserts", ONE, OBJ("\x6f\x81\x01", "\x85\x01\x09\x02hi\x93\x01\x02\x03\x03yes\x80"), "delta@12{hi\nyes}"},
	{"a delta by digest", ONE, OBJ("\x74" DIGEST, "\x01\x01\x01h"), "delta@12{h}"},
	{"a delta that begins with a copy", ONE, OBJ("\x67\x01", "\x01\x01\x91\x01\x02\x01h"), "delta@12{\nh}"},
	{"an operand of a copy is missing", ONE, OBJ("\x64\x01", "\x01\x01\x91\x01"), "- git objects: an object is shorter"},
	{"an instruction of a delta that is cut", ONE, OBJ("\x64\x01", "\x01\x01\x04h"), "- git objects: an object is shorter"},
	{"an instruction that is reserved", ONE, OBJ("\x64\x01", "\x01\x01\x00h"), "- git objects: an instruction"},
	{"longer than it says", ONE, OBJ("\x32", "abc"), "- git objects: an object is longer"},
	{"shorter", ONE, OBJ("\x34", "abc"), "- git objects: an object is shorter"},
	{"an object is missing", B("PACK\0\0\0\2\0\0\0\2"), OBJ("\x33", "abc"), "- git objects: they are cut short"},
	{"a type that there is not", ONE, OBJ("\x53", "abc"), "- git objects: no type"},
	{"a type of none", ONE, OBJ("\x03", "abc"), "- git objects: no type"},
	{"a size without end", ONE, OBJ("\xb3\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "abc"), "- git objects: a size without end"},
	{"an offset without end", ONE, OBJ("\x63\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "abc"), "- git objects: an offset without end"},
	{"a head that is cut", B("PACK\0\0\0\2\0\0"), {{.head = {NULL, 0}}}, "- git objects: they are cut short"},
	{"empty", B(""), {{.head = {NULL, 0}}}, "- git objects: they are cut short"},
};

static const struct {
	const char *name;
	struct bytes plain;
	const char *want;
} loose[] = {
	{"a blob", B("blob 3\0abc"), "blob@0{abc}"},
	{"a commit", B("commit 2\0ab"), "commit@0{ab}"},
	{"a tag", B("tag 0\0"), "tag@0{}"},
	{"a tree is gone over", B("tree 3\0abc"), ""},
	{"longer than it says", B("blob 2\0abc"), "- git objects: an object is longer"},
	{"shorter", B("blob 4\0abc"), "- git objects: an object is shorter"},
	{"a kind that there is not", B("blub 3\0abc"), "- git objects: no kind"},
	{"no size", B("blob \0abc"), "- git objects: no kind"},
	{"no end of the head", B("blob 3"), "- git objects: an object is shorter"},
	{"empty", B(""), "- git objects: an object is shorter"},
};
/* clang-format on */

static void compare(struct seen *s, enum git_form form, struct bytes in, const char *name,
                    const char *want)
{
	for (size_t step = 1; step < 100; step += 98) {
		const char *have = read_all(s, form, in, step, (uint64_t)1 << 20);
		size_t n = want[0] == '-' ? strlen(want) : strlen(have) + 1;
		test_case(strncmp(have, want, n) == 0, "%s, %zu at a time: %s", name, step, have);
	}
}

static void of_packs(struct seen *s)
{
	for (size_t i = 0; i < ARRAY_LEN(packs); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 1 << 16);
		buf_add(&b, packs[i].head);
		for (size_t k = 0; k < ARRAY_LEN(packs[i].v) && packs[i].v[k].head.p; k++) {
			buf_add(&b, packs[i].v[k].head);
			pack(&b, packs[i].v[k].plain);
		}
		if (packs[i].want[0] != '-')
			buf_add(&b, B(DIGEST)); /* of the pack */
		compare(s, GIT_PACK, buf_bytes(&b), packs[i].name, packs[i].want);
	}
	compare(s, GIT_PACK, B("PACK\0\0\0\2\0\0\0\1\x33xyz"), "no stream",
	        "- git objects: what is packed is no");
}

static void of_loose(struct seen *s)
{
	char longest[GIT_HEAD_MAX + 9];
	for (size_t i = 0; i < ARRAY_LEN(loose); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 1 << 16);
		pack(&b, loose[i].plain);
		compare(s, GIT_LOOSE, buf_bytes(&b), loose[i].name, loose[i].want);
	}
	for (size_t past = 0; past < 2; past++) { /* GIT_HEAD_MAX: zeros before the size */
		AUTO_BUF struct buf b;
		buf_init(&b, 1 << 16);
		memset(longest, '0', sizeof longest);
		memcpy(longest, "blob ", 5);
		longest[GIT_HEAD_MAX + past] = '\0';
		pack(&b, bytes_of(longest, GIT_HEAD_MAX + past + 1));
		compare(s, GIT_LOOSE, buf_bytes(&b),
		        past ? "GIT_HEAD_MAX and one more" : "GIT_HEAD_MAX",
		        past ? "- git objects: the head" : "blob@0{}");
	}
}

int main(void)
{
	struct seen s = {.is_stopped = false};
	buf_init(&s.text, 1 << 16);
	of_packs(&s);
	of_loose(&s);
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 16);
	pack(&b, B("blob 3\0abc"));
	for (uint64_t max = 9; max < 11; max++)
		CHECK((strncmp(read_all(&s, GIT_LOOSE, buf_bytes(&b), 99, max), "- ", 2) == 0) ==
		      (max < 10));
	s.is_stopped = true;
	CHECK(!strcmp(read_all(&s, GIT_LOOSE, buf_bytes(&b), 99, 99), "- enough"));

	const struct bytes zlib = B("x\x01\x4b"), pack_head = B("PACK\0\0\0\2\0\0\0\1");
#define NAME "0123456789abcdef0123456789abcdef012345"
	CHECK(git_form(B("app/.git/objects/ab/" NAME), zlib) == GIT_LOOSE);
	CHECK(git_form(B("objects/ab/" NAME "0123456789abcdef01234567"), zlib) == GIT_LOOSE);
	CHECK(git_form(B("objects/ab/" NAME), B("x\x02")) == GIT_NONE);
	CHECK(git_form(B("objects/ab/" NAME), B("x")) == GIT_NONE);
	CHECK(git_form(B("objects/ab/" NAME "0"), zlib) == GIT_NONE);
	CHECK(git_form(B("objects/zz/" NAME), zlib) == GIT_NONE);
	CHECK(git_form(B("x/ab/" NAME), zlib) == GIT_NONE);
	CHECK(git_form(B("ab/" NAME), zlib) == GIT_NONE && git_form(B(NAME), zlib) == GIT_NONE);
	CHECK(git_form(B("a.pack"), pack_head) == GIT_PACK);
	CHECK(git_form(B("a.pack"), bytes_slice(pack_head, 0, 7)) == GIT_NONE);
	CHECK(git_form(B("a.pack"), B("PACK\0\0\0\4")) == GIT_NONE);
	buf_fini(&s.text);
	return TEST_END();
}
