/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry_host.c - which hosts belong together, and which are this machine's own surroundings.
 */
#include "fmt/registry.h"

#include <arpa/inet.h>
#include <string.h>

struct bytes registry_bare_host(struct bytes host)
{
	struct bytes name, port;
	ssize_t end = bytes_find(host, ']');
	if (host.n && host.p[0] == '[' && end > 0)
		return bytes_slice(host, 1, (size_t)end);
	if (bytes_rfind(host, ':') == bytes_find(host, ':'))
		bytes_cut(host, ':', &name, &port);
	else
		name = host; /* an IPv6 address without brackets */
	while (name.n > 1 && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

/* IPv6 addresses that hold one of IPv4: how they begin, and where it is. */
static const struct {
	uint8_t prefix[12];
	size_t n, at;
} holders[] = {
	{{[10] = 0xff, [11] = 0xff},           12, 12}, /* mapped, RFC 4291 2.5.5.2 */
	{{0x00, 0x64, 0xff, 0x9b},             12, 12}, /* NAT64, RFC 6052 2.1 */
	{{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 12, 12}, /* a NAT64 of one's own, RFC 8215 */
	{{0x20, 0x02},			 2,  2 }, /* 6to4, RFC 3056 */
	{{0},				  12, 12}, /* compatible, RFC 4291 2.5.5.1 */
};

/* The address that host is written as: 4 or 6, the bytes in ret; 0: a name.  IPv4 in IPv6 is seen
 * as IPv4. */
static int address(struct bytes host, uint8_t ret[16])
{
	static const uint8_t few[14] = {0}; /* "::", "::1" */
	char text[64];
	struct bytes bare = registry_bare_host(host);
	if (bare.n >= sizeof text)
		return 0;
	memcpy(text, bare.p, bare.n);
	text[bare.n] = 0;
	char *zone = strchr(text, '%');
	if (zone)
		*zone = 0;
	struct in_addr old; /* takes "127.1" and "0x7f000001" too, as resolvers do */
	if (inet_aton(text, &old)) {
		memcpy(ret, &old, 4);
		return 4;
	}
	if (inet_pton(AF_INET6, text, ret) != 1)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(holders) && memcmp(ret, few, sizeof few) != 0; i++) {
		if (memcmp(ret, holders[i].prefix, holders[i].n) == 0) {
			memmove(ret, ret + holders[i].at, 4);
			return 4;
		}
	}
	return 6;
}

static bool is_beneath(struct bytes host, struct bytes domain)
{
	return host.n > domain.n && host.p[host.n - domain.n - 1] == '.' &&
	       bytes_eq_nocase(bytes_skip(host, host.n - domain.n), domain);
}

bool registry_is_loopback(struct bytes host)
{
	static const uint8_t one[16] = {[15] = 1};
	uint8_t ip[16];
	struct bytes bare = registry_bare_host(host);
	switch (address(host, ip)) {
	case 4:
		return ip[0] == 127;
	case 6:
		return memcmp(ip, one, sizeof one) == 0;
	default:
		return bytes_eq_nocase(bare, B("localhost")) || is_beneath(bare, B("localhost"));
	}
}

static bool is_one_of(const uint8_t *ip, const void *list, size_t n, size_t size)
{
	for (size_t i = 0; i < n; i++) {
		if (memcmp(ip, (const uint8_t *)list + i * size, size) == 0)
			return true;
	}
	return false;
}

bool registry_is_link_local(struct bytes host)
{
	/* what clouds tell their machines at */
	static const uint8_t of_4[][4] = {
		{100, 100, 100, 200}, /* Alibaba */
		{168, 63,  129, 16 }, /* Azure */
		{192, 0,   0,   192}, /* Oracle, in its first form */
	};
	static const uint8_t of_6[][16] = {
		{0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, [15] = 0x54}, /* AWS */
		{0xfd, 0x20, 0x00, 0xce, [14] = 0x02, [15] = 0x54}, /* Google */
	};
	uint8_t ip[16];
	switch (address(host, ip)) {
	case 4:
		return (ip[0] == 169 && ip[1] == 254) || is_one_of(ip, of_4, ARRAY_LEN(of_4), 4);
	case 6:
		return (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80) ||
		       is_one_of(ip, of_6, ARRAY_LEN(of_6), 16);
	default:
		return bytes_eq_nocase(registry_bare_host(host), B("metadata.google.internal"));
	}
}

/* Domains beneath which anybody may have a name. */
static const char *const shared[] = {
	"amazonaws.com",   "appspot.com", "azurecr.io",   "azurewebsites.net", "cloudfront.net",
	"firebaseapp.com", "fly.dev",     "github.io",    "gitlab.io",         "herokuapp.com",
	"netlify.app",     "ngrok.io",    "nip.io",       "onrender.com",      "pages.dev",
	"run.app",         "sslip.io",    "vercel.app",   "web.app",           "windows.net",
	"workers.dev",     "ngrok.app",   "blogspot.com",
};

/* Second labels that registries of countries give out names beneath ("co.uk"). */
static const char *const second[] = {
	"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org",
};

static bool is_word_of(struct bytes word, const char *const list[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes_eq_nocase(word, bytes_str(list[i])))
			return true;
	}
	return false;
}

/* The two (or three, beneath "co.uk") last labels; absent where nobody owns that much, or where
 * everybody may have a name beneath it. */
static struct bytes registrable(struct bytes host)
{
	struct bytes tail[3] = {
		{NULL, 0},
                {NULL, 0},
                {NULL, 0}
        };
	size_t n = 0;
	for (size_t i = host.n; i-- > 0 && n < ARRAY_LEN(tail);) {
		if (host.p[i] == '.')
			tail[n++] = bytes_skip(host, i + 1);
	}
	if (n < ARRAY_LEN(tail))
		tail[n++] = host;
	if (n < 2)
		return (struct bytes){NULL, 0};
	struct bytes label, rest;
	bytes_cut(tail[1], '.', &label, &rest);
	bool is_country = rest.n == 2 && is_word_of(label, second, ARRAY_LEN(second));
	if (is_country)
		return n > 2 ? tail[2] : (struct bytes){NULL, 0};
	if (is_word_of(tail[1], shared, ARRAY_LEN(shared)))
		return (struct bytes){NULL, 0};
	return tail[1];
}

static const struct {
	const char *registry, *realm;
} pairs[] = {
	{"docker.io",            "auth.docker.io"},
	{"registry-1.docker.io", "auth.docker.io"},
};

bool registry_vouches(struct bytes registry, struct bytes realm)
{
	uint8_t ip[16];
	struct bytes from = registry_bare_host(registry), to = registry_bare_host(realm);
	if (!from.n || !to.n)
		return false;
	if (bytes_eq_nocase(from, to) ||
	    (registry_is_loopback(registry) && registry_is_loopback(realm)))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		if (bytes_eq_nocase(from, bytes_str(pairs[i].registry)))
			return bytes_eq_nocase(to, bytes_str(pairs[i].realm));
	}
	if (address(registry, ip) || address(realm, ip))
		return false;
	struct bytes a = registrable(from), b = registrable(to);
	return a.n && bytes_eq_nocase(a, b);
}
