"""What was measured of C data, as tables."""

from cells import bytes_of, duration, mark, ratio, table

from .data_rows import DATA_ROWS, IMPORT_TIMES, MEMORY_ROWS, PAIR_ROWS
from .rows import CFFI, CTYPES, OURS
from .tables import judged

TITLE = "## C data from Python\n"
METHOD = f"""\
{TITLE}
What Python programs do with structs, pointers, arrays and callbacks, in the way that is natural with
each party: metaffi, and as the limit CFFI in API mode, in one process and in turns as above. Results
are compared before; *refused* is what metaffi does not do, or does otherwise, and the reason is below
the table. A function that is passed as it is, and one that is made a callable, are compared with
ctypes as well. CFFI's other callbacks are `extern "Python"` functions, its quickest; its buffers are
`from_buffer`.

Memory is what the pages of a process of its own grow by, for each of many objects that are kept; of
entities it is what the allocator counts, with Python's objects, for all functions of a library's headers.
"""


def asked(times):
    return f"≤ {times:g}×"


def time_cells(row, result):
    taken, refused = result["taken"], result["refused"]
    limit = duration(taken[CFFI]) if CFFI in taken else "–"
    if OURS in refused:
        return [row.title, limit, "–", asked(row.asked), "**refused**"]
    if OURS not in taken or CFFI not in taken:
        return [row.title, limit, "–", asked(row.asked), "**not measured**"]
    cell = judged(taken[OURS], taken[CFFI], row.asked)
    if row.ctypes and CTYPES in taken:
        cell += f"; {judged(taken[OURS], taken[CTYPES], row.ctypes)} ctypes ({asked(row.ctypes)})"
    return [row.title, limit, duration(taken[OURS]), asked(row.asked), cell]


def size(found):
    return bytes_of(found) if isinstance(found, (int, float)) else "–"


def memory_cells(row, found):
    ours, limit = found[OURS], found[CFFI]
    bound = asked(row.times) if row.times else f"≤ {bytes_of(row.bytes)}"
    title = f"memory of {row.title}"
    if isinstance(ours, str):
        return [title, size(limit), "–", bound, "**refused**"]
    if row.bytes:
        return [title, "–", size(ours), bound, mark(size(ours), ours <= row.bytes)]
    if not isinstance(limit, (int, float)):
        return [title, "–", size(ours), bound, "**not measured**"]
    return [title, size(limit), size(ours), bound, judged(round(ours), round(limit), row.times)]


def pair_cells(row, found):
    if isinstance(found, str):
        return [row.title, row.first, "–", row.second, "–", asked(row.asked), "**refused**"]
    first, second = found
    unit = bytes_of if "memory" in row.what else duration
    cell = judged(second, first, row.asked)
    return [row.title, row.first, unit(first), row.second, unit(second), asked(row.asked), cell]


def import_cells(imports):
    ours, cffi = imports["metaffi"], imports["cffi"]
    if not ours or not cffi:
        return None
    cell = judged(ours, cffi, IMPORT_TIMES)
    names = "`import cffi`", duration(cffi), "`import metaffi`", duration(ours)
    return ["in a fresh process", *names, asked(IMPORT_TIMES), cell]


def reasons(rows, results, others):
    """Why rows are refused."""
    found = [(row.title, results[row.what]["refused"].get(OURS)) for row in rows]
    memory, pairs = others["memory"], others["pairs"]
    found += [(row.title, memory[row.what][OURS]) for row in MEMORY_ROWS if row.what in memory]
    found += [(row.title, pairs[row.what]) for row in PAIR_ROWS if row.what in pairs]
    for title, why in found:
        if isinstance(why, str):
            yield f"- {title}: {why}"


def tables(result):
    """The tables of one interpreter, of what was measured with it."""
    results = {row["what"]: row for row in result["rows"]}
    rows = [row for row in DATA_ROWS if row.what in results]
    memory, pairs = result["memory"], result["pairs"]
    cells = [time_cells(row, results[row.what]) for row in rows]
    cells += [memory_cells(row, memory[row.what]) for row in MEMORY_ROWS if row.what in memory]
    if cells:
        header = "| what | CFFI | metaffi | asked | measured |"
        yield table(header, "|---|--:|--:|--:|--:|", cells)
    cells = [pair_cells(row, pairs[row.what]) for row in PAIR_ROWS if row.what in pairs]
    if imported := import_cells(result.get("imports", {"metaffi": None, "cffi": None})):
        cells.append(imported)
    if cells:
        header = "| what | the one | takes | the other | takes | asked | measured |"
        yield table(header, "|---|---|--:|---|--:|--:|--:|", cells)
    if why := list(reasons(rows, results, result)):
        yield "Refused:\n\n" + "\n".join(why) + "\n"
    for party, why in result["missing"].items():
        yield f"Not measured: {party} ({why}).\n"


def section(results):
    parts = [METHOD]
    for result in results:
        parts += [f"### C data, CPython {result['version']}\n", *tables(result)]
    return "\n".join(parts)
