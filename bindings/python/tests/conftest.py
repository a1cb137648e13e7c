"""The guests of the tests: a C library, compiled here, and a Python module."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support import GUESTS

import metaffi

# What the tests of C data are about.
DECLARATIONS = """
struct point { int x; short y; double weight; unsigned low : 3, high : 5; };
struct shape {
    char name[8];
    struct point corners[2];
    struct point *center;
    const char *label;
    double *weights;
    int (*twice)(int);
    const int id;
    long grid[2][3];
    unsigned char raw[4];
    _Bool filled;
    union { int number; float real; };
};
struct node { int value; struct node *next; };
struct opaque;
"""


@pytest.fixture(scope="session")
def c() -> metaffi.MetaFFIRuntime:
    return metaffi.MetaFFIRuntime("c")


@pytest.fixture(scope="session")
def python3() -> metaffi.MetaFFIRuntime:
    return metaffi.MetaFFIRuntime("python3")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("guest") / "libguest.so"
    flags = ["-std=c11", "-O1", "-shared", "-fPIC", "-pthread"]
    subprocess.run(["cc", *flags, str(GUESTS / "guest.c"), "-o", str(path), "-lm"], check=True)
    return path


@pytest.fixture(scope="session")
def c_path(library: Path) -> str:
    """The path of the C guest, with its header."""
    return f"{library};{GUESTS / 'guest.h'}"


@pytest.fixture(scope="session")
def guest(c: metaffi.MetaFFIRuntime, c_path: str) -> metaffi.MetaFFIModule:
    return c.load_module(c_path)


@pytest.fixture(scope="session")
def python_path() -> str:
    return str(GUESTS / "metaffi_guest.py")


@pytest.fixture(scope="session")
def python_guest(python3: metaffi.MetaFFIRuntime, python_path: str) -> metaffi.MetaFFIModule:
    return python3.load_module(python_path)


@pytest.fixture(scope="module")
def data(c: metaffi.MetaFFIRuntime) -> metaffi.MetaFFIModule:
    module = c.load_module("")
    module.declare(DECLARATIONS)
    return module
