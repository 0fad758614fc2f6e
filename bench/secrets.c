/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secrets.c - the secret scan alone, over files of this machine.
 * usage: secrets FILE...          says what is found: file, line, rule, mask, parted by tabs
 *        secrets -t FILE...       the time of the whole scan beside the bare Hyperscan pass
 */
#include <hs/hs_runtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "inspect/inspect.h"
#include "inspect/secret_scan.h"

enum { PIECE = 256 << 10 };

static const struct rules *rules;
static const char *name;

static void found(void *arg, const struct secret_found *f)
{
	(void)arg;
	printf("%s\t%u\t%s\t%.*s\t%u\n", name, f->line, rules_text(rules, rules->v[f->rule].id),
	       BYTES_FMT(f->mask), f->how);
}

static void count(void *arg, const struct secret_found *f)
{
	(void)f;
	++*(uint64_t *)arg;
}

static void cut(void *arg, const char *code, const char *text)
{
	(void)arg;
	fprintf(stderr, "%s: %s: %s\n", name, code, text);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void scan(struct secret_scan *s, struct bytes b, const struct secret_sink *sink)
{
	struct secret_stream *st = secret_open(s, bytes_str(name));
	for (; b.n; b = bytes_skip(b, PIECE))
		secret_feed(st, bytes_slice(b, 0, PIECE));
	secret_close(st, sink);
}

static int nothing(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                   void *arg)
{
	(void)id, (void)from, (void)to, (void)flags, (void)arg;
	return 0;
}

struct bare {
	hs_database_t *db;
	hs_scratch_t *scratch;
	hs_stream_t *st;
};

static void scan_bare(struct bare *h, struct bytes b)
{
	for (; b.n; b = bytes_skip(b, PIECE))
		hs_scan_stream(h->st, (const char *)b.p, (unsigned)MIN_OF(b.n, (size_t)PIECE), 0,
		               h->scratch, nothing, NULL);
	hs_reset_stream(h->st, 0, h->scratch, nothing, NULL);
}

int main(int argc, char **argv)
{
	struct err e = {.kind = ERR_NONE};
	struct secret_scan *s;
	uint64_t n = 0, bytes = 0;
	bool is_timed = argc > 1 && strcmp(argv[1], "-t") == 0;
	struct secret_sink sink = {&n, is_timed ? count : found, cut};
	double whole = 0, bare = 0, from = now();
	rules = rules_shipped();
	if (!rules || secret_scan_new(rules, &s, &e)) {
		fprintf(stderr, "secrets: %s\n", e.msg);
		return 3;
	}
	double start = now() - from;
	struct bare h = {.db = NULL};
	struct bytes db = rules_database(rules);
	hs_deserialize_database((const char *)db.p, db.n, &h.db);
	hs_alloc_scratch(h.db, &h.scratch);
	hs_open_stream(h.db, 0, &h.st);
	for (int i = 1 + is_timed; i < argc; i++) {
		AUTO_BUF struct buf b = {0};
		name = argv[i];
		if (file_read(name, (size_t)GIB(2), &b, &e))
			continue;
		bytes += b.n;
		if (is_timed) {
			from = now();
			scan_bare(&h, buf_bytes(&b));
			bare += now() - from;
		}
		from = now();
		scan(s, buf_bytes(&b), &sink);
		whole += now() - from;
	}
	if (is_timed) {
		size_t state = 0;
		hs_stream_size(h.db, &state);
		printf("rules %zu database %zu state %zu start-up %.2f ms\n", rules->n, db.n, state,
		       start * 1e3);
		printf("bytes %llu found %llu bare %.0f MB/s whole %.0f MB/s ratio %.2f\n",
		       (unsigned long long)bytes, (unsigned long long)n, (double)bytes / bare / 1e6,
		       (double)bytes / whole / 1e6, bare / whole);
	}
	hs_close_stream(h.st, NULL, NULL, NULL);
	hs_free_scratch(h.scratch);
	hs_free_database(h.db);
	secret_scan_free(s);
	return 0;
}
