/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv_range.c - ranges of OSV records against the algorithm of the OSV schema ("Evaluation"), which
 * stands here once more, over all versions that a list of events can tell apart.
 */
#include "advise/osv.h"

#include "advise/match.h"
#include "test.h"

enum { EVENTS = 5, VERSIONS = 5, ROUNDS = 20000 };

struct said {
	const char *kind;
	unsigned version;
};

static const char *const kinds[] = {"introduced", "last_affected", "fixed", "limit"};

static uint32_t seed = 1;
static unsigned below(unsigned n)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 16) % n;
}

static bool is_kind(const struct said *s, size_t kind) { return s->kind == kinds[kind]; }

/* "sorted(range.events)": by version; at one version in the order of kinds above. */
static void sort(struct said *s, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		for (size_t j = i; j > 0; j--) {
			size_t a = 0, b = 0;
			while (!is_kind(&s[j - 1], a))
				a++;
			while (!is_kind(&s[j], b))
				b++;
			if (s[j - 1].version * 4 + a <= s[j].version * 4 + b)
				break;
			struct said t = s[j];
			s[j] = s[j - 1];
			s[j - 1] = t;
		}
	}
}

static bool before_limits(const struct said *s, size_t n, unsigned v)
{
	bool has_limit = false;
	for (size_t i = 0; i < n; i++) {
		has_limit |= is_kind(&s[i], 3);
		if (is_kind(&s[i], 3) && v < s[i].version)
			return true;
	}
	return !has_limit;
}

static bool is_vulnerable(const struct said *s, size_t n, unsigned v)
{
	bool vulnerable = false;
	for (size_t i = 0; i < n; i++) {
		if (is_kind(&s[i], 0) && v >= s[i].version)
			vulnerable = true;
		else if (is_kind(&s[i], 2) && v >= s[i].version)
			vulnerable = false;
		else if (is_kind(&s[i], 1) && v > s[i].version)
			vulnerable = false;
	}
	return vulnerable && before_limits(s, n, v);
}

/* Introduced and fixed at one version: what it means hangs on which is said to come first. */
static bool is_unclear(const struct said *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			if (is_kind(&s[i], 0) && is_kind(&s[j], 2) && s[i].version == s[j].version)
				return true;
		}
	}
	return false;
}

static json_t *range_of(const char *type, const struct said *s, size_t n)
{
	json_t *events = json_array();
	for (size_t i = 0; i < n; i++) {
		char v[16];
		snprintf(v, sizeof v, "%u", s[i].version);
		json_array_append_new(events, json_pack("{s:s}", s[i].kind, v));
	}
	return json_pack("{s:s,s:o}", "type", type, "events", events);
}

static bool is_held(const struct advisory *a, const char *version)
{
	for (size_t i = 0; i < a->n_ranges; i++) {
		if (match_range(VERSION_SEMVER, bytes_str(version), &a->ranges[i]) ==
		    MATCH_AFFECTED)
			return true;
	}
	return false;
}

/* Any events in any order: every version is judged as the schema's algorithm does. */
static void test_as_the_schema(void)
{
	static struct advisory a;
	size_t bad = 0, told = 0;
	for (int round = 0; round < ROUNDS; round++) {
		AUTO_ARENA struct arena *arena = arena_new();
		struct said s[EVENTS];
		struct err e;
		size_t n = 1 + below(EVENTS);
		for (size_t i = 0; i < n; i++)
			s[i] = (struct said){kinds[below(ARRAY_LEN(kinds))], below(VERSIONS)};
		if (is_unclear(s, n))
			continue;
		AUTO_JSON json_t *range = range_of("ECOSYSTEM", s, n);
		a.n_ranges = 0;
		bad += osv_range(arena, VERSION_SEMVER, range, &a, &e) < 0;
		sort(s, n);
		for (unsigned v = 0; v <= VERSIONS; v++) {
			char text[16];
			snprintf(text, sizeof text, "%u", v);
			bad += is_held(&a, text) != is_vulnerable(s, n, v);
			told++;
		}
	}
	test_case(bad == 0 && told > ROUNDS, "as the schema evaluates, %zu versions (%zu not)",
	          told, bad);
}

static const struct {
	const char *name, *type, *events;
	const char *held, *free; /* versions, parted by blanks */
} cases[] = {
	{"one version alone",                   "SEMVER",
         "[{\"introduced\":\"1.2.0\"},{\"last_affected\":\"1.2.0\"}]",                                         "1.2.0",
         "1.1.9 1.2.1 9.0.0"															   },
	{"the same in two spellings",           "ECOSYSTEM",
         "[{\"introduced\":\"1.2\"},{\"last_affected\":\"1.2.0\"}]",                                           "1.2.0",             "1.1.9 1.2.1"      },
	{"introduced and fixed at once",        "SEMVER",
         "[{\"introduced\":\"1.2.0\"},{\"fixed\":\"1.2.0\"}]",                                                 "",                  "1.1.9 1.2.0 9.0.0"},
	{"introduced again where it was fixed", "SEMVER",
         "[{\"introduced\":\"0\"},{\"fixed\":\"1.0.0\"},{\"introduced\":\"1.0.0\"},{\"fixed\":"
         "\"2.0.0\"}]",                                                                                        "0.9.0 1.0.0 1.9.0", "2.0.0"            },
	{"the highest of two limits",           "SEMVER",
         "[{\"introduced\":\"0\"},{\"limit\":\"1.0.0\"},{\"limit\":\"2.0.0\"}]",                               "1.5.0",             "2.0.0"            },
	{"a limit of all beside another",       "SEMVER",
         "[{\"introduced\":\"0\"},{\"limit\":\"1.0.0\"},{\"limit\":\"*\"}]",                                   "1.5.0 9.0.0",       ""                 },
	{"nothing behind the limit",            "SEMVER",
         "[{\"introduced\":\"0\"},{\"fixed\":\"1.0.0\"},{\"introduced\":\"2.0.0\"},{\"limit\":"
         "\"1.5.0\"}]",                                                                                        "0.9.0",             "1.0.0 2.0.0"      },
	{"no type at all",                      "",          "[{\"introduced\":\"0\"},{\"fixed\":\"2.0.0\"}]", "1.0.0",             "2.0.0"            },
	{"commits",			     "GIT",       "[{\"introduced\":\"0\"}]",                       "",                  "1.0.0"            },
	{"a type that is none",                 "DATE",      "[{\"introduced\":\"0\"}]",                       "",                  "1.0.0"            },
};

static bool all(const struct advisory *a, const char *versions, bool want)
{
	struct bytes rest = bytes_str(versions);
	for (struct bytes v; bytes_word(&rest, &v);) {
		char text[32];
		snprintf(text, sizeof text, "%.*s", BYTES_FMT(v));
		if (is_held(a, text) != want)
			return false;
	}
	return true;
}

static void test_cases(void)
{
	static struct advisory a;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ARENA struct arena *arena = arena_new();
		struct err e;
		AUTO_JSON json_t *events = json_loads(cases[i].events, 0, NULL);
		AUTO_JSON json_t *range = json_pack("{s:O}", "events", events);
		if (cases[i].type[0])
			json_object_set_new(range, "type", json_string(cases[i].type));
		a.n_ranges = 0;
		int rc = osv_range(arena, VERSION_SEMVER, range, &a, &e);
		test_case(rc == 0 && all(&a, cases[i].held, true) && all(&a, cases[i].free, false),
		          "%s", cases[i].name);
	}
}

int main(void)
{
	test_cases();
	test_as_the_schema();
	return TEST_END();
}
