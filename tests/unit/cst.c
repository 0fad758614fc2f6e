/* SPDX-License-Identifier: Apache-2.0 */
/* Files of structure tests: what is read of them, what is refused, and each bound. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

#define HEAD            "schemaVersion: '2.0.0'\n"
#define FILE_TEST(rest) HEAD "fileExistenceTests:\n- name: n\n  path: /a\n" rest

/* want: number of tests, or the part of the message that tells why it is refused. */
static const struct {
	const char *name, *in;
	size_t n;
	const char *why;
} cases[] = {
	{"a test of existence",            FILE_TEST(""),							 1, NULL            },
	{"JSON",
         "{\"schemaVersion\":\"2.0.0\",\"fileExistenceTests\":[{\"name\":\"n\",\"path\":\"/"
         "a\",\"shouldExist\":false,\"uid\":7}]}",                                                                1, NULL            },
	{"a command",		      HEAD "commandTests:\n- name: n\n  command: ls\n  anything: 1\n",       1, NULL            },
	{"an attack",		      HEAD "attackTests:\n- name: n\n",                                      1, NULL            },
	{"a licence",		      HEAD "licenseTests:\n- debian: true\n  files: [a]\n",                  1, NULL            },
	{"version 1.0.0",
         "schemaVersion: 1.0.0\nfileContentTests:\n- name: n\n  path: /a\n  expectedContents: "
         "['x']\n",                                                                                               1, NULL            },
	{"metadata is one test",
         HEAD "metadataTest:\n  user: a\n  cmd: []\n  envVars:\n  - {key: A, value: b}\n",                        1, NULL            },
	{"metadata that asks for nothing",
         HEAD "metadataTest:\n  user: ''\n"
              "commandTests: [{name: n}]\n",                                                                      1, NULL            },
	{"run options",                    HEAD "containerRunOptions: {user: root}\ncommandTests: [{name: n}]\n", 1,
         NULL															},
	{"no version",                     "fileExistenceTests: []\n",                                            0, "schemaVersion" },
	{"another version",                "schemaVersion: 3.0.0\n",                                              0, "schemaVersion" },
	{"no test",			HEAD,								  0, "no test"       },
	{"empty",			  "",								    0, "no test"       },
	{"cut short",		      FILE_TEST("  permissions: '-rw"),                                      0, ":"             },
	{"a member that is not known",     FILE_TEST("  shouldexist: false\n"),                                   0, "shouldexist"   },
	{"a section that is not known",    HEAD "fileExistTests: []\n",                                           0, "fileExistTests"},
	{"no name",			HEAD "fileExistenceTests:\n- path: /a\n",                              0, "name"          },
	{"no path",			HEAD "fileExistenceTests:\n- name: n\n",                               0, "path"          },
	{"who may run it",                 FILE_TEST("  isExecutableBy: me\n"),                                   0, "isExecutableBy"},
	{"no truth",		       FILE_TEST("  shouldExist: perhaps\n"),                                 0, "shouldExist"   },
	{"no number",		      FILE_TEST("  uid: root\n"),                                            0, "uid"           },
	{"no list",			HEAD "metadataTest:\n  cmd: ls\n",                                     0, "cmd"           },
	{"a broken regular expression",
         HEAD "fileContentTests:\n- {name: n, path: /a, expectedContents: ['(']}\n",                              0, "\"(\""         },
	{"a broken one of the config",
         HEAD "metadataTest: {labels: [{key: a, value: '(', isRegex: true}]}\n",                                  0, "\"(\""         },
	{"no key",			 HEAD "metadataTest: {envVars: [{value: a}]}\n",                        0, "key"           },
	{"an empty port",                  HEAD "metadataTest: {exposedPorts: ['']}\n",                           0, "empty"         },
	{"a test that is no mapping",      HEAD "commandTests: [x]\n",                                            0, "mapping"       },
};

static void values(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct cst c;
	struct err e;
	int rc = cst_parse(B(HEAD
	                     "globalEnvVars: [{key: D, value: /srv}]\n"
	                     "fileContentTests:\n- {name: c, path: a, expectedContents: ['x', "
	                     "'y'], excludedContents: [z]}\n"
	                     "fileExistenceTests:\n- {name: e, path: a, shouldExist: No, "
	                     "permissions: '-rw-r--r--', uid: 0, gid: -1, isExecutableBy: any}\n"
	                     "metadataTest: {exposedPorts: [8080], entrypoint: [], labels: [{key: "
	                     "k, value: v, isRegex: true}]}\n"),
	                   "t", a, &c, &e);
	CHECK(rc == 0 && c.n == 3 && c.n_env == 1 && bytes_eq(c.env[0].value, B("/srv")));
	const struct cst_test *t = c.v;
	CHECK(t[0].kind == CST_CONTENT && t[0].expected.n == 2 && t[0].excluded.n == 1);
	CHECK(t[1].kind == CST_EXISTS && !t[1].should_exist && t[1].uid == 0 && t[1].gid == -1);
	CHECK(bytes_eq(t[1].permissions, B("-rw-r--r--")) &&
	      bytes_eq(t[1].executable_by, B("any")));
	CHECK(t[2].kind == CST_METADATA && t[2].n_expects == 3);
	CHECK(t[2].expects[0].is_regex && t[2].expects[0].member == CST_LABEL);
	CHECK(bytes_eq(t[2].expects[1].value, B("8080")) && t[2].expects[2].list.n == 0);
	CHECK(strcmp(cst_kind_name(CST_METADATA), "Metadata Test") == 0);
}

static int of_length(size_t n, const char *one)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	struct cst c;
	struct err e;
	buf_init(&b, (size_t)YAML_DOC_MAX);
	buf_adds(&b, HEAD);
	buf_adds(&b, strchr(one, '{') ? "commandTests:\n" : "metadataTest:\n  volumes:\n");
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, one);
	return cst_parse(buf_bytes(&b), "t", a, &c, &e) == 0 ? 0 : e.kind == ERR_LIMIT ? 1 : 2;
}

static void bounds(void)
{
	CHECK(of_length((size_t)CST_TESTS_MAX, "- {name: a}\n") == 0);
	CHECK(of_length((size_t)CST_TESTS_MAX + 1, "- {name: a}\n") == 1);
	CHECK(of_length((size_t)CST_TESTS_MAX / 2, "  - /v\n") == 0);
	CHECK(of_length((size_t)CST_TESTS_MAX + 1, "  - /v\n") == 1);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct cst c = {.n = 0};
		struct err e = {.kind = ERR_NONE};
		int rc = cst_parse(bytes_str(cases[i].in), "t.yaml", a, &c, &e);
		bool is_right = cases[i].why ? rc < 0 && strstr(e.msg, cases[i].why) != NULL
		                             : rc == 0 && c.n == cases[i].n;
		test_case(is_right, "%s: %d, %zu tests, %s", cases[i].name, rc, c.n, e.msg);
	}
	values();
	bounds();
	return TEST_END();
}
