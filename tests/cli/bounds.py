#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bounds - bounds that only a whole run keeps, each at its value and one past it: PASSWD_MAX, and how
long a file may be that an inspector reads: LDCONF_MAX, RPM_MANIFEST_MAX, DPKG_LIST_MAX, LICENSE_FILE_MAX,
SHELL_FILE_MAX, PE_FILE_MAX, PHP_EXTENSION_MAX, KERNEL_FILE_MAX; and how many libraries count as started: STARTED_MAX."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from limits import limit  # noqa: E402
from tap import TMP, assay, done, ok  # noqa: E402


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


LENGTHS = [
    ("LDCONF_MAX", "etc/ld.so.conf"),
    ("RPM_MANIFEST_MAX", "var/lib/rpmmanifest/container-manifest-2"),
    ("DPKG_LIST_MAX", "var/lib/dpkg/info/x.list"),
    ("LICENSE_FILE_MAX", "usr/local/lib/python3/site-packages/x-1.dist-info/LICENSE"),
    ("SHELL_FILE_MAX", "bin/busybox"),
    ("PE_FILE_MAX", "app/x.dll"),
    ("PHP_EXTENSION_MAX", "usr/lib/php/x.so"),
    ("KERNEL_FILE_MAX", "boot/vmlinuz"),
]


def lengths(past):
    """Files as long as may be, or a byte longer: those that are said to be too large, with the bound."""
    root = os.path.join(TMP, f"lengths{past}")
    for name, path in LENGTHS:
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(b"#\n")
            f.truncate(limit(name) + past)
    run = assay("scan", "dir:" + root, "-f", "json", "--checks", "vuln,binary,license,file")
    return {(c["path"], c["status"]): c["detail"] for c in run.json()["coverage"] if c["code"] == "file.too-large"}, run


def library(needed):
    """A library for x86-64 with an executable stack that is linked with another."""
    names = b"\0" + needed.encode() + b"\0"
    at = 64 + 3 * 56
    dynamic = struct.pack("<8Q", 1, 1, 5, at + 64, 10, len(names), 0, 0)  # DT_NEEDED, DT_STRTAB, DT_STRSZ
    size = at + len(dynamic) + len(names)
    segments = [(1, 5, 0, size), (2, 6, at, len(dynamic)), (0x6474e551, 7, 0, 0)]  # PT_LOAD, PT_DYNAMIC, PT_GNU_STACK
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 3, 64, 0, 0)
    return head + b"".join(struct.pack("<IIQQQQQQ", t, f, o, o, o, n, n, 8) for t, f, o, n in segments) + dynamic + names


def started(n):
    """Of n files, each linked with the next, the image starts the first: what is said of their stacks."""
    files = [image.File(f"usr/lib/l{i}.so", library(f"l{i + 1}.so"), mode=0o755) for i in range(n)]
    tar = os.path.join(TMP, "started.tar")
    image.docker_archive(tar, [image.tar_of(files)], {"User": "1", "Entrypoint": ["/usr/lib/l0.so"]})
    run = assay("scan", "docker-archive:" + tar, "--checks", "binary", "-f", "json")
    return sorted(f["reason"] for f in run.json()["findings"] if f["id"] == "binary.executable-stack"), run


def main():
    found, run = lengths(0)
    ok("files as long as they may be are read", run.rc == 0 and not found, (found, run))
    found, run = lengths(1)
    for name, path in LENGTHS:
        ok(f"{name}: one byte more is incomplete, and says which file and which bound",
           str(limit(name)) in found.get((path, "incomplete"), ""), found)
    most = limit("PASSWD_MAX")
    found, run = rows(passwd(most), "file.too-large")
    ok("PASSWD_MAX bytes of passwd are read", run.rc == 0 and not found, run)
    found, run = rows(passwd(most + 1), "file.too-large")
    ok("one more is incomplete, and says which file and which bound",
       len(found) == 1 and found[0]["status"] == "incomplete" and found[0]["path"] == "etc/passwd"
       and str(most) in found[0]["detail"], run)
    most = limit("STARTED_MAX")
    for past in (0, 1):
        found, run = started(most + past)
        ok(f"STARTED_MAX and {past}: as many count as started, the next as one of the rest",
           len(found) == 1 + past and sum(f"so it is with {most} files" in f and "starts" in f for f in found) == 1,
           (found, run))
    return done()


sys.exit(main())
