/* SPDX-License-Identifier: Apache-2.0 */
/* artifact_take.c - an artifact of one blob from elsewhere: its manifest, and who signed it. */
#include "flow/artifact.h"

int taking_open(struct artifact_taking *t, const char *type, const char *blob_type, struct err *e)
{
	struct oci_document doc;
	struct bytes none = {NULL, 0};
	if (artifact_manifest(t->from, none, bytes_str(type), &t->manifest, e) ||
	    oci_parse(t->a, t->manifest.text, t->ref, t->manifest.media_type, &doc, e))
		return -1;
	if (doc.kind != OCI_MEDIA_MANIFEST || doc.n_layers != 1 ||
	    !bytes_eq(doc.layers[0].media_type, bytes_str(blob_type)))
		return err_set(e, ERR_UNSUPPORTED, "%.100s: is not %s", t->ref, t->what);
	t->blob = doc.layers[0];
	return 0;
}

int taking_blob(struct artifact_taking *t, const struct oci_descriptor *d, uint64_t max,
                struct buf *to, struct err *e)
{
	struct source_stream s;
	if (d->size > max)
		return err_set(e, ERR_LIMIT, "a blob of %llu bytes", (unsigned long long)d->size);
	if (artifact_blob(t->from, d, &s, e))
		return -1;
	buf_init(to, (size_t)d->size + 1);
	ssize_t n;
	do {
		uint8_t *room = buf_room(to, (size_t)d->size + 1 - to->n);
		n = room ? s.read(s.arg, room, (size_t)d->size + 1 - to->n, e) : 0;
		to->n += n > 0 ? (size_t)n : 0;
	} while (n > 0 && to->n <= d->size);
	s.close(s.arg);
	if (n < 0)
		return -1;
	struct digest have = digest_of(buf_bytes(to));
	if (to->n == d->size && digest_eq(&have, &d->digest))
		return 0;
	return err_set(e, ERR_DIGEST, "a blob has another digest");
}

/* Takes the statement of an envelope that one of the keys has signed. */
static int take_envelope(struct artifact_taking *t, struct bytes text, const char *predicate_type,
                         struct statement *ret, struct err *e)
{
	struct trusted trusted;
	if (trust_open(t->a, text, "the envelope", t->keys, &trusted, e))
		return -1;
	if (!bytes_eq(trusted.envelope.payload_type, B(INTOTO_MEDIA_TYPE)))
		return err_set(e, ERR_UNSUPPORTED, "the envelope holds no in-toto statement");
	if (statement_parse(t->a, trusted.envelope.payload, "the statement", ret, e))
		return -1;
	t->signer = trusted.signer;
	if (!statement_is_about(ret, &t->manifest.digest))
		err_set(e, ERR_DIGEST, "the signed statement is about something else");
	else if (!bytes_eq(ret->predicate_type, bytes_str(predicate_type)))
		err_set(e, ERR_UNSUPPORTED, "the signed statement says nothing of %s", t->what);
	else
		return 0;
	statement_free(ret);
	return -1;
}

int taking_verify(struct artifact_taking *t, const char *predicate_type, struct statement *ret,
                  struct err *e)
{
	struct artifact_document doc;
	struct oci_document parsed;
	const char *tag = flow_attestation_tag(t->a, &t->manifest.digest);
	if (artifact_manifest(t->from, bytes_str(tag), B(DSSE_MEDIA_TYPE), &doc, e)) {
		if (e->kind == ERR_NOTFOUND)
			return err_set(e, ERR_DIGEST,
			               "%.100s: is not signed (there is no %.19s...att)", t->ref,
			               tag);
		return -1;
	}
	if (oci_parse(t->a, doc.text, tag, doc.media_type, &parsed, e))
		return -1;
	err_set(e, ERR_DIGEST, "holds no envelope");
	for (size_t i = 0; i < MIN_OF(parsed.n_layers, (size_t)DSSE_SIGNATURES_MAX); i++) {
		AUTO_BUF struct buf text = {0};
		if (!bytes_eq(parsed.layers[i].media_type, B(DSSE_MEDIA_TYPE)))
			continue;
		if (taking_blob(t, &parsed.layers[i], (uint64_t)DSSE_ENVELOPE_MAX, &text, e) == 0 &&
		    take_envelope(t, buf_bytes(&text), predicate_type, ret, e) == 0)
			return 0;
	}
	return err_wrap(e, "%.100s", t->ref);
}
