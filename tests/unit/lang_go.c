/* SPDX-License-Identifier: Apache-2.0 */
/* lang_go.c - build info of Go binaries: both formats, alone, in a file, in pieces of any size. */
#include "inspect/inspect.h"
#include "inspect/state.h"
#include "lib/facts.h"
#include "test.h"

#include <string.h>

#define START "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6"
#define END   "\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"

static void list(void *arg, const struct lang_package *p)
{
	buf_addf(arg, "%.*s@%.*s\n", BYTES_FMT(p->name), BYTES_FMT(p->version));
}

static void head(struct buf *b, uint8_t ptr, uint8_t flags)
{
	buf_adds(b, "\xff Go buildinf:");
	buf_addc(b, ptr);
	buf_addc(b, flags);
}

static void text(struct buf *b, const char *s, size_t n)
{
	for (size_t left = n; left >= 0x80 || (buf_addc(b, (uint8_t)left), 0); left >>= 7)
		buf_addc(b, (uint8_t)(left | 0x80));
	buf_add(b, bytes_of(s, n));
}

/* Build info of Go 1.18 and later. */
static void inline_info(struct buf *b, const char *go, const char *mod)
{
	AUTO_BUF struct buf m;
	buf_init(&m, (size_t)GO_INFO_MAX);
	buf_adds(&m, START);
	buf_adds(&m, mod);
	buf_add(&m, bytes_of(END, 16));
	head(b, 0, 2);
	buf_add(b, bytes_of("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
	text(b, go, strlen(go));
	text(b, (const char *)m.p, m.n);
}

static const struct {
	const char *what, *go, *mod, *want;
} infos[] = {
	{"modules, a replacement, the library",                    "go1.22.3",
         "path\texample.org/m\nmod\texample.org/m\tv1.0.0\th1:x=\ndep\ta.org/b/v2\tv2.1.0\th1:y=\n"
         "dep\tc.org/d\tv0.1.0\n=>\tfork.org/d\tv0.2.0\th1:z=\nbuild\tCGO_ENABLED=0\n",                                                                       "a.org/b/v2@v2.1.0\nfork.org/d@v0.2.0\nexample.org/m@v1.0.0\nstdlib@1.22.3\n"},
	{"replaced by a folder",				   "go1.20",                  "dep\ta.org/b\tv1.0.0\n=>\t../b\t\t\n",
         "a.org/b@v1.0.0\nstdlib@1.20\n"																								   },
	{"a main module under development, with its revision",     "go1.21.0 X:boringcrypto",
         "mod\tm.org/m\t(devel)\t\nbuild\tvcs.revision=0123456789abcdef\n"
         "build\tvcs.time=2024-05-06T07:08:09Z\n",                                                                                                            "m.org/m@v0.0.0-20240506070809-0123456789ab\nstdlib@1.21.0\n"                },
	{"a version that the linker set",                          "go1.22.1",
         "mod\tm.org/m\t(devel)\t\nbuild\t-ldflags=\"-w -X "
         "main.version=v1.0.0\"\nbuild\tvcs.revision=0123456789abcdef\n"
         "build\tvcs.time=2024-05-06T07:08:09Z\n",                                                                                                            "m.org/m@v1.0.0\nstdlib@1.22.1\n"					    },
	{"the same in quotes, without v, in a package of its own", "go1.22.1",
         "mod\tm.org/m\t(devel)\t\nbuild\t-ldflags=\"-s -X "
         "'m.org/m/cmd/app.Version=1.2.3-rc.1'\"\n",                                                                                                          "m.org/m@v1.2.3-rc.1\nstdlib@1.22.1\n"                                       },
	{"joined",						 "go1.22.1",                "mod\tm.org/m\t(devel)\t\nbuild\t-ldflags=-X=main.ver=1.2.3\n",
         "m.org/m@v1.2.3\nstdlib@1.22.1\n"																								 },
	{"two versions are none",				  "go1.22.1",
         "mod\tm.org/m\t(devel)\t\nbuild\t-ldflags=\"-X main.version=1.0.0 -X "
         "m.org/m.Version=2.0.0\"\n",                                                                                                                         "m.org/m@(devel)\nstdlib@1.22.1\n"					   },
	{"the version of something else, or none at all",          "go1.22.1",
         "mod\tm.org/m\t(devel)\t\nbuild\t-ldflags=\"-X m.org/m.kubectlVersion=1.0.0 -X "
         "o.org/x.Version=1.0.0 -X m.org/mm.Version=1.0.0 "
         "-X main.version=main -X main.version\"\n",                                                                                                          "m.org/m@(devel)\nstdlib@1.22.1\n"					   },
	{"Go's own word stands above it",                          "go1.24.0",
         "mod\tm.org/m\tv1.1.0\t\nbuild\t-ldflags=\"-X main.version=v1.0.0\"\n",                                                                              "m.org/m@v1.1.0\nstdlib@1.24.0\n"					    },
	{"without one",					    "go1.21.0",                "mod\tm.org/m\t(devel)\t\n",
         "m.org/m@(devel)\nstdlib@1.21.0\n"																								},
	{"Go under development",				   "devel go1.23-abc",        "dep\ta.org/b\tv1.0.0\t\n",
         "a.org/b@v1.0.0\n"																										},
	{"no modules",					     "go1.18",                  "",							     "stdlib@1.18\n"							      },
	{"hostile lines",					  "go1.18",
         "dep\ndep\t\t\t\n=>\ndep\ta\033[31m\tv1\n\t\t\t\nmod\nbuild\n\n",										    "stdlib@1.18\n"                                                              },
};

static void check_infos(void)
{
	for (size_t i = 0; i < ARRAY_LEN(infos); i++) {
		AUTO_BUF struct buf b, out;
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, (size_t)MIB(1));
		buf_init(&out, (size_t)MIB(1));
		inline_info(&b, infos[i].go, infos[i].mod);
		int rc = lang_go_info(buf_bytes(&b), list, &out, &e);
		if (!test_case(rc == 1 && strcmp(buf_cstr(&out), infos[i].want) == 0, "go: %s",
		               infos[i].what))
			printf("# %d %s %s\n", rc, e.msg, buf_cstr(&out));
		/* cut anywhere it is no build info, and says that more is needed */
		bool is_short = true;
		for (size_t n = 0; n < b.n; n++)
			is_short &= lang_go_need(bytes_of(b.p, n)) > (ssize_t)n &&
			            lang_go_info(bytes_of(b.p, n), list, &out, &e) < 0;
		test_case(is_short, "go: %s, cut anywhere", infos[i].what);
	}
}

static void check_need(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(1));
	head(&b, 8, 0);
	buf_add(&b, bytes_of(START END, 16));
	test_case(lang_go_need(buf_bytes(&b)) == -1, "go: pointers");
	b.p[14] = 3;
	test_case(lang_go_need(buf_bytes(&b)) == 0, "go: pointers of 3 bytes");
	b.p[15] = 2;
	text(&b,
	     START START START START START START START START START START START START START START
	             START START START,
	     257);
	test_case(lang_go_need(buf_bytes(&b)) == 0, "go: a version of 257 bytes");
	b.n = 32;
	text(&b, "go1.18", 6);
	buf_add(&b, bytes_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11));
	test_case(lang_go_need(buf_bytes(&b)) == 0, "go: a length that never ends");
	b.n = 39;
	uint64_t most = (uint64_t)GO_INFO_MAX - 256 - 64;
	const uint8_t at[] = {(uint8_t)(most | 0x80), (uint8_t)(most >> 7 | 0x80),
	                      (uint8_t)(most >> 14 | 0x80), (uint8_t)(most >> 21)};
	buf_add(&b, bytes_of(at, 4));
	test_case(lang_go_need(buf_bytes(&b)) == (ssize_t)(43 + most), "go: GO_INFO_MAX");
	b.p[39]++;
	test_case(lang_go_need(buf_bytes(&b)) == 0, "go: one byte more");
}

/* A 64-bit ELF file with one segment that maps all of it at 0x1000: Go 1.17. */
static void put64(uint8_t *p, uint64_t v)
{
	for (size_t i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void old_file(uint8_t p[512])
{
	static const char mod[] = START "dep\ta.org/b\tv1.2.3\t\n" END;
	memset(p, 0, 512);
	memcpy(p,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	put64(p + 32, 64);
	p[54] = 56;
	p[56] = 1;
	p[64] = 1; /* PT_LOAD */
	put64(p + 64 + 16, 0x1000);
	put64(p + 64 + 32, 512);
	memcpy(p + 128, "\xff Go buildinf:\x08", 15);
	put64(p + 144, 0x1000 + 160);
	put64(p + 152, 0x1000 + 176);
	put64(p + 160, 0x1000 + 200);
	put64(p + 168, 6);
	put64(p + 176, 0x1000 + 208);
	put64(p + 184, sizeof mod - 1);
	memcpy(p + 200, "go1.17", 6);
	memcpy(p + 208, mod, sizeof mod - 1);
}

static void check_file(void)
{
	uint8_t p[512];
	AUTO_BUF struct buf out;
	struct err e;
	buf_init(&out, (size_t)MIB(1));
	old_file(p);
	int rc = lang_go_file(bytes_of(p, sizeof p), list, &out, &e);
	test_case(rc == 1 && strcmp(buf_cstr(&out), "a.org/b@v1.2.3\nstdlib@1.17\n") == 0,
	          "go: a file of Go 1.17");
	old_file(p);
	put64(p + 168, UINT64_MAX);
	test_case(lang_go_file(bytes_of(p, sizeof p), list, &out, &e) < 0,
	          "go: a length past the file");
	old_file(p);
	put64(p + 144, UINT64_MAX - 3);
	test_case(lang_go_file(bytes_of(p, sizeof p), list, &out, &e) < 0,
	          "go: a pointer to nowhere");
	old_file(p);
	put64(p + 32, UINT64_MAX);
	test_case(lang_go_file(bytes_of(p, sizeof p), list, &out, &e) == 0 || e.kind == ERR_FORMAT,
	          "go: program headers past the file");
	bool is_calm = true;
	for (size_t n = 0; n < sizeof p; n++) {
		old_file(p);
		is_calm &= lang_go_file(bytes_of(p, n), list, &out, &e) <= 1;
	}
	test_case(is_calm, "go: a file cut anywhere");
	test_case(lang_go_file(B("\x7f"
	                         "ELF"),
	                       list, &out, &e) == 0,
	          "go: no build info");
}

static int put(void *arg, enum fact_kind kind, struct bytes cbor, struct err *e)
{
	struct fact_package f;
	struct fact_carry c;
	(void)e;
	if (kind == FACT_PACKAGE && fact_decode_package(cbor, &f))
		buf_addf(arg, "%.*s %.*s@%.*s\n", BYTES_FMT(f.type), BYTES_FMT(f.name),
		         BYTES_FMT(f.version));
	else if (kind == FACT_CARRY && fact_decode_carry(cbor, &c))
		buf_addf(arg, "ask %.*s\n", BYTES_FMT(c.head.path));
	else
		buf_adds(arg, "note\n");
	return 0;
}

/* The inspector sees the file in pieces of `step` bytes. */
static void stream(struct bytes file, size_t step, struct buf *out)
{
	const struct inspector *go = facts_inspector("golang");
	struct inspect *in = inspect_new(&(struct inspect_sink){.arg = out, .put = put});
	void *state = mem_zalloc(go->state_size);
	bool wants_more = true;
	buf_reset(out);
	for (size_t at = 0; at < file.n && wants_more; at += step)
		wants_more =
			inspect_piece(in, go, B("bin/x"), state, bytes_slice(file, at, at + step));
	inspect_piece(in, go, B("bin/x"), state, (struct bytes){NULL, 0});
	inspect_free(in);
	free(state);
}

static void check_stream(void)
{
	AUTO_BUF struct buf file, out;
	buf_init(&file, (size_t)MIB(1));
	buf_init(&out, (size_t)MIB(1));
	buf_add(&file,
	        bytes_of("\x7f"
	                 "ELF\2\1\1\0\0\0\0\0\0\0\0\0 \xff Go buildinf: is not aligned here..",
	                 48));
	inline_info(&file, "go1.22.3", "dep\ta.org/b\tv1.2.3\t\n");
	while (file.n % 16)
		buf_addc(&file, 0);
	head(&file, 9, 9); /* none */
	for (int i = 0; i < 32; i++)
		buf_addc(&file, 1);
	inline_info(&file, "go1.21", "dep\tc.org/d\tv1.0.0\t\n");
	static const char want[] = "golang a.org/b@v1.2.3\ngolang stdlib@1.22.3\n"
				   "golang c.org/d@v1.0.0\ngolang stdlib@1.21\n";
	bool is_same = true;
	for (size_t step = 4; step < 200; step++) {
		stream(buf_bytes(&file), step, &out);
		is_same &= strcmp(buf_cstr(&out), want) == 0;
	}
	if (!test_case(is_same, "go: pieces of any size"))
		printf("# %s", buf_cstr(&out));
	file.n -= 40;
	stream(buf_bytes(&file), 64, &out);
	test_case(strcmp(buf_cstr(&out), "golang a.org/b@v1.2.3\ngolang stdlib@1.22.3\nnote\n") ==
	                  0,
	          "go: a file that ends within build info");
	file.p[0] = '#';
	stream(buf_bytes(&file), 64, &out);
	test_case(out.n == 0, "go: no ELF file");
	uint8_t old[512];
	old_file(old);
	stream(bytes_of(old, sizeof old), 100, &out);
	test_case(strcmp(buf_cstr(&out), "ask bin/x\n") == 0, "go: before 1.18 a second look");
}

/* ---- a program of Go 1.17 that goes by ---- */

enum { TEXTS = 8000, FILE_LEN = 24000 };

/* The same with the note of Go's linker, its texts at TEXTS, the build info at `mark` and the
 * string headers 400 bytes behind that. */
static void program(struct buf *b, size_t len, size_t mark, size_t list_at)
{
	static const char mod[] = START "dep\ta.org/b\tv1.2.3\t\n" END;
	uint8_t head[512];
	old_file(head);
	memset(head + 128, 0, sizeof head - 128);
	put64(head + 64 + 32, len);
	buf_reset(b);
	buf_add(b, bytes_of(head, sizeof head));
	while (b->n < len)
		buf_addc(b, 0);
	memcpy(b->p + 0xf9c, "\4\0\0\0\x20\0\0\0\4\0\0\0Go\0\0", 16);
	memcpy(b->p + TEXTS, "gctrace1go1.17.2invalid", 23);
	memcpy(b->p + list_at, mod, sizeof mod - 1);
	memcpy(b->p + mark, "\xff Go buildinf:\x08", 15);
	put64(b->p + mark + 16, 0x1000 + mark + 400);
	put64(b->p + mark + 24, 0x1000 + mark + 500);
	put64(b->p + mark + 400, 0x1000 + TEXTS + 8);
	put64(b->p + mark + 408, 8);
	put64(b->p + mark + 500, 0x1000 + list_at);
	put64(b->p + mark + 508, sizeof mod - 1);
}

static const char told[] = "golang a.org/b@v1.2.3\ngolang stdlib@1.17.2\n", asked[] = "ask bin/x\n";

static bool streams_as(struct bytes file, size_t step, const char *want)
{
	AUTO_BUF struct buf out;
	buf_init(&out, (size_t)MIB(1));
	stream(file, step, &out);
	return strcmp(buf_cstr(&out), want) == 0;
}

static void check_keep(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(4));
	bool is_told = true;
	for (size_t shift = 0; shift < 64; shift++) {
		program(&b, FILE_LEN, 16000, TEXTS + 200 + shift);
		for (size_t step = 4; step < 40; step += 5)
			is_told &= streams_as(buf_bytes(&b), step, told);
	}
	for (size_t step = 40; step < FILE_LEN + 100; step += 307)
		is_told &= streams_as(buf_bytes(&b), step, told);
	test_case(is_told, "go: 1.17 in pieces of any size, without a second look");
	program(&b, FILE_LEN, 5024, TEXTS + 200);
	test_case(streams_as(buf_bytes(&b), 1000, told), "go: texts behind the build info");
	program(&b, FILE_LEN, 16000, TEXTS + 200);
	put64(b.p + 16408, 100);
	test_case(streams_as(buf_bytes(&b), 1000, asked), "go: a version longer than what is kept");
	program(&b, FILE_LEN, 16000, TEXTS + 200);
	put64(b.p + 16024, 0);
	test_case(streams_as(buf_bytes(&b), 1000, "golang stdlib@1.17.2\n"),
	          "go: 1.17 without modules");
	memcpy(b.p + 20000, b.p + 16000, 32);
	test_case(streams_as(buf_bytes(&b), 1000, asked), "go: two build infos: asked for");
	program(&b, FILE_LEN, 16000, TEXTS + 200);
	b.p[0xfa8] = 'N';
	test_case(streams_as(buf_bytes(&b), 1000, asked), "go: no note of Go's linker: asked for");
}

/* Texts that look like versions, each apart from the next, before the one that counts. */
static void check_keep_bounds(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(4));
	/* beside them: the head, the version, and its header */
	const size_t most = (size_t)GO_KEPT_PARTS_MAX - 3;
	for (size_t n = most; n <= most + 1; n++) {
		program(&b, 60000, 50000, TEXTS + 30);
		for (size_t i = 0; i < n; i++)
			memcpy(b.p + 8500 + 100 * i, "go1.1", 5);
		memset(b.p + TEXTS + 30, 0, 100);
		put64(b.p + 50024, 0);
		test_case(streams_as(buf_bytes(&b), 4096,
		                     n == most ? "golang stdlib@1.17.2\n" : asked),
		          "go: GO_KEPT_PARTS_MAX, %zu other texts", n);
	}
	/* 4 KiB of head, 64 of the version, two headers; a list that is cut is asked for */
	for (size_t more = 0; more < 2; more++) {
		size_t mark = (size_t)GO_KEPT_MAX + 16000 + more * 512;
		program(&b, mark + 1000, mark, TEXTS + 200);
		for (size_t at = TEXTS + 200; at + 16 < mark - (512 << 10) * (1 - more); at += 1024)
			memcpy(b.p + at, START, 16);
		static const char mod[] = START "dep\ta.org/b\tv1.2.3\t\n" END;
		memcpy(b.p + TEXTS + 200, mod, sizeof mod - 1);
		test_case(streams_as(buf_bytes(&b), 65536, more ? asked : told),
		          "go: lists %s GO_KEPT_MAX", more ? "past" : "within");
	}
}

int main(void)
{
	check_keep();
	check_keep_bounds();
	check_infos();
	check_need();
	check_file();
	check_stream();
	return TEST_END();
}
