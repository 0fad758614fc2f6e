#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""faults - the n-th call that opens, reads, writes, renames or allocates fails, for n until nothing fails any more.

Always a clear error or the right answer; no crash, nothing left behind, and the next run succeeds.
HOSTILE_FULL=1 tries every n; otherwise a sample of them.
"""
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from hostile import BASE, FULL, GOOD, PLAIN_BUILD, Blob, Place, layout, looks_clean, squeeze, tool  # noqa: E402
from tap import done, note, ok, skip  # noqa: E402

if not PLAIN_BUILD:
    skip("failing calls", "sanitizers and coverage have calls of their own")
    sys.exit(done())
LIBRARY = tool("faults.so", "-shared", "-fPIC", "-ldl")
if not LIBRARY:
    skip("failing calls", "no compiler")
    sys.exit(done())

place = Place()
place.index()
IMAGE = "oci:" + layout(place, [Blob(squeeze(BASE, "gzip"), BASE)])
ARCHIVE = "docker-archive:" + im.write(place.new("a.tgz"), squeeze(open(im.docker_archive(
    place.new("a.tar"), [BASE], GOOD), "rb").read(), "gzip"))
TRACKER = [os.path.join(b, n) for b, _, f in os.walk(place.top + "/in") for n in f if n == "tracker.json"][0]
COUNT = os.path.join(place.top, "in/count")
CACHE = os.path.join(place.top, "cache")
EXPORT = os.path.join(place.top, "in/export.tar")


def forget(*folders):
    for f in folders:
        shutil.rmtree(f, ignore_errors=True)


def run(args, kind, at, stays=False):
    env = {"LD_PRELOAD": LIBRARY, "FAULT_KIND": kind, "FAULT_AT": str(at), "FAULT_FROM": "1" if stays else "0",
           "FAULT_COUNT": COUNT}
    if os.path.exists(COUNT):
        os.remove(COUNT)
    return place.run(*args, launch=[x for k, v in env.items() for x in ("-e", f"{k}={v}")], timeout=30)


def calls(args, kind, before):
    before()
    r = run(args, kind, 0)
    return max(map(int, open(COUNT).read().split()), default=0) if os.path.exists(COUNT) else 0, r


def moments(n, most):
    """Every n, or a sample: all of the first, then further and further apart."""
    if FULL or n <= most:
        return list(range(1, n + 1))
    return sorted({1 + i * (n - 1) // (most - 1) for i in range(most)})


def half_files(r):
    """What a command that failed may leave: an index, its lock; nothing half.  One that ended because there was no
    memory removes nothing: the next import removes what it left, whose name is always the same."""
    names = ["index.mdb", "index.mdb.checked", ".index.mdb.lock"]
    if "out of memory" in r.err:
        names += [".index.mdb.stage", ".index.mdb.full"]
    for folder in ("db", "db2"):
        path = os.path.join(place.top, folder)
        for n in os.listdir(path) if os.path.isdir(path) else []:
            if n not in names:
                yield f"left beside the index: {n}"


def torture(name, args, is_right, before=lambda: None, kinds=("file", "space", "handles", "memory"), most=36):
    """args: a command; is_right(r): its answer where it gives one."""
    for kind in kinds:
        n, whole = calls(args, kind, before)
        if not ok(f"{name}: {n} calls that may fail ({kind})", n > 0 and is_right(whole), whole):
            continue
        bad, told = [], 0
        for stays in (False, True):
            for at in moments(n, most if not stays else most // 3):
                before()
                r = run(args, kind, at, stays)
                r.faults += list(half_files(r))
                told += r.rc == 3
                right = r.rc == 3 and r.err.strip() or r.rc == 0 and is_right(r)
                # without memory for a message there is none; without a start there is no program
                if kind == "memory" and r.rc in (126, 127):
                    right = True
                if stays and kind in ("file", "space"):
                    r.faults = [f for f in r.faults if "says nothing" not in f]
                    right = right or r.rc == 3
                if not right or r.faults:
                    bad.append(f"call {at} of {n}{' and all after it' if stays else ''} fails ({kind}): {r}")
        ok(f"{name}: each failure is told, or does not matter ({kind}; {told} told)", not bad, f"{len(bad)} bad\n" + "\n".join(bad[:3]))
        before()
        r = place.run(*args)
        ok(f"{name}: afterwards it works ({kind})", is_right(r) and not r.faults, r)


def whole_report(r):
    if r.report() is None:
        return False
    if looks_clean(r):
        return len(r.report()["packages"]) == 1
    return r.rc in (0, 3)  # something was not to be had, and the report says so


def imported(r):
    return r.rc == 0 and place.run("db", "status", "--db", place.top + "/db2").rc == 0


scan = ["scan", "-f", "json", "--db", place.db, "--db-max-age", "0"]
torture("a scan", [*scan, IMAGE], whole_report, before=lambda: forget(CACHE), most=30)
torture("a scan of a compressed archive", [*scan, ARCHIVE], whole_report, before=lambda: forget(CACHE), most=12, kinds=("file", "memory"))
forget(CACHE)
place.scan(IMAGE)
r = place.run("cache", "export", EXPORT)
if ok("the cache is exported", r.rc == 0 and os.path.exists(EXPORT), r):
    torture("an import into the cache", ["cache", "import", EXPORT], lambda r: r.rc == 0, before=lambda: forget(CACHE), most=12)
    torture("an export of the cache", ["cache", "export", EXPORT + "2"], lambda r: r.rc == 0,
            before=lambda: (forget(CACHE), place.scan(IMAGE)), most=8, kinds=("file", "space"))
torture("an import of advisories", ["db", "import", "--db", place.top + "/db2", TRACKER], imported,
        before=lambda: forget(place.top + "/db2"), most=20)
r = place.scan(IMAGE)
ok("and in the end all is well", looks_clean(r), r)
sys.exit(done())
