/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret_scan.h - content against compiled rules: one Hyperscan pass over the bytes as they go by,
 * then a bounded confirmation around each hit.
 *
 * A stream is one file.  It keeps the last bytes of what went by, never the file; memory and work
 * per file are bounded, and what was cut is said.  What is found is handed over when the file ends,
 * in the order of its bytes, masked: nothing outside this chapter sees a value.
 */
#ifndef INSPECT_SECRET_SCAN_H
#define INSPECT_SECRET_SCAN_H

#include "inspect/rules.h"

enum secret_how { SECRET_BASE64 = 1, SECRET_UTF16 = 2, SECRET_UNPROVEN = 4, SECRET_PROVEN = 8 };

struct secret_found {
	uint32_t rule; /* index */
	unsigned how;  /* enum secret_how */
	uint64_t at;   /* offset of the value, or of the text it was decoded from */
	uint32_t line; /* from 1; 0: not text */
	uint64_t end;  /* behind its last byte; for whoever hides it in the text at hand */
	struct bytes mask;
};

struct secret_sink {
	void *arg;
	void (*found)(void *arg, const struct secret_found *f);
	/* What was not looked at, or not to its end. */
	void (*cut)(void *arg, const char *code, const char *text);
};

struct secret_scan; /* database, scratch, compiled confirmations: one per process */
struct secret_stream;

/* ERR_UNSUPPORTED where the processor cannot run the database. */
int secret_scan_new(const struct rules *r, struct secret_scan **ret, struct err *e);
void secret_scan_free(struct secret_scan *s);

struct bytes secret_rule_id(const struct secret_scan *s, const struct secret_found *f);

/* path is copied. */
struct secret_stream *secret_open(struct secret_scan *s, struct bytes path);
void secret_feed(struct secret_stream *st, struct bytes piece);
/* Ends the file, says what was found, frees st. */
void secret_close(struct secret_stream *st, const struct secret_sink *sink);

#endif
