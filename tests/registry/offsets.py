#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""offsets - a small pull whose connection is cut once, at every byte of it: always the right report.  Each offset has an
image of its own, so that one process pulls them all; what is cut is never known beforehand."""
import json
import os
import re
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from regfault import Registry  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

os.environ["ASSAY_FETCH_WAIT_MS"] = "1"  # of tries again
STEP = int(os.environ.get("CUT_STEP", "1"))


class Cutter(Registry):
    """Images 0, 1, ... by tag; what is sent of image n breaks off once, after offsets[n] bytes."""

    def __init__(self):
        super().__init__({})
        self.head, self.images, self.owner, self.offsets, self.sent_of, self.cut_at = 0, [], {}, {}, {}, set()
        self.guard = threading.Lock()

    def add(self, n, has_own_layer):
        own = n if has_own_layer else 0
        blobs, index = im.oci_blobs([im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1")]) + [(f"n{own:05}", b"")])],
                                    config={"Labels": {"n": f"{n:05}"}})
        self.blobs.update(blobs)
        root = index["manifests"][0]["digest"]
        doc = json.loads(blobs[root])
        self.images.append({"root": root, "config": doc["config"]["digest"], "layer": doc["layers"][0]["digest"],
                            "size": doc["layers"][0]["size"], "diff_id": json.loads(blobs[doc["config"]["digest"]])["rootfs"]
                            ["diff_ids"][0]})
        self.owner.update({d: n for d in blobs if d not in self.owner})

    def serve(self, h):
        m = re.fullmatch(r"/v2/team/app/(?:manifests|blobs)/(.+)", h.path)
        if m:
            n = self.owner[m[1]] if m[1] in self.owner else int(m[1])
            plain_put = h.put
            h.put = lambda data: self.put(h, n, data, plain_put)
            try:
                self.root = self.images[n]["root"]
                h.path = h.path if m[1] in self.owner else "/v2/team/app/manifests/" + self.root
                super().serve(h)
            finally:
                h.put = plain_put
            return
        super().serve(h)

    def put(self, h, n, data, plain_put):
        with self.guard:
            if n == 0 and h.path.endswith(self.images[0]["layer"]) and not self.head:
                self.head = self.sent_of[0]
            before = self.sent_of.get(n, 0)
            left = self.offsets.get(n, 1 << 40) - before
            is_cut = n not in self.cut_at and left < len(data)
            self.sent_of[n] = before + (max(left, 0) if is_cut else len(data))
            if is_cut:
                self.cut_at.add(n)
        if is_cut:
            plain_put(data[:max(left, 0)])
            h.hang_up()
        plain_put(data)


def scan(reg, numbers, out):
    names = "".join(f"registry:{reg.host}/team/app:{n}\n" for n in numbers)
    return assay("scan", "--list", "-", "-f", "json", "-o", f"json={TMP}/{out}/", "--no-cache", "--no-evidence", "--timeout", "20s",
                 "--checks", "file", stdin=names.encode(), env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP}, timeout=280)


def reports(out):
    folder = os.path.join(TMP, out)
    docs = {}
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            doc = json.load(f)
        docs[doc["image"]["reference"].rpartition(":")[2]] = doc
    return docs


def wanted(text, reg, n):
    """The report of image 0 as that of image n."""
    for key in ("root", "config", "layer", "diff_id"):
        text = text.replace(reg.images[0][key], reg.images[n][key])
    doc = json.loads(text)
    doc["image"]["config"]["labels"]["n"] = f"{n:05}"
    doc["image"]["reference"] = f"registry:{reg.host}/team/app:{n}"
    doc["image"]["layers"][0]["size"] = reg.images[n]["size"]
    return doc


def main():
    reg = Cutter()
    reg.add(0, True)
    r = scan(reg, [0], "whole")
    whole = reports("whole")
    if not ok("a pull that is not cut", list(whole) == ["0"] and whole["0"]["packages"], r):
        return done()
    total, head = reg.sent_of[0], reg.head
    offsets = list(range(0, total, STEP))
    for n, at in enumerate(offsets, 1):
        reg.add(n, at >= head - 16)  # before the layer comes, it may be one that is known
        reg.offsets[n] = at
    r = scan(reg, range(len(offsets) + 1), "cut")
    have, text = reports("cut"), json.dumps(whole["0"])
    wrong = [at for n, at in enumerate(offsets, 1) if have.get(str(n)) != wanted(text, reg, n)]
    same(f"cut at each of {total} bytes: the right report", wrong, [])
    # the layers of some are a few bytes shorter than that of the first
    ok("and cut they were", len(reg.cut_at) >= len(offsets) - 32 // STEP, (len(reg.cut_at), len(offsets), r.err[:500]))
    return done()


if __name__ == "__main__":
    sys.exit(main())
