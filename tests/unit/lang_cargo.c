/* SPDX-License-Identifier: Apache-2.0 */
/* lang_cargo.c - lists of crates in ELF files made here; the inspector that finds them. */
#include "inspect/inspect.h"
#include "inspect/state.h"
#include "lib/facts.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define LIST                                                                                       \
	"{\"packages\":[{\"name\":\"a\",\"version\":\"1.0.0\"},"                                   \
	"{\"name\":\"b\",\"version\":\"2.0.0\",\"kind\":\"build\"},"                               \
	"{\"name\":\"c\",\"version\":\"0.1.0\",\"root\":true}]}"

static void le(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* Header, section, names, three section headers. */
static void make(struct buf *b, struct bytes data, const char *name)
{
	static const char tail[] = "\0.shstrtab";
	size_t names = 1 + strlen(name) + sizeof tail, at = 64 + data.n, table = at + names;
	uint8_t *p = buf_room(b, table + 192);
	memset(p, 0, table + 192);
	memcpy(p,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	le(p + 40, table, 8);
	le(p + 58, 64, 2);
	le(p + 60, 3, 2);
	le(p + 62, 2, 2);
	memcpy(p + 64, data.p, data.n);
	memcpy(p + at + 1, name, strlen(name));
	memcpy(p + at + 1 + strlen(name), tail, sizeof tail);
	le(p + table + 64, 1, 4);
	le(p + table + 64 + 24, 64, 8);
	le(p + table + 64 + 32, data.n, 8);
	le(p + table + 128, strlen(name) + 2, 4);
	le(p + table + 128 + 24, at, 8);
	le(p + table + 128 + 32, names, 8);
	b->n += table + 192;
}

static void list(void *arg, const struct lang_package *p)
{
	buf_addf(arg, "%.*s@%.*s\n", BYTES_FMT(p->name), BYTES_FMT(p->version));
}

static void make_packed(struct buf *b, struct bytes plain, const char *name)
{
	AUTO_BUF struct buf packed;
	buf_init(&packed, (size_t)MIB(16));
	uLongf n = compressBound(plain.n);
	uint8_t *to = buf_room(&packed, n);
	compress2(to, &n, plain.p, plain.n, 9);
	make(b, bytes_of(to, n), name);
}

static void check(const char *what, struct bytes plain, const char *name, int rc, const char *want)
{
	AUTO_BUF struct buf b, out;
	struct err e = {.kind = ERR_NONE};
	buf_init(&b, (size_t)MIB(16));
	buf_init(&out, (size_t)MIB(1));
	make_packed(&b, plain, name);
	int got = lang_cargo_file(buf_bytes(&b), list, &out, &e);
	if (!test_case(got == rc && strcmp(rc < 0 ? e.msg : buf_cstr(&out), want) == 0, "cargo: %s",
	               what))
		printf("# %d %s %s\n", got, e.msg, buf_cstr(&out));
}

static void check_bound(void)
{
	AUTO_BUF struct buf text;
	buf_init(&text, (size_t)MIB(16));
	buf_adds(&text, "{\"packages\":[]}");
	while (text.n < (size_t)CARGO_LIST_MAX)
		buf_addc(&text, ' ');
	check("CARGO_LIST_MAX", buf_bytes(&text), ".dep-v0", 1, "");
	buf_addc(&text, ' ');
	check("one byte more", buf_bytes(&text), ".dep-v0", -1,
	      "list of Rust packages: cut, broken or over 8388608 bytes");
}

static int put(void *arg, enum fact_kind kind, struct bytes cbor, struct err *e)
{
	(void)cbor;
	(void)e;
	buf_adds(arg, kind == FACT_CARRY ? "ask" : "other");
	return 0;
}

/* Does the inspector ask for the file, whatever the pieces? */
static bool asks(struct bytes file, size_t step)
{
	AUTO_BUF struct buf out;
	buf_init(&out, 4096);
	const struct inspector *it = facts_inspector("cargo");
	struct inspect *in = inspect_new(&(struct inspect_sink){.arg = &out, .put = put});
	void *state = mem_zalloc(it->state_size);
	bool wants_more = inspect_piece(in, it, B("x"), state, bytes_slice(file, 0, 64));
	for (size_t at = 64; at < file.n && wants_more; at += step)
		wants_more = inspect_piece(in, it, B("x"), state, bytes_slice(file, at, at + step));
	inspect_piece(in, it, B("x"), state, (struct bytes){NULL, 0});
	inspect_free(in);
	free(state);
	return strcmp(buf_cstr(&out), "ask") == 0;
}

static void check_stream(void)
{
	AUTO_BUF struct buf b, other;
	bool is_always = true, is_never = true;
	buf_init(&b, (size_t)MIB(1));
	buf_init(&other, (size_t)MIB(1));
	make_packed(&b, B(LIST), ".dep-v0");
	make_packed(&other, B(LIST), ".dep-v1");
	for (size_t step = 1; step < 200; step++) {
		is_always &= asks(buf_bytes(&b), step);
		is_never &= !asks(buf_bytes(&other), step);
	}
	test_case(is_always, "cargo: asked for, in pieces of any size");
	test_case(is_never, "cargo: no such section, not asked for");
	b.p[1] = 'X';
	test_case(!asks(buf_bytes(&b), 100), "cargo: no ELF file");
}

int main(void)
{
	check("a list, without what only the compiler ran", B(LIST), ".dep-v0", 1,
	      "a@1.0.0\nc@0.1.0\n");
	check("another section", B(LIST), ".dep-v1", 0, "");
	check("no packages", B("{}"), ".dep-v0", -1, "list of Rust packages: no packages");
	check("a package without version", B("{\"packages\":[{\"name\":\"a\"}]}"), ".dep-v0", -1,
	      "list of Rust packages: package 0: the package has no version");
	check_bound();
	check_stream();
	AUTO_BUF struct buf b, out;
	struct err e;
	buf_init(&b, (size_t)MIB(1));
	buf_init(&out, (size_t)MIB(1));
	make_packed(&b, B(LIST), ".dep-v0");
	bool is_none = true;
	for (size_t n = 0; n < b.n; n++)
		is_none &= lang_cargo_file(bytes_of(b.p, n), list, &out, &e) <= 0;
	test_case(is_none, "cargo: cut anywhere");
	buf_reset(&b);
	make(&b, B("not a zlib stream"), ".dep-v0");
	test_case(lang_cargo_file(buf_bytes(&b), list, &out, &e) < 0, "cargo: no zlib stream");
	return TEST_END();
}
