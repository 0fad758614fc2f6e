/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_scan.c - assay scan: what is wrong with an image. */
#include "cli/scan.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Checks that this version has; others that are named are incomplete. */
enum {
	CHECKS_PRESENT = 1U << CHECK_VULNERABILITY | 1U << CHECK_SECRET | 1U << CHECK_CONFIG |
	                 1U << CHECK_USER | 1U << CHECK_FILE
};

/* Judged only when asked for: by --checks, or by saying what is wanted. */
enum { CHECKS_ASKED = 1U << CHECK_BINARY | 1U << CHECK_LICENSE | 1U << CHECK_MALWARE };

/* ---- lists of words ---- */

static int next_word(struct bytes *list, struct bytes *ret)
{
	while (bytes_split(list, ',', ret)) {
		*ret = bytes_trim(*ret);
		if (ret->n)
			return 1;
	}
	return 0;
}

/* What the policy needs is looked at, unless the user says what is to be. */
static unsigned needed(const struct scan_plan *p)
{
	const struct policy *policy = p->policy.policy;
	unsigned checks = policy ? policy->needs : 0;
	for (size_t i = 0; policy && i < policy->n_rules; i++)
		checks |= policy->rules[i].needs;
	return checks & (CHECKS_PRESENT | CHECKS_ASKED);
}

/* Is it said what malware is known by? */
static bool asks_malware(const struct settings *s)
{
	return s->yara.n || s->malware_hashes.n || s->clamd;
}

static int plan_checks(const struct settings *s, struct scan_plan *p, struct err *e)
{
	if (p->mode == SCAN_TEST)
		return scan_tests(s, p, e);
	p->flow.checks = p->mode == SCAN_LIST ? 0 : CHECKS_PRESENT;
	p->gate.checks = CHECKS_PRESENT;
	if ((s->license_allow.n || s->license_deny.n) && p->mode != SCAN_LIST) {
		p->flow.checks |= 1U << CHECK_LICENSE;
		p->gate.checks |= 1U << CHECK_LICENSE;
	}
	if (asks_malware(s) && p->mode != SCAN_LIST) {
		p->flow.checks |= 1U << CHECK_MALWARE;
		p->gate.checks |= 1U << CHECK_MALWARE;
	}
	if (p->mode != SCAN_LIST)
		p->flow.checks |= needed(p);
	if (!s->checks || p->mode == SCAN_LIST)
		return 0;
	p->flow.checks = 0;
	p->flow.checks_named = true;
	struct bytes list = bytes_str(s->checks);
	for (struct bytes word; next_word(&list, &word);) {
		enum check c;
		if (!check_parse(word, &c))
			return err_set(e, ERR_USAGE, "--checks: there is no check \"%.*s\"",
			               BYTES_FMT(word));
		p->flow.checks |= 1U << c;
	}
	if (!p->flow.checks)
		return err_set(e, ERR_USAGE, "--checks: names no check");
	p->gate.checks = p->flow.checks;
	return 0;
}

static int plan_severities(const struct settings *s, struct scan_plan *p, struct err *e)
{
	struct bytes list = bytes_str(s->severity);
	for (struct bytes word; next_word(&list, &word);) {
		enum severity v;
		if (!severity_parse(word, &v))
			return err_set(e, ERR_USAGE, "--severity: there is no severity \"%.*s\"",
			               BYTES_FMT(word));
		p->filter.severities |= 1U << v;
	}
	return 0;
}

static int plan_states(const struct settings *s, struct scan_plan *p, struct err *e)
{
	static const struct {
		const char *word;
		unsigned statuses;
	} states[] = {
		{"fixed",     1U << STATUS_FIXED                                  },
		{"not-fixed", 1U << STATUS_AFFECTED | 1U << STATUS_FIX_DEFERRED   },
		{"unknown",   1U << STATUS_UNDER_INVESTIGATION                    },
		{"wont-fix",  1U << STATUS_WILL_NOT_FIX | 1U << STATUS_END_OF_LIFE},
	};
	struct bytes list = bytes_str(s->ignore_status), word;
	while (next_word(&list, &word)) {
		enum status v;
		if (!status_parse(word, &v))
			return err_set(e, ERR_USAGE, "--ignore-status: there is no status \"%.*s\"",
			               BYTES_FMT(word));
		p->filter.ignore_status |= 1U << v;
	}
	list = bytes_str(s->ignore_states);
	while (next_word(&list, &word)) {
		size_t i = 0;
		while (i < ARRAY_LEN(states) && !bytes_eq(word, bytes_str(states[i].word)))
			i++;
		if (i == ARRAY_LEN(states))
			return err_set(e, ERR_USAGE, "--ignore-states: there is no state \"%.*s\"",
			               BYTES_FMT(word));
		p->filter.ignore_status |= states[i].statuses;
	}
	p->filter.only_fixed = s->only_fixed;
	return 0;
}

static int plan_sources(const struct settings *s, struct scan_plan *p, struct err *e)
{
	const char *list = s->vuln_severity_source;
	if (!list || severity_order_parse(bytes_str(list), &p->flow.match.severities, e) == 0)
		return 0;
	AUTO_BUF struct buf all;
	buf_init(&all, KIB(4));
	severity_source_names(&all);
	log_line(LOG_ERROR, "sources of severities are: %s", buf_cstr(&all));
	return err_wrap(e, "--vuln-severity-source");
}

static int plan_types(const struct settings *s, struct scan_plan *p, struct err *e)
{
	struct bytes list = bytes_str(s->pkg_types ? s->pkg_types : "os,library");
	for (struct bytes word; next_word(&list, &word);) {
		if (bytes_eq(word, B("os")))
			p->flow.match.pkg_os = true;
		else if (bytes_eq(word, B("library")))
			p->flow.match.pkg_library = true;
		else
			return err_set(e, ERR_USAGE,
			               "--pkg-types: \"%.*s\" is neither os nor library",
			               BYTES_FMT(word));
	}
	if (!p->flow.match.pkg_os && !p->flow.match.pkg_library)
		return err_set(e, ERR_USAGE, "--pkg-types: names no kind of packages");
	return plan_sources(s, p, e);
}

/* ---- gate, outputs, waivers ---- */

static void plan_gate(const struct settings *s, struct scan_plan *p)
{
	p->exit_gate = s->exit_code >= 0 ? (int)s->exit_code : EXIT_GATE;
	/* a severity name cannot fail to parse: options.c lists them */
	if (s->fail_on)
		p->gate.has_fail_on = severity_parse(bytes_str(s->fail_on), &p->gate.fail_on);
	if (s->exit_code > 0 && !s->fail_on) { /* Trivy's meaning: anything that is left */
		p->gate.has_fail_on = true;
		p->gate.fail_on = SEV_NEGLIGIBLE;
	}
	p->gate.unknown_passes = s->unknown_severity && strcmp(s->unknown_severity, "pass") == 0;
	p->gate.fail_on_incomplete = s->fail_on_incomplete;
	p->gate.exit_on_eol = s->exit_on_eol > 0;
}

static int unknown_form(struct bytes text, struct err *e)
{
	const char *known[64];
	size_t n = 0;
	struct bytes name, version;
	bytes_cut(text, '@', &name, &version);
	if (render_by_name(name))
		return err_set(e, ERR_USAGE, "the form \"%.*s\" has no version \"%.*s\"",
		               BYTES_FMT(name), BYTES_FMT(version));
	for (; render_forms[n] && n + 1 < ARRAY_LEN(known); n++)
		known[n] = render_forms[n]->name;
	known[n] = NULL;
	const char *near = bytes_nearest(name, known);
	return err_set(e, ERR_USAGE, "there is no form \"%.*s\"%s%s%s", BYTES_FMT(name),
	               near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static int add_out(struct scan_plan *p, struct out out, struct err *e)
{
	if (p->n_outs == ARRAY_LEN(p->outs))
		return err_set(e, ERR_USAGE, "more than %zu outputs", ARRAY_LEN(p->outs));
	p->outs[p->n_outs++] = out;
	return 0;
}

/* "-" is standard output. */
static const char *file_of(struct bytes path)
{
	return bytes_eq(path, B("-")) ? NULL : (const char *)path.p;
}

/* One -o: FORM=FILE, FORM (standard output), or FILE in the form of --format. */
static int plan_out(struct scan_plan *p, struct out out, const char *text, bool *is_file,
                    struct err *e)
{
	struct bytes name, path;
	bool has_path = bytes_cut(bytes_str(text), '=', &name, &path);
	const char *version;
	const struct render_form *named = render_choose(name, &version);
	if (named)
		return add_out(p, (struct out){named, version, has_path ? file_of(path) : NULL}, e);
	if (has_path && bytes_search(name, B("/")) < 0)
		return unknown_form(name, e);
	*is_file = true;
	out.path = file_of(bytes_str(text));
	return add_out(p, out, e);
}

/* Grype's -f is the threshold: a severity there is no form. */
static struct bytes form_name(const struct settings *s, struct scan_plan *p)
{
	const char *usual = p->mode == SCAN_LIST ? "cyclonedx" : "table", *version;
	struct bytes name = bytes_str(s->format ? s->format : usual);
	enum severity threshold;
	if (render_choose(name, &version) || p->mode == SCAN_LIST || s->fail_on ||
	    !severity_parse(name, &threshold))
		return name;
	p->gate.has_fail_on = true;
	p->gate.fail_on = threshold;
	return B("table");
}

static int plan_outs(const struct settings *s, struct scan_plan *p, struct err *e)
{
	struct bytes name = form_name(s, p);
	struct out out = {.path = NULL};
	bool has_file = false;
	out.form = render_choose(name, &out.version);
	if (!out.form)
		return unknown_form(name, e);
	for (size_t i = 0; i < s->output.n; i++) {
		if (plan_out(p, out, s->output.v[i], &has_file, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < p->n_outs && s->file; i++) {
		if (!p->outs[i].path)
			p->outs[i].path = s->file;
	}
	bool is_wanted = s->format && bytes_eq(bytes_str(s->format), name) && !has_file;
	out.path = s->file;
	return p->n_outs == 0 || is_wanted ? add_out(p, out, e) : 0;
}

static int plan_vex(const struct settings *s, struct scan_plan *p, struct err *e)
{
	p->vex = p->flow.vex = vex_new();
	for (size_t i = 0; i < s->vex.n; i++) {
		if (vex_load(p->vex, s->vex.v[i], e) < 0) {
			if (e->kind == ERR_FORMAT || e->kind == ERR_NOTFOUND)
				e->kind = ERR_USAGE;
			return -1;
		}
	}
	return 0;
}

/* What others say of the image. */
static int plan_beside(const struct settings *s, struct scan_plan *p, struct err *e)
{
	return plan_vex(s, p, e) < 0 ? -1 : scan_imports(s, p, e);
}

static int plan_waivers(const struct settings *s, struct scan_plan *p, struct err *e)
{
	static const char *const usual[] = {".grype.yaml", ".trivyignore", ".trivyignore.yaml"};
	p->waivers = waivers_new();
	if (s->policy) /* the policy has its own, and those of --waivers */
		return 0;
	for (size_t i = 0; i < s->waivers.n; i++) {
		if (waivers_load(p->waivers, s->waivers.v[i], e) < 0) {
			if (e->kind == ERR_FORMAT || e->kind == ERR_NOTFOUND)
				e->kind = ERR_USAGE;
			return -1;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(usual) && s->waivers.n == 0; i++) {
		int found = cli_find_file(usual[i], e);
		if (found == 0)
			continue;
		log_line(cli_has_gate(s) ? LOG_WARN : LOG_INFO,
		         "waivers are read from %s of the working folder, which nobody named",
		         usual[i]);
		if (found < 0 || waivers_load(p->waivers, usual[i], e) < 0)
			return -1;
	}
	return 0;
}

/* What is known of packages, and whether more is to be learned. */
static int plan_known(const struct settings *s, struct scan_plan *p, struct err *e)
{
	bool is_file = p->flow.checks & 1U << CHECK_FILE;
	if ((s->known.n || s->learn) && !is_file)
		return err_set(e, ERR_USAGE, "--known and --learn are of the check file");
	buf_init(&p->learned, (size_t)KNOWN_FILES_MAX);
	if (s->learn) {
		buf_adds(&p->learned, KNOWN_FILES_HEAD);
		p->flow.learn = &p->learned;
	}
	for (size_t i = 0; i < s->known.n; i++) {
		AUTO_BUF struct buf text = {.p = NULL};
		p->known = p->known ? p->known : known_files_new();
		if (file_read(s->known.v[i], (size_t)KNOWN_FILES_MAX, &text, e) < 0 ||
		    known_files_add(p->known, buf_bytes(&text), s->known.v[i], e) < 0) {
			e->kind = ERR_USAGE;
			return err_wrap(e, "--known");
		}
	}
	p->flow.known = p->known;
	return 0;
}

static int scan_learned(const struct settings *s, const struct scan_plan *p, struct err *e)
{
	if (!s->learn)
		return 0;
	if (p->learned.overflow)
		return err_set(e, ERR_LIMIT, "--learn: more than %lld bytes",
		               (long long)KNOWN_FILES_MAX);
	return file_write(s->learn, buf_bytes(&p->learned), 0644, e);
}

/* The release before. */
static int plan_against(const struct settings *s, struct scan_plan *p, struct err *e)
{
	AUTO_BUF struct buf text = {.p = NULL};
	const unsigned needed = 1U << CHECK_USER | 1U << CHECK_FILE;
	if (!s->against)
		return 0;
	if ((p->flow.checks & needed) != needed)
		return err_set(e, ERR_USAGE, "--against needs the checks user and file");
	if (file_read(s->against, (size_t)JSON_DOC_MAX, &text, e) < 0 ||
	    report_read(buf_bytes(&text), s->against, &p->against, e) < 0) {
		e->kind = ERR_USAGE;
		return err_wrap(e, "--against");
	}
	return 0;
}

/* What images may stand on. */
static int plan_bases(const struct settings *s, struct scan_plan *p, struct err *e)
{
	for (size_t i = 0; i < s->base.n; i++)
		if (bases_add(&p->bases, s->base.v[i], e) < 0) {
			e->kind = ERR_USAGE;
			return err_wrap(e, "--base");
		}
	p->flow.bases = &p->bases;
	return 0;
}

/* Classes of container. */
static int plan_classes(const struct settings *s, struct scan_plan *p, struct err *e)
{
	AUTO_BUF struct buf text = {.p = NULL};
	if (!s->classes)
		return s->class ? err_set(e, ERR_USAGE, "--class is of --classes") : 0;
	if (!(p->flow.checks & 1U << CHECK_USER))
		return err_set(e, ERR_USAGE, "--classes needs the check user");
	if (file_read(s->classes, (size_t)YAML_DOC_MAX, &text, e) < 0 ||
	    classes_parse(buf_bytes(&text), s->classes, p->arena, &p->classes, e) < 0) {
		e->kind = ERR_USAGE;
		return err_wrap(e, "--classes");
	}
	p->flow.classes = &p->classes;
	p->flow.in_repository = bytes_str(s->in_repository);
	p->flow.class = classes_named(&p->classes, bytes_str(s->class));
	return s->class && !p->flow.class ? err_set(e, ERR_USAGE, "--class: %s has no class \"%s\"",
	                                            s->classes, s->class)
	                                  : 0;
}

/* Rules for secrets of a user. */
static int plan_rules(const struct settings *s, struct scan_plan *p, struct err *e)
{
	const struct rules_sources from = {s->rules.v, s->rules.n, p->flow.cache_dir};
	if (!s->rules.n || p->mode != SCAN_JUDGE)
		return 0;
	if (rules_compile_user(&from, &p->rules_bytes, &p->rules, e) < 0) {
		if (e->kind == ERR_FORMAT || e->kind == ERR_NOTFOUND || e->kind == ERR_UNSUPPORTED)
			e->kind = ERR_USAGE;
		return err_wrap(e, "--rules");
	}
	p->flow.rules = &p->rules;
	return 0;
}

/* What is checked, and the rules that it takes. */
static int plan_looks(const struct settings *s, struct scan_plan *p, struct err *e)
{
	if (s->policy && cli_policy_open(s, s->policy, &p->policy, e) < 0)
		return -1;
	if (plan_checks(s, p, e) < 0 || plan_rules(s, p, e) < 0 || plan_known(s, p, e) < 0 ||
	    plan_against(s, p, e) < 0 || plan_classes(s, p, e) < 0 || plan_bases(s, p, e) < 0)
		return -1;
	return scan_plan_malware(s, p, e);
}

static struct bytes *globs(struct arena *a, const struct words *w)
{
	struct bytes *v = arena_alloc(a, w->n * sizeof *v);
	for (size_t i = 0; i < w->n; i++) {
		struct bytes b = bytes_str(w->v[i]);
		while (b.n && (b.p[0] == '/' || bytes_starts(b, B("./"))))
			b = bytes_skip(b, b.p[0] == '/' ? 1 : 2);
		while (b.n && b.p[b.n - 1] == '/')
			b.n--;
		v[i] = b;
	}
	return v;
}

static int plan_registry(const struct settings *s, struct scan_plan *p, struct err *e)
{
	p->flow.is_offline = s->offline;
	p->flow.containerd_root = s->containerd_root;
	p->flow.storage_root = s->storage_root;
	return cli_registry(s, p->arena, &p->flow.registry, e);
}

static int load_keys(struct scan_plan *p, const struct words *files, struct scan_keys *ret,
                     const char *option, struct err *e)
{
	ret->v = arena_alloc(p->arena, (files->n + 1) * sizeof(struct key *));
	for (size_t i = 0; i < files->n; i++) {
		if (key_load_signer(files->v[i], &ret->v[i], e) < 0) {
			if (e->kind == ERR_FORMAT || e->kind == ERR_IO)
				e->kind = ERR_USAGE;
			return err_wrap(e, "%s", option);
		}
		ret->n = i + 1;
	}
	return 0;
}

static struct key_ring ring_of(const struct scan_keys *k)
{
	return (struct key_ring){(const struct key *const *)k->v, k->n};
}

/* Whose signatures on evidence are verified, and whose admit a base. */
static int plan_keys(const struct settings *s, struct scan_plan *p, struct err *e)
{
	p->flow.no_evidence = s->no_evidence || p->mode != SCAN_JUDGE;
	if (load_keys(p, &s->key, &p->keys, "--key", e) < 0 ||
	    load_keys(p, &s->base_key, &p->base_keys, "--base-key", e) < 0)
		return -1;
	if (s->base_key.n && !p->bases.n_named)
		return err_set(e, ERR_USAGE, "--base-key is of a --base that is an image");
	p->flow.keys = ring_of(&p->keys);
	p->bases.keys = ring_of(&p->base_keys);
	return 0;
}

static void free_keys(const struct scan_keys *k)
{
	for (size_t i = 0; i < k->n; i++)
		key_free(k->v[i]);
}

void scan_plan_close(struct scan_plan *p)
{
	waivers_free(p->waivers);
	vex_free(p->vex);
	free_keys(&p->keys);
	free_keys(&p->base_keys);
	buf_fini(&p->rules_bytes);
	buf_fini(&p->learned);
	known_files_free(p->known);
	report_free(p->against);
	bases_fini(&p->bases);
	buf_fini(&p->yara_bytes);
	hash_list_free(p->hashes);
}

static struct bytes *names(struct arena *a, const struct words *w)
{
	struct bytes *v = arena_alloc(a, w->n * sizeof *v);
	for (size_t i = 0; i < w->n; i++)
		v[i] = bytes_trim(bytes_str(w->v[i]));
	return v;
}

int scan_plan(const struct settings *s, const char *ref, struct scan_plan *p, struct err *e)
{
	struct arena *a = p->arena;
	p->flow.ref = ref;
	p->flow.platform = s->platform;
	p->flow.files = s->files;
	p->flow.db = cli_read_db(s, a);
	p->flow.starter = cli_starter(a);
	p->flow.cache_dir = s->no_cache ? NULL : s->cache_dir ? s->cache_dir : cli_default_cache(a);
	p->flow.cache_max_bytes = (uint64_t)s->cache_max_bytes;
	p->flow.inspect = (struct inspect_options){.workers = (unsigned)s->workers,
	                                           .allow_unconfined = s->allow_unconfined,
	                                           .timeout_ms = s->timeout_s * 1000};
	p->flow.match.now_s = clock_now_s();
	p->flow.match.max_age_s = s->db_max_age_s;
	p->flow.skip = (struct judge_skip){.dirs = globs(a, &s->skip_dirs),
	                                   .files = globs(a, &s->skip_files),
	                                   .n_dirs = s->skip_dirs.n,
	                                   .n_files = s->skip_files.n};
	p->flow.license = (struct judge_license){.allow = names(a, &s->license_allow),
	                                         .deny = names(a, &s->license_deny),
	                                         .n_allow = s->license_allow.n,
	                                         .n_deny = s->license_deny.n};
	plan_gate(s, p);
	if (plan_looks(s, p, e) < 0 || plan_severities(s, p, e) < 0 || plan_states(s, p, e) < 0 ||
	    plan_types(s, p, e) < 0 || plan_outs(s, p, e) < 0 || plan_registry(s, p, e) < 0 ||
	    plan_keys(s, p, e) < 0 || plan_beside(s, p, e) < 0)
		return -1;
	/* --exit-code alone means what Trivy means: any finding that the filters leave */
	p->filter.keep_unknown = p->gate.has_fail_on && !p->gate.unknown_passes &&
	                         !(s->exit_code > 0 && !s->fail_on);
	return plan_waivers(s, p, e);
}

/* ---- writing ---- */

static void terminal(const struct settings *s, struct render_options *o)
{
	struct winsize w;
	const char *when = s->color ? s->color : "auto";
	const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE");
	bool is_terminal = isatty(STDOUT_FILENO);
	if (is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0)
		o->width = w.ws_col;
	o->color = is_terminal && !(no && *no);
	if (force && *force && strcmp(force, "0") != 0)
		o->color = true;
	if (strcmp(when, "auto") != 0)
		o->color = strcmp(when, "always") == 0;
}

static void cover_missing_checks(const struct scan_plan *p, struct report *r)
{
	/* tests are those of others, so far */
	unsigned known = CHECKS_PRESENT | CHECKS_ASKED;
	known |= p->flow.n_imports || p->flow.n_tests ? 1U << CHECK_TEST : 0;
	for (unsigned c = 0; p->flow.checks_named && c < CHECK__MAX; c++) {
		if (!(p->flow.checks & 1U << c) || known & 1U << c)
			continue;
		report_cover(r,
		             (struct coverage){.check = (enum check)c,
		                               .status = COVERAGE_INCOMPLETE,
		                               .code = "check.unavailable",
		                               .layer = -1},
		             "assay %s does not have this check", ASSAY_VERSION);
	}
}

/* The policy sees every finding, before filters of the view leave some out. */
static int judge_by_policy(const struct scan_plan *p, struct report *r, enum verdict_result *ret)
{
	struct err e = {.kind = ERR_NONE};
	struct policy_judgement j;
	if (!p->policy.policy)
		return 0;
	report_sort(r);
	if (cli_policy_judge(&p->policy, r, &j, &e) < 0)
		return cli_fail(&e), -1;
	*ret = j.result;
	return 0;
}

/* What the gate wrote, joined with what the policy decided: the worse counts. */
static void join_verdicts(const struct scan_plan *p, struct report *r,
                          enum verdict_result by_policy)
{
	bool has_gate = p->gate.has_fail_on || p->gate.fail_on_incomplete || p->gate.exit_on_eol;
	if (!p->policy.policy)
		return;
	if (!has_gate || by_policy == VERDICT_REFUSE ||
	    (by_policy == VERDICT_INCOMPLETE && r->verdict.result == VERDICT_ADMIT))
		r->verdict.result = by_policy;
	r->verdict.policy =
		bytes_str(arena_printf(r->arena, "%.*s%s", BYTES_FMT(p->policy.policy->name),
	                               has_gate ? ", --fail-on" : ""));
}

/* 1 wins over 3: a breach that was found is certain whatever was not seen. */
static int status_of(const struct settings *s, const struct scan_plan *p, unsigned seen)
{
	/* --exit-code 0 is for gates of flags: what a policy refuses is refused */
	if (seen & 1U << GATE_FAIL && p->policy.policy && !p->exit_gate)
		return EXIT_GATE;
	if (seen & 1U << GATE_FAIL && p->exit_gate)
		return p->exit_gate;
	if (seen & 1U << GATE_EOL)
		return (int)s->exit_on_eol;
	return seen & 1U << GATE_INCOMPLETE ? EXIT_INCOMPLETE : EXIT_PASS;
}

/* A gate that does not mind holes passes; that there are some is said. */
static void tell_incomplete(const struct scan_plan *p, const struct report *r)
{
	AUTO_BUF struct buf names;
	buf_init(&names, 512);
	for (enum check c = 0; c < CHECK__MAX; c++) {
		if (p->flow.checks & 1U << c && report_check_status(r, c) == COVERAGE_INCOMPLETE)
			buf_addf(&names, "%s%s", names.n ? ", " : "", check_name(c));
	}
	if (names.n)
		log_line(LOG_WARN, "%s%snot complete: %.*s; the report's coverage says why",
		         p->is_fleet ? p->flow.ref : "", p->is_fleet ? ": " : "",
		         BYTES_FMT(buf_bytes(&names)));
}

int scan_judge(const struct settings *s, struct scan_plan *p, struct flow_scan_result *res)
{
	unsigned seen = 0; /* bit per enum gate_result */
	for (size_t i = 0; i < res->n; i++) {
		struct report *r = res->reports[i];
		cover_missing_checks(p, r);
		if (p->against)
			judge_drift(p->against, r);
		vex_apply(p->vex, r);
		enum verdict_result by_policy = VERDICT_ADMIT;
		if (judge_by_policy(p, r, &by_policy) < 0)
			return EXIT_INCOMPLETE;
		filter_apply(&p->filter, r);
		waivers_apply(p->waivers, r, p->flow.match.now_s);
		report_sort(r);
		enum gate_result g = gate_judge(&p->gate, r);
		join_verdicts(p, r, by_policy);
		seen |= by_policy == VERDICT_REFUSE       ? 1U << GATE_FAIL
		        : by_policy == VERDICT_INCOMPLETE ? 1U << GATE_INCOMPLETE
		                                          : 0;
		seen |= 1U << g;
		/* a failed gate by findings may be one by its end too, with a status of its own */
		seen |= p->gate.exit_on_eol && r->os.is_eol ? 1U << GATE_EOL : 0;
		if (g == GATE_PASS)
			tell_incomplete(p, r);
	}
	return status_of(s, p, seen);
}

int cli_scan_result(const struct settings *s, const char *ref, struct arena *a,
                    struct flow_scan_result *ret, struct err *e)
{
	struct scan_plan p = {.arena = a, .mode = SCAN_JUDGE};
	int rc = scan_plan(s, ref, &p, e);
	if (rc == 0)
		rc = flow_scan(&p.flow, ret, e);
	if (rc == 0)
		scan_judge(s, &p, ret);
	scan_plan_close(&p);
	return rc;
}

/* "@FILE", as Trivy has it, too. */
static int read_template(const struct settings *s, struct buf *ret, struct err *e)
{
	if (!s->template)
		return 0;
	const char *path = s->template + (s->template[0] == '@');
	return file_read(path, (size_t)TEMPLATE_MAX, ret, e) < 0 ? err_wrap(e, "--template") : 0;
}

struct render_options scan_render_options(const struct settings *s, enum scan_mode mode)
{
	struct render_options o = {.show_suppressed = s->show_suppressed,
	                           .quiet = s->quiet,
	                           .only_packages = mode == SCAN_LIST,
	                           .files = s->files,
	                           .many = s->platform && strcmp(s->platform, "all") == 0};
	terminal(s, &o);
	return o;
}

int cli_scan(const struct settings *s, const char *const *args, size_t n, enum scan_mode mode)
{
	if (s->list || s->repository.n)
		return cli_fleet(s, n || s->input ? SCAN__MAX : mode);
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *arena = arena_new();
	struct scan_plan p = {.arena = arena, .mode = mode};
	struct flow_scan_result res = {.n = 0};
	const char *ref = n ? args[0] : s->input;
	int status = EXIT_USAGE;
	AUTO_BUF struct buf template = {0};
	if (!ref || read_template(s, &template, &e) < 0 || scan_plan(s, ref, &p, &e) < 0 ||
	    flow_scan(&p.flow, &res, &e) < 0) {
		status = cli_fail(&e);
		scan_plan_close(&p);
		cli_policy_close(&p.policy);
		return status;
	}
	if (res.note.n)
		log_line(LOG_WARN, "%.*s", BYTES_FMT(res.note));
	status = scan_judge(s, &p, &res);
	struct render_options o = scan_render_options(s, mode);
	if (s->template)
		o.template = buf_bytes(&template);
	for (size_t i = 0; i < p.n_outs; i++) {
		if (scan_write(&p.outs[i], &res, o, &e) < 0) {
			status = cli_fail(&e);
			break;
		}
	}
	if (scan_learned(s, &p, &e) < 0)
		status = cli_fail(&e);
	flow_scan_free(&res);
	scan_plan_close(&p);
	cli_policy_close(&p.policy);
	return status;
}

static int scan_run(const struct settings *s, const char *const *args, size_t n)
{
	return cli_scan(s, args, n, SCAN_JUDGE);
}

static const char *const scan_aliases[] = {"image", "rootfs", NULL};
static const char *const scan_examples[] = {
	"assay scan docker-archive:image.tar",
	"assay scan oci:layout:1.2 --platform linux/arm64 -f json -o report.json",
	"assay scan image.tar --severity high,critical --ignore-unfixed --fail-on high",
	"assay scan alpine:3.20",
	"assay scan dir:/ -o table -o sarif=report.sarif",
	"assay scan --repository registry.internal/shop/* -o json=reports/ --fail-on critical",
	NULL,
};

const struct command command_scan = {
	.name = "scan",
	.aliases = scan_aliases,
	.args = "REF",
	.title = "Say what is wrong with an image",
	.text = "Reads every layer of the image once, in confined workers, verifying digests as "
		"they "
		"stream, and holds the packages that the merged image shows against the advisory "
		"index. "
		"Each finding says why it matched and what it rests on; what could not be checked "
		"is "
		"listed as incomplete.\n\n"
		"REF is docker-archive:FILE[:TAG], oci:DIR[:TAG], oci-archive:FILE[:TAG], "
		"docker-dir:DIR[:TAG] (skopeo's dir:, or a docker save unpacked), "
		"dir:PATH, tar:FILE, sbom:FILE (CycloneDX or SPDX), docker:NAME, podman:NAME, "
		"containerd:NAME, "
		"containers-storage:NAME or "
		"registry:[HOST/]NAME[:TAG|@DIGEST]. A bare word is a path "
		"when it starts with / or ./ or has a known suffix; what it holds is recognised. "
		"Any other is a name: of an image that docker, podman or containerd has, or else "
		"in its registry, Docker Hub when it names no host.\n\n"
		"Registries are read over HTTPS, with credentials from Docker's config.json, "
		"podman's auth.json, credential helpers, --username with --password-stdin, or "
		"--registry-token; certificates as in certs.d of Docker and podman; proxies as "
		"HTTPS_PROXY, HTTP_PROXY and NO_PROXY say. A layer whose facts are cached is not "
		"fetched.\n\n"
		"--list and --repository scan many images in one process, in place of REF: each "
		"layer is fetched and inspected once, what fails is named and the rest goes on, -o "
		"FORM=DIR/ writes a report for each image, and standard output has a summary (-f "
		"json: as JSON). Started again, it takes up what is left: layers whose facts are "
		"cached are not fetched. The exit status is that of the worst image.\n\n"
		"Exit status: 0 done and passed, 1 a gate failed, 2 wrong usage, 3 could not "
		"complete. "
		"Findings without a gate exit 0.",
	.examples = scan_examples,
	.groups = GROUP_SCAN | GROUP_IMAGE | GROUP_TEMPLATE | GROUP_INDEX | GROUP_FLEET,
	.min_args = 1,
	.max_args = 1,
	.run = scan_run,
};
