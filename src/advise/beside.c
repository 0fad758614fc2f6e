/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beside.c - documents that lie beside feeds, or are feeds that assay has no use for yet.
 *
 * The importer counts them and says nothing more: they are no failure to read something.
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
	const char *first, *second;
} marks[] = {
  /* OVAL of publishers whose other feed says more */
	{"<oval_definitions", "oval:com.redhat."            },
	{"<oval_definitions", "oval:com.ubuntu."            },
	{"<oval_definitions", "oval:org.almalinux."         },
	{"<oval_definitions", "oval:org.debian:"            },
 /* Amazon's pages; its updateinfo holds the same */
	{"<rss",              "Amazon Linux"                },
	{"<html",             "Amazon Linux Security Center"},
 /* Arch Linux: no order of its versions yet */
	{"\"AVG-",            "\"issues\""                  },
 /* CSAF of others */
	{"\"csaf_version\"",  "\"https://www.suse.com/\""   },
};

bool doc_is_beside(const struct feed_doc *doc)
{
	ssize_t member = bytes_rfind(doc->name, '!');
	struct bytes base = path_base(bytes_skip(doc->name, (size_t)(member + 1)));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (bytes_eq(base, bytes_str(names[i])))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (feed_has(doc, marks[i].first) && feed_has(doc, marks[i].second))
			return true;
	}
	return false;
}
