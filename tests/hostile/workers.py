#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""workers - a worker that dies at any moment is a hole that the report names, never a clean report and never a crash;
and while it lives it has no files, no network and no way to start anything.
"""
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from hostile import BASE, BUILD, END, FULL, GOOD, PLAIN_BUILD, Blob, Place, held, layout, looks_clean, member, squeeze, tar  # noqa: E402
from tap import ASSAY, done, note, ok, skip  # noqa: E402

place = Place()
place.index()
random.seed(20)
BIG = tar(*[member(f"usr/lib/f{i}", random.randbytes(1 << 20)) for i in range(24)])
IMAGE = "oci:" + layout(place, [Blob(squeeze(BASE, "gzip"), BASE), Blob(BIG)])
ARCHIVE = "docker-archive:" + im.write(place.new("a.tar.gz"), squeeze(open(im.docker_archive(
    place.new("a.tar"), [BASE, BIG], GOOD), "rb").read(), "gzip"))
HELPER = os.path.join(BUILD, "assay-inspect")


def children(pid):
    """Workers of a front: every process below it that runs assay-inspect."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as f:
                text = f.read()
            if int(text.rpartition(")")[2].split()[1]) == pid and "assay-inspect" in text:
                found.append(int(entry))
        except (OSError, ValueError):
            pass
    return found


def start(ref, *args):
    return subprocess.Popen([ASSAY, "scan", "-f", "json", "--db", place.db, "--db-max-age", "0", *args, ref],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=place.env(), cwd=place.top + "/cwd",
                            start_new_session=True)


def finish(p):
    from hostile import Seen
    try:
        out, err = p.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGKILL)
        out, err = p.communicate()
        err += b"\n(did not end)"
    r = Seen(p.returncode, out, err)
    r.faults = [f"left in TMPDIR: {n}" for n in os.listdir(place.top + "/tmp")] + list(place.cache_faults())
    if p.returncode < 0 or b"did not end" in err:
        r.faults.append("the front did not end well")
    return r


def is_told(r, gate):
    """Either nothing was hit, and the report is whole; or the hole is named."""
    if r.report() is None:
        return r.rc == 3 and bool(r.err.strip())
    hit = any(c in ("layer.unread", "look.failed", "secret.unavailable") for c in r.rows())
    if not hit:
        return r.rc == 0 and looks_clean(r) and len(r.report()["packages"]) == 1
    return r.rc == (3 if gate else 0) and not looks_clean(r)


def killed():
    """The moment moves through the life of the scan."""
    times = 60 if FULL else 16
    for name, ref in (("layout", IMAGE), ("compressed archive", ARCHIVE)):
        began = time.monotonic()
        whole = finish(start(ref, "--no-cache"))
        length = time.monotonic() - began
        ok(f"{name}: whole when nothing is killed", looks_clean(whole), whole)
        hits, bad = 0, []
        for k in range(times):
            gate = ["--fail-on", "critical"] if k % 2 else []
            p = start(ref, "--no-cache", *gate)
            time.sleep(length * 1.2 * k / times)
            for pid in children(p.pid):
                try:
                    os.kill(pid, signal.SIGKILL if k % 3 else signal.SIGSEGV)
                    hits += 1
                except ProcessLookupError:
                    pass
            r = finish(p)
            if not is_told(r, gate) or r.faults:
                bad.append(f"killed at {k}/{times}: {r}")
        ok(f"{name}: a worker killed at {times} moments is told, with and without a gate", not bad, "\n".join(bad[:2]))
        ok(f"{name}: some of them were hit", hits > 0, hits)


def first_of(p, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for pid in children(p.pid):
            if stopped(pid):
                return pid
        if p.poll() is not None:
            return None
        time.sleep(0.0005)
    return None


def stopped(pid):
    """Stops a worker that is confined already."""
    try:
        status = open(f"/proc/{pid}/status").read()
        if "Seccomp:\t2" not in status:
            return False
        os.kill(pid, signal.SIGSTOP)
        return True
    except OSError:
        return False


def caught():
    """A worker stopped in the middle of its work: what it has, and what a front does with one that stands still."""
    if not PLAIN_BUILD:
        skip("what a worker has", "sanitizers and coverage have more")
        return
    p = start(IMAGE, "--no-cache", "-j", "1")
    pid = first_of(p)
    if not pid:
        finish(p)
        skip("what a worker has", "none was caught")
        return
    status = dict(l.split(":\t", 1) for l in open(f"/proc/{pid}/status").read().splitlines() if ":\t" in l)
    ok("seccomp filters it", status["Seccomp"] == "2", status["Seccomp"])
    ok("every thread of it", all("Seccomp:\t2" in open(f"/proc/{pid}/task/{t}/status").read() for t in os.listdir(f"/proc/{pid}/task")))
    ok("it can gain no privilege", status["NoNewPrivs"] == "1")
    ok("it has no capability", all(int(status[c], 16) == 0 for c in ("CapEff", "CapPrm", "CapInh", "CapAmb")), status)
    fds = {f: os.readlink(f"/proc/{pid}/fd/{f}") for f in os.listdir(f"/proc/{pid}/fd")}
    ok("it has three descriptors: two pipes and nothing", sorted(fds) == ["0", "1", "2"] and fds["0"].startswith("pipe:")
       and fds["1"].startswith("pipe:") and fds["2"] == "/dev/null", fds)
    ok("it has no environment", open(f"/proc/{pid}/environ", "rb").read().strip(b"\0") == b"")
    limits = {l[:26].strip(): l[26:].split()[:2] for l in open(f"/proc/{pid}/limits").read().splitlines()[1:]}
    ok("it writes no file, dumps no core", limits["Max file size"] == ["0", "0"] and limits["Max core file size"] == ["0", "0"], limits)
    ok("its memory and its time are limited", "unlimited" not in limits["Max address space"] + limits["Max cpu time"], limits)
    if "namespaces" in finished_confinement():
        ok("it is in a network of its own", os.readlink(f"/proc/{pid}/ns/net") != os.readlink("/proc/self/ns/net"))
    exe = os.readlink(f"/proc/{pid}/exe")
    ok("it is a program of its own", os.path.basename(exe) == "assay-inspect", exe)
    os.kill(p.pid, signal.SIGKILL)
    p.communicate()
    time.sleep(0.05)
    gone = False
    for _ in range(100):
        gone = not os.path.exists(f"/proc/{pid}") or "State:\tZ" in open(f"/proc/{pid}/status").read()
        if gone:
            break
        time.sleep(0.05)
    ok("it dies with its front, stopped or not", gone)


def finished_confinement():
    r = place.scan(IMAGE, "--no-cache")
    return (r.report() or {"tool": {"confinement": ""}})["tool"]["confinement"].split("+")


def limits():
    """Memory: the front and its workers have less and less."""
    if not PLAIN_BUILD or not place.launch:
        skip("out of memory", "sanitizers and coverage have a memory of their own")
        return
    outcomes = {}
    for mib in (4, 8, 12, 16, 20, 24, 32, 48, 64, 96, 160):
        r = place.scan(IMAGE, "--no-cache", launch=["-l", str(mib << 20)])
        whole = r.report() is not None and r.rc == 0
        word = "whole" if whole and looks_clean(r) else "a hole" if whole else "refused"
        outcomes[mib] = word
        # 126, 127: the program itself could not be loaded
        right = is_told(r, False) or r.rc in (126, 127, 128 + signal.SIGKILL, 128 + signal.SIGSEGV) and mib < 20
        r.faults = [f for f in r.faults if not f.startswith("exit status") or not right]
        held(f"{mib} MiB of address space: {word}", right, r)
    ok("with enough it is whole", outcomes[160] == "whole", outcomes)
    huge = tar(member("var/lib/dpkg/status", b"Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n" * 200000))
    r = place.scan("oci:" + layout(place, [Blob(BASE), Blob(huge)]), "--no-cache", launch=["-l", str(24 << 20)])
    held("a database that does not fit into the memory given", is_told(r, False) or r.rc == 3, r)


def replaced():
    """Workers that are no workers: the front is not deceived by what they do."""
    import shutil
    bin_ = os.path.join(place.top, "bin")
    os.makedirs(bin_)
    program = shutil.copy(ASSAY, bin_)
    for name, script in (("ends at once", "#!/bin/sh\nexit 0\n"), ("fails", "#!/bin/sh\nexit 7\n"),
                         ("dies", "#!/bin/sh\nkill -9 $$\n"), ("says rubbish", "#!/bin/sh\nhead -c 300000 /dev/urandom\n"),
                         ("says zeros without end", "#!/bin/sh\nexec cat /dev/zero\n"),
                         ("reads all and says nothing", "#!/bin/sh\nexec cat > /dev/null\n"),
                         ("gives back what it reads", "#!/bin/sh\nexec cat\n"), ("is no program", "rubbish"),
                         ("stands still", "#!/bin/sh\nexec sleep 100\n"), ("stands still and holds its pipes", "#!/bin/sh\nsleep 3\n")):
        helper = im.write(os.path.join(bin_, "assay-inspect"), script.encode())
        os.chmod(helper, 0o755)
        for ref in (IMAGE, ARCHIVE):
            p = subprocess.Popen([program, "scan", "-f", "json", "--db", place.db, "--db-max-age", "0", "--no-cache", "--timeout", "1", ref], stdout=-1,
                                 stderr=-1, env=place.env(), cwd=place.top + "/cwd", start_new_session=True)
            r = finish(p)
            held(f"a worker that {name}, {ref.split(':')[0]}", is_told(r, False) and not looks_clean(r), r)
    os.remove(os.path.join(bin_, "assay-inspect"))
    p = subprocess.Popen([program, "scan", "--no-cache", IMAGE], stdout=-1, stderr=-1, env=place.env(), cwd=place.top + "/cwd")
    r = finish(p)
    ok("no worker at all", r.rc == 3 and "assay-inspect" in r.err, r)


def lost():
    """Every check that was asked for and reads files says so when a layer, or a second look at one, is lost."""
    if not PLAIN_BUILD:
        skip("a layer that is lost", "the helpers of sanitizers and coverage need their environment")
        return
    import shutil
    bin_ = os.path.join(place.top, "bin-lost")
    os.makedirs(bin_)
    program = shutil.copy(ASSAY, bin_)
    shutil.copy(os.path.join(BUILD, "assay-rules"), bin_)
    checks = {"vulnerability", "secret", "malware", "config", "user", "binary", "file", "license"}
    # an object whose section table lies past ELF_KEPT_MAX: it is looked at again
    elf = (b"\x7fELF\x02\x01" + bytes(10) + struct.pack("<HHIQQQIHHHHHH", 1, 62, 1, 0, 0, 17 << 20, 0, 64, 0, 0, 64, 1, 0)
           + bytes(17 << 20))
    ref = "oci:" + layout(place, [Blob(squeeze(BASE, "gzip"), BASE), Blob(tar(member("usr/lib/big", elf)))])
    for nth, code in ((1, "layer.unread"), (3, "look.failed")):
        count = im.write(place.new("count"), b"")
        for name in ("assay-inspect", "assay-malware"):
            helper = im.write(os.path.join(bin_, name), f"""#!/bin/sh
echo >>{count}
[ $(wc -l <{count}) -eq {nth} ] && exit 7
exec {os.path.join(BUILD, name)} "$@"
""".encode())
            os.chmod(helper, 0o755)
        p = subprocess.Popen([program, "scan", "-f", "json", "--db", place.db, "--db-max-age", "0", "--no-cache", "-j", "1",
                              "--yara", os.path.join(os.environ["ASSAY_SRC"], "rules/yara"), "--checks", ",".join(sorted(checks)), ref],
                             stdout=-1, stderr=-1, env=place.env(), cwd=place.top + "/cwd")
        r = finish(p)
        rows = r.report()["coverage"] if r.report() else []
        told = {c["check"] for c in rows if c["code"] == code and c["status"] == "incomplete"}
        ok(f"{code}: each check is incomplete", told == checks, (sorted(checks - told), r))


for part in (killed, caught, limits, replaced, lost):
    part()
sys.exit(done())
