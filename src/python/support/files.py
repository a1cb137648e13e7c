"""Files of Python, as the streams of C's library see them."""

import fcntl
import io
import os


def prepared(file):
    """A file's descriptor, and the mode of a stream of it, which begins where the program is: what
    Python has still to write is written, and what it has read ahead is forgotten."""
    raw = getattr(file, "buffer", file)
    raw = getattr(raw, "raw", raw)
    if not isinstance(raw, io.RawIOBase):
        raise TypeError("it is no file of the system: C reads and writes descriptors")
    file.flush()
    readable, writable = file.readable(), file.writable()
    if readable and file.seekable():
        place = file.tell()
        file.seek(0, os.SEEK_END)
        file.seek(place)
    descriptor = file.fileno()
    appends = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND
    if not writable:
        return descriptor, "r"
    return descriptor, ("a" if appends else "r" if readable else "w") + ("+" if readable else "")
