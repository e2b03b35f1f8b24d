#!/usr/bin/env python3
"""Between the files of the recorder and those of the tests.

usage: cases.py unpack FOLDER    writes SET-VERSION.jsonl, for the recorder to ask again
       cases.py pack FOLDER...   makes servers.jsonl and policies.jsonl of such files; the last folder wins
"""
import collections
import json
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
BASE = "1.34"
SETS = {"C": "api", "X": "api", "G": "api", "W": "workloads", "F": "gate-cases", "A": "admission"}


def lines(path):
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def dump(path, rows):
    text = "".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def counts(row):
    """Whether an answer does not depend on what the server had in store, or on a plugin that every real cluster has on."""
    message = row["message"]
    if row["verdict"] not in ("accepted", "invalid", "decode", "admission", "not-found"):
        return False
    if "not found" in message or "no PriorityClass with name" in message:
        return False
    if "already set in map" in message and "<<" in row["manifest"]:
        return False
    only_token = len(row["fields"]) == 1 and "serviceAccountToken" in message and "serviceAccountName is not set" in message
    return not (only_token and row["kind"] == "Pod")


def answer(row):
    if not counts(row):
        return None
    return row["fields"] if row["verdict"] == "invalid" else row["verdict"]


def shared(a, b):
    return len(os.path.commonprefix([a, b]))


def whole_characters(data, count):
    """A count of bytes from the start that cuts no character."""
    while 0 < count < len(data) and data[count] & 0xC0 == 0x80:
        count -= 1
    return count


def squeeze(rows):
    """Leaves of each manifest what is not as in the one before."""
    before = b""
    for row in sorted(rows, key=lambda row: (row["yaml"], row["id"])):
        data = row.pop("yaml").encode()
        start = whole_characters(data, shared(before, data))
        end = shared(before[start:][::-1], data[start:][::-1])
        while end and data[len(data) - end] & 0xC0 == 0x80:
            end -= 1
        before = data
        yield {**row, "as": [start, end], "yaml": data[start : len(data) - end].decode()}


def stretch(rows):
    before = b""
    for row in rows:
        start, end = row.pop("as")
        before = before[:start] + row["yaml"].encode() + before[len(before) - end :]
        yield {**row, "yaml": before.decode()}


def unpack(folder):
    sets = collections.defaultdict(list)
    for row in stretch(lines(HERE / "servers.jsonl")):
        kind = re.search(r'(?m)^ *"?kind"?: *"?([A-Za-z]+)', row["yaml"])
        case = {"id": row["id"], "kind": kind.group(1) if kind else "", "manifest": row["yaml"], "reasons": [], "message": ""}
        for version, found in row["answers"].items():
            verdict = "invalid" if isinstance(found, list) else found or ""
            fields = found if isinstance(found, list) else []
            sets[SETS[row["id"][0]] + "-" + version].append({**case, "verdict": verdict, "fields": fields})
    objects, *policies = lines(HERE / "policies.jsonl")
    for row in stretch(policies):
        for index, one in enumerate(row["objects"]):
            sets["policies-" + BASE].append({
                "id": f"{row['id']}-{index}", "policy": row["yaml"], "namespace_labels": row["labels"], "fields": [],
                "object": objects["objects"][one["object"]], "verdict": one["verdict"], "message": "",
                "warnings": ["Validation failed"] if one["warned"] else [],
            })
    for name, rows in sets.items():
        dump(folder / f"{name}.jsonl", sorted(rows, key=lambda row: row["id"]))


def pack(folders):
    answers, manifests = collections.defaultdict(dict), {}
    for folder in folders:
        for name in sorted(set(SETS.values())):
            for path in sorted(folder.glob(f"{name}-1.??.jsonl")):
                version = path.stem.rsplit("-", 1)[1]
                for row in lines(path):
                    manifests[row["id"]] = row["manifest"]
                    answers[row["id"]][version] = answer(row)
    rows = []
    for case, found in answers.items():
        first = found.setdefault(BASE, None)
        kept = {version: one for version, one in found.items() if version == BASE or one != first}
        if any(one is not None for one in kept.values()):
            rows.append({"id": case, "answers": dict(sorted(kept.items())), "yaml": manifests[case]})
    dump(HERE / "servers.jsonl", squeeze(rows))
    policies, objects = {}, {}
    for row in (row for folder in folders for path in folder.glob(f"policies-{BASE}.jsonl") for row in lines(path)):
        name = row["id"].split("-")[0]
        policy = policies.setdefault(name, {"id": name, "yaml": row["policy"], "labels": row["namespace_labels"], "objects": []})
        warned = any("Validation failed" in text for text in row.get("warnings") or [])
        index = objects.setdefault(row["object"], len(objects))
        policy["objects"].append({"verdict": row["verdict"], "warned": warned, "object": index})
    if policies:
        dump(HERE / "policies.jsonl", [{"objects": list(objects)}, *squeeze(policies.values())])


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("pack", "unpack"):
        sys.exit(__doc__)
    targets = [pathlib.Path(name) for name in sys.argv[2:]]
    unpack(targets[0]) if sys.argv[1] == "unpack" else pack(targets)
