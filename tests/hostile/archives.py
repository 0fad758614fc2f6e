#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""archives - hostile layers, each as a layer of an OCI layout, in a compressed docker archive, and as a bare tar.

Every row has the outcome that it must have: a refusal (exit 3, no report, an error that names the entry, the offset or
the limit), a named finding, a coverage row, or nothing because what it holds is only data.  For every row: no crash,
nothing outside touched, nothing left behind, memory bounded.  HOSTILE_FULL=1 makes the large ones larger.
"""
import hashlib
import os
import struct
import subprocess
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from hostile import (BASE, END, FULL, GOOD, PLAIN_BUILD, Blob, Place, folder, gnu_long, hardlink, header, held,  # noqa: E402
                     is_refusal, layout, link, looks_clean, member, padded, pax, pax_record, squeeze, tar)
from tap import done, note, ok, skip  # noqa: E402

place = Place()
place.index()
n_rows = 0


# ---- outcomes ----

def refuse(*words):
    return lambda r: is_refusal(r, *words)


def find(*ids):
    return lambda r: r.rc == 0 and set(ids) <= set(r.ids()) and bool(r.report())


def rows(*codes):
    return lambda r: r.rc == 0 and set(codes) <= set(r.rows())


def data(r):
    """Read to the end, the packages of the base seen, nothing to say."""
    return looks_clean(r) and [p["name"] for p in r.report()["packages"]] == ["demo"]


def same_or(a, b):
    return lambda r: a(r) or b(r)


def gone(r):
    """A database that is replaced: in a lower layer it is hidden, in the same one that it is stated twice is said."""
    return r.rc == 0 and not looks_clean(r) and not r.report()["packages"]


def docker_gz(layers, config):
    path = im.docker_archive(place.new("a.tar"), layers, config)
    packed = squeeze(open(path, "rb").read(), "gzip")
    return "docker-archive:" + im.write(path, packed)


def row(name, evil, outcome, forms=("gzip", "archive", "tar"), below=(), user=GOOD["User"]):
    """evil: what stands in the layer above BASE; for a bare tar, behind what BASE holds."""
    config = dict(GOOD, User=user)
    global n_rows
    n_rows += 1
    if len(forms) == 3 and not FULL:
        forms = (forms[0], forms[1 + n_rows % 2])
    for form in forms:
        if form == "archive":
            ref = docker_gz([BASE, *below, evil], config)
        elif form == "tar":
            if below:
                continue
            ref = "tar:" + im.write(place.new("a.tar"), BASE[:-len(END)] + evil)
        else:
            ref = "oci:" + layout(place, [Blob(p if form == "none" else squeeze(p, form), p)
                                          for p in (BASE, *below, evil)], config=config)
        r = place.scan(ref)
        held(f"{name}, {form}", outcome(r), r)
    place.drop()


def stored(name, blob, outcome, plain=None):
    """A blob as it is, compressed by hand."""
    r = place.scan("oci:" + layout(place, [Blob(BASE), Blob(blob, plain)]))
    held(name, outcome(r), r)
    place.drop()


# ---- A1 to A4: names that lead out ----

def names():
    out = place.marker
    row("A1 a name that climbs", tar(member("../" * 12 + out.lstrip("/"), b"evil")), find("entry.unsafe"))
    row("A1 a name that climbs from a folder", tar(member("a/b/../../../x", b"evil")), find("entry.unsafe"))
    row("A1 a folder that climbs", tar(folder("../../x/")), find("entry.unsafe"))
    row("A1 an absolute name", tar(member(out, b"evil")), same_or(data, find("entry.absolute")))
    row("A1 an absolute name that climbs", tar(member("/../../x", b"evil")), find("entry.unsafe"))
    row("A1 a name that climbs, by pax", tar(pax(("path", "../../x")), member("f", b"evil")), find("entry.unsafe"))
    row("A1 a name that climbs, by GNU", tar(gnu_long(b"L", "../../x"), member("f", b"evil")), find("entry.unsafe"))
    row("A1 a name that climbs, by prefix", tar(member("x", b"evil", prefix="../..")), find("entry.unsafe"))
    row("A1 dots that stay inside", tar(member("a/../etc/x", b"fine")), data)
    row("A2 a link out, and a file through it", tar(link("x", os.path.dirname(out)), member("x/marker", b"evil")),
        same_or(data, find("entry.through-link")))
    row("A2 the same across layers", tar(member("x/marker", b"evil")), data, below=[tar(link("x", os.path.dirname(out)))])
    row("A2 a link up, and a file through it", tar(link("x", "../../../.."), member("x/marker", b"evil")), data)
    row("A2 a link in place of the database's folder", tar(link("var/lib/dpkg", os.path.dirname(out))),
        lambda r: r.rc == 0 and not looks_clean(r) and not r.report()["packages"], forms=("gzip", "archive"))
    row("A2 a link in place of the database", tar(link("var/lib/dpkg/status", out)), gone)
    row("A3 a hard link out", tar(hardlink("x", "../../../etc/passwd")), find("entry.link-out"))
    row("A3 a hard link out, absolute", tar(hardlink("x", out)), data)
    row("A3 a hard link through a link", tar(link("d", "/"), hardlink("x", "d/etc/passwd")), data)
    row("A3 a hard link whose target becomes a link", tar(member("t", b"x"), hardlink("h", "t"), link("t", out)),
        find("entry.duplicate"))
    row("A3 a hard link to itself", tar(hardlink("x", "x")), data)
    row("A3 a hard link in place of the database", tar(hardlink("var/lib/dpkg/status", "../../../../etc/passwd")),
        lambda r: gone(r) and "entry.link-out" in r.ids())
    row("A4 a root that is a link", tar(link(".", "/etc")), refuse("root", "not a folder"))
    row("A4 a root that is a link, as ./", tar(link("./", "/etc")), refuse("root", "not a folder"))
    row("A4 a root that is a file", tar(member("./", b"", kind=b"0")), refuse("root", "not a folder"))
    row("A4 a root that climbs to itself", tar(link("a/..", "/etc")), refuse("root", "not a folder"))


# ---- A5 to A9: kinds of entries, whiteouts, duplicates ----

def kinds():
    row("A5 entries in /dev, /proc and /sys", tar(folder("dev/"), folder("proc/"), member("proc/self/mem", b"x"), link(
        "sys", "/"), header("dev/sda", kind=b"4", fields={329: b"0000010\0", 337: b"0000000\0"})), find("file.device"))
    row("A5 /proc that is a link", tar(link("proc", "/")), data)
    row("A6 devices and pipes", tar(header("c", kind=b"3"), header("b", kind=b"4"), header("p", kind=b"6")), find("file.device"))
    for kind, what in ((b"6", "a pipe"), (b"3", "a device"), (b"5", "a folder")):
        row(f"A6 {what} in place of the database", tar(header("var/lib/dpkg/status", kind=kind)), gone)
        row(f"A6 {what} in place of os-release", tar(header("etc/os-release", kind=kind)),
            lambda r: r.rc == 0 and not looks_clean(r))
    row("A6 an unknown type", tar(member("x", b"y", kind=b"Z")), find("entry.type"))
    row("A7 a whiteout of nothing", tar(member("etc/.wh.")), refuse(".wh.", "names nothing"))
    row("A7 a whiteout of .", tar(member("etc/.wh..")), refuse(".wh..", "names nothing"))
    row("A7 a whiteout of ..", tar(member("etc/.wh...")), refuse(".wh...", "names nothing"))
    row("A7 a whiteout of what is not there", tar(member("nowhere/.wh.x")), data, forms=("gzip", "archive"))
    row("A7 a whiteout with content", tar(member("etc/.wh.x", b"hello")), find("entry.whiteout"))
    row("A7 a whiteout that is a folder", tar(folder("etc/.wh.x/")), find("entry.whiteout"))
    row("A7 opaque through a link", tar(link("v", "var"), member("v/.wh..wh..opq")), data, forms=("gzip", "archive"))
    row("A7 a whiteout in capitals hides nothing", tar(member("var/lib/dpkg/.WH.status")), data)
    row("A7 a whiteout of its own layer's file hides nothing",
        tar(member("var/lib/dpkg/.wh.status"), member("var/lib/dpkg/status", im.debian([("demo", "1.0-1")])[-1][1])),
        data, forms=("gzip", "archive"))
    hidden = lambda r: r.rc == 0 and not looks_clean(r) and not r.report()["packages"]
    row("A8 a deleted database", tar(member("var/lib/dpkg/.wh.status")), hidden, forms=("gzip", "archive"))
    row("A8 a deleted folder", tar(member("var/.wh.lib")), hidden, forms=("gzip", "archive"))
    row("A8 an opaque root hides all", tar(member(".wh..wh..opq")), lambda r: r.rc == 0 and not r.report()["packages"] and
        "packages.none" in r.rows("complete"), forms=("gzip", "archive"))
    status = im.debian([("demo", "9.9")])[-1][1]
    row("A9 one path twice: the last counts", tar(member("var/lib/dpkg/status", b""), member("var/lib/dpkg/status", status)),
        lambda r: "entry.duplicate" in r.ids() and [p["version"] for p in r.report()["packages"]] == ["9.9"])
    row("A9 os-release twice: the last counts", tar(member("etc/os-release", b"ID=alpine\nVERSION_ID=3.1\n"), member(
        "etc/os-release", im.OS_RELEASE["debian:12"].encode())), lambda r: "entry.duplicate" in r.ids() and r.report()["os"]["id"] == "debian")
    row("A9 passwd twice: the last counts", tar(member("etc/passwd", b"root:x:5:5::/:/bin/sh\n"), member(
        "etc/passwd", b"root:x:0:0::/:/bin/sh\n")), lambda r: "entry.duplicate" in r.ids() and r.report()["image"]["user"]["uid"] == 0,
        forms=("gzip", "archive"), user="root")
    # REPEATS_MAX
    for n, outcome in ((1024, find("entry.duplicate")), (1025, refuse("1024", "once more"))):
        row(f"A9 a database stated {n} times more", tar(*[member("var/lib/dpkg/status", status)] * (n + 1)), outcome, forms=("gzip",))
    row("A9 a file, a link, a file", tar(member("x", b"1"), link("x", out_dir()), member("x", b"2")), find("entry.duplicate"))
    row("A9 a folder that becomes a link", tar(folder("d/"), member("d/f", b"1"), link("d", out_dir()), member("d/marker", b"2")),
        find("entry.duplicate"))
    row("A9 one name in two spellings", tar(member("./x", b"1"), member("a/..//x", b"2")), find("entry.duplicate"))


def out_dir():
    return os.path.dirname(place.marker)


# ---- A10, A11: headers that readers take differently, sparse files ----

def headers():
    base256 = lambda n: b"\x80" + n.to_bytes(11, "big")
    row("A10 a size below zero", tar(member("x", size=b"\xff" * 12)), refuse("offset", "negative"))
    row("A10 a size of 2^63", tar(member("x", size=base256(1 << 63))), refuse("offset", "not a number"))
    row("A10 a size of 2^62", tar(member("x", size=base256(1 << 62))), refuse("offset"))
    row("A10 a size that is no number", tar(member("x", size=b"12x45678901\0")), refuse("offset", "not a number"))
    row("A10 a checksum that is wrong", tar(member("a", b"1"), header("x", checksum=False, fields={148: b"0000001\0"})),
        refuse("offset", "header"))
    row("A10 a size by pax", tar(pax(("size", "5")), header("x", 0) + padded(b"hello")), data)
    row("A10 a size by pax that is no number", tar(pax(("size", "-1")), member("x")), refuse("size"))
    row("A10 a size by pax past the end", tar(pax(("size", str(1 << 40))), member("x")), refuse("offset"))
    row("A10 NUL in a pax name", tar(pax(("path", b"etc/os\0release")), member("x")), refuse("offset", "NUL"))
    row("A10 NUL in a pax link", tar(pax(("linkpath", b"etc\0x")), link("x", "y")), refuse("offset", "NUL"))
    row("A10 a record of pax that is broken", tar(pax(b"99 path=x\n"), member("x")), refuse("offset", "record"))
    row("A10 a record of pax without a length", tar(pax(b"path=x\n"), member("x")), refuse("offset", "record"))
    row("A10 a record of pax of length 0", tar(pax(b"0 path=x\n"), member("x")), refuse("offset", "record"))
    row("A10 a global header that names a path", tar(pax(("path", "evil"), kind=b"g"), member("x")), refuse("offset", "global"))
    row("A10 pax and GNU name it differently", tar(pax(("path", "one")), gnu_long(b"L", "two"), member("x")),
        find("entry.ambiguous"))
    row("A10 two long names", tar(gnu_long(b"L", "one"), gnu_long(b"L", "two"), member("x")),
        find("entry.ambiguous"))
    row("A10 two extended headers", tar(pax(("path", "one")), pax(("path", "two")), member("x")), find("entry.ambiguous"))
    row("A10 an extended header of nothing", tar(pax(("path", "one"))), refuse("extended header"))
    row("A10 a folder with a size", tar(header("d/", 512, b"5") + member("var/lib/dpkg/status", b"x" * 10)),
        same_or(find("entry.ambiguous"), refuse("offset")))
    row("A10 a link with a size", tar(header("l", 512, b"2", link="x") + bytes(512)),
        find("entry.ambiguous"))
    row("A10 two extended headers", tar(pax(("path", "one")), pax(("path", "two")), member("x")), find("entry.ambiguous"))
    row("A10 an extended header of 2 MiB", tar(pax(("comment", "x" * (2 << 20))), member("x")), refuse("extended header"))
    row("A10 owners past 32 bits", tar(pax(("uid", str(1 << 40)), ("gid", "-5")), member("x")), find("entry.owner"))


def sparse():
    def by_pax(minor, stored, records, major=0, real=8 << 30):
        return tar(pax(("GNU.sparse.major", str(major)), ("GNU.sparse.minor", str(minor)),
                       ("GNU.sparse.name", "big"), ("GNU.sparse.realsize", str(real)), *records), member("x", stored))
    row("A11 a hole of 8 GiB, 0.1", by_pax(1, b"a", [("GNU.sparse.map", f"{(8 << 30) - 1},1")]), data)
    row("A11 a hole of 8 GiB, 0.0", by_pax(0, b"a", [("GNU.sparse.numblocks", "1"), ("GNU.sparse.offset", "9"),
                                                    ("GNU.sparse.numbytes", "1")]), data)
    row("A11 a hole of 8 GiB, 1.0", by_pax(0, padded(b"1\n0\n1\n") + b"a", [], major=1), data)
    old = {386: b"00000000000\0" + b"00000000001\0", 483: b"77777777777\0"}
    row("A11 a hole of 8 GiB, the old form", tar(header("x", 1, b"S", magic=b"ustar  \0", fields=old) + padded(b"a")), data)
    row("A11 a hole of 8 GiB in the database", tar(pax(
        ("GNU.sparse.major", "0"), ("GNU.sparse.minor", "1"), ("GNU.sparse.name", "var/lib/dpkg/status"),
        ("GNU.sparse.realsize", str(8 << 30)), ("GNU.sparse.map", "0,1")), member("x", b"a")), rows("file.too-large"))
    row("A11 segments that overlap", by_pax(1, b"abcd", [("GNU.sparse.map", "0,2,1,2")]), refuse("entry", "overlap"))
    row("A11 a segment past the end", by_pax(1, b"abcd", [("GNU.sparse.map", "2,4")], real=4), refuse("entry", "sparse"))
    row("A11 an odd map", by_pax(1, b"abcd", [("GNU.sparse.map", "2,4,5")]), refuse("odd"))
    row("A11 more segments than there are bytes", by_pax(1, b"", [("GNU.sparse.map", "0,2,4,2")]), refuse("big", "sparse"))
    row("A11 a map of 100,000 segments", by_pax(0, padded(b"100000\n"), [], major=1), refuse("segments"))
    row("A11 100 GiB of holes in all", b"".join(by_pax(1, b"", [], real=40 << 30)[:-len(END)] for _ in range(3)) + END,
        refuse("big", "sparse"))
    row("A11 a form nobody knows", by_pax(7, b"", [], major=7), refuse("sparse", "7.7"))


# ---- A12: bombs ----

def zeros(compressor, total, flush=True):
    """total zero bytes, compressed as they come; and their digest's hash."""
    out, piece, done_ = bytearray(), bytes(1 << 20), 0
    while done_ < total:
        n = min(len(piece), total - done_)
        out += compressor.compress(piece[:n])
        done_ += n
    return bytes(out) + (compressor.flush() if flush else b"")


def gzip_of_file(size, name="big"):
    """A gzip of a tar that holds one file of zeros, and what its plain bytes hash to."""
    total = size + -size % 512 + len(END)
    head = header(name, size) if size < 1 << 33 else header(name, b"\x80" + size.to_bytes(11, "big"))
    c = zlib.compressobj(1, zlib.DEFLATED, 31)
    out = bytearray(c.compress(head))
    h = hashlib.sha256(head)
    piece = bytes(1 << 20)
    while total:
        n = min(len(piece), total)
        out += c.compress(piece[:n])
        h.update(piece[:n])
        total -= n
    return bytes(out + c.flush()), "sha256:" + h.hexdigest()


def bombs():
    size = (5 << 30) if FULL else (64 << 20)
    packed, diff_id = gzip_of_file(size)
    b = Blob(packed)
    b.diff_id = diff_id
    r = place.scan("oci:" + layout(place, [Blob(BASE), b]))
    held(f"A12 a file of {size >> 20} MiB of zeros is read through, or refused", 
         is_refusal(r, "gzip bomb") if FULL else data(r), r)
    packed, diff_id = gzip_of_file(size, "var/lib/dpkg/status")
    b = Blob(packed)
    b.diff_id = diff_id
    r = place.scan("oci:" + layout(place, [Blob(BASE), b]))
    # a file that an inspector asked for may be held while it is read
    r.faults = [f for f in r.faults if "memory" not in f or r.peak_kib > 700 << 10]
    held(f"A12 a database of {size >> 20} MiB of zeros", not looks_clean(r), r)
    place.drop()
    members = 100000 if FULL else 20000
    empty = squeeze(b"", "gzip")
    stored(f"A12 {members} empty members of gzip", squeeze(BASE, "gzip") + empty * members, data_twice, plain=BASE)
    if not ok("zstd is there", subprocess.run(["zstd", "--version"], stdout=subprocess.DEVNULL).returncode == 0):
        return
    bomb = subprocess.run(["zstd", "-q", "-c", "-1"], input=bytes(1 << 20), stdout=subprocess.PIPE).stdout
    stored("A12 zstd: nothing but zeros", bomb * 64, lambda r: data(r) or is_refusal(r), plain=bytes(64 << 20))
    for log, outcome in ((27, data_twice), (28, refuse("window")), (31, refuse("window"))):
        stored(f"A12 zstd: a window of 2^{log}", zstd_frame(BASE, log), outcome, plain=BASE)
    stored("A12 zstd: a dictionary is asked for", zstd_frame(BASE, 20, dictionary=True), refuse("zstd"), plain=BASE)
    stored("A12 zstd: skippable frames", b"\x50\x2a\x4d\x18\x04\0\0\0abcd" * 1000 + zstd_frame(BASE, 20), data_twice, plain=BASE)
    stored("A12 zstd: a skippable frame of 4 GiB", zstd_frame(BASE, 20) + b"\x50\x2a\x4d\x18\xff\xff\xff\xff", refuse("zstd"),
           plain=BASE)
    for how, argv in (("xz", ["xz", "-0c"]), ("bzip2", ["bzip2", "-1c"]), ("lzma", ["xz", "-0c", "--format=lzma"])):
        try:
            packed = subprocess.run(argv, input=BASE + bytes(1 << 20), stdout=subprocess.PIPE, check=True).stdout
        except OSError:
            skip(f"A12 {how}", f"{argv[0]} is not installed")
            continue
        stored(f"A12 compressed with {how}", packed, refuse(how if how != "lzma" else "tar"), plain=BASE)
    once = squeeze(BASE, "gzip") * 10
    stored("A12 compressed twice", squeeze(once, "gzip"), refuse("not a tar"), plain=once)
    inner = squeeze(bytes(8 << 20), "gzip")
    row("A12 an archive in an archive is data", tar(member("bomb.tar.gz", inner), member("bomb.zip", b"PK\3\4" + inner)), data)


data_twice = same_or(data, find("entry.duplicate"))


def zstd_frame(plain, window_log, dictionary=False):
    """A frame of raw blocks, with a window descriptor (RFC 8878, 3.1.1.1.2)."""
    out = struct.pack("<IB", 0xFD2FB528, 1 if dictionary else 0) + bytes([(window_log - 10) << 3])
    out += b"\x07" if dictionary else b""
    step = 1 << 10
    for i in range(0, len(plain), step):
        piece = plain[i:i + step]
        out += struct.pack("<I", (len(piece) << 3) | (i + step >= len(plain)))[:3] + piece
    return out


# ---- A13: cut, continued ----

def cuts():
    plain = tar(member("a", b"x" * 3000), member("b", b"y" * 700))
    between = 512 + 3072
    for cut in (1, 100, 511, 512, 513, 1024, 3000, between, between + 1, 4096, 4700):
        # of a layer with a proven diff_id, only the structure can be wrong
        row(f"A13 cut at {cut}", plain[:cut], refuse() if cut != between else data, forms=("gzip",))
        outcome = rows("layer.no-end") if cut == between else refuse("offset")
        r = place.scan("tar:" + im.write(place.new("a.tar"), BASE[:-len(END)] + plain[:cut]))
        held(f"A13 cut at {cut}, tar", outcome(r), r)
    for how in ("gzip", "zstd"):
        whole = squeeze(BASE, how)
        for cut in sorted({1, 2, 5, 9, 10, 11, len(whole) // 2, len(whole) - 9, len(whole) - 8, len(whole) - 4, len(whole) - 1}):
            stored(f"A13 {how} cut at {cut} of {len(whole)}", whole[:cut], refuse(), plain=BASE)
    stored("A13 no bytes at all", b"", same_or(data, refuse()), plain=b"")
    stored("A13 gzip with garbage behind", squeeze(BASE, "gzip") + b"garbage", refuse("follow"), plain=BASE)
    stored("A13 gzip padded with zeros", squeeze(BASE, "gzip") + bytes(512), data_twice, plain=BASE)
    stored("A13 gzip of two members", squeeze(BASE[:1000], "gzip") + squeeze(BASE[1000:], "gzip"), data_twice, plain=BASE)
    stored("A13 gzip with a wrong checksum", squeeze(BASE, "gzip")[:-8] + bytes(8), refuse("checksum"), plain=BASE)
    stored("A13 gzip with a wrong length", squeeze(BASE, "gzip")[:-4] + b"\1\0\0\0", refuse("gzip"), plain=BASE)
    stored("A13 zstd with garbage behind", squeeze(BASE, "zstd") + b"garbage", refuse("zstd"), plain=BASE)
    stored("A13 plain behind gzip", squeeze(BASE, "gzip") + BASE, refuse("follow"), plain=BASE)
    row("A13 garbage behind the end", tar(member("a", b"1")) + b"garbage" * 100, rows("layer.trailing"))
    row("A13 another tar behind the end", tar(member("a", b"1")) + tar(member("hidden", b"2")), find("entry.after-end"))
    status = im.debian([("demo", "9.9")])[-1][1]
    row("A13 a database behind the end", tar(member("a", b"1")) + tar(member("var/lib/dpkg/status", status)),
        lambda r: "entry.after-end" in r.ids() and not looks_clean(r))
    row("A13 one block of zeros, then more", member("a", b"1") + bytes(512) + tar(member("b", b"2")), find("entry.after-end"))
    row("A13 zeros without end", tar(member("a", b"1")) + bytes(1 << 20), data)


# ---- A15 to A17: many, long, odd ----

def many():
    n = 1000000 if FULL else 100000
    before, after = header("%07d" % 0)[7:148], header("%07d" % 0)[156:]
    rest = sum(before) + sum(after) + 8 * ord(" ")
    blocks = []
    for i in range(n):
        name = b"%07d" % i
        blocks.append(b"%b%b%06o\0 %b" % (name, before, sum(name) + rest, after))
    plain = b"".join(blocks) + END
    packed = squeeze(plain, "gzip")
    r = place.scan("oci:" + layout(place, [Blob(BASE), Blob(packed, plain)]))
    held(f"A15 {n} entries", data(r), r)
    if PLAIN_BUILD:
        note(f"{n} entries: {r.peak_kib} KiB, {r.ms} ms")
    del plain, blocks
    place.drop()
    long = "/".join(["n" * 100] * 40)
    row("A15 a name of 4,039 bytes", tar(pax(("path", long)), member("x")), data)
    row("A15 a name of 4,096 bytes", tar(pax(("path", "a/" * 1000 + "n" * 2096)), member("x")), data)
    row("A15 a name of 4,097 bytes", tar(pax(("path", "a/" * 1000 + "n" * 2097)), member("x")), refuse("4096", "name"))
    row("A15 a long name of 5,000 bytes, by GNU", tar(gnu_long(b"L", "n" * 5000), member("x")), refuse("extended header"))
    row("A15 a link of 5,000 bytes", tar(pax(("linkpath", "n" * 5000)), link("x", "y")), refuse("x", "4096"))
    row("A15 1,024 components", tar(pax(("path", "/".join("a" * 1024))), member("x")), data)
    row("A15 1,025 components", tar(pax(("path", "/".join("a" * 1025))), member("x")), refuse("components", "1024"))
    row("A15 100,000 components", tar(pax(("path", "/".join("a" * 100000))), member("x")), refuse("4096"))
    row("A15 10,000 names of 4,000 bytes", b"".join(
        pax(("path", f"{i:08d}/" + long[:3980])) + header("x") for i in range(10000 if FULL else 1000)) + END, data,
        forms=("gzip",))


def attributes():
    row("A16 setuid, sticky, everything", tar(member("s", b"x", mode=0o7777)),
        find("file.setuid", "file.setgid", "file.world-writable"))
    caps = bytes.fromhex("0100000200040000" + "00" * 12)
    row("A16 capabilities of a file", tar(pax(("SCHILY.xattr.security.capability", caps)), member("x", b"y")),
        find("file.capabilities"))
    row("A16 capabilities that are rubbish", tar(pax(("SCHILY.xattr.security.capability", b"\xff" * 5000)), member("x", b"y")),
        same_or(data, rows()))
    row("A16 256 attributes", tar(pax(*[(f"SCHILY.xattr.user.{i}", "v") for i in range(256)]), member("x")), data)
    row("A16 257 attributes", tar(pax(*[(f"SCHILY.xattr.user.{i}", "v") for i in range(257)]), member("x")),
        refuse("256", "attributes"))
    row("A16 an attribute of 2 MiB", tar(pax(("SCHILY.xattr.user.a", "v" * (2 << 20))), member("x")), refuse("extended header"))
    row("A16 an ACL", tar(pax(("SCHILY.acl.access", "user::rwx,user:0:rwx,group::---")), member("x")), data)
    row("A17 a name that is no UTF-8", tar(member(b"caf\xe9\xff")), data)
    row("A17 a name that turns text", tar(member("x\u202efdp.exe")), find("entry.control-name"))
    row("A17 a name that drives a terminal", tar(member("x\x1b]0;evil\x07\x1b[2J")), find("entry.control-name"))
    row("A17 a name with a line break", tar(member("x\n::error::evil")), find("entry.control-name"))
    row("A17 names that differ in case", tar(member("README"), member("readme")), data)
    row("A18 the mode of a link", tar(header("l", kind=b"2", link=place.marker, mode=0o777)), data)
    r = place.run("scan", "--db", place.db, "oci:" + layout(place, [Blob(BASE), Blob(tar(member("../\x1b[2Jx\n::error::y")))]))
    held("A17 the table shows no byte that drives a terminal", r.rc == 0 and b"\x1b" not in r.raw and
         not any(l.startswith("::") for l in r.out.splitlines()), r)
    place.drop()


# ---- A19: files of the image that a parser must survive ----

def files():
    junk = hashlib.sha512(b"junk").digest() * 200
    header_of_sqlite = b"SQLite format 3\0\x10\0\1\1\0\x40\x20\x20"
    for name, where, content in (
            ("dpkg", "var/lib/dpkg/status", junk), ("dpkg without an end", "var/lib/dpkg/status", b"Package: " + b"a" * (2 << 20)),
            ("apk", "lib/apk/db/installed", junk), ("rpm, sqlite", "var/lib/rpm/rpmdb.sqlite", junk),
            ("rpm, sqlite of one page", "var/lib/rpm/rpmdb.sqlite", header_of_sqlite + junk),
            ("rpm, ndb", "var/lib/rpm/Packages.db", b"RpmP" + junk), ("rpm, Berkeley DB", "var/lib/rpm/Packages", junk),
            ("rpm, hash of Berkeley DB", "var/lib/rpm/Packages", bytes(12) + b"\x61\x15\x06\0\x09\0\0\0" + junk)):
        row(f"A19 {name}, rubbish", tar(member(where, content)), lambda r: r.rc == 0 and not looks_clean(r))
    row("A19 os-release, rubbish", tar(member("etc/os-release", junk)), lambda r: r.rc == 0 and not looks_clean(r))
    row("A19 os-release of 1 MiB", tar(member("etc/os-release", b"A=b\n" * (1 << 18))), lambda r: r.rc == 0 and not looks_clean(r))
    row("A19 passwd and group, rubbish", tar(member("etc/passwd", junk), member("etc/group", b"a:" * 100000)),
        lambda r: r.rc == 0 and bool(r.report()))
    row("A19 passwd of 4 MiB: an account stated often is told once", tar(member("etc/passwd", b"root:x:0:0::/:/bin/sh\n" * 200000)),
        lambda r: r.rc == 0 and r.ids().count("user.duplicate-name") == 1 and not r.rows())
    for n, more in ((1000, []), (1001, ["accounts.many"])):  # ACCOUNT_FINDINGS_MAX
        row(f"A19 {n} accounts without a password", tar(member("etc/shadow", b"".join(b"u%d::1::::::\n" % i for i in range(n)))),
            lambda r, more=more: r.rc == 0 and r.ids().count("user.empty-password") == 1000 and r.rows() == more, forms=("gzip",))
    row("A19 200000 accounts without a password", tar(member("etc/shadow", b"".join(b"u%d::1::::::\n" % i for i in range(200000)))),
        rows("accounts.many"), forms=("gzip",))


for part in (names, kinds, headers, sparse, bombs, cuts, many, attributes, files):
    part()
sys.exit(done())
