/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_fn_net.c - ip(), cidr() and what they tell.
 *
 * Source: the cases of network_ext.textproto; Kubernetes' CEL library for IP and CIDR.
 */
#include "policy/cel_parts.h"

#include <arpa/inet.h>
#include <string.h>

/* An address: no zone, no IPv6 address written with a dotted IPv4 one; what maps IPv4 is IPv4. */
static bool parse_ip(struct bytes s, struct cel_net *ret)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	char text[64];
	struct cel_net a = {.is_v6 = bytes_find(s, ':') >= 0};
	if (!s.n || s.n >= sizeof text || memchr(s.p, 0, s.n) ||
	    (a.is_v6 && bytes_find(s, '.') >= 0))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	if (inet_pton(a.is_v6 ? AF_INET6 : AF_INET, text, a.b) != 1)
		return false;
	if (a.is_v6 && !memcmp(a.b, mapped, sizeof mapped)) {
		memmove(a.b, a.b + 12, 4);
		memset(a.b + 4, 0, 12);
		a.is_v6 = false;
	}
	*ret = a;
	return true;
}

static bool parse_cidr(struct bytes s, struct cel_net *ret)
{
	struct bytes ip, bits;
	uint64_t n;
	if (!bytes_cut(s, '/', &ip, &bits) || !parse_ip(ip, ret))
		return false;
	if ((bytes_find(ip, ':') >= 0) != ret->is_v6 || (bits.n > 1 && bits.p[0] == '0') ||
	    !bytes_u64(bits, ret->is_v6 ? 128 : 32, &n))
		return false;
	ret->prefix = (uint8_t)n;
	return true;
}

void cel_net_text(struct buf *b, const struct cel_value *v)
{
	char text[64] = "";
	inet_ntop(v->net->is_v6 ? AF_INET6 : AF_INET, v->net->b, text, sizeof text);
	buf_adds(b, text);
	if (v->kind == CEL_CIDR)
		buf_addf(b, "/%u", v->net->prefix);
}

static struct cel_value net_of(struct cel_run *r, enum cel_value_kind kind, const struct cel_net *n)
{
	struct cel_net *p = cel_alloc(r, sizeof *p);
	if (!p)
		return cel_size_error(r);
	*p = *n;
	return (struct cel_value){.kind = kind, .net = p};
}

static struct cel_value fn_ip(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_net a;
	if (v->kind == CEL_CIDR) {
		a = *v->net;
		a.prefix = 0;
		return net_of(r, CEL_IP, &a);
	}
	if (v->kind != CEL_STRING)
		return cel_no_overload(r, "ip", v, n);
	return parse_ip(v->s, &a) ? net_of(r, CEL_IP, &a)
	                          : cel_error(r, "ip: \"%.*s\" is no address", BYTES_FMT(v->s));
}

static struct cel_value fn_cidr(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_net a;
	if (v->kind != CEL_STRING)
		return cel_no_overload(r, "cidr", v, n);
	return parse_cidr(v->s, &a) ? net_of(r, CEL_CIDR, &a)
	                            : cel_error(r, "cidr: \"%.*s\" is no network", BYTES_FMT(v->s));
}

static struct cel_value fn_is_ip(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_net a;
	return v->kind == CEL_STRING ? cel_bool(parse_ip(v->s, &a))
	                             : cel_no_overload(r, "isIP", v, n);
}

static struct cel_value fn_is_cidr(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_net a;
	return v->kind == CEL_STRING ? cel_bool(parse_cidr(v->s, &a))
	                             : cel_no_overload(r, "isCIDR", v, n);
}

static struct cel_value fn_is_canonical(struct cel_run *r, const struct cel_value *v, size_t n)
{
	AUTO_BUF struct buf b;
	struct cel_net a;
	if (v->kind != CEL_STRING)
		return cel_no_overload(r, "ip.isCanonical", v, n);
	if (!parse_ip(v->s, &a))
		return cel_error(r, "ip: \"%.*s\" is no address", BYTES_FMT(v->s));
	buf_init(&b, 64);
	cel_net_text(&b, &(struct cel_value){.kind = CEL_IP, .net = &a});
	return cel_bool(bytes_eq(buf_bytes(&b), v->s));
}

static bool is_zero(const struct cel_net *a)
{
	for (size_t i = 0; i < sizeof a->b; i++)
		if (a->b[i])
			return false;
	return true;
}

static bool is_loopback(const struct cel_net *a)
{
	static const uint8_t one[16] = {[15] = 1};
	return a->is_v6 ? !memcmp(a->b, one, 16) : a->b[0] == 127;
}

static bool is_local_unicast(const struct cel_net *a)
{
	return a->is_v6 ? a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80
	                : a->b[0] == 169 && a->b[1] == 254;
}

static bool is_multicast(const struct cel_net *a)
{
	return a->is_v6 ? a->b[0] == 0xff : (a->b[0] & 0xf0) == 0xe0;
}

static bool is_local_multicast(const struct cel_net *a)
{
	return a->is_v6 ? a->b[0] == 0xff && (a->b[1] & 0x0f) == 2
	                : a->b[0] == 224 && !a->b[1] && !a->b[2];
}

static bool is_global(const struct cel_net *a)
{
	static const uint8_t all[4] = {255, 255, 255, 255};
	return !is_zero(a) && !is_loopback(a) && !is_multicast(a) && !is_local_unicast(a) &&
	       (a->is_v6 || memcmp(a->b, all, 4) != 0);
}

#define OF_IP(name, title, value)                                                                  \
	static struct cel_value name(struct cel_run *r, const struct cel_value *v, size_t n)       \
	{                                                                                          \
		return v->kind == CEL_IP ? (value) : cel_no_overload(r, title, v, n);              \
	}
OF_IP(fn_family, "family", cel_int(v->net->is_v6 ? 6 : 4))
OF_IP(fn_is_unspecified, "isUnspecified", cel_bool(is_zero(v->net)))
OF_IP(fn_is_loopback, "isLoopback", cel_bool(is_loopback(v->net)))
OF_IP(fn_is_global, "isGlobalUnicast", cel_bool(is_global(v->net)))
OF_IP(fn_is_local_multicast, "isLinkLocalMulticast", cel_bool(is_local_multicast(v->net)))
OF_IP(fn_is_local_unicast, "isLinkLocalUnicast", cel_bool(is_local_unicast(v->net)))

static struct cel_net masked(const struct cel_net *a, unsigned prefix)
{
	struct cel_net m = *a;
	for (unsigned i = 0; i < 16; i++) {
		unsigned kept = prefix > 8 * i ? MIN_OF(prefix - 8 * i, 8U) : 0;
		m.b[i] &= (uint8_t)(0xff00U >> kept);
	}
	return m;
}

static bool within(const struct cel_net *net, const struct cel_net *a)
{
	struct cel_net x = masked(net, net->prefix), y = masked(a, net->prefix);
	return net->is_v6 == a->is_v6 && !memcmp(x.b, y.b, 16);
}

static struct cel_value fn_contains_ip(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_value ip = v[1].kind == CEL_STRING ? fn_ip(r, &v[1], 1) : v[1];
	if (v[0].kind != CEL_CIDR || ip.kind != CEL_IP)
		return ip.kind == CEL_ERROR ? ip : cel_no_overload(r, "containsIP", v, n);
	return cel_bool(within(v[0].net, ip.net));
}

static struct cel_value fn_contains_cidr(struct cel_run *r, const struct cel_value *v, size_t n)
{
	struct cel_value net = v[1].kind == CEL_STRING ? fn_cidr(r, &v[1], 1) : v[1];
	if (v[0].kind != CEL_CIDR || net.kind != CEL_CIDR)
		return net.kind == CEL_ERROR ? net : cel_no_overload(r, "containsCIDR", v, n);
	return cel_bool(net.net->prefix >= v[0].net->prefix && within(v[0].net, net.net));
}

static struct cel_value fn_masked(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind != CEL_CIDR)
		return cel_no_overload(r, "masked", v, n);
	struct cel_net m = masked(v->net, v->net->prefix);
	return net_of(r, CEL_CIDR, &m);
}

static struct cel_value fn_is_mask(struct cel_run *r, const struct cel_value *v, size_t n)
{
	if (v->kind != CEL_CIDR)
		return cel_no_overload(r, "isMask", v, n);
	struct cel_net m = masked(v->net, v->net->prefix);
	return cel_bool(!memcmp(m.b, v->net->b, 16));
}

static struct cel_value fn_prefix(struct cel_run *r, const struct cel_value *v, size_t n)
{
	return v->kind == CEL_CIDR ? cel_int(v->net->prefix)
	                           : cel_no_overload(r, "prefixLength", v, n);
}

/* clang-format off */
const struct cel_function cel_functions_net[] = {
	{"cidr",                 fn_cidr,               "Rs", false},
	{"containsCIDR",         fn_contains_cidr,      ".bRR .bRs", false},
	{"containsIP",           fn_contains_ip,        ".bRI .bRs", false},
	{"family",               fn_family,             ".iI", false},
	{"ip",                   fn_ip,                 "Is .IR", false},
	{"ip.isCanonical",       fn_is_canonical,       "bs", false},
	{"isCIDR",               fn_is_cidr,            "bs", false},
	{"isGlobalUnicast",      fn_is_global,          ".bI", false},
	{"isIP",                 fn_is_ip,              "bs", false},
	{"isLinkLocalMulticast", fn_is_local_multicast, ".bI", false},
	{"isLinkLocalUnicast",   fn_is_local_unicast,   ".bI", false},
	{"isLoopback",           fn_is_loopback,        ".bI", false},
	{"isMask",               fn_is_mask,            ".bR", false},
	{"isUnspecified",        fn_is_unspecified,     ".bI", false},
	{"masked",               fn_masked,             ".RR", false},
	{"prefixLength",         fn_prefix,             ".iR", false},
	{NULL, NULL, NULL, false},
};
/* clang-format on */
