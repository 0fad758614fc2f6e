/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.c - what a policy costs: loading 100 rules, and asking them of 1,000 findings.  Prints the
 * fastest and the median of 20 runs of each in milliseconds of processor time, and how many were
 * hit.  With --json it prints the same expressions and findings for another evaluator to be asked.
 */
#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void write_expression(struct buf *b, int i)
{
	buf_addf(b,
	         "finding.check == \"vulnerability\" && finding.severity == \"critical\" && "
	         "finding.fixed != \"\" && finding.package.startsWith(\"pkg:deb/debian/lib%d\")",
	         i);
}

static void write_policy(struct buf *b)
{
	buf_adds(b, "version: 1\nname: bench\nneeds: [vulnerability]\nrules:\n");
	for (int i = 0; i < 100; i++) {
		buf_addf(b, "  - id: rule-%d\n    refuse: ", i);
		write_expression(b, i);
		buf_adds(b, "\n    message: \"{finding.id} in {finding.package}\"\n");
	}
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

static int print_json(void)
{
	AUTO_JSON json_t *root = json_object(), *texts = json_array(), *findings = json_array();
	struct report *r = make_report();
	for (int i = 0; i < 100; i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, 1 << 12);
		write_expression(&b, i);
		json_array_append_new(texts, json_stringn((const char *)b.p, b.n));
	}
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		json_array_append_new(findings,
		                      json_pack("{s:s, s:s, s:s%, s:s%, s:s%}", "check",
		                                check_name(f->check), "severity",
		                                severity_name(f->severity), "id", f->id.p, f->id.n,
		                                "package", f->package.p, f->package.n, "fixed",
		                                f->fixed.p, f->fixed.n));
	}
	json_object_set(root, "expressions", texts);
	json_object_set(root, "findings", findings);
	json_dumpf(root, stdout, JSON_COMPACT);
	report_free(r);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--json") == 0)
		return print_json();
	AUTO_BUF struct buf b;
	double load[20], judge[20];
	size_t hits = 0;
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
		hits = 0;
		for (size_t k = 0; k < j.n; k++)
			hits += j.outcomes[k].n_hits;
		policy_free(p);
	}
	report_free(r);
	qsort(load, 20, sizeof *load, by_value);
	qsort(judge, 20, sizeof *judge, by_value);
	printf("%.2f %.2f %.2f %.2f %zu\n", load[0], load[10], judge[0], judge[10], hits);
	return 0;
}
