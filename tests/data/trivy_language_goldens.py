#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""trivy_language_goldens - the findings of Trivy's goldens for lock files and manifests of languages.

Its advisory fixtures (YAML of its own database) are written as OSV records of each ecosystem, which
assay imports; each input that is there is scanned as a folder.  What assay finds must be what the
golden says: id, package, version, and one of the fixed versions that it lists."""
import json
import os
import re
import shutil
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import ASSAY, TMP, assay, done, ok, same, shared, skip  # noqa: E402

try:
    import yaml
except ImportError:
    yaml = None

GOLDENS = "data/vectors/goldens/trivy/"
ECOSYSTEMS = {"npm": "npm", "go": "Go", "maven": "Maven", "pip": "PyPI", "rubygems": "RubyGems", "swift": "SwiftURL", "pub": "Pub",
              "erlang": "Hex", "cargo": "crates.io", "composer": "Packagist", "conan": "ConanCenter", "nuget": "NuGet",
              "k8s": "Kubernetes"}
LEVELS = ["unknown", "low", "medium", "high", "critical"]
# golden, input
CASES = [("bun", "repo/bun"), ("composer.lock", "repo/composer"), ("conan", "repo/conan"), ("dotnet", "repo/dotnet"), ("gomod", "repo/gomod"),
         ("gradle", "repo/gradle"), ("mix.lock", "repo/mixlock"), ("npm", "repo/npm"), ("nuget", "repo/nuget"), ("packagesprops", "repo/packagesprops"),
         ("pipenv", "repo/pipenv"), ("pnpm", "repo/pnpm"), ("poetry", "repo/poetry"), ("pom", "repo/pom"), ("pylock", "repo/pylock"), ("sbt", "repo/sbt"),
         ("swift", "repo/swift"), ("test-repo", "repo/trivy-ci-test"), ("uv", "repo/uv"), ("yarn", "repo/yarn"),
         ("minikube-kbom", "sbom/minikube-kbom.json"), ("fluentd-multiple-lockfiles", "sbom/fluentd-multiple-lockfiles-cyclonedx.json")]

# goldens that are not run here, and why; those of operating systems are in trivy_os_goldens
ELSEWHERE = {
    "busybox-with-lockfile": "its image is not there", "spring4shell-jre11": "its image is not there", "spring4shell-jre8": "its image is not there",
    "alpine-39-skip": "its image is not there, and it is about an option that skips files", "alpine-distroless": "its image is not there",
    "dockerfile": "a Dockerfile: not of vulnerabilities", "dockerfile_file_pattern": "a Dockerfile: not of vulnerabilities",
}
# run in functions of their own
MORE = {"npm-ubuntu-severity", "conda-environment-cyclonedx", "julia-spdx", "gomod-skip", "npm-with-dev", "pom-cyclonedx", "license-cyclonedx", "conda-cyclonedx", "conda-spdx"}


def every_golden_is_named():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "trivy_os_goldens.py"), encoding="utf-8") as f:
        systems = set(re.findall(r'^    [(]"([^"]+)"', f.read(), re.M))
    there = {n[:-len(".json.golden")] for n in os.listdir(shared(GOLDENS + "expected")) if n.endswith(".json.golden")}
    rest = sorted(there - systems - {c[0] for c in CASES} - ELSEWHERE.keys() - MORE)
    ok(f"{len(there)} goldens: each is run, or named with its reason", not rest, str(rest))


def ranges(value):
    """Comparisons as ranges of OSV; of crates only the patched ones are given."""
    rows, patched = value.get("VulnerableVersions"), list(value.get("PatchedVersions") or [])
    if rows is None:  # cargo: what is in none of the patched spans
        low, out = "0", []
        for span in sorted(patched, key=lambda s: [int(x) for x in re.findall(r"\d+", s)]):
            ends = re.findall(r"(>=|<)\s*([\w.]+)", span)
            out.append([{"introduced": low}, {"fixed": ends[0][1]}])
            low = ends[1][1] if len(ends) > 1 else None
        return out
    out = []
    for row in rows:
        if row.startswith("["):  # Maven's own form
            low, high = row[1:-1].split(",")
            out.append([{"introduced": low}, {"fixed": high}])
            continue
        ends = dict(re.findall(r"(>=|<=|<)\s*([\w.]+)", row))
        events = [{"introduced": ends.get(">=", "0")}]
        if "<" in ends:
            # GitLab names a fix that is not where the affected range ends: that is what is told
            events.append({"fixed": ends["<"] if ends["<"] in patched or len(patched) != 1 else patched[0]})
        elif "<=" in ends:  # GitHub gives the patched version where there is one
            later = [p for p in patched if p.split(".")[:2] == ends["<="].split(".")[:2]]
            events.append({"fixed": later[0]} if later else {"last_affected": ends["<="]})
        out.append(events)
    return out


def known():
    with open(shared(GOLDENS + "fixtures/db/vulnerability.yaml"), encoding="utf-8") as f:
        return {row["key"]: row["value"] for row in yaml.safe_load(f)[0]["pairs"]}


def records():
    about = known()
    for name in ("nodejs", "go", "java", "python", "ruby", "swift", "pub", "erlang", "rust", "composer", "conan", "nuget", "k8s"):
        with open(shared(f"{GOLDENS}fixtures/db/{name}.yaml"), encoding="utf-8") as f:
            buckets = yaml.safe_load(f)
        for bucket in buckets:
            eco = ECOSYSTEMS[bucket["bucket"].split("::")[0]]
            for package in bucket["pairs"]:
                for row in package["pairs"]:
                    levels = about.get(row["key"], {}).get("VendorSeverity") or {}
                    doc = {"id": row["key"], "modified": "2024-01-01T00:00:00Z", "affected": [{
                        "package": {"ecosystem": eco, "name": package["bucket"]},
                        "ranges": [{"type": "ECOSYSTEM", "events": e} for e in ranges(row["value"])]}]}
                    if "ghsa" in levels:
                        doc["database_specific"] = {"severity": LEVELS[int(levels["ghsa"])]}
                    yield f"{eco}-{package['bucket'].replace('/', '-').replace(':', '-')}-{row['key']}.json", eco, doc


def expected(golden):
    with open(shared(f"{GOLDENS}expected/{golden}.json.golden"), encoding="utf-8") as f:
        doc = json.load(f)
    out = {}
    for result in doc.get("Results") or []:
        if result["Class"] != "lang-pkgs":
            continue  # the distribution's: trivy_os_goldens
        for v in result.get("Vulnerabilities") or []:
            severity = v["Severity"].lower() if v.get("SeveritySource") == "ghsa" else None
            out[(v["VulnerabilityID"], v["PkgName"].lower(), v["InstalledVersion"])] = (v.get("FixedVersion", ""), severity)
    return out


def golden_of(name):
    with open(shared(f"{GOLDENS}expected/{name}.json.golden"), encoding="utf-8") as f:
        return json.load(f)


def found(doc):
    names = {p["purl"]: p["name"].lower() for p in doc["packages"]}
    return {(f["id"], names[f["package"]], f["installed"]): (f["fixed"] or "", f["severity"]) for f in doc["findings"] if f["check"] == "vulnerability"}


def julia(doc):
    purls = {p["SPDXID"]: r["referenceLocator"] for p in doc["packages"] for r in p.get("externalRefs", []) if r["referenceType"] == "purl"}
    edges = [(purls.get(r["spdxElementId"]), purls.get(r["relatedSpdxElement"])) for r in doc["relationships"] if r["relationshipType"] == "DEPENDS_ON"]
    return sorted(p for p in purls.values() if p.startswith("pkg:julia/")), sorted(edges)


def ubuntu_word(about):
    """One record of Ubuntu's, of the package of jQuery in a release of its own."""
    cve = "CVE-2019-11358"
    yield f"UBUNTU-{cve}.json", json.dumps({
        "schema_version": "1.7.0", "id": f"UBUNTU-{cve}", "modified": "2024-01-01T00:00:00Z", "upstream": [cve],
        "severity": [{"type": "Ubuntu", "score": LEVELS[int(about[cve]["VendorSeverity"]["ubuntu"])]}],
        "affected": [{"package": {"ecosystem": "Ubuntu:18.04:LTS", "name": "jquery"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
                      "versions": []}]})


def more(scan):
    repo = shared(GOLDENS + "fixtures/repo") + "/"
    # an option skips one folder: here it is not there; the places of each finding are those of the golden
    root = os.path.join(TMP, "gomod")
    shutil.copytree(repo + "gomod", root, ignore=shutil.ignore_patterns("submod2"))
    doc = scan("dir:" + root)
    places = {p["purl"]: p["paths"] for p in doc["packages"]}
    have = sorted((f["id"], path) for f in doc["findings"] for path in places[f["package"]] if path.endswith("go.mod"))
    same("gomod-skip: findings by file", have, sorted({(v["VulnerabilityID"], r["Target"]) for r in golden_of("gomod-skip")["Results"] for v in r["Vulnerabilities"]}))
    # the lock file alone: what is installed is there whoever asked for it
    os.mkdir(os.path.join(TMP, "npm"))
    shutil.copy(repo + "npm/package-lock.json", os.path.join(TMP, "npm"))
    doc, want = scan("dir:" + os.path.join(TMP, "npm")), golden_of("npm-with-dev")
    rows = [p for r in want["Results"] for p in r["Packages"]]
    same("npm-with-dev: packages and their scope", sorted((p["name"], p["version"], p["scope"] == "dev") for p in doc["packages"]),
         sorted((p["Name"], p["Version"], bool(p.get("Dev"))) for p in rows))
    same("npm-with-dev: findings", {k[0] for k in found(doc)}, {v["VulnerabilityID"] for r in want["Results"] for v in r["Vulnerabilities"]})
    # Trivy's database has Ubuntu's word on the id alone: its record here is of the package that Ubuntu calls so
    doc, want = scan("dir:" + os.path.join(TMP, "npm"), "--vuln-severity-source", "ubuntu"), golden_of("npm-ubuntu-severity")
    same("npm-ubuntu-severity: findings, severities and whose they are",
         sorted((f["id"], f["installed"], f["severity"], f["severity_source"]) for f in doc["findings"]),
         sorted((v["VulnerabilityID"], v["InstalledVersion"], v["Severity"].lower(), v["SeveritySource"])
                for r in want["Results"] for v in r.get("Vulnerabilities") or []))
    want = golden_of("julia-spdx")
    doc = json.loads(assay_scan("dir:" + repo + "julia", "spdx-json").raw)
    same("julia-spdx: packages and what they depend on", julia(doc), julia(want))
    want = golden_of("conda-environment-cyclonedx")
    doc = json.loads(assay_scan("dir:" + repo + "conda-environment", "cyclonedx").raw)
    same("conda-environment-cyclonedx: packages", sorted(c["purl"] for c in doc["components"] if c["type"] == "library"),
         sorted(c["purl"] for c in want["components"] if c["type"] == "library"))
    want = golden_of("pom-cyclonedx")
    doc = json.loads(assay_scan("dir:" + repo + "pom", "cyclonedx").raw)
    same("pom-cyclonedx: vulnerabilities", sorted((v["id"], a["ref"]) for v in doc["vulnerabilities"] for a in v["affects"]),
         sorted((v["id"], a["ref"]) for v in want["vulnerabilities"] for a in v["affects"]))
    have = {c.get("purl") for c in doc["components"]}
    ok("pom-cyclonedx: what it depends on", {c["purl"] for c in want["components"] if c["type"] == "library"} - have <= {"pkg:maven/com.example/log4shell@1.0-SNAPSHOT"}, have)
    doc = scan("sbom:" + shared(GOLDENS + "fixtures/sbom/license-cyclonedx.json"))
    same("license-cyclonedx: licences", sorted((p["name"], x) for p in doc["packages"] for x in p["licenses"]),
         sorted((x["PkgName"], x["Name"]) for r in golden_of("license-cyclonedx")["Results"] for x in r["Licenses"]))
    doc = scan("dir:" + repo + "conda")
    have = sorted((p["purl"], p["licenses"][0]) for p in doc["packages"])
    same("conda-cyclonedx: packages and licences", have, sorted((c["purl"], c["licenses"][0]["license"]["id"]) for c in golden_of("conda-cyclonedx")["components"]))
    same("conda-spdx: packages and licences", have, sorted((p["externalRefs"][0]["referenceLocator"], p["licenseDeclared"])
                                                           for p in golden_of("conda-spdx")["packages"] if "versionInfo" in p))


def assay_scan(ref, form, *options):
    return assay("scan", ref, *options, "--checks", "vuln", "-f", form, "--db", os.path.join(TMP, "db"), "--db-max-age", "0")


def main():
    if not os.path.exists(ASSAY) or not shared(GOLDENS) or yaml is None:
        skip("Trivy's goldens of languages", "no program, no ../shared or no python3-yaml")
        return 0
    every_golden_is_named()
    db, zips = os.path.join(TMP, "db"), {}
    for name, eco, doc in records():
        zips.setdefault(eco, []).append((name, json.dumps(doc)))
    paths = []
    for eco, docs in sorted(zips.items()):
        paths.append(os.path.join(TMP, eco + ".zip"))
        with zipfile.ZipFile(paths[-1], "w") as z:
            for name, text in docs:
                z.writestr(name, text)
    paths.append(os.path.join(TMP, "ubuntu.zip"))
    with zipfile.ZipFile(paths[-1], "w") as z:
        for name, text in ubuntu_word(known()):
            z.writestr(name, text)
    made = assay("db", "import", *paths, "--db", db)
    ok("the fixtures are imported", made.rc == 0, made)
    more(lambda ref, *options: assay_scan(ref, "json", *options).json())
    for golden, place in CASES:
        path = shared(f"{GOLDENS}fixtures/{place}")
        if not path:
            skip(golden, "its input is not there")
            continue
        ref = ("dir:" if os.path.isdir(path) else "sbom:") + path
        run = assay_scan(ref, "json")
        if not run.raw.startswith(b"{"):
            ok(golden, False, run)
            continue
        doc = run.json()
        have = found(doc)
        want = expected(golden)
        wrong = [f"missing {k}" for k in want.keys() - have.keys()] + [f"extra {k}" for k in have.keys() - want.keys()]
        for k in want.keys() & have.keys():
            if have[k][0] not in re.split(r"[,\s>=<]+", want[k][0]) or want[k][1] not in (None, have[k][1]):
                wrong.append(f"{k}: {have[k]} where the golden has {want[k]}")
        ok(f"{golden}: {len(want)} findings", not wrong, "\n".join(sorted(wrong)))
    return done()


sys.exit(main())
