"""Objects of a host that do what objects of Python do, made by a library of C."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import metaffi

_GUEST = Path(__file__).resolve().parent / "guests" / "hosted.c"


_passed: list[Any] = []


@functools.cache
def module() -> metaffi.MetaFFIModule:
    """The library, compiled for this process, which uses the same metaffi."""
    directory = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    path, library = os.path.join(directory, "libhosted.so"), metaffi.library_path()
    flags = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    where = [f"-I{metaffi.include_dir()}", library, f"-Wl,-rpath,{os.path.dirname(library)}"]
    subprocess.run(["cc", *flags, str(_GUEST), "-o", path, *where], check=True)
    made = metaffi.MetaFFIRuntime("c").load_module(path)
    made.declare("int host(const char *path); extern int living, calls_at_end;")
    return made


def given() -> Any:
    return _passed.pop()


def taken(made: Any) -> None:
    _passed.append(made)


def hosted(inner: Any, hidden: int = 0) -> Any:
    """An object of a host, which does what `inner` does."""
    _passed.append((inner, hidden))
    assert module().host(__name__) == 0
    return _passed.pop()


def awaited(inner: Any, number: int) -> None:
    """Has a host await an object, and print what comes of it; an even number is waited for."""
    _passed.append((inner, -number))
    assert module().host(__name__) == 0


def living() -> int:
    """How many there are."""
    return int(module().living)


sys.modules.setdefault("hosting", sys.modules[__name__])
