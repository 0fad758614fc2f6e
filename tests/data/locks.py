#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""locks - every lock file and manifest of ../shared/data/vectors/locks that assay reads, laid out as an image and scanned:
the packages are those that an independent reader finds (tests/lib/lockread.py), and those that the peers list
(tests/data/locks/peers.tsv), but for the differences that are named here with their reason."""
import collections
import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))
import lockread  # noqa: E402
from tap import TMP, assay, done, note, ok, same, shared, skip  # noqa: E402

# folder of the vectors (below ORIGIN/, without "testdata") → name in the image, reader; a file whose own name is in
# OTHERS is something else that lies beside
KINDS = [
    (r"javascript/packagelockjson|nodejs/npm|javascript/testdata/pkg-lock/[^/]*\.json", "package-lock.json", "npm"),
    (r"javascript/yarnlock|nodejs/yarn|javascript/testdata/yarn[^/]*/yarn.lock", "yarn.lock", "yarn"),
    (r"javascript/pnpmlock|nodejs/pnpm|.*/pnpm-lock.yaml$", "pnpm-lock.yaml", "pnpm"),
    (r"javascript/bunlock|nodejs/bun|.*/bun/bun.lock$", "bun.lock", "bun"),
    (r".*/deno.lock$", "deno.lock", "deno"),
    (r"python/pipfilelock|python/pipenv|.*/Pipfile.lock$", "Pipfile.lock", "pipfile"),
    (r"python/poetrylock|python/poetry/|.*/poetry.lock$", "poetry.lock", "python_toml"),
    (r"python/pdmlock|.*/pdm.lock$", "pdm.lock", "python_toml"),
    (r"python/uvlock|python/uv/|.*/uv.lock$", "uv.lock", "python_toml"),
    (r"python/pylock", "pylock.toml", "python_toml"),
    (r"python/requirements|python/pip/|.*/requirements.txt$", "requirements.txt", "requirements"),
    (r"golang/gomod|golang/mod/.*mod$|.*/go.mod$", "go.mod", "gomod"),
    (r"golang/sum|.*/go.sum$", "go.sum", "gosum"),
    (r"rust/cargolock|rust/cargo/|rust/testdata/Cargo.lock", "Cargo.lock", "cargo"),
    (r"julia/manifesttoml|julia/manifest/", "Manifest.toml", "julia"),
    (r"conda/environment", "environment.yml", "conda"),
    (r"java/pomxml|java/pom/testdata/(?!settings|repository).*pom.xml", "pom.xml", "pom"),
    (r"java/gradlelockfile|gradle/lockfile", "gradle.lockfile", "gradle"),
    (r"java/gradleverificationmetadataxml", "gradle/verification-metadata.xml", "gradle_verify"),
    (r"java/gradleversioncatalog", "gradle/libs.versions.toml", "gradle_catalog"),
    (r"sbt/lockfile", "build.sbt.lock", "sbt"),
    (r"ruby/gemfilelock|ruby/bundler|.*/Gemfile.lock$", "Gemfile.lock", "gemfile"),
    (r"php/composerlock|php/composer/", "composer.lock", "composer"),
    (r"dotnet/packageslockjson|nuget/lock", "packages.lock.json", "nuget"),
    (r"dotnet/projectassetsjson", "project.assets.json", "nuget_assets"),
    (r"dotnet/packagesconfig|nuget/config", "packages.config", "nuget_config"),
    (r"dotnet/nugetcpm|nuget/packagesprops", "Directory.Packages.props", "nuget_project"),
    (r"dotnet/csproj", "app.csproj", "nuget_project"),
    (r"dotnet/paketlock", "paket.lock", "paket"),
    (r"dart/pubspec/|dart/pub/|.*/pubspec.lock$", "pubspec.lock", "pub"),
    (r"elixir/mixlock|erlang/mixlock|hex/mix|.*/mix.lock$", "mix.lock", "mix"),
    (r".*/rebar[^/]*.lock$", "rebar.lock", "rebar"),
    (r"swift/packageresolved|swift/swift|.*esolved$", "Package.resolved", "swift"),
    (r"swift/podfilelock|swift/cocoapods|.*/Podfile.lock$", "Podfile.lock", "podfile"),
    (r"cpp/conanlock|c/conan", "conan.lock", "conan"),
    (r"r/renvlock", "renv.lock", "renv"),
    (r"haskell/cabal/|.*cabal.project.freeze$", "cabal.project.freeze", "cabal"),
    (r"haskell/stacklock|.*stack.yaml.lock$", "stack.yaml.lock", "stack"),
]

# What the peers' folders hold that is not read here, and why.  Installed forms are in tests/data/installed.py.
OTHERS = [
    (r".*/pyproject(toml)?/|.*pyproject.toml$|.*/cargotoml/|.*/Cargo.toml$|.*/projecttoml/|.*/pubspecs/|python/setup/"
     r"|.*/denojson/|.*/denotssource/|.*/paketdependencies/|.*/stack.yaml$",
     "asks for ranges of versions, or is a program: which version it got, another file says"),
    (r".*/gemspec|.*\.gemspec$|.*/dotnetpe/|.*/vsix/|.*\.reg$|.*/pyenv/",
     "not read: sources of a gem (installed gems are: tests/unit/lang_gem.c), assemblies, extensions of editors, PEAR, pyenv"),
    (r".*/packagejson/|.*package.json$|.*/pkg-json/|.*/condameta/|conda/meta|.*/wheelegg/"
     r"|python/packaging|.*/site-packages/|.*egg-info$|.*deps\.?json|core_deps|.*installed.json$"
     r"|.*\.app$", "an installed form: tests/data/installed.py"),
    (r".*/Dockerfile.*|.*/repo/LICENSE|.*/zip-fs/.*|.*registry_response.*|.*\.txtar$|.*/settings/.*|.*/repository/.*",
     "no lock file: a peer's server, cache or settings"),
]


def kind_of(path):
    origin, _, rest = path.partition("/")
    plain = rest.replace("/test-fixtures/", "/testdata/")
    for pattern, name, reader in KINDS:
        if re.match(pattern, plain):
            return name, reader
    return None


def other_of(path):
    rest = path.partition("/")[2]
    return next((why for pattern, why in OTHERS if re.match(pattern, rest)), None)


# Peers' lists differ from the rule of fmt/lock.h for whole kinds of entries ...
def peer_rule(path, name, version):
    """Why an entry that only a peer lists is not in ours; None when there is no reason."""
    if version in ("", "0.0.0-use.local") or version.startswith("$"):
        return "no version, or of this very tree"
    if name in ("stdlib", "go") and "golang" in path:
        return "the least toolchain that will do, not the one that built"
    return None


def vectors(root):
    for folder, _, names in os.walk(root):
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root)


def lay_out(root, image):
    """One folder for each vector; returns vector → (path in the image, reader)."""
    where = {}
    for i, path in enumerate(sorted(vectors(root))):
        kind = kind_of(path)
        if not kind:
            if not other_of(path):
                ok(f"{path} is neither read nor named", False)
            continue
        at = f"v{i:03d}/{kind[0]}"
        os.makedirs(os.path.dirname(os.path.join(image, at)), exist_ok=True)
        shutil.copyfile(os.path.join(root, path), os.path.join(image, at))
        where[path] = (at, kind[1])
    return where


def by_path(doc):
    """Path in the image → set of (name, version), and the paths whose row is incomplete."""
    found = collections.defaultdict(set)
    for p in doc["packages"]:
        for at in p["paths"]:
            found[at].add((p["name"], p["version"]))
    broken = {c["path"]: c["detail"] for c in doc["coverage"] if c["code"] == "db.broken"}
    return found, broken


def read(reader, path):
    """(packages, broken) as the independent reader sees them."""
    try:
        with open(path, "rb") as f:
            text = f.read()
        if reader not in ("pom", "requirements"):
            text = text.decode()
        got, broken = getattr(lockread, reader)(text), False
    except Exception as e:  # noqa: BLE001: whatever a reader raises means that the text is not of its format
        got, broken = (e.args[1] if len(e.args) > 1 and isinstance(e.args[1], set) else set()), True
    return {(n.strip(), v.strip()) for n, v in got if n and v and v.strip()}, broken


def peers():
    lists = collections.defaultdict(set)
    with open(os.path.join(HERE, "locks/peers.tsv"), encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                path, what, name, version = line.rstrip("\n").split("\t")
                lists[path] |= {(name, version)} if what == "=" else set()
    return lists


def main():
    root = shared("data/vectors/locks")
    if not root:
        skip("lock files of the vectors", "no ../shared here")
        return done()
    image = os.path.join(TMP, "image")
    where = lay_out(root, image)
    run = assay("scan", "dir:" + image, "-f", "json", "--checks", "vuln", "--db", os.path.join(TMP, "none"))
    found, broken = by_path(run.json())
    scopes = {(at, plain(p["name"]), p["version"].removeprefix("v").lower()): p["scope"] for p in run.json()["packages"] for at in p["paths"]}
    n = collections.Counter()
    for path, (at, reader) in where.items():
        want, is_broken = read(reader, os.path.join(root, path))
        have = found.get(at, set())
        n["files"] += 1
        n["packages"] += len(have)
        n["broken"] += at in broken
        if is_broken:  # what is said all the same stands in the text
            text = open(os.path.join(root, path), encoding="utf-8", errors="replace").read()
            if any(v not in text or n.split(":")[-1] not in text for n, v in have):
                ok(f"{path}: what is listed of a broken file stands there", False, have)
        elif have != want:
            same(f"{path}: the packages that an independent reader finds", sorted(have), sorted(want))
        if is_broken != (at in broken):
            ok(f"{path}: {'broken, and that is said' if is_broken else 'whole'}", False, broken.get(at, ""))
    for path, theirs in sorted(peers().items()):
        if path not in where:
            continue
        n["with a peer"] += 1
        at = where[path][0]
        have = {(plain(a), v.removeprefix("v").lower()) for a, v in found.get(at, set())}
        skips_dev = path.startswith("trivy/")
        more = {(a, v) for a, v in theirs if (plain(a), v.removeprefix("v").lower()) not in have and not peer_rule(path, a, v)}
        theirs = {(plain(a), v.removeprefix("v").lower()) for a, v in theirs}
        less = {(n, v) for n, v in have - theirs
                # of applications themselves each peer lists some
                if scopes[(at, n, v)] != "own" and not (skips_dev and scopes[(at, n, v)] == "dev") and not re.fullmatch("[0-9a-f]{40}", v)}
        why = DIFFERENT.get(path)
        if bool(more or less) != bool(why):
            ok(f"{path}: as the peer lists it", False, f"only the peer: {sorted(more)}\nonly here: {sorted(less)}\n{why or ''}")
    ok(f"{n['files']} files, {n['packages']} packages, {n['broken']} broken; {n['with a peer']} compared with a peer's list", n)
    return done()


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


RANGE = "a range names no version"
SOURCE = "the peer lists what came from CRAN alone"
STDLIB = "parts of Julia itself have no version of their own"
DEV = "the peer leaves out what is for development"
DIFFERENT = {
    "scalibr/haskell/cabal/testdata/valid_2": "the peer wants \"any.\" before a name; cabal does not",
    "scalibr/java/pomxml/testdata/interpolation.xml": RANGE + "; the peer takes the least",
    "scalibr/java/pomxml/testdata/multi-version.xml": "two versions of one name: the peer lists the first",
    "scalibr/python/requirements/testdata/per_req_options.txt": "the peer takes words behind a version for its part",
    "scalibr/r/renvlock/testdata/with-bioconductor.lock": SOURCE,
    "scalibr/r/renvlock/testdata/with-mixed-sources.lock": SOURCE,
    "scalibr/r/renvlock/testdata/without-repository.lock": SOURCE,
    "trivy/julia/manifest/testdata/julia_v1.0_format/Manifest.toml": STDLIB,
    "trivy/julia/manifest/testdata/primary/Manifest_v1.6.toml": STDLIB,
    "trivy/nodejs/pnpm/testdata/pnpm-lock_many.yaml": DEV,
    "trivy/nodejs/pnpm/testdata/pnpm-lock_with_dev.yaml": DEV,
    "trivy/nodejs/yarn/testdata/yarn_with_git.lock": "the peer leaves out what came from an address",
    "trivy/nodejs/yarn/testdata/yarn_with_local.lock": "the peer leaves out packages in files",
}

sys.exit(main())
