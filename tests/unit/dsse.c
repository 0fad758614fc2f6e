/* SPDX-License-Identifier: Apache-2.0 */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

#define SIG(x) "{\"sig\":\"" x "\"}"
#define ENV(type, payload, sigs)                                                                   \
	"{\"payloadType\":" type ",\"payload\":\"" payload "\",\"signatures\":[" sigs "]}"

static const struct {
	const char *name, *text;
	int rc;
	const char *payload;
} envelopes[] = {
	{"plain",		    ENV("\"t\"",								       "aGVsbG8=",												SIG("Zm8=")),											     0, "hello"},
	{"an empty payload",                   ENV("\"t\"",												    "",																							    SIG("Zm8=")),																																       0, ""},
	{"members that are not known",
         "{\"x\":{},\"payloadType\":\"t\",\"payload\":\"aGk=\",\"signatures\":[{\"sig\":\"Zg==\","
         "\"cert\":\"x\"}]}",                                                                                              0,          "hi"},
	{"the alphabet of URLs",        ENV("\"t\"","-_8",										       SIG("Zg")),																																										    0, "\xfb\xff"},
	{"a keyid of null",        ENV("\"t\"",											  "",												   "{\"keyid\":null,\"sig\":\"\"}"),0, ""},
	{"no signatures",			  ENV("\"t\"",											   "",																						  ""),																							       -1, NULL},
	{"signatures of no kind",                         "{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":{}}",													-1,
         NULL																																																						    },
	{"a signature that is text",                        ENV("\"t\"",            "","\"Zg==\""),-1, NULL},
	{"a signature without sig",    ENV("\"t\"", "", "{}"),																																							       -1, NULL},
	{"a keyid that is a number", ENV("\"t\"",                                                "",																	    "{\"keyid\":1,\"sig\":\"\"}"),																																					-1, NULL},
	{"a payload that is not base64",                      ENV("\"t\"",												       "a",																							SIG("")),																																		  -1, NULL},
	{"a type that is no text",                     ENV("1",												    "",																									 SIG("")),-1, NULL},
	{"no payload",               "{\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"\"}]}",                                               -1,NULL},
	{"two payloads",
         "{\"payloadType\":\"t\",\"payload\":\"\",\"payload\":\"aGk=\",\"signatures\":[{\"sig\":"
         "\"\"}]}",                                                                              -1,																		       NULL																		     },
	{"a list",			"[]",												     -1,																									      NULL             },
	{"empty",			"",-1,NULL              },
	{"cut short",               "{\"payloadType\":\"t\",\"payload\":\"",                         -1,										  NULL																								      },
};

#define TYPE1 "\"_type\":\"https://in-toto.io/Statement/v1\""
#define ZERO  "0000000000000000000000000000000000000000000000000000000000000000"
static const struct {
	const char *name, *text;
	int rc;
} statements[] = {
	{"version 1",
         "{" TYPE1 ",\"subject\":[{\"digest\":{\"sha256\":\"" ZERO
         "\"}}],\"predicateType\":\"p\",\"predicate\":{}}",                                              0 },
	{"version 0.1",
         "{\"_type\":\"https://in-toto.io/Statement/"
         "v0.1\",\"subject\":[{\"name\":\"n\",\"digest\":{\"sha256\":\"" ZERO
         "\"}}],\"predicateType\":\"p\"}",                                                               0 },
	{"another digest only",
         "{" TYPE1 ",\"subject\":[{\"digest\":{\"gitCommit\":\"aa\"}}],\"predicateType\":\"p\"}",
         0												 },
	{"another type",
         "{\"_type\":\"x\",\"subject\":[{\"digest\":{\"sha256\":\"" ZERO
         "\"}}],\"predicateType\":\"p\"}",                                                               -1},
	{"no predicate type",        "{" TYPE1 ",\"subject\":[{\"digest\":{\"sha256\":\"" ZERO "\"}}]}",
         -1												},
	{"no subject",               "{" TYPE1 ",\"subject\":[],\"predicateType\":\"p\"}",               -1},
	{"a subject without digest",
         "{" TYPE1 ",\"subject\":[{\"name\":\"n\",\"digest\":{}}],\"predicateType\":\"p\"}",             -1},
	{"a digest in capitals",
         "{" TYPE1 ",\"subject\":[{\"digest\":{\"sha256\":\"A" ZERO
         "\"}}],\"predicateType\":\"p\"}",                                                               -1},
	{"empty",		    "",								 -1},
};

static void parse_envelopes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(envelopes); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct err e;
		struct dsse d;
		int rc = dsse_parse(a, bytes_str(envelopes[i].text), "e.json", &d, &e);
		test_case(rc == envelopes[i].rc &&
		                  (rc ? strncmp(e.msg, "e.json", 6) == 0
		                      : bytes_eq(d.payload, bytes_str(envelopes[i].payload))),
		          "envelope: %s", envelopes[i].name);
	}
}

static void parse_statements(void)
{
	struct digest zero = {.algo = DIGEST_SHA256}, other = digest_of(B(""));
	for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct err e;
		struct statement s = {.root = NULL};
		int rc = statement_parse(a, bytes_str(statements[i].text), "s", &s, &e);
		bool is_about = rc == 0 && statement_is_about(&s, &zero);
		test_case(rc == statements[i].rc && is_about == (rc == 0 && i != 2) &&
		                  (rc || !statement_is_about(&s, &other)),
		          "statement: %s", statements[i].name);
		statement_free(&s);
	}
}

/* DSSE protocol.md: its own example, and lengths that count bytes. */
static void encode(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1024);
	dsse_pae(B("http://example.com/HelloWorld"), B("hello world"), &b);
	test_case(bytes_eq(buf_bytes(&b),
	                   B("DSSEv1 29 http://example.com/HelloWorld 11 hello world")),
	          "the example of protocol.md");
	buf_reset(&b);
	dsse_pae(B(""), B("\xc3\xa9\0x"), &b);
	test_case(bytes_eq(buf_bytes(&b), B("DSSEv1 0  4 \xc3\xa9\0x")), "lengths are of bytes");
}

static void bounds(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct err e;
	struct dsse d;
	for (size_t n = (size_t)DSSE_SIGNATURES_MAX; n <= (size_t)DSSE_SIGNATURES_MAX + 1; n++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 1 << 16);
		buf_adds(&b, "{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[");
		for (size_t i = 0; i < n; i++)
			buf_addf(&b, "%s{\"sig\":\"Zg==\"}", i ? "," : "");
		buf_adds(&b, "]}");
		int rc = dsse_parse(a, buf_bytes(&b), "e", &d, &e);
		test_case(n <= (size_t)DSSE_SIGNATURES_MAX ? rc == 0 : rc && e.kind == ERR_LIMIT,
		          "%zu signatures", n);
	}
	for (size_t n = (size_t)DSSE_ENVELOPE_MAX; n <= (size_t)DSSE_ENVELOPE_MAX + 1; n++) {
		static const char text[] = ENV("\"t\"", "", SIG("Zg=="));
		AUTO_BUF struct buf b;
		buf_init(&b, n);
		memset(buf_room(&b, n), ' ', n);
		b.n = n;
		memcpy(b.p, text, sizeof text - 1);
		int rc = dsse_parse(a, buf_bytes(&b), "e", &d, &e);
		test_case(n <= (size_t)DSSE_ENVELOPE_MAX ? rc == 0 : rc && e.kind == ERR_LIMIT,
		          "an envelope of %zu bytes", n);
	}
}

/* What is written is read as it was. */
static void round_trip(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf text, envelope;
	struct err e;
	struct dsse d;
	struct statement s;
	struct json_out j;
	struct digest subject = digest_of(B("x"));
	buf_init(&text, 4096);
	buf_init(&envelope, 4096);
	jout_init(&j, jout_to_buf, &text, false);
	statement_begin(&j, B("n"), &subject, "urn:p");
	jout_object(&j);
	jout_kint(&j, "k", 7);
	jout_object_end(&j);
	jout_object_end(&j);
	CHECK(jout_end(&j) == 0);
	struct dsse_signature sigs[] = {
		{B("id"),   B("\x01\x02")},
		{{NULL, 0}, B("\x03")    },
	};
	struct dsse w = {B(INTOTO_MEDIA_TYPE), buf_bytes(&text), sigs, 2};
	CHECK(dsse_write(&w, &envelope) == 0);
	CHECK(dsse_parse(a, buf_bytes(&envelope), "e", &d, &e) == 0);
	CHECK(d.n_signatures == 2 && bytes_eq(d.signatures[0].keyid, B("id")) &&
	      !d.signatures[1].keyid.n && bytes_eq(d.signatures[1].sig, B("\x03")));
	CHECK(statement_parse(a, d.payload, "s", &s, &e) == 0);
	uint64_t k = 0;
	CHECK(json_u64(s.predicate, "k", 9, &k) && k == 7);
	CHECK(bytes_eq(s.predicate_type, B("urn:p")) && statement_is_about(&s, &subject));
	statement_free(&s);
}

int main(void)
{
	parse_envelopes();
	parse_statements();
	encode();
	bounds();
	round_trip();
	return TEST_END();
}
