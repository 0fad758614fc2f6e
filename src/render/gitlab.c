/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitlab.c - GitLab's security reports: container scanning, and dependency scanning for packages of
 * languages.
 *
 * Source: GitLab, security-report-schemas 15.0.7, container-scanning and dependency-scanning.
 */
#include "render/parts.h"

/* The report's schema: "maxLength" of names, "maxItems" of identifiers. */
enum { TEXT_LEN = 255, IDENTIFIERS = 20 };

struct gitlab {
	struct json_out j;
	struct arena *a;
	const struct report *r;
	bool is_dependency;
};

static void put_scanner(struct gitlab *g, const char *key)
{
	struct json_out *j = &g->j;
	jout_key(j, key);
	jout_object(j);
	jout_kstr(j, "id", "assay");
	jout_kstr(j, "name", "assay");
	jout_kstr(j, "version", ASSAY_VERSION);
	jout_key(j, "vendor");
	jout_object(j);
	jout_kstr(j, "name", "assay");
	jout_object_end(j);
	jout_object_end(j);
}

/* The image's time or SOURCE_DATE_EPOCH, without a zone: UTC. */
static void put_scan(struct gitlab *g)
{
	struct json_out *j = &g->j;
	char time[21] = "1970-01-01T00:00:00Z";
	int64_t s;
	if (clock_source_date(&s) ||
	    (g->r->image.created.n && clock_parse(g->r->image.created, &s)))
		clock_format(s, time);
	time[19] = 0;
	bool is_whole = true;
	for (size_t i = 0; i < g->r->n_coverage; i++)
		is_whole &= g->r->coverage[i].status != COVERAGE_INCOMPLETE;
	jout_key(j, "scan");
	jout_object(j);
	put_scanner(g, "analyzer");
	put_scanner(g, "scanner");
	jout_kstr(j, "type", g->is_dependency ? "dependency_scanning" : "container_scanning");
	jout_kstr(j, "start_time", time);
	jout_kstr(j, "end_time", time);
	jout_kstr(j, "status", is_whole ? "success" : "failure");
	jout_object_end(j);
}

/* "ghsa" of GHSA-...: GitLab knows those of the publishers that it reads by such words. */
static const char *type_of_id(struct gitlab *g, struct bytes id)
{
	static const char *const known[] = {"CVE-", "GHSA-", "RHSA-", "USN-", "ELSA-", "DSA-"};
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct bytes p = bytes_str(known[i]);
		if (!bytes_starts(id, p))
			continue;
		char word[8];
		for (size_t k = 0; k < p.n; k++)
			word[k] = known[i][k] == '-' ? 0 : (char)to_lower((uint8_t)known[i][k]);
		return arena_printf(g->a, "%s", word);
	}
	return "assay";
}

static void put_identifier(struct gitlab *g, struct bytes id)
{
	struct json_out *j = &g->j;
	struct bytes shown = render_cut(g->a, id, TEXT_LEN), url = render_link(g->a, id);
	jout_object(j);
	jout_kstr(j, "type", type_of_id(g, id));
	jout_kbytes(j, "name", shown);
	jout_kbytes(j, "value", shown);
	if (url.n)
		jout_kbytes(j, "url", url);
	jout_object_end(j);
}

/* The first tells findings apart; further ids are those whose publishers are known. */
static void put_identifiers(struct gitlab *g, const struct finding *f)
{
	jout_key(&g->j, "identifiers");
	jout_array(&g->j);
	put_identifier(g, f->id);
	for (size_t i = 0, n = 1; i < f->references.n && n < IDENTIFIERS; i++) {
		struct bytes id = f->references.v[i];
		if (render_is_link(id) || !render_link(g->a, id).n)
			continue;
		put_identifier(g, id);
		n++;
	}
	jout_array_end(&g->j);
}

static void put_links(struct gitlab *g, const struct finding *f)
{
	struct json_out *j = &g->j;
	jout_key(j, "links");
	jout_array(j);
	for (size_t i = 0; i <= f->references.n; i++) {
		struct bytes url = render_link(g->a, i ? f->references.v[i - 1] : f->id);
		if (!url.n)
			continue;
		jout_object(j);
		jout_kbytes(j, "url", url);
		jout_object_end(j);
	}
	jout_array_end(j);
}

static void put_location(struct gitlab *g, const struct finding *f)
{
	struct json_out *j = &g->j;
	const struct report *r = g->r;
	struct bytes os = r->os.name.n ? r->os.name : r->os.id;
	jout_key(j, "location");
	jout_object(j);
	jout_key(j, "dependency");
	jout_object(j);
	jout_key(j, "package");
	jout_object(j);
	jout_kbytes(j, "name", render_escape(g->a, f->package_name));
	jout_object_end(j);
	jout_kbytes(j, "version", render_escape(g->a, f->installed));
	jout_object_end(j);
	if (g->is_dependency) {
		jout_kbytes(j, "file", f->location.path.n ? f->location.path : B("unknown"));
	} else {
		jout_kbytes(j, "operating_system", os.n ? render_escape(g->a, os) : B("unknown"));
		jout_kbytes(j, "image", r->image.reference.n ? r->image.reference : B("unknown"));
	}
	jout_object_end(j);
}

static void put_finding(struct gitlab *g, const struct finding *f)
{
	static const char *const words[SEV__MAX] = {
		[SEV_UNKNOWN] = "Unknown", [SEV_NEGLIGIBLE] = "Info", [SEV_LOW] = "Low",
		[SEV_MEDIUM] = "Medium",   [SEV_HIGH] = "High",       [SEV_CRITICAL] = "Critical",
	};
	struct json_out *j = &g->j;
	const char *p = f->fingerprint;
	jout_object(j);
	jout_kstr(
		j, "id",
		arena_printf(g->a, "%.8s-%.4s-%.4s-%.4s-%.12s", p, p + 8, p + 12, p + 16, p + 20));
	jout_kbytes(j, "name", render_cut(g->a, f->title.n ? f->title : f->id, TEXT_LEN));
	jout_kbytes(j, "description", render_escape(g->a, f->reason));
	jout_kstr(j, "severity", words[f->severity]);
	if (f->fixed.n)
		jout_kstr(j, "solution",
		          arena_printf(g->a, "Upgrade %.*s to %.*s",
		                       BYTES_FMT(render_escape(g->a, f->package_name)),
		                       BYTES_FMT(render_escape(g->a, f->fixed))));
	put_location(g, f);
	put_identifiers(g, f);
	put_links(g, f);
	jout_object_end(j);
}

/* GitLab has a report for each of the two; a waived finding is none there. */
static bool is_wanted(const struct gitlab *g, const struct finding *f)
{
	struct bytes scheme, rest, type;
	if (f->waived || (f->check != CHECK_VULNERABILITY && f->check != CHECK_MALWARE) ||
	    !bytes_cut(f->package, ':', &scheme, &rest) || !bytes_cut(rest, '/', &type, &rest))
		return false;
	return !g->is_dependency || ecosystem_is_language(type);
}

static int gitlab_write(const struct report *r, bool is_dependency, FILE *out, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct gitlab g = {.a = a, .r = r, .is_dependency = is_dependency};
	struct json_out *j = &g.j;
	jout_init(j, jout_to_file, out, true);
	jout_object(j);
	jout_kstr(j, "version", "15.0.7");
	put_scan(&g);
	jout_key(j, "vulnerabilities");
	jout_array(j);
	for (size_t i = 0; i < r->n_findings; i++) {
		if (is_wanted(&g, &r->findings[i]))
			put_finding(&g, &r->findings[i]);
	}
	jout_array_end(j);
	if (is_dependency) {
		jout_key(j, "dependency_files");
		jout_array(j);
		jout_array_end(j);
	}
	jout_key(j, "remediations");
	jout_array(j);
	jout_array_end(j);
	jout_object_end(j);
	if (jout_end(j) < 0 || fputc('\n', out) == EOF || fflush(out) == EOF)
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

static int one(size_t n, const struct render_options *o, struct err *e)
{
	if (n == 1 && !o->many)
		return 0;
	return err_set(
		e, ERR_USAGE,
		"GitLab's reports are of one image: name one of the platforms with --platform");
}

static int container_write(const struct report *const *r, size_t n, const struct render_options *o,
                           FILE *out, struct err *e)
{
	return one(n, o, e) < 0 ? -1 : gitlab_write(r[0], false, out, e);
}

static int dependency_write(const struct report *const *r, size_t n, const struct render_options *o,
                            FILE *out, struct err *e)
{
	return one(n, o, e) < 0 ? -1 : gitlab_write(r[0], true, out, e);
}

static const char *const aliases[] = {"gitlab-container-scanning", NULL};

const struct render_form render_form_gitlab = {
	.name = "gitlab",
	.aliases = aliases,
	.title = "GitLab's container scanning report",
	.suffix = ".json",
	.is_single = true,
	.write = container_write,
};

const struct render_form render_form_gitlab_dependency = {
	.name = "gitlab-dependency",
	.title = "GitLab's dependency scanning report: packages of languages",
	.suffix = ".json",
	.is_single = true,
	.write = dependency_write,
};
