/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow.h - scan as a function that cli/ (and later serve/, watch/) call; prints nothing.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "advise/advise.h"
#include "base/base.h"
#include "flow/bases.h"
#include "inspect/inspect.h"
#include "judge/judge.h"
#include "model/model.h"
#include "policy/policy.h"
#include "source/source.h"
#include "store/store.h"
#include "trust/trust.h"

struct flow_scan_options {
	const char *ref;
	const char *platform;      /* NULL: default; "all" */
	unsigned checks;           /* bit per enum check */
	bool checks_named;         /* --checks was given: a check without data is incomplete */
	const struct rules *rules; /* compiled; NULL: those that ship */
	struct judge_signatures signatures; /* of malware */
	const char *db;                     /* folder of the index */
	const char *starter;                /* starter index to fall back to; NULL: none */
	const char *cache_dir;              /* NULL: no cache */
	uint64_t cache_max_bytes;
	struct inspect_options inspect;
	struct match_options match;
	struct judge_skip skip;
	struct judge_license license;
	const struct judge_import *imports;
	size_t n_imports;
	const struct known_files *known; /* NULL: none */
	struct bases *bases;             /* what images may stand on; NULL: none is known */
	struct buf *learn;               /* gets a list of those of this image; NULL */
	const struct classes *classes;   /* of container; NULL: none */
	const struct class *class;       /* that was named; NULL: the one the image belongs to */
	struct bytes in_repository; /* that the image belongs to; absent: as the reference says */
	const struct cst *tests;    /* structure tests */
	size_t n_tests;
	bool no_cache_read;
	bool files;           /* list the files of the image, with digests */
	struct key_ring keys; /* whose signatures on evidence are verified; none: nobody's */
	struct vex *vex;  /* gets the VEX documents that came with the image, signed by one of keys;
	                   * NULL:  they are evidence alone */
	bool no_evidence; /* what lies beside the image is not looked for */
	struct source_registry registry;
	bool is_offline;
	const char *containerd_root, *storage_root; /* NULL: the usual ones */
};

/* How the layers of a scan came to be known. */
struct flow_layers {
	uint64_t inspected, known; /* layers read; those whose facts were there */
	uint64_t bytes;            /* that were read */
};

struct flow_scan_result {
	struct report **reports; /* one per image scanned */
	size_t n;
	struct flow_layers layers;
	struct bytes note; /* "linux/arm64 was taken: ..." ; absent */
	struct arena *arena;
};

/* Scans.  -1: no report (exit by e->kind: ERR_USAGE 2, all else 3).  A layer that is refused
 * refuses the image (no partial report that looks whole); a layer whose worker died gives an
 * incomplete row. */
int flow_scan(const struct flow_scan_options *o, struct flow_scan_result *ret, struct err *e);
void flow_scan_free(struct flow_scan_result *r);

/* Many scans in one process: index, cache and processes that talk to registries are shared, and
 * what one scan held is freed before the next.  Options may differ by ref alone. */
struct flow_session;
int flow_session_open(const struct flow_scan_options *o, struct flow_session **ret, struct err *e);
int flow_session_scan(struct flow_session *s, const struct flow_scan_options *o,
                      struct flow_scan_result *ret, struct err *e);
void flow_session_close(struct flow_session *s); /* accepts NULL */

/* ---- the advisory index as an artifact: index_export.c, index_fetch.c ---- */
struct flow_index_options {
	const char *db;  /* folder of the index */
	const char *ref; /* where it goes or comes from */
	struct key_ring
		keys; /* export: that sign (none: unsigned); fetch: any of which must have */
	struct source_registry registry;
	bool is_offline;
	int64_t now_s, max_age_s; /* fetch: an older one is refused; 0: any age */
};
struct flow_index_result {
	struct digest manifest;
	int64_t built_s, old_built_s; /* when the publishers were asked; 0: there was none */
	uint64_t bytes, plain;        /* packed and moved; of the index */
	char signer[65];              /* fetch: id of the key */
	const char *where;            /* fetch: constant text */
	bool is_unchanged; /* fetch: the present index is the same, nothing was fetched */
};
int flow_index_export(const struct flow_index_options *o, struct flow_index_result *ret,
                      struct err *e);
/* Verifies, fetches, and puts it in the place of the present index; on failure that stays. */
int flow_index_fetch(const struct flow_index_options *o, struct flow_index_result *ret,
                     struct err *e);

/* ---- the files of signed repositories: known.c ---- */
struct flow_known_options {
	const char *const *paths; /* folders and files */
	size_t n_paths;
	const char *const *keys; /* files: OpenPGP keys, public keys of apk in PEM */
	size_t n_keys;
	const char *to; /* the list; replaced whole, or left as it is */
	bool takes_expired;
	void (*note)(void *arg, const char *text);
	void *arg;
};
int flow_known(const struct flow_known_options *o, struct known_result *ret, struct err *e);

/* ---- policies handed on: policy_publish.c ---- */
struct flow_policy_options {
	const char *ref; /* where it goes or comes from */
	struct key_ring
		keys; /* publish: that sign (none: unsigned); pull: any of which must have */
	struct source_registry registry;
	bool is_offline;
};
struct flow_policy_result {
	struct digest manifest;
	int64_t revision, old_revision; /* old: what was pulled before; 0: nothing */
	size_t files;
	char *path;      /* pull: of the policy; owned by the caller, also after a failure */
	char signer[65]; /* pull: id of the key */
	bool is_unchanged;
};
/* Puts the policy and the files it names there, unless a newer revision is there. */
int flow_policy_publish(const struct policy *p, const struct flow_policy_options *o,
                        struct flow_policy_result *ret, struct err *e);
/* Verifies, and makes dir the folder of the policy; on failure dir stays as it is. */
int flow_policy_pull(const char *dir, const struct flow_policy_options *o,
                     struct flow_policy_result *ret, struct err *e);

#endif
