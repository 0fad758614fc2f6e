#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ecosystems - packages of package managers that are met less often, in one root file system written here: each where its manager
keeps it, and what is broken beside it.  With --dir DIR the tree is written there and nothing else is done, so that other tools can
be run over it."""
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import TMP, assay, done, ok, same  # noqa: E402

MD5 = "0123456789abcdef0123456789abcdef"


def elf(extra=b"", sections=(), note=None, machine=62):
    """A library for x86-64 with one writable segment, a segment of notes, and sections."""
    notes = b""
    if note is not None:
        body = json.dumps(note).encode() + b"\0"
        body += bytes(-len(body) % 4)
        notes = struct.pack("<III", 4, 20, 3) + b"GNU\0" + bytes(20) + struct.pack("<III", 4, len(body), 0xcafe1a7e) + b"FDO\0" + body
    at = 64 + 2 * 56
    names = b"\0" + b"".join(n.encode() + b"\0" for n, _ in sections) + b".shstrtab\0"
    body = notes + extra
    table, where, name_at = [bytes(64)], at + len(body), 1
    for name, data in list(sections) + [(".shstrtab", names)]:
        table.append(struct.pack("<IIQQQQIIQQ", name_at, 1, 0, 0, where, len(data), 0, 0, 1, 0))
        name_at, where, body = name_at + len(name) + 1, where + len(data), body + data
    size = at + len(body)
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, size, 0, 64, 56, 2, 64, len(table), len(table) - 1)
    segments = [(1, 6, 0, size, 8), (4, 4, at, len(notes), 4)]
    return head + b"".join(struct.pack("<IIQQQQQQ", t, f, o, 0x10000 + o, o, n, n, a) for t, f, o, n, a in segments) + body + b"".join(table)


def extension(name, version, build="API20220829,NTS"):
    """struct _zend_module_entry of Zend/zend_modules.h, its pointers in place."""
    at = 64 + 2 * 56
    texts, where, offsets = b"", 0x10000 + at + 168, []
    for t in (name, version, build):
        offsets.append(where + len(texts))
        texts += t.encode() + b"\0"
    entry = bytearray(168)
    struct.pack_into("<HHI", entry, 0, 168, 0, 20220829)
    for i, place in enumerate((32, 88, 160)):
        struct.pack_into("<Q", entry, place, offsets[i])
    # as compilers put them, the version stands right before the build
    return elf(bytes(entry) + texts + bytes(64))


def kernel(version):
    """The head of a bzImage, as Documentation/arch/x86/boot.rst has it."""
    b = bytearray(0x800)
    b[0x1fe:0x200] = b"\x55\xaa"
    b[0x202:0x206] = b"HdrS"
    struct.pack_into("<HIHH", b, 0x206, 0x20f, 0, 0x1000, 0x400)
    text = (version + " (builder@host) #1 SMP PREEMPT_DYNAMIC").encode() + b"\0"
    b[0x600:0x600 + len(text)] = text
    return bytes(b)


def module(**info):
    return elf(sections=[(".modinfo", b"".join(f"{k}={v}".encode() + b"\0" for k, v in info.items()))])


def spdx(*packages):
    return json.dumps({
        "SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.3", "name": "SPDX document for redis", "dataLicense": "CC0-1.0",
        "documentNamespace": "https://example.org/redis", "creationInfo": {"created": "2024-01-01T00:00:00Z", "creators": ["Tool: x"]},
        "documentDescribes": ["SPDXRef-" + packages[0][0]],
        "packages": [{"SPDXID": "SPDXRef-" + n, "name": n, "versionInfo": v, "downloadLocation": "NOASSERTION", "licenseConcluded": lic,
                      "licenseDeclared": lic, "filesAnalyzed": False, "copyrightText": "NOASSERTION", "externalRefs": [
                          {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": f"cpe:2.3:*:{n}:{n}:{v.split('-')[0]}:*:*:*:*:*:*:*"},
                          {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}]}
                     for n, v, lic, purl in packages]})


FILES = {
    "etc/os-release": 'ID=openwrt\nVERSION_ID="23.05.2"\nPRETTY_NAME="OpenWrt 23.05.2"\n',
    # opkg
    "usr/lib/opkg/status": "Package: zlib\nVersion: 1.2.13-1\nDepends: libc\nStatus: install user installed\nArchitecture: x86_64\n\n"
                           "Package: luci\nVersion: git-23.306.39416-c86c256\nStatus: install hold installed\nArchitecture: all\n\n"
                           "Package: gone\nVersion: 1\nStatus: deinstall user not-installed\nArchitecture: all\n",
    "usr/lib/opkg/info/zlib.control": "Package: zlib\nVersion: 1.2.13-1\nDepends: libc\nLicense: Zlib\nArchitecture: x86_64\n",
    "usr/lib/opkg/info/zlib.list": "/usr/lib/libz.so.1.2.13\n/usr/lib/libz.so\t0120777\tlibz.so.1.2.13\n",
    # a package owns it: what it says of itself counts no more
    "usr/lib/libz.so.1.2.13": elf(note={"type": "rpm", "name": "zlib", "version": "1.2.13-2.fc38", "os": "fedora"}),
    # Portage
    "var/db/pkg/app-containers/skopeo-1.5.1-r2/CONTENTS": f"dir /usr\nobj /usr/bin/skopeo copy {MD5} 1649284374\nsym /usr/bin/s -> skopeo copy 1649284374\n",
    "var/db/pkg/app-containers/skopeo-1.5.1-r2/LICENSE": "Apache-2.0 ssl? ( || ( BSD-2 MIT ) )\n",
    "var/db/pkg/virtual/perl-ExtUtils-Manifest-1.730.0/CONTENTS": "",
    "var/db/pkg/dev-libs/openssl-3.0.13b_p20240101/CONTENTS": "dir /etc\n",
    # Bitnami
    "opt/bitnami/redis/.spdx-redis.spdx": spdx(("redis", "7.2.4-0", "BSD-3-Clause", "pkg:bitnami/redis@7.2.4-0?arch=amd64&distro=debian-12"),
                                               ("jemalloc", "5.3.0", "BSD-2-Clause", "pkg:bitnami/jemalloc@5.3.0?arch=amd64&distro=debian-12"),
                                               ("x-sys", "v0.1.0", "BSD-3-Clause", "pkg:golang/golang.org/x/sys@v0.1.0")),
    "opt/bitnami/.bitnami_components.json": json.dumps({"gosu": {"arch": "amd64", "digest": "ab", "distro": "debian-12", "type": "NAMI", "version": "1.14.0-1"}}),
    # PHP
    "usr/local/lib/php/extensions/no-debug-non-zts-20220829/bcmath.so": extension("bcmath", "8.2.7"),
    "usr/lib/php83/modules/redis.so": extension("redis", "6.0.2"),
    "usr/local/lib/php/notes.so": b"no library\n",
    "usr/share/php/.registry/mail.reg": 'a:2:{s:7:"package";s:4:"Mail";s:7:"version";s:5:"1.1.0";}',
    # JVM
    "opt/java/openjdk/release": 'IMPLEMENTOR="Eclipse Adoptium"\nIMPLEMENTOR_VERSION="Temurin-21.0.4+7"\nJAVA_RUNTIME_VERSION="21.0.4+7-LTS"\n'
                                'JAVA_VERSION="21.0.4"\nJAVA_VERSION_DATE="2024-07-16"\nIMAGE_TYPE="JDK"\n',
    "opt/jdk8/release": 'JAVA_VERSION="1.8.0_302"\nFULL_VERSION="1.8.0_302-b08"\nSOURCE=".:git:1"\n',
    "opt/oracle-jdk/release": 'IMPLEMENTOR="Oracle Corporation"\nBUILD_TYPE="commercial"\nJAVA_VERSION="17.0.9"\nJAVA_RUNTIME_VERSION="17.0.9+11-LTS-201"\n',
    # WordPress
    "var/www/wp-includes/version.php": "<?php\n/**\n * @global string $wp_version\n */\n$wp_version = '6.4.2';\n$wp_db_version = 56657;\n",
    "var/www/wp-content/plugins/akismet/akismet.php": "<?php\n/**\n * @package Akismet\n */\n/*\nPlugin Name: Akismet Anti-spam\nVersion: 5.3\n"
                                                      "Author: Automattic\nLicense: GPLv2 or later\n*/\n",
    "var/www/wp-content/plugins/akismet/class.php": "<?php\nclass Akismet {}\n",
    "var/www/wp-content/plugins/hello.php": "<?php\n/* Plugin Name: Hello Dolly */\n/* Version: 1.7.2 */\n",
    "var/www/wp-content/themes/twentytwentyfour/style.css": "/*\nTheme Name: Twenty Twenty-Four\nVersion: 1.0\nLicense: GPL\n*/\n",
    # CPAN, snaps
    "usr/local/lib/perl5/site_perl/5.38.2/x86_64-linux-gnu/.meta/Mojolicious-9.35/MYMETA.json": json.dumps(
        {"name": "Mojolicious", "version": "9.35", "license": ["artistic_2"], "meta-spec": {"version": 2}}),
    "snap/jq/6/meta/snap.yaml": "name: jq\nversion: '1.5+dfsg-1'\nsummary: x\nbase: core18\n",
    # what programs say of themselves
    "usr/local/bin/curl": elf(note={"type": "rpm", "name": "curl", "version": "7.82.0-1.fc36", "architecture": "x86_64", "osCpe": "cpe:/o:fedoraproject:fedora:36",
                                    "appCpe": "cpe:2.3:a:haxx:curl:7.82.0:*:*:*:*:*:*:*"}),
    "boot/vmlinuz-6.1.0-13-amd64": kernel("6.1.0-13-amd64"),
    "lib/modules/6.1.0/extra/zfs.ko": module(version="2.2.2-1", license="CDDL", name="zfs", vermagic="6.1.0 SMP"),
    "lib/modules/6.1.0/kernel/ext4.ko": module(license="GPL", name="ext4", vermagic="6.1.0 SMP"),
}

WANT = [
    "pkg:bitnami/gosu@1.14.0-1", "pkg:bitnami/jemalloc@5.3.0", "pkg:bitnami/redis@7.2.4-0", "pkg:cpan/Mojolicious@9.35",
    "pkg:ebuild/app-containers/skopeo@1.5.1-r2?distro=openwrt-23.05.2", "pkg:ebuild/dev-libs/openssl@3.0.13b_p20240101?distro=openwrt-23.05.2",
    "pkg:ebuild/virtual/perl-ExtUtils-Manifest@1.730.0?distro=openwrt-23.05.2",
    "pkg:generic/fedora/curl@7.82.0-1.fc36", "pkg:generic/jdk@17.0.9%2B11-LTS-201", "pkg:generic/linux-kernel@6.1.0-13-amd64",
    "pkg:generic/linux/zfs@2.2.2-1", "pkg:generic/openjdk@1.8.0_302-b08", "pkg:generic/openjdk@21.0.4%2B7-LTS",
    "pkg:generic/php/bcmath@8.2.7", "pkg:generic/php/redis@6.0.2", "pkg:generic/wordpress@6.4.2",
    "pkg:opkg/openwrt/luci@git-23.306.39416-c86c256?arch=all&distro=openwrt-23.05.2", "pkg:opkg/openwrt/zlib@1.2.13-1?arch=x86_64&distro=openwrt-23.05.2",
    "pkg:pear/pear.php.net/Mail@1.1.0", "pkg:snap/jq@1.5%2Bdfsg-1",
    "pkg:wordpress/akismet@5.3", "pkg:wordpress/hello@1.7.2", "pkg:wordpress/twentytwentyfour@1.0",
]
# what NVD calls them: the CPE dictionary's entries
CPES = {"openjdk@1.8.0_302-b08": "cpe:2.3:a:oracle:openjdk:8:update302:*:*:*:*:*:*", "openjdk@21.0.4%2B7-LTS": "cpe:2.3:a:oracle:openjdk:21.0.4:*:*:*:*:*:*:*",
        "jdk@17.0.9%2B11-LTS-201": "cpe:2.3:a:oracle:jdk:17.0.9:*:*:*:*:*:*:*", "wordpress@6.4.2": "cpe:2.3:a:wordpress:wordpress:6.4.2:*:*:*:*:*:*:*",
        "redis@7.2.4-0": "cpe:2.3:a:redis:redis:7.2.4:*:*:*:*:*:*:*", "curl@7.82.0-1.fc36": "cpe:2.3:a:haxx:curl:7.82.0:*:*:*:*:*:*:*"}
LICENSES = {"zlib@1.2.13-1": ["Zlib"], "skopeo@1.5.1-r2": ["Apache-2.0 AND (BSD-2 OR MIT)"], "redis@7.2.4-0": ["BSD-3-Clause"]}

BROKEN = {
    "usr/lib/opkg/status": "Package: a\nVersion: 1\nStatus: install user installed\n\nVersion: 2\n\nPackage: b\nVersion: 2\nStatus: what\n",
    "var/db/pkg/dev-libs/noversion/CONTENTS": "dir /a\n",
    "var/db/pkg/dev-libs/a-1/CONTENTS": "obj /x\nwhat /y\nobj /../../etc/passwd " + MD5 + " 1\n",
    "opt/bitnami/redis/.spdx-redis.spdx": "{\"spdxVersion\": 7}",
    "opt/bitnami/.bitnami_components.json": "{\"a\": {\"version\": \"1\\u0007\"}, \"b\": {}, \"c\": 3}",
    "usr/lib/php/x.so": b"\x7fELF\2\1\1" + bytes(9),
    "opt/java/release": 'JAVA_VERSION="17\x07"\n',
    "var/www/wp-includes/version.php": "$wp_version = '6\x1b[2J';\n",
    "usr/local/lib/perl5/.meta/X-1/MYMETA.json": "{\"name\": ",
    "usr/local/bin/x": elf(note={"name": "a\u0007", "version": "1"}),
    "lib/modules/6/x.ko": b"\x7fELF\2\1\1" + bytes(9),
}


def write(root, files):
    for name, data in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
    return root


def scan(root, *more):
    return assay("scan", "dir:" + root, "-f", "json", "--checks", "vuln,file,license", "--db", os.path.join(TMP, "none"), *more)


def main():
    if sys.argv[1:2] == ["--dir"]:
        write(sys.argv[2], FILES)
        return 0
    doc = scan(write(os.path.join(TMP, "root"), FILES)).json()
    same("each is listed", sorted(p["purl"] for p in doc["packages"]), sorted(WANT))
    same("nothing is broken", [c for c in doc["coverage"] if "broken" in c["code"]], [])
    by = {p["purl"].split("/")[-1].split("?")[0]: p for p in doc["packages"]}
    same("CPE names", {k: by[k]["cpe"] for k in CPES}, CPES)
    same("licences", {k: by[k]["licenses"] for k in LICENSES}, LICENSES)
    same("names", [by[k]["name"] for k in ("skopeo@1.5.1-r2", "bcmath@8.2.7")], ["app-containers/skopeo", "php/bcmath"])
    bom = os.path.join(TMP, "bom.json")
    made = assay("sbom", "dir:" + os.path.join(TMP, "root"), "-f", "cyclonedx", "-o", "cyclonedx=" + bom)
    ok("a bill of materials is written", made.rc == 0, made)
    back = assay("scan", "sbom:" + bom, "-f", "json", "--checks", "vuln", "--db", os.path.join(TMP, "none")).json()
    same("the bill of materials says the same", sorted((p["purl"], p["name"], p["version"]) for p in back["packages"]),
         sorted((p["purl"], p["name"], p["version"]) for p in doc["packages"]))
    doc = scan(write(os.path.join(TMP, "broken"), BROKEN)).json()
    told = {c["path"] for c in doc["coverage"] if "broken" in c["code"]}
    same("what is broken is told", sorted(told), sorted(BROKEN))
    same("and nothing is made of it", sorted(p["purl"] for p in doc["packages"]), ["pkg:ebuild/dev-libs/a@1", "pkg:opkg/linux/a@1"])
    return done()


sys.exit(main())
