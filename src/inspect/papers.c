/* SPDX-License-Identifier: Apache-2.0 */
/*
 * papers.c - bills of materials that lie in the image: who made it says so, nobody vouches for it.
 *
 * Format: CycloneDX, SPDX (fmt/sbom.h), or a signed statement that holds one (fmt/dsse.h).
 * Source: apko (var/lib/db/sbom), Bitnami (opt/bitnami/.spdx-NAME.spdx), Buildpacks
 * (layers/sbom/launch), PEP 770 (NAME.dist-info/sboms), and names that SPDX and CycloneDX give.
 * Emits: paper.
 */
#include "inspect/inspect.h"

/* Places that hold nothing else: what cannot be read there is said.  Elsewhere a file may only be
 * called so. */
#define PLACES(P)                                                                                  \
	P("opt/bitnami/**/.spdx-*.spdx")                                                           \
	P("opt/bitnami/.spdx-*.spdx")                                                              \
	P("usr/share/sbom/*")                                                                      \
	P("var/lib/db/sbom/*")
#define NAMES(P)                                                                                   \
	P("**/*.cdx.json")                                                                         \
	P("**/*.cdx.xml")                                                                          \
	P("**/*.dist-info/sboms/*")                                                                \
	P("**/*.sbom.json")                                                                        \
	P("**/*.spdx")                                                                             \
	P("**/*.spdx.json")                                                                        \
	P("**/bom.json")                                                                           \
	P("**/sbom.json")
#define GLOB(g) g,

static const char *const places[] = {PLACES(GLOB)};
static const char *const paths[] = {PLACES(GLOB) NAMES(GLOB) NULL};

static bool is_place(struct bytes path)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (bytes_glob(bytes_str(places[i]), path))
			return true;
	}
	return false;
}

static void list_purls(const struct sbom *s, struct buf *to)
{
	for (size_t i = 0; i < s->n_packages; i++) {
		struct bytes purl = s->packages[i].purl;
		if (!purl.n || bytes_find(purl, '\n') >= 0)
			continue;
		if (to->n + purl.n + 1 > (size_t)PAPER_PURLS_MAX)
			return;
		buf_add(to, purl);
		buf_addc(to, '\n');
	}
}

static void state(struct inspect *in, struct fact_paper *f, const struct sbom *s)
{
	AUTO_BUF struct buf purls;
	buf_init(&purls, (size_t)PAPER_PURLS_MAX);
	list_purls(s, &purls);
	f->form = bytes_str(
		arena_printf(inspect_arena(in), "%s %.*s", s->form, BYTES_FMT(s->version)));
	f->packages = s->n_packages;
	f->purls = buf_bytes(&purls);
	inspect_paper(in, f);
}

/* A statement that somebody signed: 1 stated, 0 it is none. */
static int signed_one(struct inspect *in, struct bytes content, struct fact_paper *f)
{
	struct arena *a = inspect_arena(in);
	struct err ignored;
	struct dsse d;
	struct statement st;
	struct sbom_keep keep;
	struct sbom s;
	AUTO_BUF struct buf claimed;
	buf_init(&claimed, 64 << 10);
	if (content.n > (size_t)DSSE_ENVELOPE_MAX ||
	    dsse_parse(a, content, "envelope", &d, &ignored) < 0 ||
	    statement_parse(a, d.payload, "statement", &st, &ignored) < 0)
		return 0;
	for (size_t i = 0; i < d.n_signatures; i++)
		buf_addf(&claimed, "%.*s\n", BYTES_FMT(d.signatures[i].keyid));
	f->type = st.predicate_type;
	f->signatures = d.n_signatures;
	f->claimed = buf_bytes(&claimed);
	if (sbom_is_predicate(st.predicate_type) &&
	    sbom_parse_predicate(st.predicate, "predicate", a, &keep, &s, &ignored) == 0) {
		state(in, f, &s);
		sbom_release(&keep);
	} else {
		inspect_paper(in, f);
	}
	statement_free(&st);
	return 1;
}

static int papers_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	struct digest own = digest_of(content);
	struct fact_paper f = {.sha256 = bytes_of(own.b, 32)};
	struct sbom_keep keep;
	struct sbom s;
	struct err why = {.kind = ERR_NONE};
	(void)e;
	if (sbom_parse(content, "bill of materials", inspect_arena(in), &keep, &s, &why) == 0) {
		state(in, &f, &s);
		sbom_release(&keep);
		return 0;
	}
	if (signed_one(in, content, &f) || !is_place(en->path))
		return 0;
	f.why = bytes_str(why.msg);
	inspect_paper(in, &f);
	return 0;
}

const struct inspector inspector_papers = {
	.id = "papers",
	.version = 1, /* bump when output changes: it is part of the cache key */
	.title = "Bills of materials in the image",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = MIB(64), /* SBOM_MAX */
	.file = papers_file,
};
