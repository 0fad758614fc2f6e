#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""npm_tree - a node_modules tree of some 200 old packages, installed by npm, and a Go 1.17 binary from npm, scanned with
the OSV data of ../shared/data/advisories: findings are those of an independent walk of the same records (the walk of
tests/data/osv_walk.py).  Needs npm and its registry; says so and ends with 0 where they are missing."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.environ.setdefault("TMPDIR", tempfile.gettempdir())
os.environ.setdefault("ASSAY", os.path.join(ROOT, "build/assay"))
os.environ.setdefault("ASSAY_SHARED", os.path.join(ROOT, "../shared"))
sys.path.insert(0, os.path.join(ROOT, "tests/data"))
sys.path.insert(0, os.path.join(ROOT, "tests/lib"))
from osv_walk import affected, records  # noqa: E402
from tap import assay, done, ok, shared, skip  # noqa: E402

DIRECT = """lodash@4.17.15 minimist@0.0.8 express@4.16.0 handlebars@4.0.11 axios@0.18.0 tar@4.4.1 moment@2.19.3 jquery@3.3.1
 bootstrap@3.3.7 marked@0.3.9 serialize-javascript@1.7.0 node-fetch@2.6.0 ws@6.1.0 debug@2.6.8 qs@6.5.1 ejs@2.7.4 mkdirp@0.5.1
 js-yaml@3.12.0 underscore@1.9.1 async@2.6.0 glob-parent@3.1.0 ini@1.3.5 jsonwebtoken@8.2.0 mongoose@5.2.0 pug@2.0.3
 request@2.85.0 shelljs@0.8.3 socket.io@2.0.4 validator@10.4.0 yargs-parser@11.1.1 xml2js@0.4.19 semver@5.5.0""".split()
GO = "esbuild-linux-64@0.14.0"


def install(folder, packages):
    os.makedirs(folder)
    with open(os.path.join(folder, "package.json"), "w", encoding="utf-8") as f:
        f.write("{}")
    return subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--no-package-lock", *packages],
                          cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300).returncode == 0


def installed(folder):
    """(name, version) of every package.json right in a folder of node_modules, or of a scope there."""
    out = set()
    for at, _, names in os.walk(folder):
        above = os.path.dirname(at)
        is_package = os.path.basename(above) == "node_modules" or \
            os.path.basename(above).startswith("@") and os.path.basename(os.path.dirname(above)) == "node_modules"
        if is_package and "package.json" in names:
            with open(os.path.join(at, "package.json"), encoding="utf-8") as f:
                doc = json.load(f)
            if doc.get("name") and doc.get("version"):
                out.add((doc["name"], doc["version"]))
    return out


def walk(path, ecosystem, packages):
    """{(name, version): [ids of each record that affects it]}"""
    out, by_name = {}, {}
    for rec in records(path):
        for a in [] if rec.get("withdrawn") else rec.get("affected") or []:
            if a.get("package", {}).get("ecosystem") == ecosystem:
                by_name.setdefault(a["package"]["name"], []).append(({rec["id"], *(rec.get("aliases") or [])}, a))
    for name, version in packages:
        hit = [ids for ids, a in by_name.get(name, []) if affected(a, version) and on_linux(a)]
        out[(name, version)] = hit
    return out


def on_linux(a):
    systems = [i.get("goos") or ["linux"] for i in (a.get("ecosystem_specific") or {}).get("imports") or []]
    return not systems or any("linux" in s for s in systems)


def scan(folder, db):
    return assay("scan", "dir:" + folder, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0", timeout=300).json()


def compare(what, doc, want, type):
    names = {p["purl"]: (p["name"], p["version"]) for p in doc["packages"] if p["type"] == type}
    have = {}
    for f in doc["findings"]:
        if f["package"] in names:
            have.setdefault(names[f["package"]], []).append({f["id"], *f["references"]})
    missing = [(p, sorted(ids)[0]) for p, hits in want.items() for ids in hits if not any(ids & x for x in have.get(p, []))]
    extra = [(p, sorted(x)[0]) for p, found in have.items() for x in found if not any(ids & x for ids in want.get(p, []))]
    ok(f"{what}: {sum(map(len, have.values()))} findings on {len(have)} of {len(set(names.values()))} packages", not missing and not extra,
       f"missing {missing}\nextra {extra}")


def main():
    npm, go = shared("data/advisories/osv/npm-derived.tar.zst"), shared("data/advisories/osv/Go.tar.zst")
    if not shutil.which("npm") or not npm:
        skip("a tree of npm", "no npm or no ../shared")
        return 0
    with tempfile.TemporaryDirectory() as tmp:
        db = os.path.join(tmp, "db")
        made = assay("db", "import", npm, go, "--db", db, timeout=300)
        ok("the advisories are imported", made.rc == 0, made)
        tree = os.path.join(tmp, "tree")
        if not install(tree, DIRECT):
            skip("a tree of npm", "npm's registry cannot be reached")
            return 0
        packages = installed(tree)
        doc = scan(tree, db)
        listed = {(p["name"], p["version"]) for p in doc["packages"] if p["type"] == "npm"}
        ok(f"{len(packages)} packages are listed", listed == packages, f"missing {packages - listed}\nextra {listed - packages}")
        compare("npm", doc, walk(npm, "npm", packages), "npm")
        binary = os.path.join(tmp, "go")
        if not install(binary, [GO]):
            skip("a Go binary", "it cannot be had")
            return 0
        doc = scan(binary, db)
        modules = {(p["name"], p["version"].removeprefix("v")) for p in doc["packages"] if p["type"] == "golang"}
        ok("Go 1.17.2 is known", ("stdlib", "1.17.2") in modules, modules)
        want = {(p["name"], p["version"]): walk(go, "Go", [(p["name"], p["version"].removeprefix("v"))])[(p["name"], p["version"].removeprefix("v"))]
                for p in doc["packages"] if p["type"] == "golang" and p["version"][:1] in "v0123456789"}
        compare("Go", doc, want, "golang")
    return done()


if __name__ == "__main__":
    sys.exit(main())
