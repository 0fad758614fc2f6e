/* SPDX-License-Identifier: Apache-2.0 */
/* known.c - lists of the files of signed repositories: keys and signatures for advise/known.h. */
#include "flow/flow.h"

#include <string.h>

struct keys {
	struct arena *a;
	struct buf ring; /* OpenPGP */
	struct {
		struct bytes name, pem;
	} * rsa;
	size_t n_rsa;
};

static int by_openpgp(void *arg, struct bytes data, struct bytes signature, struct buf *ret_text,
                      char ret_signer[KNOWN_SIGNER_MAX], struct err *e)
{
	const struct keys *k = arg;
	const struct openpgp_question q = {buf_bytes(&k->ring), data, signature};
	_Static_assert((int)OPENPGP_ID_MAX <= (int)KNOWN_SIGNER_MAX, "room for a fingerprint");
	return openpgp_verify(&q, ret_text, ret_signer, e);
}

static int by_rsa(void *arg, const struct known_rsa *q, char ret_signer[KNOWN_SIGNER_MAX],
                  struct err *e)
{
	const struct keys *k = arg;
	for (size_t i = 0; i < k->n_rsa; i++) {
		if (!bytes_eq(k->rsa[i].name, q->key_name))
			continue;
		if (!rsa_verify(k->rsa[i].pem, q->algo, q->data, q->signature))
			return err_set(e, ERR_DIGEST,
			               "the signature is not of this text, or not by %.*s",
			               BYTES_FMT(q->key_name));
		snprintf(ret_signer, KNOWN_SIGNER_MAX, "%.*s", BYTES_FMT(q->key_name));
		return 0;
	}
	return err_set(e, ERR_NOTFOUND, "it is signed by %.*s, which is none of the keys given",
	               BYTES_FMT(bytes_slice(q->key_name, 0, 100)));
}

static int read_key(struct keys *k, const char *path, struct err *e)
{
	AUTO_BUF struct buf text = {.p = NULL};
	if (file_read(path, (size_t)REPO_INDEX_MAX, &text, e) < 0)
		return -1;
	if (openpgp_is_key(buf_bytes(&text)))
		return openpgp_ring_add(&k->ring, buf_bytes(&text), path, e);
	if (bytes_search(buf_bytes(&text), B("-----BEGIN PUBLIC KEY-----")) < 0)
		return err_set(e, ERR_FORMAT, "%s: neither an OpenPGP key nor a public key in PEM",
		               path);
	k->rsa[k->n_rsa].name = path_base(bytes_str(path));
	k->rsa[k->n_rsa++].pem = arena_dup(k->a, buf_bytes(&text));
	return 0;
}

/* The list that is there already: its indexes may not be newer. */
static int read_before(const char *path, struct buf *ret)
{
	struct err e;
	return file_read(path, (size_t)KNOWN_FILES_MAX, ret, &e);
}

int flow_known(const struct flow_known_options *o, struct known_result *ret, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf list, before = {.p = NULL};
	struct keys k = {.a = a};
	k.rsa = arena_alloc(a, (o->n_keys + 1) * sizeof *k.rsa);
	buf_init(&k.ring, (size_t)REPO_INDEX_MAX);
	buf_init(&list, (size_t)KNOWN_FILES_MAX);
	read_before(o->to, &before);
	const struct known_options how = {
		.trust = {by_openpgp, by_rsa, &k},
		.now_s = clock_now_s(),
		.takes_expired = o->takes_expired,
		.before = buf_bytes(&before),
		.note = o->note,
		.arg = o->arg,
	};
	int rc = 0;
	for (size_t i = 0; i < o->n_keys && rc == 0; i++)
		rc = read_key(&k, o->keys[i], e);
	if (rc == 0)
		rc = known_collect(o->paths, o->n_paths, &how, &list, ret, e);
	if (rc == 0)
		rc = file_write(o->to, buf_bytes(&list), 0644, e);
	buf_fini(&k.ring);
	return rc;
}
