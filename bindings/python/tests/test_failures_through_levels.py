"""A failure that passes through many calls, of whatever kind, is one failure."""

from __future__ import annotations

import gc
import sys
import traceback
from pathlib import Path
from typing import Any, Callable

import pytest

import metaffi
from metaffi import MetaFFIError, make_metaffi_callable

GUEST = """
from __future__ import annotations

from typing import Any, Callable


def apply(function: Callable[[int, int], int], left: int = 1, right: int = 2) -> int:
    return function(left, right)


def apply_beside(function: Callable[[int, int], int], values: Any) -> int:
    return function(1, 2)


def apply_named(function: Callable[[int, int], int], *, left: int = 1) -> int:
    return function(left, 2)


def apply_all(*functions: Any) -> int:
    return functions[0](1, 2)


def apply_once(function: Callable[[int, int], int]) -> tuple[int, int]:
    return function(1, 2), 0


class Applier:
    def apply(self, function: Callable[[int, int], int]) -> int:
        return function(1, 2)
"""

Binary = Callable[[int, int], int]
Way = Callable[[Binary], Any]

LEVELS = 20
OF_PYTHON = [
    "positional",
    "named",
    "defaults",
    "beside a copy",
    "named only",
    "variadic",
    "several results",
    "method",
    "wrapped",
]
OF_C = ["callback", "wrapped callback", "field", "returned"]


class OwnError(Exception):
    pass


@pytest.fixture
def ways(
    guest: metaffi.MetaFFIModule, python3: metaffi.MetaFFIRuntime, tmp_path: Path
) -> dict[str, Way]:
    """How a function is run, by name."""
    path = tmp_path / "failing_guest.py"
    path.write_text(GUEST)
    load, c = python3.load_module(str(path)).load_entity, guest.load_entity
    apply, beside = load("callable=apply"), load("callable=apply_beside")
    named, every = load("callable=apply_named"), load("callable=apply_all")
    once, method = load("callable=apply_once"), load("callable=Applier.apply,instance_required")
    applier = load("callable=Applier")()
    c_apply, handle = c("callable=apply"), c("callable=handle")

    def field(function: Binary) -> Any:
        return handle(guest.new("struct handler", {"run": function}), 3)

    guest.declare("struct applier { int64_t (*apply)(binary run, int64_t left, int64_t right); };")
    returned = guest.new("struct applier", {"apply": c_apply}).apply
    return {
        "positional": lambda function: apply(function, 1, 2),
        "named": lambda function: apply(function, right=2, left=1),
        "defaults": lambda function: apply(function),
        "beside a copy": lambda function: beside(function, [1, 2]),
        "named only": lambda function: named(function, left=1),
        "variadic": lambda function: every(function),
        "several results": lambda function: once(function),
        "method": lambda function: method(applier, function),
        "wrapped": lambda function: apply(make_metaffi_callable(function), 1, 2),
        "callback": lambda function: c_apply(function, 1, 2),
        "wrapped callback": lambda function: c_apply(make_metaffi_callable(function), 1, 2),
        "field": field,
        "returned": lambda function: returned(function, 1, 2),
    }


def seen_through(ways: list[Way], raised: BaseException) -> list[BaseException]:
    """What comes out of each of these calls, one inside the other, the innermost first."""
    seen: list[BaseException] = []
    rest = iter(ways)

    def run(left: int, right: int) -> int:
        way = next(rest, None)
        if way is None:
            raise raised
        try:
            way(run)
        except BaseException as failure:
            seen.append(failure)
            raise
        raise AssertionError("it did not fail")

    with pytest.raises(BaseException) as info:
        run(1, 2)
    assert info.value is seen[-1]
    return seen


@pytest.mark.parametrize("name", OF_PYTHON)
def test_a_failure_of_python_is_wrapped_once(ways: dict[str, Way], name: str) -> None:
    raised = OwnError("deep")
    seen = seen_through([ways[name]] * LEVELS, raised)
    assert len(seen) == LEVELS
    error = seen[0]
    assert isinstance(error, MetaFFIError)
    assert all(failure is error for failure in seen)
    assert str(error).endswith("OwnError: deep") and str(error).count("deep") == 1
    assert "MetaFFIError" not in str(error)
    assert error.original is raised and error.__cause__ is raised
    assert error.message == "deep"
    names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert names.count("run") == LEVELS + 1


@pytest.mark.parametrize("name", OF_C)
def test_a_failure_of_a_callback_stays_itself(ways: dict[str, Way], name: str) -> None:
    raised = OwnError("deep")
    assert seen_through([ways[name]] * LEVELS, raised) == [raised] * LEVELS
    assert str(raised) == "deep"


@pytest.mark.parametrize("raised", [MetaFFIError("by hand"), metaffi.MetaFFIMemoryError("none")])
@pytest.mark.parametrize("name", OF_PYTHON + OF_C)
def test_what_is_a_failure_already_stays_itself(
    ways: dict[str, Way], name: str, raised: MetaFFIError
) -> None:
    text = str(raised)
    assert seen_through([ways[name]] * LEVELS, raised) == [raised] * LEVELS
    assert str(raised) == text


def test_a_refusal_stays_itself(ways: dict[str, Way], guest: metaffi.MetaFFIModule) -> None:
    with pytest.raises(MetaFFIError) as info:
        guest.load_entity("callable=add")("one", 2)
    refused, text = info.value, str(info.value)
    assert all(failure is refused for failure in seen_through(list(ways.values()), refused))
    assert (str(refused), refused.original) == (text, None)


def test_a_failure_passes_through_all_of_them(ways: dict[str, Way]) -> None:
    raised = OwnError("deep")
    order = OF_PYTHON + OF_C + OF_PYTHON[::-1] + OF_C
    seen = seen_through([ways[name] for name in order], raised)
    assert seen[: len(OF_C)] == [raised] * len(OF_C)
    error = seen[-1]
    assert isinstance(error, MetaFFIError) and error.original is raised
    assert all(failure is error for failure in seen[len(OF_C) :])


def test_the_memory_of_failures_is_given_back(ways: dict[str, Way]) -> None:
    every = list(ways.values())

    def blocks() -> int:
        for _ in range(20):
            seen_through(every, OwnError("deep"))
        gc.collect()
        return sys.getallocatedblocks()

    # What is kept of the functions that were met grows until it is full.
    before = [blocks() for _ in range(24)][-1]
    assert [blocks() for _ in range(4)][-1] < before + 20
