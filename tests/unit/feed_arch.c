/* SPDX-License-Identifier: Apache-2.0 */
/* Arch Linux' security tracker; written for this test. */
#include "lib/feedcase.h"

#define AVG(n, packages, status, severity, fixed, issues, more)                                    \
	"{\"name\":\"AVG-" n "\",\"packages\":[" packages "],\"status\":\"" status                 \
	"\",\"severity\":\"" severity                                                              \
	"\",\"type\":\"unknown\",\"affected\":\"1.0-1\",\"fixed\":" fixed                          \
	",\"ticket\":null,\"issues\":[" issues "],\"advisories\":[" more "]}"

static const struct feed_case cases[] = {
	{"two packages, two issues",
         &feed_arch,
         {{"all.json", "[" AVG("1", "\"a\",\"lib32-a\"", "Fixed", "Critical", "\"1:1.0-2\"",
                               "\"CVE-2024-1\",\"CVE-2024-2\"", "\"ASA-202401-1\"") "]"}},
         "arch a CVE-2024-1 ref=AVG-1 affected critical binary [,1:1.0-2,) +ASA-202401-1\n"
         "arch a CVE-2024-2 ref=AVG-1 affected critical binary [,1:1.0-2,) +ASA-202401-1\n"
         "arch lib32-a CVE-2024-1 ref=AVG-1 affected critical binary [,1:1.0-2,) +ASA-202401-1\n"
         "arch lib32-a CVE-2024-2 ref=AVG-1 affected critical binary [,1:1.0-2,) +ASA-202401-1\n", 0},
	{"no fix yet",
         &feed_arch,
         {{"all.json",
           "[" AVG("2", "\"a\"", "Vulnerable", "Unknown", "null", "\"CVE-2024-1\"", "") "]"}},
         "arch a CVE-2024-1 ref=AVG-2 affected binary [,,)\n",                                     0},
	{"not affected, and not known",
         &feed_arch,
         {{"all.json",
           "[" AVG("3", "\"a\"", "Not affected", "Low", "\"\"", "\"CVE-2024-1\"",
                   "") "," AVG("4", "\"b\"", "Unknown", "Low", "\"\"", "\"CVE-2024-1\"", "") "]"}},
         "arch a CVE-2024-1 ref=AVG-3 not_affected low binary\n"
         "arch b CVE-2024-1 ref=AVG-4 under_investigation low binary [,,)\n",                      0},
	{"a group without issues stands for itself; one group alone",
         &feed_arch,
         {{"AVG-5.json", AVG("5", "\"a\"", "Testing", "Medium", "\"2-1\"", "", "")}},
         "arch a AVG-5 affected medium binary [,2-1,)\n",                                          0},
	{"what is broken is told, the others are read",
         &feed_arch,
         {{"all.json",
           "[7,{\"name\":\"AVG-6\"}," AVG(
		   "7", "7", "Fixed", "Low", "\"2-1\"", "\"CVE-2024-1\"",
		   "") "," AVG("8", "\"a\"", "Gone", "Low", "\"2-1\"", "\"CVE-2024-1\"",
                               "") "," AVG("9", "\"a\"", "Fixed", "Low", "null", "\"CVE-2024-1\"",
                                           "") "," AVG("10", "\"a\"", "Fixed", "Low", "\"2-1\"",
                                                       "\"CVE-2024-1\"", "") "]"}},
         "arch a CVE-2024-1 ref=AVG-10 affected low binary [,2-1,)\n",                             5},
	{"cut short",
         &feed_arch,
         {{"all.json", "[{\"name\":\"AVG-1\",\"packages\":[\"a\"],\"issues\""}},
         NULL,                                                                                     0},
	{"an object of objects",
         &feed_arch,
         {{"all.json", "{\"AVG-1\":{\"packages\":[],\"issues\":[]}}"}},
         NULL,                                                                                     0},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		feed_check(&cases[i]);
	feed_is_recognised("all.json", "[" AVG("1", "\"a\"", "Fixed", "Low", "\"2-1\"", "", "") "]",
	                   &feed_arch);
	feed_is_recognised("AVG-1.json", AVG("1", "\"a\"", "Fixed", "Low", "\"2-1\"", "", ""),
	                   &feed_arch);
	return TEST_END();
}
