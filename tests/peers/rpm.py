#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rpm - what the readers of rpm databases say, against rpm itself and against SQLite.

Databases are made here: by rpm, with rows still in the write-ahead log; by SQLite, in every page
size.  Where the shared data is, its databases are compared with rpm's own lists too.
# timeout: 120
"""
import os
import shutil
import sqlite3
import struct
import subprocess
import sys

BUILD = os.environ.get("ASSAY_BUILD", "build")
SHARED = os.environ.get("ASSAY_SHARED") or "../shared"
TMP = os.environ.get("TMPDIR", "/tmp")
READER = os.path.join(BUILD, "tests/unit/rpmdb")
failures = 0

LIST = "%{NAME}\\t%|EPOCH?{%{EPOCH}}:{0}|\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\n"
MORE = ("%{NAME}\\t%|EPOCH?{%{EPOCH}}:{no 0}|\\t%{LICENSE}\\t%{VENDOR}\\t%{PACKAGER}\\t%{DISTRIBUTION}"
        "\\t%{MODULARITYLABEL}\\t%{BUILDTIME}\\t%{INSTALLTIME}\\t%{SIGMD5}\\n")
FILES = ("[%{=NAME}\\t%{FILENAMES}\\t%{FILEDIGESTS}\\t%{FILEMODES:octal}\\t%{FILEFLAGS}\\t%{FILEUSERNAME}"
         "\\t%{FILEGROUPNAME}\\t%{FILESIZES}\\t%{FILELINKTOS}\\t%|FILESTATES?{%{FILESTATES}}:{0}|\\n]")

SPEC = """
Name: first
Version: 1.0
Release: 3%{?dist}
Summary: s
License: MIT and (GPLv2+ or Artistic)
Vendor: Example Vendor
Packager: Example <packager@example.org>
Distribution: example 1
BuildArch: noarch
%description
d
%package -n zero
Summary: s
Epoch: 0
%description -n zero
d
%package -n epoch
Summary: s
Epoch: 12
Version: 2~rc1
Release: 1^git
ModularityLabel: stream:1:20200101:abcdef
%description -n epoch
d
%package -n empty
Summary: s
%description -n empty
d
%install
mkdir -p %{buildroot}/etc/a/b %{buildroot}/usr/share/doc/x "%{buildroot}/opt/with space"
echo 1 > %{buildroot}/etc/a/one.conf
echo 22 > %{buildroot}/etc/a/b/two
echo 3 > "%{buildroot}/opt/with space/file"
ln -s ../a/one.conf %{buildroot}/etc/a/b/link
echo doc > %{buildroot}/usr/share/doc/x/README
for i in $(seq 400); do echo $i > %{buildroot}/usr/share/doc/x/file-with-a-long-name-$i; done
touch %{buildroot}/etc/a/ghost
%files
%config(noreplace) /etc/a/one.conf
%dir /etc/a/b
%attr(4755,root,adm) /etc/a/b/two
/etc/a/b/link
%ghost /etc/a/ghost
"/opt/with space/file"
%files -n zero
%doc /usr/share/doc/x
%files -n epoch
%files -n empty
"""


def case(ok, name, why=""):
    global failures
    failures += not ok
    print(("ok - " if ok else "not ok - ") + name)
    if not ok and why:
        print("# " + str(why)[:2000].replace("\n", "\n# "))


def run(*argv, **kw):
    return subprocess.run(argv, capture_output=True, text=True, errors="surrogateescape", **kw)


def ours(db, wal=None, form=None):
    env = dict(os.environ, RPMDB_LIST=db)
    if wal:
        env["RPMDB_WAL"] = wal
    if form:
        env["RPMDB_FORM"] = form
    r = run(READER, env=env)
    return r.returncode, sorted(r.stdout.splitlines()), r.stderr


def theirs(dbpath, query, *options):
    r = run("rpm", "--dbpath", dbpath, *options, "-qa", "--qf", query)
    return sorted(r.stdout.splitlines())


def compare(name, db, wal, dbpath, *options):
    for form, query in ((None, LIST), ("more", MORE), ("files", FILES)):
        rc, got, err = ours(db, wal, form)
        want = theirs(dbpath, query, *options)
        diff = "\n".join(sorted(set(got) ^ set(want))[:8])
        case(rc == 0 and got == want and (want or form),
             f"{name}: {form or 'list'}: {len(want)} rows as rpm says", f"rc {rc} {err}\n{diff}")


def live():
    if not shutil.which("rpmbuild") or not shutil.which("rpm"):
        print("ok - rpm writes a database # SKIP rpm is not installed")
        return
    top, dbpath = os.path.join(TMP, "build"), os.path.join(TMP, "db")
    os.makedirs(top)
    with open(os.path.join(top, "first.spec"), "w", encoding="utf-8") as f:
        f.write(SPEC)
    r = run("rpmbuild", "-bb", "--define", f"_topdir {top}", os.path.join(top, "first.spec"),
            env=dict(os.environ, HOME=TMP))
    case(r.returncode == 0, "rpmbuild", r.stderr)
    packages = [os.path.join(d, f) for d, _, fs in os.walk(top) for f in fs if f.endswith(".rpm")]
    # a reader in the middle of a transaction keeps the writer from folding the log into the database
    run("rpm", "--dbpath", dbpath, "--initdb")
    db, wal = os.path.join(dbpath, "rpmdb.sqlite"), os.path.join(dbpath, "rpmdb.sqlite-wal")
    con = sqlite3.connect(db, isolation_level=None)
    con.execute("begin")
    con.execute("select count(*) from Packages").fetchall()
    r = run("rpm", "--dbpath", dbpath, "-i", "--justdb", "--nodeps", "--force", *packages)
    case(r.returncode == 0, "rpm -i --justdb", r.stderr)
    has_log = os.path.exists(wal) and os.path.getsize(wal) > 32
    case(has_log, "rows are in the write-ahead log")
    compare("with the log", db, wal, dbpath)
    rc, without, _ = ours(db)
    case(len(without) < 4, f"without the log {len(without)} of 4 packages are seen (rc {rc})")
    con.execute("commit")
    r = run("rpm", "--dbpath", dbpath, "-e", "--justdb", "--nodeps", "empty")
    compare("after an erasure", db, wal, dbpath)
    con.close()
    run("rpm", "--dbpath", dbpath, "--rebuilddb")
    compare("after --rebuilddb", db, wal if os.path.exists(wal) else None, dbpath)


def header(name, filler):
    """A header blob of NAME-1.0-1.noarch with filler bytes in a tag that does not matter."""
    data, index = b"", b""
    for tag, kind, value, count in ((1000, 6, name.encode() + b"\0", 1), (1001, 6, b"1.0\0", 1),
                                    (1002, 6, b"1\0", 1), (1022, 6, b"noarch\0", 1),
                                    (1146, 7, b"x" * filler, filler)):
        index += struct.pack(">IIII", tag, kind, len(data), count)
        data += value
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


SIZES = [1, 100, 300, 366, 367, 368, 369, 400, 1000, 1900, 1950, 1990, 3900, 3990, 4000, 8000, 20000,
         65400, 65536, 66000, 1000000]


def sqlite_form(page, journal):
    """A database of that page size, rows added and removed; the log is left where there is one."""
    src, dst = os.path.join(TMP, "s.db"), os.path.join(TMP, "copy.db")
    for f in (src, src + "-wal", src + "-shm", dst, dst + "-wal"):
        if os.path.exists(f):
            os.unlink(f)
    con = sqlite3.connect(src)
    con.execute(f"pragma page_size={page}")
    con.execute(f"pragma journal_mode={journal}")
    con.execute("pragma wal_autocheckpoint=0")
    con.execute("create table other(a, b)")
    con.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    con.execute("create index i on other(a)")
    con.executemany("insert into other values(?, ?)", ((i, "x" * 50) for i in range(300)))
    names = {}
    for i in range(300):
        names[i] = f"p{i}"
        con.execute("insert into Packages values(?, ?)", (i * 1000 + 1, header(names[i], SIZES[i % len(SIZES)] % 70001)))
    con.commit()
    for i in range(0, 300, 7):
        con.execute("delete from Packages where hnum=?", (i * 1000 + 1,))
        del names[i]
    con.commit()
    con.execute("update Packages set blob=? where hnum=1001", (header("changed", 1000000),))
    names[1] = "changed"
    con.commit()
    if journal == "wal":
        con.execute("delete from Packages where hnum>5000")  # never committed
    shutil.copy(src, dst)
    log = os.path.exists(src + "-wal")
    if log:
        shutil.copy(src + "-wal", dst + "-wal")
    con.rollback()
    con.close()
    rc, got, err = ours(dst, dst + "-wal" if log else None)
    want = sorted(f"{n}\t0\t1.0\t1\tnoarch\t(none)" for n in names.values())
    case(rc == 0 and got == want, f"SQLite, pages of {page}, journal {journal}: {len(want)} rows", err)
    if log:
        open(dst, "wb").close()
        rc, got, err = ours(dst, dst + "-wal")
        # page 1 as it was when the database was made is in the file alone, or in the log
        case(got == want or rc != 0, f"SQLite, pages of {page}: the log alone gives all or an error", err)


SHARED_DBS = (
    ("data/vectors/pkgdb/grype-match-coverage/image-centos-match-coverage/var/lib/rpm/Packages", "bdb_ro"),
    ("data/vectors/pkgdb/grype-match-coverage/image-sles-match-coverage/var/lib/rpm/Packages", "bdb_ro"),
    ("data/vectors/pkgdb/go-rpmdb/libuuid/Packages", "bdb_ro"),
    ("data/vectors/pkgdb/syft/redhat/testdata/Packages", "bdb_ro"),
    ("data/images/rpmdb/cbl-mariner-2.0-rpmdb.sqlite.zst", "sqlite"),
)


def shared():
    for i, (path, backend) in enumerate(SHARED_DBS):
        path = os.path.join(SHARED, path)
        if not os.path.exists(path) or not shutil.which("rpm"):
            print(f"ok - {os.path.basename(path)} # SKIP no shared data, or no rpm")
            continue
        folder = os.path.join(TMP, f"shared{i}")
        os.makedirs(folder)
        db = os.path.join(folder, "rpmdb.sqlite" if backend == "sqlite" else "Packages")
        if path.endswith(".zst"):
            subprocess.run(["zstd", "-dqf", path, "-o", db], check=True)
        else:
            shutil.copy(path, db)
        os.chmod(db, 0o600)
        compare(f"{os.path.basename(path)} {i}", db, None, folder, "--define", f"_db_backend {backend}")


def main():
    if not os.path.exists(READER):
        print("ok - rpm databases # SKIP make unit has not built the reader")
        return 0
    live()
    for page in (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536):
        for journal in ("wal", "delete"):
            sqlite_form(page, journal)
    shared()
    return 1 if failures else 0


sys.exit(main())
