/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_eol.c - the day on which a release of a distribution gets its last security fix.
 *
 * Format: distro-info ("version,codename,series,created,release,eol,..." in CSV); endoflife.date as
 * one YAML file a product (releases: [{releaseCycle, eol, eoes}]) and as its API gives it
 * ({result: [{name, releases: [{name, eolFrom, eoesFrom}]}]}, one product or all).  Source: Debian
 * package distro-info-data; endoflife.date/api/v1/products/full.
 * Gives: record ADVISORY_EOL of package ADVISORY_RELEASE, detail the day.
 *
 * For Debian the day is the end of long-term support: until then there are advisories, free for
 * all.  What only some get (Ubuntu Pro, extended support of Red Hat) is not counted.
 */
#include "advise/feed.h"

#include <stdio.h>
#include <string.h>

#include "advise/match.h"

/* Products of endoflife.date whose releases have advisories. */
static const struct product {
	const char *name, *ns;
	const char *api, *yaml; /* a member that counts before eolFrom, eol; NULL: none */
} products[] = {
	{"almalinux",    "almalinux",     NULL,       NULL  },
        {"alpine-linux", "alpine",        NULL,       NULL  },
	{"amazon-linux", "amzn",          NULL,       NULL  },
        {"azure-linux",  "azurelinux",    NULL,       NULL  },
	{"debian",       "debian",        "eoesFrom", "eoes"},
        {"fedora",       "fedora",        NULL,       NULL  },
	{"opensuse",     "opensuse-leap", NULL,       NULL  },
        {"oracle-linux", "ol",            NULL,       NULL  },
	{"photon",       "photon",        NULL,       NULL  },
        {"rhel",         "rhel",          NULL,       NULL  },
	{"rocky-linux",  "rocky",         NULL,       NULL  },
        {"sles",         "sles",          NULL,       NULL  },
	{"ubuntu",       "ubuntu",        NULL,       NULL  },
};

static const struct product *product_by_name(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_LEN(products); i++) {
		if (bytes_eq(bytes_str(products[i].name), name))
			return &products[i];
	}
	return NULL;
}

static int put_day(struct feed_sink *s, const char *ns, struct bytes version, struct bytes day,
                   struct err *e)
{
	const struct distro *d = distro_by_ns(bytes_str(ns));
	const struct fact_os os = {.id = bytes_str(d->id), .version_id = version};
	int64_t day_s;
	AUTO_BUF struct buf full;
	buf_init(&full, 256);
	if (!day.n || bytes_eq(day, B("false")) || bytes_eq(day, B("true")))
		return 0; /* not known, or only that it has ended */
	if (!clock_parse(day, &day_s)) {
		feed_broken(s, "%s %.*s: \"%.*s\" is no day", ns, BYTES_FMT(version),
		            BYTES_FMT(bytes_slice(day, 0, 40)));
		return 0;
	}
	if (distro_ns(d, &os, &full) < 0)
		return 0; /* a release without advisories of its own: "rolling" */
	struct advisory a = {.ns = buf_bytes(&full),
	                     .package = B(ADVISORY_RELEASE),
	                     .id = B(ADVISORY_EOL),
	                     .detail = day};
	return feed_put(s, &a, e);
}

/* ---- endoflife.date ---- */

static int put_release(struct feed_sink *s, const struct product *p, const json_t *release,
                       struct err *e)
{
	bool is_api = json_object_get(release, "name") != NULL;
	struct bytes version = json_text(release, is_api ? "name" : "releaseCycle");
	const char *first = is_api ? p->api : p->yaml;
	struct bytes day = first ? json_text(release, first) : (struct bytes){NULL, 0};
	if (!day.n)
		day = json_text(release, is_api ? "eolFrom" : "eol");
	if (!version.n) {
		feed_broken(s, "%s: a release without name", p->name);
		return 0;
	}
	return put_day(s, p->ns, version, day, e);
}

static int put_releases(struct feed_sink *s, struct bytes name, const json_t *releases,
                        struct err *e)
{
	const struct product *p = product_by_name(name);
	size_t i;
	const json_t *release;
	if (!p) /* a language, a server: nothing that the index asks for */
		return 0;
	json_array_foreach(releases, i, release)
	{
		if (put_release(s, p, release, e) < 0)
			return -1;
	}
	return 0;
}

struct reading {
	struct feed_sink *sink;
	struct bytes name; /* of a document with one product, in scratch */
};

static int on_value(void *arg, const struct feed_value *v, struct err *e)
{
	struct reading *r = arg;
	if (v->path == 2) /* one of all products */
		return put_releases(r->sink, json_text(v->tree, "name"),
		                    json_list(v->tree, "releases"), e);
	if (v->path == 0)
		r->name = arena_dup(feed_arena(r->sink), json_bytes(v->tree));
	else if (!r->name.n)
		return err_set(e, ERR_FORMAT, "releases before the product's name");
	else
		return put_releases(r->sink, r->name, v->tree, e);
	return 0;
}

static int read_api(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	static const char *const paths[] = {"result.name", "result.releases", "result.*", NULL};
	struct reading r = {.sink = s};
	return feed_json(doc, paths, on_value, &r, e);
}

static int read_yaml(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	AUTO_BUF struct buf text = {.max = 0};
	AUTO_JSON json_t *root = NULL;
	if (feed_load(doc, (size_t)YAML_DOC_MAX, &text, e) < 0 ||
	    yaml_load(buf_bytes(&text), "line", YAML_FEED, &root, e) < 0)
		return -1;
	struct bytes name = json_text(root, "permalink");
	if (!json_list(root, "releases") || !bytes_starts(name, B("/")))
		return err_set(e, ERR_FORMAT, "no permalink or no releases");
	return put_releases(s, bytes_skip(name, 1), json_list(root, "releases"), e);
}

/* ---- distro-info ---- */

struct table {
	struct feed_sink *sink;
	const char *ns;
	ssize_t version, eol, lts; /* columns, -1 where there is none */
};

/* -1: there are more. */
static int split_row(struct bytes line, struct bytes ret[EOL_COLUMNS_MAX], size_t *ret_n,
                     struct err *e)
{
	size_t n = 0;
	struct bytes more;
	while (n < EOL_COLUMNS_MAX && bytes_split(&line, ',', &ret[n]))
		n++;
	if (bytes_split(&line, ',', &more))
		return err_set(e, ERR_LIMIT, "a row of more than %d columns", EOL_COLUMNS_MAX);
	*ret_n = n;
	return 0;
}

static int read_header(struct table *t, struct bytes line, struct err *e)
{
	struct bytes cell[EOL_COLUMNS_MAX];
	size_t n;
	if (split_row(line, cell, &n, e) < 0)
		return -1;
	t->version = t->eol = t->lts = -1;
	t->ns = "debian";
	for (size_t i = 0; i < n; i++) {
		if (bytes_eq(cell[i], B("version")))
			t->version = (ssize_t)i;
		else if (bytes_eq(cell[i], B("eol")))
			t->eol = (ssize_t)i;
		else if (bytes_eq(cell[i], B("eol-lts")))
			t->lts = (ssize_t)i;
		else if (bytes_eq(cell[i], B("eol-server")))
			t->ns = "ubuntu";
	}
	return t->version < 0 || t->eol < 0 ? err_set(e, ERR_FORMAT, "no columns version and eol")
	                                    : 0;
}

static int read_row(struct table *t, struct bytes line, struct err *e)
{
	struct bytes cell[EOL_COLUMNS_MAX], day = {NULL, 0}, version, rest;
	size_t n;
	if (split_row(line, cell, &n, e) < 0)
		return -1;
	if (n <= (size_t)t->version || n <= (size_t)t->eol)
		return 0; /* a release to come has no day yet */
	rest = cell[t->version];
	if (!bytes_word(&rest, &version)) /* "22.04 LTS" */
		return 0;
	if (t->lts >= 0 && (size_t)t->lts < n)
		day = bytes_trim(cell[t->lts]);
	if (!day.n)
		day = bytes_trim(cell[t->eol]);
	return put_day(t->sink, t->ns, version, day, e);
}

static int read_csv(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	struct feed_lines lines = {.doc = doc};
	struct table t = {.sink = s, .version = -1, .eol = -1};
	struct bytes line;
	int got = feed_lines_next(&lines, &line, e);
	if (got >= 0 && read_header(&t, got ? line : B(""), e) < 0)
		got = -1;
	while (got > 0 && (got = feed_lines_next(&lines, &line, e)) == 1) {
		if (read_row(&t, line, e) < 0)
			got = -1;
	}
	feed_lines_end(&lines);
	return got < 0 ? -1 : 0;
}

static int recognise(const struct feed_doc *doc)
{
	if (bytes_starts(doc->head, B("version,codename,series,")))
		return 90;
	if (feed_first(doc) == '{')
		return feed_has(doc, "\"releases\"") &&
		                       (feed_has(doc, "\"eolFrom\"") || feed_has(doc, "\"isEol\""))
		               ? 80
		               : 0;
	return feed_has(doc, "\nreleases:") && feed_has(doc, "releaseCycle:") &&
	                       feed_has(doc, "permalink:")
	               ? 80
	               : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	if (bytes_starts(doc->head, B("version,")))
		return read_csv(doc, s, e);
	return feed_first(doc) == '{' ? read_api(doc, s, e) : read_yaml(doc, s, e);
}

static const struct feed_url urls[] = {
	{"https://endoflife.date/api/v1/products/full", NULL},
	{NULL,					  NULL},
};

const struct feed feed_eol = {
	.id = "eol",
	.title = "End of life dates",
	.is_side = true,
	.urls = urls,
	.recognise = recognise,
	.import = import,
};
