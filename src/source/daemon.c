/* SPDX-License-Identifier: Apache-2.0 */
/*
 * daemon.c - an image of docker or podman, as the daemon packs it.
 *
 * The daemon says which id a name has; the archive is asked for by that id and goes by once, no
 * byte of it is kept.  What was learned of it is remembered under the id: the digest of its config
 * (of its manifest or index, where Docker keeps images as containerd does), which is verified, so
 * that an image that was seen before is not packed again.
 */
#include "source/pull.h"

#include <stdlib.h>
#include <string.h>

#include "source/parts.h"

struct daemon {
	struct puller *puller;
	struct bytes where; /* "unix:///var/run/docker.sock" */
	struct digest id;
	const char *id_text;
	struct digest wanted; /* by "@" */
	bool is_wanted_known; /* the daemon says that it is this image */
};

/* ---- names ---- */

static bool is_id(struct bytes text)
{
	struct digest d;
	return digest_parse(text, &d, NULL) == 0 || digest_parse_hex(text, &d, NULL) == 0;
}

int daemon_name(struct source *s, struct bytes text, struct err *e)
{
	struct registry_ref ref = {.digest = {.algo = DIGEST_NONE}};
	if (!is_id(text) && registry_ref_parse(s->a, arena_dup(s->a, text), &ref, e))
		return -1;
	free(s->ref.path);
	s->ref.path = mem_strdup(arena_str(s->a, text));
	s->ref.digest = ref.digest;
	return 0;
}

/* ---- what the daemon says ---- */

static bool is_promised(const json_t *doc, const struct digest *want)
{
	char text[DIGEST_TEXT_MAX];
	const json_t *list = json_list(doc, "RepoDigests");
	struct bytes tail = bytes_str(digest_text(want, text));
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (bytes_ends(json_bytes(json_array_get(list, i)), tail))
			return true;
	}
	return false;
}

static int read_id(const json_t *doc, struct digest *ret, struct err *e)
{
	struct bytes id = json_text(doc, "Id");
	if (digest_parse(id, ret, NULL) == 0 || digest_parse_hex(id, ret, NULL) == 0)
		return 0;
	return err_set(e, ERR_FORMAT, "the daemon gives no id of the image");
}

static struct oci_platform platform_of(struct arena *a, const json_t *doc)
{
	return (struct oci_platform){.os = arena_dup(a, json_text(doc, "Os")),
	                             .arch = arena_dup(a, json_text(doc, "Architecture")),
	                             .variant = arena_dup(a, json_text(doc, "Variant"))};
}

/* A name alone means the image of the platform asked for, wherever that is. */
static int check_platform(struct source *s, const json_t *doc, struct err *e)
{
	struct oci_platform want, have = platform_of(s->a, doc);
	if (!s->ref.is_bare || !s->o.platform.n)
		return 0;
	if (bytes_eq(s->o.platform, B("all")))
		return err_set(e, ERR_NOTFOUND, "has one platform");
	if (oci_platform_parse(s->o.platform, &want, e))
		return -1;
	if (oci_platform_match(&want, &have))
		return 0;
	return err_set(e, ERR_NOTFOUND, "has another platform");
}

static int inspect(struct source *s, struct err *e)
{
	struct daemon *d = s->daemon;
	AUTO_JSON json_t *doc = NULL;
	char text[DIGEST_TEXT_MAX];
	struct bytes json;
	if (puller_inspect(d->puller, s->a, bytes_str(s->ref.path), &json, &d->where, e) ||
	    json_load_data(json, "what the daemon says", (size_t)OCI_CONFIG_MAX, &doc, e) ||
	    read_id(doc, &d->id, e) || check_platform(s, doc, e))
		return -1;
	d->id_text = arena_printf(s->a, "%s", digest_text(&d->id, text));
	d->is_wanted_known = d->wanted.algo && is_promised(doc, &d->wanted);
	if (d->wanted.algo && !d->is_wanted_known && !digest_eq(&d->wanted, &d->id))
		return err_set(e, ERR_NOTFOUND, "the image that it has is another one");
	return 0;
}

/* ---- the kind ---- */

static int stream(struct source *s, struct source_stream *ret, struct err *e)
{
	return puller_export(s->daemon->puller, bytes_str(s->daemon->id_text), ret, e);
}

int daemon_open(struct source *s, const char *daemon, struct err *e)
{
	struct daemon *d = s->daemon = arena_alloc(s->a, sizeof *d);
	int64_t most = INT64_C(1000) * DAEMON_IDLE_S, ms = s->o.timeout_ms;
	const struct pull_setup setup = {.daemon = bytes_str(daemon),
	                                 .idle_ms = (uint64_t)(ms > 0 ? MIN_OF(ms, most) : most),
	                                 .log = log_setting(),
	                                 .is_offline = s->o.is_offline};
	d->puller = puller_new(&setup);
	d->wanted = s->ref.digest;
	s->ref.digest = (struct digest){.algo = DIGEST_NONE};
	if (inspect(s, e))
		return err_wrap(e, "%s:%s", daemon, s->ref.path);
	s->stream = stream;
	s->remember_as = bytes_str(arena_printf(s->a, "daemon 1 %s", d->id_text));
	return archive_open(s, e);
}

/* Did the daemon send the image that it named?  An id is the digest of the config; of the manifest
 * or index where Docker keeps images as containerd does. */
static int check_id(struct source *s, const struct source_image *im, struct err *e)
{
	const struct daemon *d = s->daemon;
	if (digest_eq(&d->id, &im->config_digest) || digest_eq(&d->id, &im->digest) ||
	    (im->digest.algo && has_name(s, blob_name(s, &d->id))))
		return 0;
	return err_set(e, ERR_DIGEST, "the daemon was asked for %s and sent another image",
	               d->id_text);
}

int daemon_fill(struct source *s, const struct candidate *c, struct source_image *ret,
                struct err *e)
{
	const struct daemon *d = s->daemon;
	char text[DIGEST_TEXT_MAX];
	note_add(s, "image.source", false, "found in %s at %.*s, id %s%s%.*s", s->ref.kind->prefix,
	         BYTES_FMT(d->where), d->id_text, s->asked.n ? "; " : "", BYTES_FMT(s->asked));
	if (saved_fill(s, c, ret, e) || check_id(s, ret, e))
		return -1;
	s->is_vouched = true;
	if (d->wanted.algo && !digest_eq(&d->wanted, &ret->digest) &&
	    !digest_eq(&d->wanted, &ret->config_digest))
		note_add(s, "image.digest", true,
		         "%s says that this is %s; a daemon does not keep what proves it",
		         s->ref.kind->prefix, digest_text(&d->wanted, text));
	return 0;
}

void daemon_close(struct source *s)
{
	if (s->daemon)
		puller_free(s->daemon->puller);
	s->daemon = NULL;
}
