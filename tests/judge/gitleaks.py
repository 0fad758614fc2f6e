#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gitleaks - rules of a user: YAML of ours, and configurations of gitleaks as they are.  What each row must give stands in
gitleaks' README, "Configuration"; the values are made up."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import image  # noqa: E402
from image import File, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same  # noqa: E402

A, B, C = ("zq4t9slmk2vx7bn1", "p8w3ylo5hd6fj0ra", "m1m1m1m1m1m1m1m1")
RULE = '[[rules]]\nid = "acme"\ndescription = "ACME"\nregex = \'\'\'acme[=:]([a-z0-9]{16})\'\'\'\n'


def put(name, text):
    return image.write(os.path.join(TMP, name), text.encode())


def found(config, files, name="c.toml", more=()):
    """[(path, line, mask)] of what rules without "secret." find."""
    layout = image.oci_layout(os.path.join(TMP, "image"), [tar_of([File(p, t) for p, t in files.items()])])
    r = assay("scan", "oci:" + layout, "--checks", "secret", "-f", "json", "--rules", put(name, config), *more)
    if r.rc:
        return str(r)
    assert not any(v in r.out for v in (A, B)), r.out
    return sorted((f["id"], f["location"]["path"], f["location"]["line"]) for f in r.json()["findings"])


def at(*lines, path="f", rule="acme"):
    return [(rule, path, n) for n in lines]


TEXT = {"f": f"first\nacme={A}\nacme={C}\nx\nacme={B} test\n"}
ROWS = [  # name, configuration, files, what is found
    ("a rule", RULE, TEXT, at(2, 3, 5)),
    ("entropy has to be above", RULE + "entropy = 3\n", TEXT, at(2, 5)),
    ("entropy as high is not above", RULE + "entropy = 1.0\n", TEXT, at(2, 5)),
    ("a keyword anywhere in the file", RULE + 'keywords = ["FIRST"]\n', TEXT, at(2, 3, 5)),
    ("a keyword behind it", RULE + 'keywords = ["Test"]\n', TEXT, at(2, 3, 5)),
    ("no keyword in the file", RULE + 'keywords = ["last"]\n', TEXT, []),
    ("a path", RULE + "path = '''^app/'''\n", {"app/f": TEXT["f"], "f": TEXT["f"]}, at(2, 3, 5, path="app/f")),
    ("a path alone", '[[rules]]\nid = "acme"\npath = \'\'\'\\.p12$\'\'\'\n', {"a.p12": "12345678", "f": "12345678"}, at(None, path="a.p12")),
    ("a group that is named", RULE.replace("([a-z0-9]{16})", "([a-z])([a-z0-9]{15})") + "secretGroup = 2\nentropy = 1\n", TEXT, at(2, 5)),
    ("the first group that is not empty", RULE.replace("([a-z0-9]{16})", "(X*)([a-z0-9]{16})") + "entropy = 3\n", TEXT, at(2, 5)),
    ("the end of the file is $", '[[rules]]\nid = "acme"\nregex = "acme:[0-9a-z]{16}$"\n', {"f": f"acme:{A}", "g": f"acme:{A}\n"}, at(1)),
    ("lines where that is said", '[[rules]]\nid = "acme"\nregex = "(?m)^acme:[0-9a-z]{16}$"\n', {"g": f"x\nacme:{A}\n"}, at(2, path="g")),
    ("allowed by the value", RULE + f'[rules.allowlist]\nregexes = ["^{A[:4]}"]\n', TEXT, at(3, 5)),
    ("in the new form", RULE + f'[[rules.allowlists]]\nregexes = ["^acme"]\n[[rules.allowlists]]\nregexes = ["^{A[:4]}"]\n', TEXT, at(3, 5)),
    ("by the match", RULE + '[[rules.allowlists]]\nregexTarget = "match"\nregexes = ["^acme=m1"]\n', TEXT, at(2, 5)),
    ("by the line", RULE + '[[rules.allowlists]]\nregexTarget = "line"\nregexes = ["test$"]\n', TEXT, at(2, 3)),
    ("by a stop word", RULE + '[[rules.allowlists]]\nstopwords = ["M1M1"]\n', TEXT, at(2, 5)),
    ("by the path", RULE + '[[rules.allowlists]]\npaths = ["^f$"]\n', dict(TEXT, g=TEXT["f"]), at(2, 3, 5, path="g")),
    ("any of several", RULE + f'[[rules.allowlists]]\npaths = ["^g$"]\nregexes = ["{B}"]\n', dict(TEXT, g=TEXT["f"]), at(2, 3)),
    ("all of them", RULE + f'[[rules.allowlists]]\ncondition = "AND"\npaths = ["^f$"]\nregexes = ["{B}"]\n', TEXT, at(2, 3)),
    ("all, and one does not hold", RULE + f'[[rules.allowlists]]\ncondition = "and"\npaths = ["^g$"]\nregexes = ["{B}"]\n', TEXT, at(2, 3, 5)),
    ("a commit never holds", RULE + f'[[rules.allowlists]]\ncondition = "AND"\ncommits = ["aa"]\nregexes = ["{B}"]\n', TEXT, at(2, 3, 5)),
    ("members in any case", RULE + '[[rules.allowlists]]\nregextarget = "line"\nStopWords = ["m1m1"]\n', TEXT, at(2, 5)),
    ("for the whole file", RULE + f'[allowlist]\nregexes = ["{A}"]\n', TEXT, at(3, 5)),
    ("for one rule", RULE + f'[[allowlists]]\ntargetRules = ["acme"]\nregexes = ["{A}"]\n', TEXT, at(3, 5)),
    ("on the line itself", RULE, {"f": f"acme={A} # gitleaks:allow\nacme={B}\n"}, at(2)),
    ("a rule that matches all bytes", '[[rules]]\nid = "acme"\nregex = "acme(=)"\n', TEXT, at(2, 3, 5)),
]
# All in one configuration, since compiling takes its time: row i has the rule and the word "acmeI" in the folder I.
one, all_files = "", {}
for i, (_, config, files, _) in enumerate(ROWS):
    if "\n[allowlist]" not in config and "\n[[allowlists]]" not in config:
        one += config.replace("acme", f"acme{i}x").replace('"^f$"', f'"^{i}/f$"').replace('"^g$"', f'"^{i}/g$"').replace("^app/", f"^{i}/app/")
        all_files.update({f"{i}/{p}": t.replace("acme", f"acme{i}x") for p, t in files.items()})
together = found(one, all_files)
for i, (name, config, files, want) in enumerate(ROWS):
    if f"acme{i}x" in one:
        mine = [(r[:4], p.partition("/")[2], n) for r, p, n in together if r == f"acme{i}x"]
        mine = [f for f in mine if f[1] in files]
    else:
        mine = found(config, files)
    same(name, mine, want)

# ---- what ships ----
NPM = "npm_" + "zq4t9slmk2vx7bn1aaZ8aR3wY6dFKE"
pem = {"k": "-----BEGIN EC PRIVATE " + "KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyK82\nYrlPyJb7\n", "f": TEXT["f"]}
mine = found(RULE, pem)
ours = [f for f in mine if f[0] != "acme"]
ok("the rules that ship stay", len(ours) == 1 and ours[0][1] == "k" and mine[:3] == at(2, 3, 5), mine)
off = ours[0][0][len("secret."):]
same("one of them switched off", found(f'[extend]\nuseDefault = true\ndisabledRules = ["{off}"]\n' + RULE, pem), at(2, 3, 5))
same("a list for one of them", found(f'[extend]\nuseDefault = true\n[[allowlists]]\ntargetRules = ["{off}"]\npaths = ["^k$"]\n', pem), [])
same("the same as a rule without a regex", found(f'[extend]\nuseDefault = true\n[[rules]]\nid = "{off}"\n[[rules.allowlists]]\npaths = ["^k$"]\n', pem), [])

# ---- YAML, folders, what is refused ----
YAML = "why: w\nrepair: r\nseverity: low\nrules:\n  - {id: acme.key, title: T, match: 'acme=[a-z0-9]{16}', stand-ins: true}\n"
same("YAML of ours", found(YAML, TEXT, "c.yaml"), at(2, 3, 5, rule="acme.key"))
folder = os.path.join(TMP, "rules")
os.makedirs(folder, exist_ok=True)
image.write(os.path.join(folder, "a.yaml"), YAML.encode())
image.write(os.path.join(folder, "b.toml"), b'[[rules]]\nid = "first"\nregex = "^(first)$|first"\n')
image.write(os.path.join(folder, "README"), b"no rules\n")
r = assay("rules", "--rules", folder)
ok("a folder, and assay rules lists it", r.rc == 0 and "\nacme.key " in r.out and "\nfirst " in r.out, r)
WRONG = [
    ("a broken expression", RULE.replace("{16})", "{16}"), "acme"), ("no regex", '[[rules]]\nid = "acme"\n', "neither"),
    ("no id", '[[rules]]\nregex = "x"\n', "no id"), ("a group that is not there", RULE + "secretGroup = 2\n", "secretGroup"),
    ("an empty list", RULE + "[[rules.allowlists]]\n", "empty"), ("a target", RULE + '[[rules.allowlists]]\nregexTarget = "x"\n', "regexTarget"),
    ("a condition", RULE + '[[rules.allowlists]]\ncondition = "xor"\nstopwords = ["a"]\n', "condition"),
    ("a list for nobody", RULE + '[[allowlists]]\ntargetRules = ["none"]\nstopwords = ["a"]\n', "none"),
    ("another file", '[extend]\npath = "x.toml"\n' + RULE, "extend.path"), ("several parts", RULE + '[[rules.required]]\nid = "x"\n', "required"),
    ("no rule", "title = \"x\"\n", "rules"), ("no TOML", "[[rules", "c.toml"), ("twice", RULE + RULE, "twice"),
]
for name, config, why in WRONG:
    r = assay("rules", "--rules", put("c.toml", config))
    ok(f"refused: {name}", r.rc == 2 and why in r.err, r)
same("no such folder", assay("rules", "--rules", os.path.join(TMP, "none")).rc, 2)
same("no rule in a folder", assay("rules", "--rules", os.path.join(TMP, "image")).rc, 2)
kept = os.path.join(TMP, "cache", "assay", "facts", "rules")
ok("what was compiled is kept", os.path.isdir(kept) and os.listdir(kept), kept)
sys.exit(done())
