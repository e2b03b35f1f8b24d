"""Helix has no package that a test could install: what can be held is that its configuration is what Helix documents."""

import pathlib
import tomllib

root = pathlib.Path(__file__).parents[3]
configuration = tomllib.loads((root / "editors/helix/languages.toml").read_text())

servers, languages = configuration.pop("language-server"), configuration.pop("language")
assert not configuration, f"not Helix's: {list(configuration)}"
assert servers == {"podlint": {"command": "podlint", "args": ["server"]}}, servers
for language in languages:
    assert set(language) == {"name", "language-servers"}, language
    assert "podlint" in language["language-servers"], language
assert {language["name"] for language in languages} == {"python", "yaml", "json"}
print("1 passed, 0 failed")
