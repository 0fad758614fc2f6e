/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_shared.c - parts that rules share: judged with them asked once, and with each rule asked
 * whole (as for `policy explain`), a report gives the same.
 */
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

#define LONG                                                                                       \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aa"                                                                                       \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aa"                                                                                       \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aa"

/* Alike to a careless eye, errors, more than the finding, local variables, what is always true. */
static const char *const pool[] = {
	"finding.check == \"vulnerability\"",
	"finding.check != \"vulnerability\"",
	"finding.severity in [\"critical\", \"high\"]",
	"finding.severity in [\"critical\", \"low\"]",
	"finding.epss > 0.5",
	"finding.epss > 0.25",
	"has(finding.epss)",
	"!has(finding.epss)",
	"finding.kev",
	"has(finding.kev)",
	"has(finding.fixed)",
	"finding.fixed != \"\"",
	"finding.package.startsWith(\"pkg:deb/\")",
	"(finding.kev || finding.epss > 0.5)",
	"(finding.kev ? finding.epss > 0.5 : finding.fixed == \"2\")",
	"dyn(finding.rank) > 2",
	"dyn(finding.rank) > 2u",
	"dyn(finding.rank) == \"2\"",
	"dyn(finding.id) == \"CVE-1\"",
	"dyn(finding.id) == b\"CVE-1\"",
	"finding.title == \"" LONG "b\"",
	"finding.title == \"" LONG "c\"",
	"finding.location.layer == 0",
	"finding.references.exists(x, x == \"a\")",
	"image.reference == \"\"",
	"1 / (finding.location.layer - 1) > 0",
	"true",
};

static uint64_t state;

static uint64_t roll(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static void write_rules(struct buf *b)
{
	static const char *const kinds[] = {"refuse", "warn"};
	buf_adds(b, "version: 1\nname: p\nneeds: [vulnerability]\nrules:\n");
	for (int i = 0; i < 30; i++) {
		buf_addf(b, "  - id: r%d\n    %s: '", i, kinds[roll(2)]);
		for (uint64_t k = 0, n = 1 + roll(5); k < n; k++)
			buf_addf(b, "%s%s", k ? " && " : "", pool[roll(ARRAY_LEN(pool))]);
		/* every rule is asked of findings */
		buf_adds(b, " && finding.id != \"\"'\n");
		if (roll(2))
			buf_adds(b, "    message: \"{finding.id} {finding.severity}\"\n");
	}
}

static struct report *make_report(void)
{
	static const char *const packages[] = {"pkg:deb/debian/a@1", "pkg:npm/a@1"};
	static const char *const titles[] = {"", LONG "b", LONG "c"};
	struct report *r = report_new();
	for (int i = 0; i < 12; i++) {
		struct finding *f = report_finding(r);
		f->check = roll(2) ? CHECK_VULNERABILITY : CHECK_SECRET;
		f->severity = (enum severity)roll(SEV__MAX);
		f->id = bytes_str(arena_printf(r->arena, "CVE-%d", (int)roll(3)));
		f->package = bytes_str(packages[roll(2)]);
		f->title = bytes_str(titles[roll(3)]);
		f->fixed = roll(2) ? B("2") : B("");
		f->is_kev = roll(2);
		f->epss = roll(2) ? (double)roll(100) / 100 : -1;
		f->location.layer = (int)roll(3) - 1;
		if (roll(2))
			list_add(r, &f->references, B("a"));
	}
	return r;
}

static bool is_same_list(const struct bytes_list *a, const struct bytes_list *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (!bytes_eq(a->v[i], b->v[i]))
			return false;
	return a->n == b->n;
}

/* The expression of the first rule that is judged otherwise; "" where none is. */
static struct bytes other(const struct policy *p, struct report *r, size_t *n_decided)
{
	struct policy_scope scope = {.now_s = 1800000000}, whole = scope;
	struct policy_judgement a, b;
	whole.is_explained = true;
	policy_judge(p, &scope, r, &a);
	struct bytes_list reasons = r->verdict.reasons;
	policy_judge(p, &whole, r, &b);
	for (size_t i = 0; i < a.n; i++) {
		const struct policy_outcome *x = &a.outcomes[i], *y = &b.outcomes[i];
		if (x->answer != y->answer || x->n_asked != y->n_asked || x->n_hits != y->n_hits ||
		    x->n_errors != y->n_errors || !is_same_list(&x->messages, &y->messages))
			return x->rule->expression;
		*n_decided += x->n_hits + x->n_errors;
	}
	bool is_same = a.result == b.result && is_same_list(&a.warnings, &b.warnings) &&
	               is_same_list(&reasons, &r->verdict.reasons) &&
	               memcmp(a.is_hit, b.is_hit, r->n_findings) == 0;
	return is_same ? B("") : B("the verdict");
}

/* A class is one thing to the rules of a policy and another to those of what it extends. */
static void test_class(void)
{
#define ASKED "'class == \"\" && finding.id != \"\"'"
	const char *folder = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	struct policy_scope scope = {.now_s = 1800000000};
	struct policy_judgement j;
	struct policy *p = NULL;
	struct err e;
	AUTO_BUF struct buf org;
	buf_init(&org, 4096);
	buf_addf(&org, "%s/org.yaml", folder);
	CHECK(file_write(buf_cstr(&org),
	                 B("version: 1\nname: org\nrules:\n- {id: a, refuse: " ASKED "}\n"), 0600,
	                 &e) == 0);
	CHECK(policy_parse(B("version: 1\nname: team\nextends: org.yaml\nclasses: [{name: c, when: "
	                     "'true'}]\nrules:\n- {id: b, refuse: " ASKED "}\n"),
	                   "team.yaml", folder, &p, &e) == 0);
	struct report *r = make_report();
	policy_judge(p, &scope, r, &j);
	CHECK(j.n == 2 && j.outcomes[0].n_hits == 12 && j.outcomes[1].n_hits == 0);
	report_free(r);
	policy_free(p);
}

int main(void)
{
	size_t n_decided = 0, n_shared = 0;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct policy *p = NULL;
		struct err e = {.msg = ""};
		struct bytes differs = B("not read");
		AUTO_BUF struct buf b;
		buf_init(&b, 1 << 20);
		state = seed * 0x9e3779b97f4a7c15;
		write_rules(&b);
		struct report *r = make_report();
		if (policy_parse(buf_bytes(&b), "p.yaml", NULL, &p, &e) == 0) {
			differs = other(p, r, &n_decided);
			n_shared += p->n_shared;
		}
		test_case(!differs.n, "policy %d: %.*s%s", (int)seed, BYTES_FMT(differs), e.msg);
		policy_free(p);
		report_free(r);
	}
	test_class();
	/* the comparison has met something */
	CHECK(n_decided > 3000 && n_shared > 500);
	return TEST_END();
}
