#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""binary - programs are judged by the flags that they were built with."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, Link, Whiteout  # noqa: E402
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

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


def scan(compiler, body, tar, more=(), upper=(), config=None):
    loader = LOADERS[compiler]
    libc = [File(f"usr/lib/{n}", "x", mode=0o755) for n in ("libc.so.6", os.path.basename(loader))]
    layer = [Dir("etc"), File("etc/os-release", image.OS_RELEASE["debian:12"]), Dir(os.path.dirname(loader)),
             File(loader, "x", mode=0o755), *libc, File("usr/bin/b", body, mode=0o755), *more]
    image.docker_archive(tar, [image.tar_of(e) for e in (layer, *upper)], config or {"User": "1"})
    done_ = assay("scan", f"docker-archive:{tar}", "--checks", "binary", "-f", "json")
    return done_.json()["findings"] if done_.rc == 0 else [{"id": done_.err}]


def run(name, compiler, body, tar, want, more=(), upper=(), config=None):
    same(name, sorted({f["id"] for f in scan(compiler, body, tar, more, upper, config)}), sorted(want))


def linked():
    """Libraries are looked for as the loader does it, and what the image starts counts for more."""
    library = ["-O2", "-fPIC", "-shared", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2",
               "-Wl,-soname,libx.so.1"]
    lib = build("gcc", [*library, "-Wl,-z,relro,-z,now"], "", os.path.join(TMP, "libx.so.1"))

    def program(*more):
        return build("gcc", [*GOOD, *more, "-Wl,--no-as-needed", "-L" + TMP, "-l:libx.so.1"], "", os.path.join(TMP, "linked"))

    plain = program()
    origin = program("-Wl,-rpath,$ORIGIN/../private")
    here, missing = File("usr/lib/x86_64-linux-gnu/libx.so.1", lib), "binary.missing-library"
    cases = [
        ("nowhere", plain, [], {missing}),
        ("in a folder of the system", plain, [here], set()),
        ("by a link", plain, [File("opt/x/libx.so.1.2", lib), Link("usr/lib/libx.so.1", "/opt/x/libx.so.1.2")], set()),
        ("a link that leads nowhere", plain, [Link("usr/lib/libx.so.1", "libx.so.1.2")], {missing}),
        ("in a folder that nothing names", plain, [File("opt/x/libx.so.1", lib)], {missing}),
        ("in a folder of ld.so.conf", plain, [File("opt/x/libx.so.1", lib), File("etc/ld.so.conf", "# x\n\n/opt/x\n")], set()),
        ("in a folder of ld.so.conf.d", plain, [File("opt/x/libx.so.1", lib), File("etc/ld.so.conf.d/x.conf", "/opt/x")], set()),
        ("in a folder of a comment", plain, [File("opt/x/libx.so.1", lib), File("etc/ld.so.conf", "#/opt/x\n")], {missing}),
        ("in a folder of musl's list", plain, [File("opt/x/libx.so.1", lib), File("etc/ld-musl-x86_64.path", "/lib:/opt/x\n")], set()),
        ("beside the program", origin, [File("usr/private/libx.so.1", lib)], set()),
        ("not beside the program", origin, [File("usr/bin/libx.so.1", lib)], {missing}),
        ("deleted above", plain, [here], {missing}, [Whiteout("usr/lib/x86_64-linux-gnu/libx.so.1")]),
    ]
    for name, body, more, want, *upper in cases:
        tar = os.path.join(TMP, "linked.tar")
        run(f"library {name}", "gcc", body, tar, want, more, upper)
    run("library in a folder of LD_LIBRARY_PATH", "gcc", plain, os.path.join(TMP, "linked.tar"), set(),
        [File("opt/x/libx.so.1", lib)], [], {"Env": ["PATH=/bin", "LD_LIBRARY_PATH=/opt/x"]})
    lib = build("gcc", [*library, "-Wl,-z,norelro"], "", os.path.join(TMP, "libx.so.1"))
    more = [File("usr/lib/libx.so.1", lib), File("usr/bin/start.sh", "#!/bin/sh\nexec \"$@\"\n", mode=0o755)]
    for config, want in (({}, "negligible"), ({"Entrypoint": ["/usr/bin/b"]}, "low"), ({"Cmd": ["b", "-x"]}, "low"),
                         ({"Entrypoint": ["start.sh"], "Cmd": ["b"]}, "low"), ({"Cmd": ["/bin/other"]}, "negligible")):
        tar = os.path.join(TMP, "linked.tar")
        seen = scan("gcc", plain, tar, more, [], dict({"Env": ["PATH=/usr/bin"]}, **config))
        have = [(f["severity"], f["location"]["path"]) for f in seen if f["id"] == "binary.no-relro"]
        same(f"severity of a library of what is started: {config}", have, [(want, "usr/lib/libx.so.1")])


def bare(name, want, entries, config=None):
    """An image of these entries alone: no loader, no library."""
    tar = os.path.join(TMP, "bare.tar")
    image.docker_archive(tar, [image.tar_of(e) for e in entries], config or {"User": "1"})
    seen = assay("scan", f"docker-archive:{tar}", "--checks", "binary", "-f", "json").json()["findings"]
    same(name, sorted((f["id"], f["location"]["path"]) for f in seen if f["id"] in ("binary.no-loader", "binary.missing-library")), want)


def loaders():
    """A loader that is not there; nothing is said of its libraries then, which nobody looks for."""
    plain = build("gcc", GOOD, "", os.path.join(TMP, "plain"))
    odd = build("gcc", [*GOOD, "-Wl,--dynamic-linker=/opt/c/ld.so"], "", os.path.join(TMP, "odd"))
    static = build("gcc", [*GOOD, "-static-pie"], "", os.path.join(TMP, "static"))
    lib = build("gcc", ["-shared", "-fPIC", *GOOD[3:]], "", os.path.join(TMP, "lib.so"))
    system = [Dir("etc"), File("etc/os-release", image.OS_RELEASE["debian:12"])]
    here = [File("usr/lib/ld-linux-x86-64.so.2", "x", mode=0o755), File("usr/lib/libc.so.6", "x")]
    b = File("usr/bin/b", plain, mode=0o755)
    none = [("binary.no-loader", "usr/bin/b")]
    bare("loader nowhere", none, [[*system, b]])
    bare("loader where it says", [], [[*system, b, File("lib64/ld-linux-x86-64.so.2", "x", mode=0o755), *here]])
    bare("loader by a link of the folder", [], [[*system, b, Link("lib64", "usr/lib"), *here]])
    bare("loader by a link that leads nowhere", none, [[*system, b, Link("lib64/ld-linux-x86-64.so.2", "/lib/none")]])
    bare("loader deleted above", none, [[*system, b, Link("lib64", "usr/lib"), *here], [Whiteout("usr/lib/ld-linux-x86-64.so.2")]])
    bare("loader of the layer below", [], [[*system, Link("lib64", "usr/lib"), *here], [b]])
    bare("loader of another C library", none, [[*system, File("usr/bin/b", odd, mode=0o755), Link("lib64", "usr/lib"), *here]])
    bare("... which is there", [], [[*system, File("usr/bin/b", odd, mode=0o755), File("opt/c/ld.so", "x", mode=0o755), *here]])
    bare("a static program needs none", [], [[*system, File("usr/bin/b", static, mode=0o755)]])
    bare("a library needs none", [], [[*system, File("usr/lib/x.so", lib), *here]])


CAPS = {"SCHILY.xattr.security.capability": "\x01\x00\x00\x02\x00\x04\x00\x00" + "\x00" * 12}  # cap_net_bind_service=ep


def shells():
    """Calls that hand power on to whoever chooses PATH: system and its like, in files that have power to hand on."""
    calls = {"system": '#include <stdlib.h>\nint more(const char *s) { return system(s); }\n',
             "popen": '#include <stdio.h>\nvoid *more(const char *s) { return popen(s, "r"); }\n',
             "execvp": '#include <unistd.h>\nint more(char **v) { return execvp(v[0], v); }\n',
             "posix_spawnp": '#include <spawn.h>\nint more(char **v) { return posix_spawnp(0, v[0], 0, 0, v, v); }\n',
             "execve": '#include <unistd.h>\nint more(char **v) { return execve("/bin/x", v, 0); }\n'}
    plain = build("gcc", GOOD, "", os.path.join(TMP, "plain"))
    built = {name: build("gcc", GOOD, source, os.path.join(TMP, name)) for name, source in calls.items()}
    tar = os.path.join(TMP, "shell.tar")
    cases = [("system", {"mode": 0o4755}, True), ("popen", {"mode": 0o4755}, True), ("execvp", {"mode": 0o4755}, True),
             ("posix_spawnp", {"mode": 0o4755}, True),
             ("execve", {"mode": 0o4755}, False), ("system", {"mode": 0o755}, False), ("system", {"mode": 0o2755}, True),
             ("system", {"mode": 0o2745}, False), ("system", {"mode": 0o755, "pax": CAPS}, True)]
    for name, how, holds in cases:
        found = scan("gcc", plain, tar, [File("usr/bin/power", built[name], **how)])
        have = [(f["severity"], f["location"]["path"]) for f in found if f["id"] == "binary.privileged-shell"]
        same(f"{name} of a file of mode {how['mode']:o}{', with capabilities' if 'pax' in how else ''}", have,
             [("high", "usr/bin/power")] if holds else [])
    found = scan("gcc", plain, tar, [File("usr/bin/power", build("gcc", [*GOOD, "-static-pie"], calls["system"], os.path.join(TMP, "s")), mode=0o4755)])
    same("a static program tells nothing of its calls", [f["id"] for f in found if f["id"] == "binary.privileged-shell"], [])


def plain_images():
    """Nothing is missing in Alpine as it is published."""
    folder = shared("data/images/alpine")
    if not folder:
        skip("Alpine", "no shared data")
        return
    for name in sorted(os.listdir(folder))[-1:]:
        seen = assay("scan", f"tar:{folder}/{name}", "--checks", "binary", "-f", "json").json()["findings"]
        alarms = [f for f in seen if f["id"] in ("binary.missing-library", "binary.no-loader", "binary.no-fortify")]
        same(f"{name}: no library is missing, and musl has no checked calls", alarms, [])


def shares():
    """What no rule asks for is counted: CET, checked calls, symbols."""
    tar, body = os.path.join(TMP, "shares.tar"), build("gcc", GOOD, "", os.path.join(TMP, "shares"))
    scan("gcc", body, tar)
    rows = assay("scan", f"docker-archive:{tar}", "--checks", "binary", "-f", "json").json()["coverage"]
    text = next((r["detail"] for r in rows if r["code"] == "binary.shares"), "")
    ok("one file of x86-64, none of arm64, 2 of 2 functions check, symbols in one file",
       "of 1 files of x86-64" in text and "0 of 0 of arm64" in text and "2 of 2 imported" in text
       and "information in 1 files" in text, text)


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
    linked()
    loaders()
    shells()
    plain_images()
    shares()
    marks()


if __name__ == "__main__":
    main()
    sys.exit(done())
