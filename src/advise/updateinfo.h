/* SPDX-License-Identifier: Apache-2.0 */
/*
 * updateinfo.h - the updateinfo.xml of an rpm repository, which several publishers write.  Private
 * to advise/.
 */
#ifndef ADVISE_UPDATEINFO_H
#define ADVISE_UPDATEINFO_H

#include "advise/feed.h"

struct updateinfo_package {
	struct bytes name, epoch, version, release, arch;
	struct bytes module; /* "name:stream", absent */
};

struct updateinfo {
	/* Namespace for a package of the update, into ret (reset): 1, or 0 when it is not one whose
	 * advisories the feed speaks of. */
	int (*ns)(struct bytes id, const struct updateinfo_package *p, struct buf *ret);
	/* The oldest version that the update speaks of ("5.15" of Amazon's kernel-5.15), absent:
	 * all. */
	struct bytes (*series)(struct bytes id, const struct updateinfo_package *p);
};

/* Reads doc: one record for each package and CVE of each security update. */
int updateinfo_import(struct feed_doc *doc, struct feed_sink *s, const struct updateinfo *u,
                      struct err *e);
/* True when doc is an updateinfo.xml. */
bool updateinfo_recognise(const struct feed_doc *doc);

/* Number behind a mark such as ".el" or ".fc" in a release, absent where there is none. */
struct bytes rpm_dist(struct bytes release, const char *mark);
/* Of two fixed versions that one advisory names for a package the one that counts: the higher, as
 * who is below it lacks a fix; but the lower of two builds of a module that differ in nothing but
 * where they were built ("1-2.module+el8.10.0+23147+95b68fad"), as each has the fix. */
struct bytes rpm_fix(struct bytes a, struct bytes b);
/* The next CVE id in *rest, in which it is cut off; false when there is none left. */
bool cve_next(struct bytes *rest, struct bytes *ret);
/* Severity of a publisher's word; SEV_UNKNOWN for "none", "unspecified" and words not known. */
enum severity feed_severity(struct bytes word);
/* Reads "2018-01-11 21:05", "2023-02-17 20:41:00", "2023-02-17"; 0 when it is none of them. */
int64_t feed_date(struct bytes text);

#endif
