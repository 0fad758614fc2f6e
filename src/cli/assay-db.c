/* SPDX-License-Identifier: Apache-2.0 */
/* assay-db.c - `assay db export|import|known|update`, started by assay with the same words. */
#include "cli/cli.h"

#include <string.h>

#include "advise/advise.h"
#include "flow/flow.h"

static void say(void *arg, const char *text)
{
	(void)arg;
	log_line(LOG_WARN, "%s", text);
}

static const char *folder(const struct command_line *l, struct err *e)
{
	const char *db = l->settings.db ? l->settings.db : cli_default_db(l->arena);
	if (!db)
		err_set(e, ERR_USAGE, "there is no home folder; name one with --db");
	return db;
}

static int import(const struct command_line *l, struct err *e)
{
	struct feed_import_result res;
	const struct feed_import_options o = {
		.db = folder(l, e),
		.feed = l->settings.feed,
		.facts_only = l->settings.facts_only,
		.is_starter = l->settings.starter,
		.note = say,
	};
	if (!o.db || feed_import(l->args.v, l->args.n, &o, &res, e) < 0)
		return cli_fail(e);
	if (!l->settings.quiet)
		fprintf(stderr,
		        "imported %llu records from %llu documents; %llu broken, %llu of no known "
		        "feed, %llu not used yet\n",
		        (unsigned long long)res.records, (unsigned long long)res.documents,
		        (unsigned long long)res.broken, (unsigned long long)res.unknown,
		        (unsigned long long)res.companions);
	return res.broken ? EXIT_INCOMPLETE : EXIT_PASS;
}

static int update(const struct command_line *l, struct err *e)
{
	struct feed_update_result res;
	const struct feed_update_options o = {
		.db = folder(l, e),
		.urls_file = l->settings.feed_urls,
		.only = l->args.v,
		.n_only = l->args.n,
		.idle_s = MIN_OF(l->settings.timeout_s, FETCH_IDLE_S),
		.note = say,
	};
	if (!o.db || feed_update(&o, &res, e) < 0)
		return cli_fail(e);
	if (!l->settings.quiet)
		fprintf(stderr,
		        "%zu feeds updated, %zu unchanged, %zu failed; %llu documents (%llu bytes) "
		        "fetched, %llu records imported\n",
		        res.updated, res.unchanged, res.failed, (unsigned long long)res.documents,
		        (unsigned long long)res.bytes, (unsigned long long)res.import.records);
	return res.failed || res.import.broken ? EXIT_INCOMPLETE : EXIT_PASS;
}

/* ---- the index as an artifact ---- */

static int index_options(const struct command_line *l, const char *ref,
                         struct flow_index_options *ret, struct err *e)
{
	*ret = (struct flow_index_options){.db = folder(l, e),
	                                   .ref = ref,
	                                   .is_offline = l->settings.offline,
	                                   .now_s = clock_now_s(),
	                                   .max_age_s = l->settings.db_max_age_s};
	return ret->db ? cli_registry(&l->settings, l->arena, &ret->registry, e) : -1;
}

static int export(const struct command_line *l, struct err *e)
{
	struct flow_index_options o;
	struct flow_index_result res;
	struct key *key = NULL;
	const struct key *keys[1];
	char text[DIGEST_TEXT_MAX];
	if (index_options(l, l->args.v[0], &o, e) < 0)
		return cli_fail(e);
	if (cli_sign_key(&l->settings, &key, e) < 0)
		return cli_fail(e);
	if (key) {
		keys[0] = key;
		o.keys = (struct key_ring){keys, 1};
	} else {
		log_line(LOG_WARN, "without --sign-key nobody can take this index with "
		                   "`assay db update --from`");
	}
	int rc = flow_index_export(&o, &res, e);
	key_free(key);
	if (rc < 0)
		return cli_fail(e);
	printf("%s\n", digest_text(&res.manifest, text));
	if (!l->settings.quiet)
		fprintf(stderr, "exported %llu bytes, %llu packed%s\n",
		        (unsigned long long)res.plain, (unsigned long long)res.bytes,
		        key ? ", signed" : "");
	return EXIT_PASS;
}

static void say_fetched(const struct command_line *l, const struct flow_index_result *res)
{
	char built[21];
	clock_format(res->built_s, built);
	if (l->settings.quiet)
		return;
	if (res->is_unchanged)
		fprintf(stderr, "the index of %s is here already\n", built);
	else
		fprintf(stderr, "took the index of %s (%llu bytes, %s), signed by sha256:%.16s\n",
		        built, (unsigned long long)res->bytes, res->where, res->signer);
}

static int take(const struct command_line *l, struct err *e)
{
	struct flow_index_options o;
	struct flow_index_result res;
	size_t n = l->settings.key.n;
	struct key **v = arena_alloc(l->arena, (n + 1) * sizeof(struct key *));
	if (l->args.n) {
		err_set(e, ERR_USAGE, "--from takes a whole index, not single feeds");
		return cli_fail(e);
	}
	if (!n) {
		err_set(e, ERR_USAGE, "--from needs --key: who must have signed the index");
		return cli_fail(e);
	}
	int rc = cli_keys(&l->settings, v, e);
	if (rc == 0)
		rc = index_options(l, l->settings.from, &o, e);
	o.keys = (struct key_ring){(const struct key *const *)v, n};
	if (rc == 0)
		rc = flow_index_fetch(&o, &res, e);
	for (size_t i = 0; i < n; i++)
		key_free(v[i]);
	if (rc < 0)
		return cli_fail(e);
	say_fetched(l, &res);
	return EXIT_PASS;
}

/* ---- files of signed repositories ---- */

static int known(const struct command_line *l, struct err *e)
{
	struct known_result res;
	const struct settings *s = &l->settings;
	const struct flow_known_options o = {
		.paths = l->args.v,
		.n_paths = l->args.n,
		.keys = s->key.v,
		.n_keys = s->key.n,
		.to = s->learn,
		.takes_expired = s->expired,
		.note = say,
	};
	if (!s->key.n || !s->learn) {
		err_set(e, ERR_USAGE, "%s",
		        s->learn ? "--key is needed: who must have signed the index"
		                 : "--learn is needed: where the list goes");
		return cli_fail(e);
	}
	if (flow_known(&o, &res, e) < 0)
		return cli_fail(e);
	if (!s->quiet)
		fprintf(stderr,
		        "%llu files of %llu packages, by %llu signed indexes; %llu packages left "
		        "out\n",
		        (unsigned long long)res.files, (unsigned long long)res.packages,
		        (unsigned long long)res.indexes, (unsigned long long)res.left_out);
	return EXIT_PASS;
}

int main(int argc, char **argv)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_ARENA struct arena *arena = arena_new();
	struct command_line l = {.arena = arena};
	log_setup(LOG_WARN, LOG_TEXT);
	if (cli_parse(argc, argv, &l, &e) < 0)
		return cli_fail(&e);
	cli_setup_log(&l.settings);
	if (l.command && strcmp(l.command->name, "db update") == 0)
		return l.settings.from ? take(&l, &e) : update(&l, &e);
	if (l.command && strcmp(l.command->name, "db export") == 0 && l.args.n)
		return export(&l, &e);
	if (l.command && strcmp(l.command->name, "db import") == 0 && l.args.n)
		return import(&l, &e);
	if (l.command && strcmp(l.command->name, "db known") == 0 && l.args.n)
		return known(&l, &e);
	err_set(&e, ERR_USAGE, "assay-db is started by assay db export, import, known and update");
	return cli_fail(&e);
}
