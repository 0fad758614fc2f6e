/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_cache.c - assay cache: what is kept of layers. */
#include "cli/cli.h"
#include "store/store.h"

static int open_cache(const struct settings *s, struct arena *a, struct cache **ret, struct err *e)
{
	const char *dir = s->cache_dir ? s->cache_dir : cli_default_cache(a);
	if (!dir)
		return err_set(e, ERR_USAGE, "there is no home folder: name one with --cache-dir");
	return cache_open(dir, (uint64_t)s->cache_max_bytes, ret, e);
}

/* Runs one action over the opened cache. */
static int with_cache(const struct settings *s, const char *arg,
                      int (*act)(struct cache *c, const char *arg, struct err *e))
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *a = arena_new();
	struct cache *c = NULL;
	if (open_cache(s, a, &c, &e) < 0)
		return cli_fail(&e);
	int rc = act(c, arg, &e);
	cache_close(c);
	return rc < 0 ? cli_fail(&e) : EXIT_PASS;
}

static int show_status(struct cache *c, const char *arg, struct err *e)
{
	struct cache_status st;
	(void)arg;
	if (cache_status(c, &st, e) < 0)
		return -1;
	printf("%ju files, %ju bytes", (uintmax_t)st.files, (uintmax_t)st.bytes);
	if (st.max_bytes)
		printf(" of at most %ju", (uintmax_t)st.max_bytes);
	putchar('\n');
	return 0;
}

static int clean(struct cache *c, const char *arg, struct err *e)
{
	(void)arg;
	return cache_clean(c, e);
}

static int export_to(struct cache *c, const char *arg, struct err *e)
{
	return cache_export(c, arg, e);
}

static int import_from(struct cache *c, const char *arg, struct err *e)
{
	uint64_t n;
	if (cache_import(c, arg, &n, e) < 0)
		return -1;
	printf("%ju files imported\n", (uintmax_t)n);
	return 0;
}

static int status_run(const struct settings *s, const char *const *args, size_t n)
{
	(void)args, (void)n;
	return with_cache(s, NULL, show_status);
}

static int clean_run(const struct settings *s, const char *const *args, size_t n)
{
	(void)args, (void)n;
	return with_cache(s, NULL, clean);
}

static int export_run(const struct settings *s, const char *const *args, size_t n)
{
	(void)n;
	return with_cache(s, args[0], export_to);
}

static int import_run(const struct settings *s, const char *const *args, size_t n)
{
	(void)n;
	return with_cache(s, args[0], import_from);
}

const struct command command_cache_clean = {
	.name = "cache clean",
	.args = "",
	.title = "Remove all facts that are kept",
	.text = "Removes what assay keeps of layers and archives, and nothing else of the folder.",
	.groups = GROUP_CACHE,
	.run = clean_run,
};

const struct command command_cache_export = {
	.name = "cache export",
	.args = "FILE",
	.title = "Write all facts into one file",
	.text = "For runners that start empty: export where the cache is warm, import where it is "
		"not.",
	.groups = GROUP_CACHE,
	.min_args = 1,
	.max_args = 1,
	.run = export_run,
};

const struct command command_cache_import = {
	.name = "cache import",
	.args = "FILE",
	.title = "Take over the facts of an exported file",
	.text = "Each set is checked before it is linked in; what is damaged is refused.",
	.groups = GROUP_CACHE,
	.min_args = 1,
	.max_args = 1,
	.run = import_run,
};

const struct command command_cache_status = {
	.name = "cache status",
	.args = "",
	.title = "Say how much is kept",
	.text = "Prints how many files there are, and their size.",
	.groups = GROUP_CACHE,
	.run = status_run,
};
