#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""places - the same scan as root, as a plain user, on a read-only root, without capabilities, without Landlock or
namespaces, without seccomp; and with what a user's environment may lack.

The report is the same everywhere but for tool.confinement, which names what was used.
"""
import ctypes
import errno
import json
import os
import platform
import shutil
import signal
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from hostile import BASE, GOOD, PLAIN_BUILD, Blob, Place, held, layout, squeeze  # noqa: E402
from tap import ASSAY, TMP, done, note, ok, same, skip  # noqa: E402

# numbers of system calls: x86-64 and arm64
X86 = platform.machine() == "x86_64"
NR = {"seccomp": 317 if X86 else 277, "prctl": 157 if X86 else 167, "unshare": 272 if X86 else 97,
      "landlock_create_ruleset": 444, "openat2": 437, "close_range": 436, "memfd_create": 319 if X86 else 279}
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38

os.chmod(TMP, 0o755)
place = Place()
place.index()
IMAGE = "oci:" + layout(place, [Blob(squeeze(BASE, "gzip"), BASE)])


def open_to_all(top):
    for base, dirs, names in os.walk(top):
        os.chmod(base, 0o777)
        for n in names:
            os.chmod(os.path.join(base, n), 0o666)


def plain(report):
    """A report without what names the place."""
    report = json.loads(json.dumps(report))
    report["tool"].pop("confinement")
    return report


def fails(name, error="EPERM", *arg):
    return ["-d", ":".join(str(x) for x in (NR[name], getattr(errno, error), *arg))]


WANT = place.scan(IMAGE, "--no-cache")
held("as it is here", WANT.rc == 0 and WANT.report()["packages"], WANT)
FULL_TEXT = WANT.report()["tool"]["confinement"]
note(f"confined here by {FULL_TEXT}")


def right(name, r, *without):
    """The same report, confined by all that is here but these."""
    want = "+".join(l for l in FULL_TEXT.split("+") if l not in without)
    report = r.report()
    if not ok(name, r.rc == 0 and report and plain(report) == plain(WANT.report()) and not r.faults, r):
        return
    same(f"{name}: what confined it is named", report["tool"]["confinement"], want)


def here():
    r = place.scan(IMAGE)
    right("with a cache", r)
    right("from the cache", place.scan(IMAGE))
    launch = place.launch
    if not launch:
        skip("a kernel without this or that", "no compiler")
        return
    no_landlock = fails("landlock_create_ruleset", "ENOSYS")
    no_namespaces = fails("unshare")
    right("without Landlock", place.scan(IMAGE, "--no-cache", launch=no_landlock), "landlock")
    right("Landlock switched off", place.scan(IMAGE, "--no-cache", launch=fails("landlock_create_ruleset", "EOPNOTSUPP")),
          "landlock")
    right("without namespaces", place.scan(IMAGE, "--no-cache", launch=no_namespaces), "namespaces")
    right("no user namespaces left", place.scan(IMAGE, "--no-cache", launch=fails("unshare", "ENOSPC")), "namespaces")
    right("without both", place.scan(IMAGE, "--no-cache", launch=no_landlock + no_namespaces), "landlock", "namespaces")
    right("without close_range", place.scan(IMAGE, "--no-cache", launch=fails("close_range", "ENOSYS")))
    right("without memfd_create", place.scan(IMAGE, "--no-cache", launch=fails("memfd_create", "ENOSYS")))
    no_seccomp = fails("seccomp") + fails("prctl", "EINVAL", 0, PR_SET_SECCOMP)
    if not PLAIN_BUILD:
        return
    r = place.scan(IMAGE, "--no-cache", launch=no_seccomp)
    held("without seccomp nothing is read", r.rc == 3 and not r.raw and "seccomp" in r.err, r)
    held("and the way to read it all the same is named", "--allow-unconfined" in r.err, r)
    right("but with --allow-unconfined", place.scan(IMAGE, "--no-cache", "--allow-unconfined", launch=no_seccomp), "seccomp")
    r = place.scan(IMAGE, launch=no_seccomp + no_landlock + no_namespaces)
    held("facts that are kept need no worker", r.rc == 0, r)
    r = place.scan(IMAGE, "--no-cache", launch=fails("prctl", "EINVAL", 0, PR_SET_NO_NEW_PRIVS))
    held("without no_new_privs nothing is read", r.rc == 3 and not r.raw, r)
    tgz = squeeze(open(im.docker_archive(place.new("a.tar"), [BASE], GOOD), "rb").read(), "gzip")
    r = place.scan("docker-archive:" + im.write(place.new("a.tar.gz"), tgz), "--no-cache", launch=no_seccomp)
    held("nor is a compressed archive", r.rc == 3 and not r.raw and "confined" in r.err, r)


def users():
    if os.geteuid():
        skip("another user, other capabilities, another root", "not root")
        return
    open_to_all(place.top)
    for name in ("setpriv", "unshare"):
        if not shutil.which(name):
            skip("another user, other capabilities, another root", f"{name} is not installed")
            return
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    # a user's own namespaces may be forbidden, and are in a changed root
    less = [] if subprocess.run(nobody + ["unshare", "-U", "true"], stderr=subprocess.DEVNULL).returncode == 0 else ["namespaces"]
    bare_less = [] if subprocess.run(bare + ["unshare", "-U", "true"], stderr=subprocess.DEVNULL).returncode == 0 else ["namespaces"]
    # setpriv itself starts a program with root's reach: a shell in between has lost it
    through = nobody + ["sh", "-c", 'exec "$0" version', ASSAY]
    if subprocess.run(through, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        skip("a plain user", "the program may not be run by others here")
    else:
        right("a plain user", place.scan(IMAGE, "--no-cache", before=nobody), *less)
        right("a plain user whose namespaces are forbidden", place.scan(IMAGE, "--no-cache", before=nobody,
                                                                        launch=fails("unshare")), "namespaces")
        os.makedirs(os.path.join(place.top, "in/cache"))
        os.chmod(os.path.join(place.top, "in/cache"), 0o777)
        at = ["--cache-dir", os.path.join(place.top, "in/cache")]
        right("a plain user with a cache", place.scan(IMAGE, *at, before=nobody), *less)
        modes = [stat.S_IMODE(os.lstat(os.path.join(b, n)).st_mode) for b, d, f in os.walk(at[1]) for n in d + f]
        ok("what it keeps is its own", all(m & 0o077 == 0 for m in modes), [oct(m) for m in modes])
        root = place.scan(IMAGE, *at)
        right("and root beside it", root, *less)
    right("all capabilities dropped", place.scan(IMAGE, "--no-cache", before=bare), *bare_less)
    right("no new privileges", place.scan(IMAGE, "--no-cache", before=["setpriv", "--no-new-privs"]))
    script = 'mount --make-rprivate / && mount -o remount,ro,bind / && exec "$@"'
    ro = ["unshare", "-m", "sh", "-c", script, "sh"]
    if subprocess.run(ro + ["true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        skip("a read-only root", "no mounts here")
    else:
        right("a read-only root", place.scan(IMAGE, before=ro + ["sh", "-c", 'mount -o remount,ro,bind "$0" 2>/dev/null; exec "$@"', place.top]))
    none = ["unshare", "-m", "sh", "-c", 'mount --make-rprivate / && mount -t tmpfs none /proc && exec "$@"', "sh"]
    if not PLAIN_BUILD or subprocess.run(none + ["true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        skip("no /proc", "no mounts here, or a sanitizer that needs it")
    else:
        r = place.scan(IMAGE, "--no-cache", before=none)
        held("without /proc it works, or says what it misses", r.rc == 0 and r.report() or r.rc == 3 and not r.raw and "/proc" in r.err, r)


def environment():
    right("no HOME and no XDG_CACHE_HOME", place.scan(IMAGE, env={"HOME": None, "XDG_CACHE_HOME": None}))
    right("no environment at all", place.scan(IMAGE, env={k: None for k in place.env()}))
    right("HOME that is not there", place.scan(IMAGE, env={"HOME": place.top + "/none", "XDG_CACHE_HOME": None}))
    shutil.rmtree(place.top + "/none", ignore_errors=True)
    right("a cache that is a file", place.scan(IMAGE, env={"XDG_CACHE_HOME": place.marker}))
    right("a cache below /proc", place.scan(IMAGE, env={"XDG_CACHE_HOME": "/proc/none"}))
    right("a TMPDIR that is not there", place.scan(IMAGE, "--no-cache", env={"TMPDIR": place.top + "/none"}))
    right("no PATH", place.scan(IMAGE, "--no-cache", env={"PATH": None}))
    for name, value in (("LD_PRELOAD", "/none.so"), ("ASSAY_NONSENSE", "1"), ("LC_ALL", "xx_YY"), ("TZ", "Mars/Olympus")):
        right(f"{name}={value}", place.scan(IMAGE, "--no-cache", env={name: value}))
    if os.path.exists("/dev/full"):
        with open("/dev/full", "wb") as full:
            for form in ("json", "table", "sarif", "junit"):
                r = place.run("scan", "-f", form, "--db", place.db, "--db-max-age", "0", IMAGE, stdout=full)
                held(f"a full standard output: {form}", r.rc == 3 and "No space" in r.err, r)
            r = place.run("version", stdout=full)
            held("a full standard output: version", r.rc == 3, r)
            r = place.run("help", stdout=full)
            held("a full standard output: help", r.rc == 3, r)
    if place.launch:
        r = place.scan(IMAGE, "--no-cache", launch=["-c", "1"])
        held("standard output is closed", r.rc == 3, r)
        r = place.scan(IMAGE, "--no-cache", launch=["-c", "0", "-c", "1", "-c", "2"])
        r.faults = [f for f in r.faults if "says nothing" not in f]
        held("all three are closed", r.rc == 3, r)
        right("standard input and error are closed", place.scan(IMAGE, "--no-cache", launch=["-c", "0", "-c", "2"]))
    cwd = os.path.join(place.top, "cwd")
    for name in (".assay.yaml", ".trivyignore", ".grype.yaml", ".trivyignore.yaml"):
        for what, make in (("a pipe", os.mkfifo), ("a folder", os.mkdir), ("a link to a device", lambda p: os.symlink("/dev/zero", p))):
            path = os.path.join(cwd, name)
            make(path)
            r = place.scan(IMAGE, timeout=20)
            r.faults = [f for f in r.faults if "working folder" not in f]
            held(f"{name} of the working folder is {what}", r.rc == 2 and not r.raw and name in r.err, r)
            os.rmdir(path) if what == "a folder" else os.remove(path)
    pipe = os.path.join(place.top, "in/pipe")
    os.mkfifo(pipe)
    for ref in ("tar:", "docker-archive:", "oci-archive:", "oci:", "dir:", ""):
        for path in (pipe, "/dev/zero", "/dev/null"):
            r = place.scan(ref + path, timeout=20)
            held(f"{ref}{os.path.basename(path)} is no image", r.rc == 3 and not r.raw, r)
    os.remove(pipe)
    reader, writer = os.pipe()
    os.close(reader)
    r = place.scan(IMAGE, "--no-cache", stdout=writer)
    os.close(writer)
    r.faults = []
    ok("nobody reads standard output", r.rc in (3, 128 + signal.SIGPIPE, -signal.SIGPIPE), r)
    r = place.scan(IMAGE, "-o", "json=" + place.top + "/none/report.json")
    held("an output in a folder that is not there", r.rc == 3 and "none/report.json" in r.err, r)
    r = place.scan(IMAGE, "-o", "json=/dev/full")
    held("an output that is full, or no file", r.rc == 3 and "No space" in r.err, r)


for part in (here, environment, users):
    part()
sys.exit(done())
