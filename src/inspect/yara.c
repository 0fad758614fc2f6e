/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yara.c - files as they go by, on their way to YARA: each is held until it is known whether it has
 * one of the literals without which no rule can match, in a file of a size that the rule takes.
 *
 * A large file without one so far is held no longer: the few that turn out to have one further on
 * are read in a second look.
 */
#include "inspect/yara_file.h"

#include <hs/hs_runtime.h>
#include <stdlib.h>
#include <string.h>

enum {
	SPARE_LEN = 4 << 20, /* bytes of a buffer that is kept for the next file */
	QUIET_LEN = 4 << 20  /* bytes of a file that are held while nothing was met */
};

struct yara_scan {
	const struct yara_engine *engine;
	void *libyara;
	struct yara_bundle bundle;
	hs_database_t *db; /* NULL: no literals */
	hs_scratch_t *scratch;
	unsigned slow;
	struct yara_file *spare;
};

struct yara_file {
	struct yara_scan *y;
	struct inspect *in;
	struct bytes path;
	bool is_outer, is_hit, is_over;
	uint64_t size, hit_max; /* fed so far; of a file in which what was met counts */
	hs_stream_t *hs;
	struct buf held;
};

static int open_literals(struct yara_scan *y, struct err *e)
{
	struct bytes b = y->bundle.literals;
	if (!b.n)
		return 0;
	if (hs_valid_platform() != HS_SUCCESS ||
	    hs_deserialize_database((const char *)b.p, b.n, &y->db) != HS_SUCCESS ||
	    hs_alloc_scratch(y->db, &y->scratch) != HS_SUCCESS)
		return err_set(e, ERR_UNSUPPORTED,
		               "the processor does not take the literals of the YARA rules");
	return 0;
}

int yara_scan_new(struct bytes bundle, struct arena *a, const struct yara_engine *engine,
                  struct yara_scan **ret, struct err *e)
{
	struct yara_scan *y = mem_zalloc(sizeof *y);
	y->engine = engine;
	if (yara_bundle_open(bundle, a, &y->bundle, e) < 0 || open_literals(y, e) < 0 ||
	    engine->open(y->bundle.compiled, &y->libyara, e) < 0) {
		yara_scan_free(y);
		return -1;
	}
	*ret = y;
	return 0;
}

static void file_free(struct yara_file *f)
{
	if (!f)
		return;
	hs_close_stream(f->hs, NULL, NULL, NULL);
	buf_fini(&f->held);
	free(f);
}

void yara_scan_free(struct yara_scan *y)
{
	if (!y)
		return;
	file_free(y->spare);
	y->engine->close(y->libyara);
	hs_free_scratch(y->scratch);
	hs_free_database(y->db);
	free(y);
}

struct yara_file *yara_file_open(struct yara_scan *y, struct inspect *in, struct bytes path,
                                 bool is_outer)
{
	struct yara_file *f = y->spare;
	y->spare = NULL;
	if (!f) {
		f = mem_zalloc(sizeof *f);
		if (y->db && hs_open_stream(y->db, 0, &f->hs) != HS_SUCCESS)
			die_nomem(0);
		buf_init(&f->held, (size_t)YARA_HOLD_MAX);
	}
	f->y = y;
	f->in = in;
	f->path = path;
	f->is_outer = is_outer;
	f->is_over = false;
	f->size = f->hit_max = 0;
	f->is_hit = y->bundle.is_always;
	return f;
}

static int on_literal(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                      void *arg)
{
	struct yara_file *f = arg;
	(void)from, (void)to, (void)flags;
	f->is_hit |= id == 0;
	f->hit_max = MAX_OF(f->hit_max, (uint64_t)id * KIB(1));
	return f->is_hit; /* one is enough */
}

/* May a rule match, when the file ends here? */
static bool is_met(const struct yara_file *f)
{
	return f->is_hit || (f->hit_max && f->size <= f->hit_max);
}

void yara_file_feed(struct yara_file *f, struct bytes piece)
{
	f->size += piece.n;
	if (f->hs && !f->is_hit)
		hs_scan_stream(f->hs, (const char *)piece.p, (unsigned)piece.n, 0, f->y->scratch,
		               on_literal, f);
	if (f->is_over)
		return;
	bool is_quiet = f->is_outer && !is_met(f) && f->size > QUIET_LEN;
	f->is_over = is_quiet || buf_add(&f->held, piece) < 0;
}

static void on_found(void *arg, const struct yara_hit *hit)
{
	struct yara_file *f = arg;
	inspect_malware(f->in, &(struct fact_malware){.head.path = f->path,
	                                              .engine = B("yara"),
	                                              .name = hit->name,
	                                              .string = hit->string,
	                                              .at = hit->at});
}

static void look(struct yara_file *f, struct bytes content)
{
	struct yara_scan *y = f->y;
	struct err e = {.kind = ERR_NONE};
	const struct yara_sink sink = {f, on_found};
	if (y->slow >= (unsigned)YARA_SLOW_MAX) {
		inspect_note(f->in, "malware.slow", "not looked at: %lld files took too long",
		             (long long)YARA_SLOW_MAX);
		return;
	}
	if (y->engine->scan(y->libyara, f->path, content, &sink, &e) == 0)
		return;
	y->slow += e.kind == ERR_LIMIT;
	inspect_note(f->in, "malware.cut", "%.*s: %s", BYTES_FMT(f->path), e.msg);
}

void yara_file_close(struct yara_file *f)
{
	struct yara_scan *y = f->y;
	if (f->hs)
		hs_reset_stream(f->hs, 0, y->scratch, on_literal, f);
	if (is_met(f) && f->is_over && f->is_outer)
		inspect_ask(f->in);
	else if (is_met(f) && f->is_over)
		inspect_note(f->in, "malware.cut", "%.*s: larger than the %lld bytes that are held",
		             BYTES_FMT(f->path), (long long)YARA_HOLD_MAX);
	else if (is_met(f))
		look(f, buf_bytes(&f->held));
	buf_reset(&f->held);
	if (y->spare || f->held.cap > SPARE_LEN) {
		file_free(f);
		return;
	}
	y->spare = f;
}

void yara_file_whole(struct yara_scan *y, struct inspect *in, struct bytes path,
                     struct bytes content)
{
	struct yara_file f = {.y = y, .in = in, .path = path, .is_outer = true};
	look(&f, content);
}
