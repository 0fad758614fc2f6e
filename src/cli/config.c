/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - settings from the environment and from configuration files.
 *
 * A file is a flat mapping of option names to a value or a list.  A key that no command has is an
 * error that names the nearest; one that this command does not have is another command's.
 */
#include "cli/cli.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/model.h"

int cli_environment(struct command_line *l, struct taken *t, struct err *e)
{
	unsigned groups = GROUP_COMMON | l->command->groups;
	for (size_t i = 0; options[i].name; i++) {
		char name[80];
		int n = snprintf(name, sizeof name, "ASSAY_%s", options[i].name);
		for (int c = 6; c < n; c++)
			name[c] = name[c] == '-' ? '_'
			                         : (char)(is_lower((uint8_t)name[c]) ? name[c] - 32
			                                                             : name[c]);
		const char *value = getenv(name);
		if (!value || t->by_row[i] || !(options[i].groups & groups) ||
		    options[i].flags & OPTION_COMPAT)
			continue;
		t->by_row[i] = true;
		if (cli_set(l, &options[i], value, name, e) < 0)
			return -1;
	}
	return 0;
}

static int set_value(struct command_line *l, const struct option *o, const json_t *v,
                     const char *from, struct err *e)
{
	if (json_is_string(v))
		return cli_set(l, o, json_string_value(v), from, e);
	bool is_list = o->kind == OPTION_TEXTS || o->kind == OPTION_LIST;
	for (size_t i = 0; is_list && i < json_array_size(v); i++) {
		const json_t *one = json_array_get(v, i);
		if (!json_is_string(one))
			return err_set(e, ERR_USAGE, "%s: a list of words is wanted", from);
		if (cli_set(l, o, json_string_value(one), from, e) < 0)
			return -1;
	}
	if (is_list && json_is_array(v))
		return 0;
	return err_set(e, ERR_USAGE, "%s: a %s is wanted", from,
	               is_list ? "word or a list" : "word");
}

static int unknown_key(const char *path, const char *key, struct err *e)
{
	const char *known[ARRAY_LEN(((struct taken *)0)->by_row) + 1];
	size_t n = 0;
	for (size_t i = 0; options[i].name && n + 1 < ARRAY_LEN(known); i++)
		known[n++] = options[i].name;
	known[n] = NULL;
	const char *near = bytes_nearest(bytes_str(key), known);
	return err_set(e, ERR_USAGE, "%s: unknown key \"%s\"%s%s%s", path, key,
	               near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* Grype keeps its ignore rules in its configuration: policy/ reads them from there. */
static bool is_ignore_rules(const char *key, const json_t *v)
{
	return strcmp(key, "ignore") == 0 && json_is_array(v);
}

/* The option behind a key that another tool spells differently in its files. */
static struct bytes config_name(const char *key)
{
	return bytes_str(strcmp(key, "fail-on-severity") == 0 ? "fail-on" : key);
}

bool cli_has_gate(const struct settings *s)
{
	enum severity threshold;
	return s->fail_on || s->policy || s->exit_code > 0 || s->exit_on_eol > 0 ||
	       s->fail_on_incomplete ||
	       (s->format && severity_parse(bytes_str(s->format), &threshold));
}

/* A form that is a severity is Grype's threshold. */
static bool is_loose(const struct option *o, const json_t *v)
{
	enum severity threshold;
	return o->flags & OPTION_LOOSE ||
	       (strcmp(o->name, "format") == 0 && json_is_string(v) &&
	        severity_parse(bytes_str(json_string_value(v)), &threshold));
}

/* Is the key left out?  Then that is said. */
static bool leave_out(struct command_line *l, const char *from, bool is_loose)
{
	if (!is_loose)
		return false;
	const char *text = arena_printf(l->arena,
	                                "%s: left out: a gate was asked for, and files of the "
	                                "working folder come with what "
	                                "it judges; name the file with --config, or use a flag",
	                                from);
	cli_add_word(l->arena, &l->warnings, text);
	return true;
}

/* The mapping of a file; null where it is empty. */
static int read_root(const char *path, json_t **ret, struct err *e)
{
	AUTO_BUF struct buf text;
	buf_init(&text, (size_t)YAML_DOC_MAX);
	if (file_read(path, (size_t)YAML_DOC_MAX, &text, e) < 0 ||
	    yaml_load(buf_bytes(&text), path, 0, ret, e) < 0)
		return -1;
	return json_is_object(*ret) || json_is_null(*ret)
	               ? 0
	               : err_set(e, ERR_USAGE, "%s: is not a mapping of options", path);
}

static int read_file(struct command_line *l, struct taken *t, const char *path, bool is_foreign,
                     struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	if (read_root(path, &root, e) < 0)
		return -1;
	cli_add_word(l->arena, &l->files, path);
	/* a gate of flags and environment, or a policy however it is named */
	bool is_guarded =
		is_foreign && (cli_has_gate(&l->settings) || l->command->groups & GROUP_POLICY);
	const char *key;
	json_t *v;
	json_object_foreach(root, key, v)
	{
		char from[256];
		snprintf(from, sizeof from, "%s: %s", path, key);
		if (is_ignore_rules(key, v)) {
			if (!leave_out(l, from, is_guarded))
				cli_set(l, cli_option(B("waivers"), GROUP_SCAN), path, from, e);
			continue;
		}
		const struct option *o = cli_option(config_name(key), ~0U);
		if (!o)
			return unknown_key(path, key, e);
		if (is_foreign && o->flags & OPTION_TRUST)
			return err_set(
				e, ERR_USAGE,
				"%s: stands in a working folder, where nobody vouches for it; "
				"name the file with --config, or use a flag",
				from);
		if (t->by_row[o - options] || !(o->groups & (GROUP_COMMON | l->command->groups)))
			continue;
		if (leave_out(l, from, is_guarded && is_loose(o, v)))
			continue;
		if (set_value(l, o, v, from, e) < 0)
			return -1;
		t->by_row[o - options] = true;
	}
	return 0;
}

static const char *user_config(struct arena *a)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (xdg && *xdg)
		return arena_printf(a, "%s/assay/config.yaml", xdg);
	return home && *home ? arena_printf(a, "%s/.config/assay/config.yaml", home) : NULL;
}

int cli_find_file(const char *path, struct err *e)
{
	struct stat st;
	if (stat(path, &st))
		return 0;
	return S_ISREG(st.st_mode) ? 1 : err_set(e, ERR_USAGE, "%s: not a plain file", path);
}

int cli_config_files(struct command_line *l, struct taken *t, struct err *e)
{
	const char *named = l->settings.config;
	if (named && read_file(l, t, named, false, e) < 0) {
		if (e->kind == ERR_FORMAT)
			e->kind = ERR_USAGE;
		return -1;
	}
	const char *paths[] = {named ? NULL : ".assay.yaml", user_config(l->arena)};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		int found = paths[i] ? cli_find_file(paths[i], e) : 0;
		if (found == 0)
			continue;
		if (found < 0 || read_file(l, t, paths[i], i == 0, e) < 0) {
			e->kind = ERR_USAGE;
			return -1;
		}
	}
	return 0;
}

static const char *cache_home(struct arena *a)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (xdg && *xdg == '/')
		return xdg;
	return home && *home == '/' ? arena_printf(a, "%s/.cache", home) : NULL;
}

const char *cli_default_db(struct arena *a)
{
	const char *home = cache_home(a);
	return home ? arena_printf(a, "%s/assay/db", home) : NULL;
}

/* Where the Debian package's timer brings the index for everybody on this machine. */
static const char machine_db[] = "/var/lib/assay";

const char *cli_read_db(const struct settings *s, struct arena *a)
{
	const char *own = cli_default_db(a);
	if (s->db)
		return s->db;
	bool has_own = own && access(own, F_OK) == 0;
	bool is_closed = own && !has_own && errno == EACCES; /* the home is another's */
	bool has_machine = access("/var/lib/assay/index.mdb", R_OK) == 0;
	return !has_own && (has_machine || is_closed) ? machine_db : own;
}

const char *cli_default_cache(struct arena *a)
{
	const char *home = cache_home(a);
	return home ? arena_printf(a, "%s/assay/facts", home) : NULL;
}

const char *cli_starter(struct arena *a)
{
	static const char *const places[] = {"starter/index.mdb",
	                                     "../share/assay/starter/index.mdb"};
	AUTO_FREE char *self = self_dir();
	for (size_t i = 0; self && i < ARRAY_LEN(places); i++) {
		const char *path = arena_printf(a, "%s/%s", self, places[i]);
		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

const char *cli_yara(struct arena *a)
{
	static const char *const places[] = {"yara", "../share/assay/yara"};
	AUTO_FREE char *self = self_dir();
	for (size_t i = 0; self && i < ARRAY_LEN(places); i++) {
		const char *path = arena_printf(a, "%s/%s", self, places[i]);
		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}
