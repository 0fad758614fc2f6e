/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_case.c - a small report written in YAML, for a case of `assay policy test`.
 *
 * Members are those of the JSON report; what is left out is empty or not known, and every check is
 * complete unless `coverage` says otherwise.  A member that reports do not have is an error: a case
 * that is misspelt would pass for the wrong reason.
 */
#include "cli/policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What may be said, by example: the kind of each value, and what holds where nothing is said. Lists
 * have one element as its example, and are empty where nothing is said. */
static const char shape[] =
	"{\"schema\":\"assay.report/v1\",\"tool\":{\"name\":\"assay\",\"version\":\"case\"},"
	"\"image\":{\"reference\":\"\",\"digest\":\"\",\"config_digest\":\"\",\"platform\":"
	"\"linux/"
	"amd64\",\"user\":{\"declared\":\"\",\"uid\":-1,\"gid\":-1,\"privilege\":\"unknown\","
	"\"writable\":[\"\"]},"
	"\"accountability\":{\"programs\":-1,\"bytes\":-1,\"signed\":-1,\"learned\":-1,"
	"\"claimed\":-1,\"steps\":-1},"
	"\"layers\":[{\"digest\":\"\",\"diff_id\":\"\",\"size\":0,\"created_by\":\"\",\"origin\":"
	"\"unknown\"}],\"config\":{\"user\":\"\",\"entrypoint\":[\"\"],\"cmd\":[\"\"],\"env\":["
	"\"\"],"
	"\"exposed_ports\":[\"\"],\"labels\":{}}},"
	"\"os\":{\"id\":\"\",\"version\":\"\",\"name\":\"\",\"eol\":\"\"},"
	"\"lineage\":[{\"reference\":\"\",\"digest\":\"\",\"layers\":0,\"by\":\"label\","
	"\"admitted\":\"\",\"signer\":\"\"}],"
	"\"packages\":[{\"purl\":\"\",\"type\":\"\",\"name\":\"\",\"version\":\"\",\"arch\":\"\","
	"\"source\":{\"name\":\"\",\"version\":\"\"},\"licenses\":[\"\"],\"vendor\":\"\","
	"\"maintainer\":\"\",\"repository\":\"\",\"module\":\"\",\"third_party\":false,\"layer\":-"
	"1,"
	"\"paths\":[\"\"]}],"
	"\"findings\":[{\"check\":\"vulnerability\",\"id\":\"\",\"severity\":\"unknown\","
	"\"severity_source\":\"\",\"title\":\"\",\"package\":\"\",\"installed\":\"\",\"fixed\":"
	"\"\","
	"\"status\":\"\",\"location\":{\"layer\":-1,\"path\":\"\",\"line\":0,\"deleted\":false},"
	"\"reason\":\"\",\"repair\":\"\",\"epss\":-1.0,\"kev\":false,\"cvss\":{\"vector\":\"\","
	"\"score\":-1.0},\"references\":[\"\"],\"fingerprint\":\"\"}],"
	"\"evidence\":[{\"kind\":\"attestation\",\"type\":\"\",\"found\":\"referrer\",\"name\":"
	"\"\","
	"\"layer\":-1,\"about\":\"\",\"signatures\":0,\"signer\":\"\",\"claimed\":[\"\"]}],"
	"\"imports\":[{\"form\":\"sarif\",\"tool\":\"\",\"version\":\"\",\"result\":\"\","
	"\"created\":"
	"\"\",\"about\":\"unknown\",\"digest\":\"\",\"commit\":\"\",\"rules\":0,\"rule_sets\":["
	"\"\"],"
	"\"results\":0,\"settled\":0,\"passed\":0,\"skipped\":0,\"file\":\"\"}],"
	"\"coverage\":[{\"check\":\"\",\"status\":\"complete\",\"code\":\"\",\"path\":\"\","
	"\"detail\":\"\"}]}";

struct making {
	const char *file;
	struct yaml_at at; /* where what is read stands */
	struct err *e;
};

static json_t *make(struct making *m, const json_t *like, const json_t *said, const char *key);

/* The example with its lists empty. */
static json_t *bare(const json_t *like)
{
	const char *key;
	json_t *v, *o;
	if (json_is_array(like))
		return json_array();
	if (!json_is_object(like))
		return json_deep_copy(like);
	o = json_object();
	json_object_foreach((json_t *)(uintptr_t)like, key, v) json_object_set_new(o, key, bare(v));
	return o;
}

static json_t *fail(struct making *m, const char *key, const char *what)
{
	err_set(m->e, ERR_USAGE, "%s:%d:%d: \"%s\" %s", m->file, m->at.line, m->at.column, key,
	        what);
	return NULL;
}

static json_t *make_number(struct making *m, const json_t *like, const char *text, const char *key)
{
	char *end;
	errno = 0;
	json_t *v = json_is_integer(like) ? json_integer(strtoll(text, &end, 10))
	                                  : json_real(strtod(text, &end));
	if (v && !errno && *text && !*end)
		return v;
	json_decref(v);
	return fail(m, key, "is a number in reports");
}

static json_t *make_scalar(struct making *m, const json_t *like, const json_t *said,
                           const char *key)
{
	const char *text = json_string_value(said);
	if (json_is_null(said))
		return json_null();
	if (!text)
		return fail(m, key, "is one value in reports");
	if (json_is_number(like))
		return make_number(m, like, text, key);
	if (json_is_boolean(like) && strcmp(text, "true") && strcmp(text, "false"))
		return fail(m, key, "is true or false in reports");
	return json_is_boolean(like) ? json_boolean(!strcmp(text, "true")) : json_deep_copy(said);
}

static json_t *make_list(struct making *m, const json_t *like, const json_t *said, const char *key)
{
	json_t *list = json_array();
	if (!json_is_array(said)) {
		json_decref(list);
		return fail(m, key, "is a list in reports");
	}
	for (size_t i = 0; i < json_array_size(said); i++) {
		json_t *v = make(m, json_array_get(like, 0), json_array_get(said, i), key);
		if (!v) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, v);
	}
	return list;
}

static json_t *unknown(struct making *m, const json_t *like, const char *key)
{
	const char *known[64], *name;
	size_t n = 0;
	json_t *v;
	json_object_foreach((json_t *)(uintptr_t)like, name, v) known[n++] = name;
	known[n] = NULL;
	const char *near = bytes_nearest(bytes_str(key), known);
	err_set(m->e, ERR_USAGE, "%s:%d:%d: reports have no \"%s\" here%s%s%s", m->file, m->at.line,
	        m->at.column, key, near ? ": is \"" : "", near ? near : "",
	        near ? "\" meant?" : "");
	return NULL;
}

static json_t *make_object(struct making *m, const json_t *like, const json_t *said,
                           const char *key)
{
	json_t *o = bare(like), *v;
	const char *name;
	bool is_free = json_object_size(like) == 0; /* labels: whatever is said */
	if (!json_is_object(said)) {
		json_decref(o);
		return fail(m, key, "is a mapping in reports");
	}
	json_object_foreach((json_t *)(uintptr_t)said, name, v)
	{
		const json_t *as = json_object_get(like, name);
		if (strcmp(name, YAML_LINE_KEY) == 0 || strcmp(name, YAML_MARKS_KEY) == 0)
			continue;
		m->at = yaml_place((struct bytes){0}, said, name, 0);
		json_t *made = is_free ? make_scalar(m, said, v, name)
		               : as    ? make(m, as, v, name)
		                       : unknown(m, like, name);
		if (!made) {
			json_decref(o);
			return NULL;
		}
		json_object_set_new(o, name, made);
	}
	return o;
}

static json_t *make(struct making *m, const json_t *like, const json_t *said, const char *key)
{
	return json_is_array(like)    ? make_list(m, like, said, key)
	       : json_is_object(like) ? make_object(m, like, said, key)
	                              : make_scalar(m, like, said, key);
}

/* Every check, complete. */
static void cover_all(json_t *report)
{
	json_t *list = json_object_get(report, "coverage");
	for (int c = 0; c < CHECK__MAX; c++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "check",
		                                      check_name((enum check)c), "status",
		                                      "complete", "code", "", "detail", ""));
}

/* What tells findings apart, where the case does not say it. */
static void mark_findings(json_t *report)
{
	json_t *list = json_object_get(report, "findings");
	for (size_t i = 0; i < json_array_size(list); i++) {
		char print[33];
		json_t *f = json_array_get(list, i);
		snprintf(print, sizeof print, "%032zx", i + 1);
		if (!json_string_length(json_object_get(f, "fingerprint")))
			json_object_set_new(f, "fingerprint", json_string(print));
	}
}

int cli_policy_case(const json_t *said, const char *file, struct report **ret, struct err *e)
{
	AUTO_JSON json_t *like = json_loads(shape, 0, NULL), *made = NULL;
	struct making m = {.file = file, .at = yaml_place((struct bytes){0}, said, "", 0), .e = e};
	if (!(made = make(&m, like, said, "report")))
		return -1;
	if (!json_object_get(said, "coverage"))
		cover_all(made);
	mark_findings(made);
	AUTO_FREE char *text = json_dumps(made, 0);
	return report_read(bytes_str(text), file, ret, e);
}
