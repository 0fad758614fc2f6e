/* SPDX-License-Identifier: Apache-2.0 */
/*
 * papers.c - bills of materials that lie in the image: who made it says so, nobody vouches for it.
 *
 * Format: CycloneDX, SPDX (fmt/sbom.h), or a signed statement that holds one (fmt/dsse.h); beside
 * them NAME.sig (a signature, raw or in base64) and NAME.sigstore.json (fmt/jws.h).
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
#define GLOB(g)   g,
#define BESIDE(g) g ".sig", g ".sigstore.json",

enum { SIGNATURE_MAX = 1024 };

static const char *const places[] = {PLACES(GLOB)};
static const char *const paths[] = {PLACES(GLOB) NAMES(GLOB) PLACES(BESIDE) NAMES(BESIDE) NULL};

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

static void add_signature(struct buf *to, struct bytes raw)
{
	if (raw.n <= SIGNATURE_MAX && base64_encode(raw, to) == 0)
		buf_addc(to, '\n');
}

/* ---- signatures ---- */

/* The file that one called so is a signature of; absent: it is none. */
static struct bytes signed_path(struct bytes path)
{
	static const char *const ends[] = {".sig", ".sigstore.json"};
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct bytes end = bytes_str(ends[i]);
		if (bytes_ends(path, end))
			return bytes_slice(path, 0, path.n - end.n);
	}
	return (struct bytes){NULL, 0};
}

/* `cosign sign-blob` writes base64, `openssl dgst` what it has. */
static bool plain_signature(struct bytes content, struct buf *raw)
{
	struct bytes text = bytes_trim(content);
	bool is_raw = content.n && content.n <= SIGNATURE_MAX &&
	              (content.p[0] == 0x30 || content.n == 64);
	if (text.n && text.n <= 2 * SIGNATURE_MAX && base64_decode(text, raw))
		return true;
	buf_reset(raw);
	return is_raw && buf_add(raw, content) == 0;
}

static void beside(struct inspect *in, struct bytes content, struct fact_paper *f)
{
	AUTO_JSON json_t *root = NULL;
	AUTO_BUF struct buf raw, text;
	struct message_signature m;
	struct err why = {.kind = ERR_NONE};
	buf_init(&raw, 2 * SIGNATURE_MAX);
	buf_init(&text, 4 * SIGNATURE_MAX);
	if (content.n && content.p[0] == '{') {
		if (json_load_data(content, "signature", (size_t)JWS_MAX, &root, &why) == 0 &&
		    message_signature_read(inspect_arena(in), root, "signature", &m, &why) == 0) {
			add_signature(&text, m.signature);
			f->signed_sha256 = bytes_of(m.of.b, 32);
		}
	} else if (plain_signature(content, &raw)) {
		add_signature(&text, buf_bytes(&raw));
	}
	f->signatures = 1;
	f->signature = buf_bytes(&text);
	if (!text.n)
		f->why = B("a signature of a form that is not verified");
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
	AUTO_BUF struct buf claimed, pae, raw;
	buf_init(&claimed, 64 << 10);
	buf_init(&pae, 2 * (size_t)DSSE_ENVELOPE_MAX);
	buf_init(&raw, (size_t)DSSE_SIGNATURES_MAX * 2 * SIGNATURE_MAX);
	if (content.n > (size_t)DSSE_ENVELOPE_MAX ||
	    dsse_parse(a, content, "envelope", &d, &ignored) < 0 ||
	    statement_parse(a, d.payload, "statement", &st, &ignored) < 0)
		return 0;
	for (size_t i = 0; i < d.n_signatures; i++) {
		buf_addf(&claimed, "%.*s\n", BYTES_FMT(d.signatures[i].keyid));
		add_signature(&raw, d.signatures[i].sig);
	}
	struct digest of = {.algo = DIGEST_NONE};
	if (dsse_pae(d.payload_type, d.payload, &pae) == 0)
		of = digest_of(buf_bytes(&pae));
	f->signed_sha256 = bytes_of(of.b, of.algo ? 32 : 0);
	f->signature = buf_bytes(&raw);
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
	f.beside = signed_path(en->path);
	if (f.beside.n) {
		beside(in, content, &f);
		return 0;
	}
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
	.version = 2, /* bump when output changes: it is part of the cache key */
	.title = "Bills of materials in the image",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = MIB(64), /* SBOM_MAX */
	.file = papers_file,
};
