/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - what a person watching is told: log lines and progress, all on standard error.
 *
 * Only cli/ and serve/ log above debug.  Text from outside is escaped here (control bytes, ESC,
 * bidirectional marks), so a name in an image cannot drive the terminal or a CI runner.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/bytes.h"

enum log_level { LOG_QUIET, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_form { LOG_TEXT, LOG_JSON };

void log_setup(enum log_level level, enum log_form form);
bool log_on(enum log_level level);
/* What log_setup was told, as a number for a process of our own, which takes it over. */
unsigned log_setting(void);
void log_setup_as(unsigned setting);
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A value that must never be shown: every later log line and error has it replaced by "***". */
void log_secret(struct bytes value);
/* Appends b so that it is safe on a terminal and in a line format: control bytes, invalid UTF-8,
 * bidirectional and zero-width marks as \xNN or \u{NNNN}, and the first byte of what a CI runner
 * would take for a command ("::" at the start, "##[" and "##vso[" anywhere).  0, or -1 when ret
 * is full. */
int text_escape(struct bytes b, struct buf *ret);

/* Appends b with every value given to log_secret replaced by "***", even one that is cut short by
 * the end of b. */
int log_redact(struct bytes b, struct buf *ret);

/* Progress: one line that is rewritten, with bytes done, speed and time left.  Shown only when
 * standard error is a terminal and progress_setup(true) was said. */
void progress_setup(bool on);
void progress_begin(const char *what, uint64_t total_bytes); /* 0: total unknown */
void progress_add(uint64_t bytes);
/* Adds to the total: a part whose size has become known. */
void progress_expect(uint64_t bytes);
void progress_end(void);
/* Many images: how many of all are done.  The line then begins with that, and with the time left;
 * all 0 ends it. */
void progress_whole(uint64_t done, uint64_t total);
/* The words of that line, for one state; draws nothing. */
struct progress_state {
	const char *what;
	uint64_t done, total; /* bytes; total 0: unknown */
	int64_t elapsed_ms;
	struct {
		uint64_t done, total, bytes; /* images; bytes of all; total 0: there is but one */
		int64_t elapsed_ms;
	} whole;
};
void progress_text(const struct progress_state *s, struct buf *ret);

#endif
