/* SPDX-License-Identifier: Apache-2.0 */
/* utf16.c - byte order marks; pairs as RFC 2781, 2.1 makes them. */
#include "fmt/utf16.h"

#include "test.h"

#define IN(text)                                                                                   \
	{                                                                                          \
		(const uint8_t *)(text), sizeof(text) - 1                                          \
	}

static const struct {
	const char *name;
	struct bytes in, want;
} cases[] = {
	{"no mark",                IN("a\0b"),                     IN("a\0b")                },
	{"nothing",                IN(""),                         IN("")                    },
	{"UTF-8",
         IN("\xef\xbb\xbf"
            "a"),
         IN("a")									     },
	{"a mark alone",           IN("\xff\xfe"),                 IN("")                    },
	{"little end first",
         IN("\xff\xfe"
            "a\0=\0"),
         IN("a=")									    },
	{"big end first",
         IN("\xfe\xff"
            "\0a\0="),
         IN("a=")									    },
	{"two bytes, three bytes", IN("\xfe\xff\x00\xe9\x20\xac"), IN("\xc3\xa9\xe2\x82\xac")},
	{"a pair",                 IN("\xfe\xff\xd8\x3d\xde\x00"), IN("\xf0\x9f\x98\x80")    },
	{"half of a pair",
         IN("\xfe\xff\xd8\x3d\x00"
            "a"),
         IN("a")									     },
	{"the other half",
         IN("\xfe\xff\xde\x00\x00"
            "a"),
         IN("a")									     },
	{"cut within a pair",      IN("\xfe\xff\xd8\x3d"),         IN("")                    },
	{"an odd byte at the end",
         IN("\xff\xfe"
            "a\0b"),
         IN("a")									     },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 64);
		test_case(bytes_eq(text_unmarked(cases[i].in, &b), cases[i].want), "%s",
		          cases[i].name);
	}
	return TEST_END();
}
