/* SPDX-License-Identifier: Apache-2.0 */
/* Debian's lists of ended support; documents written for this test. */
#include "lib/feedcase.h"

#define DEB12 "path/security-support-ended.deb12"

static const struct feed_case cases[] = {
	{"plain",
         &feed_debian_support,
         {{DEB12, "# remark\n\na\t1.0-1\t\t2023-05-09\thttps://bugs.example/1; words\nb  0  "
                  "2024-01-01\n"}},
         "debian:12 a support-ended affected detail=2023-05-09\n"
         "debian:12 b support-ended affected detail=2024-01-01\n",                                              0},
	{"families of packages",
         &feed_debian_support,
         {{DEB12, "node-.* 0 2020-02-20 x\n"}},
         "debian:12 @support support-ended ref=node- affected detail=2020-02-20\n",                             0},
	{"the release is in the name; without it nothing can be said",
         &feed_debian_support,
         {{"security-support-ended.deb9", "a 1 2020-01-01\n"},
          {"security-support-ended", "b 1 2020-01-01\n"},
          {"security-support-limited", "c why\n"}},
         "debian:9 a support-ended affected detail=2020-01-01\n",                                               0},
	{"without a day",
         &feed_debian_support,
         {{DEB12, "a 1\nb 1 soon\nc 1 2020-01-01\n"}},
         "debian:12 c support-ended affected detail=2020-01-01\n",                                              2},
	{"empty",						      &feed_debian_support, {{DEB12, ""}}, "", 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised(DEB12, cases[0].docs[0].text, &feed_debian_support);
	feed_is_recognised("x!usr/share/security-support-limited", "# x\nc why\n",
	                   &feed_debian_support);
	feed_is_recognised("other", cases[0].docs[0].text, NULL);
	return TEST_END();
}
