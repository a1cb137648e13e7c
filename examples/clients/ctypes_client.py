"""Python's ctypes as a host: it opens libmetaffi at run time and knows only the header's ABI.

    python3 ctypes_client.py <libmetaffi.so>
"""

import ctypes as ct
import sys
import zlib

# Numbers of metaffi.h.
INT32, UINT32, UINT64, STRING8, SIZE, CALLABLE = 16, 256, 512, 4096, 262144, 16777216


class String(ct.Structure):
    _fields_ = [("data", ct.c_char_p), ("length", ct.c_size_t)]


class Payload(ct.Union):
    _fields_ = [
        ("int32", ct.c_int32),
        ("uint32", ct.c_uint32),
        ("uint64", ct.c_uint64),
        ("size", ct.c_size_t),
        ("string", String),
        ("callable", ct.c_void_p),
    ]


class Value(ct.Structure):
    _fields_ = [("type", ct.c_uint64), ("data", Payload)]


class TypeInfo(ct.Structure):
    _fields_ = [("type", ct.c_uint64), ("alias", ct.c_char_p), ("dimensions", ct.c_int64)]


Callback = ct.CFUNCTYPE(ct.c_uint32, ct.c_void_p, ct.POINTER(ct.c_uint64), ct.c_void_p)

lib = ct.CDLL(sys.argv[1] if len(sys.argv) > 1 else "libmetaffi.so.0.1")
lib.metaffi_error_message.restype = ct.c_char_p
lib.metaffi_error_message.argtypes = [ct.c_void_p]


def invoke(name, *arguments):
    """Calls a function whose last parameter is the error; raises that."""
    error = ct.c_void_p()
    if getattr(lib, name)(*arguments, ct.byref(error)) != 0:
        raise RuntimeError(lib.metaffi_error_message(error).decode())


def make(name, *arguments):
    """Calls a function whose last output is a new handle, or another pointer."""
    made = ct.c_void_p()
    invoke(name, *arguments, ct.byref(made))
    return made


def load(module, path):
    none = [None, ct.c_size_t(0)] * 2
    return make("metaffi_entity_load", module, path, *none)


def call(entity, arguments, result_count):
    values = (Value * len(arguments))(*arguments)
    result = Value()
    counts = ct.c_size_t(len(arguments)), ct.c_size_t(result_count)
    invoke("metaffi_entity_call", entity, values, counts[0], ct.byref(result), counts[1])
    return result.data


def zlib_by_values(c):
    module = make("metaffi_module_load", c, b"libz.so.1;zlib.h")
    crc32 = load(module, b"callable=crc32")
    text = b"called from ctypes"
    arguments = [
        Value(UINT64, Payload(uint64=0)),
        Value(STRING8, Payload(string=String(text, len(text)))),
        Value(UINT32, Payload(uint32=len(text))),
    ]
    found = call(crc32, arguments, 1).uint64
    assert found == zlib.crc32(text), found
    print(f"crc32 by values: {found:08x}")

    native = make("metaffi_entity_native", crc32)
    pointer = ct.CFUNCTYPE(ct.c_ulong, ct.c_ulong, ct.c_char_p, ct.c_uint)(native.value)
    assert pointer(0, text, len(text)) == found
    print(f"crc32 natively:  {pointer(0, text, len(text)):08x}")
    lib.metaffi_entity_free(crc32)
    lib.metaffi_module_free(module)


@Callback
def compare(_userdata, frame, _error):
    a, b = (ct.c_int.from_address(frame[i]).value for i in range(2))
    frame[2] = ((a > b) - (a < b)) & 0xFFFFFFFFFFFFFFFF
    return 0


def sort_through_qsort(c):
    module = make("metaffi_module_load", c, b"")
    declaration = b"void qsort(void *, size_t, size_t, int (*)(const void *, const void *));"
    invoke("metaffi_module_declare", module, declaration, ct.c_size_t(len(declaration)))
    qsort = load(module, b"callable=qsort")
    addresses = (TypeInfo * 2)(TypeInfo(SIZE), TypeInfo(SIZE))
    order = TypeInfo(INT32)
    callable_ = make(
        "metaffi_callable_new", compare, addresses, ct.c_size_t(2),
        ct.byref(order), ct.c_size_t(1), None, None,
    )
    numbers = (ct.c_int * 6)(5, 2, 9, -4, 7, 0)
    arguments = [
        Value(SIZE, Payload(size=ct.addressof(numbers))),
        Value(SIZE, Payload(size=len(numbers))),
        Value(SIZE, Payload(size=ct.sizeof(ct.c_int))),
        Value(CALLABLE, Payload(callable=callable_.value)),
    ]
    call(qsort, arguments, 0)
    assert list(numbers) == sorted(numbers), list(numbers)
    print("qsort:", *numbers)
    lib.metaffi_callable_free(callable_)
    lib.metaffi_entity_free(qsort)
    lib.metaffi_module_free(module)


runtime = make("metaffi_runtime_load", b"c", None, ct.c_size_t(0))
zlib_by_values(runtime)
sort_through_qsort(runtime)
lib.metaffi_runtime_free(runtime)
