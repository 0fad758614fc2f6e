/* SPDX-License-Identifier: Apache-2.0 */
/* What clamd says of one stream; its bounds in time and number are tested in judge/malware_clamd.
 */
#include "inspect/clam.h"

#include <string.h>

#include "test.h"

static const struct {
	const char *name, *in;
	enum clam_word word;
	const char *text;
} cases[] = {
	{"clean",           "stream: OK",					   CLAM_CLEAN, ""                                          },
	{"found",           "stream: Eicar-Test-Signature FOUND",                   CLAM_FOUND, "Eicar-Test-Signature"                      },
	{"an odd name",     "stream: A.B FOUND FOUND",                              CLAM_FOUND, "A.B FOUND"                                 },
	{"a bound of it",   "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", CLAM_ERROR,
         "Heuristics.Limits.Exceeded.MaxFileSize"											   },
	{"too large",       "INSTREAM size limit exceeded. ERROR",                  CLAM_ERROR,
         "the file is larger than its StreamMaxLength (clamd.conf)"									 },
	{"an error",        "stream: Can't allocate memory ERROR",                  CLAM_ERROR, "Can't allocate memory"                     },
	{"another program", "220 mail ready\r\n",                                   CLAM_ERROR, "220 mail ready"                            },
	{"OK to nothing",   "OKAY",						 CLAM_ERROR, "OKAY"                                      },
	{"FOUND alone",     "FOUND",						CLAM_ERROR, "FOUND"                                     },
	{"empty",           "",						     CLAM_ERROR, "it closed the connection without an answer"},
};

int main(void)
{
	struct clam_answer a;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		clam_read_reply(bytes_str(cases[i].in), &a);
		test_case(a.word == cases[i].word && !strcmp(a.text, cases[i].text),
		          "clamd says: %s (%s)", cases[i].name, a.text);
	}
	char long_one[CLAM_TEXT_LEN + 16];
	memset(long_one, 'x', sizeof long_one);
	CHECK((int64_t)CLAM_TEXT_LEN == CLAMD_REPLY_MAX && CLAMD_SECONDS_MAX > 120);
	clam_read_reply(bytes_of(long_one, CLAM_TEXT_LEN), &a);
	CHECK(a.word == CLAM_ERROR && strlen(a.text) == CLAM_TEXT_LEN);
	clam_read_reply(bytes_of(long_one, CLAM_TEXT_LEN + 1), &a);
	CHECK(a.word == CLAM_ERROR && strlen(a.text) == CLAM_TEXT_LEN);
	return TEST_END();
}
