/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version_lang.c - the version orders of programming languages against rows typed from their
 * documents, and against the vectors of other projects where ../shared has them.
 */
#include "fmt/version.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define VECTORS "../shared/data/vectors/"

static int sign(int c) { return (c > 0) - (c < 0); }

/* Each row is a ladder: every version is below all that follow it, those joined by '=' are the
 * same.  Parted by blanks. */
static const struct {
	enum version_order order;
	const char *ladder;
} ladders[] = {
  /* Semantic Versioning 2.0.0, 11.4; the rest from node-semver's README */
	{VERSION_SEMVER,    "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta "
                         "1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 "
                         "1.0.0-rc.1 1.0.0=v1.0.0=1.0.0+b=1=1.0 1.0.1 "
                         "1.0.10 1.1.0"                                   },
	{VERSION_SEMVER,    "1.2.3-1 1.2.3-9 1.2.3-10 1.2.3-- 1.2.3-0a "
                         "1.2.3-A 1.2.3-a"                                },
	{VERSION_SEMVER,    "v0.0.0-20190101000000-0123456789ab "
                         "v0.0.0-20200101000000-0123456789ab v0.0.0 "
                         "v1.2.3-0.20200101000000-0123456789ab "
                         "v1.2.3=v1.2.3+incompatible"                     },
	{VERSION_SEMVER,    "-alpha =0=0.0.0 0.0.1"                                               },
 /* PEP 440, appendix B */
	{VERSION_PEP440,    "1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 "
                         "1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 "
                         "1.0b2.post345.dev456 1.0b2.post345 "
                         "1.0rc1.dev456 1.0rc1 1.0=1=1.0.0=v1.0 "
                         "1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 "
                         "1.0.post456 1.0.15 1.1.dev1 1!0.1"              },
	{VERSION_PEP440,    "1.0alpha1=1.0a1=1.0-A.1=1.0_ALPHA_1 "
                         "1.0c1=1.0rc1=1.0pre1=1.0-preview-1 1.0 "
                         "1.0-1=1.0.post1=1.0rev1=1.0-r1 1.0-2 "
                         "99999999999999999999 100000000000000000000"     },
	{VERSION_PEP440,    "2.0-final 2.0-foo 2.0-foo-1 0.1"                                     },
 /* the tables of the POM Reference, "Version Order Specification" */
	{VERSION_MAVEN,     "1-alpha1=1-a1=1.0-ALPHA-1 1-beta 1-milestone "
                        "1-rc=1-cr 1-snapshot "
                        "1=1.0=1.0.0=1-ga=1.final=1-release=1-0=1.0.0-0"
                        " 1-sp 1-foo 1-1 1.1 1.2 1.10"                     },
	{VERSION_MAVEN,     "1-foo2 1-foo10 2.0.a=2-a 2-1 2.0.1 "
                        "2.0.1.1=2.0.01.001"                               },
	{VERSION_MAVEN,     "1.0.alpha 1 1-sp"						    },
	{VERSION_MAVEN,     "4.1.0.Beta1 4.1.0.CR1 4.1.0.Final=4.1.0 "
                        "4.1.1.Final"				      },
	{VERSION_MAVEN,     "12345678901234567890 12345678901234567891"                           },
 /* NuGet's documentation, "Package versioning" */
	{VERSION_NUGET,     "1.0.1-alpha 1.0.1-alpha10 1.0.1-alpha2 "
                        "1.0.1-Beta=1.0.1-beta 1.0.1-open 1.0.1-rc "
                        "1.0.1-zzz 1.0.1=1.00.1=1.0.1.0=1.0.1+r3 "
                        "1.0.1.1"					  },
 /* Dart's documentation, "Package versioning" */
	{VERSION_PUB,       "1.0.0-pre 1.0.0-pre+1 1.0.0 1.0.0+1 1.0.0+2 "
                      "1.0.0+a 1.0.1"					},
 /* the documentation of Gem::Version; RubyGems' guides, "Patterns" */
	{VERSION_GEM,       "1.0.a10=1.0.a.10 1.0.b1 1.0.b10 "
                      "1.0.pre.1=1.0-1 1.0=1=1.0.0 1.0.1 1.9 1.10"           },
	{VERSION_GEM,       "5.2.4.a10 5.2.4.0.b=5.2.4.b=5.2.4.b.0 5.2.4 "
                      "5.2.4.1"					      },
 /* Composer's documentation, "Versions"; PHP manual, version_compare */
	{VERSION_PACKAGIST, "dev-feature dev-master 1.0-dev "
                            "1.0-alpha=1.0a "
                            "1.0-beta1=1.0.0b1=v1.0.0.0-BETA.1 1.0-RC1-dev "
                            "1.0-RC1 1.0=1.0.0.0=1.0.0-stable=1.0+b "
                            "1.0-pl1=1.0.0-p1=1.0-patch.1 1.0.1 "
                            "1.x-dev=1.9999999.x-dev 2.0 "
                            "2010-01-02=2010.01:02 2010-01-03 20100104"},
 /* Haskell Package Versioning Policy */
	{VERSION_HACKAGE,   "0 0.1 0.9 0.10 1 1.0 1.0.0 1.0.1"                                    },
 /* Writing R Extensions */
	{VERSION_CRAN,      "0.1-1=0.01.1 0.1-2 0.1.2.0=0.1-2-0 0.2 1.0 "
                       "1.0.0"					      },
 /* vercmp(8), and what pacman's own tests of it list */
	{VERSION_ALPM,      "1.0a 1.0b 1.0beta 1.0p 1.0pre 1.0rc 1.0 1.0.a 1.0.1 1:0.1"           },
	{VERSION_ALPM,      "1.5b 1.5 1.5-1 1.5-2 1.5.a 1.5.b 1.5.b-1 1.5.0-1 1.5.1-1"            },
	{VERSION_ALPM,      "2.0a 2.0=2_0 2.0.a=2_0.a=2.0_a 2..a"                                 },
	{VERSION_ALPM,      "0:1.0=1.0 0:1.0-1=1.0-1 1.1 1:1.0 1:1.0-1 1:1.1 2:1.1"               },
	{VERSION_ALPM,      "2.36.0+2+ga7c869a-1 2.36.0+3+g0-1 2.36.1-1"                          },
	{VERSION_GENERIC,   "3.12.0-dev 3.12.0a1 3.12.0b1 "
                          "3.12rc1=3.12.0rc1=3.12.0-RC.1 "
                          "3.12=3.12.0=v3.12 3.12.1"                     },
	{VERSION_GENERIC,   "1.0.2-beta1 1.0.2 1.0.2a 1.0.2k 1.0.2z "
                          "1.0.2za 1.0.2zg 1.0.3"                        },
	{VERSION_GENERIC,   "1.8.0 1.8.0_9 1.8.0_392 1.8.0_392-b07 "
                          "1.8.0_392-b08 17beta1 17 17.0.1"              },
};

static bool next_rung(struct bytes *rest, struct bytes *ret, bool *ret_is_same)
{
	if (!rest->n)
		return false;
	size_t i = 0;
	*ret_is_same = rest->p[0] == '=';
	*rest = bytes_skip(*rest, rest->p[0] == '=' || rest->p[0] == ' ');
	while (i < rest->n && rest->p[i] != ' ' && rest->p[i] != '=')
		i++;
	*ret = bytes_slice(*rest, 0, i);
	*rest = bytes_skip(*rest, i);
	return true;
}

/* Compares every two of a ladder; what is no rung of its own has the height of the one before. */
static void test_ladders(void)
{
	for (size_t k = 0; k < ARRAY_LEN(ladders); k++) {
		enum version_order o = ladders[k].order;
		struct bytes rungs[64], rest = bytes_str(ladders[k].ladder);
		int height[64], n = 0, wrong = 0;
		for (bool is_same; n < 64 && next_rung(&rest, &rungs[n], &is_same); n++)
			height[n] = n == 0 ? 0 : height[n - 1] + !is_same;
		for (int i = 0; i < n * n; i++) {
			int a = i / n, b = i % n;
			if (version_cmp(o, rungs[a], rungs[b]) == sign(height[a] - height[b]))
				continue;
			wrong++;
			printf("# '%.*s' against '%.*s'\n", BYTES_FMT(rungs[a]),
			       BYTES_FMT(rungs[b]));
		}
		test_case(n > 1 && !wrong, "%s: the ladder of %d to '%.*s'", version_order_name(o),
		          n, BYTES_FMT(rungs[n - 1]));
	}
}

/* Expected of versions: 1 valid, 0 refused. */
static const struct {
	enum version_order order;
	const char *v;
	bool want;
} validity[] = {
	{VERSION_SEMVER,    "1.2.3",                      true },
	{VERSION_SEMVER,    "v1.2.3-a.0+b.00",            true },
	{VERSION_SEMVER,    "= v1.2.3",                   true },
	{VERSION_SEMVER,    "9007199254740991.0.0",       true },
	{VERSION_SEMVER,    "9007199254740992.0.0",       false},
	{VERSION_SEMVER,    "1.2",                        false},
	{VERSION_SEMVER,    "1.2.3.4",                    false},
	{VERSION_SEMVER,    "1.2.3.",                     false},
	{VERSION_SEMVER,    "01.2.3",                     false},
	{VERSION_SEMVER,    "1.2.3-01",                   false},
	{VERSION_SEMVER,    "1.2.3-",                     false},
	{VERSION_SEMVER,    "1.2.3+",                     false},
	{VERSION_SEMVER,    "1.2.3beta",                  false},
	{VERSION_SEMVER,    "1.2.3-a_b",                  false},
	{VERSION_SEMVER,    "",                           false},
	{VERSION_PEP440,    "1!2.3.4rc5.post6.dev7+ab.8", true },
	{VERSION_PEP440,    " v1.0-ALPHA_1-post-.dev.\t", true },
	{VERSION_PEP440,    "1.0-post--.dev",             false},
	{VERSION_PEP440,    "2020.1",                     true },
	{VERSION_PEP440,    "1.0-",                       false},
	{VERSION_PEP440,    "1.0.",                       false},
	{VERSION_PEP440,    "1..0",                       false},
	{VERSION_PEP440,    "1.0+",                       false},
	{VERSION_PEP440,    "1.0+a..b",                   false},
	{VERSION_PEP440,    "1.0+a_b-c",                  true },
	{VERSION_PEP440,    "!1",                         false},
	{VERSION_PEP440,    "1.0-foo",                    false},
	{VERSION_PEP440,    "trunk",                      false},
	{VERSION_PEP440,    "",                           false},
	{VERSION_MAVEN,     "1.0.0.Final",                true },
	{VERSION_MAVEN,     "anything_at-all",            true },
	{VERSION_MAVEN,     "[1.0,2.0)",                  false},
	{VERSION_MAVEN,     "1.0/2",                      false},
	{VERSION_MAVEN,     "1 0",                        false},
	{VERSION_MAVEN,     "",                           false},
	{VERSION_NUGET,     "1",                          true },
	{VERSION_NUGET,     "1.2.3.4-Beta.01+x",          true },
	{VERSION_NUGET,     "2147483647.0",               true },
	{VERSION_NUGET,     "2147483648.0",               false},
	{VERSION_NUGET,     "1.2.3.4.5",                  false},
	{VERSION_NUGET,     "v1.0",                       false},
	{VERSION_NUGET,     "1.0.",                       false},
	{VERSION_NUGET,     "1.0-",                       false},
	{VERSION_NUGET,     "",                           false},
	{VERSION_PUB,       "1.2.3-a+b",                  true },
	{VERSION_PUB,       "1.2",                        false},
	{VERSION_PUB,       "1.2.3.4",                    false},
	{VERSION_PUB,       "v1.2.3",                     false},
	{VERSION_PUB,       "1.2.3 ",                     false},
	{VERSION_PUB,       "",			   false},
	{VERSION_GEM,       "1.2.3.pre-a.b-c",            true },
	{VERSION_GEM,       "1",                          true },
	{VERSION_GEM,       "1..2",                       false},
	{VERSION_GEM,       "a.1",                        false},
	{VERSION_GEM,       "1.",                         false},
	{VERSION_GEM,       "1-",                         false},
	{VERSION_GEM,       "1.a_b",                      false},
	{VERSION_GEM,       "",			   false},
	{VERSION_PACKAGIST, "v1.2.3.4-beta.1-dev+x",      true },
	{VERSION_PACKAGIST, "12345.0",                    true },
	{VERSION_PACKAGIST, "12345678901234567890",       false},
	{VERSION_PACKAGIST, "20100102-203040-p1",         true },
	{VERSION_PACKAGIST, "1.x-dev",                    true },
	{VERSION_PACKAGIST, "1.x",                        false},
	{VERSION_PACKAGIST, "1.2.3.4.5",                  false},
	{VERSION_PACKAGIST, "1.0-foo",                    false},
	{VERSION_PACKAGIST, "1.0+",                       false},
	{VERSION_PACKAGIST, "dev-main",                   true },
	{VERSION_PACKAGIST, "dev-",                       true },
	{VERSION_PACKAGIST, "master",                     true },
	{VERSION_PACKAGIST, "",                           false},
	{VERSION_HACKAGE,   "1.2.3",                      true },
	{VERSION_HACKAGE,   "999999999",                  true },
	{VERSION_HACKAGE,   "1000000000",                 false},
	{VERSION_HACKAGE,   "1.02",                       false},
	{VERSION_HACKAGE,   "1.",                         false},
	{VERSION_HACKAGE,   "1-2",                        false},
	{VERSION_HACKAGE,   "",                           false},
	{VERSION_CRAN,      "1.2-3",                      true },
	{VERSION_ALPM,      "1:2.36.0+2+ga7c869a-1.1",    true },
	{VERSION_ALPM,      "1.0-1a",                     false},
	{VERSION_ALPM,      "...-1",                      false},
	{VERSION_ALPM,      "",			   false},
	{VERSION_CRAN,      "0.01",                       true },
	{VERSION_CRAN,      "1",                          false},
	{VERSION_CRAN,      "1.",                         false},
	{VERSION_CRAN,      "1.-2",                       false},
	{VERSION_CRAN,      "1.2a",                       false},
	{VERSION_CRAN,      "",			   false},
	{VERSION_GENERIC,   "1.0.2zg-fips",               true },
	{VERSION_GENERIC,   "trunk",                      false},
	{VERSION_GENERIC,   "1 2",                        false},
	{VERSION_GENERIC,   "",                           false},
};

static void test_validity(void)
{
	for (size_t i = 0; i < ARRAY_LEN(validity); i++)
		test_case(version_valid(validity[i].order, bytes_str(validity[i].v)) ==
		                  validity[i].want,
		          "%s: '%s' is %s", version_order_name(validity[i].order), validity[i].v,
		          validity[i].want ? "valid" : "refused");
}

enum { SAMPLES = 300, SAMPLE_MAX = 64 };

/* Versions put together from what the orders know, right or wrong; the same in each run. */
static void make_samples(char (*ret)[SAMPLE_MAX], uint32_t seed)
{
	static const char *const pieces[] = {
		"0", "1", "2",  "10",   ".0",    "-0",       ".1", "-1", ".",   "-",
		"+", "a", ".b", "beta", "alpha", "-alpha",   "rc", "sp", "dev", ".post",
		"x", "~", "!",  "_",    "final", ".release", "p1", "v",  "-x-", "00",
	};
	for (size_t i = 0; i < SAMPLES; i++) {
		ret[i][0] = 0;
		for (size_t k = 0, n = 1 + i % 6; k < n; k++) {
			seed = seed * 1664525 + 1013904223;
			const char *piece = pieces[(seed >> 16) % ARRAY_LEN(pieces)];
			size_t used = strlen(ret[i]);
			snprintf(ret[i] + used, SAMPLE_MAX - used, "%s", piece);
		}
	}
}

/* Every three of the samples agree. */
static void test_transitive(void)
{
	static char samples[SAMPLES][SAMPLE_MAX];
	static signed char cmp[SAMPLES][SAMPLES];
	for (enum version_order o = VERSION_NONE; o < VERSION__MAX; o++) {
		make_samples(samples, (uint32_t)o + 1);
		for (size_t i = 0; i < (size_t)SAMPLES * SAMPLES; i++)
			cmp[i / SAMPLES][i % SAMPLES] =
				(signed char)version_cmp(o, bytes_str(samples[i / SAMPLES]),
			                                 bytes_str(samples[i % SAMPLES]));
		size_t wrong = 0;
		for (size_t i = 0; i < (size_t)SAMPLES * SAMPLES; i++) {
			size_t a = i / SAMPLES, b = i % SAMPLES;
			wrong += cmp[a][b] != -cmp[b][a];
			for (size_t c = 0; cmp[a][b] <= 0 && c < SAMPLES; c++)
				wrong += cmp[b][c] <= 0 &&
				         (cmp[a][c] > 0 ||
				          (cmp[a][b] + cmp[b][c] < 0 && !cmp[a][c]));
		}
		test_case(!wrong, "%s: every three of %d made-up versions are in order",
		          version_order_name(o), (int)SAMPLES);
	}
}

/* npm's own limit of 256 bytes. */
static void test_npm_length(void)
{
	uint8_t text[257];
	memset(text, 'a', sizeof text);
	memcpy(text, "1.0.0-", 6);
	test_case(version_valid(VERSION_SEMVER, bytes_of(text, 256)), "semver: 256 bytes");
	test_case(!version_valid(VERSION_SEMVER, bytes_of(text, 257)), "semver: not 257");
}

/* Text that is one long run must be read once, not once per byte. */
static void test_long(void)
{
	static const char *const units[] = {"1", "0",  "-",  ".", "a",   "0-",  ".0", "a0",
	                                    "+", "-a", "1.", "!", "0a-", "-0-", "~",  "\xff"};
	enum { N = 1 << 18 };
	AUTO_FREE uint8_t *text = mem_alloc(N);
	for (size_t k = 0; k < ARRAY_LEN(units); k++) {
		struct bytes unit = bytes_str(units[k]), v = {text, N};
		for (size_t i = 0; i < N; i++)
			text[i] = unit.p[i % unit.n];
		int sum = 0;
		for (enum version_order o = VERSION_NONE; o < VERSION__MAX; o++)
			sum += abs(version_cmp(o, v, v)) + version_valid(o, v);
		test_case(sum == 0, "256 KiB of '%s' is the same as itself in every order",
		          units[k]);
	}
}

struct known {
	enum version_order order;
	const char *pair;
};

/* Pairs of the vectors that are answered otherwise, and why. */
static const struct known known_wrong[] = {
  /* maven-artifact 3.8.7 answers these as we do; the lists follow older or newer ones */
	{VERSION_MAVEN,     "1-1 = 1-ga-1"                                 },
	{VERSION_MAVEN,     "1.0.0-RC16 < 1.0.0.RC8-beta"                  },
	{VERSION_MAVEN,     "1.0.0-gradle-rework-beta3 < 1.0.0.RC7-3"      },
	{VERSION_MAVEN,     "2.9.0-1 < 2.9.0.RC1"                          },
	{VERSION_MAVEN,     "1.1.34.sec10 < 1.1.34_noneautotype"           },
	{VERSION_MAVEN,     "1.1.46.sec10 < 1.1.46_noneautotype"           },
	{VERSION_MAVEN,     "1.2.8.sec10_noneautotype < 1.2.8_noneautotype"},
	{VERSION_MAVEN,     "1.2.48.sec10 < 1.2.48_noneautotype"           },
	{VERSION_MAVEN,     "1.2.54.sec10 < 1.2.54_noneautotype"           },
	{VERSION_MAVEN,     "1.2.57.sec10 < 1.2.57_noneautotype"           },
	{VERSION_MAVEN,     "1.2.67.sec10 < 1.2.67_noneautotype"           },
	{VERSION_MAVEN,     "1.5.9.RC1 < 1.5.9-RC0"                        },
	{VERSION_MAVEN,     "1.1.0-01-glassfish < 1.1.0.Beta1"             },
	{VERSION_MAVEN,     "2-1 < 2.0.a"                                  },
	{VERSION_MAVEN,     "2-1 < 2.0.0.a"                                },
	{VERSION_MAVEN,     "2.0.0.a > 2.0.a"                              },
 /* Composer 2.5 answers these as we do: it normalizes first, the lists follow PHP alone */
	{VERSION_PACKAGIST, "1.0.0 > 1.0"                                  },
	{VERSION_PACKAGIST, "v3.0 < v3.0.0-beta"                           },
	{VERSION_PACKAGIST, "v4-beta4 < v4.0-alpha"                        },
	{VERSION_PACKAGIST, "v1.9.0-ALPHA.1 = v1.9.0-BETA.1"               },
	{VERSION_PACKAGIST, "v1.9.0-ALPHA.2 = v1.9.0-BETA.2"               },
	{VERSION_PACKAGIST, "v4.4 < v4.4.0-beta"                           },
 /* and this it refuses */
	{VERSION_PACKAGIST, "1.2.3.# = 1.2.3.1"                            },
	{VERSION_NONE,      NULL					   },
};

static bool is_known_wrong(enum version_order o, struct bytes pair)
{
	for (size_t i = 0; known_wrong[i].pair; i++) {
		if (known_wrong[i].order == o && bytes_eq(pair, bytes_str(known_wrong[i].pair)))
			return true;
	}
	return false;
}

struct tally {
	enum version_order order;
	size_t pairs, right, invalid, known;
};

static bool answers(int c, struct bytes op)
{
	if (bytes_eq(op, B("<")))
		return c < 0;
	return bytes_eq(op, B(">")) ? c > 0 : c == 0;
}

static void pair_of(struct tally *t, struct bytes a, struct bytes op, struct bytes b)
{
	enum version_order o = t->order;
	char pair[512];
	snprintf(pair, sizeof pair, "%.*s %.*s %.*s", BYTES_FMT(a), BYTES_FMT(op), BYTES_FMT(b));
	t->pairs++;
	t->invalid += !version_valid(o, a) || !version_valid(o, b);
	int c = version_cmp(o, a, b);
	if (answers(c, op) && c == -version_cmp(o, b, a))
		t->right++;
	else if (is_known_wrong(o, bytes_str(pair)))
		t->known++;
	else
		printf("# %s: %s\n", version_order_name(o), pair);
}

static void report(const struct tally *t, const char *name)
{
	if (!t->pairs) {
		test_skip(name, "no vectors in " VECTORS);
		return;
	}
	test_case(t->right + t->known == t->pairs,
	          "%s: %zu of %zu pairs (%zu with a version that is refused, %zu known wrong)",
	          name, t->right, t->pairs, t->invalid, t->known);
}

/* Calls row() with each line of a file; without the file nothing. */
static void each_line(const char *path, struct tally *t,
                      void (*row)(struct tally *t, struct bytes line))
{
	FILE *f = fopen(path, "re");
	if (!f)
		return;
	char *line = NULL;
	size_t cap = 0;
	for (ssize_t n; (n = getline(&line, &cap, f)) >= 0;)
		row(t, bytes_trim(bytes_of(line, (size_t)n)));
	free(line);
	fclose(f);
}

static void osv_line(struct tally *t, struct bytes line)
{
	struct bytes rest = line, a, op, b;
	if (line.n == 0 || line.p[0] == '#' || bytes_starts(line, B("//")) ||
	    !bytes_word(&rest, &a) || !bytes_word(&rest, &op) || !bytes_word(&rest, &b))
		return;
	pair_of(t, a, op, b);
}

static void test_osv(enum version_order o, const char *name)
{
	static const char *const tails[] = {"-versions.txt", "-versions-generated.txt"};
	struct tally t = {.order = o};
	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		char path[256];
		snprintf(path, sizeof path, VECTORS "version/osv/%s%s", name, tails[i]);
		each_line(path, &t, osv_line);
	}
	report(&t, name);
}

static struct bytes text_of(const json_t *j)
{
	return json_is_string(j) ? bytes_of(json_string_value(j), json_string_length(j))
	                         : (struct bytes){NULL, 0};
}

static void validity_of(struct tally *t, struct bytes v, bool want)
{
	t->pairs++;
	if (version_valid(t->order, v) == want)
		t->right++;
	else
		printf("# %s: validity of '%.*s'\n", version_order_name(t->order), BYTES_FMT(v));
}

/* {"a": A, "op": OP, "b": B}, or a test of {"version": V}. */
static void object_line(struct tally *t, struct bytes line)
{
	json_t *j = json_loadb((const char *)line.p, line.n, 0, NULL);
	if (json_object_get(j, "version"))
		validity_of(
			t, text_of(json_object_get(j, "version")),
			!bytes_eq(text_of(json_object_get(j, "test")), B("test_invalid_versions")));
	else
		pair_of(t, text_of(json_object_get(j, "a")), text_of(json_object_get(j, "op")),
		        text_of(json_object_get(j, "b")));
	json_decref(j);
}

/* [A, B, ...]: the order's word for the two is in the tally. */
static void array_line(struct tally *t, struct bytes line, struct bytes op)
{
	json_t *j = json_loadb((const char *)line.p, line.n, 0, NULL);
	pair_of(t, text_of(json_array_get(j, 0)), op, text_of(json_array_get(j, 1)));
	json_decref(j);
}

static void greater_line(struct tally *t, struct bytes line) { array_line(t, line, B(">")); }
static void equal_line(struct tally *t, struct bytes line) { array_line(t, line, B("=")); }

static void validity_line(struct tally *t, struct bytes line, bool want)
{
	json_t *j = json_loadb((const char *)line.p, line.n, 0, NULL);
	if (json_is_string(json_array_get(j, 0)))
		validity_of(t, text_of(json_array_get(j, 0)), want);
	json_decref(j);
}

static void valid_line(struct tally *t, struct bytes line) { validity_line(t, line, true); }
static void invalid_line(struct tally *t, struct bytes line) { validity_line(t, line, false); }

static void test_lines(enum version_order o, const char *file,
                       void (*row)(struct tally *t, struct bytes line))
{
	struct tally t = {.order = o};
	char path[256];
	snprintf(path, sizeof path, VECTORS "version/%s", file);
	each_line(path, &t, row);
	report(&t, file);
}

/* Each row has versions, and either the same sorted or whether they are equal. */
static void test_vers(enum version_order o, const char *file)
{
	struct tally t = {.order = o};
	char path[256];
	snprintf(path, sizeof path, VECTORS "vers/%s", file);
	json_t *doc = json_load_file(path, 0, NULL), *row;
	size_t i;
	json_array_foreach(json_object_get(doc, "tests"), i, row)
	{
		const json_t *v = json_object_get(json_object_get(row, "input"), "versions");
		const json_t *want = json_object_get(row, "expected_output");
		struct bytes a = text_of(json_array_get(v, 0)), b = text_of(json_array_get(v, 1));
		struct bytes low = text_of(json_array_get(want, 0));
		struct bytes op = bytes_eq_nocase(low, a) ? B("<") : B(">");
		if (json_is_true(want) || bytes_eq(a, b))
			op = B("=");
		else if (json_is_boolean(want))
			op = version_cmp(o, a, b) ? B(">") : B("!");
		if (json_is_false(want) && version_cmp(o, a, b) < 0)
			op = B("<");
		pair_of(&t, a, op, b);
	}
	json_decref(doc);
	report(&t, file);
}

int main(void)
{
	test_ladders();
	test_validity();
	test_transitive();
	test_npm_length();
	test_long();
	test_osv(VERSION_SEMVER, "semver");
	test_osv(VERSION_PEP440, "pypi");
	test_osv(VERSION_MAVEN, "maven");
	test_osv(VERSION_NUGET, "nuget");
	test_osv(VERSION_PUB, "pub");
	test_osv(VERSION_GEM, "rubygems");
	test_osv(VERSION_PACKAGIST, "packagist");
	test_osv(VERSION_HACKAGE, "hackage");
	test_osv(VERSION_CRAN, "cran");
	test_lines(VERSION_SEMVER, "npm/comparisons.jsonl", greater_line);
	test_lines(VERSION_SEMVER, "npm/equality.jsonl", equal_line);
	test_lines(VERSION_SEMVER, "npm/valid-versions.jsonl", valid_line);
	test_lines(VERSION_SEMVER, "npm/invalid-versions.jsonl", invalid_line);
	test_lines(VERSION_PEP440, "pep440/version.jsonl", object_line);
	test_lines(VERSION_MAVEN, "maven/comparable.jsonl", object_line);
	test_vers(VERSION_NONE, "lexicographic-test.json");
	test_vers(VERSION_MAVEN, "maven_version_cmp_test.json");
	test_vers(VERSION_NUGET, "nuget_version_cmp_test.json");
	test_vers(VERSION_GENERIC, "openssl_version_cmp_test.json");
	return TEST_END();
}
