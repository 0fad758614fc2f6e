#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pkgdb - package databases of ../shared/data/vectors/pkgdb that no unit test reads, laid out as root file systems and scanned:
the packages are those that a reader in this test finds, and what is not read is said."""
import glob
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

# those whose stanzas lie in a file of their own
STATUS = ["claircore/dpkg/testdata/debian-only.status", "claircore/dpkg/testdata/postgresql.status", "claircore/dpkg/testdata/vcpkg.status",
          "scalibr/dpkg/testdata/dpkg/valid", "scalibr/dpkg/testdata/dpkg/transitional", "scalibr/dpkg/testdata/dpkg/transitional_empty",
          "scalibr/dpkg/testdata/dpkg/trailingnewlines"]
TREES = ["syft/debian/testdata/image-distroless-deb", "grype-match-coverage/image-alpine-match-coverage"]
OPKG = ["scalibr/dpkg/testdata/opkg/single", "scalibr/dpkg/testdata/opkg/noversion", "scalibr/dpkg/testdata/opkg/trailingnewlines",
        "scalibr/dpkg/testdata/opkg/empty", "syft/debian/testdata/var/lib/opkg/status"]


def stanzas(text):
    """(name, version) of what is installed."""
    out = []
    for block in re.split(r"\n\s*\n", text):
        fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", block, re.M))
        if "Package" in fields and re.fullmatch(r"(\d+:)?\d[\w.+~:-]*", fields.get("Version", "")) and ("Status" not in fields or fields["Status"].split()[-1:] == ["installed"]):
            out.append((fields["Package"], fields["Version"]))
    return sorted(out)


def apk(text):
    return sorted((re.search("^P:(.*)$", b, re.M).group(1), re.search("^V:(.*)$", b, re.M).group(1)) for b in text.split("\n\n") if "P:" in b)


def pacman(root):
    """(name, version) of each record of pacman that has both."""
    out = []
    for path in glob.glob(root + "/var/lib/pacman/local/*/desc"):
        with open(path, encoding="utf-8") as f:
            fields = dict(re.findall(r"^%(\w+)%\n(.+)$", f.read(), re.M))
        if "NAME" in fields and "VERSION" in fields:
            out.append((fields["NAME"], fields["VERSION"]))
    return sorted(out)


def members(path):
    """Files of Go's txtar: "-- NAME --" before each."""
    with open(path, encoding="utf-8") as f:
        parts = re.split(r"^-- (.*) --\n", f.read(), flags=re.M)
    return {name: text for name, text in zip(parts[1::2], parts[2::2])}


def write(root, name, text):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def scan(root):
    if not os.path.exists(root + "/etc/os-release"):
        write(root, "etc/os-release", "ID=debian\nVERSION_ID=12\n")
    return assay("scan", "dir:" + root, "-f", "json", "--checks", "vuln", "--db", os.path.join(TMP, "none")).json()


def packages(doc, kind):
    return sorted((p["name"], p["version"]) for p in doc["packages"] if p["purl"].startswith(f"pkg:{kind}/"))


def main():
    base = shared("data/vectors/pkgdb")
    if not base:
        skip("package databases of the vectors", "no ../shared here")
        return done()
    n = 0
    for name in STATUS:
        root, n = os.path.join(TMP, f"r{n}"), n + 1
        with open(os.path.join(base, name), encoding="utf-8") as f:
            text = f.read()
        write(root, "var/lib/dpkg/status", text)
        same(name, packages(scan(root), "deb"), stanzas(text))
    for path in sorted(glob.glob(base + "/trivy/pkg/dpkg/testdata/*.txtar")):
        root, n, files = os.path.join(TMP, f"r{n}"), n + 1, members(path)
        want = []
        for name, text in files.items():
            write(root, name, text)
            if name.endswith("dpkg/status") or "/status.d/" in name and not name.endswith(".md5sums"):
                want += stanzas(text)
        have = packages(scan(root), "deb")
        same(os.path.basename(path), have, sorted(set(want)))
    for name in TREES:
        root, n = os.path.join(TMP, f"r{n}"), n + 1
        shutil.copytree(os.path.join(base, name), root)
        doc, want = scan(root), []
        for path in glob.glob(root + "/var/lib/dpkg/status.d/*"):
            if "." not in os.path.basename(path):
                with open(path, encoding="utf-8") as f:
                    want += stanzas(f.read())
        same(name, packages(doc, "deb"), sorted(want))
        if os.path.exists(root + "/lib/apk/db/installed"):
            with open(root + "/lib/apk/db/installed", encoding="utf-8") as f:
                same(name + ": apk", packages(doc, "apk"), apk(f.read()))
    root = os.path.join(TMP, "pacman")
    shutil.copytree(os.path.join(base, "syft/arch/testdata/installed"), root)
    doc = scan(root)
    same("syft/arch/testdata/installed", packages(doc, "alpm"), pacman(root))
    ok("a record of pacman that is corrupt is said", [c for c in doc["coverage"] if c["code"] == "db.broken" and "corrupt-0.2.1-3" in (c["path"] or "")])
    for name in OPKG:
        root, n = os.path.join(TMP, f"r{n}"), n + 1
        with open(os.path.join(base, name), encoding="utf-8") as f:
            text = f.read()
        write(root, "usr/lib/opkg/status", text)
        doc = scan(root)
        same(name, packages(doc, "opkg"), stanzas(text))
        ok(name + ": a package that is installed without a version is broken, and nothing else",
           bool([c for c in doc["coverage"] if c["code"] == "db.broken"]) == name.endswith("noversion"))
    root = os.path.join(TMP, "portage")
    shutil.copytree(os.path.join(base, "grype-match-coverage/image-portage-match-coverage"), root)
    same("Portage", packages(scan(root), "ebuild"), [("app-containers/skopeo", "1.5.1")])
    root = os.path.join(TMP, "slackware")
    write(root, "var/lib/pkgtools/packages/a", "x")
    rows = [c for c in scan(root)["coverage"] if c["status"] == "incomplete" and "Slackware" in c["detail"]]
    ok("what is not read is said", rows)
    return done()


sys.exit(main())
