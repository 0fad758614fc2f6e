/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spdx.c - what the forms of SPDX share.
 */
#include "render/spdx.h"

const char *spdx_package_id(const struct bom *b, const struct bom_package *p)
{
	enum { NAME_LONGEST = 64 };
	char name[NAME_LONGEST + 1];
	size_t n = MIN_OF(p->p->name.n, (size_t)NAME_LONGEST);
	for (size_t i = 0; i < n; i++) {
		uint8_t c = p->p->name.p[i];
		name[i] = is_alnum(c) || c == '.' || c == '-' ? (char)c : '-';
	}
	name[n] = 0;
	return arena_printf(b->a, "SPDXRef-Package-%s-%s", name, p->id);
}

const char *spdx_file_id(const struct bom *b, const struct bom_file *f)
{
	return arena_printf(b->a, "SPDXRef-File-%zu", (size_t)(f - b->files) + 1);
}

struct bytes spdx_file_name(const struct bom *b, const struct bom_file *f)
{
	return bytes_str(arena_printf(b->a, "./%.*s", BYTES_FMT(f->path)));
}

const char *spdx_verification(const struct bom *b, const struct bom_file *const *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!files[i]->f->sha1.n)
			return NULL;
	}
	if (!n || !digest_is_available(DIGEST_SHA1))
		return NULL;
	struct digester *d = digester_new(DIGEST_SHA1);
	for (size_t i = 0; i < n; i++)
		digester_add(d, files[i]->f->sha1);
	struct digest sum = digester_end(d);
	digester_free(d);
	char hex[2 * 20 + 1];
	hex_encode(sum.b, 20, hex);
	return arena_printf(b->a, "%s", hex);
}

const char *spdx_time(const struct bom *b) { return b->time[0] ? b->time : "1970-01-01T00:00:00Z"; }

const char *spdx_namespace(const struct bom *b)
{
	return arena_printf(b->a, "https://spdx.org/spdxdocs/assay-%s", b->uuid);
}

struct bytes spdx_name(struct bytes name) { return name.n ? name : B("unknown"); }

struct bytes spdx_declared(const struct bom_package *p)
{
	return p->expression.n ? p->expression : B("NOASSERTION");
}

struct bytes spdx_sha256(struct bytes digest)
{
	if (!bytes_starts(digest, B("sha256:")))
		return (struct bytes){NULL, 0};
	return bytes_skip(digest, 7);
}
