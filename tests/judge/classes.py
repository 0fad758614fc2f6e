#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""classes - an image beyond what its class of container allows is a finding; the example that ships is one that can be used."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, Link, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PASSWD = "root:x:0:0::/root:/bin/sh\napp:x:10001:10001::/:/bin/sh\nold:x:99:99::/:/bin/sh\n"
BASE = [Dir("etc"), File("etc/passwd", PASSWD), File("etc/group", "root:x:0:\nmail:x:8:app\n"),
        File("usr/bin/app", "x", mode=0o755), Dir("tmp", mode=0o1777)]
CONFIG = {"User": "app", "Entrypoint": ["/usr/bin/app"], "ExposedPorts": {"8080/tcp": {}}}
NET = bytes([1, 0, 0, 2]) + (1 << 10).to_bytes(4, "little") + bytes(12)  # cap_net_bind_service+ep, linux/capability.h
TWO = bytes([1, 0, 0, 2]) + (1 << 10 | 1 << 6).to_bytes(4, "little") + bytes(12)  # and cap_setgid
FUTURE = bytes([0, 0, 0, 9]) + bytes(40)


def capable(path, raw):
    pax = {"SCHILY.xattr.security.capability": raw.decode("latin-1")}
    return image.member(path, mode=0o755, size=1, pax=pax), b"x"


def scan(entries, config, *more, checks="user,file", name="image.tar"):
    path = os.path.join(TMP, name)
    image.docker_archive(path, [tar_of(entries)], config)
    return assay("scan", "docker-archive:" + path, "--checks", checks, "-f", "json", *more)


def classes(text):
    return image.write(os.path.join(TMP, "classes.yaml"), text.encode())


def found(r):
    return sorted((f["id"] + " " + (f["location"]["path"] or "")).strip() for f in r.json()["findings"] if f["id"].startswith("class."))


def rows(r):
    return [c["code"] for c in r.json()["coverage"] if c["code"].startswith("class.")]


WEB = """version: 1
classes:
- name: web
  uid: [10000-20000]
  gid: [10000-20000]
  privilege: confined
  capabilities: [net_bind_service]
  ports: [8080, 8443/tcp]
  writable: [tmp, var/cache/*]
  setuid: [usr/bin/allowed]
- name: silent
"""
CASES = [  # name, entries, config, what is beyond the class
    ("within the class", BASE, {}, []),
    ("root", BASE, {"User": ""}, ["class.gid", "class.privilege", "class.uid", "class.writable"]),
    ("another number", BASE, {"User": "old"}, ["class.gid", "class.uid"]),
    ("another group", BASE, {"User": "app:mail"}, ["class.gid"]),
    ("two ports more", BASE, {"ExposedPorts": {"8080/tcp": {}, "8443/udp": {}, "22": {}}}, ["class.port", "class.port"]),
    ("a setuid program, and one that is allowed",
     BASE + [File("usr/bin/allowed", "x", mode=0o4755), File("usr/bin/other", "x", mode=0o2755)], {},
     ["class.privilege", "class.setuid usr/bin/other"]),
    ("capabilities", BASE + [capable("usr/bin/net", NET), capable("usr/bin/two", TWO), capable("usr/bin/new", FUTURE)], {},
     ["class.capability usr/bin/new", "class.capability usr/bin/two"]),
    ("folders of its own", BASE + [Dir("srv/data", uid=10001), File("srv/data/x", "x", uid=10001), Dir("var/cache/a", mode=0o777),
                                   File("etc/mails", "x", gid=8, mode=0o664), File("srv/ro", "x", uid=10001, mode=0o444)], {},
     ["class.writable etc/mails", "class.writable srv/data"]),
    ("a file before its folder", BASE + [File("srv/d/x", "x", uid=10001), Dir("srv/d", uid=10001)], {}, ["class.writable srv/d"]),
    ("links, and what is mounted", BASE + [Link("srv/l", "/etc/passwd"), Dir("dev/shm", mode=0o1777)], {}, []),
    ("volumes", BASE, {"Volumes": {"/data": {}, "/var/cache/b": {}}}, ["class.writable data"]),
]
web = classes(WEB)
for name, entries, config, want in CASES:
    r = scan(entries, dict(CONFIG, **config), "--classes", web, "--class", "web")
    same(name, (found(r), rows(r)), (want, ["class.judged"]))
r = scan(BASE + [capable("usr/bin/two", TWO)], CONFIG, "--classes", web, "--class", "web")
same("only the capability that is beyond it is told", [f["reason"] for f in r.json()["findings"] if f["id"] == "class.capability"],
     ["class web does not allow cap_setgid"])
r = scan(BASE, dict(CONFIG, User=""), "--classes", web, "--class", "silent")
same("a class that says nothing judges nothing", (found(r), rows(r)), ([], ["class.judged"]))
r = scan(BASE, dict(CONFIG, User="nobody"), "--classes", web, "--class", "web", "--fail-on", "critical")
same("whom it runs as is not known: incomplete", (r.rc, found(r)), (3, []))
r = scan(BASE, dict(CONFIG, User=""), "--classes", web, "--class", "web", "--fail-on", "high")
root = [f for f in r.json()["findings"] if f["id"] == "class.uid"][0]
same("root counts for the gate", (r.rc, root["severity"], bool(root["repair"]), "web" in root["reason"]), (1, "high", True, True))

LISTED = WEB.replace("- name: web\n", "- name: web\n  images: ['registry.example/web/**']\n").replace(
    "- name: silent\n", "- name: silent\n  labels: {class: silent}\n")
listed = classes(LISTED)
r = scan(BASE, CONFIG, "--classes", listed, "--in-repository", "registry.example/web/shop")
same("by its repository", rows(r), ["class.judged"])
r = scan(BASE, dict(CONFIG, Labels={"class": "silent"}), "--classes", listed)
same("by its label", rows(r), ["class.judged"])
r = scan(BASE, CONFIG, "--classes", listed, "--in-repository", "elsewhere/shop", "--fail-on", "critical")
same("of no class: incomplete", (r.rc, rows(r)), (3, ["class.unknown"]))

example = os.path.join(ROOT, "rules", "classes.yaml")
for cls in ("web", "proxy", "database", "job"):
    r = scan(BASE, CONFIG, "--classes", example, "--class", cls)
    same(f"the example, {cls}", rows(r), ["class.judged"])
r = scan(BASE, CONFIG, "--classes", example, "--in-repository", "registry.internal/web/shop")
same("the example allows what it is for", (found(r), rows(r)), ([], ["class.judged"]))

WRITABLE_MAX = 10000  # src/base/limits.h
for n, code in ((WRITABLE_MAX, 0), (WRITABLE_MAX + 1, 3)):
    r = scan([File(f"srv/{i}", uid=10001) for i in range(n - 1)] + BASE, CONFIG, "--fail-on-incomplete")  # and tmp
    same(f"{n} files to write", (r.rc, len(r.json()["image"]["user"]["writable"])), (code, WRITABLE_MAX))

same("a class that there is not", scan(BASE, CONFIG, "--classes", web, "--class", "wbe").rc, 2)
same("a class without classes", scan(BASE, CONFIG, "--class", "web").rc, 2)
same("without the check that it is of", scan(BASE, CONFIG, "--classes", web, checks="file").rc, 2)
r = scan(BASE, CONFIG, "--classes", classes("version: 1\nclasses: [{name: a, uids: [1]}]\n"))
ok("a misspelt bound is refused, with what was meant", r.rc == 2 and "did you mean uid" in r.err, r)
r = scan(BASE, CONFIG, "--classes", os.path.join(TMP, "none.yaml"))
ok("a file that is not there", r.rc == 2 and "none.yaml" in r.err, r)
sys.exit(done())
