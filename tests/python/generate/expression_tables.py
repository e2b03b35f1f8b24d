"""The productions of expressions by type: `(weight, function of generator, type and depth)`."""

import expressions
from expressions import compare, comprehension, equal_values, f_string, is_same, literal, slice_text, value


def form(template, *kinds):
    """A production from a text with a place for an expression of each of these types."""

    def build(g, kind, depth):
        def part(of):
            return of(g) if callable(of) else value(g, of, depth)

        return template.format(*(part(of) for of in kinds))

    return build


def own(g, kind, depth):
    return value(g, kind, depth)


def same(template, *parts):
    """A production over values of the wanted type itself (`own`), its items (`item`) or other types."""

    def build(g, kind, depth):
        def part(of):
            if of == "own":
                return value(g, kind, depth)
            if of == "item":
                return value(g, kind[1], depth)
            return of(g) if callable(of) else value(g, of, depth)

        return template.format(*map(part, parts))

    return build


def word(g):
    return g.word()


def key(g):
    return g.key()


def small(g):
    return str(g.small())


def cut(g):
    return slice_text(g)


def separator(g):
    return repr(g.choice([",", " ", "-", "a", ".", "="]))


def case(g):
    return g.choice(["upper", "lower", "title", "capitalize", "swapcase", "strip", "lstrip", "rstrip", "casefold"])


def question(g):
    return g.choice(["isdigit", "isalpha", "isupper", "islower", "isalnum", "isspace", "isidentifier"])


INTEGERS, TEXTS = ("list", "int"), ("list", "str")

INT = [
    (4, form("({} + {})", "int", "int")),
    (2, form("({} - {})", "int", "int")),
    (2, form("({} * {})", "int", "int")),
    (1, form("(-{})", "int")),
    (2, form("({} // {})", "int", lambda g: str(g.small() + 1))),
    (2, form("({} % {})", "int", lambda g: str(g.choice([1, 2, 3, 7, -3])))),
    (1, form("({} ** {})", "int", lambda g: str(g.small() % 3))),
    (1, form("({} & {})", "int", "int")),
    (1, form("({} | {})", "int", "int")),
    (1, form("({} ^ {})", "int", "int")),
    (1, form("({} << {})", "int", small)),
    (2, form("len({})", "str")),
    (2, form("len({})", TEXTS)),
    (1, form("len({})", ("dict", "int"))),
    (1, form("len({})", ("set", "str"))),
    (2, form("sum({})", INTEGERS)),
    (1, form("max({}, {})", "int", "int")),
    (1, form("min({}, {})", "int", "int")),
    (1, form("max({}, default={})", INTEGERS, "int")),
    (1, form("abs({})", "int")),
    (1, form("{}.count({})", "str", word)),
    (1, form("{}.find({})", "str", word)),
    (1, form("{}.count({})", INTEGERS, "int")),
    (1, form("int({})", "bool")),
    (1, form("int({})", "float")),
    (1, form("round({})", "float")),
    (1, form("divmod({}, {})[{}]", "int", lambda g: str(g.small() + 1), lambda g: str(g.small() % 2))),
    (1, lambda g, kind, depth: comprehension(g, "int", depth, "sum({e} {loop})")),
    (1, lambda g, kind, depth: comprehension(g, "int", depth, "len([{e} {loop}])")),
    (1, form("functools.reduce(lambda p, q: p {} q, {}, {})", lambda g: g.choice("+-*|"), INTEGERS, "int")),
    (1, form("ord({}[:1] or 'z')", "str")),
    (1, form("int(str({})[-1:])", "int")),
]

FLOAT = [
    (2, form("({} + {})", "float", "int")),
    (2, form("({} * {})", "float", "float")),
    (2, form("({} / {})", "int", lambda g: str(g.small() + 1))),
    (1, form("float({})", "int")),
    (1, form("round({}, {})", "float", small)),
    (1, form("({} // 2)", "float")),
    (1, form("({} % 1.5)", "float")),
    (1, form("abs({})", "float")),
]

BOOL = [
    (6, compare),
    (2, equal_values),
    (1, is_same),
    (2, form("(not {})", "bool")),
    (2, form("({} and {})", "bool", "bool")),
    (2, form("({} or {})", "bool", "bool")),
    (2, form("({} in {})", "str", TEXTS)),
    (1, form("({} not in {})", "int", INTEGERS)),
    (1, form("({} in {})", key, ("dict", "int"))),
    (1, form("({} in {})", word, "str")),
    (1, form("({} in {})", "str", ("set", "str"))),
    (1, form("bool({})", TEXTS)),
    (1, form("bool({})", "str")),
    (1, form("{}.startswith({})", "str", word)),
    (1, form("{}.endswith(({}, {}))", "str", word, word)),
    (1, form("{}.{}()", "str", question)),
    (1, form("isinstance({}, {})", "int", lambda g: g.choice(["int", "str", "bool", "(str, int)"]))),
    (1, form("({} is None)", ("opt", "str"))),
    (1, form("({} is not None)", ("opt", "str"))),
    (1, lambda g, kind, depth: comprehension(g, "bool", depth, "any({e} {loop})")),
    (1, lambda g, kind, depth: comprehension(g, "bool", depth, "all({e} {loop})")),
    (1, form("{}.issubset({})", ("set", "str"), ("set", "str"))),
    (1, form("({} <= {})", ("set", "int"), ("set", "int"))),
]

STR = [
    (5, form("({} + {})", "str", "str")),
    (6, f_string),
    (1, form("({} * {})", "str", small)),
    (3, form("str({})", "int")),
    (1, form("str({})", "bool")),
    (1, form("str({})", "float")),
    (1, form("repr({})", "str")),
    (3, form("{}.{}()", "str", case)),
    (2, form("{}.replace({}, {})", "str", word, word)),
    (1, form("{}.replace({}, {}, 1)", "str", separator, word)),
    (1, form("{}.strip({})", "str", separator)),
    (2, form("{}.join({})", separator, TEXTS)),
    (1, form("{}.join(sorted({}))", separator, ("set", "str"))),
    (1, form("{}.join({})", separator, ("dict", "int"))),
    (2, form("{}[{}]", "str", cut)),
    (1, form("{}.zfill({})", "str", small)),
    (
        1,
        form(
            "{}.{}({}, {})",
            "str",
            lambda g: g.choice(["ljust", "rjust", "center"]),
            lambda g: str(g.small() * 2),
            lambda g: repr(g.choice("*-")),
        ),
    ),
    (1, form("{}.partition({})[{}]", "str", separator, lambda g: str(g.small() % 3))),
    (1, form("{}.rpartition({})[{}]", "str", separator, lambda g: str(g.small() % 3))),
    (1, form("{}.removeprefix({})", "str", word)),
    (1, form("{}.removesuffix({})", "str", word)),
    (1, form("{}.split({})[0]", "str", separator)),
    (1, form("{}.rsplit({}, 1)[-1]", "str", separator)),
    (2, form("({} or {})", ("opt", "str"), "str")),
    (1, form("({} or {})", "str", "str")),
    (1, form("({} and {})", "str", "str")),
    (1, form("('%s-%d' % ({}, {}))", "str", "int")),
    (1, form("('%5.1f|%r' % ({}, {}))", "float", "str")),
    (1, form("'{{}}/{{}}'.format({}, {})", "int", "str")),
    (1, form("'{{1}}{{0}}{{n:>3}}'.format({}, {}, n={})", "str", "bool", "int")),
    (1, form("format({}, {})", "int", lambda g: repr(g.choice(["03d", ">5", "x", ",", "b", "+d"])))),
    (1, form("chr(97 + {} % 26)", "int")),
    (1, form("hex({})", "int")),
    (1, form("json.dumps({}, sort_keys=True)", ("dict", "int"))),
    (1, form("json.dumps({})", TEXTS)),
    (1, form("max({}, {}, key=len)", "str", "str")),
    (1, form("min({}, {})", "str", "str")),
    (1, form("type({}).__name__", "int")),
    (1, lambda g, kind, depth: comprehension(g, "str", depth, "','.join({e} {loop})")),
    (1, form("''.join(reversed({}))", "str")),
]

LIST = [
    (5, lambda g, kind, depth: comprehension(g, kind[1], depth, "[{e} {loop}]")),
    (3, same("({} + {})", "own", "own")),
    (1, same("({} * {})", "own", lambda g: str(g.small() % 3))),
    (2, same("{}[{}]", "own", cut)),
    (2, same("list({})", "own")),
    (1, same("list(reversed({}))", "own")),
    (2, same("[*{}, {}]", "own", "item")),
    (1, same("[{}, *{}]", "item", "own")),
    (1, same("{}.copy()", "own")),
    (1, lambda g, kind, depth: f"list({value(g, ('dict', kind[1]), depth)}.values())"),
    (1, lambda g, kind, depth: comprehension(g, kind[1], depth, "list({e} {loop})")),
    (1, same("list(itertools.islice({}, {}))", "own", small)),
    (1, lambda g, kind, depth: sorted_list(g, kind, depth)),
    (1, lambda g, kind, depth: texts(g, kind, depth)),
]


def sorted_list(g, kind, depth):
    if kind[1] not in ("int", "str", "bool", "float"):
        return literal(g, kind, depth)
    by = {"str": ["len", "str.lower", "lambda s: (len(s), s)"], "int": ["abs", "lambda n: -n", "lambda n: n % 3"]}
    options = ["", ", reverse=True"] + [f", key={one}" for one in by.get(kind[1], [])]
    return f"sorted({value(g, kind, depth)}{g.choice(options)})"


def texts(g, kind, depth):
    if kind[1] == "str":
        many = [
            "{0}.split({1})",
            "{0}.split({1}, 1)",
            "{0}.rsplit({1}, maxsplit=1)",
            "list({0})",
            "{0}.splitlines()",
            "sorted({2})",
            "list({2})",
        ]
        return g.choice(many).format(value(g, "str", depth), separator(g), value(g, ("dict", "int"), depth))
    if kind[1] == "int":
        many = ["list(range({0}))", "list(map(len, {1}))", "list(map(lambda p, q: p + q, {2}, {2}))", "list(itertools.accumulate({2}))"]
        return g.choice(many).format(g.small(), value(g, TEXTS, depth), value(g, INTEGERS, depth))
    return literal(g, kind, depth)


DICT = [
    (3, lambda g, kind, depth: comprehension(g, kind[1], depth, "{{str({k}): {e} {loop}}}")),
    (3, same("{{**{}, {}: {}}}", "own", key, "item")),
    (2, same("{{{}: {}, **{}}}", key, "item", "own")),
    (2, same("({} | {})", "own", "own")),
    (2, same("dict({})", "own")),
    (1, same("dict({}, team={})", "own", "item")),
    (1, same("{}.copy()", "own")),
    (1, same("dict(sorted({}.items(), key=lambda p: p[0]))", "own")),
    (1, same("dict(zip({}, [{}, {}]))", TEXTS, "item", "item")),
    (1, same("{{k: v for k, v in {}.items() if k != {}}}", "own", key)),
    (1, same("dict.fromkeys([{}, {}], {})", "str", "str", "item")),
    (1, same("dict([({}, {}), ({}, {})])", key, "item", "str", "item")),
]

SET = [
    (3, same("({} {} {})", "own", lambda g: g.choice("|&-^"), "own")),
    (2, lambda g, kind, depth: comprehension(g, kind[1], depth, "{{{e} {loop}}}")),
    (2, lambda g, kind, depth: f"set({value(g, ('list', kind[1]), depth)})"),
    (1, same("{}.union([{}])", "own", "item")),
    (1, same("{}.difference([{}])", "own", "item")),
]

TUPLE = [(1, lambda g, kind, depth: literal(g, kind, depth + 1))]
OBJECT = [(1, lambda g, kind, depth: expressions.make(g, g.class_named(kind[1]), depth + 1))]
OPTIONAL = [(1, form("({} or None)", "str")), (1, lambda g, kind, depth: f"{value(g, ('dict', 'str'), depth)}.get({g.key()})")]

BY_KIND = {
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "str": STR,
    "list": LIST,
    "dict": DICT,
    "set": SET,
    "tuple": TUPLE,
    "object": OBJECT,
    "opt": OPTIONAL,
}
