/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surface.c - what the image carries that no running service needs, with the bytes it costs.
 *
 * Source: CIS Docker Benchmark 1.6.0, 4.3; NIST SP 800-190, 4.1.1 and 4.5.1.
 */
#include "judge/config_parts.h"

enum {
	RULE_COMPILER,
	RULE_DEBUGGER,
	RULE_EDITOR,
	RULE_NETWORK,
	RULE_MANAGER,
	RULE_SSHD,
	RULE_CACHE,
	RULE_LEFTOVER,
};

#define SURFACE_SOURCE "CIS Docker 1.6.0 4.3, NIST SP 800-190 4.1.1"

/* clang-format off */
static const struct check_rule rules[] = {
	[RULE_COMPILER] = {"config.surface-compiler", CHECK_CONFIG, SEV_LOW, "compilers are installed",
		.why = "who gets in can build what is missing",
		.repair = "build in a stage of its own and copy the result",
		.source = SURFACE_SOURCE},
	[RULE_DEBUGGER] = {"config.surface-debugger", CHECK_CONFIG, SEV_LOW, "debuggers are installed",
		.why = "who gets in can read other processes",
		.repair = "take them out",
		.source = SURFACE_SOURCE},
	[RULE_EDITOR] = {"config.surface-editor", CHECK_CONFIG, SEV_NEGLIGIBLE, "editors are installed",
		.why = "nobody should edit what is in a container",
		.repair = "take them out",
		.source = SURFACE_SOURCE},
	[RULE_NETWORK] = {"config.surface-network", CHECK_CONFIG, SEV_LOW, "network tools are installed",
		.why = "who gets in can fetch more, and look around",
		.repair = "take them out",
		.source = SURFACE_SOURCE},
	[RULE_MANAGER] = {"config.surface-package-manager", CHECK_CONFIG, SEV_NEGLIGIBLE, "package managers are installed",
		.why = "who gets in can install more",
		.repair = "build on a base without one",
		.source = SURFACE_SOURCE},
	[RULE_SSHD] = {"config.surface-sshd", CHECK_CONFIG, SEV_MEDIUM, "a login server is installed",
		.why = "a way in beside the runtime's own",
		.repair = "take it out; use the runtime's exec",
		.source = SURFACE_SOURCE ", AVD-DS-0004"},
	[RULE_CACHE] = {"config.cache", CHECK_CONFIG, SEV_LOW, "a package manager's cache is left",
		.why = "it is shipped, and tells of packages that are not there",
		.repair = "clean up in the step that installs",
		.source = "DKL-DI-0004, DKL-DI-0005"},
	[RULE_LEFTOVER] = {"config.leftover", CHECK_CONFIG, SEV_LOW, "left over from building",
		.why = "a working folder tells of sources, hosts and people",
		.repair = "name it in .dockerignore",
		.source = "DKL-LI-0003, CWE-538"},
};
/* clang-format on */

static const struct tools {
	unsigned rule;
	const char *const *names;
} all_tools[] = {
	{RULE_COMPILER,
         (const char *const[]){"as", "c++", "cargo", "cc", "clang", "cpp", "g++", "gcc", "gfortran",
                               "go", "javac", "ld", "make", "rustc", NULL}                      },
	{RULE_DEBUGGER, (const char *const[]){"bpftrace", "gdb", "gdbserver", "lldb", "ltrace",
                                              "perf", "strace", NULL}    },
	{RULE_EDITOR,   (const char *const[]){"ed", "emacs", "joe", "mcedit", "nano", "vi", "vim",
                                            "vim.basic", "vim.tiny", NULL} },
	{RULE_NETWORK,
         (const char *const[]){"curl", "dig", "ftp", "nc", "nc.openbsd", "nc.traditional", "ncat",
                               "netcat", "nmap", "rsync", "scp", "sftp", "socat", "ssh", "tcpdump",
                               "telnet", "tftp", "wget", NULL}                                  },
	{RULE_MANAGER,
         (const char *const[]){"apk", "apt", "apt-get", "dnf", "dpkg", "gem", "microdnf", "npm",
                               "pip", "pip3", "rpm", "yarn", "yum", "zypper", NULL}             },
	{RULE_SSHD,     (const char *const[]){"dropbear", "in.telnetd", "sshd", "telnetd", NULL}},
};

static const char *const folders[] = {"bin",           "sbin",           "usr/bin",
                                      "usr/local/bin", "usr/local/sbin", "usr/sbin"};

struct tally {
	struct buf names;
	size_t n;
	uint64_t bytes;
	struct bytes first;
	size_t layer;
};

/* Does the image start it? */
static bool is_service(const struct report *r, struct bytes name)
{
	const struct bytes_list *lists[] = {&r->image.config.entrypoint, &r->image.config.cmd};
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		for (size_t k = 0; k < lists[i]->n; k++) {
			if (bytes_eq(path_base(lists[i]->v[k]), name))
				return true;
		}
	}
	return false;
}

static void look_for(const struct judge_input *in, struct report *r, const char *name,
                     struct tally *t)
{
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		const char *path = arena_printf(r->arena, "%s/%s", folders[i], name);
		struct entry en;
		size_t layer;
		if (!view_find(in->view, bytes_str(path), &en, &layer) || en.type == ENTRY_DIR ||
		    is_service(r, bytes_str(name)))
			continue;
		buf_addf(&t->names, "%s%s", t->n ? ", " : "", name);
		if (t->n++ == 0) {
			t->first = bytes_str(path);
			t->layer = layer;
		}
		t->bytes += en.type == ENTRY_FILE ? en.size : 0; /* a link costs nothing */
		return;
	}
}

static void judge_tools(const struct judge_input *in, struct report *r, const struct tools *c)
{
	struct tally t = {.n = 0};
	buf_init(&t.names, KIB(4));
	for (size_t i = 0; c->names[i]; i++)
		look_for(in, r, c->names[i], &t);
	if (t.n) {
		struct finding *f = rule_found(r, &rules[c->rule], "%s: %ju bytes in all",
		                               buf_cstr(&t.names), (uintmax_t)t.bytes);
		f->location.layer = (int32_t)t.layer;
		f->location.path = t.first;
	}
	buf_fini(&t.names);
}

static void judge_caches(const struct judge_input *in, struct report *r)
{
	static const char *const names[CACHE__MAX] = {
		[CACHE_APT_LISTS] = "apt's package lists",
		[CACHE_APT] = "apt's packages",
		[CACHE_APK] = "apk's packages and lists",
		[CACHE_RPM] = "packages of dnf, yum or zypper",
		[CACHE_LANGUAGE] = "packages of a language's package manager",
	};
	for (size_t i = 0; i < CACHE__MAX; i++) {
		const __auto_type c = &in->entries->caches[i];
		if (!c->n)
			continue;
		struct finding *f = rule_found(
			r, &rules[RULE_CACHE], "%s: %ju files, %ju bytes%s", names[i],
			(uintmax_t)c->n, (uintmax_t)c->bytes,
			c->is_hidden ? ", deleted by an upper layer but still shipped" : "");
		f->location.path = c->first;
		f->location.layer = (int32_t)c->layer;
		f->location.is_deleted = c->is_hidden;
	}
}

void judge_surface(const struct judge_input *in, struct report *r)
{
	for (size_t i = 0; i < ARRAY_LEN(all_tools); i++)
		judge_tools(in, r, &all_tools[i]);
	judge_caches(in, r);
	for (size_t i = 0; i < in->entries->n; i++) {
		const struct judge_special *s = &in->entries->v[i];
		if (!(s->what & SPECIAL_LEFTOVER) || s->package.n)
			continue;
		struct finding *f = rule_found(r, &rules[RULE_LEFTOVER], "%s of that name",
		                               entry_type_name(s->en.type));
		f->location.path = arena_dup(r->arena, s->en.path);
		f->location.layer = (int32_t)s->layer;
	}
}

const struct judge_rules judge_rules_surface = {rules, ARRAY_LEN(rules)};
