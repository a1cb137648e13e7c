"""libuv's event loop runs a timer and, on a thread of its own, some work; all the functions are Python's."""

import threading

import metaffi

uv = metaffi.MetaFFIRuntime("c").load_module("libuv.so.1;uv.h")


def check(code):
    if code < 0:
        raise RuntimeError(f"{uv.uv_err_name(code)}: {uv.uv_strerror(code)}")


loop = uv.uv_default_loop()
timer = uv.new("uv_timer_t")
request = uv.new("uv_work_t")
ticks = []
threads = {threading.get_ident()}


def tick(handle):
    ticks.append(uv.uv_now(loop))
    print("tick", len(ticks))
    if len(ticks) == 3:
        check(uv.uv_timer_stop(handle))
        check(uv.uv_queue_work(loop, request, on_work, on_done))


def work(_):
    threads.add(threading.get_ident())


def done(_, status):
    print("worked on another thread:", len(threads) == 2, "with status", status)
    # As in C, a pointer to any kind of handle is made by a cast.
    uv.uv_close(uv.cast("uv_handle_t *", uv.address(timer)), on_closed)


def closed(handle):
    print("closed a", uv.uv_handle_type_name(handle.type))


# libuv keeps the functions: so do these.
on_tick = uv.new("uv_timer_cb", tick)
on_work = uv.new("uv_work_cb", work)
on_done = uv.new("uv_after_work_cb", done)
on_closed = uv.new("uv_close_cb", closed)

check(uv.uv_timer_init(loop, timer))
check(uv.uv_timer_start(timer, on_tick, 1, 1))
check(uv.uv_run(loop, uv.UV_RUN_DEFAULT))
print("in order:", ticks == sorted(ticks))
check(uv.uv_loop_close(loop))

try:
    check(uv.uv_timer_start(timer, None, 1, 0))
except RuntimeError as error:
    print("libuv says:", error)
