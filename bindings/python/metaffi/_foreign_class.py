"""Classes of errors of other languages as classes of exceptions of Python."""

from __future__ import annotations

import gc
import weakref
from _weakref import _remove_dead_weakref  # type: ignore[attr-defined]

from . import libmetaffi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ForeignClass(type):
    """A class of another language whose instances are errors: `except` and `raise` take it."""

    _foreign: Any

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> ForeignClass:
        """Classes of other languages are not derived from."""
        raise TypeError(
            f"class {name}: {bases[0].__name__} is a class of another language, from which Python "
            "derives none: derive from metaffi.MetaFFIError, or write that class there"
        )

    def __call__(cls, *args: Any) -> Any:
        """What its constructor makes, as an exception."""
        return libmetaffi.exception(cls._foreign(*args))

    def __getattr__(cls, name: str) -> Any:
        """What is static there."""
        if name.startswith("__"):
            raise AttributeError(f"{cls!r} has no attribute {name}")
        return getattr(cls._foreign, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        """Sets what is static there."""
        setattr(cls._foreign, name, value)

    def __instancecheck__(cls, instance: object) -> bool:
        """Also errors that are objects, and no exceptions."""
        if super().__instancecheck__(instance):
            return True
        # Of exceptions, `except` asks for the class alone.
        return not isinstance(instance, BaseException) and isinstance(instance, cls._foreign)

    def __dir__(cls) -> list[str]:
        """What is static there, too."""
        return sorted({*super().__dir__(), *dir(cls._foreign)})

    def __repr__(cls) -> str:
        """As the class shows itself there."""
        return repr(cls._foreign)


def _member(self: Any, name: str) -> Any:
    """A member of the error itself."""
    original = None if name == "original" or name.startswith("__") else self.original
    if original is None:
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
    try:
        return getattr(original, name)
    except AttributeError as error:
        # Of this object, as whoever asks wants to know: Python says so of one that says nothing.
        missing = AttributeError(*error.args)
    raise missing


# By runtimes and families of instances. What nobody uses any more goes with the next full collection, and
# what it is of; until then it need not be made again with every error.
classes: dict[tuple[str, int], weakref.ref[type]] = {}
_latest: list[type] = []


def _let_go(phase: str, of: dict[str, int]) -> None:
    if phase == "start" and of["generation"] == 2:
        _latest.clear()


gc.callbacks.append(_let_go)


def make(key: tuple[str, int], foreign: Any, bases: tuple[type, ...]) -> type:
    """The class of exceptions for one of another language, by its object."""
    known = classes.get(key)
    if known is not None and (found := known()) is not None:
        return found
    spelled = str(foreign).rpartition(" ")[2]
    namespace = {
        # In tracebacks they are what they are below; their text begins with the class's own name.
        "__module__": bases[0].__module__,
        "__qualname__": bases[0].__qualname__,
        "__doc__": f"Errors of class {spelled} of runtime {key[0]}.",
        "__getattr__": _member,
        "_foreign": foreign,
        # By the identities of the errors: one that comes back is the same exception.
        "_alive": weakref.WeakValueDictionary(),
    }
    made: type = type.__new__(ForeignClass, spelled.rpartition(".")[2], bases, namespace)

    mine = weakref.ref(made, lambda _: _remove_dead_weakref(classes, key))
    # Others may make one meanwhile, or have gone: each step is one that nobody comes between.
    while (found := classes.setdefault(key, mine)()) is None:
        _remove_dead_weakref(classes, key)
    if found is made:
        _latest.append(made)
    return found
