#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""stores - images in the folders of containerd and of containers-storage, as made here: names, namespaces, digests, and
folders that do not hold what they say.  tests/source/engines.py reads those of real engines."""
import base64
import gzip
import io
import json
import os
import shutil
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import boltmake  # noqa: E402
import image as im  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

NAME = "registry.test/team/app:1"
LAYERS = [im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1")])),
          im.tar_of([im.Dir("app"), ("app/data", b"d" * 30000), im.Link("app/sh", "/bin/sh"),
                     im.HardLink("app/more", "app/data"), im.Whiteout("etc/x"), ("app/empty", b"")])]
BLOBS, INDEX = im.oci_blobs(LAYERS)
ROOT = INDEX["manifests"][0]["digest"]
CTD, STORE = os.path.join(TMP, "ctd"), os.path.join(TMP, "storage")


def scan(ref, *args, env=None, cache=False):
    return assay("scan", "-f", "json", *([] if cache else ["--no-cache"]), "--containerd-root", CTD, "--storage-root", STORE,
                 *args, ref, env={"DOCKER_CONFIG": TMP, **(env or {})})


def plain(r, manifest=True):
    if not r.raw:
        return str(r)
    doc = json.loads(r.raw)
    doc["image"]["reference"] = None
    if not manifest:
        doc["image"]["digest"] = None
    return {**doc, "coverage": [c for c in doc["coverage"] if c["code"] not in ("image.source", "layers.verified")]}


def source_row(r):
    return "".join(c["detail"] for c in json.loads(r.raw)["coverage"] if c["code"] == "image.source") if r.raw else str(r)


def refused(name, ref, *words, rc=3, **how):
    r = scan(ref, **how)
    ok(f"{name}: exit {rc}, no report", r.rc == rc and not r.out and all(w in r.err for w in words), r)


# ---- containerd ----

def content(blobs):
    shutil.rmtree(CTD, ignore_errors=True)
    top = os.path.join(CTD, "io.containerd.content.v1.content/blobs/sha256")
    os.makedirs(top)
    for d, data in blobs.items():
        im.write(os.path.join(top, d[7:]), data)
    os.makedirs(os.path.join(CTD, "io.containerd.metadata.v1.bolt"))


def names(spaces):
    """{namespace: {name: digest}}"""
    tree = {ns: {"images": {n: {"createdat": b"x", "target": {"digest": d.encode(), "mediatype": im.MANIFEST.encode()}}
                            for n, d in images.items()}, "labels": {}} for ns, images in spaces.items()}
    return boltmake.write(os.path.join(CTD, "io.containerd.metadata.v1.bolt/meta.db"), {"v1": tree})


def containerd():
    want = plain(assay("scan", "-f", "json", "--no-cache", "oci:" + im.oci_write(os.path.join(TMP, "layout"), BLOBS, INDEX)))
    content(BLOBS)
    many = {f"registry.test/other/image-{i:04}:1": "sha256:" + "0" * 64 for i in range(300)}
    names({"default": many, "k8s.io": {**many, NAME: ROOT, "sha256:" + "5" * 64: ROOT}})
    r = scan("containerd:" + NAME)
    same("containerd: the report of the layout", plain(r), want)
    ok("it says where", CTD in source_row(r) and "k8s.io" in source_row(r), r)
    same("a name alone", plain(scan(NAME)), want)
    ok("CONTAINERD_NAMESPACE is the only one", scan("containerd:" + NAME, env={"CONTAINERD_NAMESPACE": "default"}).rc == 3)
    same("by digest", plain(scan(f"containerd:registry.test/team/app@{ROOT}")), want)
    same("a name alone by digest", plain(scan(f"registry.test/team/app@{ROOT}")), want)
    same("the name that Kubernetes gives an image's id", plain(scan("containerd:sha256:" + "5" * 64)), want)
    refused("a name that is not there", "containerd:registry.test/none:1", "no image")
    refused("a digest that is not there", "containerd:a@sha256:" + "1" * 64, "not there")
    names({"a": {NAME: ROOT}, "b": {NAME: "sha256:" + "2" * 64}})
    refused("two namespaces differ", "containerd:" + NAME, "CONTAINERD_NAMESPACE", rc=2)
    same("and one is named", plain(scan("containerd:" + NAME, env={"CONTAINERD_NAMESPACE": "a"})), want)
    names({"a": {NAME: "sha256:../../etc/passwd"}})
    refused("a digest that is none", "containerd:" + NAME, "namespace a")
    bad_containerd()


def bad_containerd():
    doc = json.loads(BLOBS[ROOT])
    layer = doc["layers"][1]["digest"]
    content({d: b for d, b in BLOBS.items() if d != layer})
    names({"default": {NAME: ROOT}})
    refused("a layer that was unpacked and thrown away", "containerd:" + NAME, layer[7:], "not there")
    content({**BLOBS, layer: BLOBS[layer][:-1] + b"x"})
    names({"default": {NAME: ROOT}})
    refused("a layer with other bytes", "containerd:" + NAME, "the bytes have digest")
    content({**BLOBS, ROOT: BLOBS[ROOT] + b" "})
    db = names({"default": {NAME: ROOT}})
    refused("a manifest with other bytes", "containerd:" + NAME, "other bytes")
    with open(db, "rb") as f:
        data = f.read()
    for n in (0, 100, 4096, 9000, len(data) - 4096):
        im.write(db, data[:n])
        refused(f"a database cut at {n}", "containerd:" + NAME, "meta.db")
    im.write(db, os.urandom(len(data)))
    refused("a database of noise", "containerd:" + NAME, "no bbolt")


# ---- containers-storage ----

def split(layer, diff):
    """The tar-split of a layer whose files lie in diff; what tar-split itself would write."""
    lines, at = [], 0
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        for m in tar:
            data = layer[m.offset_data:m.offset_data + m.size] if m.isreg() else b""
            lines.append({"type": 2, "payload": base64.b64encode(layer[at:m.offset_data]).decode()})
            entry = {"type": 1, "name": m.name}
            if data:
                entry["size"] = len(data)
            lines.append(entry)
            at = m.offset_data + len(data)
            path = os.path.join(diff, m.name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if m.isdir():
                os.makedirs(path, exist_ok=True)
            elif m.issym():
                os.symlink(m.linkname, path)
            elif m.isreg() and not os.path.basename(m.name).startswith(".wh."):
                im.write(path, data)
    lines.append({"type": 2, "payload": base64.b64encode(layer[at:]).decode()})
    return gzip.compress(b"".join(im.to_json(l) + b"\n" for l in lines))


def storage(driver="overlay", layers=None):
    """Writes the image of LAYERS as podman does; its id and the ids of its layers."""
    shutil.rmtree(STORE, ignore_errors=True)
    conf = im.config_of(LAYERS)
    blobs, index = im.oci_blobs(LAYERS)
    manifest = blobs[index["manifests"][0]["digest"]]
    image, ids, rows = im.digest(conf)[7:], [], []
    for i, layer in enumerate(layers or LAYERS):
        ids.append(im.digest(b"%d" % i + layer)[7:])
        diff = os.path.join(STORE, "overlay", ids[-1], "diff") if driver == "overlay" else os.path.join(STORE, "vfs/dir", ids[-1])
        os.makedirs(diff)
        os.makedirs(os.path.join(STORE, driver + "-layers"), exist_ok=True)
        im.write(os.path.join(STORE, driver + "-layers", ids[-1] + ".tar-split.gz"), split(layer, diff))
        rows.append({"id": ids[-1], "diff-digest": im.digest(layer), **({"parent": ids[-2]} if i else {})})
    im.write(os.path.join(STORE, driver + "-layers/layers.json"), im.to_json(rows))
    folder = os.path.join(STORE, driver + "-images", image)
    os.makedirs(folder)
    im.write(os.path.join(folder, "manifest"), manifest)
    for key, data in ((f"sha256:{image}", conf), (f"manifest-{im.digest(manifest)}", manifest)):
        im.write(os.path.join(folder, "=" + base64.b64encode(key.encode()).decode()), data)
    im.write(os.path.join(STORE, driver + "-images/images.json"), im.to_json([
        {"id": image, "digest": im.digest(manifest), "names": [NAME, "localhost/mine:2"], "layer": ids[-1],
         "big-data-digests": {"manifest": im.digest(manifest)}}]))
    return image, ids


def configured(want):
    """Where storage.conf says that they are."""
    moved = os.path.join(TMP, "elsewhere")
    shutil.move(STORE, moved)
    conf = os.path.join(TMP, "storage.conf")
    os.makedirs(os.path.join(TMP, "home"), exist_ok=True)
    there = lambda: assay("scan", "-f", "json", "--no-cache", "containers-storage:" + NAME,
                          env={"DOCKER_CONFIG": TMP, "CONTAINERS_STORAGE_CONF": conf})
    for name, text in (("graphroot", f'[storage]\ndriver = "overlay"\ngraphroot = "{moved}"\n'),
                       ("$HOME in it", '[storage]\ngraphroot = "$HOME/../elsewhere"\n'),
                       ("additionalimagestores", f'[storage]\ngraphroot = "/nonexistent"\n[storage.options]\n'
                        f'additionalimagestores = ["/none", "{moved}"]\n')):
        im.write(conf, text.encode())
        same(f"storage.conf: {name}", plain(there(), manifest=False), want)
    im.write(conf, b"[storage\n")
    r = there()
    ok("a storage.conf that is broken: exit 3, by its name", r.rc == 3 and "storage.conf" in r.err and not r.out, r)
    shutil.move(moved, STORE)


def containers_storage():
    shutil.rmtree(CTD, ignore_errors=True)
    archive = im.docker_archive(os.path.join(TMP, "a.tar"), LAYERS)
    want = plain(assay("scan", "-f", "json", "--no-cache", "docker-archive:" + archive), manifest=False)
    for driver in ("vfs", "overlay"):
        image, ids = storage(driver)
        r = scan("containers-storage:" + NAME)
        same(f"containers-storage: of {driver}, the report of the archive", plain(r, manifest=False), want)
    same("the manifest's digest is in the report", r.json()["image"]["digest"] if r.raw else str(r), ROOT)
    ok("it says where, and its id", STORE in source_row(r) and image in source_row(r), r)
    same("a name alone", plain(scan(NAME), manifest=False), want)
    for ref in (f"containers-storage:{image}", f"containers-storage:sha256:{image}", "containers-storage:mine:2", "cri-o:" + NAME,
                f"containers-storage:registry.test/team/app@{ROOT}", f"registry.test/team/app@{ROOT}"):
        same(ref.replace(image, "ID").replace(ROOT, "DIGEST"), plain(scan(ref), manifest=False), want)
    configured(want)
    first = scan("containers-storage:" + NAME, cache=True)
    files = os.path.join(STORE, "overlay", ids[0])
    shutil.move(files, files + ".away")
    same("layers whose facts are cached are not read", scan("containers-storage:" + NAME, cache=True).raw, first.raw)
    shutil.move(files + ".away", files)
    refused("a name that is not there", "containers-storage:registry.test/none:1", "no such image")
    bad_storage(ids)


def bad_storage(ids):
    diff = os.path.join(STORE, "overlay", ids[1], "diff")
    data = os.path.join(diff, "app/data")
    im.write(data, b"e" * 30000)
    refused("a file that is not what it was", "containers-storage:" + NAME, "the bytes have digest")
    im.write(data, b"d" * 29999)
    r = scan("containers-storage:" + NAME, "--fail-on", "critical")
    ok("a file of another size: incomplete, by its name", r.rc == 3 and "app/data" in r.out + r.err, r)
    os.unlink(data)
    os.symlink("/etc/passwd", data)
    r = scan("containers-storage:" + NAME, "--fail-on", "critical")
    ok("a link that leads out: incomplete", r.rc == 3 and "app/data" in r.out + r.err and "root:" not in r.out, r)
    storage()
    os.unlink(os.path.join(STORE, "overlay-layers", ids[1] + ".tar-split.gz"))
    r = scan("containers-storage:" + NAME, "--fail-on", "critical")
    ok("no tar-split: incomplete, and why", r.rc == 3 and "put together" in r.out + r.err, r)
    storage()
    im.write(os.path.join(STORE, "overlay-layers", ids[1] + ".tar-split.gz"), gzip.compress(
        b'{"type":1,"name":"../../../../../etc/passwd","size":5}\n'))
    r = scan("containers-storage:" + NAME, "--fail-on", "critical")
    ok("a name that climbs: no file is read", r.rc == 3 and "tar-split" in r.out + r.err, r)
    storage(layers=LAYERS[:1])
    refused("a layer too few", "containers-storage:" + NAME, "diff_ids")
    storage(layers=[LAYERS[1], LAYERS[0]])
    refused("layers in another order", "containers-storage:" + NAME, "the bytes have digest")
    storage()
    im.write(os.path.join(STORE, "overlay-images/images.json"), b'[{"id":"..","names":["' + NAME.encode() + b'"]}]')
    refused("an id that is a path", "containers-storage:" + NAME, "id is none")


def main():
    containerd()
    containers_storage()
    return done()


if __name__ == "__main__":
    sys.exit(main())
