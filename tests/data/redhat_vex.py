#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""redhat_vex - Red Hat's own VEX files give the records that a second reading of them gives.

The second reading goes by the names of products ("openssl-libs-1:3.0.7-27.el9.x86_64") where assay
goes by their purls.
"""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, assay, done, ok, shared, skip  # noqa: E402

SAMPLES = "data/advisories/samples/redhat-csaf-vex.tar.zst"
MAIN = re.compile(r"^cpe:/[ao]:redhat:enterprise_linux:(\d+)(\.\d+)?(:|$)")
STREAM = re.compile(r"^cpe:/[ao]:redhat:((?:rhel|enterprise_linux)_(?:eus|aus|tus|e4s|els|eus_long_life)):((\d+)[.\d]*)(:|$)")
PRODUCT = re.compile(r"^cpe:/[ao]:redhat:([^:]+)(?::([^:]+))?(?:::.*?(?:el(\d+))?)?$")
NEVRA = re.compile(r"^(.+)-(?:(\d+):)?(\d[^-:]*-[^-]+)\.([a-z0-9_]+)(?:\.rpm)?(?:::[^:]+:[^:]+)?$")


def products(branches, out):
    for b in branches:
        if "product" in b:
            out[b["product"]["product_id"]] = b["product"].get("product_identification_helper", {})
        products(b.get("branches", []), out)


def namespace(cpe):
    """Of a platform: the main stream, a longer-lived one, a product over it."""
    main, stream, product = MAIN.match(cpe), STREAM.match(cpe), PRODUCT.match(cpe)
    if main:
        return f"rhel:{main.group(1)}"
    if stream:
        return f"rhel:{stream.group(3)}/{stream.group(1)}:{stream.group(2)}"
    if not product or product.group(1) in ("rhel_extras", "rhel_software_collections"):
        return None
    return f"rhel:{product.group(3) or ''}/{product.group(1)}" + (f":{product.group(2)}" if product.group(2) else "")


def components(doc):
    """{id of a component: (namespace, product id of the package)}."""
    found, out = {}, {}
    products(doc["product_tree"]["branches"], found)
    relations = {r["full_product_name"]["product_id"]: (r["product_reference"], r["relates_to_product_reference"])
                 for r in doc["product_tree"].get("relationships", [])}
    for full, (package, platform) in relations.items():
        while platform in relations:
            platform = relations[platform][1]
        ns = namespace(found.get(platform, {}).get("cpe", ""))
        purl = found.get(package, {}).get("purl", "")
        flatpak = "rpmmod=" in purl and ":" not in purl.split("rpmmod=")[1]
        if ns and purl.startswith("pkg:rpm/") and not flatpak:
            out[full] = (ns, package)
    return out


def name_of(package):
    """Name without version, of a component: "nodejs:18/npm", "curl.src", "numpy.src::python39-devel:3.9"."""
    return re.sub(r"\.src$", "", package.partition("::")[0].rpartition("/")[2])


def second_reading(doc):
    """{(namespace, package, fixed version or why there is none, erratum)} of the one CVE."""
    where, out, binaries, sources = components(doc), set(), set(), set()
    for v in doc["vulnerabilities"]:
        errata = {p: r["url"].rpartition("/")[2] for r in v.get("remediations", []) if r["category"] == "vendor_fix"
                  for p in r["product_ids"]}
        for full in v["product_status"].get("fixed", []):
            if full not in where:
                continue
            ns, package = where[full]
            m = NEVRA.match(package)
            if not m:
                continue
            name, epoch, evr, arch = m.groups()
            evr = (f"{epoch}:" if epoch not in (None, "0") else "") + evr
            row = (ns, name, evr, errata.get(full, ""))
            (sources if arch == "src" else binaries).add(row)
        status = {"known_affected": "not fixed", "under_investigation": "not fixed", "known_not_affected": "not affected"}
        for key, word in status.items():
            for full in v["product_status"].get(key, []):
                versioned = full in where and NEVRA.match(where[full][1]) and "-" in where[full][1]
                if full not in where or (versioned and key == "known_not_affected"):
                    continue
                ns, package = where[full]
                m = NEVRA.match(package)
                out.add((ns, m.group(1) if versioned and m else name_of(package), word, ""))
    named = {(ns, ref) for ns, _, _, ref in binaries}
    out |= binaries | {s for s in sources if (s[0], s[3]) not in named}
    # several builds of one module have each the fix: any of them stands for all
    return {(ns, name, evr.partition(".module")[0], ref) for ns, name, evr, ref in out}


def main():
    archive = shared(SAMPLES)
    if not archive:
        skip("Red Hat's VEX files", "shared data is not here")
        return done()
    folder, db = os.path.join(TMP, "vex"), os.path.join(TMP, "db")
    os.makedirs(folder)
    plain = subprocess.run(["zstd", "-dc", archive], stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "x", "-C", folder], input=plain, check=True)
    files = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in sorted(names)]
    seen = {}
    for path in sorted(files):
        with open(path, encoding="utf-8") as f:
            doc = json.load(f)
        head = doc["document"]
        if head.get("category") != "csaf_vex" or head["publisher"].get("namespace") != "https://www.redhat.com":
            continue
        seen.setdefault(head["tracking"]["id"], []).append((path, doc))
    for cve, docs in sorted(seen.items()):
        for path, doc in docs:
            run = assay("db", "import", path, "--db", db)
            if not ok(f"{cve}: {os.path.basename(path)} is imported", run.rc == 0, run):
                continue
            run = assay("db", "search", cve, "--db", db)
            rows = [line.split("\t") for line in run.out.splitlines()]
            # ids of that product's packages are no names and versions
            rows = [r for r in rows if "/hummingbird:" not in r[1] or r[3].startswith("not ")]
            have = {(r[1], r[2], r[3].partition(".module")[0], r[6] if len(r) > 6 else "") for r in rows}
            want = second_reading(doc)
            ok(f"{cve}: {len(want)} records", have == want,
               f"too many {sorted(have - want)[:8]}\nmissing {sorted(want - have)[:8]}")
    return done()


if __name__ == "__main__":
    sys.exit(main())
