#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vex - what suppliers say of findings: OpenVEX, CSAF and CycloneDX documents and a repository of
them, against an image of two npm packages and a Go-like binary; documents written for this test."""
import json
import os
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from image import File, docker_archive, tar_of, to_json  # noqa: E402
from papers import DSSE, INTOTO, Image, envelope, make_key, path, statement  # noqa: E402
from tap import ASSAY, SHARED, TMP, assay, done, ok, same, skip  # noqa: E402

VEX = "https://openvex.dev/ns/v0.2.0"
A, B = "pkg:npm/a@1.0.0", "pkg:npm/%40s/b@1.0.0"
BOTH = {"CVE-2024-1 a", "CVE-2024-1 @s/b", "CVE-2024-2 a"}


def record(cve, name):
    return {"id": "GHSA-" + cve[4:] + name, "modified": "2024-05-01T00:00:00Z", "aliases": [cve], "affected": [{
        "package": {"ecosystem": "npm", "name": name}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}]}]}


def openvex(*statements, **more):
    return dict({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/1", "author": "A supplier",
                 "timestamp": "2024-06-01T00:00:00Z", "version": 1, "statements": list(statements)}, **more)


def says(cve, product, status="not_affected", parts=(), **more):
    p = {"@id": product}
    if parts:
        p["subcomponents"] = [{"@id": x} for x in parts]
    return dict({"vulnerability": {"name": cve}, "products": [p], "status": status,
                 "justification": "vulnerable_code_not_in_execute_path"}, **more)


def csaf(status, products, relationships=(), **more):
    tree = {"branches": [{"category": "vendor", "name": "V", "branches": [
        {"category": "product_version", "name": n, "product": {"product_id": n, "name": n, "product_identification_helper": h}} for n, h in products]}]}
    if relationships:
        tree["relationships"] = [{"category": "default_component_of", "full_product_name": {"product_id": i, "name": i},
                                  "product_reference": part, "relates_to_product_reference": whole} for i, part, whole in relationships]
    return {"document": {"category": "csaf_vex", "csaf_version": "2.0", "publisher": {"name": "V"}, "tracking": {"current_release_date": "2024-06-01T00:00:00Z"}},
            "product_tree": tree, "vulnerabilities": [dict({"cve": "CVE-2024-1", "product_status": status}, **more)]}


def ranged(status, category, name, purl="pkg:npm/a"):
    """A product that hangs on a branch of versions, its purl without one."""
    doc = csaf({status: ["P"]}, [("P", {"purl": purl})])
    doc["product_tree"]["branches"][0]["branches"][0].update(category=category, name=name)
    return doc


def cyclonedx(state, ref, **more):
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "metadata": {"timestamp": "2024-06-01T00:00:00Z"},
            "components": [{"type": "library", "bom-ref": "one", "name": "a", "version": "1.0.0", "purl": A}],
            "vulnerabilities": [dict({"id": "CVE-2024-1", "analysis": {"state": state, "justification": "code_not_reachable", "detail": "never"},
                                      "affects": [{"ref": ref}]}, **more)]}


# name, documents, what is left
CASES = [
    ("not affected, by purl", [openvex(says("CVE-2024-1", A))], BOTH - {"CVE-2024-1 a"}),
    ("without version it is every version", [openvex(says("CVE-2024-1", "pkg:npm/a"))], BOTH - {"CVE-2024-1 a"}),
    ("another version", [openvex(says("CVE-2024-1", "pkg:npm/a@1.0.1"))], BOTH),
    ("a scope is part of the name", [openvex(says("CVE-2024-1", B))], BOTH - {"CVE-2024-1 @s/b"}),
    ("a qualifier that the package lacks", [openvex(says("CVE-2024-1", A + "?os=windows"))], BOTH),
    ("another name of the vulnerability", [openvex(says("X-1", A, vulnerability={"name": "X-1", "aliases": ["GHSA-2024-1a"]}))], BOTH - {"CVE-2024-1 a"}),
    ("fixed counts too", [openvex(says("CVE-2024-1", A, "fixed"))], BOTH - {"CVE-2024-1 a"}),
    ("affected stays", [openvex(says("CVE-2024-1", A, "affected"))], BOTH),
    ("under investigation stays", [openvex(says("CVE-2024-1", A, "under_investigation"))], BOTH),
    ("the later statement wins", [openvex(says("CVE-2024-1", A), says("CVE-2024-1", A, "affected", timestamp="2024-07-01T00:00:00Z"))], BOTH),
    ("whatever the order", [openvex(says("CVE-2024-1", A, "affected", timestamp="2024-05-01T00:00:00Z"), says("CVE-2024-1", A))], BOTH - {"CVE-2024-1 a"}),
    ("the image, by digest", [openvex(says("CVE-2024-1", "pkg:oci/x@{digest}"))], BOTH - {"CVE-2024-1 a", "CVE-2024-1 @s/b"}),
    ("the image, by hash", [openvex(says("CVE-2024-1", "", products=[{"hashes": {"sha-256": "{hex}"}}]))], BOTH - {"CVE-2024-1 a", "CVE-2024-1 @s/b"}),
    ("another image", [openvex(says("CVE-2024-1", "pkg:oci/x@sha256:" + "0" * 64))], BOTH),
    ("a part of the image", [openvex(says("CVE-2024-1", "pkg:oci/x@{digest}", parts=[A]))], BOTH - {"CVE-2024-1 a"}),
    ("a part of another product", [openvex(says("CVE-2024-1", "pkg:npm/other", parts=[A]))], BOTH),
    ("version 0.0.1 of the form", [{"@context": "https://openvex.dev/ns", "author": "A", "timestamp": "2024-06-01T00:00:00Z", "statements": [
        {"vulnerability": "CVE-2024-1", "products": [A], "status": "not_affected"}]}], BOTH - {"CVE-2024-1 a"}),
    ("in an in-toto statement", [{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://openvex.dev/ns/v0.2.0", "subject": [],
                                  "predicate": openvex(says("CVE-2024-1", A))}], BOTH - {"CVE-2024-1 a"}),
    ("CSAF", [csaf({"known_not_affected": ["P1"]}, [("P1", {"purl": A})], flags=[{"label": "component_not_present", "product_ids": ["P1"]}])], BOTH - {"CVE-2024-1 a"}),
    ("CSAF, affected", [csaf({"known_affected": ["P1"]}, [("P1", {"purl": A})])], BOTH),
    ("CSAF, a component of a product by name", [csaf({"fixed": ["R"]}, [("P1", {"purl": A}), ("OS", {"cpe": "cpe:/o:x:y"})], [("R", "P1", "OS")])], BOTH - {"CVE-2024-1 a"}),
    ("CSAF, a component of this image", [csaf({"fixed": ["R"]}, [("P1", {"purl": A}), ("I", {"purl": "pkg:oci/x@{digest}"})], [("R", "P1", "I")])], BOTH - {"CVE-2024-1 a"}),
    ("CSAF, a component of another image", [csaf({"fixed": ["R"]}, [("P1", {"purl": A}), ("I", {"purl": "pkg:oci/x@sha256:" + "0" * 64})], [("R", "P1", "I")])], BOTH),
    ("CycloneDX, by the ref of a component", [cyclonedx("not_affected", "one")], BOTH - {"CVE-2024-1 a"}),
    ("CycloneDX, by purl", [cyclonedx("false_positive", A)], BOTH - {"CVE-2024-1 a"}),
    ("CycloneDX, by a link into a document", [cyclonedx("resolved", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#" + A)], BOTH - {"CVE-2024-1 a"}),
    ("CycloneDX, exploitable", [cyclonedx("exploitable", A)], BOTH),
    ("CycloneDX, without analysis", [cyclonedx("not_affected", A, analysis={})], BOTH),
    ("a range as a qualifier of a purl", [openvex(says("CVE-2024-1", "pkg:npm/a?vers=vers:npm%2F%3E%3D0.9.0%7C%3C2.0.0"))], BOTH - {"CVE-2024-1 a"}),
    ("a range that ends below", [openvex(says("CVE-2024-1", "pkg:npm/a?vers=vers:npm%2F%3C1.0.0"))], BOTH),
    ("a range of another type", [openvex(says("CVE-2024-1", "pkg:npm/a?vers=vers:pypi%2F%3C2.0.0"))], BOTH),
    ("a range of any type's versions", [openvex(says("CVE-2024-1", "pkg:npm/a?vers=vers:semver%2F%3C2.0.0"))], BOTH - {"CVE-2024-1 a"}),
    ("an image has no range", [openvex(says("CVE-2024-1", "pkg:oci/x@{digest}?vers=vers:generic%2F%3C2"))], BOTH),
    ("CSAF, a range", [ranged("known_not_affected", "product_version_range", "vers:npm/>=0.1.0|<2.0.0")], BOTH - {"CVE-2024-1 a"}),
    ("CSAF, another range", [ranged("known_not_affected", "product_version_range", "vers:npm/<1.0.0|>=1.0.1")], BOTH),
    ("CSAF, all versions", [ranged("known_not_affected", "product_version_range", "vers:all/*")], BOTH - {"CVE-2024-1 a"}),
    ("CSAF, a range without scheme and type", [ranged("known_not_affected", "product_version_range", "<2.0.0")], BOTH - {"CVE-2024-1 a"}),
    ("CSAF, another without", [ranged("known_not_affected", "product_version_range", ">1.0.0")], BOTH),
    ("CSAF, one version", [ranged("fixed", "product_version", "1.0.0")], BOTH - {"CVE-2024-1 a"}),
    ("CSAF, one other version", [ranged("fixed", "product_version", "2.0.0")], BOTH),
    ("CSAF, a branch of versions that names the package", [ranged("fixed", "product_version", "a")], BOTH - {"CVE-2024-1 a"}),
    ("CSAF, a range in a component", [csaf({"fixed": ["R"]}, [("P1", {"purl": "pkg:npm/a?vers=vers:npm/1.0.0"}), ("I", {"purl": "pkg:oci/x@{digest}"})], [("R", "P1", "I")])],
     BOTH - {"CVE-2024-1 a"}),
    ("CycloneDX, a range that is not affected", [cyclonedx("exploitable", A, affects=[{"ref": A, "versions": [{"range": "vers:npm/<2.0.0", "status": "unaffected"}]}])],
     BOTH - {"CVE-2024-1 a"}),
    ("CycloneDX, a version that is not affected", [cyclonedx("exploitable", "one", affects=[{"ref": "one", "versions": [
        {"version": "0.9.0", "status": "affected"}, {"version": "1.0.0", "status": "unaffected"}]}])], BOTH - {"CVE-2024-1 a"}),
    ("CycloneDX, another version", [cyclonedx("not_affected", A, affects=[{"ref": A, "versions": [{"version": "2.0.0"}]}])], BOTH),
    ("CycloneDX, the state holds for what has no status", [cyclonedx("not_affected", A, affects=[{"ref": A, "versions": [{"range": "vers:npm/*"}]}])], BOTH - {"CVE-2024-1 a"}),
    ("CycloneDX, resolved, but not in this version", [cyclonedx("resolved", A, affects=[{"ref": A, "versions": [
        {"range": "vers:npm/<2.0.0", "status": "affected"}, {"range": "vers:npm/>=2.0.0", "status": "unaffected"}]}])], BOTH),
    ("CycloneDX, versions without analysis", [cyclonedx("", A, analysis={}, affects=[{"ref": A, "versions": [{"version": "1.0.0", "status": "unaffected"}]}])],
     BOTH - {"CVE-2024-1 a"}),
    ("CycloneDX, it is not known", [cyclonedx("not_affected", A, affects=[{"ref": A, "versions": [{"version": "1.0.0", "status": "unknown"}]}])], BOTH),
    ("two documents", [openvex(says("CVE-2024-1", A)), openvex(says("CVE-2024-2", A))], {"CVE-2024-1 @s/b"}),
    ("an empty document", [openvex()], BOTH),
]


def write(name, doc, image):
    text = json.dumps(doc).replace("{digest}", image["digest"] or image["config_digest"]).replace("{hex}", (image["digest"] or image["config_digest"])[7:])
    path = os.path.join(TMP, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def left(doc):
    names = {p["purl"]: p["name"] for p in doc["packages"]}
    return {f"{f['id']} {names[f['package']]}" for f in doc["findings"]}


def main():
    if not os.path.exists(ASSAY):
        skip("vex", "there is no program yet")
        return 0
    db, archive = os.path.join(TMP, "db"), os.path.join(TMP, "image.tar")
    with zipfile.ZipFile(os.path.join(TMP, "all.zip"), "w") as z:
        for cve, name in (("CVE-2024-1", "a"), ("CVE-2024-1", "@s/b"), ("CVE-2024-2", "a")):
            z.writestr(f"{cve}{name.replace('/', '')}.json", json.dumps(record(cve, name)))
    assay("db", "import", os.path.join(TMP, "all.zip"), "--db", db)
    docker_archive(archive, [tar_of([File(f"app/node_modules/{n}/package.json", json.dumps({"name": n, "version": "1.0.0"})) for n in ("a", "@s/b")])])
    scan = ["scan", "docker-archive:" + archive, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0", "--show-suppressed"]
    plain = assay(*scan).json()
    same("without VEX", left(plain), BOTH)
    for n, (name, docs, want) in enumerate(CASES):
        args = [x for k, d in enumerate(docs) for x in ("--vex", write(f"{n}-{k}.json", d, plain["image"]))]
        run = assay(*scan, *args)
        if not run.raw.startswith(b"{"):
            ok(name, False, run)
            continue
        doc = run.json()
        rows = [c for c in doc["coverage"] if c["code"] == "vex.used"]
        gone = doc["suppressed"]
        ok(name, left(doc) == want and len(gone) == 3 - len(want) and bool(rows) == bool(gone) and
           all(f["waived"]["by"].startswith("vex:") and "VEX: " in f["reason"] for f in gone), f"left {left(doc)}\n{gone}\n{rows}")
    doc = assay(*scan, "--vex", write("why.json", openvex(says("CVE-2024-1", A, impact_statement="never called")), plain["image"])).json()
    same("the reason carries the justification", doc["suppressed"][0]["waived"]["reason"],
         "not_affected: vulnerable_code_not_in_execute_path: never called")
    for what, doc in (("CycloneDX", cyclonedx("not_affected", A, affects=[{"ref": A, "versions": [{"range": "before 2"}]}])),
                      ("CSAF", ranged("known_not_affected", "product_version_range", "prior to 2.0")),
                      ("OpenVEX", openvex(says("CVE-2024-1", "pkg:npm/a?vers=vers:npm/1|1")))):
        doc = assay(*scan, "--vex", write("range.json", doc, plain["image"])).json()
        rows = [c for c in doc["coverage"] if c["code"] == "vex.range"]
        ok(f"{what}: a range that cannot be read leaves the finding, and says so", left(doc) == BOTH and len(rows) == 1 and
           rows[0]["status"] == "incomplete" and "range.json" in rows[0]["detail"], rows)
    attached(db)
    repository(scan, plain)
    written(scan, plain)
    for name, text in (("no JSON", "{"), ("another document", "{}"), ("no such status", json.dumps(openvex(says("CVE-2024-1", A, "maybe"))))):
        path = os.path.join(TMP, "bad.json")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        run = assay(*scan, "--vex", path)
        ok(f"{name}: wrong usage, and says which file", run.rc == 2 and "bad.json" in run.err or "VEX document" in run.err, run)
    ok("a file that is not there", assay(*scan, "--vex", os.path.join(TMP, "none")).rc == 2)
    hub()
    return done()


def attached(db):
    """Documents beside the image count when a key that was given has signed them, and they are of this image."""
    with zipfile.ZipFile(os.path.join(TMP, "deb.zip"), "w") as z:
        z.writestr("DSA-1.json", json.dumps({"id": "DSA-1", "modified": "2024-05-01T00:00:00Z", "aliases": ["CVE-2024-9"], "affected": [{
            "package": {"ecosystem": "Debian:12", "name": "bash"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9"}]}]}]}))
    ok("an advisory is imported", assay("db", "import", os.path.join(TMP, "deb.zip"), "--db", db + "-deb").rc == 0)
    make_key("k"), make_key("o")
    bash = "pkg:deb/debian/bash@5.2-1"
    cdx = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "vulnerabilities": [
        {"id": "CVE-2024-9", "analysis": {"state": "not_affected"}, "affects": [{"ref": bash}]}]}
    rows = [  # name, predicate type, predicate, signed by, keys given, digest it is about, findings left
        ("signed by a key that was given", VEX, openvex(says("CVE-2024-9", bash)), "k", ["k"], None, 0),
        ("... CycloneDX", "https://cyclonedx.org/bom", cdx, "k", ["k"], None, 0),
        ("... of another image", VEX, openvex(says("CVE-2024-9", bash)), "k", ["k"], "sha256:" + "1" * 64, 1),
        ("... which says that it is affected", VEX, openvex(says("CVE-2024-9", bash, "affected")), "k", ["k"], None, 1),
        ("signed by another", VEX, openvex(says("CVE-2024-9", bash)), "o", ["k"], None, 1),
        ("no key was given", VEX, openvex(says("CVE-2024-9", bash)), "k", [], None, 1),
        ("not signed", VEX, openvex(says("CVE-2024-9", bash)), None, ["k"], None, 1)]
    for n, (name, kind, predicate, by, keys, about, want) in enumerate(rows):
        i = Image()
        text = statement(about or i.digest, kind, predicate)
        i.refer([(DSSE, to_json(envelope(by, text)), None)] if by else [(INTOTO, text, None)], DSSE if by else INTOTO)
        run = assay("scan", i.layout(f"vex{n}"), "--checks", "vuln", "-f", "json", "--no-cache", "--show-suppressed", "--db", db + "-deb", "--db-max-age", "0",
                    *[x for k in keys for x in ("--key", path(k + ".pub"))])
        doc = run.json() if run.raw.startswith(b"{") else {"findings": [run], "suppressed": [], "evidence": []}
        ok(f"attached: {name}", len(doc["findings"]) == want and len(doc["evidence"]) == 1 and
           all("attestation sha256:" in f["waived"]["by"] for f in doc["suppressed"]) and len(doc["suppressed"]) == 1 - want, f"{doc['findings']} {doc['suppressed']} {doc['evidence']}")


def repository(scan, plain):
    index = {"updated_at": "2024-01-01T00:00:00Z", "packages": [{"id": "pkg:npm/a", "location": "pkg/npm/a/vex.json"},
                                                                {"id": "pkg:npm/none", "location": "pkg/npm/none/vex.json"}]}
    write("hub/index.json", index, plain["image"])
    write("hub/pkg/npm/a/vex.json", openvex(says("CVE-2024-1", "pkg:npm/a")), plain["image"])
    same("a repository: only what the image has is read", left(assay(*scan, "--vex", os.path.join(TMP, "hub")).json()), BOTH - {"CVE-2024-1 a"})
    write("hub/pkg/npm/a/vex.json", {"@context": "x"}, plain["image"])
    doc = assay(*scan, "--vex", os.path.join(TMP, "hub")).json()
    ok("a broken document of a repository is an incomplete row", left(doc) == BOTH and any(
        c["code"] == "vex.broken" and c["status"] == "incomplete" for c in doc["coverage"]), doc["coverage"])
    index["packages"][0]["location"] = "../../secret.json"
    write("hub/index.json", index, plain["image"])
    doc = assay(*scan, "--vex", os.path.join(TMP, "hub")).json()
    ok("a repository cannot point out of itself", any(c["code"] == "vex.broken" for c in doc["coverage"]), doc["coverage"])


def written(scan, plain):
    """-f openvex: a finding each, which reads back as what it says."""
    waivers = write("waivers.yaml", "", plain["image"])
    with open(waivers, "w", encoding="utf-8") as f:
        f.write("waivers:\n  - id: CVE-2024-2\n    owner: me@example.org\n    reason: not reached\n    until: 2099-01-31\n")
    supplier = write("supplier.json", openvex(says("CVE-2024-1", B)), plain["image"])
    args = [x if x != "json" else "openvex" for x in scan] + ["--waivers", waivers, "--vex", supplier]
    run = assay(*args)
    doc = run.json() if run.raw.startswith(b"{") else ok("an OpenVEX document", False, run) or {"statements": []}
    states = sorted((s["vulnerability"]["name"], s["status"]) for s in doc["statements"])
    same("a statement for each", states, [("CVE-2024-1", "affected"), ("CVE-2024-1", "not_affected"), ("CVE-2024-2", "not_affected")])
    ok("what is affected says what to do", any("2.0.0" in s.get("action_statement", "") for s in doc["statements"]), doc)
    ok("a waiver's reason and owner", any("not reached (me@example.org, until 2099-01-31" in s.get("impact_statement", "") for s in doc["statements"]), doc)
    again = assay(*args)
    ok("two runs give the same bytes", again.raw == run.raw)
    old = os.path.join(TMP, "old.json")
    with open(old, "wb") as f:
        f.write(run.raw)
    none = [x for x in scan if x != "json" and x != "-f"] + ["--only-fixed", "-s", "negligible"]
    empty = assay(*none, "-f", "openvex", "-o", f"openvex={old}")
    ok("nothing to state is no document, on standard output neither", empty.rc == 0 and empty.raw == b"" and "nothing to state" in empty.err, empty)
    ok("what was there of an earlier run is gone", not os.path.exists(old))
    path = os.path.join(TMP, "own.json")
    with open(path, "wb") as f:
        f.write(run.raw)
    same("it reads back", left(assay(*scan, "--vex", path).json()), {"CVE-2024-1 a"})
    schema = os.path.join(SHARED, "data/schemas/openvex/openvex_json_schema.json") if SHARED else ""
    try:
        import jsonschema
        with open(schema, encoding="utf-8") as f:
            jsonschema.Draft202012Validator(json.load(f)).validate(doc)
        ok("it validates", True)
    except (ImportError, OSError, AttributeError):
        skip("it validates", "no schema, or no python3-jsonschema")
    except jsonschema.ValidationError as why:
        ok("it validates", False, why)


def hub():
    """The public samples are read as what they are."""
    found = 0
    for sub in ("openvex-go-vex/vex/testdata", "csaf/examples", "csaf/test"):
        for folder, _, files in os.walk(os.path.join(SHARED, "data/vectors/vex", sub)) if SHARED else ():
            for name in sorted(files):
                path = os.path.join(folder, name)
                with open(path, "rb") as f:
                    text = f.read()
                if b"openvex.dev" not in text and b'"csaf_vex"' not in text or b"payloadType" in text:
                    continue
                found += 1
                run = assay("scan", "dir:" + os.path.join(TMP, "hub"), "--checks", "vuln", "-f", "json", "--vex", path)
                ok(f"{sub}/{name} is read", run.rc != 2, run)
    if not found:
        skip("public samples", "no ../shared/data/vectors/vex")


sys.exit(main())
