/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - what the image's config asks a runtime for.
 *
 * Source: CIS Docker Benchmark 1.6.0, section 4; NIST SP 800-190, 4.1; image-spec config.md.
 */
#include "judge/config_parts.h"

enum {
	RULE_HEALTHCHECK,
	RULE_ENV_NAME,
	RULE_ENV_PRELOAD,
	RULE_ENV_UNVERIFIED,
	RULE_VOLUME,
	RULE_SSH,
	RULE_ONBUILD,
	RULE_WORKDIR,
	RULE_LATEST,
};

/* clang-format off */
static const struct check_rule rules[] = {
	[RULE_HEALTHCHECK] = {"config.healthcheck", CHECK_CONFIG, SEV_LOW, "no HEALTHCHECK",
		.why = "a service that hangs is taken for one that works",
		.repair = "add HEALTHCHECK, or a probe where it is deployed",
		.source = "CIS Docker 1.6.0 4.6, CIS-DI-0006, AVD-DS-0026"},
	[RULE_ENV_NAME] = {"config.env-credential", CHECK_CONFIG, SEV_HIGH, "a variable whose name promises a credential",
		.why = "whoever has the image has what is in its variables",
		.repair = "give it when the container starts, as a file or from a secret store",
		.source = "CIS Docker 1.6.0 4.10, CIS-DI-0010, AVD-DS-0031, CWE-798"},
	[RULE_ENV_PRELOAD] = {"config.env-preload", CHECK_CONFIG, SEV_MEDIUM, "every program loads a library of the image's choice",
		.why = "the library sees what all programs do",
		.repair = "take LD_PRELOAD out, or set it for the one program that needs it",
		.source = "CWE-426"},
	[RULE_ENV_UNVERIFIED] = {"config.env-unverified", CHECK_CONFIG, SEV_HIGH, "certificates are not verified",
		.why = "who stands in the middle is believed",
		.repair = "take the variable out; add the certificate that is missing",
		.source = "CWE-295"},
	[RULE_VOLUME] = {"config.volume", CHECK_CONFIG, SEV_MEDIUM, "a folder of the system is a volume",
		.why = "what is mounted there reaches the host or hides the system",
		.repair = "mount data folders only",
		.source = "DKL-DI-0002, CWE-668"},
	[RULE_SSH] = {"config.ssh", CHECK_CONFIG, SEV_MEDIUM, "port 22 is exposed",
		.why = "a login by network beside the runtime's own",
		.repair = "take sshd out; use the runtime's exec",
		.source = "AVD-DS-0004"},
	[RULE_ONBUILD] = {"config.onbuild", CHECK_CONFIG, SEV_LOW, "runs commands in images built on it",
		.why = "who builds on the image does not see them in the Dockerfile",
		.repair = "move the commands to the Dockerfiles that need them",
		.source = "CWE-829"},
	[RULE_WORKDIR] = {"config.workdir", CHECK_CONFIG, SEV_LOW, "working folder is relative",
		.why = "where it is depends on the image below",
		.repair = "write it from the root",
		.source = "DL3000, AVD-DS-0009"},
	[RULE_LATEST] = {"config.latest", CHECK_CONFIG, SEV_LOW, "named by the tag latest",
		.why = "the name stands for another image tomorrow",
		.repair = "deploy by digest, or by a tag of one version",
		.source = "DKL-DI-0006, DL3007, AVD-DS-0001"},
};
/* clang-format on */

/* Parts of names of variables that hold a credential; a whole word between "_". */
static const char *const credentials[] = {
	"APIKEY",   "CREDENTIAL", "CREDENTIALS", "PASS",    "PASSPHRASE", "PASSWD",
	"PASSWORD", "PWD",        "SECRET",      "SECRETS", "TOKEN",
};
/* The same of two words. */
static const char *const credential_pairs[] = {
	"ACCESS_KEY",  "API_KEY",    "AUTH_KEY",    "ENCRYPTION_KEY",
	"PRIVATE_KEY", "SECRET_KEY", "SIGNING_KEY",
};
/* Names that say where a credential is, or that programs use for something else. */
static const char *const harmless_ends[] = {
	"_FILE", "_PATH", "_DIR", "_URL", "_URI", "_NAME", "_ID", "_TTL", "_EXPIRY", "_LENGTH",
};
static const char *const harmless[] = {"OLDPWD", "PWD", "GPG_KEY"};

static bool is_word_of(struct bytes name, struct bytes word)
{
	ssize_t at = 0;
	for (struct bytes rest = name; (at = bytes_search(rest, word)) >= 0;
	     rest = bytes_skip(rest, (size_t)at + 1)) {
		size_t from = (size_t)at, to = from + word.n;
		bool is_start =
			from == 0 ? rest.p == name.p || rest.p[-1] == '_' : rest.p[from - 1] == '_';
		if (is_start && (to == rest.n || rest.p[to] == '_'))
			return true;
	}
	return false;
}

static bool promises_credential(struct bytes name)
{
	AUTO_BUF struct buf upper;
	buf_init(&upper, KIB(64));
	for (size_t i = 0; i < name.n; i++)
		buf_addc(&upper, is_lower(name.p[i]) ? (uint8_t)(name.p[i] - 32) : name.p[i]);
	struct bytes n = buf_bytes(&upper);
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++) {
		if (bytes_eq(n, bytes_str(harmless[i])))
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(harmless_ends); i++) {
		if (bytes_ends(n, bytes_str(harmless_ends[i])))
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(credentials); i++) {
		if (is_word_of(n, bytes_str(credentials[i])))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(credential_pairs); i++) {
		if (is_word_of(n, bytes_str(credential_pairs[i])))
			return true;
	}
	return false;
}

/* Variables that make programs believe any certificate, and the value that does. */
static const struct {
	const char *name, *value; /* value NULL: any but an empty one */
} unverified[] = {
	{"CARGO_HTTP_CHECK_REVOKE",      "false"},
	{"GIT_SSL_NO_VERIFY",            NULL   },
	{"NODE_TLS_REJECT_UNAUTHORIZED", "0"    },
	{"NPM_CONFIG_STRICT_SSL",        "false"},
	{"PYTHONHTTPSVERIFY",            "0"    },
	{"npm_config_strict_ssl",        "false"},
};

static bool is_unverified(struct bytes name, struct bytes value)
{
	for (size_t i = 0; i < ARRAY_LEN(unverified); i++) {
		if (bytes_eq(name, bytes_str(unverified[i].name)))
			return unverified[i].value ? bytes_eq(value, bytes_str(unverified[i].value))
			                           : value.n && !bytes_eq(value, B("0")) &&
			                                     !bytes_eq(value, B("false"));
	}
	return false;
}

static void judge_env(const struct oci_config *c, struct report *r)
{
	for (size_t i = 0; i < c->env.n; i++) {
		struct bytes name, value;
		if (!bytes_cut(c->env.v[i], '=', &name, &value) || !value.n)
			continue;
		if (promises_credential(name)) {
			/* the value is not said: it is what this is about */
			struct finding *f = rule_found(r, &rules[RULE_ENV_NAME],
			                               "ENV %.*s has a value of %zu characters",
			                               BYTES_FMT(name), value.n);
			f->location.path = arena_dup(
				r->arena, bytes_str(arena_printf(r->arena, "config:ENV %.*s",
			                                         BYTES_FMT(name))));
		}
		if (bytes_eq(name, B("LD_PRELOAD")))
			rule_found(r, &rules[RULE_ENV_PRELOAD], "ENV LD_PRELOAD=%.*s",
			           BYTES_FMT(value));
		if (is_unverified(name, value))
			rule_found(r, &rules[RULE_ENV_UNVERIFIED], "ENV %.*s=%.*s", BYTES_FMT(name),
			           BYTES_FMT(value));
	}
}

static bool is_system_folder(struct bytes path)
{
	static const char *const folders[] = {"",      "bin",  "boot", "dev",  "etc", "lib",
	                                      "lib64", "proc", "run",  "sbin", "sys", "usr"};
	AUTO_BUF struct buf clean;
	struct err e = {.kind = ERR_NONE};
	buf_init(&clean, (size_t)PATH_LEN_MAX);
	if (image_path(path, &clean, &e) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		if (bytes_eq(buf_bytes(&clean), bytes_str(folders[i])))
			return true;
	}
	return bytes_ends(buf_bytes(&clean), B("docker.sock"));
}

static void judge_ports(const struct oci_config *c, struct report *r)
{
	for (size_t i = 0; i < c->exposed_ports.n; i++) {
		struct bytes port, protocol;
		bytes_cut(c->exposed_ports.v[i], '/', &port, &protocol);
		if (bytes_eq(port, B("22")))
			rule_found(r, &rules[RULE_SSH], "EXPOSE %.*s",
			           BYTES_FMT(c->exposed_ports.v[i]));
	}
	for (size_t i = 0; i < c->volumes.n; i++) {
		if (is_system_folder(c->volumes.v[i]))
			rule_found(r, &rules[RULE_VOLUME], "VOLUME %.*s",
			           BYTES_FMT(c->volumes.v[i]));
	}
}

/* The tag of what the user typed; a file's own name has none that counts. */
static bool is_latest(const struct report *r)
{
	struct bytes ref = r->image.reference;
	return (bytes_starts(ref, B("registry:")) || bytes_search(ref, B("://")) < 0) &&
	       bytes_ends(ref, B(":latest"));
}

int judge_config(const struct judge_input *in, struct report *r, struct err *e)
{
	(void)e;
	struct coverage row = {.check = CHECK_CONFIG,
	                       .status = COVERAGE_COMPLETE,
	                       .code = "config.judged",
	                       .layer = -1};
	judge_surface(in, r);
	if (!in->config) {
		row.status = COVERAGE_SKIPPED;
		row.code = "config.none";
		report_cover(r, row, "a root file system has no config; its files were judged");
		return 0;
	}
	const struct oci_config *c = in->config;
	if (!c->healthcheck.n || bytes_eq(c->healthcheck.v[0], B("NONE")))
		rule_found(r, &rules[RULE_HEALTHCHECK], "the config names no health check");
	judge_env(c, r);
	judge_ports(c, r);
	if (c->on_build.n)
		rule_found(r, &rules[RULE_ONBUILD], "%zu ONBUILD instructions, the first is %.*s",
		           c->on_build.n, BYTES_FMT(bytes_slice(c->on_build.v[0], 0, 200)));
	if (c->working_dir.n && c->working_dir.p[0] != '/')
		rule_found(r, &rules[RULE_WORKDIR], "WORKDIR %.*s", BYTES_FMT(c->working_dir));
	if (is_latest(r))
		rule_found(r, &rules[RULE_LATEST], "the image was asked for as %.*s",
		           BYTES_FMT(r->image.reference));
	judge_steps(in, r);
	report_cover(r, row, "config, %zu steps of the history, and what no service needs",
	             c->n_history);
	return 0;
}

const struct judge_rules judge_rules_config = {rules, ARRAY_LEN(rules)};
