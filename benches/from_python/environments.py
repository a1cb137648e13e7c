"""Makes a virtual environment of each interpreter that is measured: environments.py <directory>

They are CPython 3.11, and the newest other that is here with its headers. What cannot be installed
is named, and its rows are left out.
"""

import glob
import json
import os
import subprocess
import sys

FIRST = (3, 11)
OLDEST = (3, 9)
# Each package by itself: one that is missing takes no other with it.
PACKAGES = {
    "cffi": "cffi==2.1.1",
    "setuptools": "setuptools",
    "numpy": "numpy",
    "jpype": "jpype1==1.7.1",
}
# For the plot, in the first environment.
PLOTTING = {"matplotlib": "matplotlib"}

ABOUT = """
import json, os, platform, sys, sysconfig
header = os.path.join(sysconfig.get_path("include"), "Python.h")
usable = platform.python_implementation() == "CPython" and os.path.exists(header)
print(json.dumps([sys.version_info[:3], usable and not sysconfig.get_config_var("Py_GIL_DISABLED")]))
"""


def candidates():
    """Executables that may be interpreters; those on PATH first."""
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    directories = os.environ.get("PATH", "").split(os.pathsep)
    for pattern in [os.path.join(directory, "python3*") for directory in directories] + [
        os.path.join(pyenv, "versions", "*", "bin", "python3"),
        os.path.expanduser("~/.local/share/uv/python/*/bin/python3"),
    ]:
        for path in sorted(glob.glob(pattern)):
            if os.path.basename(path).replace("python3", "").strip(".0123456789") == "":
                yield path


def version(executable):
    """The version, unless it cannot be measured."""
    try:
        run = subprocess.run(
            [executable, "-I", "-c", ABOUT], capture_output=True, text=True, timeout=20
        )
        found, usable = json.loads(run.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return tuple(found) if usable and tuple(found) >= OLDEST else None


def chosen():
    """Executables by minor version: the first one's, and the newest other."""
    found = {}
    for executable in candidates():
        if (number := version(executable)) and number[:2] not in found:
            found[number[:2]] = executable
    others = sorted((minor for minor in found if minor != FIRST), reverse=True)
    wanted = ([FIRST] if FIRST in found else others[1:2]) + others[:1]
    return {".".join(map(str, minor)): found[minor] for minor in wanted}


def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0


def install(python, packages):
    """Names those that cannot be installed."""
    for module, requirement in packages.items():
        pip = (
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            requirement,
        )
        if not run(python, "-c", f"import {module}") and not run(*pip):
            print(f"pip could not install {module} for {python}: its rows will be missing")


def main(directory):
    environments = chosen()
    if not environments:
        print("no CPython with its headers: no calls from Python are measured")
    for number, (minor, executable) in enumerate(environments.items()):
        place = os.path.join(directory, minor)
        python = os.path.join(place, "bin", "python")
        if not os.path.exists(python) and not run(executable, "-m", "venv", place):
            print(f"{executable} cannot make a virtual environment: it is not measured")
            continue
        install(python, PACKAGES if number else PACKAGES | PLOTTING)


main(*sys.argv[1:])
