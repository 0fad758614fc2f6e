/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps.c - how the image was built, as far as its history tells.
 *
 * Source: CIS Docker Benchmark 1.6.0, 4.7, 4.9; Docker, "Building best practices".
 */
#include "judge/config_parts.h"

struct step {
	struct report *r;
	size_t at;              /* entry of the history */
	struct bytes text;      /* of RUN */
	struct bytes shown;     /* the same without secrets */
	bool updates, installs; /* a package manager's lists, packages */
	bool is_apt;            /* apt-get fetched lists or packages */
};

enum {
	RULE_ADD,
	RULE_UPDATE,
	RULE_DIST_UPGRADE,
	RULE_SUDO,
	RULE_APK_CACHE,
	RULE_APT_CACHE,
	RULE_RPM_CACHE,
	RULE_PIPE_SHELL,
	RULE_CHMOD,
	RULE_UNVERIFIED,
	RULE_MAINTAINER,
	RULE_APT_YES,
	RULE_RECOMMENDS,
};

/* clang-format off */
static const struct check_rule rules[] = {
	[RULE_ADD] = {"config.add", CHECK_CONFIG, SEV_LOW, "ADD where COPY would do",
		.why = "ADD fetches and unpacks what nobody verified",
		.repair = "use COPY",
		.source = "CIS Docker 1.6.0 4.9, CIS-DI-0009, AVD-DS-0005, DL3020"},
	[RULE_UPDATE] = {"config.update-alone", CHECK_CONFIG, SEV_MEDIUM, "package lists updated in a step of their own",
		.why = "the step is cached, and later steps install what was current then",
		.repair = "update and install in one RUN",
		.source = "CIS Docker 1.6.0 4.7, CIS-DI-0007, AVD-DS-0017"},
	[RULE_DIST_UPGRADE] = {"config.dist-upgrade", CHECK_CONFIG, SEV_LOW, "the distribution is upgraded while building",
		.why = "two builds of one Dockerfile give two systems",
		.repair = "build on a newer base",
		.source = "DKL-DI-0003, AVD-DS-0024"},
	[RULE_SUDO] = {"config.sudo", CHECK_CONFIG, SEV_LOW, "built with sudo",
		.why = "sudo is then in the image, a way to root",
		.repair = "use USER root for the step",
		.source = "DKL-DI-0001, DL3004, AVD-DS-0010"},
	[RULE_APK_CACHE] = {"config.apk-cache", CHECK_CONFIG, SEV_LOW, "apk without --no-cache",
		.why = "the lists stay in the layer",
		.repair = "use apk add --no-cache",
		.source = "DKL-DI-0004, DL3019, AVD-DS-0025"},
	[RULE_APT_CACHE] = {"config.apt-cache", CHECK_CONFIG, SEV_LOW, "apt-get without cleaning up",
		.why = "the lists stay in the layer",
		.repair = "end the step with rm -rf /var/lib/apt/lists/*",
		.source = "DKL-DI-0005, DL3009"},
	[RULE_RPM_CACHE] = {"config.rpm-cache", CHECK_CONFIG, SEV_LOW, "a package manager without cleaning up",
		.why = "what it fetched stays in the layer",
		.repair = "end the step with its clean all",
		.source = "DL3032, DL3040, DL3036, AVD-DS-0015, AVD-DS-0019, AVD-DS-0020"},
	[RULE_PIPE_SHELL] = {"config.pipe-shell", CHECK_CONFIG, SEV_MEDIUM, "a shell ran what was fetched",
		.why = "what the server sent that day became part of the image, unseen",
		.repair = "fetch, compare a digest, then run",
		.source = "CWE-494"},
	[RULE_CHMOD] = {"config.chmod-777", CHECK_CONFIG, SEV_MEDIUM, "chmod 777",
		.why = "any user of the container can change it",
		.repair = "give it an owner",
		.source = "CWE-732"},
	[RULE_UNVERIFIED] = {"config.unverified", CHECK_CONFIG, SEV_MEDIUM, "fetched or installed without verifying",
		.why = "who stood in the middle chose what is in the image",
		.repair = "verify certificates and signatures",
		.source = "CIS Docker 1.6.0 4.11, CWE-295"},
	[RULE_MAINTAINER] = {"config.maintainer", CHECK_CONFIG, SEV_NEGLIGIBLE, "MAINTAINER is deprecated",
		.why = "tools do not read it",
		.repair = "use LABEL org.opencontainers.image.authors",
		.source = "DL4000, AVD-DS-0022"},
	[RULE_APT_YES] = {"config.apt-yes", CHECK_CONFIG, SEV_NEGLIGIBLE, "apt-get install without -y",
		.why = "a build that asks, fails",
		.repair = "use apt-get install -y",
		.source = "DL3014, AVD-DS-0021"},
	[RULE_RECOMMENDS] = {"config.recommends", CHECK_CONFIG, SEV_NEGLIGIBLE, "packages that were only recommended are installed",
		.why = "what nobody asked for can be attacked all the same",
		.repair = "use --no-install-recommends",
		.source = "DL3015, AVD-DS-0029"},
};
/* clang-format on */

static void found(struct step *s, unsigned rule)
{
	enum { SHOWN = 160 };
	struct bytes what = s->shown;
	struct finding *f =
		rule_found(s->r, &rules[rule], "step %zu: %.*s%s", s->at + 1,
	                   BYTES_FMT(bytes_slice(what, 0, SHOWN)), what.n > SHOWN ? "..." : "");
	f->location.line = (int32_t)s->at + 1;
	f->location.path = B("config:history");
}

static bool has(struct bytes text, const char *word)
{
	return bytes_search(text, bytes_str(word)) >= 0;
}

/* ---- package managers ---- */

static bool is_any(struct bytes word, const char *const *list)
{
	for (; *list; list++) {
		if (bytes_eq(word, bytes_str(*list)))
			return true;
	}
	return false;
}

static bool command_has(const struct shell_command *c, const char *const *words)
{
	for (; *words; words++) {
		if (shell_has(c, bytes_str(*words)))
			return true;
	}
	return false;
}

/* An option of one letter, alone or among others: "-y", "-qy". */
static bool has_letter(const struct shell_command *c, uint8_t letter)
{
	for (size_t i = 1; i < c->n; i++) {
		struct bytes w = c->words[i];
		if (w.n > 1 && w.p[0] == '-' && w.p[1] != '-' && bytes_find(w, letter) > 0)
			return true;
	}
	return false;
}

static const char *const managers[] = {"apk",      "apt", "apt-get", "aptitude", "dnf",
                                       "microdnf", "yum", "zypper",  NULL};
static const char *const rpm_managers[] = {"dnf", "microdnf", "yum", "zypper", NULL};
static const char *const deb_managers[] = {"apt", "apt-get", "aptitude", NULL};
static const char *const install_words[] = {"add",          "in",        "install", "groupinstall",
                                            "localinstall", "reinstall", NULL};
static const char *const dist_words[] = {"dist-upgrade", "dup", "full-upgrade", NULL};
static const char *const list_words[] = {"makecache", "ref", "refresh", "update", NULL};
static const char *const yes_words[] = {"--assume-yes", "--yes", "-qq", NULL};
static const char *const trust_words[] = {
	"--allow-unauthenticated", "--allow-untrusted", "--force-yes",
	"--no-check-certificate",  "--insecure",        "--nogpgcheck",
	"--no-gpg-checks",         "--trusted-host",    NULL};

static void judge_deb(struct step *s, const struct shell_command *c)
{
	if (command_has(c, dist_words))
		found(s, RULE_DIST_UPGRADE);
	if (!command_has(c, install_words))
		return;
	if (!has_letter(c, 'y') && !command_has(c, yes_words))
		found(s, RULE_APT_YES);
	if (!shell_has(c, B("--no-install-recommends")) && !has(s->text, "Install-Recommends"))
		found(s, RULE_RECOMMENDS);
}

static void judge_manager(struct step *s, const struct shell_command *c, struct bytes program)
{
	bool is_rpm = is_any(program, rpm_managers), is_deb = is_any(program, deb_managers);
	bool is_apk = bytes_eq(program, B("apk"));
	/* whether it only fetches lists or upgrades by them (yum): it is today's state, cached */
	s->updates |= command_has(c, list_words);
	s->installs |= command_has(c, install_words);
	s->is_apt |= is_deb && (command_has(c, list_words) || command_has(c, install_words));
	if (is_deb)
		judge_deb(s, c);
	if (is_apk && command_has(c, install_words) && !shell_has(c, B("--no-cache")) &&
	    !has(s->text, "/var/cache/apk"))
		found(s, RULE_APK_CACHE);
	if (is_rpm && command_has(c, install_words) && !has(s->text, "clean") &&
	    !has(s->text, "/var/cache/"))
		found(s, RULE_RPM_CACHE);
}

/* ---- commands ---- */

static bool is_shell(struct bytes program)
{
	static const char *const shells[] = {"ash",    "bash",    "dash", "ksh",  "sh",   "zsh",
	                                     "python", "python3", "perl", "ruby", "node", NULL};
	return is_any(program, shells);
}

static bool is_fetcher(struct bytes program)
{
	static const char *const fetchers[] = {"aria2c", "curl", "fetch", "wget", NULL};
	return is_any(program, fetchers);
}

static bool is_unverified(const struct shell_command *c, struct bytes program)
{
	if (command_has(c, trust_words))
		return true;
	return bytes_eq(program, B("curl")) && has_letter(c, 'k');
}

static bool opens_to_all(const struct shell_command *c, struct bytes program)
{
	static const char *const modes[] = {"0777", "777", "a+rwx", "ugo+rwx", NULL};
	return bytes_eq(program, B("chmod")) && command_has(c, modes);
}

/* Package lists: fetched for nothing, or left behind. */
static void judge_lists(struct step *s)
{
	if (s->updates && !s->installs)
		found(s, RULE_UPDATE);
	if (s->is_apt && !has(s->text, "/var/lib/apt/lists") && !has(s->text, "type=cache"))
		found(s, RULE_APT_CACHE);
}

static void judge_run(struct step *s)
{
	struct bytes rest = s->text;
	bool was_fetched = false;
	bool pipes = false, opens = false, trusts = false, sudo = false;
	for (struct shell_command c; shell_next(&rest, &c);) {
		struct bytes program = shell_program(&c, NULL);
		if (is_any(program, managers))
			judge_manager(s, &c, program);
		was_fetched = is_fetcher(program) || (was_fetched && c.is_piped);
		pipes |= was_fetched && c.is_piped && is_shell(program);
		opens |= opens_to_all(&c, program);
		trusts |= is_unverified(&c, program);
		sudo |= bytes_eq(path_base(c.words[0]), B("sudo"));
	}
	if (pipes)
		found(s, RULE_PIPE_SHELL);
	if (opens)
		found(s, RULE_CHMOD);
	if (trusts)
		found(s, RULE_UNVERIFIED);
	if (sudo)
		found(s, RULE_SUDO);
	judge_lists(s);
}

/* An archive, or what the classic builder calls "file:DIGEST in /", for the root: a base is
 * unpacked like that, and there is no other way to write it. */
static bool unpacks_base(struct bytes text)
{
	static const char *const ends[] = {".tar",     ".tar.bz2", ".tar.gz", ".tar.xz",
	                                   ".tar.zst", ".tgz",     ".txz"};
	struct bytes word, rest = text;
	bool is_root = bytes_ends(text, B(" in /")) || bytes_ends(text, B(" /"));
	if (!is_root || bytes_starts(text, B("file:")) || bytes_starts(text, B("multi:")))
		return is_root;
	while (bytes_word(&rest, &word)) {
		for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
			if (bytes_ends(word, bytes_str(ends[i])))
				return true;
		}
	}
	return false;
}

void judge_steps(const struct judge_input *in, struct report *r)
{
	bool is_first = true;
	for (size_t i = 0; i < in->config->n_history; i++) {
		struct history_step h = history_step(in->config->history[i].created_by);
		struct bytes shown = in->steps ? in->steps[i] : (struct bytes){NULL, 0};
		struct step s = {
			.r = r, .at = i, .text = h.text, .shown = history_step(shown).text};
		bool is_add = bytes_eq(h.instruction, B("ADD"));
		bool is_base = is_first && unpacks_base(h.text);
		if (bytes_eq(h.instruction, B("RUN")))
			judge_run(&s);
		else if (is_add && !is_base)
			found(&s, RULE_ADD);
		else if (bytes_eq(h.instruction, B("MAINTAINER")))
			found(&s, RULE_MAINTAINER);
		if (is_add || bytes_eq(h.instruction, B("RUN")) ||
		    bytes_eq(h.instruction, B("COPY")))
			is_first = false;
	}
}

const struct judge_rules judge_rules_steps = {rules, ARRAY_LEN(rules)};
