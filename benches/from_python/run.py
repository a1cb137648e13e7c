#!/usr/bin/env python3
"""Runs measure.py and measure_data.py in each environment, and times imports, each in processes of its own.

As a program it measures a few rows of C data with one interpreter: `run.py --quick 'new*' --library
target/release/libmetaffi.so --python /usr/bin/python3`; `run.py --help` lists the rows.
"""

import json
import os
import subprocess
import sys

BENCHES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if __name__ == "__main__":
    sys.path[0] = BENCHES

from from_python.run_data import Runner, merge  # noqa: E402

PROCESSES = 3


def environments(directory):
    """The environments by version, the oldest first."""
    if not os.path.isdir(directory):
        return {}
    minors = [name for name in os.listdir(directory) if name.startswith("3.")]
    minors.sort(key=lambda name: int(name.partition(".")[2]))
    return {minor: os.path.join(directory, minor) for minor in minors}


def modules_of(build, environment):
    """Where the package, the limit and CFFI's module are."""
    return [os.path.join(build, "package"), os.path.join(environment, "modules")]


def measured(build, environment):
    guest = os.path.join(BENCHES, "guest")
    command = [os.path.join(environment, "bin", "python"), "-m", "from_python.measure"]
    command += ["--library", os.path.join(build, "libguest.so")]
    command += ["--header", os.path.join(guest, "guest.h")]
    command += ["--python", os.path.join(guest, "guest.py")]
    for path in modules_of(build, environment):
        command += ["--path", path]
    return json.loads(
        subprocess.run(command, cwd=BENCHES, stdout=subprocess.PIPE, check=True).stdout
    )


def runner(build, environment):
    python = os.path.join(environment, "bin", "python")
    library = os.path.join(build, "libguest.so")
    return Runner(python, library, modules_of(build, environment))


def runners(build):
    """By the interpreter's version."""
    places = environments(os.path.join(build, "from_python"))
    return {minor: runner(build, environment) for minor, environment in places.items()}


def data_results(build):
    """What was measured of C data with each interpreter, which take turns."""
    each = runners(build)
    found = {minor: one.times("*") for minor, one in each.items()}
    for _ in range(PROCESSES - 1):
        for minor, one in each.items():
            merge(found[minor], one.times("*"))
    for minor, one in each.items():
        found[minor].update(one.others(), imports=one.imported())
    return list(found.values())


def results(build):
    """What was measured with each interpreter, which take turns."""
    found = {}
    places = environments(os.path.join(build, "from_python"))
    for _ in range(PROCESSES):
        for minor, environment in places.items():
            result = measured(build, environment)
            if minor in found:
                merge(found[minor], result)
            else:
                found[minor] = result
    for minor, one in runners(build).items():
        found[minor]["imports"] = one.imported()
    return list(found.values())


if __name__ == "__main__":
    from from_python.quick import main

    main()
