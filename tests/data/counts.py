#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 600
"""counts - the images and slices of ../shared/data/images give the number of distinct CVE ids that
independent scripts counted on the same advisories."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import ASSAY, TMP, assay, done, ok, shared, skip  # noqa: E402

ADVISORIES = ["alpine-secdb.tar.zst", "debian", "osv/AlmaLinux.tar.zst"]

# (file, source, distinct CVEs, packages or None), from ../shared/data/images/README.md; but that
# counts 15 packages for two Alpine images whose lib/apk/db/installed has 14 lines "P:"
IMAGES = [
    ("alpine/alpine-minirootfs-3.10.3-x86_64.tar.gz", "tar", 12, 14),
    ("alpine/alpine-minirootfs-3.18.9-x86_64.tar.gz", "tar", 0, 15),
    ("alpine/alpine-minirootfs-3.20.3-x86_64.tar.gz", "tar", 27, 14),
    ("alpine/alpine-minirootfs-20240923-x86_64.tar.gz", "tar", 48, 14),
    ("docker-archive/trivy-alpine-310.tar.gz", "docker-archive", 15, None),
    ("docker-archive/snyk-nginx-debian10.tar.zst", "docker-archive", 40, 84),
    ("docker-archive/snyk-nginx-os-release-link.tar.zst", "docker-archive", 40, 84),
    ("oci-archive/debian12-openssl-distroless.oci.tar", "oci-archive", 12, 10),
    ("oci-archive/snyk-npm7-package-lock-alpine319.tar.zst", "oci-archive", 0, 15),
    ("oci-archive/snyk-pnpmlockv6-alpine318-arm64.tar", "oci-archive", 0, None),
    ("debian-slices/bookworm-min-base.slice.tar.zst", "tar", 15, 96),
    ("debian-slices/bookworm-min-sec.slice.tar.zst", "tar", 0, 96),
    ("debian-slices/bookworm-srv-base.slice.tar.zst", "tar", 253, 237),
    ("debian-slices/bullseye-min-base.slice.tar.zst", "tar", 78, 96),
    ("debian-slices/bullseye-srv-base.slice.tar.zst", "tar", 286, 201),
    ("debian-slices/trixie-min-sec.slice.tar.zst", "tar", 0, 78),
    ("rpmdb/alma8-synthetic-bdb.rootfs.tar.zst", "tar", 252, 56),
    ("rpmdb/alma8-synthetic-sqlite.rootfs.tar.zst", "tar", 252, 56),
    ("rpmdb/alma8-synthetic-ndb.rootfs.tar.zst", "tar", 252, 56),
    ("small/clair-DistUpgrade-wheezy.tar.gz", "tar", 24, None),
    ("small/clair-DistUpgrade-jessie.tar.gz", "tar", 65, None),
]


def plain(path, name):
    """path without its .zst; docker and OCI archives are kept as their source had them."""
    if not path.endswith(".zst"):
        return path
    out = os.path.join(TMP, os.path.basename(name)[:-4])
    with open(out, "wb") as f:
        subprocess.run(["zstd", "-dcq", path], stdout=f, check=True)
    return out


def scan(ref, db):
    """Returns (distinct CVEs, packages, report) or None, having printed the failed case."""
    run = assay("scan", ref, "--checks", "vuln", "-f", "json", "--db", db)
    if run.rc not in (0, 3) or not run.raw.startswith(b"{"):
        ok(f"{os.path.basename(ref)}: is scanned", False, run)
        return None
    doc = run.json()
    ids = {f["id"] for f in doc["findings"] if f["check"] == "vulnerability"}
    return len(ids), len([p for p in doc["packages"] if p["type"] in ("apk", "deb", "rpm")]), doc


def main():
    if not os.path.exists(ASSAY):
        skip("counts", "there is no program yet")
        return 0
    if not shared("data/images"):
        skip("counts", "no ../shared/data/images")
        return 0
    db = os.path.join(TMP, "db")
    made = assay("db", "import", *(shared("data/advisories/" + a) for a in ADVISORIES), "--db", db, timeout=300)
    if not ok("the advisories are imported in one call", made.rc == 0, made):
        return done()
    for name, source, cves, packages in IMAGES:
        path = shared("data/images/" + name)
        if not path:
            skip(name, "not there")
            continue
        got = scan(f"{source}:{plain(path, name)}", db)
        if got is None:
            continue
        ok(f"{name}: {cves} CVEs", got[0] == cves, f"have {got[0]}; coverage {got[2]['coverage']}")
        if packages is not None:
            ok(f"{name}: {packages} packages", got[1] == packages, f"have {got[1]}")
    return done()


sys.exit(main())
