/* SPDX-License-Identifier: Apache-2.0 */
/* update.c - addresses of documents, documents that name others, names of files, the state. */
#include "advise/update.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advise/fetch.h"

#include "test.h"

static const struct {
	const char *name, *url, *bare;
	int rc;
} urls[] = {
	{"https",                 "https://a.example/x",           "https://a.example/x",         0 },
	{"http with a port",      "http://127.0.0.1:8080/x?y=1",   "http://127.0.0.1:8080/x?y=1", 0 },
	{"credentials",           "https://me:secret@a.example/x", "https://a.example/x",         0 },
	{"a user alone",          "https://me@a.example/x",        "https://a.example/x",         0 },
	{"no scheme",             "a.example/x",                   "a.example/x",                 -1},
	{"no scheme, a password", "me:secret@a.example/x",         "(no URL)",                    -1},
	{"file",		  "file:///etc/passwd",            "file:///etc/passwd",          -1},
	{"ftp with a password",   "ftp://me:secret@a.example/",    "(no URL)",                    -1},
	{"empty",                 "",			      "",			    -1},
	{"no host",               "https://",                      "https://",                    -1},
	{"a line break",          "https://a.example/\nx",         "https://a.example/\nx",       -1},
};

static void test_urls(void)
{
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		AUTO_BUF struct buf bare;
		struct err e;
		buf_init(&bare, 1024);
		fetch_bare_url(urls[i].url, &bare);
		test_case(strcmp(buf_cstr(&bare), urls[i].bare) == 0, "%s: shown as %s",
		          urls[i].name, buf_cstr(&bare));
		int rc = fetch_check_url(urls[i].url, &e);
		test_case(rc == urls[i].rc, "%s: %s", urls[i].name, rc ? "refused" : "allowed");
		test_case(rc == 0 || !strstr(e.msg, "secret"), "%s: no password in the message",
		          urls[i].name);
	}
	AUTO_FREE char *url = mem_alloc((size_t)FETCH_URL_MAX + 1);
	memset(url, 'x', (size_t)FETCH_URL_MAX);
	memcpy(url, "https://a.example/", 18);
	url[FETCH_URL_MAX - 1] = 0;
	test_case(fetch_check_url(url, NULL) == 0, "an address just short enough");
	url[FETCH_URL_MAX - 1] = 'x';
	url[FETCH_URL_MAX] = 0;
	test_case(fetch_check_url(url, NULL) < 0, "an address one byte longer");
}

static const struct {
	const char *from, *to;
	bool may;
} hops[] = {
	{"https://a/", "https://b/",         true },
	{"http://a/",  "https://a/",         true },
	{"http://a/",  "http://b/",          true },
	{"https://a/", "http://a/",          false},
	{"https://a/", "file:///etc/passwd", false},
	{"http://a/",  "file:///etc/passwd", false},
	{"http://a/",  "gopher://a/",        false},
	{"https://a/", "",                   false},
};

static void test_hops(void)
{
	for (size_t i = 0; i < ARRAY_LEN(hops); i++)
		test_case(fetch_may_follow(hops[i].from, hops[i].to) == hops[i].may,
		          "from %s to \"%s\": %s", hops[i].from, hops[i].to,
		          hops[i].may ? "yes" : "no");
	test_case(fetch_backoff_ms(0, 1, 0) == 1000 && fetch_backoff_ms(0, 3, 0) == 4000,
	          "waits double");
	test_case(fetch_backoff_ms(0, 1, 1023) < 1500 && fetch_backoff_ms(0, 1, 1023) > 1400,
	          "with up to half as much again");
	test_case(fetch_backoff_ms(0, 40, 0) == 60000, "up to a minute");
	test_case(FETCH_IDLE_S <= 60 && FETCH_WAIT_MAX <= 600, "nothing waits for long");
}

static const char *const releases[] = {"v1", "v2?", NULL};
static const struct feed_url rows[] = {
	{"https://a.example/{release}/main.json", releases},
	{"https://a.example/all.json",            NULL    },
	{NULL,				    NULL    },
};
static const struct feed made_up = {.id = "made-up", .urls = rows};
static const struct feed bare_feed = {.id = "bare"};

static void test_expansion(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct update_urls u;
	struct err e;
	CHECK(update_urls(&made_up, NULL, a, &u, &e) == 0 && u.n == 3);
	CHECK(strcmp(u.v[0].url, "https://a.example/v1/main.json") == 0 && !u.v[0].may_miss);
	CHECK(strcmp(u.v[1].url, "https://a.example/v2/main.json") == 0 && u.v[1].may_miss);
	CHECK(strcmp(u.v[2].url, "https://a.example/all.json") == 0 && !u.v[2].may_miss);
	AUTO_JSON json_t *own = json_pack("[ss]", "http://m/{release}.json", "http://m/x");
	CHECK(update_urls(&made_up, own, a, &u, &e) == 0 && u.n == 3);
	CHECK(strcmp(u.v[1].url, "http://m/v2.json") == 0 && u.v[1].may_miss);
	CHECK(update_urls(&bare_feed, own, a, &u, &e) < 0 && e.kind == ERR_USAGE);
	AUTO_JSON json_t *one = json_string("http://m/x");
	CHECK(update_urls(&bare_feed, one, a, &u, &e) == 0 && u.n == 1);
	AUTO_JSON json_t *none = json_array();
	CHECK(update_urls(&made_up, none, a, &u, &e) == 0 && u.n == 0);
	AUTO_JSON json_t *number = json_integer(1);
	CHECK(update_urls(&made_up, number, a, &u, &e) < 0 && e.kind == ERR_USAGE);
	CHECK(update_urls(&bare_feed, NULL, a, &u, &e) == 0 && u.n == 0);
	AUTO_JSON json_t *many = json_array();
	for (int64_t i = 0; i < FETCH_URLS_MAX; i++)
		json_array_append(many, one);
	CHECK(update_urls(&bare_feed, many, a, &u, &e) == 0 && u.n == (size_t)FETCH_URLS_MAX);
	json_array_append(many, one);
	CHECK(update_urls(&bare_feed, many, a, &u, &e) < 0 && e.kind == ERR_LIMIT);
	for (size_t i = 0; feeds[i]; i++)
		test_case(update_urls(feeds[i], NULL, a, &u, &e) == 0, "%s has right addresses",
		          feeds[i]->id);
}

static const struct {
	const char *name, *url, *text, *want;
} named[] = {
	{"archive_latest",            "https://a/vex/archive_latest.txt", "x-2026.tar.zst\n",
         "https://a/vex/x-2026.tar.zst"												     },
	{"archive_latest: a path",    "https://a/vex/archive_latest.txt", "../x.tar",                        NULL                           },
	{"archive_latest: elsewhere", "https://a/vex/archive_latest.txt", "https://b/x.tar",                 NULL                           },
	{"archive_latest: empty",     "https://a/vex/archive_latest.txt", "",                                NULL                           },
	{"mirror.list",               "https://a/2/mirror.list",          "https://b/2/guid\nhttps://c/2\n",
         "https://b/2/guid/repodata/repomd.xml"											     },
	{"mirror.list with a query",  "https://a/2/mirror.list",          "https://b/2/?instance_id=1",
         "https://b/2/repodata/repomd.xml"												  },
	{"mirror.list: https wanted", "https://a/2/mirror.list",          "http://b/2\nhttps://c/2\n",
         "https://c/2/repodata/repomd.xml"												  },
	{"mirror.list: only http",    "https://a/2/mirror.list",          "http://b/2\n",                    NULL                           },
	{"mirror.list: empty",        "https://a/2/mirror.list",          "",                                NULL                           },
	{"repomd",		    "https://b/2/repodata/repomd.xml",
         "<repomd><data type=\"primary\"><location href=\"repodata/p.xml.gz\"/></data>"
         "<data type=\"updateinfo\"><checksum>x</checksum><location href=\"repodata/u.xml.gz\"/>"
         "</data></repomd>",                                                                                 "https://b/2/repodata/u.xml.gz"},
	{"repomd: another scheme",    "https://b/2/repodata/repomd.xml",
         "<data type=\"updateinfo\"><location href=\"/../../file:///x\"/>",                                  "https://b/file:///x"          },
	{"repomd without updateinfo", "https://b/2/repodata/repomd.xml",
         "<data type=\"primary\"><location href=\"repodata/p.xml.gz\"/></data>",                             NULL                           },
	{"repomd cut short",          "https://b/2/repodata/repomd.xml",
         "<data type=\"updateinfo\"><location href=\"repod",                                                 NULL                           },
};

static void test_pointers(void)
{
	struct err none;
	AUTO_ARENA struct arena *a = arena_new();
	CHECK(!update_is_pointer("https://a/x.json") && update_is_pointer("https://a/repomd.xml"));
	const char *url = "https://b/repomd.xml";
	CHECK(update_follow(url, B("<repomd></repomd>"), a, &url, &none) < 0 &&
	      none.kind == ERR_NOTFOUND);
	CHECK(update_follow(url, B("<repomd>"), a, &url, &none) < 0 && none.kind == ERR_FORMAT);
	for (size_t i = 0; i < ARRAY_LEN(named); i++) {
		const char *got = NULL;
		struct err e;
		int rc = update_follow(named[i].url, bytes_str(named[i].text), a, &got, &e);
		bool is_right = named[i].want ? rc == 0 && strcmp(got, named[i].want) == 0 : rc < 0;
		test_case(is_right, "%s: %s", named[i].name, got ? got : "refused");
	}
}

static void test_names(void)
{
	static const struct {
		const char *url, *want;
	} cases[] = {
		{"https://a.example/v3.18/main.json", "f/a.example/v3.18/main.json"},
		{"http://a.example:80/x",             "f/http/a.example%3a80/x"    },
		{"https://a/../../x",                 "f/a/%2e./%2e./x"            },
		{"https://a//x/",                     "f/a/%/x/%"                  },
		{"https://a/x?y=/z&q",                "f/a/x%3fy%3d/z%26q"         },
		{"https://a/.hidden",                 "f/a/%2ehidden"              },
	};
	AUTO_ARENA struct arena *a = arena_new();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *got = update_file_name("f", cases[i].url, a);
		test_case(strcmp(got, cases[i].want) == 0, "file of %s: %s", cases[i].url, got);
	}
}

static void counts(void *arg, const char *url)
{
	size_t *n = arg;
	*n += strlen(url) > 0;
}

static void test_state(void)
{
	char dir[] = "/tmp/assay-update-XXXXXX";
	CHECK(mkdtemp(dir) != NULL);
	AUTO_FREE char *path = path_join(dir, "update.json");
	const char *etag = "", *modified = "";
	struct update_state s;
	struct err e;
	update_state_load(&s, path);
	CHECK(update_state_documents(&s, "f") == 0 && update_state_imported(&s, "f") == 0);
	CHECK(!update_state_get(&s, "f", "https://a/x", &etag, &modified));
	update_state_begin(&s, "f", 77);
	update_state_put(&s, "f", "https://a/x", B("\"tag\""), (struct bytes){NULL, 0});
	update_state_put(&s, "f", "https://a/y", B("a\r\nEvil: 1"), B("Fri, 20 Nov 2026"));
	update_state_put(&s, "f", "https://a/z", B("\xff"), (struct bytes){NULL, 0});
	CHECK(update_state_save(&s, path, &e) == 0);
	update_state_free(&s);
	update_state_load(&s, path);
	CHECK(update_state_documents(&s, "f") == 3 && update_state_imported(&s, "f") == 77);
	CHECK(update_state_get(&s, "f", "https://a/x", &etag, &modified) && !modified &&
	      strcmp(etag, "\"tag\"") == 0);
	CHECK(update_state_get(&s, "f", "https://a/y", &etag, &modified) && !etag &&
	      strcmp(modified, "Fri, 20 Nov 2026") == 0);
	CHECK(update_state_get(&s, "f", "https://a/z", &etag, &modified) && !etag && !modified);
	size_t n = 0;
	update_state_each(&s, "f", counts, &n);
	CHECK(n == 3);
	update_state_begin(&s, "f", 0);
	CHECK(update_state_documents(&s, "f") == 0);
	update_state_free(&s);
	static const char *const foreign[] = {
		"",
		"{",
		"[]",
		"{\"schema\": \"x\", \"feeds\": {}}",
		"{\"schema\": \"assay.update/v1\", \"feeds\": []}",
		("{\"schema\": \"assay.update/v1\", \"feeds\": "
	         "{\"f\": {\"documents\": [], \"imported\": \"\"}}}")};
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		CHECK(file_write(path, bytes_str(foreign[i]), 0600, &e) == 0);
		update_state_load(&s, path);
		CHECK(update_state_documents(&s, "f") == 0 && update_state_imported(&s, "f") == 0);
		update_state_begin(&s, "f", 1);
		update_state_put(&s, "f", "https://a/x", B("t"), B("m"));
		CHECK(update_state_documents(&s, "f") == 1);
		update_state_free(&s);
	}
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	test_urls();
	test_hops();
	test_expansion();
	test_pointers();
	test_names();
	test_state();
	return TEST_END();
}
