#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""spellings - bills of materials as other producers may write them: every spelling that the specifications allow
is read, or refused by its name; none is silently empty."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import ASSAY, TMP, assay, done, ok, same, skip  # noqa: E402


def cdx(version="1.5", **more):
    return dict({"bomFormat": "CycloneDX", "specVersion": version, "version": 1}, **more)


def lib(name, **more):
    return dict({"type": "library", "name": name, "version": "1.0", "purl": f"pkg:npm/{name}@1.0"}, **more)


def spdx(version="SPDX-2.3", **more):
    return dict({"spdxVersion": version, "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "n", "documentNamespace": "https://example.org/1",
                 "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: x"]}}, **more)


def pkg(name, category="PACKAGE-MANAGER"):
    return {"SPDXID": "SPDXRef-" + name, "name": name, "versionInfo": "1.0", "downloadLocation": "NOASSERTION", "externalRefs": [
        {"referenceCategory": category, "referenceType": "purl", "referenceLocator": f"pkg:npm/{name}@1.0"}]}


XML = ('<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"><components><component type="library" bom-ref="r">'
       '<name>a</name><version>1.0</version><purl>pkg:npm/a@1.0</purl><components><component type="library"><name>b</name><version>1.0</version>'
       '<purl>pkg:npm/b@1.0</purl></component></components></component></components>%s</bom>')
TAGS = ("SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: n\nDocumentNamespace: https://example.org/1\n"
        "Creator: Tool: x\nCreated: 2024-01-01T00:00:00Z\n\n##### Package: a\n\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1.0\n"
        "PackageDownloadLocation: NOASSERTION\nFilesAnalyzed: false\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1.0\n"
        "PackageComment: <text>more\nPackageName: none\n</text>\n")
YAML = """SPDXID: "SPDXRef-DOCUMENT"
spdxVersion: "SPDX-2.3"
creationInfo:
  created: "2024-01-01T00:00:00Z"
  creators:
  - "Tool: x"
name: "n"
dataLicense: "CC0-1.0"
documentNamespace: "https://example.org/1"
packages:
- SPDXID: "SPDXRef-a"
  name: "a"
  versionInfo: "1.0"
  downloadLocation: "NOASSERTION"
  externalRefs:
  - referenceCategory: "PACKAGE-MANAGER"
    referenceType: "purl"
    referenceLocator: "pkg:npm/a@1.0"
"""
MADE = {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2024-01-01T00:00:00Z", "createdBy": ["https://example.org/p"]}
GRAPH = [MADE, {"type": "Person", "spdxId": "https://example.org/p", "creationInfo": "_:c", "name": "p"},
         {"type": "software_Package", "spdxId": "https://example.org/a", "creationInfo": "_:c", "name": "a", "software_packageVersion": "1.0",
          "software_packageUrl": "pkg:npm/a@1.0"},
         {"type": "software_Package", "spdxId": "https://example.org/b", "creationInfo": "_:c", "name": "b", "software_packageVersion": "1.0",
          "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:npm/b@1.0"}]}]
CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
A, AB = ["pkg:npm/a@1.0"], ["pkg:npm/a@1.0", "pkg:npm/b@1.0"]


def aliased(o):
    return {{"type": "@type", "spdxId": "@id"}.get(k, k): v for k, v in o.items()}


# name, document, package URLs, codes of incomplete rows
READ = [(f"CycloneDX {v}, nested", cdx(v, components=[lib("a", components=[lib("b")])]), AB, []) for v in ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")] + [
    ("components within the subject", cdx(metadata={"component": {"type": "application", "name": "x", "components": [lib("a")]}}), A, []),
    ("a list that is said to be incomplete", cdx(components=[lib("a", **{"bom-ref": "r"})], compositions=[{"aggregate": "incomplete", "assemblies": ["r"]}]), A, ["sbom.incomplete"]),
    ("who needs whom is incomplete", cdx(components=[lib("a", **{"bom-ref": "r"})], compositions=[{"aggregate": "incomplete", "dependencies": ["r"]}]), A, []),
    ("services alone", cdx(services=[{"name": "s"}]), [], ["sbom.empty"]),
    ("a byte order mark", "\ufeff" + json.dumps(cdx(components=[lib("a")])), A, []),
    ("CycloneDX in XML", XML % "", AB, []),
    ("XML with prefixes", (XML % "").replace("<bom xmlns=", "<c:bom xmlns:c=").replace("</bom>", "</c:bom>").replace("<comp", "<c:comp").replace("</comp", "</c:comp")
     .replace("<purl", "<c:purl").replace("</purl", "</c:purl").replace("<name", "<c:name").replace("</name", "</c:name").replace("<version>", "<c:version>")
     .replace("</version>", "</c:version>"), AB, []),
    ("XML that is said to be incomplete", XML % '<compositions><composition><aggregate>incomplete</aggregate><assemblies><assembly ref="r"/></assemblies></composition></compositions>',
     AB, ["sbom.incomplete"]),
    ("SPDX 2.2", spdx("SPDX-2.2", packages=[pkg("a", "PACKAGE_MANAGER")]), A, []),
    ("SPDX 2.3", spdx(packages=[pkg("a"), pkg("b")]), AB, []),
    ("a package without its URL", spdx(packages=[{"SPDXID": "SPDXRef-a", "name": "a", "versionInfo": "1", "downloadLocation": "NOASSERTION"}]), [None], ["sbom.no-purl"]),
    ("GitHub's export", {"sbom": spdx(packages=[pkg("a")])}, A, []),
    ("an in-toto statement", {"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://cyclonedx.org/bom", "subject": [], "predicate": cdx(components=[lib("a")])}, A, []),
    ("tags and values", TAGS, A, []),
    ("tags and values with CRLF", TAGS.replace("\n", "\r\n"), A, []),
    ("tags and values behind a comment", "# by hand\n\n" + TAGS, A, []),
    ("SPDX in YAML", YAML, A, []),
    ("SPDX 3", {"@context": CONTEXT, "@graph": GRAPH}, AB, []),
    ("SPDX 3, a list of contexts", {"@context": [CONTEXT, {"x": "https://example.org/"}], "@graph": GRAPH}, AB, []),
    ("SPDX 3, a context of one's own", {"@context": "./context.jsonld", "@graph": GRAPH}, AB, []),
    ("SPDX 3, JSON-LD's own names", {"@context": CONTEXT, "@graph": [aliased(o) for o in GRAPH]}, AB, []),
    ("SPDX 3, an element alone", dict(GRAPH[2], **{"@context": CONTEXT, "creationInfo": MADE}), A, []),
]
# name, document, what the refusal says
REFUSED = [
    ("CycloneDX of the future", cdx("9.9", components=[lib("a")]), "CycloneDX 9.9 is not read"),
    ("CycloneDX 1.1 in XML", (XML % "").replace("/1.5", "/1.1"), "CycloneDX 1.1 is not read"),
    ("SPDX 2.1", spdx("SPDX-2.1"), "SPDX-2.1"),
    ("SPDX in RDF", '<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "SPDX in RDF is not read"),
    ("SPDX in XML", "<Document><spdxVersion>SPDX-2.3</spdxVersion></Document>", "SPDX in XML is not read"),
    ("SPDX 3 in whole IRIs", {"@graph": [{"@type": "https://spdx.org/rdf/3.0.1/terms/Software/Package", "@id": "https://example.org/a"}]}, "not SPDX 3.0"),
    ("SPDX 3 of the future", {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [dict(MADE, specVersion="4.0")]}, "SPDX 4.0 is not read"),
    ("Syft's own", {"artifacts": [{"name": "a"}], "schema": {}}, "Syft's own JSON is not read"),
    ("nothing", "", "not a bill of materials"), ("an empty object", "{}", "not a bill of materials"), ("an empty list", "[]", "not a bill of materials"),
]


def scan(n, document):
    path = os.path.join(TMP, f"{n}.sbom")
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(document if isinstance(document, str) else json.dumps(document))
    return assay("scan", "sbom:" + path, "--checks", "vuln", "-f", "json", "--db", os.path.join(TMP, "none"))


def main():
    if not os.path.exists(ASSAY):
        skip("spellings", "there is no program yet")
        return 0
    for n, (name, document, purls, rows) in enumerate(READ):
        run = scan(f"r{n}", document)
        doc = run.json() if run.raw.startswith(b"{") else ok("a report", False, run) or {"packages": [], "coverage": []}
        codes = [c["code"] for c in doc["coverage"] if c["status"] == "incomplete" and not c["code"].startswith("advisories.")]
        same(name, ([p["purl"] for p in doc["packages"]], codes), (purls, rows))
    many = cdx(components=[lib("a", licenses=[{"license": {"id": "MIT"}}, {"license": {"id": "AGPL-3.0-only"}}, {"license": {"id": "MIT"}}])])
    both = spdx(packages=[dict(pkg("a"), licenseConcluded="MIT AND AGPL-3.0-only", licenseDeclared="NOASSERTION")])
    third = {"@context": CONTEXT, "@graph": GRAPH[:3] + [
        {"type": "simplelicensing_LicenseExpression", "spdxId": "https://example.org/l", "creationInfo": "_:c", "simplelicensing_licenseExpression": "MIT AND AGPL-3.0-only"},
        {"type": "Relationship", "spdxId": "https://example.org/r", "creationInfo": "_:c", "from": "https://example.org/a", "to": ["https://example.org/l"],
         "relationshipType": "hasConcludedLicense"}]}
    for name, document in (("CycloneDX", many), ("SPDX", both), ("SPDX 3", third)):
        path = os.path.join(TMP, "licenses.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(document, f)
        doc = assay("scan", "sbom:" + path, "--license-deny", "AGPL-3.0-only", "--checks", "license", "-f", "json").json()
        same(f"all licences of a package in {name} count", (" AND ".join(doc["packages"][0]["licenses"]), [f["id"] for f in doc["findings"]]),
             ("MIT AND AGPL-3.0-only", ["license.denied"]))
    for n, (name, document, says) in enumerate(REFUSED):
        run = scan(f"x{n}", document)
        ok(name, run.rc == 3 and says in run.err, run)
    return done()


sys.exit(main())
