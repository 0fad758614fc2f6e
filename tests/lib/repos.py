# SPDX-License-Identifier: Apache-2.0
"""repos - packages and signed repositories for tests, made by the tools of their distributions: dpkg-deb
and apt-ftparchive, rpmbuild and createrepo_c, gpg.  Those of apk are put together here, signed by openssl.

A package is {"name": ..., "files": {path: bytes}, "scripts": {name: text}, "conffiles": [path]}; files are
programs (mode 0755) unless their path is in "data".
"""
import base64
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import tarfile

VERSION = "1.0-1"


def run(*argv, cwd=None, stdin=None, env=None):
    return subprocess.run(argv, cwd=cwd, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True,
                          env=dict(os.environ, SOURCE_DATE_EPOCH="1700000000", **(env or {}))).stdout


def missing(*programs):
    return [p for p in programs if not shutil.which(p)]


def put(path, content, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())
    os.chmod(path, mode)
    return path


def mode_of(package, path):
    return 0o644 if path in package.get("data", ()) else 0o755


class Gpg:
    """A key of its own."""

    def __init__(self, home):
        self.home = home
        os.makedirs(home, mode=0o700)
        self.run("--quick-gen-key", "Test <test@example.org>", "ed25519", "sign", "never")
        self.print = [l.split(":")[9] for l in self.run("--list-keys", "--with-colons").decode().splitlines()
                      if l.startswith("fpr:")][0]

    def run(self, *argv, stdin=None):
        return run("gpg", "--homedir", self.home, "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", "",
                   *argv, stdin=stdin)

    def clear(self, text):
        return self.run("--clearsign", stdin=text)

    def detached(self, text, armour=True):
        return self.run("--detach-sign", *(["--armor"] if armour else []), stdin=text)

    def ring(self, path, armour=False):
        return put(path, self.run("--export", *(["--armor"] if armour else [])))

    def end(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=False)


# ---- Debian ----

def deb(folder, package, compression="xz"):
    stage = os.path.join(folder, "stage-" + package["name"])
    sums = ""
    for path, content in package["files"].items():
        put(os.path.join(stage, path), content, mode_of(package, path))
        if path not in package.get("conffiles", ()):
            sums += f"{hashlib.md5(content).hexdigest()}  {path}\n"
    control = (f"Package: {package['name']}\nVersion: {package.get('version', VERSION)}\nArchitecture: amd64\n"
               f"Multi-Arch: {package.get('multi', 'no')}\nMaintainer: x <x@example.org>\nDescription: t\n")
    put(f"{stage}/DEBIAN/control", control)
    put(f"{stage}/DEBIAN/md5sums", sums)
    if package.get("conffiles"):
        put(f"{stage}/DEBIAN/conffiles", "".join(f"/{p}\n" for p in package["conffiles"]))
    for name, text in package.get("scripts", {}).items():
        put(f"{stage}/DEBIAN/{name}", text, 0o755)
    out = os.path.join(folder, "pool")
    os.makedirs(out, exist_ok=True)
    run("dpkg-deb", "--root-owner-group", f"-Z{compression}", "-b", stage, out)
    shutil.rmtree(stage)


def debian(folder, packages, gpg, clear=True, fields=()):
    """A repository: pool/, dists/test/.  fields: name=value of Release."""
    for i, p in enumerate(packages):
        deb(folder, p, ("xz", "gzip", "zstd", "none")[i % 4])
    return debian_index(folder, gpg, clear, fields)


def debian_index(folder, gpg, clear=True, fields=()):
    """fields: Date=..., Valid-Until=..."""
    dist = os.path.join(folder, "dists/test")
    shutil.rmtree(dist, ignore_errors=True)
    index = run("apt-ftparchive", "packages", "pool", cwd=folder)
    put(f"{dist}/main/binary-amd64/Packages", index)
    options = [f"-oAPT::FTPArchive::Release::{f}" for f in ("Origin=Test", "Codename=test")]
    release = run("apt-ftparchive", *options, "release", dist)
    for field in fields:
        name, value = field.encode().split(b"=")
        lines = [l for l in release.splitlines(True) if not l.startswith(name + b":")]
        release = b"".join([name + b": " + value + b"\n"] + lines)
    if clear:
        put(f"{dist}/InRelease", gpg.clear(release))
    else:
        put(f"{dist}/Release", release)
        put(f"{dist}/Release.gpg", gpg.detached(release))
    return folder


def debian_root(folder, repository):
    """What dpkg makes of the packages: a root file system."""
    root = os.path.join(folder, "root")
    os.makedirs(f"{root}/var/lib/dpkg/info")
    os.makedirs(f"{root}/var/lib/dpkg/updates")
    put(f"{root}/var/lib/dpkg/status", "")
    put(f"{root}/etc/os-release", 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n')
    put(f"{root}/etc/debian_version", "12.5\n")
    for merged in ("bin", "sbin", "lib"):
        os.makedirs(f"{root}/usr/{merged}", exist_ok=True)
        os.symlink(f"usr/{merged}", f"{root}/{merged}")
    pool = os.path.join(repository, "pool")
    run("dpkg", "--root", root, "--log", "/dev/null", "--force-all", "--force-script-chrootless", "-i",
        *(os.path.join(pool, n) for n in sorted(os.listdir(pool))))
    return root


# ---- apk ----

def gz_tar(members, cut=False):
    """members: (path, bytes, mode, link); cut: without the end, so that another tar may follow."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content, mode, link in members:
            m = tarfile.TarInfo(path)
            m.mode, m.size = mode, len(content)
            if link:
                m.type, m.linkname = tarfile.SYMTYPE, link
            elif not path.startswith("."):
                m.pax_headers = {"APK-TOOLS.checksum.SHA1": hashlib.sha1(content).hexdigest()}
            tar.addfile(m, io.BytesIO(content))
        size = tar.offset
    return gzip.compress(out.getvalue()[:size] if cut else out.getvalue(), 6, mtime=0)


class Rsa:
    def __init__(self, folder, name="test@example.org-1.rsa.pub", bits=2048):
        self.key, self.pub, self.name = f"{folder}/{name}.key", f"{folder}/{name}", name
        run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", "-out", self.key)
        run("openssl", "pkey", "-in", self.key, "-pubout", "-out", self.pub)

    def sign(self, data, algo="sha1"):
        kind = {"sha1": "RSA", "sha256": "RSA256"}[algo]
        sig = run("openssl", "dgst", f"-{algo}", "-sign", self.key, stdin=data)
        return gz_tar([(f".SIGN.{kind}.{self.name}", sig, 0o644, None)], cut=True) + data


def apk(package, key):
    """The file, and the SHA-1 of its control part."""
    data = gz_tar([(p, c, mode_of(package, p), None) for p, c in package["files"].items()])
    info = (f"pkgname = {package['name']}\npkgver = {package.get('version', '1.0-r0')}\narch = x86_64\n"
            f"datahash = {hashlib.sha256(data).hexdigest()}\n")
    control = gz_tar([(".PKGINFO", info.encode(), 0o644, None)], cut=True)
    return key.sign(control) + data, hashlib.sha1(control).digest()


def apk_index(listed, key, algo="sha1"):
    """listed: (package, control digest, size)."""
    text = "".join(f"C:Q1{base64.b64encode(sum1).decode()}\nP:{p['name']}\nV:{p.get('version', '1.0-r0')}\nA:x86_64\nS:{size}\nI:1\nT:t\nU:u\nL:MIT\n\n"
                   for p, sum1, size in listed)
    return key.sign(gz_tar([("DESCRIPTION", b"v3.20-test", 0o644, None), ("APKINDEX", text.encode(), 0o644, None)]), algo)


def alpine(folder, packages, key, algo="sha1"):
    listed = []
    for p in packages:
        file, sum1 = apk(p, key)
        put(f"{folder}/x86_64/{p['name']}-{p.get('version', '1.0-r0')}.apk", file)
        listed.append((p, sum1, len(file)))
    put(f"{folder}/x86_64/APKINDEX.tar.gz", apk_index(listed, key, algo))
    return folder


# ---- rpm ----

def rpm(folder, package):
    top = os.path.join(folder, "rpmbuild-" + package["name"])
    src = os.path.join(top, "files")
    for path, content in package["files"].items():
        put(os.path.join(src, path), content, mode_of(package, path))
    listed = "".join(f"{'%config ' if p in package.get('conffiles', ()) else ''}/{p}\n" for p in package["files"])
    put(f"{top}/x.spec", f"Name: {package['name']}\nVersion: 1.0\nRelease: 1\nSummary: t\nLicense: MIT\n"
        f"{'Epoch: ' + package['epoch'] if 'epoch' in package else ''}\nAutoReqProv: no\n%global debug_package %{{nil}}\n"
        f"%global __os_install_post %{{nil}}\n%description\nt\n%install\ncp -a {src}/. %{{buildroot}}\n%files\n%defattr(-,root,root)\n{listed}")
    run("rpmbuild", "-bb", "--quiet", "--target", "x86_64", "-D", f"_topdir {top}", "-D", "_buildhost test", "-D", "_rpmdir " + folder, "-D", "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
        f"{top}/x.spec")
    shutil.rmtree(top)
    return f"{folder}/{package['name']}-1.0-1.x86_64.rpm"


def rpm_sign(gpg, files):
    run("rpmsign", "--addsign", "-D", f"_gpg_name {gpg.print}", "-D", "__gpg " + shutil.which("gpg"), "-D",
        "__gpg_sign_cmd %{__gpg} gpg --homedir " + gpg.home + " --batch --no-armor --pinentry-mode loopback --passphrase '' -u %{_gpg_name} -sbo %{__signature_filename} %{__plaintext_filename}",
        *files)


def rpm_repository(folder, gpg, checksum="sha256"):
    run("createrepo_c", "--quiet", "--checksum", checksum, folder)
    with open(f"{folder}/repodata/repomd.xml", "rb") as f:
        put(f"{folder}/repodata/repomd.xml.asc", gpg.detached(f.read()))
    return folder


def rpm_root(folder, packages, files):
    root = os.path.join(folder, "root")
    os.makedirs(f"{root}/var/lib/rpm")
    put(f"{root}/etc/os-release", 'ID="almalinux"\nVERSION_ID="9.4"\n')
    for p in packages:
        for path, content in p["files"].items():
            put(os.path.join(root, path), content, mode_of(p, path))
    run("rpm", "--dbpath", f"{root}/var/lib/rpm", "-i", "--justdb", "--nodeps", "--noscripts", "--nosignature", "--ignorearch", "--ignoreos", *files)
    return root
