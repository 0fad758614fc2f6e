/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codec.h - a struct as one CBOR map, by a table of its fields.  Private to model/.
 *
 * A field that is absent (NULL or empty, 0, false) is left out.  Keys rise strictly, so that the
 * same struct has one spelling and no key comes twice; unknown keys are skipped.
 */
#ifndef MODEL_CODEC_H
#define MODEL_CODEC_H

#include "base/base.h"

enum field_type {
	FIELD_BYTES, /* struct bytes */
	FIELD_U64,   /* uint64_t */
	FIELD_I64,   /* int64_t */
	FIELD_U32,   /* uint32_t, or an enum without negative values */
	FIELD_BOOL,  /* bool */
	FIELD_OTHER, /* read and written by the caller's hook */
};

struct field {
	unsigned key; /* rows are sorted by key */
	enum field_type type;
	size_t offset;
	uint32_t max;   /* FIELD_U32: greatest value */
	bool is_needed; /* a map without it, or with it empty, is refused */
};

/* Reads or writes the one value of a FIELD_OTHER; put writes the key itself, or nothing. */
struct codec {
	const struct field *fields;
	size_t n;
	bool (*get)(struct cbor *r, unsigned key, void *obj);
	void (*put)(struct cbor_map *m, unsigned key, const void *obj);
};

/* Appends one map; -1 when b is full. */
int codec_encode(const struct codec *c, struct buf *b, const void *obj);
/* Fills the fields of c that the map has and leaves the others as they are: the caller resets obj.
 * false: not exactly one well-formed map, a wrong type, a value past its field's greatest. */
bool codec_decode(const struct codec *c, struct bytes cbor, void *obj);
/* The same, taking one map off r. */
bool codec_get(const struct codec *c, struct cbor *r, void *obj);
void codec_put(const struct codec *c, struct cbor_map *m, const void *obj);

#endif
