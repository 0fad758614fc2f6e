#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""back - a bill of materials gives the findings of the image it was made of; out, in and out again are the same bytes;
the published samples of both standards are read, and the broken ones are refused or named as incomplete.  Four images; in CI
(ASSAY_SLOW=1) all of them, in every version of every form.
"""
import glob
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

FORMS = ["cyclonedx@1.4", "cyclonedx@1.7", "cyclonedx-xml@1.5", "spdx-json", "spdx-tag-value", "spdx-json3"]
IMAGES = ["alpine/alpine-minirootfs-3.20.3-x86_64.tar.gz", "debian-slices/bookworm-srv-base.slice.tar.zst",
          "rpmdb/alma8-synthetic-sqlite.rootfs.tar.zst", "docker-archive/snyk-java-uberjar.tar.zst"]
SLOW = os.environ.get("ASSAY_SLOW") == "1"
if SLOW:
    FORMS = [f"cyclonedx{x}@1.{v}" for x in ("", "-xml") for v in (4, 5, 6, 7)] + ["spdx-json", "spdx-tag-value", "spdx-json3"]
# Forms that are not read, and say so.
OTHER_FORMS = (".rdf", "2.1.sbom", "syftjson", "sbom.spdx.foo.ext", "WrongVersion")
# Broken, and read all the same: what is wrong is named, and the rest counts.
FAULTY = {"micronaut-1.5.json": "serialNumber", "TestCycloneDxImageEncoder.golden": "metadata.timestamp",
          "TestSPDX22JSONRequredProperties.golden": "has no name", "bad/example7-bin.spdx.json": "has no name",
          "bad/example7-third-party-modules.spdx.json": "has no name"}
NO_SBOM = ("bad-sbom", "invalid_sbom", "random_file")


def judged(report):
    return sorted((f["check"], f["id"], f["package"], f["installed"], f["fixed"], f["status"], f["severity"],
                   f["location"]["layer"], f["location"]["path"], f["reason"], f["fingerprint"])
                  for f in report["findings"] if f["check"] in ("vulnerability", "malware"))


def packages(report):
    return [{k: v for k, v in p.items()} for p in report["packages"]]


def rows(report):
    return sorted((c["check"], c["status"], c["code"], c["detail"]) for c in report["coverage"]
                  if c["status"] == "incomplete")


def there_and_back(image):
    name = os.path.basename(image)
    direct = assay("scan", image, "-f", "json", "-q")
    if SLOW and direct.rc == 2 and "several images" in direct.err:
        return  # several images: each has a name of its own in the other forms
    if SLOW and direct.rc == 3:
        return  # refused: there is nothing to write
    outs = [w for f in FORMS for w in ("-o", f"{f}={TMP}/{name}.{f}")]
    made = assay("sbom", image, "-q", *outs)
    if not ok(f"{name} is written in all forms", made.rc == 0 and direct.rc == 0, f"{made}\n{direct}"):
        return
    want = direct.json()
    for form in FORMS:
        path = f"{TMP}/{name}.{form}"
        back = assay("scan", "sbom:" + path, "-f", "json", "-q")
        if not ok(f"{name}: {form} is read", back.rc == 0, back):
            continue
        have = back.json()
        same(f"{name}: {form}: the findings", judged(have), judged(want))
        same(f"{name}: {form}: the packages", packages(have), packages(want))
        same(f"{name}: {form}: what is incomplete", rows(have), rows(want))
        with open(path, "rb") as f:
            first = f.read()
        again = assay("sbom", "sbom:" + path, "-f", form, "-q")
        ok(f"{name}: {form}: out, in and out again are the same bytes", again.raw == first)


def incomplete(run):
    return [c for c in run.json()["coverage"] if c["status"] == "incomplete" and c["code"].startswith("sbom.")]


def vectors(root):
    for path in sorted(glob.glob(root + "/**/*", recursive=True)):
        name = path[len(root) + 1:]
        if os.path.isdir(path):
            continue
        run = assay("scan", "sbom:" + path, "-f", "json", "-q", timeout=20)
        base = os.path.basename(name)
        if any(w in base for w in NO_SBOM) or any(w in name for w in OTHER_FORMS):
            ok(f"{name} is refused by name", run.rc == 3 and not run.raw and base in run.err, run)
        elif base.startswith("invalid"):
            ok(f"{name} is refused or incomplete",
               run.rc == 3 and not run.raw or any(c["code"] == "sbom.invalid" for c in incomplete(run)), run)
        elif any(name.endswith(f) for f in FAULTY):
            said = [c["detail"] for c in incomplete(run)]
            ok(f"{name} is read, its faults named",
               run.rc == 0 and any(FAULTY[f] in d for f in FAULTY if name.endswith(f) for d in said), said)
        else:
            wrong = run.rc != 0 or [c["detail"] for c in incomplete(run) if c["code"] == "sbom.invalid"]
            ok(f"{name} is read", not wrong, f"{wrong} {run.err}")


def main():
    images, root = shared("data/images"), shared("data/vectors/sbom")
    if not images or not root:
        skip("bills of materials are read", "the images or the vectors are missing")
        return 0
    for image in sorted(glob.glob(images + "/*/*.tar*")) if SLOW else [os.path.join(images, x) for x in IMAGES]:
        there_and_back(image)
    vectors(root)
    with open(TMP + "/bare.json", "w", encoding="utf-8") as f:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [
            {"type": "library", "name": "nameless"}, {"type": "library", "name": "x", "purl": "pkg:npm/x"}]}, f)
    run = assay("scan", f"sbom:{TMP}/bare.json", "-f", "json", "-q")
    same("packages without purl or version are counted, and kept",
         sorted((c["code"], c["detail"].split(" ")[0]) for c in incomplete(run)),
         [("sbom.no-purl", "1"), ("sbom.no-version", "1")])
    same("none is dropped", len(run.json()["packages"]), 2)
    ok("a gate is not passed by them", assay("scan", f"sbom:{TMP}/bare.json", "--fail-on", "high", "-q").rc == 3)
    return done()


sys.exit(main())
