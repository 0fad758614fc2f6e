/* SPDX-License-Identifier: Apache-2.0 */
/* certificate.c - whom a certificate names.  Source: RFC 5280 4.2.1.6 (subjectAltName). */
#include "trust/trust.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static X509 *read_one(struct bytes text)
{
	const unsigned char *p = text.p;
	if (!text.n || text.n > CERTIFICATE_MAX)
		return NULL;
	if (bytes_search(text, B("-----BEGIN")) < 0)
		return d2i_X509(NULL, &p, (long)text.n);
	BIO *bio = BIO_new_mem_buf(text.p, (int)text.n);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	return x;
}

static bool take(const GENERAL_NAME *name, struct buf *ret)
{
	int kind;
	const ASN1_STRING *text = GENERAL_NAME_get0_value(name, &kind);
	if (kind != GEN_EMAIL && kind != GEN_URI)
		return false;
	int n = ASN1_STRING_length(text);
	return n > 0 && n <= CERTIFICATE_NAME_MAX &&
	       buf_add(ret, bytes_of(ASN1_STRING_get0_data(text), (size_t)n)) == 0;
}

static bool common_name(X509 *x, struct buf *ret)
{
	const X509_NAME *subject = X509_get_subject_name(x);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const ASN1_STRING *text =
		at < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	int n = text ? ASN1_STRING_length(text) : 0;
	return n > 0 && n <= CERTIFICATE_NAME_MAX &&
	       buf_add(ret, bytes_of(ASN1_STRING_get0_data(text), (size_t)n)) == 0;
}

bool certificate_name(struct bytes certificate, struct buf *ret)
{
	X509 *x = read_one(certificate);
	GENERAL_NAMES *names = x ? X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL) : NULL;
	bool found = false;
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !found; i++)
		found = take(sk_GENERAL_NAME_value(names, i), ret);
	if (x && !found)
		found = common_name(x, ret);
	GENERAL_NAMES_free(names);
	X509_free(x);
	return found;
}
