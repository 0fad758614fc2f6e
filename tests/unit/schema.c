/* SPDX-License-Identifier: Apache-2.0 */
/* schema.c - the schema names every member that the JSON form writes, and every word. */
#include "render/render.h"

#include <stdlib.h>

#include "../lib/reports.h"
#include "test.h"

static json_t *parsed(char *text, size_t n)
{
	json_t *doc = NULL;
	struct err e = {.kind = ERR_NONE};
	test_case(json_load_data(bytes_of(text, n), "text", n + 1, &doc, &e) == 0, "it is JSON %s",
	          e.msg);
	free(text);
	return doc;
}

static json_t *schema(void)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct err e;
	CHECK(render_schema(out, &e) == 0);
	fclose(out);
	return parsed(text, n);
}

static json_t *report_json(void)
{
	struct report *made = sample_hostile();
	made->image.config.n_labels = 0; /* jansson refuses NUL in a key */
	const struct report *r[] = {made};
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct err e;
	const struct render_options o = {.show_suppressed = true};
	CHECK(render_by_name(B("assay-json"))->write(r, 1, &o, out, &e) == 0);
	fclose(out);
	report_free(made);
	return parsed(text, n);
}

/* Objects of the report, and the definitions that describe them. */
static const struct {
	const char *def, *path[4]; /* of members; of a list the first element is taken */
} places[] = {
	{"report",          {NULL}                  },
	{"tool",            {"tool"}                },
	{"image",           {"image"}               },
	{"user",            {"image", "user"}       },
	{"layer",           {"image", "layers"}     },
	{"config",          {"image", "config"}     },
	{"os",              {"os"}                  },
	{"lineage",         {"lineage"}             },
	{"package",         {"packages"}            },
	{"source_package",  {"packages", "source"}  },
	{"finding",         {"findings"}            },
	{"finding",         {"suppressed"}          },
	{"location",        {"findings", "location"}},
	{"advisory_source", {"findings", "source"}  },
	{"cvss",            {"findings", "cvss"}    },
	{"coverage",        {"coverage"}            },
	{"verdict",         {"verdict"}             },
};

static const json_t *at(const json_t *doc, const char *const *path)
{
	for (size_t i = 0; i < 4 && path[i]; i++) {
		doc = json_object_get(doc, path[i]);
		if (json_is_array(doc))
			doc = json_array_get(doc, 0);
	}
	return doc;
}

static void test_members(const json_t *doc, const json_t *report)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const json_t *def = json_obj(json_obj(doc, "$defs"), places[i].def);
		const json_t *described = json_obj(def, "properties");
		const json_t *have = at(report, places[i].path);
		bool is_same = json_object_size(described) == json_object_size(have);
		const char *key;
		json_t *value;
		json_object_foreach((json_t *)(uintptr_t)have, key, value) is_same &=
			json_object_get(described, key) != NULL;
		test_case(is_same && have, "%s describes %zu of %zu members", places[i].def,
		          json_object_size(described), json_object_size(have));
		test_case(json_is_false(json_object_get(def, "additionalProperties")),
		          "%s refuses others", places[i].def);
	}
}

static void test_words(const json_t *doc)
{
	const json_t *finding = json_obj(json_obj(json_obj(doc, "$defs"), "finding"), "properties");
	const json_t *severity = json_list(json_obj(finding, "severity"), "enum");
	const json_t *check = json_list(json_obj(finding, "check"), "enum");
	CHECK(json_array_size(severity) == SEV__MAX && json_array_size(check) == CHECK__MAX);
	for (size_t i = 0; i < SEV__MAX; i++)
		CHECK(bytes_eq(json_bytes(json_array_get(severity, i)),
		               bytes_str(severity_name((enum severity)i))));
	for (size_t i = 0; i < CHECK__MAX; i++)
		CHECK(bytes_eq(json_bytes(json_array_get(check, i)),
		               bytes_str(check_name((enum check)i))));
}

int main(void)
{
	AUTO_JSON json_t *doc = schema();
	AUTO_JSON json_t *report = report_json();
	test_members(doc, report);
	test_words(doc);
	return TEST_END();
}
