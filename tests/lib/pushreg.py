# SPDX-License-Identifier: Apache-2.0
"""pushreg - a registry in memory that takes what is pushed, lists page by page, and can be told to lie.

    reg = PushRegistry()
    reg.manifests[("team/app", "1")], reg.blobs["sha256:..."], reg.tags
    reg.fault = lambda h: ...   # called with each request's handler; True: it has answered
    reg.page = 2                # names per page of a list
    reg.served                  # {digest: how often a blob was given}
    reg.auth = ("Basic ...", 'Basic realm="x"')
"""
import collections
import hashlib
import http.server
import json
import re
import threading
import urllib.parse


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, headers=(), body=b""):
        lines = [f"HTTP/1.1 {status} x"] + [f"{k}: {v}" for k, v in headers] + [f"Content-Length: {len(body)}"]
        data = "\r\n".join(lines).encode() + b"\r\n\r\n"
        self.wfile.write(data if self.command == "HEAD" else data + body)
        return True

    def serve(self):
        reg = self.server.reg
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        with reg.lock:
            reg.seen.append((self.command, self.path))
        if reg.fault and reg.fault(self):
            return
        if reg.auth and self.headers.get("Authorization") != reg.auth[0]:
            self.answer(401, [("WWW-Authenticate", reg.auth[1])], b"{}")
            return
        reg.route(self, url.path)

    do_GET = do_HEAD = do_PUT = do_POST = serve


class PushRegistry:
    def __init__(self):
        self.blobs, self.manifests, self.seen = {}, {}, []
        self.fault, self.auth, self.page = None, None, 100
        self.served = collections.Counter()
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.reg = self
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def put_image(self, name, blobs, index, tag):
        """An image of image.oci_blobs under a tag."""
        root = index["manifests"][0]["digest"]
        self.blobs.update(blobs)
        for which in (root, tag):
            self.manifests[(name, which)] = blobs[root]

    def listed(self, h, path, key, names):
        """A page of names, and where the next one is."""
        names = [n for n in sorted(names) if n > h.query.get("last", "")]
        page = names[:self.page]
        more = [("Link", f'<{path}?n={self.page}&last={page[-1]}>; rel="next"')] if len(names) > len(page) else []
        h.answer(200, more, json.dumps({key: page}).encode())

    def route(self, h, path):
        if path == "/v2/":
            return h.answer(200, [], b"{}")
        if path == "/v2/_catalog":
            return self.listed(h, path, "repositories", {n for n, _ in self.manifests})
        m = re.fullmatch(r"/v2/(.+)/tags/list", path)
        if m:
            tags = {t for n, t in self.manifests if n == m[1] and not t.startswith("sha256:")}
            return self.listed(h, path, "tags", tags) if tags else h.answer(404, [], b"{}")
        m = re.fullmatch(r"/v2/(.+)/(manifests|blobs)/(uploads/\w*|[^/]+)", path)
        return self.document(h, *m.groups()) if m else h.answer(404, [], b"{}")

    def document(self, h, name, kind, which):
        if h.command == "POST" and which == "uploads/":
            return h.answer(202, [("Location", f"/v2/{name}/blobs/uploads/u1?state=x")])
        if h.command == "PUT" and kind == "blobs":
            if digest(h.body) != h.query.get("digest"):
                return h.answer(400, [], b'{"errors":[{"code":"DIGEST_INVALID","message":"no"}]}')
            self.blobs[digest(h.body)] = h.body
            return h.answer(201, [])
        if h.command == "PUT":
            self.manifests[(name, which)] = self.manifests[(name, digest(h.body))] = h.body
            return h.answer(201, [])
        data = self.manifests.get((name, which)) if kind == "manifests" else self.blobs.get(which)
        if data is None:
            return h.answer(404, [], b'{"errors":[{"code":"NOT_FOUND","message":"no"}]}')
        if kind == "manifests":
            return h.answer(200, [("Content-Type", json.loads(data).get("mediaType", "x/y"))], data)
        if h.command == "GET":
            with self.lock:
                self.served[which] += 1
        return h.answer(200, [], data)
