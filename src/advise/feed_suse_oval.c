/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_suse_oval.c - SUSE's OVAL: SUSE Linux Enterprise Server, openSUSE Leap and Tumbleweed.
 *
 * Format: OVAL; products are told by their release package ("sles-release is ==15.5").  Source:
 * ftp.suse.com/pub/projects/security/oval, one file per product; "-affected" files hold what has no
 * fix ("is not affected": version equals 0), "-patch" files are per bulletin.
 * Gives: records of binary packages.  Server, its long-term support and its modules share one
 * namespace; desktop, real time, storage and micro are other products.
 */
#include "advise/oval.h"

/* Release packages of SUSE Linux Enterprise Server; a module's begins with "sle-module-". */
static const char *const server[] = {"sles-release", "sles-ltss-release", "sles-ltss-core-release",
                                     "SLES-release"};

static bool is_server(struct bytes package)
{
	for (size_t i = 0; i < ARRAY_LEN(server); i++) {
		if (bytes_eq(package, bytes_str(server[i])))
			return true;
	}
	return bytes_starts(package, B("sle-module-")) && bytes_ends(package, B("-release"));
}

static int product(const struct oval_test *t, struct buf *ret)
{
	struct bytes v = t->state.version;
	bool is_opensuse = bytes_eq(t->object, B("openSUSE-release"));
	if (!bytes_ends(t->object, B("-release")) || !(v.n || is_opensuse))
		return -1;
	buf_reset(ret);
	if (is_server(t->object) && t->state.version_op == OVAL_EQUALS)
		return buf_addf(ret, "sles:%.*s", BYTES_FMT(v)) == 0;
	if (!is_opensuse)
		return 0;
	if (!v.n) /* "openSUSE-release is >=20210101" */
		return buf_adds(ret, "opensuse-tumbleweed") == 0;
	/* Leap is 15.x, 42.x, 16.x; Leap Micro is 5.x, and what came before Leap 10.x to 13.x */
	static const char *const leap[] = {"15.", "16.", "42."};
	for (size_t i = 0; i < ARRAY_LEN(leap); i++) {
		if (bytes_starts(v, bytes_str(leap[i])))
			return buf_addf(ret, "opensuse-leap:%.*s", BYTES_FMT(v)) == 0;
	}
	return 0;
}

static const struct oval_publisher suse = {.product = product, .by_binary = true};

static int recognise(const struct feed_doc *doc)
{
	return feed_has(doc, "<oval_definitions") && feed_has(doc, "oval:org.opensuse.security:")
	               ? 95
	               : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return oval_import(doc, s, &suse, e);
}

/* "-affected" files hold what the plain ones do, and what has no fix. */
static const char *const releases[] = {"suse.linux.enterprise.12-affected",
                                       "suse.linux.enterprise.15-affected",
                                       "suse.linux.enterprise.16-affected",
                                       "opensuse.leap.15.5",
                                       "opensuse.leap.15.6",
                                       "opensuse.tumbleweed",
                                       NULL};
static const struct feed_url urls[] = {
	{"https://ftp.suse.com/pub/projects/security/oval/{release}.xml.gz", releases},
	{NULL,							       NULL    },
};

const struct feed feed_suse_oval = {
	.id = "suse-oval",
	.title = "SUSE OVAL",
	.rank = 20,
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
