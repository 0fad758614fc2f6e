#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""browser - the page of 3,000 findings in chromium: it opens as it is, its filter and sort do what they say, nothing
is told on the console, nothing is asked of a network.  For CI (ASSAY_SLOW=1)."""
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from image import File, tar_of  # noqa: E402
from tap import TMP, assay, done, ok, same, skip  # noqa: E402

PACKAGES, EACH = 50, 60
# What chromium asks for itself when it starts; no name is resolved here, so that none is reached.
BROWSERS_OWN = (".google.com", ".googleapis.com", ".gvt1.com")

# What a reader does, in a copy of the page that lets another script run; what is seen goes to the title.
DRIVER = """<script>
(function(){
  function shown(){return [].filter.call(document.querySelector('section[data-report] tbody').rows,function(r){return !r.hidden})}
  var t=performance.now(),all=shown().length,q=document.querySelector('input[type=search],input:not([type=checkbox])');
  q.value='GHSA-7-';q.dispatchEvent(new Event('input'));
  var some=shown().length,fit=shown().every(function(r){return r.textContent.indexOf('GHSA-7-')>=0});
  q.value='';q.dispatchEvent(new Event('input'));
  var again=shown().length,b=document.querySelectorAll('th button'),at=-1;
  b.forEach(function(x){var c=x.parentNode.cellIndex,r=shown();if(at<0&&r.length&&/GHSA-/.test(r[0].cells[c].textContent))at=c;});
  var h=[].filter.call(b,function(x){return x.parentNode.cellIndex===at})[0];
  h.click();var up=shown()[0].cells[at].textContent;h.click();var down=shown()[0].cells[at].textContent;
  document.title=JSON.stringify({all:all,some:some,fit:fit,again:again,sorted:up!==down,ms:Math.round(performance.now()-t)});
})();
</script>"""


def page():
    records = os.path.join(TMP, "osv")
    os.makedirs(records)
    for p in range(PACKAGES):
        for i in range(EACH):
            with open(f"{records}/{p}-{i}.json", "w", encoding="utf-8") as f:
                json.dump({"schema_version": "1.7.0", "id": f"GHSA-{p}-{i}", "modified": "2024-05-01T00:00:00Z", "summary": f"problem {i}",
                           "affected": [{"package": {"ecosystem": "npm", "name": f"p{p}"},
                                         "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}]}]}, f)
    with open(os.path.join(TMP, "image.tar"), "wb") as f:
        f.write(tar_of([File(f"app/node_modules/p{p}/package.json", json.dumps({"name": f"p{p}", "version": "1.0.0"}))
                        for p in range(PACKAGES)]))
    db = os.path.join(TMP, "db")
    assay("db", "import", records, "--db", db)
    return assay("scan", "tar:" + os.path.join(TMP, "image.tar"), "--db", db, "--checks", "vuln", "-f", "html").out


def browse(browser, text, name):
    path = os.path.join(TMP, name + ".html")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    net = os.path.join(TMP, name + ".net.json")
    start = time.monotonic()
    run = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={TMP}/profile-{name}", "--no-first-run",
                          "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
                          "--log-level=0", "--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={net}", "--dump-dom", "file://" + path],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False, env=dict(os.environ, HOME=TMP))
    try:
        with open(net, encoding="utf-8") as f:
            hosts = set(re.findall(r'"url":"https?://([^/"]*)', f.read()))
            asked = sorted(h for h in hosts if not h.endswith(BROWSERS_OWN))
    except FileNotFoundError:
        asked = ["no log of the network"]
    said = [x for x in run.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in x]
    return run.stdout.decode("utf-8", "replace"), said, asked, time.monotonic() - start


def main():
    browser = shutil.which("chromium")
    if os.environ.get("ASSAY_SLOW") != "1" or not browser:
        skip("the page in a browser", "for CI (ASSAY_SLOW=1), with chromium")
        return done()
    text = page()
    same("3,000 findings are in the page", text.count("GHSA-") >= PACKAGES * EACH, True)
    dom, said, asked, took = browse(browser, text, "as-it-is")
    ok("it opens, and its script has run", re.search(r"<output[^>]*>3000 of 3000 shown", dom), dom[-300:])
    same("nothing on the console", said, [])
    same("nothing asked of a network", asked, [])
    ok(f"in less than 20 s, the browser's start with it ({took:.1f} s)", took < 20)
    free = re.sub(r"<meta[^>]*Content-Security-Policy[^>]*>", "", text, flags=re.I)
    dom, said, _, _ = browse(browser, free.replace("</body>", DRIVER + "</body>"), "driven")
    title = re.search(r"<title>(.*?)</title>", dom)
    got = json.loads(title.group(1).replace("&quot;", '"')) if title and title.group(1).startswith("{") else {"title": title and title.group(1), "said": said}
    ms = got.pop("ms", 99999)
    same("the filter leaves what holds the word, sorting turns the rows", got, {"all": 3000, "some": EACH, "fit": True, "again": 3000, "sorted": True})
    ok(f"both in less than 5 s ({ms} ms)", ms < 5000)
    return done()


sys.exit(main())
