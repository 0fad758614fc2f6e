#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""system - images whose packages are hard to see, or that say little or too much of themselves: each
shows its finding, or names what was not seen.  None looks clean."""
import json
import os
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, HardLink, Link, Opaque, Whiteout, member, tar_of  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, skip  # noqa: E402

SUITES = ("bookworm", "trixie", "sid")
TRACKER = {
    "openssl": {"CVE-2024-0001": {"releases": {r: {
        "status": "resolved", "repositories": {r: "3.0.11-1"}, "fixed_version": "3.0.12-1", "urgency": "high"}
        for r in SUITES}}},
    "other": {"CVE-2024-0002": {"releases": {r: {"status": "open", "repositories": {r: "1-1"}, "urgency": "low"}
                                             for r in SUITES}}},
}
SECDB = {"distroversion": "v3.20", "reponame": "main", "archs": ["x86_64"], "packages": [
    {"pkg": {"name": "openssl", "secfixes": {"3.3.1-r0": ["CVE-2024-0001"]}}}]}
EDGE = dict(SECDB, distroversion="edge")
DEBIAN, ALPINE = image.OS_RELEASE["debian:12"], image.OS_RELEASE["alpine:3.20"]
FOUND = "CVE-2024-0001"


def dpkg(name="openssl", version="3.0.9-1", status="install ok installed"):
    return (f"Package: {name}\nStatus: {status}\nArchitecture: amd64\nVersion: {version}\nMaintainer: x\n"
            "Description: t\n\n")


STATUS = dpkg()
APK = ("C:Q1xx=\nP:musl\nV:1.2.4-r0\nA:x86_64\no:musl\n\nC:Q1yy=\nP:libcrypto3\nV:3.3.0-r0\nA:x86_64\no:openssl\n\n")
SUMS = File("var/lib/dpkg/info/openssl:amd64.md5sums", "d41d8cd98f00b204e9800998ecf8427e  usr/bin/openssl\n")
ROW = "openssl-libs\t1.1.1k-1.el8\t1\t1\t{}\t(none)\t1\tx86_64\t1\topenssl-1.1.1k-1.el8.src.rpm\n"


def system(*entries, release=DEBIAN):
    return [Dir("etc"), File("etc/os-release", release), *entries]


def status(text=STATUS, **how):
    return system(File("var/lib/dpkg/status", text), **how)


def release(text, *more):
    return system(File("var/lib/dpkg/status", STATUS), *more, release=text)



def go_program(magic=b"\x7fELF"):
    """Build info of Go 1.18 and later (debug/buildinfo): two strings, each behind its length as a varint."""
    modules = b"0" * 16 + b"path\tx\nmod\tx\tv1.0.0\t\n" + b"0" * 16
    return magic.ljust(512, b"\0") + b"\xff Go buildinf:\x08\x02".ljust(32, b"\0") + b"\x08go1.20.1" + bytes([len(modules)]) + modules


# name, layers, is the CVE found, codes of incomplete rows
DATABASES = [
    ("a status file", [status()], True, []),
    ("with CRLF", [status(STATUS.replace("\n", "\r\n"))], True, []),
    ("without its last newline", [status(STATUS.rstrip("\n"))], True, []),
    ("in other capitals", [status(STATUS.replace("Package:", "PACKAGE:").replace("Version:", "version:"))], True, []),
    ("with a byte order mark", [status("\ufeff" + STATUS)], False, ["db.broken", "packages.none"]),
    ("with a NUL in a name", [status(STATUS.replace("openssl", "open\0ssl"))], False, ["db.broken", "packages.none"]),
    ("of binary rubble", [status("\x01\x02" * 99)], False, ["db.broken", "packages.none"]),
    ("a package that is unpacked", [status(dpkg(status="install ok unpacked"))], True, []),
    ("a package that is half configured", [status(dpkg(status="install ok half-configured"))], True, []),
    ("a package that is half installed", [status(dpkg(status="install ok half-installed"))], False,
     ["db.broken", "packages.none"]),
    ("a package that was removed", [status(dpkg("zlib1g", "1") + dpkg(status="deinstall ok config-files"))], False, []),
    ("a package without status", [status(STATUS.replace("Status: install ok installed\n", ""))], False,
     ["db.broken", "packages.none"]),
    ("a package of another architecture", [status(STATUS.replace("amd64", "i386"))], True, []),
    ("a link to the folder", [system(Dir("opt"), Dir("opt/dpkg"), File("opt/dpkg/status", STATUS),
                                     Link("var/lib/dpkg", "/opt/dpkg"))], True, []),
    ("a link to a folder that is not stated", [system(File("opt/dpkg/status", STATUS),
                                                      Link("var/lib/dpkg", "/opt/dpkg"))], True, []),
    ("a link above, the file in another layer", [system(Link("var", "mnt/v")),
                                                 [File("mnt/v/lib/dpkg/status", STATUS)]], True, []),
    ("a link that is the file", [system(File("var/lib/dpkg/real", STATUS), Link("var/lib/dpkg/status", "real"))],
     True, []),
    ("a hard link", [system(File("a", STATUS), HardLink("var/lib/dpkg/status", "a"))], True, []),
    ("a hard link to a hard link", [system(File("a", STATUS), HardLink("b", "a"), HardLink("var/lib/dpkg/status", "b"))],
     True, []),
    ("a hard link whose other name is removed above", [system(File("a", STATUS), HardLink("var/lib/dpkg/status", "a")),
                                                       [Whiteout("a")]], True, []),
    ("a hard link whose other name is emptied above", [system(File("a", STATUS), HardLink("var/lib/dpkg/status", "a")),
                                                       [File("a", "")]], True, []),
    ("a hard link into a lower layer", [system(File("a", STATUS)), [HardLink("var/lib/dpkg/status", "a")]], False,
     ["look.missing", "packages.none"]),
    ("status.d", [system(File("var/lib/dpkg/status.d/openssl", STATUS))], True, []),
    ("status.d with lists of files", [system(File("var/lib/dpkg/status.d/openssl", STATUS),
                                             File("var/lib/dpkg/status.d/openssl.md5sums", b"x"))], True, []),
    ("status.d behind a link, not stated", [system(File("opt/dpkg/status.d/openssl", STATUS),
                                                   Link("var/lib/dpkg", "/opt/dpkg"))], True, []),
    ("status.d behind a link, removed above", [system(File("opt/dpkg/status.d/openssl", STATUS),
                                                      File("opt/dpkg/status.d/zlib1g", dpkg("zlib1g", "1")),
                                                      Link("var/lib/dpkg", "/opt/dpkg")),
                                               [Whiteout("opt/dpkg/status.d/openssl")]], False, []),
    ("status.d with a link", [system(File("var/lib/dpkg/status.d/zlib1g", dpkg("zlib1g", "1")), File("a", STATUS),
                                     Link("var/lib/dpkg/status.d/openssl", "/a"))], False, ["db.unsupported"]),
    ("status.d with a hard link", [system(File("var/lib/dpkg/status.d/zlib1g", dpkg("zlib1g", "1")), File("a", STATUS),
                                          HardLink("var/lib/dpkg/status.d/openssl", "a"))], False, ["file.linked"]),
    ("replaced by a folder above", [status(), [Dir("var/lib/dpkg/status")]], False, ["packages.none"]),
    ("replaced by a device above", [status(), [(member("var/lib/dpkg/status", tarfile.CHRTYPE), b"")]], False,
     ["packages.none"]),
    ("removed above", [status(), [Whiteout("var/lib/dpkg/status")]], False, ["packages.none"]),
    ("in an opaque folder above", [status(), [Dir("var/lib/dpkg"), Opaque("var/lib/dpkg")]], False, ["packages.none"]),
    ("emptied above", [status(), [File("var/lib/dpkg/status", "")]], False, ["packages.none"]),
    ("only the old one", [system(File("var/lib/dpkg/status-old", STATUS))], False, ["packages.none"]),
    ("cut above, lists of files left", [status()[:] + [SUMS], [File("var/lib/dpkg/status", dpkg("zlib1g", "1"))]],
     False, ["packages.unlisted"]),
    ("lists of files of what is installed", [status() + [SUMS]], True, []),
    ("lists of files removed too", [status() + [SUMS], [File("var/lib/dpkg/status", dpkg("zlib1g", "1")),
                                                       Whiteout("var/lib/dpkg/info/openssl:amd64.md5sums")]], False, []),
    ("apk", [system(File("lib/apk/db/installed", APK), release=ALPINE)], True, []),
    ("apk below usr", [system(File("usr/lib/apk/db/installed", APK), release=ALPINE)], True, []),
    ("apk below usr with the link", [system(Link("lib", "usr/lib"), File("usr/lib/apk/db/installed", APK),
                                            release=ALPINE)], True, []),
    ("apk behind a link", [system(Link("lib/apk", "/srv/apk"), File("srv/apk/db/installed", APK), release=ALPINE)],
     True, []),
    ("apk that is a link below var", [system(Link("var/lib/apk/db/installed", "/x"), File("x", APK), release=ALPINE)],
     True, []),
    ("apk with CRLF", [system(File("lib/apk/db/installed", APK.replace("\n", "\r\n")), release=ALPINE)], True, []),
    ("apk without its last newline", [system(File("lib/apk/db/installed", APK.rstrip("\n")), release=ALPINE)], True, []),
    ("apk with a line that is none", [system(File("lib/apk/db/installed", APK.replace("A:", "foo\nA:")),
                                             release=ALPINE)], True, ["db.broken"]),
    ("dpkg in Alpine", [status(release=ALPINE)], False, ["packages.other-type"]),
    ("apk in Debian", [status() + [File("lib/apk/db/installed", APK)]], True, ["packages.other-type"]),
]
RELEASES = [
    ("the release in usr/lib", [[File("usr/lib/os-release", DEBIAN), File("var/lib/dpkg/status", STATUS)]], True, []),
    ("a link to nothing", [[Link("etc/os-release", "../usr/lib/os-release"), File("var/lib/dpkg/status", STATUS)]],
     False, ["os.unknown"]),
    ("a link to nothing, and debian_version", [[Link("etc/os-release", "../usr/lib/os-release"),
                                                File("etc/debian_version", "12.5\n"),
                                                File("var/lib/dpkg/status", STATUS)]], True, []),
    ("a link to a file of another name", [[Link("etc/os-release", "/opt/release"), File("opt/release", DEBIAN),
                                           File("var/lib/dpkg/status", STATUS)]], True, []),
    ("with CRLF", [release(DEBIAN.replace("\n", "\r\n"))], True, []),
    ("a release that is missing", [[File("var/lib/dpkg/status", STATUS)]], False, ["os.unknown"]),
    ("a release without ID, and debian_version", [release("NAME=Foo\nID_LIKE=debian\n",
                                                          File("etc/debian_version", "12.5\n"))], True, ["os.guessed"]),
    ("two releases that name two distributions", [release(DEBIAN, File("usr/lib/os-release",
                                                                       "ID=ubuntu\nVERSION_ID=22.04\n"))], True,
     ["os.conflict"]),
    ("two releases of two numbers", [release(DEBIAN, File("usr/lib/os-release", "ID=debian\nVERSION_ID=13\n"))], True,
     ["os.conflict"]),
    ("a debian_version of another number", [release(DEBIAN, File("etc/debian_version", "11.9\n"))], True,
     ["os.conflict"]),
    ("openEuler, whose ID has a capital", [system(File("var/lib/rpmmanifest/container-manifest-2", ROW.format("X")),
                                                  release='ID="openEuler"\nVERSION_ID="22.03"\n'
                                                          'VERSION="22.03 (LTS-SP3)"\n')], False,
     ["advisories.missing"]),
    ("a debian_version with its point", [release(DEBIAN, File("etc/debian_version", "12.5\n"))], True, []),
    ("a derivative", [release("ID=kali\nID_LIKE=debian\nVERSION_ID=12\n", File("etc/debian_version", "12.5\n"))],
     False, ["advisories.unknown-distribution"]),
    ("a point release", [release("ID=debian\nVERSION_ID=12.5\n")], True, []),
    ("in single quotes", [release("ID='debian'\nVERSION_ID='12'\n")], True, []),
    ("in capitals", [release("ID=Debian\nVERSION_ID=12\n")], True, []),
    ("testing or unstable", [release('PRETTY_NAME="Debian GNU/Linux trixie/sid"\nVERSION_CODENAME=trixie\nID=debian\n',
                                     File("etc/debian_version", "trixie/sid\n"))], True, []),
    ("testing or unstable of a release without data",
     [release('PRETTY_NAME="Debian GNU/Linux forky/sid"\nVERSION_CODENAME=forky\nID=debian\n')], True, []),
    ("a release to come", [release("ID=debian\nVERSION_ID=17\n")], False, ["advisories.missing"]),
    ("a release that is no number", [release("ID=debian\nVERSION_ID=abc\n")], False, ["advisories.unknown-release"]),
    ("a release with a zero before", [release("ID=debian\nVERSION_ID=012\n")], False, ["advisories.missing"]),
    ("Alpine edge", [system(File("lib/apk/db/installed", APK), release='ID=alpine\nVERSION_ID=3.21_alpha20240923\n')],
     True, []),
    ("Alpine edge, by its name", [system(File("lib/apk/db/installed", APK), release='ID=alpine\nVERSION_ID=3.21.0\n'
                                         'PRETTY_NAME="Alpine Linux edge"\n')], True, []),
    ("Alpine between releases", [system(File("lib/apk/db/installed", APK),
                                        release='ID=alpine\nVERSION_ID=3.21.0_git20240923\n')], True, []),
    ("no system, no program", [[File("data", "x")]], False, []),
    ("a file of a system, whose folder nobody states", [[File("usr/lib/libc.so.6", "x")]], False, ["packages.none"]),
    ("a file of a system that was removed", [[File("usr/lib/libc.so.6", "x")], [Whiteout("usr/lib/libc.so.6")]], False, []),
    ("layers of Windows", [[File("Files/Windows/System32/ntoskrnl.exe", b"MZ"), File("Hives/Software_Delta", b"regf")]], False,
     ["packages.none"]),
    ("no system, one program", [[File("app", b"\x7fELF", mode=0o755)]], False, ["packages.programs"]),
    ("no system, files of a package that may be run", [[File("app/node_modules/x/package.json", '{"name": "x", "version": "1.0.0"}'),
                                                        File("app/node_modules/x/bin/run", "#!/usr/bin/env node\n", mode=0o755)]], False,
     ["advisories.missing"]),
    ("no system, text that may be run", [[File("app/README.md", "x", mode=0o755), File("app/LICENSE", "x", mode=0o755),
                                          File("app/start.mjs", "x", mode=0o755)]], False, []),
    ("no system, a program beside a package", [[File("app/node_modules/x/package.json", '{"name": "x", "version": "1.0.0"}'),
                                                File("app/run", b"\x7fELF", mode=0o755)]], False,
     ["advisories.missing", "packages.programs"]),
    ("no system, a program that says what it is made of", [[File("app/run", go_program(), mode=0o755)]], False,
     ["advisories.missing"]),
    ("no system, a program for Windows that says what it is made of", [[File("app/run.exe", go_program(b"MZ"), mode=0o755)]], False,
     ["advisories.missing"]),
    ("no system, a program for macOS that says what it is made of", [[File("app/run", go_program(b"\xcf\xfa\xed\xfe"), mode=0o755)]], False,
     ["advisories.missing"]),
    ("no system, a program that was removed", [[File("app", b"\x7fELF", mode=0o755)], [Whiteout("app")]], False, []),
    ("no file at all", [[]], False, []),
    ("only packages of languages", [[File("app/node_modules/x/package.json", '{"name": "x", "version": "1.0.0"}')]], False,
     ["advisories.missing"]),
    ("files of a system, nothing else", [[Dir("usr"), Dir("usr/bin")]], False, ["packages.none"]),
]
RELEASES += [(f"{name} {version} without its feed", [system(
    File("var/lib/rpmmanifest/container-manifest-2", ROW.format("X")), release=f"ID={name}\nVERSION_ID={version}\n")],
    False, [f"advisories.{code}"]) for name, version, code in (
        ("centos", "7", "missing"), ("rocky", "9.3", "missing"), ("ol", "8.9", "missing"), ("amzn", "2", "missing"),
        ("amzn", "2018.03", "missing"), ("sles", "15.5", "missing"), ("opensuse-leap", "15.6", "missing"),
        ("photon", "5.0", "missing"), ("mariner", "2.0.20240301", "missing"), ("fedora", "40", "missing"),
        ("rhel", "9.4", "missing"), ("eurolinux", "9.4", "unknown-distribution"),
        ("sle-micro", "5.5", "missing"))]

# name, layers, words, exit status, codes of rows that are incomplete or skipped
CHOICES = [
    ("a folder that is left out", [status()], ["--skip-dirs", "/var"], 3, ["packages.none", "packages.skipped"]),
    ("a file that is left out", [status()], ["--skip-files", "var/lib/dpkg/status"], 3,
     ["packages.none", "packages.skipped"]),
    ("one of two that is left out", [status() + [File("var/lib/dpkg/status.d/z", dpkg("zlib1g", "1"))]],
     ["--skip-files", "**/status"], 0, ["packages.skipped"]),
    ("lists of files that are left out alone", [status() + [SUMS]], ["--skip-dirs", "/usr"], 1, []),
    ("only packages of languages are wanted", [status()], ["--pkg-types", "library"], 0, ["packages.os"]),
    ("no packages of languages are wanted", [[File("app", b"\x7fELF", mode=0o755)]], ["--pkg-types", "os"], 0, []),
]


def scan(layers, *words):
    image.docker_archive("image.tar", [tar_of(l) for l in layers])
    return assay("scan", "image.tar", "--db", "db", "-f", "json", "--no-cache", "--checks", "vuln", *words)


def codes(doc, *states):
    return sorted({c["code"] for c in doc["coverage"] if c["check"] == "vulnerability" and c["status"] in states})


def judged(name, layers, is_found, incomplete):
    got = scan(layers, "--fail-on", "low")
    doc = got.json() if got.rc in (0, 1, 3) and got.out else {"findings": [], "coverage": []}
    seen = (FOUND in {f["id"] for f in doc["findings"]}, codes(doc, "incomplete"))
    want = 1 if is_found else 3 if incomplete else 0
    ok(name, got.rc == want and seen == (is_found, sorted(incomplete)), f"want exit {want}\nsaw {seen}\n{got}")


def main():
    if not os.path.exists(ASSAY):
        skip("images", "there is no program yet")
        return 0
    os.chdir(TMP)
    for name, text in (("tracker.json", TRACKER), ("main.json", SECDB), ("edge.json", EDGE)):
        image.write(name, json.dumps(text).encode())
    made = assay("db", "import", "--db", "db", "tracker.json", "main.json", "edge.json")
    if not ok("advisories are imported", made.rc == 0, made):
        return done()
    for row in DATABASES:
        judged("database: " + row[0], *row[1:])
    for row in RELEASES:
        judged("release: " + row[0], *row[1:])
    for name, layers, words, status_wanted, rows in CHOICES:
        got = scan(layers, "--fail-on", "low", *words)
        doc = got.json()
        ok("choice: " + name, got.rc == status_wanted and codes(doc, "incomplete", "skipped") == rows,
           f"want exit {status_wanted}\n{got}")
    got = scan([status()], "--skip-files", "var/lib/dpkg/status")
    left_out = [c["detail"] for c in got.json()["coverage"] if c["code"] == "packages.skipped"]
    ok("a file that is left out is counted once", len(left_out) == 1 and left_out[0].startswith("1 files "), got)
    for system in ("windows", "freebsd"):
        image.docker_archive("other.tar", [tar_of([File("Files/app.exe", b"MZ")])], os=system)
        got = assay("scan", "docker-archive:other.tar", "--db", "db", "-f", "json", "--fail-on", "low", "--db-max-age", "0",
                    "--checks", "vuln")
        ok(f"an image of {system} is not read", got.rc == 3 and codes(got.json(), "incomplete") == ["os.unsupported"], got)
    return done()


sys.exit(main())
