/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jdoc.h - JSON documents, read fast: a tree of slices that point into the text.
 *
 * Accepts what json_load_data accepts and refuses what it refuses, with the same bounds, in an
 * eighth of its time: nothing is allocated for a value but its node, and nothing is freed alone.
 */
#ifndef BASE_JDOC_H
#define BASE_JDOC_H

#include "base/bytes.h"

struct arena;
struct err;

enum jnode_kind {
	JNODE_NULL,
	JNODE_FALSE,
	JNODE_TRUE,
	JNODE_INT,
	JNODE_REAL,
	JNODE_TEXT,
	JNODE_LIST,
	JNODE_OBJECT
};

struct jnode {
	enum jnode_kind kind;
	uint32_t n;       /* elements, members */
	struct bytes key; /* of a member */
	union {
		int64_t i;
		double d;
		struct bytes text;
		const struct jnode *v; /* elements or members, in the order of the text */
	};
};

/* Texts without escapes point into `text`, which must live as long as the tree; all else lives in
 * a.  Errors name line and column. */
int jdoc_load(struct arena *a, struct bytes text, const char *name, size_t max,
              const struct jnode **ret, struct err *e);
/* The same for manifests, as json_load_loose takes them: of a name that comes twice the last value
 * counts. */
int jdoc_load_loose(struct arena *a, struct bytes text, const char *name, size_t max,
                    const struct jnode **ret, struct err *e);

/* Members of an object; o may be NULL.  Absent slice / NULL / false when missing or of another
 * type. */
const struct jnode *jnode_get(const struct jnode *o, const char *key);
struct bytes jnode_text(const struct jnode *o, const char *key);
const struct jnode *jnode_obj(const struct jnode *o, const char *key);
const struct jnode *jnode_list(const struct jnode *o, const char *key);
bool jnode_is_true(const struct jnode *o, const char *key);
/* Unsigned integer: false when missing, negative, a float, or over max. */
bool jnode_u64(const struct jnode *o, const char *key, uint64_t max, uint64_t *ret);
struct bytes jnode_bytes(const struct jnode *text); /* slice of a text, else absent */
static inline size_t jnode_count(const struct jnode *list) { return list ? list->n : 0; }

#endif
