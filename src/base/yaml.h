/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml.h - YAML in: hand-written documents (configuration, waivers, tests) and old feeds.
 *
 * The failsafe reading: every scalar is a string ("1.10" stays "1.10"); an empty plain scalar, "~"
 * and "null" are null.  Refused: anchors, aliases and merge keys (bombs), duplicate keys, tags,
 * several documents, more than YAML_DOC_MAX bytes, nesting past
 * JSON_DEPTH_MAX, more than JSON_VALUES_MAX values.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/json.h"

/* Member that YAML_LINES adds to each mapping: the line (from 1) it begins on. */
#define YAML_LINE_KEY "@line"

enum yaml_flag {
	YAML_LINES = 1, /* each mapping gets YAML_LINE_KEY */
	YAML_FEED = 2,  /* a publisher's file: up to JSON_DOC_MAX bytes */
	YAML_LOCK = 4,  /* a lock file: up to JSON_DOC_MAX bytes; of several documents the last */
};

/* Parses one document into a tree of jansson values; an empty document is null.  Errors name file,
 * line and column.  Release with json_decref. */
int yaml_load(struct bytes text, const char *name, unsigned flags, json_t **ret, struct err *e);
/* Line of a mapping read with YAML_LINES, 0 when it has none. */
int yaml_line(const json_t *mapping);

#endif
