#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""mirrors - registries.conf: mirrors in order, places that images are really at, blocked ones; credentials stay with the
registry that they are for."""
import base64
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from pushreg import PushRegistry  # noqa: E402
from regfault import Registry  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

os.environ["ASSAY_FETCH_WAIT_MS"] = "5"  # of tries again
SECRET = "kanarien-vogel-7291"
BLOBS, INDEX = im.oci_blobs([im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1")])), im.tar_of([("a", os.urandom(20000))])])
OTHER, OTHER_INDEX = im.oci_blobs([im.tar_of([("other", b"x")])])
CONF = os.path.join(TMP, "config/containers/registries.conf")
DROP = os.path.join(TMP, "config/containers/registries.conf.d")
os.makedirs(DROP)
reg, mirror, third = Registry(BLOBS, INDEX), Registry(BLOBS, INDEX), Registry(OTHER, OTHER_INDEX)
NAME = "images.test/team/app:1"


def scan(ref, *args, stdin=b"", env=None):
    for r in (reg, mirror, third):
        r.reset()
    return assay("scan", "-f", "json", "--no-cache", "--timeout", "3s", *args, ref, stdin=stdin,
                 env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": os.path.join(TMP, "config"), **(env or {})})


def plain(r):
    if not r.raw:
        return str(r)
    doc = json.loads(r.raw)
    doc["image"]["reference"] = None
    return {**doc, "coverage": [c for c in doc["coverage"] if c["code"] != "image.source"]}


def source_row(r):
    return "".join(c["detail"] for c in json.loads(r.raw)["coverage"] if c["code"] == "image.source") if r.raw else str(r)


def conf(*lines, path=CONF):
    im.write(path, "\n".join(lines).encode())


def table(location, *more):
    return ("[[registry]]", 'prefix = "images.test"', f'location = "{location}"', *more)


def a_mirror(host, *more):
    return ("[[registry.mirror]]", f'location = "{host}"', *more)


def broken(h):
    h.answer(500, [], b"{}")
    return True


def absent(h):
    h.answer(404, [], b"{}")
    return True


def main():
    want = plain(scan(reg.ref()))
    conf(*table(reg.host))
    r = scan(NAME)
    same("a location in place of the host", plain(r), want)
    ok("the report says where it was pulled from", reg.host in source_row(r), r)
    conf(*table("images.test"), *a_mirror(mirror.host))
    r = scan(NAME)
    same("a mirror", plain(r), want)
    ok("the mirror alone was asked", mirror.host in source_row(r) and not reg.seen, r)
    conf(*table(reg.host), *a_mirror("127.0.0.1:1"), *a_mirror(mirror.host))
    same("a mirror that is down: the next", plain(scan(NAME)), want)
    conf(*table(reg.host), *a_mirror(mirror.host))
    mirror.fault = None
    for name, fault in (("does not have it", absent), ("refuses", broken)):
        def scanned(fault=fault):
            for one in (reg, mirror, third):
                one.reset()
            mirror.fault = fault
            return assay("scan", "-f", "json", "--no-cache", "--timeout", "3s", NAME,
                         env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": os.path.join(TMP, "config")})
        r = scanned()
        same(f"a mirror that {name}: the registry", plain(r), want)
        r = scanned(lambda h, fault=fault: "/blobs/" in h.path and fault(h))
        same(f"a mirror that {name} for blobs: the registry", plain(r), want)
    conf(*table(reg.host, "mirror-by-digest-only = true"), *a_mirror(third.host))
    same("mirror-by-digest-only: no tag is asked there", plain(scan(NAME)), want)
    conf(*table(reg.host), *a_mirror(third.host, 'pull-from-mirror = "digest-only"'))
    same("digest-only: the same", plain(scan(NAME)), want)
    conf(*table(reg.host, "blocked = true"))
    r = scan(NAME)
    ok("blocked: exit 3, by its file", r.rc == 3 and "blocks images.test" in r.err and not reg.seen, r)
    conf(*table("127.0.0.1:1"), *a_mirror("127.0.0.1:2"))
    r = scan(NAME)
    ok("nobody answers: exit 3, and all are named", r.rc == 3 and "127.0.0.1:1" in r.err and "127.0.0.1:2" in r.err, r)
    conf(*table("127.0.0.1:1"))
    conf(*table(reg.host), path=os.path.join(DROP, "50-ours.conf"))
    same("registries.conf.d counts after registries.conf", plain(scan(NAME)), want)
    os.unlink(os.path.join(DROP, "50-ours.conf"))
    named = os.path.join(TMP, "named.conf")
    conf(*table(reg.host), path=named)
    same("CONTAINERS_REGISTRIES_CONF", plain(scan(NAME, env={"CONTAINERS_REGISTRIES_CONF": named})), want)
    conf("[[registry", *table(reg.host))
    r = scan(NAME)
    ok("a broken file: exit 3, by name", r.rc == 3 and "registries.conf" in r.err and not r.out, r)
    listing()
    credentials(want)
    return done()


def listing():
    """Tags, and what is pushed, are subject to registries.conf too."""
    many, env = PushRegistry(), {"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": os.path.join(TMP, "config")}
    many.page = 1
    for tag in ("1", "2", "3"):
        many.put_image("inner/team/app", BLOBS, INDEX, tag)

    def images(pattern):
        many.seen.clear()
        r = assay("scan", "-f", "json", "--no-cache", "--no-evidence", "--repository", pattern, env=env)
        return [i["reference"] for i in r.json()["images"] if i["status"] == "passed"] if r.raw else str(r)
    conf(*table(f"{many.host}/inner"))
    same("tags of a repository that is elsewhere", images("images.test/team/app"), [f"registry:images.test/team/app:{n}" for n in "123"])
    r = assay("scan", "--repository", "images.test/*", env=env)
    ok("a catalog of a part of a registry: exit 3, and says so", r.rc == 3 and "no catalog" in r.err, r)
    conf('[[registry]]', 'prefix = "images.test"', f'location = "{many.host}"')
    same("a catalog that is elsewhere", images("images.test/inner/*"), [f"registry:images.test/inner/team/app:{n}" for n in "123"])
    conf('[[registry]]', f'prefix = "{many.host}"', "blocked = true")
    for pattern in (f"{many.host}/inner/team/app", f"{many.host}/*"):
        ok("a list of what is blocked: exit 3", "blocks" in images(pattern) and not many.seen, many.seen)
    assay("key", "generate", "--out", os.path.join(TMP, "k"), env={"COSIGN_PASSWORD": "", **env})
    im.write(os.path.join(TMP, "t.json"), b'{"bash":{"CVE-2024-1":{"releases":{"bookworm":{"status":"open","repositories":{"bookworm":"1"}}}}}}')
    assay("db", "import", "--db", os.path.join(TMP, "db"), os.path.join(TMP, "t.json"))
    r = assay("db", "export", "--db", os.path.join(TMP, "db"), "--sign-key", os.path.join(TMP, "k.key"), f"registry:{many.host}/i:1",
              env={"COSIGN_PASSWORD": "", **env})
    ok("nothing is pushed to what is blocked", r.rc == 3 and "blocks" in r.err and not many.seen, (r, many.seen))
    many.close()


def credentials(want):
    def basic(h):
        if h.headers.get("Authorization", "").startswith("Basic "):
            return False
        h.answer(401, [("WWW-Authenticate", 'Basic realm="x"')], b"{}")
        return True

    def gives(host):
        auth = base64.b64encode(f"me:{SECRET}".encode()).decode()
        im.write(os.path.join(TMP, "config.json"), im.to_json({"auths": {host: {"auth": auth}}}))

    conf(*table(reg.host), *a_mirror(mirror.host))
    for one in (reg, mirror, third):
        one.reset()
    mirror.fault = basic
    r = assay("scan", "-f", "json", "--no-cache", "--username", "me", "--password-stdin", "--timeout", "3s", NAME,
              stdin=SECRET.encode(), env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": os.path.join(TMP, "config")})
    same("a mirror that asks for credentials: the registry", plain(r), want)
    ok("it is not shown those for the registry", not any("Authorization" in h for _, h in mirror.seen), mirror.seen[:2])
    gives(mirror.host)
    for one in (reg, mirror, third):
        one.reset()
    mirror.fault = basic
    r = assay("scan", "-f", "json", "--no-cache", "--timeout", "3s", NAME,
              env={"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": os.path.join(TMP, "config")})
    same("its own of config.json", plain(r), want)
    ok("are shown to the mirror alone", mirror.host in source_row(r) and not any("Authorization" in h for _, h in reg.seen), r)
    ok("no message has the password", SECRET not in r.out + r.err)


if __name__ == "__main__":
    sys.exit(main())
