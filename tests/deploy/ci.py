#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ci - the snippets of deploy/ci: images pinned by digest, and their lines run with the program."""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from pushreg import PushRegistry  # noqa: E402
from snippets import actions_of, lines_of  # noqa: E402
from tap import ASSAY, SRC, TMP, assay, done, ok, same  # noqa: E402

REPORTS = {"github.yml": ["report.sarif", "report.json"], "gitlab.yml": ["report.xml", "report.json"],
           "Jenkinsfile": ["report.xml", "report.json"]}


def feed():
    path = os.path.join(TMP, "tracker.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"bash": {"CVE-2024-0002": {"releases": {"bookworm": {
            "status": "open", "repositories": {"bookworm": "5.2.15-2"}, "urgency": "low"}}}}}, f)
    return path


reg = PushRegistry()
work = os.path.join(TMP, "work")
os.makedirs(work)
assay("db", "import", "--db", os.path.join(TMP, "db"), feed())
assay("key", "generate", "--out", os.path.join(work, "index"), env={"COSIGN_PASSWORD": ""})
r = assay("db", "export", "--db", os.path.join(TMP, "db"), "--sign-key", os.path.join(work, "index.key"),
          f"registry:{reg.host}/tools/assay/index:1", env={"COSIGN_PASSWORD": ""})
ok("an index to take", r.rc == 0, r)
im.docker_archive(os.path.join(work, "image.tar"), [im.tar_of(im.debian([("bash", "5.2.15-2")]))])
# `make image` does this with the image that it made (make check-packages runs the lines in that one)
blobs, index = im.oci_blobs([im.tar_of([("usr/bin/assay", b"x")])])
digest = index["manifests"][0]["digest"]
reg.put_image("tools/assay/assay", blobs, index, "1")
FILLED = os.path.join(TMP, "ci")


def fill(*args):
    return subprocess.run([os.path.join(SRC, "tools/ci"), *args], cwd=SRC, check=False, stderr=subprocess.DEVNULL).returncode


ok("the snippets are filled in", fill(digest, f"{reg.host}/tools/assay", FILLED) == 0)
for bad in (("sha256:DIGEST", "r.test/x"), (digest[:-1], "r.test/x"), (digest, "r.test/x,y"), (digest, "a b")):
    ok(f"not with {bad[0][:14]} and {bad[1]}", fill(*bad, os.path.join(TMP, "no")) == 2 and not os.path.exists(os.path.join(TMP, "no")))
for name, files in REPORTS.items():
    with open(os.path.join(SRC, "deploy/ci", name), encoding="utf-8") as f:
        ok(f"{name}: names no image before that", "sha256:DIGEST" in f.read())
    with open(os.path.join(FILLED, name), encoding="utf-8") as f:
        text = f.read()
    image, variables, lines = lines_of(name, text)
    same(f"{name}: runs in the image, by its digest", image, f"{reg.host}/tools/assay/assay@{digest}")
    ok(f"{name}: nothing is left to fill in", "DIGEST" not in text and "registry.internal" not in text)
    r = assay("scan", "--no-cache", "--no-evidence", "-f", "json", f"registry:{image}", env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP})
    same(f"{name}: which is there", r.json()["image"]["digest"] if r.raw else str(r), digest)
    for used in actions_of(text) if name == "github.yml" else ():
        ok(f"{name}: {used.split('@')[0]} is pinned by its commit", re.search(r"@[0-9a-f]{40}$", used), used)
    same(f"{name}: an index, then a scan", [line.split()[1] for line in lines], ["db", "scan"])
    env = {"PATH": os.path.dirname(ASSAY) + ":/usr/bin:/bin", "HOME": "/nonexistent", "DOCKER_CONFIG": TMP, "LC_ALL": "C.UTF-8", **variables}
    subprocess.run(["rm", "-rf", os.path.join(work, ".assay")], check=True)
    for line in lines:
        p = subprocess.run(["sh", "-ec", line], cwd=work, env=env, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True)
        ok(f"{name}: {line.split()[1]} passes", p.returncode == 0, p.stdout)
    ok(f"{name}: finds with the index that it took", "CVE-2024-0002" in p.stdout, p.stdout)
    same(f"{name}: its reports are there", [f for f in files if os.path.getsize(os.path.join(work, f)) == 0], [])
    for f in files:
        os.remove(os.path.join(work, f))
    p = subprocess.run(["sh", "-ec", lines[-1].replace("critical", "low")], cwd=work, env=env, check=False,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    ok(f"{name}: and a gate that is met fails the job", p.returncode == 1, p.stdout)
reg.close()
sys.exit(done())
