"""`Frame`: a line of a foreign stack."""

from __future__ import annotations

from typing import NamedTuple, Optional


class Frame(NamedTuple):
    """A frame of a foreign stack."""

    #: The function's name, as its language spells it.
    function: str
    #: The source file, where the guest knows it.
    file: Optional[str]  # noqa: UP045
    #: The line in the file, where the guest knows it.
    line: Optional[int]  # noqa: UP045
