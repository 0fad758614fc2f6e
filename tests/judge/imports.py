#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""imports - results of other tools join the report and its gates: tied to files of the image, told of
which image or commit they are, and never taken for another image's."""
import glob
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, Whiteout, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

REV = "0123456789abcdef0123456789abcdef01234567"
LAYERS = [tar_of([Dir("app"), Dir("app/src"), File("app/src/db.py", "q\n"), File("app/src/x y.py", "q\n"),
                  File("app/setup.py", ""), File("opt/setup.py", ""), File("app/src/gone.py", ""),
                  File("app/src/two.py", ""), File("opt/src/two.py", "")]),
          tar_of([Whiteout("app/src/gone.py")])]
CONFIG = {"Labels": {"org.opencontainers.image.revision": REV}}


def sarif(results, commit=None, properties=None, **run):
    doc = {"tool": {"driver": {"name": "Lint", "version": "1.2", "rules": [
        {"id": "sql", "shortDescription": {"text": "SQL from input"}, "helpUri": "https://lint.example/sql",
         "properties": {"security-severity": "8.8", "tags": ["external/cwe/cwe-089"]}}]}},
        "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-11-20T10:00:00Z"}], "results": results, **run}
    if commit:
        doc["versionControlProvenance"] = [{"repositoryUri": "https://git.example/a", "revisionId": commit}]
    if properties:
        doc["properties"] = properties
    return json.dumps({"version": "2.1.0", "runs": [doc]})


def at(uri, line=1, rule="sql", **more):
    return {"ruleId": rule, "message": {"text": "input reaches a query"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri, **more},
                                                "region": {"startLine": line}}}]}


def put(name, text):
    return image.write(os.path.join(TMP, name), text.encode())


def scan(*files, more=(), **how):
    args = [a for f in files for a in ("--import", f)]
    return assay("scan", "oci:" + LAYOUT, "--checks", "config", "-f", "json", *args, *more, **how)


LAYOUT = image.oci_layout(os.path.join(TMP, "image"), LAYERS, config=CONFIG)
plain = assay("scan", "oci:" + LAYOUT, "--checks", "config", "-f", "json").json()
DIGEST = plain["image"]["digest"]
same("a report without imports says so", plain["imports"], [])

# ---- paths ----
PLACES = [("src/db.py", "app/src/db.py", 0), ("file:///app/src/db.py", "app/src/db.py", 0), ("app/src/x%20y.py", "app/src/x y.py", 0),
          ("setup.py", "setup.py", None), ("src/gone.py", "src/gone.py", None), ("lib/none.py", "lib/none.py", None),
          ("rc/db.py", "rc/db.py", None), ("src\\db.py", "app/src/db.py", 0),
          # where the source lay when it was looked at
          ("file:///builds/ci/shop/src/db.py", "app/src/db.py", 0), ("/builds/a/app/setup.py", "app/setup.py", 0),
          ("file:///C:/ci/src/db.py", "app/src/db.py", 0), ("file:///builds/ci/setup.py", "builds/ci/setup.py", None),
          ("file:///builds/ci/src/two.py", "builds/ci/src/two.py", None), ("/x/app/src/two.py", "app/src/two.py", 0),
          ("src/two.py", "src/two.py", None), ("file:///builds/src/gone.py", "builds/src/gone.py", None),
          ("/" + "d/" * 40 + "src/db.py", "app/src/db.py", 0), ("file:///xsrc/db.py", "xsrc/db.py", None)]
for uri, path, layer in PLACES:
    r = scan(put("p.sarif", sarif([at(uri, 3)])))
    f = [f for f in r.json()["findings"] if f["check"] == "test"]
    same(f"{uri} is {path}, layer {layer}", [(x["location"]["path"], x["location"]["layer"], x["location"]["line"]) for x in f],
         [(path, layer, 3)])
f = f[0]
same("the finding says what its tool says", (f["id"], f["severity"], f["severity_source"], f["title"], f["reason"], f["references"],
                                             f["source"]["feed"], f["source"]["date"]),
     ("sql", "high", "Lint", "SQL from input", "Lint: input reaches a query", ["https://lint.example/sql", "CWE-89"], "Lint",
      "2026-11-20"))
with_base = sarif([at("db.py", uriBaseId="SRC")], originalUriBaseIds={"ROOT": {"uri": "file:///builds/a/"},
                                                                     "SRC": {"uri": "src/", "uriBaseId": "ROOT"}})
f = [f for f in scan(put("b.sarif", with_base)).json()["findings"] if f["check"] == "test"]
same("bases of URIs are followed", [x["location"]["path"] for x in f], ["app/src/db.py"])

# ---- what differs by tool ----
def of_run(tool, results, **run):
    """The findings of one run."""
    r = scan(put("tool.sarif", json.dumps({"version": "2.1.0", "runs": [{"tool": tool, "results": results, **run}]})), more=["--show-suppressed"])
    return [(f["id"], f["severity"], f["title"], f["location"]["path"], f["location"]["line"], f["references"]) for f in r.json()["findings"]
            if f["check"] == "test"], r.json()["imports"][0], r


def spot(line, **file):
    return {"physicalLocation": {"artifactLocation": file, "region": {"startLine": line}}}


# CodeQL: rules of packs, files in a list of their own, several locations that are related
codeql = {"driver": {"name": "CodeQL", "semanticVersion": "2.19.0"}, "extensions": [
    {"name": "codeql/python-queries", "guid": "11111111-2222-4333-8444-555555555555", "semanticVersion": "1.3.0+abc", "rules": [
        {"id": "py/sql-injection", "name": "py/sql-injection", "shortDescription": {"text": "SQL query built from input"}, "defaultConfiguration": {"level": "error"},
         "properties": {"security-severity": "8.8", "tags": ["security", "external/cwe/cwe-089"]}}, {"id": "py/unused", "defaultConfiguration": {"level": "note"}}]},
    {"name": "codeql/other", "rules": [{"id": "py/other", "shortDescription": {"text": "another"}, "defaultConfiguration": {"level": "note"}}]}]}
SQL = ("py/sql-injection", "high", "SQL query built from input", "app/src/db.py", 3, ["CWE-89"])
for what, rule in (("by index", {"id": "py/sql-injection", "index": 0, "toolComponent": {"index": 0}}),
                   ("by name", {"id": "py/sql-injection", "index": 0, "toolComponent": {"name": "codeql/python-queries"}}),
                   ("by GUID", {"index": 0, "toolComponent": {"guid": "11111111-2222-4333-8444-555555555555"}})):
    have, about_it, r = of_run(codeql, [{"ruleIndex": 0, "rule": rule, "message": {"text": "m"}, "partialFingerprints": {"primaryLocationLineHash": "ab:1"},
                                         "locations": [spot(3, uri="src/db.py", uriBaseId="%SRCROOT%", index=0)], "relatedLocations": [dict(spot(9, index=0), id=1)]}],
                               artifacts=[{"location": {"uri": "src/db.py", "uriBaseId": "%SRCROOT%", "index": 0}}])
    same(f"CodeQL: a rule of a pack, {what}", have, [SQL])
same("... the packs and the rules of all are recorded", (about_it["tool"], about_it["version"], about_it["rule_sets"], about_it["rules"]),
     ("CodeQL", "2.19.0", ["codeql/python-queries@1.3.0+abc", "codeql/other"], 3))
have, _, r = of_run(codeql, [{"ruleId": "py/sql-injection", "rule": {"index": 0, "toolComponent": {"index": 0}}, "message": {"text": "m"}, "locations": [spot(3, index=0)]}],
                    artifacts=[{"location": {"uri": "db.py", "uriBaseId": "SRC"}}],
                    originalUriBaseIds={"%SRCROOT%": {"uri": "file:///builds/shop/shop/"}, "SRC": {"uri": "src/", "uriBaseId": "%SRCROOT%"}})
same("CodeQL: a file by its index alone, below two bases", have, [SQL])
# Semgrep: %SRCROOT% that nothing explains, absolute where it was asked so, what the source suppresses
semgrep = {"driver": {"name": "Semgrep OSS", "semanticVersion": "1.1.0", "rules": [
    {"id": "exec", "name": "exec", "shortDescription": {"text": "Semgrep Finding: exec"}, "defaultConfiguration": {"level": "error"},
     "properties": {"tags": ["CWE-95: Improper Neutralization", "security"]}}]}}
EXEC = ("exec", "high", "Semgrep Finding: exec", "app/src/db.py", 6, ["CWE-95"])
for uri in ("src/db.py", "/builds/me/shop/src/db.py"):
    have, _, r = of_run(semgrep, [{"ruleId": "exec", "message": {"text": "m"}, "fingerprints": {"matchBasedId/v1": "requires login"}, "locations": [spot(6, uri=uri, uriBaseId="%SRCROOT%")]},
                                  {"ruleId": "exec", "message": {"text": "m"}, "suppressions": [{"kind": "inSource"}], "locations": [spot(7, uri=uri, uriBaseId="%SRCROOT%")]}])
    same(f"Semgrep: {uri}", (have, len(r.json()["suppressed"])), ([EXEC], 1))
# against a baseline: what is gone is no finding, what stayed is one
have, _, r = of_run(semgrep, [{"ruleId": "exec", "message": {"text": "m"}, "baselineState": state, "locations": [spot(6, uri="src/db.py")]}
                              for state in ("new", "unchanged", "updated", "absent")])
same("a baseline", have, [EXEC] * 3)
# cppcheck: no texts of rules, and the way to the place before the place
have, _, r = of_run({"driver": {"name": "Cppcheck", "semanticVersion": "2.22.0", "rules": [
    {"id": "doubleFree", "name": "", "shortDescription": {"text": ""}, "defaultConfiguration": {"level": "error"}, "properties": {"security-severity": "9.9", "tags": ["external/cwe/cwe-415"]}}]}},
    [{"ruleId": "doubleFree", "level": "error", "message": {"text": "freed twice"}, "locations": [spot(12, uri="src/db.py"), spot(13, uri="src/db.py")]}])
same("cppcheck: the place is the last, and a rule without a name is called by its id", have, [("doubleFree", "critical", "doubleFree", "app/src/db.py", 13, ["CWE-415"])])
have, _, r = of_run({"driver": {"name": "bin"}}, [{"ruleId": "x", "message": {"text": "m"}, "analysisTarget": {"uri": "src/db.py"}}])
same("a result of a whole file", [h[3] for h in have], ["app/src/db.py"])
cppcheck = """<?xml version="1.0" encoding="UTF-8"?>
<results version="2"><cppcheck version="2.10"/><errors>
<error id="doubleFree" severity="error" msg="freed &apos;m&apos; twice" verbose="Memory: freed twice" cwe="415" file0="src/db.py">
<location file="src/db.py" line="13" column="2"/><location file="src/db.py" line="12" column="2"/><symbol>m</symbol></error>
<error id="unread" severity="style" msg="s" verbose="s"/><error id="i" severity="information" msg="t"/></errors></results>"""
r = scan(put("cppcheck.xml", cppcheck), more=["--fail-on", "high"])
f = sorted(((f["id"], f["severity"], f["title"], f["reason"], f["location"]["path"], f["location"]["line"], f["references"]) for f in r.json()["findings"]
            if f["check"] == "test"), key=str)
same("cppcheck's XML", (r.rc, f), (1, [("doubleFree", "high", "freed 'm' twice", "Cppcheck: Memory: freed twice", "app/src/db.py", 13, ["CWE-415"]),
                                       ("i", "negligible", "t", "Cppcheck: t", None, None, []), ("unread", "low", "s", "Cppcheck: s", None, None, [])]))
i = r.json()["imports"][0]
same("... is recorded", (i["form"], i["tool"], i["version"], i["results"], i["about"]), ("cppcheck", "Cppcheck", "2.10", 3, "unknown"))
r = scan(put("cppcheck.xml", cppcheck.replace("doubleFree", "syntaxError")), more=["--fail-on", "critical"])
same("... that could not read a file is incomplete", (r.rc, [c["code"] for c in r.json()["coverage"] if c["status"] == "incomplete" and c["check"] == "test"]), (3, ["import.partial"]))
for name, text, word in (("its first form", cppcheck.replace('version="2"', 'version="1"'), 'version "1"'), ("no list", '<results version="2"/>', None),
                         ("cut short", cppcheck[:-20], "cppcheck.xml")):
    r = scan(put("cppcheck.xml", text), more=["--fail-on", "critical"])
    ok(f"cppcheck's XML, {name}", r.rc == 3 and (word is None or (word in r.err and not r.out)), r)

# ---- gates ----
bad, good = put("bad.sarif", sarif([at("src/db.py")])), put("good.sarif", sarif([]))
same("a finding of another tool fails the gate", scan(bad, more=["--fail-on", "high"]).rc, 1)
same("a milder one does not", scan(bad, more=["--fail-on", "critical"]).rc, 0)
r = assay("scan", "oci:" + LAYOUT, "--checks", "test", "--import", good, "--fail-on", "high")
same("--checks test is what was imported", r.rc, 0)
r = assay("scan", "oci:" + LAYOUT, "--checks", "test", "--fail-on", "high")
same("... and without an import incomplete", r.rc, 3)
same("without a gate it is 0", scan(bad).rc, 0)
broken = put("broken.sarif", sarif([], invocations=[{"executionSuccessful": False}]))
same("a run that broke off is incomplete", scan(broken, more=["--fail-on", "high"]).rc, 3)
settled = put("settled.sarif", sarif([dict(at("src/db.py"), suppressions=[{"kind": "inSource", "justification": "why"}])]))
r = scan(settled, more=["--fail-on", "high", "--show-suppressed"])
same("what its tool settled is suppressed, and shown", (r.rc, [f["reason"] for f in r.json()["suppressed"] if f["check"] == "test"]),
     (0, ["Lint: suppressed in the source: why; input reaches a query"]))
waivers = put("w.yaml", "waivers:\n  - id: sql\n    path: app/src/*\n    owner: o\n    reason: r\n    until: 2999-01-01\n")
same("waivers hold for imports", scan(bad, more=["--fail-on", "high", "--waivers", waivers]).rc, 0)
same("several files join", sorted(i["result"] for i in scan(bad, good).json()["imports"]), ["failed", "passed"])
junit = put("t.xml", "<testsuites name='py'><testsuite timestamp='2026-11-20T10:00:00' tests='3'>"
            "<testcase classname='t.A' name='one'/><testcase classname='t.A' name='two' file='src/db.py' line='9'>"
            "<failure message='no&#10;way'/></testcase><testcase name='three'><skipped/></testcase></testsuite></testsuites>")
r = scan(junit, more=["--fail-on", "high"])
f = [f for f in r.json()["findings"] if f["check"] == "test"]
same("JUnit: a failed test", (r.rc, [(x["id"], x["severity"], x["location"]["path"], x["location"]["line"]) for x in f]),
     (1, [("t.A.two", "high", "app/src/db.py", 9)]))
i = r.json()["imports"][0]
same("JUnit: what was counted", (i["form"], i["rules"], i["results"], i["passed"], i["skipped"], i["created"]),
     ("junit", 3, 1, 1, 1, "2026-11-20T10:00:00Z"))

# ---- of which image ----
def about(name, text, want, n, rc=0):
    r = scan(put(name, text), more=["--fail-on", "critical"])
    doc = r.json()
    found = [f for f in doc["findings"] if f["check"] == "test"]
    same(f"{name}: speaks of {want}", (doc["imports"][0]["about"], len(found), r.rc), (want, n, rc))


R = [at("src/db.py")]
about("commit.sarif", sarif(R, commit=REV), "commit", 1)
about("short.sarif", sarif(R, commit=REV[:8]), "commit", 1)
about("othercommit.sarif", sarif(R, commit="f" * 40), "other", 1)
about("digest.sarif", sarif(R, properties={"imageDigest": DIGEST}), "image", 1)
about("config.sarif", sarif(R, properties={"imageID": plain["image"]["config_digest"]}), "image", 1)
about("repo.sarif", sarif(R, properties={"repoDigests": ["r.example/a@" + DIGEST]}), "image", 1)
about("otherdigest.sarif", sarif(R, properties={"imageDigest": "sha256:" + "0" * 64}), "other", 0, 3)
about("nobody.sarif", sarif(R), "unknown", 1)

# ---- policies ----
policy = put("p.yaml", """version: 1
name: p
needs: [test]
rules:
  - id: linted
    require: >-
      evidence.exists(e, e.tool == "Lint" && e.result == "passed" && e.about in ["image", "commit"] && e.age < duration("48h"))
  - id: clean
    refuse: finding.check == "test" && finding.severity == "high"
""")
saved = os.path.join(TMP, "saved.json")
for name, text, want, why in [
        ("fresh", sarif([], commit=REV), 0, "admit"), ("of nobody", sarif([]), 1, "refuse"),
        ("of another commit", sarif([], commit="f" * 40), 1, "refuse"), ("with a finding", sarif(R, commit=REV), 1, "refuse")]:
    r = scan(put("q.sarif", text), more=["-o", "json=" + saved])
    r = assay("policy", "explain", "--policy", policy, "--at", "2026-11-21", saved)
    same(f"a policy demands a result that is fresh and of this image: {name}", (r.rc, why in r.out), (want, True))
r = scan(put("q.sarif", sarif([], commit=REV)), more=["-o", "json=" + saved])
same("one that is stale refuses", assay("policy", "explain", "--policy", policy, "--at", "2026-11-29", saved).rc, 1)

# ---- CycloneDX ----
cdx = {"bomFormat": "CycloneDX", "specVersion": "1.5", "metadata": {"tools": {"components": [{"name": "sca", "version": "3"}]}},
       "components": [{"bom-ref": "a", "purl": "pkg:npm/a@1.0.0", "version": "1.0.0"}],
       "vulnerabilities": [{"id": "CVE-2026-1", "ratings": [{"severity": "critical", "score": 9.8, "method": "CVSSv31",
                            "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}], "affects": [{"ref": "a"}]},
                           {"id": "CVE-2026-2", "affects": [{"ref": "a"}], "analysis": {"state": "not_affected"}}]}
r = scan(put("v.json", json.dumps(cdx)), more=["--fail-on", "critical"])
f = [f for f in r.json()["findings"] if f["check"] == "vulnerability"]
same("CycloneDX: its vulnerabilities", (r.rc, [(x["id"], x["severity"], x["package"], x["installed"], x["cvss"]["score"]) for x in f]),
     (1, [("CVE-2026-1", "critical", "pkg:npm/a@1.0.0", "1.0.0", 9.8)]))

# the same in XML, by each namespace; as the schema of 1.4 and of 1.5 writes its tools
TOOLS = {"1.4": "<tools><tool><vendor>v</vendor><name>sca</name><version>3</version></tool></tools>",
         "1.6": '<tools><components><component type="application"><name>sca</name><version>3</version></component></components></tools>'}
for version, tools in TOOLS.items():
    xml = put("v.xml", f"""<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/{version}" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="1">
<metadata><timestamp>2026-11-20T10:00:00Z</timestamp>{tools}<component type="container" bom-ref="image"><name>app</name>
<version>{DIGEST}</version></component></metadata>
<components><component type="library" bom-ref="a"><name>a</name><version>1.0.0</version><purl>pkg:npm/a@1.0.0</purl></component></components>
<vulnerabilities><vulnerability><id>CVE-2026-1</id><source><name>NVD</name><url>https://nvd.example/CVE-2026-1</url></source>
<ratings><rating><score>9.8</score><severity>critical</severity><method>CVSSv31</method><vector>CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</vector></rating></ratings>
<cwes><cwe>89</cwe></cwes><recommendation>take 1.0.1</recommendation><affects><target><ref>a</ref></target></affects></vulnerability>
<vulnerability><id>CVE-2026-2</id><analysis><state>not_affected</state></analysis><affects><target><ref>a</ref></target></affects></vulnerability>
</vulnerabilities></bom>""")
    r = scan(xml, more=["--fail-on", "critical"])
    doc = r.json() if r.out else {"findings": [], "imports": [{}]}
    f = [f for f in doc["findings"] if f["check"] == "vulnerability"]
    same(f"CycloneDX {version} in XML: its vulnerabilities", (r.rc, [(x["id"], x["severity"], x["package"], x["installed"], x["cvss"]["score"]) for x in f]),
         (1, [("CVE-2026-1", "critical", "pkg:npm/a@1.0.0", "1.0.0", 9.8)]))
    ok(f"CycloneDX {version} in XML: references", f and f[0]["references"] == ["https://nvd.example/CVE-2026-1", "CWE-89"], f)
    i = doc["imports"][0]
    same(f"CycloneDX {version} in XML: what is recorded", [i.get(k) for k in ("form", "tool", "version", "about", "created", "rules")],
         ["cyclonedx", "sca", "3", "image", "2026-11-20T10:00:00Z", 1])
r = scan(put("cut.xml", '<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><vulnerabilities>'))
ok("CycloneDX in XML, cut short, is refused by name", r.rc == 3 and "cut.xml" in r.err and not r.out, r)

# ---- hostile ----
r = assay("scan", "oci:" + LAYOUT, "--checks", "config", "--import",
          put("esc.sarif", sarif([dict(at("src/db.py"), message={"text": "a\x1b[2J\nok\u202e"}, ruleId="r\x1b]0;x\x07")])))
ok("nothing that a message says reaches the terminal", "\x1b" not in r.out + r.err and "\u202e" not in r.out, r)
for name, text in [("cut.sarif", sarif(R)[:-9]), ("empty.sarif", ""), ("none.json", "{}")]:
    r = scan(put(name, text))
    ok(f"{name} is refused by name", r.rc == 3 and name in r.err and not r.out, r)
same("a file that is not there", scan(os.path.join(TMP, "nothing")).rc, 3)
same("the same bytes again", scan(bad).raw, scan(bad).raw)

# ---- secrets that a tool repeats ----
KEY = "AK" + "IA" + "Z7QK3NM5PB2XW6RD"
quoted = at("src/db.py")
quoted["message"]["text"] = f"hard-coded key: aws_access_key_id = {KEY}"
r = scan(put("secret.sarif", sarif([quoted])))
ok("a key in a tool's message is masked", r.json()["findings"] and KEY not in r.raw.decode() and "hard-coded key" in r.raw.decode(),
   r.raw.decode()[-600:])

# ---- the examples of the specification ----
folder = shared("data/vectors/sarif/spec-2.2-examples")
if not folder:
    skip("the specification's examples are read", "no ../shared")
else:
    seen, crashed = {"read": 0, "refused": 0}, []
    for path in sorted(glob.glob(folder + "/**/*.json", recursive=True)):
        try:
            doc = json.load(open(path))
        except ValueError:
            continue
        if not isinstance(doc, dict) or "runs" not in doc or not str(doc.get("version", "")).startswith("2."):
            continue
        r = scan(path)
        wanted = sum(x.get("kind", "fail") not in ("pass", "notApplicable", "informational") and not x.get("suppressions")
                     for run in doc["runs"] for x in run.get("results") or [])
        if r.rc == 0:
            have = len([f for f in r.json()["findings"] if f["check"] == "test"])
            seen["read"] += 1
            if have != wanted:
                crashed.append(f"{os.path.basename(path)}: {have}, not {wanted}")
        else:
            seen["refused"] += 1
            if "names no tool" not in r.err and "without a run" not in r.err:
                crashed.append(f"{os.path.basename(path)}: {r.err}")
    same(f"the specification's examples: {seen}", crashed, [])
sys.exit(done())
