/* SPDX-License-Identifier: Apache-2.0 */
/* cbor.c - against the examples of RFC 8949 appendix A and its section 3. */
#include "base/cbor.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "test.h"

static struct bytes unhex(const char *hex, struct buf *b)
{
	size_t n = strlen(hex) / 2;
	buf_init(b, n);
	uint8_t *to = buf_room(b, n);
	if (!hex_decode(bytes_str(hex), to, n))
		abort();
	b->n = n;
	return buf_bytes(b);
}

/* Appendix A, "Examples of Encoded CBOR Data Items": integers that fit 64 bits signed. */
static const struct {
	int64_t v;
	const char *hex;
} ints[] = {
	{0,	     "00"		},
	{1,	     "01"		},
	{10,            "0a"                },
	{23,            "17"                },
	{24,            "1818"              },
	{25,            "1819"              },
	{100,           "1864"              },
	{1000,          "1903e8"            },
	{1000000,       "1a000f4240"        },
	{1000000000000, "1b000000e8d4a51000"},
	{-1,            "20"                },
	{-10,           "29"                },
	{-100,          "3863"              },
	{-1000,         "3903e7"            },
	{INT64_MAX,     "1b7fffffffffffffff"},
	{INT64_MIN,     "3b7fffffffffffffff"},
	{255,           "18ff"              },
	{256,           "190100"            },
	{65535,         "19ffff"            },
	{65536,         "1a00010000"        },
	{4294967295,    "1affffffff"        },
	{4294967296,    "1b0000000100000000"},
};

static void test_ints(void)
{
	for (size_t i = 0; i < ARRAY_LEN(ints); i++) {
		AUTO_BUF struct buf want, got;
		buf_init(&got, 9);
		struct bytes w = unhex(ints[i].hex, &want);
		test_case(cbor_int(&got, ints[i].v) == 0 && bytes_eq(buf_bytes(&got), w),
		          "write %lld as %s", (long long)ints[i].v, ints[i].hex);
		int64_t back = 0;
		struct cbor r = cbor_of(w);
		test_case(cbor_get_int(&r, &back) && back == ints[i].v && !r.rest.n && !r.bad,
		          "read %s as %lld", ints[i].hex, (long long)ints[i].v);
		uint64_t u = 77;
		r = cbor_of(w);
		test_case(cbor_get_uint(&r, &u) == (ints[i].v >= 0) &&
		                  u == (ints[i].v >= 0 ? (uint64_t)ints[i].v : 77),
		          "read %s as unsigned", ints[i].hex);
	}
}

/* Appendix A again: what cbor_skip must take (true) or refuse.  `used` bytes are one item. */
static const struct {
	const char *name, *hex;
	bool ok;
} items[] = {
	{"18446744073709551615",                           "1bffffffffffffffff",                                         true },
	{"bignum 18446744073709551616 (tag 2)",            "c249010000000000000000",                                     true },
	{"-18446744073709551616",                          "3bffffffffffffffff",                                         true },
	{"half float 0.0",				 "f90000",						     true },
	{"float 100000.0",				 "fa47c35000",						 true },
	{"double 1.1",				     "fb3ff199999999999a",                                         true },
	{"false",					  "f4",							 true },
	{"true",					   "f5",							 true },
	{"null",					   "f6",							 true },
	{"undefined",				      "f7",							 true },
	{"simple(16)",				     "f0",							 true },
	{"simple(255)",				    "f8ff",						       true },
	{"tag 0 date",				     "c074323031332d30332d32315432303a30343a30305a",               true },
	{"tag 24",					 "d818456449455446",					   true },
	{"h''",					    "40",							 true },
	{"h'01020304'",				    "4401020304",						 true },
	{"text a",					 "6161",						       true },
	{"[]",					     "80",							 true },
	{"[1, [2, 3], [4, 5]]",                            "8301820203820405",                                           true },
	{"25 elements",				    "98190102030405060708090a0b0c0d0e0f101112131415161718181819", true },
	{"{}",					     "a0",							 true },
	{"{1: 2, 3: 4}",				   "a201020304",						 true },
	{"{a: 1, b: [2, 3]}",			      "a26161016162820203",                                         true },
 /* section 3: not well formed, or not in our subset */
	{"nothing",					"",							   false},
	{"one byte length missing",                        "18",							 false},
	{"eight byte length cut short",                    "1b00000000000000",                                           false},
	{"reserved 28",				    "1c",							 false},
	{"reserved 30",				    "3e",							 false},
	{"indefinite byte string",                         "5f42010243030405ff",                                         false},
	{"indefinite array",			       "9fff",						       false},
	{"indefinite map",				 "bf61610161629f0203ffff",                                     false},
	{"break alone",				    "ff",							 false},
	{"string longer than what is left",                "45010203",                                                   false},
	{"string of 2^64-1 bytes",                         "5bffffffffffffffff00",                                       false},
	{"array of 2^64-1 items",                          "9bffffffffffffffff00",                                       false},
	{"map of 2^63 pairs, whose count overflows",       "bb800000000000000000",                                       false},
	{"array with an item missing",                     "8201",						       false},
	{"map with a value missing",                       "a101",						       false},
	{"tag without content",                            "c0",							 false},
 /* 4.2.1: not the shortest form */
	{"0 in two bytes",				 "1800",						       false},
	{"255 in three bytes",                             "1900ff",						     false},
	{"65535 in five bytes",                            "1a0000ffff",						 false},
	{"2^32-1 in nine bytes",                           "1b00000000ffffffff",                                         false},
	{"simple(20) in two bytes (3.3: not well formed)", "f814",                                                       false},
};

static void test_items(void)
{
	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		AUTO_BUF struct buf b;
		struct bytes in = unhex(items[i].hex, &b), one = {NULL, 0};
		struct cbor r = cbor_of(in);
		bool ok = cbor_skip(&r);
		test_case(ok == items[i].ok && r.bad == !ok && (!ok || !r.rest.n), "skip %s",
		          items[i].name);
		r = cbor_of(in);
		ok = cbor_get_item(&r, &one);
		test_case(ok == items[i].ok && (ok ? bytes_eq(one, in) : one.p == NULL),
		          "take whole %s", items[i].name);
	}
}

static void test_depth(void)
{
	for (int64_t over = 0; over <= 1; over++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 100);
		for (int64_t i = 0; i < CBOR_DEPTH_MAX + over; i++)
			cbor_array(&b, 1);
		cbor_null(&b);
		struct cbor r = cbor_of(buf_bytes(&b));
		test_case(cbor_skip(&r) == !over, "%lld levels",
		          (long long)(CBOR_DEPTH_MAX + over));
	}
	AUTO_BUF struct buf tags;
	buf_init(&tags, 1 << 20);
	for (int i = 0; i < 1 << 19; i++)
		buf_addc(&tags, 0xc1);
	struct cbor r = cbor_of(buf_bytes(&tags));
	CHECK(!cbor_skip(&r)); /* half a million tags are not half a million stack frames */
}

static void test_map(void)
{
	AUTO_BUF struct buf b, want;
	buf_init(&b, 100);
	struct cbor_map m;
	cbor_open(&m, &b);
	cbor_put_uint(&m, 1, 2);
	cbor_put_uint(&m, 2, 0); /* left out */
	cbor_put_bytes(&m, 5, (struct bytes){NULL, 0});
	cbor_put_int(&m, 3, -1);
	cbor_put_bytes(&m, 4, B("hi"));
	cbor_put_key(&m, 24);
	cbor_array(&b, 1);
	cbor_bool(&b, true);
	CHECK(cbor_close(&m) == 0);
	CHECK(bytes_eq(buf_bytes(&b), unhex("a40102032004426869181881f5", &want)));
	struct cbor r = cbor_of(buf_bytes(&b));
	uint64_t n = 0, key = 0, v = 0;
	struct bytes text = {NULL, 0};
	int64_t neg = 0;
	bool truth = false;
	CHECK(cbor_peek(&r) == CBOR_MAP && cbor_get_map(&r, &n) && n == 4);
	CHECK(cbor_get_uint(&r, &key) && key == 1 && cbor_get_uint(&r, &v) && v == 2);
	CHECK(cbor_get_uint(&r, &key) && cbor_peek(&r) == CBOR_NEGINT);
	CHECK(cbor_get_int(&r, &neg) && neg == -1);
	CHECK(cbor_get_uint(&r, &key) && cbor_get_bytes(&r, &text) && bytes_eq(text, B("hi")));
	CHECK(cbor_get_uint(&r, &key) && key == 24 && cbor_get_array(&r, &n) && n == 1);
	CHECK(cbor_get_bool(&r, &truth) && truth && cbor_peek(&r) == CBOR_END && !r.bad);
}

static void test_full(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 3);
	CHECK(cbor_uint(&b, 1000) == 0 && b.n == 3); /* exactly full */
	CHECK(cbor_uint(&b, 0) == -1 && b.overflow && b.n == 3);
	buf_reset(&b);
	struct cbor_map m;
	cbor_open(&m, &b);
	cbor_put_bytes(&m, 1, B("too long"));
	CHECK(cbor_close(&m) == -1);
	AUTO_BUF struct buf none;
	buf_init(&none, 0);
	cbor_open(&m, &none);
	CHECK(cbor_close(&m) == -1);
}

static void test_bad_stays_bad(void)
{
	struct cbor r = cbor_of(B("\x01\x02"));
	struct bytes s;
	uint64_t v = 5;
	CHECK(!cbor_get_bytes(&r, &s) && r.bad);
	CHECK(!cbor_get_uint(&r, &v) && v == 5 && cbor_peek(&r) == CBOR_END);
	r = cbor_of(B("\x83\x01"));
	CHECK(!cbor_get_array(&r, &v) && v == 5); /* three items cannot be in one byte */
	r = cbor_of(B("\xf6"));
	bool b = true;
	CHECK(!cbor_get_bool(&r, &b) && b);
	r = cbor_of(B("\x1b\x80\0\0\0\0\0\0\0"));
	int64_t i = 5;
	CHECK(!cbor_get_int(&r, &i) && i == 5); /* 2^63 is no int64_t */
	r = cbor_of((struct bytes){NULL, 0});
	CHECK(cbor_peek(&r) == CBOR_END && !cbor_skip(&r));
}

int main(void)
{
	test_ints();
	test_items();
	test_depth();
	test_map();
	test_full();
	test_bad_stays_bad();
	return TEST_END();
}
