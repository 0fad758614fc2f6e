#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""retirejs - the repositories of Retire.js, imported: each package at every version that they name, and what an independent
walk of the same data says of it."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

PLAIN = re.compile(r"\d+\.\d+\.\d+$")
UNREAD = 7  # "3.0.RC3", "1.0.0.beta.3" (twice), "1.3.0-*", "1.4.0-*", "0.9.7.1", "~"


def number(v):
    return tuple(map(int, v.split(".")))


def entries():
    """(package, below, at or above, excluded, ids) of those whose ends are three numbers."""
    for name in ("jsrepository-v6.json", "npmrepository.json"):
        with open(os.path.join(TMP, name), encoding="utf-8") as f:
            doc = json.load(f)
        for library, it in doc.items():
            package = it.get("npmname") or (None if "extractors" in it else library)
            for v in it.get("vulnerabilities", []) if package and library != "retire-example" else ():
                ids = v.get("identifiers", {})
                cves = ids.get("CVE") or ids.get("githubID") or f"retirejs/{package}/{v['below']}"
                yield package, v["below"], v.get("atOrAbove"), v.get("excludes", []), [cves] if isinstance(cves, str) else cves


def main():
    archive = shared("data/advisories/lang/retirejs.tar.zst")
    if not archive:
        skip("repositories of Retire.js", "no ../shared")
        return 0
    subprocess.run(["tar", "-I", "zstd", "-xf", archive, "-C", TMP], check=True)
    db = os.path.join(TMP, "db")
    run = assay("db", "import", TMP + "/jsrepository-v6.json", TMP + "/npmrepository.json", "--db", db)
    ok("they are read, and what has no versions of npm is named", run.rc == 3 and f"2 documents; {UNREAD} broken" in run.err, run)
    versions, rules, odd = {}, [], set()
    for package, below, above, excluded, ids in entries():
        if not PLAIN.match(below) or (above and not PLAIN.match(above)) or not all(PLAIN.match(x) for x in excluded):
            odd.add(package)
            continue
        versions.setdefault(package, set()).update([below, *([above] if above else []), *excluded])
        rules.append((package, number(below), number(above or "0.0.0"), {number(x) for x in excluded}, ids))
    want = {(p, v, i) for p, below, above, excluded, ids in rules for v in versions[p] for i in ids
            if above <= number(v) < below and number(v) not in excluded and p not in odd}
    parts = [{"type": "library", "name": p, "version": v, "purl": f"pkg:npm/{p.replace('@', '%40')}@{v}"} for p, vs in sorted(versions.items()) for v in sorted(vs)]
    with open(os.path.join(TMP, "bom.json"), "w", encoding="utf-8") as f:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": parts}, f)
    doc = assay("scan", "sbom:" + os.path.join(TMP, "bom.json"), "-f", "json", "--checks", "vuln", "--db", db, "--db-max-age", "0").json()
    names = {p["purl"]: p["name"] for p in doc["packages"]}
    have = {(names[f["package"]], f["installed"], i) for f in doc["findings"] for i in [f["id"], *f["references"]]}
    same(f"{len(parts)} packages, {len(want)} findings: none is missing", sorted(want - have)[:5], [])
    extra = {(names[f["package"]], f["installed"], f["id"]) for f in doc["findings"] if names[f["package"]] not in odd} - want
    same("none is more", sorted(extra)[:5], [])
    return done()


sys.exit(main())
