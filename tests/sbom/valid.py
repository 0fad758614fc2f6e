#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 1800
"""valid - bills of materials of all images there are validate against the official schemas; two runs give the same bytes.

Each image is written in one version, one after the other; a few are written in all.  In CI (ASSAY_SLOW=1) all are, and what was
written gives the same bytes when it is read and written again.
"""
import glob
import json
import os
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import schemas  # noqa: E402
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

SLOW = os.environ.get("ASSAY_SLOW") == "1"
FORMS = schemas.CDX + ["spdx-json"] + schemas.SPDX3
AGAIN = ("cyclonedx@1.4", "cyclonedx@1.7", "spdx-json")
WHOLE = ("alpine-minirootfs-3.20.3", "debian12-openssl", "snyk-java.", "libuuid")


def written(image, form):
    run = assay("sbom", image, "-f", form, "-q", "--platform", "linux/amd64")
    if run.rc == 2:  # an image of another platform
        run = assay("sbom", image, "-f", form, "-q", "--platform", "linux/arm64")
    return run


def validate(image, form, judge):
    name = os.path.basename(image)
    run = written(image, form)
    if run.rc in (2, 3) and not run.raw:
        return False  # broken on purpose, or several images in one archive
    if not ok(f"{name} is written as {form}", run.rc == 0, run):
        return True
    wrong = judge(json.loads(run.raw))
    ok(f"{name} as {form} is valid", not wrong, "\n".join(wrong[:5]))
    if SLOW and form in AGAIN:
        path = os.path.join(TMP, "bom.json")
        with open(path, "wb") as f:
            f.write(run.raw)
        same(f"{name} as {form}: again the same bytes", assay("sbom", "sbom:" + path, "-f", form, "-q").raw, run.raw)
    return True


def main():
    root = shared("data/images")
    judges = {form: schemas.validator(form) for form in FORMS}
    if not root or not judges["spdx-json"]:
        skip("bills of materials are valid", "the schemas, the images or python3-jsonschema are missing")
        return 0
    images = sorted(glob.glob(root + "/*/*.tar*"))
    n = 0
    for i, image in enumerate(images):
        name = os.path.basename(image)
        forms = FORMS if SLOW or name.startswith(WHOLE) else [FORMS[i % len(FORMS)]]
        n += all([validate(image, form, judges[form]) for form in forms])
    ok(f"{n} of {len(images)} images are written", n > 40)
    image = [i for i in images if "alpine-minirootfs-3.20.3" in i][0]
    for form in ("cyclonedx", "cyclonedx-xml", "spdx-json", "spdx-tag-value", "spdx3-json"):
        first = written(image, form)
        same(f"{form}: two runs give the same bytes", first.raw, written(image, form).raw)
        dated = assay("sbom", image, "-f", form, "-q", env={"SOURCE_DATE_EPOCH": "1700000000"})
        ok(f"{form}: SOURCE_DATE_EPOCH is the time", b"2023-11-14T22:13:20Z" in dated.raw, dated)
    for version in ("1.4", "1.5", "1.6", "1.7"):
        root = ET.fromstring(written(image, f"cyclonedx-xml@{version}").raw)
        ns = "{http://cyclonedx.org/schema/bom/" + version + "}"
        purls = [c.findtext(ns + "purl") for c in root.find(ns + "components")]
        same(f"cyclonedx-xml@{version}: packages", len([p for p in purls if p]), 14)
    return done()


sys.exit(main())
