"""Calls from Python: metaffi's package beside a hand-written extension, ctypes and CFFI."""
