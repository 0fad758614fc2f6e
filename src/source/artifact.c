/* SPDX-License-Identifier: Apache-2.0 */
/* artifact.c - artifacts, read.  Source: OCI image-spec, "Guidelines for Artifact Usage". */
#include "source/artifact.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/parts.h"
#include "source/pull.h"

struct artifact {
	struct arena *a;
	const char *ref;
	struct source *layout; /* NULL: in a registry */
	struct puller *puller;
	struct registry_ref name;
	enum pull_transport transport;
	int fd; /* what an address gave; -1: none */
};

static bool is_url(struct bytes ref)
{
	return bytes_starts(ref, B("https://")) || bytes_starts(ref, B("http://"));
}

void artifact_close(struct artifact *a)
{
	if (!a)
		return;
	source_close(a->layout);
	puller_free(a->puller);
	if (a->fd >= 0)
		close(a->fd);
	arena_free(a->a);
	free(a);
}

/* ---- what an address gives ---- */

static int copy(struct source_stream *s, int fd, struct err *e)
{
	AUTO_FREE uint8_t *p = mem_alloc(1 << 17);
	ssize_t n;
	progress_begin("fetching", 0);
	while ((n = s->read(s->arg, p, 1 << 17, e)) > 0) {
		progress_add((uint64_t)n);
		if (fd_write_full(fd, p, (size_t)n) < 0) {
			n = err_set(e, ERR_IO, "write: %m");
			break;
		}
	}
	progress_end();
	return n < 0 ? -1 : 0;
}

/* The whole of host and port, for credentials and trust. */
static struct bytes host_of(struct bytes url)
{
	struct bytes rest = bytes_skip(url, (size_t)bytes_search(url, B("://")) + 3), host, path;
	bytes_cut(rest, '/', &host, &path);
	return host;
}

static int fetch(struct artifact *a, const struct source_options *o, const char *scratch,
                 uint64_t max, struct err *e)
{
	struct bytes url = bytes_str(a->ref), none = {NULL, 0};
	struct source_stream s;
	const struct pull_setup setup = pull_setup_of(host_of(url), none, &o->registry);
	if (bytes_find(setup.host, '@') >= 0)
		return err_set(e, ERR_USAGE, "an address with a user in it is not taken");
	a->puller = puller_new(&setup);
	a->fd = open(scratch, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (a->fd < 0)
		return err_set(e, ERR_IO, "a file in %s: %m", scratch);
	if (puller_url(a->puller, url, max, &s, e))
		return -1;
	int rc = copy(&s, a->fd, e);
	s.close(s.arg);
	return rc;
}

/* ---- opening ---- */

static int open_layout(struct artifact *a, const char *ref, const struct source_options *o,
                       struct err *e)
{
	if (source_open(ref, o, &a->layout, e))
		return -1;
	if (source_is_sequential(a->layout) || !a->layout->shelf.load)
		return err_set(e, ERR_UNSUPPORTED, "%s: not an OCI layout, or one in a plain tar",
		               ref);
	return 0;
}

static bool is_path(struct bytes ref)
{
	return bytes_starts(ref, B("/")) || bytes_starts(ref, B("./")) ||
	       bytes_starts(ref, B("../")) || bytes_ends(ref, B(".tar"));
}

static int open_any(struct artifact *a, const struct source_options *o, const char *scratch,
                    uint64_t max, struct err *e)
{
	struct bytes ref = bytes_str(a->ref);
	if (is_url(ref) && o->is_offline)
		return err_set(e, ERR_USAGE, "--offline, and a server is asked for");
	if (is_url(ref)) {
		if (fetch(a, o, scratch, max, e))
			return -1;
		return open_layout(a, arena_printf(a->a, "oci-archive:/proc/self/fd/%d", a->fd), o,
		                   e);
	}
	if (bytes_starts(ref, B("oci:")) || bytes_starts(ref, B("oci-archive:")))
		return open_layout(a, a->ref, o, e);
	if (is_path(ref)) {
		bool is_folder = access(arena_printf(a->a, "%s/.", a->ref), F_OK) == 0;
		const char *kind = is_folder ? "oci" : "oci-archive";
		return open_layout(a, arena_printf(a->a, "%s:%s", kind, a->ref), o, e);
	}
	if (bytes_starts(ref, B("registry:")))
		ref = bytes_skip(ref, 9);
	if (o->is_offline)
		return err_set(e, ERR_USAGE, "--offline, and a registry is asked for");
	if (registry_ref_parse(a->a, ref, &a->name, e))
		return -1;
	const struct pull_setup setup =
		pull_setup_of(a->name.host, a->name.repository, &o->registry);
	a->puller = puller_new(&setup);
	return 0;
}

int artifact_open(const char *ref, const struct source_options *o, const char *scratch,
                  uint64_t max, struct artifact **ret, struct err *e)
{
	struct artifact *a = mem_zalloc(sizeof *a);
	a->a = arena_new();
	a->fd = -1;
	a->ref = arena_str(a->a, bytes_str(ref));
	if (open_any(a, o, scratch, max, e)) {
		artifact_close(a);
		return err_wrap(e, "%.100s", ref);
	}
	*ret = a;
	return 0;
}

const char *artifact_where(const struct artifact *a)
{
	static const char *const words[] = {
		[PULL_TLS] = "over https",
		[PULL_TLS_UNVERIFIED] = "over https that is not verified",
		[PULL_PLAIN] = "over plain http",
	};
	return a->layout ? "from a layout" : words[a->transport];
}

/* ---- documents ---- */

static int check_digest(struct bytes text, const struct digest *want, struct err *e)
{
	char have_text[DIGEST_TEXT_MAX], want_text[DIGEST_TEXT_MAX];
	struct digester *h = digester_new(want->algo);
	digester_add(h, text);
	struct digest have = digester_end(h);
	digester_free(h);
	if (digest_eq(&have, want))
		return 0;
	return err_set(e, ERR_DIGEST, "the manifest is %.19s, and should be %.19s",
	               digest_text(&have, have_text), digest_text(want, want_text));
}

static int from_registry(struct artifact *a, struct bytes tag, struct artifact_document *ret,
                         struct err *e)
{
	char text[DIGEST_TEXT_MAX];
	struct pull_document doc;
	const struct digest *want = tag.n ? NULL : &a->name.digest;
	bool by_digest = want && want->algo;
	struct bytes which = by_digest ? bytes_str(digest_text(want, text))
	                     : tag.n   ? tag
	                               : a->name.tag;
	if (puller_manifest(a->puller, a->a, which, &doc, e) ||
	    (by_digest && check_digest(doc.text, want, e)))
		return -1;
	a->transport = doc.transport;
	*ret = (struct artifact_document){doc.text, doc.media_type, doc.digest};
	return 0;
}

static bool fits(const struct source *s, const struct oci_descriptor *d, struct bytes tag,
                 struct bytes type)
{
	if (!tag.n && s->ref.digest.algo)
		return digest_eq(&d->digest, &s->ref.digest);
	if (!tag.n)
		tag = s->ref.which;
	return tag.n ? bytes_eq(d->ref_name, tag) : bytes_eq(d->artifact_type, type);
}

static int from_layout(struct artifact *a, struct bytes tag, struct bytes type,
                       struct artifact_document *ret, struct err *e)
{
	struct source *s = a->layout;
	struct bytes text, none = {NULL, 0};
	struct oci_document index;
	const struct oci_descriptor *found = NULL;
	if (shelf_load(s, B("index.json"), (size_t)OCI_MANIFEST_MAX, &text, e) ||
	    oci_parse(a->a, text, "index.json", none, &index, e))
		return -1;
	for (size_t i = 0; i < index.n_manifests; i++) {
		if (!fits(s, &index.manifests[i], tag, type))
			continue;
		if (found && !digest_eq(&found->digest, &index.manifests[i].digest))
			return err_set(e, ERR_USAGE, "holds several: name one by its tag");
		found = &index.manifests[i];
	}
	if (!found)
		return err_set(e, ERR_NOTFOUND, "holds no %.*s", BYTES_FMT(tag.n ? tag : type));
	if (shelf_load(s, blob_name(s, &found->digest), (size_t)OCI_MANIFEST_MAX, &text, e) ||
	    check_digest(text, &found->digest, e))
		return -1;
	*ret = (struct artifact_document){text, found->media_type, found->digest};
	return 0;
}

int artifact_manifest(struct artifact *a, struct bytes tag, struct bytes type,
                      struct artifact_document *ret, struct err *e)
{
	int rc = a->layout ? from_layout(a, tag, type, ret, e) : from_registry(a, tag, ret, e);
	return rc ? err_wrap(e, "%.100s", a->ref) : 0;
}

int artifact_blob(struct artifact *a, const struct oci_descriptor *d, struct source_stream *ret,
                  struct err *e)
{
	struct source *s = a->layout;
	if (!s)
		return puller_open(a->puller, &d->digest, d->size, ret, e);
	if (s->shelf.open(s->shelf.arg, blob_name(s, &d->digest), ret, e))
		return err_wrap(e, "%.100s", a->ref);
	return 0;
}
