#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""secrets - secrets in files, deleted files and the configuration, and that no value gets out."""
import base64
import gzip
import io
import os
import sys
import tempfile
import zipfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image  # noqa: E402
from image import File, Whiteout, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def token(body, prefix="npm_"):
    """A token with a true checksum, as npm and GitHub make them."""
    n, end = zlib.crc32(body.encode()), ""
    for _ in range(6):
        n, r = divmod(n, 62)
        end = BASE62[r] + end
    return prefix + body + end


SHOWN, GONE, INENV, INARG, INLABEL, OWNED, CONF, PACKED, ANEW = (
    token(c * 3 + "q4T9sLmK2vX7bN1cZ8aR3wY6dF" + c) for c in "ABCDEFGHI")
KEY = "-----BEGIN EC PRIVATE " + "KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyK82\nYrlPyJb7\n"
STATUS = "Package: demo\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nMaintainer: m\nDescription: d\nConffiles:\n /etc/demo.conf 00000000000000000000000000000000\n\n"
CONFIG = {"Env": ["PATH=/bin", f"NPM_TOKEN={INENV}"], "Labels": {"build": f"token {INLABEL}"}, "Cmd": ["/bin/sh"]}
HISTORY = [{"created_by": f"|1 NPM={INARG} /bin/sh -c make"}, {"created_by": "/bin/sh -c rm /app/gone"}]


def zip_of(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def deep(levels):
    inner = f"t={PACKED}\n".encode()
    for _ in range(levels):
        inner = zip_of("in.zip", inner)
    return inner


def make(tmp):
    jar = zip_of("conf/app.properties", f"# a\ntoken={PACKED}\n")
    lower = tar_of([File("app/shown", f"a\nb\nt={SHOWN}\n"), File("app/gone", f"t={GONE}\n"), File("app/key.pem", KEY),
                    File("etc/os-release", "ID=debian\nVERSION_ID=12\n"), File("var/lib/dpkg/status", STATUS),
                    File("var/lib/dpkg/info/demo.list", "/.\n/usr\n/usr/lib\n/usr/lib/demo\n/usr/lib/anew\n/etc\n/etc/demo.conf\n"),
                    File("usr/lib/demo", f"t={OWNED}\n"), File("usr/lib/anew", "t=\n"), File("etc/demo.conf", f"t={CONF}\n"),
                    File("usr/share/ca.pem", "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa\n"),
                    File("app/x.jar", jar), File("app/y.ear", zip_of("x.jar", jar)),
                    File("app/z.tgz", gzip.compress(tar_of([File("d/e.txt", f"t={PACKED}\n")]), mtime=0)),
                    File("app/log.gz", gzip.compress(f"\nt={PACKED}\n".encode(), mtime=0)),
                    File("app/deep.zip", deep(17)), File("app/broken.zip", jar[:-30]),
                    File("app/b64", base64.b64encode(f"x=1\n{SHOWN}\n".encode()))])
    upper = tar_of([Whiteout("app/gone"), File("usr/lib/anew", f"t={ANEW}\n")])
    path = os.path.join(tmp, "i.tar")
    image.docker_archive(path, [lower, upper], config=CONFIG, history=HISTORY)
    return path


def steps(tmp):
    """Findings that repeat a step of the history do not repeat the secrets in it, wherever the quotation is cut."""
    told = {}
    for pad in (0, 100, 118, 130):
        history = [{"created_by": f"/bin/sh -c : {'x' * pad}; curl -k -H 'X: {SHOWN}' https://example.org/x | sh"},
                   {"created_by": "ADD https://user:" + GONE + "@example.org/x /x # buildkit"}, {"created_by": f"MAINTAINER {OWNED}", "empty_layer": True}]
        image.docker_archive(tmp + "/s.tar", [tar_of([File("a", "x")]), tar_of([File("x", "x")])], config=CONFIG, history=history)
        for checks in ("config", "config,secret,file"):
            run = assay("scan", tmp + "/s.tar", "--checks", checks, "--no-cache", "-f", "json", cwd=tmp)
            told = {f["id"]: f["reason"] for f in run.json()["findings"]}
            ok(f"no secret in what {checks} tells of a step, cut at {pad}", {"config.pipe-shell", "config.add", "config.maintainer"} <= set(told)
               and not any(v[n:n + 12] in run.out for v in (SHOWN, GONE, OWNED) for n in (4, 10, 16)), run)
    ok("... which is told all the same", "curl -k -H 'X: npm_" in told["config.pipe-shell"], told)


def published(tmp):
    """What came with a package of a registry is no secret of the image's own; what lies beside it may be."""
    def meta(name):
        return f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    site, text = "opt/lib/site-packages/", f"t={SHOWN}\n"
    told = {  # path: (severity, words of the reason)
        "srv/node_modules/left/lib/a.js": ("low", "came with left (npm)"), "srv/node_modules/@org/b/a.js": ("low", "came with @org/b (npm)"),
        "srv/node_modules/left/node_modules/in/a.js": ("low", "came with in (npm)"),
        "srv/node_modules/.cache/a.js": ("critical", None), "srv/a.js": ("critical", None), "srv/left/a.js": ("critical", None),
        site + "django/conf/a.py": ("low", "came with django (pypi)"), site + "six.py": ("low", "came with six (pypi)"),
        site + "other/a.py": ("low", "came with a package (pypi)"), site + "mine/a.py": ("critical", None),
        "task/django/a.py": ("low", "came with django (pypi)"), "task/app/a.py": ("critical", None), "task/app.py": ("critical", None),
        "usr/gems/gems/rake-1.0/lib/a.rb": ("low", "came with rake (gem)"), "usr/gems/gems/rake-2.0/lib/a.rb": ("critical", None),
        "web/vendor/acme/lib/a.php": ("low", "came with acme/lib (composer)"), "web/vendor/acme/other/a.php": ("critical", None)}
    listed = {
        "srv/node_modules/left/package.json": '{"name": "left", "version": "1.0.0"}', "srv/node_modules/@org/b/package.json": '{"name": "@org/b", "version": "1.0.0"}',
        "srv/node_modules/left/node_modules/in/package.json": '{"name": "in", "version": "1.0.0"}', "srv/left/package.json": '{"name": "left", "version": "1.0.0"}',
        site + "django-1.0.dist-info/METADATA": meta("django"), site + "six-1.0.dist-info/METADATA": meta("six"),
        site + "mine-1.0.dist-info/METADATA": meta("mine"), site + "mine-1.0.dist-info/direct_url.json": '{"url": "file:///src", "dir_info": {}}',
        "task/Django-1.0.dist-info/METADATA": meta("Django"),
        "usr/gems/specifications/rake-1.0.gemspec": 'Gem::Specification.new do |s|\n  s.name = "rake".freeze\n  s.version = "1.0"\nend\n',
        "web/vendor/composer/installed.json": '{"packages": [{"name": "acme/lib", "version": "1.0.0"}]}'}
    told["srv/node_modules/left/anew.js"] = ("critical", None)
    image.docker_archive(tmp + "/p.tar", [tar_of([File(p, text) for p in told if p != "srv/node_modules/left/anew.js"] +
                                                 [File(p, t) for p, t in listed.items()]),
                                          tar_of([File("srv/node_modules/left/anew.js", text)])])
    doc = assay("scan", tmp + "/p.tar", "--checks", "secret", "--no-cache", "-f", "json", cwd=tmp).json()
    have = {f["location"]["path"]: f for f in doc["findings"]}
    same("every one is told", sorted(have), sorted(told))
    for path, (severity, words) in told.items():
        f = have.get(path, {"severity": None, "reason": ""})
        ok(f"{path}: {severity}", f["severity"] == severity and ((words or "") in f["reason"] if words else "came with" not in f["reason"]), f)


def main():
    values = (SHOWN, GONE, INENV, INARG, INLABEL, OWNED, CONF, ANEW, "MIGHAgEAMBMGByqGSM49")
    with tempfile.TemporaryDirectory(dir=TMP) as tmp:
        path = make(tmp)
        run = assay("scan", path, "--checks", "secret", "--cache-dir", tmp + "/c", "-f", "json", cwd=tmp)
        report = run.json()
        by = {}
        for f in report["findings"]:
            by.setdefault((f["location"]["path"] or "config", f["location"]["deleted"]), []).append(f)
        one = lambda p, deleted=False: (by.get((p, deleted)) or [{}])[0]  # noqa: E731
        f = one("app/shown")
        same("a secret in a file: rule, severity, line, layer", [f.get("id"), f.get("severity"), f.get("location", {}).get("line"),
             f.get("location", {}).get("layer")], ["secret.npm-token", "critical", 3, 0])
        same("its mask", f.get("match"), "npm_********" + SHOWN[-4:])
        ok("it says what to do", f.get("repair"))
        ok("a deleted file is still in the image", one("app/gone", True).get("id") == "secret.npm-token", list(by))
        ok("a private key", one("app/key.pem").get("id") == "secret.private-key")
        for p, line in (("app/x.jar!/conf/app.properties", 2), ("app/y.ear!/x.jar!/conf/app.properties", 2),
                        ("app/z.tgz!/z!/d/e.txt", 1), ("app/log.gz!/log", 2)):
            same("within an archive: " + p, [one(p).get("id"), one(p).get("location", {}).get("line")], ["secret.npm-token", line])
        ok("archives deeper than is read are incomplete", any(
            c["code"] == "secret.archive" and c["path"] == "app/deep.zip" and c["status"] == "incomplete"
            for c in report["coverage"]), report["coverage"])
        ok("in Base64", one("app/b64").get("id") == "secret.npm-token")
        same("what a package ships is public", one("usr/lib/demo").get("severity"), "negligible")
        same("not when an upper layer wrote the file anew", one("usr/lib/anew").get("severity"), "critical")
        same("its configuration is the image's own", one("etc/demo.conf").get("severity"), "critical")
        ok("certificates are no secrets", ("usr/share/ca.pem", False) not in by)
        same("environment, label, build argument", sorted(x["match"][-4:] for x in by.get(("config", False), [])),
             sorted(v[-4:] for v in (INENV, INLABEL, INARG)))
        prints = [f["fingerprint"] for f in report["findings"]]
        same("each has a fingerprint of its own", len(set(prints)), len(prints))
        ok("the row is complete", any(c["check"] == "secret" and c["status"] == "complete" for c in report["coverage"]))
        outs = [run.out, run.err]
        for form in ("table", "sarif", "junit"):
            r = assay("scan", path, "--checks", "secret", "--cache-dir", tmp + "/c", "-f", form, "--debug", cwd=tmp)
            outs += [r.out, r.err]
        outs.append(assay("scan", path, "--checks", "vuln", "--no-cache", "-f", "json", cwd=tmp).out)
        for base, _, names in os.walk(tmp + "/c"):
            outs += [open(os.path.join(base, n), "rb").read().decode("latin1") for n in names]
        for v in values:
            # of a long token the last four are shown, and what all of its kind begin with
            ok(f"no output, log or cache holds {v[:4]}...{v[-4:]}", not any(v[4:24] in o for o in outs))
        os.mkdir(tmp + "/many")
        for n in (199, 200, 201):  # SECRETS_FILE_MAX
            image.write(tmp + "/many/a", "".join(f"t={token(f'{i:03}q4T9sLmK2vX7bN1cZ8aR3wY6dFzz')[:40]}\n" for i in range(n)).encode())
            r = assay("scan", f"dir:{tmp}/many", "--checks", "secret", "--no-cache", "-f", "json", cwd=tmp).json()
            same(f"{n} secrets in one file", [len(r["findings"]), any(c["code"] == "secret.many" for c in r["coverage"])],
                 [min(n, 200), n > 200])
        again = assay("scan", path, "--checks", "secret", "--cache-dir", tmp + "/c", "-f", "json", cwd=tmp).json()
        same("from the cache the same", again["findings"], report["findings"])
        steps(tmp)
        published(tmp)
        vuln = assay("scan", path, "--checks", "vuln", "--no-cache", "-f", "json", cwd=tmp).json()
        ok("not asked for, not looked at", not [f for f in vuln["findings"] if f["check"] == "secret"])
    return done()


sys.exit(main())
