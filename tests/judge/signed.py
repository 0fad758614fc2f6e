#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""signed - files as signed repositories have them (assay db known): all of an image whose packages came
from there is explained with grade signed, a program changed together with the image's database is a
finding, and a chain that does not hold gives nothing.  For Debian, apk and rpm, each made by its tools."""
import hashlib
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
import repos  # noqa: E402
from image import File, tar_of  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same, shared, skip  # noqa: E402

ELF = b"\x7fELF\x02\x01\x01"


def program(text):
    return ELF + text.encode() * 300


TOOL = {"name": "tool", "files": {"bin/tool": program("tool"), "usr/bin/tool2": program("tool2"), "etc/init.d/tool": b"#!/bin/sh\n",
                                  "usr/share/doc/tool/x": b"text"},
        "conffiles": ["etc/init.d/tool"], "data": ["usr/share/doc/tool/x"], "scripts": {"postinst": "#!/bin/sh\nexit 0\n"}}
LIB = {"name": "libx", "files": {"lib/libx.so.1": program("lib"), "usr/lib/libx/helper": program("helper")}, "multi": "same",
       "scripts": {"prerm": "#!/bin/sh\nexit 0\n"}, "version": "1:2.0-1", "epoch": "1"}
MORE = {"name": "more", "files": {"usr/bin/more1": program("m1"), "usr/bin/more2": program("m2"), "usr/sbin/more3": program("m3")}}
ALL = [TOOL, LIB, MORE]


def scan(layers, *more):
    path = image.docker_archive(os.path.join(TMP, "image.tar"), layers, {"User": "1"})
    run = assay("scan", f"docker-archive:{path}", "--checks", "file", "-f", "json", "--no-cache", *more)
    report = run.json() if run.rc == 0 else {"findings": [], "image": {"accountability": {}}}
    return [(f["id"], f["location"]["path"]) for f in report["findings"]], report["image"]["accountability"], run, report


def known(keys, *paths, to=None, more=()):
    to = to or os.path.join(TMP, "list.known")
    return assay("db", "known", *(a for k in keys for a in ("--key", k)), "--learn", to, *more, "--", *paths)


def refused(name, run, text, rc=3):
    ok(name, run.rc == rc and text in run.err, run)


def layer(root):
    return image.tar_of_folder(root)


class Image:
    """A root file system, changed and put back."""

    def __init__(self, root):
        self.root = root

    def read(self, path):
        with open(os.path.join(self.root, path), "rb") as f:
            return f.read()

    def put(self, path, content, mode=0o755):
        repos.put(os.path.join(self.root, path), content, mode)


def four_cases(kind, img, keys_list, victim, forge, forget):
    """Done-when 4 of a distribution.  forge: writes the database for other content; forget: deletes a package."""
    before = img.read(victim)
    have, sums, run, _ = scan([layer(img.root)])
    same(f"{kind}: all is accounted for by what the image says", (have, sums.get("claimed")), ([], sums.get("bytes")))
    have, sums, run, report = scan([layer(img.root)], "--known", keys_list)
    ok(f"{kind}: all executable bytes are signed", have == [] and sums["bytes"] > 0 and sums["signed"] == sums["bytes"] and sums["claimed"] == 0, run)
    changed = before[:-1] + b"!"
    img.put(victim, changed)
    for more, grade in (((), "by the image's database"), (("--known", keys_list), "by the repository")):
        have, sums, run, report = scan([layer(img.root)], *more)
        same(f"{kind}: one byte of one binary is changed: one finding, {grade}", have, [("file.changed", victim)])
    undo = forge(changed)
    have, sums, run, _ = scan([layer(img.root)])
    same(f"{kind}: changed together with its line of the database: claimed without the repository",
         (have, sums.get("claimed")), ([], sums.get("bytes")))
    have, sums, run, report = scan([layer(img.root)], "--known", keys_list)
    same(f"{kind}: ... with it a finding", have, [("file.changed", victim)])
    ok(f"{kind}: ... which is high, names the index, and is not counted", report["findings"] and report["findings"][0]["severity"] == "high" and "signed by" in report["findings"][0]["reason"]
       and sums["signed"] == sums["bytes"] - len(before), run)
    undo()
    img.put(victim, before)
    img.put("usr/bin/odd", program("odd"))
    have, sums, run, _ = scan([layer(img.root)], "--known", keys_list)
    same(f"{kind}: an executable that nothing owns: one finding", have, [("file.unowned-program", "usr/bin/odd")])
    os.unlink(os.path.join(img.root, "usr/bin/odd"))
    forget()
    have, sums, run, report = scan([layer(img.root)], "--known", keys_list)
    same(f"{kind}: a package's metadata deleted: its orphans are one finding", [h[0] for h in have], ["file.unowned-program"])
    ok(f"{kind}: ... which counts them", report["findings"] and "3 programs" in report["findings"][0]["reason"], run)


# ---- Debian ----

def forge_dpkg(img, victim):
    path = "var/lib/dpkg/info/tool.md5sums"

    def forge(changed):
        old = img.read(path)
        line = re.compile(rb"^[0-9a-f]{32}(  bin/tool)$", re.M)
        img.put(path, line.sub(hashlib.md5(changed).hexdigest().encode() + rb"\1", old), 0o644)
        return lambda: img.put(path, old, 0o644)
    return forge


def forget_dpkg(img):
    def forget():
        status = img.read("var/lib/dpkg/status").split(b"\n\n")
        img.put("var/lib/dpkg/status", b"\n\n".join(p for p in status if not p.startswith(b"Package: more\n")), 0o644)
        info = os.path.join(img.root, "var/lib/dpkg/info")
        for name in os.listdir(info):
            if name.startswith("more."):
                os.unlink(os.path.join(info, name))
    return forget


def debian(work, gpg, other):
    lost = repos.missing("dpkg-deb", "apt-ftparchive", "gpg", "gpgv", "dpkg")
    if lost:
        skip("a Debian image and its repository", "not installed: " + " ".join(lost))
        return
    repo = repos.debian(os.path.join(work, "deb"), ALL, gpg)
    img = Image(repos.debian_root(os.path.join(work, "deb"), repo))
    key, ring = gpg.ring(f"{work}/key.gpg"), gpg.ring(f"{work}/key.asc", armour=True)
    to = os.path.join(work, "deb.known")
    mirror = [f"{repo}/dists", f"{repo}/pool"]
    run = known([key], *mirror, to=to)
    ok("Debian: a mirror is taken", run.rc == 0 and "3 packages" in run.err and "1 signed" in run.err, run)
    with open(to, encoding="utf-8") as f:
        lines = f.read().splitlines()
    want = {f"{hashlib.sha256(c).hexdigest()}\t{p['name']}\t{p.get('version', repos.VERSION)}\tamd64\t{path}" for p in ALL for path, c in p["files"].items()}
    ok("Debian: each file stands in the list with its SHA-256", want <= set(lines), sorted(want - set(lines)))
    ok("Debian: ... the scripts of packages too, by the names that dpkg gives them",
       {l.split("\t")[4] for l in lines if "dpkg/info" in l and l.split("\t")[4].endswith(("postinst", "prerm"))}
       == {"var/lib/dpkg/info/tool.postinst", "var/lib/dpkg/info/libx:amd64.prerm"}, lines)
    ok("Debian: ... and who signed it", any(l.startswith("# source Test test ") and l.endswith(gpg.print) for l in lines), lines[:3])
    debian_policy(work, img, to)
    debian_claims(img, to)
    four_cases("Debian", img, to, "usr/bin/tool", forge_dpkg(img, "usr/bin/tool"), forget_dpkg(img))
    debian_conffiles(img, to)
    debian_chain(work, gpg, other, (key, ring), repo, to)


def debian_policy(work, img, to):
    policy = repos.put(f"{work}/p.yaml", "version: 1\nname: p\nneeds: [file]\nrules:\n  - id: explained\n    require: image.accountability.explained == 1.0\n")
    path = image.docker_archive(os.path.join(TMP, "image.tar"), [layer(img.root)], {"User": "1"})
    saved = os.path.join(work, "report.json")
    for more, rc in ((("--known", to), 0), ((), 1)):
        run = assay("scan", f"docker-archive:{path}", "--checks", "file", "-o", "json=" + saved, "--policy", policy, "--no-cache", *more)
        same(f"Debian: a policy counts what is signed, not what is claimed: {len(more)}", run.rc, rc)
        again = assay("policy", "check", saved, "--policy", policy)
        ok(f"... the same from the saved report: {rc}", again.rc == rc, again)
    run = assay("scan", f"docker-archive:{path}", "--checks", "user", "-o", "json=" + saved)
    with open(policy, encoding="utf-8") as f:
        other = repos.put(f"{work}/q.yaml", f.read().replace("[file]", "[user]"))
    run = assay("policy", "check", saved, "--policy", other)
    ok("... which never admits where it was not judged", run.rc in (1, 3), run)


def debian_claims(img, to):
    """A program that the database claims for a package, which has no such file."""
    path, sums = "var/lib/dpkg/info/tool.list", "var/lib/dpkg/info/tool.md5sums"
    old = img.read(path), img.read(sums)
    img.put("usr/bin/odd", program("odd"))
    img.put(path, old[0] + b"/usr/bin/odd\n", 0o644)
    img.put(sums, old[1] + hashlib.md5(program("odd")).hexdigest().encode() + b"  usr/bin/odd\n", 0o644)
    same("Debian: a program smuggled into a package's list is claimed without the repository", scan([layer(img.root)])[0], [])
    have, _, run, report = scan([layer(img.root)], "--known", to)
    ok("Debian: ... and with it a finding, which says why", have == [("file.changed", "usr/bin/odd")]
       and "package tool claims it, and is known to have no such file: Test test" in report["findings"][0]["reason"], run)
    os.unlink(os.path.join(img.root, "usr/bin/odd"))
    img.put(path, old[0], 0o644)
    img.put(sums, old[1], 0o644)


def debian_conffiles(img, to):
    img.put("etc/init.d/tool", b"#!/bin/sh\n# of this house\n")
    have, _, run, _ = scan([layer(img.root)], "--known", to)
    ok("Debian: a configuration may be changed", ("file.changed", "etc/init.d/tool") not in have, run)
    status, old = img.read("var/lib/dpkg/status"), img.read("usr/bin/tool2")
    bad = old[:-1] + b"!"
    img.put("usr/bin/tool2", bad)
    img.put("var/lib/dpkg/status", status.replace(b"Conffiles:\n", b"Conffiles:\n /usr/bin/tool2 " + hashlib.md5(bad).hexdigest().encode() + b"\n"), 0o644)
    have, _, run, _ = scan([layer(img.root)], "--known", to)
    ok("Debian: a program is no configuration, whatever the database calls it", ("file.changed", "usr/bin/tool2") in have, run)


def debian_chain(work, gpg, other, keys, repo, to):
    key, ring = keys
    mirror = [f"{repo}/dists", f"{repo}/pool"]
    with open(to, "rb") as f:
        good = f.read()
    index, deb = f"{repo}/dists/test/main/binary-amd64/Packages", f"{repo}/pool/tool_1.0-1_amd64.deb"

    def unharmed(name):
        with open(to, "rb") as f:
            ok(f"... and the list is as it was: {name}", f.read() == good)

    run = known([ring], *mirror, to=to)
    ok("Debian: a key in ASCII armour", run.rc == 0, run)
    unharmed("the same again")
    refused("Debian: signed by somebody else", known([other.ring(f"{work}/other.gpg")], *mirror, to=to), "none of the keys given has signed it")
    unharmed("somebody else")
    both = known([f"{work}/other.gpg", key], *mirror, to=to)
    ok("Debian: any of several keys", both.rc == 0, both)
    text = open(f"{repo}/dists/test/InRelease", "rb").read()
    repos.put(f"{repo}/dists/test/InRelease", text.replace(b"Origin: Test", b"Origin: Tes7"))
    refused("Debian: a signed text that was changed", known([key], *mirror, to=to), "the signature is not of this text")
    repos.put(f"{repo}/dists/test/InRelease", text.replace(b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n", b"").split(b"-----BEGIN PGP SIGNATURE")[0])
    refused("Debian: a text without a signature", known([key], *mirror, to=to), "none of the keys given has signed it")
    unharmed("a bad signature")
    repos.put(f"{repo}/dists/test/InRelease", text)
    packages = open(index, "rb").read()
    repos.put(index, packages + b"\n")
    refused("Debian: a list of packages that is not the one signed", known([key], *mirror, to=to), "no signed index at hand lists it as it is")
    repos.put(index, packages)
    content = open(deb, "rb").read()
    repos.put(deb, content[:-1] + bytes([content[-1] ^ 1]))
    refused("Debian: a package that is not the one listed", known([key], *mirror, to=to), "is not the package of that name")
    unharmed("another package")
    os.rename(deb, deb.replace("tool_", "toolbox_"))
    run = known([key], *mirror, to=os.path.join(work, "x.known"))
    ok("Debian: a package that nobody lists is named and left out", run.rc == 0 and "toolbox_1.0-1_amd64.deb: no signed index lists it" in run.err
       and b"\ttool\t" not in open(os.path.join(work, "x.known"), "rb").read(), run)
    os.rename(deb.replace("tool_", "toolbox_"), deb)
    repos.put(deb, content)
    os.rename(deb, deb.replace("_1.0", "_3%3a1.0"))
    run = known([key], *mirror, to=to)
    ok("Debian: the name that apt's cache gives a version with an epoch", run.rc == 0, run)
    os.rename(deb.replace("_1.0", "_3%3a1.0"), deb)
    refused("Debian: packages without an index", known([key], f"{repo}/pool", to=to), "no signed index is there")
    repos.debian_index(repo, gpg, fields=["Valid-Until=Sat, 01 Jan 2022 00:00:00 UTC", "Date=Fri, 31 Dec 2021 00:00:00 UTC"])
    refused("Debian: an index that has ended", known([key], *mirror, to=to), "it was valid until 2022-01-01T00:00:00Z")
    refused("Debian: ... or is older than that of the list", known([key], *mirror, to=to, more=["--expired"]), "is older than the one the list was made of")
    unharmed("an old index")
    run = known([key], *mirror, to=os.path.join(work, "y.known"), more=["--expired"])
    ok("Debian: ... is taken where that is asked for", run.rc == 0, run)
    repos.debian_index(repo, gpg, clear=False, fields=["Date=Fri, 31 Dec 2100 00:00:00 UTC"])
    refused("Debian: an index of the future", known([key], *mirror, to=to), "which is yet to come")
    repos.debian_index(repo, gpg, clear=False)
    run = known([key], *mirror, to=to)
    ok("Debian: Release with a signature beside it", run.rc == 0, run)
    refused("Debian: a key that is none", known([f"{repo}/dists/test/Release"], *mirror, to=to), "neither an OpenPGP key nor")
    same("Debian: no key at all", assay("db", "known", "--learn", to, f"{repo}/dists").rc, 2)
    same("Debian: no list at all", assay("db", "known", "--key", key, f"{repo}/dists").rc, 2)


# ---- apk ----

def alpine_packages(root):
    """The packages of a root file system of Alpine, from its database and its files."""
    out, p, folder = [], None, ""
    for line in open(os.path.join(root, "lib/apk/db/installed"), encoding="utf-8"):
        key, _, value = line.rstrip("\n").partition(":")
        if key == "P":
            p = {"name": value, "files": {}, "data": set()}
            out.append(p)
        elif key == "V":
            p["version"] = value
        elif key == "F":
            folder = value
        elif key == "R":
            path = f"{folder}/{value}" if folder else value
            full = os.path.join(root, path)
            if os.path.isfile(full) and not os.path.islink(full):
                with open(full, "rb") as f:
                    p["files"][path] = f.read()
                if not os.access(full, os.X_OK):
                    p["data"].add(path)
    return out


def forge_apk(img, victim, old):
    import base64

    def q1(content):
        return b"Z:Q1" + base64.b64encode(hashlib.sha1(content).digest())

    def forge(changed):
        db = img.read("lib/apk/db/installed")
        img.put("lib/apk/db/installed", db.replace(q1(old), q1(changed)), 0o644)
        return lambda: img.put("lib/apk/db/installed", db, 0o644)
    return forge


def forget_apk(img, name):
    def forget():
        db = img.read("lib/apk/db/installed").split(b"\n\n")
        img.put("lib/apk/db/installed", b"\n\n".join(p for p in db if b"\nP:" + name not in b"\n" + p), 0o644)
    return forget


def made_alpine(work, packages):
    import base64
    root = os.path.join(work, "apk-root")
    db = ""
    repos.put(f"{root}/etc/os-release", 'ID=alpine\nVERSION_ID=3.20.3\n')
    repos.put(f"{root}/etc/apk/world", "tool\n")
    for p in packages:
        db += f"C:Q1{base64.b64encode(b'x' * 20).decode()}\nP:{p['name']}\nV:{p.get('version', '1.0-r0')}\nA:x86_64\n"
        for path, content in p["files"].items():
            repos.put(os.path.join(root, path), content, repos.mode_of(p, path))
            db += (f"F:{os.path.dirname(path)}\nR:{os.path.basename(path)}\na:0:0:{repos.mode_of(p, path):o}\n"
                   f"Z:Q1{base64.b64encode(hashlib.sha1(content).digest()).decode()}\n")
        db += "\n"
    repos.put(f"{root}/lib/apk/db/installed", db)
    return root


def alpine(work):
    if repos.missing("openssl"):
        skip("an apk image and its repository", "openssl is not installed")
        return
    key, other = repos.Rsa(work), repos.Rsa(work, "other@example.org-2.rsa.pub")
    packages = [dict(p, version="1.0-r0") for p in ALL]
    img = Image(made_alpine(work, packages))
    to, repo = os.path.join(work, "apk.known"), repos.alpine(os.path.join(work, "apk"), packages, key)
    run = known([key.pub], repo, to=to)
    ok("apk: a repository is taken", run.rc == 0 and "3 packages" in run.err, run)
    four_cases("apk", img, to, "bin/tool", forge_apk(img, "bin/tool", TOOL["files"]["bin/tool"]), forget_apk(img, b"more\n"))
    alpine_chain(work, key, other, packages, repo, to)
    rootfs = shared("data/images/alpine/alpine-minirootfs-3.20.3-x86_64.tar.gz")
    if not rootfs:
        skip("the root file system of Alpine", "no shared data")
        return
    root = os.path.join(work, "alpine")
    os.makedirs(root)
    repos.run("tar", "-xzf", rootfs, "-C", root)
    real = repos.alpine(os.path.join(work, "real"), alpine_packages(root), key, "sha256")
    run = known([key.pub], real, to=to)
    ok("Alpine 3.20.3: a repository of its packages is taken, its index signed over SHA-256", run.rc == 0, run)
    have, sums, run, report = scan([layer(root)], "--known", to)
    ok("Alpine 3.20.3: all executable bytes are signed", [h for h in have if not h[0].startswith("file.set")] == [] and sums["bytes"] > 1000000 and sums["signed"] == sums["bytes"], run)
    alpine_changes(Image(root), to)


def alpine_changes(img, to):
    """Done-when 4 on Alpine's own root file system, which has setuid programs beside."""
    def told(*more):
        return [h for h in scan([layer(img.root)], *more)[0] if not h[0].startswith("file.set")]

    victim = "sbin/apk"
    before = img.read(victim)
    changed = before[:-1] + bytes([before[-1] ^ 1])
    img.put(victim, changed)
    same("Alpine 3.20.3: one byte of one binary is changed: one finding", told(), [("file.changed", victim)])
    undo = forge_apk(img, victim, before)(changed)
    same("Alpine 3.20.3: ... together with the database: claimed", told(), [])
    same("Alpine 3.20.3: ... with the repository a finding", told("--known", to), [("file.changed", victim)])
    undo()
    img.put(victim, before)
    img.put("usr/bin/odd", program("odd"))
    same("Alpine 3.20.3: an executable that nothing owns: one finding", told("--known", to), [("file.unowned-program", "usr/bin/odd")])
    os.unlink(os.path.join(img.root, "usr/bin/odd"))
    forget_apk(img, b"apk-tools\n")()
    same("Alpine 3.20.3: a package's metadata deleted: its orphans are one finding", [h[0] for h in told("--known", to)], ["file.unowned-program"])


def alpine_chain(work, key, other, packages, repo, to):
    index, file = f"{repo}/x86_64/APKINDEX.tar.gz", f"{repo}/x86_64/tool-1.0-r0.apk"
    text, content = open(index, "rb").read(), open(file, "rb").read()
    refused("apk: signed by somebody else", known([other.pub], repo, to=to), "which is none of the keys given")
    os.makedirs(os.path.join(work, "as"))
    shutil.copy(other.pub, os.path.join(work, "as", key.name))
    refused("apk: another key of that name", known([os.path.join(work, "as", key.name)], repo, to=to), "the signature is not of this text")
    repos.put(index, repos.apk_index([], other))
    refused("apk: an index signed by somebody else", known([key.pub], repo, to=to), "which is none of the keys given")
    repos.put(index, repos.gz_tar([("APKINDEX", b"P:x\n", 0o644, None)]))
    refused("apk: an index without a signature", known([key.pub], repo, to=to), "it is")
    repos.put(index, text[:-9])
    refused("apk: an index cut short", known([key.pub], repo, to=to), "it is cut short")
    repos.put(index, text)
    other_file, _ = repos.apk(dict(packages[0], files={"bin/tool": b"other"}), other)
    repos.put(file, other_file)
    refused("apk: a package that is not the one listed", known([key.pub], repo, to=to), "is not the package of that name")
    # the control part of the right one before files of another
    first, control, data = cut_members(content)
    repos.put(file, first + control + cut_members(other_file)[2])
    refused("apk: the control part of one package before the files of another", known([key.pub], repo, to=to), "its files are not those that its control part states")
    os.unlink(file)
    repos.put(f"{repo}/x86_64/tool-1.0-r0.{hashlib.sha1(control).hexdigest()[:8]}.apk", other_file)
    refused("apk: ... under the name that apk's cache gives it", known([key.pub], repo, to=to), "is not the package of that name")


def cut_members(data):
    import zlib
    out = []
    while data:
        z = zlib.decompressobj(31)
        z.decompress(data)
        out.append(data[:len(data) - len(z.unused_data)])
        data = z.unused_data
    return out[0], out[1], b"".join(out[2:])


# ---- rpm ----

def rpm(work, gpg, other):
    lost = repos.missing("rpm", "rpmbuild", "rpmsign", "createrepo_c", "gpg", "gpgv")
    if lost:
        skip("an rpm image and its repository", "not installed: " + " ".join(lost))
        return
    folder = os.path.join(work, "rpm")
    os.makedirs(folder)
    files = [repos.rpm(folder, p) for p in ALL]
    img = Image(repos.rpm_root(os.path.join(work, "rpm-image"), ALL, files))
    key, to = gpg.ring(f"{work}/rpm.asc", armour=True), os.path.join(work, "rpm.known")
    repo = repos.rpm_repository(folder, gpg)
    run = known([key], repo, to=to)
    ok("rpm: a repository is taken", run.rc == 0 and "3 packages" in run.err and "1 signed" in run.err, run)
    have, sums, run, _ = scan([layer(img.root)], "--known", to)
    ok("rpm: all executable bytes are signed", have == [] and sums["bytes"] > 0 and sums["signed"] == sums["bytes"], run)
    wide = os.path.join(work, "wide.known")
    run = known([key], repos.rpm_repository(folder, gpg, "sha512"), to=wide)
    ok("rpm: indexes may state SHA-512", run.rc == 0 and "3 packages" in run.err, run)
    repos.rpm_repository(folder, gpg)
    rpm_cases(work, img, to, files)
    rpm_chain(work, gpg, other, key, repo, files, to)


def rpm_cases(work, img, to, files):
    changed = TOOL["files"]["bin/tool"][:-1] + b"!"
    img.put("bin/tool", changed)
    for more in ((), ("--known", to)):
        have, _, run, _ = scan([layer(img.root)], *more)
        same("rpm: one byte of one binary is changed: one finding", have, [("file.changed", "bin/tool")])
    forged = os.path.join(work, "forged")
    os.makedirs(forged)
    again = [repos.rpm(forged, dict(TOOL, files=dict(TOOL["files"], **{"bin/tool": changed}))), *files[1:]]
    fake = Image(repos.rpm_root(os.path.join(work, "rpm-fake"), [dict(TOOL, files=dict(TOOL["files"], **{"bin/tool": changed})), LIB, MORE], again))
    have, sums, run, _ = scan([layer(fake.root)])
    same("rpm: changed together with its header in the database: claimed", (have, sums["claimed"]), ([], sums["bytes"]))
    have, sums, run, report = scan([layer(fake.root)], "--known", to)
    same("rpm: ... with the repository a finding", have, [("file.changed", "bin/tool")])
    img.put("bin/tool", TOOL["files"]["bin/tool"])
    img.put("usr/bin/odd", program("odd"))
    have, _, run, _ = scan([layer(img.root)], "--known", to)
    same("rpm: an executable that nothing owns: one finding", have, [("file.unowned-program", "usr/bin/odd")])
    os.unlink(os.path.join(img.root, "usr/bin/odd"))
    repos.run("rpm", "--dbpath", f"{img.root}/var/lib/rpm", "-e", "--justdb", "--nodeps", "more")
    have, _, run, report = scan([layer(img.root)], "--known", to)
    same("rpm: a package's metadata deleted: its orphans are one finding", [h[0] for h in have], ["file.unowned-program"])


def rpm_chain(work, gpg, other, key, repo, files, to):
    repos.rpm_sign(gpg, files)
    refused("rpm: packages that are not those listed", known([key], repo, to=to), "is not the package of that name")
    signed = os.path.join(work, "signed")
    os.makedirs(signed)
    for f in files:
        shutil.copy(f, signed)
    run = known([key], signed, to=os.path.join(work, "h.known"))
    ok("rpm: headers that are signed need no index", run.rc == 0 and "3 packages" in run.err and "0 signed indexes" in run.err, run)
    same("rpm: ... and give the same files", sorted(l for l in open(os.path.join(work, "h.known")) if l[0] != "#"), sorted(l for l in open(to) if l[0] != "#"))
    refused("rpm: headers signed by somebody else", known([other.ring(f"{work}/o.gpg")], signed, to=to), "no signed index is there")
    victim = os.path.join(signed, os.path.basename(files[0]))
    content = open(victim, "rb").read()
    repos.put(victim, content.replace(hashlib.sha256(TOOL["files"]["bin/tool"]).hexdigest().encode(), b"0" * 64, 1))
    refused("rpm: a header that was changed", known([key], signed, to=to), "the signature is not of this text")
    repos.rpm_repository(repo, other)
    refused("rpm: an index signed by somebody else", known([key], repo, to=to), "none of the keys given has signed it")


def main():
    if not os.path.exists(ASSAY):
        skip("signed repositories", "there is no program")
        return 0
    if repos.missing("gpg", "gpgv"):
        skip("signed repositories", "no gpg or gpgv")
        return 0
    # short, for the sockets of gpg's agent
    work = tempfile.mkdtemp(prefix="assay-", dir="/tmp")
    gpg, other = repos.Gpg(f"{work}/g"), repos.Gpg(f"{work}/o")
    try:
        debian(work, gpg, other)
        alpine(work)
        rpm(work, gpg, other)
    finally:
        gpg.end()
        other.end()
        shutil.rmtree(work, ignore_errors=True)
    return done()


sys.exit(main())
