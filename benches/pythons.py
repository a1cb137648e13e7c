"""Prints a word for each CPython that can be embedded and compiled for, one of each version:
<version>:<interpreter>:<directory of its headers>"""

import glob
import json
import os
import shutil
import subprocess

OLDEST, NEWEST = 9, 20

ASK = """
import json, os, sys, sysconfig
get = sysconfig.get_config_var
places = [os.path.join(get("LIBDIR"), get("INSTSONAME") or ""), os.path.join(
    get("LIBDIR"), get("MULTIARCH") or "", get("INSTSONAME") or "")]
print(json.dumps({
    "version": "%d.%d" % sys.version_info[:2],
    "executable": sys.executable,
    "headers": sysconfig.get_path("include"),
    "library": any(".so" in place and os.path.exists(place) for place in places),
    "free_threaded": bool(get("Py_GIL_DISABLED")),
}))
"""


def candidates():
    """The system's own first, then those on PATH, then those of pyenv, the newest first."""
    yield "/usr/bin/python3"
    yield from (f"/usr/bin/python3.{minor}" for minor in range(OLDEST, NEWEST))
    yield from (shutil.which(f"python3.{minor}") for minor in range(OLDEST, NEWEST))
    root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    yield from sorted(glob.glob(f"{root}/versions/3.*/bin/python3"), reverse=True)


def ask(interpreter):
    """What an interpreter says of itself; nothing if it does not run."""
    if not interpreter or not os.path.exists(interpreter):
        return None
    run = subprocess.run([interpreter, "-I", "-c", ASK], capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else None


def usable(found):
    return (
        found["library"]
        and not found["free_threaded"]
        and int(found["version"].split(".")[1]) >= OLDEST
        and os.path.exists(os.path.join(found["headers"], "Python.h"))
    )


def main():
    chosen = {}
    for found in map(ask, candidates()):
        if found and usable(found):
            chosen.setdefault(found["version"], found)
    order = sorted(chosen, key=lambda version: int(version.split(".")[1]))
    print(*(f"{name}:{chosen[name]['executable']}:{chosen[name]['headers']}" for name in order))


main()
