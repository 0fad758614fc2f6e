#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""layers - hostile layers (the archive cases A1 to A20), and what must come of each: a refusal that names the entry or the limit
and leaves no report, a named finding, or an incomplete row; nothing outside the given folders is touched,
and no run takes long or much memory.
"""
import bz2
import gzip
import hashlib
import io
import lzma
import os
import subprocess
import sys
import tarfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from image import (CONFIG, Dir, File, HardLink, INDEX, Link, MANIFEST, MEDIA, Opaque, Whiteout, config_of, debian,  # noqa: E402
                   digest, member, oci_write, tar_of, to_json)
from hostile import FULL, tool  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same  # noqa: E402

OUTSIDE = os.path.join(TMP, "outside")
SECONDS_MAX = 60  # of one run, on a machine that is busy with others


def layout(name, layers, packed=None, form="none"):
    """An OCI layout of plain layers (or one diff_id); packed: the bytes that are stored instead, digests right."""
    conf = config_of([] if isinstance(layers[0], str) else layers)
    if isinstance(layers[0], str):
        conf = conf.replace(b'"diff_ids":[]', b'"diff_ids":["%s"]' % layers[0].encode())
    packed = packed or layers
    blobs = {digest(b): b for b in list(packed) + [conf]}
    manifest = to_json({"schemaVersion": 2, "mediaType": MANIFEST,
                        "config": {"mediaType": CONFIG, "digest": digest(conf), "size": len(conf)},
                        "layers": [{"mediaType": MEDIA[form], "digest": digest(b), "size": len(b)} for b in packed]})
    blobs[digest(manifest)] = manifest
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": MANIFEST, "digest": digest(manifest), "size": len(manifest)}]}
    return "oci:" + oci_write(os.path.join(TMP, name), blobs, index)


def outside():
    seen = []
    for base, dirs, names in os.walk(OUTSIDE):
        for n in dirs + names:
            s = os.lstat(os.path.join(base, n))
            seen.append((base, n, s.st_mode, s.st_size, s.st_mtime_ns))
    return sorted(seen)


count = 0
MEASURE = tool("launch"), "-s", os.path.join(TMP, "stats")


def scan(what, layers, packed=None, form="none", measure=False):
    """Scans and makes the asserts that hold for every case; measure: with every check, in little memory."""
    global count
    count += 1
    before, began = outside(), time.monotonic()
    run = assay(*([*MEASURE[1:], ASSAY] if measure else []), "scan", layout(f"case{count}", layers, packed, form), "-f", "json",
                *([] if measure else ["--checks", "file,vuln"]),
                "--cache-dir", os.path.join(TMP, "cache"), timeout=SECONDS_MAX, program=MEASURE[0] if measure else None)
    if measure:
        peak = int(open(MEASURE[2]).read().split()[0]) >> 10
        ok(f"{what}: memory stays below 64 MiB", peak < 64 or "ASAN_OPTIONS" in os.environ, f"{peak} MiB")
    ok(f"{what}: ends in time, by itself", run.rc in (0, 1, 3) and time.monotonic() - began < SECONDS_MAX, run)
    ok(f"{what}: nothing outside is touched", outside() == before)
    return run


def refused(what, layers, says, packed=None, form="none"):
    run = scan(what, layers, packed, form)
    ok(f"{what}: refused, and no report", run.rc == 3 and not run.out.strip(), run)
    ok(f"{what}: the message names it", says in run.err, run)


def finds(what, layers, code, path=None):
    run = scan(what, layers)
    if not ok(f"{what}: scanned", run.rc == 0, run):
        return {}
    report = run.json()
    hits = [f for f in report["findings"] if f["id"] == code and path in (None, f["location"]["path"])]
    ok(f"{what}: finding {code}", hits, report["findings"])
    return report


def plain(what, layers, packed=None, form="none", measure=False):
    run = scan(what, layers, packed, form, measure)
    return run.json() if ok(f"{what}: scanned", run.rc == 0, run) else {"packages": [], "findings": [], "os": {},
                                                                       "coverage": []}


def incomplete(what, layers, code):
    rows = plain(what, layers)["coverage"]
    ok(f"{what}: incomplete, {code}", [c for c in rows if c["code"] == code and c["status"] == "incomplete"], rows)


BASE = debian([("zlib1g", "1:1.2.13.dfsg-1")])
base = tar_of(BASE)


def names(report):
    return sorted(p["name"] for p in report["packages"])


os.makedirs(os.path.join(OUTSIDE, "etc"), exist_ok=True)
open(os.path.join(OUTSIDE, "marker"), "w").write("untouched")

# A1 names that leave the root; absolute ones land inside it
for form in ("../evil", "a/../../evil", "../../../../../../evil", "/../evil"):
    finds(f"A1 {form}", [base, tar_of([File(form, b"x")])], "entry.unsafe", "evil")
same("A1 absolute names are inside the root",
     names(plain("A1 absolute", [tar_of([(File("/" + m.name, c)) for m, c in BASE if m.isreg()])])), ["zlib1g"])

# A2 a link, then an entry "through" it: in one layer, and across layers
for layers in ([tar_of([Link("out", OUTSIDE), File("out/marker", b"x")])],
               [tar_of([Link("out", OUTSIDE)]), tar_of([File("out/marker", b"x")])],
               [tar_of([Link("out", "/" + "../" * 20 + OUTSIDE), File("out/new", b"x")])]):
    plain("A2 write through a link", layers)

# A3 hard links out of the root, through links, to nothing
finds("A3 hard link out", [tar_of([HardLink("a", "../../etc/shadow")])], "entry.link-out", "a")
plain("A3 hard link through a link", [tar_of([Link("l", "/etc"), HardLink("a", "l/shadow")])])
plain("A3 hard link to what is not there", [tar_of([HardLink("a", "missing"), Link("missing", "/etc")])])
same("A3 a hard-linked database is read all the same", names(plain("A3 linked status", [tar_of(
    [(m, c) if m.name != "var/lib/dpkg/status" else File("var/lib/dpkg/status-real", c) for m, c in BASE]
    + [HardLink("var/lib/dpkg/status", "var/lib/dpkg/status-real")])])), ["zlib1g"])

# A4 a root that is not a folder
for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.REGTYPE, tarfile.FIFOTYPE):
    for name in (".", "./", "/", "a/.."):
        refused(f"A4 root {name!r} of type {kind!r}", [tar_of([(member(name, kind, link="/tmp"), b"")],
                                                              tarfile.GNU_FORMAT)], "the root")

# A5, A6 devices, fifos, /dev, /proc: metadata, never opened
report = plain("A6 devices", [tar_of(BASE + [(member("dev/sda", tarfile.BLKTYPE), b""), (member("p", tarfile.FIFOTYPE), b""),
                                             (member("etc/passwd", tarfile.FIFOTYPE), b""), Link("proc", "/proc")])])
same("A6 the rest is seen", names(report), ["zlib1g"])

# A7 whiteouts
for name in (".wh.", "a/.wh.", ".wh..", "a/.wh..", ".wh...", "a/b/.wh..."):
    refused(f"A7 {name}", [base, tar_of([File(name)])], "whiteout")
same("A7 a whiteout hides the database", names(plain("A7 whiteout", [base, tar_of([Whiteout("var/lib/dpkg/status")])])), [])
same("A7 of its folder", names(plain("A7 folder", [base, tar_of([Whiteout("var/lib")])])), [])
same("A7 an opaque folder", names(plain("A7 opaque", [base, tar_of([Opaque("var/lib/dpkg")])])), [])
same("A7 of its own layer it hides nothing",
     names(plain("A7 own layer", [tar_of(BASE + [Whiteout("var/lib/dpkg/status"), Opaque("var/lib/dpkg")])])), ["zlib1g"])
same("A7 through a link it hides nothing else", names(plain("A7 opaque through a link", [base, tar_of(
    [Link("l", "var/lib/dpkg"), Opaque("l")])])), ["zlib1g"])

# A9 duplicates: the last one counts, and it is said
status = next(c for m, c in BASE if m.name == "var/lib/dpkg/status")
finds("A9 a file twice", [tar_of(BASE + [File("etc/x", b"1"), File("etc/x", b"2")])], "entry.duplicate", "etc/x")
finds("A9 file, link, file", [tar_of([File("a", b"1"), Link("a", "/etc/passwd"), File("a", b"2")])], "entry.duplicate", "a")
finds("A9 a folder, then a link", [tar_of([Dir("d"), Link("d", "/etc")])], "entry.duplicate", "d")


# A10 numbers and names that readers disagree on
def header(name=b"f", size=b"%011o\0" % 0, kind=b"0", link=b"", body=b""):
    h = bytearray(512)
    h[0:len(name)] = name
    h[100:108], h[108:116], h[116:124] = b"0000644\0", b"0000000\0", b"0000000\0"
    h[124:136] = size
    h[136:148] = b"%011o\0" % 0
    h[156:157] = kind
    h[157:157 + len(link)] = link
    h[257:265] = b"ustar\x0000"
    h[148:156] = b" " * 8
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h) + body + b"\0" * (-len(body) % 512)


def pax(records, kind=b"x"):
    body = b""
    for key, value in records:
        n = len(key) + len(value) + 3
        while len(str(n)) + len(key) + len(value) + 3 != n:
            n = len(str(n)) + len(key) + len(value) + 3
        body += b"%d %s=%s\n" % (n, key, value)
    return header(b"pax", b"%011o\0" % len(body), kind, body=body)


END = b"\0" * 1024
refused("A10 negative size", [header(size=b"\xff" * 12) + END], "negative")
refused("A10 size past 63 bits", [header(size=b"\x80\0\0\0\xff" + b"\xff" * 7) + END], "size")
refused("A10 negative pax size", [pax([(b"size", b"-1")]) + header() + END], "size")
refused("A10 huge pax size", [pax([(b"size", b"9223372036854775807")]) + header() + END], "cut short")
refused("A10 NUL in a pax path", [pax([(b"path", b"a\0b")]) + header() + END], "NUL")
refused("A10 NUL in a pax link", [pax([(b"linkpath", b"a\0b")]) + header(kind=b"2") + END], "NUL")
refused("A10 a global path", [pax([(b"path", b"etc/passwd")], b"g") + header() + END], "global")
finds("A10 two names for one entry", [pax([(b"path", b"one")]) + header(b"././@LongLink", b"%011o\0" % 4, b"L", body=b"two\0")
                                      + header() + END], "entry.ambiguous")
refused("A10 extended header of 8 MiB", [header(b"x", b"%011o\0" % (8 << 20), b"x", body=b"1" * (8 << 20)) + END],
        "extended header")

# A11 sparse files
refused("A11 overlapping map", [pax([(b"GNU.sparse.size", b"9"), (b"GNU.sparse.map", b"0,2,1,2")])
                                + header(size=b"%011o\0" % 4, body=b"abcd") + END], "sparse")
refused("A11 larger than a layer may be", [pax([(b"GNU.sparse.size", b"99999999999999"), (b"GNU.sparse.map", b"0,4")])
                                           + header(size=b"%011o\0" % 4, body=b"abcd") + END], "sparse")
plain("A11 a hole of 8 GiB", [pax([(b"GNU.sparse.size", b"8589934592"), (b"GNU.sparse.map", b"0,4")])
                              + header(size=b"%011o\0" % 4, body=b"abcd") + END])
incomplete("A11 a sparse package database of 8 GiB", [
    pax([(b"GNU.sparse.size", b"8589934592"), (b"GNU.sparse.map", b"0,4")])
    + header(b"var/lib/rpm/rpmdb.sqlite", size=b"%011o\0" % 4, body=b"abcd") + END], "file.too-large")


# A12 bombs: one file of 256 MiB of zeros in 8 KiB; it is read to its end in a quarter of that memory
BOMB = 1024 if FULL or os.environ.get("ASSAY_SLOW") else 256


def bomb():
    pieces = [header(b"zeros", b"%011o\0" % (BOMB << 20))] + [b"\0" * (1 << 20)] * BOMB + [END]
    zstd = subprocess.Popen(["zstd", "-q", "-1", "-c"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    plain_sha = hashlib.sha256()
    for piece in pieces:
        plain_sha.update(piece)
        zstd.stdin.write(piece)
    return zstd.communicate()[0], "sha256:" + plain_sha.hexdigest()


packed, diff_id = bomb()
report = plain(f"A12 {BOMB} MiB of zeros", [diff_id], [packed], "zstd", measure=True)
same("A12 all of it was read", report["image"]["layers"][0]["diff_id"], diff_id)

refused("A12 bzip2 is not a layer's compression", [base], "bzip2", [bz2.compress(base)])
refused("A12 xz is not", [base], "xz", [lzma.compress(base)])
refused("A12 a zstd window of 256 MiB", [base], "window", [b"\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00"], "zstd")
nested = gzip.compress(gzip.compress(base, mtime=0), mtime=0)
refused("A12 a gzip in a gzip is no tar", [base], "cut short", [nested], "gzip")

# A13 cut short, garbage behind the end, many members, two archives in one
packed = gzip.compress(base, mtime=0)
refused("A13 cut in the middle", [base[:700]], "cut short")
refused("A13 gzip cut short", [base], "cut short", [packed[:-5]], "gzip")
refused("A13 garbage behind gzip", [base], "bytes follow", [packed + b"garbage"], "gzip")
half = len(base) // 2
same("A13 many members", names(plain("A13 members", [base], [gzip.compress(base[:half], mtime=0) + gzip.compress(base[half:], mtime=0)],
                                     "gzip")), ["zlib1g"])
same("A13 zeros behind gzip", names(plain("A13 padding", [base], [packed + b"\0" * 512], "gzip")), ["zlib1g"])
report = finds("A13 an archive behind the end marker", [tar_of([File("a", b"1")]) + base], "entry.after-end",
               "var/lib/dpkg/status")
same("A13 what lies there is scanned", names(report), ["zlib1g"])
incomplete("A13 bytes that are no tar behind the end marker", [base + b"garbage!" * 100], "layer.trailing")
refused("A13 not a tar", [b"hello world" * 100], "not a tar")

# A15 many tiny entries, long names, deep paths
deep = "d/" * 1100 + "x"
refused("A15 deep path", [tar_of([File(deep)])], "components")
refused("A15 long name", [tar_of([File("n" * 5000)])], "longer than")
many = io.BytesIO()
block = header(b"usr/share/empty")
for _ in range(300000):
    many.write(block)
plain("A15 300,000 entries", [many.getvalue() + END], [gzip.compress(many.getvalue() + END, 1, mtime=0)], "gzip", measure=True)

# A16 attributes
refused("A16 extended attributes without end", [pax([(b"SCHILY.xattr.user.%d" % i, b"v") for i in range(300)]) + header() + END],
        "extended attributes")
plain("A16 setuid and a capability", [pax([(b"SCHILY.xattr.security.capability", b"\1\0\0\2\0\x20\0\0" + b"\0" * 12)])
                                      + header(b"bin/x") + END])

# A17 names that are no text
finds("A17 escape sequences", [tar_of([File("a\x1b[31mb", b"")])], "entry.control-name")
finds("A17 bidirectional marks", [tar_of([File("a\u202eb", b"")])], "entry.control-name")
run = scan("A17 Latin-1", [header(b"caf\xe9") + END])
ok("A17 Latin-1: no raw byte in the report", run.rc == 0 and b"\xe9" not in run.raw, run)

# A20 nothing is left behind
left = [n for n in os.listdir(TMP) if n not in ("cache", "home", "launch", "outside", "stats") and not n.startswith("case")]
same("A20 no temporary file is left", left, [])

sys.exit(done())
