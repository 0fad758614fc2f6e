#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""options - flags, environment, configuration files, exit statuses and messages of the command line."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same, skip  # noqa: E402

TRACKER = {
    "openssl": {"CVE-2024-0001": {"releases": {"bookworm": {
        "status": "resolved", "repositories": {"bookworm": "3.0.11-1"}, "fixed_version": "3.0.12-1",
        "urgency": "high"}}}},
    "zlib": {"CVE-2024-0002": {"releases": {"bookworm": {
        "status": "open", "repositories": {"bookworm": "1:1.2.13.dfsg-1"}, "urgency": "not yet assigned"}}}},
}
ROOT = image.debian([("openssl", "3.0.11-1"), ("zlib1g", "1:1.2.13.dfsg-1", "zlib")])
ENV = {}


def run(*words, **env):
    return assay(*words, env=dict(ENV, **env))


# words, exit status, text on standard error or output
MESSAGES = [
    ("no command", [], 2, "Usage: assay COMMAND"),
    ("help", ["--help"], 0, "Commands:"),
    ("help of a command", ["help", "scan"], 0, "--fail-on SEVERITY"),
    ("help of a command of two words", ["help", "db", "import"], 0, "PATHs are files"),
    ("help behind the command", ["scan", "-h"], 0, "Usage: assay scan REF"),
    ("help of no command", ["help", "scn"], 2, "there is no command scn"),
    ("version", ["--version"], 0, "assay "),
    ("unknown command", ["scna"], 2, "did you mean scan?"),
    ("half a command", ["db"], 2, "import, known, search, status, update"),
    ("unknown flag", ["scan", "--fail-onn", "high", "image.tar"], 2, "did you mean --fail-on?"),
    ("a flag of another command", ["cache", "status", "--fail-on", "high"], 2, "unknown flag --fail-on"),
    ("unknown letter", ["scan", "-Z", "image.tar"], 2, "unknown flag -Z"),
    ("a value is missing", ["scan", "image.tar", "--fail-on"], 2, "--fail-on needs a value"),
    ("no such severity", ["scan", "image.tar", "--fail-on", "bad"], 2, "is none of"),
    ("no such severity in a list", ["scan", "image.tar", "-s", "HIGH,BAD"], 2, 'no severity "BAD"'),
    ("no such check", ["scan", "image.tar", "--checks", "vuln,nothing"], 2, 'no check "nothing"'),
    ("no such form", ["scan", "image.tar", "-f", "jsno"], 2, "did you mean json?"),
    ("no such status", ["scan", "image.tar", "--ignore-status", "broken"], 2, 'no status "broken"'),
    ("no such type", ["scan", "image.tar", "--pkg-types", "os,car"], 2, 'neither os nor library'),
    ("no number", ["scan", "image.tar", "--exit-code", "one"], 2, "is not a number"),
    ("no time", ["scan", "image.tar", "--db-max-age", "soon"], 2, "is not a time"),
    ("no size", ["scan", "image.tar", "--cache-max-size", "big"], 2, "is not a size"),
    ("too many words", ["scan", "image.tar", "other.tar"], 2, "one word too many"),
    ("nothing to scan", ["scan"], 2, "usage: assay scan REF"),
    ("no such file", ["scan", "./nothing.tar"], 3, "nothing.tar"),
    ("no such waivers", ["scan", "image.tar", "--waivers", "nothing"], 2, "nothing"),
    ("a registry, and no network allowed", ["scan", "--offline", "alpine:3.20"], 2, "docker.io/library/alpine:3.20: --offline"),
    ("a user without a password", ["scan", "--username", "me", "alpine:3.20"], 2, "--password-stdin"),
    ("completion", ["completion", "bash"], 0, "complete -o filenames -F _assay assay"),
    ("completion of no shell", ["completion", "tcsh"], 2, "there is one for bash"),
    ("schema", ["schema"], 0, "assay.report/v1"),
    ("everything after -- is a word", ["scan", "--", "--help"], 2, "--help: "),
]

# words, environment, .assay.yaml, exit status
VALUES = [
    ("no gate passes", [], {}, "", 0),
    ("a flag gates", ["--fail-on", "high"], {}, "", 1),
    ("so does its = form", ["--fail-on=high"], {}, "", 1),
    ("in upper case", ["--fail-on", "HIGH"], {}, "", 1),
    ("the environment gates", [], {"ASSAY_FAIL_ON": "high"}, "", 1),
    ("the file gates", [], {}, "fail-on: high\n", 1),
    ("a flag wins over the environment", ["--fail-on", "critical", "--unknown-severity", "pass"],
     {"ASSAY_FAIL_ON": "high"}, "", 0),
    ("the environment wins over the file", [], {"ASSAY_FAIL_ON": "critical", "ASSAY_UNKNOWN_SEVERITY": "pass"},
     "fail-on: high\n", 0),
    ("and -s hides it from no --fail-on", ["--fail-on", "critical", "-s", "CRITICAL"], {}, "", 1),
    ("but where it is to pass", ["--fail-on", "critical", "-s", "CRITICAL", "--unknown-severity", "pass"], {}, "", 0),
    ("--exit-code alone counts what -s leaves, as Trivy does", ["--exit-code", "1", "-s", "CRITICAL"], {}, "", 0),
    ("unknown severity reaches any threshold", ["--fail-on", "critical"], {}, "", 1),
    ("unless it may pass", ["--fail-on", "critical", "--unknown-severity", "pass"], {}, "", 0),
    ("filtered findings do not gate", ["-s", "critical", "--fail-on", "high", "--unknown-severity", "pass"], {}, "", 0),
    ("a list in the file", [], {}, "fail-on: high\nwaivers: [w.yaml]\n", 1),
    ("a misspelt key in the file", [], {}, "fail-onn: high\n", 2),
    ("a file that is no mapping", [], {}, "- high\n", 2),
    ("a file that is not YAML", [], {}, "fail-on: [\n", 2),
    ("a bad value in the environment", [], {"ASSAY_FAIL_ON": "bad"}, "", 2),
    ("an empty file", [], {}, "", 0),
    ("any finding gates with --exit-code", ["--exit-code", "5"], {}, "", 5),
    ("--exit-code renumbers the gate", ["--fail-on", "high", "--exit-code", "9"], {}, "", 9),
    ("--exit-code 0 never fails", ["--fail-on", "high", "--exit-code", "0"], {}, "", 0),
    ("a waiver lets pass", ["--fail-on", "high", "--unknown-severity", "pass", "--waivers", "w.yaml"], {}, "", 0),
    ("an expired waiver does not", ["--fail-on", "high", "--unknown-severity", "pass", "--waivers", "old.yaml"], {},
     "", 1),
    ("what is not there cannot pass a gate", ["--fail-on", "high", "--checks", "license"], {}, "", 3),
    ("a breach wins over incomplete", ["--fail-on", "high", "--checks", "vuln,secret"], {}, "", 1),
    ("old advisories are incomplete", ["--fail-on", "critical", "--unknown-severity", "pass", "--db-max-age", "1d"],
     {}, "", 3),
    ("a list without a check", ["--checks", ",", "--fail-on", "low"], {}, "", 2),
    ("a list without a kind of packages", ["--pkg-types", ",", "--fail-on", "low"], {}, "", 2),
    ("no end of support is known", ["--exit-on-eol", "7"], {}, "", 3),
    ("--fail-on-incomplete", ["--fail-on-incomplete", "--db-max-age", "1d"], {}, "", 3),
]


def waiver(path, until):
    image.write(path, f"waivers:\n  - id: CVE-2024-0001\n    owner: a@example.org\n    reason: not reachable\n"
                      f"    until: {until}\n".encode())


def values():
    for name, words, env, config, status in VALUES:
        if config:
            image.write(".assay.yaml", config.encode())
        elif os.path.exists(".assay.yaml"):
            os.unlink(".assay.yaml")
        got = run("scan", "image.tar", *words, **env)
        ok(name, got.rc == status, f"want exit {status}\n{got}")
    if os.path.exists(".assay.yaml"):
        os.unlink(".assay.yaml")


# A gate of flags or of the environment, and what files of the working folder say to it: words, environment, file, what it holds,
# exit status, what standard error says.
GUARDED = [
    ("a status that never fails", ["--fail-on", "high"], {}, ".assay.yaml", "exit-code: '0'\n", 1, ".assay.yaml: exit-code: left out"),
    ("unknown severities", ["--fail-on", "critical"], {}, ".assay.yaml", "unknown-severity: pass\n", 1, "unknown-severity: left out"),
    ("fewer checks", ["--fail-on", "high"], {}, ".assay.yaml", "checks: config\n", 1, "checks: left out"),
    ("fewer checks, as Trivy says it", ["--fail-on", "high"], {}, ".assay.yaml", "scanners: config\n", 1, "scanners: left out"),
    ("fewer severities", ["--exit-code", "1"], {}, ".assay.yaml", "severity: low\n", 1, "severity: left out"),
    ("a higher threshold", ["--exit-code", "1"], {}, ".assay.yaml", "fail-on: critical\nunknown-severity: pass\n", 1, "fail-on: left out"),
    ("a form that is a threshold", ["--exit-code", "1"], {}, ".assay.yaml", "format: critical\n", 1, "format: left out"),
    ("other packages", ["--fail-on", "high"], {}, ".assay.yaml", "pkg-types: library\n", 1, "pkg-types: left out"),
    ("folders to skip", ["--fail-on", "high"], {}, ".assay.yaml", "skip-dirs: var\n", 1, "skip-dirs: left out"),
    ("files to skip", ["--fail-on", "high"], {}, ".assay.yaml", "exclude: var/lib/dpkg/status\n", 1, "exclude: left out"),
    ("only what is fixed", ["--fail-on", "high"], {}, ".assay.yaml", "only-fixed: 'true'\n", 1, "only-fixed: left out"),
    ("statuses", ["--fail-on", "high"], {}, ".assay.yaml", "ignore-status: fixed,affected\n", 1, "ignore-status: left out"),
    ("rules of what to ignore", ["--fail-on", "high"], {}, ".assay.yaml", "ignore: [{package: {name: '*'}}]\n", 1, "ignore: left out"),
    ("a gate of the environment", [], {"ASSAY_FAIL_ON": "high"}, ".assay.yaml", "exit-code: '0'\n", 1, "exit-code: left out"),
    ("a file that is named is somebody's word", ["--fail-on", "high", "--config", ".assay.yaml"], {}, ".assay.yaml", "exit-code: '0'\n", 0, ""),
    ("waivers that Trivy reads by itself are read, and said", ["--fail-on", "high"], {}, ".trivyignore", "CVE-2024-0001\nCVE-2024-0002\n", 0,
     "waivers are read from .trivyignore"),
    ("without a gate the file rules", [], {}, ".assay.yaml", "fail-on: high\nexit-code: '0'\n", 0, ""),
]


def guarded():
    for name, words, env, path, text, status, said in GUARDED:
        image.write(path, text.encode())
        got = run("scan", "image.tar", *words, **env)
        ok(f"guarded: {name}", got.rc == status and said in got.err and ("left out" in got.err) == ("left out" in said), got)
        os.unlink(path)


# words, exit status: a release whose support ended, with a high finding
ENDED = [
    ("findings alone do not fail", [], 0),
    ("the end has its own status", ["--exit-on-eol", "7"], 7),
    ("which --exit-code 0 leaves alone", ["--exit-on-eol", "7", "--exit-code", "0", "--fail-on", "high"], 7),
    ("with a gate that passes", ["--exit-on-eol", "7", "--fail-on", "critical", "--unknown-severity", "pass"], 7),
    ("a breach has the gate's status", ["--exit-on-eol", "7", "--fail-on", "high"], 1),
    ("or the one that was given for it", ["--exit-on-eol", "7", "--exit-code", "9"], 9),
]


def ended():
    image.write("releases.csv", b"version,codename,series,created,release,eol,eol-lts\n"
                                b"12,Bookworm,bookworm,2021-08-14,2023-06-10,2024-06-10,2025-06-30\n")
    made = assay("db", "import", "--db", "ended", "tracker.json", "releases.csv", env=ENV)
    ok("a day that has passed is imported", made.rc == 0, made)
    for name, words, status in ENDED:
        got = run("scan", "image.tar", "--db", "ended", *words)
        ok("end of support: " + name, got.rc == status, f"want exit {status}\n{got}")


def channels():
    got = run("scan", "image.tar", "-f", "json")
    ok("standard output holds the report alone", got.rc == 0 and json.loads(got.out)["schema"] == "assay.report/v1", got)
    got = run("scan", "image.tar", "-f", "json", "-o", "r.json")
    same("with -o standard output is empty", got.out, "")
    got = run("scan", "image.tar", "-o", "json=a.json", "-o", "sarif=b.sarif", "-o", "junit=c.xml", "-o", "table")
    ok("four outputs in one run", got.rc == 0 and "CVE-2024-0001" in got.out and all(
        os.path.getsize(p) for p in ("a.json", "b.sarif", "c.xml")), got)
    got = run("scan", "image.tar", "-o", "json=-")
    ok("- is standard output", got.out.startswith("{") and not os.path.exists("-"), got)
    got = run("scan", "image.tar", "--color", "always")
    ok("colour when it is asked for", "\x1b[" in got.out, got)
    got = run("scan", "image.tar")
    ok("no colour into a pipe", "\x1b[" not in got.out, got)
    got = run("scan", "image.tar", "-f", "json", "-o", "no/such/folder/x.json")
    ok("an output that cannot be written is exit 3", got.rc == 3 and "no/such/folder" in got.err, got)
    got = run("scan", "./nothing.tar", "--log-format", "json")
    ok("log lines as JSON", json.loads(got.err.strip().splitlines()[-1]), got)
    same("-q says nothing", run("scan", "image.tar", "-q").err, "")
    got = run("scan", "image.tar", "--checks", "vuln,secret", ASSAY_DB="/nowhere")
    ok("what was not complete is named", "not complete: vulnerability;" in got.err, got)
    ok("what was not asked for is not", "not complete" not in run("scan", "image.tar", "--checks", "secret", ASSAY_DB="/nowhere").err)
    got = run("scan", "image.tar", "--debug", "--no-cache")
    ok("--debug says what is done", all(w in got.err for w in ("layer.tar: inspected", "linux/amd64", "2 packages", "advisories of")), got)
    got = run("scan", "image.tar", "--debug", "--log-format", "json", "--no-cache")
    ok("the same as JSON", {"debug"} <= {json.loads(line)["level"] for line in got.err.splitlines()}, got)


def explained():
    run("scan", "image.tar", "-f", "json", "-o", "r.json")
    got = run("explain", "CVE-2024-0001", "--report", "r.json")
    ok("explain says why it matched", got.rc == 0 and "3.0.12-1" in got.out and "debian-tracker" in got.out, got)
    doc = json.load(open("r.json", encoding="utf-8"))
    mark = doc["findings"][0]["fingerprint"]
    ok("explain by fingerprint", mark in run("explain", mark, "--report", "r.json").out)
    got = run("explain", "CVE-2024-0001", "--package", "zlib1g", "--report", "r.json")
    ok("explain says why it did not match", got.rc == 0 and "no advisory names this package" in got.out, got)
    got = run("explain", "CVE-1999-0001", "--report", "r.json")
    ok("what the report does not have", got.rc == 3 and "--package" in got.err, got)
    image.write("bad.json", b'{"schema": "assay.report/v9"}')
    got = run("explain", "CVE-1999-0001", "--report", "bad.json")
    ok("a report of another schema", got.rc == 3 and "assay.report/v9" in got.err, got)


def cached():
    env = {"ASSAY_CACHE_DIR": os.path.join(TMP, "facts")}
    run("scan", "image.tar", **env)
    before = run("cache", "status", **env)
    ok("the cache holds facts", before.rc == 0 and not before.out.startswith("0 files"), before)
    ok("the cache is exported", run("cache", "export", "facts.tar", **env).rc == 0)
    ok("the cache is emptied", run("cache", "clean", **env).rc == 0 and run(
        "cache", "status", **env).out.startswith("0 files"))
    got = run("cache", "import", "facts.tar", **env)
    ok("the cache is filled from the export", got.rc == 0 and not run(
        "cache", "status", **env).out.startswith("0 files"), got)


def main():
    if not os.path.exists(ASSAY):
        skip("options", "there is no program yet")
        return 0
    os.chdir(TMP)
    ENV.update(ASSAY_DB=os.path.join(TMP, "db"), HOME=os.path.join(TMP, "home"), XDG_CACHE_HOME=os.path.join(
        TMP, "xdg"), XDG_CONFIG_HOME=os.path.join(TMP, "config"))
    image.docker_archive("image.tar", [image.tar_of(ROOT)])
    image.write("tracker.json", json.dumps(TRACKER).encode())
    two_days_ago = time.time() - 2 * 86400  # the tracker has no date of its own: its file's counts
    os.utime("tracker.json", (two_days_ago, two_days_ago))
    waiver("w.yaml", "2999-01-31")
    waiver("old.yaml", "2020-01-31")
    made = run("db", "import", "tracker.json")
    if not ok("advisories are imported", made.rc == 0, made):
        return done()
    for name, words, status, text in MESSAGES:
        got = run(*words)
        ok(name, got.rc == status and text in got.out + got.err, f"want exit {status} and {text!r}\n{got}")
    values()
    guarded()
    ended()
    channels()
    explained()
    cached()
    return done()


sys.exit(main())
