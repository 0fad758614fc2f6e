#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""redhat - images of Red Hat's streams: content sets say which advisories speak of which package, and
no stream's fixes are taken for another's."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
import rpmdb  # noqa: E402
from image import File, Whiteout, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

RELEASE = 'ID="rhel"\nVERSION_ID="{}"\nNAME="Red Hat Enterprise Linux"\nPRETTY_NAME="Red Hat Enterprise Linux {}"\n'
PLATFORMS = {
    "BaseOS-9.2.0.Z.MAIN.EUS": "cpe:/o:redhat:enterprise_linux:9::baseos",
    "BaseOS-9.3.0.Z.MAIN": "cpe:/o:redhat:enterprise_linux:9::baseos",
    "BaseOS-9.4.0.GA": "cpe:/o:redhat:enterprise_linux:9::baseos",
    "BaseOS-9.0.0.Z.EUS": "cpe:/o:redhat:rhel_eus:9.0::baseos",
    "BaseOS-9.2.0.Z.EUS": "cpe:/o:redhat:rhel_eus:9.2::baseos",
    "red_hat_enterprise_linux_9": "cpe:/o:redhat:enterprise_linux:9",
    "9Base-RHOSE-4.16": "cpe:/a:redhat:openshift:4.16::el9",
    "red_hat_openshift_container_platform_4": "cpe:/a:redhat:openshift:4",
}
MAIN = ["rhel-9-for-x86_64-baseos-rpms", "rhel-9-for-x86_64-appstream-rpms"]
EUS90 = ["rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_0"]
EUS92 = ["rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2"]
OCP = ["rhocp-4.16-for-rhel-9-x86_64-rpms"]
MAPPING = {"data": {
    MAIN[0]: {"cpes": ["cpe:/o:redhat:enterprise_linux:9::baseos"], "repo_relative_urls": []},
    MAIN[1]: {"cpes": ["cpe:/a:redhat:enterprise_linux:9::appstream"], "repo_relative_urls": []},
    EUS90[0]: {"cpes": ["cpe:/o:redhat:rhel_eus:9.0::baseos"], "repo_relative_urls": []},
    EUS92[0]: {"cpes": ["cpe:/o:redhat:rhel_eus:9.2::baseos"], "repo_relative_urls": []},
    OCP[0]: {"cpes": ["cpe:/a:redhat:openshift:4.16::el9"], "repo_relative_urls": []},
}}


def vex(cve, fixed=(), unfixed=(), not_affected=()):
    """fixed: (platform, name, version-release, erratum); the others: (platform, name)."""
    branches, relations, status, fixes = [], [], {"fixed": [], "known_affected": [], "known_not_affected": []}, []
    for pid, cpe in PLATFORMS.items():
        branches.append({"category": "product_name", "name": pid, "product": {
            "product_id": pid, "name": pid, "product_identification_helper": {"cpe": cpe}}})
    seen = set()

    def component(platform, pid, purl):
        if pid not in seen:
            seen.add(pid)
            branches.append({"category": "product_version", "name": pid, "product": {
                "product_id": pid, "name": pid, "product_identification_helper": {"purl": purl}}})
        full = f"{platform}:{pid}"
        relations.append({"category": "default_component_of", "product_reference": pid,
                          "relates_to_product_reference": platform,
                          "full_product_name": {"product_id": full, "name": full}})
        return full

    for platform, name, evr, erratum in fixed:
        full = component(platform, f"{name}-0:{evr}.x86_64", f"pkg:rpm/redhat/{name}@{evr}?arch=x86_64")
        status["fixed"].append(full)
        fixes.append({"category": "vendor_fix", "details": "x", "product_ids": [full],
                      "url": f"https://access.redhat.com/errata/{erratum}"})
    for key, rows in (("known_affected", unfixed), ("known_not_affected", not_affected)):
        for platform, name in rows:
            status[key].append(component(platform, name, f"pkg:rpm/redhat/{name}"))
    return {"document": {"category": "csaf_vex", "csaf_version": "2.0",
                         "publisher": {"name": "Red Hat Product Security", "namespace": "https://www.redhat.com"},
                         "references": [{"url": "https://access.redhat.com/security/cve/" + cve}],
                         "tracking": {"id": cve, "status": "final", "current_release_date": "2026-11-20T00:00:00Z"}},
            "product_tree": {"branches": [{"category": "vendor", "name": "Red Hat", "branches": branches}],
                             "relationships": relations},
            "vulnerabilities": [{"cve": cve, "product_status": {k: v for k, v in status.items() if v},
                                 "remediations": fixes,
                                 "threats": [{"category": "impact", "details": "Important"}]}]}


DOCS = [
    # fixed in the main stream of 9.2 and again of 9.3, and for the subscribers of 9.0
    vex("CVE-2026-0001", [("BaseOS-9.2.0.Z.MAIN.EUS", "curl", "7.76.1-23.el9_2.4", "RHSA-2026:1"),
                          ("BaseOS-9.3.0.Z.MAIN", "curl", "7.76.1-26.el9_3.2", "RHSA-2026:2"),
                          ("BaseOS-9.0.0.Z.EUS", "curl", "7.76.1-14.el9_0.9", "RHSA-2026:3")]),
    # fixed in 9.4 only: a rebase without a dist tag of its own
    vex("CVE-2026-0002", [("BaseOS-9.4.0.GA", "curl", "7.76.1-29.el9", "RHSA-2026:4")]),
    vex("CVE-2026-0003", unfixed=[("red_hat_enterprise_linux_9", "curl")]),
    vex("CVE-2026-0004", [("BaseOS-9.2.0.Z.EUS", "curl", "7.76.1-23.el9_2.7", "RHSA-2026:5")],
        not_affected=[("red_hat_enterprise_linux_9", "curl")]),
    vex("CVE-2026-0005", [("9Base-RHOSE-4.16", "runc", "1.1.12-5.rhaos4.16.el9", "RHSA-2026:6"),
                          ("BaseOS-9.3.0.Z.MAIN", "runc", "1.1.12-2.el9", "RHSA-2026:7")]),
    vex("CVE-2026-0006", unfixed=[("red_hat_openshift_container_platform_4", "runc")]),
]


def rpms(*evrs, name="curl"):
    path = os.path.join(TMP, "rpmdb.sqlite")
    if os.path.exists(path):
        os.unlink(path)
    rows = [e if isinstance(e, tuple) else (name, e) for e in evrs]
    rpmdb.write(path, [{"name": n, "version": e.rpartition("-")[0], "release": e.rpartition("-")[2],
                        "vendor": "Red Hat, Inc.", "arch": "x86_64", "sourcerpm": f"{n}-{e}.src.rpm"} for n, e in rows])
    return File("var/lib/rpm/rpmdb.sqlite", open(path, "rb").read())


def manifest(sets, where="root/buildinfo/content_manifests/ubi9-container-9.2-1.json"):
    return File(where, json.dumps({"metadata": {"icm_version": 1}, "content_sets": sets}))


def system(*more):
    return [File("etc/os-release", RELEASE.format("9.2", "9.2")), *more]


def scan(layers, db, config=None):
    path = os.path.join(TMP, "image.tar")
    if os.path.exists(path):
        os.unlink(path)
    image.docker_archive(path, [tar_of(entries) for entries in layers], config)
    return assay("scan", f"docker-archive:{path}", "--db", db, "--cache-dir", os.path.join(TMP, "cache"), "-f", "json",
                 "--checks", "vuln", "--db-max-age", "0")


def said(report):
    return {f["id"][-1]: f["fixed"] or f["status"] for f in report["findings"] if f["check"] == "vulnerability"}


def row(report, code):
    return [c for c in report["coverage"] if c["code"] == code]


def import_docs(name, docs, mapping=MAPPING):
    folder, db = os.path.join(TMP, name), os.path.join(TMP, "db-" + name)
    os.makedirs(folder)
    for doc in docs:
        json.dump(doc, open(os.path.join(folder, doc["document"]["tracking"]["id"].lower() + ".json"), "w"))
    if mapping:
        json.dump(mapping, open(os.path.join(folder, "repository-to-cpe.json"), "w"))
    run = assay("db", "import", folder, "--db", db)
    ok(f"{name}: imported", run.rc == 0, str(run))
    return db


# what, layers, {last digit of the CVE: fixed version or status}
F1, F3, M2, AFF = "7.76.1-23.el9_2.4", "7.76.1-26.el9_3.2", "7.76.1-29.el9", "affected"
CASES = [
    ("no content sets: the main stream", [system(rpms("7.76.1-19.el9"))],
     {"1": F3, "2": M2, "3": AFF}),
    ("no content sets: the fix of the minor release that it was built in is a fix", [system(rpms(F1))],
     {"2": M2, "3": AFF}),
    ("no content sets: the fix for 9.0's subscribers is none", [system(rpms("7.76.1-14.el9_0.9"))],
     {"1": F3, "2": M2, "3": AFF}),
    ("the main stream's content sets", [system(rpms("7.76.1-14.el9_0.9"), manifest(MAIN))],
     {"1": F3, "2": M2, "3": AFF}),
    ("9.0 EUS: its own fix", [system(rpms("7.76.1-14.el9"), manifest(EUS90))],
     {"1": "7.76.1-14.el9_0.9", "2": AFF, "3": AFF}),
    ("9.0 EUS: has its own fix", [system(rpms("7.76.1-14.el9_0.9"), manifest(EUS90))],
     {"2": AFF, "3": AFF}),
    ("9.2 EUS: a fix of the main stream of 9.2 is at hand, that of 9.3 is not",
     [system(rpms("7.76.1-23.el9_2.3"), manifest(EUS92))], {"1": F1, "2": AFF, "3": AFF, "4": "7.76.1-23.el9_2.7"}),
    ("9.2 EUS: has both", [system(rpms("7.76.1-23.el9_2.7"), manifest(EUS92))], {"2": AFF, "3": AFF}),
    ("EUS beside the main stream: a package of EUS", [system(rpms("7.76.1-23.el9_2.5"), manifest(MAIN + EUS92))],
     {"2": M2, "3": AFF, "4": "7.76.1-23.el9_2.7"}),
    ("EUS beside the main stream: a package of the main one", [system(rpms("7.76.1-26.el9_3.2"), manifest(MAIN + EUS92))],
     {"2": M2, "3": AFF}),
    ("a suffix that builds add", [system(rpms("7.76.1-14.el9"), manifest([MAIN[0] + "__9"]))],
     {"1": F3, "2": M2, "3": AFF}),
    ("usr/share/buildinfo", [system(rpms("7.76.1-14.el9"), manifest(EUS90, "usr/share/buildinfo/content-sets.json"))],
     {"1": "7.76.1-14.el9_0.9", "2": AFF, "3": AFF}),
    ("a manifest in the layer above", [system(rpms("7.76.1-14.el9")), [manifest(EUS90)]],
     {"1": "7.76.1-14.el9_0.9", "2": AFF, "3": AFF}),
    ("a manifest that was removed",
     [system(rpms("7.76.1-14.el9"), manifest(EUS90)), [Whiteout("root/buildinfo/content_manifests/ubi9-container-9.2-1.json")]],
     {"1": F3, "2": M2, "3": AFF}),
    ("each layer's packages are of its own content sets",
     [system(rpms("7.76.1-14.el9"), manifest(MAIN)),
      [rpms("7.76.1-14.el9", ("runc", "1.1.12-1.el9")), manifest(EUS90, "root/buildinfo/content_manifests/app-1-1.json")]],
     {"1": F3, "2": M2, "3": AFF, "5": "affected"}),
    ("a product's own build: its fix, and what it leaves open",
     [system(rpms(("runc", "1.1.12-3.rhaos4.16.el9")), manifest(MAIN + OCP))], {"5": "1.1.12-5.rhaos4.16.el9", "6": AFF}),
    ("a product's own build that has the fix",
     [system(rpms(("runc", "1.1.12-5.rhaos4.16.el9")), manifest(MAIN + OCP))], {"6": AFF}),
    ("the system's build in a product's image",
     [system(rpms(("runc", "1.1.12-2.el9")), manifest(MAIN + OCP))], {}),
    ("no product without its content set", [system(rpms(("runc", "1.1.12-1.el9")), manifest(MAIN))], {"5": "1.1.12-2.el9"}),
]


def cases(db):
    for what, layers, want in CASES:
        run = scan(layers, db)
        have = said(run.json()) if run.rc == 0 else str(run)
        same(what, have, want)


def coverage(db, bare):
    r = scan([system(rpms("7.76.1-14.el9"))], db).json()
    ok("without content sets coverage says what it rests on",
       "names no content sets" in str(row(r, "advisories.streams")) and r["os"]["content_sets"] is None, r["coverage"])
    r = scan([system(rpms("7.76.1-14.el9"), manifest(EUS90 + OCP))], db).json()
    rests = str(row(r, "advisories.streams"))
    ok("with content sets too", "rhel_eus:9.0" in rests and "openshift:4.16" in rests, r["coverage"])
    same("the report names them", r["os"]["content_sets"], [{"layer": 0, "name": n} for n in sorted(EUS90 + OCP)])
    r = scan([system(rpms("7.76.1-14.el9"), manifest(MAIN + ["epel-9", "mystery-rpms"]))], db).json()
    unknown = row(r, "content-sets.unknown")
    ok("unknown content sets are incomplete, named",
       len(unknown) == 1 and unknown[0]["status"] == "incomplete" and "epel-9" in unknown[0]["detail"], r["coverage"])
    r = scan([system(rpms("7.76.1-14.el9"), manifest(EUS90))], bare).json()
    same("without the mapping the form of the name tells", said(r), {"1": "7.76.1-14.el9_0.9", "2": AFF, "3": AFF})
    ok("and coverage says so", "form of their names" in str(row(r, "advisories.streams")), r["coverage"])
    r = scan([system(rpms("7.76.1-14.el9"), manifest(OCP))], bare).json()
    ok("a product's name has no such form", len(row(r, "content-sets.unknown")) == 1, r["coverage"])
    r = scan([system(rpms("7.76.1-14.el9"), File("root/buildinfo/content_manifests/x.json", "{\"content_sets\":[7]}"))], db).json()
    ok("a broken manifest is incomplete", any(c["status"] == "incomplete" and c["path"] == "root/buildinfo/content_manifests/x.json"
                                              for c in r["coverage"]), r["coverage"])
    r = scan([system(rpms("7.76.1-14.el9"))], db, {"Labels": {"cpe": "cpe:/o:redhat:rhel_eus:9.0::baseos"}}).json()
    same("the label cpe where there are no content sets", said(r), {"1": "7.76.1-14.el9_0.9", "2": AFF, "3": AFF})


def explained(db):
    reach = scan([system(rpms("7.76.1-14.el9_0.9"), manifest(EUS90))], db)
    path = os.path.join(TMP, "report.json")
    open(path, "w").write(reach.out)
    run = assay("explain", "CVE-2026-0001", "--package", "curl", "--report", path, "--db", db)
    if run.rc == 2:
        run = assay("explain", "CVE-2026-0001", "curl", "--report", path, "--db", db)
    ok("explain names the stream that decides",
       "not affected" in run.out and "rhel:9/rhel_eus:9.0" in run.out and "not asked" in run.out, str(run))
    found = [f for f in reach.json()["findings"] if f["id"] == "CVE-2026-0002"][0]
    ok("a fix out of reach is told, and not offered",
       "rhel_eus:9.0 has no fix of its own" in found["reason"] and found["fixed"] in (None, ""), found)


def real():
    """curl of CVE-2023-38545: what Red Hat's own file says of 9.0 EUS and of the main stream."""
    name = shared("data/advisories/samples/redhat-csaf-vex.tar.zst")
    if not name:
        skip("Red Hat's own files", "no ../shared")
        return
    db = os.path.join(TMP, "db-real")
    os.makedirs(os.path.join(TMP, "real"))
    json.dump(MAPPING, open(os.path.join(TMP, "real", "repository-to-cpe.json"), "w"))
    assay("db", "import", name, os.path.join(TMP, "real"), "--db", db)
    for what, sets, evr, want in (
            ("main", None, "7.76.1-19.el9_1.1", "7.76.1-26.el9_3.2"),
            ("main, fixed in 9.2", None, "7.76.1-23.el9_2.4", None),
            ("main, fixed for 9.0's subscribers only", MAIN, "7.76.1-14.el9_0.9", "7.76.1-26.el9_3.2"),
            ("9.0 EUS", EUS90, "7.76.1-14.el9_0.5", "7.76.1-14.el9_0.9"),
            ("9.0 EUS, fixed", EUS90, "7.76.1-14.el9_0.9", None)):
        r = scan([system(rpms(evr), *([manifest(sets)] if sets else []))], db).json()
        fixed = [f["fixed"] for f in r["findings"] if f["id"] == "CVE-2023-38545"]
        same(f"Red Hat's own file: {what}", fixed, [want] if want else [])


DB, BARE = import_docs("all", DOCS), import_docs("bare", DOCS, None)
cases(DB)
coverage(DB, BARE)
explained(DB)
real()
done()
