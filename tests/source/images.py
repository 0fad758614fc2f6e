#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""images - the same image through every form, chosen by tag and platform, and forms that are refused.

Reads through build/tests/unit/source, which prints what src/source/ gives.
"""
import copy
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from tap import ASSAY, SRC, TMP, assay, done, ok, same, skip  # noqa: E402

TOOL = os.path.join(os.environ.get("ASSAY_BUILD") or "build", "tests/unit/source")
TOOL = TOOL if os.path.isabs(TOOL) else os.path.join(SRC, TOOL)
BASE = im.tar_of([im.Dir("etc"), ("etc/os-release", b"ID=x\n")])
TOP = im.tar_of([("app", b"app" * 1000), im.Link("sh", "/bin/sh")])
LAYERS = [BASE, TOP]
DIFF_IDS = [im.digest(x) for x in LAYERS]
n_files = 0


class Seen:
    def __init__(self, *args):
        p = subprocess.run([TOOL, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, cwd=TMP)
        self.text = p.stdout.decode("utf-8", "replace")
        lines = [l.split(" ") for l in self.text.splitlines()]
        self.images = [dict([("platform", l[1])] + [f.split("=", 1) for f in l[2:]]) for l in lines if l[0] == "image"]
        self.layers = [dict([("name", l[1])] + [f.split("=", 1) for f in l[2:9]]) for l in lines if l[0] == "layer"]
        self.notes = [l[1] for l in lines if l[0] == "note"]
        self.said = [" ".join(l[1:]) for l in lines if l[0] == "said"]
        self.error = lines[0][1] if lines and lines[0][0] == "error" else (None if p.returncode == 0 else "died")
        self.err = p.stderr.decode("utf-8", "replace")

    def diff_ids(self):
        return [l["diff_id"] for l in self.layers]

    def __str__(self):
        return self.text + self.err


def path(name):
    global n_files
    n_files += 1
    folder = os.path.join(TMP, f"f{n_files}")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name)


def accepted(name, ref, *args, diff_ids=DIFF_IDS):
    s = Seen(ref, *args)
    ok(name, s.error is None and s.diff_ids() == diff_ids, s)
    return s


def refused(name, kind, says, ref, *args):
    s = Seen(ref, *args)
    ok(name, s.error == kind and says in s.text, s)
    if os.access(ASSAY, os.X_OK):
        r = assay("scan", "-f", "json", *(["--platform", args[0]] if args else []), ref)
        ok(name + ": the program's exit status says so, and there is no report",
           r.rc == (2 if kind == "usage" else 3) and not r.out and r.err, r)


# ---- every form ----

def forms():
    config = hashlib.sha256(im.config_of(LAYERS)).hexdigest()
    for how in ("none", "gzip", "zstd"):
        f = im.docker_archive(path("a.tar"), LAYERS, compression=how)
        for ref in (f, "docker-archive:" + f, "docker-archive:" + f + ":test:1"):
            s = accepted(f"docker save, {how}, as {ref[:7]}", ref)
            ok("its layers are read whole", [l["read"] for l in s.layers] == DIFF_IDS, s)
            ok("its config is known by its digest", s.images and s.images[0]["config"] == "sha256:" + config, s)
        f = im.oci_archive(path("a.tar"), LAYERS, archive_compression=how)
        for ref in (f, "oci-archive:" + f, "oci-archive:" + f + ":1"):
            s = accepted(f"OCI archive, {how}, as {ref[:7]}", ref)
            ok("what is read has the digest promised", s.layers and all(l["read"] == l["digest"] for l in s.layers), s)
    for how in ("none", "gzip", "zstd"):
        f = im.oci_layout(path("l"), LAYERS, compression=how)
        for ref in (f, "oci:" + f, "oci:" + f + ":1"):
            s = accepted(f"OCI layout, layers {how}, as {ref[:4]}", ref)
            ok("a layout is judged by digest", all(l["known"] == "1" for l in s.layers), s)
        d = s.images[0]["digest"]
        accepted("by the digest of its manifest", f"oci:{f}@{d}")
    f = im.docker25_archive(path("a.tar"), LAYERS)
    for ref in (f, "docker-archive:" + f, "oci-archive:" + f):
        s = accepted(f"Docker 25, as {ref[:7]}", ref)
        ok("its manifest is known", s.images and s.images[0]["digest"].startswith("sha256:"), s)
    f = im.write(path("image.tar"), gzip.compress(open(f, "rb").read()))
    f = im.write(path("image.tar.zst"), im.compress(open(f, "rb").read(), "zstd"))
    accepted("compressed twice", f)
    root = im.write(path("root.tar.gz"), im.compress(BASE, "gzip"))
    s = Seen(root)
    ok("a root file system in a tar is one layer, as it is", s.layers and
       s.layers[0]["read"] == im.digest(open(root, "rb").read()), s)
    root = im.write(path("root.tar"), im.tar_of([("foo", b"1"), ("bar", b"2")]))
    ok("names that say nothing make a root file system", len(Seen(root).layers) == 1)


# ---- which image ----

def tags():
    one, two = path("1.tar"), path("2.tar")
    im.docker_archive(one, LAYERS, tags=("a:1", "a:latest"))
    im.docker_archive(two, [BASE], tags=("docker.io/library/b:2",))
    files, docs = {}, []
    for f in (one, two):
        with tarfile.open(f) as t:
            for m in t:
                if m.name == "manifest.json":
                    docs += json.load(t.extractfile(m))
                else:
                    files[m.name] = t.extractfile(m).read()
    both = im.write(path("both.tar"), im.archive_bytes(list(files.items()) + [("manifest.json", im.to_json(docs))]))
    refused("two images and no tag", "usage", "a:1, docker.io/library/b:2", both)
    refused("a tag that is not there", "usage", "a:latest", both + ":c")
    accepted("the first tag", both + ":a:1")
    accepted("latest stands for no tag", both + ":a")
    accepted("without Docker's hidden prefix", both + ":b:2", diff_ids=DIFF_IDS[:1])
    f = path("l")
    b1, i1 = im.oci_blobs(LAYERS, tag="1.0")
    b2, i2 = im.oci_blobs([BASE], tag="h/x:2.0")
    i1["manifests"] += i2["manifests"]
    im.oci_write(f, {**b1, **b2}, i1)
    refused("a layout of two and no tag", "usage", "1.0, h/x:2.0", "oci:" + f)
    accepted("a layout's tag", f"oci:{f}:1.0")
    accepted("the last part of a name", f"oci:{f}:2.0", diff_ids=DIFF_IDS[:1])
    refused("a layout's missing tag", "usage", "1.0, h/x:2.0", f"oci:{f}:3")
    i1["manifests"][1]["annotations"] = i1["manifests"][0]["annotations"]
    im.oci_write(path("l"), {**b1, **b2}, i1)
    refused("one tag for two images", "usage", "digest", f"oci:{TMP}/f{n_files}/l:1.0")


def platforms():
    b1, i1 = im.oci_blobs(LAYERS, arch="amd64")
    b2, i2 = im.oci_blobs([TOP], arch="arm64", tag="1")
    blobs = {**b1, **b2}
    nested = {"schemaVersion": 2, "mediaType": im.INDEX, "manifests": []}
    for i in (i1, i2):
        d = dict(i["manifests"][0])
        d.pop("annotations")
        nested["manifests"].append(d)
    attestation = im.to_json({"schemaVersion": 2, "mediaType": im.MANIFEST, "config": {
        "mediaType": im.CONFIG, "digest": im.digest(b"{}"), "size": 2}, "layers": [
            {"mediaType": "application/vnd.in-toto+json", "digest": im.digest(b"{}"), "size": 2}]})
    blobs[im.digest(attestation)], blobs[im.digest(b"{}")] = attestation, b"{}"
    nested["manifests"].append({
        "mediaType": im.MANIFEST, "digest": im.digest(attestation), "size": len(attestation),
        "platform": {"os": "unknown", "architecture": "unknown"},
        "annotations": {"vnd.docker.reference.type": "attestation-manifest"}})

    def layout(nested, blobs, name="multi"):
        text = im.to_json(nested)
        top = {"schemaVersion": 2, "manifests": [{
            "mediaType": im.INDEX, "digest": im.digest(text), "size": len(text),
            "annotations": {"org.opencontainers.image.ref.name": name}}]}
        return im.oci_write(path("l"), {**blobs, im.digest(text): text}, top)

    f = layout(nested, blobs)
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine)
    mine = {"amd64": DIFF_IDS, "arm64": DIFF_IDS[1:]}
    if machine:
        accepted("the default is this machine's", "oci:" + f, diff_ids=mine[machine])
    for arch, want in mine.items():
        accepted(f"linux/{arch} asked for", "oci:" + f, "linux/" + arch, diff_ids=want)
    accepted("x86_64 is amd64", "oci:" + f, "x86_64")
    s = Seen("oci:" + f, "all")
    same("all platforms in order, no attestation", [i["platform"] for i in s.images], ["linux/amd64", "linux/arm64"])
    refused("a platform that is missing", "usage", "linux/amd64, linux/arm64", "oci:" + f, "linux/s390x")
    refused("a platform that is none", "usage", "os/arch", "oci:" + f, "a b")
    d = nested["manifests"][2]["digest"]
    refused("an attestation by digest", "unsupported", "application/vnd.in-toto+json", f"oci:{f}@{d}")
    lone = copy.deepcopy(nested)
    for m in lone["manifests"]:
        m.get("platform", {})["architecture"] = m["platform"]["architecture"].replace("amd64", "riscv64")
    f2 = layout({**lone, "manifests": [lone["manifests"][1]]}, blobs)
    if machine == "amd64":
        s = accepted("the only one is taken", "oci:" + f2, diff_ids=DIFF_IDS[1:])
        ok("and said so", s.said and "linux/arm64 is taken" in s.said[0], s)
    f3 = layout(nested, {d: b for d, b in blobs.items() if d not in b1 or d in b2})
    if machine == "amd64":
        s = accepted("what the archive does not hold cannot be chosen", "oci:" + f3, diff_ids=DIFF_IDS[1:])
        ok("and that is said", s.said, s)
    refused("nor asked for", "notfound", "linux/amd64", "oci:" + f3, "linux/amd64")
    s = Seen("oci:" + f3, "all")
    ok("all of those that are there", len(s.images) == 1 and "1 of 2" in s.said[0], s)
    f4 = layout({**nested, "manifests": [{**lone["manifests"][0]}, {**lone["manifests"][1], "platform": {
        "os": "linux", "architecture": "s390x"}}]}, blobs)
    refused("several and none for this machine", "usage", "linux/riscv64, linux/s390x", "oci:" + f4)


# ---- refused ----

def broken(name, kind, says, change_index=None, change_manifest=None, change_config=None, change_blobs=None):
    """One layout with one fault; digests above the fault are right again."""
    blobs, index = im.oci_blobs(LAYERS)
    old = index["manifests"][0]["digest"]
    manifest = json.loads(blobs.pop(old))
    config = json.loads(blobs.pop(manifest["config"]["digest"]))
    if change_config:
        change_config(config)
    text = im.to_json(config)
    blobs[im.digest(text)] = text
    manifest["config"].update(digest=im.digest(text), size=len(text))
    text = None
    if change_manifest:
        text = change_manifest(manifest)
    text = text or im.to_json(manifest)
    blobs[im.digest(text)] = text
    index["manifests"][0].update(digest=im.digest(text), size=len(text))
    if change_index:
        change_index(index)
    if change_blobs:
        change_blobs(blobs, manifest)
    f = im.oci_write(path("l"), {d: b for d, b in blobs.items() if len(d) == 71}, index)
    if kind is None:
        accepted(name, "oci:" + f)
    else:
        refused(name, kind, says, "oci:" + f)
        a = im.write(path("a.tar"), im.archive_bytes(im.oci_files(blobs, index)))
        refused(name + ", in an archive", kind, says, "oci-archive:" + a)


def setter(key, value, layer=None):
    def change(doc):
        (doc if layer is None else doc["layers"][layer])[key] = value
    return change


def hostile():
    first = lambda key, value: lambda i: i["manifests"][0].__setitem__(key, value)
    broken("nothing changed", None, "")
    broken("index and manifest at once", "format", "at once", change_manifest=setter("manifests", []))
    broken("another media type than announced", "format", "announced",
           change_manifest=setter("mediaType", "application/vnd.docker.distribution.manifest.v2+json"))
    broken("announced as an index", "format", "announced", change_index=first("mediaType", im.INDEX))
    broken("layers twice", "format", "layers",
           change_manifest=lambda m: im.to_json(m)[:-1] + b',"layers":[]}')
    broken("layers twice, in another case", "format", "case",
           change_manifest=lambda m: im.to_json(m)[:-1] + b',"Layers":[]}')
    broken("100,000 levels", "limit", "levels", change_manifest=lambda m: b"[" * 100000)
    broken("4 MiB and a byte", "limit", "at most", change_manifest=lambda m: im.to_json(m).ljust(4 << 20) + b" ")
    broken("4 MiB", None, "", change_manifest=lambda m: im.to_json(m).ljust(4 << 20))
    for what, value in (("that climbs", "sha256:../../../etc/passwd"), ("in upper case", "sha256:" + "A" * 64),
                        ("of md5", "md5:" + "a" * 32), ("too short", "sha256:" + "a" * 63),
                        ("of sha512 with 64 digits", "sha512:" + "a" * 64)):
        broken(f"a layer digest {what}", "format", "layer 0", change_manifest=setter("digest", value, 0))
    for what, value in (("-1", -1), ("a fraction", 1.5), ("2^63", 1 << 63), ("text", "7")):
        broken(f"a size of {what}", "format", "", change_manifest=setter("size", value, 0))
    size = len(im.compress(BASE, "gzip"))
    broken("a size one too large", "digest", "descriptor", change_manifest=setter("size", size + 1, 0))
    broken("a size one too small", "digest", "descriptor", change_manifest=setter("size", size - 1, 0))
    broken("a foreign layer", "unsupported", "foreign", change_manifest=setter(
        "mediaType", "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", 0))
    broken("a layer with a URL", "unsupported", "URL", change_manifest=setter("urls", ["http://127.0.0.1/"], 0))
    broken("a manifest of other bytes", "digest", "holds",
           change_blobs=lambda b, m: b.update({d: t.replace(b"sha256", b"sha257") for d, t in b.items() if b'"layers"' in t and b"mediaType" in t}))
    broken("a config of other bytes", "digest", "holds",
           change_blobs=lambda b, m: b.update({m["config"]["digest"]: b[m["config"]["digest"]].replace(b"amd64", b"arm64")}))
    broken("a config that is missing", "notfound", "", change_blobs=lambda b, m: b.pop(m["config"]["digest"]))
    broken("a layer that is missing", "notfound", "layer 1", change_blobs=lambda b, m: b.pop(m["layers"][1]["digest"]))
    broken("fewer diff_ids than layers", "format", "2 layers, its config 1",
           change_config=lambda c: c["rootfs"].update(diff_ids=DIFF_IDS[:1]))
    broken("a Helm chart", "unsupported", "not an image: application/vnd.cncf.helm.config.v1+json",
           change_manifest=lambda m: m["config"].update(mediaType="application/vnd.cncf.helm.config.v1+json"))
    broken("a signature", "unsupported", "not an image: application/vnd.dev.cosign.simplesigning.v1+json",
           change_manifest=lambda m: [l.update(mediaType="application/vnd.dev.cosign.simplesigning.v1+json") for l in m["layers"]] and None)
    broken("schema 1", "unsupported", "schema 1",
           change_manifest=lambda m: b'{"schemaVersion":1,"fsLayers":[]}', change_index=first("mediaType", "application/vnd.docker.distribution.manifest.v1+json"))
    broken("index.json that is a manifest", "format", "index.json",
           change_index=lambda i: (i.pop("manifests"), i.pop("mediaType"), i.update(config={}, layers=[])))
    broken("an index of nothing", "format", "no image", change_index=lambda i: i.update(manifests=[]))
    broken("a history of other layers", None, "", change_config=lambda c: c["history"].append({"created_by": "x"}))


def deep():
    blobs, index = im.oci_blobs(LAYERS)
    inner = index["manifests"][0]
    for depth in range(1, 6):
        text = im.to_json({"schemaVersion": 2, "mediaType": im.INDEX, "manifests": [inner]})
        blobs[im.digest(text)] = text
        inner = {"mediaType": im.INDEX, "digest": im.digest(text), "size": len(text)}
        f = im.oci_write(path("l"), blobs, {"schemaVersion": 2, "manifests": [inner]})
        if depth <= 4:  # OCI_INDEX_DEPTH_MAX
            accepted(f"an index {depth} deep", "oci:" + f)
        else:
            refused(f"an index {depth} deep", "limit", "deeper", "oci:" + f)
    # SOURCE_DOCUMENTS_MAX: 14 configs of 4 MiB fit (the one chosen is read twice), 17 do not
    for n in (14, 17):
        blobs, tops = {}, []
        for k in range(n):
            conf = im.config_of([], arch=f"a{k}").ljust(4 << 20)
            man = im.to_json({"schemaVersion": 2, "mediaType": im.MANIFEST, "layers": [], "config": {
                "mediaType": im.CONFIG, "digest": im.digest(conf), "size": len(conf)}})
            blobs.update({im.digest(conf): conf, im.digest(man): man})
            tops.append({"mediaType": im.MANIFEST, "digest": im.digest(man), "size": len(man)})
        f = im.oci_write(path("l"), blobs, {"schemaVersion": 2, "manifests": tops})
        if n == 14:
            accepted("56 MiB of documents", "oci:" + f, "linux/a7", diff_ids=[])
        else:
            refused("68 MiB of documents", "limit", "documents", "oci:" + f, "linux/a7")


def archives():
    config = im.config_of(LAYERS)
    name = hashlib.sha256(config).hexdigest() + ".json"
    doc = [{"Config": name, "RepoTags": ["a:1"], "Layers": ["l0.tar", "x/l1.tar"]}]
    files = [im.File(name, config), im.File("l0.tar", BASE), im.File("y/l1.tar", TOP), im.Link("x/l1.tar", "../y/l1.tar")]

    def tar(extra=(), doc=doc, without=()):
        members = [f for f in files if f[0].name not in without] + list(extra)
        return im.write(path("a.tar"), im.tar_of(members + ([im.File("manifest.json", im.to_json(doc))] if doc is not None else [])))

    def both(label, kind, says, f):
        for how in ("none", "gzip"):
            g = im.write(path("a.tar"), im.compress(open(f, "rb").read(), how))
            if kind is None:
                accepted(f"{label}, {how}", "docker-archive:" + g)
            else:
                refused(f"{label}, {how}", kind, says, "docker-archive:" + g)

    both("a layer that is a link", None, "", tar())
    both("a layer that is a hard link", None, "", tar([im.HardLink("x/l1.tar", "y/l1.tar")], without=["x/l1.tar"]))
    both("a layer through links in a circle", "notfound", "x/l1.tar",
         tar([im.Link("x/l1.tar", "../q"), im.Link("q", "x/l1.tar")], without=["x/l1.tar"]))
    both("a layer through a link that leads out", "notfound", "x/l1.tar",
         tar([im.Link("x/l1.tar", "/etc/passwd")], without=["x/l1.tar"]))
    both("a layer that is missing", "notfound", "l0.tar", tar(without=["l0.tar"]))
    both("a config that is missing", "notfound", name, tar(without=[name]))
    both("no manifest.json", "format", "no manifest.json", tar(doc=None))
    both("two of manifest.json", "format", "two members", tar([im.File("manifest.json", b"[]")]))
    both("names that begin with a dot", None, "", im.write(path("a.tar"), im.tar_of(
        [im.Dir("./")] + [im.File("./" + n, c) for n, c in ((name, config), ("l0.tar", BASE), ("x/l1.tar", TOP), ("manifest.json", im.to_json(doc)))])))
    both("a member that climbs", "format", "..", tar([im.File("../evil", b"x")]))
    f = tar(doc=[{**doc[0], "Layers": ["l0.tar"]}])
    s = Seen("docker-archive:" + f)
    ok("fewer layers than the config has are not verified, and that is said", s.error is None and
       s.notes == ["image.layers"] and s.diff_ids() == ["none:"], s)
    f = tar([im.File("0" * 64 + ".json", config)], doc=[{**doc[0], "Config": "0" * 64 + ".json"}])
    ok("a config that is not what its name says is told", Seen("docker-archive:" + f).notes == ["image.config"])
    f = tar([im.File("blobs/sha256/" + "0" * 64, config)], doc=[{**doc[0], "Config": "blobs/sha256/" + "0" * 64}])
    refused("a config blob that is not its digest", "digest", "holds", "docker-archive:" + f)
    f = im.write(path("mixed.tar"), im.tar_of([im.File("manifest.json", im.to_json(doc)), im.Dir("etc")] + files))
    refused("images and a root file system in one tar", "usage", "tar:", f)
    accepted("which a prefix decides", "docker-archive:" + f)
    whole = open(tar(), "rb").read()
    for cut in (100, 700, 2000, len(whole) // 2):
        for how in ("none", "gzip"):
            f = im.write(path("a.tar"), im.compress(whole[:cut], how))
            refused(f"cut at {cut}, {how}", "format", "", "docker-archive:" + f)
    f = im.write(path("a.tar.gz"), im.compress(whole, "gzip")[:-9])
    refused("a gzip without its end", "format", "", "docker-archive:" + f)
    for head, word in ((b"\xfd7zXZ\0", "xz"), (b"BZh9", "bzip2")):
        f = im.write(path("a.tar"), head + b"x" * 100)
        refused(f"compressed with {word}", "unsupported", word, f)
        refused(f"compressed with {word}, named", "unsupported", word, "docker-archive:" + f)
    refused("an empty file", "format", "empty", "docker-archive:" + im.write(path("a.tar"), b""))
    refused("no tar at all", "format", "", "docker-archive:" + im.write(path("a.tar"), b"hello" * 1000))
    # ARCHIVE_MEMBERS_MAX: 65536 members
    many = [im.File("%05x" % i, b"") for i in range(65536 - 5)]
    both("65,536 members", None, "", tar(many))
    refused("65,537 members", "limit", "members", "docker-archive:" + tar(many + [im.File("one-more", b"")]))
    # ARCHIVE_NAMES_MAX: 16 MiB of names, here 4,000 bytes each
    long = [im.File("/".join(["n" * 199] * 20)[:3990] + "%05d" % i, b"") for i in range(4300)]
    refused("more than 16 MiB of names", "limit", "names", "docker-archive:" + tar(long))


def dual():
    f = im.docker25_archive(path("a.tar"), LAYERS)
    other, other_index = im.oci_blobs([TOP], compression="none")
    with tarfile.open(f) as t:
        files = [(m.name, t.extractfile(m).read()) for m in t]
    names = dict(files)
    swapped = [(n, im.to_json(other_index) if n == "index.json" else c) for n, c in files]
    swapped += [("blobs/" + d.replace(":", "/"), b) for d, b in other.items() if "blobs/" + d.replace(":", "/") not in names]
    f = im.write(path("a.tar"), im.archive_bytes(swapped))
    for ref in (f, "docker-archive:" + f, "oci-archive:" + f):
        refused("manifest.json and index.json of different images, as " + ref[:7], "format", "index.json", ref)
    doc = json.loads(names["manifest.json"])
    doc[0]["Layers"] = doc[0]["Layers"][:1]
    fewer = [(n, im.to_json(doc) if n == "manifest.json" else c) for n, c in files]
    refused("manifest.json without a layer that the manifest has", "format", "index.json",
            im.write(path("a.tar"), im.archive_bytes(fewer)))
    empty = [(n, b'{"schemaVersion":2,"manifests":null}' if n == "index.json" else c) for n, c in files]
    accepted("an empty index beside manifest.json", im.write(path("a.tar"), im.archive_bytes(empty)))


def folders():
    blobs, index = im.oci_blobs(LAYERS)
    f = im.oci_write(path("l"), blobs, index)
    d = json.loads(blobs[index["manifests"][0]["digest"]])["layers"][0]["digest"]
    blob = os.path.join(f, "blobs", d.replace(":", "/"))
    os.rename(blob, os.path.join(f, "rootfs.tar.gz"))
    os.symlink("../../rootfs.tar.gz", blob)
    accepted("a blob that is a link inside the layout", "oci:" + f)
    outside = path("outside")
    shutil.move(os.path.join(f, "rootfs.tar.gz"), outside)
    os.remove(blob)
    os.symlink(outside, blob)
    refused("a blob that is a link out of it", "notfound", "layer 0", "oci:" + f)
    os.remove(blob)
    os.mkfifo(blob)
    refused("a blob that is a pipe", "notfound", "layer 0", "oci:" + f)
    root = path("root")
    os.makedirs(root + "/etc/deep")
    im.write(root + "/etc/os-release", b"ID=x\n")
    im.write(root + "/etc/" + "n" * 120, b"long")
    os.symlink("../../outside", root + "/etc/link")
    os.symlink("t" * 200, root + "/etc/long-link")
    os.link(root + "/etc/os-release", root + "/etc/same")
    os.mkfifo(root + "/pipe")
    im.write(root.encode() + b"/etc/\xff\x01", b"")
    out = subprocess.run([TOOL, "--bytes", "dir:" + root], stdout=subprocess.PIPE, timeout=60).stdout
    again = subprocess.run([TOOL, "--bytes", "dir:" + root], stdout=subprocess.PIPE, timeout=60).stdout
    ok("a folder gives the same bytes twice", out and out == again)
    with tarfile.open(fileobj=io.BytesIO(out), encoding="latin-1") as t:
        seen = {m.name: (m.type, m.size, m.linkname) for m in t}
    same("and what is in it", {k: v[0] for k, v in seen.items()}, {
        "etc": b"5", "etc/deep": b"5", "etc/link": b"2", "etc/long-link": b"2", "etc/" + "n" * 120: b"0",
        "etc/os-release": b"0", "etc/same": b"0", "etc/\xff\x01": b"0", "pipe": b"6"})
    same("links are not followed", (seen["etc/link"][2], seen["etc/long-link"][2]), ("../../outside", "t" * 200))
    same("names of one file have its content each", (seen["etc/os-release"][1], seen["etc/same"][1]), (5, 5))
    with open(root + "/big", "wb") as big:
        big.truncate((512 << 20) + 1)
    ok("a file of more than 512 MiB is left out and named", Seen("dir:" + root).notes == ["folder.large"])
    os.remove(root + "/big")
    lengths = {}
    for n in list(range(95, 106)) + list(range(980, 1000)):
        os.symlink("t" * n, f"{root}/etc/{n}")
        lengths[f"etc/{n}"] = n
    deep = root + "/" + "/".join(["d" * 150] * 6)
    os.makedirs(deep)
    for n in range(70, 110):
        im.write(f"{deep}/" + "f" * n, b"")
        lengths[deep[len(root) + 1:] + "/" + "f" * n] = 0
    out = subprocess.run([TOOL, "--bytes", "dir:" + root], stdout=subprocess.PIPE, timeout=60).stdout
    with tarfile.open(fileobj=io.BytesIO(out)) as t:
        seen = {m.name: len(m.linkname) for m in t if m.name in lengths}
    same("names and targets of every length around a field's end", seen, lengths)
    if os.geteuid() == 0:
        os.chown(root + "/etc/os-release", 3000000, 4000000)
        os.setxattr(root + "/etc/os-release", "security.capability", bytes.fromhex("0100000200040000" + "00" * 12))
        out = subprocess.run([TOOL, "--bytes", "dir:" + root], stdout=subprocess.PIPE, timeout=60).stdout
        with tarfile.open(fileobj=io.BytesIO(out), encoding="latin-1") as t:
            m = t.getmember("etc/os-release")
        same("large ids and capabilities", (m.uid, m.gid, m.pax_headers.get("SCHILY.xattr.security.capability", "").encode(
            "latin-1").hex()), (3000000, 4000000, "0100000200040000" + "00" * 12))
        ok("file systems of the kernel are left out and named", "folder.kernel" in folder_with_mount(root))
    im.write(root + "/secret", b"x")
    os.chmod(root + "/secret", 0)
    os.makedirs(root + "/closed", 0)
    s = as_nobody("dir:" + root)
    if s is None:
        skip("a file that may not be read is named", "no other user here")
    else:
        ok("a file that may not be read is named", "note folder.unreadable 1 2 could not be read (closed" in s, s)


def as_nobody(ref):
    if os.geteuid():
        return str(Seen(ref))
    p = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", TOOL, ref], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=60)
    text = p.stdout.decode("utf-8", "replace")
    return text if p.returncode == 0 else None


def folder_with_mount(root):
    """notes of root with /proc mounted in it, in a mount namespace of its own."""
    os.makedirs(root + "/proc", exist_ok=True)
    p = subprocess.run(["unshare", "-m", "sh", "-c", f"mount -t proc proc {root}/proc && {TOOL} dir:{root}"],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return p.stdout.decode() if p.returncode == 0 else "folder.kernel (no mount here)"


def memory():
    for how in ("none", "gzip"):
        f, cache = im.docker_archive(path("a.tar"), LAYERS, compression=how), path("cache")
        os.utime(f)
        subprocess.run(["sleep", "0.1"])
        one, two = Seen("--cache", cache, f), Seen("--cache", cache, f)
        ok(f"an archive is remembered, {how}", "hits=0 puts=1" in one.text and "hits=1 puts=0" in two.text, one.text + two.text)
        ok(f"its layers are known by digest, {how}", two.layers and all(
            l["known"] == "1" and l["digest"] == d for l, d in zip(two.layers, DIFF_IDS)), two)
        ok(f"and read again where that is asked for, {how}", [l["read"] for l in two.layers] == DIFF_IDS, two)
        im.docker_archive(f, LAYERS[:1], compression=how)
        three = Seen("--cache", cache, f)
        ok(f"a changed archive is read anew, {how}", "hits=0" in three.text and three.diff_ids() == DIFF_IDS[:1], three)
        data = open(cache, "rb").read()
        f = im.docker_archive(f, LAYERS, compression=how)
        subprocess.run(["sleep", "0.1"])
        Seen("--cache", cache, f)
        data = open(cache, "rb").read()
        for cut in (len(data) - 1, len(data) - 40, data.index(b"\n") + 1, data.index(b"\n") + 2):
            im.write(cache, data[:cut])
            accepted(f"a damaged memory is no harm, {how}", "--cache", cache, f)


def peers():
    if not shutil.which("skopeo"):
        skip("what skopeo writes", "skopeo is not installed")
        return
    f = im.oci_layout(path("l"), LAYERS)
    out = path("skopeo.tar")
    for to in ("docker-archive:" + out + ":h/a:1", "oci-archive:" + path("s.tar") + ":1", "oci:" + path("s") + ":1"):
        p = subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", f"oci:{f}:1", to], stderr=subprocess.PIPE)
        if p.returncode:
            skip("what skopeo writes", p.stderr.decode()[:80])
            continue
        s = accepted("what skopeo writes, " + to.split(":")[0], to.rsplit(":h/a", 1)[0] if "h/a" in to else to)
        if to.startswith("oci"):
            raw = subprocess.run(["skopeo", "inspect", "--raw", to], stdout=subprocess.PIPE).stdout
            same("the manifest's digest is skopeo's", s.images[0]["digest"], im.digest(raw))
    raw = subprocess.run(["skopeo", "inspect", "--raw", "docker-archive:" + out], stdout=subprocess.PIPE).stdout
    same("the config's digest is skopeo's", Seen("docker-archive:" + out).images[0]["config"],
         json.loads(raw)["config"]["digest"])


if not os.access(TOOL, os.X_OK):
    skip("images", "build/tests/unit/source is not built")
    sys.exit(0)
for part in (forms, tags, platforms, hostile, deep, archives, dual, folders, memory, peers):
    part()
sys.exit(done())
