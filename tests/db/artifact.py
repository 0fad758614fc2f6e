#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""artifact - the index handed on: exported to a file, a layout, a registry; taken only when it is signed by the key,
whole, not too old, and not older than what is there."""
import base64
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import papers  # noqa: E402
from pushreg import PushRegistry, digest  # noqa: E402
from tap import TMP, assay, done, ok, same, skip  # noqa: E402

NOW = int(time.time())
ENV = {"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP}


def path(*names):
    return os.path.join(TMP, *names)


def run(*args, **more):
    env = more.pop("env", {})
    return assay(*args, "--timeout", "5s", env={**ENV, "COSIGN_PASSWORD": "", **env}, **more)


def index(name, when, cve):
    """An index of one record, built at that time."""
    feed = path(f"{name}.json")
    with open(feed, "w", encoding="utf-8") as f:
        json.dump({"zlib": {cve: {"releases": {"bookworm": {
            "status": "open", "repositories": {"bookworm": "1:1.2.13.dfsg-1"}, "urgency": "low"}}}}}, f)
    r = assay("db", "import", "--starter", "--db", path(name), feed, env={"SOURCE_DATE_EPOCH": str(when)})
    if r.rc:
        raise SystemExit(str(r))
    return path(name)


OLD, NEW = index("old", NOW - 7200, "CVE-2024-0001"), index("new", NOW - 3600, "CVE-2024-0002")
ANCIENT, FUTURE = index("ancient", NOW - 40 * 86400, "CVE-2024-0003"), index("future", NOW + 90000, "CVE-2024-0004")
for name, kind in (("k", "ecdsa-p256"), ("other", "ed25519")):
    assay("key", "generate", "--out", path(name), "--type", kind, env={"COSIGN_PASSWORD": ""})
KEY, PUB, OTHER = path("k.key"), path("k.pub"), path("other.pub")


def export(db, ref, *args, key=KEY, **how):
    return run("db", "export", "--db", db, *(["--sign-key", key] if key else []), *args, ref, **how)


def take(db, ref, *args, key=PUB, **how):
    return run("db", "update", "--db", path(db), "--from", ref, *(["--key", key] if key else []), *args, **how)


def content(db):
    try:
        with open(path(db, "index.mdb"), "rb") as f:
            return digest(f.read())
    except FileNotFoundError:
        return None


def taken(name, db, want, r):
    ok(f"{name}: taken", r.rc == 0 and content(db) == content(want), r)
    left = sorted(f for f in os.listdir(path(db)) if f not in ("index.mdb", "index.mdb.checked", ".index.mdb.lock"))
    same(f"{name}: nothing else is left", left, [])


def refused(name, db, r, *words, rc=3):
    before = refused.before.get(db)
    ok(f"{name}: refused", r.rc == rc and all(w in r.err for w in words), r)
    same(f"{name}: the index stays", content(db), before)
    left = sorted(f for f in os.listdir(path(db)) if f not in ("index.mdb", "index.mdb.checked", ".index.mdb.lock")) \
        if os.path.isdir(path(db)) else []
    same(f"{name}: nothing else is left", left, [])


refused.before = {}


def files():
    a, b = path("a.tar"), path("b.tar")
    r = export(NEW, a)
    ok("to a file", r.rc == 0 and r.out.startswith("sha256:"), r)
    export(NEW, b, key=path("other.key"))
    with tarfile.open(a) as t:
        names = t.getnames()
    ok("which is a layout", names[0] == "oci-layout" and names[-1] == "index.json", names)
    r2 = export(NEW, path("c.tar"), key=path("other.key"))
    same("the same index has the same digest", r2.out, r.out)
    taken("from a file", "f1", "new", take("f1", a))
    r = take("f1", a)
    ok("again: is here already", r.rc == 0 and "already" in r.err, r)
    refused("signed by another key", "f2", take("f2", b), "not signed by the key")
    r = run("db", "update", "--db", path("f3"), "--from", b, "--key", PUB, "--key", OTHER)
    taken("signed by one of two keys", "f3", "new", r)
    refused("without --key", "f4", take("f4", a, key=None), "--key", rc=2)
    r = export(NEW, "oci:" + path("layout"))
    taken("from a layout", "f5", "new", take("f5", "oci:" + path("layout")))
    r = export(NEW, "oci:" + path("layout"))
    ok("a layout is not written over", r.rc == 3 and "already" in r.err, r)
    r = export(NEW, path("plain.tar"), key=None)
    ok("unsigned: exported with a warning", r.rc == 0 and "--sign-key" in r.err, r)
    refused("unsigned", "f6", take("f6", path("plain.tar")), "is not signed")
    refused("single feeds", "f6", run("db", "update", "kev", "--db", path("f6"), "--from", a, "--key", PUB), rc=2)
    with open(path("junk.tar"), "wb") as f:
        f.write(os.urandom(5000))
    refused("no layout", "f6", take("f6", path("junk.tar")))
    with open(a, "rb") as f, open(path("cut.tar"), "wb") as g:
        g.write(f.read()[:-5000])
    refused("cut short", "f6", take("f6", path("cut.tar")))
    r = assay("db", "search", "zlib", "--db", path("f1"))
    ok("what was taken is used", "CVE-2024-0002" in r.out, r)


def ages():
    for db, name in ((OLD, "old"), (NEW, "new"), (ANCIENT, "ancient"), (FUTURE, "future")):
        export(db, path(f"age-{name}.tar"))
    taken("the older first", "a1", "old", take("a1", path("age-old.tar")))
    taken("then the newer", "a1", "new", take("a1", path("age-new.tar")))
    refused.before["a1"] = content("a1")
    refused("the older again", "a1", take("a1", path("age-old.tar")), "older than the present")
    refused("a month old", "a2", take("a2", path("age-ancient.tar")), "40 days old")
    taken("a month old, which is allowed", "a3", "ancient", take("a3", path("age-ancient.tar"), "--db-max-age", "50d"))
    refused("from tomorrow", "a2", take("a2", path("age-future.tar")), "has not come yet")
    os.makedirs(path("a4"), exist_ok=True)
    with open(path("a4", "index.mdb"), "wb") as f:
        f.write(b"x" * 50000)
    taken("a damaged index gives way", "a4", "new", take("a4", path("age-new.tar")))


def registry():
    reg = PushRegistry()
    ref = f"registry:{reg.host}/team/index:1"
    r = export(NEW, ref)
    ok("to a registry", r.rc == 0, r)
    root = r.out.strip()
    att = "sha256-" + root[7:] + ".att"
    same("under its tag, its digest and its signature's tag",
         sorted(t for _, t in reg.manifests if not t.startswith("sha256:")), ["1", att])
    order = [p.rsplit("/", 1)[1] for m, p in reg.seen if m == "PUT" and "/manifests/" in p]
    same("the name comes last", order[-2:], [att, "1"])
    taken("from the registry", "r1", "new", take("r1", ref))
    count = len(reg.seen)
    r = take("r1", ref)
    blobs = [p for _, p in reg.seen[count:] if "/blobs/" in p]
    ok("again: only the statement is fetched", r.rc == 0 and len(blobs) == 1, (r, blobs))
    count = len(reg.seen)
    export(NEW, ref, key=path("other.key"))
    export(NEW, ref, key=path("other.key"))
    same("what is there is not sent again: the envelope by another key and its config once",
         len([p for m, p in reg.seen[count:] if m == "PUT" and "/blobs/" in p]), 2)
    export(NEW, ref)
    taken("by digest", "r2", "new", take("r2", f"{reg.host}/team/index@{root}"))
    good = dict(reg.manifests), dict(reg.blobs)
    manifest = json.loads(reg.manifests[("team/index", "1")])
    blob = manifest["layers"][0]["digest"]
    envelope = json.loads(reg.manifests[("team/index", att)])["layers"][0]["digest"]

    def tampered(name, change, *words):
        reg.manifests, reg.blobs = dict(good[0]), dict(good[1])
        change()
        refused(name, "r3", take("r3", ref), *words)
    name = "team/index"
    flipped = bytearray(good[1][blob])
    flipped[len(flipped) // 2] ^= 1

    def other_manifest():
        doc = dict(manifest, annotations={})
        reg.manifests[(name, "1")] = json.dumps(doc).encode()

    def other_index():
        export(OLD, f"registry:{reg.host}/team/index:1", key=None)

    def foreign_signature():
        r = export(OLD, f"registry:{reg.host}/team/index:2")
        reg.manifests[(name, att)] = reg.manifests[(name, "sha256-" + r.out.strip()[7:] + ".att")]

    def forged():
        env = json.loads(good[1][envelope])
        payload = json.loads(base64.b64decode(env["payload"]))
        payload["predicate"]["built"] = "2030-01-01T00:00:00Z"
        env["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
        data = json.dumps(env).encode()
        doc = json.loads(good[0][(name, att)])
        doc["layers"][0].update(digest=digest(data), size=len(data))
        reg.blobs[digest(data)] = data
        reg.manifests[(name, att)] = json.dumps(doc).encode()
    tampered("a bit of the index", lambda: reg.blobs.update({blob: bytes(flipped)}), "digest")
    tampered("a manifest nobody signed", other_manifest, "is not signed")
    tampered("the tag leads to an unsigned one", other_index, "is not signed")
    tampered("another index's signature", foreign_signature, "something else")
    tampered("a forged statement", forged, "not signed by the key")
    def signed(change):
        """The statement as it is after change, signed by the key as openssl does it."""
        def apply():
            statement = json.loads(base64.b64decode(json.loads(good[1][envelope])["payload"]))
            change(statement)
            data = json.dumps(papers.envelope("k", json.dumps(statement).encode())).encode()
            doc = json.loads(good[0][(name, att)])
            doc["layers"][0].update(digest=digest(data), size=len(data))
            reg.blobs[digest(data)] = data
            reg.manifests[(name, att)] = json.dumps(doc).encode()
        return apply

    def shaped(change):
        def apply():
            doc = json.loads(reg.manifests[(name, "1")])
            change(doc)
            reg.manifests[(name, "1")] = json.dumps(doc).encode()
        return apply
    # the statement signed anew, unchanged, is taken: what follows is refused for what is changed
    signed(lambda s: None)()
    taken("signed by openssl with the same key", "r5", "new", take("r5", ref))
    here = json.loads(base64.b64decode(json.loads(good[1][envelope])["payload"]))["predicate"]["schema"]
    for schema in (here - 1, here + 1, here + 1000):
        tampered(f"schema {schema}, signed", signed(lambda s, v=schema: s["predicate"].update(schema=v)), f"schema {schema}")
    for what, value in (("schema", -1), ("schema", str(here)), ("schema", None), ("built", "yesterday"), ("built", None)):
        tampered(f"{what} {value!r}, signed", signed(lambda s, k=what, v=value: s["predicate"].update({k: v})))
    tampered("no predicate, signed", signed(lambda s: s.pop("predicate")))
    tampered("of another kind, signed", signed(lambda s: s.update(predicateType="https://example.org/x")), "nothing of")
    tampered("about another digest, signed", signed(lambda s: s["subject"][0]["digest"].update(sha256="0" * 64)), "something else")
    tampered("two layers", shaped(lambda d: d["layers"].append(d["layers"][0])), "is not an advisory index")
    tampered("no layer", shaped(lambda d: d["layers"].clear()), "is not an advisory index")
    tampered("a layer of another type", shaped(lambda d: d["layers"][0].update(
        mediaType="application/vnd.oci.image.layer.v1.tar+zstd")), "is not an advisory index")
    tampered("an index of images", lambda: reg.manifests.update({(name, "1"): json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}).encode()}), "is not an advisory index")
    tampered("a layer beyond what an index may be", shaped(lambda d: d["layers"][0].update(size=1 << 62)))
    tampered("half-pushed: no signature", lambda: reg.manifests.pop((name, att)), "is not signed")
    tampered("half-pushed: no blob", lambda: reg.blobs.pop(blob), "does not have it")
    tampered("half-pushed: no envelope", lambda: reg.blobs.pop(envelope))
    tampered("half-pushed: no manifest", lambda: reg.manifests.pop((name, "1")), "does not have it")
    reg.manifests, reg.blobs = dict(good[0]), dict(good[1])
    pushing(reg)
    reg.close()


def pushing(reg):
    """What may go wrong on the way up: nothing gets the name before all is there."""
    def attempt(name, fault, rc, *words, tag="9"):
        reg.seen, reg.fault = [], fault
        r = export(OLD, f"registry:{reg.host}/team/p{tag}:1")
        reg.fault = None
        ok(f"{name}: exit {rc}", r.rc == rc and all(w in r.err for w in words), r)
        same(f"{name}: the name", (f"team/p{tag}", "1") in reg.manifests, rc == 0)

    def once(test, answer):
        state = [0]

        def fault(h):
            if not test(h):
                return False
            state[0] += 1
            return answer(h) if state[0] == 1 else False
        return fault

    def is_upload(h):
        return h.command == "PUT" and "/blobs/uploads/" in h.path

    for d in [d for d in reg.blobs]:
        del reg.blobs[d]
    attempt("503 once", once(is_upload, lambda h: h.answer(503, [])), 0, tag="a")
    for d in [d for d in reg.blobs]:
        del reg.blobs[d]
    attempt("an upload elsewhere", lambda h: h.command == "POST" and h.answer(
        202, [("Location", "http://127.0.0.2:1/v2/x/blobs/uploads/u")]), 3, "elsewhere", tag="b")
    attempt("no address", lambda h: h.command == "POST" and h.answer(202, []), 3, "no address", tag="c")
    attempt("a redirect", lambda h: h.command == "POST" and h.answer(307, [("Location", "/v2/y")]), 3, "redirected", tag="d")
    attempt("denied", lambda h: h.command == "POST" and h.answer(403, [], b"{}"), 3, "denies", tag="e")
    attempt("the signature is refused", lambda h: h.command == "PUT" and ".att" in h.path and h.answer(400, [], b"{}"),
            3, "400", tag="f")
    word = base64.b64encode(b"me:geheim-7291").decode()
    reg.auth = (f"Basic {word}", 'Basic realm="x"')
    r = export(OLD, f"registry:{reg.host}/team/pg:1")
    ok("no password: denied", r.rc == 3 and "denied" in r.err, r)
    r = export(OLD, f"registry:{reg.host}/team/pg:1", "--username", "me", "--password-stdin", stdin=b"geheim-7291")
    ok("with the password", r.rc == 0 and "geheim" not in r.err, r)
    r = take("p1", f"registry:{reg.host}/team/pg:1", "--username", "me", "--password-stdin", stdin=b"geheim-7291")
    taken("and back", "p1", "old", r)
    reg.auth = None


def server():
    """A plain web server, which may cut the connection."""
    export(NEW, path("www.tar"))
    with open(path("www.tar"), "rb") as f:
        data = f.read()
    state = {"cut": 0, "seen": []}

    class Web(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

        def do_GET(self):
            state["seen"].append(self.headers.get("Range"))
            at = int((self.headers.get("Range") or "bytes=0-")[6:-1])
            if self.path == "/away":
                self.send_response(302)
                self.send_header("Location", "/index.tar")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if self.path != "/index.tar":
                self.send_error(404)
                return
            self.send_response(206 if at else 200)
            if at:
                self.send_header("Content-Range", f"bytes {at}-{len(data) - 1}/{len(data)}")
            self.send_header("Content-Length", str(len(data) - at))
            self.end_headers()
            if state["cut"] > at:
                self.wfile.write(data[at:state["cut"]])
                self.close_connection = True
                return
            self.wfile.write(data[at:])
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    web.daemon_threads = True
    threading.Thread(target=web.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{web.server_address[1]}"
    taken("from a server", "w1", "new", take("w1", f"{url}/index.tar"))
    taken("through a redirect", "w2", "new", take("w2", f"{url}/away"))
    state.update(cut=len(data) // 2, seen=[])
    taken("where it breaks off, it goes on", "w3", "new", take("w3", f"{url}/index.tar"))
    same("by range", state["seen"], [None, f"bytes={len(data) // 2}-"])
    refused("not there", "w4", take("w4", f"{url}/none"), "404")
    refused("offline", "w4", take("w4", f"{url}/index.tar", "--offline"), "--offline", rc=2)
    refused("plain http from elsewhere", "w4", take("w4", "http://mirror.invalid/index.tar"), "plain http", rc=2)
    web.shutdown()


def real_registry():
    if not shutil.which("docker-registry"):
        skip("docker-registry takes it and gives it", "there is no docker-registry")
        return
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with open(path("reg.yml"), "w", encoding="utf-8") as f:
        f.write(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {path('storage')}}}}}\n"
                f"http: {{addr: '127.0.0.1:{port}'}}\n")
    with open(path("reg.log"), "wb") as log, subprocess.Popen(
            ["docker-registry", "serve", path("reg.yml")], stdin=subprocess.DEVNULL, stdout=log, stderr=log) as p:
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        ref = f"registry:127.0.0.1:{port}/assay/index:1"
        r = export(OLD, ref)
        ok("docker-registry takes it", r.rc == 0, r)
        taken("and gives it", "d1", "old", take("d1", ref))
        r = export(NEW, ref)
        taken("then the next", "d1", "new", take("d1", ref))
        p.terminate()


def diff():
    report = path("report.json")
    with open(report, "w", encoding="utf-8") as f:
        json.dump({"schema": "assay.report/v1", "tool": {"name": "assay", "version": "0.1.0"}, "image": {"reference": "shop", "layers": []}, "lineage": [],
                   "os": {"id": "debian", "version": "12"}, "findings": [], "coverage": [],
                   "packages": [{"purl": "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12",
                                 "type": "deb", "name": "zlib1g", "version": "1:1.2.13.dfsg-1", "arch": "amd64",
                                 "source": {"name": "zlib", "version": "1:1.2.13.dfsg-1"}, "layer": 0}]}, f)
    r = assay("db", "diff", report, "--db", NEW)
    ok("diff: what the report does not have", r.rc == 0 and r.out.startswith("added\tCVE-2024-0002\tlow\tpkg:deb/debian/zlib1g"), r)
    r = assay("db", "diff", report, "--db", NEW, "--old", OLD)
    same("diff: between two indexes", [line.split("\t")[:2] for line in r.out.splitlines()],
         [["gone", "CVE-2024-0001"], ["added", "CVE-2024-0002"]])
    r = assay("db", "diff", report, "--db", NEW, "--old", NEW)
    ok("diff: of the same", r.rc == 0 and not r.out and "0 added" in r.err, r)
    bom = path("bom.cdx.json")
    with open(bom, "w", encoding="utf-8") as f:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [
            {"type": "operating-system", "name": "debian", "version": "12"},
            {"type": "library", "name": "zlib1g", "version": "1:1.2.13.dfsg-1",
             "purl": "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12&upstream=zlib"}]}, f)
    r = assay("db", "diff", "sbom:" + bom, "--db", NEW, "--old", OLD)
    same("diff: of an SBOM", [line.split("\t")[:2] for line in r.out.splitlines()],
         [["gone", "CVE-2024-0001"], ["added", "CVE-2024-0002"]])
    r = assay("db", "diff", "sbom:" + bom, "--db", NEW)
    ok("diff: of an SBOM alone", r.rc == 2 and "--old" in r.err, r)
    r = assay("db", "diff", path("none.json"), "--db", NEW)
    ok("diff: no report", r.rc == 3 and "none.json" in r.err, r)


for part in (files, ages, registry, server, real_registry, diff):
    part()
sys.exit(done())
