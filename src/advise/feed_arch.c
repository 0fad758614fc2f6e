/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_arch.c - Arch Linux' security tracker: groups (AVG) of vulnerabilities of a package.
 *
 * A group says that some version is affected, and from which on none is; until that is known all
 * are.  Packages are called as pacman does.  Arch has one release, and keeps no fixes for old ones.
 *
 * Format: a JSON list of groups, or one: "name", "packages", "status" (Vulnerable, Testing, Fixed,
 * Unknown, Not affected), "severity", "affected", "fixed", "issues", "advisories".
 * Source: security.archlinux.org, all.json and AVG-N.json.
 */
#include "advise/feed.h"

static int arch_recognise(const struct feed_doc *doc)
{
	uint8_t c = feed_first(doc);
	return (c == '[' || c == '{') && feed_has(doc, "\"AVG-") && feed_has(doc, "\"issues\"") &&
	                       feed_has(doc, "\"packages\"")
	               ? 90
	               : 0;
}

static const struct {
	const char *word;
	enum status status;
} statuses[] = {
	{"Vulnerable",   STATUS_AFFECTED           },
	{"Testing",      STATUS_AFFECTED           }, /* its fix is in a repository of its own */
	{"Fixed",        STATUS_AFFECTED           }, /* before the fix */
	{"Unknown",      STATUS_UNDER_INVESTIGATION},
	{"Not affected", STATUS_NOT_AFFECTED       },
};

static bool status_of(struct bytes word, enum status *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		if (bytes_eq_nocase(word, bytes_str(statuses[i].word))) {
			*ret = statuses[i].status;
			return true;
		}
	}
	return false;
}

/* Under each of its issues, else under the group's own name. */
static int put_package(struct feed_sink *s, const json_t *issues, struct advisory *v,
                       struct bytes group, struct err *e)
{
	size_t n = json_array_size(issues);
	for (size_t i = 0; i < n || (i == 0 && !n); i++) {
		struct bytes id = json_bytes(json_array_get(issues, i));
		v->id = id.n ? id : group;
		v->ref = id.n ? group : (struct bytes){NULL, 0};
		if (feed_put(s, v, e) < 0)
			return -1;
	}
	return 0;
}

static int read_group(struct feed_sink *s, const json_t *group, struct err *e)
{
	struct advisory v = {.ns = B("arch"), .by_binary = true, .n_ranges = 1};
	struct bytes name = json_text(group, "name"), word = json_text(group, "status");
	const json_t *packages = json_list(group, "packages"), *at;
	size_t i;
	if (!name.n || !packages)
		return err_set(e, ERR_FORMAT, "a group without name or packages");
	if (!status_of(word, &v.status))
		return err_set(e, ERR_FORMAT, "%.*s: status \"%.*s\" is none of the tracker's",
		               BYTES_FMT(bytes_slice(name, 0, 40)),
		               BYTES_FMT(bytes_slice(word, 0, 40)));
	v.ranges[0].fixed = json_text(group, "fixed");
	if (v.status == STATUS_NOT_AFFECTED)
		v.n_ranges = 0;
	else if (!v.ranges[0].fixed.n && bytes_eq_nocase(word, B("Fixed")))
		return err_set(e, ERR_FORMAT, "%.*s: fixed, and no version says where",
		               BYTES_FMT(bytes_slice(name, 0, 40)));
	severity_parse(json_text(group, "severity"), &v.severity);
	json_array_foreach(json_list(group, "advisories"), i, at)
	{
		struct bytes id = json_bytes(at);
		if (id.n && v.n_refs < ADVISORY_REFS_MAX)
			v.refs[v.n_refs++] = id;
	}
	json_array_foreach(packages, i, at)
	{
		v.package = json_bytes(at);
		if (!v.package.n)
			return err_set(e, ERR_FORMAT, "%.*s: a package without a name",
			               BYTES_FMT(bytes_slice(name, 0, 40)));
		if (put_package(s, json_list(group, "issues"), &v, name, e) < 0)
			return -1;
	}
	return 0;
}

static int one_of_list(void *arg, const struct feed_value *v, struct err *e)
{
	struct feed_sink *s = arg;
	struct err why = {.kind = ERR_NONE};
	if (v->n_keys && v->keys[0].n)
		return err_set(e, ERR_FORMAT, "an object where a list of groups is wanted");
	if (json_is_object(v->tree) && read_group(s, v->tree, &why) == 0)
		return 0;
	if (why.kind != ERR_NONE && why.kind != ERR_FORMAT && why.kind != ERR_LIMIT) {
		*e = why;
		return -1;
	}
	feed_broken(s, "%s", why.kind == ERR_NONE ? "a group that is no object" : why.msg);
	return 0;
}

static int arch_import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	static const char *const groups[] = {"*", NULL};
	AUTO_BUF struct buf text = {0};
	AUTO_JSON json_t *root = NULL;
	if (feed_speaks(s, B("arch"), e) < 0)
		return -1;
	if (feed_first(doc) != '{')
		return feed_json(doc, groups, one_of_list, s, e);
	if (feed_load(doc, (size_t)FEED_RECORD_MAX, &text, e) < 0 ||
	    json_load_data(buf_bytes(&text), "group", (size_t)FEED_RECORD_MAX, &root, e) < 0)
		return -1;
	return read_group(s, root, e);
}

static const struct feed_url urls[] = {
	{"https://security.archlinux.org/all.json", NULL},
	{NULL,				      NULL},
};

const struct feed feed_arch = {
	.id = "arch",
	.title = "Arch Linux security tracker",
	.urls = urls,
	.recognise = arch_recognise,
	.import = arch_import,
};
