#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""together - many processes on one cache and one index; and the same image through every form, again and again.

All reports are the same and right, whoever cleans, imports or scans at the same time.
"""
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from hostile import BASE, END, FULL, GOOD, Blob, Place, held, layout, looks_clean, member, squeeze, tar  # noqa: E402
from tap import ASSAY, done, ok, same  # noqa: E402

place = Place()
place.index()
STATUS = im.debian([("demo", "0.1-1"), ("other", "1.0-1", "other (2.0)")] + [(f"p{i}", f"1:{i}~rc1-1") for i in range(40)])[-1][1]
TOP = tar(member("var/lib/dpkg/status", STATUS), member("opt/x", b"\1" * 300000), member("etc/.wh.gone"),
          member("x\x1b[2J"), member("../climbs"))
MORE = [tar(member(f"opt/{i}", bytes([i]) * 200000)) for i in range(4)]
LAYERS = [BASE, TOP, *MORE]
IMAGE = layout(place, [Blob(squeeze(l, "gzip"), l) for l in LAYERS])
EXPORT = os.path.join(place.top, "in/export.tar")
JSON = ["scan", "-f", "json", "--db", place.db, "--db-max-age", "0"]


def start(*args):
    return subprocess.Popen([ASSAY, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=place.env(), cwd=place.top + "/cwd",
                            stdin=subprocess.DEVNULL)


def end(p):
    out, err = p.communicate(timeout=120)
    return p.returncode, out, err


def clean_cache():
    shutil.rmtree(os.path.join(place.top, "cache"), ignore_errors=True)


WANT = place.run(*JSON, "oci:" + IMAGE)
held("the image has packages, findings and odd entries", WANT.rc == 0 and len(WANT.report()["packages"]) == 42 and
     {"CVE-2020-0001", "CVE-2020-0002", "entry.unsafe", "entry.control-name"} <= set(WANT.ids()), WANT)
held("the cache is exported", place.run("cache", "export", EXPORT).rc == 0, WANT)
TRACKER = [os.path.join(b, n) for b, _, f in os.walk(place.top + "/in") for n in f if n == "tracker.json"][0]


def cold():
    clean_cache()
    runs = [start(*JSON, "oci:" + IMAGE) for _ in range(8)]
    seen = [end(p) for p in runs]
    ok("8 scans with one cold cache: the same bytes", all(rc == 0 and out == WANT.raw for rc, out, _ in seen),
       [(rc, err) for rc, out, err in seen if out != WANT.raw])
    ok("and one set of facts for each layer", len(facts()) == len(LAYERS), facts())
    ok("nothing half is left", not list(place.cache_faults()), list(place.cache_faults()))


def facts():
    return [n for b, _, f in os.walk(os.path.join(place.top, "cache")) for n in f if n.endswith(".facts")]


def stir():
    """Scans while others clean, import and export the cache, and import advisories."""
    bad, other = [], []
    until = time.monotonic() + (20 if FULL else 4)
    while time.monotonic() < until:
        scans = [start(*JSON, "oci:" + IMAGE) for _ in range(3)]
        stirring = [start("cache", "clean"), start("cache", "import", EXPORT), start("db", "import", "-q", "--db", place.db, TRACKER),
                    start("cache", "export", EXPORT + ".2")]
        bad += [x for x in map(end, scans) if x[0] != 0 or x[1] != WANT.raw]
        other += [x for x in map(end, stirring) if x[0] != 0 and b"written by another" not in x[2]]
    ok("scans beside clean, import and export of the cache, and import of advisories: the same bytes", not bad, bad[:2])
    ok("and those succeed too", not other, other[:2])
    ok("nothing half is left by them", not list(place.cache_faults()), list(place.cache_faults()))
    r = place.run("cache", "status")
    held("the cache is whole", r.rc == 0, r)


def killed():
    """A front that is killed leaves a cache that others can use, and a later one tidies up."""
    for k in range(12):
        clean_cache()
        p = start(*JSON, "oci:" + IMAGE)
        time.sleep(0.004 * k)
        p.kill()
        end(p)
        r = place.run(*JSON, "oci:" + IMAGE)
        if r.raw != WANT.raw:
            ok(f"after a front killed {4 * k} ms in", False, r)
            return
    ok("after a front that was killed, at 12 moments, the next says the same", True)
    again = [start("db", "import", "-q", "--db", place.db, TRACKER) for _ in range(6)]
    for k, p in enumerate(again):
        time.sleep(0.005 * k)
        p.kill()
        end(p)
    r = place.run(*JSON, "oci:" + IMAGE)
    held("after imports that were killed the index is whole", r.raw == WANT.raw, r)
    r = place.run("db", "import", "--db", place.db, TRACKER)
    left = [n for n in os.listdir(place.db) if n not in ("index.mdb", "index.mdb.checked", ".index.mdb.lock")]
    r.faults += left
    held("the next import succeeds and tidies up", r.rc == 0, r)


def damaged():
    """Facts with a flipped bit are not believed."""
    clean_cache()
    place.run(*JSON, "oci:" + IMAGE)
    bad = []
    paths = [os.path.join(b, n) for b, _, f in os.walk(os.path.join(place.top, "cache")) for n in f]
    for k, path in enumerate(sorted(paths)):
        data = bytearray(open(path, "rb").read())
        for at in {0, 9, len(data) // 3, len(data) // 2, len(data) - 1}:
            if not data:
                continue
            spoiled = bytearray(data)
            spoiled[at] ^= 0x10
            for content in (spoiled, data[:at], b""):
                im.write(path, bytes(content))
                r = place.run(*JSON, "oci:" + IMAGE) if (k + at) % 3 == 0 or FULL else None
                if r and r.raw != WANT.raw:
                    bad.append(f"{path} at {at}: {r}")
        im.write(path, bytes(data))
    ok("facts that were spoiled on disk are not believed", not bad, bad[:2])


def strip(report):
    """What does not depend on the form: all but reference, digests and sizes of what is compressed."""
    r = json.loads(json.dumps(report))
    for key in ("reference", "digest", "config_digest", "platform"):
        r["image"].pop(key)
    for l in r["image"]["layers"]:
        for key in ("digest", "size"):
            l.pop(key)
    r["coverage"] = [c for c in r["coverage"] if c["code"] not in ("layers.verified", "archive.unread")]
    return r


def forms():
    clean_cache()
    for form in ("json", "table", "sarif", "junit"):
        args = ["scan", "-f", form, "--db", place.db, "--db-max-age", "0", "oci:" + IMAGE]
        clean_cache()
        seen = {place.run(*args).raw for _ in range(3)} | {place.run(*args, "--no-cache").raw, place.run(*args, "-j", "1", "--no-cache").raw}
        ok(f"cold, warm and without a cache: the same bytes, {form}", len(seen) == 1 and all(seen), len(seen))
    want = strip(WANT.report())
    refs = {"docker-archive": im.docker_archive(place.new("a.tar"), LAYERS, GOOD), "oci": im.oci_layout(place.new("l"), LAYERS, config=GOOD, compression="zstd"),
            "oci-archive": im.oci_archive(place.new("o.tar"), LAYERS, config=GOOD)}
    refs["docker-archive gzip"] = im.write(place.new("a.tgz"), squeeze(open(refs["docker-archive"], "rb").read(), "gzip"))
    refs["oci-archive zstd"] = im.write(place.new("o.zst"), squeeze(open(refs["oci-archive"], "rb").read(), "zstd"))
    refs["docker-archive 25"] = im.docker25_archive(place.new("d.tar"), LAYERS, config=GOOD)
    history = lambda r: [l.pop("created_by", None) for l in r["image"]["layers"]] and r
    for name, path in refs.items():
        for turn in ("cold", "again"):
            r = place.run(*JSON, name.split()[0] + ":" + path)
            have = strip(r.report()) if r.report() else None
            ok(f"the same from {name}, {turn}", r.rc == 0 and have and history(have) == history(json.loads(json.dumps(want))),
               difference(have, want) if have else r)
    root = place.new("root")
    os.makedirs(root)
    flat = tar(*[l[:-len(END)] for l in (BASE, TOP, *MORE)])
    path = im.write(place.new("flat.tar"), flat)
    subprocess.run(["tar", "-xf", path, "-C", root, "--no-same-owner"], stderr=subprocess.DEVNULL)
    vulns = lambda r: sorted((f["id"], f["package"], f["status"], f["fixed"]) for f in r["findings"] if f["check"] == "vulnerability")
    packages = lambda r: sorted(p["purl"] for p in r["packages"])
    for ref in ("tar:" + im.write(place.new("f.tar"), tar(TOP[:-len(END)], member("etc/os-release", im.OS_RELEASE["debian:12"].encode()))),
                "dir:" + root):
        r = place.run(*JSON, ref)
        ok(f"the same packages and vulnerabilities from {ref[:4].rstrip(':')}", r.rc == 0 and r.report() and packages(r.report()) ==
           packages(WANT.report()) and vulns(r.report()) == vulns(WANT.report()), r)


def difference(a, b):
    return [f"{k}: {json.dumps(a[k])[:300]} | {json.dumps(b[k])[:300]}" for k in b if a.get(k) != b[k]]


for part in (cold, stir, killed, damaged, forms):
    part()
sys.exit(done())
