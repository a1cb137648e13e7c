"""The loops that drive what hosts await."""

import asyncio
import atexit
import collections
import inspect
import os
import signal
import threading

# How long the end of the interpreter waits for what does not end when it is cancelled.
PATIENCE = 2

# Two threads may run this text at once: what is there already stays.
known = globals().setdefault

# What has begun and is not done.
pending = known("pending", set())

# What another process awaits, of which this one is the child: kept, so that nobody is told here.
left_behind = known("left_behind", [])

# The loop that runs on a thread of its own, once there is one; and whether there may be one.
own = known("own", {})
is_closed = known("is_closed", False)


class Awaited:
    """Something that a host awaits, and the loop that drives it."""

    __slots__ = ("loop", "awaitable", "completion", "future", "is_cancelled")

    def __init__(self, loop, awaitable, completion):
        self.loop = loop
        self.awaitable = awaitable
        self.completion = completion
        self.future = None
        self.is_cancelled = False

    def begin(self):
        """On the thread of the loop."""
        awaitable, self.awaitable = self.awaitable, None
        try:
            if asyncio.isfuture(awaitable):
                self.future = awaitable
            elif asyncio.iscoroutine(awaitable):
                self.future = self.loop.create_task(awaitable)
            else:
                self.future = self.loop.create_task(result_of(awaitable))
            self.future.add_done_callback(self.finish)
            if self.is_cancelled:
                self.future.cancel()
        except BaseException as failure:
            self.fail(failure)

    def finish(self, future):
        pending.discard(self)
        self.completion(future.result)

    def fail(self, failure):
        """It is not driven any further."""

        def result():
            raise failure

        pending.discard(self)
        self.completion(result)

    def cancel(self):
        self.is_cancelled = True
        if self.runs_here():
            self.cancel_here()
        else:
            try:
                self.loop.call_soon_threadsafe(self.cancel_here)
            except RuntimeError:
                # The loop was closed, and drives nothing any more.
                self.fail(asyncio.CancelledError())

    def cancel_here(self):
        if self.future is not None:
            self.future.cancel()

    def runs_here(self):
        """Whether it is driven by the thread that asks."""
        return asyncio._get_running_loop() is self.loop


async def result_of(awaitable):
    return await awaitable


class OwnLoop:
    """A loop on a thread of its own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.arrived = collections.deque()
        # Whether the loop will look at what has arrived.
        self.is_woken = False
        self.is_ending = False
        self.is_over = False
        self.thread = threading.Thread(target=self.serve, name="metaffi-asyncio", daemon=True)

    def begin(self):
        """Starts the thread, which gets no signals: they are the host's."""
        if not hasattr(signal, "pthread_sigmask"):
            return self.thread.start()
        before = signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
        try:
            self.thread.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def submit(self, awaited):
        self.arrived.append(awaited)
        if not self.is_woken:
            self.is_woken = True
            try:
                self.loop.call_soon_threadsafe(self.take)
            except RuntimeError:
                # Somebody has closed it, which it sees itself.
                pass
        if self.is_over:
            awaited.fail(RuntimeError("the event loop is closed"))

    def take(self):
        # Whoever comes from here on wakes the loop again.
        self.is_woken = False
        for _ in range(len(self.arrived)):
            self.arrived.popleft().begin()

    def serve(self):
        loop = self.loop
        asyncio.set_event_loop(loop)
        while not (self.is_ending or loop.is_closed()):
            try:
                loop.run_forever()
            except (KeyboardInterrupt, SystemExit):
                # What a task would end a program with is what came of the task; others go on.
                continue
            except BaseException:
                break
        try:
            self.end()
        finally:
            self.is_over = True
            if own.get("loop") is self:
                del own["loop"]
            asyncio.set_event_loop(None)
            fail_all(RuntimeError("the event loop is closed"), loop)

    def end(self):
        loop = self.loop
        if loop.is_closed():
            return
        self.take()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    def stop(self):
        self.is_ending = True
        self.loop.stop()


def own_loop():
    """The loop on a thread of its own, which begins with the first that needs it."""
    found = own.get("loop")
    if found is not None:
        return found
    if is_closed:
        raise RuntimeError("Python is shutting down: nothing can be awaited any more")
    made = OwnLoop()
    found = own.setdefault("loop", made)
    if found is not made:
        made.loop.close()
        return found
    try:
        made.begin()
    except BaseException:
        del own["loop"]
        made.loop.close()
        raise
    return made


def can_be_awaited(thing):
    return (
        hasattr(type(thing), "__await__")
        or inspect.isgenerator(thing)
        and bool(thing.gi_code.co_flags & inspect.CO_ITERABLE_COROUTINE)
    )


def start(awaitable, completion):
    """Has it driven by the loop that it belongs to, by the one that runs here, or by our own; None
    of what cannot be awaited."""
    running = asyncio._get_running_loop()
    if not can_be_awaited(awaitable):
        return None
    if asyncio.isfuture(awaitable):
        loop = awaitable.get_loop()
        if loop.is_closed() and not awaitable.done():
            raise RuntimeError("the event loop of this future is closed: it is never done")
    else:
        loop = running
    if loop is None:
        place = own_loop()
        awaited = Awaited(place.loop, awaitable, completion)
        pending.add(awaited)
        place.submit(awaited)
        return awaited
    awaited = Awaited(loop, awaitable, completion)
    pending.add(awaited)
    if loop is running:
        awaited.begin()
    elif loop.is_closed():
        awaited.finish(awaitable)
    else:
        try:
            loop.call_soon_threadsafe(awaited.begin)
        except RuntimeError:
            pending.discard(awaited)
            raise
    return awaited


def fail_all(failure, loop=None):
    for awaited in list(pending):
        if loop is None or awaited.loop is loop:
            awaited.fail(failure)


def thread_number():
    """Of the thread that our loop runs on; 0 if there is none."""
    found = own.get("loop")
    return (found and found.thread.ident) or 0


@atexit.register
def close():
    """Before the interpreter ends: what is pending is cancelled, and nothing begins any more."""
    global is_closed
    is_closed = True
    found = own.get("loop")
    if found is not None and found.thread is not threading.current_thread():
        try:
            found.loop.call_soon_threadsafe(found.stop)
            found.thread.join(PATIENCE)
        except RuntimeError:
            pass
    fail_all(asyncio.CancelledError("Python is shutting down"))


def forget():
    """In the child of a fork: the thread of the loop has stayed behind."""
    left_behind.append((dict(own), set(pending)))
    own.clear()
    pending.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget)


# The steps of iterators and contexts; None of what cannot that.


def iterate(iterable):
    method = getattr(type(iterable), "__aiter__", None)
    return method and method(iterable)


def next_of(iterator):
    method = getattr(type(iterator), "__anext__", None)
    return method and method(iterator)


def close_of(iterator):
    """One that has nothing to clean up is closed as it is."""
    method = getattr(type(iterator), "aclose", None)
    if method is None and hasattr(type(iterator), "__anext__"):
        return nothing()
    return method and method(iterator)


async def nothing():
    pass


def enter(context):
    method = getattr(type(context), "__aenter__", None)
    return method and method(context)


def exit(context, failure):
    method = getattr(type(context), "__aexit__", None)
    return method and exited(method, context, failure)


async def exited(method, context, failure):
    if failure is None:
        return bool(await method(context, None, None, None))
    return bool(await method(context, type(failure), failure, failure.__traceback__))


class Waiting:
    """What a coroutine waits for while another runtime does it."""

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.future = self.loop.create_future()

    def settle(self, value, failure):
        """It is done, on any thread."""
        try:
            self.loop.call_soon_threadsafe(self.settle_here, value, failure)
        except RuntimeError:
            # The loop is closed, and nobody waits any more.
            pass

    def settle_here(self, value, failure):
        if self.future.done():
            return
        if failure is None:
            self.future.set_result(value)
        elif isinstance(failure, asyncio.CancelledError):
            self.future.cancel()
        elif isinstance(failure, StopIteration):
            # Coroutines end by that themselves.
            self.future.set_exception(RuntimeError(f"it raised {failure!r}"))
        else:
            self.future.set_exception(failure)

    def wait(self, cancel):
        """The iterator of the coroutine; whoever cancels that cancels what it waits for."""
        try:
            return (yield from self.future)
        except asyncio.CancelledError:
            cancel()
            raise
