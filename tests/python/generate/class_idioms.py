"""Short patterns of working code around classes with random parts: context managers, iterators, operators, exceptions."""

from expressions import value


def context_manager(g):
    name, kept = g.fresh("cm"), g.fresh("v")
    g.write(f"{kept} = []")
    g.define(kept, ("list", "str"))
    caught = g.chance(0.4)
    g.write("@contextlib.contextmanager")
    with g.block(f"def {name}(label):"):
        g.write(f"{kept}.append('in ' + label)")
        if caught:
            with g.block("try:"):
                g.write("yield label * 2")
            with g.block(g.choice(["finally:", "except ValueError:"])):
                g.write(f"{kept}.append('out')")
        else:
            g.write("yield label * 2")
            g.write(f"{kept}.append('out')")
    got = g.fresh("v")
    g.write(f"{got} = ''")
    with g.block(f"with {name}({g.word()}) as {got}:"):
        g.write(f"{kept}.append({got})")
    g.define(got, "str")


def exit_class(g):
    name, kept = g.fresh("CM"), g.fresh("v")
    g.write(f"{kept} = []")
    g.define(kept, ("list", "str"))
    with g.block(f"class {name}:"):
        with g.block("def __enter__(self):"):
            g.write(f"{kept}.append('enter')")
            g.write("return self")
        with g.block("def __exit__(self, kind, error, trace):"):
            g.write(f"{kept}.append(kind.__name__ if kind else 'none')")
            g.write(f"return {g.choice(['True', 'True', 'kind is ValueError'])}")
    flow = g.choice(["pass", "raise ValueError('x')", f"if {value(g, 'bool')}: raise ValueError('y')"])
    with g.block(f"with {name}():"):
        g.write(flow)
        g.write(f"{kept}.append('body')")


def class_method(g):
    name = g.fresh("K")
    with g.block(f"class {name}:"):
        g.write("made = []")
        with g.block("def __init__(self, tag):"):
            g.write("self.tag = tag")
            g.write(g.choice(["self.made.append(tag)", f"{name}.made.append(tag)", "type(self).made = [*self.made, tag]"]))
        g.write("@classmethod")
        with g.block("def of(cls, *tags):"):
            g.write("return [cls(tag) for tag in tags]")
        g.write("@staticmethod")
        with g.block("def clean(tag):"):
            g.write("return tag.strip().lower()")
    g.assign("int", f"len({name}.of({g.word()}, {g.word()}))")
    g.assign(("list", "str"), f"{name}.made")
    g.assign("str", f"{name}.clean({value(g, 'str', 1)})")


def exceptions(g):
    error, name, got = g.fresh("Error"), g.fresh("f"), g.fresh("v")
    with g.block(f"class {error}({g.choice(['Exception', 'ValueError', 'KeyError'])}):"):
        g.write("pass")
    with g.block(f"def {name}(n):"):
        with g.block("try:"):
            with g.block(f"if n {g.choice(['>', '<', '=='])} {g.small()}:"):
                g.write(f"raise {error}('bad')")
            g.write(f"return {g.choice(['10 // n', '[1, 2][n]', 'n'])}")
        with g.block(
            f"except {g.choice([error, 'ZeroDivisionError', 'LookupError', '(ValueError, IndexError)'])}{g.choice(['', ' as error'])}:"
        ):
            g.write(g.choice(["return -1", "raise", "raise RuntimeError('again') from None", "pass"]))
        if g.chance(0.4):
            with g.block("finally:"):
                g.write(g.choice(["n = 7", "return 99", "pass"]))
        g.write("return -2")
    g.write(f"{got} = 0")
    with g.block("try:"):
        g.write(f"{got} = {name}({value(g, 'int', 1)})")
    with g.block(f"except {error}:"):
        g.write(f"{got} = -5")
    with g.block("except Exception as error:"):
        g.write(f"{got} = len(str(error)) + 100")
    g.define(got, "int")


def iterator_class(g):
    name = g.fresh("I")
    with g.block(f"class {name}:"):
        with g.block("def __init__(self, top):"):
            g.write("self.top = top")
        if g.chance(0.5):
            with g.block("def __iter__(self):"):
                g.write("yield from range(self.top)")
        else:
            with g.block("def __getitem__(self, index):"):
                with g.block("if index >= self.top:"):
                    g.write("raise IndexError(index)")
                g.write("return index * 2")
        with g.block("def __len__(self):"):
            g.write("return self.top")
    use = g.choice(
        [(("list", "int"), "list({0})"), ("int", "len({0})"), ("bool", "(2 in {0})"), ("bool", "bool({0})"), ("int", "sum(x for x in {0})")]
    )
    g.assign(use[0], use[1].format(f"{name}({g.small()})"))


def operators_of_class(g):
    name, one = g.fresh("V"), g.fresh("o")
    with g.block(f"class {name}:"):
        with g.block("def __init__(self, n):"):
            g.write("self.n = n")
        with g.block("def __add__(self, other):"):
            g.write(f"return {name}(self.n + getattr(other, 'n', other))")
        if g.chance(0.5):
            with g.block("def __radd__(self, other):"):
                g.write(f"return {name}(other * 10 + self.n)")
        else:
            with g.block("def __iadd__(self, other):"):
                g.write("self.n += 100")
                g.write("return self")
        with g.block("def __lt__(self, other):"):
            g.write("return self.n < other.n")
        with g.block("def __bool__(self):"):
            g.write("return self.n > 2")
        with g.block("def __str__(self):"):
            g.write("return f'<{self.n}>'")
    g.write(f"{one} = {name}({value(g, 'int', 1)})")
    g.write(f"{one} += {g.small()}")
    forms = [
        ("str", f"str({one})"),
        ("str", f"f'{{{one}}}'"),
        ("bool", f"bool({one})"),
        ("str", f"str({one} + {name}(1))"),
        ("str", f"'yes' if {one} else 'no'"),
        (("list", "int"), f"[v.n for v in sorted([{name}(3), {one}, {name}(1)])]"),
        ("str", f"str(max({one}, {name}(4)))"),
    ]
    for kind, text in g.random.sample(forms, 2):
        g.assign(kind, text)


KINDS = [context_manager, exit_class, class_method, exceptions, iterator_class, operators_of_class]
