"""Puts the pages of editors/ on the site: each editor's README as a section, with the files that it speaks of."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "editors"
MARK = "<!-- editors -->"
SOURCE = "https://github.com/podlint/podlint/blob/main/editors"
LANGUAGES = {".el": "elisp", ".lua": "lua", ".toml": "toml", ".sublime-settings": "json"}


def on_page_markdown(markdown, page, config, files):
    if page.file.src_uri != "editors.md":
        return markdown
    assert MARK in markdown, "docs/editors.md has no place for the editors"
    overview = (FOLDER / "README.md").read_text()
    editors = re.findall(r"^\| \[([^]]+)]\((\w+)/README\.md\)", overview, re.MULTILINE)
    assert len(editors) > 5, "editors/README.md has another form"
    settings = "## Settings" + overview.split("## Settings", 1)[1]
    parts = [section(name, FOLDER / folder) for name, folder in editors] + [settings]
    return markdown.replace(MARK, "\n\n".join(parts))


def section(name, folder):
    text = re.sub(r"^# .*", f"## {name}", (folder / "README.md").read_text(), count=1)
    shown = []

    def link(match):
        title, target = match.groups()
        file = folder / target
        if "://" in target or target.startswith("#") or not file.exists():
            return match.group(0)
        if file.suffix in LANGUAGES:
            shown.append(f'```{LANGUAGES[file.suffix]} title="{target}"\n{file.read_text().rstrip()}\n```')
        return f"[{title}]({SOURCE}/{folder.name}/{target})"

    text = re.sub(r"\[([^]]+)]\(([^)]+)\)", link, text)
    return "\n\n".join([text.rstrip(), *shown])
