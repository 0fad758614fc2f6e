#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""copyright - licences of Debian's packages by their copyright files, and the check that judges them."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from image import File, Link, tar_of  # noqa: E402
from tap import TMP, assay, done, same  # noqa: E402

DEP5 = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: x\nLicense: "


def status(*names):
    return "".join(f"Package: {n}\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n\n" for n in names)


def main():
    path = os.path.join(TMP, "image.tar")
    with open(path, "wb") as f:
        f.write(tar_of([File("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
                        File("var/lib/dpkg/status", status("a", "b", "c", "free", "none")),
                        File("usr/share/doc/a/copyright", DEP5 + "GPL-2+ or Artistic\n\nFiles: b\nLicense: Expat\n text\n"),
                        File("usr/share/doc/b/copyright", DEP5 + "GPL-2+ and Zlib\n"), Link("usr/share/doc/c", "b"),
                        File("usr/share/doc/free/copyright", "see /usr/share/common-licenses/LGPL-2.1.\n"),
                        File("usr/share/doc/stranger/copyright", DEP5 + "WTFPL\n")]))
    scan = ("scan", "tar:" + path, "--db", os.path.join(TMP, "none"))
    doc = assay(*scan, "--checks", "license", "--license-deny", "GPL-*", "-f", "json").json()
    same("licences, as the files say them", {p["name"]: p["licenses"] for p in doc["packages"]},
         {"a": ["GPL-2+ or Artistic", "Expat"], "b": ["GPL-2+ and Zlib"], "c": ["GPL-2+ and Zlib"], "free": ["LGPL-2.1"], "none": []})
    same("judged: of a choice one may be denied", sorted(x["package"].split("/")[2].split("@")[0] for x in doc["findings"]), ["b", "c"])
    same("who has none is told", [c["detail"] for c in doc["coverage"] if c["code"] == "license.unknown"], ["1 packages state no licence (none first)"])
    bom = json.loads(assay(*scan, "--checks", "vuln", "-f", "cyclonedx").out)
    said = {c["name"]: c.get("licenses") for c in bom["components"] if c["type"] == "library"}
    same("as SPDX expressions", (said["a"], said["free"]),
         ([{"expression": "(GPL-2.0-or-later OR Artistic-1.0-Perl) AND MIT"}], [{"license": {"id": "LGPL-2.1-only"}}]))
    return done()


sys.exit(main())
