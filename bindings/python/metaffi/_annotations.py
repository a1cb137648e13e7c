"""The types that a Python function declares by its annotations."""

from __future__ import annotations

from ._errors import MetaFFIError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

ANY = 4194304
HANDLE = 32768

MISSING: Any = object()


class Unsaid(MetaFFIError):
    """A builtin does not say what it takes."""


def pytype_to_metaffi_type(t: Any) -> int:
    """The number of the type for an annotation, by its name in `pytype_to_metaffi_type_dict`."""
    from . import metaffi_types

    known = metaffi_types.pytype_to_metaffi_type_dict
    return next((known[name] for name in _names(t) if name in known), HANDLE)


def _names(t: Any) -> list[str]:
    """The names by which an annotation is looked up."""
    name = t if isinstance(t, str) else getattr(t, "__name__", None)
    # `list[int]` and `typing.List[int]` are lists.
    origin = getattr(getattr(t, "__origin__", None), "__name__", None)
    return [one for one in (name, origin) if one is not None]


def get_callable_types(callable: Callable[..., Any]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The numbers of a function's parameter types and of its return types."""
    params, returns, _ = declared_types(callable, HANDLE)
    return params, returns


def declared_types(
    callable: Callable[..., Any], undeclared: int
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]:
    """The same, where a parameter without an annotation is of another type; and the names by which
    they were looked up."""
    hints = _hints(callable)
    params = [hints.get(name, MISSING) for name in _parameters(callable)]
    returns = _returns(hints)
    looked_up = {name for one in [*params, *returns] if one is not MISSING for name in _names(one)}
    return (
        tuple(undeclared if one is MISSING else pytype_to_metaffi_type(one) for one in params),
        tuple(ANY if one is MISSING else pytype_to_metaffi_type(one) for one in returns),
        tuple(looked_up),
    )


def _returns(hints: dict[str, Any]) -> tuple[Any, ...]:
    """The annotations of what is returned; `MISSING` if there is none."""
    declared = hints.get("return", MISSING)
    if declared is None or declared is type(None):
        return ()
    several = getattr(declared, "__args__", ())
    if getattr(declared, "__origin__", None) is tuple and several and several[-1] is not ...:
        return tuple(several)
    return (declared,)


def _hints(callable: Callable[..., Any]) -> dict[str, Any]:
    from functools import partial
    from typing import get_type_hints

    if isinstance(callable, partial):
        return _hints(callable.func)
    if isinstance(callable, type):
        return {**_hints(callable.__init__), "return": callable}  # type: ignore[misc]
    annotated: Any = callable
    # The annotations that an object has are those of its attributes.
    if not (hasattr(callable, "__code__") or hasattr(callable, "__wrapped__")):
        annotated = type(callable).__call__
    try:
        return get_type_hints(annotated)
    except (NameError, TypeError):
        # Names that mean nothing here may still be names in the dictionary.
        return dict(getattr(annotated, "__annotations__", None) or {})


def _parameters(callable: Callable[..., Any]) -> list[str]:
    """The names of what can be given by position."""
    from inspect import Parameter, signature

    try:
        parameters = signature(callable).parameters.values()
    except (TypeError, ValueError) as error:
        raise Unsaid(
            f"{callable!r} does not say what it takes ({error}): "
            "wrap it in a function with annotations"
        ) from None
    required = [
        one.name
        for one in parameters
        if one.kind is Parameter.KEYWORD_ONLY and one.default is Parameter.empty
    ]
    if required:
        raise MetaFFIError(
            f"{callable!r}: parameter {required[0]} can only be given by name, "
            "but a callable's arguments come by position"
        )
    positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    return [one.name for one in parameters if one.kind in positional]
