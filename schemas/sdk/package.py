"""Reads one version of a distribution: the names of its public modules, and rows for each class and function behind them."""

import re
from functools import lru_cache

from annotations import Annotations
from definitions import Definitions, row
from source import Sources
from surface import DISTANT, PUBLIC


CALLABLE = {"class", "function", "partial"}
LISTED = {module for modules in PUBLIC.values() for module in modules}


class Package:
    def __init__(self, distribution, folders):
        self.distribution = distribution
        self.folders = folders
        self.sources = Sources(folders)
        self.annotations = Annotations(self.sources, self.public)
        self.definitions = Definitions(self.sources, self.annotations, self.public)
        self.aliases = self._aliases()

    def _aliases(self):
        """For each class and function the paths under which packages give it away, best first."""
        found = {}
        for name in self.sources.files:
            if name.startswith(DISTANT) and name not in LISTED:
                continue
            module = self.sources.module(name)
            for shown in self._shown(module) if module else []:
                bound = self.sources.lookup(name, shown)
                if bound is not None and bound.kind in CALLABLE:
                    found.setdefault((bound.module, bound.name), set()).add(f"{name}.{shown}")
        return {key: sorted(paths, key=rank) for key, paths in found.items()}

    @staticmethod
    def _shown(module):
        """The names that others take from a module: those defined there, and in packages those brought from elsewhere."""
        gives = module.package or module.name in LISTED
        imported = module.exported if module.exported is not None else module.names if module.package else []
        defined = [name for name, bound in module.names.items() if bound.kind != "import"]
        return {*defined, *(imported if gives else []), *module.lazy_names()}

    def public(self, module, name):
        """The path by which users know a class or function: the shortest public one."""
        outer, _, inner = name.partition(".")
        paths = self.aliases.get((module, outer))
        return ".".join([paths[0] if paths else f"{module}.{outer}", *([inner] if inner else [])])

    def read(self):
        """Rows by path, for modules and for what is behind their names."""
        own = set(self.sources.own())
        modules = [name for name in PUBLIC[self.distribution] if name in own]
        pending, read = [], {}
        for module in modules:
            rows = self._module(module)
            read[module] = rows
            for line in rows:
                bound = self.sources.lookup(module, line.get("name", ""))
                if bound is not None and bound.kind in CALLABLE and bound.module in own and self._near(bound, module):
                    if bound.module != module or bound.kind != "function" or self._gives(module):
                        pending.append(bound)
            pending += self._referred(rows, own)
        while pending:
            bound = pending.pop(0)
            path = self.public(bound.module, bound.name)
            if path in read:
                continue
            read[path] = self._definition(bound, path)
            pending += self._referred(read[path], own)
            pending += [inner for inner in self.sources.module(bound.module).nested.values() if inner.name.startswith(f"{bound.name}.")]
        return read

    def _gives(self, name):
        """Whether the functions of a module are for its users: those of a plain module only if it lists them."""
        module = self.sources.module(name)
        return module.package or module.exported is not None

    @staticmethod
    def _near(bound, module):
        return bound.module == module or bound.module in LISTED or not bound.module.startswith(DISTANT)

    def _definition(self, bound, path):
        read = {"class": self.definitions.cls, "function": self.definitions.function, "partial": self.definitions.partial}
        rows = read[bound.kind](bound)
        aliases = self.aliases.get((bound.module, bound.name), [])
        return [rows[0], *(row(alias=alias) for alias in aliases if alias != path), *rows[1:]]

    def _referred(self, rows, own):
        """The classes of this distribution that rows refer to."""
        for line in rows:
            for fact in ("base", "type", "returns", "allows", "default", "value"):
                for path in re.findall(r"[A-Za-z_]\w*(?:\.\w+)+", str(line.get(fact, ""))):
                    bound = self._known().get(path)
                    if bound is not None and bound.module in own and (fact == "base" or self._near(bound, None)):
                        yield bound

    @lru_cache(maxsize=1)
    def _known(self):
        """Classes by public path."""
        found = {}
        for (module, name), paths in self.aliases.items():
            bound = self.sources.lookup(module, name)
            if bound is not None and bound.kind == "class":
                found[paths[0]] = bound
        return found

    def _module(self, name):
        """The public names of a module; what it does not list is not there, unless it is open."""
        names = self.sources.names(name)
        module = self.sources.module(name)
        shown = set(module.names) if names is None else names
        below = self.sources.submodules(name) if module.package else set()
        if not module.package:
            # What a plain module imports is its own affair.
            shown = {name for name in shown if name in module.names and module.names[name].kind not in {"import", "module"}}
        rows = [row(module=True, open=names is None or not module.package)]
        for shown_name in sorted(shown | below):
            if not shown_name.startswith("_"):
                rows.append(self._name(name, shown_name, below))
        return rows

    def _name(self, module, name, below):
        bound = self.sources.lookup(module, name)
        if bound is None or bound.kind == "module":
            # A submodule is an attribute once somebody has imported it.
            return row(name=name, kind="module", target=bound.module if bound else f"{module}.{name}")
        if bound.kind in CALLABLE:
            path = self.public(bound.module, bound.name)
            return row(name=name, target=None if path == f"{module}.{name}" else path)
        if bound.kind == "import":
            return row(name=name, kind="outside", target=f"{bound.module}.{bound.name}")
        value = self.annotations.default(bound.module, bound.node) if bound.node is not None else None
        return row(name=name, kind="value", value=value if value is not None and len(value) <= 120 else None)

    def public_names(self):
        """The path by which users know each class and function, by the path of the module that defines it."""
        return {f"{module}.{name}": paths[0] for (module, name), paths in self.aliases.items()}

    def requires(self):
        """The distributions that this one requires always, not only for an extra."""
        [metadata] = self.folders[0].glob("*.dist-info/METADATA")
        found = set()
        for line in metadata.read_text(encoding="utf-8").split("\n\n")[0].splitlines():
            match = re.match(r"Requires-Dist: ([A-Za-z0-9._-]+)", line)
            if match and "extra ==" not in line:
                found.add(re.sub(r"[-_.]+", "-", match.group(1)).lower())
        return sorted(found)


def rank(path):
    """Public before private, short before long."""
    module, _, name = path.rpartition(".")
    private = any(part.startswith("_") for part in path.split("."))
    return private, module not in LISTED, module.count("."), path
