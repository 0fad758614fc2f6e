/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tzif.c - files of the time zone database.
 *
 * Format: a header and data for 32-bit times, the same again for 64-bit times, and a line with the
 * rule that holds after the last of them.  Source: RFC 8536; POSIX for the rule (TZ).
 */
#include "fmt/tzif.h"

#include <string.h>

enum { HEADER = 44, DAY = 86400 };

struct counts {
	uint32_t isut, isstd, leap, time, type, text;
};

static uint64_t be(const uint8_t *p, size_t n)
{
	uint64_t u = 0;
	for (size_t i = 0; i < n; i++)
		u = u << 8 | p[i];
	return u;
}

/* Size of the data behind a header whose times have so many bytes; 0: it is no header. */
static uint64_t data_size(struct bytes h, size_t width, struct counts *ret)
{
	uint32_t v[6];
	if (h.n < HEADER || memcmp(h.p, "TZif", 4) != 0)
		return 0;
	for (size_t i = 0; i < 6; i++)
		v[i] = (uint32_t)be(h.p + 20 + 4 * i, 4);
	*ret = (struct counts){v[0], v[1], v[2], v[3], v[4], v[5]};
	return (uint64_t)ret->time * (width + 1) + (uint64_t)ret->type * 6 + ret->text +
	       (uint64_t)ret->leap * (width + 4) + ret->isstd + ret->isut;
}

/* A number, *at behind it. */
static bool number(struct bytes s, size_t *at, int64_t max, int64_t *ret)
{
	size_t from = *at;
	uint64_t u;
	while (*at < s.n && is_digit(s.p[*at]))
		++*at;
	if (!bytes_u64(bytes_slice(s, from, *at), (uint64_t)max, &u))
		return false;
	*ret = (int64_t)u;
	return true;
}

static bool is_at(struct bytes s, size_t *at, char c)
{
	if (*at >= s.n || s.p[*at] != c)
		return false;
	++*at;
	return true;
}

/* [+-]hh[:mm[:ss]] in seconds */
static bool clock_time(struct bytes s, size_t *at, int64_t *ret)
{
	int64_t h, m = 0, sec = 0;
	bool is_negative = is_at(s, at, '-');
	if (!is_negative)
		is_at(s, at, '+');
	if (!number(s, at, 167, &h))
		return false;
	if (is_at(s, at, ':') && !number(s, at, 59, &m))
		return false;
	if (is_at(s, at, ':') && !number(s, at, 59, &sec))
		return false;
	*ret = (is_negative ? -1 : 1) * (h * 3600 + m * 60 + sec);
	return true;
}

/* EST or <+03> */
static bool zone_name(struct bytes s, size_t *at)
{
	size_t from = *at;
	if (is_at(s, at, '<')) {
		while (*at < s.n && s.p[*at] != '>')
			++*at;
		return is_at(s, at, '>');
	}
	while (*at < s.n && is_alpha(s.p[*at]))
		++*at;
	return *at > from;
}

static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400, yoe = year - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool is_leap(int64_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

/* M3.2.0: the second Sunday of March, as days since 1970 */
static bool month_week_day(struct bytes s, size_t *at, int64_t year, int64_t *ret)
{
	int64_t m, w, d;
	if (!number(s, at, 12, &m) || !is_at(s, at, '.') || !number(s, at, 5, &w) ||
	    !is_at(s, at, '.') || !number(s, at, 6, &d) || !m || !w)
		return false;
	int64_t first = days_of(year, m, 1);
	int64_t last = days_of(m == 12 ? year + 1 : year, m % 12 + 1, 1);
	*ret = first + ((d - (first + 4) % 7) % 7 + 7) % 7 + 7 * (w - 1);
	if (*ret >= last)
		*ret -= 7;
	return true;
}

/* ,M3.2.0/2: when the rule changes in the year, in seconds since 1970 of the clock on the wall. */
static bool change(struct bytes s, size_t *at, int64_t year, int64_t *ret)
{
	int64_t d, time = 2 * 3600, day;
	if (!is_at(s, at, ','))
		return false;
	if (is_at(s, at, 'M')) {
		if (!month_week_day(s, at, year, &day))
			return false;
	} else {
		/* J60 is the first of March whether the year is a leap year or not */
		bool is_plain = is_at(s, at, 'J');
		if (!number(s, at, 365, &d) || (is_plain && !d))
			return false;
		day = days_of(year, 1, 1) + d - is_plain + (is_plain && is_leap(year) && d >= 60);
	}
	if (is_at(s, at, '/') && !clock_time(s, at, &time))
		return false;
	*ret = day * DAY + time;
	return true;
}

static int64_t year_of(int64_t s)
{
	int64_t days = s / DAY - (s % DAY < 0), year = 1970 + days / 366;
	if (days < 0)
		year = 1970 + days / 365 - 1;
	while (days_of(year + 1, 1, 1) <= days)
		year++;
	return year;
}

/* What the rule of the last line says; false: it is none. */
static bool rule_offset(struct bytes s, int64_t at_s, int64_t *ret)
{
	int64_t std, dst, begin, end;
	size_t at = 0;
	if (!zone_name(s, &at) || !clock_time(s, &at, &std))
		return false;
	*ret = -std;
	if (at == s.n)
		return true;
	dst = std - 3600;
	if (!zone_name(s, &at) || (at < s.n && s.p[at] != ',' && !clock_time(s, &at, &dst)))
		return false;
	int64_t year = year_of(at_s - std);
	if (!change(s, &at, year, &begin) || !change(s, &at, year, &end) || at != s.n)
		return false;
	begin += std;
	end += dst;
	bool is_summer = begin < end ? at_s >= begin && at_s < end : at_s >= begin || at_s < end;
	*ret = is_summer ? -dst : -std;
	return true;
}

/* The offset of a type; false: there is no such type. */
static bool type_offset(const uint8_t *types, uint32_t n, uint32_t i, int64_t *ret)
{
	if (i >= n)
		return false;
	*ret = (int32_t)(uint32_t)be(types + 6 * i, 4);
	return true;
}

int tzif_offset(struct bytes file, int64_t at_s, int64_t *ret, struct err *e)
{
	struct counts c;
	uint64_t size = data_size(file, 4, &c);
	if (size && file.n > HEADER + size && file.p[4] >= '2') {
		file = bytes_skip(file, HEADER + size);
		size = data_size(file, 8, &c);
	} else {
		size = 0;
	}
	if (!size || file.n - HEADER < size || !c.type)
		return err_set(e, ERR_FORMAT, "no file of time zones with 64-bit times");
	const uint8_t *times = file.p + HEADER, *indexes = times + 8 * (size_t)c.time;
	const uint8_t *types = indexes + c.time;
	struct bytes rule = bytes_trim(bytes_skip(file, HEADER + size));
	size_t lo = 0, hi = c.time;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if ((int64_t)be(times + 8 * mid, 8) <= at_s)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == c.time && rule.n && rule_offset(rule, at_s, ret))
		return 0;
	if (!type_offset(types, c.type, lo ? indexes[lo - 1] : 0, ret))
		return err_set(e, ERR_FORMAT, "a time zone names a type it does not have");
	return 0;
}
