/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ubuntu.c - Ubuntu's three feeds together, from documents to findings: records of vulnerabilities
 * (OSV), notices (OSV), statements (OpenVEX).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advise/advise.h"
#include "advise/import.h"
#include "test.h"

#define AFFECTED(eco, name, events)                                                                \
	"{\"package\":{\"ecosystem\":\"Ubuntu:" eco "\",\"name\":\"" name                          \
	"\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}" events "]}]}"
#define FIXED(v) ",{\"fixed\":\"" v "\"}"
#define RECORD(id, rest, affected)                                                                 \
	"{\"id\":\"" id "\",\"modified\":\"2026-05-01T00:00:00Z\"," rest "\"affected\":[" affected \
	"]}"
#define PRIORITY(word) "\"severity\":[{\"type\":\"Ubuntu\",\"score\":\"" word "\"}],"
#define SOURCE(name)   "{\"@id\":\"pkg:deb/ubuntu/" name "@9?arch=source&distro=bionic\"}"

/* name of the file, text */
static const char *const records[][2] = {
	{"1.json",
         RECORD("UBUNTU-CVE-2024-1",           PRIORITY("medium"), AFFECTED("18.04:LTS", "a", FIXED("2")))       },
	{"2.json", RECORD("UBUNTU-CVE-2024-2", PRIORITY("low"),
         AFFECTED("Pro:18.04:LTS",						       "a", FIXED("1.5+esm1")))},
	{"3.json", RECORD("UBUNTU-CVE-2024-3", PRIORITY("high"),   AFFECTED("18.04:LTS", "a", ""))               },
	{"4.json", RECORD("UBUNTU-CVE-2024-4", PRIORITY("high"),   AFFECTED("18.04:LTS", "a", ""))               },
};
static const char *const notices[][2] = {
	{"5.json", RECORD("USN-1-1", "\"upstream\":[\"CVE-2024-1\",\"CVE-2024-9\"],",
         AFFECTED("18.04:LTS", "a", FIXED("2")))},
};
static const char *const statements[][2] = {
	{"6.json",
         "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"author\":\"Canonical Ltd.\","
         "\"timestamp\":\"2026-05-20T00:00:00Z\",\"statements\":[{\"vulnerability\":{\"name\":"
         "\"CVE-2024-3\"},\"status\":\"affected\",\"action_statement\":\"decided to not fix it\","
         "\"products\":[" SOURCE("a") "]},{\"vulnerability\":{\"name\":\"CVE-2024-4\"},\"status\":"
                                      "\"not_affected\",\"products\":[" SOURCE("a") "]}]}"},
};

static char folder[] = "/tmp/ubuntu-test-XXXXXX";

/* Imports the files into a fresh index. */
static struct index *import(const char *const files[][2], size_t n)
{
	AUTO_FREE char *db = path_join(folder, "db"), *docs = path_join(folder, "docs");
	const char *const paths[] = {docs};
	struct feed_import_options o = {.db = db};
	struct feed_import_result res;
	struct index *ix = NULL;
	struct err e = {.kind = ERR_NONE};
	dir_make(db, &e);
	dir_make(docs, &e);
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *path = path_join(docs, files[i][0]);
		file_write(path, bytes_str(files[i][1]), 0600, &e);
	}
	bool is_done = feed_import(paths, 1, &o, &res, &e) == 0 && res.broken == 0 &&
	               res.documents == n && index_open(db, &ix, &e) == 0;
	test_case(is_done, "%zu documents are imported %s", n, e.msg);
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *path = path_join(docs, files[i][0]);
		unlink(path);
	}
	return ix;
}

/* The findings of package a in that version, as "ID STATUS FIXED SEVERITY SOURCE" a line. */
static void judge(struct index *ix, const char *version, struct buf *ret)
{
	struct report *r = report_new();
	struct err e;
	const struct match_options o = {.pkg_os = true};
	r->os.id = B("ubuntu");
	r->os.version = B("18.04");
	r->os.ns = B("ubuntu:18.04");
	struct package *p = report_package(r);
	p->type = B("deb");
	p->name = B("liba1");
	p->source_name = B("a");
	p->version = p->source_version = bytes_str(version);
	p->purl = B("pkg:deb/ubuntu/liba1");
	buf_reset(ret);
	CHECK(advise_match(r, ix, &o, &e) == 0);
	for (int id = 1; id <= 9; id++) {
		for (size_t i = 0; i < r->n_findings; i++) {
			const struct finding *f = &r->findings[i];
			if (f->id.p[f->id.n - 1] == '0' + id)
				buf_addf(ret, "%.*s %s %.*s %s %.*s\n", BYTES_FMT(f->id),
				         status_name(f->status), BYTES_FMT(f->fixed),
				         severity_name(f->severity), BYTES_FMT(f->severity_source));
		}
	}
	report_free(r);
}

static void is(struct index *ix, const char *version, const char *want, const char *name)
{
	AUTO_BUF struct buf got;
	buf_init(&got, 1 << 16);
	judge(ix, version, &got);
	if (!test_case(strcmp(buf_cstr(&got), want) == 0, "%s", name))
		printf("# have %s\n", buf_cstr(&got));
}

int main(void)
{
	const char *all[6][2];
	if (!mkdtemp(folder))
		return 1;
	memcpy(all, records, sizeof records);
	memcpy(all + 4, notices, sizeof notices);
	memcpy(all + 5, statements, sizeof statements);

	struct index *ix = import(notices, 1);
	is(ix, "1",
	   "CVE-2024-1 fixed 2 unknown \n"
	   "CVE-2024-9 fixed 2 unknown \n",
	   "a notice alone names all its vulnerabilities");
	index_close(ix);

	ix = import(records, 4);
	is(ix, "1",
	   "CVE-2024-1 fixed 2 medium ubuntu\n"
	   "CVE-2024-2 affected  low ubuntu\n"
	   "CVE-2024-3 affected  high ubuntu\n"
	   "CVE-2024-4 affected  high ubuntu\n",
	   "a fix that must be paid for is none, and a notice is not asked beside records");
	is(ix, "1.4+esm1",
	   "CVE-2024-1 fixed 2 medium ubuntu\n"
	   "CVE-2024-2 fixed 1.5+esm1 low ubuntu\n"
	   "CVE-2024-3 affected  high ubuntu\n"
	   "CVE-2024-4 affected  high ubuntu\n",
	   "who has paid gets it");
	is(ix, "2",
	   "CVE-2024-3 affected  high ubuntu\n"
	   "CVE-2024-4 affected  high ubuntu\n",
	   "both fixes are in");
	index_close(ix);

	ix = import(all, 6);
	is(ix, "1",
	   "CVE-2024-1 fixed 2 medium ubuntu\n"
	   "CVE-2024-2 affected  low ubuntu\n"
	   "CVE-2024-3 will_not_fix  high ubuntu\n",
	   "a statement decides, and the record lends its priority");
	index_close(ix);

	static const char *const left[] = {"db/index.mdb", "db/index.mdb.checked",
	                                   "db/.index.mdb.lock"};
	static const char *const folders[] = {"db", "docs"};
	for (size_t i = 0; i < ARRAY_LEN(left); i++) {
		AUTO_FREE char *path = path_join(folder, left[i]);
		unlink(path);
	}
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		AUTO_FREE char *path = path_join(folder, folders[i]);
		rmdir(path);
	}
	rmdir(folder);
	return TEST_END();
}
