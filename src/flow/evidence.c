/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence.c - bills of materials, attestations and signatures that came with an image, into the
 * report, with who signed them.
 *
 * A signature counts when one of the keys that were given has made it and what it signs names this
 * image; else who is said to have signed is told as a claim.  Sources: DSSE v1.0; in-toto
 * Statement; cosign specs/SIGNATURE_SPEC.md; sigstore protobuf-specs (bundle); BuildKit
 * docs/attestations.
 */
#include "flow/scan.h"

#include <string.h>

struct reading {
	const struct scan *s;
	const struct source_image *im;
	const struct source_paper *paper;
	const struct oci_descriptor *layer; /* the document at hand */
	struct report *r;
	struct flow_compare *compare;
	struct fact_paper *beside; /* signatures of files in the image */
	size_t n_files, n_beside;
};

static void row(struct report *r, enum coverage_status status, const char *code, const char *text)
{
	report_cover(r,
	             (struct coverage){
			     .check = CHECK_LINEAGE, .status = status, .code = code, .layer = -1},
	             "%s", text);
}

static struct bytes text_of(struct report *r, const struct digest *d)
{
	char text[DIGEST_TEXT_MAX];
	return d->algo ? arena_dup(r->arena, bytes_str(digest_text(d, text)))
	               : (struct bytes){NULL, 0};
}

/* NULL: there are EVIDENCE_MAX. */
static struct report_evidence *add(struct report *r)
{
	if (r->n_evidence == (size_t)EVIDENCE_MAX) {
		row(r, COVERAGE_INCOMPLETE, "evidence.many",
		    arena_printf(r->arena, "more than %d documents came with the image",
		                 (int)EVIDENCE_MAX));
		return NULL;
	}
	struct report_evidence *x = report_evidence(r);
	*x = (struct report_evidence){.layer = -1};
	return x;
}

/* Signed in a form that is not verified, or by somebody whose word has ended. */
static void unverified(struct reading *t, struct report_evidence *x, const char *why)
{
	struct bytes name = x->name.n ? x->name : x->document;
	if (t->s->o->keys.n)
		row(t->r, COVERAGE_COMPLETE, "evidence.unverified",
		    arena_printf(t->r->arena, "the signature of %s %.*s is not verified: %s",
		                 paper_name(x->kind), BYTES_FMT(name), why));
}

/* Which of the two digests that lead here a document speaks of. */
static bool is_ours(const struct reading *t, const struct digest *d)
{
	return d->algo && (digest_eq(d, &t->im->digest) || digest_eq(d, &t->im->root));
}

static void unread(struct reading *t, struct report_evidence *x, const struct err *why)
{
	bool is_absent = why->kind == ERR_NOTFOUND;
	struct bytes name = x->name.n ? x->name : x->document;
	row(t->r, is_absent ? COVERAGE_COMPLETE : COVERAGE_INCOMPLETE,
	    is_absent ? "evidence.absent" : "evidence.unread",
	    arena_printf(t->r->arena, "%s %.*s: %s", paper_name(x->kind), BYTES_FMT(name),
	                 why->msg));
}

/* Speaks of another image: what it says, and who signed that, is nothing to this one. */
static void foreign(struct reading *t, struct report_evidence *x)
{
	struct bytes name = x->name.n ? x->name : x->document;
	x->signer = (struct bytes){NULL, 0};
	row(t->r, COVERAGE_COMPLETE, "evidence.foreign",
	    arena_printf(t->r->arena, "%s %.*s does not say that it speaks of this image",
	                 paper_name(x->kind), BYTES_FMT(name)));
}

/* ---- bills of materials ---- */

static void take_sbom(struct reading *t, struct report_evidence *x, const struct sbom *s)
{
	x->kind = PAPER_SBOM;
	for (size_t i = 0; i < s->n_packages; i++)
		flow_compare_purl(t->compare, s->packages[i].purl);
	flow_compare_end(t->compare, t->r, x, s->n_packages);
}

static void read_sbom(struct reading *t, struct report_evidence *x, struct bytes text)
{
	struct sbom_keep keep;
	struct sbom s;
	struct err e = {.kind = ERR_NONE};
	x->kind = PAPER_SBOM;
	if (sbom_parse(text, "bill of materials", t->r->arena, &keep, &s, &e) < 0) {
		unread(t, x, &e);
		return;
	}
	if (!x->type.n)
		x->type = bytes_str(
			arena_printf(t->r->arena, "%s %.*s", s.form, BYTES_FMT(s.version)));
	take_sbom(t, x, &s);
	sbom_release(&keep);
}

/* ---- statements ---- */

static bool about(struct reading *t, struct report_evidence *x, const struct statement *st)
{
	const struct digest *whose[] = {&t->im->digest, &t->im->root};
	for (size_t i = 0; i < ARRAY_LEN(whose) && !x->digest.n; i++) {
		if (statement_is_about(st, whose[i]))
			x->digest = text_of(t->r, whose[i]);
	}
	return x->digest.n > 0;
}

static bool is_vex(struct bytes type)
{
	return bytes_starts(type, B("https://openvex.dev/ns")) ||
	       bytes_starts(type, B("https://cyclonedx.org/"));
}

/* What a supplier says of vulnerabilities counts when one of the keys has signed it. */
static void take_vex(struct reading *t, const struct report_evidence *x, struct bytes text)
{
	struct err e = {.kind = ERR_NONE};
	const char *name = arena_printf(t->r->arena, "attestation %.*s of %.*s",
	                                BYTES_FMT(x->document), BYTES_FMT(x->signer));
	if (vex_add(t->s->o->vex, t->r, name, text, &e) < 0)
		row(t->r, COVERAGE_INCOMPLETE, "vex.broken",
		    arena_printf(t->r->arena, "%s: %s", name, e.msg));
}

static void read_statement(struct reading *t, struct report_evidence *x, struct bytes text)
{
	struct statement st;
	struct sbom_keep keep;
	struct sbom s;
	struct err e = {.kind = ERR_NONE};
	if (statement_parse(t->r->arena, text, "statement", &st, &e) < 0) {
		x->signer = (struct bytes){NULL, 0};
		unread(t, x, &e);
		return;
	}
	x->type = st.predicate_type;
	x->kind = bytes_starts(x->type, B("https://sigstore.dev/cosign/sign/")) ? PAPER_SIGNATURE
	          : sbom_is_predicate(x->type)                                  ? PAPER_SBOM
	                                                                        : PAPER_ATTESTATION;
	if (!about(t, x, &st)) {
		foreign(t, x);
	} else if (x->kind == PAPER_SBOM) {
		if (sbom_parse_predicate(st.predicate, "predicate", t->r->arena, &keep, &s, &e) <
		    0) {
			unread(t, x, &e);
		} else {
			take_sbom(t, x, &s);
			sbom_release(&keep);
		}
	}
	/* what nobody vouches for has no result that a policy could rest on */
	if (x->signer.n)
		policy_statement(t->r, st.root, x);
	if (x->signer.n && x->digest.n && t->s->o->vex && is_vex(x->type))
		take_vex(t, x, text);
	statement_free(&st);
}

static void claim(struct reading *t, struct report_evidence *x, struct bytes who)
{
	list_add(t->r, &x->claimed, who.n ? who : B("unknown"));
}

static void claim_certificate(struct reading *t, struct report_evidence *x, struct bytes pem)
{
	AUTO_BUF struct buf name;
	buf_init(&name, 1024);
	if (certificate_name(pem, &name))
		claim(t, x, buf_bytes(&name));
}

static void read_parsed(struct reading *t, struct report_evidence *x, const struct dsse *d)
{
	const struct key *signer = trust_signer(d, t->s->o->keys);
	x->signatures = d->n_signatures;
	if (signer)
		x->signer = bytes_str(key_id(signer));
	for (size_t i = 0; i < d->n_signatures && !signer; i++) {
		if (d->signatures[i].keyid.n || !x->claimed.n)
			claim(t, x, d->signatures[i].keyid);
	}
	x->signer = arena_dup(t->r->arena, x->signer);
	if (bytes_eq(d->payload_type, bytes_str(INTOTO_MEDIA_TYPE))) {
		read_statement(t, x, d->payload);
		return;
	}
	x->type = d->payload_type;
	foreign(t, x);
}

static void read_envelope(struct reading *t, struct report_evidence *x, struct bytes text)
{
	struct dsse d;
	struct err e = {.kind = ERR_NONE};
	x->kind = PAPER_ATTESTATION;
	if (dsse_parse(t->r->arena, text, "envelope", &d, &e) < 0) {
		unread(t, x, &e);
		return;
	}
	claim_certificate(t, x, t->layer->certificate);
	read_parsed(t, x, &d);
}

/* BuildKit's are bare; others put envelopes under the same media type. */
static void read_intoto(struct reading *t, struct report_evidence *x, struct bytes text)
{
	AUTO_JSON json_t *root = NULL;
	struct err e = {.kind = ERR_NONE};
	x->kind = PAPER_ATTESTATION;
	if (json_load_data(text, "statement", (size_t)DSSE_ENVELOPE_MAX, &root, &e) < 0)
		unread(t, x, &e);
	else if (json_object_get(root, "payload"))
		read_envelope(t, x, text);
	else
		read_statement(t, x, text);
}

/* Ends a signature over the digest of an image. */
static void signed_by(struct reading *t, struct report_evidence *x, const struct key *signer,
                      const struct digest *of)
{
	if (!signer && !x->claimed.n)
		claim(t, x, (struct bytes){NULL, 0});
	if (!is_ours(t, of)) {
		foreign(t, x);
		return;
	}
	x->digest = text_of(t->r, of);
	if (signer)
		x->signer = arena_dup(t->r->arena, bytes_str(key_id(signer)));
}

/* ---- notation's signatures ---- */

static void read_jws(struct reading *t, struct report_evidence *x, struct bytes text)
{
	struct jws j;
	struct err e = {.kind = ERR_NONE};
	int64_t now_s = t->s->o->match.now_s;
	x->kind = PAPER_SIGNATURE;
	x->signatures = 1;
	if (jws_parse(t->r->arena, text, "signature", &j, &e) < 0) {
		claim(t, x, (struct bytes){NULL, 0});
		if (e.kind == ERR_UNSUPPORTED)
			unverified(t, x, e.msg);
		else
			unread(t, x, &e);
		return;
	}
	const struct key *signer = trust_jws_signer(&j, t->s->o->keys, now_s);
	if (j.n_certificates && !signer)
		claim_certificate(t, x, j.certificates[0]);
	if (j.expires_s && j.expires_s <= now_s)
		unverified(t, x, "it has ended");
	signed_by(t, x, signer, &j.target);
}

/* ---- sigstore's bundle ---- */

static void bundle_certificate(struct reading *t, struct report_evidence *x, const json_t *root)
{
	const json_t *material = json_obj(root, "verificationMaterial");
	const json_t *one = json_obj(material, "certificate");
	const json_t *chain = json_list(json_obj(material, "x509CertificateChain"), "certificates");
	struct bytes text = json_text(one ? one : json_array_get(chain, 0), "rawBytes");
	AUTO_BUF struct buf raw;
	buf_init(&raw, text.n + 1);
	if (text.n && base64_decode(text, &raw))
		claim_certificate(t, x, buf_bytes(&raw));
}

/* A signature over the manifest, which is known by its digest. */
static void read_message(struct reading *t, struct report_evidence *x, const json_t *root)
{
	struct message_signature m;
	struct err e = {.kind = ERR_NONE};
	struct key_ring keys = t->s->o->keys;
	const struct key *signer = NULL;
	x->kind = PAPER_SIGNATURE;
	x->signatures = 1;
	if (message_signature_read(t->r->arena, root, "bundle", &m, &e) < 0) {
		if (!x->claimed.n)
			claim(t, x, (struct bytes){NULL, 0});
		if (e.kind == ERR_UNSUPPORTED)
			unverified(t, x, e.msg);
		else
			unread(t, x, &e);
		return;
	}
	for (size_t i = 0; i < keys.n && !signer; i++) {
		if (key_verify_digest(keys.v[i], &m.of, m.signature))
			signer = keys.v[i];
	}
	signed_by(t, x, signer, &m.of);
}

static void read_bundle(struct reading *t, struct report_evidence *x, struct bytes text)
{
	AUTO_JSON json_t *root = NULL;
	struct err e = {.kind = ERR_NONE};
	x->kind = PAPER_ATTESTATION;
	if (json_load_data(text, "bundle", (size_t)DSSE_ENVELOPE_MAX, &root, &e) < 0) {
		unread(t, x, &e);
		return;
	}
	bundle_certificate(t, x, root);
	const json_t *envelope = json_obj(root, "dsseEnvelope");
	if (!envelope) {
		read_message(t, x, root);
		return;
	}
	struct dsse d;
	if (dsse_read(t->r->arena, envelope, "bundle", &d, &e) < 0)
		unread(t, x, &e);
	else
		read_parsed(t, x, &d);
}

/* ---- cosign's signatures ---- */

/* containers "atomic" signature format: critical.image.docker-manifest-digest. */
static bool payload_is_ours(const struct reading *t, struct bytes text, struct digest *ret)
{
	AUTO_JSON json_t *root = NULL;
	struct err ignored;
	if (json_load_data(text, "payload", 64 << 10, &root, &ignored) < 0)
		return false;
	struct bytes d =
		json_text(json_obj(json_obj(root, "critical"), "image"), "docker-manifest-digest");
	return digest_parse(d, ret, &ignored) == 0 && is_ours(t, ret);
}

static void read_simple(struct reading *t, struct report_evidence *x, struct bytes text)
{
	AUTO_BUF struct buf sig;
	struct key_ring keys = t->s->o->keys;
	struct digest of = {.algo = DIGEST_NONE};
	const struct key *signer = NULL;
	x->kind = PAPER_SIGNATURE;
	buf_init(&sig, t->layer->signature.n + 1);
	bool has_one = t->layer->signature.n && base64_decode(t->layer->signature, &sig);
	x->signatures = has_one;
	for (size_t i = 0; i < keys.n && has_one && !signer; i++) {
		if (key_verify(keys.v[i], text, buf_bytes(&sig)))
			signer = keys.v[i];
	}
	claim_certificate(t, x, t->layer->certificate);
	if (has_one && !signer && !x->claimed.n)
		claim(t, x, (struct bytes){NULL, 0});
	if (!payload_is_ours(t, text, &of)) {
		foreign(t, x);
		return;
	}
	x->digest = text_of(t->r, &of);
	if (signer)
		x->signer = arena_dup(t->r->arena, bytes_str(key_id(signer)));
}

/* A signature whose form is not read: that there is one is said. */
static void read_foreign_signature(struct reading *t, struct report_evidence *x, struct bytes text)
{
	(void)text;
	x->kind = PAPER_SIGNATURE;
	x->signatures = 1;
	claim(t, x, (struct bytes){NULL, 0});
	unverified(t, x, arena_printf(t->r->arena, "%.*s", BYTES_FMT(x->media_type)));
}

/* ---- what lies beside the image ---- */

static const struct form {
	const char *media_type; /* or how it begins */
	size_t max;
	void (*read)(struct reading *t, struct report_evidence *x, struct bytes text);
} forms[] = {
	{"application/cose",                          0,                         read_foreign_signature},
	{"application/jose+json",                     (size_t)JWS_MAX,           read_jws              },
	{"application/spdx",                          (size_t)SBOM_MAX,          read_sbom             },
	{"application/vnd.cyclonedx",                 (size_t)SBOM_MAX,          read_sbom             },
	{"application/vnd.dev.cosign.simplesigning.", 64 << 10,                  read_simple           },
	{"application/vnd.dev.sigstore.bundle",       (size_t)DSSE_ENVELOPE_MAX, read_bundle           },
	{"application/vnd.dsse.envelope.",            (size_t)DSSE_ENVELOPE_MAX, read_envelope         },
	{"application/vnd.in-toto",                   (size_t)DSSE_ENVELOPE_MAX, read_intoto           },
	{"text/spdx",				 (size_t)SBOM_MAX,          read_sbom             },
};

static const struct form *form_of(struct bytes media_type)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (bytes_starts(media_type, bytes_str(forms[i].media_type)))
			return &forms[i];
	}
	return NULL;
}

static struct report_evidence *begin(struct reading *t)
{
	const struct source_paper *p = t->paper;
	struct report_evidence *x = add(t->r);
	if (!x)
		return NULL;
	x->found = source_beside_name(p->from);
	x->name = arena_dup(t->r->arena, p->tag);
	x->subject = text_of(t->r, &p->about);
	x->document = text_of(t->r, &p->digest);
	x->type = arena_dup(t->r->arena, p->artifact_type);
	return x;
}

static void read_layer(struct reading *t, const struct oci_descriptor *d)
{
	struct report_evidence *x = begin(t);
	const struct form *f = form_of(d->media_type);
	struct err e = {.kind = ERR_NONE};
	struct bytes text = {NULL, 0};
	if (!x)
		return;
	t->layer = d;
	x->media_type = arena_dup(t->r->arena, d->media_type);
	if (d->predicate_type.n)
		x->type = arena_dup(t->r->arena, d->predicate_type);
	if (!f)
		return;
	if (f->max && source_paper_blob(t->s->source, d, f->max, &text, &e) < 0) {
		x->kind = PAPER_ATTESTATION;
		unread(t, x, &e);
		return;
	}
	f->read(t, x, text);
}

static void read_paper(struct reading *t, const struct source_paper *p)
{
	t->paper = p;
	for (size_t i = 0; i < p->doc.n_layers && p->why.kind == ERR_NONE; i++)
		read_layer(t, &p->doc.layers[i]);
	if (p->why.kind == ERR_NONE && p->doc.n_layers)
		return;
	struct report_evidence *x = begin(t);
	if (!x)
		return;
	if (p->from == BESIDE_INDEX)
		x->kind = PAPER_ATTESTATION;
	if (p->why.kind != ERR_NONE)
		unread(t, x, &p->why);
}

static void beside(struct reading *t)
{
	struct source_papers papers;
	source_papers(t->s->source, t->im, &papers);
	for (size_t i = 0; i < papers.n; i++)
		read_paper(t, &papers.v[i]);
	if (papers.fault.kind != ERR_NONE)
		row(t->r, COVERAGE_INCOMPLETE, "evidence.search",
		    arena_printf(t->r->arena,
		                 "bills of materials and signatures beside the image: %s",
		                 papers.fault.msg));
}

/* ---- files in the image ---- */

static struct digest sha256_of(struct bytes raw)
{
	struct digest d = {.algo = DIGEST_NONE};
	if (raw.n == 32) {
		d.algo = DIGEST_SHA256;
		memcpy(d.b, raw.p, 32);
	}
	return d;
}

/* Which of the keys has made one of the signatures (lines of base64) over what has that digest. */
static const struct key *signer_of_file(const struct reading *t, struct bytes lines,
                                        const struct digest *of)
{
	const struct key *signer = NULL;
	struct key_ring keys = t->s->o->keys;
	for (struct bytes line; bytes_split(&lines, '\n', &line) && !signer;) {
		AUTO_BUF struct buf sig;
		buf_init(&sig, line.n + 1);
		if (!line.n || !base64_decode(line, &sig))
			continue;
		for (size_t i = 0; i < keys.n && !signer; i++) {
			if (key_verify_digest(keys.v[i], of, buf_bytes(&sig)))
				signer = keys.v[i];
		}
	}
	return signer;
}

/* Does a signature beside a file speak of it?  One over the file does by itself, a statement by
 * what it names. */
static bool is_of_file(const struct fact_paper *sig, const struct digest *own)
{
	struct digest of = sha256_of(sig->signed_sha256);
	if (!sig->type.n)
		return !of.algo || digest_eq(&of, own);
	for (size_t i = 0; i + 32 <= sig->subjects.n; i += 32) {
		if (own->algo && memcmp(sig->subjects.p + i, own->b, 32) == 0)
			return true;
	}
	return false;
}

/* Speaks of another file: who signed that is nothing to this one. */
static void foreign_file(struct reading *t, const struct report_evidence *x)
{
	report_cover(t->r,
	             (struct coverage){.check = CHECK_LINEAGE,
	                               .status = COVERAGE_COMPLETE,
	                               .code = "evidence.foreign",
	                               .layer = x->layer,
	                               .path = x->name},
	             "the signed statement beside it speaks of another file");
}

static void claim_lines(struct reading *t, struct report_evidence *x, struct bytes lines)
{
	for (struct bytes line; bytes_split(&lines, '\n', &line);) {
		if (line.n || !x->claimed.n)
			claim(t, x, line);
	}
}

/* A signature beside a file: the key that has made it; NULL: none of ours, or it is about another
 * file. */
static const struct key *signer_beside(struct reading *t, struct report_evidence *x,
                                       const struct fact_paper *sig, const struct digest *own)
{
	struct digest of = sha256_of(sig->signed_sha256);
	x->signatures += sig->signatures;
	if (sig->why.n)
		unverified(t, x, arena_printf(t->r->arena, "%.*s", BYTES_FMT(sig->why)));
	bool is_ours_too = is_of_file(sig, own);
	const struct key *signer =
		is_ours_too ? signer_of_file(t, sig->signature, of.algo ? &of : own) : NULL;
	if (sig->type.n && !is_ours_too)
		foreign_file(t, x);
	else if (!signer)
		claim_lines(t, x, sig->claimed.n ? sig->claimed : B("\n"));
	return signer;
}

/* Who signed a file, within it or beside it.  That names no image: policies do not see it. */
static void file_signer(struct reading *t, struct report_evidence *x, const struct fact_paper *f)
{
	struct digest own = sha256_of(f->sha256), within = sha256_of(f->signed_sha256);
	const struct key *signer = signer_of_file(t, f->signature, &within);
	for (size_t i = 0; i < t->n_beside; i++) {
		const struct key *other = bytes_eq(t->beside[i].beside, f->head.path)
		                                  ? signer_beside(t, x, &t->beside[i], &own)
		                                  : NULL;
		signer = signer ? signer : other;
	}
	if (signer)
		x->signer = arena_dup(t->r->arena, bytes_str(key_id(signer)));
}

static void read_file(struct reading *t, const struct fact_paper *f, size_t layer)
{
	struct report_evidence *x = add(t->r);
	struct digest own = sha256_of(f->sha256);
	struct bytes line, rest = f->purls;
	if (!x)
		return;
	x->found = "file";
	x->kind = PAPER_SBOM;
	x->name = arena_dup(t->r->arena, f->head.path);
	x->layer = (int32_t)layer;
	x->type = arena_dup(t->r->arena, f->type.n ? f->type : f->form);
	x->document = text_of(t->r, &own);
	x->signatures = f->signatures;
	claim_lines(t, x, f->claimed);
	file_signer(t, x, f);
	if (!f->form.n && f->why.n)
		report_cover(t->r,
		             (struct coverage){.check = CHECK_LINEAGE,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "evidence.unread",
		                               .layer = (int32_t)layer,
		                               .path = x->name},
		             "%.*s", BYTES_FMT(f->why));
	if (!f->form.n) {
		x->kind = f->why.n ? PAPER_SBOM : PAPER_ATTESTATION;
		return;
	}
	while (bytes_split(&rest, '\n', &line))
		flow_compare_purl(t->compare, line);
	flow_compare_end(t->compare, t->r, x, f->packages);
	t->n_files++;
}

static void keep_beside(struct reading *t, const struct fact_paper *f)
{
	if (!t->beside)
		t->beside = arena_alloc(t->r->arena, EVIDENCE_MAX * sizeof *t->beside);
	t->beside[t->n_beside++] = *f;
}

/* Signatures alone, to be met by the files that they are about. */
static void collect_beside(struct reading *t, const struct judge_input *in)
{
	for (size_t i = 0; i < in->n_layers; i++) {
		struct fact_paper f;
		struct fact_iter it = fact_iter(in->layers[i], FACT_PAPER);
		for (struct bytes cbor; fact_next(&it, &cbor);) {
			if (fact_decode_paper(cbor, &f) && f.beside.n &&
			    t->n_beside < (size_t)EVIDENCE_MAX &&
			    view_shows(in->view, i, f.head.path))
				keep_beside(t, &f);
		}
	}
}

static void files(struct reading *t, const struct judge_input *in)
{
	collect_beside(t, in);
	for (size_t i = 0; i < in->n_layers; i++) {
		struct fact_paper f;
		struct fact_iter it = fact_iter(in->layers[i], FACT_PAPER);
		for (struct bytes cbor; fact_next(&it, &cbor);) {
			if (fact_decode_paper(cbor, &f) && !f.beside.n &&
			    view_shows(in->view, i, f.head.path))
				read_file(t, &f, i);
		}
	}
	flow_compare_files(t->compare, t->r, t->n_files);
}

void flow_evidence_beside(const struct scan *s, const struct source_image *im, struct report *r)
{
	struct reading t = {.s = s, .im = im, .r = r, .compare = flow_compare_new(r)};
	beside(&t);
	flow_compare_free(t.compare);
}

void flow_evidence(const struct scan *s, const struct source_image *im,
                   const struct judge_input *in, struct report *r)
{
	struct reading t = {.s = s, .im = im, .r = r, .compare = flow_compare_new(r)};
	if (!s->o->no_evidence)
		beside(&t);
	files(&t, in);
	flow_compare_free(t.compare);
}
