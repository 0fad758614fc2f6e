/* SPDX-License-Identifier: Apache-2.0 */
/* Documents in files, folders, archives and archives within archives, made by libarchive. */
#include "advise/sink.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

struct seen {
	struct buf text; /* "NAME=CONTENT;" each; "BROKEN NAME;" */
	uint64_t bytes;
	bool counts_only;
};

/* Name without the folder of the test. */
static struct bytes shorten(struct bytes name)
{
	ssize_t at = bytes_search(name, B("/walk."));
	return at < 0 ? name : bytes_skip(name, (size_t)at + 13);
}

static int on_document(void *arg, struct feed_doc *doc, struct err *e)
{
	struct seen *s = arg;
	struct buf b;
	if (s->counts_only) {
		AUTO_FREE uint8_t *p = mem_alloc(1 << 20);
		ssize_t n;
		while ((n = doc->read(doc, p, 1 << 20, e)) > 0)
			s->bytes += (uint64_t)n;
		buf_adds(&s->text, n < 0 ? "limit;" : "read;");
		return 0;
	}
	if (feed_load(doc, 1 << 20, &b, e) < 0) {
		buf_addf(&s->text, "UNREADABLE %.*s;", BYTES_FMT(shorten(doc->name)));
		return 0;
	}
	buf_addf(&s->text, "%.*s=%.*s;", BYTES_FMT(shorten(doc->name)), BYTES_FMT(buf_bytes(&b)));
	buf_fini(&b);
	return 0;
}

static void on_broken(void *arg, struct bytes name, const char *why)
{
	struct seen *s = arg;
	(void)why;
	buf_addf(&s->text, "BROKEN %.*s;", BYTES_FMT(shorten(name)));
}

enum pack { TAR, TAR_GZ, TAR_XZ, TAR_BZ2, TAR_ZST, ZIP, GZ, XZ, BZ2, ZST };

/* Packs n members (names[i], contents[i]) into ret. */
static void pack(enum pack how, const char *const names[], const struct buf contents[], size_t n,
                 struct buf *ret)
{
	size_t used = 0;
	struct archive *a = archive_write_new();
	buf_init(ret, 8 << 20);
	if (how == ZIP)
		archive_write_set_format_zip(a);
	else if (how >= GZ)
		archive_write_set_format_raw(a);
	else
		archive_write_set_format_ustar(a);
	if (how == TAR_GZ || how == GZ)
		archive_write_add_filter_gzip(a);
	else if (how == TAR_XZ || how == XZ)
		archive_write_add_filter_xz(a);
	else if (how == TAR_BZ2 || how == BZ2)
		archive_write_add_filter_bzip2(a);
	else if (how == TAR_ZST || how == ZST)
		archive_write_add_filter_zstd(a);
	uint8_t *room = buf_room(ret, 4 << 20);
	archive_write_open_memory(a, room, 4 << 20, &used);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *en = archive_entry_new();
		archive_entry_set_pathname(en, names[i]);
		archive_entry_set_filetype(en, AE_IFREG);
		archive_entry_set_perm(en, 0644);
		archive_entry_set_size(en, (la_int64_t)contents[i].n);
		archive_write_header(a, en);
		archive_write_data(a, contents[i].p, contents[i].n);
		archive_entry_free(en);
	}
	archive_write_close(a);
	archive_write_free(a);
	ret->n += used;
}

static struct buf text_buf(const char *text)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	buf_adds(&b, text);
	return b;
}

static char folder[] = "/tmp/walk.XXXXXX";

static const char *file(const char *name, struct bytes content)
{
	static char path[200];
	struct err e;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (file_write(path, content, 0600, &e) < 0)
		test_case(0, "%s", e.msg);
	return path;
}

static void check_walk(const char *name, const char *path, const char *want)
{
	struct seen s = {.counts_only = false};
	struct import_walk w = {.document = on_document, .broken = on_broken, .arg = &s};
	struct err e;
	buf_init(&s.text, 8 << 20);
	int res = import_walk(&w, path, &e);
	if (!test_case(res == 0 && strcmp(buf_cstr(&s.text), want) == 0, "%s", name))
		printf("# %d: %s\n", res, buf_cstr(&s.text));
	buf_fini(&s.text);
}

static void check_forms(void)
{
	static const struct {
		enum pack how;
		const char *file, *want;
	} forms[] = {
		{TAR,     "a.tar",     "a.tar!d/x.json={1};a.tar!y={2};"        },
		{TAR_GZ,  "a.tar.gz",  "a.tar.gz!d/x.json={1};a.tar.gz!y={2};"  },
		{TAR_XZ,  "a.tar.xz",  "a.tar.xz!d/x.json={1};a.tar.xz!y={2};"  },
		{TAR_BZ2, "a.tar.bz2", "a.tar.bz2!d/x.json={1};a.tar.bz2!y={2};"},
		{TAR_ZST, "a.tar.zst", "a.tar.zst!d/x.json={1};a.tar.zst!y={2};"},
		{ZIP,     "a.zip",     "a.zip!d/x.json={1};a.zip!y={2};"        },
		{GZ,      "x.json.gz", "x.json={1};"                            },
		{XZ,      "x.json.xz", "x.json={1};"                            },
		{BZ2,     "x.bz2",     "x={1};"                                 },
		{ZST,     "x.zst",     "x={1};"                                 },
	};
	static const char *const names[] = {"d/x.json", "y"};
	struct buf contents[] = {text_buf("{1}"), text_buf("{2}")};
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct buf packed;
		pack(forms[i].how, names, contents, forms[i].how >= GZ ? 1 : 2, &packed);
		check_walk(forms[i].file, file(forms[i].file, buf_bytes(&packed)), forms[i].want);
		buf_fini(&packed);
	}
	buf_fini(&contents[0]);
	buf_fini(&contents[1]);
}

/* A document within depth archives. */
static void check_nesting(void)
{
	static const char *const name[] = {"in"};
	for (int64_t depth = FEED_NESTING_MAX; depth <= FEED_NESTING_MAX + 1; depth++) {
		struct buf inner = text_buf("{}"), outer, want;
		buf_init(&want, 1000);
		for (int64_t i = 0; i < depth; i++) {
			pack(i % 2 ? ZIP : TAR_GZ, name, &inner, 1, &outer);
			buf_fini(&inner);
			inner = outer;
		}
		bool is_past = depth > FEED_NESTING_MAX;
		buf_adds(&want, is_past ? "BROKEN nested" : "nested");
		for (int64_t i = 0; i < MIN_OF(depth, FEED_NESTING_MAX); i++)
			buf_adds(&want, "!in");
		buf_adds(&want, is_past ? ";" : "={};");
		check_walk(is_past ? "one archive too many" : "FEED_NESTING_MAX archives",
		           file("nested", buf_bytes(&inner)), buf_cstr(&want));
		buf_fini(&inner);
		buf_fini(&want);
	}
}

/* What was counted before leaves room for n more members or bytes. */
static int walk_with(uint64_t members, uint64_t bytes, const char *path, struct buf *ret)
{
	struct seen s = {.counts_only = true};
	struct import_walk w = {.document = on_document,
	                        .broken = on_broken,
	                        .arg = &s,
	                        .members = members,
	                        .bytes = bytes};
	struct err e;
	buf_init(&s.text, 1 << 20);
	int res = import_walk(&w, path, &e);
	*ret = s.text;
	return res;
}

static void check_bounds(void)
{
	static const char *const names[] = {"a", "b"};
	struct buf contents[] = {text_buf("1"), text_buf("2")}, packed, seen;
	pack(TAR, names, contents, 2, &packed);
	const char *path = file("two.tar", buf_bytes(&packed));
	CHECK(walk_with((uint64_t)FEED_MEMBERS_MAX - 2, 0, path, &seen) == 0);
	CHECK(strcmp(buf_cstr(&seen), "read;read;") == 0);
	buf_fini(&seen);
	CHECK(walk_with((uint64_t)FEED_MEMBERS_MAX - 1, 0, path, &seen) < 0);
	buf_fini(&seen);
	path = file("three", B("abc"));
	CHECK(walk_with(0, (uint64_t)FEED_IMPORT_MAX - 3, path, &seen) == 0);
	CHECK(strcmp(buf_cstr(&seen), "read;") == 0);
	buf_fini(&seen);
	CHECK(walk_with(0, (uint64_t)FEED_IMPORT_MAX - 2, path, &seen) == 0);
	CHECK(strncmp(buf_cstr(&seen), "BROKEN", 6) == 0);
	buf_fini(&seen);
	/* a sparse file: holes take no space */
	path = file("sparse", B("a"));
	for (int past = 0; past <= 1; past++) {
		CHECK(truncate(path, (off_t)FEED_DOC_MAX + past) == 0);
		CHECK(walk_with(0, 0, path, &seen) == 0);
		test_case(strcmp(buf_cstr(&seen), past ? "limit;" : "read;") == 0,
		          "FEED_DOC_MAX bytes%s", past ? " and one" : "");
		buf_fini(&seen);
	}
	unlink(path);
	buf_fini(&packed);
	buf_fini(&contents[0]);
	buf_fini(&contents[1]);
}

static void check_broken(void)
{
	static const char *const names[] = {"a", "b"};
	struct buf contents[] = {text_buf("1"), text_buf("2")}, packed;
	struct err e;
	pack(TAR, names, contents, 2, &packed);
	check_walk("a tar cut in its second member: the first counts",
	           file("cut.tar", bytes_slice(buf_bytes(&packed), 0, 1200)),
	           "cut.tar!a=1;BROKEN cut.tar;");
	buf_fini(&packed);
	pack(GZ, names, contents, 1, &packed);
	check_walk("a gzip file cut short", file("cut.gz", bytes_slice(buf_bytes(&packed), 0, 12)),
	           "BROKEN cut.gz;");
	buf_fini(&packed);
	buf_fini(&contents[0]);
	buf_fini(&contents[1]);
	check_walk("zip that is none", file("x.zip", B("PK\3\4garbage")), "BROKEN x.zip;");
	check_walk("an empty file", file("empty", B("")), "empty=;");
	struct import_walk w = {.document = on_document, .broken = on_broken};
	CHECK(import_walk(&w, "/nonexistent/path", &e) < 0 && e.kind == ERR_IO);
}

static void check_folder(void)
{
	char path[200], link[200];
	struct err e;
	snprintf(path, sizeof path, "%s/tree", folder);
	snprintf(link, sizeof link, "%s/tree/z-link", folder);
	CHECK(dir_make(path, &e) == 0);
	snprintf(path, sizeof path, "%s/tree/.git", folder);
	CHECK(dir_make(path, &e) == 0);
	snprintf(path, sizeof path, "%s/tree/sub", folder);
	CHECK(dir_make(path, &e) == 0);
	file("tree/.git/config", B("no"));
	file("tree/.hidden", B("no"));
	file("tree/sub/c", B("3"));
	file("tree/a", B("1"));
	CHECK(symlink("/etc/passwd", link) == 0);
	snprintf(path, sizeof path, "%s/tree", folder);
	check_walk("a folder: sorted, nothing hidden, no links", path, "tree/a=1;tree/sub/c=3;");
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	check_forms();
	check_nesting();
	check_bounds();
	check_broken();
	check_folder();
	const char *const argv[] = {"/bin/rm", "-rf", folder, NULL};
	struct proc p;
	int status;
	if (proc_spawn(argv, NULL, 0, &p, NULL) == 0)
		proc_wait(&p, &status, NULL);
	return TEST_END();
}
