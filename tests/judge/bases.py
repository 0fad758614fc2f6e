#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bases - what an image is built on, and what that explains: learned from a base that is known, signed by one that is
admitted (a key has signed it, or its digest was named), and nothing from what only says so.  Keys and signatures are
openssl's, the forms those of cosign and sigstore."""
import copy
import hashlib
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image as im  # noqa: E402
from image import File, tar_of  # noqa: E402
from papers import BUNDLE, DSSE, SIMPLE, SPDX, Image, b64, envelope, make_key, path, sign, simple, spdx, statement  # noqa: E402
from regfault import INDEX, Registry  # noqa: E402
from tap import assay, done, ok, same  # noqa: E402

ELF = b"\x7fELF\x02\x01\x01"
TOOL, ODD, APP = ELF + b"tool" * 300, ELF + b"odd" * 500, ELF + b"app" * 700
SIGNATURE = "dev.cosignproject.cosign/signature"
KEY, OTHER = make_key("k"), make_key("o")
os.environ["ASSAY_FETCH_WAIT_MS"] = "1"


def base_layers():
    """A package's program, and one that no package owns."""
    return [tar_of(im.debian([("tool", "1")]) + [
        File("usr/bin/tool", TOOL, mode=0o755), File("usr/local/bin/odd", ODD, mode=0o755),
        File("var/lib/dpkg/info/tool.list", "/usr/bin/tool\n"),
        File("var/lib/dpkg/info/tool.md5sums", f"{hashlib.md5(TOOL).hexdigest()}  usr/bin/tool\n")])]


BASE = base_layers()
TOP = tar_of([File("usr/local/bin/app", APP, mode=0o755)])
PINNED = Image(BASE).digest


def cosigned(key="k", digest=None, payload=None):
    """The base with cosign's signature; made over payload where that is another than the one that is shipped."""
    i = Image(BASE)
    text = simple(digest or i.digest)
    i.tag(".sig", [(SIMPLE, text, {SIGNATURE: b64(sign(key, payload or text))})])
    return i


def scan(layers, *args, labels=None):
    image = im.docker_archive(path("image.tar"), layers, {"User": "1", "Labels": labels or {}})
    return assay("scan", f"docker-archive:{image}", "--checks", "file", "-f", "json", "--no-cache", *args)


def seen(run):
    """How the base is known, bytes by grade (signed, learned, claimed), programs that nobody owns."""
    if not run.raw:
        return str(run)
    r = run.json()
    sums = r["image"]["accountability"]
    return ([(l["by"], l["admitted"], l["signer"]) for l in r["lineage"]], (sums["signed"], sums["learned"], sums["claimed"]),
            [f["location"]["path"] for f in r["findings"] if f["id"] == "file.unowned-program"])


LOW = len(TOOL + ODD)
NOTHING = ([], (0, 0, len(TOOL)), ["usr/local"])
KNOWN = ([("layers", None, None)], (0, LOW, 0), ["usr/local/bin/app"])
SIGNED = ([("layers", "signature", KEY)], (LOW, 0, 0), ["usr/local/bin/app"])
BY_DIGEST = ([("layers", "digest", None)], (LOW, 0, 0), ["usr/local/bin/app"])


def codes(run):
    return [(c["status"], c["code"]) for c in run.json()["coverage"] if c["code"].startswith("base.")] if run.raw else str(run)


def grades():
    ref, key = cosigned().layout("signed"), ("--base-key", path("k.pub"))
    same("no base is known", seen(scan([*BASE, TOP])), NOTHING)
    run = scan([*BASE, TOP], "--base", ref)
    same("a base is known: what comes from it is learned", seen(run), KNOWN)
    ok("... and that no package owns some of it is said", "1 that no package owns are of the base" in run.out, run)
    report = im.write(path("base.json"), scan(BASE).raw)
    same("the same by its report", seen(scan([*BASE, TOP], "--base", f"registry.internal/base:1={report}")), KNOWN)
    run = scan([*BASE, TOP], "--base", ref, *key)
    same("a key has signed it: signed", seen(run), SIGNED)
    same("... which needs no word", codes(run), [])
    same("the other of two keys", seen(scan([*BASE, TOP], "--base", ref, "--base-key", path("o.pub"), *key)), SIGNED)
    reg = cosigned().registry(False)
    same("in a registry", seen(scan([*BASE, TOP], "--base", reg.ref(), *key)), SIGNED)
    i = Image(BASE)
    bundle = {"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": "x"}},
              "dsseEnvelope": envelope("k", statement(i.digest, "https://sigstore.dev/cosign/sign/v1", {}))}
    i.refer([(BUNDLE, im.to_json(bundle), None)], BUNDLE)
    same("sigstore's bundle", seen(scan([*BASE, TOP], "--base", i.layout("bundle"), *key)), SIGNED)
    unsigned = Image(BASE).layout("plain")
    same("its digest was named", seen(scan([*BASE, TOP], "--base", unsigned[:-2] + "@" + PINNED)), BY_DIGEST)
    same("... in a registry", seen(scan([*BASE, TOP], "--base", f"{Image(BASE).registry().ref().rsplit(':', 1)[0]}@{PINNED}")), BY_DIGEST)
    same("a report beside the image: what is proven counts", seen(scan([*BASE, TOP], "--base", report, "--base", ref, *key))[1], (LOW, 0, 0))
    run = scan([*BASE, TOP], "--base", f"registry.internal/base:1={ref}", *key)
    same("a name of one's own", [l["reference"] for l in run.json()["lineage"]], ["registry.internal/base:1"])
    same("... with its digest", [l["digest"] for l in run.json()["lineage"]], [PINNED])
    table = assay("scan", f"docker-archive:{path('image.tar')}", "--checks", "file", "--no-cache", "--base", ref, *key)
    ok("the table says so", "(by layers, admitted by signature)" in table.out, table)
    two = [*BASE, tar_of([File("usr/bin/two", ELF + b"2" * 77, mode=0o755)])]
    nearer = Image(two).layout("nearer")
    run = scan([*two, TOP], "--base", nearer, "--base", ref, *key)
    same("a known base on an admitted one: each file by the lowest that has it", seen(run)[:2],
         ([("layers", None, None), ("layers", "signature", KEY)], (LOW, 84, 0)))
    same("an image that stands on another base", seen(scan([TOP, *BASE], "--base", ref, *key)), NOTHING)
    same("... and one that has only some of its layers", seen(scan([*BASE, TOP], "--base", nearer, "--base-key", path("k.pub"))), NOTHING)


def forged():
    key = ("--base-key", path("k.pub"))
    unsigned = [("complete", "base.unsigned")]
    for what, base, more, rows in (
            ("nobody has signed it", Image(BASE), key, unsigned),
            ("another key has", cosigned("o"), key, unsigned),
            ("another image was signed", cosigned(digest="sha256:" + "1" * 64), key, unsigned),
            ("what was signed is another text", cosigned(payload=simple("sha256:" + "1" * 64)), key, unsigned),
            ("the key is one for evidence of the image, not for bases", cosigned(), ("--key", path("k.pub")), [])):
        run = scan([*BASE, TOP], "--base", base.layout("forged-" + what.replace(" ", "-")[:20]), *more)
        same(f"{what}: learned, no more", seen(run), KNOWN)
        same(f"... {what}: which is said", codes(run), rows)
    i = Image(BASE)
    i.tag(".att", [(DSSE, im.to_json(envelope("k", statement(i.digest, SPDX, spdx()))), {"predicateType": SPDX})])
    same("a bill of materials that the key has signed admits nothing", seen(scan([*BASE, TOP], "--base", i.layout("sbom"), *key)), KNOWN)
    label = {"org.opencontainers.image.base.name": "registry.internal/base:1", "org.opencontainers.image.base.digest": PINNED}
    same("a label is a claim", seen(scan([*BASE, TOP], labels=label)), ([("label", None, None)], *NOTHING[1:]))
    other = tar_of([File("etc/other", b"x")])
    same("... beside an admitted base that it does not stand on", seen(scan([other, *BASE, TOP], "--base", cosigned().layout("l"), *key, labels=label)),
         ([("label", None, None)], *NOTHING[1:]))
    # the report of a base may say what it likes of itself
    doc = scan(BASE).json()
    doc["lineage"] = [{"reference": "x", "digest": PINNED, "layers": 1, "by": "layers", "admitted": "signature", "signer": KEY}]
    doc["image"]["digest"] = PINNED
    doc["evidence"] = [{"kind": "signature", "found": "tag", "signer": KEY, "about": PINNED, "layer": None, "signatures": 1, "claimed": []}]
    report = im.write(path("forged.json"), im.to_json(doc))
    same("a report that calls itself signed: learned", seen(scan([*BASE, TOP], "--base", f"x@{PINNED}={report}")), KNOWN)
    # a signature stays the manifest's: its config and layers are others
    i = cosigned()
    manifest = json.loads(i.blobs[i.digest])
    config = json.loads(i.blobs[manifest["config"]["digest"]])
    config["rootfs"]["diff_ids"] = [im.digest(TOP)]
    i.blobs[manifest["config"]["digest"]] = im.to_json(config)
    run = scan([TOP], "--base", i.layout("config"), *key)
    ok("other layers under the name of the signed config: refused", run.rc == 3 and "base " in run.err and not run.raw, run)
    i = cosigned()
    i.blobs[i.digest] = Image([TOP]).blobs[Image([TOP]).digest]
    run = scan([TOP], "--base", i.layout("manifest"), *key)
    ok("another manifest under the signed digest: refused", run.rc == 3 and not run.raw, run)
    run = scan([*BASE, TOP], "--base", Image(BASE).layout("pin")[:-2] + "@sha256:" + "2" * 64)
    ok("a digest that is not there: refused", run.rc == 2 and "does not lead to that digest" in run.err and not run.raw, run)
    image = im.config_of([*BASE, TOP])
    lie = im.archive_bytes([("a/layer.tar", tar_of([File("usr/bin/tool", ELF, mode=0o755)])), ("b/layer.tar", TOP), ("c.json", image),
                            ("manifest.json", im.to_json([{"Config": "c.json", "RepoTags": ["x:1"], "Layers": ["a/layer.tar", "b/layer.tar"]}]))])
    run = assay("scan", "docker-archive:" + im.write(path("lie.tar"), lie), "--checks", "file", "--no-cache", "--base", cosigned().layout("l2"), *key)
    ok("an image that claims the layers of the base and has others: refused", run.rc == 3, run)


def changed():
    """What an upper layer changes is not the base's any more; what the base itself has wrong stays a finding."""
    args = ("--base", cosigned().layout("changed"), "--base-key", path("k.pub"))
    evil = ELF + b"evil" * 300
    run = scan([*BASE, tar_of([File("usr/bin/tool", evil, mode=0o755)])], *args)
    same("a program of the base replaced above: a finding, and not signed",
         ([f["id"] for f in run.json()["findings"] if f["location"]["path"] == "usr/bin/tool" and not f["location"]["deleted"]], seen(run)[1]),
         (["file.changed"], (len(ODD), 0, 0)))
    run = scan([*BASE, tar_of([File("usr/local/bin/odd", evil, mode=0o755)])], *args)
    same("one that no package owns", (seen(run)[2], seen(run)[1]), (["usr/local/bin/odd"], (len(TOOL), 0, 0)))
    run = scan([*BASE, tar_of([File("usr/bin/tool", evil, mode=0o755), File("var/lib/dpkg/info/tool.md5sums", "")])], *args)
    same("... with its line of the database: claimed", seen(run)[1], (len(ODD), 0, len(evil)))
    wrong = tar_of(im.debian([("tool", "1")]) + [File("usr/bin/tool", TOOL, mode=0o755), File("var/lib/dpkg/info/tool.list", "/usr/bin/tool\n"),
                                                File("var/lib/dpkg/info/tool.md5sums", "0" * 32 + "  usr/bin/tool\n")])
    run = scan([wrong, TOP], "--base", Image([wrong]).layout("wrong")[:-2] + "@" + Image([wrong]).digest)
    same("changed in the admitted base itself: a finding all the same, and not explained",
         ([f["id"] for f in run.json()["findings"]], seen(run)[1]), (["file.changed", "file.unowned-program"], (0, 0, 0)))
    known = im.write(path("signed.known"), ("# assay signed files 1\n# source the repository\n" + "\t".join(
        ["1" * 64, "tool", "1", "amd64", "usr/bin/tool"]) + "\n").encode())
    run = scan([*BASE, TOP], *args, "--known", known)
    same("a signed repository knows better than who built the base",
         ([f["id"] for f in run.json()["findings"] if f["location"]["path"] == "usr/bin/tool"], seen(run)[1]), (["file.changed"], (len(ODD), 0, 0)))


def platforms():
    """Of a base for several platforms, the one of the image."""
    i, arm = cosigned(), Image([TOP])
    two = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {**i.image, "platform": {"os": "linux", "architecture": "amd64"}},
        {**arm.image, "platform": {"os": "linux", "architecture": "arm64"}}]}
    text = im.to_json(two)
    blobs = {**i.blobs, **arm.blobs, im.digest(text): text}
    both = copy.copy(i)
    both.blobs, both.digest = blobs, im.digest(text)
    payload = simple(both.digest)
    both.index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": INDEX, "digest": both.digest, "size": len(text), "annotations": {"org.opencontainers.image.ref.name": "1"}}]}
    both.tag(".sig", [(SIMPLE, payload, {SIGNATURE: b64(sign("k", payload))})])
    ref, key = both.layout("both"), ("--base-key", path("k.pub"))
    same("a signature over the index admits its images", seen(scan([*BASE, TOP], "--base", ref, *key)), SIGNED)
    same("so does the digest of the index", seen(scan([*BASE, TOP], "--base", ref[:-2] + "@" + both.digest)), BY_DIGEST)
    image = im.docker_archive(path("s390x.tar"), [*BASE, TOP], {"User": "1"}, arch="s390x")
    run = assay("scan", f"docker-archive:{image}", "--platform", "linux/s390x", "--checks", "file", "-f", "json", "--no-cache", "--base", ref, *key)
    same("a base that there is not for the platform: none, and said", (seen(run)[0], codes(run)), ([], [("complete", "base.platform")]))


def unread():
    i = cosigned()
    reg = Registry(i.blobs, i.index)
    reg.tags, reg.referrers = i.tags, None
    key = ("--base-key", path("k.pub"))
    reg.fault = lambda h: ".sig" in h.path and (h.answer(500, [], b"") or True)
    run = scan([*BASE, TOP], "--base", reg.ref(), *key, "--timeout", "2s")
    same("a registry that does not give the signature: learned, and incomplete", (seen(run), codes(run)), (KNOWN, [("incomplete", "base.unread")]))
    reg.fault = lambda h: h.answer(500, [], b"") or True
    run = scan([*BASE, TOP], "--base", reg.ref(), *key, "--timeout", "2s")
    ok("a base that cannot be read: no report", run.rc == 3 and not run.raw and "base " in run.err, run)
    run = scan([*BASE, TOP], "--base", reg.ref(), "--offline")
    ok("--offline asks for no base", run.rc in (2, 3) and not run.raw and "offline" in run.err, run)
    packed = im.docker_archive(path("base.tar.gz"), BASE, {}, compression="gzip")
    run = scan([*BASE, TOP], "--base", f"docker-archive:{packed}")
    ok("a compressed archive is no base, and what is one is said", run.rc == 3 and "not compressed" in run.err, run)
    plain = im.docker_archive(path("base.tar"), BASE, {})
    same("a plain one is", seen(scan([*BASE, TOP], "--base", plain)), KNOWN)
    for what, args, word in (("a key without a base", key, "--base-key"), ("no key", ("--base", plain, "--base-key", plain), "--base-key"),
                             ("a key beside a report", ("--base", im.write(path("r.json"), scan(BASE).raw), *key), "--base-key")):
        run = scan([*BASE, TOP], *args)
        ok(f"wrong usage: {what}", run.rc == 2 and word in run.err and not run.raw, run)
    folder = path("cwd")
    os.makedirs(folder)
    for key_, value in (("base", Image(BASE).layout("cwd-base")[:-2] + "@" + PINNED), ("base-key", path("k.pub"))):
        im.write(os.path.join(folder, ".assay.yaml"), f"{key_}: [\"{value}\"]\n".encode())
        run = assay("scan", f"docker-archive:{path('image.tar')}", "--checks", "file", "--no-cache", cwd=folder)
        ok(f"a file of the working folder cannot say {key_}", run.rc == 2 and ".assay.yaml" in run.err, run)


def policy():
    rules = im.write(path("policy.yaml"), f"""version: 1
name: p
needs: [file]
values: {{base_keys: ["{KEY}"]}}
rules:
  - id: admitted-base
    require: lineage.exists(b, b.by == "layers" && (b.admitted == "digest" || b.signer in values.base_keys))
  - id: explained
    require: image.accountability.explained > 0.5 && image.accountability.signed > 0
""".encode())
    args = ("--policy", rules, "--base")
    for what, base, key, rc in (("signed by its key", cosigned(), "k", 0), ("signed by another", cosigned("o"), "o", 1), ("unsigned", Image(BASE), "k", 1)):
        run = scan([*BASE, TOP], *args, base.layout("policy-" + what[-5:]), "--base-key", path(key + ".pub"))
        same(f"a policy asks for an admitted base: {what}", run.rc, rc)
    saved = im.write(path("saved.json"), scan([*BASE, TOP], "--base", cosigned().layout("saved"), "--base-key", path("k.pub")).raw)
    run = assay("policy", "check", saved, "--policy", rules)
    same("... of the saved report", run.rc, 0)
    im.write(rules, b'version: 1\nname: p\nrules:\n- {id: r, require: \'lineage.all(b, b.admitted == "signed")\'}\n')
    run = assay("policy", "lint", rules)
    ok("a word that it never is is an error", run.rc == 2 and 'admitted is never "signed"' in run.err, run)


for test in (grades, forged, changed, platforms, unread, policy):
    test()
sys.exit(done())
