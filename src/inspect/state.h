/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - how an inspector is run, and where its facts go: one sink for the worker's pipe and for
 * tests.
 */
#ifndef INSPECT_STATE_H
#define INSPECT_STATE_H

#include "inspect/inspect.h"

enum {
#define INSPECTOR(name) INSPECTOR_AT_##name,
#include "inspect/inspectors.def"
#undef INSPECTOR
	INSPECTORS_N
};

/* Takes one encoded fact; -1 ends the layer (the pipe is gone, the set is full). */
struct inspect_sink {
	void *arg;
	int (*put)(void *arg, enum fact_kind kind, struct bytes cbor, struct err *e);
};

/* For one layer; copies the sink. */
struct inspect *inspect_new(const struct inspect_sink *sink);
void inspect_free(struct inspect *in);
/* The rules that inspect_scan() works with, instead of those that ship; they must outlive in. */
void inspect_use_rules(struct inspect *in, const struct rules *rules);
/* YARA rules, and who runs them; both must outlive in. */
void inspect_use_yara(struct inspect *in, struct bytes bundle, const struct yara_engine *engine);
/* What inspect_sums_wanted() says. */
void inspect_use_sums(struct inspect *in, unsigned sums);
/* What a look brought along, until it is said anew. */
void inspect_attach(struct inspect *in, struct bytes attached);
void inspect_use_clamd(struct inspect *in, bool has_clamd);
/* What was asked for; everything until it is said. */
void inspect_use_checks(struct inspect *in, unsigned checks);
/* Facts and notes put so far. */
uint64_t inspect_puts(const struct inspect *in);

/* Runs the hook of i over one file (its entry, its bytes) or one group.  A hook that fails becomes
 * a note of code "db.broken".  -1 only when the sink failed, now or before. */
int inspect_see(struct inspect *in, const struct inspector *i, const struct inspect_file *files,
                size_t n, struct err *e);
/* One piece of a streamed file, or with an absent slice its end; false when no more is wanted. */
bool inspect_piece(struct inspect *in, const struct inspector *i, struct bytes path, void *state,
                   struct bytes piece);
/* States what an inspector that only counts has counted, one number per glob of its paths. */
void inspect_tally(struct inspect *in, const struct inspector *i, const uint64_t *counts);
/* A note about path (absent: the layer) that no inspector is at work on. */
int inspect_say(struct inspect *in, struct bytes path, const char *code, const char *text,
                struct err *e);

#endif
