"""Draws what podlint prints as a picture: podlint check --color always FILE | python3 docs/images/terminal.py > docs/images/check.svg"""

import re
import sys
from html import escape

COLOURS = {"31": "#e06c75", "33": "#e5c07b", "32": "#98c379", "34": "#61afef", "36": "#56b6c2", "35": "#c678dd"}
INDEXED = {"9": "#e06c75", "10": "#98c379", "11": "#e5c07b", "12": "#61afef", "13": "#c678dd", "14": "#56b6c2"}
FOREGROUND, BACKGROUND = "#d7dae0", "#1e222a"
WIDTH, HEIGHT, MARGIN = 8.4, 19, 16


def spans(line):
    """The parts of a line, each with its colour and weight."""
    colour, bold = FOREGROUND, False
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if not code:
            if part:
                yield part, colour, bold
            continue
        if code[1].startswith("38;5;"):
            colour = INDEXED.get(code[1][5:], FOREGROUND)
            continue
        for number in (code[1] or "0").split(";"):
            if number == "0":
                colour, bold = FOREGROUND, False
            elif number == "1":
                bold = True
            elif number[-1:] in "123456" and number[:-1] in ("3", "9"):
                colour = COLOURS["3" + number[-1]]


def main():
    text = re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\", "", sys.stdin.read())
    lines = ["$ " + " ".join(sys.argv[1:]) if sys.argv[1:] else "$ podlint check", *text.rstrip("\n").split("\n")]
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    width = round(max(map(len, plain)) * WIDTH + 2 * MARGIN)
    height = len(lines) * HEIGHT + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">')
    print(f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>')
    print('<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">')
    for number, line in enumerate(lines):
        column = 0
        for part, colour, bold in spans(line):
            weight = ' font-weight="bold"' if bold else ""
            # Word by word: not every renderer keeps blanks, and not every font is the one that was meant.
            for word in re.finditer(r"\S+", part):
                x, y = MARGIN + (column + word.start()) * WIDTH, MARGIN + (number + 0.75) * HEIGHT
                length = f' textLength="{len(word[0]) * WIDTH:.1f}" lengthAdjust="spacingAndGlyphs"'
                print(f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{weight}{length}>{escape(word[0])}</text>')
            column += len(part)
    print("</g>\n</svg>")


main()
