"""Random expressions of a wanted type. They do not raise unless the generator stands in a `try`."""

from generator import VARIABLES


def value(g, kind, depth=2):
    """An expression of this type."""
    options = []
    names = g.of_kind(kind)
    if names:
        options.append((6, lambda: g.choice(names)))
    if depth > 0:
        options += [(2, lambda: value_of_call(g, kind, depth)), (2, lambda: value_of_field(g, kind, depth))]
        options += [(1, lambda: f"({value(g, kind, depth - 1)} if {value(g, 'bool', depth - 1)} else {value(g, kind, depth - 1)})")]
        options += [(1, lambda: value_of_item(g, kind, depth))]
        if g.may_raise:
            options.append((3, lambda: risky(g, kind, depth)))
        options.append((8, lambda: g.weighted(g.productions[which_of(kind)])(g, kind, depth - 1)))
    if g.unknown and kind in UNKNOWN and g.chance(g.unknown):
        return UNKNOWN[kind](g)
    options.append((2 if depth > 0 else 3, lambda: literal(g, kind, depth)))
    return g.weighted(options)()


def which_of(kind):
    return kind if isinstance(kind, str) else kind[0]


def literal(g, kind, depth=1):
    """A display or constant of this type."""
    if kind == "int":
        return str(g.random.choice([0, 1, 2, 3, 5, 8, 10, 100, -1, -7]))
    if kind == "float":
        return g.choice(["0.5", "1.0", "2.25", "-3.5", "100.0"])
    if kind == "bool":
        return g.choice(["True", "False"])
    if kind == "str":
        return g.word()
    which, item = kind
    inner = depth - 1
    if which == "opt":
        return g.choice(["None", g.word()])
    if which == "list":
        return "[" + ", ".join(value(g, item, inner) for _ in range(g.small() % 4)) + "]"
    if which == "set":
        parts = [value(g, item, inner) for _ in range(g.small() % 4)]
        return "{" + ", ".join(parts) + "}" if parts else "set()"
    if which == "tuple":
        return "(" + ", ".join(value(g, part, inner) for part in item) + ")"
    if which == "dict":
        keys = g.random.sample(["a", "b", "c", "team"], g.small() % 4)
        return "{" + ", ".join(f"{key!r}: {value(g, item, inner)}" for key in keys) + "}"
    return make(g, g.class_named(item), inner)


def make(g, made, depth):
    """A call of a class."""
    parts = []
    for name, kind, has_default in made.parameters:
        if has_default and g.chance(0.4):
            continue
        parts.append(f"{name}={value(g, kind, depth - 1)}")
    if len(parts) == len(made.parameters) and not made.by_keyword and g.chance(0.4):
        parts = [part.split("=", 1)[1] for part in parts]
    return f"{made.name}({', '.join(parts)})"


def arguments(g, function, depth):
    """The arguments of a call, some by keyword."""
    parts, by_keyword = [], False
    for name, kind, has_default in function.parameters:
        if has_default and g.chance(0.3):
            by_keyword = True
            continue
        by_keyword = by_keyword or g.chance(0.2)
        text = value(g, kind, depth - 1)
        parts.append(f"{name}={text}" if by_keyword else text)
    return ", ".join(parts)


def value_of_call(g, kind, depth):
    fitting = [f for f in g.functions if f.result == kind and (g.may_raise or not f.risky)]
    for name, own in g.names.items():
        if own[0] == "object":
            fitting += [(name, m) for m in g.class_named(own[1]).methods if m.result == kind and (g.may_raise or not m.risky)]
    if not fitting:
        return literal(g, kind, depth)
    one = g.choice(fitting)
    if isinstance(one, tuple):
        return f"{one[0]}.{one[1].name}({arguments(g, one[1], depth)})"
    return f"{one.name}({arguments(g, one, depth)})"


def value_of_field(g, kind, depth):
    fitting = []
    for name, own in g.names.items():
        if own[0] == "object":
            made = g.class_named(own[1])
            fitting += [f"{name}.{field}" for field, of in {**made.fields, **made.readable}.items() if of == kind]
    return g.choice(fitting) if fitting else literal(g, kind, depth)


def value_of_item(g, kind, depth):
    """An item of a list, dict or tuple in scope."""
    fitting = []
    default = literal(g, kind, 0) if kind[0] != "object" else None
    for name, own in g.names.items():
        if own[0] == "tuple":
            fitting += [f"{name}[{index}]" for index, part in enumerate(own[1]) if part == kind]
        if default is None or own[0] not in ("list", "dict") or own[1] != kind:
            continue
        if own[0] == "list":
            fitting.append(f"({name}[{g.choice([0, -1])}] if {name} else {default})")
            fitting.append(f"next(iter({name}), {default})")
        if own[0] == "dict":
            fitting.append(f"{name}.get({value(g, 'str', 0)}, {default})")
            fitting.append(f"{name}.get({g.key()}, {default})")
    return g.choice(fitting) if fitting else literal(g, kind, depth)


def risky(g, kind, depth):
    """What may raise: only within `try`."""
    options = []
    if kind == "int":
        options += [f"int({value(g, 'str', depth - 1)})", f"({value(g, 'int', 0)} // {value(g, 'int', 0)})"]
        options += [f"({value(g, 'int', 0)} % {value(g, 'int', 0)})"]
        options += [f"{value(g, ('list', 'int'), depth - 1)}.index({value(g, 'int', 0)})"]
        options += [f"{value(g, 'str', 0)}.index({g.word()})", f"max({value(g, ('list', 'int'), depth - 1)})"]
    for name, own in g.names.items():
        if own == ("list", kind):
            options += [f"{name}[{value(g, 'int', 0)}]", f"{name}.pop()"]
        if own == ("dict", kind):
            options += [f"{name}[{g.key()}]", f"{name}[{value(g, 'str', 0)}]", f"{name}.pop({g.key()})"]
        if kind == "str" and own == ("opt", "str"):
            options += [f"{name}.upper()", f"({name} + {g.word()})"]
    return g.choice(options) if options else literal(g, kind, depth)


def item_name(g):
    """The variable of a comprehension; it may hide another name."""
    return g.choice(["x", "y", "i", *list(g.names)[:3]])


def comprehension(g, item, depth, form):
    """`form` with {e} and {loop}: an expression over the items of a random iterable."""
    source, kind, name = iterable(g, depth), None, item_name(g)
    source, kind = source
    before = dict(g.names), set(g.local)
    g.names[name] = kind
    g.local.discard(name)
    saved, g.may_raise = g.may_raise, False
    element = value(g, item, min(depth, 1))
    test = f" if {value(g, 'bool', 1)}" if g.chance(0.4) else ""
    key = value(g, "str", 0)
    g.may_raise = saved
    g.names, g.local = before
    return form.format(e=element, k=key, loop=f"for {name} in {source}{test}")


def iterable(g, depth):
    """Something to loop over, and the type of its items."""
    depth = max(depth, 0)
    item = g.choice(["int", "str"])
    options = [
        (3, lambda: (f"range({g.small()})", "int")),
        (3, lambda: (value(g, ("list", item), depth), item)),
        (1, lambda: (f"sorted({value(g, ('set', item), depth)})", item)),
        (1, lambda: (f"reversed({value(g, ('list', item), depth)})", item)),
        (1, lambda: (value(g, "str", depth), "str")),
        (1, lambda: (value(g, ("dict", "int"), depth), "str")),
        (1, lambda: (f"{value(g, ('dict', item), depth)}.values()", item)),
        (1, lambda: (f"range({g.small()}, {g.small()}, {g.choice([1, 2, -1])})", "int")),
        (1, lambda: (f"list({value(g, ('list', item), depth)})[{slice_text(g)}]", item)),
        (1, lambda: (f"({', '.join(value(g, item, 0) for _ in range(3))})", item)),
        (1, lambda: (f"{value(g, 'str', depth)}.split({g.choice(['', repr(','), repr(' ')])})", "str")),
        (1, lambda: (f"map(str, {value(g, ('list', 'int'), depth)})", "str")),
        (1, lambda: (f"filter(None, {value(g, ('list', item), depth)})", item)),
        (1, lambda: (f"itertools.chain({value(g, ('list', item), depth)}, {value(g, ('list', item), 0)})", item)),
    ]
    names = [(name, kind[1]) for name, kind in g.names.items() if kind[0] == "list"]
    if names:
        options.append((4, lambda: g.choice(names)))
    return g.weighted(options)()


def slice_text(g):
    def part():
        return g.choice(["", "", str(g.small()), str(-g.small())])

    step = g.choice(["", "", "", ":2", ":-1"])
    return f"{part()}:{part()}{step}"


def f_string(g, kind, depth):
    """A formatted string; only names and simple expressions, for quotes do not nest before Python 3.12."""
    parts = []
    for _ in range(g.random.randint(1, 3)):
        parts.append(g.choice(["", "-", "n=", "_", " "]))
        name = g.choice(g.names) if g.names else None
        if name is None or g.names[name][0] in ("object", "set", "function"):
            parts.append("{" + str(g.small()) + "}")
            continue
        own = g.names[name]
        if own == "int":
            parts.append("{" + name + g.choice(["", "", ":03d", ":>4", ":<4", ":,", ":x", "!r", " + 1", " * 2", "="]) + "}")
        elif own == "str":
            parts.append("{" + name + g.choice(["", "", ":>6", ":<6", ":^7", "!r", ":*^9", "=", ":.2", ".upper()", "[:2]"]) + "}")
        elif own == "float":
            parts.append("{" + name + g.choice(["", ":.2f", ":g", ":.0f", ":8.3f", ":e", ":.1%"]) + "}")
        else:
            parts.append("{" + name + g.choice(["", "!r", "!s"]) + "}")
    return 'f"' + "".join(parts) + '"'


def compare(g, kind, depth):
    of = g.choice(["int", "int", "str", "str", "float"])
    operator = g.choice(["==", "!=", "<", "<=", ">", ">="])
    if g.chance(0.1) and of != "str":
        return f"({value(g, of, depth)} {operator} {value(g, of, 0)} {g.choice(['<', '<=', '=='])} {value(g, of, 0)})"
    return f"({value(g, of, depth)} {operator} {value(g, of, 0)})"


def equal_values(g, kind, depth):
    of = g.kind(1)
    if of[0] in ("object", "opt"):
        of = ("list", "int")
    return f"({value(g, of, depth)} {g.choice(['==', '!='])} {value(g, of, depth)})"


def is_same(g, kind, depth):
    names = [name for name, own in g.names.items() if own[0] in ("list", "dict", "object")]
    if len(names) < 2:
        return literal(g, "bool")
    return f"({g.choice(names)} {g.choice(['is', 'is not'])} {g.choice(names)})"


def shown(g, depth=2):
    """A text that shows a value of any type: what is put into labels."""
    name = g.choice(g.names) if g.names and g.chance(0.75) else None
    kind = g.names[name] if name else g.choice(["int", "str", "bool", "str", ("list", "int"), ("list", "str")])
    if kind[0] == "function":
        name, kind = None, "str"
    text = name or value(g, kind, depth)
    return shown_as(g, kind, text, depth)


def shown_as(g, kind, text, depth=1):
    if kind == "str":
        return text
    if kind[0] == "object":
        made = g.class_named(kind[1])
        fields = {**made.fields, **made.readable}
        if not fields or depth < 0:
            return f"type({text}).__name__"
        name = g.choice(fields)
        return shown_as(g, fields[name], f"{text}.{name}", depth - 1)
    if kind[0] == "list" and kind[1][0] == "object":
        return f"str(len({text}))"
    if kind[0] == "dict" and kind[1][0] == "object":
        return f"','.join({text})"
    if kind[0] == "set":
        return f"str(sorted({text}))" if g.chance(0.3) else f"','.join(map(str, sorted({text})))"
    forms = ["str({})", "repr({})"]
    if kind[0] in FORMS and g.chance(0.7):
        forms = FORMS[kind[0]]
    if kind in FORMS and g.chance(0.8):
        forms = FORMS[kind]
    return g.choice(forms).format(text)


# How a value becomes a text without `repr`.
FORMS = {
    "bool": ["'yes' if {} else 'no'", "str({})"],
    "int": ["str({})", "'%d' % {}"],
    ("list", "str"): ["','.join({})", "'-'.join([*{}, 'end'])"],
    ("opt", "str"): ["({} or 'none')", "str({})"],
    "list": ["'-'.join(map(str, {}))", "str(len({}))", "','.join(str(x) for x in {})"],
    "tuple": ["'-'.join(map(str, {}))", "str({}[1])"],
    "dict": ["','.join({})", "','.join('%s=%s' % pair for pair in {}.items())", "','.join(sorted({}))"],
}

UNKNOWN = {
    "str": lambda g: f"os.environ.get({g.choice(VARIABLES)!r}, {g.word()})",
    "int": lambda g: f"len(os.environ.get({g.choice(VARIABLES)!r}, ''))",
    "bool": lambda g: f"({g.choice(VARIABLES)!r} in os.environ)",
    ("opt", "str"): lambda g: f"os.environ.get({g.choice(VARIABLES)!r})",
    ("list", "str"): lambda g: f"os.environ.get({g.choice(VARIABLES)!r}, 'a').split(',')",
}
