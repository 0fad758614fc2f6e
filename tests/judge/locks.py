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


def files_of_packages():
    """A lock file that a Python package, or one of the distribution, installed is a file of that package."""
    dist = "srv/py/lab-1.0.dist-info/"
    record = "lab/staging/yarn.lock,sha256=x,1\n\"lab/b,c/poetry.lock\",,\n../../outside/Gemfile.lock,,\nlab/__init__.py,,\n"
    meta = "Metadata-Version: 2.1\nName: lab\nVersion: 1.0\n"
    yarn = 'x@^1:\n  version "1.0.0"\n'
    poetry = '[[package]]\nname = "y"\nversion = "1"\n'
    gems = "GEM\n  remote: https://rubygems.org/\n  specs:\n    z (1.0)\n"
    files = [(dist + "METADATA", meta), (dist + "RECORD", record), ("srv/py/lab/staging/yarn.lock", yarn),
             ("srv/py/lab/b,c/poetry.lock", poetry), ("outside/Gemfile.lock", gems)]
    doc = scan("record", files)
    same("lock files that a wheel installed are no inventory", sorted(packages(doc)), ["pkg:pypi/lab@1.0"])
    same("and that is said", [c["detail"].split()[0] for c in doc["coverage"] if c["code"] == "packages.shipped"], ["3"])
    doc = scan("beside", files + [("srv/yarn.lock", yarn)])
    same("the same lock file beside it counts", packages(doc)["pkg:npm/x@1.0.0"]["paths"], ["srv/yarn.lock"])
    egg = [("py/lab-1.0.egg-info/PKG-INFO", meta), ("py/lab-1.0.egg-info/installed-files.txt", "../lab/yarn.lock\n"), ("py/lab/yarn.lock", yarn)]
    same("of an egg", sorted(packages(scan("egg", egg))), ["pkg:pypi/lab@1.0"])
    broken = [(p, "{" if p.endswith(".json") else c) for p, c in files] + [("srv/py/lab/package-lock.json", "{")]
    doc = scan("broken", [(p, c + "lab/package-lock.json,,\n" if p.endswith("RECORD") else c) for p, c in broken])
    same("a broken one there leaves nothing out", [c["path"] for c in doc["coverage"] if c["code"] == "db.broken"], [])
    doc = scan("broken-beside", [(p, c) for p, c in broken])
    same("one that is not in the list does", [c["path"] for c in doc["coverage"] if c["code"] == "db.broken"], ["srv/py/lab/package-lock.json"])
    status = "Package: lib\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n\n"
    system = [("etc/os-release", "ID=debian\nVERSION_ID=12\n"), ("var/lib/dpkg/status", status),
              ("var/lib/dpkg/info/lib.list", "/.\n/usr\n/usr/share/nodejs/lib/test/package-lock.json\n/usr/share/nodejs/lib/test/yarn.lock\n"),
              ("usr/share/nodejs/lib/test/package-lock.json", "{"), ("usr/share/nodejs/lib/test/yarn.lock", yarn)]
    doc = scan("system", system)
    same("of the distribution: neither packages nor holes",
         (sorted(p["type"] for p in doc["packages"]), [c["path"] for c in doc["coverage"] if c["code"] == "db.broken"]), (["deb"], []))


def brought_along():
    """What a package of npm has in it beside its own: packages by the name of their folder, not samples."""
    def at(folder, name, version="1.0.0"):
        return f"app/node_modules/next/{folder}package.json", package_json(name, version)
    got = packages(scan("inner", [at("", "next"), at("dist/compiled/@babel/runtime/", "@babel/runtime", "7.15.4"), at("dist/compiled/babel/", "@babel/core"),
                                  at("test/fixtures/left/", "left"), at("vendor/right/", "right"), at("dist/esm/", "next"),
                                  ("app/node_modules/next/broken/package.json", "{"), ("app/node_modules/@s/p/lib/q/package.json", package_json("q", "2.0.0")),
                                  ("srv/static/components/MathJax/package.json", package_json("mathjax", "2.7.9")), ("srv/shop/package.json", package_json("website", "1.0.0")),
                                  ("srv/tests/data/package.json", package_json("data", "1.0.0"))]))
    same("packages within a package", sorted(got), ["pkg:npm/%40babel/runtime@7.15.4", "pkg:npm/mathjax@2.7.9", "pkg:npm/next@1.0.0", "pkg:npm/q@2.0.0", "pkg:npm/right@1.0.0"])


def alone():
    doc = scan("alone", [("app/package-lock.json", LOCK)])
    got = packages(doc)
    same("a lock file alone: all count but those for development", {k: p["absent"] for k, p in got.items()},
         {"pkg:npm/a@1.0.0": False, "pkg:npm/b@1.1.0": False, "pkg:npm/c@1.2.0": False, "pkg:npm/d@2.0.0": True,
          "pkg:npm/e@3.0.0": False})
    ok("and that is said", any(c["code"] == "packages.absent" and c["detail"].startswith("1 ") for c in doc["coverage"]))
    same("the file is named", got["pkg:npm/a@1.0.0"]["paths"], ["app/package-lock.json"])


def of_the_application():
    """A part of the application that is called as a package somebody publishes: listed, needs what it needs, and no advisory is asked."""
    db, record = os.path.join(TMP, "own-db"), os.path.join(TMP, "RUSTSEC-2024-0001.json")
    with open(record, "w", encoding="utf-8") as f:
        json.dump({"id": "RUSTSEC-2024-0001", "modified": "2024-01-01T00:00:00Z", "affected": [
            {"package": {"ecosystem": "crates.io", "name": name}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}
            for name in ("app", "time")]}, f)
    made = assay("db", "import", record, "--db", db)
    path = os.path.join(TMP, "own.tar")
    text = ('[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = ["time"]\n'
            '[[package]]\nname = "time"\nversion = "0.2.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n')
    with open(path, "wb") as f:
        f.write(tar_of([File("app/Cargo.lock", text)]))
    doc = assay("scan", "tar:" + path, "-f", "json", "--checks", "vuln", "--db", db, "--db-max-age", "0").json()
    same("the application itself is listed as its own, and what it needs", [(p["name"], p["scope"], p["absent"], p["depends"]) for p in doc["packages"]],
         [("app", "own", False, ["pkg:cargo/time@0.2.0"]), ("time", "run", False, [])])
    ok("no advisory is asked about it", made.rc == 0 and [f["package"] for f in doc["findings"]] == ["pkg:cargo/time@0.2.0"], doc["findings"])
    ok("and that is said", [c["path"] for c in doc["coverage"] if c["code"] == "packages.own"] == ["app/Cargo.lock"], doc["coverage"])
    bom = os.path.join(TMP, "own.cdx.json")
    with open(bom, "wb") as f:
        f.write(assay("sbom", "tar:" + path, "-f", "cyclonedx").raw)
    again = assay("scan", "sbom:" + bom, "-f", "json", "--checks", "vuln", "--db", db, "--db-max-age", "0").json()
    same("nor from a bill of materials", [f["package"] for f in again["findings"]], ["pkg:cargo/time@0.2.0"])


def central_versions():
    """NuGet's central versions, however the file is spelt: as MSBuild takes them."""
    text = '<Project><ItemGroup><PackageVersion Include="{}" Version="1.0.0"/></ItemGroup></Project>'
    names = ("Directory.Packages.props", "x/Packages.props", "y/packages.props")
    doc = scan("props", [("app/" + n, text.format("P%d" % i)) for i, n in enumerate(names)])
    same("central versions of NuGet", sorted(packages(doc)), ["pkg:nuget/P0@1.0.0", "pkg:nuget/P1@1.0.0", "pkg:nuget/P2@1.0.0"])


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
                                 ("srv/ROOT/META-INF/maven/g/a/pom.xml", "<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version>"
                                  "<dependencies><dependency><groupId>x</groupId><artifactId>y</artifactId><version>1</version></dependency>"
                                  "</dependencies></project>"),
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


for case in (beside_a_tree, alone, brought_along, files_of_packages, of_the_application, central_versions, another_tree, broken, left_overs, hidden):
    case()
sys.exit(done())
