"""Lays the rows of all versions over each other: each row once, with the versions from which and until which it holds.

`since` is the first version that has a row, `until` the last one. Both are left out where they say no more than those of what
the row belongs to: a method for its parameters, a definition for its rows, all versions for a definition.
"""

import json


def spans(present):
    """Runs of neighbours in sorted indices."""
    runs = []
    for index in present:
        if runs and runs[-1][1] == index - 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return [tuple(run) for run in runs]


def merged_order(lists):
    """All items of several lists in one order, that of the later lists first; the lists are given oldest first."""
    order = []
    for items in reversed(lists):
        at = 0
        for item in items:
            if item in order:
                at = order.index(item) + 1
            else:
                order.insert(at, item)
                at += 1
    return order


def timeline(versions, read):
    """`read` has the rows by path for each version; gives the rows by path with their versions."""
    paths = sorted({path for version in versions for path in read[version]})
    return {path: definition(versions, [read[version].get(path) for version in versions]) for path in paths}


def definition(versions, by_version):
    texts = [[json.dumps(row) for row in rows or []] for rows in by_version]
    order = merged_order(texts)
    check_order(texts, order)
    order = keywords_last(order)
    present = {text: [index for index, rows in enumerate(texts) if text in rows] for text in order}
    everywhere = (0, len(versions) - 1)
    whole = hull(index for index, rows in enumerate(by_version) if rows is not None)
    rows = [] if whole == everywhere else [{"present": True, **bounds(versions, whole, everywhere)}]
    parsed = [(json.loads(text), present[text]) for text in order]
    methods = {}
    for row, held in parsed:
        # A method is there as long as one of its own rows is.
        methods.setdefault(row.get("method"), []).extend(held)
    for row, held in parsed:
        owner = hull(methods[row["of"]]) if "of" in row else whole
        rows += [{**row, **bounds(versions, span, owner)} for span in spans(held)]
    return rows


def keywords_last(order):
    """Puts the keywords of each callable behind its places, where releases differ in what is a keyword."""
    ranks = {None: 0, "positional": 0, "*": 1, "keyword": 2, "**": 3}
    slots = {}
    for index, text in enumerate(order):
        row = json.loads(text)
        if "parameter" in row:
            slots.setdefault(row.get("of"), []).append((index, ranks[row.get("kind")], text))
    order = list(order)
    for rows in slots.values():
        for (index, _, _), (_, _, text) in zip(rows, sorted(rows, key=lambda one: one[1])):
            order[index] = text
    return order


def hull(indices):
    indices = list(indices)
    return min(indices), max(indices)


def bounds(versions, span, owner):
    """`since` and `until` of a span, where they differ from those of its owner."""
    found = {}
    if span[0] != owner[0]:
        found["since"] = versions[span[0]]
    if span[1] != owner[1]:
        found["until"] = versions[span[1]]
    return found


def check_order(texts, order):
    """Parameters must come in the order of each version, or positional arguments would be misread."""
    for rows in texts:
        placed = [text for text in rows if is_placed(json.loads(text))]
        kept = [text for text in order if text in set(placed)]
        if kept != placed:
            raise ValueError(f"parameters that change places need a way to be told: {placed}")


def is_placed(row):
    return "parameter" in row and row.get("kind") in (None, "positional", "*")
