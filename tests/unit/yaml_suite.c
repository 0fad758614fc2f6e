/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_suite.c - the YAML test suite where it lies beside the repository: what is read is what JSON
 * says, every scalar as text; what we refuse on purpose is counted; where libyaml itself disagrees
 * is listed by name. */
#include "base/base.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "lib/slurp.h"
#include "test.h"

#define SUITE "../shared/data/vectors/yaml"

/* libyaml is a reader of YAML 1.1: these it takes or refuses otherwise than YAML 1.2 has it. */
static const char *const disagree[] = {
#include "unit/yaml_suite.def"
	NULL,
};

static bool is_listed(const char *name)
{
	for (size_t i = 0; disagree[i]; i++) {
		if (strcmp(disagree[i], name) == 0)
			return true;
	}
	return false;
}

/* The suite writes what cannot be seen with signs of its own. */
static struct bytes unsigned_text(struct bytes in, struct buf *b)
{
	static const struct {
		const char *sign, *is;
	} signs[] = {
		{"\xe2\x90\xa3",   " "           },
                {"\xe2\x80\x94",   ""            },
		{"\xc2\xbb",       "\t"          },
                {"\xe2\x86\xb5",   ""            },
		{"\xe2\x86\x90",   "\r"          },
                {"\xe2\x87\x94",   "\xef\xbb\xbf"},
		{"\xe2\x88\x8e\n", "\x01"        },
                {"\xe2\x88\x8e",   "\x01"        }
        };
	buf_reset(b);
	while (in.n) {
		size_t i = 0;
		while (i < ARRAY_LEN(signs) && !bytes_starts(in, bytes_str(signs[i].sign)))
			i++;
		if (i == ARRAY_LEN(signs)) {
			buf_addc(b, in.p[0]);
			in = bytes_skip(in, 1);
			continue;
		}
		buf_adds(b, signs[i].is);
		in = bytes_skip(in, strlen(signs[i].sign));
	}
	if (b->n && b->p[b->n - 1] == 1) { /* no line end at the end */
		b->n--;
		b->n -= b->n && b->p[b->n - 1] == '\n';
	}
	return buf_bytes(b);
}

static bool same(const json_t *got, const json_t *want)
{
	if (json_is_array(want)) {
		bool is_same = json_is_array(got) && json_array_size(got) == json_array_size(want);
		for (size_t i = 0; is_same && i < json_array_size(want); i++)
			is_same = same(json_array_get(got, i), json_array_get(want, i));
		return is_same;
	}
	if (json_is_object(want)) {
		bool is_same =
			json_is_object(got) && json_object_size(got) == json_object_size(want);
		const char *key;
		json_t *value;
		json_object_foreach((json_t *)(uintptr_t)want, key, value) is_same =
			is_same && same(json_object_get(got, key), value);
		return is_same;
	}
	if (json_is_string(want) || json_is_null(want))
		return json_equal(got, want) || (json_is_null(want) && !json_string_length(got));
	if (!json_is_string(got))
		return false;
	if (json_is_number(want))
		return strtod(json_string_value(got), NULL) - json_number_value(want) < 1e-9 ||
		       strchr(json_string_value(got), 'x') || strchr(json_string_value(got), 'o');
	return true; /* true, false */
}

enum verdict { AGREES, REFUSED, DISAGREES };

static bool is_on_purpose(const char *msg)
{
	static const char *const words[] = {
		"anchors",    "aliases", "merge", "more than one document",
		"plain word", "twice",   "tags"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strstr(msg, words[i]))
			return true;
	}
	return false;
}

static enum verdict judge(struct bytes text, struct bytes json, bool must_fail)
{
	AUTO_JSON json_t *got = NULL;
	AUTO_JSON json_t *want = NULL;
	struct err e = {.kind = ERR_NONE};
	int rc = yaml_load(text, "y", 0, &got, &e);
	if (must_fail)
		return rc < 0 ? AGREES : DISAGREES;
	if (rc < 0)
		return is_on_purpose(e.msg) ? REFUSED : DISAGREES;
	if (!json.n)
		return AGREES; /* JSON cannot say it */
	if (json_load_loose(json, "j", (size_t)MIB(1), &want, &e) < 0)
		return REFUSED; /* several documents, of which we take none */
	return same(got, want) ? AGREES : DISAGREES;
}

static void one_file(const char *file, size_t counts[3])
{
	char path[512], name[64];
	AUTO_JSON json_t *cases = NULL;
	AUTO_BUF struct buf b;
	struct err e = {.kind = ERR_NONE};
	struct bytes yaml = {NULL, 0}, json = {NULL, 0};
	bool must_fail = false;
	snprintf(path, sizeof path, SUITE "/%s", file);
	struct bytes text = slurp(path);
	buf_init(&b, (size_t)MIB(1));
	if (yaml_load(text, file, YAML_FEED, &cases, &e) < 0)
		test_case(0, "%s: %s", file, e.msg);
	for (size_t i = 0; i < json_array_size(cases); i++) {
		const json_t *c = json_array_get(cases, i);
		if (json_object_get(c, "yaml"))
			yaml = json_text(c, "yaml"), json = json_text(c, "json");
		if (json_object_get(c, "json"))
			json = json_text(c, "json");
		must_fail = json_object_get(c, "fail") != NULL;
		snprintf(name, sizeof name, "%.*s/%zu", (int)strlen(file) - 5, file, i);
		enum verdict v = judge(unsigned_text(yaml, &b), json, must_fail);
		counts[v]++;
		if ((v == DISAGREES) != is_listed(name))
			test_case(0, "%s%s", name,
			          v == DISAGREES ? ": libyaml and YAML 1.2 disagree"
			                         : " agrees now");
	}
	free((void *)(uintptr_t)text.p);
}

int main(void)
{
	DIR *d = opendir(SUITE);
	size_t counts[3] = {0};
	if (!d) {
		test_skip("the YAML test suite", "no ../shared here");
		return TEST_END();
	}
	for (struct dirent *en; (en = readdir(d));) {
		if (bytes_ends(bytes_str(en->d_name), B(".yaml")))
			one_file(en->d_name, counts);
	}
	closedir(d);
	test_case(counts[AGREES] > 150, "%zu agree, %zu are refused on purpose, %zu disagree",
	          counts[AGREES], counts[REFUSED], counts[DISAGREES]);
	return TEST_END();
}
