"""Code of Java's that asks who calls it: it sees a class of the module that is called, whichever way that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest
from java import compiled, jvm

CALLERS = """
import java.util.function.IntFunction;

public class Callers implements IntFunction<Object> {
    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    public final ClassLoader maker = WALKER.getCallerClass().getClassLoader();

    public static ClassLoader ofClass() { return WALKER.getCallerClass().getClassLoader(); }
    public static ClassLoader ofClass(String... names) { return WALKER.getCallerClass().getClassLoader(); }
    public ClassLoader ofObject() { return WALKER.getCallerClass().getClassLoader(); }
    public ClassLoader ofObject(int number) { return WALKER.getCallerClass().getClassLoader(); }
    public ClassLoader getProperty() { return WALKER.getCallerClass().getClassLoader(); }
    public Object apply(int number) { return WALKER.getCallerClass().getClassLoader(); }
    public static boolean isInModule() {
        return Thread.currentThread().getContextClassLoader() == Callers.class.getClassLoader();
    }
    public static void fail() { throw new IllegalStateException("failed"); }
}
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Any:
    directory = tmp_path_factory.mktemp("callers")
    source = directory / "Callers.java"
    source.write_text(CALLERS)
    return jvm().load_module(str(compiled(str(source), directory / "classes")))


def entity(module: Any, path: str) -> Any:
    return module.load_entity(f"class=Callers,callable={path}")


WAYS: dict[str, Callable[[Any], Any]] = {
    "static": lambda module: module.Callers.ofClass(),
    "varargs": lambda module: module.Callers.ofClass("a", "b"),
    "object": lambda module: module.Callers().ofObject(),
    "argument": lambda module: module.Callers().ofObject(1),
    "constructor": lambda module: module.Callers().maker,
    "property": lambda module: module.Callers().property,
    "function": lambda module: module.Callers()(1),
    "method": lambda module: getattr(module.Callers, "ofClass()")(),
    "reflection": lambda module: module.Callers.getMethod("ofClass").invoke(None),
    "handle": lambda module: (
        module.java.lang.invoke.MethodHandles.lookup()
        .findStatic(
            module.Callers,
            "ofClass",
            module.java.lang.invoke.MethodType.methodType(module.ClassLoader),
        )
        .invokeWithArguments()
    ),
    "text": lambda module: module.run("Callers.ofClass()"),
    "typed varargs": lambda module: entity(module, "ofClass(String...)")(["a"]),
    "typed constructor": lambda module: entity(module, "<init>()")().maker,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_caller_is_of_the_module(module: Any, way: str) -> None:
    own = module.Callers.getClassLoader()
    for _ in range(12):
        assert WAYS[way](module) == own, way


def test_a_caller_is_no_frame_of_the_program(module: Any, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="failed") as raised:
        module.Callers.fail()
    assert "Callers.fail" in raised.value.foreign_traceback  # type: ignore[attr-defined]
    assert "metaffi" not in raised.value.foreign_traceback  # type: ignore[attr-defined]


def test_a_loader_that_is_set_back_is_found_again(module: Any) -> None:
    is_in_module = entity(module, "isInModule")
    path = "class=java.lang.Thread,callable=setContextClassLoader,instance_required"
    set_loader = module.load_entity(path)
    current = module.Thread.currentThread()
    before, own = module.ClassLoader.getSystemClassLoader(), module.java.net.URLClassLoader([])
    try:
        for _ in range(3):
            assert is_in_module()
            set_loader(current, before)
            assert is_in_module()
            set_loader(current, own)
            assert not is_in_module()
            set_loader(current, before)
    finally:
        current.setContextClassLoader(before)
