#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""peers - command lines that people have in their pipelines for Trivy and Grype work when only the
name of the program is changed.  (-f is Trivy's format, so Grype's is spelt --fail-on.)"""
import json
import os
import shlex
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, skip  # noqa: E402

# openssl has a fix for a high one; zlib has none for a low one
TRACKER = {
    "openssl": {"CVE-2024-0001": {"releases": {"bookworm": {
        "status": "resolved", "repositories": {"bookworm": "3.0.11-1"}, "fixed_version": "3.0.12-1",
        "urgency": "high"}}}},
    "zlib": {"CVE-2024-0002": {"releases": {"bookworm": {
        "status": "open", "repositories": {"bookworm": "1:1.2.13.dfsg-1"}, "urgency": "low"}}}},
}
ROOT = image.debian([("openssl", "3.0.11-1"), ("zlib1g", "1:1.2.13.dfsg-1", "zlib")])

# (command line, exit status, text of stdout or of FILE, FILE or None)
LINES = [
    ("trivy image --input image.tar", 0, "CVE-2024-0001", None),
    ("trivy image --severity HIGH,CRITICAL --input image.tar", 0, "CVE-2024-0001", None),
    ("trivy image --exit-code 1 --severity CRITICAL --input image.tar", 0, "", None),
    ("trivy image --exit-code 1 --severity HIGH,CRITICAL --ignore-unfixed --input image.tar", 1, "CVE-2024-0001", None),
    ("trivy image --exit-code 7 --severity HIGH --no-progress --input image.tar", 7, "", None),
    ("trivy image -f json -o results.json --input image.tar", 0, '"CVE-2024-0001"', "results.json"),
    ("trivy image --format sarif --output report.sarif --input image.tar", 0, '"2.1.0"', "report.sarif"),
    ("trivy image --scanners vuln --skip-db-update --offline-scan --input image.tar", 0, "CVE-2024-0002", None),
    ("trivy image --pkg-types os --quiet --input image.tar", 0, "CVE-2024-0002", None),
    ("trivy image --ignorefile ignore --exit-code 1 --severity HIGH --input image.tar", 0, "", None),
    ("trivy image --ignore-status will_not_fix,end_of_life --format table --input image.tar", 0, "CVE-2024-0002", None),
    ("trivy image --skip-dirs /usr/share/doc --skip-files /etc/motd --input image.tar", 0, "CVE-2024-0001", None),
    ("trivy image --exit-on-eol 1 --timeout 5m --input image.tar", 0, "", None),
    ("trivy image --debug --cache-dir trivy-cache --input image.tar", 0, "CVE-2024-0001", None),
    ("grype docker-archive:image.tar", 0, "CVE-2024-0001", None),
    ("grype docker-archive:image.tar -o json", 0, '"CVE-2024-0002"', None),
    ("grype docker-archive:image.tar --only-fixed --fail-on high", 1, "CVE-2024-0001", None),
    ("grype docker-archive:image.tar --fail-on critical", 0, "", None),
    ("grype dir:root -o table", 0, "CVE-2024-0001", None),
    ("grype oci-dir:layout --platform linux/amd64", 0, "CVE-2024-0001", None),
    ("grype docker-archive:image.tar -o json=out.json -o table", 0, '"CVE-2024-0001"', "out.json"),
    ("grype docker-archive:image.tar -o sarif --file out.sarif", 0, '"2.1.0"', "out.sarif"),
    ("grype -c grype.yaml docker-archive:image.tar --fail-on high", 0, "", None),
    ("grype docker-archive:image.tar --ignore-states wont-fix,unknown -q", 0, "CVE-2024-0001", None),
    ("grype image.tar --show-suppressed -v", 0, "CVE-2024-0001", None),
    ("grype db status", 0, "debian", None),
]


def main():
    if not os.path.exists(ASSAY):
        skip("peers", "there is no program yet")
        return 0
    os.chdir(TMP)
    layer = image.tar_of(ROOT)
    image.docker_archive("image.tar", [layer])
    image.oci_layout("layout", [layer])
    for member, content in ROOT:
        if not member.isdir():
            os.makedirs(os.path.dirname(os.path.join("root", member.name)), exist_ok=True)
            image.write(os.path.join("root", member.name), content)
    image.write("tracker.json", json.dumps(TRACKER).encode())
    image.write("ignore", b"# accepted\nCVE-2024-0001\n")
    image.write("grype.yaml", b"ignore:\n  - vulnerability: CVE-2024-0001\n")
    env = {"ASSAY_DB": os.path.join(TMP, "db")}
    image.write("releases.csv", b"version,codename,series,created,release,eol,eol-lts\n"
                                b"12,Bookworm,bookworm,2021-08-14,2023-06-10,2126-06-10,2128-06-30\n")
    made = assay("db", "import", "tracker.json", "releases.csv", env=env)
    if not ok("advisories are imported", made.rc == 0, made):
        return done()
    for line, status, text, name in LINES:
        run = assay(*shlex.split(line)[1:], env=env)
        seen = run.out
        if name:
            seen = open(name, encoding="utf-8").read() if os.path.exists(name) else f"no file {name}"
        ok(line, run.rc == status and text in seen, f"want exit {status} and {text!r}\n{run}")
    return done()


sys.exit(main())
