#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""languages - packages of languages against OSV records written for this test: which version is
affected, which records are one problem, and what is not known.  Expected outcomes follow from the
OSV schema ("Evaluation") and are written by hand."""
import json
import os
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import ASSAY, TMP, assay, done, ok, same, skip  # noqa: E402


def rec(id, *affected, **more):
    return dict({"schema_version": "1.7.0", "id": id, "modified": "2024-05-01T00:00:00Z", "affected": list(affected)}, **more)


def aff(eco, name, *events, kind="ECOSYSTEM", versions=(), **more):
    out = {"package": {"ecosystem": eco, "name": name}}
    if events:
        out["ranges"] = [{"type": kind, "events": [dict([e.split("=")]) for e in events]}]
    if versions:
        out["versions"] = list(versions)
    return dict(out, **more)


def npm(name, version):
    return f"app/node_modules/{name}/package.json", json.dumps({"name": name, "version": version})


def pypi(name, version):
    return f"site/{name}-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


def gem(name, version):
    return (f"gems/specifications/{name}-{version}.gemspec",
            f"# -*- encoding: utf-8 -*-\n# stub: {name} {version} ruby lib\n\nGem::Specification.new do |s|\n"
            f"  s.name = \"{name}\".freeze\n  s.version = \"{version}\"\nend\n")


def composer(name, version):
    return "vendor/composer/installed.json", json.dumps({"packages": [{"name": name, "version": version}]})


def nuget(name, version):
    return "app/a.deps.json", json.dumps({"runtimeTarget": {"name": ".NETCoreApp,Version=v6.0"}, "targets": {
        ".NETCoreApp,Version=v6.0": {f"{name}/{version}": {"runtime": {"x.dll": {}}}}},
        "libraries": {f"{name}/{version}": {"type": "package", "serviceable": True, "sha512": ""}}})


FIXED = ("introduced=0", "fixed=2.0.0")
V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

# name, records, packages, findings (id, package@version, fixed, severity), codes of incomplete rows
CASES = [
    ("below the fix", [rec("GHSA-1", aff("npm", "a", *FIXED, kind="SEMVER"))], [npm("a", "1.9.9")], {("GHSA-1", "a@1.9.9", "2.0.0", "unknown")}, []),
    ("at the fix", [rec("GHSA-1", aff("npm", "a", *FIXED, kind="SEMVER"))], [npm("a", "2.0.0")], set(), []),
    ("two entries, each for Windows alone", [rec("GHSA-1", aff("npm", "a", *FIXED, ecosystem_specific={"imports": [
        {"path": "x", "goos": ["windows"]}, {"path": "y", "goos": ["windows"]}]}), aff("npm", "a", "introduced=2.0.0", "fixed=2.0.1",
        ecosystem_specific={"imports": [{"path": "x", "goos": ["windows"]}]}))], [npm("a", "1.9.9")], set(), []),
    ("two entries, one for all systems", [rec("GHSA-1", aff("npm", "a", *FIXED, ecosystem_specific={"imports": [
        {"path": "x", "goos": ["windows"]}]}), aff("npm", "a", "introduced=2.0.0", "fixed=2.0.1", ecosystem_specific={"imports": [
            {"path": "x"}]}))], [npm("a", "2.0.0")], {("GHSA-1", "a@2.0.0", "2.0.1", "unknown")}, []),
    ("two entries, for Windows and for Linux", [rec("GHSA-1", aff("npm", "a", *FIXED, ecosystem_specific={"imports": [
        {"path": "x", "goos": ["windows"]}]}), aff("npm", "a", "introduced=2.0.0", "fixed=2.0.1", ecosystem_specific={"imports": [
            {"path": "x", "goos": ["linux"]}]}))], [npm("a", "2.0.0")], {("GHSA-1", "a@2.0.0", "2.0.1", "unknown")}, []),
    ("a pre-release of the fix is below it", [rec("GHSA-1", aff("npm", "a", *FIXED))], [npm("a", "2.0.0-rc.1")],
     {("GHSA-1", "a@2.0.0-rc.1", "2.0.0", "unknown")}, []),
    ("below what introduced it", [rec("GHSA-1", aff("npm", "a", "introduced=1.5.0", "fixed=2.0.0"))], [npm("a", "1.4.0")], set(), []),
    ("the last affected version", [rec("GHSA-1", aff("npm", "a", "introduced=0", "last_affected=1.2.0"))], [npm("a", "1.2.0")],
     {("GHSA-1", "a@1.2.0", None, "unknown")}, []),
    ("past the last affected version", [rec("GHSA-1", aff("npm", "a", "introduced=0", "last_affected=1.2.0"))], [npm("a", "1.2.1")], set(), []),
    ("one version alone", [rec("GHSA-1", aff("npm", "a", "introduced=1.2.0", "last_affected=1.2.0"))], [npm("a", "1.2.0")],
     {("GHSA-1", "a@1.2.0", None, "unknown")}, []),
    ("above the one version", [rec("GHSA-1", aff("npm", "a", "introduced=1.2.0", "last_affected=1.2.0"))], [npm("a", "1.3.0")], set(), []),
    ("a type of range that the schema does not have", [rec("GHSA-1", aff("npm", "a", *FIXED, kind="DATE"))], [npm("a", "1.3.0")], set(), ["advisories.commits"]),
    ("past a limit", [rec("GHSA-1", aff("npm", "a", "introduced=0", "limit=1.2.0"))], [npm("a", "1.2.0")], set(), []),
    ("below a limit, which is no fix", [rec("GHSA-1", aff("npm", "a", "introduced=0", "limit=1.2.0"))], [npm("a", "1.1.0")],
     {("GHSA-1", "a@1.1.0", None, "unknown")}, []),
    ("events in any order, two ranges in one", [rec("GHSA-1", aff("npm", "a", "fixed=3.1.0", "introduced=3.0.0", "fixed=1.1.0", "introduced=0"))],
     [npm("a", "3.0.5")], {("GHSA-1", "a@3.0.5", "3.1.0", "unknown")}, []),
    ("between two ranges", [rec("GHSA-1", aff("npm", "a", "introduced=0", "fixed=1.1.0", "introduced=3.0.0", "fixed=3.1.0"))],
     [npm("a", "2.0.0")], set(), []),
    ("named among versions alone", [rec("GHSA-1", aff("npm", "a", versions=["1.0.0", "1.0.2"]))], [npm("a", "1.0.2")],
     {("GHSA-1", "a@1.0.2", None, "unknown")}, []),
    ("between named versions", [rec("GHSA-1", aff("npm", "a", versions=["1.0.0", "1.0.2"]))], [npm("a", "1.0.1")], set(), []),
    ("named beside a range", [rec("GHSA-1", aff("npm", "a", *FIXED, versions=["7.0.0"]))], [npm("a", "7.0.0")],
     {("GHSA-1", "a@7.0.0", None, "unknown")}, []),
    ("no version at all", [rec("GHSA-1", aff("npm", "a"))], [npm("a", "1.0.0")], set(), []),
    ("withdrawn", [rec("GHSA-1", aff("npm", "a", *FIXED), withdrawn="2024-06-01T00:00:00Z")], [npm("a", "1.0.0")], set(), []),
    ("what GitHub last knew as affected", [rec("GHSA-1", aff("npm", "a", "introduced=0", database_specific={"last_known_affected_version_range": "< 1.2.0"}))],
     [npm("a", "1.2.0")], set(), []),
    ("the CVE is the id", [rec("GHSA-1", aff("npm", "a", *FIXED), aliases=["CVE-2024-1"], database_specific={"severity": "MODERATE"})],
     [npm("a", "1.0.0")], {("CVE-2024-1", "a@1.0.0", "2.0.0", "medium")}, []),
    ("two publishers, one problem", [rec("PYSEC-1", aff("PyPI", "a", *FIXED), aliases=["CVE-2024-1", "GHSA-1"]),
                                     rec("GHSA-1", aff("PyPI", "a", *FIXED), aliases=["CVE-2024-1"], database_specific={"severity": "HIGH"})],
     [pypi("a", "1.0")], {("CVE-2024-1", "a@1.0", "2.0.0", "high")}, []),
    ("joined by an id that is no CVE", [rec("PYSEC-1", aff("PyPI", "a", *FIXED), aliases=["GHSA-1"]), rec("GHSA-1", aff("PyPI", "a", *FIXED))],
     [pypi("a", "1.0")], {("GHSA-1", "a@1.0", "2.0.0", "unknown")}, []),
    ("the CVE that only another record tells", [rec("PYSEC-1", aff("PyPI", "a", *FIXED), aliases=["GHSA-1"]),
                                                rec("GHSA-1", aff("PyPI", "a", "introduced=0", "fixed=0.5"), aliases=["CVE-2024-1"])],
     [pypi("a", "1.0")], {("CVE-2024-1", "a@1.0", "2.0.0", "unknown")}, []),
    ("the higher of two fixes", [rec("PYSEC-1", aff("PyPI", "a", "introduced=0", "fixed=1.5"), aliases=["CVE-2024-1"]),
                                 rec("GHSA-1", aff("PyPI", "a", *FIXED), aliases=["CVE-2024-1"])],
     [pypi("a", "1.0")], {("CVE-2024-1", "a@1.0", "2.0.0", "unknown")}, []),
    ("a fix that a further range holds is none", [rec("GHSA-1", dict(aff("npm", "a"), ranges=[
        {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.1.0"}]},
        {"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"fixed": "1.2.0"}]}]))], [npm("a", "0.9.0")],
     {("GHSA-1", "a@0.9.0", "1.2.0", "unknown")}, []),
    ("related is another problem", [rec("GHSA-1", aff("npm", "a", *FIXED), related=["CVE-2024-9"])], [npm("a", "1.0.0")],
     {("GHSA-1", "a@1.0.0", "2.0.0", "unknown")}, []),
    ("severity of a vector", [rec("GHSA-1", aff("npm", "a", *FIXED), severity=[{"type": "CVSS_V3", "score": V31}])], [npm("a", "1.0.0")],
     {("GHSA-1", "a@1.0.0", "2.0.0", "critical")}, []),
    ("severity of the package's vector, not of the record's", [rec("GHSA-1", aff("npm", "a", *FIXED, severity=[
        {"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:N/A:N"}]), severity=[{"type": "CVSS_V3", "score": V31}])], [npm("a", "1.0.0")],
     {("GHSA-1", "a@1.0.0", "2.0.0", "medium")}, []),
    ("names of PyPI are folded", [rec("PYSEC-1", aff("PyPI", "Zope.Some__Thing", *FIXED))], [pypi("zope_some-thing", "1.0")],
     {("PYSEC-1", "zope-some-thing@1.0", "2.0.0", "unknown")}, []),
    ("names of npm are not", [rec("GHSA-1", aff("npm", "JSONStream", *FIXED))], [npm("jsonstream", "1.0.0")], set(), []),
    ("names of NuGet have no case", [rec("GHSA-1", aff("NuGet", "Newtonsoft.Json", *FIXED))], [nuget("newtonsoft.json", "1.0.0")],
     {("GHSA-1", "newtonsoft.json@1.0.0", "2.0.0", "unknown")}, []),
    ("names of Packagist have no case", [rec("GHSA-1", aff("Packagist", "Symfony/Http", *FIXED))], [composer("symfony/http", "v1.0.0")],
     {("GHSA-1", "symfony/http@v1.0.0", "2.0.0", "unknown")}, []),
    ("a branch is no version", [rec("GHSA-1", aff("Packagist", "a/b", *FIXED))], [composer("a/b", "dev-main")], set(), ["packages.version"]),
    ("a gem", [rec("GHSA-1", aff("RubyGems", "rack", *FIXED))], [gem("rack", "2.0.0.rc1")], {("GHSA-1", "rack@2.0.0.rc1", "2.0.0", "unknown")}, []),
    ("a Maven package of another repository", [rec("GHSA-1", aff("npm", "a", *FIXED), aff("Maven:https://repo.example/", "g:a", *FIXED))],
     [npm("a", "1.0.0")], {("GHSA-1", "a@1.0.0", "2.0.0", "unknown")}, []),
    ("commits alone are not known", [rec("GHSA-1", aff("npm", "a", "introduced=0", "fixed=0123456789012345678901234567890123456789", kind="GIT"))],
     [npm("a", "1.0.0")], set(), ["advisories.commits"]),
    ("commits and versions", [rec("GHSA-1", aff("npm", "a", "introduced=0", kind="GIT", versions=["1.0.0"]))], [npm("a", "1.1.0")], set(), []),
    ("commits that another record explains", [rec("OSV-1", aff("npm", "a", "introduced=0", kind="GIT"), aliases=["GHSA-1"]), rec("GHSA-1", aff("npm", "a", *FIXED))],
     [npm("a", "3.0.0")], set(), []),
    ("only on another system", [rec("GO-1", aff("npm", "a", *FIXED, ecosystem_specific={"imports": [{"path": "a", "goos": ["windows"]}]}))],
     [npm("a", "1.0.0")], set(), []),
    ("on this system too", [rec("GO-1", aff("npm", "a", *FIXED, ecosystem_specific={"imports": [{"path": "a", "goos": ["windows"]}, {"path": "b"}]}))],
     [npm("a", "1.0.0")], {("GO-1", "a@1.0.0", "2.0.0", "unknown")}, []),
    ("no feed for the ecosystem", [rec("GHSA-1", aff("npm", "a", *FIXED))], [npm("a", "2.0.0"), pypi("b", "1")], set(), ["advisories.missing"]),
    ("malware", [rec("MAL-2024-1", aff("npm", "a", versions=["1.0.0"]))], [npm("a", "1.0.0")], {("MAL-2024-1", "a@1.0.0", None, "critical")}, []),
]


def build(n, packages):
    root = os.path.join(TMP, f"root{n}")
    for path, text in packages:
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(text)
    return root


def put(path, records):
    with zipfile.ZipFile(path, "w") as z:
        for r in records:
            z.writestr(r["id"] + ".json", json.dumps(r))
    return path


def scan(root, db):
    run = assay("scan", "dir:" + root, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0")
    return run.json() if run.raw.startswith(b"{") else ok("a report", False, run) or {"findings": [], "coverage": []}


def found(doc):
    return {(f["id"], f["package"].split(":", 1)[1].split("/", 1)[1].replace("%40", "@"), f["fixed"], f["severity"]) for f in doc["findings"]}


def cases():
    for n, (name, records, packages, want, rows) in enumerate(CASES):
        db = os.path.join(TMP, f"db{n}")
        assay("db", "import", put(os.path.join(TMP, f"{n}.zip"), records), "--db", db)
        doc = scan(build(n, packages), db)
        same(name, (sorted(found(doc), key=str), sorted({c["code"] for c in doc["coverage"] if c["status"] == "incomplete" and c["code"] != "packages.programs"})),
             (sorted(want, key=str), rows))
        kind = "malware" if name == "malware" else "vulnerability"
        ok(name + ": each has a reason, and is a " + kind, all(f["reason"] and f["check"] == kind for f in doc["findings"]), doc["findings"])


def feeds_of(db):
    run = assay("db", "status", "--db", db, "-f", "json")
    return {f["name"]: f["records"] for f in run.json()["feeds"]} if run.raw.startswith(b"{") else {}


def collections():
    """What a call imports, and what only stands among it."""
    db = os.path.join(TMP, "units")
    both = rec("GHSA-1", aff("npm", "a", *FIXED), aff("Maven", "g:a", *FIXED), database_specific={"severity": "HIGH"})
    maven = [rec(f"GHSA-m{i}", aff("Maven", "g:b", *FIXED)) for i in range(3)]
    root = build("units", [npm("a", "1.0.0")])
    jar = build("jar", [])
    os.makedirs(jar, exist_ok=True)
    with zipfile.ZipFile(os.path.join(jar, "b.jar"), "w") as z:
        z.writestr("META-INF/maven/g/b/pom.properties", "groupId=g\nartifactId=b\nversion=1.0.0\n")
    assay("db", "import", put(os.path.join(TMP, "maven.zip"), [both] + maven), "--db", db)
    same("the whole of Maven is in", found(scan(jar, db)), {(f"GHSA-m{i}", "g/b@1.0.0", "2.0.0", "unknown") for i in range(3)})
    assay("db", "import", put(os.path.join(TMP, "npm.zip"), [both, rec("GHSA-n", aff("npm", "c", *FIXED))]), "--db", db)
    same("npm is in", found(scan(root, db)), {("GHSA-1", "a@1.0.0", "2.0.0", "high")})
    same("and Maven is what it was", found(scan(jar, db)), {(f"GHSA-m{i}", "g/b@1.0.0", "2.0.0", "unknown") for i in range(3)})
    whole = [both, rec("GHSA-p", aff("PyPI", "p", *FIXED))] + maven[:1]
    assay("db", "import", put(os.path.join(TMP, "whole.zip"), whole), "--db", db)
    same("a database of all replaces all that it names", found(scan(jar, db)), {("GHSA-m0", "g/b@1.0.0", "2.0.0", "unknown")})
    same("npm too", found(scan(root, db)), {("GHSA-1", "a@1.0.0", "2.0.0", "high")})
    assay("db", "import", "--feed", "osv-pypi", os.path.join(TMP, "whole.zip"), "--db", db)
    same("--feed takes one language out of it", found(scan(jar, db)), {("GHSA-m0", "g/b@1.0.0", "2.0.0", "unknown")})


def go_releases():
    """Go's own releases as bills of materials write them: with and without "go" before."""
    db, path = os.path.join(TMP, "db-go"), os.path.join(TMP, "go.cdx.json")
    assay("db", "import", put(os.path.join(TMP, "go.zip"), [rec("GO-1", aff("Go", "stdlib", "introduced=0", "fixed=1.20.11", kind="SEMVER"))]), "--db", db)
    rows = [{"type": "library", "name": "stdlib", "version": v, "purl": f"pkg:golang/stdlib@{v}"} for v in ("go1.20.10", "1.20.9", "go1.20.11", "1.20.12", "go1.20rc1")]
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": rows}, f)
    doc = assay("scan", "sbom:" + path, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0").json()
    same("releases of Go", sorted(f["installed"] for f in doc["findings"]), ["1.20.9", "go1.20.10", "go1.20rc1"])


# ecosystem, name, events, purl, component's name, is it found
VERSIONS = [
    ("Go", "github.com/Azure/a", FIXED, "pkg:golang/github.com/azure/a@v1.0.0", "a", True),
    ("Go", "g/a", ("introduced=0", "fixed=0.0.0-20220314234659-1baeb1ce4c0b"), "pkg:golang/g/a@v0.0.0-20210921155107-089bfa567519", "a", True),
    ("Go", "g/a", ("introduced=0", "fixed=0.1.0"), "pkg:golang/g/a@v0.1.1-0.20220314234659-1baeb1ce4c0b", "a", False),
    ("Go", "g/a", ("introduced=0", "fixed=1.4.2"), "pkg:golang/g/a@v1.4.1%2Bincompatible", "a", True),
    ("Go", "g/a", FIXED, "pkg:golang/g/a/v3@v3.0.0", "a", False),
    ("npm", "JSONStream", FIXED, "pkg:npm/jsonstream@1.0.0", "JSONStream", True),
    ("PyPI", "a", ("introduced=0", "last_affected=1.0"), "pkg:pypi/a@1.0%2Bcu118", "a", True),
    ("PyPI", "a", ("introduced=0", "last_affected=1.0"), "pkg:pypi/a@1.0.post1", "a", False),
    ("PyPI", "a", ("introduced=0", "fixed=1.0"), "pkg:pypi/a@1.0%2Bcu118", "a", False),
    ("PyPI", "a", ("introduced=0", "fixed=1.0"), "pkg:pypi/a@1%210.1", "a", False),
    ("RubyGems", "a", ("introduced=0", "fixed=1.13.0"), "pkg:gem/a@1.13.0-x86_64-linux", "a", False),
    ("RubyGems", "a", ("introduced=0", "fixed=1.13.0"), "pkg:gem/a@1.12.9-java", "a", True),
    ("RubyGems", "a", ("introduced=0", "fixed=1.13.0"), "pkg:gem/a@1.13.0-rc1", "a", True),
    ("NuGet", "A", ("introduced=0", "fixed=1.2.3.4"), "pkg:nuget/a@1.2.3.3", "A", True),
    ("Maven", "g:a", ("introduced=0", "fixed=1.0"), "pkg:maven/g/a@1.0.Final", "a", False),
    ("Maven", "g:a", ("introduced=0", "fixed=1.0"), "pkg:maven/g/a@1.0-SNAPSHOT", "a", True),
]


def versions():
    """Versions and names as bills of materials of others write them."""
    for n, (eco, name, events, purl, component, want) in enumerate(VERSIONS):
        db, path = os.path.join(TMP, f"db-v{n}"), os.path.join(TMP, f"v{n}.cdx.json")
        assay("db", "import", put(os.path.join(TMP, f"v{n}.zip"), [rec("GHSA-1", aff(eco, name, *events))]), "--db", db)
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [
                {"type": "library", "name": component, "version": purl.split("@")[1].replace("%2B", "+").replace("%21", "!"), "purl": purl}]}, f)
        doc = assay("scan", "sbom:" + path, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0").json()
        same(f"{eco} {events[-1]}: {purl}", len(doc["findings"]), int(want))


def main():
    if not os.path.exists(ASSAY):
        skip("languages", "there is no program yet")
        return 0
    cases()
    collections()
    go_releases()
    versions()
    return done()


sys.exit(main())
