/* SPDX-License-Identifier: Apache-2.0 */
/*
 * advise.h - what the world knows, and what it means for a package.
 *
 * import.h (`db import`) and the feeds behind it are used by assay-db only; distro.c and match.c
 * are what a scan needs, and touch no network and no parser of feeds.
 */
#ifndef ADVISE_ADVISE_H
#define ADVISE_ADVISE_H

#include "base/base.h"
#include "fmt/fmt.h"
#include "model/model.h"
#include "store/store.h"

#include "advise/import.h"
#include "advise/known.h"

/* ---- distributions: one table (distro.c) that importers and the matcher share ---- */
struct distro {
	const char *id; /* ID of os-release */
	const char *ns; /* first part of the namespace: centos and rhel share "rhel" */
	enum version_order order;
	const char *pkg_type; /* "deb", "rpm", "apk" */
	int release_parts;    /* of VERSION_ID that count: 0 none (rolling), 1 "12", 2 "3.20" */
	const char *title;
};
/* The distribution of an os-release ID, or NULL: not one whose advisories assay knows.  A
 * derivative (ID_LIKE) is not its parent. */
const struct distro *distro_by_id(struct bytes id);
const struct distro *distro_by_ns(struct bytes ns); /* "debian:12" */
/* Namespace for an os, into ret (reset); -1 when the release is not known ("unknown release").
 * Debian testing/unstable: "debian:sid" etc. by codename. */
int distro_ns(const struct distro *d, const struct fact_os *os, struct buf *ret);
/* Release number of a codename ("bookworm" → "12"), absent when unknown. */
struct bytes distro_release(const struct distro *d, struct bytes codename);

/* ---- matching ---- */

/* Whose word on severity counts, first things first; none: the distribution's on its own packages,
 * GitHub's on those of languages, then NVD's. */
enum { SEVERITY_SOURCES_MAX = 32 };
struct severity_order {
	uint8_t row[SEVERITY_SOURCES_MAX]; /* of severity.c */
	size_t n;
};
/* "ubuntu,nvd".  ERR_USAGE for a name that is none. */
int severity_order_parse(struct bytes list, struct severity_order *ret, struct err *e);
void severity_source_names(struct buf *ret); /* all of them, parted by ", " */

struct match_options {
	int64_t now_s;
	int64_t max_age_s;        /* older data makes vulnerability incomplete; 0: any age */
	bool pkg_os, pkg_library; /* --pkg-types */
	struct severity_order severities;
};
/* Judges all packages of r against the index: findings, and coverage rows for
 * CHECK_VULNERABILITY (no advisories for this distribution, partial feeds, age, starter index,
 * third-party packages, end of support).  ix NULL: incomplete "advisories.none". */
int advise_match(struct report *r, struct index *ix, const struct match_options *o, struct err *e);

/* Which artifact of Maven a jar of that SHA-1 (hex digits) is, by the list that the index may have
 * (feed jar-digests): "GROUP:ARTIFACT" and version, slices that live until index_close.  Where the
 * list has several, the one whose artifact is the given one; false: none, or nobody can say which.
 */
struct advise_jar {
	struct bytes name, version;
};
bool advise_names_jars(const struct index *ix); /* is there a list? */
bool advise_jar_name(struct index *ix, struct bytes sha1, struct bytes artifact,
                     struct advise_jar *ret);

/* Why a vulnerability does or does not concern a package: one line per record that was looked at,
 * into ret.  For `assay explain`. */
int advise_explain(const struct report *r, struct index *ix, struct bytes package,
                   struct bytes vuln_id, struct buf *ret, struct err *e);

#endif
