#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""severities - each has a source, named: the vendor, else NVD, else GHSA by the CVE, else it is unknown; what NVD
rejected is no finding."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import File, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

CVES = [f"CVE-2026-000{i}" for i in range(1, 7)]
TRACKER = {"zlib": {cve: {"releases": {"bookworm": {
    "status": "resolved", "repositories": {"bookworm": "1-1"}, "fixed_version": "9-1",
    "urgency": "low" if cve == CVES[0] else "not yet assigned"}}} for cve in CVES}}


def nvd(cve, severity=None, status="Analyzed"):
    metric = {"source": "nvd@nist.gov", "type": "Primary", "cvssData": {
        "version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "baseScore": 9.8,
        "baseSeverity": severity}}
    return {"cve": {"id": cve, "lastModified": "2026-11-01T00:00:00.000", "vulnStatus": status,
                    "descriptions": [{"lang": "en", "value": "x"}], "metrics": {"cvssMetricV31": [metric]} if severity else {}}}


def ghsa(name, cve, severity, *packages):
    return {"schema_version": "1.4.0", "id": name, "modified": "2026-11-01T00:00:00Z", "aliases": [cve], "summary": "x",
            "affected": [{"package": {"ecosystem": e, "name": n}, "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1"}]}]} for e, n in packages],
            "database_specific": {"severity": severity, "github_reviewed": True}}


NVD = {"format": "NVD_CVE", "version": "2.0", "resultsPerPage": 3, "startIndex": 0, "totalResults": 3,
       "timestamp": "2026-11-28T00:00:00.000",
       "vulnerabilities": [nvd(CVES[0], "CRITICAL"), nvd(CVES[1], "CRITICAL"), nvd(CVES[5], status="Rejected")]}
GHSA = [ghsa("GHSA-aaaa-aaaa-aaaa", CVES[1], "LOW", ("npm", "a")), ghsa("GHSA-bbbb-bbbb-bbbb", CVES[2], "HIGH", ("npm", "a")),
        ghsa("GHSA-cccc-cccc-cccc", CVES[3], "MODERATE")]
WANT = {CVES[0]: ("low", "debian"), CVES[1]: ("critical", "nvd"), CVES[2]: ("high", "ghsa"), CVES[3]: ("medium", "ghsa"),
        CVES[4]: ("unknown", None)}


def scan(db, *words):
    return assay("scan", "image.tar", "--db", db, "-f", "json", "--checks", "vuln", "--db-max-age", "0", *words)


os.chdir(TMP)
image.docker_archive("image.tar", [tar_of([
    File("etc/os-release", image.OS_RELEASE["debian:12"]),
    File("var/lib/dpkg/status", "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nSource: zlib\nVersion: 2-1\n\n")])])
for name, doc in [("tracker.json", TRACKER), ("nvd.json", NVD), *[(g["id"] + ".json", g) for g in GHSA]]:
    json.dump(doc, open(name, "w"))
files = [g["id"] + ".json" for g in GHSA]
for what, calls in (("in one call", [["tracker.json", "nvd.json", *files]]), ("in three", [["tracker.json"], ["nvd.json"], files])):
    db = "db-" + what.replace(" ", "-")
    made = [assay("db", "import", "--db", db, *call) for call in calls]
    ok(f"imported {what}", all(m.rc == 0 for m in made), made)
    doc = scan(db).json()
    same(f"{what}: severity and its source", {f["id"]: (f["severity"], f["severity_source"]) for f in doc["findings"]}, WANT)
    same(f"{what}: the summary counts the unknown", doc["summary"]["unknown"], 1)
alone = assay("db", "import", "--db", db, files[2])
ok("one record without packages is a feed", alone.rc == 0 and scan(db).json()["summary"]["medium"] == 1, alone)
ok("the table says how many are unknown", "1 of unknown severity" in
   assay("scan", "image.tar", "--db", db, "--checks", "vuln", "--db-max-age", "0").out)
done()
