"""Runs measure.py in each environment, and times imports, each in processes of its own."""

import json
import math
import os
import subprocess

BENCHES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROCESSES = 3
IMPORTS = 30

# In a fresh process; what the interpreter itself imports is there already.
IMPORT = """
import time
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


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


def merge(best, result):
    """The better of two processes, whose memory is laid out differently."""
    for row, other in zip(best["rows"], result["rows"]):
        for name, taken in other["taken"].items():
            row["taken"][name] = min(taken, row["taken"].get(name, math.inf))


def import_time(build, environment, module):
    """Nanoseconds for `import module` in a fresh process, or None."""
    path = os.pathsep.join(modules_of(build, environment))
    times = []
    for _ in range(IMPORTS):
        run = subprocess.run(
            [os.path.join(environment, "bin", "python"), "-c", IMPORT.format(module=module)],
            capture_output=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        if run.returncode:
            return None
        times.append(float(run.stdout) * 1e9)
    return min(times)


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
    for minor, environment in places.items():
        found[minor]["imports"] = {
            module: import_time(build, environment, module) for module in ("metaffi", "cffi")
        }
    return list(found.values())
