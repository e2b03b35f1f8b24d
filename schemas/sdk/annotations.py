"""Turns annotations and default values of Python source into one spelling, so that only real changes make a difference."""

import ast

BUILTIN = {"str", "int", "float", "bool", "bytes", "list", "dict", "set", "tuple", "type", "frozenset", "complex"}
# Names of `typing` that stand for builtin collections.
LOWERED = {"List": "list", "Dict": "dict", "Set": "set", "Tuple": "tuple", "Type": "type", "FrozenSet": "frozenset"}
# Wrappers that say nothing about the values.
TRANSPARENT = {"Annotated", "ClassVar", "Final", "InitVar", "Required", "NotRequired", "ReadOnly"}
ANY = {"Any", "object", "AnyStr", "TypeVar", "ParamSpec", "Self"}
TYPING = {"typing", "typing_extensions", "collections.abc", "collections"}
LITERAL_LIMIT = 64


class Annotations:
    """Spells annotations of one set of sources; `public` gives a definition the name that users know it by."""

    def __init__(self, sources, public):
        self.sources = sources
        self.public = public

    def spelt(self, module, node, seen=frozenset()):
        """One of `any`, `None`, builtins, `list[…]`, `Literal[…]`, `callable`, dotted class names, and unions of them."""
        parts = self._union(module, node, seen)
        return "any" if "any" in parts else " | ".join(dict.fromkeys(parts))

    def _union(self, module, node, seen):
        match node:
            case None:
                return ["any"]
            case ast.Constant(value=None):
                return ["None"]
            case ast.Constant(value=str() as text):
                try:
                    return self._union(module, ast.parse(text, mode="eval").body, seen)
                except SyntaxError:
                    return ["any"]
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return self._union(module, left, seen) + self._union(module, right, seen)
            case ast.Subscript(value=value, slice=inner):
                return self._subscript(module, value, inner, seen)
            case ast.Name() | ast.Attribute():
                return self._named(module, node, seen)
            case _:
                return ["any"]

    def _subscript(self, module, value, inner, seen):
        name = self._typing_name(module, value)
        items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name == "Optional":
            return [*self._union(module, inner, seen), "None"]
        if name == "Union":
            return [part for item in items for part in self._union(module, item, seen)]
        if name in TRANSPARENT:
            return self._union(module, items[0], seen)
        if name == "Literal":
            return self._literals(module, items, seen)
        if name in {"list", "set", "frozenset", "dict", "tuple", "type"}:
            spelt = ["..." if isinstance(item, ast.Constant) and item.value is ... else self.spelt(module, item, seen) for item in items]
            return [f"{name}[{', '.join(spelt)}]"]
        # Of other generic classes the arguments do not matter.
        return self._union(module, value, seen)

    def _literals(self, module, items, seen):
        values = []
        for item in items:
            if isinstance(item, ast.Constant):
                values.append(repr(item.value))
            else:
                for part in self._union(module, item, seen):
                    if not part.startswith("Literal["):
                        return ["any"]
                    values.append(part.removeprefix("Literal[").removesuffix("]"))
        if sum(value.count("', '") + 1 for value in values) > LITERAL_LIMIT:
            return ["str"] if all(value[0] in "'\"" for value in values) else ["any"]
        return [f"Literal[{', '.join(values)}]"]

    def _typing_name(self, module, node):
        """The plain name of something from `typing` or the builtins, else `None`."""
        bound = self.sources.expression(module, node)
        if bound is None and isinstance(node, ast.Name):
            return node.id if node.id in BUILTIN | {"object", "None"} else None
        if bound is not None and bound.kind == "import" and bound.module in TYPING | {"dataclasses"}:
            return LOWERED.get(bound.name, bound.name)
        return None

    def _named(self, module, node, seen):
        name = self._typing_name(module, node)
        if name in BUILTIN:
            return [name]
        if name in ANY or name == "object":
            return ["any"]
        if name == "Callable":
            return ["callable"]
        if name in TRANSPARENT:
            return ["any"]
        bound = self.sources.expression(module, node)
        if bound is None:
            return ["any"]
        if bound.kind == "class":
            return [self.public(bound.module, bound.name)]
        if bound.kind == "import":
            return [f"{'typing' if bound.module in TYPING else bound.module}.{bound.name}"]
        if bound.kind == "value" and (bound.module, bound.name) not in seen:
            return self._value(bound, seen | {(bound.module, bound.name)})
        return ["any"]

    def _value(self, bound, seen):
        """An alias of a type; a type variable is anything."""
        if isinstance(bound.node, ast.Call):
            made = self._typing_name(bound.module, bound.node.func)
            if made == "NewType" and len(bound.node.args) == 2:
                return self._union(bound.module, bound.node.args[1], seen)
            return ["any"]
        return self._union(bound.module, bound.node, seen)

    def default(self, module, node):
        """A default value as a literal where it is one, else as it stands in the source with public names."""
        constant = self._constant(module, node)
        if constant is not NotImplemented:
            return repr(constant)
        named = self.sources.expression(module, node.func if isinstance(node, ast.Call) else node)
        if named is not None and named.kind in {"class", "function"}:
            arguments = ast.unparse(node)[len(ast.unparse(node.func)) :] if isinstance(node, ast.Call) else ""
            return self.public(named.module, named.name) + arguments
        if isinstance(node, ast.Attribute):
            owner = self.sources.expression(module, node.value)
            if owner is not None and owner.kind == "class":
                return f"{self.public(owner.module, owner.name)}.{node.attr}"
        return ast.unparse(node)

    def _constant(self, module, node, depth=0):
        """The value of a literal, of a name bound to one, or of whole numbers reckoned with."""
        if depth > 8:
            return NotImplemented
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError):
            pass
        if isinstance(node, ast.Call) and not node.args and not node.keywords and isinstance(node.func, ast.Name):
            made = {"dict": {}, "list": [], "tuple": (), "str": ""}.get(node.func.id, NotImplemented)
            if made is not NotImplemented:
                return made
        if isinstance(node, ast.Name | ast.Attribute):
            bound = self.sources.expression(module, node)
            if bound is not None and bound.kind == "value" and bound.node is not None:
                return self._constant(bound.module, bound.node, depth + 1)
        if isinstance(node, ast.BinOp):
            left, right = (self._constant(module, side, depth + 1) for side in (node.left, node.right))
            if isinstance(left, int) and isinstance(right, int):
                match node.op:
                    case ast.Add():
                        return left + right
                    case ast.Sub():
                        return left - right
                    case ast.Mult():
                        return left * right
        return NotImplemented
