/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assay-db.c - `assay db`: the advisory index.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advise/advise.h"

enum { EXIT_DONE = 0, EXIT_USAGE = 2, EXIT_PARTLY = 3 };

static void say(void *arg, const char *text)
{
	(void)arg;
	log_line(LOG_WARN, "%s", text);
}

static int usage(const char *why, const char *what)
{
	fprintf(stderr,
	        "assay db: %s%s\n"
	        "usage: assay db import [--db DIR] [--feed NAME] [--facts-only] [--starter] "
	        "PATH...\n",
	        why, what);
	return EXIT_USAGE;
}

/* The user's own folder, when --db names none. */
static char *default_db(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (cache && cache[0] == '/')
		return path_join(cache, "assay/db");
	return path_join(home && home[0] ? home : "/var/cache",
	                 home ? ".cache/assay/db" : "assay/db");
}

static int import_paths(const char *const paths[], size_t n, struct feed_import_options *o)
{
	struct feed_import_result res;
	struct err e;
	AUTO_FREE char *db = o->db ? mem_strdup(o->db) : default_db();
	o->db = db;
	o->note = say;
	if (feed_import(paths, n, o, &res, &e) < 0) {
		log_line(LOG_ERROR, "%s", e.msg);
		return e.kind == ERR_USAGE ? EXIT_USAGE : EXIT_PARTLY;
	}
	fprintf(stderr,
	        "imported %llu records from %llu documents; %llu broken, %llu of no known feed, "
	        "%llu "
	        "not used yet\n",
	        (unsigned long long)res.records, (unsigned long long)res.documents,
	        (unsigned long long)res.broken, (unsigned long long)res.unknown,
	        (unsigned long long)res.companions);
	return res.broken ? EXIT_PARTLY : EXIT_DONE;
}

static int cmd_import(int argc, char **argv)
{
	struct feed_import_options o = {.db = NULL};
	int i = 0;
	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		const char *opt = argv[i];
		if (strcmp(opt, "--") == 0) {
			i++;
			break;
		}
		if (strcmp(opt, "--facts-only") == 0)
			o.facts_only = true;
		else if (strcmp(opt, "--starter") == 0)
			o.is_starter = true;
		else if (strcmp(opt, "--db") == 0 && i + 1 < argc)
			o.db = argv[++i];
		else if (strcmp(opt, "--feed") == 0 && i + 1 < argc)
			o.feed = argv[++i];
		else
			return usage("unknown option, or a value is missing: ", opt);
	}
	if (i == argc)
		return usage("name at least one file or folder", "");
	return import_paths((const char *const *)argv + i, (size_t)(argc - i), &o);
}

int main(int argc, char **argv)
{
	log_setup(LOG_WARN, LOG_TEXT);
	if (argc >= 2 && strcmp(argv[1], "import") == 0)
		return cmd_import(argc - 2, argv + 2);
	return argc < 2 ? usage("name a command", "") : usage("unknown command: ", argv[1]);
}
