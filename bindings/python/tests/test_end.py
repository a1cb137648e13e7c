"""The end of the interpreter while threads are inside Python code that metaffi called."""

from __future__ import annotations

import pytest
from support import output_of, run_python

# How a thread is inside: an expression that stays there, called over and over by four threads. The
# end comes when each has been through it.
INSIDE = {
    "numbers": "guest.apply(nap, 1, 2)",
    "text": "guest.each(nap, 3)",
    "any": "sum(guest.apply(lambda *given: nap(*given), 1, 2) for _ in range(3))",
    "nested": "guest.apply(lambda left, right: guest.apply(nap, left, right), 1, 2)",
    "held": "held(nap, 1, 2)",
    "python": "sleep(0.0001)",
    "native": "natively()",
    "import": "python3.load_module(slow)",
    "module": "metaffi.MetaFFIRuntime('c').load_module(sys.argv[1])",
    "entity": "guest.load_entity('callable=apply')(nap, 1, 2)",
    "error": "fails(lambda: guest.apply(fail, 1, 2))",
}

CODE = """
import ctypes, sys, threading, time
import metaffi

def nap(left: int, right: int) -> int:
    time.sleep(0.0001)
    return 1

def fail(left, right):
    time.sleep(0.0001)
    raise ValueError(left)

def fails(call):
    try:
        call()
    except Exception:
        pass

guest = metaffi.MetaFFIRuntime("c").load_module(sys.argv[1])
held = guest.load_entity("callable=apply,hold_gil")
python3 = metaffi.MetaFFIRuntime("python3")
sleep = python3.load_module("time").load_entity("callable=sleep")
slow = sys.argv[2]
through, called = threading.Semaphore(0), threading.Semaphore(0)
begun = threading.local()

def nap_for_ever(left: int, right: int) -> int:
    if left == right:  # the first call of a thread of C's
        called.release()
    return nap(left, right)

for_ever = metaffi.make_metaffi_callable(nap_for_ever)
ctypes.pythonapi.Py_IncRef(ctypes.py_object(for_ever))

def natively():
    if not hasattr(begun, "here"):
        begun.here = guest.call_from_thread(for_ever)
        called.acquire()
    time.sleep(0.0001)

def work():
    {inside}
    through.release()
    while True:
        {inside}

for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
for _ in range(4):
    through.acquire()
print("end")
"""


@pytest.mark.parametrize("inside", INSIDE)
def test_threads_that_are_inside_stop(
    inside: str, c_path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    slow = tmp_path_factory.mktemp("slow") / "slow.py"
    slow.write_text("import time\ntime.sleep(0.01)\n")
    code = CODE.replace("{inside}", INSIDE[inside])
    for _ in range(4):
        assert output_of(code, c_path, str(slow)) == "end"


def test_a_destructor_calls_back_while_the_interpreter_ends(c_path: str) -> None:
    code = """
import os, sys
import metaffi
guest = metaffi.MetaFFIRuntime("c").load_module(sys.argv[1])

apply = guest.load_entity("callable=apply")

def multiply(left: int, right: int) -> int:
    return left * right

class Late:
    def __del__(self, write=os.write, apply=apply, made=metaffi.make_metaffi_callable(multiply)):
        write(1, b"%d" % apply(made, 6, 7))

late = Late()
"""
    assert output_of(code, c_path) == "42"


def test_a_call_after_the_end_returns_zero(c_path: str) -> None:
    code = """
import ctypes, sys
import metaffi
guest = metaffi.MetaFFIRuntime("c").load_module(sys.argv[1])
def multiply(left: int, right: int) -> int:
    return left * right
product = metaffi.make_metaffi_callable(multiply)
ctypes.pythonapi.Py_IncRef(ctypes.py_object(product))
guest.keep(product)
print(guest.call_kept(6, 7), flush=True)
guest.call_kept_at_exit()
"""
    done = run_python(code, c_path)
    assert (done.returncode, done.stdout) == (0, "42\nlast: 0\n")
