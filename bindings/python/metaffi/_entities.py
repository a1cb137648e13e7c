"""`Entities`: what a guest declares, for exploration."""

from __future__ import annotations

from collections.abc import Mapping

from ._errors import MetaFFIError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .libmetaffi import MetaFFIEntity, MetaFFIModule

    _Entities = Mapping[str, MetaFFIEntity]
else:
    _Entities = Mapping


class Entities(_Entities):
    """The entities of a module by path (`callable=crc32`) or by name (`crc32`).

    They are loaded when they are looked up, with the types that the guest declares, and are kept.
    Any path that the module can load is found, whether it is listed or not.
    """

    def __init__(self, module: MetaFFIModule) -> None:
        self._module = module
        self._described: dict[str, dict[str, Any]] | None = None
        self._paths: dict[str, str] = {}
        self._loaded: dict[str, MetaFFIEntity] = {}

    def names(self) -> list[str]:
        """The names that are attributes."""
        self._description()
        return [name for name in self._paths if name.isidentifier()]

    def __getitem__(self, key: str) -> MetaFFIEntity:
        path = self._path(key)
        entity = self._loaded.get(path)
        if entity is None:
            entity = self._loaded[path] = self._load(path, key)
        return entity

    def __getattr__(self, name: str) -> MetaFFIEntity:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        try:
            return self[name]
        except KeyError as missing:
            raise AttributeError(self._missing(name)) from missing.__cause__

    def __setattr__(self, name: str, value: object) -> None:
        own = name.startswith("_") or hasattr(type(self), name)
        if own or not self._write(name, value):
            super().__setattr__(name, value)

    def _write(self, name: str, value: object) -> bool:
        """Writes the variable of that name; False if nothing that is declared is one."""
        described = self._description()
        path = self._paths.get(name, "")
        kind = described.get(path, {}).get("kind")
        if kind == "constant":
            raise AttributeError(f"{name!r} is a constant of {self._module!r}: it is never written")
        if kind == "global":
            self[f"{path},setter"](value)
        return kind == "global"

    def __iter__(self) -> Iterator[str]:
        return iter(self._description())

    def __len__(self) -> int:
        return len(self._description())

    def __contains__(self, key: object) -> bool:
        return key in self._description() or key in self._paths

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.names()})

    def __repr__(self) -> str:
        return f"<{len(self)} entities of {self._module!r}>"

    def _path(self, key: str) -> str:
        if "=" in key:
            return key
        self._description()
        return self._paths.get(key) or self._undescribed(key)

    def _undescribed(self, key: str) -> str:
        """The path of what can be called without being the module's own, such as libc's."""
        if not key.isidentifier():
            raise KeyError(self._missing(key))
        return f"callable={key}"

    def _load(self, path: str, key: str) -> MetaFFIEntity:
        try:
            return self._module.load_entity(path)
        except MetaFFIError as error:
            if key == path or key in self._paths:
                raise
            raise KeyError(self._missing(key)) from error

    def _missing(self, name: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(name, self._paths, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"{self._module!r} declares nothing named {name!r}{hint}"

    def _description(self) -> dict[str, dict[str, Any]]:
        if self._described is None:
            described = {one["path"]: one for one in self._module.describe()["entities"]}
            # What can be called has the name, where others have it too.
            for path in sorted(described, key=lambda path: not path.startswith("callable=")):
                self._paths.setdefault(name_of(path), path)
            self._described = described
        return self._described


def dir_of(module: MetaFFIModule, own: tuple[str, ...]) -> list[str]:
    """What `dir` of a module shows: what every module has, was assigned, and is declared."""
    return sorted({*object.__dir__(module), *own, *module.entities.names()})


def page_of(module: MetaFFIModule) -> str:
    """What `help` shows of a module: what it is, and how all that is in it is declared."""
    described = module.describe()
    parts = [f"Module {module.module_path!r} of runtime {described['runtime']}"]
    kinds: dict[str, list[str]] = {}
    for one in described["entities"]:
        kinds.setdefault(one["kind"], []).append(declaration_of(one))
    for one in described.get("types", ()):
        kinds.setdefault("type", []).append(one["name"])
    for kind, declarations in kinds.items():
        heading = "Variables:" if kind == "global" else f"{kind.capitalize()}s:"
        parts.append("\n    ".join([heading, *declarations]))
    return "\n\n".join(parts)


def declaration_of(described: dict[str, Any]) -> str:
    """How what is described is declared, or its name with its value or its type."""
    if described.get("declaration"):
        return str(described["declaration"])
    name = name_of(described["path"].partition(",")[0])
    if described.get("value") is not None:
        return f"{name} = {described['value']!r}"
    types = [one.get("alias") or one["type"] for one in described.get("returns", ())]
    return ": ".join([name, *types])


def name_of(path: str) -> str:
    """The name in an entity path: the values of its keys, with dots between them."""
    values, value, escaped, in_value = [], "", False, False
    for character in path + ",":
        if escaped:
            value, escaped = value + character, False
        elif character == "\\":
            escaped = True
        elif character == ",":
            if in_value:
                values.append(value)
            value, in_value = "", False
        elif character == "=" and not in_value:
            value, in_value = "", True
        else:
            value += character
    return ".".join(values)
