/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif.c - SARIF 2.1.0, one run per image, as code scanning of GitHub and others read it.
 *
 * Text that is shown to people is escaped as for a terminal and holds no link; what programs read
 * (properties, locations) is the text itself.  Source: OASIS SARIF 2.1.0; section numbers below are
 * its.  GitHub asks for more than the standard: a location with a line for each result,
 * descriptions and help for each rule, "security-severity" as text.
 */
#include "render/parts.h"

#include <string.h>

enum {
	TEXT_MAX = 1 << 20, /* bytes of a sentence put together here; its parts are 64 KiB at most,
	                       escaped eight times that */
};

static const char *const levels[SEV__MAX] = {
	[SEV_UNKNOWN] = "warning", [SEV_NEGLIGIBLE] = "note", [SEV_LOW] = "note",
	[SEV_MEDIUM] = "warning",  [SEV_HIGH] = "error",      [SEV_CRITICAL] = "error",
};

/* What GitHub takes for a severity, and what is said where there is no score inside.  Unknown has
 * none: it would be shown as one that is known. */
static const struct band {
	double from, to;
	const char *typical;
} bands[SEV__MAX] = {
	[SEV_UNKNOWN] = {0,   0,    NULL },
          [SEV_NEGLIGIBLE] = {0.1, 0.9,  "0.1"},
	[SEV_LOW] = {0.1, 3.9,  "2.0"},
          [SEV_MEDIUM] = {4.0, 6.9,  "5.5"},
	[SEV_HIGH] = {7.0, 8.9,  "8.0"},
          [SEV_CRITICAL] = {9.0, 10.0, "9.5"},
};

static const char *const rule_names[CHECK__MAX] = {
	[CHECK_VULNERABILITY] = "Vulnerability",
	[CHECK_SECRET] = "Secret",
	[CHECK_MALWARE] = "Malware",
	[CHECK_CONFIG] = "Configuration",
	[CHECK_USER] = "User",
	[CHECK_BINARY] = "Binary",
	[CHECK_FILE] = "File",
	[CHECK_LICENSE] = "License",
	[CHECK_DOCKERFILE] = "Dockerfile",
	[CHECK_LINEAGE] = "Lineage",
	[CHECK_TEST] = "Test",
	[CHECK_RUNTIME] = "RunTime",
};

/* Schemes whose names are paths: a ":" in them parts no tag. */
static const char *const path_schemes[] = {"dir", "docker-archive", "docker-dir", "dockerfile",
                                           "oci", "oci-archive",    "sbom",       "tar",
                                           NULL};

struct run {
	struct json_out *j;
	const struct report *r;
	struct arena *a;
	struct map *rules;  /* id of a finding to its place in driver.rules */
	struct map *codes;  /* of a coverage row, to its place in driver.notifications */
	struct map *prints; /* fingerprint to how many results had it */
};

static void optional(struct json_out *j, const char *key, struct bytes v)
{
	if (v.n)
		jout_kbytes(j, key, v);
}

/* 3.11.6: "[text](target)" in a message is a link; ours have none. */
static struct bytes no_links(struct arena *a, struct bytes text)
{
	AUTO_BUF struct buf b;
	buf_init(&b, TEXT_MAX);
	ssize_t at;
	while ((at = bytes_search(text, B("]("))) >= 0) {
		buf_add(&b, bytes_slice(text, 0, (size_t)at));
		buf_adds(&b, "] (");
		text = bytes_skip(text, (size_t)at + 2);
	}
	buf_add(&b, text);
	return arena_dup(a, buf_bytes(&b));
}

static struct bytes shown(const struct run *u, struct bytes text)
{
	return no_links(u->a, render_escape(u->a, text));
}

/* { "text": ... } */
static void message(const struct run *u, const char *key, struct bytes text)
{
	jout_key(u->j, key);
	jout_object(u->j);
	jout_kbytes(u->j, "text", text.p ? text : B(""));
	jout_object_end(u->j);
}

/* RFC 3986: every byte but the unreserved ones and "/" is percent-encoded. */
static struct bytes uri_of(struct arena *a, struct bytes path)
{
	AUTO_BUF struct buf b;
	buf_init(&b, TEXT_MAX);
	for (size_t i = 0; i < path.n && !b.overflow; i++) {
		uint8_t c = path.p[i];
		if (is_alnum(c) || strchr("-._~/", c ? c : ' '))
			buf_addc(&b, c);
		else
			buf_addf(&b, "%%%02X", c);
	}
	return arena_dup(a, buf_bytes(&b));
}

static void security_severity(struct json_out *j, const struct finding *f)
{
	const struct band *band = &bands[f->severity];
	if (!band->typical)
		return;
	jout_key(j, "security-severity");
	if (!(f->cvss_score >= band->from && f->cvss_score <= band->to)) {
		jout_str(j, band->typical);
		return;
	}
	char text[16];
	unsigned tenths = (unsigned)(f->cvss_score * 10 + 0.5); /* a locale may have a comma */
	snprintf(text, sizeof text, "%u.%u", tenths / 10, tenths % 10);
	jout_str(j, text);
}

static void write_help(const struct run *u, const struct finding *f)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX);
	buf_addf(&text, "%s %.*s\nSeverity: %s", check_name(f->check), BYTES_FMT(shown(u, f->id)),
	         severity_name(f->severity));
	if (f->severity_source.n)
		buf_addf(&text, " (by %.*s)", BYTES_FMT(shown(u, f->severity_source)));
	if (f->cvss_vector.n)
		buf_addf(&text, "\nCVSS: %.*s", BYTES_FMT(shown(u, f->cvss_vector)));
	for (size_t i = 0; i < f->references.n; i++)
		buf_addf(&text, "\n%.*s", BYTES_FMT(shown(u, f->references.v[i])));
	message(u, "help", buf_bytes(&text));
}

static void write_rule(const struct run *u, const struct finding *f)
{
	struct json_out *j = u->j;
	struct bytes id = shown(u, f->id), title = shown(u, f->title);
	jout_object(j);
	jout_kbytes(j, "id", f->id.p ? f->id : B(""));
	jout_kstr(j, "name", rule_names[f->check]);
	message(u, "shortDescription", title.n ? title : id);
	message(u, "fullDescription",
	        bytes_str(arena_printf(u->a, "%s %.*s%s%.*s", rule_names[f->check], BYTES_FMT(id),
	                               title.n ? ": " : "", BYTES_FMT(title))));
	jout_key(j, "defaultConfiguration");
	jout_object(j);
	jout_kstr(j, "level", levels[f->severity]);
	jout_object_end(j);
	struct bytes page = render_link(u->a, f->id);
	for (size_t i = 0; i < f->references.n && !page.n; i++)
		page = render_link(u->a, f->references.v[i]);
	optional(j, "helpUri", page);
	write_help(u, f);
	jout_key(j, "properties");
	jout_object(j);
	security_severity(j, f);
	jout_kstr(j, "precision", "very-high");
	jout_key(j, "tags");
	jout_array(j);
	jout_str(j, "security");
	jout_str(j, check_name(f->check));
	jout_str(j, severity_name(f->severity));
	jout_array_end(j);
	jout_object_end(j);
	jout_object_end(j);
}

/* Findings are sorted by check and the worst first, so that a rule has its worst severity. */
static void write_rules_of(const struct run *u, const struct finding *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool is_new;
		union map_value *at = map_put(u->rules, f[i].id, &is_new);
		if (!is_new)
			continue;
		at->u = map_count(u->rules) - 1;
		write_rule(u, &f[i]);
	}
}

/* 3.19.23: what notifications refer to. */
static void write_codes(const struct run *u)
{
	struct json_out *j = u->j;
	jout_key(j, "notifications");
	jout_array(j);
	for (size_t i = 0; i < u->r->n_coverage; i++) {
		const struct coverage *c = &u->r->coverage[i];
		bool is_new;
		union map_value *at = map_put(u->codes, bytes_str(c->code ? c->code : ""), &is_new);
		if (!is_new)
			continue;
		at->u = map_count(u->codes) - 1;
		jout_object(j);
		jout_kstr(j, "id", c->code ? c->code : "");
		message(u, "shortDescription",
		        bytes_str(arena_printf(u->a, "%s: %s", check_name(c->check),
		                               c->code ? c->code : "")));
		jout_object_end(j);
	}
	jout_array_end(j);
}

static void write_tool(const struct run *u, const struct render_options *o)
{
	struct json_out *j = u->j;
	jout_key(j, "tool");
	jout_object(j);
	jout_key(j, "driver");
	jout_object(j);
	jout_kstr(j, "name", "assay");
	jout_kstr(j, "fullName", "assay, the assay office for container images");
	jout_kstr(j, "version", ASSAY_VERSION);
	jout_kstr(j, "semanticVersion", ASSAY_VERSION);
	write_codes(u);
	jout_key(j, "rules");
	jout_array(j);
	write_rules_of(u, u->r->findings, u->r->n_findings);
	if (o->show_suppressed)
		write_rules_of(u, u->r->suppressed, u->r->n_suppressed);
	jout_array_end(j);
	jout_object_end(j);
	jout_object_end(j);
}

static void write_layer(const struct run *u, int32_t layer)
{
	struct json_out *j = u->j;
	if (layer < 0)
		return;
	jout_kint(j, "layer", layer);
	if ((size_t)layer >= u->r->image.n_layers)
		return;
	const struct report_layer *l = &u->r->image.layers[layer];
	optional(j, "layerDigest", l->digest);
	jout_kstr(j, "layerOrigin", l->origin ? l->origin : "unknown");
}

static void write_physical(const struct run *u, struct bytes path, int32_t line)
{
	struct json_out *j = u->j;
	bool has_path = path.n > 0;
	jout_key(j, "physicalLocation");
	jout_object(j);
	jout_key(j, "artifactLocation");
	jout_object(j);
	jout_kbytes(j, "uri", uri_of(u->a, has_path ? path : u->r->image.reference));
	if (has_path)
		jout_kstr(j, "uriBaseId", "IMAGE");
	jout_object_end(j);
	jout_key(j, "region");
	jout_object(j);
	jout_kint(j, "startLine", line > 0 ? line : 1);
	jout_object_end(j);
	jout_object_end(j);
}

static void write_location(const struct run *u, const struct finding *f)
{
	struct json_out *j = u->j;
	jout_key(j, "locations");
	jout_array(j);
	jout_object(j);
	write_physical(u, f->location.path, f->location.line);
	if (f->package.n) {
		jout_key(j, "logicalLocations");
		jout_array(j);
		jout_object(j);
		jout_kbytes(j, "name", f->package_name.n ? f->package_name : f->package);
		jout_kbytes(j, "fullyQualifiedName", f->package);
		jout_kstr(j, "kind", "package");
		jout_object_end(j);
		jout_array_end(j);
	}
	jout_key(j, "properties");
	jout_object(j);
	write_layer(u, f->location.layer);
	jout_key(j, "deleted");
	jout_bool(j, f->location.is_deleted);
	jout_object_end(j);
	jout_object_end(j);
	jout_array_end(j);
}

static void write_properties(const struct run *u, const struct finding *f)
{
	struct json_out *j = u->j;
	jout_key(j, "properties");
	jout_object(j);
	jout_kstr(j, "check", check_name(f->check));
	jout_kstr(j, "severity", severity_name(f->severity));
	optional(j, "severitySource", f->severity_source);
	optional(j, "purl", f->package);
	optional(j, "installedVersion", f->installed);
	optional(j, "fixedVersion", f->fixed);
	if (f->has_status)
		jout_kstr(j, "status", status_name(f->status));
	if (f->epss >= 0) {
		jout_key(j, "epss");
		jout_double(j, f->epss);
	}
	jout_key(j, "kev");
	jout_bool(j, f->is_kev);
	optional(j, "cvssVector", f->cvss_vector);
	if (f->cvss_score >= 0) {
		jout_key(j, "cvssScore");
		jout_double(j, f->cvss_score);
	}
	optional(j, "feed", f->source.feed);
	optional(j, "advisory", f->source.advisory);
	optional(j, "advisoryDate", f->source.date);
	jout_object_end(j);
}

/* "openssl 3.0.11: buffer overread. Why it matched. Fixed in 3.0.14." */
static struct bytes sentence(const struct run *u, const struct finding *f)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 4 * TEXT_MAX);
	struct bytes name = f->package_name.n ? f->package_name : f->package;
	if (name.n)
		buf_addf(&b, "%.*s %.*s: ", BYTES_FMT(shown(u, name)),
		         BYTES_FMT(shown(u, f->installed)));
	if (f->title.n)
		buf_addf(&b, "%.*s. ", BYTES_FMT(shown(u, f->title)));
	buf_addf(&b, "%.*s.", BYTES_FMT(shown(u, f->reason)));
	if (f->fixed.n)
		buf_addf(&b, " Fixed in %.*s.", BYTES_FMT(shown(u, f->fixed)));
	if (f->repair.n)
		buf_addf(&b, " To do: %.*s.", BYTES_FMT(shown(u, f->repair)));
	return arena_dup(u->a, buf_bytes(&b));
}

/* GitHub knows a result again by primaryLocationLineHash, "HASH:N" for the Nth of that hash. */
static void write_prints(const struct run *u, const struct finding *f)
{
	struct bytes print = bytes_str(f->fingerprint);
	uint64_t nth = ++map_put(u->prints, print, NULL)->u;
	jout_key(u->j, "partialFingerprints");
	jout_object(u->j);
	jout_kbytes(u->j, "assayFingerprint/v1", print);
	jout_kstr(u->j, "primaryLocationLineHash",
	          arena_printf(u->a, "%s:%ju", f->fingerprint, (uintmax_t)nth));
	jout_object_end(u->j);
}

/* 3.27.23: an empty list says that the result is not suppressed; none says nothing. */
static void write_suppressions(const struct run *u, const struct finding *f, bool is_suppressed)
{
	struct json_out *j = u->j;
	jout_key(j, "suppressions");
	jout_array(j);
	if (f->waived || is_suppressed) {
		jout_object(j);
		jout_kstr(j, "kind", "external");
		jout_kstr(j, "status", "accepted");
		jout_kbytes(
			j, "justification",
			shown(u, f->waived && f->waived->reason.n ? f->waived->reason : f->reason));
		if (f->waived) {
			jout_key(j, "properties");
			jout_object(j);
			optional(j, "by", f->waived->by);
			optional(j, "owner", f->waived->owner);
			optional(j, "until", f->waived->until);
			jout_object_end(j);
		}
		jout_object_end(j);
	}
	jout_array_end(j);
}

static void write_results(const struct run *u, const struct finding *list, size_t n,
                          bool is_suppressed)
{
	struct json_out *j = u->j;
	for (size_t i = 0; i < n; i++) {
		const struct finding *f = &list[i];
		jout_object(j);
		jout_kbytes(j, "ruleId", f->id.p ? f->id : B(""));
		jout_key(j, "ruleIndex");
		jout_uint(j, map_get(u->rules, f->id)->u);
		jout_kstr(j, "kind", "fail");
		jout_kstr(j, "level", levels[f->severity]);
		message(u, "message", sentence(u, f));
		write_location(u, f);
		write_prints(u, f);
		write_suppressions(u, f, is_suppressed);
		write_properties(u, f);
		jout_object_end(j);
	}
}

/* 3.58.6: "error" is what left the analysis incomplete. */
static void write_notification(const struct run *u, const struct coverage *c)
{
	struct json_out *j = u->j;
	const char *code = c->code ? c->code : "";
	jout_object(j);
	jout_key(j, "descriptor");
	jout_object(j);
	jout_kstr(j, "id", code);
	jout_key(j, "index");
	jout_uint(j, map_get(u->codes, bytes_str(code))->u);
	jout_object_end(j);
	jout_kstr(j, "level", c->status == COVERAGE_INCOMPLETE ? "error" : "note");
	message(u, "message",
	        bytes_str(arena_printf(u->a, "%s: %s: %.*s", check_name(c->check),
	                               coverage_status_name(c->status),
	                               BYTES_FMT(shown(u, c->detail)))));
	if (c->path.n) {
		jout_key(j, "locations");
		jout_array(j);
		jout_object(j);
		write_physical(u, c->path, 0);
		jout_object_end(j);
		jout_array_end(j);
	}
	jout_key(j, "properties");
	jout_object(j);
	jout_kstr(j, "check", check_name(c->check));
	jout_kstr(j, "status", coverage_status_name(c->status));
	write_layer(u, c->layer);
	jout_object_end(j);
	jout_object_end(j);
}

static void write_invocation(const struct run *u)
{
	struct json_out *j = u->j;
	bool is_whole = true;
	for (size_t i = 0; i < u->r->n_coverage; i++)
		is_whole &= u->r->coverage[i].status != COVERAGE_INCOMPLETE;
	jout_key(j, "invocations");
	jout_array(j);
	jout_object(j);
	jout_key(j, "executionSuccessful");
	jout_bool(j, is_whole);
	jout_key(j, "toolExecutionNotifications");
	jout_array(j);
	for (size_t i = 0; i < u->r->n_coverage; i++)
		write_notification(u, &u->r->coverage[i]);
	jout_array_end(j);
	jout_object_end(j);
	jout_array_end(j);
}

/* The reference without tag and digest: results of the next build replace those of this one. */
static struct bytes category_of(struct bytes reference)
{
	struct bytes head, tail;
	if (bytes_cut(reference, ':', &head, &tail)) {
		for (size_t i = 0; path_schemes[i]; i++) {
			if (bytes_eq(head, bytes_str(path_schemes[i])))
				return reference;
		}
	}
	bytes_cut(reference, '@', &head, &tail);
	ssize_t colon = bytes_rfind(head, ':'), slash = bytes_rfind(head, '/');
	return colon > slash && colon > 0 ? bytes_slice(head, 0, (size_t)colon) : head;
}

/* 3.17.3: the part before the last "/" is the category, what follows would name the run. */
static void write_automation(const struct run *u)
{
	const struct report_image *im = &u->r->image;
	struct bytes name = shown(u, category_of(im->reference)), platform = shown(u, im->platform);
	jout_key(u->j, "automationDetails");
	jout_object(u->j);
	jout_kstr(u->j, "id",
	          arena_printf(u->a, "assay/%.*s%s%.*s/", BYTES_FMT(name), platform.n ? "/" : "",
	                       BYTES_FMT(platform)));
	jout_object_end(u->j);
}

static void write_run_properties(const struct run *u)
{
	struct json_out *j = u->j;
	jout_key(j, "properties");
	jout_object(j);
	jout_kbytes(j, "imageReference", u->r->image.reference);
	optional(j, "imageDigest", u->r->image.digest);
	optional(j, "configDigest", u->r->image.config_digest);
	optional(j, "platform", u->r->image.platform);
	optional(j, "os", u->r->os.name.n ? u->r->os.name : u->r->os.id);
	if (u->r->verdict.is_present)
		jout_kstr(j, "verdict", verdict_name(u->r->verdict.result));
	jout_object_end(j);
}

static void write_run(const struct run *u, const struct render_options *o)
{
	struct json_out *j = u->j;
	jout_object(j);
	write_tool(u, o);
	write_invocation(u);
	write_automation(u);
	/* 3.14.14: a base without "uri" is one that the reader supplies */
	jout_key(j, "originalUriBaseIds");
	jout_object(j);
	jout_key(j, "IMAGE");
	jout_object(j);
	message(u, "description", B("the root of the image's file system"));
	jout_object_end(j);
	jout_object_end(j);
	jout_kstr(j, "columnKind", "utf16CodeUnits");
	jout_key(j, "results");
	jout_array(j);
	write_results(u, u->r->findings, u->r->n_findings, false);
	if (o->show_suppressed)
		write_results(u, u->r->suppressed, u->r->n_suppressed, true);
	jout_array_end(j);
	write_run_properties(u);
	jout_object_end(j);
}

static int sarif_write(const struct report *const *r, size_t n, const struct render_options *o,
                       FILE *out, struct err *e)
{
	struct json_out j;
	jout_init(&j, jout_to_file, out, true);
	jout_object(&j);
	jout_kstr(&j, "$schema",
	          "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
	          "sarif-schema-2.1.0.json");
	jout_kstr(&j, "version", "2.1.0");
	jout_key(&j, "runs");
	jout_array(&j);
	for (size_t i = 0; i < n; i++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_MAP struct map *rules = map_new();
		AUTO_MAP struct map *codes = map_new();
		AUTO_MAP struct map *prints = map_new();
		struct run u = {&j, r[i], a, rules, codes, prints};
		write_run(&u, o);
	}
	jout_array_end(&j);
	jout_object_end(&j);
	if (jout_end(&j) < 0 || fputc('\n', out) == EOF || fflush(out) == EOF)
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

static const char *const aliases[] = {"sarif-2.1.0", NULL};

const struct render_form render_form_sarif = {
	.name = "sarif",
	.aliases = aliases,
	.title = "SARIF 2.1.0, for code scanning",
	.suffix = ".sarif",
	.write = sarif_write,
};
