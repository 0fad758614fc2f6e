/* SPDX-License-Identifier: Apache-2.0 */
/* report_kinds.c - saved reports whose members are of the wrong kind: each is an error that says
 * where. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

#define HEAD                                                                                       \
	"{\"schema\": \"assay.report/v1\", \"tool\": {\"name\": \"assay\"},\n"                     \
	"\"lineage\": [], \"coverage\": [],\n"
#define FINDING                                                                                    \
	"{\"check\": \"secret\", \"id\": \"x\", \"severity\": \"low\",\n"                          \
	" \"fingerprint\": \"0123456789abcdef0123456789abcdef\","
#define FINDINGS(of) HEAD "\"image\": {}, \"packages\": [], \"findings\": [" of "]}"
#define IMAGE(of)    HEAD "\"packages\": [], \"findings\": [], \"image\": {" of "}}"
#define PACKAGES(of) HEAD "\"image\": {}, \"findings\": [], \"packages\": [" of "]}"

static const struct {
	const char *name, *in, *says; /* NULL: it is read */
} cases[] = {
	{"a whole one",						    FINDINGS(FINDING "\"kev\": true, \"epss\": 0, \"cvss\": {\"score\": 9.8}}"),
         NULL																								  },
	{"null is not there",					      FINDINGS(FINDING "\"kev\": null, \"fixed\": null, \"waived\": null}"),
         NULL																								  },
	{"members that are not known",                                     FINDINGS(FINDING "\"later\": [5]}"),                                         NULL                                                   },
	{"a bool in quotes",					       FINDINGS(FINDING "\"kev\": \"true\"}"),
         "r: line 4, column 52: findings[0].kev is not true or false"																	  },
	{"a bool that is a number",					FINDINGS(FINDING "\"kev\": 1}"),
         "r: line 4, column 52: findings[0].kev is not true or false"																	  },
	{"a text that is a number",					FINDINGS(FINDING "\n\"fixed\": 2}"),
         "r: line 5, column 1: findings[0].fixed is not a text"																		},
	{"a text that is a list",					  FINDINGS(FINDING "\n\"package\": [\"pkg:deb/x\"]}"),
         "r: line 5, column 1: findings[0].package is not a text"																	      },
	{"a number in quotes",					     FINDINGS(FINDING "\n\"epss\": \"0.9\"}"),
         "r: line 5, column 1: findings[0].epss is not a number"																	       },
	{"a score in quotes",					      FINDINGS(FINDING "\n\"cvss\": {\"score\": \"9.8\"}}"),
         "r: line 5, column 10: findings[0].cvss.score is not a number"																	},
	{"an object that is a text",				       FINDINGS(FINDING "\n\"location\": \"etc/x\"}"),
         "r: line 5, column 1: findings[0].location is not an object"																	  },
	{"the second finding",					     FINDINGS(FINDING "\"kev\": false}," FINDING "\n\"title\":\n1}"),
         "r: line 6, column 1: findings[1].title is not a text"																		},
	{"a finding that is null",					 FINDINGS("null"),
         "r: line 3, column 30: findings[0] is not an object"																		  },
	{"a package that is a text",				       PACKAGES("\"zlib\""),
         "r: line 3, column 30: packages[0] is not an object"																		  },
	{"licences that are no texts",                                     PACKAGES("{\"licenses\": [\"MIT\", 5]}"),
         "r: line 3, column 44: packages[0].licenses[1] is not a text"																	 },
	{"whether it is foreign, in quotes",                               PACKAGES("{\n\"third_party\": \"yes\"}"),
         "r: line 4, column 1: packages[0].third_party is not true or false"																   },
	{"ports that are numbers",					 IMAGE("\"config\": {\"exposed_ports\": [22]}"),
         "image.config.exposed_ports[0] is not a text"																			 },
	{"a layer that is a digest",				       IMAGE("\"layers\": [\"sha256:1\"]"),
         "image.layers[0] is not an object"																				    },
	{"a key with escapes has no place: that of what it is in is told",
         FINDINGS(FINDING "\"k\\u0065v\": 1}"),
         "r: line 3, column 30: findings[0].kev is not true or false"																	  },
	{"findings that are an object",                                    HEAD "\"image\": {}, \"packages\": [], \"findings\": {}}",
         "holds no list \"findings\""																					  },
	{"one of many",
         "{\"schema\": \"assay.reports/v1\", \"reports\": [\n" FINDINGS("") ",\n" FINDINGS(
		 "5") "]}",
         "r: reports[1]: line 7, column 30: findings[0] is not an object"																      },
	{"a report within many that is none",
         "{\"schema\": \"assay.reports/v1\", \"reports\": [5]}",                                                                                        "r: reports[0]: no report of assay: it names no schema"},
};

/* What a kernel has no user for is not known: the numbers beyond, and (uid_t)-1. */
static void test_users(void)
{
	static const struct {
		const char *in;
		int64_t uid;
	} rows[] = {
		{"0",          0         },
                {"4294967294", 4294967294},
		{"4294967295", -1        },
                {"4294967296", -1        },
		{"-5",         -1        },
                {"1000.0",     -1        },
		{"\"1000\"",   -1        },
                {"null",       -1        },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf b;
		struct report *r = NULL;
		struct err e = {.msg = ""};
		buf_init(&b, 4096);
		buf_addf(&b, IMAGE("\"user\": {\"uid\": %s, \"gid\": %s}"), rows[i].in, rows[i].in);
		test_case(report_read(buf_bytes(&b), "r", &r, &e) == 0 &&
		                  r->image.user.uid == rows[i].uid &&
		                  r->image.user.gid == rows[i].uid,
		          "uid %s: %s", rows[i].in, e.msg);
		report_free(r);
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct report **v = NULL;
		size_t n = 0;
		struct err e = {.msg = ""};
		int rc = report_read_all(bytes_str(cases[i].in), "r", &v, &n, &e);
		test_case(cases[i].says ? rc < 0 && strstr(e.msg, cases[i].says) : rc == 0,
		          "%s: %s", cases[i].name, e.msg);
		for (size_t k = 0; k < n; k++)
			report_free(v[k]);
		free(v);
	}
	test_users();
	return TEST_END();
}
