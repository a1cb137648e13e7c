"""What is on this machine, and where the package keeps its files."""

from __future__ import annotations

import os

from . import libmetaffi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def doctor() -> list[dict[str, Any]]:
    """What each runtime needs and finds on this machine, and what to do about what is missing.

    The same as `metaffi doctor --json` prints.
    """
    import json

    report: list[dict[str, Any]] = json.loads(libmetaffi.doctor())
    return report


def library_path() -> str:
    """The path of libmetaffi, for programs that link or open it."""
    return os.path.abspath(libmetaffi.__file__)


def include_dir() -> str:
    """The directory of `metaffi.h` and `metaffi.hpp`."""
    package = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(package, "include")
    if os.path.isdir(installed):
        return installed
    # Run from the sources.
    return os.path.normpath(os.path.join(package, "..", "..", "..", "include"))
