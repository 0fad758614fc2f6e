/* SPDX-License-Identifier: Apache-2.0 */
/* yara_bundle.c - reading a bundle of compiled YARA rules where it lies. */
#include "inspect/yara_parts.h"

#include <string.h>

static bool read_rule(struct cbor *r, struct yara_rule *ret)
{
	uint64_t n = 0, severity = 0;
	struct bytes *const to[] = {&ret->name, &ret->title, &ret->why, &ret->repair, &ret->source};
	if (!cbor_get_array(r, &n) || n != YARA_RULE_FIELDS || !cbor_get_uint(r, &severity) ||
	    severity >= SEV__MAX)
		return false;
	ret->severity = (enum severity)severity;
	for (size_t i = 0; i < ARRAY_LEN(to); i++) {
		if (!cbor_get_bytes(r, to[i]))
			return false;
	}
	return true;
}

int yara_bundle_open(struct bytes b, struct arena *a, struct yara_bundle *ret, struct err *e)
{
	struct yara_bundle y = {.whole = b};
	uint64_t n = 0;
	if (!bytes_starts(b, B(YARA_MAGIC)))
		return err_set(e, ERR_FORMAT, "not YARA rules compiled by this version");
	struct cbor r = cbor_of(bytes_skip(b, sizeof YARA_MAGIC - 1));
	if (!cbor_get_bool(&r, &y.is_always) || !cbor_get_bytes(&r, &y.literals) ||
	    !cbor_get_bytes(&r, &y.compiled) || !cbor_get_array(&r, &n) ||
	    n > (uint64_t)YARA_RULES_MAX)
		return err_set(e, ERR_FORMAT, "compiled YARA rules are broken");
	y.rules = arena_alloc(a, (size_t)n * sizeof *y.rules + 1);
	for (; y.n_rules < n; y.n_rules++) {
		if (!read_rule(&r, &y.rules[y.n_rules]))
			return err_set(e, ERR_FORMAT, "compiled YARA rule %zu is broken",
			               y.n_rules);
	}
	if (r.bad || r.rest.n)
		return err_set(e, ERR_FORMAT, "compiled YARA rules are broken");
	*ret = y;
	return 0;
}

const struct yara_rule *yara_bundle_find(const struct yara_bundle *y, struct bytes name)
{
	size_t from = 0, to = y->n_rules;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int c = bytes_cmp(y->rules[mid].name, name);
		if (c == 0)
			return &y->rules[mid];
		if (c < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}
