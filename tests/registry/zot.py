#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""zot - images, what lies beside them, and the index as an artifact, from Zot: the same reports as from the layout.
Zot is not in Debian: PEERS names the folder that it was built in."""
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
import crypt  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from papers import BUNDLE, DSSE, SIMPLE, SLSA, SPDX, ZLIB, Image, b64, envelope, make_key, path, sign, simple, spdx, statement  # noqa: E402
from tap import ASSAY, assay, done, ok, same, skip  # noqa: E402

PASSWORD = "kanarien-vogel-7291"


def find():
    folders = [os.environ.get("PEERS", ""), os.path.join(os.environ.get("PEERS", ""), "bin")] if os.environ.get("PEERS") else []
    return next((os.path.join(d, "zot") for d in folders if os.access(os.path.join(d, "zot"), os.X_OK)), shutil.which("zot"))


class Zot:
    def __init__(self, program, name, **http):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        conf = im.write(path(name + ".json"), im.to_json({
            "distSpecVersion": "1.1.1", "storage": {"rootDirectory": path("zot"), "gc": False},
            "http": {"address": "127.0.0.1", "port": str(self.port), **http}, "log": {"level": "error"}}))
        self.p = subprocess.Popen([program, "serve", conf], stdin=subprocess.DEVNULL, stdout=open(path(name + ".log"), "wb"),
                                  stderr=subprocess.STDOUT)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit("zot does not start: " + open(path(name + ".log"), encoding="utf-8").read())

    def close(self):
        self.p.terminate()
        self.p.wait()

    def put(self, what, data, kind):
        q = urllib.request.Request(f"http://{self.host}/v2/team/app/{what}", data=data, method="PUT", headers={"Content-Type": kind})
        with urllib.request.urlopen(q) as r:
            return r.status

    def push(self, i):
        """An image with all that lies beside it."""
        for digest, data in i.blobs.items():
            q = urllib.request.Request(f"http://{self.host}/v2/team/app/blobs/uploads/?digest={digest}", data=data, method="POST",
                                       headers={"Content-Type": "application/octet-stream"})
            with urllib.request.urlopen(q):
                pass
        names = [(i.digest, "1"), *((d, t) for t, d in i.tags.items()), *((r["digest"], r["digest"]) for r in i.referrers)]
        for digest, which in names:
            self.put(f"manifests/{which}", i.blobs[digest], json.loads(i.blobs[digest])["mediaType"])


def scan(ref, *args, **how):
    return assay("scan", "-f", "json", "--no-cache", "--checks", "file", *args, ref, **how)


def plain(r):
    if not r.raw:
        return str(r)
    doc = json.loads(r.raw)
    doc["image"]["reference"] = None
    doc["evidence"] = sorted(doc["evidence"], key=lambda e: e["document"])
    return {**doc, "coverage": [c for c in doc["coverage"] if c["code"] not in ("image.source", "layers.verified")]}


def index(z):
    """The index goes there and comes back."""
    starter = os.path.join(os.path.dirname(ASSAY), "starter")
    if not os.path.exists(os.path.join(starter, "index.mdb")):
        skip("the index as an artifact", "there is no starter index")
        return
    ref = f"registry:{z.host}/team/index:1"
    r = assay("db", "export", ref, "--db", starter, "--sign-key", path("k.key"))
    ok("db export", r.rc == 0, r)
    make_key("other")
    r = assay("db", "update", "--from", ref, "--key", path("other.pub"), "--db", path("new"))
    ok("db update --from, signed by another key: exit 3", r.rc == 3 and not os.path.exists(path("new/index.mdb")), r)
    r = assay("db", "update", "--from", ref, "--key", path("k.pub"), "--db", path("new"), "--db-max-age", "1000d")
    ok("db update --from", r.rc == 0 and os.path.exists(path("new/index.mdb")), r)


def tls():
    cert, key = path("s.pem"), path("s.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return cert, key


def main():
    program = find()
    if not program:
        skip("Zot", "PEERS names no folder with zot")
        return done()
    make_key("k")
    i = Image()
    i.refer([(BUNDLE, im.to_json({"mediaType": BUNDLE, "dsseEnvelope": envelope("k", statement(i.digest, SPDX, spdx(ZLIB)))}), None)],
            BUNDLE)
    payload = simple(i.digest)
    i.tag(".sig", [(SIMPLE, payload, {"dev.cosignproject.cosign/signature": b64(sign("k", payload))})])
    i.tag(".att", [(DSSE, im.to_json(envelope("k", statement(i.digest, SLSA, {}))), None)])
    want = scan(i.layout("zot-layout"), "--key", path("k.pub"))
    z = Zot(program, "plain")
    z.push(i)
    r = scan(z.host + "/team/app:1", "--key", path("k.pub"))
    same("plain http: the same report as from the layout", plain(r), plain(want))
    ok("... with three signed documents", [bool(e["signer"]) for e in r.json()["evidence"]] == [True] * 3, r)
    same("by digest", plain(scan(f"{z.host}/team/app@{i.digest}", "--key", path("k.pub"))), plain(want))
    ok("what is not there: exit 3", scan(z.host + "/team/app:2").rc == 3 and scan(z.host + "/team/none:1").rc == 3)
    r = assay("scan", "--repository", z.host + "/team/*", "--checks", "file", "-f", "json")
    index(z)
    ok("all of a repository", r.rc == 0 and len(r.json()["images"] if "images" in r.json() else r.json()["reports"]) == 1, r)
    z.close()
    cert, key = tls()
    words = im.write(path("htpasswd"), f"me:{crypt.crypt(PASSWORD, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16))}\n".encode())
    z = Zot(program, "tls", tls={"cert": cert, "key": key}, auth={"htpasswd": {"path": words}})
    signed_in = ("--cacert", cert, "--username", "me", "--password-stdin", "--key", path("k.pub"))
    r = scan(z.host + "/team/app:1", *signed_in, stdin=PASSWORD.encode())
    same("TLS and a password: the same report", plain(r), plain(want))
    ok("a wrong password: exit 3, no report", scan(z.host + "/team/app:1", *signed_in, stdin=b"x").rc == 3)
    ok("a certificate that nobody vouches for: exit 3", scan(z.host + "/team/app:1").rc == 3)
    z.close()
    return done()


sys.exit(main())
