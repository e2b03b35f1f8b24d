"""Makes a failing program small: deletes and unwraps statements, and replaces expressions by their parts, while it still fails."""

import ast
import warnings

import batch

ROUNDS, AT_ONCE = 80, 300


def shrink(podlint, text, kind):
    """A smaller program with a failure of the same kind."""
    for _ in range(ROUNDS):
        smaller = failing(podlint, without_statements(text), kind) or failing(podlint, with_simpler_expressions(text), kind)
        if smaller is None:
            return text
        text = smaller
    return text


def failing(podlint, candidates, kind):
    """The shortest of the programs that still fails, or None."""
    candidates = sorted(set(candidates), key=len)
    for start in range(0, len(candidates), AT_ONCE):
        programs = {f"c{number}.py": text for number, text in enumerate(candidates[start : start + AT_ONCE])}
        for name, outcome in batch.run(podlint, programs).items():
            if any(failure.kind == kind for failure in outcome.failures):
                return programs[name]
    return None


def without_statements(text):
    """Programs with a run of statements deleted, or with a compound statement replaced by one of its bodies."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            body = getattr(node, field, None)
            if isinstance(body, list) and body:
                yield from edited(tree, node, field, list(shorter(node, field, body)))


def shorter(node, field, body):
    needs_one = field == "body" and not isinstance(node, ast.Module)
    for length in {len(body), len(body) // 2, len(body) // 4, 1} - {0}:
        for start in range(0, len(body), max(1, length // 2)):
            left = body[:start] + body[start + length :]
            yield left or ([ast.Pass()] if needs_one else [])
    for index, statement in enumerate(body):
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            continue
        for inner in ("body", "orelse", "finalbody"):
            if getattr(statement, inner, None):
                yield body[:index] + getattr(statement, inner) + body[index + 1 :]


def with_simpler_expressions(text):
    """Programs with an expression replaced by one of its parts, or with one part less."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for field, value in list(ast.iter_fields(node)):
            if isinstance(value, ast.expr):
                yield from edited(tree, node, field, [part for part in parts(value)])
            elif isinstance(value, list) and value and isinstance(value[0], (ast.expr, ast.keyword)):
                yield from edited(tree, node, field, [value[:index] + value[index + 1 :] for index in range(len(value))])
                for index, one in enumerate(value):
                    changed = [value[:index] + [part] + value[index + 1 :] for part in parts(one)]
                    yield from edited(tree, node, field, changed)
        if isinstance(node, ast.Dict):
            for index in range(len(node.keys)):
                key, value = node.keys.pop(index), node.values.pop(index)
                yield from unparsed(tree)
                node.keys.insert(index, key)
                node.values.insert(index, value)


def parts(value):
    if value is not None and not isinstance(getattr(value, "ctx", None), ast.Store):
        yield from (child for child in ast.iter_child_nodes(value) if isinstance(child, ast.expr))


def edited(tree, node, field, values):
    """The program for each value of the field, which is put back at the end."""
    kept = getattr(node, field)
    for value in values:
        setattr(node, field, value)
        yield from unparsed(tree)
    setattr(node, field, kept)


def unparsed(tree):
    """The text of a tree, if it is a program."""
    try:
        text = ast.unparse(tree) + "\n"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "", "exec")
    except (ValueError, SyntaxError, TypeError, AttributeError):
        return
    yield text
