/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci_platform.c - "os/architecture/variant" and which image fits a wish.
 *
 * Source: OCI image-spec image-index.md, "Platform Variants"; Go's GOARCH names.
 */
#include "fmt/oci.h"

/* What else people and kernels call an architecture, and the variant meant when none is named. */
static const struct arch_name {
	struct bytes name, arch, variant;
} arch_names[] = {
	{{(const uint8_t *)"x86_64", 6},  {(const uint8_t *)"amd64", 5}, {NULL, 0}                 },
	{{(const uint8_t *)"x86-64", 6},  {(const uint8_t *)"amd64", 5}, {NULL, 0}                 },
	{{(const uint8_t *)"aarch64", 7}, {(const uint8_t *)"arm64", 5}, {NULL, 0}                 },
	{{(const uint8_t *)"armhf", 5},   {(const uint8_t *)"arm", 3},   {(const uint8_t *)"v7", 2}},
	{{(const uint8_t *)"armv7l", 6},  {(const uint8_t *)"arm", 3},   {(const uint8_t *)"v7", 2}},
	{{(const uint8_t *)"armv6l", 6},  {(const uint8_t *)"arm", 3},   {(const uint8_t *)"v6", 2}},
	{{(const uint8_t *)"armel", 5},   {(const uint8_t *)"arm", 3},   {(const uint8_t *)"v6", 2}},
	{{(const uint8_t *)"i386", 4},    {(const uint8_t *)"386", 3},   {NULL, 0}                 },
	{{(const uint8_t *)"i686", 4},    {(const uint8_t *)"386", 3},   {NULL, 0}                 },
};

static const struct arch_name usual[] = {
	{{NULL, 0}, {(const uint8_t *)"amd64", 5}, {(const uint8_t *)"v1", 2}},
	{{NULL, 0}, {(const uint8_t *)"arm64", 5}, {(const uint8_t *)"v8", 2}},
	{{NULL, 0}, {(const uint8_t *)"arm", 3},   {(const uint8_t *)"v7", 2}},
};

static void normalise(struct oci_platform *p)
{
	for (size_t i = 0; i < ARRAY_LEN(arch_names); i++) {
		if (!bytes_eq_nocase(p->arch, arch_names[i].name))
			continue;
		p->arch = arch_names[i].arch;
		if (!p->variant.n)
			p->variant = arch_names[i].variant;
		return;
	}
}

static bool is_word(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (!is_alnum(b.p[i]) && b.p[i] != '_' && b.p[i] != '-' && b.p[i] != '.')
			return false;
	}
	return b.n > 0 && b.n <= 64;
}

int oci_platform_parse(struct bytes text, struct oci_platform *ret, struct err *e)
{
	struct oci_platform p = {0};
	struct bytes rest = text, part[3];
	size_t n = 0;
	for (bool is_last = false; !is_last; n++) {
		if (n == 3)
			return err_set(e, ERR_USAGE, "platform \"%.*s\": want os/arch[/variant]",
			               BYTES_FMT(text));
		is_last = !bytes_cut(rest, '/', &part[n], &rest);
		if (!is_word(part[n]))
			return err_set(e, ERR_USAGE, "platform \"%.*s\": want os/arch[/variant]",
			               BYTES_FMT(text));
	}
	p.os = n == 1 ? B("linux") : part[0];
	p.arch = n == 1 ? part[0] : part[1];
	if (n == 3)
		p.variant = part[2];
	normalise(&p);
	*ret = p;
	return 0;
}

struct oci_platform oci_platform_host(struct bytes machine)
{
	struct oci_platform p = {
		B("linux"), machine, {NULL, 0}
        };
	normalise(&p);
	return p;
}

static struct bytes variant_of(const struct oci_platform *p)
{
	if (p->variant.n)
		return p->variant;
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		if (bytes_eq(p->arch, usual[i].arch))
			return usual[i].variant;
	}
	return B("");
}

int oci_platform_match(const struct oci_platform *want, const struct oci_platform *have)
{
	struct oci_platform w = *want, h = *have;
	normalise(&w);
	normalise(&h);
	if (!bytes_eq(w.os, h.os) || !bytes_eq(w.arch, h.arch))
		return 0;
	if (bytes_eq(variant_of(&w), variant_of(&h)))
		return 2;
	return w.variant.n ? 0 : 1;
}

struct bytes oci_platform_text(struct arena *a, const struct oci_platform *p)
{
	if (!p->os.n && !p->arch.n)
		return (struct bytes){NULL, 0};
	return bytes_str(arena_printf(a, "%.*s/%.*s%s%.*s", BYTES_FMT(p->os), BYTES_FMT(p->arch),
	                              p->variant.n ? "/" : "", BYTES_FMT(p->variant)));
}
