"""Random programs: the text of the program of a seed."""

import ast
import re

from expression_tables import BY_KIND
from generator import Generator
from statements import statement, template

HEADER = """import collections, contextlib, copy, dataclasses, enum, functools, itertools, json, os, typing
import flyte
"""


def program(seed):
    """The program of a seed."""
    g = Generator(seed, BY_KIND)
    while g.budget > 0:
        statement(g)
        g.at_module = {name for name in g.local if name.isidentifier()}
    template(g, 0)
    text = "\n".join(g.lines)
    try:
        text = ast.unparse(ast.parse(text))
    except SyntaxError as error:
        raise AssertionError(f"seed {seed}: {error}\n{text}") from error
    return imports(text) + text + "\n"


def imports(text):
    """The header, with the modules that the text names."""
    modules = HEADER.splitlines()[0].removeprefix("import ").split(", ")
    used = [module for module in modules if re.search(rf"\b{module}\b", text)]
    return "".join(f"import {module}\n" for module in [*used, "flyte"])


if __name__ == "__main__":
    import sys

    print(program(int(sys.argv[1])))
