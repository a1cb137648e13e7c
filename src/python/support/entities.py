"""What an entity is bound to, and the wrappers that spread arguments."""

from .loading import NotFound, Syntax, TypeMismatch, existing, find, holder, what


def function(modules, path, instance_required):
    """What a callable's path names: its owner if it is looked up on each object, and itself."""
    owner, name, found = find(modules, path)
    if not callable(found):
        raise TypeMismatch(
            f'"{path}" is {what(found)}, which cannot be called; load it as attribute={path}'
        )
    # __new__ takes the class, which does not look it up on itself as an object would.
    dispatched = instance_required and isinstance(owner, type) and name != "__new__"
    return owner if dispatched else None, name, found


def method(name):
    """Calls a method of its first argument."""

    def call(self, *args, **kwargs):
        return getattr(self, name)(*args, **kwargs)

    call.__name__ = call.__qualname__ = name
    return call


def spread(function, varargs, named):
    """The function for one whose last arguments hold further ones: positional ones in one
    argument, named ones in a mapping or as names and values."""

    def call(*args):
        if named == "pairs":
            *args, names, values = args
            if len(names) != len(values):
                raise TypeError(f"{len(names)} argument names given for {len(values)} values")
            kwargs = dict(zip(names, values))
        elif named == "mapping":
            *args, kwargs = args
            kwargs = {} if kwargs is None else dict(kwargs)
        else:
            kwargs = {}
        if varargs:
            *args, rest = args
            args = [*args, *(() if rest is None else rest)]
        return function(*args, **kwargs)

    call.__name__ = call.__qualname__ = getattr(function, "__name__", "call")
    return call


def attribute(modules, path, instance_required, setter):
    """The owner and the name of an attribute; the owner is the class if it is an object's."""
    owner, name = holder(modules, path)
    if instance_required:
        if not isinstance(owner, type):
            raise TypeMismatch(
                f'"{path}" is an attribute of {what(owner)}: instance_required goes with '
                "attribute=Class.name"
            )
    elif not setter:
        existing(owner, name)
    return owner, name


def source(modules, text, mode, own_namespace):
    """A function that evaluates or executes source text; its arguments are the tuple args."""
    namespace = {"__builtins__": __builtins__} if own_namespace else modules[0].__dict__
    try:
        code = compile(text, f"<{mode}>", mode)
    except SyntaxError as error:
        raise Syntax(f"{mode}: line {error.lineno}: {error.msg}: {error.text or text}") from error
    except ValueError as error:
        raise Syntax(f"{mode}: {error}") from error
    if mode == "exec":
        return lambda: exec(code, namespace)
    return lambda *args: eval(code, namespace, {"args": args}) if args else eval(code, namespace)
