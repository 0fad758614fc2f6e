#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sarif - reports in SARIF 2.1.0 validate, say what GitHub asks for, and survive hostile text."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from forms import DRIVING, HOSTILE, HOSTILE_BYTES, render  # noqa: E402
from tap import done, note, ok, same, shared, skip  # noqa: E402

SCHEMA = "data/schemas/sarif/sarif-schema-2.1.0.json"
# RFC 3986 4.2, without a scheme: what is left of characters after percent-encoding
RELATIVE = re.compile(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+")
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "negligible": "note",
          "unknown": "warning"}


def validates(name, document):
    try:
        import jsonschema
    except ImportError:
        skip(f"{name} validates", "python3-jsonschema is missing")
        return
    path = shared(SCHEMA)
    if not path:
        skip(f"{name} validates", "../shared is missing")
        return
    schema = json.load(open(path, encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    errors = [f"{list(e.absolute_path)}: {e.message}" for e in kind(schema).iter_errors(document)]
    ok(f"{name} validates", not errors, "\n".join(errors[:5]))


def shown_texts(value, key=""):
    """Every text that people read: messages, descriptions, help."""
    if isinstance(value, dict):
        for k, v in value.items():
            if k == "properties":
                continue
            yield from shown_texts(v, k)
    elif isinstance(value, list):
        for v in value:
            yield from shown_texts(v, key)
    elif isinstance(value, str) and key in ("text", "justification"):
        yield value


def as_github_wants(name, run):
    rules = run["tool"]["driver"]["rules"]
    ids = [r["id"] for r in rules]
    ok(f"{name}: each rule is there once", len(ids) == len(set(ids)), ids)
    ok(f"{name}: each rule has what is shown of it",
       all(r["shortDescription"]["text"] and r["fullDescription"]["text"] and r["help"]["text"] for r in rules))
    ok(f"{name}: a result points at its rule",
       all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"]))
    places = [x["physicalLocation"] for r in run["results"] for x in r["locations"]]
    ok(f"{name}: each result has one place, with a line",
       len(places) == len(run["results"]) and all(p["region"]["startLine"] >= 1 for p in places))
    ok(f"{name}: each place is a relative reference",
       all(RELATIVE.fullmatch(p["artifactLocation"]["uri"]) for p in places), places)
    hashes = [r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"]]
    ok(f"{name}: each result is known again", len(hashes) == len(set(hashes))
       and all(re.fullmatch(r"[0-9a-f]{32}:\d+", h) for h in hashes), hashes)
    ok(f"{name}: levels follow severities",
       all(r["level"] == LEVELS[r["properties"]["severity"]] for r in run["results"]))
    ok(f"{name}: security-severity is a number as text",
       all(0 < float(r["properties"]["security-severity"]) <= 10 for r in rules
           if "security-severity" in r["properties"]))
    ok(f"{name}: all results say whether they are suppressed", all("suppressions" in r for r in run["results"]))


def plain():
    document = json.loads(render("sarif", "plain"))
    run = document["runs"][0]
    validates("plain", document)
    as_github_wants("plain", run)
    by_id = {r["ruleId"]: r for r in run["results"]}
    same("10 findings are 10 results", len(run["results"]), 10)
    same("the message says what, why and what to do", by_id["CVE-2024-4741"]["message"]["text"],
         "openssl 3.0.11-1~deb12u2: use after free with SSL_free_buffers. openssl 3.0.11-1~deb12u2 is older than the "
         "version that is fixed by the Debian security tracker. Fixed in 3.0.14-1~deb12u1.")
    p = by_id["CVE-2023-4863"]["properties"]
    same("properties of a result", (p["kev"], p["epss"], p["cvssScore"], p["fixedVersion"], p["purl"]),
         (True, 0.9402, 9.8, "1.2.4-0.2+deb12u1", "pkg:deb/debian/libwebp7@1.2.4-0.2?arch=amd64&distro=debian-12"))
    rules = {r["id"]: r["properties"] for r in run["tool"]["driver"]["rules"]}
    same("the score is the severity where it lies in it", rules["CVE-2023-4863"].get("security-severity"), "9.8")
    same("without a score it is a typical one", rules["CVE-2024-4741"].get("security-severity"), "8.0")
    same("an unknown severity has none", rules["CVE-2023-6129"].get("security-severity"), None)
    secret = by_id["secret.aws-access-key"]["locations"][0]
    same("a secret's place", (secret["physicalLocation"]["artifactLocation"]["uri"],
                              secret["physicalLocation"]["region"]["startLine"], secret["properties"]["layer"],
                              secret["properties"]["layerOrigin"], secret["properties"]["deleted"]),
         ("srv/.env", 14, 2, "app", True))
    same("a finding of the image lies in its reference",
         by_id["user.root"]["locations"][0]["physicalLocation"]["artifactLocation"], {"uri": "docker-archive%3Ashop.tar"})
    waived = by_id["CVE-2024-25062"]["suppressions"]
    same("a waived one is suppressed", [(s["kind"], s["justification"]) for s in waived],
         [("external", "the XML reader is not reachable")])
    same("no other is", [i for i, r in by_id.items() if r["suppressions"]], ["CVE-2024-25062"])
    call = run["invocations"][0]
    same("incomplete coverage: the run did not succeed", call["executionSuccessful"], False)
    same("each coverage row is a notification",
         [(n["descriptor"]["id"], n["level"]) for n in call["toolExecutionNotifications"]],
         [("advisories.used", "note"), ("packages.language", "error"), ("worker.died", "error"), ("rules.none", "note")])
    same("automation id", run["automationDetails"]["id"], "assay/docker-archive:shop.tar/linux/amd64/")
    shown = json.loads(render("sarif", "plain", "0", "suppressed"))
    same("suppressed ones are shown on demand", [r["suppressions"][0]["kind"] for r in shown["runs"][0]["results"]
                                                 if r["ruleId"] == "CVE-2024-0727"], ["external"])
    validates("suppressed", shown)


def several():
    document = json.loads(render("sarif", "clean,bare,plain"))
    validates("several", document)
    same("one run per image", [len(r["results"]) for r in document["runs"]], [0, 0, 10])
    same("complete coverage: the run succeeded", document["runs"][0]["invocations"][0]["executionSuccessful"], True)


def hostile():
    raw = render("sarif", "hostile", "0", "suppressed")
    document = json.loads(raw)
    run = document["runs"][0]
    validates("hostile", document)
    as_github_wants("hostile", run)
    texts = list(shown_texts(document))
    bad = [t for t in texts if any(c in t for c in DRIVING) or "](" in t]
    ok("no text that is shown drives a terminal or holds a link", texts and not bad, bad[:2])
    same("an id is kept", run["results"][0]["ruleId"], HOSTILE)
    same("a purl is kept", run["results"][0]["properties"]["purl"], HOSTILE)
    from urllib.parse import unquote_to_bytes
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    same("a path can be read back from its reference", unquote_to_bytes(uri), HOSTILE_BYTES)
    ok("no control byte is in the file", not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", raw))
    note(f"{len(raw)} bytes")


plain()
several()
hostile()
sys.exit(done())
