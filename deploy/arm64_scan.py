#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""arm64_scan - the program of another machine, emulated, gives the reports of this machine's.
usage: arm64_scan COMMAND PROGRAM FOLDER      (started by test-arm64)"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/lib"))
import image as im  # noqa: E402
from pushreg import PushRegistry  # noqa: E402

other, own, work = sys.argv[1].split(), [sys.argv[2]], sys.argv[3]
key = b"aws_access_key_id = AKIA" + b"Q3EGRIBLMKXZ5TWN\n"
layers = [im.tar_of(im.debian([("libssl3", "3.0.9-1", "openssl")])), im.tar_of([im.File("app/settings", key)])]
archive = im.docker_archive(os.path.join(work, "a.tar"), layers, compression="gzip")
reg = PushRegistry()
reg.put_image("team/app", *im.oci_blobs(layers, compression="zstd"), "1")


def scan(command, ref):
    env = {k: os.environ[k] for k in ("PATH", "QEMU_LD_PREFIX") if k in os.environ}
    r = subprocess.run([*command, "scan", "--no-cache", "-f", "json", "--platform", "linux/amd64", "--allow-unconfined", "--db",
                        os.path.join(os.path.dirname(own[0]), "starter"), ref], env={**env, "HOME": work, "TMPDIR": work},
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if not r.stdout:
        raise SystemExit(r.stderr.decode())
    doc = json.loads(r.stdout)
    doc["tool"]["confinement"] = None
    return doc


for ref in ("docker-archive:" + archive, f"{reg.host}/team/app:1"):
    have, want = scan(other, ref), scan(own, ref)
    checks = [f["check"] for f in want["findings"]]
    if have != want or "secret" not in checks or "vulnerability" not in checks:
        raise SystemExit(f"{ref}: {json.dumps(have)}\nand here {json.dumps(want)}")
