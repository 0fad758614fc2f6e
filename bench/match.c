/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.c - what matching alone costs: the packages of a saved report against an index, in one
 * process.
 *
 * usage: match INDEX REPORT.json     prints milliseconds: opening, then minimum and median of 21
 * runs
 */
#include <stdlib.h>
#include <time.h>

#include "advise/advise.h"

enum { RUNS = 21 };

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf text = {0};
	struct report *r = NULL;
	struct index *ix = NULL;
	double ms[RUNS], start = now_ms();
	if (argc != 3 || index_open(argv[1], &ix, &e) < 0) {
		fprintf(stderr, "match: %s\n",
		        argc == 3 ? e.msg : "usage: match INDEX REPORT.json");
		return 2;
	}
	double opened = now_ms() - start;
	if (file_read(argv[2], (size_t)JSON_DOC_MAX, &text, &e) < 0 ||
	    report_read(buf_bytes(&text), argv[2], &r, &e) < 0) {
		fprintf(stderr, "match: %s\n", e.msg);
		return 2;
	}
	struct fact_os os = {.id = r->os.id, .version_id = r->os.version};
	const struct distro *d = distro_by_id(os.id);
	AUTO_BUF struct buf ns;
	buf_init(&ns, 256);
	if (d && distro_ns(d, &os, &ns) == 0)
		r->os.ns = arena_dup(r->arena, buf_bytes(&ns));
	struct match_options o = {.now_s = clock_now_s(), .pkg_os = true};
	size_t found = 0;
	for (int i = 0; i < RUNS; i++) {
		r->n_findings = r->n_coverage = 0;
		start = now_ms();
		if (advise_match(r, ix, &o, &e) < 0)
			return 1;
		ms[i] = now_ms() - start;
		found = r->n_findings;
	}
	qsort(ms, RUNS, sizeof ms[0], by_value);
	printf("%.2f %.2f %.2f %zu packages %zu findings\n", opened, ms[0], ms[RUNS / 2],
	       r->n_packages, found);
	report_free(r);
	index_close(ix);
	return 0;
}
