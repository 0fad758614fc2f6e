#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""looks - how far links are followed to what an inspector asks for: HARDLINKS_MAX, LOOKS_MAX."""
import os
import re
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import File, HardLink, tar_of  # noqa: E402
from tap import SRC, TMP, assay, done, ok  # noqa: E402

LIMITS = open(os.path.join(SRC, "src/base/limits.h"), encoding="utf-8").read()


def bound(name):
    return int(re.search(rf"LIMIT\({name}, (\d+),", LIMITS).group(1))


def status(name):
    return f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1-1\n\n"


def scan(name, entries):
    path = os.path.join(TMP, name + ".tar")
    image.docker_archive(path, [tar_of([File("etc/os-release", image.OS_RELEASE["debian:12"]), *entries])])
    return assay("scan", f"docker-archive:{path}", "--db", os.path.join(TMP, "db"), "--cache-dir",
                 os.path.join(TMP, "cache"), "-f", "json").json()


def codes(report):
    return {c["code"] for c in report["coverage"] if c["status"] == "incomplete"}


def hard_links(n):
    """A status file that is n hard links away from its bytes."""
    names = ["srv/0"] + [f"srv/{i}" for i in range(1, n)] + ["var/lib/dpkg/status"]
    links = [HardLink(b, a) for a, b in zip(names, names[1:])]
    return scan(f"hard{n}", [File(names[0], status("zlib1g")), *links])


def asked(n):
    """Programs that say that they list their crates (and then do not): each is looked at again, whole."""
    head = b"\x7fELF\x02\x01\x01" + b"\0" * 33 + struct.pack("<Q", 200) + b"\0" * 16
    elf = head + b"\0" * 36 + b"\0.dep-v0\0" + b"\0" * 500  # STREAM_MIN
    return scan(f"asked{n}", [File("var/lib/dpkg/status", status("zlib1g")), *[File(f"srv/p{i}", elf) for i in range(n)]])


MOST = bound("HARDLINKS_MAX")
ok("HARDLINKS_MAX links lead to the database", [p["name"] for p in hard_links(MOST)["packages"]] == ["zlib1g"])
r = hard_links(MOST + 1)
ok("one more is incomplete", not r["packages"] and codes(r) - {"advisories.none"}, str(codes(r)))
MOST = bound("LOOKS_MAX")
ok("LOOKS_MAX files are looked at", "look.limit" not in codes(asked(MOST)))
ok("one more is incomplete", "look.limit" in codes(asked(MOST + 1)))
done()
