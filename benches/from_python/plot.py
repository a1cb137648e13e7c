"""Draws what was measured: python -m from_python.plot <results> <file to write>

On a logarithmic scale, one group of bars per row. Peers release the GIL, so of calls in two variants
that is the one drawn.
"""

import json
import sys

import matplotlib

from .rows import CFFI, CFFI_ABI, CTYPES, HELD, LIMIT, OURS, ROWS

# Told apart by readers who see fewer colours.
COLOURS = {
    LIMIT: "#999999",
    OURS: "#0072b2",
    CTYPES: "#e69f00",
    CFFI: "#009e73",
    CFFI_ABI: "#8fd3be",
}
LABELS = {LIMIT: "limit (hand-written)"}
BAR = 0.16


def unit(ns, _):
    for name, size in (("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:g} {name}"
    return f"{ns:g} ns"


def bars(axes, rows, taken):
    for place, party in enumerate(COLOURS):
        found = [
            (number + (place - 2) * BAR, taken[row.what, row.variant][party])
            for number, row in enumerate(rows)
            if party in taken[row.what, row.variant]
        ]
        if found:
            places, times = zip(*found)
            label = LABELS.get(party, party)
            axes.barh(places, times, BAR, color=COLOURS[party], label=label)


def draw(result, path):
    import matplotlib.pyplot as plt

    taken = {(row["what"], row["variant"]): row["taken"] for row in result["rows"]}
    rows = [row for row in ROWS if row.variant != HELD and taken[row.what, row.variant]]
    figure, axes = plt.subplots(figsize=(9, 0.55 * len(rows) + 1.5), layout="constrained")
    bars(axes, rows, taken)
    axes.set_yticks(range(len(rows)), [row.title for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xscale("log")
    axes.set_xlim(left=5)
    axes.xaxis.set_major_formatter(unit)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color="#dddddd")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("time per call (logarithmic; shorter is better)")
    axes.set_title(f"Calls from CPython {result['version']}, GIL released around C", loc="left")
    figure.legend(
        *axes.get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False
    )
    # Nothing that differs from run to run but the times.
    figure.savefig(path, metadata={"Date": None})


def main(results, path):
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "metaffi"})
    with open(results, encoding="utf-8") as file:
        first, *_ = json.load(file)
    draw(first, path)


main(*sys.argv[1:])
