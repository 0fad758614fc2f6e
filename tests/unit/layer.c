/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layer.c - whole layers: what a visitor sees of names, links, whiteouts, files and faults.
 *
 * One line per call of the visitor:
 *   TYPE PATH [-> LINK] [odd BITS]     =PATH CONTENT     >PATH MAX (too large)     !CODE PATH
 */
#include "walk/parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/tarmake.h"
#include "test.h"

struct seen {
	struct buf out;
	uint64_t max; /* of wanted files; 0: none is wanted */
	uint64_t entries;
	bool is_quiet;
};

static const char *const words[] = {"file",  "dir",  "symlink",  "link",  "char",
                                    "block", "fifo", "whiteout", "opaque"};

static enum walk_want on_entry(void *arg, const struct entry *en, uint64_t *ret_max)
{
	struct seen *s = arg;
	s->entries++;
	*ret_max = s->max;
	if (s->is_quiet)
		return WALK_SKIP;
	buf_addf(&s->out, "%s %.*s", words[en->type], BYTES_FMT(en->path));
	if (en->link.n)
		buf_addf(&s->out, " -> %.*s", BYTES_FMT(en->link));
	if (en->oddities)
		buf_addf(&s->out, " odd %u", en->oddities);
	buf_addc(&s->out, '\n');
	return s->max ? WALK_WHOLE : WALK_SKIP;
}

static void on_file(void *arg, const struct entry *en, struct bytes content)
{
	struct seen *s = arg;
	buf_addf(&s->out, "=%.*s ", BYTES_FMT(en->path));
	buf_add(&s->out, content);
	buf_addc(&s->out, '\n');
}

static void on_large(void *arg, const struct entry *en, uint64_t max)
{
	struct seen *s = arg;
	buf_addf(&s->out, ">%.*s %llu\n", BYTES_FMT(en->path), (unsigned long long)max);
}

static void on_note(void *arg, struct bytes path, const char *code, const char *text)
{
	struct seen *s = arg;
	(void)text;
	buf_addf(&s->out, "!%s %.*s\n", code, BYTES_FMT(path));
}

struct feed {
	struct bytes rest;
	size_t step;
};

static ssize_t feed_read(void *arg, void *p, size_t n)
{
	struct feed *f = arg;
	size_t k = MIN_OF(MIN_OF(n, f->step), f->rest.n);
	memcpy(p, f->rest.p, k);
	f->rest = bytes_skip(f->rest, k);
	return (ssize_t)k;
}

static struct walk_visitor visitor(struct seen *s)
{
	return (struct walk_visitor){
		.arg = s,
		.entry = on_entry,
		.file = on_file,
		.too_large = on_large,
		.note = on_note,
	};
}

static int run(struct bytes in, uint64_t max, size_t step, struct buf *out)
{
	struct seen s = {.max = max};
	struct walk_result r = {.plain_size = 0};
	struct err e = {.msg = ""};
	struct feed f = {in, step};
	const struct walk_input input = {feed_read, &f};
	const struct walk_visitor v = visitor(&s);
	buf_init(&s.out, 64 << 20);
	int rc = walk_input(&input, &v, &r, &e);
	struct digest want = digest_of(in);
	if (rc)
		buf_addf(&s.out, "error %s: %s\n", err_kind_name(e.kind), e.msg);
	else if (!digest_eq(&r.diff_id, &want) || r.plain_size != in.n)
		buf_adds(&s.out, "WRONG DIGEST\n");
	*out = s.out;
	return rc;
}

static void expect_max(const char *name, const struct buf *b, uint64_t max, const char *want)
{
	static const size_t steps[] = {1 << 30, 100, 1};
	bool is_ok = true;
	for (size_t i = 0; i < ARRAY_LEN(steps) && is_ok; i++) {
		AUTO_BUF struct buf got;
		run(buf_bytes(b), max, steps[i], &got);
		is_ok = strncmp(buf_cstr(&got), want, strlen(want)) == 0 &&
		        (got.n == strlen(want) || strstr(want, "error "));
		if (!is_ok)
			printf("# got\n%s# want\n%s", buf_cstr(&got), want);
	}
	test_case(is_ok, "%s", name);
}

static void expect(const char *name, const struct buf *b, const char *want)
{
	expect_max(name, b, 0, want);
}

/* HOSTILE A1, A17: names. */
static void names(void)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{"./",                 "dir \n"					       },
		{".",                  "dir \n"					       },
		{"./a/b/",             "dir a/b\n"					    },
		{"a//b/./c",           "dir a/b/c\n"					  },
		{"a/...",              "dir a/...\n"					  },
		{".hidden/..x",        "dir .hidden/..x\n"                                    },
		{"/etc/x",             "dir etc/x odd 1\n"                                    },
		{"//",                 "dir  odd 1\n"					 },
		{"a/../b",             "dir b odd 2\n"                                        },
		{"a/b/../..",          "dir  odd 2\n"                                         },
		{"../x",               "!entry.unsafe x\ndir x odd 2\n"                       },
		{"a/../../x",          "!entry.unsafe x\ndir x odd 2\n"                       },
		{"/../../etc",         "!entry.unsafe etc\ndir etc odd 3\n"                   },
		{"..",                 "!entry.unsafe \ndir  odd 2\n"                         },
		{"caf\xc3\xa9",        "dir caf\xc3\xa9\n"                                    },
		{"caf\xe9",            "dir caf\xe9 odd 8\n"                                  },
		{"a\x1b[31m",          "!entry.control-name a\x1b[31m\ndir a\x1b[31m odd 16\n"},
		{"a\nb",               "!entry.control-name a\nb\ndir a\nb odd 16\n"          },
		{"\xe2\x80\xae"
	         "x", "!entry.control-name \xe2\x80\xae"
	         "x\n"
	         "dir \xe2\x80\xae"
	         "x odd 16\n"                           },
		{"\xc2\x9b"
	         "x", "!entry.control-name \xc2\x9b"
	         "x\n"
	         "dir \xc2\x9b"
	         "x odd 16\n"                           },
		{"\xe2\x80\xa0",       "dir \xe2\x80\xa0\n"                                   },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b, got;
		buf_init(&b, 1 << 20);
		tm_dir(&b, cases[i].name);
		tm_end(&b);
		run(buf_bytes(&b), 0, 4096, &got);
		if (!test_case(strcmp(buf_cstr(&got), cases[i].want) == 0, "name %zu", i))
			printf("# got %s# want %s", buf_cstr(&got), cases[i].want);
	}
}

/* HOSTILE A3, A4, A6: links out of the root, roots that are none, devices. */
static void links(void)
{
	AUTO_BUF struct buf b, r;
	buf_init(&b, 1 << 20);
	tm_link(&b, '1', "a", "./etc/passwd");
	tm_link(&b, '1', "b", "/etc/passwd");
	tm_link(&b, '1', "c", "../../etc/passwd");
	tm_link(&b, '2', "d", "../../etc/passwd");
	tm_link(&b, '3', "dev/null", "");
	tm_link(&b, '6', "pipe", "");
	tm_end(&b);
	expect("links", &b,
	       "link a -> etc/passwd\nlink b -> etc/passwd\n!entry.link-out c\n"
	       "link c -> etc/passwd odd 128\nsymlink d -> ../../etc/passwd\nchar dev/null\n"
	       "fifo pipe\n");
	static const char types[] = {'0', '1', '2', '3', '6', 'S'};
	for (size_t i = 0; i < sizeof types; i++) {
		AUTO_BUF struct buf x;
		buf_init(&x, 1 << 20);
		tm_link(&x, types[i], i % 2 ? "." : "a/..", "/tmp");
		tm_end(&x);
		AUTO_BUF struct buf got;
		test_case(run(buf_bytes(&x), 0, 512, &got) == -1, "root of type %c", types[i]);
	}
	buf_init(&r, 1 << 20);
	static char target[4100];
	memset(target, 't', sizeof target);
	tm_pax1(&r, 'x', "linkpath", bytes_of(target, (size_t)PATH_LEN_MAX));
	tm_link(&r, '2', "l", "");
	AUTO_BUF struct buf ok, over;
	CHECK(run(buf_bytes(&r), 0, 512, &ok) == 0);
	buf_reset(&r);
	tm_pax1(&r, 'x', "linkpath", bytes_of(target, (size_t)PATH_LEN_MAX + 1));
	tm_link(&r, '2', "l", "");
	CHECK(run(buf_bytes(&r), 0, 512, &over) == -1 && strstr(buf_cstr(&over), "error limit"));
}

/* HOSTILE A7. */
static void whiteouts(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 20);
	tm_file(&b, "etc/.wh.passwd", "");
	tm_file(&b, ".wh.top", "");
	tm_file(&b, "./etc/.wh..wh..opq", "");
	tm_file(&b, ".wh..wh..opq", "");
	tm_file(&b, "a/.wh..wh.plnk", "");
	tm_file(&b, "a/.wh....", "");
	tm_dir(&b, "a/.wh.dir/");
	tm_file(&b, "a/.wh.full", "x");
	tm_file(&b, "a/wh.no", "");
	tm_file(&b, "a/.wh.dir/below", "");
	tm_end(&b);
	expect("whiteouts", &b,
	       "whiteout etc/passwd\nwhiteout top\nopaque etc\nopaque \nwhiteout a/.wh.plnk\n"
	       "whiteout a/...\n"
	       "!entry.whiteout a/.wh.dir\nwhiteout a/dir\n!entry.whiteout a/.wh.full\n"
	       "whiteout a/full\nfile a/wh.no\nfile a/.wh.dir/below\n");
	static const char *const bad[] = {".wh.",    "a/.wh.",     ".wh..",
	                                  "a/.wh..", "a/b/.wh...", ".wh..."};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO_BUF struct buf x;
		buf_init(&x, 1 << 20);
		tm_file(&x, bad[i], "");
		tm_end(&x);
		expect(bad[i], &x, "error format: whiteout");
	}
}

/* HOSTILE A9 to A11, A13. */
static void odd_archives(void)
{
	AUTO_BUF struct buf b, s, u;
	buf_init(&b, 1 << 20);
	tm_file(&b, "a", "1");
	tm_link(&b, '2', "a", "b");
	tm_file(&b, "a", "2");
	tm_end(&b);
	tm_file(&b, "late", "3");
	tm_end(&b);
	expect_max("duplicates as they come; behind the end marker", &b, 10,
	           "file a\n=a 1\nsymlink a -> b\nfile a\n=a 2\n!entry.after-end late\nfile late "
	           "odd 64\n=late 3\n");
	buf_init(&s, 1 << 20);
	AUTO_BUF struct buf r;
	buf_init(&r, 1 << 20);
	tm_record(&r, "GNU.sparse.size", B("6"));
	tm_record(&r, "GNU.sparse.map", B("1,2,4,1"));
	tm_pax(&s, 'x', buf_bytes(&r));
	tm_file(&s, "sparse", "abc");
	tm_end(&s);
	AUTO_BUF struct buf got;
	run(buf_bytes(&s), 6, 100, &got);
	CHECK(bytes_eq(buf_bytes(&got), B("file sparse odd 32\n=sparse \0ab\0c\0\n")));
	expect_max("a sparse file is as large as its holes", &s, 5,
	           "file sparse odd 32\n>sparse 5\n");
	buf_init(&u, 1 << 20);
	tm_add(&u, (struct tm_entry){.name = "label", .type = 'V'}, B(""));
	tm_file(&u, "a", "12345");
	tm_end(&u);
	expect_max("a volume label is no entry; a file at the bound", &u, 5,
	           "!entry.type label\nfile a\n=a 12345\n");
	expect_max("a file past the bound", &u, 4, "!entry.type label\nfile a\n>a 4\n");
	AUTO_BUF struct buf garbage;
	buf_init(&garbage, 1 << 20);
	for (int i = 0; i < 100; i++)
		buf_adds(&garbage, "not a tar at all ");
	expect("not a tar", &garbage, "error format: not a tar archive");
}

/* A path of `depth` parts of one letter, or one part of `length` letters, by pax. */
static int path_of(int64_t depth, int64_t length, struct buf *got)
{
	AUTO_BUF struct buf b, p;
	buf_init(&b, 1 << 20);
	buf_init(&p, 1 << 20);
	for (int64_t i = 0; i < depth; i++)
		buf_adds(&p, i ? "/d" : "d");
	for (int64_t i = 0; i < length; i++)
		buf_addc(&p, 'n');
	tm_pax1(&b, 'x', "path", buf_bytes(&p));
	tm_dir(&b, "x");
	tm_end(&b);
	return run(buf_bytes(&b), 0, 4096, got);
}

static void bounds(void)
{
	AUTO_BUF struct buf a, b, c, d, n, got;
	CHECK(path_of(PATH_DEPTH_MAX, 0, &a) == 0);
	CHECK(path_of(PATH_DEPTH_MAX + 1, 0, &b) == -1 && strstr(buf_cstr(&b), "error limit"));
	CHECK(path_of(0, PATH_LEN_MAX, &c) == 0);
	CHECK(path_of(0, PATH_LEN_MAX + 1, &d) == -1 && strstr(buf_cstr(&d), "error limit"));
	for (int64_t more = 0; more < 3; more++) {
		buf_init(&n, 64 << 20);
		for (int64_t i = 0; i < NOTES_MAX + more; i++)
			tm_dir(&n, "../x");
		tm_end(&n);
		run(buf_bytes(&n), 0, 1 << 20, &got);
		int64_t notes = 0;
		for (struct bytes rest = buf_bytes(&got), line; bytes_line(&rest, &line);)
			notes += bytes_starts(line, B("!entry.unsafe"));
		CHECK(notes == NOTES_MAX);
		CHECK(!strstr(buf_cstr(&got), "!layer.many-faults") == (more == 0));
		buf_fini(&n);
		buf_fini(&got);
	}
}

/* Gives `left` empty files without holding them. */
struct many {
	uint64_t left;
	char h[512];
	size_t at;
};

static ssize_t many_read(void *arg, void *p, size_t n)
{
	struct many *m = arg;
	size_t done = 0;
	while (m->left && n - done >= 512) {
		memcpy((char *)p + done, m->h, 512);
		done += 512;
		m->left--;
	}
	return (ssize_t)done;
}

/* HOSTILE A15: counted with the name of one file, so that only the count can stop it. */
static void many_entries(void)
{
	struct seen q = {.is_quiet = true};
	const struct walk_visitor few = visitor(&q);
	struct layer *l = layer_new(&few, 2);
	struct err limit = {.msg = ""};
	char h[512];
	tm_block(h, &(struct tm_entry){.name = "e"}, 0);
	CHECK(layer_push(l, bytes_of(h, 512), &limit) == 0);
	CHECK(layer_push(l, bytes_of(h, 512), &limit) == 0);
	CHECK(layer_push(l, bytes_of(h, 512), &limit) == -1 && limit.kind == ERR_LIMIT);
	layer_free(l);

	struct many m = {.left = 300000};
	struct seen s = {.is_quiet = true};
	struct walk_result r;
	struct err e;
	const struct walk_input input = {many_read, &m};
	const struct walk_visitor v = visitor(&s);
	tm_block(m.h, &(struct tm_entry){.name = "usr/share/some/empty"}, 0);
	buf_init(&s.out, 1 << 20);
	CHECK(walk_input(&input, &v, &r, &e) == 0 && s.entries == 300000);
	CHECK(r.plain_size == 300000 * 512 && r.entries == 300000);
	buf_fini(&s.out);
}

/* The two threads, through a file; large enough to go around the ring. */
static void threads(void)
{
	AUTO_BUF struct buf b;
	struct seen s = {.is_quiet = true};
	struct walk_result r;
	struct err e = {.msg = ""};
	const struct walk_visitor v = visitor(&s);
	static char body[1 << 20];
	buf_init(&b, 64 << 20);
	for (int i = 0; i < 20; i++)
		tm_add(&b, (struct tm_entry){.name = "f"}, bytes_of(body, sizeof body - (size_t)i));
	tm_end(&b);
	buf_init(&s.out, 1 << 20);
	struct digest want = digest_of(buf_bytes(&b));
	int fd = memfd_create("layer", 0);
	CHECK(fd_write_full(fd, b.p, b.n) == 0);
	lseek(fd, 0, SEEK_SET);
	CHECK(walk_layer(fd, &v, &r, &e) == 0);
	CHECK(digest_eq(&r.diff_id, &want) && r.entries == 20 && !strcmp(r.compression, "none"));
	/* broken in the first block: the reading thread is far ahead and must be stopped */
	b.p[0] ^= 1;
	CHECK(pwrite(fd, b.p, 1, 0) == 1);
	lseek(fd, 0, SEEK_SET);
	CHECK(walk_layer(fd, &v, &r, &e) == -1 && e.kind == ERR_FORMAT);
	b.p[0] ^= 1;
	CHECK(pwrite(fd, b.p, 1, 0) == 1);
	CHECK(ftruncate(fd, 10 << 20) == 0);
	lseek(fd, 0, SEEK_SET);
	CHECK(walk_layer(fd, &v, &r, &e) == -1 && e.kind == ERR_FORMAT);
	close(fd);
	CHECK(walk_layer(fd, &v, &r, &e) == -1 && e.kind == ERR_IO);
	walk_free(walk_prepare()); /* never run */
	buf_fini(&s.out);
}

static void inflated(void)
{
	AUTO_BUF struct buf b;
	struct err e = {.msg = ""};
	buf_init(&b, 1 << 20);
	tm_file(&b, "a", "1");
	tm_end(&b);
	int in = memfd_create("in", 0), out = memfd_create("out", 0);
	CHECK(fd_write_full(in, b.p, b.n) == 0);
	lseek(in, 0, SEEK_SET);
	CHECK(walk_inflate(in, out, &e) == 0);
	char got[4096];
	CHECK(pread(out, got, sizeof got, 0) == (ssize_t)b.n && memcmp(got, b.p, b.n) == 0);
	CHECK(walk_inflate(-1, out, &e) == -1 && e.kind == ERR_IO);
	close(in);
	close(out);
}

int main(void)
{
	names();
	links();
	whiteouts();
	odd_archives();
	bounds();
	many_entries();
	threads();
	inflated();
	return TEST_END();
}
