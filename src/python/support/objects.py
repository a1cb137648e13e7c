"""What objects are and can do: asked once for each type, or where something has failed."""

import collections.abc
import datetime
import functools
import numbers
import sys
import types

# What is inherited by being a subclass, or by being registered as one.
_BASES = {
    "sequence": collections.abc.Sequence,
    "mutable_sequence": collections.abc.MutableSequence,
    "mapping": collections.abc.Mapping,
    "set": collections.abc.Set,
    "error": BaseException,
    "type": type,
    "module": types.ModuleType,
    "number": numbers.Number,
    "text": str,
    "bytes": (bytes, bytearray),
    "null": type(None),
    "boolean": bool,
    "date": datetime.date,
    "time": (datetime.time, datetime.datetime),
    "zone": datetime.tzinfo,
    "duration": datetime.timedelta,
}

# The same of types that nobody can import who has not met them.
_NAMED = {
    ("numpy", "bool"): ["boolean"],
    ("numpy", "bool_"): ["boolean"],
    ("numpy", "datetime64"): ["date", "time"],
    ("numpy", "timedelta64"): ["duration"],
    ("builtins", "PyCapsule"): ["pointer"],
}

# Special methods that are all there is to a capability.
_METHODS = {
    "length": ["__len__"],
    "next": ["__next__"],
    "iterate_async": ["__aiter__"],
    "next_async": ["__anext__"],
    "await": ["__await__"],
    "call": ["__call__"],
    "hash": ["__hash__"],
    "enter": ["__enter__", "__exit__"],
    "enter_async": ["__aenter__", "__aexit__"],
    "send": ["send", "throw", "close"],
    "dlpack": ["__dlpack__", "__dlpack_device__"],
    "arrow_array": ["__arrow_c_array__"],
    "arrow_stream": ["__arrow_c_stream__"],
    "arrow_schema": ["__arrow_c_schema__"],
}

_ORDERED = {bytearray, bytes, float, frozenset, int, list, set, str, tuple}
# Objects of more items are not compared with themselves to find out.
_FEW = 4096
_Wrapper = type(object.__lt__)
_mro = type.__dict__["__mro__"].__get__
_vars = type.__dict__["__dict__"].__get__
_dictoffset = type.__dict__["__dictoffset__"].__get__
_ABSENT = object()


def _find(cls, name):
    """What a class has of a name, and which of its bases says so; nothing is bound."""
    for base in _mro(cls):
        found = _vars(base).get(name, _ABSENT)
        if found is not _ABSENT:
            return found, base
    return None, None


def _is(cls, base):
    try:
        return issubclass(cls, base)
    except Exception:
        return False


def _orders(instance, cls):
    for name in ("__lt__", "__le__", "__gt__", "__ge__"):
        found, base = _find(cls, name)
        if found is None or base is object:
            continue
        if base in _ORDERED or type(found) is not _Wrapper:
            return True
        # Written in C: all six are there if one is.
        try:
            if _find(cls, "__len__")[0] is not None and len(instance) > _FEW:
                return True
            return found(instance, instance) is not NotImplemented
        except TypeError:
            return False
        except Exception:
            return True
    return False


def _writes(cls):
    """Whether attributes are written, and deleted, and the descriptors of C that may tell more."""
    parameters = _find(cls, "__dataclass_params__")[0]
    if getattr(parameters, "frozen", False):
        return False, False, []
    if _dictoffset(cls) or _find(cls, "__setattr__")[1] is not object:
        return True, True, []
    writes, deletes, doubtful = False, False, []
    for base in _mro(cls):
        for name, found in _vars(base).items():
            kind = type(found)
            if name in ("__class__", "__dict__", "__weakref__") or _find(cls, name)[0] is not found:
                continue
            if kind is property:
                writes |= found.fset is not None
                deletes |= found.fdel is not None
            elif kind is types.MemberDescriptorType or kind is types.GetSetDescriptorType:
                is_slot = kind is types.MemberDescriptorType and "__slots__" in _vars(base)
                writes |= is_slot
                deletes |= is_slot
                doubtful.append(found)
            else:
                writes |= _find(kind, "__set__")[0] is not None
                deletes |= type(_find(kind, "__delete__")[0]) is types.FunctionType
    return writes, deletes, [] if writes else doubtful


def abilities(instance, has_positions, shows_memory):
    """The names of what all objects of a type can do, and the descriptors of `_writes`."""
    cls = type(instance)
    can = {"read_attributes", "list_members"}
    can.update(name for name, base in _BASES.items() if _is(cls, base))
    can.update(_NAMED.get((cls.__module__, cls.__name__), []))
    ctypes = sys.modules.get("_ctypes")
    if ctypes and _is(cls, (ctypes._Pointer, ctypes.CFuncPtr)):
        can.add("pointer")
    if "boolean" in can:
        can.discard("number")

    def has(*names):
        return all(_find(cls, name)[0] is not None for name in names)

    can.update(name for name, methods in _METHODS.items() if has(*methods))
    writes, deletes, doubtful = _writes(cls)
    can.update(["write_attributes"] * writes + ["delete_attributes"] * deletes)

    deletion = _find(cls, "__delitem__")[0]
    is_mutable = _is(cls, (collections.abc.MutableSequence, collections.abc.MutableMapping))
    # The type's slot is one for both; memory has nothing that could be deleted.
    deletes = is_mutable or type(deletion) is not _Wrapper or not shows_memory
    # Numbers of numpy have the methods of its arrays, and no items.
    is_scalar = not can.isdisjoint(["number", "boolean"])
    kinds = ["entries"] * ("sequence" not in can) + ["items"] * ("mapping" not in can)
    for kind in kinds * (not is_scalar):
        can.update(["read_" + kind] * has("__getitem__") + ["write_" + kind] * has("__setitem__"))
        can.update(["delete_" + kind] * (deletion is not None and deletes))

    by_position = has_positions and has("__getitem__") and "pointer" not in can
    iterable = has("__iter__") or by_position and _find(cls, "__iter__")[1] is None
    iterable = iterable and not is_scalar
    asks_items = iterable and "next" not in can and _find(cls, "__contains__")[1] is None
    can.update(["iterate"] * iterable + ["contain"] * (has("__contains__") or asks_items))
    can.update(["order"] * _orders(instance, cls) + ["buffer"] * shows_memory)
    return list(can), doubtful


def fits(number):
    """The names of the types that hold a number exactly."""
    if isinstance(number, numbers.Complex) and not isinstance(number, numbers.Real):
        return []
    names, near = [], number
    try:
        near = float(number)
    except OverflowError:
        return []
    except Exception:
        pass
    try:
        # What is beyond may be written short, and be long as an int.
        if -(2.0**63) <= near <= 2.0**64:
            whole = int(number)
            # No integer is a zero with a sign.
            if bool(whole == number) and (whole or not str(number).startswith("-")):
                names += ["fits_int64"] * (-(1 << 63) <= whole < 1 << 63)
                names += ["fits_uint64"] * (0 <= whole < 1 << 64)
        is_float = isinstance(near, float) and bool(near == number or isinstance(number, float))
        names += ["fits_float64"] * is_float
    except Exception:
        pass
    return names


def _own(instance, name):
    """What is found of a name without asking anybody, and whether it is the instance's own."""
    if isinstance(instance, type):
        found, base = _find(instance, name)
        if base is not None:
            return found, True
    found, base = _find(type(instance), name)
    if base is None or not hasattr(type(found), "__set__"):
        own = _instance_dict(instance)
        if type(name) is str and name in own:
            return own[name], True
    return (_ABSENT if base is None else found), False


def _instance_dict(instance):
    try:
        own = object.__getattribute__(instance, "__dict__")
    except Exception:
        return {}
    return own if isinstance(own, dict) else {}


def is_there(instance, name):
    """Whether there is such an attribute, found without asking anybody.

    A slot may be empty, and what C code says of its attributes is what it knows.
    """
    found, _ = _own(instance, name)
    return found is not _ABSENT and not isinstance(
        found, (types.MemberDescriptorType, types.GetSetDescriptorType)
    )


_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.ClassMethodDescriptorType,
    classmethod,
    staticmethod,
    functools.partialmethod,
)


def members(instance):
    """The names that `dir` lists, each with what it is; no attribute is read."""

    def kind(name):
        found, is_own = _own(instance, name)
        if isinstance(found, _FUNCTIONS):
            return "method"
        if isinstance(found, type):
            return "type"
        if isinstance(found, types.ModuleType):
            return "module"
        computed = not is_own and _find(type(found), "__get__")[0] is not None
        return "property" if computed else "attribute"

    names = [name for name in dir(instance) if type(name) is str]
    return names, [kind(name) for name in names]


def entries(instance):
    """An iterator of keys and values in turn."""
    import itertools

    return itertools.chain.from_iterable(instance.items())


# What code is found by, one after the other.
_WRITTEN = ("__wrapped__", "__func__", "__code__", "gi_code", "cr_code", "ag_code", "f_code")


def _written(instance):
    """What something is a form of that has a place: its function, its code. Nobody is asked for it."""
    if isinstance(instance, functools.partial):
        return instance.func
    for name in _WRITTEN[:1] if isinstance(instance, type) else _WRITTEN:
        found, is_own = _own(instance, name)
        if found is not _ABSENT:
            return found if is_own else getattr(instance, name, _ABSENT)
    return _ABSENT


def source(instance):
    """The file and the line where something is written; None if nobody knows."""
    import inspect

    met = []
    while instance is not _ABSENT and not any(instance is one for one in met):
        met.append(instance)
        instance = _written(instance)
    instance = met[-1]
    if type(instance) is types.CodeType:
        return instance.co_filename, instance.co_firstlineno
    if isinstance(instance, types.ModuleType):
        file = _instance_dict(instance).get("__file__")
        return (file, 0) if isinstance(file, str) else None
    if isinstance(instance, type):
        try:
            _, line = inspect.findsource(instance)
            return inspect.getsourcefile(instance), line + 1
        except (OSError, TypeError):
            return None
    return None
