#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bounds - bounds of a pull that only a whole run keeps, each at its value and one past it."""
import base64
import http.client
import json
import os
import stat
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from limits import limit  # noqa: E402
from regfault import Registry  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

os.environ["ASSAY_FETCH_WAIT_MS"] = "5"  # of tries again
http.client._MAXLINE = 1 << 20  # tokens are longer than the server takes by itself
SECRET = "kanarien-vogel-7291"
BASIC = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
BLOBS, INDEX = im.oci_blobs([im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1")]))])
CONFIG = os.path.join(TMP, "config/containers")
reg = Registry(BLOBS, INDEX)


def scan(*args, env=None):
    r = assay("scan", "-f", "json", "--no-cache", "--no-evidence", "--checks", "vuln", "--timeout", "3s", *args, reg.ref(),
              env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": os.path.join(TMP, "config"), **(env or {})})
    ok("no secret in what is said", SECRET not in r.out + r.err, r)
    return r


def plain(r):
    return json.loads(r.raw)["packages"] if r.raw else str(r)


WANT = plain(scan())


def taken(name, r):
    same(f"{name}: the right report", plain(r), WANT)


def refused(name, r, *words):
    ok(f"{name}, one past it: exit 3, no report, and says why", r.rc == 3 and not r.out and all(w in r.err for w in words), r)


def fill(folder, form, n):
    """Exactly n files of that form in the folder."""
    os.makedirs(folder, exist_ok=True)
    for old in os.listdir(folder):
        os.unlink(os.path.join(folder, old))
    for i in range(n):
        im.write(os.path.join(folder, form % i), b"")


def files():
    name = "REGISTRIES_FILES_MAX"
    system = "/etc/containers/registries.conf"
    there = len([n for n in os.listdir(system + ".d") if n.endswith(".conf")]) if os.path.isdir(system + ".d") else 0
    drop = os.path.join(CONFIG, "registries.conf.d")
    most = limit(name) - there - os.path.exists(system)
    fill(drop, "%03d.conf", most)
    taken(name, scan())
    fill(drop, "%03d.conf", most + 1)
    refused(name, scan(), f"more than {limit(name)} files")
    im.write(os.path.join(CONFIG, "registries.conf"), b"")
    fill(drop, "%03d.conf", limit(name) - there - 1)
    taken(f"{name} with registries.conf", scan())
    fill(drop, "%03d.conf", limit(name) - there)
    refused(f"{name} with registries.conf", scan(), f"more than {limit(name)} files")
    fill(drop, "%03d.conf", limit(name) + 1)
    refused(f"{name} in the folder", scan(), "registries.conf.d: more than")
    fill(drop, "%03d.conf", 0)
    os.unlink(os.path.join(CONFIG, "registries.conf"))
    name = "REGISTRY_CERT_FILES_MAX"
    certs = os.path.join(CONFIG, "certs.d", reg.host)
    fill(certs, "%03d.txt", limit(name))
    taken(name, scan())
    fill(certs, "%03d.txt", limit(name) + 1)
    refused(name, scan(), f"more than {limit(name)} files")
    fill(certs, "%03d.txt", 0)


def helper(n, secret=SECRET):
    """A scan whose helper answers so many bytes."""
    folder = os.path.join(TMP, "bin")
    os.makedirs(folder, exist_ok=True)
    text = json.dumps({"Username": "me", "Secret": secret})
    im.write(os.path.join(TMP, "config.json"), im.to_json({"credHelpers": {reg.host: "odd"}}))
    answer = im.write(os.path.join(TMP, "answer"), text.encode().ljust(n))
    program = im.write(os.path.join(folder, "docker-credential-odd"), f"#!/bin/sh\ncat '{answer}'\n".encode())
    os.chmod(program, stat.S_IRWXU)
    return scan(env={"PATH": folder + ":" + os.environ["PATH"]})


def identity():
    """A token of docker login, with which the token server is asked for another."""
    name = "REGISTRY_TOKEN_MAX"
    realm, seen = f"http://{reg.host}/token", []

    def token(h):
        if h.path.startswith("/token"):
            seen.append(h.rfile.read(int(h.headers["Content-Length"])).decode())
            return h.answer(200, [], b'{"access_token":"t1"}') or True
        return h.headers.get("Authorization") != "Bearer t1" and (
            h.answer(401, [("WWW-Authenticate", f'Bearer realm="{realm}",service="s"')], b"{}") or True)
    for past in (0, 1):
        text = "+" * (limit(name) + past)  # three bytes each as it is sent
        im.write(os.path.join(TMP, "config.json"), im.to_json({"auths": {reg.host: {"identitytoken": text}}}))
        reg.fault = token
        r = scan()
        if past:
            refused(f"{name} of docker login", r, f"more than {limit(name)} bytes")
        else:
            taken(f"{name} of docker login", r)
            ok("it is sent whole", seen and all("refresh_token=" + "%2B" * len(text) in s.split("&") for s in seen), seen[0][:100] if seen else r)


def credentials():
    name = "REGISTRY_HELPER_MAX"
    reg.auth = (BASIC, 'Basic realm="x"')
    taken(name, helper(limit(name)))
    refused(name, helper(limit(name) + 1), "docker-credential-odd", f"more than {limit(name)} bytes")
    name = "REGISTRY_TOKEN_MAX"
    token = "t" * limit(name)
    reg.auth = ("Bearer " + token, 'Bearer realm="x"')
    taken(name, scan("--registry-token", token))
    reg.auth = ("Bearer " + token + "t", 'Bearer realm="x"')
    refused(name, scan("--registry-token", token + "t"), f"more than {limit(name)} bytes")
    secret = "p" * (limit(name) - len("me:"))
    long = lambda s: "Basic " + base64.b64encode(f"me:{s}".encode()).decode()
    reg.auth = (long(secret), 'Basic realm="x"')
    taken(f"{name} of user and password", helper(0, secret))
    reg.auth = (long(secret + "p"), 'Basic realm="x"')
    refused(f"{name} of user and password", helper(0, secret + "p"), f"more than {limit(name)} bytes")
    reg.reset()
    identity()
    reg.reset()
    name = "REGISTRY_AUTH_MAX"
    doc = im.to_json({"auths": {reg.host: {"auth": BASIC.split()[1]}}})
    reg.auth = (BASIC, 'Basic realm="x"')
    im.write(os.path.join(TMP, "config.json"), doc.ljust(limit(name)))
    taken(name, scan())
    im.write(os.path.join(TMP, "config.json"), doc.ljust(limit(name) + 1))
    refused(name, scan(), "config.json")

    def challenges(h):
        others = [("WWW-Authenticate", "Negotiate")] * others_n
        return h.headers.get("Authorization") != BASIC and (
            h.answer(401, [*others, ("WWW-Authenticate", 'Basic realm="x"')], b"{}") or True)
    name = "REGISTRY_CHALLENGES_MAX"
    im.write(os.path.join(TMP, "config.json"), doc)
    reg.reset()
    reg.fault = challenges
    others_n = limit(name) - 1
    taken(name, scan())
    others_n = limit(name)
    refused(name, scan(), "denied")
    os.unlink(os.path.join(TMP, "config.json"))


def refusals():
    """A refusal that is read to its end leaves the connection to be used again; one that is longer ends it."""
    name = "REGISTRY_ERROR_MAX"
    im.write(os.path.join(TMP, "config.json"), im.to_json({"auths": {reg.host: {"auth": BASIC.split()[1]}}}))
    for past in (0, 1):
        asked, told = set(), set()

        def asks(h, n=limit(name) + past, asked=asked, told=told):
            known = h.headers.get("Authorization") == BASIC
            (told if known else asked).add(h.client_address)
            return not known and (h.answer(401, [("WWW-Authenticate", 'Basic realm="x"')], b"x" * n) or True)
        reg.reset()
        reg.fault = asks
        taken(f"{name} and {past}", scan())
        ok(f"{name} and {past}: the connection is {'another' if past else 'the same'}", asked and bool(asked & told) == (not past),
           (asked, told))

files()
credentials()
refusals()
reg.close()
sys.exit(done())
