-- LuaJIT's FFI as a host: it opens libmetaffi at run time and knows only the declarations beside the
-- header, which need no preprocessor.
--
--     luajit luajit_client.lua <libmetaffi.so> [<metaffi.cdef>]

local ffi = require("ffi")

local beside = arg[0]:match("^.*/") or "./"
local declarations = assert(io.open(arg[2] or beside .. "../../include/metaffi/metaffi.cdef"))
ffi.cdef(declarations:read("*a"))
declarations:close()

local lib = ffi.load(arg[1] or "libmetaffi.so.0.1")

-- Calls a function whose last parameter is the error; raises that.
local function invoke(name, ...)
    local failure = ffi.new("metaffi_error *[1]")
    local arguments, count = {...}, select("#", ...)
    arguments[count + 1] = failure
    if lib[name](unpack(arguments, 1, count + 1)) ~= ffi.C.METAFFI_OK then
        local message = ffi.string(lib.metaffi_error_message(failure[0]))
        lib.metaffi_error_free(failure[0])
        error(message, 0)
    end
end

-- Calls a function whose last output is a new handle.
local function make(name, kind, ...)
    local made = ffi.new("metaffi_" .. kind .. " *[1]")
    local arguments, count = {...}, select("#", ...)
    arguments[count + 1] = made
    invoke(name, unpack(arguments, 1, count + 1))
    return made[0]
end

local function load(module, path)
    return make("metaffi_entity_load", "entity", module, path, nil, ffi.C.METAFFI_UNSPECIFIED,
                nil, ffi.C.METAFFI_UNSPECIFIED)
end

local function zlib_by_values(c)
    local module = make("metaffi_module_load", "module", c, "libz.so.1;zlib.h")
    local crc32 = load(module, "callable=crc32")
    local text = "123456789"
    local arguments = ffi.new("metaffi_value[3]")
    arguments[0].type, arguments[0].data.uint64 = ffi.C.metaffi_uint64_type, 0
    arguments[1].type = ffi.C.metaffi_string8_type
    arguments[1].data.string.data, arguments[1].data.string.length = ffi.cast("const char *", text), #text
    arguments[2].type, arguments[2].data.uint32 = ffi.C.metaffi_uint32_type, #text
    local result = ffi.new("metaffi_value[1]")
    invoke("metaffi_entity_call", crc32, arguments, 3, result, 1)
    -- The check value in the definition of CRC-32.
    assert(result[0].data.uint64 == 0xcbf43926)
    print(("crc32 by values: %08x"):format(tonumber(result[0].data.uint64)))

    local native = ffi.new("void (*[1])(void)")
    invoke("metaffi_entity_native", crc32, native)
    local pointer = ffi.cast("unsigned long (*)(unsigned long, const char *, unsigned)", native[0])
    assert(pointer(0, text, #text) == 0xcbf43926)
    print(("crc32 natively:  %08x"):format(tonumber(pointer(0, text, #text))))
    lib.metaffi_entity_free(crc32)
    lib.metaffi_module_free(module)
end

local function compare(_, frame, _)
    local a = ffi.cast("const int *", ffi.cast("uintptr_t", frame[0]))[0]
    local b = ffi.cast("const int *", ffi.cast("uintptr_t", frame[1]))[0]
    frame[2] = ffi.cast("int64_t", a < b and -1 or a > b and 1 or 0)
    return 0
end

local function sort_through_qsort(c)
    local module = make("metaffi_module_load", "module", c, "")
    local declaration = "void qsort(void *, size_t, size_t, int (*)(const void *, const void *));"
    invoke("metaffi_module_declare", module, declaration, #declaration)
    local qsort = load(module, "callable=qsort")
    local callback = ffi.cast("metaffi_callback", compare)
    local addresses = ffi.new("metaffi_type_info[2]", {{ffi.C.metaffi_size_type}, {ffi.C.metaffi_size_type}})
    local order = ffi.new("metaffi_type_info[1]", {{ffi.C.metaffi_int32_type}})
    local callable = make("metaffi_callable_new", "callable", callback, addresses, 2, order, 1, nil, nil)

    local numbers = ffi.new("int[6]", 5, 2, 9, -4, 7, 0)
    local arguments = ffi.new("metaffi_value[4]")
    arguments[0].type, arguments[0].data.size = ffi.C.metaffi_size_type, ffi.cast("uintptr_t", numbers)
    arguments[1].type, arguments[1].data.size = ffi.C.metaffi_size_type, 6
    arguments[2].type, arguments[2].data.size = ffi.C.metaffi_size_type, ffi.sizeof("int")
    arguments[3].type, arguments[3].data.callable = ffi.C.metaffi_callable_type, callable
    -- LuaJIT must not be running compiled code when C calls back.
    jit.off(invoke)
    invoke("metaffi_entity_call", qsort, arguments, 4, nil, 0)

    local sorted = {}
    for i = 0, 5 do sorted[i + 1] = numbers[i] end
    local line = table.concat(sorted, " ")
    assert(line == "-4 0 2 5 7 9", line)
    print("qsort: " .. line)
    lib.metaffi_callable_free(callable)
    callback:free()
    lib.metaffi_entity_free(qsort)
    lib.metaffi_module_free(module)
end

local function show_an_error(c)
    local module = make("metaffi_module_load", "module", c, "libz.so.1;zlib.h")
    local loaded, message = pcall(load, module, "callable=crc33")
    assert(not loaded)
    print("error: " .. message)
    lib.metaffi_module_free(module)
end

local runtime = make("metaffi_runtime_load", "runtime", "c", nil, 0)
zlib_by_values(runtime)
sort_through_qsort(runtime)
show_an_error(runtime)
lib.metaffi_runtime_free(runtime)
