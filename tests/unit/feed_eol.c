/* SPDX-License-Identifier: Apache-2.0 */
/* End-of-life dates; documents written for this test. */
#include "lib/feedcase.h"

#define DEBIAN_CSV "version,codename,series,created,release,eol,eol-lts,eol-elts\n"
#define UBUNTU_CSV "version,codename,series,created,release,eol,eol-server,eol-esm\n"

static const struct feed_case cases[] = {
	{"distro-info of Debian: long-term support counts, releases to come have no day",
         &feed_eol,
         {{"d.csv", DEBIAN_CSV
           "12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-07-11,2028-06-30,2033-06-30\n"
           "5.0,Lenny,lenny,2007-04-08,2009-02-14,2012-02-06\n14,Forky,forky,2025-08-09\n,Sid,sid,"
           "1993-08-16\n"}},
         "debian:12 @release eol affected detail=2028-06-30\n"
         "debian:5 @release eol affected detail=2012-02-06\n",                                                                                               0},
	{"distro-info of Ubuntu: what all get",
         &feed_eol,
         {{"u.csv",
           UBUNTU_CSV "22.04 LTS,Jammy "
                      "Jellyfish,jammy,2021-10-14,2022-04-21,2027-06-01,2027-06-01,2032-04-21\n"}},
         "ubuntu:22.04 @release eol affected detail=2027-06-01\n",                                                                                           0},
	{"endoflife.date, a YAML file a product",
         &feed_eol,
         {{"debian.yaml", "title: Debian\npermalink: /debian\nreleases:\n  - releaseCycle: "
                          "\"12\"\n    eol: 2026-07-11\n    eoes: 2028-06-30\n"},
          {"alpine.yaml", "title: Alpine\npermalink: /alpine-linux\nreleases:\n  - releaseCycle: "
                          "\"3.20\"\n    eol: 2026-04-01\n"},
          {"nodejs.yaml", "title: x\npermalink: /nodejs\nreleases:\n  - releaseCycle: \"18\"\n    "
                          "eol: 2025-04-30\n"},
          {"ol.yaml", "title: x\npermalink: /oracle-linux\nreleases:\n  - releaseCycle: \"10\"\n   "
                      " eol: false\n"}},
         "alpine:3.20 @release eol affected detail=2026-04-01\n"
         "debian:12 @release eol affected detail=2028-06-30\n",                                                                                              0},
	{"endoflife.date, all products of the API",
         &feed_eol,
         {{"full", "{\"schema_version\":\"1\",\"result\":[{\"name\":\"python\",\"releases\":[{"
                   "\"name\":\"3.12\",\"eolFrom\":\"2028-10-01\"}]},"
                   "{\"name\":\"rhel\",\"releases\":[{\"name\":\"9\",\"isEol\":false,\"eolFrom\":"
                   "\"2032-05-31\"},{\"name\":\"11\",\"eolFrom\":null}]}]}"}},
         "rhel:9 @release eol affected detail=2032-05-31\n",                                                                                                 0},
	{"endoflife.date, one product of the API",
         &feed_eol,
         {{"one", "{\"result\":{\"name\":\"debian\",\"label\":\"x\",\"releases\":[{\"name\":\"12\","
                  "\"isEol\":true,\"eolFrom\":\"2026-07-11\",\"eoesFrom\":\"2028-06-30\"}]}}"}},
         "debian:12 @release eol affected detail=2028-06-30\n",                                                                                              0},
	{"what is no day is named",
         &feed_eol,
         {{"d.csv",
           DEBIAN_CSV "12,Bookworm,bookworm,2021-08-14,2023-06-10,soon\n11,x,y,z,r,2024-02-30\n"}},
         "",                                                                                                                                                 2},
	{"no columns",								    &feed_eol, {{"d.csv", "version,codename,series,created\n"}}, NULL, 0},
	{"empty",									 &feed_eol, {{"d.csv", "version,"}},                          NULL, 0},
	{"YAML cut short",
         &feed_eol,
         {{"x.yaml", "permalink: /debian\nreleases:\n  - releaseCycle: \"12"}},
         NULL,                                                                                                                                               0},
	{"YAML without releases",
         &feed_eol,
         {{"x.yaml", "permalink: /debian\nreleases: 7\n"}},
         NULL,                                                                                                                                               0},
	{"JSON cut short",								&feed_eol, {{"x", "{\"result\":[{\"name\":\"rhel\","}},      NULL, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	for (size_t i = 0; i < 5; i++)
		feed_is_recognised(cases[i].name, cases[i].docs[0].text, &feed_eol);
	feed_is_recognised("x.json", "{\"releases\":[]}", NULL);
	return TEST_END();
}
