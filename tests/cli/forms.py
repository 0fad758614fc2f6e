#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""forms - the same image gives the same findings through every source and compression."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, Whiteout, debian  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same, skip  # noqa: E402

TRACKER = {
    "openssl": {"CVE-2024-0001": {"releases": {"bookworm": {
        "status": "resolved", "repositories": {"bookworm": "3.0.11-1"}, "fixed_version": "3.0.12-1",
        "urgency": "medium"}}}},
    "zlib": {"CVE-2024-0002": {"releases": {"bookworm": {
        "status": "open", "repositories": {"bookworm": "1:1.2.13.dfsg-1"}, "urgency": "low"}}},
        "CVE-2024-0003": {"releases": {"bookworm": {
            "status": "resolved", "repositories": {"bookworm": "1:1.2.13.dfsg-1"}, "fixed_version": "0",
            "urgency": "low"}}}},
    "bash": {"CVE-2024-0004": {"releases": {"bookworm": {
        "status": "resolved", "repositories": {"bookworm": "5.2.15-2"}, "fixed_version": "5.3-1", "urgency": "high"}}}},
}
# what the tracker's records mean for the packages below, by its own documentation
EXPECTED = [("CVE-2024-0001", "libssl3", "3.0.11-1", "3.0.12-1"),
            ("CVE-2024-0002", "zlib1g", "1:1.2.13.dfsg-1", ""),
            ("CVE-2024-0001", "openssl", "3.0.11-1", "3.0.12-1")]

BASE = debian([("openssl", "3.0.11-1"), ("libssl3", "3.0.11-1", "openssl"), ("zlib1g", "1:1.2.13.dfsg-1", "zlib"),
               ("bash", "5.2.15-2")]) + [Dir("tmp"), File("tmp/gone", b"x")]
# the upper layer removes bash: only the newest status counts
UPPER = debian([("openssl", "3.0.11-1"), ("libssl3", "3.0.11-1", "openssl"),
                ("zlib1g", "1:1.2.13.dfsg-1", "zlib")])[5:] + [Whiteout("tmp/gone")]
LAYERS = [image.tar_of(BASE), image.tar_of(UPPER)]
MERGED = image.tar_of([e for e in BASE if e[0].name not in ("tmp/gone", "var/lib/dpkg/status")] + UPPER[:1])


def path(name):
    return os.path.join(TMP, name)


def make_dir(folder):
    for member, content in [e for e in BASE if e[0].name != "tmp/gone"] + UPPER[:1]:
        where = os.path.join(folder, member.name)
        if member.isdir():
            os.makedirs(where, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(where), exist_ok=True)
            image.write(where, content)
    return folder


def forms():
    """(name, reference) of every form."""
    for how in ("none", "gzip", "zstd"):
        yield f"docker-archive, {how}", "docker-archive:" + image.docker_archive(path(f"d-{how}.tar"), LAYERS, compression=how)
        yield f"oci, layers {how}", "oci:" + image.oci_layout(path(f"oci-{how}"), LAYERS, compression=how)
        yield f"oci-archive, layers {how}", "oci-archive:" + image.oci_archive(path(f"oci-{how}.tar"), LAYERS, compression=how)
        yield f"oci-archive, {how}", "oci-archive:" + image.oci_archive(path(f"oci-whole-{how}.tar"), LAYERS, archive_compression=how)
        yield f"tar, {how}", "tar:" + image.write(path(f"root-{how}.tar"), image.compress(MERGED, how))
        yield f"tar, {how} in 3 pieces", "tar:" + image.write(path(f"root3-{how}.tar"), image.compress(MERGED, how, 3))
    yield "docker-archive of Docker 25", "docker-archive:" + image.docker25_archive(path("d25.tar"), LAYERS)
    yield "docker-archive of Docker 25 as oci-archive", "oci-archive:" + path("d25.tar")
    yield "dir", "dir:" + make_dir(path("root"))
    yield "a bare path to a docker archive", path("d-none.tar")
    yield "a bare path to a layout", path("oci-gzip")


def found(run):
    return sorted((f["id"], f["package"].split("@")[0].rsplit("/", 1)[-1], f["installed"], f["fixed"] or "")
                  for f in run.json()["findings"] if f["check"] == "vulnerability")


def main():
    if not os.path.exists(ASSAY):
        skip("forms", "there is no program yet")
        return 0
    os.makedirs(path("feed"))
    image.write(path("feed/tracker.json"), json.dumps(TRACKER).encode())
    made = assay("db", "import", path("feed/tracker.json"), "--db", path("db"))
    if not ok("the tracker's records are imported", made.rc == 0, made):
        return done()
    for name, ref in forms():
        run = assay("scan", ref, "--checks", "vuln", "-f", "json", "--db", path("db"), *([] if ref.startswith(("dir:", "tar:")) else ["--platform", "linux/amd64"]))
        if ok(f"{name}: is scanned", run.rc in (0, 3) and run.raw[:1] == b"{", run):
            same(f"{name}: the findings", found(run), sorted(EXPECTED))
    return done()


sys.exit(main())
