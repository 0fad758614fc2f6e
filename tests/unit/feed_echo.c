/* SPDX-License-Identifier: Apache-2.0 */
/* Echo's list of fixes; written for this test. */
#include "lib/feedcase.h"

#define LIST "{\"a\":{\"CVE-2021-1\":{\"fixed_version\":\"1.2-1+e1\"},\"CVE-2021-2\":{}"

static const struct feed_case cases[] = {
	{"a fix, and none",
         &feed_echo,
         {{"data.json", LIST "}}"}},
         "echo a CVE-2021-1 affected [,1.2-1+e1,)\necho a CVE-2021-2 affected\n",    0},
	{"never affected",
         &feed_echo,
         {{"x", "{\"a\":{\"CVE-2021-1\":{\"fixed_version\":\"0\"}}}"}},
         "echo a CVE-2021-1 not_affected\n",                                         0},
	{"no object",       &feed_echo, {{"x", "{\"a\":{\"CVE-2021-1\":7}}"}}, "",   1},
	{"empty",           &feed_echo, {{"x", "{}"}},                         "",   0},
	{"cut short",       &feed_echo, {{"x", LIST}},                         NULL, 0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("data.json", LIST "}}", &feed_echo);
	return TEST_END();
}
