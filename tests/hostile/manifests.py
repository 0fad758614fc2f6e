#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""manifests - hostile manifests, configs and names; and 29 images with one fault each, held beside skopeo and umoci.

Each image fault gives a refusal or a named finding; what skopeo or umoci accept of the faults of a manifest is refused.
"""
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from hostile import (BASE, FULL, Blob, Place, descriptor, hardlink, header, held, is_refusal, layout_parts,  # noqa: E402
                     link, looks_clean, member, pax, squeeze, tar)
from tap import done, ok, skip  # noqa: E402

place = Place()
place.index()
n_refused = 0
PACKED = Blob(squeeze(BASE, "gzip"), BASE)


def build(layers=(PACKED,), index=None, manifest=None, config=None, text=None, extra=None):
    """A layout; each of index, manifest, config edits that document; text(bytes) edits the manifest's bytes."""
    blobs, top = layout_parts(list(layers), change=config)
    d = top["manifests"][0]["digest"]
    doc = json.loads(blobs[d])
    if manifest:
        manifest(doc)
    raw = im.to_json(doc)
    raw = text(raw) if text else raw
    del blobs[d]
    blobs[im.digest(raw)] = raw
    top["manifests"][0].update(descriptor(im.MANIFEST, raw))
    blobs.update(extra or {})
    if index:
        index(top)
    folder = place.new("l")
    im.oci_write(folder, blobs, top)
    return folder


def scan(folder, *args):
    # a layout is judged by digest when the facts of a layer are kept: here every blob is read
    return place.scan("oci:" + folder, "--no-cache", *args)


def refused(name, folder, *words):
    global n_refused
    r = scan(folder)
    held(name, is_refusal(r, *words), r)
    n_refused += 1
    if FULL or n_refused % 4 == 0:
        r = place.scan("oci-archive:" + pack(folder))
        held(name + ", in an archive", is_refusal(r), r)
    place.drop()


def accepted(name, folder, seen=lambda report: True):
    r = scan(folder)
    held(name, r.rc == 0 and r.report() and [p["name"] for p in r.report()["packages"]] == ["demo"] and seen(r.report()), r)
    place.drop()


def pack(folder):
    files = []
    for base, _, names in sorted(os.walk(folder)):
        for n in sorted(names):
            path = os.path.join(base, n)
            files.append((os.path.relpath(path, folder), open(path, "rb").read()))
    return im.write(place.new("a.tar"), im.archive_bytes(files))


def edit_layer(**values):
    return lambda m: m["layers"][0].update(values)


def nest(depth, kind="["):
    return kind * depth + ("]" if kind == "[" else "1" + "}") * depth if kind == "[" else '{"a":' * depth + "1" + "}" * depth


def with_member(name, value):
    """Puts a raw member into a document's text."""
    return lambda raw: raw[:-1] + b"," + json.dumps(name).encode() + b":" + value + b"}"


# ---- B1 to B7: manifests ----

def manifests():
    accepted("the image without a fault", build())
    refused("B1 manifest and index at once", build(manifest=lambda m: m.update(manifests=[])), "an index and a manifest")
    refused("B1 an index with layers", build(index=lambda i: i.update(layers=[])))
    refused("B1 an index named a manifest", build(index=lambda i: i["manifests"][0].update(mediaType=im.INDEX)))
    refused("B1 a media type that is not the descriptor's", build(manifest=lambda m: m.update(mediaType=im.INDEX)))
    refused("B1 the config of an index", build(index=lambda i: i.update(config=descriptor(im.CONFIG, b"{}"))))
    for name, kind in (("non-distributable", "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"),
                       ("foreign", "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")):
        missing = edit_layer(mediaType=kind, urls=["http://127.0.0.1:9/layer"], digest="sha256:" + "1" * 64)
        refused(f"B2 a {name} layer that lies elsewhere", build(manifest=missing))
    refused("B2 a layer with an URL", build(manifest=edit_layer(urls=["http://127.0.0.1:9/layer"])))
    refused("B3 a key twice", build(text=with_member("layers", b"[]")), "duplicate")
    refused("B3 a key twice, in other case", build(text=with_member("Layers", b"[]")))
    refused("B3 a key twice in a descriptor", build(text=lambda t: t.replace(b'"size":', b'"size":1,"size":', 1)))
    refused("B3 a key twice, escaped", build(text=lambda t: t[:-1] + b',"l\\u0061yers":[]}'))
    refused("B3 a key of the config twice", change_config(lambda t: t[:-1] + b',"rootfs":{"type":"layers","diff_ids":[]}}'))
    refused("B3 a key of the index twice", change_index(lambda t: t[:-1] + b',"manifests":[]}'))
    for kind in "[{":
        deep = nest(100000, kind).encode()
        refused(f"B4 a manifest 100,000 deep, {kind}", build(text=with_member("annotations", deep)), "deep")
        refused(f"B4 a config 100,000 deep, {kind}", change_config(lambda t: with_member("x", deep)(t)), "deep")
        refused(f"B4 an index 100,000 deep, {kind}", change_index(lambda t: with_member("x", deep)(t)), "deep")
    refused("B4 a manifest past 4 MiB", build(text=lambda t: t + b" " * (4 << 20)), "bytes")
    refused("B4 10^6 annotations", build(manifest=lambda m: m.update(annotations={str(i): "" for i in range(1000000)})), "bytes")
    accepted("B4 10^5 annotations", build(manifest=lambda m: m.update(annotations={str(i): "" for i in range(100000)})))
    refused("B4 a manifest that is no JSON", build(text=lambda t: t[:-1]))
    refused("B4 a manifest with more behind", build(text=lambda t: t + b"{}"))
    refused("B4 a manifest with NUL", build(text=lambda t: t + b"\0"))
    refused("B4 a manifest that is no UTF-8", build(text=with_member("x", b'"\xff"')))
    refused("B5 1,025 layers", build(manifest=lambda m: m.update(layers=m["layers"] * 1025)), "1024")
    refused("B5 an index of 10^5", build(index=lambda i: i.update(manifests=i["manifests"] * 100000)))
    accepted("B5 the same layer 100 times", build(layers=[PACKED] * 100))
    refused("B5 an index that names itself", itself())
    refused("B5 an index ten deep", deep_index(10), "deep")
    for name, d in (("that climbs", "sha256:../../../" + "a" * 55), ("too short", "sha256:" + "a" * 63),
                    ("too long", "sha256:" + "a" * 65), ("in capitals", "sha256:" + "A" * 64), ("of md5", "md5:" + "a" * 32),
                    ("of sha512 in 64 digits", "sha512:" + "a" * 64), ("without an algorithm", "a" * 64), ("empty", ""),
                    ("absolute", "/etc/passwd"), ("with NUL", "sha256:" + "a" * 63 + "\0"),
                    ("with a line break", "sha256:" + "a" * 64 + "\n")):
        refused(f"B6 a digest {name}", build(manifest=edit_layer(digest=d)), "digest")
        refused(f"B6 a digest of a config {name}", build(manifest=lambda m: m["config"].update(digest=d)), "digest")
        refused(f"B6 a digest of a manifest {name}", build(index=lambda i: i["manifests"][0].update(digest=d)), "digest")
        refused(f"B6 a diff_id {name}", build(config=lambda c: c["rootfs"].update(diff_ids=[d])))
    for name, size in (("below zero", -1), ("a fraction", 1.5), ("2^63", 1 << 63), ("2^64", 1 << 64), ("text", "1"),
                       ("null", None), ("true", True), ("10^400", 10 ** 400), ("2^53", 1 << 53)):
        refused(f"B7 a size that is {name}", build(manifest=edit_layer(size=size)))


def change_config(change):
    """The layout with the config's text changed, and all digests right."""
    blobs, top = layout_parts([PACKED])
    d = top["manifests"][0]["digest"]
    doc = json.loads(blobs.pop(d))
    conf = change(blobs.pop(doc["config"]["digest"]))
    doc["config"] = descriptor(im.CONFIG, conf)
    raw = im.to_json(doc)
    blobs.update({im.digest(conf): conf, im.digest(raw): raw})
    top["manifests"][0].update(descriptor(im.MANIFEST, raw))
    return im.oci_write(place.new("l"), blobs, top)


def change_index(change):
    folder = build()
    path = os.path.join(folder, "index.json")
    im.write(path, change(open(path, "rb").read()))
    return folder


def itself():
    """No digest can name its own document: an index whose parts are under each other's names."""
    a, b = "sha256:" + "a" * 64, "sha256:" + "b" * 64
    folder = build(index=lambda i: i.update(manifests=[{"mediaType": im.INDEX, "digest": a, "size": 200}]))
    for mine, other in ((a, b), (b, a)):
        text = im.to_json({"schemaVersion": 2, "mediaType": im.INDEX, "manifests": [
            {"mediaType": im.INDEX, "digest": other, "size": 200}]})
        im.write(os.path.join(folder, "blobs", mine.replace(":", "/")), text.ljust(200))
    return folder


def deep_index(depth):
    blobs, top = layout_parts([PACKED])
    inner = top["manifests"][0]
    for _ in range(depth):
        text = im.to_json({"schemaVersion": 2, "mediaType": im.INDEX, "manifests": [inner]})
        blobs[im.digest(text)] = text
        inner = descriptor(im.INDEX, text)
    return im.oci_write(place.new("l"), blobs, {"schemaVersion": 2, "manifests": [inner]})


# ---- B8, B11: configs and names are data ----

def configs():
    passwd = [("root", 0), ("app", 1000), ("4294967296", 7)]
    layer = tar(member("etc/passwd", "".join(f"{n}:x:{u}:{u}::/:/bin/sh\n" for n, u in passwd).encode()),
                member("etc/group", "".join(f"g{i}:x:{i}:\n" for i in range(100000)).encode()))
    for user, uid in (("", 0), ("root", 0), ("0", 0), ("app", 1000), ("1000", 1000), ("00", 0), ("4294967296", None), ("-1", None),
                      ("4294967295", None), ("nobody-there", -1), ("app:g5", 1000), (":5", 0), ("+0", None), ("0x0", -1), (" 0", None),
                      ("18446744073709551616", -1), ("1000:4294967296", 1000)):
        folder = build(layers=[PACKED, Blob(layer)], config=lambda c: c["config"].update(User=user))
        r = scan(folder)
        seen = r.report()["image"]["user"] if r.report() else None
        # a runtime that cuts such a number to 32 bits runs as root: it must never be told as a plain user
        right = seen and (seen["uid"] == uid if uid is not None else seen["uid"] in (-1, 0, 7))
        held(f"B8 User {user!r} is {'unknown or root' if uid is None else uid}", r.rc == 0 and right or r.rc == 3, r)
        place.drop()
    nul = lambda c: c["config"].update(Env=["A=b\0c", "X"])
    r = scan(build(config=nul))
    held("B8 an environment with NUL is refused or shown", r.rc == 3 or r.rc == 0 and "\\u0000" in r.out, r)
    lines = lambda c: c["config"].update(User="", Env=["A=b\n::error::x\x1b[2J"], Labels={"\x1b[2J": "\n##[error]", "User": "root"},
                                         Entrypoint=["\x1b]0;x\x07"])
    r = scan(build(config=lines))
    held("B8 hostile environment and labels are data", r.rc == 0 and b"\x1b" not in r.raw and r.report()["image"]["user"]["uid"] == 0, r)
    for form in ("table", "sarif", "junit"):
        r = place.run("scan", "-f", form, "--db", place.db, "oci:" + build(config=lines))
        held(f"B8 no form shows them raw: {form}", r.rc == 0 and b"\x1b" not in r.raw, r)
    refused("B8 a config without rootfs", build(config=lambda c: c.pop("rootfs")))
    refused("B8 fewer diff_ids than layers", build(config=lambda c: c["rootfs"].update(diff_ids=[])))
    refused("B8 more diff_ids than layers", build(config=lambda c: c["rootfs"].update(diff_ids=c["rootfs"]["diff_ids"] * 2)))
    refused("B8 a config that is a list", change_config(lambda t: b"[" + t + b"]"))
    refused("B8 a User that is a number", build(config=lambda c: c["config"].update(User=0)))
    evil = "demo@1?x=y#z/../%00';DROP TABLE x;--"
    status = (f"Package: {evil}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1'\"&<>%\nDescription: x\n\n"
              "Package: demo\nStatus: install ok installed\nArchitecture: ../x\nVersion: 1.0-1\nDescription: x\n\n")
    r = scan(build(layers=[PACKED, Blob(tar(member("var/lib/dpkg/status", status.encode())))]))
    packages = r.report()["packages"] if r.report() else []
    held("B11 hostile names of packages are refused or escaped in the purl", r.rc == 0 and not looks_clean(r) and all(
        p["purl"].count("@") == 1 and p["purl"].count("#") == 0 and " " not in p["purl"] and "'" not in p["purl"].split("?")[0].replace("%27", "")
        or p["name"] == "demo" for p in packages), r)
    place.drop()


# ---- the 29 faults ----

def faults():
    out = place.marker
    layer = {
        "climbing name": tar(member("../../../../evil", b"x")), "absolute name": tar(member("/" + out.lstrip("/"), b"x")),
        "write through a link": tar(link("l", os.path.dirname(out)), member("l/marker", b"x")),
        "hard link out": tar(hardlink("h", "../../../etc/passwd")),
        "hard link through a link": tar(link("d", "/etc"), hardlink("h", "d/passwd")),
        "root that is a link": tar(link(".", "/etc")), "/proc as a link": tar(link("proc", "/")),
        "device": tar(header("dev/sda", kind=b"4")), "pipe": tar(header("pipe", kind=b"6")),
        "whiteout of ..": tar(member(".wh...")), "opaque through a link": tar(link("v", "var"), member("v/.wh..wh..opq")),
        "path twice": tar(member("x", b"1"), link("x", "/etc"), member("x", b"2")),
        "NUL in a name": tar(pax(("path", b"a\0b")), member("x")), "negative size": tar(member("x", size=b"\xff" * 12)),
        "sparse of 8 GiB": tar(pax(("GNU.sparse.major", "0"), ("GNU.sparse.minor", "1"), ("GNU.sparse.name", "b"),
                                   ("GNU.sparse.realsize", str(8 << 30)), ("GNU.sparse.map", "0,1")), member("x", b"a")),
        "truncated": tar(member("x", b"y" * 2000))[:1500], "garbage behind the end": tar(member("x")) + b"garbage" * 99,
        "tar behind the end": tar(member("x")) + tar(member("y")), "bomb": squeeze(tar(member("x", bytes(32 << 20))), "gzip"),
        "control bytes": tar(member("x\x1b[2J"))}
    # what holds only data, wherever a reader puts it: nothing of it is written, so nothing is to be said
    only_data = {"absolute name", "write through a link", "hard link through a link", "/proc as a link", "device", "pipe",
                 "opaque through a link", "sparse of 8 GiB", "bomb"}
    ok("20 faults of archives", len(layer) == 20)
    for name, evil in layer.items():
        plain = tar(member("x", bytes(32 << 20))) if name == "bomb" else evil
        r = scan(build(layers=[PACKED, Blob(evil, plain)]))
        held(f"fault of an archive: {name}", is_refusal(r) or r.rc == 0 and r.report() and (name in only_data or not looks_clean(r)), r)
        place.drop()
    flipped = bytearray(PACKED.stored)
    flipped[len(flipped) // 2] ^= 1
    d = im.digest(PACKED.stored)
    size = len(PACKED.stored)
    rows = {
        "corrupt blob": build(extra={d: bytes(flipped)}), "size + 1": build(manifest=edit_layer(size=size + 1)),
        "size - 1": build(manifest=edit_layer(size=size - 1)),
        "wrong diff_id": build(config=lambda c: c["rootfs"].update(diff_ids=["sha256:" + "1" * 64])),
        "digest with ../": build(manifest=edit_layer(digest="sha256:../../../../../../etc/passwd")),
        "layers twice": build(text=with_member("layers", b"[]")), "manifest and manifests": build(manifest=lambda m: m.update(manifests=[])),
        "foreign URL": build(manifest=edit_layer(urls=["http://127.0.0.1:9/x"], digest="sha256:" + "1" * 64,
                                                 mediaType="application/vnd.oci.image.layer.nondistributable.v1.tar+gzip")),
        "100,000 deep": build(text=with_member("annotations", nest(100000).encode()))}
    ok("9 faults of manifests", len(rows) == 9)
    for name, folder in rows.items():
        r = scan(folder)
        held(f"fault of a manifest: {name}", is_refusal(r), r)
        for peer in peers(folder):
            ok(f"{peer} accepts it: {name}; assay does not", r.rc == 3)
    place.drop()


def peers(folder):
    """Which of skopeo and umoci take this layout."""
    to = place.new("copy")
    for tool, argv in (("skopeo", ["skopeo", "--insecure-policy", "copy", "-q", "oci:" + folder, "dir:" + to]),
                       ("umoci", ["umoci", "unpack", "--rootless", "--image", folder + ":1", to + "2"])):
        if not shutil.which(tool):
            skip(f"what {tool} makes of it", f"{tool} is not installed")
            continue
        env = dict(os.environ, HOME=os.path.join(place.top, "in"), TMPDIR=os.path.join(place.top, "in"))
        p = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, env=env)
        if p.returncode == 0:
            yield tool


for part in (manifests, configs, faults):
    part()
sys.exit(done())
