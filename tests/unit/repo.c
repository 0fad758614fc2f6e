/* SPDX-License-Identifier: Apache-2.0 */
/* repo.c - the bounds of reading repositories, each at its value and one past it. */
#include "advise/repo.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/tarmake.h"
#include "test.h"

static const char *folder;

static const char *place(struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", folder, name);
}

static void check_index(struct arena *a)
{
	const char *path = place(a, "index");
	struct err e;
	for (int past = 0; past < 2; past++) {
		AUTO_BUF struct buf b = {.p = NULL};
		CHECK(file_write(path, B(""), 0600, &e) == 0 &&
		      truncate(path, (off_t)REPO_INDEX_MAX + past) == 0);
		int rc = repo_read(path, &b, &e);
		test_case(past ? rc < 0 && e.kind == ERR_LIMIT : rc == 0,
		          "an index of REPO_INDEX_MAX bytes%s", past ? " and one" : "");
	}
}

static void check_inflated(struct arena *a)
{
	const char *path = place(a, "data");
	struct err e;
	uint8_t to[16];
	CHECK(file_write(path, B("abcd"), 0600, &e) == 0);
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	for (unsigned past = 0; past < 2; past++) {
		struct repo_stream *s = NULL;
		CHECK(repo_stream_open(fd, 0, 4, (uint64_t)REPO_PACKAGE_MAX - 4 + past, &s, &e) ==
		      0);
		ssize_t n = repo_stream_read(s, to, sizeof to, &e);
		test_case(past ? n < 0 && e.kind == ERR_LIMIT : n == 4,
		          "a package of REPO_PACKAGE_MAX bytes%s", past ? " and one" : "");
		repo_stream_close(s);
	}
}

static void check_packages(struct arena *a)
{
	const char *dir = place(a, "many");
	struct err e;
	struct known_result res;
	const struct known_options o = {.now_s = 0};
	CHECK(dir_make(dir, &e) == 0);
	for (int64_t i = 0; i <= REPO_PACKAGES_MAX; i++) {
		int fd = open(arena_printf(a, "%s/%lld.rpm", dir, (long long)i),
		              O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd >= 0)
			close(fd);
	}
	for (int past = 1; past >= 0; past--) {
		AUTO_BUF struct buf list;
		buf_init(&list, KIB(64));
		int rc = known_collect(&dir, 1, &o, &list, &res, &e);
		test_case(rc < 0 && (past ? e.kind == ERR_LIMIT : e.kind != ERR_LIMIT),
		          "REPO_PACKAGES_MAX packages%s", past ? " and one" : "");
		unlink(arena_printf(a, "%s/0.rpm", dir));
	}
}

/* A package without a signature: a control part of n bytes, inflated. */
static void put_apk(const char *path, size_t n)
{
	uint8_t *tar = mem_zalloc(n), *out = mem_alloc(KIB(64));
	struct err e;
	tm_block((char *)tar, &(struct tm_entry){.name = ".PKGINFO"}, n - 512);
	z_stream z = {.next_in = tar, .avail_in = (uInt)n, .next_out = out, .avail_out = KIB(64)};
	deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	CHECK(file_write(path, bytes_of(out, KIB(64) - z.avail_out), 0600, &e) == 0);
	deflateEnd(&z);
	free(tar);
	free(out);
}

static void check_control(struct arena *a)
{
	const char *path = place(a, "x.apk");
	struct err e;
	for (size_t past = 0; past < 2; past++) {
		struct repo_file f = {.kind = REPO_APK, .path = path};
		put_apk(path, (size_t)REPO_CONTROL_MAX + past);
		int rc = repo_apk_digest(NULL, &f, &e);
		test_case(past ? rc < 0 && e.kind == ERR_LIMIT : rc == 0,
		          "a control part of REPO_CONTROL_MAX bytes%s", past ? " and one" : "");
	}
}

/* An index of apk whose signed part is n bytes, inflated, and holds no signature. */
static void check_signature(struct arena *a)
{
	const char *path = place(a, "APKINDEX.tar.gz");
	const struct known_options o = {.now_s = 0};
	struct repo r = {.o = &o, .a = a};
	const struct repo_file f = {.kind = REPO_APK, .path = path};
	struct err e;
	for (size_t past = 0; past < 2; past++) {
		AUTO_BUF struct buf b = {.p = NULL};
		put_apk(path, (size_t)REPO_SIGNATURE_MAX + past);
		CHECK(file_read(path, KIB(64), &b, &e) == 0);
		AUTO_FD int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
		CHECK(fd_write_full(fd, b.p, b.n) == 0);
		int rc = repo_apk_index(&r, &f, &e);
		test_case(rc < 0 && (past ? e.kind == ERR_LIMIT
		                          : strstr(e.msg, "not signed") != NULL),
		          "a signed part of REPO_SIGNATURE_MAX bytes%s: %s", past ? " and one" : "",
		          e.msg);
	}
}

int main(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	folder = getenv("TMPDIR");
	check_index(a);
	check_inflated(a);
	check_packages(a);
	check_control(a);
	check_signature(a);
	return TEST_END();
}
