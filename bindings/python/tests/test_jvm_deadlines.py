"""Deadlines and interruptions of code of Java."""

from __future__ import annotations

import math
import threading
import time
from typing import Any, Callable

import pytest
from java import jvm

import metaffi


@pytest.fixture(scope="module")
def java() -> Any:
    return jvm().load_module("").java


WAITS: list[Callable[[Any], Any]] = [
    lambda java: java.lang.Thread.sleep(20000),
    lambda java: java.util.concurrent.LinkedBlockingQueue().take(),
    lambda java: java.util.concurrent.CompletableFuture().get(),
]


@pytest.mark.parametrize("wait", WAITS, ids=["sleep", "take", "get"])
def test_what_takes_too_long_is_interrupted(java: Any, wait: Callable[[Any], Any]) -> None:
    begun = time.monotonic()
    failing = pytest.raises(metaffi.MetaFFITimeoutError, match="deadline")
    with failing as raised, jvm().scope(deadline=0.1):
        wait(java)
    assert 0.1 <= time.monotonic() - begun < 10
    assert isinstance(raised.value, TimeoutError)
    assert isinstance(raised.value, metaffi.MetaFFIError)
    assert raised.value.original.getClass().getName() == "java.lang.InterruptedException"
    # What is called then is not interrupted.
    java.lang.Thread.sleep(1)
    assert not java.lang.Thread.interrupted()


def test_what_is_in_time_is_not(java: Any) -> None:
    with jvm().scope(deadline=0.2):
        java.lang.Thread.sleep(1)
    java.lang.Thread.sleep(300)
    for never in (None, math.inf):
        with jvm().scope(deadline=never):
            java.lang.Thread.sleep(1)


def test_another_thread_interrupts(java: Any) -> None:
    waiting = threading.get_ident()

    def interrupt() -> None:
        # Where nothing runs yet, that is refused.
        for _ in range(1000):
            try:
                return jvm().interrupt(waiting)
            except metaffi.MetaFFIError:
                time.sleep(0.01)
        return None

    thread = threading.Timer(0.1, interrupt)
    thread.start()
    with pytest.raises(metaffi.MetaFFIError, match="interrupted"):
        java.util.concurrent.LinkedBlockingQueue().take()
    thread.join()
    java.lang.Thread.sleep(1)


@pytest.mark.parametrize("deadline", [-1, math.nan, "soon"])
def test_a_deadline_is_a_time(deadline: Any) -> None:
    with pytest.raises((metaffi.MetaFFIError, TypeError), match=r"seconds|number"):
        jvm().scope(deadline=deadline)


def test_a_runtime_that_cannot_be_interrupted_says_so() -> None:
    scope = metaffi.MetaFFIRuntime("c").scope(deadline=1)
    with pytest.raises(metaffi.MetaFFIError, match="cannot be interrupted"):
        scope.__enter__()


@pytest.mark.parametrize("name", ["python3", "jvm"])
def test_who_is_interrupted_is_a_thread(name: str) -> None:
    runtime = jvm() if name == "jvm" else metaffi.MetaFFIRuntime(name)
    with pytest.raises(metaffi.MetaFFIError, match="not 0"):
        runtime.interrupt(0)
    with pytest.raises(metaffi.MetaFFIError, match=r"no code .* threading\.get_ident"):
        runtime.interrupt(12345)


def test_code_of_python_is_interrupted_too() -> None:
    runtime = metaffi.MetaFFIRuntime("python3")
    forever = runtime.load_module("builtins").load_entity("callable=exec")
    with pytest.raises((metaffi.MetaFFIError, KeyboardInterrupt)), runtime.scope(deadline=0.1):
        forever("while True: pass")
