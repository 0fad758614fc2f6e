#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""installed - what package managers write down of installed packages, from ../shared/data/vectors/locks, laid out where
they write it: the packages are those that an independent reader finds."""
import email
import io
import json
import os
import re
import shutil
import struct
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))
from image import Dir, File, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402


def fold(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def conda(data):
    doc = json.loads(data)
    return {(doc["name"], doc["version"])}


def npm(data):
    doc = json.loads(data)
    name, version = doc.get("name"), doc.get("version")
    return {(name.strip(), version.strip())} if isinstance(name, str) and isinstance(version, str) and name.strip() and \
        version.strip() else set()


def python(data):
    m = email.message_from_bytes(data)
    return {(fold(m["Name"].strip()), m["Version"].strip())}


def deps(data):
    return {tuple(re.sub("^runtimepack[.]", "", k).split("/")) for k, p in json.loads(data).get("libraries", {}).items()
            if p["type"] in ("package", "runtimepack", "project")}


def composer(data):
    doc = json.loads(data)
    return {(p["name"], p["version"]) for p in (doc if isinstance(doc, list) else doc["packages"])}


def pear(data):
    """serialize() of PHP, by its own lengths; a record without a channel is of that which its folder (KINDS) is of."""
    def value(at):
        kind = data[at:at + 1]
        if kind == b"s":
            colon = data.index(b":", at + 2)
            end = colon + 2 + int(data[at + 2:colon])
            return data[colon + 2:end].decode(), end + 2
        colon = data.index(b":", at + 2)
        ret, at2 = {}, colon + 2
        for _ in range(int(data[at + 2:colon])):
            key, at2 = value(at2)
            ret[key], at2 = value(at2)
        return ret, at2 + 1
    doc = value(0)[0]
    return {((doc.get("channel") or "pecl.php.net") + "/" + doc["name"], doc["version"]["release"])}


def erlang(data):
    text = data.decode()
    return {(re.search(r"\{application,\s*'?(\w+)'?", text).group(1), re.search(r'\{vsn,\s*"([^"]+)"', text).group(1))}


KINDS = [
    (r".*/condameta/|.*conda/meta/", "opt/conda/conda-meta/{}.json", conda),
    (r".*/packagejson/testdata/[^/]*\.json$|.*/pkg-json/", "app/node_modules/m{}/package.json", npm),
    (r".*\.METADATA$|.*\.dist-info/METADATA$|.*/wheelegg/testdata/(egginfo|pkginfo|repeated_pkginfo|pyopenssl.*)$"
     r"|.*egg-info(\.PKG-INFO)?$|.*/egg-info/PKG-INFO$", "usr/lib/python3/x{}.dist-info/METADATA", python),
    (r".*deps\.json$|.*/depsjson/", "app/n{}.deps.json", deps),
    (r".*/installed\.json$", "var/c{}/vendor/composer/installed.json", composer),
    (r".*\.app$", "opt/e{}/ebin/e.app", erlang),
    (r".*\.reg$", "usr/share/p{}/.registry/.channel.pecl.php.net/memcached.reg", pear),
]
# an entry without a name ends the list, and that is said
DIFFERENT = {
    "scalibr/dotnet/depsjson/testdata/nopackagename",
}


def vectors(root):
    for folder, _, names in os.walk(root):
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root)


def scan(image):
    return assay("scan", "dir:" + image, "-f", "json", "--checks", "vuln", "--db", os.path.join(TMP, "none")).json()


def lists(root):
    image, where = os.path.join(TMP, "image"), {}
    for i, path in enumerate(sorted(vectors(root))):
        for pattern, place, reader in KINDS:
            if re.match(pattern, path):
                at = place.format(i)
                os.makedirs(os.path.dirname(os.path.join(image, at)), exist_ok=True)
                shutil.copyfile(os.path.join(root, path), os.path.join(image, at))
                where[path] = (at, reader)
                break
    doc, found, n = scan(image), {}, 0
    for p in doc["packages"]:
        for at in p["paths"]:
            found.setdefault(at, set()).add((p["name"], p["version"]))
    broken = {c["path"] for c in doc["coverage"] if c["code"] == "db.broken"}
    for path, (at, reader) in where.items():
        with open(os.path.join(root, path), "rb") as f:
            data = f.read()
        try:
            want = reader(data)
        except Exception:  # noqa: BLE001: whatever a reader raises means that the text is not of its format
            want = None
        n += 1
        have = found.get(at, set())
        if want is None:
            if at not in broken or have:
                ok(f"{path}: broken, and that is said", path in DIFFERENT, sorted(have))
        elif have != want:
            if path not in DIFFERENT:
                same(f"{path}: as an independent reader finds", sorted(have), sorted(want))
    ok(f"{n} files that say what is installed: {sum(map(len, found.values()))} packages", n > 60, n)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in members.items():
            z.writestr(name, text)
    return out.getvalue()


def asar(files):
    """As Electron's packer lays it out: two pickles, the tree as JSON, the contents."""
    tree, content = {"files": {}}, b""
    for path, text in files.items():
        at = tree["files"]
        for folder in path.split("/")[:-1]:
            at = at.setdefault(folder, {"files": {}})["files"]
        at[path.split("/")[-1]] = {"size": len(text), "offset": str(len(content))}
        content += text.encode()
    text = json.dumps(tree).encode()
    padded = text + b"\0" * (-len(text) % 4)
    return struct.pack("<4I", 4, len(padded) + 8, len(padded) + 4, len(text)) + padded + content


def within():
    """Packages that lie in an archive that their interpreter looks into."""
    def package(name, version, **more):
        return json.dumps({"name": name, "version": version, "license": "MIT", **more})
    meta = "Metadata-Version: 2.1\nName: {}\nVersion: {}\nLicense: MIT\n"
    app = zipped({"__main__.py": "", "site-packages/An_App.dist-info/METADATA": meta.format("An_App", "1.0"),
                  "x.egg-info/PKG-INFO": meta.format("x", "2")})
    files = [
        ("srv/.yarn/cache/a-npm-1.0.0-0123456789-abc.zip", zipped({"node_modules/a/package.json": package("a", "1.0.0"),
         "node_modules/a/test/x/package.json": package("x", "9.9.9"), "node_modules/a/dist/b/package.json": package("b", "2.0.0")})),
        ("root/.yarn/berry/cache/@s-c-npm-3.zip", zipped({"node_modules/@s/c/package.json": package("@s/c", "3.0.0")})),
        ("srv/.yarn/cache/bad.zip", b"PK"),
        ("srv/other/d.zip", zipped({"node_modules/d/package.json": package("d", "1.0.0")})),
        ("opt/app.asar", asar({"package.json": package("app", "1.0.0"), "node_modules/e/package.json": package("e", "1.0.0", dependencies={"f": "1"}),
                               "node_modules/f/package.json": package("f", "1.5.0"), "node_modules/g/package.json": "{"})),
        ("opt/bad.asar", b"\4\0\0\0"),
        ("usr/bin/app", b"#!/usr/bin/env python3\n" + app),
        ("usr/bin/plain", b"#!/usr/bin/env python3\nprint(1)\n"),
        ("opt/named.pyz", zipped({"h.dist-info/METADATA": meta.format("h", "1")})),
        ("opt/named.zip", zipped({"i.dist-info/METADATA": meta.format("i", "1")})),
        ("opt/cut.pyz", b"#!/usr/bin/python3\n" + app[:-30]),
    ]
    path = os.path.join(TMP, "within.tar")
    with open(path, "wb") as f:
        f.write(tar_of([File(name, content) for name, content in files]))
    doc = assay("scan", "tar:" + path, "-f", "json", "--checks", "vuln", "--db", os.path.join(TMP, "none")).json()
    same("packages within archives, and where", sorted((p["purl"], *p["paths"]) for p in doc["packages"]), [
        ("pkg:npm/%40s/c@3.0.0", "root/.yarn/berry/cache/@s-c-npm-3.zip!/node_modules/@s/c/package.json"),
        ("pkg:npm/a@1.0.0", "srv/.yarn/cache/a-npm-1.0.0-0123456789-abc.zip!/node_modules/a/package.json"),
        ("pkg:npm/b@2.0.0", "srv/.yarn/cache/a-npm-1.0.0-0123456789-abc.zip!/node_modules/a/dist/b/package.json"),
        ("pkg:npm/e@1.0.0", "opt/app.asar!/node_modules/e/package.json"),
        ("pkg:npm/f@1.5.0", "opt/app.asar!/node_modules/f/package.json"),
        ("pkg:pypi/an-app@1.0", "usr/bin/app!/site-packages/An_App.dist-info/METADATA"),
        ("pkg:pypi/h@1", "opt/named.pyz!/h.dist-info/METADATA"),
        ("pkg:pypi/x@2", "usr/bin/app!/x.egg-info/PKG-INFO")])
    same("edges of those in one archive", {p["purl"]: p["depends"] for p in doc["packages"] if p["depends"]}, {"pkg:npm/e@1.0.0": ["pkg:npm/f@1.5.0"]})
    same("archives that cannot be read are said", sorted(c["path"] for c in doc["coverage"] if c["code"] == "db.broken"),
         ["opt/app.asar", "opt/bad.asar", "opt/cut.pyz", "srv/.yarn/cache/bad.zip"])


def places():
    egg = io.BytesIO()
    with zipfile.ZipFile(egg, "w") as z:
        z.writestr("EGG-INFO/PKG-INFO", "Metadata-Version: 1.2\nName: An_Egg\nVersion: 1.6\n")
    h = "0123456789abcdfghijklmnpqrsvwxyz"
    path = os.path.join(TMP, "places.tar")
    with open(path, "wb") as f:
        f.write(tar_of([
            File("usr/lib/python3/an_egg-1.6-py3.10.egg", egg.getvalue()),
            File("usr/lib/python3/bad.egg", b"no archive"),
            Dir(f"nix/store/{h}-openssl-3.0.12"), Dir(f"nix/store/{h[::-1]}-zlib-1.3-dev"), Dir(f"nix/store/{h}-no-version"),
            File("usr/share/lua/5.4/luarocks/rocks-5.4/lpeg/1.1.0-1/lpeg-1.1.0-1.rockspec", b"x"),
            File("home/linuxbrew/.linuxbrew/Cellar/jq/1.7/INSTALL_RECEIPT.json", b"{}"),
            File("usr/lib/R/site-library/curl/DESCRIPTION", b"Package: curl\nVersion: 5.2.0\nBuilt: R 4.3; ; x; unix\n"),
            File("opt/ghc/package.conf.d/aeson-2.1.conf", b"name: aeson\nversion: 2.1.0.0\n"),
            File("opt/java/openjdk/release", b'JAVA_VERSION="17.0.6"\n'),
        ]))
    doc = assay("scan", "tar:" + path, "-f", "json", "--checks", "vuln", "--db", os.path.join(TMP, "none")).json()
    same("packages by their places", sorted(p["purl"] for p in doc["packages"]), [
        "pkg:brew/jq@1.7", "pkg:cran/curl@5.2.0", "pkg:generic/openjdk@17.0.6", "pkg:hackage/aeson@2.1.0.0",
        "pkg:luarocks/lpeg@1.1.0-1", "pkg:nix/openssl@3.0.12", "pkg:nix/zlib@1.3", "pkg:pypi/an-egg@1.6"])
    same("an egg that is no archive is said", [c["path"] for c in doc["coverage"] if c["code"] == "db.broken"],
         ["usr/lib/python3/bad.egg"])


def main():
    within()
    root = shared("data/vectors/locks")
    if root:
        lists(root)
    else:
        skip("installed packages of the vectors", "no ../shared here")
    places()
    return done()


sys.exit(main())
