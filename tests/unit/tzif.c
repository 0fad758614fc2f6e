/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tzif.c - time zones: offsets as the C library gives them for the same files, and broken files.
 */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test.h"

#define FOLDER "/usr/share/zoneinfo/"

static const char *const zones[] = {
	"America/New_York",
	"Europe/Berlin",
	"Asia/Kathmandu",
	"Australia/Sydney",
	"Asia/Kolkata",
	"America/St_Johns",
	"UTC",
	"Africa/Casablanca",
	"Europe/Dublin",
	"Pacific/Apia",
	"America/Nuuk",
	"Antarctica/Troll",
	"Asia/Tehran",
	"Australia/Lord_Howe",
};

/* What localtime_r says. */
static long by_libc(const char *zone, int64_t s)
{
	struct tm tm;
	time_t t = (time_t)s;
	setenv("TZ", zone, 1);
	tzset();
	localtime_r(&t, &tm);
	return tm.tm_gmtoff;
}

static void of_zone(const char *zone)
{
	AUTO_BUF struct buf file = {.p = NULL};
	char path[100];
	size_t n = 0, wrong = 0;
	snprintf(path, sizeof path, FOLDER "%s", zone);
	if (file_read(path, (size_t)ZONE_FILE_MAX, &file, NULL) < 0) {
		test_skip(zone, "no time zone database");
		return;
	}
	/* every 97 hours of a hundred years, and far times */
	for (int64_t s = -2208988800; s < 3155760000; s += 97 * 3600 + 7, n++) {
		int64_t east;
		if (tzif_offset(buf_bytes(&file), s, &east, NULL) < 0 || east != by_libc(zone, s))
			wrong++;
	}
	test_case(!wrong, "%s: %zu times as the C library has them", zone, n);
}

static void test_broken(void)
{
	struct err e;
	int64_t east;
	uint8_t file[200] = "TZif2";
	CHECK(tzif_offset(B(""), 0, &east, &e) < 0);
	CHECK(tzif_offset(B("TZif2"), 0, &east, &e) < 0);
	CHECK(tzif_offset(bytes_of(file, sizeof file), 0, &east, &e) < 0);
	memset(file + 20, 0xff, 24);
	CHECK(tzif_offset(bytes_of(file, sizeof file), 0, &east, &e) < 0);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(zones); i++)
		of_zone(zones[i]);
	test_broken();
	return TEST_END();
}
