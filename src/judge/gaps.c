/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gaps.c - what nobody inventoried: no package database where files show there should be one, and
 * language packages, whose manifests are only counted so far.
 */
#include "judge/judge.h"

/* A root file system that has any of these has an operating system, whatever it says of itself. */
static const char *const system_paths[] = {
	"bin", "sbin", "lib", "lib64", "usr/bin", "usr/lib", "usr/sbin", "etc/passwd",
};

enum { WHATS_MAX = 64 };

struct tally {
	struct {
		struct bytes what;
		uint64_t n;
	} rows[WHATS_MAX];
	size_t n;
};

static void tally_add(struct tally *t, const struct fact_count *f)
{
	size_t i = 0;
	while (i < t->n && !bytes_eq(t->rows[i].what, f->what))
		i++;
	if (i == WHATS_MAX)
		return; /* more kinds than inspectors can name */
	if (i == t->n) {
		t->rows[i].what = f->what;
		t->rows[i].n = 0;
		for (t->n++; i > 0 && bytes_cmp(t->rows[i - 1].what, f->what) > 0; i--) {
			t->rows[i] = t->rows[i - 1];
			t->rows[i - 1].what = f->what;
			t->rows[i - 1].n = 0;
		}
	}
	t->rows[i].n += f->n;
}

static void language_row(const struct judge_input *in, struct report *r)
{
	struct tally t = {.n = 0};
	for (size_t i = 0; i < in->n_layers; i++) {
		struct fact_iter it = fact_iter(in->layers[i], FACT_COUNT);
		struct fact_count f;
		for (struct bytes cbor; fact_next(&it, &cbor);) {
			if (fact_decode_count(cbor, &f))
				tally_add(&t, &f);
		}
	}
	if (t.n == 0)
		return;
	AUTO_BUF struct buf text;
	buf_init(&text, KIB(8));
	for (size_t i = 0; i < t.n; i++)
		buf_addf(&text, "%s%ju %.*s", i ? ", " : "", (uintmax_t)t.rows[i].n,
		         BYTES_FMT(t.rows[i].what));
	report_cover(
		r,
		(struct coverage){.check = CHECK_VULNERABILITY,
	                          .status = COVERAGE_INCOMPLETE,
	                          .code = "packages.language",
	                          .layer = -1},
		"packages of languages are not inspected yet; their manifests in the layers: %s",
		buf_cstr(&text));
}

static void no_packages(const struct judge_input *in, const struct fact_os *os, struct report *r)
{
	struct coverage row = {.check = CHECK_VULNERABILITY,
	                       .status = COVERAGE_INCOMPLETE,
	                       .code = "packages.none",
	                       .layer = -1};
	struct entry en;
	size_t layer;
	if (os->id.n) {
		report_cover(r, row, "the image says it is %.*s, but shows no package database",
		             BYTES_FMT(os->pretty.n ? os->pretty : os->id));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(system_paths); i++) {
		if (!view_find(in->view, bytes_str(system_paths[i]), &en, &layer))
			continue;
		report_cover(r, row,
		             "there is a /%s, but no file names the distribution and there is no "
		             "package database",
		             system_paths[i]);
		return;
	}
	if (report_check_status(r, CHECK_VULNERABILITY) == COVERAGE_INCOMPLETE)
		return; /* what was not read may hold anything */
	row.status = COVERAGE_COMPLETE;
	report_cover(r, row, "no operating system: no package database is expected");
}

int judge_gaps(const struct judge_input *in, const struct fact_os *os, bool want_library,
               struct report *r, struct err *e)
{
	(void)e;
	if (want_library)
		language_row(in, r);
	if (r->n_packages == 0)
		no_packages(in, os, r);
	return 0;
}
