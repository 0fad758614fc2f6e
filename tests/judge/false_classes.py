#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""false_classes - the classes of false findings that people named when they labelled those of another scanner: one image that
has a case of each.  Each row names the class, the vulnerability that must not be found, and where it is found all the same,
which shows that the advisory is at hand."""
import json
import os
import sys
import zipfile
from io import BytesIO

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from image import File, tar_of  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, skip  # noqa: E402


def osv(id, eco, name, fixed, **more):
    return dict({"id": id, "modified": "2024-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": eco, "name": name}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}, **more)


def nvd(id, *products, status="Analyzed", operator="OR"):
    nodes = [{"operator": "OR", "negate": False, "cpeMatch": [{"criteria": f"cpe:2.3:{p}:*:*:*:*:*:*:*:*", "vulnerable": v, **({"versionEndExcluding": "9"} if v else {})}]}
             for p, v in products]
    return {"cve": {"id": id, "sourceIdentifier": "x", "published": "2024-01-01T00:00:00.000", "lastModified": "2024-01-01T00:00:00.000", "vulnStatus": status,
                    "metrics": {}, "configurations": [{"operator": operator, "nodes": nodes}] if nodes else []}}


def tracker(source, cve):
    return {source: {cve: {"releases": {"bookworm": {"status": "open", "repositories": {"bookworm": "6.1.1-1"}, "urgency": "not yet assigned"}}}}}


def jar(manifest, *classes):
    b = BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        z.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n" + "".join(f"{k}: {v}\r\n" for k, v in manifest.items()))
        for c in classes:
            z.writestr(c, b"")
    return b.getvalue()


def deb(name, version, source=None):
    return f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\nMaintainer: D <d@debian.org>\n" + (f"Source: {source}\n" if source else "") + "\n"


PHP, MYSQL, GIT, WINDOWS = ("a:php:php", True), ("a:oracle:mysql", True), ("a:git-scm:git", True), ("o:microsoft:windows", False)
ADVISORIES = {
    "nvd.json": {"format": "NVD_CVE", "version": "2.0", "timestamp": "2024-01-01T00:00:00.000", "vulnerabilities": [
        nvd("CVE-2024-0001", PHP), nvd("CVE-2024-0002", MYSQL), nvd("CVE-2024-0003", GIT),
        nvd("CVE-2024-0004", PHP, WINDOWS, operator="AND"), nvd("CVE-2024-0005", status="Rejected")]},
    "tracker.json": dict(tracker("linux", "CVE-2024-0006"), **tracker("shadow", "CVE-2024-0005"), **tracker("zlib", "CVE-2024-0012")),
    "urllib3.json": osv("PYSEC-1", "PyPI", "urllib3", "9", aliases=["CVE-2024-0007"]),
    "web.json": osv("GHSA-1", "Maven", "org.springframework:spring-web", "9", aliases=["CVE-2024-0008"]),
    "other.json": osv("GHSA-2", "npm", "left", "9", aliases=["CVE-2024-0009"], withdrawn="2024-02-01T00:00:00Z"),
    "windows.json": {"id": "GHSA-3", "modified": "2024-01-01T00:00:00Z", "aliases": ["CVE-2024-0010"], "affected": [{
        "package": {"ecosystem": "npm", "name": "left"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "9.0.0"}]}],
        "ecosystem_specific": {"imports": [{"path": "left", "goos": ["windows"]}]}}]},
    "git.json": osv("GHSA-4", "Maven", "org.jenkins-ci.plugins:git", "9", aliases=["CVE-2024-0011"]),
}
STATUS = (deb("linux-libc-dev", "6.1.1-1", "linux") + deb("linux-headers-6.1.0-9-amd64", "6.1.1-1", "linux") + deb("linux-image-6.1", "6.1.1-1", "linux") +
          deb("passwd", "1:4.13-1", "shadow") + deb("python3-urllib3", "1.26.12-1", "python-urllib3") + deb("zlib1g", "1:1.2.13-1", "zlib"))
DIST = "usr/lib/python3/dist-packages/urllib3-1.26.12.dist-info/METADATA"
IMAGE = [
    File("etc/os-release", "ID=debian\nVERSION_ID=12\n"), File("var/lib/dpkg/status", STATUS),
    File("var/lib/dpkg/info/python3-urllib3.list", f"/.\n/usr\n/{DIST}\n"), File(DIST, "Metadata-Version: 2.1\nName: urllib3\nVersion: 1.26.12\n"),
    File("opt/code/extensions/php/package.json", json.dumps({"name": "php", "version": "1.0.0", "publisher": "vscode", "engines": {"vscode": "*"}})),
    File("opt/code/node_modules/php/package.json", json.dumps({"name": "php", "version": "1.0.0", "engines": {"vscode": "*"}})),
    File("srv/node_modules/mysql/package.json", json.dumps({"name": "mysql", "version": "2.18.1"})),
    File("srv/node_modules/left/package.json", json.dumps({"name": "left", "version": "1.0.0"})),
    File("opt/sonar/sonar-php-plugin-3.0.jar", jar({"Implementation-Title": "php", "Implementation-Version": "3.0", "Plugin-Key": "php"})),
    File("opt/hudson/plugins/git.jar", jar({"Implementation-Title": "git", "Implementation-Version": "1.0", "Group-Id": "org.other"})),
    File("app/lib/spring-core-5.0.0.jar", jar({"Implementation-Title": "spring-core", "Implementation-Version": "5.0.0"}, "org/springframework/core/A.class")),
]
# what stands outside of the image: the product itself
PRODUCTS = [("php", "7.0.0", "cpe:2.3:a:php:php:7.0.0:*:*:*:*:*:*:*", ""), ("mysql", "5.0", "cpe:2.3:a:oracle:mysql:5.0:*:*:*:*:*:*:*", ""),
            ("git", "2.0", "cpe:2.3:a:git-scm:git:2.0:*:*:*:*:*:*:*", ""), ("spring-web", "5.0.0", "", "pkg:maven/org.springframework/spring-web@5.0.0"),
            ("urllib3", "1.26.12", "", "pkg:pypi/urllib3@1.26.12"), ("git", "1.0", "", "pkg:maven/org.jenkins-ci.plugins/git@1.0")]
# class, vulnerability, in the image it is found in packages of these names alone, it is found of these products
CLASSES = [
    ("an extension of an editor, and a plug-in, is not the product of its name (php)", "CVE-2024-0001", set(), {"php"}),
    ("a client is not the server of its name (mysql)", "CVE-2024-0002", set(), {"mysql"}),
    ("a plug-in is not the program of its name (git)", "CVE-2024-0003", set(), {"git"}),
    ("another group's jar is not the plug-in of its name (git)", "CVE-2024-0011", set(), {"git"}),
    ("what only Windows has (NVD's configuration)", "CVE-2024-0004", set(), set()),
    ("what only Windows has (the record's imports)", "CVE-2024-0010", set(), set()),
    ("a vulnerability that was rejected", "CVE-2024-0005", set(), set()),
    ("a record that was withdrawn", "CVE-2024-0009", set(), set()),
    ("headers of the kernel are not the kernel", "CVE-2024-0006", {"linux-image-6.1"}, set()),
    ("the package that is there is the distribution's", "CVE-2024-0007", set(), {"urllib3"}),
    ("the fix is in a sibling jar alone", "CVE-2024-0008", set(), {"spring-web"}),
    ("a source is matched by the packages built from it", "CVE-2024-0012", {"zlib1g"}, set()),
]


def write(name, doc):
    path = os.path.join(TMP, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(doc, f)
    return path


def found(doc, key="findings"):
    names = {p["purl"]: p["name"] for p in doc["packages"]}
    out = {}
    for f in doc[key]:
        for id in [f["id"], *f["references"]]:
            # a component without a package URL is told by the product that the reason names
            out.setdefault(id, set()).add(names[f["package"]] if f["package"] else f["reason"])
    return out


def already_fixed():
    """The distribution has fixed it in a version that upstream's order calls old."""
    db = os.path.join(TMP, "alma")
    row = osv("ALSA-2024:1", "AlmaLinux:8", "python3-urllib3", "1.24.2-5.el8", related=["CVE-2024-0007"])
    assay("db", "import", write("alsa.json", row), write("pysec.json", ADVISORIES["urllib3.json"]), "--db", db)
    for version, want in (("1.24.2-5.el8", []), ("1.24.2-4.el8", ["ALSA-2024:1"])):
        ref = write("rpm.cdx.json", {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [
            {"type": "operating-system", "name": "almalinux", "version": "8.9", "bom-ref": "os"},
            {"type": "library", "name": "python3-urllib3", "version": version, "bom-ref": "p", "purl": f"pkg:rpm/almalinux/python3-urllib3@{version}?arch=noarch&distro=almalinux-8.9"}]})
        doc = assay("scan", "sbom:" + ref, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0").json()
        have = sorted({f["source"]["advisory"] for f in doc["findings"]})
        ok(f"the distribution has fixed it already: {version}", have == want, doc["findings"])


def main():
    if not os.path.exists(ASSAY):
        skip("false classes", "there is no program yet")
        return 0
    db, path = os.path.join(TMP, "db"), os.path.join(TMP, "image.tar")
    made = assay("db", "import", *[write(n, d) for n, d in ADVISORIES.items()], "--db", db)
    ok("the advisories are imported", made.rc == 0 and " 0 broken, 0 of no known feed" in made.err, made)
    with open(path, "wb") as f:
        f.write(tar_of(IMAGE))
    scan = ["--checks", "vuln", "--show-suppressed", "-f", "json", "--db", db, "--db-max-age", "0"]
    doc = assay("scan", "tar:" + path, *scan).json()
    rows = [dict({"type": "library", "name": n, "version": v, "bom-ref": f"{n}@{v}"}, **({"cpe": c} if c else {}), **({"purl": p} if p else {})) for n, v, c, p in PRODUCTS]
    bom = assay("scan", "sbom:" + write("products.cdx.json", {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": rows}), *scan).json()
    image, products, aside = found(doc), found(bom), found(doc, "suppressed")
    for name, cve, within, outside in CLASSES:
        have = {o for o in outside for n in products.get(cve, set()) if o in n}
        ok(name, image.get(cve, set()) == within and (not outside or have & outside), f"in the image {image.get(cve)}, of products {have}")
    ok("what is laid aside is told, with the reason", aside.get("CVE-2024-0006") == {"linux-libc-dev", "linux-headers-6.1.0-9-amd64"} and
       all("headers" in f["waived"]["reason"] for f in doc["suppressed"]), doc["suppressed"])
    ok("each finding prints its rule", all(f["reason"] and f["source"]["feed"] for f in doc["findings"] + bom["findings"]), doc["findings"])
    ok("everything of the image is listed", {"php", "mysql", "left"} <= {p["name"] for p in doc["packages"]}, [p["name"] for p in doc["packages"]])
    already_fixed()
    return done()


sys.exit(main())
