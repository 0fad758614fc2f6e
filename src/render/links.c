/* SPDX-License-Identifier: Apache-2.0 */
/*
 * links.c - where a person reads more of an id: pages of those who publish it.
 *
 * Source: the publishers' own pages; osv.dev for the ids of OSV.
 */
#include "render/parts.h"

#include <string.h>

static const struct {
	const char *prefix, *before, *behind;
} pages[] = {
	{"ALPINE-CVE-", "https://osv.dev/vulnerability/",               ""     },
	{"ALSA-",       "https://osv.dev/vulnerability/",               ""     },
	{"ASA-",        "https://security.archlinux.org/",              ""     },
	{"AVG-",        "https://security.archlinux.org/",              ""     },
	{"BIT-",        "https://osv.dev/vulnerability/",               ""     },
	{"CGA-",        "https://osv.dev/vulnerability/",               ""     },
	{"CVE-",        "https://nvd.nist.gov/vuln/detail/",            ""     },
	{"DLA-",        "https://security-tracker.debian.org/tracker/", ""     },
	{"DSA-",        "https://security-tracker.debian.org/tracker/", ""     },
	{"ELSA-",       "https://linux.oracle.com/errata/",             ".html"},
	{"GHSA-",       "https://github.com/advisories/",               ""     },
	{"GO-",         "https://pkg.go.dev/vuln/",                     ""     },
	{"HSEC-",       "https://osv.dev/vulnerability/",               ""     },
	{"MAL-",        "https://osv.dev/vulnerability/",               ""     },
	{"PYSEC-",      "https://osv.dev/vulnerability/",               ""     },
	{"RHSA-",       "https://access.redhat.com/errata/",            ""     },
	{"RLSA-",       "https://errata.rockylinux.org/",               ""     },
	{"RUSTSEC-",    "https://rustsec.org/advisories/",              ".html"},
	{"UBUNTU-CVE-", "https://osv.dev/vulnerability/",               ""     },
	{"USN-",        "https://ubuntu.com/security/notices/",         ""     },
};

bool render_is_link(struct bytes b)
{
	if (!bytes_starts(b, B("https://")) && !bytes_starts(b, B("http://")))
		return false;
	for (size_t i = 0; i < b.n; i++) {
		if (!is_alnum(b.p[i]) && !strchr("-._~:/?#@!$&'*+,;=%", b.p[i] ? b.p[i] : ' '))
			return false;
	}
	return true;
}

static bool is_plain(struct bytes id)
{
	for (size_t i = 0; i < id.n; i++) {
		if (!is_alnum(id.p[i]) && !strchr("-:._", id.p[i] ? id.p[i] : ' '))
			return false;
	}
	return id.n <= (size_t)VERSION_LEN_MAX;
}

struct bytes render_link(struct arena *a, struct bytes id)
{
	if (render_is_link(id))
		return id;
	for (size_t i = 0; i < ARRAY_LEN(pages) && is_plain(id); i++) {
		size_t n = strlen(pages[i].prefix);
		if (bytes_starts(id, bytes_str(pages[i].prefix)) && id.n > n && is_alnum(id.p[n]))
			return bytes_str(arena_printf(a, "%s%.*s%s", pages[i].before, BYTES_FMT(id),
			                              pages[i].behind));
	}
	return (struct bytes){NULL, 0};
}

struct bytes render_cut(struct arena *a, struct bytes text, size_t max)
{
	text = render_escape(a, text);
	if (text.n <= max)
		return text;
	size_t n = max - strlen("...");
	while (n > 0 && (text.p[n] & 0xc0) == 0x80)
		n--; /* no character in two */
	return bytes_str(arena_printf(a, "%.*s...", BYTES_FMT(bytes_slice(text, 0, n))));
}
