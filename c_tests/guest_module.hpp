// The guest library, for the tests of the C++ header.
#ifndef GUEST_MODULE_HPP
#define GUEST_MODULE_HPP

#include "check.h"

#include <cstdint>
#include <metaffi.hpp>
#include <string>

inline metaffi::module load_guest() {
    return metaffi::runtime("c").load_module(GUEST_LIBRARY ";" GUEST_HEADER);
}

/// Runs `action`, which must throw a metaffi::error of that status.
template <class Action>
void check_throws(const char *file, int line, metaffi_status status, const std::string &text,
                  Action &&action) {
    try {
        action();
        check_fail(file, line, text.c_str(), "nothing was thrown");
    } catch (const metaffi::error &error) {
        if (error.status() != status || std::string(error.what()).find(text) == std::string::npos)
            check_fail(file, line, metaffi_status_name(error.status()), error.what());
    }
}
#define CHECK_THROWS(status, text, action)                                                         \
    check_throws(__FILE__, __LINE__, status, text, [&] { action; })

/// Runs a whole test; what escapes it is a failure.
template <class Test>
int run(Test &&test) {
    try {
        test();
    } catch (const std::exception &exception) {
        check_fail(__FILE__, __LINE__, "an exception escaped", exception.what());
    }
    metaffi_error_free(err);
    return CHECK_RESULT;
}

#endif
