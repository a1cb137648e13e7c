"""Threads: of Python's, and of the guest's own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from support import infos

import metaffi

THREADS, CALLS = 8, 2000


def in_threads(function: object) -> list[object]:
    """What the function returns in each of eight threads that start together."""
    barrier = threading.Barrier(THREADS)

    def run(index: int) -> object:
        barrier.wait()
        return function(index)  # type: ignore[operator]

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


@pytest.mark.parametrize("name", ["guest", "python_guest"])
def test_eight_threads_call_one_entity(name: str, request: pytest.FixtureRequest) -> None:
    add = request.getfixturevalue(name).load_entity("callable=add")
    sums = in_threads(lambda index: sum(add(index, call) for call in range(CALLS)))
    assert sums == [index * CALLS + sum(range(CALLS)) for index in range(THREADS)]


def test_eight_threads_load_call_and_drop(c_path: str, python_path: str) -> None:
    def load(index: int) -> int:
        total = 0
        for _ in range(20):
            for name, path in (("c", c_path), ("python3", python_path)):
                module = metaffi.MetaFFIRuntime(name).load_module(path)
                total += module.load_entity("callable=add")(index, 1)
        return total

    assert in_threads(load) == [(index + 1) * 40 for index in range(THREADS)]


def test_eight_threads_load_one_module_for_the_first_time(c_path: str) -> None:
    module = metaffi.MetaFFIRuntime("c").load_module(c_path)
    assert in_threads(lambda index: module.load_entity("callable=add")(index, 1)) == [
        index + 1 for index in range(THREADS)
    ]


def test_the_gil_is_released_while_a_guest_blocks(guest: metaffi.MetaFFIModule) -> None:
    wait, close = (
        guest.load_entity("callable=wait_at_gate"),
        guest.load_entity("callable=close_gate"),
    )
    close()
    with ThreadPoolExecutor(THREADS) as pool:
        # Were the GIL held, the gate could only be opened when the first has given up.
        waiting = [pool.submit(wait, 20_000) for _ in range(THREADS)]
        guest.load_entity("callable=open_gate")()
        assert [one.result() for one in waiting] == [0] * THREADS


@pytest.fixture
def never_switched() -> Iterator[None]:
    """The interpreter itself hands the GIL to no other thread."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("never_switched")
def test_the_gil_is_held_if_that_is_asked_for(guest: metaffi.MetaFFIModule) -> None:
    add = guest.load_entity("callable=add,hold_gil")
    assert add(1, 2) == 3
    wait = guest.load_entity("callable=wait_at_gate,hold_gil")
    guest.load_entity("callable=close_gate")()
    ran = threading.Event()
    started = threading.Event()

    def other() -> None:
        started.set()
        while not ran.wait(0.001):
            counter[0] += 1

    counter = [0]
    thread = threading.Thread(target=other)
    thread.start()
    started.wait()
    before = counter[0]
    assert wait(50) == 1
    assert counter[0] == before
    ran.set()
    thread.join()


def test_callbacks_from_threads_that_c_made(guest: metaffi.MetaFFIModule) -> None:
    seen: set[int] = set()

    def record(left: int, right: int) -> int:
        seen.add(threading.get_ident())
        return left * 1000 + right

    total = guest.load_entity("callable=from_threads")(record, THREADS, 200)
    assert total == sum(left * 1000 + right for left in range(THREADS) for right in range(200))
    assert threading.get_ident() not in seen
    assert seen


def test_callbacks_from_threads_that_c_made_call_c_again(guest: metaffi.MetaFFIModule) -> None:
    add = guest.load_entity("callable=add")
    total = guest.load_entity("callable=from_threads")(lambda left, right: add(left, right), 4, 100)
    assert total == sum(left + right for left in range(4) for right in range(100))


def test_an_exception_in_a_thread_that_c_made_is_told(
    guest: metaffi.MetaFFIModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(left: int, right: int) -> int:
        raise ValueError("in a thread of C")

    told: list[str] = []
    monkeypatch.setattr("sys.unraisablehook", lambda hint: told.append(repr(hint.exc_value)))
    assert guest.load_entity("callable=from_threads")(fail, 1, 1) == 0
    assert told == ["ValueError('in a thread of C')"]


def test_objects_are_released_on_any_thread(python_guest: metaffi.MetaFFIModule) -> None:
    import gc
    import weakref

    box = python_guest.load_entity("callable=make_box", infos("int64"), infos("handle"))
    gone = [weakref.ref(box(number)) for number in range(3)]
    in_threads(lambda index: [box(number) for number in range(100)] and None)
    gc.collect()
    assert [one() for one in gone] == [None] * 3


def test_a_scope_is_of_its_thread(python3: metaffi.MetaFFIRuntime, python_path: str) -> None:
    add = python3.load_module(python_path).load_entity("callable=add")

    def scoped(index: int) -> int:
        with python3.scope():
            return sum(add(index, call) for call in range(100))

    assert in_threads(scoped) == [index * 100 + 4950 for index in range(THREADS)]
