/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - JSON in (small hostile documents as a jansson tree) and out (a writer with escapes).
 *
 * Big feeds are not read here: advise/ streams them with yajl.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

#include "base/bytes.h"

/* Parses a whole document.  Refused: duplicate keys, and keys of one object that differ only in
 * case (HOSTILE B3); more than max bytes; nesting past JSON_DEPTH_MAX; trailing bytes; what is not
 * UTF-8.  `name` goes into the error, with line and column.  Release with json_decref. */
int json_load(struct bytes text, const char *name, size_t max, json_t **ret, struct err *e);
/* The same for documents whose keys are data, not member names (lock files, SBOMs: "JSONStream" and
 * "jsonstream" are two npm packages): keys may differ in case only, and a byte order mark is
 * skipped. */
int json_load_data(struct bytes text, const char *name, size_t max, json_t **ret, struct err *e);
/* The same for manifests that a package manager's own reader takes: of a key that comes twice the
 * last value counts, as it does there. */
int json_load_loose(struct bytes text, const char *name, size_t max, json_t **ret, struct err *e);
/* Like json_load, but the members named in maps (NULL ends the list; "Labels", "annotations") hold
 * keys that are data: those may differ in case only. */
int json_load_maps(struct bytes text, const char *name, size_t max, const char *const maps[],
                   json_t **ret, struct err *e);
/* Before a first json_object() that json_load did not come before: jansson would open a device for
 * its seed, which kills a confined worker. */
void json_seed(void);
void auto_json(json_t **j);
#define AUTO_JSON __attribute__((cleanup(auto_json)))

/* Members of an object, absent slice / fallback when missing or of another type. */
struct bytes json_text(const json_t *obj, const char *key);
const json_t *json_obj(const json_t *obj, const char *key);  /* NULL unless an object */
const json_t *json_list(const json_t *obj, const char *key); /* NULL unless an array */
/* Unsigned integer member: false when missing, negative, a float, or over max. */
bool json_u64(const json_t *obj, const char *key, uint64_t max, uint64_t *ret);
struct bytes json_bytes(const json_t *string); /* slice of a string value, else absent */

/* Writer.  Output goes to the sink in pieces of at most 64 KiB or one string; each byte that is not
 * UTF-8 becomes U+FFFD; code points that could drive a terminal are written as \uNNNN.
 * pretty: two blanks per level.  Misuse (a value where a key is due) asserts.  At most 63 levels.
 */
struct json_out {
	int (*sink)(void *arg, struct bytes piece); /* 0, or -1 to stop */
	void *arg;
	bool pretty;
	/* private */
	struct buf b;
	unsigned depth;
	uint64_t started, is_object; /* a bit per level */
	bool after_key;
	bool failed;
};
void jout_init(struct json_out *j, int (*sink)(void *arg, struct bytes piece), void *arg,
               bool pretty);
/* Flushes and frees; 0, or -1 when the sink had failed.  Adds no newline. */
int jout_end(struct json_out *j);
void jout_object(struct json_out *j);
void jout_object_end(struct json_out *j);
void jout_array(struct json_out *j);
void jout_array_end(struct json_out *j);
void jout_key(struct json_out *j, const char *key);
void jout_key_bytes(struct json_out *j, struct bytes key);
void jout_bytes(struct json_out *j, struct bytes v); /* absent slice: null */
void jout_str(struct json_out *j, const char *v);    /* NULL: null */
void jout_int(struct json_out *j, int64_t v);
void jout_uint(struct json_out *j, uint64_t v);
void jout_double(struct json_out *j, double v); /* shortest form that reads back; never "nan" */
void jout_bool(struct json_out *j, bool v);
void jout_null(struct json_out *j);
/* key and value in one */
void jout_kbytes(struct json_out *j, const char *key, struct bytes v);
void jout_kstr(struct json_out *j, const char *key, const char *v);
void jout_kint(struct json_out *j, const char *key, int64_t v);
/* A sink that appends to a struct buf (arg). */
int jout_to_buf(void *arg, struct bytes piece);
/* A sink that appends to a FILE (arg). */
int jout_to_file(void *arg, struct bytes piece);

#endif
