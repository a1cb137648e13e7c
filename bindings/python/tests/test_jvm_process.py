"""Runtime jvm at its limits and at the end of its process, each in a process of its own."""

from __future__ import annotations

from pathlib import Path

from java import compiled, jdk
from support import output_of

PROGRAM = """
import gc, metaffi
runtime = metaffi.MetaFFIRuntime("jvm", home={home!r}{options})
java = runtime.load_module("")
"""


def said(code: str, options: str = "") -> str:
    """What a program prints that has Java."""
    return output_of(PROGRAM.format(home=str(jdk()), options=options and ", " + options) + code)


def test_what_java_runs_at_its_end_may_call_python() -> None:
    code = """
import atexit
class Appender:
    def run(self):
        print("the end of Java", flush=True)
atexit.register(lambda: print("the end of Python", java.Math.abs(-1), flush=True))
java.java.lang.Runtime.getRuntime().addShutdownHook(java.Thread(Appender()))
print("the program", flush=True)
"""
    assert said(code).splitlines() == ["the program", "the end of Python 1", "the end of Java"]


def test_an_object_that_outlives_java_is_let_go() -> None:
    assert said("kept = java.java.util.ArrayList()\nprint(len(kept))\n") == "0"


def test_no_stack_is_an_error_and_the_next_call_works() -> None:
    code = """
java.run("public class Deep { public static int down(int n) { return down(n + 1) + 1; } }")
down = java.load_entity("class=Deep,callable=down")
for _ in range(3):
    for call in [down, java.Deep.down]:
        try:
            call(1)
        except metaffi.MetaFFIError as error:
            assert "StackOverflowError" in repr(error.__dict__) + str(error) + repr(error), error
        else:
            raise AssertionError
        assert java.Math.abs(-3) == 3
print("works")
"""
    assert said(code) == "works"


def test_no_memory_is_an_error_and_what_is_let_go_is_used_again() -> None:
    code = """
Types, info = metaffi.MetaFFITypes, metaffi.metaffi_type_info
make = java.load_entity("class=long[],callable=<init>",
    [info(Types.metaffi_int32_type)], [info(Types.metaffi_handle_type)])
for size in [1 << 17, 1 << 17, 1 << 12]:
    kept = []
    try:
        while True:
            kept.append(make(size))
    except metaffi.MetaFFIError as error:
        assert "heap space" in str(error) or "no memory" in str(error), error
    assert len(kept) > 5, kept
    del kept
    gc.collect()
    assert java.Math.abs(-3) == 3
print("works")
"""
    assert said(code, 'jvm_option="-Xmx32m"') == "works"


MODULES = """
def use(path, options):
    module = runtime.load_module(path)
    gone = java.java.lang.ref.WeakReference(module.Loaded.getClassLoader())
    one = module.Loaded(2)
    assert one.twice() == 4 and one.twice(lambda number: number + 1) == 5
    assert module.load_entity("class=Loaded,callable=twice(Loaded.Change),instance_required")(
        one, lambda number: number + 2) == 6
    assert [each.size for each in one.all()] == [2, 2, 2]
    try:
        one.fail()
    except metaffi.MetaFFIError as error:
        assert "Failed" in repr(error) + str(error)
    try:
        one.twice(lambda number: 1 / 0)
    except ZeroDivisionError:
        pass
    module.run("1 + 1")
    return gone

def left(loaders):
    gc.collect()
    for _ in range(20):
        java.System.gc()
        if all(one.get() is None for one in loaders):
            return 0
    return sum(one.get() is not None for one in loaders)
"""

LOADED = """
public class Loaded {
    public interface Change { int apply(int number); }
    public static class Failed extends RuntimeException {}
    public final int size;
    public Loaded(int size) { this.size = size; }
    public int twice() { return size * 2; }
    public int twice(Change change) { return change.apply(size * 2); }
    public java.util.List<Loaded> all() { return java.util.List.of(this, this, this); }
    public void fail() { throw new Failed(); }
}
"""


def test_a_closed_module_leaves_no_class_loader(tmp_path: Path) -> None:
    source = tmp_path / "Loaded.java"
    source.write_text(LOADED)
    classes = compiled(str(source), tmp_path / "classes")
    code = f"{MODULES}\nprint(left([use({str(classes)!r}, i) for i in range(30)]))"
    assert said(code) == "0"
