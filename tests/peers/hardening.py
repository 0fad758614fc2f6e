#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 1500
"""hardening - verdicts on programs and libraries beside checksec and hardening-check; each difference has a name here.

A few of this machine's programs; under ASSAY_SLOW=1 every ELF file of a Debian image made by mmdebstrap."""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, done, note, ok, skip  # noqa: E402

SAYS = os.path.join(os.environ.get("ASSAY_BUILD", "build"), "tests/unit/elf")
PROGRAM, LIBRARY = 1, 2
FLAGS = {name: 1 << bit for bit, name in enumerate(
    "64 big pie static relro now plt stack stack-runs wx textrel canary symbols debug no-imports ibt shstk bti pac listens "
    "talks no-default broken".split())}
SAMPLE = ["/usr/bin/ls", "/usr/bin/perl", "/usr/bin/passwd", "/sbin/ldconfig", "/usr/lib/x86_64-linux-gnu/libc.so.6",
          "/usr/lib/x86_64-linux-gnu/libm.so.6"]


class Ours:
    def __init__(self, line):
        kind, self.language, flags, self.fortified, self.fortifiable, self.machine = (int(w) for w in line.split(" ", 6)[:6])
        self.kind, self.flags = kind, flags

    def has(self, name):
        return bool(self.flags & FLAGS[name])


def is_blind(f):
    return f.has("no-imports")


# peer's field, what ours says of it, and the differences that are explained: (name, does it explain this file?)
def relro(f):
    return "no" if not f.has("relro") else "full" if f.has("now") else "partial"


def pie(f):
    return "yes" if f.has("pie") else "dso" if f.kind == LIBRARY else "no"


CHECKSEC = [
    ("relro", relro, []),
    ("nx", lambda f: "yes" if f.has("stack") and not f.has("stack-runs") else "no", []),
    ("pie", pie, [
        ("checksec takes DT_DEBUG alone for a program's mark; a static-pie, or a library that can be started, has DF_1_PIE or an "
         "interpreter", lambda f, have: have == "dso" and f.has("pie") or have == "yes" and f.kind == LIBRARY)]),
    ("canary", lambda f: "yes" if f.has("canary") else "no", [
        ("checksec looks at what is left in .symtab too, where a file was not stripped",
         lambda f, have: have == "yes" and f.has("symbols")),
        ("__stack_chk_guard, of 32-bit Arm and of musl, is a canary too", lambda f, have: have == "no" and f.machine == 40)]),
    ("fortify_source", lambda f: "yes" if f.fortified else "no", [
        ("checksec counts the names of functions that a file defines (the C library itself) beside those that it calls",
         lambda f, have: have == "yes" and not f.fortified and f.kind == LIBRARY),
        ("checksec knows only the checking functions of the C library of the machine it runs on",
         lambda f, have: have != "yes" and f.fortified > 0)]),
    ("symbols", lambda f: "yes" if f.has("symbols") else "no", []),
]

CHECK_NAMES = {"relro": "Read-only relocations", "now": "Immediate binding", "pie": "Position Independent Executable",
               "canary": "Stack protected", "fortify": "Fortify Source functions"}
HARDENING = [
    ("relro", lambda f: f.has("relro"), []),
    ("now", lambda f: f.has("now"), [
        ("hardening-check reads DT_BIND_NOW and DF_BIND_NOW alone, not DF_1_NOW", lambda f, have: not have and f.has("now"))]),
    ("pie", lambda f: f.has("pie"), [
        ("a program without DT_DEBUG is 'regular shared library' for it: static-pie", lambda f, have: not have and f.has("pie")),
        ("a library with an interpreter, which can be started (libc.so.6)", lambda f, have: have and f.kind == LIBRARY)]),
    ("canary", lambda f: f.has("canary"), [
        ("the C library defines what it calls: hardening-check asks for imports alone",
         lambda f, have: not have and f.has("canary"))]),
    ("fortify", lambda f: f.fortified > 0, [
        ("hardening-check knows the functions of its own list alone, of the C library that it runs with",
         lambda f, have: not have and f.fortified > 0)]),
]


def ours(paths):
    out = {}
    for at in range(0, len(paths), 200):
        said = subprocess.run([SAYS] + paths[at:at + 200], capture_output=True, text=True, check=True).stdout
        for line in said.splitlines():
            out[line.split(" ", 6)[6]] = Ours(line)
    return {p: f for p, f in out.items() if f.kind in (PROGRAM, LIBRARY)}


def checksec(path):
    out = subprocess.run(["checksec", "--format=json", f"--file={path}"], capture_output=True, text=True, check=False).stdout
    try:
        return json.loads(out)[path]
    except (ValueError, KeyError):
        return {}


def hardening(path):
    out = subprocess.run(["hardening-check", path], capture_output=True, text=True, check=False).stdout
    said = dict(line.strip().split(": ", 1) for line in out.splitlines()[1:] if ": " in line)
    return {k: said[v].startswith("yes") for k, v in CHECK_NAMES.items() if v in said}


def compare(peer, ask, rows, files):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        said = dict(zip(files, pool.map(ask, files)))
    told = sum(1 for s in said.values() if s)
    ok(f"{peer} speaks of the files", told == len(files), f"{told} of {len(files)}")
    for field, verdict, explained in rows:
        n, names, wrong = 0, {}, []
        for path, f in files.items():
            have = said[path].get(field)
            if have is None:
                continue
            n += 1
            if have == verdict(f):
                continue
            why = next((name for name, holds in explained if holds(f, have)), None)
            if why:
                names.setdefault(why, []).append(path)
            else:
                wrong.append(f"{path}: {peer} {have}, ours {verdict(f)}")
        ok(f"{peer}: {field} of {n} files, {sum(map(len, names.values()))} differences, all explained", n and not wrong,
           "\n".join(wrong[:20]))
        for why, where in names.items():
            note(f"{len(where)} files ({where[0].split('/')[-1]}, ...): {why}")


def is_elf(path):
    try:
        with open(path, "rb") as f:
            return f.read(4) == b"\x7fELF"
    except OSError:
        return False


def of_image():
    root = os.environ.get("ASSAY_DEBIAN_ROOT") or os.path.join(TMP, "root")
    if not os.path.isdir(root):
        made = subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "bookworm", root + ".tar"], check=False)
        if made.returncode:
            return None
        os.mkdir(root)
        subprocess.run(["tar", "-xf", root + ".tar", "-C", root, "--exclude=./dev"], check=True)
    return [os.path.join(d, n) for d, _, names in os.walk(root) for n in names
            if not os.path.islink(os.path.join(d, n)) and is_elf(os.path.join(d, n))]


def main():
    for tool in ("checksec", "hardening-check"):
        if not shutil.which(tool):
            skip(tool, "not installed")
            return
    if not os.access(SAYS, os.X_OK):
        skip("hardening", "tests/unit/elf is not built")
        return
    paths = [os.path.realpath(p) for p in SAMPLE if is_elf(p)]
    if os.environ.get("ASSAY_SLOW") == "1" and shutil.which("mmdebstrap") and os.geteuid() == 0:
        paths = of_image()
        if paths is None:
            skip("every file of a Debian image", "mmdebstrap could not make one")
            return
    files = ours(sorted(set(paths)))
    ok(f"{len(files)} programs and libraries", len(files) >= 3)
    compare("checksec", checksec, CHECKSEC, files)
    compare("hardening-check", hardening, HARDENING, files)


if __name__ == "__main__":
    main()
    sys.exit(done())
