#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""more_forms - CSV, Markdown, HTML, GitLab, GitHub and Trivy's JSON: their shape, and hostile names in them.

The page is opened in a real browser where chromium is installed: its script must run, an image's must not.
"""
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from forms import DRIVING, render  # noqa: E402
from tap import TMP, done, ok, same, skip  # noqa: E402

TAGS = set("html head meta title style body main section h1 h2 p br strong ul li b svg rect div label input select option "
           "output table thead tbody tr th td button span script".split())


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.handlers, self.scripts = set(), [], 0

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.scripts += tag == "script"
        self.handlers += [k for k, v in attrs if k.startswith("on") or k in ("href", "src", "style", "srcdoc")]


def html():
    text = render("html", "plain,hostile").decode()
    page = Page()
    page.feed(text)
    same("html: only its own elements", page.tags - TAGS, set())
    same("html: no handler, address or style of an image", page.handlers, [])
    same("html: one script", page.scripts, 1)
    ok("html: nothing is loaded", "default-src 'none'" in text and "http://" not in text.split("<body>")[0])
    browser = shutil.which("chromium")
    if not browser:
        skip("html: in a browser", "chromium is not installed")
        return
    path = os.path.join(TMP, "page.html")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    run = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={TMP}/profile",
                          "--dump-dom", "file://" + path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                         check=False, env=dict(os.environ, HOME=TMP))
    dom = run.stdout.decode("utf-8", "replace")
    ok("html: its script runs in a browser", re.search(r"<output[^>]*>\d+ of \d+ shown", dom), run.stderr[-500:])
    ok("html: no element of an image's in a browser", "<script>alert" not in dom.replace("&lt;", ""))


def sheet():
    rows = list(csv.reader(io.StringIO(render("csv", "plain,hostile").decode(), newline="")))
    ok("csv: all rows are as wide as the head", len({len(r) for r in rows}) == 1 and len(rows) > 8)
    ok("csv: no cell is a formula", not [c for r in rows for c in r if c[:1] in "=+-@\t\r" and c])
    ok("csv: no control byte", not [c for r in rows for c in r if any(d in c for d in DRIVING)])


def markdown():
    text = render("markdown", "plain,hostile").decode()
    bare = re.sub(r"</?(details|summary)>", "", text)
    ok("markdown: no element of an image's", not re.search(r"[<>`\[\]@~\\]", bare))
    heads = [l for l in text.splitlines() if l.startswith("#")]
    same("markdown: two headings", len(heads), 2)
    table = [l for l in text.splitlines() if l.startswith("| ") and "severity" not in l and "critical | high" not in l]
    ok("markdown: no cell ends early", all(l.count("|") in (7, 9) for l in table), table[:3])
    ok("markdown: fits a comment", len(text) < 131072)


def documents():
    for sample in ("plain", "hostile"):
        doc = json.loads(render("gitlab", sample))
        ok(f"gitlab: {sample}: scan", doc["scan"]["type"] == "container_scanning"
           and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", doc["scan"]["start_time"]) and doc["version"] == "15.0.7")
        for v in doc["vulnerabilities"]:
            ok(f"gitlab: {sample}: {v['severity']}",
               v["severity"] in ("Info", "Unknown", "Low", "Medium", "High", "Critical") and v["identifiers"]
               and {"dependency", "operating_system", "image"} == set(v["location"])
               and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", v["id"]))
        doc = json.loads(render("gitlab-dependency", sample))
        ok(f"gitlab-dependency: {sample}", doc["dependency_files"] == [] and doc["scan"]["type"] == "dependency_scanning")
        doc = json.loads(render("github", sample))
        ok(f"github: {sample}", {"version", "job", "sha", "ref", "detector", "scanned", "manifests"} == set(doc)
           and all(set(m) == {"name", "file", "resolved"} for m in doc["manifests"].values()))
        doc = json.loads(render("trivy-json", sample))
        ok(f"trivy-json: {sample}", doc["SchemaVersion"] == 2 and all(
            {"Target", "Class", "Type"} <= set(r) for r in doc["Results"]))
    found = [v for r in json.loads(render("trivy-json", "plain"))["Results"] for v in r.get("Vulnerabilities", [])]
    ok("trivy-json: members that dashboards read", found and all(
        {"VulnerabilityID", "PkgName", "InstalledVersion", "Severity", "Layer", "PkgIdentifier"} <= set(v) for v in found))


html()
sheet()
markdown()
documents()
sys.exit(done())
