#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""folders - images whose files lie loose in a folder (what skopeo writes to dir:FOLDER, what `docker save` wrote, unpacked):
recognised, the same report as in an archive, and never a root file system in which nothing is found."""
import json
import os
import shutil
import subprocess
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from tap import TMP, assay, done, ok, same, skip  # noqa: E402

LAYERS = [im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1")])), im.tar_of([im.File("app/key", b"x" * 2000)])]


def path(name):
    return os.path.join(TMP, name)


def scan(ref, *args):
    return assay("scan", "-f", "json", *args, ref)


def plain(r):
    if r.rc:
        return str(r)
    doc = r.json()
    return {"layers": [layer["diff_id"] for layer in doc["image"]["layers"]], "config": doc["image"]["config_digest"],
            **{k: doc[k] for k in ("os", "packages", "findings")}}


def flat(folder, arch=("amd64",), change=None):
    """As skopeo copy --all writes it: blobs by the hex digits of their digests, manifest.json, version."""
    os.makedirs(path(folder))
    manifests = []
    for a in arch:
        blobs, index = im.oci_blobs(LAYERS, arch=a)
        entry = index["manifests"][0]
        for d, data in blobs.items():
            name = d.split(":")[1] + (".manifest.json" if d == entry["digest"] and len(arch) > 1 else "")
            im.write(path(f"{folder}/{name}"), data)
        manifests.append({**entry, "platform": {"os": "linux", "architecture": a}})
    top = blobs[entry["digest"]] if len(arch) == 1 else im.to_json({"schemaVersion": 2, "mediaType": im.INDEX, "manifests": manifests})
    im.write(path(f"{folder}/manifest.json"), change(top) if change else top)
    im.write(path(f"{folder}/version"), b"Directory Transport Version: 1.1\n")
    return path(folder)


def unpacked(folder):
    im.docker_archive(path(folder + ".tar"), LAYERS)
    with tarfile.open(path(folder + ".tar")) as tar:
        tar.extractall(path(folder))
    return path(folder)


im.docker_archive(path("image.tar"), LAYERS)
want = plain(scan("docker-archive:" + path("image.tar")))
ok("the archive has the package", isinstance(want, dict) and [p["name"] for p in want["packages"]] == ["zlib1g"], want)
for name, folder in (("skopeo's dir", flat("flat")), ("docker save unpacked", unpacked("saved"))):
    same(f"{name}: recognised", plain(scan(folder)), want)
    same(f"{name}: named", plain(scan("docker-dir:" + folder)), want)
    r = scan("dir:" + folder)
    ok(f"{name}: dir: finds nothing and says so", r.rc == 0 and not r.json()["packages"] and
       [c for c in r.json()["coverage"] if (c["code"], c["status"]) == ("folder.image", "incomplete")], r)
    ok(f"{name}: a gate on that is not passed", scan("dir:" + folder, "--checks", "vuln", "--fail-on", "high").rc == 3)
same("a tag of docker save", plain(scan(f"docker-dir:{path('saved')}:test:1")), want)
ok("a tag that is not there: exit 2 or 3", scan(f"docker-dir:{path('saved')}:test:9").rc in (2, 3))
ok("skopeo's dir has no tags: exit 2", scan(f"docker-dir:{path('flat')}:1").rc == 2)

# several platforms
many = flat("many", ("amd64", "s390x"))
r = scan(many, "--platform", "all")
same("an index: each platform", [x["image"]["platform"] for x in r.json()["reports"]], ["linux/amd64", "linux/s390x"])
same("an index: one of them", scan(many, "--platform", "linux/s390x").json()["image"]["platform"], "linux/s390x")

# what lies about
r = scan(flat("lies", change=lambda b: b.replace(b'"schemaVersion":2', b'"schemaVersion":2,"layers":[]')))
ok("a key that is there twice: exit 3, no report", r.rc == 3 and not r.out, r)
flat("broken")
with open(path("broken/manifest.json"), "rb") as f:
    layer = os.path.join(path("broken"), json.load(f)["layers"][0]["digest"].split(":")[1])
with open(layer, "r+b") as f:
    f.seek(30)
    byte = f.read(1)
    f.seek(30)
    f.write(bytes([byte[0] ^ 1]))
r = assay("scan", "-f", "json", "--no-cache", path("broken"))
ok("a blob that is not what its name says: exit 3, no report", r.rc == 3 and not r.out, r)
os.remove(layer)
r = assay("scan", "-f", "json", "--no-cache", path("broken"))
ok("a blob that is not there: exit 3, no report", r.rc == 3 and not r.out, r)
os.symlink("/etc/hostname", layer)
r = assay("scan", "-f", "json", "--no-cache", path("broken"))
ok("a blob that is a link out of the folder: exit 3, no report", r.rc == 3 and not r.out, r)

# a root file system with such a file stays one: who made the image may have put it there
root = path("root")
for m, content in im.debian([("zlib1g", "1:1.2.13.dfsg-1")]):
    if m.isreg():
        os.makedirs(os.path.dirname(os.path.join(root, m.name)), exist_ok=True)
        im.write(os.path.join(root, m.name), content)
for name in os.listdir(path("flat")):
    shutil.copy(os.path.join(path("flat"), name), root)
r = scan(root)
ok("a root file system with a manifest.json is a root file system", r.rc == 0 and r.json()["image"]["layers"] and
   len(r.json()["image"]["layers"]) == 1 and len(r.json()["packages"]) == 1, r)
os.makedirs(path("empty"))
ok("docker-dir: without manifest.json: exit 3", scan("docker-dir:" + path("empty")).rc == 3)
ok("docker-dir: of a file: exit 2", scan("docker-dir:" + path("image.tar")).rc == 2)

if shutil.which("skopeo"):
    for kind in ("oci", "docker"):
        im.oci_layout(path("layout"), LAYERS) if not os.path.exists(path("layout")) else None
        subprocess.run(["skopeo", "copy", "-q", *(["--format", "v2s2"] if kind == "docker" else []), f"oci:{path('layout')}:1",
                        f"dir:{path('by-skopeo-' + kind)}"], check=True)
        same(f"what skopeo writes ({kind})", plain(scan(path("by-skopeo-" + kind))), want)
else:
    skip("what skopeo writes", "skopeo is missing")
sys.exit(done())
