/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_evidence.c - results of other tools, as in-toto statements, in a DSSE envelope or bare.
 *
 * Nothing is verified here: such evidence has no signer, and a rule that asks for one is not met by
 * it.  A statement counts only for the image whose digest it names.
 * Source: in-toto attestation spec (Statement v1, v0.1), test-result v0.1, SLSA provenance v1,
 * cosign's vulnerability predicate.
 */
#include "policy/policy_parts.h"

#include <string.h>

/* The payload of an envelope; the text itself where it is none. */
static int unwrap(struct buf *b, const json_t *root, const char *name, json_t **ret, struct err *e)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct bytes payload = json_text(root, "payload");
	uint32_t w = 0;
	unsigned bits = 0;
	*ret = NULL;
	if (!payload.n)
		return 0;
	while (bytes_ends(payload, B("=")))
		payload.n--;
	for (size_t i = 0; i < payload.n; i++) {
		const char *at = payload.p[i] ? strchr(letters, payload.p[i]) : NULL;
		if (!at)
			return err_set(e, ERR_FORMAT, "%s: the payload is not base64", name);
		w = w << 6 | (uint32_t)(at - letters);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_addc(b, (uint8_t)(w >> bits));
		}
	}
	return json_load_data(buf_bytes(b), name, (size_t)JSON_DOC_MAX, ret, e);
}

/* Whether a subject is the image. */
static struct bytes subject_of(const json_t *o, const struct report *r)
{
	const json_t *subjects = json_list(o, "subject");
	for (size_t i = 0; i < json_array_size(subjects); i++) {
		struct bytes hex =
			json_text(json_obj(json_array_get(subjects, i), "digest"), "sha256");
		struct bytes mine = bytes_starts(r->image.digest, B("sha256:"))
		                            ? bytes_skip(r->image.digest, 7)
		                            : (struct bytes){0};
		if (hex.n == 64 && bytes_eq(hex, mine))
			return r->image.digest;
	}
	return (struct bytes){0};
}

static struct bytes lower(struct report *r, struct bytes t)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 32);
	for (size_t i = 0; i < t.n; i++)
		buf_addc(&b, to_lower(t.p[i]));
	return arena_dup(r->arena, buf_bytes(&b));
}

static struct bytes first_of(struct report *r, struct bytes a, struct bytes b)
{
	return arena_dup(r->arena, a.n ? a : b);
}

static void times(struct report_evidence *x, const json_t *predicate)
{
	const json_t *run = json_obj(json_obj(predicate, "runDetails"), "metadata");
	struct bytes texts[] = {json_text(json_obj(predicate, "metadata"), "scanFinishedOn"),
	                        json_text(run, "finishedOn"), json_text(predicate, "created"),
	                        json_text(predicate, "timestamp")};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].n && clock_parse(texts[i], &x->created_s))
			return;
}

static void phase(struct report_evidence *x, struct report *r, const json_t *predicate)
{
	static const struct {
		const char *word, *phase;
	} rows[] = {
		{"test-result", "test"   },
                {"provenance",  "build"  },
                {"vuln",        "inspect"}
        };
	x->phase = arena_dup(r->arena, json_text(predicate, "phase"));
	for (size_t i = 0; i < ARRAY_LEN(rows) && !x->phase.n; i++)
		if (bytes_search(x->type, bytes_str(rows[i].word)) >= 0)
			x->phase = bytes_str(rows[i].phase);
}

void policy_statement(struct report *r, const json_t *o, struct report_evidence *x)
{
	const json_t *p = json_obj(o, "predicate"), *scanner = json_obj(p, "scanner");
	const json_t *tool = json_obj(p, "tool"),
		     *builder = json_obj(json_obj(p, "runDetails"), "builder");
	x->type = arena_dup(r->arena, json_text(o, "predicateType"));
	x->tool = first_of(r, json_text(tool, "name"), json_text(p, "tool"));
	x->tool_version = first_of(r, json_text(tool, "version"), json_text(scanner, "version"));
	if (!x->tool.n)
		x->tool = first_of(r, json_text(scanner, "uri"), json_text(builder, "id"));
	x->result = lower(r, json_text(p, "result"));
	phase(x, r, p);
	times(x, p);
}

int policy_evidence(struct report *r, struct bytes json, const char *name, size_t *ret,
                    struct err *e)
{
	AUTO_JSON json_t *root = NULL, *inner = NULL;
	AUTO_BUF struct buf payload;
	buf_init(&payload, (size_t)JSON_DOC_MAX);
	if (json_load_data(json, name, (size_t)JSON_DOC_MAX, &root, e) < 0 ||
	    unwrap(&payload, root, name, &inner, e) < 0)
		return -1;
	const json_t *o = inner ? inner : root;
	if (!bytes_starts(json_text(o, "_type"), B("https://in-toto.io/Statement/")))
		return err_set(e, ERR_FORMAT, "%s: no in-toto statement", name);
	struct bytes digest = subject_of(o, r);
	*ret = 0;
	if (!digest.n)
		return 0;
	struct report_evidence *x = report_evidence(r);
	*x = (struct report_evidence){.digest = digest, .layer = -1};
	x->source = arena_dup(r->arena, bytes_str(name));
	policy_statement(r, o, x);
	*ret = 1;
	return 0;
}
