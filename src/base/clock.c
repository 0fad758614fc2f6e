/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.c - the civil calendar, counted by us: no time zone database, no locale.
 *
 * Source: RFC 3339 section 5.6 (grammar), 5.7 (days of a month); the era arithmetic is that of the
 * proleptic Gregorian calendar: 400 years have 146,097 days.
 */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base.h"

enum { DAY_S = 86400, ERA_DAYS = 146097 };
/* 9999-12-31T23:59:59Z, the last second that RFC 3339 can write */
static const int64_t LAST_S = INT64_C(253402300799);
/* 0000-01-01T00:00:00Z */
static const int64_t FIRST_S = -INT64_C(62167219200);

int64_t clock_now_s(void)
{
	struct timespec ts;
	return clock_gettime(CLOCK_REALTIME, &ts) ? 0 : (int64_t)ts.tv_sec;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec ts;
	if (clock_gettime(CLOCK_MONOTONIC, &ts))
		return 0;
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_first_wait_ms(int64_t usual_ms)
{
	const char *env = getenv("ASSAY_FETCH_WAIT_MS");
	uint64_t ms;
	return env && bytes_u64(bytes_str(env), (uint64_t)usual_ms, &ms) ? (int64_t)ms : usual_ms;
}

bool clock_source_date(int64_t *ret_s)
{
	uint64_t v;
	const char *env = getenv("SOURCE_DATE_EPOCH");
	if (!env || !bytes_u64(bytes_str(env), (uint64_t)LAST_S, &v))
		return false;
	*ret_s = (int64_t)v;
	return true;
}

int64_t clock_stamp_s(void)
{
	int64_t s;
	return clock_source_date(&s) ? s : clock_now_s();
}

static bool is_leap(int64_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

static int month_days(int64_t y, int m)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[m - 1] + (m == 2 && is_leap(y));
}

/* Days from 1970-01-01 to y-m-d; the year is made to begin in March so that the leap day is its
 * last. */
static int64_t days_of(int64_t y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t in_era = y - era * 400;
	int64_t in_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	return era * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

struct civil {
	int64_t year;
	int month, day;
};

static struct civil civil_of(int64_t days)
{
	days += 719468; /* from 0000-03-01 */
	int64_t era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
	int64_t in_era = days - era * ERA_DAYS;
	int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / (ERA_DAYS - 1)) / 365;
	int64_t in_year = in_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * in_year + 2) / 153;
	struct civil c = {.year = y + era * 400};
	c.day = (int)(in_year - (153 * m + 2) / 5 + 1);
	c.month = (int)(m < 10 ? m + 3 : m - 9);
	c.year += c.month <= 2;
	return c;
}

/* Takes exactly n digits off *b. */
static bool take_num(struct bytes *b, size_t n, int lo, int hi, int *ret)
{
	uint64_t v;
	if (b->n < n || !bytes_u64(bytes_slice(*b, 0, n), (uint64_t)hi, &v) || (int)v < lo)
		return false;
	*ret = (int)v;
	*b = bytes_skip(*b, n);
	return true;
}

static bool take_char(struct bytes *b, uint8_t c)
{
	if (!b->n || b->p[0] != c)
		return false;
	*b = bytes_skip(*b, 1);
	return true;
}

/* RFC 3339: time-offset = "Z" / ("+" / "-") time-hour ":" time-minute */
static bool take_offset(struct bytes *b, int64_t *ret_s)
{
	if (take_char(b, 'Z') || take_char(b, 'z')) {
		*ret_s = 0;
		return true;
	}
	int sign = take_char(b, '+') ? 1 : take_char(b, '-') ? -1 : 0, h, m;
	if (!sign || !take_num(b, 2, 0, 23, &h) || !take_char(b, ':') || !take_num(b, 2, 0, 59, &m))
		return false;
	*ret_s = sign * (h * 3600 + m * 60);
	return true;
}

/* "10:00:00", ".25" at will, offset.  A leap second (60) counts as the second before it. */
static bool take_time(struct bytes *b, int64_t *ret_s)
{
	int h, m, s;
	int64_t offset;
	if (!take_num(b, 2, 0, 23, &h) || !take_char(b, ':') || !take_num(b, 2, 0, 59, &m) ||
	    !take_char(b, ':') || !take_num(b, 2, 0, 60, &s))
		return false;
	if (take_char(b, '.')) {
		size_t n = 0;
		while (n < b->n && is_digit(b->p[n]))
			n++;
		if (!n)
			return false;
		*b = bytes_skip(*b, n);
	}
	if (!take_offset(b, &offset))
		return false;
	*ret_s = h * 3600 + m * 60 + MIN_OF(s, 59) - offset;
	return true;
}

bool clock_parse(struct bytes b, int64_t *ret_s)
{
	int y, m, d;
	int64_t in_day = 0;
	if (!take_num(&b, 4, 0, 9999, &y) || !take_char(&b, '-') || !take_num(&b, 2, 1, 12, &m) ||
	    !take_char(&b, '-') || !take_num(&b, 2, 1, month_days(y, m), &d))
		return false;
	if (b.n) {
		if (!take_char(&b, 'T') && !take_char(&b, 't') && !take_char(&b, ' '))
			return false;
		if (!take_time(&b, &in_day) || b.n)
			return false;
	}
	*ret_s = days_of(y, m, d) * DAY_S + in_day;
	return true;
}

/* Days since the epoch, rounded down, before it too. */
static int64_t day_of(int64_t s) { return s / DAY_S - (s % DAY_S < 0); }

int64_t clock_day_end(int64_t s)
{
	s = MIN_OF(MAX_OF(s, FIRST_S), LAST_S);
	return day_of(s) * DAY_S + DAY_S - 1;
}

void clock_format(int64_t s, char ret[21])
{
	s = MIN_OF(MAX_OF(s, FIRST_S), LAST_S);
	unsigned in_day = (unsigned)(s - day_of(s) * DAY_S);
	char day[11];
	clock_format_day(s, day);
	snprintf(ret, 21, "%sT%02u:%02u:%02uZ", day, in_day / 3600 % 24, in_day / 60 % 60,
	         in_day % 60);
}

void clock_format_day(int64_t s, char ret[11])
{
	struct civil c = civil_of(day_of(MIN_OF(MAX_OF(s, FIRST_S), LAST_S)));
	snprintf(ret, 11, "%04u-%02u-%02u", (unsigned)c.year % 10000, (unsigned)c.month % 100,
	         (unsigned)c.day % 100);
}
