/* SPDX-License-Identifier: Apache-2.0 */
/* Names of Red Hat's streams: in CPEs, in content sets, in versions. */
#include "advise/redhat.h"

#include "test.h"

static void cpes(struct arena *a)
{
	static const struct {
		const char *cpe, *ns;
	} rows[] = {
		{"cpe:/o:redhat:enterprise_linux:8::baseos",                 "rhel:8"                           },
		{"cpe:/a:redhat:enterprise_linux:9::appstream",              "rhel:9"                           },
		{"cpe:/o:redhat:enterprise_linux:10.1",                      "rhel:10"                          },
		{"cpe:/o:redhat:enterprise_linux:7::server",                 "rhel:7"                           },
		{"cpe:/a:redhat:rhel:8.3::appstream",                        "rhel:8"                           },
		{"cpe:2.3:o:redhat:enterprise_linux:9:*:baseos:*:*:*:*:*:*", "rhel:9"                           },
		{"cpe:/a:redhat:rhel_software_collections:3::el7",           "rhel:7"                           },
		{"cpe:/a:redhat:rhel_software_collections:3",                ""                                 },
		{"cpe:/a:redhat:rhel_eus:8.6::appstream",                    "rhel:8/rhel_eus:8.6"              },
		{"cpe:/o:redhat:enterprise_linux_eus:10.0",                  "rhel:10/enterprise_linux_eus:10.0"},
		{"cpe:/o:redhat:rhel_aus:8.2::baseos",                       "rhel:8/rhel_aus:8.2"              },
		{"cpe:/o:redhat:rhel_e4s:9.0::baseos",                       "rhel:9/rhel_e4s:9.0"              },
		{"cpe:/o:redhat:rhel_tus:8.8::baseos",                       "rhel:8/rhel_tus:8.8"              },
		{"cpe:/o:redhat:rhel_els:7",                                 "rhel:7/rhel_els:7"                },
		{"cpe:/a:redhat:rhel_eus_long_life:8.4::appstream",
	         "rhel:8/rhel_eus_long_life:8.4"								},
		{"cpe:/a:redhat:enterprise_linux_ai:3",                      "rhel:/enterprise_linux_ai:3"      },
		{"cpe:/a:redhat:openshift:4.16::el9",                        "rhel:9/openshift:4.16"            },
		{"cpe:/a:redhat:openshift:4",                                "rhel:/openshift:4"                },
		{"cpe:/a:redhat:ocp_tools",                                  "rhel:/ocp_tools"                  },
		{"cpe:/o:suse:sles:15",                                      ""                                 },
		{"cpe:/o:redhat:enterprise_linux",                           ""                                 },
		{"cpe:/o:redhat:enterprise_linux:-",                         ""                                 },
		{"cpe:/o:redhat:rhel_eus:-",                                 ""                                 },
		{"cpe:/a:redhat:a/b:1",                                      ""                                 },
		{"cpe:/a:redhat:open shift:1",                               ""                                 },
		{"cpe:/a:redhat:openshift:4/5",                              ""                                 },
		{"",							 ""				 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		test_case(bytes_eq(redhat_cpe_ns(bytes_str(rows[i].cpe), a), bytes_str(rows[i].ns)),
		          "\"%s\" is \"%s\"", rows[i].cpe, rows[i].ns);
}

static void content_sets(struct arena *a)
{
	static const struct {
		const char *name, *ns;
	} rows[] = {
		{"rhel-9-for-x86_64-baseos-rpms",                 "rhel:9"             },
		{"rhel-8-for-aarch64-appstream-rpms",             "rhel:8"             },
		{"rhel-8-for-x86_64-highavailability-rpms",       "rhel:8"             },
		{"codeready-builder-for-rhel-8-x86_64-rpms",      "rhel:8"             },
		{"ubi-8-baseos-rpms",                             "rhel:8"             },
		{"ubi-8-baseos-rpms__8",                          "rhel:8"             },
		{"rhel-7-server-rpms",                            "rhel:7"             },
		{"rhel-7-server-extras-rpms",                     "rhel:7"             },
		{"rhel-7-server-els-rpms",                        "rhel:7/rhel_els:7"  },
		{"rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_4",    "rhel:8/rhel_eus:8.4"},
		{"rhel-9-for-x86_64-appstream-e4s-rpms__9_DOT_0", "rhel:9/rhel_e4s:9.0"},
		{"rhel-8-for-x86_64-baseos-aus-rpms__8_DOT_2",    "rhel:8/rhel_aus:8.2"},
		{"rhel-8-for-x86_64-baseos-tus-rpms__8_DOT_6",    "rhel:8/rhel_tus:8.6"},
		{"rhel-10-for-x86_64-baseos-eus-rpms__10_DOT_0",
	         "rhel:10/enterprise_linux_eus:10.0"                                   },
 /* of whichever minor release was current then, or of products: only the mapping
  knows */
		{"rhel-8-for-x86_64-baseos-eus-rpms",             ""                   },
		{"rhel-7-server-ose-4.6-rpms",                    ""                   },
		{"rhocp-4.12-for-rhel-8-x86_64-rpms",             ""                   },
		{"rhel-server-rhscl-7-rpms",                      ""                   },
		{"rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_",     ""                   },
		{"rhel--baseos",				  ""                   },
		{"epel",					  ""                   },
		{"",					      ""                   },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes ns = redhat_set_ns(bytes_str(rows[i].name), a);
		test_case(bytes_eq(ns, bytes_str(rows[i].ns)),
		          "content set \"%s\" is \"%s\" (%.*s)", rows[i].name, rows[i].ns,
		          BYTES_FMT(ns));
	}
}

static void streams(void)
{
	static const struct {
		const char *ns;
		bool is_main, is_stream;
		int minor;
	} rows[] = {
		{"rhel:9",			    true,  false, -1},
		{"rhel:9/rhel_eus:9.2",               false, true,  2 },
		{"rhel:7/rhel_els:7",                 false, true,  -1},
		{"rhel:10/enterprise_linux_eus:10.0", false, true,  0 },
		{"rhel:9/openshift:4.16",             false, false, -1},
		{"rhel:/openshift:4",                 false, false, -1},
		{"debian:12",                         false, false, -1},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes ns = bytes_str(rows[i].ns);
		test_case(redhat_is_main(ns) == rows[i].is_main &&
		                  redhat_is_stream(ns) == rows[i].is_stream &&
		                  redhat_stream_minor(ns) == rows[i].minor,
		          "stream %s", rows[i].ns);
	}
}

static void versions(void)
{
	static const struct {
		const char *version;
		int minor;
		bool is_system;
	} rows[] = {
		{"1:3.0.7-27.el9",                            -1, true },
		{"7.76.1-23.el9_2.4",                         2,  true },
		{"7.76.1-26.el9_3",                           3,  true },
		{"3.10.0-1160.99.1.el7",                      -1, true },
		{"2.02-0.87.el7_9.11",                        9,  true },
		{"1:18.19.0-1.module+el8.9.0+21008+6d2d8a9d", 9,  true },
		{"5.26.3-422.el8.0.1",                        -1, true },
		{"1.26.5-7.rhaos4.13.git8b8d6a5.el9",         -1, false},
		{"2.4.57-8.jbcs.el8",                         -1, false},
		{"3.1-1.el8sat",                              -1, false},
		{"16.2.10-94.el8cp",                          -1, false},
		{"20230829-1.model1.fc39",                    -1, false},
		{"el9-1",				     -1, false},
		{"1.0-1",				     -1, false},
		{"",					  -1, false},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes v = bytes_str(rows[i].version);
		test_case(redhat_tag_minor(v) == rows[i].minor &&
		                  redhat_is_system_build(v) == rows[i].is_system,
		          "version %s (%d)", rows[i].version, redhat_tag_minor(v));
	}
}

int main(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	cpes(a);
	content_sets(a);
	streams();
	versions();
	return TEST_END();
}
