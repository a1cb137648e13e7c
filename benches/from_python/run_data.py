"""Runs measure_data.py, and merges what several processes found."""

import json
import math
import os
import subprocess
import sys

from .data_rows import MEMORY_ROWS, PAIR_ROWS
from .rows import CFFI, OURS

BENCHES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
IMPORTS = 30
# In a fresh process; what the interpreter itself imports is there already.
IMPORT = """
import time
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


class Runner:
    """One interpreter, and where its modules are."""

    def __init__(self, python, library, modules):
        self._python, self._modules = python, modules
        header = os.path.join(BENCHES, "guest", "data.h")
        self._command = [python, "-m", "from_python.measure_data"]
        self._command += ["--library", library, "--header", header]
        for path in modules:
            self._command += ["--path", path]

    def run(self, *options, **variables):
        """What it prints; or that it died, as a text."""
        environment = {**os.environ, **variables}
        command = [*self._command, *options]
        run = subprocess.run(command, cwd=BENCHES, stdout=subprocess.PIPE, env=environment)
        if run.returncode:
            return f"the process ended with {run.returncode}"
        return json.loads(run.stdout)

    def times(self, patterns):
        found = self.run("--rows", *patterns)
        if isinstance(found, str):
            sys.exit(f"rows {patterns}: {found}")
        return found

    def memory(self, row):
        """The bytes by party."""
        variables = {"PYTHONMALLOC": "malloc"} if row.bytes else {}
        parties = (OURS, CFFI)
        return {party: self.run("--memory", party, row.what, **variables) for party in parties}

    def others(self, wanted=lambda what: True):
        return {
            "memory": {row.what: self.memory(row) for row in MEMORY_ROWS if wanted(row.what)},
            "pairs": {
                row.what: self.run("--pair", row.what) for row in PAIR_ROWS if wanted(row.what)
            },
        }

    def imported(self):
        """Nanoseconds for importing each package in a fresh process, or None."""
        return {module: self._import_time(module) for module in ("metaffi", "cffi")}

    def _import_time(self, module):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(self._modules)}
        command = [self._python, "-c", IMPORT.format(module=module)]
        times = []
        for _ in range(IMPORTS):
            run = subprocess.run(command, capture_output=True, env=environment)
            if run.returncode:
                return None
            times.append(float(run.stdout) * 1e9)
        return min(times)


def merge(best, result):
    """The better of two processes."""
    for row, other in zip(best["rows"], result["rows"]):
        for name, taken in other["taken"].items():
            row["taken"][name] = min(taken, row["taken"].get(name, math.inf))
