#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""analysers - what Debian's analysers of sources write, imported as they wrote it: clang's analyser and flawfinder
(SARIF), bandit (a test suite in XML), cppcheck (XML of its own).  Each of their results is a finding, of that rule, in that file of the image."""
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import File, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same, skip  # noqa: E402

C = """#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int n, char **v)
{
	char b[8];
	int *p = 0;
	strcpy(b, v[1]);
	if (n == 9)
		return *p;
	char *m = malloc(9);
	free(m);
	free(m);
	return system(b);
}
"""
PY = "import subprocess\n\n\ndef f(x):\n    subprocess.call(x, shell=True)\n    exec(x)\n"
FOLDER = os.path.join(TMP, "app")
LAYER = tar_of([File(os.path.join(FOLDER, n).lstrip("/"), t) for n, t in (("src/a.c", C), ("src/b.py", PY))])


def found(path):
    tar = image.docker_archive(os.path.join(TMP, "image.tar"), [LAYER])
    run = assay("scan", f"docker-archive:{tar}", "--checks", "config", "--import", path, "-f", "json")
    if run.rc:
        ok(f"{path} is taken", False, run)
        return [], {}
    report = run.json()
    return sorted((f["id"], f["location"]["path"], f["location"]["line"], f["location"]["layer"])
                  for f in report["findings"] if f["check"] == "test"), report["imports"][0]


def inside(uri):
    path = uri.removeprefix("file://")
    return (path if path.startswith("/") else os.path.join(FOLDER, path)).lstrip("/")


def of_sarif(name, argv, out, least):
    if not shutil.which(argv[0]):
        skip(name, "not installed")
        return
    run = subprocess.run(argv, cwd=FOLDER, capture_output=True, check=False)
    if not os.path.exists(out):
        image.write(out, run.stdout)
    with open(out, encoding="utf-8") as f:
        doc = json.load(f)["runs"][0]
    want = sorted((r["ruleId"], inside(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]),
                   r["locations"][0]["physicalLocation"]["region"]["startLine"], 0) for r in doc["results"])
    have, about = found(out)
    ok(f"{name} finds something", len(want) >= least, want)
    same(f"{name}: each result is a finding", have, want)
    driver = doc["tool"]["driver"]
    same(f"{name}: the tool, its version and rules are recorded", (about.get("tool"), about.get("version"), about.get("rules")),
         (driver["name"], driver.get("version", ""), len(driver.get("rules", []))))


def of_bandit():
    out = os.path.join(TMP, "bandit.xml")
    if not shutil.which("bandit"):
        skip("bandit", "not installed")
        return
    subprocess.run(["bandit", "-q", "-r", "src", "-f", "xml", "-o", out], cwd=FOLDER, capture_output=True, check=False)
    cases = list(ET.parse(out).getroot())
    have, about = found(out)
    ok("bandit finds something", len(cases) >= 2)
    same("bandit: each result is a finding", [h[0] for h in have], sorted(f"{c.get('classname')}.{c.get('name')}" for c in cases))
    same("bandit: the tool is recorded", (about.get("form"), about.get("tool"), about.get("results")), ("junit", "bandit", len(cases)))


def of_cppcheck():
    out = os.path.join(TMP, "cppcheck.xml")
    if not shutil.which("cppcheck"):
        skip("cppcheck", "not installed")
        return
    subprocess.run(["cppcheck", "--xml", f"--output-file={out}", "src"], cwd=FOLDER, capture_output=True, check=False)
    root = ET.parse(out).getroot()
    want = sorted((e.get("id"), inside(e.find("location").get("file")), int(e.find("location").get("line")), 0) for e in root.iter("error"))
    have, about = found(out)
    ok("cppcheck finds something", len(want) >= 2, want)
    same("cppcheck: each result is a finding", have, want)
    same("cppcheck: the tool and its version are recorded", (about.get("form"), about.get("tool"), about.get("version")),
         ("cppcheck", "Cppcheck", root.find("cppcheck").get("version")))


def main():
    for name, text in (("src/a.c", C), ("src/b.py", PY)):
        os.makedirs(os.path.dirname(os.path.join(FOLDER, name)), exist_ok=True)
        image.write(os.path.join(FOLDER, name), text.encode())
    clang = os.path.join(TMP, "clang.sarif")
    of_sarif("clang's analyser", ["clang-14", "--analyze", "-Xclang", "-analyzer-output=sarif", "-o", clang, "src/a.c"], clang, 2)
    of_sarif("flawfinder", ["flawfinder", "--sarif", "src"], os.path.join(TMP, "flawfinder.sarif"), 2)
    of_bandit()
    of_cppcheck()
    return done()


sys.exit(main())
