/* SPDX-License-Identifier: Apache-2.0 */
#include "fmt/token.h"

#include <math.h>
#include <string.h>

#include "test.h"

/* Values: GitHub's and npm's checksum by Python's zlib.crc32, age's key from age's own test data
 * form, JWT header of RFC 7519 3.1. */
static const struct {
	const char *name, *text;
	enum token_check check;
	enum token_verdict verdict;
} checks[] = {
	{"checksum in base 62",             "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",                                      TOKEN_CHECK_BASE62,
         TOKEN_PROVEN																	    },
	{"a wrong one is doubt",            "npm_Alm0StFaK3t0kEN8uTval1DcRC32dc1Bscp6",                                      TOKEN_CHECK_BASE62,
         TOKEN_DOUBT																	     },
	{"too short for a checksum",        "npm_abc",								       TOKEN_CHECK_BASE62,     TOKEN_DOUBT },
	{"checksum in hex",                 "ATBBcCe6fczW96Vzwgvb4r8F2gZS54D591C4",                                          TOKEN_CHECK_ATLASSIAN,
         TOKEN_PROVEN																	    },
	{"a wrong one is no token",         "ATBBcXe6fczW96Vzwgvb4r8F2gZS54D591C4",                                          TOKEN_CHECK_ATLASSIAN,
         TOKEN_FALSE																	     },
	{"bech32",			  "AGE-SECRET-KEY-1KZYHJJGJ5DEC3RXGPEUA97WG99HU4Z3Z9ZK69GHAFZWJ08SFVF0QZ3WFSS",
         TOKEN_CHECK_AGE,															    TOKEN_PROVEN},
	{"bech32, last digit wrong",
         "AGE-SECRET-KEY-1KZYHJJGJ5DEC3RXGPEUA97WG99HU4Z3Z9ZK69GHAFZWJ08SFVF0QZ3WFSX",                                       TOKEN_CHECK_AGE,        TOKEN_FALSE },
	{"bech32, nothing of it",           "",									      TOKEN_CHECK_AGE,        TOKEN_FALSE },
	{"user and password",               "ZGVwbG95OnI0bmQwbTF6ZQ==",                                                      TOKEN_CHECK_BASIC,      TOKEN_PROVEN},
	{"Base64 without a colon",          "cGxhaW4=",								      TOKEN_CHECK_BASIC,      TOKEN_FALSE },
	{"Base64 of binary",                "AAECAzoEBQY=",								  TOKEN_CHECK_BASIC,      TOKEN_FALSE },
	{"header of RFC 7519",              "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJ.x",                                TOKEN_CHECK_JWT,
         TOKEN_PROVEN																	    },
	{"JSON without an algorithm",       "eyJ0eXAiOiJKV1QifQ.eyJ.x",                                                      TOKEN_CHECK_JWT,        TOKEN_FALSE },
	{"PKCS 1",			  "MIIBOgIBAAJBAJtFfagSXdo0JmX6EdwW",                                              TOKEN_CHECK_DER,        TOKEN_PROVEN},
	{"PKCS 8",			  "MIIBVQIBADANBgkqhkiG9w0BAQEFAASC",                                              TOKEN_CHECK_DER,        TOKEN_PROVEN},
	{"a certificate is no key",         "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkq",                                              TOKEN_CHECK_DER,
         TOKEN_FALSE																	     },
	{"cut short",		       "MII",									   TOKEN_CHECK_DER,        TOKEN_FALSE },
	{"digits and a colon",              "OTI2NjA3NjU1NTI2Oh2DOnASdOHoIhEGyqIuYrdkYaQZ",                                  TOKEN_CHECK_COLON,
         TOKEN_PROVEN																	    },
	{"too few digits",                  "MDAwMToPTwEV1TLGOh2DOnASdOHoIhEGyqIuYrdkYaQZ",                                  TOKEN_CHECK_COLON,
         TOKEN_FALSE																	     },
	{"reference token",                 "cmVmdGtuOjAxOjAxMjM0NTY3ODk6QWJjZGVmR2hpamtsbW5vUHFyc3R1dnd4eXow",
         TOKEN_CHECK_REFTKN,															 TOKEN_PROVEN},
	{"words in its place",              "cmVmdGtuOlRoZXJlIGFyZSBub3QgdGhlIHRva2VucyB5b3UncmUgbG9va2luZyA0",
         TOKEN_CHECK_REFTKN,															 TOKEN_FALSE },
	{"an encrypted key",                "\nProc-Type: 4,ENCRYPTED\n",                                                    TOKEN_CHECK_PEM,        TOKEN_FALSE },
	{"a key without a body",            "\nanything\n-----END",							  TOKEN_CHECK_PEM,        TOKEN_FALSE },
	{"a key",			   "\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\nAgEAAoIBAQCCBtayYNDrM3N\n-----END",
         TOKEN_CHECK_PEM,															    TOKEN_LIKELY},
	{"a key in JSON",
         "\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\\nAgEAAoIBAQCCBtay\\n-----END",                                        TOKEN_CHECK_PEM,        TOKEN_LIKELY},
	{"a key in JSON in JSON",
         "\\\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\\\\nAgEAAo\\\\n-----",                                               TOKEN_CHECK_PEM,
         TOKEN_LIKELY																	    },
	{"a key in source code",
         "\\n\" +\n    \"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\\n\" +\n \"AgEAAoIB\"",                                    TOKEN_CHECK_PEM,        TOKEN_LIKELY},
	{"a key in an address",             "%0AMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj%0AAgEAAoIBAQCC",
         TOKEN_CHECK_PEM,															    TOKEN_LIKELY},
	{"a key with headers",
         "\nVersion: GnuPG v2\nComment: of x\n\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n",                                 TOKEN_CHECK_PEM,        TOKEN_LIKELY},
	{"a key in a comment",              "\n# MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n# AgEAAoIBAQCC",
         TOKEN_CHECK_PEM,															    TOKEN_LIKELY},
	{"a word of a translation",
         "Contrase\xc3\xb1"
         "a:",                                                                                                               TOKEN_CHECK_PASSWORD,   TOKEN_FALSE },
	{"one that is escaped",             "\\u30d1\\u30b9\\u30ef",							 TOKEN_CHECK_PASSWORD,   TOKEN_FALSE },
	{"a key in a log",                  "\n2026-04-26 12:36:01 MIIMvgIBADALBglghkgBZQMEBAMEggyqMIIMpgRA\n",
         TOKEN_CHECK_PEM,															    TOKEN_LIKELY},
	{"names of classes behind a frame",
         "\n\x08\x01\x01.io/netty/util/CharsetUtil\x07io/netty/buffer/ByteBufUtil/a/b/c/D",                                  TOKEN_CHECK_PEM,        TOKEN_FALSE },
	{"a key that is put in",            "\n${key.data.toString(\"base64\")}\n-----END",                                  TOKEN_CHECK_PEM,
         TOKEN_FALSE																	     },
	{"a description",                   "<a very long private key string, which nobody knows>",                          TOKEN_CHECK_PEM,
         TOKEN_FALSE																	     },
	{"words of a manual",
         " is how such a file begins, which only its owner should read or write",                                            TOKEN_CHECK_PEM,
         TOKEN_FALSE																	     },
	{"name and password",               "johns:h0pk1ns~21s",							     TOKEN_CHECK_CREDENTIAL, TOKEN_LIKELY},
	{"variables",		       "$USER:$PASSWORD",							       TOKEN_CHECK_CREDENTIAL, TOKEN_FALSE },
	{"words of a manual",               "username:password",							     TOKEN_CHECK_CREDENTIAL, TOKEN_FALSE },
};

static const struct {
	const char *text;
	bool is_password, is_random;
} likes[] = {
	{"dipPr10Gg!",			       true,  true },
	{"cackle!",				  true,  false},
	{"q4c1a2oPd",				true,  false},
	{"changeme",				 false, false},
	{"${DB_PASSWORD}",			   false, false},
	{"<password>",			       false, false},
	{"os.environ",			       false, false},
	{"getpass()",				false, false},
	{"/etc/ssl/private/x.key",                   false, false},
	{"string",				   false, false},
	{"********",				 false, false},
	{"12345678",				 false, false},
	{"fa87409ad3a4589fd279c501b3d2e174855ee9f4", true,  true },
	{"XXH3_SECRET_SIZE_MIN",                     false, false},
	{"kubernetes.io/dockerconfigjson",           false, false},
	{"1ace4d19-fa7e-b4e2-c3f0-9129474bcd81",     true,  true },
	{"",					 false, false},
};

static void masks(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 256);
	token_mask(B("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"), 4, &b);
	CHECK(bytes_eq(buf_bytes(&b), B("ghp_********scp5")));
	buf_reset(&b);
	token_mask(B("hunter2!"), 0, &b);
	CHECK(bytes_eq(buf_bytes(&b), B("********")));
	buf_reset(&b);
	token_mask(B("ab"), 10, &b); /* at most half is ever shown */
	CHECK(bytes_eq(buf_bytes(&b), B("a********")));
	buf_reset(&b);
	token_mask(B(""), 4, &b);
	CHECK(bytes_eq(buf_bytes(&b), B("********")));
}

static void base64(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 64);
	CHECK(token_base64(B("aGVs\\nbG8gd29ybGQ="), &b) == 17);
	CHECK(bytes_eq(buf_bytes(&b), B("hello world")));
	buf_reset(&b);
	CHECK(token_base64(B("!"), &b) == 0 && b.n == 0);
}

/* What is past the bound is not looked at. */
static void bounds(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 2 * (size_t)TOKEN_LEN_MAX);
	for (int64_t i = 0; i < TOKEN_LEN_MAX; i++)
		buf_addc(&b, 'a');
	CHECK(token_entropy(buf_bytes(&b)) == 0);
	buf_addc(&b, 'b');
	CHECK(token_entropy(buf_bytes(&b)) == 0);
	CHECK(!token_is_password(buf_bytes(&b)) && !token_is_random(buf_bytes(&b)));
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		test_case(token_check(checks[i].check, bytes_str(checks[i].text)) ==
		                  checks[i].verdict,
		          "%s: %s", token_check_name(checks[i].check), checks[i].name);
	for (size_t i = 0; i < ARRAY_LEN(likes); i++) {
		struct bytes v = bytes_str(likes[i].text);
		test_case(token_is_password(v) == likes[i].is_password, "password or not: %s",
		          likes[i].text);
		test_case(token_is_random(v) == likes[i].is_random, "random or not: %s",
		          likes[i].text);
	}
	CHECK(fabs(token_entropy(B("abcd")) - 2) < 1e-9 && token_entropy(B("")) == 0);
	enum token_check c;
	CHECK(token_check_parse(B("jwt"), &c) && c == TOKEN_CHECK_JWT);
	CHECK(!token_check_parse(B("nothing"), &c));
	masks();
	base64();
	bounds();
	return TEST_END();
}
