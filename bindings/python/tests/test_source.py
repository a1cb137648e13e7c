"""Source text that a guest runs."""

from __future__ import annotations

import math
import traceback

import pytest

import metaffi
from metaffi import MetaFFIError


@pytest.fixture
def python() -> metaffi.MetaFFIModule:
    runtime = metaffi.MetaFFIRuntime("python3")
    return runtime.load_module("math")


def test_the_value_is_that_of_the_last_expression(python: metaffi.MetaFFIModule) -> None:
    assert python.run("half = tau / 2\nhalf") == math.pi
    assert python.run("del half") is None
    assert not hasattr(math, "half")


def test_values_and_namespaces(python: metaffi.MetaFFIModule) -> None:
    namespace = python.new_namespace()
    assert python.run("def twice(n): return 2 * n", namespace=namespace) is None
    shared: list[object] = []
    source = "shared.append(twice(number)); shared"
    found = python.run(source, {"number": 2**70, "shared": shared}, namespace)
    assert found is shared and shared == [2**71]
    assert python.run("twice('ab')", namespace=namespace) == "abab"
    assert namespace["twice"](4) == 8
    assert python.run("given + 1", namespace={"given": 1}) == 2


def test_lines_are_in_tracebacks(python: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError) as caught:
        python.run("zero = 0\n1 / zero", {}, python.new_namespace(), file="a formula")
    raised = caught.value.__cause__
    assert isinstance(raised, ZeroDivisionError)
    shown = "".join(traceback.format_exception(type(raised), raised, raised.__traceback__))
    assert 'File "a formula", line 2' in shown and "1 / zero" in shown


def test_what_cannot_be_run_is_refused(python: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError, match="a formula, line 1, column"):
        python.run("1 +", file="a formula")
    with pytest.raises(MetaFFIError, match="is no namespace"):
        python.run("1", namespace=[])
    with pytest.raises(MetaFFIError, match="the name of a value is a str"):
        python.run("1", {1: 2})  # type: ignore[dict-item]
    with pytest.raises(MetaFFIError, match="compile it to a library"):
        metaffi.MetaFFIRuntime("c").load_module("").run("1;")
