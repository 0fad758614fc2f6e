#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""examples - the ```console blocks of README.md and docs/*.md do what they show.

A line "$ assay ..." is run where shop.tar, advisories/ and waivers.yaml lie; "$ echo $?" shows the
status of the line before, "$ cat FILE" makes or shows a file.  Output and errors are compared with what
follows: a line "..." stands for any lines, "..." at the end of a line for the rest of it.
"""
import glob
import json
import os
import re
import shlex
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from tap import ASSAY, SRC, TMP, assay, done, ok, skip  # noqa: E402


def record(status, urgency, fixed=None):
    r = {"status": status, "repositories": {"bookworm": "0"}, "urgency": urgency}
    if fixed:
        r["fixed_version"] = fixed
    return {"releases": {"bookworm": r}}


TRACKER = {"openssl": {"CVE-2024-1001": record("resolved", "medium", "3.0.12-1"),
                       "CVE-2024-1002": record("resolved", "low", "0"),
                       "CVE-2024-1003": record("resolved", "high", "3.0.11-1~deb12u1")},
           "zlib": {"CVE-2024-2001": record("open", "low")},
           "bash": {"CVE-2024-3001": record("resolved", "high", "5.2.15-3")}}
PACKAGES = [("bash", "5.2.15-2"), ("libssl3", "3.0.12-1", "openssl"), ("zlib1g", "1:1.2.13.dfsg-1", "zlib")]


def prepare(folder):
    os.makedirs(os.path.join(folder, "advisories"))
    with open(os.path.join(folder, "advisories/tracker.json"), "w", encoding="utf-8") as f:
        json.dump(TRACKER, f)
    layers = [image.tar_of(image.debian(PACKAGES)), image.tar_of([image.File("app/shop", b"shop\n", mode=0o755)])]
    image.docker_archive(os.path.join(folder, "shop.tar"), layers, {"User": "10001"}, tags=("shop:1",),
                         history=[{"created_by": "ADD rootfs.tar.xz / # buildkit"}, {"created_by": "COPY shop /app/ # buildkit"}])


def steps(text):
    """Yields (command, [lines that it shows]) of the ```console blocks."""
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        command, shown = None, []
        for line in block.splitlines():
            if line.startswith("$ "):
                if command:
                    yield command, shown
                command, shown = line[2:], []
            else:
                shown.append(line)
        yield command, shown


def matches(want, have):
    pattern = ""
    for line in want:
        if line == "...":
            pattern += r"(?:[^\n]*\n)*?"
        elif line.endswith("..."):
            pattern += re.escape(line[:-3]) + r"[^\n]*\n"
        else:
            pattern += re.escape(line) + r"\n"
    return re.fullmatch(pattern, have) is not None


def run(command, shown, folder, last):
    """Returns (status, output) of one line."""
    words = shlex.split(command)
    if words == ["echo", "$?"]:
        return last, f"{last}\n"
    if words[0] == "cat":
        path = os.path.join(folder, words[1])
        if not os.path.exists(path):
            with open(path, "w", encoding="utf-8") as f:
                f.write("\n".join(shown) + "\n")
        return 0, open(path, encoding="utf-8").read()
    if words[0] != "assay":
        return -1, f"not a line of assay: {command}\n"
    r = assay(*words[1:], cwd=folder, env={"ASSAY_DB": os.path.join(folder, "db"), "PWD": folder})
    return r.rc, r.out + r.err


def main():
    pages = [p for p in [os.path.join(SRC, "README.md")] + sorted(glob.glob(os.path.join(SRC, "docs/*.md")))
             if "```console" in open(p, encoding="utf-8").read()]
    if not os.path.exists(ASSAY):
        skip("examples", "there is no program yet")
        return 0
    for page in pages:
        name = os.path.relpath(page, SRC)
        folder = os.path.join(TMP, name.replace("/", "-"))
        prepare(folder)
        last = 0
        for command, shown in steps(open(page, encoding="utf-8").read()):
            last, text = run(command, shown, folder, last)
            ok(f"{name}: $ {command}", matches(shown, text), f"exit {last}\n{text}")
    return done()


sys.exit(main())
