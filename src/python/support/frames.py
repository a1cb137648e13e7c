"""The source of frames of other languages, where tracebacks look for it."""

import linecache
import os

# Of no file more lines are known.
_MOST = 100_000


class _Lines(list):
    """Those of a file that nobody here can read."""


def show(file, line, text):
    """Says what a line of a file is, unless the file is here."""
    known = linecache.cache.get(file, ())
    lines = known[2] if len(known) == 4 else None
    if not 0 < line <= _MOST or known and type(lines) is not _Lines:
        return
    if not known:
        if os.path.exists(file):
            return
        lines = _Lines()
        linecache.cache[file] = (1, None, lines, file)
    lines.extend(["\n"] * (line - len(lines)))
    lines[line - 1] = text + "\n"
