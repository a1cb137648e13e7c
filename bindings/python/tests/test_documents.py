"""The guide's examples, and the programs in examples/python, do what they say."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest
from support import ENABLED

ROOT = Path(__file__).resolve().parents[3]

OUTPUT = {
    "qsort.py": """\
sorted in place: 1.92 1.84 1.71 1.65
raised in the comparator: ZeroDivisionError
""",
    "sqlite.py": """\
name=Titan km=5149.5
name=Io km=3643.2
name=Europa km=3121.6
SQLite says: no such table: planets
""",
    "structs.py": """\
used some time: True and some memory: True
the size that Python knows: True
a day after the epoch: 1970-01-02
seconds since the epoch: 951868800
February 30th is March 1st
""",
    "zlib_numpy.py": """\
80000 bytes became less than a tenth: True
the same again: True
crc32: 04dddeda
""",
}


@pytest.mark.parametrize("document", ["docs/python.md", "bindings/python/README.md"])
def test_the_examples_of_a_document(document: str) -> None:
    flags = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    result = doctest.testfile(str(ROOT / document), module_relative=False, optionflags=flags)
    assert result.attempted > 0
    assert result.failed == 0


def test_every_example_has_its_output_here() -> None:
    assert {file.name for file in (ROOT / "examples/python").glob("*.py")} == set(OUTPUT)


@pytest.mark.parametrize("name", sorted(OUTPUT))
def test_an_example(name: str) -> None:
    if "numpy" in name:
        pytest.importorskip("numpy")
    program = [sys.executable, *ENABLED, str(ROOT / "examples/python" / name)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == (OUTPUT[name], "")
