/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spdx_parts.h - what spdx_license.c and spdx_names.c share.  Private to fmt/.
 */
#ifndef FMT_SPDX_PARTS_H
#define FMT_SPDX_PARTS_H

#include "fmt/spdx_license.h"

enum spdx_what { SPDX_LICENSE, SPDX_EXCEPTION };

struct spdx_id {
	const char *id;
	enum spdx_what what;
	const char *instead; /* NULL: in use; "": deprecated without a successor */
};
extern const struct spdx_id spdx_ids[]; /* ended by a row without id */

const struct spdx_id *spdx_id_find(struct bytes id, enum spdx_what what);
struct spdx_license *spdx_term(struct arena *a, struct bytes id);
const struct spdx_license *spdx_pair(struct arena *a, enum spdx_kind kind,
                                     const struct spdx_license *x, const struct spdx_license *y);

#endif
