#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""programs - programs that no package manager installed against NVD's configurations: outcomes by hand, as NISTIR 7696
and NVD's API 2.0 have them, and an independent walk of the configurations in ../shared/data/advisories."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from image import File, tar_of  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same, shared, skip  # noqa: E402


def cpe(product, version="*", tail=":*:*:*:*:*:*:*", part="a"):
    return f"cpe:2.3:{part}:{product}:{version}{tail}"


def m(criteria, vulnerable=True, **ends):
    return dict({"criteria": criteria, "vulnerable": vulnerable}, **ends)


def cve(id, *configs, status="Analyzed"):
    return {"cve": {"id": id, "sourceIdentifier": "x", "published": "2024-01-01T00:00:00.000", "lastModified": "2024-01-01T00:00:00.000",
                    "vulnStatus": status, "configurations": list(configs), "metrics": {"cvssMetricV31": [{"source": "nvd@nist.gov", "type": "Primary",
                     "cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]}}}


def one(*matches):
    return {"nodes": [{"operator": "OR", "negate": False, "cpeMatch": list(matches)}]}


def both(*groups):
    return {"operator": "AND", "nodes": [{"operator": "OR", "negate": False, "cpeMatch": list(g)} for g in groups]}


BELOW = {"versionEndExcluding": "1.1.1l"}
SSL = m(cpe("openssl:openssl"), **BELOW)
# id → records; which are findings on the components below
RECORDS = [
    cve("CVE-2024-0001", one(SSL)),
    cve("CVE-2024-0002", one(m(cpe("openssl:openssl", "1.1.1k")))),
    cve("CVE-2024-0003", one(m(cpe("other:openssl"), **BELOW))),  # another vendor's
    cve("CVE-2024-0004", one(m(cpe("openssl:openssl"), versionEndExcluding="1.1.1k"))),
    cve("CVE-2024-0005", both([SSL], [m(cpe("microsoft:windows", "-", part="o"), False)])),
    cve("CVE-2024-0006", both([SSL], [m(cpe("linux:linux_kernel", "-", part="o"), False)])),
    cve("CVE-2024-0007", both([SSL], [m(cpe("f5:nginx"), False, versionEndExcluding="1.20")])),  # 1.18 is there
    cve("CVE-2024-0008", both([SSL], [m(cpe("f5:nginx"), False, versionEndExcluding="1.10")])),
    cve("CVE-2024-0009", one(m(cpe("openssl:openssl", "*", ":*:*:*:*:windows:*:*"), **BELOW))),
    cve("CVE-2024-0010", one(m(cpe("openssl:openssl", "*", ":*:*:*:*:node.js:*:*"), **BELOW))),  # an extension
    cve("CVE-2024-0011", one(SSL), status="Rejected"),
    cve("CVE-2024-0012", one(m(cpe("openssl:openssl"), versionStartExcluding="1.1.1k", versionEndIncluding="3"))),
    cve("CVE-2024-0013", one(m(cpe("openssl:openssl"), versionStartIncluding="1.1.1k", versionEndIncluding="1.1.1k"))),
    cve("CVE-2024-0014", one(m(cpe("lodash:lodash"), versionEndExcluding="9"))),  # npm knows better
    cve("CVE-2024-0015", both([SSL], [m(cpe("debian:debian_linux", "12.0", part="o"), False)])),  # no system is known
    cve("CVE-2024-0016", one(m(cpe("f5:nginx"), versionEndExcluding="1.19"))),  # Bitnami says: not this one
    cve("CVE-2024-0017", one(m(cpe("f5:nginx"), versionEndExcluding="1.19"))),
]
WANT = {("openssl", f"CVE-2024-00{n:02}") for n in (1, 2, 6, 7, 13)} | {("nginx", "CVE-2024-0017")}
BITNAMI = {"id": "BIT-nginx-2024-0016", "aliases": ["CVE-2024-0016"], "modified": "2024-01-01T00:00:00Z", "affected": [
    {"package": {"ecosystem": "Bitnami", "name": "nginx"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.17.0"}]}]}]}
COMPONENTS = [("openssl", "1.1.1k", cpe("openssl:openssl", "1.1.1k"), ""), ("nginx", "1.18.0", cpe("f5:nginx", "1.18.0"), ""),
              ("openssl-nodejs", "1.0", "", ""), ("lodash", "4.0.0", cpe("lodash:lodash", "4.0.0"), "pkg:npm/lodash@4.0.0")]


def write(name, doc):
    path = os.path.join(TMP, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(doc, f)
    return path


def bom(name, components):
    rows = [dict({"type": "library", "name": n, "version": v, "bom-ref": f"{n}@{v}"}, **({"cpe": c} if c else {}), **({"purl": p} if p else {}))
            for n, v, c, p in components]
    return "sbom:" + write(name, {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": rows})


def scan(ref, db):
    return assay("scan", ref, "--checks", "vuln", "-f", "json", "--db", db, "--db-max-age", "0")


def by_hand():
    db = os.path.join(TMP, "db")
    page = write("nvd.json", {"format": "NVD_CVE", "version": "2.0", "timestamp": "2024-01-01T00:00:00.000", "vulnerabilities": RECORDS})
    made = assay("db", "import", page, write("bitnami.json", BITNAMI), "--db", db)
    ok("records are imported", made.rc == 0, made)
    doc = scan(bom("a.cdx.json", COMPONENTS), db).json()
    found = [f for f in doc["findings"] if f["check"] == "vulnerability"]
    same("what concerns programs", sorted((f["installed"], f["id"]) for f in found),
         sorted(({"openssl": "1.1.1k", "nginx": "1.18.0"}[n], i) for n, i in WANT))
    first = [f for f in found if f["id"] == "CVE-2024-0001"][0]
    same("fix, severity and source", [first["fixed"], first["severity"], first["source"]["feed"]], ["1.1.1l", "critical", "nvd"])
    ok("the reason names NVD's name", "openssl:openssl" in first["reason"] and "1.1.1l" in first["reason"], first["reason"])
    path = os.path.join(TMP, "image.tar")
    with open(path, "wb") as f:
        f.write(tar_of([File("usr/local/bin/nginx", b"\x7fELF" + bytes(60) + b"\0nginx version: nginx/1.18.0\n\0" + bytes(4096), mode=0o755)]))
    doc = scan("tar:" + path, db).json()
    same("a program in an image", sorted((f["id"], f["installed"]) for f in doc["findings"]), [("CVE-2024-0017", "1.18.0")])
    report = write("report.json", scan(bom("a.cdx.json", COMPONENTS), db).json())
    out = assay("explain", "CVE-2024-0008", "--package", "openssl", "--report", report, "--db", db).out
    ok("explain says what is not there", "only together with what the image does not hold" in out, out)


def number(v):
    return [int(x) for x in v.split(".")] + [0] * (6 - v.count("."))


def walk():
    path = shared("data/advisories/nvd-cpe-overrides.jsonl.zst")
    if not path:
        skip("a walk of configurations", "no ../shared")
        return
    raw = subprocess.run(["zstd", "-dcq", "--long=27", path], stdout=subprocess.PIPE, check=True).stdout
    products, bad = {}, set()
    for line in raw.decode().splitlines():
        doc = json.loads(line)
        for config in doc["configurations"]:
            for node in config["nodes"]:
                for c in node["cpeMatch"]:
                    f = c["criteria"].split(":")
                    vendor_product = ":".join(f[3:5])
                    ends = [v for k, v in c.items() if k.startswith("version")] + ([] if f[5] in "*-" else [f[5]])
                    plain = all(x.isdigit() and len(x) < 9 for v in ends for x in v.split(".")) and all(v.count(".") < 6 for v in ends)
                    if len(f) != 13 or not plain or f[2] != "a" or len(config["nodes"]) > 1 or config.get("operator") or f[10] != "*" or \
                            f[6] != "*" or f[7] != "*" or f[5] == "-" or not c["vulnerable"]:
                        bad.add(vendor_product)
                    else:
                        products.setdefault(vendor_product.lower(), []).append((doc["id"], f[5], c, ends))
    components, want = [], set()
    for name in sorted(set(products) - bad)[::9]:
        for v in sorted({v for row in products[name] for v in row[3]})[:5]:
            components.append((name, v, cpe(name, v), ""))
            for id, exact, c, _ in products[name]:
                n = number(v)
                if exact != "*":
                    hit = n == number(exact)
                else:
                    hit = ("versionStartIncluding" not in c or n >= number(c["versionStartIncluding"])) and \
                        ("versionStartExcluding" not in c or n > number(c["versionStartExcluding"])) and \
                        ("versionEndExcluding" not in c or n < number(c["versionEndExcluding"])) and \
                        ("versionEndIncluding" not in c or n <= number(c["versionEndIncluding"]))
                if hit:
                    want.add((name, v, id))
    db = os.path.join(TMP, "walk-db")
    made = assay("db", "import", path, "--db", db)
    ok("all configurations are imported", made.rc == 0, made)
    doc = scan(bom("walk.cdx.json", components), db).json()
    names = {f["reason"].rpartition("by its name ")[2].partition(", ")[0] for f in doc["findings"]}
    have = {(f["reason"].rpartition("by its name ")[2].partition(", ")[0], f["installed"], f["id"]) for f in doc["findings"]}
    ok(f"{len(components)} programs, {len(want)} pairs, {len(names)} products", want == have,
       f"missing {sorted(want - have)[:6]}\nextra {sorted(have - want)[:6]}")


def main():
    if not os.path.exists(ASSAY):
        skip("programs", "there is no program yet")
        return 0
    by_hand()
    walk()
    return done()


sys.exit(main())
