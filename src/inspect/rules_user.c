/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_user.c - the rules of a user, compiled together with those that ship.
 *
 * What ships goes to the compiler as its bundle: its records and texts are taken over as they are.
 */
#include "inspect/rules_text.h"

#include <hs/hs.h>
#include <stdlib.h>
#include <string.h>

static int take_shipped(struct rules_text *t, struct bytes bundle, struct err *e)
{
	struct rules r;
	if (rules_open(bundle, &r, e) < 0)
		return -1;
	buf_add(&t->strings, bytes_of(r.strings, r.head->strings_len));
	buf_add(&t->digested, bytes_of(r.head->digest, sizeof r.head->digest));
	for (size_t i = 0; i < r.n; i++) {
		struct rule_text *to = rules_text_add(t);
		const char *trigger = rules_text(&r, r.v[i].trigger);
		to->r = r.v[i];
		to->id = arena_str(t->arena, bytes_str(rules_text(&r, r.v[i].id)));
		to->name = "what ships";
		to->trigger = *trigger ? arena_str(t->arena, bytes_str(trigger)) : NULL;
		for (size_t k = 0; k < r.v[i].n_allows; k++)
			rules_allow_add(t, to, &r.allows[r.v[i].allows + k]);
	}
	struct bytes encoded = bytes_str(rules_text(&r, r.head->encoded)), one;
	while (bytes_line(&encoded, &one)) {
		t->encoded.v = mem_grow(t->encoded.v, &t->encoded.cap, t->encoded.n + 1,
		                        sizeof *t->encoded.v);
		t->encoded.v[t->encoded.n++] = arena_dup(t->arena, one);
	}
	return 0;
}

static int read_file(struct rules_text *t, struct bytes name, struct bytes text, struct err *e)
{
	const char *file = arena_str(t->arena, name);
	struct digest d = digest_of(text);
	buf_addf(&t->digested, "%s user\n", file);
	buf_add(&t->digested, bytes_of(d.b, 32));
	if (bytes_ends(name, B(".toml")))
		return rules_read_toml(t, text, file, e);
	if (bytes_ends(name, B(".yaml")) || bytes_ends(name, B(".yml")))
		return rules_read_yaml(t, text, file, true, e);
	return err_set(e, ERR_FORMAT, "%s: neither .yaml nor .toml", file);
}

static int read_all(struct rules_text *t, struct bytes in, struct err *e)
{
	struct cbor r = cbor_of(in);
	struct bytes bundle, name, text;
	uint64_t n;
	if (!cbor_get_array(&r, &n) || n % 2 == 0 || !cbor_get_bytes(&r, &bundle))
		return err_set(e, ERR_FORMAT, "broken rules");
	/* the bundle is used where it lies: aligned */
	uint8_t *p = arena_alloc(t->arena, bundle.n + 1);
	memcpy(p, bundle.p, bundle.n);
	if (take_shipped(t, bytes_of(p, bundle.n), e) < 0)
		return -1;
	for (; n > 1; n -= 2) {
		if (!cbor_get_bytes(&r, &name) || !cbor_get_bytes(&r, &text))
			return err_set(e, ERR_FORMAT, "broken rules");
		if (read_file(t, name, text, e) < 0)
			return -1;
	}
	return 0;
}

static int make(struct bytes in, struct buf *out, struct err *e)
{
	AUTO_ARENA struct arena *arena = arena_new();
	AUTO_BUF struct buf bundle = {0};
	struct rules_text t = {.arena = arena, .is_for_here = true};
	buf_init(&t.strings, (size_t)RULES_MAX);
	buf_init(&t.digested, (size_t)RULES_MAX);
	buf_addf(&t.digested, "user\n");
	int rc = read_all(&t, in, e);
	if (rc == 0)
		rc = rules_finish(&t, &bundle, e);
	if (rc == 0 && buf_add(out, buf_bytes(&bundle)))
		rc = err_set(e, ERR_LIMIT, "compiled rules exceed %lld bytes",
		             (long long)RULES_MAX);
	buf_fini(&t.strings);
	buf_fini(&t.digested);
	free(t.encoded.v);
	free(t.v);
	return rc;
}

static int prepare(struct err *e)
{
	(void)e;
	json_seed();
	return 0;
}

int rules_make_main(void) { return compile_main(&rules_kind, prepare, make); }
