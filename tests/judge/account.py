#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""account - every program of an image is explained by a package, or a finding says that it is not:
changed, unowned, missing or hidden files, each seen once, for dpkg, apk and rpm."""
import base64
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import Dir, File, HardLink, Link, Whiteout, tar_of  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same, skip  # noqa: E402

ELF = b"\x7fELF\x02\x01\x01"
TOOL, LIB = ELF + b"tool" * 300, ELF + b"lib" * 300
STATUS = ("Package: {0}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nMaintainer: x\n"
          "Description: t\n\n")


def md5(b):
    return hashlib.md5(b).hexdigest()


def debian(programs, packages=None, claims=None, extra=()):
    """programs: path → bytes; packages: name → paths; claims: what md5sums say instead."""
    packages = packages or {"tool": list(programs)}
    claims = claims or {}
    out = [Dir("etc"), File("etc/os-release", image.OS_RELEASE["debian:12"]), File("etc/debian_version", "12.5\n")]
    out += [File(p, b, mode=0o755) for p, b in programs.items()]
    out += [File("var/lib/dpkg/status", "".join(STATUS.format(n) for n in packages))]
    for name, paths in packages.items():
        out.append(File(f"var/lib/dpkg/info/{name}.list", "".join(f"/{p}\n" for p in paths)))
        out.append(File(f"var/lib/dpkg/info/{name}.md5sums",
                        "".join(f"{claims.get(p) or md5(programs[p])}  {p}\n" for p in paths)))
    return out + list(extra)


def alpine(programs, claims=None):
    out = [Dir("etc"), File("etc/os-release", image.OS_RELEASE["alpine:3.20"]), File("etc/apk/world", "tool\n")]
    out += [File(p, b, mode=0o755) for p, b in programs.items()]
    db = "C:Q1xx=\nP:tool\nV:1-r0\nA:x86_64\no:tool\n"
    for p, b in programs.items():
        folder, name = os.path.split(p)
        sum1 = (claims or {}).get(p) or base64.b64encode(hashlib.sha1(b).digest()).decode()
        db += f"F:{folder}\nR:{name}\na:0:0:755\nZ:Q1{sum1}\n"
    return out + [File("lib/apk/db/installed", db + "\n")]


BOTH = {"usr/bin/tool": TOOL, "usr/lib/lib.so": LIB}
# name, layers, findings as (id, path), claimed bytes of all
CASES = [
    ("all is as the packages say", [debian(BOTH)], [], "all"),
    ("one byte of a binary is changed", [debian(BOTH, claims={"usr/bin/tool": md5(b"before")})],
     [("file.changed", "usr/bin/tool")], len(LIB)),
    ("replaced in an upper layer", [debian(BOTH), [File("usr/bin/tool", TOOL + b"x", mode=0o755)]],
     [("file.changed", "usr/bin/tool"), ("file.hidden", "usr/bin/tool")], len(LIB)),
    ("the database stands in another layer than the files",
     [[e for e in debian(BOTH) if "dpkg" in e[0].name], [e for e in debian(BOTH) if "dpkg" not in e[0].name]], [], "all"),
    ("an executable that nothing owns", [debian(BOTH, extra=[File("usr/bin/odd", ELF + b"odd", mode=0o755)])],
     [("file.unowned-program", "usr/bin/odd")], len(TOOL + LIB)),
    ("a library without an execute bit that nothing owns",
     [debian(BOTH, extra=[File("opt/x/odd.so", ELF + b"odd", mode=0o644)])],
     [("file.unowned-program", "opt/x/odd.so")], len(TOOL + LIB)),
    ("programs of one folder are one finding",
     [debian(BOTH, extra=[File(f"opt/app/bin/{i}", ELF + b"odd", mode=0o755) for i in range(9)])],
     [("file.unowned-program", "opt/app")], len(TOOL + LIB)),
    ("one package's metadata deleted: its programs are one finding",
     [debian(dict(BOTH, **{"usr/bin/gone": TOOL, "usr/sbin/gone2": LIB}), packages={"tool": list(BOTH)})],
     [("file.unowned-program", "usr/bin/gone")], len(TOOL + LIB)),
    ("a package that claims what is not there",
     [debian(BOTH, packages={"tool": list(BOTH) + ["usr/bin/no"]}, claims={"usr/bin/no": md5(b"no")})],
     [("file.missing", "usr/bin/no")], "all"),
    ("documentation may be left out",
     [debian(BOTH, packages={"tool": list(BOTH) + ["usr/share/doc/x"]}, claims={"usr/share/doc/x": md5(b"no")})], [], "all"),
    ("deleted, but still shipped",
     [debian(BOTH, extra=[File("srv/old", "x" * 99)]), [Whiteout("srv/old")]], [("file.hidden", "srv/old")], "all"),
    ("a hard link to an owned program", [debian(BOTH, extra=[HardLink("usr/bin/also", "usr/bin/tool")])], [], "all"),
    ("a configuration that was changed",
     [debian(BOTH, extra=[File("etc/tool.sh", "#!/bin/sh\n", mode=0o755),
                          File("var/lib/dpkg/info/tool.conffiles", "/etc/tool.sh\n")])], [], "all"),
    ("apk: all is as it says", [alpine({"usr/bin/tool": TOOL})], [], "all"),
    ("apk: changed", [alpine({"usr/bin/tool": TOOL}, {"usr/bin/tool": base64.b64encode(b"x" * 20).decode()})],
     [("file.changed", "usr/bin/tool")], 0),
    ("a database that an upper layer wrote anew hides nothing",
     [debian(BOTH), [File("var/lib/dpkg/status", STATUS.format("tool") + "\n")]], [], "all"),
    ("apk: what is configuration may change",
     [alpine({"etc/shadow": b"x"}, {"etc/shadow": base64.b64encode(b"x" * 20).decode()})], [], None),
    ("apk: but not what starts services",
     [alpine({"etc/init.d/x": b"x"}, {"etc/init.d/x": base64.b64encode(b"x" * 20).decode()})],
     [("file.changed", "etc/init.d/x")], 0),
    ("programs of a language's package are its own",
     [debian(BOTH, extra=[File("srv/node_modules/x/package.json", '{"name":"x","version":"1.0.0"}'),
                          File("srv/node_modules/x/cli.js", "#!/usr/bin/env node\n", mode=0o755)])], [], "all"),
]


def merged():
    """/bin is a link; files lie in usr/bin, and dpkg calls them /bin/tool, with a diversion beside."""
    info = "var/lib/dpkg/info/tool"
    return [Dir("etc"), File("etc/os-release", image.OS_RELEASE["debian:12"]), File("etc/debian_version", "12\n"),
            Link("bin", "usr/bin"), Dir("usr/bin"), File("usr/bin/tool", TOOL, mode=0o755),
            File("usr/bin/sh.distrib", LIB, mode=0o755), File("usr/bin/sh", ELF + b"new", mode=0o755),
            File("var/lib/dpkg/status", STATUS.format("tool") + STATUS.format("other")),
            File(f"{info}.list", "/bin/tool\n/bin/sh\n"), File(f"{info}.md5sums", f"{md5(TOOL)}  bin/tool\n{md5(LIB)}  bin/sh\n"),
            File("var/lib/dpkg/info/other.list", "/bin/sh\n"),
            File("var/lib/dpkg/info/other.md5sums", f"{md5(ELF + b'new')}  bin/sh\n"),
            File("var/lib/dpkg/diversions", "/bin/sh\n/bin/sh.distrib\nother\n")]


def scan(layers, *more):
    path = os.path.join(TMP, "image.tar")
    image.docker_archive(path, [tar_of(l) for l in layers], {"User": "1"})
    run = assay("scan", f"docker-archive:{path}", "--checks", "file", "-f", "json", *more)
    return (run.json() if run.rc == 0 else {"findings": [], "image": {"accountability": {}}}), run


# name, step that made the upper layer, path of the program there, what is said of it, is it named
STEPS = [
    ("COPY to a folder", "COPY dist /srv/ # buildkit", "srv/a/b", "put there by step 2 of the history: COPY dist /srv/", True),
    ("COPY to the file", "COPY --from=build --chown=1:1 /out/b /srv/b # buildkit", "srv/b", "put there by step 2", True),
    ("COPY to the root", "COPY rootfs / # buildkit", "srv/b", "put there by step 2", True),
    ("the classic builder's", "/bin/sh -c #(nop) COPY file:0123 in /srv/b ", "srv/b", "put there by step 2", True),
    ("ADD", "/bin/sh -c #(nop) ADD multi:0123 in /srv/", "srv/b", "put there by step 2", True),
    ("COPY through a link of folders", "COPY tool /bin/ # buildkit", "usr/bin/new", "put there by step 2", True),
    ("COPY to another place", "COPY dist /srv/ # buildkit", "opt/b", "says it wrote elsewhere, step 2", False),
    ("a name that only begins alike", "COPY dist /srv # buildkit", "srv2/b", "says it wrote elsewhere, step 2", False),
    ("COPY to a place in a variable", "COPY dist $HOME/ # buildkit", "opt/b", "it came with step 2", False),
    ("COPY to a relative place, without WORKDIR", "COPY dist . # buildkit", "opt/b", "it came with step 2", False),
    ("COPY that climbs out of the root", "COPY dist /../../srv # buildkit", "srv/b", "it came with step 2", False),
    ("RUN that names it", "RUN /bin/sh -c curl -o /srv/b https://example.org/b # buildkit", "srv/b", "put there by step 2", True),
    ("RUN that names it as an option's value", "/bin/sh -c go build -o=/srv/b;rm -r /root/go", "srv/b", "put there by step 2", True),
    ("RUN that names a longer path", "/bin/sh -c touch /srv/bb /x/srv/b /srv/b/c", "srv/b", "it came with step 2", False),
    ("RUN that does not", "/bin/sh -c apt-get update && apt-get install -y curl", "srv/b", "it came with step 2 of the history: RUN apt-get update", False),
    ("a step that makes no files", "ENV A=/srv/b", "srv/b", "its layer was made by step 2 of the history: ENV", False),
    ("another builder", "jib-maven-plugin:3.4.0", "srv/b", "its layer was made by step 2 of the history: jib-maven", False),
    ("none", "", "srv/b", None, False),
]


def steps():
    """What brought a program that nobody owns, as far as the history tells."""
    path = os.path.join(TMP, "steps.tar")
    base = tar_of(debian(BOTH, extra=[Dir("usr"), Dir("usr/bin"), Link("bin", "usr/bin")]))

    def told(history, program, **more):
        image.docker_archive(path, [base, tar_of([File(program, ELF + b"new", mode=0o755)])], {"User": "1"}, history=history, **more)
        run = assay("scan", f"docker-archive:{path}", "--checks", "file", "-f", "json")
        found = [f for f in run.json()["findings"] if f["id"] in ("file.unowned-program", "file.changed")]
        return (found[0]["reason"] if len(found) == 1 else str(run)), run.json()["image"]["accountability"]

    for name, step, program, want, is_named in STEPS:
        reason, sums = told([{"created_by": "ADD rootfs.tar.xz / # buildkit"}, {"created_by": step}], program)
        ok(f"a step of the history, {name}", want in reason if want else reason.endswith(" bytes"), reason)
        same(f"... and it counts for itself, {name}", (sums["steps"], sums["claimed"]), (len(ELF) + 3 if is_named else 0, len(TOOL + LIB)))
    first = {"created_by": "ADD rootfs.tar.xz / # buildkit"}
    work = lambda *folders: [first, *({"created_by": f"WORKDIR {f}", "empty_layer": True} for f in folders), {"created_by": "COPY dist ./ # buildkit"}]  # noqa: E731
    for name, history, want in (("below WORKDIR", work("/srv"), "put there by step 3"), ("WORKDIR below WORKDIR", work("/x", "/srv"), "put there by step 4"),
                                ("a relative WORKDIR", work("/", "srv"), "put there by step 4"), ("another WORKDIR", work("/srv", "/opt"), "elsewhere, step 4"),
                                ("a WORKDIR in a variable", work("/srv", "$X"), "it came with step 4"),
                                ("more steps than layers", [first, first, first], None), ("fewer", [first], None)):
        reason, _ = told(history, "srv/b")
        ok(f"a step of the history: {name}", want in reason if want else reason.endswith(" bytes"), reason)
    reason, _ = told([first, {"created_by": "/bin/sh -c curl -o /usr/bin/tool https://example.org"}], "usr/bin/tool")
    ok("what changed a package's program", "package tool says" in reason and "put there by step 2 of the history: RUN curl -o" in reason, reason)
    reason, _ = told([first, {"created_by": "COPY a /srv/\x1b[31m\n" + "x" * 500}], "srv/b")
    ok("a long step is cut", len(reason) < 300 and "..." in reason, reason)
    run = assay("scan", f"docker-archive:{path}", "--checks", "file")
    ok("... and moves no cursor", "\x1b" not in run.out and "\n" + "x" * 30 not in run.out, run)
    told([first, {"created_by": "COPY dist /srv/ # buildkit"}], "opt/b")
    rules = os.path.join(TMP, "policy.yaml")
    image.write(rules, b"""version: 1
name: p
needs: [file]
rules:
  - id: made-by-copy
    refuse: finding.id == "file.unowned-program" && !image.layers[finding.location.layer].created_by.startsWith("COPY ")
  - id: every-byte
    require: image.accountability.claimed + image.accountability.learned + image.accountability.signed + image.accountability.steps == image.accountability.bytes
""")
    run = assay("scan", f"docker-archive:{path}", "--checks", "file", "--policy", rules)
    ok("a policy can tell: a program where no step put it", run.rc == 1 and "every-byte" in run.out and "made-by-copy" not in run.out, run)
    told([first, {"created_by": "COPY dist /srv/ # buildkit"}], "srv/b")
    run = assay("scan", f"docker-archive:{path}", "--checks", "file", "--policy", rules, "-f", "json")
    ok("... and one that a step names", run.rc == 0, run)
    saved = image.write(os.path.join(TMP, "saved.json"), run.raw)
    ok("... from the saved report too", assay("policy", "check", saved, "--policy", rules).rc == 0)


def main():
    if not os.path.exists(ASSAY):
        skip("accounts of files", "there is no program")
        return 0
    for name, layers, want, claimed in [*CASES, ("merged /usr with a diversion: all is as it says", [merged()], [], "all")]:
        report, run = scan(layers)
        have = sorted((f["id"], f["location"]["path"]) for f in report["findings"])
        same(name, have, sorted(want))
        sums = report["image"]["accountability"]
        ok(f"... and the figure says so: {name}", bool(sums) and sums["claimed"] == (sums["bytes"] if claimed == "all" else sums["claimed"] if claimed is None else claimed)
           and sums["signed"] == 0, run)
    report, run = scan([debian(BOTH, claims={"usr/bin/tool": md5(b"before")})])
    changed = [f for f in report["findings"] if f["id"] == "file.changed"]
    ok("a changed program says both digests and the package",
       changed and md5(TOOL) in changed[0]["reason"] and md5(b"before") in changed[0]["reason"]
       and "tool" in changed[0]["reason"] and changed[0]["severity"] == "high", run)
    # dpkg's database lies in a layer of its own, and what shows in that of the program is apk alone
    db = [e for e in debian(BOTH) if "dpkg" in e[0].name or "debian" in e[0].name]
    odd = [File("etc/apk/world", "tool\n")] + [e for e in debian(BOTH) if e[0].name in BOTH]
    report, run = scan([odd, db])
    rows = [c for c in report["coverage"] if c["code"] == "account.digest-kind"]
    ok("digests of a kind that was not made: said, and nothing is called explained",
       len(rows) == 1 and rows[0]["status"] == "incomplete" and "2 programs" in rows[0]["detail"]
       and report["image"]["accountability"]["claimed"] == 0
       and not [f for f in report["findings"] if f["id"] in ("file.changed", "file.unowned-program")], run)
    report, run = scan([debian(BOTH)])
    ok("... and not said where all were made", "account.digest-kind" not in [c["code"] for c in report["coverage"]], run)
    # a binary changed together with the line of the database that speaks of it: the image alone cannot tell
    known = os.path.join(TMP, "known.txt")
    for kind, make, sum_of in (("dpkg", debian, lambda b: hashlib.md5(b).hexdigest()), ("apk", alpine, lambda b: hashlib.sha1(b).hexdigest())):
        version, arch = ("1", "amd64") if kind == "dpkg" else ("1-r0", "x86_64")
        report, run = scan([make(BOTH)], "--learn", known)
        with open(known) as f:
            same(f"{kind}: what was learned", f.read().splitlines()[1:],
                 [f"{sum_of(b)}\ttool\t{version}\t{arch}\t{p}" for p, b in sorted(BOTH.items())])
        report, run = scan([make(BOTH)], "--known", known)
        sums = report["image"]["accountability"]
        same(f"{kind}: the same image is explained by what was learned",
             (report["findings"], sums.get("learned"), sums.get("claimed")), ([], len(TOOL + LIB), 0))
        report, run = scan([make(BOTH) + [File("srv/node_modules/tool/package.json", '{"name":"tool","version":"9.0.0"}')]], "--known", known)
        same(f"{kind}: ... and so it is beside a language's package of the same name", report["image"]["accountability"].get("learned"), len(TOOL + LIB))
        forged = dict(BOTH, **{"usr/bin/tool": TOOL[:-1] + b"!"})
        report, run = scan([make(forged)])
        same(f"{kind}: without it the forged one is claimed", (report["findings"], report["image"]["accountability"]["claimed"]),
             ([], len(TOOL + LIB)))
        report, run = scan([make(forged)], "--known", known)
        sums = report["image"]["accountability"]
        same(f"{kind}: with it a finding, and not explained",
             ([(f["id"], f["location"]["path"], f["severity"]) for f in report["findings"]], sums["learned"], sums["claimed"]),
             ([("file.changed", "usr/bin/tool", "high")], len(LIB), 0))
        ok(f"{kind}: which says whose word it is", f"is known to have {sum_of(TOOL)}" in report["findings"][0]["reason"], run)
    ok("another version is not known", scan([alpine(BOTH)], "--known", image.write(known, b"0" * 40 + b"\ttool\t2-r0\tx86_64\tusr/bin/tool\n"))
       [0]["image"]["accountability"]["learned"] == 0)
    same("a list that is none", assay("scan", "docker-archive:" + os.path.join(TMP, "image.tar"), "--checks", "file", "--known",
                                      image.write(known, b"x\n")).rc, 2)
    same("without the check it is of no use", assay("scan", "docker-archive:" + os.path.join(TMP, "image.tar"), "--checks", "config",
                                                    "--learn", known).rc, 2)
    steps()
    for past in (0, 1):  # ACTOR_GROUPS_MAX
        path = os.path.join(TMP, "groups.tar")
        groups = "app:x:1:\n" + "".join(f"g{i}:x:{100 + i}:app\n" for i in range(63 + past))
        image.docker_archive(path, [tar_of([Dir("etc"), File("etc/passwd", "app:x:1:1::/:/bin/sh\n"), File("etc/group", groups)])],
                             {"User": "app", "Cmd": ["/x"]})
        run = assay("scan", f"docker-archive:{path}", "--checks", "user", "-f", "json")
        ok(f"a user in {64 + past} groups: said where not all are looked at",
           run.rc == 0 and ("user.groups" in [c["code"] for c in run.json()["coverage"]]) == bool(past), run)
    for past in (0, 1):
        many = [File(f"srv/{i}/x", ELF + b"odd", mode=0o755) for i in range(200 + past)]
        report, run = scan([debian(BOTH, extra=many)])
        told = [f for f in report["findings"] if f["id"] == "file.unowned-program"]
        ok(f"{200 + past} folders of unowned programs: 200 are told, and that there are more is said",
           len(told) == 200 and ("account.many" in [c["code"] for c in report["coverage"]]) == bool(past), run)
    return done()


sys.exit(main())
