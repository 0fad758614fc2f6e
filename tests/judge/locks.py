#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""locks - a lock file beside what is installed: nothing twice, what is absent marked, who needs whom."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from image import File, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402


def scan(name, files):
    path = os.path.join(TMP, name + ".tar")
    with open(path, "wb") as f:
        f.write(tar_of([File(p, c) for p, c in files]))
    return assay("scan", "tar:" + path, "-f", "json", "--checks", "vuln", "--db", os.path.join(TMP, "none")).json()


def packages(doc):
    return {p["purl"]: p for p in doc["packages"]}


def package_json(name, version, **more):
    return json.dumps({"name": name, "version": version, **more})


def lock(**packages):
    return json.dumps({"lockfileVersion": 3, "packages": {"": {}, **{"node_modules/" + k.replace("_", "/node_modules/"): v
                                                                      for k, v in packages.items()}}})


LOCK = lock(a={"version": "1.0.0", "dependencies": {"b": "^1"}}, b={"version": "1.1.0"}, c={"version": "1.2.0"},
            d={"version": "2.0.0", "dev": True}, e={"version": "3.0.0", "optional": True})
TREE = [("app/node_modules/a/package.json", package_json("a", "1.0.0", dependencies={"b": "^1"})),
        ("app/node_modules/b/package.json", package_json("b", "1.1.0"))]


def beside_a_tree():
    got = packages(scan("tree", [("app/package-lock.json", LOCK)] + TREE))
    same("each package once", sorted(got), [f"pkg:npm/{x}" for x in ("a@1.0.0", "b@1.1.0", "c@1.2.0", "d@2.0.0", "e@3.0.0")])
    same("what is installed says so, by its own file",
         [(got[f"pkg:npm/{x}"]["evidence"], got[f"pkg:npm/{x}"]["absent"], got[f"pkg:npm/{x}"]["paths"])
          for x in ("a@1.0.0", "b@1.1.0")],
         [("installed", False, ["app/node_modules/a/package.json"]), ("installed", False, ["app/node_modules/b/package.json"])])
    same("what is only in the lock file is absent",
         [(got[f"pkg:npm/{x}"]["evidence"], got[f"pkg:npm/{x}"]["absent"], got[f"pkg:npm/{x}"]["scope"])
          for x in ("c@1.2.0", "d@2.0.0", "e@3.0.0")],
         [("lock", True, "run"), ("lock", True, "dev"), ("lock", True, "optional")])
    same("who needs whom", got["pkg:npm/a@1.0.0"]["depends"], ["pkg:npm/b@1.1.0"])


def alone():
    doc = scan("alone", [("app/package-lock.json", LOCK)])
    got = packages(doc)
    same("a lock file alone: all count but those for development", {k: p["absent"] for k, p in got.items()},
         {"pkg:npm/a@1.0.0": False, "pkg:npm/b@1.1.0": False, "pkg:npm/c@1.2.0": False, "pkg:npm/d@2.0.0": True,
          "pkg:npm/e@3.0.0": False})
    ok("and that is said", any(c["code"] == "packages.absent" and c["detail"].startswith("1 ") for c in doc["coverage"]))
    same("the file is named", got["pkg:npm/a@1.0.0"]["paths"], ["app/package-lock.json"])


def another_tree():
    got = packages(scan("another", [("app/package-lock.json", LOCK), ("usr/lib/node_modules/b/package.json",
                                                                    package_json("b", "1.1.0"))]))
    same("one of three is no tree of this file", [got[f"pkg:npm/{x}"]["absent"] for x in ("a@1.0.0", "b@1.1.0", "c@1.2.0")],
         [False, False, False])
    same("what is installed elsewhere is that", got["pkg:npm/b@1.1.0"]["paths"], ["usr/lib/node_modules/b/package.json"])


def broken():
    doc = scan("broken", [("app/Cargo.lock", '[[package]]\nname = "a"\nversion = \n'), ("app/b/poetry.lock", "\xff"),
                          ("srv/requirements.txt", "a>=1\nb==1.*\nc==1.0\n")])
    rows = {c["path"]: c for c in doc["coverage"] if c["code"] == "db.broken"}
    same("a lock file that cannot be read is incomplete, with its line", (rows["app/Cargo.lock"]["status"],
         rows["app/Cargo.lock"]["detail"]), ("incomplete", "Cargo.lock: line 3: a value is missing"))
    ok("so is one that is no text", "app/b/poetry.lock" in rows, sorted(rows))
    ok("entries without a version are counted", any(c["code"] == "packages.unpinned" and c["detail"].startswith("2 ")
                                                    for c in doc["coverage"]), doc["coverage"])
    same("and not guessed", sorted(packages(doc)), ["pkg:pypi/c@1.0"])


def left_overs():
    got = packages(scan("left", [("app/node_modules/a/package.json", package_json("a", "1.0.0")),
                                 ("app/node_modules/a/yarn.lock", 'x@^1:\n  version "1.0.0"\n'),
                                 ("usr/lib/python3/site-packages/p/requirements.txt", "x==1\n"),
                                 ("var/www/vendor/o/p/composer.lock", '{"packages":[{"name":"o/x","version":"1"}]}')]))
    same("lock files within installed packages are not read", sorted(got), ["pkg:npm/a@1.0.0"])


def hidden():
    path = os.path.join(TMP, "merged")
    os.makedirs(os.path.join(path, "go"), exist_ok=True)
    got = packages(scan("gomod", [("src/go.mod", "module m\ngo 1.16\nrequire a.b/c v1.0.0\n"),
                                  ("src/go.sum", "a.b/c v1.0.0 h1:x=\nd.e/f v1.1.0 h1:y=\n"),
                                  ("new/go.mod", "module m\ngo 1.17\nrequire g.h/i v1.0.0\n"),
                                  ("new/go.sum", "g.h/i v1.0.0 h1:x=\nj.k/l v1.1.0 h1:y=\n")]))
    same("go.sum adds what an old go.mod does not name, and nothing to a new one", sorted(got),
         ["pkg:golang/a.b/c@v1.0.0", "pkg:golang/d.e/f@v1.1.0", "pkg:golang/g.h/i@v1.0.0"])


for case in (beside_a_tree, alone, another_tree, broken, left_overs, hidden):
    case()
sys.exit(done())
