/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_publish.c - a policy handed on, and taken.  Format: flow/artifact.h.
 *
 * A policy has a revision.  Neither end lets an older one take the place of a newer one: who
 * publishes asks what the name holds, who pulls asks what the folder holds.  What is pulled is
 * verified, laid out beside the folder, loaded, and only then takes its place at once.
 */
#include "flow/policy_bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/artifact.h"

static const char what_it_is[] = "a policy";

/* 1: it is what was there; 0: it may take its place; -1. */
static int compare(const struct policy_bundle *old, const struct policy_bundle *new, bool is_same,
                   const char *where, struct err *e)
{
	if (!bytes_eq(old->name, new->name))
		return err_set(e, ERR_USAGE, "%.100s: holds the policy \"%.*s\", not \"%.*s\"",
		               where, BYTES_FMT(old->name), BYTES_FMT(new->name));
	if (old->revision > new->revision)
		return err_set(e, ERR_FORMAT,
		               "%.100s: holds revision %lld; %lld is older and does not replace it",
		               where, (long long)old->revision, (long long)new->revision);
	if (old->revision < new->revision)
		return 0;
	if (is_same)
		return 1;
	return err_set(e, ERR_FORMAT,
	               "%.100s: holds another revision %lld: what is changed needs a higher one",
	               where, (long long)old->revision);
}

/* ---- publish ---- */

/* Whether a name in a folder or file is free; a registry is asked. */
static bool is_free(struct arena *a, const char *ref)
{
	struct bytes r = bytes_str(ref);
	if (bytes_starts(r, B("registry:")))
		return false;
	if (bytes_starts(r, B("oci-archive:")))
		return access(ref + 12, F_OK) != 0;
	if (bytes_starts(r, B("oci:")))
		return access(arena_printf(a, "%s/index.json", ref + 4), F_OK) != 0;
	return access(ref, F_OK) != 0;
}

/* What the name holds: 1 the same, 0 nothing or an older one, -1. */
static int look(struct arena *a, const struct flow_policy_options *o,
                const struct policy_bundle *new, struct bytes text, struct err *e)
{
	AUTO_BUF struct buf have = {0};
	struct policy_bundle old;
	const struct source_options so = {.registry = o->registry, .is_offline = o->is_offline};
	struct artifact_taking t = {.a = a, .ref = o->ref, .what = what_it_is};
	if (is_free(a, o->ref))
		return 0;
	if (artifact_open(o->ref, &so, dir_temp(), (uint64_t)JSON_DOC_MAX, &t.from, e))
		return -1;
	int rc = taking_open(&t, POLICY_ARTIFACT, POLICY_BLOB, e);
	bool is_none = rc < 0 && e->kind == ERR_NOTFOUND;
	if (rc == 0)
		rc = taking_blob(&t, &t.blob, (uint64_t)JSON_DOC_MAX, &have, e);
	if (rc == 0)
		rc = policy_bundle_read(a, buf_bytes(&have), o->ref, &old, e);
	if (rc == 0)
		rc = compare(&old, new, bytes_eq(buf_bytes(&have), text), o->ref, e);
	artifact_close(t.from);
	return is_none ? 0 : rc;
}

static int sign(struct artifact_draft *d, const struct flow_policy_options *o,
                const struct policy_bundle *b, struct err *e)
{
	AUTO_BUF struct buf statement;
	struct json_out j;
	buf_init(&statement, (size_t)OCI_MANIFEST_MAX);
	jout_init(&j, jout_to_buf, &statement, false);
	statement_begin(&j, B("assay-policy"), &d->parts[d->about].digest, POLICY_PREDICATE);
	jout_object(&j);
	jout_kbytes(&j, "name", b->name);
	jout_kint(&j, "revision", b->revision);
	jout_object_end(&j);
	jout_object_end(&j);
	if (jout_end(&j))
		return err_set(e, ERR_INTERNAL, "statement");
	return draft_sign(d, buf_bytes(&statement), POLICY_PREDICATE, o->keys, e);
}

int flow_policy_publish(const struct policy *p, const struct flow_policy_options *o,
                        struct flow_policy_result *ret, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf text;
	struct artifact_draft d = {.a = a};
	struct policy_bundle b;
	const struct source_options so = {.registry = o->registry, .is_offline = o->is_offline};
	buf_init(&text, (size_t)JSON_DOC_MAX);
	if (!p->revision)
		return err_set(e, ERR_USAGE,
		               "%.*s: a policy that is published has a revision: N, a higher one "
		               "each time",
		               BYTES_FMT(p->file));
	if (policy_bundle_gather(a, p, &b, e) || policy_bundle_write(&b, &text, e))
		return -1;
	int rc = look(a, o, &b, buf_bytes(&text), e);
	if (rc < 0)
		return -1;
	const struct artifact_words words = {
		.type = POLICY_ARTIFACT,
		.blob_type = POLICY_BLOB,
		.title = "policy.json",
		.key = "org.opencontainers.image.version",
		.value = arena_printf(a, "%lld", (long long)b.revision),
	};
	*ret = (struct flow_policy_result){
		.revision = b.revision, .files = b.n, .is_unchanged = rc};
	rc = draft_open(&d, a, e);
	if (rc == 0)
		rc = draft_text(&d, buf_bytes(&text), (struct artifact_part){.media_type = NULL},
		                e);
	if (rc == 0)
		rc = draft_manifest(&d, &words, e);
	if (rc == 0 && o->keys.n)
		rc = sign(&d, o, &b, e);
	/* the same again is put too: its signature may be new */
	if (rc == 0)
		rc = artifact_replace(o->ref, d.folder, d.parts, d.n, &so, e);
	ret->manifest = d.parts[d.about].digest;
	draft_close(&d);
	return rc;
}

/* ---- pull ---- */

static int write_all(struct arena *a, const char *folder, const struct policy_bundle *b,
                     struct bytes text, struct err *e)
{
	for (size_t i = 0; i < b->n; i++) {
		const char *path = arena_printf(a, "%s/%.*s", folder, BYTES_FMT(b->files[i].path));
		if (dir_make(arena_str(a, path_dir(bytes_str(path))), e) ||
		    file_write(path, b->files[i].text, 0644, e))
			return -1;
	}
	return file_write(arena_printf(a, "%s/" POLICY_BUNDLE_FILE, folder), text, 0644, e);
}

/* What write_all made; anything else stays, and its folder with it. */
static void remove_all(struct arena *a, const char *folder, const struct policy_bundle *b)
{
	for (size_t i = b->n; i-- > 0;) {
		struct bytes path = b->files[i].path;
		unlink(arena_printf(a, "%s/%.*s", folder, BYTES_FMT(path)));
		while ((path = path_dir(path)).n)
			rmdir(arena_printf(a, "%s/%.*s", folder, BYTES_FMT(path)));
	}
	unlink(arena_printf(a, "%s/" POLICY_BUNDLE_FILE, folder));
	rmdir(folder);
}

/* What the folder holds: 1 a pulled policy, 0 nothing, -1. */
static int read_present(struct arena *a, const char *dir, struct policy_bundle *ret,
                        struct bytes *ret_text, struct err *e)
{
	AUTO_BUF struct buf text = {.p = NULL};
	const char *path = arena_printf(a, "%s/" POLICY_BUNDLE_FILE, dir);
	if (access(path, F_OK) != 0)
		return rmdir(dir) == 0 || errno == ENOENT
		               ? 0
		               : err_set(e, ERR_USAGE, "%.100s: is there, and no pulled policy",
		                         dir);
	if (file_read(path, (size_t)JSON_DOC_MAX, &text, e) < 0)
		return -1;
	*ret_text = arena_dup(a, buf_bytes(&text));
	return policy_bundle_read(a, *ret_text, path, ret, e) < 0 ? -1 : 1;
}

/* Whether the policy names the files that came with it, and no other of this machine. */
static int try_files(struct arena *a, const struct policy *p, const struct policy_bundle *b,
                     struct err *e)
{
	struct policy_bundle named;
	if (policy_bundle_gather(a, p, &named, e) < 0) {
		e->kind = e->kind == ERR_USAGE ? ERR_FORMAT : e->kind; /* not the caller's */
		return -1;
	}
	bool is_same = named.n == b->n && bytes_eq(named.policy, b->policy);
	for (size_t i = 0; is_same && i < b->n; i++)
		is_same = bytes_eq(named.files[i].path, b->files[i].path);
	return is_same ? 0
	               : err_set(e, ERR_FORMAT,
	                         "the policy names files that did not come with it, or others "
	                         "came");
}

/* Its waivers are read, and held to its bounds, as they will be when it judges. */
static int try_waivers(const struct policy *p, struct err *e)
{
	struct waivers *w = waivers_new();
	int rc = policy_waivers(p, w, clock_now_s(), e);
	waivers_free(w);
	return rc;
}

/* Whether the policy as it lies there is one, and the one that was signed. */
static int try(struct arena *a, const char *folder, const struct policy_bundle *b, struct err *e)
{
	struct policy *p;
	if (policy_load(arena_printf(a, "%s/%.*s", folder, BYTES_FMT(b->policy)), &p, e) < 0)
		return -1;
	bool is_it = bytes_eq(p->name, b->name) && p->revision == b->revision;
	int rc = is_it ? try_files(a, p, b, e)
	               : err_set(e, ERR_FORMAT,
	                         "the policy has another name or revision than is said");
	rc = rc ? rc : try_waivers(p, e);
	policy_free(p);
	return rc;
}

static int install(struct arena *a, const char *dir, const struct policy_bundle *b,
                   struct bytes text, const struct policy_bundle *old, struct err *e)
{
	AUTO_FREE char *staged = mem_strdup(arena_printf(a, "%s.XXXXXX", dir));
	if (!mkdtemp(staged))
		return err_set(e, ERR_IO, "a folder beside %s: %m", dir);
	int rc = chmod(staged, 0755) ? err_set(e, ERR_IO, "%s: %m", staged) : 0;
	rc = rc ? rc : write_all(a, staged, b, text, e);
	rc = rc ? rc : try(a, staged, b, e);
	if (rc == 0 &&
	    renameat2(AT_FDCWD, staged, AT_FDCWD, dir, old ? RENAME_EXCHANGE : RENAME_NOREPLACE))
		rc = err_set(e, ERR_IO, "rename %s: %m", dir);
	if (rc || old)
		remove_all(a, staged, rc ? b : old);
	return rc;
}

/* The bundle, of which the signed statement speaks. */
static int fetch(struct artifact_taking *t, struct buf *text, struct policy_bundle *b,
                 struct err *e)
{
	struct statement s;
	uint64_t revision = 0;
	if (taking_open(t, POLICY_ARTIFACT, POLICY_BLOB, e) ||
	    taking_verify(t, POLICY_PREDICATE, &s, e))
		return -1;
	struct bytes name = arena_dup(t->a, json_text(s.predicate, "name"));
	json_u64(s.predicate, "revision", INT64_MAX, &revision);
	statement_free(&s);
	if (taking_blob(t, &t->blob, (uint64_t)JSON_DOC_MAX, text, e) ||
	    policy_bundle_read(t->a, buf_bytes(text), t->ref, b, e))
		return -1;
	if (bytes_eq(name, b->name) && (int64_t)revision == b->revision)
		return 0;
	return err_set(e, ERR_DIGEST, "%.100s: is not the policy that its statement speaks of",
	               t->ref);
}

static int take(struct artifact_taking *t, const char *dir, struct flow_policy_result *ret,
                struct err *e)
{
	AUTO_BUF struct buf text = {0};
	struct policy_bundle b, old;
	struct bytes old_text = {0};
	if (fetch(t, &text, &b, e))
		return -1;
	int is_present = read_present(t->a, dir, &old, &old_text, e);
	if (is_present < 0)
		return -1;
	int rc = is_present ? compare(&old, &b, bytes_eq(old_text, buf_bytes(&text)), dir, e) : 0;
	*ret = (struct flow_policy_result){.revision = b.revision,
	                                   .old_revision = is_present ? old.revision : 0,
	                                   .files = b.n,
	                                   .manifest = t->manifest.digest,
	                                   .is_unchanged = rc > 0};
	memcpy(ret->signer, key_id(t->signer), sizeof ret->signer);
	ret->path = mem_strdup(arena_printf(t->a, "%s/%.*s", dir, BYTES_FMT(b.policy)));
	return rc ? MIN_OF(rc, 0)
	          : install(t->a, dir, &b, buf_bytes(&text), is_present ? &old : NULL, e);
}

int flow_policy_pull(const char *dir, const struct flow_policy_options *o,
                     struct flow_policy_result *ret, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	const struct source_options so = {.registry = o->registry, .is_offline = o->is_offline};
	struct artifact_taking t = {.a = a, .ref = o->ref, .what = what_it_is, .keys = o->keys};
	struct bytes path = bytes_str(dir);
	while (path.n > 1 && bytes_ends(path, B("/")))
		path.n--;
	*ret = (struct flow_policy_result){.revision = 0};
	if (artifact_open(o->ref, &so, dir_temp(), (uint64_t)JSON_DOC_MAX, &t.from, e))
		return -1;
	int rc = take(&t, arena_str(a, path), ret, e);
	artifact_close(t.from);
	return rc;
}
