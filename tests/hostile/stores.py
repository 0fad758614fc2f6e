#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""stores - secrets where files keep files and rows: objects of a git repository that was shipped, loose and packed, of every
commit; databases of SQLite.  What is broken or cut is said, never clean."""
import io
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import zipfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, Whiteout, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same, skip  # noqa: E402

MARK = b"a mark of the tests, which no file has by chance"


def token(n):
    """Of the form that npm's have; put together here, another for each n."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    body = "".join(random.Random(n).choices(digits, k=30))
    left, check = zlib.crc32(body.encode()), ""
    for _ in range(6):
        left, d = divmod(left, 62)
        check = digits[d] + check
    return "npm_" + body + check


FIRST, GONE, SAID, DELTA, ZIPPED, ROW, LONG, LOGGED = map(token, range(8))


def git(root, *args):
    env = {"PATH": os.environ["PATH"], "HOME": TMP, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "n", "GIT_AUTHOR_EMAIL": "e", "GIT_COMMITTER_NAME": "n",
           "GIT_COMMITTER_EMAIL": "e", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
    return subprocess.run(["git", "-C", root, "-c", "gc.auto=0", *args], env=env, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def commit(root, message, **files):
    for name, content in files.items():
        path = os.path.join(root, name)
        if content is None:
            os.unlink(path)
        else:
            image.write(path, content if isinstance(content, bytes) else content.encode())
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)


def shipped(root, at=".git"):
    """Entries of a repository's folder, under srv/app."""
    out = [Dir("srv"), Dir("srv/app"), Dir("srv/app/" + at)]
    for base, dirs, names in os.walk(os.path.join(root, ".git")):
        dirs.sort()
        for n in sorted(names):
            full = os.path.join(base, n)
            with open(full, "rb") as f:
                out.append(File("srv/app/" + at + full[len(os.path.join(root, ".git")):], f.read()))
    return out


def scan(*layers, more=(), checks="secret"):
    path = image.docker_archive(os.path.join(TMP, "image.tar"), [tar_of(l) for l in layers], {"User": "1"})
    return assay("scan", "docker-archive:" + path, "--checks", checks, "-f", "json", "--no-cache", *more)


def told(r):
    """Ends of what was found, and rows that are incomplete."""
    if not r.raw:
        return str(r)
    doc = r.json()
    return (sorted({f["match"][-4:] for f in doc["findings"] if f["check"] == "secret"}),
            sorted({c["code"] for c in doc["coverage"] if c["status"] == "incomplete" and c["check"] in ("secret", "malware")}))


def ends(*tokens):
    return sorted(t[-4:] for t in tokens)


def repository(root, *how):
    os.makedirs(root)
    git(root, "init", "-q", *how)
    lines = [f"line {i} of a configuration" for i in range(400)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(zipfile.ZipInfo("in.txt"), f"t={ZIPPED}\n")
    commit(root, "begin", a=f"one\nt={FIRST}\n", b=f"t={GONE}\n", c="\n".join(lines), z=packed.getvalue())
    commit(root, f"use {SAID}", b=None)
    lines[200] += f" t={DELTA}"
    commit(root, "change", c="\n".join(lines), m=MARK + b"\n")
    lines[200] = "line 200"
    commit(root, "change back", c="\n".join(lines), a="one\n")
    return root


def of_git():
    if not shutil.which("git"):
        skip("secrets in objects of git", "git is not installed")
        return
    all_of_it = ends(FIRST, GONE, SAID, DELTA, ZIPPED)
    root = repository(os.path.join(TMP, "repo"))
    r = scan(shipped(root))
    same("loose objects: what any commit had, in files, messages and archives", told(r), (all_of_it, []))
    at = {f["match"][-4:]: (f["location"]["path"], f["location"]["line"]) for f in r.json()["findings"]}
    digest = git(root, "rev-parse", "HEAD~3:a").decode().strip()
    same("... the object and the line are named", at[FIRST[-4:]], (f"srv/app/.git/objects/{digest[:2]}/{digest[2:]}!/blob", 2))
    ok("... and no value gets out", not any(t[4:24] in r.out + r.err for t in (FIRST, GONE, SAID, DELTA, ZIPPED)), r)
    leftover = [f for f in scan(shipped(root), checks="config").json()["findings"] if f["id"] == "config.leftover"]
    same("that a repository is shipped is a finding of its own", [f["location"]["path"] for f in leftover], ["srv/app/.git"])
    rules = image.write(os.path.join(TMP, "m.yar"), b'rule of_the_tests { strings: $a = "%s" condition: $a }\n' % MARK)
    r = scan(shipped(root), checks="malware", more=("--yara", rules))
    same("YARA looks into them too", ["!/blob" in f["location"]["path"] for f in r.json()["findings"] if f["id"].endswith("of_the_tests")], [True])
    r = scan(shipped(root), [Whiteout("srv/app/.git")])
    same("a repository that an upper layer deletes", (told(r), {f["location"]["deleted"] for f in r.json()["findings"]}), ((all_of_it, []), {True}))
    git(root, "repack", "-q", "-a", "-d", "-f", "--depth=50")
    deltas = [l for l in git(root, "verify-pack", "-v", *[os.path.join(root, ".git/objects/pack", p) for p in os.listdir(os.path.join(root, ".git/objects/pack"))
                                                         if p.endswith(".idx")]).decode().splitlines() if len(l.split()) == 7]
    ok("git made deltas", deltas)
    r = scan(shipped(root))
    same("the same packed", told(r), (all_of_it, []))
    place = [f["location"]["path"] for f in r.json()["findings"] if f["match"][-4:] == FIRST[-4:]][0]
    ok("... each by where it begins in the pack", ".pack!/" in place and "@" in place, place)
    same("a bare repository", told(scan(shipped(root, at="mirror.git"))), (all_of_it, []))
    entries = shipped(root)
    pack = next(i for i, e in enumerate(entries) if e[0].name.endswith(".pack"))
    name, whole = entries[pack][0].name, entries[pack][1]
    for what, content in (("cut short", whole[:-60]), ("changed in the middle", whole[:len(whole) // 2] + b"\xff" * 9 + whole[len(whole) // 2 + 9:]),
                          ("more objects than there are", whole[:11] + bytes([whole[11] + 1]) + whole[12:])):
        entries[pack] = File(name, content)
        r = scan(entries)
        ok(f"a pack, {what}: said, not clean", "secret.archive" in told(r)[1] and r.rc == 0, r)
    bomb = zlib.compress(b"blob %d\0" % (3 << 30) + bytes(1 << 20))
    r = scan([File("o/objects/ab/" + "c" * 38, bomb)])
    same("an object that is shorter than it says", told(r)[1], ["secret.archive"])
    r = scan([File("o/objects/ab/" + "c" * 38, b"x\x01" + b"no stream" * 9 + FIRST.encode())])
    same("what is named like one and is none", told(r)[1], ["secret.archive"])
    other = os.path.join(TMP, "other")
    try:
        repository(other, "--object-format=sha256")
    except subprocess.CalledProcessError:
        skip("a repository of SHA-256", "this git makes none")
        return
    same("a repository of SHA-256, loose", told(scan(shipped(other))), (all_of_it, []))
    git(other, "repack", "-q", "-a", "-d", "-f")
    same("... and packed", told(scan(shipped(other))), (all_of_it, []))


def database(name, encoding="UTF-8", page=4096, wal=False):
    path = os.path.join(TMP, name)
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA page_size={page}")
    db.execute(f"PRAGMA encoding='{encoding}'")
    if wal:
        db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE t (k TEXT, v TEXT)")
    db.execute("INSERT INTO t VALUES ('first', ?)", ("x" * 40,))  # what touches a value are numbers that look like letters
    db.execute("INSERT INTO t VALUES ('github', ?)", (ROW,))
    db.execute("INSERT INTO t VALUES ('last', ?)", ("x" * 40,))
    db.commit()
    return path, db


def of_sqlite():
    path, db = database("plain.db")
    db.close()
    same("SQLite: a row", told(scan([File("app/plain.db", open(path, "rb").read())])), (ends(ROW), []))
    path, db = database("long.db", page=512)
    for i in range(40):
        db.execute("INSERT INTO t VALUES (?, ?)", ("x" * i, "-" * (400 + i * 13) + f" t={LONG} " + "-" * 900))
    db.commit()
    db.close()
    same("SQLite: values that are longer than a page", told(scan([File("app/long.db", open(path, "rb").read())])), (ends(ROW, LONG), []))
    for encoding in ("UTF-16le", "UTF-16be"):
        path, db = database(f"{encoding}.db", encoding=encoding)
        db.close()
        same(f"SQLite: texts of {encoding}", told(scan([File("app/wide.db", open(path, "rb").read())])), (ends(ROW), []))
    path, db = database("wal.db", wal=True)
    db.execute("INSERT INTO t VALUES ('logged', ?)", (LOGGED,))
    db.commit()
    with open(path, "rb") as f, open(path + "-wal", "rb") as w:
        r = scan([File("app/wal.db", f.read()), File("app/wal.db-wal", w.read())])
    ok("SQLite: what lies in the log alone", set(ends(LOGGED, ROW)) <= set(told(r)[0]), r)
    db.close()
    with open(os.path.join(TMP, "plain.db"), "rb") as f:
        whole = f.read()
    for what, content in (("cut short", whole[:-700]), ("of a page size that there is not", whole[:16] + b"\x12\x34" + whole[18:]), ("with a root page of nowhere", whole[:28] + b"\xff" * 4 + whole[32:])):
        r = scan([File("app/broken.db", content)])
        ok(f"SQLite, {what}: no harm is done, and what can be read is looked at", r.rc == 0 and set(told(r)[0]) <= set(ends(ROW)) and ("root page" not in what or told(r)[0]), r)


of_git()
of_sqlite()
sys.exit(done())
