"""Reads packages as text: their modules, what the names in them are bound to, and what a dotted name stands for.

Nothing is imported: a package that needs torch or pyspark is read like any other.
"""

import ast
from dataclasses import dataclass, field
from functools import cached_property, lru_cache


@dataclass
class Bound:
    """What a name of a module is bound to."""

    kind: str  # "class", "function", "partial", "value", "module" or "import"
    node: ast.AST = None
    module: str = ""
    name: str = ""
    typing_only: bool = False


@dataclass
class Module:
    name: str
    tree: ast.Module
    package: bool
    names: dict = field(default_factory=dict)
    stars: list = field(default_factory=list)

    @cached_property
    def nested(self):
        """The classes within classes, by their own names, where those are unique in the module."""
        found = {}
        for name, bound in self.names.items():
            for line in bound.node.body if bound.kind == "class" and bound.module == self.name else []:
                if isinstance(line, ast.ClassDef):
                    found.setdefault(line.name, []).append(Bound("class", line, self.name, f"{name}.{line.name}"))
        return {name: bounds[0] for name, bounds in found.items() if len(bounds) == 1}

    @cached_property
    def exported(self):
        """`__all__`, where it is a list of texts."""
        bound = self.names.get("__all__")
        try:
            return set(ast.literal_eval(bound.node)) if bound else None
        except (ValueError, TypeError):
            return None

    def lazy_names(self):
        return self.lazy or set()

    @cached_property
    def lazy(self):
        """The names that `__getattr__` looks up in tables of the module; `None` when it may give others."""
        hook = self.names.get("__getattr__")
        if hook is None or hook.kind != "function":
            return set()
        used = {node.id for node in ast.walk(hook.node) if isinstance(node, ast.Name)}
        tables = [self.names[name].node for name in used if isinstance(getattr(self.names.get(name), "node", None), ast.Dict)]
        refuses = any(isinstance(node, ast.Raise) for node in ast.walk(hook.node))
        keys = {key.value for table in tables for key in table.keys if isinstance(key, ast.Constant)}
        return keys if tables and refuses else None


@lru_cache(maxsize=600)
def parsed(text):
    """The tree of a module; most files are the same in the next release, so those of the last one are kept."""
    try:
        return ast.parse(text)
    except SyntaxError:
        return None


class Sources:
    """The packages below some folders; of a module that several have, the first counts."""

    def __init__(self, folders):
        self.files = {}
        for folder in folders:
            for path in sorted(folder.rglob("*.py")):
                parts = path.relative_to(folder).with_suffix("").parts
                package = parts[-1] == "__init__"
                name = ".".join(parts[:-1] if package else parts)
                self.files.setdefault(name, (path, package, folder == folders[0]))
        self.modules = {}

    def own(self):
        """The names of the modules of the first folder."""
        return [name for name, (_, _, own) in self.files.items() if own]

    def module(self, name):
        if name not in self.modules:
            self.modules[name] = self._read(name) if name in self.files else None
        return self.modules[name]

    def _read(self, name):
        path, package, _ = self.files[name]
        tree = parsed(path.read_text(encoding="utf-8", errors="replace"))
        if tree is None:
            return None
        module = Module(name, tree, package)
        self._bind(module, module.tree.body, typing_only=False)
        return module

    def _bind(self, module, statements, typing_only):
        def bind(name, kind, /, **more):
            old = module.names.get(name)
            # What is bound when the module runs counts, not what is said to the type checker.
            if not typing_only or old is None or old.typing_only:
                module.names[name] = Bound(kind, typing_only=typing_only, **more)

        for node in statements:
            match node:
                case ast.ClassDef():
                    bind(node.name, "class", node=node, module=module.name, name=node.name)
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    bind(node.name, "function", node=node, module=module.name, name=node.name)
                case ast.Import():
                    for alias in node.names:
                        name = alias.asname or alias.name.split(".")[0]
                        bind(name, "module", module=alias.name if alias.asname else name)
                case ast.ImportFrom():
                    origin = self._origin(module, node)
                    for alias in node.names:
                        if alias.name == "*":
                            module.stars.append(origin)
                        else:
                            bind(alias.asname or alias.name, "import", module=origin, name=alias.name)
                case ast.Assign():
                    for target in node.targets:
                        if isinstance(target, ast.Name):
                            bind(target.id, "value", node=node.value, module=module.name, name=target.id)
                case ast.AnnAssign(target=ast.Name(id=name), value=value):
                    bind(name, "value", node=value, module=module.name, name=name)
                case ast.If(test=test):
                    typing = "TYPE_CHECKING" in ast.unparse(test)
                    # The branch for the newest Python is bound last.
                    older = "version_info <" in ast.unparse(test)
                    branches = [(node.body, typing_only or typing), (node.orelse, typing_only)]
                    for body, only in branches if older else branches[::-1]:
                        self._bind(module, body, only)
                case ast.Try():
                    for handler in node.handlers:
                        self._bind(module, handler.body, typing_only)
                    self._bind(module, node.body + node.orelse + node.finalbody, typing_only)
                case ast.With():
                    self._bind(module, node.body, typing_only)

    @staticmethod
    def _origin(module, node):
        if not node.level:
            return node.module or ""
        base = module.name.split(".")
        base = base[: len(base) - node.level + (1 if module.package else 0)]
        return ".".join([*base, *([node.module] if node.module else [])])

    def lookup(self, module_name, name, seen=()):
        """What a name of a module is in the end: a class, function or value with its module, a module, or `None`.

        What lies outside the packages comes back as an import.
        """
        module = self.module(module_name)
        if module is None or (module_name, name) in seen:
            return Bound("import", module=module_name, name=name) if module is None else None
        seen = (*seen, (module_name, name))
        bound = module.names.get(name)
        if bound is None and name in module.nested:
            return module.nested[name]
        if bound is None:
            for star in module.stars:
                bound = self.lookup(star, name, seen)
                if bound is not None and (star in self.files):
                    return bound
            return Bound("module", module=f"{module_name}.{name}") if f"{module_name}.{name}" in self.files else None
        if bound.kind == "import":
            if f"{bound.module}.{bound.name}" in self.files and not self._binds(bound.module, bound.name):
                return Bound("module", module=f"{bound.module}.{bound.name}")
            return self.lookup(bound.module, bound.name, seen)
        if bound.kind == "value" and isinstance(bound.node, ast.Name) and bound.node.id != name:
            return self.lookup(module_name, bound.node.id, seen) or bound
        if bound.kind == "value" and self.partial(bound) is not None:
            return Bound("partial", bound.node, bound.module, bound.name)
        return bound

    def partial(self, bound):
        """The function that a `functools.partial` is made of."""
        if not isinstance(bound.node, ast.Call) or not bound.node.args or not ast.unparse(bound.node.func).endswith("partial"):
            return None
        made = self.expression(bound.module, bound.node.args[0])
        return made if made is not None and made.kind == "function" else None

    def _binds(self, module_name, name):
        module = self.module(module_name)
        return module is not None and name in module.names

    def expression(self, module_name, node):
        """What a dotted expression of a module stands for."""
        if isinstance(node, ast.Name):
            return self.lookup(module_name, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.expression(module_name, node.value)
            if owner is None:
                return None
            if owner.kind == "module":
                return self.lookup(owner.module, node.attr)
            if owner.kind == "class":
                inner = self.module(owner.module).nested.get(node.attr)
                return inner if inner is not None and inner.name == f"{owner.name}.{node.attr}" else None
            if owner.kind == "import":
                return Bound("import", module=f"{owner.module}.{owner.name}", name=node.attr)
        return None

    def names(self, module_name):
        """All names that a module binds when it runs, those of star imports included; `None` when it may give others."""
        module = self.module(module_name)
        names = {name for name, bound in module.names.items() if not bound.typing_only}
        for star in module.stars:
            origin = self.module(star)
            inner = self.names(star) if origin else None
            if inner is None:
                return None
            names |= {name for name in inner if name in origin.exported} if origin.exported else {
                name for name in inner if not name.startswith("_")
            }
        return None if module.lazy is None else names | module.lazy

    def submodules(self, module_name):
        depth = module_name.count(".") + 1
        below = (name for name in self.files if name.startswith(module_name + "."))
        return {name.rsplit(".", 1)[1] for name in below if name.count(".") == depth}
