/* SPDX-License-Identifier: Apache-2.0 */
/* jws.c - signatures of notation and of sigstore's bundle, as documents; tests/source/evidence.py
 * has them verified. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

#define CTY    "\"cty\":\"application/vnd.cncf.notary.payload.v1+json\""
#define SCHEME "\"io.cncf.notary.signingScheme\":\"notary.x509\""
#define CRIT   "\"crit\":[\"io.cncf.notary.signingScheme\"]"
#define ZERO   "0000000000000000000000000000000000000000000000000000000000000000"
#define TARGET "{\"targetArtifact\":{\"digest\":\"sha256:" ZERO "\"}}"
#define GOOD   "{\"alg\":\"ES256\"," CTY "," SCHEME "," CRIT "}"

static const struct {
	const char *name, *header, *payload;
	enum err_kind kind;
} cases[] = {
	{"plain",			       GOOD,							       TARGET,					    ERR_NONE       },
	{"members that are not known",          "{\"alg\":\"x\",\"y\":1," CTY "," SCHEME "," CRIT "}",
         TARGET,																		       ERR_NONE       },
	{"no algorithm",                        "{" CTY "," SCHEME "," CRIT "}",                                    TARGET,                                            ERR_FORMAT     },
	{"another content",                     "{\"alg\":\"ES256\",\"cty\":\"x\"," SCHEME "," CRIT "}",            TARGET,
         ERR_FORMAT																				   },
	{"a scheme that is not named critical", "{\"alg\":\"ES256\"," CTY "," SCHEME "}",                           TARGET,
         ERR_FORMAT																				   },
	{"a scheme that is not known",
         "{\"alg\":\"ES256\"," CTY ",\"io.cncf.notary.signingScheme\":\"z\"," CRIT "}",                             TARGET,
         ERR_UNSUPPORTED																			      },
	{"something else is critical",
         "{\"alg\":\"ES256\"," CTY "," SCHEME
         ",\"crit\":[\"io.cncf.notary.signingScheme\",\"b64\"]}",                                                   TARGET,					    ERR_UNSUPPORTED},
	{"an end that is no time",
         "{\"alg\":\"ES256\"," CTY "," SCHEME "," CRIT ",\"io.cncf.notary.expiry\":\"soon\"}",
         TARGET,																		       ERR_FORMAT     },
	{"two algorithms",                      "{\"alg\":\"ES256\",\"alg\":\"none\"," CTY "," SCHEME "," CRIT "}",
         TARGET,																		       ERR_FORMAT     },
	{"about nothing",                       GOOD,							       "{}",					      ERR_FORMAT     },
	{"about a digest that is none",         GOOD,							       "{\"targetArtifact\":{\"digest\":\"sha256:00\"}}",
         ERR_FORMAT																				   },
	{"a header that is no JSON",            "x",								TARGET,                                            ERR_FORMAT     },
	{"an empty header",                     "",								 TARGET,					    ERR_FORMAT     },
	{"an empty payload",                    GOOD,							       "",						ERR_FORMAT     },
};

static void put(struct buf *to, const char *header, const char *payload, size_t certificates)
{
	buf_adds(to, "{\"protected\":\"");
	base64_encode(bytes_str(header), to);
	buf_adds(to, "\",\"payload\":\"");
	base64_encode(bytes_str(payload), to);
	buf_adds(to, "\",\"header\":{\"x5c\":[");
	for (size_t i = 0; i < certificates; i++)
		buf_adds(to, i ? ",\"Zg==\"" : "\"Zg==\"");
	buf_adds(to, "]},\"signature\":\"Zm8\"}");
}

static void documents(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf b;
		struct err e = {.kind = ERR_NONE};
		struct jws j;
		buf_init(&b, 1 << 16);
		put(&b, cases[i].header, cases[i].payload, 1);
		int rc = jws_parse(a, buf_bytes(&b), "j", &j, &e);
		test_case((rc == 0) == (cases[i].kind == ERR_NONE) && e.kind == cases[i].kind,
		          "notation: %s (%s)", cases[i].name, e.msg);
		for (size_t n = 0; n < b.n && i == 0; n += 7)
			test_case(jws_parse(a, bytes_of(b.p, n), "j", &j, &e) < 0,
			          "notation: cut after %zu bytes", n);
	}
}

static void bounds(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct err e;
	struct jws j;
	for (size_t n = (size_t)JWS_CERTIFICATES_MAX; n <= (size_t)JWS_CERTIFICATES_MAX + 1; n++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 1 << 16);
		put(&b, GOOD, TARGET, n);
		int rc = jws_parse(a, buf_bytes(&b), "j", &j, &e);
		test_case(n <= (size_t)JWS_CERTIFICATES_MAX ? rc == 0 : rc && e.kind == ERR_LIMIT,
		          "%zu certificates", n);
	}
	for (size_t n = (size_t)JWS_MAX; n <= (size_t)JWS_MAX + 1; n++) {
		AUTO_BUF struct buf b;
		buf_init(&b, n);
		put(&b, GOOD, TARGET, 0);
		size_t have = b.n;
		memset(buf_room(&b, n - have), ' ', n - have);
		b.n = n;
		int rc = jws_parse(a, buf_bytes(&b), "j", &j, &e);
		test_case(n <= (size_t)JWS_MAX ? rc == 0 : rc && e.kind == ERR_LIMIT, "%zu bytes",
		          n);
	}
}

#define DIGEST32 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
static const struct {
	const char *name, *text;
	enum err_kind kind;
} messages[] = {
	{"plain",
         "{\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":"
         "\"" DIGEST32 "\"},\"signature\":\"Zg==\"}}",
         ERR_NONE						     },
	{"another digest",
         "{\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_512\",\"digest\":\"Zg==\"}"
         ",\"signature\":\"Zg==\"}}",                  ERR_UNSUPPORTED},
	{"a short digest",
         "{\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":\"Zg==\"}"
         ",\"signature\":\"Zg==\"}}",                  ERR_FORMAT     },
	{"no signature",
         "{\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":"
         "\"" DIGEST32 "\"}}}",
         ERR_FORMAT						   },
	{"nothing",        "{}",                       ERR_FORMAT     },
	{"a list",         "[]",                       ERR_FORMAT     },
};

static void bundles(void)
{
	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_JSON json_t *root = NULL;
		struct err e = {.kind = ERR_NONE};
		struct message_signature m;
		json_load_data(bytes_str(messages[i].text), "m", 4096, &root, NULL);
		int rc = message_signature_read(a, root, "m", &m, &e);
		test_case((rc == 0) == (messages[i].kind == ERR_NONE) && e.kind == messages[i].kind,
		          "message: %s (%s)", messages[i].name, e.msg);
	}
}

int main(void)
{
	documents();
	bounds();
	bundles();
	return TEST_END();
}
