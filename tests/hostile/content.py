#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""content - hostile content in the way of secrets and malware: lines without end, noise, archives in archives, control characters,
accounts that no C library would read.  Time and memory stay bounded, what was cut is said, and nothing drives a terminal."""
import gzip
import io
import os
import random
import resource
import sys
import zipfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

LETTERS = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zCfLi"
JAR_DEPTH_MAX = 16  # src/base/limits.h
MARK = b"a mark of the tests, which no file has by chance"
RULES = 'rule of_the_tests { meta: title = "t\\x1b[2J" severity = "low" strings: $a = "%s" condition: $a }\n' % MARK.decode()
DRIVING = "\x00\x07\x08\x0b\x0c\x1b\x7f\x9b\u202e\u200b\u2028"
EVIL = "\x1b[2J\x1b]0;t\x07\r::stop-commands::x\u202e"


def token():
    """Of the form that npm's have (36 characters and their checksum); put together here."""
    body = "".join(LETTERS[i * 7 % len(LETTERS)] for i in range(30))
    digits, n, check = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", zlib.crc32(body.encode()), ""
    for _ in range(6):
        n, d = divmod(n, 62)
        check = digits[d] + check
    return "npm_" + body + check


def scan(entries, *more, checks="secret", compression="none", form="json"):
    path = os.path.join(TMP, "image.tar")
    image.docker_archive(path, [tar_of(entries)], {"User": "1"}, compression=compression)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    r = assay("scan", "docker-archive:" + path, "--checks", checks, "-f", form, "--no-cache", *more)
    r.seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before.ru_utime
    return r


def found(r, check="secret"):
    return sorted(f["id"] + " " + f["location"]["path"] for f in r.json()["findings"] if f["check"] == check)


def row(r, check, status="incomplete"):
    return sorted({c["code"] for c in r.json()["coverage"] if c["check"] == check and c["status"] == status})


def nested(content, levels, name="x"):
    for i in range(levels):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr(zipfile.ZipInfo(name if i == 0 else "i.zip"), content, zipfile.ZIP_DEFLATED)
        content = out.getvalue()
    return content


def lines():
    long = b"x" * (100 << 20)
    r = scan([File("one-line", long + b" t=" + token().encode() + b" " + b"y" * 4096)])
    same("a line of 100 MB: what stands at its end is found", found(r), ["secret.npm-token one-line"])
    ok("... within 10 seconds of processor time", r.seconds < 10, f"{r.seconds:.2f} s")
    for name, text in (("assignments without end", b"password=" * (1 << 19)), ("names without end", b"secret_key." * (1 << 19)),
                       ("opened and never closed", b'{"token":"' * (1 << 19)), ("addresses without end", b"https://a:b@" * (1 << 19)),
                       ("blanks", b"key =" + b" " * (4 << 20) + b"= x")):
        r = scan([File("a", text)])
        ok(f"{name}, on one line: bounded, and what was cut is said", r.rc == 0 and r.seconds < 10 and
           (row(r, "secret") in ([], ["secret.cut"], ["secret.cut", "secret.many"], ["secret.many"])), f"{r.seconds:.2f} s {row(r, 'secret')}")


def noise():
    data = random.Random(7).randbytes(8 << 20)
    r = scan([File("noise", data), File("usr/bin/noise", b"\x7fELF" + data[:1 << 20], mode=0o755)], checks="secret,malware,binary,file")
    same("8 MB of noise: no secret in it, and all of it was looked at", (r.rc, found(r), row(r, "secret")), (0, [], []))
    text = bytes(33 + b % 94 for b in data[:2 << 20])
    r = scan([File("noise.txt", text)])
    ok("2 MB of printable noise: next to nothing", r.rc == 0 and len(found(r)) <= 2, found(r))


def archives():
    rules = os.path.join(TMP, "rules.yar")
    with open(rules, "w", encoding="ascii") as f:
        f.write(RULES)
    content = MARK + b"\n" + token().encode() + b"\n"
    for levels, missing in ((JAR_DEPTH_MAX, []), (JAR_DEPTH_MAX + 1, ["incomplete"])):
        r = scan([File("a.zip", nested(content, levels))], "--yara", rules, checks="secret,malware")
        for check in ("secret", "malware"):
            cut = ["incomplete"] if row(r, check) else []
            same(f"{levels} archives in each other, {check}: {'found' if not missing else 'not looked at, and that is said'}",
                 (len(found(r, check)), cut), (0 if missing else 1, missing))
    bomb = gzip.compress(gzip.compress(bytes(128 << 20), 9), 9)
    r = scan([File("b.gz", bomb)], "--yara", rules, checks="secret,malware")
    ok("a gzip of a gzip of zeros: bounded", r.rc == 0 and r.seconds < 15, f"{r.seconds:.2f} s {row(r, 'secret')}")


FORMS = ("csv github gitlab html json junit markdown sarif table trivy-json").split()


def control():
    rules = os.path.join(TMP, "rules.yar")
    with open(rules, "w", encoding="ascii") as f:
        f.write(RULES)
    name = "srv/" + EVIL + "x"
    entries = [File(name, MARK + b" t=" + token().encode() + b"\n"), File("usr/bin/" + EVIL, "x", mode=0o4755),
               File("etc/passwd", f"a{EVIL}:x:0:0::/:/bin/sh\n"), File("etc/shadow", f"b{EVIL}::1::::::\n")]
    for form in FORMS:
        r = scan(entries, "--yara", rules, checks="secret,malware,user,file,config", form=form)
        raw = [hex(ord(c)) for c in DRIVING if c in r.raw.decode("utf-8", "replace")]
        ok(f"{form}: no control character of a path, an account or a rule is written as it is", r.rc == 0 and not raw and r.raw and
           "\r" not in r.raw.decode("utf-8", "replace").replace("\r\n", "\n"), f"{raw} {r.err[:200]}")
        ok(f"{form}: the value is not told", token().encode() not in r.raw)
        ok(f"{form}: no line begins as a command of a CI", not any(l.startswith(("::stop", "##vso[")) for l in r.raw.decode("utf-8", "replace").split("\n")))


def accounts():
    for name, passwd, shadow, sudoers in (
            ("NUL and colons", b"root\0x:x:0:0::/:/bin/sh\n:::::::::::\n\0\0\0\nroot:x:0:0::/:\n", b"root:\0:::\n::::\nr\0t::1\n", b"\0 ALL=(ALL) NOPASSWD: ALL\n"),
            ("numbers beyond all bounds", b"a:x:99999999999999999999:-1::/:\nb:x:4294967296:0::/:\nroot:x:0:0::/:\n", b"a:$9$x$y:\n", b"#99999999999999999999 ALL=ALL\n"),
            ("cut short", b"root:x:0", b"root:", b"root ALL=(ALL"),
            ("one line of 4 MB", b"a" * (4 << 20) + b":x:0:0::/:\n", b"b" * (4 << 20) + b"::\n", b"c" * (1 << 20) + b" ALL=(ALL) NOPASSWD: ALL\n"),
            ("lines carried on for ever", b"root:x:0:0::/:\n", b"root:*:\n", b"x \\\n" * (1 << 18) + b"\n@include /etc/sudoers\n#includedir /etc/sudoers.d\n"),
            ("noise", random.Random(3).randbytes(1 << 20), random.Random(4).randbytes(1 << 20), random.Random(5).randbytes(1 << 18))):
        r = scan([Dir("etc"), File("etc/passwd", passwd), File("etc/shadow", shadow), File("etc/sudoers", sudoers)], checks="user,file")
        said = [c for c in r.json()["coverage"] if c["check"] == "user"]
        ok(f"passwd, shadow and sudoers with {name}: judged, or said to be incomplete", r.rc == 0 and said and r.seconds < 10, r)


if __name__ == "__main__":
    lines()
    noise()
    archives()
    control()
    accounts()
    sys.exit(done())
