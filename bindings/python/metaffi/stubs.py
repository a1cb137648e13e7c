"""Type stubs of a module: `python -m metaffi.stubs 'libz.so.1;zlib.h' > zlib.pyi`.

They are those of a Python module that is the module itself, such as one with these lines alone:

    import sys, metaffi
    sys.modules[__name__] = metaffi.MetaFFIRuntime("c").load_module("libz.so.1;zlib.h")
"""

from __future__ import annotations

import argparse
import keyword
import sys

from ._entities import name_of
from .libmetaffi import MetaFFIHandle, MetaFFIModule, MetaFFIRuntime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

_HEAD = '''\
"""What module {path!r} of runtime {runtime} declares, as metaffi.stubs found it."""

from typing import Any, Callable, Literal, overload

from metaffi import MetaFFIHandle, MetaFFIModule

_module: MetaFFIModule
'''

# What is given for text: in C for a `const char *`.
_TEXT = "str | bytes | bytearray | MetaFFIHandle | int | None"

# What is given for a parameter, and what a call gives back, where both are not the same.
_GIVEN = {"string8": _TEXT, "string16": "str | None", "string32": "str | None"}
_GIVEN_BACK = {
    "string8": "str | None",
    "string16": "str | None",
    "string32": "str | None",
    "handle": "MetaFFIHandle | None",
    "callable": "Callable[..., Any] | None",
    "uint8_array": "bytes",
    "int8_array": "bytes",
}


def stubs(module: MetaFFIModule) -> str:
    """The text of a stub file for a module."""
    own = [name for name in dir(MetaFFIModule) if not name.startswith("_")]
    lines = [_HEAD.format(path=module.module_path, runtime=module.runtime.runtime_plugin)]
    description = module.describe()
    classes = _Classes(description.get("types", []))
    lines += [f"{name} = _module.{name}" for name in own if name != "new" or not classes]
    lines += classes.stubs()
    for entity in description["entities"]:
        name = name_of(entity["path"])
        if name.isidentifier() and name not in own:
            lines += ["", *_entity(name, entity, classes)]
    return "\n".join(lines) + "\n"


class _Classes:
    """A class for each struct and union: of what `new` makes of it. Python has none of those names."""

    def __init__(self, types: Sequence[dict[str, Any]]) -> None:
        self._records = {one["name"]: one for one in types if one.get("fields")}
        self._names = {
            name: "_" + "".join(one if one.isalnum() else "_" for one in name)
            for name in self._records
        }
        targets = {one["name"]: one["target"] for one in types if "target" in one}
        for name, target in targets.items():
            while target in targets:
                target = targets[target]
            if target in self._records:
                self._names.setdefault(name, self._names[target])

    def __len__(self) -> int:
        return len(self._records)

    def of(self, spelled: str | None) -> str | None:
        """What a value of a C type, or a pointer to one, is."""
        name = (spelled or "").removeprefix("const ")
        if not name.endswith("*"):
            return self._names.get(name)
        pointed = self._names.get(name[:-1].strip())
        return pointed and f"{pointed} | None"

    def stubs(self) -> Iterator[str]:
        """The lines of the classes, and those of `new`, which makes instances."""
        for name, record in self._records.items():
            yield from ("", f"# {name}", f"class {self._names[name]}(MetaFFIHandle):")
            fields = list(self._fields(record["fields"]))
            yield from (f"    {line}" for line in fields or ["..."])
        if self:
            for name in sorted(self._names):
                given = f"type: Literal[{name!r}], initial: object = None"
                yield from ("", "@overload", f"def new({given}) -> {self._names[name]}: ...")
            yield from (
                "@overload",
                "def new(type: str, initial: object = None) -> MetaFFIHandle: ...",
            )

    def _fields(self, fields: Sequence[dict[str, Any]]) -> Iterator[str]:
        for field in fields:
            name = field.get("name", "")
            # What begins with two underscores would be mangled in a class.
            usable = name.isidentifier() and not name.startswith("__")
            if usable and not keyword.iskeyword(name):
                hides = "  # type: ignore" if hasattr(MetaFFIHandle, name) else ""
                yield f"{name}: {_value(field, self)}{hides}"
            elif not name:
                yield from self._fields(field.get("fields", []))


def _entity(name: str, entity: dict[str, Any], classes: _Classes) -> Iterator[str]:
    if entity.get("declaration"):
        yield from (f"# {line}" for line in entity["declaration"].splitlines())
    if keyword.iskeyword(name):
        yield f"# A word of Python's own: getattr(module, {name!r})"
    elif "returns" not in entity:
        yield f"# Nothing declares {name}: give its types to load_entity."
    elif entity["kind"] in ("constant", "global"):
        yield f"{name}: {_returned(entity['returns'], classes)}"
    else:
        returned = _returned(entity["returns"], classes)
        yield f"def {name}({_parameters(entity)}) -> {returned}: ..."


def _parameters(entity: dict[str, Any]) -> str:
    parameters = entity.get("params", [])
    names = [parameter.get("name", "") for parameter in parameters]
    usable = len({*names}) == len(names) and all(
        name.isidentifier() and not keyword.iskeyword(name) for name in names
    )
    if not usable:
        names = [f"_{index}" for index in range(len(names))]
    texts = [f"{name}: {_given(one['type'])}" for name, one in zip(names, parameters)]
    if texts and not usable:
        texts.append("/")
    if entity.get("variadic"):
        texts.append("*_more: Any")
    return ", ".join(texts)


def _given(type_name: str) -> str:
    return _GIVEN.get(type_name) or _number(type_name) or "Any"


def _returned(returns: Sequence[dict[str, Any]], classes: _Classes) -> str:
    texts = [_value(one, classes) for one in returns]
    if len(texts) > 1:
        return f"tuple[{', '.join(texts)}]"
    return texts[0] if texts else "None"


def _value(one: dict[str, Any], classes: _Classes) -> str:
    known = classes.of(one.get("alias")) if one["type"] in ("handle", "any") else None
    if one["type"] == "handle" and not known and not one.get("alias", "*").endswith("*"):
        known = "MetaFFIHandle"
    found = known or _GIVEN_BACK.get(one["type"]) or _number(one["type"])
    return found or ("list[Any]" if one["type"].endswith("_array") else "Any")


def _number(type_name: str) -> str | None:
    if type_name == "bool":
        return "bool"
    if type_name in ("char8", "char16", "char32"):
        return "str"
    if type_name in ("float32", "float64"):
        return "float"
    is_integer = type_name.startswith(("int", "uint", "size")) and "array" not in type_name
    return "int" if is_integer else None


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the stubs of the module that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m metaffi.stubs", description="Type stubs.")
    parser.add_argument("path", help="the module's path, as load_module takes it")
    parser.add_argument("--runtime", default="c", help="the runtime that loads it (c)")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the module, such as include_dirs=/opt/include; may be repeated",
    )
    given = parser.parse_args(arguments)
    options: dict[str, list[str]] = {}
    for option in given.option:
        name, _, value = option.partition("=")
        options.setdefault(name, []).append(value)
    module = MetaFFIRuntime(given.runtime).load_module(given.path, **options)
    sys.stdout.write(stubs(module))


if __name__ == "__main__":
    main()
