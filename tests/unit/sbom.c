/* SPDX-License-Identifier: Apache-2.0 */
/* sbom.c - bounds and refusals; the forms themselves are held against published samples in
 * tests/sbom. */
#include "fmt/fmt.h"

#include <string.h>

#include "test.h"

static const struct {
	const char *name, *in, *says;
} refused[] = {
	{"empty",		   "",						     "not a bill of materials"},
	{"not JSON",                "{",						    "line 1"                 },
	{"JSON of another kind",    "{\"a\":1}",                                            "not a bill of materials"},
	{"a list",                  "[]",						   "not a bill of materials"},
	{"another format",          "{\"bomFormat\":\"X\",\"specVersion\":\"1.4\"}",        "bomFormat"              },
	{"another version",         "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"9\"}",  "CycloneDX 9"            },
	{"SPDX of another version", "{\"spdxVersion\":\"SPDX-1.0\"}",                       "SPDX-1.0"               },
	{"a graph of something",    "{\"@graph\":[]}",                                      "not SPDX 3.0"           },
	{"Syft's own",              "{\"artifacts\":[],\"descriptor\":{}}",                 "Syft"                   },
	{"a tag without value",     "SPDXVersion: SPDX-2.3\nnothing\n",                     "line 2"                 },
	{"text without end",        "SPDXVersion: SPDX-2.3\nPackageName: <text>a\n",        "not closed"             },
	{"XML of another kind",     "<bom xmlns=\"http://example.org/1.5\"/>",              "not CycloneDX"          },
	{"XML with entities",       "<!DOCTYPE bom [<!ENTITY a \"b\">]><bom/>",             "f"                      },
	{"XML cut short",           "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">",  "f"                      },
	{"XML of another version",  "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.0\"/>",
         "CycloneDX 1.0"											     },
	{"RDF",		     "<rdf:RDF/>",					   "RDF"                    },
	{"YAML of another version", "spdxVersion: \"SPDX-1.0\"\n",                          "SPDX-1.0"               },
	{"YAML cut short",          "spdxVersion: \"SPDX-2.3",                              "f"                      },
};

int main(void)
{
	AUTO_ARENA struct arena *a = arena_new();
	struct sbom_keep keep;
	struct sbom s;
	struct err e;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		e.msg[0] = 0;
		int rc = sbom_parse(bytes_str(refused[i].in), "f", a, &keep, &s, &e);
		test_case(rc < 0 && strstr(e.msg, refused[i].says), "%s: %s", refused[i].name,
		          e.msg);
		if (rc == 0)
			sbom_release(&keep);
	}
	AUTO_BUF struct buf b;
	buf_init(&b, (size_t)SBOM_MAX + 1);
	memset(buf_room(&b, (size_t)SBOM_MAX + 1), 'x', (size_t)SBOM_MAX + 1);
	b.n = (size_t)SBOM_MAX; /* looked at, and no bill of materials */
	CHECK(sbom_parse(buf_bytes(&b), "f", a, &keep, &s, &e) < 0 && e.kind == ERR_FORMAT);
	b.n++;
	CHECK(sbom_parse(buf_bytes(&b), "f", a, &keep, &s, &e) < 0 && e.kind == ERR_LIMIT);
	/* a value of several lines hides no tag and is none */
	const char *tags = "SPDXVersion: SPDX-2.3\nCreated: x\nPackageName: a\nPackageDescription: "
			   "<text>b\nPackageName: c\n</text>\nPackageVersion: 1\n";
	CHECK(sbom_parse(bytes_str(tags), "f", a, &keep, &s, &e) == 0 && s.n_packages == 1 &&
	      bytes_eq(s.packages[0].version, B("1")));
	sbom_release(&keep);
	return TEST_END();
}
