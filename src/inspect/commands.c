/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.c - command lines that run by themselves: at a time, at start, at login, when a package
 * is installed.
 *
 * Format: crontab(5), systemd.service(5), shell scripts, maintainer scripts of dpkg: lines, of
 * which one that ends in "\" goes on in the next, and one that begins with "#" says nothing;
 * package.json: its scripts that npm runs by itself. Source: the places below.  Emits: malware
 * (engine "assay", id of the rule, what was seen).
 */
#include "inspect/inspect.h"

static void state(struct inspect *in, const char *rule, const char *seen, uint64_t at)
{
	inspect_malware(in, &(struct fact_malware){.engine = B("assay"),
	                                           .name = bytes_str(rule),
	                                           .string = bytes_str(seen),
	                                           .at = at});
}

/* The first of each kind is told: one is enough. */
struct told {
	struct inspect *in;
	const char *rules[4];
	size_t n;
};

static void tell(struct told *t, const char *rule, const char *seen, uint64_t at)
{
	for (size_t i = 0; i < t->n; i++) {
		if (bytes_eq(bytes_str(t->rules[i]), bytes_str(rule)))
			return;
	}
	if (t->n == ARRAY_LEN(t->rules))
		return;
	t->rules[t->n++] = rule;
	state(t->in, rule, seen, at);
}

static void look(struct told *t, struct bytes line, uint64_t at)
{
	line = bytes_trim(line);
	if (!line.n || line.p[0] == '#')
		return;
	const struct command_mark *m = command_find(line);
	if (m)
		tell(t, m->rule, m->words[0], at);
	if (command_fetches(line))
		tell(t, "malware.fetch-and-run", "a download that is run", at);
}

static void look_lines(struct told *t, struct bytes content)
{
	AUTO_BUF struct buf whole;
	uint64_t begin = 0;
	buf_init(&whole, (size_t)MALWARE_COMMANDS_MAX);
	for (struct bytes rest = content, line; bytes_line(&rest, &line);) {
		if (bytes_ends(line, B("\\"))) {
			line.n--;
			buf_add(&whole, line);
			buf_addc(&whole, ' ');
			continue;
		}
		buf_add(&whole, line);
		look(t, buf_bytes(&whole), begin);
		buf_reset(&whole);
		begin = content.n - rest.n;
	}
	look(t, buf_bytes(&whole), begin);
}

/* What npm runs without being asked.  Source: npm's scripts(7), "Life Cycle Scripts". */
static int look_npm(struct told *t, struct bytes content, struct err *e)
{
	static const char *const hooks[] = {"preinstall", "install",      "postinstall",
	                                    "preprepare", "prepare",      "postprepare",
	                                    "prepublish", "preuninstall", "postuninstall"};
	const struct jnode *root;
	if (jdoc_load_loose(inspect_arena(t->in), content, "package.json",
	                    (size_t)MALWARE_COMMANDS_MAX, &root, e) < 0)
		return 0; /* the inspector of packages says so */
	const struct jnode *scripts = jnode_get(root, "scripts");
	for (size_t i = 0; i < ARRAY_LEN(hooks); i++)
		look(t, jnode_text(scripts, hooks[i]), 0);
	return 0;
}

static int commands_file(struct inspect *in, const struct entry *en, struct bytes content,
                         struct err *e)
{
	struct told t = {.in = in};
	if (bytes_ends(en->path, B("package.json")))
		return look_npm(&t, content, e);
	look_lines(&t, content);
	return 0;
}

/* clang-format off */
static const char *const paths[] = {
	/* at a time */
	"etc/crontab", "etc/cron.d/*", "etc/cron.hourly/*", "etc/cron.daily/*", "etc/cron.weekly/*",
	"etc/cron.monthly/*", "etc/anacrontab", "etc/crontabs/*", "etc/periodic/**", "var/spool/cron/**",
	/* at start */
	"etc/init.d/*", "etc/rc.local", "etc/rc.d/**", "etc/local.d/*", "etc/inittab",
	"etc/systemd/**", "lib/systemd/system/**", "usr/lib/systemd/system/**", "usr/lib/systemd/user/**",
	"usr/local/lib/systemd/**", "etc/supervisor/**", "etc/supervisord.conf", "etc/s6-overlay/**",
	/* at login */
	"etc/profile", "etc/profile.d/*", "etc/bash.bashrc", "etc/bashrc", "etc/zsh/*", "etc/environment",
	"etc/update-motd.d/*", "etc/skel/.*", "root/.bashrc", "root/.bash_profile", "root/.bash_login",
	"root/.bash_logout", "root/.profile", "root/.zshrc", "root/.zprofile", "home/*/.bashrc",
	"home/*/.bash_profile", "home/*/.bash_login", "home/*/.bash_logout", "home/*/.profile",
	"home/*/.zshrc", "home/*/.zprofile",
	/* with packages */
	"var/lib/dpkg/info/*.preinst", "var/lib/dpkg/info/*.postinst", "var/lib/dpkg/info/*.prerm",
	"var/lib/dpkg/info/*.postrm", "etc/apt/apt.conf.d/*", "**/package.json", NULL,
};
/* clang-format on */

const struct inspector inspector_commands = {
	.id = "commands",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Commands that run by themselves",
	.paths = paths,
	.want = INSPECT_FILE,
	.checks = 1U << CHECK_MALWARE,
	.max = MALWARE_COMMANDS_MAX,
	.file = commands_file,
};
