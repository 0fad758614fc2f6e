/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml.h - YAML in: hand-written documents (configuration, waivers, tests) and old feeds.
 *
 * The failsafe reading: every scalar is a string ("1.10" stays "1.10"); an empty plain scalar, "~"
 * and "null" are null.  Refused: anchors, aliases and merge keys (bombs), duplicate keys, tags
 * (with YAML_MARKS), several documents, more than YAML_DOC_MAX bytes, nesting past
 * JSON_DEPTH_MAX, more than JSON_VALUES_MAX values.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/json.h"

/* Member that YAML_LINES adds to each mapping: the line (from 1) it begins on. */
#define YAML_LINE_KEY "@line"
/* Member that YAML_MARKS adds to each mapping: its keys, each with where its value begins, as a
 * number (yaml_place reads it); under its own name, where the mapping begins. */
#define YAML_MARKS_KEY "@marks"

enum yaml_flag {
	YAML_LINES = 1,  /* each mapping gets YAML_LINE_KEY */
	YAML_FEED = 2,   /* a publisher's file: up to JSON_DOC_MAX bytes */
	YAML_LOCK = 4,   /* a lock file: up to JSON_DOC_MAX bytes; of several documents the last */
	YAML_MARKS = 8,  /* each mapping gets YAML_MARKS_KEY */
	YAML_TWICE = 16, /* a key may stand in a mapping again: the later value counts */
};

/* Parses one document into a tree of jansson values; an empty document is null.  Errors name file,
 * line and column.  Release with json_decref. */
int yaml_load(struct bytes text, const char *name, unsigned flags, json_t **ret, struct err *e);
/* Line of a mapping read with YAML_LINES, 0 when it has none. */
int yaml_line(const json_t *mapping);
/* The line and column (from 1) of a byte of a text member read with YAML_MARKS: of the text itself
 * where it stands on one line, found again in the document where it is folded; of another member
 * (and at 0) where it begins, without document too.  Where the mapping begins for a member that is
 * not there; its line and column 1 without marks. */
struct yaml_at {
	int line, column;
};
struct yaml_at yaml_place(struct bytes document, const json_t *mapping, const char *key, size_t at);

#endif
