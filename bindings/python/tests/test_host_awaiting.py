"""Objects of hosts that are awaited: in running loops, in children of a fork, and at the end."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any, Callable

import pytest
from hosting import hosted, living
from support import output_of

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a coroutine in a new loop of one of them."""
    loops = pytest.importorskip(request.param)

    def run_in(coroutine: Coroutine[Any, Any, Any]) -> Any:
        loop = loops.new_event_loop()
        try:
            return loop.run_until_complete(coroutine)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    return run_in


async def number(given: int) -> int:
    await asyncio.sleep(0)
    return given


async def fail(message: str) -> None:
    await asyncio.sleep(0)
    raise LookupError(message)


def test_a_host_is_awaited_in_a_running_loop(run: Run) -> None:
    async def main() -> Any:
        assert await hosted(number(3)) == 3
        several = [hosted(number(given)) for given in range(20)]
        results = [await one for one in several]
        with pytest.raises(LookupError, match="gone"):
            await hosted(fail("gone"))
        return results, await asyncio.wait_for(hosted(number(7)), 60)

    assert run(main()) == (list(range(20)), 7)


def test_many_are_awaited_at_once(run: Run) -> None:
    async def one(given: int) -> int:
        return int(await hosted(number(given)))

    async def main() -> Any:
        return await asyncio.gather(*map(one, range(50)))

    assert run(main()) == list(range(50))


def test_a_host_awaits_what_another_thread_does(run: Run) -> None:
    other = asyncio.new_event_loop()
    thread = threading.Thread(target=other.run_forever)
    thread.start()
    future = asyncio.run_coroutine_threadsafe(number(5), other)
    promised: asyncio.Future[int] = other.create_future()

    async def main() -> Any:
        waiting = asyncio.ensure_future(hosted(promised))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not waiting.done()
        other.call_soon_threadsafe(promised.set_result, 8)
        return await waiting

    try:
        assert run(main()) == 8
        assert future.result(60) == 5
    finally:
        other.call_soon_threadsafe(other.stop)
        thread.join()
        other.close()


def test_cancelling_cancels_what_the_host_awaits(run: Run) -> None:
    ended: list[str] = []

    async def sleep_for_ever() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append("cleaned up")

    async def main() -> None:
        waiting = asyncio.ensure_future(hosted(sleep_for_ever()))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(hosted(sleep_for_ever()), 0.01)

    run(main())
    assert ended == ["cleaned up"] * 2


async def count(to: int, ended: list[str]) -> AsyncIterator[int]:
    try:
        for given in range(to):
            await asyncio.sleep(0)
            yield given
    finally:
        await asyncio.sleep(0)
        ended.append("closed")


def test_asynchronous_iteration_to_its_end_and_not(run: Run) -> None:
    ended: list[str] = []

    async def main() -> Any:
        seen = [given async for given in hosted(count(5, ended))]
        assert ended == ["closed"]
        iterator = hosted(count(5, ended))
        async for given in iterator:
            if given == 2:
                break
        assert len(ended) == 1
        await iterator.aclose()
        with pytest.raises(StopAsyncIteration):
            await iterator.__anext__()
        return seen

    assert run(main()) == [0, 1, 2, 3, 4]
    assert ended == ["closed"] * 2


class Context:
    def __init__(self, suppresses: bool) -> None:
        self.suppresses, self.seen = suppresses, []  # type: ignore[var-annotated]

    async def __aenter__(self) -> str:
        await asyncio.sleep(0)
        return "entered"

    async def __aexit__(self, kind: object, error: object, trace: object) -> bool:
        await asyncio.sleep(0)
        self.seen.append(error)
        return self.suppresses


def test_asynchronous_contexts_that_suppress(run: Run) -> None:
    suppressing, other = Context(True), Context(False)
    failure = KeyError("gone")

    async def main() -> None:
        async with hosted(suppressing) as entered:
            assert entered == "entered"
            raise failure
        with pytest.raises(KeyError) as caught:
            async with hosted(other):
                raise failure
        assert caught.value is failure
        async with hosted(other):
            pass

    run(main())
    assert suppressing.seen == [failure]
    assert other.seen == [failure, None]


def test_awaiting_without_a_loop_is_refused() -> None:
    coroutine = number(1)
    with pytest.raises(RuntimeError, match="loop"):
        hosted(coroutine).__await__().send(None)
    coroutine.close()


def test_nothing_is_left_of_what_was_awaited(run: Run) -> None:
    gc.collect()
    before = living()

    async def main() -> None:
        for _ in range(20):
            await hosted(number(1))
            with pytest.raises(LookupError):
                await hosted(fail("gone"))

    run(main())
    gc.collect()
    assert living() == before


BEGIN = f"""
import asyncio, contextlib, os, sys, threading
sys.path.insert(0, {str(Path(__file__).parent)!r})
from hosting import awaited, hosted

async def number(given):
    await asyncio.sleep(0)
    return given

async def sleep_for_ever():
    await asyncio.get_running_loop().create_future()
"""


def test_the_end_of_the_interpreter_tells_of_what_is_pending() -> None:
    code = """
awaited(sleep_for_ever(), 1)
awaited(number(5), 2)
keep = hosted(sleep_for_ever()), hosted([1])
"""
    lines = output_of(BEGIN + code).splitlines()
    assert sorted(lines) == ["1: status 13, value -1, error", "2: status 0, value 5"]


def test_the_end_comes_while_a_loop_of_a_thread_awaits() -> None:
    code = """
begun = threading.Event()
async def wait():
    asyncio.get_running_loop().call_soon(begun.set)
    await hosted(sleep_for_ever())
def run():
    # What is pending is cancelled first.
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(wait())
threading.Thread(target=run, daemon=True).start()
begun.wait()
print("end", flush=True)
"""
    for _ in range(3):
        assert output_of(BEGIN + code) == "end"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_uses_objects_and_awaits() -> None:
    code = """
import warnings
warnings.simplefilter("ignore")
before = hosted({"one": [1]})
async def main():
    return await hosted(number(4)) + before["one"][0]
assert asyncio.run(main()) == 5
awaited(number(1), 4)
child = os.fork()
if child == 0:
    made = hosted([2])
    assert before["one"] == [1] and made[0] == 2 and len(before) == 1
    before["two"] = made
    assert before["two"] is made
    assert asyncio.run(main()) == 5
    awaited(number(2), 2)
    os.write(1, b"child\\n")
    sys.exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert "two" not in before
assert asyncio.run(main()) == 5
"""
    lines = output_of(BEGIN + code).splitlines()
    assert "child" in lines
    assert "2: status 0, value 2" in lines
    assert lines.count("4: status 0, value 1") == 1
