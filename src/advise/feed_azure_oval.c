/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_azure_oval.c - Azure Linux and CBL-Mariner vulnerabilities as OVAL.
 *
 * Format: OVAL, one definition per CVE and package, no product in the criteria; metadata/patchable
 * is "true", "false" (no fixed version) or "Not Applicable" (the CVE does not concern the package).
 * Source: github.com/microsoft/AzureLinuxVulnerabilityData, azurelinux-3.0-oval.xml,
 * cbl-mariner-2.0-oval.xml.  The release is that of the file's name, else the newest that versions
 * name. Gives: records of source packages in azurelinux:N.0 and mariner:N.0.
 */
#include "advise/updateinfo.h"

#include "advise/oval.h"

static const struct {
	const char *file, *dist, *ns;
} distributions[] = {
	{"azurelinux-",  ".azl", "azurelinux"},
	{"cbl-mariner-", ".cm",  "mariner"   },
};

/* "3.0" of "azurelinux-3.0-oval.xml" */
static struct bytes release_in(struct bytes name, const char *file)
{
	ssize_t at = bytes_search(name, bytes_str(file));
	struct bytes none = {NULL, 0};
	if (at < 0)
		return none;
	struct bytes rest = bytes_skip(name, (size_t)at + bytes_str(file).n), release, tail;
	return bytes_cut(rest, '-', &release, &tail) && bytes_find(release, '.') > 0 ? release
	                                                                             : none;
}

/* The newest release that versions of the document name: a few still bear that of an older one. */
static uint64_t newest_dist(const struct oval *o, const char *mark)
{
	uint64_t newest = 0, n;
	for (size_t i = 0; i < o->n_states; i++) {
		if (bytes_u64(rpm_dist(o->states[i].evr, mark), 99, &n))
			newest = MAX_OF(newest, n);
	}
	return newest;
}

static int default_ns(const struct feed_doc *doc, const struct oval *o, struct buf *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(distributions); i++) {
		struct bytes release = release_in(doc->name, distributions[i].file);
		buf_reset(ret);
		if (release.n)
			return buf_addf(ret, "%s:%.*s", distributions[i].ns, BYTES_FMT(release)) ==
			       0;
	}
	for (size_t i = 0; i < ARRAY_LEN(distributions); i++) {
		uint64_t n = newest_dist(o, distributions[i].dist);
		if (n)
			return buf_addf(ret, "%s:%llu.0", distributions[i].ns,
			                (unsigned long long)n) == 0;
	}
	return 0;
}

static bool wants(const struct oval_definition *d)
{
	return !bytes_eq(d->patchable, B("Not Applicable"));
}

static const struct oval_publisher azure = {.wants = wants, .default_ns = default_ns};

static int recognise(const struct feed_doc *doc)
{
	return feed_has(doc, "<oval_definitions") &&
	                       (feed_has(doc, "oval:com.microsoft.azurelinux:") ||
	                        feed_has(doc, "oval:com.microsoft.cbl-mariner:"))
	               ? 95
	               : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return oval_import(doc, s, &azure, e);
}

static const char *const releases[] = {"azurelinux-3.0", "cbl-mariner-2.0", NULL};
static const struct feed_url urls[] = {
	{"https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/"
         "{release}-oval.xml", releases},
	{NULL,			  NULL    },
};

const struct feed feed_azure_oval = {
	.id = "azure-oval",
	.title = "Azure Linux OVAL",
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
