/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beside.c - documents that lie beside feeds, or are feeds that assay has no use for yet.
 *
 * The importer counts them: they are no failure to read something.  Of a feed it says what to
 * import instead.
 */
#include "advise/sink.h"

/* By name, where content does not tell: lists of changes, metadata of repositories. */
static const char *const names[] = {
	"archive_latest.txt", /* CSAF: name of the archive of all files */
	"changes.csv",        /* CSAF: files by date */
	"deletions.csv",      /* CSAF: files that were withdrawn */
	"index.txt",          "provider-metadata.json",
	"repomd.xml", /* rpm repositories: names of their other metadata */
};

/* By content: both texts stand in the first bytes of the document. */
static const struct {
	const char *first, *second, *instead;
} marks[] = {
	{"<oval_definitions", "oval:com.redhat.",
         "Red Hat's OVAL is not used: import its VEX files"							   },
	{"<oval_definitions", "oval:com.ubuntu.",
         "Ubuntu's OVAL is not used: import its OSV or VEX"							   },
	{"<oval_definitions", "oval:org.almalinux.",
         "AlmaLinux's OVAL is not used: import its OSV"							       },
	{"<oval_definitions",
         "oval:org.debian:",				  "Debian's OVAL is not used: import the tracker's JSON"  },
	{"<rss",              "Amazon Linux",                 "Amazon's pages are not used: import its updateinfo.xml"},
	{"<html",             "Amazon Linux Security Center",
         "Amazon's pages are not used: import its updateinfo.xml"                                                     },
	{"\"csaf_version\"",  "\"https://www.suse.com/\"",
         "SUSE's CSAF is not used: import its OVAL"								   },
};

const char *doc_unused_why(const struct feed_doc *doc)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (feed_has(doc, marks[i].first) && feed_has(doc, marks[i].second))
			return marks[i].instead;
	}
	return NULL;
}

bool doc_is_beside(const struct feed_doc *doc)
{
	ssize_t member = bytes_rfind(doc->name, '!');
	struct bytes base = path_base(bytes_skip(doc->name, (size_t)(member + 1)));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (bytes_eq(base, bytes_str(names[i])))
			return true;
	}
	return doc_unused_why(doc) != NULL;
}
