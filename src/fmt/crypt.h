/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypt.h - what kind of password field an account has, without keeping the field.
 *
 * Source: shadow(5), passwd(5), crypt(5).
 */
#ifndef FMT_CRYPT_H
#define FMT_CRYPT_H

#include "base/base.h"

/* "empty" (anybody is let in), "locked" (nobody), "shadow" (another file says), or the method of
 * the hash: "des", "md5", "sha512", "yescrypt", ..., "other".  A static string. */
const char *crypt_kind(struct bytes field);
/* Is the method one that is guessed fast today (crypt(5): "should not be used")? */
bool crypt_is_weak(struct bytes kind);
/* Does the kind let somebody in who knows the password? */
bool crypt_is_hash(struct bytes kind);

#endif
