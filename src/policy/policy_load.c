/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_load.c - policies as they are written, and what they extend.
 *
 * Every key is known or an error; every expression is checked.  A policy that extends another adds
 * rules, needs and bounds; what would change or weaken a thing of the other is an error.
 */
#include "policy/policy_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct loading {
	struct policy *p;
	const char *name;
	struct bytes text;
	struct err *e;
};

static int fail_at(struct loading *l, const json_t *o, const char *key, size_t at, const char *what)
{
	struct yaml_at place = yaml_place(l->text, o, key, at);
	return err_set(l->e, ERR_FORMAT, "%s:%d:%d: %s", l->name, place.line, place.column, what);
}

static int fail(struct loading *l, const json_t *o, const char *what)
{
	return fail_at(l, o, "", 0, what);
}

static struct bytes text(struct loading *l, const json_t *o, const char *key)
{
	return arena_dup(l->p->arena, json_text(o, key));
}

/* Members that are texts where they are there. */
static int check_texts(struct loading *l, const json_t *o, const char *const names[])
{
	for (size_t i = 0; names[i]; i++) {
		const json_t *v = json_object_get(o, names[i]);
		if (v && !json_is_string(v))
			return fail_at(l, o, names[i], 0,
			               arena_printf(l->p->arena, "\"%s\" is a text", names[i]));
	}
	return 0;
}

/* A name: a text of one line that is not blank. */
static int name_of(struct loading *l, const json_t *o, const char *key, struct bytes *ret)
{
	*ret = text(l, o, key);
	bool is_good = bytes_trim(*ret).n == ret->n;
	for (size_t i = 0; i < ret->n; i++)
		is_good &= ret->p[i] >= ' ' && ret->p[i] != 0x7f;
	return is_good ? 0
	               : fail_at(l, o, key, 0,
	                         arena_printf(l->p->arena,
	                                      "\"%s\" is one line, without blanks around it", key));
}

/* A list of texts, or one text; what is neither, or empty, is an error. */
static int texts(struct loading *l, const json_t *o, const char *key, struct policy_texts *ret)
{
	const json_t *v = json_object_get(o, key);
	size_t n = json_is_array(v) ? json_array_size(v) : 1;
	if (!v)
		return 0;
	/* what a rule says takes the place of what its policy says for all */
	*ret = (struct policy_texts){arena_alloc(l->p->arena, (n + 1) * sizeof *ret->v), 0};
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
		if (!json_string_length(one))
			return fail_at(
				l, o, key, 0,
				arena_printf(l->p->arena, "\"%s\" must be a list of texts", key));
		ret->v[ret->n++] = arena_dup(l->p->arena, json_bytes(one));
	}
	return n ? 0 : fail_at(l, o, key, 0, arena_printf(l->p->arena, "\"%s\" is empty", key));
}

static int boolean(struct loading *l, const json_t *o, const char *key, bool fallback, bool *ret)
{
	struct bytes v = json_text(o, key);
	*ret = fallback;
	if (!json_object_get(o, key))
		return 0;
	if (!bytes_eq(v, B("true")) && !bytes_eq(v, B("false")))
		return fail_at(l, o, key, 0,
		               arena_printf(l->p->arena, "\"%s\" is true or false", key));
	*ret = bytes_eq(v, B("true"));
	return 0;
}

static int keys(struct loading *l, const json_t *o, const char *const known[])
{
	const char *key;
	json_t *value;
	if (!json_is_object(o))
		return fail(l, o, "a mapping is wanted here");
	json_object_foreach((json_t *)(uintptr_t)o, key, value)
	{
		size_t i = 0;
		while (known[i] && strcmp(known[i], key) != 0)
			i++;
		if (known[i] || strcmp(key, YAML_LINE_KEY) == 0 || strcmp(key, YAML_MARKS_KEY) == 0)
			continue;
		const char *near = bytes_nearest(bytes_str(key), known);
		return fail_at(l, o, key, 0,
		               arena_printf(l->p->arena, "unknown key \"%s\"%s%s%s", key,
		                            near ? ": is \"" : "", near ? near : "",
		                            near ? "\" meant?" : ""));
	}
	return 0;
}

static int needs(struct loading *l, const json_t *o, unsigned *ret)
{
	struct policy_texts list = {0};
	if (texts(l, o, "needs", &list) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		enum check c;
		if (!check_parse(list.v[i], &c))
			return fail_at(l, o, "needs", 0,
			               arena_printf(l->p->arena, "there is no check \"%.*s\"",
			                            BYTES_FMT(list.v[i])));
		*ret |= 1U << c;
	}
	return 0;
}

/* Patterns of places: they are held against names in lower case. */
static int places(struct loading *l, const json_t *o, const char *key, struct policy_texts *ret)
{
	if (texts(l, o, key, ret) < 0)
		return -1;
	for (size_t i = 0; i < ret->n; i++) {
		ret->v[i] = policy_place(l->p->arena, ret->v[i]);
		if (!ret->v[i].n)
			return fail_at(l, o, key, 0,
			               arena_printf(l->p->arena, "\"%s\" names nothing", key));
	}
	return 0;
}

static int where(struct loading *l, const json_t *o, struct policy_where *ret)
{
	return places(l, o, "environments", &ret->environments) < 0 ||
	                       places(l, o, "repositories", &ret->repositories) < 0 ||
	                       places(l, o, "namespaces", &ret->namespaces) < 0
	               ? -1
	               : 0;
}

/* The place in the text that "LINE:COLUMN: " of an error means, and what is said there. */
static size_t place_of(struct bytes text, const char *msg, const char **ret_what)
{
	char *end;
	long line = strtol(msg, &end, 10), column = *end == ':' ? strtol(end + 1, &end, 10) : 1;
	size_t at = 0;
	for (long i = 1; i < line && at < text.n; at++)
		i += text.p[at] == '\n';
	for (; column > 1 && at < text.n; at++)
		column -= (text.p[at] & 0xc0) != 0x80;
	while (at < text.n && (text.p[at] & 0xc0) == 0x80)
		at++;
	*ret_what = *end == ':' ? end + 2 : msg;
	return at;
}

/* The expression of a key; its result must be a bool. */
static int expression(struct loading *l, const json_t *o, const char *key, struct cel_program **ret)
{
	struct err e = {.msg = ""};
	const char *what;
	struct bytes t = json_text(o, key);
	if (!bytes_trim(t).n)
		return fail_at(l, o, key, 0, "an expression is wanted here");
	if (cel_compile(&policy_env, t, ret, &e) < 0) {
		size_t at = place_of(t, e.msg, &what);
		return fail_at(l, o, key, at, what);
	}
	size_t strange_at = 0;
	what = policy_strange(l->p, (*ret)->root, &strange_at);
	if (what)
		return fail_at(l, o, key, strange_at, what);
	if ((*ret)->type->kind != CEL_BOOL && (*ret)->type->kind != CEL_DYN)
		return fail_at(l, o, key, 0, "the expression gives no bool");
	return 0;
}

static int rule_kind(struct loading *l, const json_t *o, struct policy_rule *r,
                     const char **ret_key)
{
	static const char *const kinds[] = {
		[POLICY_REFUSE] = "refuse", [POLICY_REQUIRE] = "require", [POLICY_WARN] = "warn"};
	*ret_key = NULL;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!json_object_get(o, kinds[i]))
			continue;
		if (*ret_key)
			return fail_at(l, o, kinds[i], 0,
			               "a rule has one of refuse, require, warn");
		*ret_key = kinds[i];
		r->kind = (enum policy_kind)i;
	}
	return *ret_key ? 0 : fail(l, o, "a rule needs refuse, require or warn");
}

static int rule_message(struct loading *l, const json_t *o, struct policy_rule *r)
{
	struct err e = {.msg = ""};
	size_t at = 0;
	if (policy_message_parse(l->p, r, &at, &e) < 0)
		return fail_at(l, o, "message", at, e.msg);
	for (size_t i = 0; i < r->n_parts && !r->is_per_finding; i++)
		if (r->parts[i].program && r->parts[i].program->globals & 1U << POLICY_FINDING)
			return fail_at(
				l, o, "message", 0,
				"the rule is not asked of findings: its message cannot name one");
	return 0;
}

/* Classes that a rule is for: one that the policy does not have would make it hold nowhere. */
static int rule_classes(struct loading *l, const json_t *o, struct policy_rule *r)
{
	const struct policy *p = l->p;
	const char **names = arena_alloc(p->arena, (p->n_classes + 1) * sizeof *names);
	if (texts(l, o, "classes", &r->where.classes) < 0)
		return -1;
	for (size_t i = 0; i < p->n_classes; i++)
		names[i] = arena_printf(p->arena, "%.*s", BYTES_FMT(p->classes[i].name));
	for (size_t i = 0; i < r->where.classes.n; i++) {
		struct bytes name = r->where.classes.v[i];
		size_t k = 0;
		while (k < p->n_classes && !bytes_eq(p->classes[k].name, name))
			k++;
		const char *near = bytes_nearest(name, names);
		if (k == p->n_classes)
			return fail_at(l, o, "classes", 0,
			               arena_printf(p->arena, "there is no class %.*s%s%s%s",
			                            BYTES_FMT(name), near ? ": is " : "",
			                            near ? near : "", near ? " meant?" : ""));
	}
	return 0;
}

static int one_rule(struct loading *l, const json_t *o, struct policy_rule *r)
{
	static const char *const known[] = {
		"id",       "refuse", "require",      "warn",         "message",    "description",
		"source",   "needs",  "environments", "repositories", "namespaces", "classes",
		"waivable", NULL};
	const char *key;
	bool is_waivable;
	*r = (struct policy_rule){.of = l->p, .line = yaml_line(o), .where = l->p->where};
	static const char *const prose[] = {"id", "message", "description", "source", NULL};
	if (keys(l, o, known) < 0 || check_texts(l, o, prose) < 0 || rule_kind(l, o, r, &key) < 0)
		return -1;
	if (name_of(l, o, "id", &r->id) < 0)
		return -1;
	if (!r->id.n)
		return fail(l, o, "a rule needs an id");
	r->message = text(l, o, "message");
	r->description = text(l, o, "description");
	r->source = text(l, o, "source");
	if (expression(l, o, key, &r->program) < 0 || needs(l, o, &r->needs) < 0 ||
	    where(l, o, &r->where) < 0 || rule_classes(l, o, r) < 0 ||
	    boolean(l, o, "waivable", true, &is_waivable) < 0)
		return -1;
	r->expression = r->program->text;
	r->is_unwaivable = !is_waivable;
	r->is_per_finding = r->program->globals & 1U << POLICY_FINDING;
	if (r->is_per_finding && r->kind == POLICY_REQUIRE)
		return fail_at(l, o, key, 0,
		               "require is asked of the image: use findings.all(f, ...)");
	return rule_message(l, o, r);
}

static int rules(struct loading *l, const json_t *root)
{
	struct policy *p = l->p;
	const json_t *list = json_object_get(root, "rules");
	const struct policy *up = p->extends;
	size_t n = json_array_size(list);
	if (list && !json_is_array(list))
		return fail_at(l, root, "rules", 0, "\"rules\" must be a list");
	if (!n && !up)
		return fail_at(l, root, "rules", 0,
		               "the policy has no rules: it would admit everything");
	p->n_inherited = up ? up->n_rules : 0;
	if (n + p->n_inherited > (size_t)POLICY_RULES_MAX)
		return err_set(l->e, ERR_LIMIT, "%s: more than %d rules", l->name,
		               (int)POLICY_RULES_MAX);
	p->rules = arena_alloc(p->arena, (n + p->n_inherited + 1) * sizeof *p->rules);
	for (size_t i = 0; i < p->n_inherited; i++)
		p->rules[p->n_rules++] = up->rules[i];
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);
		struct policy_rule *r = &p->rules[p->n_rules++];
		if (!json_is_object(o))
			return fail_at(l, root, "rules", 0, "a rule is a mapping");
		if (one_rule(l, o, r) < 0)
			return -1;
		for (const struct policy_rule *k = p->rules; k < r; k++)
			if (bytes_eq(k->id, r->id))
				return fail_at(
					l, o, "id", 0,
					k->of == p ? "a rule of this id stands above"
						   : arena_printf(p->arena,
				                                  "the rule is that of %.*s: what "
				                                  "extends a policy adds rules, it "
				                                  "changes none",
				                                  BYTES_FMT(k->of->file)));
	}
	return 0;
}

static int classes(struct loading *l, const json_t *root)
{
	static const char *const known[] = {"name", "when", NULL};
	struct policy *p = l->p;
	const json_t *list = json_object_get(root, "classes");
	const struct policy *up = p->extends;
	size_t n = json_array_size(list);
	p->classes = arena_alloc(p->arena, (n + (up ? up->n_classes : 0) + 1) * sizeof *p->classes);
	for (size_t i = 0; up && i < up->n_classes; i++)
		p->classes[p->n_classes++] = up->classes[i];
	if (list && !json_is_array(list))
		return fail_at(l, root, "classes", 0,
		               "\"classes\" must be a list of name and when");
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);
		struct policy_class *c = &p->classes[p->n_classes++];
		*c = (struct policy_class){.name = (struct bytes){0}};
		if (!json_is_object(o))
			return fail_at(l, root, "classes", 0, "a class is a mapping");
		if (keys(l, o, known) < 0 || expression(l, o, "when", &c->when) < 0)
			return -1;
		c->name = text(l, o, "name");
		if (!c->name.n || c->when->globals & 1U << POLICY_FINDING)
			return fail(l, o, "a class needs a name, and is asked of the image");
		for (const struct policy_class *k = p->classes; k < c; k++)
			if (bytes_eq(k->name, c->name))
				return fail_at(l, o, "name", 0, "there is a class of this name");
	}
	return 0;
}

static int values(struct loading *l, const json_t *root)
{
	struct policy *p = l->p;
	const struct policy *up = p->extends;
	const json_t *o = json_object_get(root, "values");
	const char *key;
	json_t *v;
	size_t cap = up ? up->n_values : 0;
	if (o && !json_is_object(o))
		return fail_at(l, root, "values", 0, "\"values\" must be a mapping of lists");
	json_object_foreach((json_t *)(uintptr_t)o, key, v) cap += json_array_size(v) + 1;
	p->values = arena_alloc(p->arena, (cap + 1) * sizeof *p->values);
	for (size_t i = 0; up && i < up->n_values; i++)
		p->values[p->n_values++] = up->values[i];
	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		struct policy_texts list = {0};
		if (strcmp(key, YAML_LINE_KEY) == 0 || strcmp(key, YAML_MARKS_KEY) == 0)
			continue;
		for (size_t i = 0; up && i < up->n_values; i++)
			if (bytes_eq(up->values[i].key, bytes_str(key)))
				return fail_at(l, o, key, 0,
				               "the list is that of the policy that is extended");
		if (texts(l, o, key, &list) < 0)
			return -1;
		for (size_t i = 0; i < list.n; i++)
			p->values[p->n_values++] =
				(struct label){arena_dup(p->arena, bytes_str(key)), list.v[i]};
	}
	return 0;
}

static int max_days(struct loading *l, const json_t *o, int64_t most)
{
	uint64_t days = 0;
	if (!json_object_get(o, "max_days"))
		return 0;
	if (!bytes_u64(json_text(o, "max_days"), 36500, &days) || !days)
		return fail_at(l, o, "max_days", 0, "a number of days is wanted");
	if (most && (int64_t)days > most)
		return fail_at(l, o, "max_days", 0, "the policy that is extended allows fewer");
	l->p->waivers.max_days = (int64_t)days;
	return 0;
}

/* Yes or no; what the policy that is extended says cannot be taken back. */
static int bound(struct loading *l, const json_t *o, const char *key, bool *is_set,
                 const char *what)
{
	bool now, was = *is_set;
	if (boolean(l, o, key, was, &now) < 0)
		return -1;
	*is_set = now;
	return was && !now ? fail_at(l, o, key, 0, what) : 0;
}

/* Bounds of waivers: a policy may make those it extends narrower. */
static int waiver_rules(struct loading *l, const json_t *root)
{
	static const char *const known[] = {"files",     "four_eyes", "max_days",
	                                    "wildcards", "sealed",    NULL};
	static const char sealed[] = "the policy that is extended takes no waivers but its own";
	const json_t *o = json_object_get(root, "waivers");
	struct policy_waivers *w = &l->p->waivers;
	if (l->p->extends) {
		*w = l->p->extends->waivers;
		w->files = (struct policy_texts){0};
	}
	bool was_sealed = w->is_sealed, wild, had_none = w->no_wildcards;
	if (!o)
		return 0;
	if (!json_is_object(o))
		return fail_at(l, root, "waivers", 0, "\"waivers\" is a mapping");
	if (keys(l, o, known) < 0 || texts(l, o, "files", &w->files) < 0 ||
	    bound(l, o, "four_eyes", &w->four_eyes,
	          "the policy that is extended wants four eyes") ||
	    bound(l, o, "sealed", &w->is_sealed, sealed) ||
	    boolean(l, o, "wildcards", !had_none, &wild) < 0)
		return -1;
	w->no_wildcards = !wild;
	w->files_at = yaml_place(l->text, o, "files", 0);
	if (was_sealed && w->files.n)
		return fail_at(l, o, "files", 0, sealed);
	if (had_none && wild)
		return fail_at(l, o, "wildcards", 0, "the policy that is extended allows none");
	return max_days(l, o, w->max_days);
}

static int break_glass(struct loading *l, const json_t *root)
{
	const struct policy *up = l->p->extends;
	if (!json_object_get(root, "break_glass")) {
		if (up)
			l->p->break_glass = up->break_glass;
		return 0;
	}
	if (up)
		return fail_at(l, root, "break_glass", 0,
		               "who may break the glass is for the policy that is extended to say");
	return texts(l, root, "break_glass", &l->p->break_glass);
}

int policy_file(const char *path, struct err *e)
{
	struct stat st;
	if (stat(path, &st))
		return err_set(e, errno == ENOENT ? ERR_NOTFOUND : ERR_IO, "open %s: %m", path);
	return S_ISREG(st.st_mode) ? 0 : err_set(e, ERR_FORMAT, "%s is no file", path);
}

static int load_file(const char *path, unsigned depth, struct policy **ret, struct err *e);

static int extend(struct loading *l, const json_t *root, const char *folder, unsigned depth)
{
	struct policy *up;
	struct bytes path = json_text(root, "extends");
	if (!json_object_get(root, "extends"))
		return 0;
	if (!path.n || memchr(path.p, 0, path.n))
		return fail_at(l, root, "extends", 0, "the path of a policy is wanted");
	if (depth >= (unsigned)POLICY_CHAIN_MAX) {
		fail_at(l, root, "extends", 0,
		        "too many policies extend one another (POLICY_CHAIN_MAX), or in a circle");
		l->e->kind = ERR_LIMIT;
		return -1;
	}
	if (!folder)
		return fail_at(l, root, "extends", 0, "there is no folder to look for it");
	bool is_whole = path.p[0] == '/' || strcmp(folder, ".") == 0;
	const char *file = arena_printf(l->p->arena, "%s%s%.*s", is_whole ? "" : folder,
	                                is_whole ? "" : "/", BYTES_FMT(path));
	if (load_file(file, depth + 1, &up, l->e) < 0) {
		struct yaml_at at = yaml_place(l->text, root, "extends", 0);
		/* of a circle the end is enough */
		return l->e->kind == ERR_LIMIT
		               ? -1
		               : err_wrap(l->e, "%s:%d:%d", l->name, at.line, at.column);
	}
	l->p->extends = up;
	l->p->extends_path = arena_dup(l->p->arena, path);
	return 0;
}

/* Checks that need nothing but a build, a sandbox or a watch on a host make no default. */
enum {
	NEEDS_ALL = 1U << CHECK_VULNERABILITY | 1U << CHECK_SECRET | 1U << CHECK_MALWARE |
	            1U << CHECK_CONFIG | 1U << CHECK_USER | 1U << CHECK_BINARY | 1U << CHECK_FILE |
	            1U << CHECK_LICENSE
};

static void sum(struct policy *p)
{
	struct digester *d = digester_new(DIGEST_SHA256);
	if (p->extends)
		digester_add(d, bytes_of(p->extends->digest.b, 32));
	digester_add(d, p->text);
	p->digest = digester_end(d);
	digester_free(d);
}

/* Version, name, revision. */
static int read_head(struct loading *l, const json_t *root)
{
	struct policy *p = l->p;
	uint64_t revision = 0;
	if (!bytes_eq(json_text(root, "version"), B("1")))
		return fail_at(l, root, "version", 0, "the version of policies that is read is 1");
	if (json_object_get(root, "revision") &&
	    !bytes_u64(json_text(root, "revision"), INT64_MAX, &revision))
		return fail_at(l, root, "revision", 0, "a number is wanted");
	p->revision = (int64_t)revision;
	static const char *const prose[] = {"name", "description", NULL};
	if (check_texts(l, root, prose) < 0)
		return -1;
	p->description = text(l, root, "description");
	if (name_of(l, root, "name", &p->name) < 0)
		return -1;
	return p->name.n ? 0 : fail(l, root, "a policy needs a name");
}

static int read_all(struct loading *l, const json_t *root, const char *folder, unsigned depth)
{
	static const char *const known[] = {
		"version", "name",         "description",  "extends",     "revision",
		"needs",   "environments", "repositories", "namespaces",  "classes",
		"rules",   "values",       "waivers",      "break_glass", NULL};
	struct policy *p = l->p;
	if (!json_is_object(root))
		return err_set(l->e, ERR_FORMAT,
		               "%s:1:1: a policy is a mapping with version and rules", l->name);
	if (keys(l, root, known) < 0 || read_head(l, root) < 0 ||
	    extend(l, root, folder, depth) < 0)
		return -1;
	p->needs = p->extends ? p->extends->needs : 0;
	if (needs(l, root, &p->needs) < 0 || where(l, root, &p->where) < 0)
		return -1;
	if (!p->needs)
		p->needs = NEEDS_ALL;
	if (values(l, root) < 0 || classes(l, root) < 0 || waiver_rules(l, root) < 0 ||
	    break_glass(l, root) < 0)
		return -1;
	return rules(l, root);
}

static int parse(struct bytes doc, const char *name, const char *folder, unsigned depth,
                 struct policy **ret, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (yaml_load(doc, name, YAML_LINES | YAML_MARKS, &root, e) < 0)
		return -1;
	struct arena *a = arena_new();
	struct policy *p = arena_alloc(a, sizeof *p);
	p->arena = a;
	p->file = arena_dup(a, bytes_str(name));
	p->text = arena_dup(a, doc);
	struct loading l = {.p = p, .name = (const char *)p->file.p, .text = p->text, .e = e};
	if (read_all(&l, root, folder, depth) < 0) {
		policy_free(p);
		return -1;
	}
	policy_share(p);
	sum(p);
	*ret = p;
	return 0;
}

static int load_file(const char *path, unsigned depth, struct policy **ret, struct err *e)
{
	AUTO_BUF struct buf doc = {.p = NULL};
	AUTO_FREE char *folder = NULL;
	struct bytes dir = path_dir(bytes_str(path));
	if ((depth > 1 && policy_file(path, e) < 0) ||
	    file_read(path, (size_t)YAML_DOC_MAX, &doc, e) < 0)
		return -1;
	folder = strndup(dir.n            ? (const char *)dir.p
	                 : path[0] == '/' ? "/"
	                                  : ".",
	                 dir.n ? dir.n : 1);
	return parse(buf_bytes(&doc), path, folder, depth, ret, e);
}

int policy_load(const char *path, struct policy **ret, struct err *e)
{
	return load_file(path, 1, ret, e);
}

int policy_parse(struct bytes doc, const char *name, const char *folder, struct policy **ret,
                 struct err *e)
{
	return parse(doc, name, folder, 1, ret, e);
}

void policy_free(struct policy *p)
{
	while (p) {
		struct policy *up = (struct policy *)(uintptr_t)p->extends;
		for (size_t i = p->n_inherited; i < p->n_rules; i++) {
			cel_program_free(p->rules[i].program);
			for (size_t k = 0; k < p->rules[i].n_parts; k++)
				cel_program_free(p->rules[i].parts[k].program);
		}
		for (size_t i = up ? up->n_classes : 0; i < p->n_classes; i++)
			cel_program_free(p->classes[i].when);
		arena_free(p->arena);
		p = up;
	}
}
