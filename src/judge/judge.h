/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h - what only the merged image can tell, one pure file per check.
 *
 * Judges see the facts of all layers through the view and write packages, os, findings and coverage
 * into the report.  They do no I/O.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "base/base.h"
#include "fmt/fmt.h"
#include "inspect/inspect.h"
#include "model/model.h"
#include "walk/walk.h"

enum judge_whose {
	WHOSE_NOBODY,
	WHOSE_SYSTEM = 1,   /* a package of the distribution: judged as that */
	WHOSE_LANGUAGE = 2, /* a package of a language: its lock files are no inventory */
};

/* Names of Java archives by the SHA-1 of their file, where somebody keeps a list of them. */
struct judge_names {
	/* sha1 in hex digits; artifact as the file is called, which decides between several.
	 * "GROUP:ARTIFACT" and a version, which live as long as the arena. */
	bool (*find)(void *arg, struct bytes sha1, struct bytes artifact, struct bytes ret[2]);
	void *arg;
	size_t n_named; /* archives that say no name themselves: counted by judge_packages */
};

struct judge_input {
	const struct view *view;
	const struct factset *const *layers; /* as in the view; bottom first */
	const struct factset *const *looks;  /* facts of second looks per layer, NULL where none */
	const bool *is_promised; /* per layer: its diff_id was promised, and proved right */
	size_t n_layers;
	const struct oci_config *config; /* NULL: a bare root file system */
	/* What may be shown of each step of the config's history: without secrets.  NULL: nothing
	 */
	const struct bytes *steps;
	const struct judge_entries *entries; /* NULL where no check asks for them */
	const struct known_files *known;     /* NULL: none */
	struct buf *learn; /* gets the files of packages, as known_files_put() writes them; NULL */
	/* Manifests and lock files that came as files of a package → enum judge_whose: filled by
	 * judge_packages, for those that run after it.  NULL: not wanted. */
	struct map *owned;
	struct judge_names *names; /* NULL: there is no list */
};

/* What one pass over all entries found; for the judges of modes, privilege and configuration. */
enum special {
	SPECIAL_SETUID = 1,
	SPECIAL_SETGID = 2,
	SPECIAL_CAPS = 4,
	SPECIAL_WRITABLE = 8, /* by everybody; not a folder with the sticky bit, not a link */
	SPECIAL_DEVICE = 16,
	SPECIAL_LEFTOVER = 32, /* of building: .git, a package manager's cache, ... */
	SPECIAL_STRANGER = 64, /* owner without an account: the first of that number */
};
struct judge_special {
	struct entry en; /* visible */
	size_t layer;
	unsigned what;        /* enum special */
	struct bytes package; /* that owns the path, absent: none */
	uint64_t n, bytes;    /* leftovers and strangers: files, and their bytes */
};
enum judge_cache { CACHE_APT_LISTS, CACHE_APT, CACHE_APK, CACHE_RPM, CACHE_LANGUAGE, CACHE__MAX };
struct judge_entries {
	struct judge_special *v; /* sorted by path */
	size_t n;
	bool is_cut; /* there were more than SPECIALS_MAX */
	struct {
		uint64_t n, bytes; /* files left in package managers' caches, hidden ones too */
		struct bytes first;
		size_t layer;
		bool is_hidden; /* all of them are deleted by an upper layer, but shipped */
	} caches[CACHE__MAX];
};
/* Goes over all entries of all layers; into the arena. */
void judge_entries(const struct judge_input *in, struct arena *a, struct judge_entries *ret);

/* Second looks that are needed: links that lead an anchor of an inspector to a path that was not
 * inspected, hard links to one, a write-ahead log whose database lies in another layer. */
struct judge_look {
	size_t layer;
	struct inspect_look look;
};
/* Into the arena of r; 0 looks is the common case. */
int judge_looks(const struct judge_input *in, struct report *r, struct judge_look **ret,
                size_t *ret_n, struct err *e);

/* Structure tests of container-structure-test.  What they ask about the content of files is
 * answered by second looks: judge_questions_count() of them at *ret, whose facts judge_answer()
 * takes.  The arena lives as long as the questions. */
struct judge_questions;
struct judge_questions *judge_test_looks(const struct judge_input *in, const struct cst *tests,
                                         size_t n, struct arena *a, struct judge_look **ret);
size_t judge_questions_count(const struct judge_questions *q);
void judge_answer(struct judge_questions *q, size_t layer, const struct factset *fs);
void judge_questions_free(struct judge_questions *q); /* accepts NULL */
/* CHECK_TEST: a finding for each test that failed, a row of coverage for each other one. */
void judge_tests(const struct judge_input *in, const struct judge_questions *q,
                 const struct cst *tests, size_t n, struct report *r);
/* The entry of the layer whose bytes a hard link has, through links to links. */
struct bytes judge_link_end(const struct factset *fs, struct bytes path);

/* Which distribution the image is: r->os (id, version, name; namespace is advise's). */
int judge_os(const struct judge_input *in, struct report *r, struct fact_os *ret, struct err *e);
/* Installed packages: visible records only, each given to the lowest layer of the unbroken run of
 * versions of its path that state it alike; purls; coverage of unreadable databases, missing
 * databases, language manifests (skip: globs of paths to leave out). */
struct judge_skip {
	const struct bytes *dirs, *files; /* --skip-dirs, --skip-files: globs */
	size_t n_dirs, n_files;
	bool is_os_only, is_library_only; /* --pkg-types names one kind of packages */
};
int judge_packages(const struct judge_input *in, const struct fact_os *os,
                   const struct judge_skip *skip, struct report *r, struct err *e);
/* The regular files that the image shows, with their digests and the package of the distribution
 * that owns each, into r->files; past max of them the rest is counted in a row.  After
 * judge_packages, over facts of a scan that asked for SHA-1 and SHA-256 of all files. */
void judge_files(const struct judge_input *in, size_t max, struct report *r);
/* Licences of packages of dpkg, by their copyright files. */
int judge_copyright(const struct judge_input *in, struct report *r, struct err *e);
/* Licences of packages of languages whose metadata names none, by their licence files. */
void judge_license_files(const struct judge_input *in, struct report *r);
/* Repositories that the layers were built from, as content manifests and the label "cpe" say. */
int judge_sets(const struct judge_input *in, struct report *r, struct err *e);
/* What nobody inventoried: missing databases, and manifests of language packages. */
int judge_gaps(const struct judge_input *in, const struct fact_os *os,
               const struct judge_skip *skip, struct report *r, struct err *e);
/* image.user: USER resolved in the image's own passwd and group; -1 where not known. */
int judge_user(const struct judge_input *in, struct report *r, struct err *e);
/* Coverage of what was strange or unsafe in the layers (notes of the walk). */
int judge_notes(const struct judge_input *in, struct report *r, struct err *e);

/* The checks that judge by rules; each adds its findings, and a row of coverage that says what was
 * judged. */

/* CHECK_USER: who the image runs as, what that user could become, and accounts that let somebody
 * in.  After judge_user; sets r->image.user.privilege. */
int judge_privilege(const struct judge_input *in, struct report *r, struct err *e);
/* CHECK_CONFIG: the image's config and history, and what it carries that no service needs. */
int judge_config(const struct judge_input *in, struct report *r, struct err *e);
/* CHECK_BINARY: how programs and libraries were built. */
int judge_binary(const struct judge_input *in, struct report *r, struct err *e);
/* CHECK_FILE: setuid programs, capabilities, devices, files that everybody may write. */
int judge_modes(const struct judge_input *in, struct report *r, struct err *e);

/* Results of other tools, in the form that fmt/results.h reads; in NULL: there is no tree to tie
 * their paths to.  CHECK_TEST, of CycloneDX CHECK_VULNERABILITY.  After matching: what was found
 * here too is no finding twice. */
struct judge_import {
	struct bytes file, digest; /* where it was read; "sha256:..." of that */
	const struct results *runs;
	size_t n;
};
void judge_imports(const struct judge_input *in, const struct judge_import *v, size_t n,
                   struct report *r);

/* CHECK_LICENSE: licences of the packages of r; entries are SPDX identifiers, with an exception or
 * without, or globs over identifiers. */
struct judge_license {
	const struct bytes *allow, *deny;
	size_t n_allow, n_deny;
};
void judge_license(const struct judge_license *l, struct report *r);
/* CHECK_FILE: is every program explained by a package, unchanged, and there?  Sets
 * r->image.account. */
int judge_accounted(const struct judge_input *in, struct report *r, struct err *e);

/* CHECK_USER: what the image gained in privilege since the release whose report old is.  After all
 * other judges. */
void judge_drift(const struct report *old, struct report *r);

/* CHECK_MALWARE: what signatures met in files of all layers, and command lines that open a shell to
 * elsewhere or mine. */
struct judge_signatures {
	const struct yara_bundle *yara; /* NULL: there were no rules */
	const struct hash_list *hashes; /* sorted; NULL: none was named */
	struct bytes clamd;             /* what clamd says it is; absent: it was not asked */
	struct bytes clamd_error;       /* why it could not be asked */
	bool is_named;   /* --checks was given: without signatures it is incomplete */
	unsigned checks; /* asked for: what another says already is not said again */
};
int judge_malware(const struct judge_input *in, const struct judge_signatures *with,
                  struct report *r, struct err *e);

/* CHECK_USER: is the image within its class of container?  After judge_privilege. */
struct judge_classes {
	const struct classes *list;
	const struct class *named; /* NULL: the first that the image belongs to */
	struct bytes repository;   /* absent: not known */
};
void judge_class(const struct judge_input *in, const struct judge_classes *with, struct report *r);

/* All rules that judge/ knows, a table per file. */
struct judge_rules {
	const struct check_rule *v;
	size_t n;
};
extern const struct judge_rules *const judge_rules[]; /* NULL-terminated */

/* Secrets in files, and those in the configuration, which are hidden in the report too (call that
 * one whether the check was asked for or not). */
struct judge_secrets {
	const struct rules *rules;
	const struct oci_config *config; /* NULL: none */
	bool is_asked;
};
int judge_secrets(const struct judge_input *in, const struct judge_secrets *js, struct report *r,
                  struct err *e);
/* Before the judges that repeat steps of the history: ret_steps[i] is what may be shown of the
 * i-th, in the arena of r; absent where nothing may. */
int judge_secret_config(const struct judge_secrets *js, struct report *r,
                        const struct bytes **ret_steps, struct err *e);
/* Hides secrets that other tools repeat in what they say (findings of CHECK_TEST). */
void judge_secret_imports(const struct rules *rules, struct report *r);

#endif
