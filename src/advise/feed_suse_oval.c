/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_suse_oval.c - SUSE's OVAL: SUSE Linux Enterprise Server, openSUSE Leap and Tumbleweed.
 *
 * Format: OVAL; products are told by their release package ("sles-release is ==15.5").  Source:
 * ftp.suse.com/pub/projects/security/oval, one file per product; "-affected" files hold what has no
 * fix ("is not affected": version equals 0), "-patch" files are per bulletin.
 * Gives: records of binary packages.  Server, its long-term support and its modules share one
 * namespace; desktop, real time and storage are other products.
 */
#include "advise/oval.h"

/* Release packages and the namespace their version is of.  Module packages ("sle-module-...") are
 * the server's. */
static const struct {
	const char *package, *ns;
} products[] = {
	{"SL-Micro-release",       "sl-micro" },
        {"SLE-Micro-release",      "sle-micro"},
	{"SLES-release",           "sles"     },
        {"SUSE-MicroOS-release",   "sle-micro"},
	{"sles-ltss-core-release", "sles"     },
        {"sles-ltss-release",      "sles"     },
	{"sles-release",           "sles"     },
};

static const char *ns_of(struct bytes package)
{
	for (size_t i = 0; i < ARRAY_LEN(products); i++) {
		if (bytes_eq(package, bytes_str(products[i].package)))
			return products[i].ns;
	}
	return bytes_starts(package, B("sle-module-")) ? "sles" : NULL;
}

/* "openSUSE-release": Leap is 15.x, 16.x, 42.x, Leap Micro 5.x and 6.x; what came before Leap was
 * 10.x to 13.x; Tumbleweed is told by a date. */
static int opensuse(struct bytes v, struct buf *ret)
{
	static const struct {
		const char *major, *ns;
	} releases_of[] = {
		{"15.", "opensuse-leap"      },
                {"16.", "opensuse-leap"      },
		{"42.", "opensuse-leap"      },
                {"5.",  "opensuse-leap-micro"},
		{"6.",  "opensuse-leap-micro"},
	};
	if (!v.n)
		return buf_adds(ret, "opensuse-tumbleweed") == 0;
	for (size_t i = 0; i < ARRAY_LEN(releases_of); i++) {
		if (bytes_starts(v, bytes_str(releases_of[i].major)))
			return buf_addf(ret, "%s:%.*s", releases_of[i].ns, BYTES_FMT(v)) == 0;
	}
	return 0;
}

static int product(const struct oval_test *t, struct buf *ret)
{
	struct bytes v = t->state.version;
	bool is_opensuse = bytes_eq(t->object, B("openSUSE-release"));
	if (!bytes_ends(t->object, B("-release")) || !(v.n || is_opensuse))
		return -1;
	buf_reset(ret);
	if (is_opensuse)
		return opensuse(v, ret);
	const char *ns = t->state.version_op == OVAL_EQUALS ? ns_of(t->object) : NULL;
	return ns && buf_addf(ret, "%s:%.*s", ns, BYTES_FMT(v)) == 0;
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
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
