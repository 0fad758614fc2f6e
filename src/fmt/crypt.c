/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypt.c - what kind of password field an account has.
 *
 * Source: crypt(5), "Available hashing methods"; shadow(5): a field that no crypt makes ("!", "*",
 * or a hash with "!" before it) lets nobody in.
 */
#include "fmt/crypt.h"

static const struct {
	const char *prefix, *kind;
	bool is_weak;
} methods[] = {
	{"$1$",   "md5",           true },
	{"$2",    "bcrypt",        false},
	{"$3$",   "nt",            true },
	{"$5$",   "sha256",        false},
	{"$6$",   "sha512",        false},
	{"$7$",   "scrypt",        false},
	{"$gy$",  "gost-yescrypt", false},
	{"$md5",  "sunmd5",        true },
	{"$sha1", "sha1",          true },
	{"$y$",   "yescrypt",      false},
	{"_",     "bsdicrypt",     true },
};

/* crypt(5): "des" is 13 characters of [./0-9A-Za-z]; a longer one is bigcrypt's. */
static bool is_des(struct bytes f)
{
	if (f.n < 13)
		return false;
	for (size_t i = 0; i < f.n; i++) {
		if (!is_alnum(f.p[i]) && f.p[i] != '.' && f.p[i] != '/')
			return false;
	}
	return true;
}

const char *crypt_kind(struct bytes field)
{
	if (!field.n)
		return "empty";
	if (bytes_eq(field, B("x")))
		return "shadow";
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		if (bytes_starts(field, bytes_str(methods[i].prefix)))
			return methods[i].kind;
	}
	if (is_des(field))
		return "des";
	return field.p[0] == '$' ? "other" : "locked";
}

bool crypt_is_weak(struct bytes kind)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		if (bytes_eq(kind, bytes_str(methods[i].kind)))
			return methods[i].is_weak;
	}
	return bytes_eq(kind, B("des"));
}

bool crypt_is_hash(struct bytes kind)
{
	return !bytes_eq(kind, B("empty")) && !bytes_eq(kind, B("locked")) &&
	       !bytes_eq(kind, B("shadow"));
}
