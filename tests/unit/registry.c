/* SPDX-License-Identifier: Apache-2.0 */
/* registry.c - references, hosts, challenges, stored credentials, ranges. */
#include "fmt/registry.h"

#include <string.h>

#include "test.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TEN   "aaaaaaaaaa"
#define FIFTY TEN TEN TEN TEN TEN

/* ---- references: the rows of distribution's own grammar ---- */

static const struct {
	const char *text, *host, *repository, *tag;
	bool has_digest;
} good[] = {
	{"alpine",			    "docker.io",      "library/alpine",  "latest",   false},
	{"alpine:3.20",                       "docker.io",      "library/alpine",  "3.20",     false},
	{"grafana/grafana:11",                "docker.io",      "grafana/grafana", "11",       false},
	{"docker.io/alpine",                  "docker.io",      "library/alpine",  "latest",   false},
	{"index.docker.io/library/a:1",       "docker.io",      "library/a",       "1",        false},
	{"ghcr.io/a/b/c:v1.0_x-y",            "ghcr.io",        "a/b/c",           "v1.0_x-y", false},
	{"localhost/a",                       "localhost",      "a",               "latest",   false},
	{"localhost:5000/a/b:1",              "localhost:5000", "a/b",             "1",        false},
	{"host:5000/a",                       "host:5000",      "a",               "latest",   false},
	{"HOST/a",			    "HOST",           "a",               "latest",   false},
	{"host/a",			    "docker.io",      "host/a",          "latest",   false},
	{"[::1]:5000/a:1",                    "[::1]:5000",     "a",               "1",        false},
	{"[2001:db8::1]/a",                   "[2001:db8::1]",  "a",               "latest",   false},
	{"a.b.c:80/x__y/z--w.v:1",            "a.b.c:80",       "x__y/z--w.v",     "1",        false},
	{"a@sha256:" HEX64,                   "docker.io",      "library/a",       NULL,       true },
	{"h.io/a:1@sha256:" HEX64,            "h.io",           "a",               "1",        true },
	{"a:" FIFTY FIFTY TEN TEN "aaaaaaaa", "docker.io",      "library/a",
         FIFTY FIFTY TEN TEN "aaaaaaaa",						       false},
};

static const char *const bad[] = {
	"",
	":",
	"a:",
	"a@",
	"Alpine",
	"a/B",
	"a//b",
	"/a",
	"a/",
	"a..b",
	"a___b",
	"-a",
	"a-",
	"a._b",
	"a:.x",
	"a:-x",
	"a:x y",
	"a:x/y:",
	"a b",
	"a\nb",
	"../a",
	"h.io/../a",
	"h.io/%2e%2e/a",
	"h..io/a",
	".io/a",
	"-h.io/a",
	"h.io:/a",
	"h.io:0/a",
	"h.io:65536/a",
	"h.io:80:80/a",
	"[::1/a",
	"[::1]x/a",
	"[g::1]/a",
	"user@h.io/a",
	"https://h.io/a",
	"a@sha256:abc",
	"a@md5:" HEX64,
	"a@sha256:" HEX64 "0",
	"a@sha256:" HEX64 "@sha256:" HEX64,
	HEX64,
	"a:" FIFTY FIFTY TEN TEN "aaaaaaaaa",
	"\xc3\xa4",
};

static void test_references(void)
{
	struct registry_ref r;
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		bool is_ok = registry_ref_parse(a, bytes_str(good[i].text), &r, &e) == 0 &&
		             bytes_eq(r.host, bytes_str(good[i].host)) &&
		             bytes_eq(r.repository, bytes_str(good[i].repository)) &&
		             bytes_eq(r.tag, bytes_str(good[i].tag)) &&
		             (r.digest.algo != DIGEST_NONE) == good[i].has_digest;
		test_case(is_ok, "reference %.60s", good[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		e.kind = ERR_NONE;
		test_case(registry_ref_parse(a, bytes_str(bad[i]), &r, &e) < 0 &&
		                  e.kind == ERR_USAGE,
		          "no reference: row %zu", i);
	}
}

static void test_length(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct registry_ref r;
	char text[300];
	/* "h.io/" and 250 letters are 255 bytes */
	memset(text, 'a', sizeof text);
	memcpy(text, "h.io/", 5);
	CHECK(registry_ref_parse(a, bytes_of(text, 255), &r, NULL) == 0);
	CHECK(registry_ref_parse(a, bytes_of(text, 256), &r, NULL) < 0);
}

/* ---- hosts ---- */

static const struct {
	const char *host;
	bool is_loopback, is_link_local;
} hosts[] = {
	{"localhost",                true,  false},
	{"localhost:5000",           true,  false},
	{"a.localhost",              true,  false},
	{"127.0.0.1:5000",           true,  false},
	{"127.9.9.9",                true,  false},
	{"127.1",		    true,  false},
	{"[::1]:5000",               true,  false},
	{"[::ffff:127.0.0.1]",       true,  false},
	{"notlocalhost",             false, false},
	{"localhost.evil.org",       false, false},
	{"128.0.0.1",                false, false},
	{"169.254.169.254",          false, true },
	{"169.254.0.1:80",           false, true },
	{"[fe80::1]",                false, true },
	{"[fe80::1%eth0]",           false, true },
	{"[febf::1]",                false, true },
	{"[fec0::1]",                false, false},
	{"[fd00:ec2::254]",          false, true },
	{"[::ffff:169.254.169.254]", false, true },
	{"[64:ff9b::a9fe:a9fe]",     false, true },
	{"0xa9fea9fe",               false, true },
	{"2852039166",               false, true },
	{"100.100.100.200",          false, true },
	{"168.63.129.16",            false, true },
	{"192.0.0.192",              false, true },
	{"[fd20:ce::254]",           false, true },
	{"[fd20:ce::253]",           false, false},
	{"[64:ff9b:1::a9fe:a9fe]",   false, true },
	{"[2002:a9fe:a9fe::1]",      false, true },
	{"[2002:a9ff:a9fe::1]",      false, false},
	{"[::169.254.169.254]",      false, true },
	{"[::127.0.0.1]",            true,  false},
	{"[::]",		     false, false},
	{"metadata.google.internal", false, true },
	{"example.org",              false, false},
};

static const struct {
	const char *registry, *realm;
	bool is_vouched;
} realms[] = {
	{"docker.io",                 "auth.docker.io",        true },
	{"registry-1.docker.io",      "auth.docker.io",        true },
	{"registry-1.docker.io",      "evil.docker.io",        false},
	{"ghcr.io",                   "ghcr.io",               true },
	{"registry.gitlab.com",       "gitlab.com",            true },
	{"registry.example.org",      "auth.example.org:8443", true },
	{"registry.example.org:5000", "REGISTRY.example.org",  true },
	{"registry.example.co.uk",    "auth.example.co.uk",    true },
	{"a.co.uk",                   "b.co.uk",               false},
	{"registry.example.org",      "example.com",           false},
	{"registry.example.org",      "evilexample.org",       false},
	{"registry.example.org",      "example.org.evil.com",  false},
	{"a.azurecr.io",              "b.azurecr.io",          false},
	{"a.azurecr.io",              "a.azurecr.io",          true },
	{"1.ecr.eu.amazonaws.com",    "evil.amazonaws.com",    false},
	{"registry",                  "auth",                  false},
	{"registry",                  "registry",              true },
	{"127.0.0.1:5000",            "localhost:5001",        true },
	{"10.0.0.1",                  "10.0.0.2",              false},
	{"10.0.0.1:5000",             "10.0.0.1:5001",         true },
	{"registry.example.org",      "127.0.0.1",             false},
	{"registry.example.org",      "169.254.169.254",       false},
	{"registry.example.org",      "",                      false},
};

static void test_hosts(void)
{
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		struct bytes h = bytes_str(hosts[i].host);
		test_case(registry_is_loopback(h) == hosts[i].is_loopback &&
		                  registry_is_link_local(h) == hosts[i].is_link_local,
		          "host %s", hosts[i].host);
	}
	for (size_t i = 0; i < ARRAY_LEN(realms); i++)
		test_case(registry_vouches(bytes_str(realms[i].registry),
		                           bytes_str(realms[i].realm)) == realms[i].is_vouched,
		          "%s and tokens of %s", realms[i].registry, realms[i].realm);
}

/* ---- challenges ---- */

static const struct {
	const char *header;
	size_t n, at; /* how many; which is looked at */
	bool is_bearer;
	const char *realm, *service, *scope;
} challenges[] = {
	{"Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:x:pull,push\"", 1, 0, true,
         "https://a/t",												"s",  "repository:x:pull,push"},
	{"bearer REALM = \"https://a/t\" , Service=s",                                  1, 0, true,  "https://a/t",    "s",  NULL                    },
	{"Basic realm=\"Registry \\\"x\\\"\"",                                          1, 0, false, "Registry \"x\"", NULL, NULL                    },
	{"Negotiate, Basic realm=\"b\", Bearer realm=\"r\",service=\"s\"",              3, 2, true,  "r",              "s",
         NULL																	},
	{"Negotiate abcd==, Bearer realm=\"r\"",                                        2, 1, true,  "r",              NULL, NULL                    },
	{"Bearer realm=\"first\",realm=\"second\"",                                     1, 0, true,  "first",          NULL, NULL                    },
	{"Bearer",								      1, 0, true,  NULL,             NULL, NULL                    },
	{"Bearer realm=\"\"",							   1, 0, true,  "",               NULL, NULL                    },
	{",, Bearer realm=r ,,",							1, 0, true,  "r",              NULL, NULL                    },
	{"Bearer realm=\"open",							 0, 0, false, NULL,             NULL, NULL                    },
	{"Bearer realm=\"x\\",							  0, 0, false, NULL,             NULL, NULL                    },
	{"Bearer realm=",							       1, 0, true,  NULL,             NULL, NULL                    },
	{"Bearer realm=@",							      0, 0, false, NULL,             NULL, NULL                    },
	{"=\"x\"",								      0, 0, false, NULL,             NULL, NULL                    },
	{"",									    0, 0, false, NULL,             NULL, NULL                    },
	{"Bearer\x01realm=x",							   0, 0, false, NULL,             NULL, NULL                    },
};

static bool is_text(struct bytes b, const char *want)
{
	return want ? b.p && bytes_eq(b, bytes_str(want)) : !b.p;
}

static void test_challenges(void)
{
	struct registry_challenge c[4];
	for (size_t i = 0; i < ARRAY_LEN(challenges); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		size_t n = registry_challenges(a, bytes_str(challenges[i].header), c, 4);
		const struct registry_challenge *at = &c[challenges[i].at];
		bool is_ok = n == challenges[i].n;
		if (is_ok && n)
			is_ok = at->is_bearer == challenges[i].is_bearer &&
			        is_text(at->realm, challenges[i].realm) &&
			        is_text(at->service, challenges[i].service) &&
			        is_text(at->scope, challenges[i].scope);
		test_case(is_ok, "challenge, row %zu", i);
	}
	AUTO_ARENA struct arena *a = arena_new();
	CHECK(registry_challenges(a, B("A, B, C, D, E"), c, 4) == 4);
}

/* ---- config.json ---- */

/* base64 of "me:pass:word" and of "me:pw" with a NUL behind it */
#define AUTH     "bWU6cGFzczp3b3Jk"
#define AUTH_NUL "bWU6cHcA"

static const struct {
	const char *name, *json, *ref, *user, *password, *helper, *token;
} auths[] = {
	{"a host",			   "{\"auths\":{\"h.io\":{\"auth\":\"" AUTH "\"}}}",                             "h.io/a",      "me", "pass:word",
         NULL,																			    NULL},
	{"a NUL as padding",                 "{\"auths\":{\"h.io\":{\"auth\":\"" AUTH_NUL "\"}}}",                         "h.io/a",      "me",
         "pw",																	       NULL,        NULL},
	{"a port belongs to the host",       "{\"auths\":{\"h.io\":{\"auth\":\"" AUTH "\"}}}",
         "h.io:5000/a",														   NULL, NULL,        NULL,        NULL},
	{"a host that only begins the same", "{\"auths\":{\"h.io\":{\"auth\":\"" AUTH "\"}}}",
         "h.io.evil.org/a",													       NULL, NULL,        NULL,        NULL},
	{"Docker Hub by its old URL",
         "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"" AUTH "\"}}}",                                          "alpine",      "me",
         "pass:word",																	NULL,        NULL},
	{"a URL",			    "{\"auths\":{\"https://h.io/v2/\":{\"username\":\"u\",\"password\":\"p\"}}}",
         "h.io/a",															"u",  "p",         NULL,        NULL},
	{"the longest namespace",
         "{\"auths\":{\"h.io\":{\"username\":\"u\",\"password\":\"1\"},"
         "\"h.io/team\":{\"username\":\"u\",\"password\":\"2\"},"
         "\"h.io/te\":{\"username\":\"u\",\"password\":\"3\"}}}",                                                          "h.io/team/a", "u",  "2",         NULL,        NULL},
	{"an identity token",                "{\"auths\":{\"h.io\":{\"identitytoken\":\"t\"}}}",                           "h.io/a",      NULL,
         NULL,																	       NULL,        "t" },
	{"a helper",			 "{\"credHelpers\":{\"h.io\":\"ecr-login\"},\"credsStore\":\"pass\"}",         "h.io/a",
         NULL,																  NULL,        "ecr-login", NULL},
	{"the store for all others",
         "{\"credHelpers\":{\"h.io\":\"ecr-login\"},\"credsStore\":\"pass\"}",                                             "i.io/a",      NULL, NULL,
         "pass",																			  NULL},
	{"keys of other cases",
         "{\"auths\":{\"h.io\":{},\"H.IO\":{}},\"HttpHeaders\":{\"A\":\"b\"}}",                                            "h.io/a",      NULL,
         NULL,																	       NULL,        NULL},
	{"nothing",			  "{}",									 "h.io/a",      NULL, NULL,        NULL,        NULL},
};

static const char *const bad_auths[] = {
	"",
	"[]",
	"{",
	"{\"auths\":{\"h.io\":{\"auth\":\"!!\"}}}",
	"{\"auths\":{\"h.io\":{\"auth\":\"bWU=\"}}}", /* no ":" */
	"{\"credHelpers\":{\"h.io\":\"../sh\"}}",
	"{\"credsStore\":\"a b\"}",
};

static void test_auths(void)
{
	struct registry_auth r;
	struct registry_ref ref;
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(auths); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		CHECK(registry_ref_parse(a, bytes_str(auths[i].ref), &ref, &e) == 0);
		bool is_ok = registry_auth_find(a, bytes_str(auths[i].json), &ref, &r, &e) == 0 &&
		             is_text(r.user, auths[i].user) &&
		             is_text(r.password, auths[i].password) &&
		             is_text(r.helper, auths[i].helper) &&
		             is_text(r.identity_token, auths[i].token);
		test_case(is_ok, "config.json: %s", auths[i].name);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad_auths); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		CHECK(registry_ref_parse(a, B("h.io/a"), &ref, &e) == 0);
		e.kind = ERR_NONE;
		test_case(registry_auth_find(a, bytes_str(bad_auths[i]), &ref, &r, &e) < 0 &&
		                  e.kind == ERR_FORMAT,
		          "config.json that is refused, row %zu", i);
	}
}

static void test_answers(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct registry_auth r;
	struct bytes t;
	CHECK(registry_helper_answer(a, B("{\"Username\":\"u\",\"Secret\":\"s\"}"), &r, NULL) ==
	              0 &&
	      bytes_eq(r.user, B("u")) && bytes_eq(r.password, B("s")));
	CHECK(registry_helper_answer(a, B("{\"Username\":\"<token>\",\"Secret\":\"s\"}"), &r,
	                             NULL) == 0 &&
	      !r.user.n && bytes_eq(r.identity_token, B("s")));
	CHECK(registry_helper_answer(a, B("{\"Username\":\"u\"}"), &r, NULL) < 0);
	CHECK(registry_token_answer(a, B("{\"token\":\"x\",\"access_token\":\"y\"}"), &t, NULL) ==
	              0 &&
	      bytes_eq(t, B("x")));
	CHECK(registry_token_answer(a, B("{\"access_token\":\"y\"}"), &t, NULL) == 0 &&
	      bytes_eq(t, B("y")));
	CHECK(registry_token_answer(a, B("{}"), &t, NULL) < 0);
	CHECK(registry_token_answer(a, B("{\"token\":\"a\\r\\nHost: b\"}"), &t, NULL) < 0);
	CHECK(registry_token_answer(a, B("{\"token\":7}"), &t, NULL) < 0);
}

/* ---- ranges ---- */

static const struct {
	const char *name;
	uint64_t offset, size;
	long status;
	const char *range, *length;
	int64_t skip; /* -1: refused */
} ranges[] = {
	{"whole",			0,  100, 200, NULL,                                "100", 0 },
	{"whole, without a length",      0,  100, 200, NULL,                                NULL,  0 },
	{"another length",               0,  100, 200, NULL,                                "101", -1},
	{"a server that ignores ranges", 40, 100, 200, NULL,                                "100", 40},
	{"the rest",		     40, 100, 206, "bytes 40-99/100",                   "60",  0 },
	{"the rest of an unknown total", 40, 100, 206, "bytes 40-99/*",                     NULL,  0 },
	{"a part of the rest",           40, 100, 206, "bytes 40-79/100",                   "40",  0 },
	{"more than the rest",           40, 100, 206, "bytes 30-99/100",                   "70",  10},
	{"a gap",			40, 100, 206, "bytes 41-99/100",                   "59",  -1},
	{"only what is here",            40, 100, 206, "bytes 0-39/100",                    "40",  -1},
	{"beyond the end",               40, 100, 206, "bytes 40-100/101",                  "61",  -1},
	{"another total",                40, 100, 206, "bytes 40-99/200",                   "60",  -1},
	{"past the end of its own",      40, 100, 206, "bytes 40-100/100",                  "61",  -1},
	{"backwards",                    40, 100, 206, "bytes 99-40/100",                   "60",  -1},
	{"a length that differs",        40, 100, 206, "bytes 40-99/100",                   "61",  -1},
	{"a part without saying which",  40, 100, 206, NULL,                                "60",  -1},
	{"another unit",                 40, 100, 206, "lines 40-99/100",                   "60",  -1},
	{"a number that is none",        40, 100, 206, "bytes 4x-99/100",                   "60",  -1},
	{"a number of 2^64",             40, 100, 206, "bytes 18446744073709551616-99/100", NULL,  -1},
	{"a part that nobody asked for", 0,  100, 206, "bytes 0-99/100",                    "100", 0 },
};

static void test_ranges(void)
{
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		const struct registry_range r = {ranges[i].offset, ranges[i].size, ranges[i].status,
		                                 bytes_str(ranges[i].range),
		                                 bytes_str(ranges[i].length)};
		uint64_t skip = 0;
		int rc = registry_range_check(&r, &skip, NULL);
		test_case(ranges[i].skip < 0 ? rc < 0 : rc == 0 && skip == (uint64_t)ranges[i].skip,
		          "range: %s", ranges[i].name);
	}
}

int main(void)
{
	test_references();
	test_length();
	test_hosts();
	test_challenges();
	test_auths();
	test_answers();
	test_ranges();
	return TEST_END();
}
