#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""accuracy - what assay finds against the labels that people gave to matches of another scanner
(../shared/data/vectors/labels), by ecosystem: precision, recall, and every false answer with its cause.

A label names image, package, version and vulnerability, and neither ecosystem nor distribution.  Distributions are read
off the version (".el8"); a package of a language is taken for one of each ecosystem whose advisories name it,
of Maven's for each group.  So an answer can be false because the package is another of the same name: the cause says so.
"no data" (counted apart): no advisory at hand names the vulnerability for the package.  The cause of each false answer is
worked out from the label, the other labels of its image and the advisories (why_found, why_missed), and says on what it rests:
an answer for which none of them holds is "ours", and there should be none.
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


NOT_OURS = ("owned by the system", "another package", "another distribution's build", "no module stream", "missing data")


def fold(kind, name):
    return re.sub(r"[-_.]+", "-", name).lower() if kind == "pypi" else name


def load_labels():
    """{(package, version): {cve: set of labels}}"""
    out, images = collections.defaultdict(lambda: collections.defaultdict(set)), collections.defaultdict(set)
    with gzip.open(shared("data/vectors/labels/vulnerability-match-labels.tsv.gz"), "rt", encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            cve = row["effective_cve"] or row["vulnerability_id"]
            images[row["image"]].add((row["package"], row["version"]))
            if row["package"] and row["version"] and row["label"] in ("TP", "FP") and cve:
                out[(row["package"], row["version"])][cve].add(row["label"])
    beside = collections.defaultdict(set)  # (package, version) → what else is in its images
    for packages in images.values():
        for key in packages:
            beside[key] |= packages
    return out, beside


def load_advisories():
    """{kind: {name: set of ids}}, names of Maven by artifact too; {(name, id): [(record, versions listed, events)]}."""
    out, said = {}, collections.defaultdict(list)

    def note(name, rec, a):
        events = [" ".join(f"{k} {v}" for e in r["events"] for k, v in e.items()) for r in a.get("ranges") or [] if r["type"] != "GIT"]
        for cve in {rec["id"], *(rec.get("aliases") or []), *(rec.get("related") or [])}:
            said[(name, cve)].append((rec["id"], set(a.get("versions") or []), events))

    for kind, file in OSV.items():
        names = collections.defaultdict(set)
        for rec in records(shared("data/advisories/osv/" + file)):
            for a in [] if rec.get("withdrawn") else rec.get("affected") or []:
                names[fold(kind, a["package"]["name"])] |= {rec["id"], *(rec.get("aliases") or [])}
                note((kind, fold(kind, a["package"]["name"])), rec, a)
        out[kind] = names
    alma = collections.defaultdict(set)
    for rec in records(shared("data/advisories/osv/AlmaLinux.tar.zst")):
        for a in rec.get("affected") or []:
            key = (a["package"]["ecosystem"].split(":")[1], a["package"]["name"])
            alma[key] |= set(rec.get("related") or [])
            note(key, rec, a)
    return out, alma, said


def system_package(package, version, beside):
    """A package of a distribution in the same image that is this one: by its name, and its version behind the epoch."""
    short = re.sub(r"^(python3?-|py)", "", package.lower()).replace("_", "-")
    for name, v in sorted(beside):
        if re.search(r"\.el\d|\.amzn|\.fc|ubuntu|deb\d|-r\d+$|-\d+", v) and re.fullmatch(rf"(python\d*-|py\d*-|lib|rubygem-|nodejs-)?(py)?{re.escape(short)}\d*", name.lower()) \
                and re.match(rf"(\d+:)?{re.escape(version)}([-+]|$)", v):
            return f"{name} {v}"
    return None


def why_found(kind, package, version, rows, beside):
    """Why what is found was labelled false."""
    if ".module" in version:
        heads = {re.sub(r"\+\d+\+.*", "", e.split("fixed ")[1]) for _, _, events, _ in rows for e in events if "fixed " in e}
        if re.sub(r"\+\d+\+.*", "", version) in heads:
            return "another distribution's build: the same version and release are fixed in AlmaLinux's build, whose number is higher than CentOS's"
        return "no module stream: a label does not tell it, an image does; the advisory's versions are of " + "; ".join(sorted(heads))
    system = system_package(package, version, beside)
    if system:
        return f"owned by the system: {system} of the same image holds these files, and is reported alone"
    if kind == "pypi" and rows and all(v and version not in v for _, v, _, _ in rows):
        return "another package: PyPI's releases that the record lists do not have this one"
    if kind == "maven":
        groups = sorted({r[3] for r in rows})
        if all("jenkins" in g for g in groups):
            return f"another package, or disputed: taken for {', '.join(groups)}, a plug-in; a label tells no group, an image does"
        return f"disputed: {', '.join(groups)} {version} is in what {rows[0][0]} says: {'; '.join(rows[0][2])}"
    if rows:
        return f"disputed: in what {rows[0][0]} says: {'; '.join(rows[0][2])}"
    return "ours"


def why_missed(version, rows):
    """Why what was labelled true is not found."""
    modules = [".module" in e for _, _, events, _ in rows for e in events if "fixed " in e]
    if modules and all(modules) and ".module" not in version:
        return f"missing data: {rows[0][0]} is of a module stream alone, and this package is of none"
    if rows:
        return "disputed: " + "; ".join(f"{r[0]}: {', '.join(r[2]) or 'single versions'}" for r in rows[:3])
    return "ours"


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
    (labels, beside), (advisories, alma, said) = load_labels(), load_advisories()
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
        false, totals = [], {}
        for group, packages in sorted(groups.items()):
            found = scan(tmp, group, {(p, v[1]) for p, v in packages.items()}, db)
            answers, names, keys = collections.defaultdict(set), collections.defaultdict(set), collections.defaultdict(list)
            for purl, (package, version, name) in packages.items():
                answers[(package, version)] |= found[purl]
                keys[(package, version)].append(name if group.startswith("rpm") else (group, name))
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
                            rows = [(*r, str(k[1])) for k in keys[key] for r in said[(k, cve)]]
                            if words == {"TP"}:
                                why = why_missed(key[1], rows)
                            else:
                                why = why_found(group, *key, rows, beside[key])
                            false.append((group, "FN" if words == {"TP"} else "FP", *key, cve, why))
            totals[group] = n
            precision = n["tp"] / (n["tp"] + n["fp"]) if n["tp"] + n["fp"] else 1
            recall = n["tp"] / (n["tp"] + n["fn"]) if n["tp"] + n["fn"] else 1
            print(f"{group:<10}{len(answers):>9}{n['tp']:>6}{n['fn']:>6}{n['fp']:>6}{n['tn']:>6}{n['none']:>9}{n['disputed']:>9}{precision:>10.3f}{recall:>8.3f}")
    print("without answers whose cause is that a label does not tell what an image does, or that no advisory at hand is of the package:")
    for group, n in totals.items():
        fp = n["fp"] - sum(r[:2] == (group, "FP") and r[5].startswith(NOT_OURS) for r in false)
        fn = n["fn"] - sum(r[:2] == (group, "FN") and r[5].startswith(NOT_OURS) for r in false)
        print(f"{group:<10} FP {fp:>3}  FN {fn:>3}  precision {n['tp'] / max(n['tp'] + fp, 1):.3f}  recall {n['tp'] / max(n['tp'] + fn, 1):.3f}")
    print(f"errors of ours: {sum(r[5] == 'ours' for r in false)}")
    for (group, kind, cause), count in sorted(collections.Counter((r[0], r[1], r[5].split(":")[0]) for r in false).items()):
        print(f"{group:<10}{kind:>4}{count:>6}  {cause}")
    for row in sorted(false):
        print("\t".join(row))
    print(*(f"{v} {k}" for k, v in left_out.items()))


if __name__ == "__main__":
    sys.exit(main())
