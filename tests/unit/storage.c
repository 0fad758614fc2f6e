/* SPDX-License-Identifier: Apache-2.0 */
/* storage.c - images.json, layers.json and tar-split: found, chained, decoded, broken. */
#include "fmt/storage.h"

#include <string.h>

#include "test.h"

#define ID(c) c c c c c c c c c c c c c c c c
#define A     ID("aaaa")
#define C     ID("cccc")
#define D     ID("dddd")

static const char images[] =
	"[{\"id\":\"" A "\",\"digest\":\"sha256:" C "\",\"names\":[\"docker.io/library/a:1\"],"
	"\"layer\":\"" C "\",\"big-data-digests\":{\"manifest\":\"sha256:" C "\","
	"\"manifest-sha256:" D "\":\"sha256:" D "\",\"other\":\"sha256:" A "\"}},"
	"{\"id\":\"" D "\",\"names\":null}]";

static bool finds(struct storage_want want, const char *id, const char *word)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct storage_image im;
	struct err e = {.kind = ERR_NONE};
	int rc = storage_image_find(a, bytes_str(images), &want, &im, &e);
	return id ? rc == 0 && bytes_eq(im.id, bytes_str(id)) : rc < 0 && strstr(e.msg, word);
}

static void find_images(void)
{
	struct digest c, d, other;
	CHECK(digest_parse(B("sha256:" C), &c, NULL) == 0);
	CHECK(digest_parse(B("sha256:" D), &d, NULL) == 0);
	CHECK(digest_parse(B("sha256:" A), &other, NULL) == 0);
	CHECK(finds(
		(struct storage_want){
			.names = {B("x"), B("docker.io/library/a:1")}
        },
		A, ""));
	CHECK(finds((struct storage_want){.names = {B("docker.io/library/a:2")}}, NULL, "no such"));
	CHECK(finds((struct storage_want){.id = B(D)}, D, ""));
	CHECK(finds((struct storage_want){.id = B("aaaa")}, NULL, "no such"));
	CHECK(finds((struct storage_want){.digest = c}, A, ""));
	CHECK(finds((struct storage_want){.digest = d}, A, ""));
	CHECK(finds((struct storage_want){.digest = other}, NULL, "no such"));
}

static bool image_fails(const char *json, const char *word)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct storage_image im;
	struct storage_want want = {.names = {B("n")}};
	struct err e = {.kind = ERR_NONE};
	return storage_image_find(a, bytes_str(json), &want, &im, &e) < 0 && strstr(e.msg, word);
}

static void broken_images(void)
{
	CHECK(image_fails("", "images.json"));
	CHECK(image_fails("{}", "no list"));
	CHECK(image_fails("[]", "no such"));
	CHECK(image_fails("[1,null,[]]", "no such"));
	CHECK(image_fails("[{\"id\":\"../../etc\",\"names\":[\"n\"]}]", "id is none"));
	CHECK(image_fails("[{\"id\":\"" A "\",\"layer\":\"..\",\"names\":[\"n\"]}]", "id is none"));
}

static int chain(const char *json, size_t *ret_n, struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct storage_layer *l;
	return storage_layer_chain(a, bytes_str(json), B(C), &l, ret_n, e);
}

/* n layers, the top one last in the chain; a ring when it has no end. */
static void make_chain(struct buf *b, unsigned n, bool is_ring)
{
	buf_reset(b);
	buf_addc(b, '[');
	for (unsigned i = 0; i < n; i++) {
		buf_addf(b, "%s{\"id\":\"", i ? "," : "");
		if (i)
			buf_addf(b, "%064x\"", i);
		else
			buf_adds(b, C "\"");
		if (i + 1 < n)
			buf_addf(b, ",\"parent\":\"%064x\"}", i + 1);
		else
			buf_adds(b, is_ring ? ",\"parent\":\"" C "\"}" : "}");
	}
	buf_addc(b, ']');
}

static void chains(void)
{
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf b;
	size_t n = 9;
	buf_init(&b, 1 << 20);
	CHECK(chain("[{\"id\":\"" A "\",\"diff-digest\":\"sha256:" D "\"},{\"id\":\"" C
	            "\",\"parent\":\"" A "\"}]",
	            &n, &e) == 0 &&
	      n == 2);
	CHECK(chain("[]", &n, &e) < 0 && strstr(e.msg, "not there"));
	CHECK(chain("[{\"id\":\"" C "\",\"parent\":\"../x\"},{\"id\":\"../x\"}]", &n, &e) < 0);
	CHECK(chain("7", &n, &e) < 0);
	make_chain(&b, (unsigned)OCI_LAYERS_MAX, false);
	CHECK(chain(buf_cstr(&b), &n, &e) == 0 && n == (size_t)OCI_LAYERS_MAX);
	make_chain(&b, (unsigned)OCI_LAYERS_MAX + 1, false);
	CHECK(chain(buf_cstr(&b), &n, &e) < 0 && strstr(e.msg, "more than"));
	make_chain(&b, 3, true);
	CHECK(chain(buf_cstr(&b), &n, &e) < 0 && strstr(e.msg, "ring"));
}

/* What containers/storage itself calls the files. */
static void names(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	CHECK(bytes_eq(storage_file_name(a, B("manifest")), B("manifest")));
	CHECK(bytes_eq(storage_file_name(a, B("sha256:ab")), B("=c2hhMjU2OmFi")));
	CHECK(bytes_eq(storage_file_name(a, B("manifest-x")), B("=bWFuaWZlc3QteA==")));
	CHECK(bytes_eq(storage_file_name(a, B("A/b")), B("=QS9i")));
}

static const struct {
	const char *line, *bytes;
	uint64_t size;
	bool is_file;
	const char *fails;
} lines[] = {
	{"{\"type\":2,\"payload\":\"YWJj\",\"position\":0}",                         "abc",   0,  false, NULL       },
	{"{\"type\":2,\"payload\":\"YQ==\"}",                                        "a",     0,  false, NULL       },
	{"{\"type\":2,\"payload\":\"YWI=\"}",                                        "ab",    0,  false, NULL       },
	{"{\"type\":2}",							     "",      0,  false, NULL       },
	{"{\"type\":1,\"name\":\"etc/x\",\"size\":70,\"payload\":\"AAAAAAAAAAA=\"}", "etc/x", 70,
         true,											   NULL       },
	{"{\"type\":1,\"name\":\"etc/\"}",					   "etc/",  0,  true,  NULL       },
	{"{\"type\":1,\"name_raw\":\"/w==\",\"size\":1}",                            "\xff",  1,  true,  NULL       },
	{"{\"type\":3}",							     "",      0,  false, "neither"  },
	{"{\"type\":0}",							     "",      0,  false, "neither"  },
	{"{}",								       "",      0,  false, "neither"  },
	{"{\"type\":2,\"payload\":\"YWJ\"}",                                         "",      0,  false, "base64"   },
	{"{\"type\":2,\"payload\":\"Y===\"}",                                        "",      0,  false, "base64"   },
	{"{\"type\":2,\"payload\":\"YQ==YQ==\"}",                                    "",      0,  false, "base64"   },
	{"{\"type\":2,\"payload\":\"Y*==\"}",                                        "",      0,  false, "base64"   },
	{"{\"type\":1,\"name\":\"a\",\"size\":-1}",                                  "",      0,  false, "size"     },
	{"{\"type\":1,\"name\":\"a\",\"size\":1e3}",                                 "",      0,  false, "size"     },
	{"[1]",								      "",      0,  false, "neither"  },
	{"nonsense",								 "",      0,  false, "tar-split"},
};

static void splits(void)
{
	AUTO_BUF struct buf to, line;
	struct tarsplit t;
	struct err e;
	buf_init(&to, (size_t)TARSPLIT_LINE_MAX);
	buf_init(&line, 2 * (size_t)TARSPLIT_LINE_MAX);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		int rc = tarsplit_line(bytes_str(lines[i].line), &to, &t, &e);
		bool is_good = lines[i].fails
		                       ? rc < 0 && strstr(e.msg, lines[i].fails)
		                       : rc == 0 && t.is_file == lines[i].is_file &&
		                                 t.size == lines[i].size &&
		                                 bytes_eq(t.bytes, bytes_str(lines[i].bytes));
		test_case(is_good, "%s", lines[i].line);
	}
	buf_adds(&line, "{\"type\":2,\"payload\":\"");
	while (line.n < (size_t)TARSPLIT_LINE_MAX - 6)
		buf_adds(&line, "AAAA");
	buf_adds(&line, "\"}");
	while (line.n < (size_t)TARSPLIT_LINE_MAX)
		buf_addc(&line, ' ');
	CHECK(tarsplit_line(buf_bytes(&line), &to, &t, &e) == 0 && t.bytes.n > 6000000);
	buf_addc(&line, ' ');
	CHECK(tarsplit_line(buf_bytes(&line), &to, &t, &e) < 0);
}

/* containers-storage.conf(5) */
static void conf(void)
{
	static const char text[] = "[storage]\ngraphroot = \"/a/$USER\"\n"
				   "rootless_storage_path = \"$HOME/x/$UID\"\n[storage.options]\n"
				   "additionalimagestores = [\"/m\", \"relative\", 7]\n";
	AUTO_ARENA struct arena *a = arena_new();
	struct storage_roots r = {.n = 0};
	struct storage_who who = {"/h", "1000", "me", false, true};
	struct err e;
	CHECK(storage_conf_read(a, bytes_str(text), "c", &who, &r, &e) == 0 && r.n == 2);
	CHECK(bytes_eq(r.v[0], B("/a/me")) && bytes_eq(r.v[1], B("/m")));
	who.is_rootless = true;
	r.n = 0;
	CHECK(storage_conf_read(a, bytes_str(text), "c", &who, &r, &e) == 0);
	CHECK(bytes_eq(r.v[0], B("/h/x/1000")));
	who.is_systems = false;
	r.n = 0;
	CHECK(storage_conf_read(a, bytes_str(text), "c", &who, &r, &e) == 0);
	CHECK(bytes_eq(r.v[0], B("/a/me")));
	for (int i = 0; i < 20; i++)
		CHECK(storage_conf_read(a, bytes_str(text), "c", &who, &r, &e) == 0);
	CHECK(r.n == ARRAY_LEN(r.v));
	r.n = 0;
	CHECK(storage_conf_read(a, B(""), "c", &who, &r, &e) == 0 && r.n == 0);
	CHECK(storage_conf_read(a, B("[storage"), "c", &who, &r, &e) < 0);
}

int main(void)
{
	find_images();
	broken_images();
	chains();
	names();
	splits();
	conf();
	return TEST_END();
}
