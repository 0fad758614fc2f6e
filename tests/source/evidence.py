#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""evidence - bills of materials, attestations and signatures that came with an image are listed with who signed them;
nothing of them is taken on trust.  Keys and signatures are openssl's, the forms those of cosign, BuildKit and in-toto."""
import base64
import copy
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image as im  # noqa: E402
from papers import BUNDLE, DSSE, INTOTO, SIMPLE, SLSA, SPDX, ZLIB, Image, b64, envelope, make_key, openssl, path, sign  # noqa: E402
from papers import simple, spdx, statement  # noqa: E402
from regfault import INDEX, MANIFEST  # noqa: E402
from tap import assay, done, ok, same  # noqa: E402

SOURCE_PAPERS_MAX, REFERRER_PAGES_MAX, EVIDENCE_MAX, PAPER_PURLS_MAX, PAPER_SUBJECTS_MAX = 64, 16, 4096, 4 << 20, 4096
os.environ["ASSAY_FETCH_WAIT_MS"] = "1"


def scan(ref, *args):
    return assay("scan", "-f", "json", "--no-cache", "--checks", "file", *args, ref)


def evidence(r):
    return r.json()["evidence"] if r.raw else [str(r)]


def brief(r):
    """(kind, type, found, signatures, signer, claimed, packages, missing, unlisted) of each."""
    return [(e["kind"], e["type"], e["found"], e["signatures"], e["signer"], e["claimed"], e["packages"], e["missing"],
             e["unlisted"]) for e in evidence(r)] if r.raw else str(r)


def rows(r):
    return [(c["status"], c["code"]) for c in r.json()["coverage"] if c["code"].startswith("evidence.")] if r.raw else str(r)


KEY, OTHER = make_key("k"), make_key("o")


def buildkit():
    i = Image()
    i.attest([(INTOTO, statement(i.digest, SPDX, spdx(ZLIB, "pkg:deb/debian/ghost@1.0")), {"in-toto.io/predicate-type": SPDX}),
              (INTOTO, statement(i.digest, SLSA, {"buildDefinition": {}}), {"in-toto.io/predicate-type": SLSA})])
    ref = i.layout("buildkit")
    r = scan(ref, "--key", path("k.pub"))
    same("BuildKit's attestations are listed, unsigned", brief(r), [
        ("sbom", SPDX, "index", 0, None, [], 2, 1, 1), ("attestation", SLSA, "index", 0, None, [], None, None, None)])
    ok("... about the image", [e["about"] for e in evidence(r)] == [i.digest] * 2, r)
    detail = [c["detail"] for c in r.json()["coverage"] if c["code"] == "evidence.sbom"]
    ok("... and whether it agrees stands in coverage", len(detail) == 1 and "ghost" in detail[0] and "bash" in detail[0], detail)
    ok("... the packages are what was found", sorted(p["name"] for p in r.json()["packages"]) == ["bash", "zlib1g"], r)
    t = assay("scan", "--no-cache", "--checks", "file", ref)
    ok("the table names them", "with sbom" in t.out and "not signed" in t.out, t)
    table = copy.copy(i)
    table.index = copy.deepcopy(i.index)
    table.blobs = {d: b for d, b in i.blobs.items() if b"ghost" not in b and b"buildDefinition" not in b}
    r = scan(table.layout("sparse"))
    same("in a copy without their blobs they are named", rows(r), [("complete", "evidence.absent")] * 2)
    i = Image()
    i.attest([(INTOTO, statement("sha256:" + "1" * 64, SLSA, {}), None)])
    same("a statement about another image says so", rows(scan(i.layout("foreign"))), [("complete", "evidence.foreign")])
    i = Image()
    i.attest([(INTOTO, b"[1", None)])
    r = scan(i.layout("broken"))
    same("one that is broken is incomplete", (r.rc, rows(r)), (0, [("incomplete", "evidence.unread")]))


def cosign():
    i = Image()
    payload = simple(i.digest)
    i.tag(".sig", [(SIMPLE, payload, {"dev.cosignproject.cosign/signature": b64(sign("k", payload))})])
    att = im.to_json(envelope("k", statement(i.digest, SLSA, {"buildDefinition": {}}), keyid="release"))
    i.tag(".att", [(DSSE, att, {"predicateType": SLSA, "dev.cosignproject.cosign/signature": ""})])
    i.tag(".sbom", [("text/spdx+json", im.to_json(spdx(ZLIB)), None)])
    signed = [("attestation", SLSA, "tag", 1, KEY, [], None, None, None),
              ("sbom", "SPDX 2.3", "tag", 0, None, [], 1, 0, 1),
              ("signature", None, "tag", 1, KEY, [], None, None, None)]
    by_kind = lambda r: sorted(brief(r), key=str)
    for name, ref in (("a layout", i.layout("cosign")), ("a registry", i.registry(False).ref())):
        same(f"cosign's tags in {name}, with the key", by_kind(scan(ref, "--key", path("k.pub"))), sorted(signed, key=str))
        other = [(k, t, f, n, None, c if n else [], *rest) for (k, t, f, n, _, _, *rest), c in
                 zip(signed, (["release"], [], ["unknown"]))]
        same(f"... in {name}, with another key", by_kind(scan(ref, "--key", path("o.pub"))), sorted(other, key=str))
    t = assay("scan", "--no-cache", "--checks", "file", i.layout("cosign"))
    ok("the table says: unverified", "signed by unverified release" in t.out, t)

    keyless = Image()
    payload = simple(keyless.digest)
    pem = openssl("req", "-x509", "-key", path("k.key"), "-subj", "/", "-days", "2", "-addext",
                  "subjectAltName=email:release@example.org").decode()
    keyless.tag(".sig", [(SIMPLE, payload, {"dev.cosignproject.cosign/signature": b64(sign("k", payload)),
                                            "dev.sigstore.cosign/certificate": pem})])
    same("a name in a certificate is a claim", brief(scan(keyless.layout("keyless"))),
         [("signature", None, "tag", 1, None, ["release@example.org"], None, None, None)])
    wrong = Image()
    payload = simple("sha256:" + "2" * 64)
    wrong.tag(".sig", [(SIMPLE, payload, {"dev.cosignproject.cosign/signature": b64(sign("k", payload))})])
    att = envelope("k", statement("sha256:" + "2" * 64, SLSA, {}))
    wrong.tag(".att", [(DSSE, im.to_json(att), None)])
    r = scan(wrong.layout("other"), "--key", path("k.pub"))
    ok("signed by the key, for another image: no signer", len(evidence(r)) == 2 and not any(e["signer"] for e in evidence(r)), r)
    same("... and coverage says why", rows(r), [("complete", "evidence.foreign")] * 2)
    wrong = Image()
    att = envelope("k", statement(wrong.digest, SLSA, {}))
    att["payload"] = b64(statement(wrong.digest, SLSA, {"more": 1}))
    wrong.tag(".att", [(DSSE, im.to_json(att), None)])
    ok("a payload that was changed: no signer", [e["signer"] for e in evidence(scan(wrong.layout("changed"), "--key", path("k.pub")))]
       == [None])
    r = scan(i.layout("cosign"), "--key", path("k.key"))
    ok("--key with something else: exit 2", r.rc == 2 and "--key" in r.err, r)


def policy():
    """Only what is verified has a phase or a result."""
    i = Image()
    passed = {"result": "PASSED", "configuration": []}
    kind = "https://in-toto.io/attestation/test-result/v0.1"
    i.tag(".att", [(DSSE, im.to_json(envelope("k", statement(i.digest, kind, passed))), None)])
    ref = i.layout("policy")
    rules = im.write(path("policy.yaml"), b"""version: 1
name: p
rules:
  - id: tested
    require: evidence.exists(e, e.phase == "test" && e.result == "passed")
needs: [file]
""")
    args = ("scan", "--no-cache", "--checks", "file", "--policy", rules, ref)
    r = assay(*args)
    ok("a test result that nobody vouches for does not admit", r.rc == 1, r)
    r = assay(*args, "--key", path("k.pub"))
    ok("... signed by the key it does", r.rc == 0, r)
    saved = im.write(path("saved.json"), scan(ref, "--key", path("k.pub")).raw)
    again = assay("policy", "check", "--policy", rules, saved)
    ok("... from the saved report too", again.rc == 0, again)
    im.write(rules, b"""version: 1
name: p
rules:
  - id: has-attestation
    require: evidence.exists(e, e.kind == "attestation" && e.found == "tag" && e.signer != "")
needs: [file]
""")
    ok("a policy can ask for what came with it", assay(*args, "--key", path("k.pub")).rc == 0 and assay(*args).rc == 1)
    saved = im.write(path("saved.json"), scan(ref, "--key", path("k.pub")).raw)
    again = assay("policy", "check", "--policy", rules, saved)
    ok("... of a saved report too", again.rc == 0, again)


def referrers():
    i = Image()
    bundle = {"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": "x"}},
              "dsseEnvelope": envelope("k", statement(i.digest, "https://cyclonedx.org/bom", {
                  "bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
                      {"type": "library", "name": "zlib1g", "version": "1", "purl": ZLIB}]}))}
    i.refer([(BUNDLE, im.to_json(bundle), None)], BUNDLE)
    i.refer([("application/vnd.example.lint", b"x", None)], "application/vnd.example.lint")
    i.refer([("application/jose+json", b"x", None)], "application/vnd.cncf.notary.signature")
    want = sorted([("sbom", "https://cyclonedx.org/bom", "referrer", 1, KEY, [], 1, 0, 1),
                   ("other", "application/vnd.example.lint", "referrer", 0, None, [], None, None, None),
                   ("signature", "application/vnd.cncf.notary.signature", "referrer", 1, None, ["unknown"], None, None, None)],
                  key=str)
    listed = lambda ref: sorted(brief(scan(ref, "--key", path("k.pub"))), key=str)
    same("referrers in a layout, by their subject", listed(i.layout("referrers")), want)
    reg = i.registry()
    same("referrers of a registry", listed(reg.ref()), want)
    ok("... asked for as an index", [h["Accept"] for p, h in reg.seen if "/referrers/" in p] == [INDEX], reg.seen)
    reg.page_size = 1
    same("... in pages", listed(reg.ref()), want)
    fallback = i.registry(False)
    text = im.to_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": i.referrers})
    fallback.blobs[im.digest(text)] = text
    fallback.tags = {i.digest.replace(":", "-"): im.digest(text)}
    same("... by the tag that stands in for the list", listed(fallback.ref()), want)
    for status in (400, 404, 405, 501):
        fallback.fault = lambda h, s=status: "/referrers/" in h.path and (h.answer(s, [], b"") or True)
        same(f"... where the list answers {status}", listed(fallback.ref()), want)
    reg.seen.clear()
    same("--no-evidence", brief(scan(reg.ref(), "--no-evidence")), [])
    ok("... asks for nothing more than the image", not any("referrers" in p or ".sig" in p for p, _ in reg.seen), reg.seen)
    lying = i.registry()
    lying.referrers = {i.digest: [{**i.image, "artifactType": "x/y"}]}
    r = scan(lying.ref())
    ok("what is no referrer is not taken for one", r.rc == 0 and all(c == ("incomplete", "evidence.unread") for c in rows(r)), r)


def failing():
    i = Image()
    i.refer([(INTOTO, statement(i.digest, SLSA, {}), None)], INTOTO)
    reg = i.registry()
    good = scan(reg.ref())
    for what, part in (("the list", "/referrers/"), ("a tag", ".att"), ("the manifest", i.referrers[0]["digest"]),
                       ("the document", json.loads(reg.blobs[i.referrers[0]["digest"]])["layers"][0]["digest"])):
        for how, fault in (("500", lambda h: h.answer(500, [], b"")), ("403", lambda h: h.answer(403, [], b"")),
                           ("cut", lambda h: (h.put(b"HTTP/1.1 200 x\r\nContent-Length: 9\r\n\r\n{"), h.hang_up())),
                           ("other bytes", lambda h: h.answer(200, [("Content-Type", MANIFEST)], b"{}")),
                           ("a page", lambda h: h.answer(200, [("Content-Type", "text/html")], b"<html>"))):
            if part == ".att" and how in ("other bytes", "a page"):
                continue  # that is a document
            reg.fault = lambda h, p=part, f=fault: p in h.path and (f(h) or True)
            r = scan(reg.ref(), "--timeout", "2s")
            ok(f"{what} fails by {how}: incomplete, and the image is scanned", r.rc == 0 and r.json()["packages"] ==
               good.json()["packages"] and any(s == "incomplete" for s, _ in rows(r)), r)
    reg.fault = None
    r = scan(reg.ref(), "--fail-on", "critical")
    ok("a gate passes when all was read", r.rc == 0, r)


def bounds():
    i = Image()
    for n in range(SOURCE_PAPERS_MAX):
        i.refer([("application/x-note", b"%d" % n, None)], "application/x-note")
    reg = i.registry()
    r = scan(reg.ref())
    ok("SOURCE_PAPERS_MAX", len(evidence(r)) == SOURCE_PAPERS_MAX and not rows(r), r)
    i.refer([("application/x-note", b"more", None)], "application/x-note")
    r = scan(reg.ref())
    ok("... and one more", len(evidence(r)) == SOURCE_PAPERS_MAX and rows(r) == [("incomplete", "evidence.search")], r)
    i.referrers[:] = i.referrers[:1] * REFERRER_PAGES_MAX
    reg.page_size = 1
    ok("REFERRER_PAGES_MAX", rows(scan(reg.ref())) == [])
    i.referrers.append(i.referrers[0])
    ok("... and one more", rows(scan(reg.ref())) == [("incomplete", "evidence.search")])


def files():
    other = im.to_json(spdx("pkg:deb/debian/bash@5.2-1", "pkg:generic/x@1"))
    entries = im.debian([("zlib1g", "1:1.2.13.dfsg-1"), ("bash", "5.2-1"), ("left", "1")])
    entries += [im.File("var/lib/db/sbom/zlib-1.spdx.json", im.to_json(spdx(ZLIB))),
                im.File("opt/bitnami/.spdx-redis.spdx", im.to_json(spdx("pkg:bitnami/redis@7.2", "pkg:golang/example.org/x@v1.0.0"))),
                im.File("opt/bitnami/common/.spdx-y.spdx", b"no bill of materials"),
                im.File("srv/app/bom.json", b'{"about": "something else"}'),
                im.File("srv/signed.spdx.json", im.to_json(envelope("k", statement("sha256:" + "3" * 64, SPDX, spdx(ZLIB)), "abc"))),
                im.File("srv/gone.spdx.json", other)]
    layers = [im.tar_of(entries), im.tar_of([im.Whiteout("srv/gone.spdx.json"), im.File("usr/share/sbom/x.cdx.json", im.to_json({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "bash", "purl":
                                                                        "pkg:deb/debian/bash@5.2-1"}]}))])]
    r = scan("oci:" + im.oci_layout(path("files"), layers) + ":1")
    seen = sorted((e["name"], e["type"], e["signatures"], e["claimed"], e["packages"], e["missing"], e["layer"]) for e in evidence(r))
    same("bills of materials in files", seen, [
        ("opt/bitnami/.spdx-redis.spdx", "SPDX 2.3", 0, [], 2, 1, 0),
        ("opt/bitnami/common/.spdx-y.spdx", None, 0, [], None, None, 0),
        ("srv/signed.spdx.json", SPDX, 1, ["abc"], 1, 0, 0),
        ("usr/share/sbom/x.cdx.json", "CycloneDX 1.5", 0, [], 1, 0, 1),
        ("var/lib/db/sbom/zlib-1.spdx.json", "SPDX 2.3", 0, [], 1, 0, 0)])
    c = [(x["status"], x["code"], x["path"]) for x in r.json()["coverage"] if x["code"].startswith("evidence.")]
    same("... what they say is coverage", sorted(c, key=str), sorted([
        ("complete", "evidence.files", None), ("complete", "evidence.sbom", "opt/bitnami/.spdx-redis.spdx"),
        ("incomplete", "evidence.unread", "opt/bitnami/common/.spdx-y.spdx")], key=str))
    ok("... and nothing of it is a package, but what Bitnami says that it installed",
       sorted(p["name"] for p in r.json()["packages"]) == ["bash", "left", "redis", "zlib1g"], r)
    text = [x["detail"] for x in r.json()["coverage"] if x["code"] == "evidence.files"]
    ok("... what none of them lists is counted", text and "1 packages" in text[0] and "left" in text[0], text)


def many_files():
    doc = im.to_json({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": []})
    layer = lambda n: im.tar_of([im.File(f"var/lib/db/sbom/{k}", doc) for k in range(n)])
    r = scan("tar:" + im.write(path("many.tar"), layer(EVIDENCE_MAX)))
    ok("EVIDENCE_MAX", len(evidence(r)) == EVIDENCE_MAX and ("incomplete", "evidence.many") not in rows(r), rows(r))
    r = scan("tar:" + im.write(path("many.tar"), layer(EVIDENCE_MAX + 1)))
    ok("... and one more", len(evidence(r)) == EVIDENCE_MAX and ("incomplete", "evidence.many") in rows(r), rows(r))
    # a line of 4096 bytes each; one beyond the bound is listed, and not compared
    purls = [f"pkg:generic/{'x' * (4095 - 19)}@{k:06}" for k in range(PAPER_PURLS_MAX // 4096 + 1)]
    assert len(purls[0]) == 4095
    for n, missing in ((len(purls) - 1, len(purls) - 1), (len(purls), len(purls) - 1)):
        r = scan("tar:" + im.write(path("long.tar"), im.tar_of([im.File("var/lib/db/sbom/x", im.to_json(spdx(*purls[:n])))])))
        e = evidence(r)
        ok(f"PAPER_PURLS_MAX, {n} packages", (e[0]["packages"], e[0]["missing"]) == (n, missing), (e[0]["packages"], e[0]["missing"]))


# ---- signatures of other forms ----

NOTATION = "application/vnd.cncf.notary.signature"


def b64u(b):
    return base64.urlsafe_b64encode(b).rstrip(b"=").decode()


def pair(der, size):
    """r and s of an ECDSA signature in DER, each of size bytes."""
    at, out = 3 if der[1] & 0x80 else 2, b""
    for _ in range(2):
        n = der[at + 1]
        out += der[at + 2:at + 2 + n].lstrip(b"\0").rjust(size, b"\0")
        at += 2 + n
    return out


def jws_sign(alg, key, data):
    name = path(key + ".key")
    how = {"2": "-sha256", "3": "-sha384", "5": "-sha512"}[alg[2]]
    if alg[0] == "P":
        return openssl("dgst", how, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest", "-sign", name, stdin=data)
    return pair(openssl("dgst", how, "-sign", name, stdin=data), {"2": 32, "3": 48, "5": 66}[alg[2]])


def notation(alg, key, digest, certs=(), header=None, target=None):
    """An envelope as signature-envelope-jws.md has it."""
    protected = {"alg": alg, "cty": "application/vnd.cncf.notary.payload.v1+json",
                 "io.cncf.notary.signingScheme": "notary.x509", "io.cncf.notary.signingTime": "2026-01-01T00:00:00Z",
                 "crit": ["io.cncf.notary.signingScheme"], **(header or {})}
    payload = im.to_json(target or {"targetArtifact": {"mediaType": MANIFEST, "digest": digest, "size": 1}})
    first, second = b64u(im.to_json(protected)), b64u(payload)
    der = [b64(openssl("x509", "-in", path(c + ".pem"), "-outform", "DER")) for c in certs]
    return im.to_json({"payload": second, "protected": first, "header": {"x5c": der},
                       "signature": b64u(jws_sign(alg, key, f"{first}.{second}".encode()))})


def certificate(name, kind, by=None, more=("keyUsage=critical,digitalSignature", "extendedKeyUsage=codeSigning"), days="2"):
    """NAME.key and NAME.pem, by itself or by another."""
    new = {"rsa2048": ("rsa:2048",), "rsa3072": ("rsa:3072",)}.get(kind) or ("ec", "-pkeyopt", "ec_paramgen_curve:" + kind)
    openssl("req", "-new", "-newkey", *new, "-nodes", "-subj", f"/CN={name}", "-keyout", path(name + ".key"), "-out", path(name + ".csr"))
    im.write(path(name + ".ext"), "\n".join(more).encode())
    signer = ("-CA", path(by + ".pem"), "-CAkey", path(by + ".key"), "-CAcreateserial") if by else ("-signkey", path(name + ".key"))
    openssl("x509", "-req", "-in", path(name + ".csr"), *signer, "-days", days, "-extfile", path(name + ".ext"), "-out", path(name + ".pem"))
    return im.digest(openssl("pkey", "-pubin", "-outform", "DER", stdin=openssl("x509", "-in", path(name + ".pem"), "-pubkey", "-noout")))[7:]


CA = ("basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign")


def signer_of(envelope, key, media="application/jose+json", kind=NOTATION):
    """(signer, claimed, coverage) of a signature beside an image, with a key; the image's digest is i.digest."""
    i = Image()
    i.refer([(media, envelope, None)], kind)
    r = scan(i.layout("form"), *(("--key", path(key)) if key else ()))
    return [(e["signer"], e["claimed"]) for e in evidence(r)] if r.raw else str(r), rows(r)


def notations():
    digest = Image().digest
    root, mid = certificate("root", "P-256", more=CA), certificate("mid", "P-256", "root", CA)
    ids = {}
    for alg, kind in (("ES256", "P-256"), ("ES384", "P-384"), ("ES512", "P-521"), ("PS256", "rsa2048"), ("PS384", "rsa3072")):
        ids[alg] = certificate(alg, kind)
        same(f"{alg}: the certificate of the signer", signer_of(notation(alg, alg, digest, [alg]), alg + ".pem"), ([(ids[alg], [])], []))
        same(f"{alg}: without a key it is a claim", signer_of(notation(alg, alg, digest, [alg]), None), ([(None, [alg])], []))
    same("the bare key", signer_of(notation("ES256", "k", digest), "k.pub"), ([(KEY, [])], []))
    certificate("leaf", "P-384", "mid")
    good = notation("ES384", "leaf", digest, ["leaf", "mid", "root"])
    same("an authority that vouches by another", signer_of(good, "root.pem"), ([(root, [])], []))
    same("... that other one", signer_of(good, "mid.pem"), ([(mid, [])], []))
    nobody = lambda name, envelope, key, *more: same(name, signer_of(envelope, key), ([(None, more[0] if more else ["leaf"])], list(more[1:])))
    nobody("the link between them is missing", notation("ES384", "leaf", digest, ["leaf"]), "root.pem")
    nobody("another authority", good, "ES256.pem")
    nobody("another's key, this certificate", notation("ES256", "k", digest, ["leaf", "mid", "root"]), "root.pem")
    for name, how in (("not for code", ("keyUsage=critical,digitalSignature", "extendedKeyUsage=serverAuth")), ("an authority", CA)):
        certificate("wrong", "P-384", "mid", how)
        nobody(f"a certificate that is {name}", notation("ES384", "wrong", digest, ["wrong", "mid"]), "root.pem", ["wrong"])
    certificate("old", "P-384", "mid", days="-1")
    nobody("a certificate that has ended", notation("ES384", "old", digest, ["old", "mid"]), "root.pem", ["old"])
    end = {"io.cncf.notary.expiry": "2999-01-01T00:00:00Z", "crit": ["io.cncf.notary.signingScheme", "io.cncf.notary.expiry"]}
    same("an end that is to come", signer_of(notation("ES256", "k", digest, header=end), "k.pub"), ([(KEY, [])], []))
    end["io.cncf.notary.expiry"] = "2001-01-01T00:00:00Z"
    past = ("complete", "evidence.unverified")
    nobody("an end that has been", notation("ES256", "k", digest, header=end), "k.pub", ["unknown"], past)
    asks = {"crit": ["io.cncf.notary.signingScheme", "io.cncf.notary.verificationPlugin"], "io.cncf.notary.verificationPlugin": "x"}
    nobody("a plugin is asked for", notation("ES256", "k", digest, header=asks), "k.pub", ["unknown"], past)
    unread = ("incomplete", "evidence.unread")
    for name, header in (("no scheme", {"crit": []}), ("another content", {"cty": "text/plain"}), ("no algorithm", {"alg": None})):
        nobody(name, notation("ES256", "k", digest, header=header), "k.pub", ["unknown"], unread)
    for alg in ("none", "HS256", "RS256", "ES384", "PS256"):
        doc = json.loads(notation("ES256", "k", digest, header={"alg": alg}))
        nobody(f"{alg} said, by a key of ES256", im.to_json(doc), "k.pub", ["unknown"])
    doc = json.loads(notation("ES256", "k", digest))
    nobody("another payload", im.to_json({**doc, "payload": b64u(im.to_json({"targetArtifact": {"digest": digest, "x": 1}}))}), "k.pub",
           ["unknown"])
    nobody("no signature", im.to_json({**doc, "signature": b64u(b"\0" * 64)}), "k.pub", ["unknown"])
    nobody("a signature in DER", im.to_json({**doc, "signature": b64u(sign("k", b"x"))}), "k.pub", ["unknown"])
    nobody("cut short", im.to_json(doc)[:-9], "k.pub", ["unknown"], unread)
    nobody("about another image", notation("ES256", "k", "sha256:" + "1" * 64), "k.pub", [], ("complete", "evidence.foreign"))
    same("COSE is told", signer_of(b"\xd2\x84", "k.pub", "application/cose"), ([(None, ["unknown"])], [past]))


def messages():
    i = Image()
    text = i.blobs[i.digest]
    raw = bytes.fromhex(i.digest[7:])

    def bundle(sig, digest=raw, algorithm="SHA2_256"):
        return im.to_json({"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": "x"}},
                           "messageSignature": {"messageDigest": {"algorithm": algorithm, "digest": b64(digest)}, "signature": b64(sig)}})
    read = lambda envelope, key="k.pub": signer_of(envelope, key, BUNDLE, BUNDLE)
    same("sigstore's signature over the manifest", read(bundle(sign("k", text))), ([(KEY, [])], []))
    same("... by another key", read(bundle(sign("o", text))), ([(None, ["unknown"])], []))
    same("... over something else", read(bundle(sign("k", b"x"))), ([(None, ["unknown"])], []))
    other = bytes.fromhex(im.digest(b"x")[7:])
    same("... of another image", read(bundle(sign("k", b"x"), other)), ([(None, [])], [("complete", "evidence.foreign")]))
    same("... by a digest that is not read", read(bundle(sign("k", text), algorithm="SHA2_512")),
         ([(None, ["unknown"])], [("complete", "evidence.unverified")]))
    same("... cut short", read(bundle(sign("k", text), raw[:31])), ([(None, ["unknown"])], [("incomplete", "evidence.unread")]))
    same("a bundle of nothing", read(im.to_json({"mediaType": BUNDLE})), ([(None, ["unknown"])], [("incomplete", "evidence.unread")]))


def file_signatures():
    doc = im.to_json(spdx(ZLIB))
    digest = bytes.fromhex(im.digest(doc)[7:])
    message = {"mediaType": BUNDLE, "messageSignature": {"messageDigest": {"algorithm": "SHA2_256", "digest": b64(digest)},
                                                         "signature": b64(sign("k", doc))}}
    within = statement("sha256:" + "3" * 64, SPDX, spdx(ZLIB))
    files = {"base64": b64(sign("k", doc)).encode() + b"\n", "raw": sign("k", doc), "other": b64(sign("o", doc)).encode(),
             "changed": sign("k", doc + b" "), "pgp": b"-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n", "none": None}
    entries = im.debian([("zlib1g", "1:1.2.13.dfsg-1")])
    for name, sig in files.items():
        entries.append(im.File(f"srv/{name}.spdx.json", doc))
        entries += [im.File(f"srv/{name}.spdx.json.sig", sig)] if sig else []
    entries += [im.File("var/lib/db/sbom/a.json", doc), im.File("var/lib/db/sbom/a.json.sigstore.json", im.to_json(message)),
                im.File("srv/dsse.spdx.json", im.to_json(envelope("k", within, "abc"))),
                im.File("srv/alone.spdx.json.sig", sign("k", doc)), im.File("srv/hidden.spdx.json", doc),
                im.File("srv/hidden.spdx.json.sig", sign("k", doc))]
    layers = [im.tar_of(entries), im.tar_of([im.Whiteout("srv/hidden.spdx.json.sig")])]
    ref = "oci:" + im.oci_layout(path("signed"), layers) + ":1"
    listed = lambda r: {e["name"].rpartition("/")[2].partition(".")[0]: (e["signer"], e["signatures"], e["claimed"]) for e in evidence(r)}
    r = scan(ref, "--key", path("k.pub"))
    same("signatures beside files", listed(r), {
        "base64": (KEY, 1, []), "raw": (KEY, 1, []), "other": (None, 1, ["unknown"]), "changed": (None, 1, ["unknown"]),
        "pgp": (None, 1, ["unknown"]), "none": (None, 0, []), "a": (KEY, 1, []), "dsse": (KEY, 1, ["abc"]), "hidden": (None, 0, [])})
    same("... one of a form that is not verified is told", [c for c in rows(r) if c[1] == "evidence.unverified"],
         [("complete", "evidence.unverified")])
    same("... without a key", {n: s for n, (s, _, _) in listed(scan(ref)).items() if s}, {})
    rules = im.write(path("files.yaml"), b"""version: 1
name: p
rules:
  - id: signed
    require: evidence.exists(e, e.signer != "")
needs: [file]
""")
    r = assay("scan", "--no-cache", "--checks", "file", "--policy", rules, "--key", path("k.pub"), ref)
    ok("a signed file, which names no image, is no signer to a policy", r.rc == 1, r)


def file_bundles():
    """Bundles whose envelope holds a statement: beside a file it must name that file's digest; in place of one it is the bill."""
    doc = im.to_json(spdx(ZLIB))
    about = lambda *digests: im.to_json({"_type": "https://in-toto.io/Statement/v1", "predicateType": SLSA, "predicate": {"a": 1},
                                         "subject": [{"name": "x", "digest": {"sha256": d[7:]}} for d in digests]})
    bundle = lambda e, **more: im.to_json({"mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": "x"}}, "dsseEnvelope": e,
                                           **more})
    own, far = im.digest(doc), "sha256:" + "4" * 64
    good = envelope("k", about(own))
    tampered = {**good, "payload": b64(about(own, far))}
    swapped = {**envelope("k", about(far)), "payload": good["payload"]}
    two = {**envelope("o", about(own), "first"), "signatures": envelope("o", about(own), "first")["signatures"] + good["signatures"]}
    message = {"messageDigest": {"algorithm": "SHA2_256", "digest": b64(bytes.fromhex(own[7:]))}, "signature": b64(sign("k", doc))}
    md5 = im.to_json({"_type": "https://in-toto.io/Statement/v1", "predicateType": SLSA, "subject": [{"digest": {"md5": "0" * 32}}]})
    many = [im.digest(b"%d" % i) for i in range(PAPER_SUBJECTS_MAX)]
    beside = {
        "good": (bundle(good), KEY, []), "tampered": (bundle(tampered), None, ["unknown"]), "wrongkey": (bundle(envelope("o", about(own), "o")), None, ["o"]),
        "foreign": (bundle(envelope("k", about(far))), None, []), "swapped": (bundle(swapped), None, ["unknown"]),
        "several": (bundle(envelope("k", about(far, own))), KEY, []), "two": (bundle(two), KEY, []),
        "kind": (bundle(envelope("k", about(own), kind="text/plain")), None, ["unknown"]),
        "both": (bundle(envelope("o", about(own)), messageSignature=message), None, ["unknown"]),
        "none": (bundle({**good, "signatures": []}), None, ["unknown"]), "text": (bundle("x"), None, ["unknown"]),
        "cut": (bundle(good)[:-5], None, ["unknown"]), "nothing": (bundle(envelope("k", b"{}")), None, ["unknown"]),
        "other": (bundle(envelope("k", md5)), None, []),
        "bound": (bundle(envelope("k", about(*many[1:], own))), KEY, []), "past": (bundle(envelope("k", about(*many, own))), None, ["unknown"]),
    }
    entries = im.debian([("zlib1g", "1:1.2.13.dfsg-1")])
    for name, (text, _, _) in beside.items():
        entries += [im.File(f"srv/{name}.spdx.json", doc), im.File(f"srv/{name}.spdx.json.sigstore.json", text)]
    within = statement(far, SPDX, spdx(ZLIB))
    changed = {**envelope("k", within, "abc"), "payload": b64(statement(far, SPDX, spdx()))}
    inside = {"whole": (envelope("k", within, "abc"), KEY, ["abc"]), "altered": (changed, None, ["abc"]),
              "stranger": (envelope("o", within, "o"), None, ["o"])}
    for name, (e, _, _) in inside.items():
        entries.append(im.File(f"srv/{name}.spdx.json", bundle(e)))
    entries.append(im.File("srv/typed.spdx.json", bundle(envelope("k", within, "abc", "text/plain"))))
    ref = "oci:" + im.oci_layout(path("bundles"), [im.tar_of(entries)]) + ":1"
    r = scan(ref, "--key", path("k.pub"))
    listed = {e["name"].rpartition("/")[2].partition(".")[0]: (e["signer"], e["claimed"]) for e in evidence(r)} if r.raw else str(r)
    same("bundles beside files and in their place", listed, {n: (s, c) for n, (_, s, c) in {**beside, **inside}.items()})
    told = sorted(c["path"].rpartition("/")[2].partition(".")[0] for c in r.json()["coverage"] if c["code"] == "evidence.foreign")
    same("... those that speak of another file are told", told, ["foreign", "other"])
    same("... those that are not verified too", len([c for c in rows(r) if c == ("complete", "evidence.unverified")]), 6)
    same("... the bill within a bundle is compared", [(e["type"], e["packages"], e["missing"]) for e in evidence(r) if "whole" in e["name"]],
         [(SPDX, 1, 0)])
    same("... without a key nobody is a signer", [e["signer"] for e in evidence(scan(ref)) if e["signer"]], [])


for part in sys.argv[1:] or ("buildkit", "cosign", "policy", "referrers", "failing", "bounds", "files", "many_files", "notations", "messages",
                             "file_signatures", "file_bundles"):
    globals()[part]()
sys.exit(done())
