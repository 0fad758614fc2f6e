/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yara.h - YARA rules: readable files become a bundle, workers scan content with it, and the front
 * tells findings in its words.
 *
 * Rules are untrusted text: a confined process of its own compiles them (yara_compile), once; the
 * bundle is kept under the digest of the texts.  It holds what libyara saved, a Hyperscan database
 * of literals of which a file has to have one before any rule can match (fmt/yaratext.h), and what
 * each rule says of itself.  Only files with such a literal go to libyara; with rules of which that
 * cannot be told, all do.
 *
 * libyara is part of the programs that need it alone: build/assay-malware, which is the worker of a
 * scan for malware, and build/assay-rules.
 */
#ifndef INSPECT_YARA_H
#define INSPECT_YARA_H

#include "base/base.h"
#include "model/model.h"

#define YARA_MAGIC "assayY2\n"

struct yara_rule {
	struct bytes name; /* "FILE:RULE", as facts call it */
	enum severity severity;
	struct bytes title, why, repair, source; /* absent: the rule does not say */
};

struct yara_bundle {
	bool is_always; /* every file goes to libyara */
	struct bytes literals, compiled;
	struct yara_rule *rules; /* sorted by name */
	size_t n_rules;
	struct digest id; /* of what it was made from; set by whoever knows */
	struct bytes whole;
};

/* Slices point into b, the list is in the arena.  ERR_FORMAT for what is none. */
int yara_bundle_open(struct bytes b, struct arena *a, struct yara_bundle *ret, struct err *e);
const struct yara_rule *yara_bundle_find(const struct yara_bundle *y, struct bytes name);

/* ---- compiling: the front's side (yara_front.c) ---- */

struct yara_sources {
	const char *const *paths; /* files, and folders of .yar and .yara files, with those below */
	size_t n;
	const char *cache_dir; /* where bundles are kept; NULL: nowhere */
};
/* Reads the files and has them compiled, or takes what is kept.  ERR_NOTFOUND: not one rule.
 * ERR_FORMAT names file and line.  *hold owns the bytes of the bundle. */
int yara_compile(const struct yara_sources *s, struct arena *a, struct buf *hold,
                 struct yara_bundle *ret, struct err *e);

/* ---- compiling: the confined side (yara_make.c), of assay-rules ---- */

/* Reads names and texts from standard input, writes a bundle, or why there is none; the exit
 * status. */
int yara_make_main(void);

/* ---- scanning ---- */

struct yara_hit {
	struct bytes name, string;
	uint64_t at;
};
struct yara_sink {
	void *arg;
	void (*found)(void *arg, const struct yara_hit *hit);
};

/* libyara, for the worker that has it. */
struct yara_engine {
	int (*prepare)(struct err *e); /* before the process is confined */
	int (*open)(struct bytes compiled, void **ret, struct err *e);
	/* -1: the file was not looked at to the end, and e says why. */
	int (*scan)(void *y, struct bytes path, struct bytes content, const struct yara_sink *sink,
	            struct err *e);
	void (*close)(void *y);
};
extern const struct yara_engine yara_engine;

#endif
