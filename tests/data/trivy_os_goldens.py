#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""trivy_os_goldens - the findings of Trivy's operating-system goldens.

Its advisory fixtures (YAML of its own database) are written as documents of the publishers, which
assay imports; a root file system is made for each golden from the list of its packages, or where
there is none from the packages that the golden names.  What assay finds must be what it says.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import rpmdb  # noqa: E402
from tap import TMP, assay, done, ok, shared, skip  # noqa: E402

try:
    import yaml
except ImportError:
    yaml = None

GOLDENS = "data/vectors/goldens/trivy/"
LEVELS = ["unknown", "low", "medium", "high", "critical"]  # as Trivy numbers them

# golden, package list or None, kind, os-release, vendor of rpm packages, options
CASES = [
    ("alpine-310", "alpine-310", "apk", "ID=alpine\nVERSION_ID=3.10.2\n", "", []),
    ("alpine-39", None, "apk", "ID=alpine\nVERSION_ID=3.9.4\n", "", []),
    ("alpine-39-high-critical", None, "apk", "ID=alpine\nVERSION_ID=3.9.4\n", "", ["-s", "HIGH,CRITICAL"]),
    ("debian-buster", "debian-buster", "deb", "ID=debian\nVERSION_ID=\"10\"\n", "", []),
    ("debian-buster-ignore-unfixed", "debian-buster", "deb", "ID=debian\nVERSION_ID=\"10\"\n", "", ["--ignore-unfixed"]),
    ("debian-stretch", None, "deb", "ID=debian\nVERSION_ID=\"9\"\n", "", []),
    ("ubuntu-1804-ignore-unfixed", "ubuntu-18.04", "deb", "ID=ubuntu\nVERSION_ID=\"18.04\"\n", "", ["--ignore-unfixed"]),
    ("centos-7", None, "rpm", "ID=\"centos\"\nVERSION_ID=\"7\"\n", "CentOS", []),
    ("centos-7-ignore-unfixed", None, "rpm", "ID=\"centos\"\nVERSION_ID=\"7\"\n", "CentOS", ["--ignore-unfixed"]),
    ("centos-7-medium", None, "rpm", "ID=\"centos\"\nVERSION_ID=\"7\"\n", "CentOS", ["--ignore-unfixed", "-s", "MEDIUM"]),
    ("ubi-7", "ubi-7", "rpm", "ID=\"rhel\"\nVERSION_ID=\"7.7\"\n", "Red Hat, Inc.", []),
    ("amazon-2", "amazon-2", "rpm", "ID=\"amzn\"\nVERSION_ID=\"2\"\n", "Amazon Linux", []),
    ("oraclelinux-8", "oraclelinux-8-slim", "rpm", "ID=\"ol\"\nVERSION_ID=\"8.0\"\n", "Oracle America", []),
    ("almalinux-8", None, "rpm", "ID=\"almalinux\"\nVERSION_ID=\"8.5\"\n", "AlmaLinux", []),
    ("rockylinux-8", None, "rpm", "ID=\"rocky\"\nVERSION_ID=\"8.5\"\n", "Rocky Enterprise Software Foundation", []),
    ("opensuse-tumbleweed", "opensuse-tumbleweed", "rpm", "ID=\"opensuse-tumbleweed\"\nVERSION_ID=\"20240607\"\n", "openSUSE", []),
    # lists without a golden: what the fixtures say of the versions in them
    ("photon-30", "photon-30", "rpm", "ID=photon\nVERSION_ID=3.0\n", "VMware, Inc.", []),
    ("opensuse-leap-151", "opensuse-leap-151", "rpm", "ID=\"opensuse-leap\"\nVERSION_ID=\"15.1\"\n", "openSUSE", []),
    ("suse-15.3_ndb", "suse-15.3_ndb", "rpm", "ID=\"sles\"\nVERSION_ID=\"15.3\"\n", "SUSE LLC <https://www.suse.com/>", []),
]
NO_GOLDEN = {
    "photon-30": {("CVE-2019-18276", "bash", "4.4.18-1.ph3", "4.4.18-2.ph3", "high", "fixed"),
                  ("CVE-2019-5481", "curl", "7.61.1-4.ph3", "7.61.1-5.ph3", "critical", "fixed"),
                  ("CVE-2019-5481", "curl-libs", "7.61.1-4.ph3", "7.61.1-5.ph3", "critical", "fixed")},
    "opensuse-leap-151": {("openSUSE-SU-2020:0062-1", name, "1.1.0i-lp151.8.3.1", "1.1.0i-lp151.8.6.1", "medium", "fixed")
                          for name in ("libopenssl1_1", "openssl-1_1")},
    "suse-15.3_ndb": {("SUSE-SU-2022:2251-1", name, "1.1.1d-11.30.1", "1.1.1d-150200.11.48.1", "medium", "fixed")
                      for name in ("libopenssl1_1", "openssl-1_1")},
}
# source package of packages that goldens without a list name, where it is another
SOURCES = {"libcrypto1.1": "openssl", "libssl1.1": "openssl", "musl-utils": "musl", "openssl-libs": "openssl",
           "e2fslibs": "e2fsprogs", "libcomerr2": "e2fsprogs", "libss2": "e2fsprogs"}
# The fixture holds a state that the tracker has no word for beside a severity.
OTHER_SEVERITY = {("debian-stretch", "CVE-2019-18276"): "high"}


# ---- fixtures as documents of the publishers ----

def fixture(name):
    """{namespace: {package: {id: value}}} of one file."""
    with open(shared(GOLDENS + "fixtures/db/" + name + ".yaml"), encoding="utf-8") as f:
        doc = yaml.safe_load(f)
    out = {}
    for ns in doc:
        for package in ns["pairs"]:
            for row in package.get("pairs", []):
                out.setdefault(ns["bucket"], {}).setdefault(package["bucket"], {})[row["key"]] = row["value"] or {}
    return out


def severities():
    """{id: {source: level}}"""
    with open(shared(GOLDENS + "fixtures/db/vulnerability.yaml"), encoding="utf-8") as f:
        doc = yaml.safe_load(f)
    return {row["key"]: {k: int(v) for k, v in (row["value"].get("VendorSeverity") or {}).items()}
            for row in doc[0]["pairs"]}


def word(sev, cve, source):
    return LEVELS[sev.get(cve, {}).get(source, 0)]


def nvd(sev):
    """Severities by score: the API's form."""
    score = {"low": 3.0, "medium": 5.5, "high": 7.5, "critical": 9.8}
    rows = []
    for cve, by in sev.items():
        level = LEVELS[by.get("nvd", 0)]
        if level != "unknown" and cve.startswith("CVE-"):
            data = {"version": "3.1", "baseScore": score[level], "baseSeverity": level.upper()}
            rows.append({"cve": {"id": cve, "vulnStatus": "Analyzed",
                                 "metrics": {"cvssMetricV31": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": data}]}}})
    return json.dumps({"resultsPerPage": len(rows), "startIndex": 0, "totalResults": len(rows), "format": "NVD_CVE",
                       "version": "2.0", "timestamp": "2024-01-01T00:00:00.000", "vulnerabilities": rows})


def secdb():
    for ns, packages in fixture("alpine").items():
        release = ns.split()[1]
        rows = []
        for name, ids in packages.items():
            fixes = {}
            for cve, v in ids.items():
                fixes.setdefault(v["FixedVersion"], []).append(cve)
            rows.append({"pkg": {"name": name, "secfixes": fixes}})
        version = release if release == "edge" else "v" + release
        yield f"{version}-main.json", json.dumps({"distroversion": version, "reponame": "main", "apkurl": "", "archs": ["x86_64"],
                                                  "urlprefix": "", "packages": rows})


def debian_tracker():
    codenames = {"debian 9": "stretch", "debian 10": "buster"}
    doc = {}
    for ns, packages in fixture("debian").items():
        for name, ids in packages.items():
            for cve, v in ids.items():
                urgency = "end-of-life" if v.get("Status") == 7 else LEVELS[int(v.get("Severity", 0))]
                row = {"status": "resolved" if "FixedVersion" in v else "open", "repositories": {},
                       "urgency": "not yet assigned" if urgency == "unknown" else urgency}
                if "FixedVersion" in v:
                    row["fixed_version"] = v["FixedVersion"]
                if v.get("State"):
                    row.update(nodsa="Minor issue", nodsa_reason=v["State"])
                doc.setdefault(name, {}).setdefault(cve, {"releases": {}})["releases"][codenames[ns]] = row
    return json.dumps(doc)


def ubuntu_osv(sev):
    for ns, packages in fixture("ubuntu").items():
        for name, ids in packages.items():
            for cve, v in ids.items():
                events = [{"introduced": "0"}] + ([{"fixed": v["FixedVersion"]}] if "FixedVersion" in v else [])
                yield f"UBUNTU-{cve}-{name}-{ns[7:]}.json", json.dumps({
                    "schema_version": "1.7.0", "id": f"UBUNTU-{cve}", "modified": "2024-01-01T00:00:00Z", "upstream": [cve],
                    "severity": [{"type": "Ubuntu", "score": word(sev, cve, "ubuntu")}],
                    "affected": [{"package": {"ecosystem": f"Ubuntu:{ns[7:]}:LTS", "name": name},
                                  "ranges": [{"type": "ECOSYSTEM", "events": events}], "versions": []}]})


def redhat_vex(sev):
    """One VEX file for each id and release."""
    why = {5: ("no_fix_planned", "Will not fix"), 7: ("no_fix_planned", "Out of support scope")}
    cpes = {"6": "cpe:/o:redhat:enterprise_linux:6::server", "7": "cpe:/o:redhat:enterprise_linux:7::server"}
    said = {}  # cve: [(release, package, entry, ref)]
    for name, ids in fixture("redhat")["Red Hat"].items():
        for key, v in ids.items():
            for entry in v["Entries"]:
                releases = [n for n, number in (("6", 857), ("7", 869)) if number in entry["Affected"]]
                for cve in entry["Cves"]:
                    for n in releases:
                        said.setdefault(cve.get("ID", key), []).append((n, name, entry, cve, key))
    for cve, rows in said.items():
        branches, relations, status, remedies, threats = [], [], {"fixed": [], "known_affected": []}, [], []
        for n, cpe in cpes.items():
            branches.append({"category": "product_name", "product": {"product_id": n, "product_identification_helper": {"cpe": cpe}}})
        for n, name, entry, of, key in rows:
            fixed = entry.get("FixedVersion")
            epoch, _, evr = fixed.rpartition(":") if fixed else ("", "", "")
            purl = f"pkg:rpm/redhat/{name}" + (f"@{evr}?arch=x86_64&epoch={epoch}" if fixed else "")
            product = f"{name}-{fixed}.x86_64" if fixed else name
            branches.append({"category": "product_version",
                             "product": {"product_id": product, "product_identification_helper": {"purl": purl}}})
            full = f"{n}:{product}"
            relations.append({"category": "default_component_of", "full_product_name": {"product_id": full},
                              "product_reference": product, "relates_to_product_reference": n})
            status["fixed" if fixed else "known_affected"].append(full)
            threats.append({"category": "impact", "product_ids": [full], "details": LEVELS[int(of["Severity"])]})
            if fixed:
                remedies.append({"category": "vendor_fix", "url": "https://access.redhat.com/errata/" + key, "product_ids": [full]})
            elif entry.get("Status") in why:
                category, details = why[entry["Status"]]
                remedies.append({"category": category, "details": details, "product_ids": [full]})
        yield cve.lower() + ".json", json.dumps({
            "document": {"category": "csaf_vex", "csaf_version": "2.0",
                         "aggregate_severity": {"namespace": "https://access.redhat.com/security/updates/classification/"},
                         "publisher": {"name": "Red Hat Product Security", "namespace": "https://www.redhat.com"},
                         "tracking": {"id": cve, "status": "final", "current_release_date": "2024-01-01T00:00:00+00:00"}},
            "product_tree": {"branches": [{"category": "vendor", "branches": branches}], "relationships": relations},
            "vulnerabilities": [{"cve": cve, "product_status": status, "remediations": remedies, "threats": threats}]})


def split_evr(evr):
    epoch, _, rest = evr.rpartition(":")
    version, _, release = rest.rpartition("-")
    return epoch or "0", version, release


def updateinfo(rows):
    """rows: (id, cve, severity, package, evr)"""
    out = '<?xml version="1.0" encoding="UTF-8"?>\n<updates>\n'
    for ref, cve, severity, name, evr in rows:
        epoch, version, release = split_evr(evr)
        out += (f'<update type="security" from="x"><id>{ref}</id><severity>{severity}</severity><references>'
                f'<reference type="cve" id="{cve}"/></references><pkglist><collection short="x"><package name="{name}" '
                f'epoch="{epoch}" version="{version}" release="{release}" arch="x86_64"/></collection></pkglist></update>\n')
    return out + "</updates>\n"


def updates(file, prefix, source, sev):
    rows = []
    for ns, packages in fixture(file).items():
        for name, ids in packages.items():
            for cve, v in ids.items():
                ref = prefix(ns) + "2024-%03d" % len(rows)
                rows.append((ref, cve, word(sev, cve, source), name, v["FixedVersion"]))
    return updateinfo(rows)


def oval(org, rows):
    """rows: (class, reference xml, severity, release package, state of it, package, fixed version)"""
    definitions = tests = objects = states = ""
    for i, (kind, references, severity, product, product_state, name, fixed) in enumerate(rows):
        base = f"oval:{org}"
        definitions += (f'<definition id="{base}:def:{i}" class="{kind}"><metadata><title>t</title>{references}<advisory>'
                        f'<severity>{severity}</severity></advisory></metadata><criteria operator="AND"><criterion '
                        f'test_ref="{base}:tst:{i}1" comment="p is installed"/><criterion test_ref="{base}:tst:{i}2" '
                        f'comment="c"/></criteria></definition>\n')
        for n, package, state in (("1", product, product_state),
                                  ("2", name, f'<evr datatype="evr_string" operation="less than">{fixed}</evr>')):
            tests += (f'<rpminfo_test id="{base}:tst:{i}{n}"><object object_ref="{base}:obj:{i}{n}"/>'
                      f'<state state_ref="{base}:ste:{i}{n}"/></rpminfo_test>\n')
            objects += f'<rpminfo_object id="{base}:obj:{i}{n}"><name>{package}</name></rpminfo_object>\n'
            states += f'<rpminfo_state id="{base}:ste:{i}{n}">{state}</rpminfo_state>\n'
    return (f'<oval_definitions><definitions>{definitions}</definitions><tests>{tests}</tests><objects>{objects}</objects>'
            f'<states>{states}</states></oval_definitions>')


def with_epoch(evr):
    return evr if ":" in evr else "0:" + evr


def oracle_oval(sev):
    rows = []
    for name, ids in fixture("oracle")["Oracle Linux 8"].items():
        for cve, v in ids.items():
            reference = f'<reference source="elsa" ref_id="ELSA-2024-{len(rows)}"/><reference source="CVE" ref_id="{cve}"/>'
            rows.append(("patch", reference, word(sev, cve, "oracle-oval"), "oraclelinux-release",
                         '<version operation="pattern match">^8</version>', name, with_epoch(v["FixedVersion"])))
    return oval("com.oracle.elsa", rows)


def suse_oval():
    products = {
        "SUSE Linux Enterprise 15-SP3": ("sles-release", '<version operation="equals">15.3</version>'),
        "openSUSE Leap 15.1": ("openSUSE-release", '<version operation="equals">15.1</version>'),
        "openSUSE Tumbleweed": ("openSUSE-release",
                                '<evr datatype="evr_string" operation="greater than or equal">0:20210101-0</evr>'),
    }
    rows = []
    for ns, packages in {**fixture("suse"), **fixture("opensuse")}.items():
        for name, ids in packages.items():
            for ref, v in ids.items():
                if ns in products:
                    rows.append(("patch", f'<reference source="SUSE-SU" ref_id="{ref}"/>', "moderate", *products[ns], name,
                                 with_epoch(v["FixedVersion"])))
    return oval("org.opensuse.security", rows)


def photon(sev):
    score = {"unknown": None, "low": 3.0, "medium": 5.5, "high": 7.5, "critical": 9.8}
    return json.dumps([{"cve_id": cve, "pkg": name, "cve_score": score[word(sev, cve, "photon")],
                        "aff_ver": f"all versions before {v['FixedVersion']} are vulnerable", "res_ver": v["FixedVersion"]}
                       for name, ids in fixture("photon")["Photon OS 3.0"].items() for cve, v in ids.items()])


def write_feeds(folder):
    sev = severities()
    files = {"nvd.json": nvd(sev), "tracker.json": debian_tracker(), "oracle.xml": oracle_oval(sev), "suse.xml": suse_oval(),
             "cve_data_photon3.0.json": photon(sev)}
    files["amazon/updateinfo.xml"] = updates("amazon", lambda ns: {"amazon linux 1": "ALAS-", "amazon linux 2": "ALAS2-"}[ns], "amazon",
                                             sev)
    files["alma/updateinfo.xml"] = updates("almalinux", lambda ns: "ALSA-", "alma", sev)
    files["rocky/updateinfo.xml"] = updates("rockylinux", lambda ns: "RLSA-", "rocky", sev)
    for sub, made in (("secdb", secdb()), ("ubuntu", ubuntu_osv(sev)), ("vex", redhat_vex(sev))):
        files.update({f"{sub}/{name}": text for name, text in made})
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


# ---- root file systems ----

def put(root, name, text):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def full(version, release, epoch):
    return (f"{epoch}:" if epoch else "") + version + (f"-{release}" if release else "")


def write_apk(root, packages):
    put(root, "lib/apk/db/installed", "".join(
        f"P:{p['Name']}\nV:{p['Version']}\nA:x86_64\no:{p.get('SrcName') or p['Name']}\nL:MIT\n\n" for p in packages))


def write_deb(root, packages):
    text = ""
    for p in packages:
        version = full(p["Version"], p.get("Release"), p.get("Epoch"))
        source = full(p.get("SrcVersion") or p["Version"], p.get("SrcRelease") or p.get("Release"), p.get("SrcEpoch"))
        name = p.get("SrcName") or p["Name"]
        text += f"Package: {p['Name']}\nStatus: install ok installed\nMaintainer: x\nArchitecture: {p.get('Arch', 'amd64')}\n"
        text += f"Source: {name} ({source})\nVersion: {version}\nDescription: x\n\n"
    put(root, "var/lib/dpkg/status", text)


def write_rpm(root, packages, vendor):
    os.makedirs(os.path.join(root, "var/lib/rpm"), exist_ok=True)
    rpmdb.write(os.path.join(root, "var/lib/rpm/rpmdb.sqlite"), [
        {"name": p["Name"], "version": p["Version"], "release": p["Release"], "epoch": p.get("Epoch") or None, "arch": p.get("Arch", "x86_64"),
         "vendor": vendor, "license": "MIT",
         "sourcerpm": f"{p.get('SrcName') or p['Name']}-{p.get('SrcVersion') or p['Version']}-{p.get('SrcRelease') or p['Release']}"
                      ".src.rpm"} for p in packages])


def named_packages(golden, kind):
    """The packages that a golden names."""
    out = {}
    for v in golden:
        p = {"Name": v["PkgName"], "SrcName": SOURCES.get(v["PkgName"])}
        p["Version"] = v["InstalledVersion"]
        if kind == "rpm":
            epoch, p["Version"], p["Release"] = split_evr(v["InstalledVersion"])
            p["Epoch"] = int(epoch)
        out[p["Name"]] = p
    return list(out.values())


def write_root(root, case, golden):
    name, listed, kind, os_release, vendor, _ = case
    if listed:
        with open(shared(f"{GOLDENS}packages/{listed}.json.golden"), encoding="utf-8") as f:
            packages = json.load(f)
    else:
        packages = named_packages(golden, kind)
    put(root, "etc/os-release", os_release)
    if kind == "rpm":
        write_rpm(root, packages, vendor)
    else:
        {"apk": write_apk, "deb": write_deb}[kind](root, packages)
    return sum(p["Name"] != "gpg-pubkey" for p in packages)  # keys that rpm keeps among its packages


def golden_findings(name):
    with open(shared(f"{GOLDENS}expected/{name}.json.golden"), encoding="utf-8") as f:
        doc = json.load(f)
    return [v for r in doc["Results"] if r.get("Class") == "os-pkgs" for v in r.get("Vulnerabilities", [])]


def wanted(name, golden):
    if name in NO_GOLDEN:
        return NO_GOLDEN[name]
    return {(v["VulnerabilityID"], v["PkgName"], v["InstalledVersion"], v.get("FixedVersion") or None,
             OTHER_SEVERITY.get((name, v["VulnerabilityID"]), v["Severity"].lower()), v["Status"]) for v in golden}


def found(doc):
    names = {p["purl"]: p["name"] for p in doc["packages"]}
    return {(f["id"], names.get(f["package"]), f["installed"], f["fixed"] or None, f["severity"], f["status"])
            for f in doc["findings"] if f["check"] == "vulnerability"}


def main():
    if not yaml or not shared(GOLDENS + "fixtures/db/alpine.yaml"):
        skip("Trivy's operating-system goldens", "no YAML for Python" if not yaml else "shared data is not here")
        return done()
    feeds, db = os.path.join(TMP, "feeds"), os.path.join(TMP, "db")
    write_feeds(feeds)
    run = assay("db", "import", feeds, "--db", db)
    if not ok("the fixtures are imported as documents of the publishers", run.rc == 0, run):
        return done()
    for case in CASES:
        name = case[0]
        golden = [] if name in NO_GOLDEN else golden_findings(name)
        root = os.path.join(TMP, "root-" + name)
        count = write_root(root, case, golden)
        run = assay("scan", "dir:" + root, "--checks", "vuln", "-f", "json", "--db", db, *case[5])
        if not run.raw.startswith(b"{"):
            ok(f"{name}: is scanned", False, run)
            continue
        doc, want = run.json(), wanted(name, golden)
        have = found(doc)
        ok(f"{name}: {len(want)} findings, {count} packages", have == want and len(doc["packages"]) == count,
           f"{len(doc['packages'])} packages\ntoo many {sorted(map(str, have - want))}\nmissing {sorted(map(str, want - have))}\n{run.err[:600]}")
    skip("alpine-distroless", "its advisory is of edge, whose packages its repositories name; the release is 3.16")
    return done()


if __name__ == "__main__":
    sys.exit(main())
