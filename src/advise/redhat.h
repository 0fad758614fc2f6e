/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redhat.h - Red Hat's streams: which advisories speak of which package.  Private to advise/.
 *
 * A release has a main stream, longer-lived streams of its minor releases (EUS, AUS, TUS, E4S,
 * ELS), and products laid over it.  Each is a namespace of the index:
 *
 *   rhel:9                  the main stream
 *   rhel:9/rhel_eus:9.2     a longer-lived stream
 *   rhel:9/openshift:4.16   a product, as built for the release
 *   rhel:/openshift:4       the same where the publisher names no release
 *
 * Which of them an image was built from is what its content sets say; feed_redhat_repositories.c
 * knows what they stand for.  Source: Red Hat's "Technical Guidance for Vulnerability Scanning
 * Vendors", "RPM Repository to CPE mapping" and "CPE Matching Logic".
 */
#ifndef ADVISE_REDHAT_H
#define ADVISE_REDHAT_H

#include "advise/match.h"

/* ---- redhat.c: names ---- */
/* Namespace of a platform by its CPE, in a; absent when it is no product of Red Hat's. */
struct bytes redhat_cpe_ns(struct bytes cpe, struct arena *a);
/* Namespace of a content set by the form of its name
 * ("rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_4"), in a; absent when it has none that is known. */
struct bytes redhat_set_ns(struct bytes name, struct arena *a);
/* The content set without a suffix that image builds add ("__8"). */
struct bytes redhat_set_name(struct bytes name);
bool redhat_is_main(struct bytes ns);   /* "rhel:9" */
bool redhat_is_stream(struct bytes ns); /* a longer-lived one */
/* Minor release of a longer-lived stream ("rhel:8/rhel_eus:8.4" → 4), -1 when it has none. */
int redhat_stream_minor(struct bytes ns);
/* Minor release that a package or a fix was built in, by its dist tag (".el8_4" → 4); -1 unknown.
 */
int redhat_tag_minor(struct bytes version);
/* Built for the system, not for a product over it: ".el9_2", ".module+el8.9.0+..." but not
 * ".rhaos4.16.el9", ".el8sat". */
bool redhat_is_system_build(struct bytes version);

/* The package of the mapping of content sets: namespaces of repository NAME are the refs of record
 * REDHAT_CPE_ID of package NAME in this namespace. */
#define REDHAT_SETS_NS "rhel:/repositories"
#define REDHAT_CPE_ID  "cpe"

/* ---- redhat_streams.c: what an image was built from ---- */
struct redhat_streams;
/* NULL unless r is an image of Red Hat's.  Lives in the arena of r; ix may be NULL. */
struct redhat_streams *redhat_streams_of(const struct report *r, struct index *ix);
/* Coverage rows: what was selected, and what is not known. */
void redhat_tell(const struct redhat_streams *s, struct report *r);
/* Namespaces to ask about p, those that decide first. */
size_t redhat_asks(const struct redhat_streams *s, const struct package *p,
                   struct match_ask ret[MATCH_ASKS_MAX]);

#endif
