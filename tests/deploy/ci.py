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
import yaml  # noqa: E402
from pushreg import PushRegistry  # noqa: E402
from tap import ASSAY, SRC, TMP, assay, done, ok, same  # noqa: E402

REPORTS = {"github.yml": ["report.sarif", "report.json"], "gitlab.yml": ["report.xml", "report.json"],
           "Jenkinsfile": ["report.xml", "report.json"]}


def lines_of(name, text):
    """The image that the job runs in, and its lines."""
    if name == "Jenkinsfile":
        return re.search(r"image '([^']+)'", text)[1], re.findall(r"sh '([^']+)'", text)
    doc = yaml.safe_load(text)
    if name == "gitlab.yml":
        job = doc["scan image"]
        return job["image"]["name"], job["script"]
    job = doc["jobs"]["scan"]
    for step in job["steps"]:
        if "uses" in step:
            ok(f"{name}: {step['uses'].split('@')[0]} is pinned by its commit",
               re.search(r"@[0-9a-f]{40}$", step["uses"]), step["uses"])
    return job["container"]["image"], [s["run"] for s in job["steps"] if "run" in s]


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
          f"registry:{reg.host}/assay/index:1", env={"COSIGN_PASSWORD": ""})
ok("an index to take", r.rc == 0, r)
im.docker_archive(os.path.join(work, "image.tar"), [im.tar_of(im.debian([("bash", "5.2.15-2")]))])
for name, files in REPORTS.items():
    with open(os.path.join(SRC, "deploy/ci", name), encoding="utf-8") as f:
        image, lines = lines_of(name, f.read())
    ok(f"{name}: runs in an image pinned by digest", re.fullmatch(r"registry\.internal/assay/assay@sha256:DIGEST", image), image)
    same(f"{name}: an index, then a scan", [line.split()[1] for line in lines], ["db", "scan"])
    home = os.path.join(TMP, "home-" + name)
    env = {"PATH": os.path.dirname(ASSAY) + ":/usr/bin:/bin", "HOME": home, "DOCKER_CONFIG": TMP, "LC_ALL": "C.UTF-8"}
    for line in lines:
        p = subprocess.run(["sh", "-ec", line.replace("registry.internal", reg.host)], cwd=work, env=env, check=False,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
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
