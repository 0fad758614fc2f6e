/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - a scan as it was asked for: what cmd_scan.c and fleet.c share.  Private to cli/. */
#ifndef CLI_SCAN_H
#define CLI_SCAN_H

#include "cli/cli.h"
#include "cli/policy.h"
#include "flow/flow.h"
#include "render/render.h"

struct out {
	const struct render_form *form;
	const char *version; /* of the form; NULL: its first */
	const char *path;    /* NULL: standard output */
};

struct scan_plan {
	struct arena *arena;
	struct flow_scan_options flow;
	struct filter filter;
	struct gate gate;
	struct waivers *waivers;
	struct vex *vex;
	struct report *against; /* NULL: none was named */
	struct known_files *known;
	struct bases bases;
	struct classes classes;
	struct buf learned; /* what --learn writes */
	struct rules rules;
	struct buf rules_bytes; /* the same */
	struct yara_bundle yara;
	struct buf yara_bytes;    /* what it lies in; the caller frees */
	struct hash_list *hashes; /* of --malware-hashes */
	struct cli_policy policy; /* .policy NULL: none was named */
	struct out outs[16];
	size_t n_outs;
	int exit_gate; /* status of a failed gate; 0: never fails */
	enum scan_mode mode;
	bool is_fleet; /* there are other images: what is told names this one */
	struct scan_keys {
		struct key **v;
		size_t n;
	} keys, base_keys; /* of --key and --base-key */
};

/* Reads the settings into p, whose arena and mode are set; then, also when it fails,
 * scan_plan_close, and cli_policy_close for its policy. */
int scan_plan(const struct settings *s, const char *ref, struct scan_plan *p, struct err *e);
/* What malware is known by, where that check is asked for (malware.c). */
int scan_plan_malware(const struct settings *s, struct scan_plan *p, struct err *e);
void scan_plan_close(struct scan_plan *p);
/* Filters, waives and judges the reports; the exit status that they come to. */
int scan_judge(const struct settings *s, struct scan_plan *p, struct flow_scan_result *res);
/* Reads the files of --tests. */
int scan_tests(const struct settings *s, struct scan_plan *p, struct err *e);
/* Reads the files of --import. */
int scan_imports(const struct settings *s, struct scan_plan *p, struct err *e);
struct render_options scan_render_options(const struct settings *s, enum scan_mode mode);
int scan_write(const struct out *out, const struct flow_scan_result *res, struct render_options o,
               struct err *e);

/* Many images, of --list and --repository: the exit status. */
int cli_fleet(const struct settings *s, enum scan_mode mode);

#endif
