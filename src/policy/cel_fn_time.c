/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_fn_time.c - timestamps, durations, and what a clock on a wall shows.
 *
 * Source: cel-spec langdef.md, "Date/Time Functions", "Timezones", "Overflow"; RFC 3339; Go's
 * time.ParseDuration for durations as text.
 */
#include "policy/cel_parts.h"

#include <math.h>
#include <string.h>

/* 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z */
bool cel_time_in_range(int64_t s)
{
	return s >= INT64_C(-62135596800) && s <= INT64_C(253402300799);
}

/* Days since 1970-01-01 as a date of the proleptic Gregorian calendar.  Source: the algorithm for
 * eras of 400 years that begin in March. */
static void date_of(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	*ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*ret_year = yoe + era * 400 + (*ret_month <= 2);
}

static int64_t days_of(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400, yoe = year - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int month_days(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && is_leap);
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

void cel_time_text(struct buf *b, int64_t s, int64_t ns)
{
	int64_t days = floor_div(s, 86400), left = s - days * 86400, year;
	int month, day;
	date_of(days, &year, &month, &day);
	buf_addf(b, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)year, month, day,
	         (int)(left / 3600), (int)(left / 60 % 60), (int)(left % 60));
	if (ns) {
		buf_addf(b, ".%09lld", (long long)ns);
		while (b->n && b->p[b->n - 1] == '0')
			b->n--;
	}
	buf_addc(b, 'Z');
}

/* As seconds: Go's Seconds() and its shortest decimal form. */
void cel_duration_text(struct buf *b, int64_t ns)
{
	double whole = (double)(ns / 1000000000), part = (double)(ns % 1000000000);
	cel_double_text(b, whole + part / 1e9, 'f');
	buf_addc(b, 's');
}

/* n digits, *at behind them. */
static bool digits(struct bytes s, size_t *at, size_t n, int *ret)
{
	uint64_t u;
	if (*at + n > s.n || !bytes_u64(bytes_slice(s, *at, *at + n), 9999, &u))
		return false;
	*at += n;
	*ret = (int)u;
	return true;
}

static bool sign(struct bytes s, size_t *at, char c)
{
	if (*at >= s.n || s.p[*at] != c)
		return false;
	++*at;
	return true;
}

/* Digits behind the point as nanoseconds: what is past nine of them is dropped. */
static bool fraction(struct bytes s, size_t *at, int64_t *ret)
{
	size_t from = *at, n = 0;
	*ret = 0;
	for (; *at < s.n && is_digit(s.p[*at]); ++*at, n++)
		if (n < 9)
			*ret = *ret * 10 + (s.p[*at] - '0');
	for (; n < 9; n++)
		*ret *= 10;
	return *at > from;
}

/* "Z", "+01:00": seconds east of UTC. */
static bool offset(struct bytes s, size_t *at, int64_t *ret)
{
	int hours, minutes;
	if (sign(s, at, 'Z')) {
		*ret = 0;
		return true;
	}
	bool is_west = sign(s, at, '-');
	if (!is_west && !sign(s, at, '+'))
		return false;
	if (!digits(s, at, 2, &hours) || !sign(s, at, ':') || !digits(s, at, 2, &minutes) ||
	    hours > 23 || minutes > 59)
		return false;
	*ret = (is_west ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

/* Three numbers of their widths with the sign between. */
static bool three(struct bytes s, size_t *at, char between, size_t first, int ret[3])
{
	for (size_t i = 0; i < 3; i++)
		if ((i && !sign(s, at, between)) || !digits(s, at, i ? 2 : first, &ret[i]))
			return false;
	return true;
}

static bool is_date(const int d[3])
{
	return d[1] >= 1 && d[1] <= 12 && d[2] >= 1 && d[2] <= month_days(d[0], d[1]);
}

/* RFC 3339, the T and Z in capitals. */
bool cel_time_parse(struct bytes s, int64_t *ret_s, int64_t *ret_ns)
{
	int d[3], t[3];
	int64_t east, ns = 0;
	size_t at = 0;
	if (!three(s, &at, '-', 4, d) || !sign(s, &at, 'T') || !three(s, &at, ':', 2, t))
		return false;
	if (sign(s, &at, '.') && !fraction(s, &at, &ns))
		return false;
	if (!offset(s, &at, &east) || at != s.n || !is_date(d) || t[0] > 23 || t[1] > 59 ||
	    t[2] > 59)
		return false;
	*ret_s = days_of(d[0], d[1], d[2]) * 86400 + t[0] * 3600 + t[1] * 60 + t[2] - east;
	*ret_ns = ns;
	return cel_time_in_range(*ret_s);
}

static int64_t unit_of(struct bytes s, size_t *at)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {
		{"ns",        1                     },
		{"us",        1000                  },
		{"\xc2\xb5s", 1000                  },
		{"\xce\xbcs", 1000                  },
		{"ms",        1000000               },
		{"s",         1000000000            },
		{"m",         INT64_C(60000000000)  },
		{"h",         INT64_C(3600000000000)},
	};
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (bytes_starts(bytes_skip(s, *at), bytes_str(units[i].name))) {
			*at += strlen(units[i].name);
			return units[i].ns;
		}
	return 0;
}

/* One part of a duration: "1.5h".  false: it is none, or too long. */
static bool part(struct bytes s, size_t *at, uint64_t *sum)
{
	uint64_t whole = 0, scaled, f = 0;
	double scale = 1;
	size_t from = *at;
	bool has_digits = false;
	for (; *at < s.n && is_digit(s.p[*at]); ++*at, has_digits = true)
		if (__builtin_mul_overflow(whole, 10U, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(s.p[*at] - '0'), &whole))
			return false;
	if (sign(s, at, '.'))
		for (; *at < s.n && is_digit(s.p[*at]); ++*at, has_digits = true)
			if (f < UINT64_MAX / 16) {
				f = f * 10 + (uint64_t)(s.p[*at] - '0');
				scale *= 10;
			}
	(void)from;
	int64_t unit = has_digits ? unit_of(s, at) : 0;
	if (!unit || __builtin_mul_overflow(whole, (uint64_t)unit, &scaled))
		return false;
	scaled += (uint64_t)((double)f * ((double)unit / scale));
	return !__builtin_add_overflow(*sum, scaled, sum) && *sum <= UINT64_C(1) << 63;
}

bool cel_duration_parse(struct bytes s, int64_t *ret)
{
	uint64_t sum = 0;
	size_t at = 0;
	bool is_negative = sign(s, &at, '-');
	if (!is_negative)
		sign(s, &at, '+');
	if (bytes_eq(bytes_skip(s, at), B("0"))) {
		*ret = 0;
		return true;
	}
	if (at >= s.n)
		return false;
	while (at < s.n)
		if (!part(s, &at, &sum))
			return false;
	if (!is_negative && sum > INT64_MAX)
		return false;
	*ret = (int64_t)(is_negative ? -sum : sum);
	return true;
}

enum part {
	FULL_YEAR,
	MONTH,
	DAY_OF_YEAR,
	DAY_OF_MONTH,
	DATE,
	DAY_OF_WEEK,
	HOURS,
	MINUTES,
	SECONDS,
	MILLISECONDS,
};

static int64_t part_of_day(enum part what, int64_t left, int64_t ns)
{
	switch (what) {
	case HOURS:
		return left / 3600;
	case MINUTES:
		return left / 60 % 60;
	case SECONDS:
		return left % 60;
	default:
		return ns / 1000000;
	}
}

static int64_t part_of_time(enum part what, int64_t s, int64_t ns)
{
	int64_t days = floor_div(s, 86400), year;
	int month, day;
	date_of(days, &year, &month, &day);
	switch (what) {
	case FULL_YEAR:
		return year;
	case MONTH:
		return month - 1;
	case DAY_OF_YEAR:
		return days - days_of(year, 1, 1);
	case DAY_OF_MONTH:
		return day - 1;
	case DATE:
		return day;
	case DAY_OF_WEEK:
		return ((days + 4) % 7 + 7) % 7;
	default:
		return part_of_day(what, s - days * 86400, ns);
	}
}

/* "+01:00", "-2:30", "02:00": hours and minutes; "UTC" and names of the zone database. */
static bool zone_offset(struct bytes zone, int64_t s, int64_t *ret)
{
	struct bytes hours, minutes;
	uint64_t h, m;
	bool is_west = bytes_starts(zone, B("-"));
	if (!zone.n || bytes_eq(zone, B("UTC"))) {
		*ret = 0;
		return zone.n > 0;
	}
	if (!bytes_cut(bytes_skip(zone, is_west || zone.p[0] == '+'), ':', &hours, &minutes))
		return cel_zone_offset(zone, s, ret);
	if (!bytes_u64(hours, 23, &h) || !bytes_u64(minutes, 59, &m) || minutes.n != 2)
		return false;
	*ret = (is_west ? -1 : 1) * (int64_t)(h * 3600 + m * 60);
	return true;
}

static struct cel_value of_duration(struct cel_run *r, enum part what, int64_t ns)
{
	switch (what) {
	case HOURS:
		return cel_int(ns / INT64_C(3600000000000));
	case MINUTES:
		return cel_int(ns / INT64_C(60000000000));
	case SECONDS:
		return cel_int(ns / 1000000000);
	case MILLISECONDS:
		return cel_int(ns / 1000000 % 1000);
	default:
		return cel_error(r, "no such overload: a duration has no date");
	}
}

static struct cel_value time_part(struct cel_run *r, const struct cel_value *v, size_t n,
                                  enum part what)
{
	int64_t east = 0;
	if (v[0].kind == CEL_DURATION && n == 1)
		return of_duration(r, what, v[0].i);
	if (v[0].kind != CEL_TIMESTAMP || (n > 1 && v[1].kind != CEL_STRING))
		return cel_no_overload(r, "a part of a time", v, n);
	/* a zone of a name costs a file */
	if (n > 1 && !cel_spend(r, 2000))
		return cel_size_error(r);
	if (n > 1 && !zone_offset(v[1].s, v[0].time.s, &east))
		return cel_error(r, "there is no time zone %.*s", BYTES_FMT(v[1].s));
	return cel_int(part_of_time(what, v[0].time.s + east, v[0].time.ns));
}

#define PART(name, what)                                                                           \
	static struct cel_value name(struct cel_run *r, const struct cel_value *v, size_t n)       \
	{                                                                                          \
		return time_part(r, v, n, what);                                                   \
	}
PART(fn_year, FULL_YEAR)
PART(fn_month, MONTH)
PART(fn_day_of_year, DAY_OF_YEAR)
PART(fn_day_of_month, DAY_OF_MONTH)
PART(fn_date, DATE)
PART(fn_day_of_week, DAY_OF_WEEK)
PART(fn_hours, HOURS)
PART(fn_minutes, MINUTES)
PART(fn_seconds, SECONDS)
PART(fn_milliseconds, MILLISECONDS)

/* clang-format off */
const struct cel_function cel_functions_time[] = {
	{"getDate",         fn_date,         ".it .its", false},
	{"getDayOfMonth",   fn_day_of_month, ".it .its", false},
	{"getDayOfWeek",    fn_day_of_week,  ".it .its", false},
	{"getDayOfYear",    fn_day_of_year,  ".it .its", false},
	{"getFullYear",     fn_year,         ".it .its", false},
	{"getHours",        fn_hours,        ".it .its .iW", false},
	{"getMilliseconds", fn_milliseconds, ".it .its .iW", false},
	{"getMinutes",      fn_minutes,      ".it .its .iW", false},
	{"getMonth",        fn_month,        ".it .its", false},
	{"getSeconds",      fn_seconds,      ".it .its .iW", false},
	{NULL, NULL, NULL, false},
};
/* clang-format on */
