/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nvd_needs.c - is there, in an image, what a configuration of NVD asks for beside the product?
 *
 * Systems are known by the image's platform and os-release, products by CPE names of packages, or
 * by the name of a distribution's package.  What cannot be known (a version of the kernel) counts
 * as there.
 */
#include "advise/nvd.h"

#include "advise/match.h"

static const struct {
	const char *product, *id; /* of os-release */
} distributions[] = {
	{"alpinelinux:alpine_linux",          "alpine"       },
	{"amazon:linux",                      "amzn"         },
	{"canonical:ubuntu_linux",            "ubuntu"       },
	{"centos:centos",                     "centos"       },
	{"debian:debian_linux",               "debian"       },
	{"fedoraproject:fedora",              "fedora"       },
	{"opensuse:leap",                     "opensuse-leap"},
	{"oracle:linux",                      "ol"           },
	{"redhat:enterprise_linux",           "rhel"         },
	{"suse:linux_enterprise_server",      "sles"         },
	{"suse:suse_linux_enterprise_server", "sles"         },
};

static bool is_open(struct bytes v) { return bytes_eq(v, B("*")) || bytes_eq(v, B("-")); }

/* "10.2" is of "10" and of "10.2", not of "1". */
static bool is_version_of(struct bytes v, struct bytes head)
{
	return bytes_starts(v, head) && (v.n == head.n || v.p[head.n] == '.');
}

static bool has_system(const struct report *r, const struct cpe *c, struct bytes product,
                       struct arena *a)
{
	struct bytes version = c->attr[CPE_VERSION], platform, tail;
	bytes_cut(r->image.platform, '/', &platform, &tail);
	bool is_linux = !platform.n || bytes_eq(platform, B("linux"));
	if (bytes_eq(product, B("linux:linux_kernel")))
		return is_linux;
	if (bytes_eq(c->attr[CPE_VENDOR], B("microsoft")))
		return bytes_eq(platform, B("windows"));
	for (size_t i = 0; i < ARRAY_LEN(distributions); i++) {
		if (bytes_eq(product, bytes_str(distributions[i].product)))
			return bytes_eq(r->os.id, bytes_str(distributions[i].id)) &&
			       (is_open(version) ||
			        is_version_of(r->os.version, cpe_plain(version, a)));
	}
	return false;
}

static bool fits(const struct cpe *c, struct bytes version, const struct advisory_range *g,
                 struct arena *a)
{
	struct bytes v = c->attr[CPE_VERSION];
	if (!is_open(v))
		return version_cmp(VERSION_GENERIC, version, cpe_plain(v, a)) == 0;
	return match_range(VERSION_GENERIC, version, g) == MATCH_AFFECTED;
}

static bool has_product(const struct report *r, const struct cpe *c, struct bytes product,
                        const struct advisory_range *g, struct arena *a)
{
	struct bytes name = cpe_plain(c->attr[CPE_PRODUCT], a);
	for (size_t i = 0; i < r->n_packages; i++) {
		const struct package *p = &r->packages[i];
		struct cpe own;
		if (p->is_absent)
			continue;
		if (p->cpe.n) {
			if (cpe_parse(p->cpe, a, &own, NULL) == 0 &&
			    bytes_eq(cpe_product(&own, a), product) && fits(c, p->version, g, a))
				return true;
		} else if (!ecosystem_is_language(p->type) && bytes_eq_nocase(p->name, name)) {
			return true; /* a distribution's version says little of the product's */
		}
	}
	return false;
}

/* "CPE" or "CPE,FROM,FIXED,LAST": quoted commas of the name are none. */
static struct bytes take_name(struct bytes item, struct advisory_range *ret)
{
	size_t i = 0;
	while (i < item.n && item.p[i] != ',')
		i += item.p[i] == '\\' ? 2 : 1;
	struct bytes rest = bytes_skip(item, i + 1);
	*ret = (struct advisory_range){
		.fixed = {NULL, 0}
        };
	bytes_split(&rest, ',', &ret->introduced);
	bytes_split(&rest, ',', &ret->fixed);
	bytes_split(&rest, ',', &ret->last_affected);
	if (bytes_starts(ret->introduced, B(">"))) {
		ret->introduced = bytes_skip(ret->introduced, 1);
		ret->is_after = true;
	}
	return bytes_slice(item, 0, i);
}

static bool is_there(const struct report *r, struct bytes item, struct arena *a)
{
	struct cpe c;
	struct advisory_range g;
	if (cpe_parse(take_name(item, &g), a, &c, NULL) < 0)
		return true;
	struct bytes product = cpe_product(&c, a);
	if (bytes_eq(c.attr[CPE_PART], B("o")))
		return has_system(r, &c, product, a);
	return !bytes_eq(c.attr[CPE_PART], B("a")) || has_product(r, &c, product, &g, a);
}

bool nvd_needs_met(const struct report *r, struct bytes needs)
{
	AUTO_ARENA struct arena *a = arena_new();
	for (struct bytes line; bytes_line(&needs, &line);) {
		bool is_negated = bytes_starts(line, B("!")), holds = false;
		line = bytes_skip(line, is_negated);
		for (struct bytes item; !holds && bytes_word(&line, &item);)
			holds = is_there(r, item, a);
		if (holds == is_negated)
			return false;
	}
	return true;
}
