#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""consumers - Trivy's JSON, GitLab's reports and SARIF as those who take them in read them: members that their
importers index without asking, severities they know, addresses where they show links, and texts that are hostile."""
import json
import os
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import ASSAY, TMP, assay, done, ok, same, skip  # noqa: E402

HOSTILE = ("<script>alert(1)</script> =cmd()|x [a](javascript:alert(1)) \x1b[31m \u202e ]]> {{7*7}} ::set-output name=x::y", "\u00e4" * 400)
PAGES = [("CVE-2024-1111", "https://nvd.nist.gov/vuln/detail/CVE-2024-1111"), ("GHSA-aaaa-bbbb-cccc", "https://github.com/advisories/GHSA-aaaa-bbbb-cccc")]
SEVERITIES = {"CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"}  # Trivy has no other


def record(n, title, **more):
    return dict({"schema_version": "1.7.0", "id": n, "modified": "2024-05-01T00:00:00Z", "summary": title, "affected": [{
        "package": {"ecosystem": "npm", "name": "evil"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "9.9.9"}]}]}]}, **more)


def made():
    """Reports of an image with findings of all kinds that these forms hold."""
    records = [record("GHSA-aaaa-bbbb-cccc", HOSTILE[0], aliases=["CVE-2024-1111"], database_specific={"severity": "HIGH"},
                      severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]),
               record("GHSA-dddd-eeee-ffff", HOSTILE[1], database_specific={"severity": "LOW"}), record("X-1", "")]
    archive, db, root = os.path.join(TMP, "all.zip"), os.path.join(TMP, "db"), os.path.join(TMP, "root")
    with zipfile.ZipFile(archive, "w") as z:
        for r in records:
            z.writestr(r["id"] + ".json", json.dumps(r))
    assay("db", "import", archive, "--db", db)
    os.makedirs(os.path.join(root, "app/node_modules/evil"))
    with open(os.path.join(root, "app/node_modules/evil/package.json"), "w", encoding="utf-8") as f:
        json.dump({"name": "evil", "version": "1.0.0"}, f)
    with open(os.path.join(root, "app/package-lock.json"), "w", encoding="utf-8") as f:
        json.dump({"name": "x", "lockfileVersion": 3, "packages": {"": {"name": "x", "version": "1.0.0", "dependencies": {"b": "1"}, "devDependencies": {"d": "1"}},
                                                                   "node_modules/b": {"version": "1.0.0", "dependencies": {"c": "1"}}, "node_modules/c": {"version": "1.0.0"},
                                                                   "node_modules/d": {"version": "1.0.0", "dev": True}}}, f)
    with open(os.path.join(root, "app/a.env"), "w", encoding="utf-8") as f:
        f.write("x=1\nGITHUB_TOKEN=" + "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vX7zA9bC2d" + "E4f6G\n")
    forms = ("github", "cyclonedx", "trivy-json", "gitlab", "gitlab-dependency", "sarif", "json")
    run = assay("scan", "dir:" + root, "--checks", "vuln,secret", "--db", db, "--db-max-age", "0", *[w for f in forms for w in ("-o", f"{f}={TMP}/{f}")])
    ok("the reports are written", run.rc == 0, run)
    out = {}
    for f in forms:
        with open(os.path.join(TMP, f), encoding="utf-8") as g:
            out[f] = json.load(g)
    return out


def trivy(doc):
    """As importers of dashboards do: by name, without asking whether it is there."""
    ok("trivy: the head", doc["ArtifactName"] and doc["ArtifactType"] in ("container_image", "filesystem") and isinstance(doc["Results"], list), doc.keys())
    found = {}
    for result in doc["Results"]:
        ok(f"trivy: {result['Target']}: class and type", result["Class"] in ("os-pkgs", "lang-pkgs", "secret") and "Type" in result, result.keys())
        for v in result.get("Vulnerabilities") or []:
            found[v["VulnerabilityID"]] = v
            text = v["VulnerabilityID"] + v["PkgName"] + v["InstalledVersion"] + v["Title"] + v["Description"] + v["PkgID"] + v["PkgIdentifier"]["PURL"]
            ok(f"trivy: {v['VulnerabilityID']}: texts, severity, layer", text and v["Severity"] in SEVERITIES and v["Status"] == "fixed" and v["FixedVersion"] == "9.9.9"
               and set(v["Layer"]) == {"Digest", "DiffID"} and v["PkgPath"] == "app/node_modules/evil/package.json", v)
            ok(f"trivy: {v['VulnerabilityID']}: references are addresses", all(r.startswith("https://") for r in v["References"]), v["References"])
    same("trivy: a target that is called as Trivy calls it", [r["Target"] for r in doc["Results"] if r["Class"] == "lang-pkgs"], ["Node.js"])
    same("trivy: what is the application's own, and for development", {p["Name"]: (p.get("Relationship"), p.get("Dev")) for r in doc["Results"] for p in r.get("Packages") or []},
         {"evil": (None, None), "b": (None, None), "c": (None, None), "d": (None, True), "x": ("root", None)})
    v = found["CVE-2024-1111"]
    same("trivy: where more is told", (v["PrimaryURL"], v["VendorIDs"], v["DataSource"]["URL"], v["LastModifiedDate"]),
         (PAGES[0][1], ["GHSA-aaaa-bbbb-cccc"], PAGES[1][1], "2024-05-01T00:00:00Z"))
    same("trivy: the score by its source", v["CVSS"][v["SeveritySource"]], {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "V3Score": 9.8})
    ok("trivy: no page is made up", "PrimaryURL" not in found["X-1"] and found["X-1"]["References"] == [], found["X-1"])
    secrets = [(r["Target"], s["StartLine"], s["Severity"] in SEVERITIES, "ghp_aB3d" in s["Match"] and "zA9bC" in s["Match"])
               for r in doc["Results"] if r["Class"] == "secret" for s in r["Secrets"]]
    same("trivy: secrets, by file and line, masked", secrets, [("app/a.env", 2, True, False)])


def gitlab(doc):
    by_id = {v["identifiers"][0]["value"]: v for v in doc["vulnerabilities"]}
    v = by_id["CVE-2024-1111"]
    same("gitlab: identifiers", [(i["type"], i["name"], i.get("url")) for i in v["identifiers"]], [("cve", *PAGES[0]), ("ghsa", *PAGES[1])])
    same("gitlab: links", [x["url"] for x in v["links"]], [PAGES[0][1], PAGES[1][1]])
    for v in doc["vulnerabilities"]:
        ok(f"gitlab: {v['identifiers'][0]['value']}: no longer than the schema lets it be", 0 < len(v["name"]) <= 255 and len(v.get("solution", "")) <= 7000)
        ok("gitlab: no control characters", not any(ord(c) < 32 or c == "\u202e" for c in v["name"] + v["description"]), v["name"])
    ok("gitlab: a name that is cut says so", by_id["GHSA-dddd-eeee-ffff"]["name"].endswith("..."), by_id["GHSA-dddd-eeee-ffff"]["name"])
    same("gitlab: nothing is made up of an id that nobody knows", [(i["type"], "url" in i) for i in by_id["X-1"]["identifiers"]], [("assay", False)])


def sarif(doc):
    rules = {r["id"]: r for r in doc["runs"][0]["tool"]["driver"]["rules"]}
    same("sarif: where more is told", (rules["CVE-2024-1111"]["helpUri"], rules["X-1"].get("helpUri")), (PAGES[0][1], None))


def dependencies(snapshot, bom):
    """Who needs whom, and what for: GitHub's alerts and inventories go by it."""
    have = {k: (v["relationship"], v["scope"]) for m in snapshot["manifests"].values() for k, v in m["resolved"].items()}
    same("github: direct and indirect, runtime and development", have, {
        "pkg:npm/evil@1.0.0": ("direct", "runtime"), "pkg:npm/b@1.0.0": ("direct", "runtime"), "pkg:npm/c@1.0.0": ("indirect", "runtime"),
        "pkg:npm/d@1.0.0": ("direct", "development")})
    same("cyclonedx: what is not there at runtime is excluded", {c["name"]: c.get("scope") for c in bom["components"]},
         {"evil": None, "b": None, "c": None, "d": "excluded", "x": None})


def main():
    if not os.path.exists(ASSAY):
        skip("consumers", "there is no program yet")
        return 0
    reports = made()
    trivy(reports["trivy-json"])
    gitlab(reports["gitlab"])
    gitlab(reports["gitlab-dependency"])
    sarif(reports["sarif"])
    dependencies(reports["github"], reports["cyclonedx"])
    return done()


sys.exit(main())
