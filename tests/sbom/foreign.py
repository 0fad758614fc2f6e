#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""foreign - bills of materials that Trivy and Syft write: the distribution and the source of a package are found in each of their
forms, so that the findings are those of the image.  The documents are written here, as those tools do.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, assay, done, ok, same  # noqa: E402

SECDB = {"distroversion": "v3.10", "reponame": "main", "packages": [
    {"pkg": {"name": "openssl", "secfixes": {"1.1.1d-r2": ["CVE-2019-1551"]}}}]}
ALMA = {"id": "ALSA-2021:1", "modified": "2021-01-01T00:00:00Z", "related": ["CVE-2021-3517"], "affected": [
    {"package": {"ecosystem": "AlmaLinux:8", "name": "libxml2"},
     "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.9.7-12.el8"}]}]}]}
APK, RPM = [("CVE-2019-1551", "libssl1.1")], [("CVE-2021-3517", "libxml2")]
SSL = "pkg:apk/alpine/libssl1.1@1.1.1d-r0?arch=x86_64&distro="
XML = "pkg:rpm/alma/libxml2@2.9.7-9.el8_4.2?arch=x86_64&distro=alma-8.5"


def spdx(system, package):
    """Trivy's: the folder that was read is a package too, the source stands in a sentence."""
    return {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "root", "creationInfo": {"created": "2024-01-01T00:00:00Z"},
            "packages": [
                dict(package, SPDXID="SPDXRef-Package-1", primaryPackagePurpose="LIBRARY"),
                {"name": "root", "SPDXID": "SPDXRef-Filesystem-1", "primaryPackagePurpose": "SOURCE"},
                dict(system, SPDXID="SPDXRef-OperatingSystem-1", primaryPackagePurpose="OPERATING-SYSTEM")],
            "relationships": [
                {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-Filesystem-1"},
                {"spdxElementId": "SPDXRef-OperatingSystem-1", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-Package-1"}]}


def package(name, version, purl, **more):
    return dict(more, name=name, versionInfo=version, externalRefs=[
        {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}])


def cyclonedx(component, system=None):
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": {"type": "file", "name": "root"}},
            "components": [dict(component, type="library")] + ([dict(system, type="operating-system")] if system else [])}


TAGS = f"""SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: root
Created: 2024-01-01T00:00:00Z
PackageName: libssl1.1
SPDXID: SPDXRef-Package-1
PackageVersion: 1.1.1d-r0
PackageSourceInfo: <text>built package from: openssl 1.1.1d-r0</text>
ExternalRef: PACKAGE-MANAGER purl {SSL}3.10.3
PrimaryPackagePurpose: LIBRARY
PackageName: alpine
SPDXID: SPDXRef-OperatingSystem-1
PackageVersion: 3.10.3
PrimaryPackagePurpose: OPERATING-SYSTEM
PackageName: root
SPDXID: SPDXRef-Filesystem-1
PrimaryPackagePurpose: SOURCE
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-Filesystem-1
"""
SOURCE = "built package from: openssl 1.1.1d-r0"
DOCUMENTS = [
    ("Trivy, SPDX", spdx({"name": "alpine", "versionInfo": "3.10.3"}, package("libssl1.1", "1.1.1d-r0", SSL + "3.10.3", sourceInfo=SOURCE)), APK),
    ("Trivy, SPDX tag-value", TAGS, APK),
    ("Trivy, SPDX, a distribution by its own name", spdx({"name": "alma", "versionInfo": "8.5"}, package("libxml2", "2.9.7-9.el8_4.2", XML)), RPM),
    ("Trivy, CycloneDX", cyclonedx({"name": "libssl1.1", "version": "1.1.1d-r0", "purl": SSL + "3.10.3", "properties": [
        {"name": "aquasecurity:trivy:SrcName", "value": "openssl"}, {"name": "aquasecurity:trivy:SrcVersion", "value": "1.1.1d-r0"}]},
        {"name": "alpine", "version": "3.10.3"}), APK),
    ("Trivy, CycloneDX, a distribution by its own name", cyclonedx({"name": "libxml2", "version": "2.9.7-9.el8_4.2", "purl": XML},
                                                                   {"name": "alma", "version": "8.5"}), RPM),
    ("Syft, CycloneDX, no system but in package URLs", cyclonedx({"name": "libssl1.1", "version": "1.1.1d-r0",
                                                                 "purl": SSL + "alpine-3.10.3&upstream=openssl"}), APK),
    ("Syft, SPDX", spdx({"name": "x", "versionInfo": ""}, {"name": "y"}) | {"packages": [package(
        "libssl1.1", "1.1.1d-r0", SSL + "alpine-3.10.3&upstream=openssl", SPDXID="SPDXRef-1", sourceInfo="acquired package info from APK DB: x")]}, APK),
]


def scan_text(doc):
    with open(f"{TMP}/one.json", "w", encoding="utf-8") as f:
        json.dump(doc, f)
    return assay("scan", f"sbom:{TMP}/one.json", "-f", "json", "--no-cache").json()


def main():
    for name, doc in (("secdb.json", SECDB), ("alma.json", ALMA)):
        with open(f"{TMP}/{name}", "w", encoding="utf-8") as f:
            json.dump(doc, f)
    made = assay("db", "import", f"{TMP}/secdb.json", f"{TMP}/alma.json", "--db", f"{TMP}/db")
    ok("the records are imported", made.rc == 0, made)
    for name, doc, want in DOCUMENTS:
        with open(f"{TMP}/bom", "w", encoding="utf-8") as f:
            f.write(doc if isinstance(doc, str) else json.dumps(doc))
        run = assay("scan", f"sbom:{TMP}/bom", "--checks", "vuln", "-f", "json", "--db", f"{TMP}/db", "--db-max-age", "0")
        if not ok(f"{name}: is read", run.rc == 0 and run.raw[:1] == b"{", run):
            continue
        report = run.json()
        same(f"{name}: the findings", sorted((f["id"], f["package"].split("/")[-1].split("@")[0]) for f in report["findings"]), want)
        same(f"{name}: the packages", len(report["packages"]), 1)
        ok(f"{name}: nothing lacks a package URL", not any(c["code"] == "sbom.no-purl" for c in report["coverage"]), report["coverage"])
    # a component that has no package URL: the member does not apply, and the report can be read back
    doc = scan_text({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [{"type": "library", "name": "x", "version": "1"}]})
    same("a package without a purl", [(p["name"], p["purl"]) for p in doc["packages"]], [("x", None)])
    with open(f"{TMP}/nopurl.json", "w", encoding="utf-8") as f:
        json.dump(doc, f)
    run = assay("diff", f"{TMP}/nopurl.json", f"{TMP}/nopurl.json")
    ok("its report is read back", run.rc == 0 and "1 the same" in run.out, run)
    return done()


sys.exit(main())
