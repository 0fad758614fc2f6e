/* SPDX-License-Identifier: Apache-2.0 */
/*
 * updateinfo.c - updateinfo.xml of rpm repositories.
 *
 * Format: <updates><update type="security"><id>, <issued date>, <updated date>, <severity>,
 * <references><reference type="cve" id>, <pkglist><collection><module name stream><package name
 * epoch version release arch>.  Source: createrepo_c and dnf, which write and read it.
 * Gives: records of binary packages.  A package of the same name in several architectures has one
 * record: publishers build all of them from one source.
 */
#include "advise/updateinfo.h"

#include <stdlib.h>
#include <string.h>

#include "advise/xml.h"

struct reading {
	const struct updateinfo *u;
	struct feed_sink *sink;
	struct arena *arena; /* of the update at hand */
	bool in_update, is_security;
	struct bytes id;
	enum severity severity;
	int64_t issued_s, updated_s;
	struct bytes *cves, module;
	size_t n_cves, cap_cves;
	struct updateinfo_package *packages;
	size_t n_packages, cap_packages;
};

/* ---- words that feeds of rpm distributions share ---- */

struct bytes rpm_dist(struct bytes release, const char *mark)
{
	ssize_t at = bytes_search(release, bytes_str(mark));
	struct bytes none = {NULL, 0};
	if (at < 0)
		return none;
	struct bytes rest = bytes_skip(release, (size_t)at + strlen(mark));
	size_t n = 0;
	while (n < rest.n && is_digit(rest.p[n]))
		n++;
	return n ? bytes_slice(rest, 0, n) : none;
}

struct bytes rpm_fix(struct bytes a, struct bytes b)
{
	ssize_t at = bytes_search(a, B(".module"));
	bool is_rebuild = at >= 0 && bytes_search(b, B(".module")) == at &&
	                  bytes_eq(bytes_slice(a, 0, (size_t)at), bytes_slice(b, 0, (size_t)at));
	bool is_lower = version_cmp(VERSION_RPM, a, b) < 0;
	return is_lower == is_rebuild ? a : b;
}

static size_t digits(struct bytes b)
{
	size_t n = 0;
	while (n < b.n && is_digit(b.p[n]))
		n++;
	return n;
}

bool cve_next(struct bytes *rest, struct bytes *ret)
{
	for (;;) {
		ssize_t at = bytes_search(*rest, B("CVE-"));
		if (at < 0)
			return false;
		struct bytes id = bytes_skip(*rest, (size_t)at);
		size_t year = digits(bytes_skip(id, 4));
		*rest = bytes_skip(id, 4 + year);
		if (year != 4 || !rest->n || rest->p[0] != '-')
			continue;
		size_t number = digits(bytes_skip(*rest, 1));
		*rest = bytes_skip(*rest, 1 + number);
		if (number < 4)
			continue;
		*ret = bytes_slice(id, 0, 4 + year + 1 + number);
		return true;
	}
}

enum severity feed_severity(struct bytes word)
{
	enum severity s = SEV_UNKNOWN;
	if (bytes_eq_nocase(word, B("none")) || !severity_parse(bytes_trim(word), &s))
		return SEV_UNKNOWN;
	return s;
}

int64_t feed_date(struct bytes text)
{
	int64_t s;
	text = bytes_trim(text);
	return clock_parse(bytes_slice(text, 0, 10), &s) ? s : 0;
}

/* ---- one update ---- */

static void begin_update(struct reading *r, const char *const *attrs)
{
	arena_free(r->arena);
	r->arena = arena_new();
	r->in_update = true;
	r->is_security = bytes_eq(xml_attr(attrs, "type"), B("security"));
	r->id = r->module = (struct bytes){NULL, 0};
	r->severity = SEV_UNKNOWN;
	r->issued_s = r->updated_s = 0;
	r->n_cves = r->n_packages = 0;
}

static int add_cves(struct reading *r, struct bytes text, struct err *e)
{
	struct bytes id;
	while (cve_next(&text, &id)) {
		bool is_known = false;
		for (size_t i = 0; i < r->n_cves && !is_known; i++)
			is_known = bytes_eq(r->cves[i], id);
		if (is_known)
			continue;
		if (r->n_cves >= (size_t)UPDATEINFO_CVES_MAX)
			return err_set(e, ERR_LIMIT, "%.*s names more than %lld CVEs",
			               BYTES_FMT(r->id), (long long)UPDATEINFO_CVES_MAX);
		r->cves = mem_grow(r->cves, &r->cap_cves, r->n_cves + 1, sizeof *r->cves);
		r->cves[r->n_cves++] = arena_dup(r->arena, id);
	}
	return 0;
}

static int add_package(struct reading *r, const char *const *attrs, struct err *e)
{
	if (r->n_packages >= (size_t)UPDATEINFO_PACKAGES_MAX)
		return err_set(e, ERR_LIMIT, "%.*s names more than %lld packages", BYTES_FMT(r->id),
		               (long long)UPDATEINFO_PACKAGES_MAX);
	r->packages =
		mem_grow(r->packages, &r->cap_packages, r->n_packages + 1, sizeof *r->packages);
	r->packages[r->n_packages++] = (struct updateinfo_package){
		.name = arena_dup(r->arena, xml_attr(attrs, "name")),
		.epoch = arena_dup(r->arena, xml_attr(attrs, "epoch")),
		.version = arena_dup(r->arena, xml_attr(attrs, "version")),
		.release = arena_dup(r->arena, xml_attr(attrs, "release")),
		.arch = arena_dup(r->arena, xml_attr(attrs, "arch")),
		.module = r->module,
	};
	return 0;
}

static void set_module(struct reading *r, const char *const *attrs)
{
	struct bytes name = xml_attr(attrs, "name"), stream = xml_attr(attrs, "stream");
	if (name.n && stream.n)
		r->module = bytes_str(
			arena_printf(r->arena, "%.*s:%.*s", BYTES_FMT(name), BYTES_FMT(stream)));
}

static struct bytes fixed_of(struct reading *r, const struct updateinfo_package *p)
{
	bool has_epoch = p->epoch.n && !bytes_eq(p->epoch, B("0"));
	struct bytes epoch = has_epoch ? p->epoch : (struct bytes){NULL, 0};
	return bytes_str(arena_printf(r->arena, "%.*s%s%.*s-%.*s", BYTES_FMT(epoch),
	                              has_epoch ? ":" : "", BYTES_FMT(p->version),
	                              BYTES_FMT(p->release)));
}

static int put_package(struct reading *r, const struct updateinfo_package *p, struct bytes fixed,
                       struct err *e)
{
	AUTO_BUF struct buf ns;
	buf_init(&ns, (size_t)VERSION_LEN_MAX);
	if (r->u->ns(r->id, p, &ns) == 0)
		return 0;
	struct advisory a = {
		.ns = buf_bytes(&ns),
		.package = p->name,
		.ref = r->id,
		.by_binary = true,
		.status = STATUS_AFFECTED,
		.n_ranges = 1,
		.severity = r->severity,
		.module = p->module,
		.modified_s = MAX_OF(r->issued_s, r->updated_s),
	};
	a.ranges[0].fixed = fixed;
	if (r->u->series)
		a.ranges[0].introduced = r->u->series(r->id, p);
	for (size_t i = 0; i < r->n_cves; i++) {
		a.id = r->cves[i];
		if (feed_put(r->sink, &a, e) < 0)
			return -1;
	}
	if (r->n_cves)
		return 0;
	a.id = r->id;
	return feed_put(r->sink, &a, e);
}

static int by_name(const void *a, const void *b)
{
	const struct updateinfo_package *x = a, *y = b;
	int res = bytes_cmp(x->name, y->name);
	return res ? res : bytes_cmp(x->module, y->module);
}

static int put_all(struct reading *r, struct err *e)
{
	if (r->n_packages)
		qsort(r->packages, r->n_packages, sizeof *r->packages, by_name);
	for (size_t i = 0, j; i < r->n_packages; i = j) {
		const struct updateinfo_package *p = &r->packages[i];
		struct bytes fixed = fixed_of(r, p);
		for (j = i + 1; j < r->n_packages && by_name(p, &r->packages[j]) == 0; j++)
			fixed = rpm_fix(fixed, fixed_of(r, &r->packages[j]));
		if (!p->name.n || !p->version.n || !p->release.n) {
			feed_broken(r->sink, "%.*s: a package without name, version or release",
			            BYTES_FMT(r->id));
			continue;
		}
		if (put_package(r, p, fixed, e) < 0)
			return -1;
	}
	return 0;
}

static int end_update(struct reading *r, struct err *e)
{
	r->in_update = false;
	if (!r->id.n) {
		feed_broken(r->sink, "an update without id");
		return 0;
	}
	feed_dated(r->sink, MAX_OF(r->issued_s, r->updated_s));
	if (!r->is_security && !r->n_cves)
		return 0;
	return put_all(r, e);
}

/* ---- events ---- */

static int on_open(void *arg, struct bytes name, const char *const *attrs, struct err *e)
{
	struct reading *r = arg;
	if (bytes_eq(name, B("update"))) {
		begin_update(r, attrs);
		return 0;
	}
	if (!r->in_update)
		return 0;
	if (bytes_eq(name, B("issued"))) {
		r->issued_s = feed_date(xml_attr(attrs, "date"));
	} else if (bytes_eq(name, B("updated"))) {
		r->updated_s = feed_date(xml_attr(attrs, "date"));
	} else if (bytes_eq(name, B("collection"))) {
		r->module = (struct bytes){NULL, 0};
	} else if (bytes_eq(name, B("module"))) {
		set_module(r, attrs);
	} else if (bytes_eq(name, B("package"))) {
		return add_package(r, attrs, e);
	} else if (bytes_eq(name, B("reference"))) {
		if (bytes_eq(xml_attr(attrs, "type"), B("cve")))
			return add_cves(r, xml_attr(attrs, "id"), e);
		/* Fedora names CVEs only in the titles of bugs */
		if (bytes_eq(xml_attr(attrs, "type"), B("bugzilla")))
			return add_cves(r, xml_attr(attrs, "title"), e);
	}
	return 0;
}

static int on_close(void *arg, struct bytes name, struct bytes text, struct err *e)
{
	struct reading *r = arg;
	if (!r->in_update)
		return 0;
	if (bytes_eq(name, B("id")))
		r->id = arena_dup(r->arena, text);
	else if (bytes_eq(name, B("severity")))
		r->severity = feed_severity(text);
	else if (bytes_eq(name, B("update")))
		return end_update(r, e);
	return 0;
}

bool updateinfo_recognise(const struct feed_doc *doc)
{
	return feed_first(doc) == '<' && feed_has(doc, "<updates") &&
	       (feed_has(doc, "<update ") || feed_has(doc, "<updates/>"));
}

int updateinfo_import(struct feed_doc *doc, struct feed_sink *s, const struct updateinfo *u,
                      struct err *e)
{
	struct reading r = {.u = u, .sink = s};
	struct feed_xml h = {.open = on_open, .close = on_close, .arg = &r};
	int res = feed_xml(doc, &h, e);
	arena_free(r.arena);
	free(r.cves);
	free(r.packages);
	return res;
}
