#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""fleet - many images in one process: by a list, by a repository, by the catalog; each layer is fetched once, what fails
is named and the rest goes on, and what was killed is finished without doing the rest again."""
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import image as im  # noqa: E402
from pushreg import PushRegistry  # noqa: E402
from tap import ASSAY, TMP, assay, done, ok, same  # noqa: E402

ENV = {"DOCKER_CONFIG": TMP, "XDG_CONFIG_HOME": TMP, "TMPDIR": os.path.join(TMP, "tmp")}
os.makedirs(ENV["TMPDIR"])
BASE = im.tar_of(im.debian([("zlib1g", "1:1.2.13.dfsg-1"), ("bash", "5.2.15-2")]))
SHARED = im.tar_of([("usr/share/shared", b"s" * 20000)])
reg = PushRegistry()
reg.page = 3
for n in range(6):
    blobs, index = im.oci_blobs([BASE, SHARED, im.tar_of([("app/own", b"%d" % n)])])
    reg.put_image(f"team/app{n % 2}", blobs, index, f"1.{n}")
blobs, index = im.oci_blobs([BASE])
reg.put_image("other/base", blobs, index, "1")
reg.manifests[("team/app0", "sha256-" + "0" * 64 + ".sig")] = b"{}"
feed = os.path.join(TMP, "tracker.json")
with open(feed, "w", encoding="utf-8") as f:
    json.dump({"bash": {"CVE-2024-0002": {"releases": {"bookworm": {
        "status": "open", "repositories": {"bookworm": "5.2.15-2"}, "urgency": "low"}}}}}, f)
assay("db", "import", "--db", os.path.join(TMP, "db"), feed)


def scan(*args, cache=None, **how):
    where = ["--no-cache"] if cache is None else ["--cache-dir", os.path.join(TMP, cache)]
    reg.served.clear()
    return assay("scan", "--db", os.path.join(TMP, "db"), "--timeout", "5s", "--checks", "vuln", "--pkg-types", "os", *where,
                 *args, env=ENV, **how)


def fleet(*args, **how):
    r = scan("-f", "json", *args, **how)
    return r, (json.loads(r.raw) if r.raw else {"images": [], "total": {}})


def refs(doc):
    return [i["reference"] for i in doc["images"]]


def reports(folder):
    return sorted(os.listdir(os.path.join(TMP, folder)))


# ---- which images ----
r, doc = fleet("--repository", f"{reg.host}/team/*", "-o", "json=" + os.path.join(TMP, "out1/"))
ok("all repositories that begin so", r.rc == 0 and len(doc["images"]) == 6, r)
same("in order, signatures left out", refs(doc), [f"registry:{reg.host}/team/app{n % 2}:1.{n}" for n in (0, 2, 4, 1, 3, 5)])
same("every layer is fetched once", [n for n in reg.served.values() if n != 1], [])
same("blobs: 6 configs, 2 shared layers, 6 own", len(reg.served), 14)
same("the total says so", (doc["total"]["layers_read"], doc["total"]["layers_known"]), (8, 10))
files = reports("out1")
ok("a report for each image", len(files) == 6 and all(f.endswith(".json") and "team_app" in f for f in files), files)
one = json.load(open(os.path.join(TMP, "out1", files[0]), encoding="utf-8"))
same("which is the report of that image", (one["image"]["reference"], len(one["packages"])), (refs(doc)[0], 2))
same("findings are counted", doc["images"][0]["findings"]["low"], 1)
same("nothing is left in TMPDIR", os.listdir(ENV["TMPDIR"]), [])
r, doc = fleet("--repository", f"{reg.host}/team/app1")
same("one repository", refs(doc), [f"registry:{reg.host}/team/app1:1.{n}" for n in (1, 3, 5)])
r, doc = fleet("--repository", f"{reg.host}/team/app1:*.[35]", "--repository", f"{reg.host}/team/app1:1.3")
same("tags by a pattern, and twice is once", len(doc["images"]), 1)
r, doc = fleet("--repository", f"{reg.host}/*")
same("the whole registry", len(doc["images"]), 7)
for bad in ("team/app", f"{reg.host}/", f"{reg.host}/a*b", "nohost"):
    r = scan("--repository", bad)
    ok(f"--repository {bad.replace(reg.host, 'HOST')}: wrong usage", r.rc == 2, r)
r = scan("--repository", f"{reg.host}/team/none")
ok("a repository that is not there", r.rc == 3 and "does not have it" in r.err, r)
reg.fault = lambda h: "tags/list" in h.path and h.answer(200, [("Link", f'<{h.path}>; rel="next"')], b'{"tags":["1.1"]}')
r = scan("--repository", f"{reg.host}/team/app1")
ok("a list that goes in circles", r.rc == 3 and "circles" in r.err, r)
reg.fault = None

# ---- a list, with faults ----
tar = os.path.join(TMP, "local.tar")
im.docker_archive(tar, [BASE])
lines = f"# ours\n\n  {reg.host}/team/app0:1.0\n{reg.host}/team/app0:9.9\n{tar}\nnot a name at all\n{reg.host}/team/app1:1.1\n{tar}\n"
r, doc = fleet("--list", "-", "-o", "json=" + os.path.join(TMP, "out2/"), stdin=lines.encode())
same("goes on after errors", [i["status"] for i in doc["images"]], ["passed", "error", "passed", "error", "passed"])
ok("and exits 3", r.rc == 3 and "does not have it" in doc["images"][1]["error"], r)
same("reports of those that could be read", len(reports("out2")), 3)
r, doc = fleet("--list", "-", "--fail-on", "low", stdin=lines.encode())
ok("a failed gate is worse than an error", r.rc == 1 and doc["total"]["failed"] == 3 and doc["total"]["error"] == 2, r)
r = scan("--list", "-", stdin=lines.encode())
ok("the table", r.out.count("\npassed ") == 3 and r.out.count("\nerror ") == 2 and "5 images: 3 passed" in r.out, r)
for args, words in ((("--list", "-", "x.tar"), "not both"), (("--list", "-", "-f", "sarif"), "summary"),
                    (("--list", "-", "-o", "json=" + os.path.join(TMP, "file.json")), "folder")):
    r = scan(*args, stdin=lines.encode())
    ok(f"{' '.join(args[1:])[:20]}: wrong usage".replace(TMP, ""), r.rc == 2 and words in r.err, r)
r = scan("--list", "-", stdin=b"# nothing\n")
ok("an empty list", r.rc == 2 and "empty" in r.err, r)
LIST_MAX = 16 << 20
big = os.path.join(TMP, "big")
for size, rc in ((LIST_MAX, 2), (LIST_MAX + 1, 3)):  # FLEET_LIST_MAX
    with open(big, "wb") as f:
        f.write(b"#" * size)
    r = scan("--list", big)
    ok(f"a list of {size} bytes", r.rc == rc and ("empty" if rc == 2 else str(LIST_MAX)) in r.err, r)
NAME_MAX = 8 << 10
for size, rc in ((NAME_MAX, 3), (NAME_MAX + 1, 3)):  # FLEET_NAME_MAX
    r = scan("--list", "-", stdin=b"# one\n" + b"x" * size + b"\n")
    same(f"a line of {size} bytes", ("line 2 has" in r.err, r.rc), (size > NAME_MAX, rc))
one = f"registry:{reg.host}/team/app0:1.0"
for name, text in (("as Windows writes it", "\ufeff# all\r\n{0}\r\n\r\n"), ("twice, with blanks", "{0}\n \t{0}\t\n#x\n"), ("without an end", "{0}")):
    r, doc = fleet("--list", "-", stdin=text.format(one).encode())
    same(f"a list, {name}", [i["status"] for i in doc["images"]], ["passed"])
r = scan("--list", "-", stdin=b"a\0b\n" + one.encode())
ok("a NUL in a list: exit 2, by its line", r.rc == 2 and "line 1 has a NUL" in r.err, r)
r = assay("scan", "--list", "-", "--no-cache", "--no-evidence", "--db", os.path.join(TMP, "none"), stdin=one.encode(), env=ENV)
ok("what is told of an image names it", f"{one}: not complete: vulnerability" in r.err, r)

reg.seen.clear()
r, doc = fleet("--repository", f"{reg.host}/team/app0")
same("a registry without lists of referrers is asked for one once", (len(doc["images"]), len([p for _, p in reg.seen if "/referrers/" in p])), (3, 1))

# ---- killed, and started again ----
state = {"hold": True}


def slow(h):
    """The fourth image's own layer does not come until the process is dead."""
    if "/manifests/" in h.path and "/manifests/sha256-" not in h.path:
        state["manifests"] = state.get("manifests", 0) + 1
    if state["hold"] and "/blobs/" in h.path and state.get("manifests", 0) >= 4 and h.command == "GET":
        time.sleep(2)
    return False


reg.fault = slow
reg.served.clear()
env = {"PATH": os.environ["PATH"], "HOME": TMP, **ENV}
words = [ASSAY, "scan", "--db", os.path.join(TMP, "db"), "--checks", "vuln", "--pkg-types", "os", "--cache-dir",
         os.path.join(TMP, "kill"), "--repository", f"{reg.host}/team/*", "-o", "json=" + os.path.join(TMP, "out3/"), "-f", "json"]
p = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
for _ in range(600):
    if state.get("manifests", 0) >= 4:
        break
    time.sleep(0.02)
p.send_signal(signal.SIGKILL)
p.wait()
before = set(reg.served)
finished = len([f for f in reports("out3") if not f.startswith(".")])
state["hold"], reg.fault = False, None
reg.served.clear()
p = subprocess.run(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
doc = json.loads(p.stdout)
ok("killed after some", 1 <= finished <= 4, finished)
same("started again, it finishes", (p.returncode, doc["total"]["passed"], len([f for f in reports("out3") if f.endswith(".json")])),
     (0, 6, 6))
layer = {json.loads(m)["layers"][i]["digest"] for (n, _), m in reg.manifests.items()
         if n.startswith("team/") and m != b"{}" for i in (0, 1)}
ok("without fetching shared layers again", layer <= before and not layer & set(reg.served), (layer, reg.served))
ok("and says what was known", doc["total"]["layers_known"] >= 10, doc["total"])
reg.close()
sys.exit(done())
