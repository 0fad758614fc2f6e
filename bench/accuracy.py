#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""accuracy - what assay finds against the labels that people gave to matches of another scanner
(../shared/data/vectors/labels), by ecosystem: precision, recall, and every false answer with its cause.

A label names image, package, version and vulnerability, and neither ecosystem nor distribution.  Distributions are read
off the version (".el8"); a package of a language is taken for one of each ecosystem whose advisories name it,
of Maven's for each group.  So an answer can be false because the package is another of the same name: the cause says so.
Causes: "no data" (counted apart): no advisory at hand names the vulnerability for the package; "other package": the label's package is
not the one that bears the name (labelled FP for a plug-in, a client, a file of an rpm); "disputed": the advisory at hand
says otherwise than the label; "no module stream": rpm's streams are judged apart, and a label does not tell which it is.
That assay holds versions against advisories as they are written, tests/data/osv_walk.py and bench/npm_tree.py show."""
import collections
import csv
import gzip
import json
import os
import re
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.environ.setdefault("TMPDIR", tempfile.gettempdir())
os.environ.setdefault("ASSAY_SHARED", os.path.join(ROOT, "../shared"))
sys.path.insert(0, os.path.join(ROOT, "tests/data"))
sys.path.insert(0, os.path.join(ROOT, "tests/lib"))
from osv_walk import records  # noqa: E402
from tap import assay, shared  # noqa: E402

OSV = {"npm": "npm-derived.tar.zst", "pypi": "PyPI.tar.zst", "maven": "Maven-derived.tar.zst", "nuget": "NuGet-derived.tar.zst",
       "golang": "Go.tar.zst", "cargo": "crates.io-all.zip"}


def fold(kind, name):
    return re.sub(r"[-_.]+", "-", name).lower() if kind == "pypi" else name


def load_labels():
    """{(package, version): {cve: set of labels}}"""
    out = collections.defaultdict(lambda: collections.defaultdict(set))
    with gzip.open(shared("data/vectors/labels/vulnerability-match-labels.tsv.gz"), "rt", encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            cve = row["effective_cve"] or row["vulnerability_id"]
            if row["package"] and row["version"] and row["label"] in ("TP", "FP") and cve:
                out[(row["package"], row["version"])][cve].add(row["label"])
    return out


def load_advisories():
    """{kind: {name: set of ids}}, names of Maven by artifact too."""
    out = {}
    for kind, file in OSV.items():
        names = collections.defaultdict(set)
        for rec in records(shared("data/advisories/osv/" + file)):
            for a in [] if rec.get("withdrawn") else rec.get("affected") or []:
                names[fold(kind, a["package"]["name"])] |= {rec["id"], *(rec.get("aliases") or [])}
        out[kind] = names
    alma = collections.defaultdict(set)
    for rec in records(shared("data/advisories/osv/AlmaLinux.tar.zst")):
        for a in rec.get("affected") or []:
            alma[(a["package"]["ecosystem"].split(":")[1], a["package"]["name"])] |= set(rec.get("related") or [])
    return out, alma


def purls(package, version, advisories, artifacts):
    """[(ecosystem, purl, names of advisories)] that the label may mean."""
    # Debian's advisories name sources, and a label does not tell of which one a package is
    if re.search(r"deb\d+u\d", version):
        return []
    el = re.search(r"\.(?:module_)?el([89])", version)
    if el:
        return [(f"rpm el{el[1]}", f"pkg:rpm/almalinux/{package}@{version.replace('+', '%2B')}?distro=almalinux-{el[1]}", (el[1], package))]
    if re.search(r"-r\d+$|\.el[67]|\.amzn|ubuntu|\.fc\d|\.sles|\.cm\d|\.oe\d", version) or re.search(r"^\d+:|\+b\d|\+dfsg|-\d+$", version):
        return []
    out = []
    for kind, names in advisories.items():
        for name in artifacts.get(package, []) if kind == "maven" else [fold(kind, package)] if fold(kind, package) in names else []:
            text = name.replace(":", "/") if kind == "maven" else name.replace("@", "%40")
            out.append((kind, f"pkg:{kind}/{text}@{version.lstrip('v').replace('+', '%2B') if kind != 'golang' else version}", name))
    return out


def scan(tmp, group, wanted, db):
    bom = os.path.join(tmp, re.sub(r"\W", "-", group) + ".json")
    rows = [{"type": "library", "name": p.split("@")[0].split("/")[-1], "version": v, "purl": p, "bom-ref": str(i)} for i, (p, v) in enumerate(sorted(wanted))]
    with open(bom, "w", encoding="utf-8") as f:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": rows}, f)
    out = collections.defaultdict(set)
    for f in assay("scan", "sbom:" + bom, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0", timeout=600).json()["findings"]:
        out[f["package"]] |= {f["id"], *f["references"]}
    return out


def main():
    labels, (advisories, alma) = load_labels(), load_advisories()
    artifacts = collections.defaultdict(list)
    for name in advisories["maven"]:
        artifacts[name.split(":")[-1]].append(name)
    groups, left_out = collections.defaultdict(dict), collections.Counter()
    for (package, version), cves in labels.items():
        rows = purls(package, version, advisories, artifacts)
        left_out["labels without data of their distribution or ecosystem"] += 0 if rows else len(cves)
        for group, purl, name in rows:
            groups[group][purl] = (package, version, name)
    with tempfile.TemporaryDirectory() as tmp:
        db = os.path.join(tmp, "db")
        feeds = ["data/advisories/osv/" + f for f in [*OSV.values(), "AlmaLinux.tar.zst"]]
        assay("db", "import", *(shared(f) for f in feeds), "--db", db, timeout=600)
        print(f"{'ecosystem':<10}{'packages':>9}{'TP':>6}{'FN':>6}{'FP':>6}{'TN':>6}{'no data':>9}{'disputed':>9}{'precision':>10}{'recall':>8}")
        false = []
        for group, packages in sorted(groups.items()):
            found = scan(tmp, group, {(p, v[1]) for p, v in packages.items()}, db)
            answers, names = collections.defaultdict(set), collections.defaultdict(set)
            for purl, (package, version, name) in packages.items():
                answers[(package, version)] |= found[purl]
                names[(package, version)] |= alma.get(name, set()) if group.startswith("rpm") else \
                    advisories[group].get(name, set())
            n = collections.Counter()
            for key, have in answers.items():
                for cve, words in labels[key].items():
                    known = cve in names[key]
                    if len(words) > 1:
                        n["disputed"] += 1
                    elif words == {"TP"} and not known and cve not in have:
                        n["none"] += 1
                    else:
                        n[{(True, True): "tp", (True, False): "fn", (False, True): "fp", (False, False): "tn"}[(words == {"TP"}, cve in have)]] += 1
                        if (words == {"TP"}) != (cve in have):
                            why = "the label tells no module stream" if ".module" in key[1] else \
                                "disputed: the advisory's versions do not hold this one" if words == {"TP"} else \
                                "disputed, or another package of that name: the advisory's versions hold this one"
                            false.append((group, "FN" if words == {"TP"} else "FP", *key, cve, why))
            precision = n["tp"] / (n["tp"] + n["fp"]) if n["tp"] + n["fp"] else 1
            recall = n["tp"] / (n["tp"] + n["fn"]) if n["tp"] + n["fn"] else 1
            print(f"{group:<10}{len(answers):>9}{n['tp']:>6}{n['fn']:>6}{n['fp']:>6}{n['tn']:>6}{n['none']:>9}{n['disputed']:>9}{precision:>10.3f}{recall:>8.3f}")
    for row in sorted(false):
        print("\t".join(row))
    print(*(f"{v} {k}" for k, v in left_out.items()))


if __name__ == "__main__":
    sys.exit(main())
