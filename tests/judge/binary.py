#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""binary - programs are judged by the flags that they were built with."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File  # noqa: E402
from tap import TMP, assay, done, ok, same, skip  # noqa: E402

SOURCE = """#include <stdio.h>
#include <string.h>
int main(int n, char **v) { char b[64]; strcpy(b, v[n - 1]); return printf("%s", b) > 60; }
"""
GOOD = ["-O2", "-fPIE", "-pie", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2",
        "-Wl,-z,relro,-z,now"]
CASES = [
    ("all on", [], set()),
    ("no-pie", ["-no-pie", "-fno-pie"], {"binary.no-pie"}),
    ("norelro", ["-Wl,-z,norelro"], {"binary.no-relro"}),
    ("execstack", ["-Wl,-z,execstack"], {"binary.executable-stack"}),
    ("no canary", ["-fno-stack-protector"], {"binary.no-canary"}),
    ("no fortify", ["-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=0"], {"binary.no-fortify"}),
    ("relative rpath", ["-Wl,-rpath,lib"], {"binary.unsafe-rpath"}),
    ("rpath of root's", ["-Wl,-rpath,/usr/lib/x"], set()),
    ("rpath in /tmp", ["-Wl,-rpath,/tmp/x"], {"binary.unsafe-rpath"}),
    ("static", ["-static", "-no-pie", "-fno-pie"], {"binary.no-pie"}),
    ("static-pie", ["-static-pie"], set()),
]


def main():
    if not shutil.which("gcc"):
        skip("gcc", "not installed")
        return
    for at, (name, flags, want) in enumerate(CASES):
        out = os.path.join(TMP, f"b{at}")
        subprocess.run(["gcc", *GOOD, *flags, "-w", "-x", "c", "-", "-o", out], input=SOURCE.encode(), check=True)
        with open(out, "rb") as f:
            body = f.read()
        tar = os.path.join(TMP, f"b{at}.tar")
        layer = [Dir("etc"), File("etc/os-release", image.OS_RELEASE["debian:12"]), Dir("lib64"),
                 File("lib64/ld-linux-x86-64.so.2", "x", mode=0o755), File("usr/bin/b", body, mode=0o755)]
        run(name, layer, tar, want)


def run(name, layer, tar, want):
    image.docker_archive(tar, [image.tar_of(layer)], {"User": "1"})
    done_ = assay("scan", f"docker-archive:{tar}", "--checks", "binary", "-f", "json")
    have = {f["id"] for f in done_.json()["findings"]} if done_.rc == 0 else {done_.err}
    same(f"gcc: {name}", sorted(have), sorted(want))


if __name__ == "__main__":
    main()
    sys.exit(done())
