/* SPDX-License-Identifier: Apache-2.0 */
/* codec.c - structs to CBOR maps and back, by tables. */
#include "model/codec.h"

#include <string.h>

static bool get_field(const struct codec *c, const struct field *f, struct cbor *r, void *obj)
{
	void *at = (char *)obj + f->offset;
	uint64_t v;
	switch (f->type) {
	case FIELD_BYTES:
		return cbor_get_bytes(r, at) && (!f->is_needed || ((struct bytes *)at)->n);
	case FIELD_U64:
		return cbor_get_uint(r, at);
	case FIELD_I64:
		return cbor_get_int(r, at);
	case FIELD_BOOL:
		return cbor_get_bool(r, at);
	case FIELD_U32:
		if (!cbor_get_uint(r, &v) || v > f->max)
			return false;
		*(uint32_t *)at = (uint32_t)v;
		return true;
	case FIELD_OTHER:
		return c->get(r, f->key, obj);
	}
	return false;
}

bool codec_get(const struct codec *c, struct cbor *r, void *obj)
{
	uint64_t pairs, key, last = 0;
	if (!cbor_get_map(r, &pairs))
		return false;
	const struct field *f = c->fields, *end = c->fields + c->n;
	for (uint64_t i = 0; i < pairs; i++, last = key) {
		if (!cbor_get_uint(r, &key) || (i && key <= last))
			return false;
		for (; f < end && f->key < key; f++) {
			if (f->is_needed)
				return false;
		}
		bool is_known = f < end && f->key == key;
		if (!(is_known ? get_field(c, f, r, obj) : cbor_skip(r)))
			return false;
		f += is_known;
	}
	for (; f < end; f++) {
		if (f->is_needed)
			return false;
	}
	return true;
}

bool codec_decode(const struct codec *c, struct bytes cbor, void *obj)
{
	struct cbor r = cbor_of(cbor);
	return codec_get(c, &r, obj) && !r.rest.n;
}

void codec_put(const struct codec *c, struct cbor_map *m, const void *obj)
{
	for (const struct field *f = c->fields; f < c->fields + c->n; f++) {
		const void *at = (const char *)obj + f->offset;
		switch (f->type) {
		case FIELD_BYTES:
			cbor_put_bytes(m, f->key, *(const struct bytes *)at);
			break;
		case FIELD_U64:
			cbor_put_uint(m, f->key, *(const uint64_t *)at);
			break;
		case FIELD_I64:
			cbor_put_int(m, f->key, *(const int64_t *)at);
			break;
		case FIELD_U32:
			cbor_put_uint(m, f->key, *(const uint32_t *)at);
			break;
		case FIELD_BOOL:
			if (*(const bool *)at) {
				cbor_put_key(m, f->key);
				cbor_bool(m->b, true);
			}
			break;
		case FIELD_OTHER:
			c->put(m, f->key, obj);
			break;
		}
	}
}

int codec_encode(const struct codec *c, struct buf *b, const void *obj)
{
	struct cbor_map m;
	cbor_open(&m, b);
	codec_put(c, &m, obj);
	return cbor_close(&m);
}
