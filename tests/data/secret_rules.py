#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""secret_rules - every rule of rules/secrets finds its hits and not its misses.

The samples are made here, the same each time: {alnum:N} and the like are characters drawn from a
seeded generator, so that no key lies in the repository."""
import os
import random
import re
import string
import sys
import tempfile
import zlib

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image  # noqa: E402
from tap import SRC, TMP, assay, done, ok  # noqa: E402

SETS = {"alnum": string.ascii_letters + string.digits, "hex": "0123456789abcdef",
        "lower": string.ascii_lowercase + string.digits, "upper": string.ascii_uppercase + string.digits,
        "upper32": string.ascii_uppercase + "234567", "base32": string.ascii_lowercase + "234567",
        "base32u": string.ascii_uppercase + "234567", "b64": string.ascii_letters + string.digits,
        "digits": string.digits, "letters": string.ascii_letters}
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def base62(n):
    out = ""
    for _ in range(6):
        n, r = divmod(n, 62)
        out = BASE62[r] + out
    return out


def draw(rng, kind, n):
    if kind == "uuid":
        h = draw(rng, "hex", 32)
        return "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:]))
    if kind == "crc62":
        body = draw(rng, "alnum", n)
        return body + base62(zlib.crc32(body.encode()))
    if kind == "atbb":
        body = "ATBB" + draw(rng, "alnum", 24)
        return body + "%08X" % zlib.crc32(body.encode())
    if kind == "jwt":
        return "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ" + draw(rng, "alnum", 60) + "." + draw(rng, "alnum", 43)
    while True:  # a drawn text is no test if it happens to have no digit
        text = "".join(rng.choice(SETS[kind]) for _ in range(n))
        if n < 10 or kind in ("letters", "digits") or re.search("[0-9]", text):
            return text


def expand(sample, seed):
    rng = random.Random(seed)
    return re.sub(r"\{([a-z0-9]+)(?::(\d+))?\}",
                  lambda m: draw(rng, m.group(1), int(m.group(2) or 0))
                  if m.group(1) in SETS or m.group(1) in ("uuid", "crc62", "atbb", "jwt") else m.group(0), sample)


def cases():
    for name in sorted(os.listdir(os.path.join(SRC, "rules/secrets"))):
        with open(os.path.join(SRC, "rules/secrets", name), encoding="utf-8") as f:
            doc = yaml.safe_load(f)
        for rule in doc.get("rules", []):
            for kind in ("hit", "miss"):
                for i, sample in enumerate(rule[kind]):
                    path, text = "sample", sample
                    m = re.match(r"\(([^()]+)\)", sample)
                    if m:
                        path, text = m.group(1), sample[m.end():]
                    yield rule, kind, f"{rule['id']}/{kind}{i}/{path}", expand(text, rule["id"] + str(i))


def configured(tmp):
    """A variable of the image needs no name that gives it away."""
    texts = [(rule["id"], text) for rule, kind, path, text in cases() if kind == "hit" and path.endswith("/sample") and "\n" not in text]
    image.docker_archive(tmp + "/i.tar", [image.tar_of([("a", b"a")])], {"Env": [f"V{i}= {text}" for i, (_, text) in enumerate(texts)]})
    run = assay("scan", tmp + "/i.tar", "--checks", "secret", "--no-cache", "-f", "json", cwd=tmp)
    found = {int(m.group(1)) for f in run.json()["findings"] for m in [re.search(r" in ENV V(\d+) of ", f["reason"])] if m}
    ok(f"each of {len(texts)} samples is found in a variable too", found == set(range(len(texts))),
       [texts[i] for i in range(len(texts)) if i not in found])


def main():
    with tempfile.TemporaryDirectory(dir=TMP) as tmp:
        root, files, rules = os.path.join(tmp, "root"), {}, {}
        for rule, kind, path, text in cases():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as f:
                f.write(text + "\n")
            files[path] = (rule["id"], kind, text)
            rules.setdefault(rule["id"], []).append(path)
        run = assay("scan", "dir:" + root, "--checks", "secret", "--no-cache", "-f", "json", cwd=tmp)
        found = {}
        for f in run.json()["findings"]:
            found.setdefault(f["location"]["path"], set()).add(f["id"])
        weak = {r["id"] for r, _, _, _ in cases() if r.get("weak")}
        for rule, paths in rules.items():
            bad = [(p, files[p][2][:120], sorted(found.get(p, [])))
                   for p in paths
                   # a stronger rule may speak in a weak one's place
                   if (files[p][1] == "hit") != (rule in found.get(p, set()) or (
                       files[p][1] == "hit" and rule in weak and bool(found.get(p))))]
            ok(f"{rule} hits and misses its samples", not bad, bad)
        configured(tmp)
        ok("there are at least 200 rules", len(rules) >= 200, len(rules))
    return done()


sys.exit(main())
