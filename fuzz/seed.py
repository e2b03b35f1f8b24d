#!/usr/bin/env python3
"""Writes the seeds of every fuzz target from the tests: code blocks of the fixtures, the examples, the policies, the
configurations in the documentation. Sessions with the server are made of numbers, so its seeds are only texts to take pieces from."""

import hashlib
import pathlib
import re

root = pathlib.Path(__file__).parent.parent
corpus = root / "fuzz" / "corpus"
TARGETS = {"yaml": ["yaml", "fixes"], "json": ["yaml"], "python": ["python", "fixes"], "ipynb": ["notebook"]}


def put(target: str, text: str) -> None:
    folder = corpus / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(text.encode()).hexdigest()[:16]).write_text(text, encoding="utf-8")


for page in [*root.glob("tests/rules/*.md"), *root.glob("tests/frontends/*.md"), root / "tests/patches.md"]:
    for language, code in re.findall(r"^```(yaml|json|python|ipynb)[^\n]*\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M):
        for target in TARGETS[language]:
            put(target, code)
for file in root.glob("tests/examples/**/*"):
    language = {".yaml": "yaml", ".json": "json", ".py": "python", ".ipynb": "ipynb"}.get(file.suffix)
    for target in TARGETS.get(language, []):
        put(target, file.read_text(encoding="utf-8"))
for file in root.glob("tests/policies/**/*.yaml"):
    put("policies", file.read_text(encoding="utf-8"))
pages = [*root.glob("docs/*.md"), root / "README.md"]
for page in pages:
    for code in re.findall(r"^```toml[^\n]*\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M):
        put("configuration", code)
for code in re.findall(r'"((?:[^"\\]|\\.)*)"', (root / "tests/configuration.rs").read_text(encoding="utf-8"), re.S):
    if " = " in code:
        put("configuration", code.replace("\\n", "\n").replace('\\"', '"'))
put("configuration", (root / "pyproject.toml").read_text(encoding="utf-8"))
for folder in [corpus / "yaml", corpus / "python", corpus / "notebook"]:
    for file in sorted(folder.iterdir())[:100]:
        put("server", file.read_text(encoding="utf-8", errors="replace"))
for folder in sorted(corpus.iterdir()):
    print(folder.name, len(list(folder.iterdir())))
