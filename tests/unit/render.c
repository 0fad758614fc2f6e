/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render.c - what holds for every form: the same report gives the same bytes, names are found, a
 * failed write is told.
 *
 * Called as `render FORM SAMPLE[,SAMPLE...] [WIDTH] [color|suppressed|many...]` it prints that form
 * of those samples, for the tests that read it back; as `render schema`, the schema.
 */
#include "render/render.h"

#include <stdlib.h>

#include "../lib/reports.h"
#include "test.h"

static char *write_form(const struct render_form *form, const struct render_options *o,
                        size_t *ret_n)
{
	const struct report *r[ARRAY_LEN(samples)];
	struct report *made[ARRAY_LEN(samples)];
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		r[i] = made[i] = samples[i].make();
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_n);
	struct err e = {.kind = ERR_NONE};
	size_t n = ARRAY_LEN(samples);
	if (form->is_single) { /* the last sample is the hostile one */
		test_case(form->write(r, n, o, out, &e) < 0 && e.kind == ERR_USAGE,
		          "%s has one subject", form->name);
		r[0] = r[n - 1];
		n = 1;
	}
	test_case(form->write(r, n, o, out, &e) == 0, "%s is written: %s", form->name, e.msg);
	fclose(out);
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		report_free(made[i]);
	return text;
}

static void test_same_bytes(const struct render_form *form)
{
	const struct render_options o = {.show_suppressed = true, .width = 80};
	size_t n, again_n;
	AUTO_FREE char *text = write_form(form, &o, &n);
	AUTO_FREE char *again = write_form(form, &o, &again_n);
	test_case(n == again_n && memcmp(text, again, n) == 0,
	          "%s: the same reports give the same bytes", form->name);
	test_case(n && text[n - 1] == '\n', "%s ends with a line", form->name);
	test_case(!memchr(text, 0x1b, n) && !memchr(text, 0, n) && !memchr(text, '\r', n),
	          "%s: no control byte of an image comes through", form->name);
	test_case(bytes_is_utf8(bytes_of(text, n)), "%s is UTF-8", form->name);
}

static void test_full_disk(const struct render_form *form)
{
	struct report *made = sample_plain();
	const struct report *r[] = {made};
	FILE *out = fopen("/dev/full", "w");
	if (!out) {
		test_skip("a full disk is told", "/dev/full is missing");
	} else {
		setvbuf(out, NULL, _IONBF, 0);
		struct err e = {.kind = ERR_NONE};
		int rc = form->write(r, 1, &(struct render_options){0}, out, &e);
		test_case(rc < 0 && e.kind == ERR_IO, "%s: a full disk is told", form->name);
		fclose(out);
	}
	report_free(made);
}

static void test_names(void)
{
	for (size_t i = 0; render_forms[i]; i++) {
		const struct render_form *f = render_forms[i];
		CHECK(render_by_name(bytes_str(f->name)) == f);
		CHECK(f->suffix && f->suffix[0] == '.' && f->title && f->title[0]);
		if (i)
			CHECK(strcmp(render_forms[i - 1]->name, f->name) < 0);
		for (size_t a = 0; f->aliases && f->aliases[a]; a++)
			CHECK(render_by_name(bytes_str(f->aliases[a])) == f);
	}
	CHECK(!render_by_name(B("")) && !render_by_name(B("jsonx")));
}

/* Findings of one image past MARKDOWN_ROWS_MAX are counted. */
static void test_rows(void)
{
	const struct render_form *form = render_by_name(B("markdown"));
	for (int64_t past = 0; past <= 1; past++) {
		struct report *made = report_new();
		const struct report *r = made;
		for (int64_t i = 0; i < MARKDOWN_ROWS_MAX + past; i++) {
			struct finding *f = report_finding(made);
			f->check = CHECK_VULNERABILITY;
			f->id = bytes_str(arena_printf(made->arena, "CVE-2024-%d", (int)i + 1000));
		}
		char *text = NULL;
		size_t n = 0, rows = 0;
		struct err e;
		FILE *out = open_memstream(&text, &n);
		CHECK(!form->write(&r, 1, &(struct render_options){.width = 0}, out, &e));
		fclose(out);
		for (const char *p = text; (p = strstr(p, "CVE-2024-")); p++)
			rows++;
		test_case(rows == (size_t)MARKDOWN_ROWS_MAX &&
		                  (strstr(text, "1 more are in the full report") != NULL) == past,
		          "MARKDOWN_ROWS_MAX findings%s", past ? " and one" : "");
		free(text);
		report_free(made);
	}
}

/* OpenVEX: of a package in two places, one let pass, the gravest is stated; nothing is no document.
 */
static void test_statements(void)
{
	const struct render_form *form = render_by_name(B("openvex"));
	struct waived waiver = {.by = B("w.yaml"), .owner = B("o"), .reason = B("r")};
	struct report *made = report_new();
	const struct report *r = made;
	char *text = NULL;
	size_t size = 0, n = 0;
	struct err e;
	report_finding(made)->check = CHECK_CONFIG;
	CHECK(form->lacks(&r, 1) != NULL);
	for (int i = 0; i < 3; i++) {
		struct finding *f = report_finding(made);
		f->check = CHECK_VULNERABILITY;
		f->id = B("CVE-2024-1");
		f->package = B("pkg:npm/a@1");
		f->waived = i == 1 ? NULL : &waiver;
	}
	CHECK(form->lacks(&r, 1) == NULL);
	FILE *out = open_memstream(&text, &size);
	CHECK(!form->write(&r, 1, &(struct render_options){.width = 0}, out, &e));
	fclose(out);
	for (const char *p = text; (p = strstr(p, "\"status\"")); p++)
		n++;
	CHECK(n == 1 && strstr(text, "\"status\": \"affected\"") != NULL);
	free(text);
	report_free(made);
}

static struct report *sample(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		if (bytes_eq(name, bytes_str(samples[i].name)))
			return samples[i].make();
	}
	return NULL;
}

static int show(int argc, char **argv)
{
	const char *version = NULL;
	const struct render_form *form = render_choose(bytes_str(argv[1]), &version);
	const struct report *r[ARRAY_LEN(samples)];
	struct report *made[ARRAY_LEN(samples)] = {NULL};
	size_t n = 0;
	struct bytes rest = bytes_str(argc > 2 ? argv[2] : "plain"), name;
	while (n < ARRAY_LEN(samples) && bytes_split(&rest, ',', &name)) {
		r[n] = made[n] = sample(name);
		if (!made[n++])
			return 2;
	}
	struct render_options o = {.version = version};
	uint64_t width;
	if (argc > 3 && bytes_u64(bytes_str(argv[3]), 1000, &width))
		o.width = (unsigned)width;
	for (int i = 3; i < argc; i++) {
		o.color |= strcmp(argv[i], "color") == 0;
		o.show_suppressed |= strcmp(argv[i], "suppressed") == 0;
		o.many |= strcmp(argv[i], "many") == 0;
		o.files |= strcmp(argv[i], "files") == 0;
	}
	struct err e;
	int rc = form ? form->write(r, n, &o, stdout, &e) : 2;
	for (size_t i = 0; i < n; i++)
		report_free(made[i]);
	return rc ? 2 : 0;
}

int main(int argc, char **argv)
{
	struct err e;
	if (argc > 1)
		return strcmp(argv[1], "schema") == 0 ? render_schema(stdout, &e)
		                                      : show(argc, argv);
	for (size_t i = 0; render_forms[i]; i++) {
		test_same_bytes(render_forms[i]);
		test_full_disk(render_forms[i]);
	}
	test_names();
	test_rows();
	test_statements();
	return TEST_END();
}
