/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bitnami.c - what Bitnami installed: its images have no other record of it.
 *
 * Format: SPDX (fmt/sbom.h), of which packages of Bitnami's own type count; before, an object whose
 * members have "version".
 * Source: opt/bitnami/NAME/.spdx-NAME.spdx; opt/bitnami/.bitnami_components.json.
 * Emits: package (bitnami); a note for a file that cannot be read.
 */
#include "inspect/inspect.h"

static void state(struct inspect *in, struct fact_package *f)
{
	struct lang_package p = {.name = f->name, .version = f->version};
	struct err why;
	if (lang_check(&p, &why) < 0) {
		inspect_note(in, "db.broken", "a package of Bitnami: %s", why.msg);
		return;
	}
	f->type = B("bitnami");
	inspect_package(in, f);
}

/* Bitnami leaves the part of the CPE name open: all of it are applications. */
static struct bytes cpe_of(struct bytes cpe, struct arena *a)
{
	struct bytes open = B("cpe:2.3:*:");
	if (!bytes_starts(cpe, open))
		return cpe;
	return bytes_str(arena_printf(a, "cpe:2.3:a:%.*s", BYTES_FMT(bytes_skip(cpe, open.n))));
}

static int components(struct inspect *in, struct bytes content, struct err *e)
{
	AUTO_JSON json_t *doc = NULL;
	if (lock_json(content, ".bitnami_components.json", &doc, e) < 0)
		return -1;
	for (struct lock_members m = lock_members(doc); lock_next(&m);)
		state(in, &(struct fact_package){.name = m.key,
		                                 .version = json_text(m.value, "version")});
	return 0;
}

static void spdx_package(struct inspect *in, const struct sbom_package *p)
{
	struct arena *a = inspect_arena(in);
	struct purl u;
	struct err why;
	if (!bytes_starts(p->purl, B("pkg:bitnami/")))
		return;
	if (purl_parse_lenient(p->purl, a, &u, &why) < 0) {
		inspect_note(in, "db.broken", "%s", why.msg);
		return;
	}
	state(in, &(struct fact_package){
			  .name = u.name,
			  .version = u.version.n ? u.version : p->version,
			  .license = p->n_licenses ? p->licenses[0] : (struct bytes){NULL, 0},
			  .cpe = cpe_of(p->cpe, a),
        });
}

static int bitnami_file(struct inspect *in, const struct entry *en, struct bytes content,
                        struct err *e)
{
	struct sbom_keep keep = {.json = NULL};
	struct sbom s;
	if (bytes_ends(en->path, B(".json")))
		return components(in, content, e);
	int rc = sbom_parse(content, "SPDX", inspect_arena(in), &keep, &s, e);
	if (rc == 0) {
		spdx_package(in, &s.subject);
		for (size_t i = 0; i < s.n_packages; i++)
			spdx_package(in, &s.packages[i]);
	}
	sbom_release(&keep);
	return rc;
}

static const char *const paths[] = {
	"opt/bitnami/**/.spdx-*.spdx",
	"opt/bitnami/.spdx-*.spdx",
	"opt/bitnami/.bitnami_components.json",
	NULL,
};

const struct inspector inspector_bitnami = {
	.id = "bitnami",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Packages of Bitnami",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = SBOM_MAX,
	.file = bitnami_file,
};
