#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""packages - lists of packages beside those of Syft and Trivy, package by package, with a reason for each
difference; the licences of those that both list; time and memory of the same work: the packages of an
image and their licences, nothing judged.

usage: packages.py [LAYOUT]     (make bench-packages; LAYOUT: default image M of bench/inputs)
environment: BENCH_DIR  where inputs are kept (default build/bench/in)
             PEERS      folder with syft and trivy
             RUNS       counted runs of each (default 3)
             ALL        every difference is printed by name, not ten of each reason
"""
import collections
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from urllib.parse import unquote

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("BUILD", os.path.join(os.path.dirname(HERE), "build"))
ASSAY = os.path.join(BUILD, "assay")
DIR = os.environ.get("BENCH_DIR", os.path.join(BUILD, "bench", "in"))
PEERS = os.environ.get("PEERS", "")
RUNS = int(os.environ.get("RUNS", "3"))
SHOWN = None if os.environ.get("ALL") else 10


def key(purl):
    """(type, name, version), spelled alike."""
    kind, rest = unquote(purl.split("#")[0].split("?")[0])[4:].split("/", 1)
    at = rest.rfind("@")
    name, version = (rest[:at], rest[at + 1:]) if at > 0 else (rest, "")
    if kind == "deb":
        name, version = name.split("/")[-1], version.split(":")[-1]
    if kind == "pypi":
        name = re.sub("[-_.]+", "-", name).lower()
    if kind in ("nuget", "composer"):
        name = name.lower()
    if kind == "golang":
        version = re.sub("^v(?=[0-9])", "", version)
    return kind, name, version


def read_assay(doc):
    out = collections.defaultdict(list)
    for p in doc["packages"]:
        out[key(p["purl"])] += [(x, p["evidence"], p["absent"]) for x in p["paths"] or [""]]
    return out


def read_syft(doc):
    out = collections.defaultdict(list)
    for p in doc["artifacts"]:
        k = key(p["purl"]) if p.get("purl") else (p["type"], p["name"], p["version"])
        out[k] += [(x["path"].lstrip("/"), "", False) for x in p["locations"]]
    return out


def read_trivy(doc):
    out = collections.defaultdict(list)
    for result in doc.get("Results", []):
        for p in result.get("Packages") or []:
            purl = p.get("Identifier", {}).get("PURL")
            k = key(purl) if purl else (result["Type"], p["Name"], p.get("Version", ""))
            out[k].append((p.get("FilePath") or result["Target"], "", False))
    return out


SAMPLES = re.compile(r"(^|/)(tests?|testdata|__tests__|fixtures?|mock_packages|examples?|benchmark|demo)/")


def theirs_alone(k, paths, ours, owned):
    """Why a package that a peer lists is none of ours."""
    kind, name, version = k
    if not version or version == "UNKNOWN":
        return "no version: nothing can be said of it"
    if all(p in owned for p, _, _ in paths):
        return "its file belongs to a package of Debian: that one is listed"
    if all(SAMPLES.search(p) for p, _, _ in paths):
        return "what a package is tested with"
    base = name.rsplit("/", 1)[-1]
    near = [o for o in ours if o[0] == kind and (o[1].rsplit("/", 1)[-1].endswith(base) or o[2] == version) and
            {p.split("!")[0] for p, _, _ in ours[o]} & {p.split("!")[0] for p, _, _ in paths}]
    if any(o[2].split(".")[:3] == version.split(".")[:3] or o[1].rsplit("/", 1)[-1] == base for o in near):
        return "listed under another name of group or version, from the same file"
    if all(p.endswith("package.json") for p, _, _ in paths):
        return "an application's own manifest, not a package that was published"
    if kind == "binary":
        return "a program for Windows"
    return "MISSED"


def ours_alone(k, paths, theirs, _):
    kind, name, version = k
    if any(absent for _, _, absent in paths):
        return "in a lock file, not installed: listed as absent, not judged"
    if kind == "generic":
        return "a library within another file, known by its bytes"
    base = name.rsplit("/", 1)[-1]
    if any(o[0] == kind and o[1].rsplit("/", 1)[-1].endswith(base) and (o[2] == version or not o[2] or o[2] in version or version in o[2])
           for o in theirs):
        return "listed there under another name of group or version"
    if any(e == "lock" for _, e, _ in paths):
        return "named by a lock file or list of requirements"
    if any(e == "binary" for _, e, _ in paths):
        return "an assembly that says its version"
    if not any(o[0] == kind for o in theirs):
        return "they list none of this kind here"
    return "more that the same files say"


def differences(title, left, right, reason, owned):
    by = collections.defaultdict(list)
    for k in left:
        if k not in right:
            by[reason(k, left[k], right, owned)].append(k)
    print(f"\n{title}: {sum(map(len, by.values()))} of {len(left)}")
    for why, keys in sorted(by.items(), key=lambda x: -len(x[1])):
        kinds = collections.Counter(k[0] for k in keys)
        print(f"  {len(keys)} {why} ({', '.join(f'{n} {t}' for t, n in sorted(kinds.items()))})")
        for k in sorted(keys)[:SHOWN]:
            print(f"      {k[0]} {k[1]} {k[2]}  {left[k][0][0]}")
    return by


def names_of(texts):
    """Licences as a set of names, spelled alike: parts of expressions, "GPL-2+" as GPL-2.0-or-later."""
    out = set()
    for text in texts:
        for one in re.split(r"[()]|\s(?:AND|OR|and|or)\s|,", text or ""):
            one = re.sub(r"^LicenseRef-", "", one.strip()).replace(" ", "-")
            m = re.fullmatch(r"(A?L?GPL|GFDL|MPL)-?v?([0-9](?:\.[0-9])?)(?:\.0)?(\+|-or-later|-only)?", one, re.I)
            if m:
                number = m[2] if "." in m[2] else m[2] + ".0"
                late = m[3] in ("+", "-or-later") or (m[1].upper() == "MPL" and not m[3])
                one = f"{m[1]}-{number}-{'or-later' if late else 'only'}"
            if one:
                out.add(one.lower())
    return out


LICENSES = {
    "assay": lambda doc: ((r["referenceLocator"], [p.get("licenseDeclared", "").replace("NOASSERTION", "")]) for p in doc["packages"]
                          for r in p.get("externalRefs", []) if r["referenceType"] == "purl"),
    "syft": lambda doc: ((p["purl"], [x.get("spdxExpression") or x["value"] for x in p["licenses"]]) for p in doc["artifacts"] if p.get("purl")),
    "trivy": lambda doc: ((p["Identifier"]["PURL"], p.get("Licenses") or []) for r in doc.get("Results", []) for p in r.get("Packages") or []
                          if p.get("Identifier", {}).get("PURL")),
}


def licenses(name, mine, theirs):
    """The licences of the packages that both list, by kind of package."""
    kinds = collections.defaultdict(lambda: collections.Counter())
    for k in mine.keys() & theirs.keys():
        why = "the same" if mine[k] == theirs[k] else "not told there" if not theirs[k] else "not told here" if not mine[k] else "differ"
        kinds[k[0]][why] += 1
        if why in ("differ", "not told here") and os.environ.get("ALL"):
            print(f"      {k[0]} {k[1]}: {sorted(mine[k])} {sorted(theirs[k])}")
    print(f"\nlicences beside {name}: kind, packages of both, the same, not told there, not told here, differ")
    for kind, by in sorted(kinds.items()):
        print(f"  {kind} {sum(by.values())} {by['the same']} {by['not told there']} {by['not told here']} {by['differ']}")


def owned_files(layout):
    """Files of Debian's packages, by dpkg's own lists, with /usr merged."""
    with open(f"{layout}/index.json", encoding="utf-8") as f:
        digest = json.load(f)["manifests"][0]["digest"].split(":")[1]
    with open(f"{layout}/blobs/sha256/{digest}", encoding="utf-8") as f:
        layers = [x["digest"].split(":")[1] for x in json.load(f)["layers"]]
    out = set()
    for layer in layers:
        got = subprocess.run(["tar", "-xOf", f"{layout}/blobs/sha256/{layer}", "--wildcards", "*/var/lib/dpkg/info/*.list"],
                             capture_output=True, check=False).stdout.decode(errors="replace")
        for line in got.splitlines():
            out.add(line.lstrip("/"))
            out.add("usr/" + line.lstrip("/"))
    return out


def timed(argv, out, env=None):
    """Wall and processor seconds; peak memory of the largest process in MiB."""
    with open(out, "wb") as f:
        p = subprocess.run(["/usr/bin/time", "-f", "%e %U %S %M"] + argv, stdout=f, stderr=subprocess.PIPE,
                           env=dict(os.environ, **(env or {})), check=False)
    wall, user, system, kib = map(float, p.stderr.decode().split()[-4:])
    return wall, user + system, kib / 1024


def main():
    layout = sys.argv[1] if len(sys.argv) > 1 else os.path.join(DIR, "M-gzip")
    if not os.path.isdir(layout):
        print(f"packages: {layout} is missing; `bench/inputs {DIR} M` makes it")
        return 1
    work = tempfile.mkdtemp()
    cache = os.path.join(work, "cache")
    tools = {"assay": ([ASSAY, "scan", f"oci:{layout}", "--no-cache", "--checks", "license", "--license-deny", "none", "-f", "json"],
                       read_assay, {})}
    if os.path.exists(os.path.join(PEERS, "syft")):
        tools["syft"] = ([os.path.join(PEERS, "syft"), "scan", f"oci-dir:{layout}", "-q", "-o", "json"], read_syft,
                         {"SYFT_CHECK_FOR_APP_UPDATE": "false"})
    if os.path.exists(os.path.join(PEERS, "trivy")):
        tools["trivy"] = (["sh", "-c", f"rm -rf '{cache}/fanal'; exec '{PEERS}/trivy' image --input '{layout}' --cache-dir '{cache}' "
                           "--offline-scan --skip-db-update --skip-java-db-update --skip-version-check --list-all-pkgs --scanners license "
                           "-f json -q"], read_trivy, {})
    lists, named, cost = {}, {}, collections.defaultdict(list)
    for run in range(RUNS):
        for name, (argv, read, env) in tools.items():
            out = os.path.join(work, name + ".json")
            cost[name].append(timed(argv, out, env))
            if run == 0:
                with open(out, encoding="utf-8") as f:
                    doc = json.load(f)
                lists[name] = read(doc)
                if name == "assay":  # the licences that its report has are as they were found
                    doc = json.loads(subprocess.run([ASSAY, "sbom", f"oci:{layout}", "-f", "spdx-json", "-q"], capture_output=True, check=False).stdout)
                named[name] = {key(purl): names_of(texts) for purl, texts in LICENSES[name](doc)}
    print("| tool | packages | seconds | processor | MiB, largest process | ratio of seconds | of processor | of memory |")
    print("|---|---|---|---|---|---|---|---|")
    mine = [statistics.median(c[i] for c in cost["assay"]) for i in range(3)]
    for name in tools:
        got = [statistics.median(c[i] for c in cost[name]) for i in range(3)]
        print(f"| {name} | {len(lists[name])} | {got[0]:.1f} | {got[1]:.1f} | {got[2]:.0f} | " +
              " | ".join(f"{got[i] / mine[i]:.1f}" for i in range(3)) + " |")
    owned = owned_files(layout)
    missed = 0
    for name in tools:
        if name != "assay":
            by = differences(f"{name} alone", lists[name], lists["assay"], theirs_alone, owned)
            missed += len(by["MISSED"])
            differences(f"assay alone, beside {name}", lists["assay"], lists[name], ours_alone, owned)
            licenses(name, named["assay"], named[name])
    print(f"\n{missed} missed")
    return 0


sys.exit(main())
