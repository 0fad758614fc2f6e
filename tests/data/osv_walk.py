#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""osv_walk - packages at the edges of OSV's ranges: what is found is what a walk of the same records in
this test finds, written from the OSV schema ("Evaluation") and Semantic Versioning alone."""
import json
import os
import sys
import tarfile
import zipfile
from io import BytesIO
import subprocess

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import ASSAY, TMP, assay, done, ok, shared, skip  # noqa: E402

# file, ecosystem, purl type, every n-th package
DATA = [("npm-derived.tar.zst", "npm", "npm", 9), ("Go.tar.zst", "Go", "golang", 11), ("crates.io-all.zip", "crates.io", "cargo", 3)]


def records(path):
    if path.endswith(".zip"):
        with zipfile.ZipFile(path) as z:
            return [json.loads(z.read(n)) for n in z.namelist() if n.endswith(".json")]
    raw = subprocess.run(["zstd", "-dcq", "--long=27", path], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=BytesIO(raw)) as t:
        return [json.load(t.extractfile(m)) for m in t if m.name.endswith(".json")]


def key(v):
    """Semantic Versioning 2.0.0, 11, with as many numbers as there are."""
    if v == "0":
        return ((-1,), True, ())
    core, _, pre = v.split("+")[0].partition("-")
    numbers = [int(x) for x in core.split(".")]
    return (tuple((numbers + [0, 0, 0])[:3]), not pre, tuple((0, int(x), "") if x.isdigit() else (1, 0, x) for x in pre.split(".")) if pre else ())


def affected(a, v):
    if v in (a.get("versions") or []):
        return True
    for r in a.get("ranges") or []:
        inside = False
        events = sorted(((key(x), k) for e in r["events"] for k, x in e.items()), key=lambda e: (e[0], e[1] == "introduced")) if r["type"] != "GIT" else []
        for at, kind in events:
            if kind == "introduced" and key(v) >= at:
                inside = True
            elif kind in ("fixed", "limit") and key(v) >= at or kind == "last_affected" and key(v) > at:
                inside = False
        if inside:
            return True
    return False


def edges(entries):
    """Versions at, before and past the ends of ranges."""
    out = set()
    for a in entries:
        for r in a.get("ranges") or []:
            for e in r["events"] if r["type"] != "GIT" else []:
                for v in e.values():
                    if v == "0" or len(v.split("+")[0].split("-")[0].split(".")) != 3:
                        continue
                    major, minor, patch = v.split("-")[0].split("+")[0].split(".")
                    out |= {v, f"{major}.{minor}.{int(patch) + 1}", f"{major}.{minor}.{patch}-rc.1"}
                    if int(patch):
                        out.add(f"{major}.{minor}.{int(patch) - 1}")
    return sorted(out)[:6]


def main():
    if not os.path.exists(ASSAY) or not shared("data/advisories/osv"):
        skip("a walk of OSV", "no program or no ../shared")
        return 0
    for file, eco, kind, step in DATA:
        path, db = shared("data/advisories/osv/" + file), os.path.join(TMP, "db-" + kind)
        by_name, components, want = {}, [], set()
        for rec in records(path):
            ids = [rec["id"]] + (rec.get("aliases") or [])
            for a in rec.get("affected") or []:
                if not rec.get("withdrawn") and a.get("package", {}).get("ecosystem") == eco:
                    systems = [set(i.get("goos") or ["linux"]) for i in (a.get("ecosystem_specific") or {}).get("imports") or []]
                    systems += [set(o) for o in [((a.get("ecosystem_specific") or {}).get("affects") or {}).get("os")] if o]
                    if not systems or any("linux" in s for s in systems):
                        by_name.setdefault(a["package"]["name"], []).append((ids, a))
        for name in sorted(by_name)[::step]:
            if kind == "golang" and (name in ("stdlib", "toolchain") or name != name.lower()):
                continue
            for v in edges(a for _, a in by_name[name]):
                purl = f"pkg:{kind}/{name.replace('@', '%40')}@{v.replace('+', '%2B')}"
                components.append({"type": "library", "name": name, "version": v, "purl": purl, "bom-ref": purl})
                want |= {(ids[0], purl) for ids, a in by_name[name] if affected(a, v)}
        bom = os.path.join(TMP, kind + ".cdx.json")
        with open(bom, "w", encoding="utf-8") as f:
            json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}, f)
        assay("db", "import", path, "--db", db)
        run = assay("scan", "sbom:" + bom, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0")
        if not run.raw.startswith(b"{"):
            ok(f"{eco} is scanned", False, run)
            continue
        have = {(i, f["package"]) for f in run.json()["findings"] for i in [f["id"], *f["references"]]}
        known = {i for ids in by_name.values() for x, _ in ids for i in x[:1]}
        extra = {x for x in have - want if x[0] in known}
        ok(f"{eco}: {len(components)} packages, {len(want)} pairs of package and record", want <= have and not extra,
           f"missing {sorted(want - have)[:8]}\nextra {sorted(extra)[:8]}")
    return done()


if __name__ == "__main__":
    sys.exit(main())
