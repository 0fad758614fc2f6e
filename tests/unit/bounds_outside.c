/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bounds_outside.c - bounds of what comes from outside of images, each at its value and one past
 * it: advisories of vendors, certificates, answers of registries, messages of policies.
 */
#include "advise/redhat.h"
#include "fmt/registry.h"
#include "lib/feedcase.h"
#include "policy/policy.h"
#include "source/pull.h"
#include "trust/trust.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

static struct feed_said *said;
static struct buf told;

static void fill(struct buf *b, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(b, text);
}

/* How many records the document gives; -1: none. */
static int records(const char *feed, const char *name, struct buf *text)
{
	const struct feed_input docs[4] = {
		{name, buf_cstr(text)}
        };
	struct err e = {.kind = ERR_NONE};
	memset(said, 0, sizeof *said);
	buf_reset(&told);
	int rc = feed_run(feed_by_id(bytes_str(feed)), docs, &told, said, &e);
	if (rc < 0)
		buf_adds(&told, e.msg);
	return rc < 0 ? -1 : (int)said->n;
}

/* ---- advisories ---- */

#define VEX_HEAD                                                                                   \
	"{\"document\":{\"category\":\"csaf_vex\",\"csaf_version\":\"2.0\",\"publisher\":{"        \
	"\"name\":\"Red Hat Product Security\",\"namespace\":\"https://www.redhat.com\"},"         \
	"\"tracking\":{\"id\":\"CVE-2024-0001\",\"status\":\"final\",\"current_release_date\":"    \
	"\"2024-05-01T00:00:00+00:00\"}},\"product_tree\":{\"branches\":["                         \
	"{\"category\":\"product_name\",\"product\":{\"product_id\":\"p0\","                       \
	"\"product_identification_helper\":{\"cpe\":\"cpe:/o:redhat:enterprise_linux:8\"}}},"      \
	"{\"category\":\"product_version\",\"product\":{\"product_id\":\"curl\","                  \
	"\"product_identification_helper\":{\"purl\":\"pkg:rpm/redhat/curl?arch=src\"}}}],"        \
	"\"relationships\":["

/* A package in so many components, one in another, the last in the platform; and why there is no
 * fix, in a word of that length. */
static void vex(struct buf *b, size_t hops, size_t detail)
{
	buf_reset(b);
	buf_adds(b, VEX_HEAD);
	for (size_t i = 1; i <= hops; i++)
		buf_addf(b,
		         "%s{\"category\":\"default_component_of\",\"full_product_name\":{"
		         "\"product_id\":\"p%zu\"},\"product_reference\":\"%s\","
		         "\"relates_to_product_reference\":\"p%zu\"}",
		         i == 1 ? "" : ",", i, i == hops ? "curl" : "between", i - 1);
	buf_addf(b,
	         "]},\"vulnerabilities\":[{\"cve\":\"CVE-2024-0001\",\"product_status\":{"
	         "\"known_affected\":[\"p%zu\"]},\"remediations\":[{\"category\":"
	         "\"none_available\",\"details\":\"",
	         hops);
	fill(b, "d", detail);
	buf_addf(b, "\",\"product_ids\":[\"p%zu\"]}]}]}", hops);
}

static void csaf(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b;
		buf_init(&b, MIB(1));
		vex(&b, CSAF_HOPS_MAX + past, 1);
		int n = records("redhat-vex", "cve-2024-0001.json", &b);
		test_case(n == !past && bytes_starts(buf_bytes(&told), B("rhel:8 curl ")) == !past,
		          "CSAF_HOPS_MAX and %zu: %s", past, buf_cstr(&told));
		vex(&b, 1, CSAF_DETAIL_MAX + past);
		n = records("redhat-vex", "cve-2024-0001.json", &b);
		test_case(n == 1 && (strstr(buf_cstr(&told), "detail=ddd") != NULL) == !past,
		          "CSAF_DETAIL_MAX and %zu: %s", past, buf_cstr(&told));
	}
}

/* One definition: any of n products, and a package. */
static void oval(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b, tests, states;
		buf_init(&b, MIB(1));
		buf_init(&tests, MIB(1));
		buf_init(&states, MIB(1));
		buf_adds(&b, "<oval_definitions><generator><oval:timestamp xmlns:oval=\"o\">"
		             "2024-01-02T03:04:05</oval:timestamp></generator><definitions>"
		             "<definition id=\"d:1\" class=\"vulnerability\"><metadata>"
		             "<reference source=\"CVE\" ref_id=\"Mitre CVE-2024-0001\"/>"
		             "</metadata><criteria operator=\"AND\"><criteria operator=\"OR\">");
		for (size_t i = 1; i <= OVAL_SCOPE_MAX + past; i++) {
			buf_addf(&b, "<criterion test_ref=\"o:tst:%zu\" comment=\"c\"/>", i);
			buf_addf(&tests,
			         "<rpminfo_test id=\"o:tst:%zu\"><object object_ref=\"o:obj:1\"/>"
			         "<state state_ref=\"o:ste:%zu\"/></rpminfo_test>",
			         i, i);
			buf_addf(&states,
			         "<rpminfo_state id=\"o:ste:%zu\"><version operation=\"equals\">"
			         "15.%zu</version></rpminfo_state>",
			         i, i);
		}
		buf_addf(&b,
		         "</criteria><criterion test_ref=\"o:tst:999\" comment=\"c\"/></criteria>"
		         "</definition></definitions><tests>%s<rpminfo_test id=\"o:tst:999\">"
		         "<object object_ref=\"o:obj:2\"/><state state_ref=\"o:ste:999\"/>"
		         "</rpminfo_test></tests><objects><rpminfo_object id=\"o:obj:1\"><name>"
		         "sles-release</name></rpminfo_object><rpminfo_object id=\"o:obj:2\">"
		         "<name>krb5</name></rpminfo_object></objects><states>%s"
		         "<rpminfo_state id=\"o:ste:999\"><evr datatype=\"evr_string\" "
		         "operation=\"less than\">0:1.20-3.1</evr></rpminfo_state></states>"
		         "<!-- oval:org.opensuse.security: --></oval_definitions>",
		         buf_cstr(&tests), buf_cstr(&states));
		int n = records("suse-oval", "suse.xml", &b);
		test_case(n == OVAL_SCOPE_MAX && said->broken == (int)past &&
		                  (!past || strstr(said->last_broken, "32 products")),
		          "OVAL_SCOPE_MAX and %zu: %d %s", past, n, said->last_broken);
	}
}

/* Coverage row "content-sets.many" of an image whose label names so many of Red Hat's products. */
static const char *many_sets(size_t n, const char *form, struct report *r)
{
	r->os.id = B("rhel");
	r->os.ns = B("rhel:9");
	r->os.n_sets = n;
	r->os.sets = arena_alloc(r->arena, n * sizeof *r->os.sets);
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct buf b;
		buf_init(&b, KIB(1));
		buf_addf(&b, "%s9.%zu", form, i);
		r->os.sets[i] = (struct report_set){-1, arena_dup(r->arena, buf_bytes(&b))};
	}
	redhat_tell(redhat_streams_of(r, NULL), r);
	for (size_t i = 0; i < r->n_coverage; i++)
		if (strcmp(r->coverage[i].code, "content-sets.many") == 0)
			return arena_str(r->arena, r->coverage[i].detail);
	return "";
}

static void redhat_products(void)
{
	static const char *const forms[] = {"cpe:/a:redhat:openshift:", "cpe:/a:redhat:rhel_eus:"};
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		for (size_t past = 0; past <= 1; past++) {
			struct report *r = report_new();
			const char *row = many_sets(REDHAT_PRODUCTS_MAX + past, forms[i], r);
			test_case(past ? strstr(row, "12 products; 1 were") != NULL : !*row,
			          "REDHAT_PRODUCTS_MAX and %zu: %s", past, row);
			report_free(r);
		}
	}
}

/* ---- certificates ---- */

/* PEM of a certificate for an address, or with no address a common name, of n bytes. */
static void certificate(struct buf *ret, bool is_address, size_t n)
{
	AUTO_BUF struct buf name;
	X509 *x = X509_new();
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *out = BIO_new(BIO_s_mem());
	char *text;
	buf_init(&name, KIB(8));
	buf_adds(&name, is_address ? "URI:https://" : "");
	fill(&name, "n", n - (is_address ? strlen("https://") : 0));
	X509_set_version(x, X509_VERSION_3);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 1000);
	X509_set_pubkey(x, key);
	if (is_address) {
		X509_EXTENSION *ext =
			X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, buf_cstr(&name));
		CHECK(ext && X509_add_ext(x, ext, -1) == 1);
		X509_EXTENSION_free(ext);
	} else {
		CHECK(X509_NAME_add_entry_by_NID(X509_get_subject_name(x), NID_commonName,
		                                 V_ASN1_UTF8STRING, name.p, (int)name.n, -1,
		                                 0) == 1);
	}
	CHECK(X509_sign(x, key, EVP_sha256()) > 0 && PEM_write_bio_X509(out, x) == 1);
	long size = BIO_get_mem_data(out, &text);
	buf_add(ret, bytes_of(text, (size_t)size));
	BIO_free(out);
	EVP_PKEY_free(key);
	X509_free(x);
}

static void certificates(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf pem, name;
		buf_init(&name, KIB(8));
		for (int is_address = 0; is_address <= 1; is_address++) {
			buf_init(&pem, KIB(128));
			certificate(&pem, is_address, CERTIFICATE_NAME_MAX + past);
			buf_reset(&name);
			test_case(certificate_name(buf_bytes(&pem), &name) == !past &&
			                  name.n == (past ? 0 : CERTIFICATE_NAME_MAX),
			          "CERTIFICATE_NAME_MAX and %zu: %zu", past, name.n);
			buf_fini(&pem);
		}
		buf_init(&pem, KIB(128));
		certificate(&pem, true, 20);
		fill(&pem, "\n", (size_t)CERTIFICATE_MAX - pem.n + past);
		buf_reset(&name);
		test_case(certificate_name(buf_bytes(&pem), &name) == !past,
		          "CERTIFICATE_MAX and %zu", past);
	}
}

/* ---- answers of registries ---- */

static void registry(void)
{
	static const struct registry_ref ref = {.host = B("h.io"), .repository = B("a")};
	for (size_t past = 0; past <= 1; past++) {
		AUTO_ARENA struct arena *a = arena_new();
		AUTO_BUF struct buf b;
		struct registry_auth found;
		struct bytes token;
		struct err e;
		buf_init(&b, MIB(2));
		buf_adds(&b, "{\"token\":\"t\",\"Username\":\"u\",\"Secret\":\"s\",\"auths\":{}}");
		fill(&b, " ", (size_t)REGISTRY_TOKEN_DOC_MAX - b.n + past);
		test_case(registry_token_answer(a, buf_bytes(&b), &token, &e) == -(int)past,
		          "a token of REGISTRY_TOKEN_DOC_MAX and %zu", past);
		test_case(registry_helper_answer(a, buf_bytes(&b), &found, &e) == -(int)past,
		          "what a helper says of REGISTRY_TOKEN_DOC_MAX and %zu", past);
		fill(&b, " ", (size_t)REGISTRY_AUTH_MAX - b.n + past);
		test_case(registry_auth_find(a, buf_bytes(&b), &ref, &found, &e) == -(int)past,
		          "REGISTRY_AUTH_MAX and %zu", past);
	}
}

/* As assay-fetch reads what the front asks: the length in four bytes, then as many. */
static void request(void)
{
	for (size_t past = 0; past <= 1; past++) {
		AUTO_BUF struct buf b, got;
		const size_t n = REGISTRY_REQUEST_MAX + past;
		int p[2];
		buf_init(&b, KIB(64));
		buf_init(&got, REGISTRY_REQUEST_MAX);
		for (int i = 0; i < 4; i++)
			buf_addc(&b, (uint8_t)(n >> 8 * i));
		fill(&b, "q", n);
		CHECK(pipe2(p, O_CLOEXEC) == 0 && fd_write_full(p[1], b.p, b.n) == 0);
		close(p[1]);
		int rc = pull_read(p[0], REGISTRY_REQUEST_MAX, &got);
		test_case(past ? rc == -1 && !got.n : rc == 1 && got.n == n,
		          "REGISTRY_REQUEST_MAX and %zu: %d", past, rc);
		close(p[0]);
	}
}

/* ---- messages of policies ---- */

static struct policy *policy_with(const char *part, size_t n, struct err *e)
{
	AUTO_BUF struct buf b;
	struct policy *p = NULL;
	buf_init(&b, KIB(64));
	buf_adds(&b, "version: 1\nname: p\nneeds: [secret]\nrules:\n- id: r\n"
	             "  refuse: finding.id != \"\"\n  message: \"");
	fill(&b, part, n);
	buf_adds(&b, "\"\n");
	policy_parse(buf_bytes(&b), "p.yaml", NULL, &p, e);
	return p;
}

/* The message of the one finding's refusal. */
static struct bytes message(const struct policy *p, struct report *r)
{
	struct policy_scope scope = {.now_s = 1800000000};
	struct policy_judgement j;
	struct finding *f = report_finding(r);
	f->check = CHECK_SECRET;
	f->id = B("CVE-1");
	policy_judge(p, &scope, r, &j);
	return j.n && j.outcomes[0].messages.n ? j.outcomes[0].messages.v[0]
	                                       : (struct bytes){NULL, 0};
}

static void messages(void)
{
	for (size_t past = 0; past <= 1; past++) {
		struct err e = {.kind = ERR_NONE};
		struct policy *p = policy_with("{finding.id}", POLICY_MESSAGE_PARTS_MAX + past, &e);
		test_case(past ? !p && strstr(e.msg, "more than 32 parts") : p != NULL,
		          "POLICY_MESSAGE_PARTS_MAX and %zu: %s", past, p ? "read" : e.msg);
		policy_free(p);
		p = policy_with("m", POLICY_MESSAGE_MAX + past, &e);
		struct report *r = report_new();
		struct bytes m = p ? message(p, r) : (struct bytes){NULL, 0};
		test_case(m.n == POLICY_MESSAGE_MAX && m.p[m.n - 1] == 'm',
		          "POLICY_MESSAGE_MAX and %zu: %zu bytes", past, m.n);
		report_free(r);
		policy_free(p);
	}
	/* three bytes each: 333 fit, the next is not cut in two */
	struct err e = {.kind = ERR_NONE};
	struct policy *p = policy_with("\xe2\x82\xac", POLICY_MESSAGE_MAX / 3 + 1, &e);
	struct report *r = report_new();
	struct bytes m = p ? message(p, r) : (struct bytes){NULL, 0};
	test_case(m.n == POLICY_MESSAGE_MAX - 1 && bytes_is_utf8(m), "in whole characters: %zu",
	          m.n);
	report_free(r);
	policy_free(p);
}

int main(void)
{
	said = mem_zalloc(sizeof *said);
	buf_init(&told, (size_t)MIB(8));
	csaf();
	oval();
	redhat_products();
	certificates();
	registry();
	request();
	messages();
	buf_fini(&told);
	free(said);
	return TEST_END();
}
