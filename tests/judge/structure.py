#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""structure - `assay test`: structure tests of container-structure-test, each form with a row that passes and one that
fails; what is expected stands in that tool's README, modes as Go's fs.FileMode prints them."""
import json
import os
import sys
import xml.etree.ElementTree as xml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, HardLink, Link, Whiteout, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

SECRET = "hunter2-of-the-image"
LAYERS = [
    tar_of([Dir("etc"), File("etc/passwd", "root:x:0:0:root:/root:/bin/bash\napp:x:7:7::/:\n"), Dir("usr"), Dir("usr/bin"),
            File("usr/bin/date", "x", mode=0o755), File("usr/bin/su", "x", mode=0o4755), File("etc/conf", "mode=old\n", uid=5, gid=6),
            Link("bin", "usr/bin"), Link("etc/alias", "/etc/conf"), Link("etc/dangling", "/none"), Link("etc/loop", "loop"),
            HardLink("etc/hard", "etc/conf"), Dir("tmp", mode=0o1777), Dir("g", mode=0o2750), File("gone", "x"),
            File("implied/below/file", "x", mode=0o600), File("etc/bytes", b"\xff\xfe\0secret=" + SECRET.encode() + b"\n"),
            Link("usr/share/doc/link", "a"), File("usr/share/doc/a/copyright", "GPL-3\n"),
            File("usr/share/doc/libgnutls30/copyright", "AGPL\n"), File("big", b"a" * 300000 + b"needle")]),
    tar_of([File("etc/conf", "mode=new\nsecond line\n", uid=5, gid=6), Whiteout("gone"), File("opt/wtf", "the wtfpl v2\n")])]
CONFIG = {"Env": ["SOME=VAL", "EMPTY=", "COLON=FOO\\:BAR=BAZ", "HOME_OF=/etc", "V=test-2.1.8"],
          "Labels": {"hash": "0123", "text": "my test label", "empty": ""}, "Entrypoint": ["/usr/bin/date", "-u"],
          "ExposedPorts": {"8080/tcp": {}, "53/udp": {}}, "Volumes": {"/data": {}}, "WorkingDir": "/app", "User": "app:app"}
IMAGE = "oci:" + image.oci_layout(os.path.join(TMP, "image"), LAYERS, config=CONFIG)


def put(name, doc):
    return image.write(os.path.join(TMP, name), (doc if isinstance(doc, str) else json.dumps(doc)).encode())


def run(doc, *more, ref=IMAGE, name="t.json"):
    return assay("test", ref, "-t", put(name, dict({"schemaVersion": "2.0.0"}, **doc) if isinstance(doc, dict) else doc), *more)


# ---- one expectation each ----
def exists(path, **more):
    return {"fileExistenceTests": [dict({"name": "n", "path": path}, **more)]}


def content(path, expected=(), excluded=()):
    return {"fileContentTests": [{"name": "n", "path": path, "expectedContents": list(expected), "excludedContents": list(excluded)}]}


def meta(**more):
    return {"metadataTest": more}


def pair(key, value, regex=False):
    return {"key": key, "value": value, "isRegex": regex}


CASES = [  # name, document, what comes of it
    ("the root", exists("/", uid=0, gid=0), "passed"),
    ("a file", exists("/etc/passwd", permissions="-rw-r--r--"), "passed"),
    ("without the first slash", exists("etc/passwd"), "passed"),
    ("a file that is missing", exists("/etc/none"), "/etc/none is not there"),
    ("nothing there, as expected", exists("/etc/none", shouldExist=False), "passed"),
    ("something there against it", exists("/etc/passwd", shouldExist=False), "/etc/passwd is there"),
    ("deleted by an upper layer", exists("/gone", shouldExist=False), "passed"),
    ("through a linked folder", exists("/bin/date", isExecutableBy="other"), "passed"),
    ("a link is spoken of itself", exists("/etc/alias", permissions="Lrwxrwxrwx"), "passed"),
    ("a link that leads nowhere is there", exists("/etc/dangling"), "passed"),
    ("a setuid program", exists("/usr/bin/su", permissions="urwxr-xr-x"), "passed"),
    ("a sticky folder", exists("/tmp", permissions="dtrwxrwxrwx"), "passed"),
    ("a setgid folder", exists("/g", permissions="dgrwxr-x---"), "passed"),
    ("a folder that no layer states", exists("/implied/below", permissions="drwxr-xr-x", uid=0), "passed"),
    ("another mode", exists("/etc/passwd", permissions="-rwxrwxrwx"), "its mode is -rw-r--r--, not -rwxrwxrwx"),
    ("owners", exists("/etc/conf", uid=5, gid=6), "passed"),
    ("another owner", exists("/etc/conf", uid=0), "its uid is 5, not 0"),
    ("another group", exists("/etc/conf", gid=0), "its gid is 6, not 0"),
    ("executable by nobody", exists("/etc/conf", isExecutableBy="any"), "it is not executable by any: its mode is -rw-r--r--"),
    ("executable by the group", exists("/g", isExecutableBy="group"), "passed"),
    ("not by others", exists("/g", isExecutableBy="other"), "it is not executable by other: its mode is dgrwxr-x---"),
    ("a variable of the image", exists("$HOME_OF/passwd"), "passed"),
    ("in braces", exists("${HOME_OF}/passwd"), "passed"),
    ("a variable of the tests", dict(exists("${D}/conf"), globalEnvVars=[pair("D", "/etc")]), "passed"),
    ("out of the root", exists("/../etc/passwd", shouldExist=False), "passed"),

    ("content", content("/etc/passwd", ["root:x:0:0:root:/root:/bin/bash"], [".*mirror.*"]), "passed"),
    ("content of the upper layer", content("/etc/conf", ["mode=new"], ["mode=old"]), "passed"),
    ("a dot is no line end", content("/etc/conf", ["new.second"]), 'it does not hold "new.second"'),
    ("unless that is said", content("/etc/conf", ["(?s)new.second"]), "passed"),
    ("^ is the begin of the file", content("/etc/conf", ["^second"]), 'it does not hold "^second"'),
    ("unless lines are meant", content("/etc/conf", ["(?m)^second line$"]), "passed"),
    ("what must not be there", content("/etc/conf", [], ["se.ond"]), 'it holds "se.ond"'),
    ("through a link", content("/etc/alias", ["mode=new"]), "passed"),
    ("a hard link keeps the old bytes", content("/etc/hard", ["mode=old"]), "passed"),
    ("bytes that are no text", content("/etc/bytes", ["secret=hunter2"]), "passed"),
    ("of a large file", content("/big", ["^a+needle$"]), "passed"),
    ("a file that is missing", content("/etc/none", ["x"]), "/etc/none is not there"),
    ("a folder", content("/etc", ["x"]), "/etc is not a file"),
    ("a link that leads nowhere", content("/etc/dangling", ["x"]), "/etc/dangling is not there"),
    ("a link to itself", content("/etc/loop", ["x"]), "/etc/loop is not there"),
    ("a pattern that explodes elsewhere", content("/big", ["(a*)*b"]), 'it does not hold "(a*)*b"'),

    ("variables", meta(envVars=[pair("SOME", "VAL"), pair("EMPTY", ""), pair("COLON", "FOO\\:BAR=BAZ"),
                                pair("V", "[a-z]+-2\\.1\\.*", True)], unboundEnvVars=[{"key": "NONE"}]), "passed"),
    ("another value", meta(envVars=[pair("SOME", "V")]), 'the value of the variable SOME is not "V"'),
    ("a text is no expression", meta(envVars=[pair("V", "test.*")]), 'the value of the variable V is not "test.*"'),
    ("a variable that is missing", meta(envVars=[pair("NONE", "")]), "the variable NONE is not set"),
    ("one that must be", meta(unboundEnvVars=[{"key": "EMPTY"}]), "the variable EMPTY is set"),
    ("labels", meta(labels=[pair("hash", "0123"), pair("text", "my .+ label", True), pair("empty", "")]), "passed"),
    ("a label that is missing", meta(labels=[pair("none", "")]), "the label none is not set"),
    ("a label that does not match", meta(labels=[pair("text", "^test", True)]), 'the value of the label text does not match "^test"'),
    ("ports", meta(exposedPorts=["8080", "53/udp"], unexposedPorts=["80", "53/tcp"]), "passed"),
    ("a port that is missing", meta(exposedPorts=["80"]), "port 80 is not declared"),
    ("a port against it", meta(unexposedPorts=["53"]), "port 53 is declared"),
    ("volumes", meta(volumes=["/data"], unmountedVolumes=["/root"]), "passed"),
    ("a volume that is missing", meta(volumes=["/root"]), "volume /root is not declared"),
    ("a volume against it", meta(unmountedVolumes=["/data"]), "volume /data is declared"),
    ("entrypoint and command", meta(entrypoint=["/usr/bin/date", "-u"], cmd=[]), "passed"),
    ("no entrypoint is expected", meta(entrypoint=[]), "the entrypoint is another: it has 2 words, 0 are expected"),
    ("another command", meta(cmd=["x"]), "the command is another: it has 0 words, 1 are expected"),
    ("folder and user", meta(workdir="/app", user="app:app"), "passed"),
    ("another folder", meta(workdir="/"), 'the working folder is "/app", not "/"'),
    ("another user", meta(user="app"), 'the user is "app:app", not "app"'),
    ("two faults are one failure", meta(user="a", workdir="/"), 'the working folder is "/app", not "/"; the user is "app:app", not "a"'),

    ("licences of Debian", {"licenseTests": [{"debian": True}]}, "passed"),
    ("a licence of a file", {"licenseTests": [{"files": ["/opt/wtf"]}]}, "/opt/wtf names WTFPL"),
    ("a licence that is missing", {"licenseTests": [{"files": ["/opt/none"]}]}, "/opt/none is not there"),
]
files = [put(f"{i}.json", dict({"schemaVersion": "2.0.0"}, **doc)) for i, (_, doc, _) in enumerate(CASES)]
r = assay("test", IMAGE, "-f", "json", *[a for f in files for a in ("-t", f)])
faults = {}
for f in r.json()["findings"]:
    source, _, why = f["reason"].partition(": ")
    faults.setdefault(source, []).append(why)
for file, (name, _, want) in zip(files, CASES):
    same(name, faults.get(file, ["passed"]), [want])
same("one that failed fails the gate", r.rc, 1)

# ---- many at once ----
many = {"commandTests": [{"name": "ls", "command": "ls"}], "fileExistenceTests": [], "fileContentTests": []}
for _, doc, want in CASES:
    for key in ("fileExistenceTests", "fileContentTests"):
        many[key] += doc.get(key, []) if "globalEnvVars" not in doc else []
r = run(many, "-f", "json")
doc = r.json()
same("all at once, equal names told apart", (len(doc["findings"]), len({f["id"] for f in doc["findings"]}), r.rc),
     (sum(1 for _, d, w in CASES if w != "passed" and ("fileExistenceTests" in d or "fileContentTests" in d)),) * 2 + (1,))
passed = [c for c in doc["coverage"] if c["code"] == "test.passed"]
same("the others passed, the command was skipped", (len(passed), [c["detail"] for c in doc["coverage"] if c["status"] == "skipped"]),
     (len(many["fileExistenceTests"]) + len(many["fileContentTests"]) - len(doc["findings"]),
      ["Command Test: ls: commands are not run: there is no sandbox yet"]))
same("the same again from the cache", run(many, "-f", "json").raw, r.raw)
ok("no content in the report", SECRET not in r.out, r.out)
suites = xml.fromstring(run(many, "-f", "junit").raw)
case = {"failure": 0, "skipped": 0, "passed": 0}
for c in suites.iter("testcase"):
    if c.get("classname") == "assay.test":
        case[c[0].tag if len(c) else "passed"] += 1
same("JUnit has a case for each", case, {"failure": len(doc["findings"]), "skipped": 1, "passed": len(passed)})
ok("a case is called the same whether it passes", any(c.get("name") == "File Content Test: n in etc/passwd" for c in suites.iter("testcase")),
   [c.get("name") for c in suites.iter("testcase")])
ok("the table says it", "File Existence Test: n" in run(exists("/etc/none")).out)

# ---- files of tests, and statuses ----
yaml = "schemaVersion: '2.0.0'\nfileExistenceTests:\n- name: 'Hosts'\n  path: '/etc/passwd'\n  permissions: '-rw-r--r--'\n"
same("YAML, and two files", assay("test", IMAGE, "-t", put("a.yaml", yaml), "--tests", put("b.json", dict(exists("/etc/none"),
                                                                                    schemaVersion="2.0.0"))).rc, 1)
same("YAML alone", run(yaml, name="a.yaml").rc, 0)
same("commands alone: nothing was tested", run({"commandTests": [{"name": "c", "command": "x"}]}).rc, 3)
same("a member that is not known", run(dict(exists("/a"), fileTests=[])).rc, 2)
same("a broken expression", run(content("/etc/conf", ["("])).rc, 2)
same("no file of tests", assay("test", IMAGE).rc, 2)
same("a file of tests that is missing", assay("test", IMAGE, "-t", os.path.join(TMP, "none.yaml")).rc, 2)
same("an image that is missing", run(exists("/a"), ref="oci:" + os.path.join(TMP, "none")).rc, 3)
root = os.path.join(TMP, "root")
os.makedirs(os.path.join(root, "etc"), exist_ok=True)
put("root/etc/conf", "mode=dir\n")
same("a folder has files", run(content("/etc/conf", ["mode=dir"]), ref="dir:" + root).rc, 0)
same("... and no config", run(meta(user="x"), ref="dir:" + root).rc, 3)
same("-t stays the template elsewhere", assay("scan", IMAGE, "--checks", "config", "-f", "template", "-t",
                                              put("x.tmpl", "{{schema}}\n")).rc, 0)

# ---- the tool's own files, on images like those that they were written for ----
PEER = "data/vectors/cst/container-structure-test/amd64/ubuntu_22_04_"
UBUNTU = tar_of([File("etc/apt/sources.list", "deb http://archive.ubuntu.com/ubuntu jammy main\n"), File("etc/hosts", ""),
                 File("etc/passwd", "root:x:0:0:root:/root:/bin/bash\n"), File("etc/machine-id", ""), Link("bin", "usr/bin"),
                 File("usr/bin/date", "x", mode=0o755), File("usr/share/doc/ubuntu-keyring/copyright", "GPL\n"),
                 File("usr/share/doc/dash/copyright", "BSD\n")])
METADATA = {"Env": ["PATH=/bin", "SOME_KEY=SOME_VAL", "EMPTY_VAR=", "FOO_BAR=FOO\\:BAR=BAZ", "REGEX_VAR=test-2.1.8"],
            "Labels": {"localnet.localdomain.commit_hash": "0123456789abcdef0123456789abcdef01234567",
                       "localnet.my-domain.my-label": "my test label", "label-with-empty-val": ""}}
ubuntu = "oci:" + image.oci_layout(os.path.join(TMP, "ubuntu"), [UBUNTU], config=METADATA)
for name, rc, failed in (("test", 0, 0), ("metadata_test", 0, 0), ("failure_test", 1, 4)):
    file = shared(PEER + name + ".yaml")
    if not file:
        skip(f"its own {name}", "there is no ../shared")
        continue
    r = assay("test", ubuntu, "-t", file, "-f", "json")
    same(f"its own {name}", (r.rc, len(r.json()["findings"])), (rc, failed))
sys.exit(done())
