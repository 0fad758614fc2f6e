#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""policy - the policies that come along, each with reports that it must refuse and one that it admits;
the commands; every command of the page "your first policy in ten minutes"."""
import copy
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from tap import ASSAY, SRC, TMP, assay, done, ok  # noqa: E402

CHECKS = ["vulnerability", "secret", "malware", "config", "user", "binary", "file", "license"]


def row(check):
    return {"check": check, "status": "complete", "code": "", "layer": None, "path": None, "detail": ""}


CLEAN = {
    "schema": "assay.report/v1",
    "tool": {"name": "assay", "version": "0.1.0", "confinement": None},
    "image": {"reference": "registry:registry.internal/shop/web:1", "digest": "sha256:" + "1" * 64,
              "config_digest": None, "platform": "linux/amd64",
              "user": {"declared": "10001", "uid": 10001, "gid": 10001},
              "layers": [{"digest": "sha256:1", "diff_id": "sha256:2", "size": 1,
                          "created_by": "COPY /web /", "origin": "app"}],
              "config": {"user": "10001", "entrypoint": ["/web"], "cmd": [], "env": [],
                         "exposed_ports": ["8080/tcp"], "labels": {"team": "shop"}}},
    "os": {"id": "debian", "version": "12", "name": "Debian 12", "eol": "2098-06-30"},
    "lineage": [{"reference": "registry.internal/approved/debian:12", "digest": None, "layers": 1,
                 "by": "layers"}],
    "packages": [{"purl": "pkg:deb/debian/zlib1g@1", "type": "deb", "name": "zlib1g", "version": "1",
                  "arch": None, "source": None, "licenses": [], "vendor": None, "maintainer": None,
                  "repository": None, "module": None, "third_party": False, "layer": 0, "paths": []}],
    "findings": [],
    "coverage": [row(c) for c in CHECKS],
    "verdict": None,
}


def finding(check="vulnerability", severity="critical", fixed="2", **more):
    f = {"check": check, "id": "X-1", "severity": severity, "title": None,
         "package": "pkg:deb/debian/zlib1g@1", "installed": "1", "fixed": fixed, "status": "fixed",
         "location": {"layer": 0, "path": "etc/x", "line": None, "deleted": False}, "reason": "r",
         "epss": None, "kev": False, "cvss": None, "references": [], "fingerprint": "0" * 32,
         "waived": None}
    return f | more


def paper(kind="signature", **more):
    """What came with the image, as a report has it."""
    return {"kind": kind, "type": None, "found": "tag", "name": None, "subject": None, "document": None,
            "media_type": None, "layer": None, "about": "sha256:" + "1" * 64, "signatures": 0, "signer": None,
            "claimed": [], "packages": None, "missing": None, "unlisted": None} | more


def package(name, **more):
    return CLEAN["packages"][0] | {"name": name} | more


def changed(path, value):
    r = copy.deepcopy(CLEAN)
    at = r
    *keys, last = path.split(".")
    for key in keys:
        at = at[key]
    at[last] = value
    return r


def findings(*list_of):
    return changed("findings", list(list_of))


# policy, what is said to refuse (or to be known), report
REFUSED = [
    ("baseline", "no-critical-with-fix", findings(finding())),
    ("baseline", "no-known-exploited", findings(finding(severity="low", kev=True))),
    ("baseline", "no-secrets", findings(finding("secret", "high", None))),
    ("baseline", "no-malware", findings(finding("malware", "critical", None))),
    ("strict", "no-critical-with-fix", findings(finding())),
    ("strict", "no-high-with-fix", findings(finding(severity="high"))),
    ("strict", "no-critical", findings(finding(fixed=None))),
    ("strict", "no-unknown-severity", findings(finding(severity="unknown"))),
    ("strict", "likely-exploited", findings(finding(severity="low", fixed=None, epss=0.7))),
    ("strict", "never-root", changed("image.user", {"declared": "root:root", "uid": 0, "gid": 0})),
    ("strict", "never-root", changed("image.user", {"declared": "nobody", "uid": -1, "gid": -1})),
    ("strict", "system-is-supported", changed("os.eol", "2020-01-01")),
    ("cis-docker-4", "cis-4.1-user", changed("image.user", {"declared": "", "uid": 0, "gid": 0})),
    ("cis-docker-4", "cis-4.2-trusted-base", changed("lineage", [])),
    ("cis-docker-4", "cis-4.4-patched", findings(finding(severity="high"))),
    ("cis-docker-4", "cis-4.7-update-alone", findings(finding("config", "medium", None, id="config.update-alone"))),
    ("cis-docker-4", "cis-4.10-secrets", findings(finding("secret", "high", None))),
    ("nist-800-190", "nist-4.1.1-vulnerabilities", findings(finding(severity="high"))),
    ("nist-800-190", "nist-4.1.1-unrated", findings(finding(severity="unknown"))),
    ("nist-800-190", "nist-4.1.2-root", changed("image.user", {"declared": "0:0", "uid": 0, "gid": 0})),
    ("nist-800-190", "nist-4.1.2-remote-shells", changed("packages", [package("openssh-server")])),
    ("nist-800-190", "nist-4.1.2-ssh-port", changed("image.config.exposed_ports", ["22/tcp"])),
    ("nist-800-190", "nist-4.1.3-malware", findings(finding("malware", "critical", None))),
    ("nist-800-190", "nist-4.1.4-secrets", findings(finding("secret", "low", None))),
    ("nist-800-190", "nist-4.1.5-trusted", changed("lineage", [])),
    ("nist-800-190", "nist-4.1.5-trusted", changed("lineage", [CLEAN["lineage"][0] | {"by": "label"}])),
    ("approved-bases", "base-is-known", changed("lineage", [])),
    ("approved-bases", "base-is-proven",
     changed("lineage", [CLEAN["lineage"][0] | {"by": "label"}])),
    ("approved-bases", "base-is-approved",
     changed("lineage", [CLEAN["lineage"][0] | {"reference": "docker.io/library/debian:12"}])),
]
WARNED = [
    ("baseline", "supported-system", changed("os.eol", "2020-01-01")),
    ("baseline", "runs-as-root", changed("image.user", {"declared": "", "uid": 0, "gid": 0})),
    ("cis-docker-4", "cis-4.3-packages", changed("packages", [package("telnetd")])),
    ("cis-docker-4", "cis-4.5-signed", CLEAN),
    ("cis-docker-4", "cis-4.6-healthcheck", findings(finding("config", "low", None, id="config.healthcheck"))),
    ("cis-docker-4", "cis-4.11-verified-downloads",
     findings(finding("config", "medium", None, id="config.unverified"))),
    ("cis-docker-4", "cis-4.12-validated-artifacts", CLEAN | {"evidence": [paper(signatures=1)]}),
    ("cis-docker-4", "cis-4.8-setuid", findings(finding("file", "low", None, id="file.setuid"))),
    ("cis-docker-4", "cis-4.9-add", changed("image.layers", [CLEAN["image"]["layers"][0] |
                                                             {"created_by": "ADD https://x/y /"}])),
    ("cis-docker-4", "cis-4.11-verified-packages", changed("packages", [package("x", third_party=True)])),
]


def save(report, name="report.json"):
    path = os.path.join(TMP, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(report, f)
    return path


def of(name):
    return os.path.join(SRC, "rules/policy", name + ".yaml")


def check(name, report):
    return assay("policy", "check", save(report), "--policy", of(name))


def ready_made():
    names = sorted(f[:-5] for f in os.listdir(os.path.join(SRC, "rules/policy")))
    tried = {(p, rule) for p, rule, _ in REFUSED + WARNED}
    for name in names:
        run = check(name, CLEAN)
        ok(f"{name} admits the clean report", run.rc == 0 and run.out.startswith("admit"), run)
        run = assay("policy", "lint", of(name))
        ok(f"{name} has nothing that lint finds", run.rc == 0 and not run.out, run)
        with open(of(name), encoding="utf-8") as f:
            ids = re.findall(r"^  - id: (\S+)", f.read(), re.M)
        missing = [i for i in ids if (name, i) not in tried]
        ok(f"each rule of {name} is tried", not missing, missing)
        holes = copy.deepcopy(CLEAN)
        holes["coverage"] = []
        run = check(name, holes)
        ok(f"{name} is incomplete where nothing was looked at", run.rc == 3, run)
    for name, rule, report in REFUSED:
        run = check(name, report)
        ok(f"{name} refuses by {rule}", run.rc == 1 and f"  {rule}: " in run.out, run)
    for name, rule, report in WARNED:
        run = check(name, report)
        ok(f"{name} warns by {rule}", run.rc == 0 and f"{rule}: " in run.err, run)
    run = check("cis-docker-4", CLEAN | {"evidence": [paper(signatures=1, signer="sha256:abc")]})
    ok("a verified signature ends the warnings of 4.5 and 4.12",
       run.rc == 0 and "cis-4.5" not in run.err and "cis-4.12" not in run.err, run)


def pages():
    """docs/POLICIES.md has every rule of every policy in its section, with its source, and no other."""
    with open(os.path.join(SRC, "docs/POLICIES.md"), encoding="utf-8") as f:
        parts = re.split(r"^## (\S+)\n", f.read(), flags=re.M)[1:]
    told = {name: re.findall(r"^\| `(\S+)` \| (.+) \| (.+) \| (.+) \|$", text, re.M)
            for name, text in zip(parts[::2], parts[1::2])}
    policies = {f[:-5] for f in os.listdir(os.path.join(SRC, "rules/policy"))}
    ok("the page has a section for each policy, and no other", set(told) == policies, (set(told), policies))
    for name in sorted(policies):
        with open(of(name), encoding="utf-8") as f:
            rules = re.split(r"^  - id: (\S+)\n", f.read(), flags=re.M)[1:]
        ids = rules[::2]
        ok(f"the page tells the rules of {name}, in their order", [row[0] for row in told[name]] == ids,
           ([row[0] for row in told[name]], ids))
        for rule, text in zip(ids, rules[1::2]):
            row = next((row for row in told[name] if row[0] == rule), ("", "", "", ""))
            source = re.search(r"^    source: (.+)$", text, re.M)
            warns = "\n    warn: " in "\n" + text
            ok(f"and of {rule} its source, and whether it warns",
               (not source or source[1] in row[2]) and warns == row[1].startswith("*warns*"), row)


BASE = "registry.internal/approved/base:1"


def scanned(name, layers, labels=None, *args):
    path = os.path.join(TMP, name + ".tar")
    image.docker_archive(path, layers, config={"User": "10001", "Labels": labels or {}})
    return assay("scan", path, "-f", "json", "--checks", "user,config", *args)


def bases():
    low = image.tar_of([image.Dir("etc"), image.File("etc/os-release", b"ID=debian\nVERSION_ID=12\n")])
    mid, top, other = (image.tar_of([image.File(n, n.encode())]) for n in ("mid", "top", "other"))
    label = {"org.opencontainers.image.base.name": BASE}
    with open(os.path.join(TMP, "low.json"), "w", encoding="utf-8") as f:
        f.write(scanned("low", [low]).out)
    with open(os.path.join(TMP, "mid.json"), "w", encoding="utf-8") as f:
        f.write(scanned("mid", [low, mid]).out)
    low_base, mid_base = f"{BASE}={TMP}/low.json", f"registry.internal/approved/mid:2={TMP}/mid.json"
    nobody = {"admitted": None, "signer": None}
    proven = {"reference": BASE, "digest": None, "layers": 1, "by": "layers", **nobody}
    claimed = {"reference": BASE, "digest": None, "layers": 0, "by": "label", **nobody}
    nearer = {"reference": "registry.internal/approved/mid:2", "digest": None, "layers": 2, "by": "layers", **nobody}
    for what, layers, labels, args, lineage in (
            ("no base is known", [low, top], None, [], []),
            ("a label is a claim", [low, top], label, [], [claimed]),
            ("the lowest layer is the base's", [low, top], None, ["--base", low_base], [proven]),
            ("what is proven needs no claim", [low, top], label, ["--base", low_base], [proven]),
            ("a label proves nothing beside a base that is another", [other, top], label, ["--base", low_base], [claimed]),
            ("layers in another order are another image", [top, low], None, ["--base", low_base], []),
            ("the nearest first", [low, mid, top], None, ["--base", low_base, "--base", mid_base], [nearer, proven]),
            ("part of a base is not the base", [low, top], None, ["--base", mid_base], []),
            ("the base itself", [low, mid], None, ["--base", mid_base], [nearer])):
        run = scanned("based", layers, labels, *args)
        r = run.json()
        ok(f"lineage: {what}", r["lineage"] == lineage, (r["lineage"], run))
        n = lineage[0]["layers"] if lineage and lineage[0]["by"] == "layers" else None
        want = ["unknown"] * len(layers) if n is None else ["base"] * n + ["app"] * (len(layers) - n)
        ok(f"origin of layers: {what}", [layer["origin"] for layer in r["image"]["layers"]] == want, r["image"]["layers"])
        run = assay("policy", "check", save(r | {"coverage": CLEAN["coverage"]}), "--policy", of("approved-bases"))
        ok(f"approved-bases: {what}", run.rc == (n is None) and ("--base NAME=REPORT" in run.out) == (n is None), run)
    for what, spec, word in (("no file", "x=/nowhere", "/nowhere"), ("no name", f"={TMP}/low.json", "NAME=FILE"),
                             ("no report", "x=" + write("list.json", "[1]"), "list.json"),
                             ("no layers", "x=" + save(changed("image.layers", []), "bare.json"), "names no layers")):
        run = scanned("based", [low], None, "--base", spec)
        ok(f"--base with {what} is wrong usage", run.rc == 2 and word in run.err and not run.out, run)


def commands():
    bad, good = save(findings(finding()), "bad.json"), save(CLEAN, "good.json")
    run = assay("policy", "diff", of("baseline"), of("strict"), good, bad,
                save(findings(finding(severity="high")), "high.json"))
    ok("diff names the image whose verdict changes, and no other",
       run.rc == 0 and run.out.startswith("admit -> refuse  ") and "high.json" in run.out
       and "1 of 3 change" in run.out and "bad.json" not in run.out, run)
    for form, word in (("table", "all images"), ("csv", 'all,"all images",1,1,0,50.0'), ("html", "<td>50.0 %")):
        run = assay("policy", "compliance", good, bad, "--policy", of("baseline"), "-f", form)
        ok(f"compliance counts as {form}", run.rc == 0 and word in run.out, run)
    root = save(changed("image.user.uid", 0), "warned.json")
    run = assay("policy", "check", good, root, "--policy", of("baseline"))
    ok("a warning says of which report it is", run.rc == 0 and f"{root}: runs-as-root: " in run.err
       and f"{good}: " not in run.err, run)
    for args in (["diff", of("baseline"), of("baseline")], ["compliance", "--policy", of("baseline")]):
        run = assay("policy", *args, root)
        ok(f"{args[0]} counts, and warns of no single image", run.rc == 0 and not run.err, run)
    run = assay("policy", "explain", bad, "--policy", of("strict"))
    ok("explain says whose a rule is, and what would have to change",
       run.rc == 1 and "of baseline: it can be tightened" in run.out and "1 finding repaired" in run.out, run)
    run = assay("policy", "check", bad, "--policy", of("baseline"), "-f", "json")
    ok("check writes the report with its verdict", run.json()["verdict"]["result"] == "refuse", run)
    run = assay("policy", "check", good, "--policy", of("baseline"), "--digest", "sha256:" + "2" * 64)
    ok("a report of another image is refused", run.rc == 1 and "another image" in run.out, run)
    waived = {"by": ".trivyignore:1", "owner": None, "reason": None, "until": None}
    run = check("baseline", findings(finding(waived=waived)))
    ok("what a scan without the policy waived counts", run.rc == 1 and "no-critical-with-fix" in run.out, run)
    run = assay("policy", "check", good, "--policy", of("baseline"), "--at", "2020-01-01")
    ok("a decision is of today", run.rc == 2 and "--at" in run.err, run)
    folder = os.path.join(TMP, "foreign")
    os.makedirs(folder)
    for key, value in (("at", "2020-01-01"), ("environment", "test"), ("break-glass", "fire"), ("by", "me"),
                       ("in-repository", "x/y"), ("policy", "p.yaml")):
        with open(os.path.join(folder, ".assay.yaml"), "w", encoding="utf-8") as f:
            f.write(f"{key}: {value}\n")
        run = assay("policy", "explain", bad, "--policy", of("baseline"), cwd=folder)
        ok(f"a file of the working folder cannot say {key}", run.rc == 2 and ".assay.yaml" in run.err, run)
    write("all.yaml", "waivers:\n- {check: '*', owner: o, reason: r, until: 2090-01-01}\n")
    with open(os.path.join(folder, ".assay.yaml"), "w", encoding="utf-8") as f:
        f.write(f"waivers: {TMP}/all.yaml\n")
    for args in (["check", "--policy", of("baseline")], ["diff", of("baseline"), of("cis-docker-4")]):
        run = assay("policy", *args, bad, cwd=folder)
        ok(f"policy {args[0]} takes no waivers from the working folder",
           "left out" in run.err and "admit" not in run.out and run.rc == (args[0] == "check"), run)
    evil = "x\x1b[2J\nadmit      other.json\u202e"
    run = assay("policy", "check", save(findings(finding(id=evil)) | {"image": CLEAN["image"] | {"reference": evil}}),
                "--policy", of("baseline"))
    ok("what a report says begins no line, and moves no cursor",
       run.rc == 1 and run.out.count("\n") == 2 and "\x1b" not in run.out and "\u202e" not in run.out, run)
    for verb in ("explain", "diff", "compliance"):
        r = findings(finding(id=evil, repair=evil, fixed=evil))
        r["image"] |= {"reference": "registry:" + evil, "config": CLEAN["image"]["config"] | {"labels": {"team": evil}}}
        args = [of("baseline"), of("strict")] if verb == "diff" else ["--policy", of("baseline")]
        run = assay("policy", verb, *args, save(r))
        ok(f"nor in {verb}", run.rc in (0, 1) and "\x1b" not in run.out and "\nadmit      other" not in run.out, run)
    run = assay("policy", "check", good)
    ok("a policy has to be named", run.rc == 2, run)
    policy = os.path.join(TMP, "bad.yaml")
    with open(policy, "w", encoding="utf-8") as f:
        f.write("version: 1\nname: p\nrules:\n- {id: r, refuse: finding.severity == \"hihg\"}\n")
    run = assay("policy", "lint", policy)
    ok("a word that a field never holds is an error", run.rc == 2 and 'bad.yaml:4:36: severity is never "hihg"' in run.err, run)


EXPLAINED = """version: 1
name: p
needs: [user]
values: {bases: ["registry.internal/approved/**"]}
rules:
- {id: user, require: 'image.user.uid > 0 && !(image.user.declared in ["root"])'}
- {id: base, require: 'lineage.size() > 0 && lineage.all(b, b.by == "layers" && values.bases.exists(g, b.reference.glob(g)))'}
- {id: tested, require: 'evidence.exists(e, e.tool == "goss" && e.result == "passed")'}
- {id: either, require: 'image.user.gid > 0 || os.id == "alpine" || (os.version == "13" && os.id == "debian")'}
- {id: fix, refuse: 'finding.rank >= 4 && finding.fixed != ""'}
- {id: epss, refuse: finding.epss > 0.5}
- {id: there, refuse: 'packages.exists(p, p.name == "zlib1g")'}
- {id: away, refuse: 'true', environments: [production]}
"""


def explained():
    report = changed("image.user", {"declared": "root:root", "uid": 0, "gid": 0})
    report["lineage"][0]["by"] = "label"
    report["lineage"].append(report["lineage"][0] | {"by": "layers", "reference": "scratch"})
    report["findings"] = [finding()]
    policy = write("explained.yaml", EXPLAINED)
    run = assay("policy", "explain", save(report, "explained.json"), "--policy", policy, "--environment", "test")
    rules = {part.split()[0]: part for part in re.split(r"^\S+ +(?=\S+$)", run.out, flags=re.M)[1:]}
    for rule, what, *lines in (
            ("user", "the part of && that decided, with its value", "image.user.uid > 0 is false; image.user.uid is 0",
             "to be admitted:\n      image.user.uid > 0 must be true"),
            ("base", "the elements that are not so", "of the 2 elements of lineage 0 are so",
             'b is "registry.internal/approved/debian:12":\n          b.by == "layers" is false; b.by is "label"',
             'b is "scratch":', "of the 1 element of values.bases 0 are so",
             'every element of lineage must be so that b.by == "layers"'),
            ("tested", "that there is no element", "evidence is empty", "an element of evidence must be so that"),
            ("either", "all parts of || that is false", "image.user.gid > 0 is false", 'os.id is "debian"',
             "one of these:\n        image.user.gid > 0 must be true", 'os.version == "13" must be true'),
            ("fix", "of findings the values, and what repairs them", "finding.rank is 5", 'finding.fixed is "2"',
             "1 finding repaired or waived\n      update pkg:deb/debian/zlib1g@1 to 2"),
            ("epss", "what is not known", "could not be decided of 1", "the EPSS score is not known",
             "what it asks about must be known"),
            ("there", "the element that is so", 'p is "pkg:deb/debian/zlib1g@1"', "no element of packages may be so"),
            ("away", "where it holds", "holds only in environments production")):
        ok(f"explain says {what}", all(text in rules.get(rule, "") for text in lines), (rules.get(rule), run))
    ok("explain tells no part that did not decide", "image.user.declared in" not in
       rules["user"].split("decided by")[1], run)


def write(name, text):
    path = os.path.join(TMP, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def tests_of_policies():
    save(changed("image.user", {"declared": "", "uid": 0, "gid": 0}), "root.json")
    write("strict.cases.yaml", "version: 1\npolicy: %s\ncases:\n"
          "- {name: root is refused, report: root.json, expect: refuse, rules: [never-root]}\n"
          "- {name: all is well, report: good.json, expect: admit}\n" % of("strict"))
    run = assay("policy", "test", os.path.join(TMP, "strict.cases.yaml"))
    ok("test runs cases, and names rules that were not tried", run.rc == 0
       and "pass root is refused" in run.out and re.search("no-malware .* is never seen to hit", run.out), run)
    write("wrong.cases.yaml", "version: 1\npolicy: %s\ncases:\n"
          "- {name: root is let in, report: root.json, expect: admit}\n" % of("strict"))
    run = assay("policy", "test", os.path.join(TMP, "wrong.cases.yaml"))
    ok("a case that fails is said", run.rc == 1 and "expected admit, it is refuse" in run.out, run)
    inline = ("version: 1\npolicy: %s\ncases:\n" % write("inline.yaml", LINTED) +
              "- name: not as anybody\n  report: {image: {user: {uid: 0}}}\n  expect: refuse\n  rules: [user]\n"
              "- name: a secret\n  report:\n    image: {user: {uid: 5}}\n    findings:\n    - {check: secret, epss: 0.5,"
              " location: {path: etc/x}}\n  expect: refuse\n  rules: [secrets]\n  warns: [likely]\n"
              "- name: nothing\n  report: {image: {user: {uid: 5}}, findings: [{check: config}]}\n  expect: admit\n"
              "  warns: []\n"
              "- name: unseen\n  report: {image: {user: {uid: 5}}, coverage: [{check: user}]}\n  expect: incomplete\n")
    run = assay("policy", "test", write("inline.cases.yaml", inline))
    ok("reports may stand in the cases", run.rc == 0 and run.out.count("pass ") == 4, run)
    ok("of each rule it is said in how many cases it hit and passed",
       re.search(r"^secrets +1 +3$", run.out, re.M) and re.search(r"^user +1 +3$", run.out, re.M)
       and "3 of 3 rules are seen" in run.out, run)
    for what, text, word in (
            ("a member that reports do not have", "report: {image: {usr: {uid: 0}}}\n  expect: admit", 'no "usr" here: is "user" meant?'),
            ("a text where a number is", "report: {image: {user: {uid: root}}}\n  expect: admit", '"uid" is a number'),
            ("a text where a list is", "report: {findings: none}\n  expect: admit", '"findings" is a list'),
            ("a word that is none", "report: {findings: [{severity: hihg}]}\n  expect: admit", "severity"),
            ("a verdict that is none", "report: {}\n  expect: refused", '"expect" is admit'),
            ("no report", "report: [1]\n  expect: admit", 'bad.cases.yaml:5:11: "report" is the path'),
            ("rules that are no list", "report: {}\n  expect: refuse\n  rules: user", ':7:10: "rules" is a list'),
            ("a rule that there is not", "report: {}\n  expect: refuse\n  rules: [usr]", ':7:10: the policy has no rule "usr"'),
            ("a misspelt key", "report: {}\n  expect: refuse\n  warn: [user]", ':7:9: unknown key "warn": is "warns" meant?'),
            ("an environment that is a list", "report: {}\n  expect: refuse\n  environment: [a]", ':7:16: "environment" is a text'),
            ("a day that is none", "report: {}\n  expect: refuse\n  at: tomorrow", ':7:7: "at" is no time'),
            ("a number past its end", "report: {image: {user: {uid: 99999999999999999999}}}\n  expect: admit", ":5:32:"),
            ("a score that is none", "report: {findings: [{epss: nan}]}\n  expect: admit", ':5:30: "epss" is a number'),
            ("a member in an element of a list", "report:\n    findings:\n    - {id: a}\n    - {idd: b}\n  expect: admit",
             ':8:13: reports have no "idd"'),
            ("a report that is not there", "report: nowhere.json\n  expect: admit", ":5:11: open "),
            ("a file of two reports", "report: two.json\n  expect: admit", ":5:11: "),
            ("an anchor", "report: &a {}\n  expect: admit", ":5:11: anchors are not read"),
            ("a key twice", "report: {}\n  report: {}\n  expect: admit", ":6:3: the key stands here twice")):
        with open(save(CLEAN, "two.json"), "w", encoding="utf-8") as f:
            json.dump({"schema": "assay.reports/v1", "reports": [CLEAN, changed("image.user.uid", 0)]}, f)
        run = assay("policy", "test", write("bad.cases.yaml", "version: 1\npolicy: inline.yaml\ncases:\n- name: a\n  " + text + "\n"))
        ok(f"a case with {what} is an error", run.rc in (2, 3) and word in run.err and "bad.cases.yaml:" in run.err, run)
    for what, text, word in (("another version", "version: 2\npolicy: inline.yaml\ncases: [{}]\n", ":1:10: the version"),
                             ("no policy", "version: 1\ncases: [{}]\n", ":1:1: a policy and"),
                             ("no cases", "version: 1\npolicy: inline.yaml\ncases: {}\n", ":3:8: a policy and"),
                             ("a case that is a text", "version: 1\npolicy: inline.yaml\ncases: [x]\n", ":3:8: a mapping")):
        run = assay("policy", "test", write("bad.cases.yaml", text))
        ok(f"a file of cases with {what} is an error", run.rc == 2 and "bad.cases.yaml" + word in run.err, run)


LINTED = """version: 1
name: p
needs: [user, secret]
rules:
- {id: user, require: image.user.uid > 0}
- {id: secrets, refuse: finding.check == "secret"}
- {id: likely, warn: has(finding.epss) && finding.epss > 0.1}
"""


def linted():
    """Each line of policy, and what lint says of it; None: nothing."""
    for rules, said in (
            ('{id: a, require: os.id == "debian"}, {id: b, require: os.id == "alpine"}', "b: no image can meet both it and a"),
            ('{id: a, require: os.id == "debian"}, {id: b, require: os.id != "alpine"}', None),
            ('{id: a, require: \'os.id in ["debian", "alpine"]\'}, {id: b, require: os.id == "rhel"}', "b: no image can meet both"),
            ('{id: a, require: image.user.uid > 100}, {id: b, require: image.user.uid < 50}', "b: no image can meet both"),
            ('{id: a, require: image.user.uid > 100}, {id: b, require: image.user.uid < 500}', None),
            ('{id: a, require: os.ended}, {id: b, refuse: os.ended}', "b: no image can meet both it and a"),
            ('{id: a, require: os.ended}, {id: b, require: "!os.ended"}', "b: no image can meet both it and a"),
            ('{id: a, require: os.ended, environments: x}, {id: b, refuse: os.ended, environments: y}', None),
            ('{id: a, refuse: finding.kev && finding.rank > 3}, {id: b, refuse: finding.kev}',
             "a: is dead: another hits all that it hits: b"),
            ('{id: a, refuse: finding.kev && finding.rank > 3, waivable: false}, {id: b, refuse: finding.kev}', None),
            ('{id: a, require: os.ended && image.user.uid > 0}, {id: b, require: os.ended}', "b: is dead: it is met wherever"),
            ('{id: a, refuse: finding.rank > 3 && finding.rank < 2}', "a: can never refuse or warn: its parts"),
            ('{id: a, refuse: "finding.severity in []"}', "a: can never refuse"),
            ('{id: a, require: "os.ended || !os.ended"}', "a: can never refuse: one of its parts is always true"),
            ('{id: a, refuse: finding.check == "license"}', "a: asks for findings of the check license"),
            ('{id: a, refuse: finding.check == "license", needs: license}', None),
            ('{id: a, warn: finding.kev}', "every rule warns, none refuses"),
            ('{id: a, refuse: "1 == 2"}', "a: can never refuse or warn: its expression reads nothing")):
        run = assay("policy", "lint", write("lint.yaml", f"version: 1\nname: p\nneeds: [user]\nrules: [{rules}]\n"))
        ok(f"lint of {rules}", run.rc == 1 and said in run.out and run.out.count("\n") == 1 if said else
           run.rc == 0 and not run.out, run)
    run = assay("policy", "lint", write("lint.yaml", "version: 1\nname: p\nneeds: [user]\nvalues: {a: [x], b: [y]}\n"
                                        "rules: [{id: r, require: os.id in values.a}]\n"))
    ok("lint names a list that nobody reads", "the list b" in run.out and "list a" not in run.out, run)
    policy = write("lint.yaml", LINTED)
    waivers = write("lint-waivers.yaml", "waivers:\n" + "".join(
        "- {%s, owner: o, reason: r, until: %s}\n" % w for w in (
            ("id: S-1", "2090-01-01"), ("id: C-1", "2090-01-01"), ("id: X-9", "2090-01-01"), ("id: S-1", "2020-01-01"))))
    report = save(findings(finding("secret", "high", None, id="S-1"),
                           finding("config", "high", None, id="C-1", fingerprint="1" * 32)), "lint.json")
    run = assay("policy", "lint", policy, report, "--waivers", waivers)
    ok("lint names waivers that have ended, and beside a report those without effect",
       run.rc == 1 and "yaml:2:" not in run.out and "yaml:3: the waiver has no effect on 1 report: no rule" in run.out
       and "yaml:4: the waiver has no effect on 1 report: it lets no finding" in run.out
       and "yaml:5: the waiver has ended" in run.out, run)
    run = assay("policy", "lint", report)
    ok("lint wants a policy", run.rc == 2 and "name a policy" in run.err, run)


def conversions():
    high = 'finding.severity in ["critical", "high"'
    for name, args, word in (
            ("Trivy's command line", "trivy image --severity HIGH,CRITICAL --exit-code 1 x", high + "]"),
            ("Harbor's threshold", "harbor:high", high + ', "unknown"]'),
            ("Grype's file", write("grype.yaml", "fail-on-severity: high\nonly-fixed: true\n"),
             high + ', "unknown"] && finding.fixed != ""'),
            ("trivy.yaml", write("trivy.yaml", "severity: [HIGH, CRITICAL]\nexit-code: 1\n"), high + "]")):
        run = assay("policy", "convert", args)
        path = write("made.yaml", run.out)
        check_run = assay("policy", "check", os.path.join(TMP, "bad.json"), "--policy", path)
        ok(f"{name} becomes a policy that refuses", word in run.out and check_run.rc == 1, run)
    secret = save(findings(finding("secret", "high", None)), "secret.json")
    unfixed = save(findings(finding(severity="high", fixed=None, status="will_not_fix")), "unfixed.json")
    ended = save(changed("os.eol", "2020-01-01"), "ended.json")
    gate = "trivy image --severity HIGH,CRITICAL --exit-code 1 "
    for what, args, report, rc in (
            ("Trivy looks for secrets too", gate, secret, 1), ("unless told not to", gate + "--scanners vuln", secret, 0),
            ("what has no repair", gate, unfixed, 1), ("is left out by a flag", gate + "--ignore-unfixed", unfixed, 0),
            ("and is not by =false", gate + "--ignore-unfixed=false", unfixed, 1),
            ("a secret has no repair that is a version", gate + "--ignore-unfixed", secret, 1),
            ("statuses", gate + "--ignore-status will_not_fix,end_of_life", unfixed, 0),
            ("the end of support", gate + "--exit-on-eol 3", ended, 1), ("the end without it", gate, ended, 0),
            ("quotes", "trivy image --severity 'HIGH' --exit-code=\"1\" x", secret, 1),
            ("a file with scanners", write("t1.yaml", "exit-code: 1\nscan:\n  scanners: [vuln]\n"), secret, 0),
            ("a file without", write("t2.yaml", "exit-code: 1\nseverity: HIGH,CRITICAL\n"), secret, 1),
            ("a file that ignores", write("t3.yaml", "exit-code: 1\nvulnerability: {ignore-unfixed: true}\n"), unfixed, 0)):
        run = assay("policy", "convert", args)
        path = write("made.yaml", run.out)
        lint_run = assay("policy", "lint", path)
        run = assay("policy", "check", report, "--policy", path)
        ok(f"converted: {what}", run.rc == rc and lint_run.rc == 0 and not lint_run.out, (run, lint_run))
    run = assay("policy", "convert", gate + "--ignorefile x --ignore-policy y.rego")
    ok("what is not taken over is told", run.rc == 0 and run.out.count("# not taken over: ") == 2, run)
    for what, args, word in (
            ("a severity of the command line", "trivy image --exit-code 1 --severity HIHG", 'command line:1:27: there is no severity "HIHG"'),
            ("a scanner", "trivy image --exit-code 1 --scanners volcano", 'there is no scanner "volcano"'),
            ("a flag that is neither", "trivy image --exit-code 1 --ignore-unfixed=maybe", "true or false"),
            ("another command", "trivy config --exit-code 1 .", 'not trivy "config"'),
            ("a severity of trivy.yaml", write("t4.yaml", "exit-code: 1\nseverity: [HIGH, HIHG]\n"), "t4.yaml:2:11: there is no"),
            ("a severity that is a mapping", write("t5.yaml", "exit-code: 1\nseverity: {a: b}\n"), "t5.yaml:2:11: a text"),
            ("a scan that is a text", write("t6.yaml", "exit-code: 1\nscan: vuln\n"), "t6.yaml:2:7: a mapping"),
            ("a threshold of Grype's", write("g1.yaml", "fail-on-severity: hihg\n"), "g1.yaml:1:19: there is no severity"),
            ("a threshold that is a list", write("g2.yaml", "fail-on-severity: [high]\n"), "g2.yaml:1:19: a severity"),
            ("an only-fixed that is a word", write("g3.yaml", "fail-on-severity: high\nonly-fixed: often\n"), "g3.yaml:2:13: true or"),
            ("an anchor", write("g4.yaml", "fail-on-severity: &a high\n"), "g4.yaml:1:19: anchors are not read"),
            ("a key twice", write("g5.yaml", "fail-on-severity: high\nfail-on-severity: low\n"), "g5.yaml:2:1: the key"),
            ("Harbor's threshold", "harbor:hihg", 'harbor:hihg:1:8: there is no severity "hihg"')):
        run = assay("policy", "convert", args)
        ok(f"convert says where {what} is wrong", run.rc in (2, 3) and word in run.err and not run.out, run)
    for name, args in (("a command line that never fails", "trivy image x"),
                       ("Rego", write("p.rego", "package x\n")), ("another file", write("x.yaml", "a: 1\n"))):
        run = assay("policy", "convert", args)
        ok(f"{name} is no policy", run.rc in (2, 3) and not run.out, run)


def page():
    """The page's blocks, one after the other, in a folder with an image."""
    folder = os.path.join(TMP, "page")
    os.makedirs(folder)
    root = image.tar_of([image.Dir("etc"), image.File("etc/os-release", b"ID=debian\nVERSION_ID=12\n")])
    image.docker_archive(os.path.join(folder, "image.tar"), [root], config={"User": "10001"})
    with open(os.path.join(SRC, "docs/POLICY.md"), encoding="utf-8") as f:
        text = f.read().split("## Your first policy in ten minutes")[1].split("\n## ")[0]
    script = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    env = dict(os.environ, PATH=os.path.dirname(ASSAY) + ":" + os.environ["PATH"])
    lines = [c for c in script.splitlines() if c.startswith("assay")]
    run = subprocess.run(["sh", "-c", script], cwd=folder, env=env, capture_output=True, text=True)
    ok(f"the page's {len(lines)} commands say what they should",
       len(lines) == 6 and "Usage" not in run.stderr and "0 of 1 change their verdict" in run.stdout
       and "rule,\"never-root\",1,0,0,100.0" in run.stdout, run)


ready_made()
pages()
bases()
commands()
explained()
linted()
tests_of_policies()
conversions()
page()
done()
