#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""jars - the bounds of Java archives: JAR_DEPTH_MAX jars within jars are read, one more is said not to be;
so is a jar that inflates to more than JAR_NESTED_MAX."""
import hashlib
import io
import os
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same, skip  # noqa: E402

JAR_DEPTH_MAX = 16
JAR_NESTED_MAX = 256 << 20


def jar(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for name, content in members:
            z.writestr(name, content)
    return out.getvalue()


def properties(name):
    return (f"META-INF/maven/org.example/{name}/pom.properties",
            f"groupId=org.example\nartifactId={name}\nversion=1.0\n")


def nested(levels):
    """A jar with a jar within it, and so on: the innermost is `levels` below the outermost."""
    inner = jar([properties("innermost")])
    for _ in range(levels):
        inner = jar([("lib/inner.jar", inner)])
    return inner


def scan(content):
    image.docker_archive("image.tar", [image.tar_of([("opt/app.jar", content)])])
    run = assay("scan", "image.tar", "-f", "json", "--no-cache", "--db", os.path.join(TMP, "none"))
    return run, run.json()


def shaded():
    """Archives that hold the pom.properties of others, and those that say nothing."""
    cls = ("org/example/A.class", b"x")

    def packages(name, members):
        image.docker_archive("image.tar", [image.tar_of([("opt/" + name, jar(members))])])
        doc = assay("scan", "image.tar", "-f", "json", "--no-cache", "--db", os.path.join(TMP, "none")).json()
        return sorted(p["name"] + "@" + p["version"] for p in doc["packages"]), [c["code"] for c in doc["coverage"]]
    for what, name, members, want in (
            ("a shaded jar is itself, too", "tool-2.0.jar", [properties("a"), properties("b"), cls], ["org.example:a@1.0", "org.example:b@1.0", "org.example:tool@2.0"]),
            ("so is one that holds a single other", "tool-2.0.jar", [properties("a"), cls], ["org.example:a@1.0", "org.example:tool@2.0"]),
            ("its own among them", "a-2.0.jar", [properties("a"), properties("b"), cls], ["org.example:a@1.0", "org.example:b@1.0"]),
            ("a distribution of Tomcat is that, too", "catalina.jar",
             [("META-INF/MANIFEST.MF", "Bundle-SymbolicName: org.apache.tomcat-catalina\nBundle-Version: 9.0.50\n"), ("org/apache/catalina/A.class", b"x")],
             ["org.apache.tomcat:tomcat-catalina@9.0.50", "org.apache.tomcat:tomcat@9.0.50"]),
            ("a library of Tomcat alone is not", "tomcat-catalina-9.0.50.jar",
             [("META-INF/MANIFEST.MF", "Bundle-SymbolicName: org.apache.tomcat-catalina\nBundle-Version: 9.0.50\n"), ("org/apache/catalina/A.class", b"x")],
             ["org.apache.tomcat:tomcat-catalina@9.0.50"]),
            ("a name with the group is its own", "org.example.a-1.0.jar", [properties("x"), properties("a"), cls], ["org.example:a@1.0", "org.example:x@1.0"]),
            ("one of many with its version is not the archive", "all-1.0.jar", [properties("x"), properties("b"), cls],
             ["org.example:all@1.0", "org.example:b@1.0", "org.example:x@1.0"]),
            ("the folder of most classes tells the group", "tool-2.0.jar",
             [cls, ("org/example/B.class", b"x"), ("javax/x/C.class", b"x"), ("META-INF/versions/9/module-info.class", b"x")], ["org.example:tool@2.0"]),
            ("one of half of them does not", "tool-2.0.jar", [cls, ("javax/x/C.class", b"x")], ["tool:tool@2.0"]),
            ("classes of an application in a jar of Spring Boot", "tool-2.0.jar",
             [("BOOT-INF/classes/com/shop/web/A.class", b"x"), *((f"org/springframework/boot/loader/{n}.class", b"x") for n in "abc")],
             ["com.shop.web:tool@2.0"]),
            ("an archive of Android", "view-1.2.aar", [("classes.jar", jar([cls]))], ["view:view@1.2"]),
            ("another name, the same version", "renamed-1.0.jar", [properties("a"), cls], ["org.example:a@1.0"]),
            ("a name without a version says nothing more", "app.jar", [properties("a"), properties("b"), cls], ["org.example:a@1.0", "org.example:b@1.0"])):
        same(what, packages(name, members)[0], want)
    got, codes = packages("app.jar", [cls])
    same("classes, and neither name nor version: told", (got, "packages.unnamed" in codes), ([], True))
    got, codes = packages("app.jar", [("a.txt", b"x")])
    same("without classes: nothing to tell", (got, "packages.unnamed" in codes), ([], False))


def beside_a_shaded_one():
    """A package that one jar holds beside others, and that is another jar: that one tells its licence."""
    text = ("META-INF/LICENSE", "Apache License\nVersion 2.0, January 2004\nTERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION\n")
    cls = ("org/example/A.class", b"x")
    files = [("opt/all-9.0.jar", jar([properties("a"), properties("b"), cls])), ("opt/lib/a-1.0.jar", jar([properties("a"), text, cls]))]
    for name, layers in (("one layer", [files]), ("a layer each", [files[:1], files[1:]])):
        image.docker_archive("image.tar", [image.tar_of(x) for x in layers])
        doc = assay("scan", "image.tar", "-f", "json", "--no-cache", "--checks", "license").json()
        got = {p["name"]: (p["licenses"], p["paths"], bool(p["digest"])) for p in doc["packages"]}
        same(f"a jar of its own beside a shaded one, {name}", got["org.example:a"],
             (["Apache-2.0"], ["opt/lib/a-1.0.jar", "opt/all-9.0.jar"], True) if len(layers) == 1 else
             ([], ["opt/all-9.0.jar", "opt/lib/a-1.0.jar"], False))
        same(f"what is only in the shaded one has none, {name}", got["org.example:b"], ([], ["opt/all-9.0.jar"], False))


def digests():
    """A list of digests names jars that say nothing, and corrects what was only guessed; pom.properties stand."""
    cls, db = ("org/example/A.class", b"x"), os.path.join(TMP, "jars")
    mute, guessed, told = jar([cls, ("1", b"1")]), jar([cls, ("2", b"2")]), jar([properties("told"), cls])
    twice, nobody = jar([cls, ("3", b"3")]), jar([cls, ("4", b"4")])
    outer = jar([("lib/x.jar", mute), properties("outer"), cls])
    with open("jars.tsv", "w", encoding="utf-8") as f:
        for content, gav in ((mute, "com.acme mute 3.1"), (guessed, "com.acme tool 2.0.1"), (told, "com.acme other 9"),
                             (twice, "a first 1"), (twice, "a second 1")):
            f.write(hashlib.sha1(content).hexdigest() + "\t" + gav.replace(" ", "\t") + "\n")
    run = assay("db", "import", "jars.tsv", "--db", db)
    ok("a list of digests is read", run.rc == 0 and "imported 5 records" in run.err, run)
    image.docker_archive("image.tar", [image.tar_of([("opt/x.jar", mute), ("opt/tool-2.0.jar", guessed), ("opt/told.jar", told),
                                                     ("opt/second.jar", twice), ("opt/twice.jar", twice), ("opt/y.jar", nobody), ("opt/outer.jar", outer)])])

    def packages(*more):
        doc = assay("scan", "image.tar", "-f", "json", "--no-cache", "--db", db, *more).json()
        unnamed = [c["detail"] for c in doc["coverage"] if c["code"] == "packages.unnamed"]
        return {p["name"] + "@" + p["version"]: p for p in doc["packages"]}, unnamed
    got, unnamed = packages()
    same("the names of the list, and those that jars say of themselves", sorted(got),
         ["a:second@1", "com.acme:mute@3.1", "com.acme:tool@2.0.1", "org.example:outer@1.0", "org.example:told@1.0"])
    same("how each was found", got["com.acme:mute@3.1"]["proof"], "its SHA-1, " + hashlib.sha1(mute).hexdigest())
    same("where it lies, within another too", got["com.acme:mute@3.1"]["paths"], ["opt/x.jar", "opt/outer.jar!/lib/x.jar"])
    ok("what the list does not tell, or has two names for, stays unnamed", unnamed and unnamed[0].startswith("2 "), unnamed)
    got, unnamed = packages("--db", os.path.join(TMP, "none"))
    same("without a list, nothing is other than before", sorted(got), ["org.example:outer@1.0", "org.example:told@1.0", "org.example:tool@2.0"])
    same("and a guess is called one", got["org.example:tool@2.0"]["proof"], "its manifest, or the name of its file")


def pom(name, license_name):
    return (f"META-INF/maven/org.example/{name}/pom.xml",
            f"<project><licenses><license><name>{license_name}</name></license></licenses></project>")


def pom_licenses():
    """The licence of each folder's pom.xml, whichever of both files stands first."""
    members = [properties("a"), pom("a", "MIT"), pom("b", "Apache-2.0"), properties("b"), properties("c"),
               properties("d"), pom("d", "ISC"), pom("e", "EPL-2.0"), properties("f")]
    _, doc = scan(jar(members))
    same("licences of a pom.xml in each folder", {p["name"].split(":")[1]: p["licenses"] for p in doc["packages"]},
         {"a": ["MIT"], "b": ["Apache-2.0"], "c": [], "d": ["ISC"], "f": []})


def licenses():
    """A jar's own licence file, where nothing else names a licence; what else it holds has its own."""
    mit = ("Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation "
           "files, to deal in the Software without restriction. The above copyright notice and this permission notice shall be included in all "
           "copies or substantial portions of the Software.")
    path = "/usr/share/common-licenses/Apache-2.0"
    apache = open(path, encoding="utf-8").read() if os.path.exists(path) else None
    image.docker_archive("image.tar", [image.tar_of([
        ("opt/a.jar", jar([properties("a"), ("META-INF/LICENSE.txt", apache or mit), ("lib/b.jar", jar([properties("b"), ("LICENSE", mit)]))])),
        ("opt/c-1.0.jar", jar([properties("x"), properties("y"), ("META-INF/LICENSE", mit)]))])])
    doc = assay("scan", "image.tar", "-f", "json", "--no-cache", "--db", os.path.join(TMP, "none")).json()
    got = {p["name"].split(":")[1]: p["licenses"] for p in doc["packages"]}
    same("the licence of the jar, and of the one within it", (got["a"], got["b"]), (["Apache-2.0"] if apache else ["MIT"], ["MIT"]))
    same("not of what is shaded in it", (got["x"], got["y"]), ([], []))


def stored(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        z.writestr(name, content)
    return out.getvalue()


def held():
    """What is held of archives within archives is bounded for all levels together."""
    for size, levels, is_read in ((1 << 20, 3, True), (90 << 20, 3, False)):
        inner = stored("a/id_rsa.txt", bytes(size))
        for _ in range(levels - 1):
            inner = stored("inner.zip", inner)
        image.docker_archive("image.tar", [image.tar_of([("opt/outer.zip", jar([("inner.zip", inner)]))])])
        doc = assay("scan", "image.tar", "-f", "json", "--no-cache", "--checks", "secret", "--db", os.path.join(TMP, "none")).json()
        said = [c["detail"] for c in doc["coverage"] if c["code"] == "secret.archive"]
        ok(f"{levels} archives within, of {size >> 20} MiB each: {'read' if is_read else 'said not to be read'}", bool(said) != is_read, said)


def main():
    if not os.path.exists(ASSAY):
        skip("jars", "there is no program yet")
        return 0
    os.chdir(TMP)
    for levels, is_read in ((1, True), (JAR_DEPTH_MAX, True), (JAR_DEPTH_MAX + 1, False)):
        run, doc = scan(nested(levels))
        names = [p["name"] for p in doc["packages"]]
        said = [c["detail"] for c in doc["coverage"] if f"nested deeper than {JAR_DEPTH_MAX} levels" in c["detail"]]
        ok(f"{levels} levels within: {'read' if is_read else 'said not to be read'}",
           (names == ["org.example:innermost"] and not said) if is_read else (not names and said), run)
    for size, is_read in ((JAR_NESTED_MAX, True), (JAR_NESTED_MAX + 1, False)):
        run, doc = scan(jar([("lib/inner.jar", bytes(size)), properties("outer")]))
        limit = [c for c in doc["coverage"] if f"a member of {size} bytes, {JAR_NESTED_MAX} may be read" in c["detail"]]
        ok(f"{size} bytes within: {'inflated, and said to be no archive' if is_read else 'refused by the bound'}",
           bool(limit) != is_read and any("inner.jar" in c["detail"] or "archive within" in c["detail"] or
                                          "ZIP" in c["detail"] for c in doc["coverage"]), run)
    held()
    shaded()
    beside_a_shaded_one()
    digests()
    licenses()
    pom_licenses()
    return done()


sys.exit(main())
