/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binaries.c - interpreters, servers and libraries that nobody's package manager installed, and
 * libraries that are linked into other programs.
 *
 * Format: text that projects leave in what is built of them (rules/binaries.def).
 * Source: every ELF file, as its bytes go by.
 * Emits: package (generic; evidence "binary", of a library in another file "linked") with the CPE
 * name that NVD knows it by, and the proof: what was seen, and at which byte.
 */
#include "inspect/inspect.h"
#include "inspect/known.h"

static bool binaries_piece(struct inspect *in, void *state, struct bytes piece)
{
	struct known_file *f = state;
	if (f->at == 0) {
		if (!bytes_starts(piece, B("\x7f"
		                           "ELF")))
			return false;
		known_begin(f, path_base(inspect_path(in)), piece);
	}
	known_piece(f, piece);
	return true;
}

/* ":" and "/" of a CPE's parts are escaped as NISTIR 7695 has it. */
static void cpe_name(const char *vendor_product, struct bytes version, struct buf *b)
{
	struct bytes vendor, product;
	bytes_cut(bytes_str(vendor_product), ':', &vendor, &product);
	buf_addf(b, "cpe:2.3:a:%.*s:", BYTES_FMT(vendor));
	for (size_t i = 0; i < product.n; i++) {
		if (!is_alnum(product.p[i]) && product.p[i] != '_' && product.p[i] != '-' &&
		    product.p[i] != '.')
			buf_addc(b, '\\');
		buf_addc(b, product.p[i]);
	}
	buf_addf(b, ":%.*s:*:*:*:*:*:*:*", BYTES_FMT(version));
}

static void say(struct inspect *in, const struct known_file *f, const struct known_found *k)
{
	const struct known_row *r = &known_rows[k->row];
	struct bytes version = bytes_of(k->version, k->n);
	AUTO_BUF struct buf cpe, proof;
	buf_init(&cpe, 512);
	buf_init(&proof, 512);
	cpe_name(r->cpe, version, &cpe);
	buf_addf(&proof, "\"%s\" with %.*s at byte %ju", r->text, BYTES_FMT(version),
	         (uintmax_t)k->offset);
	if (r->also[0])
		buf_addf(&proof, ", and \"%s\"", r->also);
	bool is_linked = r->kind == KNOWN_LIBRARY && !known_is_own(f, k);
	inspect_package(in, &(struct fact_package){
				    .type = B("generic"),
				    .name = bytes_str(r->name),
				    .version = version,
				    .cpe = buf_bytes(&cpe),
				    .proof = buf_bytes(&proof),
				    .evidence = is_linked ? EVIDENCE_LINKED : EVIDENCE_BINARY,
			    });
}

static void binaries_end(struct inspect *in, void *state)
{
	struct known_file *f = state;
	for (size_t i = 0; i < f->n_found; i++) {
		if (known_holds(f, &f->found[i]))
			say(in, f, &f->found[i]);
	}
	if (f->is_cut)
		inspect_note(in, "db.broken", "it carries more than %d known packages",
		             (int)KNOWN_FOUND_MAX);
	f->n_found = 0;
	f->is_cut = false;
}

static int binaries_file(struct inspect *in, const struct entry *en, struct bytes content,
                         struct err *e)
{
	(void)in, (void)en, (void)content, (void)e; /* never asked for again */
	return 0;
}

static const char *const paths[] = {NULL};

const struct inspector inspector_binaries = {
	.id = "binaries",
	.version = 4, /* bump when output or rules change: it is part of the cache key */
	.title = "Programs and libraries known by what they carry",
	.paths = paths,
	.want = INSPECT_STREAM,
	.min = 512, /* no program is smaller */
	.file = binaries_file,
	.state_size = sizeof(struct known_file),
	.piece = binaries_piece,
	.end = binaries_end,
};
