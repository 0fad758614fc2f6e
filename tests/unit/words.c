/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - the words of reports: every one has a name, and reads back from it. */
#include "model/model.h"

#include "test.h"

static void test_round(void)
{
	int good = 1;
	for (int i = 0; i < SEV__MAX; i++) {
		enum severity s;
		good &= severity_parse(bytes_str(severity_name((enum severity)i)), &s) &&
		        s == (enum severity)i;
	}
	for (int i = 0; i < CHECK__MAX; i++) {
		enum check c;
		good &= check_parse(bytes_str(check_name((enum check)i)), &c) && c == (enum check)i;
	}
	for (int i = 0; i < STATUS__MAX; i++) {
		enum status s;
		good &= status_parse(bytes_str(status_name((enum status)i)), &s) &&
		        s == (enum status)i;
	}
	for (int i = 0; i < COVERAGE__MAX; i++)
		good &= coverage_status_name((enum coverage_status)i) != NULL;
	for (int i = 0; i < VERDICT__MAX; i++)
		good &= verdict_name((enum verdict_result)i) != NULL;
	test_case(good, "every word reads back from its name");
}

static const struct {
	const char *text;
	int want; /* -1: refused */
} severities[] = {
	{"Critical",  SEV_CRITICAL  },
	{"MODERATE",  SEV_MEDIUM    },
	{"important", SEV_HIGH      },
	{"none",      SEV_NEGLIGIBLE},
	{"unknown",   SEV_UNKNOWN   },
	{"",          -1            },
	{"hig",       -1            },
	{"highh",     -1            },
};
static const struct {
	const char *text;
	int want;
} checks[] = {
	{"vuln",      CHECK_VULNERABILITY},
	{"misconfig", CHECK_CONFIG       },
	{"LICENSE",   CHECK_LICENSE      },
	{"",          -1		 },
	{"vul",       -1                 },
};

int main(void)
{
	test_round();
	for (size_t i = 0; i < ARRAY_LEN(severities); i++) {
		enum severity s = SEV__MAX;
		bool is = severity_parse(bytes_str(severities[i].text), &s);
		test_case(is ? (int)s == severities[i].want : severities[i].want < 0,
		          "severity \"%s\"", severities[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		enum check c = CHECK__MAX;
		bool is = check_parse(bytes_str(checks[i].text), &c);
		test_case(is ? (int)c == checks[i].want : checks[i].want < 0, "check \"%s\"",
		          checks[i].text);
	}
	CHECK(status_name(STATUS_NOT_AFFECTED) != NULL);
	return TEST_END();
}
