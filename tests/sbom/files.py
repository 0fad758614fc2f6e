#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""files - `assay sbom --files`: the files that the merged image shows, their digests made here again, and who owns each; in
every form valid, the same when it is read and written again, and of no weight for what is found."""
import hashlib
import io
import json
import os
import sys
import tarfile
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import schemas  # noqa: E402
from image import Dir, File, HardLink, Link, Whiteout, docker_archive, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

FORMS = ["cyclonedx@1.4", "cyclonedx@1.6", "cyclonedx@1.7", "cyclonedx-xml@1.5", "spdx-json", "spdx-tag-value", "spdx3-json@3.0.1", "spdx3-json@3.0.0"]
APK = """P:busybox
V:1.36.1-r29
A:x86_64
U:https://busybox.net/
F:bin
R:busybox
F:etc
R:gone
R:replaced

P:tricky
V:1-r0
A:x86_64
U:javascript:alert(1)
F:opt
R:hard

"""
DPKG = """Package: dash
Status: install ok installed
Version: 0.5-1
Architecture: amd64
Homepage: http://example.org/dash?a=b&c=<d>

"""


def sums(content):
    return hashlib.sha1(content).hexdigest(), hashlib.sha256(content).hexdigest()


def made():
    lower = [File("etc/os-release", "ID=alpine\nVERSION_ID=3.20.3\n"), Dir("bin"), File("bin/busybox", b"\x7fELF-not", mode=0o755), Link("bin/sh", "busybox"),
             File("etc/gone", "gone"), File("etc/replaced", "old"), File("opt/soft", "soft"), HardLink("opt/hard", "opt/soft"),
             File("srv/empty", ""), File("srv/twice", "one"), File("srv/twice", "two"), File("srv/\udcff\x1b[2Jx", "odd"),
             File("lib/apk/db/installed", APK)]
    upper = [Whiteout("etc/gone"), File("etc/replaced", "new")]
    want = {"etc/os-release": b"ID=alpine\nVERSION_ID=3.20.3\n", "bin/busybox": b"\x7fELF-not", "etc/replaced": b"new", "opt/soft": b"soft", "opt/hard": b"soft",
            "srv/empty": b"", "srv/twice": b"two", "srv/\\xff\\x1b[2Jx": b"odd", "lib/apk/db/installed": APK.encode()}
    owners = {"bin/busybox": "busybox", "etc/replaced": "busybox", "opt/hard": "tricky"}
    return [lower, upper], {p: sums(c) + (owners.get(p), 1 if p == "etc/replaced" else 0) for p, c in want.items()}


def carried(comment):
    pairs = json.loads(comment[len("assay:"):])
    return [pairs.get(k, [None])[0] for k in ("package", "layer")]


def row(path, digests, package, layer):
    name = package.split("/")[-1].split("@")[0] if package else None
    return path, (digests["SHA1"], digests["SHA256"], name, int(layer))


def read_cyclonedx(raw):
    for c in json.loads(raw)["components"]:
        if c["type"] == "file":
            p = {x["name"]: x["value"] for x in c["properties"]}
            yield row(c["name"], {h["alg"].replace("-", ""): h["content"] for h in c["hashes"]}, p.get("assay:package"), p["assay:layer"])


def read_xml(raw):
    root = ET.fromstring(raw)
    ns = root.tag[:-3]
    for c in root.find(ns + "components"):
        if c.get("type") == "file":
            p = {x.get("name"): x.text for x in c.find(ns + "properties")}
            yield row(c.findtext(ns + "name"), {h.get("alg").replace("-", ""): h.text for h in c.find(ns + "hashes")}, p.get("assay:package"), p["assay:layer"])


def read_spdx(raw):
    doc = json.loads(raw)
    holds = {r["relatedSpdxElement"]: r["spdxElementId"] for r in doc["relationships"] if r["relationshipType"] == "CONTAINS"}
    names = {p["SPDXID"]: p["name"] for p in doc["packages"]}
    for p in doc["packages"]:  # 7.9: SHA-1 over the sorted SHA-1 sums of the files
        own = sorted(c["checksumValue"] for f in doc["files"] if holds[f["SPDXID"]] == p["SPDXID"] for c in f["checksums"] if c["algorithm"] == "SHA1")
        code = p.get("packageVerificationCode", {}).get("packageVerificationCodeValue")
        if code != (hashlib.sha1("".join(own).encode()).hexdigest() if own else None) or p["filesAnalyzed"] != bool(own):
            ok(f"the verification code of {p['name']}", False, f"{code} {own}")
    for f in doc["files"]:
        package, layer = carried(f["comment"])
        have = row(f["fileName"][2:], {c["algorithm"]: c["checksumValue"] for c in f["checksums"]}, package, layer)
        if have[1][2] and have[1][2] != names[holds[f["SPDXID"]]]:
            ok("who contains it is who owns it", False, f)
        yield have


def read_tags(raw):
    for part in raw.decode().split("\n\n"):
        if part.startswith("FileName: "):
            lines = [line.split(": ", 1) for line in part.strip().split("\n")]
            tags = dict(lines)
            package, layer = carried(tags["FileComment"][len("<text>"):-len("</text>")])
            yield row(tags["FileName"][2:], dict(v.split(": ") for k, v in lines if k == "FileChecksum"), package, layer)


def read_spdx3(raw):
    for e in json.loads(raw)["@graph"]:
        if e["type"] == "software_File":
            package, layer = carried(e["comment"])
            yield row(e["name"][2:], {h["algorithm"].upper(): h["hashValue"] for h in e["verifiedUsing"]}, package, layer)


def files_of(form, raw):
    kind = form.split("@")[0]
    read = {"cyclonedx": read_cyclonedx, "cyclonedx-xml": read_xml, "spdx-json": read_spdx, "spdx-tag-value": read_tags, "spdx3-json": read_spdx3}[kind]
    have = list(read(raw))
    return dict(have) if len(dict(have)) == len(have) else have


def forms(name, image, want):
    direct = assay("scan", image, "-f", "json", "-q", "--checks", "vuln")
    for form in FORMS:
        run = assay("sbom", image, "--files", "-f", form, "-q")
        if not ok(f"{name} is written as {form}", run.rc == 0, run):
            continue
        same(f"{name}: {form}: the files", files_of(form, run.raw), want)
        judge = None if "xml" in form or form == "spdx-tag-value" else schemas.validator(form)
        wrong = judge(json.loads(run.raw)) if judge else []
        ok(f"{name}: {form} is valid", not wrong, "\n".join(wrong[:5]))
        path = os.path.join(TMP, "bom")
        with open(path, "wb") as f:
            f.write(run.raw)
        same(f"{name}: {form}: out, in and out again are the same bytes", assay("sbom", "sbom:" + path, "--files", "-f", form, "-q").raw, run.raw)
        same(f"{name}: {form}: without the files", assay("sbom", "sbom:" + path, "-f", form, "-q").raw, assay("sbom", image, "-f", form, "-q").raw)
        back = assay("scan", "sbom:" + path, "-f", "json", "-q", "--checks", "vuln").json()
        same(f"{name}: {form}: the findings", [f for f in back["findings"] if f["check"] == "vulnerability"],
             [f for f in direct.json()["findings"] if f["check"] == "vulnerability"])
        same(f"{name}: {form}: the packages", back["packages"], direct.json()["packages"])


def homepages(raw):
    return {c["name"]: [r["url"] for r in c.get("externalReferences", [])] for c in json.loads(raw)["components"]}


def main():
    layers, want = made()
    image = os.path.join(TMP, "files.tar")
    docker_archive(image, [tar_of(entries) for entries in layers])
    forms("made here", "docker-archive:" + image, want)
    have = homepages(assay("sbom", image, "-q").raw)
    same("a homepage that is an address of the web is a reference", (have["busybox"], have["tricky"]), (["https://busybox.net/"], []))
    docker_archive(image, [tar_of([File("etc/os-release", "ID=debian\nVERSION_ID=12\n"), File("var/lib/dpkg/status", DPKG)])])
    same("one that no schema takes is none", homepages(assay("sbom", image, "-q").raw)["dash"], [])
    same("nothing is listed unless it is asked for", assay("sbom", image, "-q").raw.count(b'"file"'), 0)
    alpine = shared("data/images/alpine/alpine-minirootfs-3.20.3-x86_64.tar.gz")
    if not alpine:
        skip("a real image", "no ../shared")
        return done()
    with tarfile.open(alpine) as tar:
        real = {m.name[2:]: sums(tar.extractfile(m).read()) for m in tar if m.isreg() or m.islnk()}
        owners, folder = {}, ""
        for line in tar.extractfile("./lib/apk/db/installed").read().decode().split("\n"):
            if line[:2] == "P:":
                package = line[2:]
            elif line[:2] == "F:":
                folder = line[2:]
            elif line[:2] == "R:":
                owners[f"{folder}/{line[2:]}"] = package
    run = assay("sbom", alpine, "--files", "-q")
    same("a real image: each file, its digests and its owner", files_of("cyclonedx", run.raw),
         {p: d + (owners.get(p), 0) for p, d in real.items()})
    same("... read through the cache", assay("sbom", alpine, "--files", "-q").raw, run.raw)
    checked = assay("scan", alpine, "-f", "json", "-q", "--no-cache").json()
    same("facts with the digests of all files are not those of a check", assay("scan", alpine, "-f", "json", "-q").json()["coverage"], checked["coverage"])
    return done()


sys.exit(main())
