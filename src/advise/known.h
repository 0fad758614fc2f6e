/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.h - the files of packages, as signed repositories have them.  A chapter of advise.h, for
 * assay-db.
 *
 * The chain: a key that somebody trusts has signed an index (Debian's InRelease, repomd.xml of rpm,
 * APKINDEX of apk), which states the digest of further indexes, and these that of each package;
 * what is in a package has then the digest that its publisher meant.  A header of an rpm may be
 * signed itself.  Nothing is taken of a package whose digest is another.
 */
#ifndef ADVISE_KNOWN_H
#define ADVISE_KNOWN_H

#include "base/base.h"
#include "fmt/fmt.h"

enum { KNOWN_SIGNER_MAX = 128 };

struct known_rsa {
	struct bytes key_name; /* of the file of the key */
	enum digest_algo algo;
	struct bytes data, signature;
};

/* Who verifies signatures (trust/ does).  Each returns 0 and names the signer, or -1 with why not.
 */
struct known_trust {
	/* OpenPGP: without a signature data is clear-signed, and ret_text gets what it says. */
	int (*openpgp)(void *arg, struct bytes data, struct bytes signature, struct buf *ret_text,
	               char ret_signer[KNOWN_SIGNER_MAX], struct err *e);
	/* RSA of apk. */
	int (*rsa)(void *arg, const struct known_rsa *q, char ret_signer[KNOWN_SIGNER_MAX],
	           struct err *e);
	void *arg;
};

struct known_options {
	struct known_trust trust;
	int64_t now_s;
	bool takes_expired;  /* an index whose Valid-Until has passed is taken all the same */
	struct bytes before; /* the list that the new one replaces; absent: none */
	void (*note)(void *arg, const char *text); /* a package that no index lists; or NULL */
	void *arg;
};
struct known_result {
	uint64_t indexes;  /* that are signed */
	uint64_t packages; /* whose files are in the list */
	uint64_t files;
	uint64_t left_out; /* packages that no signed index lists */
};
/* Writes the list of the files of all packages (.deb, .apk, .rpm) in paths, which are folders or
 * files, into ret.  On failure the list is of no use: a signature that is not good, an index or
 * a package that is not as what is above it says (ERR_DIGEST), an index that has ended or is older
 * than that of the list before, nothing to take (ERR_FORMAT), a bound (ERR_LIMIT). */
int known_collect(const char *const paths[], size_t n, const struct known_options *o,
                  struct buf *ret, struct known_result *ret_result, struct err *e);

#endif
