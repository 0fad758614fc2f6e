#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""drift - what an image gained in privilege since the release that was admitted is a finding; what it lost or kept is none."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

BASE = [Dir("etc"), File("etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n"),
        File("usr/bin/app", "x", mode=0o755), File("usr/bin/old", "\x7fELF", mode=0o4755, uid=0)]
CONFIG = {"User": "app", "Entrypoint": ["/usr/bin/app"], "ExposedPorts": {"8080/tcp": {}}}
EMPTY = File("etc/shadow", "root::1:0:99999:7:::\napp:!:1:0:99999:7:::\n")


def scan(entries, config, *more, checks="user,file"):
    path = os.path.join(TMP, "image.tar")
    image.docker_archive(path, [tar_of(entries)], config)
    return assay("scan", "docker-archive:" + path, "--checks", checks, "-f", "json", *more)


def put(name, text):
    return image.write(os.path.join(TMP, name), text)


before = put("before.json", scan(BASE, CONFIG).raw)
CASES = [  # name, entries, config, what drifted
    ("the same", BASE, {}, []),
    ("one setuid program less", BASE[:-1], {}, []),
    ("runs as root now", BASE, {"User": ""}, ["drift.root"]),
    ("one setuid program more", BASE + [File("usr/bin/new", "\x7fELF", mode=0o4755)], {}, ["drift.gained usr/bin/new"]),
    ("writable by everybody", BASE + [File("usr/lib/x", "x", mode=0o666)], {}, ["drift.gained usr/lib/x"]),
    ("another port", BASE, {"ExposedPorts": {"8080/tcp": {}, "22/tcp": {}}}, ["drift.port"]),
    ("root without a password", BASE + [EMPTY], {}, ["drift.gained etc/shadow"]),
]
for name, entries, config, want in CASES:
    r = scan(entries, dict(CONFIG, **config), "--against", before)
    doc = r.json()
    have = sorted((f["id"] + " " + (f["location"]["path"] or "")).strip() for f in doc["findings"] if f["id"].startswith("drift."))
    same(name, (have, "drift.judged" in [c["code"] for c in doc["coverage"]]), (want, True))


def capable(bits):
    """usr/bin/cap with these capabilities.  Source: linux/capability.h, struct vfs_cap_data."""
    raw = bytes([1, 0, 0, 2]) + bits.to_bytes(4, "little") + bytes(12)
    return image.member("usr/bin/cap", mode=0o755, size=1, pax={"SCHILY.xattr.security.capability": raw.decode("latin-1")}), b"x"


def shadow(*open_accounts):
    return File("etc/shadow", "".join(f"{a}:{'' if a in open_accounts else '!'}:1:0:99999:7:::\n" for a in ("root", "app")))


NET, BOTH = 1 << 10, 1 << 10 | 1 << 6  # cap_net_bind_service; with cap_setgid
THEN = BASE[:-1] + [capable(NET), shadow("root"), File("usr/bin/set", "x", mode=0o4755, uid=1000), Dir("srv", uid=1000)]
CASES = [  # name, entries, what drifted since THEN
    ("the same once more", THEN, []),
    ("a capability more", BASE[:-1] + [capable(BOTH)] + THEN[4:], ["drift.gained usr/bin/cap"]),
    ("another number, and the same file", THEN[:-1] + [Dir("srv", uid=1000), File("srv/x", "x", uid=1000)], []),
    ("a folder more to write", THEN + [Dir("opt", uid=1000)], ["drift.writable opt"]),
    ("a folder less to write", THEN[:-1] + [Dir("srv")], []),
    ("a second account without a password", THEN[:-3] + [shadow("root", "app")] + THEN[-2:], ["drift.gained etc/shadow"]),
    ("no account without a password", THEN[:-3] + [shadow()] + THEN[-2:], []),
    ("the setuid program is root's", THEN[:-2] + [File("usr/bin/set", "x", mode=0o4755), THEN[-1]], ["drift.gained usr/bin/set", "drift.privilege"]),
    ("more may start the setuid program", THEN[:-2] + [File("usr/bin/set", "x", mode=0o4775, uid=1000), THEN[-1]], ["drift.gained usr/bin/set"]),
    ("fewer may start the setuid program", THEN[:-2] + [File("usr/bin/set", "x", mode=0o4750, uid=1000), THEN[-1]], []),
]
then = put("then.json", scan(THEN, CONFIG).raw)
for name, entries, want in CASES:
    doc = scan(entries, CONFIG, "--against", then).json()
    same(name, sorted((f["id"] + " " + (f["location"]["path"] or "")).strip() for f in doc["findings"] if f["id"].startswith("drift.")), want)
both = put("both.json", scan(BASE[:-1] + [capable(BOTH)], CONFIG).raw)
doc = scan(BASE[:-1] + [capable(NET)], CONFIG, "--against", both).json()
same("a capability less", [f["id"] for f in doc["findings"] if f["id"].startswith("drift.")], [])
old = json.loads(open(then).read())
del old["image"]["user"]["writable"]
r = scan(THEN, CONFIG, "--against", put("older.json", json.dumps(old).encode()), "--fail-on", "critical")
ok("a report that does not say what may be written is no comparison", r.rc == 3, r)
confined = put("confined.json", scan(BASE[:-1], CONFIG).raw)
doc = scan(BASE, CONFIG, "--against", confined).json()
same("a first setuid program: its user could become more", sorted(f["id"] for f in doc["findings"] if f["id"].startswith("drift.")),
     ["drift.gained", "drift.privilege"])
r = scan(BASE, dict(CONFIG, User=""), "--against", before, "--fail-on", "high")
ok("it counts for the gate, and says what was", r.rc == 1 and '"exposed"' in r.json()["findings"][0]["reason"] + "".join(
    f["reason"] for f in r.json()["findings"]), r)
half = put("half.json", scan(BASE, CONFIG, checks="config").raw)
r = scan(BASE, CONFIG, "--against", half, "--fail-on", "critical")
ok("a report that does not say all is no comparison", r.rc == 3 and "drift.unknown" in [c["code"] for c in r.json()["coverage"]], r)
same("a report that is none", scan(BASE, CONFIG, "--against", put("x.json", json.dumps({}).encode())).rc, 2)
same("without the checks that it needs", scan(BASE, CONFIG, "--against", before, checks="user").rc, 2)
sys.exit(done())
