/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purl_types.c - the table of package URL types.
 *
 * Source: the type definitions of the package URL specification (types/NAME-definition.json):
 * "case_sensitive": false means that the canonical form is lower case.
 */
#include "fmt/purl_types.h"

static uint8_t lower(uint8_t c) { return to_lower(c); }

static uint8_t upper(uint8_t c) { return is_lower(c) ? (uint8_t)(c - 32) : c; }

/* pypi: "Replace underscore _ with dash -" */
static uint8_t lower_dash(uint8_t c) { return c == '_' ? '-' : to_lower(c); }

/* pub: "Replace non-[a-z] letters, non-[0-9] digits with underscore _" */
static uint8_t lower_underscore(uint8_t c) { return is_alnum(c) ? to_lower(c) : '_'; }

/* hackage: "Apply kebab-case" */
static uint8_t kebab(uint8_t c) { return c == '_' || c == ' ' ? '-' : c; }

/* mlflow: "Case sensitivity depends on the server implementation ... for Databricks, it is case
 * insensitive and shall be lowercased" */
static bool is_databricks(const struct purl *p)
{
	return bytes_search(purl_qualifier(p, "repository_url"), B("databricks")) >= 0;
}

/* The path on a host is as case sensitive as the host; this one is not. */
static bool is_on_github(const struct purl *p)
{
	return bytes_eq_nocase(p->ns, B("github")) || bytes_eq_nocase(p->ns, B("github.com"));
}

static size_t digits(struct bytes b)
{
	size_t i = 0;
	while (i < b.n && is_digit(b.p[i]))
		i++;
	return i;
}

static const char *chrome_extension(const struct purl *p)
{
	enum { NAME_LEN = 32, SEGMENTS_MAX = 4 };
	bool is_name = p->name.n == NAME_LEN;
	for (size_t i = 0; i < p->name.n; i++)
		is_name &= p->name.p[i] >= 'a' && p->name.p[i] <= 'p';
	if (!is_name)
		return "the name is not 32 letters from a to p";
	struct bytes rest = p->version, segment;
	size_t n = 0;
	for (bool is_more = rest.n > 0; is_more; n++) {
		is_more = bytes_cut(rest, '.', &segment, &rest);
		if (segment.n == 0 || digits(segment) != segment.n)
			return "the version is not made of numbers";
	}
	return n > SEGMENTS_MAX ? "the version has more than four segments" : NULL;
}

static const char *cpan(const struct purl *p)
{
	return bytes_search(p->name, B("::")) >= 0 ? "the name is a module's, with '::'" : NULL;
}

static const char *swid(const struct purl *p)
{
	ssize_t first = bytes_find(p->ns, '/');
	bool is_deep = first >= 0 && bytes_rfind(p->ns, '/') != first;
	return is_deep ? "the namespace has more than two segments" : NULL;
}

/* swift: "The namespace is source host and user/organization and is required." */
static const char *swift(const struct purl *p)
{
	return bytes_find(p->ns, '/') < 0 ? "the namespace lacks host or organization" : NULL;
}

#define REQ PURL_REQUIRED
#define NO  PURL_PROHIBITED
/* clang-format off */
static const struct purl_type types[] = {
	{.type = "alpm", .ns = REQ, .ns_fold = lower, .name_fold = lower},
	{.type = "apk", .ns = REQ, .ns_fold = lower, .name_fold = lower},
	{.type = "bazel", .ns = NO},
	{.type = "bitbucket", .ns = REQ, .ns_fold = lower, .name_fold = lower},
	{.type = "bitnami", .ns = NO, .name_fold = lower},
	{.type = "brew", .ns_fold = lower, .name_fold = lower},
	{.type = "cargo", .ns = NO},
	{.type = "chrome-extension", .ns = NO, .name_fold = lower, .fault = chrome_extension},
	{.type = "cocoapods", .ns = NO},
	{.type = "composer", .ns = REQ, .ns_fold = lower, .name_fold = lower},
	{.type = "conan"},
	{.type = "conda", .ns = NO},
	{.type = "cpan", .ns_fold = upper, .fault = cpan},
	{.type = "cran", .ns = NO},
	{.type = "deb", .ns = REQ, .ns_fold = lower, .name_fold = lower},
	{.type = "docker"},
	{.type = "gem", .ns = NO},
	{.type = "generic"},
	{.type = "git", .ns = REQ, .ns_fold = lower, .name_fold = lower, .when = is_on_github, .has_path_name = true},
	{.type = "git", .ns = REQ, .has_path_name = true},
	{.type = "github", .ns = REQ, .ns_fold = lower, .name_fold = lower},
	{.type = "golang", .ns = REQ, .ns_fold = lower, .name_fold = lower},
	{.type = "hackage", .ns = NO, .name_fold = kebab},
	{.type = "hex", .ns_fold = lower, .name_fold = lower},
	{.type = "huggingface", .ns = REQ, .version_fold = lower},
	{.type = "julia", .ns = NO, .qualifier = "uuid"},
	{.type = "luarocks", .ns_fold = lower, .name_fold = lower},
	{.type = "maven", .ns = REQ},
	{.type = "mlflow", .ns = NO, .name_fold = lower, .when = is_databricks},
	{.type = "mlflow", .ns = NO},
	{.type = "npm"},
	{.type = "nuget", .ns = NO},
	{.type = "oci", .ns = NO, .name_fold = lower, .version_fold = lower},
	{.type = "opam", .ns = NO},
	{.type = "otp", .ns = NO, .name_fold = lower, .has_folded_subpath = true},
	{.type = "pub", .ns = NO, .name_fold = lower_underscore},
	{.type = "pypi", .ns = NO, .name_fold = lower_dash, .version_fold = lower},
	{.type = "qpkg", .ns = REQ, .ns_fold = lower},
	{.type = "rpm", .ns = REQ, .ns_fold = lower},
	{.type = "swid", .qualifier = "tag_id", .fault = swid},
	{.type = "swift", .ns = REQ, .fault = swift},
	{.type = "vcpkg", .ns = NO},
	{.type = "vscode-extension", .ns = REQ, .ns_fold = lower, .name_fold = lower, .version_fold = lower},
	{.type = "yocto", .ns_fold = lower},
};
/* clang-format on */

const struct purl_type *purl_type_of(const struct purl *p)
{
	static const struct purl_type none = {.type = ""};
	for (size_t i = 0; i < ARRAY_LEN(types) && p->type.n; i++) {
		if (p->type.p[0] == (uint8_t)types[i].type[0] &&
		    bytes_eq(p->type, bytes_str(types[i].type)) &&
		    (!types[i].when || types[i].when(p)))
			return &types[i];
	}
	return &none;
}
