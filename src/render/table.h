/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - the parts of the table form.  Private to render/. */
#ifndef RENDER_TABLE_H
#define RENDER_TABLE_H

#include "model/model.h"
#include "render/page.h"

struct severity_counts {
	size_t n[SEV__MAX], total;
};

/* "2 critical, 1 of unknown severity": those that are not zero, the worst first; absent when there
 * are none. */
struct bytes table_counts(struct page *p, const struct severity_counts *c);
enum paint table_severity_paint(enum severity s);

/* Sections of findings: one per check, then the waived ones, then (with show_suppressed) the
 * suppressed ones. */
void table_findings(struct page *p, const struct report *r, bool show_suppressed);

#endif
