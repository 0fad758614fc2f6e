/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of the digests of jars; written for this test. */
#include "lib/feedcase.h"

#define SHA "0123456789abcdef0123456789abcdef0123456"

static const struct feed_case cases[] = {
	{"tabs, blanks, letters of either case",
         &feed_jar_digests,
         {{"x", "# a remark\n\n" SHA "A\torg.example\ta\t1.0\r\n" SHA "B g b 2 # another\n"}},
         "maven-sha1 " SHA "a org.example:a not_affected detail=1.0\n"
         "maven-sha1 " SHA "b g:b not_affected detail=2\n",
         0											  },
	{"two artifacts of one content",
         &feed_jar_digests,
         {{"x", SHA "a g a 1\n" SHA "a g b 1\n"}},
         "maven-sha1 " SHA "a g:a not_affected detail=1\nmaven-sha1 " SHA
         "a g:b not_affected detail=1\n",                                                          0},
	{"words missing, words too many, no digest",
         &feed_jar_digests,
         {{"x", SHA "a g a\n" SHA "a g a 1 2\n" SHA "x g a 1\n" SHA " g a 1\n"}},
         "",                                                                                       4},
	{"empty",				    &feed_jar_digests, {{"x", ""}},           "", 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("jars.tsv", "# of our repository\n" SHA "a g a 1\n", &feed_jar_digests);
	return TEST_END();
}
