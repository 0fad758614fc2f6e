/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.c - references, and images in archives, layouts and folders.
 *
 * With arguments it is a tool for tests/source/: source [--cache FILE] REF [PLATFORM] prints the
 * images of REF, the SHA-256 of every layer's bytes, and the notes; or the kind of the error and
 * its message.
 */
#include "source/source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

/* ---- a cache that holds what it is told, in a folder of its own or nowhere ---- */

struct cache {
	struct buf key, value;
	unsigned hits, puts;
};

bool cache_get_blob(struct cache *c, struct bytes key, struct buf *ret)
{
	if (!bytes_eq(buf_bytes(&c->key), key))
		return false;
	c->hits++;
	buf_reset(ret);
	buf_add(ret, buf_bytes(&c->value));
	return true;
}

int cache_put_blob(struct cache *c, struct bytes key, struct bytes value, struct err *e)
{
	(void)e;
	buf_reset(&c->key);
	buf_reset(&c->value);
	buf_add(&c->key, key);
	buf_add(&c->value, value);
	c->puts++;
	return 0;
}

/* ---- an inflater: gzip and zstd as child processes ---- */

enum { CHILDREN_MAX = 64 };

static struct {
	int fd;
	pid_t pid;
} children[CHILDREN_MAX];
static size_t n_children;

static int inflate(int fd, void *arg, int *ret_fd, struct err *e)
{
	int p[2];
	(void)arg;
	if (pipe2(p, O_CLOEXEC) || n_children == CHILDREN_MAX)
		return err_set(e, ERR_IO, "inflate: %m");
	pid_t pid = fork();
	if (pid == 0) {
		dup2(fd, 0);
		dup2(p[1], 1);
		execlp("zstd", "zstd", "-dcq", (char *)NULL); /* knows gzip too */
		_exit(127);
	}
	close(p[1]);
	children[n_children].fd = p[0];
	children[n_children++].pid = pid;
	*ret_fd = p[0];
	return 0;
}

static int inflate_end(int fd, void *arg, struct err *e)
{
	(void)arg;
	for (size_t i = n_children; i-- > 0;) {
		int status;
		if (children[i].fd != fd)
			continue;
		children[i].fd = -1;
		if (waitpid(children[i].pid, &status, 0) < 0 || status)
			return err_set(e, ERR_FORMAT, "the compressed stream is broken");
		return 0;
	}
	return 0;
}

/* ---- what a reference gives, as text ---- */

static int drain(const struct source_stream *st, struct digest *ret, uint64_t *ret_n, struct err *e)
{
	struct digester *d = digester_new(DIGEST_SHA256);
	static uint8_t p[65536];
	ssize_t n;
	*ret_n = 0;
	while ((n = st->read(st->arg, p, sizeof p, e)) > 0) {
		digester_add(d, bytes_of(p, (size_t)n));
		*ret_n += (uint64_t)n;
	}
	*ret = digester_end(d);
	digester_free(d);
	if (st->close)
		st->close(st->arg);
	return n < 0 ? -1 : 0;
}

static int drain_members(struct source *s, struct err *e)
{
	struct source_member m;
	struct digest d, none = {.algo = DIGEST_NONE};
	uint64_t n;
	int more;
	while ((more = source_next(s, &m, e)) > 0) {
		if (drain(&m.stream, &d, &n, e))
			return -1;
		if (m.size != (int64_t)n)
			return err_set(e, ERR_INTERNAL, "member of %lld bytes gave %llu",
			               (long long)m.size, (unsigned long long)n);
		source_seen(s, m.name, &d, &none);
	}
	return more;
}

static int print_layer(struct source *s, const struct source_layer *l, struct buf *out,
                       struct err *e)
{
	struct source_stream st;
	struct digest d, none = {.algo = DIGEST_NONE};
	char text[3][DIGEST_TEXT_MAX];
	uint64_t n;
	if (source_layer(s, l, &st, e) || drain(&st, &d, &n, e))
		return -1;
	source_seen(s, l->name, &d, &none);
	buf_addf(out,
	         "layer %.*s size=%lld digest=%s diff_id=%s read=%s bytes=%llu known=%d by=%.*s\n",
	         BYTES_FMT(l->name), (long long)l->size, digest_text(&l->digest, text[0]),
	         digest_text(&l->diff_id, text[1]), digest_text(&d, text[2]), (unsigned long long)n,
	         l->is_known, BYTES_FMT(l->created_by));
	return 0;
}

static int print_image(struct source *s, const struct source_image *im, struct buf *out,
                       struct err *e)
{
	char a[DIGEST_TEXT_MAX], b[DIGEST_TEXT_MAX];
	buf_addf(out, "image %.*s digest=%s config=%s\n", BYTES_FMT(im->platform),
	         digest_text(&im->digest, a), digest_text(&im->config_digest, b));
	for (size_t i = 0; i < im->n_layers; i++) {
		if (print_layer(s, &im->layers[i], out, e))
			return -1;
	}
	for (size_t i = 0; i < im->n_notes; i++)
		buf_addf(out, "note %s %d %.*s\n", im->notes[i].code, im->notes[i].is_incomplete,
		         BYTES_FMT(im->notes[i].text));
	return 0;
}

static int print_source(struct source *s, struct buf *out, struct err *e)
{
	const struct source_image *im;
	const struct source_note *notes;
	struct bytes note;
	size_t n;
	if (drain_members(s, e) || source_images(s, &im, &n, &note, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (print_image(s, &im[i], out, e))
			return -1;
	}
	if (note.n)
		buf_addf(out, "said %.*s\n", BYTES_FMT(note));
	n = source_notes(s, &notes);
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "note %s %d %.*s\n", notes[i].code, notes[i].is_incomplete,
		         BYTES_FMT(notes[i].text));
	return 0;
}

static int look(const char *ref, const char *platform, struct cache *c, struct buf *out,
                struct err *e)
{
	struct source_options o = {.platform = bytes_str(platform),
	                           .is_offline = true,
	                           .cache = c,
	                           .inflate = inflate,
	                           .inflate_end = inflate_end};
	struct source *s;
	buf_reset(out);
	if (source_open(ref, &o, &s, e))
		return -1;
	int rc = print_source(s, out, e);
	source_close(s);
	return rc;
}

/* The file holds the value under the key in its first line. */
static void cache_load(struct cache *c, const char *path)
{
	AUTO_BUF struct buf b = {0};
	struct bytes key, value;
	buf_init(&c->key, 4096);
	buf_init(&c->value, 256u << 20);
	if (file_read(path, 256u << 20, &b, NULL) || !bytes_cut(buf_bytes(&b), '\n', &key, &value))
		return;
	buf_add(&c->key, key);
	buf_add(&c->value, value);
}

static void cache_save(struct cache *c, const char *path)
{
	AUTO_BUF struct buf b;
	buf_init(&b, 512u << 20);
	buf_add(&b, buf_bytes(&c->key));
	buf_addc(&b, '\n');
	buf_add(&b, buf_bytes(&c->value));
	file_write(path, buf_bytes(&b), 0600, NULL);
	buf_fini(&c->key);
	buf_fini(&c->value);
}

static int tool(const char *ref, const char *platform, const char *cache)
{
	struct buf out;
	struct err e = {0};
	struct cache c = {.hits = 0};
	buf_init(&out, 16u << 20);
	if (cache)
		cache_load(&c, cache);
	int rc = look(ref, platform, cache ? &c : NULL, &out, &e);
	if (cache) {
		buf_addf(&out, "cache hits=%u puts=%u inflaters=%zu\n", c.hits, c.puts, n_children);
		cache_save(&c, cache);
	}
	if (rc)
		printf("error %s %s\n", err_kind_name(e.kind), e.msg);
	else
		fwrite(out.p, 1, out.n, stdout);
	buf_fini(&out);
	return rc ? 1 : 0;
}

/* source --bytes REF: the bytes of the first layer. */
static int tool_bytes(const char *ref)
{
	struct source_options o = {.inflate = inflate, .inflate_end = inflate_end};
	const struct source_image *im;
	struct source_stream st;
	struct source *s;
	struct bytes note;
	struct err e;
	size_t n_images;
	static uint8_t p[65536];
	ssize_t n = -1;
	if (source_open(ref, &o, &s, &e))
		return 1;
	if (!source_images(s, &im, &n_images, &note, &e) &&
	    !source_layer(s, &im[0].layers[0], &st, &e)) {
		while ((n = st.read(st.arg, p, sizeof p, &e)) > 0)
			fwrite(p, 1, (size_t)n, stdout);
		st.close(st.arg);
	}
	source_close(s);
	return n < 0;
}

static const struct {
	const char *ref;
	enum err_kind kind;
	const char *says;
} references[] = {
	{"",		       ERR_USAGE,       "no name of an image"              },
	{":",		      ERR_USAGE,       "no tag"                           },
	{"docker-archive:",        ERR_USAGE,       "no path"                          },
	{"docker-archive",         ERR_USAGE,       "did you mean \"docker-archive:\"?"},
	{"docker_archive:x.tar",   ERR_USAGE,       "did you mean \"docker-archive:\"?"},
	{"oci-archiv:x",           ERR_USAGE,       "did you mean \"oci-archive:\"?"   },
	{"did:x.tar",              ERR_USAGE,       "did you mean \"dir:\"?"           },
	{"Alpine:3.10",            ERR_USAGE,       "no name of an image"              },
	{"registry:host.a/A:1",    ERR_USAGE,       "no name of an image"              },
	{"alpine:3.10",            ERR_USAGE,       "--offline"                        },
	{"registry:host/a:1",      ERR_USAGE,       "docker.io/host/a:1: --offline"    },
	{"dockerfile:a",           ERR_UNSUPPORTED, "dockerfile"                       },
	{"docker:A",               ERR_USAGE,       "no name of an image"              },
	{"./missing-file",         ERR_NOTFOUND,    "./missing-file: no such file"     },
	{"missing.tar:tag",        ERR_NOTFOUND,    "missing.tar: no such file"        },
	{"missing.tar.gz",         ERR_NOTFOUND,    "missing.tar.gz"                   },
	{"docker-archive:missing", ERR_NOTFOUND,    "missing"                          },
	{"oci:.@sha256:12",        ERR_USAGE,       "digest"                           },
	{"dir:.:tag",              ERR_USAGE,       "no tags"                          },
	{"oci-archive:.",          ERR_USAGE,       "a folder"                         },
	{"tar:.",		  ERR_USAGE,       "a folder"                         },
	{"dir:/dev/null",          ERR_UNSUPPORTED, "neither a file nor a folder"      },
};

static void test_references(void)
{
	struct buf out;
	buf_init(&out, 1u << 20);
	for (size_t i = 0; i < ARRAY_LEN(references); i++) {
		struct err e = {0};
		int rc = look(references[i].ref, NULL, NULL, &out, &e);
		test_case(rc < 0 && e.kind == references[i].kind &&
		                  strstr(e.msg, references[i].says),
		          "source: \"%s\" is refused: %s", references[i].ref, e.msg);
	}
	buf_fini(&out);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--bytes") == 0)
		return tool_bytes(argv[2]);
	if (argc == 4 && strcmp(argv[1], "--cache") == 0)
		return tool(argv[3], NULL, argv[2]);
	if (argc > 1)
		return tool(argv[1], argc > 2 ? argv[2] : NULL, NULL);
	test_references();
	return TEST_END();
}
