/* SPDX-License-Identifier: Apache-2.0 */
/*
 * advisory.h - what the world knows: one vulnerability of one package in one namespace.
 *
 * Feeds produce these, the index stores them (CBOR, keys never reused), the matcher reads them.
 *
 * namespace: "debian:12", "ubuntu:22.04", "alpine:3.20", "alpine:edge", "wolfi", "chainguard",
 * "almalinux:8", "rocky:9", "rhel:8", "ol:8", "amzn:2023", "sles:15.5", "opensuse-leap:15.5",
 * "opensuse-tumbleweed", "photon:5.0", "azurelinux:3.0", "mariner:2.0", "fedora:40", ... : the
 * os-release ID and the release as advise/distro.c cuts it.  Of languages: the package URL's type
 * ("npm", "pypi", "golang", ...), as advise/language.c lists them.
 */
#ifndef MODEL_ADVISORY_H
#define MODEL_ADVISORY_H

#include "base/base.h"
#include "model/words.h"

/* Affected: introduced <= v, and v < fixed, or v <= last_affected, or v < limit (what comes after
 * is not known to be a fix), or no upper end.  Absent introduced: from the beginning. */
struct advisory_range {
	struct bytes introduced, fixed, last_affected, limit;
	bool is_after; /* introduced itself is not affected */
};

struct advisory {
	struct bytes ns;      /* key */
	struct bytes package; /* key: source or binary package name, as by_binary says */
	struct bytes id;      /* key: CVE where there is one, else the publisher's id */
	struct bytes ref;   /* key: the publisher's advisory (DSA-5532-1, ALSA-2023:1234); absent */
	bool by_binary;     /* package is a binary package name */
	enum status status; /* of the ranges without a fix; STATUS_NOT_AFFECTED: never matches */
	struct advisory_range ranges[ADVISORY_RANGES_MAX];
	size_t n_ranges;        /* 0 with a status other than NOT_AFFECTED: all versions */
	enum severity severity; /* the publisher's own; SEV_UNKNOWN when it does not say */
	struct bytes cvss;      /* vector, the publisher's own; absent */
	struct bytes arch;      /* only this architecture; absent: all */
	struct bytes module;    /* rpm "name:stream"; absent: only packages without a module */
	struct bytes detail;    /* the publisher's keyword: "no-dsa", "postponed", "unimportant" */
	struct bytes refs[ADVISORY_REFS_MAX]; /* further ids: aliases, bulletins */
	size_t n_refs;
	/* Of packages of languages. */
	struct bytes versions; /* single versions beside the ranges: a CBOR array of byte strings */
	struct bytes imports;  /* packages and symbols of a Go module that hold the fault:
	                          "path#Symbol,Symbol path", parted by blanks; absent: not said */
	struct bytes systems;  /* only on these systems: "windows darwin"; absent: all */
	struct bytes needs;    /* what must be there beside the package, a line for each thing: CPE
	                          names parted by blanks, of which one must be ("!": none may be),
	                          each with ",FROM,FIXED,LAST" where versions are named; absent:
	                          nothing */
	bool is_malware;       /* the package is, or holds, malware */
	bool is_unmatchable;   /* says what is affected in commits only: no version can be judged */
	int64_t modified_s;    /* the newer record of the same key wins; 0 unknown */
};

/* What is known of a vulnerability id whatever the package. */
struct vuln {
	struct bytes id; /* key */
	bool is_rejected;
	enum severity severity;
	struct bytes cvss;            /* vector */
	double epss, epss_percentile; /* 0 to 1; has_epss */
	bool has_epss;
	bool is_kev;
	int64_t kev_added_s, published_s, modified_s; /* 0 unknown */
	struct bytes title;                           /* absent in an index of facts only */
	struct bytes aliases[16];
	size_t n_aliases;
};

/* One map without ns and package; -1 when b is full or a list is past its maximum. */
int advisory_encode(struct buf *b, const struct advisory *a);
/* Fills *ret with slices of cbor, ns and package absent.  Only counters and slices are reset, not
 * the arrays behind the counters; after false *ret is in no certain state. */
bool advisory_decode(struct bytes cbor, struct advisory *ret);
int vuln_encode(struct buf *b, const struct vuln *v); /* without id */
bool vuln_decode(struct bytes cbor, struct vuln *ret);

#endif
