/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_amazon.c - Amazon Linux security advisories (ALAS).
 *
 * Format: updateinfo.xml.  Source: the repodata of cdn.amazonlinux.com, core and extras.
 * Gives: records of binary packages in amzn:1, amzn:2, amzn:2022, amzn:2023.  An extra such as
 * kernel-5.15 or php8.1 holds packages that the core has too, in another series: its advisories
 * speak of versions from that series on.
 */
#include "advise/updateinfo.h"

/* "ALAS2KERNEL-5.15-2022-001": release "2", topic "KERNEL-5.15"; the first release has none. */
static struct bytes release_of(struct bytes id)
{
	struct bytes rest = bytes_skip(id, 4);
	size_t n = 0;
	while (n < rest.n && is_digit(rest.p[n]))
		n++;
	return n ? bytes_slice(rest, 0, n) : B("1");
}

static int ns_of(struct bytes id, const struct updateinfo_package *p, struct buf *ret)
{
	(void)p;
	if (!bytes_starts(id, B("ALAS")))
		return 0;
	buf_reset(ret);
	return buf_addf(ret, "amzn:%.*s", BYTES_FMT(release_of(id))) == 0;
}

/* The number that ends a topic, where the version fixed begins with it. */
static struct bytes series_of(struct bytes id, const struct updateinfo_package *p)
{
	struct bytes none = {NULL, 0}, release = release_of(id);
	struct bytes topic = bytes_skip(id, 4 + (bytes_eq(release, B("1")) ? 0 : release.n));
	for (int part = 0; part < 2; part++) { /* year and number */
		ssize_t dash = bytes_rfind(topic, '-');
		topic = bytes_slice(topic, 0, dash < 0 ? 0 : (size_t)dash);
	}
	size_t from = topic.n;
	while (from > 0 && (is_digit(topic.p[from - 1]) || topic.p[from - 1] == '.'))
		from--;
	struct bytes series = bytes_skip(topic, from), rest = bytes_skip(p->version, series.n);
	if (!series.n || !bytes_starts(p->version, series) || (rest.n && rest.p[0] != '.'))
		return none;
	if (p->epoch.n && !bytes_eq(p->epoch, B("0")))
		return none; /* a higher epoch sets the series apart by itself */
	return bytes_slice(p->version, 0, series.n);
}

static const struct updateinfo amazon = {.ns = ns_of, .series = series_of};

static int recognise(const struct feed_doc *doc)
{
	return updateinfo_recognise(doc) && feed_has(doc, "<id>ALAS") ? 95 : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return updateinfo_import(doc, s, &amazon, e);
}

/* Extras of Amazon Linux 2, each a repository of its own. */
static const char *const extras[] = {
	"corretto8?",  "docker?",      "ecs?",         "firefox?",      "haproxy2?",
	"kernel-5.4?", "kernel-5.10?", "kernel-5.15?", "livepatch?",    "mariadb10.5?",
	"nginx1?",     "php8.1?",      "php8.2?",      "postgresql13?", "postgresql14?",
	"python3.8?",  "redis6?",      "ruby3.0?",     "tomcat9?",      NULL,
};
static const struct feed_url urls[] = {
	{"https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list",              NULL  },
	{"https://cdn.amazonlinux.com/2/extras/{release}/latest/x86_64/mirror.list",  extras},
	{"https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list", NULL  },
	{NULL,									NULL  },
};

const struct feed feed_amazon = {
	.id = "amazon",
	.title = "Amazon Linux security advisories",
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
