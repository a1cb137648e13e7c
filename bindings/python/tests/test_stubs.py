"""Type stubs, checked by mypy and against the real module."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from support import output_of

import metaffi
from metaffi import stubs

PATH = "libz.so.1;zlib.h"

MODULE = f"""
import sys, metaffi
sys.modules[__name__] = metaffi.MetaFFIRuntime("c").load_module({PATH!r})
"""

PROGRAM = """
import zlib_of_c

checksum: int = zlib_of_c.crc32(zlib_of_c.crc32(0, None, 0), b"hello", 5)
best: int = zlib_of_c.Z_BEST_SPEED
size: int = zlib_of_c.sizeof("z_stream")
stream = zlib_of_c.new("z_stream", {"avail_in": 5})
available: int = stream.avail_in
status: int = zlib_of_c.inflateInit_(stream, zlib_of_c.new("char[]", "1"), size)
print(checksum, best, size > 0, available, status)
"""

MISTAKES = """
import zlib_of_c

zlib_of_c.crc32("text", b"hello", 5)
zlib_of_c.crc32(0)
zlib_of_c.crc33(0, b"hello", 5)
best: str = zlib_of_c.Z_BEST_SPEED
available: str = zlib_of_c.new("z_stream").avail_in
"""


def names_of(text: str) -> set[str]:
    names = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.Assign):
            names.update(one.id for one in node.targets if isinstance(one, ast.Name))
    return names


def test_stubs_have_the_names_that_dir_has(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module(PATH)
    text = stubs.stubs(module)
    undeclared = {name for name in dir(module) if f"# Nothing declares {name}:" in text}
    shown = {name for name in dir(module) if not name.startswith("_")} - undeclared
    assert shown == {name for name in names_of(text) if not name.startswith("_")}
    assert "crc32" in shown
    for name in shown:
        getattr(module, name)


def test_values_are_of_the_types_that_stubs_say(guest: metaffi.MetaFFIModule) -> None:
    text = stubs.stubs(guest)
    tree = ast.parse(text)
    kinds = {"int": int, "float": float, "bool": bool, "str | None": str}
    checked = 0
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            kind = kinds.get(ast.unparse(node.annotation))
            if kind is not None:
                assert type(getattr(guest, node.target.id)) is kind, node.target.id
                checked += 1
    assert checked >= 2
    assert "def add(left: int, right: int) -> int: ..." in text
    assert guest.add(left=1, right=2) == 3


def test_words_of_python_are_named() -> None:
    text = stubs.stubs(metaffi.MetaFFIRuntime("c").load_module("signal.h"))
    assert "# A word of Python's own: getattr(module, 'raise')" in text
    assert "raise" not in names_of(text)


def test_mypy_reads_the_stubs(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy is not installed")
    (tmp_path / "zlib_of_c.pyi").write_text(
        subprocess.run(
            [sys.executable, "-m", "metaffi.stubs", PATH],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )

    def check(program: str) -> list[str]:
        (tmp_path / "program.py").write_text(program)
        mypy = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "program.py"]
        done = subprocess.run(mypy, cwd=tmp_path, capture_output=True, text=True, check=False)
        return [line for line in done.stdout.splitlines() if ": error:" in line]

    assert check(PROGRAM) == []
    lines = [int(line.split(":")[1]) for line in check(MISTAKES)]
    assert sorted(set(lines)) == [4, 5, 6, 7, 8]
    # What mypy has read is what runs.
    (tmp_path / "zlib_of_c.py").write_text(MODULE)
    (tmp_path / "program.py").write_text(PROGRAM)
    assert output_of(str(tmp_path / "program.py")) == "907060870 1 True 5 0"
