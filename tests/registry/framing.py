#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 200
"""framing - answers that are framed in two ways or in none, names that a registry makes up, and credential helpers that
misbehave: a clear error or the right report, and no secret in what is said."""
import base64
import json
import os
import stat
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from pushreg import PushRegistry  # noqa: E402
from regfault import Registry  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

os.environ["ASSAY_FETCH_WAIT_MS"] = "5"  # of tries again
SECRET = "kanarien-vogel-7291"
BLOBS, INDEX = im.oci_blobs([im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1")])), im.tar_of([("a", os.urandom(9000))])])
LAYER = json.loads(BLOBS[INDEX["manifests"][0]["digest"]])["layers"][1]["digest"]
DATA = BLOBS[LAYER]
reg = Registry(BLOBS, INDEX)


def scan(ref, *args, env=None, **how):
    r = assay("scan", "-f", "json", "--no-cache", "--no-evidence", "--timeout", "2s", *args, ref,
              env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP, **(env or {})}, **how)
    ok("no secret in what is said", SECRET not in r.out + r.err, r)
    return r


def plain(r):
    if not r.raw:
        return str(r)
    doc = json.loads(r.raw)
    return {**doc, "coverage": [c for c in doc["coverage"] if c["code"] != "image.source"]}


want = plain(scan(reg.ref()))


def frames():
    """What is sent in place of the layer, byte by byte, and whether that may be the layer."""
    n, chunked = len(DATA), b"%x\r\n" % len(DATA) + DATA + b"\r\n0\r\n\r\n"
    head = lambda *lines: b"HTTP/1.1 200 x\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"
    length = b"Content-Length: %d" % n
    return {
        "a length and chunks": head(length, b"Transfer-Encoding: chunked") + chunked,
        "chunks and a wrong length": head(b"Content-Length: 3", b"Transfer-Encoding: chunked") + chunked,
        "a length and chunks that are none": head(length, b"Transfer-Encoding: chunked") + DATA,
        "two lengths that differ": head(length, b"Content-Length: 5") + DATA,
        "two lengths, the short one first": head(b"Content-Length: 5", length) + DATA,
        "the same length twice": head(length, length) + DATA,
        "a length below nothing": head(b"Content-Length: -1") + DATA,
        "a length beyond counting": head(b"Content-Length: 99999999999999999999999") + DATA,
        "a length that is no number": head(b"Content-Length: 12x") + DATA,
        "a chunk beyond counting": head(b"Transfer-Encoding: chunked") + b"fffffffffffffffff\r\n" + DATA,
        "a chunk whose length is no number": head(b"Transfer-Encoding: chunked") + b"zz\r\n" + DATA,
        "chunks with extensions": head(b"Transfer-Encoding: chunked") + b"%x;a=b\r\n" % n + DATA + b"\r\n0\r\n\r\n",
        "chunks that break off": head(b"Transfer-Encoding: chunked") + chunked[:-9],
        "a folded header": head(b"X: a", b"  b", length) + DATA,
        "lines ended by LF alone": head(length).replace(b"\r\n", b"\n") + DATA,
        "a header without a colon": head(b"hello", length) + DATA,
        "a NUL in a header": head(b"X: a\0b", length) + DATA,
        "a status that is none": b"HTTP/1.1 2x0 x\r\n" + length + b"\r\n\r\n" + DATA,
        "HTTP/0.9": DATA,
        "HTTP/9": b"HTTP/9 200 x\r\n" + length + b"\r\n\r\n" + DATA,
        "100s before": b"HTTP/1.1 100 x\r\n\r\n" * 5 + head(length) + DATA,
        "another answer behind": head(length) + DATA + head(length) + DATA,
        "a redirect that is a NUL": b"HTTP/1.1 302 x\r\nLocation: /\0\r\nContent-Length: 0\r\n\r\n",
        "8 MiB of header": b"HTTP/1.1 200 x\r\nX: " + b"x" * (8 << 20) + b"\r\n\r\n",
        "204": b"HTTP/1.1 204 x\r\n\r\n",
        "a part of nothing": head(b"Content-Range: bytes 0-0/0", b"Content-Length: 0").replace(b"200", b"206"),
    }


taken, start = [], time.monotonic()
for name, text in frames().items():
    def fault(h, text=text):
        if LAYER not in h.path:
            return False
        h.put(text)
        h.hang_up()
        return True
    reg.reset()
    reg.fault = fault
    r = scan(reg.ref())
    is_right = plain(r) == want
    taken += [name] if is_right else []
    ok(f"{name}: the right report, or exit 3 and none", is_right or (r.rc == 3 and not r.out and r.err), r)
ok("the harmless ones are taken", {"the same length twice", "chunks with extensions", "100s before", "another answer behind"} <= set(taken),
   taken)
same("none that is framed in no way", [n for n in taken if n in (
    "a length and chunks that are none", "HTTP/0.9", "a chunk beyond counting", "a length below nothing")], [])
reg.reset()

# ---- names that a registry makes up ----
many = PushRegistry()
blobs, index = im.oci_blobs([im.tar_of([("a", b"x")])])
many.put_image("team/app", blobs, index, "good")
BAD = ["../../etc/passwd", "a/../b", "%2e%2e", "a b", "x" * 129, "\u00fc", "-x", ".x", "a\nb", "a\u0000b", "", "@sha256:" + "0" * 64, 7, None, {}]
many.fault = lambda h: "tags/list" in h.path and (h.answer(200, [], json.dumps({"name": "team/app", "tags": ["good", *BAD]}).encode()) or True)
r = assay("scan", "--no-cache", "--repository", f"{many.host}/team/app", "-f", "json", env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP})
asked = [k for k in many.served]
ok("tags that are none: named, or exit 3, and nobody is asked for them", r.rc in (0, 3) and not any(".." in str(k) for k in asked), (r, asked))
ok("... and the output has no control characters of theirs", not any(c < " " and c != "\n" for c in r.err), r)
many.fault = lambda h: "_catalog" in h.path and (h.answer(200, [], json.dumps({"repositories": ["team/../x", "a//b", "UP", "%2e", "x" * 300, 3, "\u00fc"]})
                                                  .encode()) or True)
r = assay("scan", "--no-cache", "--repository", f"{many.host}/*", "-f", "json", env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP})
ok("repositories that are none: exit 3", r.rc == 3 and r.err, r)
many.close()

# ---- helpers ----
auth = base64.b64encode(f"me:{SECRET}".encode()).decode()
basic = ("Basic " + auth, 'Basic realm="x"')
im.write(os.path.join(TMP, "config.json"), im.to_json({"credHelpers": {reg.host: "odd"}}))
GOOD_ANSWER = json.dumps({"ServerURL": "x", "Username": "me", "Secret": SECRET})
os.makedirs(os.path.join(TMP, "bin"))
HELPERS = {
    "answers": (f"cat >/dev/null; printf '%s' '{GOOD_ANSWER}'", 0),
    "does not read what it is asked": (f"printf '%s' '{GOOD_ANSWER}'", 0),
    "says its secret on the error output and fails": (f"echo {SECRET} >&2; exit 1", 3),
    "says its secret and fails": (f"echo 'error {SECRET}'; exit 1", 3),
    "answers what is no JSON": (f"echo 'Username {SECRET}'", 3),
    "answers a list": (f"echo '[\"{SECRET}\"]'", 3),
    "answers nothing": ("cat >/dev/null", 3),
    "answers without end": ("yes 1234567890", 3),
    "knows nothing": ("echo 'credentials not found in native keychain'; exit 1", 3),
    "is killed": ("kill -9 $$", 3),
    "puts a line break into the user": (json.dumps({"Username": "me\r\nX: y", "Secret": SECRET}).join(("printf '%s' '", "'")), 3),
}
for name, (script, rc) in HELPERS.items():
    file = im.write(os.path.join(TMP, "bin", "docker-credential-odd"), f"#!/bin/sh\n{script}\n".encode())
    os.chmod(file, stat.S_IRWXU)
    reg.reset()
    reg.auth = basic
    r = scan(reg.ref(), "-vv", env={"PATH": os.path.dirname(file) + ":" + os.environ["PATH"]})
    ok(f"a helper that {name}: exit {rc}", r.rc == rc and bool(r.out) == (rc == 0), r)
    if rc and "line break" not in name and "knows nothing" not in name:
        ok(f"a helper that {name}: is named", "docker-credential-odd" in r.err, r)
reg.close()
sys.exit(done())
