/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trivy_json.c - the JSON that dashboards made for Trivy read (SchemaVersion 2).
 *
 * One result for the packages of the distribution, one for each kind of language package, one for
 * each file with secrets.  The description is the reason of the finding; what assay does not know
 * (weaknesses, the day of publication) is left out.  Source: Trivy's documentation, "Reporting",
 * and its own golden files.
 */
#include "render/parts.h"

#include <stdlib.h>
#include <string.h>

struct trivy {
	struct json_out j;
	struct arena *a;
	const struct report *r;
};

static void put_upper(struct trivy *t, const char *key, const char *word)
{
	char upper[32];
	size_t n = 0;
	for (; word[n] && n + 1 < sizeof upper; n++)
		upper[n] = is_lower((uint8_t)word[n]) ? (char)(word[n] - 32) : word[n];
	upper[n] = 0;
	jout_kstr(&t->j, key, strcmp(upper, "NEGLIGIBLE") ? upper : "LOW");
}

static void optional(struct json_out *j, const char *key, struct bytes v)
{
	if (v.n)
		jout_kbytes(j, key, v);
}

static void put_layer(struct trivy *t, int32_t layer)
{
	struct json_out *j = &t->j;
	jout_key(j, "Layer");
	jout_object(j);
	if (layer >= 0 && (size_t)layer < t->r->image.n_layers) {
		optional(j, "Digest", t->r->image.layers[layer].digest);
		optional(j, "DiffID", t->r->image.layers[layer].diff_id);
	}
	jout_object_end(j);
}

static void put_metadata(struct trivy *t)
{
	struct json_out *j = &t->j;
	const struct report *r = t->r;
	jout_key(j, "Metadata");
	jout_object(j);
	if (r->os.id.n) {
		jout_key(j, "OS");
		jout_object(j);
		jout_kbytes(j, "Family", r->os.id);
		jout_kbytes(j, "Name", r->os.version.n ? r->os.version : B(""));
		if (r->os.is_eol) {
			jout_key(j, "EOSL");
			jout_bool(j, true);
		}
		jout_object_end(j);
	}
	optional(j, "ImageID", r->image.config_digest);
	jout_key(j, "DiffIDs");
	jout_array(j);
	for (size_t i = 0; i < r->image.n_layers; i++)
		jout_bytes(j, r->image.layers[i].diff_id.n ? r->image.layers[i].diff_id : B(""));
	jout_array_end(j);
	jout_object_end(j);
}

static void put_cvss(struct trivy *t, const struct finding *f)
{
	struct json_out *j = &t->j;
	if (!f->cvss_vector.n)
		return;
	bool is_v3 = bytes_starts(f->cvss_vector, B("CVSS:3"));
	bool is_v4 = bytes_starts(f->cvss_vector, B("CVSS:4"));
	jout_key(j, "CVSS");
	jout_object(j);
	jout_key_bytes(j, f->severity_source.n ? f->severity_source : B("nvd"));
	jout_object(j);
	jout_kbytes(j, is_v4 ? "V40Vector" : is_v3 ? "V3Vector" : "V2Vector", f->cvss_vector);
	if (f->cvss_score >= 0 && f->cvss_score <= 10) {
		jout_key(j, is_v4 ? "V40Score" : is_v3 ? "V3Score" : "V2Score");
		jout_double(j, f->cvss_score);
	}
	jout_object_end(j);
	jout_object_end(j);
}

/* Which feed said so, and the page of its advisory. */
static void put_source(struct trivy *t, const struct finding *f)
{
	struct json_out *j = &t->j;
	struct bytes page = render_link(t->a, f->source.advisory);
	if (!f->source.feed.n)
		return;
	jout_key(j, "DataSource");
	jout_object(j);
	jout_kbytes(j, "ID", f->source.feed);
	jout_kbytes(j, "Name", f->source.feed);
	jout_kbytes(j, "URL", page.n ? page : B(""));
	jout_object_end(j);
	if (f->source.date.n)
		jout_kstr(j, "LastModifiedDate",
		          arena_printf(t->a, "%.*sT00:00:00Z", BYTES_FMT(f->source.date)));
}

/* Trivy's are addresses. */
static void put_references(struct trivy *t, const struct finding *f)
{
	struct json_out *j = &t->j;
	jout_key(j, "References");
	jout_array(j);
	for (size_t i = 0; i <= f->references.n; i++) {
		struct bytes url = render_link(t->a, i ? f->references.v[i - 1] : f->id);
		if (url.n)
			jout_bytes(j, url);
	}
	jout_array_end(j);
}

static void put_vendor_ids(struct trivy *t, const struct finding *f)
{
	struct bytes id = f->source.advisory;
	if (!id.n || bytes_eq(id, f->id))
		return;
	jout_key(&t->j, "VendorIDs");
	jout_array(&t->j);
	jout_bytes(&t->j, id);
	jout_array_end(&t->j);
}

static void put_vulnerability(struct trivy *t, const struct finding *f, bool is_language)
{
	struct json_out *j = &t->j;
	jout_object(j);
	jout_kbytes(j, "VulnerabilityID", f->id);
	put_vendor_ids(t, f);
	jout_kstr(j, "PkgID",
	          arena_printf(t->a, "%.*s@%.*s", BYTES_FMT(f->package_name),
	                       BYTES_FMT(f->installed)));
	jout_kbytes(j, "PkgName", f->package_name);
	if (is_language)
		optional(j, "PkgPath", f->location.path);
	jout_key(j, "PkgIdentifier");
	jout_object(j);
	optional(j, "PURL", f->package);
	jout_object_end(j);
	jout_kbytes(j, "InstalledVersion", f->installed);
	optional(j, "FixedVersion", f->fixed);
	if (f->has_status)
		jout_kstr(j, "Status", status_name(f->status));
	put_layer(t, f->location.layer);
	optional(j, "SeveritySource", f->severity_source);
	optional(j, "PrimaryURL", render_link(t->a, f->id));
	put_source(t, f);
	jout_kbytes(j, "Title", f->title.n ? f->title : f->id);
	jout_kbytes(j, "Description", f->reason.n ? f->reason : B(""));
	put_upper(t, "Severity", severity_name(f->severity));
	put_cvss(t, f);
	put_references(t, f);
	jout_object_end(j);
}

/* The type of a purl: "deb", "npm". */
static struct bytes type_of(struct bytes purl)
{
	struct bytes scheme, rest, type;
	if (!bytes_cut(purl, ':', &scheme, &rest))
		return B("generic");
	bytes_cut(rest, '/', &type, &rest);
	return type;
}

/* Trivy's word for a type of packages; its own where there is no other. */
static struct bytes word_of(struct bytes type)
{
	static const struct {
		const char *type, *word;
	} words[] = {
		{"cargo",    "rustbinary"     },
                {"conda",    "conda-pkg"      },
                {"composer", "composer-vendor"},
		{"gem",      "gemspec"        },
                {"golang",   "gobinary"       },
                {"maven",    "jar"            },
		{"npm",      "node-pkg"       },
                {"nuget",    "dotnet-core"    },
                {"pypi",     "python-pkg"     },
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (bytes_eq(type, bytes_str(words[i].type)))
			return bytes_str(words[i].word);
	}
	return type;
}

/* What Trivy calls all files of a kind that are told together. */
static struct bytes target_of(struct bytes word)
{
	static const struct {
		const char *word, *target;
	} targets[] = {
		{"conda-pkg",  "Conda"  },
                {"gemspec",    "Ruby"   },
                {"jar",        "Java"   },
		{"node-pkg",   "Node.js"},
                {"python-pkg", "Python" },
	};
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		if (bytes_eq(word, bytes_str(targets[i].word)))
			return bytes_str(targets[i].target);
	}
	return word;
}

static void put_package(struct trivy *t, const struct package *p)
{
	struct json_out *j = &t->j;
	jout_object(j);
	jout_kstr(j, "ID",
	          arena_printf(t->a, "%.*s@%.*s", BYTES_FMT(p->name), BYTES_FMT(p->version)));
	jout_kbytes(j, "Name", p->name.n ? p->name : B(""));
	jout_key(j, "Identifier");
	jout_object(j);
	optional(j, "PURL", p->purl);
	jout_object_end(j);
	jout_kbytes(j, "Version", p->version.n ? p->version : B(""));
	optional(j, "Arch", p->arch);
	optional(j, "SrcName", p->source_name);
	optional(j, "SrcVersion", p->source_version);
	if (p->licenses.n) {
		jout_key(j, "Licenses");
		jout_array(j);
		for (size_t i = 0; i < p->licenses.n; i++)
			jout_bytes(j, p->licenses.v[i]);
		jout_array_end(j);
	}
	optional(j, "Maintainer", p->maintainer);
	put_layer(t, p->layer);
	if (ecosystem_is_language(p->type) && p->paths.n)
		jout_kbytes(j, "FilePath", p->paths.v[0]);
	if (p->scope == SCOPE_OWN)
		jout_kstr(j, "Relationship", "root");
	if (p->scope == SCOPE_DEV) {
		jout_key(j, "Dev");
		jout_bool(j, true);
	}
	jout_object_end(j);
}

static void put_result(struct trivy *t, struct bytes type)
{
	struct json_out *j = &t->j;
	const struct report *r = t->r;
	bool is_language = ecosystem_is_language(type);
	struct bytes word = is_language || !r->os.id.n ? word_of(type) : r->os.id;
	size_t n = 0;
	jout_object(j);
	jout_kstr(j, "Target",
	          is_language
	                  ? arena_printf(t->a, "%.*s", BYTES_FMT(target_of(word)))
	                  : arena_printf(t->a, "%.*s (%.*s %.*s)", BYTES_FMT(r->image.reference),
	                                 BYTES_FMT(r->os.id), BYTES_FMT(r->os.version)));
	jout_kstr(j, "Class", is_language ? "lang-pkgs" : "os-pkgs");
	jout_kbytes(j, "Type", word);
	jout_key(j, "Packages");
	jout_array(j);
	for (size_t i = 0; i < r->n_packages; i++) {
		if (bytes_eq(r->packages[i].type, type))
			put_package(t, &r->packages[i]);
	}
	jout_array_end(j);
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		if (f->check != CHECK_VULNERABILITY || f->waived ||
		    !bytes_eq(type_of(f->package), type))
			continue;
		if (!n++) {
			jout_key(j, "Vulnerabilities");
			jout_array(j);
		}
		put_vulnerability(t, f, is_language);
	}
	if (n)
		jout_array_end(j);
	jout_object_end(j);
}

/* A result for each type, the distribution's first, as packages are sorted by purl. */
static void put_results(struct trivy *t)
{
	AUTO_MAP struct map *seen = map_new();
	for (int language = 0; language < 2; language++) {
		for (size_t i = 0; i < t->r->n_packages; i++) {
			struct bytes type = t->r->packages[i].type;
			bool is_new;
			if (ecosystem_is_language(type) != (language == 1))
				continue;
			map_put(seen, type, &is_new);
			if (is_new)
				put_result(t, type);
		}
	}
}

static void put_secret(struct trivy *t, const struct finding *f)
{
	struct json_out *j = &t->j;
	int32_t line = f->location.line > 0 ? f->location.line : 1;
	jout_object(j);
	jout_kbytes(j, "RuleID", f->id);
	jout_kstr(j, "Category", "secret");
	put_upper(t, "Severity", severity_name(f->severity));
	jout_kbytes(j, "Title", f->title.n ? f->title : f->id);
	jout_kint(j, "StartLine", line);
	jout_kint(j, "EndLine", line);
	jout_kbytes(j, "Match", f->match.n ? f->match : B(""));
	put_layer(t, f->location.layer);
	jout_object_end(j);
}

static int by_path(const void *x, const void *y)
{
	const struct finding *a = *(const struct finding *const *)x;
	const struct finding *b = *(const struct finding *const *)y;
	int d = bytes_cmp(a->location.path, b->location.path);
	return d ? d : (a > b) - (a < b);
}

/* Of n findings in one file. */
static void put_file(struct trivy *t, const struct finding *const *f, size_t n)
{
	struct json_out *j = &t->j;
	struct bytes path = f[0]->location.path;
	jout_object(j);
	jout_kbytes(j, "Target", path.n ? path : t->r->image.reference);
	jout_kstr(j, "Class", "secret");
	jout_kstr(j, "Type", "");
	jout_key(j, "Secrets");
	jout_array(j);
	for (size_t i = 0; i < n; i++)
		put_secret(t, f[i]);
	jout_array_end(j);
	jout_object_end(j);
}

static void put_secrets(struct trivy *t)
{
	const struct report *r = t->r;
	const struct finding **all = arena_alloc(t->a, (r->n_findings + 1) * sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < r->n_findings; i++) {
		if (r->findings[i].check == CHECK_SECRET && !r->findings[i].waived)
			all[n++] = &r->findings[i];
	}
	if (n)
		qsort(all, n, sizeof *all, by_path);
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1;
		     to < n && bytes_eq(all[from]->location.path, all[to]->location.path); to++)
			;
		put_file(t, &all[from], to - from);
	}
}

static int trivy_json_write(const struct report *const *r, size_t n, const struct render_options *o,
                            FILE *out, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct trivy t = {.a = a, .r = r[0]};
	struct json_out *j = &t.j;
	char time[21] = "1970-01-01T00:00:00Z";
	int64_t s;
	if (n != 1 || o->many)
		return err_set(e, ERR_USAGE,
		               "Trivy's JSON is of one image: name one of the platforms with "
		               "--platform");
	if (clock_source_date(&s) ||
	    (r[0]->image.created.n && clock_parse(r[0]->image.created, &s)))
		clock_format(s, time);
	jout_init(j, jout_to_file, out, true);
	jout_object(j);
	jout_kint(j, "SchemaVersion", 2);
	jout_kstr(j, "CreatedAt", time);
	jout_kbytes(j, "ArtifactName", r[0]->image.reference.n ? r[0]->image.reference : B(""));
	jout_kstr(j, "ArtifactType",
	          r[0]->image.config.is_present ? "container_image" : "filesystem");
	put_metadata(&t);
	jout_key(j, "Results");
	jout_array(j);
	put_results(&t);
	put_secrets(&t);
	jout_array_end(j);
	jout_object_end(j);
	if (jout_end(j) < 0 || fputc('\n', out) == EOF || fflush(out) == EOF)
		return err_set(e, ERR_IO, "writing the report: %m");
	return 0;
}

const struct render_form render_form_trivy_json = {
	.name = "trivy-json",
	.title = "Trivy's JSON, for dashboards made for it",
	.suffix = ".json",
	.is_single = true,
	.write = trivy_json_write,
};
