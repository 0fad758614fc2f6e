#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""diff - what changed from one image to another: images, saved reports and bills of materials say the same."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import debian  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

FIX = {"bookworm": {"status": "resolved", "repositories": {"bookworm": "1"}, "fixed_version": "2-1", "urgency": "high"}}
TRACKER = {"old": {"CVE-2024-0001": {"releases": FIX}}, "up": {"CVE-2024-0002": {"releases": FIX}},
           "new": {"CVE-2024-0003": {"releases": FIX}}, "same": {"CVE-2024-0004": {"releases": FIX}}}
A = [("old", "1-1"), ("up", "1-1"), ("same", "1-1")]
B = [("new", "1-1"), ("up", "2-1"), ("same", "1-1")]
# by hand: "old" went and its finding with it, "up" has the fix now, "new" brought one, "same" is the same
PACKAGES = [("changed", "up", "1-1", "2-1"), ("gained", "new", None, "1-1"), ("lost", "old", "1-1", None)]
FINDINGS = [("gained", "CVE-2024-0003"), ("lost", "CVE-2024-0001"), ("lost", "CVE-2024-0002")]


def path(name):
    return os.path.join(TMP, name)


def diff(a, b, *args):
    return assay("diff", a, b, "--db", path("db"), "-q", *args)


image.write(path("tracker.json"), json.dumps(TRACKER).encode())
made = assay("db", "import", path("tracker.json"), "--db", path("db"))
ok("the tracker's records are imported", made.rc == 0, made)
sides = {}
for side, packages in (("a", A), ("b", B)):
    ref = image.docker_archive(path(side + ".tar"), [image.tar_of(debian(packages))])
    scan = assay("scan", ref, "--db", path("db"), "--checks", "vuln", "-q", "-o", "json=" + path(side + ".json"),
                 "-o", "cyclonedx=" + path(side + ".cdx.json"), "-o", "spdx=" + path(side + ".spdx"))
    ok(f"{side} is scanned", scan.rc == 0, scan)
for kind in (".tar", ".json", ".cdx.json", ".spdx"):
    run = diff(path("a" + kind), path("b" + kind), "-f", "json")
    if not ok(f"{kind}: is compared", run.rc == 0, run):
        continue
    doc = run.json()
    same(f"{kind}: packages", sorted((p["change"], p["name"], p["from"], p["to"]) for p in doc["packages"]), PACKAGES)
    same(f"{kind}: findings",
         sorted((f["change"], f["id"]) for f in doc["findings"] if f["check"] == "vulnerability"), FINDINGS)
run = diff(path("a.tar"), path("b.cdx.json"))
ok("an image and a bill of materials", run.rc == 0 and "~ up 1-1 -> 2-1" in run.out and "+ new 1-1" in run.out, run)
same("a gate fails by what is new", diff(path("a.json"), path("b.json"), "--fail-on", "high").rc, 1)
with open(path("b.json"), encoding="utf-8") as f:
    open_rows = [c["code"] for c in json.load(f)["coverage"] if c["check"] == "vulnerability" and c["status"] == "incomplete"]
same(f"and not by what was there; what was incomplete is still ({open_rows})",
     diff(path("b.json"), path("b.json"), "--fail-on", "low").rc, 3 if open_rows else 0)
same("a form that it has not", diff(path("a.json"), path("b.json"), "-f", "sarif").rc, 2)
same("a side that is not there", diff(path("a.json"), path("gone.json")).rc in (2, 3), True)
empty = diff(path("a.json"), path("a.json"), "-f", "json").json()
same("nothing changed", (empty["packages"], empty["findings"]), ([], []))
for side, version in (("x", "1"), ("y", "2")):
    with open(path(side + ".json"), "w", encoding="utf-8") as f:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [
            {"type": "library", "name": "\x1b]0;a\x07\u202e\r\n::error::b", "version": version, "purl": "pkg:npm/%1B%5D0%3Ba@" + version}]}, f)
for form in ("table", "json"):
    run = diff(path("x.json"), path("y.json"), "-f", form)
    ok(f"{form}: hostile names drive no terminal and begin no line",
       run.rc == 0 and not any(c in run.out for c in "\x1b\x07\r\u202e") and "\n::" not in run.out and "]0;a" in run.out, run)
with open(path("wide.json"), "w", encoding="utf-8") as f:
    json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [
        {"type": "library", "name": "\uff1d1+1", "version": "1", "purl": "pkg:npm/a@1", "licenses": [{"license": {"id": "MIT"}}]}]}, f)
run = assay("scan", "sbom:" + path("wide.json"), "--checks", "license", "--license-deny", "MIT", "-f", "csv", "-q")
ok("csv: a wide sign begins no formula", run.rc == 0 and "license.denied" in run.out and ",\uff1d" not in run.out and ',"\uff1d' not in run.out, run)
sys.exit(done())
