#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bounds - bounds of archives, each at its value and one past it."""
import io
import json
import os
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image as im  # noqa: E402
from limits import limit  # noqa: E402
from tap import TMP, assay, done, ok  # noqa: E402

PLAIN = im.docker_archive(os.path.join(TMP, "plain.tar"), [im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1")]))])


def scan(name, put):
    """Of the plain archive with put(out, member, content) in place of each of its members."""
    path = os.path.join(TMP, name)
    with tarfile.open(PLAIN) as old, tarfile.open(path, "w") as out:
        put(out, [(m, old.extractfile(m).read()) for m in old if m.isfile()])
    return [assay("scan", "-f", "json", "--no-cache", "--no-evidence", "--checks", "vuln", ref) for ref in (path, "docker-archive:" + path)]


def is_image(r):
    return r.rc == 0 and "zlib1g" in r.out


def behind(n):
    """The image behind n members that no kind of archive is known by."""
    def put(out, members):
        for i in range(n):
            out.addfile(tarfile.TarInfo(f"other-{i}"))
        for m, content in members:
            out.addfile(m, io.BytesIO(content))
    return put


def linked(n):
    """The layer behind so many links, from one to the next."""
    def put(out, members):
        for m, content in members:
            if m.name == "manifest.json":
                doc = json.loads(content)
                target, doc[0]["Layers"] = doc[0]["Layers"][0], [f"link-{n}"]
                content = im.to_json(doc)
                m.size = len(content)
            out.addfile(m, io.BytesIO(content))
        for i in range(1, n + 1):
            out.addfile(im.member(f"link-{i}", tarfile.SYMTYPE, link=target if i == 1 else f"link-{i - 1}"))
    return put


most = limit("ARCHIVE_GUESS_MAX")
guessed, told = scan("a.tar", behind(most - 1))
ok("ARCHIVE_GUESS_MAX: known by the last member that is looked at", is_image(guessed) and is_image(told), guessed)
guessed, told = scan("a.tar", behind(most))
ok("one more before it: no image, unless it is said to be one", not is_image(guessed) and is_image(told), guessed)
most = limit("ARCHIVE_LINKS_MAX")
for run in scan("b.tar", linked(most)):
    ok("ARCHIVE_LINKS_MAX links to a layer", is_image(run), run)
for run in scan("b.tar", linked(most + 1)):
    ok("one more: exit 3, no report", run.rc == 3 and not run.out and f"link-{most + 1}" in run.err, run)
sys.exit(done())
