/* SPDX-License-Identifier: Apache-2.0 */
/* vex_parts.h - what the readers of VEX forms share.  Private to fmt/. */
#ifndef FMT_VEX_PARTS_H
#define FMT_VEX_PARTS_H

#include "fmt/vex.h"

struct vex_reader {
	struct arena *a;
	vex_fn *fn;
	void *arg;
	uint64_t n;                /* statements so far */
	struct vex_statement base; /* author and time of the document */
	struct bytes *ids;         /* of the statement at hand */
};
/* Gives s to the caller. */
int vex_say(struct vex_reader *r, const struct vex_statement *s, struct err *e);
/* Adds an id that is not there yet to ids (of VEX_IDS_MAX); ERR_LIMIT when it is full. */
int vex_add_id(struct bytes *ids, size_t *n, struct bytes id, struct err *e);
struct bytes *vex_ids(struct vex_reader *r); /* room for VEX_IDS_MAX, the same for all statements */

/* purl with that version, or with a range of them (as the qualifier "vers") and no version; absent
 * when it is no package URL. */
struct bytes vex_purl_versions(struct vex_reader *r, struct bytes purl, struct bytes version,
                               struct bytes range);

int vex_openvex(struct vex_reader *r, const json_t *doc, struct err *e);
int vex_csaf(struct vex_reader *r, const json_t *doc, struct err *e);
int vex_cyclonedx(struct vex_reader *r, const json_t *doc, struct err *e);

#endif
