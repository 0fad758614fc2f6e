# SPDX-License-Identifier: Apache-2.0
"""schemas - validators for bills of materials, of the official schemas in ../shared, with format checks on.

    v = schemas.validator("cyclonedx@1.6")     # None where the schemas or python3-jsonschema are missing
    v(document) -> [what is wrong, ...]

SPDX 3.0: an element is held against the definition of its own type, member by member, which is what the schema's root
does by trying all types (1,000 times slower); what no definition names is refused.
"""
import json
import re
import warnings

from tap import shared

warnings.simplefilter("ignore")
try:
    import jsonschema
except ImportError:
    jsonschema = None

CDX = ["cyclonedx@1.4", "cyclonedx@1.5", "cyclonedx@1.6", "cyclonedx@1.7"]
SPDX3 = ["spdx3-json@3.0.1", "spdx3-json@3.0.0"]
DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*$")
REFERENCE = re.compile(r"[^\s<>\"{}|\\^`]*$")


def formats():
    check = jsonschema.FormatChecker(formats=())
    for names, pattern in ((["date-time"], DATE), (["uri", "iri"], URI), (["iri-reference", "uri-reference"], REFERENCE),
                           (["idn-email", "email"], re.compile(r"[^@\s]+@[^@\s]+$"))):
        for name in names:
            check.checks(name)(lambda value, p=pattern: not isinstance(value, str) or bool(p.match(value)))
    return check


def load(name):
    with open(shared("data/schemas/" + name), encoding="utf-8") as f:
        return json.load(f)


def messages(v, doc):
    return [f"{list(e.absolute_path)}: {e.message[:300]}" for e in v.iter_errors(doc)]


def cyclonedx(version):
    schema, store = load(f"cyclonedx/bom-{version}.schema.json"), {}
    for name in ("spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json"):
        store["http://cyclonedx.org/schema/" + name] = load("cyclonedx/" + name)
    v = jsonschema.Draft7Validator(schema, resolver=jsonschema.RefResolver.from_schema(schema, store=store),
                                   format_checker=formats())
    return lambda doc: messages(v, doc)


def members_of(defs, node, found):
    """Adds the members that a class may have, its parents' included: {name: schema}; returns the names it must have."""
    need = set(node.get("required", []))
    found.update(node.get("properties", {}))
    for part in node.get("allOf", []):
        need |= members_of(defs, part, found)
    if "$ref" in node:
        need |= members_of(defs, defs[node["$ref"].rsplit("/", 1)[-1]], found)
    return need


def items_of(sub):
    for one in sub.get("anyOf", []) + sub.get("oneOf", []) + [sub]:
        if "items" in one:
            return one["items"]
    return None


def spdx3(version):
    schema, classes, judges = load(f"spdx/spdx-schema-v{version}.json"), {}, {}
    defs, check = schema["$defs"], formats()

    def value(kind, name, sub, v):
        """Text is held against a member's own schema once for each kind of text: an IRI is as good as another."""
        key = (kind, name, URI.match(v) is not None if isinstance(v, str) and ("/" in v or v[:2] == "_:") else str(v))
        if key not in judges:
            one = jsonschema.Draft202012Validator(dict(sub, **{"$defs": defs}), format_checker=check)
            judges[key] = messages(one, v)
        return judges[key]

    def validate(doc):
        wrong = [] if sorted(doc) == ["@context", "@graph"] else [f"members {sorted(doc)}"]
        if doc["@context"] != f"https://spdx.org/rdf/{version}/spdx-context.jsonld":
            wrong.append(doc["@context"])
        for element in doc["@graph"]:
            kind = element["type"]
            if kind not in classes:
                found = {}
                need = members_of(defs, defs[kind].get("then", defs[kind]), found)
                classes[kind] = (found, need)
            found, need = classes[kind]
            wrong += [f"{kind} without {n}" for n in need - set(element)]
            for name, v in element.items():
                if name not in found:
                    wrong.append(f"{kind} has {name}")
                elif isinstance(v, list) and len(v) > 3 and (items := items_of(found[name])):
                    wrong += sum((value(kind, name, items, x) for x in v), [])  # each by itself
                else:
                    wrong += value(kind, name, found[name], v)
        return wrong
    return validate


def validator(form):
    if not jsonschema or not shared("data/schemas/cyclonedx/bom-1.6.schema.json"):
        return None
    if form.startswith("cyclonedx@"):
        return cyclonedx(form[10:])
    if form.startswith("spdx3-json@"):
        return spdx3(form[11:])
    v = jsonschema.Draft7Validator(load("spdx/spec-v2.3/spdx-schema.json"), format_checker=formats())
    return lambda doc: messages(v, doc)
