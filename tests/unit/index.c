/* SPDX-License-Identifier: Apache-2.0 */
/* index.c - the advisory index: built, added to, read; damaged and foreign files are refused. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"

#include "test.h"

static char dir[64] = "/tmp/assay-index-XXXXXX";

static const char *at(const char *name)
{
	static char path[4][256];
	static unsigned turn;
	char *p = path[turn++ % 4];
	snprintf(p, 256, "%s/%s", dir, name);
	return p;
}

static struct index_build *begin(const char *path)
{
	struct index_build *b = NULL;
	struct err e = {.kind = ERR_NONE};
	if (index_build_begin(path, &b, &e))
		printf("# %s\n", e.msg);
	return b;
}

static void feed(struct index_build *b, const char *name, const char *namespaces)
{
	struct index_feed f = {.name = bytes_str(name),
	                       .namespaces = bytes_str(namespaces),
	                       .imported_s = 7,
	                       .source = B("test")};
	CHECK(index_build_feed(b, &f, NULL) == 0);
}

static int advisory(struct index_build *b, const char *package, const char *id, int64_t modified_s,
                    const char *fixed)
{
	static struct advisory a;
	a = (struct advisory){.ns = B("debian:12"),
	                      .package = bytes_str(package),
	                      .id = bytes_str(id),
	                      .n_ranges = 1,
	                      .modified_s = modified_s};
	a.ranges[0] = (struct advisory_range){.fixed = bytes_str(fixed)};
	return index_build_advisory(b, &a, NULL);
}

static int vuln(struct index_build *b, const char *id, enum severity s, int64_t modified_s)
{
	struct vuln v = {.id = bytes_str(id), .severity = s, .modified_s = modified_s};
	return index_build_vuln(b, &v, NULL);
}

/* The same 3,000 records, forward or backward. */
static void fill(const char *path, bool is_backward)
{
	struct index_build *b = begin(path);
	feed(b, "tracker", "debian:11 debian:12");
	int rc = 0;
	for (unsigned i = 0; i < 3000; i++) {
		char package[32], id[32];
		unsigned k = is_backward ? 2999 - i : i;
		snprintf(package, sizeof package, "pkg%u", k / 10);
		snprintf(id, sizeof id, "CVE-2020-%u", k);
		rc |= advisory(b, package, id, k, "1.0") | vuln(b, id, SEV_HIGH, k);
	}
	CHECK(rc == 0);
	CHECK(index_build_commit(b, NULL) == 0);
}

static bool get(struct index *ix, size_t feed_no, const char *package, uint64_t *ret_n,
                struct advisory *ret_first)
{
	struct bytes array, item;
	if (!index_advisories(ix, feed_no, B("debian:12"), bytes_str(package), &array))
		return false;
	struct cbor r = cbor_of(array);
	return cbor_get_array(&r, ret_n) && cbor_get_item(&r, &item) &&
	       advisory_decode(item, ret_first);
}

static bool same_file(const char *a, const char *b)
{
	AUTO_BUF struct buf x, y;
	buf_init(&x, 1 << 28);
	buf_init(&y, 1 << 28);
	return file_read(a, x.max, &x, NULL) == 0 && file_read(b, y.max, &y, NULL) == 0 &&
	       bytes_eq(buf_bytes(&x), buf_bytes(&y));
}

static bool count_key(void *arg, struct bytes key, struct bytes value)
{
	(void)key;
	(void)value;
	return ++*(size_t *)arg != 5;
}

static struct advisory adv;

static void test_read(void)
{
	struct index *ix = NULL;
	const struct index_feed *feeds;
	struct bytes cbor;
	struct vuln v;
	uint64_t n = 0;
	size_t keys = 0;
	fill(at("a"), false);
	CHECK(index_open(at("a"), &ix, NULL) == 0);
	CHECK(index_feeds(ix, &feeds) == 1 && bytes_eq(feeds[0].name, B("tracker")));
	CHECK(feeds[0].records == 6000 && feeds[0].imported_s == 7 && !feeds[0].is_starter);
	CHECK(get(ix, 0, "pkg12", &n, &adv) && n == 10 && bytes_eq(adv.id, B("CVE-2020-120")));
	CHECK(!get(ix, 0, "pkg1200", &n, &adv) && !get(ix, 0, "", &n, &adv) &&
	      !get(ix, 0, "pkg", &n, &adv) && !get(ix, 1, "pkg1", &n, &adv));
	CHECK(!index_advisories(ix, 0, B("debian:1"), B("pkg1"), &cbor));
	CHECK(index_vuln(ix, 0, B("CVE-2020-5"), &cbor) && vuln_decode(cbor, &v) &&
	      v.severity == SEV_HIGH && v.modified_s == 5);
	CHECK(!index_vuln(ix, 0, B("CVE-2020-3000"), &cbor) && !index_vuln(ix, 0, B(""), &cbor));
	CHECK(index_speaks(ix, B("debian:12")) == 1 && index_speaks(ix, B("debian:1")) == 0 &&
	      index_speaks(ix, B("")) == 0);
	CHECK(index_each(ix, 0, false, count_key, &keys, NULL) == 0 && keys == 5);
	static char longest[600];
	memset(longest, 'x', sizeof longest - 1);
	CHECK(!get(ix, 0, longest, &n, &adv));
	index_close(ix);
	CHECK(index_open(at("a/index.mdb"), &ix, NULL) == 0);
	index_close(ix);
	struct stat st;
	CHECK(stat(at("a/index.mdb"), &st) == 0 && (st.st_mode & 0777) == 0644);
	CHECK(access(at("a/.index.mdb.stage"), F_OK) && access(at("a/.index.mdb.full"), F_OK));
}

static void test_same_bytes(void)
{
	fill(at("b"), true);
	CHECK(same_file(at("a/index.mdb"), at("b/index.mdb")));
	/* a feed more, then that feed emptied and the first built again: as if never there */
	struct index_build *b = begin(at("b"));
	feed(b, "zzz", "wolfi");
	CHECK(advisory(b, "x", "y", 0, "1") == 0);
	CHECK(index_build_commit(b, NULL) == 0);
	CHECK(!same_file(at("a/index.mdb"), at("b/index.mdb")));
	fill(at("b"), false);
	struct index_build *c = begin(at("c"));
	feed(c, "zzz", "wolfi");
	CHECK(advisory(c, "x", "y", 0, "1") == 0);
	CHECK(index_build_commit(c, NULL) == 0);
	fill(at("c"), true);
	CHECK(same_file(at("b/index.mdb"), at("c/index.mdb")));
}

static void test_unite(void)
{
	struct index *ix = NULL;
	struct bytes cbor;
	struct vuln v;
	uint64_t n = 0;
	struct index_build *b = begin(at("d"));
	feed(b, "one", "debian:12");
	feed(b, "two", "debian:12 debian:13");
	CHECK(index_build_select(b, B("one")) && !index_build_select(b, B("three")));
	CHECK(!advisory(b, "p", "X", 5, "new") && !advisory(b, "p", "X", 4, "old"));
	CHECK(!advisory(b, "q", "X", 5, "first") && !advisory(b, "q", "X", 5, "second"));
	CHECK(!vuln(b, "V", SEV_LOW, 2) && !vuln(b, "V", SEV_HIGH, 1));
	CHECK(index_build_select(b, B("two")));
	CHECK(!advisory(b, "p", "X", 1, "two"));
	adv = (struct advisory){
		.ns = B("debian:12"), .package = B("p"), .id = B("X"), .module = B("m:1")};
	CHECK(!index_build_advisory(b, &adv, NULL));
	struct index_feed done = {.name = B("two"), .data_s = 9, .partial = B("half")};
	CHECK(!index_build_feed_done(b, &done, NULL));
	CHECK(index_build_commit(b, NULL) == 0);

	const struct index_feed *feeds;
	CHECK(index_open(at("d"), &ix, NULL) == 0 && index_feeds(ix, &feeds) == 2);
	CHECK(get(ix, 0, "p", &n, &adv) && n == 1 && bytes_eq(adv.ranges[0].fixed, B("new")));
	CHECK(get(ix, 0, "q", &n, &adv) && n == 1 && bytes_eq(adv.ranges[0].fixed, B("second")));
	CHECK(get(ix, 1, "p", &n, &adv) && n == 2);
	CHECK(index_vuln(ix, 0, B("V"), &cbor) && vuln_decode(cbor, &v) && v.severity == SEV_LOW);
	CHECK(!index_vuln(ix, 1, B("V"), &cbor));
	CHECK(feeds[0].records == 3 && feeds[1].records == 2 && feeds[1].data_s == 9 &&
	      bytes_eq(feeds[1].partial, B("half")));
	index_close(ix);

	b = begin(at("d")); /* replaces one, leaves two */
	feed(b, "one", "alpine:3.20");
	CHECK(!advisory(b, "r", "X", 0, "1"));
	CHECK(index_build_commit(b, NULL) == 0);
	CHECK(index_open(at("d"), &ix, NULL) == 0 && index_feeds(ix, &feeds) == 2);
	CHECK(!get(ix, 0, "p", &n, &adv) && get(ix, 0, "r", &n, &adv) && get(ix, 1, "p", &n, &adv));
	CHECK(index_speaks(ix, B("debian:12")) == 0 && index_speaks(ix, B("alpine:3.20")) == 1);
	CHECK(!index_vuln(ix, 0, B("V"), &cbor));
	index_close(ix);
}

static void test_records(void)
{
	struct index_build *b = begin(at("e")), *second = NULL;
	static char text[600];
	struct err e = {.kind = ERR_NONE};
	CHECK(advisory(b, "p", "X", 0, "1") == -1); /* no feed begun */
	CHECK(index_build_begin(at("e"), &second, &e) == -1 && e.kind == ERR_IO);
	feed(b, "f", "");
	adv = (struct advisory){.ns = B("debian:12"), .id = B("X")};
	/* ns package id ref "s" arch module, and six NUL: 511 */
	memset(text, 'p', sizeof text);
	adv.package = bytes_of(text, (size_t)INDEX_KEY_MAX - 9 - 1 - 1 - 6);
	CHECK(index_build_advisory(b, &adv, &e) == 0);
	adv.package.n++;
	CHECK(index_build_advisory(b, &adv, &e) == -1 && e.kind == ERR_LIMIT);
	adv.package = B("a\0b");
	CHECK(index_build_advisory(b, &adv, &e) == -1 && e.kind == ERR_FORMAT);
	adv.package = B("");
	CHECK(index_build_advisory(b, &adv, &e) == -1 && e.kind == ERR_FORMAT);
	adv.package = B("p");
	adv.n_refs = ADVISORY_REFS_MAX + 1;
	CHECK(index_build_advisory(b, &adv, &e) == -1 && e.kind == ERR_LIMIT);
	struct vuln v = {.id = bytes_of(text, (size_t)INDEX_KEY_MAX)};
	CHECK(index_build_vuln(b, &v, &e) == 0);
	v.id.n++;
	CHECK(index_build_vuln(b, &v, &e) == -1 && e.kind == ERR_LIMIT);
	CHECK(advisory(b, "p", "X", 0, "1") == 0); /* and it goes on */
	index_build_abort(b);
	CHECK(access(at("e/index.mdb"), F_OK) && access(at("e/.index.mdb.stage"), F_OK));
}

static void test_feeds(void)
{
	struct index_build *b = begin(at("f"));
	struct err e;
	struct index *ix = NULL;
	const struct index_feed *feeds;
	CHECK((size_t)INDEX_FEEDS_MAX == (size_t)INDEX_FEEDS_MAX);
	for (unsigned i = 0; i < INDEX_FEEDS_MAX; i++) {
		char name[16];
		snprintf(name, sizeof name, "feed%03u", i);
		struct index_feed f = {.name = bytes_str(name), .namespaces = B("x")};
		if (index_build_feed(b, &f, &e) || vuln(b, name, SEV_LOW, 0))
			CHECK(0);
	}
	struct index_feed one_more = {.name = B("more")};
	CHECK(index_build_feed(b, &one_more, &e) == -1 && e.kind == ERR_LIMIT);
	struct index_feed bad = {.name = B("")};
	CHECK(index_build_feed(b, &bad, &e) == -1 && e.kind == ERR_USAGE);
	CHECK(index_build_commit(b, &e) == 0);
	CHECK(index_open(at("f"), &ix, &e) == 0 && index_feeds(ix, &feeds) == INDEX_FEEDS_MAX);
	CHECK(index_speaks(ix, B("x")) == ~(feed_set)0);
	struct bytes cbor;
	CHECK(index_vuln(ix, 127, B("feed127"), &cbor) &&
	      !index_vuln(ix, 126, B("feed127"), &cbor));
	index_close(ix);
	b = begin(at("f"));
	CHECK(index_build_feed(b, &one_more, &e) == -1 && e.kind == ERR_LIMIT);
	index_build_abort(b);
}

/* Two records of one package whose array is n bytes: its head, 1; each record a head, 1, "id" 1 + 1
 * + 1, "detail" 1 + 5 + its text. */
static int commit_value(size_t n)
{
	struct index_build *b = begin(at("v"));
	struct err e = {.kind = ERR_NONE};
	size_t each = 1 + 3 + 6, total = n - 1 - 2 * each;
	AUTO_FREE uint8_t *text = mem_zalloc(n);
	feed(b, "f", "");
	adv = (struct advisory){.ns = B("n"), .package = B("p"), .id = B("1")};
	adv.detail = bytes_of(text, total / 2);
	CHECK(index_build_advisory(b, &adv, NULL) == 0);
	adv.id = B("2");
	adv.detail = bytes_of(text, total - total / 2);
	CHECK(index_build_advisory(b, &adv, NULL) == 0);
	index_build_commit(b, &e);
	return (int)e.kind;
}

/* A feed that was begun and is given up stays as it was; a check of a publisher is noted of feeds
 * that are taken over, too. */
static void test_forget(void)
{
	struct index *ix = NULL;
	const struct index_feed *feeds;
	uint64_t n = 0;
	fill(at("g"), false);
	struct index_build *b = begin(at("g"));
	feed(b, "other", "debian:13");
	CHECK(advisory(b, "new", "CVE-2021-1", 1, "1.0") == 0);
	feed(b, "tracker", "debian:12");
	CHECK(advisory(b, "pkg12", "CVE-2021-2", 1, "1.0") == 0);
	feed(b, "third", "debian:14");
	index_build_forget(b, B("tracker"));
	index_build_forget(b, B("no such feed"));
	CHECK(index_build_advisory(b, &adv, NULL) < 0); /* none is selected now */
	CHECK(index_build_select(b, B("other")) && index_build_select(b, B("third")) &&
	      !index_build_select(b, B("tracker")));
	index_build_checked(b, B("tracker"), 88);
	index_build_checked(b, B("third"), 99);
	index_build_checked(b, B("no such feed"), 1);
	CHECK(index_build_commit(b, NULL) == 0 && index_open(at("g"), &ix, NULL) == 0);
	CHECK(index_feeds(ix, &feeds) == 3 && bytes_eq(feeds[2].name, B("tracker")));
	CHECK(feeds[0].checked_s == 0 && feeds[1].checked_s == 99 && feeds[2].checked_s == 88);
	CHECK(feeds[2].records == 6000 && get(ix, 2, "pkg12", &n, &adv) && n == 10);
	index_close(ix);
}

static void test_value_max(void)
{
	struct index *ix = NULL;
	struct bytes array;
	CHECK(commit_value((size_t)INDEX_VALUE_MAX) == ERR_NONE);
	CHECK(index_open(at("v"), &ix, NULL) == 0);
	CHECK(index_advisories(ix, 0, B("n"), B("p"), &array) &&
	      array.n == (size_t)INDEX_VALUE_MAX);
	index_close(ix);
	CHECK(commit_value((size_t)INDEX_VALUE_MAX + 1) == ERR_LIMIT);
	CHECK(index_open(at("v"), &ix, NULL) == 0); /* what was there stays */
	index_close(ix);
}

static int open_kind(const char *path)
{
	struct index *ix;
	struct err e = {.kind = ERR_NONE};
	if (index_open(path, &ix, &e) == 0)
		index_close(ix);
	return (int)e.kind;
}

static void test_damage(void)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 28);
	CHECK(file_read(at("a/index.mdb"), b.max, &b, NULL) == 0);
	const char *path = at("damaged.mdb");
	size_t steps = 0, refused = 0;
	for (size_t i = 0; i < b.n; i += 64 * 13, steps++) {
		b.p[i] ^= 0x40;
		file_write(path, buf_bytes(&b), 0644, NULL);
		refused += open_kind(path) == ERR_FORMAT;
		b.p[i] ^= 0x40;
	}
	test_case(refused == steps, "damage is refused: %zu of %zu", refused, steps);
	static const size_t cuts[] = {0, 1, 31, 32, 4096, 8192, 8224, 12288};
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		file_write(path, bytes_slice(buf_bytes(&b), 0, cuts[i]), 0644, NULL);
		test_case(open_kind(path) == ERR_FORMAT, "cut at %zu is refused", cuts[i]);
	}
	file_write(path, bytes_slice(buf_bytes(&b), 0, b.n - 1), 0644, NULL);
	CHECK(open_kind(path) == ERR_FORMAT);
	struct index_build *build = NULL;
	struct err e;
	CHECK(index_build_begin(path, &build, &e) == -1 && e.kind == ERR_FORMAT);
	file_write(path, buf_bytes(&b), 0644, NULL);
	CHECK(open_kind(path) == ERR_NONE);
	CHECK(open_kind(at("none.mdb")) == ERR_NOTFOUND);
	CHECK(open_kind(at("none")) == ERR_NOTFOUND);
}

/* A file that was noted as right and changed since is summed again. */
static void test_note(void)
{
	fill(at("n"), false);
	CHECK(access(at("n/index.mdb.checked"), F_OK) == 0);
	int fd = open(at("n/index.mdb"), O_RDWR | O_CLOEXEC);
	usleep(20000); /* a clock tick, so that the time of change differs */
	CHECK(fd >= 0 && pwrite(fd, "x", 1, 9000) == 1);
	close(fd);
	CHECK(open_kind(at("n")) == ERR_FORMAT);
}

static void test_read_only(void)
{
	fill(at("r"), false);
	unlink(at("r/index.mdb.checked"));
	CHECK(chmod(at("r"), 0500) == 0 && chmod(at("r/index.mdb"), 0400) == 0);
	CHECK(open_kind(at("r")) == ERR_NONE);
	CHECK(access(at("r/.index.mdb-lock"), F_OK) && access(at("r/index.mdb-lock"), F_OK));
	chmod(at("r"), 0700);
}

/* Readers see the old index or the new one, while it is replaced again and again. */
static void test_import_while_read(void)
{
	fill(at("w"), false);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 5; i++) {
			struct index_build *b = NULL;
			struct index_feed f = {.name = B("other")};
			if (index_build_begin(at("w"), &b, NULL) || index_build_feed(b, &f, NULL) ||
			    vuln(b, "V", SEV_LOW, 0) || index_build_commit(b, NULL))
				_exit(1);
		}
		_exit(0);
	}
	int status = -1, opened = 0, right = 0;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct index *ix = NULL;
		uint64_t n = 0;
		const struct index_feed *feeds;
		opened++;
		if (index_open(at("w"), &ix, NULL))
			continue;
		right += get(ix, index_feeds(ix, &feeds) - 1, "pkg1", &n, &adv) && n == 10;
		index_close(ix);
	}
	test_case(status == 0 && opened == right, "read while written: %d of %d", right, opened);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	test_read();
	test_same_bytes();
	test_unite();
	test_records();
	test_feeds();
	test_forget();
	test_value_max();
	test_damage();
	test_note();
	test_read_only();
	test_import_while_read();
	char command[128];
	snprintf(command, sizeof command, "%s", dir);
	const char *const argv[] = {"/bin/rm", "-rf", command, NULL};
	struct proc p;
	int status;
	if (proc_spawn(argv, NULL, 0, &p, NULL) == 0)
		proc_wait(&p, &status, NULL);
	return TEST_END();
}
