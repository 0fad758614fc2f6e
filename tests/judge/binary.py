#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""binary - programs are judged by the flags that they were built with."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File  # noqa: E402
from tap import TMP, assay, done, ok, same, skip  # noqa: E402

SOURCE = """#include <stdio.h>
#include <string.h>
int main(int n, char **v) { char b[64]; strcpy(b, v[n - 1]); return printf("%s", b) > 60; }
"""
GOOD = ["-O2", "-fPIE", "-pie", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2",
        "-Wl,-z,relro,-z,now"]
TEXTREL = 'asm(".text\\n.quad main\\n");\n'
GETS = "char *gets(char *);\nchar *more(char *b) { return gets(b); }\n"
# name, more flags, more source, findings
CASES = [
    ("all on", [], "", set()),
    ("no-pie", ["-no-pie", "-fno-pie"], "", {"binary.no-pie"}),
    ("norelro", ["-Wl,-z,norelro"], "", {"binary.no-relro"}),
    ("execstack", ["-Wl,-z,execstack"], "", {"binary.executable-stack"}),
    ("no canary", ["-fno-stack-protector"], "", {"binary.no-canary"}),
    ("no fortify", ["-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=0"], "", {"binary.no-fortify"}),
    ("relative rpath", ["-Wl,-rpath,lib"], "", {"binary.unsafe-rpath"}),
    ("static", ["-static", "-no-pie", "-fno-pie"], "", {"binary.no-pie"}),
    ("static-pie", ["-static-pie"], "", set()),
    ("stripped", ["-s", "-fno-stack-protector"], "", {"binary.no-canary"}),
]
# what the linker alone decides is asked of one compiler
LINKED = [
    ("rpath of root's", ["-Wl,-rpath,/usr/lib/x"], "", set()),
    ("rpath beside the program", ["-Wl,-rpath,$ORIGIN/../lib"], "", set()),
    ("old rpath in /tmp", ["-Wl,-rpath,/tmp/x", "-Wl,--disable-new-dtags"], "", {"binary.unsafe-rpath"}),
    ("runpath in /tmp", ["-Wl,-rpath,/usr/lib:/tmp/x", "-Wl,--enable-new-dtags"], "", {"binary.unsafe-rpath"}),
    ("empty part of a runpath", ["-Wl,-rpath,/usr/lib::/opt/lib"], "", {"binary.unsafe-rpath"}),
    ("text relocations", ["-Wl,-z,notext"], TEXTREL, {"binary.text-relocations"}),
    ("gets", [], GETS, {"binary.unsafe-call"}),
    ("lazy binding", ["-Wl,-z,lazy"], "", set()),
    ("code and constants in one segment", ["-Wl,-z,noseparate-code", "-fno-stack-protector"], "", {"binary.no-canary"}),
    ("DT_HASH alone", ["-Wl,--hash-style=sysv", "-fno-stack-protector"], "", {"binary.no-canary"}),
]
# flags as fmt/elf.h numbers them, of what is built: (compiler, flags, wanted, unwanted)
IBT, SHSTK, BTI, PAC, SYMBOLS = (1 << b for b in (15, 16, 17, 18, 12))
SHARED = ["-shared", "-fPIC", "-nostdlib", "-O2"]
MARKS = [
    ("gcc", ["-fcf-protection=full"], IBT | SHSTK, BTI | PAC), ("gcc", ["-fcf-protection=branch"], IBT, SHSTK),
    ("gcc", ["-fcf-protection=return"], SHSTK, IBT), ("gcc", ["-fcf-protection=none", "-s"], 0, IBT | SHSTK | SYMBOLS),
    ("clang-14", ["-fcf-protection=full"], IBT | SHSTK, BTI | PAC), ("clang-14", ["-fcf-protection=none"], 0, IBT | SHSTK),
    ("aarch64-linux-gnu-gcc", ["-mbranch-protection=standard"], BTI | PAC, IBT | SHSTK),
    ("aarch64-linux-gnu-gcc", ["-mbranch-protection=bti"], BTI, PAC),
    ("aarch64-linux-gnu-gcc", ["-mbranch-protection=pac-ret"], PAC, BTI),
    ("aarch64-linux-gnu-gcc", ["-mbranch-protection=none"], 0, BTI | PAC),
]
LOADERS = {"gcc": "lib64/ld-linux-x86-64.so.2", "clang-14": "lib64/ld-linux-x86-64.so.2",
           "aarch64-linux-gnu-gcc": "lib/ld-linux-aarch64.so.1"}
ARM = {"all on", "no-pie", "norelro", "execstack", "no canary", "no fortify", "static", "static-pie"}


def build(compiler, flags, more, out):
    done_ = subprocess.run([compiler, *flags, "-w", "-x", "c", "-", "-o", out], input=(SOURCE + more).encode(),
                           capture_output=True, check=False)
    if done_.returncode:
        raise SystemExit(f"not ok - {compiler} {flags}: {done_.stderr.decode()}")
    with open(out, "rb") as f:
        return f.read()


def without_sections(body):
    """As sstrip leaves it: the loader needs no section table."""
    table = int.from_bytes(body[40:48], "little")
    return body[:40] + bytes(8) + body[48:60] + bytes(4) + body[64:table]


def with_writable_code(body):
    """As ld -N makes it, which cannot link the C library."""
    out = bytearray(body)
    for i in range(int.from_bytes(body[56:58], "little")):
        at = int.from_bytes(body[32:40], "little") + 56 * i
        if body[at:at + 8] == bytes([1, 0, 0, 0, 5, 0, 0, 0]):  # PT_LOAD, PF_R | PF_X
            out[at + 4] = 7
    return bytes(out)


def matrix(compiler, cases):
    if not shutil.which(compiler):
        skip(compiler, "not installed")
        return
    for at, (name, flags, more, want) in enumerate(cases):
        tar = os.path.join(TMP, f"{compiler}{at}.tar")
        body = build(compiler, GOOD + flags, more, tar + ".bin")
        run(f"{compiler}: {name}", compiler, body, tar, want)
        if name == "all on":
            run(f"{compiler}: writable code", compiler, with_writable_code(body), tar, {"binary.writable-code"})
        if name in ("no canary", "no fortify", "all on", "DT_HASH alone"):
            run(f"{compiler}: {name}, without a section table", compiler, without_sections(body), tar, want)


def run(name, compiler, body, tar, want):
    loader = LOADERS[compiler]
    libc = [File(f"usr/lib/{n}", "x", mode=0o755) for n in ("libc.so.6", os.path.basename(loader))]
    layer = [Dir("etc"), File("etc/os-release", image.OS_RELEASE["debian:12"]), Dir(os.path.dirname(loader)),
             File(loader, "x", mode=0o755), *libc, File("usr/bin/b", body, mode=0o755)]
    image.docker_archive(tar, [image.tar_of(layer)], {"User": "1"})
    done_ = assay("scan", f"docker-archive:{tar}", "--checks", "binary", "-f", "json")
    have = {f["id"] for f in done_.json()["findings"]} if done_.rc == 0 else {done_.err}
    same(name, sorted(have), sorted(want))


def marks():
    says = os.path.join(os.environ.get("ASSAY_BUILD", "build"), "tests/unit/elf")
    if not os.access(says, os.X_OK):
        skip("CET, BTI and PAC", "tests/unit/elf is not built")
        return
    for compiler, flags, wanted, unwanted in MARKS:
        if not shutil.which(compiler):
            skip(f"{compiler} {flags[0]}", "not installed")
            continue
        out = os.path.join(TMP, "marked")
        subprocess.run([compiler, *SHARED, *flags, "-x", "c", "-", "-o", out], input=b"int f(int (*g)(void)) { return g() + 1; }",
                       check=True)
        seen = int(subprocess.run([says, out], capture_output=True, text=True, check=True).stdout.split()[2])
        ok(f"{compiler} {flags[0]}: marked so", seen & wanted == wanted and not seen & unwanted, hex(seen))


def main():
    if not shutil.which("gcc"):
        skip("gcc", "not installed")
        return
    matrix("gcc", CASES + LINKED)
    matrix("clang-14", CASES)
    matrix("aarch64-linux-gnu-gcc", [c for c in CASES if c[0] in ARM])
    marks()


if __name__ == "__main__":
    main()
    sys.exit(done())
