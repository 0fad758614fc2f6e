/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_db_diff.c - assay db diff: what a newer index says of packages that were looked at before. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "advise/advise.h"
#include "flow/flow.h"
#include "model/model.h"

static int open_one(const char *path, struct index **ret, struct err *e)
{
	return index_open(path, ret, e) < 0 ? err_wrap(e, "comparing") : 0;
}

static int open_present(const struct settings *s, struct arena *a, struct index **ret,
                        const char **ret_path, struct err *e)
{
	const char *db = cli_read_db(s, a), *starter = s->db ? NULL : cli_starter(a);
	*ret_path = db;
	if (db && index_open(db, ret, e) == 0)
		return 0;
	*ret_path = starter;
	if (starter && index_open(starter, ret, e) == 0)
		return 0;
	return err_set(e, ERR_NOTFOUND, "there is no advisory index; run `assay db update`");
}

static int load(const char *path, struct report **ret, struct err *e)
{
	AUTO_BUF struct buf text = {0}, ns;
	if (file_read(path, (size_t)JSON_DOC_MAX, &text, e) < 0 ||
	    report_read(buf_bytes(&text), path, ret, e) < 0)
		return -1;
	struct report *r = *ret;
	struct fact_os os = {.id = r->os.id, .version_id = r->os.version, .pretty = r->os.name};
	const struct distro *d = distro_by_id(r->os.id);
	buf_init(&ns, 256);
	if (d && distro_ns(d, &os, &ns) == 0)
		r->os.ns = arena_dup(r->arena, buf_bytes(&ns));
	return 0;
}

/* A bill of materials as that index sees its packages. */
static int judged_sbom(const char *ref, const char *db, struct flow_scan_result *ret, struct err *e)
{
	if (!db)
		return err_set(e, ERR_USAGE,
		               "%s: an SBOM has no findings; --old names an index to compare with",
		               ref);
	const struct flow_scan_options o = {
		.ref = ref,
		.db = db,
		.checks = 1U << CHECK_VULNERABILITY,
		.match = {.now_s = clock_now_s(), .pkg_os = true, .pkg_library = true},
	};
	return flow_scan(&o, ret, e);
}

/* The report as that index sees its packages; the report itself when ix is NULL. */
static int judged(const char *path, struct index *ix, struct report **ret, struct err *e)
{
	if (load(path, ret, e) < 0)
		return -1;
	struct report *r = *ret;
	struct match_options o = {.now_s = clock_now_s(), .pkg_os = true, .pkg_library = true};
	if (!ix)
		return 0;
	r->n_findings = r->n_suppressed = r->n_coverage = 0;
	if (advise_match(r, ix, &o, e) < 0)
		return -1;
	report_sort(r);
	return 0;
}

static int by_key(const void *x, const void *y)
{
	const struct finding *a = *(const struct finding *const *)x;
	const struct finding *b = *(const struct finding *const *)y;
	int c = bytes_cmp(a->id, b->id);
	return c ? c : bytes_cmp(a->package, b->package);
}

/* Vulnerabilities of a report, by id and package. */
static size_t sorted(const struct report *r, const struct finding ***ret)
{
	const struct finding **v = mem_alloc((r->n_findings + 1) * sizeof *v);
	size_t n = 0;
	for (size_t i = 0; i < r->n_findings; i++) {
		if (r->findings[i].check == CHECK_VULNERABILITY)
			v[n++] = &r->findings[i];
	}
	qsort(v, n, sizeof *v, by_key);
	*ret = v;
	return n;
}

static void say(const char *mark, const struct report *r, const struct finding *f)
{
	AUTO_BUF struct buf line;
	buf_init(&line, KIB(64));
	buf_addf(&line, "%s\t", mark);
	const struct bytes cells[] = {f->id,      bytes_str(severity_name(f->severity)),
	                              f->package, f->installed,
	                              f->fixed,   r->image.reference};
	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		if (i)
			buf_addc(&line, '\t');
		text_escape(cells[i], &line);
	}
	puts(buf_cstr(&line));
}

struct counts {
	size_t added, gone, changed;
};

static void compare(const struct report *was, const struct report *is, struct counts *c)
{
	const struct finding **a, **b;
	size_t n = sorted(was, &a), m = sorted(is, &b), i = 0, j = 0;
	while (i < n || j < m) {
		int order = i == n ? 1 : j == m ? -1 : by_key(&a[i], &b[j]);
		if (order < 0) {
			say("gone", was, a[i++]);
			c->gone++;
			continue;
		}
		if (order > 0) {
			say("added", was, b[j++]);
			c->added++;
			continue;
		}
		if (a[i]->severity != b[j]->severity || !bytes_eq(a[i]->fixed, b[j]->fixed)) {
			say("changed", was, b[j]);
			c->changed++;
		}
		i++;
		j++;
	}
	free(a);
	free(b);
}

/* Both ends: the index, and the path that it was opened by. */
struct ends {
	struct index *old, *present;
	const char *old_path, *present_path;
};

static int diff_sbom(const char *ref, const struct ends *x, struct counts *c, struct err *e)
{
	struct flow_scan_result was = {.n = 0}, is = {.n = 0};
	int rc = judged_sbom(ref, x->old_path, &was, e);
	if (rc == 0)
		rc = judged_sbom(ref, x->present_path, &is, e);
	if (rc == 0)
		compare(was.reports[0], is.reports[0], c);
	flow_scan_free(&was);
	flow_scan_free(&is);
	return rc;
}

static int diff_one(const char *path, const struct ends *x, struct counts *c, struct err *e)
{
	struct report *was = NULL, *is = NULL;
	if (bytes_starts(bytes_str(path), B("sbom:")))
		return diff_sbom(path, x, c, e);
	int rc = judged(path, x->old, &was, e);
	if (rc == 0)
		rc = judged(path, x->present, &is, e);
	if (rc == 0)
		compare(was, is, c);
	report_free(was);
	report_free(is);
	return rc;
}

static int diff_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *a = arena_new();
	struct ends x = {.old_path = s->old};
	struct counts c = {0, 0, 0};
	int rc = open_present(s, a, &x.present, &x.present_path, &e);
	if (rc == 0 && s->old)
		rc = open_one(s->old, &x.old, &e);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = diff_one(args[i], &x, &c, &e);
	index_close(x.old);
	index_close(x.present);
	if (rc < 0)
		return cli_fail(&e);
	if (!s->quiet)
		fprintf(stderr, "%zu added, %zu gone, %zu changed\n", c.added, c.gone, c.changed);
	return EXIT_PASS;
}

const struct command command_db_diff = {
	.name = "db diff",
	.args = "REPORT.json|sbom:FILE...",
	.title = "Say which vulnerabilities a newer index adds for a report",
	.text = "Matches the packages of saved JSON reports with the present index, and compares "
		"with what the report found, or with what an --old index says (of an SBOM always "
		"that). One line each, "
		"parted by tabs: added, gone or changed (severity, fixed version), id, severity, "
		"package, installed, fixed, image. The image is not needed.",
	.examples = (const char *const[]){"assay db diff shop.json", NULL},
	.groups = GROUP_INDEX | GROUP_DIFF,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = diff_run,
};
