/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_policy_convert.c - assay policy convert: the gates of other tools as a policy.
 *
 * Read are a Trivy command line (as one word), trivy.yaml, Grype's configuration and Harbor's
 * severity threshold.  What cannot be said with the same meaning is an error: a gate that is half
 * read would admit what it should refuse.
 * Source: Trivy's documentation, "Configuration file"; Grype's README; Harbor's "Prevent vulnerable
 * images from running".
 */
#include "cli/policy.h"

#include <string.h>

struct gate_of {
	unsigned severities; /* bit per enum severity */
	unsigned checks;     /* bit per enum check */
	unsigned ignored;    /* bit per enum status */
	bool only_fixed, is_eol;
	const char *tool;
	const char *left[8]; /* what makes the other gate narrower, and is not taken over */
	size_t n_left;
};

/* Where a word stands, for errors: a member of a file, or a place of a command line. */
struct at {
	const char *file;
	int line, column;
};

static int fail(const struct at *at, struct err *e, const char *what, struct bytes word)
{
	return err_set(e, ERR_USAGE, "%s:%d:%d: %s \"%.*s\"", at->file, at->line, at->column, what,
	               BYTES_FMT(word));
}

static int severities(struct bytes list, const struct at *at, unsigned *ret, struct err *e)
{
	for (struct bytes word; bytes_split(&list, ',', &word);) {
		enum severity s;
		if (!severity_parse(bytes_trim(word), &s))
			return fail(at, e, "there is no severity", word);
		*ret |= 1U << s;
	}
	return 0;
}

/* A threshold: it and all above; what nobody rated reaches every threshold. */
static int threshold(struct bytes word, const struct at *at, unsigned *ret, struct err *e)
{
	enum severity s;
	if (!severity_parse(word, &s))
		return fail(at, e, "there is no severity", word);
	*ret = 1U << SEV_UNKNOWN;
	for (int i = s; i < SEV__MAX; i++)
		*ret |= 1U << i;
	return 0;
}

/* Trivy's scanners are checks of ours under other names. */
static int scanners(struct bytes list, const struct at *at, unsigned *ret, struct err *e)
{
	for (struct bytes word; bytes_split(&list, ',', &word);) {
		enum check c;
		word = bytes_trim(word);
		if (!check_parse(bytes_eq(word, B("misconfig")) ? B("config") : word, &c))
			return fail(at, e, "there is no scanner", word);
		*ret |= 1U << c;
	}
	return 0;
}

static int statuses(struct bytes list, const struct at *at, unsigned *ret, struct err *e)
{
	for (struct bytes word; bytes_split(&list, ',', &word);) {
		enum status s;
		word = bytes_trim(word);
		if (bytes_eq(word, B("unknown")) || bytes_eq(word, B("not_affected")))
			continue; /* findings here have neither */
		if (!status_parse(word, &s))
			return fail(at, e, "there is no status", word);
		*ret |= 1U << s;
	}
	return 0;
}

static void leave(struct gate_of *g, const char *what)
{
	if (g->n_left < ARRAY_LEN(g->left))
		g->left[g->n_left++] = what;
}

/* What is said of Trivy's gate, by its command line or its file. */
struct trivy {
	struct gate_of *g;
	struct bytes exit_code, exit_on_eol;
	unsigned severities, checks;
};

static int set_severity(struct trivy *t, struct bytes v, const struct at *at, struct err *e)
{
	return severities(v, at, &t->severities, e);
}

static int set_scanners(struct trivy *t, struct bytes v, const struct at *at, struct err *e)
{
	return scanners(v, at, &t->checks, e);
}

static int set_statuses(struct trivy *t, struct bytes v, const struct at *at, struct err *e)
{
	return statuses(v, at, &t->g->ignored, e);
}

static int set_unfixed(struct trivy *t, struct bytes v, const struct at *at, struct err *e)
{
	bool is_true = bytes_eq_nocase(v, B("true")), is_false = bytes_eq_nocase(v, B("false"));
	if (!is_true && !is_false)
		return fail(at, e, "true or false is wanted, not", v);
	t->g->only_fixed = is_true;
	return 0;
}

static int set_exit(struct trivy *t, struct bytes v, const struct at *at, struct err *e)
{
	uint64_t n;
	t->exit_code = v;
	return bytes_u64(v, 255, &n) ? 0 : fail(at, e, "an exit status is wanted, not", v);
}

static int set_eol(struct trivy *t, struct bytes v, const struct at *at, struct err *e)
{
	uint64_t n;
	if (!bytes_u64(v, 255, &n))
		return fail(at, e, "an exit status is wanted, not", v);
	t->g->is_eol = n > 0;
	return 0;
}

static int set_compliance(struct trivy *t, struct bytes v, const struct at *at, struct err *e)
{
	(void)t;
	return fail(at, e, "a report of compliance is no gate that is read:", v);
}

/* Options of Trivy that decide what fails.  Those without a function make its gate narrower: what
 * is not taken over refuses more, and is told. */
static const struct setting {
	const char *option, *key, *below; /* key of trivy.yaml, within a mapping */
	int (*set)(struct trivy *t, struct bytes v, const struct at *at, struct err *e);
	const char *left;
	bool is_flag; /* alone it means true */
} settings[] = {
	{"--severity",        "severity",        NULL,            set_severity,   NULL,                                         false},
	{"-s",		NULL,              NULL,            set_severity,   NULL,                                         false},
	{"--exit-code",       "exit-code",       NULL,            set_exit,       NULL,                                         false},
	{"--exit-on-eol",     "exit-on-eol",     NULL,            set_eol,        NULL,                                         false},
	{"--ignore-unfixed",  "ignore-unfixed",  "vulnerability", set_unfixed,    NULL,                                         true },
	{"--ignore-status",   "ignore-status",   "vulnerability", set_statuses,   NULL,                                         false},
	{"--scanners",        "scanners",        "scan",          set_scanners,   NULL,                                         false},
	{"--security-checks", "security-checks", "scan",          set_scanners,   NULL,                                         false},
	{"--compliance",      "compliance",      "scan",          set_compliance, NULL,                                         false},
	{"--ignorefile",      "ignorefile",      NULL,            NULL,           "--ignorefile: name the file with --waivers",
         false														       },
	{"--ignore-policy",   "ignore-policy",   NULL,            NULL,           "--ignore-policy: Rego is not read",
         false														       },
	{"--vex",             "vex",             "vulnerability", NULL,           "--vex: name the file when scanning",         false},
	{"--pkg-types",       "types",           "pkg",           NULL,           "--pkg-types: all kinds of packages count",   false},
	{"--vuln-type",       "type",            "vulnerability", NULL,           "--vuln-type: all kinds of packages count",
         false														       },
	{"--skip-files",      "skip-files",      "scan",          NULL,           "--skip-files: all files count",              false},
	{"--skip-dirs",       "skip-dirs",       "scan",          NULL,           "--skip-dirs: all folders count",             false},
};

static int apply(const struct setting *s, struct trivy *t, struct bytes v, const struct at *at,
                 struct err *e)
{
	if (s->set)
		return s->set(t, v, at, e);
	if (v.n)
		leave(t->g, s->left);
	return 0;
}

static int finish_trivy(struct trivy *t, const char *what, struct err *e)
{
	uint64_t code = 0;
	t->g->tool = "trivy";
	t->g->severities = t->severities ? t->severities : (1U << SEV__MAX) - 1;
	t->g->checks = t->checks ? t->checks : 1U << CHECK_VULNERABILITY | 1U << CHECK_SECRET;
	if (!bytes_u64(t->exit_code, 255, &code) || !code)
		return err_set(e, ERR_USAGE, "%s refuses nothing: it has no exit-code above 0",
		               what);
	return 0;
}

/* A word without the quotes that a shell would take away. */
static struct bytes unquoted(struct bytes w)
{
	bool is_quoted = w.n >= 2 && (w.p[0] == '"' || w.p[0] == '\'') && w.p[w.n - 1] == w.p[0];
	return is_quoted ? bytes_slice(w, 1, w.n - 1) : w;
}

static const struct setting *by_option(struct bytes word)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (bytes_eq(word, bytes_str(settings[i].option)))
			return &settings[i];
	return NULL;
}

/* trivy image --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 NAME */
static int command_line(struct bytes line, struct gate_of *g, struct err *e)
{
	static const char *const others[] = {"config", "conf", "kubernetes", "k8s", "aws", "sbom"};
	struct trivy t = {.g = g};
	struct bytes begin = line, word, value;
	for (size_t n = 0; bytes_word(&line, &word); n++) {
		struct at at = {"command line", 1, (int)(word.p - begin.p) + 1};
		for (size_t i = 0; n == 1 && i < ARRAY_LEN(others); i++)
			if (bytes_eq(word, bytes_str(others[i])))
				return fail(&at, e, "only images are read, not trivy", word);
		bool has_value = bytes_cut(word, '=', &word, &value);
		const struct setting *s = by_option(word);
		if (!s)
			continue;
		if (!has_value && s->is_flag)
			value = B("true");
		else if (!has_value && !bytes_word(&line, &value))
			return fail(&at, e, "a value is wanted behind", word);
		if (apply(s, &t, unquoted(value), &at, e) < 0)
			return -1;
	}
	return finish_trivy(&t, "that command line", e);
}

static struct at at_of(const char *path, const json_t *o, const char *key)
{
	struct yaml_at at = yaml_place((struct bytes){0}, o, key, 0);
	return (struct at){path, at.line, at.column};
}

/* A member that is a text, or a list of texts; null and absent say nothing. */
static int member(const char *path, const json_t *o, const struct setting *s, struct trivy *t,
                  struct err *e)
{
	const json_t *v = s->key && o ? json_object_get(o, s->key) : NULL;
	struct at at = at_of(path, o, s->key ? s->key : "");
	size_t n = json_is_array(v) ? json_array_size(v) : 1;
	if (!v || json_is_null(v))
		return 0;
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
		if (!json_is_string(one))
			return fail(&at, e, "a text is wanted, or a list of texts, for",
			            bytes_str(s->key));
		if (apply(s, t, json_bytes(one), &at, e) < 0)
			return -1;
	}
	return 0;
}

static int trivy_yaml(const char *path, const json_t *root, struct gate_of *g, struct err *e)
{
	struct trivy t = {.g = g};
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const char *below = settings[i].below;
		const json_t *o = below ? json_object_get(root, below) : root;
		struct at at = at_of(path, root, below ? below : "");
		if (o && !json_is_null(o) && !json_is_object(o))
			return fail(&at, e, "a mapping is wanted for", bytes_str(below));
		if (member(path, o, &settings[i], &t, e) < 0)
			return -1;
	}
	return finish_trivy(&t, path, e);
}

/* Grype's threshold, under its key. */
static int grype_yaml(const char *path, const json_t *root, const char *key, struct gate_of *g,
                      struct err *e)
{
	struct at at = at_of(path, root, key), fixed_at = at_of(path, root, "only-fixed");
	const json_t *fixed = json_object_get(root, "only-fixed");
	struct trivy t = {.g = g};
	g->tool = "grype";
	g->checks = 1U << CHECK_VULNERABILITY;
	if (!json_is_string(json_object_get(root, key)))
		return fail(&at, e, "a severity is wanted for", bytes_str(key));
	if (fixed && !json_is_null(fixed) && set_unfixed(&t, json_bytes(fixed), &fixed_at, e) < 0)
		return -1;
	if (json_array_size(json_object_get(root, "ignore")))
		leave(g, "ignore: name this file with --waivers");
	return threshold(json_text(root, key), &at, &g->severities, e);
}

static int of_file(const char *path, struct gate_of *g, struct err *e)
{
	static const char *const keys[] = {"fail-on-severity", "fail-on"};
	AUTO_BUF struct buf text = {.p = NULL};
	AUTO_JSON json_t *root = NULL;
	struct bytes name = bytes_str(path);
	if (bytes_ends(name, B(".rego")))
		return err_set(e, ERR_UNSUPPORTED,
		               "%s: Rego is not read; write its conditions as rules in CEL: each "
		               "deny is a refuse (docs/POLICY.md)",
		               path);
	if (file_read(path, (size_t)YAML_DOC_MAX, &text, e) < 0 ||
	    yaml_load(buf_bytes(&text), path, YAML_LINES | YAML_MARKS, &root, e) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (json_object_get(root, keys[i]))
			return grype_yaml(path, root, keys[i], g, e);
	if (json_object_get(root, "severity") || json_object_get(root, "exit-code"))
		return trivy_yaml(path, root, g, e);
	return err_set(e, ERR_UNSUPPORTED,
	               "%s: neither Grype's fail-on-severity nor Trivy's severity is there", path);
}

/* "a", "b" of those whose bit is set. */
static void print_words(unsigned set, int n, const char *(*name)(int i))
{
	bool is_first = true;
	for (int i = n - 1; i >= 0; i--) {
		if (set & 1U << i)
			printf("%s\"%s\"", is_first ? "" : ", ", name(i));
		is_first &= !(set & 1U << i);
	}
}

static const char *check_word(int i) { return check_name((enum check)i); }
static const char *severity_word(int i) { return severity_name((enum severity)i); }
static const char *status_word(int i) { return status_name((enum status)i); }

static void print_rule(const struct gate_of *g)
{
	bool is_one = (g->checks & (g->checks - 1)) == 0;
	printf("finding.check %s", is_one ? "== " : "in [");
	print_words(g->checks, CHECK__MAX, check_word);
	printf("%s && finding.severity in [", is_one ? "" : "]");
	print_words(g->severities, SEV__MAX, severity_word);
	printf("]");
	/* other checks know no versions that repair */
	const char *others = g->checks == 1U << CHECK_VULNERABILITY
	                             ? ""
	                             : "finding.check != \"vulnerability\" || ";
	if (g->only_fixed)
		printf(" && %s%sfinding.fixed != \"\"%s", *others ? "(" : "", others,
		       *others ? ")" : "");
	if (g->ignored) {
		printf(" && !(finding.status in [");
		print_words(g->ignored, STATUS__MAX, status_word);
		printf("])");
	}
}

static void print_policy(const struct gate_of *g)
{
	bool is_first = true;
	for (size_t i = 0; i < g->n_left; i++)
		printf("# not taken over: %s\n", g->left[i]);
	printf("version: 1\nname: as-%s\nneeds: [", g->tool);
	for (int c = 0; c < CHECK__MAX; c++)
		if (g->checks & 1U << c) {
			printf("%s%s", is_first ? "" : ", ", check_name((enum check)c));
			is_first = false;
		}
	printf("]\nrules:\n  - id: as-%s\n    refuse: >-\n      ", g->tool);
	print_rule(g);
	printf("\n    message: \"{finding.id} ({finding.severity}) in %s\"\n",
	       g->checks == 1U << CHECK_VULNERABILITY
	               ? "{finding.package}"
	               : "{finding.package == \\\"\\\" ? finding.location.path : finding.package}");
	if (g->is_eol)
		printf("  - id: as-%s-eol\n    require: os.id == \"\" || !os.ended\n    message: "
		       "\"{os.name} has had no support since {os.eol}\"\n",
		       g->tool);
}

static int convert_run(const struct settings *s, const char *const *args, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	struct gate_of g = {.tool = "harbor", .checks = 1U << CHECK_VULNERABILITY};
	struct bytes what = bytes_str(args[0]);
	struct at at = {args[0], 1, 8};
	(void)s;
	(void)n;
	int rc;
	if (bytes_starts(what, B("trivy ")))
		rc = command_line(what, &g, &e);
	else if (bytes_starts(what, B("harbor:")))
		rc = threshold(bytes_skip(what, 7), &at, &g.severities, &e);
	else
		rc = of_file(args[0], &g, &e);
	if (rc < 0)
		return cli_fail(&e);
	print_policy(&g);
	return EXIT_PASS;
}

static const char *const examples[] = {
	"assay policy convert .grype.yaml",
	"assay policy convert 'trivy image --severity HIGH,CRITICAL --exit-code 1 NAME'",
	"assay policy convert harbor:high",
	NULL,
};

const struct command command_policy_convert = {
	.name = "policy convert",
	.args = "FILE|COMMAND|harbor:SEVERITY",
	.title = "Write the gate of another tool as a policy",
	.text = "Reads a Trivy command line given as one word, trivy.yaml, Grype's configuration "
		"(fail-on-severity), or Harbor's severity threshold, and prints a policy that "
		"refuses what "
		"they refuse: of Trivy its scanners too, secrets among them. What makes the other "
		"gate narrower and is not taken over stands in a comment. What nobody rated "
		"reaches every threshold. A Rego policy is not read.",
	.examples = examples,
	.groups = GROUP_POLICY,
	.min_args = 1,
	.max_args = 1,
	.run = convert_run,
};
