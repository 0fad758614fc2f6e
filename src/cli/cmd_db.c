/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_db.c - assay db: the advisory index.
 *
 * Reading is done here.  Importing and fetching need parsers and a network client that a scan must
 * not carry: assay-db does that, started in our place with the same words.
 */
#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "advise/advise.h"

struct wording {
	const char **v;
	size_t n;
	unsigned groups; /* of the command: what it does not take is left out */
};

static void add_word(struct wording *w, const char *word) { w->v[w->n++] = word; }

static void add_flag(struct wording *w, const char *name, bool is_set)
{
	if (is_set && cli_option(bytes_str(name + 2), w->groups))
		add_word(w, name);
}

static void add_text(struct wording *w, const char *name, const char *value)
{
	size_t before = w->n;
	add_flag(w, name, value);
	if (w->n > before)
		add_word(w, value);
}

static void add_texts(struct wording *w, const char *name, const struct words *values)
{
	for (size_t i = 0; i < values->n; i++)
		add_text(w, name, values->v[i]);
}

/* Whom to trust and to talk to.  A token goes by the environment: command lines are seen. */
static void add_artifact(struct wording *w, struct arena *a, const struct settings *s)
{
	add_text(w, "--from", s->from);
	add_text(w, "--sign-key", s->sign_key);
	add_texts(w, "--key", &s->key);
	add_text(w, "--username", s->username);
	add_text(w, "--cacert", s->cacert);
	add_texts(w, "--realm", &s->realm);
	add_text(w, "--db-max-age", arena_printf(a, "%llds", (long long)s->db_max_age_s));
	add_flag(w, "--password-stdin", s->password_stdin);
	add_flag(w, "--insecure", s->insecure);
	add_flag(w, "--offline", s->offline);
	if (s->registry_token)
		setenv("ASSAY_REGISTRY_TOKEN", s->registry_token, 1);
}

/* Becomes `assay-db`, verb being "db VERB", with the values that were found, whatever said them;
 * returns only when that failed. */
static int become_assay_db(const char *verb, const struct settings *s, const char *const *args,
                           size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_FREE char *path = proc_helper("assay-db", &e);
	if (!path)
		return cli_fail(&e);
	size_t max = n + 64 + 2 * (s->key.n + s->realm.n);
	struct wording w = {.v = arena_alloc(a, max * sizeof *w.v),
	                    .groups = GROUP_COMMON | cli_command(verb)->groups};
	add_word(&w, path);
	add_word(&w, "db");
	add_word(&w, verb + 3);
	bool is_read = strcmp(verb, "db export") == 0;
	add_text(&w, "--db", is_read ? cli_read_db(s, a) : s->db ? s->db : cli_default_db(a));
	add_artifact(&w, a, s);
	add_text(&w, "--feed", s->feed);
	add_text(&w, "--feed-urls", s->feed_urls);
	add_text(&w, "--log-format", s->log_format);
	add_text(&w, "--timeout", arena_printf(a, "%llds", (long long)s->timeout_s));
	add_text(&w, "--learn", s->learn);
	add_flag(&w, "--expired", s->expired);
	add_flag(&w, "--facts-only", s->facts_only);
	add_flag(&w, "--starter", s->starter);
	add_flag(&w, "--debug", s->debug);
	add_flag(&w, "--quiet", s->quiet);
	add_flag(&w, "--no-progress", s->no_progress);
	add_flag(&w, "--verbose", s->verbose);
	add_word(&w, "--");
	if (n)
		memcpy(w.v + w.n, args, n * sizeof *args);
	w.v[w.n + n] = NULL;
	execv(path, (char *const *)(uintptr_t)w.v);
	err_set(&e, ERR_IO, "%s: %m", path);
	return cli_fail(&e);
}

static int import_run(const struct settings *s, const char *const *args, size_t n)
{
	return become_assay_db("db import", s, args, n);
}

static int known_run(const struct settings *s, const char *const *args, size_t n)
{
	return become_assay_db("db known", s, args, n);
}

static int export_run(const struct settings *s, const char *const *args, size_t n)
{
	return become_assay_db("db export", s, args, n);
}

static int update_run(const struct settings *s, const char *const *args, size_t n)
{
	return become_assay_db("db update", s, args, n);
}

static int open_index(const struct settings *s, struct arena *a, struct index **ret, struct err *e)
{
	const char *db = cli_read_db(s, a);
	const char *starter = s->db ? NULL : cli_starter(a);
	if (db && index_open(db, ret, e) == 0)
		return 0;
	if (db && e->kind != ERR_NOTFOUND)
		return -1;
	if (starter)
		return index_open(starter, ret, e);
	return err_set(e, ERR_NOTFOUND, "there is no advisory index at %s; run `assay db update`",
	               db ? db : "(no home folder)");
}

static int status_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *a = arena_new();
	struct index *ix = NULL;
	const struct index_feed *f;
	(void)args, (void)n;
	if (open_index(s, a, &ix, &e) < 0)
		return cli_fail(&e);
	size_t count = index_feeds(ix, &f);
	for (size_t i = 0; i < count; i++) {
		char day[11] = "unknown";
		if (f[i].data_s)
			clock_format_day(f[i].data_s, day);
		printf("%-20.*s %s %9ju records%s\n", BYTES_FMT(f[i].name), day,
		       (uintmax_t)f[i].records, f[i].is_starter ? "  (starter)" : "");
		if (f[i].checked_s) {
			clock_format_day(f[i].checked_s, day);
			printf("  its publisher had nothing newer on %s\n", day);
		}
		if (f[i].namespaces.n)
			printf("  for %.*s\n", BYTES_FMT(f[i].namespaces));
		if (f[i].partial.n)
			printf("  partial: %.*s\n", BYTES_FMT(f[i].partial));
	}
	index_close(ix);
	return EXIT_PASS;
}

struct searching {
	struct bytes word;
	const char *feed;
	uint64_t found;
};

static void say_advisory(struct searching *q, struct bytes ns, struct bytes package,
                         const struct advisory *a)
{
	printf("%.*s\t%.*s\t%.*s\t", BYTES_FMT(a->id), BYTES_FMT(ns), BYTES_FMT(package));
	for (size_t i = 0; i < a->n_ranges; i++)
		printf("%s%.*s", i ? " | " : "",
		       BYTES_FMT(a->ranges[i].fixed.n ? a->ranges[i].fixed : B("not fixed")));
	if (a->n_ranges == 0)
		fputs(a->status == STATUS_NOT_AFFECTED ? "not affected" : "not fixed", stdout);
	printf("\t%s\t%s\t%.*s\n", severity_name(a->severity), q->feed, BYTES_FMT(a->ref));
	q->found++;
}

static bool search_record(void *arg, struct bytes key, struct bytes value)
{
	struct searching *q = arg;
	struct bytes ns, package, item;
	bytes_cut(key, 0, &ns, &package);
	bool is_package = bytes_eq(package, q->word);
	struct cbor c = cbor_of(value);
	uint64_t n;
	if (!cbor_get_array(&c, &n))
		return true;
	for (uint64_t i = 0; i < n && cbor_get_item(&c, &item); i++) {
		struct advisory a;
		/* most records are somebody else's: look before decoding */
		if (!is_package && bytes_search(item, q->word) < 0)
			continue;
		if (advisory_decode(item, &a) && (is_package || bytes_eq_nocase(a.id, q->word) ||
		                                  bytes_eq_nocase(a.ref, q->word)))
			say_advisory(q, ns, package, &a);
	}
	return true;
}

/* What is known of an id whatever the package: severity, exploited, likelihood. */
static void say_vuln(struct searching *q, const struct vuln *v)
{
	printf("%.*s\t-\t-\t%s\t%s\t%s\t", BYTES_FMT(q->word),
	       v->is_rejected ? "rejected"
	       : v->is_kev    ? "known to be exploited"
	                      : "-",
	       severity_name(v->severity), q->feed);
	if (v->has_epss)
		printf("epss %.5f", v->epss);
	putchar('\n');
	q->found++;
}

static int search_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *a = arena_new();
	struct index *ix = NULL;
	const struct index_feed *f;
	(void)n;
	if (open_index(s, a, &ix, &e) < 0)
		return cli_fail(&e);
	struct searching q = {.word = bytes_str(args[0])};
	size_t count = index_feeds(ix, &f);
	int rc = 0;
	for (size_t i = 0; i < count && rc == 0; i++) {
		q.feed = arena_str(a, f[i].name);
		rc = index_each(ix, i, false, search_record, &q, &e);
		struct bytes cbor;
		struct vuln v;
		if (rc == 0 && index_vuln(ix, i, q.word, &cbor) && vuln_decode(cbor, &v))
			say_vuln(&q, &v);
	}
	index_close(ix);
	if (rc < 0)
		return cli_fail(&e);
	if (q.found == 0)
		log_line(LOG_WARN, "no record names %s", args[0]);
	return EXIT_PASS;
}

const struct command command_db_export = {
	.name = "db export",
	.args = "FILE|oci:DIR|registry:REF",
	.title = "Hand the advisory index on, signed",
	.text = "Packs the index into an OCI artifact, in a file (a tar of an OCI layout), a new "
		"layout, or a registry, so that one job fetches from the publishers and all others "
		"read what it made: `assay db update --from`. With --sign-key an in-toto statement "
		"about its digest, what it holds and when it was built goes beside it in a DSSE "
		"envelope, under the tag that cosign uses for attestations. The same index gives "
		"the same digest.",
	.examples = (const char *const[]){"assay db export --sign-key index.key "
                                          "registry:registry.internal/assay/index:1", "assay db export --sign-key index.key index.tar", NULL},
	.groups = GROUP_INDEX | GROUP_EXPORT | GROUP_REGISTRY,
	.min_args = 1,
	.max_args = 1,
	.run = export_run,
};

const struct command command_db_import = {
	.name = "db import",
	.args = "PATH...",
	.title = "Add feeds from files to the advisory index",
	.text = "PATHs are files or folders, plain, .gz, .xz, .bz2, .zst, .zip or tar of them; "
		"which feed a "
		"document belongs to is recognised by its content. Parts of one feed in one call "
		"are united; "
		"a later call replaces that feed and leaves the others. A broken document is "
		"named, the rest "
		"is imported, and the exit status is 3. The index is built aside and renamed into "
		"place.",
	.groups = GROUP_INDEX | GROUP_IMPORT,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = import_run,
};

const struct command command_db_known = {
	.name = "db known",
	.args = "PATH...",
	.title = "List the files of packages of signed repositories",
	.text = "Writes to --learn the SHA-256 of each file of the packages (.deb, .apk, .rpm) in "
		"PATHs, "
		"for `assay scan --known`: what of an image agrees counts as signed, what does not "
		"is a "
		"finding. PATHs are folders or files: a mirror, a flat repository, or what the "
		"package "
		"manager keeps. Each package must be the one that an index lists which one of "
		"--key has "
		"signed: OpenPGP keys (verified by gpgv) for Debian and rpm, public keys in PEM, "
		"under the "
		"name that the index says, for apk. A signature that is not good, a file that is "
		"not as the "
		"index says, an index that has ended or is older than that of the list before: an "
		"error, "
		"and the list stays as it was. Packages that no index lists are named and left "
		"out.",
	.examples =
		(const char *const[]){
				      "assay db known --key /usr/share/keyrings/debian-archive-keyring.gpg "
			"--learn debian.known "
			"/var/lib/apt/lists /var/cache/apt/archives", "assay scan shop.tar --checks file --known debian.known", NULL},
	.groups = GROUP_KNOWN,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.run = known_run,
};

const struct command command_db_search = {
	.name = "db search",
	.args = "CVE|PACKAGE",
	.title = "List what the index knows of a vulnerability or a package",
	.text = "One record a line, parted by tabs: id, namespace, package, fixed version, "
		"severity, feed, "
		"advisory.",
	.groups = GROUP_INDEX,
	.min_args = 1,
	.max_args = 1,
	.run = search_run,
};

const struct command command_db_status = {
	.name = "db status",
	.args = "",
	.title = "Say what the index holds and how old it is",
	.text = "One feed a line: its name, the date of its data, its number of records; then what "
		"it speaks "
		"for and what is known to be missing.",
	.groups = GROUP_INDEX,
	.run = status_run,
};

const struct command command_db_update = {
	.name = "db update",
	.args = "[FEED...]",
	.title = "Fetch advisories from their publishers",
	.text = "Fetches only what changed since the last time and replaces the feeds that were "
		"fetched. This "
		"is the only command that uses the network for advisories. Where the publishers "
		"cannot be "
		"reached, --feed-urls names mirrors; --from takes an index that `assay db export` "
		"put into a registry, a file or on a server. It must be signed by --key; "
		"signature, "
		"schema and age are checked before it is fetched, its digests before it is used, "
		"and an older one never replaces a newer one.",
	.examples =
		(const char *const[]){
				      "assay db update", "assay db update --from registry.internal/assay/index:1 --key index.pub",
				      NULL},
	.groups = GROUP_INDEX | GROUP_IMPORT | GROUP_FROM | GROUP_REGISTRY,
	.max_args = SIZE_MAX,
	.run = update_run,
};
