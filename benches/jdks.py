"""Prints a word for each JDK that is measured, <feature version>:<its directory>: the newest one,
and 17, or else the oldest other one from 11 on."""

import glob
import os
import re
import shutil

OLDEST, WANTED = 11, 17
NEEDED = ("bin/javac", "include/jni.h", "lib/server/libjvm.so")


def candidates():
    """Directories that may be of JDKs: those that are named or on PATH first."""
    yield from filter(None, map(os.environ.get, ("METAFFI_JAVA_HOME", "JAVA_HOME")))
    compiler = shutil.which("javac")
    if compiler:
        yield os.path.dirname(os.path.dirname(os.path.realpath(compiler)))
    for pattern in ("/usr/lib/jvm/*", "/opt/*", "~/.sdkman/candidates/java/*", "~/.jdks/*"):
        yield from sorted(glob.glob(os.path.expanduser(pattern)))


def version(home):
    """The feature version, unless the directory is of no JDK."""
    if not all(os.path.exists(os.path.join(home, needed)) for needed in NEEDED):
        return None
    try:
        with open(os.path.join(home, "release"), encoding="utf-8") as file:
            found = re.search(r'^JAVA_VERSION="(\d+)', file.read(), re.MULTILINE)
    except OSError:
        return None
    return int(found.group(1)) if found else None


def main():
    found = {}
    for home in candidates():
        number = version(home)
        if number and number >= OLDEST and not re.search(r"[\s:]", home):
            found.setdefault(number, os.path.realpath(home))
    chosen = sorted(found)
    if len(chosen) > 2:
        chosen = [WANTED if WANTED in chosen[:-1] else chosen[0], chosen[-1]]
    print(*(f"{number}:{found[number]}" for number in chosen))


main()
