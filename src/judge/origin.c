/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin.c - who made a package, as far as its record tells.
 *
 * rpm: the Vendor tag.  A distribution signs its own packages with one vendor name, so another
 * vendor is another publisher.  deb: the record has no such field (Origin is rare), so only what is
 * certain counts: an Origin of another name, a version suffix that a well-known repository adds, or
 * a maintainer at a company that publishes its own repository.  apk: no field at all.
 */
#include "judge/origin.h"

/* Vendor of a distribution's own packages: any of these words, whatever the case. */
static const struct {
	const char *id, *vendor;
} vendors[] = {
	{"almalinux",  "AlmaLinux"},
        {"amzn",       "Amazon"   },
        {"azurelinux", "Microsoft"},
	{"centos",     "CentOS"   },
        {"centos",     "Red Hat"  },
        {"fedora",     "Fedora"   },
	{"mariner",    "Microsoft"},
        {"ol",         "Oracle"   },
        {"openeuler",  "openeuler"},
	{"opensuse",   "openSUSE" },
        {"opensuse",   "SUSE"     },
        {"photon",     "VMware"   },
	{"photon",     "Broadcom" },
        {"rhel",       "Red Hat"  },
        {"rocky",      "Rocky"    },
	{"sled",       "SUSE"     },
        {"sl-micro",   "SUSE"     },
        {"sle",        "SUSE"     },
	{"sles",       "SUSE"     },
        {"sles",       "openSUSE" },
};

/* Version parts that repositories outside Debian and Ubuntu add. */
static const char *const versions[] = {
	"+deb.sury.org",    ".pgdg",      "-1nodesource", "~ppa",
	"+ubuntu.sury.org", "-1~debian.", "~mongodb",
};

/* Ends of maintainer addresses of publishers with repositories of their own. */
static const char *const maintainers[] = {
	"@docker.com>",    "@nginx.com>",     "@f5.com>",        "@nodesource.com>",
	"@microsoft.com>", "@google.com>",    "@hashicorp.com>", "@elastic.co>",
	"@mongodb.com>",   "@datadoghq.com>", "@gitlab.com>",    "@grafana.com>",
	"@mariadb.org>",   "@oracle.com>",    "@percona.com>",   "@influxdata.com>",
	"@rabbitmq.com>",  "@cloudera.com>",  "@nvidia.com>",    "@redis.com>",
};

static bool contains_nocase(struct bytes hay, struct bytes needle)
{
	for (size_t i = 0; i + needle.n <= hay.n; i++) {
		if (bytes_eq_nocase(bytes_slice(hay, i, i + needle.n), needle))
			return true;
	}
	return false;
}

static bool rpm_is_foreign(struct bytes os_id, struct bytes vendor)
{
	bool is_known = false;
	for (size_t i = 0; i < ARRAY_LEN(vendors); i++) {
		if (!bytes_starts(os_id, bytes_str(vendors[i].id)))
			continue;
		is_known = true;
		if (contains_nocase(vendor, bytes_str(vendors[i].vendor)))
			return false;
	}
	return is_known && vendor.n; /* no vendor at all: nothing was said */
}

static bool deb_is_foreign(struct bytes os_id, const struct fact_package *f)
{
	if (f->vendor.n && !contains_nocase(f->vendor, os_id) &&
	    !contains_nocase(f->vendor, B("debian")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		if (bytes_search(f->version, bytes_str(versions[i])) >= 0)
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(maintainers); i++) {
		if (bytes_ends(f->maintainer, bytes_str(maintainers[i])))
			return true;
	}
	return false;
}

bool origin_is_foreign(struct bytes os_id, const struct fact_package *f)
{
	if (bytes_eq(f->type, B("rpm")))
		return rpm_is_foreign(os_id, f->vendor);
	if (bytes_eq(f->type, B("deb")))
		return deb_is_foreign(os_id, f);
	return false;
}
