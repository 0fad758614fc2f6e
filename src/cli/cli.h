/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli.h - the command line: one table of options, one descriptor per command.
 *
 * Parsing, the environment, configuration files, help, man pages, the reference and completion all
 * come from the same rows.  A value is looked for as: flag, ASSAY_<FLAG>, .assay.yaml,
 * $XDG_CONFIG_HOME/assay/config.yaml.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/base.h"

/* Exit statuses, DESIGN section 5. */
enum { EXIT_PASS = 0, EXIT_GATE = 1, EXIT_USAGE = 2, EXIT_INCOMPLETE = 3 };

struct words {
	const char **v;
	size_t n, cap;
};

/* Values of all options of all commands; what an option row's offset points into. */
struct settings {
	/* scan */
	const char *checks, *severity, *fail_on, *unknown_severity, *platform, *format, *input,
		*file;
	const char *vuln_severity_source;
	const char *pkg_types, *ignore_status, *ignore_states, *scope;
	struct words license_allow, license_deny, yara, malware_hashes, tests, rules, known, base,
		base_key;
	const char *learn, *against, *classes, *class;
	const char *clamd;
	const char *template;
	struct words output, skip_dirs, skip_files, waivers, vex;
	int64_t exit_code, exit_on_eol, workers;
	/* many images */
	const char *list;
	struct words repository;
	/* registries */
	const char *username, *registry_token, *cacert;
	const char *containerd_root, *storage_root;
	struct words realm;
	bool password_stdin, insecure, offline;
	bool files;
	bool fail_on_incomplete, only_fixed, show_suppressed, allow_unconfined, no_cache,
		no_evidence;
	/* index and cache */
	const char *db, *cache_dir, *feed, *feed_urls;
	int64_t db_max_age_s, cache_max_bytes, timeout_s;
	bool facts_only, starter, expired;
	/* keys and signatures */
	const char *out, *key_type, *sign_key, *from, *old;
	struct words key;
	/* policies */
	const char *policy, *environment, *namespace, *in_repository, *digest, *at, *break_glass,
		*by;
	struct words evidence, import;
	/* explain */
	const char *report, *package;
	/* everywhere */
	const char *config, *color, *log_format;
	bool quiet, debug, no_progress, help, version;
	int64_t verbose;
};

enum option_kind {
	OPTION_FLAG,    /* bool; also --name=true, --name=false */
	OPTION_COUNT,   /* int64_t, one more each time */
	OPTION_TEXT,    /* const char * */
	OPTION_TEXTS,   /* struct words; repeatable */
	OPTION_LIST,    /* struct words; repeatable, and parted by commas */
	OPTION_NUMBER,  /* int64_t >= 0 */
	OPTION_SECONDS, /* int64_t: 90, 90s, 5m, 12h, 5d, 0 */
	OPTION_BYTES,   /* int64_t: 1000, 64K, 2GiB */
};

enum option_group {
	GROUP_COMMON = 1,
	GROUP_SCAN = 2,
	GROUP_INDEX = 4, /* --db and what belongs to reading it */
	GROUP_CACHE = 8,
	GROUP_IMPORT = 16,
	GROUP_EXPLAIN = 32,
	GROUP_HELP = 64,
	GROUP_KEY = 128,         /* making keys */
	GROUP_IMAGE = 256,       /* reading an image, and writing what was read */
	GROUP_REGISTRY = 512,    /* talking to one */
	GROUP_FROM = 1024,       /* taking an index from elsewhere */
	GROUP_EXPORT = 2048,     /* handing one on */
	GROUP_DIFF = 4096,       /* comparing two */
	GROUP_COMPARE = 8192,    /* two images */
	GROUP_FLEET = 16384,     /* scanning many images */
	GROUP_POLICY = 32768,    /* policies over saved reports */
	GROUP_PULL = 65536,      /* taking a policy from elsewhere */
	GROUP_TEMPLATE = 131072, /* all that reads an image but `test`, whose -t is another */
	GROUP_RULES = 524288,    /* rules of a user */
	GROUP_TEST = 262144,     /* structure tests */
	GROUP_SBOM = 1048576,    /* writing a bill of materials */
	GROUP_WHATIF = 2097152,  /* policies, where nothing is decided */
	GROUP_KNOWN = 4194304,   /* files of signed repositories */
};

enum option_flag {
	OPTION_COMPAT = 1, /* another tool's spelling: accepted, listed apart */
	OPTION_MUTE = 2,   /* accepted and without effect here; text says why */
	OPTION_SECRET = 4, /* the value is wiped from argv, and never shown */
	/* Says whom to trust: not taken from the .assay.yaml of a working folder, which comes with
	 * the code under test. */
	OPTION_TRUST = 8,
	/* Can let pass what would fail: not taken from there either where flags or the environment
	 * ask for a gate; a warning says so, and the scan goes on. */
	OPTION_LOOSE = 16,
};

struct option {
	const char *name;
	char letter;
	enum option_kind kind;
	unsigned groups, flags;
	size_t offset;
	const char *arg;            /* what the value is called; NULL for flags */
	const char *fallback;       /* the default, as text for people; NULL: none */
	const char *const *choices; /* ended by NULL; NULL: free */
	const char *text;
};
extern const struct option options[]; /* ended by a row without name; sorted by name */

struct command {
	const char *name;
	const char *const *aliases;  /* ended by NULL, or NULL */
	const char *args;            /* "REF" */
	const char *title;           /* one line */
	const char *text;            /* paragraphs, for help and man page */
	const char *const *examples; /* ended by NULL, or NULL */
	unsigned groups;
	size_t min_args, max_args;
	/* Exit status.  args are the positional words. */
	int (*run)(const struct settings *s, const char *const *args, size_t n);
};
extern const struct command *const commands[]; /* ended by NULL; sorted by name */
/* The command of that name or alias; NULL: none. */
const struct command *cli_command(const char *name);

/* Parses a whole command line: the command (its row, or NULL for none), the settings, the
 * positional words.  ERR_USAGE names the nearest known flag or command. */
struct command_line {
	const struct command *command;
	struct settings settings;
	struct words args;
	struct words warnings; /* to be logged once the log is set up */
	struct words files;    /* of the configuration, as they were read */
	struct arena *arena;
};
int cli_parse(int argc, char **argv, struct command_line *ret, struct err *e);
/* Do the settings ask for a status that says whether the image is good? */
bool cli_has_gate(const struct settings *s);
/* Values from the environment and from configuration files, for what the flags left open. */
struct taken {
	bool by_row[256]; /* option rows that have a value already */
};
int cli_environment(struct command_line *l, struct taken *t, struct err *e);
int cli_config_files(struct command_line *l, struct taken *t, struct err *e);
/* Is there a file that is read though nobody named it?  1, 0, or -1 when it is a pipe, a device or
 * a folder: the working folder may be hostile, and a pipe would be waited for. */
int cli_find_file(const char *path, struct err *e);
/* Puts text into the setting of a row.  `from` names where it stands, for the error. */
int cli_set(struct command_line *l, const struct option *o, const char *text, const char *from,
            struct err *e);
/* The list lies in the arena, as its words do. */
void cli_add_word(struct arena *a, struct words *w, const char *word);
const struct option *cli_option(struct bytes name, unsigned groups);

/* Runs what was parsed: the whole of main. */
int cli_main(int argc, char **argv);

/* What a command does with an image. */
enum scan_mode { SCAN_JUDGE, SCAN_LIST, SCAN_TEST, SCAN__MAX };
/* The whole of `assay scan` (SCAN_JUDGE), `assay sbom` (SCAN_LIST: packages only) and `assay test`
 * (SCAN_TEST: structure tests only). */
int cli_scan(const struct settings *s, const char *const *args, size_t n, enum scan_mode mode);

struct flow_scan_result;
/* Scans ref as the settings say, filtered and waived: what `assay diff` compares. */
int cli_scan_result(const struct settings *s, const char *ref, struct arena *a,
                    struct flow_scan_result *ret, struct err *e);

/* How much is logged, and whether progress is shown, as the settings say. */
void cli_setup_log(const struct settings *s);
/* Says an error on standard error and gives the exit status that belongs to it. */
int cli_fail(const struct err *e);
/* The password of a key, from COSIGN_PASSWORD or the terminal (asked for twice when is_new), into
 * ret, which the caller wipes. */
int cli_password(bool is_new, struct buf *ret, struct err *e);
/* Keys of --key, and that of --sign-key (NULL: not given); key_free each, also after a failure. */
struct key;
int cli_keys(const struct settings *s, struct key **v, struct err *e);
int cli_sign_key(const struct settings *s, struct key **ret, struct err *e);
struct source_registry;
/* How registries are talked to; reads a password from standard input where that was asked for. */
int cli_registry(const struct settings *s, struct arena *a, struct source_registry *ret,
                 struct err *e);
/* Forms of help; name NULL: all commands. */
enum help_form { HELP_TEXT, HELP_MAN, HELP_MARKDOWN, HELP_NAMES };
int cli_help(FILE *out, enum help_form form, const struct command *c);
int cli_completion(FILE *out);
/* Default folders, in the arena of l; NULL where there is no home. */
const char *cli_default_db(struct arena *a);
/* The index to read: as it was named, or the user's own, or the machine's. */
const char *cli_read_db(const struct settings *s, struct arena *a);
const char *cli_default_cache(struct arena *a);
const char *cli_yara(struct arena *a);    /* the YARA rules that ship, NULL when not installed */
const char *cli_starter(struct arena *a); /* the starter index, NULL when it is not installed */

#endif
