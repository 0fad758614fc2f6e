#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ecosystems - every ecosystem of the OSV schema, by a record and a bill of materials written for this test:
what assay reads is judged, and what it does not read is told when it is imported."""
import json
import os
import shutil
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import ASSAY, TMP, assay, done, ok, same, skip  # noqa: E402

# ecosystem, purl of a package older than the fix (2.0-1), system of the document
SYSTEMS = [
    ("Debian:12", "pkg:deb/debian/a@1.0-1?distro=debian-12", ("debian", "12")),
    ("Debian:12", "pkg:deb/debian/a@1.0-1?distro=bookworm", None),
    ("Debian:sid", "pkg:deb/debian/a@1.0-1?distro=debian-sid", ("debian", "sid")),
    ("Debian:sid", "pkg:deb/debian/a@1.0-1?distro=sid", None),
    ("Alpine:v3.19", "pkg:apk/alpine/a@1.0-r1?distro=alpine-3.19.1", None),
    ("Ubuntu:22.04:LTS", "pkg:deb/ubuntu/a@1.0-1?distro=jammy", None),
    ("Ubuntu:24.10", "pkg:deb/ubuntu/a@1.0-1?distro=ubuntu-24.10", ("ubuntu", "24.10")),
    ("Red Hat:enterprise_linux:9::appstream", "pkg:rpm/redhat/a@1.0-1.el9?distro=rhel-9.3", ("rhel", "9.3")),
    ("Rocky Linux:9", "pkg:rpm/rocky/a@1.0-1.el9?distro=rocky-9.3", ("rocky", "9.3")),
    ("openSUSE:Leap 15.6", "pkg:rpm/opensuse/a@1.0-1?distro=opensuse-leap-15.6", None),
    ("openSUSE:Tumbleweed", "pkg:rpm/opensuse/a@1.0-1?distro=opensuse-tumbleweed-20240101", None),
    ("openSUSE:Leap Micro 5.5", "pkg:rpm/opensuse/a@1.0-1?distro=opensuse-leap-micro-5.5", None),
    ("SUSE:Linux Enterprise Server 15 SP5", "pkg:rpm/suse/a@1.0-1?distro=sles-15.5", None),
    ("SUSE:Linux Enterprise Micro 5.5", "pkg:rpm/suse/a@1.0-1?distro=sle-micro-5.5", ("sle-micro", "5.5")),
    ("SUSE:Linux Micro 6.0", "pkg:rpm/suse/a@1.0-1?distro=sl-micro-6.0", ("sl-micro", "6.0")),
    ("AlmaLinux:9", "pkg:rpm/almalinux/a@1.0-1.el9?distro=almalinux-9.3", ("almalinux", "9.3")),
    ("Wolfi", "pkg:apk/wolfi/a@1.0-r1?distro=wolfi-20230201", ("wolfi", "20230201")),
    ("Chainguard", "pkg:apk/chainguard/a@1.0-r1?distro=chainguard-20230214", None),
    ("MinimOS", "pkg:apk/minimos/a@1.0-r1?distro=minimos-20240101", ("minimos", "20240101")),
    ("Mageia:9", "pkg:rpm/mageia/a@1.0-1.mga9?distro=mageia-9", ("mageia", "9")),
    ("Photon OS:5.0", "pkg:rpm/photon/a@1.0-1.ph5?distro=photon-5.0", ("photon", "5.0")),
    ("Azure Linux:3", "pkg:rpm/azurelinux/a@1.0-1.azl3?distro=azurelinux-3.0", ("azurelinux", "3.0")),
    ("Alpaquita:stream", "pkg:apk/alpaquita/a@1.0-r1?distro=alpaquita-stream", ("alpaquita", "stream")),
    ("Echo", "pkg:deb/echo/a@1.0-1?distro=echo-1", ("echo", "1")),
]
# ecosystem, name in the record, purl of a version before 2.0
LANGUAGES = [
    ("Bioconductor", "a", "pkg:bioconductor/a@1.0"), ("Bitnami", "a", "pkg:bitnami/a@1.0-3"), ("ConanCenter", "a", "pkg:conan/a@1.0"),
    ("CRAN", "a", "pkg:cran/a@1.0"), ("crates.io", "a_b", "pkg:cargo/a-b@1.0.0"), ("GHC", "a", "pkg:ghc/a@1.0"),
    ("GitHub Actions", "own/act", "pkg:githubactions/own/act@1.0"), ("Go", "example.org/a", "pkg:golang/example.org/a@v1.0.0"),
    ("Go", "example.org/a", "pkg:golang/example.org/a@v1.0.0%2Bincompatible"), ("Hackage", "a", "pkg:hackage/a@1.0"), ("Hex", "a", "pkg:hex/a@1.0"),
    ("Julia", "A", "pkg:julia/A@1.0?uuid=7876af07-990d-54b4-ab0e-23690620f79a"), ("Kubernetes", "k8s.io/a", "pkg:k8s/k8s.io%2Fa@1.0"),
    ("Maven", "g:a", "pkg:maven/g/a@1.0"), ("Maven:https://repo.example.org", "g:a", "pkg:maven/g/a@1.0"), ("npm", "@s/a", "pkg:npm/%40s/a@1.0.0"),
    ("NuGet", "A.B", "pkg:nuget/a.b@1.0"), ("opam", "a", "pkg:opam/a@1.0"), ("Packagist", "v/a", "pkg:composer/v/a@1.0"),
    ("Packagist:https://packages.drupal.org/8", "drupal/a", "pkg:composer/drupal/a@1.0"), ("Pub", "a", "pkg:pub/a@1.0"), ("PyPI", "A.b", "pkg:pypi/a-b@1.0"),
    ("RubyGems", "a", "pkg:gem/a@1.0?platform=x86_64-linux"), ("SwiftURL", "https://github.com/o/a.git", "pkg:swift/github.com/o/a@1.0.0"),
    ("VSCode", "pub.a", "pkg:vscode-extension/pub/a@1.0.0"),
]
UNREAD = ["Android", "BellSoft Hardened Containers:23", "CleanStart", "Docker Hardened Images", "FreeBSD:ports", "Linux", "OSS-Fuzz", "Root:npm", "TuxCare:7"]


def record(ecosystem, name, fixed, **more):
    return dict({"schema_version": "1.7.5", "id": "X-1", "modified": "2024-05-01T00:00:00Z", "aliases": ["CVE-2024-1111"], "affected": [{
        "package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}, **more)


def load(n, *records):
    path, db = os.path.join(TMP, f"{n}.zip"), os.path.join(TMP, f"db{n}")
    with zipfile.ZipFile(path, "w") as z:
        for i, r in enumerate(records):
            z.writestr(f"{i}.json", json.dumps(r))
    return db, assay("db", "import", path, "--db", db)


def scan(n, db, purl, system):
    rows = [{"type": "operating-system", "name": system[0], "version": system[1]}] if system else []
    name, version = purl.split("?")[0].split("/")[-1].split("@")
    rows.append({"type": "library", "name": name, "version": version.replace("%2B", "+"), "purl": purl, "bom-ref": "p"})
    path = os.path.join(TMP, f"{n}.cdx.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": rows}, f)
    return assay("scan", "sbom:" + path, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0").json()


def judged(n, ecosystem, name, fixed, purl, system):
    db, _ = load(n, record(ecosystem, name, fixed))
    if purl.startswith("pkg:rpm/"):
        purl += "&upstream=a-1.0-1.src.rpm"
    elif purl.startswith(("pkg:deb/", "pkg:apk/")):
        purl += "&upstream=a"
    doc = scan(n, db, purl, system)
    rows = {c["code"] for c in doc["coverage"] if c["status"] == "incomplete"}
    same(f"{ecosystem}: {purl}", ([f["id"] for f in doc["findings"]], sorted(rows)), (["CVE-2024-1111"], []))


# package, version, what is found in it (id, fixed, severity, status): AVG-1 is fixed, AVG-2 is not, AVG-3 does not concern the package
ARCH = [("curl", "8.4.0-2", [("CVE-2024-1", "8.5.0-1", "high", "fixed")]), ("curl", "8.5.0-1", []), ("curl", "1:0.1-1", []),
        ("pam", "1.7.0-2", [("CVE-2024-2", None, "medium", "affected")]), ("zlib", "1-1", []), ("curl-docs", "8.4.0-2", [])]


def arch():
    """An image of Arch Linux, its packages as pacman keeps them."""
    groups = [
        {"name": "AVG-1", "packages": ["curl"], "status": "Fixed", "severity": "High", "type": "unknown", "affected": "8.4.0-1", "fixed": "8.5.0-1",
         "ticket": None, "issues": ["CVE-2024-1"], "advisories": ["ASA-202401-1"]},
        {"name": "AVG-2", "packages": ["pam"], "status": "Vulnerable", "severity": "Medium", "type": "unknown", "affected": "1.7.0-2", "fixed": None,
         "ticket": None, "issues": ["CVE-2024-2"], "advisories": []},
        {"name": "AVG-3", "packages": ["zlib"], "status": "Not affected", "severity": "Low", "type": "unknown", "affected": "1-1", "fixed": None,
         "ticket": None, "issues": ["CVE-2024-3"], "advisories": []}]
    path, db = os.path.join(TMP, "all.json"), os.path.join(TMP, "db-arch")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(groups, f)
    run = assay("db", "import", path, "--db", db)
    ok("Arch's list is imported", run.rc == 0, run)
    for n, (name, version, want) in enumerate(ARCH):
        root = os.path.join(TMP, f"arch{n}")
        local = os.path.join(root, f"var/lib/pacman/local/{name}-{version}")
        os.makedirs(local)
        os.makedirs(os.path.join(root, "etc"))
        with open(os.path.join(root, "etc/os-release"), "w", encoding="utf-8") as f:
            f.write("NAME=\"Arch Linux\"\nID=arch\nBUILD_ID=rolling\nVERSION_ID=20240101.0.1\n")
        with open(os.path.join(local, "desc"), "w", encoding="utf-8") as f:
            f.write(f"%NAME%\n{name}\n\n%VERSION%\n{version}\n\n%BASE%\n{name.split('-')[0]}\n\n%ARCH%\nx86_64\n\n")
        with open(os.path.join(local, "files"), "w", encoding="utf-8") as f:
            f.write("%FILES%\nusr/\n\n")
        doc = assay("scan", "dir:" + root, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0").json()
        rows = [c["code"] for c in doc["coverage"] if c["status"] == "incomplete"]
        same(f"Arch: {name} {version}", ([(f["id"], f["fixed"], f["severity"], f["status"]) for f in doc["findings"]], rows), (want, []))


def ubuntu(name, binaries, version="3.0.2-1ubuntu2", fixed="3.0.2-1ubuntu2", release="22.04:LTS", cve="CVE-2024-1111"):
    events = [{"introduced": "0"}, {"fixed": fixed}] if fixed else [{"introduced": "0"}]
    return {"id": "UBUNTU-" + cve, "modified": "2024-05-01T00:00:00Z", "affected": [{
        "package": {"ecosystem": "Ubuntu:" + release, "name": name, "purl": f"pkg:deb/ubuntu/{name}@{version}?arch=source&distro=jammy"},
        "ranges": [{"type": "ECOSYSTEM", "events": events}], "ecosystem_specific": {"binaries": binaries}}]}


def binary(name, version="3.0.2-1ubuntu2"):
    return {"binary_name": name, "binary_version": version}


OPEN, FOUND = "packages.sourceless", "CVE-2024-1111"
# name, records, package@version of an image of Ubuntu 22.04 that names no sources, findings, row of sources
SOURCES = [
    ("by the binaries of the record", [ubuntu("openssl", [binary("openssl"), binary("libssl3")])], "libssl3@3.0.2-1ubuntu1", [FOUND], "packages.sources"),
    ("the fix is in", [ubuntu("openssl", [binary("libssl3")])], "libssl3@3.0.2-1ubuntu2", [], "packages.sources"),
    ("as the records were written before", [ubuntu("openssl", [{"libssl3": "3.0.2-1ubuntu2"}])], "libssl3@3.0.2-1ubuntu1", [FOUND], "packages.sources"),
    ("of the paid extension too", [ubuntu("openssl", [binary("libssl3")], release="Pro:22.04:LTS"), ubuntu("openssl", [], fixed=None, cve="CVE-2024-2222")],
     "libssl3@3.0.2-1ubuntu1", ["CVE-2024-1111", "CVE-2024-2222"], "packages.sources"),
    ("another release's are not asked", [ubuntu("openssl", [binary("libssl3")], release="24.04:LTS"), ubuntu("openssl", [])], "libssl3@3.0.2-1ubuntu1", [], OPEN),
    ("what no record names", [ubuntu("openssl", [binary("libssl3")])], "libnone1@1", [], "packages.sources"),
    ("no record has binaries", [ubuntu("openssl", [])], "libssl3@3.0.2-1ubuntu1", [], OPEN),
    ("two sources have had it", [ubuntu("gcc-11", [binary("libgcc-s1")]), ubuntu("gcc-12", [binary("libgcc-s1")], cve="CVE-2024-2222")],
     "libgcc-s1@3.0.2-1ubuntu1", [], OPEN),
    ("a binary with a version of its own", [ubuntu("defaults", [binary("gcc", "4:11.2.0-1ubuntu1")])], "gcc@4:11.2.0-1ubuntu0", [], OPEN),
]


def sources():
    """Binary packages whose sources only Ubuntu's records tell."""
    for n, (name, records, package, want, row) in enumerate(SOURCES):
        db, _ = load(f"u{n}", *records)
        where, version = package.split("@")
        doc = scan(f"u{n}", db, f"pkg:deb/ubuntu/{where}@{version}?arch=amd64&distro=ubuntu-22.04", ("ubuntu", "22.04"))
        codes = [c["code"] for c in doc["coverage"] if c["code"].startswith("packages.source")]
        same("sources: " + name, (sorted(f["id"] for f in doc["findings"]), codes), (want, [row]))


def sourceless():
    """Bills of materials that name no sources, where advisories go by them: what may have been missed is told."""
    for n, (ecosystem, purl, system, want) in enumerate([
            ("Rocky Linux:9", "pkg:rpm/rocky/a-libs@1.0-1.el9?distro=rocky-9.3", ("rocky", "9.3"), [OPEN]),
            ("Debian:12", "pkg:deb/debian/liba@1.0-1?distro=debian-12", ("debian", "12"), [OPEN]),
            ("openSUSE:Leap 15.6", "pkg:rpm/opensuse/liba@1.0-1?distro=opensuse-leap-15.6", ("opensuse-leap", "15.6"), [OPEN]),
            ("AlmaLinux:9", "pkg:rpm/almalinux/a-libs@1.0-1.el9?distro=almalinux-9.3", ("almalinux", "9.3"), [])]):
        db, _ = load(f"o{n}", record(ecosystem, "a", "2.0-1"))
        doc = scan(f"o{n}", db, purl, system)
        same(f"no source: {ecosystem}", [c["code"] for c in doc["coverage"] if c["status"] == "incomplete"], want)


def chiselled():
    """An image that Chisel cut: its manifest alone says what is in it."""
    lines = [{"jsonwall": "1.0", "schema": "1.0", "count": 3}, {"kind": "package", "name": "libssl3", "version": "3.0.2-1ubuntu1", "sha256": "0" * 64, "arch": "amd64"},
             {"kind": "path", "path": "/usr/lib/libssl.so.3", "mode": "0644", "slices": ["libssl3_libs"], "sha256": "0" * 64, "size": 1}]
    root = os.path.join(TMP, "chiselled")
    os.makedirs(os.path.join(root, "var/lib/chisel"))
    os.makedirs(os.path.join(root, "etc"))
    with open(os.path.join(root, "etc/os-release"), "w", encoding="utf-8") as f:
        f.write("NAME=Ubuntu\nID=ubuntu\nVERSION_ID=\"22.04\"\nVERSION_CODENAME=jammy\n")
    packed = subprocess.run(["zstd", "-q", "-c"], input="".join(json.dumps(x) + "\n" for x in lines).encode(), capture_output=True, check=True).stdout
    with open(os.path.join(root, "var/lib/chisel/manifest.wall"), "wb") as f:
        f.write(packed)
    db, _ = load("chisel", ubuntu("openssl", [binary("libssl3")]))
    doc = assay("scan", "dir:" + root, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0").json()
    same("a chiselled image is judged by its sources", ([(f["id"], f["fixed"], f["installed"]) for f in doc["findings"]],
                                                        [c["code"] for c in doc["coverage"] if c["status"] == "incomplete"]),
         ([("CVE-2024-1111", "3.0.2-1ubuntu2", "3.0.2-1ubuntu1")], []))


def main():
    if not os.path.exists(ASSAY):
        skip("ecosystems", "there is no program yet")
        return 0
    for n, (ecosystem, purl, system) in enumerate(SYSTEMS):
        judged(f"s{n}", ecosystem, "a", "2.0-1", purl, system)
    for n, (ecosystem, name, purl) in enumerate(LANGUAGES):
        judged(f"l{n}", ecosystem, name, "2.0", purl, None)
    arch()
    sources()
    sourceless()
    if shutil.which("zstd"):
        chiselled()
    else:
        skip("a chiselled image", "zstd is wanted")
    _, run = load("unread", *(record(e, "a", "2") for e in UNREAD))
    told = run.err
    for e in UNREAD:
        ok(f"{e} is told", e.split(":")[0] in told, told)
    _, run = load("git", {"id": "OSV-1", "modified": "2024-01-01T00:00:00Z", "affected": [{"ranges": [{"type": "GIT", "repo": "https://example.org/r", "events": [{"introduced": "0"}]}]}]})
    ok("commits without a package are told", "no package: 1" in run.err, run.err)
    return done()


sys.exit(main())
