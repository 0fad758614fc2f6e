/* SPDX-License-Identifier: Apache-2.0 */
/* fact.c - facts of every kind travel and arrive; what is not one is refused. */
#include "model/model.h"

#include <string.h>

#include "test.h"

#define HEAD                                                                                       \
	{                                                                                          \
		B("dpkg"), B("var/lib/dpkg/status")                                                \
	}
static const struct fact_os os = {HEAD,    B("debian"),   B("d"),         B("Debian"), B("12 (b)"),
                                  B("12"), B("bookworm"), B("Debian 12"), B("cpe"),    B("server"),
                                  2};
static const struct fact_package package = {HEAD,
                                            B("deb"),
                                            B("zlib1g"),
                                            B("1:1.2"),
                                            B("amd64"),
                                            B("zlib"),
                                            B("1.2"),
                                            B("Zlib"),
                                            B("Debian"),
                                            B("m"),
                                            B("main"),
                                            B("a:b"),
                                            B("hold ok installed"),
                                            -5};
static const struct fact_owned owned = {HEAD,
                                        B("zlib1g"),
                                        B("usr/lib/z.so"),
                                        B("0123456789abcdef"),
                                        OWNED_CONFFILE | OWNED_OBSOLETE,
                                        0644};
static const struct fact_divert divert = {HEAD, B("bin/sh"), B("bin/sh.distrib"), B("dash")};
static const struct fact_note note = {HEAD, B("db.broken"), B("cut at byte 3")};
static const struct fact_count count = {HEAD, B("npm"), UINT64_MAX};
static const struct fact_carry carry = {HEAD, B("\0\1\2")};

static bool same(const void *a, const void *b, size_t size, size_t n_bytes_fields)
{
	const struct bytes *x = a, *y = b;
	for (size_t i = 0; i < n_bytes_fields; i++) {
		if (!bytes_eq(x[i], y[i]))
			return false;
	}
	size_t at = n_bytes_fields * sizeof(struct bytes);
	return memcmp((const char *)a + at, (const char *)b + at, size - at) == 0;
}

/* A round trip; then every prefix of the bytes is refused. */
#define ROUND(kind, KIND_NO, fields)                                                               \
	do {                                                                                       \
		AUTO_BUF struct buf b;                                                             \
		buf_init(&b, 4096);                                                                \
		CHECK(fact_encode_##kind(&b, &kind) == 0);                                         \
		struct fact_##kind got;                                                            \
		memset(&got, 0xff, sizeof got);                                                    \
		CHECK(fact_decode_##kind(buf_bytes(&b), &got));                                    \
		CHECK(same(&kind, &got, sizeof got, fields));                                      \
		CHECK(fact_check(KIND_NO, buf_bytes(&b)));                                         \
		int refused = 1;                                                                   \
		for (size_t n = 0; n < b.n; n++)                                                   \
			refused &= !fact_check(KIND_NO, bytes_slice(buf_bytes(&b), 0, n));         \
		CHECK(refused);                                                                    \
		buf_addc(&b, 0);                                                                   \
		CHECK(!fact_check(KIND_NO, buf_bytes(&b)));                                        \
	} while (0)

static const struct {
	const char *name;
	struct bytes cbor;
	bool is_good;
} notes[] = {
	{"head and code",
         B("\xa2\x01\x41i\x03\x41"
           "c"),
         true										    },
	{"an unknown key is skipped",
         B("\xa3\x01\x41i\x03\x41"
           "c\x18\x63\x82\x01\x02"),
         true										    },
	{"unknown keys between are skipped",
         B("\xa3\x01\x41i\x02\x41p\x03\x41"
           "c"),
         true										    },
	{"without inspector",
         B("\xa1\x03\x41"
           "c"),
         false										   },
	{"without code",                     B("\xa1\x01\x41i"),                            false},
	{"a key twice",
         B("\xa3\x01\x41i\x03\x41"
           "c\x03\x41"
           "c"),
         false										   },
	{"keys out of order",
         B("\xa2\x03\x41"
           "c\x01\x41i"),
         false										   },
	{"a number where bytes are due",
         B("\xa2\x01\x05\x03\x41"
           "c"),
         false										   },
	{"text where bytes are due",
         B("\xa2\x01\x61i\x03\x41"
           "c"),
         false										   },
	{"an array",			 B("\x82\x01\x41i"),                            false},
	{"more pairs than there are",
         B("\xa9\x01\x41i\x03\x41"
           "c"),
         false										   },
	{"a huge count",                     B("\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x01"), false},
	{"a negative key",
         B("\xa3\x01\x41i\x03\x41"
           "c\x20\x01"),
         false										   },
	{"an indefinite map",
         B("\xbf\x01\x41i\x03\x41"
           "c\xff"),
         false										   },
	{"nothing",			  {NULL, 0},				     false},
};

int main(void)
{
	ROUND(os, FACT_OS, 11);
	ROUND(package, FACT_PACKAGE, 14);
	ROUND(owned, FACT_OWNED, 5);
	ROUND(divert, FACT_DIVERT, 5);
	ROUND(note, FACT_NOTE, 4);
	ROUND(count, FACT_COUNT, 3);
	ROUND(carry, FACT_CARRY, 3);
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		struct fact_note got;
		test_case(fact_decode_note(notes[i].cbor, &got) == notes[i].is_good, "note: %s",
		          notes[i].name);
	}
	CHECK(!fact_check(FACT_ENTRY, B("\xa0")));
	CHECK(!fact_check(FACT__MAX, B("\xa0")));
	CHECK(!fact_check((enum fact_kind)0, B("\xa0")));
	AUTO_BUF struct buf small;
	buf_init(&small, 8);
	CHECK(fact_encode_package(&small, &package) == -1);
	return TEST_END();
}
