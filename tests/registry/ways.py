#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""ways - the way to a registry: proxies as the environment names them, tunnels through them, certificates; and that each
error on the way says what to do next."""
import http.server
import json
import os
import select
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from authority import Authority  # noqa: E402
from regfault import Registry  # noqa: E402
from tap import TMP, assay, done, ok, same, skip  # noqa: E402

os.environ["ASSAY_FETCH_WAIT_MS"] = "5"  # of tries again
SECRET = "kanarien-vogel-7291"
BLOBS, INDEX = im.oci_blobs([im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1")])), im.tar_of([("a", os.urandom(20000))])])
NAME = "registry.test"  # which no machine knows: only a proxy finds it


class ProxyHandler(http.server.BaseHTTPRequestHandler):
    """Tunnels of CONNECT, and requests with a whole address, to where the proxy is told that NAME is."""

    def log_message(self, *args):
        pass

    def do_CONNECT(self):
        proxy = self.server.proxy
        proxy.seen.append((self.command, self.path, dict(self.headers)))
        if proxy.status:
            self.send_response(proxy.status, "no")
            self.send_header("Proxy-Authenticate", 'Basic realm="office"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.command != "CONNECT":
            self.pass_on()
            return
        with socket.create_connection(proxy.to) as there:
            self.wfile.write(b"HTTP/1.1 200 open\r\n\r\n")
            self.pump(there)
        self.close_connection = True

    do_GET = do_CONNECT

    def pass_on(self):
        with socket.create_connection(self.server.proxy.to) as there:
            path = "/" + self.path.split("/", 3)[3]
            lines = [f"GET {path} HTTP/1.1", "Connection: close"]
            lines += [f"{k}: {v}" for k, v in self.headers.items() if k.lower() not in ("connection", "proxy-connection")]
            there.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
            self.pump(there)
        self.close_connection = True

    def pump(self, there):
        pair = [self.connection, there]
        try:
            while True:
                for s in select.select(pair, [], [], 10)[0]:
                    data = s.recv(65536)
                    if not data:
                        return
                    pair[s is self.connection].sendall(data)
        except OSError:
            pass


class Proxy:
    def __init__(self):
        self.seen, self.status, self.to = [], 0, None
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ProxyHandler)
        self.server.daemon_threads = True
        self.server.proxy = self
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self, to, status=0):
        self.seen.clear()
        self.to, self.status = ("127.0.0.1", int(to.host.rpartition(":")[2])), status


def scan(ref, *args, env=None, stdin=b""):
    r = assay("scan", "-f", "json", "--no-cache", "--timeout", "3s", "--no-evidence", *args, ref, stdin=stdin,
              env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP, **(env or {})})
    ok("no password in what is said", SECRET not in r.err + r.out, r)
    return r


def plain(r):
    if not r.raw:
        return str(r)
    doc = json.loads(r.raw)
    doc["image"]["reference"] = None
    return {**doc, "coverage": [c for c in doc["coverage"] if c["code"] != "image.source"]}


def refused(name, r, *words):
    ok(f"{name}: exit 3, and says {words[-1]}", r.rc == 3 and not r.out and all(w in r.err for w in words), r)


plainly = Registry(BLOBS, INDEX)
want = plain(scan(plainly.ref()))
proxy = Proxy()
url = f"http://me:{SECRET}@{proxy.host}"
ref, ref_to = f"{NAME}/team/app:1", (NAME, f"http://{NAME}/v2/")


def by_http():
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        proxy.reset(plainly)
        same(f"{variable}: the right report", plain(scan(ref, "--insecure", env={variable: url})), want)
        ok(f"{variable}: the proxy was asked, by name and with its password", any(
            c == "GET" and p.startswith(ref_to[1]) and "Proxy-Authorization" in h for c, p, h in proxy.seen), proxy.seen)
    proxy.reset(plainly)
    r = scan(ref, "--insecure", env={"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": url})
    same("http_proxy counts before HTTP_PROXY", plain(r), want)
    for text in (NAME, "other.test,.test", "*"):
        for variable in ("no_proxy", "NO_PROXY"):
            proxy.reset(plainly)
            r = scan(ref, "--insecure", env={"HTTP_PROXY": url, "HTTPS_PROXY": url, variable: text})
            refused(f"{variable}={text}", r, "no such host", "no network")
            same(f"{variable}={text}: the proxy is not asked", proxy.seen, [])
    proxy.reset(plainly)
    same("loopback is never behind a proxy", plain(scan(plainly.ref(), env={"HTTP_PROXY": url, "HTTPS_PROXY": url, "ALL_PROXY": url})),
         want)
    same("nor is the proxy asked for it", proxy.seen, [])
    # a proxy that the environment names for https is none for http
    proxy.reset(plainly)
    refused("HTTPS_PROXY is for https", scan(ref, "--insecure", env={"HTTPS_PROXY": f"http://{proxy.host}", "NO_PROXY": ""}), "HTTPS_PROXY")


def by_tls():
    ca = Authority("ca")
    reg = Registry(BLOBS, INDEX, tls=ca.server("one", f"DNS:{NAME},IP:127.0.0.1"))
    for variable in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        proxy.reset(reg)
        same(f"{variable}: through a tunnel", plain(scan(ref, "--cacert", ca.pem, env={variable: url})), want)
        ok(f"{variable}: all of it", proxy.seen and all(c == "CONNECT" and p == f"{NAME}:443" for c, p, _ in proxy.seen), proxy.seen)
    ok("what is said to the proxy is not said to the registry", not any("Proxy-Authorization" in h for _, h in reg.seen), reg.seen)
    basic = "Basic bWU6" + "eA=="
    reg.auth = (basic, 'Basic realm="x"')
    proxy.reset(reg)
    r = scan(ref, "--cacert", ca.pem, "--username", "me", "--password-stdin", stdin=b"x", env={"HTTPS_PROXY": f"http://{proxy.host}"})
    ok("credentials of the registry go through", r.rc == 0, r)
    ok("... and the proxy is not shown them", not any("Authorization" in h for _, _, h in proxy.seen), proxy.seen)
    reg.auth = None
    for status, words in ((407, ("who asks", "USER:PASSWORD")), (403, ("lets nobody through", NAME, "NO_PROXY")),
                          (502, ("given up", "502"))):
        proxy.reset(reg, status)
        refused(f"a proxy that says {status}", scan(ref, env={"HTTPS_PROXY": url}), *words)
        same(f"... is asked {4 if status == 502 else 1} times", len(proxy.seen), 4 if status == 502 else 1)
    proxy.reset(plainly, 407)
    refused("a proxy for http that says 407", scan(ref, "--insecure", env={"HTTP_PROXY": url}), "407", "USER:PASSWORD")
    refused("a proxy that is not there", scan(ref, env={"HTTPS_PROXY": f"http://me:{SECRET}@127.0.0.1:1"}), "proxy of the environment",
            "HTTPS_PROXY")
    refused("a proxy that nobody knows", scan(ref, env={"HTTPS_PROXY": f"http://me:{SECRET}@proxy.test:3128"}), "proxy.test", "HTTPS_PROXY")

    # certificates
    refused("an authority that nobody knows", scan(reg.ref(), "--timeout", "3s"), "cannot be trusted", "--cacert")
    other = Registry(BLOBS, INDEX, tls=ca.server("other", "DNS:other.test"))
    refused("a certificate for another name", scan(other.ref(), "--cacert", ca.pem), "another name")
    old = Registry(BLOBS, INDEX, tls=ca.server("old", "IP:127.0.0.1", days=-1))
    refused("a certificate that has ended", scan(old.ref(), "--cacert", ca.pem), "clock")
    for one in (reg, other, old):
        one.close()


def words():
    """Each error says what to do next."""
    refused("a name that nobody knows", scan(ref), NAME, "HTTPS_PROXY")
    refused("nobody listens", scan("127.0.0.1:1/a/b:1"), "nobody listens", "port")
    refused("a wrong tag", scan(plainly.ref("99")), "does not have it", "is the name right", "docker login")
    for status, known, unknown in ((401, "not accepted", "--username"), (403, "no right", "--username"), (429, "mirror", "--username")):
        challenge = [("WWW-Authenticate", 'Basic realm="x"')]
        plainly.fault = lambda h, s=status: h.answer(s, challenge, b"{}") or True
        refused(f"{status} without credentials", scan(plainly.ref()), unknown)
        plainly.fault = lambda h, s=status: h.answer(s if "Authorization" in h.headers else 401, challenge, b"{}") or True
        refused(f"{status} with credentials", scan(plainly.ref(), "--username", "me", "--password-stdin", stdin=SECRET.encode()), known)
    plainly.fault = lambda h: h.answer(500, [], b"{}") or True
    refused("500 for ever", scan(plainly.ref()), "500", "its log")
    plainly.fault = None
    quiet = socket.socket()
    quiet.bind(("127.0.0.1", 0))
    refused("a port without anybody", scan(f"127.0.0.1:{quiet.getsockname()[1]}/a:1"), "nobody listens", "port")


by_http()
if subprocess.run(["sh", "-c", "command -v openssl"], stdout=subprocess.DEVNULL, check=False).returncode:
    skip("by TLS", "there is no openssl")
else:
    by_tls()
words()
sys.exit(done())
