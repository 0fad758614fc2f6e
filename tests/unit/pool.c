/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool.c - layers given to real workers, and to false ones that die, lie, stall or never end.
 *
 * The program is its own false worker: started under another name, it does what the name says.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "inspect/wire.h"
#include "lib/tarmake.h"
#include "test.h"

/* ---- false workers ---- */

static void send(uint8_t kind, struct bytes cbor)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 1 << 20);
	wire_put_head(&b, kind, cbor.n);
	buf_add(&b, cbor);
	fd_write_full(1, b.p, b.n);
}

static void send_end(void)
{
	AUTO_BUF struct buf b;
	struct digest d = digest_of(B("lie"));
	buf_init(&b, 1 << 16);
	wire_put_end(&b, &(struct wire_end){.diff_id = bytes_of(d.b, 32), .confinement = 15});
	send(WIRE_END, buf_bytes(&b));
}

static void read_all(void)
{
	char b[4096];
	while (read(0, b, sizeof b) > 0)
		;
}

static void be_silent(void) { read_all(); }
static void be_killed(void) { raise(SIGKILL); }
static void be_stuck(void) { pause(); }
static void be_garbage(void) { fd_write_full(1, "\xff\xff\xff\xff????", 8); }
static void be_kindless(void) { fd_write_full(1, "\0\0\0\0", 4); }
static void be_unknown(void) { send(200, B("\xa0")); }
static void be_broken(void) { send(FACT_PACKAGE, B("\xff")); }

static void be_liar(void)
{
	read_all();
	send_end();
}

static void be_hasty(void) { send_end(); }

static void be_chatty(void)
{
	read_all();
	send_end();
	send_end();
}

static void be_failing(void)
{
	read_all();
	send_end();
	exit(1);
}

static void be_odd_end(void) { send(WIRE_END, B("\xa1\1\x18\x63")); }

static const struct {
	const char *name;
	void (*be)(void);
	const char *want; /* part of the message */
} lies[] = {
	{"silent",   be_silent,   "ended without a result: status 0"},
	{"killed",   be_killed,   "died: signal 9"                  },
	{"stuck",    be_stuck,    "made no progress"                },
	{"garbage",  be_garbage,  "broke the protocol: a record of" },
	{"kindless", be_kindless, "broke the protocol: a frame"     },
	{"unknown",  be_unknown,  "broke the protocol: unknown"     },
	{"broken",   be_broken,   "broke the protocol"              },
	{"hasty",    be_hasty,    "ended before the layer did"      },
	{"chatty",   be_chatty,   "went on after its last"          },
	{"failing",  be_failing,  "ended before the layer did"      },
	{"oddend",   be_odd_end,  "broken last record"              },
};

/* ---- jobs ---- */

struct feed {
	struct bytes rest;
	size_t step;
	bool fails;
};

static ssize_t feed_read(void *arg, void *p, size_t n, struct err *e)
{
	struct feed *f = arg;
	size_t k = MIN_OF(MIN_OF(n, f->step), f->rest.n);
	if (f->fails && k == 0)
		return err_set(e, ERR_IO, "the source broke");
	if (k)
		memcpy(p, f->rest.p, k);
	f->rest = bytes_skip(f->rest, k);
	return (ssize_t)k;
}

static char helper[4096];

static struct inspect_job job_of(struct feed *f, struct bytes layer)
{
	*f = (struct feed){layer, 100000, false};
	return (struct inspect_job){.read = feed_read,
	                            .arg = f,
	                            .name = "L",
	                            .digest = digest_of(layer),
	                            .size = (int64_t)layer.n};
}

static int run(struct inspect_job *jobs, size_t n, const char *program, struct err *e)
{
	struct inspect_options o = {.helper = program, .timeout_ms = 20000};
	return inspect_run(jobs, n, &o, e);
}

/* One record of a kind, or an absent slice. */
static struct bytes fact_at(const struct factset *fs, enum fact_kind kind, size_t at)
{
	struct bytes cbor;
	struct fact_iter it = fact_iter(fs, kind);
	while (fact_next(&it, &cbor)) {
		if (at-- == 0)
			return cbor;
	}
	return (struct bytes){NULL, 0};
}

static const char os_release[] = "ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME=\"Alpine\"\n";

static void make_layer(struct buf *b)
{
	buf_init(b, 64 << 20);
	tm_dir(b, "etc");
	tm_file(b, "usr/lib/os-release", os_release);
	tm_link(b, '2', "etc/os-release", "../usr/lib/os-release");
	tm_file(b, "srv/x/bun.lockb", "{}");
	tm_file(b, "srv/y/bun.lockb", "{}");
	tm_file(b, "srv/flake.lock", "");
	tm_file(b, "etc/.wh.gone", "");
	tm_end(b);
}

static void good(struct bytes layer)
{
	struct feed f;
	struct err e = {.msg = ""};
	struct inspect_job job = job_of(&f, layer);
	job.diff_id = job.digest;
	CHECK(run(&job, 1, helper, &e) == 0);
	if (!test_case(job.facts != NULL, "a layer gives facts")) {
		printf("# %s %s\n", e.msg, job.err.msg);
		return;
	}
	const struct factset_meta *m = factset_meta(job.facts);
	struct entry en;
	CHECK(m->entries == 7 && m->size == layer.n && m->plain_size == layer.n);
	CHECK(digest_eq(&m->digest, &job.digest) && digest_eq(&m->diff_id, &job.diff_id));
	CHECK((m->confinement & CONFINE_MINIMUM) == CONFINE_MINIMUM);
	CHECK(factset_find(job.facts, B("etc/os-release"), &en) && en.type == ENTRY_SYMLINK);
	CHECK(factset_find(job.facts, B("etc/gone"), &en) && en.type == ENTRY_WHITEOUT);
	struct fact_os os;
	CHECK(fact_decode_os(fact_at(job.facts, FACT_OS, 0), &os) &&
	      bytes_eq(os.version_id, B("3.20.3")) &&
	      bytes_eq(os.head.path, B("usr/lib/os-release")));
	uint64_t npm = 0, nix = 0;
	for (size_t i = 0; i < 2; i++) {
		struct fact_count c;
		if (!fact_decode_count(fact_at(job.facts, FACT_COUNT, i), &c))
			continue;
		npm += bytes_eq(c.what, B("npm")) ? c.n : 0;
		nix += bytes_eq(c.what, B("nix")) ? c.n : 0;
	}
	CHECK(npm == 2 && nix == 1);
	factset_free(job.facts);
}

/* HOSTILE A14, and what else makes a layer refused; is_refused and part of the message. */
static void refused(const char *name, struct inspect_job job, const char *want)
{
	struct err e = {.msg = ""};
	int rc = run(&job, 1, helper, &e);
	bool is_ok = rc == 0 && !job.facts && job.is_refused && strstr(job.err.msg, want);
	if (!test_case(is_ok, "refused: %s", name))
		printf("# %d %s; refused %d: %s\n", rc, e.msg, job.is_refused, job.err.msg);
	factset_free(job.facts);
}

static void gzip_of(struct bytes plain, struct buf *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)plain.p, .avail_in = (uInt)plain.n};
	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	size_t bound = deflateBound(&z, plain.n) + 64;
	buf_init(out, bound);
	z.next_out = buf_room(out, bound);
	z.avail_out = (uInt)bound;
	deflate(&z, Z_FINISH);
	out->n = z.total_out;
	deflateEnd(&z);
}

static void bad(struct bytes layer)
{
	struct feed f;
	AUTO_BUF struct buf gz;
	gzip_of(layer, &gz);
	struct inspect_job job = job_of(&f, layer);
	job.size++;
	refused("one byte too few", job, "shorter than");
	job = job_of(&f, layer);
	job.size--;
	refused("one byte too many", job, "longer than");
	job = job_of(&f, layer);
	job.digest.b[0] ^= 1;
	refused("another digest", job, "have digest");
	job = job_of(&f, layer);
	job.diff_id = digest_of(B("x"));
	refused("another diff_id", job, "have diff_id");
	job = job_of(&f, bytes_slice(layer, 0, 700));
	refused("cut short", job, "cut short");
	job = job_of(&f, bytes_slice(buf_bytes(&gz), 0, gz.n - 4));
	refused("gzip cut short", job, "cut short");
	job = job_of(&f, B("BZh91AY&SY......"));
	refused("bzip2", job, "bzip2");
	gz.p[gz.n / 2] ^= 0x55;
	job = job_of(&f, buf_bytes(&gz));
	refused("broken gzip", job, "gzip: ");
	job.digest = digest_of(layer);
	f = (struct feed){buf_bytes(&gz), 100, false};
	refused("broken gzip that is not what was promised", job, "have digest");
	struct err e;
	job = job_of(&f, layer);
	f.fails = true;
	CHECK(run(&job, 1, helper, &e) == 0 && !job.facts && !job.is_refused &&
	      strstr(job.err.msg, "the source broke"));
}

/* A second look at the same layer: only what is asked for, under another name. */
static void looks(struct bytes layer)
{
	struct feed f;
	struct err e;
	const struct inspect_look l[] = {
		{"osrelease", B("usr/lib/os-release"), B("etc/os-release"), {NULL, 0}, {NULL, 0}},
		{"osrelease", B("no/such"),            B("etc/x"),          {NULL, 0}, {NULL, 0}},
		{"osrelease", B("usr/lib/"),           B("etc/"),           {NULL, 0}, {NULL, 0}},
	};
	struct inspect_job job = job_of(&f, layer);
	job.looks = l;
	job.n_looks = ARRAY_LEN(l);
	CHECK(run(&job, 1, helper, &e) == 0 && job.facts);
	if (!job.facts) {
		printf("# %s\n", job.err.msg);
		return;
	}
	struct fact_os os;
	struct fact_note note;
	struct entry en;
	CHECK(fact_decode_os(fact_at(job.facts, FACT_OS, 0), &os) &&
	      bytes_eq(os.head.path, B("etc/os-release")) && bytes_eq(os.id, B("alpine")));
	CHECK(fact_decode_note(fact_at(job.facts, FACT_NOTE, 0), &note) &&
	      bytes_eq(note.code, B("look.missing")) && bytes_eq(note.head.path, B("no/such")));
	CHECK(!fact_at(job.facts, FACT_NOTE, 1).p && !fact_at(job.facts, FACT_COUNT, 0).p);
	CHECK(!factset_find(job.facts, B("etc"), &en));
	factset_free(job.facts);
}

static void many(struct bytes layer)
{
	enum { N = 12 };
	struct feed f[N];
	struct inspect_job jobs[N];
	struct err e;
	size_t good_ones = 0, bad_ones = 0;
	for (size_t i = 0; i < N; i++) {
		jobs[i] = job_of(&f[i], layer);
		f[i].step = 1 + i * 97;
		jobs[i].digest.b[5] ^= (uint8_t)(i % 3 == 0);
	}
	CHECK(run(jobs, N, helper, &e) == 0);
	for (size_t i = 0; i < N; i++) {
		good_ones += i % 3 && jobs[i].facts;
		bad_ones += i % 3 == 0 && !jobs[i].facts && jobs[i].is_refused;
		factset_free(jobs[i].facts);
	}
	CHECK(good_ones == 8 && bad_ones == 4);
	CHECK(run(jobs, 0, helper, &e) == 0);
	CHECK(run(jobs, 1, "/no/such/helper", &e) == -1 && e.kind == ERR_NOTFOUND);
}

static void false_workers(const char *self, struct bytes layer)
{
	char dir[] = "/tmp/assay-pool-XXXXXX";
	char *path;
	if (!mkdtemp(dir))
		abort();
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		struct feed f;
		struct err e = {.msg = ""};
		struct inspect_job job = job_of(&f, layer);
		path = path_join(dir, lies[i].name);
		if (symlink(self, path))
			abort();
		struct inspect_options o = {.helper = path, .timeout_ms = 300};
		int rc = inspect_run(&job, 1, &o, &e);
		bool is_ok = rc == 0 && !job.facts && !job.is_refused &&
		             strstr(job.err.msg, lies[i].want);
		if (!test_case(is_ok, "worker that is %s", lies[i].name))
			printf("# %d %s; %d %s\n", rc, e.msg, job.is_refused, job.err.msg);
		unlink(path);
		free(path);
	}
	/* one that only lies about what cannot be checked is believed about that alone */
	struct feed f;
	struct err e;
	struct inspect_job job = job_of(&f, layer);
	job.diff_id = job.digest;
	path = path_join(dir, "liar");
	if (symlink(self, path))
		abort();
	CHECK(run(&job, 1, path, &e) == 0 && !job.facts && strstr(job.err.msg, "have diff_id"));
	unlink(path);
	free(path);
	rmdir(dir);
}

static void inflating(struct bytes layer)
{
	AUTO_BUF struct buf gz, got;
	struct proc p;
	struct err e = {.msg = ""};
	const struct inspect_options o = {.helper = helper};
	int out = -1;
	gzip_of(layer, &gz);
	for (int spoiled = 0; spoiled < 2; spoiled++) {
		int fd = memfd_create("gz", MFD_CLOEXEC);
		CHECK(fd_write_full(fd, gz.p, gz.n - (size_t)spoiled) == 0);
		lseek(fd, 0, SEEK_SET);
		CHECK(inspect_inflate_as(fd, &o, &p, &out, &e) == 0);
		buf_init(&got, 64 << 20);
		CHECK(fd_read_all(out, "plain", 64 << 20, &got, &e) == 0);
		close(out);
		close(fd);
		if (spoiled)
			CHECK(inspect_inflate_end(&p, &e) == -1 && e.kind == ERR_FORMAT);
		else
			CHECK(inspect_inflate_end(&p, &e) == 0 && bytes_eq(buf_bytes(&got), layer));
		buf_fini(&got);
	}
	buf_init(&got, 1);
}

int main(int argc, char **argv)
{
	(void)argc;
	const char *base = strrchr(argv[0], '/');
	base = base ? base + 1 : argv[0];
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		if (strcmp(base, lies[i].name) == 0) {
			lies[i].be();
			return 0;
		}
	}
	if (strcmp(base, "liar") == 0) {
		be_liar();
		return 0;
	}
	char self[4000];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n < 0)
		abort();
	self[n] = 0;
	/* build/tests/unit/pool, build/assay-inspect */
	snprintf(helper, sizeof helper, "%s", self);
	for (int up = 0; up < 3; up++)
		*strrchr(helper, '/') = 0;
	size_t at = strlen(helper);
	snprintf(helper + at, sizeof helper - at, "/assay-inspect");

	if (access(helper, X_OK)) {
		test_skip("workers", "build/assay-inspect is not built");
		return TEST_END();
	}
	AUTO_BUF struct buf layer;
	make_layer(&layer);
	good(buf_bytes(&layer));
	bad(buf_bytes(&layer));
	looks(buf_bytes(&layer));
	many(buf_bytes(&layer));
	AUTO_BUF struct buf large; /* more than the pipes hold */
	buf_init(&large, 64 << 20);
	static char body[6 << 20];
	tm_add(&large, (struct tm_entry){.name = "f"}, bytes_of(body, sizeof body));
	tm_end(&large);
	false_workers(self, buf_bytes(&large));
	inflating(buf_bytes(&large));
	return TEST_END();
}
