"""What the tests of awaiting await."""

import asyncio
import threading

ended = []
switch = {}


async def number(given):
    await asyncio.sleep(0)
    return given


async def fail(message):
    await asyncio.sleep(0)
    raise ValueError(message)


async def leave():
    raise SystemExit("not from here")


async def sleep_for_ever():
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        ended.append("cleaned up")


async def stubborn():
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        return "not to be cancelled"


async def gate(name):
    switch[name] = asyncio.Event()
    await switch[name].wait()
    return name


async def open_gate(name):
    while name not in switch:
        await asyncio.sleep(0)
    switch.pop(name).set()


async def echo():
    """A server and a client on the loopback."""

    async def serve(reader, writer):
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"over the loopback\n")
        text = await reader.readline()
        writer.close()
    return text.decode().strip()


async def gathered(count):
    queue = asyncio.Queue()
    await asyncio.gather(*(queue.put(n) for n in range(count)))
    return sum([await queue.get() for _ in range(count)])


async def threads():
    """How many threads drive loops here, and the name of this one."""
    return threading.current_thread().name


class Stepping:
    def __aiter__(self):
        return self

    def __anext__(self):
        return number(7)


async def counted(most):
    try:
        for n in range(most):
            await asyncio.sleep(0)
            yield n
    finally:
        ended.append("closed")


class Context:
    async def __aenter__(self):
        await asyncio.sleep(0)
        return "entered"

    async def __aexit__(self, kind, failure, trace):
        await asyncio.sleep(0)
        ended.append(str(failure))
        return kind is not None and issubclass(kind, ValueError)


def closed_future():
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    loop.close()
    return future


def done_future():
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    future.set_result("done")
    loop.close()
    return future


async def stop_the_loop():
    asyncio.get_running_loop().stop()
    await asyncio.sleep(0)
    return "went on"


async def close_the_loop():
    """Ends the loop that drives it, from outside."""
    loop = asyncio.get_running_loop()

    def close():
        while loop.is_running():
            loop.call_soon_threadsafe(loop.stop)
        loop.close()

    await asyncio.sleep(0)
    loop.stop()
    return "stopped"


class Kept:
    def __del__(self):
        ended.append("let go")


def kept(_):
    return Kept()


def last_ended():
    return ended.pop() if ended else ""


def plain():
    return [1, 2]


def spin():
    """Runs until it is interrupted, and handles every error."""
    while True:
        try:
            while True:
                pass
        except Exception:
            pass


def survive():
    """Catches an interruption."""
    try:
        spin()
    except KeyboardInterrupt as interruption:
        return type(interruption).__name__


async def doubled(promise):
    """What another runtime does, awaited here."""
    return 2 * await promise


async def given_up_on(promise):
    try:
        await asyncio.wait_for(promise, 0)
    except asyncio.TimeoutError:
        return "given up on"
