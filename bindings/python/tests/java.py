"""Java for the tests: the JDK that is used, and guests that are compiled with it."""

from __future__ import annotations

import functools
import os
import re
import subprocess
from pathlib import Path

import pytest
from support import GUESTS

import metaffi


def _version(home: Path) -> list[int]:
    release = home / "release"
    found = re.search(r'^JAVA_VERSION="([\d.]+)', release.read_text(), re.MULTILINE)
    return [int(part) for part in found[1].split(".")] if found else []


@functools.cache
def jdk() -> Path:
    """The JDK in METAFFI_TEST_JVM, or the newest one with a compiler; without any, tests are skipped."""
    named = os.environ.get("METAFFI_TEST_JVM")
    if named:
        return Path(named)
    homes = [path.parent.parent for path in Path("/usr/lib/jvm").glob("*/bin/javac")]
    homes = [home for home in homes if (home / "release").exists()]
    if not homes:
        pytest.skip("no JDK with a compiler is here")
    return max(homes, key=_version)


@functools.cache
def jvm() -> metaffi.MetaFFIRuntime:
    return metaffi.MetaFFIRuntime("jvm", home=str(jdk()))


def compiled(source: str, to: Path, *options: str) -> Path:
    """The directory of the classes of a guest."""
    javac = [str(jdk() / "bin/javac"), "-parameters", "-nowarn", *options, "-d", str(to)]
    subprocess.run([*javac, str(GUESTS / source)], check=True)
    return to
