/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_policy_convert.c - assay policy convert: the gates of other tools as a policy.
 *
 * Read are a Trivy command line (as one word), trivy.yaml, Grype's configuration and Harbor's
 * severity threshold.  What cannot be said with the same meaning is an error: a gate that is half
 * read would admit what it should refuse.
 * Source: Trivy's documentation, "Configuration file"; Grype's README; Harbor's "Prevent vulnerable
 * images from running".
 */
#include "cli/policy.h"

#include <string.h>

struct gate_of {
	unsigned severities; /* bit per enum severity */
	bool only_fixed;
	const char *tool;
};

static int severities(struct bytes list, unsigned *ret, struct err *e)
{
	for (struct bytes word; bytes_split(&list, ',', &word);) {
		enum severity s;
		if (!severity_parse(bytes_trim(word), &s))
			return err_set(e, ERR_USAGE, "there is no severity \"%.*s\"",
			               BYTES_FMT(word));
		*ret |= 1U << s;
	}
	return 0;
}

/* A threshold: it and all above; what nobody rated reaches every threshold. */
static int threshold(struct bytes word, unsigned *ret, struct err *e)
{
	enum severity s;
	if (!severity_parse(word, &s))
		return err_set(e, ERR_USAGE, "there is no severity \"%.*s\"", BYTES_FMT(word));
	*ret = 1U << SEV_UNKNOWN;
	for (int i = s; i < SEV__MAX; i++)
		*ret |= 1U << i;
	return 0;
}

/* trivy image --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 NAME */
static int command_line(struct bytes line, struct gate_of *g, struct err *e)
{
	struct bytes word, value = {0}, exit_code = {0}, list = {0};
	while (bytes_word(&line, &word)) {
		bool has_value = bytes_cut(word, '=', &word, &value);
		bool is_severity = bytes_eq(word, B("--severity")) || bytes_eq(word, B("-s"));
		bool is_exit = bytes_eq(word, B("--exit-code"));
		if ((is_severity || is_exit) && !has_value && !bytes_word(&line, &value))
			return err_set(e, ERR_USAGE, "%.*s wants a value", BYTES_FMT(word));
		list = is_severity ? value : list;
		exit_code = is_exit ? value : exit_code;
		g->only_fixed |= bytes_eq(word, B("--ignore-unfixed"));
	}
	g->tool = "trivy";
	if (!exit_code.n || bytes_eq(exit_code, B("0")))
		return err_set(e, ERR_USAGE,
		               "without --exit-code that command line refuses nothing");
	return severities(list.n ? list : B("UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL"), &g->severities, e);
}

static int trivy_yaml(const json_t *root, struct gate_of *g, struct err *e)
{
	const json_t *list = json_list(root, "severity");
	struct bytes exit_code = json_text(root, "exit-code");
	g->tool = "trivy";
	g->only_fixed =
		bytes_eq(json_text(json_obj(root, "vulnerability"), "ignore-unfixed"), B("true"));
	if (!exit_code.n || bytes_eq(exit_code, B("0")))
		return err_set(e, ERR_USAGE, "without exit-code that file refuses nothing");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (severities(json_bytes(json_array_get(list, i)), &g->severities, e) < 0)
			return -1;
	if (!list)
		g->severities = (1U << SEV__MAX) - 1;
	return 0;
}

static int of_file(const char *path, struct gate_of *g, struct err *e)
{
	AUTO_BUF struct buf text = {.p = NULL};
	AUTO_JSON json_t *root = NULL;
	struct bytes name = bytes_str(path);
	if (bytes_ends(name, B(".rego")))
		return err_set(e, ERR_UNSUPPORTED,
		               "%s: Rego is not read; write its conditions as rules in CEL: each "
		               "deny is a "
		               "refuse (docs/POLICY.md)",
		               path);
	if (file_read(path, (size_t)YAML_DOC_MAX, &text, e) < 0 ||
	    yaml_load(buf_bytes(&text), path, YAML_LINES, &root, e) < 0)
		return -1;
	struct bytes fail_on = json_text(root, "fail-on-severity");
	if (!fail_on.n)
		fail_on = json_text(root, "fail-on");
	if (fail_on.n) {
		g->tool = "grype";
		g->only_fixed = bytes_eq(json_text(root, "only-fixed"), B("true"));
		return threshold(fail_on, &g->severities, e);
	}
	if (json_object_get(root, "severity") || json_object_get(root, "exit-code"))
		return trivy_yaml(root, g, e);
	return err_set(e, ERR_UNSUPPORTED,
	               "%s: neither Grype's fail-on-severity nor Trivy's severity is there", path);
}

static void print_policy(const struct gate_of *g)
{
	bool is_first = true;
	printf("version: 1\nname: as-%s\nneeds: [vulnerability]\nrules:\n  - id: as-%s\n    "
	       "refuse: >-\n"
	       "      finding.check == \"vulnerability\" && finding.severity in [",
	       g->tool, g->tool);
	for (int s = SEV__MAX - 1; s >= 0; s--)
		if (g->severities & 1U << s) {
			printf("%s\"%s\"", is_first ? "" : ", ", severity_name((enum severity)s));
			is_first = false;
		}
	printf("]%s\n    message: \"{finding.id} ({finding.severity}) in {finding.package}\"\n",
	       g->only_fixed ? " && finding.fixed != \"\"" : "");
}

static int convert_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	struct gate_of g = {.tool = "harbor"};
	struct bytes what = bytes_str(args[0]);
	(void)s;
	(void)n;
	int rc;
	if (bytes_starts(what, B("trivy ")))
		rc = command_line(what, &g, &e);
	else if (bytes_starts(what, B("harbor:")))
		rc = threshold(bytes_skip(what, 7), &g.severities, &e);
	else
		rc = of_file(args[0], &g, &e);
	if (rc < 0)
		return cli_fail(&e);
	print_policy(&g);
	return EXIT_PASS;
}

static const char *const examples[] = {
	"assay policy convert .grype.yaml",
	"assay policy convert 'trivy image --severity HIGH,CRITICAL --exit-code 1 NAME'",
	"assay policy convert harbor:high",
	NULL,
};

const struct command command_policy_convert = {
	.name = "policy convert",
	.args = "FILE|COMMAND|harbor:SEVERITY",
	.title = "Write the gate of another tool as a policy",
	.text = "Reads a Trivy command line given as one word, trivy.yaml, Grype's configuration "
		"(fail-on-severity), or Harbor's severity threshold, and prints a policy that "
		"refuses what "
		"they refuse. What nobody rated reaches every threshold. A Rego policy is not "
		"read.",
	.examples = examples,
	.groups = GROUP_POLICY,
	.min_args = 1,
	.max_args = 1,
	.run = convert_run,
};
