#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 600
"""golden - runs assay on small images that lie here as folders, and compares what it prints.

A case is a folder tests/golden/NAME:
  layer*/      one layer each, in the order of their names (whiteouts are files named .wh.NAME)
  config.json  the "config" member of the image config, if any
  advisories/  imported into an index of the case's own, if any
  args         the command line; {image}, {db} and {case} stand for the paths
               (without it: scan {image} --db {db} --checks vuln --offline -f json)
  expected     stdout, or of a report in JSON its short form: a line for each package ("TYPE NAME
               VERSION layer N"), finding ("SEVERITY ID NAME INSTALLED -> FIXED|STATUS [waived]"),
               row of coverage that is not complete ("incomplete CHECK CODE [PATH]"), and the
               verdict; a line that begins with "~ " is a shell pattern that the rest must match
  exit         the exit status, 0 if there is no such file

usage: golden.py [--update] [NAME...]      --update writes what assay prints now and shows the
difference; a status over 2 is refused
"""
import difflib
import fnmatch
import json
import os
import shlex
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))
import image  # noqa: E402
from tap import ASSAY, TMP, assay, done, note, ok, skip  # noqa: E402


def read(path, default=""):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return default


def run_case(case, tmp):
    folder = os.path.join(HERE, case)
    layers = [image.tar_of_folder(os.path.join(folder, d)) for d in sorted(os.listdir(folder)) if d.startswith("layer")]
    config = json.loads(read(os.path.join(folder, "config.json"), "{}"))
    image.docker_archive(os.path.join(tmp, "image.tar"), layers, config)
    words = {"image": "image.tar", "db": os.path.join(tmp, "db"), "case": folder}
    if os.path.isdir(os.path.join(folder, "advisories")):
        made = assay("db", "import", os.path.join(folder, "advisories"), "--db", words["db"], cwd=tmp)
        if made.rc:
            note(made)
    args = shlex.split(read(os.path.join(folder, "args"), "scan {image} --db {db} --checks vuln --offline -f json"), comments=True)
    env = {"SOURCE_DATE_EPOCH": "1700000000", "XDG_CACHE_HOME": os.path.join(tmp, "cache")}
    run = assay(*(a.format(**words) for a in args), cwd=tmp, env=env)
    run.out = short_form(run.out)
    return run


def short_form(text):
    """A report as the few lines that a person can derive from the input; other text as it is."""
    try:
        r = json.loads(text)
    except ValueError:
        return text
    if not isinstance(r, dict) or r.get("schema") != "assay.report/v1":
        return text
    lines = ["os {id} {version}".format(**r["os"]) if r["os"] else "os unknown", f"uid {r['image']['user']['uid']}"]
    lines += ["{type} {name} {version} layer {layer}".format(**p) for p in r["packages"]]
    for f in r["findings"]:
        name = f["package"].split("/")[-1].split("@")[0] if f["package"] else "-"
        lines.append(f"{f['severity']} {f['id']} {name} {f['installed']} -> {f['fixed'] or f['status']}"
                     + (" waived" if f["waived"] else ""))
    lines += sorted(f"{c['status']} {c['check']} {c['code']}" + (f" {c['path']}" if c["path"] else "")
                    for c in r["coverage"] if c["status"] != "complete")
    if r["verdict"] and r["verdict"]["policy"]:
        lines.append(f"verdict {r['verdict']['result']}")
    return "\n".join(lines) + "\n"


def matches(want, have):
    want, have = want.splitlines(), have.splitlines()
    return len(want) == len(have) and all(
        fnmatch.fnmatchcase(h, w[2:]) if w.startswith("~ ") else h == w for w, h in zip(want, have))


def update(case, run):
    folder = os.path.join(HERE, case)
    if run.rc > 2 or run.rc < 0:
        note(f"{case}: not updated\n{run}")
        return False
    before = read(os.path.join(folder, "expected"))
    if not matches(before, run.out) or not before:
        sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), run.out.splitlines(True),
                                                   f"{case}/expected", f"{case} now"))
        with open(os.path.join(folder, "expected"), "w", encoding="utf-8") as f:
            f.write(run.out)
    if run.rc != int(read(os.path.join(folder, "exit"), "0")):
        print(f"{case}: exit status is now {run.rc}")
        with open(os.path.join(folder, "exit"), "w", encoding="utf-8") as f:
            f.write(f"{run.rc}\n")
    return True


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("-")]
    is_update = "--update" in sys.argv[1:]
    cases = sorted(d for d in os.listdir(HERE) if os.path.isdir(os.path.join(HERE, d)) and not d.startswith("_"))
    cases = [c for c in cases if not args or c in args]
    if not cases or not os.path.exists(ASSAY):
        skip("golden cases", "there is no program yet" if cases else "there are no cases yet")
    else:
        for case in cases:
            with tempfile.TemporaryDirectory(dir=TMP) as tmp:
                run = run_case(case, tmp)
            if is_update:
                ok(f"{case} updated", update(case, run))
                continue
            folder = os.path.join(HERE, case)
            want = read(os.path.join(folder, "expected"))
            is_same = matches(want, run.out) and run.rc == int(read(os.path.join(folder, "exit"), "0"))
            diff = "".join(difflib.unified_diff(want.splitlines(True), run.out.splitlines(True), "expected", "now"))
            ok(case, is_same, f"exit {run.rc}\n{diff}{run.err}")
    return done()


sys.exit(main())
