#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 600
"""starter - the index that ships with the project: it opens, holds what NOTICE names, is used where
no other is, and its sources give the same bytes again."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import ASSAY, SRC, TMP, assay, done, ok, same, shared, skip  # noqa: E402

PACKED = os.path.join(SRC, "starter/index.mdb.zst")
PLAIN = os.path.join(os.path.dirname(ASSAY), "starter/index.mdb")
# feed, day of its data, fewest records
FEEDS = [("alpine-secdb", "2024-02-19", 60000), ("azure-oval", "2024-10-10", 1000), ("debian-dla", "2023-04-01", 10000),
         ("debian-dsa", "2023-03-29", 20000), ("debian-support", "2026-06-30", 40), ("debian-tracker", "2026-11-20", 11000),
         ("eol", "2026-08-22", 150), ("epss", "2026-08-16", 20000), ("kev", "2026-08-07", 100),
         ("osv-almalinux", "2026-08-21", 200000)]


def main():
    if not os.path.exists(PLAIN):
        skip("the starter index", "it is not built")
        return 0
    ok("is small", os.path.getsize(PACKED) < 12 << 20, os.path.getsize(PACKED))
    run = assay("db", "status", "--db", PLAIN)
    ok("opens", run.rc == 0, run)
    rows = {m[1]: (m[2], int(m[3])) for m in re.finditer(r"^(\S+) +(\S+) +(\d+) records  \(starter\)$", run.out, re.M)}
    same("holds these feeds and no others", sorted(rows), sorted(f for f, _, _ in FEEDS))
    for feed, day, fewest in FEEDS:
        have = rows.get(feed, ("", 0))
        ok(f"{feed}: of {day}, {fewest} records at least", have[0] == day and have[1] >= fewest, have)
    ok("... of EPSS only what the others name", rows.get("epss", ("", 0))[1] < 100000, rows)
    notice = open(os.path.join(SRC, "NOTICE"), encoding="utf-8").read()
    made = subprocess.run([os.path.join(SRC, "tools/starter"), "notice"], stdout=subprocess.PIPE, check=True).stdout.decode()
    ok("NOTICE names its sources as they are read", notice == made, notice)
    run = assay("db", "search", "CVE-2019-14697")
    ok("is used where there is no other index", run.rc == 0 and "musl" in run.out, run)
    os.makedirs(os.path.join(TMP, "root/etc"))
    with open(os.path.join(TMP, "root/etc/os-release"), "w", encoding="utf-8") as f:
        f.write("ID=alpine\nVERSION_ID=3.10.3\n")
    os.makedirs(os.path.join(TMP, "root/lib/apk/db"))
    with open(os.path.join(TMP, "root/lib/apk/db/installed"), "w", encoding="utf-8") as f:
        f.write("P:musl\nV:1.1.22-r2\nA:x86_64\no:musl\nL:MIT\n\n")
    run = assay("scan", "dir:" + os.path.join(TMP, "root"), "-f", "json", "--checks", "vuln")
    report = json.loads(run.raw or b"{}")
    ok("a scan that rests on it finds", "CVE-2019-14697" in [f["id"] for f in report.get("findings", [])], run)
    row = next((c for c in report.get("coverage", []) if c["code"] == "advisories.starter"), {})
    ok("... says so, and of which day it is", row.get("status") == "incomplete" and "2024-02-19" in row["detail"], report.get("coverage"))
    again()
    return done()


def again():
    name = "its sources give the same bytes again"
    if not shared("data/advisories"):
        skip(name, "no ../shared/data/advisories")
        return
    out = os.path.join(TMP, "index.mdb.zst")
    run = subprocess.run([os.path.join(SRC, "tools/starter"), ASSAY, shared("data/advisories"), out],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if ok("it is made again", run.returncode == 0, run.stdout.decode()):
        with open(out, "rb") as a, open(PACKED, "rb") as b:
            ok(name, a.read() == b.read())


sys.exit(main())
