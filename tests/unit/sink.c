/* SPDX-License-Identifier: Apache-2.0 */
/* What a feed says, on its way to the store: faults of records, of the store, dates, namespaces. */
#include "advise/sink.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static enum err_kind answer; /* of the store */
static uint64_t stored, broken;
static bool had_title;

static int store_advisory(void *arg, const struct advisory *a, struct err *e)
{
	(void)arg;
	(void)a;
	if (answer != ERR_NONE)
		return err_set(e, answer, "refused");
	stored++;
	return 0;
}

static int store_vuln(void *arg, const struct vuln *v, struct err *e)
{
	had_title = v->title.n > 0;
	(void)e;
	(void)arg;
	stored++;
	return 0;
}

static void on_broken(void *arg, const char *text)
{
	(void)arg;
	(void)text;
	broken++;
}

static int no_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	(void)doc;
	(void)s;
	(void)e;
	return 0;
}

static const struct feed plain = {.id = "plain", .import = no_import};
static const struct feed side = {.id = "side", .import = no_import, .is_side = true};

static struct feed_common common;
static struct feed_store store(bool facts_only)
{
	answer = ERR_NONE;
	stored = broken = 0;
	return (struct feed_store){store_advisory, store_vuln, on_broken,
	                           NULL,           facts_only, &common};
}

static struct advisory record(const char *ns)
{
	return (struct advisory){
		.ns = bytes_str(ns), .package = B("p"), .id = B("CVE-1"), .detail = B("x")};
}

static void check_records(void)
{
	struct feed_store st = store(false);
	struct feed_sink *s = feed_sink_new(&plain, &st);
	struct advisory a = record("debian:12"), b = record("debian:11"), no_id = a;
	struct err e;
	no_id.id = (struct bytes){NULL, 0};
	CHECK(feed_put(s, &a, &e) == 0 && feed_put(s, &b, &e) == 0 && feed_put(s, &a, &e) == 0);
	CHECK(feed_put(s, &no_id, &e) == 0 && broken == 1 && stored == 3);
	a.ns = B("two words");
	CHECK(feed_put(s, &a, &e) == 0 && broken == 2);
	answer = ERR_LIMIT; /* this record alone */
	CHECK(feed_put(s, &b, &e) == 0 && broken == 3 && !feed_sink_failed(s));
	answer = ERR_IO; /* the index cannot be written */
	CHECK(feed_put(s, &b, &e) < 0 && feed_sink_failed(s));
	CHECK(feed_speaks(s, B("debian:13"), &e) == 0);
	struct feed_learned l = feed_sink_learned(s);
	CHECK(l.records == 3 && bytes_eq(l.namespaces, B("debian:11 debian:12 debian:13")));
	feed_sink_free(s);
	feed_sink_free(NULL);
}

static void check_vulns(void)
{
	const struct vuln v = {.id = B("CVE-1"), .title = B("words")}, none = {.title = B("x")};
	struct err e;
	for (int facts_only = 0; facts_only <= 1; facts_only++) {
		struct feed_store st = store(facts_only);
		struct feed_sink *s = feed_sink_new(&plain, &st);
		CHECK(feed_put_vuln(s, &v, &e) == 0 && had_title == !facts_only);
		CHECK(feed_put_vuln(s, &none, &e) == 0 && broken == 1);
		feed_sink_free(s);
	}
}

static void check_side(void)
{
	struct feed_store st = store(false);
	struct feed_sink *s = feed_sink_new(&side, &st);
	const struct advisory a = record("debian:12");
	struct err e;
	CHECK(feed_put(s, &a, &e) == 0 && stored == 1);
	CHECK(!feed_sink_learned(s).namespaces.n);
	feed_sink_free(s);
}

static void check_dates(void)
{
	struct feed_store st = store(false);
	struct feed_sink *s = feed_sink_new(&plain, &st);
	struct doc_memory m;
	struct err e;
	int64_t now_s = clock_now_s();
	doc_memory(&m, "x", B("x"));
	CHECK(feed_sink_learned(s).data_s == 0);
	m.doc.mtime_s = 1000;
	CHECK(feed_sink_import(s, &m.doc, &e) == 0 && feed_sink_learned(s).data_s == 1000);
	m.doc.mtime_s = now_s + 1000000; /* a clock that is wrong */
	CHECK(feed_sink_import(s, &m.doc, &e) == 0 && feed_sink_learned(s).data_s == 1000);
	feed_dated(s, 500);
	feed_dated(s, 700);
	feed_dated(s, 600);
	CHECK(feed_sink_learned(s).data_s == 700);
	feed_dated(s, now_s + 400 * 86400); /* "2027" */
	CHECK(feed_sink_learned(s).data_s == 700);
	feed_sink_free(s);
}

static void check_memory(void)
{
	struct feed_store st = store(false);
	struct feed_sink *s = feed_sink_new(&plain, &st), *t = feed_sink_new(&side, &st);
	int *state = feed_state(s, sizeof *state), *shared = feed_shared(s, "key", sizeof *shared);
	CHECK(*state == 0 && *shared == 0);
	*state = 1;
	*shared = 2;
	CHECK(feed_state(s, sizeof *state) == state && feed_state(t, sizeof *state) != state);
	CHECK(feed_shared(t, "key", sizeof *shared) == shared);
	CHECK(feed_shared(t, "other", sizeof *shared) != shared);
	feed_sink_free(s);
	feed_sink_free(t);
}

int main(void)
{
	common.arena = arena_new();
	check_records();
	check_vulns();
	check_side();
	check_dates();
	check_memory();
	arena_free(common.arena);
	return TEST_END();
}
