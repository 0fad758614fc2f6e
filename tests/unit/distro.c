/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces of releases; the os-release lines are those that the distributions ship. */
#include "advise/advise.h"

#include "test.h"

#include <string.h>

static const struct {
	const char *id, *version_id, *version, *codename, *pretty;
	const char *ns; /* NULL: unknown distribution or release */
} releases[] = {
	{"debian",              "12",           "12 (bookworm)",   "bookworm", NULL,                          "debian:12"              },
	{"debian",              NULL,           NULL,              "forky",    "Debian GNU/Linux forky",      "debian:14"              },
	{"ubuntu",              "22.04",        NULL,              "jammy",    NULL,                          "ubuntu:22.04"           },
	{"ubuntu",              NULL,           NULL,              "noble",    NULL,                          "ubuntu:24.04"           },
	{"alpine",              "3.20.3",       NULL,              NULL,       NULL,                          "alpine:3.20"            },
	{"alpine",              "3.21_alpha20", NULL,              NULL,       "Alpine Linux edge",           "alpine:edge"            },
	{"almalinux",           "8.5",          NULL,              NULL,       NULL,                          "almalinux:8"            },
	{"rocky",               "9.4",          NULL,              NULL,       NULL,                          "rocky:9"                },
	{"centos",              "7",            NULL,              NULL,       NULL,                          "rhel:7"                 },
	{"amzn",                "2018.03",      NULL,              NULL,       NULL,                          "amzn:1"                 },
	{"amzn",                "2023",         NULL,              NULL,       NULL,                          "amzn:2023"              },
	{"sles",                "15.5",         NULL,              NULL,       NULL,                          "sles:15.5"              },
	{"sles",                "15",           NULL,              NULL,       NULL,                          "sles:15"                },
	{"opensuse-tumbleweed", "20240101",     NULL,              NULL,       NULL,                          "opensuse-tumbleweed"    },
	{"openeuler",           "22.03",        "22.03 (LTS-SP3)", NULL,       NULL,                          "openeuler:22.03-LTS-SP3"},
	{"openeuler",           "22.03",        NULL,              NULL,       "openEuler 22.03 (LTS)",       "openeuler:22.03-LTS"    },
	{"openeuler",           "23.09",        "23.09",           NULL,       NULL,                          "openeuler:23.09"        },
	{"debian",              NULL,           NULL,              "trixie",   "Debian GNU/Linux trixie/sid", "debian:sid"             },
	{"debian",              NULL,           "forky/sid",       "forky",    NULL,                          "debian:sid"             },
	{"debian",              "12",           "12 (bookworm)",   "bookworm", "Debian 12/sid",               "debian:12"              },
	{"alpine",              "3.21.0_git",   NULL,              "edge",     "Alpine Linux v3.21",          "alpine:edge"            },
	{"sled",                "15.5",         NULL,              NULL,       NULL,                          "sles:15.5"              },
	{"sles_sap",            "15.6",         NULL,              NULL,       NULL,                          "sles:15.6"              },
	{"sle_hpc",             "15.4",         NULL,              NULL,       NULL,                          "sles:15.4"              },
	{"sle-micro",           "5.5",          NULL,              NULL,       NULL,                          "sle-micro:5.5"          },
	{"eurolinux",           "9.4",          NULL,              NULL,       NULL,                          NULL                     },
	{"mageia",              "9",            NULL,              NULL,       NULL,                          "mageia:9"               },
	{"wolfi",               "20230201",     NULL,              NULL,       NULL,                          "wolfi"                  },
	{"debian",              NULL,           NULL,              NULL,       NULL,                          NULL                     },
	{"debian",              "twelve",       NULL,              "unheard",  NULL,                          NULL                     },
	{"shesek",              "1",            NULL,              NULL,       NULL,                          NULL                     },
};

int main(void)
{
	AUTO_BUF struct buf ns;
	buf_init(&ns, 1 << 10);
	for (size_t i = 0; i < ARRAY_LEN(releases); i++) {
		const struct fact_os os = {.id = bytes_str(releases[i].id),
		                           .version_id = bytes_str(releases[i].version_id),
		                           .version = bytes_str(releases[i].version),
		                           .codename = bytes_str(releases[i].codename),
		                           .pretty = bytes_str(releases[i].pretty)};
		const struct distro *d = distro_by_id(os.id);
		int res = d ? distro_ns(d, &os, &ns) : -1;
		const char *want = releases[i].ns;
		test_case(want ? res == 0 && bytes_eq(buf_bytes(&ns), bytes_str(want)) : res < 0,
		          "%s %s: %s", releases[i].id,
		          releases[i].version_id ? releases[i].version_id : "without a number",
		          want ? want : "not known");
		if (want && res == 0)
			test_case(distro_by_ns(bytes_str(want)) != NULL, "%s has a distribution",
			          want);
	}
	/* of several that share advisories the one that they are named after */
	CHECK(strcmp(distro_by_ns(B("sles:15.5"))->id, "sles") == 0);
	CHECK(strcmp(distro_by_ns(B("rhel:9"))->id, "rhel") == 0);
	return TEST_END();
}
