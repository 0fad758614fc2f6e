/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debian.h - what the readers of Debian's lists share.  Private to advise/.
 *
 * Format: data/CVE/list, data/DSA/list, data/DLA/list of the security tracker: a head line at the
 * left edge, then indented lines.  Source: the tracker's doc/security-team.d/security_tracker.
 */
#ifndef ADVISE_DEBIAN_H
#define ADVISE_DEBIAN_H

#include "advise/feed.h"

/* "[bookworm] - pkg 1.2-3 (low; bug #1)", "- pkg <unfixed>" */
struct debian_line {
	struct bytes suite;   /* absent: unstable */
	struct bytes package; /* source package */
	struct bytes version; /* absent where there is a word */
	struct bytes word;    /* "no-dsa", "unfixed", ...: what stood in <> */
	struct bytes remark;  /* what stood in (), without them */
};
/* Reads a line without its indentation; false when it is of another kind. */
bool debian_line(struct bytes text, struct debian_line *ret);
/* "low", "unimportant" as severity: the urgencies of the tracker. */
enum severity debian_urgency(struct bytes word);
/* "debian:12" of a codename, "debian:NAME" when its number is not known; valid until the next
 * call. */
struct bytes debian_ns(struct bytes codename, char ret[48]);

/* Reads data/DSA/list or data/DLA/list; prefix "DSA-" or "DLA-". */
int debian_bulletins(struct feed_doc *doc, struct feed_sink *s, struct bytes prefix, struct err *e);
/* How sure it is that head is such a list. */
int debian_is_bulletins(const struct feed_doc *doc, struct bytes prefix);
/* What the bulletins of this import fixed, the last first; ended by NULL. */
struct debian_fix {
	const struct debian_fix *before;
	struct bytes key; /* "DSA-1-1 bookworm zlib" */
	struct bytes version;
};
const struct debian_fix *debian_bulletin_fixes(struct feed_sink *s);
/* True when this import held a list of bulletins. */
bool debian_has_bulletins(struct feed_sink *s);

#endif
