"""Reads one class or function into rows: plain facts that are the same text when they mean the same."""

import ast

# Decorators that leave the signature as it is written.
TRANSPARENT = {
    "abstractmethod", "cache", "cached_property", "classmethod", "contextmanager", "asynccontextmanager", "deprecated",
    "lru_cache", "override", "property", "requires_initialization", "requires_storage", "staticmethod", "syncify", "wraps",
    "dataclass", "dataclass_json", "auto", "runtime_checkable", "total_ordering", "timeit", "final", "setter",
}
SPECIAL_METHODS = {"__call__", "__getitem__", "__rshift__", "__lshift__"}
EXCEPTIONS = {"BaseException", "Exception", "ValueError", "TypeError", "RuntimeError", "AssertionError", "KeyError", "NotImplementedError"}
KINDS = {
    ("enum", "Enum"): "enum", ("enum", "IntEnum"): "enum", ("enum", "StrEnum"): "enum", ("enum", "Flag"): "enum",
    ("enum", "IntFlag"): "enum", ("pydantic", "BaseModel"): "pydantic", ("typing", "NamedTuple"): "named tuple",
    ("typing", "TypedDict"): "typed dict", ("typing_extensions", "TypedDict"): "typed dict", ("typing", "Protocol"): "protocol",
}


def row(**facts):
    """A row without the facts that are false or absent."""
    return {key: value for key, value in facts.items() if value not in (None, False)}


def last_name(node):
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def option(call, name):
    """The node of a keyword argument."""
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None) if isinstance(call, ast.Call) else None


def is_true(node):
    return isinstance(node, ast.Constant) and node.value is True


def is_false(node):
    return isinstance(node, ast.Constant) and node.value is False


class Definitions:
    def __init__(self, sources, annotations, public):
        self.sources = sources
        self.annotations = annotations
        self.public = public

    # Functions.

    def function(self, bound):
        node = bound.node
        return [self._callable_row("function", node, bound.module), *self._parameters(bound.module, node)]

    def partial(self, bound):
        """`functools.partial(function, name=value)`: the function's rows with other defaults."""
        rows = self.function(self.sources.partial(bound))
        fixed = {keyword.arg: self.annotations.default(bound.module, keyword.value) for keyword in bound.node.keywords}
        found, keyword = [], False
        for line in rows:
            # From the first one that is fixed on, places would collide with it.
            keyword = keyword or line.get("parameter") in fixed
            places = keyword and "parameter" in line and "kind" not in line
            default = {"default": fixed[line["parameter"]]} if line.get("parameter") in fixed else {}
            kind = {"kind": "keyword"} if places else {}
            known = {fact: line[fact] for fact in ("of", "parameter") if fact in line}
            found.append({**known, **kind, **line, **default})
        return found

    def _callable_row(self, what, node, module, **more):
        names = [last_name(decorator) for decorator in node.decorator_list]
        return row(
            **{what: node.name if what == "method" else True},
            **more,
            **{"async": isinstance(node, ast.AsyncFunctionDef) and "syncify" not in names},
            syncified="syncify" in names,
            opaque=any(name not in TRANSPARENT for name in names),
            returns=self.annotations.spelt(module, node.returns) if node.returns else None,
            refuses=refused(node),
        )

    def _parameters(self, module, node, skip=0, of=None):
        """The rows of the parameters; `skip` leaves out `self` or `cls`."""
        arguments = node.args
        plain = [*arguments.posonlyargs, *arguments.args]
        defaults = [None] * (len(plain) - len(arguments.defaults)) + arguments.defaults
        rows = []
        for index, (argument, default) in enumerate(zip(plain, defaults)):
            if index >= skip:
                kind = "positional" if index < len(arguments.posonlyargs) else None
                rows.append(self._parameter(module, of, argument, default, kind))
        if arguments.vararg:
            rows.append(self._parameter(module, of, arguments.vararg, None, "*"))
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
            rows.append(self._parameter(module, of, argument, default, "keyword"))
        if arguments.kwarg:
            rows += self._further(module, of, node)
        return rows

    def _parameter(self, module, of, argument, default, kind):
        return row(
            of=of,
            parameter=argument.arg,
            kind=kind,
            type=self.annotations.spelt(module, argument.annotation),
            default=None if default is None else self.annotations.default(module, default),
        )

    def _further(self, module, of, node):
        """`**kwargs`: where the body takes some names out and refuses the rest, those are what it has."""
        name = node.args.kwarg.arg
        if not refused(node):
            return [row(of=of, parameter=name, kind="**", type="any", forwarded=forwards(node, name))]
        return [
            row(of=of, parameter=taken, kind="keyword", type="any", default=default) for taken, default in taken_out(node, name)
        ]

    # Classes.

    def cls(self, bound):
        node, module = bound.node, bound.module
        kind = self.kind(bound)
        decorators = [last_name(decorator) for decorator in node.decorator_list]
        settings = self._dataclass_call(node)
        rows = [
            row(
                **{"class": kind},
                frozen=is_true(option(settings, "frozen")),
                slots=is_true(option(settings, "slots")) or self._assigns(node, "__slots__"),
                open=is_open(node),
                opaque=any(name not in TRANSPARENT for name in decorators),
            )
        ]
        rows += [row(base=base) for base in self.bases(bound) if base != "object"]
        rows += self._constructor(bound, kind)
        rows += self._attributes(bound, kind)
        rows += [line for method in self._methods(node) for line in self._method(bound, method)]
        rows += self.checks(bound)
        return rows

    def bases(self, bound):
        """The dotted names of the bases."""
        for base in bound.node.bases:
            base = base.value if isinstance(base, ast.Subscript) else base
            spelt = self.annotations.spelt(bound.module, base)
            yield ast.unparse(base) if spelt in {"any", "None"} else spelt.split("[")[0]

    def base_definitions(self, bound):
        """The bases that are classes of the sources."""
        for base in bound.node.bases:
            found = self.sources.expression(bound.module, base.value if isinstance(base, ast.Subscript) else base)
            if found is not None and found.kind == "class" and found.node is not bound.node:
                yield found

    def kind(self, bound):
        for base in bound.node.bases:
            base = base.value if isinstance(base, ast.Subscript) else base
            found = self.sources.expression(bound.module, base)
            if found is not None and found.kind == "import" and (found.module, found.name) in KINDS:
                return KINDS[(found.module, found.name)]
            if found is None and isinstance(base, ast.Name) and base.id in EXCEPTIONS:
                return "exception"
        inherited = {self.kind(base) for base in self.base_definitions(bound)}
        for kind in ("enum", "pydantic", "named tuple", "typed dict", "exception"):
            if kind in inherited:
                return kind
        return "dataclass" if self._dataclass_call(bound.node) is not None else "plain"

    @staticmethod
    def _dataclass_call(node):
        return next((decorator for decorator in node.decorator_list if last_name(decorator) == "dataclass"), None)

    @staticmethod
    def _assigns(node, name):
        return any(isinstance(line, ast.Assign) and any(getattr(t, "id", "") == name for t in line.targets) for line in node.body)

    @staticmethod
    def _methods(node):
        """The methods of a class, of overloads and setters the one that runs."""
        found = {}
        for line in body_of(node):
            if isinstance(line, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [last_name(decorator) for decorator in line.decorator_list]
                if "overload" not in names and not {"setter", "deleter"} & set(names):
                    found[line.name] = line
        return list(found.values())

    def method_named(self, node, name):
        return next((method for method in self._methods(node) if method.name == name), None)

    def _constructor(self, bound, kind):
        """Rows of the constructor's parameters, where the class has one of its own."""
        node, module = bound.node, bound.module
        made = self.method_named(node, "__init__") or self.method_named(node, "__new__")
        if made is not None and kind not in {"enum", "typed dict"}:
            rows = self._parameters(module, made, skip=1)
            decorated = any(last_name(decorator) not in TRANSPARENT for decorator in made.decorator_list)
            return [row(constructor=True, opaque=decorated, refuses=refused(made)), *rows]
        if kind in {"dataclass", "pydantic", "named tuple", "typed dict"}:
            if kind == "dataclass" and is_false(option(self._dataclass_call(node), "init")):
                return []
            fields = self.fields(bound)
            plain = [field for field in fields.values() if field["init"] and not field["keyword"]]
            keywords = [field for field in fields.values() if field["init"] and field["keyword"]]
            parameters = [
                row(parameter=f["name"], kind="keyword" if f["keyword"] else None, type=f["type"], default=f["default"])
                for f in [*plain, *keywords]
            ]
            return [row(constructor=True), *parameters]
        return []

    def fields(self, bound):
        """The fields of a dataclass or the like, by name, those of its bases first."""
        fields = {}
        for base in reversed(list(self.base_definitions(bound))):
            fields.update(self.fields(base))
        kind = self.kind(bound)
        settings = self._dataclass_call(bound.node)
        if kind == "plain" or (kind == "dataclass" and settings is None):
            return fields
        keyword = kind in {"pydantic", "typed dict"} or is_true(option(settings, "kw_only"))
        for line in body_of(bound.node):
            if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
                continue
            spelt = ast.unparse(line.annotation)
            if spelt.endswith("KW_ONLY"):
                keyword = True
            elif "ClassVar" not in spelt and line.target.id != "model_config":
                fields[line.target.id] = self._field(bound, line, keyword)
        return fields

    def _field(self, bound, line, keyword):
        made = line.value if isinstance(line.value, ast.Call) and last_name(line.value) in {"field", "Field", "PrivateAttr"} else None
        own = option(made, "kw_only")
        return {
            "name": line.target.id,
            "type": self.annotations.spelt(bound.module, line.annotation),
            "default": self._field_default(bound.module, line.value, made),
            "init": not is_false(option(made, "init")) and not (made is not None and last_name(made) == "PrivateAttr"),
            "keyword": keyword if own is None else is_true(own),
        }

    def _field_default(self, module, value, made):
        if made is None:
            return None if value is None else self.annotations.default(module, value)
        default = option(made, "default")
        if default is None and made.args:
            default = made.args[0]
        if default is not None and not (isinstance(default, ast.Constant) and default.value is ...):
            return self.annotations.default(module, default)
        factory = option(made, "default_factory")
        if isinstance(factory, ast.Lambda):
            return self.annotations.default(module, factory.body)
        if factory is not None:
            return self.annotations.default(module, ast.Call(func=factory, args=[], keywords=[]))
        return None

    def _attributes(self, bound, kind):
        """What instances have beside methods; private names are left out."""
        found = {}
        fields = self.fields(bound) if kind in {"dataclass", "pydantic", "named tuple"} else {}
        for line in body_of(bound.node):
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.target.id in fields:
                found[line.target.id] = row(attribute=line.target.id, type=fields[line.target.id]["type"])
        for line in body_of(bound.node):
            self._class_attribute(bound, kind, line, found)
        for method in self._methods(bound.node):
            names = [last_name(decorator) for decorator in method.decorator_list]
            if {"property", "cached_property"} & set(names):
                settable = "cached_property" in names or has_setter(bound.node, method.name)
                returned = self.annotations.spelt(bound.module, method.returns)
                found[method.name] = row(attribute=method.name, kind="property", type=returned, settable=settable)
            for target, annotation in assigned(method):
                found.setdefault(target, row(attribute=target, type=self.annotations.spelt(bound.module, annotation)))
        return [line for name, line in found.items() if not name.startswith("_")]

    def _class_attribute(self, bound, kind, line, found):
        if isinstance(line, ast.Assign):
            for target in line.targets:
                if isinstance(target, ast.Name) and kind == "enum":
                    value = self.annotations.default(bound.module, line.value)
                    found[target.id] = row(attribute=target.id, kind="member", value=value)
                elif isinstance(target, ast.Name):
                    found.setdefault(target.id, row(attribute=target.id, kind="class", type="any"))
        elif isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            spelt = self.annotations.spelt(bound.module, line.annotation)
            found.setdefault(line.target.id, row(attribute=line.target.id, kind="class", type=spelt))
        elif isinstance(line, ast.ClassDef):
            found[line.name] = row(attribute=line.name, kind="class", type="type")

    def _method(self, bound, method):
        names = {last_name(decorator) for decorator in method.decorator_list}
        if {"property", "cached_property"} & names:
            return []
        if method.name.startswith("_") and method.name not in SPECIAL_METHODS:
            return []
        kind = "class" if "classmethod" in names else "static" if "staticmethod" in names else None
        heads = self._callable_row("method", method, bound.module, kind=kind, abstract="abstractmethod" in names)
        return [heads, *self._parameters(bound.module, method, skip=0 if kind == "static" else 1, of=method.name)]

    # What constructors refuse.

    def checks(self, bound, depth=0):
        """The `isinstance` checks that a new instance passes through, those of the bases where they are called."""
        rows, inherited = [], True
        for name in ("__init__", "__post_init__"):
            method = self.method_named(bound.node, name)
            if method is not None:
                rows += self._checks_of(bound.module, method)
                inherited = any(last_name(node) == name and "super()" in ast.unparse(node) for node in ast.walk(method) if isinstance(node, ast.Call))
        if inherited and depth < 6:
            for base in self.base_definitions(bound):
                rows = self.checks(base, depth + 1) + rows
        return rows

    def _checks_of(self, module, method):
        changed = set()
        for line in method.body:
            if isinstance(line, ast.Return):
                return
            found = self._check(module, line)
            if found is not None and found["check"] not in changed:
                yield found
            for node in ast.walk(line):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []
                changed |= {subject(target) for target in targets}

    def _check(self, module, line):
        """`if not isinstance(self.x, T): raise`, alone, behind a test of `self.x`, or in a loop over it."""
        each = None
        if isinstance(line, ast.For) and len(line.body) == 1 and isinstance(line.target, ast.Name):
            each, line = (line.target.id, subject(line.iter)), line.body[0]
        if not isinstance(line, ast.If) or line.orelse or not isinstance(line.body[-1], ast.Raise):
            return None
        tests = line.test.values if isinstance(line.test, ast.BoolOp) and isinstance(line.test.op, ast.And) else [line.test]
        match tests[-1]:
            case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Name(id="isinstance"), args=[value, classes])):
                name = subject(value)
            case _:
                return None
        passes = [passed(test, name) for test in tests[:-1]]
        if name is None or len(tests) > 2 or None in passes or (each and (name != each[0] or each[1] is None)):
            return None
        classes = classes.elts if isinstance(classes, ast.Tuple) else [classes]
        allowed = [self._instance_of(module, item) for item in classes]
        if "any" in allowed:
            return None
        return row(
            check=each[1] if each else name,
            each=bool(each),
            allows=" | ".join(allowed),
            passes=passes[0] if passes else None,
            raises=last_name(line.body[-1].exc) if line.body[-1].exc else None,
        )

    def _instance_of(self, module, node):
        if ast.unparse(node) == "type(None)":
            return "None"
        return self.annotations.spelt(module, node).split("[")[0]


def body_of(node):
    """The statements of a class, those that only a type checker sees left out."""
    for line in node.body:
        if isinstance(line, ast.If):
            if "TYPE_CHECKING" not in ast.unparse(line.test):
                yield from [*line.body, *line.orelse]
            else:
                yield from line.orelse
        else:
            yield line


def subject(node):
    """The name of `self.name` or of a plain name."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def passed(test, name):
    """Which values a test lets through before the check: `None`, or all that are false."""
    if subject(test) == name:
        return "false values"
    if isinstance(test, ast.Compare) and subject(test.left) == name and ast.unparse(test).endswith("is not None"):
        return "None"
    return None


def refused(node):
    """The exception for keywords that are left over: `if kwargs: raise …`."""
    kwarg = node.args.kwarg
    for line in node.body if kwarg else []:
        if isinstance(line, ast.If) and subject(line.test) == kwarg.arg and isinstance(line.body[-1], ast.Raise):
            return last_name(line.body[-1].exc)
    return None


def taken_out(node, kwargs):
    """The names that are popped out of `**kwargs`, with what stands for them when they are not given."""
    for call in ast.walk(node):
        match call:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="pop"), args=[ast.Constant(value=str() as key), *rest]):
                if name == kwargs:
                    yield key, ast.unparse(rest[0]) if rest else "None"


def forwards(node, kwargs):
    """Whether `**kwargs` is handed to the constructor of the base."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"super().__init__", "super().__new__"}:
            if any(keyword.arg is None and getattr(keyword.value, "id", "") == kwargs for keyword in call.keywords):
                return True
    return False


def is_open(node):
    """Whether instances may have attributes that are nowhere written."""
    hooks = {"__getattr__", "__getattribute__"}
    for line in ast.walk(node):
        if isinstance(line, ast.FunctionDef) and line.name in hooks:
            return True
        if isinstance(line, ast.Call) and last_name(line) == "setattr" and line.args and subject(line.args[0]) == "self":
            return True
        if isinstance(line, ast.Call) and ast.unparse(line.func) == "self.__dict__.update":
            return True
    return False


def has_setter(node, name):
    for line in node.body:
        if isinstance(line, ast.FunctionDef) and line.name == name:
            if any(ast.unparse(decorator) == f"{name}.setter" for decorator in line.decorator_list):
                return True
    return False


def assigned(method):
    """The attributes that a method assigns to `self`, with their annotations."""
    for node in ast.walk(method):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self":
                    yield part.attr, getattr(node, "annotation", None)
