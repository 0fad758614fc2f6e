#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""engines - docker, podman and containerd of this machine, started here with folders of their own: the report of an image that they
have is that of its archive.  Skipped where they are missing or cannot run."""
import gzip
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from tap import SHARED, TMP, assay, done, ok, same, skip  # noqa: E402

NAME = "registry.test/team/app:1"
LAYERS = [im.tar_of([*im.debian([("zlib1g", "1:1.2.13.dfsg-1"), ("bash", "5.2.15-2")])]),
          im.tar_of([im.Dir("app"), ("app/data", b"x" * 70000), im.Link("app/sh", "/bin/sh"),
                     im.File("app/run", b"#!/bin/sh\n", mode=0o4755), im.HardLink("app/walk", "app/run"),
                     im.File("app/" + "long" * 40, b"l"), im.File("app/caps", b"c", uid=1000, gid=1000)]),
          im.tar_of([im.Whiteout("app/data"), im.Dir("app/new"), ("app/new/f", b"y")])]
ARCHIVE = im.docker_archive(os.path.join(TMP, "a.tar"), LAYERS, tags=[NAME], config={"User": "1000", "Cmd": ["/app/run"]})


def plain(r):
    if not r.raw:
        return str(r)
    doc = json.loads(r.raw)
    doc["image"]["reference"] = doc["image"]["digest"] = None
    return {**doc, "coverage": [c for c in doc["coverage"] if c["code"] not in ("image.source", "layers.verified")]}


def scan(ref, *args, env=None):
    return assay("scan", "-f", "json", "--no-cache", *args, ref, env={"DOCKER_CONFIG": TMP, **(env or {})})


def place(*names):
    full = os.path.join(TMP, *names)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def program(name):
    """Debian's own: another of that name may stand before it in PATH."""
    for folder in ("/usr/bin", "/usr/sbin"):
        if os.access(os.path.join(folder, name), os.X_OK):
            return os.path.join(folder, name)
    return None


def start(argv, sock, env=None):
    """The process, once its socket is there; None when it ends or does not come up."""
    log = place("log", os.path.basename(argv[0]))
    with open(log, "wb") as out:
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                             env={**os.environ, **(env or {})})
    for _ in range(300):
        if os.path.exists(sock) or p.poll() is not None:
            break
        time.sleep(0.05)
    if os.path.exists(sock) and p.poll() is None:
        return p
    stop(p)
    return None


def stop(p):
    p.terminate()
    try:
        p.wait(20)
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()


def run(*argv, env=None):
    p = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                       env={**os.environ, **(env or {})})
    return p.returncode == 0 or print("# " + p.stdout.decode("utf-8", "replace")[:500])


def real(load, prefix, env, *args):
    """A distribution's own packages."""
    file = os.path.join(SHARED, "data/images/docker-archive/trivy-alpine-310.tar.gz") if SHARED else ""
    if not os.path.exists(file):
        return skip(prefix + " Alpine 3.10", "no shared data")
    with gzip.open(file) as f:
        file = im.write(os.path.join(TMP, "alpine.tar"), f.read())
    if not ok("Alpine 3.10 is loaded", load(file)):
        return None
    want = assay("scan", "-f", "json", "--no-cache", "docker-archive:" + file)
    return same(prefix + " Alpine 3.10", plain(scan(prefix + "alpine:3.10", *args, env=env)), plain(want))


def docker(want):
    daemon, client = program("dockerd"), program("docker")
    if not daemon or not client or os.geteuid():
        return skip("docker", "needs root and Debian's docker.io")
    sock = place("docker", "d.sock")
    p = start([daemon, "--host", "unix://" + sock, "--data-root", place("docker", "root"), "--exec-root",
               place("docker", "exec"), "--pidfile", place("docker", "pid"), "--iptables=false", "--ip6tables=false",
               "--bridge=none", "--ip-forward=false", "--ip-masq=false", "--userland-proxy=false"], sock)
    if not p:
        return skip("docker", "dockerd does not start here")
    env = {"DOCKER_HOST": "unix://" + sock}
    loaded = run(client, "load", "-i", ARCHIVE, env=env)
    if not loaded and is_changed_root():
        skip("docker", "dockerd unpacks no layer in a changed root")
    elif ok("docker load", loaded):
        same("docker: the report of the archive", plain(scan("docker:" + NAME, env=env)), want)
        same("a name alone", plain(scan(NAME, env=env)), want)
        r = scan("docker:team/none:1", env=env)
        ok("an image that it does not have: exit 3", r.rc == 3 and not r.out, r)
        real(lambda file: run(client, "load", "-i", file, env=env), "docker:", env)
    return stop(p)


def is_changed_root():
    """dockerd changes its root to unpack, for which its own must be that of a mount."""
    with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
        return all(line.split()[4] != "/" for line in mounts)


PODMAN_CONF = """[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
netns = "none"
[engine]
runtime = "runc"
events_logger = "file"
"""


def podman_env():
    im.write(place("podman", "containers.conf"), PODMAN_CONF.encode())
    storage = f'[storage]\ndriver = "overlay"\ngraphroot = "{place("podman", "storage")}"\nrunroot = "{place("podman", "run")}"\n'
    im.write(place("podman", "storage.conf"), storage.encode())
    return {"CONTAINERS_CONF": place("podman", "containers.conf"), "CONTAINERS_STORAGE_CONF": place("podman", "storage.conf"),
            "TMPDIR": TMP}


def podman(want):
    if not program("podman") or os.geteuid():
        return skip("podman", "needs root and podman")
    env, sock = podman_env(), place("podman", "p.sock")
    if not run(program("podman"), "load", "-q", "-i", ARCHIVE, env=env):
        return skip("podman", "podman load does not work here")
    p = start([program("podman"), "system", "service", "--time", "0", "unix://" + sock], sock, env)
    if not p:
        return skip("podman", "podman system service does not start here")
    host = {"CONTAINER_HOST": "unix://" + sock}
    same("podman: the report of the archive", plain(scan("podman:" + NAME, env=host)), want)
    store = ("--storage-root", place("podman", "storage"))
    same("containers-storage: the report of the archive", plain(scan("containers-storage:" + NAME, *store)), want)
    same("a name alone, and no docker", plain(scan(NAME, env=host)), want)
    r = scan("podman:team/none:1", env=host)
    ok("an image that it does not have: exit 3", r.rc == 3 and not r.out, r)
    real(lambda file: run(program("podman"), "load", "-q", "-i", file, env=env), "podman:", host)
    return stop(p)


def unmount():
    """What the engines mounted beneath our folder, so that it can be removed."""
    with open("/proc/self/mountinfo", encoding="utf-8") as f:
        mounts = [line.split()[4] for line in f]
    for m in reversed([m for m in mounts if m.startswith(TMP + "/")]):
        subprocess.run(["umount", "-l", m], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


CONTAINERD_CONF = """version = 2
root = "{0}"
state = "{1}"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "{2}"
"""


def containerd(want):
    if not program("containerd") or not program("ctr") or os.geteuid():
        return skip("containerd", "needs root and containerd")
    sock, root = place("containerd", "c.sock"), place("containerd", "root")
    conf = im.write(place("containerd", "c.toml"), CONTAINERD_CONF.format(root, place("containerd", "state"), sock).encode())
    p = start([program("containerd"), "--config", conf], sock)
    if not p:
        return skip("containerd", "containerd does not start here")
    load = lambda file: run(program("ctr"), "-a", sock, "-n", "k8s.io", "images", "import", "--no-unpack", file)
    if ok("ctr images import", load(ARCHIVE)):
        same("containerd: the report of the archive", plain(scan("containerd:" + NAME, "--containerd-root", root)), want)
        same("a name alone", plain(scan(NAME, "--containerd-root", root)), want)
        real(load, "containerd:", None, "--containerd-root", root)
    return stop(p)


def main():
    want = plain(scan("docker-archive:" + ARCHIVE))
    docker(want)
    podman(want)
    containerd(want)
    unmount()
    return done()


if __name__ == "__main__":
    sys.exit(main())
