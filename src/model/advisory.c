/* SPDX-License-Identifier: Apache-2.0 */
/*
 * advisory.c - advisories and vulnerabilities to CBOR and back.
 *
 * As in fact.c keys are never reused.  A decoder runs once per record in the matching loop, so it
 * resets counters and slices and leaves the arrays, which are 10 KiB, alone.
 */
#include "model/advisory.h"

#include "model/codec.h"

enum { /* struct advisory */
       KEY_ID = 1,
       KEY_REF = 2,
       KEY_BY_BINARY = 3,
       KEY_STATUS = 4,
       KEY_RANGES = 5, /* array of maps: introduced, fixed, last_affected */
       KEY_SEVERITY = 6,
       KEY_CVSS = 7,
       KEY_ARCH = 8,
       KEY_MODULE = 9,
       KEY_DETAIL = 10,
       KEY_REFS = 11, /* array of byte strings */
       KEY_MODIFIED = 12,
       KEY_VERSIONS = 13,
       KEY_IMPORTS = 14,
       KEY_SYSTEMS = 15,
       KEY_MALWARE = 16,
       KEY_UNMATCHABLE = 17,
       KEY_NEEDS = 18,
};
enum { KEY_INTRODUCED = 1, KEY_FIXED = 2, KEY_LAST = 3, KEY_LIMIT = 4, KEY_IS_AFTER = 5 };
enum { /* struct vuln */
       KEY_V_REJECTED = 1,
       KEY_V_SEVERITY = 2,
       KEY_V_CVSS = 3,
       KEY_V_EPSS = 4, /* in units of 1e-9, exact for the 9 digits that are published */
       KEY_V_EPSS_PERCENTILE = 5,
       KEY_V_KEV = 6,
       KEY_V_KEV_ADDED = 7,
       KEY_V_PUBLISHED = 8,
       KEY_V_MODIFIED = 9,
       KEY_V_TITLE = 10,
       KEY_V_ALIASES = 11,
};
enum { EPSS_UNIT = 1000000000 };
enum { ALIASES = ARRAY_LEN(((struct vuln *)0)->aliases) };

_Static_assert(sizeof(enum status) == sizeof(uint32_t), "FIELD_U32 holds an enum");
_Static_assert(sizeof(enum severity) == sizeof(uint32_t), "FIELD_U32 holds an enum");

static const struct field range_fields[] = {
	{KEY_INTRODUCED, FIELD_BYTES, offsetof(struct advisory_range, introduced),    0, false},
	{KEY_FIXED,      FIELD_BYTES, offsetof(struct advisory_range, fixed),         0, false},
	{KEY_LAST,       FIELD_BYTES, offsetof(struct advisory_range, last_affected), 0, false},
	{KEY_LIMIT,      FIELD_BYTES, offsetof(struct advisory_range, limit),         0, false},
	{KEY_IS_AFTER,   FIELD_BOOL,  offsetof(struct advisory_range, is_after),      0, false},
};
static const struct codec range_codec = {.fields = range_fields, .n = ARRAY_LEN(range_fields)};

static bool get_list(struct cbor *r, struct bytes *v, size_t max, size_t *ret_n)
{
	uint64_t n;
	if (!cbor_get_array(r, &n) || n > max)
		return false;
	for (uint64_t i = 0; i < n; i++) {
		if (!cbor_get_bytes(r, &v[i]))
			return false;
	}
	*ret_n = (size_t)n;
	return true;
}

static void put_list(struct cbor_map *m, unsigned key, const struct bytes *v, size_t n)
{
	if (!n)
		return;
	cbor_put_key(m, key);
	cbor_array(m->b, n);
	for (size_t i = 0; i < n; i++)
		cbor_bytes(m->b, v[i]);
}

static bool advisory_get(struct cbor *r, unsigned key, void *obj)
{
	struct advisory *a = obj;
	uint64_t n;
	if (key == KEY_REFS)
		return get_list(r, a->refs, ADVISORY_REFS_MAX, &a->n_refs);
	if (!cbor_get_array(r, &n) || n > ADVISORY_RANGES_MAX)
		return false;
	for (uint64_t i = 0; i < n; i++) {
		a->ranges[i] = (struct advisory_range){
			.fixed = {NULL, 0}
                };
		if (!codec_get(&range_codec, r, &a->ranges[i]))
			return false;
	}
	a->n_ranges = (size_t)n;
	return true;
}

static void advisory_put(struct cbor_map *m, unsigned key, const void *obj)
{
	const struct advisory *a = obj;
	if (key == KEY_REFS) {
		put_list(m, key, a->refs, a->n_refs);
		return;
	}
	if (!a->n_ranges)
		return;
	cbor_put_key(m, key);
	cbor_array(m->b, a->n_ranges);
	for (size_t i = 0; i < a->n_ranges; i++)
		codec_encode(&range_codec, m->b, &a->ranges[i]);
}

static const struct field advisory_fields[] = {
	{KEY_ID,		    FIELD_BYTES,              offsetof(struct advisory, id),          0,                   true          },
	{KEY_REF,		   FIELD_BYTES,              offsetof(struct advisory, ref),         0,                   false         },
	{KEY_BY_BINARY,             FIELD_BOOL,               offsetof(struct advisory, by_binary),   0,                   false         },
	{KEY_STATUS,                FIELD_U32,                offsetof(struct advisory, status),      STATUS_NOT_AFFECTED, false         },
	{KEY_RANGES,                FIELD_OTHER,              0,                        0,            false              },
	{KEY_SEVERITY,                FIELD_U32, offsetof(struct advisory,                severity), SEV__MAX - 1,               false              },
	{KEY_CVSS,              FIELD_BYTES, offsetof(struct advisory,                    cvss),            0,               false},
	{KEY_ARCH,              FIELD_BYTES, offsetof(struct advisory,                    arch),            0,               false              },
	{KEY_MODULE,              FIELD_BYTES, offsetof(struct advisory,                  module),            0,               false},
	{KEY_DETAIL,              FIELD_BYTES, offsetof(struct advisory,                  detail),            0,               false              },
	{KEY_REFS,              FIELD_OTHER,                        0,                        0,        false                   },
	{KEY_MODIFIED, FIELD_I64,              offsetof(struct advisory,                        modified_s),        0,                    false},
	{KEY_VERSIONS, FIELD_BYTES,                offsetof(struct advisory,                        versions),        0,                    false   },
	{KEY_IMPORTS, FIELD_BYTES,                 offsetof(struct advisory,                        imports),        0,                    false   },
	{KEY_SYSTEMS, FIELD_BYTES,                 offsetof(struct advisory,                        systems),        0,                    false },
	{KEY_MALWARE, FIELD_BOOL,              offsetof(struct advisory,                        is_malware),        0,                    false },
	{KEY_UNMATCHABLE, FIELD_BOOL,          offsetof(struct advisory,                        is_unmatchable),        0,                    false   },
	{KEY_NEEDS, FIELD_BYTES,                   offsetof(struct advisory,                        needs),        0,                    false},
};
static const struct codec advisory_codec = {advisory_fields, ARRAY_LEN(advisory_fields),
                                            advisory_get, advisory_put};

int advisory_encode(struct buf *b, const struct advisory *a)
{
	if (a->n_ranges > ADVISORY_RANGES_MAX || a->n_refs > ADVISORY_REFS_MAX)
		return -1;
	return codec_encode(&advisory_codec, b, a);
}

bool advisory_decode(struct bytes cbor, struct advisory *ret)
{
	const struct bytes none = {NULL, 0};
	ret->ns = ret->package = ret->id = ret->ref = none;
	ret->cvss = ret->arch = ret->module = ret->detail = none;
	ret->versions = ret->imports = ret->systems = ret->needs = none;
	ret->by_binary = ret->is_malware = ret->is_unmatchable = false;
	ret->status = STATUS_AFFECTED;
	ret->severity = SEV_UNKNOWN;
	ret->n_ranges = ret->n_refs = 0;
	ret->modified_s = 0;
	return codec_decode(&advisory_codec, cbor, ret);
}

/* struct vuln with its numbers as they are written */
struct coded {
	struct vuln v;
	uint32_t epss, percentile;
};

static bool vuln_get(struct cbor *r, unsigned key, void *obj)
{
	struct coded *c = obj;
	uint64_t v;
	if (key == KEY_V_ALIASES)
		return get_list(r, c->v.aliases, ALIASES, &c->v.n_aliases);
	if (!cbor_get_uint(r, &v) || v > EPSS_UNIT)
		return false;
	c->v.has_epss = true;
	c->v.epss = (double)v / EPSS_UNIT;
	return true;
}

static void vuln_put(struct cbor_map *m, unsigned key, const void *obj)
{
	const struct coded *c = obj;
	if (key == KEY_V_ALIASES) {
		put_list(m, key, c->v.aliases, c->v.n_aliases);
		return;
	}
	if (!c->v.has_epss)
		return;
	cbor_put_key(m, key); /* 0 is a score too, so never left out */
	cbor_uint(m->b, c->epss);
}

static const struct field vuln_fields[] = {
	{KEY_V_REJECTED,         FIELD_BOOL,     offsetof(struct coded,                v.is_rejected),                                                           0,false},
	{KEY_V_SEVERITY,                      FIELD_U32,                       offsetof(struct coded,                             v.severity),                                                          SEV__MAX - 1,false},
	{KEY_V_CVSS,                 FIELD_BYTES,                               offsetof(struct coded,							  v.cvss),												       0,                                  false},
	{KEY_V_EPSS,		     FIELD_OTHER,                              0,								  0,                           false},
	{KEY_V_EPSS_PERCENTILE,                     FIELD_U32,                              offsetof(struct coded, percentile),                           EPSS_UNIT,                                    false},
	{KEY_V_KEV,           FIELD_BOOL,                offsetof(struct coded,                                               v.is_kev),											     0,false},
	{KEY_V_KEV_ADDED, FIELD_I64,offsetof(struct coded,v.kev_added_s),0,false},
	{KEY_V_PUBLISHED,             FIELD_I64,                offsetof(struct coded,                                                           v.published_s),																						0,												false},
	{KEY_V_MODIFIED,        FIELD_I64, offsetof(struct coded, v.modified_s), 0,false},
	{KEY_V_TITLE,		      FIELD_BYTES,                       offsetof(struct coded,                                           v.title),											      0,false},
	{KEY_V_ALIASES,                 FIELD_OTHER,                               0,							 0,												 false																												     },
};
static const struct codec vuln_codec = {vuln_fields, ARRAY_LEN(vuln_fields), vuln_get, vuln_put};

/* NaN and what is outside 0 to 1 become the nearest end. */
static uint32_t to_unit(double v)
{
	if (!(v > 0))
		return 0;
	return v >= 1 ? EPSS_UNIT : (uint32_t)(v * EPSS_UNIT + 0.5);
}

int vuln_encode(struct buf *b, const struct vuln *v)
{
	if (v->n_aliases > ALIASES)
		return -1;
	struct coded c = {.v = *v, .epss = to_unit(v->epss)};
	c.percentile = v->has_epss ? to_unit(v->epss_percentile) : 0;
	return codec_encode(&vuln_codec, b, &c);
}

bool vuln_decode(struct bytes cbor, struct vuln *ret)
{
	struct coded c = {.percentile = 0};
	if (!codec_decode(&vuln_codec, cbor, &c))
		return false;
	c.v.epss_percentile = (double)c.percentile / EPSS_UNIT;
	*ret = c.v;
	return true;
}
