#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""keys - assay key generate makes pairs that openssl(1) takes, and says why when it cannot."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import TMP, assay, done, ok, same, skip  # noqa: E402
import shutil  # noqa: E402


def generate(name, *args, password="hunter2", **how):
    env = {} if password is None else {"COSIGN_PASSWORD": password}
    return assay("key", "generate", "--out", os.path.join(TMP, name), *args, env=env, **how)


def openssl(*words):
    return subprocess.run(["openssl", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def pair(name, kind, what):
    r = generate(name, "--type", kind)
    key, pub = (os.path.join(TMP, f"{name}.{end}") for end in ("key", "pub"))
    ok(f"{kind}: is made", r.rc == 0 and not r.err, r)
    same(f"{kind}: only its owner reads it", os.stat(key).st_mode & 0o777, 0o600)
    ok(f"{kind}: is encrypted", "BEGIN ENCRYPTED PRIVATE KEY" in open(key, encoding="ascii").read())
    if not shutil.which("openssl"):
        skip(f"{kind}: openssl reads it", "there is no openssl")
        return
    p = openssl("pkey", "-in", key, "-passin", "pass:hunter2", "-pubout")
    same(f"{kind}: openssl has the same public half", p.stdout, open(pub, encoding="ascii").read())
    p = openssl("pkey", "-pubin", "-in", pub, "-noout", "-text")
    ok(f"{kind}: and it is one", what in p.stdout, p.stdout)


pair("ec", "ecdsa-p256", "NIST CURVE: P-256")
pair("ed", "ed25519", "ED25519")
before = open(os.path.join(TMP, "ec.key"), "rb").read()
r = generate("ec")
ok("a key is never overwritten", r.rc == 3 and "never overwritten" in r.err, r)
same("and stays as it was", open(os.path.join(TMP, "ec.key"), "rb").read(), before)
r = generate("open", password="")
ok("an empty password leaves it open, and that is said", r.rc == 0 and "not encrypted" in r.err, r)
r = assay("key", "generate")
ok("a name is wanted", r.rc == 2 and "--out" in r.err, r)
r = generate("x", "--type", "rsa")
ok("of two kinds", r.rc == 2 and "ed25519" in r.err, r)
r = generate("long", password="x" * 1025)
ok("a password has its bound", r.rc == 3 and "COSIGN_PASSWORD" in r.err and "xxx" not in r.err, r)
ok("and no key is made", not os.path.exists(os.path.join(TMP, "long.key")))
r = generate("nowhere/k")
ok("a folder that is not there", r.rc == 3 and "nowhere" in r.err, r)
sys.exit(done())
