# SPDX-License-Identifier: Apache-2.0
"""papers - documents beside an image, in the forms of cosign, BuildKit and in-toto, signed by openssl.

    i = Image(); i.tag(".sig", [(SIMPLE, payload, annotations)]); i.refer([...], type); i.attest([...])
    i.layout("name"), i.registry().ref()
"""
import base64
import os
import subprocess

import image as im
from regfault import INDEX, MANIFEST, Registry
from tap import TMP

SPDX, SLSA = "https://spdx.dev/Document", "https://slsa.dev/provenance/v1"
DSSE, INTOTO = "application/vnd.dsse.envelope.v1+json", "application/vnd.in-toto+json"
SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
EMPTY = b"{}"
ZLIB = "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12"
b64 = lambda b: base64.b64encode(b).decode()


def path(name):
    return os.path.join(TMP, name)


def openssl(*args, stdin=None):
    return subprocess.run(["openssl", *args], input=stdin, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def make_key(name):
    """Its id: SHA-256 of the public key's DER."""
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path(name + ".key"))
    openssl("ec", "-in", path(name + ".key"), "-pubout", "-out", path(name + ".pub"))
    return im.digest(openssl("pkey", "-pubin", "-in", path(name + ".pub"), "-outform", "DER"))[7:]


def sign(name, data):
    return openssl("dgst", "-sha256", "-sign", path(name + ".key"), stdin=data)


def spdx(*purls):
    return {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "x", "dataLicense": "CC0-1.0",
            "documentNamespace": "https://example.org/x", "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: t"]},
            "packages": [{"SPDXID": f"SPDXRef-{i}", "name": p.split("/")[-1].split("@")[0], "versionInfo": "1",
                          "downloadLocation": "NOASSERTION",
                          "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                            "referenceLocator": p}]} for i, p in enumerate(purls)]}


def statement(digest, kind, predicate):
    return im.to_json({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": kind, "predicate": predicate,
                       "subject": [{"name": "x", "digest": {"sha256": digest[7:]}}]})


def envelope(key, payload, keyid="", kind=INTOTO):
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    return {"payloadType": kind, "payload": b64(payload), "signatures": [{"keyid": keyid, "sig": b64(sign(key, pae))}]}


class Image:
    """An image of one layer (or of those given), and documents beside it."""

    def __init__(self, layers=None):
        layers = layers or [im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1"), ("bash", "5.2-1")]))]
        self.blobs, self.index = im.oci_blobs(layers)
        self.image = self.index["manifests"][0]
        self.digest = self.image["digest"]
        self.index["manifests"][0] = {**self.image, "platform": {"os": "linux", "architecture": "amd64"}}
        self.tags, self.referrers = {}, []

    def blob(self, data):
        self.blobs[im.digest(data)] = data
        return im.digest(data)

    def manifest(self, documents, artifact_type=None, subject=None):
        """documents: [(media type, bytes, annotations)]."""
        doc = {"schemaVersion": 2, "mediaType": MANIFEST,
               "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": self.blob(EMPTY), "size": 2},
               "layers": [{"mediaType": t, "digest": self.blob(d), "size": len(d), **({"annotations": a} if a else {})}
                          for t, d, a in documents]}
        if artifact_type:
            doc["artifactType"] = artifact_type
        if subject:
            doc["subject"] = {"mediaType": MANIFEST, "digest": subject, "size": len(self.blobs[subject])}
        text = im.to_json(doc)
        return {"mediaType": MANIFEST, "digest": self.blob(text), "size": len(text)}

    def tag(self, suffix, documents):
        name = self.digest.replace(":", "-") + suffix
        d = self.manifest(documents)
        self.tags[name] = d["digest"]
        self.index["manifests"].append({**d, "annotations": {"org.opencontainers.image.ref.name": name}})

    def refer(self, documents, artifact_type, subject=None, extra=None):
        d = self.manifest(documents, artifact_type, subject or self.digest)
        self.referrers.append({**d, "artifactType": artifact_type, **(extra or {})})
        self.index["manifests"].append(d)

    def attest(self, documents, about=None):
        """As BuildKit does it: in an index of the image."""
        d = self.manifest(documents)
        inner = im.to_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": [self.index["manifests"][0], {
            **d, "platform": {"os": "unknown", "architecture": "unknown"}, "annotations": {
                "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": about or self.digest}}]})
        self.root = self.blob(inner)
        self.index["manifests"][0] = {"mediaType": INDEX, "digest": self.root, "size": len(inner),
                                      "annotations": self.image.get("annotations", {})}

    def layout(self, name):
        return "oci:" + im.oci_write(path(name), self.blobs, self.index) + ":1"

    def registry(self, api=True):
        reg = Registry(self.blobs, self.index)
        reg.tags = self.tags
        reg.referrers = {self.digest: self.referrers} if api else None
        return reg


def simple(digest):
    return im.to_json({"critical": {"identity": {"docker-reference": "x"}, "image": {"docker-manifest-digest": digest},
                                    "type": "cosign container image signature"}, "optional": None})
