/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inspect.h - inspectors state facts about entries as they stream by; the confined worker runs
 * them; the pool feeds the workers.
 *
 * One file per inspector, ending in its descriptor; one list, inspectors.def.  An inspector knows
 * one file format.  It knows nothing of layers, merging, caches, processes.
 */
#ifndef INSPECT_INSPECT_H
#define INSPECT_INSPECT_H

#include "base/base.h"
#include "inspect/commands.h"
#include "inspect/rules.h"
#include "inspect/secret_scan.h"
#include "inspect/yara.h"
#include "model/model.h"
#include "walk/walk.h"

struct inspect; /* where facts go; knows which inspector and file is at work */

struct inspect_file {
	struct entry en;
	struct bytes content;
};

enum inspect_want {
	INSPECT_ENTRY, /* entry(): every matching entry, no bytes */
	INSPECT_FILE,  /* file(): each matching regular file, whole, at most max bytes */
	INSPECT_GROUP, /* group(): at the end of the layer, all matching files of one folder at once
	                */
	INSPECT_STREAM, /* piece(): the bytes of regular files of any path, as they go by; file() of
	                 * a second look, which inspect_ask() asked for */
	INSPECT_LOOK,   /* file() of second looks alone, which judge/ asks for; no globs */
	INSPECT_COUNT,  /* no hook: matching files are counted, each as the kind of its glob */
};

struct inspector {
	const char *id;   /* stable; part of facts and cache keys */
	unsigned version; /* bump when output changes: part of the cache key */
	const char *title;
	/* Globs over clean paths (bytes_glob), NULL-terminated. */
	const char *const *paths;
	/* INSPECT_COUNT: what fact_count calls a file that matches the glob; as long as paths. */
	const char *const *kinds;
	/* Where the file is expected in the merged image though a link may lead elsewhere: the
	 * front resolves these and asks for a second look where the real path was not inspected.  A
	 * name ending in "/" is a folder whose matching files are wanted.  NULL: none. */
	const char *const *anchors;
	enum inspect_want want;
	unsigned checks; /* bit per enum check that asks for it; 0: every scan does */
	bool is_sums;    /* also where digests of all files are wanted, whatever the check */
	int64_t min;     /* INSPECT_STREAM: bytes of a file, below which it is none of its kind */
	int64_t max;     /* bytes of one file, <= INSPECT_FILE_MAX */
	/* Hooks return 0, or -1 when this artefact is broken: that becomes a note (code
	 * "db.broken"), and facts already stated stay.  inspect_note() is for a part that is
	 * broken. */
	int (*entry)(struct inspect *in, const struct entry *en, struct err *e);
	int (*file)(struct inspect *in, const struct entry *en, struct bytes content,
	            struct err *e);
	int (*group)(struct inspect *in, const struct inspect_file *files, size_t n, struct err *e);
	/* INSPECT_STREAM: state_size zeroed bytes live from the first piece of a file to end().
	 * piece() says whether it wants more; for a file that is none of its kind it says no to the
	 * first piece, having allocated nothing. */
	size_t state_size;
	bool (*piece)(struct inspect *in, void *state, struct bytes piece);
	void (*end)(struct inspect *in, void *state);
};

extern const struct inspector *const inspectors[]; /* NULL-terminated, sorted by id */

/* What inspectors say.  The head is filled in: inspector id, and the path of the file at work
 * unless f->head.path is set (a second look names the path that leads there). */
void inspect_os(struct inspect *in, struct fact_os *f);
void inspect_package(struct inspect *in, struct fact_package *f);
void inspect_owned(struct inspect *in, struct fact_owned *f);
void inspect_divert(struct inspect *in, struct fact_divert *f);
void inspect_account(struct inspect *in, struct fact_account *f);
void inspect_setting(struct inspect *in, struct fact_setting *f);
void inspect_paper(struct inspect *in, struct fact_paper *f);
void inspect_repository(struct inspect *in, struct fact_repository *f);
void inspect_note(struct inspect *in, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void inspect_count(struct inspect *in, struct bytes what, uint64_t n);
void inspect_sums(struct inspect *in, struct fact_sums *f);
void inspect_binary(struct inspect *in, struct fact_binary *f);
void inspect_secret(struct inspect *in, struct fact_secret *f);
void inspect_malware(struct inspect *in, struct fact_malware *f);
void inspect_carry(struct inspect *in, struct bytes path, struct bytes content);
struct bytes inspect_path(const struct inspect *in); /* of the file at work */
/* What the second look at work brought along for its inspector; absent: nothing. */
struct bytes inspect_attached(const struct inspect *in);
/* Asks for a second look at the file at work, whole. */
void inspect_ask(struct inspect *in);
/* The scan of content against compiled rules; NULL where it cannot be had, which a note says. */
struct secret_scan *inspect_scan(struct inspect *in);
/* YARA over content; NULL where no rules came along, or they cannot be had, which a note says. */
struct yara_scan *inspect_yara(struct inspect *in);
bool inspect_has_clamd(const struct inspect *in); /* CLAM_FD of clam.h leads to a relay */
/* The kinds of digests (a bit per enum digest_algo) that lists of malware or bills of materials ask
 * for of every file. */
unsigned inspect_sums_wanted(const struct inspect *in);
/* Those that are wanted of files within archives too: for lists of malware. */
unsigned inspect_sums_within(const struct inspect *in);
bool inspect_is_asked(const struct inspect *in, enum check c);
/* What the inspector at work remembers over the files of a layer: 0 at its beginning. */
uint64_t *inspect_memory(struct inspect *in);
struct arena *inspect_arena(struct inspect *in); /* scratch, emptied after each file */

/* For tests of one inspector: runs it over one file (or a group) and puts facts into fs. */
int inspect_once(const struct inspector *i, const struct inspect_file *files, size_t n,
                 struct factset *fs, struct err *e);

/* The digest of everything that decides what facts come out of the same bytes: inspector ids and
 * versions, walk version, fact schema, limits, and compiled rules where one of the checks asks for
 * them.  Checks (bit per enum check) that no inspector serves make no difference. */
struct inspect_set {
	unsigned checks;
	const struct rules *rules;
	const struct yara_bundle *yara; /* NULL: none */
	unsigned sums;                  /* as in struct inspect_options */
	struct bytes clamd;             /* what clamd says it is; absent: it is not asked */
};
struct digest inspect_set_id(const struct inspect_set *set);
/* The bits of checks that inspectors work for. */
unsigned inspect_checks(void);

/* ---- the worker (build/assay-inspect): main calls this; never returns to the image's mercy ----
 */
int inspect_worker_main(int argc, char **argv, const struct yara_engine *engine);

/* ---- the pool: the front's side ---- */

/* A second look: inspect `path` of the layer with `inspector` as if it lay at `as`.  Both may end
 * in
 * "/": then each file right in that folder that matches the inspector's globs at its new place. */
struct inspect_look {
	const char *inspector;
	struct bytes path, as;
	/* A carried file that belongs to the group; without a name, what inspect_attached() says.
	 */
	struct bytes attach_name, attach;
};

struct inspect_job {
	/* Where the bytes come from; read returns 0 at the end, -1 with e. */
	ssize_t (*read)(void *arg, void *p, size_t n, struct err *e);
	void *arg;
	const char *name;      /* for messages: the blob's digest or member name */
	struct digest digest;  /* promised; DIGEST_NONE: whatever it is */
	struct digest diff_id; /* promised; DIGEST_NONE: whatever it is */
	int64_t size;          /* promised; -1: unknown.  Reading one byte more is an error */
	const struct inspect_look *looks; /* n_looks > 0: a second look, only these are inspected */
	size_t n_looks;
	/* results */
	struct factset *facts; /* sealed; NULL when failed.  The caller frees it */
	struct err err;        /* why it failed */
	bool is_refused; /* the image itself is at fault (digest, tar structure, limits), so the
	                  * scan exits 3; false: the worker died, was killed, ran out of time */
};

struct inspect_options {
	unsigned workers;      /* at most this many at once; 0: one per core */
	bool allow_unconfined; /* go on below CONFINE_MINIMUM */
	int64_t timeout_ms;    /* for one layer without progress; 0: none */
	unsigned checks;       /* bit per enum check: what is inspected besides what always is */
	struct bytes rules;    /* a bundle of compiled rules; absent: those that ship */
	struct bytes yara;     /* a bundle of compiled YARA rules; absent: none */
	unsigned sums;         /* a bit per enum digest_algo: inspect_sums_wanted() */
	const char *clamd;     /* path of clamd's socket; NULL: it is not asked */
	const char *helper;    /* path of the worker's program; NULL: beside our own */
};

/* Runs all jobs, each layer in a worker of its own, hashing what it feeds; progress_add() as bytes
 * are read.  Returns 0 when every job has a result (which may be a failure of that job), -1 when
 * workers cannot be run at all (ERR_CONFINE, ERR_IO). */
int inspect_run(struct inspect_job *jobs, size_t n, const struct inspect_options *o, struct err *e);

/* Asks clamd at o->clamd, by a confined process, for program and signatures
 * ("ClamAV 1.4.3/27000/...") into ret, which is initialised.  -1: why it cannot be asked. */
int inspect_clamd_version(const struct inspect_options *o, struct buf *ret, struct err *e);

/* Starts a confined worker that inflates fd and gives the plain bytes at *ret_fd, which the caller
 * closes; then proc_kill or inspect_inflate_end.  For compressed archives.  fd should be open for
 * reading only: it becomes the worker's standard input. */
int inspect_inflate(int fd, struct proc *ret, int *ret_fd, struct err *e);
/* The same with options (helper, allow_unconfined). */
int inspect_inflate_as(int fd, const struct inspect_options *o, struct proc *ret, int *ret_fd,
                       struct err *e);
/* Waits for it after its last byte: 0, or -1 and why the stream was refused or the worker died. */
int inspect_inflate_end(struct proc *p, struct err *e);

#endif
