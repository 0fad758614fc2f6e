# SPDX-License-Identifier: Apache-2.0
"""image - makes images for tests: the same input gives the same bytes.

    layer = tar_of([("etc/os-release", b"ID=debian\n"), Dir("tmp", mode=0o1777), Link("a", "b")])
    docker_archive("x.tar", [layer], config={"User": "app"})
    oci_layout("dir", [layer], compression="zstd")
"""
import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile

MEDIA = {"none": "application/vnd.oci.image.layer.v1.tar", "gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
         "zstd": "application/vnd.oci.image.layer.v1.tar+zstd"}
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def to_json(doc):
    return json.dumps(doc, separators=(",", ":")).encode()


def member(path, kind=tarfile.REGTYPE, mode=0o644, uid=0, gid=0, link="", size=0, pax=None):
    m = tarfile.TarInfo(path)
    m.type, m.mode, m.uid, m.gid, m.linkname, m.size = kind, mode, uid, gid, link, size
    m.mtime = 0
    m.pax_headers = pax or {}
    return m


def File(path, content=b"", **how):
    content = content.encode() if isinstance(content, str) else content
    return member(path, size=len(content), **how), content


def Dir(path, mode=0o755, **how):
    return member(path, tarfile.DIRTYPE, mode=mode, **how), b""


def Link(path, target, **how):
    return member(path, tarfile.SYMTYPE, mode=0o777, link=target, **how), b""


def HardLink(path, target, **how):
    return member(path, tarfile.LNKTYPE, link=target, **how), b""


def Whiteout(path):
    folder, name = os.path.split(path)
    return File(os.path.join(folder, ".wh." + name))


def Opaque(folder):
    return File(os.path.join(folder, ".wh..wh..opq"))


def tar_of(entries, form=tarfile.PAX_FORMAT):
    """A tar of entries: (path, bytes) or what File, Dir, Link, ... give."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for entry in entries:
            if isinstance(entry[0], str):
                entry = File(*entry)
            tar.addfile(entry[0], io.BytesIO(entry[1]))
    return out.getvalue()


def tar_of_folder(folder):
    """A layer from a folder of the repository: files and links, owned by root, mode 0644 or 0755."""
    entries = []
    for base, dirs, names in os.walk(folder):
        dirs.sort()
        for d in list(dirs):
            path = os.path.join(base, d)
            if os.path.islink(path):
                names.append(d)
                dirs.remove(d)
            else:
                entries.append(Dir(os.path.relpath(path, folder)))
        for name in sorted(names):
            path = os.path.join(base, name)
            inside = os.path.relpath(path, folder)
            if os.path.islink(path):
                entries.append(Link(inside, os.readlink(path)))
            else:
                with open(path, "rb") as f:
                    entries.append(File(inside, f.read(), mode=0o755 if os.access(path, os.X_OK) else 0o644))
    return tar_of(sorted(entries, key=lambda e: e[0].name))


def compress(data, how="none", members=1):
    """none, gzip (of several members), zstd (of several frames)."""
    if how == "none":
        return data
    step = -(-len(data) // members) or 1
    pieces = [data[i:i + step] for i in range(0, len(data), step)] or [b""]
    if how == "gzip":
        return b"".join(gzip.compress(p, 6, mtime=0) for p in pieces)
    return b"".join(subprocess.run(["zstd", "-q", "-c"], input=p, stdout=subprocess.PIPE, check=True).stdout
                    for p in pieces)


def config_of(layers, config=None, arch="amd64", history=None, **more):
    doc = {"architecture": arch, "os": "linux", "config": config or {},
           "rootfs": {"type": "layers", "diff_ids": [digest(l) for l in layers]},
           "history": history or [{"created_by": f"layer {i}"} for i in range(len(layers))]}
    doc.update(more)
    return to_json(doc)


def archive_bytes(files):
    return tar_of([File(name, content) for name, content in files], tarfile.GNU_FORMAT)


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)
    return path


def docker_archive(path, layers, config=None, tags=("test:1",), compression="none", arch="amd64", **more):
    """docker save's old form; compression is that of the whole archive."""
    conf = config_of(layers, config, arch, **more)
    name = hashlib.sha256(conf).hexdigest() + ".json"
    files, names = [], []
    for layer in layers:
        folder = hashlib.sha256(b"folder" + layer).hexdigest()
        if f"{folder}/layer.tar" not in names:
            files.append((f"{folder}/layer.tar", layer))
        names.append(f"{folder}/layer.tar")
    files.append((name, conf))
    files.append(("manifest.json", to_json([{"Config": name, "RepoTags": list(tags), "Layers": names}])))
    return write(path, compress(archive_bytes(files), compression))


def oci_blobs(layers, config=None, compression="gzip", arch="amd64", tag="1", **more):
    """Returns ({digest: bytes}, index document) of an image of one platform."""
    conf = config_of(layers, config, arch, **more)
    packed = [compress(l, compression) for l in layers]
    blobs = {digest(b): b for b in packed + [conf]}
    manifest = to_json({"schemaVersion": 2, "mediaType": MANIFEST,
                        "config": {"mediaType": CONFIG, "digest": digest(conf), "size": len(conf)},
                        "layers": [{"mediaType": MEDIA[compression], "digest": digest(b), "size": len(b)}
                                   for b in packed]})
    blobs[digest(manifest)] = manifest
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": MANIFEST, "digest": digest(manifest), "size": len(manifest),
         "platform": {"os": "linux", "architecture": arch},
         "annotations": {"org.opencontainers.image.ref.name": tag}}]}
    return blobs, index


def oci_files(blobs, index):
    return ([("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'), ("index.json", to_json(index))]
            + [("blobs/" + d.replace(":", "/"), b) for d, b in sorted(blobs.items())])


def oci_layout(folder, layers, **how):
    return oci_write(folder, *oci_blobs(layers, **how))


def oci_write(folder, blobs, index):
    os.makedirs(os.path.join(folder, "blobs/sha256"), exist_ok=True)
    for name, content in oci_files(blobs, index):
        write(os.path.join(folder, name), content)
    return folder


def oci_archive(path, layers, archive_compression="none", **how):
    return write(path, compress(archive_bytes(oci_files(*oci_blobs(layers, **how))), archive_compression))


def docker25_archive(path, layers, tag="1", **how):
    """What Docker 25 saves: an OCI layout that has manifest.json too."""
    blobs, index = oci_blobs(layers, compression="none", tag=tag, **how)
    manifest = json.loads(blobs[index["manifests"][0]["digest"]])
    place = lambda d: "blobs/" + d.replace(":", "/")
    doc = [{"Config": place(manifest["config"]["digest"]), "RepoTags": [f"test:{tag}"],
            "Layers": [place(l["digest"]) for l in manifest["layers"]],
            "LayerSources": {l["digest"]: l for l in manifest["layers"]}}]
    return write(path, archive_bytes(oci_files(blobs, index) + [("manifest.json", to_json(doc))]))


OS_RELEASE = {"debian:12": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
              "alpine:3.20": 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n'}


def debian(packages, release="debian:12"):
    """Entries of a root file system with packages [(name, version[, source])] installed by dpkg."""
    status = ""
    for name, version, *source in packages:
        status += f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n"
        status += f"Source: {source[0]}\n" if source else ""
        status += "Maintainer: nobody\nDescription: test\n\n"
    return [Dir("etc"), File("etc/os-release", OS_RELEASE[release]), Dir("var"), Dir("var/lib"), Dir("var/lib/dpkg"),
            File("var/lib/dpkg/status", status)]
