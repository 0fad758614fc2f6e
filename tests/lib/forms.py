# SPDX-License-Identifier: Apache-2.0
"""forms - what the tests of report forms share: they run the unit test `render`, which prints a form of samples."""
import os
import subprocess

SRC = os.environ.get("ASSAY_SRC") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RENDER = os.path.join(os.environ.get("ASSAY_BUILD") or os.path.join(SRC, "build"), "tests/unit/render")

# HOSTILE of tests/lib/reports.h, as a reader of JSON gets it: each byte that is not UTF-8 is U+FFFD
HOSTILE_BYTES = (b"::error::a\x1b[2J\x1b]0;t\x07\r\n::error file=x::b ##[add-path]c ##vso[task]d ]]>--><"
                 b"script>alert(1)</script>&amp;\"'=cmd|' /C calc'!A0\0\xed\xa0\x80\xff\xc3\xf4\x90\x80\x80"
                 b"\xe2\x80\xae\xe2\x80\x8b\xf3\xa0\x81\x81\xef\xbf\xbe\t\\u0000 ../../etc/passwd%00|`x`")


def one_for_each_byte(data):
    out = ""
    while data:
        for n in range(1, 5):
            try:
                out += data[:n].decode("utf-8")
                data = data[n:]
                break
            except UnicodeDecodeError:
                pass
        else:
            out += "\ufffd"
            data = data[1:]
    return out


HOSTILE = one_for_each_byte(HOSTILE_BYTES)
# characters that no form may show to people as they are
DRIVING = "\x00\x07\x1b\r\u202e\u200b\U000e0041"


def render(*args):
    """The bytes of `render FORM SAMPLES [WIDTH] [OPTION...]`."""
    p = subprocess.run([RENDER, *args], stdout=subprocess.PIPE, check=True, timeout=60)
    return p.stdout
