#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""osv_vectors - the records of ../shared/data/vectors/osv, imported: packages at, before and past the ends of their ranges,
typed here from the records by the rules of the OSV schema ("Evaluation")."""
import glob
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

# package URL without version, versions that are affected, versions that are not
WANT = [
    ("pkg:npm/mixin-deep", ["1.3.1", "2.0.0"], ["1.3.2", "1.9.0", "2.0.1"]),  # events in no order
    ("pkg:npm/i18next", ["1.10.2", "0.0.1"], ["1.10.3"]),
    ("pkg:maven/org.xwiki.commons/xwiki-commons-core", ["11.6.1", "12.0", "12.10.1"], ["11.6.0", "11.10.13", "12.6.7", "12.7", "12.10.2"]),
    ("pkg:maven/com.typesafe.akka/akka-actor_2.12", ["2.5.0", "2.5.15"], ["2.4.20", "2.5.16"]),
    ("pkg:maven/com.typesafe.akka/akka-actor_2.11", ["2.5.15"], ["2.5.16"]),
    ("pkg:pypi/products-pluggableauthservice", ["2.6.0", "2.6.1rc1"], ["2.6.1"]),
    ("pkg:pypi/gradio", ["4.36.1"], ["4.36.2", "4.36.0"]),  # single versions; the record writes it "Gradio"
    ("pkg:gem/paranoid2", ["1.1.6"], ["1.1.5", "1.1.7"]),
    ("pkg:gem/activesupport", [], ["3.2.21", "4.2.1"]),  # withdrawn
    ("pkg:golang/stdlib", ["1.21.11", "1.22.0", "1.22.4"], ["1.21.12", "1.22.5"]),
    ("pkg:pypi/123bla", ["0.0.1"], ["9.9.9"]),
]
# of the GraphQL answers; where there is a record beside one, the same as above
GRAPHQL = [w for w in WANT if w[0].split("/")[-1] in ("mixin-deep", "i18next", "xwiki-commons-core", "akka-actor_2.12", "akka-actor_2.11", "paranoid2")] + [
    ("pkg:pypi/products-pluggableauthservice", ["2.6.0", "2.6.1rc1"], ["2.6.1"]),
    ("pkg:npm/jquery", ["2.1.1", "2.2.0"], ["2.1.0", "3.0.0", "1.0.0"]),
    ("pkg:npm/marky-markdown", ["0.0.0", "12.0.0"], []),
    ("pkg:npm/shiba", ["1.2.1", "1.0.0"], ["1.2.2"]),
]
# no records: what stands in them, and why
NO_RECORD = {
    "RHSA-2022_0216.json": "no package is affected", "SUSE-FU-2022_0444-1.json": "no package is affected",
    "CVE-2023-41045.json": "commits alone", "nointroduced-CVE-2023-41045.json": "commits alone",
}


def records(root):
    out = []
    for path in sorted(glob.glob(root + "/**/*.json", recursive=True)):
        with open(path, encoding="utf-8") as f:
            doc = json.load(f)
        if "schema_version" in doc or "affected" in doc:
            out.append((path, doc))
    return out


def asked(db, want):
    """Findings by package, of a bill of materials that lists all that is wanted."""
    parts = []
    for purl, yes, no in want:
        parts += [{"type": "library", "name": purl.rsplit("/", 1)[1], "version": v, "purl": f"{purl}@{v}", "bom-ref": f"{purl}@{v}"} for v in yes + no]
    with open(os.path.join(TMP, "bom.json"), "w", encoding="utf-8") as f:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": parts}, f)
    doc = assay("scan", "sbom:" + os.path.join(TMP, "bom.json"), "-f", "json", "--checks", "vuln,malware", "--db", db, "--db-max-age", "0").json()
    found = {}
    for f in doc["findings"]:
        found.setdefault(f["package"], []).append(f)
    for purl, yes, no in want:
        wrong = [v for v in yes if not found.get(f"{purl}@{v}")] + ["not " + v for v in no if found.get(f"{purl}@{v}")]
        same(f"{purl}: {len(yes)} affected, {len(no)} not", wrong, [])
    return found


def graphql(root):
    """What GitHub's GraphQL interface answers: the same advisories, most of them beside the record that was made of them."""
    paths = [p for p in sorted(glob.glob(root + "/**/ghsa/testdata/*.json", recursive=True)) if not p.endswith(".osv.json")]
    docs = [json.load(open(p, encoding="utf-8")) for p in paths]
    answer = os.path.join(TMP, "answer.json")
    with open(answer, "w", encoding="utf-8") as f:
        json.dump({"data": {"securityAdvisories": {"nodes": docs + [dict(docs[0], ghsaId="GHSA-0000-0000-0000", identifiers=[{"value": "CVE-2000-1"}],
                                                                        withdrawnAt="2024-01-01T00:00:00Z"), {"ghsaId": ""}]}}}, f)
    for what, files in (("one by one", paths), ("one answer", [answer])):
        db = os.path.join(TMP, "graphql-" + what[:3])
        run = assay("db", "import", *files, "--db", db)
        broken = 1 if files == [answer] else 0  # the one without an id
        ok(f"GitHub's answers, {what}: {len(paths)} are read", run.rc == 3 * broken and f"from {len(files)} documents; {broken} broken" in run.err, run)
        found = asked(db, GRAPHQL)
        one = found.get("pkg:npm/i18next@1.10.2", [{}])[0]
        same("... the CVE, the advisory, the fix and its severity", [one.get(k) for k in ("id", "fixed", "severity")] + [one.get("source", {}).get("advisory")],
             ["CVE-2017-16008", "1.10.3", "medium", "GHSA-f89g-whpf-6q9m"])
        ok("... withdrawn ones are none", not any(f["id"] == "CVE-2000-1" for fs in found.values() for f in fs))


def main():
    root = shared("data/vectors/osv")
    if not root:
        skip("records of OSV's own tests", "no ../shared here")
        return done()
    db, n = os.path.join(TMP, "db"), 0
    for path, doc in records(root):
        n += 1
        run = assay("db", "import", path, "--db", os.path.join(TMP, "one-" + os.path.basename(path)))
        count = int(run.err.split("imported ")[1].split()[0]) if "imported " in run.err else -1
        why = NO_RECORD.get(os.path.basename(path)) or (doc.get("withdrawn") and "withdrawn")
        ok(f"{os.path.basename(path)} is read{': ' + why if why else ''}", run.rc == 0 and (count == 0 if why else count > 0), run)
    assay("db", "import", *[p for p, _ in records(root)], "--db", db)
    found = asked(db, WANT)
    bad = found.get("pkg:pypi/123bla@0.0.1", [])
    ok(f"a malicious package is malware; {n} records", [f["check"] for f in bad] == ["malware"], bad)
    graphql(root)
    return done()


sys.exit(main())
