/* SPDX-License-Identifier: Apache-2.0 */
/* state.c - how an inspector is run, and where its facts go. */
#include "inspect/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inspect/secret_scan.h"
#include "inspect/yara_file.h"

struct inspect {
	struct inspect_sink sink;
	const struct inspector *inspector; /* at work; NULL: none */
	struct bytes path;                 /* of the file at work */
	struct bytes attached;
	struct arena *arena;
	struct buf record; /* the fact at hand, encoded */
	struct err err;    /* why the sink failed; then nothing is put any more */
	uint64_t puts;
	const struct rules *rules;
	struct secret_scan *scan;
	bool has_no_scan;
	unsigned checks, sums;
	bool has_clamd;
	struct bytes bundle;
	const struct yara_engine *engine;
	struct yara_scan *yara;
	struct arena *lasting;         /* as long as in */
	uint64_t memory[INSPECTORS_N]; /* by place in inspectors[] */
};

struct inspect *inspect_new(const struct inspect_sink *sink)
{
	struct inspect *in = mem_zalloc(sizeof *in);
	in->sink = *sink;
	in->arena = arena_new();
	in->lasting = arena_new();
	in->checks = ~0U;
	buf_init(&in->record, (size_t)FACT_MAX);
	return in;
}

void inspect_free(struct inspect *in)
{
	if (!in)
		return;
	secret_scan_free(in->scan);
	yara_scan_free(in->yara);
	arena_free(in->lasting);
	arena_free(in->arena);
	buf_fini(&in->record);
	free(in);
}

uint64_t *inspect_memory(struct inspect *in)
{
	size_t i = 0;
	while (inspectors[i] && inspectors[i] != in->inspector)
		i++;
	return &in->memory[i];
}

struct arena *inspect_arena(struct inspect *in) { return in->arena; }

struct bytes inspect_path(const struct inspect *in) { return in->path; }

struct bytes inspect_attached(const struct inspect *in) { return in->attached; }

void inspect_attach(struct inspect *in, struct bytes attached) { in->attached = attached; }

void inspect_use_rules(struct inspect *in, const struct rules *rules) { in->rules = rules; }

void inspect_use_checks(struct inspect *in, unsigned checks) { in->checks = checks; }

void inspect_use_sums(struct inspect *in, unsigned sums) { in->sums = sums; }

unsigned inspect_sums_wanted(const struct inspect *in) { return in->sums; }

unsigned inspect_sums_within(const struct inspect *in)
{
	return inspect_is_asked(in, CHECK_MALWARE) ? in->sums : 0;
}

void inspect_use_clamd(struct inspect *in, bool has_clamd) { in->has_clamd = has_clamd; }

bool inspect_has_clamd(const struct inspect *in) { return in->has_clamd; }

bool inspect_is_asked(const struct inspect *in, enum check c) { return in->checks & 1U << c; }

void inspect_use_yara(struct inspect *in, struct bytes bundle, const struct yara_engine *engine)
{
	in->bundle = bundle;
	in->engine = engine;
}

struct yara_scan *inspect_yara(struct inspect *in)
{
	struct err e = {.kind = ERR_NONE};
	if (in->yara || !in->bundle.n)
		return in->yara;
	if (!in->engine)
		err_set(&e, ERR_UNSUPPORTED, "this worker has no libyara");
	else if (yara_scan_new(in->bundle, in->lasting, in->engine, &in->yara, &e) == 0)
		return in->yara;
	in->bundle.n = 0;
	inspect_say(in, (struct bytes){NULL, 0}, "malware.unavailable", e.msg, NULL);
	return NULL;
}

uint64_t inspect_puts(const struct inspect *in) { return in->puts; }

struct secret_scan *inspect_scan(struct inspect *in)
{
	struct err e;
	if (in->scan || in->has_no_scan)
		return in->scan;
	const struct rules *rules = in->rules ? in->rules : rules_shipped();
	if (rules && secret_scan_new(rules, &in->scan, &e) == 0)
		return in->scan;
	in->has_no_scan = true;
	inspect_say(in, (struct bytes){NULL, 0}, "secret.unavailable",
	            rules ? e.msg : "the rules that ship are broken", NULL);
	return NULL;
}

static struct fact_head head(const struct inspect *in, struct fact_head given)
{
	given.inspector = in->inspector ? bytes_str(in->inspector->id) : B("walk");
	if (!given.path.p)
		given.path = in->path;
	return given;
}

/* rc: what the encoder said of in->record. */
static void put(struct inspect *in, enum fact_kind kind, int rc)
{
	if (rc < 0 && kind != FACT_NOTE)
		inspect_note(in, "fact.too-large", "a fact longer than %lld bytes is left out",
		             (long long)FACT_MAX);
	in->puts++;
	if (rc == 0 && in->err.kind == ERR_NONE)
		in->sink.put(in->sink.arg, kind, buf_bytes(&in->record), &in->err);
	buf_reset(&in->record);
}

void inspect_os(struct inspect *in, struct fact_os *f)
{
	f->head = head(in, f->head);
	put(in, FACT_OS, fact_encode_os(&in->record, f));
}

void inspect_package(struct inspect *in, struct fact_package *f)
{
	f->head = head(in, f->head);
	put(in, FACT_PACKAGE, fact_encode_package(&in->record, f));
}

void inspect_owned(struct inspect *in, struct fact_owned *f)
{
	f->head = head(in, f->head);
	put(in, FACT_OWNED, fact_encode_owned(&in->record, f));
}

void inspect_divert(struct inspect *in, struct fact_divert *f)
{
	f->head = head(in, f->head);
	put(in, FACT_DIVERT, fact_encode_divert(&in->record, f));
}

void inspect_account(struct inspect *in, struct fact_account *f)
{
	f->head = head(in, f->head);
	put(in, FACT_ACCOUNT, fact_encode_account(&in->record, f));
}

void inspect_setting(struct inspect *in, struct fact_setting *f)
{
	f->head = head(in, f->head);
	put(in, FACT_SETTING, fact_encode_setting(&in->record, f));
}

void inspect_repository(struct inspect *in, struct fact_repository *f)
{
	f->head = head(in, f->head);
	put(in, FACT_REPOSITORY, fact_encode_repository(&in->record, f));
}

void inspect_paper(struct inspect *in, struct fact_paper *f)
{
	f->head = head(in, f->head);
	put(in, FACT_PAPER, fact_encode_paper(&in->record, f));
}

void inspect_secret(struct inspect *in, struct fact_secret *f)
{
	f->head = head(in, f->head);
	put(in, FACT_SECRET, fact_encode_secret(&in->record, f));
}

void inspect_malware(struct inspect *in, struct fact_malware *f)
{
	f->head = head(in, f->head);
	put(in, FACT_MALWARE, fact_encode_malware(&in->record, f));
}

void inspect_sums(struct inspect *in, struct fact_sums *f)
{
	f->head = head(in, f->head);
	put(in, FACT_SUMS, fact_encode_sums(&in->record, f));
}

void inspect_binary(struct inspect *in, struct fact_binary *f)
{
	f->head = head(in, f->head);
	put(in, FACT_BINARY, fact_encode_binary(&in->record, f));
}

void inspect_count(struct inspect *in, struct bytes what, uint64_t n)
{
	struct fact_count f = {.what = what, .n = n};
	f.head = head(in, f.head);
	put(in, FACT_COUNT, fact_encode_count(&in->record, &f));
}

void inspect_carry(struct inspect *in, struct bytes path, struct bytes content)
{
	struct fact_carry f = {.head.path = path, .content = content};
	f.head = head(in, f.head);
	put(in, FACT_CARRY, fact_encode_carry(&in->record, &f));
}

void inspect_ask(struct inspect *in) { inspect_carry(in, in->path, B("?")); }

void inspect_note(struct inspect *in, const char *code, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	struct fact_note f = {.code = bytes_str(code), .text = bytes_str(text)};
	f.head = head(in, f.head);
	buf_reset(&in->record);
	put(in, FACT_NOTE, fact_encode_note(&in->record, &f));
}

static void arena_empty(struct inspect *in)
{
	if (arena_size(in->arena)) {
		arena_free(in->arena);
		in->arena = arena_new();
	}
}

static int outcome(const struct inspect *in, struct err *e)
{
	if (in->err.kind == ERR_NONE)
		return 0;
	if (e)
		*e = in->err;
	return -1;
}

static int run_hook(struct inspect *in, const struct inspector *i, const struct inspect_file *files,
                    size_t n, struct err *e)
{
	switch (i->want) {
	case INSPECT_ENTRY:
		return i->entry(in, &files->en, e);
	case INSPECT_FILE:
	case INSPECT_STREAM:
	case INSPECT_LOOK:
		return i->file(in, &files->en, files->content, e);
	case INSPECT_GROUP:
		return i->group(in, files, n, e);
	case INSPECT_COUNT:
		break; /* the worker counts */
	}
	return 0;
}

int inspect_see(struct inspect *in, const struct inspector *i, const struct inspect_file *files,
                size_t n, struct err *e)
{
	if (n == 0)
		return outcome(in, e);
	struct err why = {.kind = ERR_NONE};
	in->inspector = i;
	in->path = files->en.path;
	if (run_hook(in, i, files, n, &why) < 0)
		inspect_note(in, "db.broken", "%s", why.msg);
	in->inspector = NULL;
	in->path = (struct bytes){NULL, 0};
	arena_empty(in);
	return outcome(in, e);
}

bool inspect_piece(struct inspect *in, const struct inspector *i, struct bytes path, void *state,
                   struct bytes piece)
{
	bool wants_more = false;
	in->inspector = i;
	in->path = path;
	if (piece.p)
		wants_more = i->piece(in, state, piece);
	else
		i->end(in, state);
	in->inspector = NULL;
	in->path = (struct bytes){NULL, 0};
	arena_empty(in);
	return wants_more;
}

void inspect_tally(struct inspect *in, const struct inspector *i, const uint64_t *counts)
{
	in->inspector = i;
	for (size_t g = 0; i->paths[g]; g++) {
		uint64_t sum = 0;
		bool is_said = false;
		for (size_t k = 0; i->paths[k]; k++) {
			if (strcmp(i->kinds[k], i->kinds[g]) != 0)
				continue;
			is_said |= k < g;
			sum += counts[k];
		}
		if (sum && !is_said)
			inspect_count(in, bytes_str(i->kinds[g]), sum);
	}
	in->inspector = NULL;
}

int inspect_say(struct inspect *in, struct bytes path, const char *code, const char *text,
                struct err *e)
{
	in->path = path;
	inspect_note(in, code, "%s", text);
	in->path = (struct bytes){NULL, 0};
	return outcome(in, e);
}

static int put_fact(void *arg, enum fact_kind kind, struct bytes cbor, struct err *e)
{
	return factset_put(arg, kind, cbor, e);
}

int inspect_once(const struct inspector *i, const struct inspect_file *files, size_t n,
                 struct factset *fs, struct err *e)
{
	struct inspect *in = inspect_new(&(struct inspect_sink){.arg = fs, .put = put_fact});
	int rc = inspect_see(in, i, files, n, e);
	inspect_free(in);
	return rc;
}
