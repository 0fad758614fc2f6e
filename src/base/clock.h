/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h - times: seconds since 1970-01-01 UTC in int64_t, and how they are read and written.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/bytes.h"

/* The real clock.  Decisions (expiry, age) use it. */
int64_t clock_now_s(void);
int64_t clock_monotonic_ms(void);
/* How long to wait before a request is tried again for the first time: usual_ms, or less where
 * ASSAY_FETCH_WAIT_MS says so (tests of refusals do not want to wait for them). */
int64_t clock_first_wait_ms(int64_t usual_ms);
/* The time to write into output: SOURCE_DATE_EPOCH where it is set and sane, else the real one. */
int64_t clock_stamp_s(void);
/* SOURCE_DATE_EPOCH where it is set and sane; false: not. */
bool clock_source_date(int64_t *ret_s);
/* Reads "2027-01-31", "2027-01-31T10:00:00Z", "...+02:00", with or without fraction; false when
 * it is none of these or not a calendar date.  A bare date means its first second, UTC. */
bool clock_parse(struct bytes b, int64_t *ret_s);
/* Last second of the UTC day that s falls in: `until` includes its day. */
int64_t clock_day_end(int64_t s);
/* Writes "2027-01-31T10:00:00Z" (21 bytes with NUL) or "2027-01-31" (11). */
void clock_format(int64_t s, char ret[21]);
void clock_format_day(int64_t s, char ret[11]);

#endif
