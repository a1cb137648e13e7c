"""Memory of long runs: what goes back and forth is let go on both sides."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest
from java import jvm

import metaffi


@pytest.fixture(scope="module")
def module() -> metaffi.MetaFFIModule:
    return jvm().load_module("")


def resident() -> int:
    """The pages of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1])


def grows(work: Callable[[], Any], module: Any) -> int:
    """By how many MiB memory grows with work that was done a few times before."""

    def done() -> int:
        work()
        module.java.lang.System.gc()
        gc.collect()
        return resident()

    for _ in range(2):
        done()
    before = done()
    # The smallest of some: what the collectors leave for later is no leak.
    return (min(done() for _ in range(3)) - before) * 4096 >> 20


def test_callbacks(module: Any) -> None:
    ran = module.java.util.stream.IntStream.range(0, 5000)
    assert ran.map(lambda number: number + 1).sum() == 12502500

    def work() -> None:
        for _ in range(4):
            module.java.util.stream.IntStream.range(0, 5000).map(lambda number: number + 1).sum()

    assert grows(work, module) < 16


def test_failures(module: Any) -> None:
    parse = module.java.lang.Integer.parseInt
    thrown = module.java.lang.NumberFormatException

    def work() -> None:
        for _ in range(3000):
            try:
                parse("five")
            except thrown:
                continue

    assert grows(work, module) < 16


def test_failures_of_callbacks(module: Any) -> None:
    empty = module.java.util.Optional.empty()
    own = module.java.lang.IllegalStateException

    def fails() -> None:
        raise own("mine")

    def work() -> None:
        for _ in range(1000):
            try:
                empty.orElseGet(fails)
            except own:
                continue

    assert grows(work, module) < 16


def test_objects_that_other_threads_let_go(module: Any) -> None:
    array_list = module.java.util.ArrayList
    kept: list[Any] = []

    def let_go() -> None:
        while kept:
            kept.pop()

    def work() -> None:
        for _ in range(10):
            kept.extend(array_list() for _ in range(300))
            threads = [threading.Thread(target=let_go) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    assert grows(work, module) < 16


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Callable[[], None]]:
    source = tmp_path / "Own.java"
    source.write_text(
        "public class Own extends RuntimeException { public static byte[] kept = new byte[1 << 20]; }"
    )
    (tmp_path / "classes").mkdir()
    import subprocess

    from java import jdk

    javac = [str(jdk() / "bin/javac"), "-d", str(tmp_path / "classes"), str(source)]
    subprocess.run(javac, check=True)

    def work() -> None:
        for _ in range(30):
            loaded = jvm().load_module(str(tmp_path / "classes"))
            assert len(loaded.load_entity("class=Own,field=kept,getter")()) == 1 << 20

    yield work


def test_modules(many: Callable[[], None], module: Any) -> None:
    assert grows(many, module) < 64
