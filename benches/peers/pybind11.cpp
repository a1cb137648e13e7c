// pybind11's embedding doing what limits/python/scalars.c does by hand.

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>

namespace py = pybind11;

static volatile std::int64_t integer;

static py::object *guest_add() {
    // Never destroyed: the interpreter may be gone by then.
    static auto *add = new py::object(py::module_::import("guest").attr("add"));
    return add;
}

static void add_once(const py::object &add) {
    integer = add(std::int64_t(1000), std::int64_t(2000)).cast<std::int64_t>();
}

extern "C" __attribute__((visibility("default"))) void pybind11_add_held(std::size_t count) {
    py::gil_scoped_acquire gil;
    const py::object &add = *guest_add();
    while (count--) {
        add_once(add);
    }
}

extern "C" __attribute__((visibility("default"))) void pybind11_add_taken(std::size_t count) {
    const py::object *add;
    {
        py::gil_scoped_acquire gil;
        add = guest_add();
    }
    while (count--) {
        py::gil_scoped_acquire gil;
        add_once(*add);
    }
}
