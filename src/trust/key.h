/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - the inside of a key.  Private to trust/. */
#ifndef TRUST_KEY_H
#define TRUST_KEY_H

#include "trust/trust.h"

#include <openssl/evp.h>

struct key {
	EVP_PKEY *pkey;
	enum key_kind kind;
	char id[65];
};

#endif
