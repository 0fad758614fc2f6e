# SPDX-License-Identifier: Apache-2.0
"""limits - the bounds of src/base/limits.h, by name."""
import os
import re

from tap import SRC

UNITS = {None: 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}


def limit(name):
    with open(os.path.join(SRC, "src/base/limits.h"), encoding="utf-8") as f:
        m = re.search(rf"LIMIT\({name}, (?:(KIB|MIB|GIB)\()?(\d+)", f.read())
    return UNITS[m[1]] * int(m[2])
