/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate.c - --fail-on, --fail-on-incomplete, --exit-on-eol.
 *
 * A breach that was found is certain whatever was not seen: it wins over incomplete.
 */
#include "policy/policy.h"

static void say(struct report *r, const char *text)
{
	list_add(r, &r->verdict.reasons, bytes_str(text));
}

static size_t breaches(const struct gate *g, const struct report *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		bool is_over =
			f->severity == SEV_UNKNOWN ? !g->unknown_passes : f->severity >= g->fail_on;
		n += is_over && !f->waived && g->checks & 1U << f->check;
	}
	return n;
}

static size_t holes(const struct gate *g, const struct report *r, const struct coverage **ret_first)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_coverage; i++) {
		const struct coverage *c = &r->coverage[i];
		if (c->status != COVERAGE_INCOMPLETE || !(g->checks & 1U << c->check))
			continue;
		if (!n++)
			*ret_first = c;
	}
	return n;
}

/* A distribution with numbered releases whose end nobody named: whether it is past it cannot be
 * said. Rolling ones have none. */
static bool is_end_unknown(const struct report *r)
{
	struct bytes ns, release;
	if (!r->os.id.n || r->os.eol.n)
		return false;
	if (!r->os.ns.n)
		return true;
	return bytes_cut(r->os.ns, ':', &ns, &release) && !bytes_eq(release, B("edge")) &&
	       !bytes_eq(release, B("sid"));
}

/* What the end of support means for the gate. */
static enum gate_result judge_end(const struct gate *g, struct report *r)
{
	struct bytes name = r->os.name.n ? r->os.name : r->os.id;
	if (g->exit_on_eol && r->os.is_eol) {
		say(r, arena_printf(r->arena, "%.*s has had no support since %.*s", BYTES_FMT(name),
		                    BYTES_FMT(r->os.eol)));
		return GATE_EOL;
	}
	if (g->exit_on_eol && is_end_unknown(r)) {
		say(r, arena_printf(r->arena, "the end of support of %.*s is not known",
		                    BYTES_FMT(name)));
		return GATE_INCOMPLETE;
	}
	return GATE_PASS;
}

enum gate_result gate_judge(const struct gate *g, struct report *r)
{
	static const enum verdict_result verdicts[] = {
		[GATE_PASS] = VERDICT_ADMIT,
		[GATE_FAIL] = VERDICT_REFUSE,
		[GATE_EOL] = VERDICT_REFUSE,
		[GATE_INCOMPLETE] = VERDICT_INCOMPLETE,
	};
	const struct coverage *first = NULL;
	size_t n_breaches = g->has_fail_on ? breaches(g, r) : 0;
	size_t n_holes = g->has_fail_on || g->fail_on_incomplete ? holes(g, r, &first) : 0;
	if (!g->has_fail_on && !g->fail_on_incomplete && !g->exit_on_eol)
		return GATE_PASS;
	if (n_holes)
		say(r, arena_printf(r->arena, "%zu parts could not be checked: %s: %.*s", n_holes,
		                    first->code, BYTES_FMT(first->detail)));
	enum gate_result result = judge_end(g, r);
	if (result == GATE_PASS && n_holes)
		result = GATE_INCOMPLETE;
	if (n_breaches) {
		result = GATE_FAIL;
		say(r, arena_printf(r->arena, "%zu finding%s %s or worse%s", n_breaches,
		                    n_breaches == 1 ? " is" : "s are", severity_name(g->fail_on),
		                    g->unknown_passes ? "" : " (or of unknown severity)"));
	}
	r->verdict.is_present = true;
	r->verdict.policy = B("--fail-on");
	r->verdict.result = verdicts[result];
	return result;
}
