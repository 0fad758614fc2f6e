# SPDX-License-Identifier: Apache-2.0
"""snippets - what a snippet of deploy/ci runs: lines_of("gitlab.yml", text) -> (image, environment, lines)."""
import re

import yaml


def lines_of(name, text):
    if name == "Jenkinsfile":
        part = re.search(r"environment \{(.*?)\}", text, re.S)[1]
        return re.search(r"image '([^']+)'", text)[1], dict(re.findall(r"(\w+) = '([^']+)'", part)), re.findall(r"sh '([^']+)'", text)
    doc = yaml.safe_load(text)
    if name == "gitlab.yml":
        job = doc["scan image"]
        return job["image"]["name"], job["variables"], job["script"]
    job = doc["jobs"]["scan"]
    return job["container"]["image"], job["env"], [s["run"] for s in job["steps"] if "run" in s]


def actions_of(text):
    """Actions of GitHub that a snippet uses."""
    return [s["uses"] for s in yaml.safe_load(text)["jobs"]["scan"]["steps"] if "uses" in s]
