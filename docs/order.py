"""The sidebar: pages by theme, then the rules by theirs. A page that no theme names stands under the last one."""

import re
from pathlib import Path

THEMES = {
    "Start": ["index.md", "install.md", "files.md", "configuration.md", "suppressions.md", "baseline.md"],
    "Use": ["ci.md", "editors.md", "render.md", "pin.md", "policies.md", "clusters.md"],
    "Reference": ["formats.md", "json.md", "server.md", "security.md", "versions.md"],
    "Background": ["beyond-the-api-server.md", "comparison.md", "problems.md", "performance.md"],
}


def rules(pages):
    """The pages of the rules under the headings of their index."""
    index = (Path(__file__).parent / "rules" / "README.md").read_text()
    themes = []
    for section in re.split(r"^## ", index, flags=re.MULTILINE)[1:]:
        found = [f"rules/{name}" for name in re.findall(r"\]\(\./([a-z-]+\.md)\)", section)]
        if found:
            themes.append({section.splitlines()[0]: [page for page in found if page in pages]})
    return ["rules/README.md", *themes]


def on_files(files, config):
    pages = sorted(file.src_uri for file in files.documentation_pages())
    named = {page for theme in THEMES.values() for page in theme}
    rest = [page for page in pages if not page.startswith("rules/") and page not in named]
    themes = {name: [page for page in theme if page in pages] for name, theme in THEMES.items()}
    themes["Background"] += rest
    config["nav"] = [*({name: theme} for name, theme in themes.items()), {"Rules": rules(pages)}]
    return files
