"""Measures rows of C data in this interpreter, and prints the results as JSON.

Run by run.py as `python -m from_python.measure_data`, once for times, once for each party's memory of
each kind, and once for pairs.
"""

import argparse
import fnmatch
import importlib
import json
import platform
import sys

from . import pairs
from .data_rows import DATA_ROWS
from .memory import allocated_for, taken_by
from .parties import Context
from .rows import CFFI, CTYPES, OURS
from .timing import Contestant, measure

PARTIES = {OURS: "data_ours", CFFI: "data_cffi", CTYPES: "data_ctypes"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True, help="the guest in C")
    parser.add_argument("--header", required=True, help="its header for data")
    parser.add_argument("--path", action="append", help="where modules are imported from")
    parser.add_argument("--rows", nargs="*", default=["*"], help="the rows, with wildcards")
    parser.add_argument("--memory", nargs=2, metavar=("PARTY", "WHAT"), help="count bytes instead")
    parser.add_argument("--pair", help="measure this pair instead")
    return parser.parse_args()


def party(name):
    return importlib.import_module(f".parties.{PARTIES[name]}", __package__)


def parties(context):
    """What makes each party's statements, and why others are missing."""
    found, missing = {}, {}
    for name in PARTIES:
        try:
            found[name] = party(name).statements(context)
        except ImportError as error:
            missing[name] = str(error)
    return found, missing


def first_line(error):
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"


def shown(row, result):
    return eval(row.show, {"result": result})


def contestants(row, found):
    """Those that do it, what each has as the result, and why others do not."""
    group, results, refused = [], {}, {}
    for name, makers in found.items():
        if row.what not in makers:
            continue
        try:
            contestant = Contestant(name, makers[row.what]())
            results[name] = shown(row, contestant.result())
            contestant.once()
        except Exception as error:
            refused[name] = first_line(error)
        else:
            group.append(contestant)
    return group, results, refused


def measured(row, found):
    """The times of a row. Who has another result than CFFI does something else, and is not timed."""
    group, results, refused = contestants(row, found)
    expected = results.get(CFFI)
    for name, result in results.items():
        if CFFI in results and name != CTYPES and result != expected and name not in refused:
            refused[name] = f"the result is {result!r} and not {expected!r}"
    group = [contestant for contestant in group if contestant.name not in refused]
    if group:
        measure(group)
    taken = {contestant.name: contestant.best for contestant in group}
    return {"what": row.what, "taken": taken, "refused": refused}


def times(context, patterns):
    found, missing = parties(context)
    rows = [row for row in DATA_ROWS if any(fnmatch.fnmatch(row.what, each) for each in patterns)]
    return {
        "version": platform.python_version(),
        "missing": missing,
        "rows": [measured(row, found) for row in rows],
    }


def memory(context, name, what):
    """The bytes of one object, or why there is none."""
    try:
        makers = party(name).memory(context)
        made = makers[what]() if what in makers else None
        return allocated_for(*made) if isinstance(made, tuple) else made and taken_by(made)
    except Exception as error:
        return first_line(error)


def pair(context, what):
    try:
        return pairs.PAIRS[what](context)
    except Exception as error:
        return first_line(error)


def main():
    options = arguments()
    sys.path[:0] = options.path or []
    context = Context(options.library, options.header, None)
    if options.memory:
        report = memory(context, *options.memory)
    elif options.pair:
        report = pair(context, options.pair)
    else:
        report = times(context, options.rows)
    json.dump(report, sys.stdout)


main()
