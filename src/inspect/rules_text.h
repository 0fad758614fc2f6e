/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_text.h - a rule as it is written, before it is compiled.  Private to the files that make
 * bundles.
 */
#ifndef INSPECT_RULES_TEXT_H
#define INSPECT_RULES_TEXT_H

#include "inspect/compile.h"
#include "inspect/rules.h"

extern const struct compile_kind rules_kind; /* of users */

struct rule_text {
	struct rule_record r;
	const char *id;
	const char *trigger; /* Hyperscan's expression; NULL: keywords alone */
	const char *regex;
	const char *name;      /* of the file, for messages */
	const char **keywords; /* where the regex is nothing for Hyperscan */
	size_t n_keywords;
	unsigned wrap;             /* bytes that the regex may need besides its trigger */
	struct rule_allow *allows; /* in the arena */
	size_t n_allows;
};

struct rules_text {
	struct arena *arena;
	struct rule_text *v;
	size_t n, cap;
	struct buf strings;        /* the pool */
	struct buf digested;       /* all that decides what comes out */
	struct bytes_list encoded; /* plain texts whose Base64 is worth decoding */
	bool is_for_here;          /* a database for this processor alone */
};

uint32_t rules_pool(struct rules_text *t, struct bytes text);
struct rule_text *rules_text_add(struct rules_text *t);
/* rules_yaml.c: one file of ours. */
int rules_read_yaml(struct rules_text *t, struct bytes text, const char *name, bool is_user,
                    struct err *e);
/* rules_toml.c: a configuration of gitleaks. */
int rules_read_toml(struct rules_text *t, struct bytes text, const char *name, struct err *e);
/* Adds one more list to a rule's. */
void rules_allow_add(struct rules_text *t, struct rule_text *r, const struct rule_allow *a);
/* rules_make.c: what was read, as a bundle. */
int rules_finish(struct rules_text *t, struct buf *ret, struct err *e);
/* rules_db.c: the database of all of them. */
int rules_compile(struct rules_text *t, enum rules_cpu cpu, struct buf *ret, struct err *e);

#endif
