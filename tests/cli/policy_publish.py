#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 120
"""policy_publish - a policy handed on through a layout, a file and registries: signed, whole, never an older one."""
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from pushreg import PushRegistry, digest  # noqa: E402
from tap import TMP, assay, done, ok, same, skip  # noqa: E402

ENV = {"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP, "COSIGN_PASSWORD": ""}


def path(*names):
    return os.path.join(TMP, *names)


def run(*args):
    return assay("policy", *args, "--timeout", "5s", env=ENV)


def write(name, text):
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    with open(path(name), "w", encoding="utf-8") as f:
        f.write(text)
    return path(name)


def policy(revision, root=0, name="web"):
    """A team's policy, the organisation's that it extends, and waivers."""
    write("p/org.yaml", "version: 1\nname: org\nwaivers: {files: [waivers/org.yaml]}\nrules:\n"
          f"- {{id: never-root, require: image.user.uid > {root}}}\n")
    write("p/waivers/org.yaml", "waivers:\n- {id: CVE-2024-1, owner: o@example.org, reason: r, until: 2090-01-01}\n")
    return write("p/teams/web.yaml", f"version: 1\nname: {name}\nrevision: {revision}\nextends: ../org.yaml\n"
                 "rules:\n- {id: no-secrets, refuse: finding.check == \"secret\"}\n")


def publish(ref, *args, key="k", **how):
    return run("publish", policy(**how), ref, *(["--sign-key", path(key + ".key")] if key else []), *args)


def pull(ref, folder, key="k"):
    return run("pull", ref, path(folder), *(["--key", path(key + ".pub")] if key else []))


def tree(folder):
    got = {}
    for at, _, files in os.walk(path(folder)):
        for f in files:
            with open(os.path.join(at, f), encoding="utf-8") as text:
                got[os.path.relpath(os.path.join(at, f), path(folder))] = text.read()
    return got


def taken(name, r, folder, revision):
    got = tree(folder)
    ok(f"{name}: taken", r.rc == 0 and r.out.strip() == path(folder, "teams/web.yaml")
       and f"revision: {revision}\n" in got["teams/web.yaml"], r)
    same(f"{name}: its files", sorted(got), ["bundle.json", "org.yaml", "teams/web.yaml", "waivers/org.yaml"])
    ok(f"{name}: nothing beside it", not [n for n in os.listdir(TMP) if n.startswith(folder + ".")], os.listdir(TMP))


def refused(name, r, folder, *words, rc=3):
    before = refused.before.get(folder, {})
    ok(f"{name}: refused", r.rc == rc and all(w in r.err for w in words), r)
    same(f"{name}: the folder stays", tree(folder), before)
    ok(f"{name}: nothing beside it", not [n for n in os.listdir(TMP) if n.startswith(folder + ".")], os.listdir(TMP))


refused.before = {}


def ends(ref):
    r = publish(ref, revision=2)
    ok(f"{ref}: published", r.rc == 0 and r.out.startswith("sha256:") and "signed" in r.err, r)
    root = r.out
    folder = "d" + str(len(refused.before))
    taken(ref, pull(ref, folder), folder, 2)
    r = pull(ref, folder)
    ok(f"{ref}: again, it is there already", r.rc == 0 and "already" in r.err, r)
    r = publish(ref, revision=2)
    ok(f"{ref}: the same again has the same digest", r.rc == 0 and r.out == root and "already" in r.err, r)
    r = publish(ref, revision=2, root=5)
    ok(f"{ref}: a change without a revision", r.rc == 3 and "higher" in r.err, r)
    r = publish(ref, revision=1)
    ok(f"{ref}: an older one", r.rc == 3 and "does not replace" in r.err, r)
    r = publish(ref, revision=9, name="shop")
    ok(f"{ref}: another policy", r.rc == 2 and '"web", not "shop"' in r.err, r)
    r = publish(ref, revision=3)
    ok(f"{ref}: the next", r.rc == 0, r)
    taken(f"{ref}, the next", pull(ref, folder), folder, 3)
    refused.before[folder] = tree(folder)
    old = path("old.tar")
    if os.path.exists(old):
        os.unlink(old)
    publish(old, revision=2)
    refused(f"{ref}, then an older one from elsewhere", pull(old, folder), folder, "does not replace")
    refused(f"{ref}, by another key", pull(ref, folder, key="other"), folder, "not signed by the key")


def files():
    ref = path("plain.tar")
    r = publish(ref, revision=1, key=None)
    ok("unsigned: published with a warning", r.rc == 0 and "--sign-key" in r.err, r)
    refused("unsigned", pull(ref, "f1"), "f1", "is not signed")
    refused("without --key", pull(ref, "f1", key=None), "f1", "--key", rc=2)
    r = publish(path("none.tar"), revision=0)
    ok("without a revision", r.rc == 2 and "revision" in r.err and not os.path.exists(path("none.tar")), r)
    write("own/a.txt", "mine")
    refused.before["own"] = tree("own")
    publish(path("good.tar"), revision=1)
    refused("a folder of somebody else", pull(path("good.tar"), "own"), "own", "no pulled policy", rc=2)
    write("abs.yaml", f"version: 1\nname: a\nrevision: 1\nextends: {path('p/org.yaml')}\n")
    r = run("publish", path("abs.yaml"), path("abs.tar"))
    ok("what extends an absolute path", r.rc == 2 and "absolute" in r.err, r)
    write("lone/one.yaml", "version: 1\nname: one\nrevision: 1\nrules:\n- {id: r, require: image.user.uid > 0}\n")
    run("publish", path("lone/one.yaml"), path("one.tar"), "--sign-key", path("k.key"))
    r = pull(path("one.tar"), "one")
    ok("a policy of one file", r.rc == 0 and sorted(tree("one")) == ["bundle.json", "one.yaml"], r)
    os.makedirs(path("mixed/blobs/sha256"))
    write("mixed/oci-layout", '{"imageLayoutVersion":"1.0.0"}')
    write("mixed/index.json", '{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"sha256:' + "1" * 64
          + '","size":1,"annotations":{"org.opencontainers.image.ref.name":"app"}}]}')
    r = publish("oci:" + path("mixed"), revision=1)
    with open(path("mixed/index.json"), encoding="utf-8") as f:
        names = [m["annotations"]["org.opencontainers.image.ref.name"] for m in json.load(f)["manifests"]]
    ok("what else a layout holds stays", r.rc == 0 and names[0] == "app" and "latest" in names, (r, names))


def registry():
    """What a registry may do to it."""
    reg = PushRegistry()
    ref = f"registry:{reg.host}/team/policy:live"
    ends(ref)
    root = publish(ref, revision=4).out.strip()
    att = "sha256-" + root[7:] + ".att"
    good = dict(reg.manifests), dict(reg.blobs)
    name = "team/policy"
    blob = json.loads(reg.manifests[(name, "live")])["layers"][0]["digest"]

    def tampered(what, change, *words):
        reg.manifests, reg.blobs = dict(good[0]), dict(good[1])
        change()
        refused(what, pull(ref, "r1"), "r1", *words)

    def swap(old, new):
        reg.blobs[blob] = good[1][blob].replace(old, new)

    def forged():
        doc = json.loads(good[0][(name, att)])
        env = json.loads(good[1][doc["layers"][0]["digest"]])
        payload = json.loads(base64.b64decode(env["payload"]))
        payload["predicate"]["revision"] = 99
        env["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
        data = json.dumps(env).encode()
        doc["layers"][0].update(digest=digest(data), size=len(data))
        reg.blobs[digest(data)] = data
        reg.manifests[(name, att)] = json.dumps(doc).encode()

    def unsigned():
        write("loose.yaml", "version: 1\nname: web\nrevision: 9\nrules:\n- {id: a, require: 'true'}\n")
        run("publish", path("loose.yaml"), ref)
    tampered("a rule is loosened", lambda: swap(b"uid > 0", b"uid > -"), "digest")
    tampered("a forged statement", forged, "not signed by the key")
    tampered("somebody else's policy", unsigned, "is not signed")
    tampered("no signature", lambda: reg.manifests.pop((name, att)), "is not signed")
    tampered("no blob", lambda: reg.blobs.pop(blob))
    tampered("no manifest", lambda: reg.manifests.pop((name, "live")))
    crafted(reg)
    reg.close()


def crafted(reg):
    """Signed by the key, and hostile all the same: paths that lead out, a document that is no policy."""
    text = "version: 1\nname: web\nrevision: 5\nrules:\n- {id: r, require: image.user.uid > 0}\n"

    def bundle(*files, **more):
        return json.dumps({"schema": "assay.policy/v1", "name": "web", "revision": 5, "policy": "p.yaml",
                           "files": [{"path": p, "text": t} for p, t in files]} | more).encode()
    # the bytes of a bundle take the place of a published one before it is signed: its digest is signed
    for what, data, word in (
            ("a path with ..", bundle(("../x.yaml", "a"), ("p.yaml", text)), "no path of a file"),
            ("an absolute path", bundle(("/tmp/x.yaml", "a"), ("p.yaml", text)), "no path of a file"),
            ("a path twice", bundle(("p.yaml", text), ("p.yaml", text)), "no path of a file"),
            ("its own record", bundle(("bundle.json", "a"), ("p.yaml", text)), "no path of a file"),
            ("no policy", bundle(("a.yaml", text)), "does not hold its policy"),
            ("no rules", bundle(("p.yaml", "version: 1\nname: web\nrevision: 5\n")), "no rules"),
            ("waivers that are none", bundle(("p.yaml", text + "waivers: {files: [w.yaml]}\n"), ("w.yaml", "waivers: {}\n")),
             "waivers"),
            ("a waiver that its policy does not allow",
             bundle(("p.yaml", text + "waivers: {files: [w.yaml], four_eyes: true}\n"),
                    ("w.yaml", "waivers:\n- {id: A, owner: o, reason: r, until: 2090-01-01}\n")), "four eyes"),
            ("waivers of this machine", bundle(("p.yaml", text + f"waivers: {{files: [{path('w.yaml')}]}}\n")),
             "absolute"),
            ("waivers that did not come", bundle(("p.yaml", text + "waivers: {files: [w.yaml]}\n")), "w.yaml"),
            ("a file that nobody names", bundle(("p.yaml", text), ("w.yaml", "waivers: []\n")), "others came"),
            ("another revision", bundle(("p.yaml", text.replace("5", "6"))), "another name or revision"),
            ("a revision that is not signed", bundle(("p.yaml", text), revision=7), "statement speaks of"),
            ("a newer schema", bundle(("p.yaml", text), schema="assay.policy/v2"), "schema")):
        reg.manifests.clear()
        ref = f"registry:{reg.host}/evil/p:1"
        # openssl signs what assay would never write
        blob, empty = digest(data), digest(b"{}")
        manifest = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                               "artifactType": "application/vnd.assay.policy.v1",
                               "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": empty, "size": 2},
                               "layers": [{"mediaType": "application/vnd.assay.policy.v1+json", "digest": blob,
                                           "size": len(data)}]}).encode()
        payload = json.dumps({"_type": "https://in-toto.io/Statement/v1",
                              "subject": [{"name": "p", "digest": {"sha256": digest(manifest)[7:]}}],
                              "predicateType": "urn:assay:policy:v1",
                              "predicate": {"name": "web", "revision": 5}}).encode()
        kind = b"application/vnd.in-toto+json"
        pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        sig = subprocess.run(["openssl", "dgst", "-sha256", "-sign", path("k.key")], input=pae,
                             capture_output=True, check=True).stdout
        envelope = json.dumps({"payloadType": kind.decode(), "payload": base64.b64encode(payload).decode(),
                               "signatures": [{"sig": base64.b64encode(sig).decode()}]}).encode()
        att = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                          "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": empty, "size": 2},
                          "layers": [{"mediaType": "application/vnd.dsse.envelope.v1+json",
                                      "digest": digest(envelope), "size": len(envelope)}]}).encode()
        reg.blobs.update({blob: data, empty: b"{}", digest(envelope): envelope})
        reg.manifests[("evil/p", "1")] = reg.manifests[("evil/p", digest(manifest))] = manifest
        reg.manifests[("evil/p", "sha256-" + digest(manifest)[7:] + ".att")] = att
        refused(what, pull(ref, "e1"), "e1", word)


def real_registry():
    if not shutil.which("docker-registry"):
        skip("docker-registry takes it and gives it", "there is no docker-registry")
        return
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    write("reg.yml", f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {path('storage')}}}}}\n"
          f"http: {{addr: '127.0.0.1:{port}'}}\n")
    with open(path("reg.log"), "wb") as log, subprocess.Popen(
            ["docker-registry", "serve", path("reg.yml")], stdin=subprocess.DEVNULL, stdout=log, stderr=log) as p:
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        ends(f"registry:127.0.0.1:{port}/assay/policy:1")
        p.terminate()


for key, kind in (("k", "ecdsa-p256"), ("other", "ed25519")):
    assay("key", "generate", "--out", path(key), "--type", kind, env=ENV)
ends("oci:" + path("layout"))
ends(path("file.tar"))
files()
registry()
real_registry()
sys.exit(done())
