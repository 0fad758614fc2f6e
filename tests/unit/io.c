/* SPDX-License-Identifier: Apache-2.0 */
/* io.c - files: read whole, replaced whole, and nothing left behind. */
#include "base/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "test.h"

static char *dir; /* of this run */

/* Heap: NAME in the folder of this run. */
static char *in_dir(const char *name) { return path_join(dir, name); }

static int entries_in(const char *path)
{
	int n = 0;
	DIR *d = opendir(path);
	for (const struct dirent *de; d && (de = readdir(d));)
		n += strcmp(de->d_name, ".") != 0 && strcmp(de->d_name, "..") != 0;
	if (d)
		closedir(d);
	return n;
}

static bool holds(const char *path, struct bytes want)
{
	AUTO_BUF struct buf b = {.max = 0};
	struct err e;
	return file_read(path, 1 << 20, &b, &e) == 0 && bytes_eq(buf_bytes(&b), want);
}

static void test_read(void)
{
	AUTO_FREE char *path = in_dir("read");
	AUTO_FREE char *none = in_dir("none");
	AUTO_BUF struct buf b = {.max = 0};
	struct err e = {.kind = ERR_NONE};
	CHECK(file_write(path, B("12345"), 0600, &e) == 0);
	CHECK(file_read(path, 5, &b, &e) == 0 && bytes_eq(buf_bytes(&b), B("12345")));
	struct buf untouched = {.n = 7};
	CHECK(file_read(path, 4, &untouched, &e) == -1 && e.kind == ERR_LIMIT && untouched.n == 7);
	CHECK(file_read(path, 0, &untouched, &e) == -1 && e.kind == ERR_LIMIT);
	CHECK(file_read(none, 9, &untouched, &e) == -1 && e.kind == ERR_NOTFOUND);
	CHECK(file_read(dir, 9, &untouched, &e) == -1 && e.kind == ERR_IO);
	CHECK(file_write(path, B(""), 0600, &e) == 0 && holds(path, B("")));
	buf_fini(&b);
	CHECK(file_read(path, 0, &b, &e) == 0 && b.n == 0); /* empty within no bytes at all */
	buf_fini(&b);
	/* a file whose size is told as 0 */
	CHECK(file_read("/proc/self/status", 1 << 20, &b, &e) == 0 && b.n > 100);
	unlink(path);
}

static void test_pread(void)
{
	AUTO_FREE char *path = in_dir("pread");
	struct err e = {.kind = ERR_NONE};
	char got[4] = "";
	file_write(path, B("0123456789"), 0600, &e);
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd_pread_exact(fd, "f", got, 3, 7, &e) == 0 && strcmp(got, "789") == 0);
	CHECK(fd_pread_exact(fd, "f", got, 3, 8, &e) == -1 && e.kind == ERR_FORMAT);
	CHECK(strcmp(e.msg, "f: ends at byte 10, 3 wanted at 8") == 0);
	CHECK(fd_pread_exact(fd, "f", got, 0, 99, &e) == 0);
	CHECK(fd_pread_exact(fd, "f", got, 1, UINT64_MAX, &e) == -1 && e.kind == ERR_FORMAT);
	CHECK(fd_pread_exact(-1, "f", got, 1, 0, &e) == -1 && e.kind == ERR_IO);
	unlink(path);
}

static void test_pipe(void)
{
	int p[2];
	AUTO_BUF struct buf b = {.max = 0};
	struct err e;
	if (pipe(p))
		return;
	CHECK(fd_write_full(p[1], "hello", 5) == 0);
	close(p[1]);
	CHECK(fd_read_all(p[0], "pipe", 100, &b, &e) == 0 && bytes_eq(buf_bytes(&b), B("hello")));
	close(p[0]);
	CHECK(fd_write_full(-1, "x", 1) == -1 && fd_write_full(-1, NULL, 0) == 0);
	char c;
	CHECK(fd_read_full(-1, &c, 1) == -1);
}

static void test_replace(void)
{
	AUTO_FREE char *path = in_dir("new");
	struct err e;
	struct file_new f;
	struct stat st;
	CHECK(file_write(path, B("old"), 0640, &e) == 0);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0640);
	CHECK(file_create(path, 0600, &f, &e) == 0);
	CHECK(fd_write_full(f.fd, "new", 3) == 0 && holds(path, B("old"))); /* not yet */
	CHECK(file_commit(&f, &e) == 0 && holds(path, B("new")));
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	file_abort(&f); /* a committed one */
	CHECK(file_create(path, 0600, &f, &e) == 0 && fd_write_full(f.fd, "bad", 3) == 0);
	file_abort(&f);
	CHECK(holds(path, B("new")) && entries_in(dir) == 1);
	unlink(path);
}

/* A process that is killed while it writes. */
static void test_killed(void)
{
	AUTO_FREE char *path = in_dir("killed");
	pid_t pid = fork();
	if (pid == 0) {
		struct file_new f;
		struct err e;
		if (file_create(path, 0600, &f, &e) || fd_write_full(f.fd, "half", 4))
			_exit(1);
		raise(SIGKILL);
	}
	int status = 0;
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status));
	CHECK(entries_in(dir) == 0);
}

static void test_replace_faults(void)
{
	AUTO_FREE char *nowhere = in_dir("no/such/folder");
	AUTO_FREE char *link = in_dir("link");
	AUTO_FREE char *fifo = in_dir("fifo");
	struct err e = {.kind = ERR_NONE};
	struct file_new f = {.fd = -7};
	struct stat st;
	CHECK(file_create(nowhere, 0600, &f, &e) == -1 && e.kind == ERR_IO && f.fd == -7);
	CHECK(file_create(dir, 0600, &f, &e) == -1 && f.fd == -7);
	/* a link is replaced, what it points to stays */
	CHECK(symlink("/etc/passwd", link) == 0 && file_write(link, B("x"), 0600, &e) == 0);
	CHECK(lstat(link, &st) == 0 && S_ISREG(st.st_mode));
	unlink(link);
	/* what is no file is written to */
	CHECK(file_write("/dev/null", B("x"), 0600, &e) == 0);
	CHECK(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
	CHECK(mkfifo(fifo, 0600) == 0);
	AUTO_FD int reader = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char got[4] = "";
	CHECK(file_write(fifo, B("abc"), 0600, &e) == 0 && fd_read_full(reader, got, 3) == 3);
	CHECK(strcmp(got, "abc") == 0 && lstat(fifo, &st) == 0 && S_ISFIFO(st.st_mode));
	unlink(fifo);
	CHECK(entries_in(dir) == 0);
}

static void test_dirs(void)
{
	AUTO_FREE char *deep = in_dir("a/b//c/");
	AUTO_FREE char *a = in_dir("a");
	AUTO_FREE char *file = in_dir("file");
	AUTO_FREE char *under = in_dir("file/x");
	AUTO_FREE char *b = in_dir("a/b");
	AUTO_FREE char *c = in_dir("a/b/c");
	struct err e;
	struct stat st;
	CHECK(dir_make(deep, &e) == 0 && dir_make(deep, &e) == 0);
	CHECK(stat(c, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0700);
	CHECK(dir_make("/", &e) == 0 && dir_make("", &e) == -1);
	CHECK(file_write(file, B("x"), 0600, &e) == 0);
	CHECK(dir_make(file, &e) == -1 && dir_make(under, &e) == -1);
	unlink(file);
	rmdir(c);
	rmdir(b);
	rmdir(a);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	dir = path_join(tmp ? tmp : "/tmp", "assay-io-XXXXXX");
	umask(022);
	if (!mkdtemp(dir)) {
		test_skip("io", "no folder for temporary files");
		return 0;
	}
	test_read();
	test_pread();
	test_pipe();
	test_replace();
	test_killed();
	test_replace_faults();
	test_dirs();
	test_case(rmdir(dir) == 0, "nothing is left behind");
	free(dir);
	return TEST_END();
}
