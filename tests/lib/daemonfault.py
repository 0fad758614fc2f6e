# SPDX-License-Identifier: Apache-2.0
"""daemonfault - a container daemon of one image on a unix socket, which can be told to lie.

    d = Daemon(path, archive, "sha256:...", ["app:1"])
    d.fault = lambda h: ...     # called with each request's handler; True: it has answered
    d.cut = 1234                # the next archive breaks off after that many bytes
"""
import http.server
import json
import os
import socketserver
import ssl
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def address_string(self):
        return "unix"

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, data, cut=None):
        """In chunks, as daemons do; broken off after `cut` bytes."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        end = len(data) if cut is None else cut
        for at in range(0, end, 32768):
            piece = data[at:min(at + 32768, end)]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if cut is None:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    def do_GET(self):
        d = self.server.d
        d.seen.append(self.path)
        try:
            if d.fault and d.fault(self):
                return
            name, _, what = self.path.removeprefix("/images/").rpartition("/")
            if name not in [d.id, d.id.removeprefix("sha256:"), *d.names]:
                self.answer(404, json.dumps({"message": "No such image: " + name}).encode())
            elif what == "json":
                self.answer(200, json.dumps({"Id": d.id, "RepoTags": d.names, "RepoDigests": d.digests, "Os": "linux",
                                             "Architecture": d.arch}).encode())
            else:
                cut, d.cut = d.cut, None
                self.stream(d.archive, cut)
        except OSError:
            self.close_connection = True


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class Daemon:
    """tls: (certificate, key, authority of clients) of one that listens on loopback in place of the socket."""

    def __init__(self, path, archive, image_id, names, arch="amd64", digests=(), tls=None):
        self.path, self.archive, self.id, self.names, self.arch = path, archive, image_id, names, arch
        self.digests, self.fault, self.cut, self.seen = list(digests), None, None, []
        if tls:
            self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls[:2])
            context.load_verify_locations(tls[2])
            context.verify_mode = ssl.CERT_REQUIRED
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        else:
            if os.path.exists(path):
                os.unlink(path)
            self.server = Server(path, Handler)
        self.server.d = self
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.address = f"tcp://127.0.0.1:{self.server.server_address[1]}" if tls else "unix://" + path

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        if self.address.startswith("unix:"):
            os.unlink(self.path)
