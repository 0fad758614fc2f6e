/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repo_rpm.c - repositories of rpm: repomd.xml and its signature → primary.xml → .rpm → the digests
 * in its header.  Distributions that do not sign repomd.xml sign the header of each package.
 *
 * Sources: createrepo_c's repomd.xml and primary.xml; rpm's "RPM V4 Package format".
 */
#include "advise/repo.h"

#include <string.h>
#include <unistd.h>

#include "advise/xml.h"

struct bytes repo_checksum(struct arena *a, struct bytes type, struct bytes hex)
{
	uint8_t sum[64];
	size_t n = bytes_eq(type, B("sha256")) ? 32 : bytes_eq(type, B("sha512")) ? 64 : 0;
	return n && hex.n == 2 * n && hex_decode(hex, sum, n) ? arena_dup(a, bytes_of(sum, n))
	                                                      : (struct bytes){NULL, 0};
}

/* ---- repomd.xml ---- */

static void vouch(struct repo *r, const struct xml_node *data, const struct repo_source *s)
{
	const struct xml_node *sums[] = {xml_child(data, "checksum"),
	                                 xml_child(data, "open-checksum")};
	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		struct bytes sum =
			sums[i] ? repo_checksum(r->a, xml_value(sums[i], "type"), sums[i]->text)
				: (struct bytes){NULL, 0};
		if (sum.n)
			map_put(r->vouched, sum, NULL)->p = (void *)(uintptr_t)s;
	}
}

int repo_repomd(struct repo *r, const struct repo_file *f, struct err *e)
{
	AUTO_BUF struct buf data = {.p = NULL}, sig = {.p = NULL}, plain;
	const struct known_trust *t = &r->o->trust;
	const struct xml_node *root;
	char signer[KNOWN_SIGNER_MAX];
	buf_init(&plain, (size_t)REPO_INDEX_MAX);
	if (repo_read(f->path, &data, e) < 0 ||
	    repo_read(arena_printf(r->a, "%s.asc", f->path), &sig, e) < 0 ||
	    t->openpgp(t->arg, buf_bytes(&data), buf_bytes(&sig), NULL, signer, e) < 0 ||
	    xml_load(buf_bytes(&data), "repomd.xml", (size_t)REPO_INDEX_MAX, r->a, &root, e) < 0)
		return -1;
	struct bytes rest = xml_text(root, "revision"), revision;
	if (!bytes_word(&rest, &revision))
		revision = B("?");
	const struct repo_source *s =
		repo_source(r, arena_printf(r->a, "rpm repository of revision %.*s, signed by %s",
	                                    BYTES_FMT(bytes_slice(revision, 0, 64)), signer));
	for (const struct xml_node *n = xml_named(root->child, "data"); n;
	     n = xml_named(n->next, "data")) {
		if (bytes_eq(xml_value(n, "type"), B("primary")))
			vouch(r, n, s);
	}
	r->res.indexes++;
	return 0;
}

/* ---- primary.xml ---- */

struct primary {
	struct repo *r;
	const struct repo_source *s;
	struct arena *a; /* of one package; emptied by a new one */
	struct repo_package p;
	struct bytes file, kind, sum;
};

static void begin_package(struct primary *x)
{
	arena_free(x->a);
	x->a = arena_new();
	x->p = (struct repo_package){.source = x->s};
	x->file = (struct bytes){NULL, 0};
	x->sum = (struct bytes){NULL, 0};
}

static int on_open(void *arg, struct bytes name, const char *const *attrs, struct err *e)
{
	struct primary *x = arg;
	(void)e;
	if (bytes_eq(name, B("package"))) {
		begin_package(x);
	} else if (bytes_eq(name, B("version"))) {
		struct bytes epoch = xml_attr(attrs, "epoch"), ver = xml_attr(attrs, "ver"),
			     rel = xml_attr(attrs, "rel");
		bool has_epoch = epoch.n && !bytes_eq(epoch, B("0"));
		x->p.version = bytes_str(
			arena_printf(x->a, "%.*s%s%.*s-%.*s", BYTES_FMT(has_epoch ? epoch : B("")),
		                     has_epoch ? ":" : "", BYTES_FMT(ver), BYTES_FMT(rel)));
	} else if (bytes_eq(name, B("checksum"))) {
		x->kind = arena_dup(x->a, xml_attr(attrs, "type"));
	} else if (bytes_eq(name, B("location"))) {
		x->file = arena_dup(x->a, path_base(xml_attr(attrs, "href")));
	}
	return 0;
}

static int on_close(void *arg, struct bytes name, struct bytes text, struct err *e)
{
	struct primary *x = arg;
	if (bytes_eq(name, B("name")) && !x->p.name.p)
		x->p.name = arena_dup(x->a, text);
	else if (bytes_eq(name, B("arch")))
		x->p.arch = arena_dup(x->a, text);
	else if (bytes_eq(name, B("checksum")))
		x->sum = repo_checksum(x->a, x->kind, text);
	else if (bytes_eq(name, B("package")) && x->sum.n && x->p.name.n && x->p.version.n)
		return repo_list(x->r, x->sum, x->file, &x->p, e);
	return 0;
}

static ssize_t read_doc(struct feed_doc *doc, void *p, size_t n, struct err *e)
{
	return repo_stream_read(doc->arg, p, n, e);
}

static int list_all(struct repo *r, struct repo_stream *in, const struct repo_source *s,
                    struct err *e)
{
	struct primary x = {.r = r, .s = s, .a = arena_new()};
	struct feed_doc doc = {.name = B("primary.xml"), .read = read_doc, .arg = in};
	const struct feed_xml how = {.open = on_open, .close = on_close, .arg = &x};
	int rc = feed_xml(&doc, &how, e);
	arena_free(x.a);
	return rc;
}

int repo_primary(struct repo *r, const struct repo_file *f, struct err *e)
{
	return repo_vouched(r, f, list_all, e);
}

/* ---- .rpm ---- */

/* Lead and both headers. */
static int read_heads(const struct repo_file *f, int fd, struct buf *b, struct err *e)
{
	uint8_t intro[RPMFILE_INTRO];
	uint64_t at = RPMFILE_LEAD;
	for (int i = 0; i < 2; i++) {
		if (fd_pread_exact(fd, f->path, intro, sizeof intro, at, e) < 0)
			return -1;
		uint64_t n = rpmfile_header_size(bytes_of(intro, sizeof intro));
		if (!n)
			return err_set(e, ERR_FORMAT, "its header is none, or too long");
		at += i ? n : (n + 7) / 8 * 8;
	}
	uint8_t *room = buf_room(b, (size_t)at);
	if (!room || fd_pread_exact(fd, f->path, room, (size_t)at, 0, e) < 0)
		return room ? -1 : err_set(e, ERR_LIMIT, "its headers are too long");
	b->n = (size_t)at;
	return 0;
}

static int put_files(struct repo *r, const struct repo_package *p, const struct rpmhdr *h,
                     struct err *e)
{
	struct rpmfiles files;
	struct rpmfile f;
	AUTO_BUF struct buf path;
	buf_init(&path, (size_t)PATH_LEN_MAX);
	if (rpmfiles_open(h, &files, e) < 0)
		return -1;
	while (rpmfiles_next(&files, &f)) {
		bool is_said = f.digest.n == 32 || f.digest.n == 40 || f.digest.n == 64;
		buf_reset(&path);
		buf_add(&path, bytes_starts(f.dir, B("/")) ? bytes_skip(f.dir, 1) : f.dir);
		buf_add(&path, f.base);
		if (is_said && !(f.flags & RPMFILE_GHOST) && !path.overflow)
			repo_put(r, p, f.digest, buf_bytes(&path));
	}
	rpmfiles_close(&files);
	return 0;
}

/* Who signed the header: 1 nobody who is trusted. */
static int signed_by(struct repo *r, const struct rpmfile_parts *parts, struct repo_package *p,
                     struct err *e)
{
	char signer[KNOWN_SIGNER_MAX];
	const struct known_trust *t = &r->o->trust;
	struct err why;
	if (!parts->signature.n)
		return 1;
	if (t->openpgp(t->arg, parts->header, parts->signature, NULL, signer, &why) < 0) {
		if (why.kind == ERR_NOTFOUND || why.kind == ERR_USAGE)
			return 1;
		*e = why;
		return -1;
	}
	p->source = repo_source(r, arena_printf(r->a, "header of an rpm, signed by %s", signer));
	return 0;
}

/* What the header says the package is; where an index says it too, both must agree. */
static int name_package(struct repo *r, const struct repo_package *listed, const struct rpmhdr *h,
                        struct repo_package *p, struct err *e)
{
	p->name = h->name;
	p->arch = h->arch;
	p->version = bytes_str(
		arena_printf(r->a, "%.*s-%.*s", BYTES_FMT(h->version), BYTES_FMT(h->release)));
	if (h->has_epoch && h->epoch)
		p->version =
			bytes_str(arena_printf(r->a, "%u:%.*s", h->epoch, BYTES_FMT(p->version)));
	if (listed && (!bytes_eq(listed->name, p->name) || !bytes_eq(listed->version, p->version)))
		return err_set(e, ERR_DIGEST, "it is %.*s %.*s, the index calls it %.*s %.*s",
		               BYTES_FMT(p->name), BYTES_FMT(p->version), BYTES_FMT(listed->name),
		               BYTES_FMT(listed->version));
	return 0;
}

int repo_rpm(struct repo *r, const struct repo_file *f, struct err *e)
{
	AUTO_BUF struct buf heads;
	const struct repo_package *listed = repo_listed(r, &f->digest);
	struct repo_package *p = arena_alloc(r->a, sizeof *p);
	struct rpmfile_parts parts;
	struct rpmhdr h;
	int rc = 0;
	buf_init(&heads, 2 * (size_t)RPM_HEADER_MAX + RPMFILE_LEAD + 8);
	AUTO_FD int fd = repo_open(f, e);
	if (fd < 0 || read_heads(f, fd, &heads, e) < 0 ||
	    rpmfile_parse(buf_bytes(&heads), &parts, e) < 0 || repo_unchanged(f, fd, e) < 0)
		return -1;
	p->source = listed ? listed->source : NULL;
	if (!listed)
		rc = signed_by(r, &parts, p, e);
	if (rc)
		return rc;
	if (rpmhdr_parse(bytes_skip(parts.header, 8), &h, e) < 0 ||
	    name_package(r, listed, &h, p, e) < 0)
		return -1;
	return put_files(r, p, &h, e);
}
