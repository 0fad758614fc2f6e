/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - the list of inspectors, from inspectors.def. */
#include "inspect/inspect.h"

#define INSPECTOR(name) extern const struct inspector inspector_##name;
#include "inspect/inspectors.def"
#undef INSPECTOR

const struct inspector *const inspectors[] = {
#define INSPECTOR(name) &inspector_##name,
#include "inspect/inspectors.def"
#undef INSPECTOR
	NULL,
};
