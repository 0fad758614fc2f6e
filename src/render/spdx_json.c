/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spdx_json.c - SPDX 2.3 as JSON.
 *
 * What the standard has no place for, and judging needs, is the comment of an annotation (carry.h).
 * Source: SPDX 2.3 and its schema, spdx-schema.json.
 */
#include "render/spdx.h"

struct spdx {
	struct json_out j;
	struct bom bom;
};

static void write_annotation(struct spdx *s, const struct package *p)
{
	struct json_out *j = &s->j;
	jout_key(j, "annotations");
	jout_array(j);
	jout_object(j);
	jout_kstr(j, "annotationDate", spdx_time(&s->bom));
	jout_kstr(j, "annotationType", "OTHER");
	jout_kstr(j, "annotator", "Tool: " SPDX_TOOL);
	jout_kbytes(j, "comment", bom_comment(&s->bom, p));
	jout_object_end(j);
	jout_array_end(j);
}

static void write_checksum(struct spdx *s, const char *algorithm, struct bytes hex)
{
	if (!hex.n)
		return;
	jout_object(&s->j);
	jout_kstr(&s->j, "algorithm", algorithm);
	jout_kbytes(&s->j, "checksumValue", hex);
	jout_object_end(&s->j);
}

static void write_file(struct spdx *s, const struct bom_file *f)
{
	struct json_out *j = &s->j;
	jout_object(j);
	jout_kstr(j, "SPDXID", spdx_file_id(&s->bom, f));
	jout_kbytes(j, "fileName", spdx_file_name(&s->bom, f));
	jout_key(j, "checksums");
	jout_array(j);
	write_checksum(s, "SHA1", f->f->sha1);
	write_checksum(s, "SHA256", f->f->sha256);
	jout_array_end(j);
	jout_kstr(j, "licenseConcluded", "NOASSERTION");
	jout_kstr(j, "copyrightText", "NOASSERTION");
	jout_kbytes(j, "comment", bom_file_comment(&s->bom, f));
	jout_object_end(j);
}

static void write_files(struct spdx *s)
{
	if (!s->bom.n_files)
		return;
	jout_key(&s->j, "files");
	jout_array(&s->j);
	for (size_t i = 0; i < s->bom.n_files; i++)
		write_file(s, &s->bom.files[i]);
	jout_array_end(&s->j);
}

static void write_ref(struct spdx *s, const char *category, const char *type, struct bytes locator)
{
	if (!locator.n)
		return;
	jout_object(&s->j);
	jout_kstr(&s->j, "referenceCategory", category);
	jout_kstr(&s->j, "referenceType", type);
	jout_kbytes(&s->j, "referenceLocator", locator);
	jout_object_end(&s->j);
}

static void begin_package(struct spdx *s, const char *id, struct bytes name, struct bytes version,
                          const char *verification)
{
	struct json_out *j = &s->j;
	jout_object(j);
	jout_kstr(j, "SPDXID", id);
	jout_kbytes(j, "name", spdx_name(name));
	if (version.n)
		jout_kbytes(j, "versionInfo", version);
	jout_kstr(j, "downloadLocation", "NOASSERTION");
	jout_key(j, "filesAnalyzed");
	jout_bool(j, verification != NULL);
	if (verification) {
		jout_key(j, "packageVerificationCode");
		jout_object(j);
		jout_kstr(j, "packageVerificationCodeValue", verification);
		jout_object_end(j);
	}
	jout_kstr(j, "licenseConcluded", "NOASSERTION");
	jout_kstr(j, "copyrightText", "NOASSERTION");
}

static void write_image(struct spdx *s)
{
	struct json_out *j = &s->j;
	const struct report_image *im = &s->bom.r->image;
	struct bytes hex = spdx_sha256(im->digest);
	begin_package(s, SPDX_IMAGE_ID, im->reference, im->digest,
	              spdx_verification(&s->bom, s->bom.others, s->bom.n_others));
	jout_kstr(j, "licenseDeclared", "NOASSERTION");
	jout_kstr(j, "supplier", "NOASSERTION");
	jout_kstr(j, "primaryPackagePurpose", "CONTAINER");
	if (hex.n) {
		jout_key(j, "checksums");
		jout_array(j);
		write_checksum(s, "SHA256", hex);
		jout_array_end(j);
	}
	write_annotation(s, NULL);
	jout_object_end(j);
}

static void write_os(struct spdx *s)
{
	struct json_out *j = &s->j;
	const struct report_os *os = &s->bom.r->os;
	if (!os->id.n)
		return;
	begin_package(s, SPDX_OS_ID, os->id, os->version, NULL);
	jout_kstr(j, "licenseDeclared", "NOASSERTION");
	jout_kstr(j, "supplier", "NOASSERTION");
	jout_kstr(j, "primaryPackagePurpose", "OPERATING_SYSTEM");
	if (os->name.n)
		jout_kbytes(j, "description", os->name);
	if (s->bom.os_cpe.n) {
		jout_key(j, "externalRefs");
		jout_array(j);
		write_ref(s, "SECURITY",
		          bytes_starts(s->bom.os_cpe, B("cpe:2.3:")) ? "cpe23Type" : "cpe22Type",
		          s->bom.os_cpe);
		jout_array_end(j);
	}
	jout_object_end(j);
}

static void write_package(struct spdx *s, const struct bom_package *b)
{
	struct json_out *j = &s->j;
	const struct package *p = b->p;
	begin_package(s, spdx_package_id(&s->bom, b), p->name, p->version,
	              spdx_verification(&s->bom, b->files, b->n_files));
	jout_kbytes(j, "licenseDeclared", spdx_declared(b));
	jout_kbytes(j, "supplier", bom_supplier(&s->bom, p));
	if (b->homepage.n)
		jout_kbytes(j, "homepage", b->homepage);
	if (b->purl.n || b->cpe.n) {
		jout_key(j, "externalRefs");
		jout_array(j);
		write_ref(s, "PACKAGE-MANAGER", "purl", b->purl);
		write_ref(s, "SECURITY",
		          bytes_starts(b->cpe, B("cpe:2.3:")) ? "cpe23Type" : "cpe22Type", b->cpe);
		jout_array_end(j);
	}
	write_annotation(s, p);
	jout_object_end(j);
}

static void write_relation(struct spdx *s, const char *from, const char *type, const char *to)
{
	jout_object(&s->j);
	jout_kstr(&s->j, "spdxElementId", from);
	jout_kstr(&s->j, "relationshipType", type);
	jout_kstr(&s->j, "relatedSpdxElement", to);
	jout_object_end(&s->j);
}

struct depends {
	struct spdx *s;
	const char *from;
};

static void depends_on(void *arg, const struct bom_package *to)
{
	const struct depends *d = arg;
	write_relation(d->s, d->from, "DEPENDS_ON", spdx_package_id(&d->s->bom, to));
}

static void write_relations(struct spdx *s)
{
	struct json_out *j = &s->j;
	jout_key(j, "relationships");
	jout_array(j);
	write_relation(s, "SPDXRef-DOCUMENT", "DESCRIBES", SPDX_IMAGE_ID);
	if (s->bom.r->os.id.n)
		write_relation(s, SPDX_IMAGE_ID, "CONTAINS", SPDX_OS_ID);
	for (size_t i = 0; i < s->bom.n; i++)
		write_relation(s, SPDX_IMAGE_ID, "CONTAINS",
		               spdx_package_id(&s->bom, &s->bom.packages[i]));
	for (size_t i = 0; i < s->bom.n_files; i++) {
		const struct bom_file *f = &s->bom.files[i];
		write_relation(s, f->owner ? spdx_package_id(&s->bom, f->owner) : SPDX_IMAGE_ID,
		               "CONTAINS", spdx_file_id(&s->bom, f));
	}
	for (size_t i = 0; i < s->bom.n; i++) {
		struct depends d = {s, spdx_package_id(&s->bom, &s->bom.packages[i])};
		bom_depends(&s->bom, i, depends_on, &d);
	}
	jout_array_end(j);
}

struct extracted {
	struct spdx *s;
	bool any;
};

static void write_extracted(void *arg, const struct spdx_license *term)
{
	struct extracted *x = arg;
	struct json_out *j = &x->s->j;
	if (!x->any) {
		jout_key(j, "hasExtractedLicensingInfos");
		jout_array(j);
	}
	x->any = true;
	struct bytes text = term->text.n ? term->text : term->id;
	jout_object(j);
	jout_kbytes(j, "licenseId", term->id);
	jout_kbytes(j, "extractedText", text);
	jout_kbytes(j, "name", text);
	jout_object_end(j);
}

static void write_document(struct spdx *s)
{
	struct json_out *j = &s->j;
	jout_object(j);
	jout_kstr(j, "spdxVersion", "SPDX-2.3");
	jout_kstr(j, "dataLicense", "CC0-1.0");
	jout_kstr(j, "SPDXID", "SPDXRef-DOCUMENT");
	jout_kbytes(j, "name", spdx_name(s->bom.r->image.reference));
	jout_kstr(j, "documentNamespace", spdx_namespace(&s->bom));
	jout_key(j, "creationInfo");
	jout_object(j);
	jout_kstr(j, "created", spdx_time(&s->bom));
	jout_key(j, "creators");
	jout_array(j);
	jout_str(j, "Tool: " SPDX_TOOL);
	jout_array_end(j);
	jout_kstr(j, "licenseListVersion", SPDX_LIST_VERSION);
	jout_object_end(j);
	jout_key(j, "packages");
	jout_array(j);
	write_image(s);
	write_os(s);
	for (size_t i = 0; i < s->bom.n; i++)
		write_package(s, &s->bom.packages[i]);
	jout_array_end(j);
	write_files(s);
	write_relations(s);
	struct extracted x = {s, false};
	bom_references(&s->bom, write_extracted, &x);
	if (x.any)
		jout_array_end(j);
	jout_object_end(j);
}

static int spdx_json_write(const struct report *const *r, size_t n, const struct render_options *o,
                           FILE *out, struct err *e)
{
	struct spdx s;
	if (bom_single(n, o, "SPDX", e) < 0)
		return -1;
	bom_init(&s.bom, r[0], o);
	jout_init(&s.j, jout_to_file, out, true);
	write_document(&s);
	int rc = jout_end(&s.j);
	bom_fini(&s.bom);
	if (rc < 0 || fputc('\n', out) == EOF || fflush(out) == EOF)
		return err_set(e, ERR_IO, "writing the bill of materials: %m");
	return 0;
}

static const char *const versions[] = {"2.3", NULL};

const struct render_form render_form_spdx_json = {
	.name = "spdx-json",
	.versions = versions,
	.title = "SPDX 2.3, JSON: packages",
	.suffix = ".spdx.json",
	.is_single = true,
	.write = spdx_json_write,
};
