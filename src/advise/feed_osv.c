/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_osv.c - the distributions that publish OSV records: a feed each, all read by osv.c.
 *
 * Format: one JSON record per document, or a list of them.
 * Source: OSV schema; the buckets of osv.dev, "ECOSYSTEM/all.zip"; the publishers' own archives.
 */
#include "advise/osv.h"

#define BUCKET "https://storage.googleapis.com/osv-vulnerabilities/"

/* What differs between the feeds: their name and where the records are. */
#define OSV_FEED(name, text)                                                                       \
	static int is_##name(const struct feed_doc *doc) { return osv_recognise(doc, text); }
OSV_FEED(almalinux, "osv-almalinux")
OSV_FEED(alpaquita, "osv-alpaquita")
OSV_FEED(alpine, "osv-alpine")
OSV_FEED(azurelinux, "osv-azurelinux")
OSV_FEED(chainguard, "osv-chainguard")
OSV_FEED(debian, "osv-debian")
OSV_FEED(echo, "osv-echo")
OSV_FEED(mageia, "osv-mageia")
OSV_FEED(minimos, "osv-minimos")
OSV_FEED(openeuler, "osv-openeuler")
OSV_FEED(photon, "osv-photon")
OSV_FEED(redhat, "osv-redhat")
OSV_FEED(rocky, "osv-rocky")
OSV_FEED(suse, "osv-suse")
OSV_FEED(ubuntu, "ubuntu-osv")
OSV_FEED(ubuntu_usn, "ubuntu-usn")
#undef OSV_FEED

#define FROM(text)                                                                                 \
	(const struct feed_url[])                                                                  \
	{                                                                                          \
		{text, NULL}, { NULL, NULL }                                                       \
	}

const struct feed feed_osv_almalinux = {
	.id = "osv-almalinux",
	.title = "AlmaLinux errata (OSV)",
	.urls = FROM(BUCKET "AlmaLinux/all.zip"),
	.recognise = is_almalinux,
	.import = osv_import,
};

const struct feed feed_osv_alpaquita = {
	.id = "osv-alpaquita",
	.title = "BellSoft Alpaquita advisories (OSV)",
	.urls = FROM(BUCKET "Alpaquita/all.zip"),
	.recognise = is_alpaquita,
	.import = osv_import,
};

const struct feed feed_osv_alpine = {
	.id = "osv-alpine",
	.title = "Alpine secdb as OSV.dev republishes it",
	.recognise = is_alpine,
	.import = osv_import,
};

const struct feed feed_osv_azurelinux = {
	.id = "osv-azurelinux",
	.title = "Azure Linux advisories (OSV)",
	.recognise = is_azurelinux,
	.import = osv_import,
};

const struct feed feed_osv_chainguard = {
	.id = "osv-chainguard",
	.title = "Chainguard and Wolfi advisories (OSV)",
	.recognise = is_chainguard,
	.import = osv_import,
};

const struct feed feed_osv_debian = {
	.id = "osv-debian",
	.title = "Debian advisories as OSV.dev republishes them",
	.recognise = is_debian,
	.import = osv_import,
};

const struct feed feed_osv_echo = {
	.id = "osv-echo",
	.title = "Echo advisories (OSV)",
	.urls = FROM(BUCKET "Echo/all.zip"),
	.recognise = is_echo,
	.import = osv_import,
};

const struct feed feed_osv_mageia = {
	.id = "osv-mageia",
	.title = "Mageia advisories (OSV)",
	.urls = FROM(BUCKET "Mageia/all.zip"),
	.recognise = is_mageia,
	.import = osv_import,
};

const struct feed feed_osv_minimos = {
	.id = "osv-minimos",
	.title = "MinimOS advisories (OSV)",
	.urls = FROM(BUCKET "MinimOS/all.zip"),
	.recognise = is_minimos,
	.import = osv_import,
};

const struct feed feed_osv_openeuler = {
	.id = "osv-openeuler",
	.title = "openEuler advisories (OSV)",
	.urls = FROM(BUCKET "openEuler/all.zip"),
	.recognise = is_openeuler,
	.import = osv_import,
};

const struct feed feed_osv_photon = {
	.id = "osv-photon",
	.title = "Photon OS advisories (OSV)",
	.recognise = is_photon,
	.import = osv_import,
};

const struct feed feed_osv_redhat = {
	.id = "osv-redhat",
	.title = "Red Hat advisories (OSV)",
	.recognise = is_redhat,
	.import = osv_import,
};

const struct feed feed_osv_rocky = {
	.id = "osv-rocky",
	.title = "Rocky Linux errata (OSV)",
	.urls = FROM(BUCKET "Rocky%20Linux/all.zip"),
	.recognise = is_rocky,
	.import = osv_import,
};

const struct feed feed_osv_suse = {
	.id = "osv-suse",
	.title = "SUSE and openSUSE advisories (OSV)",
	.recognise = is_suse,
	.import = osv_import,
};

const struct feed feed_ubuntu_osv = {
	.id = "ubuntu-osv",
	.title = "Ubuntu CVE tracker (OSV)",
	.urls = FROM("https://security-metadata.canonical.com/osv/osv-all.tar.xz"),
	.recognise = is_ubuntu,
	.import = osv_import,
};

/* A notice names the vulnerabilities of all releases at once: it is asked only where the records of
 * the vulnerabilities themselves are not there (ranks.c). */
const struct feed feed_ubuntu_usn = {
	.id = "ubuntu-usn",
	.title = "Ubuntu security notices (OSV)",
	.recognise = is_ubuntu_usn,
	.import = osv_import,
};
