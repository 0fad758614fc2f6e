/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_explain.c - assay explain: why something was found, or was not. */
#include "cli/cli.h"

#include <string.h>

#include "advise/advise.h"
#include "model/model.h"

static void line(const char *name, struct bytes v)
{
	AUTO_BUF struct buf safe;
	buf_init(&safe, KIB(64));
	if (!v.n || text_escape(v, &safe) < 0)
		return;
	printf("  %-10s %s\n", name, buf_cstr(&safe));
}

static void explain_finding(const struct finding *f)
{
	printf("%.*s  %s, %s\n", BYTES_FMT(f->id), check_name(f->check),
	       severity_name(f->severity));
	line("severity", f->severity_source);
	line("package", f->package);
	line("installed", f->installed);
	line("fixed in", f->fixed);
	if (f->has_status)
		line("status", bytes_str(status_name(f->status)));
	line("because", f->reason);
	line("feed", f->source.feed);
	line("advisory", f->source.advisory);
	line("dated", f->source.date);
	if (f->location.layer >= 0)
		printf("  %-10s %d\n", "layer", f->location.layer);
	line("path", f->location.path);
	line("cvss", f->cvss_vector);
	if (f->waived) {
		line("waived by", f->waived->by);
		line("owner", f->waived->owner);
		line("reason", f->waived->reason);
		line("until", f->waived->until);
	}
	line("id", bytes_str(f->fingerprint));
}

static bool is_meant(const struct finding *f, struct bytes word)
{
	if (bytes_eq_nocase(f->id, word) || bytes_eq(bytes_str(f->fingerprint), word))
		return true;
	for (size_t i = 0; i < f->references.n; i++) {
		if (bytes_eq_nocase(f->references.v[i], word))
			return true;
	}
	return false;
}

static int explain_package(const struct settings *s, struct report *r, struct bytes package,
                           struct bytes id, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf out, ns;
	struct index *ix = NULL;
	buf_init(&out, MIB(16));
	buf_init(&ns, 256);
	const struct distro *d = distro_by_id(r->os.id);
	struct fact_os os = {.id = r->os.id, .version_id = r->os.version, .pretty = r->os.name};
	if (d && distro_ns(d, &os, &ns) == 0)
		r->os.ns = arena_dup(r->arena, buf_bytes(&ns));
	const char *db = cli_read_db(s, a), *starter = cli_starter(a);
	if ((!db || index_open(db, &ix, e) < 0) && (!starter || index_open(starter, &ix, e) < 0))
		return err_wrap(e, "explaining needs the advisory index");
	int rc = advise_explain(r, ix, package, id, &out, e);
	if (rc == 0)
		bytes_put(buf_bytes(&out), stdout);
	index_close(ix);
	return rc;
}

static int explain_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf text = {0};
	struct report *r = NULL;
	struct bytes id = bytes_str(args[0]);
	(void)n;
	if (!s->report) {
		err_set(&e, ERR_USAGE, "name the report: assay explain %s --report FILE", args[0]);
		return cli_fail(&e);
	}
	if (file_read(s->report, (size_t)JSON_DOC_MAX, &text, &e) < 0 ||
	    report_read(buf_bytes(&text), s->report, &r, &e) < 0)
		return cli_fail(&e);
	size_t found = 0;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		if (!is_meant(f, id) ||
		    (s->package && bytes_search(f->package, bytes_str(s->package)) < 0))
			continue;
		explain_finding(f);
		found++;
	}
	int rc = 0;
	if (s->package)
		rc = explain_package(s, r, bytes_str(s->package), id, &e);
	else if (!found)
		rc = err_set(&e, ERR_NOTFOUND,
		             "%s does not have %s; to hear why not, name a package with --package",
		             s->report, args[0]);
	report_free(r);
	return rc < 0 ? cli_fail(&e) : EXIT_PASS;
}

static const char *const explain_examples[] = {
	"assay explain CVE-2023-45853 --report report.json",
	"assay explain CVE-2014-0160 --package openssl --report report.json",
	NULL,
};

const struct command command_explain = {
	.name = "explain",
	.args = "FINDING",
	.title = "Say why something was found, or why it was not",
	.text = "FINDING is an id (a CVE, an advisory) or a fingerprint of a saved JSON report. "
		"With --package, "
		"every record of the index that names the package with it is held against the "
		"installed "
		"version once more, and the outcome of each is printed: also for what did not "
		"match.",
	.examples = explain_examples,
	.groups = GROUP_EXPLAIN | GROUP_INDEX,
	.min_args = 1,
	.max_args = 1,
	.run = explain_run,
};
