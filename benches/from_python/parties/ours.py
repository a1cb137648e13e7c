"""metaffi: the same entity with and without the tag `hold_gil`."""

import metaffi
from metaffi import MetaFFITypes, metaffi_type_info
from ..rows import HELD, RELEASED
from ..timing import statement

from . import DOUBLES, MIXED, TEXTS, Refusal, add, array, raising, refuse

INTEGER = metaffi_type_info(MetaFFITypes.metaffi_int64_type)
REAL = metaffi_type_info(MetaFFITypes.metaffi_float64_type)
TEXT = metaffi_type_info(MetaFFITypes.metaffi_string8_type)
SIZE = metaffi_type_info(MetaFFITypes.metaffi_size_type)
HANDLE = metaffi_type_info(MetaFFITypes.metaffi_handle_type)
CALLABLE = metaffi_type_info(MetaFFITypes.metaffi_callable_type)
ANY = metaffi_type_info(MetaFFITypes.metaffi_any_type)
REALS = metaffi_type_info(MetaFFITypes.metaffi_float64_array_type, dims=1)


def variant(module, tag):
    def load(name, parameters, *returns):
        return module.load_entity(f"callable=guest_{name}{tag}", parameters, returns)

    yield "nop", statement("f()", f=load("nop", []))
    yield "add", statement("f(1000, 2000)", f=load("add", [INTEGER, INTEGER], INTEGER))
    yield "multiply", statement("f(1.5, 2.5)", f=load("multiply", [REAL, REAL], REAL))
    echo = load("echo", [TEXT], TEXT)
    for what, text in TEXTS.items():
        yield what, statement("f(text)", f=echo, text=text)
    total = load("sum", [REALS, SIZE], REAL)
    if array() is not None:
        yield "sum buffer", statement("f(values, 10000)", f=total, values=array())
    yield "sum list", statement("f(values, 10000)", f=total, values=DOUBLES)
    counter = load("counter_next", [], HANDLE)()
    increment = load("counter_increment", [HANDLE], INTEGER)
    yield "method", statement("increment(counter)", increment=increment, counter=counter)
    fold = load("fold", [CALLABLE, SIZE], INTEGER)
    callback = metaffi.make_metaffi_callable(add)
    yield "callback", statement("fold(callback, 1)", fold=fold, callback=callback)


def others(module, python):
    counter = module.load_entity("callable=guest_counter_constant", None, None)()
    yield "field", statement("counter.value", counter=counter)
    fold = module.load_entity("callable=guest_fold", [CALLABLE, SIZE], [INTEGER])
    yield (
        "raise through",
        raising(
            "fold(callback, 1)",
            fold=fold,
            Refusal=Refusal,
            callback=metaffi.make_metaffi_callable(refuse),
        ),
    )
    call = python.load_entity("callable=add", [INTEGER, INTEGER], [INTEGER])
    yield "python", statement("f(1000, 2000)", f=call)
    yield (
        "raise",
        raising(
            "f()",
            "Error",
            f=python.load_entity("callable=fail", [], []),
            Error=metaffi.MetaFFIError,
        ),
    )
    yield (
        "values",
        statement("f(values)", f=python.load_entity("callable=echo", [ANY], [ANY]), values=MIXED),
    )


def statements(context):
    c = metaffi.MetaFFIRuntime("c").load_module(f"{context.library};{context.header}")
    python = metaffi.MetaFFIRuntime("python3").load_module(context.python_file)
    found = {(what, HELD): each for what, each in variant(c, ",hold_gil")}
    found.update(((what, RELEASED), each) for what, each in variant(c, ""))
    found.update(((what, None), each) for what, each in others(c, python))
    return found
