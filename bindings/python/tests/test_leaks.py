"""Calls, errors and handles by the hundred thousand: memory stays where it was."""

from __future__ import annotations

import ctypes
import gc
from typing import Callable

import pytest
from support import echo, info, infos

import metaffi
from metaffi import MetaFFIError

#: What an allocator may keep of its own accord.
SLACK = 1 << 20


def resident() -> int:
    """Bytes of memory that this process has in use."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def growth(action: Callable[[], object], times: int) -> int:
    """By how much memory grows when an action is repeated, after a warm-up."""
    for _ in range(times // 10):
        action()
    gc.collect()
    before = resident()
    for _ in range(times):
        action()
    gc.collect()
    return resident() - before


@pytest.fixture(scope="module")
def actions(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> dict[str, Callable[[], object]]:
    def failing(entity: metaffi.MetaFFIEntity, *arguments: object) -> Callable[[], object]:
        def fail() -> None:
            try:
                entity(*arguments)
            except MetaFFIError as error:
                assert error.message
            else:
                raise AssertionError("it did not fail")

        return fail

    def product(left: int, right: int) -> int:
        return left * right

    def move() -> None:
        point.x = 3.5
        assert norm(point) == point.x

    c, py, point = guest.load_entity, python_guest.load_entity, guest.new("struct point")
    add, text, multiply = c("callable=add"), c("callable=echo_text"), py("callable=multiply")
    norm, mirrored, apply = c("callable=norm"), c("callable=mirrored"), c("callable=apply")
    make, box_of = py("callable=make_box"), echo(python_guest, "handle")
    strings, rows = ["text"] * 50, [[float(number) for number in range(10)]] * 10
    echo_rows = echo(python_guest, "float64_array", dims=2)
    echo_strings, echo_any = echo(python_guest, "string8_array", dims=1), echo(python_guest, "any")
    total = c("callable=sum_doubles", infos("float64_array", "size"), infos("float64"))
    return {
        "numbers": lambda: add(2**40, 2),
        "text": lambda: text("some text that is long enough" * 4),
        "keywords": lambda: add(left=2**40, right=2),
        "python": lambda: multiply(2.5, 2.0),
        "bytes": lambda: echo(python_guest, "uint8_array", dims=1)(b"x" * 1000),
        "strings": lambda: echo_strings(strings),
        "rows": lambda: echo_rows(rows),
        "any": lambda: echo_any([1, "two", 3.0, None, [4, {"five": 5}], b"six"]),
        "list to c": lambda: total(rows[0], 10),
        "handles of python": lambda: box_of(make(2**40)),
        "handles of c": lambda: mirrored(point),
        "structs": move,
        "new structs": lambda: guest.new("struct record"),
        "callbacks": lambda: apply(product, 2**20, 3),
        "fresh callbacks": lambda: apply(lambda left, right: left, 2**20, 3),
        "wrapped": lambda: metaffi.make_metaffi_callable(product),
        "entities": lambda: c("callable=add", [info("int64")] * 2, [info("int64")]),
        "wrong arguments": failing(add, "one", 2),
        "wrong number": failing(add, 1),
        "foreign errors": failing(py("callable=fail"), "no good"),
    }


#: How often what is quick is repeated, so that a byte each would show; the rest less often.
TIMES = dict.fromkeys(
    ["numbers", "text", "python", "handles of c", "handles of python"],
    1_000_000,
)
NAMES = [
    "numbers",
    "text",
    "keywords",
    "python",
    "bytes",
    "strings",
    "rows",
    "any",
    "list to c",
    "handles of python",
    "handles of c",
    "structs",
    "new structs",
    "callbacks",
    "fresh callbacks",
    "wrapped",
    "entities",
    "wrong arguments",
    "wrong number",
    "foreign errors",
]


@pytest.mark.parametrize("name", NAMES)
def test_memory_is_flat(actions: dict[str, Callable[[], object]], name: str) -> None:
    # Some allocators take their time to find out what they keep: a leak shows every time.
    times = TIMES.get(name, 10_000)
    assert any(growth(actions[name], times) < SLACK for _ in range(3))


def test_every_action_is_tried(actions: dict[str, Callable[[], object]]) -> None:
    assert sorted(actions) == sorted(NAMES)


def test_a_struct_that_a_function_returns_is_given_back(c: metaffi.MetaFFIRuntime) -> None:
    module = c.load_module("stdint.h")
    module.declare("struct returned { int64_t a; }; typedef struct returned (*returns)(int64_t);")
    place = module.new("returns[1]")

    def make(number: int) -> object:
        return module.new("struct returned", {"a": number})

    place[0] = make
    address = int(module.cast("size_t *", module.address(place))[0])
    call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(address)
    assert call(7) == 7
    assert growth(lambda: call(7), 50_000) < SLACK
