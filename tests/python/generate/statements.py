"""Random statements: assignments, changes of objects, control flow."""

import re

import definitions
import idioms
import unknowns
from expressions import arguments, iterable, shown, value
from generator import PLAIN

ERRORS = ["ValueError", "KeyError", "IndexError", "TypeError", "ZeroDivisionError", "LookupError", "ArithmeticError", "RuntimeError"]
SUPPRESSED = ["Exception", "Exception", "Exception", "LookupError, ValueError, TypeError, ArithmeticError, RuntimeError"]


def statements(g, count, depth=2):
    for _ in range(count):
        statement(g, depth)


def statement(g, depth=2):
    g.budget -= 1
    table = [(8, assign), (5, reassign), (4, augment), (8, change), (2, unpack), (2, alias), (1, call)]
    if g.budget > 0:
        if depth > 0:
            table += [(5, if_statement), (4, for_loop), (2, while_loop), (4, try_statement), (2, match_statement), (1, with_statement)]
        if g.in_function < 2:
            table += [(4, definitions.function), (1, definitions.generator_function)]
        if not g.in_function and not g.in_loop:
            table.append((4, template))
        if not g.in_function and not g.indent:
            table.append((4, definitions.any_class))
        table.append((4, idioms.idiom))
        if g.unknown:
            table.append((20 * g.unknown, unknowns.unknown))
    if g.in_loop is True:
        table.append((1, leave_loop))
    if g.may_raise:
        table.append((2, raise_statement))
    g.weighted(table)(g, depth)


def assign(g, depth):
    kind = g.kind()
    g.assign(kind, value(g, kind))


def assignable(g, kinds=None):
    """Names that a plain assignment may change without hiding an outer one; declares `global` where needed."""
    return [
        (name, kind) for name, kind in g.names.items() if name in g.local and (kinds is None or kind in kinds) and kind[0] != "function"
    ]


def reassign(g, depth):
    names = assignable(g)
    if not names:
        return assign(g, depth)
    name, kind = g.choice(names)
    g.write(f"{name} = {value(g, kind)}")


def augment(g, depth):
    names = assignable(g)
    names = [(name, kind) for name, kind in names if kind in ("int", "str", "float") or kind[0] in ("list", "set", "dict")]
    if not names:
        return assign(g, depth)
    name, kind = g.choice(names)
    if kind == "str":
        return g.write(f"{name} += {value(g, 'str', 1)}")
    operators = {"int": "+-*|^", "float": "+-*", "list": "+", "set": "|&-", "dict": "|"}
    which = kind if isinstance(kind, str) else kind[0]
    g.write(f"{name} {g.choice(operators[which])}= {value(g, kind, 1)}")


def unpack(g, depth):
    a, b = g.kind(0), g.kind(0)
    form = g.small()
    if form < 3:
        one, two = g.fresh("v"), g.fresh("v")
        g.write(f"{one}, {two} = {value(g, a)}, {value(g, b)}")
        g.define(one, a)
        g.define(two, b)
    elif form == 3:
        one, rest = g.fresh("v"), g.fresh("v")
        g.write(f"{one}, *{rest} = [{value(g, a, 1)}, *{value(g, ('list', a), 1)}]")
        g.define(one, a)
        g.define(rest, ("list", a))
    else:
        pairs = [(x, y) for x, k in assignable(g) for y, other in assignable(g) if k == other and x != y]
        if pairs:
            one, two = g.choice(pairs)
            g.write(f"{one}, {two} = {two}, {one}")


def alias(g, depth):
    names = [(name, kind) for name, kind in g.names.items() if kind[0] in ("list", "dict", "set", "object")]
    if names:
        name, kind = g.choice(names)
        g.assign(kind, name, "w")


def call(g, depth):
    fitting = [f for f in g.functions if g.may_raise or not f.risky]
    if fitting:
        one = g.choice(fitting)
        g.write(f"{one.name}({arguments(g, one, 2)})")


# changes of objects


def change(g, depth):
    places = [(name, kind) for name, kind in g.names.items() if kind[0] in ("list", "dict", "set", "object")]
    for name, kind in list(places):
        if kind[0] == "object":
            fields = g.class_named(kind[1]).fields
            places += [(f"{name}.{field}", of) for field, of in fields.items()]
    if not places:
        return assign(g, depth)
    place, kind = g.choice(places)
    if kind in PLAIN or kind[0] in ("opt", "tuple"):
        return change_field(g, place, kind)
    {"list": change_list, "dict": change_dict, "set": change_set, "object": change_object}[kind[0]](g, place, kind)


def change_field(g, place, kind):
    if kind in ("int", "str") and g.chance(0.4):
        g.write(f"{place} += {value(g, kind, 1)}")
    else:
        g.write(f"{place} = {value(g, kind)}")


def change_list(g, name, kind):
    item = kind[1]
    forms = [
        (6, lambda: f"{name}.append({value(g, item)})"),
        (2, lambda: f"{name}.extend({value(g, kind, 1)})"),
        (2, lambda: f"{name}.insert({g.choice([0, 1, -1, 100])}, {value(g, item, 1)})"),
        (1, lambda: f"{name}.reverse()"),
        (1, lambda: f"{name}[:1] = {value(g, kind, 1)}"),
        (1, lambda: f"{name}[1:{g.small()}] = {value(g, kind, 1)}"),
        (1, lambda: f"del {name}[{g.small()}:{g.small()}]"),
        (1, lambda: f"{name}.clear()"),
        (2, lambda: f"{name} and {name}.pop({g.choice(['', '0', '-1'])})"),
        (1, lambda: f"{name}[:] = {value(g, kind, 1)}"),
    ]
    if item in ("int", "str"):
        forms.append((2, lambda: f"{name}.sort({g.choice(['', 'reverse=True', 'key=str'])})"))
    if g.may_raise:
        forms += [(3, lambda: f"{name}.remove({value(g, item, 1)})"), (3, lambda: f"{name}[{g.small()}] = {value(g, item)}")]
        forms.append((2, lambda: f"del {name}[{g.small()}]"))
    g.write(g.weighted(forms)())


def change_dict(g, name, kind):
    item = kind[1]

    def key():
        return g.key() if g.chance(0.6) else value(g, "str", 1)

    forms = [
        (8, lambda: f"{name}[{key()}] = {value(g, item)}"),
        (2, lambda: f"{name}.update({value(g, kind, 1)})"),
        (1, lambda: f"{name}.update({g.choice(['a', 'b', 'team'])}={value(g, item, 1)})"),
        (2, lambda: f"{name}.setdefault({key()}, {value(g, item)})"),
        (2, lambda: f"{name}.pop({key()}, None)"),
        (1, lambda: f"{name} and {name}.popitem()"),
        (1, lambda: f"{name}.clear()"),
    ]
    if item == "int":
        forms.append((2, lambda: f"{name}[{(k := g.key())}] = {name}.get({k}, 0) + {value(g, 'int', 0)}"))
    if item[0] == "list":
        forms.append((6, lambda: f"{name}.setdefault({key()}, []).append({value(g, item[1], 1)})"))
    if g.may_raise:
        forms += [
            (2, lambda: f"del {name}[{key()}]"),
            (2, lambda: f"{name}[{key()}] {'+= ' if item in ('int', 'str') else '= '}{value(g, item, 1)}"),
        ]
    g.write(g.weighted(forms)())


def change_set(g, name, kind):
    item = kind[1]
    forms = [
        (4, lambda: f"{name}.add({value(g, item)})"),
        (2, lambda: f"{name}.discard({value(g, item)})"),
        (1, lambda: f"{name}.update({value(g, ('list', item), 1)})"),
        (1, lambda: f"{name}.clear()"),
    ]
    g.write(g.weighted(forms)())


def change_object(g, name, kind):
    made = g.class_named(kind[1])
    calls = [m for m in made.methods if g.may_raise or not m.risky]
    if calls and g.chance(0.6):
        one = g.choice(calls)
        return g.write(f"{name}.{one.name}({arguments(g, one, 2)})")
    if made.fields:
        field = g.choice(made.fields)
        if g.chance(0.2):
            return g.write(f"setattr({name}, {field!r}, {value(g, made.fields[field], 1)})")
        g.write(f"{name}.{field} = {value(g, made.fields[field])}")


# control flow


def condition(g):
    if g.unknown and g.chance(g.unknown * 3):
        return g.choice(["os.environ.get('GPU') == '1'", "'STAGE' in os.environ", "os.environ.get('COUNT', '0') > '1'"])
    return value(g, "bool")


def if_statement(g, depth):
    if g.unknown or g.chance(0.7):
        test = condition(g)
    else:
        test = value(g, g.kind(0))
    with g.block(f"if {test}:"):
        statements(g, g.random.randint(1, 2), depth - 1)
    if g.chance(0.3):
        with g.block(f"elif {condition(g)}:"):
            statements(g, 1, depth - 1)
    if g.chance(0.5):
        with g.block("else:"):
            statements(g, g.random.randint(1, 2), depth - 1)


def for_header(g):
    form = g.small()
    item = g.choice(["int", "str"])
    one, two = g.fresh("v"), g.fresh("v")
    if form == 0:
        return f"for {one}, {two} in {value(g, ('dict', item), 1)}.items():", {one: "str", two: item}
    if form == 1:
        start = g.choice(["", ", 1", ", start=5"])
        return f"for {one}, {two} in enumerate({value(g, ('list', item), 1)}{start}):", {one: "int", two: item}
    if form == 2:
        return f"for {one}, {two} in zip({value(g, ('list', item), 1)}, {value(g, 'str', 1)}):", {one: item, two: "str"}
    source, kind = iterable(g, 1)
    if g.names.get(source, "?")[0] == "list" and g.chance(0.7):
        source = f"list({source})"  # the body may change it
    return f"for {one} in {source}:", {one: kind}


def for_loop(g, depth):
    header, names = for_header(g)
    saved, g.in_loop = g.in_loop, True
    with g.block(header, names):
        g.local |= names.keys()
        statements(g, g.random.randint(1, 3), depth - 1)
    g.in_loop = saved
    if g.chance(0.15):
        with g.block("else:"):
            statements(g, 1, depth - 1)


def while_loop(g, depth):
    count = g.assign("int", "0", "n")
    g.local.discard(count)
    kind = g.names.pop(count)
    saved, g.in_loop = g.in_loop, True
    extra = f" and {value(g, 'bool', 1)}" if g.chance(0.4) else ""
    with g.block(f"while {count} < {g.small()}{extra}:"):
        g.write(f"{count} += 1")
        g.names[count] = kind
        statements(g, g.random.randint(1, 2), depth - 1)
    g.in_loop = saved
    g.names[count] = kind
    if g.chance(0.15):
        with g.block("else:"):
            statements(g, 1, depth - 1)


def leave_loop(g, depth):
    with g.block(f"if {condition(g)}:"):
        g.write(g.choice(["break", "continue"]))


def try_statement(g, depth):
    saved, g.may_raise = g.may_raise, True
    with g.block("try:"):
        statements(g, g.random.randint(1, 3), depth - 1)
    g.may_raise = saved
    last = "Exception" if g.chance(0.9) else g.choice(["(KeyError, IndexError)", "ValueError"])
    names = [g.choice(ERRORS)] if g.chance(0.5) else []
    for name in [*names, last]:
        bound = g.fresh("e") if g.chance(0.4) else None
        with g.block(f"except {name} as {bound}:" if bound else f"except {name}:"):
            if bound:
                g.assign("str", f"type({bound}).__name__")
            statements(g, 1, depth - 1)
    if g.chance(0.3):
        with g.block("else:"):
            statements(g, 1, depth - 1)
    if g.chance(0.3):
        with g.block("finally:"):
            saved, g.in_loop = g.in_loop, g.in_loop and "finally"
            statements(g, 1, depth - 1)
            g.in_loop = saved


def raise_statement(g, depth):
    with g.block(f"if {condition(g)}:"):
        g.write(f"raise {g.choice(ERRORS)}({value(g, 'str', 1)})")


def with_statement(g, depth):
    saved, g.may_raise = g.may_raise, True
    with g.block(f"with contextlib.suppress({g.choice(SUPPRESSED)}):"):
        statements(g, g.random.randint(1, 2), depth - 1)
    g.may_raise = saved


def match_statement(g, depth):
    form = g.small() % 4
    subject = {
        0: lambda: value(g, "int"),
        1: lambda: value(g, "str"),
        2: lambda: value(g, ("list", "int")),
        3: lambda: value(g, ("dict", "int")),
    }[form]()
    cases = {
        0: [("0 | 1", {}), ("int(q) if q > 3", {"q": "int"}), ("-1", {})],
        1: [("'alpha'", {}), ("'b' | 'Gpu'", {}), ("str() as q if len(q) > 2", {"q": "str"})],
        2: [("[]", {}), ("[q]", {"q": "int"}), ("[q, *rest]", {"q": "int", "rest": ("list", "int")}), ("[_, 2, *_]", {})],
        3: [("{'a': q}", {"q": "int"}), ("{'b': 1 | 2, **rest}", {"rest": ("dict", "int")}), ("{}", {})],
    }[form]
    with g.block(f"match {subject}:"):
        for pattern, names in g.random.sample(cases, g.random.randint(1, len(cases))) if form != 3 else cases:
            fresh = {g.fresh("v"): (old, kind) for old, kind in names.items()}
            for new, (old, _) in fresh.items():
                pattern = re.sub(rf"\b{old}\b", new, pattern)
            with g.block(f"case {pattern}:", {new: kind for new, (_, kind) in fresh.items()}):
                g.local |= fresh.keys()
                statements(g, 1, depth - 1)
        if g.chance(0.5):
            with g.block("case _:"):
                statements(g, 1, depth - 1)


# what is observed


def template(g, depth):
    """A pod template whose labels show values of the program."""
    g.templates += 1
    name = f"t{g.templates}"
    entries = [("id", repr(name))] + [(f"l{index}", shown(g)) for index in range(g.random.randint(2, 5))]
    texts = [own for own, kind in g.names.items() if kind == ("dict", "str")]
    display = "{" + ", ".join(f"{key!r}: {text}" for key, text in entries) + "}"
    form = g.random.random()
    if texts and form < 0.25:
        display = display[:-1] + f", **{g.choice(texts)}" + ", 'id': '" + name + "'}"
    if texts and form > 0.85:
        g.write(f"{name} = flyte.PodTemplate(labels={g.choice(texts)}, annotations={display})")
    else:
        g.write(f"{name} = flyte.PodTemplate(labels={display})")
        if g.chance(0.3):
            g.write(f"{name}.labels['late'] = {shown(g)}")
        if g.chance(0.1):
            g.names[f"{name}.labels"] = ("dict", "str")
