"""Processes that fork, and those that are started anew."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading

import pytest
from support import output_of

import metaffi

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    # Forking with threads is what is tested here.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


def in_child(function: object) -> int:
    """The exit code of a forked child that runs the function; 0 if it returns true."""
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # a child that hangs ends
        try:
            code = 0 if function() else 1  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 (nothing may return from a child)
            print(f"child: {error!r}", file=sys.stderr, flush=True)
            code = 2
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_what_was_loaded_before_works_in_the_child(
    guest: metaffi.MetaFFIModule, python_guest: metaffi.MetaFFIModule
) -> None:
    c_add, python_add = guest.load_entity("callable=add"), python_guest.load_entity("callable=add")
    assert in_child(lambda: c_add(1, 2) == python_add(1, 2) == 3) == 0
    assert c_add(1, 2) == python_add(1, 2) == 3


def test_the_child_loads_anew(c_path: str, python_path: str) -> None:
    def load() -> bool:
        c, python3 = metaffi.MetaFFIRuntime("c"), metaffi.MetaFFIRuntime("python3")
        apply = c.load_module(c_path).load_entity("callable=apply")
        pid = python3.load_module(python_path).load_entity("callable=pid")
        product = apply(lambda left, right: left * right, 6, 7)
        return (product, pid()) == (42, os.getpid())

    assert in_child(load) == 0


def test_a_child_is_forked_while_others_call(guest: metaffi.MetaFFIModule) -> None:
    add, stop = guest.load_entity("callable=add"), threading.Event()

    def busy() -> None:
        while not stop.is_set():
            add(1, 2)
            guest.load_entity("callable=add")

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            assert in_child(lambda: guest.load_entity("callable=add")(1, 2) == 3) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()


CHILD = """
import multiprocessing, sys
import metaffi

def length(text):
    libc = metaffi.MetaFFIRuntime("c").load_module("string.h")
    return libc.load_entity("callable=strlen")(text)

def refused(text):
    return metaffi.MetaFFIRuntime("c").load_module("string.h").load_entity("callable=strlen")(1.5)

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    print(length("parent"))
    with context.Pool(2) as pool:
        print(pool.map(length, ["a", "bb", "ccc"]))
        try:
            pool.map(refused, ["a"])
        except metaffi.MetaFFIError as error:
            print(error.status != 0, "argument 0" in str(error))
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_pools_of_processes(method: str, tmp_path: os.PathLike[str]) -> None:
    # Spawned processes import the program from its file.
    program = os.path.join(tmp_path, "program.py")
    with open(program, "w", encoding="utf-8") as file:
        file.write(CHILD)
    assert output_of(program, method) == "6\n[1, 2, 3]\nTrue True"
