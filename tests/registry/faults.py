#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 900
"""faults - a registry that lies, breaks off, leads astray: a clear error (exit 3) or the right report, never a wrong
one, and no credentials for anybody else."""
import base64
import bz2
import concurrent.futures
import json
import lzma
import os
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from regfault import MANIFEST, Registry, TokenServer  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same  # noqa: E402

os.environ["ASSAY_FETCH_WAIT_MS"] = "20"  # of tries again
PATIENCE = "10s" if "/san/" in ASSAY else "2s"  # a program with sanitizers is slow by itself
SECRET = "kanarien-vogel-7291"
LAYERS = [im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1")])), im.tar_of([("app/data", os.urandom(30000))])]
BLOBS, INDEX = im.oci_blobs(LAYERS)
ROOT = INDEX["manifests"][0]["digest"]
DOC = json.loads(BLOBS[ROOT])
LAYER = DOC["layers"][1]["digest"]
STEP = int(os.environ.get("CUT_STEP", "1499"))
SECRET_MARK = f"visible.{os.getpid()}.test".encode()  # names our processes
seen_leaks = []


def scan(reg, *args, stdin=b"", env=None, timeout=PATIENCE, ref=None):
    """A scan with a password, which must not be said."""
    r = assay("scan", "-f", "json", "--no-cache", "--debug", "--timeout", timeout, *args, ref or reg.ref(), stdin=stdin,
              env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP, **(env or {})})
    if SECRET in r.out + r.err or "Sanitizer" in r.err:
        seen_leaks.append((args, r.err))
    return r


def signed_in(reg, *args, **how):
    return scan(reg, "--username", "me", "--password-stdin", *args, stdin=SECRET.encode(), **how)


def plain(r):
    if not r.raw:
        return str(r)
    doc = json.loads(r.raw)
    doc["image"]["reference"] = None
    return {**doc, "coverage": [c for c in doc["coverage"] if c["code"] != "image.source"]}


class Place:
    """Two registries of their own, so that parts of this test, which mostly wait, run side by side."""

    def __init__(self):
        self.reg = Registry(BLOBS, INDEX)
        self.other = Registry(BLOBS, INDEX)  # another host, to be led to

    def set(self, fault):
        self.reg.reset()
        self.other.reset()
        self.reg.fault = fault

    def refused(self, name, fault, *words, run=scan, **how):
        """Exit 3, no report, and words that say why."""
        self.set(fault)
        start = time.monotonic()
        r = run(self.reg, **how)
        ok(f"{name}: exit 3 and no report", r.rc == 3 and not r.out and all(w in r.err for w in words), r)
        ok(f"{name}: in time", time.monotonic() - start < (40 if PATIENCE == "2s" else 120))
        return r

    def taken(self, name, fault, run=scan, **how):
        self.set(fault)
        same(f"{name}: the right report", plain(run(self.reg, **how)), GOOD)


GOOD = plain(scan(Place().reg))


def side_by_side(cases):
    """Calls each with a place of its own; what one of them raises is raised."""
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        for one in [pool.submit(case, Place()) for case in cases]:
            one.result()


def on(part, answer):
    """A fault for paths with that in them."""
    def fault(h):
        if part not in h.path:
            return False
        return answer(h) is not False
    return fault


def nth(part, n, answer):
    """Only the n-th time (from 1)."""
    count = [0]

    def one(h):
        count[0] += 1
        return answer(h) if count[0] == n else False
    return on(part, one)


def blob(h):
    return h.server.reg.find(h.path)[0]


def flipped(data):
    return data[:20] + bytes([data[20] ^ 1]) + data[21:]


def truncated(data):
    return data[:len(data) // 2]


def cut_then(part, answer):
    """Half of a blob comes, then the connection breaks; the test answers what is asked next."""
    count = [0]

    def fault(h):
        if part not in h.path:
            return False
        count[0] += 1
        if count[0] > 1:
            return answer(h) is not False
        h.put(f"HTTP/1.1 200 x\r\nContent-Length: {len(blob(h))}\r\n\r\n".encode() + truncated(blob(h)))
        h.hang_up()
        return True
    return fault


# ---- lies ----

def lies(at):
    reg, other, refused, taken = at.reg, at.other, at.refused, at.taken
    data = BLOBS[LAYER]
    refused("a layer of other bytes", on(LAYER, lambda h: h.answer(200, [], flipped(data))), "digest")
    refused("a layer that is longer, by its header", on(LAYER, lambda h: h.answer(200, [], data + b"x")), "manifest says")
    refused("a layer that is shorter, by its header", on(LAYER, lambda h: h.answer(200, [], data[:-1])), "manifest says")

    def longer(h):
        h.close_connection = True
        h.answer(200, [("Connection", "close")], data + b"x", length=False)
    refused("a layer that is longer, without a length", on(LAYER, longer), "longer than")

    def shorter(h):
        h.answer(200, [("Connection", "close")], truncated(data), length=False)
        h.hang_up()
    refused("a layer that always ends early", on(LAYER, lambda h: shorter(h)), "ended after")
    refused("a config of other bytes", on(DOC["config"]["digest"], lambda h: h.answer(200, [], flipped(blob(h)))), "")
    refused("a layer that is not there", on(LAYER, lambda h: h.answer(404, [], b"")), "does not have it")
    refused("a layer in another coding", on(LAYER, lambda h: h.answer(200, [("Content-Encoding", "gzip")], data)), "encodes")

    text = BLOBS[ROOT]
    typed = [("Content-Type", MANIFEST)]
    refused("a manifest whose digest is another", on("/manifests/", lambda h: h.answer(
        200, typed + [("Docker-Content-Digest", "sha256:" + "0" * 64)], text)), "the registry says")
    refused("a digest header that is none", on("/manifests/", lambda h: h.answer(
        200, typed + [("Docker-Content-Digest", "md5:../../x")], text)), "Docker-Content-Digest")
    refused("a manifest called an index", on("/manifests/", lambda h: h.answer(
        200, [("Content-Type", "application/vnd.oci.image.index.v1+json")], text)), "")
    refused("schema 1", on("/manifests/", lambda h: h.answer(
        200, [("Content-Type", "application/vnd.docker.distribution.manifest.v1+prettyjws")], b'{"schemaVersion":1}')), "schema 1")
    refused("a manifest of 4 MiB and a byte", on("/manifests/", lambda h: h.answer(200, typed, b" " * (4 << 20) + b"x")), "longer than")
    refused("no manifest but a page", on("/manifests/", lambda h: h.answer(200, [("Content-Type", "text/html")], b"<html>")), "")
    refused("a part of a manifest", on("/manifests/", lambda h: h.answer(206, typed + [("Content-Range", "bytes 0-9/10")], text)), "part")
    refused("by digest, and another manifest comes", on("/manifests/", lambda h: h.answer(200, typed, text + b" ")),
            "another digest", ref=f"{reg.host}/{reg.name}@{ROOT}")

    # what is asked for by digest and is another thing the second time
    refused("a layer that is another after a cut", cut_then(LAYER, lambda h: h.answer(
        200, [], data[:-20] + flipped(data[-40:])[20:])), "")
    refused("a layer whose rest is missing the second time", cut_then(LAYER, lambda h: h.answer(404, [], b"")),
            "does not have it")

    # the tag moves between two requests: all that follows the first is by digest
    taken("a tag that moves", nth("/manifests/", 2, lambda h: h.answer(200, typed, b"{}")))
    foreign = json.loads(text)
    foreign["layers"][1]["mediaType"] = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    foreign["layers"][1]["urls"] = [f"http://{other.host}/layer"]
    refused("a foreign layer", on("/manifests/", lambda h: h.answer(200, typed, im.to_json(foreign))), LAYER[:19])
    ok("nobody is asked for a foreign layer", not other.seen, other.seen)


def media_types(at):
    """What a layer is packed with is seen from its bytes; what the manifest calls it does not matter, or it is refused."""
    kinds = {"none": "application/vnd.oci.image.layer.v1.tar", "gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
             "zstd": "application/vnd.oci.image.layer.v1.tar+zstd"}
    reg = at.reg
    packages = lambda r: [(p["purl"], p["layer"]) for p in json.loads(r.raw)["packages"]] if r.raw else str(r)
    want = packages(scan(reg))
    for sent in kinds:
        blobs, index = im.oci_blobs(LAYERS, compression=sent)
        for said, media_type in kinds.items():
            doc = json.loads(blobs[index["manifests"][0]["digest"]])
            for l in doc["layers"]:
                l["mediaType"] = media_type
            text = im.to_json(doc)
            reg.reset()
            reg.blobs = {**blobs, im.digest(text): text}
            reg.root = im.digest(text)
            r = scan(reg)
            ok(f"{said} said, {sent} sent: the right packages", r.rc == 0 and packages(r) == want, r)
    blobs, index = im.oci_blobs(LAYERS, compression="none")
    doc = json.loads(blobs[index["manifests"][0]["digest"]])
    for name, data in (("xz", lzma.compress(LAYERS[1])), ("bzip2", bz2.compress(LAYERS[1])), ("zip", b"PK\3\4" + bytes(5000)),
                       ("text", b"<html>not found</html>" * 100), ("nothing", b"")):
        doc["layers"][1].update(mediaType=kinds["gzip"], digest=im.digest(data), size=len(data))
        text = im.to_json(doc)
        reg.reset()
        reg.blobs = {**blobs, im.digest(text): text, im.digest(data): data}
        reg.root = im.digest(text)
        r = scan(reg)
        ok(f"gzip said, {name} sent: exit 3, no report", r.rc == 3 and not r.out and im.digest(data)[7:19] in r.err, r)
    for media_type in ("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "application/vnd.wasm.content.layer.v1+wasm",
                       "application/octet-stream", ""):
        doc["layers"][1].update(mediaType=media_type, digest=im.digest(LAYERS[1]), size=len(LAYERS[1]))
        text = im.to_json(doc)
        reg.reset()
        reg.blobs = {**blobs, im.digest(text): text}
        reg.root = im.digest(text)
        r = scan(reg)
        ok(f"a layer called \"{media_type}\": exit 3, no report", r.rc == 3 and not r.out and r.err, r)


def ranges(at):
    reg, refused, taken = at.reg, at.refused, at.taken
    data = BLOBS[LAYER]

    after_cut = lambda answer: cut_then(LAYER, answer)
    half = len(truncated(data))
    n = len(data)

    def part(first, last, total, body):
        return lambda h: h.answer(206, [("Content-Range", f"bytes {first}-{last}/{total}")], body)
    taken("the rest by range", after_cut(lambda h: False))
    ranges_asked = [h.get("Range") for p, h in reg.seen if LAYER in p]
    same("only the rest was asked for", ranges_asked, [None, f"bytes={half}-"])
    taken("a server that ignores ranges", after_cut(lambda h: h.answer(200, [], data)))
    taken("a range that begins before", after_cut(part(half - 9, n - 1, n, data[half - 9:])))
    refused("a gap", after_cut(part(half + 1, n - 1, n, data[half + 1:])), "asked for")
    refused("another total", after_cut(part(half, n - 1, n + 1, data[half:])), "manifest says")
    refused("beyond the end", after_cut(part(half, n, n, data[half:] + b"x")), "asked for")
    refused("a part without saying which", after_cut(lambda h: h.answer(206, [], data[half:])), "which")
    refused("the rest of other bytes", after_cut(part(half, n - 1, n, bytes(n - half))), "")
    refused("416", after_cut(lambda h: h.answer(416, [], b"")), "416")


def speed(at):
    def drip(h):
        h.put(b"HTTP/1.1 200 x\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(30):
            h.put(b"x")
            time.sleep(0.5)
        return True

    def silent(h):
        time.sleep(15)
        return True

    def slow_header(h):
        h.put(b"HTTP/1.1 200 x\r\n")
        for _ in range(30):
            h.put(b"X: y\r\n")
            time.sleep(0.5)

    def one_a_second(h):
        """Of a layer, for as long as anybody listens."""
        data = BLOBS[LAYER]
        h.put(f"HTTP/1.1 200 x\r\nContent-Length: {len(data)}\r\n\r\n".encode())
        for i in range(30):
            h.put(data[i:i + 1])
            time.sleep(1)

    def endless(h):
        h.put(b"HTTP/1.1 200 x\r\n\r\n")
        for _ in range(10000):
            h.put(b" " * 65536)

    def endless_header(h):
        h.put(b"HTTP/1.1 200 x\r\n")
        for i in range(1000000):
            h.put(b"X-%d: y\r\n" % i * 100)

    def chunks(h):
        h.put(b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(10000):
            h.put(b"10000\r\n" + b" " * 65536 + b"\r\n")
    side_by_side([lambda p, case=case: p.refused(*case) for case in (
        ("one byte now and then", on("/manifests/", drip), "bytes in"),
        ("nothing", on("/manifests/", silent), "bytes in"),
        ("a layer at one byte a second", on(LAYER, one_a_second), "bytes in"),
        ("nothing of a layer", on(LAYER, silent), "bytes in"),
        ("a header that trickles", on("/manifests/", slow_header), "bytes in"),
    )])
    at.refused("a manifest without end", on("/manifests/", endless), "longer than")
    at.refused("a manifest in chunks without end", on("/manifests/", chunks), "longer than")
    at.refused("a layer without end", on(LAYER, endless), "longer than")
    at.refused("a header without end", on("/manifests/", endless_header), "headers")


def again(at):
    refused, taken = at.refused, at.taken
    for status in (429, 500, 502, 503, 504):
        taken(f"{status} once", nth("/manifests/", 1, lambda h, s=status: h.answer(s, [], b"")))
    refused("503 for ever", on("/manifests/", lambda h: h.answer(503, [], b"")), "503", "tries")
    start = time.monotonic()
    taken("429 with Retry-After, another layer waits", nth(LAYER, 1, lambda h: h.answer(429, [("Retry-After", "2")], b"")))
    ok("it was waited for", time.monotonic() - start >= 2)
    refused("Retry-After of a day", on(LAYER, lambda h: h.answer(429, [("Retry-After", "86400")], b"")), "86400")
    refused("403", on(LAYER, lambda h: h.answer(403, [], b"")), "denies")
    refused("no HTTP at all", on("/manifests/", lambda h: (h.put(b"SSH-2.0-x\r\n"), h.hang_up())), "")


# ---- led astray ----

def location(to, status=307):
    return lambda h: h.answer(status, [("Location", to)], b"")


def redirects(at):
    reg, other, refused, taken = at.reg, at.other, at.refused, at.taken
    to_other = lambda h: location(f"http://{other.host}{h.path}?sig=x")(h)
    wants_basic = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()

    def with_auth(inner):
        def fault(h):
            if h.headers.get("Authorization") != wants_basic:
                h.answer(401, [("WWW-Authenticate", 'Basic realm="x"')], b"")
                return True
            return inner(h)
        return fault
    for status in (301, 302, 303, 307, 308):
        taken(f"{status} to another host", with_auth(on("/blobs/", lambda h, s=status: location(
            f"http://{other.host}{h.path}", s)(h))), run=signed_in)
        ok(f"{status}: no credentials arrive there",
           other.seen and not any("Authorization" in h for _, h in other.seen), other.seen)

    def back(h):
        """To another host, and from there back here."""
        if "back" not in h.path:
            location(f"http://{other.host}{h.path}")(h)
        elif "Authorization" in h.headers:
            h.answer(500, [], b"")
        else:
            h.answer(200, [], BLOBS[h.path.split("/")[-1].split("?")[0]])
    other_fault = lambda h: location(f"http://{reg.host}{h.path}?back")(h) or True

    def run_back(r):
        other.fault = other_fault
        return signed_in(r)
    reg.reset()
    reg.fault = lambda h: back(h) or True if "/blobs/" in h.path else with_auth(lambda h: False)(h)
    other.reset()
    same("credentials do not come back with a redirect", plain(run_back(reg)), GOOD)

    # REGISTRY_REDIRECTS_MAX
    refused("a circle", on("/manifests/", lambda h: location(h.path)(h)), "redirected more than")
    count = [0]

    def chain(n):
        def fault(h):
            if "/manifests/" in h.path and count[0] < n:
                count[0] += 1
                return location(h.path)(h) or True
            return False
        return fault
    taken("five redirects", chain(5))
    count[0] = 0
    refused("six redirects", chain(6), "redirected more than")
    for to in ("file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "dict://127.0.0.1/", "http://", "javascript:1",
               f"http://me:{SECRET}@{other.host}/"):
        refused(f"a redirect to {to.split(':')[0]}:, {len(to)} bytes", on("/manifests/", location(to)), "")
        ok("nobody was asked", not other.seen, other.seen)
    for to in ("169.254.169.254", "[fe80::1]", "metadata.google.internal", "[::ffff:169.254.169.254]", "2852039166",
               "100.100.100.200"):
        refused(f"a redirect to {to}", on("/manifests/", location(f"http://{to}/latest/meta-data")), "link-local")
    refused("a layer that is said to be at file:", on("/blobs/", location("file:///etc/passwd")), "")
    refused("a layer that is said to be at a link-local address", on("/blobs/", location("http://169.254.169.254/x")), "link-local")

    def round_trip(r, **how):
        """From here to the other host and back, for ever."""
        other.fault = lambda h: location(f"http://{reg.host}{h.path}")(h) or True
        return scan(r, **how)
    refused("a circle of two hosts", on("/blobs/", lambda h: location(f"http://{other.host}{h.path}")(h)), "redirected more than",
            run=round_trip)
    refused("a redirect to nowhere", on("/manifests/", lambda h: h.answer(307, [], b"")), "nowhere")


def realms(at):
    other, refused, taken = at.other, at.refused, at.taken
    tokens = TokenServer("me", SECRET)

    def asks(header):
        return lambda h: h.answer(401, [("WWW-Authenticate", header)], b"") or True
    for realm, word in (("https://evil.example.org/token", "cannot vouch"), ("http://169.254.169.254/token", "cannot vouch"),
                        ("https://10.0.0.1/", "cannot vouch"), ("file:///etc/passwd", "no address"), ("", "where"),
                        (f"http://x:y@{tokens.host}/", "no address"), ("http://localhost.evil.org/", "cannot vouch")):
        refused(f"a realm of {realm}", asks(f'Bearer realm="{realm}",service="s"'), word, run=signed_in)
    refused("a challenge that is none", asks('Bearer realm="open'), "denied", run=signed_in)
    refused("a scheme that nobody knows", asks("Negotiate"), "denied", run=signed_in)
    refused("401 for ever", asks(tokens.challenge()), "not accepted", run=signed_in)
    ok("a token is asked for once in each process", 1 <= len(tokens.asked) <= 2, tokens.asked)

    def redirected(h):
        return location(f"http://{other.host}/steal")(h) or True
    tokens.fault = redirected
    refused("a token server that redirects", asks(tokens.challenge()), "", run=signed_in)
    ok("and the credentials do not arrive there", not any("Authorization" in h for _, h in other.seen), other.seen)
    for answer in (b"{}", b"[]", b"", b'{"token":"a\\r\\nX: y"}', b'{"token":' + b"[" * 200 + b"]" * 200 + b"}",
                   b'{"token":"' + b"x" * 300000 + b'"}'):
        tokens.fault = lambda h, a=answer: h.answer(200, [], a) or True
        refused(f"a token answer of {len(answer)} bytes", asks(tokens.challenge()), "token server", run=signed_in)
    tokens.fault = None
    echo = lambda h: h.answer(403, [], im.to_json({"errors": [{"code": "DENIED", "message": SECRET + " " + str(
        h.headers.get("Authorization"))}]})) or True
    r = refused("a registry that says the password aloud", lambda h: asks('Basic realm="x"')(h)
                if "Authorization" not in h.headers else echo(h), "denies", run=signed_in)
    ok("it is not repeated", SECRET not in r.err and base64.b64encode(f"me:{SECRET}".encode()).decode() not in r.err, r)

    # the token ends in the middle of a layer
    count = [0]

    def expires(h):
        if h.headers.get("Authorization") != f"Bearer t{tokens.granted}" or tokens.granted == 0:
            return asks(tokens.challenge())(h)
        if LAYER in h.path and count[0] == 0:
            count[0] += 1
            data = BLOBS[LAYER]
            h.put(f"HTTP/1.1 200 x\r\nContent-Length: {len(data)}\r\n\r\n".encode() + truncated(data))
            tokens.granted += 100  # what was given is worth nothing now
            h.hang_up()
        return False
    tokens.granted = 0
    taken("a token that ends in the middle", expires, run=lambda r: signed_in(r, "-j", "1"))
    tokens.close()


# ---- what others on the machine can see ----

def ours():
    """(program, pid) of the scan that SECRET_MARK names, and of what it asks registries through."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            name = os.path.basename(os.readlink(f"/proc/{pid}/exe"))
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                is_named = name in ("assay", "assay-db") and SECRET_MARK in f.read()
            with open(f"/proc/{pid}/stat", "rb") as f:
                parent = int(f.read().rpartition(b")")[2].split()[1])
        except OSError:
            continue
        found[int(pid)] = (name, parent, is_named)
    fronts = {pid for pid, (_, _, is_named) in found.items() if is_named}
    return [(name, pid) for pid, (name, parent, is_named) in found.items()
            if is_named or (parent in fronts and name == "assay-fetch")]


def visible(at):
    """While a registry is asked with a password, all processes that know it are looked at; then they are ended by what would
    leave a core."""
    pub = os.path.join(TMP, "v.pub")
    assay("key", "generate", "--out", pub[:-4], env={"COSIGN_PASSWORD": ""})
    see(at, "assay", "scan", "--no-cache", at.reg.ref())
    see(at, "assay-db", "db", "update", "--db", os.path.join(TMP, "v.db"), "--key", pub, "--from", at.reg.ref())


def see(at, front, *command):
    looks = {}
    words = [SECRET.encode(), base64.b64encode(f"me:{SECRET}".encode())]

    def look(h):
        if "Authorization" not in h.headers:
            h.answer(401, [("WWW-Authenticate", 'Basic realm="x"')], b"{}")
            return True
        if looks:
            return False
        for name, pid in ours():
            text = {}
            for part in ("cmdline", "environ", "limits"):
                with open(f"/proc/{pid}/{part}", "rb") as f:
                    text[part] = f.read()
            looks[name] = text, pid
        for name in (front, "assay-fetch"):
            if name in looks:
                os.kill(looks[name][1], signal.SIGABRT)
        return False
    at.set(look)
    folder = os.path.join(TMP, "cores")
    os.makedirs(folder, exist_ok=True)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    env = {"PATH": os.environ["PATH"], "HOME": TMP, "TMPDIR": TMP, "DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP}
    with subprocess.Popen([ASSAY, *command, "--username", "me", "--password-stdin", "--realm", SECRET_MARK.decode()], cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))) as p:
        p.stdin.write(SECRET.encode())
        p.stdin.close()
        out = p.stdout.read()
        _, status = os.waitpid(p.pid, 0)
        p.returncode = 0
    same(f"both processes of {command[0]} were looked at", sorted(looks), [front, "assay-fetch"])
    for name, (text, _) in sorted(looks.items()):
        for part in ("cmdline", "environ"):
            ok(f"{name}: no password in its {part}", not any(w in text[part] for w in words))
        line = [one for one in text["limits"].decode().splitlines() if one.startswith("Max core file size")]
        ok(f"{name}: it may leave no core", line and line[0].split()[4:6] == ["0", "0"], line)
    ok("ended by SIGABRT: no core", os.WIFSIGNALED(status) and not os.WCOREDUMP(status) and not os.listdir(folder),
       (status, os.listdir(folder), out))


# ---- at each bound, and one past it ----

def bounds(at):
    reg, refused, taken = at.reg, at.refused, at.taken
    def times(part, n, answer):
        count = [0]

        def one(h):
            count[0] += 1
            return answer(h) if count[0] <= n else False
        return on(part, one)
    unwell = lambda h: h.answer(503, [], b"")
    taken("REGISTRY_TRIES_MAX: the fourth try succeeds", times("/manifests/", 3, unwell))
    refused("REGISTRY_TRIES_MAX: there is no fifth", times("/manifests/", 4, unwell), "503")
    refused("REGISTRY_WAIT_MAX and a second", on(LAYER, lambda h: h.answer(503, [("Retry-After", "121")], b"")), "121")

    def headers(n):
        """That many KiB of headers, and a few bytes of the usual ones."""
        return on(LAYER, lambda h: h.answer(200, [(f"X-{i:03}", "x" * (1024 - 9)) for i in range(n)], blob(h)))
    taken("REGISTRY_HEADERS_MAX", headers(255))
    refused("REGISTRY_HEADERS_MAX and more", headers(256), "headers")

    def pieces(n):
        """Breaks off after n bytes, each time."""
        def answer(h):
            data, at = BLOBS[LAYER], int(h.headers.get("Range", "bytes=0-")[6:-1])
            head = f"HTTP/1.1 206 x\r\nContent-Range: bytes {at}-{len(data) - 1}/{len(data)}\r\nContent-Length: {len(data) - at}\r\n\r\n"
            h.put(head.encode() + data[at:at + n])
            if at + n < len(data):
                h.hang_up()
        return on(LAYER, answer)
    taken("REGISTRY_PROGRESS_MIN in each connection", pieces(4096))
    refused("a byte less than REGISTRY_PROGRESS_MIN", pieces(4095), "tries")

    def slowly(rate):
        def answer(h):
            data = BLOBS[LAYER]
            h.put(f"HTTP/1.1 200 x\r\nContent-Length: {len(data)}\r\n\r\n".encode())
            for i in range(0, len(data), rate // 4):
                h.put(data[i:i + rate // 4])
                time.sleep(0.25)
        return on(LAYER, answer)
    side_by_side([lambda p: p.taken("more than REGISTRY_RATE_MIN", slowly(4096)),
                  lambda p: p.refused("less than REGISTRY_RATE_MIN", slowly(600), "bytes in")])
    reg.reset()
    name = lambda n: ("--realm", "x" * n)
    same("less than REGISTRY_SETUP_MAX", plain(scan(reg, *name(120000))), GOOD)
    r = scan(reg, *name(120000), *name(12000))
    ok("more than REGISTRY_SETUP_MAX: exit 3", r.rc == 3 and not r.out, r)
    one = lambda n: assay("scan", "-f", "json", "--no-cache", "--username", "me", "--password-stdin", reg.ref(), stdin=b"p" * n)
    same("REGISTRY_PASSWORD_MAX", plain(one(16384)), GOOD)
    r = one(16385)
    ok("a password that is longer by a byte: no report", r.rc in (2, 3) and not r.out, r)
    pem = open("/etc/ssl/certs/ca-certificates.crt", "rb").read()[:64 << 10].rpartition(b"-----BEGIN")[0]
    same("less than REGISTRY_CERTS_MAX", plain(scan(reg, "--cacert", im.write(os.path.join(TMP, "c"), pem + b"\n" * (3 << 20)),
                                              timeout="30s")), GOOD)
    r = scan(reg, "--cacert", im.write(os.path.join(TMP, "c"), pem + b"\n" * (4 << 20)))
    ok("more than REGISTRY_CERTS_MAX: exit 3", r.rc == 3 and not r.out, r)


# ---- cut everywhere ----

def cuts(at):
    reg = at.reg
    reg.reset()
    reg.cut = 1 << 40
    same("a pull that is not cut", plain(scan(reg)), GOOD)
    total = reg.sent
    wrong, cut = [], 0
    # registry/offsets does that at every byte of a smaller one
    for at in [*range(0, 150, 5), *range(150, total, STEP)]:
        reg.reset()
        reg.cut = at
        r = scan(reg, timeout="5s")
        cut += reg.cuts
        if plain(r) != GOOD:
            wrong.append((at, str(r)))
    same(f"cut anywhere in {total} bytes: the right report", wrong, [])
    ok("and cut it was", cut >= 30 + len(range(150, total, STEP)) - 2, cut)


PARTS = (bounds, cuts, speed, lies, media_types, ranges, again, redirects, realms, visible)

if __name__ == "__main__":
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        wanted = [part for part in PARTS if not sys.argv[1:] or part.__name__ in sys.argv[1:]]
        for begun in [pool.submit(part, Place()) for part in wanted]:
            begun.result()
    same("no password in any output, no sanitizer's report", seen_leaks, [])
    sys.exit(done())
