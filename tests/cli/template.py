#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""template - a template over the JSON report: values, lists, absence; escaped; bounded (TEMPLATE_MAX)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import debian  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

ref = image.docker_archive(os.path.join(TMP, "a.tar"), [image.tar_of(debian([("a<b", "1-1"), ("zlib1g", "2-1")])[:-1]
                                                                     + debian([("zlib1g", "2-1")]))])


def filled(text):
    path = image.write(os.path.join(TMP, "t"), text.encode())
    return assay("scan", ref, "--checks", "vuln", "-q", "-f", "template", "--template", path)


CASES = [
    ("a value", "{{#reports}}{{os.id}}{{/reports}}", "debian"),
    ("a list", "{{#reports}}{{#packages}}[{{name}} {{version}}]{{/packages}}{{/reports}}", "[zlib1g 2-1]"),
    ("absence", "{{#reports}}{{^suppressed}}none{{/suppressed}}{{/reports}}", "none"),
    ("a comment", "x{{! no }}y", "xy"),
    ("a name that is not there", "<{{nobody.here}}>", "<>"),
    ("escaped", "{{#reports}}{{#image}}{{#layers}}{{origin}}{{/layers}}{{/image}}{{/reports}}&", "unknown&"),
]
for name, text, want in CASES:
    run = filled(text)
    same(name, (run.rc, run.out), (0, want))
for name, text in (("not closed", "{{#reports}}"), ("closes nothing", "{{/reports}}"), ("a tag without end", "{{os")):
    ok(name, filled(text).rc == 2)
DEEP = 32  # TEMPLATE_DEPTH_MAX, the document itself being one
nest = lambda n: "{{#reports}}" + "{{#image}}" * (n - 2) + "x" + "{{/image}}" * (n - 2) + "{{/reports}}"  # noqa: E731
same("sections as deep as may be", filled(nest(DEEP)).out, "x")
ok("one deeper", filled(nest(DEEP + 1)).rc in (2, 3))
MAX = 1 << 20
ok("as large as may be", filled("x" * MAX).out == "x" * MAX)
ok("one byte larger", filled("x" * (MAX + 1)).rc in (2, 3))
sys.exit(done())
