"""Cells and tables of the report."""


def duration(ns):
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:.1f} {unit}"
    return f"{ns:.1f} ns"


def bytes_of(count):
    for unit, size in (("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} bytes"


def ratio(times):
    return f"{times:.2g}×" if times < 0.1 else f"{times:.2f}×"


def mark(measured, met):
    """A miss is bold."""
    return measured if met else f"**{measured}, missed**"


def table(header, alignment, rows):
    lines = [header, alignment] + ["| " + " | ".join(cells) + " |" for cells in rows]
    return "\n".join(lines) + "\n"
