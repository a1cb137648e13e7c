"""Exceptions in functions that C calls: out of the call that ran C, or reported at once."""

from __future__ import annotations

import ctypes
import gc
import sys
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest
from support import info, output_of

import metaffi
from metaffi import MetaFFIError, make_metaffi_callable

TEXT_OF = [info("callable"), info("int64")], [info("string8")]
REPORTED = [ZeroDivisionError, SystemExit, KeyboardInterrupt]


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The types of what is reported."""
    seen: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda report: seen.append(report.exc_type))
    yield seen


def failing(kind: type[BaseException]) -> Callable[[int, int], int]:
    def fail(left: int, right: int) -> int:
        raise kind("no good")

    return fail


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


@pytest.mark.parametrize("kind", REPORTED)
@pytest.mark.parametrize("name", ["function", "wrapped"])
def test_a_failure_in_a_struct_comes_out_of_the_call_that_ran_it(
    guest: metaffi.MetaFFIModule, reports: list[Any], kind: type[BaseException], name: str
) -> None:
    function = failing(kind)
    run = make_metaffi_callable(function) if name == "wrapped" else function
    handler = guest.new("struct handler", {"run": run})
    with pytest.raises(kind, match="no good"):
        guest.load_entity("callable=handle")(handler, 3)
    handler.run = lambda left, right: left + right
    assert guest.load_entity("callable=handle")(handler, 3) == 3
    handler.run = guest.load_entity("callable=add")
    assert guest.load_entity("callable=handle")(handler, 3) == 3
    assert reports == []


def test_a_function_that_is_gone_is_a_failure(
    guest: metaffi.MetaFFIModule, reports: list[Any]
) -> None:
    wrapped = make_metaffi_callable(failing(ValueError))
    handler = guest.new("struct handler")
    raw = guest.cast("size_t[2]", handler)
    raw[1] = wrapped.native_pointer
    del wrapped
    gc.collect()
    with pytest.raises(MetaFFIError, match="callable was freed"):
        guest.load_entity("callable=handle")(handler, 3)
    assert reports == []


@pytest.mark.parametrize("kind", REPORTED)
def test_a_failure_under_another_library_is_reported_at_once(
    guest: metaffi.MetaFFIModule, library: Path, reports: list[Any], kind: type[BaseException]
) -> None:
    seen_inside = []

    def function(left: int, right: int) -> int:
        seen_inside.append(len(reports))
        raise kind("no good")

    wrapped = make_metaffi_callable(function)
    guest.load_entity("callable=keep")(wrapped)
    other = ctypes.CDLL(str(library)).call_kept
    assert [other(1, 2), other(1, 2)] == [0, 0]
    # C went on after the first, and that was seen by then.
    assert seen_inside == [0, 1]
    assert reports == [kind, kind]
    assert guest.load_entity("callable=add")(40, 2) == 42
    guest.load_entity("callable=keep")(None)


def test_a_call_of_a_function_that_is_gone_is_reported(
    guest: metaffi.MetaFFIModule, library: Path, reports: list[Any]
) -> None:
    wrapped = make_metaffi_callable(failing(ValueError))
    guest.load_entity("callable=keep")(wrapped)
    del wrapped
    gc.collect()
    assert ctypes.CDLL(str(library)).call_kept(1, 2) == 0
    assert reports == [MetaFFIError]
    guest.load_entity("callable=keep")(None)


def test_a_wrong_result_under_another_library_is_reported(
    guest: metaffi.MetaFFIModule, library: Path, reports: list[Any]
) -> None:
    def function(left: int, right: int) -> int:
        return "text"  # type: ignore[return-value]

    wrapped = make_metaffi_callable(function)
    guest.load_entity("callable=keep")(wrapped)
    assert ctypes.CDLL(str(library)).call_kept(1, 2) == 0
    assert reports == [MetaFFIError]
    guest.load_entity("callable=keep")(None)


def test_a_failure_through_a_native_pointer_is_reported(
    python_guest: metaffi.MetaFFIModule, reports: list[Any]
) -> None:
    entity = python_guest.load_entity("callable=fail_custom")
    assert ctypes.CFUNCTYPE(None, ctypes.c_int64)(entity.native_pointer)(3) is None
    assert [kind.__name__ for kind in reports] == ["Custom"]


def test_a_failure_on_a_thread_of_c_is_reported(
    guest: metaffi.MetaFFIModule, reports: list[Any]
) -> None:
    assert guest.load_entity("callable=from_threads")(failing(ZeroDivisionError), 3, 2) == 0
    assert reports == [ZeroDivisionError] * 6


def test_each_call_ends_with_its_own_failure(
    guest: metaffi.MetaFFIModule, reports: list[Any]
) -> None:
    apply = guest.load_entity("callable=apply")

    def outer(left: int, right: int) -> int:
        with pytest.raises(ZeroDivisionError):
            apply(failing(ZeroDivisionError), 1, 2)
        assert apply(lambda left, right: left, 40, 2) == 40
        raise KeyError("outer")

    with pytest.raises(KeyError, match="outer"):
        apply(outer, 1, 2)
    assert reports == []


def test_a_call_ends_with_its_first_failure_and_others_are_reported(
    guest: metaffi.MetaFFIModule, reports: list[Any]
) -> None:
    repeat = guest.load_entity("callable=repeat")
    kinds = [KeyError, ValueError, ValueError, SystemExit]

    def function(index: int, _: int) -> int:
        if index < len(kinds):
            raise kinds[index]
        return 1

    with pytest.raises(KeyError):
        repeat(function, 6)
    # All are raised on one line.
    assert reports == [ValueError, SystemExit]
    with pytest.raises(ZeroDivisionError):
        repeat(failing(ZeroDivisionError), 1000)
    assert reports == [ValueError, SystemExit]


def test_a_failure_is_seen_while_c_goes_on(
    guest: metaffi.MetaFFIModule, reports: list[Any]
) -> None:
    def function(index: int, _: int) -> int:
        if index == 0:
            raise ZeroDivisionError
        if index == 2:
            wait_for(lambda: bool(reports))
        return 1

    with pytest.raises(ZeroDivisionError):
        guest.load_entity("callable=repeat")(function, 6)
    assert reports == [ZeroDivisionError]


def test_a_failure_is_seen_while_c_does_not_call_back(
    c: metaffi.MetaFFIRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        glib = c.load_module("libglib-2.0.so.0")
    except MetaFFIError as error:
        pytest.skip(str(error))
    glib.declare("""
        void *g_main_loop_new(void *context, int is_running);
        void g_main_loop_run(void *loop);
        void g_main_loop_quit(void *loop);
        void g_main_loop_unref(void *loop);
        unsigned g_timeout_add(unsigned interval, int (*function)(void *data), void *data);
        int g_source_remove(unsigned tag);
    """)
    loop = glib.g_main_loop_new(None, 0)
    seen: list[Any] = []

    def quit_at_report(report: Any) -> None:
        seen.append((report.exc_type, str(report.object)))
        glib.g_main_loop_quit(loop)

    def give_up(data: Any) -> int:
        seen.append((None, "nothing"))
        glib.g_main_loop_quit(loop)
        return 1

    def tick(data: Any) -> int:
        raise KeyError("tick")

    monkeypatch.setattr(sys, "unraisablehook", quit_at_report)
    kept = [make_metaffi_callable(function) for function in (tick, give_up)]
    glib.g_timeout_add(1, kept[0], None)
    fallback = glib.g_timeout_add(60_000, kept[1], None)
    with pytest.raises(KeyError, match="tick"):
        glib.g_main_loop_run(loop)
    [(kind, what)] = seen
    assert kind is KeyError
    assert "this is raised when the call returns" in what
    assert glib.g_source_remove(fallback) == 1
    glib.g_main_loop_unref(loop)


def test_nothing_watches_when_no_call_has_failed(
    guest: metaffi.MetaFFIModule, reports: list[Any]
) -> None:
    def watches() -> bool:
        names = Path("/proc/self/task").glob("*/comm")
        return any(name.read_text().startswith("metaffi-watch") for name in names)

    watched = []

    def function(left: int, right: int) -> int:
        watched.append(watches())
        raise KeyError

    with pytest.raises(KeyError):
        guest.load_entity("callable=repeat")(function, 2)
    assert watched[1]
    wait_for(lambda: not watches())
    assert reports == []


FORKING = """
import os, sys, time, warnings, metaffi

warnings.simplefilter("ignore")
repeat = metaffi.MetaFFIRuntime("c").load_module(sys.argv[1]).load_entity("callable=repeat")
seen = []
sys.unraisablehook = lambda report: seen.append(report.exc_type.__name__)

def fail_and_wait(index, _):
    if index == 0:
        raise KeyError
    end = time.monotonic() + 50
    while not seen and time.monotonic() < end:
        time.sleep(0.01)
    return 0

def fail_and_fork(index, _):
    if index == 0:
        raise ValueError
    if os.fork() == 0:
        fail(fail_and_wait)
        os._exit(0)
    os.wait()
    return 0

def fail(function):
    try:
        repeat(function, 2)
    except Exception as error:
        print(type(error).__name__, seen, flush=True)

fail(fail_and_fork)
seen.clear()
fail(fail_and_wait)
"""


def test_a_child_is_told_of_its_own_failures(c_path: str) -> None:
    lines = output_of(FORKING, c_path).splitlines()
    assert (lines[0], lines[2]) == ("KeyError ['KeyError']",) * 2
    assert lines[1].startswith("ValueError")


def test_a_failure_and_a_wrong_return_of_one_call(
    c: metaffi.MetaFFIRuntime, c_path: str, reports: list[Any]
) -> None:
    module = c.load_module(c_path)
    malformed = module.new("char[4]", b"\xff\xfe")
    where = int(module.cast("size_t *", module.address(malformed)))
    module.declare("""
        typedef int64_t (*run)(int64_t left, int64_t right);
        const char *text_of(run function, int64_t times) __asm__("repeat");
    """)
    text_of = module.load_entity("callable=text_of", *TEXT_OF)

    def function(index: int, _: int) -> int:
        if index:
            return where
        raise KeyError("first")

    with pytest.raises(KeyError, match="first"):
        # By name, so that what it returns is looked at all the same.
        text_of(function, times=2)
    assert reports == [MetaFFIError]


def test_sort_of_libc(c: metaffi.MetaFFIRuntime, reports: list[Any]) -> None:
    libc = c.load_module("stdlib.h")
    libc.declare("""void sort_ints(int *values, size_t count, size_t size,
        int (*compare)(const int *, const int *)) __asm__("qsort");""")
    numbers = array("i", range(100))
    with pytest.raises(ZeroDivisionError):
        libc.sort_ints(numbers, 100, 4, lambda one, other: one[0] // 0)
    assert reports == []


def test_rows_of_sqlite(c: metaffi.MetaFFIRuntime, reports: list[Any]) -> None:
    sqlite = c.load_module("libsqlite3.so.0;sqlite3.h")
    place = sqlite.new("sqlite3 *[1]")
    assert sqlite.sqlite3_open(":memory:", place) == 0
    rows = []

    def row(data: Any, count: int, values: Any, names: Any) -> int:
        rows.append(count)
        raise LookupError(count)

    # It stops at the first row for a result that is not zero, and a failed function gives zero.
    with pytest.raises(LookupError):
        sqlite.sqlite3_exec(place[0], "SELECT 1 UNION SELECT 2 UNION SELECT 3", row, None, None)
    assert rows == [1, 1, 1]
    assert sqlite.sqlite3_close(place[0]) == 0
    assert reports == []


def test_elements_of_expat(c: metaffi.MetaFFIRuntime, reports: list[Any]) -> None:
    expat = c.load_module("libexpat.so.1;expat.h")
    parser = expat.XML_ParserCreate(None)
    names = []

    def start(data: Any, name: Any, attributes: Any) -> None:
        names.append(name)
        raise SystemExit(len(names))

    kept = make_metaffi_callable(start)
    expat.XML_SetStartElementHandler(parser, kept)
    text = "<a><b/><c/></a>"
    with pytest.raises(SystemExit) as info:
        expat.XML_Parse(parser, text, len(text), 1)
    assert info.value.code == 1
    assert len(names) == 3
    expat.XML_ParserFree(parser)
    assert reports == []
