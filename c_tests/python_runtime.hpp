// Runtime python3, for the tests of the C++ header.
#ifndef PYTHON_RUNTIME_HPP
#define PYTHON_RUNTIME_HPP

#include "guest_module.hpp"

/// The runtime; without a Python to embed the test is skipped, which
/// ctest is told by 77.
inline metaffi::runtime load_python() {
    try {
        return metaffi::runtime("python3");
    } catch (const metaffi::error &error) {
        if (error.status() != METAFFI_STATUS_NOT_FOUND)
            throw;
        std::printf("skipped: no Python to embed (Debian package libpython3-dev): %s\n",
                    error.what());
        std::exit(77);
    }
}

inline std::string escaped(const std::string &expression) {
    std::string escaped;
    for (char one : expression)
        escaped += one == ',' || one == '=' ? std::string("\\") + one : std::string(1, one);
    return "eval=" + escaped;
}

/// What an expression gives in which `x` is an argument.
template <class T>
metaffi::value evaluated(const metaffi::runtime &python, const std::string &expression,
                         const T &x) {
    using metaffi::value;
    auto module = python.load_module("builtins");
    return module.load<value(value)>(escaped("(lambda x: " + expression + ")(args[0])"))(value(x));
}

template <class T>
bool holds(const metaffi::runtime &python, const std::string &expression, const T &x) {
    return evaluated(python, "bool(" + expression + ")", x).template as<bool>();
}

#endif
