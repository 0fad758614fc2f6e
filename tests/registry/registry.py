#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 600
"""registry - images from Debian's docker-registry, by plain http, TLS, htpasswd and tokens: the same report as from
the archive, and no password anywhere."""
import base64
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
import crypt  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
import regfault  # noqa: E402
from tap import SHARED, TMP, assay, done, ok, same, skip  # noqa: E402

CANARY = "kanarien-vogel-7291"
LAYERS = [im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1"), ("bash", "5.2.15-2")])),
          im.tar_of([("app/big", os.urandom(200000)), im.Link("sh", "/bin/sh")])]


def path(*names):
    full = os.path.join(TMP, *names)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


# ---- every run is looked at: canary, processes ----

class Watch(threading.Thread):
    """Reads the command lines of the processes that begin while something runs, about once a millisecond."""

    def __init__(self):
        super().__init__(daemon=True)
        self.found, self.stop = [], False
        self.before = set(os.listdir("/proc"))

    def run(self):
        words = [CANARY.encode(), base64.b64encode(f"me:{CANARY}".encode())]
        while not self.stop:
            for pid in filter(str.isdigit, set(os.listdir("/proc")) - self.before):
                try:
                    with open(f"/proc/{pid}/cmdline", "rb") as f:
                        line = f.read()
                except OSError:
                    continue
                if any(w in line for w in words) and b"assay" in line:
                    self.found.append(line)
            time.sleep(0.001)


leaks = []


def scan(ref, *args, env=None, stdin=b"", cache=True, **how):
    watch = Watch()
    watch.start()
    more = {"XDG_CONFIG_HOME": path("config"), "DOCKER_CONFIG": path("no-docker")}
    more.update(env or {})
    r = assay("scan", "-f", "json", "--timeout", "10s", *([] if cache else ["--no-cache"]), *args, ref, env=more,
              stdin=stdin, **how)
    watch.stop = True
    watch.join()
    for where, text in (("stdout", r.out), ("stderr", r.err)):
        if CANARY in text or base64.b64encode(f"me:{CANARY}".encode()).decode() in text:
            leaks.append((where, args))
    leaks.extend(("process list", line) for line in watch.found)
    return r


def plain(r):
    """A report without what differs by source; of a run without one, what it said."""
    if not r.raw:
        return str(r)
    doc = json.loads(r.raw)
    doc["image"]["reference"] = None
    doc["coverage"] = [c for c in doc["coverage"] if c["code"] not in ("image.source", "layers.verified")]
    return doc


def rows(r, code):
    return [c["detail"] for c in json.loads(r.raw)["coverage"] if c["code"] == code]


# ---- docker-registry ----

class Service:
    def __init__(self, name, extra="", storage="storage"):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.top = path(name, "x")
        conf = path(name, "config.yml")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {path(storage, 'x')}}}}}\n"
                    f"http:\n  addr: {self.host}\n{extra}")
        self.p = subprocess.Popen(["docker-registry", "serve", conf], stdin=subprocess.DEVNULL,
                                  stdout=open(path(name, "log"), "wb"), stderr=subprocess.STDOUT)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit("docker-registry does not start: " + open(path(name, "log"), encoding="utf-8").read())

    def close(self):
        self.p.terminate()
        self.p.wait()


def push(host, src, name):
    p = subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", "--all", "--preserve-digests",
                        "--dest-tls-verify=false", src, f"docker://{host}/{name}"], stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    if p.returncode:
        raise SystemExit(p.stdout.decode())


def by_mirror(want):
    """A docker-registry that pulls through, in front of another."""
    reg = Service("behind")
    mirror = Service("through", f"proxy: {{remoteurl: 'http://{reg.host}'}}\n", storage="mirrored")
    same("a pull-through mirror: the same report", plain(scan(f"{mirror.host}/team/app:1", cache=False)), want)
    # it keeps what it has given a moment later
    kept = path("mirrored/x/docker/registry/v2/blobs/sha256")
    for _ in range(100):
        if sum(len(files) for _, _, files in os.walk(kept)) >= 2 + len(LAYERS):
            break
        time.sleep(0.05)
    im.write(path("config/containers/registries.conf"), f"""[[registry]]
prefix = "images.test"
location = "{reg.host}"
[[registry.mirror]]
location = "{mirror.host}"
""".encode())
    r = scan("images.test/team/app:1", cache=False)
    same("a mirror of registries.conf that pulls through: the same report", plain(r), want)
    ok("it was the mirror that gave it", mirror.host in "".join(rows(r, "image.source")), r)
    digest = json.loads(r.raw)["image"]["digest"] if r.raw else ""
    reg.close()
    same("what is behind it is down: what it holds, by digest", plain(scan(f"images.test/team/app@{digest}", cache=False)), want)
    reg = Service("behind-again")
    mirror.close()
    im.write(path("config/containers/registries.conf"), f"""[[registry]]
prefix = "images.test"
location = "{reg.host}"
[[registry.mirror]]
location = "{mirror.host}"
""".encode())
    same("the mirror is down: the registry", plain(scan("images.test/team/app:1", cache=False)), want)
    reg.close()
    shutil.rmtree(path("config/containers"))


def own_ca():
    """A CA, and a certificate for 127.0.0.1 and localhost by it."""
    run = lambda *a: subprocess.run(["openssl", *a], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ca, ca_key, key, csr, crt = (path("tls", n) for n in ("ca.pem", "ca.key", "s.key", "s.csr", "s.crt"))
    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    run(*new, "-subj", "/CN=test ca", "-keyout", ca_key, "-out", ca)
    run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-keyout", key,
        "-out", csr)
    ext = im.write(path("tls", "ext"), b"subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    run("x509", "-req", "-in", csr, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2", "-extfile", ext, "-out", crt)
    return ca, crt, key


def config_json(name, doc):
    im.write(path(name, "config.json"), im.to_json(doc))
    return {"DOCKER_CONFIG": path(name)}


# ---- the cases ----

def by_http(layout, archive):
    reg = Service("http")
    push(reg.host, f"oci:{layout}:1", "team/app:1")
    want, ref = assay("scan", "-f", "json", "oci:" + layout), f"{reg.host}/team/app:1"
    r = scan(ref, cache=False)
    ok("plain http on loopback: a report", r.rc == 0, r)
    same("the same report as from the layout", plain(r), plain(want))
    ok("the report says where it was found, and how", "plain http" in "".join(rows(r, "image.source")), r)
    same("the reference is what was typed", json.loads(r.raw)["image"]["reference"], ref)
    digest = json.loads(r.raw)["image"]["digest"]
    same("by digest", plain(scan(f"registry:{reg.host}/team/app@{digest}")), plain(want))
    same("by tag and digest", plain(scan(f"{reg.host}/team/app:1@{digest}")), plain(want))
    wrong = scan(f"{reg.host}/team/app@sha256:{'0' * 64}")
    ok("a digest that is not there: exit 3", wrong.rc == 3 and "does not have it" in wrong.err and not wrong.out, wrong)
    wrong = scan(f"{reg.host}/team/app:2")
    ok("a tag that is not there: exit 3", wrong.rc == 3 and "does not have it" in wrong.err and not wrong.out, wrong)
    ok("--offline: exit 2", scan(ref, "--offline").rc == 2)
    n = path("storage/x/docker/registry/v2/blobs/sha256")
    warm = scan(ref)
    for d in json.loads(r.raw)["image"]["layers"]:
        shutil.rmtree(os.path.join(n, d["digest"][7:9], d["digest"][7:]))
    same("layers that are cached are not fetched", plain(scan(ref)), plain(warm))
    push(reg.host, f"docker-archive:{archive}", "team/docker:1")
    reg.close()


def samples():
    """Sample images: the registry's report is that of the file that was pushed."""
    reg = Service("samples")
    for name in ("dive-oci-gzip.tar", "dive-oci-zstd.tar", "snyk-busybox-1.31.1.tar"):
        file = os.path.join(SHARED, "data/images/oci-archive", name) if SHARED else ""
        if not os.path.exists(file):
            skip(f"{name} through a registry", "no shared data")
            continue
        want = assay("scan", "-f", "json", "oci-archive:" + file)
        try:
            push(reg.host, "oci-archive:" + file, f"samples/{name.split('.', maxsplit=1)[0].lower()}:1")
        except SystemExit as e:
            skip(f"{name} through a registry", f"skopeo: {e}"[:100])
            continue
        r = scan(f"{reg.host}/samples/{name.split('.', maxsplit=1)[0].lower()}:1", cache=False)
        same(f"{name} through a registry: the same report", plain(r) if r.rc == 0 else r.err, plain(want))
    reg.close()


def by_tls(tls, want):
    ca, crt, key = tls
    reg = Service("tls", f"  tls: {{certificate: {crt}, key: {key}}}\n")
    ref = f"{reg.host}/team/app:1"
    system = {"SSL_CERT_FILE": ""}  # as if it were not set
    r = scan(ref, env=system)
    ok("an authority that nobody knows: exit 3, and what helps", r.rc == 3 and "--cacert" in r.err and not r.out, r)
    r = scan(ref, "--cacert", ca, env=system)
    same("--cacert", plain(r) if r.rc == 0 else r.err, want)
    ok("the report says https", "over https" in "".join(rows(r, "image.source")) and "not verified" not in r.out)
    same("SSL_CERT_FILE", plain(scan(ref, env={"SSL_CERT_FILE": ca})), want)
    r = scan(ref, "--insecure")
    same("--insecure", plain(r), want)
    ok("the report says that nothing was verified", "not verified" in "".join(rows(r, "image.source")), r)
    shutil.copy(ca, path("config/containers/certs.d", reg.host, "ca.crt"))
    same("certs.d", plain(scan(ref)), want)
    shutil.rmtree(path("config/containers"))
    ok("--cacert that is no certificate: exit 2", scan(ref, "--cacert", key).rc == 2)
    ok("--cacert that is not there", scan(ref, "--cacert", "/nonexistent").rc in (2, 3))
    reg.close()
    reg = Service("mtls", f"  tls: {{certificate: {crt}, key: {key}, clientcas: [{ca}]}}\n")
    ref = f"{reg.host}/team/app:1"
    r = scan(ref, "--cacert", ca)
    ok("a client's certificate is wanted, none is there: exit 3", r.rc == 3 and not r.out, r)
    for name, file in (("ca.crt", ca), ("client.cert", crt), ("client.key", key)):
        shutil.copy(file, path("config/containers/certs.d", reg.host, name))
    r = scan(ref)
    same("client's certificate from certs.d", plain(r) if r.rc == 0 else r.err, want)
    shutil.rmtree(path("config/containers"))
    reg.close()


def helper_program(secret):
    file = im.write(path("bin", "docker-credential-test"), f"""#!/bin/sh
[ "$1" = get ] && [ -z "$ASSAY_REGISTRY_TOKEN" ] || exit 1
host=$(cat)
printf '{{"ServerURL":"%s","Username":"me","Secret":"{secret}"}}' "$host"
""".encode())
    os.chmod(file, stat.S_IRWXU)
    return {"PATH": os.path.dirname(file) + ":" + os.environ["PATH"]}


def by_htpasswd(tls, want):
    ca, crt, key = tls
    line = "me:" + crypt.crypt(CANARY, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=2 ** 5)) + "\n"
    ht = im.write(path("ht", "passwd"), line.encode())
    reg = Service("basic", f"  tls: {{certificate: {crt}, key: {key}}}\n"
                           f"auth: {{htpasswd: {{realm: test, path: {ht}}}}}\n")
    ref, ca = f"{reg.host}/team/app:1", ("--cacert", ca)
    secret = (CANARY + "\n").encode()
    r = scan(ref, *ca)
    ok("no credentials: exit 3, and what helps", r.rc == 3 and "--username" in r.err and not r.out, r)
    r = scan(ref, *ca, "--username", "me", "--password-stdin", stdin=secret)
    same("--username and --password-stdin", plain(r) if r.rc == 0 else r.err, want)
    r = scan(ref, *ca, "-vv", "--username", "me", "--password-stdin", stdin=b"wrong\n")
    ok("a wrong password: exit 3", r.rc == 3 and "not accepted" in r.err and not r.out, r)
    for args, stdin in ((("--username", "me"), b""), (("--password-stdin",), secret),
                        (("--username", "me", "--password-stdin"), b""),
                        (("--username", "a:b", "--password-stdin"), secret)):
        ok(f"{args} with {len(stdin)} bytes: exit 2", scan(ref, *ca, *args, stdin=stdin).rc == 2)
    auth = base64.b64encode(f"me:{CANARY}".encode()).decode()
    env = config_json("dc1", {"auths": {reg.host: {"auth": auth}}})
    same("config.json", plain(scan(ref, *ca, env=env)), want)
    env = config_json("dc2", {"auths": {"127.0.0.1": {"auth": auth}, "other.example.org": {"auth": auth}}})
    ok("config.json of other registries: exit 3", scan(ref, *ca, env=env).rc == 3)
    env = config_json("dc3", {"credHelpers": {reg.host: "test"}})
    same("a credential helper", plain(scan(ref, *ca, env={**env, **helper_program(CANARY)})), want)
    env = config_json("dc4", {"credsStore": "test"})
    same("credsStore", plain(scan(ref, *ca, env={**env, **helper_program(CANARY)})), want)
    env = config_json("dc5", {"credHelpers": {reg.host: "absent"}})
    r = scan(ref, *ca, env=env)
    ok("a helper that is not there: exit 3", r.rc == 3 and "docker-credential-absent" in r.err, r)
    im.write(path("dc6", "config.json"), f'{{"auths":{{"{reg.host}":{{"auth":"{auth}"'.encode())
    r = scan(ref, *ca, env={"DOCKER_CONFIG": path("dc6")})
    ok("a broken config.json: exit 3, by name, without its content", r.rc == 3 and "config.json" in r.err, r)
    im.write(path("auth.json"), im.to_json({"auths": {f"{reg.host}/team": {"auth": auth}}}))
    same("REGISTRY_AUTH_FILE with a namespace", plain(scan(ref, *ca, env={"REGISTRY_AUTH_FILE": path("auth.json")})), want)
    folder = path("foreign", "x")[:-2]
    im.write(os.path.join(folder, ".assay.yaml"), b"insecure: true\n")
    r = scan(ref, *ca, cwd=folder)
    ok("a working folder may not say whom to trust: exit 2", r.rc == 2 and "insecure" in r.err, r)
    reg.close()


def by_token(blobs, index, want):
    """A registry that wants tokens of a token server."""
    reg, tokens = regfault.Registry(blobs, index), regfault.TokenServer("me", CANARY)

    def needs_token(h):
        if h.headers.get("Authorization") == f"Bearer t{tokens.granted}":
            return False
        h.answer(401, [("WWW-Authenticate", tokens.challenge())], b"{}")
        return True
    reg.fault = needs_token
    args = ("--username", "me", "--password-stdin")
    r = scan(reg.ref(), *args, stdin=CANARY.encode(), cache=False)
    same("a token by user and password", plain(r) if r.rc == 0 else r.err, want)
    same("it is asked for one repository, to pull", tokens.asked[0].get("scope"), ["repository:team/app:pull"])
    r = scan(reg.ref(), *args, stdin=b"wrong", cache=False)
    ok("a token server that does not accept them: exit 3", r.rc == 3 and "token server" in r.err and not r.out, r)
    tokens.user = None
    r = scan(reg.ref(), cache=False)
    same("a token for nobody", plain(r) if r.rc == 0 else r.err, want)
    env = {"ASSAY_REGISTRY_TOKEN": f"t{tokens.granted}"}
    n = tokens.granted
    same("ASSAY_REGISTRY_TOKEN", plain(scan(reg.ref(), env=env, cache=False)), want)
    ok("and nobody else is asked", tokens.granted == n)
    r = scan(reg.ref(), "--registry-token", "another", cache=False)
    ok("a wrong token: exit 3", r.rc == 3 and "not accepted" in r.err, r)
    reg.close()
    tokens.close()


def by_proxy(blobs, index, want):
    """Through a proxy, which is told the whole address."""
    reg = regfault.Registry(blobs, index)

    def proxy(h):
        h.path = h.path.removeprefix("http://registry.test")
        return False
    reg.fault = proxy
    env = {"http_proxy": f"http://me:{CANARY}@{reg.host}", "https_proxy": f"http://me:{CANARY}@{reg.host}"}
    r = scan("registry.test/team/app:1", "--insecure", env=env, cache=False)
    same("a proxy by environment", plain(r) if r.rc == 0 else r.err, want)
    ok("it was asked", any("Proxy-Authorization" in h for _, h in reg.seen), reg.seen[:3])
    r = scan("registry.test/team/app:1", "--insecure", env={**env, "no_proxy": "registry.test"}, cache=False)
    ok("no_proxy: exit 3, for there is no network", r.rc == 3 and "network" in r.err, r)
    r = scan("registry.test/team/app:1", env={**env, "https_proxy": f"http://me:{CANARY}@127.0.0.1:1"}, cache=False)
    ok("a proxy that is not there: exit 3", r.rc == 3 and not r.out, r)
    reg.close()


def main():
    blobs, index = im.oci_blobs(LAYERS)
    layout = im.oci_write(path("layout"), blobs, index)
    archive = im.docker_archive(path("a.tar"), LAYERS)
    want = plain(assay("scan", "-f", "json", "oci:" + layout))
    by_token(blobs, index, want)
    by_proxy(blobs, index, want)
    missing = [p for p in ("docker-registry", "skopeo", "openssl") if not shutil.which(p)]
    if missing:
        skip("docker-registry", "not installed: " + ", ".join(missing))
        return done()
    by_http(layout, archive)
    shutil.rmtree(path("storage"))
    reg = Service("fill")
    push(reg.host, f"oci:{layout}:1", "team/app:1")
    reg.close()
    by_mirror(want)
    tls = own_ca()
    by_tls(tls, want)
    by_htpasswd(tls, want)
    samples()
    same("the password is nowhere", leaks, [])
    return done()


if __name__ == "__main__":
    sys.exit(main())
