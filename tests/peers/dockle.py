#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dockle - what dockle and Trivy's checks of image configurations say of images is said here too, or has a reason here.

The table holds what dockle 0.4.15 (35171cc) and Trivy 0.74.0 said (`trivy image --image-config-scanners misconfig,secret
--scanners secret`); images of ../shared in layouts were given to them as docker archives.  ASSAY_DOCKLE=PATH ASSAY_TRIVY=PATH
run them again and hold the table against that."""
import glob
import json
import os
import subprocess
import sys
import tarfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, Link, tar_of  # noqa: E402
from tap import TMP, assay, done, note, ok, same, shared, skip  # noqa: E402

ROOT = {"CIS-DI-0001", "DS-0002"}  # runs as root
HEALTH = {"CIS-DI-0006", "DS-0026"}  # no HEALTHCHECK
TRUST = {"CIS-DI-0005"}  # DOCKER_CONTENT_TRUST of who runs dockle, which no image shows: dockle says it of every image
USUAL = ROOT | HEALTH
ELSEWHERE = TRUST | {"DKL-DI-0006"}  # the tag of the archive: a file's own name has none that counts


# ---- images made here ----

PASSWD = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n"
GROUP = "root:x:0:\napp:x:1000:\n"
SHADOW = "root:*:1::::::\napp:!:1::::::\n"
HEALTHY = {"User": "app", "Cmd": ["/usr/bin/app"], "Healthcheck": {"Test": ["CMD", "true"]}}


def files(*more, passwd=PASSWD, group=GROUP, shadow=SHADOW):
    return [Dir("etc"), Dir("usr"), Dir("usr/bin"), Dir("tmp", mode=0o1777), File("etc/passwd", passwd), File("etc/group", group),
            File("etc/shadow", shadow, mode=0o640), File("etc/os-release", image.OS_RELEASE["alpine:3.20"]),
            File("usr/bin/app", "x", mode=0o755), *more]


def key():
    """Made up, and put together here: no key of anybody's."""
    body = "\n".join("".join(chr(65 + zlib.crc32(b"%d" % (i * 64 + j)) % 26) for j in range(64)) for i in range(6))
    return "-----BEGIN " + "RSA PRIVATE KEY-----\n" + body + "\n-----END " + "RSA PRIVATE KEY-----\n"


CERTIFICATE = "-----BEGIN CERTIFICATE-----\n" + "MIIDdTCCAl2gAwIBAgILBAAAAAABFUtaw5QwDQYJKoZIhvcNAQEFBQAw\n" * 3 + "-----END CERTIFICATE-----\n"
SU = File("usr/bin/su", "x", mode=0o4755)
# name: entries, config, history, what the two say
MADE = {
    "faultless": (files(), {}, [], set()),
    "nobody named": (files(), {"User": None}, [], ROOT),
    "no healthcheck": (files(), {"Healthcheck": None}, [], HEALTH),
    "setuid and setgid": (files(File("usr/bin/s", "x", mode=0o4755), File("usr/bin/g", "x", mode=0o2755)), {}, [], {"CIS-DI-0008"}),
    "setuid deep in a folder": (files(File("opt/a/b/c/run", "x", mode=0o4711)), {}, [], {"CIS-DI-0008"}),
    "a password that is empty": (files(SU, shadow="root::1::::::\n"), {}, [], {"CIS-DI-0008", "DKL-LI-0001"}),
    "two accounts of one number": (files(passwd=PASSWD + "twin:x:1000:7::/:/bin/sh\n"), {}, [], {"DKL-LI-0002"}),
    "two groups of one number": (files(group=GROUP + "twin:x:1000:\n"), {}, [], {"DKL-LI-0002"}),
    "a password in ENV": (files(), {"Env": ["DB_PASSWORD=" + "hunt" + "er2x"]}, ["ENV DB_PASSWORD=" + "hunt" + "er2x"], {"CIS-DI-0010", "DS-0031"}),
    "a key of ssh": (files(File("home/app/.ssh/id_rsa", key(), mode=0o600)), {}, [], {"CIS-DI-0010", "private-key"}),
    "files of a working folder": (files(File("app/.git/config", "x"), File("app/Dockerfile", "FROM x\n"), File("app/.DS_Store", "x")),
                                  {}, [], {"DKL-LI-0003"}),
    "ADD": (files(), {}, ["ADD file /x # buildkit"], {"DS-0005"}),
    "ADD of the classic builder": (files(), {}, ["/bin/sh -c #(nop) ADD file:1e52a0aa8f37622b3d0d73bddae98dd854cdd0b001fffe704eb833b2659413ec in / ", "/bin/sh -c #(nop) ADD file:139c3708fb6261126453e34483abd8bf7b26ed16d952fd976994d68e72d93be2 in /x "], {"CIS-DI-0009"}),
    "sudo": (files(), {}, ["RUN /bin/sh -c sudo make install # buildkit"], {"DKL-DI-0001", "DS-0010"}),
    "update alone": (files(), {}, ["RUN /bin/sh -c apt-get update # buildkit"], {"CIS-DI-0007", "DKL-DI-0005", "DS-0017"}),
    "dist-upgrade": (files(), {}, ["RUN /bin/sh -c apt-get update && apt-get dist-upgrade -y && rm -rf /var/lib/apt/lists/* # buildkit"],
                     {"CIS-DI-0007", "DKL-DI-0003", "DS-0017"}),
    "apk with its cache": (files(), {}, ["RUN /bin/sh -c apk add curl # buildkit"], {"DKL-DI-0004", "DS-0025"}),
    "apt with its lists": (files(), {}, ["RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit"], {"DKL-DI-0005", "DS-0029"}),
    "volume of the system": (files(), {"Volumes": {"/etc": {}}}, ["VOLUME [/etc]"], set()),
    "ssh": (files(), {"ExposedPorts": {"22/tcp": {}}}, ["/bin/sh -c #(nop)  EXPOSE 22/tcp"], {"DS-0004"}),
}
# what others report as false alarms of dockle; ours must say none of want
ALARMS = [  # the report about it, entries, config, history, rules of ours that must not be told
    ("#154: certificates of authorities", files(File("etc/ssl/certs/ca-cert-Root.pem", CERTIFICATE), File("etc/ssl/cert.pem", CERTIFICATE)),
     [], "secret."),
    ("#151: apt-get named where there is none", files(), ["RUN /bin/sh -c apk add --no-cache bash && echo 'no apt-get here' # buildkit"],
     "config.apt"),
    ("#202: text that a step writes", files(), ["/bin/sh -c set -eux; { echo '[global]'; echo 'access.log = /proc/self/fd/2'; } | tee a.conf"],
     "config.env-credential secret."),
    ("#250: versions of packages", files(), ["RUN /bin/sh -c apk add --no-cache libcrypto3=3.1.4-r1 libssl3=3.1.4-r1 # buildkit"],
     "config.env-credential secret."),
    ("#278: sudo is removed", files(), [r"RUN /bin/sh -c find /bin /usr -xdev \( -iname su -o -iname sudo \) -delete # buildkit"],
     "config.sudo"),
]


# ---- images of ../shared ----

SHARED = {  # all others: USUAL
    "docker-archive/dive-test-docker-image.tar.zst": USUAL | {"CIS-DI-0009", "DKL-LI-0001"},
    "docker-archive/snyk-3-level-jar.tar.zst": USUAL | {"DKL-LI-0003", "DS-0005"},
    "docker-archive/snyk-java.tar.zst": USUAL | {"DKL-LI-0003"},
    "docker-archive/snyk-nginx-debian10.tar.zst": None,  # None: both refuse it
    "docker-archive/snyk-nginx-os-release-link.tar.zst": None,
    "docker-archive/snyk-node-package-json.tar.zst": USUAL | {"DKL-LI-0003"},
    "docker-archive/snyk-nodes-fake-multi.tar.zst": USUAL | {"CIS-DI-0009", "DKL-LI-0003"},
    "docker-archive/snyk-testjar-ubuntu1804.tar.zst": None,
    "oci-archive/busybox-musl-official-layout.tar": {"CIS-DI-0001", "CIS-DI-0006"},
    "oci-archive/debian12-openssl-distroless.oci.tar": HEALTH,
    "oci-archive/snyk-oci-with-attestations.tar": {"CIS-DI-0001", "CIS-DI-0006"},
}
# what they say and is not said here, and why
EXPLAINED = {
    "docker-archive/snyk-java.tar.zst": (USUAL | {"DKL-LI-0003"}, "a layer is not the one that the config promises: the image is refused"),
}


def our_ids(report):
    """References to the same thing elsewhere, as the two write them; AVD-DS-0002 is DS-0002."""
    found = {r.removeprefix("AVD-") for f in report["findings"] for r in f["references"]}
    if any(f["check"] == "secret" and "private-key" in f["id"] for f in report["findings"]):
        found |= {"private-key", "CIS-DI-0010"}
    return found


def scan(path):
    run = assay("scan", path, "--checks", "user,config,file,secret", "-f", "json", "--no-cache")
    try:
        return run.json(), run
    except ValueError:
        return {"findings": [], "coverage": []}, run


def as_docker(path):
    """A docker archive of an archived layout, for peers that do not take it."""
    out = os.path.join(TMP, "layout.tar")
    with tarfile.open(path) as tar:
        blob = lambda d: tar.extractfile(tar.getmember(("./" if "./index.json" in tar.getnames() else "") + d)).read()
        doc = json.loads(blob("index.json"))
        while "manifests" in doc:
            doc = json.loads(blob("blobs/" + doc["manifests"][0]["digest"].replace(":", "/")))
        layers = [blob("blobs/" + l["digest"].replace(":", "/")) for l in doc["layers"]]
        conf = json.loads(blob("blobs/" + doc["config"]["digest"].replace(":", "/")))
    plain = []
    for data in layers:
        if data[:2] == b"\x1f\x8b":
            data = b"".join(gunzip(data))
        elif data[:4] == b"\x28\xb5\x2f\xfd":
            data = subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout
        plain.append(data)
    return image.docker_archive(out, plain, conf.get("config"), history=conf.get("history"))


def gunzip(data):
    while data:
        one = zlib.decompressobj(31)
        yield one.decompress(data)
        data = one.unused_data


def peers(path):
    """What they say, SKIP left out; None: they refuse it, or are not here."""
    dockle, trivy = os.environ.get("ASSAY_DOCKLE"), os.environ.get("ASSAY_TRIVY")
    if not dockle or not trivy:
        return None
    env = {"PATH": os.environ["PATH"], "HOME": TMP}
    run = subprocess.run([dockle, "--input", path, "-f", "json", "--no-color"], capture_output=True, text=True, env=env, check=False)
    said = set()
    if "{" not in run.stdout:
        return None
    run.stdout = run.stdout[run.stdout.index("{"):]
    said |= {d["code"] for d in json.loads(run.stdout)["details"] if d["level"] not in ("SKIP", "PASS")}
    run = subprocess.run([trivy, "image", "--image-config-scanners", "misconfig,secret", "--scanners", "secret", "--input", path, "-f", "json",
                          "-q", "--offline-scan", "--skip-version-check", "--skip-check-update", "--cache-dir", TMP + "/trivy"],
                         capture_output=True, text=True, env=env, check=False)
    for part in json.loads(run.stdout or "{}").get("Results") or []:
        said |= {m["ID"] for m in part.get("Misconfigurations") or [] if m["Status"] == "FAIL"}
        said |= {m["RuleID"] for m in part.get("Secrets") or []}
    return said


def make(entries, config, history):
    full = {k: v for k, v in dict(HEALTHY, **config).items() if v is not None}
    steps = [{"created_by": "COPY layer /"}] + [{"created_by": h, "empty_layer": True} for h in history]
    for word in ("USER", "HEALTHCHECK"):  # Trivy reads the history alone
        if full.get(word.capitalize()):
            steps.append({"created_by": word + (" app" if word == "USER" else ' &{["CMD" "true"] "0s" "0s" "0s" "0s" \'\\x00\'}'), "empty_layer": True})
    return image.docker_archive(os.path.join(TMP, "made.tar"), [tar_of(entries)], full, history=steps)


def judge(name, want, path):
    report, run = scan(path)
    missing, (explained, why) = want - our_ids(report), EXPLAINED.get(name, (set(), ""))
    ok(f"{name}: {'said here too' if not missing else why}", missing == explained, f"{sorted(missing)} {sorted(explained)}\n{run}")


def made():
    for name, (entries, config, history, want) in MADE.items():
        path = make(entries, config, history)
        said = peers(path)
        if os.environ.get("ASSAY_DOCKLE"):
            same(f"the peers on: {name}", sorted(said - ELSEWHERE), sorted(want))
        judge(name, want, "docker-archive:" + path)
    for name, entries, history, unwanted in ALARMS:
        report, run = scan("docker-archive:" + make(entries, {}, history))
        alarms = [f["id"] for f in report["findings"] if f["id"].startswith(tuple(unwanted.split()))]
        ok(f"no false alarm: {name}", run.rc == 0 and not alarms, f"{alarms}\n{run}")
    # 239: what nobody asks for is no alarm; where somebody does, it is
    for more, want in (([], "negligible"), ([SU], "high"), ([File("usr/sbin/sshd", "x", mode=0o755)], "high"),
                       ([File("bin/busybox", "x", mode=0o755), Link("bin/su", "busybox")], "negligible"),
                       ([File("bin/busybox", "x", mode=0o4755), Link("bin/su", "busybox")], "high")):
        report, run = scan("docker-archive:" + make(files(*more, shadow="root::1::::::\n"), {}, []))
        same(f"no false alarm: #239: an empty password beside {[e[0].name for e in more]}",
             [f["severity"] for f in report["findings"] if f["id"] == "user.empty-password"], [want])


def of_shared():
    folder = shared("data/images")
    if not folder:
        skip("the images of ../shared", "no ../shared")
        return
    for path in sorted(glob.glob(folder + "/docker-archive/*") + glob.glob(folder + "/oci-archive/*")):
        name = os.path.relpath(path, folder)
        want = SHARED.get(name, USUAL)
        if os.environ.get("ASSAY_DOCKLE"):
            said = peers(plain(path))
            same(f"the peers on: {name}", said and sorted(said - ELSEWHERE), want and sorted(want))
        judge(name, want or set(), path)


def plain(path):
    if path.endswith((".zst", ".gz")):
        out = os.path.join(TMP, "plain.tar")
        with open(out, "wb") as f:
            subprocess.run(["zstd", "-dcq" if path.endswith(".zst") else "-dcqf", path], stdout=f, check=True)
        path = out
    with tarfile.open(path) as tar:
        if "manifest.json" in tar.getnames():
            return path
    return as_docker(path)


if __name__ == "__main__":
    made()
    of_shared()
    note("dockle's own samples of manifests are tried in tests/judge/rules.py")
    sys.exit(done())
