"""Entities, modules and runtimes as recipes: what pickle keeps of them, to load them again elsewhere."""

from __future__ import annotations

import sys
from functools import lru_cache

from ._errors import MetaFFIError
from .libmetaffi import MetaFFIModule, MetaFFIRuntime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .libmetaffi import MetaFFIEntity

    #: What makes an object again, and its arguments, as `object.__reduce__` gives it.
    _Reduced = tuple[Callable[[dict[str, Any]], Any], tuple[dict[str, Any]]]

# What a recipe may say. Pickles outlive versions: names are added, and never change their meaning.
_RUNTIME = {"runtime", "options"}
_MODULE = {*_RUNTIME, "module", "module_options", "declared"}
_ENTITY = {*_MODULE, "entity", "params", "returns"}


def reduce_runtime(runtime: str, options: dict[str, Any]) -> _Reduced:
    """The recipe of a runtime."""
    return load_runtime, (_recipe(runtime=runtime, options=options),)


def reduce_module(
    runtime: str,
    options: dict[str, Any],
    module: str,
    module_options: dict[str, Any],
    declared: list[str],
) -> _Reduced:
    """The recipe of a module."""
    _check_elsewhere(runtime, module)
    said = _recipe(
        runtime=runtime, options=options, module_options=module_options, declared=declared
    )
    return load_module, ({**said, "module": module},)


def reduce_entity(
    runtime: str,
    options: dict[str, Any],
    module: str,
    module_options: dict[str, Any],
    declared: list[str],
    entity: str,
    params: list[Any] | None,
    returns: list[Any] | None,
) -> _Reduced:
    """The recipe of an entity; its types are None where they are those of the declaration."""
    _, (said,) = reduce_module(runtime, options, module, module_options, declared)
    types = {"params": params, "returns": returns}
    given = {name: types[name] for name in types if types[name] is not None}
    return load_entity, ({**said, "entity": entity, **given},)


def load_runtime(recipe: dict[str, Any]) -> MetaFFIRuntime:
    """The runtime of a recipe."""
    _check(recipe, _RUNTIME)
    return MetaFFIRuntime(recipe["runtime"], **recipe.get("options", {}))


def load_module(recipe: dict[str, Any]) -> MetaFFIModule:
    """The module of a recipe."""
    _check(recipe, _MODULE)
    runtime = load_runtime({name: recipe[name] for name in _RUNTIME if name in recipe})
    module = runtime.load_module(recipe["module"], **recipe.get("module_options", {}))
    for text in recipe.get("declared", ()):
        module.declare(text)
    return module


def load_entity(recipe: dict[str, Any]) -> MetaFFIEntity:
    """The entity of a recipe. Entities of one module that arrive one by one share it."""
    _check(recipe, _ENTITY)
    module = _shared_module(repr({name: recipe[name] for name in _MODULE if name in recipe}))
    types = {
        f"{kind}_metaffi_types": recipe[name]
        for name, kind in (("params", "params"), ("returns", "retval"))
        if name in recipe
    }
    return module.load_entity(recipe["entity"], **types)


@lru_cache(maxsize=64)
def _shared_module(recipe: str) -> MetaFFIModule:
    from ast import literal_eval

    return load_module(literal_eval(recipe))


def _recipe(**said: Any) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value}


def _check(recipe: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(recipe) - known)
    if unknown:
        raise MetaFFIError(
            f"the pickle says {', '.join(unknown)}, which this version of metaffi does not know: "
            "use the version that it was made with, or a later one"
        )


def _check_elsewhere(runtime: str, path: str) -> None:
    """Refuses what another process cannot load."""
    if runtime != "python3":
        return
    for part in path.split(";"):
        module = sys.modules.get(part.strip())
        here = module is not None and getattr(module, "__spec__", None) is None
        if here and getattr(module, "__file__", None) is None:
            raise TypeError(
                f"module {part.strip()!r} exists in this process alone, so that nothing of it can "
                "be pickled: put it into a file, and load that"
            )
