#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""json_form - reports validate against the schema, which is strict, and hostile text comes back as it was."""
import copy
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from forms import HOSTILE, render  # noqa: E402
from tap import done, ok, same, skip  # noqa: E402

# the members that the report's contract names, in its order
CONTRACT = {
    "": ["schema", "tool", "image", "os", "lineage", "packages", "findings", "coverage", "verdict"],
    "tool": ["name", "version"],
    "image": ["reference", "digest", "config_digest", "platform", "user", "layers", "config"],
    "image/user": ["declared", "uid", "gid"],
    "image/layers/0": ["digest", "diff_id", "size", "created_by", "origin"],
    "image/config": ["user", "entrypoint", "cmd", "env", "exposed_ports", "labels"],
    "os": ["id", "version", "name", "eol"],
    "lineage/0": ["reference", "digest", "layers", "by"],
    "packages/0": ["purl", "type", "name", "version", "arch", "source", "licenses", "layer", "paths"],
    "packages/0/source": ["name", "version"],
    "findings/0": ["check", "id", "severity", "title", "package", "installed", "fixed", "status", "location", "reason",
                   "epss", "kev", "cvss", "references", "fingerprint", "waived"],
    "findings/0/location": ["layer", "path", "line", "deleted"],
    "findings/0/cvss": ["vector", "score"],
    "coverage/0": ["check", "status", "code", "layer", "path", "detail"],
    "verdict": ["result", "policy", "reasons"],
}
HEX32 = re.compile(r"[0-9a-f]{32}")


def at(value, path):
    for part in filter(None, path.split("/")):
        value = value[int(part) if part.isdigit() else part]
    return value


def reports():
    out = {name: json.loads(render("json", name)) for name in ("plain", "clean", "bare", "hostile")}
    out["suppressed"] = json.loads(render("json", "plain", "0", "suppressed"))
    out["several"] = json.loads(render("json", "plain,clean,bare,hostile"))
    out["many"] = json.loads(render("json", "plain", "0", "many"))
    return out


def contract(all_reports):
    hostile = all_reports["hostile"]
    for path, want in CONTRACT.items():
        have = [k for k in at(hostile, path) if k in want]
        same(f"members of {path or 'the report'}", have, want)
    plain = all_reports["plain"]
    same("no verdict is null", plain["verdict"], None)
    same("no config is null", all_reports["bare"]["image"]["config"], None)
    same("no system is nulls", all_reports["bare"]["os"],
         {"id": None, "version": None, "name": None, "eol": None, "content_sets": None})
    user = [f for f in plain["findings"] if f["id"] == "user.root"][0]
    same("what does not apply is null", [user[k] for k in ("package", "installed", "fixed", "status", "epss", "cvss",
                                                           "waived", "source")], [None] * 8)
    same("a place that is not known", user["location"], {"layer": None, "path": None, "line": None, "deleted": False})
    same("schema of one", plain["schema"], "assay.report/v1")
    same("schema of several", all_reports["several"]["schema"], "assay.reports/v1")
    same("several", [r["image"]["reference"] for r in all_reports["several"]["reports"]][:3],
         ["docker-archive:shop.tar", "docker-archive:shop.tar", "dir:/"])
    same("the list form of one", len(all_reports["many"]["reports"]), 1)
    ok("suppressed ones only on demand", "suppressed" not in plain and len(all_reports["suppressed"]["suppressed"]) == 1)


def texts(value):
    if isinstance(value, dict):
        for k, v in value.items():
            yield k
            yield from texts(v)
    elif isinstance(value, list):
        for v in value:
            yield from texts(v)
    elif isinstance(value, str):
        yield value


def hostile(all_reports):
    raw = render("json", "hostile")
    report = all_reports["hostile"]
    places = ["image/reference", "image/user/declared", "image/layers/0/created_by", "image/config/cmd/0", "os/name",
              "packages/0/purl", "packages/0/source/name", "findings/0/id", "findings/0/location/path",
              "findings/0/waived/reason" if report["findings"][0]["waived"] else "findings/1/waived/reason",
              "coverage/0/path", "verdict/reasons/0"]
    for place in places:
        same(f"hostile text at {place} comes back", at(report, place), HOSTILE)
    ok("a hostile label too", HOSTILE in report["image"]["config"]["labels"])
    ok("no control byte is in the file", not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", raw))
    ok("no line is a command to a runner", not [x for x in raw.decode().splitlines() if x.lstrip().startswith("::")
                                                or "##[" in x or "##vso[" in x])
    same("numbers that are none of their kind are null",
         (report["findings"][0]["epss"], report["findings"][0]["cvss"]["score"]), (None, None))
    ok("every fingerprint is 32 hex digits", all(HEX32.fullmatch(f["fingerprint"]) for f in report["findings"]))


def walk(schema, path=""):
    if isinstance(schema, dict):
        yield path, schema
        for k, v in schema.items():
            yield from walk(v, f"{path}/{k}")
    elif isinstance(schema, list):
        for i, v in enumerate(schema):
            yield from walk(v, f"{path}/{i}")


def strict(schema):
    loose = [p for p, s in walk(schema) if "properties" in s and "if" not in p.split("/")
             and s.get("additionalProperties") is not False]
    ok("no object has members that are not described", not loose, loose)
    mute = [f"{p}/{k}" for p, s in walk(schema) if "properties" in s and "if" not in p.split("/")
            for k, v in s["properties"].items() if not v.get("description")]
    ok("every member is described", not mute, mute)
    same("checks", schema["$defs"]["finding"]["properties"]["check"]["enum"],
         "vulnerability secret malware config user binary file license dockerfile lineage test runtime".split())
    same("severities", sorted(schema["$defs"]["finding"]["properties"]["severity"]["enum"]),
         sorted("critical high medium low negligible unknown".split()))
    same("statuses", schema["$defs"]["finding"]["properties"]["status"]["enum"],
         ["affected", "fixed", "will_not_fix", "fix_deferred", "end_of_life", "under_investigation", None])


def validation(schema, all_reports):
    try:
        import jsonschema
    except ImportError:
        skip("reports validate", "python3-jsonschema is missing")
        return
    kind = getattr(jsonschema, "Draft202012Validator", None)
    if not kind:
        skip("reports validate", "python3-jsonschema is too old for 2020-12")
        return
    kind.check_schema(schema)
    judge = kind(schema)
    for name, report in all_reports.items():
        errors = [f"{list(e.absolute_path)}: {e.message[:300]}" for e in judge.iter_errors(report)]
        ok(f"{name} validates", not errors, "\n".join(errors[:5]))

    def refused(what, change):
        report = copy.deepcopy(all_reports["plain"])
        change(report)
        ok(f"refused: {what}", not judge.is_valid(report))
    refused("another member", lambda r: r.update(extra=1))
    refused("a member is missing", lambda r: r["findings"][0].pop("reason"))
    refused("another severity", lambda r: r["findings"][0].update(severity="severe"))
    refused("another status", lambda r: r["coverage"][0].update(status="done"))
    refused("a fingerprint that is too short", lambda r: r["findings"][0].update(fingerprint="ab"))
    refused("a number as text", lambda r: r["image"]["layers"][0].update(size="1"))
    refused("a probability of 2", lambda r: r["findings"][0].update(epss=2))
    refused("line 0", lambda r: r["findings"][0]["location"].update(line=0))
    refused("another schema", lambda r: r.update(schema="assay.report/v2"))
    refused("a report that is no object", lambda r: r.update(reports=[1], schema="assay.reports/v1"))


everything = reports()
document = json.loads(render("schema"))
contract(everything)
hostile(everything)
strict(document)
validation(document, everything)
sys.exit(done())
