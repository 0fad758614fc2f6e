/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osv.h - OSV records of distributions.  Private to advise/.
 *
 * feed_osv.c has a feed per publisher, so that a later import of one replaces only its own;
 * osv_ecosystem.c knows whose an ecosystem is and which releases it names; osv.c reads a record.
 */
#ifndef ADVISE_OSV_H
#define ADVISE_OSV_H

#include "advise/feed.h"

/* What a release named by a record is to us. */
struct osv_release {
	struct bytes ns; /* absent: none that assay knows (another product of the publisher) */
	bool is_paid;    /* its updates need a subscription (Ubuntu Pro) */
};

struct osv_ecosystem {
	const char *name;      /* before the first ':' of "ecosystem" */
	const char *feed;      /* id of the feed */
	const char *bulletins; /* id of the feed that has the bulletins apart; NULL: none has */
	const char *ns;        /* first part of the namespaces */
	/* Reads what follows the ':' (absent: nothing did) and fills *ret; ns in a. */
	void (*release)(const struct osv_ecosystem *eco, struct bytes text, struct arena *a,
	                struct osv_release *ret);
	bool by_binary;    /* its names are those of binary packages */
	bool has_binaries; /* its records list the binary packages of a source */
};
/* The row of "AlmaLinux:8", *ret_release the "8"; NULL: of no distribution that assay reads. */
const struct osv_ecosystem *osv_ecosystem(struct bytes ecosystem, struct bytes *ret_release);

/* Ids of publishers: "ALSA-", "UBUNTU-CVE-", ... */
struct osv_prefix {
	const char *text;
	const char *feed;
	enum osv_use {
		OSV_BULLETIN, /* one update for any number of vulnerabilities */
		OSV_CVE,      /* the id of a vulnerability with the publisher's mark in front */
		OSV_BUGFIX,   /* an update that concerns us only when a CVE is named */
		OSV_UNUSED,   /* live patches: no word on the packages of an image */
	} use;
};
/* The row whose text id begins with, or NULL. */
const struct osv_prefix *osv_prefix(struct bytes id);

/* How sure the feed of that id is that doc is its, 0 to 100. */
int osv_recognise(const struct feed_doc *doc, const char *feed);
/* True when head looks like an OSV record (or a list of them), whoever published it. */
bool osv_looks(const struct feed_doc *doc);
/* True when what is seen of doc names an ecosystem or an id of a distribution that assay reads. */
bool osv_names_distribution(const struct feed_doc *doc);
/* Takes the text of the next member of that name (with its quotes) off *rest; false: there is
 * none. */
bool osv_next_text(struct bytes *rest, struct bytes name, struct bytes *ret);
/* True when what is seen of doc has an "id" first that begins with prefix. */
bool osv_has_id(const struct feed_doc *doc, struct bytes prefix);
/* Gives the record, or each record of a list, to fn; one of a list that is broken is noted. */
int osv_each(struct feed_doc *doc, struct feed_sink *s,
             int (*fn)(struct feed_sink *s, const json_t *record, struct err *e), struct err *e);
/* Imports the entries of the sink's own publisher; those of others are passed over. */
int osv_import(struct feed_doc *doc, struct feed_sink *s, struct err *e);

/* ---- osv_language.c ---- */
/* Records of languages: those packages of them that the sink's feed is for (language.h). */
int osv_language_import(struct feed_doc *doc, struct feed_sink *s, struct err *e);
/* How sure the feed of that id is that doc names packages of its ecosystem, 0 to 100. */
int osv_language_recognise(const struct feed_doc *doc, const char *feed);
/* Feeds of languages that the whole text of a document names, a bit for each row of language.c. */
uint32_t osv_languages_of(struct bytes text);

/* ---- osv_binaries.c ---- */
struct osv_binary {
	struct bytes ns, name, version, source, source_version; /* versions: absent, not said */
};
/* The binary packages that an element of "affected" lists for that source, once each. */
int osv_binaries(struct feed_sink *s, struct bytes ns, struct bytes source, const json_t *affected,
                 struct err *e);

/* ---- osv_range.c ---- */
/* Its type is one of versions: neither commits (GIT) nor one that the schema does not have. */
bool osv_range_is_versions(const json_t *range);
/* One element of "ranges" into v; what is no range of versions gives none. */
int osv_range(struct arena *a, enum version_order o, const json_t *range, struct advisory *v,
              struct err *e);
/* Adds a range that v does not have yet; ERR_LIMIT past ADVISORY_RANGES_MAX. */
int osv_add_range(struct advisory *v, struct advisory_range range, struct err *e);
/* The "versions" of a distribution's record as ranges. */
int osv_versions(enum version_order o, const json_t *list, struct advisory *v, struct err *e);
bool osv_is_covered(enum version_order o, const struct advisory *v, struct bytes version);

/* The vector of a severity list that counts, 3.x before 4.0 before 2.0; absent: none. */
struct bytes osv_cvss(const json_t *severities);
/* The word of a record or of one of its packages: "severity" and what publishers call it. */
enum severity osv_word(const json_t *at);
bool osv_is_cve(struct bytes id);
/* Severity of a vector by its base score; unknown when it cannot be scored. */
enum severity osv_cvss_severity(struct bytes vector);

#endif
