/* SPDX-License-Identifier: Apache-2.0 */
/*
 * papers.c - bills of materials that lie in the image: who made it says so, nobody vouches for it.
 *
 * Format: CycloneDX, SPDX (fmt/sbom.h), or a signed statement that holds one, by itself or in a
 * bundle (fmt/dsse.h); beside them NAME.sig (a signature, raw or in base64) and NAME.sigstore.json
 * (a bundle: a signature over the file, fmt/jws.h, or a signed statement about it).
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
	if (raw.n <= PAPER_SIGNATURE_MAX && base64_encode(raw, to) == 0)
		buf_addc(to, '\n');
}

/* ---- statements ---- */

static void list_signatures(struct arena *a, const struct dsse *d, struct fact_paper *f)
{
	AUTO_BUF struct buf claimed, raw;
	buf_init(&claimed, 64 << 10);
	buf_init(&raw, (size_t)DSSE_SIGNATURES_MAX * 2 * PAPER_SIGNATURE_MAX);
	for (size_t i = 0; i < d->n_signatures; i++) {
		buf_addf(&claimed, "%.*s\n", BYTES_FMT(d->signatures[i].keyid));
		add_signature(&raw, d->signatures[i].sig);
	}
	f->signatures = d->n_signatures;
	f->claimed = arena_dup(a, buf_bytes(&claimed));
	f->signature = arena_dup(a, buf_bytes(&raw));
}

/* The statement in an envelope, which may be that of a bundle, and who is said to have signed it.
 */
static int read_signed(struct arena *a, const json_t *root, struct fact_paper *f,
                       struct statement *ret, struct err *e)
{
	AUTO_BUF struct buf pae;
	struct dsse d;
	const json_t *bundled = json_obj(root, "dsseEnvelope");
	buf_init(&pae, 2 * (size_t)DSSE_ENVELOPE_MAX);
	if (dsse_read(a, bundled ? bundled : root, "envelope", &d, e) < 0)
		return -1;
	if (!bytes_eq(d.payload_type, B(INTOTO_MEDIA_TYPE)))
		return err_set(e, ERR_UNSUPPORTED, "what is signed is no in-toto statement");
	if (dsse_pae(d.payload_type, d.payload, &pae) < 0)
		return err_set(e, ERR_LIMIT, "a statement of %zu bytes", d.payload.n);
	if (statement_parse(a, d.payload, "statement", ret, e) < 0)
		return -1;
	struct digest of = digest_of(buf_bytes(&pae));
	f->signed_sha256 = arena_dup(a, bytes_of(of.b, digest_size(of.algo)));
	f->type = ret->predicate_type;
	list_signatures(a, &d, f);
	return 0;
}

/* ---- signatures beside files ---- */

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
	bool is_raw = content.n && content.n <= PAPER_SIGNATURE_MAX &&
	              (content.p[0] == 0x30 || content.n == 64);
	if (text.n && text.n <= 2 * PAPER_SIGNATURE_MAX && base64_decode(text, raw))
		return true;
	buf_reset(raw);
	return is_raw && buf_add(raw, content) == 0;
}

/* A statement about files, of which one may be that which it lies beside. */
static int statement_beside(struct arena *a, const json_t *root, struct fact_paper *f,
                            struct err *e)
{
	AUTO_BUF struct buf subjects;
	struct statement st;
	struct fact_paper own = *f;
	int rc = 0;
	buf_init(&subjects, (size_t)PAPER_SUBJECTS_MAX * 32);
	if (read_signed(a, root, &own, &st, e) < 0)
		return -1;
	for (size_t i = 0; i < st.n_subjects && rc == 0; i++) {
		const struct digest *d = &st.subjects[i].sha256;
		rc = d->algo ? buf_add(&subjects, bytes_of(d->b, digest_size(d->algo))) : 0;
	}
	statement_free(&st);
	if (rc < 0)
		return err_set(e, ERR_LIMIT, "a statement about more than %d things",
		               (int)PAPER_SUBJECTS_MAX);
	own.subjects = arena_dup(a, buf_bytes(&subjects));
	*f = own;
	return 0;
}

/* A signature over the file itself. */
static int message_beside(struct arena *a, const json_t *root, struct fact_paper *f, struct err *e)
{
	AUTO_BUF struct buf text;
	struct message_signature m;
	buf_init(&text, 4 * PAPER_SIGNATURE_MAX);
	if (message_signature_read(a, root, "signature", &m, e) < 0)
		return -1;
	add_signature(&text, m.signature);
	f->signed_sha256 = arena_dup(a, bytes_of(m.of.b, digest_size(m.of.algo)));
	f->signature = arena_dup(a, buf_bytes(&text));
	return 0;
}

static void beside(struct inspect *in, struct bytes content, struct fact_paper *f)
{
	struct arena *a = inspect_arena(in);
	AUTO_JSON json_t *root = NULL;
	AUTO_BUF struct buf raw, text;
	struct err why = {.kind = ERR_NONE};
	buf_init(&raw, 2 * PAPER_SIGNATURE_MAX);
	buf_init(&text, 4 * PAPER_SIGNATURE_MAX);
	f->signatures = 1;
	if (!content.n || content.p[0] != '{') {
		if (plain_signature(content, &raw))
			add_signature(&text, buf_bytes(&raw));
		f->signature = buf_bytes(&text);
	} else if (json_load_data(content, "signature", (size_t)DSSE_ENVELOPE_MAX, &root, &why) ==
	           0) {
		(json_obj(root, "dsseEnvelope") ? statement_beside : message_beside)(a, root, f,
		                                                                     &why);
	}
	if (!f->signature.n)
		f->why = B("a signature of a form that is not verified");
	inspect_paper(in, f);
}

/* A statement that somebody signed: 1 stated, 0 it is none. */
static int signed_one(struct inspect *in, struct bytes content, struct fact_paper *f)
{
	struct arena *a = inspect_arena(in);
	struct err ignored;
	AUTO_JSON json_t *root = NULL;
	struct statement st;
	struct sbom_keep keep;
	struct sbom s;
	if (json_load_data(content, "envelope", (size_t)DSSE_ENVELOPE_MAX, &root, &ignored) < 0 ||
	    read_signed(a, root, f, &st, &ignored) < 0)
		return 0;
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
	.version = 3, /* bump when output changes: it is part of the cache key */
	.title = "Bills of materials in the image",
	.paths = paths,
	.want = INSPECT_FILE,
	.max = SBOM_MAX,
	.file = papers_file,
};
