"""`MetaFFIModule`: what a runtime loads from a path, and its entities."""

from __future__ import annotations

from . import libmetaffi
from ._annotations import get_callable_types
from ._errors import MetaFFIError
from .libmetaffi import MetaFFIEntity, MetaFFIHandle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable, Optional, Union

    from ._entities import Entities
    from .metaffi_runtime import MetaFFIRuntime
    from .metaffi_types import metaffi_type_info

    _Native = tuple[int, Optional[str], int]
    _Type = Union[metaffi_type_info, int, _Native]

__all__ = ["MetaFFIEntity", "MetaFFIModule", "make_metaffi_callable"]


class MetaFFIModule:
    """A module of a runtime. It is loaded when something of it is first asked for."""

    def __init__(self, runtime: MetaFFIRuntime, module_path: str) -> None:
        if not isinstance(module_path, str):
            kind = type(module_path).__name__
            raise MetaFFIError(f"module_path: the path of a module is a str, not {kind}")
        self.runtime = runtime
        self.module_path = module_path
        self._loaded: libmetaffi.Module | None = None
        self._entities: Entities | None = None

    def load_entity(
        self,
        entity_path: str,
        params_metaffi_types: Sequence[_Type] | None = None,
        retval_metaffi_types: Sequence[_Type] | None = None,
    ) -> MetaFFIEntity:
        """The entity that a path names, with its types; None takes what the guest declares."""
        return self._native().load_entity(
            entity_path,
            _types("params_metaffi_types", params_metaffi_types),
            _types("retval_metaffi_types", retval_metaffi_types),
        )

    def declare(self, declarations: str) -> None:
        """Adds declarations in the guest's language, such as `int abs(int);` in C.

        All of the text is added, or nothing of it.
        """
        self._native().declare(declarations)
        self._entities = None

    def describe(self) -> dict[str, Any]:
        """What can be loaded, as in the page about the description of a module."""
        import json

        description: dict[str, Any] = json.loads(self._native().describe())
        return description

    def new(self, type_name: str, initial: object = None) -> MetaFFIHandle:
        """Data of a type that the guest declares, such as `struct tm` or `int[4]` in C.

        It is zeroed, or has the values of `initial`: a dict or a sequence.
        """
        return self._native().new(type_name, initial)

    def cast(self, type_name: str, object: object) -> MetaFFIHandle:
        """The same memory seen as another type; of a pointer or a number, a pointer."""
        return self._native().cast(type_name, object)

    def sizeof(self, type_name: str) -> int:
        """How many bytes a value of a type has."""
        return self._native().sizeof(type_name)

    def address(self, object: object, path: str = "") -> MetaFFIHandle:
        """A pointer to data, or to the part of it at a path such as `corners[1].x`."""
        return self._native().address(object, path)

    @property
    def entities(self) -> Entities:
        """What the guest declares, by entity path or by name, loaded with its own types."""
        if self._entities is None:
            from ._entities import Entities

            self._entities = Entities(self)
        return self._entities

    def _native(self) -> libmetaffi.Module:
        loaded = self._loaded
        if loaded is None:
            loaded = self.runtime._native().load_module(self.module_path)
            self._loaded = loaded
        return loaded

    def __getattr__(self, name: str) -> MetaFFIEntity:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        # What a mapping has of its own, such as `get`, hides nothing here.
        return self.entities.__getattr__(name)

    def __setattr__(self, name: str, value: object) -> None:
        # What is read as Python's own is written as that, and so is everything until it is made.
        made = vars(self)
        own = name.startswith("_") or hasattr(type(self), name) or name in made
        if own or "_entities" not in made or not self.entities._write(name, value):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.entities.names()})

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.runtime!r}, {self.module_path!r})"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError(
            "a MetaFFIModule belongs to its process and cannot be pickled or copied: "
            f"load {self.module_path!r} in the other process"
        )


def make_metaffi_callable(f: Callable[..., Any]) -> libmetaffi.MetaFFICallable:
    """A Python function that may be passed where a callable is declared, typed by its annotations.

    The annotations are looked up in `metaffi_types.pytype_to_metaffi_type_dict` now. An entity, or
    what this function made, is given back as it is.
    """
    # Of the type: to ask the object would make a pointer.
    if hasattr(type(f), "native_pointer"):
        return f  # type: ignore[return-value]
    if not callable(f):
        raise MetaFFIError(f"f: {type(f).__name__!r} object is not callable")
    return libmetaffi.callable(f, *_declared(f))


def _declared(f: Callable[..., Any]) -> tuple[tuple[_Native, ...], tuple[_Native, ...]]:
    params, returns = get_callable_types(f)
    return tuple((one, None, 0) for one in params), tuple((one, None, 0) for one in returns)


def _types(name: str, given: Sequence[_Type] | None) -> tuple[_Native, ...] | None:
    if given is None:
        return None
    if not isinstance(given, (list, tuple)):
        kind = type(given).__name__
        raise MetaFFIError(f"{name}: None, or a list or tuple of metaffi_type_info, not {kind}")
    return tuple(_type(name, index, one) for index, one in enumerate(given))


def _type(name: str, index: int, one: _Type) -> _Native:
    if isinstance(one, tuple):
        return one
    if isinstance(one, int) and not isinstance(one, bool):
        return one, None, 0
    kind = type(one).__name__
    raise MetaFFIError(f"{name}[{index}]: a metaffi_type_info, not {kind}")
