/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spdx_tag_value.c - SPDX 2.3 as lines of "Tag: value".
 *
 * A value that may have several lines stands between <text> and </text>; all text of the image is
 * escaped to one line, and cannot end a value or begin a tag.
 * Source: SPDX 2.3, clause 6 to 12 and annex A.
 */
#include "render/spdx.h"

struct tags {
	FILE *out;
	struct bom bom;
};

/* "<" is escaped where it would begin or end the text of a value. */
static void tag(struct tags *t, const char *name, struct bytes value)
{
	struct bytes rest = render_escape(t->bom.a, value), head;
	fprintf(t->out, "%s: ", name);
	while (bytes_cut(rest, '<', &head, &rest)) {
		bool is_mark = bytes_starts(rest, B("text>")) || bytes_starts(rest, B("/text>"));
		bytes_put(head, t->out);
		fputs(is_mark ? "\\x3c" : "<", t->out);
	}
	bytes_put(head, t->out);
	fputc('\n', t->out);
}

static void tag_text(struct tags *t, const char *name, const char *value)
{
	fprintf(t->out, "%s: %s\n", name, value);
}

static void write_annotation(struct tags *t, const char *id, const struct package *p)
{
	struct bytes comment = bom_comment(&t->bom, p);
	tag_text(t, "Annotator", "Tool: " SPDX_TOOL);
	tag_text(t, "AnnotationDate", spdx_time(&t->bom));
	tag_text(t, "AnnotationType", "OTHER");
	tag_text(t, "SPDXREF", id);
	fprintf(t->out, "AnnotationComment: <text>");
	bytes_put(comment, t->out);
	fputs("</text>\n", t->out);
}

static void begin_package(struct tags *t, const char *id, struct bytes name, struct bytes version,
                          const char *verification)
{
	fputc('\n', t->out);
	tag(t, "PackageName", spdx_name(name));
	tag_text(t, "SPDXID", id);
	if (version.n)
		tag(t, "PackageVersion", version);
	tag_text(t, "PackageDownloadLocation", "NOASSERTION");
	tag_text(t, "FilesAnalyzed", verification ? "true" : "false");
	if (verification)
		tag_text(t, "PackageVerificationCode", verification);
}

static void write_licenses(struct tags *t, struct bytes declared)
{
	tag_text(t, "PackageLicenseConcluded", "NOASSERTION");
	tag(t, "PackageLicenseDeclared", declared);
	tag_text(t, "PackageCopyrightText", "NOASSERTION");
}

static void write_image(struct tags *t)
{
	const struct report_image *im = &t->bom.r->image;
	struct bytes hex = spdx_sha256(im->digest);
	begin_package(t, SPDX_IMAGE_ID, im->reference, im->digest,
	              spdx_verification(&t->bom, t->bom.others, t->bom.n_others));
	tag_text(t, "PackageSupplier", "NOASSERTION");
	tag_text(t, "PrimaryPackagePurpose", "CONTAINER");
	if (hex.n)
		fprintf(t->out, "PackageChecksum: SHA256: %.*s\n", BYTES_FMT(hex));
	write_licenses(t, B("NOASSERTION"));
	write_annotation(t, SPDX_IMAGE_ID, NULL);
}

static void write_cpe(struct tags *t, struct bytes cpe)
{
	struct bytes type = bytes_starts(cpe, B("cpe:2.3:")) ? B("cpe23Type") : B("cpe22Type");
	if (cpe.n)
		tag(t, "ExternalRef",
		    bytes_str(arena_printf(t->bom.a, "SECURITY %.*s %.*s", BYTES_FMT(type),
		                           BYTES_FMT(cpe))));
}

static void write_os(struct tags *t)
{
	const struct report_os *os = &t->bom.r->os;
	if (!os->id.n)
		return;
	begin_package(t, SPDX_OS_ID, os->id, os->version, NULL);
	tag_text(t, "PackageSupplier", "NOASSERTION");
	tag_text(t, "PrimaryPackagePurpose", "OPERATING-SYSTEM");
	write_licenses(t, B("NOASSERTION"));
	if (os->name.n)
		tag(t, "PackageDescription", os->name);
	write_cpe(t, t->bom.os_cpe);
}

static void write_package(struct tags *t, const struct bom_package *b)
{
	const struct package *p = b->p;
	const char *id = spdx_package_id(&t->bom, b);
	begin_package(t, id, p->name, p->version, spdx_verification(&t->bom, b->files, b->n_files));
	tag(t, "PackageSupplier", bom_supplier(&t->bom, p));
	if (b->homepage.n)
		tag(t, "PackageHomePage", b->homepage);
	write_licenses(t, spdx_declared(b));
	if (b->purl.n)
		tag(t, "ExternalRef",
		    bytes_str(arena_printf(t->bom.a, "PACKAGE-MANAGER purl %.*s",
		                           BYTES_FMT(b->purl))));
	write_cpe(t, b->cpe);
	write_annotation(t, id, p);
}

static void write_file(struct tags *t, const struct bom_file *f)
{
	struct bytes comment = bom_file_comment(&t->bom, f);
	fputc('\n', t->out);
	tag(t, "FileName", spdx_file_name(&t->bom, f));
	tag_text(t, "SPDXID", spdx_file_id(&t->bom, f));
	if (f->f->sha1.n)
		fprintf(t->out, "FileChecksum: SHA1: %.*s\n", BYTES_FMT(f->f->sha1));
	if (f->f->sha256.n)
		fprintf(t->out, "FileChecksum: SHA256: %.*s\n", BYTES_FMT(f->f->sha256));
	tag_text(t, "LicenseConcluded", "NOASSERTION");
	tag_text(t, "FileCopyrightText", "NOASSERTION");
	fputs("FileComment: <text>", t->out);
	bytes_put(comment, t->out);
	fputs("</text>\n", t->out);
}

struct depends {
	struct tags *t;
	const char *from;
};

static void depends_on(void *arg, const struct bom_package *to)
{
	const struct depends *d = arg;
	fprintf(d->t->out, "Relationship: %s DEPENDS_ON %s\n", d->from,
	        spdx_package_id(&d->t->bom, to));
}

static void write_relations(struct tags *t)
{
	fputs("\nRelationship: SPDXRef-DOCUMENT DESCRIBES " SPDX_IMAGE_ID "\n", t->out);
	if (t->bom.r->os.id.n)
		fputs("Relationship: " SPDX_IMAGE_ID " CONTAINS " SPDX_OS_ID "\n", t->out);
	for (size_t i = 0; i < t->bom.n; i++)
		fprintf(t->out, "Relationship: " SPDX_IMAGE_ID " CONTAINS %s\n",
		        spdx_package_id(&t->bom, &t->bom.packages[i]));
	for (size_t i = 0; i < t->bom.n_files; i++) {
		const struct bom_file *f = &t->bom.files[i];
		fprintf(t->out, "Relationship: %s CONTAINS %s\n",
		        f->owner ? spdx_package_id(&t->bom, f->owner) : SPDX_IMAGE_ID,
		        spdx_file_id(&t->bom, f));
	}
	for (size_t i = 0; i < t->bom.n; i++) {
		struct depends d = {t, spdx_package_id(&t->bom, &t->bom.packages[i])};
		bom_depends(&t->bom, i, depends_on, &d);
	}
}

static void write_extracted(void *arg, const struct spdx_license *term)
{
	struct tags *t = arg;
	struct bytes text = term->text.n ? term->text : term->id;
	fputc('\n', t->out);
	tag(t, "LicenseID", term->id);
	tag(t, "ExtractedText", text);
	tag(t, "LicenseName", text);
}

static int tag_value_write(const struct report *const *r, size_t n, const struct render_options *o,
                           FILE *out, struct err *e)
{
	struct tags t = {.out = out};
	if (bom_single(n, o, "SPDX", e) < 0)
		return -1;
	bom_init(&t.bom, r[0], o);
	tag_text(&t, "SPDXVersion", "SPDX-2.3");
	tag_text(&t, "DataLicense", "CC0-1.0");
	tag_text(&t, "SPDXID", "SPDXRef-DOCUMENT");
	tag(&t, "DocumentName", spdx_name(r[0]->image.reference));
	tag_text(&t, "DocumentNamespace", spdx_namespace(&t.bom));
	tag_text(&t, "LicenseListVersion", SPDX_LIST_VERSION);
	tag_text(&t, "Creator", "Tool: " SPDX_TOOL);
	tag_text(&t, "Created", spdx_time(&t.bom));
	write_image(&t);
	write_os(&t);
	for (size_t i = 0; i < t.bom.n; i++)
		write_package(&t, &t.bom.packages[i]);
	for (size_t i = 0; i < t.bom.n_files; i++)
		write_file(&t, &t.bom.files[i]);
	write_relations(&t);
	bom_references(&t.bom, write_extracted, &t);
	bom_fini(&t.bom);
	if (fflush(out) == EOF || ferror(out))
		return err_set(e, ERR_IO, "writing the bill of materials: %m");
	return 0;
}

static const char *const aliases[] = {"spdx", "spdx-tv", NULL};
static const char *const versions[] = {"2.3", NULL};

const struct render_form render_form_spdx_tag_value = {
	.name = "spdx-tag-value",
	.aliases = aliases,
	.versions = versions,
	.title = "SPDX 2.3, tag-value",
	.suffix = ".spdx",
	.is_single = true,
	.write = tag_value_write,
};
