#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""daemons - images of docker and podman through their sockets: where a socket is looked for, a name alone, what a daemon
may do wrong.  The daemon here is a stand-in; tests/source/engines.py asks real ones."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from daemonfault import Daemon  # noqa: E402
from regfault import Registry  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

LAYERS = [im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1")])), im.tar_of([("app/data", os.urandom(60000)),
                                                                           im.Link("sh", "/app/data")])]
ARCHIVE = im.docker_archive(os.path.join(TMP, "a.tar"), LAYERS, tags=["team/app:1"])
DATA = open(ARCHIVE, "rb").read()
ID = im.digest(im.config_of(LAYERS))
RUN = os.path.join(TMP, "run")
os.makedirs(os.path.join(RUN, "podman"))


def scan(ref, *args, env=None, cache=False):
    return assay("scan", "-f", "json", "--timeout", "3s", *([] if cache else ["--no-cache"]), *args, ref,
                 env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP, **(env or {})})


def plain(r):
    if not r.raw:
        return str(r)
    doc = json.loads(r.raw)
    doc["image"]["reference"] = None
    return {**doc, "coverage": [c for c in doc["coverage"] if c["code"] not in ("image.source", "layers.verified")]}


def source_row(r):
    return "".join(c["detail"] for c in json.loads(r.raw)["coverage"] if c["code"] == "image.source") if r.raw else str(r)


WANT = plain(scan("docker-archive:" + ARCHIVE))
d = Daemon(os.path.join(TMP, "d.sock"), DATA, ID, ["team/app:1", "app:1", f"team/app@sha256:{'7' * 64}"])
DOCKER = {"DOCKER_HOST": d.address}


def finds():
    r = scan("docker:team/app:1", env=DOCKER)
    same("docker: the report of the archive", plain(r), WANT)
    ok("it says where the image was found, and its id", d.address in source_row(r) and ID in source_row(r), r)
    same("by id", plain(scan("docker:" + ID, env=DOCKER)), WANT)
    same("by id without its algorithm", plain(scan("docker:" + ID[7:], env=DOCKER)), WANT)
    same("docker-daemon: is the same", plain(scan("docker-daemon:team/app:1", env=DOCKER)), WANT)
    same("podman:", plain(scan("podman:team/app:1", env={"CONTAINER_HOST": d.address})), WANT)
    same("--offline: a socket is no network", plain(scan("docker:team/app:1", "--offline", env=DOCKER)), WANT)
    r = scan("docker:team/other:1", env=DOCKER)
    ok("an image that it does not have: exit 3", r.rc == 3 and "docker has no image team/other:1" in r.err and not r.out, r)
    for ref in ("docker:", "docker:Team/App", "docker:a b", "podman:../x"):
        ok(f"{ref}: exit 2", scan(ref, env=DOCKER).rc == 2)
    r = scan(f"docker:team/app@sha256:{'7' * 64}", env=DOCKER)
    ok("a digest that the daemon does not know: exit 3", r.rc == 3 and "another" in r.err, r)
    d.digests = [f"team/app@sha256:{'7' * 64}"]
    r = scan(f"docker:team/app@sha256:{'7' * 64}", "--fail-on", "critical", env=DOCKER)
    ok("a digest that it only says: incomplete", r.rc == 3 and "image.digest" in r.out, r)


def remembers():
    first = scan("docker:team/app:1", env=DOCKER, cache=True)
    d.seen.clear()
    again = scan("docker:team/app:1", env=DOCKER, cache=True)
    same("seen before: the same report", again.raw, first.raw)
    ok("and nothing is packed again", d.seen == ["/images/team/app:1/json"], d.seen)
    d.archive, want = open(im.docker_archive(os.path.join(TMP, "b.tar"), LAYERS[:1]), "rb").read(), d.id
    r = scan("docker:team/app:1", env=DOCKER)
    ok("another image than its id says: exit 3", r.rc == 3 and "sent another image" in r.err and not r.out, r)
    d.id = im.digest(im.config_of(LAYERS[:1]))
    r = scan("docker:team/app:1", env=DOCKER, cache=True)
    ok("the name has got another image: it is read", len(json.loads(r.raw)["image"]["layers"]) == 1, r)
    d.archive, d.id = DATA, want
    layout = im.docker25_archive(os.path.join(TMP, "25.tar"), LAYERS, tag="1")
    d.archive = open(layout, "rb").read()
    blobs, index = im.oci_blobs(LAYERS, compression="none")
    d.id = index["manifests"][0]["digest"]
    r = scan("docker:team/app:1", env=DOCKER)
    same("an id that is the manifest's: its digest is in the report", r.json()["image"]["digest"] if r.raw else str(r), d.id)
    d.archive, d.id = DATA, want


def context(name, host):
    folder = os.path.join(TMP, "dc", "contexts/meta", hashlib.sha256(name.encode()).hexdigest())
    os.makedirs(folder, exist_ok=True)
    im.write(os.path.join(folder, "meta.json"), im.to_json({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
    im.write(os.path.join(TMP, "dc", "config.json"), im.to_json({"currentContext": name, "auths": {}}))
    return {"DOCKER_CONFIG": os.path.join(TMP, "dc")}


def certificate(folder, name, authority=None):
    """NAME.pem and NAME.key, signed by the authority of that folder or by itself."""
    at = lambda n: os.path.join(folder, n)
    run = lambda *words: subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at(name + ".key"), "-subj", f"/CN={name}"]
    if not authority:
        run("req", "-x509", *key, "-out", at(name + ".pem"), "-days", "2")
        return
    im.write(at(name + ".ext"), b"subjectAltName=IP:127.0.0.1\n")
    run("req", *key, "-out", at(name + ".csr"))
    run("x509", "-req", "-in", at(name + ".csr"), "-CA", at(authority + ".pem"), "-CAkey", at(authority + ".key"), "-out",
        at(name + ".pem"), "-days", "2", "-extfile", at(name + ".ext"))


def over_tls():
    """DOCKER_HOST=tcp:// with certificates on both sides, and the same in a context."""
    certs = os.path.join(TMP, "certs")
    os.makedirs(certs)
    for name, by in (("ca", None), ("server", "ca"), ("cert", "ca"), ("stranger", None)):
        certificate(certs, name, by)
    at = lambda n: os.path.join(certs, n)
    os.rename(at("cert.key"), at("key.pem"))
    far = Daemon("", DATA, ID, ["team/app:1"], tls=(at("server.pem"), at("server.key"), at("ca.pem")))
    env = {"DOCKER_HOST": far.address, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": certs}
    r = scan("docker:team/app:1", env=env)
    same("tcp with certificates", plain(r), WANT)
    ok("it says that it was https", "https://127.0.0.1" in source_row(r), r)
    home = os.path.join(TMP, "certs-in-home")
    shutil.copytree(certs, os.path.join(home, ".docker"))
    same("certificates of ~/.docker", plain(assay("scan", "-f", "json", "--no-cache", "docker:team/app:1", env={
        "HOME": home, "XDG_CONFIG_HOME": TMP, "DOCKER_HOST": far.address, "DOCKER_TLS_VERIFY": "1"})), WANT)
    cx = context("tls", far.address)
    tls = os.path.join(TMP, "dc/contexts/tls", hashlib.sha256(b"tls").hexdigest(), "docker")
    shutil.copytree(certs, tls)
    same("certificates of a context", plain(scan("docker:team/app:1", env=cx)), WANT)
    shutil.rmtree(os.path.join(TMP, "dc"))
    os.remove(at("key.pem"))
    r = scan("docker:team/app:1", env=env)
    ok("no certificate of ours: exit 3, no report", r.rc == 3 and not r.out, r)
    shutil.copy(at("stranger.pem"), at("ca.pem"))
    r = scan("docker:team/app:1", env=env)
    ok("a daemon that nobody vouches for: exit 3, no report", r.rc == 3 and "cannot be trusted" in r.err and not r.out, r)
    r = scan("docker:team/app:1", env={"DOCKER_HOST": far.address})
    ok("plain where TLS is spoken: exit 3, no report", r.rc == 3 and not r.out, r)
    far.close()


def places():
    env = context("mine", d.address)
    same("the context of config.json", plain(scan("docker:team/app:1", env=env)), WANT)
    r = scan("docker:team/app:1", env={**env, "DOCKER_CONTEXT": "nobody"})
    ok("DOCKER_CONTEXT that is not there: exit 3, by name", r.rc == 3 and '"nobody"' in r.err, r)
    r = scan("docker:team/app:1", env=context("far", "ssh://me@build"))
    ok("a context behind ssh: exit 3, and what helps", r.rc == 3 and "ssh://" in r.err and "DOCKER_HOST" in r.err, r)
    own = Daemon(os.path.join(RUN, "docker.sock"), DATA, ID, ["team/app:1"])
    same("the socket of rootless docker", plain(scan("docker:team/app:1", env={"XDG_RUNTIME_DIR": RUN})), WANT)
    own.close()
    r = scan("docker:team/app:1", env={"DOCKER_HOST": "unix:///nonexistent/x.sock"})
    ok("no socket: exit 3, by name", r.rc == 3 and "/nonexistent/x.sock" in r.err, r)
    r = scan("docker:team/app:1", "--offline", env={"DOCKER_HOST": "tcp://127.0.0.1:1"})
    ok("--offline and a daemon elsewhere: exit 2", r.rc == 2 and "--offline" in r.err, r)
    r = scan("docker:team/app:1", env={"DOCKER_HOST": "nonsense"})
    ok("an address that is none: exit 2", r.rc == 2 and "nonsense" in r.err, r)
    proxied = {**DOCKER, "http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"}
    same("no proxy is used", plain(scan("docker:team/app:1", env=proxied)), WANT)


def bare():
    blobs, index = im.oci_blobs(LAYERS)
    reg = Registry(blobs, index)
    d.names.append(reg.ref())
    r = scan(reg.ref(), env=DOCKER)
    same("a name alone: the daemon's image", plain(r), WANT)
    ok("no registry is asked", "found in docker" in source_row(r) and not reg.seen, reg.seen)
    r = scan(reg.ref(), env={"CONTAINER_HOST": d.address})
    ok("docker is not here: podman", "found in podman" in source_row(r), r)
    r = scan("registry:" + reg.ref(), env=DOCKER)
    ok("registry: is the registry", "pulled from" in source_row(r), r)
    r = scan(f"{reg.ref()}@{index['manifests'][0]['digest']}", env=DOCKER)
    ok("a digest is looked for where it can be proved", "pulled from" in source_row(r), r)
    r = scan(reg.ref(), "--platform", "linux/amd64", env=DOCKER)
    ok("--platform that the daemon has", "found in docker" in source_row(r), r)
    d.arch = "arm64"
    r = scan(reg.ref(), "--platform", "linux/amd64", env=DOCKER)
    ok("--platform that it does not have: the registry", "pulled from" in source_row(r), r)
    d.arch = "amd64"
    d.names.remove(reg.ref())
    r = scan(reg.ref(), env=DOCKER)
    ok("the daemon does not have it: the registry", "pulled from" in source_row(r) and "docker" not in source_row(r), r)
    r = scan(reg.ref(), env={"DOCKER_HOST": "tcp://127.0.0.1:1"})
    ok("a daemon that does not answer: the registry, and it is said",
       "pulled from" in source_row(r) and "docker was not asked" in source_row(r), r)
    r = scan(reg.ref(), "--offline", env=DOCKER)
    ok("--offline and nowhere here: exit 2", r.rc == 2 and "--offline" in r.err, r)
    reg.close()


def refused(name, fault, *words, cut=None):
    d.fault, d.cut = fault, cut
    start = time.monotonic()
    r = scan("docker:team/app:1", env=DOCKER)
    d.fault = d.cut = None
    ok(f"{name}: exit 3, no report, in time", r.rc == 3 and not r.out and all(w in r.err for w in words)
       and time.monotonic() - start < 20, r)


def at(what, answer):
    """A fault for requests that end so."""
    return lambda h: h.path.endswith(what) and answer(h) is not False


def faults():
    refused("an error of its own", at("json", lambda h: h.answer(500, b'{"message":"disk on fire"}')), "disk on fire")
    refused("no JSON", at("json", lambda h: h.answer(200, b"<html>")), "docker")
    refused("no id", at("json", lambda h: h.answer(200, b"{}")), "no id")
    refused("an id that is none", at("json", lambda h: h.answer(200, b'{"Id":"../../etc"}')), "no id")
    refused("an endless answer", at("json", lambda h: h.stream(b'{"Id":"' + b"a" * (5 << 20))), "bytes")
    refused("led elsewhere", at("json", lambda h: h.answer(302, b"", [("Location", "http://169.254.169.254/")])), "302")
    refused("led to a file", at("get", lambda h: h.answer(302, b"", [("Location", "file:///etc/passwd")])), "302")
    refused("an empty archive", at("get", lambda h: h.stream(b"")), "manifest.json")
    refused("no archive", at("get", lambda h: h.stream(b"hello" * 400)))
    refused("gone between two questions", at("get", lambda h: h.answer(404, b"{}")), "no image")
    refused("nothing is sent", at("get", lambda h: time.sleep(8)), "0 bytes")
    one = bytearray(DATA)
    one[DATA.index(b"zlib1g")] ^= 1
    refused("a byte of a layer differs", at("get", lambda h: h.stream(bytes(one))), "diff_id")
    bomb = im.docker_archive(os.path.join(TMP, "x.tar"), LAYERS + [im.tar_of([("more", b"x")])])
    refused("another image", at("get", lambda h: h.stream(open(bomb, "rb").read())), "another image")
    step = int(os.environ.get("CUT_STEP", "0")) or len(DATA) // 9
    for n in [*range(0, len(DATA) - 10240, step), len(DATA) - 10240 - 512]:
        refused(f"breaks off after {n} bytes", None, cut=n)


def main():
    finds()
    remembers()
    places()
    over_tls()
    bare()
    faults()
    d.close()
    return done()


if __name__ == "__main__":
    sys.exit(main())
