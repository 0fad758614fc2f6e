# SPDX-License-Identifier: Apache-2.0
"""hostile - archives made by hand, byte by byte, and what every run over one must hold to.

    place = Place()
    r = place.scan(layout([blob]))       # runs assay, and checks what is checked of every run
    place.hold("a name that climbs", r)  # prints the case of these checks
"""
import gzip
import json
import os
import re
import shutil
import stat
import subprocess
import sys

import image as im
import tap
from tap import ASSAY, SRC, TMP, ok

FULL = bool(os.environ.get("HOSTILE_FULL"))
BUILD = os.environ.get("ASSAY_BUILD") or os.path.join(SRC, "build")
BLOCK = 512
END = bytes(2 * BLOCK)
# Sanitizers and coverage have a memory and a time of their own.
PLAIN_BUILD = b"__asan_init" not in open(ASSAY, "rb").read() and b"__gcov_" not in open(ASSAY, "rb").read()
CACHE_FILE = re.compile(r"(facts|archives)(/v\d+)?|facts/v\d+/[0-9a-f]{2}(/[0-9a-f]{64}-[0-9a-f]{16}\.facts)?"
                        r"|archives/v\d+/[0-9a-f]{64}")


# ---- a tar by hand ----

def octal(n, width):
    return b"%0*o\0" % (width - 1, n)


def header(name=b"f", size=0, kind=b"0", link=b"", mode=0o644, uid=0, gid=0, prefix=b"", magic=b"ustar\x0000",
           fields=None, checksum=True):
    """One block.  size may be bytes, put in as they are; fields {offset: bytes} overwrite."""
    name, link, prefix = (x.encode() if isinstance(x, str) else x for x in (name, link, prefix))
    b = bytearray(BLOCK)

    def put(at, text):
        b[at:at + len(text)] = text
    put(0, name[:100])
    put(100, octal(mode, 8))
    put(108, octal(uid, 8))
    put(116, octal(gid, 8))
    put(124, size if isinstance(size, bytes) else octal(size, 12))
    put(136, octal(0, 12))
    put(156, kind)
    put(157, link[:100])
    put(257, magic)
    put(345, prefix[:155])
    for at, text in (fields or {}).items():
        put(at, text)
    if checksum:
        put(148, b" " * 8)
        put(148, b"%06o\0 " % sum(b))
    return bytes(b)


def padded(data):
    return data + bytes(-len(data) % BLOCK)


def member(name, data=b"", **how):
    return header(name, how.pop("size", len(data)), **how) + padded(data)


def folder(name, **how):
    return header(name, kind=b"5", mode=0o755, **how)


def link(name, target):
    return header(name, kind=b"2", link=target)


def hardlink(name, target):
    return header(name, kind=b"1", link=target)


def pax_record(key, value):
    key, value = (x.encode() if isinstance(x, str) else x for x in (key, value))
    n = len(key) + len(value) + 3
    total = n + len(str(n))
    if len(str(total)) != len(str(n)):
        total += 1
    return b"%d %s=%s\n" % (total, key, value)


def pax(*records, kind=b"x"):
    body = b"".join(r if isinstance(r, bytes) else pax_record(*r) for r in records)
    return header("pax", len(body), kind) + padded(body)


def gnu_long(kind, name):
    name = name.encode() if isinstance(name, str) else name
    return header("././@LongLink", len(name) + 1, kind, magic=b"ustar  \0") + padded(name + b"\0")


def tar(*members):
    return b"".join(members) + END


# ---- images ----

STATUS = ("Package: demo\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n"
          "Maintainer: nobody\nDescription: test\n\n")
BASE = tar(folder("etc/"), member("etc/os-release", im.OS_RELEASE["debian:12"].encode()), folder("var/"),
           folder("var/lib/"), folder("var/lib/dpkg/"), member("var/lib/dpkg/status", STATUS.encode()))
# A config that no rule finds fault with: whatever a report says is of what a case did.
GOOD = {"User": "65532:65532", "Healthcheck": {"Test": ["CMD", "/bin/well"]}}
MEDIA = {b"\x1f\x8b": "gzip", b"\x28\xb5": "zstd"}


def media(blob):
    return im.MEDIA[MEDIA.get(blob[:2], "none")]


class Blob:
    """A layer as it is stored, and as the config promises it."""

    def __init__(self, stored, plain=None, how=None):
        self.stored = stored
        self.diff_id = im.digest(stored if plain is None else plain)
        self.media = how or media(stored)


def squeeze(plain, how):
    """Quickly: what is tested is not the compression."""
    if how == "gzip":
        return gzip.compress(plain, 1, mtime=0)
    return im.compress(plain, how)


def layout_parts(layers, config=None, change=None):
    """{digest: bytes} and index of an image with these blobs; change(config) edits the config first."""
    doc = json.loads(im.config_of([], GOOD if config is None else config))
    doc["rootfs"]["diff_ids"] = [b.diff_id for b in layers]
    doc["history"] = [{"created_by": f"layer {i}"} for i in range(len(layers))]
    if change:
        change(doc)
    conf = im.to_json(doc)
    manifest = im.to_json({"schemaVersion": 2, "mediaType": im.MANIFEST, "config": descriptor(im.CONFIG, conf),
                           "layers": [descriptor(b.media, b.stored) for b in layers]})
    blobs = {im.digest(b.stored): b.stored for b in layers}
    blobs.update({im.digest(x): x for x in (conf, manifest)})
    entry = descriptor(im.MANIFEST, manifest)
    entry.update(platform={"os": "linux", "architecture": "amd64"}, annotations={"org.opencontainers.image.ref.name": "1"})
    return blobs, {"schemaVersion": 2, "mediaType": im.INDEX, "manifests": [entry]}


def descriptor(kind, data):
    return {"mediaType": kind, "digest": im.digest(data), "size": len(data)}


def layout(place, layers, **how):
    return im.oci_write(place.new("l"), *layout_parts(layers, **how))


# ---- a place where nothing may change ----

def tool(name, *flags):
    """A program of tests/lib, built for this test; None without a compiler."""
    out = os.path.join(TMP, name)
    if os.path.exists(out):
        return out
    cc = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc")
    if not cc:
        return None
    source = os.path.join(SRC, "tests/lib", os.path.splitext(name)[0] + ".c")
    subprocess.run([cc, "-std=gnu17", "-O1", "-w", "-o", out + ".new", source, *flags], check=True)
    os.rename(out + ".new", out)
    return out


def listing(top):
    """Everything below a folder: kinds, modes, times of change, contents."""
    seen = {}
    for path, st in below(top):
        data = ""
        if stat.S_ISLNK(st.st_mode):
            data = os.readlink(path)
        elif stat.S_ISREG(st.st_mode):
            with open(path, "rb") as f:
                data = f.read()
        seen[path[len(top) + 1:]] = (st.st_mode, st.st_nlink, st.st_mtime_ns, st.st_ctime_ns, data)
    return seen


def below(top):
    """(path, lstat) of everything in a folder; links are not followed."""
    if not os.path.isdir(top):
        return
    for en in list(os.scandir(top)):
        yield en.path, en.stat(follow_symlinks=False)
        if en.is_dir(follow_symlinks=False):
            yield from below(en.path)


class Seen(tap.Run):
    """A run, with what it cost and what it left: peak_kib, ms, faults (a list of words)."""
    peak_kib, ms, faults = 0, 0, ()

    def report(self):
        try:
            return json.loads(self.raw)
        except ValueError:
            return None

    def ids(self):
        return [f["id"] for f in (self.report() or {}).get("findings", [])]

    def rows(self, status="incomplete"):
        return [c["code"] for c in (self.report() or {}).get("coverage", []) if c["status"] == status]

    def __str__(self):
        return f"{'; '.join(self.faults)}\n{self.peak_kib} KiB, {self.ms} ms\n" + super().__str__()


class Place:
    """A folder with images, and beside it what no image may reach."""

    def __init__(self, name="place"):
        self.top = os.path.join(TMP, name)
        self.n = 0
        self.good_names = set()  # of files in the cache
        for sub in ("in", "tmp", "cache", "cwd", "outside"):
            os.makedirs(os.path.join(self.top, sub), exist_ok=True)
        self.marker = im.write(os.path.join(self.top, "outside/marker"), b"untouched\n")
        self.launch = tool("launch")
        self.db = os.path.join(self.top, "db")

    def new(self, name):
        self.n += 1
        path = os.path.join(self.top, "in", str(self.n))
        os.makedirs(path)
        return os.path.join(path, name)

    def drop(self):
        """Gives back the room that images took."""
        shutil.rmtree(os.path.join(self.top, "in"))
        os.makedirs(os.path.join(self.top, "in"))

    def index(self):
        """An index by which the package of BASE is fine: only then can a report look clean."""
        doc = {"demo": {"CVE-2020-0001": {"scope": "local", "releases": {
            "bookworm": {"status": "resolved", "repositories": {"bookworm": "1.0-1"}, "fixed_version": "0.9-1",
                         "urgency": "low"}}}},
               "other": {"CVE-2020-0002": {"scope": "local", "releases": {
                   "bookworm": {"status": "open", "repositories": {"bookworm": "1.0-1"}, "urgency": "low"}}}}}
        r = self.run("db", "import", "--db", self.db, im.write(self.new("tracker.json"), im.to_json(doc)))
        if r.rc:
            raise SystemExit(f"no index: {r}")

    def env(self, more=None):
        at = lambda sub: os.path.join(self.top, sub)
        env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": at("cwd"), "TMPDIR": at("tmp"),
               "XDG_CACHE_HOME": at("cache"), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "GCOV_PREFIX"):
            if name in os.environ:
                env[name] = os.environ[name]
        env.update(more or {})
        return {k: v for k, v in env.items() if v is not None}

    def run(self, *args, env=None, launch=(), before=(), timeout=120, stdout=subprocess.PIPE):
        """Runs assay; the checks of every run are in .faults."""
        stats = os.path.join(self.top, "stats")
        argv = [ASSAY, *map(str, args)]
        if self.launch:
            argv = [self.launch, "-s", stats, *launch, *argv]
        outside = listing(os.path.join(self.top, "outside"))
        p = subprocess.run([*before, *argv], env=self.env(env), cwd=os.path.join(self.top, "cwd"), timeout=timeout,
                           stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE)
        r = Seen(p.returncode, p.stdout or b"", p.stderr)
        if self.launch and os.path.exists(stats):
            r.peak_kib, r.ms = map(int, (open(stats).read() or "0 0").split())
        r.faults = list(self.faults(r, outside))
        return r

    def faults(self, r, outside):
        if r.rc not in (0, 1, 2, 3):
            yield f"exit status {r.rc}"
        if "Sanitizer" in r.err or "runtime error" in r.err:
            yield "a sanitizer's report"
        if listing(os.path.join(self.top, "outside")) != outside:
            yield "the folder outside was touched"
        if os.listdir(os.path.join(self.top, "cwd")):
            yield f"left in the working folder: {os.listdir(os.path.join(self.top, 'cwd'))}"
        if os.listdir(os.path.join(self.top, "tmp")):
            yield f"left in TMPDIR: {os.listdir(os.path.join(self.top, 'tmp'))}"
        yield from self.cache_faults()
        if r.rc == 3 and not r.err.strip():
            yield "a failure that says nothing"
        if PLAIN_BUILD and r.peak_kib > 100 << 10:
            yield f"{r.peak_kib} KiB of memory"

    def cache_faults(self, top=None):
        top = top or os.path.join(self.top, "cache/assay/facts")
        for path, _ in below(top):
            path = path[len(top) + 1:]
            if path in self.good_names:
                continue
            if CACHE_FILE.fullmatch(path):
                self.good_names.add(path)
            else:
                yield f"left in the cache: {path}"

    def scan(self, ref, *args, **how):
        return self.run("scan", "-f", "json", "--db", self.db, "--db-max-age", "0", *args, ref, **how)


def is_refusal(r, *words):
    """Exit 3, no report at all, and an error that says each of the words."""
    return r.rc == 3 and not r.raw and all(w in r.err for w in words)


def looks_clean(r):
    """Would somebody who reads this report take the image for clean?"""
    return r.rc == 0 and not r.ids() and not r.rows()


def held(name, condition, r):
    """One case: the row's own outcome and what holds for every run."""
    return ok(name, condition and not r.faults, r)
