#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""project_kb - SAP's statements, imported: as many pairs of vulnerability and package as an independent reading counts, and each
version of one package found that it says is affected, and no other."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

ONE = "org.apache.struts/struts2-core"


def artifacts(text):
    """Package, version and what is said of it: members of an element of the list stand in any order."""
    for item in re.split(r"^ *- (?=(?:id|reason|affected): )", text[text.find("\nartifacts:"):] if "\nartifacts:" in text else "", flags=re.M)[1:]:
        lines = dict(re.findall(r"^ *(id|affected): (.*)$", item, re.M))
        package, version = re.fullmatch(r"pkg:maven/([^@]+)@(.+)", lines["id"].strip()).groups()
        yield package, version, lines.get("affected", "").strip()


def main():
    archive = shared("data/advisories/lang/sap-project-kb.tar.zst")
    if not archive:
        skip("statements of project KB", "no ../shared")
        return 0
    subprocess.run(["tar", "-I", "zstd", "-xf", archive, "-C", TMP], check=True)
    pairs, versions = {}, set()
    for folder, _, names in os.walk(os.path.join(TMP, "statements")):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                text = f.read()
            cve = re.search(r"^vulnerability_id: (\S+)", text, re.M).group(1)
            for package, version, affected in artifacts(text):
                if affected == "true":
                    pairs.setdefault((cve, package), set()).add(version)
                if package == ONE:
                    versions.add(version)
    db = os.path.join(TMP, "db")
    run = assay("db", "import", archive, "--db", db)
    ok(f"{len(pairs)} pairs of vulnerability and package", run.rc == 0 and f"imported {len(pairs)} records" in run.err, run)
    parts = [{"type": "library", "name": "struts2-core", "group": "org.apache.struts", "version": v, "purl": f"pkg:maven/{ONE}@{v}"} for v in sorted(versions)]
    with open(os.path.join(TMP, "bom.json"), "w", encoding="utf-8") as f:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": parts}, f)
    doc = assay("scan", "sbom:" + os.path.join(TMP, "bom.json"), "-f", "json", "--checks", "vuln", "--db", db, "--db-max-age", "0").json()
    have = {(f["id"], f["installed"]) for f in doc["findings"]}
    want = {(cve, v) for (cve, package), vs in pairs.items() if package == ONE for v in vs}
    same(f"{len(parts)} versions of {ONE}: what is found, {len(want)} in all", sorted(have ^ want)[:5], [])
    return done()


sys.exit(main())
