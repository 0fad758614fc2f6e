/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_fedora.c - updates of Fedora as its update system, Bodhi, gives them.
 *
 * Format: one update {"alias", "type", "status", "severity", "release": {"version", "id_prefix"},
 * "bugs": [{"title"}], "builds": [{"nvr", "epoch"}]}, or {"updates": [...]}.  CVEs are named in the
 * titles of bugs and in the notes.  Source: bodhi.fedoraproject.org/updates/.
 * Gives: records of source packages in fedora:N.  Only security updates that are stable count; EPEL
 * is of no distribution.
 */
#include "advise/updateinfo.h"

struct reading {
	struct feed_sink *sink;
	struct err *e;
};

/* "python3-docs-3.12.9-1.fc40": name, version-release. */
static bool cut_nvr(struct bytes nvr, struct bytes *ret_name, struct bytes *ret_vr)
{
	ssize_t release = bytes_rfind(nvr, '-');
	ssize_t version =
		release <= 0 ? -1 : bytes_rfind(bytes_slice(nvr, 0, (size_t)release), '-');
	if (version <= 0 || (size_t)release + 1 >= nvr.n)
		return false;
	*ret_name = bytes_slice(nvr, 0, (size_t)version);
	*ret_vr = bytes_skip(nvr, (size_t)version + 1);
	return true;
}

static int put_build(struct reading *r, struct advisory *a, const json_t *build,
                     const struct bytes *cves, size_t n)
{
	uint64_t epoch = 0;
	struct bytes nvr = json_text(build, "nvr"), vr;
	if (!cut_nvr(nvr, &a->package, &vr)) {
		feed_broken(r->sink, "%.*s: \"%.*s\" is no build", BYTES_FMT(a->ref),
		            BYTES_FMT(nvr));
		return 0;
	}
	AUTO_BUF struct buf fixed;
	buf_init(&fixed, (size_t)VERSION_LEN_MAX);
	if (json_u64(build, "epoch", UINT32_MAX, &epoch) && epoch)
		buf_addf(&fixed, "%llu:", (unsigned long long)epoch);
	buf_add(&fixed, vr);
	a->ranges[0].fixed = buf_bytes(&fixed);
	a->n_ranges = 1;
	for (size_t i = 0; i < n; i++) {
		a->id = cves[i];
		if (feed_put(r->sink, a, r->e) < 0)
			return -1;
	}
	return 0;
}

/* How many ids were put into cves; more than FEDORA_CVES_MAX: too many, or too many bugs. */
static size_t cves_of(const json_t *update, struct bytes cves[])
{
	struct bytes texts[FEDORA_BUGS_MAX + 2], id;
	size_t n = 0, n_texts = 0, i;
	const json_t *bug;
	json_array_foreach(json_list(update, "bugs"), i, bug)
	{
		if (n_texts >= FEDORA_BUGS_MAX)
			return FEDORA_CVES_MAX + 1;
		texts[n_texts++] = json_text(bug, "title");
	}
	texts[n_texts++] = json_text(update, "notes");
	texts[n_texts++] = json_text(update, "title");
	for (i = 0; i < n_texts; i++) {
		while (n <= FEDORA_CVES_MAX && cve_next(&texts[i], &id)) {
			size_t j = 0;
			while (j < n && !bytes_eq(cves[j], id))
				j++;
			if (j == n)
				cves[n++] = id;
		}
	}
	return n;
}

static int on_update(struct reading *r, const json_t *update)
{
	const json_t *release = json_obj(update, "release"), *build;
	struct bytes version = json_text(release, "version"), cves[FEDORA_CVES_MAX + 1];
	struct advisory a = {.ref = json_text(update, "alias"),
	                     .status = STATUS_AFFECTED,
	                     .severity = feed_severity(json_text(update, "severity"))};
	if (!a.ref.n || !version.n) {
		feed_broken(r->sink, "%.*s: an update without alias or release", BYTES_FMT(a.ref));
		return 0;
	}
	if (!bytes_eq(json_text(release, "id_prefix"), B("FEDORA")) ||
	    !bytes_eq(json_text(update, "type"), B("security")) ||
	    !bytes_eq(json_text(update, "status"), B("stable")))
		return 0;
	a.modified_s = feed_date(json_text(update, "date_stable"));
	feed_dated(r->sink, a.modified_s);
	AUTO_BUF struct buf ns;
	buf_init(&ns, (size_t)VERSION_LEN_MAX);
	buf_addf(&ns, "fedora:%.*s", BYTES_FMT(version));
	a.ns = buf_bytes(&ns);
	size_t n = cves_of(update, cves), i;
	if (n > FEDORA_CVES_MAX) {
		feed_broken(r->sink, "%.*s: more than %d bugs or %d CVEs", BYTES_FMT(a.ref),
		            FEDORA_BUGS_MAX, FEDORA_CVES_MAX);
		return 0;
	}
	if (n == 0)
		cves[n++] = a.ref;
	json_array_foreach(json_list(update, "builds"), i, build)
	{
		if (put_build(r, &a, build, cves, n) < 0)
			return -1;
	}
	return 0;
}

static int on_document(struct reading *r, const json_t *doc)
{
	const json_t *updates = json_list(doc, "updates"), *update;
	size_t i;
	if (!updates)
		return on_update(r, doc);
	json_array_foreach(updates, i, update)
	{
		if (on_update(r, update) < 0)
			return -1;
	}
	return 0;
}

static int recognise(const struct feed_doc *doc)
{
	return feed_first(doc) == '{' && feed_has(doc, "\"nvr\"") && feed_has(doc, "\"id_prefix\"")
	               ? 90
	               : 0;
}

static int import(struct feed_doc *doc, struct feed_sink *s, struct err *e)
{
	struct reading r = {.sink = s, .e = e};
	AUTO_BUF struct buf text;
	AUTO_JSON json_t *root = NULL;
	if (feed_load(doc, (size_t)FEED_RECORD_MAX, &text, e) < 0)
		return -1;
	if (json_load_data(buf_bytes(&text), "update", (size_t)FEED_RECORD_MAX, &root, e) < 0)
		return -1;
	return on_document(&r, root);
}

const struct feed feed_fedora = {
	.id = "fedora",
	.title = "Fedora updates",
	.recognise = recognise,
	.import = import,
};
