"""`docs/python_values.md`: what C sees of each value of Python, or why it is refused."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "python_values.md"

HEAD = """\
# Values of Python for parameters of C

What C sees of each value for a parameter of each type, or why the value is refused. Written by
`bindings/python/tests/test_accepted.py`, which makes all of these calls: `METAFFI_BLESS=1` writes it anew.
Behind `address` is the number that C gets; `{…}` are the elements that are there, `"…"` bytes. `new` and
`cast` are those of the module. The struct is `struct point { int x; double y; }`.
"""

# The type of C, the value, and what came of it.
Cells = dict[tuple[str, str], str]

ACCEPTED = "| value | C sees |"
REFUSED = "| refused | why |"


def written(cells: Cells) -> str:
    """The page of some cells."""
    parts = [HEAD]
    for ctype in dict.fromkeys(ctype for ctype, _ in cells):
        alike: dict[str, list[str]] = {}
        for (column, value), seen in cells.items():
            if column == ctype:
                alike.setdefault(seen, []).append(value)
        parts.append(f"\n## `{ctype}`\n")
        for head, mark in ((ACCEPTED, ""), (REFUSED, "!")):
            parts.append(f"\n{head}\n|---|---|\n")
            for seen, values in alike.items():
                if seen.startswith("!") == bool(mark):
                    names = " · ".join(f"`{value}`" for value in values)
                    parts.append(f"| {names} | {seen[1:] if mark else f'`{seen}`'} |\n")
    return "".join(parts)


def read() -> Cells:
    """The cells of the page."""
    cells: Cells = {}
    ctype, mark = "", ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            ctype = line[4:-1]
        elif line in (ACCEPTED, REFUSED):
            mark = "!" if line == REFUSED else ""
        elif line.startswith("| `"):
            values, seen = line[2:-2].split(" | ", 1)
            for value in values.strip("`").split("` · `"):
                cells[ctype, value] = "!" + seen if mark else seen.strip("`")
    return cells
