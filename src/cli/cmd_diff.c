/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_diff.c - assay diff: what changed from one image to another. */
#include "cli/cli.h"

#include <fcntl.h>
#include <string.h>

#include "flow/flow.h"
#include "render/render.h"

/* A saved report or a bill of materials by its content; anything else is an image. */
enum kind { KIND_IMAGE, KIND_REPORT, KIND_SBOM };

static enum kind kind_of(const char *ref)
{
	AUTO_FD int fd = open(ref, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char head[256];
	ssize_t n = fd < 0 ? -1 : fd_read_full(fd, head, sizeof head);
	if (n <= 0)
		return KIND_IMAGE;
	struct bytes b = bytes_trim(bytes_of(head, (size_t)n));
	if (bytes_search(b, B("assay.report")) >= 0)
		return KIND_REPORT;
	bool is_text = b.n && (b.p[0] == '{' || bytes_search(b, B("SPDXVersion:")) >= 0);
	return is_text ? KIND_SBOM : KIND_IMAGE;
}

static int load_saved(const char *path, struct flow_scan_result *ret, struct err *e)
{
	AUTO_BUF struct buf text = {0};
	struct report *r;
	if (file_read(path, (size_t)JSON_DOC_MAX, &text, e) < 0 ||
	    report_read(buf_bytes(&text), path, &r, e) < 0)
		return -1;
	*ret = (struct flow_scan_result){.arena = arena_new(), .n = 1};
	ret->reports = mem_zalloc(sizeof *ret->reports);
	ret->reports[0] = r;
	return 0;
}

static int load(const struct settings *s, const char *ref, struct arena *a,
                struct flow_scan_result *ret, struct err *e)
{
	enum kind kind = kind_of(ref);
	if (kind == KIND_REPORT)
		return load_saved(ref, ret, e);
	return cli_scan_result(s, kind == KIND_SBOM ? arena_printf(a, "sbom:%s", ref) : ref, a, ret,
	                       e);
}

/* The findings that are new, with what could not be checked on either side, judged by the gate. */
static int judge(const struct settings *s, const struct diff *d)
{
	struct gate gate = {.checks = 1U << CHECK_VULNERABILITY};
	if (!s->fail_on)
		return EXIT_PASS;
	gate.has_fail_on = severity_parse(bytes_str(s->fail_on), &gate.fail_on);
	gate.unknown_passes = s->unknown_severity && strcmp(s->unknown_severity, "pass") == 0;
	struct report *r = report_new();
	for (size_t i = 0; i < d->n_findings; i++) {
		if (d->findings[i].kind == DIFF_GAINED)
			*report_finding(r) = *d->findings[i].b;
	}
	const struct report *const sides[] = {d->a, d->b};
	for (size_t k = 0; k < ARRAY_LEN(sides); k++) {
		for (size_t i = 0; i < sides[k]->n_coverage; i++)
			report_cover(r, sides[k]->coverage[i], "%.*s",
			             BYTES_FMT(sides[k]->coverage[i].detail));
	}
	enum gate_result g = gate_judge(&gate, r);
	report_free(r);
	if (g == GATE_FAIL)
		return s->exit_code >= 0 ? (int)s->exit_code : EXIT_GATE;
	return g == GATE_INCOMPLETE ? EXIT_INCOMPLETE : EXIT_PASS;
}

static int diff_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *a = arena_new();
	struct flow_scan_result from = {.n = 0}, to = {.n = 0};
	struct diff d;
	(void)n;
	bool is_json = s->format && strcmp(s->format, "json") == 0;
	int rc = 0;
	if (s->format && !is_json && strcmp(s->format, "table") != 0)
		rc = err_set(&e, ERR_USAGE, "--format: differences come as table or json");
	if (rc == 0)
		rc = load(s, args[0], a, &from, &e);
	if (rc == 0)
		rc = load(s, args[1], a, &to, &e);
	if (rc == 0 && (!from.n || !to.n))
		rc = err_set(&e, ERR_NOTFOUND, "there is no image to compare");
	if (rc == 0) {
		diff_make(from.reports[0], to.reports[0], a, &d);
		rc = is_json ? render_diff_json(&d, stdout, &e) : render_diff_table(&d, stdout, &e);
	}
	int status = rc < 0 ? cli_fail(&e) : judge(s, &d);
	if (from.arena)
		flow_scan_free(&from);
	if (to.arena)
		flow_scan_free(&to);
	return status;
}

static const char *const diff_examples[] = {
	"assay diff shop:1.4 shop:1.5",
	"assay diff yesterday.json today.json --fail-on high",
	"assay diff old.cdx.json oci:layout -f json",
	NULL,
};

const struct command command_diff = {
	.name = "diff",
	.args = "A B",
	.title = "Say what changed from one image to another",
	.text = "Packages and findings that B has and A has not (+), that A has and B has not (-), "
		"and "
		"that both have in another version or state (~). A and B are images as `assay "
		"scan` "
		"takes them, saved JSON reports or bills of materials, recognised by content.\n\n"
		"With --fail-on only findings that are new in B fail the gate: exit status 1; 3 "
		"when "
		"the check could not be finished on either side.",
	.examples = diff_examples,
	.groups = GROUP_COMPARE | GROUP_IMAGE | GROUP_TEMPLATE | GROUP_INDEX,
	.min_args = 2,
	.max_args = 2,
	.run = diff_run,
};
