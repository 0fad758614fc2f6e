/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_oracle_oval.c - Oracle Linux errata as OVAL.
 *
 * Format: OVAL, one definition per ELSA; the release is the version of oraclelinux-release
 * ("^8").  Source: linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2.
 * Gives: records of binary packages in ol:N.  Packages patched for Ksplice (".ksplice1.") and those
 * built for FIPS ("_fips") are variants with versions of their own: passed over.
 */
#include "advise/oval.h"

static int product(const struct oval_test *t, struct buf *ret)
{
	struct bytes v = t->state.version;
	if (!bytes_eq(t->object, B("oraclelinux-release")))
		return -1;
	if (!v.n)
		return 0;
	if (v.p[0] == '^')
		v = bytes_skip(v, 1);
	size_t n = 0;
	while (n < v.n && is_digit(v.p[n]))
		n++;
	buf_reset(ret);
	return n && buf_addf(ret, "ol:%.*s", BYTES_FMT(bytes_slice(v, 0, n))) == 0;
}

static bool wants_test(const struct oval_test *t)
{
	return bytes_search(t->state.evr, B(".ksplice")) < 0 &&
	       bytes_search(t->state.evr, B("_fips")) < 0;
}

static const struct oval_publisher oracle = {
	.product = product, .wants_test = wants_test, .by_binary = true};

static int recognise(const struct feed_doc *doc)
{
	return feed_has(doc, "<oval_definitions") && feed_has(doc, "oval:com.oracle.elsa:") ? 95
	                                                                                    : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return oval_import(doc, s, &oracle, e);
}

static const struct feed_url urls[] = {
	{"https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2", NULL},
	{NULL,								 NULL},
};

const struct feed feed_oracle_oval = {
	.id = "oracle-oval",
	.title = "Oracle Linux OVAL",
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
