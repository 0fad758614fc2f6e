/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chisel.c - Ubuntu's packages as Chisel cut them, of which dpkg knows nothing.
 *
 * Format: fmt/chisel.h.
 * Source: var/lib/chisel/manifest.wall, where Ubuntu's own slices put it.
 * Emits: package (deb); owned with its SHA-256 for each path, for every package that has a part in
 * it; a note for each line that is broken.
 */
#include "inspect/inspect.h"
#include "inspect/owned.h"

static void package(struct inspect *in, const struct chisel_record *p)
{
	inspect_package(in, &(struct fact_package){
				    .type = B("deb"),
				    .name = p->name,
				    .version = p->version,
				    .arch = p->arch,
			    });
}

/* Slices of one package stand side by side. */
static void owners(struct notes *n, const struct chisel_record *p)
{
	uint8_t raw[32];
	struct fact_owned f = {.file = p->path};
	struct bytes last = {NULL, 0};
	while (bytes_ends(f.file, B("/")))
		f.file.n--;
	if (p->sha256.n) {
		hex_decode(p->sha256, raw, sizeof raw);
		f.digest = bytes_of(raw, sizeof raw);
	}
	for (size_t i = 0; i < json_array_size(p->slices); i++) {
		f.package = chisel_package_of(json_bytes(json_array_get(p->slices, i)));
		if (f.package.n && !bytes_eq(f.package, last))
			owned_add(n, &f);
		last = f.package;
	}
}

static int chisel_file(struct inspect *in, const struct entry *en, struct bytes content,
                       struct err *e)
{
	(void)en;
	AUTO_BUF struct buf plain;
	struct notes n = {.in = in, .code = "db.broken"};
	struct chisel_reader r;
	struct chisel_record p;
	buf_init(&plain, (size_t)CHISEL_PLAIN_MAX);
	if (chisel_unpack(content, &plain, e) < 0 || chisel_open(&r, buf_bytes(&plain), e) < 0)
		return -1;
	for (int rc; (rc = chisel_next(&r, &p, e)) != 0;) {
		if (rc < 0)
			notes_add(&n, "manifest of Chisel", e);
		else if (p.kind == CHISEL_PACKAGE)
			package(in, &p);
		else
			owners(&n, &p);
	}
	chisel_close(&r);
	notes_end(&n);
	return 0;
}

static const char *const paths[] = {"var/lib/chisel/manifest.wall", NULL};

const struct inspector inspector_chisel = {
	.id = "chisel",
	.version = 2, /* bump when output changes: it is part of the cache key */
	.title = "Packages of Chisel",
	.paths = paths,
	.anchors = paths,
	.want = INSPECT_FILE,
	.max = INSPECT_FILE_MAX,
	.file = chisel_file,
};
