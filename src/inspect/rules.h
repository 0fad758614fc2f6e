/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.h - compiled rules: what assay-rules makes of readable files, and worker and front read.
 *
 * A bundle is one block of bytes that is used where it lies: a head, records of fixed size, a pool
 * of strings, and one Hyperscan database (streaming mode) per kind of processor.  It is made by the
 * build for the rules that ship, and once by assay-rules for a user's; both sides are of one
 * build, so this is no format to keep.  The reader checks every offset all the same.
 */
#ifndef INSPECT_RULES_H
#define INSPECT_RULES_H

#include "base/base.h"
#include "fmt/fmt.h"
#include "model/model.h"

enum rules_cpu { RULES_CPU_ANY, RULES_CPU_AVX2, RULES_CPU__MAX };
enum { RULES_MAGIC_LEN = 8, RULES_FORMAT = 2 };
#define RULES_MAGIC "assayR2\n"

enum rule_flag {
	RULE_IS_TEXT = 1,      /* only in text: binary noise hits it by chance */
	RULE_IS_WEAK = 2,      /* gives way to any other rule that hits the same bytes */
	RULE_IS_STAND_INS = 4, /* values that look like stand-ins count too */
	RULE_IS_AHEAD = 8,     /* the trigger is the start: the value follows */
	RULE_IS_USER = 16,     /* of a user's own file */
	RULE_IS_ASSIGNED = 32, /* has no trigger of its own: that of all assignments, and names */
	RULE_IS_GITLEAKS = 64, /* read as gitleaks does: $ is the end, the first group that is not
	                        * empty is the value, entropy has to be above, "gitleaks:allow" on
	                        * the line settles it */
};

/* As it lies in a bundle: u32 fields that name text are offsets into the pool, 0 the empty text. */
struct rule_record {
	uint32_t id, title, why, repair, source;
	uint32_t regex;   /* PCRE2: where in the bytes around a hit the value is */
	uint32_t allow;   /* PCRE2 on the value: what it matches is no secret */
	uint32_t context; /* PCRE2 on the whole match: the same */
	uint32_t path;    /* PCRE2 on the path: the rule is for such files only */
	uint32_t names; /* words parted by newlines: one stands before the value (RULE_IS_ASSIGNED)
	                 */
	uint32_t stop;  /* words parted by newlines: a value with one is no secret */
	uint32_t trigger;  /* what Hyperscan looked for; for compiling it again */
	uint32_t keywords; /* words parted by newlines: one stands somewhere in the file */
	uint32_t allows;   /* number of the first of its allow lists */
	uint16_t span;    /* bytes before the end of a hit where the match begins at the earliest */
	uint16_t entropy; /* least, in hundredths of bits per byte */
	uint16_t n_allows;
	uint8_t group, severity, check, shown, flags, pad;
};

/* What of a match is no secret, beside allow and context. */
enum rule_target { TARGET_VALUE, TARGET_MATCH, TARGET_LINE, TARGET__MAX };
struct rule_allow {
	uint32_t regex; /* PCRE2 on the target */
	uint32_t path;  /* PCRE2 on the path */
	uint32_t stop;  /* words parted by newlines, in lower case: one is in the value */
	uint8_t target; /* enum rule_target */
	uint8_t is_and; /* all that are there must hold, else any */
	uint8_t pad[2];
};

/* Numbers of triggers past those of the rules; then, for each rule, that of its keywords. */
enum { RULES_BASE64, RULES_ASSIGNMENT, RULES_EXTRA };

struct rules_head {
	char magic[RULES_MAGIC_LEN];
	uint32_t format, n_rules, n_literals, n_allows;
	uint32_t rules, literals, allows, strings, strings_len;
	uint32_t encoded; /* text: what is worth decoding from Base64, parted by newlines */
	struct {
		uint32_t at, len;
	} db[RULES_CPU__MAX];
	uint8_t digest[32]; /* of all that was compiled */
};

struct rules {
	const struct rules_head *head;
	const struct rule_record *v;
	const uint32_t *literals; /* per YARA literal: the number of its rule */
	const struct rule_allow *allows;
	const char *strings;
	struct bytes whole;
	size_t n;
};

/* Slices point into bundle.  ERR_FORMAT for what is none, or is of another build. */
int rules_open(struct bytes bundle, struct rules *ret, struct err *e);
const char *rules_text(const struct rules *r, uint32_t at);
/* The rules that ship with the program. */
const struct rules *rules_shipped(void);
/* NULL when there is none of this id. */
const struct rule_record *rules_find(const struct rules *r, struct bytes id);
/* The database for this processor. */
struct bytes rules_database(const struct rules *r);

/* ---- making a bundle (assay-rules) ---- */

/* Files and folders of ours, for the build. */
int rules_make(const char *const *paths, size_t n, struct buf *ret, struct err *e);

/* ---- the rules of a user ---- */

struct rules_sources {
	const char *const *paths; /* files, and folders of .yaml, .yml and .toml files */
	size_t n;
	const char *cache_dir; /* where bundles are kept; NULL: nowhere */
};
/* Reads the files and has them compiled together with the rules that ship, or takes what is kept:
 * YAML of ours, TOML of gitleaks.  ERR_FORMAT names file and rule.  *hold owns the bundle. */
int rules_compile_user(const struct rules_sources *s, struct buf *hold, struct rules *ret,
                       struct err *e);
/* The confined side, of assay-rules. */
int rules_make_main(void);

#endif
