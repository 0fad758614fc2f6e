/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret_scan.c - the scan over pieces of any size: the same findings however a file is cut, its
 * bounds, and no value in what it says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inspect/inspect.h"
#include "test.h"

static struct secret_scan *scan;
static struct buf said;
static unsigned cuts;

static void found(void *arg, const struct secret_found *f)
{
	(void)arg;
	buf_addf(&said, "%.*s:%u %.*s %u\n", BYTES_FMT(secret_rule_id(scan, f)), f->line,
	         BYTES_FMT(f->mask), f->how);
}

static void cut(void *arg, const char *code, const char *text)
{
	(void)arg, (void)text;
	buf_addf(&said, "cut %s\n", code);
	cuts++;
}

static const char *run(struct bytes text, size_t piece)
{
	buf_reset(&said);
	struct secret_stream *st = secret_open(scan, B("app/x"));
	for (; text.n; text = bytes_skip(text, piece))
		secret_feed(st, bytes_slice(text, 0, piece));
	secret_close(st, &(struct secret_sink){NULL, found, cut});
	return buf_cstr(&said);
}

/* A token with a true checksum, put together here. */
#define TOKEN                                                                                      \
	"npm_Alm0StFaK3t0kEN8"                                                                     \
	"uTval1DcRC32dc1Bscp5"
#define SAID(line, how) "secret.npm-token:" line " npm_********scp5 " how "\n"

static const struct {
	const char *name, *text, *want;
} cases[] = {
	{"plain",		   "a\nb\nt=" TOKEN "\n",                                    SAID("3",                          "8")},
	{"alone, without a line end",                         TOKEN,						       SAID("1",							   "8")},
	{"two of them",                     TOKEN "\n" TOKEN "\n",									     SAID("1",                                        "8") SAID("2", "8")},
	{"letters before it",                 "x" TOKEN "\n",""},
	{"a password",       "DB_PASSWORD=r4nd0m1zed\n",                                 "secret.password-plain:1 ******** 0\n"                                                                                },
	{"a variable in its place",              "DB_PASSWORD=${OTHER}\n",                                      ""},
	{"Base64 of a line", "v: dD1ucG1fQWxtMFN0RmFLM3Qwa0VOOHVUdmFsMURjUkMzMmRjMUJzY3A1\n",
         SAID("1",              "9")},
	{"a private key",
         "-----BEGIN EC PRIVATE "
         "KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyK82\n1hg6SN\n-----END", "secret.private-key:1 ******** 0\n"													      },
	{"an encrypted one",
         "-----BEGIN ENCRYPTED PRIVATE "
         "KEY-----\nMIIBvTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIhMRb\n",                                                                   ""				    },
	{"a public one",
         "-----BEGIN PUBLIC "
         "KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErV6jjYEd9lwhN53y\n",                                                                ""						    },
	{"nothing",			 "hello\n",								    ""						    },
	{"empty",			 "",									 ""                    },
};

static void plain_cases(void)
{
	static const size_t pieces[] = {1 << 20, 1, 7, 4096};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t k = 0; k < ARRAY_LEN(pieces); k++) {
			const char *have = run(bytes_str(cases[i].text), pieces[k]);
			if (!test_case(strcmp(have, cases[i].want) == 0, "%s, in pieces of %zu",
			               cases[i].name, pieces[k]))
				printf("# have %s# want %s", have, cases[i].want);
		}
	}
}

/* A hit across the border of two pieces, wherever the border lies. */
static void borders(void)
{
	AUTO_BUF struct buf b;
	unsigned bad = 0;
	buf_init(&b, (size_t)KIB(64));
	for (int i = 0; i < 500; i++)
		buf_adds(&b, "line of text\n");
	buf_adds(&b, "t=" TOKEN "\n");
	for (int i = 0; i < 500; i++)
		buf_adds(&b, "line of text\n");
	for (size_t piece = 6400; piece < 6700; piece += 3)
		bad += strcmp(run(buf_bytes(&b), piece), SAID("501", "8")) != 0;
	CHECK(bad == 0);
}

static void wide(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(4));
	buf_addc(&b, 0xff);
	buf_addc(&b, 0xfe);
	const char *text = "first\nt=" TOKEN "\n";
	for (const char *p = text; *p; p++) {
		buf_addc(&b, (uint8_t)*p);
		buf_addc(&b, 0);
	}
	CHECK(strcmp(run(buf_bytes(&b), 1 << 20), SAID("2", "10")) == 0);
	/* big endian, without a mark */
	buf_reset(&b);
	for (const char *p = text; *p; p++) {
		buf_addc(&b, 0);
		buf_addc(&b, (uint8_t)*p);
	}
	CHECK(strcmp(run(buf_bytes(&b), 1 << 20), SAID("2", "10")) == 0);
}

/* In binary files only rules that noise does not meet speak, and lines are none. */
static void binary(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, KIB(4));
	buf_add(&b, B("\x7f"
	              "ELF\0\0\0\0password=r4nd0m1zed\0"));
	CHECK(strcmp(run(buf_bytes(&b), 1 << 20), "") == 0);
	buf_add(&b, B(TOKEN "\0"));
	CHECK(strcmp(run(buf_bytes(&b), 1 << 20), SAID("0", "8")) == 0);
	/* a script with an archive behind it */
	buf_reset(&b);
	buf_adds(&b, "#!/bin/sh\nDB_PASSWORD=r4nd0m1zed\n");
	while (b.n < 3000)
		buf_adds(&b, "exec java -jar \"$0\" of an application\n");
	buf_add(&b, B("PK\3\4\1\2\6\xf3\x0e\npw:k\xf7Zx9\xd3r\xb1q\x01\n"));
	CHECK(strcmp(run(buf_bytes(&b), 1 << 20), "secret.password-plain:2 ******** 0\n") == 0);
}

static void bounds(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(64));
	/* SECRETS_FILE_MAX, and one past it */
	for (int64_t i = 0; i < SECRETS_FILE_MAX; i++)
		buf_adds(&b, "t=" TOKEN "\n");
	cuts = 0;
	run(buf_bytes(&b), 4096);
	CHECK(cuts == 0);
	buf_adds(&b, "t=" TOKEN "\n");
	run(buf_bytes(&b), 4096);
	CHECK(cuts == 1 && strstr(buf_cstr(&said), "cut secret.many"));
	/* SECRET_CONFIRMS_MAX: no more hits than that are looked at */
	buf_reset(&b);
	for (int64_t i = 0; i < SECRET_CONFIRMS_MAX; i++)
		buf_addf(&b, "npm_%036d\n%300s\n", 0, "");
	cuts = 0;
	run(buf_bytes(&b), 1 << 18);
	CHECK(cuts == 0);
	buf_addf(&b, "npm_%036d\n%300s\n", 0, "");
	run(buf_bytes(&b), 1 << 18);
	CHECK(cuts == 1 && strstr(buf_cstr(&said), "cut secret.cut"));
}

/* No rule may ask for more of the past than is kept: SECRET_SPAN_MAX. */
static void spans(void)
{
	const struct rules *r = rules_shipped();
	int64_t most = 0;
	for (size_t i = 0; i < r->n; i++)
		most = MAX_OF(most, (int64_t)r->v[i].span);
	CHECK(r->n >= 200 && most <= SECRET_SPAN_MAX);
}

static void broken_bundles(void)
{
	const struct rules *r = rules_shipped();
	struct rules got;
	struct err e;
	CHECK(rules_open(r->whole, &got, &e) == 0 && got.n == r->n);
	CHECK(rules_open(bytes_slice(r->whole, 0, r->whole.n - 1), &got, &e) == -1);
	CHECK(rules_open(bytes_slice(r->whole, 0, 10), &got, &e) == -1 && e.kind == ERR_FORMAT);
	CHECK(rules_open(B(""), &got, &e) == -1);
	CHECK(rules_find(r, B("secret.npm-token")) && !rules_find(r, B("secret.none")));
}

int main(void)
{
	struct err e;
	if (secret_scan_new(rules_shipped(), &scan, &e)) {
		test_skip("the secret scan", e.msg);
		return 0;
	}
	buf_init(&said, (size_t)MIB(1));
	plain_cases();
	borders();
	wide();
	binary();
	bounds();
	spans();
	broken_bundles();
	buf_fini(&said);
	secret_scan_free(scan);
	return TEST_END();
}
