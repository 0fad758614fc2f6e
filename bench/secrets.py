#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""secrets - precision and recall of the secret scan on published samples, beside gitleaks and Trivy.

usage: secrets.py BENCH-PROGRAM VECTORS [GITLEAKS [TRIVY]]

A truth is a line of a file that holds a secret (of a private key its first line, wherever in it a
tool puts its finger); a finding on a line without one is false.  Rules of CredSweeper that name no
secret (UUID, S3 bucket) are left out.  Every tool sees the same files, one sample each."""
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

NO_SECRET = {"UUID", "AWS S3 Bucket"}
# what Trivy's own tests expect of its samples: lines
TRIVY = {"github-token.txt": [1], "github-app-token.txt": [1], "builtin-rule-secret.txt": [1, 2], "aws-secrets.txt": [1, 2],
         "example-secret.txt": [1], "asymmetric-private-key.txt": [1, 9], "asymmetric-private-secret.txt": [1],
         "asymmetric-private-secret.json": [1], "alibaba-access-key-id.txt": [2], "azure-ai-services-key.txt": [1],
         "azure-app-config-connection-string.txt": [1], "azure-container-registry-password.txt": [1],
         "azure-devops-pat.txt": [1], "azure-entra-client-secret.txt": [1], "azure-storage-account-key.txt": [1],
         "grafana-env.txt": [1, 2], "invalid-aws-secrets.txt": [], "invalid-utf8.txt": [1], "long-line-secret.txt": [1],
         "openai-admin-api-key.txt": [1], "openai-service-account-key.txt": [1], "private-packagist.txt": [1, 2, 3],
         "wrapped-secrets-sensitive.txt": [1, 2], "settings.xml": [2, 3]}


def credsweeper(base, put):
    expected = collections.defaultdict(lambda: collections.defaultdict(set))
    with open(f"{base}/expected.jsonl", encoding="utf-8") as f:
        for row in map(json.loads, f):
            if row["rule"] not in NO_SECRET:
                expected[row["path"]][row["line_num"]].add(row["rule"])
    for name in sorted(os.listdir(f"{base}/samples")):
        with open(f"{base}/samples/{name}", "rb") as f:
            data = f.read()
        lines, groups, key = data.split(b"\n"), [], None
        for n in sorted(expected[name]):
            is_key = expected[name][n] == {"PEM Private Key"}
            if is_key and key and n == key[-1] + 1 and b"BEGIN" not in lines[n - 1]:
                key.append(n)
                continue
            key = [n] if is_key else None
            groups.append((key or [n], sorted(expected[name][n])[0]))
        put("credsweeper/" + name, data, groups)


def gitleaks(path, put):
    with open(path, encoding="utf-8") as f:
        for i, row in enumerate(map(json.loads, f)):
            n = row["text"].count("\n") + 1
            groups = [(list(range(1, n + 1)), "gitleaks " + row["rule"])] if row["kind"] == "tp" else []
            put(f"gitleaks/{i:03}/{row['rule']}", row["text"].encode() + b"\n", groups)


def trivy(base, put):
    for name, lines in TRIVY.items():
        if os.path.exists(f"{base}/{name}"):
            with open(f"{base}/{name}", "rb") as f:
                put("trivy/" + name, f.read(), [([n], "trivy " + name) for n in lines])


def ours(program, root, names):
    out = subprocess.run([program] + [f"{root}/{n}" for n in names], capture_output=True, check=True).stdout
    for line in out.decode("latin1").split("\n"):
        cells = line.split("\t")
        if len(cells) > 3 and cells[0].startswith(root):
            yield os.path.relpath(cells[0], root), int(cells[1]), cells[2]


def run_gitleaks(program, root, _names):
    report = root + ".gitleaks.json"
    subprocess.run([program, "dir", root, "-r", report, "-f", "json", "--exit-code", "0", "-l", "error", "--no-banner",
                    "--max-decode-depth", "3"], check=True)
    with open(report, encoding="utf-8") as f:
        for row in json.load(f):
            yield os.path.relpath(row["File"], root), row["StartLine"], row["RuleID"]


def run_trivy(program, root, _names):
    out = subprocess.run([program, "fs", "--scanners", "secret", "-f", "json", "-q", "--offline-scan",
                          "--skip-version-check", root], capture_output=True, check=True).stdout
    for result in json.loads(out).get("Results", []):
        for row in result.get("Secrets", []):
            yield result["Target"], row["StartLine"], row["RuleID"]


def score(truth, found):
    by = collections.defaultdict(lambda: [0, 0, 0])  # rule of the truth, or of the finding that is false
    total = [0, 0, 0]
    for name, groups in truth.items():
        lines = found.get(name, {})
        for group, rule in groups:
            hit = any(n in lines for n in group)
            by[rule][0 if hit else 2] += 1
            total[0 if hit else 2] += 1
        true = {n for group, _ in groups for n in group}
        for n in lines:
            if n not in true:
                by[lines[n]][1] += 1
                total[1] += 1
    return total, by


def rates(tp, fp, fn):
    p, r = tp / (tp + fp) if tp + fp else 0, tp / (tp + fn) if tp + fn else 0
    return p, r, 2 * p * r / (p + r) if p + r else 0


def main():
    program, vectors, peers = sys.argv[1], sys.argv[2], sys.argv[3:]
    truth = {}
    with tempfile.TemporaryDirectory() as tmp:
        root = os.path.join(tmp, "files")

        def put(name, data, groups):
            os.makedirs(os.path.dirname(f"{root}/{name}"), exist_ok=True)
            with open(f"{root}/{name}", "wb") as f:
                f.write(data)
            truth[name] = groups

        credsweeper(vectors + "/credsweeper", put)
        gitleaks(vectors + "/gitleaks-tps-fps.jsonl", put)
        trivy(vectors + "/trivy/secret/testdata", put)
        tools = [("assay", ours, program)] + list(zip(("gitleaks", "trivy"), (run_gitleaks, run_trivy), peers))
        for tool, run, path in tools:
            if not shutil.which(path) and not os.path.exists(path):
                print(f"{tool:9} not here")
                continue
            found, start = collections.defaultdict(dict), time.monotonic()
            for name, line, rule in run(path, root, sorted(truth)):
                found[name].setdefault(line, rule)
            (tp, fp, fn), by = score(truth, found)
            p, r, f1 = rates(tp, fp, fn)
            print(f"{tool:9} true {tp:4} false {fp:4} missed {fn:4}  precision {p:.3f} recall {r:.3f} F1 {f1:.3f}  "
                  f"{time.monotonic() - start:.2f} s")
            if tool == "assay":
                for rule in sorted(by):
                    p, r, f1 = rates(*by[rule])
                    print(f"    {rule:44} true {by[rule][0]:3} false {by[rule][1]:3} missed {by[rule][2]:3}  "
                          f"precision {p:.2f} recall {r:.2f}")


main()
