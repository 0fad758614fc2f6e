#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bins - programs and jars of ../shared/data/vectors/bins, laid out as an image and scanned: the packages are those that the
tests of the projects they come from name, but for the differences that stand here with their reason."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, assay, done, ok, same, shared, skip  # noqa: E402

SERDE = ["itoa@1.0.14", "memchr@2.7.4", "proc-macro2@1.0.92", "quote@1.0.38", "ryu@1.0.18", "serde@1.0.217", "serde_derive@1.0.217",
         "serde_json@1.0.135", "syn@2.0.95", "unicode-ident@1.0.14", "uses_json@0.1.0"]
# file → packages as the tests of the origin list them
PEERS = {
    "jar-scalibr/complex.jar": ["com.some.package/package-name@1.2.3", "com.some.anotherpackage/another-package-name@3.2.1"],
    "jar-scalibr/no_pom_properties-2.4.0.jar": ["no_pom_properties/no_pom_properties@2.4.0"],
    "jar-scalibr/no_pom_properties.jar": [],
    "jar-scalibr/pom_missing_group_id.jar": [],
    "jar-trivy/nested.jar": ["test/nested@0.0.1", "test/nested2@0.0.2", "test/nested3@0.0.3"],
    "scalibr/rust/cargoauditable/testdata/uses_serde_json/uses_serde_json": SERDE,
    "trivy/golang/binary/testdata/dummy": [],
    "trivy/golang/binary/testdata/main-version-via-ldflags.elf": ["github.com/aquasecurity/test@v1.0.0", "stdlib@1.22.1"],
    "trivy/rust/binary/testdata/dummy": [],
    "trivy/rust/binary/testdata/test.elf": ["crate_with_features@0.1.0", "library_crate@0.1.0"],
}
# file → ours, and why it is not the peer's
OTHERWISE = {
    "jar-scalibr/com.google.src.yolo-0.1.2.jar": (["com.google.src.yolo/com.google.src.yolo@0.1.2"], "the peer looks at no name of a file here"),
    "jar-scalibr/org.eclipse.sisu.inject-0.3.5.jar": (["org.eclipse.sisu.inject/org.eclipse.sisu.inject@0.3.5"], "the peer has a list of groups; no file says it"),
    "jar-trivy/heuristic-1.0.0-SNAPSHOT.jar": (["heuristic/heuristic@1.0.0-SNAPSHOT"], "the peer asks a registry for the group"),
    "jar-trivy/multi-license-1.0.0.jar": (["com.example/multi-license@1.0.0"], "the peer's test is of its licences"),
    "jar-trivy/test.jar": (["org.springframework.core/test@2.5.6.SEC03"], "the peer takes the title, which is no artifact, or asks a registry"),
    "trivy/rust/binary/testdata/test.macho": ([], "programs of macOS do not run in images of Linux"),
}
BROKEN = {"jar-scalibr/invalid_jar.jar": "not a ZIP archive", "jar-scalibr/nested_at_100.jar": "nested deeper"}
# manifests alone, put into a jar of that name; group and artifact as the tests of the origin have them
MANIFESTS = {
    "combine-manifest-filename": ("no_pom_properties-2.4.0.jar", ["org.apache.ivy/no_pom_properties@2.4.0"]),
    "manifest-no-group-id": ("no_pom_properties-2.4.0.jar", ["no_pom_properties/no_pom_properties@2.4.0"]),
    "manifest-symbolicname": ("failureaccess-1.0.1.jar", ["com.google.guava.failureaccess/failureaccess@1.0.1"]),
    "invalid-ids": ("correct.name-1.2.3.jar", ["test.group/correct.name@1.2.3"]),
}
MANIFESTS_OTHERWISE = {
    "combine-manifest-filename": (["org.apache/no_pom_properties@2.4.0"], "the peer takes the title for the group, here it is Implementation-Vendor-Id"),
    "manifest-symbolicname": (["com.google.guava/failureaccess@1.0.1"], "Maven's own coordinates; the peer takes the whole symbolic name for the group"),
    "invalid-ids": (["correct.name/correct.name@1.2.3"], "Extension-Name, which the peer takes for the group, is the name of an extension"),
}


def packages(doc):
    out = {}
    for p in doc["packages"]:
        for path in p["paths"]:
            out.setdefault(path.split("!/")[0], []).append(p["purl"].split("/", 1)[1])
    return out


def main():
    root = shared("data/vectors/bins")
    if not root:
        skip("programs and jars of the vectors", "no ../shared here")
        return done()
    image = os.path.join(TMP, "image")
    shutil.copytree(root, image)
    for name, (jar, _) in MANIFESTS.items():
        os.makedirs(f"{image}/made/{name}/META-INF")
        shutil.move(f"{image}/jar-scalibr/{name}/MANIFEST.MF", f"{image}/made/{name}/META-INF/MANIFEST.MF")
        subprocess.run([sys.executable, "-m", "zipfile", "-c", jar, "META-INF"], cwd=f"{image}/made/{name}", check=True)
    doc = assay("scan", "dir:" + image, "-f", "json", "--checks", "vuln", "--db", os.path.join(TMP, "none")).json()
    have, seen = packages(doc), set()
    for name, want in list(PEERS.items()) + [(n, w) for n, (w, _) in OTHERWISE.items()]:
        seen.add(name)
        same(name, sorted(have.get(name, [])), sorted(want))
    for name, (jar, want) in MANIFESTS.items():
        same(f"{name}: a manifest", sorted(have.get(f"made/{name}/{jar}", [])), sorted(MANIFESTS_OTHERWISE.get(name, (want, ""))[0]))
    said = {c["path"]: c["detail"] for c in doc["coverage"] if c["status"] == "incomplete"}
    for name, why in BROKEN.items():
        seen.add(name)
        ok(f"{name}: incomplete, and says why", why in said.get(name, ""), said)
    rest = [os.path.relpath(os.path.join(d, f), image) for d, _, files in os.walk(image) for f in files]
    rest = [f for f in rest if f not in seen and not f.startswith(("made/", "elf-headers-packaging/")) and f != "jar-scalibr/not_jar"]
    same("each file is named", rest, [])
    ok("programs of other machines, cut and of an unknown class are no packages", not any(p.startswith("elf-headers") for p in have), have)
    return done()


sys.exit(main())
