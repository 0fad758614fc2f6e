#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""linked - C libraries linked into a program are found with the versions that dpkg says they have, and not in a program
that is only built with their headers; programs of this machine are known by what they carry."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from image import File, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same, skip  # noqa: E402

# name of the rule, static library, a call that pulls it in
LIBRARIES = [
    ("zlib", "libz.a", "deflateInit2_"), ("bzip2", "libbz2.a", "BZ2_bzBuffToBuffDecompress"), ("expat", "libexpat.a", "XML_Parse"),
    ("libarchive", "libarchive.a", "archive_read_open1"), ("libpng", "libpng.a", "png_create_read_struct"),
    ("openssl", "libcrypto.a", "OpenSSL_version"), ("pcre2", "libpcre2-8.a", "pcre2_config_8"),
    ("tiff", "libtiff.a", "TIFFOpen"), ("libjpeg-turbo", "libjpeg.a", "jpeg_start_compress"), ("libssh2", "libssh2.a", "libssh2_init"),
]


def upstream(version):
    version = re.sub(r"^\d+:", "", version).rsplit("-", 1)[0]
    return re.sub(r"[+~].*|\.dfsg", "", version)


def static(name):
    out = subprocess.run(["gcc", "-print-file-name=" + name], capture_output=True, text=True).stdout.strip()
    return out if os.path.isabs(out) else None


def dpkg_version(path):
    found = subprocess.run(["dpkg-query", "-S", os.path.realpath(path)], capture_output=True, text=True).stdout
    if not found:
        found = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True).stdout
    package = found.split(": ")[0]
    out = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True).stdout
    return upstream(out) if package else None


def program(name, call, library):
    source = os.path.join(TMP, name + ".c")
    with open(source, "w", encoding="utf-8") as f:
        f.write(f"int {call}();\nint main(int n, char **v) {{ return n > 9 ? {call}(v) : 0; }}\n")
    out = os.path.join(TMP, "has-" + name)
    run = subprocess.run(["gcc", "-w", "-o", out, source, "-Wl,--unresolved-symbols=ignore-all", library], capture_output=True)
    return out if run.returncode == 0 else None


def scan(files):
    path = os.path.join(TMP, "image.tar")
    with open(path, "wb") as f:
        f.write(tar_of([File(p, c) for p, c in files]))
    doc = assay("scan", "tar:" + path, "-f", "json", "--checks", "vuln", "--db", os.path.join(TMP, "none")).json()
    return [p for p in doc["packages"] if p["type"] == "generic"]


def content(path):
    with open(path, "rb") as f:
        return f.read()


def main():
    if not shutil.which("gcc") or not shutil.which("dpkg-query"):
        skip("libraries in programs", "no gcc or no dpkg")
        return done()
    files, want = [], {}
    for name, library, call in LIBRARIES:
        path = static(library)
        built = path and program(name, call, path)
        version = built and dpkg_version(path)
        if not version:
            skip(f"{name} in a program", f"no {library} here")
            continue
        files.append(("opt/has-" + name, content(built)))
        want["opt/has-" + name] = (name, version)
    got = scan(files)
    for path, (name, version) in want.items():
        mine = [(p["name"], p["version"], p["evidence"]) for p in got if path in p["paths"] and p["name"] == name]
        same(f"{name} within {path}", mine, [(name, version, "linked")])
    if got:
        ok("each with its proof and a CPE name", all(re.search(r"at byte \d+", p["proof"]) and
                                                    p["cpe"].startswith("cpe:2.3:a:") for p in got), got)
    shared = "/usr/lib/x86_64-linux-gnu/libz.so.1"
    if os.path.exists(shared) and "opt/has-zlib" in want:
        got = scan([("opt/lib/libz.so.1", content(shared))])
        same("a library in its own file", [(p["name"], p["evidence"]) for p in got], [("zlib", "binary")])
    for name, path in (("bash", "/bin/bash"), ("perl", "/usr/bin/perl"), ("python", "/usr/bin/python3.11")):
        if not os.path.exists(path) or not dpkg_version(path):
            skip(f"{name} of this machine", f"no {path}")
            continue
        got = scan([("opt" + path, content(path))])
        ok(f"{name} of this machine", any(p["name"] == name and dpkg_version(path).startswith(p["version"]) for p in got), got)
    return done()


sys.exit(main())
