"""Prints a line for each CPython from 3.9 on that is on this machine: <version> <executable>.

The oldest comes first. Unlike `metaffi doctor`, it also lists those that cannot be embedded.
"""

import concurrent.futures
import glob
import os
import subprocess

OLDEST = (3, 9)
QUESTION = """
import os, platform, sys, sysconfig
free = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
version = sys.version_info
if platform.python_implementation() == "CPython" and version >= %r and version[3] == "final":
    print("%%d.%%d.%%d%%s" %% (*version[:3], free), os.path.realpath(sys.executable))
"""


def candidates():
    """Files that may be interpreters."""
    home = os.path.expanduser("~")
    pyenv = os.environ.get("PYENV_ROOT", os.path.join(home, ".pyenv"))
    uv = os.environ.get("UV_PYTHON_INSTALL_DIR", os.path.join(home, ".local/share/uv/python"))
    places = ["/usr/bin", "/usr/local/bin", *os.environ.get("PATH", "").split(os.pathsep)]
    places += [os.path.join(root, "*", "bin") for root in (f"{pyenv}/versions", uv)]
    found = {}
    for place in places:
        for name in ("python3", "python3.[0-9]*"):
            for path in sorted(glob.glob(os.path.join(place, name))):
                if path.rsplit(".", 1)[-1].rstrip("t").isdigit() or path.endswith("python3"):
                    found.setdefault(os.path.realpath(path), path)
    return list(found.values())


def answer(path):
    """What an interpreter says of itself; nothing if it does not work or is too old."""
    try:
        done = subprocess.run(
            [path, "-I", "-c", QUESTION % (OLDEST,)],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version, _, executable = done.stdout.decode().strip().partition(" ")
    return (version, executable) if executable else None


def main():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = dict(one for one in reversed(list(pool.map(answer, candidates()))) if one)

    def order(version):
        return [int(part) for part in version.rstrip("t").split(".")], version

    for version in sorted(found, key=order):
        print(version, found[version])


if __name__ == "__main__":
    main()
