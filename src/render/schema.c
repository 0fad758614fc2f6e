/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema.c - the JSON Schema (2020-12) of assay.report/v1 and assay.reports/v1.
 *
 * It is strict: what is not described is refused, and every member has to be there.  Closed sets of
 * words are taken from model/words.h, so that the two cannot drift apart.
 */
#include "render/parts.h"

enum type {
	TEXT,
	INTEGER, /* from row.least up */
	NUMBER,  /* from 0 to row.most */
	BOOLEAN,
	TEXTS,  /* list of text */
	MAP,    /* any key to text */
	CONST,  /* the text row.ref */
	WORD,   /* one of row.words */
	OBJECT, /* $defs/ref */
	LIST,   /* of $defs/ref */
};

struct words {
	int n;
	const char *(*name)(int i);
};

struct member {
	const char *name;
	enum type type;
	const char *ref;
	const struct words *words;
	int least, most;
	bool is_nullable, is_optional;
	const char *doc;
};

static const char *check_word(int i) { return check_name((enum check)i); }
static const char *severity_word(int i) { return severity_name((enum severity)i); }
static const char *status_word(int i) { return status_name((enum status)i); }
static const char *coverage_word(int i) { return coverage_status_name((enum coverage_status)i); }
static const char *evidence_word(int i) { return evidence_name((enum evidence)i); }
static const char *scope_word(int i) { return scope_name((enum package_scope)i); }
static const char *verdict_word(int i) { return verdict_name((enum verdict_result)i); }

/* Members of two structs that are words without an enum. */
static const char *const origins[] = {"base", "app", "unknown"};
static const char *const bys[] = {"label", "provenance", "layers", "dockerfile"};
static const char *const privilege_texts[] = {"root", "can-become-root", "exposed", "confined",
                                              "unknown"};
static const char *privilege_word(int i) { return privilege_texts[i]; }
static const char *const form_texts[] = {"sarif", "junit", "cyclonedx", "cppcheck"};
static const char *const about_texts[] = {"image", "commit", "other", "unknown"};
static const char *const result_texts[] = {"passed", "failed"};
static const char *form_word(int i) { return form_texts[i]; }
static const char *about_word(int i) { return about_texts[i]; }
static const char *result_word(int i) { return result_texts[i]; }
static const char *origin_word(int i) { return origins[i]; }
static const char *by_word(int i) { return bys[i]; }

static const struct words checks = {CHECK__MAX, check_word};
static const struct words severities = {SEV__MAX, severity_word};
static const struct words statuses = {STATUS__MAX, status_word};
static const struct words coverages = {COVERAGE__MAX, coverage_word};
static const struct words evidences = {EVIDENCE__MAX, evidence_word};
static const struct words scopes = {SCOPE__MAX, scope_word};
static const struct words verdicts = {VERDICT__MAX, verdict_word};
static const struct words origin_words = {ARRAY_LEN(origins), origin_word};
static const struct words forms = {ARRAY_LEN(form_texts), form_word};
static const struct words abouts = {ARRAY_LEN(about_texts), about_word};
static const struct words import_results = {ARRAY_LEN(result_texts), result_word};
static const struct words privileges = {ARRAY_LEN(privilege_texts), privilege_word};
static const char *const founds[] = {"index", "referrer", "tag", "file"};
static const char *found_word(int i) { return founds[i]; }
static const char *paper_word(int i) { return paper_name((enum paper)i); }
static const struct words papers = {PAPER__MAX, paper_word};
static const struct words found_words = {ARRAY_LEN(founds), found_word};
static const struct words by_words = {ARRAY_LEN(bys), by_word};
static const char *const admitteds[] = {"signature", "digest"};
static const char *admitted_word(int i) { return admitteds[i]; }
static const struct words admitted_words = {ARRAY_LEN(admitteds), admitted_word};

/* The rows of a struct member, by kind; the last argument says what it is. */
#define ROW(n, t, d, ...) {.name = n, .type = t, .doc = d, __VA_ARGS__},
#define OR_NULL           .is_nullable = true

/* clang-format off */
static const struct member report[] = {
	ROW("schema", CONST, "the form and its version", .ref = "assay.report/v1")
	ROW("tool", OBJECT, "what wrote the report", .ref = "tool")
	ROW("image", OBJECT, "what was looked at", .ref = "image")
	ROW("os", OBJECT, "its operating system", .ref = "os")
	ROW("lineage", LIST, "the images it was built on, the nearest first", .ref = "lineage")
	ROW("packages", LIST, "what is installed, sorted by purl", .ref = "package")
	ROW("findings", LIST, "what is wrong, by check, the worst first", .ref = "finding")
	ROW("suppressed", LIST, "what filters and VEX took out; only with --show-suppressed", .ref = "finding",
	    .is_optional = true)
	ROW("evidence", LIST, "bills of materials, attestations and signatures that came with the image; none of it is "
	    "taken on trust", .ref = "evidence")
	ROW("coverage", LIST, "what was looked at and what was not: a row per check and cause", .ref = "coverage")
	ROW("imports", LIST, "results of other tools that were taken in", .ref = "import")
	ROW("summary", OBJECT, "findings that count, by severity", .ref = "summary")
	ROW("verdict", OBJECT, "of the policy; null without one", .ref = "verdict", OR_NULL)
};

static const struct member tool[] = {
	ROW("name", CONST, "the program", .ref = "assay")
	ROW("version", TEXT, "its version")
	ROW("confinement", TEXT, "what kept the workers in; null where none ran", OR_NULL)
};

static const struct member image[] = {
	ROW("reference", TEXT, "what the user named")
	ROW("digest", TEXT, "of the manifest; null where there is none", OR_NULL)
	ROW("config_digest", TEXT, "of the config; null where there is none", OR_NULL)
	ROW("platform", TEXT, "os/architecture[/variant]", OR_NULL)
	ROW("created", TEXT, "when it was made, as the config says", OR_NULL)
	ROW("user", OBJECT, "whom its process runs as", .ref = "user")
	ROW("accountability", OBJECT, "of what can be run; null where it was not judged", .ref = "accountability", OR_NULL)
	ROW("layers", LIST, "the lowest first", .ref = "layer")
	ROW("config", OBJECT, "null for a bare root file system", .ref = "config", OR_NULL)
};

static const struct member user[] = {
	ROW("declared", TEXT, "as the config says it")
	ROW("uid", INTEGER, "resolved in the image's own passwd; -1 is unknown", .least = -1)
	ROW("gid", INTEGER, "resolved in the image's own passwd and group; -1 is unknown", .least = -1)
	ROW("privilege", WORD, "what it could become; null where the user was not judged", .words = &privileges, OR_NULL)
	ROW("writable", TEXTS, "what it may write, the topmost paths; null where it is root or not known", OR_NULL)
};

static const struct member accountability[] = {
	ROW("programs", INTEGER, "files with an execute bit, or ELF")
	ROW("bytes", INTEGER, "of all of them")
	ROW("signed", INTEGER, "bytes of programs that are as a signed repository has them (--known), or come unchanged from an admitted base (--base)")
	ROW("learned", INTEGER, "of the others, bytes of programs that are as in an image that was learned from (--known), or come unchanged from a known base (--base)")
	ROW("claimed", INTEGER, "of the others, bytes that a package's database in the image explains, unchanged")
	ROW("steps", INTEGER, "of the others, bytes that a step of the image's history says it put there (COPY, ADD, or RUN that names the path): nobody owns them")
};

static const struct member layer[] = {
	ROW("digest", TEXT, "of the bytes as stored", OR_NULL)
	ROW("diff_id", TEXT, "of the bytes as unpacked", OR_NULL)
	ROW("size", INTEGER, "bytes as stored")
	ROW("created_by", TEXT, "the command, as the history says it", OR_NULL)
	ROW("origin", WORD, "whose layer it is", .words = &origin_words)
};

static const struct member config[] = {
	ROW("user", TEXT, "User")
	ROW("entrypoint", TEXTS, "Entrypoint")
	ROW("cmd", TEXTS, "Cmd")
	ROW("env", TEXTS, "Env")
	ROW("exposed_ports", TEXTS, "ExposedPorts")
	ROW("labels", MAP, "Labels")
};

static const struct member os[] = {
	ROW("id", TEXT, "ID of os-release; null when unknown", OR_NULL)
	ROW("version", TEXT, "VERSION_ID of os-release", OR_NULL)
	ROW("name", TEXT, "PRETTY_NAME of os-release", OR_NULL)
	ROW("eol", TEXT, "the last day of security support, where it is known", OR_NULL)
	ROW("content_sets", LIST, "the repositories that the layers were built from, where the image says so", .ref = "content_set", OR_NULL)
};

static const struct member content_set[] = {
	ROW("layer", INTEGER, "index into image.layers; null where the config says so", OR_NULL)
	ROW("name", TEXT, "the repository, or the product's CPE")
};

static const struct member lineage[] = {
	ROW("reference", TEXT, "the name of the base", OR_NULL)
	ROW("digest", TEXT, "its digest", OR_NULL)
	ROW("layers", INTEGER, "how many layers are its")
	ROW("by", WORD, "what says so", .words = &by_words)
	ROW("admitted", WORD, "what proves which image the base is; null: nothing does", .words = &admitted_words, OR_NULL)
	ROW("signer", TEXT, "id of the key that has signed the base", OR_NULL)
};

static const struct member package[] = {
	ROW("purl", TEXT, "package URL; null: there is none for it", OR_NULL)
	ROW("type", TEXT, "type of the purl: deb, rpm, apk, ...")
	ROW("name", TEXT, "name")
	ROW("version", TEXT, "installed version, with epoch and release")
	ROW("arch", TEXT, "architecture", OR_NULL)
	ROW("source", OBJECT, "the source package it was built from", .ref = "source_package", OR_NULL)
	ROW("licenses", TEXTS, "as the database says them")
	ROW("vendor", TEXT, "as the database says it", OR_NULL)
	ROW("maintainer", TEXT, "as the database says it", OR_NULL)
	ROW("repository", TEXT, "where it came from", OR_NULL)
	ROW("module", TEXT, "modularity label", OR_NULL)
	ROW("third_party", BOOLEAN, "not the distribution's own, as far as the database tells")
	ROW("layer", INTEGER, "index into image.layers of the layer that brought it; -1 is unknown", .least = -1)
	ROW("paths", TEXTS, "the files that say it is installed")
	ROW("evidence", WORD, "how it is known: a record of what is installed, a lock file, the bytes of a program, "
	    "a library within one", .words = &evidences)
	ROW("scope", WORD, "what it is there for, as far as the data tells", .words = &scopes)
	ROW("absent", BOOLEAN, "a lock file names it, but what was installed by that file is not it: no advisory is asked")
	ROW("proof", TEXT, "what a package is known by that no record names: what was seen, and where", OR_NULL)
	ROW("digest", TEXT, "of the file that is the package", OR_NULL)
	ROW("cpe", TEXT, "CPE 2.3 name", OR_NULL)
	ROW("depends", TEXTS, "package URLs of what it needs, as far as that is in the image")
};

static const struct member source_package[] = {
	ROW("name", TEXT, "name")
	ROW("version", TEXT, "version")
};

static const struct member finding[] = {
	ROW("check", WORD, "the check that found it", .words = &checks)
	ROW("id", TEXT, "of the vulnerability or of the rule")
	ROW("severity", WORD, "severity", .words = &severities)
	ROW("severity_source", TEXT, "who gave it; null when unknown", OR_NULL)
	ROW("title", TEXT, "what it is, in a few words", OR_NULL)
	ROW("package", TEXT, "purl; null for findings without a package", OR_NULL)
	ROW("installed", TEXT, "installed version", OR_NULL)
	ROW("fixed", TEXT, "version that has the fix", OR_NULL)
	ROW("status", WORD, "what the vendor does about it", .words = &statuses, OR_NULL)
	ROW("location", OBJECT, "where it is", .ref = "location")
	ROW("reason", TEXT, "why it matched, in one sentence")
	ROW("repair", TEXT, "what to do", OR_NULL)
	ROW("match", TEXT, "of a secret: its value, masked", OR_NULL)
	ROW("source", OBJECT, "the advisory it rests on", .ref = "advisory_source", OR_NULL)
	ROW("epss", NUMBER, "probability of exploitation in the next 30 days", .most = 1, OR_NULL)
	ROW("kev", BOOLEAN, "known to be exploited")
	ROW("cvss", OBJECT, "base score", .ref = "cvss", OR_NULL)
	ROW("references", TEXTS, "addresses, and other tools' ids of the same thing")
	ROW("fingerprint", TEXT, "the same from one build to the next: 32 hex digits", .ref = "^[0-9a-f]{32}$")
	ROW("waived", OBJECT, "the waiver that covers it; null when it counts", .ref = "waived", OR_NULL)
};

static const struct member location[] = {
	ROW("layer", INTEGER, "index into image.layers", OR_NULL)
	ROW("path", TEXT, "in the image, without a leading slash; of an import without a layer, in its source", OR_NULL)
	ROW("line", INTEGER, "from 1", .least = 1, OR_NULL)
	ROW("deleted", BOOLEAN, "an upper layer hides it")
};

static const struct member advisory_source[] = {
	ROW("feed", TEXT, "whose data it is")
	ROW("advisory", TEXT, "id of the record", OR_NULL)
	ROW("date", TEXT, "day of the data", OR_NULL)
};

static const struct member cvss[] = {
	ROW("vector", TEXT, "with its version", OR_NULL)
	ROW("score", NUMBER, "base score", .most = 10, OR_NULL)
};

static const struct member waived[] = {
	ROW("by", TEXT, "file and entry", OR_NULL)
	ROW("owner", TEXT, "who answers for it", OR_NULL)
	ROW("reason", TEXT, "why", OR_NULL)
	ROW("until", TEXT, "its last day", OR_NULL)
};

static const struct member evidence[] = {
	ROW("kind", WORD, "what it is", .words = &papers)
	ROW("type", TEXT, "of the predicate, or of the artifact", OR_NULL)
	ROW("found", WORD, "where it was found: in the image's index, as a referrer, under a tag made of the digest, or as a "
	    "file in the image", .words = &found_words)
	ROW("name", TEXT, "the tag, or the path in the image", OR_NULL)
	ROW("subject", TEXT, "the digest that led to it: the image's, or its index's", OR_NULL)
	ROW("document", TEXT, "digest of its manifest, or of the file", OR_NULL)
	ROW("media_type", TEXT, "of the document", OR_NULL)
	ROW("layer", INTEGER, "of a file: index into image.layers", OR_NULL)
	ROW("about", TEXT, "the digest that the document itself says it speaks of, if that is the image's or its index's", OR_NULL)
	ROW("signatures", INTEGER, "how many it carries, verified or not")
	ROW("signer", TEXT, "id of the key (of --key) whose signature was verified: of a document about this image, or (found: file) of a file in it", OR_NULL)
	ROW("phase", TEXT, "of a document that a key of --key signed: what it says it is of", OR_NULL)
	ROW("result", TEXT, "... passed, failed, warned", OR_NULL)
	ROW("tool", TEXT, "... what made it", OR_NULL)
	ROW("tool_version", TEXT, "... its version", OR_NULL)
	ROW("created", TEXT, "... when", OR_NULL)
	ROW("claimed", TEXTS, "who is said to have signed it, not verified: ids of keys, names in certificates")
	ROW("packages", INTEGER, "that a bill of materials lists", OR_NULL)
	ROW("missing", INTEGER, "of these, those that were not found in the image", OR_NULL)
	ROW("unlisted", INTEGER, "packages found in the image that it does not list", OR_NULL)
};

static const struct member coverage[] = {
	ROW("check", WORD, "the check it is about", .words = &checks)
	ROW("status", WORD, "incomplete: asked for and not finished; skipped: not asked for", .words = &coverages)
	ROW("code", TEXT, "the cause; stable")
	ROW("layer", INTEGER, "index into image.layers", OR_NULL)
	ROW("path", TEXT, "in the image", OR_NULL)
	ROW("detail", TEXT, "in words")
};

static const struct member import[] = {
	ROW("form", WORD, "form of the document", .words = &forms)
	ROW("tool", TEXT, "what made it")
	ROW("version", TEXT, "its version", OR_NULL)
	ROW("result", WORD, "failed: it has findings that count; null: it is not whole", .words = &import_results, OR_NULL)
	ROW("created", TEXT, "when it was made, as it says", OR_NULL)
	ROW("about", WORD, "image: it names this image's digest; commit: the commit that the image's label names; other: another digest or commit", .words = &abouts)
	ROW("digest", TEXT, "of the image that it speaks of", OR_NULL)
	ROW("commit", TEXT, "of the source that it speaks of", OR_NULL)
	ROW("rules", INTEGER, "rules that the tool lists, tests that ran, or components")
	ROW("rule_sets", TEXTS, "sets of rules beside the tool's own, NAME@VERSION")
	ROW("results", INTEGER, "findings that were taken in")
	ROW("settled", INTEGER, "results that their own tool takes for settled")
	ROW("passed", INTEGER, "results that say that all is well")
	ROW("skipped", INTEGER, "tests that were not run")
	ROW("file", TEXT, "where it was read")
	ROW("file_digest", TEXT, "of what was read", OR_NULL)
};

static const struct member summary[] = {
	ROW("critical", INTEGER, "findings")
	ROW("high", INTEGER, "findings")
	ROW("medium", INTEGER, "findings")
	ROW("low", INTEGER, "findings")
	ROW("negligible", INTEGER, "findings")
	ROW("unknown", INTEGER, "findings that nobody gave a severity")
	ROW("waived", INTEGER, "findings that a waiver covers; in none of the counts above")
	ROW("suppressed", INTEGER, "findings that filters and VEX took out; in none of the counts above")
	ROW("filtered", INTEGER, "of the suppressed ones, those that filters took out; a policy wants none")
};

static const struct member verdict[] = {
	ROW("result", WORD, "incomplete does not admit", .words = &verdicts)
	ROW("policy", TEXT, "its name", OR_NULL)
	ROW("reasons", TEXTS, "the rules that were broken, in words")
};

static const struct member reports[] = {
	ROW("schema", CONST, "the form and its version", .ref = "assay.reports/v1")
	ROW("reports", LIST, "one per platform", .ref = "report")
};
/* clang-format on */

#define DEF(name)                                                                                  \
	{                                                                                          \
#name, name, ARRAY_LEN(name)                                                       \
	}
static const struct {
	const char *name;
	const struct member *members;
	size_t n;
} defs[] = {DEF(report),         DEF(reports),  DEF(tool),     DEF(image),   DEF(user),
            DEF(accountability), DEF(layer),    DEF(config),   DEF(os),      DEF(content_set),
            DEF(lineage),        DEF(package),  DEF(finding),  DEF(cvss),    DEF(source_package),
            DEF(waived),         DEF(coverage), DEF(location), DEF(verdict), DEF(advisory_source),
            DEF(summary),        DEF(evidence), DEF(import)};

/* "type": T, or ["T", "null"] */
static void write_type(struct json_out *j, const char *type, bool is_nullable)
{
	jout_key(j, "type");
	if (!is_nullable) {
		jout_str(j, type);
		return;
	}
	jout_array(j);
	jout_str(j, type);
	jout_str(j, "null");
	jout_array_end(j);
}

static void write_ref(struct json_out *j, const char *name)
{
	char path[64];
	snprintf(path, sizeof path, "#/$defs/%s", name);
	jout_kstr(j, "$ref", path);
}

static void write_object_type(struct json_out *j, const struct member *m)
{
	if (!m->is_nullable) {
		write_ref(j, m->ref);
		return;
	}
	jout_key(j, "anyOf");
	jout_array(j);
	jout_object(j);
	write_ref(j, m->ref);
	jout_object_end(j);
	jout_object(j);
	jout_kstr(j, "type", "null");
	jout_object_end(j);
	jout_array_end(j);
}

static void write_words(struct json_out *j, const struct member *m)
{
	jout_key(j, "enum");
	jout_array(j);
	for (int i = 0; i < m->words->n; i++)
		jout_str(j, m->words->name(i));
	if (m->is_nullable)
		jout_null(j);
	jout_array_end(j);
}

/* A list: items are text, or $defs/ref. */
static void write_list(struct json_out *j, const char *ref, bool is_nullable)
{
	write_type(j, "array", is_nullable);
	jout_key(j, "items");
	jout_object(j);
	if (ref)
		write_ref(j, ref);
	else
		jout_kstr(j, "type", "string");
	jout_object_end(j);
}

static void write_value(struct json_out *j, const struct member *m)
{
	switch (m->type) {
	case TEXT:
		write_type(j, "string", m->is_nullable);
		if (m->ref)
			jout_kstr(j, "pattern", m->ref);
		break;
	case INTEGER:
		write_type(j, "integer", m->is_nullable);
		jout_kint(j, "minimum", m->least);
		break;
	case NUMBER:
		write_type(j, "number", m->is_nullable);
		jout_kint(j, "minimum", 0);
		jout_kint(j, "maximum", m->most);
		break;
	case BOOLEAN:
		write_type(j, "boolean", m->is_nullable);
		break;
	case TEXTS:
		write_list(j, NULL, m->is_nullable);
		break;
	case LIST:
		write_list(j, m->ref, m->is_nullable);
		break;
	case MAP:
		jout_kstr(j, "type", "object");
		jout_key(j, "additionalProperties");
		jout_object(j);
		jout_kstr(j, "type", "string");
		jout_object_end(j);
		break;
	case CONST:
		jout_kstr(j, "const", m->ref);
		break;
	case WORD:
		write_words(j, m);
		break;
	case OBJECT:
		write_object_type(j, m);
		break;
	}
}

static void write_def(struct json_out *j, const struct member *members, size_t n)
{
	jout_object(j);
	jout_kstr(j, "type", "object");
	jout_key(j, "additionalProperties");
	jout_bool(j, false);
	jout_key(j, "required");
	jout_array(j);
	for (size_t i = 0; i < n; i++) {
		if (!members[i].is_optional)
			jout_str(j, members[i].name);
	}
	jout_array_end(j);
	jout_key(j, "properties");
	jout_object(j);
	for (size_t i = 0; i < n; i++) {
		jout_key(j, members[i].name);
		jout_object(j);
		jout_kstr(j, "description", members[i].doc);
		write_value(j, &members[i]);
		jout_object_end(j);
	}
	jout_object_end(j);
	jout_object_end(j);
}

static void write_branch(struct json_out *j, const char *key, const char *name)
{
	jout_key(j, key);
	jout_object(j);
	write_ref(j, name);
	jout_object_end(j);
}

/* The member "schema" says which of the two it is, so that a validator's errors speak of the one
 * that was meant. */
static void write_choice(struct json_out *j)
{
	jout_key(j, "if");
	jout_object(j);
	jout_key(j, "properties");
	jout_object(j);
	jout_key(j, "schema");
	jout_object(j);
	jout_kstr(j, "const", "assay.reports/v1");
	jout_object_end(j);
	jout_object_end(j);
	jout_object_end(j);
	write_branch(j, "then", "reports");
	write_branch(j, "else", "report");
}

int render_schema(FILE *out, struct err *e)
{
	struct json_out j;
	jout_init(&j, jout_to_file, out, true);
	jout_object(&j);
	jout_kstr(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
	jout_kstr(&j, "$id", "urn:assay:report:v1");
	jout_kstr(&j, "title", "A report of assay: assay.report/v1, or several: assay.reports/v1");
	jout_kstr(&j, "type", "object");
	jout_key(&j, "required");
	jout_array(&j);
	jout_str(&j, "schema");
	jout_array_end(&j);
	write_choice(&j);
	jout_key(&j, "$defs");
	jout_object(&j);
	for (size_t i = 0; i < ARRAY_LEN(defs); i++) {
		jout_key(&j, defs[i].name);
		write_def(&j, defs[i].members, defs[i].n);
	}
	jout_object_end(&j);
	jout_object_end(&j);
	if (jout_end(&j) < 0 || fputc('\n', out) == EOF || fflush(out) == EOF)
		return err_set(e, ERR_IO, "writing the schema: %m");
	return 0;
}
