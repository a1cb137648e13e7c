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

#endif
