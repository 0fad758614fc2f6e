#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""update - `db update` against a loopback server: what changed is fetched, what fails is named and
keeps its old data."""
import hashlib
import http.server
import io
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from limits import limit  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same, skip  # noqa: E402

FETCH_DOC_MAX = 2 << 30  # src/base/limits.h
FETCH_PARALLEL_MAX = 4
FETCH_TRIES_MAX = 4
FETCH_REDIRECTS_MAX = 5
FETCH_WAIT_MAX = 300
FETCH_TAG_MAX = 1024
os.environ["ASSAY_FETCH_WAIT_MS"] = "50"  # of tries again


def tracker(package, cve):
    return json.dumps({package: {cve: {"releases": {"bookworm": {
        "status": "resolved", "repositories": {"bookworm": "1.0-1"}, "fixed_version": "1.0-2",
        "urgency": "medium"}}}}}).encode()


def secdb(release, package, cve):
    return json.dumps({"distroversion": release, "reponame": "main", "packages": [
        {"pkg": {"name": package, "secfixes": {"1.2-r3": [cve]}}}]}).encode()


def almalinux(cve):
    record = {"id": "ALSA-2024:0001", "modified": "2024-01-02T00:00:00Z", "published": "2024-01-01T00:00:00Z",
              "schema_version": "1.7.0", "summary": "x", "related": [cve], "affected": [
                  {"package": {"ecosystem": "AlmaLinux:8", "name": "bash"},
                   "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "4.4.20-5.el8"}]}]}]}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("ALSA-2024:0001.json", json.dumps(record))
    return out.getvalue()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, cert=None, key=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        if cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
            self.scheme = "https"
        self.docs, self.how, self.log, self.now, self.most = {}, {}, [], 0, 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return f"{self.scheme}://127.0.0.1:{self.server_port}{path}"

    def requests(self, path):
        return [r for r in self.log if r["path"] == path]

    def handle_error(self, request, client_address):
        pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass
        if length is not None and length != len(body):
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def do_GET(self):
        path = self.path
        with self.server.lock:
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
            self.server.log.append({"path": path, "headers": dict(self.headers), "at": time.monotonic(), "port": self.client_address[1]})
            count = len(self.server.requests(path))
        try:
            self.serve(path, count)
        finally:
            with self.server.lock:
                self.server.now -= 1

    def serve(self, path, count):
        how = self.server.how.get(path)
        if how:
            return how(self, count)
        body = self.server.docs.get(path)
        if body is None:
            return self.answer(404, b"no such document")
        tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        if self.headers.get("If-None-Match") == tag:
            return self.answer(304, ETag=tag)
        return self.answer(200, body, ETag=tag, Last_Modified="Fri, 20 Nov 2026 10:00:00 GMT")


def drip(handler, count):
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.2)
    except OSError:
        pass


def always(status, body=b"", length=None, **headers):
    return lambda handler, count: handler.answer(status, body, length, **headers)


def until(n, first, path):
    """The first n requests are answered by first, the others as usual."""
    def how(handler, count):
        if count <= n:
            return first(handler, count)
        del handler.server.how[path]
        return handler.serve(path, count)
    return how


srv = None
db = os.path.join(TMP, "db")


def update(urls, *args, env=None):
    path = os.path.join(TMP, "urls.yaml")
    with open(path, "w", encoding="utf-8") as f:
        for feed, where in urls.items():
            f.write(f"{feed}:\n" + "".join(f"  - {w}\n" for w in ([where] if isinstance(where, str) else where)))
    srv.log.clear()
    names = [a for a in args if not a.startswith("-")] or list(urls)
    return assay("db", "update", *names, "--feed-urls", path, "--db", db, *[a for a in args if a.startswith("-")],
                 env=env)


def knows(word):
    """What the index says of a package or CVE."""
    return assay("db", "search", word, "--db", db).out


def index_bytes():
    with open(os.path.join(db, "index.mdb"), "rb") as f:
        return f.read()


def only_what_changed():
    urls = {"debian-tracker": srv.url("/tracker/data/json"),
            "alpine-secdb": [srv.url("/v3.18/main.json"), srv.url("/v3.19/main.json")]}
    srv.docs["/tracker/data/json"] = tracker("zlib", "CVE-2024-1001")
    srv.docs["/v3.18/main.json"] = secdb("v3.18", "musl", "CVE-2024-2001")
    srv.docs["/v3.19/main.json"] = secdb("v3.19", "musl", "CVE-2024-2002")
    run = update(urls)
    ok("the first update fetches all", run.rc == 0 and "2 feeds updated" in run.err and "3 documents" in run.err, run)
    ok("... into one index", "debian:12" in knows("zlib") and "alpine:3.18" in knows("musl")
       and "alpine:3.19" in knows("musl"), knows("musl"))
    before = index_bytes()
    run = update(urls)
    ok("what has not changed is not fetched again", run.rc == 0 and "2 unchanged" in run.err and "0 documents" in run.err, run)
    ok("... the server was asked so", len(srv.log) == 3 and all("If-None-Match" in r["headers"] for r in srv.log), srv.log)
    ok("... and the index stays the same file", index_bytes() == before)
    srv.docs["/v3.19/main.json"] = secdb("v3.19", "zlib", "CVE-2024-2003")
    run = update(urls)
    ok("of a feed in parts only the part that changed is fetched",
       run.rc == 0 and "1 feeds updated, 1 unchanged" in run.err and "1 documents" in run.err, run)
    ok("... and the whole feed is built anew", "alpine:3.18" in knows("CVE-2024-2001") and "alpine:3.19" in knows("CVE-2024-2003")
       and not knows("CVE-2024-2002"), knows("zlib"))
    ok("... beside the others", "debian:12" in knows("CVE-2024-1001"))
    os.unlink(os.path.join(db, "index.mdb"))
    run = update(urls)
    ok("without its index all is imported again", run.rc == 0 and "2 feeds updated" in run.err
       and "debian:12" in knows("zlib") and "alpine:3.18" in knows("musl"), run)
    run = update(urls, "debian-tracker")
    ok("a feed that is named is fetched alone", run.rc == 0 and {r["path"] for r in srv.log} == {"/tracker/data/json"}, run)
    return urls


def patience():
    path = "/tracker/data/json"
    urls = {"debian-tracker": srv.url(path)}
    srv.docs[path] = tracker("zlib", "CVE-2024-1002")
    srv.how[path] = until(1, always(429, b"slow down", Retry_After="2"), path)
    run = update(urls)
    times = [r["at"] for r in srv.log]
    ok("429 is waited for as Retry-After says", run.rc == 0 and len(times) == 2 and times[1] - times[0] >= 1.9, (run, times))
    srv.docs[path] = tracker("zlib", "CVE-2024-1003")
    srv.how[path] = until(1, always(503, b"x" * 10), path)
    run = update(urls)
    ok("503 is tried again", run.rc == 0 and "CVE-2024-1003" in knows("zlib"), run)
    srv.docs[path] = tracker("zlib", "CVE-2024-1004")
    srv.how[path] = until(1, always(200, srv.docs[path][:20], len(srv.docs[path])), path)
    run = update(urls)
    ok("a connection that was cut is tried again", run.rc == 0 and "CVE-2024-1004" in knows("zlib"), run)


def faults():
    """Each of them in one call: they are named, and the feed beside them is updated."""
    bad = {
        "osv-alpaquita": ("/503", always(503, b"x"), "503"),
        "osv-echo": ("/cut", always(200, b"{", 1000), "tried 4 times"),
        "osv-mageia": ("/loop", lambda h, c: h.answer(302, Location="/loop"), "redirected too often"),
        "osv-minimos": ("/file", always(302, Location="file:///etc/passwd"), "not follow"),
        "osv-openeuler": ("/slow", drip, "tried 4 times"),
        "osv-rocky": ("/missing", always(404, b"nothing here"), "404"),
        "debian-dsa": ("/large", always(200, b"x" * 100, FETCH_DOC_MAX + 1), "longer than"),
        "debian-dla": ("/wait", always(429, b"", Retry_After=str(FETCH_WAIT_MAX + 1)), "asks to wait"),
        "ubuntu-osv": ("/garbage", always(200, b"<html>It works!</html>"), "no document"),
    }
    srv.docs["/tracker/data/json"] = tracker("zlib", "CVE-2024-1005")
    srv.docs["/long-tag"] = almalinux("CVE-2024-5001")
    srv.how["/long-tag"] = always(200, srv.docs["/long-tag"], ETag='"' + "t" * FETCH_TAG_MAX + '"')
    urls = {"debian-tracker": srv.url("/tracker/data/json"), "osv-almalinux": srv.url("/long-tag")}
    for feed, (path, how, _) in bad.items():
        srv.how[path] = how
        urls[feed] = srv.url(path)
    srv.most = 0
    began = time.monotonic()
    run = update(urls, "--timeout=1s")
    ok("faults give exit 3", run.rc == 3, run)
    for feed, (path, _, word) in bad.items():
        line = next((s for s in run.err.splitlines() if feed in s), "")
        ok(f"{path[1:]}: the feed is named, and why ({word})", word in line, run)
    ok("the feed beside them is updated", "CVE-2024-1005" in knows("zlib"), knows("zlib"))
    ok("... and one with an ETag too long to keep", "CVE-2024-5001" in knows("bash"), knows("bash"))
    ok(f"a document is asked for {FETCH_TRIES_MAX} times at most",
       all(len(srv.requests(p)) == FETCH_TRIES_MAX for p in ("/503", "/cut", "/slow")),
       [(p, len(srv.requests(p))) for p in ("/503", "/cut", "/slow")])
    same("redirects are followed so often", len(srv.requests("/loop")), FETCH_REDIRECTS_MAX + 1)
    same("what is not worth another try is asked for once",
         [len(srv.requests(p)) for p in ("/missing", "/large", "/wait", "/file")], [1, 1, 1, 1])
    ok(f"at most {FETCH_PARALLEL_MAX} at once", 1 < srv.most <= FETCH_PARALLEL_MAX + 3, srv.most)
    ok("a server that drips does not hold the others up for ever", time.monotonic() - began < 60)
    run = update({"osv-almalinux": srv.url("/long-tag")})
    ok("... which then is fetched again", "1 documents" in run.err and "If-None-Match" not in srv.log[0]["headers"], run)


def old_data_stays():
    path = "/almalinux/all.zip"
    good = almalinux("CVE-2024-3001")
    urls = {"osv-almalinux": srv.url(path)}
    srv.docs[path] = good
    run = update(urls)
    ok("a zip of records is imported", run.rc == 0 and "almalinux:8" in knows("CVE-2024-3001"), run)
    for name, body in (("cut short", good[:-30]), ("garbage", b"\0" * 5000), ("empty", b""), ("of another feed", tracker("zlib", "CVE-1"))):
        srv.docs[path] = body
        run = update(urls)
        ok(f"{name}: exit 3, the feed is named", run.rc == 3 and "osv-almalinux" in run.err, run)
        ok(f"{name}: the old data stays", "almalinux:8" in knows("CVE-2024-3001"), knows("bash"))
    srv.docs[path] = almalinux("CVE-2024-3002")
    run = update(urls)
    ok("the next right one replaces it", run.rc == 0 and "CVE-2024-3002" in knows("bash") and "CVE-2024-3001" not in knows("bash"), run)
    parts = {"alpine-secdb": [srv.url("/v3.18/main.json"), srv.url("/v3.19/main.json")]}
    srv.docs["/v3.18/main.json"] = secdb("v3.18", "musl", "CVE-2024-2010")
    srv.docs["/v3.19/main.json"] = b"{"
    run = update(parts)
    ok("one part that is garbage holds back the feed", run.rc == 3 and "CVE-2024-2010" not in knows("musl"), run)
    srv.docs["/v3.19/main.json"] = secdb("v3.19", "musl", "CVE-2024-2011")
    run = update(parts)
    ok("... until it is right", run.rc == 0 and "CVE-2024-2010" in knows("musl") and "CVE-2024-2011" in knows("musl"), run)
    srv.docs["/v3.18/main.json"] = secdb("v3.18", "musl", "CVE-2024-2012")
    del srv.docs["/v3.19/main.json"]
    run = update(parts)
    ok("of a part that is gone its old copy counts, and exit 3 says so", run.rc == 3, run)
    left = [f for f in os.listdir(db) if f not in ("index.mdb", "index.mdb.checked", "update.json", "fetched")
            and not f.endswith(".lock")]
    same("nothing half-written is left", left, [])


def addresses():
    srv.docs["/p/archive_latest.txt"] = b"tracker-2026.json\n"
    srv.docs["/p/tracker-2026.json"] = tracker("zlib", "CVE-2024-1006")
    run = update({"debian-tracker": srv.url("/p/archive_latest.txt")})
    ok("a document that names another is followed", run.rc == 0 and "CVE-2024-1006" in knows("zlib"), run)
    run = update({"debian-tracker": srv.url("/p/archive_latest.txt")})
    ok("... and the other is not fetched again", run.rc == 0 and "1 unchanged" in run.err, run)
    srv.docs["/p/archive_latest.txt"] = b"../../etc/x\n"
    run = update({"debian-tracker": srv.url("/p/archive_latest.txt")})
    ok("... unless it names something elsewhere", run.rc == 3 and "names no document" in run.err, run)
    srv.how["/moved"] = always(301, Location="/tracker/data/json")
    srv.docs["/tracker/data/json"] = tracker("zlib", "CVE-2024-1007")
    run = update({"debian-tracker": srv.url("/moved")})
    ok("a redirect is followed", run.rc == 0 and "CVE-2024-1007" in knows("zlib"), run)
    srv.how["/auth"] = lambda h, c: h.answer(503 if "Authorization" in h.headers else 401)
    run = update({"debian-tracker": f"http://someone:sesame77@127.0.0.1:{srv.server_port}/auth"}, "--debug")
    said = run.err + run.out + open(os.path.join(db, "update.json"), encoding="utf-8").read()
    ok("credentials of an address are used", "503" in run.err, run)
    ok("... and never said or kept", "sesame77" not in said and "someone" not in said, said)
    for name, urls, word in (("ftp", {"debian-tracker": "ftp://127.0.0.1/x"}, "http"), ("file", {"debian-tracker": "file:///etc/passwd"}, "http"),
                             ("an unknown feed", {"debian-trakcer": srv.url("/x")}, "debian-tracker")):
        run = update(urls)
        ok(f"{name}: is refused with exit 2", run.rc == 2 and word in run.err, run)
    run = assay("db", "update", "no-such-feed", "--db", db)
    ok("a feed that is not there: exit 2", run.rc == 2 and "no-such-feed" in run.err, run)


def proxies():
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    dead = f"http://127.0.0.1:{free.getsockname()[1]}"
    free.close()
    urls = {"debian-tracker": srv.url("/tracker/data/json")}
    run = update(urls, env={"http_proxy": dead, "no_proxy": ""})
    ok("a proxy that is not there: exit 3", run.rc == 3 and not srv.log, run)
    run = update(urls, env={"http_proxy": dead, "NO_PROXY": "127.0.0.1"})
    ok("NO_PROXY is honoured", run.rc == 0 and srv.log, run)
    far = {"debian-tracker": "http://advisories.example/tracker.json"}
    srv.docs["http://advisories.example/tracker.json"] = tracker("zlib", "CVE-2024-1008")
    run = update(far, env={"http_proxy": srv.url("")})
    ok("a proxy is asked", run.rc == 0 and "CVE-2024-1008" in knows("zlib"), run)


def certificates():
    if not shutil.which("openssl"):
        skip("https", "openssl is missing")
        return
    cert, key = os.path.join(TMP, "cert.pem"), os.path.join(TMP, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    safe = Server(cert, key)
    safe.docs["/tracker"] = tracker("zlib", "CVE-2024-1009")
    urls = {"debian-tracker": safe.url("/tracker")}
    run = update(urls)
    ok("a certificate that nobody vouches for: exit 3", run.rc == 3 and not safe.log, run)
    run = update(urls, env={"SSL_CERT_FILE": cert})
    ok("SSL_CERT_FILE is honoured", run.rc == 0 and "CVE-2024-1009" in knows("zlib"), run)
    run = update({"debian-tracker": safe.url("/tracker").replace("127.0.0.1", "localhost")}, env={"SSL_CERT_FILE": cert})
    ok("a certificate for another name: exit 3", run.rc == 3, run)
    safe.how["/down"] = always(302, Location=srv.url("/tracker/data/json"))
    run = update({"debian-tracker": safe.url("/down")}, env={"SSL_CERT_FILE": cert})
    ok("a redirect from https to http is not followed", run.rc == 3 and "not follow" in run.err and not srv.log, run)


def bounds():
    """Documents that name others, and refusals, at their bounds and one past them."""
    srv.docs["/h/tracker.json"] = tracker("zlib", "CVE-2024-1020")
    link = lambda to: f'<repomd><data type="updateinfo"><location href="{to}"/></data></repomd>'.encode()
    srv.docs["/h/3/repomd.xml"] = link("tracker.json")
    for i in range(3):  # what they name is beside their folder
        srv.docs[f"/h/{i}/repomd.xml"] = link(f"{i + 1}/repomd.xml")
    for past in (0, 1):
        run = update({"debian-tracker": srv.url(f"/h/{4 - limit('FETCH_HOPS_MAX') - past}/repomd.xml")})
        ok(f"FETCH_HOPS_MAX and {past}", run.rc == (3 if past else 0) and len(srv.requests("/h/tracker.json")) == (not past), (run, srv.log))
        srv.docs["/h/archive_latest.txt"] = b"tracker.json\n".ljust(limit("FETCH_POINTER_MAX") + past)
        run = update({"debian-tracker": srv.url("/h/archive_latest.txt")})
        ok(f"FETCH_POINTER_MAX and {past}", run.rc == (3 if past else 0) and
           (not past or f"longer than {limit('FETCH_POINTER_MAX')} bytes" in run.err), run)
        srv.how["/h/refused"] = until(1, always(503, b"x" * (limit("FETCH_ERROR_MAX") + past)), "/h/refused")
        srv.docs["/h/refused"] = tracker("zlib", "CVE-2024-1021")
        run = update({"debian-tracker": srv.url("/h/refused")})
        ports = {r["port"] for r in srv.requests("/h/refused")}
        ok(f"FETCH_ERROR_MAX and {past}: the connection is {'another' if past else 'the same'}",
           run.rc == 0 and len(srv.requests("/h/refused")) == 2 and len(ports) == 1 + past, (run, ports))


def main():
    global srv
    if not os.path.exists(ASSAY + "-db"):
        skip("db update", "there is no program yet")
        return 0
    srv = Server()
    only_what_changed()
    patience()
    faults()
    old_data_stays()
    addresses()
    proxies()
    certificates()
    bounds()
    return done()


sys.exit(main())
