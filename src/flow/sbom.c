/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom.c - a bill of materials in the place of an image: what it says, judged as if it had been
 * found.
 *
 * One of assay's own carries all that judging needs (carry.h).  Of others' the package URL, its
 * qualifiers and the properties of Syft and Trivy say most of it; what cannot be judged is counted.
 */
#include "flow/scan.h"

#include <string.h>

struct reading {
	struct report *r;
	const struct sbom *s;
	struct map *by_ref; /* ref → index of the package + 1 */
	bool tells_sources; /* its producer writes down sources, at least those of other names */
	size_t n_nameless, n_versionless;
	struct bytes nameless, versionless; /* the first of each */
};

static void row(struct report *r, enum coverage_status status, const char *code, const char *text)
{
	report_cover(r,
	             (struct coverage){.check = CHECK_VULNERABILITY,
	                               .status = status,
	                               .code = code,
	                               .layer = -1,
	                               .is_inventory = status != COVERAGE_COMPLETE},
	             "%s", text);
}

/* ---- packages ---- */

static struct bytes pair_of(const struct sbom_package *p, const char *key)
{
	for (size_t i = 0; i < p->n_pairs; i++) {
		if (bytes_eq(p->pairs[i].key, bytes_str(key)))
			return p->pairs[i].value;
	}
	return (struct bytes){NULL, 0};
}

/* "assay:" pairs; true when there was one: the document is assay's own. */
static bool take_pairs(struct report *r, struct package *to, const struct sbom_package *p)
{
	bool any = false;
	for (size_t i = 0; i < p->n_pairs; i++) {
		if (!bytes_starts(p->pairs[i].key, B("assay:")))
			continue;
		any = true;
		struct bytes key = bytes_skip(p->pairs[i].key, 6);
		if (to)
			carry_set_package(r, to, key, p->pairs[i].value);
		else
			carry_set_report(r, key, p->pairs[i].value);
	}
	return any;
}

/* Syft and Trivy know the sources of what they list, and Syft leaves out those of the same name. */
static bool is_of_peer(const struct sbom_package *p)
{
	for (size_t i = 0; i < p->n_pairs; i++) {
		if (bytes_starts(p->pairs[i].key, B("syft:")) ||
		    bytes_starts(p->pairs[i].key, B("aquasecurity:trivy:")))
			return true;
	}
	return false;
}

static void same_sources(struct reading *t)
{
	for (size_t i = 0; i < t->r->n_packages && t->tells_sources; i++) {
		struct package *p = &t->r->packages[i];
		if (!p->source_name.n && !ecosystem_is_language(p->type))
			p->source_name = p->name;
	}
}

/* What Syft and Trivy say of the source package; rpm's release and epoch apart, as Trivy has them.
 */
static void foreign_source(struct report *r, struct package *to, const struct sbom_package *p,
                           const struct purl *u)
{
	struct bytes upstream = purl_qualifier(u, "upstream"), name, version;
	struct bytes release = pair_of(p, "aquasecurity:trivy:SrcRelease");
	struct bytes epoch = pair_of(p, "aquasecurity:trivy:SrcEpoch");
	name = pair_of(p, "aquasecurity:trivy:SrcName");
	version = pair_of(p, "aquasecurity:trivy:SrcVersion");
	if (version.n && (release.n || epoch.n))
		version = bytes_str(arena_printf(r->arena, "%.*s%s%.*s%s%.*s", BYTES_FMT(epoch),
		                                 epoch.n ? ":" : "", BYTES_FMT(version),
		                                 release.n ? "-" : "", BYTES_FMT(release)));
	if (!name.n) {
		name = pair_of(p, "syft:metadata:source");
		version = pair_of(p, "syft:metadata:sourceVersion");
	}
	if (!name.n && upstream.n)
		bytes_cut(upstream, '@', &name, &version);
	if (bytes_eq(to->type, B("rpm"))) {
		struct bytes rpm = name;
		if (bytes_ends(rpm, B(".src.rpm"))) /* NAME-VERSION-RELEASE.src.rpm */
			rpm.n -= 8;
		for (int i = 0; i < 2 && rpm.n < name.n; i++) {
			ssize_t dash = bytes_rfind(rpm, '-');
			rpm = bytes_slice(rpm, 0, dash > 0 ? (size_t)dash : rpm.n);
		}
		name = rpm;
		version = (struct bytes){NULL, 0};
	}
	to->source_name = arena_dup(r->arena, name);
	to->source_version = arena_dup(r->arena, version);
}

static void foreign(struct report *r, struct package *to, const struct sbom_package *p,
                    const struct purl *u)
{
	to->arch = purl_qualifier(u, "arch");
	if (ecosystem_is_language(to->type)) {
		struct bytes name = ecosystem_join(u->type, u->ns, u->name, r->arena);
		if (!bytes_eq_nocase(name, to->name)) /* purls of some types are lower case */
			to->name = name;
		if (!to->version.n)
			to->version = u->version;
		return;
	}
	to->name = ecosystem_join(u->type, u->ns, to->name, r->arena);
	foreign_source(r, to, p, u);
	struct bytes epoch = purl_qualifier(u, "epoch");
	if (!to->version.n)
		to->version = u->version;
	if (epoch.n && bytes_find(to->version, ':') < 0)
		to->version = bytes_str(arena_printf(r->arena, "%.*s:%.*s", BYTES_FMT(epoch),
		                                     BYTES_FMT(to->version)));
}

/* All of them, each once: what is declared and what was concluded are often the same. */
static void add_license(struct report *r, struct package *to, struct bytes text)
{
	for (size_t i = 0; i < to->licenses.n; i++) {
		if (bytes_eq(to->licenses.v[i], text))
			return;
	}
	list_add(r, &to->licenses, text);
}

static void count(size_t *n, struct bytes *first, const struct package *p)
{
	if (!(*n)++)
		*first = p->name;
}

static void read_package(struct reading *t, const struct sbom_package *p)
{
	struct report *r = t->r;
	struct package *to = report_package(r);
	struct purl u = {
		.type = {NULL, 0}
        };
	struct err ignored;
	to->layer = -1;
	to->purl = arena_dup(r->arena, p->purl);
	to->cpe = arena_dup(r->arena, p->cpe);
	to->homepage = arena_dup(r->arena, p->homepage);
	if (to->purl.n && purl_parse_lenient(to->purl, r->arena, &u, &ignored) < 0)
		u.type = (struct bytes){NULL, 0};
	to->type = u.type.n ? arena_dup(r->arena, u.type) : B("generic");
	to->name = ecosystem_join(to->type, p->group, arena_dup(r->arena, p->name), r->arena);
	to->version = arena_dup(r->arena, p->version);
	bool is_ours = take_pairs(r, to, p);
	if (!is_ours) {
		to->vendor = arena_dup(r->arena, p->supplier);
		to->maintainer = arena_dup(r->arena, p->publisher);
		if (u.type.n)
			foreign(r, to, p, &u);
		t->tells_sources |= to->source_name.n || is_of_peer(p);
	}
	for (size_t i = 0; i < p->n_licenses && !is_ours; i++)
		add_license(r, to, p->licenses[i]);
	if (!u.type.n)
		count(&t->n_nameless, &t->nameless, to);
	else if (!to->version.n)
		count(&t->n_versionless, &t->versionless, to);
	if (p->ref.n)
		map_put(t->by_ref, p->ref, NULL)->u = r->n_packages;
}

static void read_file(struct report *r, const struct sbom_file *f)
{
	struct report_file *to = report_file(r);
	to->path = arena_dup(r->arena, f->name);
	to->sha1 = arena_dup(r->arena, f->sha1);
	to->sha256 = arena_dup(r->arena, f->sha256);
	for (size_t i = 0; i < f->n_pairs; i++) {
		if (bytes_starts(f->pairs[i].key, B("assay:")))
			carry_set_file(r, to, bytes_skip(f->pairs[i].key, 6), f->pairs[i].value);
	}
}

static void read_edges(struct reading *t)
{
	for (size_t i = 0; i < t->s->n_edges; i++) {
		const union map_value *from = map_get(t->by_ref, t->s->edges[i].from);
		const union map_value *to = map_get(t->by_ref, t->s->edges[i].to);
		if (!from || !to || !from->u || !to->u)
			continue;
		struct bytes purl = t->r->packages[to->u - 1].purl;
		if (purl.n)
			list_add(t->r, &t->r->packages[from->u - 1].depends, purl);
	}
}

/* ---- the image and its system ---- */

/* "debian-12.5", "opensuse-leap-15.6"; "bookworm" and "jammy" are the namespace's. */
static bool os_of(const struct purl *u, struct report_os *os)
{
	struct bytes distro = purl_qualifier(u, "distro");
	ssize_t dash = bytes_rfind(distro, '-');
	const struct distro *d = distro_by_id(u->ns);
	if (dash <= 0 && d && distro_release(d, distro).n) {
		os->id = bytes_str(d->id);
		os->version = distro_release(d, distro);
		return true;
	}
	if (dash <= 0)
		return false;
	os->id = bytes_slice(distro, 0, (size_t)dash);
	os->version = bytes_skip(distro, (size_t)dash + 1);
	return true;
}

/* What purls of packages say of the system where no component does. */
static void os_by_purl(struct reading *t)
{
	struct report_os *os = &t->r->os;
	for (size_t i = 0; i < t->r->n_packages && !os->id.n; i++) {
		struct purl u;
		struct err ignored;
		const struct package *p = &t->r->packages[i];
		if (ecosystem_is_language(p->type) || !p->purl.n ||
		    purl_parse_lenient(p->purl, t->r->arena, &u, &ignored) < 0)
			continue;
		if (os_of(&u, os))
			return;
	}
}

/* Trivy's names of distributions where they are not those of os-release, and versions that have a
 * name behind them: "2 (Karoo)". */
static void os_release_names(struct report_os *os)
{
	static const struct {
		const char *theirs, *id;
	} names[] = {
		{"alma",        "almalinux"},
                {"amazon",      "amzn"     },
                {"cbl-mariner", "mariner"  },
		{"oracle",      "ol"       },
                {"redhat",      "rhel"     },
                {"slem",        "sle-micro"},
	};
	struct bytes rest = os->version, word;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (bytes_eq(os->id, bytes_str(names[i].theirs)))
			os->id = bytes_str(names[i].id);
	}
	if (bytes_eq(os->id, B("amzn")) && bytes_word(&rest, &word))
		os->version = word;
}

static void read_os(struct reading *t)
{
	struct report *r = t->r;
	const struct sbom_package *p = &t->s->os;
	r->os.id = arena_dup(r->arena, p->name);
	r->os.version = arena_dup(r->arena, p->version);
	r->os.name = arena_dup(r->arena, p->description);
	r->os.cpe = arena_dup(r->arena, p->cpe);
	os_by_purl(t);
	os_release_names(&r->os);
	AUTO_BUF struct buf ns;
	buf_init(&ns, 256);
	const struct distro *d = distro_by_id(r->os.id);
	struct fact_os os = {.id = r->os.id, .version_id = r->os.version, .pretty = r->os.name};
	if (!r->os.ns.n && d && distro_ns(d, &os, &ns) == 0)
		r->os.ns = arena_dup(r->arena, buf_bytes(&ns));
}

static void read_image(struct reading *t)
{
	struct report *r = t->r;
	const struct sbom *s = t->s;
	r->image.reference = arena_dup(r->arena, s->subject.name);
	/* SPDX asks for a time, where CycloneDX leaves out one that is not known */
	if (bytes_starts(bytes_str(s->form), B("CycloneDX")) ||
	    !bytes_eq(s->created, B("1970-01-01T00:00:00Z")))
		r->image.created = arena_dup(r->arena, s->created);
	take_pairs(r, NULL, &s->subject);
}

/* One of ours carries the rows of the document that it was made of. */
static bool has_row(const struct report *r, const char *code)
{
	for (size_t i = 0; i < r->n_coverage; i++) {
		if (strcmp(r->coverage[i].code, code) == 0)
			return true;
	}
	return false;
}

static void read_rows(struct reading *t, const char *path)
{
	struct report *r = t->r;
	for (size_t i = 0; i < t->s->n_faults; i++)
		row(r, COVERAGE_INCOMPLETE, "sbom.invalid",
		    arena_printf(r->arena, "%s: %.*s", t->s->form, BYTES_FMT(t->s->faults[i])));
	if (t->s->is_incomplete && !r->n_coverage)
		row(r, COVERAGE_INCOMPLETE, "sbom.incomplete",
		    "the bill of materials says of itself that it is incomplete");
	if (t->n_nameless && !has_row(r, "sbom.no-purl"))
		row(r, COVERAGE_INCOMPLETE, "sbom.no-purl",
		    arena_printf(r->arena,
		                 "%zu packages have no package URL (%.*s first): nobody can say "
		                 "which they are",
		                 t->n_nameless, BYTES_FMT(t->nameless)));
	if (t->n_versionless && !has_row(r, "sbom.no-version"))
		row(r, COVERAGE_INCOMPLETE, "sbom.no-version",
		    arena_printf(r->arena, "%zu packages have no version (%.*s first)",
		                 t->n_versionless, BYTES_FMT(t->versionless)));
	/* one of ours names the layers that hold none, or says by its rows why it lists none */
	if (!t->s->n_packages && !r->n_coverage && !r->image.n_layers)
		row(r, COVERAGE_INCOMPLETE, "sbom.empty", "the bill of materials lists no package");
	row(r, COVERAGE_COMPLETE, "sbom.read",
	    arena_printf(r->arena, "%s is %s %.*s: %zu packages", path, t->s->form,
	                 BYTES_FMT(t->s->version), t->s->n_packages));
}

/* Packages that are there twice, word for word, are one. */
static void drop_twins(struct report *r)
{
	AUTO_MAP struct map *seen = map_new();
	size_t n = 0;
	for (size_t i = 0; i < r->n_packages; i++) {
		bool is_new = true;
		if (r->packages[i].purl.n)
			map_put(seen, r->packages[i].purl, &is_new);
		if (is_new)
			r->packages[n++] = r->packages[i];
	}
	r->n_packages = n;
}

int flow_sbom(const struct flow_scan_options *o, struct index *index, struct report **ret,
              struct err *e)
{
	AUTO_BUF struct buf text = {0};
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_MAP struct map *by_ref = map_new();
	struct sbom_keep keep;
	struct sbom s;
	const char *path = o->ref + strlen(FLOW_SBOM_PREFIX);
	if (file_read(path, (size_t)SBOM_MAX, &text, e) < 0 ||
	    sbom_parse(buf_bytes(&text), path, a, &keep, &s, e) < 0)
		return -1;
	struct reading t = {.r = report_new(), .s = &s, .by_ref = by_ref};
	read_image(&t);
	for (size_t i = 0; i < s.n_packages; i++)
		read_package(&t, &s.packages[i]);
	for (size_t i = 0; i < s.n_files && o->files; i++)
		read_file(t.r, &s.files[i]);
	read_os(&t);
	same_sources(&t);
	read_edges(&t);
	drop_twins(t.r);
	read_rows(&t, path);
	if (!t.r->image.reference.n)
		t.r->image.reference = arena_dup(t.r->arena, bytes_str(o->ref));
	report_sort(t.r);
	int rc = o->checks & 1U << CHECK_VULNERABILITY ? advise_match(t.r, index, &o->match, e) : 0;
	sbom_release(&keep);
	if (rc == 0)
		judge_imports(NULL, o->imports, o->n_imports, t.r);
	judge_secret_imports(o->rules ? o->rules : rules_shipped(), t.r);
	if (rc < 0) {
		report_free(t.r);
		return -1;
	}
	report_sort(t.r);
	*ret = t.r;
	return 0;
}
