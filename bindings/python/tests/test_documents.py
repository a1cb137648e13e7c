"""The guide's examples, and the programs in examples/python, do what they say."""

from __future__ import annotations

import ctypes
import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import ENABLED

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"
PROGRAMS = sorted((EXAMPLES / "python").glob("*.py"))


@pytest.mark.parametrize("document", ["docs/python.md", "bindings/python/README.md"])
def test_the_examples_of_a_document(document: str) -> None:
    flags = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    result = doctest.testfile(str(ROOT / document), module_relative=False, optionflags=flags)
    assert result.attempted > 0
    assert result.failed == 0


def expected(program: Path) -> Path:
    return EXAMPLES / "expected" / "python" / f"{program.stem}.txt"


def test_every_example_has_its_output() -> None:
    files = set((EXAMPLES / "expected" / "python").iterdir())
    assert {expected(program) for program in PROGRAMS} == files


def succeeds(*command: str, text: str = "") -> bool:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return done.returncode == 0


def is_here(part: str) -> bool:
    """Whether a part of a module's path can be found, by other means than the package's own."""
    kind, _, package = part.rpartition(":")
    if kind == "pkg-config":
        return succeeds("pkg-config", "--exists", package)
    if part.endswith(".h"):
        return succeeds("cc", "-E", "-", text=f"#include <{part}>\n")
    try:
        ctypes.CDLL(part)
    except OSError:
        return False
    return True


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_an_example(program: Path) -> None:
    text = program.read_text(encoding="utf-8")
    if "import numpy" in text:
        pytest.importorskip("numpy")
    paths = re.findall(r'load_module\("([^"]*)"\)', text)
    parts = [part for path in paths for part in path.split(";")]
    assert parts
    # Of what Debian has in packages that are optional; the others' headers are always here.
    missing = [part for part in parts if not is_here(part)]
    if missing:
        pytest.skip(f"{program.name} needs {', '.join(missing)}")
    command = [sys.executable, *ENABLED, str(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == (expected(program).read_text(encoding="utf-8"), "")
