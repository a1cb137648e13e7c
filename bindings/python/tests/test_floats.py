"""The floating-point environment: Python computes by the default one, whatever C does."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from support import GUESTS

import metaffi

DECLARATIONS = """
int round_upwards(void);
int call_rounding_upwards(double (*function)(double), double value);
int text_rounding_upwards(void (*function)(const char *), const char *text);
"""


@pytest.fixture(scope="module")
def rounding(
    c: metaffi.MetaFFIRuntime, tmp_path_factory: pytest.TempPathFactory
) -> metaffi.MetaFFIModule:
    path = tmp_path_factory.mktemp("rounding") / "librounding.so"
    # -Ofast and -ffast-math link what sets flush-to-zero when it is loaded.
    flags = ["-std=c11", "-O1", "-ffast-math", "-frounding-math", "-shared", "-fPIC"]
    source = Path(GUESTS) / "rounding.c"
    subprocess.run(["cc", *flags, str(source), "-o", str(path), "-lm"], check=True)
    module = c.load_module(str(path))
    module.declare(DECLARATIONS)
    return module


def is_exact() -> bool:
    """Whether floats are read and written as they should be, and small ones are kept."""
    numbers = random.Random(7)
    drawn = [numbers.uniform(0, 10.0 ** numbers.randrange(-30, 30)) for _ in range(300)]
    return all(float(repr(number)) == number for number in drawn) and keeps_small()


def keeps_small() -> bool:
    smallest = sys.float_info.min
    return smallest / 2 != 0 and (smallest / 2) * 2 == smallest


def test_a_library_built_with_fast_math_changes_nothing(rounding: metaffi.MetaFFIModule) -> None:
    rounding.load_entity("callable=round_upwards")
    assert keeps_small()
    seen: list[bool] = []
    thread = threading.Thread(target=lambda: seen.append(keeps_small()))
    thread.start()
    thread.join()
    assert seen == [True]


@pytest.mark.parametrize("tags", ["", ",hold_gil"])
def test_a_c_function_that_changes_the_rounding_mode(
    rounding: metaffi.MetaFFIModule, tags: str
) -> None:
    upwards = rounding.load_entity("callable=round_upwards" + tags)
    assert upwards() == 0
    assert is_exact()


@pytest.mark.parametrize("tags", ["", ",hold_gil"])
def test_c_that_rounds_otherwise_calls_back(rounding: metaffi.MetaFFIModule, tags: str) -> None:
    seen: list[bool] = []

    def number(value: float) -> float:
        seen.append(is_exact())
        return value

    def text(value: str) -> None:
        seen.append(is_exact())

    by_number = rounding.load_entity("callable=call_rounding_upwards" + tags)
    by_text = rounding.load_entity("callable=text_rounding_upwards" + tags)
    assert (by_number(number, 0.1), by_text(text, "text")) == (1, 1)
    assert seen == [True, True]
