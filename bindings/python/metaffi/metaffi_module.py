"""`MetaFFIModule`: what a runtime loads from a path, and its entities."""

from __future__ import annotations

from . import libmetaffi
from ._annotations import ANY, Unsaid, declared_types
from ._errors import MetaFFIError
from .libmetaffi import MetaFFIEntity, MetaFFIModule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    _Native = tuple[int, Optional[str], int]

__all__ = ["MetaFFIEntity", "MetaFFIModule", "make_metaffi_callable"]


def make_metaffi_callable(f: Callable[..., Any]) -> libmetaffi.MetaFFICallable:
    """A Python function that may be passed where a callable is declared, typed by its annotations.

    The annotations are looked up in `metaffi_types.pytype_to_metaffi_type_dict` now. An entity, or
    what this function made, is given back as it is.
    """
    made = libmetaffi.plain_callable(f)
    if made is not None:
        return made
    # Of the type: to ask the object would make a pointer.
    if hasattr(type(f), "native_pointer"):
        return f  # type: ignore[return-value]
    if not callable(f):
        raise MetaFFIError(f"f: {type(f).__name__!r} object is not callable")
    try:
        params, returns, names = declared_types(f, ANY)
    except Unsaid:
        return libmetaffi.callable(f, None, None)
    return libmetaffi.callable(f, _native(params), _native(returns), names)


def _native(types: tuple[int, ...]) -> tuple[_Native, ...]:
    return tuple((one, None, 0) for one in types)
