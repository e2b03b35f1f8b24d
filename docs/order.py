"""The order of the pages: those named here first, all others, in alphabetical order, before the rules."""

FIRST = ["index.md", "install.md", "configuration.md", "suppressions.md", "baseline.md", "ci.md", "editors.md"]
LAST = ["formats.md", "json.md", "server.md", "beyond-the-api-server.md", "comparison.md"]


def on_files(files, config):
    pages = sorted(file.src_uri for file in files.documentation_pages())
    rules = [page for page in pages if page.startswith("rules/")]
    rest = [page for page in pages if page not in rules + FIRST + LAST]
    top = [page for page in FIRST if page in pages] + rest + [page for page in LAST if page in pages]
    config["nav"] = [*top, {"Rules": sorted(rules, key=lambda page: (page != "rules/README.md", page))}]
    return files
