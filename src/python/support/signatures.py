"""Types of parameters and returns, from annotations."""

import collections.abc
import functools
import inspect
import json
import keyword
import sys
import types
import typing

SCALARS = {
    int: ("int64", None, 0),
    float: ("float64", None, 0),
    bool: ("bool", None, 0),
    str: ("string8", None, 0),
    bytes: ("uint8_array", "bytes", 1),
    bytearray: ("uint8_array", "bytearray", 1),
    memoryview: ("uint8_array", None, 1),
}

ARRAYS = (list, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection)

ANY = ("any", None, 0)

# What a class hands out without asking for an object.
UNBOUND = (staticmethod, classmethod, types.ClassMethodDescriptorType)

# Classes whose objects travel as what they are, in a value of type any.
VALUES = {
    ("builtins", "complex"),
    ("builtins", "object"),
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("datetime", "datetime"),
    ("datetime", "date"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("uuid", "UUID"),
}


def type_of(hint):
    """The type, the foreign name and the rank that stand for an annotation."""
    hint = unwrapped(hint)
    if hint is inspect.Parameter.empty or hint is typing.Any or isinstance(hint, str):
        return ANY
    if hint is None or hint is type(None):
        return ("null", None, 0)
    if isinstance(hint, type) and hint in SCALARS:
        return SCALARS[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is typing.Callable or collections.abc.Callable in (hint, origin):
        return ("callable", None, 0)
    if origin in ARRAYS or origin is tuple and arguments[1:] == (...,):
        return array_of(arguments[0])
    if origin is None and isinstance(hint, type) and (hint.__module__, hint.__name__) not in VALUES:
        return class_type(hint)
    return ANY


def unwrapped(hint):
    """What an annotation says that only adds a name, or when it may be written."""
    for _ in range(8):
        if typing.get_origin(hint) in (typing.ClassVar, typing.Final):
            (hint,) = typing.get_args(hint)
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        elif typing.get_origin(hint) is typing.Literal:
            kinds = {type(value) for value in typing.get_args(hint)}
            hint = kinds.pop() if len(kinds) == 1 else typing.Any
        else:
            break
    return hint


def class_type(hint):
    import enum

    if issubclass(hint, (list, tuple, dict, set, frozenset, int, float, str, enum.Enum)):
        return ANY
    return ("handle", qualified(hint), 0)


def array_of(hint):
    name, alias, rank = type_of(hint)
    if name in ("null", "any") or alias in ("bytes", "bytearray"):
        return ("any_array", None, 1)
    if name.endswith("_array"):
        return (name, None, rank + 1)
    return (f"{name}_array", alias, 1)


def qualified(cls):
    module = cls.__module__
    return cls.__qualname__ if module == "builtins" else f"{module}.{cls.__qualname__}"


def hints_of(function):
    try:
        return typing.get_type_hints(function)
    except Exception:
        # A name that cannot be resolved: what is not text is still known.
        return annotations_of(function)


def annotations_of(thing):
    """Annotations as they are; names that cannot be resolved stand for themselves."""
    try:
        if sys.version_info >= (3, 14):
            import annotationlib

            return annotationlib.get_annotations(thing, format=annotationlib.Format.FORWARDREF)
        return dict(getattr(thing, "__annotations__", None) or {})
    except Exception:
        return {}


def signature_of(function):
    if sys.version_info >= (3, 14):
        import annotationlib

        forward = annotationlib.Format.FORWARDREF
        return inspect.signature(function, annotation_format=forward)
    return inspect.signature(function)


def returns_of(hint):
    if hint is None or hint is type(None) or hint is typing.NoReturn:
        return []
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and arguments and ... not in arguments:
        return [type_of(argument) for argument in arguments]
    return [type_of(hint)]


def parameter(name, info, optional=False):
    kind, alias, rank = info
    return {"name": name, "type": kind, "alias": alias, "rank": rank, "optional": optional}


def of_function(function, owner=None):
    """The signature of a function; `owner` is the class of the object that comes first."""
    constructed = function if isinstance(function, type) else None
    first = [parameter("self", ("handle", qualified(owner), 0))] if owner else []
    result = [("handle", qualified(constructed), 0)] if constructed else [ANY]
    try:
        signature = signature_of(function)
    except (TypeError, ValueError):
        # A builtin that does not say: it takes what it is given.
        return {"params": first, "returns": returned(result), "variadic": True, "text": None}
    hints = hints_of(annotated_of(function))
    params, variadic = list(first), False
    skip = 1 if owner and not is_static(owner, function) else 0
    for item in list(signature.parameters.values())[skip:]:
        if item.kind is item.VAR_POSITIONAL:
            variadic = True
        elif item.kind in (item.POSITIONAL_ONLY, item.POSITIONAL_OR_KEYWORD):
            hint = hints.get(item.name, item.annotation)
            params.append(parameter(item.name, type_of(hint), item.default is not item.empty))
    if not constructed and "return" in hints and not is_coroutine(function):
        result = returns_of(hints["return"])
    text = str(signature)
    return {"params": params, "returns": returned(result), "variadic": variadic, "text": text}


def annotated_of(function):
    """What has the annotations of what is called."""
    if isinstance(function, type):
        return function.__init__
    while isinstance(function, functools.partial):
        function = function.func
    # An object has annotations of its own for its attributes; those of methods are the method's.
    if hasattr(function, "__code__") or hasattr(function, "__wrapped__"):
        return function
    return getattr(type(function), "__call__", function)


def is_coroutine(function):
    """Whether a call only makes what gives the annotated result when it is awaited."""
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def is_static(owner, function):
    """Whether the class hands the function out without asking for the object."""
    name = getattr(function, "__name__", "")
    found = inspect.getattr_static(owner, name, None)
    return isinstance(found, UNBOUND)


def returned(infos):
    return [parameter(None, info) for info in infos if info[0] != "null"]


def getter_of(found):
    """The function that computes a property, if it is one that is known."""
    if isinstance(found, property):
        return found.fget
    return found.func if isinstance(found, functools.cached_property) else None


def of_attribute(owner, name, instance_required):
    """The type of an attribute: annotated, a property's, or else any."""
    found = inspect.getattr_static(owner, name, None)
    getter = getter_of(found)
    if instance_required and getter is not None:
        hint = hints_of(getter).get("return", typing.Any)
    else:
        hint = hints_of(owner).get(name, typing.Any)
    info = type_of(hint)
    return parameter(name, ANY if info[0] == "null" else info)


def function_json(*arguments):
    """The signature of a function as text."""
    return json.dumps(of_function(*arguments))


def attribute_json(*arguments):
    """The type of an attribute as text."""
    return json.dumps(of_attribute(*arguments))


def names_in(annotations):
    """The names in annotations that are text; None if what they say depends on more than those."""
    names = set()
    for hint in annotations.values():
        if not isinstance(hint, str):
            if has_text(hint):
                return None
            continue
        try:
            names.update(compile(hint, "<annotation>", "eval").co_names)
        except SyntaxError:
            return None
    return sorted(names)


def has_text(hint):
    """Whether an annotation has something in its brackets that is text, which is yet to be read."""
    inner = getattr(hint, "__args__", None) or ()
    if not isinstance(inner, tuple):
        return True
    return any(isinstance(one, (str, typing.ForwardRef)) or has_text(one) for one in inner)


def text_signature(names, types, returned, is_variadic, required, called):
    """The signature object of a function with parameters of these names and types.

    One without a name, or with one that no argument can have in Python, is given by its position.
    A function that takes any arguments has those that are required, and others. One that calls a
    function of Python's has that one's parameters besides, and its kinds and defaults.
    """
    returns = None if not returned else returned[0] if len(returned) == 1 else tuple(returned)
    shown = called and shown_signature(called, dict(zip(names, types)), is_variadic)
    if shown:
        return shown.replace(return_annotation=returns)
    named = [name.isidentifier() and not keyword.iskeyword(name) for name in names]
    known = [name if named[at] else f"arg{at}" for at, name in enumerate(names)]
    parameter = inspect.Parameter
    by_name = parameter.POSITIONAL_OR_KEYWORD
    rest = parameter(free_name("args", known), parameter.VAR_POSITIONAL)
    if required is not None:
        defaults = [parameter.empty if at < required else ... for at in range(len(known))]
        shown = [parameter(name, by_name, default=of) for name, of in zip(known, defaults)]
        names = parameter(free_name("kwargs", known), parameter.VAR_KEYWORD)
        return inspect.Signature([*shown, rest, names])
    kind = by_name if all(named) else parameter.POSITIONAL_ONLY
    shown = [parameter(name, kind, annotation=of) for name, of in zip(known, types)]
    return inspect.Signature([*shown, *[rest] * is_variadic], return_annotation=returns)


def shown_signature(called, types, is_variadic):
    """The signature object of a function whose first parameters have these types, by name; None if
    they are not its own. Unless it is variadic, others are given by name alone."""
    try:
        own = inspect.signature(called).parameters
    except (TypeError, ValueError):
        return None
    if [*own][: len(types)] != [*types]:
        return None
    shown = []
    for name, one in own.items():
        if name in types:
            one = one.replace(annotation=types[name])
        elif not is_variadic and one.kind in (one.POSITIONAL_ONLY, one.VAR_POSITIONAL):
            continue
        elif not is_variadic and one.kind == one.POSITIONAL_OR_KEYWORD:
            one = one.replace(kind=one.KEYWORD_ONLY)
        shown.append(one)
    return inspect.Signature(shown)


def free_name(wanted, taken):
    """A name like the wanted one that nothing has."""
    while wanted in taken:
        wanted = f"_{wanted}"
    return wanted


def told_signature(text):
    """The signature object of text such as "(one, two=2)"; of anything else, of any arguments."""
    try:
        return parsed_signature(text)
    except (AttributeError, SyntaxError, ValueError):
        parameter = inspect.Parameter
        rest = [("args", parameter.VAR_POSITIONAL), ("kwargs", parameter.VAR_KEYWORD)]
        return inspect.Signature([parameter(name, kind) for name, kind in rest])


def parsed_signature(text):
    """The signature object of text; nothing in it runs, and defaults that are no literals are `...`."""
    import ast

    parameter = inspect.Parameter
    (function,) = ast.parse(f"def function{text}: pass").body
    given = function.args

    def made(kind, arguments, defaults):
        for argument, default in zip(arguments, defaults):
            hint = ast.unparse(argument.annotation) if argument.annotation else parameter.empty
            try:
                default = parameter.empty if default is None else ast.literal_eval(default)
            except ValueError:
                default = ...
            yield parameter(argument.arg, kind, default=default, annotation=hint)

    by_position = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(by_position) - len(given.defaults)) + given.defaults
    only = len(given.posonlyargs)
    return inspect.Signature(
        [
            *made(parameter.POSITIONAL_ONLY, by_position[:only], defaults[:only]),
            *made(parameter.POSITIONAL_OR_KEYWORD, by_position[only:], defaults[only:]),
            *made(parameter.VAR_POSITIONAL, [given.vararg] * bool(given.vararg), [None]),
            *made(parameter.KEYWORD_ONLY, given.kwonlyargs, given.kw_defaults),
            *made(parameter.VAR_KEYWORD, [given.kwarg] * bool(given.kwarg), [None]),
        ],
        return_annotation=ast.unparse(function.returns) if function.returns else parameter.empty,
    )
