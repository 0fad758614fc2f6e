/* SPDX-License-Identifier: Apache-2.0 */
/*
 * results_sarif.c - SARIF 2.1.0: what analysers of source code found.
 *
 * Source: SARIF 2.1.0, the sections that are named below.  Severity: "security-severity" of the
 * rule where it has one, as code hosts read it, else the level.
 */
#include "fmt/results_parts.h"

#include <string.h>

struct sarif {
	struct results_reader *r;
	struct results *to;
	const json_t *run;
	struct map *rules; /* id → rule */
};

static size_t index_of(const json_t *o, const char *key)
{
	uint64_t i;
	return json_u64(o, key, UINT32_MAX, &i) ? (size_t)i : SIZE_MAX;
}

static const json_t *first_of(const json_t *o, const char *list)
{
	return json_array_get(json_list(o, list), 0);
}

/* ---- the tool and its rules ---- */

static void add_rules(struct sarif *s, const json_t *component)
{
	const json_t *rules = json_list(component, "rules");
	for (size_t i = 0; i < json_array_size(rules); i++) {
		const json_t *rule = json_array_get(rules, i);
		struct bytes id = json_text(rule, "id");
		s->to->n_rules++;
		if (id.n)
			map_put(s->rules, id, NULL)->p = (void *)(uintptr_t)rule;
	}
}

static struct bytes version_of(const json_t *component)
{
	struct bytes v = json_text(component, "semanticVersion");
	return v.n ? v : json_text(component, "version");
}

static void read_tool(struct sarif *s)
{
	const json_t *tool = json_obj(s->run, "tool"), *driver = json_obj(tool, "driver");
	const json_t *extensions = json_list(tool, "extensions");
	s->to->tool = results_text(s->r, json_text(driver, "name"));
	s->to->version = results_text(s->r, version_of(driver));
	add_rules(s, driver);
	for (size_t i = 0; i < json_array_size(extensions); i++) {
		const json_t *x = json_array_get(extensions, i);
		struct bytes name = json_text(x, "name"), v = version_of(x);
		add_rules(s, x);
		if (name.n)
			results_list(s->r, &s->to->sets, &s->to->n_sets,
			             bytes_str(arena_printf(s->r->a, "%.*s%s%.*s", BYTES_FMT(name),
			                                    v.n ? "@" : "", BYTES_FMT(v))),
			             RESULT_SETS_MAX);
	}
}

/* 3.54: by its index among the extensions, or by its GUID or name; else the driver. */
static const json_t *component_of(const json_t *tool, const json_t *ref)
{
	const json_t *list = json_list(tool, "extensions");
	struct bytes guid = json_text(ref, "guid"), name = json_text(ref, "name");
	size_t at = index_of(ref, "index");
	if (at != SIZE_MAX)
		return json_array_get(list, at);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *x = json_array_get(list, i);
		if ((guid.n && bytes_eq(guid, json_text(x, "guid"))) ||
		    (name.n && bytes_eq(name, json_text(x, "name"))))
			return x;
	}
	return json_obj(tool, "driver");
}

/* 3.52.3: the rule by its index within the component, else by its id, of which the last part may be
 * a finer one (3.5.4). */
static const json_t *rule_of(const struct sarif *s, const json_t *result, struct bytes id)
{
	const json_t *tool = json_obj(s->run, "tool"), *ref = json_obj(result, "rule");
	const json_t *component, *rule;
	size_t i = index_of(result, "ruleIndex");
	component = component_of(tool, json_obj(ref, "toolComponent"));
	if (i == SIZE_MAX)
		i = index_of(ref, "index");
	rule = json_array_get(json_list(component, "rules"), i);
	if (rule)
		return rule;
	for (;;) {
		const union map_value *slot = map_get(s->rules, id);
		ssize_t slash = bytes_rfind(id, '/');
		if (slot)
			return slot->p;
		if (slash <= 0)
			return NULL;
		id.n = (size_t)slash;
	}
}

/* ---- when, whether whole, of what ---- */

static void read_notifications(struct sarif *s, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *n = json_array_get(list, i);
		struct bytes text = json_text(json_obj(n, "message"), "text");
		if (bytes_eq(json_text(n, "level"), B("error")))
			results_fault(s->r, s->to, "%.*s says: %.*s", BYTES_FMT(s->to->tool),
			              BYTES_FMT(bytes_slice(text, 0, 300)));
	}
}

static void read_invocations(struct sarif *s)
{
	const json_t *list = json_list(s->run, "invocations");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *inv = json_array_get(list, i);
		results_time(json_text(inv, "startTimeUtc"), &s->to->created_s);
		results_time(json_text(inv, "endTimeUtc"), &s->to->created_s);
		/* 3.20.14: false where the tool did not end as it should */
		if (json_is_false(json_object_get(inv, "executionSuccessful")))
			results_fault(s->r, s->to, "%.*s says that it did not run to its end",
			              BYTES_FMT(s->to->tool));
		read_notifications(s, json_list(inv, "toolExecutionNotifications"));
		read_notifications(s, json_list(inv, "toolConfigurationNotifications"));
	}
}

static void read_properties(struct sarif *s, const json_t *o)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)o, key, value)
	{
		results_property(s->r, s->to, bytes_str(key), json_bytes(value));
		for (size_t i = 0; i < json_array_size(value); i++)
			results_property(s->r, s->to, bytes_str(key),
			                 json_bytes(json_array_get(value, i)));
	}
}

/* ---- where ---- */

/* The part of an absolute URI below a folder that the run names as a base, or that it ran in. */
static struct bytes below_base(const struct sarif *s, struct bytes uri)
{
	const char *key;
	json_t *base;
	const json_t *bases = json_obj(s->run, "originalUriBaseIds");
	struct bytes best = uri;
	struct bytes cwd =
		json_text(json_obj(first_of(s->run, "invocations"), "workingDirectory"), "uri");
	json_object_foreach((json_t *)(uintptr_t)bases, key, base)
	{
		struct bytes b = json_text(base, "uri");
		if (b.n && b.p[b.n - 1] == '/' && bytes_starts(uri, b) && uri.n - b.n < best.n)
			best = bytes_skip(uri, b.n);
	}
	if (best.n == uri.n && cwd.n && bytes_starts(uri, cwd))
		best = bytes_skip(uri, cwd.n);
	return best;
}

/* 3.14.14: a base may itself be relative to another; one that is absolute is where the source lay,
 * which says nothing of the image. */
static void add_base(const struct sarif *s, struct bytes id, int depth, struct buf *to)
{
	const json_t *bases = json_obj(s->run, "originalUriBaseIds");
	const json_t *base = id.n ? json_object_getn(bases, (const char *)id.p, id.n) : NULL;
	struct bytes uri = json_text(base, "uri");
	if (!base || depth == RESULT_BASES_MAX)
		return;
	add_base(s, json_text(base, "uriBaseId"), depth + 1, to);
	if (bytes_search(uri, B(":")) < 0)
		buf_add(to, uri);
}

static void read_place(struct sarif *s, struct result *to, const json_t *result)
{
	const json_t *list = json_list(result, "locations");
	/* cppcheck's are the way there, with the place itself at the end */
	size_t which = bytes_eq(s->to->tool, B("Cppcheck")) && json_array_size(list)
	                       ? json_array_size(list) - 1
	                       : 0;
	const json_t *place = json_obj(json_array_get(list, which), "physicalLocation");
	const json_t *file = json_obj(place, "artifactLocation");
	if (!file)
		file = json_obj(result, "analysisTarget");
	AUTO_BUF struct buf uri;
	buf_init(&uri, (size_t)PATH_LEN_MAX);
	size_t i = index_of(file, "index");
	if (!json_text(file, "uri").n && i != SIZE_MAX)
		file = json_obj(json_array_get(json_list(s->run, "artifacts"), i), "location");
	add_base(s, json_text(file, "uriBaseId"), 0, &uri);
	buf_add(&uri, below_base(s, json_text(file, "uri")));
	to->path = results_path(s->r, buf_bytes(&uri), true);
	if (!json_u64(json_obj(place, "region"), "startLine", INT32_MAX, &to->line))
		to->line = 0;
}

/* ---- results ---- */

/* 3.27.10, 3.51.2: the result's own level, else that of an override, else the rule's. */
static struct bytes level_of(const struct sarif *s, const json_t *result, const json_t *rule)
{
	struct bytes level = json_text(result, "level"), kind = json_text(result, "kind");
	const json_t *overrides =
		json_list(first_of(s->run, "invocations"), "ruleConfigurationOverrides");
	if (level.n)
		return level;
	if (kind.n && !bytes_eq(kind, B("fail")))
		return B("none");
	for (size_t i = 0; i < json_array_size(overrides); i++) {
		const json_t *o = json_array_get(overrides, i), *d = json_obj(o, "descriptor");
		struct bytes id = json_text(d, "id");
		size_t at = index_of(d, "index");
		bool is_it = id.n ? bytes_eq(id, json_text(rule, "id"))
		                  : at != SIZE_MAX && at == index_of(result, "ruleIndex");
		if (is_it && json_text(json_obj(o, "configuration"), "level").n)
			return json_text(json_obj(o, "configuration"), "level");
	}
	level = json_text(json_obj(rule, "defaultConfiguration"), "level");
	return level.n ? level : B("warning");
}

/* "8.1", or 8.1; < 0: none. */
static double score_of(const json_t *o)
{
	const json_t *v = json_object_get(json_obj(o, "properties"), "security-severity");
	struct bytes t = json_bytes(v), whole, part;
	uint64_t a, b = 0;
	if (json_is_number(v))
		return json_number_value(v);
	bool has_part = bytes_cut(t, '.', &whole, &part);
	if (!bytes_u64(whole, 10, &a) || (has_part && !bytes_u64(bytes_slice(part, 0, 1), 9, &b)))
		return -1;
	return (double)a + (double)b / 10;
}

static struct bytes severity_of(const struct sarif *s, const json_t *result, const json_t *rule)
{
	static const struct {
		const char *level, *severity;
	} levels[] = {
		{"error",   "high"      },
                {"warning", "medium"    },
                {"note",    "low"       },
                {"none",    "negligible"}
        };
	double score = score_of(result);
	if (score < 0)
		score = score_of(rule);
	if (score > 0 && score <= 10)
		return score >= 9   ? B("critical")
		       : score >= 7 ? B("high")
		       : score >= 4 ? B("medium")
		                    : B("low");
	struct bytes level = level_of(s, result, rule);
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (bytes_eq(level, bytes_str(levels[i].level)))
			return bytes_str(levels[i].severity);
	return (struct bytes){NULL, 0};
}

/* 3.11.5: "{0}" stands for an argument, "{{" and "}}" for the braces. */
static void fill_in(struct buf *to, struct bytes text, const json_t *arguments)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		ssize_t end = c == '{' ? bytes_find(bytes_skip(text, i), '}') : -1;
		uint64_t n;
		if ((c == '{' || c == '}') && i + 1 < text.n && text.p[i + 1] == c) {
			buf_addc(to, c);
			i++;
		} else if (end > 1 &&
		           bytes_u64(bytes_slice(text, i + 1, i + (size_t)end), 1000, &n)) {
			buf_add(to, json_bytes(json_array_get(arguments, (size_t)n)));
			i += (size_t)end;
		} else {
			buf_addc(to, c);
		}
	}
}

/* 3.11.7: the text itself, else by its id the rule's. */
static struct bytes message_of(struct sarif *s, const json_t *result, const json_t *rule)
{
	const json_t *m = json_obj(result, "message");
	struct bytes text = json_text(m, "text"), id = json_text(m, "id");
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)RESULT_TEXT_MAX);
	if (!text.n && id.n)
		text = json_text(json_object_getn(json_obj(rule, "messageStrings"),
		                                  (const char *)id.p, id.n),
		                 "text");
	if (!text.n)
		text = json_text(json_obj(rule, "fullDescription"), "text");
	fill_in(&b, bytes_slice(text, 0, (size_t)RESULT_TEXT_MAX), json_list(m, "arguments"));
	return arena_dup(s->r->a, bytes_trim(buf_bytes(&b)));
}

/* "external/cwe/cwe-079" and "CWE-79: ..." are CWE-79. */
static void add_tag(struct sarif *s, struct result *to, struct bytes tag)
{
	struct bytes rest = tag;
	uint64_t n;
	if (bytes_starts(rest, B("external/cwe/cwe-")))
		rest = bytes_skip(rest, 17);
	else if (bytes_starts(rest, B("CWE-")) || bytes_starts(rest, B("cwe-")))
		rest = bytes_skip(rest, 4);
	else
		return;
	size_t digits = 0;
	while (digits < rest.n && is_digit(rest.p[digits]))
		digits++;
	if (bytes_u64(bytes_slice(rest, 0, digits), 99999, &n))
		results_list(s->r, &to->refs, &to->n_refs,
		             bytes_str(arena_printf(s->r->a, "CWE-%llu", (unsigned long long)n)),
		             RESULT_REFS_MAX);
}

static void read_refs(struct sarif *s, struct result *to, const json_t *result, const json_t *rule)
{
	const json_t *tags = json_list(json_obj(rule, "properties"), "tags");
	const json_t *taxa = json_list(result, "taxa");
	results_list(s->r, &to->refs, &to->n_refs, json_text(rule, "helpUri"), RESULT_REFS_MAX);
	for (size_t i = 0; i < json_array_size(tags); i++)
		add_tag(s, to, json_bytes(json_array_get(tags, i)));
	for (size_t i = 0; i < json_array_size(taxa); i++) {
		const json_t *t = json_array_get(taxa, i);
		struct bytes id = json_text(t, "id");
		if (bytes_eq(json_text(json_obj(t, "toolComponent"), "name"), B("CWE")))
			add_tag(s, to,
			        bytes_str(arena_printf(s->r->a, "%s%.*s",
			                               bytes_starts(id, B("CWE-")) ? "" : "CWE-",
			                               BYTES_FMT(id))));
	}
}

/* 3.27.23: settled where every suppression of it was accepted, which is what no status means. */
static struct bytes settled(struct sarif *s, const json_t *result)
{
	const json_t *list = json_list(result, "suppressions");
	struct bytes why = {NULL, 0};
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		struct bytes status = json_text(one, "status"), kind = json_text(one, "kind");
		struct bytes text = json_text(one, "justification");
		if (status.n && !bytes_eq(status, B("accepted")))
			return (struct bytes){NULL, 0};
		why = bytes_str(arena_printf(
			s->r->a, "suppressed %s%s%.*s",
			bytes_eq(kind, B("inSource")) ? "in the source" : "by its own tool",
			text.n ? ": " : "", BYTES_FMT(bytes_slice(text, 0, 1024))));
	}
	return why;
}

static int read_result(struct sarif *s, const json_t *result, struct err *e)
{
	struct bytes kind = json_text(result, "kind"), id = json_text(result, "ruleId");
	struct result *to;
	if (!id.n)
		id = json_text(json_obj(result, "rule"), "id");
	/* 3.27.9; 3.27.24: "absent" was there before, and is no more */
	if (bytes_eq(kind, B("pass")) || bytes_eq(kind, B("notApplicable")) ||
	    bytes_eq(kind, B("informational")) ||
	    bytes_eq(json_text(result, "baselineState"), B("absent"))) {
		s->to->n_passed++;
		return 0;
	}
	if (results_add(s->r, s->to, &to, e) < 0)
		return -1;
	const json_t *rule = rule_of(s, result, id);
	if (!id.n)
		id = json_text(rule, "id");
	to->id = results_text(s->r, id.n ? id : B("result"));
	struct bytes title = json_text(json_obj(rule, "shortDescription"), "text");
	if (!title.n)
		title = json_text(rule, "name");
	to->title = title.n ? results_text(s->r, title) : to->id;
	to->text = message_of(s, result, rule);
	to->severity = severity_of(s, result, rule);
	to->repair = results_text(
		s->r, json_text(json_obj(first_of(result, "fixes"), "description"), "text"));
	to->waved = settled(s, result);
	read_refs(s, to, result, rule);
	read_place(s, to, result);
	return 0;
}

static int read_run(struct sarif *s, struct err *e)
{
	const json_t *list = json_list(s->run, "results");
	read_tool(s);
	read_invocations(s);
	s->to->commit = results_text(
		s->r, json_text(first_of(s->run, "versionControlProvenance"), "revisionId"));
	read_properties(s, json_obj(s->run, "properties"));
	/* 3.14.23: absent or null means that nothing was looked for */
	if (!list)
		results_fault(s->r, s->to, "the run has no list of results");
	if (json_obj(s->run, "externalPropertyFileReferences"))
		results_fault(s->r, s->to, "a part of the run lies in other files");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_result(s, json_array_get(list, i), e) < 0)
			return -1;
	return 0;
}

int results_sarif(struct results_reader *r, const json_t *doc, struct err *e)
{
	const json_t *runs = json_list(doc, "runs");
	struct bytes version = json_text(doc, "version");
	if (!bytes_starts(version, B("2.")))
		return err_set(e, ERR_UNSUPPORTED, "%s: SARIF \"%.*s\" is not read, 2.1.0 is",
		               r->name, BYTES_FMT(version));
	if (!json_array_size(runs))
		return err_set(e, ERR_FORMAT, "%s: SARIF without a run: no tool says anything",
		               r->name);
	for (size_t i = 0; i < json_array_size(runs); i++) {
		struct sarif s = {.r = r, .run = json_array_get(runs, i), .rules = map_new()};
		int rc = results_run(r, "sarif", &s.to, e);
		if (rc == 0)
			rc = read_run(&s, e);
		map_free(s.rules);
		if (rc == 0 && !s.to->tool.n)
			rc = err_set(e, ERR_FORMAT, "%s: run %zu names no tool", r->name, i + 1);
		if (rc < 0)
			return -1;
	}
	return 0;
}
