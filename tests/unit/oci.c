/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci.c - image documents: what the specifications allow, and every form two tools read
 * differently.
 *
 * Expected values: OCI image-spec; HOSTILE 7.2 (B1 to B8); the fixtures of containers/image.
 */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

#define D1                  "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define D2                  "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define MT_M                "application/vnd.oci.image.manifest.v1+json"
#define MT_I                "application/vnd.oci.image.index.v1+json"
#define MT_C                "application/vnd.oci.image.config.v1+json"
#define MT_L                "application/vnd.oci.image.layer.v1.tar+gzip"
#define DESC(mt, dig, size) "{\"mediaType\":\"" mt "\",\"digest\":\"" dig "\",\"size\":" size "}"
#define CONF                "\"config\":" DESC(MT_C, D1, "7")
#define LAYER               DESC(MT_L, D2, "9")
#define MAN(rest)           "{\"schemaVersion\":2," rest "}"
#define OK_MAN              MAN("\"mediaType\":\"" MT_M "\"," CONF ",\"layers\":[" LAYER "]")
#define WITH_LAYER(l)       MAN(CONF ",\"layers\":[" l "]")

static const struct row {
	const char *name, *text, *announced;
	enum err_kind kind; /* ERR_NONE: accepted */
	const char *says;   /* part of the message */
} documents[] = {
	{"a manifest",							      OK_MAN,						       NULL,														     ERR_NONE,NULL                       },
	{"a manifest announced as what it is",                                      OK_MAN,						       MT_M,														     ERR_NONE,NULL                       },
	{"a manifest that does not say its type",                                   WITH_LAYER(LAYER),                                            MT_M,														     ERR_NONE,NULL                       },
	{"no layers at all",							WITH_LAYER(""),					       NULL,														     ERR_NONE,NULL                       },
	{"a size of 2^53 - 1",						      WITH_LAYER(DESC(MT_L,                                         D2,														       "9007199254740991")),NULL,                        ERR_NONE,
         NULL},
	{"annotations that differ in case only",
         MAN(CONF ",\"layers\":[],\"annotations\":{\"a\":\"1\",\"A\":\"2\"}"),																  NULL,																										     ERR_NONE,
         NULL},
	{"an index",								      MAN("\"manifests\":[" DESC(MT_M,																  D1,																														 "7") "]"),NULL,ERR_NONE, NULL},
	{"an empty index",								     MAN("\"manifests\":[]"),															 MT_I,																													     ERR_NONE,												 NULL																			     },
	{"an index of null, as Docker 25 writes it",								     MAN("\"manifests\":null"), NULL,ERR_NONE,
         NULL},
	{"empty text",								     "",															 NULL,																															      ERR_FORMAT,""																																																																																		},
	{"an empty object",								     "{}",NULL,ERR_FORMAT,"schemaVersion"},
	{"null",								     "null",															 NULL,																																													   ERR_FORMAT,																																																       "not a JSON object"																																																																																																																																																																																				       },
	{"a list",								     "[]",NULL,ERR_FORMAT,"not a JSON object"},
	{"cut short",								     "{\"schemaVersion\":2,\"manifests\":[",															 NULL,																																																												     ERR_FORMAT,																																																																																																																																														  ""																																																																																																																																																																																																																																																																																																																																																																																																																																																																	    },
	{"trailing text",								     OK_MAN "{}",NULL,ERR_FORMAT,""},
	{"a byte order mark",								     "\xef\xbb\xbf" OK_MAN,															 NULL,																																																																											       ERR_FORMAT,																																																																																																																																																																																																																																																																								""																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																																		  },
	{"B1: manifest and index at once",
         MAN(CONF ",\"layers\":[" LAYER "],\"manifests\":[" DESC(MT_M,D1,"7") "]"),NULL,
         ERR_FORMAT, "at once"},
	{"B1: index with a config",								       MAN(CONF ",\"manifests\":[]"),															    NULL,																																																																																											  ERR_FORMAT,"at once"},
	{"B1: index with layers of null",						 MAN("\"layers\":null,\"manifests\":[]"),          NULL,   ERR_FORMAT,
         "at once"},
	{"B1: schema 1 and 2 at once",					   MAN(CONF ",\"layers\":[],\"fsLayers\":[]"),                NULL,															   ERR_FORMAT,
         "at once"},
	{"B1: manifest announced as an index",                                              OK_MAN,                      MT_I,															   ERR_FORMAT,"was announced as"},
	{"B1: a silent manifest announced as an index",                                      WITH_LAYER(LAYER),                                               MT_I,																	      ERR_FORMAT,
         "members of a manifest"                            },
	{"B1: a silent index announced as a manifest",                             MAN("\"manifests\":[]"),                                   MT_M,													 ERR_FORMAT,
         "members of an index"},
	{"B1: an index that says it is a manifest",
         MAN("\"mediaType\":\"" MT_M "\",\"manifests\":[]"),                                       NULL,															 ERR_FORMAT,
         "members of an index"},
	{"B3: duplicate key",				 MAN(CONF ",\"layers\":[" LAYER "],\"layers\":[]"),										      NULL,																				    ERR_FORMAT,
         ""},
	{"B3: keys that differ in case",						       MAN(CONF ",\"layers\":[" LAYER "],\"Layers\":[]"),                                  NULL,
         ERR_FORMAT,"case"},
	{"B6: digest that climbs",					    WITH_LAYER(DESC(MT_L, "sha256:../../etc/passwd",										    "9")),NULL,
         ERR_FORMAT, "layer 0"},
	{"B6: digest too short",						  WITH_LAYER(DESC(MT_L,                                               "sha256:aaaa",																	      "9")),NULL,ERR_FORMAT,
         "layer 0"},
	{"B6: digest in upper case",
         WITH_LAYER(DESC(MT_L,
         "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",                                                                                                                                                                                                                               "9")),
         NULL,ERR_FORMAT, "layer 0"},
	{"B6: md5",								     WITH_LAYER(DESC(MT_L,														       "md5:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",																															 "9")),NULL,
         ERR_FORMAT, "layer 0"},
	{"B6: sha512 of the length of sha256",
         WITH_LAYER(DESC(MT_L,
         "sha512:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",                                                                                                                                                                                                                                                              "9")),
         NULL,																	     ERR_FORMAT, "layer 0"},
	{"B6: empty digest",								 WITH_LAYER(DESC(MT_L,                                     "", "9")),NULL,ERR_FORMAT, "layer 0"},
	{"B7: size of -1",								WITH_LAYER(DESC(MT_L,															    D2,																										 "-1")),NULL,ERR_FORMAT, "size"},
	{"B7: size with a fraction",								      WITH_LAYER(DESC(MT_L,															D2,																												       "9.0")),NULL,ERR_FORMAT, "size"},
	{"B7: size of 2^53",								       WITH_LAYER(DESC(MT_L,											  D2,																									      "9007199254740992")),																																																								 NULL,																																																																																																																						 ERR_FORMAT,
         "size"},
	{"B7: size of 2^63",							  WITH_LAYER(DESC(MT_L,                                   D2,                              "9223372036854775808")),NULL,ERR_FORMAT,
         ""},
	{"B7: size as text",								   WITH_LAYER(DESC(MT_L,															       D2,																											      "\"9\"")),NULL,ERR_FORMAT, "size"},
	{"no size",								     WITH_LAYER("{\"mediaType\":\"" MT_L "\",\"digest\":\"" D2 "\"}"),														       NULL,
         ERR_FORMAT,   "size"																																		  },
	{"no media type",								       WITH_LAYER("{\"size\":9,\"digest\":\"" D2 "\"}"),                      NULL,ERR_FORMAT,
         "mediaType"},
	{"a layer that is a list",							WITH_LAYER("[]"),                                       NULL,															   ERR_FORMAT,"layer 0"																																		      },
	{"layers that are an object",									MAN(CONF ",\"layers\":{}"),																    NULL,																													   ERR_FORMAT,"layers"},
	{"no layers member",								     MAN(CONF),														       NULL,																													 ERR_FORMAT,												     "no layers"																																																							   },
	{"no config",								     MAN("\"layers\":[]"),															      NULL,																														ERR_FORMAT,"no config"},
	{"schemaVersion 3",								     "{\"schemaVersion\":3,\"manifests\":[]}",												  NULL,																														       ERR_FORMAT,
         "schemaVersion"},
	{"Docker schema 1",								     "{\"schemaVersion\":1,\"name\":\"a\",\"fsLayers\":[],\"history\":[]}",
         NULL,								      ERR_UNSUPPORTED,"schema 1"},
	{"an unknown media type",								     OK_MAN,"text/html",ERR_FORMAT,"announced"                                          },
	{"an unknown stated type",								     MAN("\"mediaType\":\"application/x\",\"layers\":[]"), NULL,
         ERR_UNSUPPORTED,"not an image: application/x"},
};

static void test_row(const struct row *t)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct oci_document d;
	struct err e = {0};
	int rc = oci_parse(a, bytes_str(t->text), "m.json", bytes_str(t->announced), &d, &e);
	if (t->kind == ERR_NONE)
		test_case(rc == 0, "oci: %s (%s)", t->name, rc ? e.msg : "accepted");
	else
		test_case(rc < 0 && e.kind == t->kind && strstr(e.msg, t->says),
		          "oci: %s is refused: %s", t->name, rc ? e.msg : "accepted");
}

static const struct row images[] = {
	{"gzip layer",					      OK_MAN,               NULL,                 ERR_NONE,											       NULL												   },
	{"no layers",					       WITH_LAYER(""),       NULL,                 ERR_NONE,											       NULL												   },
	{"Docker schema 2",
         MAN("\"config\":" DESC(
		 "application/vnd.docker.container.image.v1+json",                        D1,
         "7") ",\"layers\":[" DESC("application/vnd.docker.image.rootfs.diff.tar.gzip",																 D2,
         "9") "]"),
         NULL, ERR_NONE, NULL},
	{"B2: a foreign layer",
         WITH_LAYER(DESC("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",                                                                  D2,                                                                                  "9")),
         NULL,																																	   ERR_UNSUPPORTED, "foreign"},
	{"B2: a layer with a URL",
         WITH_LAYER("{\"mediaType\":\"" MT_L "\",\"digest\":\"" D2
                    "\",\"size\":9,\"urls\":[\"http://h/\"]}"),
         NULL,												  ERR_UNSUPPORTED,																							 "URLs"            },
	{"an encrypted layer",
         WITH_LAYER(DESC("application/vnd.oci.image.layer.v1.tar+gzip+encrypted",                           D2,												  "9")),                                                                                        NULL,
         ERR_UNSUPPORTED, "encrypted"},
	{"an unknown layer format",
         WITH_LAYER(DESC("application/vnd.oci.image.layer.v1.tar+lz9",         D2, "9")), NULL,
         ERR_UNSUPPORTED, "tar+lz9"},
	{"a Helm chart",
         MAN("\"config\":" DESC(
		 "application/vnd.cncf.helm.config.v1+json",								  D1,
         "7") ",\"layers\":[" DESC("application/vnd.cncf.helm.chart.content.v1.tar+gzip",
         D2,																													       "9") "]"),
         NULL, ERR_UNSUPPORTED, "not an image: application/vnd.cncf.helm.config.v1+json"},
	{"WebAssembly",
         MAN("\"config\":" DESC("application/vnd.wasm.config.v0+json",                                                                 D1,									    "7") ",\"layers\":[]"),
         NULL,																																	    ERR_UNSUPPORTED, "not an image: application/vnd.wasm.config.v0+json"},
	{"a cosign signature",
         WITH_LAYER(DESC("application/vnd.dev.cosign.simplesigning.v1+json", D2,												    "9")),																								 NULL,
         ERR_UNSUPPORTED, "not an image: application/vnd.dev.cosign.simplesigning.v1+json"},
	{"an attestation", WITH_LAYER(DESC("application/vnd.in-toto+json",                     D2,                             "9")),																		  NULL,
         ERR_UNSUPPORTED, "not an image: application/vnd.in-toto+json"},
	{"an artifact with an empty config",
         MAN("\"artifactType\":\"application/vnd.example+type\",\"config\":" DESC(
		 "application/vnd.oci.empty.v1+json",							   D1,                            "2") ",\"layers\":[]"),
         NULL,ERR_UNSUPPORTED, "not an image: application/vnd.example+type"},
	{"an index",						       MAN("\"mediaType\":\"" MT_I "\",\"manifests\":[]"),                                                                      NULL,ERR_UNSUPPORTED,
         "not an image: " MT_I																												     },
};

static void test_image(const struct row *t)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct oci_document d;
	struct err e = {0};
	int rc = oci_parse(a, bytes_str(t->text), "m.json", bytes_str(t->announced), &d, &e) ||
	         oci_check_image(&d, &e);
	if (t->kind == ERR_NONE)
		test_case(rc == 0, "oci: image: %s (%s)", t->name, rc ? e.msg : "accepted");
	else
		test_case(rc && e.kind == t->kind && strstr(e.msg, t->says),
		          "oci: image: %s is refused: %s", t->name, rc ? e.msg : "accepted");
}

static void test_values(void)
{
	static const char text[] =
		MAN("\"manifests\":["
	            "{\"mediaType\":\"" MT_M "\",\"digest\":\"" D1 "\",\"size\":7,"
	            "\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\","
	            "\"variant\":\"v8\"},\"annotations\":{"
	            "\"org.opencontainers.image.ref.name\":\"1.0\","
	            "\"io.containerd.image.name\":\"h/a:1.0\"}},"
	            "{\"mediaType\":\"" MT_M "\",\"digest\":\"" D2 "\",\"size\":8,"
	            "\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},"
	            "\"annotations\":{\"vnd.docker.reference.type\":"
	            "\"attestation-manifest\"}}]");
	AUTO_ARENA struct arena *a = arena_new();
	struct oci_document d;
	struct err e = {0};
	CHECK(oci_parse(a, bytes_str(text), "i.json", (struct bytes){0}, &d, &e) == 0);
	CHECK(d.kind == OCI_MEDIA_INDEX && d.n_manifests == 2);
	CHECK(bytes_eq(oci_platform_text(a, &d.manifests[0].platform), B("linux/arm64/v8")));
	CHECK(bytes_eq(d.manifests[0].ref_name, B("1.0")) && d.manifests[0].size == 7);
	CHECK(bytes_eq(d.manifests[0].image_name, B("h/a:1.0")) && !d.manifests[0].is_attestation);
	CHECK(d.manifests[1].is_attestation);
}

/* A list of n copies of item between head and tail. */
static struct bytes repeated(struct arena *a, const char *head, const char *item, size_t n,
                             const char *tail)
{
	struct buf b;
	buf_init(&b, 64u << 20);
	buf_adds(&b, head);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(&b, ',');
		buf_adds(&b, item);
	}
	buf_adds(&b, tail);
	struct bytes r = arena_dup(a, buf_bytes(&b));
	buf_fini(&b);
	return r;
}

static void test_bounds(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct oci_document d;
	struct oci_config c;
	struct err e = {0};
	struct bytes none = {0};
	for (size_t past = 0; past < 2; past++) {
		int want = past ? -1 : 0;
		struct bytes t = repeated(a, "{\"schemaVersion\":2," CONF ",\"layers\":[", LAYER,
		                          (size_t)OCI_LAYERS_MAX + past, "]}");
		CHECK(oci_parse(a, t, "m", none, &d, &e) == want);
		t = repeated(a, "{\"schemaVersion\":2,\"manifests\":[", DESC(MT_M, D1, "7"),
		             (size_t)OCI_PLATFORMS_MAX + past, "]}");
		CHECK(oci_parse(a, t, "m", none, &d, &e) == want);
		t = repeated(a, "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[", "\"" D1 "\"",
		             (size_t)OCI_LAYERS_MAX + past, "]}}");
		CHECK(oci_config_parse(a, t, "c", &c, &e) == want);
		t = repeated(a, "{\"rootfs\":{\"type\":\"layers\"},\"history\":[", "{}",
		             (size_t)OCI_HISTORY_MAX + past, "]}");
		CHECK(oci_config_parse(a, t, "c", &c, &e) == want);
		struct buf b;
		buf_init(&b, (size_t)OCI_MANIFEST_MAX + 1);
		buf_adds(&b, OK_MAN);
		while (b.n < (size_t)OCI_MANIFEST_MAX + past)
			buf_addc(&b, ' ');
		CHECK(oci_parse(a, buf_bytes(&b), "m", none, &d, &e) == want);
		buf_fini(&b);
		buf_init(&b, (size_t)OCI_CONFIG_MAX + 1);
		buf_adds(&b, "{\"rootfs\":{\"type\":\"layers\"}}");
		while (b.n < (size_t)OCI_CONFIG_MAX + past)
			buf_addc(&b, ' ');
		CHECK(oci_config_parse(a, buf_bytes(&b), "c", &c, &e) == want);
		buf_fini(&b);
	}
	struct buf b;
	buf_init(&b, 1u << 20);
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, '[');
	CHECK(oci_parse(a, buf_bytes(&b), "m", none, &d, &e) < 0 && e.kind == ERR_LIMIT);
	buf_fini(&b);
}

static const struct row configs[] = {
	{"the least",		       "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}",                  NULL, ERR_NONE,        NULL         },
	{"labels that differ in case only",
         "{\"config\":{\"Labels\":{\"name\":\"a\",\"Name\":\"b\"}},\"rootfs\":{\"type\":\"layers\"}"
         "}",                                                                                                      NULL, ERR_NONE,        NULL         },
	{"a command as one string",
         "{\"config\":{\"Cmd\":\"sh\"},\"rootfs\":{\"type\":\"layers\"}}",                                         NULL, ERR_NONE,        NULL         },
	{"nulls for what is missing",
         "{\"config\":{\"Cmd\":null,\"Labels\":null,\"User\":null},\"history\":null,"
         "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null}}",                                                    NULL, ERR_NONE,        NULL         },
	{"no rootfs",		       "{}",								  NULL, ERR_FORMAT,      "rootfs"     },
	{"another rootfs",                  "{\"rootfs\":{\"type\":\"base\"}}",                                    NULL, ERR_UNSUPPORTED, "base"       },
	{"a diff_id out of its grammar",
         "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:0\"]}}",                                         NULL, ERR_FORMAT,
         "diff_id 0"																   },
	{"B3: rootfs twice",                "{\"rootfs\":{\"type\":\"layers\"},\"rootfs\":{\"type\":\"layers\"}}",
         NULL,													   ERR_FORMAT,      ""           },
	{"B3: rootfs twice in other case",
         "{\"rootfs\":{\"type\":\"layers\"},\"RootFS\":{\"type\":\"layers\"}}",                                    NULL, ERR_FORMAT,
         "case"																	},
	{"B3: User twice in other case",
         "{\"config\":{\"User\":\"0\",\"user\":\"1\"},\"rootfs\":{\"type\":\"layers\"}}",                          NULL,
         ERR_FORMAT,														      "case"       },
	{"B8: a NUL in Env",
         "{\"config\":{\"Env\":[\"A=1\\u0000B=2\"]},\"rootfs\":{\"type\":\"layers\"}}",                            NULL,
         ERR_FORMAT,														      "NUL"        },
	{"Env that is an object",           "{\"config\":{\"Env\":{}},\"rootfs\":{\"type\":\"layers\"}}",
         NULL,													   ERR_FORMAT,      "Env"        },
	{"User that is a number",           "{\"config\":{\"User\":0},\"rootfs\":{\"type\":\"layers\"}}",
         NULL,													   ERR_FORMAT,      "User"       },
	{"empty_layer as text",
         "{\"history\":[{\"empty_layer\":\"true\"}],\"rootfs\":{\"type\":\"layers\"}}",                            NULL,
         ERR_FORMAT,														      "empty_layer"},
};

static void test_config_row(const struct row *t)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct oci_config c;
	struct err e = {0};
	int rc = oci_config_parse(a, bytes_str(t->text), "c.json", &c, &e);
	if (t->kind == ERR_NONE)
		test_case(rc == 0, "oci: config: %s (%s)", t->name, rc ? e.msg : "accepted");
	else
		test_case(rc && e.kind == t->kind && strstr(e.msg, t->says),
		          "oci: config: %s is refused: %s", t->name, rc ? e.msg : "accepted");
}

static void test_config_values(void)
{
	static const char text[] =
		"{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"User\":\"app\","
		"\"Env\":[\"A=1\",\"B=2\"],\"Entrypoint\":[\"/e\"],\"Cmd\":[\"x\",\"y\"],"
		"\"ExposedPorts\":{\"80/tcp\":{},\"22/"
		"tcp\":{}},\"Labels\":{\"b\":\"2\",\"a\":\"1\"},"
		"\"WorkingDir\":\"/w\",\"Healthcheck\":{\"Test\":[\"CMD\",\"/h\"]}},"
		"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" D1 "\",\"" D2 "\"]},"
		"\"history\":[{\"created_by\":\"one\"},{\"created_by\":\"none\",\"empty_layer\":"
		"true},"
		"{\"created_by\":\"two\"}]}";
	AUTO_ARENA struct arena *a = arena_new();
	struct oci_config c;
	struct err e = {0};
	CHECK(oci_config_parse(a, bytes_str(text), "c.json", &c, &e) == 0);
	CHECK(bytes_eq(c.user, B("app")) && bytes_eq(c.working_dir, B("/w")));
	CHECK(c.env.n == 2 && bytes_eq(c.env.v[1], B("B=2")) && c.cmd.n == 2);
	CHECK(c.exposed_ports.n == 2 && bytes_eq(c.exposed_ports.v[0], B("22/tcp")));
	CHECK(c.n_labels == 2 && bytes_eq(c.labels[0].key, B("a")));
	CHECK(c.healthcheck.n == 2 && c.n_diff_ids == 2 && c.n_history_layers == 2);
	CHECK(bytes_eq(oci_created_by(&c, 0), B("one")));
	CHECK(bytes_eq(oci_created_by(&c, 1), B("two")));
	CHECK(!oci_created_by(&c, 2).p);
	c.n_history_layers = 1;
	CHECK(!oci_created_by(&c, 0).p);
}

static const struct row saved[] = {
	{"one image",
         "[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[\"l/layer.tar\"]}]",         NULL,
         ERR_NONE,												  NULL            },
	{"tags of null",             "[{\"Config\":\"c.json\",\"RepoTags\":null,\"Layers\":[]}]", NULL,
         ERR_NONE,												  NULL            },
	{"null",		     "null",						      NULL, ERR_FORMAT, "names no image"},
	{"an empty list",            "[]",							NULL, ERR_FORMAT, "names no image"},
	{"an object",                "{}",							NULL, ERR_FORMAT, "not a list"    },
	{"no Config",                "[{\"Layers\":[]}]",                                         NULL, ERR_FORMAT, "Config"        },
	{"Layers twice",             "[{\"Config\":\"c\",\"Layers\":[\"a\"],\"layers\":[]}]",     NULL, ERR_FORMAT,
         "case"														     },
	{"a layer that is a number", "[{\"Config\":\"c\",\"Layers\":[1]}]",                       NULL, ERR_FORMAT,
         "Layers"														   },
	{"a source without digest",
         "[{\"Config\":\"c\",\"Layers\":[],\"LayerSources\":{\"" D1 "\":{}}}]",                   NULL, ERR_FORMAT,
         "layer source"													     },
};

static void test_saved_row(const struct row *t)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct oci_saved *s;
	size_t n;
	struct err e = {0};
	int rc = oci_saved_parse(a, bytes_str(t->text), &s, &n, &e);
	if (t->kind == ERR_NONE)
		test_case(rc == 0 && n == 1, "oci: saved: %s", t->name);
	else
		test_case(rc && e.kind == t->kind && strstr(e.msg, t->says),
		          "oci: saved: %s is refused: %s", t->name, rc ? e.msg : "accepted");
}

static void test_small_files(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct oci_texts t;
	struct err e = {0};
	CHECK(oci_layout_check(B("{\"imageLayoutVersion\":\"1.0.0\"}"), &e) == 0);
	CHECK(oci_layout_check(B("{\"imageLayoutVersion\":\"2.0.0\"}"), &e) < 0 &&
	      e.kind == ERR_UNSUPPORTED);
	CHECK(oci_layout_check(B("{}"), &e) < 0 && oci_layout_check(B(""), &e) < 0);
	CHECK(oci_repositories_parse(a, B("{\"b\":{\"2\":\"x\",\"1\":\"y\"}}"), &t, &e) == 0);
	CHECK(t.n == 2 && bytes_eq(t.v[0], B("b:1")));
	CHECK(oci_repositories_parse(a, B("[]"), &t, &e) == 0 && t.n == 0);
	CHECK(oci_repositories_parse(a, B("["), &t, &e) < 0);
}

static const struct {
	const char *want, *have;
	int score;
} platforms[] = {
	{"linux/amd64",    "linux/amd64",    2},
        {"amd64",          "linux/amd64/v1", 2},
	{"linux/x86_64",   "linux/amd64",    2},
        {"linux/amd64",    "linux/amd64/v3", 1},
	{"linux/amd64/v3", "linux/amd64",    0},
        {"linux/arm64",    "linux/arm64/v8", 2},
	{"linux/arm64/v8", "linux/arm64",    2},
        {"linux/arm",      "linux/arm/v6",   1},
	{"linux/arm",      "linux/arm/v7",   2},
        {"linux/amd64",    "windows/amd64",  0},
	{"linux/amd64",    "linux/386",      0},
};

static void test_platforms(void)
{
	struct err e = {0};
	for (size_t i = 0; i < ARRAY_LEN(platforms); i++) {
		struct oci_platform w, h;
		int rc = oci_platform_parse(bytes_str(platforms[i].want), &w, &e) ||
		         oci_platform_parse(bytes_str(platforms[i].have), &h, &e);
		test_case(!rc && oci_platform_match(&w, &h) == platforms[i].score,
		          "oci: %s wanted, %s there", platforms[i].want, platforms[i].have);
	}
	static const char *const bad[] = {"", "/", "linux/", "linux/a/b/c", "linux/a b", "a\nb"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct oci_platform p;
		CHECK(oci_platform_parse(bytes_str(bad[i]), &p, &e) < 0 && e.kind == ERR_USAGE);
	}
}

/* The same documents as containers/image tests itself with. */
static const struct {
	const char *file;
	enum err_kind parse, image;
} fixtures[] = {
	{"ociv1.manifest.json",                       ERR_NONE,        ERR_NONE       },
	{"ociv1.uncompressed.manifest.json",          ERR_NONE,        ERR_NONE       },
	{"ociv1nomime.manifest.json",                 ERR_NONE,        ERR_NONE       },
	{"v2s2.everything.json",                      ERR_NONE,        ERR_UNSUPPORTED},
	{"v2s2nomime.manifest.json",                  ERR_NONE,        ERR_NONE       },
	{"v2s2.uncompressed.manifest.json",           ERR_NONE,        ERR_NONE       },
	{"ociv1.image.index.json",                    ERR_NONE,        ERR_UNSUPPORTED},
	{"ociv1nomime.image.index.json",              ERR_NONE,        ERR_UNSUPPORTED},
	{"v2list.manifest.json",                      ERR_NONE,        ERR_UNSUPPORTED},
	{"ociv1.encrypted.manifest.json",             ERR_NONE,        ERR_UNSUPPORTED},
	{"ociv1.invalid.mediatype.manifest.json",     ERR_NONE,        ERR_UNSUPPORTED},
	{"ociv1.nondistributable.gzip.manifest.json", ERR_NONE,        ERR_UNSUPPORTED},
	{"v2s2.nondistributable.manifest.json",       ERR_NONE,        ERR_UNSUPPORTED},
	{"v2s1.manifest.json",                        ERR_UNSUPPORTED, ERR_NONE       },
	{"v2s1-unsigned.manifest.json",               ERR_UNSUPPORTED, ERR_NONE       },
	{"ociv1nomime.artifact.json",                 ERR_FORMAT,      ERR_NONE       },
};

static void test_fixtures(void)
{
	static const char dir[] =
		"../shared/data/vectors/images/containers-image/manifest/fixtures";
	struct stat st;
	if (stat(dir, &st)) {
		test_skip("oci: fixtures of containers/image", "../shared/data is missing");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(fixtures); i++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_FREE char *path = path_join(dir, fixtures[i].file);
		AUTO_BUF struct buf b = {0};
		struct oci_document d;
		struct err e = {0};
		if (file_read(path, 1u << 20, &b, &e)) {
			test_case(0, "oci: %s: %s", fixtures[i].file, e.msg);
			continue;
		}
		int rc = oci_parse(a, buf_bytes(&b), fixtures[i].file, (struct bytes){0}, &d, &e);
		bool is_ok = e.kind == fixtures[i].parse;
		if (!rc) {
			oci_check_image(&d, &e);
			is_ok = e.kind == fixtures[i].image;
		}
		test_case(is_ok, "oci: fixture %s (%s)", fixtures[i].file, e.msg);
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(documents); i++)
		test_row(&documents[i]);
	for (size_t i = 0; i < ARRAY_LEN(images); i++)
		test_image(&images[i]);
	for (size_t i = 0; i < ARRAY_LEN(configs); i++)
		test_config_row(&configs[i]);
	for (size_t i = 0; i < ARRAY_LEN(saved); i++)
		test_saved_row(&saved[i]);
	test_values();
	test_bounds();
	test_config_values();
	test_small_files();
	test_platforms();
	test_fixtures();
	return TEST_END();
}
