/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact.c - facts to CBOR and back: one table of fields per kind.
 *
 * A key belongs to its kind for ever: a field that goes leaves its number unused, a new one takes
 * the next free number, and readers skip what they do not know.
 */
#include "model/fact.h"

#include "model/codec.h"

enum {
	/* every kind */
	KEY_INSPECTOR = 1,
	KEY_PATH = 2,
	/* fact_os */
	KEY_OS_ID = 3,
	KEY_OS_ID_LIKE = 4,
	KEY_OS_NAME = 5,
	KEY_OS_VERSION = 6,
	KEY_OS_VERSION_ID = 7,
	KEY_OS_CODENAME = 8,
	KEY_OS_PRETTY = 9,
	KEY_OS_CPE = 10,
	KEY_OS_VARIANT = 11,
	KEY_OS_RANK = 12,
	/* fact_package */
	KEY_PKG_TYPE = 3,
	KEY_PKG_NAME = 4,
	KEY_PKG_VERSION = 5,
	KEY_PKG_ARCH = 6,
	KEY_PKG_SOURCE_NAME = 7,
	KEY_PKG_SOURCE_VERSION = 8,
	KEY_PKG_LICENSE = 9,
	KEY_PKG_VENDOR = 10,
	KEY_PKG_MAINTAINER = 11,
	KEY_PKG_REPOSITORY = 12,
	KEY_PKG_MODULE = 13,
	KEY_PKG_STATUS = 14,
	KEY_PKG_BUILD_TIME = 15,
	KEY_PKG_DEPENDS = 16,
	KEY_PKG_SCOPE = 17,
	KEY_PKG_EVIDENCE = 18,
	KEY_PKG_PROOF = 19,
	KEY_PKG_DIGEST = 20,
	KEY_PKG_CPE = 21,
	KEY_PKG_HOMEPAGE = 22,
	KEY_PKG_UUID = 23,
	/* fact_owned */
	KEY_OWNED_PACKAGE = 3,
	KEY_OWNED_FILE = 4,
	KEY_OWNED_DIGEST = 5,
	KEY_OWNED_FLAGS = 6,
	KEY_OWNED_MODE = 7,
	/* fact_divert */
	KEY_DIVERT_FROM = 3,
	KEY_DIVERT_TO = 4,
	KEY_DIVERT_PACKAGE = 5,
	/* fact_note */
	KEY_NOTE_CODE = 3,
	KEY_NOTE_TEXT = 4,
	/* fact_count */
	KEY_COUNT_WHAT = 3,
	KEY_COUNT_N = 4,
	/* fact_carry */
	KEY_CARRY_CONTENT = 3,
	/* fact_account */
	KEY_ACCOUNT_NAME = 3,
	KEY_ACCOUNT_UID = 4,
	KEY_ACCOUNT_GID = 5,
	KEY_ACCOUNT_IS_GROUP = 6,
	/* fact_setting */
	KEY_SETTING_WHAT = 3,
	KEY_SETTING_NAME = 4,
	KEY_SETTING_VALUE = 5,
	KEY_SETTING_LINE = 6,
	/* fact_repository */
	KEY_REPOSITORY_NAME = 3,
	/* fact_sums */
	KEY_SUMS_MD5 = 3,
	KEY_SUMS_SHA1 = 4,
	KEY_SUMS_SHA256 = 5,
	KEY_SUMS_IS_ELF = 6,
	/* fact_paper */
	KEY_PAPER_FORM = 3,
	KEY_PAPER_WHY = 4,
	KEY_PAPER_TYPE = 5,
	KEY_PAPER_SHA256 = 6,
	KEY_PAPER_PURLS = 7,
	KEY_PAPER_CLAIMED = 8,
	KEY_PAPER_PACKAGES = 9,
	KEY_PAPER_SIGNATURES = 10,
	KEY_PAPER_SIGNED = 11,
	KEY_PAPER_SIGNATURE = 12,
	KEY_PAPER_BESIDE = 13,
	KEY_PAPER_SUBJECTS = 14,
	/* fact_secret */
	KEY_SECRET_RULE = 3,
	KEY_SECRET_MASK = 4,
	KEY_SECRET_LINE = 5,
	KEY_SECRET_AT = 6,
	KEY_SECRET_HOW = 7,
	/* fact_malware */
	KEY_MALWARE_ENGINE = 3,
	KEY_MALWARE_NAME = 4,
	KEY_MALWARE_STRING = 5,
	KEY_MALWARE_AT = 6,
	/* fact_binary */
	KEY_BINARY_FORMAT = 3,
	KEY_BINARY_KIND = 4,
	KEY_BINARY_LANGUAGE = 5,
	KEY_BINARY_FLAGS = 6,
	KEY_BINARY_MACHINE = 7,
	KEY_BINARY_FORTIFIED = 8,
	KEY_BINARY_FORTIFIABLE = 9,
	KEY_BINARY_CODE = 10,
	KEY_BINARY_EXTRA = 11,
	KEY_BINARY_INTERP = 12,
	KEY_BINARY_SONAME = 13,
	KEY_BINARY_NEEDED = 14,
	KEY_BINARY_RPATH = 15,
	KEY_BINARY_RUNPATH = 16,
	KEY_BINARY_UNSAFE = 17,
	KEY_BINARY_WEAK = 18,
	KEY_BINARY_DEBUG = 19,
};

#define F(key, type, kind, member)                                                                 \
	{                                                                                          \
		key, FIELD_##type, offsetof(struct fact_##kind, member), 0, false                  \
	}
#define NEEDED(key, type, kind, member)                                                            \
	{                                                                                          \
		key, FIELD_##type, offsetof(struct fact_##kind, member), 0, true                   \
	}
#define WORD(key, kind, member, end)                                                               \
	{                                                                                          \
		key, FIELD_U32, offsetof(struct fact_##kind, member), (end)-1, false               \
	}
#define HEAD(kind)                                                                                 \
	NEEDED(KEY_INSPECTOR, BYTES, kind, head.inspector), F(KEY_PATH, BYTES, kind, head.path)

static const struct field os_fields[] = {
	HEAD(os),
	F(KEY_OS_ID, BYTES, os, id),
	F(KEY_OS_ID_LIKE, BYTES, os, id_like),
	F(KEY_OS_NAME, BYTES, os, name),
	F(KEY_OS_VERSION, BYTES, os, version),
	F(KEY_OS_VERSION_ID, BYTES, os, version_id),
	F(KEY_OS_CODENAME, BYTES, os, codename),
	F(KEY_OS_PRETTY, BYTES, os, pretty),
	F(KEY_OS_CPE, BYTES, os, cpe),
	F(KEY_OS_VARIANT, BYTES, os, variant),
	F(KEY_OS_RANK, U64, os, rank),
};
static const struct field package_fields[] = {
	HEAD(package),
	F(KEY_PKG_TYPE, BYTES, package, type),
	NEEDED(KEY_PKG_NAME, BYTES, package, name),
	F(KEY_PKG_VERSION, BYTES, package, version),
	F(KEY_PKG_ARCH, BYTES, package, arch),
	F(KEY_PKG_SOURCE_NAME, BYTES, package, source_name),
	F(KEY_PKG_SOURCE_VERSION, BYTES, package, source_version),
	F(KEY_PKG_LICENSE, BYTES, package, license),
	F(KEY_PKG_VENDOR, BYTES, package, vendor),
	F(KEY_PKG_MAINTAINER, BYTES, package, maintainer),
	F(KEY_PKG_REPOSITORY, BYTES, package, repository),
	F(KEY_PKG_MODULE, BYTES, package, module),
	F(KEY_PKG_STATUS, BYTES, package, status),
	F(KEY_PKG_BUILD_TIME, I64, package, build_time_s),
	F(KEY_PKG_DEPENDS, BYTES, package, depends),
	WORD(KEY_PKG_SCOPE, package, scope, SCOPE__MAX),
	WORD(KEY_PKG_EVIDENCE, package, evidence, EVIDENCE__MAX),
	F(KEY_PKG_PROOF, BYTES, package, proof),
	F(KEY_PKG_DIGEST, BYTES, package, digest),
	F(KEY_PKG_CPE, BYTES, package, cpe),
	F(KEY_PKG_HOMEPAGE, BYTES, package, homepage),
	F(KEY_PKG_UUID, BYTES, package, uuid),
};
static const struct field owned_fields[] = {
	HEAD(owned),
	F(KEY_OWNED_PACKAGE, BYTES, owned, package),
	F(KEY_OWNED_FILE, BYTES, owned, file),
	F(KEY_OWNED_DIGEST, BYTES, owned, digest),
	F(KEY_OWNED_FLAGS, U64, owned, flags),
	F(KEY_OWNED_MODE, U64, owned, mode),
};
static const struct field divert_fields[] = {
	HEAD(divert),
	F(KEY_DIVERT_FROM, BYTES, divert, from),
	F(KEY_DIVERT_TO, BYTES, divert, to),
	F(KEY_DIVERT_PACKAGE, BYTES, divert, package),
};
static const struct field note_fields[] = {
	HEAD(note),
	NEEDED(KEY_NOTE_CODE, BYTES, note, code),
	F(KEY_NOTE_TEXT, BYTES, note, text),
};
static const struct field count_fields[] = {
	HEAD(count),
	F(KEY_COUNT_WHAT, BYTES, count, what),
	F(KEY_COUNT_N, U64, count, n),
};
static const struct field carry_fields[] = {
	HEAD(carry),
	F(KEY_CARRY_CONTENT, BYTES, carry, content),
};
static const struct field account_fields[] = {
	HEAD(account),
	NEEDED(KEY_ACCOUNT_NAME, BYTES, account, name),
	F(KEY_ACCOUNT_UID, U64, account, uid),
	F(KEY_ACCOUNT_GID, U64, account, gid),
	F(KEY_ACCOUNT_IS_GROUP, BOOL, account, is_group),
};
static const struct field setting_fields[] = {
	HEAD(setting),
	NEEDED(KEY_SETTING_WHAT, BYTES, setting, what),
	F(KEY_SETTING_NAME, BYTES, setting, name),
	F(KEY_SETTING_VALUE, BYTES, setting, value),
	F(KEY_SETTING_LINE, U64, setting, line),
};

static const struct field repository_fields[] = {
	HEAD(repository),
	NEEDED(KEY_REPOSITORY_NAME, BYTES, repository, name),
};

static const struct field sums_fields[] = {
	HEAD(sums),
	F(KEY_SUMS_MD5, BYTES, sums, md5),
	F(KEY_SUMS_SHA1, BYTES, sums, sha1),
	F(KEY_SUMS_SHA256, BYTES, sums, sha256),
	F(KEY_SUMS_IS_ELF, BOOL, sums, is_elf),
};
static const struct field secret_fields[] = {
	HEAD(secret),
	NEEDED(KEY_SECRET_RULE, BYTES, secret, rule),
	NEEDED(KEY_SECRET_MASK, BYTES, secret, mask),
	F(KEY_SECRET_LINE, U64, secret, line),
	F(KEY_SECRET_AT, U64, secret, at),
	F(KEY_SECRET_HOW, U64, secret, how),
};
static const struct field binary_fields[] = {
	HEAD(binary),
	F(KEY_BINARY_FORMAT, U64, binary, format),
	F(KEY_BINARY_KIND, U64, binary, kind),
	F(KEY_BINARY_LANGUAGE, U64, binary, language),
	F(KEY_BINARY_FLAGS, U64, binary, flags),
	F(KEY_BINARY_MACHINE, U64, binary, machine),
	F(KEY_BINARY_FORTIFIED, U64, binary, fortified),
	F(KEY_BINARY_FORTIFIABLE, U64, binary, fortifiable),
	F(KEY_BINARY_CODE, U64, binary, code),
	F(KEY_BINARY_EXTRA, U64, binary, extra),
	F(KEY_BINARY_INTERP, BYTES, binary, interp),
	F(KEY_BINARY_SONAME, BYTES, binary, soname),
	F(KEY_BINARY_NEEDED, BYTES, binary, needed),
	F(KEY_BINARY_RPATH, BYTES, binary, rpath),
	F(KEY_BINARY_RUNPATH, BYTES, binary, runpath),
	F(KEY_BINARY_UNSAFE, BYTES, binary, unsafe),
	F(KEY_BINARY_WEAK, BYTES, binary, weak),
	F(KEY_BINARY_DEBUG, BYTES, binary, debug),
};

static const struct field paper_fields[] = {
	HEAD(paper),
	F(KEY_PAPER_FORM, BYTES, paper, form),
	F(KEY_PAPER_WHY, BYTES, paper, why),
	F(KEY_PAPER_TYPE, BYTES, paper, type),
	F(KEY_PAPER_SHA256, BYTES, paper, sha256),
	F(KEY_PAPER_PURLS, BYTES, paper, purls),
	F(KEY_PAPER_CLAIMED, BYTES, paper, claimed),
	F(KEY_PAPER_PACKAGES, U64, paper, packages),
	F(KEY_PAPER_SIGNATURES, U64, paper, signatures),
	F(KEY_PAPER_SIGNED, BYTES, paper, signed_sha256),
	F(KEY_PAPER_SIGNATURE, BYTES, paper, signature),
	F(KEY_PAPER_BESIDE, BYTES, paper, beside),
	F(KEY_PAPER_SUBJECTS, BYTES, paper, subjects),
};

static const struct field malware_fields[] = {
	HEAD(malware),
	NEEDED(KEY_MALWARE_ENGINE, BYTES, malware, engine),
	NEEDED(KEY_MALWARE_NAME, BYTES, malware, name),
	F(KEY_MALWARE_STRING, BYTES, malware, string),
	F(KEY_MALWARE_AT, U64, malware, at),
};

#define KIND(kind)                                                                                 \
	static const struct codec kind##_codec = {.fields = kind##_fields,                         \
	                                          .n = ARRAY_LEN(kind##_fields)};                  \
	int fact_encode_##kind(struct buf *b, const struct fact_##kind *f)                         \
	{                                                                                          \
		return codec_encode(&kind##_codec, b, f);                                          \
	}                                                                                          \
	bool fact_decode_##kind(struct bytes cbor, struct fact_##kind *ret)                        \
	{                                                                                          \
		struct fact_##kind f = {.head = {.path = {NULL, 0}}};                              \
		if (!codec_decode(&kind##_codec, cbor, &f))                                        \
			return false;                                                              \
		*ret = f;                                                                          \
		return true;                                                                       \
	}

KIND(os)
KIND(package)
KIND(owned)
KIND(divert)
KIND(note)
KIND(count)
KIND(carry)
KIND(account)
KIND(secret)
KIND(sums)
KIND(malware)
KIND(binary)
KIND(setting)
KIND(repository)
KIND(paper)

bool fact_decode_head(enum fact_kind kind, struct bytes cbor, struct fact_head *ret)
{
	union { /* each begins with its head */
		struct fact_os os;
		struct fact_package package;
		struct fact_owned owned;
		struct fact_divert divert;
		struct fact_note note;
		struct fact_count count;
		struct fact_carry carry;
		struct fact_account account;
		struct fact_secret secret;
		struct fact_sums sums;
		struct fact_malware malware;
		struct fact_binary binary;
		struct fact_setting setting;
		struct fact_repository repository;
		struct fact_paper paper;
	} u = {.os = {.head = {.path = {NULL, 0}}}};
	static const struct codec *const codecs[FACT__MAX] = {
		[FACT_OS] = &os_codec,           [FACT_PACKAGE] = &package_codec,
		[FACT_OWNED] = &owned_codec,     [FACT_DIVERT] = &divert_codec,
		[FACT_NOTE] = &note_codec,       [FACT_COUNT] = &count_codec,
		[FACT_CARRY] = &carry_codec,     [FACT_ACCOUNT] = &account_codec,
		[FACT_SECRET] = &secret_codec,   [FACT_SUMS] = &sums_codec,
		[FACT_SETTING] = &setting_codec, [FACT_REPOSITORY] = &repository_codec,
		[FACT_PAPER] = &paper_codec,     [FACT_MALWARE] = &malware_codec,
		[FACT_BINARY] = &binary_codec,
	};
	if ((unsigned)kind >= FACT__MAX || !codecs[kind] || !codec_decode(codecs[kind], cbor, &u))
		return false;
	*ret = u.os.head;
	return true;
}

bool fact_check(enum fact_kind kind, struct bytes cbor)
{
	struct fact_head ignored;
	return fact_decode_head(kind, cbor, &ignored);
}
