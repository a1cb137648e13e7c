"""Calls from Python in the report."""

import json
import os
import subprocess
import sys

from . import data_tables
from .run import BENCHES, data_results, environments, results
from .tables import section

PLOT = "performance_python.svg"


def draw(build, file, path):
    """Whether an environment has what draws the plot."""
    for environment in environments(os.path.join(build, "from_python")).values():
        python = os.path.join(environment, "bin", "python")
        command = [python, "-m", "from_python.plot", file, path]
        run = subprocess.run(command, cwd=BENCHES, capture_output=True, text=True)
        if run.returncode == 0:
            return True
        print(run.stderr, file=sys.stderr)
    return False


def report(build, directory):
    """Measures; the section for the report in `directory`, where the plot is put too."""
    found = results(build)
    file = os.path.join(build, "from_python", "results.json")
    with open(file, "w", encoding="utf-8") as output:
        json.dump(found, output, indent=1)
    path = os.path.join(directory, PLOT)
    plot = PLOT if found and draw(build, file, path) else None
    return section(found, plot)


def data_report(build):
    """Measures C data; its section."""
    found = data_results(build)
    with open(os.path.join(build, "from_python", "data.json"), "w", encoding="utf-8") as output:
        json.dump(found, output, indent=1)
    return data_tables.section(found)
