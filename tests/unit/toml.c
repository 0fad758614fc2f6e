/* SPDX-License-Identifier: Apache-2.0 */
/* toml.c - against the conformance suite where it lies beside the repository, and our bounds. */
#include "fmt/fmt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/slurp.h"
#include "test.h"

#define SUITE "../shared/data/vectors/toml/"

static const struct row {
	const char *what, *text, *want; /* want: compact JSON, or the error */
} rows[] = {
	{"a lock file",
         "version = 3\n[[package]]\nname = \"a\"\ndependencies = [\n \"b\", # x\n]\n", "{\"package\":[{\"dependencies\":[\"b\"],\"name\":\"a\"}],\"version\":3}"},
	{"empty",		     "",					      "{}"								     },
	{"what JSON has no type for", "a = inf\nb = 1979-05-27 07:32:00Z\nc = 07:32",
         "{\"a\":\"inf\",\"b\":\"1979-05-27 07:32:00Z\",\"c\":\"07:32\"}"										       },
	{"the line of an error",      "a = 1\n\nb = \"",                               "t: line 3: a string does not end"                                       },
	{"a table twice",             "[a]\n[b]\n[a]\n",                               "t: line 3: the table stands here twice"                                 },
	{"a key twice",               "a = 1\na = 2\n",                                "t: line 2: the key stands here twice"                                   },
	{"not UTF-8",                 "a = \"\xff\"",                                  "t: not UTF-8"							   },
	{"NUL in a key",              "\"\\u0000\" = 1",                               "{\"\\u0000\":1}"                                                        },
	{"past 64 bits",              "a = 9223372036854775808",                       "t: line 1: the number does not fit 64 bits"                             },
};

static void runs(const struct row *r)
{
	json_t *j = NULL;
	struct err e = {.kind = ERR_NONE};
	int rc = toml_load(bytes_str(r->text), "t", KIB(64), 0, &j, &e);
	char *got = rc < 0 ? mem_strdup(e.msg) : json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);
	if (!test_case(strcmp(got, r->want) == 0, "%s", r->what))
		printf("# got  %s\n# want %s\n", got, r->want);
	free(got);
	json_decref(j);
}

static void repeat(struct buf *b, const char *s, size_t n)
{
	while (n--)
		buf_adds(b, s);
}

static int loads(struct buf *b, size_t max, struct err *e)
{
	json_t *j = NULL;
	int rc = toml_load(buf_bytes(b), "t", max, 0, &j, e);
	json_decref(j);
	return rc;
}

static void bounds(void)
{
	struct err e;
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)MIB(64));
	buf_adds(&b, "a = ");
	repeat(&b, "[", (size_t)TOML_DEPTH_MAX - 1);
	repeat(&b, "]", (size_t)TOML_DEPTH_MAX - 1);
	test_case(loads(&b, b.n, &e) == 0, "TOML_DEPTH_MAX levels, of the most bytes");
	test_case(loads(&b, b.n - 1, &e) < 0 && e.kind == ERR_LIMIT, "one byte more");
	buf_reset(&b);
	buf_adds(&b, "a = ");
	repeat(&b, "[", (size_t)TOML_DEPTH_MAX);
	test_case(loads(&b, b.n, &e) < 0 && e.kind == ERR_LIMIT, "one level more: %s", e.msg);
	buf_reset(&b);
	buf_adds(&b, "a");
	repeat(&b, ".a", (size_t)TOML_DEPTH_MAX);
	test_case(loads(&b, b.n, &e) < 0 && e.kind == ERR_LIMIT, "one part more: %s", e.msg);
	buf_reset(&b);
	buf_adds(&b, "[a");
	repeat(&b, ".a", (size_t)TOML_DEPTH_MAX - 2);
	buf_adds(&b, "]\na = {}\n");
	test_case(loads(&b, b.n, &e) < 0 && e.kind == ERR_LIMIT, "header and value together");
	buf_reset(&b);
	buf_adds(&b, "a=[");
	repeat(&b, "1,", (size_t)TOML_VALUES_MAX - 1);
	buf_adds(&b, "]");
	test_case(loads(&b, b.n, &e) == 0, "TOML_VALUES_MAX values");
	b.n--;
	buf_adds(&b, "1]");
	test_case(loads(&b, b.n, &e) < 0 && e.kind == ERR_LIMIT, "one value more: %s", e.msg);
}

/* ---- the suite ---- */

static char when_char(char c) { return (char)(c == ' ' || c == 't' ? 'T' : c == 'z' ? 'Z' : c); }

/* "The expected value of a time has seconds"; fractions may be longer than they were. */
static bool same_when(const char *a, const char *b)
{
	struct buf x[2];
	const char *in[] = {a, b};
	for (int i = 0; i < 2; i++) {
		const char *colon = strchr(in[i], ':');
		bool is_short = colon && colon[3] != ':';
		buf_init(&x[i], 128);
		for (const char *s = in[i]; *s; s++) {
			bool is_zero = *s == '0' && s[1] && strchr(in[i], '.') &&
			               s > strchr(in[i], '.') &&
			               strspn(s, "0") == strcspn(s, "Z+-");
			if (!is_zero && !(*s == '0' && !s[1] && strchr(in[i], '.')))
				buf_addc(&x[i], (uint8_t)when_char(*s));
			if (is_short && s == colon + 2)
				buf_adds(&x[i], ":00");
		}
	}
	bool is_same = bytes_eq(buf_bytes(&x[0]), buf_bytes(&x[1]));
	buf_fini(&x[0]);
	buf_fini(&x[1]);
	return is_same;
}

static bool same_scalar(const json_t *a, const json_t *b)
{
	const char *type = json_string_value(json_object_get(a, "type"));
	const char *x = json_string_value(json_object_get(a, "value"));
	const char *y = json_string_value(json_object_get(b, "value"));
	if (strcmp(type, "float") == 0) {
		double p = strtod(x, NULL), q = strtod(y, NULL);
		return (isnan(p) && isnan(q)) || !(p < q || p > q) || fabs(p - q) < 1e-15 * fabs(p);
	}
	if (strncmp(type, "date", 4) == 0 || strncmp(type, "time", 4) == 0)
		return same_when(x, y);
	return json_equal(json_object_get(a, "value"), json_object_get(b, "value"));
}

static bool same(const json_t *a, const json_t *b)
{
	if (json_typeof(a) != json_typeof(b))
		return false;
	if (json_is_array(a)) {
		bool is_same = json_array_size(a) == json_array_size(b);
		for (size_t i = 0; is_same && i < json_array_size(a); i++)
			is_same = same(json_array_get(a, i), json_array_get(b, i));
		return is_same;
	}
	if (json_is_string(json_object_get(a, "type")) && json_object_size(a) == 2)
		return json_equal(json_object_get(a, "type"), json_object_get(b, "type")) &&
		       same_scalar(a, b);
	bool is_same = json_object_size(a) == json_object_size(b);
	for (void *i = json_object_iter((json_t *)(uintptr_t)a); is_same && i;
	     i = json_object_iter_next((json_t *)(uintptr_t)a, i)) {
		const json_t *other =
			json_object_getn(b, json_object_iter_key(i), json_object_iter_key_len(i));
		is_same = other && same(json_object_iter_value(i), other);
	}
	return is_same;
}

/* Its expected tree has a NUL in a key, which jansson builds and does not read. */
#define NUL_KEY "valid/key/quoted-unicode.toml"

static bool agrees(const char *file, unsigned flags)
{
	char path[512];
	struct err e = {.kind = ERR_NONE};
	AUTO_JSON json_t *got = NULL;
	AUTO_JSON json_t *want = NULL;
	snprintf(path, sizeof path, SUITE "%s", file);
	struct bytes text = slurp(path);
	if (!text.p)
		return true; /* kept back */
	int rc = toml_load(text, file, (size_t)MIB(4), flags | TOML_TAGGED, &got, &e);
	free((void *)(uintptr_t)text.p);
	if (strncmp(file, "invalid/", 8) == 0)
		return rc < 0 && e.msg[0];
	if (rc < 0) {
		printf("# %s\n", e.msg);
		return false;
	}
	if (strcmp(file, NUL_KEY) == 0)
		return json_object_size(got) == 5 && json_object_getn(got, "", 1);
	snprintf(path + strlen(path) - 4, 8, "json");
	text = slurp(path);
	if (!text.p)
		return true;
	rc = json_load_data(text, path, (size_t)MIB(4), &want, &e);
	free((void *)(uintptr_t)text.p);
	return rc == 0 && same(got, want);
}

static void suite(const char *list, unsigned flags)
{
	struct bytes names = slurp(list), rest = names, line;
	size_t n = 0;
	if (!names.p) {
		test_skip(list, "no ../shared here");
		return;
	}
	while (bytes_line(&rest, &line)) {
		char file[256];
		snprintf(file, sizeof file, "%.*s", BYTES_FMT(line));
		if (!bytes_ends(line, B(".toml")))
			continue;
		n++;
		if (!agrees(file, flags))
			test_case(0, "%s: %s", list, file);
	}
	test_case(n > 0, "%s: %zu files", list, n);
	free((void *)(uintptr_t)names.p);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		runs(&rows[i]);
	bounds();
	suite(SUITE "files-toml-1.0.0", TOML_STRICT);
	suite(SUITE "files-toml-1.1.0", 0);
	return TEST_END();
}
