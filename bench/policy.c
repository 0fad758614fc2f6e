/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.c - what a policy costs: loading 100 rules, and asking them of 1,000 findings.  Prints the
 * medians of 20 runs in milliseconds.
 */
#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void write_policy(struct buf *b)
{
	buf_adds(b, "version: 1\nname: bench\nneeds: [vulnerability]\nrules:\n");
	for (int i = 0; i < 100; i++)
		buf_addf(b,
		         "  - id: rule-%d\n    refuse: finding.check == \"vulnerability\" && "
		         "finding.severity == \"critical\" && finding.fixed != \"\" && "
		         "finding.package.startsWith(\"pkg:deb/debian/lib%d\")\n"
		         "    message: \"{finding.id} in {finding.package}\"\n",
		         i, i);
}

static struct report *make_report(void)
{
	static const enum severity severities[] = {SEV_CRITICAL, SEV_HIGH, SEV_MEDIUM, SEV_LOW};
	struct report *r = report_new();
	for (int i = 0; i < 1000; i++) {
		struct finding *f = report_finding(r);
		f->check = CHECK_VULNERABILITY;
		f->severity = severities[i % 4];
		f->id = bytes_str(arena_printf(r->arena, "CVE-2026-%d", i));
		f->package = bytes_str(arena_printf(r->arena, "pkg:deb/debian/lib%d@1", 1000 + i));
		f->fixed = B("2");
	}
	return r;
}

int main(void)
{
	AUTO_BUF struct buf b;
	double load[20], judge[20];
	struct err e;
	struct policy_scope scope = {.now_s = 1800000000};
	buf_init(&b, 1 << 20);
	write_policy(&b);
	struct report *r = make_report();
	for (int i = 0; i < 20; i++) {
		struct policy *p;
		struct policy_judgement j;
		double at = now_ms();
		if (policy_parse(buf_bytes(&b), "bench", NULL, &p, &e) < 0) {
			fprintf(stderr, "%s\n", e.msg);
			return 1;
		}
		load[i] = now_ms() - at;
		at = now_ms();
		policy_judge(p, &scope, r, &j);
		judge[i] = now_ms() - at;
		policy_free(p);
	}
	report_free(r);
	qsort(load, 20, sizeof *load, by_value);
	qsort(judge, 20, sizeof *judge, by_value);
	printf("100 rules are loaded in %.2f ms\n100 rules over 1,000 findings take %.2f ms\n",
	       load[10], judge[10]);
	return 0;
}
