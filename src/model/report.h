/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - what a user reads: image, os, packages, findings, coverage, verdict.
 *
 * Everything in a report lives in its arena.  Lists are sorted by report_sort, so that the same
 * input gives the same bytes.  Absent slices and NULL render as null.
 */
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include "base/base.h"
#include "model/words.h"

struct report_layer {
	struct bytes digest, diff_id; /* text form */
	uint64_t size;                /* compressed bytes */
	struct bytes created_by;
	const char *origin; /* "base", "app", "unknown" */
};

struct bytes_list {
	struct bytes *v;
	size_t n, cap;
};

struct label {
	struct bytes key, value;
};

/* Bytes of what can be run, by how it is explained. */
struct report_account {
	bool is_present;
	uint64_t programs; /* files */
	uint64_t bytes;    /* of all */
	uint64_t claimed;  /* a package's database in the image says so */
	uint64_t learned;  /* not counted in claimed: an image that somebody trusts says so too */
	uint64_t from_signed; /* counted in neither: a signed repository says so */
	uint64_t steps;       /* counted in none: of no package, a step of the history names them */
};

struct report_image {
	struct bytes reference, digest, config_digest, platform;
	struct bytes created; /* as the config says it; absent: not known */
	struct {
		struct bytes declared;
		int64_t uid, gid; /* -1 unknown */
		/* what it could become: "root", "can-become-root", "exposed", "confined",
		 * "unknown"; NULL: not judged */
		const char *privilege;
		/* what it may write, the topmost paths, sorted; of root it is not listed */
		struct bytes_list writable;
		bool is_writable_known;
	} user;
	struct report_account account;
	struct report_layer *layers;
	size_t n_layers;
	struct {
		struct bytes user;
		struct bytes_list entrypoint, cmd, env, exposed_ports;
		struct label *labels;
		size_t n_labels;
		bool is_present; /* false: a bare root file system */
	} config;
};

/* A repository that the packages of a layer came from (Red Hat's content sets). */
struct report_set {
	int32_t layer; /* -1: the image's config says so */
	struct bytes name;
};

struct report_os {
	struct bytes id, version, name; /* id absent: unknown */
	struct bytes eol;               /* "2028-06-30", absent when not known */
	bool is_eol;
	struct report_set *sets; /* sorted by layer, then name */
	size_t n_sets;
	struct bytes ns;  /* namespace of advisories; not rendered */
	struct bytes cpe; /* CPE_NAME of os-release; only in bills of materials */
};

struct package {
	struct bytes purl;
	struct bytes type, name, version, arch;
	struct bytes source_name, source_version;
	struct bytes_list licenses;
	struct bytes vendor, maintainer, repository, module;
	int32_t layer;           /* index into image.layers */
	struct bytes_list paths; /* the files that say it is installed */
	bool is_third_party;     /* not from the distribution, as far as the database tells */
	enum evidence evidence;  /* the strongest that there is */
	enum package_scope scope;
	bool is_absent; /* a lock file names it, and what was installed by that file is not it: it
	                 * is in the inventory, and no advisory speaks of it */
	struct bytes proof;    /* BINARY, LINKED: what was seen, and where */
	struct bytes digest;   /* of the package's own file: "sha1:..." */
	struct bytes cpe;      /* as a bill of materials or the inspector said it; never guessed */
	struct bytes homepage; /* only in bills of materials */
	struct bytes_list depends; /* purls of the packages that it needs, where the data tells */
};

/* A regular file of the image, where a bill of materials is to list them. */
struct report_file {
	struct bytes path;
	struct bytes sha1, sha256; /* hex digits; absent: not known */
	struct bytes package;      /* purl of the package that owns it; absent: none does */
	int32_t layer;             /* -1: not known */
};

struct finding {
	enum check check;
	struct bytes id;
	enum severity severity;
	struct bytes severity_source; /* "debian", "nvd", "ghsa", ...; absent with unknown */
	struct bytes title;
	struct bytes package; /* purl; absent for findings without one */
	struct bytes package_name;
	struct bytes installed, fixed;
	enum status status;
	bool has_status;
	struct {
		int32_t layer; /* -1: none */
		struct bytes path;
		int32_t line; /* 0: none */
		bool is_deleted;
	} location;
	struct bytes reason;
	struct bytes repair; /* what to do; absent where the reason or `fixed` says it */
	struct bytes match;  /* of a secret: its masked value */
	struct {
		struct bytes feed, advisory,
			date; /* what it rests on: "alpine-secdb", "DSA-1", day */
	} source;
	double epss; /* < 0: none */
	bool is_kev;
	struct bytes cvss_vector;
	double cvss_score; /* < 0: none */
	struct bytes_list references;
	char fingerprint[33];
	struct waived {
		struct bytes by, owner, reason, until; /* by: file and entry */
	} * waived;                                    /* NULL: counts */
};

struct coverage {
	enum check check;
	enum coverage_status status;
	const char *code;  /* stable */
	int32_t layer;     /* -1: none */
	struct bytes path; /* absent: none */
	struct bytes detail;
	bool is_inventory; /* about what was found in the image, not about what is known of it */
};

struct lineage {
	struct bytes reference, digest;
	int32_t layers;
	const char *by; /* "label", "provenance", "layers", "dockerfile" */
	/* how it is proven which image the base is: "signature", "digest"; NULL: it is not */
	const char *admitted;
	struct bytes signer; /* id of the key; absent: none is known */
};

/* What came with an image, by what it is. */
enum paper { PAPER_OTHER, PAPER_SBOM, PAPER_ATTESTATION, PAPER_SIGNATURE, PAPER__MAX };

/* What somebody else says of the image.  Of what came with it (found is set; in the report): a bill
 * of materials, an attestation, a signature.  Else a phase, or an imported result of another tool,
 * which lies beside the report. */
struct report_evidence {
	const char *found; /* "index", "referrer", "tag", "file"; NULL: it was handed over */
	enum paper kind;   /* of what came with the image, down to `counts` */
	struct bytes name; /* tag, or path in the image; absent: none */
	struct bytes
		subject; /* digest that led to it: the image's or its index's; of a file absent */
	struct bytes document;     /* digest of the document (a file) or of its manifest */
	struct bytes media_type;   /* of the document; absent: not said */
	int32_t layer;             /* of a file; else -1 */
	uint64_t signatures;       /* of all, verified or not */
	struct bytes_list claimed; /* who is said to have signed: ids of keys, names in
	                            * certificates; not verified */
	struct {
		bool is_present;
		uint64_t packages; /* that a bill of materials lists */
		uint64_t missing;  /* of these: not found in the image */
		uint64_t unlisted; /* found in the image and not listed; of a file not counted: 0 */
	} counts;
	/* of all evidence */
	struct bytes phase, type;        /* "test"; the predicate's type */
	struct bytes tool, tool_version; /* who made the result */
	struct bytes result;             /* "passed", "failed", "warned", or absent */
	struct bytes signer;             /* whose signature was verified; absent: nobody's */
	struct bytes digest;             /* the image that it speaks of */
	struct bytes source;             /* the file it was read from */
	int64_t created_s;               /* 0: it does not say */
	struct bytes commit;             /* of the source that it speaks of */
	/* imports alone; form NULL: it is none */
	const char *form;         /* "sarif", "junit", "cppcheck", "cyclonedx" */
	const char *about;        /* "image", "commit", "other", "unknown" */
	struct bytes file_digest; /* of the file it was read from */
	struct bytes_list sets;   /* sets of rules, "NAME@VERSION" */
	uint64_t rules, results, settled, passed, skipped;
};

struct report {
	struct arena *arena;       /* owns everything below */
	struct bytes tool_version; /* of a report that was read: the assay that made it */
	struct bytes confinement;  /* tool.confinement */
	struct report_image image;
	struct report_os os;
	struct lineage *lineage;
	size_t n_lineage, cap_lineage;
	struct package *packages;
	size_t n_packages, cap_packages;
	struct report_file *files; /* sorted by path; only in bills of materials */
	size_t n_files, cap_files;
	struct finding *findings;
	size_t n_findings, cap_findings;
	struct finding *suppressed; /* by filters, VEX: shown with --show-suppressed */
	size_t n_suppressed, cap_suppressed;
	uint64_t n_filtered; /* of these, by filters; read: of those it lacks */
	struct coverage *coverage;
	size_t n_coverage, cap_coverage;
	struct report_evidence *evidence;
	size_t n_evidence, cap_evidence;
	struct {
		bool is_present;
		enum verdict_result result;
		struct bytes policy;
		struct bytes_list reasons;
	} verdict;
};

const char *paper_name(enum paper p); /* "other", "sbom", "attestation", "signature" */
struct report *report_new(void);
void report_free(struct report *r);
/* Are advisories of its ecosystem asked about it?  Not of what is not there, nor of what is the
 * application's own. */
static inline bool package_is_judged(const struct package *p)
{
	return !p->is_absent && p->scope != SCOPE_OWN;
}
/* Each returns a zeroed new element (location.layer -1, epss and cvss_score -1). */
struct package *report_package(struct report *r);
struct report_file *report_file(struct report *r); /* layer -1 */
struct finding *report_finding(struct report *r);
/* Copies name; a repeat is dropped.  false: there are CONTENT_SETS_MAX. */
bool report_add_set(struct report *r, int32_t layer, struct bytes name);
/* Adds a copy of f to the suppressed ones. */
void report_suppress(struct report *r, const struct finding *f);
/* Adds a coverage row; detail is formatted into the arena. */
void report_cover(struct report *r, struct coverage row, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Marks the coverage rows so far as those of the inventory: they go into a bill of materials. */
void report_cover_inventory(struct report *r);
void list_add(struct report *r, struct bytes_list *l, struct bytes v); /* copies into the arena */
/* Sorts packages, findings, coverage; joins coverage rows that are equal; makes fingerprints. */
void report_sort(struct report *r);
/* A saved report of at most JSON_DOC_MAX bytes, all of it; of assay.reports/v1 the first.
 * ERR_UNSUPPORTED for another schema, named; ERR_FORMAT for what lacks what a report has, or was
 * not made by assay. */
int report_read(struct bytes json, const char *name, struct report **ret, struct err *e);
/* Every report of a document.  Free each, then the list. */
int report_read_all(struct bytes json, const char *name, struct report ***ret, size_t *ret_n,
                    struct err *e);
/* A zeroed new element. */
struct report_evidence *report_evidence(struct report *r);
/* Worst status of a check over its rows (incomplete, then skipped, then complete);
 * COVERAGE_SKIPPED when it has none. */
enum coverage_status report_check_status(const struct report *r, enum check c);

#endif
