#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hostile - bills of materials of an image that lies: hostile text in every place that an image or a foreign document fills
leaves each form valid, one document, with XML's elements in the order of its schema; and back it says the same again."""
import json
import os
import re
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import schemas  # noqa: E402
from forms import DRIVING, HOSTILE_BYTES, render  # noqa: E402
from image import File, docker_archive, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

# bom-1.4.xsd to bom-1.7.xsd: the elements of a sequence that are written, in its order
ORDER = {
    "bom": "metadata components dependencies compositions vulnerabilities", "metadata": "timestamp tools component",
    "component": "supplier publisher group name version description hashes licenses cpe purl externalReferences properties",
    "vulnerability": "id source ratings description recommendation advisories affects properties", "rating": "source score severity method vector",
    "target": "ref versions", "version": "version status", "composition": "aggregate assemblies", "tool": "name version", "reference": "url"}
CPES = ["cpe:2.3:o:alpinelinux:alpine:3.20:*:*:*:*:*:*:*", "cpe:/o:redhat:enterprise_linux:8::baseos", "cpe:/o:a:b:c:d:e:f:g:h", "cpe:2.3:o:a b:c:1:*:*:*:*:*:*:*",
        "cpe:2.3:o:a:b:1:*:*:<x>:*:*:*:*", "cpe:2.3:o:a:b:1:*:*:en-us:*:*:*:*", "cpe:2.3:o:a:b:1:*:*:english:*:*:*:*", "cpe:2.3:o:a:b", "cpe:2.3:q:a:b:1:*:*:*:*:*:*:*",
        "cpe:2.3:o:a\\<b:c\\\"d:1:*:*:*:*:*:*:*", "cpe:2.3:o:a\x1bb:c:1:*:*:*:*:*:*:*", "cpe:/o:<script>", "CPE:2.3:o:a:b:1:*:*:*:*:*:*:*", "]]>", "cpe:/", "cpe:2.3:o:\xff:b:1:*:*:*:*:*:*:*",
        "cpe:2.3:o:a*b:c:1:*:*:*:*:*:*:*", "cpe:2.3:o::c:1:*:*:*:*:*:*:*", "cpe:/:a:b"]


def short(tag):
    return tag.split("}")[-1]


def disorder(root):
    """Elements that stand out of order, or are not known to be written."""
    wrong = []
    for e in root.iter():
        order = ORDER.get(short(e.tag))
        if not order or not len(e):
            continue
        places = [order.split().index(short(c.tag)) if short(c.tag) in order.split() else -1 for c in e]
        if -1 in places or places != sorted(places):
            wrong.append((short(e.tag), [short(c.tag) for c in e]))
    return wrong


def check(name, form, raw, judge):
    if "xml" in form:
        try:
            root = ET.fromstring(raw)
        except ET.ParseError as why:
            ok(f"{name}: {form}: XML", False, why)
            return
        same(f"{name}: {form}: elements in order", disorder(root), [])
        ok(f"{name}: {form}: nothing but text", not any(d in (e.text or "") for e in root.iter() for d in DRIVING if d not in "\r"))
    elif form == "spdx-tag-value":
        starts = [line.split(":")[0] for line in raw.decode().split("\n") if line]
        ok(f"{name}: {form}: each line is a tag", all(re.fullmatch("[A-Z][A-Za-z]+", s) for s in starts), [s for s in starts if not s.isalpha()])
        ok(f"{name}: {form}: no text drives a terminal", not any(d in raw.decode() for d in DRIVING))
    elif judge:
        wrong = judge(json.loads(raw))
        ok(f"{name}: {form} is valid", not wrong, "\n".join(wrong[:5]))


def forms():
    for v in ("1.4", "1.5", "1.6", "1.7"):
        yield f"cyclonedx@{v}", schemas.validator(f"cyclonedx@{v}")
        yield f"cyclonedx-xml@{v}", None
    yield "spdx-tag-value", None
    for form in ("spdx-json", "spdx3-json@3.0.1", "spdx3-json@3.0.0"):
        yield form, schemas.validator(form)


def samples():
    for form, judge in forms():
        for sample in ("plain", "hostile"):
            check(f"a {sample} report", form, render(form, sample, "files"), judge)


def cpes():
    """What os-release says the system is called is taken where it is a CPE name, by the pattern of CSAF 2.0's schema."""
    path = shared("data/schemas/csaf/csaf_2.0/json_schema/csaf_json_schema.json")
    found = [os.path.join(b, f) for b, _, fs in os.walk(shared("data/schemas/csaf/csaf_2.0") or ".") for f in fs if f == "csaf_json_schema.json"]
    path = path or (found[0] if found else None)
    if not path:
        skip("names of systems", "no schema of CSAF")
        return
    pattern = re.search(r'"pattern": ("\^\(cpe:.*")', open(path, encoding="utf-8").read())
    pattern = re.compile(json.loads(pattern.group(1)))
    for cpe in CPES:
        docker_archive(TMP + "/cpe.tar", [tar_of([File("etc/os-release", f"ID=x\nVERSION_ID=1\nCPE_NAME='{cpe}'\n".encode("latin-1")), File("lib/apk/db/installed", "P:a\nV:1-r0\n\n")])])
        have = [c.get("cpe") for c in json.loads(assay("sbom", TMP + "/cpe.tar", "-q").raw)["components"] if c["type"] == "operating-system"]
        want = cpe if pattern.fullmatch(cpe) else None
        ok(f"CPE_NAME {cpe!r}: {'taken' if want else 'not taken'}", have == [want] or (want and cpe.startswith("CPE") and have == [None]), have)


def foreign():
    """Text of a document of somebody else's, on its way into ours."""
    text = HOSTILE_BYTES.decode("utf-8", "replace")
    doc = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": {"type": "container", "name": text, "version": text}},
           "components": [{"type": "library", "name": text, "version": text, "group": text, "purl": purl, "cpe": text, "publisher": text, "bom-ref": f"{i}" + text,
                           "supplier": {"name": text}, "licenses": [{"license": {"name": text}}], "externalReferences": [{"type": "website", "url": text}],
                           "properties": [{"name": "assay:path", "value": text}]} for i, purl in enumerate((text, "pkg:npm/" + text, "pkg:npm/a@1"))]
           + [{"type": "file", "name": text, "hashes": [{"alg": "SHA-1", "content": "0" * 40}], "properties": [{"name": "assay:package", "value": text}]}],
           "dependencies": [{"ref": "0" + text, "dependsOn": ["1" + text, "2" + text]}]}
    with open(TMP + "/foreign.json", "w", encoding="utf-8") as f:
        json.dump(doc, f)
    for form, judge in forms():
        run = assay("sbom", f"sbom:{TMP}/foreign.json", "-f", form, "--files", "-q")
        if not ok(f"a foreign document is written as {form}", run.rc == 0, run):
            continue
        check("a foreign document", form, run.raw, judge)
        for _ in range(2):  # the first turn escapes what a form cannot hold
            with open(TMP + "/again", "wb") as f:
                f.write(run.raw)
            last, run = run, assay("sbom", f"sbom:{TMP}/again", "-f", form, "--files", "-q")
            check("... read again", form, run.raw, judge)
        same(f"... {form}: the same again", run.raw, last.raw)


samples()
cpes()
foreign()
sys.exit(done())
