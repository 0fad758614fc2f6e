/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c - the in-toto Statement.  Source: in-toto attestation spec/v1/statement.md. */
#include "fmt/dsse.h"

#define STATEMENT_V1 "https://in-toto.io/Statement/v1"

static bool is_statement(const json_t *root)
{
	struct bytes type = json_text(root, "_type");
	return bytes_eq(type, B(STATEMENT_V1)) ||
	       bytes_eq(type, B("https://in-toto.io/Statement/v0.1"));
}

static int get_subject(struct arena *a, const json_t *from, const char *name,
                       struct statement_subject *ret, struct err *e)
{
	const json_t *digests = json_obj(from, "digest");
	/* statement.md: "digest" is required and holds at least one */
	if (!json_object_size(digests))
		return err_set(e, ERR_FORMAT, "%s: a subject without a digest", name);
	*ret = (struct statement_subject){.name = arena_dup(a, json_text(from, "name"))};
	struct bytes hex = json_text(digests, "sha256");
	if (hex.n && digest_parse_hex(hex, &ret->sha256, e) < 0)
		return err_wrap(e, "%s", name);
	return 0;
}

static int get_subjects(struct arena *a, const char *name, struct statement *s, struct err *e)
{
	const json_t *list = json_list(s->root, "subject");
	size_t n = json_array_size(list);
	if (n == 0)
		return err_set(e, ERR_FORMAT, "%s: is about nothing", name);
	s->subjects = arena_alloc(a, n * sizeof *s->subjects);
	s->n_subjects = n;
	for (size_t i = 0; i < n; i++) {
		if (get_subject(a, json_array_get(list, i), name, &s->subjects[i], e) < 0)
			return -1;
	}
	return 0;
}

int statement_parse(struct arena *a, struct bytes text, const char *name, struct statement *ret,
                    struct err *e)
{
	struct statement s = {.n_subjects = 0};
	if (json_load_data(text, name, (size_t)DSSE_ENVELOPE_MAX, &s.root, e) < 0)
		return -1;
	s.predicate_type = arena_dup(a, json_text(s.root, "predicateType"));
	s.predicate = json_obj(s.root, "predicate");
	int rc = 0;
	if (!is_statement(s.root) || !s.predicate_type.n)
		rc = err_set(e, ERR_FORMAT, "%s: not an in-toto statement", name);
	if (rc == 0)
		rc = get_subjects(a, name, &s, e);
	if (rc < 0) {
		statement_free(&s);
		return -1;
	}
	*ret = s;
	return 0;
}

void statement_free(struct statement *s)
{
	json_decref(s->root);
	*s = (struct statement){.n_subjects = 0};
}

bool statement_is_about(const struct statement *s, const struct digest *sha256)
{
	for (size_t i = 0; i < s->n_subjects; i++) {
		if (sha256->algo == DIGEST_SHA256 && digest_eq(&s->subjects[i].sha256, sha256))
			return true;
	}
	return false;
}

void statement_begin(struct json_out *j, struct bytes name, const struct digest *subject,
                     const char *predicate_type)
{
	char hex[2 * 64 + 1];
	hex_encode(subject->b, digest_size(subject->algo), hex);
	jout_object(j);
	jout_kstr(j, "_type", STATEMENT_V1);
	jout_key(j, "subject");
	jout_array(j);
	jout_object(j);
	if (name.n)
		jout_kbytes(j, "name", name);
	jout_key(j, "digest");
	jout_object(j);
	jout_kstr(j, digest_algo_name(subject->algo), hex);
	jout_object_end(j);
	jout_object_end(j);
	jout_array_end(j);
	jout_kstr(j, "predicateType", predicate_type);
	jout_key(j, "predicate");
}
