// Lambdas as callbacks: every parameter and return, ownership, exceptions, error handlers.
#include "guest_module.hpp"

#include <thread>

namespace {

/// Counts how many copies of what it is captured by are alive.
struct counted {
    static int alive;
    counted() { alive++; }
    counted(const counted &) { alive++; }
    ~counted() { alive--; }
};
int counted::alive = 0;

void lambdas_where_a_callable_is_declared(const metaffi::module &guest) {
    auto apply = guest.load<int(metaffi::callable, int)>("callable=guest_apply");
    int offset = 7;
    CHECK(apply([&](int value) { return value + offset; }, 5) == 12);
    metaffi::callable kept = [offset](int value) mutable { return value * ++offset; };
    CHECK(apply(kept, 1) == 8 && apply(kept, 1) == 9);
    auto on_thread = guest.load<int(metaffi::callable, int)>("callable=guest_apply_on_thread");
    auto host = std::this_thread::get_id();
    CHECK(on_thread([&](int value) { return std::this_thread::get_id() != host ? value : 0; }, 3) ==
          3);
}

int triple(int value) {
    return 3 * value;
}
std::string greet(std::string_view name) {
    return "hello " + std::string(name);
}

void plain_functions_are_callables(const metaffi::module &guest) {
    auto apply = guest.load<int(metaffi::callable, int)>("callable=guest_apply_twice");
    CHECK(apply(triple, 2) == 18);
    CHECK(metaffi::callable(triple).native_as<int(int)>() == triple);
    CHECK(metaffi::callable(greet).as<std::string(std::string_view)>()("you") == "hello you");
}

void pointers_travel_as_addresses(const metaffi::module &guest) {
    auto each = guest.load<void(const int *, std::size_t, metaffi::callable, void *)>(
        "callable=guest_each");
    int numbers[] = {1, 2, 3}, sum = 0;
    each(
        numbers, 3, [](int number, void *context) { *static_cast<int *>(context) += number; },
        &sum);
    CHECK(sum == 6);
}

void a_lambda_is_deleted_once() {
    {
        counted witness;
        auto callable = metaffi::make_callable<int()>([witness] { return counted::alive; });
        auto clone = callable.clone();
        callable.reset();
        CHECK(clone.as<int()>()() == 2);
    }
    CHECK(counted::alive == 0);
}

void every_type_arrives_and_returns() {
    using everything = std::tuple<std::string, std::vector<double>, metaffi::value, int>(
        std::string_view, const std::string &, const char *, const std::vector<double> &,
        metaffi::span<const float>, const metaffi::value &, metaffi::value, bool, char32_t);
    auto callable = metaffi::make_callable<everything>(
        [](std::string_view a, const std::string &b, const char *text, const std::vector<double> &d,
           metaffi::span<const float> e, const metaffi::value &f, metaffi::value g, bool h,
           char32_t i) {
            CHECK(h && i == U'\U0001f600' && e.size() == 2 && e[1] == 2.5f);
            CHECK(f.as<int>() == 6);
            std::vector<double> doubled(d);
            for (double &number : doubled)
                number *= 2;
            return std::make_tuple(std::string(a) + b + text, doubled, std::move(g), int(d.size()));
        });
    auto function = callable.as<everything>();
    std::vector<double> numbers = {1, 2};
    float singles[] = {1, 2.5f};
    auto [text, doubled, value, count] =
        function("a", "b", "c", numbers, singles, metaffi::value(6), metaffi::value("seven"), true,
                 U'\U0001f600');
    CHECK(text == "abc" && doubled == std::vector<double>({2, 4}) && count == 2);
    CHECK(value.as<std::string>() == "seven");
}

void handles_are_lent_and_kept() {
    metaffi::callable kept;
    auto store = metaffi::make_callable<int(const metaffi::callable &, metaffi::callable)>(
        [&](const metaffi::callable &lent, metaffi::callable own) {
            kept = std::move(own);
            return lent.as<int(int)>()(1);
        });
    metaffi::callable next = [](int value) { return value + 1; };
    CHECK(store.as<int(metaffi::callable, metaffi::callable)>()(next, next) == 2);
    next.reset();
    CHECK(kept.as<int(int)>()(41) == 42);
    kept.reset();
}

void another_signature_is_refused() {
    metaffi::callable callable = [](int value) { return value; };
    CHECK_THROWS(METAFFI_STATUS_TYPE_MISMATCH, "parameter", callable.as<int(double)>());
    CHECK_THROWS(METAFFI_STATUS_TYPE_MISMATCH, "parameter", callable.as<int()>());
    CHECK_THROWS(METAFFI_STATUS_TYPE_MISMATCH, "return", callable.as<void(int)>());
}

void native_pointers_run_the_lambda(const metaffi::module &guest) {
    metaffi::callable callable = [](int value) -> int {
        if (value < 0)
            throw std::invalid_argument("negative");
        return value + 1;
    };
    auto *function = callable.native_as<int(int)>();
    CHECK(function(41) == 42);
    std::string message;
    auto handler = [&](const metaffi::error &error) { message = error.what(); };
    callable.set_error_handler(handler);
    CHECK(function(-1) == 0 && message == "negative");
    auto keep = guest.load<void(metaffi::callable)>("callable=guest_keep");
    keep(callable);
    CHECK(guest.load<int(int)>("callable=guest_call_kept")(1) == 2);
}

void a_callable_has_a_name() {
    metaffi::callable callable = [](int value) { return value + 1; };
    CHECK(callable.name() == nullptr);
    callable.set_name("next");
    callable.set_quick();
    CHECK(std::string(callable.name()) == "next");
    CHECK_THROWS(METAFFI_STATUS_INVALID_ARGUMENT, "next", callable.set_name("other"));
}

void entities_become_callables(const metaffi::module &guest) {
    auto negate = guest.load("callable=guest_add").as_callable();
    CHECK(negate.as<std::int64_t(std::int64_t, std::int64_t)>()(1, 2) == 3);
    auto doubler = guest.load<metaffi::callable()>("callable=guest_doubler")();
    CHECK(doubler.as<int(int)>()(21) == 42);
}

} // namespace

int main() {
    return run([] {
        metaffi::module guest = load_guest();
        lambdas_where_a_callable_is_declared(guest);
        plain_functions_are_callables(guest);
        pointers_travel_as_addresses(guest);
        a_lambda_is_deleted_once();
        every_type_arrives_and_returns();
        handles_are_lent_and_kept();
        another_signature_is_refused();
        native_pointers_run_the_lambda(guest);
        a_callable_has_a_name();
        entities_become_callables(guest);
    });
}
