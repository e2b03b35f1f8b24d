"""Short patterns of working code with random parts: closures, decorators, registries, copies, lazy iterators."""

import class_idioms
from expressions import literal, value


def idiom(g, depth):
    kinds = [
        counter,
        late_binding,
        decorator,
        partial,
        default_dict,
        counted,
        walrus,
        mutable_default,
        star_arguments,
        recursion,
        comprehension_scope,
        deque,
        ordered,
        registry,
        aliased_in_dict,
        generator_expression,
        changed_while_looping,
        any_arguments,
        unpack_in_call,
        group,
        copies,
        closure_over_loop,
        getattr_calls,
        nested_comprehension,
        string_building,
        *class_idioms.KINDS,
    ]
    g.choice(kinds)(g)


def counter(g):
    outer, inner, kept = g.fresh("make"), g.fresh("step"), g.fresh("n")
    with g.block(f"def {outer}({kept}={g.small()}):"):
        with g.block(f"def {inner}(by=1):"):
            g.write(f"nonlocal {kept}")
            g.write(f"{kept} {g.choice(['+=', '-=', '*='])} by")
            g.write(f"return {kept}")
        g.write(f"return {inner}")
    one = g.fresh("h")
    g.write(f"{one} = {outer}({value(g, 'int', 1)})")
    for _ in range(g.random.randint(1, 3)):
        g.assign("int", f"{one}({g.choice(['', '2', value(g, 'int', 1)])})")


def late_binding(g):
    name = g.fresh("hs")
    form = g.choice(["[lambda: i for i in range(3)]", "[lambda i=i: i for i in range(3)]", "[lambda x, i=i: x + i for i in (1, 2)]"])
    g.write(f"{name} = {form}")
    argument = "10" if "x," in form else ""
    g.assign(("list", "int"), f"[h({argument}) for h in {name}]")


def closure_over_loop(g):
    name, item = g.fresh("hs"), g.fresh("v")
    g.write(f"{name} = []")
    with g.block(f"for {item} in {value(g, ('list', 'int'), 1)}:"):
        g.write(f"{name}.append(lambda: {item})")
    g.assign(("list", "int"), f"[h() for h in {name}]")


def decorator(g):
    name, kept = g.fresh("deco"), g.fresh("v")
    g.write(f"{kept} = []")
    g.define(kept, ("list", "str"))
    with g.block(f"def {name}(function):"):
        if g.chance(0.5):
            g.write("@functools.wraps(function)")
        with g.block("def wrapper(*args, **kwargs):"):
            g.write(f"{kept}.append(function.__name__)")
            g.write(
                g.choice(
                    ["return function(*args, **kwargs) + 1", "return function(*args, **kwargs)", "return function(*args[::-1], **kwargs)"]
                )
            )
        g.write("return wrapper")
    used = g.fresh("f")
    g.write(f"@{name}")
    with g.body_of_function(f"def {used}(a, b=2):", {"a": "int", "b": "int"}):
        g.write(f"return {value(g, 'int')}")
    g.assign("int", f"{used}({value(g, 'int', 1)}, {g.small()})")
    g.assign("str", f"{used}.__name__")


def partial(g):
    name = g.fresh("h")
    g.write(f"{name} = functools.partial({g.choice(['lambda a, b: a - b', 'max', 'divmod'])}, {g.small() + 1})")
    g.assign("str", f"str({name}({g.small() + 1}))")


def default_dict(g):
    name, key = g.fresh("v"), g.fresh("v")
    kind = g.choice(["list", "int"])
    g.write(f"{name} = collections.defaultdict({kind})")
    with g.block(f"for {key} in {value(g, ('list', 'str'), 1)}:"):
        g.write(f"{name}[{key}].append(len({key}))" if kind == "list" else f"{name}[{key}] += 1")
    g.define(name, ("dict", "int" if kind == "int" else ("list", "int")))
    g.assign("str", f"str(dict({name}))")


def counted(g):
    source = value(g, g.choice(["str", ("list", "str")]), 1)
    use = g.choice([("str", "str({}.most_common(1))"), ("int", "{}['a']"), ("str", "str(sorted({}.items()))"), ("int", "sum({}.values())")])
    g.assign(use[0], use[1].format(f"collections.Counter({source})"))


def walrus(g):
    one, two = g.fresh("v"), g.fresh("v")
    form = g.small() % 3
    if form == 0:
        g.write(f"{two} = [{one} := {value(g, 'int')}, {one} + 1]")
        g.define(two, ("list", "int"))
        g.define(one, "int")
    elif form == 1:
        g.write(f"{two} = ({one} if ({one} := {value(g, 'str')}) else 'none')")
        g.define(two, "str")
        g.define(one, "str")
    else:
        iterator = g.fresh("it")
        g.write(f"{iterator}, {two} = iter({value(g, ('list', 'int'), 1)}), 0")
        with g.block(f"while ({one} := next({iterator}, None)) is not None:"):
            g.write(f"{two} += {one}")
        g.define(two, "int")


def mutable_default(g):
    name = g.fresh("f")
    with g.block(f"def {name}(item, seen=[]):"):
        g.write("seen.append(item)")
        g.write(g.choice(["return len(seen)", "return len(seen) * 10", "return sum(seen)"]))
    for _ in range(g.random.randint(1, 3)):
        g.assign("int", f"{name}({value(g, 'int', 1)}{g.choice(['', '', ', []'])})")


def star_arguments(g):
    name = g.fresh("f")
    with g.block(f"def {name}(first, *rest, sep='-', **named):"):
        g.write("parts = [first, *rest, *(f'{k}={v}' for k, v in named.items())]")
        g.write("return sep.join(map(str, parts))")
    form = g.choice(["{0}, {1}", "{0}, *{2}", "{0}, {1}, sep={3}", "{0}, **{{'a': {1}, 'b': {0}}}", "*{2} or ['z'], sep='/', q={1}"])
    g.assign("str", f"{name}({form.format(value(g, 'str', 1), value(g, 'int', 1), value(g, ('list', 'int'), 1), g.word())})")


def any_arguments(g):
    name = g.fresh("f")
    with g.block(f"def {name}(a, b=2, /, c=3, *, d=4):"):
        g.write("return a * 1000 + b * 100 + c * 10 + d")
    g.assign(
        "int",
        f"{name}({g.choice(['1', '1, 5', '1, 5, 6', '1, c=7', '1, 5, d=8', '*[1, 2, 3], d=9', '**{}'.replace('**{}', '7, **dict(c=1)')])})",
    )


def unpack_in_call(g):
    g.assign(("list", "int"), f"[*range({g.small()}), *{value(g, ('list', 'int'), 1)}, *(x * 2 for x in {value(g, ('list', 'int'), 1)})]")
    g.assign("int", f"max(*{value(g, ('list', 'int'), 1)}, 3, 4)")


def recursion(g):
    name = g.fresh("f")
    with g.block(f"def {name}(n):"):
        with g.block("if n <= 1:"):
            g.write(f"return {g.small()}")
        g.write(g.choice([f"return {name}(n - 1) + n", f"return {name}(n - 1) + {name}(n - 2)", f"return {name}(n // 2) * 2"]))
    g.assign("int", f"{name}({g.small()})")


def comprehension_scope(g):
    one = g.fresh("v")
    g.write(f"{one} = {value(g, 'int', 1)}")
    g.define(one, "int")
    g.assign(("list", "int"), f"[{one} * 2 for {one} in range(3) if {one} != 1]")


def nested_comprehension(g):
    g.assign(("list", "str"), f"[str(x) + y for x in range({g.small() % 4}) for y in {value(g, 'str', 1)} if x or y > 'a']")
    g.assign(("dict", ("list", "int")), f"{{k: [n for n in range(len(k)) if n % 2] for k in {value(g, ('list', 'str'), 1)}}}")


def deque(g):
    name = g.fresh("v")
    g.write(f"{name} = collections.deque({value(g, ('list', 'int'), 1)}{g.choice(['', ', maxlen=2'])})")
    g.write(f"{name}.{g.choice(['append', 'appendleft'])}({value(g, 'int', 1)})")
    g.write(g.choice([f"{name}.rotate(1)", f"{name}.extendleft([1, 2])", f"{name}.pop()"]))
    g.assign(("list", "int"), f"list({name})")


def ordered(g):
    name = g.fresh("v")
    g.write(f"{name} = collections.OrderedDict({value(g, ('dict', 'int'), 1)})")
    g.write(f"{name}['zz'] = 1")
    g.write(f"{name}.move_to_end('zz', last={g.choice(['True', 'False'])})")
    g.assign(("list", "str"), f"list({name})")


def registry(g):
    book, add = g.fresh("v"), g.fresh("register")
    g.write(f"{book} = {{}}")
    with g.block(f"def {add}(name):"):
        with g.block("def inner(function):"):
            g.write(f"{book}[name] = function")
            g.write("return function")
        g.write("return inner")
    for key in g.random.sample(["one", "two", "three"], g.random.randint(1, 3)):
        g.write(f"@{add}({key!r})")
        with g.body_of_function(f"def {g.fresh('f')}(n):", {"n": "int"}):
            g.write(f"return {value(g, 'str')}")
    g.assign(("dict", "str"), f"{{k: h({g.small()}) for k, h in {book}.items()}}")


def aliased_in_dict(g):
    shared, holder = g.fresh("v"), g.fresh("v")
    g.write(f"{shared} = {literal(g, ('list', 'int'))}")
    g.write(f"{holder} = {{'a': {shared}, 'b': {g.choice([shared, f'list({shared})', f'{shared}[:]'])}}}")
    g.define(shared, ("list", "int"))
    g.define(holder, ("dict", ("list", "int")))
    g.write(f"{holder}[{g.choice(['a', 'b'])!r}].append({value(g, 'int', 1)})")
    if g.chance(0.4):
        g.write(f"{holder}['a'] += [{value(g, 'int', 1)}]")


def generator_expression(g):
    source, lazy = g.fresh("v"), g.fresh("it")
    g.write(f"{source} = {literal(g, ('list', 'int'))}")
    g.define(source, ("list", "int"))
    g.write(
        f"{lazy} = (x * 2 for x in {source})"
        if g.chance(0.6)
        else f"{lazy} = {g.choice(['map(str, {0})', 'zip({0}, {0})', 'enumerate({0})', 'reversed({0})', 'filter(None, {0})']).format(source)}"
    )
    g.write(f"{source}.append({value(g, 'int', 1)})")
    g.assign("str", f"str(list({lazy}))")
    g.assign("int", f"len(list({lazy}))")


def changed_while_looping(g):
    name, item = g.fresh("v"), g.fresh("v")
    g.write(f"{name} = {literal(g, ('list', 'int'))}")
    g.define(name, ("list", "int"))
    with g.block(f"for {item} in {name}:"):
        with g.block(f"if len({name}) < 6:"):
            g.write(g.choice([f"{name}.append({item} + 1)", f"{name}.insert(0, 9)", f"{name}.remove({item})"]))


def group(g):
    one, two = g.fresh("v"), g.fresh("v")
    g.write(f"{one} = {{}}")
    with g.block(f"for {two}, tags in itertools.groupby(sorted({value(g, ('list', 'str'), 1)}, key=len), key=len):"):
        g.write(f"{one}[str({two})] = list(tags)")
    g.define(one, ("dict", ("list", "str")))


def copies(g):
    one, two = g.fresh("v"), g.fresh("v")
    g.write(f"{one} = {{'a': [1], 'b': [2]}}")
    g.write(f"{two} = {g.choice(['copy.copy({0})', 'copy.deepcopy({0})', 'dict({0})', '{0}', '{{**{0}}}']).format(one)}")
    g.define(one, ("dict", ("list", "int")))
    g.define(two, ("dict", ("list", "int")))
    g.write(f"{two}['a'].append({value(g, 'int', 1)})")
    g.write(f"{two}['b'] = {value(g, ('list', 'int'), 1)}")


def getattr_calls(g):
    method = g.choice(["upper", "lower", "title", "strip"])
    g.assign("str", f"getattr({value(g, 'str', 1)}, {method!r})()")
    g.assign("str", f"getattr({value(g, 'int', 1)}, 'missing', {value(g, 'str', 1)})")


def string_building(g):
    name, item = g.fresh("v"), g.fresh("v")
    g.write(f"{name} = ''")
    with g.block(f"for {item} in {value(g, ('list', 'str'), 1)} or 'abc':"):
        with g.block(f"if {name}:"):
            g.write(f"{name} += ','")
        g.write(f"{name} += {item}.{g.choice(['upper', 'strip'])}()")
    g.define(name, "str")
