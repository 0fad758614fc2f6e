/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci_read.h - what the readers of image documents share: members of a stated type, copied into the
 * arena.  Private to fmt/oci*.c.
 */
#ifndef FMT_OCI_READ_H
#define FMT_OCI_READ_H

#include "fmt/oci.h"

struct oci_reader {
	struct arena *a;
	const char *name; /* of the document, for messages */
	struct err *e;
};

/* Loads a document whose top is an object; maps of free keys (labels, annotations) may hold keys
 * that differ in case only. */
int oci_load(const struct oci_reader *r, struct bytes text, size_t max, json_t **ret);
/* A string member without NUL; missing and null give the absent slice. */
int oci_text(const struct oci_reader *r, const json_t *obj, const char *key, struct bytes *ret);
/* A list of strings without NUL; a lone string is a list of one (as Docker reads Cmd). */
int oci_list(const struct oci_reader *r, const json_t *obj, const char *key, struct oci_texts *ret);
/* The keys of an object member, sorted. */
int oci_keys(const struct oci_reader *r, const json_t *obj, const char *key, struct oci_texts *ret);
/* A member that is an object (array); *ret NULL when missing or null. */
int oci_object(const struct oci_reader *r, const json_t *obj, const char *key, const json_t **ret);
int oci_array(const struct oci_reader *r, const json_t *obj, const char *key, size_t max,
              const json_t **ret);
/* A copy of a JSON string; ERR_FORMAT when it is none or holds NUL. */
int oci_copy(const struct oci_reader *r, const json_t *value, const char *what, struct bytes *ret);
int oci_descriptor(const struct oci_reader *r, const json_t *obj, const char *what,
                   struct oci_descriptor *ret);
/* The member platform or the top of a config. */
int oci_platform_read(const struct oci_reader *r, const json_t *obj, struct oci_platform *ret);
int oci_texts_cmp(const void *a, const void *b); /* qsort of struct bytes */

#endif
