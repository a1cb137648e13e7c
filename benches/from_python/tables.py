"""What was measured, as tables."""

from cells import duration, mark, ratio, table

from .rows import CALLED, HELD, IMPORT_NS, LIMIT, OURS, PEERS, ROWS

METHOD = """\
## From Python

The same guest, called by Python programs. The limit is an extension module written by hand
(`benches/from_python/limits`) that is linked with the guest: `METH_FASTCALL`, `PyLong_AsLongLong`,
the buffer protocol, an extension type for the struct; it is compiled for each interpreter. Peers are
ctypes, its argument types set, and CFFI in API mode (compiled) and in ABI mode. All are in one
process and take turns in slices of 0.1 ms: 25 calls in the body of a loop, whose own cost is not
subtracted, in CPU time of the thread, with the garbage collector off. The time is that of the
fastest of 400 slices (fewer where one takes long) but for 2 in 100, the best of three processes.

*GIL held* is the tag `hold_gil`, and a `PyDLL` of ctypes'; *GIL released* is what metaffi does
without the tag. CFFI has no choice but to release it: both rows have the same times of CFFI. Where
even the limit takes more of a peer's time than was asked of metaffi, its share is beside the asked.

Text goes in and comes out as `str`, so that peers encode and decode. The callback is made before, on
all sides. The error of the guest in Python is raised as one of the extension's own, with the original
as cause; the exception of a callback passes through C, and its caller gets the same one. Of the list,
the guest and then the caller get one of their own: the limit makes its items anew, and metaffi shares
those that cannot be changed, since both sides are the same interpreter.
"""


def judged(ours, other, asked):
    """Ours beside another, as a ratio and what was asked of it."""
    times = ours / other
    if not asked:
        return ratio(times)
    # A miss by less than is shown would look like none.
    close = times > asked and ratio(times) == ratio(asked)
    return mark(f"{times:.4g}×" if close else ratio(times), times <= asked)


def name(row):
    return f"{row.title}, {row.variant}" if row.variant else row.title


def limit_cells(row, taken):
    cells = [name(row), row.limit, duration(taken[LIMIT])]
    asked = f"≤ {row.asked:g}×"
    if OURS not in taken:
        return [*cells, "–", asked, "**not measured**"]
    return [*cells, duration(taken[OURS]), asked, judged(taken[OURS], taken[LIMIT], row.asked)]


def peer_cells(row, taken, peer):
    """What a peer takes, and ours beside it."""
    if peer not in taken:
        return ["–", "–"]
    if OURS not in taken:
        return [duration(taken[peer]), "**not measured**"]
    asked = row.peers.get(peer)
    cell = judged(taken[OURS], taken[peer], asked)
    if asked:
        floor = taken[LIMIT] / taken[peer]
        cell += f" (≤ {asked:g}×{f'; the limit: {ratio(floor)}' if floor > asked else ''})"
    return [duration(taken[peer]), cell]


def limit_table(rows):
    header = "| what | limit | takes | metaffi takes | asked | measured |"
    return table(header, "|---|---|--:|--:|--:|--:|", [limit_cells(*each) for each in rows])


def peer_table(rows):
    header = "| what | metaffi | " + " | ".join(f"{peer} | metaffi ÷ it" for peer in PEERS) + " |"
    cells = []
    for row, taken in rows:
        ours = duration(taken[OURS]) if OURS in taken else "–"
        peers = [cell for peer in PEERS for cell in peer_cells(row, taken, peer)]
        cells.append([name(row), ours, *peers])
    return table(header, "|---|--:|" + "--:|" * (2 * len(PEERS)), cells)


def imports(taken):
    ours, cffi = taken["metaffi"], taken["cffi"]
    if ours is None:
        return "`import metaffi` was **not measured**.\n"
    measured = mark(duration(ours), ours <= IMPORT_NS)
    beside = f"; `import cffi` takes {duration(cffi)}" if cffi else ""
    return f"`import metaffi` in a fresh process takes {measured} (asked: ≤ {duration(IMPORT_NS)}){beside}.\n"


def called(taken):
    """What it costs that an entity is an object."""
    times = taken["nop", HELD]
    return (
        "An entity is an object with attributes, and Python calls those less directly than functions of\n"
        f"extension modules: nop() as an object of a hand-written type takes {duration(times[CALLED])},\n"
        f"{ratio(times[CALLED] / times[LIMIT])} the limit.\n"
    )


def interpreter(result):
    taken = {(row["what"], row["variant"]): row["taken"] for row in result["rows"]}
    rows = [
        (row, taken[row.what, row.variant]) for row in ROWS if LIMIT in taken[row.what, row.variant]
    ]
    with_peers = [(row, times) for row, times in rows if any(peer in times for peer in PEERS)]
    parts = [
        f"### CPython {result['version']}\n",
        limit_table(rows),
        called(taken),
        peer_table(with_peers),
    ]
    parts += [f"Not measured: {party} ({why}).\n" for party, why in result["missing"].items()]
    parts.append(imports(result["imports"]))
    return "\n".join(parts)


def section(results, plot):
    """The section about calls from Python; `plot` is the file beside the report, if there is one."""
    if not results:
        return (
            METHOD
            + "\nThere is no CPython here whose headers are installed: nothing was measured.\n"
        )
    parts = [METHOD]
    if plot:
        text = "What calls from Python take with metaffi, a hand-written extension, ctypes and CFFI"
        parts.append(f"![{text}]({plot})\n")
    return "\n".join(parts + [interpreter(result) for result in results])
