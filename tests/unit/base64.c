/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include "test.h"

/* RFC 4648, section 10, and both alphabets. */
static const struct {
	const char *text;
	struct bytes raw;
} pairs[] = {
	{"",         B("")                },
	{"Zg==",     B("f")               },
	{"Zm8=",     B("fo")              },
	{"Zm9v",     B("foo")             },
	{"Zm9vYg==", B("foob")            },
	{"Zm9vYmE=", B("fooba")           },
	{"Zm9vYmFy", B("foobar")          },
	{"+/8=",     B("\xfb\xff")        },
	{"AAAA",     B("\0\0\0")          },
	{"/////w==", B("\xff\xff\xff\xff")},
};

static const struct {
	const char *name, *text, *raw;
} decoded[] = {
	{"the alphabet of URLs",        "-_8=",     "\xfb\xff"},
	{"no padding",                  "Zg",       "f"       },
	{"no padding after two",        "Zm8",      "fo"      },
	{"one digit",                   "Z",        NULL      },
	{"five digits",                 "Zm9vY",    NULL      },
	{"half the padding",            "Zg=",      NULL      },
	{"too much padding",            "Zm8==",    NULL      },
	{"padding alone",               "====",     NULL      },
	{"padding within",              "Zg==Zg==", NULL      },
	{"bits behind the last byte",   "Zh==",     NULL      },
	{"bits behind the last of two", "Zm9=",     NULL      },
	{"a line end",                  "Zm9v\n",   NULL      },
	{"a blank",		     "Zm 9v",    NULL      },
	{"a digit that is none",        "Zm9!",     NULL      },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		AUTO_BUF struct buf text, raw;
		buf_init(&text, 64);
		buf_init(&raw, 64);
		test_case(base64_encode(pairs[i].raw, &text) == 0 &&
		                  bytes_eq(buf_bytes(&text), bytes_str(pairs[i].text)) &&
		                  base64_decode(bytes_str(pairs[i].text), &raw) &&
		                  bytes_eq(buf_bytes(&raw), pairs[i].raw),
		          "\"%s\" and back", pairs[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(decoded); i++) {
		AUTO_BUF struct buf raw;
		buf_init(&raw, 64);
		bool is_good = base64_decode(bytes_str(decoded[i].text), &raw);
		test_case(
			is_good == (decoded[i].raw != NULL) &&
				(!is_good || bytes_eq(buf_bytes(&raw), bytes_str(decoded[i].raw))),
			"%s", decoded[i].name);
	}
	AUTO_BUF struct buf small;
	buf_init(&small, 2);
	test_case(base64_decode(B("Zm8="), &small), "as much as there is room for");
	test_case(!base64_decode(B("Zm9v"), &small), "more than there is room for");
	return TEST_END();
}
