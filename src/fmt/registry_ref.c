/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry_ref.c - references to images in registries.
 *
 * Format: [HOST[:PORT]/]NAME[:TAG][@DIGEST].  Source: distribution, "reference" grammar; the first
 * part is a host when it has a "." or a ":", is "localhost", or has a capital letter.
 */
#include "fmt/registry.h"

#include <string.h>

enum {
	NAME_MAX_BYTES = 255, /* "NameTotalLengthMax" */
	TAG_MAX_BYTES = 128,
	PORT_MAX = 65535,
	HEX_ID = 64, /* a name of that many hex digits would be taken for an image id */
};

static bool is_low(uint8_t c) { return is_lower(c) || is_digit(c); }

/* separator: [_.] | __ | -+ */
static size_t separator(struct bytes b)
{
	size_t n = 0;
	if (!b.n)
		return 0;
	if (b.p[0] == '.')
		return 1;
	if (b.p[0] == '_')
		return b.n > 1 && b.p[1] == '_' ? 2 : 1;
	while (n < b.n && b.p[n] == '-')
		n++;
	return n;
}

static bool is_component(struct bytes b)
{
	size_t i = 0;
	while (i < b.n) {
		size_t start = i;
		while (i < b.n && is_low(b.p[i]))
			i++;
		if (i == start)
			return false;
		if (i == b.n)
			return true;
		size_t gap = separator(bytes_skip(b, i));
		if (!gap)
			return false;
		i += gap;
	}
	return false;
}

static bool is_repository(struct bytes b)
{
	struct bytes part;
	if (!b.n || b.p[b.n - 1] == '/')
		return false;
	while (bytes_split(&b, '/', &part)) {
		if (!is_component(part))
			return false;
	}
	return true;
}

static bool is_domain_label(struct bytes b)
{
	if (!b.n || b.p[0] == '-' || b.p[b.n - 1] == '-')
		return false;
	for (size_t i = 0; i < b.n; i++) {
		if (!is_alnum(b.p[i]) && b.p[i] != '-')
			return false;
	}
	return true;
}

static bool is_port(struct bytes b)
{
	uint64_t port;
	return bytes_u64(b, PORT_MAX, &port) && port > 0;
}

/* "[" IPv6 "]" [":" PORT] */
static bool is_ipv6(struct bytes b)
{
	ssize_t end = bytes_find(b, ']');
	if (end < 4)
		return false;
	for (ssize_t i = 1; i < end; i++) {
		uint8_t c = to_lower(b.p[i]);
		if (!is_digit(c) && !(c >= 'a' && c <= 'f') && c != ':')
			return false;
	}
	struct bytes rest = bytes_skip(b, (size_t)end + 1);
	return !rest.n || (rest.p[0] == ':' && is_port(bytes_skip(rest, 1)));
}

static bool is_host(struct bytes b)
{
	struct bytes name, port, label;
	if (b.n && b.p[0] == '[')
		return is_ipv6(b);
	if (bytes_cut(b, ':', &name, &port) && !is_port(port))
		return false;
	if (!name.n || name.p[name.n - 1] == '.')
		return false;
	while (bytes_split(&name, '.', &label)) {
		if (!is_domain_label(label))
			return false;
	}
	return true;
}

static bool looks_like_host(struct bytes b)
{
	bool has_capital = false;
	for (size_t i = 0; i < b.n; i++)
		has_capital |= is_upper(b.p[i]);
	return has_capital || bytes_find(b, '.') >= 0 || bytes_find(b, ':') >= 0 ||
	       bytes_eq(b, B("localhost"));
}

static bool is_tag(struct bytes b)
{
	if (!b.n || b.n > TAG_MAX_BYTES || b.p[0] == '.' || b.p[0] == '-')
		return false;
	for (size_t i = 0; i < b.n; i++) {
		if (!is_alnum(b.p[i]) && !memchr("_.-", b.p[i], 3))
			return false;
	}
	return true;
}

static bool is_image_id(struct bytes b)
{
	uint8_t raw[HEX_ID / 2];
	return b.n == HEX_ID && hex_decode(b, raw, sizeof raw);
}

/* Takes "@DIGEST" and ":TAG" off *rest. */
static int cut_which(struct bytes *rest, struct registry_ref *r, struct err *e)
{
	struct bytes name = *rest, digest;
	if (bytes_cut(*rest, '@', &name, &digest) && digest_parse(digest, &r->digest, e)) {
		e->kind = ERR_USAGE;
		return -1;
	}
	ssize_t colon = bytes_rfind(name, ':');
	if (colon >= 0 && bytes_rfind(name, '/') < colon) {
		r->tag = bytes_skip(name, (size_t)colon + 1);
		name = bytes_slice(name, 0, (size_t)colon);
		if (!is_tag(r->tag))
			return err_set(e, ERR_USAGE, "\"%.*s\" is no tag", BYTES_FMT(r->tag));
	}
	*rest = name;
	return 0;
}

static int cut_host(struct arena *a, struct bytes name, struct registry_ref *r, struct err *e)
{
	struct bytes first, tail;
	r->host = B("docker.io");
	r->repository = name;
	if (bytes_cut(name, '/', &first, &tail) && looks_like_host(first)) {
		if (!is_host(first))
			return err_set(e, ERR_USAGE, "\"%.*s\" is no host of a registry",
			               BYTES_FMT(first));
		r->host = first;
		r->repository = tail;
	}
	if (bytes_eq(r->host, B("index.docker.io")))
		r->host = B("docker.io");
	if (!is_repository(r->repository))
		return err_set(e, ERR_USAGE,
		               "\"%.*s\" is no name of an image (small letters, digits and one of "
		               "\"._-/\" between them)",
		               BYTES_FMT(r->repository));
	if (bytes_eq(r->host, B("docker.io")) && bytes_find(r->repository, '/') < 0)
		r->repository =
			bytes_str(arena_printf(a, "library/%.*s", BYTES_FMT(r->repository)));
	return 0;
}

int registry_ref_parse(struct arena *a, struct bytes text, struct registry_ref *ret, struct err *e)
{
	struct registry_ref r = {
		.tag = {NULL, 0}
        };
	struct err own = {.kind = ERR_NONE};
	struct bytes name = text;
	if (is_image_id(text))
		return err_set(e, ERR_USAGE, "%.*s is an image id, not a name", BYTES_FMT(text));
	if (cut_which(&name, &r, &own) || cut_host(a, name, &r, &own)) {
		err_wrap(&own, "%.*s", BYTES_FMT(bytes_slice(text, 0, 100)));
		if (e)
			*e = own;
		return -1;
	}
	if (r.host.n + 1 + r.repository.n > NAME_MAX_BYTES)
		return err_set(e, ERR_USAGE, "a name of more than %d bytes", NAME_MAX_BYTES);
	if (!r.tag.n && r.digest.algo == DIGEST_NONE)
		r.tag = B("latest");
	*ret = r;
	return 0;
}

struct bytes registry_api_host(struct bytes host)
{
	return bytes_eq(host, B("docker.io")) ? B("registry-1.docker.io") : host;
}
