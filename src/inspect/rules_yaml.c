/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_yaml.c - a file of rules as people write it.
 *
 * Format: a mapping.  "rules" is a list of rules; "why", "repair", "source" and "severity" hold for
 * those that do not say their own; "encoded" lists texts whose Base64 is worth decoding.  A rule
 * has an id, a title, and one of
 *   match: REGEX             the value tells itself by its form
 *   near: REGEX, match: ...  the value follows a name, in an assignment; names: [WORD] lists the
 *                            words of which one is in it, in lower case, so that it needs no
 *                            trigger of its own
 *   pattern: REGEX           the value is a group of it (group: N, else 1)
 * docs/RULES.md is the manual.
 */
#include "inspect/rules_text.h"

#include <stdlib.h>
#include <string.h>

#define NEAR_BEFORE "(?i:"
/* between a name and its value: the rest of the name, an operator of some language, a quote */
#define NEAR_BETWEEN                                                                               \
	")[ \\t\\w.\\[\\]-]{0,30}[\"'`]{0,2}[)\\]]?[ \\t]{0,4}(?::=|=>|\\|\\||==|[=:>,])[ "        \
	"\\t]{0,4}[\"'`]{0,2}"
#define NEAR_TRIGGER ")[^\\r\\n]{0,50}"

static const struct {
	const char *name, *before, *after;
} bounds[] = {
	{"word",    "(?<![A-Za-z0-9_])",    "(?![A-Za-z0-9_])"   },
	{"base64",  "(?<![A-Za-z0-9+/_-])", "(?![A-Za-z0-9+/_-])"},
	{"letters", "(?<![A-Za-z0-9])",     "(?![A-Za-z0-9])"    },
	{"end",     "",		     "(?![A-Za-z0-9_])"   },
	{"start",   "(?<![A-Za-z0-9_])",    ""                   },
	{"none",    "",		     ""                   },
};

struct reading {
	struct rules_text *t;
	const json_t *doc;
	const char *name;
	bool is_user;
	struct err *e;
};

static int wrong(const struct reading *in, const json_t *rule, const char *what)
{
	struct bytes id = json_text(rule, "id");
	return err_set(in->e, ERR_FORMAT, "%s:%d: rule \"%.*s\": %s", in->name, yaml_line(rule),
	               BYTES_FMT(id), what);
}

/* A member of the rule, or what the file says for all. */
static struct bytes member(const struct reading *in, const json_t *rule, const char *key)
{
	struct bytes v = json_text(rule, key);
	return v.n ? v : json_text(in->doc, key);
}

static int find_bound(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
		if (bytes_eq(name, bytes_str(bounds[i].name)))
			return (int)i;
	}
	return name.n ? -1 : 0;
}

static int expressions(const struct reading *in, const json_t *rule, struct rule_text *r)
{
	struct arena *a = in->t->arena;
	struct bytes match = json_text(rule, "match"), near = json_text(rule, "near");
	struct bytes pattern = json_text(rule, "pattern"), trigger = json_text(rule, "trigger");
	int bound = find_bound(json_text(rule, "bound"));
	if (bound < 0)
		return wrong(in, rule, "no such bound");
	if (!match.n == !pattern.n)
		return wrong(in, rule, "either a match or a pattern is wanted");
	r->r.group = 1;
	if (pattern.n) {
		r->regex = arena_str(a, pattern);
		r->trigger = r->regex;
		r->wrap = 64;
	} else if (near.n) {
		r->regex = arena_printf(a, NEAR_BEFORE "%.*s" NEAR_BETWEEN "(%.*s)%s",
		                        BYTES_FMT(near), BYTES_FMT(match), bounds[bound].after);
		r->trigger = arena_printf(a, NEAR_BEFORE "%.*s" NEAR_TRIGGER "%.*s",
		                          BYTES_FMT(near), BYTES_FMT(match));
		r->wrap = 16;
	} else {
		r->regex = arena_printf(a, "%s(%.*s)%s", bounds[bound].before, BYTES_FMT(match),
		                        bounds[bound].after);
		r->trigger = arena_str(a, match);
		r->wrap = 16;
	}
	if (trigger.n)
		r->trigger = arena_str(a, trigger);
	return 0;
}

struct number {
	const char *key;
	uint64_t max;
	uint64_t ret;
};

static int numbers(const struct reading *in, const json_t *rule, struct rule_text *r)
{
	struct number n[] = {
		{"group",   30,   r->r.group},
                {"shown",   64,   0         },
                {"span",    4096, 0         },
                {"entropy", 0,    0         }
        };
	for (size_t i = 0; i < 3; i++) {
		struct bytes v = json_text(rule, n[i].key);
		if (v.n && !bytes_u64(v, n[i].max, &n[i].ret))
			return wrong(in, rule, "a number is out of its range");
	}
	struct bytes v = json_text(rule, "entropy");
	double entropy = v.n ? strtod(arena_str(in->t->arena, v), NULL) : 0;
	if (entropy < 0 || entropy > 8)
		return wrong(in, rule, "entropy is 0 to 8 bits per byte");
	r->r.group = (uint8_t)n[0].ret;
	r->r.shown = (uint8_t)n[1].ret;
	r->r.span = (uint16_t)n[2].ret;
	r->r.entropy = (uint16_t)(entropy * 100 + 0.5);
	return 0;
}

static bool is_set(const json_t *rule, const char *key)
{
	return bytes_eq(json_text(rule, key), B("true"));
}

static int words(const struct reading *in, const json_t *rule, struct rule_text *r)
{
	enum severity severity;
	enum token_check check = TOKEN_CHECK_NONE;
	struct bytes name = json_text(rule, "check");
	if (!severity_parse(member(in, rule, "severity"), &severity))
		return wrong(in, rule, "a severity is wanted");
	if (name.n && !token_check_parse(name, &check))
		return wrong(in, rule, "no such check");
	r->r.severity = (uint8_t)severity;
	r->r.check = (uint8_t)check;
	r->r.flags = (uint8_t)((is_set(rule, "text") ? RULE_IS_TEXT : 0) |
	                       (is_set(rule, "weak") ? RULE_IS_WEAK : 0) |
	                       (is_set(rule, "stand-ins") ? RULE_IS_STAND_INS : 0) |
	                       (is_set(rule, "ahead") ? RULE_IS_AHEAD : 0) |
	                       (in->is_user ? RULE_IS_USER : 0));
	return 0;
}

static void list_words(const struct reading *in, const json_t *rule, const char *key, uint32_t *ret)
{
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(1));
	const json_t *list = json_list(rule, key);
	for (size_t i = 0; i < json_array_size(list); i++) {
		buf_add(&b, json_bytes(json_array_get(list, i)));
		buf_addc(&b, '\n');
	}
	*ret = rules_pool(in->t, buf_bytes(&b));
}

static int read_rule(const struct reading *in, const json_t *rule)
{
	struct bytes id = json_text(rule, "id"), title = json_text(rule, "title");
	struct bytes why = member(in, rule, "why"), repair = member(in, rule, "repair");
	struct rule_text *r = rules_text_add(in->t);
	r->name = in->name;
	r->id = arena_str(in->t->arena, id);
	if (!id.n || !title.n || !why.n || !repair.n)
		return wrong(in, rule, "id, title, why and repair are wanted");
	if (expressions(in, rule, r) || numbers(in, rule, r) || words(in, rule, r))
		return -1;
	r->r.id = rules_pool(in->t, id);
	r->r.title = rules_pool(in->t, title);
	r->r.why = rules_pool(in->t, why);
	r->r.repair = rules_pool(in->t, repair);
	r->r.source = rules_pool(in->t, member(in, rule, "source"));
	r->r.regex = rules_pool(in->t, bytes_str(r->regex));
	r->r.allow = rules_pool(in->t, json_text(rule, "allow"));
	r->r.context = rules_pool(in->t, json_text(rule, "allow-context"));
	r->r.path = rules_pool(in->t, json_text(rule, "path"));
	list_words(in, rule, "stop", &r->r.stop);
	list_words(in, rule, "names", &r->r.names);
	if (r->r.names)
		r->r.flags |= RULE_IS_ASSIGNED;
	return 0;
}

int rules_read_yaml(struct rules_text *t, struct bytes text, const char *name, bool is_user,
                    struct err *e)
{
	AUTO_JSON json_t *doc = NULL;
	if (yaml_load(text, name, YAML_LINES, &doc, e))
		return -1;
	struct reading in = {.t = t, .doc = doc, .name = name, .is_user = is_user, .e = e};
	const json_t *rules = json_list(doc, "rules"), *encoded = json_list(doc, "encoded");
	if (!rules && !encoded)
		return err_set(e, ERR_FORMAT, "%s: no list of rules", name);
	for (size_t i = 0; i < json_array_size(rules); i++) {
		if (read_rule(&in, json_array_get(rules, i)))
			return -1;
	}
	for (size_t i = 0; i < json_array_size(encoded); i++) {
		t->encoded.v = mem_grow(t->encoded.v, &t->encoded.cap, t->encoded.n + 1,
		                        sizeof *t->encoded.v);
		t->encoded.v[t->encoded.n++] =
			arena_dup(t->arena, json_bytes(json_array_get(encoded, i)));
	}
	return 0;
}
