/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact.h - what is true of a layer whatever the world knows today.
 *
 * A fact travels and rests as one CBOR map with small integer keys (enum in fact.c, never reused):
 * the same bytes leave the confined worker, are checked by the front, and lie in the cache.
 * Decoded structs hold slices into those bytes.  No fact holds a secret's value.
 */
#ifndef MODEL_FACT_H
#define MODEL_FACT_H

#include "base/base.h"
#include "model/entry.h"
#include "model/words.h"

/* Version of the encoding, part of the cache key; and the oldest that is still readable. */
enum { FACT_SCHEMA = 2, FACT_SCHEMA_OLDEST = 2 };

enum fact_kind {                    /* the numbers are the wire */
	         FACT_ENTRY = 1,    /* struct entry, path prefix-coded against the entry before */
	         FACT_OS = 2,       /* struct fact_os */
	         FACT_PACKAGE = 3,  /* struct fact_package */
	         FACT_OWNED = 4,    /* struct fact_owned: one path that a package owns */
	         FACT_DIVERT = 5,   /* struct fact_divert: a dpkg diversion */
	         FACT_NOTE = 6,     /* struct fact_note: something could not be read */
	         FACT_COUNT = 7,    /* struct fact_count: how many of something, for coverage */
	         FACT_CARRY = 8,    /* struct fact_carry: bytes that a second look needs */
	         FACT_ACCOUNT = 9,  /* struct fact_account: a user or a group */
	         FACT_SETTING = 10, /* struct fact_setting: what a configuration file says */
	         FACT_REPOSITORY = 11, /* struct fact_repository: where packages came from */
	         FACT_SECRET = 12,     /* struct fact_secret: a secret in a file, masked */
	         FACT_SUMS = 13,       /* struct fact_sums: digests of a file's content */
	         FACT_PAPER = 14,      /* struct fact_paper: a bill of materials in a file */
	         FACT_MALWARE =
	                 15, /* struct fact_malware: content that somebody's signature knows */
	         FACT_BINARY = 16, /* struct fact_binary: how a program or library was built */
	         FACT__MAX
};

/* What every fact but an entry begins with. */
struct fact_head {
	struct bytes inspector; /* id */
	struct bytes path;      /* the file that says so */
};

struct fact_os {
	struct fact_head head;
	struct bytes id, id_like, name, version, version_id, codename, pretty, cpe, variant;
	uint64_t rank; /* which file speaks first where several do: lower is stronger (0 os-release)
	                */
};

struct fact_package {
	struct fact_head head;
	struct bytes type;          /* purl type: "deb", "apk", "rpm" */
	struct bytes name, version; /* version in the database's own notation, epoch included */
	struct bytes arch;
	struct bytes source_name, source_version; /* absent when the database does not say */
	struct bytes license;                     /* as the database says it */
	struct bytes vendor;                      /* rpm Vendor, dpkg Origin, apk: absent */
	struct bytes maintainer;                  /* rpm Packager */
	struct bytes repository; /* where it was installed from, if the database knows */
	struct bytes module;     /* rpm modularity label */
	struct bytes status;     /* dpkg status words when not "install ok installed" */
	int64_t build_time_s;    /* 0 unknown */
	struct bytes depends;    /* a line each: "NAME", or "NAME VERSION" where it is resolved */
	enum package_scope scope;
	enum evidence evidence;
	struct bytes proof;  /* BINARY, LINKED: what was seen, and where */
	struct bytes digest; /* raw bytes of the package's file: 20 SHA-1 (jars) */
	struct bytes cpe;    /* CPE 2.3 name that NVD knows it by, where the inspector knows that */
	struct bytes homepage; /* address, as the database says it */
	struct bytes uuid;     /* Julia: what tells packages of one name apart */
};

enum owned_flag {
	OWNED_CONFFILE = 1,
	OWNED_GHOST = 2,
	OWNED_DIR = 4,
	OWNED_DOC = 8,
	OWNED_OBSOLETE = 16
};
struct fact_owned {
	struct fact_head head;
	struct bytes package; /* name, or name:arch */
	struct bytes file;    /* clean path */
	struct bytes digest; /* raw bytes: 16 MD5, 20 SHA-1, 32 SHA-256; absent when not recorded */
	uint64_t flags;      /* enum owned_flag */
	uint64_t mode;       /* 0 unknown */
};

struct fact_divert {
	struct fact_head head;
	struct bytes from, to; /* clean paths */
	struct bytes package;  /* ":" local */
};

/* A file (or the layer) that an inspector could not read to the end: becomes `incomplete`. */
struct fact_note {
	struct fact_head head; /* path may be absent */
	struct bytes code;     /* stable: "db.broken", "file.too-large", "entry.unsafe", ... */
	struct bytes text;     /* one sentence naming what, where, which limit */
};

struct fact_count {
	struct fact_head head;
	struct bytes what; /* "npm", "pypi", "maven", ...: kinds of language manifests */
	uint64_t n;
};

struct fact_carry {
	struct fact_head head; /* path: of the carried file */
	struct bytes content;
};

struct fact_account {
	struct fact_head head;
	struct bytes name;
	uint64_t uid, gid; /* of a group both are its number */
	bool is_group;
};

/* What a configuration file says of somebody or something; never a password nor a hash of one. */
struct fact_setting {
	struct fact_head head;
	struct bytes what;  /* "password", "sudo", ...: its inspector's header comment names them */
	struct bytes name;  /* of whom */
	struct bytes value; /* what is said */
	uint64_t line;      /* counted from 1; 0: none */
};

/* A repository that packages of the layer were installed from, by the name its publisher gives it
 * (Red Hat's content sets). */
struct fact_repository {
	struct fact_head head;
	struct bytes name;
};

/* A secret: where it lies and what rule says so; never its value, nor a digest of it. */
struct fact_secret {
	struct fact_head head; /* path: "outer!/inner" within archives */
	struct bytes rule;     /* id */
	struct bytes mask;
	uint64_t line; /* from 1; 0 not text */
	uint64_t at;   /* offset in the file */
	uint64_t how;  /* enum secret_how of inspect/ */
};

/* Digests of a file's content, as far as somebody may ask for them. */
struct fact_sums {
	struct fact_head head;          /* path: the file */
	struct bytes md5, sha1, sha256; /* raw; absent: not made */
	bool is_elf;                    /* by its magic */
};

/* A bill of materials that lies in the image, as it says it; nothing of it is an installed package.
 */
struct fact_paper {
	struct fact_head head;
	struct bytes form;    /* "CycloneDX 1.5"; absent: it could not be read */
	struct bytes why;     /* why it could not be read */
	struct bytes type;    /* of the predicate, where it is an attestation */
	struct bytes sha256;  /* of the file, raw */
	struct bytes purls;   /* of its packages, a line each; at most PAPER_PURLS_MAX bytes */
	struct bytes claimed; /* ids of keys that are said to have signed it, a line each */
	uint64_t packages, signatures;
	/* what was signed, and how; verified where keys are */
	struct bytes
		signed_sha256;  /* of the bytes that were signed, raw; absent: those of the file */
	struct bytes signature; /* each in base64, a line each */
	struct bytes beside;    /* a signature alone: path of the file that it is beside */
	struct bytes subjects;  /* of a statement beside a file (it has a type): SHA-256 of each
	                           thing that it is about, raw, one behind the other */
};

/* Content that a rule or a signature of malware met. */
struct fact_malware {
	struct fact_head head; /* path: "outer!/inner" within archives */
	struct bytes engine;   /* "yara", "clamd" */
	struct bytes name;     /* of the rule or signature, as its engine calls it */
	struct bytes string;   /* identifier of the first string that was met; absent: none */
	uint64_t at;           /* its offset in the file */
};

/* A program or library: what its headers say of how it was built. */
struct fact_binary {
	struct fact_head head; /* path: the file */
	uint64_t format;       /* enum elf_format of fmt/ */
	uint64_t kind;         /* enum elf_kind */
	uint64_t language;     /* enum elf_language */
	uint64_t flags;        /* enum elf_flag */
	uint64_t machine;      /* e_machine */
	uint64_t fortified;    /* imports that check the sizes of buffers */
	uint64_t fortifiable;  /* imports that could, and do not */
	uint64_t code;         /* bytes that may be run */
	uint64_t extra;        /* bytes of symbols and debug information, which nothing loads */
	struct bytes interp;   /* clean path; absent: none */
	struct bytes soname;
	struct bytes needed; /* names of libraries, a line each */
	struct bytes rpath;  /* DT_RPATH and DT_RUNPATH as they stand there, parted by ":" */
	struct bytes runpath;
	struct bytes unsafe; /* imports that are told of, parted by blanks */
	struct bytes weak;   /* the fortifiable imports, parted by blanks; cut */
	struct bytes debug;  /* file of debug information that it names */
};

/* Encoding: one map appended to b; -1 when b is full. */
int fact_encode_os(struct buf *b, const struct fact_os *f);
int fact_encode_package(struct buf *b, const struct fact_package *f);
int fact_encode_owned(struct buf *b, const struct fact_owned *f);
int fact_encode_divert(struct buf *b, const struct fact_divert *f);
int fact_encode_note(struct buf *b, const struct fact_note *f);
int fact_encode_count(struct buf *b, const struct fact_count *f);
int fact_encode_secret(struct buf *b, const struct fact_secret *f);
int fact_encode_sums(struct buf *b, const struct fact_sums *f);
int fact_encode_malware(struct buf *b, const struct fact_malware *f);
int fact_encode_binary(struct buf *b, const struct fact_binary *f);
int fact_encode_carry(struct buf *b, const struct fact_carry *f);
int fact_encode_account(struct buf *b, const struct fact_account *f);
int fact_encode_setting(struct buf *b, const struct fact_setting *f);
int fact_encode_paper(struct buf *b, const struct fact_paper *f);
int fact_encode_repository(struct buf *b, const struct fact_repository *f);
/* Decoding: false on anything but a well-formed map with the right types.  Unknown keys are
 * skipped. */
bool fact_decode_os(struct bytes cbor, struct fact_os *ret);
bool fact_decode_package(struct bytes cbor, struct fact_package *ret);
bool fact_decode_owned(struct bytes cbor, struct fact_owned *ret);
bool fact_decode_divert(struct bytes cbor, struct fact_divert *ret);
bool fact_decode_note(struct bytes cbor, struct fact_note *ret);
bool fact_decode_count(struct bytes cbor, struct fact_count *ret);
bool fact_decode_secret(struct bytes cbor, struct fact_secret *ret);
bool fact_decode_sums(struct bytes cbor, struct fact_sums *ret);
bool fact_decode_malware(struct bytes cbor, struct fact_malware *ret);
bool fact_decode_binary(struct bytes cbor, struct fact_binary *ret);
bool fact_decode_carry(struct bytes cbor, struct fact_carry *ret);
bool fact_decode_account(struct bytes cbor, struct fact_account *ret);
bool fact_decode_setting(struct bytes cbor, struct fact_setting *ret);
bool fact_decode_paper(struct bytes cbor, struct fact_paper *ret);
bool fact_decode_repository(struct bytes cbor, struct fact_repository *ret);
/* True when cbor is a well-formed fact of this kind (not FACT_ENTRY, which needs a coder). */
/* Inspector and path of a fact of any kind but FACT_ENTRY; false when it is not well formed. */
bool fact_decode_head(enum fact_kind kind, struct bytes cbor, struct fact_head *ret);
bool fact_check(enum fact_kind kind, struct bytes cbor);

/* Entries are coded against the one before: shared length and suffix.  Every ENTRY_BLOCK-th stands
 * alone (shared 0), so that a table of entries can be entered in the middle. */
enum { ENTRY_BLOCK_LEN = 16 };
struct entry_coder {
	struct buf last; /* path of the entry before; max PATH_LEN_MAX */
	uint64_t n;      /* entries coded so far */
	bool is_unseen;  /* the last was passed over, whether its path is clean not asked */
};
void entry_coder_init(struct entry_coder *c);
void entry_coder_fini(struct entry_coder *c);
int entry_encode(struct entry_coder *c, struct buf *b, const struct entry *en);
/* ret->path points into c->last: valid until the next call.  Checks that the path is clean. */
bool entry_decode(struct entry_coder *c, struct bytes cbor, struct entry *ret);
/* The same for the first map of a sequence, which is taken off r. */
bool entry_decode_next(struct entry_coder *c, struct cbor *r, struct entry *ret);
/* Takes one off of which only the path is of use, for those that follow are coded against it. */
bool entry_pass(struct entry_coder *c, struct cbor *r);

#endif
