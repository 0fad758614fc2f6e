/* SPDX-License-Identifier: Apache-2.0 */
/*
 * artifact_put.c - artifacts, written: to a registry, a layout, or one in a tar.
 *
 * Source: OCI image-spec image-layout.md; distribution-spec, "Pushing manifests".
 */
#include "source/artifact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/parts.h"
#include "source/pull.h"
#include "source/tarout.h"

enum { BLOCK = 512, COPY = 1 << 17 };

struct put {
	struct arena *a;
	const char *folder;
	const struct artifact_part *parts;
	size_t n;
	struct bytes tag; /* for the tag "" */
	bool is_added;    /* to a layout that is there */
};

static const char *part_path(const struct put *p, const struct artifact_part *part)
{
	char hex[2 * 64 + 1];
	hex_encode(part->digest.b, digest_size(part->digest.algo), hex);
	return arena_printf(p->a, "%s/%s/%s", p->folder, digest_algo_name(part->digest.algo), hex);
}

static struct bytes tag_of(const struct put *p, const struct artifact_part *part)
{
	return part->tag && !*part->tag ? p->tag : bytes_str(part->tag);
}

/* ---- a registry ---- */

static int put_part(const struct put *p, struct puller *to, const struct artifact_part *part,
                    struct bytes which, struct err *e)
{
	uint64_t sent;
	const struct pull_put what = {.which = which,
	                              .media_type = bytes_str(part->media_type),
	                              .size = part->size,
	                              .path = part_path(p, part)};
	return puller_put(to, &what, &sent, e);
}

static int put_all(const struct put *p, struct puller *to, struct err *e)
{
	char text[DIGEST_TEXT_MAX];
	for (size_t i = 0; i < p->n; i++) {
		if (put_part(p, to, &p->parts[i], bytes_str(digest_text(&p->parts[i].digest, text)),
		             e))
			return err_wrap(e, "%.19s", text);
	}
	/* a name goes to what is whole, the signature's before that of what it signs */
	for (size_t i = p->n; i-- > 0;) {
		struct bytes tag = tag_of(p, &p->parts[i]);
		if (tag.n && put_part(p, to, &p->parts[i], tag, e))
			return err_wrap(e, "%.*s", BYTES_FMT(tag));
	}
	return 0;
}

static int put_registry(struct put *p, struct bytes name, const struct source_options *o,
                        struct err *e)
{
	struct registry_ref r;
	if (o->is_offline)
		return err_set(e, ERR_USAGE, "--offline, and a registry is asked for");
	if (registry_ref_parse(p->a, name, &r, e))
		return -1;
	if (r.digest.algo)
		return err_set(e, ERR_USAGE, "a digest cannot be chosen; name a tag");
	struct pull_setup setup = pull_setup_of(r.host, r.repository, &o->registry);
	setup.is_push = true;
	struct puller *to = puller_new(&setup);
	p->tag = r.tag;
	int rc = put_all(p, to, e);
	puller_free(to);
	return rc;
}

/* ---- a layout ---- */

static const char layout_mark[] = "{\"imageLayoutVersion\":\"1.0.0\"}";

static int write_index(const struct put *p, struct buf *ret)
{
	struct json_out j;
	char text[DIGEST_TEXT_MAX];
	jout_init(&j, jout_to_buf, ret, false);
	jout_object(&j);
	jout_kint(&j, "schemaVersion", 2);
	jout_kstr(&j, "mediaType", "application/vnd.oci.image.index.v1+json");
	jout_key(&j, "manifests");
	jout_array(&j);
	for (size_t i = 0; i < p->n; i++) {
		const struct artifact_part *part = &p->parts[i];
		if (!part->media_type)
			continue;
		jout_object(&j);
		jout_kstr(&j, "mediaType", part->media_type);
		jout_kstr(&j, "digest", digest_text(&part->digest, text));
		jout_kint(&j, "size", (int64_t)part->size);
		jout_kstr(&j, "artifactType", part->artifact_type);
		jout_key(&j, "annotations");
		jout_object(&j);
		jout_kbytes(&j, "org.opencontainers.image.ref.name", tag_of(p, part));
		jout_object_end(&j);
		jout_object_end(&j);
	}
	jout_array_end(&j);
	jout_object_end(&j);
	return jout_end(&j);
}

/* Where the members of a layout go: files of a folder, or of a tar. */
struct shelf_out {
	const struct put *p;
	const char *dir; /* NULL: a tar */
	int tar;
};

static int copy_file(int from, int to, uint64_t size, struct err *e)
{
	AUTO_FREE uint8_t *b = mem_alloc(COPY);
	for (uint64_t at = 0; at < size;) {
		size_t want = (size_t)MIN_OF((uint64_t)COPY, size - at);
		if (fd_pread_exact(from, "a part", b, want, at, e))
			return -1;
		if (fd_write_full(to, b, want))
			return err_set(e, ERR_IO, "write: %m");
		at += want;
	}
	return 0;
}

static int tar_head(const struct shelf_out *o, const char *name, uint64_t size, struct err *e)
{
	AUTO_BUF struct buf b;
	const struct tarout h = {.path = bytes_str(name), .type = '0', .mode = 0644, .size = size};
	buf_init(&b, 64 << 10);
	tarout_header(&b, &h);
	return fd_write_full(o->tar, b.p, b.n) ? err_set(e, ERR_IO, "write: %m") : 0;
}

static int tar_pad(const struct shelf_out *o, uint64_t size, struct err *e)
{
	static const uint8_t zeros[2 * BLOCK];
	size_t n = size == UINT64_MAX ? 2 * BLOCK : (size_t)(BLOCK - size % BLOCK) % BLOCK;
	return fd_write_full(o->tar, zeros, n) ? err_set(e, ERR_IO, "write: %m") : 0;
}

static int out_text(const struct shelf_out *o, const char *name, struct bytes text, struct err *e)
{
	if (o->dir)
		return file_write(arena_printf(o->p->a, "%s/%s", o->dir, name), text, 0644, e);
	if (tar_head(o, name, text.n, e))
		return -1;
	if (fd_write_full(o->tar, text.p, text.n))
		return err_set(e, ERR_IO, "write: %m");
	return tar_pad(o, text.n, e);
}

static int out_blob(const struct shelf_out *o, const struct artifact_part *part, struct err *e)
{
	const char *from = part_path(o->p, part);
	const char *name = arena_printf(o->p->a, "blobs%s", from + strlen(o->p->folder));
	AUTO_FD int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_set(e, ERR_IO, "open %s: %m", from);
	if (!o->dir) {
		if (tar_head(o, name, part->size, e) || copy_file(fd, o->tar, part->size, e))
			return -1;
		return tar_pad(o, part->size, e);
	}
	struct file_new f;
	if (file_create(arena_printf(o->p->a, "%s/%s", o->dir, name), 0644, &f, e))
		return -1;
	if (copy_file(fd, f.fd, part->size, e)) {
		file_abort(&f);
		return -1;
	}
	return file_commit(&f, e);
}

/* oci-layout first, so that the file is known for what it is; index.json last. */
static int out_all(const struct shelf_out *o, struct err *e)
{
	AUTO_BUF struct buf index;
	buf_init(&index, (size_t)OCI_MANIFEST_MAX);
	if (out_text(o, "oci-layout", bytes_str(layout_mark), e))
		return -1;
	for (size_t i = 0; i < o->p->n; i++) {
		if (out_blob(o, &o->p->parts[i], e))
			return -1;
	}
	if (write_index(o->p, &index))
		return err_set(e, ERR_INTERNAL, "index.json");
	return out_text(o, "index.json", buf_bytes(&index), e);
}

static struct bytes name_in(const json_t *entry)
{
	return json_text(json_obj(entry, "annotations"), "org.opencontainers.image.ref.name");
}

/* index.json as it is, with ours behind, in the place of what has the same tags. */
static int merge_index(const struct put *p, const char *path, struct buf *ret, struct err *e)
{
	AUTO_BUF struct buf text = {.p = NULL}, mine;
	AUTO_JSON json_t *old = NULL, *new = NULL;
	buf_init(&mine, (size_t)OCI_MANIFEST_MAX);
	if (file_read(path, (size_t)OCI_MANIFEST_MAX, &text, e) < 0 ||
	    json_load_data(buf_bytes(&text), path, (size_t)OCI_MANIFEST_MAX, &old, e) < 0)
		return -1;
	if (write_index(p, &mine) ||
	    json_load_data(buf_bytes(&mine), "index.json", (size_t)OCI_MANIFEST_MAX, &new, e) < 0)
		return err_set(e, ERR_INTERNAL, "index.json");
	json_t *list = json_object_get(old, "manifests"), *more = json_object_get(new, "manifests");
	if (!json_is_array(list))
		return err_set(e, ERR_FORMAT, "%s: is no index of a layout", path);
	for (size_t i = json_array_size(list); i-- > 0;)
		for (size_t k = 0; k < json_array_size(more); k++)
			if (bytes_eq(name_in(json_array_get(list, i)),
			             name_in(json_array_get(more, k)))) {
				json_array_remove(list, i);
				break;
			}
	json_array_extend(list, more);
	AUTO_FREE char *all = json_dumps(old, JSON_COMPACT);
	buf_adds(ret, all ? all : "");
	return all && !ret->overflow ? 0 : err_set(e, ERR_LIMIT, "%s: is too large", path);
}

/* Blobs first; the index takes its place at once, when all that it names is there. */
static int add_to_folder(const struct shelf_out *o, const char *path, struct err *e)
{
	AUTO_BUF struct buf index;
	struct file_new f;
	buf_init(&index, (size_t)OCI_MANIFEST_MAX);
	for (size_t i = 0; i < o->p->n; i++) {
		if (out_blob(o, &o->p->parts[i], e))
			return -1;
	}
	if (merge_index(o->p, path, &index, e) || file_create(path, 0644, &f, e))
		return -1;
	if (fd_write_full(f.fd, index.p, index.n)) {
		file_abort(&f);
		return err_set(e, ERR_IO, "write: %m");
	}
	return file_commit(&f, e);
}

static int put_folder(const struct put *p, const char *dir, struct err *e)
{
	const struct shelf_out o = {.p = p, .dir = dir};
	const char *index = arena_printf(p->a, "%s/index.json", dir);
	if (access(index, F_OK) == 0)
		return p->is_added ? add_to_folder(&o, index, e)
		                   : err_set(e, ERR_IO,
		                             "%s is a layout already; a new folder is wanted", dir);
	if (dir_make(arena_printf(p->a, "%s/blobs/sha256", dir), e))
		return -1;
	return out_all(&o, e);
}

static int put_tar(const struct put *p, const char *path, struct err *e)
{
	struct file_new f;
	if (file_create(path, 0644, &f, e))
		return -1;
	const struct shelf_out o = {.p = p, .tar = f.fd};
	if (out_all(&o, e) || tar_pad(&o, UINT64_MAX, e)) {
		file_abort(&f);
		return -1;
	}
	return file_commit(&f, e);
}

static int put_anywhere(const char *ref, struct put p, const struct source_options *o,
                        struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	p.a = a;
	p.tag = B("latest");
	struct bytes all = bytes_str(ref), prefix, rest;
	int rc;
	bool has_prefix = bytes_cut(all, ':', &prefix, &rest);
	if (has_prefix && bytes_eq(prefix, B("registry")))
		rc = put_registry(&p, rest, o, e);
	else if (has_prefix && bytes_eq(prefix, B("oci")))
		rc = put_folder(&p, arena_str(a, rest), e);
	else if (has_prefix && bytes_eq(prefix, B("oci-archive")))
		rc = put_tar(&p, arena_str(a, rest), e);
	else
		rc = put_tar(&p, ref, e);
	return rc ? err_wrap(e, "%.100s", ref) : 0;
}

int artifact_put(const char *ref, const char *folder, const struct artifact_part *parts, size_t n,
                 const struct source_options *o, struct err *e)
{
	const struct put p = {.folder = folder, .parts = parts, .n = n};
	return put_anywhere(ref, p, o, e);
}

int artifact_replace(const char *ref, const char *folder, const struct artifact_part *parts,
                     size_t n, const struct source_options *o, struct err *e)
{
	const struct put p = {.folder = folder, .parts = parts, .n = n, .is_added = true};
	return put_anywhere(ref, p, o, e);
}
