"""Calls in worker threads: the event loop goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

import metaffi


def test_a_call_in_a_worker_thread_does_not_block_the_loop(guest: metaffi.MetaFFIModule) -> None:
    wait = guest.load_entity("callable=wait_at_gate")
    guest.load_entity("callable=close_gate")()

    async def main() -> object:
        waiting = asyncio.create_task(asyncio.to_thread(wait, 20_000))
        turns = 0
        while turns < 100:
            await asyncio.sleep(0)
            turns += 1
        assert not waiting.done()
        guest.load_entity("callable=open_gate")()
        return await waiting

    assert asyncio.run(main()) == 0


def test_scopes_of_tasks_and_generators_end_in_any_order(
    c: metaffi.MetaFFIRuntime, python3: metaffi.MetaFFIRuntime, guest: metaffi.MetaFFIModule
) -> None:
    add = guest.load_entity("callable=add")

    async def work(index: int, scope: metaffi.libmetaffi.Scope) -> int:
        with scope:
            for _ in range(10 - index):
                await asyncio.sleep(0)
            return int(add(index, 1))

    async def main() -> list[int]:
        shared = python3.scope()
        scopes = [c.scope(), shared, python3.scope(), shared, c.scope()]
        return list(await asyncio.gather(*map(work, range(5), scopes)))

    assert asyncio.run(main()) == [1, 2, 3, 4, 5]

    def generate(runtime: metaffi.MetaFFIRuntime) -> Iterator[object]:
        with runtime.scope():
            while True:
                yield add(1, 1)

    first, second, third = generate(c), generate(python3), generate(c)
    assert [next(one) for one in (first, second, third)] == [2, 2, 2]
    del second
    assert [next(one) for one in (first, third)] == [2, 2]
    del first, third
    for runtime in (c, python3):
        # None is left over.
        with pytest.raises(metaffi.MetaFFIError, match="has not entered"):
            runtime.scope().__exit__(None, None, None)


def test_a_scope_that_ends_first_ends_its_own_deadline(python3: metaffi.MetaFFIRuntime) -> None:
    run = python3.load_module("builtins").load_entity("callable=exec")
    spin = "import time; end = time.monotonic() + 0.4\nwhile time.monotonic() < end: pass"

    async def first(limited: asyncio.Event, both: asyncio.Event) -> None:
        with python3.scope(deadline=0.2):
            limited.set()
            await both.wait()

    async def main() -> None:
        limited, both = asyncio.Event(), asyncio.Event()
        task = asyncio.ensure_future(first(limited, both))
        await limited.wait()
        with python3.scope():
            both.set()
            await task
            run(spin)

    asyncio.run(main())


def test_many_calls_at_once(guest: metaffi.MetaFFIModule) -> None:
    add = guest.load_entity("callable=add")

    async def main() -> list[object]:
        return list(
            await asyncio.gather(*(asyncio.to_thread(add, number, 1) for number in range(50)))
        )

    assert asyncio.run(main()) == list(range(1, 51))


def test_a_callback_reaches_the_loop(guest: metaffi.MetaFFIModule) -> None:
    async def main() -> list[int]:
        loop = asyncio.get_running_loop()
        seen: list[int] = []
        queue: asyncio.Queue[int] = asyncio.Queue()

        def tell(index: int, text: str) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, index)

        await asyncio.to_thread(guest.load_entity("callable=each"), tell, 5)
        while len(seen) < 5:
            seen.append(await queue.get())
        return seen

    assert asyncio.run(main()) == [0, 1, 2, 3, 4]
