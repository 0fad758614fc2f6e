#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""junit - reports in JUnit's XML are well formed, keep to junit-10.xsd, and their counts are right."""
import os
import re
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from forms import DRIVING, render  # noqa: E402
from tap import done, ok, same  # noqa: E402

# element: (attributes that must be there, that may be, elements inside in this order), of junit-10.xsd
SHAPE = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"skipped", "time"}, ["testsuite"]),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, set(), ["properties", "testcase"]),
    "properties": (set(), set(), ["property"]),
    "property": ({"name", "value"}, set(), []),
    "testcase": ({"name", "classname", "time"}, set(), ["skipped", "error", "failure"]),
    "skipped": ({"message"}, {"type"}, []),
    "error": ({"message", "type"}, set(), []),
    "failure": ({"message", "type"}, set(), []),
}


def shape(node):
    must, may, inside = SHAPE.get(node.tag, (None, None, None))
    if must is None:
        return [f"<{node.tag}> is not of JUnit"]
    faults = []
    have = set(node.attrib)
    if not must <= have or not have <= must | may:
        faults.append(f"<{node.tag}> has {sorted(have)}")
    order = [inside.index(child.tag) if child.tag in inside else -1 for child in node]
    if -1 in order or order != sorted(order):
        faults.append(f"<{node.tag}> holds {[c.tag for c in node]}")
    for child in node:
        faults += shape(child)
    return faults


def counts(node, cases):
    found = {"tests": len(cases), "failures": sum(c.find("failure") is not None for c in cases),
             "errors": sum(c.find("error") is not None for c in cases),
             "skipped": sum(c.find("skipped") is not None for c in cases)}
    return [f"{k} of {node.get('name')}" for k, v in found.items() if node.get(k) != str(v)]


def check(name, *args):
    raw = render("junit", *args)
    root = ET.fromstring(raw)
    faults = shape(root)
    ok(f"{name} has the shape of JUnit", not faults, faults)
    faults = counts(root, list(root.iter("testcase")))
    for suite in root.findall("testsuite"):
        faults += counts(suite, suite.findall("testcase"))
        names = [c.get("name") for c in suite.findall("testcase")]
        if len(names) != len(set(names)):
            faults.append(f"names of {suite.get('name')}")
    ok(f"{name}: the counts are right, the names differ", not faults, faults)
    texts = [t for n in root.iter() for t in [n.text or "", *n.attrib.values()]]
    ok(f"{name}: no text drives a terminal", not [t for t in texts if any(c in t for c in DRIVING)])
    ok(f"{name}: no control byte is in the file", not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", raw))
    lines = raw.decode().splitlines()
    ok(f"{name}: no line is a command to a runner", not [x for x in lines if x.lstrip().startswith("::")
                                                       or "##[" in x or "##vso[" in x])
    return root


root = check("plain", "plain")
same("suites of plain", [s.get("name") for s in root],
     [f"{c} of docker-archive:shop.tar linux/amd64" for c in ("vulnerability", "secret", "malware", "user")])
vuln = root[0]
same("counts of vulnerability", (vuln.get("tests"), vuln.get("failures"), vuln.get("errors"), vuln.get("skipped")),
     ("10", "7", "1", "1"))
case = {c.get("name"): c for c in vuln.iter("testcase")}
failure = case["CVE-2024-4741 in openssl 3.0.11-1~deb12u2"].find("failure")
same("a failure", (failure.get("type"), failure.get("message")), ("high", "high: use after free with SSL_free_buffers"))
ok("its text says where it is fixed", "\nFixed in: 3.0.14-1~deb12u1\n" in failure.text, failure.text)
same("a waived one is skipped",
     case["CVE-2024-25062 in libxml2 2.9.14+dfsg-1.3~deb12u1"].find("skipped").get("message"),
     "waived: the XML reader is not reachable")
same("complete coverage passes", len(case["coverage: advisories.used"]), 0)
same("incomplete coverage is an error", case["coverage: packages.language"].find("error").get("type"),
     "packages.language")
same("skipped coverage is skipped", root[2][1].find("skipped").get("message"), "no malware rules are configured")
same("suppressed ones come on demand", check("suppressed", "plain", "0", "suppressed")[0].get("skipped"), "2")
same("several images", len(check("several", "clean,bare,plain")), 5)
same("nothing at all", len(check("bare", "bare")), 0)
check("hostile", "hostile", "0", "suppressed")
sys.exit(done())
