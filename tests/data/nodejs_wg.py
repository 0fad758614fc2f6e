#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nodejs_wg - the advisories of Node.js' security working group, imported: each package at every version that they name and the
ones beside it, and what an independent walk of the same data says of it."""
import glob
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

COMPARATOR = re.compile(r"(<=|>=|<|>|=|~|\^)?\s*v?(\*|\d+(?:\.(?:\d+|x))*)(-\S+)?$")


def number(text):
    return tuple(int(x) for x in text.split(".") if x != "x")


def after(v):
    """The versions that begin with v end here."""
    return v[:-1] + (v[-1] + 1,)


def full(v):
    return (v + (0, 0, 0))[:3]


def holds(sign, v, have):
    """One condition of npm's grammar; v may have fewer than three numbers."""
    if not v:
        return True
    if sign == "^":
        lead = next((i for i, n in enumerate(v) if n), len(v) - 1)
        return full(v) <= have < full(after(v[:lead + 1]))
    if sign == "~":
        return full(v) <= have < full(after(v[:2]))
    low, high = full(v), full(after(v))
    return {"<": have < low, "<=": have < high, ">": have >= high, ">=": have >= low}.get(sign, low <= have < high)


def conditions(text):
    """[[(sign, numbers)]]; None where a version is no three numbers."""
    ret = []
    for alternative in (text or "").split("||"):
        row = []
        for one in re.sub(r"([<>=~^])\s+", r"\1", alternative).split():
            m = COMPARATOR.match(one)
            if not m or m[3]:
                return None
            row.append((m[1], () if m[2] == "*" else number(m[2])))
        ret.append(row)
    return ret if text else []


def is_in(rows, have):
    return any(all(holds(sign, v, have) for sign, v in row) for row in rows)


def near(rows):
    """Versions that are named, and those beside them."""
    for row in rows:
        for _, v in row:
            a, b, c = full(v)
            yield from ((a, b, c), (a, b, c + 1), (a, b + 1, 0), (a + 1, 0, 0))
            yield from ((a, b, c - 1),) if c else ((a, b - 1, 9),) if b else ()


def entries():
    """(namespace, package, ids, affected, patched) of what has versions of three numbers."""
    for path in glob.glob(TMP + "/vuln/npm/*.json") + glob.glob(TMP + "/vuln/core/*.json"):
        name = os.path.basename(path)[:-5]
        if name == "index":
            continue
        with open(path, encoding="utf-8") as f:
            d = json.load(f)
        core = "module_name" not in d
        ids = d["cve" if core else "cves"] or [f"NSWG-COR-{name}" if core else f"NSWG-ECO-{d['id']}"]
        yield (d.get("module_name", "node"), core, ids, conditions(d["vulnerable" if core else "vulnerable_versions"]),
               conditions(d["patched" if core else "patched_versions"]), d.get("affectedEnvironments", ["all"]))


def main():
    archive = shared("data/advisories/lang/nodejs-security-wg.tar.zst")
    if not archive:
        skip("advisories of Node.js' security working group", "no ../shared")
        return 0
    subprocess.run(["tar", "-I", "zstd", "-xf", archive, "-C", TMP], check=True)
    db = os.path.join(TMP, "db")
    run = assay("db", "import", archive, "--db", db)
    ok("all of it is read", run.rc == 0 and "from 647 documents; 0 broken, 0 of no known feed" in run.err, run)
    rules, versions, odd = [], {}, set()
    for package, core, ids, bad, good, where in entries():
        if bad is None or good is None:
            odd.add(package)
            continue
        rules.append((package, core, ids, bad, good, where))
        versions.setdefault((package, core), set()).update(near(bad + good))
    want = {(p, ".".join(map(str, v)), i) for p, core, ids, bad, good, where in rules for v in versions[p, core] for i in ids
            if is_in(bad, v) and not is_in(good, v) and p not in odd and where != ["win32"]}
    parts = [{"type": "library", "name": p, "version": ".".join(map(str, v)),
              "purl": f"pkg:{'generic' if core else 'npm'}/{p.replace('@', '%40')}@{'.'.join(map(str, v))}"}
             for (p, core), vs in sorted(versions.items()) for v in sorted(vs)]
    with open(os.path.join(TMP, "bom.json"), "w", encoding="utf-8") as f:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": parts}, f)
    doc = assay("scan", "sbom:" + os.path.join(TMP, "bom.json"), "-f", "json", "--checks", "vuln", "--db", db, "--db-max-age", "0").json()
    names = {p["purl"]: p["name"] for p in doc["packages"]}
    have = {(names[f["package"]], f["installed"], i) for f in doc["findings"] for i in [f["id"], *f["references"]]}
    same(f"{len(parts)} packages, {len(want)} findings, {len(odd)} packages with pre-releases left out: none is missing", sorted(want - have)[:5], [])
    extra = {(names[f["package"]], f["installed"], f["id"]) for f in doc["findings"] if names[f["package"]] not in odd} - want
    same("none is more", sorted(extra)[:5], [])
    return done()


sys.exit(main())
