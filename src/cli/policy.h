/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.h - what the commands about policies share.  Private to cli/.
 */
#ifndef CLI_POLICY_H
#define CLI_POLICY_H

#include "cli/cli.h"
#include "policy/policy.h"

struct cli_policy {
	const struct settings *settings;
	struct policy *policy;
	struct waivers *waivers;
	struct policy_scope scope;
	const char *file; /* the report that is judged, for warnings; NULL: it is the only one */
	bool is_counting; /* many reports are counted: what each warns of is not said */
};
/* The policy of a path with its waivers and those of --waivers; to be closed after a failure too.
 */
int cli_policy_open(const struct settings *s, const char *path, struct cli_policy *ret,
                    struct err *e);
void cli_policy_close(struct cli_policy *p);
/* Takes the evidence in, applies the waivers, judges. */
int cli_policy_judge(const struct cli_policy *p, struct report *r, struct policy_judgement *ret,
                     struct err *e);

/* Calls each for every report of the files; a report is freed behind it. */
typedef int (*cli_report_fn)(void *arg, const char *file, struct report *r, struct err *e);
int cli_reports_each(const char *const *files, size_t n, cli_report_fn each, void *arg,
                     struct err *e);
/* The small report of a case of `policy test`, as YAML has it (read with YAML_LINES). */
int cli_policy_case(const json_t *said, const char *file, struct report **ret, struct err *e);
/* Writes a line to standard output.  Reports and policies are not ours: what they say is made safe
 * for terminals, and a line break in it begins no line. */
void cli_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The exit status of verdicts seen, a bit each. */
int cli_policy_status(unsigned seen);

#endif
