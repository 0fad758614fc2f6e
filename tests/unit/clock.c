/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c - dates against RFC 3339's examples and `date -u -d`. */
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base.h"
#include "test.h"

static const struct {
	const char *text;
	int64_t s; /* as `date -u -d TEXT +%s` prints */
} good[] = {
	{"1970-01-01",                     0           },
	{"1970-01-01T00:00:00Z",           0           },
	{"2027-01-31",                     1801353600  },
	{"2027-01-31T10:00:00Z",           1801389600  },
	{"2027-01-31T10:00:00+02:00",      1801382400  },
	{"2027-01-31T10:00:00-02:30",      1801398600  },
	{"2027-01-31t10:00:00z",           1801389600  },
	{"2027-01-31 10:00:00Z",           1801389600  },
	{"2000-02-29",                     951782400   },
	{"2024-02-29T23:59:59Z",           1709251199  },
	{"1969-12-31T23:59:59Z",           -1          },
	{"1900-03-01",                     -2203891200 },
 /* RFC 3339 section 5.8 */
	{"1985-04-12T23:20:50.52Z",        482196050   },
	{"1996-12-19T16:39:57-08:00",      851042397   },
	{"1990-12-31T23:59:60Z",           662687999   }, /* the leap second counts as the one before */
	{"1937-01-01T12:00:27.87+00:20",   -1041337173 },
 /* what Go writes */
	{"2024-05-06T07:08:09.123456789Z", 1714979289  },
	{"0001-01-01T00:00:00Z",           -62135596800},
	{"9999-12-31T23:59:59Z",           253402300799},
	{"0000-01-01",                     -62167219200},
};

static const char *const bad[] = {
	"",
	"2027",
	"2027-01",
	"2027-1-31",
	"2027-01-31T",
	"2027-01-31 ",
	"2027-01-31x",
	"2027-00-10",
	"2027-13-10",
	"2027-01-00",
	"2027-01-32",
	"2027-04-31",
	"2027-02-29",
	"1900-02-29",
	"2027-01-31T10:00Z",
	"2027-01-31T10:00:00",
	"2027-01-31T24:00:00Z",
	"2027-01-31T10:60:00Z",
	"2027-01-31T10:00:61Z",
	"2027-01-31T10:00:00.Z",
	"2027-01-31T10:00:00+0200",
	"2027-01-31T10:00:00+24:00",
	"2027-01-31T10:00:00Zx",
	"2027-01-31T10:00:00 Z",
	"+027-01-31",
	"-027-01-31",
	"20270131",
	"2027/01/31",
	" 2027-01-31",
	"2027-01-31\n",
	"2027-01-31Z",
};

static void test_parse(void)
{
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		int64_t s = 42;
		test_case(clock_parse(bytes_str(good[i].text), &s) && s == good[i].s,
		          "%s is %lld (%lld)", good[i].text, (long long)good[i].s, (long long)s);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t s = 42;
		test_case(!clock_parse(bytes_str(bad[i]), &s) && s == 42, "refuse \"%s\"", bad[i]);
	}
	int64_t s = 42;
	CHECK(!clock_parse((struct bytes){NULL, 0}, &s) && s == 42);
}

/* Every day of 1,200 years against libc's calendar. */
static void test_calendar(void)
{
	int wrong = 0;
	for (int64_t day = -219162; day < 219162; day++) {
		struct tm tm;
		time_t t = (time_t)day * 86400 + 43200;
		char want[21], got[21];
		gmtime_r(&t, &tm);
		strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%SZ", &tm);
		clock_format(t, got);
		int64_t back = 0;
		wrong += strcmp(want, got) != 0 || !clock_parse(bytes_str(got), &back) || back != t;
	}
	test_case(wrong == 0, "every day from 1369 to 2570 (%d differ)", wrong);
}

static void test_format(void)
{
	char text[21], day[11];
	clock_format(253402300799, text);
	CHECK(strcmp(text, "9999-12-31T23:59:59Z") == 0);
	clock_format(INT64_MAX, text); /* past what can be written: clamped */
	CHECK(strcmp(text, "9999-12-31T23:59:59Z") == 0);
	clock_format(INT64_MIN, text);
	CHECK(strcmp(text, "0000-01-01T00:00:00Z") == 0);
	clock_format_day(1801353600, day);
	CHECK(strcmp(day, "2027-01-31") == 0);
	clock_format_day(-1, day);
	CHECK(strcmp(day, "1969-12-31") == 0);
}

static void test_day_end(void)
{
	CHECK(clock_day_end(0) == 86399);
	CHECK(clock_day_end(86399) == 86399);
	CHECK(clock_day_end(86400) == 172799);
	CHECK(clock_day_end(-1) == -1);
	CHECK(clock_day_end(-86400) == -1);
	CHECK(clock_day_end(INT64_MAX) == 253402300799);
}

static void test_stamp(void)
{
	setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
	CHECK(clock_stamp_s() == 1700000000);
	static const char *const insane[] = {
		"", "x", "-1", "1e9", "99999999999999999999", "253402300800"};
	for (size_t i = 0; i < ARRAY_LEN(insane); i++) {
		setenv("SOURCE_DATE_EPOCH", insane[i], 1);
		int64_t now = clock_now_s(), got = clock_stamp_s();
		test_case(got >= now && got <= now + 5, "SOURCE_DATE_EPOCH=%s is not used",
		          insane[i]);
	}
	unsetenv("SOURCE_DATE_EPOCH");
	CHECK(clock_now_s() > 1700000000);
	int64_t a = clock_monotonic_ms();
	CHECK(clock_monotonic_ms() >= a && a >= 0);
}

static void test_first_wait(void)
{
	unsetenv("ASSAY_FETCH_WAIT_MS");
	CHECK(clock_first_wait_ms(250) == 250);
	setenv("ASSAY_FETCH_WAIT_MS", "20", 1);
	CHECK(clock_first_wait_ms(250) == 20);
	static const char *const other[] = {"251", "-1", "", "x"}; /* it is never made longer */
	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		setenv("ASSAY_FETCH_WAIT_MS", other[i], 1);
		CHECK(clock_first_wait_ms(250) == 250);
	}
}

int main(void)
{
	test_parse();
	test_calendar();
	test_format();
	test_day_end();
	test_stamp();
	test_first_wait();
	return TEST_END();
}
