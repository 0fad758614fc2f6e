/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containers_storage.c - containers-storage:NAME|ID, an image where podman, CRI-O and buildah keep
 * them, read from its folder.
 *
 * Layers lie there as files; each is put together again by its tar-split (tarsplit.c) and has to
 * have the diff_id that the config promises.  The compressed blobs that a manifest names are gone,
 * so the manifest is held against the config alone.  Drivers overlay and vfs. Source:
 * containers/storage, store.go, images.go, layers.go.
 */
#include "source/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct local {
	const char *root;
	const char *driver;
	struct storage_image image;
	struct storage_layer *layers;
	size_t n_layers;
	struct digest wanted;
	struct bytes config;
};

/* ---- where ---- */

static const char *const drivers[] = {"overlay", "vfs"};

static bool is_root(struct arena *a, const char *root, const char **ret_driver)
{
	for (size_t i = 0; root && i < ARRAY_LEN(drivers); i++) {
		const char *path = arena_printf(a, "%s/%s-images/images.json", root, drivers[i]);
		if (access(path, F_OK) == 0 || errno == EACCES) {
			*ret_driver = drivers[i];
			return true;
		}
	}
	return false;
}

static const char *env(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

/* The first storage.conf that is there, as podman looks for it. */
static int read_conf(struct source *s, struct storage_roots *ret, struct err *e)
{
	const char *config = env("XDG_CONFIG_HOME"), *home = env("HOME");
	bool is_rootless = geteuid() != 0;
	if (!config && home)
		config = arena_printf(s->a, "%s/.config", home);
	const struct {
		const char *path;
		bool is_systems;
	} files[] = {
		{env("CONTAINERS_STORAGE_CONF"),            false                       },
		{is_rootless && config ? arena_printf(s->a, "%s/containers/storage.conf", config)
	                               : NULL,
	         false},
		{"/etc/containers/storage.conf",                                     true								},
		{"/usr/share/containers/storage.conf", true},
	};
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		AUTO_BUF struct buf text = {0};
		const struct storage_who who = {
			.home = home,
			.uid = arena_printf(s->a, "%u", (unsigned)geteuid()),
			.user = env("USER"),
			.is_rootless = is_rootless,
			.is_systems = files[i].is_systems};
		if (!files[i].path || access(files[i].path, F_OK))
			continue;
		if (file_read(files[i].path, (size_t)REGISTRIES_CONF_MAX, &text, e) < 0)
			return -1;
		return storage_conf_read(s->a, buf_bytes(&text), files[i].path, &who, ret, e);
	}
	return 0;
}

static int find_root(struct source *s, struct err *e)
{
	struct local *l = s->local;
	struct storage_roots named = {.n = 0};
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	const char *const roots[] = {
		geteuid() == 0 ? "/var/lib/containers/storage" : NULL,
		data && *data ? arena_printf(s->a, "%s/containers/storage", data) : NULL,
		home && *home ? arena_printf(s->a, "%s/.local/share/containers/storage", home)
			      : NULL,
		"/var/lib/containers/storage",
	};
	if (s->o.storage_root.n) {
		l->root = arena_str(s->a, s->o.storage_root);
		if (is_root(s->a, l->root, &l->driver))
			return 0;
		return err_set(e, ERR_NOTFOUND, "%s: no images of overlay or vfs", l->root);
	}
	if (read_conf(s, &named, e) < 0)
		return -1;
	for (size_t i = 0; i < named.n; i++) {
		l->root = arena_str(s->a, named.v[i]);
		if (is_root(s->a, l->root, &l->driver))
			return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		l->root = roots[i];
		if (is_root(s->a, roots[i], &l->driver))
			return 0;
	}
	return err_set(e, ERR_NOTFOUND, "no containers-storage here: no images in %s", roots[3]);
}

static int load_file(struct source *s, const char *path, size_t max, struct bytes *ret,
                     struct err *e)
{
	AUTO_BUF struct buf b = {0};
	if (file_read(path, max, &b, e) < 0)
		return -1;
	*ret = arena_dup(s->a, buf_bytes(&b));
	return document_count(s, ret->n, e);
}

/* The document of an image by its key. */
static int load_document(struct source *s, struct bytes key, size_t max, struct bytes *ret,
                         struct err *e)
{
	const struct local *l = s->local;
	struct bytes file = storage_file_name(s->a, key);
	return load_file(s,
	                 arena_printf(s->a, "%s/%s-images/%.*s/%.*s", l->root, l->driver,
	                              BYTES_FMT(l->image.id), BYTES_FMT(file)),
	                 max, ret, e);
}

/* ---- the name ---- */

static int name(struct source *s, struct bytes text, struct err *e)
{
	struct registry_ref r = {.digest = {.algo = DIGEST_NONE}};
	struct digest id;
	if (digest_parse(text, &id, NULL) && digest_parse_hex(text, &id, NULL) &&
	    registry_ref_parse(s->a, arena_dup(s->a, text), &r, e))
		return -1;
	free(s->ref.path);
	s->ref.path = mem_strdup(arena_str(s->a, text));
	s->ref.digest = r.digest;
	return 0;
}

static struct storage_want want_of(struct source *s)
{
	struct bytes text = bytes_str(s->ref.path);
	struct storage_want w = {.digest = s->local->wanted};
	struct registry_ref r;
	struct digest id;
	if (digest_parse(text, &id, NULL) == 0 || digest_parse_hex(text, &id, NULL) == 0) {
		w.id = bytes_starts(text, B("sha256:")) ? bytes_skip(text, 7) : text;
		return w;
	}
	w.names[0] = text;
	if (registry_ref_parse(s->a, text, &r, NULL))
		return w;
	/* podman: what has no host was built or loaded here, or pulled from Docker Hub */
	if (bytes_find(text, '/') < 0)
		w.names[1] = bytes_str(arena_printf(s->a, "localhost/%.*s:%.*s",
		                                    BYTES_FMT(bytes_skip(r.repository, 8)),
		                                    BYTES_FMT(r.tag)));
	w.names[2] = bytes_str(arena_printf(s->a, "%.*s/%.*s:%.*s", BYTES_FMT(r.host),
	                                    BYTES_FMT(r.repository), BYTES_FMT(r.tag)));
	return w;
}

static int find_image(struct source *s, struct err *e)
{
	struct local *l = s->local;
	const struct storage_want want = want_of(s);
	struct bytes images, layers;
	const char *path = arena_printf(s->a, "%s/%s-images/images.json", l->root, l->driver);
	if (load_file(s, path, (size_t)JSON_DOC_MAX, &images, e) ||
	    storage_image_find(s->a, images, &want, &l->image, e))
		return err_wrap(e, "%s", l->root);
	path = arena_printf(s->a, "%s/%s-layers/layers.json", l->root, l->driver);
	if (load_file(s, path, (size_t)JSON_DOC_MAX, &layers, e) ||
	    storage_layer_chain(s->a, layers, l->image.top, &l->layers, &l->n_layers, e))
		return err_wrap(e, "%s", l->root);
	return 0;
}

/* ---- the kind ---- */

static int open_storage(struct source *s, struct err *e)
{
	struct local *l = s->local = arena_alloc(s->a, sizeof *l);
	l->wanted = s->ref.digest;
	s->ref.digest = (struct digest){.algo = DIGEST_NONE};
	if (find_root(s, e) || find_image(s, e))
		return err_wrap(e, "containers-storage:%s", s->ref.path);
	return 0;
}

static int collect(struct source *s, struct err *e)
{
	struct local *l = s->local;
	struct oci_config config;
	struct bytes key = bytes_str(arena_printf(s->a, "sha256:%.*s", BYTES_FMT(l->image.id)));
	if (load_document(s, key, (size_t)OCI_CONFIG_MAX, &l->config, e) ||
	    oci_config_parse(s->a, l->config, "config", &config, e))
		return -1;
	struct candidate *c = candidate_add(s);
	c->name = bytes_str(s->ref.path);
	c->platform = config.platform;
	return 0;
}

/* The manifest's digest, where one is there that names this config. */
static int check_manifest(struct source *s, struct source_image *im, struct err *e)
{
	const struct local *l = s->local;
	const struct digest *want = &l->image.digest;
	char text[DIGEST_TEXT_MAX];
	struct bytes key = B("manifest"), b;
	struct oci_document m;
	if (l->wanted.algo)
		key = bytes_str(arena_printf(s->a, "manifest-%s", digest_text(&l->wanted, text)));
	if (load_document(s, key, (size_t)OCI_MANIFEST_MAX, &b, e) ||
	    oci_parse(s->a, b, "manifest", (struct bytes){NULL, 0}, &m, e))
		return -1;
	struct digest have = digest_of(b);
	if (want->algo && !digest_eq(&have, want))
		return err_set(e, ERR_DIGEST, "the manifest is not %s", digest_text(want, text));
	if (oci_check_image(&m, e))
		return -1;
	if (!digest_eq(&m.config.digest, &im->config_digest) || m.n_layers != im->n_layers)
		return err_set(e, ERR_FORMAT, "the manifest is that of another image");
	im->digest = have;
	return 0;
}

static int fill_layers(struct source *s, struct source_image *im, struct err *e)
{
	const struct local *l = s->local;
	if (l->n_layers != im->config->n_diff_ids)
		return err_set(e, ERR_FORMAT, "the storage has %zu layers, the config %zu diff_ids",
		               l->n_layers, im->config->n_diff_ids);
	im->n_layers = l->n_layers;
	im->layers = arena_alloc(s->a, (l->n_layers ? l->n_layers : 1) * sizeof *im->layers);
	for (size_t i = 0; i < l->n_layers; i++) {
		struct source_layer *to = &im->layers[i];
		to->name = l->layers[i].id;
		to->size = -1;
		/* what is fed is the plain tar: both digests are the same */
		to->digest = im->config->diff_ids[i];
		to->is_known = true;
	}
	image_describe(s, im);
	return 0;
}

static int fill(struct source *s, const struct candidate *c, struct source_image *ret,
                struct err *e)
{
	const struct local *l = s->local;
	char text[DIGEST_TEXT_MAX];
	(void)c;
	note_add(s, "image.source", false, "found in containers-storage at %s, id %.*s%s%.*s",
	         l->root, BYTES_FMT(l->image.id), s->asked.n ? "; " : "", BYTES_FMT(s->asked));
	if (image_config(s, l->config, "config", ret, e))
		return -1;
	digest_text(&ret->config_digest, text);
	if (!bytes_eq(l->image.id, bytes_str(text + strlen("sha256:"))))
		return err_set(e, ERR_DIGEST, "the config of %.*s is %s",
		               BYTES_FMT(bytes_slice(l->image.id, 0, 12)), text);
	if (fill_layers(s, ret, e))
		return -1;
	return check_manifest(s, ret, e);
}

/* Opens a file or folder of the storage; an id is 64 hex digits, so no path leads out of it. */
static int open_part(const char *path, int flags, struct err *e)
{
	int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
	return fd >= 0 ? fd : err_set(e, ERR_IO, "open %s: %m", path);
}

static int layer(struct source *s, const struct source_layer *want, struct source_stream *ret,
                 struct err *e)
{
	const struct local *l = s->local;
	bool is_vfs = strcmp(l->driver, "vfs") == 0;
	AUTO_FD int split = open_part(arena_printf(s->a, "%s/%s-layers/%.*s.tar-split.gz", l->root,
	                                           l->driver, BYTES_FMT(want->name)),
	                              0, e);
	if (split < 0)
		return err_wrap(e, "the layer cannot be put together again");
	const char *files = arena_printf(s->a, is_vfs ? "%s/vfs/dir/%.*s" : "%s/overlay/%.*s/diff",
	                                 l->root, BYTES_FMT(want->name));
	int diff = open_part(files, O_DIRECTORY, e);
	if (diff < 0)
		return -1;
	return tarsplit_open(s, TAKE_FD(split), diff, ret, e);
}

extern const struct source_kind source_containers_storage;

const struct source_kind source_containers_storage = {
	.prefix = "containers-storage",
	.name = name,
	.open = open_storage,
	.collect = collect,
	.fill = fill,
	.layer = layer,
	.trust = "put together again and held against their diff_ids",
	.may_cache = true,
};
