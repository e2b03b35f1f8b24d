"""Random functions, generators and classes."""

import statements
from expressions import literal, make, value
from generator import Class, Function

DECORATORS = ["functools.lru_cache", "functools.cache"]


def parameters(g, least=0, depth=1):
    """`(name, type, has_default)` and the text of a parameter list."""
    chosen, texts, has_default = [], [], False
    for _ in range(g.random.randint(least, 3)):
        name, kind = g.fresh("p"), g.kind(depth)
        if kind[0] == "object" and has_default:
            kind = "int"
        has_default = has_default or g.chance(0.3)
        if has_default and kind[0] == "object":
            has_default = False
        chosen.append((name, kind, has_default))
        texts.append(f"{name}={literal(g, kind)}" if has_default else name)
    return chosen, ", ".join(texts)


def body(g, result, depth, count=None):
    """Statements, an early return now and then, and the result."""
    statements.statements(g, g.random.randint(0, 3) if count is None else count, depth - 1)
    if g.chance(0.35):
        with g.block(f"if {statements.condition(g)}:"):
            g.write(f"return {value(g, result)}")
        statements.statements(g, g.random.randint(0, 1), depth - 1)
    if g.may_raise and g.chance(0.6):
        statements.raise_statement(g, depth)
    g.write(f"return {value(g, result)}")


def function(g, depth):
    chosen, text = parameters(g)
    result, name, risky = g.kind(), g.fresh("f"), g.chance(0.2)
    if g.chance(0.07) and all(kind in ("int", "str", "bool", "float") for _, kind, _ in chosen):
        g.write(f"@{g.choice(DECORATORS)}")
    with g.body_of_function(f"def {name}({text}):", {own: kind for own, kind, _ in chosen}, risky):
        outer(g)
        body(g, result, depth)
    g.functions.append(Function(name, chosen, result, risky))


def outer(g):
    """`global` or `nonlocal` for one name that is assigned outside."""
    if g.in_function != 1 or not g.chance(0.4):
        return
    names = g.module_names()
    if names:
        name, kind = g.choice(names)
        g.write(f"global {name}")
        g.local.add(name)
        g.write(f"{name} = {value(g, kind, 1)}")


def generator_function(g, depth):
    """A generator and an iterator of it that is consumed step by step."""
    item, name = g.choice(["int", "str"]), g.fresh("g")
    with g.body_of_function(f"def {name}(limit):", {"limit": "int"}):
        if g.chance(0.4):
            statements.statements(g, 1, 0)
        loop = g.choice(["for step in range(limit):", f"for step in {value(g, ('list', 'int'), 1)}:"])
        with g.block(loop, {"step": "int"}):
            if g.chance(0.3):
                with g.block(f"if {statements.condition(g)}:"):
                    g.write(g.choice(["return", "continue", "break"]))
            g.write(f"yield {value(g, item)}")
            if g.chance(0.3):
                statements.statements(g, 1, 0)
        if g.chance(0.3):
            g.write(f"yield from {value(g, ('list', item), 1)}")
    if g.chance(0.5):
        iterator = g.fresh("it")
        g.write(f"{iterator} = {name}({g.small()})")
        for _ in range(g.random.randint(1, 2)):
            default = literal(g, item)
            use = g.choice(
                [
                    (item, f"next({iterator}, {default})"),
                    (("list", item), f"list({iterator})"),
                    (("list", item), f"list(itertools.islice({iterator}, 2))"),
                ]
            )
            g.assign(*use)
            if g.chance(0.3):
                statements.statement(g, 0)
    else:
        g.assign(("list", item), f"[x for x in {name}({g.small()})]")


# classes


def any_class(g, depth):
    g.weighted([(4, plain_class), (3, dataclass), (2, subclass), (2, enum), (1, named_tuple)])(g, depth)


def fields(g, least=1):
    return [
        (g.choice(["name", "size", "tags", "env", "count", "kind"]) + str(g.random.randint(0, 9)), g.kind())
        for _ in range(g.random.randint(least, 3))
    ]


def plain_class(g, depth, base=None):
    name = g.fresh("C")
    own = dict(fields(g))
    shared = {f"s{key}": kind for key, kind in fields(g, 0)} if g.chance(0.5) else {}
    own_parameters = [(f"{key}", kind, False) for key, kind in own.items()]
    with g.block(f"class {name}:"):
        for key, kind in shared.items():
            g.write(f"{key} = {value(g, kind, 1)}")
        if g.chance(0.2):
            g.write("total = 0")
            shared["total"] = "int"
        with g.body_of_function(f"def __init__(self, {', '.join(own)}):", own):
            for key, kind in own.items():
                g.write(f"self.{key} = {key if g.chance(0.7) else value(g, kind)}")
            if "total" in shared:
                g.write(f"{g.choice([name, 'type(self)', 'self'])}.total += 1")
        made = Class(name, own_parameters, {**own, **shared})
        methods(g, made, depth)
    g.classes.append(made)
    if shared and g.chance(0.3):
        key = g.choice(shared)
        g.write(f"{name}.{key} = {value(g, shared[key], 1)}")
    made_variable(g, made)


def made_variable(g, made):
    g.assign(("object", made.name), make(g, made, 2), "o")


def methods(g, made, depth):
    """Methods, properties and special methods; the class is usable in its own methods only through `self`."""
    for _ in range(g.random.randint(0, 2)):
        chosen, text = parameters(g)
        result, name, risky = g.kind(), g.fresh("m"), g.chance(0.15)
        names = {"self": ("object", made.name), **{own: kind for own, kind, _ in chosen}}
        g.classes.append(made)
        with g.body_of_function(f"def {name}(self{', ' if text else ''}{text}):", names, risky):
            g.local.discard("self")
            body(g, result, min(depth, 1), g.small() % 3)
        g.classes.remove(made)
        made.methods.append(Function(name, chosen, result, risky))
    if g.chance(0.4):
        property_of(g, made)
    if g.chance(0.2):
        g.classes.append(made)
        with g.body_of_function(f"def __{g.choice(['str', 'repr'])}__(self):", {"self": ("object", made.name)}):
            g.write(f"return {value(g, 'str')}")
        g.classes.remove(made)
    if g.chance(0.1):
        key = g.choice(made.fields) if made.fields else None
        if key:
            with g.body_of_function("def __eq__(self, other):", {"self": ("object", made.name)}):
                g.write(f"return isinstance(other, {made.name}) and self.{key} == other.{key}")


def property_of(g, made):
    """A property, with a setter now and then."""
    kind, name = g.kind(), g.fresh("q")
    g.classes.append(made)
    decorator = g.choice(["property", "property", "functools.cached_property"])
    g.write(f"@{decorator}")
    with g.body_of_function(f"def {name}(self):", {"self": ("object", made.name)}):
        g.local.discard("self")
        body(g, kind, 0, 0)
    if decorator == "property" and made.fields and g.chance(0.5):
        key = g.choice(made.fields)
        g.write(f"@{name}.setter")
        with g.body_of_function(f"def {name}(self, given):", {"given": kind, "self": ("object", made.name)}):
            g.write(f"self.{key} = {value(g, made.fields[key])}")
        made.fields[name] = kind
    else:
        made.readable[name] = kind
    g.classes.remove(made)


def subclass(g, depth):
    """A class below another one, with `super()`."""
    bases = [one for one in g.classes if one.plain]
    if not bases:
        return plain_class(g, depth)
    base, name = g.choice(bases), g.fresh("C")
    made = Class(name, base.parameters, base.fields, base.readable, base.methods)
    with g.block(f"class {name}({base.name}):"):
        if g.chance(0.5):
            extra = g.fresh("x")
            names = [own for own, _, _ in base.parameters]
            with g.body_of_function(f"def __init__(self, {', '.join(names)}):", {own: kind for own, kind, _ in base.parameters}):
                g.write(f"super().__init__({', '.join(names)})")
                kind = g.kind()
                g.write(f"self.{extra} = {value(g, kind)}")
            made.parameters = [(own, kind, False) for own, kind, _ in base.parameters]
            made.fields[extra] = kind
        overridden = [m for m in base.methods if not m.risky and not m.parameters]
        if overridden and g.chance(0.7):
            one = g.choice(overridden)
            with g.body_of_function(f"def {one.name}(self):", {"self": ("object", base.name)}):
                g.write(f"before = super().{one.name}()")
                g.names["before"] = one.result
                g.write(f"return {value(g, one.result)}")
        if g.chance(0.3) and made.fields:
            key = g.choice(base.fields)
            if key[0] == "s":
                g.write(f"{key} = {value(g, base.fields[key], 1)}")
    g.classes.append(made)
    made_variable(g, made)


def dataclass(g, depth):
    name, own, has_default = g.fresh("D"), [], False
    frozen = g.chance(0.25)
    options = ", ".join(one for one, share in [("order=True", 0.1), ("eq=False", 0.05), ("kw_only=True", 0.1)] if g.chance(share))
    options = ", ".join(filter(None, ["frozen=True" if frozen else "", options]))
    g.write(f"@dataclasses.dataclass({options})" if options else "@dataclasses.dataclass")
    with g.block(f"class {name}:"):
        for key, kind in dict(fields(g)).items():
            default = None
            if has_default or g.chance(0.4):
                plain = kind in ("int", "str", "bool", "float") or kind[0] in ("opt",)
                if kind[0] in ("list", "dict", "set"):
                    default = g.choice(
                        [f"dataclasses.field(default_factory={kind[0]})", f"dataclasses.field(default_factory=lambda: {literal(g, kind)})"]
                    )
                elif plain:
                    default = literal(g, kind)
                elif has_default:
                    continue
            has_default = has_default or default is not None
            own.append((key, kind, default is not None))
            g.write(f"{key}: {annotation(kind)}" + (f" = {default}" if default else ""))
        made = Class(name, own, {} if frozen else {key: kind for key, kind, _ in own}, {key: kind for key, kind, _ in own}, plain=False)
        made.by_keyword = "kw_only" in options
        if own and not frozen and g.chance(0.4):
            g.classes.append(made)
            with g.body_of_function("def __post_init__(self):", {"self": ("object", name)}):
                key, kind, _ = g.choice(own)
                g.write(f"self.{key} = {value(g, kind)}")
            g.classes.remove(made)
        methods(g, made, depth)
    g.classes.append(made)
    made_variable(g, made)
    variable = g.of_kind(("object", name))[0]
    if own and g.chance(0.5):
        key, kind, _ = g.choice(own)
        g.assign(("object", name), f"dataclasses.replace({variable}, {key}={value(g, kind)})", "o")
    if g.chance(0.3) and all(kind in ("int", "str", "bool", "float") for _, kind, _ in own):
        g.assign("str", g.choice([f"str({variable})", f"str(dataclasses.asdict({variable}))", f"str({variable} == {variable})"]))


def annotation(kind):
    if isinstance(kind, str):
        return kind
    return {"list": "list", "dict": "dict", "set": "set", "tuple": "tuple", "opt": "str | None", "object": repr(str(kind[1]))}[kind[0]]


def enum(g, depth):
    name = g.fresh("E")
    base, kind = g.choice(
        [("enum.Enum", "str"), ("enum.Enum", "int"), ("str, enum.Enum", "str"), ("enum.IntEnum", "int"), ("enum.StrEnum", "str")]
    )
    members = g.random.sample(["RED", "BLUE", "ONE", "BIG"], g.random.randint(1, 3))
    values = g.random.sample(["'red'", "'x'", "'y1'", "''"] if kind == "str" else ["1", "2", "7", "0"], len(members))
    with g.block(f"class {name}({base}):"):
        for member, text in zip(members, values):
            g.write(f"{member} = {text}")
        if g.chance(0.3):
            g.write("@property")
            with g.block("def label(self):"):
                g.write("return self.name.lower() + '!'")
    picked = g.choice([f"{name}.{g.choice(members)}", f"{name}[{g.choice(members)!r}]", f"{name}({g.choice(values)})"])
    variable = g.fresh("k")
    g.write(f"{variable} = {picked}")
    forms = [
        ("str", f"{variable}.name"),
        (kind, f"{variable}.value"),
        ("str", f"str({variable})"),
        ("bool", f"{variable} is {name}.{members[0]}"),
        (("list", "str"), f"[m.name for m in {name}]"),
        (("list", kind), f"[m.value for m in {name}]"),
        ("int", f"len({name})"),
        ("bool", f"{variable} == {values[0]}"),
        ("str", f"repr({variable})"),
        ("bool", f"{variable} in ({name}.{members[-1]},)"),
        (("dict", kind), "{m.name: m.value for m in " + name + "}"),
    ]
    for of, text in g.random.sample(forms, 2):
        g.assign(of, text)


def named_tuple(g, depth):
    name = g.fresh("N")
    with g.block(f"class {name}(typing.NamedTuple):"):
        g.write("first: str")
        g.write(f"second: int = {g.small()}")
    made = Class(name, [("first", "str", False), ("second", "int", True)], {}, {"first": "str", "second": "int"}, plain=False)
    g.classes.append(made)
    made_variable(g, made)
    variable = g.of_kind(("object", name))[0]
    use = g.choice(
        [
            ("str", f"{variable}[0]"),
            ("int", f"{variable}._replace(second=5).second"),
            ("str", f"repr({variable})"),
            ("int", f"len({variable})"),
        ]
    )
    g.assign(*use)
