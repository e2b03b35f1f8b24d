"""Short patterns in which the environment decides what changes: unknown keys, targets, lengths, branches and exceptions."""

from expressions import literal, value
from generator import VARIABLES


def unknown(g, depth):
    kinds = [
        chosen_object, lookup, spread, insertion, loop, early_return, attempt, written_key, deleted_key, global_under_test,
        nonlocal_under_test, attribute_under_test, chosen_function, filtered, class_attribute, keyword_arguments, tested_twice,
        broken_loop, while_unknown, matched, raised, short_circuit, sorted_unknown, swapped,
    ]  # fmt: skip
    g.choice(kinds)(g)


def text(g):
    return f"os.environ.get({g.choice(VARIABLES)!r}, {g.word()})"


def test(g):
    return g.choice(["os.environ.get('GPU') == '1'", "'STAGE' in os.environ", "len(os.environ.get('COUNT', '')) > 0"])


def number(g):
    return f"len(os.environ.get({g.choice(VARIABLES)!r}, ''))"


def chosen_object(g):
    which, change = g.choice([("list", "append(7)"), ("dict", "update(a=7)"), ("list", "clear()"), ("dict", "clear()"), ("list", "sort()")])
    kind = (which, "int")
    one, two = g.assign(kind, literal(g, kind)), g.assign(kind, literal(g, kind))
    g.write(f"({one} if {test(g)} else {two}).{change}")


def lookup(g):
    name = g.assign(("dict", "str"), literal(g, ("dict", "str")))
    g.assign("str", f"{name}.{g.choice(['get', 'pop', 'setdefault'])}({text(g)}, {g.word()})")


def spread(g):
    name, key = g.assign(("dict", "str"), literal(g, ("dict", "str"))), g.key()
    other = f"({{}} if {test(g)} else {{{key}: {g.word()}}})"
    form = g.choice(
        [
            "{{**{0}, **{1}}}",
            "{{**{1}, **{0}}}",
            "({0} | {1})",
            "dict({0}, **{1})",
            "{{{2}: 'first', **{1}}}",
            "dict([*{0}.items(), *{1}.items()])",
        ]
    )
    g.assign(("dict", "str"), form.format(name, other, key))


def insertion(g):
    name = g.assign(("list", "int"), literal(g, ("list", "int")))
    g.write(
        g.choice(
            [
                f"{name}.insert({number(g)}, 9)",
                f"{name}[:{number(g)}] = [9]",
                f"{name}.extend([8] * {number(g)})",
                f"del {name}[{number(g)}:]",
            ]
        )
    )
    g.assign("int", f"({name}[0] if {name} else -1)")


def loop(g):
    count, seen, item = g.assign("int", "0"), g.assign(("list", "str"), "[]"), g.fresh("v")
    with g.block(f"for {item} in {text(g)}.split(','):", {item: "str"}):
        g.write(f"{count} += 1")
        g.write(g.choice([f"{seen}.append({item})", f"{seen}.append('same')", f"{seen} = [{item}]", f"{seen} += [{item}]"]))
    if g.chance(0.3):
        with g.block("else:"):
            g.write(f"{count} += 10")


def early_return(g):
    name, kept = g.fresh("f"), g.assign(("list", "int"), "[]")
    with g.block(f"def {name}(n):"):
        g.write(f"{kept}.append(n)")
        with g.block(f"if {test(g)}:"):
            g.write("return 1")
        g.write(f"{kept}.append(n * 2)")
        g.write("return 2")
    g.assign("int", f"{name}({g.small()})")


def attempt(g):
    result, steps = g.assign("int", "0"), g.assign(("list", "str"), "[]")
    with g.block("try:"):
        g.write(f"{steps}.append('before')")
        g.write(f"{result} = {g.choice([f'int({text(g)})', f'10 // {number(g)}', f'[1, 2][{number(g)}]', f'''{{'a': 1}}[{text(g)}]'''])}")
        g.write(f"{steps}.append('after')")
    with g.block(f"except {g.choice(['Exception', '(ValueError, LookupError, ArithmeticError)'])}:"):
        g.write(f"{steps}.append('handler')")
    if g.chance(0.5):
        with g.block(g.choice(["finally:", "else:"]) if g.chance(0.5) else "finally:"):
            g.write(f"{steps}.append('end')")


def written_key(g):
    name = g.assign(("dict", "int"), literal(g, ("dict", "int")))
    g.write(
        g.choice(
            [
                f"{name}[{text(g)}] = 9",
                f"{name}.setdefault({text(g)}, 9)",
                f"{name}.update({{{text(g)}: 9}})",
                f"{name} |= {{{text(g)}: 9}}",
            ]
        )
    )
    g.assign("int", f"{name}.get({g.key()}, -1)")


def deleted_key(g):
    name = g.assign(("dict", "int"), literal(g, ("dict", "int")))
    g.write(f"{name}.pop({text(g)}, None)")
    g.assign("int", f"len({name})")


def global_under_test(g):
    name, function = g.assign("str", "'before'"), g.fresh("f")
    if g.indent:
        return
    with g.block(f"def {function}():"):
        g.write(f"global {name}")
        with g.block(f"if {test(g)}:"):
            g.write(f"{name} = {g.word()}")
    g.write(f"{function}()")


def nonlocal_under_test(g):
    outer, inner, name = g.fresh("f"), g.fresh("f"), g.fresh("v")
    with g.block(f"def {outer}():"):
        g.write(f"{name} = 'before'")
        with g.block(f"def {inner}():"):
            g.write(f"nonlocal {name}")
            with g.block(f"if {test(g)}:"):
                g.write(f"{name} = 'after'")
        g.write(f"{inner}()")
        g.write(f"return {name}")
    g.assign("str", f"{outer}()")


def attribute_under_test(g):
    name, one, two = g.fresh("K"), g.fresh("o"), g.fresh("o")
    with g.block(f"class {name}:"):
        g.write("size = 1")
    g.write(f"{one}, {two} = {name}(), {name}()")
    g.write(g.choice([f"({one} if {test(g)} else {two}).size = 2", f"setattr({one}, 'size' if {test(g)} else 'other', 2)"]))
    g.assign(("list", "int"), f"[{one}.size, {two}.size, {name}.size]")


def class_attribute(g):
    name = g.fresh("K")
    with g.block(f"class {name}:"):
        g.write("size = 1")
        g.write("def get(self): return self.size")
    with g.block(f"if {test(g)}:"):
        g.write(f"{name}.size = 2")
    g.assign("int", f"{name}().get()")


def chosen_function(g):
    kept = g.assign(("list", "int"), "[1, 2]")
    g.write(f"(list.clear if {test(g)} else len)({kept})")
    g.assign("str", f"(str.upper if {test(g)} else str.lower)({g.word()})")


def filtered(g):
    kept = g.assign(("list", "str"), f"[w for w in {value(g, ('list', 'str'), 1)} if w != {text(g)}]")
    g.assign("int", f"len({kept})")
    g.assign(("dict", "str"), f"{{str(n): w for n, w in enumerate([*{text(g)}.split(','), 'last'])}}")


def keyword_arguments(g):
    name = g.fresh("f")
    with g.block(f"def {name}(a='1', b='2', **rest):"):
        g.write("return a + b + str(len(rest))")
    g.assign("str", f"{name}(**{{'a' if {test(g)} else 'b': '9'}})")


def tested_twice(g):
    flag = g.fresh("v")
    g.write(f"{flag} = {test(g)}")
    one = g.assign("str", f"'yes' if {flag} else 'no'")
    if g.chance(0.5):
        g.write(f"{flag} = {test(g)}")
    two = g.assign("str", f"'yes' if {flag} else 'no'")
    g.assign("bool", f"{one} == {two}")


def broken_loop(g):
    total, item = g.assign("int", "0"), g.fresh("v")
    with g.block(f"for {item} in [1, 2, 3]:", {item: "int"}):
        with g.block(f"if {item} == {g.small()} {g.choice(['and', 'or'])} {test(g)}:"):
            g.write(g.choice(["break", "continue"]))
        g.write(f"{total} += {item}")
    if g.chance(0.4):
        with g.block("else:"):
            g.write(f"{total} += 100")


def while_unknown(g):
    name = g.assign("int", number(g))
    with g.block(f"while {name} > {g.small() % 3}:"):
        g.write(f"{name} -= 1")


def matched(g):
    name = g.assign("str", "'none'")
    with g.block(f"match {text(g)}:"):
        for word in ["prod", "a,42"]:
            with g.block(f"case {word!r}:"):
                g.write(f"{name} = {g.word()}")
        if g.chance(0.5):
            with g.block("case other if len(other) > 3:"):
                g.write(f"{name} = 'long'")


def raised(g):
    name, function = g.assign("str", "'before'"), g.fresh("f")
    with g.block(f"def {function}():"):
        with g.block(f"if {test(g)}:"):
            g.write(f"raise {g.choice(['ValueError', 'KeyError'])}('x')")
        g.write("return 'fine'")
    with g.block("try:"):
        g.write(f"{name} = {function}()")
    with g.block("except ValueError:"):
        g.write(f"{name} = 'value'")
    with g.block("except LookupError:"):
        g.write(f"{name} = 'lookup'")


def short_circuit(g):
    kept = g.assign(("list", "int"), "[]")
    g.write(f"{test(g)} {g.choice(['and', 'or'])} {kept}.append(1)")
    g.assign("str", f"({g.choice(['None', repr('')])} or {text(g)} or 'end')")


def sorted_unknown(g):
    g.assign(("list", "int"), f"sorted({literal(g, ('list', 'int'))}, reverse={test(g)})")
    g.assign(("list", "str"), f"sorted(['b', 'a', {text(g)}])")


def swapped(g):
    one, two = g.assign("int", "1"), g.assign("int", "2")
    with g.block(f"if {test(g)}:"):
        g.write(f"{one}, {two} = {two}, {one}")
    g.assign("int", f"{one} + {two}")
