/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_debian_tracker.c - the Debian security tracker.
 *
 * Format: {source: {CVE: {"releases": {codename: {status, fixed_version, urgency, nodsa,
 * nodsa_reason}}}}}, about 70 MB.  Source: security-tracker.debian.org/tracker/data/json; the words
 * are those of the tracker's data/CVE/list.
 * Gives: records of source packages.  No entry for a release: not affected.
 */
#include "advise/debian.h"

struct tracker {
	uint64_t open; /* records that say a vulnerability is not fixed */
};

struct reading {
	struct feed_sink *sink;
	struct tracker *all;
	struct bytes source, id;
	struct err *e;
};

/* What stands in the way of a fix. */
static void set_unfixed(struct advisory *a, const json_t *release, struct bytes urgency)
{
	struct bytes reason = json_text(release, "nodsa_reason");
	a->status = STATUS_AFFECTED;
	if (bytes_eq(urgency, B("end-of-life"))) {
		a->status = STATUS_END_OF_LIFE;
		a->detail = urgency;
	} else if (bytes_eq(reason, B("ignored"))) {
		a->status = STATUS_WILL_NOT_FIX;
		a->detail = reason;
	} else if (bytes_eq(reason, B("postponed"))) {
		a->status = STATUS_FIX_DEFERRED;
		a->detail = reason;
	} else if (json_object_get(release, "nodsa")) {
		a->status = STATUS_FIX_DEFERRED;
		a->detail = B("no-dsa");
	} else if (bytes_eq(urgency, B("unimportant"))) {
		a->detail = urgency;
	}
}

static int set_status(struct reading *r, struct advisory *a, const json_t *release)
{
	struct bytes status = json_text(release, "status");
	struct bytes fixed = json_text(release, "fixed_version");
	struct bytes urgency = json_text(release, "urgency");
	a->severity = debian_urgency(urgency);
	if (bytes_eq(fixed, B("0"))) {
		a->status = STATUS_NOT_AFFECTED;
		return 0;
	}
	bool is_resolved = bytes_eq(status, B("resolved"));
	if (fixed.n) {
		a->status = STATUS_AFFECTED;
		a->ranges[0] = (struct advisory_range){.fixed = fixed};
		a->n_ranges = 1;
		if (bytes_eq(urgency, B("unimportant")))
			a->detail = urgency;
		return 0;
	}
	if (bytes_eq(status, B("undetermined")))
		a->status = STATUS_UNDER_INVESTIGATION;
	else if (bytes_eq(status, B("open")))
		set_unfixed(a, release, urgency);
	else
		return err_set(r->e, ERR_FORMAT,
		               is_resolved ? "resolved without fixed_version"
		                           : "a status that is not known");
	r->all->open++;
	return 0;
}

static int on_release(struct reading *r, struct bytes codename, const json_t *release)
{
	struct advisory a = {.package = r->source, .id = r->id};
	char ns[48];
	a.ns = debian_ns(codename, ns);
	struct err fault, *caller = r->e;
	r->e = &fault;
	int res = set_status(r, &a, release);
	r->e = caller;
	if (res < 0) {
		feed_broken(r->sink, "%.*s %.*s %.*s: %s", BYTES_FMT(r->source), BYTES_FMT(r->id),
		            BYTES_FMT(codename), fault.msg);
		return 0;
	}
	return feed_put(r->sink, &a, r->e);
}

static int on_vulnerability(void *arg, const struct feed_value *v, struct err *e)
{
	struct reading *r = arg;
	const json_t *releases = json_obj(v->tree, "releases");
	r->source = v->keys[0];
	r->id = v->keys[1];
	r->e = e;
	const json_t *none = json_list(v->tree, "releases"); /* "[]": nothing to say */
	if (none && !json_array_size(none))
		return 0;
	if (!releases || !r->source.n || !r->id.n) {
		feed_broken(r->sink, "%.*s %.*s: no releases", BYTES_FMT(r->source),
		            BYTES_FMT(r->id));
		return 0;
	}
	const char *key;
	json_t *release;
	json_object_foreach((json_t *)(uintptr_t)releases, key, release)
	{
		if (on_release(r, bytes_str(key), release) < 0)
			return -1;
	}
	return 0;
}

static int recognise(const struct feed_doc *doc)
{
	if (feed_first(doc) != '{' || !feed_has(doc, "\"releases\""))
		return 0;
	return feed_has(doc, "\"repositories\"") && feed_has(doc, "\"status\"") ? 90 : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	static const char *const paths[] = {"*.*", NULL};
	struct reading r = {.sink = s, .all = feed_state(s, sizeof(struct tracker))};
	return feed_json(doc, paths, on_vulnerability, &r, e);
}

static int finish(struct feed_sink *s, struct err *e)
{
	(void)e;
	struct tracker *all = feed_state(s, sizeof *all);
	if (!all->open)
		feed_partial(s, "names only vulnerabilities that were fixed, none that is still "
		                "open");
	return 0;
}

static const struct feed_url urls[] = {
	{"https://security-tracker.debian.org/tracker/data/json", NULL},
	{NULL,						    NULL},
};

const struct feed feed_debian_tracker = {
	.id = "debian-tracker",
	.title = "Debian security tracker",
	.urls = urls,
	.recognise = recognise,
	.import = import,
	.finish = finish,
};
