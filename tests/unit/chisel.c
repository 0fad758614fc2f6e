/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests of Chisel, and the inspector that states what they name. */
#include "fmt/fmt.h"

#include <string.h>
#include <zstd.h>

#include "inspect/inspect.h"
#include "lib/facts.h"
#include "test.h"

#define HEAD(n) "{\"jsonwall\":\"1.0\",\"schema\":\"1.0\",\"count\":" #n "}\n"
#define SUM     "5bf1a2b2a1a4a7e5f7e1bd9ee7a1b1c2d3e4f5061728394a5b6c7d8e9f001122"
#define SUM2    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void pack(struct bytes text, struct buf *ret)
{
	size_t room = ZSTD_compressBound(text.n);
	AUTO_FREE uint8_t *p = mem_alloc(room);
	buf_add(ret, bytes_of(p, ZSTD_compress(p, room, text.p, text.n, 1)));
}

/* Each record as a line; an error as "! message". */
static void read_all(struct bytes text, struct buf *to)
{
	struct chisel_reader r;
	struct chisel_record p;
	struct err e = {.msg = ""};
	if (chisel_open(&r, text, &e) < 0) {
		buf_addf(to, "!! %s\n", e.msg);
		return;
	}
	for (int rc; (rc = chisel_next(&r, &p, &e)) != 0;) {
		if (rc < 0)
			buf_addf(to, "! %s\n", e.msg);
		else if (p.kind == CHISEL_PACKAGE)
			buf_addf(to, "%.*s %.*s %.*s\n", BYTES_FMT(p.name), BYTES_FMT(p.version),
			         BYTES_FMT(p.arch));
		else
			buf_addf(to, "%.*s %.8s %zu\n", BYTES_FMT(p.path),
			         p.sha256.n ? (const char *)p.sha256.p : "-",
			         json_array_size(p.slices));
	}
	chisel_close(&r);
}

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{"plain",
         HEAD(6) "{\"kind\":\"content\",\"slice\":\"a_x\",\"path\":\"/b/a\"}\n"
                 "{\"kind\":\"package\",\"name\":\"a\",\"version\":\"1:2-3ubuntu1\",\"sha256\":"
                 "\"" SUM "\",\"arch\":\"amd64\"}\n"
                 "{\"kind\":\"path\",\"path\":\"/b/"
                 "\",\"mode\":\"0755\",\"slices\":[\"a_x\",\"c_y\"]}\n"
                 "{\"kind\":\"path\",\"path\":\"/b/"
                 "a\",\"mode\":\"0644\",\"slices\":[\"a_x\"],\"sha256\":\"" SUM "\",\"size\":3}\n"
                 "{\"kind\":\"slice\",\"name\":\"a_x\"}\n",                                                                              "a 1:2-3ubuntu1 amd64\nb/ - 2\nb/a 5bf1a2b2 1\n"                        },
	{"a file that a slice changed has the digest it ends with",
         HEAD(2) "{\"kind\":\"path\",\"path\":\"/b\",\"slices\":[],\"sha256\":\"" SUM
                 "\",\"final_sha256\":\"" SUM2 "\"}\n",
         "b 00112233 0\n"																							},
	{"kinds of tomorrow",				       HEAD(2) "{\"kind\":\"moon\"}\n",                                     ""								      },
	{"a broken line, and on",
         HEAD(4) "{\"kind\":\"package\",\n{\"kind\":\"package\",\"name\":\"a\"}\n"
                 "{\"kind\":\"package\",\"name\":\"a\",\"version\":\"1\"}\n",                                                            "! line 2: no JSON\n! line 3: a package without name or version\na 1 \n"},
	{"no version",					      HEAD(2) "{\"kind\":\"package\",\"name\":\"a\"}\n",
         "! line 2: a package without name or version\n"																			 },
	{"a relative path",					 HEAD(2) "{\"kind\":\"path\",\"path\":\"b\"}\n",
         "! line 2: a path that does not begin with /\n"																			 },
	{"no digest",					       HEAD(2) "{\"kind\":\"path\",\"path\":\"/b\",\"sha256\":\"12\"}\n",
         "! line 2: sha256 is none\n"																					    },
	{"a slice that is a number",                                HEAD(2) "{\"kind\":\"path\",\"path\":\"/b\",\"slices\":[1]}\n",
         "! line 2: a slice that is no text\n"																				   },
	{"a list",						  HEAD(2) "[]\n",						      "! line 2: not an object\n"                                             },
	{"cut short",					       HEAD(3) "{\"kind\":\"package\",\"name\":\"a\",\"version\":\"1\"}\n",
         "a 1 \n! it ends after line 2 of 3\n"																				   },
	{"empty",						   "",								  "!! it is empty\n"						      },
	{"another schema",					  "{\"jsonwall\":\"1.0\",\"schema\":\"2.0\",\"count\":1}\n",
         "!! line 1: no header of a schema 1 manifest\n"																			 },
	{"no header",					       "{\"kind\":\"package\",\"name\":\"a\",\"version\":\"1\"}\n",
         "!! line 1: no header of a schema 1 manifest\n"																			 },
	{"not JSON",						"x\n",							       "!! line 1: no JSON\n"						  },
};

static void rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		struct bytes want = bytes_str(cases[i].want);
		buf_init(&b, KIB(64));
		read_all(bytes_str(cases[i].in), &b);
		test_case(bytes_eq(buf_bytes(&b), want), "manifest: %s: %.*s", cases[i].name,
		          BYTES_FMT(buf_bytes(&b)));
	}
}

/* A package whose version or whose whole line has so many bytes. */
static bool is_read(size_t version, size_t line)
{
	AUTO_BUF struct buf in, out;
	buf_init(&in, MIB(1));
	buf_init(&out, MIB(1));
	buf_adds(&in, HEAD(2));
	size_t begin = in.n;
	buf_adds(&in, "{\"kind\":\"package\",\"name\":\"a\",\"version\":\"");
	for (size_t i = 0; i < version; i++)
		buf_addc(&in, '1');
	buf_adds(&in, "\"");
	while (in.n - begin + 1 < line)
		buf_addc(&in, ' ');
	buf_adds(&in, "}\n");
	read_all(buf_bytes(&in), &out);
	return bytes_starts(buf_bytes(&out), B("a 1"));
}

static int unpacked(size_t n, size_t cut, struct err *e)
{
	AUTO_BUF struct buf packed, out;
	AUTO_FREE uint8_t *in = mem_zalloc(n);
	buf_init(&packed, MIB(64));
	buf_init(&out, MIB(64));
	pack(bytes_of(in, n), &packed);
	int rc = chisel_unpack(bytes_slice(buf_bytes(&packed), 0, packed.n - cut), &out, e);
	return rc < 0 ? rc : out.n == n ? 0 : 1;
}

/* A frame that does not tell its size, with a window of so many bits. */
static int windowed(int bits, struct err *e)
{
	AUTO_BUF struct buf out;
	AUTO_FREE uint8_t *p = mem_alloc(KIB(64));
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_inBuffer in = {HEAD(1), sizeof HEAD(1) - 1, 0};
	ZSTD_outBuffer to = {p, KIB(64), 0};
	buf_init(&out, KIB(64));
	ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, bits);
	ZSTD_compressStream2(c, &to, &in, ZSTD_e_flush);
	ZSTD_compressStream2(c, &to, &in, ZSTD_e_end);
	ZSTD_freeCCtx(c);
	return chisel_unpack(bytes_of(p, to.pos), &out, e);
}

static void bounds(void)
{
	struct err e = {.msg = ""};
	size_t plain = (size_t)CHISEL_PLAIN_MAX, line = (size_t)CHISEL_LINE_MAX;
	CHECK(is_read((size_t)VERSION_LEN_MAX, 0) && !is_read((size_t)VERSION_LEN_MAX + 1, 0));
	CHECK(is_read(1, line) && !is_read(1, line + 1));
	CHECK(unpacked(plain, 0, &e) == 0);
	CHECK(unpacked(plain + 1, 0, &e) < 0 && e.kind == ERR_LIMIT &&
	      strstr(e.msg, "CHISEL_PLAIN_MAX"));
	CHECK(unpacked(1000, 1, &e) < 0 && strstr(e.msg, "ends within"));
	AUTO_BUF struct buf out;
	buf_init(&out, 100);
	CHECK(chisel_unpack(B("no zstd at all"), &out, &e) < 0 && strstr(e.msg, "zstd"));
	CHECK(windowed((int)CHISEL_WINDOW_LOG_MAX, &e) == 0);
	CHECK(windowed((int)CHISEL_WINDOW_LOG_MAX + 1, &e) < 0 && strstr(e.msg, "memory"));
	/* nothing is no frame */
	CHECK(chisel_unpack(B(""), &out, &e) < 0);
}

static void facts(void)
{
	static const char want[] = "package deb a 1:2-3ubuntu1 amd64 - - - - - - 0\n"
				   "owned a b - 0 0\nowned c b - 0 0\nowned a b/a " SUM " 0 0\n";
	AUTO_BUF struct buf packed, got;
	buf_init(&packed, MIB(1));
	buf_init(&got, KIB(64));
	pack(bytes_str(cases[0].in), &packed);
	facts_text("var/lib/chisel/manifest.wall", buf_bytes(&packed), &got);
	test_case(bytes_eq(buf_bytes(&got), bytes_str(want)), "facts: %.*s",
	          BYTES_FMT(buf_bytes(&got)));
	buf_reset(&got);
	facts_text("var/lib/chisel/manifest.wall", B("PK"), &got);
	test_case(bytes_starts(buf_bytes(&got),
	                       B("note var/lib/chisel/manifest.wall db.broken byte ")),
	          "no zstd: %.*s", BYTES_FMT(buf_bytes(&got)));
}

int main(void)
{
	rows();
	bounds();
	facts();
	return TEST_END();
}
