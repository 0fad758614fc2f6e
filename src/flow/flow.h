/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow.h - scan as a function that cli/ (and later serve/, watch/) call; prints nothing.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "advise/advise.h"
#include "base/base.h"
#include "inspect/inspect.h"
#include "judge/judge.h"
#include "model/model.h"
#include "policy/policy.h"
#include "source/source.h"
#include "store/store.h"

struct flow_scan_options {
	const char *ref;
	const char *platform;  /* NULL: default; "all" */
	unsigned checks;       /* bit per enum check */
	bool checks_named;     /* --checks was given: a check without data is incomplete */
	const char *db;        /* folder of the index */
	const char *starter;   /* starter index to fall back to; NULL: none */
	const char *cache_dir; /* NULL: no cache */
	uint64_t cache_max_bytes;
	struct inspect_options inspect;
	struct match_options match;
	struct judge_skip skip;
	bool no_cache_read;
	struct source_registry registry;
	bool is_offline;
	const char *containerd_root, *storage_root; /* NULL: the usual ones */
};

struct flow_scan_result {
	struct report **reports; /* one per image scanned */
	size_t n;
	struct bytes note; /* "linux/arm64 was taken: ..." ; absent */
	struct arena *arena;
};

/* Scans.  -1: no report (exit by e->kind: ERR_USAGE 2, all else 3).  A layer that is refused
 * refuses the image (no partial report that looks whole); a layer whose worker died gives an
 * incomplete row. */
int flow_scan(const struct flow_scan_options *o, struct flow_scan_result *ret, struct err *e);
void flow_scan_free(struct flow_scan_result *r);

#endif
