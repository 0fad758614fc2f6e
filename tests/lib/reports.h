/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reports.h - reports made in memory, for the tests of report forms: a plain one, one without
 * findings, one without anything, one whose every text is hostile.
 */
#ifndef TESTS_LIB_REPORTS_H
#define TESTS_LIB_REPORTS_H

#include <string.h>

#include "model/model.h"

/* ESC, CR LF, a runner's commands, ends of CDATA, comment and element, a formula, NUL, BEL, a lone
 * surrogate and other broken UTF-8, bidirectional and zero-width marks, a tag character, a
 * noncharacter. */
#define HOSTILE                                                                                    \
	"::error::a\x1b[2J\x1b]0;t\x07\r\n::error file=x::b ##[add-path]c ##vso[task]d ]]>--><"    \
	"script>alert(1)</script>&amp;\"'=cmd|' /C calc'!A0\0\xed\xa0\x80\xff\xc3\xf4\x90\x80\x80" \
	"\xe2\x80\xae\xe2\x80\x8b\xf3\xa0\x81\x81\xef\xbf\xbe\t\\u0000 ../../etc/passwd%00|`x`"

static inline void sample_image(struct report *r)
{
	static const char *const origins[] = {"base", "base", "app", "unknown"};
	struct report_image *im = &r->image;
	r->confinement = B("seccomp landlock rlimit");
	im->reference = B("docker-archive:shop.tar");
	im->digest = B("sha256:4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a0001");
	im->config_digest =
		B("sha256:4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a4c1b1a1d7a0002");
	im->platform = B("linux/amd64");
	im->user.declared = B("");
	im->user.uid = im->user.gid = 0;
	im->n_layers = ARRAY_LEN(origins);
	im->layers = arena_alloc(r->arena, im->n_layers * sizeof *im->layers);
	for (size_t i = 0; i < im->n_layers; i++) {
		im->layers[i].digest = bytes_str(arena_printf(r->arena, "sha256:%064zx", i + 1));
		im->layers[i].diff_id = bytes_str(arena_printf(r->arena, "sha256:%064zx", i + 17));
		im->layers[i].size = 1000 * (i + 1);
		im->layers[i].created_by = B("COPY . /srv");
		im->layers[i].origin = origins[i];
	}
	im->config.is_present = true;
	im->config.user = B("");
	list_add(r, &im->config.entrypoint, B("/srv/shop"));
	list_add(r, &im->config.env, B("PATH=/usr/bin:/bin"));
	list_add(r, &im->config.exposed_ports, B("8080/tcp"));
	im->config.labels = arena_alloc(r->arena, sizeof *im->config.labels);
	im->config.labels[0] = (struct label){B("org.opencontainers.image.title"), B("shop")};
	im->config.n_labels = 1;
	r->os.id = B("debian");
	r->os.version = B("12");
	r->os.name = B("Debian GNU/Linux 12 (bookworm)");
	r->os.eol = B("2028-06-30");
	r->lineage = arena_alloc(r->arena, sizeof *r->lineage);
	r->lineage[0] = (struct lineage){.reference = B("debian:12"),
	                                 .digest = im->layers[1].digest,
	                                 .layers = 2,
	                                 .by = "layers"};
	r->n_lineage = r->cap_lineage = 1;
}

static inline struct package *sample_package(struct report *r, const char *name,
                                             const char *version)
{
	struct package *p = report_package(r);
	p->purl = bytes_str(arena_printf(
		r->arena, "pkg:deb/debian/%s@%s?arch=amd64&distro=debian-12", name, version));
	p->type = B("deb");
	p->name = bytes_str(name);
	p->version = bytes_str(version);
	p->arch = B("amd64");
	list_add(r, &p->licenses, B("Zlib"));
	list_add(r, &p->paths, B("var/lib/dpkg/status"));
	return p;
}

struct sample_vuln {
	const char *package, *installed, *fixed, *id, *title;
	enum severity severity;
	enum status status;
	double epss; /* < 0: none */
	bool is_kev;
	int layer;
};

static const struct sample_vuln sample_vulns[] = {
	{"openssl",  "3.0.11-1~deb12u2", "3.0.14-1~deb12u2",  "CVE-2024-5535",
         "SSL_select_next_proto buffer overread",                                                SEV_CRITICAL,   STATUS_FIXED,        0.0461,  false, 0},
	{"openssl",  "3.0.11-1~deb12u2", "3.0.14-1~deb12u1",  "CVE-2024-4741",
         "use after free with SSL_free_buffers",						 SEV_HIGH,       STATUS_FIXED,        0.0009,  false, 0},
	{"openssl",  "3.0.11-1~deb12u2", NULL,                "CVE-2023-6129",  NULL,            SEV_UNKNOWN,    STATUS_AFFECTED,
         -1,																   false, 0},
	{"zlib1g",   "1:1.2.13.dfsg-1",  NULL,                "CVE-2023-45853",
         "integer overflow and resultant heap-based buffer overflow in zipOpenNewFileInZip4_64", SEV_CRITICAL,   STATUS_WILL_NOT_FIX, 0.00153, false, 0},
	{"libwebp7", "1.2.4-0.2",        "1.2.4-0.2+deb12u1", "CVE-2023-4863",
         "heap buffer overflow in BuildHuffmanTable",                                            SEV_CRITICAL,   STATUS_FIXED,        0.9402,  true,  2},
	{"libc6",    "2.36-9+deb12u3",   "2.36-9+deb12u7",    "CVE-2024-2961",  NULL,            SEV_HIGH,       STATUS_FIXED,
         0.00004,															      false, 1},
	{"tar",      "1.34+dfsg-1.2",    NULL,                "CVE-2005-2541",  NULL,            SEV_NEGLIGIBLE, STATUS_FIX_DEFERRED,
         0.03,																 false, 3},
};

static inline void sample_vuln(struct report *r, const struct sample_vuln *v)
{
	struct finding *f = report_finding(r);
	f->check = CHECK_VULNERABILITY;
	f->id = bytes_str(v->id);
	f->severity = v->severity;
	if (v->severity != SEV_UNKNOWN)
		f->severity_source = B("nvd");
	f->title = bytes_str(v->title);
	f->package =
		bytes_str(arena_printf(r->arena, "pkg:deb/debian/%s@%s?arch=amd64&distro=debian-12",
	                               v->package, v->installed));
	f->package_name = bytes_str(v->package);
	f->installed = bytes_str(v->installed);
	f->fixed = bytes_str(v->fixed);
	f->status = v->status;
	f->has_status = true;
	f->location.layer = v->layer;
	f->location.path = B("var/lib/dpkg/status");
	f->reason = bytes_str(arena_printf(r->arena, "%s %s is %s by %s", v->package, v->installed,
	                                   v->fixed ? "older than the version that is fixed"
	                                            : "named as affected",
	                                   "the Debian security tracker"));
	f->source.feed = B("debian-tracker");
	f->source.advisory = bytes_str(v->id);
	f->source.date = B("2026-11-20");
	f->epss = v->epss;
	f->is_kev = v->is_kev;
	if (v->severity == SEV_CRITICAL) {
		f->cvss_vector = B("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
		f->cvss_score = 9.8;
	}
	list_add(r, &f->references,
	         bytes_str(arena_printf(r->arena, "https://nvd.nist.gov/vuln/detail/%s", v->id)));
}

static inline struct finding *sample_rule(struct report *r, enum check check, const char *id,
                                          enum severity severity)
{
	struct finding *f = report_finding(r);
	f->check = check;
	f->id = bytes_str(id);
	f->severity = severity;
	f->severity_source = B("assay");
	f->title = B("a rule's title");
	f->reason = B("a rule's reason");
	return f;
}

/* Vulnerabilities, a secret in a deleted file, a user that is root, one waived finding, one that is
 * suppressed, and coverage of all three kinds. */
static inline struct report *sample_plain(void)
{
	struct report *r = report_new();
	sample_image(r);
	for (size_t i = 0; i < ARRAY_LEN(sample_vulns); i++) {
		if (!i || sample_vulns[i].package != sample_vulns[i - 1].package)
			sample_package(r, sample_vulns[i].package, sample_vulns[i].installed);
		sample_vuln(r, &sample_vulns[i]);
	}
	struct finding *f = sample_rule(r, CHECK_SECRET, "secret.aws-access-key", SEV_HIGH);
	f->title = B("AWS access key");
	f->reason =
		B("AKIA************QPLZ looks like an access key and stands in a file that a later "
	          "layer deletes, which does not remove it from the image");
	f->location.layer = 2;
	f->location.path = B("srv/.env");
	f->location.line = 14;
	f->location.is_deleted = true;
	f = sample_rule(r, CHECK_USER, "user.root", SEV_MEDIUM);
	f->title = B("Runs as root");
	f->reason = B("the image names no user, so that its processes run as uid 0");
	const struct sample_vuln waived = {"libxml2",
	                                   "2.9.14+dfsg-1.3~deb12u1",
	                                   NULL,
	                                   "CVE-2024-25062",
	                                   NULL,
	                                   SEV_HIGH,
	                                   STATUS_AFFECTED,
	                                   0.2,
	                                   false,
	                                   0};
	sample_vuln(r, &waived);
	struct waived *w = arena_alloc(r->arena, sizeof *w);
	*w = (struct waived){B("waivers.yaml, entry 1"), B("platform@example.org"),
	                     B("the XML reader is not reachable"), B("2027-01-31")};
	r->findings[r->n_findings - 1].waived = w;
	struct finding vex = r->findings[0];
	vex.id = B("CVE-2024-0727");
	vex.reason = B("shop.vex.json says not_affected: vulnerable_code_not_in_execute_path");
	report_suppress(r, &vex);
	struct coverage row = {.check = CHECK_VULNERABILITY,
	                       .status = COVERAGE_COMPLETE,
	                       .code = "advisories.used",
	                       .layer = -1};
	report_cover(r, row, "debian-tracker advisories of 2026-11-20 for debian:12");
	row.status = COVERAGE_INCOMPLETE;
	row.code = "packages.language";
	report_cover(r, row,
	             "packages of languages are not inspected yet; their manifests in the layers: "
	             "3 package-lock.json");
	report_cover(r,
	             (struct coverage){.check = CHECK_SECRET,
	                               .status = COVERAGE_INCOMPLETE,
	                               .code = "worker.died",
	                               .layer = 3,
	                               .path = B("srv/big.bin")},
	             "the worker was killed (out of memory)");
	report_cover(r,
	             (struct coverage){.check = CHECK_MALWARE,
	                               .status = COVERAGE_SKIPPED,
	                               .code = "rules.none",
	                               .layer = -1},
	             "no malware rules are configured");
	report_sort(r);
	return r;
}

/* Everything was looked at and nothing was found. */
static inline struct report *sample_clean(void)
{
	struct report *r = report_new();
	sample_image(r);
	r->image.user.uid = 10001;
	sample_package(r, "base-files", "12.4+deb12u7");
	report_cover(r,
	             (struct coverage){.check = CHECK_VULNERABILITY,
	                               .status = COVERAGE_COMPLETE,
	                               .code = "advisories.used",
	                               .layer = -1},
	             "debian-tracker advisories of 2026-11-20 for debian:12");
	report_sort(r);
	return r;
}

/* Not even an image is described. */
static inline struct report *sample_bare(void)
{
	struct report *r = report_new();
	r->image.reference = B("dir:/");
	report_sort(r);
	return r;
}

static inline void sample_hostile_finding(struct report *r, enum check check, bool is_waived)
{
	const struct bytes bad = bytes_of(HOSTILE, sizeof HOSTILE - 1);
	struct finding *f = report_finding(r);
	*f = (struct finding){
		.check = check,
		.id = bad,
		.severity = SEV_HIGH,
		.severity_source = bad,
		.title = bad,
		.package = check == CHECK_SECRET ? (struct bytes){NULL, 0  }
                       : bad,
		.package_name = check == CHECK_SECRET ? (struct bytes){ NULL,   0   }
                       : bad,
		.installed = bad,
		.fixed = bad,
		.status = STATUS_FIX_DEFERRED,
		.has_status = true,
		.location = { 1,   bad,  3, true},
		.reason = bad,
		.source = { bad, bad, bad},
		.epss = 7,
		.is_kev = true,
		.cvss_vector = bad,
		.cvss_score = 1e9
        };
	list_add(r, &f->references, bad);
	if (!is_waived)
		return;
	struct waived *w = arena_alloc(r->arena, sizeof *w);
	*w = (struct waived){bad, bad, bad, bad};
	f->waived = w;
}

static inline struct report *sample_hostile(void)
{
	const struct bytes bad = bytes_of(HOSTILE, sizeof HOSTILE - 1);
	struct report *r = report_new();
	sample_image(r);
	r->confinement = bad;
	struct report_image *im = &r->image;
	im->reference = im->digest = im->config_digest = im->platform = im->user.declared = bad;
	im->user.uid = -1;
	im->layers[0] = (struct report_layer){bad, bad, INT64_MAX, bad, "unknown"};
	im->config.user = bad;
	struct bytes_list *lists[] = {&im->config.entrypoint, &im->config.cmd, &im->config.env,
	                              &im->config.exposed_ports};
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		list_add(r, lists[i], bad);
	im->config.labels[0] = (struct label){bad, bad};
	r->os = (struct report_os){
		.id = bad, .version = bad, .name = bad, .eol = bad, .is_eol = true, .ns = bad};
	r->lineage[0].reference = r->lineage[0].digest = bad;
	struct package *p = report_package(r);
	p->purl = p->type = p->name = p->version = p->arch = p->source_name = p->source_version =
		bad;
	p->vendor = p->maintainer = p->repository = p->module = bad;
	p->proof = p->digest = p->cpe = p->homepage = bad;
	list_add(r, &p->licenses, bad);
	list_add(r, &p->paths, bad);
	list_add(r, &p->depends, bad);
	struct report_file *file = report_file(r);
	file->path = file->package = bad;
	file->sha1 = B("0123456789abcdef0123456789abcdef01234567");
	sample_hostile_finding(r, CHECK_VULNERABILITY, false);
	sample_hostile_finding(r, CHECK_VULNERABILITY, true);
	sample_hostile_finding(r, CHECK_SECRET, false);
	report_suppress(r, &r->findings[0]);
	for (int s = 0; s < COVERAGE__MAX; s++)
		report_cover(r,
		             (struct coverage){.check = CHECK_FILE,
		                               .status = (enum coverage_status)s,
		                               .code = "entry.control-name",
		                               .layer = 0,
		                               .path = bad},
		             "%.*s", BYTES_FMT(bad));
	r->verdict.is_present = true;
	r->verdict.result = VERDICT_REFUSE;
	r->verdict.policy = bad;
	list_add(r, &r->verdict.reasons, bad);
	report_sort(r);
	return r;
}

static const struct {
	const char *name;
	struct report *(*make)(void);
} samples[] = {
	{"plain",   sample_plain  },
	{"clean",   sample_clean  },
	{"bare",    sample_bare   },
	{"hostile", sample_hostile},
};

#endif
