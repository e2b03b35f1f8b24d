"""The state of one random program under construction: its text, the names in scope, and the source of chance."""

import contextlib
import random

WORDS = ["alpha", "b", "Gpu", "x-1", "a,b,c", "", " pad ", "42", "7", "two words", "k=v", "é", "ab.cd", "UPPER", "a_b", "zz"]
KEYS = ["a", "b", "c", "team", "cpu", "x-1"]
VARIABLES = ["STAGE", "GPU", "COUNT"]
PLAIN = ("int", "str", "bool", "float")
MUTABLE = ("list", "dict", "set", "object")


def list_of(item):
    return ("list", item)


def dict_of(item):
    return ("dict", item)


class Function:
    """A function that expressions may call."""

    def __init__(self, name, parameters, result, risky=False):
        self.name, self.parameters, self.result, self.risky = name, parameters, result, risky


class Class:
    """A class that expressions may make objects of; `fields` may be assigned, `readable` only read."""

    def __init__(self, name, parameters, fields, readable=(), methods=(), plain=True):
        self.name, self.parameters, self.fields = name, list(parameters), dict(fields)
        self.readable, self.methods, self.plain = dict(readable), list(methods), plain
        self.by_keyword = False  # whether its constructor takes nothing by position


class Generator:
    """Writes one program; every choice comes from `random`."""

    def __init__(self, seed, productions):
        self.productions = productions  # of expressions, by type
        self.random = random.Random(seed)
        self.lines, self.indent = [], 0
        self.names = {}  # what may be read here: name -> type
        self.local = set()  # what may be assigned here
        self.at_module = set()  # what the module surely defines
        self.functions, self.classes = [], []
        self.may_raise = False
        self.in_function, self.in_loop = 0, False
        self.unknown = self.random.choice([0, 0, 0, 0.02, 0.05, 0.1])
        self.budget = self.random.randint(8, 32)  # statements
        self.counter = 0
        self.templates = 0

    # chance

    def chance(self, share):
        return self.random.random() < share

    def choice(self, items):
        return self.random.choice(list(items))

    def weighted(self, table):
        """One of the second parts of `[(weight, item)]`."""
        return self.random.choices([item for _, item in table], [weight for weight, _ in table])[0]

    def word(self):
        return repr(self.choice(WORDS))

    def key(self):
        return repr(self.choice(KEYS))

    def small(self):
        return self.random.randint(0, 5)

    # text

    def write(self, line):
        self.lines.append("    " * self.indent + line)

    @contextlib.contextmanager
    def block(self, header, names=()):
        """An indented block; what it defines is not surely defined behind it."""
        self.write(header)
        before = dict(self.names), set(self.local), list(self.functions), list(self.classes)
        length = len(self.lines)
        self.names.update(names)
        self.local -= dict(names).keys()
        self.indent += 1
        yield
        if len(self.lines) == length:
            self.write("pass")
        self.indent -= 1
        self.names, self.local, self.functions, self.classes = before

    @contextlib.contextmanager
    def body_of_function(self, header, names, may_raise=False):
        """The block of a `def`: what is assigned outside may only be read inside."""
        saved = self.local, self.may_raise, self.in_loop
        with self.block(header, names):
            self.local, self.may_raise, self.in_loop = set(names), may_raise, False
            self.in_function += 1
            yield
            self.in_function -= 1
        self.local, self.may_raise, self.in_loop = saved

    # names

    def fresh(self, prefix):
        self.counter += 1
        return f"{prefix}{self.counter}"

    def module_names(self):
        """What a `global` statement may name."""
        return [(name, kind) for name, kind in self.names.items() if name in self.at_module]

    def define(self, name, kind):
        self.names[name] = kind
        self.local.add(name)

    def assign(self, kind, text, prefix="v"):
        """A new variable with this value; its name."""
        name = self.fresh(prefix)
        self.write(f"{name} = {text}")
        self.define(name, kind)
        return name

    def of_kind(self, kind):
        return [name for name, own in self.names.items() if own == kind]

    def mutable(self, which):
        """Names of lists, dicts, … : (name, type)."""
        return [(name, kind) for name, kind in self.names.items() if kind[0] == which]

    def class_named(self, name):
        return next(one for one in self.classes if one.name == name)

    # kinds of values

    def kind(self, depth=1):
        """A type at random."""
        table = [(4, "int"), (5, "str"), (2, "bool"), (1, "float"), (1, ("opt", "str"))]
        if depth:
            table += [(3, "list"), (3, "dict"), (1, "tuple"), (1, "set")]
            table += [(3, "object")] if self.classes else []
        which = self.weighted(table)
        if which in ("list", "dict"):
            return (which, self.kind(depth - 1))
        if which == "tuple":
            return ("tuple", (self.kind(0), self.kind(0)))
        if which == "set":
            return ("set", self.choice(["str", "int"]))
        if which == "object":
            return ("object", self.choice(self.classes).name)
        return which
