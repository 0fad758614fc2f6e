/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.h - what can be told of a text that may be a credential: entropy, checksums that tokens
 * carry, whether a password looks real, and how it is shown without being shown.
 *
 * Pure functions over at most TOKEN_LEN_MAX bytes; longer ones are cut to that.
 */
#ifndef FMT_TOKEN_H
#define FMT_TOKEN_H

#include "base/base.h"

/* Shannon entropy of the bytes, in bits per byte; 0 for fewer than two. */
double token_entropy(struct bytes v);

enum token_check {
	TOKEN_CHECK_NONE,
	TOKEN_CHECK_AGE,        /* bech32 of age's secret keys */
	TOKEN_CHECK_ATLASSIAN,  /* the last 8 are the CRC-32 of the rest, in hex */
	TOKEN_CHECK_BASE62,     /* the last 6 are the CRC-32 in base 62 of what follows the "_" */
	TOKEN_CHECK_BASIC,      /* Base64 of user:password */
	TOKEN_CHECK_COLON,      /* Base64 of decimal digits, a colon, random bytes */
	TOKEN_CHECK_CREDENTIAL, /* user:password, of which neither is a variable or a stand-in */
	TOKEN_CHECK_DER,        /* Base64 of a private key in DER */
	TOKEN_CHECK_JWT,        /* the first part is Base64 of a JSON header with "alg" */
	TOKEN_CHECK_PASSWORD,   /* token_is_password() */
	TOKEN_CHECK_PEM,        /* a body of Base64 follows that is not encrypted */
	TOKEN_CHECK_RANDOM,     /* token_is_random() */
	TOKEN_CHECK_REFTKN,     /* Base64 of "reftkn:" and digits */
	TOKEN_CHECK__MAX
};
enum token_verdict {
	TOKEN_FALSE,  /* no credential */
	TOKEN_DOUBT,  /* the shape is right, the checksum is not */
	TOKEN_LIKELY, /* nothing speaks against it */
	TOKEN_PROVEN, /* its checksum holds */
};
enum token_verdict token_check(enum token_check check, struct bytes v);
const char *token_check_name(enum token_check check);
bool token_check_parse(struct bytes name, enum token_check *ret);

/* A value that somebody chose as a password: neither a variable, a call, a path, a word of a
 * manual nor a stand-in ("changeme", "xxxx", "<password>"). */
bool token_is_password(struct bytes v);
/* A value that a machine drew: letters and digits without order, no words. */
bool token_is_random(struct bytes v);
/* A stand-in for a value: "xxxx", "${VAR}", "<token>", "your-key-here", "example". */
bool token_is_stand_in(struct bytes v);

/* The same for the part of a token that follows its prefix: an example of a manual says so, or
 * repeats one character; digits that count up are found in tokens that tests use. */
bool token_is_example(struct bytes v);

/* Appends the plain bytes of Base64 (either alphabet, blanks and escaped line ends skipped) until
 * something else or the end; returns how many bytes of v were read. */
size_t token_base64(struct bytes v, struct buf *ret);

/* v with everything hidden but its first `shown` bytes (a prefix that all tokens of the kind have)
 * and, of a long random one, the last four.  A hidden part is as long whatever v was. */
void token_mask(struct bytes v, size_t shown, struct buf *ret);

#endif
