"""Everything in a module that can be loaded."""

import functools
import inspect
import json
import types

from .loading import NotFound, Place, near_name
from .signatures import UNBOUND, annotations_of, of_attribute, of_function, qualified


def describe(modules):
    """The entries of the modules, as text."""
    return json.dumps([entry for module in modules for entry in entries_of_module(module)])


def entries_of_module(module):
    if isinstance(module, Place):
        for name in module.__all__:
            yield from prefixed(name, entries_of_module(getattr(module, name)))
        return
    for name in public_names(module):
        found = attribute_of(module, name)
        if isinstance(found, type):
            yield from entries_of_class(name, found)
        elif callable(found):
            yield function(name, found)
        elif not isinstance(found, types.ModuleType):
            yield attribute(name, "global", module, name, False)


def find(modules, name):
    """The key of the entity path of a name; Python's own names are nobody's."""
    if not (name.startswith("__") and name.endswith("__")):
        for module in modules:
            if hasattr(module, name):
                return "callable" if callable(getattr(module, name)) else "attribute"
    names = [known for module in modules for known in dir(module)]
    raise NotFound(f'there is no "{name}" in {", ".join(map(repr, modules))}{near_name(name, names)}')


def prefixed(prefix, entries):
    for entry in entries:
        key, _, rest = entry["path"].partition("=")
        yield {**entry, "path": f"{key}={prefix}.{rest}"}


def public_names(module):
    """What the module exports: __all__, or else the public names that are its own."""
    if hasattr(module, "__all__"):
        return sorted(set(module.__all__))
    return [name for name in dir(module) if not name.startswith("_") and is_own(module, name)]


def attribute_of(module, name):
    """An attribute; None if it cannot be had, as of a module that imports when it is asked."""
    try:
        return getattr(module, name, None)
    except Exception:
        return None


def is_own(module, name):
    found = attribute_of(module, name)
    if isinstance(found, type) or callable(found):
        home = getattr(found, "__module__", None)
        return home in (module.__name__, None) or home == f"_{module.__name__}"
    return True


def function(path, found, kind="function", tags="", owner=None):
    signature = of_function(found, owner)
    text = signature.pop("text")
    name = path.rpartition(".")[2]
    return {
        "path": f"callable={path}{tags}",
        "kind": kind,
        **signature,
        "declaration": text and ("" if isinstance(found, type) else "def ") + name + text,
        "documentation": documentation(found),
    }


def attribute(path, kind, owner, name, instance_required, tags=""):
    info = of_attribute(owner, name, instance_required)
    self = {"name": "self", "type": "handle", "alias": None, "rank": 0, "optional": False}
    params = [{**self, "alias": qualified(owner)}] if instance_required else []
    value = {**info, "name": None}
    setter = tags.endswith("setter")
    return {
        "path": f"attribute={path}{tags}",
        "kind": kind,
        "params": params + ([info] if setter else []),
        "returns": [] if setter else [value],
        "variadic": False,
        "declaration": None,
        "documentation": None,
    }


def entries_of_class(path, cls):
    yield function(path, cls, "constructor")
    bases = [base for base in cls.__mro__ if base is cls or base.__module__ != "builtins"]
    names = {name: found for base in reversed(bases) for name, found in vars(base).items()}
    annotated = [name for base in bases for name in annotations_of(base)]
    for name in sorted({*names, *annotated}):
        if not name.startswith("_"):
            yield from entries_of_member(f"{path}.{name}", cls, name, names.get(name))


def entries_of_member(path, cls, name, found):
    if isinstance(found, UNBOUND):
        yield function(path, getattr(cls, name), "method")
    elif isinstance(found, property):
        yield from accessors(path, cls, name, found.fset is not None, found.__doc__)
    elif isinstance(found, functools.cached_property):
        yield from accessors(path, cls, name, True, found.__doc__)
    elif inspect.isroutine(found):
        yield function(path, found, "method", ",instance_required", owner=cls)
    elif inspect.isdatadescriptor(found) or found is None:
        yield from accessors(path, cls, name, True, None)
    elif isinstance(found, type):
        yield from entries_of_class(path, found)
    else:
        yield attribute(path, "global", cls, name, False)


def accessors(path, cls, name, writable, text):
    for access in ("getter", "setter") if writable else ("getter",):
        entry = attribute(path, "field", cls, name, True, f",instance_required,{access}")
        yield {**entry, "documentation": text and inspect.cleandoc(text)}


def documentation(found):
    try:
        return inspect.getdoc(found)
    except Exception:
        return None
