/* SPDX-License-Identifier: Apache-2.0 */
/*
 * language.c - ecosystems of languages: whose records speak of which package URLs, in what order
 * their versions stand, and which spellings of a name are the same.
 *
 * Source: OSV schema, list of ecosystems; type definitions of the package URL specification; PEP
 * 503, "Normalized Names"; NuGet's and Packagist's documents on package ids; crates.io's policy on
 * names ("-" and "_" cannot tell two crates apart); package URLs of Go are lower case.
 */
#include "advise/language.h"

#include <string.h>

#include "advise/nvd.h"

#define ROW(type, order, title)                                                                    \
	{                                                                                          \
		NULL, type, order, type, 0, title                                                  \
	}

static const struct language table[] = {
	{ROW("bioconductor",     VERSION_CRAN,      "Bioconductor"),                               "Bioconductor",   "osv-bioconductor",
         FOLD_NONE																  },
	{ROW("bitnami",          VERSION_SEMVER,    "Bitnami"),                                    "Bitnami",        "osv-bitnami",      FOLD_CASE  },
	{ROW("cargo",            VERSION_SEMVER,    "crates.io"),                                  "crates.io",      "osv-crates",       FOLD_CRATE },
	{ROW("composer",         VERSION_PACKAGIST, "Packagist"),                                  "Packagist",      "osv-packagist",    FOLD_CASE  },
	{ROW("conan",            VERSION_GENERIC,   "ConanCenter"),                                "ConanCenter",    "osv-conan",        FOLD_NONE  },
	{ROW("cran",             VERSION_CRAN,      "CRAN"),                                       "CRAN",           "osv-cran",         FOLD_NONE  },
	{ROW("gem",              VERSION_GEM,       "RubyGems"),                                   "RubyGems",       "osv-rubygems",     FOLD_NONE  },
	{ROW("generic",          VERSION_GENERIC,   "programs that no package manager installed"), "",               "",
         FOLD_CASE																  },
	{ROW("ghc",              VERSION_HACKAGE,   "GHC"),                                        "GHC",            "osv-ghc",          FOLD_NONE  },
	{ROW("githubactions",    VERSION_SEMVER,    "GitHub Actions"),                             "GitHub Actions", "osv-actions",
         FOLD_CASE																  },
	{ROW("golang",           VERSION_SEMVER,    "Go"),                                         "Go",             "osv-go",           FOLD_CASE  },
	{ROW("hackage",          VERSION_HACKAGE,   "Hackage"),                                    "Hackage",        "osv-hackage",      FOLD_NONE  },
	{ROW("hex",              VERSION_SEMVER,    "Hex"),                                        "Hex",            "osv-hex",          FOLD_CASE  },
	{ROW("julia",            VERSION_SEMVER,    "Julia"),                                      "Julia",          "osv-julia",        FOLD_NONE  },
	{ROW("k8s",              VERSION_SEMVER,    "Kubernetes"),                                 "Kubernetes",     "osv-kubernetes",   FOLD_NONE  },
	{ROW("maven",            VERSION_MAVEN,     "Maven"),                                      "Maven",          "osv-maven",        FOLD_NONE  },
	{ROW("npm",              VERSION_SEMVER,    "npm"),                                        "npm",            "osv-npm",          FOLD_NONE  },
	{ROW("nuget",            VERSION_NUGET,     "NuGet"),                                      "NuGet",          "osv-nuget",        FOLD_CASE  },
	{ROW("nvd",              VERSION_GENERIC,   "the National Vulnerability Database"),        "",               "",                 FOLD_NONE  },
	{ROW("opam",             VERSION_DPKG,      "opam"),                                       "opam",           "osv-opam",         FOLD_NONE  },
	{ROW("pub",              VERSION_PUB,       "Pub"),                                        "Pub",            "osv-pub",          FOLD_CASE  },
	{ROW("pypi",             VERSION_PEP440,    "PyPI"),                                       "PyPI",           "osv-pypi",         FOLD_PEP503},
	{ROW("swift",            VERSION_SEMVER,    "Swift"),                                      "SwiftURL",       "osv-swift",        FOLD_URL   },
	{ROW("vscode-extension", VERSION_SEMVER,    "Visual Studio Code"),                         "VSCode",         "osv-vscode",
         FOLD_CASE																  },
};
_Static_assert(ARRAY_LEN(table) <= LANGUAGES_MAX, "a bit for each");

const struct language *languages(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(table);
	return table;
}

const struct language *language_by_type(struct bytes purl_type)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (bytes_eq(bytes_str(table[i].d.ns), purl_type))
			return &table[i];
	}
	return NULL;
}

const struct language *language_by_osv(struct bytes ecosystem)
{
	struct bytes head, tail;
	bytes_cut(ecosystem, ':', &head, &tail);
	for (size_t i = 0; i < ARRAY_LEN(table) && head.n; i++) {
		if (bytes_eq_nocase(bytes_str(table[i].osv), head))
			return &table[i];
	}
	return NULL;
}

const struct language *language_by_feed(const char *feed)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (strcmp(table[i].feed, feed) == 0)
			return &table[i];
	}
	return NULL;
}

const struct language *language_also(const struct language *own, const struct language *l)
{
	static const char *const programs[] = {"generic", "bitnami", NVD_NS};
	if (strcmp(own->d.ns, programs[0]) != 0)
		return NULL;
	for (size_t i = 0; i + 1 < ARRAY_LEN(programs); i++) {
		if (strcmp(l->d.ns, programs[i]) == 0)
			return language_by_type(bytes_str(programs[i + 1]));
	}
	return NULL;
}

/* ---- names ---- */

static struct bytes cut_url(struct bytes name)
{
	static const char *const heads[] = {"https://", "http://", "git@", "ssh://git@"};
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		if (bytes_starts(name, bytes_str(heads[i])))
			name = bytes_skip(name, strlen(heads[i]));
	}
	while (bytes_ends(name, B("/")))
		name.n--;
	if (bytes_ends(name, B(".git")))
		name.n -= B(".git").n;
	return name;
}

static bool is_joint(uint8_t c) { return c == '-' || c == '_' || c == '.'; }

struct bytes language_name(const struct language *l, struct bytes name, struct arena *a)
{
	if (l->fold == FOLD_NONE || !name.n)
		return name;
	if (l->fold == FOLD_URL)
		name = cut_url(name);
	uint8_t *to = arena_alloc(a, name.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = to_lower(name.p[i]);
		if (l->fold == FOLD_CRATE && c == '_')
			c = '-';
		if (l->fold == FOLD_PEP503 && is_joint(c)) {
			if (n && to[n - 1] == '-')
				continue;
			c = '-';
		}
		to[n++] = c;
	}
	return bytes_of(to, n);
}

/* ---- versions ---- */

/* Go's own releases: "1.21rc2", "1.20beta1", "1.22". */
static struct bytes go_release(struct bytes v, struct arena *a)
{
	static const char *const words[] = {"rc", "beta", "alpha"};
	size_t n = 0;
	if (bytes_starts(v, B("go")))
		v = bytes_skip(v, 2);
	while (n < v.n && (is_digit(v.p[n]) || v.p[n] == '.'))
		n++;
	struct bytes pre = bytes_skip(v, n);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (bytes_starts(pre, bytes_str(words[i])))
			return bytes_str(arena_printf(
				a, "%.*s-%s.%.*s", BYTES_FMT(bytes_slice(v, 0, n)), words[i],
				BYTES_FMT(bytes_skip(pre, strlen(words[i])))));
	}
	return v;
}

/* "1.13.0-x86_64-linux": the platform that a gem was built for is no pre-release. */
static struct bytes without_platform(struct bytes v)
{
	static const char *const platforms[] = {
		"aarch64", "arm",   "darwin",    "java", "jruby", "linux",
		"mingw",   "mswin", "powerpc",   "ppc",  "ruby",  "riscv64",
		"s390",    "sparc", "universal", "x64",  "x86",
	};
	struct bytes head, tail;
	if (!bytes_cut(v, '-', &head, &tail))
		return v;
	for (size_t i = 0; i < ARRAY_LEN(platforms); i++) {
		if (bytes_starts(tail, bytes_str(platforms[i])))
			return head;
	}
	return v;
}

/* PEP 440, "Version specifiers": "If the specified version identifier is a public version
 * identifier, then the local version label of any candidate versions MUST be ignored". */
static struct bytes without_local(struct bytes v)
{
	struct bytes head, tail;
	bytes_cut(v, '+', &head, &tail);
	return head;
}

struct bytes language_version(const struct language *l, struct bytes name, struct bytes version,
                              struct arena *a)
{
	bool is_go = strcmp(l->d.ns, "golang") == 0;
	if (is_go && (bytes_eq(name, B("stdlib")) || bytes_eq(name, B("toolchain"))))
		return go_release(version, a);
	if (strcmp(l->d.ns, "gem") == 0)
		return without_platform(version);
	if (strcmp(l->d.ns, "pypi") == 0)
		return without_local(version);
	/* "1.2.3-4" is the fourth build of 1.2.3, no pre-release */
	if (strcmp(l->d.ns, "bitnami") == 0) {
		struct bytes head, tail;
		uint64_t build;
		if (bytes_cut(version, '-', &head, &tail) && bytes_u64(tail, UINT64_MAX, &build))
			return head;
	}
	return version;
}

/* By the CPE name alone: a bare name is anybody's. */
static bool ask_nvd(const struct package *p, struct arena *a, struct language_question *ret)
{
	struct cpe c;
	if (!p->cpe.n || cpe_parse(p->cpe, a, &c, NULL) < 0 ||
	    !bytes_eq(c.attr[CPE_PART], B("a")) || bytes_eq(c.attr[CPE_VENDOR], B("*")))
		return false;
	struct bytes v = c.attr[CPE_VERSION], u = c.attr[CPE_UPDATE];
	ret->name = cpe_product(&c, a);
	ret->version = bytes_eq(v, B("*")) || bytes_eq(v, B("-")) ? p->version : cpe_plain(v, a);
	if (!bytes_eq(u, B("*")) && !bytes_eq(u, B("-")))
		ret->version = bytes_str(arena_printf(a, "%.*s-%.*s", BYTES_FMT(ret->version),
		                                      BYTES_FMT(cpe_plain(u, a))));
	return true;
}

bool language_ask(const struct language *l, const struct package *p, struct arena *a,
                  struct language_question *ret)
{
	if (strcmp(l->d.ns, NVD_NS) == 0)
		return ask_nvd(p, a, ret);
	ret->name = language_name(l, p->name, a);
	ret->version = language_version(l, p->name, p->version, a);
	return true;
}

bool language_version_is_known(struct bytes version)
{
	size_t i = bytes_starts(version, B("go")) ? 2 : 0; /* Go's own releases: "go1.21.3" */
	while (i < version.n && (version.p[i] == 'v' || version.p[i] == 'V' ||
	                         version.p[i] == '=' || is_blank(version.p[i])))
		i++;
	return i < version.n && is_digit(version.p[i]);
}

/* ---- publishers ---- */

static const struct {
	const char *prefix, *name;
} publishers[] = {
	{"BIT-",     "bitnami"},
        {"CVE-",     "ghsa"   }, /* copies of GitHub's under the CVE's id */
	{"DRUPAL-",  "drupal" },
        {"EEF-",     "eef"    },
        {"GHSA-",    "ghsa"   },
        {"GO-",      "go"     },
	{"HSEC-",    "hsec"   },
        {"JLSEC-",   "julia"  },
        {"MAL-",     "ossf"   },
        {"OSEC-",    "ocaml"  },
	{"PSF-",     "psf"    },
        {"PYSEC-",   "pypa"   },
        {"RSEC-",    "r"      },
        {"RUSTSEC-", "rustsec"},
};

struct bytes language_publisher(struct bytes id)
{
	for (size_t i = 0; i < ARRAY_LEN(publishers); i++) {
		if (bytes_starts(id, bytes_str(publishers[i].prefix)))
			return bytes_str(publishers[i].name);
	}
	return B("osv");
}
