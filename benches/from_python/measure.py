"""Measures all rows once, in this interpreter, and prints the results as JSON.

Run by run.py as `python -m from_python.measure`.
"""

import argparse
import importlib
import json
import platform
import sys

from .parties import Context
from .rows import CALLED, CFFI, CFFI_ABI, CTYPES, LIMIT, OURS, ROWS
from .timing import Contestant, measure

PARTIES = {
    LIMIT: ("limit", "statements"),
    CALLED: ("limit", "statements_called"),
    OURS: ("ours", "statements"),
    CTYPES: ("ctypes_", "statements"),
    CFFI: ("cffi_", "statements_api"),
    CFFI_ABI: ("cffi_", "statements_abi"),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True, help="the guest in C")
    parser.add_argument("--header", required=True, help="its header")
    parser.add_argument("--python", required=True, help="the guest in Python")
    parser.add_argument("--path", action="append", help="where modules are imported from")
    parser.add_argument("--only", help="the rows to measure, separated by commas")
    return parser.parse_args()


def party(name, context):
    module, function = PARTIES[name]
    return getattr(importlib.import_module(f".parties.{module}", __package__), function)(context)


def parties(context):
    """What each party times, and why others are missing."""
    found, missing = {}, {}
    for name in PARTIES:
        try:
            found[name] = party(name, context)
        except ImportError as error:
            missing[name] = str(error)
    return found, missing


def contestants(row, found):
    for name, statements in found.items():
        each = statements.get((row.what, row.variant)) or statements.get((row.what, None))
        if each:
            yield Contestant(name, each)


def check(row, group):
    """Stops unless all have the same result; a method counts how often it was called."""
    results = [contestant.result() for contestant in group]
    if row.what != "method" and any(result != results[0] for result in results):
        raise SystemExit(f"{row.what}: the results differ: {results}")


def results(found, only):
    for row in ROWS:
        if only and row.what not in only:
            continue
        group = list(contestants(row, found))
        check(row, group)
        measure(group)
        yield {
            "what": row.what,
            "variant": row.variant,
            "taken": {contestant.name: contestant.best for contestant in group},
        }


def main():
    options = arguments()
    sys.path[:0] = options.path or []
    found, missing = parties(Context(options.library, options.header, options.python))
    only = options.only.split(",") if options.only else None
    report = {
        "version": platform.python_version(),
        "missing": missing,
        "rows": list(results(found, only)),
    }
    json.dump(report, sys.stdout)


main()
