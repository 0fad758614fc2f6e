# SPDX-License-Identifier: Apache-2.0
"""tap - how a Python test prints its cases, and runs the program.

    from tap import ok, skip, note, assay, done
    ok("the name is a sentence", condition, "what was seen")
    sys.exit(done())
"""
import json
import os
import subprocess
import sys
import tempfile

SRC = os.environ.get("ASSAY_SRC") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ASSAY = os.environ.get("ASSAY") or os.path.join(SRC, "build/assay")
SHARED = os.environ.get("ASSAY_SHARED", "")
TMP = os.environ.get("TMPDIR", "/tmp")
_failed = 0


def one_line(text):
    return " ".join(str(text).split())


def say(lines):
    """In one write: several threads may say something."""
    sys.stdout.write("".join(line + "\n" for line in lines))
    sys.stdout.flush()


def ok(name, condition, seen=""):
    """One case; what was seen is shown when it failed.  Returns the condition."""
    global _failed
    lines = [("ok - " if condition else "not ok - ") + one_line(name)]
    if not condition:
        _failed += 1
        if seen != "":
            lines += noted(seen)
    say(lines)
    return bool(condition)


def same(name, have, want):
    return ok(name, have == want, f"have {have!r}\nwant {want!r}")


def skip(name, why):
    say([f"ok - {one_line(name)} # SKIP {one_line(why)}"])


def noted(text):
    return ["# " + line for line in str(text)[:4000].splitlines()]


def note(text):
    say(noted(text))


def shared(path):
    """A file of ../shared, or None (the caller prints a skip)."""
    full = os.path.join(SHARED, path) if SHARED else ""
    return full if full and os.path.exists(full) else None


def done():
    """The exit status of the test."""
    return 1 if _failed else 0


class Run:
    """What a run of the program gave: rc, out, err (text), raw (bytes of stdout)."""

    def __init__(self, rc, out, err):
        self.rc, self.raw, self.out = rc, out, out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.raw)

    def __str__(self):
        return f"exit {self.rc}\nstdout: {self.out[:1500]}\nstderr: {self.err[:1500]}"


def one_authority():
    """A file with the first certificate of the system's; "" (which is as if not set) where there are none."""
    path = os.path.join(os.path.dirname(ASSAY), "tests", "authority.pem")
    if os.path.exists(path):
        return path
    try:
        with open("/etc/ssl/certs/ca-certificates.crt", "rb") as f:
            first, end, _ = f.read(1 << 16).partition(b"-----END CERTIFICATE-----\n")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), delete=False) as f:
            f.write(first + end)
        os.chmod(f.name, 0o644)
        os.rename(f.name, path)
    except OSError:
        return ""
    return path


def assay(*args, env=None, cwd=None, timeout=120, stdin=b"", program=None):
    """Runs assay with a cache and a home of this test's own; further variables in env.
    It trusts one authority: to read the system's 140 takes OpenSSL 50 ms, each time TLS is tried."""
    full = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": os.path.join(TMP, "home"), "TMPDIR": TMP,
            "XDG_CACHE_HOME": os.path.join(TMP, "cache"), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "GCOV_PREFIX", "ASSAY_FETCH_WAIT_MS"):
        if name in os.environ:
            full[name] = os.environ[name]
    full["SSL_CERT_FILE"] = one_authority()
    full.update(env or {})
    p = subprocess.run([program or ASSAY, *map(str, args)], env=full, cwd=cwd or TMP, input=stdin,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
    return Run(p.returncode, p.stdout, p.stderr)
