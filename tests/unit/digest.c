/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - against the examples that NIST publishes with FIPS 180-4. */
#include "base/digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "test.h"

#define LONG_1 "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define LONG_2                                                                                     \
	"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr" \
	"lmnopqrsmnopqrstnopqrstu"

static const struct {
	enum digest_algo algo;
	const char *in;
	unsigned times;
	const char *text;
} vectors[] = {
	{DIGEST_SHA256, "",     1,
         "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{DIGEST_SHA256, "abc",  1,
         "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{DIGEST_SHA256, LONG_1, 1,
         "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{DIGEST_SHA256, "a",    1000000,
         "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
	{DIGEST_SHA512, "",     1,
         "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0"
         "ff8318d2877eec2f63b931bd47417a81a538327af927da3e"                       },
	{DIGEST_SHA512, "abc",  1,
         "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a8"
         "36ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"                       },
	{DIGEST_SHA512, LONG_2, 1,
         "sha512:8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4"
         "331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"                       },
};

static void test_vectors(void)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		struct digester *d = digester_new(vectors[i].algo);
		for (int round = 0; round < 2; round++) { /* used again from empty */
			for (unsigned k = 0; k < vectors[i].times; k++)
				digester_add(d, bytes_str(vectors[i].in));
			struct digest got = digester_end(d), parsed;
			char text[DIGEST_TEXT_MAX];
			test_case(strcmp(digest_text(&got, text), vectors[i].text) == 0,
			          "%s of %u times \"%.20s\", round %d",
			          digest_algo_name(vectors[i].algo), vectors[i].times,
			          vectors[i].in, round);
			CHECK(digest_parse(bytes_str(vectors[i].text), &parsed, NULL) == 0 &&
			      digest_eq(&parsed, &got));
		}
		digester_free(d);
	}
	struct digest a = digest_of(B("abc"));
	char text[DIGEST_TEXT_MAX];
	CHECK(strcmp(digest_text(&a, text), vectors[1].text) == 0);
	digester_free(NULL);
}

#define HEX64 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const struct {
	const char *name, *text;
} bad[] = {
	{"empty",                ""									   },
	{"no algorithm",         HEX64									},
	{"empty algorithm",      ":" HEX64								    },
	{"algorithm alone",      "sha256"								     },
	{"no hex",               "sha256:"								    },
	{"63 digits",            "sha256:a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"     },
	{"65 digits",            "sha256:0" HEX64							     },
	{"upper case",           "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"    },
	{"upper-case name",      "SHA256:" HEX64							      },
	{"64 digits for sha512", "sha512:" HEX64							      },
	{"md5",		  "md5:900150983cd24fb0d6963f7d28e17f72"                                       },
	{"path",		 "sha256:../../../../../../../../../../../../../../../../../../../etc/passwd0"},
	{"blank in front",       " sha256:" HEX64							     },
	{"newline behind",       "sha256:" HEX64 "\n"							 },
	{"not hex",              "sha256:g" HEX64							     },
	{"none",		 "none:"								      },
};

static void test_bad(void)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = {.kind = ERR_NONE};
		struct digest d = {.algo = DIGEST_SHA512};
		test_case(digest_parse(bytes_str(bad[i].text), &d, &e) == -1 &&
		                  e.kind == ERR_FORMAT && d.algo == DIGEST_SHA512,
		          "refuse %s", bad[i].name);
	}
	struct digest d;
	CHECK(digest_parse(bytes_of("sha256:\0", 8), &d, NULL) == -1);
	CHECK(digest_parse_hex(B(HEX64), &d, NULL) == 0 && d.b[0] == 0xba);
	CHECK(digest_parse_hex(B("sha256:" HEX64), &d, NULL) == -1);
}

static void test_hex(void)
{
	char text[9];
	uint8_t raw[4] = {0};
	hex_encode((const uint8_t *)"\x00\x7f\x80\xff", 4, text);
	CHECK(strcmp(text, "007f80ff") == 0);
	CHECK(hex_decode(B("007f80ff"), raw, 4) && memcmp(raw, "\x00\x7f\x80\xff", 4) == 0);
	CHECK(!hex_decode(B("007f80f"), raw, 4));
	CHECK(!hex_decode(B("007f80fF"), raw, 4));
	CHECK(hex_decode(B(""), raw, 0));
}

int main(void)
{
	test_vectors();
	test_bad();
	test_hex();
	return TEST_END();
}
