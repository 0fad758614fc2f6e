#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 1800
"""images - every form of a report, of real images: SARIF and OpenVEX against their schemas, the rest by what their readers ask.

Three images; in CI (ASSAY_SLOW=1) all of them.
"""
import csv
import glob
import io
import json
import os
import re
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import schemas  # noqa: E402
from forms import DRIVING  # noqa: E402
from tap import TMP, assay, done, ok, shared, skip  # noqa: E402

SLOW = os.environ.get("ASSAY_SLOW") == "1"
SOME = ("alpine-minirootfs-3.20.3", "snyk-java-uberjar", "alma8-synthetic-sqlite")
FORMS = ("csv", "cyclonedx", "cyclonedx-xml", "github", "gitlab", "gitlab-dependency", "html", "json", "junit", "markdown", "openvex",
         "sarif", "spdx-json", "table", "trivy-json")


def validator(path):
    if not schemas.jsonschema or not shared(path):
        return None
    schema = schemas.load(path[len("data/schemas/"):])
    kind = schemas.jsonschema.validators.validator_for(schema)
    judge = kind(schema, format_checker=schemas.formats())
    return lambda doc: schemas.messages(judge, doc)


def junit(text, report):
    root = ET.fromstring(text)
    suites = [root] if root.tag == "testsuite" else list(root)
    wrong = [s.get("name") for s in suites if s.tag != "testsuite" or int(s.get("tests")) != len(s.findall("testcase")) or
             int(s.get("failures")) != len(s.findall("testcase/failure")) or int(s.get("skipped", 0)) != len(s.findall("testcase/skipped"))]
    return wrong + ([] if len(root.findall(".//failure")) >= min(1, len(report["findings"])) else ["no failure"])


def gitlab(doc, report):
    ids = [v["id"] for v in doc["vulnerabilities"]]
    wrong = [v["id"] for v in doc["vulnerabilities"] if not v["identifiers"] or not all(i["type"] and i["name"] and i["value"] for i in v["identifiers"]) or
             len(v.get("name", "")) > 255 or len(v.get("description", "")) > 1048576 or not v["location"]["dependency"]["package"]["name"]]
    return wrong + ([] if len(ids) == len(set(ids)) else ["an id twice"]) + ([] if doc["scan"]["status"] in ("success", "failure") else ["scan"])


def github(doc, report):
    return [k for m in doc["manifests"].values() for k, v in m["resolved"].items()
            if not v["package_url"].startswith("pkg:") or v.get("relationship") not in (None, "direct", "indirect")
            or v.get("scope") not in (None, "runtime", "development") or set(v.get("dependencies", [])) - set(m["resolved"])]


def trivy(doc, report):
    have = sorted({(v["VulnerabilityID"], v["InstalledVersion"]) for r in doc["Results"] for v in r.get("Vulnerabilities", [])})
    want = sorted({(f["id"], f["installed"]) for f in report["findings"] if f["check"] == "vulnerability"})
    return [] if have == want else [have, want]


def sheet(text, report):
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return [r for r in rows if len(r) != len(rows[0])] + [c for r in rows for c in r if c[:1] in tuple("=+-@\t\r")]


def quiet(text, report):
    return [hex(ord(d)) for d in DRIVING if d in text]


def check(name, folder, judges):
    texts = {}
    for form in FORMS:
        if form == "openvex" and not os.path.exists(os.path.join(folder, form)):
            continue
        with open(os.path.join(folder, form), encoding="utf-8", newline="") as f:
            texts[form] = f.read()
    report = json.loads(texts["json"])
    for form, judge in judges.items():
        if judge:
            if form == "openvex":
                states = any(f["check"] == "vulnerability" for f in report["findings"])
                ok(f"{name}: openvex: written where there is something to state", (form in texts) == states)
                if form not in texts:
                    continue
            wrong = judge(json.loads(texts[form]))
            ok(f"{name}: {form} is valid", not wrong, "\n".join(map(str, wrong[:5])))
    for form, look in (("gitlab", gitlab), ("gitlab-dependency", gitlab), ("github", github), ("trivy-json", trivy)):
        wrong = look(json.loads(texts[form]), report)
        ok(f"{name}: {form} is what its readers ask", not wrong, str(wrong)[:500])
    for form, look in (("junit", junit), ("csv", sheet), ("markdown", quiet), ("table", quiet), ("html", quiet)):
        wrong = look(texts[form], report)
        ok(f"{name}: {form} is what its readers ask", not wrong, str(wrong)[:500])
    ok(f"{name}: cyclonedx-xml is XML", ET.fromstring(texts["cyclonedx-xml"]).tag.endswith("}bom"))
    ok(f"{name}: markdown fits a comment", len(texts["markdown"]) < 65536 * 2 and not re.search("<script", texts["markdown"]))


def main():
    root = shared("data/images")
    if not root:
        skip("forms of real images", "no ../shared")
        return 0
    judges = {form: validator("data/schemas/" + path) for form, path in (
        ("sarif", "sarif/sarif-schema-2.1.0.json"), ("openvex", "openvex/openvex_json_schema.json"))}
    judges.update({"cyclonedx": schemas.validator("cyclonedx@1.6"), "spdx-json": schemas.validator("spdx-json")})
    n = 0
    for image in sorted(glob.glob(root + "/*/*.tar*")):
        name = os.path.basename(image)
        if not SLOW and not name.startswith(SOME):
            continue
        outs = [x for form in FORMS for x in ("-o", f"{form}={TMP}/{form}")]
        for platform in ("linux/amd64", "linux/arm64"):
            run = assay("scan", image, "-q", "--platform", platform, *outs, timeout=120)
            if run.rc != 2:
                break
        if run.rc == 0:
            n += 1
            check(name, TMP, judges)
    ok(f"{n} images", n > (40 if SLOW else 2))
    return done()


sys.exit(main())
