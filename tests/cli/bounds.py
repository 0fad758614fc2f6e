#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bounds - bounds that only a whole run keeps, each at its value and one past it: PASSWD_MAX."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import SRC, TMP, assay, done, ok  # noqa: E402

UNITS = {"": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}


def limit(name):
    with open(os.path.join(SRC, "src/base/limits.h"), encoding="utf-8") as f:
        m = re.search(rf"LIMIT\({name}, (?:(KIB|MIB|GIB)\()?(\d+)", f.read())
    return UNITS[m[1] or ""] * int(m[2])


def rows(root, code):
    run = assay("scan", "dir:" + root, "-f", "json", "--checks", "vuln")
    return [c for c in run.json()["coverage"] if c["code"] == code], run


def passwd(n):
    """A root file system whose passwd has n bytes: one account, then a comment."""
    root = os.path.join(TMP, "root")
    os.makedirs(os.path.join(root, "etc"), exist_ok=True)
    with open(os.path.join(root, "etc/passwd"), "wb") as f:
        f.write(b"root:x:0:0::/:\n#" + b"x" * (n - 16))
    return root


def main():
    most = limit("PASSWD_MAX")
    found, run = rows(passwd(most), "file.too-large")
    ok("PASSWD_MAX bytes of passwd are read", run.rc == 0 and not found, run)
    found, run = rows(passwd(most + 1), "file.too-large")
    ok("one more is incomplete, and says which file and which bound",
       len(found) == 1 and found[0]["status"] == "incomplete" and found[0]["path"] == "etc/passwd"
       and str(most) in found[0]["detail"], run)
    return done()


sys.exit(main())
