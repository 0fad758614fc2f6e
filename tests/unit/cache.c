/* SPDX-License-Identifier: Apache-2.0 */
/* cache.c - the facts cache: kept, found, pruned, carried elsewhere; never wrong, never outside. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"

#include "test.h"

static char dir[64] = "/tmp/assay-cache-XXXXXX";
static struct digest set_id;

static const char *at(const char *name)
{
	static char path[4][300];
	static unsigned turn;
	char *p = path[turn++ % 4];
	snprintf(p, 300, "%s/%s", dir, name);
	return p;
}

static struct cache *open_cache(const char *name, uint64_t max)
{
	struct cache *c = NULL;
	CHECK(cache_open(name ? at(name) : NULL, max, &c, NULL) == 0);
	return c;
}

static struct digest layer_of(unsigned i)
{
	char text[16];
	snprintf(text, sizeof text, "layer %u", i);
	return digest_of(bytes_str(text));
}

/* A small set of a layer, 20 entries. */
static struct factset *set_of(unsigned i)
{
	struct factset *fs = factset_new();
	struct entry_coder c;
	AUTO_BUF struct buf b;
	buf_init(&b, 4096);
	entry_coder_init(&c);
	for (unsigned k = 0; k < 20; k++) {
		char path[32];
		snprintf(path, sizeof path, "dir/%u-%u", i, k);
		struct entry en = {.path = bytes_str(path)};
		buf_reset(&b);
		entry_encode(&c, &b, &en);
		factset_put(fs, FACT_ENTRY, buf_bytes(&b), NULL);
	}
	entry_coder_fini(&c);
	struct factset_meta meta = {.digest = layer_of(i), .diff_id = digest_of(B("plain"))};
	factset_seal(fs, &meta);
	return fs;
}

static int put(struct cache *c, unsigned i)
{
	struct digest layer = layer_of(i);
	struct factset *fs = set_of(i);
	int rc = cache_put(c, &layer, &set_id, fs, NULL);
	factset_free(fs);
	return rc;
}

static bool has(struct cache *c, unsigned i)
{
	struct digest layer = layer_of(i);
	struct factset *fs;
	struct entry en;
	char path[32];
	if (!cache_get(c, &layer, &set_id, &fs))
		return false;
	snprintf(path, sizeof path, "dir/%u-7", i);
	bool is = factset_find(fs, bytes_str(path), &en);
	factset_free(fs);
	return is;
}

static uint64_t files(struct cache *c)
{
	struct cache_status s = {.files = 99};
	cache_status(c, &s, NULL);
	return s.files;
}

static const char *set_path(const char *cache, unsigned i)
{
	static char path[300];
	char hex[65], id[17];
	struct digest layer = layer_of(i);
	hex_encode(layer.b, 32, hex);
	hex_encode(set_id.b, 8, id);
	snprintf(path, sizeof path, "%s/%s/facts/v1/%.2s/%s-%s.facts", dir, cache, hex, hex, id);
	return path;
}

static void test_plain(void)
{
	struct cache *c = open_cache("plain", 0);
	struct digest layer = layer_of(1), other = digest_of(B("other set"));
	struct factset *fs;
	CHECK(!has(c, 1));
	CHECK(put(c, 1) == 0 && put(c, 1) == 0 && has(c, 1) && !has(c, 2));
	CHECK(!cache_get(c, &layer, &other, &fs));
	CHECK(access(set_path("plain", 1), R_OK) == 0 && files(c) == 1);
	AUTO_BUF struct buf b;
	buf_init(&b, 100);
	CHECK(!cache_get_blob(c, B("k"), &b));
	CHECK(!cache_put_blob(c, B("k"), B("v1"), NULL) &&
	      !cache_put_blob(c, B("k"), B("v2"), NULL));
	CHECK(!cache_put_blob(c, B("k\0x"), B(""), NULL));
	CHECK(cache_get_blob(c, B("k"), &b) && bytes_eq(buf_bytes(&b), B("v2")));
	buf_reset(&b);
	CHECK(cache_get_blob(c, B("k\0x"), &b) && b.n == 0 && files(c) == 3);
	AUTO_FREE uint8_t *big = mem_zalloc((size_t)CACHE_BLOB_MAX);
	CHECK(!cache_put_blob(c, B("k"), bytes_of(big, (size_t)CACHE_BLOB_MAX - 1), NULL));
	CHECK(!cache_get_blob(c, B("k"), &b)); /* more than the caller wants */
	AUTO_BUF struct buf large;
	buf_init(&large, (size_t)CACHE_BLOB_MAX);
	CHECK(cache_get_blob(c, B("k"), &large) && large.n == (size_t)CACHE_BLOB_MAX - 1);
	struct err e;
	CHECK(cache_put_blob(c, B("k"), bytes_of(big, (size_t)CACHE_BLOB_MAX), &e) == -1 &&
	      e.kind == ERR_LIMIT);
	cache_close(c);
	c = open_cache("plain", 0);
	CHECK(has(c, 1));
	cache_close(c);
}

static void test_none(void)
{
	struct cache *c = open_cache(NULL, 0);
	CHECK(put(c, 1) == 0 && !has(c, 1) && files(c) == 0 && cache_clean(c, NULL) == 0);
	cache_close(c);
	cache_close(NULL);
	file_write(at("a-file"), B("x"), 0600, NULL);
	c = open_cache("a-file", 0);
	CHECK(put(c, 1) == 0 && !has(c, 1) && files(c) == 0);
	cache_close(c);
	c = open_cache("ro", 0);
	CHECK(put(c, 1) == 0);
	cache_close(c);
	if (geteuid() == 0) {
		test_skip("a cache that cannot be written", "root can write everywhere");
		return;
	}
	chmod(at("ro/facts/v1"), 0500);
	c = open_cache("ro", 0);
	CHECK(has(c, 1) && put(c, 2) == 0 && !has(c, 2));
	cache_close(c);
	chmod(at("ro/facts/v1"), 0700);
}

static void test_damage(void)
{
	struct cache *c = open_cache("damage", 0);
	size_t steps = 0, refused = 0, kept = 0;
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 20);
	put(c, 1);
	const char *path = set_path("damage", 1);
	file_read(path, b.max, &b, NULL);
	for (size_t i = 0; i < b.n; i += 64, steps++) {
		b.p[i] ^= 4;
		file_write(path, buf_bytes(&b), 0600, NULL);
		b.p[i] ^= 4;
		refused += !has(c, 1);
		/* what a newer program wrote stays; what is damaged goes */
		kept += access(path, F_OK) == 0;
	}
	test_case(refused == steps, "damage is a miss: %zu of %zu", refused, steps);
	test_case(kept <= 1, "damaged files are removed");
	file_write(path, bytes_slice(buf_bytes(&b), 0, 0), 0600, NULL);
	CHECK(!has(c, 1));
	file_write(path, buf_bytes(&b), 0600, NULL);
	CHECK(has(c, 1));
	uint32_t newer = FACT_SCHEMA + 1;
	memcpy(b.p + 8, &newer, sizeof newer);
	file_write(path, buf_bytes(&b), 0600, NULL);
	CHECK(!has(c, 1) && access(path, F_OK) == 0);
	/* a set under another layer's name */
	struct factset *fs = set_of(2);
	struct digest layer = layer_of(3);
	CHECK(cache_put(c, &layer, &set_id, fs, NULL) == 0);
	CHECK(!has(c, 3) && access(set_path("damage", 3), F_OK) != 0);
	factset_free(fs);
	unlink(set_path("damage", 1)); /* a link is never followed */
	CHECK(symlink(at("a-file"), set_path("damage", 1)) == 0 && !has(c, 1));
	cache_close(c);
}

static void age(const char *path, int64_t by_s)
{
	struct timespec t[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = clock_now_s() - by_s}};
	utimensat(AT_FDCWD, path, t, 0);
}

static void test_prune(void)
{
	struct cache *c = open_cache("prune", 0);
	struct stat st;
	for (unsigned i = 0; i < 4; i++) {
		put(c, i);
		age(set_path("prune", i), 90000 - 10000 * (int64_t)i);
	}
	CHECK(has(c, 0)); /* the oldest is used, so is the newest now */
	CHECK(stat(set_path("prune", 0), &st) == 0 && st.st_mtim.tv_sec > clock_now_s() - 60);
	struct cache_status s;
	cache_status(c, &s, NULL);
	uint64_t each = s.bytes / 4;
	cache_close(c);
	CHECK(s.files == 4);
	c = open_cache("prune", each * 3 + each / 2);
	put(c, 4);
	file_write(at("prune/facts/v1/aa"), B(""), 0600, NULL); /* not ours, stays */
	file_write(at("prune/archives/v1/.assay-0123456789abcdef"), B("half"), 0600, NULL);
	age(at("prune/archives/v1/.assay-0123456789abcdef"), 4000);
	file_write(at("prune/archives/v1/.assay-0123456789abcdee"), B("half"), 0600, NULL);
	cache_close(c);
	c = open_cache("prune", 0);
	CHECK(has(c, 0) && !has(c, 1) && !has(c, 2) && has(c, 3) && has(c, 4));
	CHECK(access(at("prune/archives/v1/.assay-0123456789abcdef"), F_OK) != 0);
	CHECK(access(at("prune/archives/v1/.assay-0123456789abcdee"), F_OK) == 0);
	file_write(at("prune/mine"), B("x"), 0600, NULL);
	/* half a file may be another process's at this moment */
	CHECK(cache_clean(c, NULL) == 0 && files(c) == 0);
	CHECK(access(at("prune/archives/v1/.assay-0123456789abcdee"), F_OK) == 0);
	age(at("prune/archives/v1/.assay-0123456789abcdee"), 100);
	CHECK(cache_clean(c, NULL) == 0);
	CHECK(access(at("prune/archives/v1/.assay-0123456789abcdee"), F_OK) != 0);
	CHECK(access(at("prune/facts/v1/aa"), F_OK) == 0 && access(at("prune/mine"), F_OK) == 0);
	CHECK(access(at("prune/archives"), F_OK) == 0);
	CHECK(put(c, 5) == 0 && has(c, 5)); /* goes on after a clean */
	cache_close(c);
}

static int import_of(const char *to, const char *tar, enum err_kind *ret_kind)
{
	struct cache *c = open_cache(to, 0);
	struct err e = {.kind = ERR_NONE};
	uint64_t n = 0;
	int rc = cache_import(c, tar, &n, &e);
	*ret_kind = e.kind;
	cache_close(c);
	return rc ? -1 : (int)n;
}

/* Writes a tar by changing the first header of a good one. */
static void forge(struct buf *b, const char *name, char type)
{
	memset(b->p, 0, 100);
	memcpy(b->p, name, strlen(name));
	b->p[156] = (uint8_t)type;
	memset(b->p + 148, ' ', 8);
	unsigned sum = 0;
	for (size_t i = 0; i < 512; i++)
		sum += b->p[i];
	snprintf((char *)b->p + 148, 8, "%06o", sum);
	file_write(at("forged.tar"), buf_bytes(b), 0600, NULL);
}

static void test_forged(void)
{
	static const char good[] =
		"facts/v1/00/"
		"0000000000000000000000000000000000000000000000000000000000000000-"
		"0000000000000000.facts";
	static const struct {
		const char *what, *name;
		char type;
	} rows[] = {
		{"a path that climbs",        "../../evil",                          '0'},
		{"a path that climbs inside", "facts/v1/../../evil",                 '0'},
		{"an absolute path",          "/tmp/evil",                           '0'},
		{"a foreign name",            "facts/v1/00/x.facts",                 '0'},
		{"a hidden name",             "facts/v1/00/.assay-0123456789abcdef", '0'},
		{"a symbolic link",           good,                                  '2'},
		{"a hard link",               good,                                  '1'},
		{"a device",                  good,                                  '3'},
		{"another layer's set",       good,                                  '0'},
	};
	AUTO_BUF struct buf b;
	enum err_kind kind;
	buf_init(&b, 1 << 24);
	file_read(at("out.tar"), b.max, &b, NULL);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		forge(&b, rows[i].name, rows[i].type);
		test_case(import_of("forged", at("forged.tar"), &kind) == -1 && kind == ERR_FORMAT,
		          "import refuses %s", rows[i].what);
	}
	static const struct {
		int64_t size;
		const char *why;
	} sizes[] = {
		{GIB(5),     /* CACHE_SET_MAX */ "cut short"},
                {GIB(5) + 1, "a header that is none"        }
        };
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct cache *to = open_cache("forged", 0);
		struct err e = {.kind = ERR_NONE};
		uint64_t n;
		snprintf((char *)b.p + 124, 12, "%011llo", (unsigned long long)sizes[i].size);
		forge(&b, good, '0');
		CHECK(cache_import(to, at("forged.tar"), &n, &e) == -1);
		test_case(bytes_ends(bytes_str(e.msg), bytes_str(sizes[i].why)),
		          "CACHE_SET_MAX: %s", sizes[i].why);
		cache_close(to);
	}
	struct cache *c = open_cache("forged", 0);
	CHECK(files(c) == 0 && access(at("evil"), F_OK) != 0);
	cache_close(c);
}

static void test_tar(void)
{
	struct cache *c = open_cache("out", 0);
	enum err_kind kind;
	for (unsigned i = 0; i < 5; i++)
		put(c, i);
	cache_put_blob(c, B("k"), B("stays at home"), NULL);
	CHECK(cache_export(c, at("out.tar"), NULL) == 0 &&
	      cache_export(c, at("out2.tar"), NULL) == 0);
	cache_close(c);
	AUTO_BUF struct buf x, y;
	buf_init(&x, 1 << 24);
	buf_init(&y, 1 << 24);
	CHECK(!file_read(at("out.tar"), x.max, &x, NULL) &&
	      !file_read(at("out2.tar"), y.max, &y, NULL));
	CHECK(bytes_eq(buf_bytes(&x), buf_bytes(&y)));
	CHECK(import_of("in", at("out.tar"), &kind) == 5 &&
	      import_of("in", at("out.tar"), &kind) == 5);
	c = open_cache("in", 0);
	CHECK(has(c, 0) && has(c, 4) && files(c) == 5);
	cache_close(c);
	size_t refused = 0, steps = 0, clean = 0;
	CHECK(import_of("flip", at("out.tar"), &kind) == 5);
	for (size_t i = 0; i < x.n - 1024;
	     i += 64, steps++) { /* each flip is noticed or harmless */
		x.p[i] ^= 0x10;
		file_write(at("flip.tar"), buf_bytes(&x), 0600, NULL);
		x.p[i] ^= 0x10;
		int n = import_of("flip", at("flip.tar"), &kind);
		refused += n < 0;
		clean += n == 5;
	}
	test_case(refused + clean == steps && refused > steps / 2,
	          "damaged tars: %zu of %zu refused", refused, steps);
	struct cache *flip = open_cache("flip", 0);
	for (unsigned i = 0; i < 5; i++)
		CHECK(has(flip, i)); /* none of them took the place of a good one */
	cache_close(flip);
	for (size_t n = 0; n < x.n; n += 700) {
		file_write(at("cut.tar"), bytes_slice(buf_bytes(&x), 0, n), 0600, NULL);
		if (n <= x.n - 1024)
			CHECK(import_of("cut", at("cut.tar"), &kind) == -1);
	}
	test_forged();
}

/* Twenty processes write and read one key at once. */
static void test_many(void)
{
	pid_t pids[20];
	int good = 0;
	for (size_t i = 0; i < ARRAY_LEN(pids); i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		struct cache *c;
		int bad = cache_open(at("many"), 0, &c, NULL);
		for (int k = 0; k < 20 && !bad; k++)
			bad = put(c, 7) || !has(c, 7);
		cache_close(c);
		_exit(bad);
	}
	for (size_t i = 0; i < ARRAY_LEN(pids); i++) {
		int status = -1;
		waitpid(pids[i], &status, 0);
		good += status == 0;
	}
	test_case(good == 20, "many writers of one key: %d of 20 right", good);
	struct cache *c = open_cache("many", 0);
	CHECK(files(c) == 1);
	cache_close(c);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	set_id = digest_of(B("set"));
	test_plain();
	test_none();
	test_damage();
	test_prune();
	test_tar();
	fflush(stdout); /* children must not print it again */
	test_many();
	const char *const argv[] = {"/bin/rm", "-rf", dir, NULL};
	struct proc p;
	int status;
	if (proc_spawn(argv, NULL, 0, &p, NULL) == 0)
		proc_wait(&p, &status, NULL);
	return TEST_END();
}
