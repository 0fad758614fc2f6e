#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""license_files - packages of languages whose metadata names no licence have that of their licence file; who names one is believed."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from image import File, Whiteout, docker_archive, tar_of  # noqa: E402
from tap import TMP, assay, done, same  # noqa: E402

MIT = ("Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files\n"
       "The above copyright notice and this permission notice shall be included in all copies")
APACHE = "Apache License\nVersion 2.0, January 2004\nTERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"
NPM, PY, GEMS = "app/node_modules/", "usr/lib/python3/site-packages/", "usr/lib/ruby/gems/3.1.0/"


def meta(name):
    return File(f"{PY}{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")


lower = [
    File(NPM + "a/package.json", '{"name":"a","version":"1.0.0"}'), File(NPM + "a/LICENSE", MIT),
    File(NPM + "told/package.json", '{"name":"told","version":"1.0.0","license":"ISC"}'), File(NPM + "told/LICENSE", MIT),
    File(NPM + "two/package.json", '{"name":"two","version":"1.0.0"}'), File(NPM + "two/LICENSE", MIT), File(NPM + "two/COPYING", APACHE),
    File(NPM + "own/package.json", '{"name":"own","version":"1.0.0"}'), File(NPM + "own/LICENSE", "All rights reserved."),
    File(NPM + "gone/package.json", '{"name":"gone","version":"1.0.0"}'), File(NPM + "gone/LICENSE", MIT),
    File(NPM + "deep/package.json", '{"name":"deep","version":"1.0.0"}'), File(NPM + "deep/vendored/LICENSE", MIT),
    meta("p"), File(PY + "p-1.0.dist-info/LICENSE", APACHE), meta("q"), File(PY + "q-1.0.dist-info/licenses/LICENSE.txt", MIT),
    File(GEMS + "specifications/g-1.0.gemspec", "# stub: g 1.0 ruby lib\n\nGem::Specification.new do |s|\n  s.name = 'g'\n  s.version = '1.0'\nend\n"),
    File(GEMS + "gems/g-1.0/MIT-LICENSE", MIT), File("srv/LICENSE", MIT),
]
docker_archive(TMP + "/a.tar", [tar_of(lower), tar_of([Whiteout(NPM + "gone/LICENSE")])])
doc = assay("scan", TMP + "/a.tar", "-f", "json", "-q", "--checks", "license").json()
same("by the files", {p["name"]: sorted(p["licenses"]) for p in doc["packages"]},
     {"a": ["MIT"], "told": ["ISC"], "two": ["Apache-2.0", "MIT"], "own": [], "gone": [], "deep": [], "p": ["Apache-2.0"], "q": ["MIT"], "g": ["MIT"]})
same("how many is said", [c["detail"].split(" names")[0] for c in doc["coverage"] if c["code"] == "license.files"], ["metadata of 5 packages"])
found = assay("scan", TMP + "/a.tar", "-f", "json", "-q", "--license-deny", "Apache-2.0", "--checks", "license").json()["findings"]
same("a denied one is found", sorted(f["package"] for f in found), ["pkg:npm/two@1.0.0", "pkg:pypi/p@1.0"])
sys.exit(done())
