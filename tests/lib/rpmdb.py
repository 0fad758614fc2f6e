# SPDX-License-Identifier: Apache-2.0
"""rpmdb - writes rpm databases of the SQLite form, header by header.

    write(path, [{"name": "bash", "version": "5.1", "release": "2.el9", "arch": "x86_64", ...}])
"""
import sqlite3
import struct

# tag, type; types: 4 is INT32, 6 is STRING
TAGS = [("name", 1000, 6), ("version", 1001, 6), ("release", 1002, 6), ("epoch", 1003, 4), ("vendor", 1011, 6),
        ("license", 1014, 6), ("arch", 1022, 6), ("sourcerpm", 1044, 6), ("modularity", 5096, 6)]


def header(package):
    """The blob of one package: counts, index entries, data."""
    index, data = b"", b""
    for key, tag, kind in TAGS:
        value = package.get(key)
        if value in (None, ""):
            continue
        if kind == 4:
            data += b"\0" * (-len(data) % 4)
        index += struct.pack(">IIII", tag, kind, len(data), 1)
        data += struct.pack(">I", int(value)) if kind == 4 else str(value).encode() + b"\0"
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


def write(path, packages):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    db.executemany("INSERT INTO Packages (blob) VALUES (?)", [(header(p),) for p in packages])
    db.commit()
    db.close()
