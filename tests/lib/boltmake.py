# SPDX-License-Identifier: Apache-2.0
"""boltmake - writes a bbolt database of nested dicts: {key: {key: bytes}}.

    write(path, {"v1": {"default": {"images": {"docker.io/library/a:1": {"target": {"digest": b"sha256:..."}}}}}})
Every bucket is one leaf page (with what overflows from it), so that keys are few; format: src/fmt/boltdb.c.
"""
import struct

PAGE = 4096


def fnv(data):
    h = 0xcbf29ce484222325
    for b in data:
        h = ((h ^ b) * 0x100000001b3) & 0xffffffffffffffff
    return h


def meta(no, root, pages, commit):
    body = struct.pack("<IIIIQQQQQ", 0xED0CDAED, 2, PAGE, 0, root, 0, 0, pages, commit)
    body += struct.pack("<Q", fnv(body))
    return (struct.pack("<QHHI", no, 4, 0, 0) + body).ljust(PAGE, b"\0")


def build(tree):
    pages = {}
    following = [2]

    def bucket(items):
        """Writes the bucket, lower ones first; its page."""
        rows = []
        for key, value in sorted(items.items()):
            key = key.encode() if isinstance(key, str) else key
            if isinstance(value, dict):
                rows.append((1, key, struct.pack("<QQ", bucket(value), 0)))
            else:
                rows.append((0, key, value))
        head, data = b"", b""
        for i, (flags, key, value) in enumerate(rows):
            head += struct.pack("<IIII", flags, 16 * (len(rows) - i) + len(data), len(key), len(value))
            data += key + value
        size = -(-(16 + len(head) + len(data)) // PAGE)
        no = following[0]
        following[0] += size
        pages[no] = (struct.pack("<QHHI", no, 2, len(rows), size - 1) + head + data).ljust(size * PAGE, b"\0")
        return no
    root = bucket(tree)
    return meta(0, root, following[0], 1) + meta(1, root, following[0], 2) + b"".join(pages[n] for n in sorted(pages))


def write(path, tree):
    with open(path, "wb") as f:
        f.write(build(tree))
    return path
