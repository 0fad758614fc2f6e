/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of digests of malware, as people and feeds write them. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

/* digests of nothing, which every tool knows */
#define MD5    "d41d8cd98f00b204e9800998ecf8427e"
#define SHA1   "da39a3ee5e6b4b0d3255bfef95601890afd80709"
#define SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define UPPER  "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"
#define ZERO   "00000000000000000000000000000000"
#define BAZAAR                                                                                     \
	"# MalwareBazaar recent malware samples (CSV)\n#\n"                                        \
	"# \"first_seen_utc\",\"sha256_hash\",\"md5_hash\",\"sha1_hash\",\"reporter\","            \
	"\"file_name\",\"signature\",\"clamav\",\"vtpercent\",\"imphash\"\n"
#define FOX                                                                                        \
	"# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"threat_type\","              \
	"\"malware_alias\",\"malware_printable\"\n"

static const struct {
	const char *name, *in;
	const char *want; /* kinds and name of the digest of nothing; begins with "!": the error */
	size_t n;
} cases[] = {
	{"digest and name",			       SHA256 " bad\n",                        "sha256 bad",                      1},
	{"digest alone",				  MD5,				    "md5 -",                           1},
	{"as sha256sum writes it",                        SHA256 "  some file\n" ZERO " *b\n",    "sha256 some file",                2},
	{"as sha1sum -b does",                            SHA1 " *file\r\n",                      "sha1 file",                       1},
	{"upper case",				    UPPER "\tx\n",                          "sha256 x",                        1},
	{"comments and empty lines",                      "# a, b\n; c\n// d\n\n  \n" MD5 " x\n", "md5 x",                           1},
	{"a byte order mark",                             "\xef\xbb\xbf" MD5 " x\n",              "md5 x",                           1},
	{"the first name speaks",                         MD5 " x\n" MD5 " y\n",                  "md5 x",                           2},
	{"ClamAV's .hdb",				 MD5 ":68:Eicar-Test-Signature\n",       "md5 Eicar-Test-Signature",        1},
	{"ClamAV's .hsb",				 SHA256 ":*:Win.Test-1:73\n",            "sha256 Win.Test-1",               1},
	{"MalwareBazaar: the strongest of three",
         BAZAAR "\"2024-01-01 00:00:00\", \"" SHA256 "\", \"" MD5 "\", \"" SHA1
                "\", \"r\", \"a,b.exe\", \"Mirai\", \"n/a\", \"1\", \"" ZERO "\"\n# Number: 1\n",
         "sha256 Mirai",													     1},
	{"MalwareBazaar: nobody named it",
         BAZAAR "\"2024-01-01\", \"" SHA256 "\", \"\", \"\", \"r\", \"a\", \"n/a\"\n",            "sha256 -",
         1															    },
	{"MalwareBazaar: quotes within",
         BAZAAR "\"2024\", \"" SHA256 "\", \"\", \"\", \"r\", \"a\"\"b\", \"Mirai\"\n",
         "sha256 Mirai",													     1},
	{"ThreatFox: files alone",
         FOX "\"2024\", \"1\", \"192.0.2.1:80\", \"ip:port\", \"c2\", \"\", \"x\"\n"
             "\"2024\", \"2\", \"" MD5 "\", \"md5_hash\", \"payload\", \"\", \"Mozi\"\n",
         "md5 Mozi",														 1},
	{"URLhaus: names without a comment, one unknown",
         "firstseen,url,filetype,md5,sha256,signature\n2024,http://x/,elf,,,\n2024,http://x/"
         ",elf," MD5 "," SHA256 ",Gafgyt\n",
         "sha256 Gafgyt",													    1},
	{"fields without names",                          SHA1 ",worm\n",                         "sha1 worm",                       1},
	{"empty",					 "",				     "",				0},
	{"comments alone",				"# nothing\n",                          "",                                0},
	{"a page of HTML",				"# x\n<html>\n",                        "!f:2: no digest begins the line", 0},
	{"a digit is missing",                            MD5 "0 x\n",                            "!f:1: no digest begins",          0},
	{"not hex",				       "g41d8cd98f00b204e9800998ecf8427e\n",   "!f:1:",                           0},
	{"sections of programs",                          "68:" MD5 ":x\n",                       "!.mdb",                           0},
	{"a size that is none",                           MD5 ":x:y\n",                           "!f:1: after the digest",          0},
	{"ClamAV's without a name",                       MD5 ":68\n",                            "!f:1: after the size",            0},
	{"fields without a digest",                       "a,b\n",                                "!f:1: no digest among",           0},
	{"a row without the digest promised",             BAZAAR "\"2024\", \"x\"\n",             "!f:4: no digest where",
         0															    },
	{"a quote that does not end",                     "\"" MD5 "\n",                          "!f:1:",                           0},
	{"NUL in it",				     "x",				    "!f:1: not a text",                0},
};

static int read_all(struct hash_list *l, struct bytes in, size_t step, struct err *e)
{
	hash_list_begin(l, "f");
	for (size_t i = 0; i < in.n; i += step) {
		if (hash_list_push(l, bytes_slice(in, i, i + step), e) < 0)
			return -1;
	}
	if (hash_list_end(l, e) < 0)
		return -1;
	hash_list_sort(l);
	return 0;
}

static void show(const struct hash_list *l, struct buf *b)
{
	static const enum digest_algo algos[] = {DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256};
	static const char *const empty[] = {MD5, SHA1, SHA256};
	for (size_t i = 0; i < ARRAY_LEN(algos); i++) {
		uint8_t raw[32];
		struct hash_hit hit;
		size_t n = digest_size(algos[i]);
		hex_decode(bytes_str(empty[i]), raw, n);
		if (!hash_list_find(l, algos[i], bytes_of(raw, n), &hit))
			continue;
		buf_addf(b, "%s %.*s", digest_algo_name(algos[i]),
		         BYTES_FMT(hit.name.n ? hit.name : B("-")));
		CHECK(!strcmp(hit.file, "f"));
	}
}

static void rows(size_t step)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_BUF struct buf b;
		struct err e = {.kind = ERR_NONE};
		struct hash_list *l = hash_list_new();
		bool is_nul = bytes_starts(bytes_str(cases[i].name), B("NUL"));
		struct bytes in = is_nul ? B(MD5 " a\0b\n") : bytes_str(cases[i].in);
		buf_init(&b, KIB(4));
		int rc = read_all(l, in, step, &e);
		if (rc == 0)
			show(l, &b);
		bool is_right = cases[i].want[0] == '!'
		                        ? rc < 0 && strstr(e.msg, cases[i].want + 1)
		                        : rc == 0 && hash_list_size(l) == cases[i].n &&
		                                  !strcmp(buf_cstr(&b), cases[i].want);
		test_case(is_right, "%s, in pieces of %zu (%s%s)", cases[i].name, step,
		          buf_cstr(&b), e.msg);
		hash_list_free(l);
	}
}

static int line_of(size_t name, struct err *e, size_t *ret_kept)
{
	AUTO_BUF struct buf b;
	struct hash_list *l = hash_list_new();
	uint8_t raw[16];
	struct hash_hit hit = {.file = NULL};
	buf_init(&b, MIB(1));
	buf_adds(&b, MD5 " ");
	for (size_t i = 0; i < name; i++)
		buf_addc(&b, 'n');
	buf_addc(&b, '\n');
	int rc = read_all(l, buf_bytes(&b), 1000, e);
	hex_decode(B(MD5), raw, 16);
	hash_list_find(l, DIGEST_MD5, bytes_of(raw, 16), &hit);
	*ret_kept = hit.name.n;
	hash_list_free(l);
	return rc;
}

static void bounds(void)
{
	struct err e = {.kind = ERR_NONE};
	size_t kept = 0, line = (size_t)HASH_LINE_MAX, name = (size_t)HASH_NAME_MAX;
	CHECK(line_of(name, &e, &kept) == 0 && kept == name);
	CHECK(line_of(name + 1, &e, &kept) == 0 && kept == name);
	CHECK(line_of(line - 33, &e, &kept) == 0);
	CHECK(line_of(line - 32, &e, &kept) < 0 && e.kind == ERR_LIMIT && strstr(e.msg, "f:1"));
}

static void number(void)
{
	struct hash_list *l = hash_list_new();
	AUTO_BUF struct buf b;
	struct err e = {.kind = ERR_NONE};
	buf_init(&b, MIB(1));
	for (unsigned i = 0; i < 10000; i++)
		buf_addf(&b, "%032x\n", i);
	hash_list_begin(l, "f");
	for (size_t n = 0; n < (size_t)HASHES_MAX; n += 10000)
		CHECK(hash_list_push(l, buf_bytes(&b), &e) == 0);
	CHECK(hash_list_size(l) == (size_t)HASHES_MAX);
	CHECK(hash_list_push(l, B(MD5 "\n"), &e) < 0 && e.kind == ERR_LIMIT);
	hash_list_free(l);
}

static void files(void)
{
	struct hash_list *l = hash_list_new();
	struct err e;
	struct hash_hit hit;
	uint8_t raw[32];
	hash_list_begin(l, "first");
	CHECK(hash_list_push(l, B(MD5), &e) == 0 && hash_list_end(l, &e) == 0);
	hash_list_begin(l, "second");
	CHECK(hash_list_push(l, B(SHA256 " x\n" MD5 " y"), &e) == 0 && hash_list_end(l, &e) == 0);
	hash_list_sort(l);
	CHECK(hash_list_kinds(l) == (1U << DIGEST_MD5 | 1U << DIGEST_SHA256));
	hex_decode(B(MD5), raw, 16);
	CHECK(hash_list_find(l, DIGEST_MD5, bytes_of(raw, 16), &hit) && !hit.name.p &&
	      !strcmp(hit.file, "first"));
	hex_decode(B(SHA256), raw, 32);
	CHECK(hash_list_find(l, DIGEST_SHA256, bytes_of(raw, 32), &hit) &&
	      !strcmp(hit.file, "second"));
	raw[31] ^= 1;
	CHECK(!hash_list_find(l, DIGEST_SHA256, bytes_of(raw, 32), &hit));
	CHECK(!hash_list_find(l, DIGEST_SHA1, bytes_of(raw, 20), &hit));
	hash_list_free(l);
}

int main(void)
{
	rows(1);
	rows(SIZE_MAX / 2);
	bounds();
	number();
	files();
	return TEST_END();
}
