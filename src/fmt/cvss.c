/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cvss.c - reads CVSS vectors.
 *
 * Format: [CVSS:VERSION/]METRIC:VALUE/METRIC:VALUE...
 */
#include "fmt/cvss.h"

#include <string.h>

#include "fmt/cvss_metrics.h"

static const struct {
	const char *name, *prefix;
	const struct cvss_metric *metrics;
	void (*score)(const uint8_t *v, struct cvss *c);
} versions[] = {
	[CVSS_2_0] = {"2.0", "",          cvss2_metrics, cvss2_score},
	[CVSS_3_0] = {"3.0", "CVSS:3.0/", cvss3_metrics, cvss3_score},
	[CVSS_3_1] = {"3.1", "CVSS:3.1/", cvss3_metrics, cvss3_score},
	[CVSS_4_0] = {"4.0", "CVSS:4.0/", cvss4_metrics, cvss4_score},
};
_Static_assert(ARRAY_LEN(versions) == CVSS__MAX, "a row per version");

enum { UNSET = 255 };

static int fault(struct err *e, struct bytes field, const char *what)
{
	return err_set(e, ERR_FORMAT, "CVSS vector: '%.*s': %s", BYTES_FMT(field), what);
}

static enum cvss_version version_of(struct bytes *vector)
{
	enum cvss_version v = CVSS__MAX;
	while (--v != CVSS_2_0) {
		struct bytes prefix = bytes_str(versions[v].prefix);
		if (bytes_starts(*vector, prefix)) {
			*vector = bytes_skip(*vector, prefix.n);
			return v;
		}
	}
	if (vector->n > 1 && bytes_starts(*vector, B("(")) && bytes_ends(*vector, B(")")))
		*vector = bytes_slice(*vector, 1, vector->n - 1);
	return CVSS_2_0;
}

/* Index of value among the words of list, or UNSET. */
static uint8_t index_of(const char *list, struct bytes value)
{
	struct bytes rest = bytes_str(list), word;
	for (uint8_t i = 0; bytes_word(&rest, &word); i++) {
		if (bytes_eq(word, value))
			return i;
	}
	return UNSET;
}

static int read_field(struct bytes field, const struct cvss_metric *metrics, uint8_t *v,
                      struct err *e)
{
	struct bytes key, value;
	if (!bytes_cut(field, ':', &key, &value))
		return fault(e, field, "not METRIC:VALUE");
	size_t m = 0;
	while (metrics[m].key && !bytes_eq(key, bytes_str(metrics[m].key)))
		m++;
	if (!metrics[m].key)
		return fault(e, field, "no such metric");
	if (v[m] != UNSET)
		return fault(e, field, "the metric twice");
	v[m] = index_of(metrics[m].values, value);
	return v[m] == UNSET ? fault(e, field, "no such value") : 0;
}

/* Fills what is not given; says which groups are. */
static int complete(const struct cvss_metric *metrics, uint8_t *v, struct cvss *c, struct err *e)
{
	for (size_t m = 0; metrics[m].key; m++) {
		if (v[m] == UNSET && metrics[m].group == CVSS_BASE)
			return fault(e, bytes_str(metrics[m].key), "this metric is missing");
		if (v[m] == UNSET)
			v[m] = 0;
		c->has_temporal |= metrics[m].group == CVSS_TEMPORAL && v[m];
		c->has_environmental |= metrics[m].group == CVSS_ENVIRONMENTAL && v[m];
	}
	return 0;
}

int cvss_score(struct bytes vector, struct cvss *ret, struct err *e)
{
	if (vector.n > (size_t)CVSS_LEN_MAX)
		return err_set(e, ERR_LIMIT, "CVSS vector: %zu bytes, at most %lld", vector.n,
		               (long long)CVSS_LEN_MAX);
	struct cvss c = {.version = version_of(&vector)};
	const struct cvss_metric *metrics = versions[c.version].metrics;
	uint8_t v[CVSS_METRICS];
	memset(v, UNSET, sizeof v);
	struct bytes field;
	for (bool is_more = true; is_more;) {
		is_more = bytes_cut(vector, '/', &field, &vector);
		if (read_field(field, metrics, v, e))
			return -1;
	}
	if (complete(metrics, v, &c, e))
		return -1;
	versions[c.version].score(v, &c);
	c.overall = c.has_environmental ? c.environmental : c.has_temporal ? c.temporal : c.base;
	*ret = c;
	return 0;
}

const char *cvss_rating(enum cvss_version version, int tenths)
{
	/* The qualitative scale of 3.x and 4.0; of 2.0 as the national database publishes it. */
	static const struct {
		int least, least_2_0;
		const char *word;
	} scale[] = {
		{90, 101, "critical"},
                {70, 70,  "high"    },
                {40, 40,  "medium"  },
		{1,  0,   "low"     },
                {0,  0,   "none"    },
	};
	size_t i = 0;
	while (i + 1 < ARRAY_LEN(scale) &&
	       tenths < (version == CVSS_2_0 ? scale[i].least_2_0 : scale[i].least))
		i++;
	return scale[i].word;
}

const char *cvss_version_name(enum cvss_version version)
{
	return (unsigned)version < CVSS__MAX ? versions[version].name : "unknown";
}
