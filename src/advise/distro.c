/* SPDX-License-Identifier: Apache-2.0 */
/*
 * distro.c - distributions whose advisories assay knows: one table for importers and the matcher.
 *
 * Source: os-release(5), "ID", "VERSION_ID"; each distribution's release notes.
 */
#include "advise/advise.h"

#include <string.h>

static const struct distro distros[] = {
  /* sorted by id */
	{"almalinux",           "almalinux",           VERSION_RPM,  "rpm",  1, "AlmaLinux"                    },
	{"alpaquita",           "alpaquita",           VERSION_APK,  "apk",  1, "Alpaquita Linux"              },
	{"alpine",              "alpine",              VERSION_APK,  "apk",  2, "Alpine Linux"                 },
	{"amzn",                "amzn",                VERSION_RPM,  "rpm",  1, "Amazon Linux"                 },
	{"arch",                "arch",                VERSION_ALPM, "alpm", 0, "Arch Linux"                   },
	{"azurelinux",          "azurelinux",          VERSION_RPM,  "rpm",  2, "Azure Linux"                  },
	{"centos",              "rhel",                VERSION_RPM,  "rpm",  1, "CentOS"                       },
	{"chainguard",          "chainguard",          VERSION_APK,  "apk",  0, "Chainguard"                   },
	{"debian",              "debian",              VERSION_DPKG, "deb",  1, "Debian"                       },
	{"echo",                "echo",                VERSION_DPKG, "deb",  0, "Echo"                         },
	{"fedora",              "fedora",              VERSION_RPM,  "rpm",  1, "Fedora"                       },
	{"mageia",              "mageia",              VERSION_RPM,  "rpm",  1, "Mageia"                       },
	{"mariner",             "mariner",             VERSION_RPM,  "rpm",  2, "CBL-Mariner"                  },
	{"minimos",             "minimos",             VERSION_APK,  "apk",  0, "MinimOS"                      },
	{"ol",		  "ol",                  VERSION_RPM,  "rpm",  1, "Oracle Linux"                 },
	{"openeuler",           "openeuler",           VERSION_RPM,  "rpm",  2, "openEuler"                    },
	{"opensuse-leap",       "opensuse-leap",       VERSION_RPM,  "rpm",  2, "openSUSE Leap"                },
	{"opensuse-leap-micro", "opensuse-leap-micro", VERSION_RPM,  "rpm",  2,
         "openSUSE Leap Micro"										 },
	{"opensuse-tumbleweed", "opensuse-tumbleweed", VERSION_RPM,  "rpm",  0,
         "openSUSE Tumbleweed"										 },
	{"opensuse.leap",       "opensuse-leap",       VERSION_RPM,  "rpm",  2, "openSUSE Leap"                },
	{"opensuse.tumbleweed", "opensuse-tumbleweed", VERSION_RPM,  "rpm",  0,
         "openSUSE Tumbleweed"										 },
	{"photon",              "photon",              VERSION_RPM,  "rpm",  2, "Photon OS"                    },
	{"rhel",                "rhel",                VERSION_RPM,  "rpm",  1, "Red Hat Enterprise Linux"     },
	{"rocky",               "rocky",               VERSION_RPM,  "rpm",  1, "Rocky Linux"                  },
	{"secureos",            "secureos",            VERSION_APK,  "apk",  0, "SecureOS"                     },
	{"sl-micro",            "sl-micro",            VERSION_RPM,  "rpm",  2, "SUSE Linux Micro"             },
	{"sle-micro",           "sle-micro",           VERSION_RPM,  "rpm",  2, "SUSE Linux Enterprise Micro"  },
	{"sle_hpc",             "sles",                VERSION_RPM,  "rpm",  2,
         "SUSE Linux Enterprise High Performance Computing"                                                    },
	{"sled",                "sles",                VERSION_RPM,  "rpm",  2, "SUSE Linux Enterprise Desktop"},
	{"sles",                "sles",                VERSION_RPM,  "rpm",  2, "SUSE Linux Enterprise Server" },
	{"sles_sap",            "sles",                VERSION_RPM,  "rpm",  2,
         "SUSE Linux Enterprise Server for SAP Applications"                                                   },
	{"ubuntu",              "ubuntu",              VERSION_DPKG, "deb",  2, "Ubuntu"                       },
	{"wolfi",               "wolfi",               VERSION_APK,  "apk",  0, "Wolfi"                        },
};

/* Release numbers of codenames; "sid" is a release of its own.  Source: debian.org and
 * ubuntu.com release lists. */
static const struct {
	const char *ns, *codename, *release;
} codenames[] = {
	{"alpaquita", "stream",   "stream"},
        {"debian",    "etch",     "4"     },
	{"debian",    "lenny",    "5"     },
        {"debian",    "squeeze",  "6"     },
	{"debian",    "wheezy",   "7"     },
        {"debian",    "jessie",   "8"     },
	{"debian",    "stretch",  "9"     },
        {"debian",    "buster",   "10"    },
	{"debian",    "bullseye", "11"    },
        {"debian",    "bookworm", "12"    },
	{"debian",    "trixie",   "13"    },
        {"debian",    "forky",    "14"    },
	{"debian",    "duke",     "15"    },
        {"debian",    "sid",      "sid"   },
	{"ubuntu",    "precise",  "12.04" },
        {"ubuntu",    "trusty",   "14.04" },
	{"ubuntu",    "xenial",   "16.04" },
        {"ubuntu",    "bionic",   "18.04" },
	{"ubuntu",    "focal",    "20.04" },
        {"ubuntu",    "jammy",    "22.04" },
	{"ubuntu",    "noble",    "24.04" },
        {"ubuntu",    "oracular", "24.10" },
	{"ubuntu",    "plucky",   "25.04" },
        {"ubuntu",    "questing", "25.10" },
	{"ubuntu",    "resolute", "26.04" },
        {"ubuntu",    "mantic",   "23.10" },
	{"ubuntu",    "lunar",    "23.04" },
        {"ubuntu",    "kinetic",  "22.10" },
	{"ubuntu",    "impish",   "21.10" },
        {"ubuntu",    "hirsute",  "21.04" },
	{"ubuntu",    "groovy",   "20.10" },
        {"ubuntu",    "eoan",     "19.10" },
	{"ubuntu",    "disco",    "19.04" },
        {"ubuntu",    "cosmic",   "18.10" },
	{"ubuntu",    "artful",   "17.10" },
        {"ubuntu",    "zesty",    "17.04" },
};

const struct distro *distro_by_id(struct bytes id)
{
	for (size_t i = 0; i < ARRAY_LEN(distros); i++) {
		if (bytes_eq_nocase(bytes_str(distros[i].id), id)) /* openEuler's has a capital */
			return &distros[i];
	}
	return NULL;
}

const struct distro *distro_by_ns(struct bytes ns)
{
	struct bytes head, tail;
	const struct distro *best = NULL; /* of several that share advisories the one named so */
	bytes_cut(ns, ':', &head, &tail);
	for (size_t i = 0; i < ARRAY_LEN(distros); i++) {
		if (!bytes_eq(bytes_str(distros[i].ns), head))
			continue;
		if (!best || strcmp(distros[i].id, distros[i].ns) == 0)
			best = &distros[i];
	}
	return best;
}

struct bytes distro_release(const struct distro *d, struct bytes codename)
{
	for (size_t i = 0; i < ARRAY_LEN(codenames); i++) {
		if (strcmp(codenames[i].ns, d->ns) == 0 &&
		    bytes_eq(bytes_str(codenames[i].codename), codename))
			return bytes_str(codenames[i].release);
	}
	return (struct bytes){NULL, 0};
}

/* Releases whose VERSION_ID does not say it all. */
static struct bytes special_release(const struct distro *d, const struct fact_os *os)
{
	bool is_alpine = strcmp(d->ns, "alpine") == 0;
	if (is_alpine &&
	    (bytes_eq(os->codename, B("edge")) || bytes_search(os->version_id, B("_alpha")) >= 0 ||
	     bytes_search(os->version_id, B("edge")) >= 0 ||
	     bytes_search(os->pretty, B("edge")) >= 0))
		return B("edge"); /* its VERSION_ID is that of the release being prepared */
	if (strcmp(d->ns, "amzn") == 0 && os->version_id.n == 7 &&
	    bytes_starts(os->version_id, B("201")))
		return B("1"); /* 2017.09, 2018.03: the first Amazon Linux, by date */
	/* testing and unstable both say "trixie/sid", and have no VERSION_ID */
	bool is_sid = bytes_ends(os->pretty, B("/sid")) || bytes_ends(os->version, B("/sid"));
	if (strcmp(d->ns, "debian") == 0 &&
	    (bytes_ends(os->version_id, B("/sid")) || (is_sid && !os->version_id.n)))
		return B("sid");
	return (struct bytes){NULL, 0};
}

/* openEuler's VERSION_ID is that of all service packs, which have packages of their own: VERSION is
 * "22.03 (LTS-SP3)". */
static struct bytes service_pack(const struct fact_os *os)
{
	struct bytes head, tail, pack, rest;
	struct bytes text = os->version.n ? os->version : os->pretty;
	if (bytes_cut(text, '(', &head, &tail) && bytes_cut(tail, ')', &pack, &rest))
		return pack;
	return (struct bytes){NULL, 0};
}

int distro_ns(const struct distro *d, const struct fact_os *os, struct buf *ret)
{
	buf_reset(ret);
	if (d->release_parts == 0)
		return buf_adds(ret, d->ns);
	struct bytes release = special_release(d, os);
	if (!release.n)
		release = version_head(os->version_id, d->release_parts);
	if (!release.n && d->release_parts == 2 && strcmp(d->ns, "sles") == 0)
		release = version_head(os->version_id, 1); /* SLES 15 without a service pack */
	if (!release.n)
		release = distro_release(d, os->codename);
	if (!release.n) /* bills of materials: "sid", "bookworm" */
		release = distro_release(d, os->version_id);
	if (!release.n)
		return -1;
	struct bytes pack = strcmp(d->ns, "openeuler") == 0 ? service_pack(os) : (struct bytes){0};
	return buf_addf(ret, "%s:%.*s%s%.*s", d->ns, BYTES_FMT(release), pack.n ? "-" : "",
	                BYTES_FMT(pack));
}
