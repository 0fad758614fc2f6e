#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rules - each rule about config, users and modes of files has an image that it hits and one that it
misses; and what dockle says of its own samples is said here too."""
import glob
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, Link, Whiteout, member, tar_of  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same, shared, skip  # noqa: E402

PASSWD = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n"
GROUP = "root:x:0:\nwheel:x:10:app\napp:x:1000:\n"
SHADOW = "root:*:1::::::\napp:!:1::::::\n"
HEALTHY = {"User": "app", "Cmd": ["/usr/bin/app"], "Healthcheck": {"Test": ["CMD", "true"]}}
DPKG = "Package: login\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nMaintainer: x\nDescription: t\n\n"


def files(*more, passwd=PASSWD, group=GROUP, shadow=SHADOW):
    """A small root file system in which nothing is wrong, and what a case adds."""
    return [Dir("etc"), Dir("usr"), Dir("usr/bin"), Dir("var"), Dir("tmp", mode=0o1777), File("etc/passwd", passwd),
            File("etc/group", group), File("etc/shadow", shadow, mode=0o640),
            File("etc/os-release", image.OS_RELEASE["debian:12"]), File("usr/bin/app", "x", mode=0o755), *more]


def caps(bits, revision=2, effective=1):
    """struct vfs_cap_data as a pax header: linux/capability.h."""
    raw = struct.pack("<IIIII", revision << 24 | effective, bits & 0xFFFFFFFF, 0, bits >> 32, 0)
    return {"SCHILY.xattr.security.capability": raw.decode("latin-1")}


def owned(path, package="login"):
    return [File("var/lib/dpkg/status", DPKG), File(f"var/lib/dpkg/info/{package}.list", f"/{path}\n"),
            File(f"var/lib/dpkg/info/{package}.md5sums", f"{'0' * 32}  {path}\n")]


def setuid(path, uid=0, mode=0o4755, **how):
    return File(path, "x", mode=mode, uid=uid, **how)


SUDO = setuid("usr/bin/sudo")
SU = setuid("usr/bin/su")

# rule, what the case is, layers (lists of entries), config, history; None: HEALTHY, none
HITS = [
    ("user.root", "nobody named", [files()], {"User": ""}, None),
    ("user.root", "by name", [files()], {"User": "root"}, None),
    ("user.root", "by number and group", [files()], {"User": "0:0"}, None),
    ("user.root", "by another name of uid 0",
     [files(passwd=PASSWD + "toor:x:0:0::/:/bin/sh\n")], {"User": "toor"}, None),
    ("user.unresolved", "no such account", [files()], {"User": "ghost"}, None),
    ("user.root-group", "gid 0", [files()], {"User": "1000:0"}, None),
    ("user.uid0-twin", "toor", [files(passwd=PASSWD + "toor:x:0:0::/:\n")], {}, None),
    ("user.empty-password", "in shadow", [files(shadow="root::1::::::\n")], {}, None),
    ("user.empty-password", "in passwd", [files(passwd="root::0:0::/:\napp:x:1000:1000::/:\n")], {}, None),
    ("user.weak-password-hash", "md5", [files(shadow="app:$1$ab$cd:1:\n")], {}, None),
    ("user.password", "sha512", [files(shadow="app:$6$ab$cd:1:\n")], {}, None),
    ("user.duplicate-uid", "two of 1000", [files(passwd=PASSWD + "web:x:1000:5::/:\n")], {}, None),
    ("user.duplicate-name", "app twice", [files(passwd=PASSWD + "app:x:7:7::/:\n")], {}, None),
    ("user.program-missing", "no such file", [files()], {"Cmd": ["/nowhere"]}, None),
    ("user.program-missing", "deleted by an upper layer", [files(), [Whiteout("usr/bin/app")]], {}, None),
    ("user.program-writable", "owned by the user",
     [files(File("opt/app", "x", mode=0o755, uid=1000))], {"Cmd": ["/opt/app"]}, None),
    ("user.program-writable", "its folder is",
     [files(Dir("opt", uid=1000), File("opt/app", "x", mode=0o755))], {"Cmd": ["/opt/app"]}, None),
    ("user.path-writable", "a folder of PATH",
     [files(Dir("opt", uid=1000))], {"Env": ["PATH=/usr/bin:/opt"]}, None),
    ("user.system-writable", "etc by the group", [[Dir("etc", mode=0o775, gid=10)] + files()[1:]], {}, None),
    ("user.can-become-root", "sudo for a user",
     [files(SUDO, File("etc/sudoers", "app ALL=(ALL) NOPASSWD: ALL\n"))], {}, None),
    ("user.can-become-root", "sudo for a group, in a folder",
     [files(SUDO, File("etc/sudoers.d/w", "%wheel ALL=(root) NOPASSWD: /bin/x\n"))], {}, None),
    ("user.can-become-root", "doas", [files(setuid("usr/bin/doas"), File("etc/doas.conf", "permit nopass :wheel\n"))],
     {}, None),
    ("user.can-become-root", "su to a root without a password", [files(SU, shadow="root::1:\n")], {}, None),
    ("user.can-become-root", "a setuid shell", [files(setuid("usr/bin/bash"))], {}, None),
    ("user.can-become-root", "a setuid interpreter with its version", [files(setuid("usr/bin/python3.11"))], {}, None),
    ("user.can-become-root", "an interpreter with capabilities",
     [files(File("usr/bin/perl", "x", mode=0o755, pax=caps(1 << 21)))], {}, None),
    ("user.can-become-root", "passwd is writable", [files(File("etc/passwd", PASSWD, mode=0o666))], {}, None),
    ("user.setuid-reachable", "passwd(1)", [files(setuid("usr/bin/passwd"))], {}, None),
    ("file.setuid", "unowned", [files(setuid("usr/bin/x"))], {}, None),
    ("file.setuid", "of a package", [files(SU, *owned("usr/bin/su"))], {}, None),
    ("file.setgid", "a program", [files(File("usr/bin/x", "x", mode=0o2755))], {}, None),
    ("file.capabilities", "net_raw", [files(File("usr/bin/ping", "x", mode=0o755, pax=caps(1 << 13)))], {}, None),
    ("file.capabilities-unreadable", "of a revision to come",
     [files(File("usr/bin/ping", "x", mode=0o755, pax=caps(1, revision=4)))], {}, None),
    ("file.world-writable", "a file", [files(File("etc/x", "x", mode=0o666))], {}, None),
    ("file.world-writable", "a folder", [files(Dir("srv", mode=0o777))], {}, None),
    ("file.device", "a disk", [files((member("srv/sda", b"4", mode=0o660), b""))], {}, None),
    ("file.unknown-owner", "uid 4711", [files(File("srv", "x", uid=4711))], {}, None),
    ("config.healthcheck", "none", [files()], {"Healthcheck": None}, None),
    ("config.healthcheck", "switched off", [files()], {"Healthcheck": {"Test": ["NONE"]}}, None),
    ("config.env-credential", "a password", [files()], {"Env": ["DB_PASSWORD=hunter2"]}, None),
    ("config.env-credential", "a key of two words", [files()], {"Env": ["AWS_SECRET_ACCESS_KEY=x"]}, None),
    ("config.env-preload", "LD_PRELOAD", [files()], {"Env": ["LD_PRELOAD=/x.so"]}, None),
    ("config.env-unverified", "Node.js", [files()], {"Env": ["NODE_TLS_REJECT_UNAUTHORIZED=0"]}, None),
    ("config.env-unverified", "git", [files()], {"Env": ["GIT_SSL_NO_VERIFY=1"]}, None),
    ("config.volume", "/dev", [files()], {"Volumes": {"/dev": {}}}, None),
    ("config.volume", "the root", [files()], {"Volumes": {"/": {}}}, None),
    ("config.volume", "docker's socket", [files()], {"Volumes": {"/var/run/docker.sock": {}}}, None),
    ("config.ssh", "port 22", [files()], {"ExposedPorts": {"22/tcp": {}}}, None),
    ("config.onbuild", "RUN", [files()], {"OnBuild": ["RUN x"]}, None),
    ("config.workdir", "relative", [files()], {"WorkingDir": "app"}, None),
    ("config.add", "a URL", [files()], {}, ["/bin/sh -c #(nop) ADD file:1 in / ", "ADD http://x /y # buildkit"]),
    ("config.update-alone", "apt-get", [files()], {}, ["RUN /bin/sh -c apt-get update # buildkit"]),
    ("config.update-alone", "only an upgrade follows", [files()], {}, ["/bin/sh -c apt-get update && apt-get upgrade -y"]),
    ("config.dist-upgrade", "apt-get", [files()], {}, ["/bin/sh -c apt-get -y dist-upgrade"]),
    ("config.sudo", "in a step", [files()], {}, ["/bin/sh -c sudo make install"]),
    ("config.apk-cache", "apk add", [files()], {}, ["/bin/sh -c apk add curl"]),
    ("config.apt-cache", "lists stay", [files()], {}, ["/bin/sh -c apt-get update && apt-get install -y curl"]),
    ("config.rpm-cache", "dnf", [files()], {}, ["/bin/sh -c dnf install -y curl"]),
    ("config.pipe-shell", "curl", [files()], {}, ["/bin/sh -c curl -fsSL https://x.example/i.sh | bash -s"]),
    ("config.pipe-shell", "wget through a filter", [files()], {}, ["/bin/sh -c wget -O- u | sed s/a/b/ | sudo sh"]),
    ("config.chmod-777", "recursive", [files()], {}, ["/bin/sh -c chmod -R 777 /srv"]),
    ("config.unverified", "curl -k", [files()], {}, ["/bin/sh -c curl -skL https://x.example -o y"]),
    ("config.unverified", "unsigned packages", [files()], {}, ["/bin/sh -c apt-get install -y --allow-unauthenticated x"]),
    ("config.maintainer", "classic", [files()], {}, ["/bin/sh -c #(nop)  MAINTAINER x@example.org"]),
    ("config.apt-yes", "no -y", [files()], {}, ["/bin/sh -c apt-get install curl"]),
    ("config.recommends", "with them", [files()], {}, ["/bin/sh -c apt-get install -y curl"]),
    ("config.surface-compiler", "gcc", [files(File("usr/bin/gcc", "x", mode=0o755))], {}, None),
    ("config.surface-debugger", "gdb", [files(File("usr/bin/gdb", "x", mode=0o755))], {}, None),
    ("config.surface-editor", "vim", [files(File("usr/bin/vim", "x", mode=0o755))], {}, None),
    ("config.surface-network", "a link", [files(Link("usr/bin/nc", "busybox"))], {}, None),
    ("config.surface-package-manager", "apt", [files(File("usr/bin/apt", "x", mode=0o755))], {}, None),
    ("config.surface-sshd", "sshd", [files(File("usr/sbin/sshd", "x", mode=0o755))], {}, None),
    ("config.cache", "apt's lists", [files(File("var/lib/apt/lists/x_Packages", "x"))], {}, None),
    ("config.cache", "deleted but shipped",
     [files(File("var/cache/apk/APKINDEX.tar.gz", "x")), [Whiteout("var/cache/apk/APKINDEX.tar.gz")]], {}, None),
    ("config.leftover", ".git", [files(Dir("srv/.git"))], {}, None),
]
MISSES = [
    ("user.root", "a number", [files()], {"User": "1000:1000"}, None),
    ("user.root", "a name", [files()], {"User": "app"}, None),
    ("user.root-group", "root itself", [files()], {"User": "0:0"}, None),
    ("user.empty-password", "locked", [files()], {}, None),
    ("user.empty-password", "replaced by an upper layer",
     [files(shadow="root::1:\n"), [File("etc/shadow", SHADOW)]], {}, None),
    ("user.password", "a hash that is locked", [files(shadow="app:!$6$a$b:1:\n")], {}, None),
    ("user.program-missing", "by PATH", [files()], {"Cmd": ["app"]}, None),
    ("user.program-missing", "relative to WORKDIR", [files()], {"Cmd": ["./app"], "WorkingDir": "/usr/bin"}, None),
    ("user.program-missing", "through a link of a folder", [files(Link("bin", "usr/bin"))], {"Cmd": ["/bin/app"]}, None),
    ("user.program-writable", "root's", [files()], {}, None),
    ("user.program-writable", "root itself may",
     [files(File("opt/app", "x", mode=0o755, uid=1000))], {"Cmd": ["/opt/app"], "User": "root"}, None),
    ("user.path-writable", "sticky tmp above it",
     [files(Dir("tmp/bin"))], {"Env": ["PATH=/usr/bin:/tmp/bin"]}, None),
    ("user.can-become-root", "sudo asks for a password",
     [files(SUDO, File("etc/sudoers", "app ALL=(ALL) ALL\n"))], {}, None),
    ("user.can-become-root", "sudo for somebody else",
     [files(SUDO, File("etc/sudoers", "web ALL=(ALL) NOPASSWD: ALL\n"))], {}, None),
    ("user.can-become-root", "as somebody who is not root",
     [files(SUDO, File("etc/sudoers", "app ALL=(web) NOPASSWD: ALL\n"))], {}, None),
    ("user.can-become-root", "sudo is not installed",
     [files(File("etc/sudoers", "app ALL=(ALL) NOPASSWD: ALL\n"))], {}, None),
    ("user.can-become-root", "a setuid shell of its own", [files(setuid("usr/bin/bash", uid=1000))], {}, None),
    ("user.can-become-root", "a setuid shell that only root may start", [files(setuid("usr/bin/bash", mode=0o4700))], {}, None),
    ("user.setuid-reachable", "deleted by an upper layer", [files(SU), [Whiteout("usr/bin/su")]], {}, None),
    ("file.setuid", "bit taken off by an upper layer", [files(SU), [File("usr/bin/su", "x", mode=0o755)]], {}, None),
    ("file.setgid", "a folder", [files(Dir("srv", mode=0o2755))], {}, None),
    ("file.setgid", "no execute: locking", [files(File("srv", "x", mode=0o2644))], {}, None),
    ("file.world-writable", "tmp is sticky, links do not count", [files(Link("srv", "etc"))], {}, None),
    ("file.device", "a whiteout", [files(), [Whiteout("usr/bin/app")]], {"Cmd": []}, None),
    ("file.unknown-owner", "the account's own", [files(File("srv", "x", uid=1000))], {}, None),
    ("config.healthcheck", "there", [files()], {}, None),
    ("config.env-credential", "where it is", [files()],
     {"Env": ["DB_PASSWORD_FILE=/run/secrets/x", "GPG_KEY=ABC", "PWD=/", "TOKEN=", "COMPASS=n", "BYPASS_X=1"]}, None),
    ("config.env-unverified", "verified", [files()], {"Env": ["NODE_TLS_REJECT_UNAUTHORIZED=1"]}, None),
    ("config.volume", "data", [files()], {"Volumes": {"/var/lib/db": {}}}, None),
    ("config.ssh", "port 2222", [files()], {"ExposedPorts": {"2222/tcp": {}}}, None),
    ("config.add", "the base", [files()], {}, ["/bin/sh -c #(nop)  ARG X", "/bin/sh -c #(nop) ADD file:1 in / "]),
    ("config.update-alone", "install follows", [files()], {},
     ["/bin/sh -c apt-get update && apt-get install -y --no-install-recommends x && rm -rf /var/lib/apt/lists/*"]),
    ("config.apt-cache", "cleaned up", [files()], {},
     ["/bin/sh -c apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*"]),
    ("config.apk-cache", "no cache", [files()], {}, ["/bin/sh -c apk add --no-cache x"]),
    ("config.pipe-shell", "to a file", [files()], {}, ["/bin/sh -c curl x -o y; sh y"]),
    ("config.pipe-shell", "another pipe", [files()], {}, ["/bin/sh -c curl x | tar x; ls | sh"]),
    ("config.sudo", "named, not run", [files()], {}, ["/bin/sh -c echo sudo"]),
    ("config.unverified", "another option of one letter", [files()], {}, ["/bin/sh -c tar -k x"]),
    ("config.recommends", "without", [files()], {}, ["/bin/sh -c apt-get install -qy --no-install-recommends x"]),
    ("config.apt-yes", "among letters", [files()], {}, ["/bin/sh -c apt-get install -qy x"]),
    ("config.surface-network", "it is the service", [files(File("usr/bin/curl", "x", mode=0o755))],
     {"Entrypoint": ["curl"]}, None),
    ("config.surface-editor", "hidden", [files(File("usr/bin/vim", "x")), [Whiteout("usr/bin/vim")]], {}, None),
    ("config.cache", "only the lock", [files(File("var/lib/apt/lists/lock", "x"))], {}, None),
    ("config.leftover", "within a package", [files(Dir("srv/node_modules/x/.git"))], {}, None),
]
# image.user.privilege of some of the same
PRIVILEGES = [
    ("root", [files()], {"User": ""}), ("unknown", [files()], {"User": "ghost"}), ("confined", [files()], {}),
    ("exposed", [files(SU)], {}), ("can-become-root", [files(SU, shadow="root::1:\n")], {}),
]
# what dockle 0.4.15 says of its samples, as ids in references; CIS-DI-0001 and -0006 hold for all.  Beside these it says CIS-DI-0010
# of nginx, for NGINX_GPGKEY: the fingerprint of a public key.  CIS-DI-0007 of apt_update_upgrade is its assessor's own test alone.
DOCKLE = {
    "add_with_arg_statement": set(), "apk_cache": {"CIS-DI-0009", "DKL-DI-0004"}, "apt_update_upgrade": {"CIS-DI-0007", "DKL-DI-0005"},
    "multi_add": {"CIS-DI-0009"}, "nginx": set(), "root_default": set(),
}
DOCKLE_IDS = {"DKL-DI-0005", "CIS-DI-0007", "CIS-DI-0009", "DKL-DI-0001", "DKL-DI-0003", "DKL-DI-0004"}


def scan(layers, config, history=None, name="image.tar"):
    path = os.path.join(TMP, name)
    full = {k: v for k, v in dict(HEALTHY, **config).items() if v is not None}
    steps = [{"created_by": h, "empty_layer": True} for h in history or []]
    tars = [tar_of(l) for l in layers]
    steps += [{"created_by": "COPY layer /"} for _ in tars]
    image.docker_archive(path, tars, full, history=steps)
    run = assay("scan", f"docker-archive:{path}", "--checks", "user,config,file", "-f", "json")
    try:
        return run.json(), run
    except ValueError:
        return {"findings": [], "coverage": [], "image": {"user": {}}}, run


def main():
    if not os.path.exists(ASSAY):
        skip("rules", "there is no program")
        return 0
    for is_hit, cases in ((True, HITS), (False, MISSES)):
        for rule, name, layers, config, history in cases:
            report, run = scan(layers, config, history)
            found = [f for f in report["findings"] if f["id"] == rule]
            ok(f"{rule} {'hits' if is_hit else 'misses'}: {name}", bool(found) == is_hit and run.rc == 0 and
               all(f["reason"] and f["repair"] and f["references"] for f in found), run)
    for want, layers, config in PRIVILEGES:
        report, run = scan(layers, config)
        same(f"privilege: {want}", report["image"]["user"].get("privilege"), want)
    report, run = scan([files(setuid("usr/bin/x"))], {"Env": ["DB_PASSWORD=hunter2"]})
    ok("the value of a variable is in no report", "hunter2" not in json.dumps(
        {k: v for k, v in report.items() if k != "image"}), run)
    same("a setuid program that nobody owns is worse than one of a package",
         [[f["severity"] for f in scan([files(SU, *more)], {})[0]["findings"] if f["id"] == "file.setuid"]
          for more in ([], owned("usr/bin/su"))], [["high"], ["low"]])
    quiet, run = scan([files()], {})
    same("the image of these tests is found faultless, but for its program that has no package",
         [f["id"] for f in quiet["findings"]], ["file.unowned-program"])
    same("... and says what was judged", sorted(c["code"] for c in quiet["coverage"] if c["code"].endswith(".judged")),
         ["account.judged", "config.judged", "modes.judged", "user.judged"])
    dockle()
    return done()


def dockle():
    folder = shared("data/vectors/dockerfile/dockle/assessor/manifest/testdata")
    if not folder:
        skip("dockle's samples", "no ../shared")
        return
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        name = os.path.basename(path)[:-5]
        with open(path, encoding="utf-8") as f:
            sample = json.load(f)
        history = [h["created_by"] for h in sample["history"]]
        config = dict({k: None for k in HEALTHY}, **{k: v for k, v in sample["config"].items() if v})
        report, run = scan([files()], config, history)
        ids = {r for f in report["findings"] for r in f["references"]}
        want = DOCKLE.get(name, set())
        ok(f"dockle: {name}", want | {"CIS-DI-0001", "CIS-DI-0006"} <= ids and not (ids & DOCKLE_IDS) - want, f"{ids}\n{run}")


sys.exit(main())
