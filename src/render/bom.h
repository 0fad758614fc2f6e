/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bom.h - what all forms of a bill of materials share: names within the document, licences as
 * expressions, the time and the serial number.  Private to render/.
 *
 * The same report gives the same document: the time is SOURCE_DATE_EPOCH or the image's, never the
 * clock, and the serial number is made of what the document says.
 */
#ifndef RENDER_BOM_H
#define RENDER_BOM_H

#include "fmt/fmt.h"
#include "render/parts.h"

struct bom_package {
	const struct package *p;
	struct bytes ref;                    /* purl, or what stands in its place; unique */
	char id[17];                         /* of ref, as hex digits */
	const struct spdx_license *license;  /* NULL: none known */
	struct bytes expression;             /* its text; absent: none */
	struct bytes group, name;            /* as the package URL cuts it */
	struct bytes purl, cpe;              /* absent: none, or none that a schema takes */
	struct bytes homepage;               /* absent: none, or no address of the web */
	const struct bom_file *const *files; /* that it owns, by their SHA-1 */
	size_t n_files;
};

/* Files have numbers for names within the document: they stand in its order. */
struct bom_file {
	const struct report_file *f;
	struct bytes path;               /* without "/" before it; escaped */
	const struct bom_package *owner; /* NULL: the image */
};

struct bom {
	const struct report *r;
	struct arena *a;
	char time[21]; /* "" when none is known */
	char uuid[37];
	struct bytes subject; /* ref of the image */
	struct bom_package *packages;
	size_t n;
	struct bom_file *files;
	size_t n_files;                       /* 0 unless they are asked for */
	const struct bom_file **owned;        /* the same by owner, then SHA-1 */
	const struct bom_file *const *others; /* those of the image alone */
	size_t n_others;
	struct bytes os_cpe;  /* as cpe of a package */
	struct map *refs;     /* purl → index into packages */
	struct map *licenses; /* text → expression that was made of it */
	bool is_incomplete;   /* something of the image could not be read */
};

void bom_init(struct bom *b, const struct report *r, const struct render_options *o);
void bom_fini(struct bom *b);
/* ERR_USAGE when there is more than one image: a bill of materials has one subject. */
int bom_single(size_t n, const struct render_options *o, const char *form, struct err *e);
/* Calls visit with what package i needs, as far as it is in the document. */
void bom_depends(const struct bom *b, size_t i,
                 void (*visit)(void *arg, const struct bom_package *to), void *arg);

/* Terms of all licences that no list knows, once each, in the order of the packages. */
void bom_references(const struct bom *b, void (*visit)(void *arg, const struct spdx_license *term),
                    void *arg);
/* The pairs of carry.h as one JSON object of keys to lists of text, without "<": for formats that
 * have comments only.  p NULL: those of the report. */
struct bytes bom_comment(const struct bom *b, const struct package *p);
struct bytes bom_file_comment(const struct bom *b, const struct bom_file *f);
/* An address of the web that every schema takes: http or https, and no character that RFC 3986
 * does not know. */
bool bom_is_address(struct bytes text);
/* "Organization: X", "Person: X (mail)", "NOASSERTION". */
struct bytes bom_supplier(const struct bom *b, const struct package *p);

#endif
