/* SPDX-License-Identifier: Apache-2.0 */
/* asar.c - archives made here, whole, cut, with sizes and offsets that lie. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

static void le32(struct buf *b, size_t v)
{
	for (unsigned i = 0; i < 4; i++)
		buf_addc(b, (uint8_t)(v >> 8 * i));
}

/* As asar's own packer lays it out: the text is padded to four bytes. */
static void pack(struct buf *b, const char *header, const char *content)
{
	size_t n = strlen(header), padded = (n + 3) / 4 * 4;
	le32(b, 4);
	le32(b, padded + 8);
	le32(b, padded + 4);
	le32(b, n);
	buf_adds(b, header);
	for (size_t i = n; i < padded; i++)
		buf_addc(b, 0);
	buf_adds(b, content);
}

static void line(void *arg, struct bytes path, struct bytes content)
{
	buf_addf(arg, "%.*s=%.*s ", BYTES_FMT(path), BYTES_FMT(content));
}

static const struct {
	const char *name, *header, *want;
} cases[] = {
	{"files in folders, in their order",
         "{\"files\":{\"a.js\":{\"size\":1,\"offset\":\"0\"},\"d\":{\"files\":{\"b.js\":{\"size\":"
         "2,\"offset\":\"1\"}}}}}",                                                                       "a.js=x d/b.js=yz "                 },
	{"other names are passed over",          "{\"files\":{\"a.css\":{\"size\":1,\"offset\":\"0\"}}}",
         ""																   },
	{"links and what lies outside are none",
         "{\"files\":{\"a.js\":{\"link\":\"b.js\"},\"b.js\":{\"size\":9,\"unpacked\":true}}}",            ""                                  },
	{"an empty file at the end",             "{\"files\":{\"a.js\":{\"size\":0,\"offset\":\"3\"}}}",
         "a.js= "															     },
	{"up to the end",                        "{\"files\":{\"a.js\":{\"size\":3,\"offset\":\"0\"}}}",  "a.js=xyz "                         },
	{"one byte more",                        "{\"files\":{\"a.js\":{\"size\":4,\"offset\":\"0\"}}}",
         "! a.js lies outside of the archive"												 },
	{"behind the end",                       "{\"files\":{\"a.js\":{\"size\":0,\"offset\":\"4\"}}}",
         "! a.js lies outside of the archive"												 },
	{"an offset that wraps",
         "{\"files\":{\"a.js\":{\"size\":3,\"offset\":\"18446744073709551615\"}}}",                       "! a.js lies outside of the archive"},
	{"an offset past 64 bits",
         "{\"files\":{\"a.js\":{\"size\":3,\"offset\":\"18446744073709551616\"}}}",                       "! a.js lies outside of the archive"},
	{"no offset",			    "{\"files\":{\"a.js\":{\"size\":3}}}",                   "! a.js lies outside of the archive"},
	{"a number for an offset",               "{\"files\":{\"a.js\":{\"size\":3,\"offset\":0}}}",
         "! a.js lies outside of the archive"												 },
	{"a negative size",                      "{\"files\":{\"a.js\":{\"size\":-1,\"offset\":\"0\"}}}",
         "! a.js lies outside of the archive"												 },
	{"no files",			     "{}",						    ""				  },
	{"files that are none",                  "{\"files\":[1]}",                                       ""                                  },
	{"no JSON",			      "{",						     "! header: "                        },
};

static void check(const char *name, struct bytes file, const char *want)
{
	AUTO_BUF struct buf got;
	struct err e = {.msg = ""};
	buf_init(&got, KIB(64));
	if (asar_walk(file, B("**.js"), line, &got, &e) < 0)
		buf_addf(&got, "! %s", e.msg);
	bool is_same = want[0] == '!' ? bytes_starts(buf_bytes(&got), bytes_str(want))
	                              : bytes_eq(buf_bytes(&got), bytes_str(want));
	if (!test_case(is_same, "asar: %s", name))
		printf("# %s\n", buf_cstr(&got));
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(64));
		pack(&b, cases[i].header, "xyz");
		check(cases[i].name, buf_bytes(&b), cases[i].want);
	}
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(64));
	pack(&b, cases[0].header, "xyz");
	struct bytes file = buf_bytes(&b);
	check("cut within the content", bytes_slice(file, 0, file.n - 1),
	      "a.js=x ! d/b.js lies outside of the archive");
	check("cut within the header", bytes_slice(file, 0, 40), "! the header of ");
	check("cut within the sizes", bytes_slice(file, 0, 15), "! not an asar archive");
	check("empty", bytes_slice(file, 0, 0), "! not an asar archive");
	b.p[12] = 0xff; /* a text longer than its pickle */
	b.p[13] = 0xff;
	check("a text that is longer than the header", buf_bytes(&b), "! the header of ");
	for (size_t n = (size_t)PATH_LEN_MAX; n <= (size_t)PATH_LEN_MAX + 1; n++) {
		AUTO_BUF struct buf whole;
		AUTO_BUF struct buf name;
		buf_init(&whole, KIB(64));
		buf_init(&name, KIB(32));
		buf_adds(&name, "{\"files\":{\"");
		for (size_t i = 3; i < n; i++)
			buf_addc(&name, 'a');
		buf_adds(&name, ".js\":{\"link\":\"x\"}}}");
		pack(&whole, buf_cstr(&name), "");
		check(n <= (size_t)PATH_LEN_MAX ? "a path of PATH_LEN_MAX"
		                                : "one byte more of a path",
		      buf_bytes(&whole), n <= (size_t)PATH_LEN_MAX ? "" : "! a path of more than ");
	}
	return TEST_END();
}
