"""The part of metaffi's Python runtime that is written in Python: it runs when something is
loaded or described, not when it is called."""
