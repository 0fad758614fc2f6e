/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toml.h - TOML documents: lock files of Rust, Python and Julia, version catalogs of Gradle.
 *
 * Source: toml.io, v1.0.0 and v1.1.0.  A document becomes a tree of jansson values; what JSON has
 * no type for (dates and times, infinity, not-a-number) is text.
 */
#ifndef FMT_TOML_H
#define FMT_TOML_H

#include "base/base.h"

enum toml_flag {
	TOML_STRICT = 1, /* v1.0.0 alone: v1.1.0 also has \e, \xHH, times without seconds, and
	                  * inline tables of several lines */
	TOML_TAGGED =
		2, /* a scalar is {"type": ..., "value": text}, as the conformance suite says it */
};

/* Parses a document of at most max bytes.  Bounded by TOML_DEPTH_MAX levels and TOML_VALUES_MAX
 * values.  Errors name `name` and the line.  Release with json_decref. */
int toml_load(struct bytes text, const char *name, size_t max, unsigned flags, json_t **ret,
              struct err *e);

/* toml_value.c, for the parser: the type and the value of a bare token (number, date, word) into a
 * new jansson value, or NULL with what is wrong in *ret_why. */
json_t *toml_scalar(struct bytes token, unsigned flags, const char **ret_why);
/* Length of the token that begins at b: a date and a time may have a blank between them. */
size_t toml_token(struct bytes b);
/* A value that JSON has a type for, tagged where that was asked for.  Takes over plain. */
json_t *toml_tagged(json_t *plain, const char *type, struct bytes value, unsigned flags);

#endif
