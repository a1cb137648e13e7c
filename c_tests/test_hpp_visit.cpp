// Objects of Python told to visitors of C++, and built of what C++ tells.
#include "guest_module.hpp"

namespace {

/// What ctest takes for a skipped test.
constexpr int skipped = 77;

struct total : metaffi::visitor {
    std::int64_t sum = 0;
    void integer(std::int64_t told) override { sum += told; }
    void open(const metaffi::container &) override {}
    void close() override {}
};

struct writer : metaffi::visitor {
    std::string written;
    void text(std::string_view told) override { written.append(told).append(" "); }
    void any(const metaffi_value &told) override {
        written.append(std::to_string(told.type)).append(" ");
    }
    void array(metaffi::value told) override {
        written.append("array " + std::to_string(told.get()->data.array->shape[0]) + " ");
    }
    void bytes(metaffi::span<const std::uint8_t> told) override {
        written.append("bytes " + std::to_string(told.size()) + " ");
    }
    void object(metaffi::object told) override { written.append(told.type_name()).append(" "); }
    void open(const metaffi::container &told) override {
        written.append(std::to_string(told.kind)).append("( ").append(told.type_name);
    }
    void close() override { written.append(") "); }
    void again(std::uint64_t id) override { written.append("#" + std::to_string(id) + " "); }
};

metaffi::object evaluate(const metaffi::module &builtins, const char *expression) {
    return builtins.load<metaffi::object(std::string_view)>("eval=eval(args[0])")(expression);
}

void a_visitor_overrides_what_it_takes(const metaffi::module &builtins) {
    auto list = evaluate(builtins, "[1, [2, 3], {4: (5,)}]");
    total total;
    metaffi::visit(list, total);
    CHECK(total.sum == 15);
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "overrides neither",
                 metaffi::visit(evaluate(builtins, "['text']"), total));
    writer writer;
    metaffi::visit(evaluate(builtins, "(lambda l: [l, l, b'ab', memoryview(b'abc'), len])(['x'])"),
                   writer);
    CHECK(writer.written == "0( 0( x ) #2 bytes 2 array 3 builtin_function_or_method ) ");
}

struct thrower : total {
    void integer(std::int64_t) override { throw std::out_of_range("no more"); }
};

void what_a_visitor_throws_comes_out(const metaffi::module &builtins) {
    auto list = evaluate(builtins, "[[1]]");
    thrower thrower;
    for (int i = 0; i < 1000; i++) {
        try {
            metaffi::visit(list, thrower);
            CHECK(!"nothing was thrown");
        } catch (const std::out_of_range &) {
        }
    }
    total total;
    metaffi::visit(list, total);
    CHECK(total.sum == 1);
}

void a_value_of_its_own(const metaffi::module &builtins) {
    auto made = metaffi::convert(evaluate(builtins, "{'a': [1]}"));
    CHECK(made.type_id() == metaffi_map_type);
    total total;
    auto options = metaffi::visit_options(METAFFI_VISIT_MAPS_AS_PAIRS);
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "overrides neither",
                 metaffi::visit(made, total, options));
    auto again = metaffi::convert(made);
    CHECK(again.get()->data.array->shape[0] == 1);
}

void produce(const metaffi::sink &to) {
    to.open(METAFFI_CONTAINER_MAP);
    to.text("numbers");
    to.open(METAFFI_CONTAINER_LIST);
    for (int i = 0; i < 3; i++)
        to.integer(i);
    to.close();
    to.close();
}

void what_is_told_is_built(const metaffi::runtime &python, const metaffi::module &builtins) {
    auto made = metaffi::build(python, produce);
    auto shown = builtins.load<std::string(const metaffi::value &)>("callable=repr");
    CHECK(shown(made) == "{'numbers': [0, 1, 2]}");
    const std::uint8_t bytes[] = {104, 105};
    auto all = metaffi::build(python, [&](const metaffi::sink &to) {
        to.open(METAFFI_CONTAINER_TUPLE, 8, 1);
        to.null();
        to.boolean(true);
        to.number(1.5);
        to.bytes(metaffi::span<const std::uint8_t>(bytes, 2));
        to.any(metaffi::value(std::uint64_t(7)));
        to.object(evaluate(builtins, "len"));
        to.visit(made);
        to.open(METAFFI_CONTAINER_LIST, 1, 5);
        to.again(5);
        to.close();
        to.close();
    });
    CHECK(shown(all) == "(None, True, 1.5, b'hi', 7, <built-in function len>, "
                        "{'numbers': [0, 1, 2]}, [[...]])");
    try {
        metaffi::build(python, [](const metaffi::sink &to) {
            to.open(METAFFI_CONTAINER_LIST);
            throw std::out_of_range("no more");
        });
        CHECK(!"nothing was thrown");
    } catch (const std::out_of_range &) {
    }
    CHECK_THROWS(METAFFI_STATUS_INVALID_ARGUMENT, "not open",
                 metaffi::build(python, [](const metaffi::sink &to) { to.close(); }));
}

/// The runtime; without a Python to embed the test is skipped.
metaffi::runtime load_python() {
    try {
        return metaffi::runtime("python3");
    } catch (const metaffi::error &error) {
        if (error.status() != METAFFI_STATUS_NOT_FOUND)
            throw;
        std::printf("skipped: no Python to embed (Debian package libpython3-dev): %s\n",
                    error.what());
        std::exit(skipped);
    }
}

} // namespace

int main() {
    return run([] {
        metaffi::runtime python = load_python();
        metaffi::module builtins = python.load_module("builtins");
        a_visitor_overrides_what_it_takes(builtins);
        what_a_visitor_throws_comes_out(builtins);
        a_value_of_its_own(builtins);
        what_is_told_is_built(python, builtins);
    });
}
