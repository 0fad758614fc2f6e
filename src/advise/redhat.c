/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redhat.c - names of Red Hat's streams: in CPEs, in content sets, in versions.
 */
#include "advise/redhat.h"

#include <string.h>

/* Products whose packages are the main stream of a release, by the name in their CPE.  Names of
 * packages in software collections are their own. */
static const struct {
	const char *product;
	bool by_edition; /* the release stands in the edition: "::el7" */
} mains[] = {
	{"enterprise_linux",          false},
	{"rhel",		      false},
	{"rhel_extras",               false},
	{"rhel_software_collections", true },
};

/* Longer-lived streams: "rhel_eus:9.2" up to release 9, "enterprise_linux_eus:10.0" from 10 on;
 * word is what their repositories are called by. */
static const struct {
	const char *product, *word;
} streams[] = {
	{"enterprise_linux_aus",  NULL },
	{"enterprise_linux_e4s",  NULL },
	{"enterprise_linux_eus",  NULL },
	{"enterprise_linux_tus",  NULL },
	{"rhel_aus",              "aus"},
	{"rhel_e4s",              "e4s"},
	{"rhel_els",              "els"},
	{"rhel_eus",              "eus"},
	{"rhel_eus_long_life",    NULL },
	{"rhel_mission_critical", NULL },
	{"rhel_tus",              "tus"},
};

static const struct bytes none = {NULL, 0};

static struct bytes leading_number(struct bytes b)
{
	size_t n = 0;
	while (n < b.n && is_digit(b.p[n]))
		n++;
	return bytes_slice(b, 0, n);
}

/* "el9" in the edition of a CPE: "9"; absent. */
static struct bytes edition_release(struct bytes edition)
{
	for (struct bytes part; bytes_split(&edition, ':', &part);) {
		if (bytes_starts(part, B("el")) && leading_number(bytes_skip(part, 2)).n)
			return leading_number(bytes_skip(part, 2));
	}
	return none;
}

static bool is_stream_product(struct bytes product)
{
	for (size_t i = 0; i < ARRAY_LEN(streams); i++) {
		if (bytes_eq(product, bytes_str(streams[i].product)))
			return true;
	}
	return false;
}

static bool is_name(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] <= ' ' || b.p[i] > '~' || b.p[i] == '/')
			return false;
	}
	return b.n > 0 && b.n < 128;
}

/* What follows the vendor; absent when the CPE is not Red Hat's. */
static struct bytes after_vendor(struct bytes cpe)
{
	struct bytes part, vendor;
	if (bytes_starts(cpe, B("cpe:2.3:")))
		cpe = bytes_skip(cpe, 8);
	else if (bytes_starts(cpe, B("cpe:/")))
		cpe = bytes_skip(cpe, 5);
	else
		return none;
	bool is_ours = bytes_split(&cpe, ':', &part) && bytes_split(&cpe, ':', &vendor) &&
	               bytes_eq(vendor, B("redhat"));
	return is_ours ? cpe : none;
}

/* Row of the main streams, ARRAY_LEN(mains) for another product. */
static size_t main_row(struct bytes product)
{
	size_t i = 0;
	while (i < ARRAY_LEN(mains) && !bytes_eq(product, bytes_str(mains[i].product)))
		i++;
	return i;
}

struct bytes redhat_cpe_ns(struct bytes cpe, struct arena *a)
{
	struct bytes product, version = none, release, rest = after_vendor(cpe);
	if (!bytes_split(&rest, ':', &product) || !is_name(product))
		return none;
	if (!bytes_split(&rest, ':', &version) || bytes_eq(version, B("*")))
		version = none;
	size_t row = main_row(product);
	bool is_main = row < ARRAY_LEN(mains), is_stream = is_stream_product(product);
	bool by_edition = is_main ? mains[row].by_edition : !is_stream;
	release = by_edition ? edition_release(rest) : leading_number(version);
	if (((is_main || is_stream) && !release.n) || (version.n && !is_name(version)))
		return none;
	if (is_main)
		return bytes_str(arena_printf(a, "rhel:%.*s", BYTES_FMT(release)));
	return bytes_str(arena_printf(a, "rhel:%.*s/%.*s%s%.*s", BYTES_FMT(release),
	                              BYTES_FMT(product), version.n ? ":" : "",
	                              BYTES_FMT(version)));
}

/* ---- content sets ---- */

struct bytes redhat_set_name(struct bytes name)
{
	ssize_t at = bytes_search(name, B("__"));
	if (at <= 0)
		return name;
	struct bytes tail = bytes_skip(name, (size_t)at + 2);
	return tail.n && leading_number(tail).n == tail.n ? bytes_slice(name, 0, (size_t)at) : name;
}

static bool has_word(struct bytes name, const char *word)
{
	for (struct bytes part; bytes_split(&name, '-', &part);) {
		if (bytes_eq(part, bytes_str(word)))
			return true;
	}
	return false;
}

/* Words in names of repositories of the system itself, not of a product over it. */
static bool is_system_set(struct bytes name, struct bytes release)
{
	static const char *const words[] = {
		"appstream",        "baseos", "codeready", "highavailability", "nfv", "optional",
		"resilientstorage", "rt",     "sap",       "supplementary",
	};
	static const char *const whole[] = {"server-rpms", "server-extras-rpms", "workstation-rpms",
	                                    "client-rpms", "desktop-rpms"};
	struct bytes tail = bytes_skip(name, strlen("rhel-") + release.n + 1);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (has_word(name, words[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		if (bytes_eq(tail, bytes_str(whole[i])))
			return true;
	}
	return bytes_starts(name, B("ubi-"));
}

static struct bytes set_release(struct bytes name)
{
	static const char *const heads[] = {"rhel-", "ubi-", "codeready-builder-for-rhel-"};
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		if (bytes_starts(name, bytes_str(heads[i])))
			return leading_number(bytes_skip(name, strlen(heads[i])));
	}
	return none;
}

/* The longer-lived stream that a repository of release is called by; absent when none is known. */
static struct bytes named_stream(size_t row, struct bytes release, struct bytes minor,
                                 struct arena *a)
{
	const char *word = streams[row].word, *product = streams[row].product;
	bool is_els = strcmp(word, "els") == 0;
	if (!minor.n && !is_els)
		return none; /* of whichever minor release it was then */
	if (bytes_eq(release, B("10")) && !is_els)
		product = arena_printf(a, "enterprise_linux_%s", word);
	return bytes_str(arena_printf(a, "rhel:%.*s/%s:%.*s%s%.*s", BYTES_FMT(release), product,
	                              BYTES_FMT(release), minor.n ? "." : "", BYTES_FMT(minor)));
}

struct bytes redhat_set_ns(struct bytes name, struct arena *a)
{
	name = redhat_set_name(name);
	struct bytes release = set_release(name), minor = none, base = name;
	ssize_t at = bytes_search(name, B("_DOT_")), from = bytes_search(name, B("__"));
	if (from > 0)
		base = bytes_slice(name, 0, (size_t)from);
	if (at > from)
		minor = leading_number(bytes_skip(name, (size_t)at + 5));
	if (!release.n || (from > 0) != (minor.n > 0))
		return none;
	for (size_t i = 0; i < ARRAY_LEN(streams); i++) {
		if (streams[i].word && has_word(base, streams[i].word))
			return named_stream(i, release, minor, a);
	}
	return is_system_set(base, release)
	               ? bytes_str(arena_printf(a, "rhel:%.*s", BYTES_FMT(release)))
	               : none;
}

/* ---- namespaces and versions ---- */

bool redhat_is_main(struct bytes ns)
{
	return bytes_starts(ns, B("rhel:")) && bytes_find(ns, '/') < 0;
}

static struct bytes product_of(struct bytes ns, struct bytes *ret_version)
{
	struct bytes product;
	ssize_t at = bytes_find(ns, '/');
	bytes_cut(bytes_skip(ns, (size_t)(at + 1)), ':', &product, ret_version);
	return at < 0 ? none : product;
}

bool redhat_is_stream(struct bytes ns)
{
	struct bytes version;
	return is_stream_product(product_of(ns, &version));
}

int redhat_stream_minor(struct bytes ns)
{
	struct bytes version, major, minor;
	uint64_t n;
	if (!is_stream_product(product_of(ns, &version)) ||
	    !bytes_cut(version, '.', &major, &minor) || !bytes_u64(minor, 99, &n))
		return -1;
	return (int)n;
}

/* What follows the dist tag's ".el" in a version, absent when it has none. */
static struct bytes after_el(struct bytes version)
{
	ssize_t dash = bytes_rfind(version, '-');
	struct bytes rest = bytes_skip(version, (size_t)(dash + 1)), found = none;
	for (ssize_t at; (at = bytes_search(rest, B("el"))) >= 0;) {
		bool is_tag = at > 0 && (rest.p[at - 1] == '.' || rest.p[at - 1] == '+');
		rest = bytes_skip(rest, (size_t)at + 2);
		if (is_tag && leading_number(rest).n)
			found = rest;
	}
	return found;
}

int redhat_tag_minor(struct bytes version)
{
	struct bytes tag = after_el(version), major = leading_number(tag);
	uint64_t n;
	bool is_module = bytes_search(version, B(".module+el")) >= 0;
	if (!major.n || major.n >= tag.n || tag.p[major.n] != (is_module ? '.' : '_'))
		return -1;
	return bytes_u64(leading_number(bytes_skip(tag, major.n + 1)), 99, &n) ? (int)n : -1;
}

bool redhat_is_system_build(struct bytes version)
{
	struct bytes tag = after_el(version), major = leading_number(tag);
	if (bytes_search(version, B(".rhaos")) >= 0 || bytes_search(version, B(".jbcs")) >= 0 ||
	    !major.n)
		return false;
	return major.n == tag.n || bytes_find(B("._+~"), tag.p[major.n]) >= 0;
}
