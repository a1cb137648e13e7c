/// \file
/// metaffi for C++17: the C API with owners that free themselves, errors as exceptions, and typed
/// functions whose calls allocate nothing.
///
///     metaffi::runtime c("c");
///     auto z = c.load_module("libz.so.1;/usr/include/zlib.h");
///     auto crc32 = z.load<unsigned long(unsigned long, const void *, unsigned)>("callable=crc32");
///     unsigned long sum = crc32(0, "hello", 5);
///
/// - Every class owns one reference and is move-only; `clone()` adds a reference. `get()` borrows
///   the C handle, `release()` gives it up.
/// - A failure is thrown as `metaffi::error`. Exceptions that C++ code throws inside a callback
///   become errors; exceptions of C++ code that is called natively pass through unchanged.
/// - A struct travels as `metaffi::object`, also by value. `metaffi::cdata` makes one and reads
///   one: `metaffi::cdata(returned.release()).read<double>("x")`.
/// - Threads: as in C. An object of these classes is to be used like any other C++ object: by one
///   thread at a time when it is changed, by many when it is only read or called.
#ifndef METAFFI_HPP
#define METAFFI_HPP

#include "metaffi/arguments.hpp"
#include "metaffi/array.hpp"
#include "metaffi/callable.hpp"
#include "metaffi/cdata.hpp"
#include "metaffi/closure.hpp"
#include "metaffi/ctype.hpp"
#include "metaffi/entity.hpp"
#include "metaffi/error.hpp"
#include "metaffi/expression.hpp"
#include "metaffi/frame.hpp"
#include "metaffi/function.hpp"
#include "metaffi/host_object.hpp"
#include "metaffi/module.hpp"
#include "metaffi/neutral.hpp"
#include "metaffi/object.hpp"
#include "metaffi/runtime.hpp"
#include "metaffi/task.hpp"
#include "metaffi/type.hpp"
#include "metaffi/value.hpp"
#include "metaffi/visitor.hpp"

#endif
