/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_updateinfo.c - updates of rpm repositories: AlmaLinux, Rocky Linux, Fedora, Oracle Linux.
 *
 * Format: updateinfo.xml.  Source: the repodata of each distribution's mirrors.
 * Gives: records of binary packages.  Whose update it is, its id says; for which release, the
 * ".el9" or ".fc40" of the packages.  EPEL and other ids: of no distribution.
 */
#include "advise/updateinfo.h"

static const struct {
	const char *prefix, *ns, *mark;
} publishers[] = {
	{"ALBA-",   "almalinux", "el"},
        {"ALEA-",   "almalinux", "el"},
        {"ALSA-",   "almalinux", "el"},
	{"ELBA-",   "ol",        "el"},
        {"ELEA-",   "ol",        "el"},
        {"ELSA-",   "ol",        "el"},
	{"FEDORA-", "fedora",    "fc"},
        {"RLBA-",   "rocky",     "el"},
        {"RLEA-",   "rocky",     "el"},
	{"RLSA-",   "rocky",     "el"},
        {"RXSA-",   "rocky",     "el"},
};

/* "8.el9_0", "3.module+el8.5.0+739+43897a5e" */
static struct bytes dist_of(struct bytes release, const char *mark)
{
	char dotted[] = {'.', mark[0], mark[1], 0};
	char plus[] = {'+', mark[0], mark[1], 0};
	struct bytes n = rpm_dist(release, dotted);
	return n.n ? n : rpm_dist(release, plus);
}

static int ns_of(struct bytes id, const struct updateinfo_package *p, struct buf *ret)
{
	if (bytes_starts(id, B("FEDORA-EPEL-")))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(publishers); i++) {
		if (!bytes_starts(id, bytes_str(publishers[i].prefix)))
			continue;
		struct bytes number = dist_of(p->release, publishers[i].mark);
		if (!number.n)
			return 0;
		buf_reset(ret);
		return buf_addf(ret, "%s:%.*s", publishers[i].ns, BYTES_FMT(number)) == 0;
	}
	return 0;
}

static const struct updateinfo any = {.ns = ns_of};

static int recognise(const struct feed_doc *doc) { return updateinfo_recognise(doc) ? 80 : 0; }

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	return updateinfo_import(doc, s, &any, e);
}

const struct feed feed_updateinfo = {
	.id = "updateinfo",
	.title = "Updates of rpm repositories",
	.recognise = recognise,
	.import = import,
};
