/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ways.c - the ways from the user that an image runs as to root.
 *
 * A way counts when it needs no flaw in a program: what sudo or su gives without a password, a
 * setuid program that does what it is told, files that root's programs believe.  They hold while
 * the runtime does not set no_new_privileges; an image cannot promise that.
 */
#include "judge/ways.h"

/* Programs that run, write or read what their user says: setuid root, each gives root away.
 * Names only; facts as the GTFOBins collection states them. */
static const char *const obedient[] = {
	"ash",  "awk",     "bash",    "busybox", "cat", "chmod",  "chown", "cp",    "csh",  "curl",
	"dash", "dd",      "docker",  "ed",      "env", "find",   "gawk",  "gdb",   "ksh",  "less",
	"ln",   "lua",     "mawk",    "more",    "mv",  "nano",   "nawk",  "nice",  "node", "perl",
	"php",  "python",  "ruby",    "sed",     "sh",  "strace", "tar",   "tcsh",  "tee",  "tclsh",
	"time", "timeout", "unshare", "vi",      "vim", "watch",  "wget",  "xargs", "zsh",
};

/* What root's programs believe, and which of them. */
static const struct {
	const char *path, *why;
} believed[] = {
	{"etc/cron.d",        "what root's cron runs"             },
	{"etc/crontab",       "what root's cron runs"             },
	{"etc/doas.conf",     "whom doas lets become root"        },
	{"etc/ld.so.preload", "what every program of root's loads"},
	{"etc/passwd",        "who has uid 0"                     },
	{"etc/shadow",        "root's password"                   },
	{"etc/sudoers",       "whom sudo lets become root"        },
	{"etc/sudoers.d",     "whom sudo lets become root"        },
};

static void way(struct ways *w, struct report *r, const char *text)
{
	w->n++;
	list_add(r, &w->text, bytes_str(text));
}

/* "python3.11" is python. */
static bool is_obedient(struct bytes path)
{
	struct bytes base = path_base(path);
	size_t n = base.n;
	while (n && (is_digit(base.p[n - 1]) || base.p[n - 1] == '.'))
		n--;
	for (size_t i = 0; i < ARRAY_LEN(obedient); i++) {
		if (bytes_eq(bytes_slice(base, 0, n), bytes_str(obedient[i])))
			return true;
	}
	return false;
}

/* A setuid-root program of one of these names that the user can start; its path to b. */
static bool has_setuid(const struct judge_input *in, const struct actor *a, const char *name,
                       struct bytes *ret_path)
{
	for (size_t i = 0; i < in->entries->n; i++) {
		const struct judge_special *s = &in->entries->v[i];
		if ((s->what & SPECIAL_SETUID) && s->en.uid == 0 &&
		    bytes_eq(path_base(s->en.path), bytes_str(name)) && actor_may_run(a, &s->en)) {
			*ret_path = s->en.path;
			return true;
		}
	}
	return false;
}

static void special_ways(const struct judge_input *in, const struct actor *a, struct report *r,
                         struct ways *w)
{
	for (size_t i = 0; i < in->entries->n; i++) {
		const struct judge_special *s = &in->entries->v[i];
		struct caps c = {.permitted = 0};
		struct err e = {.kind = ERR_NONE};
		if (!actor_may_run(a, &s->en))
			continue;
		if ((s->what & SPECIAL_CAPS) && caps_parse(s->en.caps, &c, &e) < 0)
			c.permitted = 0;
		bool is_setuid = (s->what & SPECIAL_SETUID) && s->en.uid == 0;
		if (is_setuid && is_obedient(s->en.path))
			way(w, r,
			    arena_printf(r->arena, "%.*s is setuid root and does what it is told",
			                 BYTES_FMT(s->en.path)));
		else if (is_setuid && ++w->n_setuid)
			list_add(r, &w->setuid, s->en.path);
		if (caps_rooting(c.permitted) && is_obedient(s->en.path))
			way(w, r,
			    arena_printf(r->arena,
			                 "%.*s has capabilities of root and does what it is told",
			                 BYTES_FMT(s->en.path)));
	}
}

static bool is_for(const struct actor *a, struct bytes who)
{
	uint64_t id;
	if (bytes_eq(who, B("ALL")))
		return true;
	if (bytes_starts(who, B("#")))
		return bytes_u64(bytes_skip(who, 1), UINT32_MAX, &id) && id == a->uid;
	if (bytes_starts(who, B("%")) || bytes_starts(who, B(":")))
		return actor_is_in(a, bytes_skip(who, 1));
	return a->name.n && bytes_eq(who, a->name);
}

static bool is_root_rule(struct bytes rule)
{
	struct bytes as, rest;
	if (!bytes_starts(rule, B("(")) || !bytes_cut(bytes_skip(rule, 1), ')', &as, &rest))
		return true; /* sudoers(5): without a Runas_Spec the command runs as root */
	return bytes_search(as, B("ALL")) >= 0 || bytes_search(as, B("root")) >= 0 ||
	       bytes_search(as, B("#0")) >= 0;
}

static void setting_ways(const struct judge_input *in, const struct actor *a, struct report *r,
                         struct ways *w)
{
	struct bytes sudo, doas, su;
	bool has_sudo = has_setuid(in, a, "sudo", &sudo), has_su = has_setuid(in, a, "su", &su);
	bool has_doas = has_setuid(in, a, "doas", &doas);
	struct seen s = seen_begin(in, FACT_SETTING);
	for (struct fact_setting f; seen_setting(&s, &f);) {
		bool is_sudo = bytes_eq(f.what, B("sudo")) && has_sudo &&
		               bytes_search(f.value, B("NOPASSWD")) >= 0 && is_root_rule(f.value);
		bool is_doas = bytes_eq(f.what, B("doas")) && has_doas &&
		               bytes_search(f.value, B("nopass")) >= 0;
		if ((is_sudo || is_doas) && is_for(a, f.name))
			way(w, r,
			    arena_printf(r->arena,
			                 "%s lets it become root without a password (%.*s "
			                 "line %ju)",
			                 is_sudo ? "sudo" : "doas", BYTES_FMT(f.head.path),
			                 (uintmax_t)f.line));
		if (has_su && bytes_eq(f.what, B("password")) && bytes_eq(f.name, B("root")) &&
		    bytes_eq(f.value, B("empty")))
			way(w, r,
			    arena_printf(r->arena, "root has no password, and %.*s is there",
			                 BYTES_FMT(su)));
	}
}

static void file_ways(const struct judge_input *in, const struct actor *a, struct report *r,
                      struct ways *w)
{
	AUTO_BUF struct buf where;
	buf_init(&where, (size_t)PATH_LEN_MAX);
	for (size_t i = 0; i < ARRAY_LEN(believed); i++) {
		if (actor_may_replace(in, a, bytes_str(believed[i].path), &where))
			way(w, r,
			    arena_printf(r->arena, "it can write %s, which says %s",
			                 buf_cstr(&where), believed[i].why));
	}
}

void ways_find(const struct judge_input *in, const struct actor *a, struct report *r,
               struct ways *ret)
{
	*ret = (struct ways){.n = 0};
	special_ways(in, a, r, ret);
	setting_ways(in, a, r, ret);
	file_ways(in, a, r, ret);
}
