/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv_ecosystem.c - whose an OSV ecosystem is, and which release it names.
 *
 * Source: OSV schema, "affected[].package field" and its list of ecosystems.
 */
#include "advise/osv.h"

#include <string.h>

/* ---- releases ---- */

static void set_ns(struct osv_release *ret, struct arena *a, const char *ns, struct bytes release)
{
	ret->ns = bytes_str(arena_printf(a, "%s:%.*s", ns, BYTES_FMT(release)));
}

static void rolling(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
                    struct osv_release *ret)
{
	(void)text;
	(void)a;
	ret->ns = bytes_str(eco->ns);
}

/* "8", "9.4" */
static void major(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
                  struct osv_release *ret)
{
	struct bytes n = version_head(text, 1);
	if (n.n)
		set_ns(ret, a, eco->ns, n);
}

/* "v3.18", "5.0", "edge", "stream" */
static void minor(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
                  struct osv_release *ret)
{
	if (bytes_starts(text, B("v")))
		text = bytes_skip(text, 1);
	struct bytes n = version_head(text, 2);
	if (bytes_eq(text, B("edge")) || bytes_eq(text, B("stream")))
		n = text;
	if (n.n)
		set_ns(ret, a, eco->ns, n);
}

/* "23", "stream" */
static void alpaquita(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
                      struct osv_release *ret)
{
	struct bytes n = bytes_eq(text, B("stream")) ? text : version_head(text, 1);
	if (n.n)
		set_ns(ret, a, eco->ns, n);
}

/* "12", "6.0", "sid" */
static void debian(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
                   struct osv_release *ret)
{
	struct bytes n = version_head(text, 1);
	if (!n.n)
		n = distro_release(distro_by_ns(bytes_str(eco->ns)), text);
	if (n.n)
		set_ns(ret, a, eco->ns, n);
}

/* "24.10", "22.04:LTS", "Pro:18.04:LTS".  "Pro:FIPS:20.04:LTS", "Pro:22.04:LTS:Realtime:Kernel" and
 * the like are other archives with versions of their own. */
static void ubuntu(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
                   struct osv_release *ret)
{
	bool is_paid = bytes_starts(text, B("Pro:"));
	struct bytes release = is_paid ? bytes_skip(text, 4) : text;
	struct bytes n = version_head(release, 2), rest = bytes_skip(release, n.n);
	if (!n.n || (rest.n && !bytes_eq(rest, B(":LTS"))))
		return;
	set_ns(ret, a, eco->ns, n);
	ret->is_paid = is_paid;
}

/* "2" is CBL-Mariner 2.0, "3" is Azure Linux 3.0. */
static void azure(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
                  struct osv_release *ret)
{
	struct bytes n = version_head(text, 1);
	if (!n.n)
		return;
	bool is_mariner = n.n == 1 && n.p[0] < '3';
	ret->ns = bytes_str(
		arena_printf(a, "%s:%.*s.0", is_mariner ? "mariner" : eco->ns, BYTES_FMT(n)));
}

/* "enterprise_linux:8::baseos": the distribution itself.  Streams with a longer life (rhel_eus,
 * rhel_aus, ...) and layered products have fixes of their own. */
static void redhat(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
                   struct osv_release *ret)
{
	struct bytes product, rest;
	if (!bytes_cut(text, ':', &product, &rest) || !bytes_eq(product, B("enterprise_linux")))
		return;
	struct bytes n = version_head(rest, 1);
	if (n.n)
		set_ns(ret, a, eco->ns, n);
}

/* "22.03-LTS-SP3": service packs have packages of their own. */
static void openeuler(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
                      struct osv_release *ret)
{
	if (version_head(text, 2).n)
		set_ns(ret, a, eco->ns, text);
}

/* Products whose packages a SUSE Linux Enterprise Server may hold: they share their updates. */
static const char *const suse_products[] = {
	"Linux Enterprise Server ",
	"Linux Enterprise Module for ",
	"Linux Enterprise Software Development Kit ",
	"Linux Enterprise Desktop ",
	"Linux Enterprise Workstation Extension ",
	"Linux Enterprise High Performance Computing ",
	"Linux Enterprise Software Bootstrap Kit ",
};

/* "Linux Enterprise Module for Basesystem 15 SP5" and "... Server 15 SP1-LTSS" → 15.5, 15.1. */
static void sles(struct bytes text, struct arena *a, struct osv_release *ret)
{
	struct bytes rest = text, word, release = {NULL, 0}, pack = {NULL, 0};
	while (bytes_word(&rest, &word)) {
		if (version_head(word, 1).n && !pack.n)
			release =
				version_head(word, 1); /* the last: "Module for Python 3 15 SP5" */
		else if (!pack.n && bytes_starts(word, B("SP")))
			pack = version_head(bytes_skip(word, 2), 1);
	}
	if (release.n && pack.n)
		ret->ns = bytes_str(
			arena_printf(a, "sles:%.*s.%.*s", BYTES_FMT(release), BYTES_FMT(pack)));
	else if (release.n)
		set_ns(ret, a, "sles", release);
}

/* Products with a release of their own behind their name. */
static const struct {
	const char *name, *ns;
} suse_releases[] = {
	{"Leap Micro ",             "opensuse-leap-micro"},
	{"Leap ",		   "opensuse-leap"      },
	{"Linux Enterprise Micro ", "sle-micro"          },
	{"Linux Micro ",            "sl-micro"           },
};

/* "openSUSE Leap 15.5", "Leap 15.5", "Tumbleweed", "openSUSE Tumbleweed", products of SLE. */
static void suse(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
                 struct osv_release *ret)
{
	(void)eco;
	if (bytes_starts(text, B("openSUSE ")))
		text = bytes_skip(text, strlen("openSUSE "));
	if (bytes_eq(text, B("Tumbleweed"))) {
		ret->ns = B("opensuse-tumbleweed");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(suse_releases); i++) {
		struct bytes name = bytes_str(suse_releases[i].name);
		struct bytes n = version_head(bytes_skip(text, name.n), 2);
		if (!bytes_starts(text, name))
			continue;
		if (n.n)
			set_ns(ret, a, suse_releases[i].ns, n);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(suse_products); i++) {
		if (bytes_starts(text, bytes_str(suse_products[i])))
			sles(text, a, ret);
	}
}

/* ---- the tables ---- */

static const struct osv_ecosystem ecosystems[] = {
  /* sorted by name */
	{"AlmaLinux",   "osv-almalinux",  NULL,         "almalinux",  major,     true,  false},
	{"Alpaquita",   "osv-alpaquita",  NULL,         "alpaquita",  alpaquita, false, false},
	{"Alpine",      "osv-alpine",     NULL,         "alpine",     minor,     false, false},
	{"Azure Linux", "osv-azurelinux", NULL,         "azurelinux", azure,     false, false},
	{"Chainguard",  "osv-chainguard", NULL,         "chainguard", rolling,   true,  false},
	{"Debian",      "osv-debian",     NULL,         "debian",     debian,    false, false},
	{"Echo",        "osv-echo",       NULL,         "echo",       rolling,   false, false},
	{"Mageia",      "osv-mageia",     NULL,         "mageia",     major,     false, false},
	{"MinimOS",     "osv-minimos",    NULL,         "minimos",    rolling,   true,  false},
	{"Photon OS",   "osv-photon",     NULL,         "photon",     minor,     false, false},
	{"Red Hat",     "osv-redhat",     NULL,         "rhel",       redhat,    true,  false},
	{"Rocky Linux", "osv-rocky",      NULL,         "rocky",      major,     false, false},
	{"SUSE",        "osv-suse",       NULL,         "sles",       suse,      false, false},
	{"Ubuntu",      "ubuntu-osv",     "ubuntu-usn", "ubuntu",     ubuntu,    false, true },
	{"Wolfi",       "osv-chainguard", NULL,         "wolfi",      rolling,   true,  false},
	{"openEuler",   "osv-openeuler",  NULL,         "openeuler",  openeuler, false, false},
	{"openSUSE",    "osv-suse",       NULL,         "sles",       suse,      false, false},
};

static const struct osv_prefix prefixes[] = {
  /* sorted by text */
	{"ALBA-",       "osv-almalinux",  OSV_BUGFIX  },
        {"ALEA-",       "osv-almalinux",  OSV_BUGFIX  },
	{"ALPINE-CVE-", "osv-alpine",     OSV_CVE     },
        {"ALSA-",       "osv-almalinux",  OSV_BULLETIN},
	{"AZL-",        "osv-azurelinux", OSV_BULLETIN},
        {"BELL-CVE-",   "osv-alpaquita",  OSV_CVE     },
	{"BELL-SA-",    "osv-alpaquita",  OSV_BULLETIN},
        {"CGA-",        "osv-chainguard", OSV_BULLETIN},
	{"DEBIAN-CVE-", "osv-debian",     OSV_CVE     },
        {"DLA-",        "osv-debian",     OSV_BULLETIN},
	{"DSA-",        "osv-debian",     OSV_BULLETIN},
        {"DTSA-",       "osv-debian",     OSV_BULLETIN},
	{"ECHO-",       "osv-echo",       OSV_BULLETIN},
        {"LSN-",        "ubuntu-osv",     OSV_UNUSED  },
	{"MGAA-",       "osv-mageia",     OSV_BUGFIX  },
        {"MGASA-",      "osv-mageia",     OSV_BULLETIN},
	{"MINI-",       "osv-minimos",    OSV_BULLETIN},
        {"OESA-",       "osv-openeuler",  OSV_BULLETIN},
	{"PHSA-",       "osv-photon",     OSV_BULLETIN},
        {"RHBA-",       "osv-redhat",     OSV_BUGFIX  },
	{"RHEA-",       "osv-redhat",     OSV_BUGFIX  },
        {"RHSA-",       "osv-redhat",     OSV_BULLETIN},
	{"RLBA-",       "osv-rocky",      OSV_BUGFIX  },
        {"RLEA-",       "osv-rocky",      OSV_BUGFIX  },
	{"RLSA-",       "osv-rocky",      OSV_BULLETIN},
        {"RXSA-",       "osv-rocky",      OSV_BULLETIN},
	{"SUSE-FU-",    "osv-suse",       OSV_BUGFIX  },
        {"SUSE-OU-",    "osv-suse",       OSV_BUGFIX  },
	{"SUSE-RU-",    "osv-suse",       OSV_BUGFIX  },
        {"SUSE-SU-",    "osv-suse",       OSV_BULLETIN},
	{"UBUNTU-CVE-", "ubuntu-osv",     OSV_CVE     },
        {"USN-",        "ubuntu-usn",     OSV_BULLETIN},
	{"openSUSE-",   "osv-suse",       OSV_BULLETIN},
};

const struct osv_ecosystem *osv_ecosystem(struct bytes ecosystem, struct bytes *ret_release)
{
	struct bytes head, tail;
	bytes_cut(ecosystem, ':', &head, &tail);
	for (size_t i = 0; i < ARRAY_LEN(ecosystems); i++) {
		if (bytes_eq(bytes_str(ecosystems[i].name), head)) {
			*ret_release = tail;
			return &ecosystems[i];
		}
	}
	return NULL;
}

const struct osv_prefix *osv_prefix(struct bytes id)
{
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		if (bytes_starts(id, bytes_str(prefixes[i].text)))
			return &prefixes[i];
	}
	return NULL;
}
