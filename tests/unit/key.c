/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/trust.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

static const char *shared(struct arena *a, const char *name)
{
	const char *top = getenv("ASSAY_SHARED");
	const char *path = arena_printf(a, "%s/data/vectors/sig/%s", top ? top : "", name);
	return top && *top && access(path, R_OK) == 0 ? path : NULL;
}

static json_t *read_json(const char *path)
{
	AUTO_BUF struct buf b = {0};
	json_t *root = NULL;
	struct err e;
	if (file_read(path, 16 << 20, &b, &e) < 0 ||
	    json_load_data(buf_bytes(&b), path, 16 << 20, &root, &e) < 0)
		printf("# %s\n", e.msg);
	return root;
}

static struct bytes unhex(struct arena *a, struct bytes hex)
{
	uint8_t *p = arena_alloc(a, hex.n / 2 + 1);
	if (!hex_decode(hex, p, hex.n / 2))
		abort();
	return bytes_of(p, hex.n / 2);
}

/* ---- Wycheproof: signatures that must be taken, and those that must not ---- */

struct tally {
	unsigned taken, refused, wrong;
};

static void try_group(const json_t *group, struct tally *t,
                      bool (*verify)(const struct key *, struct bytes, struct bytes))
{
	AUTO_ARENA struct arena *a = arena_new();
	struct key *k = NULL;
	struct err e;
	if (key_read_public(json_text(group, "publicKeyPem"), "key", &k, &e) < 0) {
		printf("# %s\n", e.msg);
		t->wrong++;
		return;
	}
	size_t i;
	json_t *one;
	json_array_foreach(json_list(group, "tests"), i, one)
	{
		struct bytes msg = unhex(a, json_text(one, "msg"));
		struct bytes sig = unhex(a, json_text(one, "sig"));
		bool have = verify(k, msg, sig);
		bool want = bytes_eq(json_text(one, "result"), B("valid"));
		if (have != want)
			printf("# case %.*s: %s\n", BYTES_FMT(json_text(one, "comment")),
			       have ? "taken" : "refused");
		*(have != want ? &t->wrong : have ? &t->taken : &t->refused) += 1;
	}
	key_free(k);
}

static void wycheproof(const char *name, unsigned taken, unsigned refused,
                       bool (*verify)(const struct key *, struct bytes, struct bytes))
{
	AUTO_ARENA struct arena *a = arena_new();
	const char *path = shared(a, arena_printf(a, "wycheproof/%s_test.json", name));
	struct tally t = {0, 0, 0};
	if (!path) {
		test_skip(name, "no shared data");
		return;
	}
	AUTO_JSON json_t *root = read_json(path);
	size_t i;
	json_t *group;
	json_array_foreach(json_list(root, "testGroups"), i, group) try_group(group, &t, verify);
	test_case(t.taken == taken && t.refused == refused && !t.wrong, "%s: %u taken, %u refused",
	          name, taken, refused);
}

/* ---- DSSE's own vector: r and s side by side ---- */

static void protocol_vector(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	const char *path = shared(a, "dsse/protocol-vector.json");
	/* SubjectPublicKeyInfo of the point that the vector gives in decimal */
	static const char pem[] =
		"-----BEGIN PUBLIC KEY-----\n"
		"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZ805D3eqNZywjCI19lInBJOp7YMr\n"
		"CrzAH3CVTAOQ0jgMeCvVTiaRJaRPRDOv8UMs6U4SvKc6pnrIDOoSYI3fdA==\n"
		"-----END PUBLIC KEY-----\n";
	struct key *k = NULL;
	struct trusted t;
	struct err e = {.kind = ERR_NONE};
	if (!path) {
		test_skip("the vector of protocol.md", "no shared data");
		return;
	}
	AUTO_JSON json_t *root = read_json(path);
	char *text = json_dumps(json_object_get(root, "envelope"), JSON_COMPACT);
	CHECK(key_read_public(bytes_str(pem), "key", &k, &e) == 0);
	const struct key *one[] = {k};
	struct key_ring keys = {one, 1};
	bool is_open = k && trust_open(a, bytes_str(text), "vector", keys, &t, &e) == 0;
	test_case(is_open && bytes_eq(t.envelope.payload, B("hello world")),
	          "the vector of protocol.md: %s", e.msg);
	char *at = strstr(text, "aGVsbG8g");
	if (at)
		at[0] = 'b';
	test_case(k && trust_open(a, bytes_str(text), "vector", keys, &t, &e) < 0,
	          "and not with another payload");
	free(text);
	key_free(k);
}

/* ---- files ---- */

static int give(void *arg, struct buf *ret, struct err *e)
{
	(void)e;
	return buf_adds(ret, arg);
}

static int give_none(void *arg, struct buf *ret, struct err *e)
{
	(void)arg;
	(void)ret;
	return err_set(e, ERR_USAGE, "nobody knows it");
}

static bool loads(const char *path, const char *password, enum err_kind kind)
{
	struct key *k = NULL;
	struct err e = {.kind = ERR_NONE};
	union {
		const char *in;
		void *out;
	} u = {password};
	struct key_asker asker = {give, u.out};
	int rc = key_load_private(path, password ? &asker : NULL, &k, &e);
	key_free(k);
	if (rc && e.kind != kind)
		printf("# %s\n", e.msg);
	return rc ? e.kind == kind : kind == ERR_NONE;
}

static void one_kind(enum key_kind kind)
{
	AUTO_ARENA struct arena *a = arena_new();
	const char *name = arena_printf(a, "%s/%s", getenv("TMPDIR"), key_kind_name(kind));
	const char *key = arena_printf(a, "%s.key", name), *pub = arena_printf(a, "%s.pub", name);
	struct key *k = NULL, *secret = NULL, *open_half = NULL;
	struct key_asker asker = {give, (char[]){"hunter2"}}, none = {give_none, NULL};
	struct stat st;
	struct err e = {.kind = ERR_NONE};
	AUTO_BUF struct buf sig;
	buf_init(&sig, 1024);
	CHECK(key_generate(kind, &k, &e) == 0 && key_kind(k) == kind);
	struct bytes password = bytes_str(kind == KEY_ED25519 ? "hunter2" : "");
	CHECK(key_write(k, name, B(""), &e) == 0);
	CHECK(stat(key, &st) == 0 && (st.st_mode & 0777) == 0600);
	CHECK(key_write(k, name, B(""), &e) < 0 && strstr(e.msg, "never overwritten"));
	unlink(pub);
	CHECK(key_write(k, name, B(""), &e) < 0 && access(pub, F_OK) < 0);
	unlink(key);
	CHECK(key_write(k, name, password, &e) == 0);
	CHECK(key_load_private(key, &asker, &secret, &e) == 0);
	CHECK(key_load_public(pub, &open_half, &e) == 0);
	CHECK(strcmp(key_id(secret), key_id(k)) == 0 && strcmp(key_id(open_half), key_id(k)) == 0);
	CHECK(key_sign(secret, B("message"), &sig, &e) == 0);
	CHECK(key_verify(open_half, B("message"), buf_bytes(&sig)));
	CHECK(!key_verify(open_half, B("massage"), buf_bytes(&sig)));
	CHECK(!key_verify(open_half, B("message"), B("")));
	if (password.n) {
		struct key *no;
		CHECK(loads(key, "hunter3", ERR_FORMAT) && loads(key, NULL, ERR_FORMAT));
		CHECK(key_load_private(key, &none, &no, &e) < 0 &&
		      strstr(e.msg, "nobody knows it"));
	}
	CHECK(loads(pub, "hunter2", ERR_FORMAT));
	struct key *wrong;
	CHECK(key_load_public(key, &wrong, &e) < 0);
	key_free(k);
	key_free(secret);
	key_free(open_half);
}

/* Made with openssl(1): other curves, algorithms, forms. */
static void other_files(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	static const struct {
		const char *name, *text;
		enum err_kind kind;
	} files[] = {
		{"empty",        "\n",						   ERR_FORMAT     },
		{"no PEM",       "hello\n",					      ERR_FORMAT     },
		{"cosign's own",
	         "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\neyJ9\n-----END ENCRYPTED "
	         "SIGSTORE PRIVATE KEY-----\n",	                                  ERR_UNSUPPORTED},
		{"P-384",
	         "-----BEGIN PRIVATE "
	         "KEY-----\nMIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBBc1yHcD7Fi+"
	         "xpJRge\ng3MQJpOX558ioOanck6DNiI70f7ed5/"
	         "f4WazW2PMAKULUqehZANiAAROdSIvV6NI\nzufxucMlQWyqUC25m5BY3BvFnv5NMTqjA5jUJUb+/"
	         "KuEiwdfR5xuxjzoD/"
	         "JyCRtw\nvM93XyqiKbPK0I4raUFuRueBG88ghDVhc4tKMvS3ZHBGpe7nKYbXnzc=\n-----END "
	         "PRIVATE KEY-----\n",	                                           ERR_UNSUPPORTED},
		{"SEC1",
	         "-----BEGIN EC PRIVATE "
	         "KEY-----\nMHcCAQEEINc+xDf9Y0bjYZxev9//"
	         "D2kWgElVrTKsmsSSsO3h9v+"
	         "3oAoGCCqGSM49\nAwEHoUQDQgAEZ805D3eqNZywjCI19lInBJOp7YMrCrzAH3CVTAOQ0jgMeCvVTiaR\n"
	         "JaRPRDOv8UMs6U4SvKc6pnrIDOoSYI3fdA==\n-----END EC PRIVATE KEY-----\n", ERR_NONE       },
	};
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const char *path = arena_printf(a, "%s/other", getenv("TMPDIR"));
		struct err e;
		CHECK(file_write(path, bytes_str(files[i].text), 0600, &e) == 0);
		test_case(loads(path, "x", files[i].kind), "a private key: %s", files[i].name);
	}
}

static void bounds(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	const char *name = arena_printf(a, "%s/bound", getenv("TMPDIR"));
	struct key *k, *other;
	struct err e;
	uint8_t *long_one = arena_alloc(a, (size_t)KEY_PASSWORD_MAX + 2);
	memset(long_one, 'x', (size_t)KEY_PASSWORD_MAX + 1);
	CHECK(key_generate(KEY_ED25519, &k, &e) == 0);
	CHECK(key_write(k, name, bytes_of(long_one, (size_t)KEY_PASSWORD_MAX + 1), &e) < 0 &&
	      e.kind == ERR_LIMIT);
	CHECK(key_write(k, name, bytes_of(long_one, (size_t)KEY_PASSWORD_MAX), &e) == 0);
	long_one[KEY_PASSWORD_MAX] = 0;
	struct key_asker asker = {give, long_one};
	CHECK(key_load_private(arena_printf(a, "%s.key", name), &asker, &other, &e) == 0);
	key_free(other);
	for (size_t extra = 0; extra < 2; extra++) {
		AUTO_BUF struct buf pem;
		buf_init(&pem, (size_t)KEY_FILE_MAX + 1);
		key_public_pem(k, &pem, &e);
		while (pem.n < (size_t)KEY_FILE_MAX + extra)
			buf_addc(&pem, '\n');
		int rc = key_read_public(buf_bytes(&pem), "k", &other, &e);
		test_case(extra ? rc && e.kind == ERR_LIMIT : rc == 0, "a key of %zu bytes", pem.n);
		if (rc == 0)
			key_free(other);
	}
	key_free(k);
}

static void envelopes(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct key *k[3];
	struct err e;
	struct trusted t;
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	for (size_t i = 0; i < 3; i++)
		CHECK(key_generate(i ? KEY_ED25519 : KEY_ECDSA_P256, &k[i], &e) == 0);
	const struct key *all[] = {k[0], k[1], k[2]}, *crossed[] = {k[2], k[1]};
	struct key_ring two = {all, 2}, last = {all + 2, 1}, either = {crossed, 2};
	CHECK(trust_seal(two, B("t"), B("payload"), &text, &e) == 0);
	CHECK(trust_open(a, buf_bytes(&text), "e", either, &t, &e) == 0 && t.signer == k[1]);
	CHECK(trust_open(a, buf_bytes(&text), "e", last, &t, &e) < 0 && e.kind == ERR_DIGEST);
	CHECK(trust_open(a, buf_bytes(&text), "e", (struct key_ring){NULL, 0}, &t, &e) < 0);
	/* the type is signed too */
	struct dsse d;
	CHECK(dsse_parse(a, buf_bytes(&text), "e", &d, &e) == 0);
	d.payload_type = B("u");
	buf_reset(&text);
	dsse_write(&d, &text);
	CHECK(trust_open(a, buf_bytes(&text), "e", two, &t, &e) < 0 && e.kind == ERR_DIGEST);
	for (size_t i = 0; i < 3; i++)
		key_free(k[i]);
}

int main(void)
{
	wycheproof("ecdsa_secp256r1_sha256", 174, 310, key_verify_der);
	wycheproof("ecdsa_secp256r1_sha256_p1363", 173, 89, key_verify_p1363);
	wycheproof("ed25519", 88, 63, key_verify);
	protocol_vector();
	one_kind(KEY_ECDSA_P256);
	one_kind(KEY_ED25519);
	other_files();
	bounds();
	envelopes();
	return TEST_END();
}
