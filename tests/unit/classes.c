/* SPDX-License-Identifier: Apache-2.0 */
/* Classes of container: what is read of them, what is refused, whose class is whose, each bound. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

#define HEAD       "version: 1\nclasses:\n"
#define WITH(rest) HEAD "- name: a\n  " rest "\n"

/* why: NULL, or the part of the message that tells why it is refused. */
static const struct {
	const char *name, *in, *why;
} cases[] = {
	{"a name alone",                   WITH("description: d"),                                       NULL                       },
	{"all members",
         WITH("images: [r/**]\n  labels: {k: v}\n  uid: [1000, 2000-3000]\n  gid: 5\n  privilege: "
              "root\n  capabilities: [CAP_NET_RAW, net_admin]\n  ports: [80, 90/tcp]\n  writable: "
              "[/tmp/]\n  setuid: []"),
         NULL														       },
	{"JSON",			   "{\"version\":1,\"classes\":[{\"name\":\"a\",\"uid\":[7]}]}", NULL                       },
	{"nothing",			"",							   "version"                  },
	{"a list",			 "- a",							"version"                  },
	{"no version",                     "classes: [{name: a}]",                                       "version"                  },
	{"another version",                "version: 2\nclasses: [{name: a}]",                           "\"2\""                    },
	{"no class",		       "version: 1\nclasses: []",                                    "no list of classes"       },
	{"a class that is a text",         HEAD "- a\n",						 "no name"                  },
	{"a class without a name",         HEAD "- {uid: [1]}\n",                                        "no name"                  },
	{"an empty name",                  HEAD "- {name: ''}\n",                                        "no name"                  },
	{"a name twice",                   HEAD "- {name: a}\n- {name: a}\n",                            "already"                  },
	{"a member beside them",           "version: 1\nclass: []\n",                                    "\"class\""                },
	{"a member that is misspelt",      WITH("capabilites: []"),                                      "did you mean capabilities"},
	{"a number that is none",          WITH("uid: [many]"),                                          "\"many\""                 },
	{"a number past 32 bits",          WITH("uid: [4294967296]"),                                    "\"4294967296\""           },
	{"a range that runs back",         WITH("uid: [9-8]"),                                           "\"9-8\""                  },
	{"a negative number",              WITH("uid: [-1]"),                                            "\"-1\""                   },
	{"a port past 65535",              WITH("ports: [65536/tcp]"),                                   "\"65536/tcp\""            },
	{"a port of no protocol",          WITH("ports: [80/]"),                                         "\"80/\""                  },
	{"a user with a protocol",         WITH("uid: [80/tcp]"),                                        "\"80/tcp\""               },
	{"a capability that there is not", WITH("capabilities: [cap_all]"),                              "\"cap_all\""              },
	{"a privilege that there is not",  WITH("privilege: none"),                                      "\"none\""                 },
	{"no privilege",                   WITH("privilege:"),                                           "privilege is"             },
	{"labels in a list",               WITH("labels: [a]"),                                          "labels"                   },
	{"a label of lists",               WITH("labels: {a: [b]}"),                                     "\"a\""                    },
	{"a path that is the root",        WITH("writable: [/]"),                                        "\"/\""                    },
	{"a list in a list",               WITH("setuid: [[a]]"),                                        "\"setuid\""               },
	{"a value that is null",           WITH("ports: [~]"),                                           "\"ports\""                },
	{"a member that is null",          WITH("ports: ~"),                                             "\"ports\""                },
	{"cut short",		      WITH("ports: [80"),					   ":5:1:"                    },
};

static void values(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct classes c = {.n = 0};
	struct err e = {.kind = ERR_NONE};
	int rc = classes_parse(B(HEAD "- name: w\n  uid: [5, 10-12]\n  ports: [80, 90-99/UDP]\n"
	                              "  capabilities: [CAP_CHOWN, setfcap]\n  privilege: exposed\n"
	                              "  writable: [/tmp/, 'var/*']\n- name: x\n  setuid: []\n"),
	                       "t", a, &c, &e);
	CHECK(rc == 0 && c.n == 2);
	const struct class *w = &c.v[0];
	CHECK(w->has ==
	      (CLASS_UID | CLASS_PORTS | CLASS_CAPABILITIES | CLASS_PRIVILEGE | CLASS_WRITABLE));
	CHECK(c.v[1].has == CLASS_SETUID && c.v[1].setuid.n == 0);
	CHECK(w->capabilities == (UINT64_C(1) | UINT64_C(1) << 31)); /* linux/capability.h */
	CHECK(strcmp(class_privileges[w->privilege], "exposed") == 0);
	static const struct {
		const char *port;
		bool is_in;
	} ports[] = {
		{"80/tcp",     true },
                {"80/udp",     true },
                {"80/sctp",    true },
		{"90/udp",     true },
                {"90/tcp",     false},
                {"90-99/udp",  true },
		{"90-100/udp", false},
                {"100/udp",    false},
                {"79/tcp",     false},
	};
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		struct class_range x;
		test_case(class_range_parse(bytes_str(ports[i].port), true, &x) &&
		                  class_range_in(&w->ports, &x) == ports[i].is_in,
		          "port %s", ports[i].port);
	}
	static const struct {
		const char *path;
		bool is_in;
	} paths[] = {
		{"tmp",     true },
                {"tmp/a/b", true },
                {"tmpx",    false},
                {"var/a",   true },
		{"var",     false},
                {"var/a/b", true },
                {"usr/tmp", false},
                {"",        false},
	};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		test_case(class_path_in(&w->writable, bytes_str(paths[i].path)) == paths[i].is_in,
		          "path '%s'", paths[i].path);
}

static void belongs(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct classes c = {.n = 0};
	struct err e = {.kind = ERR_NONE};
	const struct oci_label job = {B("class"), B("job-1")};
	CHECK(classes_parse(B(HEAD "- {name: named}\n"
	                           "- {name: both, images: ['r/x/*'], labels: {class: job-1}}\n"
	                           "- {name: web, images: ['r/web/**', 'w-*']}\n"
	                           "- {name: job, labels: {class: 'job-*'}}\n"),
	                    "t", a, &c, &e) == 0);
	static const struct {
		const char *repository;
		bool has_label;
		const char *want;
	} cases_of[] = {
		{"r/web/a/b", false, "web" },
                {"w-1",       false, "web" },
                {"r/x/a",     false, ""    },
		{"r/x/a",     true,  "both"},
                {"r/y",       true,  "job" },
                {NULL,        true,  "job" },
		{NULL,        false, ""    },
                {"r/web/a",   true,  "web" },
                {"named",     false, ""    },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases_of); i++) {
		const struct class *k = classes_find(&c, bytes_str(cases_of[i].repository), &job,
		                                     cases_of[i].has_label);
		test_case(bytes_eq(k ? k->name : B(""), bytes_str(cases_of[i].want)),
		          "%s%s is of class '%s'",
		          cases_of[i].repository ? cases_of[i].repository : "no repository",
		          cases_of[i].has_label ? " with a label" : "", cases_of[i].want);
	}
	CHECK(classes_named(&c, B("named")) == &c.v[0] && !classes_named(&c, B("x")));
}

/* n classes, or one with n values: 0, or the kind of error. */
static enum err_kind of_length(size_t n, bool is_classes)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	struct classes c;
	struct err e = {.kind = ERR_NONE};
	buf_init(&b, (size_t)YAML_DOC_MAX);
	buf_adds(&b, is_classes ? HEAD : WITH("uid:"));
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, is_classes ? "- {name: c%zu}\n" : "  - %zu\n", i);
	return classes_parse(buf_bytes(&b), "t", a, &c, &e) == 0 ? ERR_NONE : e.kind;
}

static enum err_kind path_of(size_t n)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf b;
	struct classes c;
	struct err e = {.kind = ERR_NONE};
	buf_init(&b, (size_t)YAML_DOC_MAX);
	buf_adds(&b, WITH("setuid: [/"));
	b.n--; /* the newline */
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, "a");
	buf_adds(&b, "]\n");
	return classes_parse(buf_bytes(&b), "t", a, &c, &e) == 0 ? ERR_NONE : e.kind;
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		struct classes c = {.n = 0};
		struct err e = {.kind = ERR_NONE};
		int rc = classes_parse(bytes_str(cases[i].in), "t.yaml", a, &c, &e);
		test_case(cases[i].why
		                  ? rc < 0 && strstr(e.msg, cases[i].why) && strstr(e.msg, "t.yaml")
		                  : rc == 0 && c.n == 1,
		          "%s: %s", cases[i].name, rc < 0 ? e.msg : "read");
	}
	values();
	belongs();
	CHECK(of_length((size_t)CLASSES_MAX, true) == ERR_NONE);
	CHECK(of_length((size_t)CLASSES_MAX + 1, true) == ERR_LIMIT);
	CHECK(of_length((size_t)CLASS_VALUES_MAX, false) == ERR_NONE);
	CHECK(of_length((size_t)CLASS_VALUES_MAX + 1, false) == ERR_LIMIT);
	CHECK(path_of((size_t)PATH_LEN_MAX) == ERR_NONE);
	CHECK(path_of((size_t)PATH_LEN_MAX + 1) == ERR_FORMAT);
	return TEST_END();
}
