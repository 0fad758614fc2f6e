# SPDX-License-Identifier: Apache-2.0
"""regfault - a registry of one image that can be told to lie, and a token server.

    reg = Registry(blobs, index)        # of image.oci_blobs
    reg.fault = lambda h: ...           # called with each request's handler; True: it has answered
    reg.cut = 1234                      # the connection breaks once, after that many bytes sent
    reg.host, reg.seen, reg.close()
"""
import base64
import http.server
import json
import re
import ssl
import threading
import urllib.parse

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def setup(self):
        super().setup()
        self.connection.settimeout(30)

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass
        except ValueError:  # a closed file: the connection was cut
            pass

    def put(self, data):
        """Sends, and cuts the connection where the test says."""
        reg = self.server.reg
        if reg.cut is not None:
            with reg.lock:
                left = reg.cut - reg.sent
                reg.sent += min(len(data), max(left, 0))
            if left < len(data):
                self.connection.sendall(data[:max(left, 0)])
                reg.cut, reg.cuts = None, reg.cuts + 1
                self.hang_up()
        self.connection.sendall(data)

    def hang_up(self):
        self.close_connection = True
        self.connection.close()
        raise OSError("cut")

    def answer(self, status, headers=(), body=b"", length=True):
        lines = [f"HTTP/1.1 {status} x"] + [f"{k}: {v}" for k, v in headers]
        if length:
            lines.append(f"Content-Length: {len(body)}")
        self.put("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def do_GET(self):
        reg = self.server.reg
        reg.seen.append((self.path, dict(self.headers)))
        if reg.fault and reg.fault(self):
            return
        reg.serve(self)

    do_POST = do_GET


class Registry:
    def __init__(self, blobs, index=None, name="team/app", tls=None):
        self.blobs, self.name = dict(blobs), name
        self.root = index["manifests"][0]["digest"] if index else None
        self.fault, self.cut, self.cuts, self.sent, self.seen = None, None, 0, 0, []
        self.tags = {}  # further ones: tag -> digest
        self.referrers = None  # digest -> descriptors, in pages of page_size; None: no such API
        self.page_size = 50
        self.auth = None  # (kind, value that Authorization must have, header of the challenge)
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.reg = self
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def reset(self):
        self.fault, self.cut, self.cuts, self.sent, self.seen, self.auth = None, None, 0, 0, [], None

    def ref(self, tag="1"):
        return f"{self.host}/{self.name}:{tag}"

    def find(self, path):
        """(bytes, is a manifest) behind a path, or None."""
        m = re.fullmatch(rf"/v2/{self.name}/(manifests|blobs)/(.+)", path)
        if not m:
            return None
        digest = self.root if m[1] == "manifests" and m[2] == "1" else self.tags.get(m[2], m[2])
        return (self.blobs[digest], m[1] == "manifests") if digest in self.blobs else None

    def serve(self, h):
        if self.auth and h.headers.get("Authorization") != self.auth[0]:
            return h.answer(401, [("WWW-Authenticate", self.auth[1])], b"{}")
        if h.path == "/v2/":
            return h.answer(200, [], b"{}")
        m = re.fullmatch(rf"/v2/{self.name}/referrers/([^?]+)(?:\?from=(\d+))?", h.path)
        if m and self.referrers is not None:
            at, all_of = int(m[2] or 0), self.referrers.get(m[1], [])
            more = [("Link", f"<{h.path.split('?')[0]}?from={at + self.page_size}>; rel=\"next\"")]
            doc = {"schemaVersion": 2, "mediaType": INDEX, "manifests": all_of[at:at + self.page_size]}
            return h.answer(200, [("Content-Type", INDEX)] + (more if at + self.page_size < len(all_of) else []),
                            json.dumps(doc).encode())
        found = self.find(h.path)
        if not found:
            return h.answer(404, [], b'{"errors":[{"code":"NAME_UNKNOWN","message":"no"}]}')
        data, is_manifest = found
        if is_manifest:
            doc = json.loads(data)
            return h.answer(200, [("Content-Type", doc.get("mediaType", MANIFEST))], data)
        m = re.fullmatch(r"bytes=(\d+)-", h.headers.get("Range", ""))
        if m:
            at = int(m[1])
            return h.answer(206, [("Content-Range", f"bytes {at}-{len(data) - 1}/{len(data)}")], data[at:])
        h.answer(200, [], data)


class TokenServer(Registry):
    """Gives tokens t1, t2, ... to whom it knows; .granted says which."""

    def __init__(self, user=None, password=None):
        super().__init__({})
        self.user, self.password, self.granted, self.asked = user, password, 0, []

    def serve(self, h):
        want = None
        if self.user:
            want = "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if want and h.headers.get("Authorization") != want:
            return h.answer(401, [], b'{"errors":[{"code":"UNAUTHORIZED"}]}')
        self.asked.append(urllib.parse.parse_qs(urllib.parse.urlsplit(h.path).query))
        self.granted += 1
        h.answer(200, [], json.dumps({"token": f"t{self.granted}", "expires_in": 60}).encode())

    def challenge(self):
        return f'Bearer realm="http://{self.host}/token",service="reg",scope="repository:team/app:pull"'
