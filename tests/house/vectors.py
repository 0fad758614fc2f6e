#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vectors - docs/VECTORS.md is true: each folder of its table is there with as many files as it says, each test exists and
reads that folder, and no folder of the groups it speaks of is without a row."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import done, ok, same, shared, skip  # noqa: E402

SRC = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GROUPS = ["version", "purl", "vers", "cvss", "cpe", "locks", "bins", "pkgdb", "sbom", "vex", "osv", "toml", "json", "yaml", "goldens"]


def files(root):
    return [os.path.relpath(os.path.join(d, f), root) for d, _, names in os.walk(root) for f in names]


def main():
    with open(os.path.join(SRC, "docs/VECTORS.md"), encoding="utf-8") as f:
        rows = [[c.strip() for c in line.strip().strip("|").split("|")] for line in f if re.match(r"\| [a-z]+(/[\w.-]+)* \| \d", line)]
    ok("the table has rows of six columns", len(rows) > 25 and all(len(r) == 6 for r in rows), rows)
    for folder, _, tests, cases, right, why in rows:
        paths = re.findall(r"`([^`]+)`", tests)
        lost = [p for p in paths if not os.path.isfile(os.path.join(SRC, p))]
        same(f"{folder}: its tests are there", lost, [])
        texts = "".join(open(os.path.join(SRC, p), encoding="utf-8").read() for p in paths if p not in lost)
        ok(f"{folder}: they speak of it", re.search(rf"vectors/|goldens/|{re.escape(folder.split('/')[-1])}", texts) and paths)
        ok(f"{folder}: what is answered otherwise has a reason", int(right) <= int(cases) and (cases == right or why), f"{right} of {cases}")
    root = shared("data/vectors")
    if not root:
        skip("the folders", "no ../shared here")
        return done()
    for folder, count, *_ in rows:
        same(f"{folder}: files", len(files(os.path.join(root, folder))), int(count))
    named = tuple(r[0] for r in rows)
    rest = sorted(f for g in GROUPS for f in (f"{g}/{x}" for x in files(os.path.join(root, g))) if not f.startswith(tuple(n + "/" for n in named)))
    same("each file lies in a folder that has a row", rest, [])
    return done()


sys.exit(main())
