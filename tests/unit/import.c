/* SPDX-License-Identifier: Apache-2.0 */
/* Importing into an index: what is united, replaced, kept, refused. */
#include "advise/import.h"

#include <stdlib.h>
#include <string.h>

#include "advise/sink.h"
#include "test.h"

#define SECDB(release, fixed)                                                                      \
	"{\"urlprefix\":\"https://dl-cdn.alpinelinux.org/alpine\",\"reponame\":\"main\","          \
	"\"distroversion\":\"" release "\",\"packages\":[{\"pkg\":{\"name\":\"a\",\"secfixes\":{"  \
	"\"" fixed "\":[\"CVE-2023-1\"]}}}]}"
#define TRACKER                                                                                    \
	"{\"src\":{\"CVE-2023-1\":{\"releases\":{\"bookworm\":{\"repositories\":{},"               \
	"\"status\":\"open\"}}}}}"

static char folder[] = "/tmp/import.XXXXXX";
static char notes[4096];

static void on_note(void *arg, const char *text)
{
	(void)arg;
	size_t n = strlen(notes);
	snprintf(notes + n, sizeof notes - n, "%s;", text);
}

static const char *in_folder(const char *name)
{
	static char path[4][200];
	static int i;
	i = (i + 1) % 4;
	snprintf(path[i], sizeof path[i], "%s/%s", folder, name);
	return path[i];
}

static void put(const char *name, const char *text)
{
	struct err e;
	if (file_write(in_folder(name), bytes_str(text), 0600, &e) < 0)
		test_case(0, "%s", e.msg);
}

static int import(const char *name, const char *feed, struct feed_import_result *ret, struct err *e)
{
	char db[200];
	snprintf(db, sizeof db, "%s/db", folder);
	const struct feed_import_options o = {.db = db, .feed = feed, .note = on_note};
	const char *const paths[] = {in_folder(name)};
	notes[0] = 0;
	*ret = (struct feed_import_result){.documents = 0};
	return feed_import(paths, 1, &o, ret, e);
}

/* "FEED(NAMESPACES)RECORDS ..." */
static void index_is(const char *name, const char *want)
{
	struct index *ix;
	struct err e;
	struct buf have;
	const struct index_feed *f;
	buf_init(&have, 10000);
	if (index_open(in_folder("db"), &ix, &e) < 0) {
		test_case(0, "%s: %s", name, e.msg);
		return;
	}
	size_t n = index_feeds(ix, &f);
	for (size_t i = 0; i < n; i++)
		buf_addf(&have, "%.*s(%.*s)%llu;", BYTES_FMT(f[i].name), BYTES_FMT(f[i].namespaces),
		         (unsigned long long)f[i].records);
	index_close(ix);
	if (!test_case(strcmp(buf_cstr(&have), want) == 0, "%s", name))
		printf("# have %s\n", buf_cstr(&have));
	buf_fini(&have);
}

static void check_errors(void)
{
	struct feed_import_result r;
	struct err e;
	put("unknown", "words");
	CHECK(import("unknown", NULL, &r, &e) < 0 && e.kind == ERR_FORMAT);
	CHECK(strstr(notes, "unknown: no feed assay knows"));
	CHECK(import("missing", NULL, &r, &e) < 0 && e.kind == ERR_IO);
	CHECK(import("unknown", "no-such-feed", &r, &e) < 0 && e.kind == ERR_USAGE);
	CHECK(import("unknown", "debian-tracker", &r, &e) < 0); /* broken as that feed */
	CHECK(strstr(notes, "unknown: byte"));
	struct index *ix;
	CHECK(index_open(in_folder("db"), &ix, &e) < 0 && e.kind == ERR_NOTFOUND);
}

/* What is called JSON and is none is broken, not something else that lies there. */
static void check_damage(void)
{
	static const struct {
		const char *name, *text, *says;
	} cases[] = {
		{"empty.json",     "",                     "is empty"},
		{"blanks.json",    " \n",                  "is empty"},
		{"cut.json",       "{\"a\": [1, 2",        "byte"    },
		{"words.json",     "words",                "byte"    },
		{"two.json",       "{\"a\": 1} {\"b\": 2", "byte"    },
		{"other.json",     "{\"a\": 1}",           NULL      },
		{"packed.json.gz", "words",                "byte"    },
		{"a.json.asc",     "-----BEGIN",           NULL      },
		{"lines.jsonl",    "{\"a\": 1}\n{",        NULL      },
		{"words",          "{",                    NULL      },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct feed_import_result r = {0};
		struct err e;
		char name[80];
		snprintf(name, sizeof name, "damage-%zu", i);
		CHECK(dir_make(in_folder(name), &e) == 0);
		snprintf(name, sizeof name, "damage-%zu/a.json", i);
		put(name, SECDB("v3.18", "1"));
		snprintf(name, sizeof name, "damage-%zu/%s", i, cases[i].name);
		put(name, cases[i].text);
		snprintf(name, sizeof name, "damage-%zu", i);
		CHECK(import(name, NULL, &r, &e) == 0 && r.records == 1);
		test_case(r.broken == (cases[i].says ? 1 : 0) &&
		                  r.unknown == (cases[i].says ? 0 : 1) &&
		                  (!cases[i].says || strstr(notes, cases[i].says)),
		          "%s: %s", cases[i].name, notes);
	}
}

static void check_index(void)
{
	struct feed_import_result r;
	struct err e;
	CHECK(dir_make(in_folder("first"), &e) == 0);
	put("first/a.json", SECDB("v3.18", "1"));
	put("first/b.json", SECDB("v3.19", "1"));
	put("first/broken.json", "{\"packages\":[{\"pkg\":{\"secfixes\"");
	put("first/tracker.json", TRACKER);
	put("first/README.md", "words");
	put("first/what", "words");
	CHECK(import("first", NULL, &r, &e) == 0);
	CHECK(r.documents == 3 && r.records == 3 && r.broken == 1 && r.unknown == 1 &&
	      r.companions == 1);
	CHECK(strstr(notes, "/first/broken.json: byte"));
	index_is("two feeds, parts of one united",
	         "alpine-secdb(alpine:3.18 alpine:3.19)2;debian-tracker(debian:12)1;");

	put("later.json", SECDB("v3.20", "2"));
	CHECK(import("later.json", NULL, &r, &e) == 0 && r.broken == 0);
	index_is("a later import replaces its feed and leaves the others",
	         "alpine-secdb(alpine:3.20)1;debian-tracker(debian:12)1;");

	CHECK(import("first/broken.json", NULL, &r, &e) < 0);
	index_is("what is all broken changes nothing",
	         "alpine-secdb(alpine:3.20)1;debian-tracker(debian:12)1;");

	CHECK(import("later.json", "alpine-secdb", &r, &e) == 0 && r.documents == 1);
}

static void check_about(void)
{
	char db[200];
	struct feed_import_result r;
	struct err e;
	struct index *ix;
	const struct index_feed *f;
	snprintf(db, sizeof db, "%s/starter", folder);
	const struct feed_import_options o = {.db = db, .is_starter = true, .facts_only = true};
	const char *const paths[] = {in_folder("later.json"), in_folder("first/")};
	CHECK(feed_import(paths, 2, &o, &r, &e) == 0); /* nobody listens to notes */
	CHECK(index_open(db, &ix, &e) == 0);
	size_t n = index_feeds(ix, &f);
	CHECK(n == 2 && f[0].is_starter && bytes_eq(f[0].source, B("later.json first")));
	CHECK(f[0].data_s > 0 && f[0].data_s <= clock_now_s() && f[0].imported_s > 0);
	CHECK(!f[0].partial.n && !f[1].partial.n);
	index_close(ix);
}

static void check_recognise(void)
{
	struct doc_memory m;
	bool is_beside;
	doc_memory(&m, "x/source-versions.json", B("{\"zlib\":{\"bookworm\":\"1:1.2\"}}"));
	CHECK(!import_recognise(&m.doc, &is_beside) && is_beside);
	doc_memory(&m, "a.zip!LICENSE", B("words"));
	CHECK(!import_recognise(&m.doc, &is_beside) && is_beside);
	doc_memory(&m, "other", B("words"));
	CHECK(!import_recognise(&m.doc, &is_beside) && !is_beside);
	doc_memory(&m, "empty", B(""));
	CHECK(!import_recognise(&m.doc, &is_beside) && !is_beside);
	for (const struct feed *const *f = feeds; *f; f++) {
		CHECK(feed_by_id(bytes_str((*f)->id)) == *f);
		CHECK(!f[1] || strcmp(f[0]->id, f[1]->id) < 0);
	}
	CHECK(!feed_by_id(B("none")));
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	check_errors();
	check_damage();
	check_index();
	check_about();
	check_recognise();
	const char *const argv[] = {"/bin/rm", "-rf", folder, NULL};
	struct proc p;
	int status;
	if (proc_spawn(argv, NULL, 0, &p, NULL) == 0)
		proc_wait(&p, &status, NULL);
	return TEST_END();
}
