/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_osv_language.c - the ecosystems of languages: a feed each, all read by osv_language.c.
 *
 * Format: one JSON record per document, or a list of them.
 * Source: OSV schema; the buckets of osv.dev, "ECOSYSTEM/all.zip"; the publishers' own archives.
 */
#include "advise/osv.h"

#define BUCKET "https://storage.googleapis.com/osv-vulnerabilities/"

#define IS(name, text)                                                                             \
	static int is_##name(const struct feed_doc *doc)                                           \
	{                                                                                          \
		return osv_language_recognise(doc, text);                                          \
	}
IS(actions, "osv-actions")
IS(bioconductor, "osv-bioconductor")
IS(bitnami, "osv-bitnami")
IS(conan, "osv-conan")
IS(cran, "osv-cran")
IS(crates, "osv-crates")
IS(ghc, "osv-ghc")
IS(go, "osv-go")
IS(hackage, "osv-hackage")
IS(hex, "osv-hex")
IS(julia, "osv-julia")
IS(kubernetes, "osv-kubernetes")
IS(maven, "osv-maven")
IS(npm, "osv-npm")
IS(nuget, "osv-nuget")
IS(opam, "osv-opam")
IS(packagist, "osv-packagist")
IS(pub, "osv-pub")
IS(pypi, "osv-pypi")
IS(rubygems, "osv-rubygems")
IS(swift, "osv-swift")
IS(vscode, "osv-vscode")
#undef IS

#define FROM(text)                                                                                 \
	(const struct feed_url[])                                                                  \
	{                                                                                          \
		{text, NULL}, { NULL, NULL }                                                       \
	}

const struct feed feed_osv_actions = {
	.id = "osv-actions",
	.title = "GitHub Actions advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "GitHub%20Actions/all.zip"),
	.recognise = is_actions,
	.import = osv_language_import,
};

const struct feed feed_osv_bioconductor = {
	.id = "osv-bioconductor",
	.title = "Bioconductor advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "Bioconductor/all.zip"),
	.recognise = is_bioconductor,
	.import = osv_language_import,
};

const struct feed feed_osv_bitnami = {
	.id = "osv-bitnami",
	.title = "Bitnami vulnerability database (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "Bitnami/all.zip"),
	.recognise = is_bitnami,
	.import = osv_language_import,
};

const struct feed feed_osv_conan = {
	.id = "osv-conan",
	.title = "ConanCenter advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "ConanCenter/all.zip"),
	.recognise = is_conan,
	.import = osv_language_import,
};

const struct feed feed_osv_cran = {
	.id = "osv-cran",
	.title = "CRAN advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "CRAN/all.zip"),
	.recognise = is_cran,
	.import = osv_language_import,
};

const struct feed feed_osv_crates = {
	.id = "osv-crates",
	.title = "crates.io advisories: RustSec, GitHub and others (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "crates.io/all.zip"),
	.recognise = is_crates,
	.import = osv_language_import,
};

const struct feed feed_osv_ghc = {
	.id = "osv-ghc",
	.title = "Advisories of the Haskell compiler (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "GHC/all.zip"),
	.recognise = is_ghc,
	.import = osv_language_import,
};

const struct feed feed_osv_go = {
	.id = "osv-go",
	.title = "Go vulnerability database, GitHub and others (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "Go/all.zip"),
	.recognise = is_go,
	.import = osv_language_import,
};

const struct feed feed_osv_hackage = {
	.id = "osv-hackage",
	.title = "Hackage advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "Hackage/all.zip"),
	.recognise = is_hackage,
	.import = osv_language_import,
};

const struct feed feed_osv_hex = {
	.id = "osv-hex",
	.title = "Hex advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "Hex/all.zip"),
	.recognise = is_hex,
	.import = osv_language_import,
};

const struct feed feed_osv_julia = {
	.id = "osv-julia",
	.title = "Julia advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "Julia/all.zip"),
	.recognise = is_julia,
	.import = osv_language_import,
};

const struct feed feed_osv_kubernetes = {
	.id = "osv-kubernetes",
	.title = "Kubernetes' own advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "Kubernetes/all.zip"),
	.recognise = is_kubernetes,
	.import = osv_language_import,
};

const struct feed feed_osv_maven = {
	.id = "osv-maven",
	.title = "Maven advisories: GitHub and others (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "Maven/all.zip"),
	.recognise = is_maven,
	.import = osv_language_import,
};

const struct feed feed_osv_npm = {
	.id = "osv-npm",
	.title = "npm advisories: GitHub, malicious packages and others (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "npm/all.zip"),
	.recognise = is_npm,
	.import = osv_language_import,
};

const struct feed feed_osv_nuget = {
	.id = "osv-nuget",
	.title = "NuGet advisories: GitHub and others (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "NuGet/all.zip"),
	.recognise = is_nuget,
	.import = osv_language_import,
};

const struct feed feed_osv_opam = {
	.id = "osv-opam",
	.title = "opam advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "opam/all.zip"),
	.recognise = is_opam,
	.import = osv_language_import,
};

const struct feed feed_osv_packagist = {
	.id = "osv-packagist",
	.title = "Packagist advisories: GitHub and others (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "Packagist/all.zip"),
	.recognise = is_packagist,
	.import = osv_language_import,
};

const struct feed feed_osv_pub = {
	.id = "osv-pub",
	.title = "Pub advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "Pub/all.zip"),
	.recognise = is_pub,
	.import = osv_language_import,
};

const struct feed feed_osv_pypi = {
	.id = "osv-pypi",
	.title = "PyPI advisories: PyPA, GitHub and others (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "PyPI/all.zip"),
	.recognise = is_pypi,
	.import = osv_language_import,
};

const struct feed feed_osv_rubygems = {
	.id = "osv-rubygems",
	.title = "RubyGems advisories: GitHub and others (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "RubyGems/all.zip"),
	.recognise = is_rubygems,
	.import = osv_language_import,
};

const struct feed feed_osv_swift = {
	.id = "osv-swift",
	.title = "Swift advisories (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "SwiftURL/all.zip"),
	.recognise = is_swift,
	.import = osv_language_import,
};

const struct feed feed_osv_vscode = {
	.id = "osv-vscode",
	.title = "Advisories of Visual Studio Code extensions (OSV)",
	.is_language = true,
	.urls = FROM(BUCKET "VSCode/all.zip"),
	.recognise = is_vscode,
	.import = osv_language_import,
};
