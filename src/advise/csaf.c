/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csaf.c - what Red Hat's CSAF documents say about packages.
 *
 * vulnerabilities[].product_status lists ids of packages in platforms under fixed, known_affected,
 * known_not_affected and under_investigation; remediations say for the same ids by which erratum
 * (vendor_fix), or why there is none (no_fix_planned: "Will not fix", "Out of support scope";
 * none_available: "Affected", "Fix deferred"); threats of category impact give the severity.
 * Source: CSAF 2.0, 3.2.3; Red Hat's guide to its VEX files.
 *
 * A fix is of binary packages, which the lists name all (the source package where they name only
 * that).  What has no fix is named by component: where no "arch=src" stands beside it, the name may
 * be that of a source package, and both are meant.
 */
#include "advise/csaf.h"

#include <stdlib.h>
#include <string.h>

#include "advise/redhat.h"
#include "advise/updateinfo.h"

struct note { /* what else is said of a product id */
	struct bytes ref, detail;
	enum status status;
	enum severity severity;
	bool has_status, has_fix;
};

struct part { /* a record to be */
	struct bytes ns, package, ref, module, detail;
	struct bytes fixed;
	enum status status;
	enum severity severity;
	bool by_binary, is_fix;
};

struct reading {
	struct feed_sink *sink;
	struct csaf_products products;
	bool is_vex;
	struct bytes tracking_id;
	enum severity severity; /* of the document */
	int64_t released_s;
	/* of the vulnerability at hand */
	struct arena *arena;
	struct map *notes;    /* product id → struct note */
	struct map *by_key;   /* key of a part → index */
	struct map *binaries; /* "NS REF" that name binary packages, "NS" with source packages */
	struct part *parts;
	size_t n, cap;
	enum severity vuln_severity;
};

/* ---- what is said beside the status ---- */

static struct note *note_for(struct reading *r, struct bytes id)
{
	bool is_new;
	union map_value *slot = map_put(r->notes, id, &is_new);
	if (is_new)
		slot->p = arena_alloc(r->arena, sizeof(struct note));
	return slot->p;
}

static void threats(struct reading *r, const json_t *vuln)
{
	const json_t *threat, *id;
	size_t i, j;
	r->vuln_severity = r->severity;
	json_array_foreach(json_list(vuln, "threats"), i, threat)
	{
		enum severity s = SEV_UNKNOWN;
		if (!bytes_eq(json_text(threat, "category"), B("impact")))
			continue;
		severity_parse(json_text(threat, "details"), &s);
		const json_t *ids = json_list(threat, "product_ids");
		if (!json_array_size(ids))
			r->vuln_severity = s;
		json_array_foreach(ids, j, id)
		{
			if (json_is_string(id))
				note_for(r, json_bytes(id))->severity = s;
		}
	}
}

/* Reasons why there is no fix, by the words of remediations. */
static const struct {
	const char *category, *details;
	enum status status;
} reasons[] = {
	{"no_fix_planned", "Will not fix",         STATUS_WILL_NOT_FIX       },
	{"no_fix_planned", "Out of support scope", STATUS_END_OF_LIFE        },
	{"no_fix_planned", "End of life",          STATUS_END_OF_LIFE        },
	{"no_fix_planned", NULL,                   STATUS_WILL_NOT_FIX       },
	{"none_available", "Fix deferred",         STATUS_FIX_DEFERRED       },
	{"none_available", "Deferred",             STATUS_FIX_DEFERRED       },
	{"none_available", "Under investigation",  STATUS_UNDER_INVESTIGATION},
	{"none_available", "Will not fix",         STATUS_WILL_NOT_FIX       },
	{"none_available", "Out of support scope", STATUS_END_OF_LIFE        },
	{"none_available", NULL,                   STATUS_AFFECTED           },
};

/* "RHSA-2024:2447" of "https://access.redhat.com/errata/RHSA-2024:2447" */
static struct bytes erratum_of(struct bytes url)
{
	struct bytes last = bytes_skip(url, (size_t)(bytes_rfind(url, '/') + 1));
	return bytes_starts(last, B("RH")) ? last : (struct bytes){NULL, 0};
}

static void remedy(struct reading *r, const json_t *remediation, struct bytes id)
{
	struct bytes category = json_text(remediation, "category");
	struct bytes details = bytes_trim(json_text(remediation, "details"));
	struct note *n = note_for(r, id);
	if (bytes_eq(category, B("vendor_fix"))) {
		n->ref = erratum_of(json_text(remediation, "url"));
		n->has_fix = true;
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(reasons) && !n->has_status; i++) {
		if (!bytes_eq(category, bytes_str(reasons[i].category)) ||
		    (reasons[i].details &&
		     !bytes_eq_nocase(details, bytes_str(reasons[i].details))))
			continue;
		n->status = reasons[i].status;
		n->has_status = true;
		n->detail = details.n <= CSAF_DETAIL_MAX ? details : (struct bytes){NULL, 0};
	}
}

static void remediations(struct reading *r, const json_t *vuln)
{
	const json_t *remediation, *id;
	size_t i, j;
	json_array_foreach(json_list(vuln, "remediations"), i, remediation)
	{
		json_array_foreach(json_list(remediation, "product_ids"), j, id)
		{
			if (json_is_string(id))
				remedy(r, remediation, json_bytes(id));
		}
	}
}

/* ---- product statuses ---- */

static bool is_source(const struct csaf_product *c)
{
	return bytes_eq(c->arch, B("src")) || bytes_eq(c->arch, B("nosrc"));
}

static void mark(struct reading *r, const char *key) { map_put(r->binaries, bytes_str(key), NULL); }

static bool is_marked(struct reading *r, const char *key)
{
	return map_get(r->binaries, bytes_str(key)) != NULL;
}

static void add_part(struct reading *r, const struct part *part)
{
	bool is_new;
	const char *key = arena_printf(r->arena, "%.*s %.*s %.*s %.*s %d", BYTES_FMT(part->ns),
	                               BYTES_FMT(part->package), BYTES_FMT(part->ref),
	                               BYTES_FMT(part->module), part->by_binary);
	union map_value *slot = map_put(r->by_key, bytes_str(key), &is_new);
	if (is_new) {
		slot->u = r->n;
		r->parts = mem_grow(r->parts, &r->cap, r->n + 1, sizeof *r->parts);
		r->parts[r->n++] = *part;
		return;
	}
	struct part *there = &r->parts[slot->u];
	bool is_worse = there->status == STATUS_NOT_AFFECTED && part->status != there->status;
	if (is_worse)
		*there = *part;
	else if (part->fixed.n && there->fixed.n)
		there->fixed = rpm_fix(there->fixed, part->fixed);
}

static void add_fixed(struct reading *r, const struct csaf_product *c, const struct note *n)
{
	bool from_tracking = !n->ref.n && bytes_starts(r->tracking_id, B("RH"));
	struct part part = {
		.ns = c->ns,
		.package = c->name,
		.ref = from_tracking ? r->tracking_id : n->ref,
		.module = c->module,
		.fixed = c->evr,
		.detail = redhat_is_main(c->ns) ? c->minor : (struct bytes){NULL, 0},
		.status = STATUS_AFFECTED,
		.severity = n->severity,
		.by_binary = !is_source(c),
		.is_fix = true
        };
	if (!c->evr.n)
		return; /* "Text-Only" products have packages without versions */
	if (part.by_binary)
		mark(r,
		     arena_printf(r->arena, "%.*s %.*s", BYTES_FMT(part.ns), BYTES_FMT(part.ref)));
	add_part(r, &part);
}

static void add_open(struct reading *r, const struct csaf_product *c, const struct note *n,
                     enum status status)
{
	struct part part = {.ns = c->ns,
	                    .package = c->name,
	                    .module = c->module,
	                    .status = status,
	                    .severity = n->severity,
	                    .by_binary = !is_source(c)};
	if (status == STATUS_NOT_AFFECTED && c->evr.n)
		return; /* that version is not; of others nothing is said */
	if (status == STATUS_AFFECTED && n->has_status) {
		part.status = n->status;
		part.detail = n->detail;
	}
	if (is_source(c))
		mark(r, arena_printf(r->arena, "%.*s", BYTES_FMT(c->ns)));
	add_part(r, &part);
}

static void each_status(struct reading *r, const json_t *vuln)
{
	static const struct {
		const char *list;
		bool is_fix;
		enum status status;
	} lists[] = {
		{"fixed",               true,  STATUS_AFFECTED           },
		{"first_fixed",         true,  STATUS_AFFECTED           },
		{"known_affected",      false, STATUS_AFFECTED           },
		{"under_investigation", false, STATUS_UNDER_INVESTIGATION},
		{"known_not_affected",  false, STATUS_NOT_AFFECTED       },
	};
	const json_t *statuses = json_obj(vuln, "product_status"), *id;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		size_t j;
		if (!r->is_vex && !lists[i].is_fix)
			continue;
		json_array_foreach(json_list(statuses, lists[i].list), j, id)
		{
			struct csaf_product c;
			struct bytes text = json_bytes(id);
			if (!text.n || !csaf_component(&r->products, text, &c))
				continue;
			union map_value *slot = map_get(r->notes, text);
			struct note n = slot ? *(struct note *)slot->p : (struct note){0};
			if (lists[i].is_fix)
				add_fixed(r, &c, &n);
			else
				add_open(r, &c, &n, lists[i].status);
		}
	}
}

/* ---- records ---- */

static int put_part(struct reading *r, struct advisory *a, const struct part *part, struct err *e)
{
	a->ns = part->ns;
	a->package = part->package;
	a->ref = part->ref;
	a->by_binary = part->by_binary;
	a->status = part->status;
	a->severity = part->severity == SEV_UNKNOWN ? r->vuln_severity : part->severity;
	a->module = part->module;
	a->detail = part->detail;
	a->n_ranges = part->is_fix ? 1 : 0;
	a->ranges[0] = (struct advisory_range){.fixed = part->fixed};
	if (!part->by_binary && part->is_fix &&
	    is_marked(r, arena_printf(r->arena, "%.*s %.*s", BYTES_FMT(part->ns),
	                              BYTES_FMT(part->ref))))
		return 0; /* its binary packages are named one by one */
	if (feed_put(r->sink, a, e) < 0)
		return -1;
	if (part->is_fix || !part->by_binary ||
	    is_marked(r, arena_printf(r->arena, "%.*s", BYTES_FMT(part->ns))))
		return 0;
	a->by_binary = false; /* a component: the name of the source package as well */
	return feed_put(r->sink, a, e);
}

static struct bytes vector_of(const json_t *vuln)
{
	const json_t *score;
	size_t i;
	json_array_foreach(json_list(vuln, "scores"), i, score)
	{
		struct bytes v = json_text(json_obj(score, "cvss_v3"), "vectorString");
		if (!v.n)
			v = json_text(json_obj(score, "cvss_v4"), "vectorString");
		if (!v.n)
			v = json_text(json_obj(score, "cvss_v2"), "vectorString");
		if (v.n)
			return v;
	}
	return (struct bytes){NULL, 0};
}

static int vulnerability(struct reading *r, const json_t *vuln, struct err *e)
{
	struct advisory a = {
		.id = json_text(vuln, "cve"), .cvss = vector_of(vuln), .modified_s = r->released_s};
	if (!a.id.n)
		a.id = json_text(json_array_get(json_list(vuln, "ids"), 0), "text");
	if (!a.id.n)
		a.id = r->tracking_id;
	r->n = 0;
	r->arena = arena_new();
	r->notes = map_new();
	r->by_key = map_new();
	r->binaries = map_new();
	threats(r, vuln);
	remediations(r, vuln);
	each_status(r, vuln);
	int res = 0;
	for (size_t i = 0; i < r->n && res == 0; i++)
		res = put_part(r, &a, &r->parts[i], e);
	map_free(r->notes);
	map_free(r->by_key);
	map_free(r->binaries);
	arena_free(r->arena);
	return res;
}

static int read_tree(struct reading *r, const json_t *root, struct err *e)
{
	const json_t *document = json_obj(root, "document"), *vuln;
	const json_t *tracking = json_obj(document, "tracking");
	size_t i;
	int res = 0;
	r->tracking_id = json_text(tracking, "id");
	if (!document || !r->tracking_id.n)
		return err_set(e, ERR_FORMAT, "no document.tracking.id");
	if (bytes_eq(json_text(tracking, "status"), B("deleted")))
		return 0;
	struct bytes by = json_text(json_obj(document, "publisher"), "namespace");
	if (!bytes_eq(by, B("https://www.redhat.com")))
		return err_set(e, ERR_UNSUPPORTED, "published by \"%.*s\", not by Red Hat",
		               BYTES_FMT(bytes_slice(by, 0, 80)));
	if (!json_obj(root, "product_tree") && json_array_size(json_list(root, "vulnerabilities")))
		return err_set(e, ERR_FORMAT, "vulnerabilities without a product tree");
	severity_parse(json_text(json_obj(document, "aggregate_severity"), "text"), &r->severity);
	if (clock_parse(json_text(tracking, "current_release_date"), &r->released_s))
		feed_dated(r->sink, r->released_s);
	csaf_products_read(&r->products, feed_arena(r->sink), json_obj(root, "product_tree"));
	json_array_foreach(json_list(root, "vulnerabilities"), i, vuln)
	{
		if (res == 0)
			res = vulnerability(r, vuln, e);
	}
	csaf_products_free(&r->products);
	return res;
}

int csaf_import(struct feed_doc *doc, struct feed_sink *s, bool is_vex, struct err *e)
{
	AUTO_BUF struct buf text;
	AUTO_JSON json_t *root = NULL;
	struct reading r = {.sink = s, .is_vex = is_vex};
	buf_init(&text, 0);
	if (feed_load(doc, (size_t)FEED_RECORD_MAX, &text, e) < 0 ||
	    json_load_data(buf_bytes(&text), "csaf", (size_t)FEED_RECORD_MAX, &root, e) < 0)
		return -1;
	int res = read_tree(&r, root, e);
	free(r.parts);
	return res;
}
