"""Types of proxies become what their objects are."""

import collections.abc


def finish(kind, names):
    """Makes a type a virtual heir of classes of collections.abc, with the methods that they have."""
    for name in names:
        shape = getattr(collections.abc, name)
        shape.register(kind)
        for heir in shape.__mro__[:-1]:
            for method, function in vars(heir).items():
                # A name of the class's own is what its methods ask for.
                is_private = method.startswith(f"_{heir.__name__}__")
                if is_private or is_lent(kind, method, function):
                    setattr(kind, method, function)
    if "Set" in names:
        kind._from_iterable = set


def is_lent(kind, name, function):
    """Whether a type has to be given a method: one that does something, and is not its own."""
    if not callable(function) or getattr(function, "__isabstractmethod__", False):
        return False
    if name in ("__subclasshook__", "__class_getitem__", "__eq__", "__reversed__"):
        return name == "__reversed__" and not hasattr(kind, name)
    # Not what its own type has, such as the `|` of types.
    own = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    return own is None or own is vars(object).get(name)
