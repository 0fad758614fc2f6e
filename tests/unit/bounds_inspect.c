/* SPDX-License-Identifier: Apache-2.0 */
/* bounds_inspect.c - bounds of single inspectors: as much as may be, and one more. */
#include "inspect/inspect.h"
#include "inspect/secret_parts.h"
#include "inspect/state.h"
#include "walk/walk.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/facts.h"
#include "lib/tarmake.h"
#include "test.h"

static void fill(struct buf *b, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(b, text);
}

static size_t count(struct bytes text, const char *what)
{
	size_t n = 0;
	for (ssize_t at; (at = bytes_search(text, bytes_str(what))) >= 0; n++)
		text = bytes_skip(text, (size_t)at + 1);
	return n;
}

static void le(struct buf *b, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(b, i < 8 ? (uint8_t)(v >> (8 * i)) : 0);
}

/* ---- sudoers ---- */

static void sudo_lines(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b, out, one, two;
		buf_init(&b, KIB(64));
		buf_init(&out, KIB(64));
		buf_init(&one, KIB(64));
		buf_init(&two, KIB(64));
		/* of a long line, that which continues it counted in, the start is read */
		buf_adds(&b, "a ALL=(ALL) \\\n");
		fill(&b, " ", SUDO_LINE_MAX - 12 - 4 + past);
		buf_adds(&b, "/b/c\nz ALL=ALL\n");
		facts_text("etc/sudoers", buf_bytes(&b), &out);
		test_case(strstr(buf_cstr(&out), "setting sudo a (ALL)") &&
		                  strstr(buf_cstr(&out), "setting sudo z ALL 3\n") &&
		                  (strstr(buf_cstr(&out),
		                          "note etc/sudoers db.broken rule: line 2 ") != NULL) ==
		                          past,
		          "SUDO_LINE_MAX and %zu: %zu bytes of facts", past, out.n);
		buf_reset(&out);
		buf_reset(&b);
		buf_adds(&b, "# ");
		fill(&b, "c", SUDO_LINE_MAX);
		facts_text("etc/sudoers", buf_bytes(&b), &out);
		CHECK(out.n == 0);
		buf_reset(&b);
		buf_adds(&b, "a ALL=");
		fill(&b, "r", SUDO_RULE_MAX + past);
		facts_text("etc/sudoers", buf_bytes(&b), &out);
		buf_adds(&one, "setting sudo a ");
		fill(&one, "r", SUDO_RULE_MAX);
		buf_adds(&one, " 1\n");
		CHECK(bytes_eq(buf_bytes(&out), buf_bytes(&one)));
		buf_reset(&out);
		buf_reset(&b);
		buf_adds(&b, "permit a ");
		fill(&b, "r", SUDO_RULE_MAX - 9 + past);
		facts_text("etc/doas.conf", buf_bytes(&b), &out);
		buf_adds(&two, "setting doas a permit a ");
		fill(&two, "r", SUDO_RULE_MAX - 9);
		buf_adds(&two, " 1\n");
		CHECK(bytes_eq(buf_bytes(&out), buf_bytes(&two)));
	}
}

/* ---- what streams by ---- */

struct puts {
	size_t packages, asked, notes;
};

static int on_put(void *arg, enum fact_kind kind, struct bytes cbor, struct err *e)
{
	struct puts *p = arg;
	(void)e;
	p->packages += kind == FACT_PACKAGE && count(cbor, "m.org/") > 0;
	p->asked += kind == FACT_CARRY;
	p->notes += kind == FACT_NOTE;
	return 0;
}

static struct puts streamed(const char *id, struct bytes content)
{
	struct puts p = {0};
	const struct inspector *i = facts_inspector(id);
	struct inspect *in = inspect_new(&(struct inspect_sink){.arg = &p, .put = on_put});
	void *state = mem_zalloc(i->state_size);
	inspect_piece(in, i, B("bin/x"), state, content);
	inspect_piece(in, i, B("bin/x"), state, (struct bytes){NULL, 0});
	inspect_free(in);
	free(state);
	return p;
}

#define START "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6"
#define END   "\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"

/* Build info of Go, on a border of 16 bytes, of a program of one module. */
static void go_info(struct buf *b, size_t number)
{
	AUTO_BUF struct buf m;
	buf_init(&m, KIB(1));
	buf_add(&m, B(START));
	buf_addf(&m, "mod\tm.org/%zu\tv1.0.0\t\n", number + 10);
	buf_add(&m, B(END));
	while (b->n % 16)
		buf_addc(b, 0);
	buf_adds(b, "\xff Go buildinf:");
	buf_add(b, B("\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	buf_adds(b, "\x08go1.22.1");
	buf_addc(b, (uint8_t)m.n);
	buf_add(b, buf_bytes(&m));
}

static void go_infos(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(64));
		buf_adds(&b, "\x7f"
		             "ELF");
		for (size_t i = 0; i < GO_INFOS_MAX + past; i++)
			go_info(&b, i);
		fill(&b, "x", 512);
		struct puts p = streamed("golang", buf_bytes(&b));
		test_case(p.packages == GO_INFOS_MAX && p.notes == past,
		          "GO_INFOS_MAX and %zu: %zu, %zu notes", past, p.packages, p.notes);
	}
}

/* A name of a section as far before the table of sections as it may be, or a byte farther. */
static void cargo_names(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		size_t table = CARGO_NAMES_MAX + 512;
		buf_init(&b, KIB(128));
		buf_add(&b, B("\x7f"
		              "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0\1\0\0\0"));
		le(&b, 0, 16);
		le(&b, table, 8);
		le(&b, 0, 4);
		le(&b, 64 | 56 << 16, 6);
		le(&b, 64 | 1 << 16, 6);
		le(&b, 0, table - CARGO_NAMES_MAX - past - b.n);
		buf_add(&b, B(".dep-v0\0"));
		le(&b, 0, table + 64 - b.n);
		struct puts p = streamed("cargo", buf_bytes(&b));
		test_case(p.asked == !past, "CARGO_NAMES_MAX and %zu: %zu", past, p.asked);
	}
}

/* ---- holes ---- */

struct seen {
	uint64_t n;
	unsigned ends;
};

static enum walk_want want_stream(void *arg, const struct entry *en, uint64_t *ret_max)
{
	(void)arg, (void)en, (void)ret_max;
	return WALK_STREAM;
}

static bool see_piece(void *arg, const struct entry *en, struct bytes piece)
{
	struct seen *s = arg;
	(void)en;
	s->n += piece.n;
	return true;
}

static void see_end(void *arg, const struct entry *en)
{
	struct seen *s = arg;
	(void)en;
	s->ends++;
}

static ssize_t read_rest(void *arg, void *p, size_t n)
{
	struct bytes *rest = arg;
	size_t k = MIN_OF(n, rest->n);
	memcpy(p, rest->p, k);
	*rest = bytes_skip(*rest, k);
	return (ssize_t)k;
}

/* A file of a hole and three bytes: past the bound the file ends with the hole's start. */
static void holes(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b, r, n;
		struct seen s = {0};
		struct walk_result res = {.plain_size = 0};
		struct err e = {.kind = ERR_NONE};
		size_t hole = HOLE_STREAM_MAX + past;
		buf_init(&b, KIB(64));
		buf_init(&r, KIB(1));
		buf_init(&n, KIB(1));
		buf_addf(&n, "%zu", hole + 3);
		tm_record(&r, "GNU.sparse.size", buf_bytes(&n));
		buf_reset(&n);
		buf_addf(&n, "%zu,3", hole);
		tm_record(&r, "GNU.sparse.map", buf_bytes(&n));
		tm_pax(&b, 'x', buf_bytes(&r));
		tm_file(&b, "sparse", "abc");
		tm_end(&b);
		struct bytes rest = buf_bytes(&b);
		const struct walk_input input = {read_rest, &rest};
		const struct walk_visitor v = {
			.arg = &s, .entry = want_stream, .piece = see_piece, .piece_end = see_end};
		int rc = walk_input(&input, &v, &res, &e);
		test_case(rc == 0 && s.ends == 1 && s.n == HOLE_STREAM_MAX + (past ? 0 : 3),
		          "HOLE_STREAM_MAX and %zu: %ju", past, (uintmax_t)s.n);
	}
}

/* ---- archives ---- */

static void jar(struct buf *b, struct bytes manifest)
{
	static const char name[] = "META-INF/MANIFEST.MF";
	uint32_t crc = (uint32_t)crc32(crc32(0, NULL, 0), manifest.p, (uInt)manifest.n);
	buf_adds(b, "PK\3\4");
	le(b, 20, 10);
	le(b, crc, 4);
	le(b, manifest.n, 4);
	le(b, manifest.n, 4);
	le(b, sizeof name - 1, 4);
	buf_adds(b, name);
	buf_add(b, manifest);
	size_t central = b->n;
	buf_adds(b, "PK\1\2");
	le(b, 20, 2);
	le(b, 20, 10);
	le(b, crc, 4);
	le(b, manifest.n, 4);
	le(b, manifest.n, 4);
	le(b, sizeof name - 1, 18);
	buf_adds(b, name);
	size_t end = b->n;
	buf_adds(b, "PK\5\6");
	le(b, 0, 4);
	le(b, 1 | 1 << 16, 4);
	le(b, end - central, 4);
	le(b, central, 6);
}

#define TITLE   "Manifest-Version: 1.0\nImplementation-Title: acme\n"
#define VERSION "Implementation-Version: 1.2.3\n"

/* The start of a long manifest is read, as far as lines are whole; where it is all of the main
 * section nothing is amiss. */
static void manifests(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b, m, out;
		buf_init(&b, (size_t)MIB(4));
		buf_init(&m, (size_t)MIB(4));
		buf_init(&out, KIB(64));
		buf_adds(&m, TITLE);
		fill(&m, "X-Y: z\n", (JAR_MANIFEST_MAX - sizeof TITLE VERSION) / 7 - 1);
		buf_adds(&m, "X: ");
		fill(&m, "z", JAR_MANIFEST_MAX - m.n - sizeof VERSION + past);
		buf_adds(&m, "\n" VERSION);
		CHECK(m.n == JAR_MANIFEST_MAX + past);
		jar(&b, buf_bytes(&m));
		facts_text("lib/acme.jar", buf_bytes(&b), &out);
		test_case((strstr(buf_cstr(&out), " 1.2.3 ") != NULL) == !past &&
		                  (strstr(buf_cstr(&out), "db.broken") != NULL) == past,
		          "JAR_MANIFEST_MAX and %zu: %s", past, buf_cstr(&out));
		buf_reset(&b);
		buf_reset(&m);
		buf_reset(&out);
		buf_adds(&m, TITLE VERSION "\n");
		fill(&m, "\n", JAR_MANIFEST_MAX + past - m.n);
		jar(&b, buf_bytes(&m));
		facts_text("lib/acme.jar", buf_bytes(&b), &out);
		test_case(strstr(buf_cstr(&out), " 1.2.3 ") && !strstr(buf_cstr(&out), "db.broken"),
		          "JAR_MANIFEST_MAX and %zu, behind the main section: %s", past,
		          buf_cstr(&out));
	}
}

/* ---- signatures, logs ---- */

/* Facts of one kind of one file: how many, and the last. */
static size_t facts(const char *id, const struct inspect_file *files, size_t n, enum fact_kind kind,
                    struct buf *ret)
{
	struct factset *fs = factset_new();
	struct err e = {.kind = ERR_NONE};
	size_t found = 0;
	CHECK(inspect_once(facts_inspector(id), files, n, fs, &e) == 0);
	factset_seal(fs, &(struct factset_meta){.size = 0});
	struct fact_iter it = fact_iter(fs, kind);
	for (struct bytes cbor; fact_next(&it, &cbor); found++) {
		buf_reset(ret);
		buf_add(ret, cbor);
	}
	factset_free(fs);
	return found;
}

static struct inspect_file file_of(const char *path, struct bytes content)
{
	return (struct inspect_file){
		.en = {.path = bytes_str(path), .type = ENTRY_FILE, .size = content.n},
		.content = content
        };
}

static void signatures(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf raw, text, cbor;
		struct fact_paper f;
		buf_init(&raw, KIB(16));
		buf_init(&text, KIB(16));
		buf_init(&cbor, KIB(64));
		buf_addc(&raw, 0x30);
		fill(&raw, "\x02", PAPER_SIGNATURE_MAX - 1 + past);
		CHECK(base64_encode(buf_bytes(&raw), &text) == 0);
		const struct inspect_file both[] = {file_of("app/x.sig", buf_bytes(&raw)),
		                                    file_of("app/x.sig", buf_bytes(&text))};
		for (size_t k = 0; k < 2; k++) {
			CHECK(facts("papers", &both[k], 1, FACT_PAPER, &cbor) == 1);
			CHECK(fact_decode_paper(buf_bytes(&cbor), &f));
			test_case((bytes_eq(bytes_trim(f.signature), buf_bytes(&text)) &&
			           !f.why.n) == !past &&
			                  (f.why.n > 0) == past,
			          "PAPER_SIGNATURE_MAX and %zu, %s: %zu bytes", past,
			          k ? "base64" : "raw", f.signature.n);
		}
	}
}

static void logs(void)
{
	AUTO_BUF struct buf wal, cbor;
	buf_init(&wal, (size_t)MIB(8));
	buf_init(&cbor, (size_t)MIB(8));
	le(&wal, 0, RPM_CARRY_MAX + 1);
	for (size_t past = 0; past <= 1; past++) {
		struct bytes log = bytes_slice(buf_bytes(&wal), 0, RPM_CARRY_MAX + past);
		const struct inspect_file files[] = {file_of("var/lib/rpm/rpmdb.sqlite", B("x")),
		                                     file_of("var/lib/rpm/rpmdb.sqlite-wal", log)};
		test_case(facts("rpm", files, 2, FACT_CARRY, &cbor) == !past,
		          "RPM_CARRY_MAX and %zu", past);
	}
}

/* ---- saved facts ---- */

/* A header that says how long it is: it is looked at up to the bound. */
static void headers(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		struct factset *fs = factset_new(), *got = NULL;
		struct bytes head;
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, KIB(64));
		factset_seal(fs, &(struct factset_meta){.size = 0});
		CHECK(factset_piece(fs, 0, &head) && head.n > 16);
		buf_add(&b, bytes_slice(head, 0, 12)); /* magic and schema */
		le(&b, FACTSET_HEADER_MAX + past, 4);
		le(&b, 0, FACTSET_HEADER_MAX + past + 64);
		int rc = factset_open(buf_bytes(&b), &got, &e);
		test_case(rc < 0 && strstr(e.msg, past ? "broken header" : "damaged header"),
		          "FACTSET_HEADER_MAX and %zu: %s", past, e.msg);
		factset_free(fs);
	}
}

/* ---- secrets ---- */

struct told {
	size_t found, cut;
};

static void on_found(void *arg, const struct secret_found *f)
{
	struct told *t = arg;
	(void)f;
	t->found++;
}

static void on_cut(void *arg, const char *code, const char *text)
{
	struct told *t = arg;
	(void)text;
	t->cut += strcmp(code, "secret.cut") == 0;
}

static struct told scanned(struct secret_scan *scan, struct bytes text)
{
	struct told t = {0};
	struct secret_stream *st = secret_open(scan, B("app/x"));
	secret_feed(st, text);
	secret_close(st, &(struct secret_sink){&t, on_found, on_cut});
	return t;
}

/* A token with a true checksum, put together here. */
#define TOKEN                                                                                      \
	"npm_Alm0StFaK3t0kEN8"                                                                     \
	"uTval1DcRC32dc1Bscp5"

static void secret_depth(struct secret_scan *scan)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b, next;
		buf_init(&b, KIB(16));
		buf_init(&next, KIB(16));
		buf_adds(&b, "t=" TOKEN "\n");
		for (size_t i = 0; i < SECRET_DEPTH_MAX + past; i++) {
			buf_reset(&next);
			buf_adds(&next, "://\nv: "); /* a text that is worth decoding */
			base64_encode(buf_bytes(&b), &next);
			buf_addc(&next, '\n');
			buf_reset(&b);
			buf_add(&b, buf_bytes(&next));
		}
		struct told t = scanned(scan, buf_bytes(&b));
		test_case(t.found == !past, "SECRET_DEPTH_MAX and %zu: %zu", past, t.found);
	}
}

static void secret_hits(struct secret_scan *scan)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(64));
	for (size_t i = 0; i < SECRET_HITS_MAX; i++)
		buf_addf(&b, "npm_%036d\n%300s\n", 0, "");
	struct told t = scanned(scan, buf_bytes(&b));
	test_case(t.cut == 0, "SECRET_HITS_MAX");
	buf_addf(&b, "npm_%036d\n%300s\n", 0, "");
	t = scanned(scan, buf_bytes(&b));
	test_case(t.cut == 1, "SECRET_HITS_MAX and 1");
}

/* Matches that are no secrets, then one that is, in one hit. */
static void secret_tries(struct secret_scan *scan)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(4));
		fill(&b, "pw:string\n", SECRET_TRIES_MAX - 1 + past);
		buf_adds(&b, "pw:r4nd0m1zed!\n");
		struct told t = scanned(scan, buf_bytes(&b));
		test_case(t.found == !past && t.cut == past,
		          "SECRET_TRIES_MAX and %zu: %zu found, %zu cut", past, t.found, t.cut);
	}
}

/* Does the library match n times "a" with these bounds? */
static bool is_matched(const pcre2_code *code, struct bytes text, uint32_t steps, uint32_t heap)
{
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	pcre2_match_data *m = pcre2_match_data_create(1, NULL);
	pcre2_set_match_limit(limits, steps);
	pcre2_set_heap_limit(limits, heap);
	int rc = pcre2_match(code, text.p, text.n, 0, 0, m, limits);
	pcre2_match_data_free(m);
	pcre2_match_context_free(limits);
	return rc >= 0;
}

/* The longest text that the library matches within the bound, and the next one. */
static void secret_cost(struct secret_scan *scan, const char *name, const char *regex,
                        const uint32_t bounds[2])
{
	AUTO_BUF struct buf b;
	int error;
	PCRE2_SIZE where;
	size_t good = 0, bad = KIB(512);
	pcre2_code *code =
		pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, 0, &error, &where, NULL);
	CHECK(code);
	buf_init(&b, (size_t)MIB(1));
	fill(&b, "a", bad);
	buf_addc(&b, 'b');
	while (good + 1 < bad) {
		size_t n = (good + bad) / 2;
		struct bytes text = bytes_skip(buf_bytes(&b), KIB(512) - n);
		*(is_matched(code, text, bounds[0], bounds[1]) ? &good : &bad) = n;
	}
	struct bytes least = bytes_skip(buf_bytes(&b), KIB(512) - good);
	struct bytes most = bytes_skip(buf_bytes(&b), KIB(512) - bad);
	test_case(good && bad < KIB(512) && is_matched(code, most, UINT32_MAX, UINT32_MAX) &&
	                  secret_matches(scan, code, least) && !secret_matches(scan, code, most),
	          "%s: a text of %zu, and one more", name, good);
	pcre2_code_free(code);
}

static void secret_costs(struct secret_scan *scan)
{
	static const uint32_t steps[] = {SECRET_STEPS_MAX, UINT32_MAX};
	static const uint32_t heap[] = {UINT32_MAX, SECRET_HEAP_MAX};
	CHECK(scanned(scan, B("t=" TOKEN "\n")).found == 1); /* then the bounds are set */
	secret_cost(scan, "SECRET_STEPS_MAX", "\\Aa*?ab", steps);
	secret_cost(scan, "SECRET_HEAP_MAX", "\\A(?:a|c)*b", heap);
}

static void secrets(void)
{
	struct secret_scan *scan;
	struct err e;
	if (secret_scan_new(rules_shipped(), &scan, &e)) {
		test_skip("bounds of secrets", e.msg);
		return;
	}
	secret_depth(scan);
	secret_hits(scan);
	secret_tries(scan);
	secret_costs(scan);
	secret_scan_free(scan);
}

int main(void)
{
	sudo_lines();
	go_infos();
	cargo_names();
	holes();
	manifests();
	signatures();
	logs();
	headers();
	secrets();
	return TEST_END();
}
