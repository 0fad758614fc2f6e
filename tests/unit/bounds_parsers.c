/* SPDX-License-Identifier: Apache-2.0 */
/* bounds_parsers.c - bounds of single parsers: as much as may be, and one more. */
#include "advise/feed.h"
#include "advise/sink.h"
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static void fill(struct buf *b, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(b, text);
}

static int no_value(void *arg, const struct feed_value *v, struct err *e)
{
	(void)arg, (void)v, (void)e;
	return 0;
}

static void numbers(void)
{
	static const char *const paths[] = {"*", NULL};
	for (size_t past = 0; past <= 1; past++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf b;
		const struct jnode *root;
		struct doc_memory m;
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, KIB(4));
		buf_adds(&b, "[0.");
		fill(&b, "1", JSON_NUMBER_MAX - 2 + past);
		buf_addc(&b, ']');
		int rc = jdoc_load(a, buf_bytes(&b), "d", KIB(4), &root, &e);
		test_case(past ? rc < 0 && strstr(e.msg, "JSON_NUMBER_MAX") : rc == 0,
		          "JSON_NUMBER_MAX and %zu: %s", past, rc ? e.msg : "read");
		buf_reset(&b);
		buf_addc(&b, '[');
		fill(&b, "1", FEED_NUMBER_MAX + past);
		buf_addc(&b, ']');
		doc_memory(&m, "x", buf_bytes(&b));
		rc = feed_json(&m.doc, paths, no_value, NULL, &e);
		test_case(past ? rc < 0 && strstr(e.msg, "FEED_NUMBER_MAX")
		               : rc == 0 || !strstr(e.msg, "FEED_NUMBER_MAX"),
		          "FEED_NUMBER_MAX and %zu: %s", past, rc ? e.msg : "read");
	}
}

static void note_package(void *arg, const struct lang_package *p)
{
	buf_addf(arg, "%.*s@%.*s;", BYTES_FMT(p->name), BYTES_FMT(p->version));
}

static void add_text(struct buf *b, struct bytes text)
{
	size_t left = text.n;
	for (; left >= 0x80; left >>= 7)
		buf_addc(b, (uint8_t)(left | 0x80));
	buf_addc(b, (uint8_t)left);
	buf_add(b, text);
}

#define START "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6"
#define END   "\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"

/* Build info of a program whose main module has the version that the linker set. */
static void go_info(struct buf *b, size_t go, size_t linked)
{
	AUTO_BUF struct buf version, modules;
	buf_init(&version, KIB(4));
	buf_init(&modules, KIB(4));
	buf_adds(&version, "go1.22.1 ");
	fill(&version, "x", go - version.n);
	buf_add(&modules, B(START));
	buf_adds(&modules, "mod\tm.org/m\t(devel)\t\nbuild\t-ldflags=\"-X main.version=1.0.0-");
	fill(&modules, "x", linked - 6);
	buf_adds(&modules, "\"\n");
	buf_add(&modules, B(END));
	buf_adds(b, "\xff Go buildinf:");
	buf_add(b, B("\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	add_text(b, buf_bytes(&version));
	add_text(b, buf_bytes(&modules));
}

static void go(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b, out;
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, KIB(16));
		buf_init(&out, KIB(16));
		go_info(&b, GO_VERSION_MAX + past, 7);
		test_case((lang_go_need(buf_bytes(&b)) > 0) == !past, "GO_VERSION_MAX and %zu",
		          past);
		buf_reset(&b);
		go_info(&b, 16, GO_LINKED_MAX + past);
		lang_go_info(buf_bytes(&b), note_package, &out, &e);
		test_case((strstr(buf_cstr(&out), "m.org/m@v1.0.0-xx") != NULL) == !past,
		          "GO_LINKED_MAX and %zu: %s", past, buf_cstr(&out));
	}
}

#define MD5 "d41d8cd98f00b204e9800998ecf8427e"

static void hash_columns(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		struct err e = {.kind = ERR_NONE};
		struct hash_list *l = hash_list_new();
		buf_init(&b, KIB(4));
		fill(&b, "x,", HASH_COLUMNS_MAX - 1 + past);
		buf_adds(&b, MD5 "\n");
		hash_list_begin(l, "f");
		int rc = hash_list_push(l, buf_bytes(&b), &e);
		rc = rc == 0 ? hash_list_end(l, &e) : rc;
		test_case(past ? rc < 0 && strstr(e.msg, "f:1") : rc == 0,
		          "HASH_COLUMNS_MAX and %zu: %s", past, rc ? e.msg : "read");
		hash_list_free(l);
	}
}

/* Extensions and digests of the image, references of a result, bases of its path. */
static struct results *sarif(struct arena *a, size_t past)
{
	AUTO_BUF struct buf b;
	struct results *r = NULL;
	struct err e;
	size_t n;
	buf_init(&b, KIB(64));
	buf_adds(&b, "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"Lint\","
	             "\"rules\":[{\"id\":\"R\",\"properties\":{\"tags\":[");
	for (size_t i = 0; i < RESULT_REFS_MAX + past; i++)
		buf_addf(&b, "%s\"CWE-%zu\"", i ? "," : "", 100 + i);
	buf_adds(&b, "]}}]},\"extensions\":[");
	for (size_t i = 0; i < RESULT_SETS_MAX + past; i++)
		buf_addf(&b, "%s{\"name\":\"x%zu\"}", i ? "," : "", i);
	buf_adds(&b, "]},\"originalUriBaseIds\":{");
	for (size_t i = 0; i < RESULT_BASES_MAX + past; i++)
		buf_addf(&b, "%s\"B%zu\":{\"uri\":\"d%zu/\",\"uriBaseId\":\"B%zu\"}", i ? "," : "",
		         i, i, i + 1);
	buf_adds(&b, "},\"properties\":{\"repoDigests\":[");
	for (size_t i = 0; i < RESULT_DIGESTS_MAX + past; i++)
		buf_addf(&b, "%s\"sha256:%064zu\"", i ? "," : "", i);
	buf_adds(&b, "]},\"results\":[{\"ruleId\":\"R\",\"message\":{\"text\":\"m\"},"
	             "\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"f\","
	             "\"uriBaseId\":\"B0\"}}}]}]}]}");
	CHECK(results_parse(buf_bytes(&b), "x", a, &r, &n, &e) == 0 && n == 1);
	return r;
}

static void results(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_ARENA struct arena *a = arena_new();
		const struct results *r = sarif(a, past);
		CHECK(r->n == 1 && r->n_sets == RESULT_SETS_MAX &&
		      r->n_digests == RESULT_DIGESTS_MAX);
		CHECK(r->v[0].n_refs == RESULT_REFS_MAX);
		test_case(bytes_eq(r->v[0].path, B("d7/d6/d5/d4/d3/d2/d1/d0/f")),
		          "RESULT_BASES_MAX and %zu: %.*s", past, BYTES_FMT(r->v[0].path));
	}
}

/* A condition in parentheses that asks for a string: past the bound it is tried on every file. */
static void yara_depth(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf b;
		struct yara_text t = {.a = a};
		struct err e = {.kind = ERR_NONE};
		buf_init(&b, KIB(4));
		buf_adds(&b, "rule r{strings:$a=\"abcdefgh\"condition:");
		fill(&b, "(", YARA_CONDITION_DEPTH_MAX + past);
		buf_adds(&b, "$a");
		fill(&b, ")", YARA_CONDITION_DEPTH_MAX + past);
		buf_adds(&b, "}");
		CHECK(yara_text_add(&t, buf_bytes(&b), &e) == 0);
		test_case(t.n_always == past, "YARA_CONDITION_DEPTH_MAX and %zu: %zu", past,
		          t.n_always);
		yara_text_fini(&t);
	}
}

int main(void)
{
	numbers();
	go();
	hash_columns();
	results();
	yara_depth();
	return TEST_END();
}
