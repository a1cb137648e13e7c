"""What is compared with itself: once done, or a small one, beside the second time, or a large one."""

import ctypes
import math
from time import perf_counter_ns, thread_time_ns

from .memory import resident
from .timing import Contestant, measure, statement

# Of the C library and what Debian has for the tests: about 10 000 lines.
HEADERS = "stdlib.h;stdio.h;sys/socket.h;netinet/in.h;pthread.h;signal.h;math.h;zlib.h;sqlite3.h"
FUNCTIONS = 8_000
MEMBERS = 8_000
TIMES = 3


def runtime():
    import metaffi

    return metaffi.MetaFFIRuntime("c")


def use(c, library):
    """A module of the headers whose declarations are used."""
    module = c.load_module(f"{library};{HEADERS}")
    module.sizeof("z_stream")
    MODULES.append(module)


def timed(clock, function, *arguments):
    start = clock()
    function(*arguments)
    return clock() - start


# They last, as modules of a program do.
MODULES = []
LIBRARIES = ("libz.so.1", "libsqlite3.so.0", "libm.so.6", "libdl.so.2")


def header(context):
    c = runtime()
    first, *others = (timed(perf_counter_ns, use, c, library) for library in LIBRARIES)
    return [first, min(others)]


def header_memory(context):
    """Bytes; the pages of the libraries themselves are there before."""
    for library in LIBRARIES:
        ctypes.CDLL(library)
    c = runtime()
    sizes = [resident()]
    for library in LIBRARIES:
        use(c, library)
        sizes.append(resident())
    first, *others = (after - before for before, after in zip(sizes, sizes[1:]))
    return [first, sum(others) / len(others)]


def described(c, context, count):
    """Nanoseconds to describe a module of so many functions that one line declares."""
    module = c.load_module(context.library)
    numbers = range(count)
    module.declare("".join(f'long f{number}(long) __asm__("guest_add");' for number in numbers))
    return timed(thread_time_ns, module.describe)


def describe(context):
    c = runtime()
    best = [math.inf, math.inf]
    for _ in range(TIMES):
        for place, count in enumerate((FUNCTIONS, 2 * FUNCTIONS)):
            best[place] = min(best[place], described(c, context, count))
    return best


def union(context):
    module = runtime().load_module(context.library)
    members = "".join(f"int member_{number};" for number in range(MEMBERS + 1))
    module.declare(f"union many {{ {members} }};")
    data = module.new("union many[2]")
    group = [
        Contestant(str(number), statement(f"data[1].member_{number}", data=data))
        for number in (8, MEMBERS)
    ]
    measure(group)
    return [contestant.best for contestant in group]


PAIRS = {
    "header": header,
    "header memory": header_memory,
    "describe": describe,
    "union": union,
}
