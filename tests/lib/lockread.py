# SPDX-License-Identifier: Apache-2.0
"""lockread - independent readers of lock files: the packages that a file names, by the same rules as fmt/lock.h
(not: links, what has no exact version), written against the formats'
documents and sharing nothing with the program.  Each takes text and gives a set of (name, version), or raises."""
import json
import re
import tomllib
import xml.etree.ElementTree as ET

import yaml


class Text(yaml.SafeLoader):
    """Every scalar is text."""


for _tag in ("bool", "int", "float", "timestamp"):
    Text.add_constructor("tag:yaml.org,2002:" + _tag, lambda loader, node: loader.construct_scalar(node))


def load_yaml(text):
    docs = list(yaml.load_all(text, Loader=Text))
    if not docs or not isinstance(docs[-1], dict):
        raise ValueError("not a mapping")
    return docs[-1]


def load_json(text):
    doc = json.loads(text.lstrip("\ufeff"))
    if not isinstance(doc, dict):
        raise ValueError("not an object")
    return doc


def at(spec):
    """name@version, cut at the first @ that is not the first letter."""
    i = spec.index("@", 1)
    return spec[:i], spec[i + 1:]


def npm(text):
    doc, out = load_json(text), set()
    if "packages" in doc:
        for where, p in doc["packages"].items():
            if "node_modules/" not in where:
                out.add((p.get("name") or where.rpartition("/")[2], p.get("version") or ""))
                continue
            if p.get("link"):
                continue
            version = p.get("version") or (p.get("resolved", "").partition("#")[2]
                                           if p.get("resolved", "").startswith("git") else "")
            out.add((p.get("name") or where.rpartition("node_modules/")[2], version))
        return out

    def walk(deps):
        for name, p in (deps or {}).items():
            version = p.get("version", "")
            if version.startswith("npm:"):
                name, _, version = version[4:].rpartition("@")
            elif version.startswith(("file:", "link:")):
                version = None
            elif ":" in version or "/" in version:
                version = version.partition("#")[2]
            if version is not None:
                out.add((name, version))
            walk(p.get("dependencies"))
    walk(doc.get("dependencies"))
    return out


def yarn(text):
    if re.search(r"^__metadata:", text, re.M):
        out = set()
        for key, p in load_yaml(text).items():
            if key == "__metadata":
                continue
            name, rng = at(p["resolution"])
            if not rng.startswith(("workspace:", "link:", "portal:")):
                out.add((name, p.get("version") or ""))
        return out
    out, name = set(), None
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            first = line.rstrip(":").split(",")[0].strip().strip('"')
            if not line.rstrip().endswith(":"):
                raise ValueError(line)
            name, rng = at(first) if "@" in first[1:] else (first, "")
            if rng[4:] and rng.startswith("npm:"):
                name = at(rng[4:])[0] if "@" in rng[5:] else rng[4:]
        elif m := re.fullmatch(r'  "?version"? "?([^"]*)"?', line):
            out.add((name, m.group(1)))
        elif m := re.fullmatch(r'  "?resolved"? ".*/' + re.escape(name.split("/")[-1]) + r'-(\d[^/"]*)\.tgz.*"', line):
            if not any(n == name for n, _ in out):
                out.add((name, m.group(1)))
    return out


def pnpm(text):
    doc, out = load_yaml(text), set()
    major = str(doc["lockfileVersion"]).split(".")[0]
    for key, p in (doc.get("packages") or {}).items():
        p = p or {}
        local = key.startswith("file:") or "@file:" in key
        if (local or (p.get("resolution") or {}).get("type") == "directory") and "version" not in p:
            continue
        key = key.split("(")[0]
        if int(major) >= 6:
            found = re.fullmatch(r"/?(@?[^@]+)@(.+)", key)
        else:
            found = re.fullmatch(r"[^/]*/((?:@[^/]+/)?[^/@]+)/(\d[^/_]*)(?:_.*)?", key)
        name = p.get("name") or (found and found.group(1))
        version = p.get("version") or (found and found.group(2))
        if not name or not version:
            raise ValueError(key)
        if not version.startswith(("file:", "link:")):
            out.add((name, version))
    return out


def bun(text):
    text = re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda m: m.group(1) or "", text, flags=re.S)
    text = re.sub(r'("(?:[^"\\]|\\.)*")|,(\s*[\]}])', lambda m: m.group(1) or m.group(2), text)
    out = set()
    for p in load_json(text).get("packages", {}).values():
        name, version = at(p[0])
        if version.startswith(("workspace:", "link:", "file:", "root:")):
            continue
        out.add((name, version.rpartition("#")[2] if ":" in version else version))
    return out


def deno(text):
    doc = load_json(text)
    npm_part = doc.get("packages", doc).get("npm", {})
    return {(at(k)[0], at(k)[1].split("_")[0]) for k in npm_part}


def fold(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def python_toml(text):
    doc, out = tomllib.loads(text), set()
    for p in doc.get("package") or doc.get("packages") or []:
        out.add((fold(p["name"]), p.get("version", "")))
    return out


def pipfile(text):
    doc, out = load_json(text), set()
    for part in ("default", "develop"):
        for name, p in doc.get(part, {}).items():
            if not {"path", "file", "editable"} & set(p) or "git" in p:
                out.add((fold(name), p.get("version", "").lstrip("=")))
    return out


def requirements(text):
    out = set()
    if isinstance(text, bytes):  # pip heeds the mark
        text = text.decode("utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        line = line.split("#")[0].strip()
        m = re.fullmatch(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*={2,3}\s*([A-Za-z0-9.+!_-]+)"
                         r"(?:\s*;.*|\s+(?!,).*)?", line)
        if m and not m.group(2).startswith(("-", "--")):
            out.add((fold(m.group(1)), m.group(2)))
    return out


def gomod(text):
    reqs, reps, block = [], [], None
    for line in text.splitlines():
        line = re.sub(r"(^|\s)//.*", "", line).strip()
        if not line:
            continue
        if line == ")" and block:
            block = None
            continue
        words = line.split()
        if not block:
            if words[0] not in ("module", "go", "toolchain", "require", "replace", "exclude", "retract", "tool", "godebug",
                                "ignore"):
                raise ValueError(line)
            if words[1:] == ["("]:
                block = words[0]
                continue
        kind, rest = (block, words) if block else (words[0], words[1:])
        if kind == "require":
            reqs.append((rest[0].strip('"'), rest[1]))
        elif kind == "replace":
            i = rest.index("=>")
            reps.append((rest[0], rest[1] if i == 2 else None, rest[i + 1], rest[i + 2] if len(rest) > i + 2 else None))
    out = set()
    for name, version in reqs:
        for old, old_version, new, new_version in reps:
            if old == name and old_version in (None, version):
                name, version = new, new_version
                break
        if version and not name.startswith((".", "/")):
            out.add((name, version))
    return out


def gosum(text):
    return {tuple(l.split()[:2]) for l in text.splitlines() if l.strip() and not l.split()[1].endswith("/go.mod")}


def cargo(text):
    return {(p["name"], p["version"]) for p in tomllib.loads(text).get("package", [])}


def julia(text):
    doc = tomllib.loads(text)
    return {(name, p.get("version", doc.get("julia_version"))) for name, many in doc.get("deps", doc).items() if isinstance(many, list)
            for p in many if isinstance(p, dict) and ("path" not in p or "version" in p)}


def conda(text):
    out = set()
    for p in load_yaml(text)["dependencies"]:
        if isinstance(p, dict):
            if not isinstance(p["pip"], list) or not all(isinstance(line, str) for line in p["pip"]):
                raise ValueError("pip")
            out |= requirements("\n".join(p["pip"]))
        elif p.isdigit():
            raise ValueError("a package")
        elif m := re.fullmatch(r"(?:[^:]*::)?([^ =<>!~\[]+)(?: *={1,2} *| +)([0-9][\w.+!-]*)(?:[ =].*)?", p):
            out.add(m.groups())
    return out


def plain_xml(text):
    root = ET.fromstring(text.strip() if isinstance(text, str) else text)
    for n in root.iter():
        n.tag = n.tag.rpartition("}")[2]
    return root


def pom(text):
    root, out = plain_xml(text), set()

    def prop(name):
        for head in ("project.", "pom."):
            if name.startswith(head):
                key = name[len(head):]
                if key.startswith("parent."):
                    return root.findtext("parent/" + key[7:])
                own = root.findtext(key)
                return own or (root.findtext("parent/" + key) if key in ("version", "groupId") else own)
        return root.findtext("version") if name == "version" else root.findtext("properties/" + name)

    def fill(text):
        text = (text or "").strip()
        for _ in range(8):
            text = re.sub(r"\$\{([^}]*)\}", lambda m: (prop(m.group(1)) if prop(m.group(1)) is not None else m.group(0)),
                          text).strip()
        return text

    managed = {(fill(d.findtext("groupId")), fill(d.findtext("artifactId"))): d
               for d in reversed(root.findall("dependencyManagement/dependencies/dependency"))}
    for d in root.findall("dependencies/dependency") + root.findall("profiles/profile/dependencies/dependency"):
        key = fill(d.findtext("groupId")), fill(d.findtext("artifactId"))
        version = fill(d.findtext("version") or (managed[key].findtext("version") if key in managed else ""))
        if re.fullmatch(r"\[[^,]*\]", version):
            version = version[1:-1]
        if not all(key) or "${" in "".join(key) + version or version[:1] in "[(":
            continue
        out.add((":".join(key), version))
    own = [fill(root.findtext(key) or root.findtext("parent/" + key)) for key in ("groupId", "artifactId", "version")]
    if root.findtext("artifactId") and all(own) and "${" not in "".join(own):
        out.add((":".join(own[:2]), own[2]))
    return out


def gradle(text):
    return {(m.group(1), m.group(2)) for m in re.finditer(r"^\s*([^\s#:=]+:[^\s:=]+):([^\s:=]+)=", text, re.M)}


def gradle_verify(text):
    parts = plain_xml(text).findall("components/component")
    out = {(f"{c.get('group')}:{c.get('name')}", c.get("version")) for c in parts if c.get("group") and c.get("name")}
    if not all(c.get("group") and c.get("name") for c in parts):
        raise ValueError("a part without group or name", out)
    return out


def gradle_catalog(text):
    doc, out = tomllib.loads(text), set()
    for lib in doc.get("libraries", {}).values():
        if isinstance(lib, str):
            name, _, version = lib.rpartition(":")
        else:
            name = lib.get("module") or f"{lib['group']}:{lib['name']}"
            version = lib.get("version", "")
            if isinstance(version, dict) and "ref" in version:
                version = doc["versions"].get(version["ref"], "")
            if isinstance(version, dict):
                version = version.get("strictly") or version.get("require") or version.get("prefer") or ""
        out.add((name, version))
    return out


def sbt(text):
    return {(f"{d['org']}:{d['name']}", d["version"]) for d in load_json(text).get("dependencies", [])}


def gemfile(text):
    out, section, odd = set(), "", False
    for line in text.splitlines():
        if re.match(r"\S", line):
            section = line.strip()
        elif section in ("GEM", "GIT", "PATH") and re.match(r" {4}\S", line):
            m = re.fullmatch(r" {4}(\S+) \(([^-)]*)(?:-[^)]*)?\)\s*", line)
            if m:
                out.add(m.groups())
            else:
                odd = True
    if odd:
        raise ValueError("an entry without a version", out)
    return out


def composer(text):
    doc = load_json(text)
    return {(p["name"], p["version"]) for part in ("packages", "packages-dev") for p in doc.get(part) or []}


def nuget(text):
    return {(name, p.get("resolved", "")) for framework in load_json(text).get("dependencies", {}).values()
            for name, p in framework.items() if p.get("type", "").lower() != "project"}


def nuget_assets(text):
    return {tuple(k.split("/")) for k in load_json(text).get("libraries", {})}


def nuget_config(text):
    out = {(p.get("id") or "", p.get("version") or "") for p in plain_xml(text).findall("package")}
    if any(version and not name for name, version in out):
        raise ValueError("a package without a name", out)
    return out


def nuget_project(text):
    root, out = plain_xml(text), set()
    if root.tag != "Project":
        raise ValueError(root.tag)
    for kind in ("PackageReference", "PackageVersion", "GlobalPackageReference"):
        for p in root.findall("ItemGroup/" + kind):
            name = p.get("Include") or p.get("Update") or ""
            version = (p.get("Version") or p.findtext("Version") or "").strip()
            if re.fullmatch(r"\[[^,]*\]", version):
                version = version[1:-1]
            if name and "$(" not in name and re.fullmatch(r"\d[^,*]*", version):
                out.add((name, version))
    return out


def paket(text):
    out, section = set(), ""
    for line in text.splitlines():
        if re.match(r"\S", line) and ":" not in line:
            section = line.strip()
        m = re.match(r" {4}(\S+) \(([^)]*)\)", line)
        if m and section == "NUGET":
            out.add(m.groups())
    return out


def pub(text):
    return {(name, p["version"]) for name, p in (load_yaml(text).get("packages") or {}).items()}


def mix(text):
    out = set()
    if text.strip() and not text.strip().startswith("%{"):
        raise ValueError("not a map")
    for line in text.splitlines():
        if m := re.match(r'\s*"[^"]+": \{:hex, :(\w+), "([^"]+)"', line):
            out.add(m.groups())
        elif m := re.match(r'\s*"([^"]+)": \{:git, "[^"]+", "([^"]+)"', line):
            out.add(m.groups())
    return out


def rebar(text):
    head = text.split("pkg_hash")[0]
    out = set(re.findall(r'\{pkg,\s*<<"([^"]+)">>,\s*<<"([^"]+)">>\}', head))
    out |= set(re.findall(r'\{<<"([^"]+)">>,\s*\{git,\s*"[^"]+",\s*\{ref,\s*"([^"]+)"\}\}', head))
    if len(re.findall(r"\},\s*\d+\}", head)) != len(out):
        raise ValueError("entries that are no packages", out)
    return out


def swift(text):
    doc, out = load_json(text), set()
    for p in doc.get("pins") or doc.get("object", {}).get("pins") or []:
        url = p.get("location") or p.get("repositoryURL") or ""
        name = re.sub(r"\.git$", "", re.sub(r"^[a-z+]+://", "", url).rpartition("@")[2].rstrip("/")).replace(":", "/")
        state = p["state"]
        out.add((name or p["identity"], state.get("version") or state.get("revision")))
    return out


def podfile(text):
    out = set()
    for p in load_yaml(text).get("PODS") or []:
        p = next(iter(p)) if isinstance(p, dict) else p
        out.add(re.fullmatch(r"(.*\S)\s*\((.*)\)", p).groups())
    return out


def conan(text):
    doc, out, odd = load_json(text), set(), False
    refs = [n.get("ref") or n.get("pref") for n in doc.get("graph_lock", {}).get("nodes", {}).values() if "path" not in n]
    for part in ("requires", "build_requires", "python_requires"):
        refs += doc.get(part) or []
    for ref in refs:
        if not ref:
            continue
        m = re.match(r"([^/]+)/([^@#%:]+)", ref)
        if m:
            out.add(m.groups())
        else:
            odd = True
    if odd:
        raise ValueError("an entry that is no reference", out)
    return out


def renv(text):
    return {(p["Package"], p["Version"]) for p in (load_json(text).get("Packages") or {}).values()}


def cabal(text):
    return {(m.group(1), m.group(2)) for m in
            re.finditer(r"^\s*(?:constraints:\s*)?(?!--)(?:any\.)?([\w-]+) ==([\d.]+)", text, re.M)}


def stack(text):
    out = set()
    for p in load_yaml(text).get("packages") or []:
        done = p.get("completed", {})
        if "hackage" in done:
            name, _, version = done["hackage"].split("@")[0].rpartition("-")
            out.add((name, version))
        elif "name" in done:
            out.add((done["name"], done["version"]))
    return out
