/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - the inside of a key.  Private to trust/. */
#ifndef TRUST_KEY_H
#define TRUST_KEY_H

#include "trust/trust.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

struct key {
	EVP_PKEY *pkey;
	enum key_kind kind;
	X509 *cert; /* the certificate that it was given as; NULL: a bare key */
	char id[65];
};

#endif
