"""Calls on several stacks of one thread, which end in any order."""

from __future__ import annotations

import gc
from array import array
from functools import partial
from pathlib import Path
from typing import Any, Callable

import pytest
from support import infos

import metaffi
from metaffi import make_metaffi_callable

greenlet = pytest.importorskip("greenlet")


def deep(depth: int, action: Callable[[], Any]) -> Any:
    """Puts the stacks at different heights."""
    return action() if depth == 0 else deep(depth - 1, action)


class Calls:
    """Calls that are all inside a callback of theirs when the first of them ends."""

    def __init__(self) -> None:
        self.main = greenlet.getcurrent()
        self.running: list[Any] = []

    def start(self, depth: int, action: Callable[[], Any]) -> None:
        call = greenlet.greenlet(lambda: deep(depth, action))
        assert call.switch() == "inside"
        self.running.append(call)

    def switch(self, *_: object) -> int:
        self.main.switch("inside")
        return 0

    def end(self, order: list[int]) -> list[Any]:
        ended = {index: self.running[index].switch() for index in order}
        return [ended[index] for index in sorted(ended)]


ORDERS = [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]]
DEPTHS = [40, 3, 25, 0]


@pytest.fixture
def module(guest: metaffi.MetaFFIModule) -> metaffi.MetaFFIModule:
    guest.declare("""
        size_t measured(const char *text, int64_t (*visit)(int64_t), size_t twice);
        int64_t totalled(const double *values, int64_t count, int64_t (*visit)(int64_t));
        double moved(struct point *point, int64_t (*visit)(int64_t));
    """)
    return guest


@pytest.mark.parametrize("tag", ["", ",hold_gil"])
@pytest.mark.parametrize("order", ORDERS)
def test_text_is_there_until_its_own_call_ends(
    module: metaffi.MetaFFIModule, order: list[int], tag: str
) -> None:
    measured, calls = module.load_entity(f"callable=measured{tag}"), Calls()
    for index, depth in enumerate(DEPTHS):
        calls.start(depth, partial(measured, "a" * 100 * (index + 1), calls.switch, 2))
        # Reuses what a freed text would have left behind.
        assert measured("b" * 3000, lambda _: 0, 2) == 6000
    assert calls.end(order) == [200, 400, 600, 800]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("make", [list, lambda numbers: array("d", numbers)])
def test_arrays_are_there_until_their_own_call_ends(
    module: metaffi.MetaFFIModule, order: list[int], make: Callable[..., Any]
) -> None:
    totalled, calls = module.load_entity("callable=totalled"), Calls()
    for index, depth in enumerate(DEPTHS):
        calls.start(depth, partial(totalled, make([float(index)] * 300), 300, calls.switch))
        gc.collect()
        assert totalled([1.0] * 300, 300, lambda _: 0) == 300
    assert calls.end(order) == [0, 300, 600, 900]


LENT = """
def summed(values, visit):
    assert isinstance(values, memoryview)
    visit(1)
    return sum(values)
"""


@pytest.mark.parametrize("order", ORDERS)
def test_arrays_are_lent_to_python_until_their_own_call_ends(
    python3: metaffi.MetaFFIRuntime, tmp_path: Path, order: list[int]
) -> None:
    guest = tmp_path / "lent.py"
    guest.write_text(LENT)
    summed = python3.load_module(str(guest)).load_entity(
        "callable=summed", infos("float64_array", "callable"), infos("float64")
    )
    calls = Calls()
    for index, depth in enumerate(DEPTHS):
        calls.start(depth, partial(summed, [float(index)] * 3, calls.switch))
        assert summed([1.0, 2.0], lambda _: 0) == 3.0
    assert calls.end(order) == [0.0, 3.0, 6.0, 9.0]


@pytest.mark.parametrize("order", ORDERS)
def test_structs_and_callbacks_are_there_until_their_own_call_ends(
    module: metaffi.MetaFFIModule, order: list[int]
) -> None:
    moved, calls = module.load_entity("callable=moved"), Calls()

    def run(index: int) -> float:
        return float(moved(module.new("struct point", {"x": index}), lambda _: calls.switch()))

    for index, depth in enumerate(DEPTHS):
        calls.start(depth, partial(run, index))
        gc.collect()
        assert moved(module.new("struct point", {"x": 50.0}), lambda _: 0) == 51.0
    assert calls.end(order) == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("order", ORDERS)
def test_each_call_ends_with_its_own_failure(
    module: metaffi.MetaFFIModule, order: list[int]
) -> None:
    repeat, calls = module.load_entity("callable=repeat"), Calls()

    def run(index: int) -> str:
        def function(turn: int, _: int) -> int:
            if turn == index:
                raise LookupError(str(index))
            return calls.switch() if turn == 3 else 1

        try:
            return str(repeat(function, 5))
        except LookupError as error:
            return str(error)

    for index, depth in enumerate(DEPTHS[:3]):
        calls.start(depth, partial(run, index))
        assert repeat(lambda turn, times: turn, 3) == 3
    assert calls.end([index for index in order if index < 3]) == ["0", "1", "2"]


@pytest.mark.parametrize("order", ORDERS)
def test_one_callable_in_several_calls(
    module: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule, order: list[int]
) -> None:
    calls = Calls()
    through = python_guest.load_entity("callable=apply")
    held = [make_metaffi_callable(lambda left, right: calls.switch() + 42)]
    for depth in DEPTHS:
        calls.start(depth, lambda: through(held[0], 1, 2))
    held.clear()
    gc.collect()
    assert calls.end(order) == [42] * 4


@pytest.mark.parametrize("order", ORDERS)
def test_a_callable_of_the_guests_in_several_calls(
    module: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule, order: list[int]
) -> None:
    multiply, calls = module.load_entity("callable=pick")(True), Calls()
    apply = module.load_entity("callable=apply")

    def function(left: int, right: int) -> int:
        calls.switch()
        return int(multiply(left, right)[0])

    for depth in DEPTHS:
        calls.start(depth, lambda: apply(function, 6, 7))
    assert calls.end(order) == [42] * 4


@pytest.mark.parametrize("order", ORDERS)
def test_scopes_end_with_their_own_stack(
    c: metaffi.MetaFFIRuntime,
    python3: metaffi.MetaFFIRuntime,
    module: metaffi.MetaFFIModule,
    python_guest: metaffi.MetaFFIModule,
    order: list[int],
) -> None:
    add, other = (one.load_entity("callable=add") for one in (module, python_guest))
    calls = Calls()

    def run(index: int) -> tuple[int, int]:
        with (c, python3)[index % 2].scope(), python3.scope():
            calls.switch()
            return add(index, 1), other(index, 1)

    for index, depth in enumerate(DEPTHS):
        calls.start(depth, partial(run, index))
        assert (add(3, 4), other(3, 4)) == (7, 7)
    assert calls.end(order) == [(index + 1, index + 1) for index in range(4)]
    for runtime in (c, python3):
        # None is left over.
        with pytest.raises(metaffi.MetaFFIError, match="has not entered"):
            runtime.scope().__exit__(None, None, None)
